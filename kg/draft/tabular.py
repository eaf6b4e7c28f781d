"""The tables of the draft: lists of words and terms, kept as data beside the code."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

__all__ = ["FOLDER", "rows"]

FOLDER = Path(__file__).parent / "tables"


def rows(name: str, separator: str | None = None) -> Iterator[list[str]]:
    """The rows of a table, cut at white space or at a separator; empty lines and those from # on are none.

    >>> next(rows("plurals.txt"))
    ['feet', 'foot']
    """
    for line in (FOLDER / name).read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield [cell.strip() for cell in line.split(separator)]
