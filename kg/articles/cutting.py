"""The report of one patient out of a series: what is told of that one, and of nobody.

Only where headings mark the patients. What speaks of all or of any (abstract, introduction, discussion, what stands
before the first of them) is left out, so that nothing of another patient is read as of this one.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import fields, replace
from typing import Any

from kg.articles.article import Article, Mention, Part
from kg.articles.front import Front
from kg.articles.plurality import numbered
from kg.articles.references import Entry
from kg.articles.scope import findable

__all__ = ["cut"]


def cut(article: Article, front: Front, patient: str) -> tuple[Article, Front] | None:
    """The report of the patient with this number, 2 or II; None where no heading has it.

    >>> told = Article.plain("Case 1\\nHe had a rash." + chr(10) + "Case 2\\nShe had a cough.")
    >>> made = cut(told, Front(), "2")
    >>> made and made[0].text
    'Case 2\\nShe had a cough.'
    """
    marks = numbered(article)
    wanted = [number for number, (_, label) in enumerate(marks) if label == _plain(patient)]
    if not wanted:
        return None
    borders = sorted({*(start for start, _ in marks), *(p.start for p in article.parts if p.kind not in ("case", "figure")), len(article.text)})  # fmt: skip
    kept = [(p.start, p.end) for p in article.parts if p.kind in ("front", "statements", "references")]
    for number in wanted:
        start = marks[number][0]
        kept.append((start, borders[bisect_right(borders, start)]))
    pieces = _Pieces(article.text, sorted(kept))
    made = [
        Part(
            p.section,
            p.title if p.start >= a else _heading(article.text, a),
            p.kind,
            pieces.at(max(p.start, a)),
            pieces.at(min(p.end, b), last=True),
        )
        for p in article.parts
        for a, b in pieces.kept
        if p.start < b and a < p.end
    ]
    return Article(article.name, pieces.text, findable(pieces.text, made)), pieces.moved(front)


def _heading(text: str, start: int) -> str:
    """The line that a piece of a longer part begins with, which names its patient."""
    return text[start:].partition("\n")[0].strip(" #*_.:")


def _plain(patient: str) -> str:
    roman = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
    bare = re.sub(r"(?i)^(?:patient|case)\s*", "", patient.strip())
    letter = "ABCDEFGH".find(bare.upper())
    return roman.get(bare.upper()) or (str(letter + 1) if len(bare) == 1 and letter >= 0 else bare.lstrip("0"))


class _Pieces:
    """A text cut to some of its pieces, and where its places are then."""

    def __init__(self, text: str, kept: list[tuple[int, int]]) -> None:
        self.kept = kept
        self.text = ""
        self.begins: list[int] = []
        for start, end in kept:
            if self.text and not self.text.endswith("\n"):
                self.text += "\n\n"
            self.begins.append(len(self.text))
            self.text += text[start:end]

    def at(self, place: int, last: bool = False) -> int:
        """Where a place is now; last: it is the end of something."""
        for (start, end), begin in zip(self.kept, self.begins, strict=True):
            if start <= place < end or (last and start < place == end):
                return begin + place - start
        return -1

    def moved(self, front: Front) -> Front:
        """What the report says about itself, where it stands now; without what was cut out."""
        told: dict[str, Any] = {}
        for one in fields(front):
            value = getattr(front, one.name)
            if isinstance(value, tuple):
                told[one.name] = tuple(new for new in map(self._mention, value) if new)
            elif value is not None:
                told[one.name] = self._mention(value)
        return Front(**told)

    def _mention(self, one: Mention) -> Mention | None:
        start, end = self.at(one.start), self.at(one.end, last=True)
        if start < 0 or end - start != one.end - one.start:
            return None
        if isinstance(one, Entry):
            return replace(one, start=start, end=end, first=self.at(one.first), last=self.at(one.last, last=True))
        return replace(one, start=start, end=end)
