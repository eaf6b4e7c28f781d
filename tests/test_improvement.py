"""Response criteria: the total improvement score of an invented patient worked by hand, and what cannot be computed."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kg.criteria.assessment import Assessment
from kg.criteria.criteria import assess
from kg.criteria.criterion import Criterion, CriterionFile, find_criterion
from kg.model.case import Case, Measurement
from kg.model.reading import read_case_file
from kg.persons.people import Person

CASE = read_case_file(Path(__file__).with_name("criteria") / "silent.yaml").case
TIS = find_criterion("myositis-response-2016")
CK = "LOINC:2157-6 ! Creatine kinase [Enzymatic activity/volume] in Serum or Plasma"
SCORE = {"unit": "{score}"}
# Before, after, and what else is printed. Improvement in percent of the range, and points, by hand:
# physician 6 -> 3 of 10: 30 %, above 25: 17.5; patient 50 -> 42 of 100: 8 %, above 5: 2.5;
# strength 120 -> 138 of 150: 12 %, above 10: 20; HAQ 1.5 -> 1.35 of 3: 5 %, not above 5: 0;
# CK 2000 -> 200, limit 200, range 10 limits = 2000 in this test only: 90 %: 7.5;
# extramuscular 4 -> 5 of 10: worse: 0. Together 47.5: moderate for adults (40), moderate for children (45).
CORE: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "phga": ("ckg:PhysicianGlobalActivity ! physician global activity", "6", "3", {"scale_max": "10", **SCORE}),
    "ptga": ("ckg:PatientGlobalActivity ! patient global activity", "50", "42", {"scale_max": "100", **SCORE}),
    "mmt": ("ckg:ManualMuscleTestScore ! manual muscle test score", "120", "138", {"scale_max": "150", **SCORE}),
    "haq": ("ckg:HealthAssessmentQuestionnaireScore ! Health Assessment Questionnaire score", "1.5", "1.35", SCORE),
    "ck": (CK, "2000", "200", {"unit": "[IU]/L", "range_high": "200"}),
    "extra": ("ckg:ExtramuscularActivity ! extramuscular activity", "4", "5", {"scale_max": "10", **SCORE}),
}


def measured(analyte: str, value: str, time: str | None, **more: Any) -> Measurement:
    fields = {"analyte": analyte, "value": value, "printed": value, "time": time, "evidence": {"case": "words"}}
    return Measurement.model_validate(fields | more)


def both(core: dict[str, tuple[str, str, str, dict[str, Any]]]) -> dict[str, Measurement]:
    made = {}
    for key, (analyte, before, after, more) in core.items():
        made[f"{key}-before"] = measured(analyte, before, "2020", **more)
        made[f"{key}-after"] = measured(analyte, after, "2022", **more)
    return made


def judged(measurements: dict[str, Measurement], file: CriterionFile = TIS) -> Assessment:
    patient = CASE.patients["p1"].model_copy(update={"measurements": measurements})
    case: Case = CASE.model_copy(update={"patients": {"p1": patient}})
    return assess(Person.of(case, "p1"), file)


@pytest.fixture(scope="module")
def with_range() -> CriterionFile:
    """The criteria with an invented range of the enzyme: ten times the upper limit of normal."""
    measures = dict(TIS.criterion.measures)
    measures["muscle-enzyme"] = measures["muscle-enzyme"].model_copy(update={"range_per_upper_limit": Decimal(10)})
    criterion: Criterion = TIS.criterion.model_copy(update={"measures": measures})
    return CriterionFile(TIS.name, TIS.path, criterion, TIS.sha256)


def test_the_total_improvement_score_worked_by_hand(with_range: CriterionFile) -> None:
    made = judged(both(CORE), with_range)
    assert made.computable
    points = {item.key: str(item.least["adult"]) for item in made.items}
    assert points == {
        "physician-global": "17.5", "patient-global": "2.5", "muscle-strength": "20", "health-assessment": "0",
        "muscle-enzyme": "7.5", "extramuscular": "0",
    }  # fmt: skip
    for column in made.columns:
        assert column.least == column.most == Decimal("47.5")
        assert column.class_least == column.class_most == "moderate improvement"


@pytest.mark.parametrize("left_out", sorted(CORE))
def test_without_one_measure_nothing_is_computed(left_out: str, with_range: CriterionFile) -> None:
    made = judged(both({key: row for key, row in CORE.items() if key != left_out}), with_range)
    assert not made.computable
    assert len(made.missing) == 1
    assert {column.class_most for column in made.columns} == {"not computable"}
    for column in made.columns:
        assert column.least <= Decimal("47.5") <= column.most


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "no value"),
        ({"a": measured(CK, "900", "2020", unit="[IU]/L")}, "a alone"),
        ({"a": measured(CK, "900", None, unit="[IU]/L"), "b": measured(CK, "90", None, unit="[IU]/L")}, "surely after"),
        ({"a": measured(CK, "900", "2020", unit="[IU]/L"), "b": measured(CK, "90", "2022", unit="mg/L")}, "unit"),
        ({"a": measured(CK, "900", "2020", unit="[IU]/L"), "b": measured(CK, "90", "2022", unit="[IU]/L", comparator="<")}, "bound"),
        ({"a": measured(CK, "900", "2020", unit="[IU]/L"), "b": measured(CK, "90", "2022", unit="[IU]/L")}, "upper limit"),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(values: dict[str, Measurement], said: str) -> None:
    item = judged(values).item("muscle-enzyme")
    assert said in item.missing
    assert item.least["adult"] == 0
    assert str(item.most["adult"]) == "7.5"


def test_getting_worse_is_no_points_whatever_the_range() -> None:
    values = {"a": measured(CK, "90", "2020", unit="[IU]/L"), "b": measured(CK, "900", "2022", unit="[IU]/L")}
    item = judged(values).item("muscle-enzyme")
    assert (item.status, item.missing, item.most["adult"]) == ("stated", "", 0)
