"""What is written is what casekg's own reader reads back."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kg.articles.article import Article
from kg.base.document import read_document
from kg.draft.casewriting import case_text, case_value
from kg.draft.proposals import Item, Proposals, Quote, anchor, keyed, slug

# what a text may hold, without what no case file may
LETTERS = st.characters(exclude_categories=("Cc", "Cs", "Cf"), exclude_characters="\u2028\u2029\u0085")
WORDS = st.text(LETTERS, min_size=1, max_size=40).map(lambda text: " ".join(text.split())).filter(bool)


def made(words: list[str]) -> Proposals:
    proposals = Proposals(Article.plain("A man."), {"id": "one", "source": {"file": "a.txt", "no_facts": []}})
    for text in words:
        fields = {"concept": " ! ".join(["HP:0001945", text]), "status": "present", "extent": text}
        proposals.add(Item("findings", text, fields, [Quote("case", text)], "finding/name", "high"))
    return proposals


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_every_word_comes_back(words: list[str]) -> None:
    proposals = made(words)
    value = read_document(Path("draft.yaml"), case_text(proposals).encode("utf-8", "surrogatepass")).value
    found = value["patients"]["p1"]["findings"]
    same = [unicodedata.normalize("NFC", word) for word in words]
    assert [fact["extent"] for fact in found.values()] == same
    assert [fact["evidence"]["case"] for fact in found.values()] == same


@given(
    st.lists(WORDS, min_size=1, max_size=5), st.booleans(), st.decimals("0.001", "9999", places=3), st.integers(0, 3000)
)
def test_what_is_judged_is_what_is_written(words: list[str], flag: bool, amount: Decimal, year: int) -> None:
    proposals = made([unicodedata.normalize("NFC", word) for word in words])
    first = proposals.items[0]
    fields: dict[str, Any] = {"drug": "CHEBI:8382 ! prednisone", "printed": words[0], "add_on": flag, "indication": [first],
                              "dose": {"value": amount, "unit": "mg", "printed": words[-1]}, "start": str(year)}  # fmt: skip
    proposals.add(
        Item("treatments", "prednisone", fields, [Quote("case", "A"), Quote("case", "man")], "drug/name", "low")
    )
    proposals.add(
        Item("statements", "aim", {"kind": "aim", "value": words[0]}, [Quote("case", "A")], "statement/aim", "low")
    )
    proposals.add(Item("age", "age", {"years": year, "at": "not stated"}, [Quote("case", "A")], "patient/age", "high"))
    written = read_document(Path("draft.yaml"), case_text(proposals).encode("utf-8", "surrogatepass")).value
    assert unicodedata.normalize("NFC", repr(written)) == unicodedata.normalize(
        "NFC", repr(_sorted(case_value(proposals), written))
    )


def _sorted(value: Any, like: Any) -> Any:
    """The same value, its keys in the order of another one."""
    if isinstance(value, dict):
        assert value.keys() == like.keys()
        return {key: _sorted(value[key], like[key]) for key in like}
    return [_sorted(a, b) for a, b in zip(value, like, strict=True)] if isinstance(value, list) else value


def test_links_are_keys_and_alternatives_are_comments() -> None:
    proposals = made(["fever"])
    fever = proposals.items[0]
    fever.alternatives = ("HP:0002090 ! Pneumonia",)
    proposals.add(
        Item("responses", "steroid fever", {"of": [fever]}, [Quote("case", "A man")], "response/beside", "low")
    )
    text = case_text(proposals)
    assert "of: [fever]" in text
    assert "        # or HP:0002090 ! Pneumonia" in text.splitlines()
    assert "# Unread" not in text  # the only sentence is quoted


@given(st.lists(WORDS, min_size=1, max_size=20))
def test_keys_are_unique_and_keys(words: list[str]) -> None:
    keys = list(keyed(made(words).items).values())
    assert len(set(keys)) == len(keys)
    assert all(key == slug(key) for key in keys)


def test_an_anchor_is_the_first_of_its_words_in_its_section() -> None:
    article = Article.plain("CK was raised. He had fever. Later the CK was raised again, and he had fever.")
    at = article.text.rindex("CK")
    quote = anchor(article, at, at + 2)
    assert article.text.find(quote.words) <= at < article.text.find(quote.words) + len(quote.words)
    assert article.text.index(quote.words) > 20
    assert len(anchor(article, 0, len(article.text)).words.split()) == 12
