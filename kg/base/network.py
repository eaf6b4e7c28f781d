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

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal, TypeAlias

from kg.base.climbing import ClashError, Nearest, climb
from kg.base.pushes import CYCLE, Push, months_on

__all__ = ["ALLEN", "Gap", "Network", "Range", "Relation", "Statement", "Unit", "shift"]

Unit: TypeAlias = Literal["day", "week", "month", "year"]
Relation: TypeAlias = Literal["before", "maybe before", "same day", "maybe after", "after", "apart", "unknown"]
Interval: TypeAlias = tuple[str, str]  # the points at which something starts and ends

_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}
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
        self._order: list[str] = []
        self.statements: tuple[Statement, ...] = tuple(s for s, _ in self._told)
        count = len(self._points)
        self._up: list[list[Push]] = [[] for _ in range(count)]  # what each point pushes later
        self._down: list[list[Push]] = [[] for _ in range(count)]  # what each point pushes earlier, days negated
        self._first: list[int | None] = [None] * count  # as stated
        self._last: list[int | None] = [None] * count
        for one, pushes in self._told:
            for later, source, push in pushes:
                (self._up if later else self._down)[source].append(push)
            if isinstance(one, Gap):
                continue
            i = self._number[one.point]
            if first := _day(one.earliest):
                self._first[i] = max(self._first[i] or first, first)
            if last := _day(one.latest):
                self._last[i] = min(self._last[i] or last, last)

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
        core, needed = self._core(), set[str]()
        while core and (left := [name for name in core._order if name not in needed]):
            part = core._without(left[0])
            if less := part._core():
                core = less
            else:
                needed |= {left[0], *core._also_needed(left[0], part)}
        return tuple(sorted(core._order)) if core else None

    def circle(self) -> tuple[str, ...]:
        """Names of statements of distances that ask a point to be before itself, whatever the dates.

        >>> Network([Gap("a", "end", "<=", "birth", 4, "year"), Gap("b", "end", ">=", "birth", 5, "year")]).circle()
        ('a', 'b')
        """
        try:
            _ = self._free
        except ClashError:
            return self._part(lambda s: isinstance(s, Gap)).contradiction() or ()
        return ()

    def _core(self) -> Network | None:
        """The statements along which a contradiction is found, or all, if those do not contradict each other; or None.

        Their names are in its `_order`, as they lead to the contradiction.
        """
        try:
            self._check()
        except ClashError as clash:
            names = dict.fromkeys(self._named(clash))
            told = self._part(lambda s: not s.name or s.name in names)
            # a circle is a contradiction by itself
            core = self if clash.start is not None and told.is_consistent() else told
            core._order = [name for name in {**names, **{s.name: None for s in core.statements}} if name]
            return core
        return None

    def _named(self, clash: ClashError) -> list[str]:
        """The statements of a clash: from the date where it begins, if any, to that where it ends."""
        dates = [s for s in self.statements if isinstance(s, Range)]
        first = [
            s.name
            for s in dates
            if self._number[s.point] == clash.start and _day(s.earliest) == self._first[clash.start]
        ]
        last = [s.name for s in dates if self._number[s.point] == clash.end and _day(s.latest) == self._last[clash.end]]
        return [*first[:1], *(push.name for push in clash.way), *last[:1]]

    def _also_needed(self, name: str, part: Network) -> set[str]:
        """Names of others without which the others can be true, as the days show that fulfil all but this one.

        The days that it asks for are given to it, then to what those contradict, and so on: as long as
        what the days contradict is of one name, all but that one is fulfilled.
        """
        days = list(part._fixpoints[0] if any(part._first) else part._free)
        about: dict[int, list[int]] = {}
        for k, one in enumerate(self.statements):
            for point in {one.point, one.other} if isinstance(one, Gap) else {one.point}:
                about.setdefault(self._number[point], []).append(k)
        wrong = {k: None for k, one in enumerate(self.statements) if one.name == name and self._asks(k, days)}
        count = Counter(self.statements[k].name for k in wrong)
        needed: set[str] = set()
        for _ in range(4 * len(self.statements)):
            named = [one for one in count if one]
            if len(count) == len(named) == 1:
                needed.update(named)
            asked = next((asks for k in wrong if (asks := self._asks(k, days)) and asks[1] is not None), None)
            if asked is None:
                break
            days[asked[0]] = asked[1]
            for k in about[asked[0]]:
                if (k in wrong) == (self._asks(k, days) is None):
                    count[self.statements[k].name] += -1 if k in wrong else 1
                    wrong.pop(k) if k in wrong else wrong.setdefault(k)
            count = +count
        return needed

    def _asks(self, k: int, days: Sequence[int | None]) -> tuple[int, int | None] | None:
        """The point that a statement asks to be on another day, and the first that would do (None: it is too late)."""
        one, pushes = self._told[k]
        if isinstance(one, Range):
            i = self._number[one.point]
            day = days[i]
            first, last = _day(one.earliest), _day(one.latest)
            if first and (day is None or day < first):
                return i, first
            return (i, None) if last and day is not None and day > last else None
        source, push = next((source, push) for later, source, push in pushes if later)
        here, there = days[source], days[push.target]
        if here is None or (there is not None and there >= push.to(here)):
            return None
        return push.target, push.to(here)

    def is_consistent(self) -> bool:
        """Can all statements be true?"""
        try:
            self._check()
        except ClashError:
            return False
        return True

    def may(self, *statements: Gap) -> bool:
        """Can these be true beside all statements? Their points must be known (KeyError); a contradiction has no may."""
        return self._with(*statements) is not None

    def _with(self, *statements: Gap) -> list[int | None] | None:
        """A solution that fulfils these, too, with a day for each of their points; None if there is none."""
        self._require()
        extra: list[list[Push]] = [list(pushes) for pushes in self._up]
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
            climb(solution, extra, dated, latest)
            if len(dated) < len(sources):  # else any circle has been gone round
                climb(free, extra, sources, self._roof(self._free, reach))
        except ClashError:
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
        """Least possible number of days from a to b.

        Without dates, the days of 400 years are all there are; where `a` has no last day, dates hold nothing back.
        """
        self._require()
        earliest, latest = self._fixpoints
        i, j = self._number[a], self._number[b]
        last = latest[i]
        floor = [None] * len(earliest) if last is None else earliest
        least = Nearest(self._up, i, j, floor).least(CYCLE if last is None else last)
        return None if least is None or abs(least) >= _FAR else least

    # ---- how it is computed ----------------------------------------------------------

    def _pushes(self, told: Gap) -> _Pushes:
        """A statement pushes its later point later, and its earlier point earlier: (later?, from which point, how)."""
        point, other, n, unit = self._number[told.point], self._number[told.other], told.count, told.unit
        days, months = n * _DAYS.get(unit, 0), n * _MONTHS.get(unit, 0)
        if told.than == ">=":
            up = Push(point, "shift", days, months, told.name)
            return (True, other, up), (False, point, Push(other, "last before", days, months, told.name))
        down = Push(point, "shift back", -days, -months, told.name)
        up = Push(other, "first after", -days, -months, told.name)
        return (False, other, down), (True, point, up)

    @cached_property
    def _free(self) -> list[int | None]:
        """A solution of the statements without their dates; a circle that has none is a clash.

        Each part starts so low that it moves nothing that stands already.
        """
        free: list[int | None] = [None] * len(self._number)
        step = self._spread + CYCLE
        floor, roof = 0, self._roof(free, 0)
        for i in range(len(free)):
            if free[i] is None:
                free[i] = floor
                if self._up[i]:
                    climb(free, self._up, [i], roof)
                floor -= 2 * step
        return free

    @cached_property
    def _spread(self) -> int:
        """More days than a way through the network without a circle can add."""
        return sum(abs(push.days) + 32 * abs(push.months) for pushes in self._up for push in pushes)

    def _roof(self, free: Sequence[int | None], reach: int) -> list[int | None]:
        """Who climbs higher than this has gone round a circle by more than 400 years, and will forever."""
        top = max((day for day in free if day is not None), default=0)
        return [top + (self._spread + reach + CYCLE) * (len(free) + 1)] * len(free)

    @cached_property
    def _fixpoints(self) -> tuple[list[int | None], list[int | None]]:
        try:
            _ = self._free
        except ClashError:
            raise ValueError("the distances go in a circle that nothing can fulfil") from None
        earliest = list(self._first)
        climb(earliest, self._up, _dated(earliest), [None] * len(earliest))
        latest = [None if day is None else -day for day in self._last]
        climb(latest, self._down, _dated(latest), [None] * len(latest))
        return earliest, [None if day is None else -day for day in latest]

    def _check(self) -> None:
        """Raise ClashError if the statements contradict each other."""
        _ = self._free
        earliest = list(self._first)
        for first, last, i in zip(self._first, self._last, range(len(earliest)), strict=True):
            if first is not None and last is not None and first > last:
                raise ClashError((), i, i)
        climb(earliest, self._up, _dated(earliest), self._last)

    @cached_property
    def _consistent(self) -> bool:
        return self.is_consistent()

    def _require(self) -> None:
        if not self._consistent:
            raise ValueError("the statements contradict each other")


_Pushes: TypeAlias = tuple[tuple[bool, int, Push], ...]


def _dated(days: Sequence[int | None]) -> list[int]:
    """Points with a day, the latest first: they push the others furthest."""
    return [i for _, i in sorted(((day, i) for i, day in enumerate(days) if day is not None), reverse=True)]


def shift(day: int, count: int, unit: Unit) -> int:
    """The day that many calendar units later; a day that the month does not have becomes its last day.

    >>> date.fromordinal(shift(date(2021, 1, 31).toordinal(), 1, "month"))
    datetime.date(2021, 2, 28)
    """
    if unit in _DAYS:
        return day + count * _DAYS[unit]
    return months_on("shift", day, count * _MONTHS[unit])


def _day(day: date | None) -> int | None:
    return day.toordinal() if day else None


def _as_date(day: int | None) -> date | None:
    return date.fromordinal(day) if day is not None and 1 <= day <= _FAR else None
