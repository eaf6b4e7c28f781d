"""Does a case graph keep the rules of shapes/, and did the rules see anything?

pyshacl is the authority (DESIGN 11); it is called graph by graph, never on a merged graph,
where it is superlinear. SHACL says nothing about a shape that matched no node or a term that
is misspelt, so focus nodes are counted, and terms are held against their closed vocabularies
before anything runs.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.places import folder
from kg.prefixes import CKG, PREFIXES, compress
from kg.reading import CaseFile
from kg.results import Result, Severity, ordered
from kg.store import Dataset, build, ontology_quads, to_rdflib
from kg.terms import Catalogue
from kg.triples import case_iri, fact_path

if TYPE_CHECKING:
    import rdflib

__all__ = ["Validation", "shape_files", "validate", "validate_ontology"]

_SH, _RDF, _RDFS, _OBO = PREFIXES["sh"], PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["obo"]
_SEVERITY: dict[str, Severity] = {_SH + "Violation": "violation", _SH + "Warning": "warning", _SH + "Info": "info"}
# What of a concept the shapes may look at.
_ABOUT = {
    _RDF + "type", _RDFS + "label", _RDFS + "subClassOf", _OBO + "RO_0000087", _OBO + "BFO_0000050",
    PREFIXES["skos"] + "broader", CKG + "scaleMinimum", CKG + "scaleMaximum", CKG + "referenceUnit",
}  # fmt: skip
_CLIMB = {_RDF + "type", _RDFS + "subClassOf", _OBO + "RO_0000087", _OBO + "BFO_0000050", PREFIXES["skos"] + "broader"}
# Vocabularies of others that a case graph may use, closed to the terms that we write.
_OTHERS = {
    PREFIXES["dcterms"]: {"title", "issued", "license", "creator", "isPartOf"},
    PREFIXES["rdfs"]: {"label"},
    PREFIXES["prov"]: {"wasDerivedFrom"},
    PREFIXES["oa"]: {"exact", "hasSource"},
    PREFIXES["foaf"]: {"name"},
    PREFIXES["fabio"]: {"ClinicalCaseReport"},
    PREFIXES["cito"]: {"citesAsEvidence", "citesForInformation", "usesMethodIn", "citesAsDataSource"},
}


@dataclass(frozen=True)
class Validation:
    """What validation found, and what it looked at.

    results: of every severity, sorted; focus_nodes: how many nodes each shape with a target saw.
    """

    results: tuple[Result, ...]
    focus_nodes: Mapping[str, int]
    graphs: int

    @property
    def conforms(self) -> bool:
        """True when there is no violation; warnings and infos do not count."""
        return all(result.severity != "violation" for result in self.results)

    def count(self, severity: Severity) -> int:
        """How many results of this severity."""
        return sum(result.severity == severity for result in self.results)


def shape_files() -> list[Path]:
    """The shape files that casekg ships, without the counter-examples and the ontology's own."""
    return [p for p in sorted(folder("shapes").glob("*.ttl")) if not p.stem.endswith(".fails") and p.stem != "ontology"]


def _load(paths: Iterable[Path]) -> rdflib.Graph:
    found = []
    for path in paths:
        for triple in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE, rename_blank_nodes=True):
            found.append(ox.Quad(triple.subject, triple.predicate, triple.object, ox.DefaultGraph()))
    graph = _flat(found)
    _check_shapes(graph)
    return graph


@lru_cache(maxsize=1)
def _graph_class() -> type[rdflib.Graph]:
    """A graph that parses the text of a SPARQL constraint once, not for every focus node."""
    import rdflib
    from rdflib.plugins.sparql import prepareQuery

    prepared = lru_cache(maxsize=256)(prepareQuery)

    class PreparingGraph(rdflib.Graph):
        def query(self, query_object: Any, *args: Any, **kwargs: Any) -> rdflib.query.Result:
            query = prepared(query_object) if isinstance(query_object, str) else query_object
            return super().query(query, *args, **kwargs)

    return PreparingGraph


def _flat(quads: Iterable[ox.Quad]) -> rdflib.Graph:
    graph = _graph_class()()
    for triple in to_rdflib(quads).triples((None, None, None)):
        graph.add(triple)
    return graph


@lru_cache(maxsize=4)
def _shapes(kind: str) -> tuple[rdflib.Graph, Any]:
    from pyshacl.shapes_graph import ShapesGraph

    paths = shape_files() if kind == "case" else [folder("shapes") / "prefixes.ttl", folder("shapes") / "ontology.ttl"]
    graph = _load(path for path in paths if path.exists())
    return graph, ShapesGraph(graph)


def _check_shapes(graph: rdflib.Graph) -> None:
    """Refuse shapes with a term that SHACL or casekg does not have: pyshacl passes them silently."""
    from rdflib import SH, URIRef

    terms = Catalogue.shipped()
    for triple in graph:
        for term in triple:
            if not isinstance(term, URIRef):
                continue
            if term.startswith(_SH) and term not in SH:
                raise ValueError(f"the shapes use {compress(term)}, which SHACL does not have")
            if term.startswith(CKG) and str(term) not in terms:  # an rdflib URIRef hashes unlike its text
                raise ValueError(
                    f"the shapes use {compress(term)}, which is not in ontology/casekg.ttl or concepts.ttl"
                )


@lru_cache(maxsize=1)
def _about() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    quads: Iterable[Any] = ontology_quads()
    for quad in quads:
        if quad.predicate.value in _ABOUT:
            found.setdefault(quad.subject.value, []).append(quad)
    return found


def concept_closure(quads: Iterable[Any]) -> Iterator[ox.Quad]:
    """What the ontology says of every concept that the quads use, and of everything above it."""
    todo: set[str] = {quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)}
    seen: set[str] = set()
    while todo:
        iri = todo.pop()
        if iri in seen:
            continue
        seen.add(iri)
        for quad in _about().get(iri, ()):
            yield quad
            if quad.predicate.value in _CLIMB:
                todo.add(quad.object.value)


def _vocabulary(quads: Iterable[Any]) -> Iterator[Result]:
    """Terms of ours, or of the vocabularies we write, that do not exist."""
    terms = Catalogue.shipped()
    ours = [iri for iri in terms.labels if iri.startswith(CKG)]
    seen: set[str] = set()
    for quad in quads:
        kind = quad.object if quad.predicate.value == _RDF + "type" else None
        for term in (quad.predicate, quad.object if kind is not None or _is_ours(quad.object) else None):
            if not isinstance(term, ox.NamedNode) or term.value in seen:
                continue
            start = next((s for s in (CKG, *_OTHERS) if term.value.startswith(s)), None)
            known = (
                term.value in terms
                if start == CKG
                else start is not None and term.value[len(start) :] in _OTHERS[start]
            )
            if term.value == _RDF + "type" or known:
                continue
            seen.add(term.value)
            if start is None and term is quad.object:
                continue
            near = difflib.get_close_matches(term.value, ours, 1, 0.6) if start == CKG else []
            cure = f"Did you mean {compress(near[0])}?" if near else "Use a term of ontology/casekg.ttl."
            message = f"{compress(term.value)} is not in the vocabulary of a case graph."
            yield Result("violation", "vocabulary", message, cure, focus=quad.subject.value)


def _is_ours(term: Any) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(CKG)


def _run(quads: Iterable[ox.Quad], kind: str) -> tuple[list[Result], dict[str, int]]:
    """Results of pyshacl, and the number of focus nodes of every shape with a target."""
    import pyshacl
    import rdflib

    shapes_graph, shapes = _shapes(kind)
    data = _flat(quads)
    counts = {compress(str(s.node)): len(s.focus_nodes(data)) for s in shapes.shapes if any(map(set, s.target()))}
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes_graph, advanced=False, meta_shacl=False, inplace=True)
    if not isinstance(report, rdflib.Graph):
        raise RuntimeError(f"pyshacl could not run: {report}")
    return list(_results(report)), counts


def _results(report: rdflib.Graph) -> Iterator[Result]:
    from rdflib import RDF, SH, URIRef

    for node in report.subjects(RDF.type, SH.ValidationResult):
        shape = report.value(node, SH.sourceShape)
        component = (
            str(report.value(node, SH.sourceConstraintComponent) or "")
            .removeprefix(_SH)
            .removesuffix("ConstraintComponent")
        )
        message = str(report.value(node, SH.resultMessage) or component)
        value = report.value(node, SH.value)
        path = report.value(node, SH.resultPath)
        # a result on the node itself has the node as its value: nothing to add
        told = value is None or str(value) in message or value == report.value(node, SH.focusNode)
        shown = "" if told else f" (found: {compress(str(value)) if isinstance(value, URIRef) else value})"
        where = f" [{compress(str(path))}]" if isinstance(path, URIRef) else ""
        focus = str(report.value(node, SH.focusNode))
        if isinstance(value, URIRef) and value.startswith(f"{focus}#"):
            focus = str(value)  # a rule that compares facts looks at the patient and names the fact
        yield Result(
            _SEVERITY[str(report.value(node, SH.resultSeverity))],
            compress(str(shape)) if isinstance(shape, URIRef) else component,
            message + shown + where,
            focus=focus,
        )


def validate(data: Dataset | None = None) -> Validation:
    """Validate every case graph of a dataset; without one, the shipped cases.

    A result on a fact of a case file carries the file and line that stated it. A shape that saw
    no node in any graph is reported as info: nothing was checked by it.

    >>> validate().conforms
    True
    """
    data = data or build()
    results = list(data.results)
    counts: dict[str, int] = {}
    files = {case_iri(file.case): file for file in data.files}
    names = data.graphs()
    for name in names:
        quads = data.graph(name)
        found = list(_vocabulary(quads))
        shacl, seen = _run([*quads, *concept_closure(quads)], "case")
        for shape, count in seen.items():
            counts[shape] = counts.get(shape, 0) + count
        results += [_place(result, files.get(name), name) for result in (*found, *shacl)]
    if not names and not results:
        results.append(
            Result(
                "violation", "empty", "there is no case graph to validate.", "Name a case file or an RDF file with one."
            )
        )
    for shape, count in counts.items():
        if count == 0 and names:
            results.append(Result("info", "no-focus-node", f"{shape} matched no node: nothing was checked by it."))
    return Validation(ordered(results), dict(sorted(counts.items())), len(names))


def _place(result: Result, file: CaseFile | None, graph: str) -> Result:
    if file is None:
        return Result(**{**result.data(), "file": graph, "key": compress(result.focus)})
    path = fact_path(file.case, result.focus)
    key = ".".join(path) if path else ""
    placed = result.at(*file.place(*(path or ())))
    return Result(**{**placed.data(), "key": key})


def validate_ontology() -> Validation:
    """Validate the ontology itself: every own term labelled, defined, placed and mapped."""
    found, counts = _run(ontology_quads(), "ontology")
    return Validation(ordered(found), counts, 1)
