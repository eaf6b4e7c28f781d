"""Which case does a graph tell? The way back from RDF of our model to a case, held to the same rules.

The inverse of `kg.rdf.triples`, driven by its tables: a graph is lifted to the plain values of a case
file, these go through the gate that case files go through, and what the case would be written as
is compared with the graph. What a graph does not say (where a section begins, sentences without
fact) is filled with neutral values.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from kg.base.prefixes import CASE, CKG, PREFIXES, compress, is_curie
from kg.base.results import Result, ordered
from kg.concepts.terms import Catalogue
from kg.model.fields import KEY
from kg.rdf import properties
from kg.rdf.comparing import REBUILD, name_of, shown
from kg.rdf.properties import TYPE, Field, Table, derived, distance, table
from kg.rdf.triples import WHEN, as_choice, as_concept, as_text

__all__ = ["Lifted", "lift", "report_of"]

Path_ = tuple[str | int, ...]
Node = dict[str, list[Any]]  # property IRI -> objects
_XSD, _OA = PREFIXES["xsd"], PREFIXES["oa"]
# What a graph does not say of a section; no text begins so.
_BEGINS, _KIND = "…", "front"
_ODD_LETTERS = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


# ---- lifting ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Lifted:
    """What a graph says, as the plain values of a case file.

    top:     IRI of the report.
    value:   what `read_document` would give for its case file; every scalar is text.
    nodes:   path in it -> IRI of the node it was read from; parts of a node have no path of their own.
    results: what could not be read (violations of rule `graph`); missing: paths that stay empty for it.
    """

    top: str
    value: dict[str, Any]
    nodes: dict[Path_, str]
    results: tuple[Result, ...]
    missing: frozenset[Path_]


@lru_cache(maxsize=4096)
def _curie(iri: str) -> str | None:
    short = compress(iri)
    return short if is_curie(short) else None


def _rows(items: Iterable[ox.Quad]) -> dict[str, Node]:
    found: dict[str, Node] = {}
    for subject, predicate, value, _ in items:
        found.setdefault(name_of(subject), {}).setdefault(predicate.value, []).append(value)
    return found


def report_of(iri: str) -> str:
    """The IRI of the report that an IRI of ours belongs to; empty when it is none of ours."""
    return CASE + re.split("[/#]", iri[len(CASE) :], maxsplit=1)[0] if iri.startswith(CASE) else ""


class _Lifter:
    """Reads one graph; problems are collected, never raised."""

    def __init__(self, rows: dict[str, Node], top: str, terms: Catalogue) -> None:
        self.rows, self.top, self.terms = rows, top, terms
        self.results: list[Result] = []
        self.missing: set[Path_] = set()
        self.nodes: dict[Path_, str] = {}
        self.read: set[str] = set()
        self.quotes: dict[str, tuple[str, str] | None] = {}
        self.dates: dict[str, str | None] = {}
        self.patient = ""
        self.written = self.labels()

    def labels(self) -> dict[str, str]:
        """How a record writes its concepts: IRI -> label. Of several labels of one, the first in order."""
        found: dict[str, str] = {}
        for node, row in self.rows.items():
            if CKG + "labelOf" in row and CKG + "written" in row:
                self.read.add(node)
                self.unknown(node, row, properties.DERIVED["label"], "label")
                label = min(str(getattr(text, "value", text)) for text in row[CKG + "written"])
                for concept in map(name_of, row[CKG + "labelOf"]):
                    found[concept] = min(label, found.get(concept, label))
        return found

    def tell(self, node: str, message: str, cure: str, path: Path_ = ()) -> None:
        """Remember a problem of a node; path: what stays empty in the case for it."""
        key = ".".join(map(str, path))
        self.results.append(Result("violation", "graph", message, cure, key=key, focus=node))
        if path:
            self.missing.add(path)

    # ---- one value -----------------------------------------------------------------------

    def literal(self, node: str, name: str, value: Any, kind: str, path: Path_) -> str | None:
        """The text of a literal of this datatype; one of another datatype is told, and read all the same."""
        if not isinstance(value, ox.Literal):
            message = f"{compress(name)} expects a literal, not {shown(value)}."
            self.tell(node, message, f"Write it as xsd:{kind}.", path)
            return None
        text = value.value
        if value.language or value.datatype.value != _XSD + kind:
            message = f"{compress(name)} {shown(value)} is not of datatype xsd:{kind}."
            self.tell(node, message, f"Write it as xsd:{kind}, without language.", path)
        elif not (text.isascii() and text.isprintable()):
            if bad := _ODD_LETTERS.search(text):
                message = f"{compress(name)} holds the control character U+{ord(bad[0]):04X}."
                self.tell(node, message, "Delete it.", path)
            elif not unicodedata.is_normalized("NFC", text):
                message = f"{compress(name)} {shown(value)} is not in Unicode normal form C."
                self.tell(node, message, "Write its letters composed.", path)
        return text

    def value(self, node: str, name: str, field: Field, value: Any, path: Path_) -> str | None:
        """One value of a property as a case file has it; None, and told, when it is of a wrong kind."""
        if field.make in properties.DATATYPES:
            return self.literal(node, name, value, properties.DATATYPES[field.make], path)
        if not isinstance(value, ox.NamedNode):
            message = f"{compress(name)} expects an IRI, not {shown(value)}."
            self.tell(node, message, "Give the IRI.", path)
            return None
        iri = value.value
        if iri in field.words:
            return field.words[iri]
        if field.make is as_choice:
            return compress(iri)  # the schema says what the choices are
        if field.make is as_concept:
            if curie := _curie(iri):
                return f"{curie} ! {self.written.get(iri) or self.terms.label(iri)}"
            message = f"{compress(name)} {shown(value)} is not an id of a known source."
            self.tell(node, message, "Look the concept up with `casekg terms WORDS`.", path)
            return None
        return self.link(node, name, iri, path, field.make is WHEN)

    def link(self, node: str, name: str, iri: str, path: Path_, when: bool) -> str | None:
        """The key of a fact of the patient; of a date that has a node of its own, the date."""
        start, _, key = iri.partition("#")
        if start != self.patient or not key:
            message = f"{compress(name)} <{iri}> is not a fact of the patient <{self.patient}>."
            self.tell(node, message, "Name a fact of the same patient.", path)
            return None
        if not (when and key.startswith("time-")):
            return key  # whether there is such a fact is asked of the case
        date = self.date(iri)
        if date is None:
            message = f"{compress(name)} <{iri}> is a date that the graph does not tell."
            self.tell(node, message, "Give that node its ckg:edtf, or take the link out.", path)
            return None
        self.nodes[path] = iri
        return date

    def date(self, iri: str) -> str | None:
        """The EDTF of a date node."""
        if iri not in self.dates:
            self.dates[iri] = None
            row = self.rows.get(iri, {})
            name, found = CKG + "edtf", row.get(CKG + "edtf", [])
            if row:
                self.read.add(iri)
                self.unknown(iri, row, properties.DATE_NODE, "date")
            if found:
                self.dates[iri] = self.single(iri, name, Field(("edtf",), as_text), found, ())
        return self.dates[iri]

    def single(self, node: str, name: str, field: Field, objects: list[Any], path: Path_) -> str | None:
        """The one value of a property; of several, told, the first in order."""
        if len(objects) > 1:
            several = ", ".join(sorted(map(shown, objects)))
            self.tell(node, f"{compress(name)} has {len(objects)} values: {several}.", "Keep one.", path)
            objects = sorted(objects, key=str)
        return self.value(node, name, field, objects[0], path)

    # ---- one node ------------------------------------------------------------------------

    def unknown(self, node: str, row: Node, known: Iterable[str], what: str) -> None:
        """Tell every property that is none of those known."""
        for name in row.keys() - known:
            article = "an" if what[0] in "AEIOaeio" else "a"
            message = f"{compress(name)} {min(map(shown, row[name]))} is not said of {article} {what} in the model."
            self.tell(node, message, "Delete the triple, or use a property of the model.")

    def fields(self, node: str, path: Path_, table: Table, derived: frozenset[str], what: str) -> dict[str, Any]:
        """What a table says of a node, as keys and values of a case file."""
        row = self.rows.get(node, {})
        self.read.add(node)
        self.nodes[path] = node
        made: dict[str, Any] = {}
        strange = False
        for name, objects in row.items():
            field = table.get(name)
            if field is None:
                strange = strange or name not in derived
                continue
            where = (*path, *field.path)
            found: Any
            if field.many:
                found = sorted(text for o in objects if (text := self.value(node, name, field, o, where)) is not None)
            else:
                found = self.single(node, name, field, objects, where)
            if found is not None:
                into = made
                for part in field.path[:-1]:
                    into = into.setdefault(part, {})
                into[field.path[-1]] = found
        if strange:
            self.unknown(node, row, table.keys() | derived, what)
        return made

    def evidence(self, node: str, path: Path_) -> dict[str, Any]:
        """The anchors of a node, by section."""
        name, where = CKG + "evidence", (*path, "evidence")
        found: dict[str, set[str]] = {}
        for value in self.rows.get(node, {}).get(name, ()):
            iri = name_of(value)
            if not iri.startswith(f"{self.top}#quote-") or iri not in self.rows:
                message = f"ckg:evidence {shown(value)} is not a quote of the graph."
                self.tell(node, message, "Name a quote of the report, or take the link out.", where)
                continue
            if iri not in self.quotes:
                self.quotes[iri] = self.quote(iri)
            if anchor := self.quotes[iri]:
                found.setdefault(anchor[0], set()).add(anchor[1])
            else:
                self.missing.add(where)
        return {"evidence": {section: sorted(quotes) for section, quotes in sorted(found.items())}} if found else {}

    def quote(self, iri: str) -> tuple[str, str] | None:
        """Section and phrase of an anchor; None, and told, when it lacks one."""
        row, exact, source = self.rows[iri], _OA + "exact", _OA + "hasSource"
        self.read.add(iri)
        self.unknown(iri, row, properties.DERIVED["quote"], "quote")
        for name in (exact, source):
            if name not in row:
                self.tell(iri, f"the quote has no {compress(name)}.", REBUILD)
                return None
        phrase = self.single(iri, exact, Field((), as_text), row[exact], ())
        start, sections = f"{self.top}#section-", sorted(map(name_of, row[source]))
        if len(sections) > 1 or not sections[0].startswith(start) or sections[0] not in self.rows:
            message = f"oa:hasSource {' and '.join(sorted(map(shown, row[source])))} is not one section of the graph."
            self.tell(iri, message, "Name the node of its section.")
            return None
        return None if phrase is None else (sections[0].removeprefix(start), phrase)

    def fact(self, node: str, path: Path_, kind: str) -> dict[str, Any]:
        """A fact of a class."""
        made = self.fields(node, path, table(kind), derived(kind), kind) | self.evidence(node, path)
        if "by" in made:
            least, most = (made["by"].get(end) for end in ("offsetLeast", "offsetMost"))
            if (text := distance(least, most)) is not None:
                made["by"] = text
            else:
                del made["by"]
                message = f"ckg:offsetLeast {least!r} and ckg:offsetMost {most!r} are not the ends of a distance."
                cure = "Give both in one unit, for example P3M and P4M."
                self.tell(node, message, cure, (*path, "by"))
        if kind == "Claim":
            self.claim(node, path, made)
        return made

    def claim(self, node: str, path: Path_, made: dict[str, Any]) -> None:
        """Kind and citations of a claim."""
        row = self.rows[node]
        layer = made.pop("layer", None)
        novel = any(name_of(kind) == CKG + "NoveltyClaim" for kind in row[TYPE])
        if novel or layer:
            made["kind"] = "novelty" if novel else layer
        for name, intent in properties.INTENTS.items():
            for value in row.get(name, ()):
                iri = name_of(value)
                key = iri.removeprefix(f"{self.top}#")
                where = (*path, "cites", key)
                if key == iri:
                    message = f"{compress(name)} {shown(value)} is not a reference of the report."
                    self.tell(node, message, "Name one of its references.", (*path, "cites"))
                elif key in made.setdefault("cites", {}):
                    message = f"{compress(name)} <{iri}>: the reference is cited for {made['cites'][key]}, too."
                    self.tell(node, message, "Keep one.", where)
                else:
                    made["cites"][key] = intent

    # ---- the report ----------------------------------------------------------------------

    def lift(self) -> dict[str, Any]:
        """The whole case; every node of the graph is read or told."""
        authors, curations, sections = [], [], []
        facts: list[tuple[str, str, str]] = []  # IRI, patient ("" for the report), key
        names: dict[str, None] = {}
        for iri in self.rows:
            rest = iri.removeprefix(self.top)
            if rest == iri or rest[:1] not in ("", "/", "#"):
                message = f"the node is not of the report: its IRI does not begin with <{self.top}."
                self.tell(iri, message, "Name the graph after its report, and its nodes after both.")
                continue
            name, _, key = rest.lstrip("/").partition("#")
            if rest.startswith("/"):
                names.setdefault(name)
            elif key.startswith("author-") and key[7:].isascii() and key[7:].isdigit():
                authors.append((int(key[7:]), iri))
            elif key.startswith("curation-") and key[9:].isascii() and key[9:].isdigit():
                curations.append((int(key[9:]), iri))
            elif key.startswith("section-"):
                sections.append(iri)
            if key and not (name and key.startswith("time-")) and not (not name and _reserved(key)):
                facts.append((iri, name, key))
        made: dict[str, Any] = {"report": self.report(authors, curations, sections)}
        if names:
            made["patients"] = {name: self.person(name) for name in sorted(names)}
        for iri, name, key in sorted(facts):
            self.keyed(made, iri, name, key)
        for iri in self.rows.keys() - self.read - {r.focus for r in self.results}:
            self.tell(iri, "nothing in the graph leads to this node.", REBUILD)
        return made

    def keyed(self, made: dict[str, Any], iri: str, name: str, key: str) -> None:
        """Put a fact where its class says."""
        homes = properties.TOLD_OF_PATIENT if name else properties.STATED
        types = [name_of(kind).removeprefix(CKG) for kind in self.rows[iri].get(TYPE, ())]
        kinds = sorted(kind for kind in types if kind in homes)
        whose = "a patient" if name else "a report"
        if not kinds:
            given = (
                f" ({', '.join(sorted(compress(name_of(k)) for k in self.rows[iri].get(TYPE, ())))})" if types else ""
            )
            self.tell(iri, f"the node is of no class that facts of {whose} have{given}.", REBUILD)
            self.read.add(iri)
            return
        if len(kinds) > 1:
            message = f"the node is of {len(kinds)} classes: {', '.join(f'ckg:{kind}' for kind in kinds)}."
            self.tell(iri, message, "Keep one.")
        self.patient = f"{self.top}/{name}" if name else ""
        home = homes[kinds[0]]
        path: Path_ = ("patients", name, home, key) if name else (home, key)
        into = made["patients"][name] if name else made
        into.setdefault(home, {})[key] = self.fact(iri, path, kinds[0])

    def report(
        self, authors: list[tuple[int, str]], curations: list[tuple[int, str]], sections: list[str]
    ) -> dict[str, Any]:
        """The report, its authors, its reviews and its source."""
        path: Path_ = ("report",)
        made = self.fields(self.top, path, properties.REPORT, properties.DERIVED["report"], "report") | self.evidence(
            self.top, path
        )
        slug = self.top[len(CASE) :].partition("~")[0]
        if not made.keys() & {"doi", "pmcid", "pmid"} and slug != "record" and re.fullmatch(KEY, slug):
            made["id"] = slug
        if authors:
            made["authors"] = [
                self.fields(iri, (*path, "authors", i), properties.AUTHOR, properties.DERIVED["author"], "author")
                for i, (_, iri) in enumerate(sorted(authors))
            ]
        if curations:
            made["curated"] = [
                self.fields(iri, (*path, "curated", i), properties.CURATION, properties.DERIVED["curation"], "curation")
                for i, (_, iri) in enumerate(sorted(curations))
            ]
        iri = f"{self.top}#source"
        if iri in self.rows:
            source = self.fields(iri, (*path, "source"), properties.SOURCE, properties.DERIVED["source"], "source")
            if any(name_of(kind) == CKG + "SourceRecord" for kind in self.rows[iri].get(TYPE, ())):
                source["kind"] = "record"
            made["source"] = source
            if sections:
                source["sections"] = [
                    {"section": section.removeprefix(f"{self.top}#section-"), "begins": _BEGINS, "kind": _KIND}
                    | self.fields(
                        section,
                        (*path, "source", "sections", i),
                        properties.SECTION,
                        properties.DERIVED["section"],
                        "source section",
                    )
                    for i, section in enumerate(sorted(sections))
                ]
        else:
            self.read.update(sections)
        return made

    def person(self, name: str) -> dict[str, Any]:
        """A patient without the keyed facts. What the graph says of sex and age together, both get."""
        iri, path = f"{self.top}/{name}", ("patients", name)
        self.patient = iri
        made = self.fields(iri, path, properties.PATIENT, properties.DERIVED["patient"], "patient")
        anchors = self.evidence(iri, (*path, "sex"))
        single = [made[part] for part in ("sex", "age") if part in made]
        for part in single:
            part |= anchors
        for said, key in (("oddity", "odd"), ("note", "note")):
            remarks = made.pop(key, [])
            for part, remark in zip(single, remarks, strict=False):
                part[key] = remark
            if len(remarks) > len(single):
                message = f"ckg:{said} has {len(remarks)} values: there is one for sex and one for age."
                self.tell(iri, message, "Keep as many.", path)
        return made


def _reserved(key: str) -> bool:
    """Keys of the report that are no facts."""
    return key == "source" or key.startswith(("author-", "curation-", "section-", "quote-", "label-"))


def _top(items: list[ox.Quad], rows: Mapping[str, Node]) -> str:
    """The IRI of the report of a graph: the graph's name, else its report, else what its nodes are named after."""
    name = items[0].graph_name if items else None
    if isinstance(name, ox.NamedNode) and name.value.startswith(CASE):
        return name.value
    report = ox.NamedNode(CKG + "Report")
    reports = sorted(iri for iri, row in rows.items() if report in row.get(TYPE, ()))
    return reports[0] if reports else report_of(min(rows, default="")) or CASE


def lift(items: Iterable[ox.Quad], terms: Catalogue | None = None) -> Lifted:
    """The plain values of the case file that one graph of ours was written from.

    Never raises: what cannot be read is in `.results`, and the lift goes on.

    >>> from kg.base import places
    >>> from kg.model import reading
    >>> from kg.model.case import Case
    >>> from kg.rdf.triples import quads
    >>> shipped = reading.read_case(places.cases()[0])
    >>> again = Case.model_validate(lift(quads(shipped)).value)
    >>> set(quads(again)) == set(quads(shipped))
    True
    """
    found = list(items)
    rows = _rows(found)
    lifter = _Lifter(rows, _top(found, rows), terms or Catalogue.shipped())
    value = lifter.lift()
    return Lifted(
        lifter.top,
        value,
        lifter.nodes,
        ordered(lifter.results),
        frozenset(lifter.missing),
    )
