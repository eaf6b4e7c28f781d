"""How old was a patient at onset, given what was printed?

Reports tell an age and leave open when it applied, and tell an onset by a diagnosis. Ages here are
completed years, from least to most: once as reports are read, once by the dates alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from kg.case import Diagnosis
from kg.criterion import AgeRange
from kg.people import Person, Window

__all__ = ["OnsetAge", "Years", "onset_age", "within"]

Years = tuple[int, int]
_OLDEST = 150


@dataclass(frozen=True, slots=True)
class OnsetAge:
    """Completed years at onset: as reports are read, by the dates alone, and how they were found."""

    usual: Years
    by_dates: Years
    how: str


def onset_age(person: Person, diagnosis: Diagnosis | None) -> OnsetAge | None:
    """The age of a patient at the onset of a disease; None where no age is told.

    An age without a time is that of the onset, of the publication, or of any day between. An onset
    that nothing bounds below is read as the time of the diagnosis, but not by the dates alone.
    """
    age = person.patient.age
    if age is None:
        return None
    years = int(age.years)
    onset = diagnosis.onset if diagnosis else None
    if onset and age.at == onset:
        return OnsetAge((years, years), (years, years), f"{years} years at onset")
    begun = _moment(person, onset)
    known = _moment(person, diagnosis.time if diagnosis else None)
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
