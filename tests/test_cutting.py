"""Of a series whose headings number the patients one is read, and nothing of the others; a wrong refusal has a way out."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Run

from kg.articles.manuscripts import read_article
from kg.articles.scope import patient_sentences
from kg.base.results import CaseError
from kg.model.reading import judge_case_file

SERIES = """Two men with cough after enalapril

A. Smith, B. Jones

Abstract
We report two men who coughed after enalapril.

Case reports

Case 1
A 45-year-old man presented with dry cough. He took enalapril 10 mg daily.

Case 2
A 67-year-old man presented with angioedema. He took captopril 20 mg daily.

FIGURE 1: His tongue

Discussion
Our first patient coughed. Our second patient had angioedema after captopril.

References
1. Smith A, Jones B. Cough and drugs. Lancet. 2010;12:1-5.
"""
JATS = """<article><front><article-meta><title-group><article-title>Two men</article-title></title-group>
<abstract><p>We report two men.</p></abstract></article-meta></front><body>
<sec><title>Case 1</title><p>A 45-year-old man presented with dry cough.</p></sec>
<sec><title>Case 2</title><p>A 67-year-old man presented with angioedema.</p></sec>
<sec><title>Discussion</title><p>Both patients improved.</p></sec></body>
<back><ref-list><ref><mixed-citation>Smith A. Cough and drugs. Lancet. 2010;12:1-5. doi:10.1000/182</mixed-citation></ref></ref-list></back>
</article>"""


@pytest.mark.parametrize(("name", "text"), [("series.txt", SERIES), ("series.xml", JATS)])
def test_one_patient_of_a_series(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(CaseError, match="several-patients") as caught:
        read_article(path)
    assert "--patient 1, --patient 2" in str(caught.value)
    for number, own, other in (("1", "dry cough", "angioedema"), ("II", "angioedema", "dry cough")):
        made = read_article(path, patient=number)
        told = " ".join(one.text for one in patient_sentences(made.article))
        assert own in told
        assert other not in made.article.text.partition("References")[0]
        titles = {part.title for part in made.article.parts if part.kind == "case"}
        assert titles == {"Case 1" if number == "1" else "Case 2"}
        assert made.data.decode() == made.article.text
        assert not made.own
        assert (
            made.article.name == f"series.patient-{number}.txt"
            or made.article.name == f"series.xml.patient-{number}.txt"
        )
        for mention in made.front.told():
            assert made.article.quote(mention).strip()
        (entry,) = made.front.references
        assert made.article.text[entry.first : entry.last].startswith(
            "Smith A. Cough" if name == "series.xml" else "Smith A, "
        )
        assert made.article.parts[-1].end == len(made.article.text)
    with pytest.raises(CaseError, match="Those with headings are 1, 2"):
        read_article(path, patient="3")


def test_a_patient_without_a_heading_is_none(tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    path.write_text("A 45-year-old man presented. A 60-year-old woman presented.", "utf-8")
    with pytest.raises(CaseError, match="Cut the text"):
        read_article(path, patient="2")


def test_a_refusal_that_is_wrong_has_a_way_out_that_is_noted(run: Run, tmp_path: Path) -> None:
    report, draft = tmp_path / "report.txt", tmp_path / "draft.yaml"
    report.write_text("The second patient was a 60-year-old woman. She had a rash.", "utf-8")
    refused = run("draft", report, "-o", draft)
    assert (refused.exit_code, draft.exists()) == (1, False)
    assert "--single" in refused.stderr
    assert run("draft", report, "-o", draft, "--single").exit_code == 0
    note = judge_case_file(draft).case.report.note
    assert note
    assert "“The second patient was” (line 1)" in note
    assert run("check", draft, "--sources", tmp_path).exit_code == 0
    articles = tmp_path / "articles.txt"
    one = "Abstract\nIt is rare.\n\nCase report\nA man came with fever.\n\nReferences\n1. A B. C. 2020.\n\n"
    articles.write_text(one + one, "utf-8")
    assert "several-articles" in run("draft", articles, "--single").stderr  # no word of anybody makes one of two
