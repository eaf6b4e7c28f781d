"""Names of a list in a text, and all that is found with them: every place is one of the text."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.articles.article import Article
from kg.mentions.autoantibodies import autoantibodies
from kg.mentions.bodysites import bodysites
from kg.mentions.examined import examined
from kg.mentions.measured import measured
from kg.mentions.medication import medication
from kg.mentions.moments import moments
from kg.mentions.namelist import NameList

PIECES = [
    "CK", "was", "86", "UI/L", "(normal range", "0-15)", ",", " and", ".", "prednisone", "5 mg", "twice daily", "for 3 days", "respectively", "ANA 1:320",
    "positive", "MRI", "showed", "left lung", "FEV1", "80%", "of the predicted value", "T2N0M0", "grade 2/6", "in September 2021", "3–4 months after", "β-blocker",
    "<35 pg/mL", "281 x 10^9/L", "(", ")", "\n", "1,24", "é", "\u2009", "\u200b", "Feb.", "12", "/", "-", "no", "to", "μL",
]  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=25).map(" ".join))
def test_whatever_the_text_every_place_is_in_it(text: str) -> None:
    article = Article.plain(text)
    for step in (measured, medication, moments, autoantibodies, bodysites, examined):
        for one in step(article, article.sentences):
            assert 0 <= one.start < one.end <= len(text)
            assert article.quote(one).strip() == article.quote(one) != ""


@pytest.mark.parametrize(
    "words", ["a ", "about ", "5 mg of the ", "was increased to ", "CK 5 U/L, ", "prednisone and "]
)
def test_repeated_words_are_read_in_no_time(words: str) -> None:
    text = words * 600 + "5 mg/dL"  # a pattern that tries all ways through it would not come back
    article = Article.plain(text)
    for step in (measured, medication, moments, autoantibodies, bodysites, examined):
        assert all(one.end <= len(text) for one in step(article, article.sentences))


def test_the_longest_name_wins() -> None:
    names = NameList([("FEV1", "a"), ("FVC", "b"), ("FEV1/FVC", "c")])
    assert [meaning for *_, meaning in names.find("FEV1, FVC and FEV1/FVC")] == ["a", "b", "c"]


def test_an_abbreviation_is_written_in_capitals() -> None:
    names = NameList([("ART", 1), ("C-reactive protein", 2)])
    assert list(names.find("The art of ART; c reactive proteins")) == [(11, 14, 1), (16, 35, 2)]
