"""How far does a day that moves push another one, in days and in months of the calendar?

What `kg.base.network` computes with: pushes, one after the other (`Way`), one by one or for many
days at once (numpy). Days count as in `datetime` (1 is 0001-01-01), without end on either side: the
Gregorian calendar repeats every 400 years.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import accumulate, groupby
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Days: TypeAlias = NDArray[np.int64]

__all__ = ["CYCLE", "Push", "Rule", "Way", "gain", "lanes", "months_on", "rest"]

CYCLE = 146_097  # days in 400 years
_MONTH = CYCLE / 4800  # mean length
_SLACK = 12
_LANES = 4800
# Of the 4800 months of 400 years, from January of year 1: lengths, days before each; and the month of each day.
_LENGTHS = [calendar.monthrange(month // 12 + 1, month % 12 + 1)[1] for month in range(4800)]
_BEFORE = [0, *accumulate(_LENGTHS)]
_MONTH_OF = [month for month, length in enumerate(_LENGTHS) for _ in range(length)]

Rule: TypeAlias = Literal["shift", "first after", "shift back", "last before"]
_LATER = ("shift", "first after")  # the others are those of what pushes earlier, where days are negated


@dataclass(frozen=True, slots=True)
class Push:
    """When a point moves to a day, `target` is moved to at least `to(day)`: so many days or months on.

    name: the statement that says so.
    """

    target: int
    rule: Rule
    days: int
    months: int
    name: str = ""

    def to(self, day: int) -> int:
        """To which day it moves the target, at least."""
        return months_on(self.rule, day, self.months) if self.months else day + self.days


@dataclass(frozen=True, slots=True)
class _Row:
    """Pushes one after the other: days in all, or months by one rule, after each of which a day may be cut off.

    sums: months after each of them; shortest: month -> length of the shortest month that is touched from there.
    """

    rule: Rule
    days: int
    sums: tuple[int, ...]
    shortest: dict[int, int] = field(default_factory=dict)

    def to(self, day: int) -> int:
        if not self.sums:
            return day + self.days
        start = _split(day if self.rule in _LATER else -day)[0] % 4800
        if (short := self.shortest.get(start)) is None:
            self.shortest[start] = short = min(_LENGTHS[month] for month in self._touched(start))
        return months_on(self.rule, day, self.sums[-1], short)

    def to_all(self, days: Days) -> Days:
        import numpy as np

        if not self.sums:
            return days + self.days
        sign = 1 if self.rule in _LATER else -1
        tables, ways = _tables(), _ways(sign, self.sums)
        cycles, left = np.divmod(sign * days - 1, CYCLE)
        month = tables.month_of[left]
        day = left - tables.before[month] + 1
        short, length = ways.short[month], ways.length[month]
        if self.rule == "first after":
            day = np.where(day <= short, day, length + 1)
        elif self.rule == "last before":
            day = np.where((day >= short) | (day == tables.lengths[month]), length, day)
        else:
            day = np.minimum(day, short)
        return sign * (cycles * CYCLE + ways.before[month] + day)

    def _touched(self, start: int) -> Iterable[int]:
        sign = 1 if self.rule in _LATER else -1
        return ((start + sign * months) % 4800 for months in self.sums)


class Way:
    """Pushes one after the other, in as few steps as they are."""

    def __init__(self, pushes: Iterable[Push]) -> None:
        self._rows: list[_Row] = []
        for rule, same in groupby(pushes, lambda push: push.rule if push.months else None):
            ways = list(same)
            if rule is None:
                self._rows.append(_Row("shift", sum(push.days for push in ways), ()))
            else:
                self._rows.append(_Row(rule, 0, tuple(accumulate(push.months for push in ways))))

    def to(self, day: int) -> int:
        """Where it leads from a day."""
        for row in self._rows:
            day = row.to(day)
        return day

    def to_all(self, days: Days) -> Days:
        """The same for many days."""
        for row in self._rows:
            days = row.to_all(days)
        return days


def gain(pushes: Sequence[Push]) -> float:
    """Days that such a way adds at least, from wherever it begins.

    Months in a row change the day of the month at most twice (to the end of a short month, to the first
    of the next), so that they are never more than `_SLACK` days off as many mean months.
    """
    count, row = 0, False
    for push in pushes:
        count += bool(push.months) and not row
        row = bool(push.months) or (row and not push.days)
    return sum(push.days + push.months * _MONTH for push in pushes) - _SLACK * count


def rest(pushes: Sequence[Push], day: int, limit: int) -> int | None:
    """The first day, from this one on and before the limit, that going round a circle does not move later.

    A day that is moved says that none before where it is moved to rests; so many days are tried at once,
    each up to where the next one began.
    """
    way = Way(pushes)
    for _ in range(64):  # most rest soon
        if day >= limit:
            return None
        after = way.to(day)
        if after <= day:
            return day
        day = after
    import numpy as np

    found = limit
    here, ends = lanes(day, limit - 1)
    while len(here):
        there = way.to_all(here)
        still = there <= here
        if still.any():
            found = min(found, int(here[still].min()))
        go_on = ~still & (there <= ends) & (here < found)
        here, ends = np.asarray(there[go_on]), np.asarray(ends[go_on])
    return found if found < limit else None


def lanes(first: int, last: int) -> tuple[Days, Days]:
    """Days from first to last in spans of about a month at most, or less where they are few: where each begins and ends."""
    import numpy as np

    width = last - first + 1
    if width <= 0:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    count = min(width, _LANES)
    starts = first + np.arange(count, dtype=np.int64) * width // count
    return starts, np.append(starts[1:] - 1, last)


# ---- the calendar ------------------------------------------------------------------------


def _split(day: int) -> tuple[int, int]:
    """(months since January of year 1, day of the month)."""
    cycles, left = divmod(day - 1, CYCLE)
    month = _MONTH_OF[left]
    return month + 4800 * cycles, left - _BEFORE[month] + 1


def _join(months: int, day: int) -> int:
    cycles, month = divmod(months, 4800)
    return cycles * CYCLE + _BEFORE[month] + day


def months_on(rule: Rule, day: int, count: int, shortest: int = 31) -> int:
    """Where a push by so many months leads; shortest: no month on the way is longer than that."""
    back = rule not in _LATER
    months, of_month = _split(-day if back else day)
    whole = of_month == _LENGTHS[months % 4800]
    months += -count if back else count
    length = _LENGTHS[months % 4800]
    most = min(length, shortest)
    if rule == "first after":
        return _join(months, of_month) if of_month <= most else _join(months + 1, 1)
    if rule == "last before":
        return -_join(months, length if whole or of_month >= most else of_month)
    made = _join(months, min(of_month, most))
    return -made if back else made


class _Tables(NamedTuple):
    lengths: Days
    before: Days
    month_of: Days


@cache
def _tables() -> _Tables:
    import numpy as np

    return _Tables(*(np.array(values, np.int64) for values in (_LENGTHS, _BEFORE, _MONTH_OF)))


class _Ways(NamedTuple):
    """Of each month: days before the one that is reached from there, its length, and that of the shortest on the way."""

    before: Days
    length: Days
    short: Days


@lru_cache(maxsize=1024)
def _ways(sign: int, sums: tuple[int, ...]) -> _Ways:
    import numpy as np

    tables = _tables()
    cycles, month = np.divmod(np.arange(4800) + sign * sums[-1], 4800)
    short = tables.lengths[month]
    for months in {sign * months % 4800 for months in sums}:
        short = np.minimum(short, np.roll(tables.lengths, -months))
    return _Ways(cycles * CYCLE + tables.before[month], tables.lengths[month], short)
