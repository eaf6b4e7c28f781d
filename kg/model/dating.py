"""Are the dates of a fact those of the words that it quotes?

Years and months are compared with those that the anchors print. A date that was computed says so in
`note`; words of a distance ("a year later") leave the year open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kg.base.results import Severity
from kg.base.times import read_edtf
from kg.concepts.terms import Catalogue
from kg.model.case import Case, Time

__all__ = ["dates"]

Found = Iterator[tuple[tuple[str | int, ...], Severity, str, str, str]]  # path, severity, rule, message, cure


@lru_cache(maxsize=64)
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


# four digits before a unit are an amount: 2000 mg, 1950 IU/L, 2010 cells
_YEAR = (
    r"(?<![\d.,/<>=-])(?:1[89]|20)\d\d(?![\d.,]?\d)"
    r"(?! ?(?:%|[A-Za-zµμ]{1,8}/|[µμmnpkdc]?(?:g|l|U|mol|m|IU|UI|Eq)\b|units?\b|cells?\b|copies\b|steps?\b|x ?10|×))"
)
# Words of a distance: the date may be computed from the year that is quoted.
_DISTANCE = (
    r"\b(?:later|after|before|ago|earlier|prior|previous\w*|following|next|since|until|till|years?|months?|weeks?|days?|"
    r"from|last|past|within|during|follow-?up|subsequent\w*)\b"
)
# Where such a word names the date itself, it is no distance: what started from May, or ended in it.
_NO_DISTANCE = {"start": "from|since", "onset": "from|since", "end": "until|till", "resolution": "until|till"}
_DATED = ("edtf", "time", "onset", "resolution", "start", "end", "ongoing_at", "at")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_ABOUT_DATES = r"\b(?:dat(?:e|ed|es|ing)\b|years?\b|months?\b|comput|carried|legend|printed as)"


def dates(case: Case, terms: Catalogue) -> Found:  # noqa: ARG001 - every check has the same form
    """The year and the month of a date are those of the anchors, where these print any."""
    for path, fact in case.facts():
        told = " ".join(filter(None, [fact.odd, fact.note]))
        if _pattern(_ABOUT_DATES).search(told) or (isinstance(fact, Time) and fact.after) or path[0] != "patients":
            continue
        quotes = " | ".join(anchor.quote for anchor in fact.evidence)
        years = {int(year) for year in _pattern(_YEAR).findall(quotes)}
        months = {n for n, name in enumerate(_MONTHS, 1) if re.search(rf"\b{name}\b", quotes, re.IGNORECASE)}
        # a key of `times` says nothing of what is quoted here
        given = {f: v for f in _DATED if years and isinstance(v := getattr(fact, f, None), str) and v[:1] in "012.-"}
        wrong = {field: _misdated(field, value, years, months, quotes) for field, value in given.items()}
        if None in wrong.values():
            continue  # one of them is what is quoted: the others may be told elsewhere
        for field, what in wrong.items():
            message = f"{given[field]} is not the {what} that is quoted."
            cure = "Correct the date; if it was computed, or the report errs, say how in `note` or `odd`."
            yield (*path, field), "violation", "date", message, cure


def _misdated(field: str, value: str, years: set[int], months: set[int], quotes: str) -> str | None:
    """Is it the year or the month of a date that is not the quoted one? None when nothing speaks against it."""
    try:
        bounds = read_edtf(value)
    except ValueError:
        return None  # a key of `times`
    first, last = bounds.earliest_start, bounds.latest_end
    if not first or not last:
        return None
    if not any(first.year <= year <= last.year for year in years):
        own = _NO_DISTANCE.get(field, "(?!)") if len(years) == 1 else "(?!)"
        far = any(
            not _pattern(own).fullmatch(word)
            for word in _pattern(_DISTANCE).findall(_pattern(r"[ -](?:year|month|week|day)s?[ -]old\b").sub("", quotes))
        )
        return None if far else "year"
    one = (first.year, first.month) == (last.year, last.month)
    return "month" if one and months and first.month not in months else None
