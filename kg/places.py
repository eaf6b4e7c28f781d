"""Where are the ontology, shapes, queries and cases: in a checkout, or in the installed wheel?"""

from __future__ import annotations

from pathlib import Path

__all__ = ["cases", "folder"]

_HERE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """The folder `ontology`, `shapes` or `queries`.

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
