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
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from itertools import accumulate, groupby
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

    def __init__(self, statements: Iterable[Statement], points: Iterable[str] = ()) -> None:
        """points: further ones, of which nothing may be told."""
        # In one order, so that answers do not depend on the order in which things were said.
        told = sorted(set(statements), key=repr)
        self._points = sorted({s.point for s in told} | {s.other for s in told if isinstance(s, Gap)} | set(points))
        self._number = {point: i for i, point in enumerate(self._points)}
        self._fill((s, self._pushes(s) if isinstance(s, Gap) else ()) for s in told)

    def _fill(self, told: Iterable[tuple[Statement, _Pushes]]) -> None:
        self._told = tuple(told)
        self.statements: tuple[Statement, ...] = tuple(s for s, _ in self._told)
        count = len(self._points)
        self._up: list[list[_Push]] = [[] for _ in range(count)]  # what each point pushes later
        self._down: list[list[_Push]] = [[] for _ in range(count)]  # what each point pushes earlier, days negated
        self._first: list[int | None] = [None] * count  # as stated
        self._last: list[int | None] = [None] * count
        for one, pushes in self._told:
            for later, source, push in pushes:
                (self._up if later else self._down)[source].append(push)
            if isinstance(one, Gap):
                continue
            i = self._number[one.point]
            if one.earliest is not None:
                self._first[i] = max(self._first[i] or one.earliest.toordinal(), one.earliest.toordinal())
            if one.latest is not None:
                self._last[i] = min(self._last[i] or one.latest.toordinal(), one.latest.toordinal())

    def add(self, *statements: Statement) -> Network:
        """A network with further statements."""
        return Network((*self.statements, *statements), self._points)

    def _without(self, name: str) -> Network:
        return self._part(lambda s: s.name != name)

    def _part(self, keep: Callable[[Statement], bool]) -> Network:
        """Some of the statements, about the same points."""
        part = Network.__new__(Network)
        part._points, part._number = self._points, self._number
        part._fill(row for row in self._told if keep(row[0]))
        if "_free" in self.__dict__:  # what fulfils all of them fulfils some of them
            part.__dict__["_free"] = self._free
        return part

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
        core = self._core()
        if core is None:
            return None
        needed = sorted({s.name for s in core.statements if s.name})
        for name in tuple(needed):
            if name in needed and (less := core._without(name)._core()):
                core, named = less, {s.name for s in less.statements}
                needed = [n for n in needed if n in named]
        return tuple(needed)

    def _core(self) -> Network | None:
        """The statements along which a contradiction is found, or all, if those do not contradict each other; or None."""
        try:
            self._check()
        except _ClashError as clash:
            along = {self._points[i] for i in clash.points}
            told = self._part(lambda s: s.point in along and (isinstance(s, Range) or s.other in along))
            return self if len(told.statements) == len(self.statements) or told.is_consistent() else told
        return None

    def is_consistent(self) -> bool:
        """Can all statements be true?"""
        try:
            self._check()
        except _ClashError:
            return False
        return True

    def may(self, *statements: Gap) -> bool:
        """Can these be true beside all statements? Their points must be known (KeyError); a contradiction has no may."""
        return self._with(*statements) is not None

    def _with(self, *statements: Gap) -> list[int | None] | None:
        """A solution that fulfils these, too, with a day for each of their points; None if there is none."""
        self._require()
        extra: list[list[_Push]] = [list(pushes) for pushes in self._up]
        sources, reach = [], 0
        for told in statements:
            reach += abs(told.count) * 366
            for later, source, push in self._pushes(told):
                if later:
                    extra[source].append(push)
                    sources.append(source)
        earliest, latest = self._fixpoints
        dated = [i for i in sources if earliest[i] is not None]
        solution, free = list(earliest), list(self._free)
        try:
            _climb(solution, extra, dated, latest)
            if len(dated) < len(sources):  # else any circle has been gone round
                _climb(free, extra, sources, self._roof(self._free, reach))
        except _ClashError:
            return None
        return solution if len(dated) == len(sources) else free

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
        i, j = self._number[a], self._number[b]
        earliest, latest = self._fixpoints
        first, last = earliest[j], latest[i]
        low = -_FAR - 1 if last is None or first is None else max(first - last, -_FAR - 1)
        # Any solution is a distance that is possible; those at hand are often the nearest ones.
        high = min([_FAR, *(y - x for days in (earliest, latest) if (x := days[i]) and (y := days[j]))])
        if low < -_FAR and self.may(Gap("", a, ">=", b, -low)):
            return None
        while low < high:
            middle = (low + high) // 2
            found = self._with(Gap("", a, ">=", b, -middle))
            if found is None:
                low = middle + 1
            else:
                x, y = found[i], found[j]
                high = middle if x is None or y is None else min(middle, max(low, y - x))
        return low if low < _FAR else None

    # ---- how it is computed ----------------------------------------------------------

    def _pushes(self, told: Gap) -> _Pushes:
        """A statement pushes its later point later, and its earlier point earlier: (later?, from which point, how)."""
        point, other, n, unit = self._number[told.point], self._number[told.other], told.count, told.unit
        days, months = n * _DAYS.get(unit, 0), n * _MONTHS.get(unit, 0)
        if told.than == ">=":
            up, down = _Push(point, "shift", days, months), _Push(other, "last before", days, months)
            return (True, other, up), (False, point, down)
        down, up = _Push(point, "shift back", -days, -months), _Push(other, "first after", -days, -months)
        return (False, other, down), (True, point, up)

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
                if self._up[i]:
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


_Rule: TypeAlias = Literal["shift", "first after", "shift back", "last before"]
_LATER = ("shift", "first after")  # the others are those of what pushes earlier, where days are negated


@dataclass(frozen=True, slots=True)
class _Push:
    """When a point moves to a day, `target` is moved to at least `to(day)`: so many days or months on."""

    target: int
    rule: _Rule
    days: int
    months: int

    def to(self, day: int) -> int:
        return _months_on(self.rule, day, self.months) if self.months else day + self.days


_Pushes: TypeAlias = tuple[tuple[bool, int, _Push], ...]


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
    the points that have moved, and their days.
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
    rows = _rows(pushes)
    reach = sum(abs(push.days) + 32 * abs(push.months) for push in pushes) + 62
    since = until = day
    while (after := _along(rows, day)) > day:
        day = after
        if day >= limit:
            raise _ClashError(set(circle))
        if day > until:
            since, until = day, _alike_until(day, reach) if pushes[0].rule in _LATER else limit
        elif day - since > _FOUR_YEARS and pushes[0].rule in _LATER:
            day = until + 1  # no rest in four years is none until then
    woken = {end: day}
    days[end] = day
    for push in pushes[:-1]:  # else each of them would go round by itself
        day = push.to(day)
        old = days[push.target]
        if old is None or day > old:
            days[push.target] = woken[push.target] = day
    return woken


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


@dataclass(frozen=True, slots=True)
class _Row:
    """Pushes one after the other: days in all, or months by one rule, after each of which a day may be cut off.

    sums: months after each of them; shortest: month -> length of the shortest month that is touched from there.
    """

    rule: _Rule
    days: int
    sums: tuple[int, ...]
    shortest: dict[int, int] = field(default_factory=dict)

    def to(self, day: int) -> int:
        if not self.sums:
            return day + self.days
        sign = 1 if self.rule in _LATER else -1
        start = _split(sign * day)[0]
        if (short := self.shortest.get(start % 4800)) is None:
            short = min(_LENGTHS[(start + sign * months) % 4800] for months in self.sums)
            self.shortest[start % 4800] = short
        return _months_on(self.rule, day, self.sums[-1], short)


def _rows(pushes: Iterable[_Push]) -> list[_Row]:
    """The same way in fewer steps."""
    rows: list[_Row] = []
    for rule, same in groupby(pushes, lambda push: push.rule if push.months else None):
        ways = list(same)
        if rule is None:
            rows.append(_Row("shift", sum(push.days for push in ways), ()))
        else:
            rows.append(_Row(rule, 0, tuple(accumulate(push.months for push in ways))))
    return rows


def _along(rows: Iterable[_Row], day: int) -> int:
    for row in rows:
        day = row.to(day)
    return day


def _dated(days: Sequence[int | None]) -> list[int]:
    """Points with a day, the latest first: they push the others furthest."""
    return [i for _, i in sorted(((day, i) for i, day in enumerate(days) if day is not None), reverse=True)]


# ---- the calendar ------------------------------------------------------------------------

# Of the 4800 months of 400 years, from January of year 1: lengths, days before each; and the month of each day.
_LENGTHS = [calendar.monthrange(month // 12 + 1, month % 12 + 1)[1] for month in range(4800)]
_BEFORE = [0, *accumulate(_LENGTHS)]
_MONTH_OF = [month for month, length in enumerate(_LENGTHS) for _ in range(length)]
_FOUR_YEARS = 1461
# Between two of these (March of years 100, 200, 300, 500 to the January before the next) each fourth year is a leap year.
_ALIKE = [(_BEFORE[1190], _BEFORE[2389]), (_BEFORE[2390], _BEFORE[3589]), (_BEFORE[3590], _CYCLE + _BEFORE[1189])]


def _alike_until(day: int, reach: int) -> int:
    """How long the calendar repeats every four years, for what reaches so far; the day itself if it does not there.

    >>> date.fromordinal(_alike_until(date(1950, 1, 1).toordinal(), 0))
    datetime.date(2100, 1, 31)
    """
    rest = (day - 1) % _CYCLE
    for first, end in _ALIKE:
        for here in (rest, rest + _CYCLE):
            if first + reach <= here < end - reach:
                return day + end - reach - 1 - here
    return day


def _split(day: int) -> tuple[int, int]:
    """(months since January of year 1, day of the month)."""
    cycles, rest = divmod(day - 1, _CYCLE)
    month = _MONTH_OF[rest]
    return month + 4800 * cycles, rest - _BEFORE[month] + 1


def _join(months: int, day: int) -> int:
    cycles, month = divmod(months, 4800)
    return cycles * _CYCLE + _BEFORE[month] + day


def _months_on(rule: _Rule, day: int, count: int, shortest: int = 31) -> int:
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


def shift(day: int, count: int, unit: Unit) -> int:
    """The day that many calendar units later; a day that the month does not have becomes its last day.

    >>> date.fromordinal(shift(date(2021, 1, 31).toordinal(), 1, "month"))
    datetime.date(2021, 2, 28)
    """
    if unit in _DAYS:
        return day + count * _DAYS[unit]
    return _months_on("shift", day, count * _MONTHS[unit])


def _as_date(day: int | None) -> date | None:
    return date.fromordinal(day) if day is not None and 1 <= day <= _FAR else None
