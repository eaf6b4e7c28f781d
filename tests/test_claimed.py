"""What an article claims beyond its patient: sentences of our own on other diseases than the seed's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.articles.article import Article, Part
from kg.concepts.terms import lending
from kg.draft.claimed import claimed
from kg.draft.predicates import CUES, STEMS
from kg.draft.proposals import Item
from kg.model.case import Claim

WORDS = [
    "Tofacitinib", "gout", "uveitis", "JAK1", "inhibits", "is", "associated", "with", "and", ",", "(", ")", "[1,2]",
    "[3-", "§", "¶", "-", "such", "as", "especially", "in", "patients", ".", ";", "no", "not", "characterized",
    "by", "first-line", "treatment", "for", "common", "rare", "methotrexate", "steroid", "-sparing", "¹²", "\n",
    "may", "be", "effective", "respectively",
]  # fmt: skip


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
            "Upadacitinib, a selective inhibitor, is licensed for psoriatic arthritis.",
            ("background", "upadacitinib", "is approved for", ["psoriatic arthritis"]),
        ),
        (
            "Myocarditis is a rare manifestation of systemic sclerosis.",
            ("background", "systemic sclerosis", "has infrequent manifestation", ["Myocarditis"]),
        ),
        (
            "The most common symptoms of myocarditis are dyspnea and chest pain.",
            ("background", "myocarditis", "has frequent manifestation", ["Dyspnea", "Chest pain"]),
        ),
        (
            "Calcinosis is resistant to corticosteroids in most cases.",
            ("background", "Calcinosis cutis", "is refractory to", ["corticosteroid"]),
        ),
        (
            "TNF plays a key role in the pathogenesis of rheumatoid arthritis.",
            ("background", "TNF", "is central to", ["rheumatoid arthritis"]),
        ),
        (
            "Unlike ulcerative colitis, gout is associated with an increased risk of obesity.",
            ("background", "Gout", "is associated with", ["Obesity"]),
        ),
        (
            "Mycophenolate mofetil is a steroid-sparing agent.",
            ("background", "mycophenolate mofetil", "spares", ["corticosteroid"]),
        ),
        (
            "Tocilizumab has been used successfully in amyloidosis.",
            ("background", "Tocilizumab", "is reported to help in", ["Amyloidosis"]),
        ),
        (
            "Corticosteroids are often insufficient for uveitis.",
            ("background", "corticosteroid", "is insufficient for", ["Uveitis"]),
        ),
        (
            "Sjogren syndrome overlaps with rheumatoid arthritis.",
            ("background", "Sjogren syndrome", "overlaps", ["rheumatoid arthritis"]),
        ),
        (
            "JAK-STAT signaling is upregulated in dermatomyositis.",
            ("background", "receptor signaling pathway via JAK-STAT", "is activated in", ["dermatomyositis"]),
        ),
        (
            "Anti-Jo-1 antibodies are a marker of antisynthetase syndrome.",
            ("background", "Anti-histidyl tRNA synthetase antibody positivity", "marks", ["antisynthetase syndrome"]),
        ),
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
        "There is little evidence for the use of rituximab in calcinosis.",
        "The role of tofacitinib in calcinosis is unclear.",
        "Neither methotrexate nor azathioprine is effective in uveitis.",
        "The combination of methotrexate and prednisone improved dyspnea.",
        "Prednisone was given for arthritis, which improved.",
        "Myositis was refractory to corticosteroids.",
        "His uveitis was associated with psoriatic arthritis.",
        "Gout flares are associated with fever.",
        "Colchicine is contraindicated in renal failure.",
        "Fever and rash are not common in dermatomyositis.",
        "Rheumatoid arthritis is a common cause of scleritis.",
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
    (tested,) = read("In vitro, baricitinib inhibits STAT1 phosphorylation in fibroblasts.")
    assert (tested.fields["setting"], tested.fields["context"]) == ("in vitro", ["CL:0000057 ! fibroblast"])


def test_what_the_patients_sentences_tell_is_left_out() -> None:
    text = "Adalimumab is a TNF inhibitor."
    article = Article("r.txt", text, (Part("discussion", "Discussion", "discussion", 0, len(text)),))
    assert claimed(article, article.sentences) == ()
    assert len(claimed(article, ())) == 1


def test_what_is_told_of_two_respectively_is_told_of_each() -> None:
    assert told("Methotrexate and rituximab have been used in uveitis and dermatomyositis, respectively [1].") == [
        ("background", "methotrexate", "is used for", ["Uveitis"]),
        ("background", "Rituximab", "is used for", ["dermatomyositis"]),
    ]


def test_a_sentence_goes_on_about_the_disease_of_the_one_before() -> None:
    text = "Uveitis is an inflammatory eye disorder. The disease is characterized by photophobia. Cataract and glaucoma are common, whereas hypopyon is rare."
    assert told(text, "introduction")[1:] == [
        ("background", "Uveitis", "is characterised by", ["Photophobia"]),
        ("background", "Uveitis", "has frequent manifestation", ["Cataract", "Glaucoma"]),
        ("background", "Uveitis", "has infrequent manifestation", ["Hypopyon"]),
    ]


def test_the_members_of_a_class_are_claimed_and_what_is_not_known_is_stepped_over() -> None:
    text = "Treatment of myocarditis includes immunosuppressive agents (azathioprine, methotrexate), some herb, and rituximab."
    assert [claim[1] for claim in told(text)] == ["azathioprine", "methotrexate", "Rituximab"]


def test_an_outlook_is_the_authors_own_and_needs_no_patient() -> None:
    text = "We believe that adalimumab could be a useful option for uveitis."
    assert told(text) == [("interpretation", "Adalimumab", "may benefit", ["Uveitis"])]
    ((kind, *_),) = told("Adalimumab is a promising therapy for uveitis.", "conclusions")
    assert kind == "interpretation"
    ((kind, *_),) = told("Adalimumab is a promising therapy for uveitis [4].")
    assert kind == "background"


def test_only_references_that_are_there_are_cited() -> None:
    text = "Methotrexate is used for uveitis [3-5]."
    article = Article("r.txt", text, (Part("intro", "Introduction", "introduction", 0, len(text)),))
    (item,) = claimed(article, (), references={"r4", "r5"})
    assert item.fields["cites"] == {"r4": "background", "r5": "background"}
    (raised,) = read("Methotrexate is used for uveitis.³⁻⁵")
    assert list(raised.fields["cites"]) == ["r3", "r4", "r5"]


def test_every_pattern_has_a_word_by_which_its_predicate_is_looked_for() -> None:
    assert {cue.predicate for cue in CUES} <= set(STEMS)
    assert set(STEMS) <= set(get_args(Claim.model_fields["predicate"].annotation))


@given(st.lists(st.sampled_from(WORDS), max_size=30))
@settings(max_examples=60, deadline=None)
def test_any_words_are_read_and_every_quote_is_verbatim(words: list[str]) -> None:
    with lending(True):
        read(" ".join(words))
