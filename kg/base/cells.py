"""What may a spreadsheet take a cell of CSV for?"""

from __future__ import annotations

import re

__all__ = ["as_text"]

_FORMULA, _NUMBER = ("=", "+", "-", "@", "\t", "\r"), re.compile(r"[+-]?[0-9.]+")


def as_text(cell: str) -> str:
    """The cell, led by an apostrophe where a spreadsheet would run it as a formula (OWASP, CSV injection).

    >>> as_text("=1+1"), as_text("-46"), as_text("resolved")
    ("'=1+1", '-46', 'resolved')
    """
    return f"'{cell}" if cell[:1] in _FORMULA and not _NUMBER.fullmatch(cell) else cell
