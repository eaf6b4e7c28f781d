"""Identity, conflicts and novelty of records: no dates of publication, pointers for anchors, ages for dates."""

from __future__ import annotations

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import kg
from kg.claims.agreement import born, contrary, same_value
from kg.claims.conflicts import conflicts
from kg.claims.duplicates import duplicates
from kg.claims.novelty import novelty
from kg.model.case import Measurement, Outcome
from kg.model.fields import Term
from kg.persons.people import people

HERE = Path(__file__).with_name("identity")


def record(name: str, record_id: str, identifier: str) -> dict[str, Any]:
    """An invented report as a record of a publication without a date."""

    def pointed(value: Any, path: str) -> Any:
        if not isinstance(value, dict):
            return value
        made = {key: pointed(inside, f"{path}/{key}") for key, inside in value.items() if key != "evidence"}
        return made | ({"pointer": path} if "evidence" in value else {})

    text = yaml.load((HERE / f"{name}.yaml").read_text("utf-8"), yaml.BaseLoader)
    patient = pointed(text["patients"]["p1"], "/subject") | {"pointer": "/subject", "identifier": identifier}
    source = {"kind": "record", "format": "phenopacket", "file": f"{record_id}.json", "sha256": "0" * 64}
    return {"report": {"pmid": "1", "record": record_id, "source": source}, "patients": {"p1": patient}}


def write(folder: Path, *records: dict[str, Any]) -> list[Path]:
    paths = []
    for one in records:
        paths.append(folder / f"{one['report']['record']}.yaml")
        paths[-1].write_text(yaml.safe_dump(one, sort_keys=False), "utf-8")
    return paths


def test_an_undated_case_breaks_no_claim_and_is_told(tmp_path: Path) -> None:
    data = kg.build([HERE / "alpha.yaml", *write(tmp_path, record("delta", "d", "Patient 1"))])
    found = novelty(data)
    assert [[(case.when, case.missed, case.published) for case in one.found] for one in found] == [
        [("undated", "", None)]
    ] * 2
    assert not any(one.broken for one in found)
    assert found[0].found[0].said == (
        "record: /subject/diagnoses/scleromyositis",
        "record: /subject/treatments/tofacitinib",
    )
    assert "Searched 1 patients of other reports (1 undated)." in found[0].searched


def test_a_copied_record_is_found_under_another_name_too(tmp_path: Path) -> None:
    same = write(tmp_path, record("delta", "d", "Patient 1"), record("delta", "copied", "Patient 1"))
    (one,) = duplicates(kg.build(same)).found
    assert one.kind == "copy"
    assert {e.name for e in one.evidence} == {"identical facts", "same sex", "ages fit", "same publication"}
    sibling = write(tmp_path, record("delta", "d", "Patient 1"), record("delta", "copied", "Patient 2"))
    made = duplicates(kg.build(sibling), 0)
    assert {e.name for e in made.found[0].evidence} >= {"identical facts", "other name in one publication"}
    assert made.found[0].kind == "copy"
    assert made.found[0].score < one.score


def test_a_record_that_denies_what_is_below_is_a_conflict_where_times_agree(tmp_path: Path) -> None:
    one = record("delta", "d", "Patient 1")
    findings = one["patients"]["p1"]["findings"]
    findings["calcinosis"].pop("time")
    findings["none"] = {
        "concept": "HP:0010766 ! Ectopic calcification",
        "status": "excluded",
        "pointer": "/subject/findings/none",
    }
    (clash,) = conflicts(kg.build(write(tmp_path, one))).found
    assert clash.kind == "present and excluded"
    later = copy.deepcopy(one)
    later["patients"]["p1"]["findings"]["calcinosis"]["time"] = "2019"  # and the exclusion has no date
    made = conflicts(kg.build(write(tmp_path, later)))
    assert made.found == ()
    assert made.undecided["present and excluded"] == 1


def test_a_date_of_birth_is_taken_as_given(tmp_path: Path) -> None:
    one = record("delta", "d", "Patient 1")
    one["patients"]["p1"]["born"] = "1988-03"
    (person,) = people(kg.build(write(tmp_path, one)))
    assert born(person) == (date(1988, 3, 1), date(1988, 3, 31))


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        (("35", None, "pg/mL"), ("35", None, "ng/L"), True),
        (("35", None, "pg/mL"), ("35.4", None, "ng/L"), True),  # as it was rounded
        (("35", None, "pg/mL"), ("36.1", None, "ng/L"), False),
        (("35", "<", "pg/mL"), ("20", None, "pg/mL"), True),
        (("35", "<", "pg/mL"), ("40", None, "pg/mL"), False),
        (("35", ">", "pg/mL"), ("40", ">=", "pg/mL"), True),
        (("100", "~", "pg/mL"), ("108", None, "pg/mL"), True),
        (("1", None, "g"), ("1000", None, "mg"), True),
        (("1", None, "g"), ("1", None, "mmol"), None),
        (("1", None, None), ("1", None, "mmol"), None),
    ],
)
def test_values_agree_as_rounded_bounded_and_converted(a: Any, b: Any, same: bool | None) -> None:
    def value(told: Any) -> Measurement:
        number, comparator, unit = told
        fields = {"value": number, "comparator": comparator, "unit": unit, "printed": "as printed", "pointer": "/m"}
        return Measurement.model_validate({"analyte": Term("LOINC:33762-6", "x"), "evidence": (), **fields})

    assert same_value(value(a), value(b)) is same
    assert same_value(value(b), value(a)) is same


@pytest.mark.parametrize(
    ("a", "b", "clash"),
    [
        ("improved", "worsened", True),
        ("stable", "worsened", True),
        ("improved", "not improved", True),
        ("resolved", "partially improved", True),
        ("improved", "stable", False),
        ("partially improved", "persistent", False),
        ("not improved", "worsened", False),
        ("not reported", "worsened", False),
    ],
)
def test_outcomes_that_cannot_both_be_true(a: Outcome, b: Outcome, clash: bool) -> None:
    assert contrary(a, b) is contrary(b, a) is clash
