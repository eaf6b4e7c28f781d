"""How much did a core set measure improve, from before a treatment to under it?

Improvement is a share of the measure's range, in percent; levels of it give points. The range is
that of the printed scale, else that of the criteria. Where there is none, only what would follow
from one can be said: the points are arguable.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kg.base.units import factor, same_size
from kg.criteria.courses import Course, pair
from kg.criteria.criterion import Measure
from kg.model.case import Measurement
from kg.persons.people import Person

__all__ = ["Improvement", "improvement"]

State = Literal["stated", "arguable", "not stated"]
Values = Mapping[str, Measurement]


@dataclass(frozen=True, slots=True)
class Improvement:
    """Points of one measure: sure, or only arguable; with the facts behind them, and what is missing."""

    status: State
    strict: State
    points: Decimal
    keys: tuple[str, ...]
    why: tuple[str, ...] = ()
    missing: str = ""


def improvement(person: Person, measure: Measure, values: Values, parts: Values, course: Course) -> Improvement:
    """The improvement over a course of treatment (kg.criteria.courses), or from the first value to the last.

    parts: values of what is only a part of the measure. What other treatments share is arguable, and missing
    for a score.
    """
    top = measure.levels[-1].points
    found = pair(person, values, course)
    if isinstance(found, str):
        missing = f"only {', '.join(parts)}, which is a part of it" if parts and not values else found
        return Improvement("not stated", "not stated", top, tuple(values or parts), (), missing)
    first, last = values[found.before], values[found.after]
    beside = ", ".join(found.beside)
    many = beside if len(found.beside) < 3 else f"{len(found.beside)} treatments"
    shared = f"no change under one treatment alone: {many} may have begun between" if beside else ""
    missing = shared if beside or course else "no treatment is told to have begun between the two values"
    why = f"from {found.before} ({first.printed}) to {found.after} ({last.printed})"
    keys, notes = (found.before, found.after), (*found.doubts, *([f"begun between: {beside}"] if beside else []))
    change = _change(first, last, measure)
    if change is None:
        words = "the two values differ in analyte or unit, or one is a bound"
        return Improvement("arguable", "arguable", top, keys, (why, *notes), words)
    status: State = "arguable" if missing else "stated"
    strict: State = "arguable" if missing or found.doubts else "stated"
    if change <= 0:
        return Improvement(status, strict, Decimal(0), keys, (why, "no improvement", *notes), missing)
    width, by_limit = _width(first, last, measure)
    if width is None:
        least = f"{_short(change * 100 / measure.levels[-1].above)} {first.unit or ''}".strip()
        words = f"{top} points if the range of the measure, which is not told, is less than {least}"
        note = (f"the range is {measure.range_note}",) if measure.range_note else ()
        return Improvement("arguable", "arguable", top, keys, (why, words, *note, *notes), missing)
    percent = change * 100 / width
    points = max((level.points for level in measure.levels if percent > level.above), default=Decimal(0))
    note = (f"the range is {measure.range_note}",) if by_limit and measure.range_note else ()
    strict = "arguable" if by_limit else strict
    told = (why, f"{_short(percent)} % of the range", *note, *notes)
    return Improvement(status, strict, points, keys, told, missing)


def _change(first: Measurement, last: Measurement, measure: Measure) -> Decimal | None:
    """The improvement in the unit of the first value; None where the two cannot be compared."""
    if first.value is None or last.value is None or first.comparator or last.comparator:
        return None
    if first.analyte != last.analyte:
        return None
    after = last.value
    if first.unit != last.unit:
        if not first.unit or not last.unit:
            return None
        try:
            if not same_size(last.unit, first.unit):
                after = after * Decimal(str(factor(last.unit, first.unit)))
        except ValueError:
            return None
    return first.value - after if measure.better == "lower" else after - first.value


def _width(first: Measurement, last: Measurement, measure: Measure) -> tuple[Decimal | None, bool]:
    """The range of the scale as printed, else from the upper limit of normal (True), else as the criteria give it."""
    for told in (first, last):
        low = told.scale_min or Decimal(0)
        if told.scale_max is not None and told.scale_max > low:
            return told.scale_max - low, False
    limit = next((told.range_high for told in (first, last) if told.range_high is not None), None)
    if measure.range_per_upper_limit and limit and first.unit == last.unit:
        return measure.range_per_upper_limit * limit, True
    return measure.range, False


def _short(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.1')):,}".removesuffix(".0")
