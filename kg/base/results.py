"""What did a check find, where, and how is it cured?"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, get_args

_LINE = re.compile(r"\bline \d+")

__all__ = ["CaseError", "Result", "Severity", "counts", "ordered", "plain"]

Severity = Literal["violation", "warning", "info"]
_SEVERITIES: tuple[Severity, ...] = get_args(Severity)
_RANK: dict[str, int] = {name: rank for rank, name in enumerate(_SEVERITIES)}


def plain(text: str) -> str:
    r"""The text in one line of printable characters; what is not printable is shown as its escape.

    What a file wrote may not break a report, nor colour a terminal.

    >>> plain("a\nb\x1b[31m")
    'a\\nb\\x1b[31m'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result, in SHACL's sense, with its place in the case file.

    severity: violation (the graph is not built), warning, info (odd, but as printed).
    rule:     what was broken, e.g. `label`, `ckg:FindingShape-status`.
    message:  what is wrong; cure: what to do about it.
    file, line, column: 1-based place; 0 when there is none. key: dotted path in the case file.
    focus:    IRI of the node, for results of SHACL.
    """

    severity: Severity
    rule: str
    message: str
    cure: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    key: str = ""
    focus: str = ""

    def __str__(self) -> str:
        place = self.file or "-"
        if self.line:
            place += f":{self.line}:{self.column}"
        what = f"{self.key}: {self.message}" if self.key else self.message
        return plain(f"{place}: {self.severity} {self.rule}: {what}" + (f" {self.cure}" if self.cure else ""))

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that know this result again after lines were moved.

        They depend on rule, file, key (or focus) and message, but not on line, column or severity.

        >>> one = Result("violation", "label", "wrong.", file="a.yaml", line=3, key="report")
        >>> one.fingerprint == one.at("a.yaml", 9, 1).fingerprint, len(one.fingerprint)
        (True, 16)
        """
        message = _LINE.sub("line", self.message)  # of another statement, which may have moved, too
        told = (self.rule, self.file.replace("\\", "/"), self.key or self.focus, message)
        return hashlib.sha256("\0".join(told).encode("utf-8", "backslashreplace")).hexdigest()[:16]

    def at(self, file: str, line: int, column: int) -> Result:
        """The same result with its place."""
        return replace(self, file=file, line=line, column=column)

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


class CaseError(Exception):
    """Input that cannot be used; carries every result that says why.

    >>> str(CaseError([Result("violation", "yaml", "empty file", file="a.yaml")]))
    'a.yaml: violation yaml: empty file'
    """

    def __init__(self, results: Iterable[Result]) -> None:
        self.results = ordered(results)
        super().__init__("\n".join(map(str, self.results)))


def ordered(results: Iterable[Result]) -> tuple[Result, ...]:
    """Results by file, line, severity; each once."""
    return tuple(
        sorted(
            set(results),
            key=lambda r: (r.file, r.line, r.column, _RANK[r.severity], r.rule, r.key, r.focus, r.message, r.cure),
        )
    )


def counts(results: Iterable[Result]) -> dict[Severity, int]:
    """How many results there are of each severity, the worst first; 0 for none.

    >>> counts([Result("warning", "scale", "odd.")])
    {'violation': 0, 'warning': 1, 'info': 0}
    """
    found = Counter(result.severity for result in results)
    return {severity: found[severity] for severity in _SEVERITIES}
