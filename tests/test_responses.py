"""Responses by manifestation, courses, and what was never told."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.answers import responses as module
from kg.answers.responses import (
    OUTCOMES,
    PHENOPACKETS,
    Course,
    ResponseRow,
    courses,
    gaps,
    response_to_treatment,
    responses,
)
from kg.base import places
from kg.base.prefixes import expand
from kg.concepts.terms import Catalogue
from kg.graph.store import Dataset
from kg.model.case import Case, Outcome, Patient
from kg.model.reading import CaseFile, read_case
from kg.persons.people import Person, people

CASE = read_case(places.cases()[0])  # not a fixture: hypothesis would print it
quick = settings(deadline=None, derandomize=True, max_examples=100)
PREDNISONE = {"drug": "CHEBI:8382 ! prednisone", "printed": "prednisone"}
ARTHRITIS = {"concept": "HP:0001369 ! Arthritis", "status": "present"}


def person(case: Case, **sections: dict[str, Any]) -> Person:
    usual: dict[str, dict[str, Any]] = {"treatments": PREDNISONE, "findings": ARTHRITIS}
    facts = {
        name: {key: {"evidence": {"case": "words"}, **usual.get(name, {}), **fact} for key, fact in part.items()}
        for name, part in sections.items()
    }
    return Person.of(case.model_copy(update={"patients": {"p1": Patient.model_validate(facts)}}), "p1")


def answer(outcome: str, to: str = "t", of: str = "m", **more: Any) -> dict[str, Any]:
    return {"to": [to], "of": [of], "outcome": outcome, **more}


@pytest.fixture(scope="module")
def patient(data: Dataset) -> Person:
    (person,) = people(data)
    return person


@pytest.fixture(scope="module")
def rows(patient: Person) -> dict[tuple[str, str], ResponseRow]:
    return {(row.key, row.manifestation): row for row in responses(patient)}


@pytest.fixture(scope="module")
def course(patient: Person) -> dict[str, Course]:
    return {one.manifestation: one for one in courses(patient)}


# ---- the scheme -------------------------------------------------------------------------


def test_the_scheme_holds_every_outcome_once() -> None:
    assert set(OUTCOMES) == set(get_args(Outcome))
    assert {row.group for row in OUTCOMES.values()} == set(PHENOPACKETS) == set(get_args(module.Group))
    assert all((row.ncit is None) == (row.match is None) for row in OUTCOMES.values())
    ranks = [
        [row.rank for row in OUTCOMES.values() if row.group == group]
        for group in ("worsened", "not improved", "stable", "improved")
    ]
    assert all(max(a) < min(b) for a, b in pairwise(ranks))  # type: ignore[type-var]


def test_terms_of_the_scheme_are_those_of_the_ontology() -> None:
    terms = Catalogue.shipped()
    favourable = OUTCOMES["favourable"].ncit
    assert favourable
    assert terms.label(expand(favourable.id)) == favourable.label


def test_terms_of_the_scheme_are_in_the_extracts(shared: Path, tmp_path: Path) -> None:
    told = [row.ncit for row in OUTCOMES.values() if row.ncit]
    (tmp_path / "terms.yaml").write_text("".join(f"- {term}\n" for term in told), "utf-8")
    check = [sys.executable, str(shared / "tools" / "check_terms.py"), str(tmp_path)]
    run = subprocess.run(check, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.split(", ")[-1].strip()) == (0, "0 problems")


# ---- the shipped case -------------------------------------------------------------------

# response and manifestation -> outcome, group, attribution, how long after the start
SEED = {
    ("first-line-muscle", "myositis"): ("partially improved", "improved", "joint", "at most 32 months"),
    ("first-line-control", "arthritis"): ("controlled", "improved", "joint", "at most 32 months"),
    ("first-line-joints", "arthritis"): ("improved", "improved", "joint", "at most 32 months"),
    ("first-line-lungs", "ild"): ("improved", "improved", "joint", "at most 32 months"),
    ("first-line-myositis", "myositis"): ("persistent", "not improved", "joint", "at most 32 months"),
    ("first-line-calcinosis", "calcinosis"): ("not improved", "not improved", "joint", "at most 32 months"),
    ("topical-calcinosis", "calcinosis"): ("not improved", "not improved", "single", "not stated"),
    ("intralesional-calcinosis", "calcinosis"): ("not improved", "not improved", "single", "not stated"),
    ("all-previous-calcinosis", "calcinosis"): ("worsened", "worsened", "joint", "at most 32 months"),
    ("all-previous-overall", "scleromyositis"): ("refractory", "not improved", "joint", "not stated"),
    ("tofacitinib-calcinosis", "calcinosis"): ("improved", "improved", "single", "at most 14 months"),
    ("tofacitinib-arthritis", "arthritis"): ("controlled", "improved", "single", "14 months"),
    ("tofacitinib-myositis", "myositis"): ("controlled", "improved", "single", "14 months"),
    ("tofacitinib-esr", "elevated-esr"): ("resolved", "improved", "single", "14 months"),
    ("tofacitinib-ck", "elevated-ck"): ("resolved", "improved", "single", "14 months"),
    ("tofacitinib-lungs", "ild"): ("stable", "stable", "single", "14 months"),
    ("tofacitinib-lung-function", "ild"): ("improved", "improved", "single", "14 months"),
    ("tofacitinib-troponin", "elevated-troponin"): ("resolved", "improved", "single", "3 to 4 months"),
    ("tofacitinib-nt-probnp", "elevated-nt-probnp"): ("resolved", "improved", "single", "3 to 4 months"),
    ("tofacitinib-myocarditis", "myocarditis"): ("resolved", "improved", "single", "4 to 14 months"),
    ("tofacitinib-branching", "capillary-branching"): ("persistent", "not improved", "single", "4 to 14 months"),
    ("tofacitinib-capillary-loss", "capillary-loss"): ("partially improved", "improved", "single", "4 to 14 months"),
    ("tofacitinib-overall", "scleromyositis"): ("favourable", "improved", "single", "at most 14 months"),
}  # fmt: skip


@pytest.mark.parametrize("key", SEED)
def test_responses_of_the_shipped_case(key: tuple[str, str], rows: dict[tuple[str, str], ResponseRow]) -> None:
    row = rows[key]
    assert (row.outcome, row.group, row.attribution, row.after.text) == SEED[key]


def test_every_response_of_the_shipped_case_has_its_rows(
    rows: dict[tuple[str, str], ResponseRow], patient: Person
) -> None:
    told = {(key, of) for key, response in patient.patient.responses.items() for of in response.of}
    assert set(rows) == told
    for row in rows.values():
        assert row.anchors
        assert row.fact in row.facts
        assert {patient.fact(row.manifestation), *map(patient.fact, row.treatments)} <= set(row.facts)
        assert row.layer == ("interpretation" if row.key == "tofacitinib-overall" else "patient fact")


def test_the_cardiac_biomarkers(rows: dict[tuple[str, str], ResponseRow]) -> None:
    row = rows["tofacitinib-troponin", "elevated-troponin"]
    assert (row.after.least, row.after.most) == (91, 122)
    assert [shown.text.rsplit(": ", 1)[1] for shown in row.shown_by] == ["33.7 ng/L"]
    assert row.concomitant == ("steroids",)
    assert {"mmf", "ivig", "rituximab"} <= set(row.maybe_beside)
    assert "tofacitinib" not in row.maybe_beside
    assert row.judged_by == ("measured value",)


def test_a_joint_failure_blames_nobody(rows: dict[tuple[str, str], ResponseRow]) -> None:
    row = rows["all-previous-calcinosis", "calcinosis"]
    assert len(row.treatments) == 6
    assert "tofacitinib" not in {*row.treatments, *row.maybe_beside}


def test_the_course_of_calcinosis(course: dict[str, Course]) -> None:
    calcinosis = course["calcinosis"]
    assert [state.key for state in calcinosis.worst] == ["all-previous-calcinosis"]
    assert [state.key for state in calcinosis.best] == ["tofacitinib-calcinosis"]
    assert {state.key for state in calcinosis.last} == {"tofacitinib-calcinosis", "no-progression"}
    assert {"calcinosis-left-elbow", "calcinosis-progression"} <= set(calcinosis.aspects)
    assert "At disease onset" in calcinosis.first_seen
    assert calcinosis.relapses == ()
    assert calcinosis.not_reported == ()


def test_the_lungs_stay_involved_and_the_ground_glass_is_gone(course: dict[str, Course]) -> None:
    lungs = {state.key: state.there for state in course["ild"].last}
    assert lungs == {
        "ild-2022": True,
        "tofacitinib-lungs": True,
        "tofacitinib-lung-function": None,
        "no-ground-glass-2022": None,
    }
    assert {state.key for state in course["ild"].persisted} == {"ild-2022", "tofacitinib-lungs"}


def test_what_persisted_is_told_so_later(course: dict[str, Course]) -> None:
    persisted = {key for key, one in course.items() if one.persisted}
    assert persisted == {"capillary-arborisation", "capillary-branching", "capillary-loss", "ild", "scleromyositis"}


def test_how_long_it_held(course: dict[str, Course]) -> None:
    assert course["arthritis"].held.text == "14 to 46 months"
    assert course["myositis"].held.text == "not stated"  # it persisted, too, under the first line
    assert course["elevated-troponin"].held.text == "not stated"  # not measured again
    assert course["elevated-troponin"].unrelapsed.text == "10 to 11 months"


def test_the_myocarditis_resolved(course: dict[str, Course]) -> None:
    heart = course["myocarditis"]
    assert {"myocardial-inflammation", "raised-t1", "raised-t2"} <= set(heart.aspects)
    assert {state.outcome for state in heart.best} == {"resolved"}
    assert heart.persisted == ()


def test_what_is_not_reported_is_told(patient: Person, course: dict[str, Course]) -> None:
    found = {(gap.manifestation, gap.line) for gap in gaps(patient)}
    for line in range(1, 6):
        assert ("raynaud", line) in found
    assert ("chest-pain", 5) in found
    assert ("chest-pain", 1) not in found  # it came later
    assert not {("calcinosis", line) for line in range(1, 6)} & found
    assert {line for key, line in found if key == "elevated-ck"} == {1, 2, 3, 4}
    assert {key for key, _ in found} <= set(course)
    assert {gap.outcome for gap in gaps(patient)} == {"not reported"}
    raynaud = next(gap for gap in gaps(patient) if gap.manifestation == "raynaud")
    assert raynaud.facts == patient.facts("raynaud", "steroids", "mmf", "ivig")


def test_rdf_gives_the_same_responses(patient: Person, data: Dataset, tmp_path: Path) -> None:
    data.save(tmp_path / "a.nq")
    (lifted,) = people(kg.build([tmp_path / "a.nq"]))
    assert sorted(responses(lifted), key=lambda r: (r.key, r.manifestation)) == sorted(
        responses(patient), key=lambda r: (r.key, r.manifestation)
    )
    assert courses(lifted) == courses(patient)
    assert gaps(lifted) == gaps(patient)


def test_one_value_of_a_phenopacket(rows: dict[tuple[str, str], ResponseRow]) -> None:
    alone = [row for row in rows.values() if row.treatments == ("tofacitinib",)]
    assert response_to_treatment(alone) is None  # they did not all respond alike
    heart = [row for row in alone if row.manifestation == "elevated-troponin"]
    assert str(response_to_treatment(heart)) == "NCIT:C102560 ! Favorable"
    assert response_to_treatment(row for row in rows.values() if row.key == "first-line-joints") is None
    assert response_to_treatment([]) is None


# ---- invented patients ------------------------------------------------------------------


def test_a_relapse_after_improvement(seed: CaseFile) -> None:
    told = {
        "better": answer("improved", time="2020"),
        "worse": answer("relapsed", time="2021"),
        "again": answer("improved", time="2022"),
    }
    follow = {"seen": {"time": "2023", "printed": "2023"}}
    (found,) = courses(person(seed.case, treatments={"t": {}}, findings={"m": {}}, responses=told, follow_up=follow))
    assert found.relapses == (("better", "worse"),)
    assert [state.key for state in found.last] == ["again"]
    assert found.held.text == "not stated"
    assert found.unrelapsed.text == "1 to 23 months"
    assert [state.key for state in found.states] == ["better", "worse", "again", "m"]


def test_later_lines_come_later_without_a_date(seed: CaseFile) -> None:
    told = {"a": answer("worsened", "x"), "b": answer("improved", "y"), "c": answer("stable", "x", time="2020")}
    treatments = {"x": {}, "y": {"after": ["x"]}}
    (found,) = courses(person(seed.case, treatments=treatments, findings={"m": {}}, responses=told))
    assert [state.key for state in found.last] == ["b"]
    assert [state.key for state in found.worst] == ["a"]


def test_a_resolved_manifestation_is_not_missed_later(seed: CaseFile) -> None:
    treatments = {"x": {"start": "2020"}, "y": {"start": "2021"}}
    findings = {"m": {"time": "2019"}, "n": {"time": "2019"}, "late": {"time": "2022"}}
    told = {"a": answer("resolved", "x"), "b": answer("improved", "x", "n")}
    found = gaps(person(seed.case, treatments=treatments, findings=findings, responses=told))
    assert [(gap.manifestation, gap.line) for gap in found] == [("n", 2)]


def test_a_later_finding_is_a_mention(seed: CaseFile) -> None:
    treatments = {"x": {"start": "2020"}, "y": {"start": "2022"}}
    findings = {"m": {"time": "2019"}, "then": {"time": "2021", "aspect_of": "m"}}
    found = gaps(person(seed.case, treatments=treatments, findings=findings))
    assert [(gap.manifestation, gap.line) for gap in found] == [("m", 2)]
    findings["then"]["time"] = "2023"
    found = gaps(person(seed.case, treatments=treatments, findings=findings))
    assert [(gap.manifestation, gap.line) for gap in found] == [("m", 1)]


def test_of_joint_treatments_the_last_start_counts(seed: CaseFile) -> None:
    treatments = {"x": {"start": "2020-01-01"}, "y": {"start": "2020-03-01"}}
    told = {"a": {**answer("improved", time="2020-03-31"), "to": ["x", "y"]}}
    (row,) = responses(person(seed.case, treatments=treatments, findings={"m": {}}, responses=told))
    assert (row.attribution, row.after.text) == ("joint", "30 days")


@quick
@given(st.lists(st.tuples(st.sampled_from(get_args(Outcome)), st.integers(0, 3), st.booleans()), max_size=6))
def test_courses_hold_all_that_is_told(told: list[tuple[str, int, bool]]) -> None:
    treatments = {f"t{n}": {"after": [f"t{n - 1}"]} if n else {"start": "2005"} for n in range(4)}
    rows = {
        f"r{n}": answer(outcome, f"t{t}", **({"time": str(2010 + t)} if dated else {}))
        for n, (outcome, t, dated) in enumerate(told)
    }
    patient = person(CASE, treatments=treatments, findings={"m": {"time": "2000"}}, responses=rows)
    (found,) = courses(patient)
    assert sorted(state.key for state in found.states) == sorted(["m", *rows])
    assert [state.key for state in found.states if state.key in [s.key for s in found.last]]
    ranks = {state.key: OUTCOMES[state.outcome].rank for state in found.states if state.outcome}
    known = [rank for rank in ranks.values() if rank is not None]
    assert {ranks[s.key] for s in found.worst} == ({min(known)} if known else set())
    assert {ranks[s.key] for s in found.best} == ({max(known)} if known else set())
    if rows:  # the last treatment that is told of is that of the last states
        assert {s.treatments for s in found.last} == {(f"t{max(t for _, t, _ in told)}",)}
    mentioned = {t for _, t, _ in told}
    assert not {f"t{n}" for n in mentioned} & {key for keys in found.not_reported for key in keys}
    assert found.held.least is None or found.unrelapsed.least is None or found.held.least <= found.unrelapsed.least


def test_what_is_told_of_a_time_that_goes_on_beyond_the_start_of_a_line_is_told_under_it() -> None:
    """Denied from the start of the line until now: that is no silence. Denied in the year of the start may be before it."""
    findings = {"m": {"time": "2020"}, "m-gone": {"aspect_of": "m", "status": "excluded", "time": "2021-09/2022-11"}}
    treatments = {"t": {"start": "2021-09"}}
    assert gaps(person(CASE, findings=findings, treatments=treatments)) == ()
    findings["m-gone"]["time"] = "2021"
    assert [gap.manifestation for gap in gaps(person(CASE, findings=findings, treatments=treatments))] == ["m"]


def test_the_exposure_that_the_shipped_report_denies_is_not_unreported(patient: Person) -> None:
    told = {(gap.manifestation, gap.treatments) for gap in gaps(patient)}
    assert ("telangiectasia", ("tofacitinib",)) in told
    assert not any(manifestation == "skin-exposure" for manifestation, _ in told)
