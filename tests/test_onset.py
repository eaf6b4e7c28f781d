"""Age at onset: from what is printed, dated or not, at the borders and across leap days."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from kg.criteria.criterion import AgeRange
from kg.criteria.onset import onset_age, within
from kg.model.case import Age, Case, Diagnosis
from kg.model.reading import read_case_file
from kg.persons.people import Person

CASE = read_case_file(Path(__file__).with_name("criteria") / "silent.yaml").case  # published 2024-05-01
EVIDENCE = {"case": "words"}


def person(years: str, at: str, onset: str | None, diagnosed: str | None) -> tuple[Person, Diagnosis]:
    age = Age.model_validate({"years": years, "printed": years, "at": at, "evidence": EVIDENCE})
    fields = {"concept": "MONDO:0016367 ! dermatomyositis", "onset": onset, "time": diagnosed, "evidence": EVIDENCE}
    diagnosis = Diagnosis.model_validate(fields)
    patient = CASE.patients["p1"].model_copy(update={"age": age, "diagnoses": {"dm": diagnosis}})
    case: Case = CASE.model_copy(update={"patients": {"p1": patient}})
    return Person.of(case, "p1"), diagnosis


@pytest.mark.parametrize(
    ("years", "at", "onset", "diagnosed", "usual", "by_dates"),
    [
        ("28", "2018", "2018", None, (28, 28), (28, 28)),  # told at onset
        # 40 on 2020-06-01: born 1979-06-02 to 1980-06-01, so on 2010-03-01 29 or 30
        ("40", "2020-06-01", "2010-03-01", None, (29, 30), (29, 30)),
        # 40 in 2020: born 1979-01-02 to 1980-12-31; on a day of 2010: 29 to 31
        ("40", "2020", "2010", None, (29, 31), (29, 31)),
        # onset not dated, diagnosed in 2018, told in 2020: 37 to 39 at diagnosis; by dates any age up to that
        ("40", "2020", None, "2018", (37, 39), (0, 39)),
        # no date for the age: between diagnosis in 2019 and publication on 2024-05-01, born to 1996-05-01
        ("28", "not stated", None, "2019", (22, 28), (0, 28)),
        ("28", "not stated", "2019", None, (22, 28), (22, 28)),
        ("28", "not stated", None, None, (0, 28), (0, 28)),
        # 2 on a leap day: born 2017-03-01 to 2018-02-28
        ("2", "2020-02-29", "2020-02-27", None, (1, 2), (1, 2)),
        ("17.5", "2018", "2018", None, (17, 17), (17, 17)),
    ],
)  # fmt: skip
def test_completed_years_at_onset(
    years: str, at: str, onset: str | None, diagnosed: str | None, usual: tuple[int, int], by_dates: tuple[int, int]
) -> None:
    found = onset_age(*person(years, at, onset, diagnosed))
    assert found
    assert (found.usual, found.by_dates) == (usual, by_dates)
    assert found.how


def test_a_record_without_a_date_of_publication_bounds_nothing_above() -> None:
    for at, expected in (("not stated", (0, 28)), ("2020", (0, 150))):
        told, diagnosis = person("28", at, None, None)
        report = told.case.report.model_copy(update={"published": None})
        found = onset_age(Person.of(told.case.model_copy(update={"report": report}), "p1"), diagnosis)
        assert found
        assert found.usual == found.by_dates == expected


def test_no_age_is_no_age() -> None:
    assert onset_age(Person.of(CASE, "p1"), None) is None


@pytest.mark.parametrize(
    ("years", "expected"),
    [((17, 17), "excluded"), ((18, 18), "stated"), ((39, 39), "stated"), ((40, 40), "excluded"),
     ((17, 18), "arguable"), ((39, 40), "arguable"), ((0, 150), "arguable"), ((18, 39), "stated")],
)  # fmt: skip
def test_borders(years: tuple[int, int], expected: str) -> None:
    assert within(years, AgeRange.model_validate({"from": "18", "below": "40"})) == expected


def test_one_sided_ranges() -> None:
    assert within((40, 90), AgeRange.model_validate({"from": "40"})) == "stated"
    assert within((15, 15), AgeRange(below=Decimal(16))) == "stated"
