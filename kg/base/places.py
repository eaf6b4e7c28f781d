"""Where are the ontology, shapes, queries and cases: casekg's own, and a project's beside them?

casekg's own are in a checkout beside kg/, or in the installed wheel under kg/data/. A project
(a folder with casekg.toml, `kg.base.project`) may have `terms/`, `shapes/`, `queries/` and
`mappings/` of its own, which are read beside casekg's once the project is entered.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

__all__ = ["CLAIMS", "OWN", "cases", "enter", "folder", "forget", "own", "project", "remembered"]

OWN = ("terms", "shapes", "queries", "mappings", "criteria")
CLAIMS = "claims.yaml"  # what curators decided, in the root of a project
_HERE = Path(__file__).resolve().parents[1]
_project: Path | None = None
_Remembering = TypeVar("_Remembering", bound=Callable[..., Any])
_remembering: list[Any] = []


def folder(name: str) -> Path:
    """The folder `ontology`, `shapes` or `queries` that casekg ships.

    The wheel carries them under kg/data/; a checkout has them beside kg/.
    Raises FileNotFoundError when neither is there (a broken installation).

    >>> folder("shapes").name
    'shapes'
    """
    for place in (_HERE / "data" / name, _HERE.parent / name):
        if place.is_dir():
            return place
    raise FileNotFoundError(f"casekg's {name}/ is missing: install casekg again")


def cases() -> list[Path]:
    """The case files that casekg ships.

    >>> [path.name for path in cases()]
    ['cureus-34125.yaml']
    """
    return sorted((_HERE / "cases").glob("*.yaml"))


def enter(root: Path | None) -> None:
    """Read the files of this project beside casekg's own from now on; None leaves it.

    What was read is remembered by project, so entering another one is safe at any time.
    """
    global _project
    _project = root


def project() -> Path | None:
    """The root of the project that was entered."""
    return _project


def own(name: str, pattern: str) -> list[Path]:
    """Files of the entered project's folder (`terms`, `shapes`, `queries`, `mappings`), sorted; no hidden ones."""
    if _project is None:
        return []
    return sorted(p for p in (_project / name).rglob(pattern) if p.is_file() and not p.name.startswith("."))


def remembered(function: _Remembering) -> _Remembering:
    """Mark a cached function whose answers come from a project's files."""
    _remembering.append(function)
    return function


def forget() -> None:
    """Read the project's files anew when they are next asked for: one of them was changed."""
    for function in _remembering:
        function.cache_clear()
