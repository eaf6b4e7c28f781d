"""Which values stand before and after which treatment?

Response criteria compare a value before a treatment with one under it. What began together (one start,
`with`) is one course, and later doses belong to it (`continues`). A change belongs to a course when no
other treatment began between the two values; else it is that of all of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kg.model.case import Treatment
from kg.persons.people import Person

__all__ = ["Course", "Pair", "courses", "pair"]

Course = tuple[str, ...]
"""Keys of treatments that began together, and of their later steps; () for the whole report."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The keys of two values. beside: other treatments that began between them; doubts: why it is not by the letter."""

    before: str
    after: str
    beside: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def courses(person: Person) -> tuple[Course, ...]:
    """The courses of treatment of a patient, as the case tells them."""
    told = _told(person)
    group = {key: key for key in told}

    def root(key: str) -> str:
        while group[key] != key:
            key = group[key]
        return key

    for key, treatment in told.items():
        new = [] if treatment.continues else [other for other, t in told.items() if not t.continues]
        alike = [other for other in new if treatment.start and told[other].start == treatment.start]
        for other in (*treatment.with_, *filter(None, (treatment.continues,)), *alike):
            if other in told and root(other) != root(key):
                group[root(other)] = root(key)
    found: dict[str, list[str]] = {}
    for key in told:
        found.setdefault(root(key), []).append(key)
    return tuple(map(tuple, found.values()))


def _told(person: Person) -> dict[str, Treatment]:
    return {key: t for key, t in sorted(person.patient.treatments.items()) if t.layer == "patient fact"}


def pair(person: Person, keys: Iterable[str], course: Course) -> Pair | str:
    """The last value before a course and the last one under it; or why there are none.

    keys: of the values. Without a course: the first and the last value of the report.
    """
    values = tuple(keys)
    before = person.order.before
    if not values:
        return "no value"
    if not course:
        ends = _last(person, values, first=True), _last(person, values)
        if not ends[0] or not ends[1] or not before(ends[0], ends[1]):
            return f"{values[0]} alone, so none before or none after" if len(values) == 1 else _UNORDERED
        return Pair(ends[0], ends[1], _between(person, ends[0], ends[1], ()))
    told = _told(person)
    begins = [key for key in course if told[key].continues not in course]
    starts = {told[key].start for key in begins} - {None}
    at_start = {key for key in values if _time(person, key) in starts}
    earlier = [key for key in values if key in at_start or all(before(key, one) for one in begins)]
    later = [key for key in values if key not in at_start and all(before(one, key) for one in begins)]
    if not earlier or not later:
        return f"no value {'before' if not earlier else 'after'} {' and '.join(begins)}"
    first, clean = _last(person, earlier), [key for key in later if not _between(person, begins[0], key, course)]
    last = _last(person, clean or later)
    if not first or not last:
        return _UNORDERED
    doubts = [f"{first} is told of the time of the start itself"] if first in at_start else []
    if _ended(person, begins, last):
        doubts.append(f"{last} is of after the end of {' and '.join(begins)}")
    return Pair(first, last, _between(person, first, last, course), tuple(doubts))


_UNORDERED = "no two values, one surely after the other"


def _last(person: Person, keys: Iterable[str], first: bool = False) -> str:
    """The value that no other surely follows (or precedes); "" where that is not one alone."""
    order, given = person.order.before, tuple(keys)
    ends = [k for k in given if not any(order(*((other, k) if first else (k, other))) for other in given)]
    return ends[0] if len(ends) == 1 else ""


def _between(person: Person, first: str, last: str, course: Course) -> tuple[str, ...]:
    """Treatments outside the course that may have begun after one moment and before another; no vaccination or support."""
    before = person.order.before
    others = [key for key, t in _told(person).items() if t.intent == "therapeutic" and key not in (*course, first)]
    return tuple(key for key in others if not before(key, first) and not before(last, key))


def _ended(person: Person, course: Iterable[str], key: str) -> bool:
    """Is a value surely from after the end of one of these treatments?"""
    seen = person.order.window(key)[0]
    ends = [person.bounds(t.end).latest_end for one, t in _told(person).items() if one in set(course) and t.end]
    return any(seen and end and end < seen for end in ends)


def _time(person: Person, key: str) -> str | None:
    return person.patient.measurements[key].time
