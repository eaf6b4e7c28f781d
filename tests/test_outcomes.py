"""What became of what under which drugs: read from sentences, with drugs and manifestations marked in them."""

from __future__ import annotations

import re

import pytest

from kg.articles.article import Article
from kg.mentions.outcomes import Dose, Topic, outcomes

DRUGS = ("steroids", "MMF", "IVIg", "rituximab", "tofacitinib", "prednisone", "thiosulfate", "aspirin")
STARTED = r"(?:started|treated|tried|given|added|begun|received)"
FINDINGS = {"myositis": "HP:0100614", "calcinosis": "HP:0025520", "arthritis": "HP:0001369", "uveitis": "HP:0000554",
            "ILD": "HP:0006530", "dyspnea": "HP:0002094"}  # fmt: skip
LUNG, JOINT, MUSCLE = "HP:0002086", "HP:0001367", "HP:0003011"
OVER = {"ILD": {LUNG}, "arthritis": {JOINT}, "myositis": {MUSCLE}}


def read(text: str, past: tuple[str, ...] = ()) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """(outcome, drugs, manifestations) of each response."""
    article = Article.plain(text)
    doses, topics = [], []
    for name in DRUGS:
        for m in re.finditer(rf"\b{name}\b", text):
            sentence = next(s for s in article.sentences if s.start <= m.start() < s.end)
            started = bool(re.search(STARTED, sentence.text))
            doses.append(Dose(*m.span(), "drug", "high", name, started, name in past))
    for name, concept in FINDINGS.items():
        for m in re.finditer(rf"\b{name}\b", text, re.IGNORECASE):
            topics.append(Topic(*m.span(), "finding", "high", concept, frozenset({concept, *OVER.get(name, ())})))
    names = {concept: name for name, concept in FINDINGS.items()}
    found = outcomes(article, article.sentences, doses, topics, "MONDO:0005100")
    assert all(text[a:b].strip() for one in found for a, b in one.words)
    return [(one.outcome, one.to, tuple(names.get(c, "disease") for c in one.of)) for one in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("He was given steroids, MMF, and IVIg, improving the myositis.",
         [("improved", ("steroids", "MMF", "IVIg"), ("myositis",))]),  # together: nobody knows which
        ("He was given rituximab. The arthritis and myositis are under control.",
         [("controlled", ("rituximab",), ("arthritis",)), ("controlled", ("rituximab",), ("myositis",))]),
        ("We tried thiosulfate, so we added rituximab. The calcinosis resolved.",
         [("resolved", ("rituximab",), ("calcinosis",))]),
        ("He was given MMF. The uveitis did not improve.", [("not improved", ("MMF",), ("uveitis",))]),
        ("He was given MMF. He improved in dyspnea with persistence of the calcinosis.",
         [("improved", ("MMF",), ("dyspnea",)), ("persistent", ("MMF",), ("calcinosis",))]),
        ("He was given MMF. The lesions had cleared and the calcinosis had improved.",
         [("improved", ("MMF",), ("calcinosis",))]),  # not resolved: that is told of the lesions
        ("The uveitis resolved after tofacitinib.", [("resolved", ("tofacitinib",), ("uveitis",))]),
        ("He was given MMF and steroids. He was given rituximab. Despite all these treatments, the calcinosis progressed.",
         [("worsened", ("MMF", "steroids", "rituximab"), ("calcinosis",))]),
        ("The response with tofacitinib is favorable.", [("favourable", ("tofacitinib",), ("disease",))]),
    ],
)  # fmt: skip
def test_read(text: str, expected: list[tuple[str, tuple[str, ...], tuple[str, ...]]]) -> None:
    assert sorted(read(text)) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        "He was given MMF. There was no progression or worsening of calcinosis was feared.",
        "He was given MMF. The uveitis may improve.",
        "He was given MMF. He then developed dyspnea progressing to dyspnea at rest.",
        "High-resolution CT showed ILD.",
        "He had refractory uveitis.",
    ],
)
def test_what_is_no_outcome(text: str) -> None:
    assert [one for one in read(text) if one[1]] == []


def test_a_drug_that_was_only_then_begun_is_not_meant() -> None:
    assert [one for one in read("The uveitis progressed, and he was treated with MMF.") if one[1]] == []


def test_of_what_got_worse_a_drug_long_before_is_not_blamed() -> None:
    text = "He was given MMF. He went home. He slept well. The uveitis worsened."
    assert [one for one in read(text) if one[1]] == []


def test_organs_stand_for_what_was_told_of_them() -> None:
    text = "He had myositis, arthritis and ILD. He was given steroids, improving the muscular (partial), articular and pulmonary symptoms. These symptoms were controlled."
    assert read(text) == [
        ("partially improved", ("steroids",), ("myositis",)),
        ("improved", ("steroids",), ("arthritis",)),
        ("improved", ("steroids",), ("ILD",)),
        ("controlled", ("steroids",), ("myositis", "arthritis", "ILD")),
    ]


def test_drugs_in_brackets_behind_refractoriness_are_its_drugs() -> None:
    text = "Given the therapeutic refractoriness (steroids, MMF), tofacitinib was added."
    assert read(text, past=("steroids", "MMF")) == [("refractory", ("steroids", "MMF"), ("disease",))]
