"""Every sentence of a report is claimed, marked, or told as unread."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.base.results import CaseError
from kg.model.coverage import Coverage, coverage
from kg.model.reading import CaseFile, read_case_file

Write = Callable[..., Path]
Run = Callable[..., Any]
MARK = "      - {section: case, begins: It was a sunny day, why: not about the patient}\n"


def _coverage(path: Path, sources: Path) -> Coverage:
    return coverage(read_case_file(path), sources)


def test_the_small_case_is_covered(tmp_path: Path, write_case: Write, sources: Path) -> None:
    found = _coverage(write_case(tmp_path), sources)
    assert found.share == 1.0
    assert (found.count("unread"), found.count("marked")) == (0, 1)
    assert found.count("claimed") == len(found.sentences) - 1 > 5
    assert found.results == ()
    states = {s.text[:14]: (state, by) for s, state, by in found.sentences}
    assert states["It was a sunny"] == ("marked", ("not about the patient",))
    assert states["Calcinosis was"] == ("claimed", ("no-calcinosis",))
    assert set(states["A 40-year-old "][1]) == {"sex", "age", "first-visit", "elbow-look", "arthritis"}


def test_by_section_in_the_order_of_the_text(tmp_path: Path, write_case: Write, sources: Path) -> None:
    table = _coverage(write_case(tmp_path), sources).by_section()
    assert list(table) == ["front", "case", "discussion", "references"]
    assert table["case"]["marked"] == 1
    assert sum(sum(row.values()) for row in table.values()) == len(_coverage(write_case(tmp_path), sources).sentences)


def test_a_sentence_that_nothing_claims_is_unread(tmp_path: Path, write_case: Write, sources: Path, run: Run) -> None:
    path = write_case(tmp_path, replace={MARK: "      - {section: case, begins: It was, why: x}\n"})
    assert _coverage(path, sources).count("unread") == 0
    path = write_case(tmp_path, replace={"    no_facts:\n" + MARK: ""})
    found = _coverage(path, sources)
    assert [s.text for s, state, _ in found.sentences if state == "unread"] == ["It was a sunny day."]
    assert 0.8 < found.share < 1
    result = run("coverage", path, "--sources", sources)
    assert result.exit_code == 1
    assert "unread: [case] It was a sunny day." in result.stdout
    assert "1 unread" in result.stdout


def test_an_anchor_over_two_sentences_claims_both(tmp_path: Path, write_case: Write, sources: Path) -> None:
    quote = '{case: "Calcinosis was absent in 2019", discussion: "kinases [1]"}'
    path = write_case(tmp_path, replace={"{case: Calcinosis was absent in 2019}": quote})
    claims = {s.text: by for s, _, by in _coverage(path, sources).sentences}
    assert claims["JAK inhibitors inhibit kinases [1]."] == ("no-calcinosis", "kinases")
    path = write_case(
        tmp_path, replace={"{case: Calcinosis was absent in 2019}": '{case: "Calcinosis was absent in 2019. The ESR"}'}
    )
    claims = {s.text[:8]: by for s, _, by in _coverage(path, sources).sentences}
    assert "no-calcinosis" in claims["Calcinos"]
    assert "no-calcinosis" in claims["The ESR "]


@pytest.mark.parametrize("begins", ["Nothing begins so", "Calcinosis was"], ids=["not-there", "claimed-already"])
def test_a_mark_for_nothing_is_told(begins: str, tmp_path: Path, write_case: Write, sources: Path) -> None:
    path = write_case(tmp_path, replace={MARK: MARK + MARK.replace("It was a sunny day", begins)})
    (result,) = _coverage(path, sources).results
    assert (result.severity, result.rule, result.key) == ("warning", "no-fact", "report.source.no_facts.1")
    assert begins in result.message
    assert result.line == path.read_text().splitlines().index(MARK.rstrip("\n")) + 2


def test_two_marks_of_the_same_words_take_two_sentences(tmp_path: Path, write_case: Write, sources: Path) -> None:
    path = write_case(tmp_path, replace={MARK: MARK * 2})
    (result,) = _coverage(path, sources).results
    assert result.rule == "no-fact"


def test_a_wrong_anchor_is_a_finding(tmp_path: Path, write_case: Write, sources: Path, run: Run) -> None:
    path = write_case(tmp_path, replace={"{case: Calcinosis was absent in 2019}": "{case: Calcinosis was not there}"})
    result = run("coverage", path, "--sources", sources)
    assert result.exit_code == 1
    assert "violation anchor: patients.p1.findings.no-calcinosis.evidence.case" in result.stdout
    assert "unread: [case] Calcinosis was absent in 2019." in result.stdout


def test_on_the_command_line(tmp_path: Path, write_case: Write, sources: Path, run: Run) -> None:
    path = write_case(tmp_path)
    result = run("coverage", path, "--sources", sources)
    assert result.exit_code == 0
    assert "100.0% of" in result.stdout
    assert "unread:" not in result.stdout
    shown = run("coverage", path, "--sources", sources, "--all")
    assert "marked: [case] It was a sunny day.  <- not about the patient" in shown.stdout
    made = json.loads(run("coverage", path, "--sources", sources, "--format", "json").stdout)
    assert made["share"] == 1.0
    assert {row["state"] for row in made["sentences"]} == {"claimed", "marked"}
    assert all("text" not in row for row in made["sentences"]), "the source text is not to be handed out"


def _missing(folder: Path, text: str) -> None:
    assert text


def _another(folder: Path, text: str) -> None:
    (folder / "invented.txt").write_text(text + "more")


@pytest.mark.parametrize(
    ("prepare", "says"),
    [(_missing, "cannot be read (No such file or directory)"), (_another, "is not the text that was read")],
    ids=["missing", "another"],
)
@pytest.mark.parametrize("command", ["coverage", "validate"])
def test_no_text_or_another_one(
    command: str, prepare: Any, says: str, tmp_path: Path, write_case: Write, sources: Path, run: Run
) -> None:
    path = write_case(tmp_path)
    folder = tmp_path / "texts"
    folder.mkdir()
    prepare(folder, (sources / "invented.txt").read_text())
    result = run(command, path, "--sources", folder)
    assert result.exit_code == 2
    (line,) = [line for line in result.output.splitlines() if "violation source" in line]
    assert says in line
    assert line.startswith(f"{path}:")


def test_sections_in_another_order_on_the_command_line(
    tmp_path: Path, write_case: Write, sources: Path, run: Run, minimal: str
) -> None:
    text = minimal.replace("begins: JAK inhibitors", "begins: An invented report")
    path = write_case(tmp_path, text)
    result = run("coverage", path, "--sources", sources)
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 2
    assert "report.source.sections.2.begins" in line


def test_a_missing_text_is_a_case_error(tmp_path: Path, write_case: Write) -> None:
    with pytest.raises(CaseError, match="--sources"):
        _coverage(write_case(tmp_path), tmp_path)


def test_every_sentence_of_the_shipped_case_is_accounted_for(seed: CaseFile, shared: Path) -> None:
    found = coverage(seed, shared / "seed")
    assert [s.text for s, state, _ in found.sentences if state == "unread"] == []
    assert found.share == 1.0
    assert len(found.sentences) > 100
    assert [str(r) for r in found.results if r.severity != "info"] == []
    assert found.count("marked") < found.count("claimed") / 5


def test_a_fact_taken_out_of_the_shipped_case_leaves_a_sentence_unread(
    seed: CaseFile, shared: Path, tmp_path: Path
) -> None:
    """Coverage of 100 % means something only if it can be less."""
    text = seed.path.read_text("utf-8")
    keys = list(seed.case.references)
    start = text.index(f"  {keys[0]}:\n", text.index("\nreferences:\n"))
    end = text.index(f"  {keys[1]}:\n", start)
    path = tmp_path / "less.yaml"
    claimless = text[: text.index("\nclaims:\n")] + "\n"  # claims cite the reference that goes
    path.write_text(claimless[:start] + claimless[end:], "utf-8")
    assert coverage(read_case_file(path), shared / "seed").count("unread") >= 1
