"""From the graph back to the case, held to the same rules."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg
from kg.base.prefixes import CASE, CKG, PREFIXES, expand
from kg.base.results import Result
from kg.graph.graphs import CaseGraph, read_case_graphs, read_graph
from kg.graph.store import FORMATS, serialise
from kg.model.case import Case
from kg.model.reading import CaseFile
from kg.rdf.comparing import differences
from kg.rdf.iris import case_iri
from kg.rdf.lifting import lift
from kg.rdf.triples import quads

Write = Callable[..., Path]
Graph = list[ox.Quad]
TYPE, XSD, OA = PREFIXES["rdf"] + "type", PREFIXES["xsd"], PREFIXES["oa"]
TOP = CASE + "10.7759_cureus.34125"
P1 = TOP + "/p1"


@pytest.fixture(scope="module")
def graph(seed: CaseFile) -> Graph:
    return list(quads(seed.case))


def _violations(results: Iterable[Result]) -> list[Result]:
    return [r for r in results if r.severity == "violation"]


def _again(case: Case) -> set[ox.Quad]:
    """What the case would be written as that its graph is lifted to."""
    lifted = lift(quads(case))
    assert lifted.results == ()
    return set(quads(Case.model_validate(lifted.value)))


# ---- round trips ------------------------------------------------------------------------


def test_the_shipped_case_comes_back(graph: Graph, seed: CaseFile) -> None:
    assert _again(seed.case) == set(graph)
    assert _violations(read_graph(graph).results) == []
    assert list(differences(seed.case, graph)) == []


def test_what_is_remarked_of_the_shipped_case_is_remarked_of_its_graph(graph: Graph, seed: CaseFile) -> None:
    told = [(r.severity, r.rule, r.message, r.key) for r in read_graph(graph).results]
    assert told == [(r.severity, r.rule, r.message, r.key) for r in seed.results]
    assert {r.focus for r in read_graph(graph).results} == {f"{P1}#mrss-onset"}


def test_every_path_knows_its_node(graph: Graph, seed: CaseFile) -> None:
    lifted = lift(graph)
    assert lifted.top == TOP
    assert lifted.nodes["report",] == TOP
    assert lifted.nodes["report", "authors", 0] == f"{TOP}#author-1"
    assert lifted.nodes["patients", "p1"] == P1
    for path, _ in seed.case.facts():
        if len(path) == 4:
            assert lifted.nodes[path] == f"{P1}#{path[3]}"
    subjects = {q.subject.value for q in graph}
    assert set(lifted.nodes.values()) <= subjects


def test_a_lifted_fact_is_the_fact(graph: Graph, seed: CaseFile) -> None:
    case = Case.model_validate(lift(graph).value)
    for section in ("measurements", "times"):
        for key, fact in getattr(seed.case.patients["p1"], section).items():
            other = getattr(case.patients["p1"], section)[key]
            assert {**dict(other), "evidence": set(other.evidence)} == {**dict(fact), "evidence": set(fact.evidence)}
    assert [a.name for a in case.report.authors] == [a.name for a in seed.case.report.authors]
    assert {k: c.kind for k, c in case.claims.items()} == {k: c.kind for k, c in seed.case.claims.items()}
    assert {k: dict(c.cites) for k, c in case.claims.items()} == {k: dict(c.cites) for k, c in seed.case.claims.items()}


def test_the_invented_case_comes_back(tmp_path: Path, write_case: Write) -> None:
    case = kg.read_case(write_case(tmp_path))
    assert _again(case) == set(quads(case))
    assert lift(quads(case)).value["report"]["id"] == "invented-1"


_E = {"evidence": {"case": "it was 5 mg, said once daily"}}
_WHEN = st.sampled_from(["2019", "2021-09", "2021-09-05", "201X", "2021-09/2022-11", "../2019", "2021-09/..", "2020~",
                         "t1", "f1", "2019?", "2020-02%"])  # fmt: skip
_NAMED = st.sampled_from(["2019", "2021-09/2022-11", "../2019", "2021~", "t1", "t2"])


def _some(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A fact with any of these fields left out."""
    return st.fixed_dictionaries({}, optional=fields).map(lambda made: {**made, **_E})


def _keyed(keys: str, fact: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.dictionaries(st.sampled_from(keys.split()), fact, min_size=1)


_WORDS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12).map(
    lambda text: unicodedata.normalize("NFC", text)
)
_QUANTITY = st.fixed_dictionaries(
    {"value": st.decimals("0.01", 9999, places=2).map(str), "unit": st.just("mg"), "printed": _WORDS}
)
_HAND, _ELBOW = "UBERON:0002398 ! manus", "UBERON:0001461 ! elbow"
_TIME = _some(
    edtf=st.sampled_from(["2020", "2021-03"]),
    printed=_WORDS,
    after=st.sampled_from(["2019", "2018-03/2018-05"]),
    by=st.sampled_from(["1 year", "3..4 months", "2 weeks", "10..20 days", "0 days"]),
    odd=_WORDS,
    note=_WORDS,
)
_FINDING = _some(
    concept=st.just("HP:0001369 ! Arthritis"),
    time=_NAMED,
    onset=_NAMED,
    sites=st.lists(st.sampled_from([_HAND, _ELBOW]), unique=True),
    certainty=st.sampled_from(["probable", "compatible with"]),
    layer=st.sampled_from(["patient fact", "interpretation", "hypothesis"]),
    aspect_of=st.sampled_from(["f1", "f2"]),
    extent=_WORDS,
).map(lambda made: {"concept": "HP:0025520 ! Calcinosis cutis", "status": "present", **made})
_TREATMENT = _some(
    dose=_QUANTITY,
    duration=_QUANTITY,
    frequency=st.just({"times": "2.5", "per": "wk", "printed": "5 in two weeks"}),
    start=_NAMED,
    ongoing_at=_NAMED,
    add_on=st.booleans().map(str).map(str.lower),
    intent=st.sampled_from(["preventive", "therapeutic"]),
    after=st.lists(st.sampled_from(["x", "y"]), unique=True),
    with_=st.lists(st.sampled_from(["x", "y"]), unique=True),
    started_because=st.lists(st.sampled_from(["relapse", "lack of effect"]), unique=True),
).map(
    lambda made: (
        {("with" if k == "with_" else k): v for k, v in made.items()}
        | {"drug": "CHEBI:71200 ! tofacitinib", "printed": "tofacitinib"}
    )
)
_RESPONSE = _some(time=_NAMED, judged_by=st.just(["imaging", "authors"])).flatmap(
    lambda made: st.lists(st.sampled_from(["x", "y"]), min_size=1, unique=True).map(
        lambda to: {**made, "to": to, "of": ["f1"], "outcome": "partially improved"}
    )
)
_PATIENT = st.fixed_dictionaries(
    {},
    optional={
        "sex": _some(odd=_WORDS, note=_WORDS).map(lambda made: {"concept": "PATO:0000383 ! female", **made}),
        "age": _some(note=_WORDS).flatmap(
            lambda made: st.sampled_from(["not stated", "2019", "t1"]).map(
                lambda at: {**made, "years": "40.5", "printed": "40", "at": at}
            )
        ),
        "species": st.just("NCBITaxon:10090 ! Mus musculus"),
        "times": _keyed("t1 t2", _TIME),
        "findings": _keyed("f1 f2", _FINDING),
        "treatments": _keyed("x y", _TREATMENT),
        "responses": _keyed("r1", _RESPONSE),
        "follow_up": st.just({"last": {"time": "2022", "printed": "last", "status": "lost", **_E}}),
    },
)
_CLAIM = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["background", "interpretation", "hypothesis", "novelty"]),
        "subject": st.just("CHEBI:71200 ! tofacitinib"),
        "predicate": st.sampled_from(["may inhibit", "is a kind of"]),
        "setting": st.sampled_from(["open-label study", "not stated"]),
        "cites": st.dictionaries(
            st.sampled_from(["r1", "r2"]), st.sampled_from(["evidence", "background", "method", "data"])
        ),
    }
).map(lambda made: {**made, **_E})
_REFERENCE = {"number": "3", "authors": "A B", "title": "T", "journal": "J", "year": "2020", "truncated": "true", **_E}
_SECTIONS = [
    {"section": "case", "title": "Case", "begins": "A", "kind": "case"},
    {"section": "front-2", "title": "Front", "begins": "B", "kind": "front"},
]
_REPORT = st.fixed_dictionaries(
    {
        "title": _WORDS,
        "published": st.just("2024-02-29"),
        "licence": st.just("CC0-1.0"),
        "source": st.just({"file": "a.txt", "sha256": "0" * 64, "sections": _SECTIONS}),
    },
    optional={
        "keywords": st.lists(_WORDS, unique=True, max_size=3),
        "authors": st.lists(_WORDS.map(lambda name: {"name": name, "corresponding": "true"}), max_size=12),
        "review_began": st.just("2024-01-01"),
        "curated": st.lists(
            st.fixed_dictionaries(
                {"by": _WORDS, "at": st.sampled_from(["2026-11-28T22:00:00Z", "2024-02-29T23:59:59Z"])},
                optional={"accepted": st.just("3"), "corrected": st.just("1"), "dropped": st.just("0")},
            ),
            max_size=11,
        ),
        "odd": _WORDS,
    },
).flatmap(
    lambda made: st.sampled_from(
        [
            {"doi": "10.1234/A(b)<c>;2-#x"},
            {"pmcid": "PMC12"},
            {"pmid": "7"},
            {"id": "my-1"},
            {"doi": "10.12/x", "id": "a"},
        ]
    ).map(lambda name: {**made, **name, **_E})
)
_CASES = st.fixed_dictionaries(
    {"report": _REPORT, "patients": st.dictionaries(st.sampled_from(["p1", "p2", "mother"]), _PATIENT, min_size=1)},
    optional={
        "claims": _keyed("c1 c2", _CLAIM),
        "references": st.just({"r1": _REFERENCE, "r2": _REFERENCE}),
        "statements": st.just({"s1": {"kind": "how to cite", "value": "V", **_E}}),
    },
)


@settings(deadline=None, derandomize=True, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
@given(_CASES)
def test_any_case_comes_back(plain: dict[str, Any]) -> None:
    case = Case.model_validate(plain)
    try:
        graph = set(quads(case))
    except ValueError:
        return  # a time that names nothing: told before there is a graph
    lifted = lift(graph)
    again = Case.model_validate(lifted.value)
    assert lifted.results == ()
    assert set(quads(again)) == graph
    assert list(differences(again, graph)) == []


# ---- spoilt graphs ----------------------------------------------------------------------


def _iri(name: str) -> ox.NamedNode:
    """An IRI by a short name: `p1#key`, `#key`, a word of ours, or a whole IRI."""
    if name.startswith("http"):
        return ox.NamedNode(name)
    if "#" in name:
        return ox.NamedNode(TOP + ("/" if name[0] != "#" else "") + name)
    return ox.NamedNode({"": TOP, "p1": P1}.get(name, CKG + name))


def _term(value: Any) -> Any:
    return value if isinstance(value, ox.Literal | ox.BlankNode) else _iri(value)


def _number(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(XSD + "decimal"))


@dataclass(frozen=True)
class Spoil:
    """One triple taken out (old), put in (new), or altered (both); where it shows, and a word of the message."""

    subject: str
    predicate: str
    old: Any
    new: Any
    focus: str
    says: str

    def __str__(self) -> str:
        return f"{self.subject or 'report'} {self.predicate.rpartition('#')[2]} {'-' * (self.new is None)}{self.says}"

    def on(self, graph: Graph) -> Graph:
        subject, predicate = _iri(self.subject), _iri(self.predicate)
        name = ox.NamedNode(TOP)
        made = list(graph)
        if self.old is not None:
            old = [q for q in made if q.subject == subject and q.predicate == predicate]
            if self.old != "*":
                old = [q for q in old if q.object == _term(self.old)]
            assert old, f"{self} finds nothing to take out"
            made.remove(old[0])
        if self.new is not None:
            made.append(ox.Quad(subject, predicate, _term(self.new), name))
        return made


ARTHRITIS = expand("HP:0001369")
SPOILS = [
    # taken out
    Spoil("p1#ck-onset", "unit", "*", None, "p1#ck-onset", "without unit"),
    Spoil("p1#calcinosis", "status", "*", None, "p1#calcinosis", "'status' is missing"),
    Spoil("p1#calcinosis", "layer", "*", None, "p1#calcinosis", "ckg:layer ckg:PatientFact is missing"),
    Spoil("p1#calcinosis", TYPE, "*", None, "p1#calcinosis", "no class"),
    Spoil("p1#tofacitinib", "patient", "*", None, "p1#tofacitinib", "ckg:patient"),
    Spoil("p1#tofacitinib", "intent", "*", None, "p1#tofacitinib", "ckg:intent ckg:Therapeutic is missing"),
    Spoil("p1#tofacitinib", "dosePrinted", "*", None, "p1#tofacitinib", "missing"),
    Spoil("p1#tofacitinib-calcinosis", "attribution", "*", None, "p1#tofacitinib-calcinosis", "ckg:Single is missing"),
    Spoil("p1#cardiac-mri-control", "earliestStart", "*", None, "p1#cardiac-mri-control", "ckg:earliestStart"),
    Spoil("#author-2", PREFIXES["foaf"] + "name", "*", None, "#author-2", "'name' is missing"),
    Spoil("", PREFIXES["dcterms"] + "creator", "#author-3", None, "", "dcterms:creator"),
    Spoil("", TYPE, "Report", None, "", "rdf:type ckg:Report is missing"),
    Spoil("", "doi", "*", None, "", "no doi, pmcid, pmid or id"),
    Spoil("p1", "ageYears", "*", None, "p1", "'years' is missing"),
    Spoil("#section-case", PREFIXES["rdfs"] + "label", "*", None, "#section-case", "'title' is missing"),
    # altered
    Spoil("p1#ck-onset", "value", "*", _number("789"), "p1#ck-onset", "789 is not the number"),
    Spoil("p1#ck-onset", "value", "*", ox.Literal("7891"), "p1#ck-onset", "not of datatype xsd:decimal"),
    Spoil("p1#ck-onset", "unit", "*", ox.Literal("mm/h"), "p1#ck-onset", "does not measure"),
    Spoil("p1#ck-onset", "printed", "*", ox.Literal("7891 UI/L", language="es"), "p1#ck-onset", '"7891 UI/L"@es'),
    Spoil("p1#mrss-onset", "value", "*", _number("104"), "p1#mrss-onset", "beyond the end of the scale"),
    Spoil("p1#calcinosis", "status", "*", "Improved", "p1#calcinosis", "not one of the values"),
    Spoil("p1#calcinosis", "concept", "*", "http://example.org/x", "p1#calcinosis", "not an id of a known source"),
    Spoil("p1#calcinosis", "concept", "*", PREFIXES["obo"] + "HP_" + "9" * 7, "p1#calcinosis", "HP:" + "9" * 7 + " is not among"),
    Spoil("p1#calcinosis", "concept", "*", ox.Literal("Calcinosis"), "p1#calcinosis", "expects an IRI"),
    Spoil("p1#tofacitinib-calcinosis", "toTreatment", "*", "p1#nothing", "p1#tofacitinib-calcinosis", "does not exist"),
    Spoil("p1#tofacitinib-calcinosis", "ofManifestation", "*", TOP + "/p2#calcinosis", "p1#tofacitinib-calcinosis", "not a fact of the patient"),
    Spoil("p1#cardiac-normalisation", "offsetMost", "*", ox.Literal("P4Y"), "p1#cardiac-normalisation", "not the ends of a distance"),
    Spoil("p1#cardiac-mri-control", "latestEnd", "*", ox.Literal("2030-01-01", datatype=ox.NamedNode(XSD + "date")), "p1#cardiac-mri-control", "follows from the rest"),
    Spoil("", PREFIXES["dcterms"] + "issued", "*", ox.Literal("2023-02-30", datatype=ox.NamedNode(XSD + "date")), "", "not a date of the calendar"),
    Spoil("", "doi", "*", ox.Literal("10.7759/cureus.9"), "", "by its doi"),
    Spoil("#source", "sha256", "*", ox.Literal("0"), "#source", "pattern"),
    # put in
    Spoil("p1#calcinosis", "severety", None, "Severe", "p1#calcinosis", "ckg:severety ckg:Severe is not said of a Finding"),
    Spoil("p1#calcinosis", "status", None, "Excluded", "p1#calcinosis", "has 2 values: ckg:Excluded, ckg:Present"),
    Spoil("p1#calcinosis", "evidence", None, "#quote-000000000000", "p1#calcinosis", "not a quote of the graph"),
    Spoil("p1#calcinosis", "time", None, "p1#time-1999", "p1#calcinosis", "ckg:time"),
    Spoil("p1#calcinosis", TYPE, None, ARTHRITIS, "p1#calcinosis", "does not follow"),
    Spoil("p1#calcinosis", TYPE, None, "Event", "p1#calcinosis", "of 2 classes"),
    Spoil("p1#stranger", TYPE, None, "Stranger", "p1#stranger", "no class that facts of a patient have"),
    Spoil("p1#time-1999", "edtf", None, ox.Literal("1999"), "p1#time-1999", "nothing in the graph leads"),
    Spoil("#author-1", "affiliation", None, ox.BlankNode(), "#author-1", "expects a literal"),
    Spoil("p1#calcinosis", "note", None, ox.Literal("a\u202eb"), "p1#calcinosis", "U+202E"),
    Spoil("p1#tofacitinib", "classOnly", None, ox.Literal("false", datatype=ox.NamedNode(XSD + "boolean")), "p1#tofacitinib", "does not follow"),
]  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILS, ids=str)
def test_a_spoilt_triple_is_told_with_node_and_line(graph: Graph, spoil: Spoil, tmp_path: Path) -> None:
    focus = _iri(spoil.focus).value
    for suffix in (".ttl", ".trig", ".nq"):
        path = tmp_path / f"a{suffix}"
        path.write_bytes(serialise(spoil.on(graph), FORMATS[suffix]))
        (found,) = read_case_graphs(path).graphs
        told = [r for r in _violations(found.results) if r.focus == focus and spoil.says in r.message]
        assert told, (suffix, [(str(r), r.focus) for r in _violations(found.results)])
        lines = path.read_text("utf-8").split("\n")
        for r in told:
            assert r.file == str(path)
            assert lines[r.line - 1][r.column - 1 :].startswith(f"<{focus}> "), suffix
            assert r.message.endswith(".")
            assert r.cure.endswith((".", "?")), r.cure


def test_one_spoilt_literal_is_told_once(graph: Graph) -> None:
    spoils = [s for s in SPOILS if s.old is not None and isinstance(s.new, ox.Literal)]
    assert len(spoils) > 8
    for spoil in spoils:
        told = _violations(read_graph(spoil.on(graph)).results)
        assert len(told) <= 3, (str(spoil), told)
        assert len({(r.focus, r.rule, r.message) for r in told}) == len(told)


@pytest.mark.parametrize("number", range(0, len(SPOILS), 6))
def test_the_order_of_the_triples_does_not_matter(graph: Graph, number: int) -> None:
    made = SPOILS[number].on(SPOILS[number - 1].on(graph))
    assert read_graph(made).results == read_graph(reversed(made)).results


def test_a_retired_id_is_told_as_in_a_case_file(graph: Graph) -> None:
    spoil = Spoil("p1#scleromyositis", "concept", "*", PREFIXES["efo"] + "EFO_" + "0000685", "p1#scleromyositis", "")
    (told,) = [r for r in _violations(read_graph(spoil.on(graph)).results) if r.focus == f"{P1}#scleromyositis"]
    assert told.rule in ("retired-id", "unknown-id")
    assert "EFO:" + "0000685" in told.message


def test_a_missing_value_that_was_told_is_not_told_again_as_missing(graph: Graph) -> None:
    spoil = next(s for s in SPOILS if s.says == "expects an IRI")
    told = _violations(read_graph(spoil.on(graph)).results)
    assert [r.rule for r in told] == ["graph"]
    assert told[0].key == "patients.p1.findings.calcinosis.concept"


_SOMETHING = st.sampled_from(
    [ox.Literal("x"), ox.Literal("P1D"), ox.Literal("x", language="en"), _number("0"), _number("-1e3"), ox.BlankNode("b"),
     ox.NamedNode("http://example.org/x"), ox.NamedNode(TOP), ox.NamedNode(P1), ox.NamedNode(f"{P1}#onset"),
     ox.NamedNode(f"{TOP}/"), ox.NamedNode(f"{TOP}/#"), ox.NamedNode(f"{P1}#time-"), ox.NamedNode(f"{TOP}#quote-"),
     ox.NamedNode(CKG + "Time"), ox.NamedNode(CKG + "Claim"), ox.NamedNode(CKG), ox.NamedNode(CASE)]
)  # fmt: skip


@settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data(), count=st.integers(1, 8))
def test_no_graph_makes_it_raise(graph: Graph, data: st.DataObject, count: int) -> None:
    made = graph[::7] if count % 2 else list(graph)
    for _ in range(count):
        i = data.draw(st.integers(0, len(made) - 1))
        old = made[i]
        value, subject = data.draw(_SOMETHING), data.draw(_SOMETHING)
        subject = old.subject if isinstance(subject, ox.Literal) else subject
        made[i] = ox.Quad(data.draw(st.sampled_from([old.subject, subject])), old.predicate, value, old.graph_name)
    assert isinstance(read_graph(made), CaseGraph)


def test_a_triple_about_a_triple_is_told(graph: Graph) -> None:
    about = ox.Quad(ox.NamedNode(f"{P1}#calcinosis"), ox.NamedNode(CKG + "note"), graph[0].triple, graph[0].graph_name)
    assert any("expects a literal" in r.message for r in _violations(read_graph([*graph, about]).results))


def test_an_empty_graph_is_not_right() -> None:
    found = read_graph([])
    assert found.file is None
    assert _violations(found.results)


def test_the_name_of_a_case_is_the_name_of_its_graph(graph: Graph, seed: CaseFile) -> None:
    assert lift(graph).top == case_iri(seed.case) == TOP
