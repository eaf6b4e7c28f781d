"""`casekg review` as a curator uses it: answers on standard input, the draft on disk, exit codes."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import WriteCase
from drafts import drafted
from typer.testing import CliRunner

from kg.cli import app
from kg.model.case import Patient
from kg.model.reading import judge_case_file

LIMITED, ARTHRITIC = "HP:0001376 ! Limitation of joint mobility", "HP:0001369 ! Arthritis"


@pytest.fixture
def draft(tmp_path: Path, write_case: WriteCase) -> Path:
    (tmp_path / "case").mkdir()
    path = drafted(write_case(tmp_path / "case"), tmp_path / "draft.yaml")
    text = path.read_text("utf-8")
    before, mark, behind = text.partition(f"        concept: {ARTHRITIC}\n")
    path.write_text(f"{before}        # or {LIMITED}\n{mark}{behind}", "utf-8")
    return path


def reviewed(draft: Path, answers: str, *words: object) -> tuple[int, str, Patient]:
    """Exit code, what was shown, and the patient afterwards."""
    made = CliRunner().invoke(app, ["review", str(draft), "--by", "A. Curator", *map(str, words)], input=answers)
    assert made.exception is None or isinstance(made.exception, SystemExit), made.exception
    return made.exit_code, made.output, judge_case_file(draft).case.patients["p1"]


def test_the_sentence_is_shown_with_its_anchor_marked(draft: Path, sources: Path) -> None:
    code, shown, _ = reviewed(draft, "s\ns\ns\nq\n", "--sources", sources)
    assert code == 1
    assert "0 decided, 14 left · Finding · Arthritis · test/findings · low confidence" in shown
    assert "[case] A 40-year-old woman had »arthritis of the elbow in 2019« (muscle MRI)." in shown
    assert "concept: HP:0001369 ! Arthritis" in shown
    assert "1. or HP:0001376 ! Limitation of joint mobility" in shown
    assert "0 accepted, 0 corrected, 0 dropped; 14 facts left to decide." in shown


def test_all_is_accepted(draft: Path, sources: Path) -> None:
    code, shown, patient = reviewed(draft, "a\n" * 14, "--sources", sources)
    assert code == 0
    assert "14 accepted, 0 corrected, 0 dropped; 0 facts left to decide." in shown
    assert "is a draft no more" in shown
    assert not any(fact.proposed for _, _, fact in patient.facts())


def test_a_correction_a_refusal_a_drop_and_an_undo(draft: Path, sources: Path) -> None:
    answers = [
        "s", "s", "s",
        "x",  # no key
        "/", "calcinosis",
        "c", "1", "",  # the alternative, which the words do not name
        "c", "note = of the elbow", "sites = [UBERON:0001461]", "no equals sign", "",
        "d",  # in 2019: named by others
        "n", "d", "y",
        "u",
        "a",
        "c", "",  # nothing changed
        "q",
    ]  # fmt: skip
    code, shown, patient = reviewed(draft, "\n".join(answers) + "\n", "--sources", sources)
    assert code == 1
    assert "'x' is none of" in shown
    assert "HP:0025520 ! Calcinosis cutis" in shown
    assert "violation naming: patients.p1.findings.arthritis.concept" in shown
    assert "'no equals sign' is not field = value." in shown
    assert patient.findings["arthritis"].note == "of the elbow"
    assert "patients.p1.examinations.elbow-look loses its `time`" in shown
    assert "patients.p1.times.first-visit is open again: it had been dropped." in shown
    assert patient.times["first-visit"].proposed is None
    assert "1 accepted, 1 corrected, 0 dropped; 12 facts left to decide." in shown


def test_the_end_of_input_is_the_end_of_the_review(draft: Path) -> None:
    before = draft.read_bytes()
    code, shown, _ = reviewed(draft, "")
    assert (code, draft.read_bytes()) == (1, before)
    assert "14 facts left to decide" in shown


@pytest.mark.parametrize(("name", "text"), [("none.yaml", None), ("bad.yaml", "a: ["), ("other.yaml", "report: {}\n")])
def test_what_is_no_draft_is_told(tmp_path: Path, name: str, text: str | None) -> None:
    path = tmp_path / name
    if text is not None:
        path.write_text(text, "utf-8")
    made = CliRunner().invoke(app, ["review", str(path), "--by", "A"])
    assert made.exit_code in (1, 2)
    assert isinstance(made.exception, SystemExit)
    assert name in made.stderr


def test_words_of_a_file_colour_no_terminal(draft: Path) -> None:
    text = draft.read_text("utf-8").replace("printed: in 2019", 'printed: "[bold]in 2019[/bold]"')
    draft.write_text(text, "utf-8")
    _, shown, _ = reviewed(draft, "s\n" * 14)
    assert "[bold]in 2019[/bold]" in shown
