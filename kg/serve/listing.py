"""The view Cases: which patients have what, with the counts of persons and reports."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict

import pyoxigraph as ox

from kg.base.prefixes import CKG, PREFIXES, compress
from kg.base.results import CaseError
from kg.graph.store import in_words
from kg.serve.description import TITLE
from kg.serve.index import GROUPS, KINDS, Entry, Found, Wish
from kg.serve.rendering import HTML, Cell, Visit, cell, html, pages, path_of
from kg.serve.served import Reply, Served

__all__ = ["JSON_LD", "as_schema_org", "cases"]

JSON_LD = "application/ld+json"

_SIZE = 50
FIELDS: Mapping[str, str] = {
    "disease": "Disease",
    "antibody": "Antibody",
    "drug": "Drug or class",
    "manifestation": "Manifestation",
}


def cases(served: Served, visit: Visit) -> Reply:
    """The patients that answer the fields disease, antibody, drug, manifestation, state and outcome."""
    if visit.form == JSON_LD:
        return Reply(200, JSON_LD, json.dumps(as_schema_org(served), ensure_ascii=False, indent=1).encode())
    wish = Wish(**{name: visit.word(name) for name in (*KINDS, "outcome")}, excluded=visit.word("state") == "excluded")
    wrong = ""
    try:
        found = served.index.find(wish)
    except CaseError as error:
        if visit.form != HTML:
            raise
        found, wrong = Found((), {}), f"{error.results[0].message} {error.results[0].cure}"
    page, beside = pages(len(found.entries), _SIZE, visit.number("page", 1, 100_000))
    persons, reports = len({e.who for e in found.entries}), len({e.report for e in found.entries})
    shown = found.entries[(page - 1) * _SIZE : page * _SIZE]
    if visit.form != HTML:
        told = {
            "asked": dict(found.asked),
            "persons": persons,
            "reports": reports,
            "page": page,
            "cases": [_plain(e) for e in shown],
            "why_empty": list(found.why),
        }
        return Reply.json(told)
    common = {
        name: [(served.index.label(iri), compress(iri), number) for iri, number in served.index.common(name)]
        for name in FIELDS
    }
    values = {
        "view": "/",
        "counts": served.told["counts"],
        "fields": FIELDS,
        "wish": {**asdict(wish), "state": "excluded" if wish.excluded else ""},
        "groups": [g for g in dict.fromkeys(GROUPS.values()) if g != "not reported"],
        "common": common,
        "searched": any(visit.word(name) for name in (*KINDS, "outcome")),
        "found": found,
        "wrong": wrong,
        "persons": persons,
        "reports": reports,
        "rows": [_row(e, served.index.label) for e in shown],
        "page": page,
        "beside": beside,
    }
    return html("cases.html", values, 400 if wrong else 200)


def as_schema_org(served: Served) -> dict[str, object]:
    """The dataset for search engines, as schema.org has it; IRIs are relative to the server.

    https://schema.org/Dataset, https://developers.google.com/search/docs/appearance/structured-data/dataset
    """
    counts = served.told["counts"]
    reports = {entry.report for entry in served.index.entries}
    dois = {q.object.value for q in served.data.match(None, CKG + "doi") if q.subject.value in reports}
    return {
        "@context": "https://schema.org/",
        "@type": "Dataset",
        "@id": "/",
        "url": "/",
        "name": TITLE,
        "description": f"{in_words(counts)} of published clinical case reports: which drug was given for which "
        "manifestation, in which order, and what was reported of each, with the words that carry it.",
        "keywords": ["case report", "treatment response", "phenotypic feature", "RDF", "SPARQL", "SHACL"],
        "isAccessibleForFree": True,
        "license": list(served.licences()),
        "citation": sorted(PREFIXES["doi"] + doi.removeprefix(PREFIXES["doi"]) for doi in dois),
        "dateModified": served.told["read"],
        "distribution": [
            {"@type": "DataDownload", "name": "SPARQL 1.1 endpoint", "contentUrl": "/sparql", "encodingFormat": form}
            for form in ("application/sparql-results+json", "text/csv", "text/turtle")
        ],
    }


def _row(entry: Entry, label: Callable[[str], str]) -> dict[str, object]:
    names = {name: _sorted(entry.of(name), label) for name in ("disease", "antibody", "drug")}
    return {"entry": entry, "path": path_of(entry.iri), **names}


def _sorted(concepts: Iterable[str], label: Callable[[str], str]) -> list[Cell]:
    return [cell(ox.NamedNode(iri), label) for iri in sorted(concepts, key=lambda iri: label(iri).casefold())]


def _plain(entry: Entry) -> dict[str, object]:
    return {
        "patient": entry.iri,
        "report": entry.report,
        "counted_as": entry.who,
        "title": entry.title,
        "sex": entry.sex,
        "age": entry.age,
        "published": entry.published,
        **{name: [compress(iri) for iri in sorted(entry.of(name))] for name in KINDS},
        "excluded": [compress(iri) for iri in sorted(entry.of("manifestation", excluded=True))],
        "responses": [
            {"drugs": sorted(map(compress, drugs)), "manifestations": sorted(map(compress, signs)), "outcome": group}
            for drugs, signs, group in entry.responses
        ],
    }
