"""What is a report that was read for a draft? Its text, and which part of it is which.

Every offset of every later step counts characters of `Article.text`, and nothing changes that text: what is
proposed is `text[start:end]`, always.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from kg.model.anchors import Sentence, SourceText

__all__ = ["Article", "Confidence", "Kind", "Mention", "Part"]

Confidence = Literal["high", "medium", "low"]
Kind = Literal[
    "front", "abstract", "introduction", "case", "figure", "discussion", "conclusions", "statements", "references"
]


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of the text that some rule read: where (characters), by which rule, and how sure that rule is."""

    start: int
    end: int
    rule: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class Part:
    """A section as it stands in the text. One that goes on after a figure has a second part of the same key."""

    section: str
    title: str
    kind: Kind
    start: int
    end: int


@dataclass(frozen=True)
class Article:
    """A report of one patient. name: file name of the text; parts: in the order of the text, all of it.

    >>> article = Article.plain("CK was 86 UI/L. He improved.")
    >>> [sentence.text for sentence in article.sentences]
    ['CK was 86 UI/L.', 'He improved.']
    """

    name: str
    text: str
    parts: tuple[Part, ...]

    @staticmethod
    def plain(text: str, name: str = "report.txt") -> Article:
        """A text that is nothing but the case."""
        return Article(name, text, (Part("case", "Case", "case", 0, len(text)),))

    @cached_property
    def source(self) -> SourceText:
        """The same text, as the anchors of a case file are held against it."""
        return SourceText(self.text, tuple((p.section, p.kind, p.start, p.end) for p in self.parts))

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """Its sentences, in order."""
        return tuple(sorted(self.source.sentences(), key=lambda sentence: sentence.start))

    def part(self, at: int) -> Part:
        """The part that a place of the text is in."""
        return next(part for part in self.parts if part.start <= at < part.end)

    def quote(self, mention: Mention) -> str:
        """The words of a mention, verbatim."""
        return self.text[mention.start : mention.end]
