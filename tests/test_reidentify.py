"""Who is singled out by which facts: known answers on small data, and brute force on random tables."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.base.prefixes import CASE, CKG, expand
from kg.graph.store import PERSONS, Dataset
from kg.persons.reidentify import (
    HEADS,
    KINDS,
    Anonymity,
    Risk,
    k_anonymity,
    rare_results,
    reidentify,
    rows,
    smallest_sets,
    traits,
    why_none,
)  # fmt: skip

Write = Callable[..., Path]
MALE, FEMALE = expand("PATO:0000384"), expand("PATO:0000383")
MYOSITIS, CALCINOSIS = expand("HP:0100614"), expand("HP:0025520")
TOFACITINIB, PREDNISONE = expand("CHEBI:71200"), expand("CHEBI:8382")

HEAD = """@prefix ckg: <https://w3id.org/casekg/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@base <https://w3id.org/casekg/case/> .
"""


def patient(
    name: str, sex: str, age: int, findings: tuple[str, ...] = (), drugs: tuple[str, ...] = (), year: int = 2020
) -> str:
    """Turtle of one patient with findings and drugs, one report each."""
    lines = [f"<{name}> a ckg:Report ; dcterms:issued '{year}-05-01'^^xsd:date ."]
    lines.append(f"<{name}/p1> a ckg:Patient ; ckg:reportedIn <{name}> ; ckg:sex <{sex}> ; ckg:ageYears {age}.0 .")
    for n, concept in enumerate(findings):
        lines.append(
            f"<{name}/p1#f{n}> a ckg:Finding ; ckg:patient <{name}/p1> ; ckg:concept <{concept}> ; ckg:status ckg:Present ; ckg:layer ckg:PatientFact ."
        )
    for n, drug in enumerate(drugs):
        lines.append(
            f"<{name}/p1#t{n}> a ckg:Treatment ; ckg:patient <{name}/p1> ; ckg:drug <{drug}> ; ckg:layer ckg:PatientFact ."
        )
    return "\n".join(lines) + "\n"


def dataset(*turtle: str) -> Dataset:
    store = ox.Store()
    for quad in ox.parse((HEAD + "".join(turtle)).encode(), ox.RdfFormat.TURTLE):
        store.add(quad)
    return Dataset(store)


def short(risks: tuple[Risk, ...]) -> list[tuple[str, int, list[str]]]:
    return [(r.patient.removeprefix(CASE), r.k, [str(t) for t in r.traits]) for r in risks]


ALIKE = [patient(name, MALE, 40, (MYOSITIS,), (TOFACITINIB,)) for name in "abc"]


# ---- the pure algorithm -------------------------------------------------------------------


def brute(table: dict[str, frozenset[str]], k: int, largest: int) -> set[tuple[str, int, frozenset[str]]]:
    """The definition, word for word: every subset of every row, counted against every row."""
    found = set()
    for row, values in table.items():
        single: list[frozenset[str]] = []
        for size in range(1, largest + 1):
            for chosen in map(frozenset, combinations(sorted(values), size)):
                held = sum(chosen <= other for other in table.values())
                if held < k and not any(smaller < chosen for smaller in single):
                    single.append(chosen)
                    found.add((row, held, chosen))
    return found


TABLES = st.dictionaries(
    st.sampled_from("abcdefgh"), st.frozensets(st.sampled_from("stuvwxyz"), max_size=7), max_size=8
)


@given(TABLES, st.integers(1, 4), st.integers(1, 5))
@settings(deadline=None, max_examples=400)
def test_the_same_as_trying_every_combination(table: dict[str, frozenset[str]], k: int, largest: int) -> None:
    got = list(smallest_sets(table, k, largest))
    assert {(row, held, frozenset(values)) for row, held, values in got} == brute(table, k, largest)
    assert len(got) == len({(row, frozenset(values)) for row, _, values in got})


@given(TABLES, st.integers(1, 4), st.integers(1, 3))
@settings(deadline=None, max_examples=100)
def test_small_sets_come_first_in_one_order(table: dict[str, frozenset[str]], k: int, largest: int) -> None:
    got = list(smallest_sets(table, k, largest))
    again = {row: frozenset(sorted(values, reverse=True)) for row, values in table.items()}
    assert got == list(smallest_sets(again, k, largest))
    for row in table:
        sizes = [len(values) for name, _, values in got if name == row]
        assert sizes == sorted(sizes)
        assert [r for r in got if r[0] == row] == list(smallest_sets(table, k, largest, [row]))
        assert [r for r in got if r[0] == row][:2] == list(smallest_sets(table, k, largest, [row], 2))


def test_a_wide_table_is_answered() -> None:
    """Three hundred rows of sixty values: nobody waits for every combination to be counted against every row."""
    table = {f"p{n}": frozenset((n * step + step) % 211 for step in range(60)) for n in range(300)}
    got = list(smallest_sets(table, 2, 3, limit=5))
    assert all(held == 1 for _, held, _ in got)
    assert all(sum(set(values) <= other for other in table.values()) == 1 for _, _, values in got[:20])


# ---- datasets with known answers ------------------------------------------------------------


def test_nobody_is_singled_out_among_the_alike() -> None:
    data = dataset(*ALIKE)
    assert reidentify(data) == ()
    assert why_none(data) is None
    assert {r[1] for r in short(reidentify(data, k=4))} == set()
    assert (
        why_none(data, 4)
        == "The dataset has 3 patients, fewer than k = 4: everyone in it is singled out by being there."
    )


def test_one_rare_fact_singles_out_alone() -> None:
    data = dataset(*ALIKE, patient("d", MALE, 40, (MYOSITIS, CALCINOSIS), (TOFACITINIB,)))
    assert short(reidentify(data)) == [("d/p1", 1, ["finding Calcinosis cutis"])]
    assert reidentify(data)[0].traits[0].facts == (CASE + "d/p1#f1",)


def test_two_common_facts_single_out_together() -> None:
    data = dataset(
        patient("a", MALE, 40, (MYOSITIS,)), patient("b", MALE, 40, (CALCINOSIS,)),
        patient("c", FEMALE, 40, (MYOSITIS,)), patient("d", FEMALE, 40, (MYOSITIS,)), patient("e", FEMALE, 40, (CALCINOSIS,)),
    )  # fmt: skip
    assert short(reidentify(data)) == [
        ("a/p1", 1, ["finding Myositis", "sex male"]),
        ("b/p1", 1, ["finding Calcinosis cutis", "sex male"]),
        ("e/p1", 1, ["finding Calcinosis cutis", "sex female"]),
    ]
    assert short(reidentify(data, largest=1)) == []
    assert short(reidentify(data, only=CASE + "e/p1")) == short(reidentify(data))[2:]
    assert {r.k for r in reidentify(data, k=3)} == {2}


def test_the_age_and_its_band_are_both_asked() -> None:
    data = dataset(*(patient(name, MALE, age) for name, age in (("a", 41), ("b", 41), ("c", 42), ("d", 55))))
    assert short(reidentify(data)) == [
        ("c/p1", 1, ["age 42"]),
        ("d/p1", 1, ["age 55"]),
        ("d/p1", 1, ["age-band 50-59"]),
    ]


def test_the_year_of_publication_counts() -> None:
    data = dataset(patient("a", MALE, 40, year=2019), patient("b", MALE, 40), patient("c", MALE, 40))
    assert short(reidentify(data)) == [("a/p1", 1, ["published 2019"])]


def test_excluded_and_background_facts_do_not_count() -> None:
    excluded = patient("d", MALE, 40, (MYOSITIS, CALCINOSIS), (TOFACITINIB,)).replace(
        f"<{CALCINOSIS}> ; ckg:status ckg:Present", f"<{CALCINOSIS}> ; ckg:status ckg:Excluded"
    )
    background = (
        patient("e", MALE, 40, (MYOSITIS, CALCINOSIS), (TOFACITINIB,))
        .replace("ckg:PatientFact", "ckg:Background", 2)
        .replace("ckg:Background", "ckg:PatientFact", 1)
    )
    assert reidentify(dataset(*ALIKE, excluded)) == ()
    assert reidentify(dataset(*ALIKE, background)) == ()


def test_years_of_dated_facts_count_when_they_are_sure() -> None:
    dated = """<d/p1#f0> ckg:time <d/p1#time-2019> .
<d/p1#time-2019> ckg:earliestStart '2019-01-01'^^xsd:date ; ckg:latestStart '2019-12-31'^^xsd:date ; ckg:latestEnd '2021-12-31'^^xsd:date .
<d/p1#t0> ckg:start <d/p1#time-vague> .
<d/p1#time-vague> ckg:earliestStart '2015-01-01'^^xsd:date ; ckg:latestStart '2016-12-31'^^xsd:date .
"""
    data = dataset(*ALIKE, patient("d", MALE, 40, (MYOSITIS,), (TOFACITINIB,)), dated)
    assert short(reidentify(data)) == [("d/p1", 1, ["year 2019"])]
    assert reidentify(data)[0].traits[0].facts == (CASE + "d/p1#f0",)


def test_one_iri_is_one_person() -> None:
    again = f"<a/p1#g> a ckg:Finding ; ckg:patient <a/p1> ; ckg:concept <{CALCINOSIS}> ; ckg:status ckg:Present .\n"
    data = dataset(*ALIKE, again, patient("d", MALE, 40, (CALCINOSIS,)))
    assert len(traits(data)) == 4
    assert short(reidentify(data)) == [
        ("a/p1", 1, ["drug tofacitinib", "finding Calcinosis cutis"]),
        ("a/p1", 1, ["finding Calcinosis cutis", "finding Myositis"]),
    ]


def test_a_fact_said_twice_is_one_trait() -> None:
    data = dataset(*ALIKE, patient("d", MALE, 40, (CALCINOSIS, CALCINOSIS)))
    assert reidentify(data)[0].traits[0].facts == (CASE + "d/p1#f0", CASE + "d/p1#f1")


def test_a_strange_age_is_passed_over() -> None:
    data = dataset(*ALIKE, "<x/p1> a ckg:Patient ; ckg:ageYears 'old' .\n")
    assert [t.kind for t in traits(data)[CASE + "x/p1"]] == []


@pytest.mark.parametrize(("k", "largest"), [(0, 3), (2, 0)])
def test_numbers_below_one_are_refused(k: int, largest: int) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        reidentify(dataset(*ALIKE), k, largest)


def test_a_patient_who_is_not_there_is_refused() -> None:
    with pytest.raises(ValueError, match="not a patient"):
        reidentify(dataset(*ALIKE), only=CASE + "nobody/p1")


# ---- k-anonymity ------------------------------------------------------------------------------


def test_the_smallest_group_is_told() -> None:
    data = dataset(*ALIKE, patient("d", FEMALE, 44), patient("e", FEMALE, 48))
    found = k_anonymity(data)
    assert (found.k, found.groups, found.patients) == (2, 2, (CASE + "d/p1", CASE + "e/p1"))
    assert [str(t) for t in found.group] == ["age-band 40-49", "sex female"]
    assert k_anonymity(data, ["age"]).k == 1
    assert k_anonymity(data, ["published"]).k == 5
    assert k_anonymity(data, []).k == 5


def test_no_patient_no_group() -> None:
    assert k_anonymity(dataset()) == Anonymity(0, (), (), 0)
    assert why_none(dataset()) == "The dataset has no patient."
    assert reidentify(dataset()) == ()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="'colour' is not a kind"):
        k_anonymity(dataset(), ["colour"])


# ---- printed -----------------------------------------------------------------------------------


def test_rows_are_text_under_the_heads() -> None:
    data = dataset(*ALIKE, patient("d", FEMALE, 41, (CALCINOSIS,), (PREDNISONE,)))
    table = rows(reidentify(data))
    assert table[0] == ("case:d/p1", "1", "age 41")
    assert {len(row) for row in table} == {len(HEADS)}


def test_results_are_information_one_a_patient() -> None:
    data = dataset(*ALIKE, patient("d", FEMALE, 41))
    (result,) = rare_results(data)
    assert (result.severity, result.rule, result.focus) == ("info", "privacy-rare", CASE + "d/p1")
    assert result.message.startswith("fewer than 2 patients share age 41; ")
    assert result.message.endswith(".")
    (alone,) = rare_results(kg.build())
    assert alone.message == why_none(kg.build())


def test_case_files_are_read(tmp_path: Path, write_case: Write) -> None:
    paths = [
        write_case(tmp_path, replace={"id: invented-1": f"id: invented-{n}", **more}, name=f"{n}.yaml")
        for n, more in (
            (1, {}),
            (2, {}),
            (3, {"{concept: PATO:0000383 ! female": "{odd: It says male elsewhere, concept: PATO:0000384 ! male"}),
        )
    ]
    data = kg.build(paths)
    assert short(reidentify(data)) == [("invented-3/p1", 1, ["sex male"])]
    known = traits(data)[CASE + "invented-3/p1"]
    assert {t.kind for t in known} <= set(KINDS)
    assert {(t.kind, t.label) for t in known} >= {
        ("year", "2019"),
        ("year", "2021"),
        ("published", "2024"),
        ("age", "40"),
        ("drug", "tofacitinib"),
    }
    assert not any(t.value == CALCINOSIS for t in known)
    assert all(fact.startswith(CASE + "invented-3") for t in known for fact in t.facts)
    assert CKG not in "".join(t.label for t in known)


def test_a_second_report_of_a_person_does_not_hide_the_person() -> None:
    data = dataset(
        patient("a", MALE, 41, (MYOSITIS,)),
        patient("b", MALE, 41, (MYOSITIS,)),
        patient("c", FEMALE, 50, (CALCINOSIS,)),
    )
    assert ("finding", MYOSITIS) not in {(t.kind, t.value) for r in reidentify(data, largest=1) for t in r.traits}
    a, b = (ox.NamedNode(f"{CASE}{name}/p1") for name in "ab")
    for one in (a, b):
        data.store.add(ox.Quad(one, ox.NamedNode(CKG + "countedAs"), a, ox.NamedNode(PERSONS)))
    assert sorted(traits(data)) == [f"{CASE}a/p1", f"{CASE}c/p1"]
    told = {(r.patient, t.value) for r in reidentify(data, largest=1) for t in r.traits}
    assert (a.value, MYOSITIS) in told
    assert reidentify(data, only=b.value) == reidentify(data, only=a.value) != ()
    assert why_none(data) is None
    assert why_none(data, 3) is not None
