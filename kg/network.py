"""Which days are possible for each event, given everything that was said about their order and distance?

A simple temporal network (Dechter, Meiri and Pearl, Artificial Intelligence 49, 1991) whose distances
are calendar distances: a month is not a number of days, so there is no matrix of shortest paths.
Each statement is monotone (moving one event later never asks another one to be earlier), so that of
two solutions the later days of each event are a solution, too, and so are the earlier ones. There is
then an earliest and a latest solution, reached by letting every statement push until none moves; those
are the tightest bounds. A question ("may y come before x?") is one more statement: is it contradicted?

Days count as in `datetime` (1 is 0001-01-01), without end on either side: the Gregorian calendar
repeats every 400 years. What lies outside the years 1 to 9999 is given as unbounded.
"""

from __future__ import annotations

import calendar
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, TypeAlias

__all__ = ["ALLEN", "Gap", "Network", "Range", "Relation", "Statement", "Unit", "shift"]

Unit: TypeAlias = Literal["day", "week", "month", "year"]
Relation: TypeAlias = Literal["before", "maybe before", "same day", "maybe after", "after", "apart", "unknown"]
Interval: TypeAlias = tuple[str, str]  # the points at which something starts and ends

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
_CYCLE = 146_097  # days in 400 years
_MONTH = _CYCLE / 4800  # mean length
_SLACK = 12
_FAR = date.max.toordinal()  # a distance longer than the calendar is unbounded


@dataclass(frozen=True, slots=True)
class Range:
    """`point` lies between two days, both included; None where that side is open.

    `name` is the place that states it. Statements of one name stand and fall together; those with
    an empty name are laws, which are never blamed for a contradiction.
    """

    name: str
    point: str
    earliest: date | None = None
    latest: date | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """`point` comes no earlier (">=") or no later ("<=") than `count` units after `other`; name as in `Range`."""

    name: str
    point: str
    than: Literal[">=", "<="]
    other: str
    count: int = 0
    unit: Unit = "day"


Statement: TypeAlias = Range | Gap

# (end of a or b, days added, end of a or b) that are in order: the first plus the days is no later than the last.
_BEFORE_START, _SAME_START, _AFTER_START = (("as", 1, "bs"),), (("as", 0, "bs"), ("bs", 0, "as")), (("bs", 1, "as"),)
_BEFORE_END, _SAME_END, _AFTER_END = (("ae", 1, "be"),), (("ae", 0, "be"), ("be", 0, "ae")), (("be", 1, "ae"),)
ALLEN: Mapping[str, tuple[tuple[str, int, str], ...]] = {
    "before": (("ae", 2, "bs"),),
    "meets": (("ae", 1, "bs"), ("bs", -1, "ae")),
    "overlaps": (*_BEFORE_START, ("bs", 0, "ae"), *_BEFORE_END),
    "starts": (*_SAME_START, *_BEFORE_END),
    "during": (*_AFTER_START, *_BEFORE_END),
    "finishes": (*_AFTER_START, *_SAME_END),
    "equal": (*_SAME_START, *_SAME_END),
    "finished by": (*_BEFORE_START, *_SAME_END),
    "contains": (*_BEFORE_START, *_AFTER_END),
    "started by": (*_SAME_START, *_AFTER_END),
    "overlapped by": (*_AFTER_START, ("as", 0, "be"), *_AFTER_END),
    "met by": (("be", 1, "as"), ("as", -1, "be")),
    "after": (("be", 2, "as"),),
}
_RELATIONS: Mapping[tuple[bool, bool, bool], Relation] = {  # may it be before, on the same day, after?
    (True, False, False): "before",
    (True, True, False): "maybe before",
    (False, True, False): "same day",
    (False, True, True): "maybe after",
    (False, False, True): "after",
    (True, False, True): "apart",
    (True, True, True): "unknown",
}


class Network:
    """The statements about some points in time, and what follows from them.

    >>> told = Gap("by", "response", ">=", "start", 3, "month"), Gap("by", "response", "<=", "start", 4, "month")
    >>> network = Network([Range("start", "start", date(2021, 9, 1), date(2021, 9, 30)), *told])
    >>> print(*network.bounds("response"), network.relation("start", "response"), network.distance("start", "response"))
    2021-12-01 2022-01-30 before (91, 122)
    >>> network.add(Range("visit", "response", latest=date(2021, 11, 30))).contradiction()
    ('by', 'start', 'visit')
    """

    def __init__(self, statements: Iterable[Statement]) -> None:
        # In one order, so that answers do not depend on the order in which things were said.
        self.statements: tuple[Statement, ...] = tuple(sorted(set(statements), key=repr))
        points = {s.point for s in self.statements} | {s.other for s in self.statements if isinstance(s, Gap)}
        self._points = sorted(points)
        self._number = {point: i for i, point in enumerate(self._points)}
        self._up: list[list[_Push]] = [[] for _ in points]  # what each point pushes later
        self._down: list[list[_Push]] = [[] for _ in points]  # what each point pushes earlier, days negated
        self._first: list[int | None] = [None] * len(points)  # as stated
        self._last: list[int | None] = [None] * len(points)
        for told in self.statements:
            i = self._number[told.point]
            if isinstance(told, Gap):
                for pushes, source, push in self._pushes(told):
                    pushes[source].append(push)
                continue
            if told.earliest is not None:
                self._first[i] = max(self._first[i] or told.earliest.toordinal(), told.earliest.toordinal())
            if told.latest is not None:
                self._last[i] = min(self._last[i] or told.latest.toordinal(), told.latest.toordinal())

    def add(self, *statements: Statement) -> Network:
        """A network with further statements."""
        return Network((*self.statements, *statements))

    def bounds(self, point: str) -> tuple[date | None, date | None]:
        """Earliest and latest day of a point; None where nothing bounds it.

        Where dates contradict each other, the earliest day may lie after the latest. Raises KeyError
        for an unknown point, ValueError when a circle of distances asks a point to be before itself.
        """
        first, last = self.days(point)
        return _as_date(first), _as_date(last)

    def days(self, point: str) -> tuple[int | None, int | None]:
        """The bounds as day numbers, which go on beyond the calendar; errors as for `bounds`."""
        i = self._number[point]
        earliest, latest = self._fixpoints
        return earliest[i], latest[i]

    def contradiction(self) -> tuple[str, ...] | None:
        """Names of statements that cannot all be true, though they could without any one of them; None if all can."""
        try:
            self._check()
        except _ClashError as clash:
            along = {self._points[i] for i in clash.points}
            told = [s for s in self.statements if s.point in along and (isinstance(s, Range) or s.other in along)]
            blamed = self.statements if Network(told).is_consistent() else tuple(told)
        else:
            return None
        needed = sorted({s.name for s in blamed if s.name})
        for name in tuple(needed):
            rest = [n for n in needed if n != name]
            if not Network(s for s in blamed if not s.name or s.name in rest).is_consistent():
                needed = rest
        return tuple(needed)

    def is_consistent(self) -> bool:
        """Can all statements be true?"""
        try:
            self._check()
        except _ClashError:
            return False
        return True

    def may(self, *statements: Gap) -> bool:
        """Can these be true beside all statements? Their points must be known (KeyError); a contradiction has no may."""
        self._require()
        extra: list[list[_Push]] = [list(pushes) for pushes in self._up]
        sources, reach = [], 0
        for told in statements:
            reach += abs(told.count) * 366
            for pushes, source, push in self._pushes(told):
                if pushes is self._up:
                    extra[source].append(push)
                    sources.append(source)
        earliest, latest = self._fixpoints
        dated = [i for i in sources if earliest[i] is not None]
        try:
            _climb(list(earliest), extra, dated, latest)
            if len(dated) < len(sources):  # else any circle has been gone round
                _climb(list(self._free), extra, sources, self._roof(self._free, reach))
        except _ClashError:
            return False
        return True

    def relation(self, a: str, b: str) -> Relation:
        """How the day of `a` lies to that of `b`: "maybe before" is before or on the same day, surely not after.

        Raises KeyError for an unknown point, ValueError when the statements contradict each other.
        """
        earlier, later = Gap("", b, ">=", a, 1), Gap("", a, ">=", b, 1)
        same = Gap("", a, ">=", b), Gap("", b, ">=", a)
        return _RELATIONS[self.may(earlier), self.may(*same), self.may(later)]

    def allen(self, a: Interval, b: Interval) -> frozenset[str]:
        """The possible ones of Allen's 13 relations (see `ALLEN`) of two spans of whole days, given as (start, end).

        What ends the day before the other one starts meets it. Errors as for `relation`.
        """
        at = {"as": a[0], "ae": a[1], "bs": b[0], "be": b[1]}
        law = Gap("", a[1], ">=", a[0]), Gap("", b[1], ">=", b[0])
        return frozenset(
            name
            for name, order in ALLEN.items()
            if self.may(*law, *(Gap("", at[last], ">=", at[first], days) for first, days, last in order))
        )

    def distance(self, a: str, b: str) -> tuple[int | None, int | None]:
        """Least and most days from `a` to `b`, negative when b comes first; None where it is open.

        Errors as for `relation`.
        """
        backwards = self._nearest(b, a)
        return self._nearest(a, b), None if backwards is None else -backwards

    def _nearest(self, a: str, b: str) -> int | None:
        """Least possible number of days from a to b: the more are allowed, the sooner it is possible."""
        (_, last), (first, _) = self.days(a), self.days(b)
        low = -_FAR - 1 if last is None or first is None else max(first - last, -_FAR - 1)
        high = _FAR
        if low < -_FAR and self.may(Gap("", a, ">=", b, -low)):
            return None
        while low < high:
            middle = (low + high) // 2
            if self.may(Gap("", a, ">=", b, -middle)):
                high = middle
            else:
                low = middle + 1
        return low if low < _FAR else None

    # ---- how it is computed ----------------------------------------------------------

    def _pushes(self, told: Gap) -> tuple[tuple[list[list[_Push]], int, _Push], ...]:
        """A statement pushes its later point later, and its earlier point earlier."""
        point, other, n, unit = self._number[told.point], self._number[told.other], told.count, told.unit
        days, months = n * _DAYS.get(unit, 0), n * _MONTHS.get(unit, 0)
        if told.than == ">=":
            return (
                (self._up, other, _Push(point, lambda day: shift(day, n, unit), days, months)),
                (self._down, point, _Push(other, lambda day: -_last_before(-day, n, unit), days, months)),
            )
        return (
            (self._down, other, _Push(point, lambda day: -shift(-day, n, unit), -days, -months)),
            (self._up, point, _Push(other, lambda day: _first_after(day, n, unit), -days, -months)),
        )

    @cached_property
    def _free(self) -> list[int | None]:
        """A solution of the statements without their dates; a circle that has none is a clash.

        Each part starts so low that it moves nothing that stands already.
        """
        free: list[int | None] = [None] * len(self._number)
        step = self._spread + _CYCLE
        floor, roof = 0, self._roof(free, 0)
        for i in range(len(free)):
            if free[i] is None:
                free[i] = floor
                _climb(free, self._up, [i], roof)
                floor -= 2 * step
        return free

    @cached_property
    def _spread(self) -> int:
        """More days than a way through the network without a circle can add."""
        return sum(abs(push.days) + 32 * abs(push.months) for pushes in self._up for push in pushes)

    def _roof(self, free: Sequence[int | None], reach: int) -> list[int | None]:
        """Who climbs higher than this has gone round a circle by more than 400 years, and will forever."""
        top = max((day for day in free if day is not None), default=0)
        return [top + (self._spread + reach + _CYCLE) * (len(free) + 1)] * len(free)

    @cached_property
    def _fixpoints(self) -> tuple[list[int | None], list[int | None]]:
        try:
            _ = self._free
        except _ClashError:
            raise ValueError("the distances go in a circle that nothing can fulfil") from None
        earliest = list(self._first)
        _climb(earliest, self._up, _dated(earliest), [None] * len(earliest))
        latest = [None if day is None else -day for day in self._last]
        _climb(latest, self._down, _dated(latest), [None] * len(latest))
        return earliest, [None if day is None else -day for day in latest]

    def _check(self) -> None:
        """Raise _ClashError, with the points along which it is found, if the statements contradict each other."""
        _ = self._free
        earliest = list(self._first)
        for first, last, i in zip(self._first, self._last, range(len(earliest)), strict=True):
            if first is not None and last is not None and first > last:
                raise _ClashError({i})
        _climb(earliest, self._up, _dated(earliest), self._last)

    @cached_property
    def _consistent(self) -> bool:
        return self.is_consistent()

    def _require(self) -> None:
        if not self._consistent:
            raise ValueError("the statements contradict each other")


@dataclass(frozen=True, slots=True)
class _Push:
    """When a point moves to a day, `target` is moved to at least `to(day)`: about so many days and months on."""

    target: int
    to: Callable[[int], int]
    days: int
    months: int


class _ClashError(Exception):
    """No days fulfil the statements; `points` are those along which that was found, empty if unknown."""

    def __init__(self, points: set[int]) -> None:
        self.points = points
        super().__init__("no days fulfil the statements")


def _climb(days: list[int | None], pushes: list[list[_Push]], start: Iterable[int], roof: Sequence[int | None]) -> None:
    """Let points push each other later, in place, until none moves; _ClashError where one is pushed over its roof."""
    cause: dict[int, tuple[int, _Push]] = {}
    moved: Counter[int] = Counter()
    todo = deque(start)
    waiting = set(todo)
    while todo:
        i = todo.popleft()
        waiting.discard(i)
        here = days[i]
        assert here is not None
        for push in pushes[i]:
            j, day = push.target, push.to(here)
            old = days[j]
            if old is not None and day <= old:
                continue
            days[j], cause[j] = day, (i, push)
            moved[j] += 1
            woken = {j: day}
            # A circle moves its points again and again: look for one ever more rarely.
            if moved[j] > 1 and moved[j] & (moved[j] - 1) == 0:
                woken |= _go_round(days, cause, j, roof)
            for k, now in woken.items():
                limit = roof[k]
                if limit is not None and now > limit:
                    raise _ClashError(_trail(cause, k))
                if k not in waiting:
                    waiting.add(k)
                    todo.append(k)


def _trail(cause: Mapping[int, tuple[int, _Push]], end: int) -> set[int]:
    """The points that pushed each other up to this one."""
    seen = {end}
    while end in cause and cause[end][0] not in seen:
        end = cause[end][0]
        seen.add(end)
    return seen


def _go_round(
    days: list[int | None], cause: Mapping[int, tuple[int, _Push]], end: int, roof: Sequence[int | None]
) -> dict[int, int]:
    """If the points that pushed this one go in a circle, follow it until it rests; _ClashError if it never does.

    It need not grow forever: one month on and 30 days back comes to rest at the end of January.
    The calendar repeats, so a circle that has not rested after 400 years never will. Gives
    the point that has moved, if one has, and its day.
    """
    trail: dict[int, None] = {}
    while end in cause and end not in trail:
        trail[end] = None
        end = cause[end][0]
    day = days[end]
    assert day is not None
    if end not in trail:
        return {}
    circle = list(trail)[list(trail).index(end) :]
    pushes = [cause[i][1] for i in reversed(circle)]  # from `end` back to it
    top = roof[end]
    limit = day if _gain(pushes) > 0 else day + _CYCLE if top is None else min(top + 1, day + _CYCLE)
    while (after := _along(pushes, day)) > day:
        day = days[end] = after
        if day >= limit:
            raise _ClashError(set(circle))
    return {end: day}


def _gain(pushes: Sequence[_Push]) -> float:
    """Days that such a way adds at least, from wherever it begins.

    Months in a row change the day of the month at most twice (to the end of a short month, to the first
    of the next), so that they are never more than `_SLACK` days off as many mean months.
    """
    rows, row = 0, False
    for push in pushes:
        rows += bool(push.months) and not row
        row = bool(push.months) or (row and not push.days)
    return sum(push.days + push.months * _MONTH for push in pushes) - _SLACK * rows


def _along(pushes: Iterable[_Push], day: int) -> int:
    for push in pushes:
        day = push.to(day)
    return day


def _dated(days: Sequence[int | None]) -> list[int]:
    """Points with a day, the latest first: they push the others furthest."""
    return [i for _, i in sorted(((day, i) for i, day in enumerate(days) if day is not None), reverse=True)]


# ---- the calendar ------------------------------------------------------------------------


def _split(day: int) -> tuple[int, int]:
    """(months since January of year 0, day of the month)."""
    cycles, rest = divmod(day - 1, _CYCLE)
    found = date.fromordinal(rest + 1)
    return (found.year + 400 * cycles) * 12 + found.month - 1, found.day


def _join(months: int, day: int) -> int:
    cycles, year = divmod(months // 12 - 1, 400)
    return date(year + 1, months % 12 + 1, day).toordinal() + cycles * _CYCLE


def _length(months: int) -> int:
    return calendar.monthrange((months // 12 - 1) % 400 + 1, months % 12 + 1)[1]


def shift(day: int, count: int, unit: Unit) -> int:
    """The day that many calendar units later; a day that the month does not have becomes its last day.

    >>> date.fromordinal(shift(date(2021, 1, 31).toordinal(), 1, "month"))
    datetime.date(2021, 2, 28)
    """
    if unit in _DAYS:
        return day + count * _DAYS[unit]
    months, of_month = _split(day)
    months += count * _MONTHS[unit]
    return _join(months, min(of_month, _length(months)))


def _first_after(day: int, count: int, unit: Unit) -> int:
    """The first day x with shift(x, count, unit) >= day."""
    if unit in _DAYS:
        return day - count * _DAYS[unit]
    months, of_month = _split(day)
    months -= count * _MONTHS[unit]
    return _join(months, of_month) if of_month <= _length(months) else _join(months + 1, 1)


def _last_before(day: int, count: int, unit: Unit) -> int:
    """The last day x with shift(x, count, unit) <= day."""
    if unit in _DAYS:
        return day - count * _DAYS[unit]
    months, of_month = _split(day)
    whole = of_month == _length(months)
    months -= count * _MONTHS[unit]
    return _join(months, _length(months) if whole else min(of_month, _length(months)))


def _as_date(day: int | None) -> date | None:
    return date.fromordinal(day) if day is not None and 1 <= day <= _FAR else None
