"""Expressions of time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from marked import met, sentences, unmarked

from kg.articles.article import Article
from kg.articles.manuscripts import read_article
from kg.articles.scope import patient_sentences
from kg.base.times import read_offset
from kg.mentions.moments import moments
from kg.model.reading import CaseFile

# The sentence, and each time that it tells: words, kind, EDTF, distance.
SENTENCES = {
    "We present a 28-year-old male diagnosed in 2019.": [("28-year-old", "age", "", ""), ("2019", "date", "2019", "")],
    "It was initiated in September 2021.": [("September 2021", "date", "2021-09", "")],
    "He came on Feb. 18, 2016.": [("Feb. 18, 2016", "date", "2016-02-18", "")],
    "They normalized 3–4 months after the start of tofacitinib.": [("3–4 months after", "distance", "", "3..4 months")],
    "Cardiac MRI at one year was normal.": [("at one year", "distance", "", "1 year")],
    "It was given for 3 weeks.": [("for 3 weeks", "duration", "", "3 weeks")],
    "On hospital day 9 he was well.": [("On hospital day 9", "distance", "", "")],
    "He came two weeks ago.": [("two weeks ago", "distance", "", "2 weeks")],
    "Until the present time (November 2022) he was well.": [
        ("Until the present time (November 2022)", "event", "2022-11", "")
    ],
}


@pytest.mark.parametrize("text", SENTENCES)
def test_times(text: str) -> None:
    article = Article.plain(text)
    found = moments(article, article.sentences)
    assert [(article.quote(m), m.kind, m.edtf, m.by) for m in found] == SENTENCES[text]


def test_the_event_that_a_distance_counts_from() -> None:
    text = "They normalized 3–4 months after the start of tofacitinib."
    article = Article.plain(text)
    (moment,) = moments(article, article.sentences)
    assert text[slice(*moment.anchor or (0, 0))] == "the start of tofacitinib"
    assert moment.relation == "after"


@pytest.mark.parametrize(
    "text", ["It was taken every 3 months.", "He may be seen 3 times per week.", "He took 5 mg/day."]
)
def test_how_often_is_no_time(text: str) -> None:
    article = Article.plain(text)
    assert moments(article, article.sentences) == ()


def test_the_seed_report_gives_every_time_of_the_case(seed: CaseFile, shared: Path) -> None:
    article = read_article(shared / "seed" / seed.case.report.source.file).article
    found = moments(article, patient_sentences(article))
    (patient,) = seed.case.patients.values()
    for key, time in patient.times.items():
        mine = [
            m
            for m in found
            if m.start < m.end and (article.quote(m) in time.printed or time.printed in article.quote(m))
        ]
        assert mine, key
        if time.edtf and "/" not in time.edtf and re.search(r"\d", time.printed):
            assert time.edtf in {m.edtf for m in mine}, key
        if time.by:
            assert time.by in {read_offset(m.by) for m in mine if m.by}, key


@pytest.mark.parametrize("sentence", sentences("times"))
def test_marked_times(sentence: str) -> None:
    text, marks, _ = unmarked(sentence)
    article = Article.plain(text)
    found = [m for m in moments(article, article.sentences) if m.kind != "event"]
    assert met(marks, [(m.start, m.end) for m in found]), [article.quote(m) for m in found]
