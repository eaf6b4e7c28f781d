"""The view of a case: a report or one of its patients, every fact with what carries it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kg.answers.origins import report_of
from kg.answers.showing import about, sheet
from kg.base.prefixes import CASE, expand, is_curie
from kg.base.results import CaseError
from kg.claims.conflicts import conflicts
from kg.criteria.assessment import NOTE, Assessment, told
from kg.criteria.criteria import assess
from kg.criteria.criterion import criteria
from kg.graph.facts import Told, read_facts
from kg.graph.store import serialise
from kg.model.coverage import coverage
from kg.persons.people import Person, people
from kg.pictures.pictures import draw_timeline
from kg.rdf.iris import case_iri
from kg.serve.linked import linked
from kg.serve.rendering import Cell, Visit, html, node_path, path_of
from kg.serve.served import Reply, Served, problem
from kg.serve.solutions import GRAPHS

__all__ = ["case", "timeline"]

# The parts of a case in the order of a page: section of the case file -> heading.
SECTIONS: Mapping[str, str] = {
    "patient": "The patient",
    "report": "The report",
    "diagnoses": "Diagnoses",
    "antibodies": "Antibodies",
    "findings": "Findings",
    "variants": "Variants",
    "measurements": "Measured values",
    "examinations": "Examinations",
    "treatments": "Treatments",
    "dose_changes": "Changes of dose",
    "responses": "Responses",
    "adverse_events": "Adverse events",
    "events": "Events",
    "follow_up": "Follow-up",
    "times": "Times",
    "figures": "Figures",
    "extensions": "What else the record says",
    "statements": "Statements of the article",
    "claims": "Claims beyond the patient",
    "references": "References",
    "metadata": "About the record",
}
_NAMES = (
    "concept",
    "drug",
    "action",
    "analyte",
    "procedure",
    "subject",
    "title",
    "name",
    "value",
    "printed",
    "label",
    "edtf",
)
_HIDDEN = {"layer", "evidence", "pointer"}
_WORD = re.compile(r"[a-z0-9][a-z0-9-]*")


@dataclass(frozen=True)
class Shown:
    """A fact on a page: where it stands, what it says, and what carries it."""

    key: str
    iri: str
    section: str
    name: str
    layer: str
    status: str
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    quotes: tuple[tuple[str, str], ...]
    pointers: tuple[str, ...]


def case(served: Served, visit: Visit) -> Reply:
    """A report or a patient: as a page, or as RDF. path: what follows `case/` in its IRI."""
    iri = CASE + visit.path
    report = report_of(iri)
    graph = served.data.graph(report)
    if not any(isinstance(q.subject, ox.NamedNode) and q.subject.value == iri for q in graph):
        return problem(404, "case", f"no case of the data is called {visit.path}.", "Look for it under Cases.")
    if visit.form in GRAPHS:
        return Reply(200, visit.form, serialise(_part(graph, iri, report), GRAPHS[visit.form]))
    facts = read_facts(report, (quad.triple for quad in graph))
    persons = people(served.data, {report})
    if iri == report:
        return _report(served, iri, facts, persons)
    return _patient(served, iri, facts, persons)


def timeline(served: Served, visit: Visit) -> Reply:
    """The picture of a patient's timeline. path: what follows `case/` in its IRI; of several tellings `telling`."""
    iri = CASE + visit.path
    found = [p for p in people(served.data, {report_of(iri)}) if p.iri == iri]
    if not found:
        return problem(404, "case", f"no patient of the data is called {visit.path}.", "Look for it under Cases.")
    person = found[visit.number("telling", 0, len(found) - 1)]
    picture = linked(draw_timeline(person, visit.word("all") == "yes"), f"Timeline of {person.iri}", path_of(iri))
    return Reply(200, "image/svg+xml", picture)


def _part(graph: list[Any], iri: str, report: str) -> list[Any]:
    """The quads of a report; of a patient with what its facts name: their quotes, sections, and the source."""
    if iri == report:
        return graph
    by_subject: dict[str, list[Any]] = {}
    for quad in graph:
        by_subject.setdefault(quad.subject.value, []).append(quad)
    todo = [s for s in by_subject if s == iri or s.startswith((f"{iri}#", f"{iri}/"))]
    found: dict[str, list[Any]] = {}
    while todo:
        subject = todo.pop()
        if subject not in found:
            found[subject] = by_subject.get(subject, [])
            named = (q.object.value for q in found[subject] if isinstance(q.object, ox.NamedNode))
            todo += [one for one in named if one.startswith(f"{report}#") and one in by_subject]
    return [quad for quads in found.values() for quad in quads]


# ---- pages -------------------------------------------------------------------------------


def _patient(served: Served, iri: str, facts: Mapping[str, Told], persons: Iterable[Person]) -> Reply:
    name, report = iri[len(report_of(iri)) + 1 :], report_of(iri)
    own = {k: one for k, one in facts.items() if one.patient == name}
    shown = _shown(own.values(), _titles(facts))
    keys = {one.key for one in shown if one.key}
    tellings = [p for p in persons if p.iri == iri]
    who = {p.who for p in tellings}
    group = list(tellings)
    others = sorted(e.iri for e in served.index.entries if e.who in who and e.iri != iri)
    if others:
        group += [p for p in people(served.data, {report_of(o) for o in others}) if p.iri in others]
    values = {
        "view": "/",
        "iri": iri,
        "path": path_of(iri),
        "report": report,
        "about": list(about(tellings[0])) if tellings else [],
        "tellings": [
            {
                "told_by": person.told_by,
                "tables": [(title, heads, [_linked(row, keys, heads) for row in rows]) for title, heads, rows in sheet(person)],
                "criteria": [_criterion(assess(person, file)) for file in criteria()],
            }
            for person in tellings
        ],
        "findings": _by_status(shown),
        "conflicts": [_conflict(one) for one in conflicts(served.data, persons=group).found] if group else [],
        "others": [Cell(other[len(CASE) :], path_of(other)) for other in others],
        "groups": _grouped(shown),
        "note": NOTE,
    }  # fmt: skip
    return html("patient.html", values)


def _report(served: Served, iri: str, facts: Mapping[str, Told], persons: Iterable[Person]) -> Reply:
    own = [one for one in facts.values() if not one.patient]
    shown = _shown(own, _titles(facts))
    patients: dict[str, list[str]] = {}
    for person in persons:
        patients.setdefault(person.iri, list(about(person))[1:])
    top = next((one for one in shown if one.section == "report"), None)
    values = {
        "view": "/",
        "iri": iri,
        "path": path_of(iri),
        "title": top.name if top else iri[len(CASE) :],
        "patients": [(Cell(f"Patient {p.rsplit('/', 1)[-1]}", path_of(p)), lines) for p, lines in patients.items()],
        "coverage": _coverage(served, iri),
        "groups": _grouped(shown),
    }
    return html("report.html", values)


def _coverage(served: Served, report: str) -> dict[str, Any] | None:
    """How the sentences of the source text are accounted for, where the text is at hand."""
    file = next((f for f in served.data.files if case_iri(f.case) == report), None)
    if file is None or served.sources is None:
        return None
    try:
        found = coverage(file, served.sources)
    except CaseError as error:
        return {"wrong": [str(result) for result in error.results]}
    titles = {part.section: part.title for part in file.case.report.source.sections}
    rows = [(titles.get(name, name), c["claimed"], c["marked"], c["unread"]) for name, c in found.by_section().items()]
    unread = [(titles.get(s.section, s.section), s.text) for s, state, _ in found.sentences if state == "unread"]
    return {"wrong": [], "rows": rows, "share": found.share, "unread": unread, "sentences": len(found.sentences)}


# ---- facts -------------------------------------------------------------------------------


def _titles(facts: Mapping[str, Told]) -> dict[str, str]:
    """The sections of a report: key -> title."""
    start = "report.source.sections."
    told = {one.place.removeprefix(start): one.fields for one in facts.values() if one.place.startswith(start)}
    return {key: title for key, fields in told.items() for title in fields.get("title", ())[:1]}


def _shown(facts: Iterable[Told], titles: Mapping[str, str]) -> list[Shown]:
    facts = list(facts)
    keys = {one.iri.partition("#")[2] for one in facts} - {""}
    return [_fact(one, keys, titles) for one in facts]


def _fact(one: Told, keys: set[str], titles: Mapping[str, str]) -> Shown:
    section, key = one.place.partition(".")[0], one.iri.partition("#")[2]
    name = next((value for field in _NAMES for value in one.fields.get(field, ())), "")
    quotes = []
    for text in one.fields.get("evidence", ()):
        where, _, phrase = text.partition(": ")
        quotes.append((titles.get(where) or where, phrase))
    rows = tuple(
        (label.replace("_", " ").replace(".", " "), tuple(_value(value, keys) for value in values))
        for label, values in one.fields.items()
        if label not in _HIDDEN
    )
    layers = one.fields.get("layer", ())
    return Shown(
        key,
        one.iri,
        section,
        name.rpartition(" ! ")[2] or key or one.iri.rsplit("/", 1)[-1],
        ", ".join(layers),
        ", ".join(one.fields.get("status", ())),
        rows,
        tuple(quotes),
        one.fields.get("pointer", ()),
    )


def _value(text: str, keys: set[str]) -> Cell:
    """A value of a case file: a concept, the key of another fact, or words."""
    curie, _, label = text.partition(" ! ")
    if label and is_curie(curie):
        return Cell(label, node_path(expand(curie)), curie)
    if text in keys:
        return Cell(text, f"#{text}")
    return Cell(text)


def _grouped(shown: Iterable[Shown]) -> list[tuple[str, str, list[Shown]]]:
    """Facts by section, in the order of SECTIONS."""
    found: dict[str, list[Shown]] = {}
    for one in shown:
        found.setdefault(one.section if one.section in SECTIONS else "extensions", []).append(one)
    return [(name, title, sorted(found[name], key=_order)) for name, title in SECTIONS.items() if name in found]


def _order(one: Shown) -> tuple[int, int, str]:
    number = next((c.text for label, cells in one.rows if label == "number" for c in cells), "")
    return int(bool(one.key)), int(number) if number.isdecimal() else 0, one.key


def _by_status(shown: Iterable[Shown]) -> list[tuple[str, list[Shown]]]:
    """Findings and antibodies by their status, of patient facts and interpretations alike."""
    found: dict[str, list[Shown]] = {"present": [], "excluded": [], "not stated": []}
    for one in shown:
        if one.section in ("findings", "antibodies", "diagnoses") and one.status in found:
            found[one.status].append(one)
    return [(status, sorted(some, key=lambda s: s.name.casefold())) for status, some in found.items() if some]


def _linked(row: list[str], keys: set[str], heads: list[str]) -> list[list[Cell]]:
    """The cells of a table in pieces: words that are keys of facts lead to them; quotes stay as they are."""
    return [
        [Cell(text)] if head == "quoted" else list(_pieces(text, keys)) for head, text in zip(heads, row, strict=True)
    ]


def _pieces(text: str, keys: set[str]) -> Iterator[Cell]:
    at = 0
    for word in _WORD.finditer(text):
        whole = (word.start() == 0 or not text[word.start() - 1].isalnum()) and not text[
            word.end() : word.end() + 1
        ].isalnum()
        if whole and word[0] in keys:
            yield Cell(text[at : word.start()])
            yield Cell(word[0], f"#{word[0]}")
            at = word.end()
    yield Cell(text[at:])


def _criterion(made: Assessment) -> dict[str, Any]:
    many = len(made.columns) > 1
    return {
        "title": made.criterion.criterion.title,
        "name": made.criterion.name,
        "sources": [Cell(s.doi or s.url or "", f"https://doi.org/{s.doi}" if s.doi else s.url or "") for s in made.criterion.criterion.sources],
        "columns": [(column.label if many else "", list(told(made, column))) for column in made.columns],
        "exclusions": [(e.label, e.status, [_key(f) for f in e.facts], e.why) for e in made.exclusions],
        "items": [
            {
                "label": item.label,
                "status": item.status,
                "strict": "" if item.strict == item.status else item.strict,
                "points": " / ".join(dict.fromkeys(str(item.points.get(c.name, "-")) for c in made.columns)),
                "facts": [_key(fact) for fact in item.facts],
                "quoted": item.anchors[:1],
                "why": "; ".join([*item.why, *filter(None, (item.missing,))]),
            }
            for item in made.items
        ],
    }  # fmt: skip


def _key(iri: str) -> Cell:
    return Cell(iri.rsplit("#", 1)[-1] if "#" in iri else "age", path_of(iri))


def _conflict(one: Any) -> dict[str, Any]:
    return {"kind": one.kind, "says": one.says, "status": one.status, "facts": [_key(f) for f in one.facts]}
