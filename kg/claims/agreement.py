"""Do two statements about one person agree: amounts, values, outcomes, ages?

True where they may both be true, False where they cannot, None where units or what is not told leave
it open. Values are compared after unit conversion, as they were rounded and bounded.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from kg.answers.responses import OUTCOMES
from kg.base.times import Bounds, Offset
from kg.base.units import factor, same_kind
from kg.model.case import Measurement, Outcome, Treatment
from kg.persons.people import Person

__all__ = ["born", "contrary", "same_amount", "same_value"]

_PER_DAY = {"h": 24.0, "d": 1.0, "wk": 1 / 7, "mo": 12 / 365.25, "a": 1 / 365.25}


def same_amount(x: Treatment, y: Treatment) -> bool | None:
    """Is it one amount a day? None where only one of them tells how often, or the units are of two kinds."""
    if not x.dose or not y.dose:
        return None
    try:
        if not same_kind(x.dose.unit, y.dose.unit):
            return None
        one, other = float(x.dose.value) * factor(x.dose.unit, y.dose.unit), float(y.dose.value)
    except ValueError:
        return None
    same = abs(one - other) <= 0.01 * max(one, other)
    if bool(x.frequency) != bool(y.frequency):
        return True if same else None
    if x.frequency and y.frequency:
        if not {x.frequency.per, y.frequency.per} <= _PER_DAY.keys():
            return None
        one *= float(x.frequency.times) * _PER_DAY[x.frequency.per]
        other *= float(y.frequency.times) * _PER_DAY[y.frequency.per]
    return abs(one - other) <= 0.01 * max(one, other)


def same_value(x: Measurement, y: Measurement) -> bool | None:
    """May two values be one, as they were rounded and bounded? None for units of two kinds."""
    ratio = 1.0
    if x.unit != y.unit:
        try:
            if not x.unit or not y.unit or not same_kind(x.unit, y.unit):
                return None
            ratio = factor(x.unit, y.unit)
        except ValueError:
            return None
    (low, high), (least, most) = _interval(x), _interval(y)
    near = 1e-9 * max(abs(low * ratio), abs(least), 1e-30) if low > float("-inf") and least > float("-inf") else 0.0
    return low * ratio <= most + near and least <= high * ratio + near


def _interval(told: Measurement) -> tuple[float, float]:
    """Where the true value may lie: half a unit of the last printed digit, or as the comparator says."""
    if told.value is None:
        return float("-inf"), float("inf")
    value = float(told.value)
    last = int(told.value.as_tuple().exponent)
    half = float(Decimal(1).scaleb(last)) / 2
    match told.comparator:
        case "<" | "<=":
            return float("-inf"), value
        case ">" | ">=":
            return value, float("inf")
        case "~":
            return value - abs(value) / 10 - half, value + abs(value) / 10 + half
        case _:
            return value - half, value + half


def born(person: Person) -> tuple[date | None, date | None]:
    """The first and last day on which a person may have been born, by the age told; open where it has no date.

    An age without a date was reached by the day of publication. A date of birth that is given is that.
    """
    if person.patient.born:
        given = person.bounds(person.patient.born)
        return given.earliest_start, given.latest_end
    age = person.patient.age
    if age is None:
        return None, None
    stated = age.at != "not stated"
    when = person.bounds(age.at) if stated else Bounds(None, None, None, person.case.report.published)
    whole = int(age.years) == age.years
    least = int(age.years) if whole else int(float(age.years) * 12 + 0.1)
    window = Bounds(when.earliest_start, when.latest_end)
    found = Offset(least, least + 1, "year" if whole else "month").before(window)
    first = found.earliest_start + timedelta(1) if found.earliest_start else None
    return first, found.latest_start


_BAD: frozenset[Outcome] = frozenset({"worsened", "relapsed"})
_NO: frozenset[Outcome] = frozenset({"not improved", "refractory"})


def contrary(a: Outcome, b: Outcome) -> bool:
    """Can two outcomes of one manifestation at one time not both be true?

    Gone is not there; better is not worse, nor not better. Controlled, or better, and still there, is
    no contradiction.

    >>> contrary("improved", "worsened"), contrary("resolved", "persistent"), contrary("controlled", "persistent")
    (True, True, False)
    """
    x, y = OUTCOMES[a], OUTCOMES[b]
    for one, two, other in ((x, y, b), (y, x, a)):
        if one.there is False and two.there:
            return True
        if one.group in ("improved", "stable") and other in _BAD:
            return True
        if one.group == "improved" and other in _NO:
            return True
    return False
