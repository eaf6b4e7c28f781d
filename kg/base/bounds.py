"""How deep may a file nest, and how long may it be read in the process that needs it?

`casekg check` reads in workers that can be killed. The other commands read in their own process, where a
parser that overflows the stack would take all with it: so depth is refused before it starts, and
time is bounded by an alarm. Thresholds were measured on pyoxigraph 0.5.13, which overflows at about
10,000 levels and takes quadratic time below that.
"""

from __future__ import annotations

import re
import signal
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from xml.parsers import expat

from kg.base.files import read
from kg.base.results import CaseError, Result

__all__ = ["MAX_NESTED", "all_of", "bounded", "nested", "scarce", "turtle", "xml_fault"]

T = TypeVar("T")

MAX_NESTED = 200  # levels of JSON, of triples in triples, of elements
MAX_ATTRIBUTES = 1000  # of one element, with its namespaces
MAX_TURTLE = 50_000_000  # bytes of one file of terms or shapes
SECONDS = 120.0
_LOOK = 100_000  # rows between two looks at the memory
_STRINGS = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"()"))
_AS_PARENS = bytes.maketrans(b"[{]}", b"(())")


class _TooLongError(BaseException):
    """The alarm went off; no handler of a library's own errors may take it for one of them."""


@contextmanager
def bounded(path: Path | str) -> Iterator[None]:
    """Read or judge a file inside of this: what takes too long, or more memory than there is, is a CaseError.

    Outside of the main thread, and where there are no alarms, only memory and recursion are watched.
    """
    try:
        with _alarm():
            yield
    except _TooLongError:
        raise _stopped(path, "time-limit", f"took longer than {SECONDS:g} s.") from None
    except (MemoryError, RecursionError) as error:
        raise _stopped(path, "memory-limit", "needs more memory than there is.") from error


def _stopped(path: Path | str, rule: str, message: str) -> CaseError:
    cure = "Look at the file: it may be damaged or made to harm; else split it."
    return CaseError([Result("violation", rule, message, cure, str(path))])


@contextmanager
def _alarm() -> Iterator[None]:
    able = hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()
    if not able or signal.getitimer(signal.ITIMER_REAL)[0]:  # a worker of `check` has an alarm of its own
        yield
        return
    former = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def _ring(*_: object) -> None:
    raise _TooLongError


def all_of(rows: Iterable[T]) -> list[T]:
    """Every row that a parser gives, while there is memory. Raises MemoryError when it gets scarce.

    Not a plain list of them: between two rows an alarm is heard.
    """
    kept: list[T] = []
    for number, row in enumerate(rows, 1):
        kept.append(row)
        if not number % _LOOK and scarce():
            raise MemoryError
    return kept


def scarce() -> bool:
    """Is less than a twentieth of the machine's memory left? False where nobody can tell."""
    try:
        told = dict(re.findall(r"(\w+):\s+(\d+)", Path("/proc/meminfo").read_text("ascii")))
        return int(told["MemAvailable"]) * 20 < int(told["MemTotal"])
    except (OSError, ValueError, KeyError):
        return False


def nested(data: bytes, json: bool) -> bool:
    """Do the brackets of a JSON text, or the triples in triples of another, nest too deep to be parsed?

    >>> nested(b"[" * 300 + b"]" * 300, json=True), nested(b'{"a": "[[["}', json=True)
    (True, False)
    """
    if json:
        signs = _STRINGS.sub(b"", data).translate(_AS_PARENS).translate(None, _NOT_BRACKETS)
    else:
        signs = data.replace(b"<<", b"\1").replace(b">>", b"\2") if b"<<" in data else b""
        signs = signs.translate(bytes.maketrans(b"\1\2()", b"()\0\0")).translate(None, _NOT_BRACKETS)
    for _ in range(MAX_NESTED):  # a level less each time
        if not (less := signs.replace(b"()", b"")) or less == signs:
            return less.count(b"(") > MAX_NESTED
        signs = less
    return True


def turtle(path: Path) -> bytes:
    """The bytes of a Turtle file of the ontology or of a project, safe to parse. Raises CaseError."""
    data = read(path, MAX_TURTLE)
    if nested(data, json=False):
        message = f"not Turtle: nested deeper than {MAX_NESTED}."
        raise CaseError([Result("violation", "syntax", message, "Write plain RDF 1.1.", str(path), 1, 1)])
    return data


def xml_fault(data: bytes, external: bool = False) -> tuple[str, int, int] | None:
    """What keeps an XML text from being read, with line and column: syntax, a DOCTYPE, depth, attributes.

    external: a DOCTYPE may name a document type elsewhere, which is never fetched; declare anything it may not.

    >>> xml_fault(b"<a><b/></a>"), xml_fault(b"<a>")
    (None, ('no element found', 1, 4))
    """
    parser = expat.ParserCreate()
    depth, wrong = 0, ""

    def start(_: str, attributes: dict[str, str]) -> None:
        nonlocal depth, wrong
        depth += 1
        if depth > MAX_NESTED:
            wrong = f"nested deeper than {MAX_NESTED}"
        elif len(attributes) > MAX_ATTRIBUTES:
            wrong = f"an element has {len(attributes):,} attributes; {MAX_ATTRIBUTES:,} at most"
        if wrong:
            raise ValueError(wrong)

    def end(_: str) -> None:
        nonlocal depth
        depth -= 1

    def doctype(name: str, system: str | None, public: str | None, declares: bool) -> None:  # noqa: ARG001
        if declares or not external:
            raise ValueError("declares entities in its DOCTYPE" if external else "declares a DOCTYPE or entities")

    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = start, end, doctype
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        return expat.errors.messages.get(error.code, "not XML"), error.lineno, error.offset + 1
    except (ValueError, LookupError) as error:
        return str(error), parser.CurrentLineNumber, parser.CurrentColumnNumber + 1
    return None
