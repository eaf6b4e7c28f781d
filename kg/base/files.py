"""How is a file found, read and written, whatever lies in the folder?

Only regular files are opened (a pipe would be waited for, for ever), only up to a size, and
links to folders are not followed, so that a circle of links ends. A file is written whole or
not at all.
"""

from __future__ import annotations

import errno
import glob
import os
import stat
import tempfile
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO

from kg.base import places
from kg.base.results import CaseError, Result

__all__ = ["CASE_SUFFIXES", "RECORD_SUFFIXES", "RDF_SUFFIXES", "blocks", "inputs", "read", "write"]

CASE_SUFFIXES = (".yaml", ".yml")
RECORD_SUFFIXES = (".json", ".pb", ".zip")
_BLOCK = 2**20  # bytes read at a time
_PART = ".part"  # of a file that is being written
RDF_SUFFIXES = (".nq", ".trig", ".ttl", ".nt", ".jsonld", ".rdf")


def _wrong(path: Path | str, message: str, cure: str, rule: str = "file") -> CaseError:
    return CaseError([Result("violation", rule, message, cure, str(path))])


def read(path: Path, most: int, cure: str = "Split it.") -> bytes:
    """The bytes of a regular file. Raises CaseError when it is not one, is larger than `most`, or cannot be read."""
    try:
        data = b"".join(blocks(path, most + 1))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _wrong(path, f"cannot be read ({reason}).", "Check the path and its permissions.") from error
    if len(data) > most:
        raise _wrong(path, f"larger than {most:,} bytes.", cure)
    return data


def blocks(path: Path, most: int) -> Iterator[bytes]:
    """The first `most` bytes of a regular file, piece by piece; nothing is waited for.

    Raises CaseError when it is not a regular file, OSError or ValueError when it cannot be read.
    """
    # not blocking: a pipe that takes the file's place between look and open is not waited for
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    with open(handle, "rb", buffering=0) as opened:  # noqa: PTH123 - a descriptor
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise _wrong(path, "is not a regular file.", "Name a file, not a pipe or device.", "not-a-file")
        while most > 0 and (block := opened.read(min(most, _BLOCK))) != b"":
            if block is None:  # a file of the kernel that has nothing to tell now
                raise BlockingIOError(errno.EAGAIN, "it has no end")
            most -= len(block)
            yield block


def inputs(paths: Iterable[Path | str], suffixes: Collection[str]) -> tuple[list[Path], list[Result]]:
    """The files that paths name, folders opened; and what is wrong with the paths.

    A file that is named is taken whatever its suffix; in a folder those with one of the suffixes
    are, each file once and in order. Hidden ones, and those where the entered project keeps its
    own terms, shapes, queries, mappings and claims, are left out; how many other files lie there is told.
    """
    root = places.project()
    own = {(root / name).resolve() for name in (*places.OWN, places.CLAIMS)} if root else set()
    found: dict[Path, None] = {}
    results: list[Result] = []
    for given in paths:
        path = Path(given)
        if not path.is_dir():
            found[path] = None
            continue
        inside: list[Path] = []
        others: Counter[str] = Counter()
        closed: list[OSError] = []
        for top, folders, names in os.walk(path, onerror=closed.append):
            folders[:] = sorted(n for n in folders if not n.startswith(".") and Path(top, n).resolve() not in own)
            real = Path(top).resolve()  # of the folder: a file that is a link to itself has no end
            seen = sorted(n for n in names if not n.startswith(".") and real / n not in own)
            inside += [Path(top, name) for name in seen if Path(name).suffix.lower() in suffixes]
            others.update(Path(name).suffix or name for name in seen if Path(name).suffix.lower() not in suffixes)
        results += map(_closed, closed)
        if not inside and not closed:
            message = f"the folder holds no case file and no RDF ({', '.join(suffixes)})."
            results += _wrong(path, message, "Name a file or another folder.").results
        if inside and others:
            kinds = ", ".join(kind for kind, _ in others.most_common(5))
            message = f"{others.total():,} files of other kinds ({kinds}) were not looked at."
            results.append(Result("info", "skipped", message, "Name a file to have it read.", str(path)))
        found.update(dict.fromkeys(inside))
    return list(found), results


def _closed(error: OSError) -> Result:
    message = f"the folder cannot be opened ({error.strerror})."
    return Result("violation", "file", message, "Check its permissions.", str(error.filename))


def write(path: Path, data: bytes) -> None:
    """Write a file whole or not at all. Raises CaseError.

    What a process that was killed left half-written beside it is swept away.
    """
    try:
        _sweep(path)
        handle, made = _new(path)
        try:
            with handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
                made.chmod(0o644)
                if os.name == "nt":
                    handle.close()  # there an open file cannot be renamed; elsewhere it is held to the end
                made.replace(path)
        finally:
            made.unlink(missing_ok=True)  # it has another name by now, unless something failed
    except OSError as error:
        reason = error.strerror or str(error)
        raise _wrong(path, f"cannot be written ({reason}).", "Check the folder.", "output") from error


def _new(path: Path) -> tuple[IO[bytes], Path]:
    """A new file beside another, held as long as it is open: who sweeps sees that somebody is writing."""
    while True:
        handle = tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", suffix=_PART, delete=False)  # noqa: SIM115
        made = Path(handle.name)
        if not _hold(handle) or made.exists():  # else it was swept away before it was held
            return handle, made
        handle.close()


def _hold(handle: IO[bytes]) -> bool:
    """Hold an open file until it is closed or its process ends; False when somebody else does, or nobody can."""
    try:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (ImportError, OSError):
        return False
    return True


def _sweep(path: Path) -> None:
    """Delete what writers that were killed left beside a file."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*{_PART}"):
        with suppress(OSError), left.open("rb") as handle:
            if _hold(handle):
                left.unlink()
