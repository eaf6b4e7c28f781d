"""What does a graph say, fact by fact, in the words of the case file?

Reads every graph of ours, also one that no case can be made of: what a merge puts together may have
two values where a case has one. Properties that follow from others are left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import pyoxigraph as ox

from kg.base.prefixes import CKG, PREFIXES, compress, is_curie
from kg.concepts.terms import Catalogue
from kg.rdf import properties
from kg.rdf.properties import TYPE, Field, Table, derived, distance, table
from kg.rdf.triples import as_concept

__all__ = ["Told", "read_facts"]

_EXACT, _HAS_SOURCE = PREFIXES["oa"] + "exact", PREFIXES["oa"] + "hasSource"


@dataclass(frozen=True)
class Told:
    """A fact, or what stands like one: report, author, section, patient.

    patient: its key, "" for what is told of the report; place: where it stands in the case file, below
    the patient; fields: key -> values, sorted; single: the fields that have one value in a case.
    """

    iri: str
    patient: str
    place: str
    fields: Mapping[str, tuple[str, ...]]
    single: frozenset[str]


_Row = dict[str, list[Any]]


def read_facts(top: str, items: Iterable[ox.Triple], around: Iterable[ox.Triple] = ()) -> dict[str, Told]:
    """The facts of the graph of a report, by IRI; dates and quotes are values of the facts that name them.

    around: what else is known of the graph, when the items are a part of it.

    >>> from kg.base import places
    >>> from kg.model import reading
    >>> from kg.rdf import iris, triples
    >>> case = reading.read_case(places.cases()[0])
    >>> found = read_facts(iris.case_iri(case), (quad.triple for quad in triples.quads(case)))
    >>> found[iris.case_iri(case) + "/p1#tofacitinib"].fields["dose.value"]
    ('5',)
    """
    rows = _rows(items)
    reader = _Reader(top, _rows(around) or rows)
    found = {}
    for iri in sorted(rows):
        patient, key = _parts(top, iri)
        if key.startswith("time-" if patient else ("quote-", "label-")):
            continue
        place, known, follows = _kind(iri, patient, key, reader.rows[iri])
        fields, single = reader.fields(patient, rows[iri], known, follows)
        found[iri] = Told(iri, patient, place, fields, single)
    return found


def _rows(items: Iterable[ox.Triple]) -> dict[str, _Row]:
    rows: dict[str, _Row] = {}
    for triple in items:
        rows.setdefault(_name(triple.subject), {}).setdefault(triple.predicate.value, []).append(triple.object)
    return rows


def _name(node: Any) -> str:
    return str(getattr(node, "value", node))


def _parts(top: str, iri: str) -> tuple[str, str]:
    """Patient and key of a node; "" for none."""
    rest = iri.removeprefix(top) if iri.startswith((f"{top}/", f"{top}#")) else ""
    name, _, key = rest.lstrip("/").partition("#")
    return name, key


def _kind(iri: str, patient: str, key: str, row: _Row) -> tuple[str, Table, frozenset[str]]:
    """Where a node stands, the properties that are read by a table, and those that follow from others."""
    kinds = [_name(value).removeprefix(CKG) for value in row.get(TYPE, ())]
    homes = properties.TOLD_OF_PATIENT if patient else properties.STATED
    kind = min((kind for kind in kinds if kind in homes), default="")
    if kind:
        return f"{homes[kind]}.{key}", table(kind), derived(kind)
    if "Patient" in kinds or (patient and not key):
        return "patient", properties.PATIENT, properties.DERIVED["patient"]
    if "Report" in kinds:
        return "report", properties.REPORT, properties.DERIVED["report"]
    if key.startswith("author-"):
        return f"report.authors.{key[7:]}", properties.AUTHOR, properties.DERIVED["author"]
    if key.startswith("curation-"):
        return f"report.curated.{key[9:]}", properties.CURATION, properties.DERIVED["curation"]
    if key.startswith("section-"):
        return f"report.source.sections.{key[8:]}", properties.SECTION, properties.DERIVED["section"]
    if key == "source":
        return "report.source", properties.SOURCE, properties.DERIVED["source"]
    return key or compress(iri), {}, frozenset({TYPE})


class _Reader:
    """Reads fields; rows: all that is known of the graph, for what a value is called."""

    def __init__(self, top: str, rows: Mapping[str, _Row]) -> None:
        self.top, self.rows = top, rows
        self.labels: dict[str, str] = {}  # as a record writes them
        for row in rows.values():
            for concept, label in product(row.get(CKG + "labelOf", ()), row.get(CKG + "written", ())):
                text = _name(label)
                self.labels[_name(concept)] = min(text, self.labels.get(_name(concept), text))

    def fields(
        self, patient: str, row: _Row, known: Table, follows: frozenset[str]
    ) -> tuple[dict[str, tuple[str, ...]], frozenset[str]]:
        """The fields of a node, and those that have one value in a case."""
        made: dict[str, set[str]] = {}
        single = set()
        start = f"{self.top}/{patient}#"
        for name, objects in row.items():
            if name in known:
                key = ".".join(known[name].path)
                single |= set() if known[name].many else {key}
                values = [self.value(known[name], value, start) for value in objects]
            elif name in properties.INTENTS:
                key = f"cites.{properties.INTENTS[name]}"
                values = [_shown(value, f"{self.top}#") for value in objects]
            elif name == CKG + "evidence":
                key = "evidence"
                values = [self.quote(value) for value in objects]
            elif name in follows:
                continue
            else:
                key = compress(name)
                values = [_shown(value, start) for value in objects]
            made.setdefault(key, set()).update(values)
        ends = ["by.offsetLeast", "by.offsetMost"]
        if all(len(made.get(end, ())) == 1 for end in ends) and (by := distance(*(min(made[end]) for end in ends))):
            made["by"] = {by}
            made = {key: values for key, values in made.items() if key not in ends}
            single.add("by")
        return {key: tuple(sorted(made[key])) for key in sorted(made)}, frozenset(single)

    def value(self, field: Field, value: Any, start: str) -> str:
        """A value as the case file has it; literals without quotation marks, for their datatype is known."""
        if isinstance(value, ox.Literal):
            plain = properties.DATATYPES.get(field.make, "") == value.datatype.value.removeprefix(PREFIXES["xsd"])
            return value.value if plain and not value.language else _shown(value)
        if not isinstance(value, ox.NamedNode):
            return str(value)
        if value.value in field.words:
            return field.words[value.value]
        if field.make is as_concept and is_curie(short := compress(value.value)):
            return f"{short} ! {self.labels.get(value.value) or Catalogue.shipped().label(value.value)}"
        dates = self.rows.get(value.value, {}).get(CKG + "edtf", ())
        if value.value.startswith(f"{start}time-") and dates:
            return _name(dates[0])
        return _shown(value, start)

    def quote(self, value: Any) -> str:
        """An anchor as section: phrase."""
        row = self.rows.get(_name(value), {})
        phrase, places = row.get(_EXACT), row.get(_HAS_SOURCE)
        if not phrase or not places:
            return _shown(value, f"{self.top}#")
        return f"{_shown(places[0], f'{self.top}#section-')}: {_name(phrase[0])}"


def _shown(value: Any, start: str = "") -> str:
    """A value in short; an IRI that begins with `start` without it."""
    if isinstance(value, ox.NamedNode):
        rest = value.value.removeprefix(start) if start else value.value
        return compress(value.value) if rest == value.value else rest
    return str(value)
