"""Series of measured values, and their changes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.answers.trajectories import Change, Series, changes, trajectories
from kg.base import places
from kg.graph.store import Dataset
from kg.model.case import Case, Patient
from kg.model.reading import CaseFile, read_case
from kg.persons.people import Person, people

quick = settings(deadline=None, derandomize=True, max_examples=60)
NT_PROBNP = "LOINC:33762-6 ! Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma"
CK = "LOINC:2157-6 ! Creatine kinase [Enzymatic activity/volume] in Serum or Plasma"
FVC = "LOINC:19872-1 ! FVC measured/predicted"
RODNAN = "ckg:ModifiedRodnanSkinScore ! modified Rodnan skin score"

CASE = read_case(places.cases()[0])  # not a fixture: hypothesis would print it


def person(case: Case, measurements: dict[str, Any], treatments: dict[str, Any] | None = None) -> Person:
    told = {
        k: {"evidence": {"case": "words"}, "printed": str(m.get("value", "-")), **m} for k, m in measurements.items()
    }
    drugs = {
        key: {"evidence": {"case": "words"}, "drug": "CHEBI:8382 ! prednisone", "printed": "prednisone", **t}
        for key, t in (treatments or {}).items()
    }
    patient = Patient.model_validate({"measurements": told, "treatments": drugs})
    return Person.of(case.model_copy(update={"patients": {"p1": patient}}), "p1")


def only(case: Case, *points: dict[str, Any], analyte: str = NT_PROBNP) -> tuple[Series, tuple[Change, ...]]:
    """The one series of points that are a year apart, and its changes."""
    told = {f"m{n}": {"analyte": analyte, "time": str(2010 + n), **point} for n, point in enumerate(points)}
    (series,) = trajectories(person(case, told))
    return series, changes(series)


@pytest.fixture(scope="module")
def seed_changes(data: Dataset) -> dict[str, Change]:
    (patient,) = people(data)
    return {change.later.key: change for series in trajectories(patient) for change in changes(series)}


# later value: printed before, printed after, absolute, relative
SEED = {
    "troponin-control": ("78.2 ng/L", "33.7 ng/L", "-44.5", "-56.9"),
    "nt-probnp-control": ("124 pg/mL", "<35 pg/mL", None, None),
    "fvc-2022": ("80%", "90%", "10", "12.5"),
    "fev1-2022": ("84%", "90%", "6", "7.1"),
    "fev1-fvc-2022": ("105%", "100%", "-5", "-4.8"),
    "dlco-2022": ("46%", "56%", "10", "21.7"),
    "tlc-2022": ("75%", "91%", "16", "21.3"),
    "esr-2022": ("49 mm/h", "3 mm/h", "-46", "-93.9"),
    "ck-2022": ("7891 UI/L", "86 UI/L", "-7805", "-98.9"),
}


@pytest.mark.parametrize("key", SEED)
def test_changes_of_the_shipped_case(key: str, seed_changes: dict[str, Change]) -> None:
    change, (before, after, absolute, relative) = seed_changes[key], SEED[key]
    assert (change.earlier.printed, change.later.printed) == (before, after)
    assert (change.absolute, change.relative) == tuple(x and Decimal(x) for x in (absolute, relative))
    assert bool(change.reason) == (absolute is None)
    assert {change.earlier.fact, change.later.fact} <= set(change.facts)


def test_every_change_of_the_shipped_case_is_listed(seed_changes: dict[str, Change]) -> None:
    assert set(seed_changes) == set(SEED)
    assert seed_changes["nt-probnp-control"].reason == "the later value is a bound (<35 pg/mL)"


def test_what_was_begun_between_two_values(seed_changes: dict[str, Change]) -> None:
    troponin, ck = seed_changes["troponin-control"], seed_changes["ck-2022"]
    assert troponin.started == ("tofacitinib",)
    assert troponin.maybe_started == (
        "prednisone",
    )  # the others came before the work-up: "Despite all these treatments"
    assert set(ck.started) >= {"steroids", "mmf", "ivig", "rituximab", "tofacitinib"}
    assert not {"local-cures", "zoster-vaccination"} & {*troponin.started, *troponin.maybe_started}


def test_percent_predicted_stands_alone(seed: CaseFile) -> None:
    told = {
        "a": {"analyte": FVC, "value": 80, "unit": "%{predicted}", "time": "2019"},
        "b": {"analyte": FVC, "value": 90, "unit": "%", "time": "2020"},
        "c": {"analyte": FVC, "value": 3, "unit": "L", "time": "2021"},
        "d": {"analyte": FVC, "value": 85, "unit": "%{predicted}", "time": "2022"},
    }
    found = trajectories(person(seed.case, told))
    assert {s.unit: [p.key for p in s.points] for s in found} == {"%{predicted}": ["a", "d"], "%": ["b"], "L": ["c"]}
    assert [s.unit for s in found if s.percent_predicted] == ["%{predicted}"]
    (change,) = [change for s in found for change in changes(s)]
    assert change.absolute == 5


def test_values_are_converted_and_kept_as_printed(seed: CaseFile) -> None:
    series, (first, second) = only(
        seed.case,
        {"value": 100, "unit": "pg/mL", "printed": "100 pg/mL"},
        {"value": "0.25", "unit": "ng/mL", "printed": "0.25 ng/mL", "range_high": "0.125"},
        {"value": 50, "unit": "pg/mL", "printed": "50 pg/mL"},
    )
    assert series.unit == "pg/mL"
    assert [p.value for p in series.points] == [100, 250, 50]
    assert series.points[1].printed == "0.25 ng/mL"
    assert series.points[1].range_high == 125
    assert (first.absolute, first.relative, second.relative) == (150, 150, -80)


def test_units_of_enzymes_are_one(seed: CaseFile) -> None:
    series, (change,) = only(seed.case, {"value": 80, "unit": "U/L"}, {"value": 40, "unit": "[IU]/L"}, analyte=CK)
    assert change.relative == -50
    assert series.unit == "U/L"


# points -> words of the reason
NO_CHANGE: dict[str, tuple[tuple[dict[str, Any], dict[str, Any]], str]] = {
    "a bound first": (({"value": 9, "comparator": ">", "unit": "ng/L"}, {"value": 5, "unit": "ng/L"}), "earlier value is a bound"),
    "approximate": (({"value": 9, "unit": "ng/L"}, {"value": 5, "comparator": "~", "unit": "ng/L"}), "later value is approximate"),
    "no number": (({"printed": "high"}, {"printed": "low"}), "earlier value is not a number (high)"),
}  # fmt: skip


@pytest.mark.parametrize("name", NO_CHANGE)
def test_why_there_is_no_change(name: str, seed: CaseFile) -> None:
    points, reason = NO_CHANGE[name]
    _, (change,) = only(seed.case, *points)
    assert change.absolute is None
    assert change.relative is None
    assert reason in change.reason


def test_what_a_share_means(seed: CaseFile) -> None:
    _, (zero,) = only(seed.case, {"value": 0, "unit": "ng/L"}, {"value": 5, "unit": "ng/L"})
    assert (zero.absolute, zero.relative, zero.reason) == (5, None, "the earlier value is 0")
    _, (warm,) = only(seed.case, {"value": 37, "unit": "Cel"}, {"value": 39, "unit": "Cel"})
    assert (warm.absolute, warm.relative) == (2, None)
    score = {"unit": "{score}", "value": 4}
    _, (skin,) = only(seed.case, {**score, "scale_max": 52}, {**score, "scale_max": 51}, analyte=RODNAN)
    assert skin.absolute is None
    assert "scales differ" in skin.reason


def test_no_change_between_values_in_no_told_order(seed: CaseFile) -> None:
    told = {k: {"analyte": CK, "value": n, "unit": "U/L"} for n, k in enumerate("abc", 1)}
    told["a"]["time"] = told["b"]["time"] = "2020"
    (series,) = trajectories(person(seed.case, told))
    assert [p.key for p in series.points] == ["a", "b", "c"]
    assert changes(series) == ()


def test_only_the_pair_around_a_start_is_tied_to_it(seed: CaseFile) -> None:
    told = {f"m{n}": {"analyte": CK, "value": n, "unit": "U/L", "time": str(2010 + n)} for n in range(1, 5)}
    drug = {
        "x": {"start": "2012-06", "after": ["w"]},
        "w": {"start": "2012"},
        "s": {"start": "2013", "intent": "supportive"},
    }
    (series,) = trajectories(person(seed.case, {**told, "m2": {**told["m2"], "time": "2012-01"}}, drug))
    found = {change.later.key: (change.started, change.maybe_started) for change in changes(series)}
    assert found == {"m2": ((), ("w",)), "m3": (("x",), ("w",)), "m4": ((), ())}


@quick
@given(
    st.lists(
        st.tuples(st.integers(1, 9999), st.sampled_from(["ng/L", "pg/mL", "ng/mL", "ug/L"]), st.integers(0, 9)),
        min_size=1,
    )
)
def test_every_value_is_in_the_series_once_and_in_order(told: list[tuple[int, str, int]]) -> None:
    points = {
        f"m{n}": {"analyte": NT_PROBNP, "value": v, "unit": u, "time": str(2010 + y)}
        for n, (v, u, y) in enumerate(told)
    }
    (series,) = trajectories(person(CASE, points))
    assert sorted(p.key for p in series.points) == sorted(points)
    years = [p.bounds.earliest_start for p in series.points if p.bounds.earliest_start]
    assert years == sorted(years)
    assert series == trajectories(person(CASE, dict(reversed(points.items()))))[0]
    size = {"ng/L": 1, "pg/mL": 1, "ng/mL": 1000, "ug/L": 1000}
    own = size[str(series.unit)]
    for point in series.points:
        value, unit, _ = told[int(point.key[1:])]
        assert point.value == Decimal(value) * size[unit] / own
    for change in changes(series):
        assert change.earlier.value is not None
        assert change.later.value == change.earlier.value + (change.absolute or 0)
