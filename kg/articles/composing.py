"""A text that is put together from pieces of another format, and where its sections begin."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

from kg.articles.article import Kind, Part
from kg.articles.front import Front
from kg.base.results import Result

__all__ = ["Composed", "Composer", "tidy"]

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufffe\ufeff"  # soft hyphens, marks of no width
_TIDY = str.maketrans({**_LIGATURES, **dict.fromkeys(_INVISIBLE, "")})


@dataclass(frozen=True)
class Composed:
    """What a reader gives. parts, front: None where they are found in the text; pages: where each begins."""

    text: str
    parts: tuple[Part, ...] | None = None
    front: Front | None = None
    pages: tuple[int, ...] = ()
    notes: tuple[Result, ...] = ()
    title: str = ""  # as the page shows it, in the largest print


@dataclass
class Composer:
    """Collects pieces, tidy. Every offset that it gives counts characters of the whole."""

    pieces: list[str] = field(default_factory=list)
    at: int = 0
    cuts: list[tuple[int, Kind, str, str]] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)

    def write(self, words: str) -> tuple[int, int]:
        """Add words as they are; where they stand."""
        words = tidy(words)
        start, self.at = self.at, self.at + len(words)
        self.pieces.append(words)
        return start, self.at

    def line(self, words: str) -> None:
        """Add words as a paragraph; nothing for none."""
        if words.strip():
            self.write(words.strip())
            self.write("\n\n")

    def part(self, kind: Kind, key: str, title: str) -> None:
        """What follows belongs to this section."""
        self.titles.setdefault(key, title)
        if self.cuts and self.cuts[-1][0] == self.at:
            self.cuts.pop()  # the one before has no words
        if not self.cuts or self.cuts[-1][2] != key:
            self.cuts.append((self.at, kind, key, self.titles[key]))

    def composed(self) -> tuple[str, tuple[Part, ...]]:
        """The text and its sections."""
        text = "".join(self.pieces)
        cuts = [cut for cut in self.cuts if cut[0] < len(text)]
        ends = [*(cut[0] for cut in cuts[1:]), len(text)][: len(cuts)]
        return text, tuple(Part(key, title, kind, a, b) for (a, kind, key, title), b in zip(cuts, ends, strict=True))


def tidy(words: str) -> str:
    """Without ligatures and invisible signs, which no printed page shows."""
    return unicodedata.normalize("NFC", words.translate(_TIDY))
