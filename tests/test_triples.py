"""How a fact looks as RDF."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg
from kg.base.places import folder
from kg.base.prefixes import CASE, CKG, PREFIXES, expand
from kg.graph.store import Dataset, serialise
from kg.model.case import Case
from kg.model.fields import Term
from kg.model.reading import CaseFile
from kg.rdf.canonical import lines
from kg.rdf.iris import case_iri, choice_iri, fact_iri, fact_path
from kg.rdf.triples import CLASSES, nquads, ntriples, quads

TYPE = PREFIXES["rdf"] + "type"
EXACT = PREFIXES["oa"] + "exact"
Write = Callable[..., Path]


@pytest.fixture(scope="module")
def graph(seed: CaseFile) -> list[ox.Quad]:
    return list(quads(seed.case))


def _objects(graph: list[ox.Quad], subject: str, predicate: str) -> set[str]:
    return {q.object.value for q in graph if q.subject.value == subject and q.predicate.value == predicate}


def test_each_quad_once(graph: list[ox.Quad]) -> None:
    assert len(graph) > 1000
    assert len(set(graph)) == len(graph)


def test_lines_are_those_of_the_quads(graph: list[ox.Quad], seed: CaseFile) -> None:
    assert nquads(seed.case).encode() == serialise(graph, ox.RdfFormat.N_QUADS)
    assert ntriples(seed.case) == lines(quad.triple for quad in graph)


def test_no_blank_node_and_one_graph(graph: list[ox.Quad], seed: CaseFile) -> None:
    assert {type(q.subject) for q in graph} == {ox.NamedNode}
    assert {type(q.object) for q in graph} == {ox.NamedNode, ox.Literal}
    assert {q.graph_name.value for q in graph} == {case_iri(seed.case)}


def test_every_iri_is_absolute(graph: list[ox.Quad]) -> None:
    iris = {t.value for q in graph for t in (q.subject, q.predicate, q.object) if isinstance(t, ox.NamedNode)}
    wrong = [iri for iri in iris if not re.fullmatch(r"https?://[a-z0-9.]+/[^\s<>\"{}|\\^`]+", iri)]
    assert wrong == []


def test_every_subject_belongs_to_the_report(graph: list[ox.Quad], seed: CaseFile) -> None:
    top = case_iri(seed.case)
    assert [q.subject.value for q in graph if not re.match(re.escape(top) + r"($|[/#])", q.subject.value)] == []


def test_at_most_14_quads_a_fact_with_its_evidence(graph: list[ox.Quad], seed: CaseFile) -> None:
    top = case_iri(seed.case)
    facts = {q.subject.value for q in graph if q.predicate.value == CKG + "layer"}
    quotes = {q.object.value for q in graph if q.subject.value in facts and q.predicate.value == CKG + "evidence"}
    own = Counter(q.subject.value for q in graph)
    mean = sum(own[node] for node in facts | quotes) / len(facts)
    per_fact = [own[f] + sum(own[quote] for quote in _objects(graph, f, CKG + "evidence")) for f in facts]
    report = sum(count for node, count in own.items() if node == top or node.startswith(f"{top}#author-"))
    print(
        f"\n{mean:.2f} quads a fact with its evidence; median {sorted(per_fact)[len(per_fact) // 2]}, most {max(per_fact)}"
    )
    assert len(facts) > 150
    assert report < len(graph) / 10
    assert mean <= 14


def test_every_fact_of_the_file_is_in_the_graph_with_its_class(graph: list[ox.Quad], seed: CaseFile) -> None:
    types = {(q.subject.value, q.object.value) for q in graph if q.predicate.value == TYPE}
    missing = [
        path
        for path, _ in seed.case.facts()
        if len(path) > 1 and path[-1] not in ("sex", "age")
        and (fact_iri(seed.case, path), CKG + CLASSES[path[-2]]) not in types
    ]  # fmt: skip
    assert missing == []


def test_every_fact_has_layer_owner_and_evidence(graph: list[ox.Quad]) -> None:
    facts = {q.subject.value for q in graph if q.predicate.value == CKG + "layer"}
    typed = {
        q.subject.value
        for q in graph
        if q.predicate.value == TYPE and q.object.value in {CKG + kind for kind in CLASSES.values()}
    }
    undeclared = {t for t in typed - facts if "#time-" not in t}
    assert undeclared == set()
    table: dict[str, Counter[str]] = {}
    for q in graph:
        if q.subject.value in facts:
            table.setdefault(q.subject.value, Counter())[q.predicate.value.removeprefix(CKG)] += 1
    assert [f for f, has in table.items() if has["layer"] != 1] == []
    assert [f for f, has in table.items() if has["patient"] + has["statedIn"] != 1] == []
    assert [f for f, has in table.items() if has["evidence"] < 1] == []


def test_every_anchor_is_a_quote_of_a_section(graph: list[ox.Quad], seed: CaseFile) -> None:
    titles = {q.subject.value: q.object.value for q in graph if q.predicate.value == PREFIXES["rdfs"] + "label"}
    names = {s.section: s.title for s in seed.case.report.source.sections}
    for path, fact in seed.case.facts():
        iri = fact_iri(seed.case, path)
        told = {
            (titles[next(iter(_objects(graph, quote, PREFIXES["oa"] + "hasSource")))], exact)
            for quote in _objects(graph, iri, CKG + "evidence")
            for exact in _objects(graph, quote, EXACT)
        }
        assert {(names[a.section], a.quote) for a in fact.evidence} <= told, path


def test_a_concept_is_never_the_class_of_anything(graph: list[ox.Quad], seed: CaseFile) -> None:
    concepts = {
        expand(term.id)
        for _, fact in seed.case.facts()
        for _, value in fact
        for term in (value if isinstance(value, tuple) else (value,))
        if isinstance(term, Term)
    }
    classes = {q.object.value for q in graph if q.predicate.value == TYPE}
    assert len(concepts) > 80
    assert classes & concepts == set()
    assert all(c.startswith((CKG, PREFIXES["fabio"])) for c in classes)


def test_an_excluded_finding_is_excluded_and_nothing_else(graph: list[ox.Quad], seed: CaseFile) -> None:
    excluded = [
        fact_iri(seed.case, ("patients", name, "findings", key))
        for name, patient in seed.case.patients.items()
        for key, finding in patient.findings.items()
        if finding.status == "excluded"
    ]
    assert len(excluded) > 10
    for iri in excluded:
        assert _objects(graph, iri, CKG + "status") == {CKG + "Excluded"}
        assert _objects(graph, iri, TYPE) == {CKG + "Finding"}


def _declared() -> set[str]:
    path = folder("ontology") / "casekg.ttl"
    return {
        q.subject.value
        for q in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE)
        if isinstance(q.subject, ox.NamedNode) and q.predicate.value == PREFIXES["rdfs"] + "label"
    }


def test_every_predicate_and_class_is_declared(graph: list[ox.Quad]) -> None:
    used = {q.predicate.value for q in graph} | {q.object.value for q in graph if q.predicate.value == TYPE}
    assert sorted(iri for iri in used if iri.startswith(CKG) and iri not in _declared()) == []


def test_every_property_that_may_be_written_is_declared() -> None:
    from kg.rdf.triples import FIELDS

    names = {CKG + name for name, _ in FIELDS.values() if ":" not in name}
    assert sorted(names - _declared()) == []


def test_every_choice_of_the_model_is_declared() -> None:
    import inspect
    from typing import Literal, get_args, get_origin

    from kg.model import case as model

    def words(kind: Any) -> set[str]:
        if get_origin(kind) is Literal:
            return {w for w in get_args(kind) if isinstance(w, str)}
        return {w for inner in get_args(kind) for w in words(inner)}

    not_written = {"d", "wk", "mo", "a", "h", "<", "<=", ">", ">=", "~", "background", "evidence", "method", "data"}
    found = set()
    for kind in vars(model).values():
        if inspect.isclass(kind) and issubclass(kind, model.Fact) and kind is not model.Frequency:
            for field in kind.model_fields.values():
                found |= words(field.annotation)
    found -= not_written | {"novelty"}  # a class of its own
    missing = sorted(word for word in found if choice_iri(word) not in _declared())
    assert len(found) > 60
    assert missing == []


def test_iri_and_path_are_inverse(seed: CaseFile) -> None:
    seen: dict[str, tuple[str, ...]] = {}
    for path, _ in seed.case.facts():
        iri = fact_iri(seed.case, path)
        wanted = path[:2] if path[-1] in ("sex", "age") else path
        assert fact_path(seed.case, iri) == wanted
        assert seen.setdefault(iri, wanted) == wanted, "two facts of one IRI"


def test_a_strange_iri_has_no_path(seed: CaseFile) -> None:
    assert fact_path(seed.case, case_iri(seed.case) + "/p1#no-such-fact") is None
    assert fact_path(seed.case, "http://example.org/x") is None
    with pytest.raises(ValueError, match="not the path of a fact"):
        fact_iri(seed.case, ("patients", "p1", "findings"))


@pytest.mark.parametrize(
    ("ids", "name"),
    [
        ("doi: 10.1234/ABC.Def", "10.1234_abc.def"),
        ("doi: 10.1234/ABC\n  pmcid: PMC77\n  pmid: 5", "10.1234_abc"),
        ("pmcid: PMC77\n  pmid: 5", "pmc77"),
        ("pmid: 5\n  id: mine", "pmid-5"),
        ("id: mine-1", "mine-1"),
        ("doi: 10.1016/S0140-6736(05)1;2", "10.1016_s0140-6736%2805%291%3B2"),
    ],
)
def test_the_iri_of_a_case(ids: str, name: str, tmp_path: Path, write_case: Write) -> None:
    case = kg.read_case(write_case(tmp_path, replace={"  id: invented-1": "  " + ids}))
    assert case_iri(case) == CASE + name
    assert {q.graph_name.value for q in quads(case)} == {CASE + name}


def test_an_old_doi_with_angle_brackets(tmp_path: Path, write_case: Write) -> None:
    path = write_case(tmp_path, replace={"  id: invented-1": "  doi: 10.1002/(SICI)1097<3:AID>3.0.CO;2-6"})
    assert kg.build([path]).describe()["reports"] == 1


def test_different_dois_get_different_iris(tmp_path: Path, write_case: Write) -> None:
    names = {
        case_iri(kg.read_case(write_case(tmp_path, replace={"  id: invented-1": f"  doi: {doi}"})))
        for doi in ("10.1234/a/b", "10.1234/a_b", "10.1234/a(b")
    }
    assert len(names) == 3


def _second_patient(minimal: str) -> str:
    start, end = minimal.index("  p1:\n"), minimal.index("references:\n")
    block = minimal[start:end].replace("  p1:\n", "  p2:\n").replace("status: present", "status: not stated")
    block = block.replace("{case: arthritis of the elbow", "{case: the elbow")  # words that say nothing of the status
    return minimal[:end] + block + minimal[end:]


def test_two_patients_do_not_collide(tmp_path: Path, write_case: Write, minimal: str) -> None:
    case = kg.read_case(write_case(tmp_path, _second_patient(minimal)))
    found = list(quads(case))
    top = case_iri(case)
    one = {
        (q.subject.value.replace("/p1", ""), q.predicate.value)
        for q in found
        if q.subject.value.startswith(f"{top}/p1")
    }
    two = {
        (q.subject.value.replace("/p2", ""), q.predicate.value)
        for q in found
        if q.subject.value.startswith(f"{top}/p2")
    }
    assert one == two
    assert len(one) > 50
    assert _objects(found, f"{top}/p1#arthritis", CKG + "status") == {CKG + "Present"}
    assert _objects(found, f"{top}/p2#arthritis", CKG + "status") == {CKG + "NotStated"}
    for q in found:
        for mine, other in (("/p1", "/p2"), ("/p2", "/p1")):
            if q.subject.value.startswith(top + mine):
                assert not q.object.value.startswith(top + other), "a fact of one patient names the other"


def test_several_files_keep_their_graphs(tmp_path: Path, write_case: Write, minimal: str) -> None:
    paths = [write_case(tmp_path, replace={"id: invented-1": f"id: invented-{n}"}, name=f"{n}.yaml") for n in (1, 2, 3)]
    data = kg.build(paths)
    assert data.graphs() == [f"{CASE}invented-{n}" for n in (1, 2, 3)]
    assert data.describe()["patients"] == 3
    sizes = {len(data.graph(name)) for name in data.graphs()}
    assert len(sizes) == 1
    alone = kg.build([paths[1]])
    assert data.graph(f"{CASE}invented-2") == alone.quads()


def test_the_report_is_described(data: Dataset, seed: CaseFile) -> None:
    top, report = case_iri(seed.case), seed.case.report
    found = data.graph(top)
    assert _objects(found, top, PREFIXES["dcterms"] + "title") == {report.title}
    assert _objects(found, top, PREFIXES["prov"] + "wasDerivedFrom") == {f"{PREFIXES['doi']}{report.doi}"}
    assert len(_objects(found, top, PREFIXES["dcterms"] + "creator")) == len(report.authors)
    assert _objects(found, f"{top}#source", CKG + "sha256") == {report.source.sha256}


def test_the_heart_is_there(data: Dataset) -> None:
    """Response, drug, manifestation and anchor in six lines, as a user writes them."""
    rows: Any = data.store.query(
        """SELECT ?quote WHERE {
             ?response ckg:toTreatment/ckg:drug obo:CHEBI_71200 ;
               ckg:ofManifestation/ckg:concept obo:HP_0025520 ;
               ckg:outcome ckg:Improved ; ckg:evidence/oa:exact ?quote }""",
        prefixes=PREFIXES,
        use_default_graph_as_union=True,
    )
    assert "A clinical decrease in the extent of calcinosis" in {row["quote"].value for row in rows}


def test_two_joint_treatments_are_joint(data: Dataset, seed: CaseFile) -> None:
    patient = seed.case.patients["p1"]
    for key, response in patient.responses.items():
        iri = fact_iri(seed.case, ("patients", "p1", "responses", key))
        said = {q.object.value for q in data.match(iri, CKG + "attribution")}
        assert said == {CKG + ("Joint" if len(response.to) > 1 else "Single")}
        assert sum(1 for _ in data.match(iri, CKG + "toTreatment")) == len(response.to)


def test_an_edtf_date_is_a_node_with_bounds(data: Dataset, seed: CaseFile) -> None:
    node = f"{case_iri(seed.case)}/p1#time-2021-09"
    said = {q.predicate.value.removeprefix(CKG): q.object.value for q in data.match(node)}
    assert said["edtf"] == "2021-09"
    assert said["earliestStart"] == "2021-09-01"
    assert said["latestEnd"] == "2021-09-30"


@pytest.mark.parametrize("edtf", ["2021-09/..", "../2019", "/2019", "2019/", "201X", "2021~", "2021?", "2021-09%"])
def test_every_form_of_a_date_makes_an_iri(edtf: str, tmp_path: Path, write_case: Write) -> None:
    found = kg.build([write_case(tmp_path, replace={'        time: "2020"\n': f'        time: "{edtf}"\n'})])
    assert [q.subject.value for q in found.match(None, CKG + "edtf") if q.object.value == edtf]


def test_forms_of_a_date_do_not_share_an_iri(tmp_path: Path, write_case: Write) -> None:
    nodes = set()
    forms = ["2021", "2021~", "2021?", "2021%", "2021/..", "../2021", "2021/", "/2021", "2021/2021"]
    for edtf in forms:
        data = kg.build([write_case(tmp_path, replace={'        time: "2020"\n': f'        time: "{edtf}"\n'})])
        nodes |= {q.subject.value for q in data.match(None, CKG + "edtf") if q.object.value == edtf}
    assert len(nodes) == len(forms)


def test_a_value_of_zero_is_written(tmp_path: Path, write_case: Write) -> None:
    path = write_case(
        tmp_path,
        replace={"value: 40\n": "value: 0\n", "printed: 40 mm/h": "printed: 0 mm/h", "ESR was 40": "ESR was 0"},
    )
    data = kg.build([path])
    esr = f"{data.graphs()[0]}/p1#esr"
    assert [q.object.value for q in data.match(esr, CKG + "value")] == ["0"]


def test_a_scale_that_begins_at_zero_is_written(tmp_path: Path, write_case: Write) -> None:
    path = write_case(
        tmp_path,
        replace={
            "unit: mm/h\n": "unit: mm/h\n        range_low: 0\n        range_high: 20\n",
            "{case: ESR was 40 mm/h}": "{case: ESR was 40 mm/h (0-20)}",
        },
    )
    data = kg.build([path])
    assert [q.object.value for q in data.match(None, CKG + "referenceLow")] == ["0"]


def test_a_negative_value_may_be_written(tmp_path: Path, write_case: Write) -> None:
    path = write_case(
        tmp_path,
        replace={"value: 40\n": "value: -4\n", "printed: 40 mm/h": "printed: -4 mm/h", "ESR was 40": "ESR was -4"},
    )
    assert kg.read_case(path).patients["p1"].measurements["esr"].value == Decimal(-4)


def _literal(graph: list[ox.Quad], subject: str, name: str) -> str:
    (value,) = _objects(graph, subject, CKG + name)
    return value


_DIGITS = st.decimals(min_value="0.0001", max_value="99999999", places=4)
_DOSES = st.decimals(min_value="0.0001", max_value="9999", places=4)  # more than that is no dose
# what a report prints: letters of any script, signs, no control characters, nothing YAML or we treat specially at the ends
_WORDS = st.text(st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]), min_size=1, max_size=30)


def _yaml(text: str) -> str:
    import json

    return json.dumps(text, ensure_ascii=False)


@settings(deadline=None, derandomize=True, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=_DIGITS, dose=_DOSES, words=_WORDS, title=_WORDS)
def test_every_printed_word_and_number_is_found_in_the_graph(
    value: Decimal, dose: Decimal, words: str, title: str, tmp_path: Path, write_case: Write
) -> None:
    import unicodedata

    words, title = (unicodedata.normalize("NFC", t.strip()) or "x" for t in (words, title))
    quote = f"ESR {value:f} mm/h and {dose:f} mg {words}".strip()
    quote = " ".join(quote.split()[:12])
    path = write_case(
        tmp_path,
        replace={
            "  title: An invented report": f"  title: {_yaml(title)}",
            "value: 40\n": f"value: {value:f}\n",
            "printed: 40 mm/h": f"printed: {value:f} mm/h",
            "{case: ESR was 40 mm/h}": f"{{case: {_yaml(quote)}}}",
            "dose: {value: 5, unit: mg, printed: 5 mg}": f'dose: {{value: {dose:f}, unit: mg, printed: "{dose:f} mg"}}',
            "{case: prednisone 5 mg once daily from January 2020}": f"{{case: prednisone {dose:f} mg once daily}}",
        },
    )
    case = kg.read_case(path)
    graph = list(quads(case))
    top = case_iri(case)
    assert Decimal(_literal(graph, f"{top}/p1#esr", "value")) == value
    assert _literal(graph, f"{top}/p1#esr", "printed") == f"{value:f} mm/h"
    assert Decimal(_literal(graph, f"{top}/p1#prednisone", "doseValue")) == dose
    assert _literal(graph, f"{top}/p1#prednisone", "dosePrinted") == f"{dose:f} mg"
    assert quote in {q.object.value for q in graph if q.predicate.value == EXACT}
    assert _objects(graph, top, PREFIXES["dcterms"] + "title") == {title}
    assert nquads(case).encode() == serialise(graph, ox.RdfFormat.N_QUADS)


def _with_value(digits: str, folder: Path, write_case: Write) -> tuple[Case, str]:
    path = write_case(
        folder,
        replace={
            "value: 40\n": f'value: "{digits}"\n',
            "printed: 40 mm/h": f"printed: {digits} mm/h",
            "{case: ESR was 40 mm/h}": f"{{case: ESR was {digits} mm/h}}",
        },
    )
    case = kg.read_case(path)
    return case, _literal(list(quads(case)), f"{case_iri(case)}/p1#esr", "value")


@pytest.mark.parametrize("digits", ["0.1", "5.10", "100", "1000000", "0.000001", "1234567890.0987654321"])
def test_a_number_keeps_its_value_and_its_printed_digits(digits: str, tmp_path: Path, write_case: Write) -> None:
    case, written = _with_value(digits, tmp_path, write_case)
    assert Decimal(written) == Decimal(digits)
    assert "e" not in written.lower()
    assert case.patients["p1"].measurements["esr"].printed == f"{digits} mm/h"


def test_a_number_of_thirty_digits_keeps_them(tmp_path: Path, write_case: Write) -> None:
    digits = "1.23456789012345678901234567891"
    _, written = _with_value(digits, tmp_path, write_case)
    assert written == digits


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("not improved", "NotImproved"),
        ("open-label study", "OpenLabelStudy"),
        ("present", "Present"),
        ("in vitro", "InVitro"),
    ],
)
def test_a_choice_is_one_word_of_ours(words: str, name: str) -> None:
    assert choice_iri(words) == CKG + name
    assert CKG + name in _declared()
