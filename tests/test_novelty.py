"""Novelty claims run as patterns: earlier cases break them, near misses and later ones are told as such."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import kg
from kg.answers.queries import ask
from kg.base.prefixes import CASE
from kg.claims.novelty import Novelty, novelty

HERE = Path(__file__).with_name("identity")
Run = Callable[..., Result]
ALPHA = f"{CASE}10.5555_alpha"


def claims(folder: Path, *others: str, **changes: dict[str, str]) -> dict[str, Novelty]:
    """The claims of alpha.yaml beside other cases, with passages replaced; by key."""
    paths = []
    for name in ("alpha", *others):
        text = (HERE / f"{name}.yaml").read_text("utf-8")
        for old, new in changes.get(name, {}).items():
            assert old in text, old
            text = text.replace(old, new)
        paths.append(folder / f"{name}.yaml")
        paths[-1].write_text(text, "utf-8")
    return {one.claim.removeprefix(f"{ALPHA}#"): one for one in novelty(kg.build(paths)) if one.report == ALPHA}


def told(one: Novelty) -> list[tuple[str, str]]:
    return [(case.when, case.missed) for case in one.found]


def test_an_earlier_case_breaks_both_claims(tmp_path: Path) -> None:
    found = claims(tmp_path, "delta")
    assert [one.broken for one in found.values()] == [True, True]
    (case,) = found["new"].found
    assert case.patient == f"{CASE}10.5555_delta/p1"
    assert case.said == ("case: anti-PM/Scl-positive scleromyositis was diagnosed in 2018", "case: tofacitinib in 2019")
    assert found["new"].own == (f"{ALPHA}/p1",)
    (case,) = found["new-response"].found
    assert "case: calcinosis improved in 2020" in case.said
    assert case.facts[0] == f"{CASE}10.5555_delta/p1#better"


PUBLISHED = {"published: 2021-01-01": "published: 2022-03-01"}
WORSE = {"outcome: improved": "outcome: worsened", "calcinosis improved": "calcinosis worsened"}
CLASS = {
    "CHEBI:71200 ! tofacitinib": "MESH:D000075242 ! Janus Kinase Inhibitors",
    "printed: tofacitinib": "printed: JAK inhibitor, class_only: true".replace(", class", ", class"),
    "tofacitinib in 2019": "JAK inhibitor in 2019",
    "Tofacitinib in": "JAK inhibitor in",
}
BROADER = {
    "ckg:AntiPMSclScleromyositis ! anti-PM/Scl-positive scleromyositis": "EFO:1001994 ! Scleroderma Polymyositis Overlap Syndrome",
    "anti-PM/Scl-positive scleromyositis was": "scleromyositis was",
}


@pytest.mark.parametrize(
    ("changes", "new", "response"),
    [
        (PUBLISHED, ("same day", ""), ("same day", "")),
        ({"published: 2021-01-01": "published: 2023-01-01"}, ("later", ""), ("later", "")),
        (WORSE, ("earlier", ""), ("earlier", "the outcome is worsened")),
        (BROADER, ("earlier", "a broader disease: Scleroderma Polymyositis Overlap Syndrome"), ("earlier", "anti-PM/Scl-positive scleromyositis is not told")),
        (CLASS, ("earlier", "only the class is told: Janus Kinase Inhibitors"), ("earlier", "only the class is told: Janus Kinase Inhibitors")),
    ],
)  # fmt: skip
def test_one_step_away_is_a_near_miss(
    tmp_path: Path, changes: dict[str, str], new: tuple[str, str], response: tuple[str, str]
) -> None:
    found = claims(tmp_path, "delta", delta=changes)
    assert told(found["new"]) == [new]
    assert told(found["new-response"]) == [response]
    assert found["new"].broken is (new == ("earlier", ""))
    assert not found["new-response"].broken


def test_a_sibling_drug_is_a_near_miss_and_a_class_is_broken_by_its_drugs(tmp_path: Path) -> None:
    found = claims(tmp_path, "gamma")
    assert told(found["new"]) == [("earlier", "a sibling drug: baricitinib (both Janus Kinase Inhibitors)")]
    wide = {'objects: ["CHEBI:71200 ! tofacitinib"]': 'objects: ["MESH:D000075242 ! Janus Kinase Inhibitors"]'}
    assert claims(tmp_path, "gamma", alpha=wide)["new"].broken


def test_a_joint_response_and_an_excluded_finding_break_nothing(tmp_path: Path) -> None:
    joint = {
        "    treatments:\n": '    treatments:\n      prednisone: {drug: "CHEBI:8382 ! prednisone", printed: prednisone, evidence: {case: prednisone}}\n',
        "to: [tofacitinib]": "to: [tofacitinib, prednisone]",
    }
    assert told(claims(tmp_path, "delta", delta=joint)["new-response"]) == [("earlier", "under 2 treatments jointly")]
    excluded = {'scleromyositis", time: "2018"': 'scleromyositis", status: excluded, time: "2018"', "indication: [scleromyositis], ": "", "was diagnosed in 2018": "was ruled out in 2018"}  # fmt: skip
    found = claims(tmp_path, "delta", delta=excluded)
    assert told(found["new"]) == []
    assert told(found["new-response"]) == [("earlier", "anti-PM/Scl-positive scleromyositis is not told")]
    assert (
        "0 have anti-PM/Scl-positive scleromyositis (ckg:AntiPMSclScleromyositis) or what is below it."
        in found["new"].searched
    )


def test_the_same_person_told_before_is_told(tmp_path: Path, run: Run) -> None:
    decided = tmp_path / "decided.txt"
    decided.write_text(
        'claims:\n  k:\n    kind: same person\n    of: ["case:10.5555_alpha/p1", "case:10.5555_beta/p1"]\n'
        "    decision: confirmed\n    by: me\n    on: 2024-05-01\n    why: invented\n",
        "utf-8",
    )
    found = json.loads(
        run("novelty", HERE / "alpha.yaml", HERE / "beta.yaml", "--claims", decided, "--format", "json").stdout
    )
    assert [(case["when"], case["same_person"]) for case in found[0]["found"]] == [("later", True)]


def test_a_retracted_case_breaks_nothing(tmp_path: Path, run: Run) -> None:
    paths = [HERE / "alpha.yaml", HERE / "delta.yaml"]
    broken = run("novelty", *paths)
    assert broken.exit_code == 1
    assert "BROKEN by case:10.5555_delta/p1 (2021-01-01)" in broken.stdout
    assert "2 novelty claims, 2 broken." in broken.stdout
    table = tmp_path / "gone.csv"
    table.write_text("doi\n10.5555/delta\n", "utf-8")
    assert run("novelty", *paths, "--retractions", table).exit_code == 0
    assert run("novelty", *paths, "--retractions", table, "--with-retracted").exit_code == 1


def test_an_empty_answer_says_what_was_searched(run: Run) -> None:
    shown = run("novelty")
    assert shown.exit_code == 0
    assert "No earlier case breaks it." in shown.stdout
    assert "Searched 0 patients of other reports (none)." in shown.stdout
    assert "it fits case:10.7759_cureus.34125/p1 of the report itself" in shown.stdout
    assert "2 novelty claims, 0 broken." in shown.stdout
    assert "No report of the data claims novelty." in run("novelty", HERE / "gamma.yaml").stdout


def test_the_question_of_the_library_finds_the_same() -> None:
    data = kg.build([HERE / f"{name}.yaml" for name in ("alpha", "beta", "gamma", "delta")])
    rows = ask(data, "literature/novelty-earlier").rows
    assert [(row[0].value, row[3].value) for row in rows] == [(f"{ALPHA}#new", f"{CASE}10.5555_delta/p1")]
