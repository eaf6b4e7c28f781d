"""What an article claims beyond its patient: sentences of our own on other diseases than the seed's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from kg.concepts.terms import lending
from kg.draft.article import Article, Part
from kg.draft.claimed import claimed
from kg.draft.proposals import Item


@pytest.fixture(autouse=True)
def lent() -> Iterator[None]:
    with lending(True):
        yield


def read(text: str, kind: str = "discussion", about: str = "") -> tuple[Item, ...]:
    article = Article("r.txt", text, (Part(kind, kind, kind, 0, len(text)),))  # type: ignore[arg-type]
    found = claimed(article, (), None, about)
    for item in found:
        for quote in item.quotes:
            assert quote.words in text
            assert len(quote.words.split()) <= 12
    return found


def told(text: str, kind: str = "discussion", about: str = "") -> list[tuple[str, str, str, list[str]]]:
    """Kind, subject, predicate and objects by their labels."""

    def label(value: Any) -> str:
        return str(value).partition(" ! ")[2]

    return [
        (f["kind"], label(f["subject"]), f["predicate"], [label(o) for o in f.get("objects", [])])
        for f in (item.fields for item in read(text, kind, about))
    ]


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("Adalimumab is a TNF inhibitor.", ("background", "Adalimumab", "is a kind of", ["TNF inhibitor"])),
        (
            "Rituximab has been approved by the regulator for rheumatoid arthritis.",
            ("background", "Rituximab", "is approved for", ["rheumatoid arthritis"]),
        ),
        (
            "Methotrexate is widely used in the treatment of psoriatic arthritis [2].",
            ("background", "methotrexate", "is used for", ["psoriatic arthritis"]),
        ),
        (
            "Psoriatic arthritis is usually treated with methotrexate.",
            ("background", "methotrexate", "is used for", ["psoriatic arthritis"]),
        ),
        (
            "Perhaps tofacitinib could suppress JAK2 in this setting.",
            ("hypothesis", "tofacitinib", "may inhibit", ["JAK2"]),
        ),
        (
            "Colchicine may be helpful in the management of gout.",
            ("interpretation", "colchicine", "may benefit", ["Gout"]),
        ),
        (
            "Rheumatoid arthritis can lead to amyloidosis.",
            ("background", "rheumatoid arthritis", "can be complicated by", ["Amyloidosis"]),
        ),
        (
            "Uveitis and alopecia are rare in psoriatic arthritis.",
            ("background", "psoriatic arthritis", "has infrequent manifestation", ["Uveitis", "Alopecia"]),
        ),
        (
            "There is no agreement on the treatment of ulcerative colitis.",
            ("background", "ulcerative colitis", "has no consensus treatment", []),
        ),
        (
            "To our knowledge there are no reports of ulcerative colitis treated with rituximab.",
            ("novelty", "ulcerative colitis", "has no reported treatment with", ["Rituximab"]),
        ),
    ],
)
def test_what_a_sentence_claims(text: str, claim: tuple[str, str, str, list[str]]) -> None:
    assert told(text) == [claim]


@pytest.mark.parametrize(
    "text",
    [
        "Methotrexate was not associated with uveitis.",
        "Is adalimumab a TNF inhibitor?",
        "It is unknown whether rituximab improves uveitis.",
        "A 40-year-old man with ulcerative colitis was treated with rituximab.",
        "The risk of uveitis is associated with smoking.",
        "Patients were recruited in 2019.",
    ],
)
def test_what_is_denied_asked_or_of_a_person_is_no_claim(text: str) -> None:
    assert told(text) == []


def test_each_member_of_a_list_has_the_references_behind_it() -> None:
    items = read("Methotrexate is used for psoriatic arthritis [3,4], uveitis [7-9], and dermatomyositis [10].")
    assert [list(item.fields["cites"]) for item in items] == [["r3", "r4"], ["r7", "r8", "r9"], ["r10"]]


def test_a_comparison_and_a_population_are_kept() -> None:
    (item,) = read(
        "Rituximab significantly reduces fatigue compared with methotrexate in patients with dermatomyositis [1]."
    )
    assert item.fields["compared_with"] == "CHEBI:44185 ! methotrexate"
    assert item.fields["context"] == ["MONDO:0016367 ! dermatomyositis"]
    assert item.fields["qualifier"] == "significantly"
    assert item.rule == "claim/reduces"


def test_what_the_patients_sentences_tell_is_left_out() -> None:
    text = "Adalimumab is a TNF inhibitor."
    article = Article("r.txt", text, (Part("discussion", "Discussion", "discussion", 0, len(text)),))
    assert claimed(article, article.sentences) == ()
    assert len(claimed(article, ())) == 1
