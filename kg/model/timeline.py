"""Which days bound each time of one patient?

What the case file states about times becomes statements of a network (`kg.base.network`), each named by
its place in the file: times.onset.before. Bounds follow from all of them; a chain of references that
comes back to itself, or statements that cannot all be true, are problems with a path. Facts that name
one time need not be on the same day: each lies, by itself, where that time may lie.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from functools import cached_property
from math import ceil, floor
from typing import cast

from kg.base.ages import Span, read_age, stage
from kg.base.network import Gap, Network, Range, Relation, Statement, Unit
from kg.base.prefixes import expand
from kg.base.times import Bounds, Offset, read_edtf
from kg.model.case import Fact, Patient, Quantity, Time, Treatment

__all__ = ["CLASH", "Timeline", "apart", "lasting"]


BIRTH = "birth"  # the point of the network that ages are counted from; no key has this name in it
CLASH = "these cannot all be true: "  # the last words of a problem, before the places (times.onset.before) that clash
_WHENS = ("time", "onset", "resolution", "start", "end", "ongoing_at")
_MOMENTS = ("time", "onset", "resolution")
_ORDER = ("after", "after_failure_of", "added_to", "continues")  # started no earlier than those
# Unit (UCUM) of a duration -> one of it in units of the calendar; half of it, by which a whole number may be off.
_DURATION: Mapping[str, tuple[Fraction, Fraction, Unit]] = {
    "d": (Fraction(1), Fraction(1), "day"), "wk": (Fraction(7), Fraction(7, 2), "day"),
    "mo": (Fraction(487, 16), Fraction(487, 32), "day"), "a": (Fraction(12), Fraction(6), "month"),
}  # fmt: skip
_AT_LEAST = re.compile(r"\b(more than|over|at least|minimum|longer than|beyond)\b|[>≥+]", re.IGNORECASE)
_AT_MOST = re.compile(r"\b(less than|under|up to|at most|maximum|within|fewer than|shorter than)\b|[<≤]", re.IGNORECASE)
_ABOUT = re.compile(r"\b(about|approximately|approx|around|roughly|circa|almost|nearly|some)\b|[~≈]", re.IGNORECASE)


def lasting(length: Quantity) -> tuple[int, int | None, Unit] | None:
    """What a printed duration says: least, most (None: open) and their unit; None for a unit that is none of time.

    A printed number is rounded, so the truth may be half a unit off, and a tenth where that is more
    (ten years, 30 days). Below two years it is a quarter of a year: who means 8 or 16 months says so
    in months. About and the like double that; more than and up to leave one side open.

    >>> from decimal import Decimal
    >>> lasting(Quantity(value=Decimal(1), unit="a", printed="one year"))
    (9, 15, 'month')
    >>> lasting(Quantity(value=Decimal(6), unit="wk", printed="up to 6 weeks"))
    (0, 47, 'day')
    """
    if length.unit not in _DURATION:
        return None
    one, half, unit = _DURATION[length.unit]
    value = Fraction(length.value)
    off = max(half / 2 if length.unit == "a" and value < 2 else half, value * one / 10)
    off *= 2 if _ABOUT.search(length.printed) else 1
    least, most = max(0, floor(value * one - off)), ceil(value * one + off)
    if _AT_LEAST.search(length.printed):
        return least, None, unit
    return (0, most, unit) if _AT_MOST.search(length.printed) else (least, most, unit)


class Timeline:
    """The times of one patient.

    `bounds(reference)` takes what a case file may write as a time: an EDTF date, a key of
    `times`, or a key of a fact (the time of that fact). It raises ValueError, saying why, for a
    reference that means nothing or that depends on itself.
    """

    def __init__(self, patient: Patient) -> None:
        self.patient = patient
        self._facts = {key: fact for _, key, fact in patient.facts()}
        self._sound: set[str] = set()  # keys that lead into no circle, and to nothing that means nothing

    @classmethod
    def of(cls, patient: Patient) -> Timeline:
        """The timeline of a patient, which never changes: the same one for the last few patients that were asked for."""
        for known in tuple(_LAST):
            if known.patient is patient:
                return known
        _LAST.append(made := cls(patient))
        return made

    def bounds(self, reference: str) -> Bounds:
        """Bounds of an EDTF date, a named time or a fact."""
        if reference in self._facts and reference not in self._placed:
            return Bounds()
        self._follow(reference)
        if reference not in self._facts:
            return read_edtf(reference)
        return _bounds(self._sound_part, reference)

    def relation(self, a: str, b: str) -> Relation:
        """How the start of fact or time `a` lies to that of `b`: surely before, maybe before, ... (`Network.relation`).

        Raises KeyError for what is no key, ValueError when the statements contradict each other.
        """
        return self.network.relation(f"{a} start", f"{b} start")

    def between(self, a: str, b: str) -> tuple[int | None, int | None]:
        """Least and most days from the start of `a` to the start of `b`; None where open. Errors as for `relation`."""
        return self.network.distance(f"{a} start", f"{b} start")

    @cached_property
    def network(self) -> Network:
        """What the case file states about the times of the patient; points are "KEY start" and "KEY end"."""
        return Network(self._told.statements, (f"{key} {side}" for key in self._facts for side in ("start", "end")))

    @cached_property
    def _told(self) -> Network:
        """The network without the facts of which nothing is told."""
        statements = [s for told in self.patient.facts() if told[1] in self._placed for s in self._statements(*told)]
        return Network([*statements, *self._birth()])

    @cached_property
    def _sound_part(self) -> Network:
        """What is told, without the distances that go in a circle: of those nothing follows."""
        network = self._told
        while circle := network.circle():
            network = Network(s for s in network.statements if s.name not in circle)
        return network

    @cached_property
    def _placed(self) -> frozenset[str]:
        """The facts of which something is told of when they were; of most facts of a record nothing is."""
        named = {name for time in self.patient.times.values() for name in (time.after, time.before)}
        return frozenset(
            key
            for key, fact in self._facts.items()
            if isinstance(fact, (Time, Treatment)) or any(map(vars(fact).get, _MOMENTS)) or key in named
        )

    def _follow(self, reference: str) -> None:
        """Raise ValueError for a reference that means nothing, or that depends on itself."""
        trail: dict[str, Iterator[str]] = {}
        coming: Iterator[str] = iter((reference,))
        while True:
            key = next(coming, None)
            if key is None:
                if not trail:
                    return
                self._sound.add(trail.popitem()[0])
                coming = next(reversed(trail.values()), iter(()))
            elif key in trail:
                keys = list(trail)
                raise _CircleError(keys[keys.index(key) :])
            elif key not in self._facts:
                try:
                    read_edtf(key)
                except ValueError as error:
                    raise ValueError(f"{key!r} is neither a date nor a key of this patient") from error
            elif key not in self._sound:
                trail[key] = coming = iter(self._sooner(key))

    def _sooner(self, key: str) -> list[str]:
        """What a fact rests on: no later than it by what it says, or, of times that name it in `before`, by what they say.

        So "a after b" and "b before a" are one order told twice, and no circle.
        """
        fact = self._facts[key]
        told = [(field, value) for field in _fields(fact) if (value := vars(fact).get(field))]
        named = [value for field, value in told if field not in _LATER or value not in self._facts]
        return [*named, *self._later.get(key, ())]

    @cached_property
    def _later(self) -> Mapping[str, list[str]]:
        """Fact -> the named times that say to be before it."""
        found: dict[str, list[str]] = defaultdict(list)
        for key, time in self.patient.times.items():
            if time.before:
                found[time.before].append(key)
        return found

    # ---- statements ------------------------------------------------------------------

    def _birth(self) -> Iterator[Statement]:
        """The day of birth, which ages are counted from: from a date of birth, or an age at a dated time."""
        patient = self.patient
        if not any(time.age or time.stage for time in patient.times.values()):
            return
        if patient.born:  # without a place in the file: it is never what is wrong with a time
            yield Range("", BIRTH, read_edtf(patient.born).earliest_start, read_edtf(patient.born).latest_end)
        elif patient.age and patient.age.at != "not stated":
            if patient.age.at in patient.times:
                yield Gap("", "age", ">=", f"{patient.age.at} start")
                yield Gap("", "age", "<=", f"{patient.age.at} end")
            else:
                try:
                    at = read_edtf(patient.age.at)
                except ValueError:
                    return  # told elsewhere
                yield Range("", "age", at.earliest_start, at.latest_end)
            years = int(patient.age.years)
            yield Gap("", "age", ">=", BIRTH, years, "year")
            yield Gap("", "age", "<=", BIRTH, years + 1, "year")

    @staticmethod
    def _aged(place: str, subject: str, span: Span) -> Iterator[Statement]:
        """What an age or a stage of life states: how long after birth."""
        if span.least:
            yield Gap(place, f"{subject} start", ">=", BIRTH, *span.least)
        if span.most:
            yield Gap(place, f"{subject} end", "<=", BIRTH, *span.most)

    def _statements(self, section: str, key: str, fact: Fact) -> Iterator[Statement]:
        place = f"{section}.{key}"
        yield Gap("", f"{key} end", ">=", f"{key} start")
        if isinstance(fact, Time):
            yield from self._time(place, "", key, fact)
        elif isinstance(fact, Treatment):
            yield from self._treatment(place, key, fact)
        else:
            time, onset, resolution = map(vars(fact).get, _MOMENTS)
            if time:
                yield from self._at(f"{place}.time", key, time)
            for name, when in (("onset", onset), ("resolution", resolution)):
                if when:
                    yield from self._aside(f"{place}.{name}", f"{key}.{name}", when)
            if onset and resolution:
                yield Gap("", f"{key}.resolution end", ">=", f"{key}.onset start")

    def _treatment(self, place: str, key: str, given: Treatment) -> Iterator[Statement]:
        start, end = f"{key} start", f"{key} end"
        for side, when in (("start", given.start), ("end", given.end)):
            if when:
                yield from self._aside(f"{place}.{side}", f"{key}.{side}", when)
                yield Gap("", f"{key} {side}", ">=", f"{key}.{side} {side}")
                yield Gap("", f"{key} {side}", "<=", f"{key}.{side} {side}")
        if given.ongoing_at:
            yield from self._aside(f"{place}.ongoing_at", f"{key}.ongoing_at", given.ongoing_at)
            yield Gap("", end, ">=", f"{key}.ongoing_at end")
            yield Gap("", start, "<=", f"{key}.ongoing_at end")
        if given.duration and (told := lasting(given.duration)):
            least, most, unit = told
            yield Gap(f"{place}.duration", end, ">=", start, least, unit)
            if most is not None:
                yield Gap(f"{place}.duration", end, "<=", start, most, unit)
        for field in _ORDER:
            named = getattr(given, field) or ()
            for other_key in (named,) if isinstance(named, str) else named:
                if other_key in self.patient.treatments and other_key != key:
                    yield Gap(f"{place}.{field}", start, ">=", f"{other_key} start")

    def _aside(self, place: str, name: str, when: str) -> Iterator[Statement]:
        """Something of its own, at that time."""
        yield Gap("", f"{name} end", ">=", f"{name} start")
        yield from self._at(place, name, when)

    def _at(self, place: str, subject: str, when: str) -> Iterator[Statement]:
        """The subject lies where that time may lie."""
        time = self._facts.get(when)
        if isinstance(time, Time):
            yield from self._time(place, place, subject, time)
        elif time is None:
            yield from _date(place, subject, when)

    def _time(self, place: str, name: str, subject: str, time: Time) -> Iterator[Statement]:
        """What a named time states, of the subject; under the name given, or its own places."""
        start, end = f"{subject} start", f"{subject} end"
        if time.edtf:
            yield from _date(name or f"{place}.edtf", subject, time.edtf)
        if time.age:
            yield from self._aged(name or f"{place}.age", subject, read_age(time.age))
        if time.stage and (span := stage(expand(time.stage.id))):
            yield from self._aged(name or f"{place}.stage", subject, span)
        if time.after:
            told = name or f"{place}.after"
            other, more = self._other(told, f"{place}.after", time.after)
            yield from more
            yield Gap(told, start, ">=", other, *_offset(time.by, 1))
            if time.by:
                yield Gap(told, end, "<=", other, *_offset(time.by, 1, most=True))
        if time.before:
            told = name or f"{place}.before"
            other, more = self._other(told, f"{place}.before", time.before)
            yield from more
            by = None if time.after else time.by
            yield Gap(told, end, "<=", other, *_offset(by, -1))
            if by:
                yield Gap(told, start, ">=", other, *_offset(by, -1, most=True))

    def _other(self, name: str, place: str, when: str) -> tuple[str, Iterable[Statement]]:
        """The point a distance is counted from: the start of a fact, or of a date that is nothing but that."""
        if when in self._facts:
            return f"{when} start", ()
        return f"{place} start", (Gap("", f"{place} end", ">=", f"{place} start"), *_date(name, place, when))

    # ---- problems --------------------------------------------------------------------

    def problems(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """Times that cannot be, each once, where it was written: (path below the patient, what, cure)."""
        broken = set()
        for problem in (*self._meaningless(), *self._circular()):
            broken.add(problem[0][1])
            yield problem
        if not broken:
            for problem in self._clashes():
                broken.add(problem[0][1])
                yield problem
        if not broken:
            yield from self._beyond()
            yield from self._early()
            yield from self._order()

    def _references(self) -> Iterator[tuple[str, str, str, str]]:
        """(section, key, field, reference) of every time that a fact names."""
        for section, key, fact in self.patient.facts():
            fields = ("after", "before") if isinstance(fact, Time) else _WHENS
            for field in fields:
                value = vars(fact).get(field)
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
                    inside = (s for s in self.network.statements if not s.name or s.name.split(".")[1] in circle)
                    if clash := Network(inside).contradiction():
                        path, _, cure = self._clash(clash)
                        yield path, f"{error}; {CLASH}{', '.join(clash)}.", cure
                    else:
                        yield (section, key, field), f"{error}.", "Give one of them an EDTF date."
            except (ValueError, OverflowError):
                continue

    def _beyond(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """A time that lies outside the calendar; the first one, from which others follow."""
        for key in self._in_order():
            days = [day for side in ("start", "end") for day in self._told.days(f"{key} {side}") if day is not None]
            if any(not 1 <= day <= 3_652_059 for day in days):
                message = "the times contradict each other: it cannot be computed (the year is out of range)."
                yield ("times", key), message, "Check the dates and what they refer to."
                return

    def _clashes(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """Statements that cannot all be true, each of them told once; the named times first."""
        left = list(self._told.statements)
        reached = self._reached()
        for part in (reached, set(self._facts)):
            while clash := Network(s for s in left if not s.name or s.name.split(".")[1] in part).contradiction():
                yield self._clash(clash)
                wrong = {name.split(".")[1] for name in clash if name.startswith("times.")}
                follows = {f"{a}.{b}.{c}" for a, b, c, value in self._references() if value in wrong} | set(clash)
                left = [s for s in left if s.name not in follows]

    def _reached(self) -> set[str]:
        """The named times, and what they or those name: what a fact that just names one of them follows from."""
        found, todo = set(self.patient.times), list(self.patient.times)
        while todo:
            fact = self._facts[todo.pop()]
            told = (getattr(fact, field, None) or () for field in (*_fields(fact), *_ORDER))
            named = {key for value in told for key in ((value,) if isinstance(value, str) else value)}
            todo += (new := {key for key in named if key in self._facts} - found)
            found |= new
        return found

    def _clash(self, names: tuple[str, ...]) -> tuple[tuple[str, ...], str, str]:
        """Where to tell it, what and the cure."""
        places = [cast("tuple[str, str, str]", tuple(name.split("."))) for name in names]
        proof = f"{CLASH}{', '.join(names)}."
        order = self._in_order()
        if times := sorted((order.index(key) for section, key, _ in places if section == "times")):
            key = order[times[-1]]
            core = Network(s for s in self._told.statements if not s.name or s.name in names)
            try:
                problem = f"{_bounds(core, key).problem() or 'no day is left'}; {proof}"
            except ValueError as error:  # distances alone, without a date
                problem = f"{error}; {proof}"
            if self.patient.age and any(isinstance(s, Gap) and s.name and s.other == BIRTH for s in core.statements):
                problem = f"by the age of {self.patient.age.years} years, {problem}"
            return (
                ("times", key),
                f"the times contradict each other: {problem}",
                "Check the dates and what they refer to.",
            )
        named = {key: [k for s, k, f in places if s == section and f not in _ORDER] for section, key, _ in places}
        after = [(key, field) for _, key, field in places if field in _ORDER]
        if after:
            facts = {key: getattr(self.patient.treatments[key], field) for key, field in after}
            last = [key for key in facts if not any(key in other for other in facts.values())]
            key = (last or list(facts))[0]
            dated = [k for k in named if k != key and k not in facts] or [k for k in facts if k != key] or [key]
            message = f"starts before {dated[0]!r}, after which it is said to come; {proof}"
            return ("treatments", key, dict(after)[key]), message, "Correct `after`, or one of the two dates."
        section, key, field = max(places, key=lambda place: _LATENESS.get(place[2], 0))
        first = next((f for _, k, f in places if k == key and f != field and f in _FIRST), None)
        a, b = getattr(self._facts[key], first or field), getattr(self._facts[key], field)
        if len(places) == 2 and first and field in ("end", "ongoing_at", "resolution"):
            message = f"{field} ({b}) lies before {first} ({a}); {proof}"
            return (section, key, field), message, "Swap or correct the two dates."
        return (section, key, field), f"the times contradict each other: {proof}", "Correct one of them."

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

    def _early(self) -> Iterator[tuple[tuple[str, ...], str, str]]:
        """Responses before the start of what they are a response to; the report states no such order."""
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


_LAST: deque[Timeline] = deque(maxlen=8)
_FIRST = ("start", "onset", "ongoing_at")
_LATER = ("before", "end", "ongoing_at")  # what these name is later than the start of the fact
_LATENESS = {"duration": 1, "ongoing_at": 2, "end": 3, "resolution": 3}


def _fields(fact: Fact) -> tuple[str, ...]:
    """The fields on which the bounds of a fact rest."""
    if isinstance(fact, Time):
        return "after", "before"
    return ("start", "end", "ongoing_at") if isinstance(fact, Treatment) else ("time",)


def _bounds(network: Network, key: str) -> Bounds:
    return Bounds(*network.bounds(f"{key} start"), *network.bounds(f"{key} end"))


def _date(name: str, subject: str, text: str) -> Iterator[Statement]:
    try:
        found = read_edtf(text)
    except ValueError:
        return  # told elsewhere
    yield Range(name, f"{subject} start", found.earliest_start, found.latest_start)
    yield Range(name, f"{subject} end", found.earliest_end, found.latest_end)


def _offset(by: Offset | None, sign: int, most: bool = False) -> tuple[int, Unit]:
    return (sign * (by.most if most else by.least), cast("Unit", by.unit)) if by else (0, "day")


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


def apart(timeline: Timeline, one: str | None, other: str | None) -> bool:
    """Do two times surely not touch? What has no time touches all."""
    if not one or not other:
        return False
    try:
        a, b = timeline.bounds(one), timeline.bounds(other)
    except (ValueError, OverflowError):
        return False
    first = a.latest_end and b.earliest_start and a.latest_end < b.earliest_start
    return bool(first or (b.latest_end and a.earliest_start and b.latest_end < a.earliest_start))
