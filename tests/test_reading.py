"""From a case file to a case, with places and remarks."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

import kg
from kg.base.document import read_document
from kg.model.reading import case_file, judge_case_file, read_case_file

Write = Callable[..., Path]


def test_the_file_comes_with_digest_and_places(tmp_path: Path, write_case: Write) -> None:
    path = write_case(tmp_path)
    file = read_case_file(path)
    lines = path.read_text().splitlines()
    assert file.path == path
    assert file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert file.results == ()
    where = file.place("patients", "p1", "findings", "arthritis", "sites", 0)
    assert where == (str(path), lines.index('        sites: ["UBERON:0001461 ! elbow"]') + 1, 17)


def test_every_fact_of_the_shipped_case_has_the_place_of_its_key(shipped: Path) -> None:
    file = read_case_file(shipped)
    lines = shipped.read_text("utf-8").splitlines()
    for path, _ in file.case.facts():
        _, line, column = file.place(*path)
        assert lines[line - 1][column - 1 :].startswith(f"{path[-1]}:"), path


def test_a_path_or_its_text_will_do(tmp_path: Path, write_case: Write) -> None:
    path = write_case(tmp_path)
    assert kg.read_case(path) == kg.read_case(str(path))


def test_crlf_and_byte_order_mark_change_nothing(tmp_path: Path, write_case: Write, minimal: str) -> None:
    path = tmp_path / "windows.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + minimal.replace("\n", "\r\n").encode())
    assert kg.read_case(path) == kg.read_case(write_case(tmp_path))


def test_a_printed_end_of_scale_is_a_warning_and_kept(tmp_path: Path, write_case: Write) -> None:
    path = write_case(
        tmp_path,
        replace={
            "LOINC:30341-2 ! Erythrocyte sedimentation rate": "ckg:ModifiedRodnanSkinScore ! modified Rodnan skin score",
            "unit: mm/h\n": 'unit: "{score}"\n        scale_max: 52\n',
            "printed: 40 mm/h": "printed: 40/52",
            "ESR was 40 mm/h": "Rodnan 40/52",
        },
    )
    file = read_case_file(path)
    (result,) = file.results
    assert (result.severity, result.rule) == ("warning", "scale")
    assert "prints 52, but modified Rodnan skin score ends at 51" in result.message
    assert result.line == path.read_text().splitlines().index("        scale_max: 52") + 1
    assert file.case.patients["p1"].measurements["esr"].scale_max == 52


def test_the_odd_scale_of_the_shipped_case_is_told(shipped: Path) -> None:
    results = read_case_file(shipped).results
    assert {r.severity for r in results} <= {"warning", "info"}
    assert any(r.rule == "scale" and "52" in r.message for r in results)


def test_all_violations_are_told_in_the_order_of_the_file(tmp_path: Path, write_case: Write) -> None:
    path = write_case(
        tmp_path,
        replace={
            "value: 40\n": "value: 41\n",
            "HP:0025520 ! Calcinosis cutis": "HP:0025520" + " ! Arthritis",
            "cites: {r1: background}": "cites: {r9: background}",
        },
    )
    with pytest.raises(kg.CaseError) as caught:
        read_case_file(path)
    assert [r.rule for r in caught.value.results] == ["label", "printed", "reference"]
    assert sorted(r.line for r in caught.value.results) == [r.line for r in caught.value.results]


@pytest.mark.parametrize(
    ("status", "other", "said"),
    [
        ("time: first-visit", "time: 2020", False),
        ("time: 2019-01", "time: 2019-02", False),
        ("time: 2020", "time: 2020", True),
    ],
    ids=["other-year", "other-month", "same-year"],
)
def test_present_once_and_excluded_later_is_no_contradiction(
    status: str, other: str, said: bool, tmp_path: Path, write_case: Write
) -> None:
    path = write_case(
        tmp_path,
        replace={
            "HP:0025520 ! Calcinosis cutis": "HP:0001369 ! Arthritis",
            '        time: "2019"\n': f'        sites: ["UBERON:0001461 ! elbow"]\n        {other}\n',
            "        time: first-visit\n        sites:": f"        {status}\n        sites:",
            "{case: Calcinosis was absent in 2019}": "{case: Arthritis of the elbow was absent}",
        },
    )
    if said:
        with pytest.raises(kg.CaseError, match="contradiction"):
            kg.read_case(path)
    else:
        assert kg.read_case(path).patients["p1"].findings["no-calcinosis"].status == "excluded"


def test_other_sites_are_no_contradiction(tmp_path: Path, write_case: Write) -> None:
    path = write_case(
        tmp_path,
        replace={
            "HP:0025520 ! Calcinosis cutis": "HP:0001369 ! Arthritis",
            "{case: Calcinosis was absent": "{case: Arthritis of the wrist was absent",
            '        time: "2019"\n': '        sites: ["UBERON:0001491 ! wrist joint"]\n        time: first-visit\n',
        },
    )
    assert kg.read_case(path).patients["p1"].findings["no-calcinosis"].concept.label == "Arthritis"


def test_the_shipped_case_reads_in_a_moment(shipped: Path) -> None:
    import time

    read_case_file(shipped)
    begun = time.process_time()
    read_case_file(shipped)
    assert time.process_time() - begun < 2


def test_a_judged_case_carries_its_violations(tmp_path: Path, write_case: Write) -> None:
    path = write_case(tmp_path, replace={"value: 40\n": "value: 41\n", "cites: {r1: background}": "cites: {r9: data}"})
    file = judge_case_file(path)
    assert [(r.severity, r.rule) for r in file.results] == [("violation", "printed"), ("violation", "reference")]
    with pytest.raises(kg.CaseError) as caught:
        read_case_file(path)
    assert caught.value.results == file.results


def test_without_a_case_there_is_nothing_to_judge(tmp_path: Path, write_case: Write) -> None:
    path = write_case(tmp_path, replace={"        status: present\n": ""})
    with pytest.raises(kg.CaseError) as caught:
        judge_case_file(path)
    assert [r.rule for r in caught.value.results] == ["schema"]


def test_a_lifted_document_goes_through_the_same_gate_and_names_its_nodes(tmp_path: Path, write_case: Write) -> None:
    document = read_document(write_case(tmp_path, replace={"value: 40\n": "value: 41\n"}))
    nodes = {(): "http://e/report", ("patients", "p1", "measurements", "esr"): "http://e/esr"}
    file = case_file(document, tmp_path / "a.ttl", "0", nodes=nodes)
    assert [(r.rule, r.focus, r.key) for r in file.results] == [
        ("printed", "http://e/esr", "patients.p1.measurements.esr.value")
    ]
    assert file.lifted
    assert file.focus("patients", "p1", "findings") == "http://e/report"


def test_a_case_file_has_no_nodes(shipped: Path) -> None:
    file = read_case_file(shipped)
    assert not file.lifted
    assert file.focus("report") == ""
    assert {r.focus for r in file.results} == {""}


def test_an_amount_is_no_year(tmp_path: Path, write_case: Write) -> None:
    path = write_case(
        tmp_path,
        replace={
            "value: 40\n": "value: 2010\n",
            "printed: 40 mm/h": "printed: 2010 mm/h",
            "ESR was 40 mm/h": "ESR was 2010 mm/h",
        },
    )
    assert kg.read_case(path).patients["p1"].measurements["esr"].time == "first-visit"
