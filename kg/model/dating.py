"""Are the dates of a fact those of the words that it quotes?

Years and months are compared with those that the anchors print. A date that was computed says so in
`note`; words of a distance ("a year later") leave the year open.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from kg.base.results import Severity
from kg.base.times import read_edtf
from kg.concepts.terms import Catalogue
from kg.model.amounts import digits
from kg.model.case import Case, Time

__all__ = ["dates", "distances", "lengths"]

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
        spoken = {
            (int(year), n)
            for n, name in enumerate(_MONTHS, 1)
            for year in re.findall(rf"(?i)\b{name} (?:of )?(\d{{4}})\b", quotes)
        }
        months = {n for n, name in enumerate(_MONTHS, 1) if re.search(rf"\b{name}\b", quotes, re.IGNORECASE)}
        # a key of `times` says nothing of what is quoted here
        given = {f: v for f in _DATED if years and isinstance(v := getattr(fact, f, None), str) and v[:1] in "012.-"}
        wrong = {field: _misdated(field, value, years, months, quotes, spoken) for field, value in given.items()}
        if None in wrong.values():
            continue  # one of them is what is quoted: the others may be told elsewhere
        for field, what in wrong.items():
            message = f"{given[field]} is not the {what} that is quoted."
            cure = "Correct the date; if it was computed, or the report errs, say how in `note` or `odd`."
            yield (*path, field), "violation", "date", message, cure


def _misdated(
    field: str, value: str, years: set[int], months: set[int], quotes: str, spoken: set[tuple[int, int]]
) -> str | None:
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
    if one and spoken and len(spoken) == len(months) == len(re.findall(_YEAR, quotes)):  # each month has its year
        return None if (first.year, first.month) in spoken else "month"
    return "month" if one and months and first.month not in months else None


# ---- distances ----------------------------------------------------------------------------

_LATER = r"\b(?:after|following|since|post|later|subsequently)\b"
_SOONER = r"\b(?:before|prior|previous(?:ly)?|until|earlier|pre)\b"
_UNIT_DAYS = {"day": Fraction(1), "week": Fraction(7), "month": Fraction(487, 16), "year": Fraction(1461, 4)}
_LENGTH = re.compile(
    r"(?P<a>\d+(?:\.\d+)?)(?: ?(?:-|–|to|or|\.\.) ?(?P<b>\d+(?:\.\d+)?))?[ -]?(?P<unit>day|week|month|year)s?\b",
    re.IGNORECASE,
)


def lengths(words: str) -> list[tuple[Fraction, Fraction]]:
    """The lengths of time that words print, from the least to the most, in days.

    >>> [(str(a), str(b)) for a, b in lengths("two to 3 weeks later")]
    [('14', '21')]
    """
    found = []
    for one in _LENGTH.finditer(digits(words)):
        days = _UNIT_DAYS[one["unit"].lower()]
        found.append((Fraction(one["a"]) * days, Fraction(one["b"] or one["a"]) * days))
    return found


def distances(case: Case, terms: Catalogue) -> Found:  # noqa: ARG001 - every check has the same form
    """A time that lies at a distance, or on one side, of another says what its words say."""
    for path, time in case.facts():
        if not isinstance(time, Time) or not time.printed or time.odd or time.note:
            continue
        words = " | ".join([time.printed, *(anchor.quote for anchor in time.evidence)])
        told = lengths(words)
        if time.by is not None and told:
            least, most = (Fraction(n) * _UNIT_DAYS[time.by.unit.rstrip("s")] for n in (time.by.least, time.by.most))
            if not any(a * 9 / 10 <= least and most <= b * 11 / 10 for a, b in told):
                yield (
                    (*path, "by"),
                    "violation",
                    "date",
                    "it is no distance that is quoted.",
                    "Correct it, or say in `note` how it was computed.",
                )
        later, sooner = (bool(_pattern(words_).search(time.printed)) for words_ in (_LATER, _SOONER))
        for field, value, other, wrong in (
            ("after", time.after, time.before, sooner and not later),
            ("before", time.before, time.after, later and not sooner),
        ):
            if value and not other and wrong:
                yield (
                    (*path, field),
                    "violation",
                    "date",
                    f"`{field}` stands against {time.printed!r}.",
                    "Write it under the other key, or say why in `note`.",
                )
