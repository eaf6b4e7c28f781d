"""What is the result of holding criteria against a patient? The frozen values, with no rule in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Literal

from kg.criteria.criterion import CriterionFile
from kg.persons.people import Person

__all__ = [
    "NOTE", "NOT_APPLICABLE", "NOT_COMPUTABLE", "Assessment", "ColumnResult", "ExclusionResult", "ItemResult", "Points",
    "Status", "plain", "told",
]  # fmt: skip

Status = Literal["stated", "arguable", "excluded", "partly excluded", "not stated"]
NOTE = "Criteria classify patients for research; they do not diagnose. A report that is silent has not denied."
NOT_APPLICABLE, NOT_COMPUTABLE = "not applicable", "not computable"
Points = Mapping[str, Decimal]  # column -> points


@dataclass(frozen=True)
class ItemResult:
    """What a report says of one item, or one core set measure.

    points: what it is worth by column; least, most: what is counted for sure, and what could be;
    strict, strict_least: the same by the letter of the definition. facts: IRIs; anchors: their words.
    """

    key: str
    label: str
    category: str
    status: Status
    strict: Status
    points: Points
    least: Points
    most: Points
    strict_least: Points
    facts: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    missing: str = ""


@dataclass(frozen=True)
class ExclusionResult:
    """Does something keep the criteria from being applied?"""

    key: str
    label: str
    status: Status
    facts: tuple[str, ...] = ()
    why: tuple[str, ...] = ()


@dataclass(frozen=True)
class ColumnResult:
    """The score of one column, as an interval, and its class at both ends.

    least, most: from what is stated to what could still be met; arguable: with what is arguable
    counted too; strict_least: by the letter. would_change: items, each of which alone would change
    the class that is stated; hinges_on: stated items, without any one of which it would be another.
    """

    name: str
    label: str
    least: Decimal
    arguable: Decimal
    most: Decimal
    strict_least: Decimal
    class_least: str
    class_most: str
    strict_class: str
    probability: tuple[float, float] | None = None
    would_change: tuple[str, ...] = ()
    hinges_on: tuple[str, ...] = ()
    could_raise: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Assessment:
    """A criterion held against one patient.

    missing: what response criteria lack; treatments: IRIs of those whose response is judged, () for none alone.
    """

    criterion: CriterionFile
    person: Person
    items: tuple[ItemResult, ...]
    columns: tuple[ColumnResult, ...]
    exclusions: tuple[ExclusionResult, ...] = ()
    missing: tuple[str, ...] = field(default=())
    treatments: tuple[str, ...] = ()

    @property
    def computable(self) -> bool:
        """False for response criteria that lack a measure."""
        return not self.missing

    @property
    def facts(self) -> tuple[str, ...]:
        """IRIs of all facts that were used, sorted."""
        return tuple(
            sorted({f for item in self.items for f in item.facts} | {f for e in self.exclusions for f in e.facts})
        )

    def item(self, key: str) -> ItemResult:
        """The result of the item, or measure, with this key."""
        return next(item for item in self.items if item.key == key)

    def column(self, name: str) -> ColumnResult:
        """The result of the column with this name."""
        return next(column for column in self.columns if column.name == name)

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON; numbers are text, with all their digits."""
        told = self.criterion
        return {
            "criterion": told.name,
            "title": told.criterion.title,
            "sha256": told.sha256,
            "sources": [source.doi or source.url for source in told.criterion.sources],
            "patient": self.person.iri,
            "treatments": list(self.treatments),
            "computable": self.computable,
            "missing": list(self.missing),
            "columns": [_values(column) for column in self.columns],
            "items": [_values(item) for item in self.items],
            "exclusions": [_values(exclusion) for exclusion in self.exclusions],
            "note": NOTE,
        }


def _values(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _values(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return [_values(inner) for inner in value]
    if hasattr(value, "__dataclass_fields__"):
        return {name: _values(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def plain(score: Decimal) -> str:
    """A score as people write it: 7, not 7.0.

    >>> plain(Decimal("7.0")), plain(Decimal("100")), plain(Decimal("2.60"))
    ('7', '100', '2.6')
    """
    text = f"{score:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def told(made: Assessment, column: ColumnResult) -> Iterator[str]:
    """The score of a column in sentences."""
    labels = {item.key: item.label for item in made.items}

    def names(keys: tuple[str, ...]) -> str:
        return ", ".join(labels[key] for key in keys)

    least, likely, most, strict = map(plain, (column.least, column.arguable, column.most, column.strict_least))
    yield f"{least} stated, {likely} with what is arguable, {most} at most; {strict} by the letter."
    if column.class_least == column.class_most:
        yield f"Class: {column.class_least}, at both ends."
    else:
        yield f"Class: {column.class_least} (stated), {column.class_most} (at most)."
    if column.strict_class != column.class_least:
        yield f"By the letter: {column.strict_class}."
    if column.probability:
        yield f"Probability {column.probability[0]:.2f} to {column.probability[1]:.2f}."
    if made.missing:
        yield f"Missing: {'; '.join(made.missing)}."
    elif column.would_change:
        yield f"One of these alone would change the class: {names(column.would_change)}."
    else:
        yield "No single item more would change the class."
    if column.hinges_on:
        yield f"Without any one of these it would be another class: {names(column.hinges_on)}."
    if column.could_raise:
        yield f"Could still raise the score: {names(column.could_raise)}."
    yield from column.remarks
