"""Is this a UCUM code, does it measure the same kind of thing as another one, and how much of it?

UCUM is parsed by ucumvert, dimensions and sizes are pint's; those of common codes are written down. Annotations in braces ({predicted},
{score}) have no dimension but name a kind of their own: percent of predicted is not percent.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from kg.base.places import folder

__all__ = ["factor", "is_rate", "kind", "printed_units", "same_dose", "same_kind", "same_size"]


# Annotations, and UCUM's arbitrary units, which pint takes for plain numbers: [IU]/L is not 10*9/L.
_NOTE = re.compile(r"\{[^{}]*\}|\[(?:iU|IU|arb'U|USP'U|CFU|FFU|PFU)\]")


@lru_cache(maxsize=1)
def registry() -> Any:
    from ucumvert import PintUcumRegistry  # half a second: only when a unit is checked

    return PintUcumRegistry()


@lru_cache(maxsize=1)
def written_units() -> dict[str, tuple[str, float | None]]:
    """Common codes, their dimension and their size in base units (none of a scale that does not begin at zero), as the
    registry gives them, in a table that is read in no time."""
    rows = (folder("ontology") / "units.tsv").read_text("utf-8").splitlines()[1:]
    cells = (row.split("\t") for row in rows)
    return {code: (dimension, float(size) if size else None) for code, dimension, size in cells}


def _bare(code: str) -> str:
    """A UCUM code without its annotations, each of which is a one: also what stands under a stroke."""
    return re.sub(r"/?\{[^{}]*\}", "", code)


@lru_cache(maxsize=1024)
def kind(code: str) -> tuple[str, str]:
    """The kind of quantity of a UCUM code: its dimension and its annotation.

    Raises ValueError when the code is not UCUM.

    >>> kind("ng/L") == kind("pg/mL"), kind("%") == kind("%{predicted}")
    (True, False)
    >>> kind("mL/min/{1.73_m2}") == kind("mL/min{1.73_m2}")
    True
    >>> kind("spoonful")
    Traceback (most recent call last):
    ValueError: 'spoonful' is not a UCUM unit
    """
    note = " ".join(_NOTE.findall(code))
    bare = _bare(code)
    if not code.isascii() or (not bare and not note) or re.search(r"\s", bare):
        raise ValueError(f"{code!r} is not a UCUM unit")
    if not bare:
        return ("", note)
    if bare in written_units():
        return (written_units()[bare][0], note)
    try:
        return (str(registry().from_ucum(bare).dimensionality), note)
    except Exception as error:  # lark and pint raise many kinds for the same thing: not UCUM
        raise ValueError(f"{code!r} is not a UCUM unit") from error


def same_kind(code: str, other: str) -> bool:
    """Do two UCUM codes measure the same kind of quantity?

    >>> same_kind("mg/d", "mg"), same_kind("[IU]/L", "U/L")
    (False, False)
    """
    return kind(code) == kind(other)


@lru_cache(maxsize=1024)
def factor(code: str, other: str) -> float:
    """How many of `other` one of `code` is. Raises ValueError when the two are not of one kind.

    >>> factor("g", "mg"), factor("pg/mL", "ng/L")
    (1000.0, 1.0)
    """
    if not same_kind(code, other):
        raise ValueError(f"{code!r} and {other!r} are not of one kind")
    bare, of = (_bare(one) or "1" for one in (code, other))
    if bare == of:
        return 1.0
    sizes = [written_units().get(one, ("", None))[1] for one in (bare, of)]
    if sizes[0] is not None and sizes[1] is not None:
        ratio = sizes[0] / sizes[1]
    else:
        ratio = float((registry().from_ucum(bare) / registry().from_ucum(of)).to_base_units().magnitude)
    return float(f"{ratio:.9g}")


# What reports print for a UCUM code, without its case.
_PRINTED = {
    "mcg": "ug", "µg": "ug", "μg": "ug", "gamma": "ug", "µl": "uL", "ul": "uL", "μl": "uL", "µmol": "umol", "μmol": "umol", "µm": "um",
    "mgs": "mg", "milligram": "mg", "milligrams": "mg", "milligramme": "mg", "mgr": "mg", "gram": "g", "grams": "g", "gr": "g",
    "gm": "g", "gms": "g", "kilogram": "kg", "kilograms": "kg", "kgs": "kg", "microgram": "ug", "micrograms": "ug", "nanogram": "ng",
    "nanograms": "ng", "picograms": "pg", "ml": "mL", "mls": "mL", "cc": "mL", "cm3": "mL", "cm³": "mL", "millilitre": "mL",
    "milliliter": "mL", "millilitres": "mL", "milliliters": "mL", "dl": "dL", "l": "L", "liter": "L", "litre": "L", "liters": "L",
    "litres": "L", "iu": "[IU]", "ui": "[IU]", "u": "[IU]", "units": "[IU]", "unit": "[IU]", "[iu]": "[IU]", "mu": "m[IU]",
    "miu": "m[IU]", "mui": "m[IU]", "percent": "%", "per cent": "%", "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "24h": "d", "24hr": "d", "24hrs": "d", "24": "d", "d": "d", "day": "d", "days": "d", "daily": "d", "week": "wk", "weeks": "wk",
    "wk": "wk", "wks": "wk", "weekly": "wk", "month": "mo", "months": "mo", "monthly": "mo", "year": "a", "years": "a", "yr": "a",
    "yrs": "a", "yearly": "a", "minute": "min", "minutes": "min", "mins": "min", "min": "min", "m2": "m2", "m²": "m2", "m^2": "m2",
    "mmhg": "mm[Hg]", "°c": "Cel", "ºc": "Cel", "bpm": "/min", "tablet": "{tbl}", "tablets": "{tbl}", "dose": "{dose}", "g": "g",
    "mg": "mg", "kg": "kg", "ng": "ng", "pg": "pg", "ug": "ug", "mmol": "mmol", "umol": "umol", "nmol": "nmol", "pmol": "pmol",
    "mm": "mm", "cm": "cm", "%": "%", "meq": "meq", "kiu": "k[IU]", "ku": "k[IU]", "sec": "s", "seconds": "s",
}  # fmt: skip
# Powers of ten, in the many ways that they are printed: x 10^9/L, ×10⁹/L, 10*9/L, x10(9)/L.
_POWER = re.compile(
    r"\s*(?:(?<=\d)\s*|(?<=\s))(?:[x×*·•]\s*)?10\s*(?:[\^*(]\s*)?(?P<power>[369]|12|[³⁶⁹]|¹²)\)?\s*/\s*", re.IGNORECASE
)
_POWERS = {"3": "thousands", "6": "millions", "9": "billions", "12": "trillions"}
_DIGITS = str.maketrans("¹²³⁶⁹", "12369")
_PRINTED |= {word: f"10*{power}" for power, word in _POWERS.items()} | {
    "": "",
    "cells": "",
    "mm3": "mm3",
    "mm³": "mm3",
    "cmm": "mm3",
}
_READ = re.compile(
    r"\D*?(?:\d[\d.,\s]*|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|a|an) )\s*[-–]?\s*(?P<unit>[^\W\d_%°º][^|;()]*|[%°º/][^|;()]*)",
    re.IGNORECASE,
)


def printed_units(text: str) -> tuple[str, ...]:
    """The UCUM codes that a printed amount may mean; none when it cannot be read.

    >>> printed_units("2.5 mg/24h"), printed_units("one year"), printed_units("5 mg daily"), printed_units("grade 5")
    (('mg/d',), ('a',), ('mg/d', 'mg'), ())
    >>> printed_units("0.9 x 10^9/L"), printed_units("11.2×10⁹/L"), printed_units("3,400 cells/mm3")
    (('10*9/L',), ('10*9/L',), ('/mm3',))
    """
    text = _POWER.sub(lambda found: f" {_POWERS[found['power'].translate(_DIGITS)]}/", text)
    found = _READ.fullmatch(text.strip())
    if not found or len(re.findall(r"\d[\d.,]*", re.sub(r"24 ?h\w*|m2\b|[cm]m3\b", "", text))) > 1:
        return ()
    words = re.sub(r"\s*(?:/|\bper\b|\ba\b|\beach\b|\bevery\b)\s*", "/", found["unit"].strip().rstrip(".")).casefold()
    whole = words.split()
    readings = ["/".join(whole), *(["/".join(whole[:n]) for n in range(len(whole) - 1, 0, -1)])]
    codes = []
    for reading in readings:
        parts = [_PRINTED.get(part) for part in reading.split("/")]
        if len(parts) <= 3 and None not in parts and all(parts[1:]) and any(parts):
            codes.append("/".join(part or "" for part in parts))
    return tuple(dict.fromkeys(codes))


def same_size(code: str, other: str) -> bool:
    """Are two UCUM codes the same amount of the same kind? International units and enzyme units count as one.

    >>> same_size("pg/mL", "ng/L"), same_size("mg", "g"), same_size("%{predicted}", "%"), same_size("[IU]/L", "U/L")
    (True, False, True, True)
    """
    bare, of = (_plain(one) for one in (code, other))
    return bare == of or factor(bare, of) == 1.0


def _plain(code: str) -> str:
    """A code without annotations, its arbitrary units as one."""
    bare = _bare(code) or code
    return re.sub(r"\[(?:iU|IU|arb'U|USP'U)\]|(?<![A-Za-z\[])U\b", "[IU]", bare)


_RATE = re.compile(r"/(?:h|d|wk|mo|a)$")


def is_rate(code: str) -> bool:
    """Does a code end with a unit of time, as mg/d does?"""
    return _RATE.search(code) is not None


def same_dose(code: str, printed: str) -> bool:
    """Are two codes the same amount, where one of them may leave out how often?

    >>> same_dose("mg/d", "mg"), same_dose("mg/d", "mg/wk"), same_dose("kg", "mg"), same_dose("mg", "mL")
    (True, False, False, False)
    """
    if is_rate(code) != is_rate(printed):
        code, printed = (_RATE.sub("", one) for one in (code, printed))
    try:
        return same_size(code, printed)
    except ValueError:
        return False
