"""Anatomical sites by name."""

from __future__ import annotations

import pytest

from kg.articles.article import Article
from kg.mentions.bodysites import bodysites


def read(text: str) -> list[tuple[str, str]]:
    article = Article.plain(text)
    return [(article.quote(site), site.concept) for site in bodysites(article, article.sentences)]


def test_sides_and_parts_belong_to_the_site() -> None:
    assert read("Calcinosis of the left and right elbow and in the lower limbs.") == [
        ("left and right elbow", "UBERON:0001461"),
        ("lower limbs", "UBERON:0002103"),
    ]


def test_a_list_of_joints() -> None:
    text = "Arthritis in the wrists, metacarpophalangeal and proximal interphalangeal joints."
    assert [words for words, concept in read(text) if concept] == [
        "wrists",
        "metacarpophalangeal",
        "proximal interphalangeal joints",
    ]


@pytest.mark.parametrize(
    "text", ["He had pulmonary embolism and atrial fibrillation.", "Body weight and heart rate.", "On the other hand."]
)
def test_what_names_no_site(text: str) -> None:
    assert read(text) == []


def test_a_site_that_casekg_does_not_have_gets_no_concept() -> None:
    assert read("The left flank was tender.") == [("left flank", "")]
