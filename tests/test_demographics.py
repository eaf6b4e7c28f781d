"""Sex and age as reports state them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.articles.article import Article
from kg.articles.demographics import Demographics, demographics


def _read(text: str) -> tuple[Article, Demographics]:
    article = Article.plain(text)
    return article, demographics(article, article.sentences)


STATED = [
    ("A 28-year-old male with myositis was seen.", "28-year-old male", "male", "28-year-old", "28"),
    ("We saw a 3-month-old girl.", "3-month-old girl", "female", "3-month-old", "0.25"),
    ("A 36-yr-old previously healthy man came.", "36-yr-old previously healthy man", "male", "36-yr-old", "36"),
    ("A 33 - year old woman presented.", "33 - year old woman", "female", "33 - year old", "33"),
    ("A 70–year–old female was seen.", "70–year–old female", "female", "70–year–old", "70"),
    ("A forty-five-year-old lady came.", "forty-five-year-old lady", "female", "forty-five-year-old", "45"),
    ("A 9 1/2-year-old girl was seen.", "9 1/2-year-old girl", "female", "9 1/2-year-old", "9.5"),
    ("Patient: Female, 61-year-old.", "Patient: Female", "female", "61-year-old", "61"),
    ("The patient, aged 45, was a male.", "a male", "male", "aged 45", "45"),
    ("A 31-year-old primipara with twins came.", "31-year-old primipara", "female", "31-year-old", "31"),
]


@pytest.mark.parametrize(("text", "words", "sex", "printed", "years"), STATED)
def test_sex_and_age_with_their_words(text: str, words: str, sex: str, printed: str, years: str) -> None:
    article, found = _read(text)
    assert [(article.quote(one), one.sex) for one in found.sex] == [(words, sex)]
    assert [(one.printed, one.years) for one in found.age] == [(printed, Decimal(years))]
    assert printed in article.quote(found.age[0])


OTHERS = [
    "His mother, aged 32, was well.",
    "She was born to a 26-year-old mother.",
    "A female was born to a 26-year-old primigravida mother.",
    "A male newborn was born at term to a 30-year-old woman.",
    "The donor was a 47-year-old man.",
    "His wife, a 50-year-old woman, was ill.",
    "Symptoms began at 5 years of age.",
]


@pytest.mark.parametrize("text", OTHERS)
def test_the_age_of_others_or_of_an_earlier_time_is_not_the_patients(text: str) -> None:
    _, found = _read(text)
    assert found.age == ()
    assert found.other_ages == ()


def test_a_decade_has_no_years_and_pronouns_are_a_weak_sign() -> None:
    article, found = _read("A patient in her late 70s came. She had a rash, and her CK rose.")
    assert [(one.printed, one.years) for one in found.age] == [("in her late 70s", None)]
    assert [(article.quote(one), one.sex, one.confidence) for one in found.sex] == [("her", "female", "low")]


def test_what_disagrees_is_kept_apart() -> None:
    _, found = _read("A 28-year-old man was seen. This 29-year-old man rose.")
    assert [one.printed for one in found.age] == ["28-year-old"]
    assert [one.printed for one in found.other_ages] == ["29-year-old"]


@settings(deadline=None, derandomize=True, max_examples=150)
@given(
    st.lists(
        st.sampled_from(
            [
                "A",
                "28",
                "-",
                "year",
                "old",
                "man",
                "woman",
                ".",
                "½",
                "aged",
                "3",
                "months",
                "his",
                "mother",
                "é",
                "\u2009",
                "in",
                "her",
                "70s",
                "twenty",
                "one",
                ",-",
            ]
        ),
        max_size=25,
    )
)
def test_offsets_are_those_of_the_words(words: list[str]) -> None:
    article, found = _read(" ".join(words))
    for one in (*found.age, *found.other_ages):
        assert one.printed in article.quote(one)
        assert article.quote(one).strip() == article.quote(one)
    for sex in (*found.sex, *found.other_sex):
        assert 0 <= sex.start < sex.end <= len(article.text)
