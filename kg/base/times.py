"""When did it happen, given what was printed?

A case report dates things to a year or a month, or not at all. A time here is EDTF (ISO
8601-2:2019, levels 0 and part of 1) and its four bounds: the earliest and latest day on
which it may have started and ended. Comparing "2021-09" with "2021-10-05" as text or as
xsd:gYearMonth drops rows without a word; comparing bounds does not: x is surely before y
when latest_end(x) < earliest_start(y).
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

__all__ = ["Bounds", "Offset", "read_edtf", "read_offset"]


@dataclass(frozen=True, slots=True)
class Bounds:
    """Earliest and latest day of a start and of an end; None where nothing bounds it.

    >>> year = read_edtf("2019")
    >>> year.latest_end < read_edtf("2021-09").earliest_start
    True
    """

    earliest_start: date | None = None
    latest_start: date | None = None
    earliest_end: date | None = None
    latest_end: date | None = None

    def problem(self) -> str | None:
        """Why these bounds cannot be, or None."""
        if self.earliest_start and self.latest_start and self.earliest_start > self.latest_start:
            return f"it would start after {self.earliest_start} and before {self.latest_start}"
        if self.earliest_end and self.latest_end and self.earliest_end > self.latest_end:
            return f"it would end after {self.earliest_end} and before {self.latest_end}"
        if self.earliest_start and self.latest_end and self.earliest_start > self.latest_end:
            return f"it ends ({self.latest_end}) before it starts ({self.earliest_start})"
        return None


_DAY = re.compile(r"([0-9]{3}[0-9X])(?:-([0-9]{2})(?:-([0-9]{2}))?)?[?~%]?")


def _point(text: str) -> tuple[date, date]:
    found = _DAY.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a date; write 2021, 2021-09 or 2021-09-05")
    year, month, day = found.groups()
    if "X" in year and month:
        raise ValueError(f"{text!r}: a decade has no month")
    first, last = int(year.replace("X", "0")), int(year.replace("X", "9"))
    try:
        if day:
            exact = date(first, int(month), int(day))
            return exact, exact
        if month:
            return date(first, int(month), 1), date(first, int(month), calendar.monthrange(first, int(month))[1])
        return date(first, 1, 1), date(last, 12, 31)
    except (ValueError, calendar.IllegalMonthError) as error:
        raise ValueError(f"{text!r} is not in the calendar") from error


@lru_cache(maxsize=4096)
def read_edtf(text: str) -> Bounds:
    """The bounds of an EDTF date or interval.

    `2021`, `2021-09`, `2021-09-05`, `201X`; `2021-09/2022-11`; `../2019` and `2021-09/..`
    for an open side; a trailing `~`, `?` or `%` (approximate, uncertain) is kept in the text
    and does not widen the bounds. Raises ValueError, with the cure, for anything else.

    >>> read_edtf("2021-09").latest_start
    datetime.date(2021, 9, 30)
    >>> read_edtf("../2019").earliest_start is None
    True
    """
    if "/" not in text:
        first, last = _point(text)
        return Bounds(first, last, first, last)
    start, _, end = text.partition("/")
    if start in ("..", "") and end in ("..", ""):
        raise ValueError(f"{text!r} bounds nothing; leave the time out")
    a = None if start in ("..", "") else _point(start)
    b = None if end in ("..", "") else _point(end)
    bounds = Bounds(a and a[0], a and a[1], b and b[0], b and b[1])
    if a and b and a[0] > b[1]:
        raise ValueError(f"{text!r} ends before it starts; swap the two sides")
    return bounds


@dataclass(frozen=True, slots=True)
class Offset:
    """A distance in calendar units, from `least` to `most` of `unit` (day, week, month, year)."""

    least: int
    most: int
    unit: str

    def after(self, bounds: Bounds) -> Bounds:
        """Bounds of an event this long after the start of another one.

        Months and years are calendar months and years; a day that the month does not have
        becomes its last day.

        >>> read_offset("3..4 months").after(read_edtf("2021-09"))  # doctest: +ELLIPSIS
        Bounds(earliest_start=datetime.date(2021, 12, 1), latest_start=datetime.date(2022, 1, 30), ...)
        """
        first = _shift(bounds.earliest_start, self.least, self.unit)
        last = _shift(bounds.latest_start, self.most, self.unit)
        return Bounds(first, last, first, last)

    def before(self, bounds: Bounds) -> Bounds:
        """Bounds of an event this long before the start of another one.

        >>> read_offset("1 year").before(read_edtf("2021")).latest_end
        datetime.date(2020, 12, 31)
        """
        first = _shift(bounds.earliest_start, -self.most, self.unit)
        last = _shift(bounds.latest_start, -self.least, self.unit)
        return Bounds(first, last, first, last)

    def iso(self) -> tuple[str, str]:
        """Both ends as ISO 8601 durations: ('P3M', 'P4M')."""
        letter = {"day": "D", "week": "D", "month": "M", "year": "Y"}[self.unit]
        days = 7 if self.unit == "week" else 1  # xsd:duration has no weeks
        return f"P{self.least * days}{letter}", f"P{self.most * days}{letter}"


def _shift(day: date | None, count: int, unit: str) -> date | None:
    if day is None:
        return None
    if unit in ("day", "week"):
        return date.fromordinal(day.toordinal() + count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    year, month = divmod(months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


_OFFSET = re.compile(r"([0-9]{1,4})(?:\.\.([0-9]{1,4}))? (day|week|month|year)s?")


def read_offset(text: str) -> Offset:
    """Read `1 year`, `3..4 months`.

    >>> read_offset("3..4 months").iso()
    ('P3M', 'P4M')
    """
    found = _OFFSET.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not a distance in time; write '3..4 months' or '1 year'")
    least, most = int(found[1]), int(found[2] or found[1])
    if least > most:
        raise ValueError(f"{text!r} runs backwards")
    return Offset(least, most, found[3])
