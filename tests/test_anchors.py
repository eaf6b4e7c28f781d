"""Anchors held against the source text, and the text cut into sentences."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.base.results import CaseError
from kg.model.anchors import SourceText, anchor_results, read_source
from kg.model.fields import Anchor
from kg.model.reading import CaseFile, read_case_file

Write = Callable[..., Path]


def _split(text: str, kind: str = "case") -> list[str]:
    return [s.text for s in SourceText(text, (("case", kind, 0, len(text)),)).sentences()]


SENTENCES: dict[str, tuple[str, list[str]]] = {
    "plain": ("He ate. She slept.", ["He ate.", "She slept."]),
    "question": ("Why? Because! So.", ["Why?", "Because!", "So."]),
    "decimal": ("It was 33.7 ng/L. Then 2.5 mg.", ["It was 33.7 ng/L.", "Then 2.5 mg."]),
    "decimal-before-capital": ("It was 33.7 U/L. Fine.", ["It was 33.7 U/L.", "Fine."]),
    "et-al": ("Seen by Nobody et al. In 2020 again. End.", ["Seen by Nobody et al. In 2020 again.", "End."]),
    "doctor": ("By Dr. Nobody. End.", ["By Dr. Nobody.", "End."]),
    "eg": ("Drugs, e.g. Prednisone. End.", ["Drugs, e.g. Prednisone.", "End."]),
    "figure": ("See Fig. 2 and Figs. 3. End.", ["See Fig. 2 and Figs. 3.", "End."]),
    "initial": ("By J. Nobody. End.", ["By J. Nobody.", "End."]),
    "lower-case-after": ("It was approx. five. End.", ["It was approx. five.", "End."]),
    "bracket-after": ("It fell (see A). Then rose.", ["It fell (see A).", "Then rose."]),
    "stop-in-bracket": ("It fell (it did.) Then rose.", ["It fell (it did.)", "Then rose."]),
    "citation": ("It fell [1]. Then [2,3] rose.", ["It fell [1].", "Then [2,3] rose."]),
    "citation-starts": ("It fell. [2] says so.", ["It fell.", "[2] says so."]),
    "respectively": (
        "3 and 86 (low and high, respectively). Then.",
        ["3 and 86 (low and high, respectively).", "Then."],
    ),
    "respectively-then-bracket": ("(3 mm/h, respectively). (B) too.", ["(3 mm/h, respectively).", "(B) too."]),
    "quote-after": ("He said “no.” She went.", ["He said “no.”", "She went."]),
    "digit-starts": ("It fell. 3 rose.", ["It fell.", "3 rose."]),
    "accent-starts": ("It fell. Ángel rose.", ["It fell.", "Ángel rose."]),
    "star-starts": ("It fell. *C:* a panel.", ["It fell.", "*C:* a panel."]),
    "page-break-comma": ("It fell, and rose,\n\nand fell. End.", ["It fell, and rose,\n\nand fell.", "End."]),
    "page-break-hyphen": ("A follow-\nup of 3. End.", ["A follow-\nup of 3.", "End."]),
    "page-break-range": ("In 2–\n3 months. End.", ["In 2–\n3 months.", "End."]),
    "new-paragraph": ("Heading\nIt fell. End", ["Heading", "It fell.", "End"]),
    "no-stop-at-the-end": ("It fell. It rose", ["It fell.", "It rose"]),
    "empty-lines": ("\n\n \nIt fell.\n\n", ["It fell."]),
    "nothing": ("", []),
}


@pytest.mark.parametrize("name", SENTENCES)
def test_sentences(name: str) -> None:
    text, wanted = SENTENCES[name]
    assert _split(text) == wanted


def test_a_section_may_begin_within_a_line() -> None:
    source = SourceText("\ufeffCase. It fell.\n", (("case", "case", 1, 16),))
    assert [s.text for s in source.sentences()] == ["Case.", "It fell."]


@pytest.mark.parametrize("kind", ["front", "references"])
def test_in_front_matter_and_reference_lists_a_line_is_the_unit(kind: str) -> None:
    assert _split("Nobody A. Nothing. J Invent.\nOther B. More.", kind) == [
        "Nobody A. Nothing. J Invent.",
        "Other B. More.",
    ]


@settings(deadline=None, derandomize=True, max_examples=100)
@given(st.text(alphabet="Ab. ,-\n(3[?é", max_size=60))
def test_every_word_is_in_just_one_sentence_in_order(text: str) -> None:
    source = SourceText(text, (("case", "case", 0, len(text)),))
    sentences = source.sentences()
    place = 0
    for s in sentences:
        assert text[s.start : s.end] == s.text == s.text.strip()
        assert text[place : s.start].strip() == ""
        place = s.end
    assert text[place:].strip() == ""


def test_find_keeps_to_its_section_and_its_parts() -> None:
    text = "CK one. CK two. CK three."
    source = SourceText(text, (("a", "case", 0, 8), ("b", "case", 8, 16), ("a", "case", 16, 25)))
    assert source.find(Anchor("a", "CK")) == [0, 16]
    assert source.find(Anchor("b", "CK")) == [8]
    assert source.find(Anchor("c", "CK")) == []
    assert source.find(Anchor("a", "ck")) == []
    assert source.find(Anchor("a", "one. CK")) == [], "an anchor must not run over the end of its section"
    assert source.find(Anchor("a", "C.")) == [], "an anchor is not a pattern"


def test_sentence_of_an_anchor_is_whole_and_on_one_line() -> None:
    text = "First. It fell by 3,\nand rose. Last."
    source = SourceText(text, (("case", "case", 0, len(text)),))
    assert source.sentence(Anchor("case", "rose")) == "It fell by 3, and rose."
    assert source.sentence(Anchor("case", "nothing")) is None


@pytest.fixture
def small(tmp_path: Path, write_case: Write) -> CaseFile:
    return read_case_file(write_case(tmp_path))


def _refused(file: CaseFile, folder: Path) -> Any:
    with pytest.raises(CaseError) as caught:
        read_source(file, folder)
    (result,) = caught.value.results
    assert result.rule == "source"
    assert result.file == str(file.path)
    return result


def test_the_invented_source_holds_every_anchor(small: CaseFile, sources: Path) -> None:
    assert [r for r in anchor_results(small, read_source(small, sources)) if r.severity == "violation"] == []


def test_missing_text(small: CaseFile, tmp_path: Path) -> None:
    result = _refused(small, tmp_path / "none")
    assert "cannot be read (No such file or directory)" in result.message
    assert "--sources" in result.cure
    assert (result.line, result.key) == (small.document.place(("report", "source", "file"))[0], "report.source.file")


def test_another_text(small: CaseFile, tmp_path: Path, sources: Path) -> None:
    (tmp_path / "invented.txt").write_text((sources / "invented.txt").read_text() + " ")
    result = _refused(small, tmp_path)
    assert "is not the text that was read" in result.message
    assert result.key == "report.source.sha256"
    assert result.line == small.document.place(("report", "source", "sha256"))[0] > 1


def test_a_text_that_is_not_utf8(small: CaseFile, tmp_path: Path) -> None:
    (tmp_path / "invented.txt").write_bytes(b"caf\xe9")
    assert "not UTF-8" in _refused(small, tmp_path).message


def test_sections_in_another_order(tmp_path: Path, write_case: Write, sources: Path, minimal: str) -> None:
    lines = minimal.splitlines(keepends=True)
    first = next(i for i, line in enumerate(lines) if "{section: case, title" in line)
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    file = read_case_file(write_case(tmp_path, "".join(lines)))
    result = _refused(file, sources)
    assert "'A 40-year-old woman' does not occur after the section before it" in result.message
    assert result.key == "report.source.sections.2.begins"
    assert result.line == first + 2


def test_an_anchor_that_is_not_there_and_one_of_another_section(
    tmp_path: Path, write_case: Write, sources: Path
) -> None:
    path = write_case(
        tmp_path,
        replace={"{case: ESR was 40 mm/h}": "{case: ESR was 40 mm/h., front: ESR was 40 mm/h}"},
    )
    file = read_case_file(path)
    found = {r.key.rsplit(".", 1)[1]: r for r in anchor_results(file, read_source(file, sources))}
    assert {(r.severity, r.rule) for r in found.values()} == {("violation", "anchor")}
    assert found["case"].cure == "Quote the report verbatim."
    assert found["front"].cure == "It occurs in another section."
    line = path.read_text().splitlines().index("        evidence: {case: ESR was 40 mm/h., front: ESR was 40 mm/h}") + 1
    assert {r.line for r in found.values()} == {line}


def test_an_anchor_that_occurs_twice_is_told_as_info(tmp_path: Path, write_case: Write, sources: Path) -> None:
    file = read_case_file(write_case(tmp_path, replace={"{case: elbow in 2019}": "{case: in 2019}"}))
    (found,) = anchor_results(file, read_source(file, sources))
    assert (found.severity, found.rule) == ("info", "ambiguous-anchor")
    assert "occurs 3 times" in found.message


def test_every_anchor_of_the_shipped_case_occurs(seed: CaseFile, shared: Path) -> None:
    found = list(anchor_results(seed, read_source(seed, shared / "seed")))
    assert [str(r) for r in found if r.severity == "violation"] == []


def test_the_digest_of_the_shipped_case_is_that_of_its_text(seed: CaseFile, shared: Path) -> None:
    source = seed.case.report.source
    assert hashlib.sha256((shared / "seed" / source.file).read_bytes()).hexdigest() == source.sha256


def test_the_case_file_quotes_anchors_and_no_more(seed: CaseFile, shared: Path) -> None:
    """No run of 20 words of the report stands in the case file, titles of papers aside."""
    words = (shared / "seed" / seed.case.report.source.file).read_text("utf-8").split()
    text = " ".join(seed.path.read_text("utf-8").split())
    for reference in seed.case.references.values():
        text = text.replace(reference.title, "")
    runs = [" ".join(words[i : i + 20]) for i in range(len(words) - 20)]
    assert len(runs) > 1000
    assert [run for run in runs if run in text] == []
