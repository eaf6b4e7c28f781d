"""Patients are found by what they have, upwards for what is present, downwards for what is excluded."""

from __future__ import annotations

from pathlib import Path

import pytest

import kg
from kg.base.results import CaseError
from kg.graph.store import Dataset
from kg.persons.people import people
from kg.serve.index import KINDS, Index, Wish, indexed

SEED = "https://w3id.org/casekg/case/10.7759_cureus.34125/p1"
INVENTED = "https://w3id.org/casekg/case/invented-1/p1"


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, shipped: Path, write_case) -> Dataset:
    return kg.build([shipped, write_case(tmp_path_factory.mktemp("index"))])


@pytest.fixture(scope="module")
def index(two: Dataset) -> Index:
    return indexed(two)


def found(index: Index, **wish: object) -> set[str]:
    return {entry.iri for entry in index.find(Wish(**wish)).entries}


def test_every_patient_of_the_data_is_there(two: Dataset, index: Index) -> None:
    assert [e.iri for e in index.entries] == [p.iri for p in people(two)] == [SEED, INVENTED]


def test_what_is_present_answers_for_what_is_above_it(index: Index) -> None:
    assert found(index, manifestation="calcinosis cutis") == {SEED}  # in the other it is excluded
    assert found(index, manifestation="Abnormality of the skin") == {SEED}
    assert found(index, manifestation="arthritis") == {SEED, INVENTED}


def test_what_is_excluded_answers_for_what_is_below_it(index: Index) -> None:
    assert found(index, manifestation="calcinosis cutis", excluded=True) == {INVENTED}
    assert found(index, manifestation="Abnormality of the skin", excluded=True) == set()


def test_a_class_of_drugs_answers_for_its_drugs(index: Index) -> None:
    assert found(index, drug="JAK inhibitor") == found(index, drug="CHEBI:71200") == {SEED, INVENTED}
    assert found(index, drug="rituximab") == {SEED}


def test_an_outcome_is_that_of_the_drug_and_the_manifestation(index: Index) -> None:
    assert found(index, drug="tofacitinib", manifestation="arthritis", outcome="improved") == {SEED, INVENTED}
    assert found(index, drug="tofacitinib", manifestation="calcinosis cutis", outcome="improved") == {SEED}
    assert found(index, drug="rituximab", manifestation="arthritis", outcome="improved") == set()
    assert found(index, drug="rituximab", outcome="worsened") == {SEED}


def test_all_that_is_wished_for_has_to_hold(index: Index) -> None:
    assert found(index, antibody="HP:0033560", drug="tofacitinib") == {SEED}


def test_nothing_found_says_why(index: Index) -> None:
    told = index.find(Wish(manifestation="arthritis", drug="rituximab", outcome="worsened", excluded=True))
    assert told.entries == ()
    assert told.why[0] == "Searched 2 patients of 2 reports."
    assert any(line.startswith("manifestation Arthritis (HP:0001369): ") for line in told.why)
    assert "All of that holds for no patient." in told.why
    outcome = index.find(Wish(drug="tofacitinib", manifestation="arthritis", outcome="worsened"))
    assert outcome.why[-1] == "Outcomes told there: improved in 2 patients."


@pytest.mark.parametrize(
    ("wish", "words"),
    [(Wish(drug="tofacitinb"), "did you mean tofacitinib"), (Wish(outcome="better"), "improved")],
)
def test_a_word_that_is_no_concept_is_told(index: Index, wish: Wish, words: str) -> None:
    with pytest.raises(CaseError) as error:
        index.find(wish)
    assert words in f"{error.value.results[0].message} {error.value.results[0].cure}"


def test_the_most_common_concepts_are_counted_in_persons(index: Index) -> None:
    counts = dict(index.common("drug", 50))
    assert counts["http://purl.obolibrary.org/obo/CHEBI_71200"] == 2
    assert all(number <= 2 for name in KINDS for _, number in index.common(name))
