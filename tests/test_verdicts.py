"""Results of criteria as triples: their own graphs, their provenance, their shapes, and how questions read them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.answers.queries import ask
from kg.base.prefixes import CKG, PREFIXES
from kg.criteria.criterion import criteria
from kg.criteria.remembering import verdicts
from kg.criteria.verdicts import CRITERION, RESULTS, assessments, verdict_quads
from kg.gate.shapes import validate
from kg.graph.store import Dataset, build, gather, serialise

INVENTED = Path(__file__).with_name("criteria")
FROM = PREFIXES["prov"] + "wasDerivedFrom"


@pytest.fixture(scope="module")
def quads(data: Dataset) -> list[ox.Quad]:
    return verdicts(data)


@pytest.fixture
def saved(quads: list[ox.Quad], tmp_path: Path) -> Path:
    path = tmp_path / "results.trig"
    path.write_bytes(serialise(quads, ox.RdfFormat.TRIG))
    return path


def test_they_stand_apart_from_what_the_report_states(quads: list[ox.Quad], data: Dataset) -> None:
    graphs = {quad.graph_name.value for quad in quads}
    assert graphs == {f"{RESULTS}10.7759_cureus.34125"}
    assert not graphs & set(data.graphs())
    assert all(quad.subject.value.startswith((RESULTS, CRITERION)) for quad in quads)


def test_each_result_names_its_criterion_by_digest_and_the_facts_used(quads: list[ox.Quad], data: Dataset) -> None:
    said = {(q.subject.value, q.predicate.value, q.object.value) for q in quads}
    for file in criteria():
        assert (CRITERION + file.name, CKG + "sha256", file.sha256) in said
    top = f"{RESULTS}10.7759_cureus.34125/p1#systemic-sclerosis-2013.total"
    sources = {value for subject, predicate, value in said if (subject, predicate) == (top, FROM)}
    assert f"{CRITERION}systemic-sclerosis-2013" in sources
    facts = {source for source in sources if "#" in source}
    assert len(facts) >= 6
    assert all(any(True for _ in data.match(fact, CKG + "evidence")) for fact in facts)


def test_numbers_are_those_of_the_assessment(data: Dataset, quads: list[ox.Quad]) -> None:
    scores = {q.subject.value: Decimal(q.object.value) for q in quads if q.predicate.value == CKG + "scoreStated"}
    made = {
        f"{RESULTS}10.7759_cureus.34125/p1#{one.criterion.name}.{column.name}": column.least
        for one in assessments(data)
        for column in one.columns
    }
    assert scores == made
    assert len(made) == 5


def test_they_keep_their_shapes_and_a_spoiled_one_does_not(saved: Path, tmp_path: Path) -> None:
    found = validate(gather(saved))
    assert [str(r) for r in found.results if r.severity == "violation"] == []
    assert found.focus_nodes["shape:CriteriaResult"] == 5
    assert found.focus_nodes["shape:CriteriaItemResult"] == 13 + 12 + 16 + 12
    text = saved.read_text("utf-8")
    for old, new in (
        ('ckg:scoreMost "19"', 'ckg:scoreMost "1"'),
        ("ckg:itemStatus ckg:Stated", "ckg:itemStatus ckg:Improved"),
    ):
        assert old in text
        spoiled = tmp_path / "spoiled.trig"
        spoiled.write_text(text.replace(old, new, 1), "utf-8")
        wrong = [r for r in validate(gather(spoiled)).results if r.severity == "violation"]
        assert wrong, (old, new)
        assert all(r.file == str(spoiled) for r in wrong)


def test_questions_make_them_and_leave_nothing_behind(data: Dataset) -> None:
    before = len(data.store)
    rows = ask(data, "criteria/scores", {"criterion": "systemic-sclerosis-2013"}).values()
    assert [(row[3], row[5], row[6]) for row in rows] == [(9, 19, 7)]
    assert len(data.store) == before


def test_results_read_from_a_file_are_taken_as_they_are(saved: Path, shipped: Path) -> None:
    """Whoever loads results asks about those: they are not made anew over them."""
    data = build([shipped, saved])
    assert verdicts(data) == []
    assert len(ask(data, "criteria/scores").rows) == 5


def test_two_reports_have_two_graphs() -> None:
    data = build([INVENTED / "doubts.yaml", INVENTED / "silent.yaml"])
    assert {q.graph_name.value for q in verdicts(data)} == {f"{RESULTS}doubts", f"{RESULTS}silent"}
    rows = ask(data, "criteria/scores", {"patient": "doubts/p1", "criterion": "systemic-sclerosis-2013"}).values()
    assert [(row[3], row[5]) for row in rows] == [(5, 17)]


def test_rdf_gives_the_same_results_as_the_case_file(data: Dataset, quads: list[ox.Quad], tmp_path: Path) -> None:
    path = tmp_path / "case.nq"
    data.save(path)
    assert set(verdict_quads(assessments(build(path)))) == set(quads)


def test_the_command_writes_triples(run: Any, tmp_path: Path, quads: list[ox.Quad]) -> None:
    path = tmp_path / "results.nq"
    made = run("criteria", "-o", path)
    assert made.exit_code == 0
    assert set(ox.parse(path.read_bytes(), ox.RdfFormat.N_QUADS)) == set(quads)
    assert run("criteria", "-o", tmp_path / "results.xyz").exit_code == 2


def test_a_query_that_wants_what_cannot_be_derived_is_refused(tmp_path: Path, run: Any) -> None:
    path = tmp_path / "own.rq"
    path.write_text("#+ summary: x?\n#+ derived: [everything]\nSELECT ?s WHERE { ?s ?p ?o }\n", "utf-8")
    made = run("query", path)
    assert made.exit_code == 2
    assert "no graph 'everything' can be derived" in made.stderr
