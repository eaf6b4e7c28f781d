"""Lines of therapy, what was given beside what, gaps, tapers, labels."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.answers.therapy import Line, apart, concomitant, exposure, lines, off_label, tapers, washout
from kg.answers.therapy import given as given_
from kg.base import places
from kg.graph.store import Dataset
from kg.model.case import Case, Patient
from kg.model.reading import CaseFile, read_case
from kg.persons.people import Person, people

quick = settings(deadline=None, derandomize=True, max_examples=150)
EVIDENCE = {"case": "words"}
PREDNISONE = {"drug": "CHEBI:8382 ! prednisone", "printed": "prednisone"}
TOFACITINIB = {"drug": "CHEBI:71200 ! tofacitinib", "printed": "tofacitinib"}

CASE = read_case(places.cases()[0])  # not a fixture: hypothesis would print it


def person(case: Case, treatments: dict[str, Any], **sections: Any) -> Person:
    told = {"treatments": {key: {**PREDNISONE, **t} for key, t in treatments.items()}, **sections}
    facts = {name: {key: {"evidence": EVIDENCE, **fact} for key, fact in part.items()} for name, part in told.items()}
    return Person.of(case.model_copy(update={"patients": {"p1": Patient.model_validate(facts)}}), "p1")


def keys(found: tuple[Line, ...]) -> list[tuple[int, tuple[str, ...]]]:
    return [(line.number, line.keys) for line in found]


@pytest.fixture(scope="module")
def patient(data: Dataset) -> Person:
    (person,) = people(data)
    return person


# ---- the shipped case -------------------------------------------------------------------


def test_the_five_lines_of_the_shipped_case(patient: Person) -> None:
    first, topical, intralesional, rituximab, tofacitinib = found = lines(patient)
    assert keys(found) == [
        (1, ("ivig", "mmf", "steroids")),
        (2, ("topical-thiosulfate",)),
        (3, ("intralesional-thiosulfate",)),
        (4, ("rituximab",)),
        (5, ("tofacitinib",)),
    ]
    assert all(line.ordered for line in found)
    assert [line.began for line in found] == ["start", "not stated", "switch", "add-on", "not stated"]
    assert first.combination
    assert [step.key for step in first.continued] == ["prednisone"]
    assert first.continued[0].dose == "2.5 mg/24h"
    assert topical.failed == ("ivig", "mmf", "steroids")
    assert intralesional.instead_of == ("topical-thiosulfate",)
    assert (rituximab.added_to, rituximab.after) == ((), ("intralesional-thiosulfate",))
    assert tofacitinib.because == ("refractory disease", "severe disease")
    assert tofacitinib.facts == (patient.fact("tofacitinib"),)
    assert (tofacitinib.starts.earliest_start, tofacitinib.starts.latest_start) == (date(2021, 9, 1), date(2021, 9, 30))
    assert rituximab.starts.latest_start == date(2021, 9, 30)


def test_supportive_and_preventive_treatments_stand_apart(patient: Person) -> None:
    assert [(one.key, one.intent) for one in apart(patient)] == [
        ("local-cures", "supportive"),
        ("zoster-vaccination", "preventive"),
    ]


def test_what_was_given_is_told_in_the_words_of_the_report(patient: Person) -> None:
    tofacitinib, rituximab = given_(patient, "tofacitinib"), given_(patient, "rituximab")
    assert (tofacitinib.dose, tofacitinib.start, tofacitinib.last) == (
        "5 mg twice daily",
        "2021-09",
        "still given 2022-11",
    )
    assert (tofacitinib.route, tofacitinib.duration) == ("not stated", "not stated")
    assert (rituximab.dose, rituximab.duration, rituximab.last) == ("not stated", "one year", "not stated")
    assert given_(patient, "topical-thiosulfate").route == "topical"
    assert given_(patient, "steroids").class_only


def test_how_long_it_was_given(patient: Person) -> None:
    tofacitinib = exposure(patient, "tofacitinib")
    assert (tofacitinib.least, tofacitinib.most, tofacitinib.text) == (397, 455, "14 months")
    assert exposure(patient, "rituximab").text == "one year"
    assert exposure(patient, "mmf").text == "not stated"


# moment -> surely, among the merely possible, excluded
BESIDE = {
    "present": ({"steroids", "prednisone", "tofacitinib"}, {"mmf", "ivig", "rituximab"}, {"topical-thiosulfate"}),
    "cardiac-normalisation": ({"steroids", "tofacitinib"}, {"prednisone", "mmf", "rituximab"}, {"topical-thiosulfate"}),
    "2022-03": ({"steroids", "tofacitinib"}, {"prednisone", "mmf"}, {"topical-thiosulfate"}),
    "progression-2021": ({"steroids"}, {"mmf", "rituximab"}, {"tofacitinib"}),
    "steroids": ({"steroids", "mmf", "ivig"}, set(), {"rituximab", "tofacitinib", "topical-thiosulfate"}),
}


@pytest.mark.parametrize("at", BESIDE)
def test_what_was_given_beside(at: str, patient: Person) -> None:
    found, (surely, maybe, never) = concomitant(patient, at), BESIDE[at]
    assert set(found.surely) == surely
    assert maybe <= set(found.maybe) - surely
    assert not never & set(found.maybe)
    assert set(found.facts) == set(patient.facts(*found.maybe))


def test_a_moment_that_means_nothing_is_refused(patient: Person) -> None:
    with pytest.raises(ValueError, match="neither a date nor a key"):
        concomitant(patient, "teatime")


def test_gaps_are_not_stated_without_an_end(patient: Person) -> None:
    found = washout(patient)
    assert ("topical-thiosulfate", "intralesional-thiosulfate") in [(w.ended, w.started) for w in found]
    between = {(w.ended, w.started): (w.least, w.most, w.text) for w in found}
    # begun in 2019 at the earliest and given for some nine months at least: its end may lie before 2021-09, or after
    rituximab = between.pop(("rituximab", "tofacitinib"))
    assert rituximab == (-456, 730, "from an overlap of 456 days to a gap of 730 days")
    assert set(between.values()) == {(None, None, "not stated")}


def test_the_steroids_were_spared(patient: Person) -> None:
    (taper,) = tapers(patient)
    assert (taper.treatment.key, taper.before, taper.after) == ("steroids", "not stated", "2.5 mg/24h")
    assert (taper.allowed_by, taper.printed) == (("tofacitinib",), "progressive withdrawal of steroids")
    assert taper.steroid
    assert taper.sparing
    assert patient.fact("steroid-reduction") in taper.facts


def test_off_label_by_the_approvals_of_the_report(patient: Person) -> None:
    found = {label.treatment.key: label for label in off_label(patient)}
    assert found["tofacitinib"].status == "off label"
    assert [term.label for term in found["tofacitinib"].approved][:1] == ["rheumatoid arthritis"]
    assert f"{patient.report}#tofacitinib-approved" in found["tofacitinib"].facts
    assert {label.status for key, label in found.items() if key != "tofacitinib"} == {"not stated"}
    assert "local-cures" not in found


def test_rdf_gives_the_same_therapy(patient: Person, data: Dataset, tmp_path: Path) -> None:
    data.save(tmp_path / "a.nq")
    (lifted,) = people(kg.build([tmp_path / "a.nq"]))
    assert lines(lifted) == lines(patient)
    assert tapers(lifted) == tapers(patient)
    assert washout(lifted) == washout(patient)
    assert [(x.treatment.key, x.status) for x in off_label(lifted)] == [
        (x.treatment.key, x.status) for x in off_label(patient)
    ]


# ---- invented patients ------------------------------------------------------------------


def test_lines_in_no_told_order_share_a_number_and_say_so(seed: CaseFile) -> None:
    found = lines(
        person(seed.case, {"a": {}, "b": {"after": ["a"]}, "c": {"after": ["a"]}, "d": {"after": ["b", "c"]}})
    )
    assert keys(found) == [(1, ("a",)), (2, ("b",)), (2, ("c",)), (3, ("d",))]
    assert [line.unordered for line in found] == [(), ("c",), ("b",), ()]
    assert found[1].began == "not stated"
    alone = lines(person(seed.case, {"a": {}, "b": {}}))
    assert {line.began for line in alone} == {"not stated"}


def test_the_days_order_what_is_not_told(seed: CaseFile) -> None:
    told = {"a": {"start": "2020"}, "b": {"start": "2019"}, "c": {"start": "2019-12-31"}, "d": {"start": "2019-12-31"}}
    found = lines(person(seed.case, told))
    assert keys(found) == [(1, ("b",)), (1, ("c", "d")), (2, ("a",))]
    assert found[0].unordered == ("c", "d")
    assert person(seed.case, {}).patient.treatments == {}
    assert lines(person(seed.case, {})) == ()


@pytest.mark.parametrize(
    ("second", "began"),
    [
        ({"after": ["a"], "start": "2020-03"}, "switch"),
        ({"after": ["a"], "start": "2019-06"}, "not stated"),
        ({"after": ["a"], "add_on": True}, "add-on"),
        ({"added_to": ["a"], "start": "2019-06"}, "add-on"),
        ({"after": ["a"]}, "not stated"),
    ],
)
def test_how_a_line_began(second: dict[str, Any], began: str, seed: CaseFile) -> None:
    found = lines(person(seed.case, {"a": {"start": "2019", "end": "2020-02"}, "b": second}))
    assert [line.began for line in found] == ["start", began]


def test_what_is_continued_is_in_the_line_of_what_it_continues(seed: CaseFile) -> None:
    told = {"a": {}, "b": {"after": ["a"]}, "a2": {"continues": "a"}, "a3": {"continues": "a2"}, "c": {"after": ["a3"]}}
    found = lines(person(seed.case, told))
    assert [(line.keys, [step.key for step in line.continued]) for line in found] == [
        (("a",), ["a2", "a3"]),
        (("b",), []),
        (("c",), []),
    ]
    beside = lines(person(seed.case, {"a": {}, "a2": {"continues": "a"}, "b": {"with": ["a2"]}, "c": {"with": ["a2"]}}))
    assert keys(beside) == [(1, ("a",)), (2, ("b", "c"))]  # begun with the later dose, not with the first
    circle = lines(person(seed.case, {"a": {"continues": "b"}, "b": {"continues": "a"}}))
    assert sorted(key for line in circle for key in line.all_keys) == ["a", "b"]


# end of the first, start of the second -> days, words
GAPS = {
    ("2020-01-10", "2020-01-31"): (21, 21, "21 days"),
    ("2020-01", "2020-02"): (1, 59, "1 to 59 days"),
    ("2020-01", "2020-01"): (-30, 30, "from an overlap of 30 days to a gap of 30 days"),
    ("2020-01-31", "2020-01-10"): (-21, -21, "an overlap of 21 days"),
    ("2020-01-31", "2020-01-10/2020-02"): (-21, -21, "an overlap of 21 days"),
    ("2020-03", "2020-01"): (-90, -30, "from an overlap of 90 days to one of 30 days"),
}


@pytest.mark.parametrize("days", GAPS)
def test_the_gap_between_two_lines(days: tuple[str, str], seed: CaseFile) -> None:
    told = {"a": {"start": "2019", "end": days[0]}, "b": {"start": days[1], "after": ["a"]}}
    (gap,) = washout(person(seed.case, told))
    assert (gap.least, gap.most, gap.text) == GAPS[days]


def test_a_printed_duration_gives_an_end(seed: CaseFile) -> None:
    year = {"value": 1, "unit": "a", "printed": "one year"}
    told = {"a": {"start": "2019-03-01", "duration": year}, "b": {"start": "2020-03-31", "after": ["a"]}}
    (gap,) = washout(person(seed.case, told))
    assert (gap.least, gap.most) == (-62, 121)  # one year is 9 to 15 months
    found = person(seed.case, told)
    assert "a" in concomitant(found, "2019-11-24").surely
    assert "a" not in concomitant(found, "2020-05").surely
    assert washout(person(seed.case, {**told, "b": {"start": "2020-03-31", "added_to": ["a"]}})) == ()


def test_the_last_day_counts(seed: CaseFile) -> None:
    found = person(seed.case, {"a": {"start": "2020-01-01", "end": "2020-01-10"}})
    assert [concomitant(found, day).surely for day in ("2020-01-01", "2020-01-10", "2020-01-11")] == [
        ("a",),
        ("a",),
        (),
    ]
    assert concomitant(found, "2020-01-11").maybe == ()


def test_what_is_told_of_moments_without_a_date_counts(seed: CaseFile) -> None:
    times = {"late": {"printed": "late"}, "then": {"printed": "then", "after": "a", "before": "late"}}
    found = person(seed.case, {"a": {"ongoing_at": "late"}, "b": {}}, times=times)
    assert (concomitant(found, "then").surely, concomitant(found, "then").maybe) == (("a",), ("a", "b"))


def test_only_corticosteroids_are_spared(seed: CaseFile) -> None:
    change = {"treatment": "a", "direction": "reduced", "allowed_by": ["b"], "printed": "less"}
    for drug, spared in ((PREDNISONE, True), (TOFACITINIB, False)):
        told = person(seed.case, {"a": drug, "b": {}}, dose_changes={"c": change})
        assert [taper.sparing for taper in tapers(told)] == [spared]
    more = person(seed.case, {"a": {}, "b": {}}, dose_changes={"c": {**change, "direction": "increased"}})
    assert not tapers(more)[0].sparing


def test_a_hypothesis_approves_nothing(seed: CaseFile) -> None:
    claim = seed.case.claims["tofacitinib-approved"]
    guess = {"guess": claim.model_copy(update={"kind": "hypothesis"})}
    diagnoses = {"d": {"concept": "MONDO:0005100 ! systemic sclerosis", "status": "present"}}
    for claims, status in (({"said": claim}, "off label"), (guess, "not stated"), ({}, "not stated")):
        case = seed.case.model_copy(update={"claims": claims})
        assert off_label(person(case, {"t": TOFACITINIB}, diagnoses=diagnoses))[0].status == status


@pytest.mark.parametrize(
    ("disease", "status"),
    [
        ("MONDO:0008383 ! rheumatoid arthritis", "on label"),
        ("MONDO:0005100 ! systemic sclerosis", "off label"),
        ("MONDO:0000001 ! disease", "not stated"),  # a kind of it is approved: which kind he has is not told
    ],
)
def test_an_approval_holds_for_the_kinds_of_its_disease(disease: str, status: str, seed: CaseFile) -> None:
    diagnoses = {"d": {"concept": disease, "status": "present"}}
    (label,) = off_label(person(seed.case, {"t": TOFACITINIB}, diagnoses=diagnoses))
    assert label.status == status
    (none,) = off_label(person(seed.case, {"t": TOFACITINIB}))
    assert none.status == "not stated"


Told = dict[str, dict[str, Any]]
Truth = dict[str, tuple[date, date]]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Told, Truth]:
    """Treatments as they were (first and last day), and as a report may tell of them: in part, but truly."""
    truth: Truth = {}
    for n in range(draw(st.integers(1, 6))):
        start = date(2018, 1, 15) + timedelta(days=30 * draw(st.integers(0, 12)))
        truth[f"t{n}"] = start, start + timedelta(days=draw(st.integers(10, 500)))
    told: Told = {key: {} for key in truth}
    some = st.booleans()
    for key, (start, end) in truth.items():
        mine = told[key]
        mine["intent"] = draw(st.sampled_from(["therapeutic", "therapeutic", "therapeutic", "supportive"]))
        if size := draw(st.sampled_from([0, 4, 7, 10])):
            mine["start"] = start.isoformat()[:size]
        if size := draw(st.sampled_from([0, 0, 4, 7, 10])):
            mine["end"] = end.isoformat()[:size]
        elif draw(some):
            day = start + timedelta(days=draw(st.integers(0, (end - start).days)))
            mine["ongoing_at"] = day.isoformat()
        for other, (began, ended) in truth.items():
            if began < start and draw(some):
                mine.setdefault("after", []).append(other)
            if ended <= start and draw(some):
                mine.setdefault("after_failure_of", []).append(other)
                told[other]["stopped_because"] = ["lack of effect"]
            if began == start and other != key and draw(some):
                mine.setdefault("with", []).append(other)
    for key, (start, end) in list(truth.items()):
        earlier = [k for k, (began, _) in truth.items() if began < start and not told[k].get("stopped_because")]
        if earlier and draw(st.integers(0, 3)) == 0:  # then the earlier one went on as this one
            root = draw(st.sampled_from(earlier))
            if "end" not in told[root]:
                told[key]["continues"] = root
                truth[root] = truth[root][0], max(truth[root][1], end)
    return told, truth


@quick
@given(histories(), st.integers(0, 10**6))
def test_lines_do_not_depend_on_the_order_of_the_file(history: tuple[Told, Truth], number: int) -> None:
    told, _ = history
    order = list(told)
    random.Random(number).shuffle(order)
    mixed = {
        key: {name: list(reversed(v)) if isinstance(v, list) else v for name, v in told[key].items()} for key in order
    }
    assert lines(person(CASE, told)) == lines(person(CASE, mixed))


@quick
@given(histories())
def test_every_therapeutic_treatment_is_in_exactly_one_line(history: tuple[Told, Truth]) -> None:
    told, _ = history
    patient = person(CASE, told)
    found = lines(patient)
    therapeutic = sorted(key for key, t in told.items() if t["intent"] == "therapeutic")
    assert sorted(key for line in found for key in line.all_keys) == therapeutic
    assert sorted(one.key for one in apart(patient)) == sorted(told.keys() - set(therapeutic))


@quick
@given(histories())
def test_the_order_of_lines_is_true(history: tuple[Told, Truth]) -> None:
    told, truth = history
    found = lines(person(CASE, told))
    starts = {line.keys: {truth[key][0] for key in line.keys} for line in found}
    assert all(len(days) == 1 for days in starts.values())
    for a in found:
        for b in found:
            if a.keys != b.keys and not set(a.unordered) & set(b.keys):
                assert (a.number < b.number) == (min(starts[a.keys]) < min(starts[b.keys]))
            if a.number == b.number and a.keys != b.keys:
                assert set(b.keys) <= set(a.unordered)


@quick
@given(histories(), st.integers(0, 900))
def test_what_is_surely_given_was_given_and_nothing_else_is_left_out(history: tuple[Told, Truth], days: int) -> None:
    told, truth = history
    day = date(2018, 1, 1) + timedelta(days=days)
    found = concomitant(person(CASE, told), day.isoformat())
    given_then = {key for key, (first, last) in truth.items() if first <= day <= last}
    assert set(found.surely) <= set(found.maybe)
    assert set(found.surely) <= given_then <= set(found.maybe)


def test_a_course_of_told_length_that_ran_out_was_stopped_for_the_next() -> None:
    """4/52 from 31 March: 24 to 32 days, so it ended from 24 April to 2 May, 44 to 52 days before 15 June."""
    weeks = {"value": 4, "unit": "wk", "printed": "4/52"}
    one = person(
        CASE,
        {
            "year": {"start": "2020-01", "duration": {"value": 1, "unit": "a", "printed": "one year"}},
            "course": {"start": "2020-03-31", "duration": weeks},
            "next": {"start": "2020-06-15", "after": ["course"]},
        },
    )
    found = lines(one)
    assert [(line.keys, line.began, line.instead_of) for line in found] == [
        (("year",), "start", ()),
        (("course",), "not stated", ()),
        (("next",), "switch", ("course",)),
    ]
    assert [(w.ended, w.started, w.least, w.most) for w in washout(one)] == [
        ("year", "course", -395, -184),
        ("course", "next", 44, 52),
    ]
    assert "course" not in concomitant(one, "next").maybe
