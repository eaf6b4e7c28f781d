"""Why does the graph say so? The facts behind an answer, their anchors, and the whole sentence."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.base.prefixes import CASE, CKG, PREFIXES, compress
from kg.base.results import CaseError, Result
from kg.concepts.terms import Catalogue
from kg.graph.store import Dataset
from kg.model.anchors import SourceText, read_source
from kg.model.fields import Anchor
from kg.rdf.iris import case_iri, fact_path

__all__ = ["Explanation", "explain", "facts_of", "find_fact"]

_EVIDENCE, _TYPE = CKG + "evidence", PREFIXES["rdf"] + "type"
_GROUNDS = (_EVIDENCE, *(CKG + name for name in ("pointer", "sexPointer", "agePointer")))


@dataclass(frozen=True)
class Quote:
    """An anchor of a fact; sentence only when the source text is at hand."""

    section: str
    exact: str
    sentence: str | None


@dataclass(frozen=True)
class Explanation:
    """One fact in words: what it is, what it says, what carries it, where it was written."""

    iri: str
    kind: str
    statements: tuple[tuple[str, str], ...]
    quotes: tuple[Quote, ...]
    report: str
    place: str


def _word(term: Any) -> str:
    if isinstance(term, ox.NamedNode):
        if term.value.startswith(CASE):
            return term.value.rsplit("/", 1)[-1]
        terms, short = Catalogue.shipped(), compress(term.value)
        return f"{terms.label(term.value)} ({short})" if term.value in terms else short
    return str(term.value)


def _values(data: Dataset, iri: str, predicate: str) -> list[str]:
    return sorted(quad.object.value for quad in data.match(iri, predicate))


def facts_of(data: Dataset) -> list[str]:
    """IRIs of everything in a dataset that has evidence or a pointer, sorted."""
    return sorted({quad.subject.value for name in _GROUNDS for quad in data.match(None, name)})


def find_fact(data: Dataset, name: str) -> str:
    """The IRI of a fact, from its IRI, from `p1#tofacitinib`, or from its key alone.

    Raises CaseError when no fact, or more than one, is called so.
    """
    facts = facts_of(data)
    hits = [f for f in facts if name in (f, compress(f)) or f.endswith(f"/{name}") or f.endswith(f"#{name}")]
    if len(hits) == 1:
        return hits[0]
    keys = {f.rsplit("#", 1)[-1]: f for f in facts}
    close = difflib.get_close_matches(name.rsplit("#", 1)[-1], keys, 3, 0.5)
    message = "may be " + " or ".join(hits) + "." if hits else "is not a fact of the data."
    cure = (
        "Give the whole IRI."
        if hits
        else f"Did you mean {' or '.join(close)}?"
        if close
        else "See the fact column of `casekg query`."
    )
    raise CaseError([Result("violation", "fact", message, cure, name)])


def explain(data: Dataset, fact: str, sources: Path | str | None = None) -> Explanation:
    """Explain one fact of a dataset.

    fact: its IRI, `p1#key`, or its key. sources: folder with the source texts, to show whole
    sentences; without it only the anchors are shown. Raises CaseError for an unknown fact, or a
    source text that is missing or another one.

    >>> from kg.graph.store import build
    >>> explain(build(), "tofacitinib").kind
    'treatment'
    """
    iri = find_fact(data, fact)
    graph = next((q.graph_name for name in _GROUNDS for q in data.match(iri, name)), None)
    report = graph.value if isinstance(graph, ox.NamedNode) else ""
    terms = Catalogue.shipped()
    quads = sorted((q for q in data.match(iri) if q.graph_name == graph), key=str)
    kinds = [
        terms.label(q.object.value) for q in quads if q.predicate.value == _TYPE and q.object.value.startswith(CKG)
    ]
    said = [
        (terms.label(q.predicate.value), _word(q.object)) for q in quads if q.predicate.value not in (_TYPE, _EVIDENCE)
    ]
    said += [("named by", f"{word} ({label})") for label, word in _pointing(data, iri, terms)]
    file = next((f for f in data.files if case_iri(f.case) == report), None)
    texts: Mapping[str, SourceText] = {report: read_source(file, sources)} if sources and file else {}
    if sources and not file:
        message = "the data was not built from a case file, so the source text is not known."
        raise CaseError([Result("violation", "source", message, "Name the case file instead of the RDF.", report)])
    place = ""
    if file:
        where = file.place(*(fact_path(file.case, iri) or ()))
        place = f"{where[0]}:{where[1]}"
    quotes = tuple(
        _quotes(
            data, iri, {s.title: s.section for s in file.case.report.source.sections} if file else {}, texts.get(report)
        )
    )
    return Explanation(iri, kinds[0] if kinds else "fact", tuple(said), quotes, report, place)


def _pointing(data: Dataset, iri: str, terms: Catalogue) -> Iterator[tuple[str, str]]:
    """Facts that name this one."""
    skip = {"patient", "reportedIn", "statedIn"}
    for quad in sorted(data.match(None, None, iri), key=str):
        if quad.predicate.value.startswith(CKG) and quad.predicate.value[len(CKG) :] not in skip:
            yield terms.label(quad.predicate.value), _word(quad.subject)


def _quotes(data: Dataset, iri: str, sections: Mapping[str, str], text: SourceText | None) -> Iterator[Quote]:
    for anchor in _values(data, iri, CKG + "evidence"):
        exact = "".join(_values(data, anchor, PREFIXES["oa"] + "exact"))
        title = "".join(
            label
            for section in _values(data, anchor, PREFIXES["oa"] + "hasSource")
            for label in _values(data, section, PREFIXES["rdfs"] + "label")
        )
        sentence = text.sentence(Anchor(sections.get(title, title), exact)) if text else None
        yield Quote(title, exact, sentence)
