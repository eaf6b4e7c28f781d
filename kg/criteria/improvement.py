"""How much did a core set measure improve, from before to after?

Improvement is a share of the measure's range, in percent; levels of it give points. The range is
that of the printed scale, else that of the criteria. Where there is none, only what would follow
from one can be said.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kg.base.units import factor, same_size
from kg.criteria.criterion import Measure
from kg.model.case import Measurement
from kg.persons.people import Person

__all__ = ["Improvement", "improvement"]

Values = list[tuple[str, Measurement]]


@dataclass(frozen=True, slots=True)
class Improvement:
    """Points of one measure: sure, or only arguable; with the facts behind them, and what is missing."""

    status: Literal["stated", "arguable", "not stated"]
    points: Decimal
    keys: tuple[str, ...]
    why: tuple[str, ...] = ()
    missing: str = ""


def improvement(person: Person, measure: Measure, values: Values, parts: Values) -> Improvement:
    """The improvement from the first to the last value; parts: values of what is only a part of the measure."""
    top = measure.levels[-1]
    pair = _pair(person, values)
    if pair is None:
        told = values or parts
        missing = "no value" if not told else "no two values, one surely after the other"
        if len(told) == 1:
            missing = f"{told[0][0]} alone, so none before or none after"
        if parts and not values:
            missing = f"only {', '.join(key for key, _ in parts)}, which is a part of it"
        return Improvement("not stated", top.points, tuple(key for key, _ in told), (), missing)
    (before, first), (after, last) = pair
    keys, why = (before, after), f"from {before} ({first.printed}) to {after} ({last.printed})"
    change = _change(first, last, measure)
    if change is None:
        missing = "the two values differ in analyte or unit, or one is a bound"
        return Improvement("arguable", top.points, keys, (why,), missing)
    if change <= 0:
        return Improvement("stated", Decimal(0), keys, (why, "no improvement"))
    width = _width(first, last, measure)
    if width is None:
        least = f"{_short(change * 100 / top.above)} {first.unit or ''}".strip()
        words = f"{top.points} points if the range of the measure is less than {least}"
        missing = "the range of the measure is not told" + (f" ({measure.range_note})" if measure.range_note else "")
        return Improvement("arguable", top.points, keys, (why, words), missing)
    percent = change * 100 / width
    points = max((level.points for level in measure.levels if percent > level.above), default=Decimal(0))
    return Improvement("stated", points, keys, (why, f"{_short(percent)} % of the range"))


def _pair(person: Person, values: Values) -> tuple[tuple[str, Measurement], tuple[str, Measurement]] | None:
    """The first and the last value, where one surely came before the other."""
    before = person.order.before
    first = [one for one in values if not any(before(other, one[0]) for other, _ in values)]
    last = [one for one in values if not any(before(one[0], other) for other, _ in values)]
    if len(first) != 1 or len(last) != 1 or not before(first[0][0], last[0][0]):
        return None
    return first[0], last[0]


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


def _width(first: Measurement, last: Measurement, measure: Measure) -> Decimal | None:
    """The range of the scale as printed, else from the upper limit of normal, else as the criteria give it."""
    for told in (first, last):
        low = told.scale_min or Decimal(0)
        if told.scale_max is not None and told.scale_max > low:
            return told.scale_max - low
    limit = next((told.range_high for told in (first, last) if told.range_high is not None), None)
    if measure.range_per_upper_limit and limit and first.unit == last.unit:
        return measure.range_per_upper_limit * limit
    return measure.range


def _short(value: Decimal) -> str:
    return f"{value.quantize(Decimal('0.1')):,}".removesuffix(".0")
