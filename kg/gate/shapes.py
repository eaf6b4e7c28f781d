"""Does a case graph keep the rules of shapes/, and did the rules see anything?

The rules are SHACL, compiled by `kg.gate.constraints`, which gives pyshacl's results, result by result;
pyshacl itself can be asked for. SHACL says nothing about a shape that matched no node or a term
that is misspelt, so focus nodes are counted, and terms are held against their closed
vocabularies before anything runs.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyoxigraph as ox

from kg.base import places
from kg.base.bounds import bounded, turtle
from kg.base.places import folder
from kg.base.prefixes import CKG, PREFIXES, compress
from kg.base.results import CaseError, Result, Severity, ordered
from kg.concepts.bridges import beside
from kg.concepts.terms import Catalogue, lends
from kg.criteria.verdicts import RESULTS
from kg.graph.graphs import CaseGraph, CaseGraphs, case_graphs
from kg.graph.store import DERIVED, Dataset, build, filled, ontology_quads
from kg.model import case as model
from kg.model.reading import CaseFile
from kg.persons.judgements import CONFLICTS, JUDGEMENTS
from kg.rdf.iris import case_iri
from kg.rdf.triples import node_paths

if TYPE_CHECKING:
    import rdflib

    from kg.base.indexing import Data, Term
    from kg.gate.components import Finding
    from kg.gate.constraints import Constraints

__all__ = [
    "Engine", "Validation", "check_shapes", "place_results", "shape_files", "stray_results", "validate", "validate_case_graph",
    "validate_graph", "validate_ontology",
]  # fmt: skip

Engine = Literal["compiled", "pyshacl"]
_SH, _RDF, _RDFS, _OBO = PREFIXES["sh"], PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["obo"]
_SEVERITY: dict[str, Severity] = {_SH + "Violation": "violation", _SH + "Warning": "warning", _SH + "Info": "info"}
# What of a concept the shapes may look at.
_ABOUT = {
    _RDF + "type", _RDFS + "label", _RDFS + "subClassOf", _OBO + "RO_0000087", _OBO + "BFO_0000050",
    PREFIXES["skos"] + "broader", CKG + "scaleMinimum", CKG + "scaleMaximum", CKG + "referenceUnit",
    CKG + "subjectBranch", CKG + "objectBranch",
}  # fmt: skip
_CLIMB = {_RDF + "type", _RDFS + "subClassOf", _OBO + "RO_0000087", _OBO + "BFO_0000050", PREFIXES["skos"] + "broader"}
# Vocabularies of others that a case graph may use, closed to the terms that we write.
_OTHERS = {
    PREFIXES["dcterms"]: {"title", "issued", "license", "creator", "isPartOf", "identifier", "created", "format"},
    PREFIXES["rdfs"]: {"label"},
    PREFIXES["prov"]: {"wasDerivedFrom", "wasGeneratedBy", "endedAtTime"},
    PREFIXES["oa"]: {"exact", "hasSource"},
    PREFIXES["foaf"]: {"name"},
    PREFIXES["fabio"]: {"ClinicalCaseReport"},
    PREFIXES["cito"]: {"citesAsEvidence", "citesForInformation", "usesMethodIn", "citesAsDataSource"},
}


_JUDGED = {
    ox.NamedNode(CKG + name)
    for name in (
        "SamePersonClaim",
        "SameReportClaim",
        "CopyClaim",
        "Retraction",
        "Resolution",
        "Conflict",
        "Criterion",
        "CriteriaResult",
        "CriteriaItemResult",
        "CriteriaExclusionResult",
    )
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
    """The shape files of casekg and of the entered project, without counter-examples and the ontology's own."""
    return _shapes_in([*_shipped(), *places.own("shapes", "*.ttl")])


def _shipped() -> list[Path]:
    return [path for path in _shapes_in(sorted(folder("shapes").glob("*.ttl"))) if path.stem != "ontology"]


def _shapes_in(paths: Iterable[Path]) -> list[Path]:
    return [path for path in paths if not path.stem.endswith(".fails")]


def _load(paths: Iterable[Path]) -> rdflib.Graph:
    import rdflib

    from kg.base.indexing import from_oxigraph, to_rdflib

    graph = rdflib.Graph()
    for path in paths:
        for quad in ox.parse(turtle(path), ox.RdfFormat.TURTLE, rename_blank_nodes=True):
            subject, predicate, value = map(to_rdflib, map(from_oxigraph, quad.triple))
            graph.add((subject, predicate, value))
    check_shapes(graph)
    return graph


@dataclass(frozen=True)
class _Rules:
    """Compiled shapes, and the key of a fact that a shape or a predicate is about (`dose.value`)."""

    constraints: Constraints
    of_shape: Mapping[Term, str]
    of_predicate: Mapping[Term, str]


@lru_cache(maxsize=8)
def _rules(paths: tuple[Path, ...], project: Path | None) -> _Rules:  # noqa: ARG001 - its terms may be in the shapes
    from rdflib import SH, URIRef

    from kg.base.indexing import from_rdflib
    from kg.gate.constraints import Constraints

    graph = _load(paths)
    of_shape: dict[Term, str] = {}
    of_predicate: dict[Term, set[str]] = {}
    for shape, name in graph.subject_objects(SH.name):
        if all(part in _KEYS for part in str(name).split(".")):
            of_shape[from_rdflib(shape)] = str(name)
            path = graph.value(shape, SH.path)
            if isinstance(path, URIRef):
                of_predicate.setdefault(str(path), set()).add(str(name))
    alone = {predicate: next(iter(names)) for predicate, names in of_predicate.items() if len(names) == 1}
    return _Rules(Constraints(graph, _tested()), of_shape, alone)


@lru_cache(maxsize=1)
def _tested() -> frozenset[str]:
    """The SPARQL constraints that casekg ships: tests/test_constraints.py holds both engines against them."""
    select = _SH + "select"
    return frozenset(
        triple.object.value
        for path in _shipped()
        for triple in ox.parse(turtle(path), ox.RdfFormat.TURTLE)
        if triple.predicate.value == select and isinstance(triple.object, ox.Literal)
    )


# Constraints on what is plausible, or on the branch of a term; the others are on structure.
_OF_CONTENT = {
    "SPARQL",
    "Or",
    "MinInclusive",
    "MaxInclusive",
    "MinExclusive",
    "MaxExclusive",
    "LessThan",
    "LessThanOrEquals",
}
_MOST_STRAY = 1000  # nodes outside of reports that are told one by one
# Keys that a case file may have.
_KEYS = {
    field.alias or name
    for one in vars(model).values()
    if isinstance(one, type) and issubclass(one, model.Model)
    for name, field in one.model_fields.items()
}


# SHACL that neither engine runs here: it would call scripts or the network, or change the data.
_NOT_RUN = {_SH + name for name in ("js", "expression", "rule", "target", "values")}


def check_shapes(graph: rdflib.Graph) -> None:
    """Refuse shapes with a term that SHACL or casekg does not have, or that is not run: pyshacl passes over them."""
    from rdflib import SH, URIRef

    terms = Catalogue.shipped()
    for triple in graph:
        for term in triple:
            if not isinstance(term, URIRef):
                continue
            if term.startswith(_SH) and term not in SH:
                raise ValueError(f"the shapes use {compress(term)}, which SHACL does not have")
            if str(term) in _NOT_RUN:
                raise ValueError(f"the shapes use {compress(term)}, which casekg does not run")
            if term.startswith(CKG) and str(term) not in terms:  # an rdflib URIRef hashes unlike its text
                raise ValueError(
                    f"the shapes use {compress(term)}, which is not in ontology/casekg.ttl or concepts.ttl"
                )


@places.remembered
@lru_cache(maxsize=4)
def _about(project: Path | None) -> dict[str, list[Any]]:  # noqa: ARG001 - the key of what is remembered
    found: dict[str, list[Any]] = {}
    quads: Iterable[Any] = ontology_quads()
    for quad in quads:
        if quad.predicate.value in _ABOUT:
            found.setdefault(quad.subject.value, []).append(quad)
    return found


def concept_closure(quads: Iterable[Any]) -> Iterator[ox.Quad]:
    """What the ontology says of every concept that the quads use, and of everything above it."""
    about = _about(places.project())
    todo: set[str] = {quad.object.value for quad in quads if isinstance(quad.object, ox.NamedNode)}
    seen: set[str] = set()
    for quad in beside(todo):
        if quad.predicate.value in _ABOUT:
            yield quad
            if quad.predicate.value in _CLIMB and isinstance(quad.object, ox.NamedNode):
                todo.add(quad.object.value)
    while todo:
        iri = todo.pop()
        if iri in seen:
            continue
        seen.add(iri)
        for quad in about.get(iri, ()):
            yield quad
            if quad.predicate.value in _CLIMB:
                todo.add(quad.object.value)


@places.remembered
@lru_cache(maxsize=16)
def _closure(concepts: frozenset[str], project: Path | None, lent: bool) -> Data:  # noqa: ARG001 - whose terms they are
    """The same, indexed: mutants of a case, and cases of one disease, share it."""
    from kg.base.indexing import Data

    nodes = map(ox.NamedNode, concepts)
    return Data(concept_closure(ox.Quad(node, node, node) for node in nodes))


def _joined(data: Data) -> Data:
    """A case graph with what the ontology says of its concepts."""
    project = places.project()
    about, terms = _about(project), Catalogue.shipped()
    used = {value for rows in data.into.values() for value in rows if isinstance(value, str)}
    known = (node for node in used if node in about or node in terms.same.classes or terms.entry(node))
    return data.join(_closure(frozenset(known), project, lends()))


def _vocabulary(data: Data) -> Iterator[Result]:
    """Terms of ours, or of the vocabularies we write, that do not exist."""
    terms = Catalogue.shipped()
    for predicate, rows in data.into.items():
        if predicate != _RDF + "type" and not _known(predicate, terms):
            yield _stranger(predicate, next(iter(next(iter(rows.values())))), terms)
        for value, subjects in rows.items():
            if isinstance(value, str) and _claimed(predicate, value) and not _known(value, terms):
                yield _stranger(value, next(iter(subjects)), terms)


def _claimed(predicate: str, value: str) -> bool:
    """Is an object ours, or a class in a vocabulary that we write?"""
    return value.startswith(CKG) or (predicate == _RDF + "type" and _start(value) != "")


def _start(term: str) -> str:
    return next((start for start in (CKG, *_OTHERS) if term.startswith(start)), "")


def _known(term: str, terms: Catalogue) -> bool:
    start = _start(term)
    return term in terms if start == CKG else term[len(start) :] in _OTHERS.get(start, ())


def _stranger(term: str, subject: Term, terms: Catalogue) -> Result:
    ours = [iri for iri in terms.labels if iri.startswith(CKG)]
    near = difflib.get_close_matches(term, ours, 1, 0.6) if term.startswith(CKG) else []
    cure = f"Did you mean {compress(near[0])}?" if near else "Use a term of ontology/casekg.ttl."
    message = f"{compress(term)} is not in the vocabulary of a case graph."
    return Result("violation", "vocabulary", message, cure, focus=_shown(subject))


def _run(
    data: Data, paths: Iterable[Path], engine: Engine, only: Collection[str] | None = None, record: bool = False
) -> tuple[list[Result], dict[str, int]]:
    """Results of the shapes, and the number of focus nodes of every shape with a target."""
    rules = _rules(tuple(paths), places.project())
    found, counts = rules.constraints.run(data, only) if engine == "compiled" else rules.constraints.pyshacl(data)
    return [_result(finding, rules, record) for finding in found], {compress(_shown(s)): n for s, n in counts.items()}


def _shown(term: Term) -> str:
    return term if isinstance(term, str) else term[0]


def _result(finding: Finding, rules: _Rules, record: bool = False) -> Result:
    component = _shown(finding.component).removeprefix(_SH).removesuffix("ConstraintComponent")
    message = min(finding.messages, default="") or component
    focus, path, value = _shown(finding.focus), finding.path, finding.value
    # a result on the node itself has the node as its value: nothing to add
    told = value is None or _shown(value) in message or value == finding.focus
    shown = "" if value is None or told else f" (found: {compress(value) if isinstance(value, str) else value[0]})"
    where = f" [{compress(path)}]" if isinstance(path, str) else ""
    key = rules.of_shape.get(finding.shape, "") if path is not None else ""
    if isinstance(path, str):
        key = rules.of_predicate.get(path, key)
    if isinstance(value, str) and value.startswith(f"{focus}#"):
        focus = value  # a rule that compares facts looks at the patient and names the fact
    rule = compress(finding.shape) if isinstance(finding.shape, str) else component
    severity = _SEVERITY.get(_shown(finding.severity), "violation")
    if record and severity == "violation" and rule.startswith("shape:") and component in _OF_CONTENT:
        severity = "warning"
    return Result(severity, rule, message + shown + where, key=key, focus=focus)


def validate_graph(
    quads: Iterable[Any], engine: Engine = "compiled", only: Collection[str] | None = None, record: bool = False
) -> tuple[list[Result], dict[str, int]]:
    """Vocabulary and shapes for one case graph, and how many nodes each shape saw.

    record: it is of a record, which cannot say that something is odd on purpose, and may use terms that
    casekg does not ship: what shapes of ours find implausible, or in no branch, is a warning. What
    they ask of its structure stays a violation, and so does what a project's shapes ask.

    only: the compiled shapes look at these nodes (IRIs), without the constraints in SPARQL: what they
    find is true, but not all there is.

    A result has the node as `focus` and, where the shape is about one, the key inside the fact as
    `key` (`dose.value`); `place_results` puts them in the case file. Raises RuntimeError when
    pyshacl has to be asked and cannot run.
    """
    from kg.base.indexing import Data

    data = Data(quads)
    strangers = {result.message: result for result in _vocabulary(data)}  # each once
    found, seen = _run(_joined(data), shape_files(), engine, only, record)
    return [*strangers.values(), *found], seen


def validate(data: Dataset | None = None, engine: Engine = "compiled") -> Validation:
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
    results += (_kept(name, len(data.graph(name)), str(data.paths.get(name, ""))) for name in sorted(data.kept))
    names = [name for name in data.graphs() if name not in data.kept]
    for name in names:
        origin = data.paths.get(name, "")
        try:
            with bounded(files[name].path if name in files else origin or name):
                results += _of_graph(data, name, files.get(name), engine, counts)
        except CaseError as error:
            results += error.results
    if not names and all(result.severity != "violation" for result in results):
        results.append(
            Result(
                "violation", "empty", "there is no case graph to validate.", "Name a case file or an RDF file with one."
            )
        )
    for shape, count in counts.items():
        if count == 0 and names:
            results.append(Result("info", "no-focus-node", f"{shape} matched no node: nothing was checked by it."))
    return Validation(ordered(results), dict(sorted(counts.items())), len(names))


def _of_graph(data: Dataset, name: str, file: CaseFile | None, engine: Engine, counts: dict[str, int]) -> list[Result]:
    """The results of one graph of a dataset; what its shapes saw is added to the counts."""
    if file:
        found, seen = validate_graph(data.graph(name), engine, record=file.case.report.is_record)
        _add(counts, seen)
        return place_results(found, file)
    origin, results = data.paths.get(name, ""), []
    apart = case_graphs(data.graph(name), origin)
    for graph in apart.graphs:
        found, seen = validate_case_graph(graph, engine)
        _add(counts, seen)
        results += [result if origin else replace(result, file=name) for result in found]
    if apart.others:
        found, seen = validate_graph(apart.others, engine)
        _add(counts, seen)
        known = {result.focus for result in found if result.severity == "violation"}
        found += (result for result in stray_results(apart) if result.focus not in known)
        results += [replace(result, file=str(origin) or name, key=compress(result.focus)) for result in found]
    return results


def _add(counts: dict[str, int], seen: Mapping[str, int]) -> None:
    for shape, count in seen.items():
        counts[shape] = counts.get(shape, 0) + count


def validate_case_graph(graph: CaseGraph, engine: Engine = "compiled") -> tuple[list[Result], dict[str, int]]:
    """Vocabulary, shapes, and the rules of case files for a graph of RDF, each at the line of its subject.

    One mistake, one line: what the shapes told of a node is not told again by the other rules.
    """
    found, seen = validate_graph(
        graph.quads, engine, record=graph.file is not None and graph.file.case.report.is_record
    )
    placed = [replace(r.at(*graph.place(r.focus)), key=compress(r.focus)) for r in found]
    known = {r.focus for r in placed if r.severity == "violation"}
    beyond = (r for r in graph.results if r.severity != "violation" or r.focus not in known)
    return [*placed, *beyond], seen


def stray_results(read: CaseGraphs) -> Iterator[Result]:
    """What stands outside every report's graph: it is about no fact, so nothing can judge it.

    The ontology's own graphs, as `casekg build --with-ontology` writes them, may stand there unchanged,
    and so may what curators decided, the conflicts, and results of criteria: they have shapes.
    """
    for graph, size in sorted(Counter(str(quad.graph_name).strip("<>") for quad in read.kept).items()):
        yield _kept(graph, size, read.path)
    beside = filled([quad for graph in read.graphs for quad in graph.quads]) if read.others else ()
    known = {quad.triple for quad in beside}
    names = {q.graph_name for q in read.others if str(q.graph_name).startswith(f"<{RESULTS}")}
    apart = {ox.NamedNode(JUDGEMENTS), ox.NamedNode(CONFLICTS), *names}
    judged = {q.subject for q in read.others if q.graph_name in apart and q.object in _JUDGED}
    told: set[str] = set()
    for quad in read.others:
        node = str(getattr(quad.subject, "value", quad.subject))
        if quad.graph_name == ox.NamedNode(DERIVED) and quad.predicate.value == CKG + "inferredClass":
            continue  # made anew from the facts whenever it is asked for
        if quad.triple not in known and node not in told and not (quad.graph_name in apart and quad.subject in judged):
            told.add(node)
            if len(told) > _MOST_STRAY:
                continue
            message = f"{compress(quad.predicate.value)} {str(quad.object)[:80]} is said outside the graph of a report."
            cure = "Say it of a fact, in its report's graph, or keep it in a file of its own."
            yield Result("violation", "graph", message, cure, read.path, *read.lines.get(node, (0, 0)), focus=node)
    if left := max(0, len(told) - _MOST_STRAY):
        message = f"{left:,} more nodes are spoken of outside the graph of a report."
        yield Result("violation", "graph", message, "Keep them in a file of their own.", read.path)


def _kept(graph: str, size: int, path: str) -> Result:
    message = f"<{graph}> is kept as it was merged: {size:,} statements of another model, which nothing judges."
    return Result("info", "kept", message, "", path, focus=graph)


def place_results(results: Iterable[Result], file: CaseFile) -> list[Result]:
    """Results of `validate_graph` with file, line and key of what stated the node they are about."""
    found = list(results)
    places_ = node_paths(file.case) if found else {}
    return [_place(result, file, places_.get(result.focus)) for result in found]


def _place(result: Result, file: CaseFile, path: tuple[str | int, ...] | None) -> Result:
    if path is None:
        return replace(result.at(*file.place()), key="")
    inside = tuple(result.key.split(".")) if result.key else ()
    while path and path not in file.document.marks:
        path = path[:-1]  # one phrase of a section may stand without a list
    whole = (*path, *inside) if isinstance(_value(file.document.value, path), Mapping) else path
    return replace(result.at(*file.place(*whole)), key=".".join(map(str, whole)))


def _value(value: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        value = value[part]
    return value


def validate_ontology() -> Validation:
    """Validate the ontology itself: every own term labelled, defined, placed and mapped."""
    from kg.base.indexing import Data

    paths = [folder("shapes") / "prefixes.ttl", folder("shapes") / "ontology.ttl"]
    found, counts = _run(Data(ontology_quads()), [path for path in paths if path.exists()], "pyshacl")
    return Validation(ordered(found), counts, 1)
