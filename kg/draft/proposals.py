"""What does a draft propose? Facts with their words, linked to each other, before they have keys.

An item is one fact of a case file: its fields as a case file has them, where another item may stand for its
key. Keys are made when all is known, from labels, so that they stay the same for the same report.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.articles.article import Article, Confidence
from kg.model.fields import MAX_WORDS

__all__ = ["SECTIONS", "UNPRINTED", "Item", "Proposals", "Quote", "Rejected", "anchor", "keyed", "slug"]

# Sections of a patient and of a case file, in the order in which they are written.
SECTIONS = (
    "sex", "age", "times", "diagnoses", "antibodies", "examinations", "findings", "measurements", "treatments",
    "dose_changes", "responses", "events", "adverse_events", "figures", "follow_up",
    "statements", "references", "claims",
)  # fmt: skip
SINGLE = ("sex", "age")  # sections that are one fact, without a key
BEYOND = ("statements", "references", "claims")  # sections that are not of a patient
# Links without which a fact says nothing.
_NEEDED = {("responses", "to"), ("responses", "of"), ("adverse_events", "of"), ("dose_changes", "treatment")}
_LONGEST_KEY = 48
# What no case file holds (kg.base.document), so that no phrase goes over it: a page break, the end of a line of DOS.
UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class Quote:
    """The words of a fact, verbatim, and the section they stand in."""

    section: str
    words: str


@dataclass(eq=False)
class Item:
    """A fact that is proposed. name: what its key is made from; fields: as in the case file, items for keys;
    alternatives: what else `concept` may be, as 'ID ! label'; at: where its words begin in the text; doubts: in words."""

    section: str
    name: str
    fields: dict[str, Any]
    quotes: list[Quote]
    rule: str
    confidence: Confidence
    at: int = 0
    alternatives: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()

    def links(self) -> Iterator[tuple[str, Item]]:
        """The items that it points to, by field."""
        for name, value in self.fields.items():
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, Item):
                    yield name, one

    def without(self, gone: set[int]) -> bool:
        """Take out links to what is gone (ids of items); False when what is left says nothing."""
        for name, value in list(self.fields.items()):
            if isinstance(value, Item) and id(value) in gone:
                del self.fields[name]
            elif isinstance(value, list) and any(id(one) in gone for one in value):
                self.fields[name] = [one for one in value if id(one) not in gone]
                if not self.fields[name]:
                    del self.fields[name]
            else:
                continue
            if (self.section, name) in _NEEDED and (name not in self.fields or name == "to"):
                return False  # of a joint attribution no part is left out
        return True


@dataclass(frozen=True)
class Rejected:
    """A proposal that one of casekg's rules refuses: its words, the rule and what it says."""

    section: str
    key: str
    quotes: tuple[Quote, ...]
    rule: str
    message: str


@dataclass
class Proposals:
    """All that a draft proposes. report: the report part, as in a case file; rejected: what fell."""

    article: Article
    report: dict[str, Any]
    items: list[Item] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    patient: str = "p1"

    def add(self, item: Item) -> Item:
        """Take an item in."""
        self.items.append(item)
        return item

    def of(self, *sections: str) -> list[Item]:
        """The items of these sections, as they stand in the text."""
        return sorted((item for item in self.items if item.section in sections), key=lambda item: item.at)

    def prune(self) -> None:
        """Take out links to items that are not proposed, and what says nothing without them."""
        while True:
            here = {id(item) for item in self.items}
            gone = {id(other) for item in self.items for _, other in item.links() if id(other) not in here}
            left = [item for item in self.items if not gone or item.without(gone)]
            if not gone and len(left) == len(self.items):
                return
            self.items = left

    def drop(self, items: Iterable[Item], rule: str, message: str, keys: Mapping[int, str]) -> None:
        """Take items out, and with them what says nothing without them; why is kept."""
        todo, why = [(item, rule, message) for item in items], True
        while todo and why:
            gone = {id(item) for item, _, _ in todo}
            for item, broken, told in todo:
                key = keys.get(id(item), item.name)
                self.rejected.append(Rejected(item.section, key, tuple(item.quotes), broken, told))
            self.items = [item for item in self.items if id(item) not in gone]
            names = ", ".join(keys.get(id(item), item.name) for item, _, _ in todo)
            todo = [
                (item, "link", f"it is about {names}, which was left out.")
                for item in self.items
                if any(id(other) in gone for _, other in item.links()) and not item.without(gone)
            ]


def slug(name: str) -> str:
    """A key made from a label: lower-case letters and digits, words joined by hyphens.

    >>> slug("Raynaud's phenomenon"), slug("NT-proBNP (α)"), slug("…")
    ('raynauds-phenomenon', 'nt-probnp-alpha', 'item')
    """
    plain = name.replace("'", "").replace("’", "").replace("α", "alpha").replace("β", "beta").replace("γ", "gamma")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", plain)
    made = ""
    for word in words:
        if made and len(made) + 1 + len(word) > _LONGEST_KEY:
            break
        made = f"{made}-{word}" if made else word[:_LONGEST_KEY]
    return made or "item"


def keyed(items: Iterable[Item]) -> dict[int, str]:
    """A key for each item (by id), unique in the case; the same for the same items in the same order."""
    used: dict[str, int] = {}
    keys: dict[int, str] = {}
    for item in items:
        made = slug(item.name)
        used[made] = used.get(made, 0) + 1
        key = made if used[made] == 1 else f"{made}-{used[made]}"
        while key != made and key in used:
            used[made] += 1
            key = f"{made}-{used[made]}"
        used.setdefault(key, 1)
        keys[id(item)] = key
    return keys


def anchor(article: Article, start: int, end: int) -> Quote:
    """The shortest verbatim phrase for a place in the text: its words, or a few more where they occur before.

    At most a dozen words, of one section, without blanks at its ends. The phrase that is found first in its
    section is the one that was meant, wherever a dozen words can tell.

    >>> article = Article.plain("CK was raised. Later, CK was low.")
    >>> anchor(article, 22, 24).words
    'Later, CK'
    """
    text = article.text
    part = next((p for p in article.parts if p.start <= start < p.end), article.parts[-1])
    start, end = max(start, part.start), min(end, part.end)
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if UNPRINTED.search(text, start, end):  # the longest piece without it
        edges = [start, *(i for m in UNPRINTED.finditer(text, start, end) for i in m.span()), end]
        start, end = max(zip(edges[::2], edges[1::2], strict=True), key=lambda piece: piece[1] - piece[0])
        start += len(text[start:end]) - len(text[start:end].lstrip())
        end -= len(text[start:end]) - len(text[start:end].rstrip())
    words = [m.span() for m in re.finditer(r"\S+", text[start:end])]
    if len(words) > MAX_WORDS:
        end = start + words[MAX_WORDS - 1][1]
    sentence = next((s for s in article.sentences if s.start <= start < s.end), None)
    low, high = (sentence.start, sentence.end) if sentence else (part.start, part.end)
    low, high = max(low, part.start), min(max(high, end), part.end)
    left = True
    while _first(article, part.section, text[start:end]) != start and len(text[start:end].split()) < MAX_WORDS:
        more = re.search(r"\S+\s+$", text[low:start]) if left else re.match(r"\s*\S+", text[end:high])
        if more is None:
            left = not left
            more = re.search(r"\S+\s+$", text[low:start]) if left else re.match(r"\s*\S+", text[end:high])
        if more is None or UNPRINTED.search(more[0]):
            break
        start, end = (start - len(more[0]), end) if left else (start, end + len(more[0]))
        left = not left
    return Quote(part.section, text[start:end])


def _first(article: Article, section: str, words: str) -> int:
    """Where words first occur in a section; -1 for nowhere."""
    for part in article.parts:
        if part.section == section and (found := article.text.find(words, part.start, part.end)) >= 0:
            return found
    return -1
