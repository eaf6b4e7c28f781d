"""A report cut into its sections, and the sentences that tell of its patient."""

from __future__ import annotations

from pathlib import Path

import pytest

from kg.draft.article import Article
from kg.draft.scope import begins, parts, patient_sentences

ROOT = Path(__file__).resolve().parents[1]
SEED = ROOT.parent / "shared" / "seed" / "cureus-34125.txt"


def _article(text: str) -> Article:
    return Article("report.txt", text, parts(text))


def test_a_text_without_a_heading_is_the_case() -> None:
    text = "A 30-year-old man was seen.\nHe had a fever. It was a sunny day."
    assert [(p.section, p.kind, p.start, p.end) for p in parts(text)] == [("case", "case", 0, len(text))]


@pytest.mark.skipif(not SEED.is_file(), reason="the seed report is not beside the repository")
def test_the_seed_has_the_sections_of_the_case_file_made_by_hand() -> None:
    from kg.model.reading import read_case_file

    article = _article(SEED.read_text("utf-8"))
    made = read_case_file(ROOT / "kg" / "cases" / "cureus-34125.yaml").case.report.source.sections
    assert [(p.section, p.kind) for p in article.parts] == [(s.section, s.kind) for s in made]
    assert [article.text.find(s.begins, p.start) for s, p in zip(made, article.parts, strict=True)] == [
        p.start for p in article.parts
    ]
    place = 0
    for part, words in zip(article.parts, begins(article), strict=True):
        assert article.text.find(words, place) == part.start
        place = part.start + 1
    told = patient_sentences(article)
    assert {s.section for s in told} == {"abstract", "case", "fig1", "fig2", "fig3"}
    words = " ".join(s.text for s in told)
    for background in ("sclerodactyly", "gastroesophageal", "rheumatoid", "dermatomyositis", "CXCL9"):
        assert background not in words
