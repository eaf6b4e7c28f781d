"""Is this a UCUM code, and does it measure the same kind of thing as another one?

UCUM is parsed by ucumvert, dimensions are pint's. Annotations in braces ({predicted},
{score}) have no dimension but name a kind of their own: percent of predicted is not percent.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

__all__ = ["kind", "same_kind"]


# Annotations, and UCUM's arbitrary units, which pint takes for plain numbers: [IU]/L is not 10*9/L.
_NOTE = re.compile(r"\{[^{}]*\}|\[(?:iU|IU|arb'U|USP'U|CFU|FFU|PFU)\]")


@lru_cache(maxsize=1)
def _registry() -> Any:
    from ucumvert import PintUcumRegistry  # half a second: only when a unit is checked

    return PintUcumRegistry()


@lru_cache(maxsize=1024)
def kind(code: str) -> tuple[str, str]:
    """The kind of quantity of a UCUM code: its dimension and its annotation.

    Raises ValueError when the code is not UCUM.

    >>> kind("ng/L") == kind("pg/mL"), kind("%") == kind("%{predicted}")
    (True, False)
    >>> kind("spoonful")
    Traceback (most recent call last):
    ValueError: 'spoonful' is not a UCUM unit
    """
    note = " ".join(_NOTE.findall(code))
    bare = re.sub(r"\{[^{}]*\}", "", code)
    if not code.isascii() or (not bare and not note):
        raise ValueError(f"{code!r} is not a UCUM unit")
    if not bare:
        return ("", note)
    try:
        return (str(_registry().from_ucum(bare).dimensionality), note)
    except Exception as error:  # lark and pint raise many kinds for the same thing: not UCUM
        raise ValueError(f"{code!r} is not a UCUM unit") from error


def same_kind(code: str, other: str) -> bool:
    """Do two UCUM codes measure the same kind of quantity?

    >>> same_kind("mg/d", "mg"), same_kind("[IU]/L", "U/L")
    (False, False)
    """
    return kind(code) == kind(other)
