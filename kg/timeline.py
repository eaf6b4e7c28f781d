"""Which days bound each time of one patient?

Named times, dates and distances of a patient are resolved to bounds; a chain of references
that comes back to itself, or bounds that cannot be met, are problems with a path.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kg.case import Patient, Time, Treatment
from kg.times import Bounds, read_edtf

__all__ = ["Timeline"]


def _later(a: date | None, b: date | None) -> date | None:
    return max((x for x in (a, b) if x), default=None)


def _earlier(a: date | None, b: date | None) -> date | None:
    return min((x for x in (a, b) if x), default=None)


def _meet(a: Bounds, b: Bounds) -> Bounds:
    return Bounds(
        _later(a.earliest_start, b.earliest_start),
        _earlier(a.latest_start, b.latest_start),
        _later(a.earliest_end, b.earliest_end),
        _earlier(a.latest_end, b.latest_end),
    )


class Timeline:
    """The times of one patient.

    `bounds(reference)` takes what a case file may write as a time: an EDTF date, a key of
    `times`, or a key of a fact (the time of that fact). It raises ValueError, saying why, for a
    reference that means nothing or that depends on itself.
    """

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        self._facts = {key: fact for _, key, fact in patient.facts()}
        self._done: dict[str, Bounds] = {}
        self._open: list[str] = []

    def bounds(self, reference: str) -> Bounds:
        """Bounds of an EDTF date, a named time or a fact."""
        if reference not in self._facts:
            try:
                return read_edtf(reference)
            except ValueError as error:
                raise ValueError(f"{reference!r} is neither a date nor a key of this patient") from error
        if reference in self._open:
            chain = " -> ".join([*self._open[self._open.index(reference) :], reference])
            raise ValueError(f"the times depend on each other in a circle: {chain}")
        if reference not in self._done:
            self._open.append(reference)
            try:
                self._done[reference] = self._fact(reference)
            finally:
                self._open.pop()
        return self._done[reference]

    def _fact(self, key: str) -> Bounds:
        fact = self._facts[key]
        if isinstance(fact, Time):
            return self._time(fact)
        if isinstance(fact, Treatment):
            start = self.bounds(fact.start) if fact.start else Bounds()
            end = self.bounds(fact.end) if fact.end else Bounds()
            last = self.bounds(fact.ongoing_at) if fact.ongoing_at else Bounds()
            earliest_end = _later(end.earliest_end, last.earliest_end)
            return Bounds(start.earliest_start, start.latest_start, earliest_end, end.latest_end)
        when = getattr(fact, "time", None)
        return self.bounds(when) if when else Bounds()

    def _time(self, time: Time) -> Bounds:
        found = read_edtf(time.edtf) if time.edtf else Bounds()
        if time.after:
            other = self.bounds(time.after)
            if time.by:
                found = _meet(found, time.by.after(other))
            else:
                first = other.earliest_start
                found = _meet(found, Bounds(first, None, first, None))
        if time.before:
            other = self.bounds(time.before)
            if time.by and not time.after:
                found = _meet(found, time.by.before(other))
            else:
                last = other.latest_start
                found = _meet(found, Bounds(None, last, None, last))
        return found

    def problems(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """Times that cannot be: (path below the patient, what is wrong, cure)."""
        order = self.patient.treatments
        for section, key, fact in self.patient.facts():
            for field in ("edtf", "time", "onset", "resolution", "start", "end", "ongoing_at", "after", "before"):
                value = getattr(fact, field, None)
                if not isinstance(value, str) or field == "edtf":
                    continue
                try:
                    self.bounds(value)
                except ValueError as error:
                    yield (
                        (section, key, field),
                        f"{error}.",
                        "Write an EDTF date, a key of `times`, or a key of a fact.",
                    )
            try:
                problem = self.bounds(key).problem()
            except ValueError:
                continue
            if problem:
                yield (
                    (section, key),
                    f"the times contradict each other: {problem}.",
                    "Check the dates and what they refer to.",
                )
        yield from self._pairs()
        yield from self._circles()
        for key, treatment in order.items():
            for other in treatment.after:
                if other in order and self._before(key, other):
                    message = f"starts before {other!r}, after which it is said to come."
                    yield ("treatments", key, "after"), message, "Correct `after`, or one of the two dates."

    def _before(self, key: str, other: str) -> bool:
        try:
            mine, theirs = self.bounds(key).latest_start, self.bounds(other).earliest_start
        except ValueError:
            return False
        return mine is not None and theirs is not None and mine < theirs

    def _pairs(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        for section, key, fact in self.patient.facts():
            first, last = ("start", "end") if section == "treatments" else ("onset", "resolution")
            a, b = getattr(fact, first, None), getattr(fact, last, None)
            try:
                x, y = self.bounds(a) if a else Bounds(), self.bounds(b) if b else Bounds()
            except ValueError:
                continue
            if x.earliest_start and y.latest_end and y.latest_end < x.earliest_start:
                yield (section, key, last), f"{last} ({b}) lies before {first} ({a}).", "Swap or correct the two dates."
        for key, response in self.patient.responses.items():
            if response.time is None:
                continue
            for treatment in response.to:
                try:
                    start, then = self.bounds(treatment).earliest_start, self.bounds(response.time).latest_end
                except ValueError:
                    continue
                if start and then and then < start:
                    message = f"the response ({response.time}) lies before the start of {treatment!r}."
                    yield ("responses", key, "time"), message, "Correct the date, or the treatment it is a response to."

    def _circles(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        after = {key: t.after for key, t in self.patient.treatments.items()}
        done: set[str] = set()

        def walk(key: str, trail: list[str]) -> list[str] | None:
            if key in trail:
                return [*trail[trail.index(key) :], key]
            if key in done:
                return None
            for other in after.get(key, ()):
                if circle := walk(other, [*trail, key]):
                    return circle
            done.add(key)
            return None

        for key in after:
            if circle := walk(key, []):
                chain = " after ".join(circle)
                yield (
                    ("treatments", circle[0], "after"),
                    f"the order goes in a circle: {chain}.",
                    "Take one of the `after` out.",
                )
                return
