"""The retraction drill: which answers change, who cites it, and facts that leave the default answers."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from typer.testing import Result

import kg
from kg.base.prefixes import CASE
from kg.base.results import CaseError
from kg.claims.retract import drill, record
from kg.persons.identity import apply, leave_out, retracted_reports
from kg.persons.judgements import Judgements, Retraction, read_claims

WriteCase = Callable[..., Path]
Run = Callable[..., Result]
GONE = f"{CASE}10.5555_gone"


@pytest.fixture
def both(tmp_path: Path, minimal: str, write_case: WriteCase) -> list[Path]:
    """A report, and another one that cites it by DOI, and cites it in a claim."""
    gone = write_case(tmp_path, minimal.replace("  id: invented-1", "  doi: 10.5555/gone"), name="gone.yaml")
    citing = minimal.replace("    year: 2020\n", "    year: 2020\n    doi: 10.5555/GONE\n")
    return [gone, write_case(tmp_path, citing, name="citing.yaml")]


def test_the_drill_tells_rows_and_who_cites(both: list[Path]) -> None:
    made = drill(kg.build(both), "https://doi.org/10.5555/Gone")
    assert made.reports == (GONE,)
    assert made.patients == (f"{GONE}/p1",)
    assert made.facts == 11
    changed = {c.question: c for c in made.changed}
    assert made.asked > len(changed) > 20
    assert all(
        any("10.5555_gone" in cell or "10.5555/gone" in cell for row in c.lost for cell in row) or c.new
        for c in made.changed
    )
    drugs = changed["treatment/drugs"]
    assert (drugs.rows, len(drugs.lost), len(drugs.new)) == (4, 2, 0)
    counted = changed["casekg matrix"]
    assert counted.lost  # a count of two persons
    assert counted.new  # and of one
    (citing,) = made.citing
    assert (citing.report, citing.by, citing.claims) == (f"{CASE}invented-1", "doi", (f"{CASE}invented-1#kinases",))


def test_a_reference_without_doi_is_found_by_its_title(both: list[Path]) -> None:
    text = both[1].read_text("utf-8").replace("    doi: 10.5555/GONE\n", "")
    both[1].write_text(text.replace("title: Nothing at all", "title: An Invented  report."), "utf-8")
    (citing,) = drill(kg.build(both), "10.5555/gone").citing
    assert citing.by == "title"


def test_a_doi_that_is_only_cited_changes_no_answer(both: list[Path], run: Run) -> None:
    found = run("retract", "10.5555/gone", "--data", both[1])
    assert found.exit_code == 0
    assert "is no report of the data" in found.stdout
    assert "Cited by case:invented-1" in found.stdout
    with pytest.raises(CaseError, match="neither the DOI of a report nor of a reference"):
        drill(kg.build(both), "10.5555/other")
    assert run("retract", "10.5555/other", "--data", both[0]).exit_code == 2


def test_facts_leave_the_default_answers_and_come_back_marked(both: list[Path], tmp_path: Path, run: Run) -> None:
    table = tmp_path / "retractions.csv"
    table.write_text("OriginalPaperDOI,RetractionNature\n10.5555/GONE,Retraction\n10.1/other,Retraction\n", "utf-8")
    data = [word for path in both for word in ("--data", path)]
    ask = ["query", "treatment/drugs", *data, "--format", "csv"]
    assert run(*ask).stdout.count("10.5555_gone") > 0
    without = run(*ask, "--retractions", table)
    assert "10.5555_gone" not in without.stdout
    assert (
        "case:10.5555_gone: left out, retracted (--with-retracted keeps it): Retraction (retractions.csv)."
        in without.stderr
    )
    kept = run(*ask, "--retractions", table, "--with-retracted").stdout.splitlines()
    assert kept[0].endswith(",retracted")
    assert [line.endswith(f",{GONE}") for line in kept[1:]] == [
        GONE in line.removesuffix(f",{GONE}") for line in kept[1:]
    ]
    assert "1 person;" in run("matrix", *both, "--retractions", table).stderr
    marked = run("matrix", *both, "--retractions", table, "--with-retracted").stderr
    assert "2 persons;" in marked
    assert f"Counted, though retracted: 3 facts of {GONE}." in marked
    assert "gone" not in run("evidence", *both, "--retractions", table, "--format", "csv").stdout
    assert (
        "10.5555/gone (retracted)"
        in run("evidence", *both, "--retractions", table, "--with-retracted", "--format", "csv").stdout
    )


def test_a_retraction_is_recorded_and_holds_from_then_on(both: list[Path], tmp_path: Path, run: Run) -> None:
    claims = tmp_path / "decided.txt"
    claims.write_text("# Decided by us.\nretractions: # taken back\n", "utf-8")
    arguments = ["retract", "10.5555/gone", "--data", both[0], "--data", both[1], "--record", claims]
    assert run(*arguments).exit_code == 2  # by nobody, for no reason
    before = json.loads(
        run(*arguments, "--by", "A. O'Neill", "--why", "Invented: all of it", "--format", "json").stdout
    )
    assert before["reports"] == [GONE]
    assert claims.read_text("utf-8").startswith(
        "# Decided by us.\nretractions: # taken back\n  retracted-10-5555-gone:\n"
    )
    (told,) = read_claims(claims).retractions
    assert (told.doi, told.by, told.why) == ("10.5555/gone", "A. O'Neill", "Invented: all of it")
    assert "1 person;" in run("matrix", *both, "--claims", claims).stderr
    again = run(*arguments, "--by", "me", "--why", "again")
    assert again.exit_code == 1
    assert f"{claims}:3:3: violation claims: tells of the retraction of 10.5555/gone already" in again.stderr
    later = Retraction("10.5555/other", "why", "me", date(2024, 1, 1))
    record(claims, later)
    assert len(read_claims(claims).retractions) == 2
    claims.write_text("retractions: {}\n", "utf-8")
    with pytest.raises(CaseError, match="on a line of its own"):
        record(claims, later)
    assert claims.read_text("utf-8") == "retractions: {}\n"
    record(tmp_path / "new.txt", later)
    assert read_claims(tmp_path / "new.txt").retractions == (later,)


def test_leaving_out_takes_the_report_and_nothing_else(both: list[Path], tmp_path: Path) -> None:
    data = kg.build(both)
    told, _ = apply(data, Judgements(retractions=(Retraction("10.5555/gone", "why", "me"),)))
    assert retracted_reports(told).keys() == {GONE}
    left = leave_out(told, retracted_reports(told))
    only = kg.build([both[1]])
    assert [q for q in left.quads() if "judgements" not in str(q.graph_name)] == only.quads()
    assert len(left.files) == 1
    assert len(data.graphs()) == 2  # the given one stays as it was
    data.save(tmp_path / "bare.ttl")  # without graphs
    bare = kg.build([tmp_path / "bare.ttl"])
    assert {q.triple for q in leave_out(bare, {GONE}).quads()} == {q.triple for q in only.quads()}


def test_every_record_of_a_retracted_publication_is_taken_back(tmp_path: Path, run: Run) -> None:
    """Two patients of one publication are two records, and a record of another one stays."""
    packet = json.loads((Path(__file__).parent / "packet.json").read_text("utf-8"))  # invented
    packet["metaData"]["externalReferences"] = [{"id": "doi:10.5555/gone", "description": "Invented"}]
    for name, doi in (("a", "gone"), ("b", "gone"), ("c", "stays")):
        packet |= {"id": f"{name}-Patient_1"}
        packet["subject"]["id"] = f"{name}-Patient_1"
        packet["metaData"]["externalReferences"][0]["id"] = f"doi:10.5555/{doi}"
        (tmp_path / f"{name}.json").write_text(json.dumps(packet), "utf-8")
    told = json.loads(run("retract", "10.5555/gone", "--data", tmp_path, "--format", "json").stdout)
    assert [len(told[key]) for key in ("reports", "patients")] == [2, 2]
    changed = {one["question"]: one for one in told["changed"]}["phenotype/present"]
    assert len(changed["lost"]) * 3 == changed["rows"] * 2
