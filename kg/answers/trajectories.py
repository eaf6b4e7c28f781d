"""How did each measured value change over time, and around the start of which treatment?

One series holds one analyte in one kind of unit, so percent of predicted never meets percent or
litres. Values are converted by UCUM; what was printed stays beside them. A change is computed only
between two numbers: a bound (<35 pg/mL) gives the reason why there is none.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from kg.base.prefixes import expand
from kg.base.times import Bounds
from kg.base.units import factor, kind
from kg.concepts.terms import Catalogue
from kg.model.case import Measurement
from kg.model.fields import Anchor, Term
from kg.persons.people import NOT_STATED, Person

__all__ = ["Change", "Point", "Series", "changes", "trajectories", "unit_words"]

PERCENT_PREDICTED = "%{predicted}"
# Units whose zero is a convention: a share of a value means nothing, and they are not converted by a factor.
_OFFSET = frozenset({"Cel", "[degF]", "[degRe]"})


@dataclass(frozen=True, slots=True)
class Point:
    """One measurement: as printed, and in the unit of its series.

    value, range_low, range_high: in the unit of the series (Decimal; None where none is printed).
    comparator: "<" and the like make the value a bound, "~" makes it approximate.
    printed: the value as printed; unit: the UCUM code it was normalised to; scale_max: end of a score, as printed.
    """

    key: str
    fact: str
    value: Decimal | None
    comparator: str | None
    printed: str
    unit: str | None
    range_low: Decimal | None
    range_high: Decimal | None
    scale_max: Decimal | None
    interpretation: str
    time: str
    bounds: Bounds
    anchors: tuple[Anchor, ...]

    @property
    def number(self) -> bool:
        """Is it a number, and no bound or approximation?"""
        return self.value is not None and self.comparator is None


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one analyte in one kind of unit, in their order as far as it is known.

    unit: the UCUM code of all its values, the one most of them were told in; None when no number has a unit.
    """

    analyte: Term
    unit: str | None
    points: tuple[Point, ...]
    person: Person = field(repr=False, compare=False)

    @property
    def percent_predicted(self) -> bool:
        """Are its values percent of predicted?"""
        return self.unit == PERCENT_PREDICTED

    @property
    def facts(self) -> tuple[str, ...]:
        """IRIs of its measurements."""
        return tuple(point.fact for point in self.points)


@dataclass(frozen=True, slots=True)
class Change:
    """Two values of a series, the second surely later, with none surely between.

    absolute: later less earlier, in `unit`; relative: the same in percent of the earlier, to one
    decimal. None with the `reason` where that is not computed.
    started:  treatments begun surely between the two (a before/after pair); maybe_started: those
              that may have been begun between, among which the cause is no less to be sought.
    """

    analyte: Term
    unit: str | None
    earlier: Point
    later: Point
    absolute: Decimal | None
    relative: Decimal | None
    reason: str
    started: tuple[str, ...]
    maybe_started: tuple[str, ...]
    facts: tuple[str, ...]

    @property
    def words(self) -> str:
        """The change with its unit and share, or why none is computed."""
        if self.absolute is None:
            return f"no change computed: {self.reason}"
        share = "" if self.relative is None else f" ({self.relative:+} %)"
        return f"{self.absolute:+} {unit_words(self.unit)}".rstrip() + share


def unit_words(unit: str | None) -> str:
    """A unit for a reader: "% of predicted" for %{predicted}, "score" for a score.

    >>> unit_words("[IU]/L")
    'IU/L'
    """
    return {PERCENT_PREDICTED: "% of predicted", "{score}": "score", None: ""}.get(
        unit, (unit or "").replace("[", "").replace("]", "")
    )


def trajectories(person: Person, terms: Catalogue | None = None) -> tuple[Series, ...]:
    """The series of a patient's measurements (patient facts), by label of the analyte, then unit.

    >>> import kg
    >>> from kg.persons.people import people
    >>> series = trajectories(people(kg.build())[0])
    >>> [(s.unit, [str(p.value) for p in s.points]) for s in series if "Troponin" in s.analyte.label]
    [('ng/L', ['78.2', '33.7'])]
    """
    terms = terms or Catalogue.shipped()
    found: dict[tuple[str, object], list[tuple[str, Measurement]]] = {}
    for key, measured in sorted(person.patient.measurements.items()):
        if measured.layer == "patient fact":
            unit = _unit(measured.unit, terms.value(expand(measured.analyte.id), "referenceUnit"))
            found.setdefault((measured.analyte.id, _kind(unit)), []).append((key, measured))
    series = (_series(person, terms, measurements) for measurements in found.values())
    return tuple(sorted(series, key=lambda s: (s.analyte.label, s.unit or "")))


def _unit(unit: str | None, usual: list[str]) -> str | None:
    """A unit, international units of an enzyme as enzyme units, which they are: only where U is usual for the analyte."""
    plain = (unit or "").replace("[IU]", "U")
    return plain if plain in usual else unit


def _kind(unit: str | None) -> object:
    """What values must share to be in one series; a code that is not UCUM is a kind of its own."""
    if unit is None or unit in _OFFSET:
        return unit
    try:
        return kind(unit)
    except ValueError:
        return unit


def _series(person: Person, terms: Catalogue, measurements: list[tuple[str, Measurement]]) -> Series:
    analyte = measurements[0][1].analyte
    usual = terms.value(expand(analyte.id), "referenceUnit")
    told = Counter(m.unit for _, m in measurements if m.unit)
    unit = min(told, key=lambda code: (-told[code], code not in usual, code), default=None)
    points = [_point(person, key, measured, unit, usual) for key, measured in measurements]
    return Series(analyte, unit, tuple(_in_order(person, points)), person)


def _point(person: Person, key: str, measured: Measurement, unit: str | None, usual: list[str]) -> Point:
    mine, ours = _unit(measured.unit, usual), _unit(unit, usual)

    def converted(value: Decimal | None) -> Decimal | None:
        if value is None or mine is None or ours is None or mine == ours:
            return value
        return value * Decimal(str(factor(mine, ours)))

    return Point(
        key,
        person.fact(key),
        converted(measured.value),
        measured.comparator,
        measured.printed,
        measured.unit,
        converted(measured.range_low),
        converted(measured.range_high),
        measured.scale_max,
        measured.interpretation or NOT_STATED,
        person.when(measured.time),
        person.bounds(measured.time),
        tuple(sorted(measured.evidence, key=lambda anchor: (anchor.section, anchor.quote))),
    )


def _in_order(person: Person, points: list[Point]) -> list[Point]:
    """Nothing before what it surely followed; what is open goes by its first day, undated last."""
    rest = sorted(points, key=lambda p: (p.bounds == Bounds(), str(p.bounds.earliest_start or ""), p.key))
    found: list[Point] = []
    while rest:
        free = next(p for p in rest if not any(person.order.before(other.key, p.key) for other in rest))
        found.append(free)
        rest.remove(free)
    return found


def changes(series: Series) -> tuple[Change, ...]:
    """From each value to the next that is surely later.

    >>> import kg
    >>> from kg.persons.people import people
    >>> for series in trajectories(people(kg.build())[0]):
    ...     if series.unit in ("ng/L", "pg/mL"):
    ...         for change in changes(series):
    ...             print(change.earlier.printed, change.later.printed, change.relative, change.reason or "-")
    124 pg/mL <35 pg/mL None the later value is a bound (<35 pg/mL)
    78.2 ng/L 33.7 ng/L -56.9 -
    """
    before, points = series.person.order.before, series.points
    return tuple(
        _change(series, a, b)
        for a in points
        for b in points
        if before(a.key, b.key) and not any(before(a.key, c.key) and before(c.key, b.key) for c in points)
    )


def _change(series: Series, a: Point, b: Point) -> Change:
    person = series.person
    absolute, relative, reason = _difference(a, b, series.unit)
    started, maybe = [], []
    for key, treatment in sorted(person.patient.treatments.items()):
        if treatment.layer != "patient fact" or treatment.intent != "therapeutic":
            continue
        if person.order.before(a.key, key) and person.order.before(key, b.key):
            started.append(key)
        elif not person.order.before(key, a.key) and not person.order.before(b.key, key):
            maybe.append(key)
    facts = tuple(sorted({a.fact, b.fact, *person.facts(*started)}))
    return Change(series.analyte, series.unit, a, b, absolute, relative, reason, tuple(started), tuple(maybe), facts)


def _difference(a: Point, b: Point, unit: str | None) -> tuple[Decimal | None, Decimal | None, str]:
    """Absolute and relative change, and why either is missing."""
    for name, point in (("earlier", a), ("later", b)):
        if point.value is None:
            return None, None, f"the {name} value is not a number ({point.printed})"
        if point.comparator:
            what = "approximate" if point.comparator == "~" else "a bound"
            return None, None, f"the {name} value is {what} ({point.printed})"
        if point.unit is None and unit is not None:
            return None, None, f"the {name} value has no unit ({point.printed})"
    if a.value is None or b.value is None:
        return None, None, "a value is not a number"
    if a.scale_max and b.scale_max and a.scale_max != b.scale_max:
        return None, None, f"the scales differ ({a.printed} and {b.printed})"
    absolute = b.value - a.value
    if unit in _OFFSET:
        return absolute, None, f"a share of a value in {unit} means nothing"
    if a.value == 0:
        return absolute, None, "the earlier value is 0"
    relative = (100 * absolute / abs(a.value)).quantize(Decimal("0.1"), ROUND_HALF_EVEN)
    return absolute, relative, ""
