"""The first days that are possible, given some: points push each other later until none moves.

What `kg.base.network` computes with. `pushes` are those of each point; days without a point's number are
None, as nothing holds them.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from kg.base.pushes import CYCLE, Push, Way, gain, lanes, rest

if TYPE_CHECKING:
    from kg.base.pushes import Days

__all__ = ["Causes", "ClashError", "Nearest", "climb"]


class Cause(NamedTuple):
    """What moved a point: a push (or several, round a circle) of another one, which something had moved itself."""

    source: int
    pushes: tuple[Push, ...]
    before: Cause | None


Causes: TypeAlias = dict[int, Cause]


class ClashError(Exception):
    """No days fulfil the statements; `way`: the pushes by which that was found, from `start` to `end`, or in a circle."""

    def __init__(self, way: Sequence[Push], start: int | None = None, end: int | None = None) -> None:
        self.way, self.start, self.end = way, start, end
        super().__init__("no days fulfil the statements")


def climb(
    days: list[int | None],
    pushes: Sequence[Sequence[Push]],
    start: Iterable[int],
    roof: Sequence[int | None] | None = None,
) -> Causes:
    """Let points push each other later, in place, until none moves; ClashError where one is pushed over its roof.

    Gives what moved each point last.
    """
    cause: Causes = {}
    roof = roof or [None] * len(days)
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
            days[j], cause[j] = day, Cause(i, (push,), cause.get(i))
            moved[j] += 1
            woken = {j: day}
            # A circle moves its points again and again: look for one ever more rarely.
            if moved[j] > 1 and moved[j] & (moved[j] - 1) == 0:
                woken |= _go_round(days, cause, j, roof[j])
            for k, now in woken.items():
                limit = roof[k]
                if limit is not None and now > limit:
                    raise ClashError(*_way(cause, k), k)
                if k not in waiting:
                    waiting.add(k)
                    todo.append(k)
    return cause


def _way(cause: Causes, end: int) -> tuple[list[Push], int]:
    """The pushes that led to a point, one after the other, and the point where they begin."""
    parts, point = dict[int, tuple[Push, ...]](), end
    while point in cause and point not in parts:  # by what moved each of them last, if that is no circle
        parts[point] = cause[point].pushes
        point = cause[point].source
    found = list(parts.values())
    if point in parts:
        last: Cause | None = cause[end]
        found = []
        while last:
            found.append(last.pushes)
            point, last = last.source, last.before
    return [push for pushes in reversed(found) for push in pushes], point


def _go_round(days: list[int | None], cause: Causes, end: int, top: int | None) -> dict[int, int]:
    """If the points that pushed this one go in a circle, follow it until it rests; ClashError if it never does.

    It need not grow forever: one month on and 30 days back comes to rest at the end of January.
    The calendar repeats, so a circle that has not rested after 400 years never will. Gives
    the points that have moved, and their days.
    """
    found, source = {end: None}, end
    while source in cause and (source := cause[source].source) not in found:
        found[source] = None
    day = days[end]
    if source != end or day is None:
        return {}
    circle = list(found)
    pushes = [push for i in reversed(circle) for push in cause[i].pushes]  # from `end` back to it
    still = None if gain(pushes) > 0 else rest(pushes, day, day + CYCLE if top is None else min(top + 1, day + CYCLE))
    if still is None:
        if top is None or gain(pushes) > 0 or top >= day + CYCLE:
            raise ClashError(pushes)
        way, start = _way(cause, end)
        raise ClashError([*way, *pushes], start, end)
    days[end] = day = still
    woken = {end: day}
    cause[end] = Cause(end, tuple(pushes), cause[end])
    for i in reversed(circle[1:]):  # else each of them would go round by itself
        source = cause[i].source
        (push,) = cause[i].pushes
        day = push.to(day)
        old = days[i]
        if old is None or day > old:
            days[i] = woken[i] = day
            cause[i] = Cause(source, (push,), cause[source])
    return woken


class Nearest:
    """How few days may point j be after point i, if it can be no earlier than where that pushes it?

    The ways on which i pushes j are learned when they are needed: by those that are known, j is too late for most
    days of i. What is left is tried, and either is nearer than all before, or teaches another way.
    floor: the first days of all points, if they have one.
    """

    def __init__(self, pushes: Sequence[Sequence[Push]], i: int, j: int, floor: Sequence[int | None]) -> None:
        self._pushes, self._i, self._j, self._floor = pushes, i, j, floor
        self._best = 0
        self._ways: list[Way] = []  # from i to j
        self._circles: list[Way] = []  # from i to i

    def least(self, last: int) -> int | None:
        """The fewest days, with i no later than the last day, which must be possible; None if j may be anywhere before."""
        i, j = self._i, self._j
        x, y, cause = self._climbed(last)
        if y is None:
            return None
        self._best = y - x
        # Days are days, whenever: only months differ in length.
        if not any(push.months for k in (i, *cause) for push in self._pushes[k]):
            return self._best
        first, low, to = last - CYCLE + 1, self._floor[i], self._floor[j]
        first = first if low is None else max(first, low)
        first = first if to is None else max(first, to - self._best + 1)
        self._sweep(*lanes(first, last))
        return self._best

    def _climbed(self, day: int) -> tuple[int, int | None, Causes]:
        """The first days of i and j, with i no earlier than that day, and what moved them."""
        days = list(self._floor)
        days[self._i] = day
        cause = climb(days, self._pushes, [self._i])
        x = days[self._i]
        assert x is not None
        return x, days[self._j], cause

    def _sweep(self, here: Days, ends: Days) -> None:
        """Go through spans of days of i, all of them at once, for one that is nearer."""
        import numpy as np

        there, back = self._known(here)
        while len(here):
            near = (back <= here) & (there - here < self._best)
            if near.any():
                k = int(np.flatnonzero(near)[(there - here)[near].argmin()])
                day = int(here[k])
                x, y, cause = self._climbed(day)
                assert y is not None
                self._best = min(self._best, y - x)
                if x > day and (way := self._learn(cause, self._i, day, int(back[k]))):
                    self._circles.append(way)
                    back = np.maximum(back, way.to_all(here))
                elif x == day and y > there[k] and (way := self._learn(cause, self._j, day, int(there[k]))):
                    self._ways.append(way)
                    there = np.maximum(there, way.to_all(here))
                elif y > there[k] or x > day:  # nothing to learn: some circle on the way has come to rest
                    there[k], back[k] = y, x
            else:  # the first days of j only get later: none of i before these is nearer
                here = np.maximum(np.maximum(here + 1, back), there - self._best + 1)
                here, ends = here[here <= ends], ends[here <= ends]
                there, back = self._known(here)

    def _learn(self, cause: Causes, end: int, day: int, known: int) -> Way | None:
        """The way on which i has pushed a point later than was known."""
        pushes, start = _way(cause, end)
        way = Way(pushes)
        return way if start == self._i and way.to(day) > known else None

    def _known(self, here: Days) -> tuple[Days, Days]:
        """The first days of j, and of i, by the ways that are known."""
        import numpy as np

        to = self._floor[self._j]
        there, back = np.full_like(here, _NEVER if to is None else to), here
        for way in self._ways:
            there = np.maximum(there, way.to_all(here))
        for way in self._circles:
            back = np.maximum(back, way.to_all(here))
        return there, np.array(back)


_NEVER = -(10**12)
