"""Why the graph says so: the facts and anchors behind an answer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.graph.explaining import explain, find_fact
from kg.graph.store import Dataset
from kg.model.case import Case
from kg.model.reading import CaseFile
from kg.rdf.iris import case_iri, fact_iri

Write = Callable[..., Path]
Run = Callable[..., Any]


@pytest.fixture(scope="module")
def tofacitinib(seed: CaseFile) -> str:
    return f"{case_iri(seed.case)}/p1#tofacitinib"


def _names(iri: str) -> list[str]:
    return [iri, "case:" + iri.rsplit("/case/")[1], "p1#tofacitinib", "tofacitinib"]


@pytest.mark.parametrize("form", range(4), ids=["iri", "curie", "patient-and-key", "key"])
def test_a_fact_by_any_of_its_names(form: int, tofacitinib: str, data: Dataset, run: Run) -> None:
    name = _names(tofacitinib)[form]
    assert find_fact(data, name) == tofacitinib
    assert kg.explain(name, data).iri == tofacitinib
    result = run("explain", name)
    assert result.exit_code == 0
    assert result.stdout.startswith(f"treatment <{tofacitinib}>\n")


def test_what_is_said(tofacitinib: str, seed: CaseFile, data: Dataset) -> None:
    made = explain(data, tofacitinib)
    said = set(made.statements)
    treatment = seed.case.patients["p1"].treatments["tofacitinib"]
    assert made.kind == "treatment"
    assert ("drug", "tofacitinib (CHEBI:71200)") in said
    assert any("rituximab" in value for label, value in said if label == "after")
    assert {q.exact for q in made.quotes} == {a.quote for a in treatment.evidence}
    assert {q.sentence for q in made.quotes} == {None}
    assert made.report == case_iri(seed.case)
    line = seed.document.place(("patients", "p1", "treatments", "tofacitinib"))[0]
    assert made.place == f"{seed.path}:{line}"
    assert seed.path.read_text("utf-8").splitlines()[line - 1] == "      tofacitinib:"


def test_what_points_to_a_fact(data: Dataset) -> None:
    named = {value for label, value in explain(data, "tofacitinib").statements if label == "named by"}
    assert "p1#tofacitinib-calcinosis (to treatment)" in named


def test_every_fact_can_be_explained(seed: CaseFile, data: Dataset) -> None:
    for path, fact in list(seed.case.facts())[::7]:
        made = explain(data, fact_iri(seed.case, path))
        assert {a.quote for a in fact.evidence} <= {q.exact for q in made.quotes}
        assert made.place.startswith(f"{seed.path}:")
        assert made.place != f"{seed.path}:1" or path == ("report",)


@pytest.mark.parametrize(
    ("name", "hint"),
    [("tofacitinb", "Did you mean tofacitinib"), ("p1#calcinosiss", "calcinosis"), ("qqqq", "See the fact column")],
)
def test_an_unknown_fact_has_a_hint(name: str, hint: str, run: Run) -> None:
    result = run("explain", name)
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert "is not a fact of the data." in line
    assert hint in line


def test_a_key_of_two_facts_is_ambiguous(tmp_path: Path, write_case: Write) -> None:
    paths = [write_case(tmp_path, replace={"id: invented-1": f"id: invented-{n}"}, name=f"{n}.yaml") for n in (1, 2)]
    two = kg.build(paths)
    with pytest.raises(kg.CaseError, match=r"may be .*invented-1/p1#esr or .*invented-2/p1#esr") as caught:
        explain(two, "esr")
    assert caught.value.results[0].cure == "Give the whole IRI."
    assert explain(two, "invented-2/p1#esr").report.endswith("invented-2")


def test_whole_sentences_only_with_sources(tmp_path: Path, write_case: Write, sources: Path, run: Run) -> None:
    path = write_case(tmp_path)
    bare = run("explain", "no-calcinosis", "--data", path).stdout
    full = run("explain", "no-calcinosis", "--data", path, "--sources", sources).stdout
    assert "quoted from Case: “Calcinosis was absent in 2019”" in bare
    assert "in the sentence" not in bare
    assert "in the sentence: Calcinosis was absent in 2019.\n" in full
    with_sources = kg.explain("esr", kg.build([path]), sources)
    assert [q.sentence for q in with_sources.quotes] == [
        "The ESR was 40 mm/h in 2019 and NT-proBNP was <35 pg/mL in 2020."
    ]


def test_sentences_of_the_shipped_case(data: Dataset, shared: Path, seed: CaseFile) -> None:
    made = explain(data, "tofacitinib-calcinosis", shared / "seed")
    assert made.quotes
    for quote in made.quotes:
        assert quote.sentence is not None
        assert quote.exact in quote.sentence or "\n" in quote.exact
        assert len(quote.sentence) > len(quote.exact)


def test_no_sources_for_rdf(data: Dataset, tmp_path: Path, sources: Path, run: Run) -> None:
    data.save(tmp_path / "x.nq")
    assert "“" in run("explain", "tofacitinib", "--data", tmp_path / "x.nq").stdout
    result = run("explain", "tofacitinib", "--data", tmp_path / "x.nq", "--sources", sources)
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert "was not built from a case file" in line


QUERY = """#+ summary: Treatments and their drug.
#+ parameters:
#+   drug: {type: concept, description: a drug}
SELECT ?treatment ?drug WHERE { ?treatment a ckg:Treatment ; ckg:drug ?drug } ORDER BY ?treatment
"""


def test_a_row_of_a_question(tmp_path: Path, write_case: Write, run: Run) -> None:
    path, query = write_case(tmp_path), tmp_path / "drugs.rq"
    query.write_text(QUERY)
    first = run("explain", query, "--row", 1, "--data", path)
    assert first.exit_code == 0
    assert first.stdout.startswith("treatment <https://w3id.org/casekg/case/invented-1/p1#prednisone>")
    assert f"stated at {path}:" in first.stdout
    bound = run("explain", query, "--row", 1, "--data", path, "--drug", "tofacitinib")
    assert "#tofacitinib>" in bound.stdout
    assert "#prednisone>" not in bound.stdout
    beyond = run("explain", query, "--row", 3, "--data", path)
    (line,) = beyond.stderr.splitlines()
    assert beyond.exit_code == 2
    assert "has 2 rows, not 3" in line


def test_a_row_that_counts_names_no_fact(tmp_path: Path, write_case: Write, run: Run) -> None:
    query = tmp_path / "count.rq"
    query.write_text("SELECT (COUNT(*) AS ?n) WHERE { ?t a ckg:Treatment }")
    result = run("explain", query, "--row", 1, "--data", write_case(tmp_path))
    assert result.exit_code == 0
    assert "names no fact" in result.stdout


def test_a_row_that_names_a_patient_of_another_name(tmp_path: Path, write_case: Write, run: Run) -> None:
    query = tmp_path / "patients.rq"
    query.write_text("SELECT ?who WHERE { ?who a ckg:Patient }")
    path = write_case(tmp_path, replace={"  p1:\n": "  case-1:\n"})
    assert "/case-1>" in run("explain", query, "--row", 1, "--data", path).stdout


def test_parameters_need_a_row(run: Run) -> None:
    result = run("explain", "tofacitinib", "--drug", "prednisone")
    assert result.exit_code == 2
    assert "parameters go with --row" in result.stderr


def test_sex_and_age_are_explained_with_the_patient(tmp_path: Path, write_case: Write) -> None:
    data = kg.build([write_case(tmp_path)])
    made = explain(data, "invented-1/p1")
    assert made.kind == "patient"
    assert {q.exact for q in made.quotes} == {"40-year-old woman"}
    assert isinstance(data.files[0].case, Case)
