"""What is written is what casekg's own reader reads back."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from kg.articles.article import Article
from kg.base.document import read_document
from kg.draft.casewriting import case_text
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
    import unicodedata

    same = [unicodedata.normalize("NFC", word) for word in words]
    assert [fact["extent"] for fact in found.values()] == same
    assert [fact["evidence"]["case"] for fact in found.values()] == same


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
