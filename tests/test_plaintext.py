"""Texts whose lines are broken at a width are made whole; what is no text is told."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.articles.manuscripts import Manuscript, read_article
from kg.articles.plaintext import joined
from kg.base.results import CaseError

CASE = (
    "A 45-year-old woman was seen with calcinosis of both elbows, which had grown for two years, and with weakness. "
    "She was given prednisone and then tofacitinib, and calcinosis was smaller after six months of treatment. "
    "It was a sunny day when she went home, and she has been well since then without any of these drugs."
)
REPORT = f"An invented report of calcinosis\n\nIntroduction\n\nCalcinosis is rare.\n\nCase report\n\n{CASE}\n\nDiscussion\n\n{CASE}\n"


def _read(tmp_path: Path, data: bytes, name: str = "report.txt") -> Manuscript:
    (tmp_path / name).write_bytes(data)
    return read_article(tmp_path / name)


def test_lines_broken_at_a_width_are_made_whole_again(tmp_path: Path) -> None:
    wrapped = "\n".join(textwrap.fill(row, 70) if row else "" for row in REPORT.split("\n"))
    assert wrapped != REPORT
    read = _read(tmp_path, wrapped.encode())
    assert read.article.text == REPORT
    assert not read.own
    assert read.article.name == "report.lines.txt"
    whole = _read(tmp_path, REPORT.encode())
    assert whole.own
    assert whole.article.text == REPORT


def test_sentences_in_lines_of_their_own_are_left_as_they_are(tmp_path: Path) -> None:
    rows = CASE.replace(". ", ".\n").encode()
    assert _read(tmp_path, rows).own


@pytest.mark.parametrize(
    ("rows", "whole"),
    [
        ("the myo-\nsitis was severe", "the myositis was severe"),
        ("with anti-\nPM/Scl and COVID-\n19", "with anti-PM/Scl and COVID-19"),
        ("of steroid-\nsparing drugs, 6-\nmonth", "of steroid-sparing drugs, 6-month"),
        ("cross-talk of cross-\ntalk", "cross-talk of cross-talk"),
        (
            "see 10.1016/j.jaut.2019\n.03.003 and https://doi.org/10.1093/rhe\numatology/keab152.",
            "see 10.1016/j.jaut.2019.03.003 and https://doi.org/10.1093/rheumatology/keab152.",
        ),
        ("doi 10.1016/x\n2020 was a year", "doi 10.1016/x 2020 was a year"),
    ],
)
def test_words_that_a_line_end_cuts(rows: str, whole: str) -> None:
    assert joined(rows) == whole + "\n"


def test_lists_stay_lists_and_numbers_at_a_line_start_do_not_begin_one() -> None:
    assert joined("References\n1. Nobody A. A title.\nJ Invent 2020.\n2. Noone B. B.") == (
        "References\n\n1. Nobody A. A title. J Invent 2020.\n\n2. Noone B. B.\n"
    )
    rows = "References\n- Nobody A: A title. J Invent.\n[10.1/a](https://doi.org/10.1/a)\n- Noone B: B. 2020.\n\n12. Not an entry.\n"
    assert joined(rows) == (
        "References\n\n- Nobody A: A title. J Invent. [10.1/a](https://doi.org/10.1/a)\n\n- Noone B: B. 2020. 12. Not an entry.\n"
    )
    text = "She had a rash of the elbow and of the knee, which was graded as grade\n3. She rose."
    assert joined(text) == text.replace("\n", " ") + "\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(tmp_path: Path, encoding: str, end: str) -> None:
    read = _read(tmp_path, REPORT.replace("\n", end).encode(encoding))
    assert [p.section for p in read.article.parts] == ["front", "intro", "case", "discussion"]
    assert [s.text for s in read.article.sentences if s.section == "case"][1:] == CASE.replace(". ", ".\n").split("\n")
    assert read.own == (encoding != "utf-16" and end != "\r")


@settings(deadline=None, derandomize=True, max_examples=100)
@given(
    st.lists(st.sampled_from(["Case report", "a word", "It fell.", "", "1. A", "- b", "cut-", "sitis", "Figure 1: x"]))
)
def test_nothing_but_hyphens_and_line_ends_is_lost(rows: list[str]) -> None:
    made = joined("\n".join(rows))
    assert "".join(made.split()).replace("-", "") == "".join("".join(rows).split()).replace("-", "")


@pytest.mark.parametrize("sign", ["\u00ad", "\u200b", "\u200d", "\u2060"])
def test_signs_that_no_page_shows_cut_no_word(tmp_path: Path, sign: str) -> None:
    read = _read(tmp_path, REPORT.replace("alci", f"al{sign}ci").replace("fi", "ﬁ").encode())
    assert not read.own
    assert read.article.text == REPORT


@pytest.mark.parametrize("sign", ["\x0b", "\x85", "\u2028", "\u2029"])
def test_other_ends_of_lines_end_lines(tmp_path: Path, sign: str) -> None:
    read = _read(tmp_path, REPORT.replace("\n", sign).encode())
    assert [p.section for p in read.article.parts] == ["front", "intro", "case", "discussion"]
    assert not read.own


def test_two_words_that_hyphens_cut_show_that_lines_are_broken(tmp_path: Path) -> None:
    read = _read(
        tmp_path, b"Case report\n\nA man presented with lymph-\nadenopathy and with tachy-\ncardia. He improved."
    )
    assert "lymphadenopathy and with tachycardia. He improved." in read.article.text


def test_the_foot_of_a_page_does_not_go_on_with_an_address() -> None:
    rows = "References\n1. Nobody A: A title. 2020. 10.1000/abc.123\n11/29/26, 2:44 AM"
    assert "10.1000/abc.123 11/29/26" in joined(rows, frozenset([2]))


@pytest.mark.parametrize("words", ["a" * 2_000, "He rose. " * 40_000])
def test_what_is_no_report_is_told_before_anything_reads_it(tmp_path: Path, words: str) -> None:
    with pytest.raises(CaseError, match=r"word of more than 1,000|characters; 300,000 at most"):
        _read(tmp_path, words.encode())


def test_a_name_that_no_case_file_holds_is_cut(tmp_path: Path) -> None:
    path = tmp_path / f"{'n' * 210}.txt"
    path.write_text(REPORT, "utf-8")
    assert len(read_article(path).article.name) <= 200
