"""Which case repository is this, and what does its casekg.toml say?

A project is a folder with `casekg.toml`: case files, and beside casekg's own terms, shapes and
queries its own in `terms/`, `shapes/`, `queries/` and `mappings/`. It is found by walking up
from a path, as git finds its repository. Entering it is all that the other modules see.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from kg.base import places
from kg.base.prefixes import CASE, CKG, own_prefixes
from kg.base.results import CaseError, Result, Severity

__all__ = ["CONFIG", "Profile", "Project", "chosen", "current", "enter", "entered", "find", "read_project", "shown"]

CONFIG = "casekg.toml"
Profile = Literal["published", "safe-harbor"]
_CHOICES: dict[str, tuple[str, ...]] = {"fail-on": get_args(Severity), "privacy": get_args(Profile)}
_FOLDERS = ("cases", "sources")
_FILES = ("baseline", "retractions", "claims")


@dataclass(frozen=True)
class Project:
    """A case repository: its root, and the settings of its casekg.toml.

    cases: folder that `casekg check` looks at when no path is given; sources: source texts;
    fail_on: the least severity that fails a check; privacy: profile of the privacy rules;
    baseline: findings already known; retractions: table of retracted DOIs; claims: what curators
    decided (`kg.persons.judgements`), else claims.yaml where that is there; prefixes: its own.
    """

    root: Path
    cases: Path
    sources: Path | None = None
    fail_on: Severity = "violation"
    privacy: Profile = "published"
    baseline: Path | None = None
    retractions: Path | None = None
    prefixes: Mapping[str, str] = field(default_factory=dict)
    claims: Path | None = None


_entered: Project | None = None


def find(start: Path | str) -> Project | None:
    """The project that holds a path, or None. Raises CaseError when its casekg.toml is not right."""
    place = Path(start).resolve()
    for folder in (place, *place.parents):
        if (folder / CONFIG).is_file():
            return read_project(folder / CONFIG)
    return None


def enter(project: Project | None) -> None:
    """Read this project's terms, shapes and queries beside casekg's own from now on; None leaves it."""
    global _entered
    own_prefixes(project.prefixes if project else {})
    _entered = project
    places.enter(project.root if project else None)


def entered(paths: Iterable[Path | str]) -> Project | None:
    """Enter the project that holds the first path, or the current folder; its own terms count from now on."""
    found = find(next(iter(paths), Path()))
    enter(found)
    return found


def chosen(paths: Sequence[Path] | None, project: Project | None) -> list[Path]:
    """These paths, else the project's cases, else none: the cases that casekg ships."""
    return list(paths or ([Path(shown(project.cases))] if project else []))


def current() -> Project | None:
    """The project that was entered."""
    return _entered


def shown(path: Path) -> str:
    """A path as a reader and a CI service know it: from the current folder, when it is in it.

    >>> shown(Path.cwd() / "cases" / "a.yaml") == str(Path("cases", "a.yaml"))
    True
    """
    here = Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) and here != here.parent else path)


def read_project(path: Path | str) -> Project:
    """Read a casekg.toml; paths in it are relative to its folder.

    Raises CaseError for what is unknown, of the wrong kind, or not there.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8")
        table = tomllib.loads(text)
    except (OSError, UnicodeDecodeError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8, or nested too deep"
        raise _wrong(path, "", f"cannot be read ({reason}).", "Save it as plain TOML.") from error
    except tomllib.TOMLDecodeError as error:
        told = re.search(r"line (\d+)", str(error))  # else it is at the end of the document
        line = int(told[1]) if told else text.rstrip().count("\n") + 1
        raise _wrong(path, "", f"not TOML: {error}.", "Correct it.", line) from error
    known = ("prefixes", *_CHOICES, *_FOLDERS, *_FILES)
    settings: dict[str, Any] = {"root": path.parent, "cases": path.parent / "cases"}
    for key, value in table.items():
        line = _line(text, key)
        if key not in known:
            close = difflib.get_close_matches(key, known, 1)
            cure = f"Did you mean {close[0]!r}?" if close else f"One of: {', '.join(known)}."
            raise _wrong(path, key, "unknown key.", cure, line)
        if key == "prefixes":
            settings[key] = _prefixes(path, text, value, line)
        elif not isinstance(value, str):
            raise _wrong(path, key, f"{value!r} is not text.", "Put it in quotes.", line)
        elif key in _CHOICES:
            if value not in _CHOICES[key]:
                raise _wrong(path, key, f"{value!r} is not a choice.", f"One of: {', '.join(_CHOICES[key])}.", line)
            settings[key.replace("-", "_")] = value
        else:
            place = path.parent / value
            if not (place.is_dir() if key in _FOLDERS else place.is_file()):
                raise _wrong(path, key, f"{value!r} is not there.", f"Make it, or delete `{key}`.", line)
            settings[key] = place
    if (path.parent / places.CLAIMS).is_file():
        settings.setdefault("claims", path.parent / places.CLAIMS)
    return Project(**settings)


def _prefixes(path: Path, text: str, value: Any, line: int) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _wrong(path, "prefixes", "expected a table.", 'Write [prefixes] and lines like my = "https://…#".', line)
    starts: dict[str, str] = {}
    for prefix, iri in value.items():
        line, key = _line(text, prefix), f"prefixes.{prefix}"
        if not re.fullmatch(r"[A-Za-z]+", prefix):
            raise _wrong(path, key, f"{prefix!r} is not a prefix.", "Use letters only.", line)
        if not isinstance(iri, str) or not re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+[#/_:]", iri):
            raise _wrong(path, key, f"{iri!r} is not the start of an IRI.", "It ends with #, /, _ or a colon.", line)
        if iri.startswith((CKG, CASE)) or iri in starts:
            whose = f"that of {starts[iri]!r}" if iri in starts else "casekg's own"
            raise _wrong(path, key, f"the namespace {iri} is {whose}.", "Take an address of yours.", line)
        starts[iri] = prefix
        try:
            own_prefixes({prefix: iri})
        except ValueError as error:
            raise _wrong(path, key, f"{error}.", "Take another prefix.", line) from error
        finally:
            own_prefixes(_entered.prefixes if _entered else {})
    return value


def _line(text: str, key: str) -> int:
    found = re.search(rf"(?m)^\s*\[?\s*[\"']?{re.escape(key)}\b", text)
    return text.count("\n", 0, found.end()) + 1 if found else 1


def _wrong(path: Path, key: str, message: str, cure: str, line: int = 0) -> CaseError:
    return CaseError([Result("violation", "config", message, cure, shown(path), line, 1 if line else 0, key)])
