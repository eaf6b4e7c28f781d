"""A draft is checked, and goes into no graph until a curator has been through it."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from conftest import Run

DRAFT = """report:
  id: one-report
  proposed: {{rule: report/front, confidence: low}}
  evidence: {{case: A man was seen}}
  source:
    file: report.txt
    sha256: {sha256}
    sections: [{{section: case, title: Case, begins: A man, kind: case}}]
patients:
  p1:
    sex: {{concept: "PATO:0000384 ! male", proposed: {{rule: patient/sex, confidence: high}}, evidence: {{case: A man}}}}
"""


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    text = b"A man was seen."
    (tmp_path / "report.txt").write_bytes(text)
    path = tmp_path / "draft.yaml"
    path.write_text(DRAFT.format(sha256=hashlib.sha256(text).hexdigest()))
    return path


def test_check_accepts_a_draft_and_says_that_it_is_one(draft: Path, run: Run) -> None:
    result = run("check", draft, "--sources", draft.parent)
    assert result.exit_code == 0, result.output
    assert "is a draft: 2 of 2 facts are proposed" in result.output


@pytest.mark.parametrize("command", ["build", "merge", "mutate"])
def test_nothing_is_made_of_a_draft(draft: Path, run: Run, command: str) -> None:
    out = draft.parent / "out.trig"
    result = run(command, draft, *(() if command == "mutate" else ("-o", out)))
    assert result.exit_code in {1, 2}, result.output
    assert "draft" in result.output
    assert "casekg review" in result.output
    assert not out.exists()


def test_a_report_that_is_not_proposed_must_have_its_title(draft: Path, run: Run) -> None:
    draft.write_text(draft.read_text().replace("  proposed: {rule: report/front, confidence: low}\n", ""))
    result = run("check", draft)
    assert result.exit_code == 1
    assert all(f"'{key}' is missing" in result.output for key in ("title", "published", "licence"))
