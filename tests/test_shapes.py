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
from kg.base import places
from kg.base.places import folder
from kg.base.prefixes import CKG, compress
from kg.base.results import CaseError
from kg.gate.shapes import (
    check_shapes,
    concept_closure,
    place_results,
    shape_files,
    validate,
    validate_graph,
    validate_ontology,
)
from kg.graph.store import Dataset, from_rdflib, ontology_quads, to_rdflib
from kg.model.reading import CaseFile
from kg.rdf.triples import node_paths, quads

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
        ("sh:js ckg:Finding", "sh:js, which casekg does not run"),
        ("sh:rule ckg:Finding", "sh:rule, which casekg does not run"),
    ],
)
def test_a_misspelt_term_in_a_shape_is_refused(wrong: str, named: str) -> None:
    graph = rdflib.Graph().parse(
        data=f"@prefix sh: <{SH}> . @prefix ckg: <{CKG}> . <http://example.org/s> a sh:NodeShape ; {wrong} .",
        format="turtle",
    )
    with pytest.raises(ValueError, match=named):
        check_shapes(graph)


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


# ---- two engines, one answer ---------------------------------------------------------------


def test_both_engines_give_the_same_results(data: Dataset) -> None:
    assert validate(data, engine="compiled") == validate(data, engine="pyshacl")


def test_one_graph_is_validated_as_a_dataset_is(data: Dataset) -> None:
    found, counts = validate_graph(data.graph(data.graphs()[0]))
    whole = validate(data)
    assert counts == whole.focus_nodes
    shaped = [r.message for r in whole.results if r.rule.startswith("shape:")]
    assert sorted(r.message for r in found) == sorted(shaped)


# ---- places in the case file ---------------------------------------------------------------

TOP = "https://w3id.org/casekg/case/10.7759_cureus.34125"


def changed(seed: CaseFile, focus: str, predicate: str, value: ox.Literal | ox.NamedNode) -> list[kg.Result]:
    """Violations, placed, after the value of a predicate of one node was replaced."""
    rows = list(quads(seed.case))
    old = next(q for q in rows if q.subject.value == focus and q.predicate.value == predicate)  # type: ignore[union-attr]
    rows[rows.index(old)] = ox.Quad(old.subject, old.predicate, value, old.graph_name)
    found, _ = validate_graph(rows)
    return [r for r in place_results(found, seed) if r.severity == "violation"]


def decimal(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(str(rdflib.XSD.decimal)))


@pytest.mark.parametrize(
    ("node", "predicate", "value", "key", "words"),
    [
        ("/p1#tofacitinib", "doseValue", decimal("-5"), "patients.p1.treatments.tofacitinib.dose.value", "dose:"),
        ("/p1#calcinosis", "status", ox.Literal("here"), "patients.p1.findings.calcinosis.status", "status:"),
        ("/p1", "ageYears", decimal("-1"), "patients.p1.age.years", "years:"),
        ("", "doi", ox.Literal("none"), "report.doi", "doi:"),
        ("#author-2", "position", ox.Literal("two"), "report.authors.1", "Almudena"),
        ("#section-intro", str(rdflib.RDFS.label), ox.NamedNode(CKG), "report.source.sections.3.title", "Introduction"),
        ("#source", "sha256", ox.Literal("0"), "report.source.sha256", "sha256:"),
    ],
)
def test_a_result_is_placed_at_its_key(
    seed: CaseFile, node: str, predicate: str, value: ox.Literal, key: str, words: str
) -> None:
    found = changed(seed, TOP + node, predicate if ":" in predicate else CKG + predicate, value)
    hits = [r for r in found if r.key == key]
    assert hits, [str(r) for r in found]
    line = Path(seed.path).read_text("utf-8").splitlines()[hits[0].line - 1]
    assert words in line


def test_a_phrase_is_placed_where_it_is_quoted_first(seed: CaseFile) -> None:
    paths = node_paths(seed.case)
    quote = next(iri for iri, path in paths.items() if "#quote-" in iri and path[:2] == ("patients", "p1"))
    long = ox.Literal("one two three four five six seven eight nine ten eleven twelve thirteen")
    found = changed(seed, quote, "http://www.w3.org/ns/oa#exact", long)
    hits = [r for r in found if r.focus == quote]
    assert hits
    for result in hits:
        assert ".evidence." in result.key
        assert tuple(result.key.split("."))[:4] == tuple(map(str, paths[quote]))[:4]
        assert result.line > 1


def test_a_date_is_placed_in_the_fact_that_names_it_first(seed: CaseFile) -> None:
    dates = {iri: path for iri, path in node_paths(seed.case).items() if "#time-" in iri}
    assert dates
    for path in dates.values():
        value = seed.document.value
        for part in path:
            value = value[part]
        assert isinstance(value, str)


def test_every_node_of_a_case_graph_has_a_place(seed: CaseFile) -> None:
    paths = node_paths(seed.case)
    subjects = {q.subject.value for q in quads(seed.case)}  # type: ignore[union-attr]
    assert subjects - set(paths) == set()
    for iri, path in paths.items():
        marked = path if path in seed.document.marks else path[:-1]  # one phrase without a list
        assert marked in seed.document.marks, iri


# ---- shapes of a project -------------------------------------------------------------------

OWN = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix ckg: <https://w3id.org/casekg/ontology#> .
@prefix my: <https://example.org/shapes#> .
my:Site a sh:NodeShape ; sh:targetClass ckg:Finding ;
    sh:property [ sh:path ckg:site ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "Say where it is." ] .
my:Long a sh:ConstraintComponent ; sh:parameter [ sh:path my:longer ] ; sh:validator [ a sh:SPARQLAskValidator ;
    sh:message "Too short." ; sh:ask "ASK { FILTER(STRLEN(STR($value)) > $longer) }" ] .
my:Title a sh:PropertyShape ; sh:targetClass ckg:Report ; sh:path <http://purl.org/dc/terms/title> ; my:longer 200 .
my:Twice a sh:NodeShape ; sh:targetClass ckg:Patient ; sh:severity sh:Info ; sh:message "{?value} has a course." ; sh:sparql [
    sh:select "SELECT $this ?value WHERE { ?value <https://w3id.org/casekg/ontology#patient> $this ; <https://w3id.org/casekg/ontology#course> ?c }" ] .
"""


def test_shapes_of_a_project_are_held_beside_those_of_casekg(tmp_path: Path, data: Dataset) -> None:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text(OWN, "utf-8")
    plain = validate(data)
    places.enter(tmp_path)
    try:
        found, again = validate(data), validate(data, engine="pyshacl")
    finally:
        places.enter(None)
    assert found == again
    new = set(found.results) - set(plain.results)
    assert set(plain.results) <= set(found.results)
    assert {"Say where it is.", "Too short."} <= {r.message.split(" (found")[0].split(" [")[0] for r in new}
    assert {r.rule for r in new} >= {"MinCount", "https://example.org/shapes#Title", "https://example.org/shapes#Twice"}
    assert validate(data) == plain, "a project that was left is forgotten"
