"""The query library: golden answers, two engines, typed parameters, explained emptiness."""

from __future__ import annotations

import importlib.util
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib

import kg
from kg.answers.queries import DERIVED, ask, library, read_query
from kg.base.places import folder
from kg.base.prefixes import CASE
from kg.base.results import CaseError
from kg.graph.store import Dataset, from_rdflib, to_rdflib

_spec = importlib.util.spec_from_file_location("golden", Path(__file__).with_name("golden.py"))
assert _spec
assert _spec.loader
golden = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(golden)

NAMES = list(library())
FOLDERS = {
    "phenotype",
    "treatment",
    "therapy",
    "response",
    "measurement",
    "trajectory",
    "time",
    "evidence",
    "literature",
    "identity",
    "criteria",
    "reasoning",
}


def test_the_library_is_as_large_as_promised() -> None:
    assert len(NAMES) >= 60
    assert {name.split("/")[0] for name in NAMES} == FOLDERS
    assert len({name.split("/")[1] for name in NAMES}) > 0.7 * len(NAMES)


def test_every_question_has_a_golden_answer_and_no_answer_is_an_orphan() -> None:
    top = folder("queries")
    assert {p.relative_to(top).with_suffix("").as_posix() for p in top.rglob("*.csv")} == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_golden_answer(name: str, data: Dataset) -> None:
    expected = (folder("queries") / f"{name}.csv").read_text("utf-8")
    assert ask(data, name).csv() == expected


@pytest.mark.parametrize("name", NAMES)
def test_header(name: str) -> None:
    query = library()[name]
    assert query.summary.endswith("?")
    assert query.description
    assert query.tags
    for parameter in query.parameters.values():
        assert parameter.description


@pytest.fixture(scope="module")
def second(data: Dataset) -> rdflib.Dataset:
    """The same graph in rdflib, with what follows from it; its engine is the second opinion."""
    return to_rdflib([*data.quads(ontology=True), *(quad for made in DERIVED.values() for quad in made(data))])


def plain(term: object) -> object:
    """A term of either engine as a comparable value; numbers by value."""
    if term is None:
        return None
    text = term.value if isinstance(term, ox.NamedNode | ox.Literal) else str(term)
    kind = getattr(getattr(term, "datatype", None), "value", getattr(term, "datatype", None))
    if kind is not None and str(kind).rsplit("#", 1)[-1] in ("decimal", "integer", "double"):
        return Decimal(text).normalize()
    return text


@pytest.mark.parametrize("name", NAMES)
def test_both_engines_agree(name: str, data: Dataset, second: rdflib.Dataset) -> None:
    first = Counter(tuple(plain(t) for t in row) for row in ask(data, name).rows)
    other = Counter(tuple(plain(t) for t in row) for row in second.query(library()[name].sparql))
    assert other == first


def test_the_table_of_questions_is_true() -> None:
    text = (folder("queries") / "README.md").read_text("utf-8")
    assert golden.readme(text) == text


@pytest.mark.parametrize(
    "given",
    ["tofacitinib", "CHEBI:71200", "DRUGBANK:DB08895", "Tofacitinib", "http://purl.obolibrary.org/obo/CHEBI_71200"],
)
def test_a_drug_by_id_or_label_means_the_same(given: str, data: Dataset) -> None:
    assert (
        ask(data, "treatment/drugs", {"drug": given}).rows
        == ask(data, "treatment/drugs", {"drug": "tofacitinib"}).rows
        != ()
    )


def test_parameters_only_narrow(data: Dataset) -> None:
    tried = 0
    for name, query in library().items():
        everything = ask(data, query)
        for parameter in query.parameters:
            column = everything.columns.index(parameter)
            values = {row[column].value for row in everything.rows if isinstance(row[column], ox.NamedNode)}
            for value in sorted(values)[:2]:
                bound = ask(data, query, {parameter: value})
                assert bound.rows, (name, parameter, value)
                tried += 1
    assert tried > 50


def test_every_row_can_be_explained(data: Dataset) -> None:
    unexplained = []
    for name in NAMES:
        answer = ask(data, name)
        if answer.rows and not answer.facts(0):
            unexplained.append(name)
            continue
        for fact in answer.facts(0) if answer.rows else ():
            if (
                "#" in fact
                and "#time-" not in fact
                and "#author" not in fact
                and "#section" not in fact
                and "#quote" not in fact
            ):
                assert kg.explain(fact, data).quotes, (name, fact)
    assert unexplained == []


@pytest.mark.parametrize(
    ("name", "parameters", "said"),
    [
        ("treatment/drugs", {"drug": "azathioprine"}, "claim (subject; background)"),
        ("treatment/drugs", {"drug": "baricitinib"}, "no fact names it"),
        ("treatment/drugs", {"drug": "tofacitinib", "patient": "10.9999_nothing/p1"}, "is not in the data"),
    ],
)
def test_an_empty_answer_says_why(name: str, parameters: dict[str, str], said: str, data: Dataset) -> None:
    answer = ask(data, name, parameters)
    assert answer.rows == ()
    text = "\n".join(answer.why_empty)
    assert said in text
    assert "Searched 1 report" in text


def test_an_empty_dataset_says_so() -> None:
    answer = ask(from_rdflib(rdflib.Graph()), "treatment/drugs")
    assert any("no case graph" in line for line in answer.why_empty)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"drag": "x"}, "has no parameter --drag"),
        ({"drug": "tofacitinb"}, "did you mean tofacitinib"),
        ({"drug": "HP:" + "9" * 7}, "not among casekg's terms"),
    ],
)
def test_wrong_parameters_are_errors(parameters: dict[str, str], said: str, data: Dataset) -> None:
    with pytest.raises(CaseError, match=said):
        ask(data, "treatment/drugs", parameters)


def test_a_name_that_concepts_share_means_the_one_with_rows(data: Dataset) -> None:
    """ "interstitial lung disease" is the label of a MONDO term and a synonym of the HPO term that is used."""
    answer = ask(data, "phenotype/present", {"finding": "interstitial lung disease"})
    assert answer.rows
    assert answer.bound["finding"].value.endswith("HP_0006530")


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x WHERE { SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } }",
        "SELECT ?x WHERE { service silent <http://127.0.0.1:9/> { ?x ?y ?z } }",
        "SELECT ?x WHERE " + "{" * 3000 + "?x ?y ?z" + "}" * 3000,
        "SELECT ?x WHERE { ?x ?y }",
        "DELETE WHERE { ?x ?y ?z }",
    ],
    ids=["service", "silent", "deep", "syntax", "update"],
)
def test_queries_that_may_not_run(text: str, tmp_path: Path, data: Dataset) -> None:
    path = tmp_path / "q.rq"
    path.write_text(text, "utf-8")
    with pytest.raises(CaseError):
        ask(data, str(path))


def test_service_in_a_string_or_name_is_no_service(tmp_path: Path, data: Dataset) -> None:
    path = tmp_path / "q.rq"
    path.write_text("# SERVICE\nSELECT ?service WHERE { ?service rdfs:label 'SERVICE <x>' }", "utf-8")
    assert ask(data, str(path)).rows == ()


def test_the_response_of_a_manifestation_in_six_lines(data: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text(
        """SELECT ?manifestation ?outcome ?drug ?anchor WHERE {
  ?response ckg:ofManifestation/ckg:concept/rdfs:label ?manifestation ;
            ckg:outcome/rdfs:label ?outcome ;
            ckg:toTreatment/ckg:drug/rdfs:label ?drug ;
            ckg:evidence/oa:exact ?anchor . }""",
        "utf-8",
    )
    rows = ask(data, str(path)).values()
    assert ("Calcinosis cutis", "improved", "tofacitinib", "A clinical decrease in the extent of calcinosis") in rows


def test_headers_that_are_wrong_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text("#+ parameters:\n#+   drug: {type: thing}\nSELECT ?drug WHERE { ?x ckg:drug ?drug }", "utf-8")
    with pytest.raises(CaseError, match="has no type 'thing'"):
        read_query(path)
    path.write_text("#+ parameters:\n#+   drug: {type: concept}\nSELECT ?x WHERE { ?x ckg:drug ?drug }", "utf-8")
    with pytest.raises(CaseError, match="not in the SELECT clause"):
        read_query(path)


def test_excluded_is_not_present(data: Dataset) -> None:
    present = {row[0] for row in data_rows(data, "Present")}
    excluded = {row[0] for row in data_rows(data, "Excluded")}
    assert present
    assert excluded
    assert not present & excluded
    assert all(fact.startswith(CASE) for fact in present | excluded)


def data_rows(data: Dataset, status: str) -> list[tuple[str, ...]]:
    found = data.store.query(
        f"SELECT ?f WHERE {{ ?f a ckg:Finding ; ckg:status ckg:{status} }}",
        prefixes={"ckg": "https://w3id.org/casekg/ontology#"},
        use_default_graph_as_union=True,
    )
    return [(row["f"].value,) for row in found]  # type: ignore[union-attr,index]
