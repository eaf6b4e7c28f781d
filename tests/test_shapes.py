"""Shapes: each sees something, each can fail, and what is odd in the report stays flagged."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pyshacl
import pytest
import rdflib
from rdflib import RDF, SH, URIRef

import kg
from kg.places import folder
from kg.prefixes import CKG, compress
from kg.reading import CaseFile
from kg.results import CaseError
from kg.shapes import _check_shapes, concept_closure, shape_files, validate, validate_ontology
from kg.store import Dataset, from_rdflib, ontology_quads, to_rdflib

FILES = [*shape_files(), folder("shapes") / "ontology.ttl"]
NAMES = [path.stem for path in FILES if path.stem != "prefixes"]

# Parameters of a constraint that are not constraints themselves.
HELPERS = {SH.flags, SH.qualifiedMinCount, SH.qualifiedMaxCount, SH.ignoredProperties}
COMPONENTS = {
    SH.minCount, SH.maxCount, SH["class"], SH.datatype, SH.nodeKind, SH["in"], SH.pattern, SH.hasValue, SH["or"], SH["and"],
    SH["not"], SH.xone, SH.closed, SH.sparql, SH.minInclusive, SH.maxInclusive, SH.minExclusive, SH.maxExclusive, SH.minLength,
    SH.maxLength, SH.lessThan, SH.lessThanOrEquals, SH.equals, SH.disjoint, SH.uniqueLang, SH.languageIn, SH.node,
    SH.qualifiedValueShape,
}  # fmt: skip


def graph_of(*paths: Path) -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in paths:
        graph.parse(data=path.read_text("utf-8"), format="turtle")
    return graph


@cache
def failures(name: str) -> tuple[set[tuple[URIRef, str]], set[tuple[URIRef, str]]]:
    """Constraints of a shape file, and those that its counter-example breaks: (shape, component)."""
    top = folder("shapes")
    shapes = graph_of(top / "prefixes.ttl", top / f"{name}.ttl")
    wanted = set()
    for shape in {*shapes.subjects(RDF.type, SH.NodeShape), *shapes.subjects(RDF.type, SH.PropertyShape)}:
        for predicate in set(shapes.predicates(shape)) & COMPONENTS:
            wanted.add((shape, str(predicate).rsplit("#", 1)[1].lower()))
    quads = [
        ox.Quad(t.subject, t.predicate, t.object, ox.DefaultGraph())
        for t in ox.parse((top / f"{name}.fails.ttl").read_bytes(), ox.RdfFormat.TURTLE)
    ]
    data = rdflib.Graph()
    context = concept_closure(quads) if name != "ontology" else ()
    for triple in to_rdflib([*quads, *context]).triples((None, None, None)):
        data.add(triple)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    assert isinstance(report, rdflib.Graph), report
    seen = set()
    for result in report.subjects(RDF.type, SH.ValidationResult):
        component = (
            str(report.value(result, SH.sourceConstraintComponent))
            .rsplit("#", 1)[1]
            .removesuffix("ConstraintComponent")
            .lower()
        )
        seen.add((report.value(result, SH.sourceShape), component))
    return wanted, seen


def test_every_shape_file_has_a_counter_example() -> None:
    assert len(NAMES) >= 25
    assert [n for n in NAMES if not (folder("shapes") / f"{n}.fails.ttl").exists()] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_constraint_is_seen_failing(name: str) -> None:
    wanted, seen = failures(name)
    assert wanted, "the file has no constraint"
    missing = sorted(f"{compress(str(shape))} {component}" for shape, component in wanted - seen)
    assert missing == []


@pytest.mark.parametrize("name", NAMES)
def test_each_shape_says_what_and_how_grave(name: str) -> None:
    graph = graph_of(folder("shapes") / f"{name}.ttl")
    shapes = {*graph.subjects(RDF.type, SH.PropertyShape), *graph.subjects(RDF.type, SH.NodeShape)}
    assert shapes
    for shape in shapes:
        assert isinstance(shape, URIRef), f"{name}: a shape without a name"
        if not set(graph.predicates(shape)) & COMPONENTS:
            continue  # it only gathers others under one target
        assert graph.value(shape, SH.severity) in (SH.Violation, SH.Warning, SH.Info), shape
        message = graph.value(shape, SH.message) or any(graph.objects(shape, SH.sparql / SH.message))
        assert message, f"{shape} has no message"


def test_the_shipped_case_conforms(data: Dataset) -> None:
    found = validate(data)
    assert [str(r) for r in found.results if r.severity == "violation"] == []
    assert found.graphs == 1


def test_every_class_of_fact_was_seen(data: Dataset) -> None:
    counts = validate(data).focus_nodes
    for kind in (
        "Treatment",
        "Response",
        "Finding",
        "Measurement",
        "Examination",
        "Claim",
        "Reference",
        "Patient",
        "Report",
    ):
        assert (
            counts[f"shape:{kind}"]
            == sum(1 for _ in data.match(None, "http://www.w3.org/1999/02/22-rdf-syntax-ns#type", CKG + kind))
            > 0
        )


def test_what_is_odd_is_a_warning_with_its_line(seed: CaseFile, data: Dataset) -> None:
    results = [r for r in validate(data).results if r.severity == "warning"]
    odd = {path for path, fact in seed.case.facts() if fact.odd}
    lines = Path(seed.path).read_text("utf-8").splitlines()
    flagged = {r.key for r in results}
    for path in odd - {("patients", "p1", "age"), ("patients", "p1", "sex")}:
        assert ".".join(path) in flagged
    for result in results:
        assert result.line > 0, result
        assert result.key.rsplit(".", 1)[-1] in lines[result.line - 1], result
    assert any("51" in r.message and "52" in r.message for r in results), "the Rodnan scale"


def test_a_shape_without_focus_nodes_is_reported(tmp_path: Path) -> None:
    graph = rdflib.Graph()
    graph.parse(
        data=f"@prefix ckg: <{CKG}> . <https://w3id.org/casekg/case/x/p1> a ckg:Patient .",
        format="turtle",
    )
    found = kg.validate(from_rdflib(graph))
    unseen = [r.message for r in found.results if r.rule == "no-focus-node"]
    assert any("shape:Response " in message for message in unseen)
    assert not any("shape:Patient " in message for message in unseen)


def test_an_empty_dataset_is_not_valid() -> None:
    found = kg.validate(from_rdflib(rdflib.Graph()))
    assert not found.conforms
    assert [r.rule for r in found.results] == ["empty"]


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ("sh:targetClas ckg:Finding", "sh:targetClas"),
        ("sh:targetClass ckg:Findng", "ckg:Findng"),
        ("sh:property [ sh:path ckg:status ; sh:mincount 1 ]", "sh:mincount"),
    ],
)
def test_a_misspelt_term_in_a_shape_is_refused(wrong: str, named: str) -> None:
    graph = rdflib.Graph().parse(
        data=f"@prefix sh: <{SH}> . @prefix ckg: <{CKG}> . <http://example.org/s> a sh:NodeShape ; {wrong} .",
        format="turtle",
    )
    with pytest.raises(ValueError, match=named):
        _check_shapes(graph)


def test_a_misspelt_term_in_the_data_is_a_violation(data: Dataset) -> None:
    graph = data.rdflib()
    fact = URIRef("https://w3id.org/casekg/case/10.7759_cureus.34125/p1#tofacitinib")
    graph.graph(URIRef("https://w3id.org/casekg/case/10.7759_cureus.34125")).add(
        (fact, URIRef(CKG + "doze"), rdflib.Literal("5 mg"))
    )
    found = kg.validate(from_rdflib(graph))
    assert any(r.rule == "vocabulary" and "ckg:doze" in r.message and r.severity == "violation" for r in found.results)


def spoil(
    data: Dataset, remove: tuple[str, str] | None = None, add: tuple[str, str, object] | None = None
) -> kg.Validation:
    top = "https://w3id.org/casekg/case/10.7759_cureus.34125"
    whole = data.rdflib()
    graph = whole.graph(URIRef(top))
    if remove:
        graph.remove((URIRef(f"{top}/p1#{remove[0]}"), URIRef(CKG + remove[1]), None))
    if add:
        graph.add((URIRef(f"{top}/p1#{add[0]}"), URIRef(CKG + add[1]), add[2]))  # type: ignore[arg-type]
    return kg.validate(from_rdflib(whole))


@pytest.mark.parametrize(
    ("remove", "add"),
    [
        (("calcinosis", "status"), None),
        (("calcinosis", "concept"), None),
        (("calcinosis", "evidence"), None),
        (("calcinosis", "layer"), None),
        (("calcinosis", "patient"), None),
        (("tofacitinib", "drug"), None),
        (("tofacitinib-calcinosis", "toTreatment"), None),
        (("tofacitinib-calcinosis", "outcome"), None),
        (("calcinosis", "concept"), ("calcinosis", "concept", URIRef("http://purl.obolibrary.org/obo/CHEBI_71200"))),
        (("tofacitinib", "drug"), ("tofacitinib", "drug", URIRef("http://purl.obolibrary.org/obo/HP_0025520"))),
        (None, ("calcinosis", "status", URIRef(CKG + "Excluded"))),
        (("tofacitinib", "doseValue"), ("tofacitinib", "doseValue", rdflib.Literal("banana"))),
        (("tofacitinib", "doseValue"), ("tofacitinib", "doseValue", rdflib.Literal("-5", datatype=rdflib.XSD.decimal))),
        (None, ("tofacitinib", "after", URIRef("https://w3id.org/casekg/case/10.7759_cureus.34125/p1#tofacitinib"))),
        (
            None,
            (
                "tofacitinib-calcinosis",
                "toTreatment",
                URIRef("https://w3id.org/casekg/case/10.7759_cureus.34125/p1#calcinosis"),
            ),
        ),
    ],
    ids=str,
)
def test_spoiled_graphs_are_noticed(
    data: Dataset, remove: tuple[str, str] | None, add: tuple[str, str, object] | None
) -> None:
    found = spoil(data, remove, add)
    assert not found.conforms


def test_results_on_rdf_name_the_graph_and_the_node(data: Dataset) -> None:
    found = spoil(data, ("calcinosis", "status"))
    hits = [r for r in found.results if r.severity == "violation"]
    assert hits
    assert all(r.focus.endswith("#calcinosis") for r in hits)
    assert all(r.file == "https://w3id.org/casekg/case/10.7759_cureus.34125" for r in hits)


def test_the_ontology_conforms() -> None:
    found = validate_ontology()
    assert [str(r) for r in found.results if r.severity == "violation"] == []
    assert sum(found.focus_nodes.values()) > 1000


def test_shapes_do_not_look_at_terms_that_the_ontology_lacks() -> None:
    known = {q.subject.value for q in ontology_quads()}  # type: ignore[union-attr]
    assert CKG + "Finding" in known
    with pytest.raises(CaseError):
        kg.build(["no/such/file.yaml"])
