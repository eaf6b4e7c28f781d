"""What has to stand beside the data so that a fact answers for every id that means the same or is above?

Three kinds of graph, each marked by its name: `…/modules/<name>`, what an added ontology says of
the ids that the data use and of what is above them; `…/mappings/<name>`, the rows of a mapping
set that concern them, with its licence; `…/equivalents`, subclass triples in both directions
between ids that mean the same, and between a retired id and what replaces it. `…/wider` has those of broad, narrow and close matches, and is
there only while a question asks for them. No fact is changed: the id that was written stays.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from kg.base import places
from kg.base.prefixes import CKG, PREFIXES
from kg.concepts.mappings import MappingSet, Row, mapping_sets
from kg.concepts.terms import Catalogue

__all__ = ["ONTOLOGY", "REACH", "WIDER", "beside", "wider"]

ONTOLOGY = CKG.rstrip("#")
EQUIVALENTS, WIDER = f"{ONTOLOGY}/equivalents", f"{ONTOLOGY}/wider"
_RDF, _RDFS, _OWL, _XSD = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "xsd"))
_SSSOM, _DCTERMS = PREFIXES["sssom"], PREFIXES["dcterms"]
_SUB = _RDFS + "subClassOf"

# How far a question reaches -> kinds of match that it follows beside exact ones.
REACH: Mapping[str, tuple[str, ...]] = {
    "exact": (),
    "broad": ("broad", "narrow"),
    "close": ("broad", "narrow", "close"),
}


def beside(used: Iterable[str], labelled: Collection[str] = ()) -> Iterator[ox.Quad]:
    """The quads that have to stand beside data that use these IRIs.

    labelled: ids that the data name themselves; an id that nothing else names gets the label that
    a mapping set gives it.
    """
    terms, around = Catalogue.shipped(), _around(places.project())
    given = set(used)
    seen: set[str] = set()
    todo = [iri for iri in given if iri in terms.same.classes or iri in around or iri in terms or terms.successor(iri)]
    while todo:
        iri = todo.pop()
        if iri in seen:
            continue
        seen.add(iri)
        yield from _said(terms, iri)
        if instead := terms.successor(iri):  # a retired id that was written answers for what replaces it
            yield _quad(iri, _SUB, instead, EQUIVALENTS)
            yield _quad(instead, _SUB, iri, EQUIVALENTS)
            todo.append(instead)
        members = terms.same.of(iri)
        if len(members) > 1:
            top = terms.canonical(iri)
            for other in members:
                if other != top and (other in given or other in terms):
                    yield _quad(other, _SUB, top, EQUIVALENTS)
                    yield _quad(top, _SUB, other, EQUIVALENTS)
                    todo += (top, other)
        if iri in given and iri not in terms and iri not in labelled and (label := _label(iri, around, terms)):
            yield _text(iri, _RDFS + "label", label, EQUIVALENTS)
        todo += terms.parents_of(iri)
    yield from _mapped(seen, around)


def wider(used: Iterable[str], kinds: Collection[str]) -> Iterator[ox.Quad]:
    """Subclass triples for broad, narrow and close matches of these IRIs and of everything above them."""
    terms, around = Catalogue.shipped(), _around(places.project())
    seen: set[str] = set()
    todo = list(used)
    while todo:
        iri = todo.pop()
        if iri in seen:
            continue
        seen.add(iri)
        todo += [*terms.parents_of(iri), *terms.same.of(iri)]
        for _, row in around.get(iri, ()):
            if row.negated or row.kind not in kinds:
                continue
            for lower, upper in ((row.subject, row.object), (row.object, row.subject)):
                if lower == iri and (row.kind == "close" or (row.kind == "broad") == (lower == row.subject)):
                    yield _quad(lower, _SUB, upper, WIDER)
                    todo.append(upper)


def _said(terms: Catalogue, iri: str) -> Iterator[ox.Quad]:
    """What an added ontology says of an id."""
    entry = terms.entry(iri)
    if entry is None or entry.retired:
        return
    graph = f"{ONTOLOGY}/modules/{terms.lender(iri)}"
    if not terms.ships(iri) or iri in terms.relabelled:
        yield _text(iri, _RDFS + "label", entry.label, graph)
        yield _quad(iri, _RDF + "type", _OWL + "Class", graph)
    for predicate, parent in entry.parents:
        yield _quad(iri, predicate, parent, graph)


Around = Mapping[str, list[tuple[MappingSet, Row]]]


@places.remembered
@lru_cache(maxsize=4)
def _around(project: Path | None) -> Around:  # noqa: ARG001 - the key of what is remembered
    """The rows of all mapping sets by the ids they name."""
    found: dict[str, list[tuple[MappingSet, Row]]] = {}
    for made in mapping_sets()[0]:
        for row in made.rows:
            for iri in {row.subject, row.object}:
                found.setdefault(iri, []).append((made, row))
                if iri in made.aliases:
                    found.setdefault(made.aliases[iri], []).append((made, row))
    return found


def _label(iri: str, around: Around, terms: Catalogue) -> str:
    if (entry := terms.entry(iri)) and entry.label:
        return entry.label  # of a retired id
    names = {
        row.subject_label if iri in (row.subject, made.aliases.get(row.subject)) else row.object_label
        for made, row in around.get(iri, ())
        if not row.negated
    }
    return min(names - {""}, default="")


def _mapped(seen: Iterable[str], around: Around) -> Iterator[ox.Quad]:
    """The rows about these ids as RDF, and what is known of their sets."""
    sets: dict[str, MappingSet] = {}
    for iri in seen:
        for made, row in around.get(iri, ()):
            graph = f"{ONTOLOGY}/mappings/{made.name}"
            sets[graph] = made
            yield from _row(row, f"{ONTOLOGY}/mapping/{row.digest}", graph)
    for graph, made in sets.items():
        about = {key: str(made.about.get(key) or "") for key in ("mapping_set_title", "mapping_set_version")}
        yield _quad(graph, _RDF + "type", _SSSOM + "MappingSet", graph)
        for key, predicate in (("mapping_set_id", _SSSOM + "mapping_set_id"), ("license", _DCTERMS + "license")):
            value = str(made.about.get(key) or "")
            if value:
                yield _quad(graph, predicate, value, graph) if _is_iri(value) else _text(graph, predicate, value, graph)
        for key, predicate in (
            ("mapping_set_title", _DCTERMS + "title"),
            ("mapping_set_version", _OWL + "versionInfo"),
        ):
            if about[key]:
                yield _text(graph, predicate, about[key], graph)


def _row(row: Row, node: str, graph: str) -> Iterator[ox.Quad]:
    yield _quad(node, _RDF + "type", _SSSOM + "Mapping", graph)
    yield _quad(node, _SSSOM + "subject_id", row.subject, graph)
    yield _quad(node, _SSSOM + "predicate_id", row.predicate, graph)
    yield _quad(node, _SSSOM + "object_id", row.object, graph)
    if row.negated:
        yield _quad(node, _SSSOM + "predicate_modifier", _SSSOM + "NegatedPredicate", graph)
    if row.justification:
        yield _quad(node, _SSSOM + "mapping_justification", row.justification, graph)
    if row.confidence:
        value = ox.Literal(f"{Decimal(row.confidence):f}", datatype=ox.NamedNode(_XSD + "decimal"))
        yield ox.Quad(ox.NamedNode(node), ox.NamedNode(_SSSOM + "confidence"), value, ox.NamedNode(graph))
    for name in ("subject_label", "object_label"):
        if getattr(row, name):
            yield _text(node, _SSSOM + name, getattr(row, name), graph)


def _is_iri(text: str) -> bool:
    try:
        return text.startswith(("http://", "https://")) and bool(ox.NamedNode(text))
    except ValueError:
        return False


def _quad(subject: str, predicate: str, value: str, graph: str) -> ox.Quad:
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(value), ox.NamedNode(graph))


def _text(subject: str, predicate: str, value: str, graph: str) -> ox.Quad:
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode(predicate), ox.Literal(value), ox.NamedNode(graph))
