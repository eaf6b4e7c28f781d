"""Which days bound each time of one patient?

Named times, dates and distances of a patient are resolved to bounds; a chain of references
that comes back to itself, or bounds that cannot be met, are problems with a path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
            raise _CircleError(self._open[self._open.index(reference) :])
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
        """Times that cannot be, each once, where it was written: (path below the patient, what, cure)."""
        broken = set()
        for problem in (*self._meaningless(), *self._circular(), *self._contradictory()):
            broken.add(problem[0][1])
            yield problem
        if not broken:
            yield from self._pairs()
            yield from self._order()

    def _references(self) -> Iterator[tuple[str, str, str, str]]:
        """(section, key, field, reference) of every time that a fact names."""
        for section, key, fact in self.patient.facts():
            fields = ("after", "before") if isinstance(fact, Time) else _WHENS
            for field in fields:
                value = getattr(fact, field, None)
                if isinstance(value, str):
                    yield section, key, field, value

    def _meaningless(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        for section, key, field, value in self._references():
            # `after` and `before` of a time may name any fact; all else is a date or a named time
            known, what = (self._facts, "this patient") if section == "times" else (self.patient.times, "`times`")
            if value in known:
                continue
            try:
                read_edtf(value)
            except ValueError:
                message = f"{value!r} is neither a date nor a key of {what}."
                yield (section, key, field), message, "Write an EDTF date, or a key of `times`."

    def _circular(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        told: set[frozenset[str]] = set()
        for section, key, field, _ in sorted(self._references()):
            try:
                self.bounds(key)
            except _CircleError as error:
                circle = frozenset(error.keys)
                if key in circle and circle not in told:
                    told.add(circle)
                    yield (section, key, field), f"{error}.", "Give one of them an EDTF date."
            except (ValueError, OverflowError):
                continue

    def _contradictory(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        wrong: set[str] = set()
        for key in self._in_order():
            time = self.patient.times[key]
            if {time.after, time.before} & wrong:
                wrong.add(key)  # follows from the one it names: told there
                continue
            try:
                problem = self.bounds(key).problem()
            except _CircleError:
                continue
            except (ValueError, OverflowError) as error:
                if "neither a date" in str(error):
                    continue
                problem = f"it cannot be computed ({error})"
            if problem:
                wrong.add(key)
                message = f"the times contradict each other: {problem}."
                yield ("times", key), message, "Check the dates and what they refer to."

    def _in_order(self) -> list[str]:
        """Named times, each after those it names, as far as there is no circle."""
        found: dict[str, None] = {}

        def visit(key: str, trail: tuple[str, ...]) -> None:
            time = self.patient.times.get(key)
            if time is None or key in found or key in trail:
                return
            for other in (time.after, time.before):
                if other:
                    visit(other, (*trail, key))
            found[key] = None

        for key in sorted(self.patient.times):
            visit(key, ())
        return list(found)

    def _pairs(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        for section, key, fact in self.patient.facts():
            pairs = (
                (("start", "end"), ("start", "ongoing_at")) if section == "treatments" else (("onset", "resolution"),)
            )
            for first, last in pairs:
                a, b = getattr(fact, first, None), getattr(fact, last, None)
                if not a or not b:
                    continue
                start, end = self.bounds(a).earliest_start, self.bounds(b).latest_end
                if start and end and end < start:
                    yield (
                        (section, key, last),
                        f"{last} ({b}) lies before {first} ({a}).",
                        "Swap or correct the two dates.",
                    )
        for key, response in self.patient.responses.items():
            for treatment in response.to if response.time else ():
                if treatment not in self.patient.treatments or not response.time:
                    continue
                start, then = self.bounds(treatment).earliest_start, self.bounds(response.time).latest_end
                if start and then and then < start:
                    message = f"the response ({response.time}) lies before the start of {treatment!r}."
                    yield ("responses", key, "time"), message, "Correct the date, or the treatment it is a response to."

    def _order(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """The told order of treatments against itself, and against their dates."""
        treatments = self.patient.treatments
        after = {key: [o for o in t.after if o in treatments and o != key] for key, t in treatments.items()}
        if circle := _circle(after):
            message = f"the order goes in a circle: {' after '.join(circle)}."
            yield ("treatments", circle[0], "after"), message, "Take one of the `after` out."
            return
        for key, treatment in treatments.items():
            mine = self.bounds(key)
            for other in treatment.with_:
                theirs = self.bounds(other) if other in treatments else Bounds()
                if mine.latest_start and theirs.earliest_start and mine.latest_start < theirs.earliest_start:
                    message = f"starts before {other!r}, with which it is said to start."
                    yield ("treatments", key, "with"), message, "Correct `with`, or one of the two dates."
        earliest: dict[str, tuple[date, str]] = {}  # the latest of the first days before which it cannot start

        def floor(key: str) -> tuple[date, str] | None:
            if key not in earliest:
                own = self.bounds(key).earliest_start
                days = [found for found in map(floor, after[key]) if found] + ([(own, key)] if own else [])
                if not days:
                    return None
                earliest[key] = max(days)
            return earliest[key]

        for key in treatments:
            latest = self.bounds(key).latest_start
            before = [found for found in map(floor, after[key]) if found]
            if latest and before and latest < max(before)[0]:
                message = f"starts before {max(before)[1]!r}, after which it is said to come."
                yield ("treatments", key, "after"), message, "Correct `after`, or one of the two dates."


_WHENS = ("time", "onset", "resolution", "start", "end", "ongoing_at")


class _CircleError(ValueError):
    """Times that depend on each other; `keys` are those in the circle."""

    def __init__(self, keys: list[str]) -> None:
        self.keys = keys
        super().__init__(f"the times depend on each other in a circle: {' -> '.join([*keys, keys[0]])}")


def _circle(after: Mapping[str, list[str]]) -> list[str] | None:
    """A circle in an order, first key repeated at the end; None when there is none."""
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

    return next((circle for key in after if (circle := walk(key, []))), None)
