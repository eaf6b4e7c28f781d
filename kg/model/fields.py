"""What may one field of a case file hold? Ids with labels, phrases with their section, numbers, times.

Each type reads the text of a YAML scalar, says in one line what is wrong with it, and knows its
JSON Schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from kg.base.ages import read_age
from kg.base.prefixes import is_curie
from kg.base.times import Offset, read_edtf, read_offset

__all__ = ["Anchor", "Term", "fail"]

MAX_WORDS = 12


def fail(kind: str, message: str, *inside: str | int) -> PydanticCustomError:
    """An error of a field, told in one line; inside: where in the field's value, key by key."""
    return PydanticCustomError("value_error", "{message}", {"message": message, "kind": kind, "inside": inside})


@dataclass(frozen=True, slots=True)
class Term:
    """An id and its label, written "HP:0025520 ! Calcinosis cutis" as in OBO files."""

    id: str
    label: str

    def __str__(self) -> str:
        return f"{self.id} ! {self.label}"


def _term(value: Any) -> Term:
    if isinstance(value, Term):
        return value
    if not isinstance(value, str):
        raise fail("term", "expected an id with its label, like 'HP:0025520 ! Calcinosis cutis'")
    curie, mark, label = value.partition(" ! ")
    if not mark or not label.strip():
        given = value.split()[0] if value.split() else value
        raise fail("term", f"{value!r} lacks its label: write 'ID ! label'; `casekg terms {given}` shows it")
    if not is_curie(curie.strip()):
        raise fail("term", f"{curie.strip()!r} is not an id of a known source; look it up with `casekg terms WORDS`")
    return Term(curie.strip(), label.strip())


@dataclass(frozen=True, slots=True)
class Anchor:
    """The shortest verbatim phrase that carries a fact, and the section it stands in."""

    section: str
    quote: str


def _anchors(value: Any) -> tuple[Anchor, ...]:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, Mapping) or not value:
        raise fail("evidence", 'expected section: "verbatim phrase", for example {case: "28-year-old male"}')
    found: list[Anchor] = []
    for section, quotes in value.items():
        for number, phrase in enumerate([quotes] if isinstance(quotes, str) else quotes):
            if not isinstance(phrase, str) or not phrase.strip():
                raise fail(
                    "evidence",
                    f"section {section!r} holds no phrase (a phrase with a comma, colon or bracket is quoted)",
                    section,
                    number,
                )
            words = len(phrase.split())
            if words > MAX_WORDS:
                raise fail(
                    "evidence",
                    f"the anchor {phrase[:40]!r}… has {words} words; {MAX_WORDS} at most: cut it to what carries the fact",
                    section,
                    number,
                )
            found.append(Anchor(section, phrase))
    if len(set(found)) != len(found):
        raise fail("evidence", "the same phrase is given twice; keep one")
    return tuple(found)


def _offset(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return read_offset(value)
    except ValueError as error:
        raise fail("offset", str(error)) from error


def _edtf(value: Any) -> Any:
    try:
        read_edtf(str(value))
    except ValueError as error:
        raise fail("edtf", str(error)) from error
    return value


def _age(value: Any) -> Any:
    try:
        read_age(str(value))
    except ValueError as error:
        raise fail("age", str(error)) from error
    return value


def _digits(value: Any) -> Any:
    """Only plain digits are a number: Python would take 4_0 and full-width digits, too."""
    if isinstance(value, str) and not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", value):
        raise PydanticCustomError("decimal_parsing", "not a number")
    if isinstance(value, str) and len(value) > 40:
        raise PydanticCustomError("decimal_parsing", "more digits than any report prints")
    return value


KEY = r"^[a-z0-9]+(-[a-z0-9]+)*$"
Key = Annotated[str, Field(pattern=KEY)]
Keys = tuple[Key, ...]
Text = Annotated[str, Field(min_length=1, max_length=400)]
LongText = Annotated[str, Field(min_length=1)]
Pointer = Annotated[
    str,
    Field(
        pattern=r"^(/|https?://|urn:)",
        description="Where it stands in a structured source: JSON Pointer (RFC 6901) /phenotypicFeatures/3, or an IRI.",
    ),
]


def _number(pattern: str, **limits: float) -> WithJsonSchema:
    """A number as an editor sees it: bare, or quoted to keep its digits."""
    return WithJsonSchema({"anyOf": [{"type": "number", **limits}, {"type": "string", "pattern": pattern}]})


Number = Annotated[
    Decimal,
    Field(allow_inf_nan=False),
    BeforeValidator(_digits),
    PlainSerializer(str, return_type=str),
    _number(r"^[+-]?[0-9]+(\.[0-9]+)?$"),
]
Positive = Annotated[
    Decimal,
    Field(allow_inf_nan=False, gt=0),
    BeforeValidator(_digits),
    PlainSerializer(str, return_type=str),
    _number(r"^\+?[0-9]+(\.[0-9]+)?$", exclusiveMinimum=0),
]
Whole = Annotated[int, Field(ge=1, le=2100), BeforeValidator(_digits), _number("^[0-9]+$", multipleOf=1, minimum=1)]
Count = Annotated[int, Field(ge=0, le=20_000), BeforeValidator(_digits)]
TermField = Annotated[
    Term,
    BeforeValidator(_term),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {"type": "string", "pattern": r"^[A-Za-z]+:\S+ ! .+", "examples": ["HP:0025520 ! Calcinosis cutis"]}
    ),
]
Evidence = Annotated[
    tuple[Anchor, ...],
    BeforeValidator(_anchors),
    WithJsonSchema(
        {
            "type": "object",
            "minProperties": 1,
            "description": "Section key: verbatim phrase(s), a dozen words at most each.",
            "additionalProperties": {
                "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]
            },
        }
    ),
]
Edtf = Annotated[str, BeforeValidator(_edtf)]
IsoAge = Annotated[
    str, BeforeValidator(_age), Field(description="Time since birth: ISO 8601 duration P39Y, or a range P10Y/P19Y.")
]
When = Annotated[str, Field(description="EDTF (2019, 2021-09, 2021-09/2022-11, ../2019) or a key of `times`.")]
Distance = Annotated[
    Offset, BeforeValidator(_offset), WithJsonSchema({"type": "string", "examples": ["3..4 months", "1 year"]})
]
