"""Candidates for one report, one person and copies: found with reasons, near misses left, judged by a claims file."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import kg
from kg.base.prefixes import CASE
from kg.claims.duplicates import POINTS, THRESHOLD, Candidate, duplicates

HERE = Path(__file__).with_name("identity")
Run = Callable[..., Result]
WriteCase = Callable[..., Path]
ALPHA, BETA = f"{CASE}10.5555_alpha", f"{CASE}10.5555_beta"
TITLE = "Calcinosis in invented scleromyositis"


def alpha(folder: Path, name: str, **changes: str) -> Path:
    """alpha.yaml under another id: old text -> new text, given as pairs of keywords."""
    text = (HERE / "alpha.yaml").read_text("utf-8")
    for old, new in (("doi: 10.5555/alpha", changes.pop("id")), *((k, v) for k, v in changes.items())):
        old = {"title": TITLE, "digest": "a" * 64, "file": "alpha.txt", "author": "Ana Nobody"}.get(old, old)
        assert old in text
        text = text.replace(old, new)
    path = folder / f"{name}.yaml"
    path.write_text(text, "utf-8")
    return path


def names(one: Candidate) -> dict[str, float]:
    return {evidence.name: evidence.points for evidence in one.evidence}


def test_the_same_patient_in_two_reports_is_found_with_reasons() -> None:
    data = kg.build([HERE / f"{name}.yaml" for name in ("alpha", "beta", "gamma", "delta")])
    (one,) = duplicates(data).found
    assert (one.kind, one.of, one.status) == ("same person", (f"{ALPHA}/p1", f"{BETA}/p1"), "unjudged")
    assert names(one).keys() == {
        "same drugs in order", "same dates", "same values", "same sex", "ages fit", "same authors", "same institution", "cited",
    }  # fmt: skip
    assert one.score == round(sum(names(one).values()), 1) >= THRESHOLD
    says = {evidence.name: evidence.says for evidence in one.evidence}
    assert says["same drugs in order"] == "prednisone before tofacitinib"
    assert says["ages fit"] == "born between 1978-05-02 and 1979-03-31"
    assert "prednisone 2020-01-15" in says["same dates"]


def test_what_speaks_against_is_told_and_counted() -> None:
    data = kg.build([HERE / f"{name}.yaml" for name in ("alpha", "beta", "gamma", "delta")])
    everything = {one.of[1].rsplit("_")[-1]: one for one in duplicates(data, -100).found if one.of[0] == f"{ALPHA}/p1"}
    assert names(everything["gamma/p1"]) == {"same sex": 1, "ages do not fit": POINTS["ages do not fit"]}
    assert {"two sexes", "ages do not fit"} <= names(everything["delta/p1"]).keys()
    assert all(one.score < 0 for end, one in everything.items() if end != "beta/p1")


def test_rare_features_count_by_their_information_over_the_collection(
    tmp_path: Path, minimal: str, write_case: WriteCase
) -> None:
    others = [
        write_case(tmp_path, minimal.replace("id: invented-1", f"id: other-{n}").replace("concept: HP:0001369 ! Arthritis", "concept: HP:0003326 ! Myalgia").replace("{case: arthritis of the elbow", "{case: myalgia of the elbow"), name=f"o{n}.yaml")
        for n in range(6)
    ]  # fmt: skip
    data = kg.build([HERE / "alpha.yaml", HERE / "gamma.yaml", *others])
    (one,) = [c for c in duplicates(data, -100).found if c.of == (f"{ALPHA}/p1", f"{CASE}10.5555_gamma/p1")]
    (rare,) = [evidence for evidence in one.evidence if evidence.name == "rare features"]
    assert rare.points == 6.0  # three features of 2 in 8 patients: two bits each
    assert "anti-PM/Scl-positive scleromyositis (2.0)" in rare.says
    assert "Calcinosis cutis (2.0)" in rare.says
    assert "Ectopic calcification" not in rare.says  # what is above counts once


@pytest.mark.parametrize(
    ("changes", "kind", "reasons"),
    [
        ({"id": "pmid: '12345'", "file": "other.txt"}, "same report", {"same text", "same title", "same first author and year"}),
        ({"id": "pmid: '12345'", "digest": "b" * 64}, "same report", {"same title", "same first author and year"}),
        ({"id": "doi: 10.5555/other", "digest": "b" * 64, "title": "Calcinosis of an invented scleromyositis"}, "copy", {"identical facts"}),
    ],
)  # fmt: skip
def test_one_report_under_two_ids_and_copies_are_found(
    tmp_path: Path, changes: dict[str, str], kind: str, reasons: set[str]
) -> None:
    data = kg.build([HERE / "alpha.yaml", alpha(tmp_path, "again", **changes)])
    found = {one.kind: one for one in duplicates(data).found}
    assert kind in found
    assert reasons <= names(found[kind]).keys()
    assert "copy" in found  # the patients are alike, too
    assert found["copy"].of[0].endswith("/p1")


def test_two_reports_of_one_title_and_other_ids_are_no_candidates(tmp_path: Path) -> None:
    other = alpha(tmp_path, "other", id="doi: 10.5555/other", digest="b" * 64, author="Zoe Else")
    found = {one.kind: one for one in duplicates(kg.build([HERE / "alpha.yaml", other]), -100).found}
    assert found["same report"].score == sum(POINTS[n] for n in ("same title", "same journal and date", "other DOI"))


def test_one_report_of_two_curators_is_found_by_its_title_author_and_day(tmp_path: Path) -> None:
    """One has the DOI, the other the PMID; the name of the author is written as PubMed does."""
    other = alpha(tmp_path, "other", id="pmid: '12345'", digest="b" * 64, author="Nobody A")
    text = other.read_text("utf-8").replace("years: 40, printed: 40-year-old", "years: 40, printed: 40-year-old ")
    other.write_text(text.replace("calcinosis improved", "the calcinosis improved"), "utf-8")
    found = {one.kind: one for one in duplicates(kg.build([HERE / "alpha.yaml", other])).found}
    assert names(found["same report"]).keys() == {"same title", "same first author and year", "same journal and date"}


def test_ages_of_two_tellings_may_be_a_year_off(tmp_path: Path) -> None:
    """Days of birth that are a year apart at most speak against, but do not decide; further apart they do."""
    for years, name in ((42, "ages nearly fit"), (43, "ages do not fit")):
        changes = {"years: 40": f"years: {years}", "40-year-old": f"{years}-year-old"}
        other = alpha(tmp_path, f"y{years}", id=f"doi: 10.5555/y{years}", digest="b" * 64, **changes)
        (one,) = (c for c in duplicates(kg.build([HERE / "alpha.yaml", other]), -100).found if c.kind == "same person")
        assert names(one)[name] == POINTS[name]


def test_a_day_that_stands_for_none_tells_nothing(tmp_path: Path) -> None:
    changes = {"2020-01-15": "1900-01-01", "15 January 2020": "1 January 1900"}
    paths = [alpha(tmp_path, name, id=f"doi: 10.5555/{name}", **changes) for name in ("one", "two")]
    paths[1].write_text(paths[1].read_text("utf-8").replace("calcinosis improved", "the calcinosis improved"), "utf-8")
    for one in duplicates(kg.build(paths), -100).found:
        assert not [e for e in one.evidence if "1900-01-01" in e.says]


def test_one_fact_apart_is_no_copy(tmp_path: Path) -> None:
    other = alpha(tmp_path, "other", id="doi: 10.5555/other", digest="b" * 64, title="Another invented case")
    text = (
        other.read_text("utf-8")
        .replace("outcome: improved", "outcome: partially improved")
        .replace("calcinosis improved", "calcinosis partially improved")
    )
    other.write_text(text, "utf-8")
    assert [one.kind for one in duplicates(kg.build([HERE / "alpha.yaml", other])).found] == ["same person"]


CLAIM = """claims:
  one:
    kind: same person
    of: ["case:10.5555_alpha/p1", "case:10.5555_beta/p1"]
    decision: {}
    by: A. Curator
    on: 2024-05-01
    why: invented
"""


def test_a_decision_is_shown_and_the_exit_code_follows(tmp_path: Path, run: Run) -> None:
    paths = [HERE / "alpha.yaml", HERE / "beta.yaml"]
    found = run("duplicates", *paths)
    assert found.exit_code == 1
    assert "same person: case:10.5555_alpha/p1 and case:10.5555_beta/p1 (unjudged)" in found.stdout
    assert "+6 cited: one report cites the other" in found.stdout
    claims = tmp_path / "decided.txt"
    for decision, code in (("confirmed", 0), ("rejected", 0), ("withdrawn", 1)):
        claims.write_text(CLAIM.format(decision), "utf-8")
        judged = run("duplicates", *paths, "--claims", claims, "--all")
        assert judged.exit_code == code, decision
        assert (f"({decision})" if code == 0 else "(unjudged)") in judged.stdout
        persons = "1 person" if decision == "confirmed" else "2 persons"
        assert f"2 reports, 2 patients counted as {persons}:" in judged.stdout
    assert run("duplicates", *paths, "--threshold", 100).exit_code == 0
    told = json.loads(run("duplicates", *paths, "--format", "json").stdout)
    assert told["candidates"][0]["score"] == sum(e["points"] for e in told["candidates"][0]["evidence"])
    assert (told["patients"], told["persons"], told["possible"], told["compared"]) == (2, 2, 1, 1)


def test_the_order_of_files_and_rdf_do_not_matter(tmp_path: Path) -> None:
    paths = [HERE / f"{name}.yaml" for name in ("alpha", "beta", "gamma", "delta")]
    data = kg.build(paths)
    assert duplicates(kg.build(paths[::-1]), -100) == duplicates(data, -100)
    data.save(tmp_path / "all.nq")
    assert duplicates(kg.build([tmp_path / "all.nq"])).found == duplicates(data).found


def test_only_pairs_that_share_something_rare_are_compared(tmp_path: Path, minimal: str, write_case: WriteCase) -> None:
    paths = [
        write_case(tmp_path, minimal.replace("id: invented-1", f"id: other-{n}").replace("2020-01", f"20{10 + n}-01").replace("title: An invented report", f"title: Report {n}").replace("value: 40", f"value: {40 + n}").replace("40 mm/h", f"{40 + n} mm/h"), name=f"o{n}.yaml")
        for n in range(4)
    ]  # fmt: skip
    for path in paths:
        path.write_text(path.read_text("utf-8").replace("from January 2020", "").replace("from January", ""), "utf-8")
    made = duplicates(kg.build(paths), -100, block=3)
    assert (made.possible, made.compared) == (6, 0)
    assert made.passed > 0
    assert duplicates(kg.build(paths), -100, block=4).compared == 6


def test_a_packet_copied_under_another_name_of_the_patient_is_a_candidate(
    tmp_path: Path, run: Callable[..., Result]
) -> None:
    """Also within its publication, where two names tell two patients apart as long as their facts differ."""
    packet = json.loads((Path(__file__).parent / "packet.json").read_text("utf-8"))  # invented
    sibling = json.loads(json.dumps(packet))
    sibling |= {"id": "PMID_1_Patient_2", "phenotypicFeatures": packet["phenotypicFeatures"][:1], "measurements": []}
    sibling["subject"]["id"] = "Patient 2"
    copied = json.loads(json.dumps(packet))
    copied["subject"]["id"] = "Patient 3"
    for name, value in (("a", packet), ("b", sibling), ("c", copied)):
        (tmp_path / f"{name}.json").write_text(json.dumps(value))
    told = json.loads(run("duplicates", tmp_path, "--format", "json").stdout)
    (one,) = told["candidates"]
    assert (one["kind"], sorted(iri.rpartition("/")[2] for iri in one["of"])) == ("copy", ["patient-1", "patient-3"])
    assert "other name in one publication" in {reason["name"] for reason in one["evidence"]}
