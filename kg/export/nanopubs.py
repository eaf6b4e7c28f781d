"""How do cases look as nanopublications: one for each fact, in TriG?

A nanopublication is four graphs (nanopub.net guidelines): the head; the assertion, which is the
fact; the provenance, which is the report, the phrases that carry the fact and the digest of its
text; and what is said of the publication itself. Names follow from the fact's IRI, so the same fact
gives the same bytes. They are not signed: trusty URIs are made by whoever publishes them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kg.base.losses import Losses
from kg.base.prefixes import CASE, CKG, PREFIXES
from kg.model.case import Case
from kg.rdf.iris import case_iri
from kg.rdf.triples import quads

__all__ = ["NP", "write_nanopubs"]

_NAMES = "https://w3id.org/casekg/nanopub/"
NP = "http://www.nanopub.org/nschema#"
_TYPE, _PROV, _DC, _OA = PREFIXES["rdf"] + "type", PREFIXES["prov"], PREFIXES["dcterms"], PREFIXES["oa"]
_OF_PATIENT, _EVIDENCE = CKG + "patient", CKG + "evidence"
_PLACES = (CKG + "pointer", CKG + "sexPointer", CKG + "agePointer")

Rows = dict[str, list[ox.Quad]]


def write_nanopubs(cases: Iterable[Case]) -> tuple[dict[str, bytes], Losses]:
    """Name and bytes of the TriG file, and what did not survive."""
    losses, made = Losses(), dict[ox.Quad, None]()
    for case in cases:
        made |= dict.fromkeys(_case(case, losses))
    names = {"np": NP} | {p: PREFIXES[p] for p in ("ckg", "obo", "prov", "dcterms", "oa", "xsd", "rdf")}
    rows = sorted(made, key=lambda q: (str(q.graph_name), str(q.subject), str(q.predicate), str(q.object)))
    return {"nanopubs.trig": ox.serialize(rows, format=ox.RdfFormat.TRIG, prefixes=names) or b""}, losses


def _case(case: Case, losses: Losses) -> Iterator[ox.Quad]:
    top = case_iri(case)
    rows: Rows = {}
    for quad in quads(case):
        rows.setdefault(quad.subject.value, []).append(quad)  # type: ignore[union-attr]
    sources = [q.object for q in rows[top] if q.predicate.value == _PROV + "wasDerivedFrom"]
    sha256 = [q.object for q in rows.get(f"{top}#source", ()) if q.predicate.value == CKG + "sha256"]
    dated = [q.object for q in rows[top] if q.predicate.value in (_DC + "issued", _DC + "created")]
    for iri in sorted(rows):
        told = {quad.predicate.value for quad in rows[iri]}
        date = "#time-" in iri
        kind = next((q.object.value.removeprefix(CKG) for q in rows[iri] if q.predicate.value == _TYPE), "")  # type: ignore[union-attr]
        if not (told & {_OF_PATIENT, CKG + "statedIn", CKG + "reportedIn"}) or date:
            if kind in ("Author", "Curation", "SourceSection", "WrittenLabel", "Report"):
                losses.lose(kind, 1, "about the report or its text, not a fact of its own")
            continue
        losses.keep(kind)
        yield from _publication(iri, rows, [*sources, *sha256], dated)


def _publication(iri: str, rows: Rows, sources: Sequence[object], dated: Sequence[object]) -> Iterator[ox.Quad]:
    """The four graphs of one fact."""
    # not below the IRI of a case: a graph of that name would be a case graph
    name = f"{_NAMES}{iri.removeprefix(CASE).replace('#', '/')}"
    head, assertion, provenance, info = (
        ox.NamedNode(f"{name}#{part}") for part in ("Head", "assertion", "provenance", "pubinfo")
    )
    this = ox.NamedNode(name)

    def say(graph: ox.NamedNode, subject: ox.NamedNode, predicate: str, value: object) -> ox.Quad:
        return ox.Quad(subject, ox.NamedNode(predicate), value, graph)  # type: ignore[arg-type]

    yield say(head, this, _TYPE, ox.NamedNode(NP + "Nanopublication"))
    for predicate, graph in (("Assertion", assertion), ("Provenance", provenance), ("PublicationInfo", info)):
        yield say(head, this, f"{NP}has{predicate}", graph)
    for quad in rows[iri]:
        if quad.predicate.value == _EVIDENCE:
            quote = quad.object.value  # type: ignore[union-attr]
            yield say(provenance, assertion, _PROV + "wasQuotedFrom", quad.object)
            for part in rows.get(quote, ()):
                yield say(provenance, part.subject, part.predicate.value, part.object)  # type: ignore[arg-type]
        elif quad.predicate.value in _PLACES:
            yield say(provenance, assertion, quad.predicate.value, quad.object)
        else:
            yield say(assertion, quad.subject, quad.predicate.value, quad.object)  # type: ignore[arg-type]
            time = getattr(quad.object, "value", "")
            if "#time-" in time:  # a date has no nanopublication of its own: it goes with the fact
                for part in rows.get(time, ()):
                    yield say(assertion, part.subject, part.predicate.value, part.object)  # type: ignore[arg-type]
    for source in sources:
        predicate = _PROV + "wasDerivedFrom" if isinstance(source, ox.NamedNode) else CKG + "sha256"
        yield say(provenance, assertion, predicate, source)
    yield say(
        provenance,
        assertion,
        _PROV + "hadPrimarySource",
        ox.NamedNode(CASE + re.split("[/#]", iri.removeprefix(CASE))[0]),
    )
    yield say(info, this, _DC + "conformsTo", ox.NamedNode(CKG.rstrip("#")))
    for day in dated:
        yield say(info, this, _DC + "issued", day)
