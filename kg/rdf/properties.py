"""Where in a case file does each property of a graph go? The tables of `kg.rdf.triples`, read backwards.

What the writer writes by its tables is read by the same tables; what it writes by hand (report,
authors, source, patients) is a row of a table here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple, get_args, get_origin

from kg.base.prefixes import CKG, PREFIXES
from kg.base.times import Offset
from kg.model import case as model
from kg.model.case import Frequency, Quantity
from kg.rdf import triples
from kg.rdf.iris import choice_iri
from kg.rdf.triples import (
    BOUNDS,
    CITES,
    CLASSES,
    FIELDS,
    WHEN,
    Make,
    as_choice,
    as_concept,
    as_date,
    as_flag,
    as_integer,
    as_moment,
    as_number,
    as_text,
)

__all__ = [
    "AUTHOR", "CURATION", "DATATYPES", "DATE_NODE", "DERIVED", "Field", "INTENTS", "PATIENT", "REPORT", "SECTION", "SOURCE",
    "STATED", "TOLD_OF_PATIENT", "TYPE", "Table", "derived", "distance", "table",
]  # fmt: skip

_DC, _RDFS, _OA = PREFIXES["dcterms"], PREFIXES["rdfs"], PREFIXES["oa"]
TYPE = PREFIXES["rdf"] + "type"
_NOT_STATED = choice_iri("not stated")


class Field(NamedTuple):
    """Where a property goes below its fact in the case file, how its value was written, and whether it may have many.

    words: IRI of each fixed choice -> its words.
    """

    path: tuple[str, ...]
    make: Make
    many: bool = False
    words: Mapping[str, str] = {}


Table = Mapping[str, Field]


def _leaves(annotation: Any) -> Iterator[Any]:
    """The types that a type is made of, and every fixed choice of words in it."""
    parts = get_args(annotation)
    if not parts:
        yield annotation
    for part in parts:
        yield from _leaves(part)


def _choices(leaves: list[Any]) -> dict[str, str]:
    return {choice_iri(words): words for words in leaves if isinstance(words, str)}


_HINTS = {name: info.annotation for name, info in model.Patient.model_fields.items()}
DATATYPES: dict[Make, str] = {
    as_text: "string",
    as_number: "decimal",
    as_integer: "integer",
    as_flag: "boolean",
    as_date: "date",
    as_moment: "dateTime",
}
REPORT: Table = {
    _DC + "title": Field(("title",), as_text),
    _DC + "issued": Field(("published",), as_date),
    _DC + "license": Field(("licence",), as_text),
    _DC + "identifier": Field(("record",), as_text),
    _DC + "created": Field(("created",), as_text),
    CKG + "issueNumber": Field(("number",), as_text),
    CKG + "reviewBegan": Field(("review_began",), as_date),
    CKG + "reviewEnded": Field(("review_ended",), as_date),
    CKG + "category": Field(("categories",), as_text, True),
    CKG + "keyword": Field(("keywords",), as_text, True),
    **{CKG + name: Field((name,), as_text) for name in ("doi", "pmcid", "pmid", "journal", "volume", "article")},
    CKG + "oddity": Field(("odd",), as_text),
    CKG + "note": Field(("note",), as_text),
}
AUTHOR: Table = {
    PREFIXES["foaf"] + "name": Field(("name",), as_text),
    CKG + "affiliation": Field(("affiliations",), as_text, True),
    CKG + "corresponding": Field(("corresponding",), as_flag),
}
CURATION: Table = {
    CKG + "curator": Field(("by",), as_text),
    PREFIXES["prov"] + "endedAtTime": Field(("at",), as_moment),
    **{CKG + name: Field((name,), as_integer) for name in ("accepted", "corrected", "dropped")},
}
SOURCE: Table = {
    CKG + "fileName": Field(("file",), as_text),
    CKG + "sha256": Field(("sha256",), as_text),
    _DC + "format": Field(("format",), as_text),
}
SECTION: Table = {_RDFS + "label": Field(("title",), as_text)}
PATIENT: Table = {
    **{
        CKG + name: Field((field,), make, field == "other_identifiers", _choices(list(_leaves(_HINTS[field]))))
        for name, (field, make) in triples.PATIENT.items()
    },
    CKG + "species": Field(("species",), as_concept),
    CKG + "sex": Field(("sex", "concept"), as_concept),
    CKG + "ageYears": Field(("age", "years"), as_number),
    CKG + "agePrinted": Field(("age", "printed"), as_text),
    CKG + "ageAt": Field(("age", "at"), WHEN, False, {_NOT_STATED: "not stated"}),
    CKG + "sexPointer": Field(("sex", "pointer"), as_text),
    CKG + "agePointer": Field(("age", "pointer"), as_text),
    CKG + "oddity": Field(("odd",), as_text, True),
    CKG + "note": Field(("note",), as_text, True),
}
# Properties that follow from the rest, or that are read otherwise: held against the model, not read by a table.
DERIVED: Mapping[str, frozenset[str]] = {
    "report": frozenset(
        {TYPE, _DC + "creator", *(PREFIXES["prov"] + name for name in ("wasDerivedFrom", "wasGeneratedBy"))}
        | {CKG + "source", CKG + "evidence"}
    ),
    "author": frozenset({TYPE, CKG + "position"}),
    "curation": frozenset({TYPE, CKG + "position"}),
    "source": frozenset({TYPE}),
    "section": frozenset({TYPE, _DC + "isPartOf"}),
    "patient": frozenset({TYPE, CKG + "reportedIn", CKG + "evidence"}),
    "fact": frozenset({TYPE, CKG + "patient", CKG + "statedIn", CKG + "evidence"}),
    "quote": frozenset({_OA + "exact", _OA + "hasSource"}),
    "label": frozenset({TYPE, CKG + "labelOf", CKG + "written"}),
}
_BOUND_NAMES = {CKG + first + last.title() for first, last in (name.split("_") for name in BOUNDS)}
DATE_NODE = DERIVED["fact"] | _BOUND_NAMES | {CKG + "edtf"}
# Which classes a fact may have: of a patient, of the report.
STATED = {CLASSES[section]: section for section in triples.STATED}
TOLD_OF_PATIENT = {kind: section for section, kind in CLASSES.items() if kind not in STATED}
# Property of CiTO -> citation intent.
INTENTS = {PREFIXES["cito"] + name: intent for intent, name in CITES.items()}


@cache
def table(kind: str) -> Table:
    """The properties of a class of facts."""
    found: dict[str, Field] = {}
    for name, info in getattr(model, kind).model_fields.items():
        field, leaves = info.alias or name, list(_leaves(info.annotation))
        made = FIELDS.get((kind, name)) or FIELDS.get(("", name))
        if Quantity in leaves:
            for part, make in (("value", as_number), ("unit", as_text), ("printed", as_text)):
                found[CKG + name + part.title()] = Field((field, part), make)
        elif Frequency in leaves:
            for part, make in (("times", as_number), ("per", as_text), ("printed", as_text)):
                found[CKG + "frequency" + part.title()] = Field((field, part), make)
        elif Offset in leaves:
            found |= {CKG + end: Field((field, end), as_text) for end in ("offsetLeast", "offsetMost")}
        elif name == "layer":
            found[CKG + "layer"] = Field(("layer",), as_choice, False, _choices(leaves))
        elif made and (kind, name) != ("Claim", "kind"):
            iri = made[0] if ":" in made[0] else CKG + made[0]
            found[iri] = Field((field,), made[1], get_origin(info.annotation) is tuple, _choices(leaves))
    found[CKG + "pointer"] = Field(("pointer",), as_text)
    found[CKG + "oddity"], found[CKG + "note"] = REPORT[CKG + "oddity"], REPORT[CKG + "note"]
    return found


@cache
def derived(kind: str) -> frozenset[str]:
    """The properties of a class of facts that no table reads."""
    match kind:
        case "Time":
            return DERIVED["fact"] | _BOUND_NAMES | {CKG + "ageLeast", CKG + "ageMost"}
        case "Claim":
            return DERIVED["fact"] | INTENTS.keys()
        case "Statement" | "Reference":
            return DERIVED["fact"]
        case "Response":
            return DERIVED["fact"] | _BOUND_NAMES | {CKG + "attribution"}
    return DERIVED["fact"] | _BOUND_NAMES


_DURATION = re.compile(r"P([0-9]+)([DMY])")
_UNITS = {"D": "day", "M": "month", "Y": "year"}


def distance(least: str | None, most: str | None) -> str | None:
    """A distance as a case file has it, from its two ends as ISO 8601.

    >>> distance("P3M", "P4M"), distance("P14D", "P21D"), distance("P1Y", "P2M")
    ('3..4 months', '2..3 weeks', None)
    """
    ends = [_DURATION.fullmatch(end or "") for end in (least, most)]
    if ends[0] is None or ends[1] is None or ends[0][2] != ends[1][2]:
        return None
    first, last, unit = int(ends[0][1]), int(ends[1][1]), _UNITS[ends[0][2]]
    if unit == "day" and first % 7 == last % 7 == 0:
        first, last, unit = first // 7, last // 7, "week"
    return f"{first}..{last} {unit}s"
