"""diff: at the level of facts, in the words of the case file, and never silent about a difference."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.base.prefixes import CASE
from kg.graph.diff import compare, diff
from kg.graph.facts import read_facts
from kg.graph.store import read_rdf
from kg.model.reading import read_case
from kg.rdf.iris import case_iri
from kg.rdf.triples import quads

Write = Callable[..., Path]
Run = Callable[..., Any]


def test_every_fact_of_the_shipped_case_is_told_with_its_fields(shipped: Path) -> None:
    case = read_case(shipped)
    found = read_facts(case_iri(case), (quad.triple for quad in quads(case)))
    facts = {("patients", *path.split("."))[-1] for path in (told.place for told in found.values())}
    keys = {path[-1] for path, _ in case.facts() if path[0] != "report" and path[-1] not in ("sex", "age")}
    assert keys <= facts
    assert not [name for told in found.values() for name in told.fields if ":" in name]  # each has its words
    treatment = found[case_iri(case) + "/p1#tofacitinib"]
    assert (treatment.patient, treatment.place) == ("p1", "treatments.tofacitinib")
    assert treatment.fields["drug"] == ("CHEBI:71200 ! tofacitinib",)
    assert treatment.fields["start"] == ("2021-09",)
    assert "drug" in treatment.single
    assert "evidence" not in treatment.single


@pytest.mark.parametrize("suffix", [".trig", ".nq", ".ttl", ".nt", ".jsonld", ".rdf"])
def test_a_case_file_and_its_graph_do_not_differ(run: Run, shipped: Path, tmp_path: Path, suffix: str) -> None:
    built = tmp_path / f"built{suffix}"
    kg.build(shipped).save(built)
    result = run("diff", shipped, built)
    assert result.exit_code == 0
    assert result.stdout == "no difference.\n"


CHANGES = {
    "time: 2021-06": "time: 2021",
    "dose: {value: 5, unit: mg, printed: 5 mg}": "dose: {value: 5, unit: mg, printed: 5 mg}\n        note: a note",
    "        after: [prednisone]\n": "",
    "      no-calcinosis:": "      calcinosis-absent:",
    "title: An invented report\n": "title: An invented report, again\n",
}


@pytest.fixture
def sides(minimal: str, write_case: Write, tmp_path: Path) -> tuple[Path, Path]:
    return write_case(tmp_path, minimal), write_case(tmp_path, minimal, CHANGES, "b.yaml")


def test_facts_are_added_removed_and_changed(run: Run, sides: tuple[Path, Path]) -> None:
    result = run("diff", *sides)
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "case:invented-1: 1 added, 1 removed, 4 changed",
        "  of the report",
        "    ~ report",
        "        title: An invented report -> An invented report, again",
        "  p1",
        "    + findings.calcinosis-absent: concept HP:0025520 ! Calcinosis cutis"
        + "; evidence case: Calcinosis was absent in "
        "2019; layer patient fact; status excluded; time 2019",
        "    - findings.no-calcinosis: concept HP:0025520 ! Calcinosis cutis"
        + "; evidence case: Calcinosis was absent in "
        "2019; layer patient fact; status excluded; time 2019",
        "    ~ responses.tofacitinib-arthritis",
        "        time: 2021-06 -> 2021",
        "    ~ treatments.prednisone",
        "        note: (none) -> a note",
        "    ~ treatments.tofacitinib",
        "        after: prednisone -> (none)",
        "1 graph with differences: 1 fact added, 1 fact removed, 4 facts changed.",
    ]


def test_the_other_way_round_is_the_mirror_image(sides: tuple[Path, Path]) -> None:
    (there,), (back,) = diff(*sides), diff(*reversed(sides))
    assert [(c.iri, {n: (b, a) for n, (a, b) in c.fields.items()}) for c in there.changes] == [
        (c.iri, dict(c.fields)) for c in back.changes
    ]


def test_json_says_the_same(run: Run, sides: tuple[Path, Path]) -> None:
    told = json.loads(run("diff", *sides, "--format", "json").stdout)
    assert not told["same"]
    (graph,) = told["graphs"]
    assert graph["graph"] == CASE + "invented-1"
    assert graph["other"] == {"removed": 0, "added": 0}
    found = {change["fact"]: change for change in graph["changes"]}
    assert found["responses.tofacitinib-arthritis"]["fields"] == {"time": {"before": ["2021-06"], "after": ["2021"]}}
    assert found["findings.no-calcinosis"]["kind"] == "removed"
    assert json.loads(run("diff", sides[0], sides[0], "--format", "json").stdout) == {"same": True, "graphs": []}


def test_a_whole_report_is_one_line(run: Run, sides: tuple[Path, Path], shipped: Path, tmp_path: Path) -> None:
    both = tmp_path / "both"
    both.mkdir()
    for path in (sides[0], shipped):
        (both / path.name).write_bytes(path.read_bytes())
    result = run("diff", sides[0], both)
    assert result.exit_code == 1
    assert result.stdout.startswith("case:10.7759_cureus.34125: the whole report added: ")
    assert len(result.stdout.splitlines()) == 2


def test_every_statement_that_differs_is_accounted_for(shipped: Path) -> None:
    """Take each statement of a graph out: the diff says so, as a fact, a field, or a number."""
    case = read_case(shipped)
    name, whole = case_iri(case), [quad.triple for quad in quads(case)]
    for number in range(0, len(whole), 97):
        rest = [triple for triple in whole if triple != whole[number]]
        (found,) = compare({name: whole}, {name: rest})
        assert found.changes or found.other == (1, 0), whole[number]


def test_graphs_of_another_model_are_counted(run: Run, tmp_path: Path) -> None:
    for name, text in (("a.nq", "1"), ("b.nq", "2")):
        (tmp_path / name).write_text(f'<urn:s> <urn:p> "{text}" <urn:g> .\n<urn:s> <urn:p> "x" <urn:g> .\n')
    result = run("diff", tmp_path / "a.nq", tmp_path / "b.nq")
    assert result.exit_code == 1
    assert "urn:g (no case: 1 statements removed, 1 added)" in result.stdout


def test_a_malformed_side_is_an_error(run: Run, shipped: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<")
    result = run("diff", shipped, tmp_path / "bad.ttl")
    assert result.exit_code == 1
    assert "bad.ttl:1:" in result.stderr
    assert run("diff", shipped, tmp_path / "none.ttl").exit_code == 2


def test_two_values_of_one_field_are_shown(minimal: str, write_case: Write, tmp_path: Path) -> None:
    path = write_case(tmp_path, minimal)
    case = read_case(path)
    one = [quad.triple for quad in quads(case)]
    (tmp_path / "more.nq").write_text(
        f"<{case_iri(case)}/p1#esr> <https://w3id.org/casekg/ontology#value> "
        f'"41"^^<http://www.w3.org/2001/XMLSchema#decimal> <{case_iri(case)}> .\n'
    )
    more = [*one, *(quad.triple for quad in read_rdf(tmp_path / "more.nq"))]
    (found,) = compare({case_iri(case): one}, {case_iri(case): more})
    assert [(c.fact, dict(c.fields)) for c in found.changes] == [("measurements.esr", {"value": ((), ("41",))})]
