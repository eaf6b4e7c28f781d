"""How old was a patient at onset, given what was printed?

Reports tell an age and leave open when it applied, and tell an onset by a diagnosis. Ages here are
completed years, from least to most: once as reports are read, once by the dates alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from math import ceil
from typing import Literal

from kg.base.ages import read_age
from kg.criteria.criterion import AgeRange
from kg.model.case import Diagnosis
from kg.persons.people import Person, Window

__all__ = ["OnsetAge", "Years", "onset_age", "within"]

Years = tuple[int, int]
_OLDEST = 150


@dataclass(frozen=True, slots=True)
class OnsetAge:
    """Completed years at onset: as reports are read, by the dates alone, and how they were found.

    told_by: the key of the time that gives an age; "" for the age of the patient.
    """

    usual: Years
    by_dates: Years
    how: str
    told_by: str = ""


def onset_age(
    person: Person, diagnosis: Diagnosis | None, symptoms: Iterable[str] = (), others: Iterable[str] = ()
) -> OnsetAge | None:
    """The age of a patient at the onset of a disease; None where no age is told.

    The onset is that of the diagnosis; else the first of those told of its symptoms; else the first
    of any `others` that are told, but not by the dates alone. An age without a time is that of the
    onset, of the publication, or of any day between. An onset that nothing bounds below is read as
    the time of the diagnosis, but not by the dates alone.
    """
    diagnosed = diagnosis.time if diagnosis else None
    if diagnosis and diagnosis.onset:
        return _at(person, diagnosis.onset, diagnosed)
    if first := _first(person, symptoms, diagnosed):
        return first
    known = _at(person, None, diagnosed)
    if first := _first(person, others, diagnosed):
        by_dates = known.by_dates if known else (0, first.by_dates[1])
        return OnsetAge(first.usual, by_dates, f"{first.how} of another manifestation", first.told_by)
    return known


def _first(person: Person, onsets: Iterable[str], diagnosed: str | None) -> OnsetAge | None:
    """The age at the first of some onsets."""
    ages = [age for onset in sorted(set(onsets)) if (age := _at(person, onset, diagnosed))]
    if len(ages) < 2:
        return ages[0] if ages else None
    usual, by_dates = _least(a.usual for a in ages), _least(a.by_dates for a in ages)
    told_by = next((a.told_by for a in ages if a.usual == usual), "")
    return OnsetAge(usual, by_dates, f"{_words(usual)} at the first onset told", told_by)


def _least(years: Iterable[Years]) -> Years:
    lows, highs = zip(*years, strict=True)
    return min(lows), min(highs)


def _at(person: Person, onset: str | None, diagnosed: str | None) -> OnsetAge | None:
    """The age at an onset; None stands for one that is not told."""
    time = person.patient.times.get(onset) if onset else None
    if time and time.age and time.layer in ("patient fact", "interpretation"):
        low, high = read_age(time.age).years()
        told_at = (int(low or 0), ceil(high) - 1 if high is not None else _OLDEST)
        return OnsetAge(told_at, told_at, f"{_words(told_at)} at onset", onset or "")
    age = person.patient.age
    if age is None:
        return None
    years = int(age.years)
    if onset and age.at == onset:
        return OnsetAge((years, years), (years, years), f"{years} years at onset")
    begun = _moment(person, onset)
    known = _moment(person, diagnosed)
    published = person.case.report.published
    if age.at == "not stated":
        told = f"age {years} without a time; "
        youngest = _age(begun[0], _birth(years, (begun[0], published))[1]) if begun[0] else 0
        most = years
        stand_in = _age(known[0], _birth(years, (known[0], published))[1]) if known[0] else None
    else:
        told = ""
        first, last = _birth(years, _moment(person, age.at))
        youngest = _age(begun[0], last) if begun[0] and last else 0
        latest = begun[1] or known[1] or published
        most = _age(latest, first) if first and latest else _OLDEST
        stand_in = _age(known[0], last) if known[0] and last else None
    by_dates = (min(youngest, most), most)
    if begun[0] is None and stand_in is not None:
        usual = (min(stand_in, most), most)
        return OnsetAge(usual, by_dates, f"{told}{_words(usual)} at diagnosis, which stands for the undated onset")
    return OnsetAge(by_dates, by_dates, f"{told}{_words(by_dates)} at onset")


def within(years: Years, wanted: AgeRange) -> Literal["stated", "arguable", "excluded"]:
    """Do completed years from least to most lie in a range: surely, maybe, surely not?

    >>> within((39, 39), AgeRange(**{"from": 18, "below": 40})), within((17, 18), AgeRange(**{"from": 18}))
    ('stated', 'arguable')
    """
    low, high = wanted.from_ or Decimal(0), wanted.below
    if years[1] + 1 <= low or (high is not None and years[0] >= high):
        return "excluded"
    return "stated" if years[0] >= low and (high is None or years[1] + 1 <= high) else "arguable"


def _moment(person: Person, reference: str | None) -> Window:
    bounds = person.bounds(reference)
    return bounds.earliest_start, bounds.latest_end


def _years_before(day: date, years: int) -> date:
    day_of_month = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(max(day.year - years, 1), day.month, day_of_month)


def _birth(years: int, seen: Window) -> Window:
    """First and last possible day of birth of somebody this old at a moment.

    >>> _birth(28, (date(2019, 1, 1), date(2019, 12, 31)))
    (datetime.date(1990, 1, 2), datetime.date(1991, 12, 31))
    """
    first, last = seen
    return (
        _years_before(first, years + 1) + timedelta(1) if first else None,
        _years_before(last, years) if last else None,
    )


def _age(day: date, birth: date | None) -> int:
    """Completed years on a day; 0 before birth."""
    if birth is None:
        return 0
    return max(day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day)), 0)


def _words(years: Years) -> str:
    return f"{years[0]} to {years[1]} years" if years[0] != years[1] else f"{years[0]} years"
