"""The tables of the draft: lists of words and terms, kept as data beside the code."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

__all__ = ["FOLDER", "rows", "wordlist"]

FOLDER = Path(__file__).parent / "tables"


def rows(name: str, separator: str | None = None) -> Iterator[list[str]]:
    """The rows of a table, cut at white space or at a separator; empty lines and those from # on are none.

    >>> next(rows("plurals.txt"))
    ['feet', 'foot']
    """
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [cell.strip() for cell in line.split(separator)]


@lru_cache(maxsize=1)
def _lists() -> dict[str, frozenset[str]]:
    found: dict[str, list[str]] = {}
    name = ""
    for cells in rows("words.txt"):
        if cells[0].startswith("["):
            name = cells[0].strip("[]")
            found[name] = []
        else:
            found[name] += cells
    return {key: frozenset(value) for key, value in found.items()}


def wordlist(name: str) -> frozenset[str]:
    """A list of words (tables/words.txt).

    >>> "mild" in wordlist("modifiers")
    True
    """
    return _lists()[name]
