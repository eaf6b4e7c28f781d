"""The findings, diagnoses and events of a draft: mentions of one thing made one item, with its words and its time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from kg.draft.article import Article
from kg.draft.gazetteer import called
from kg.draft.manifestations import Manifestation, certainty, over, qualities
from kg.draft.proposals import Item, Proposals, Quote, anchor
from kg.model.anchors import Sentence
from kg.model.fields import MAX_WORDS

__all__ = ["presented", "quoted"]

_MOST_QUOTES = 3  # of a section
_STATUS = {"present": "present", "historical": "present", "excluded": "excluded"}
_DENIES = re.compile(r"(?i)\b(?:no|not|without|never|nor|denie[sd]|absen\w+|negative|normal|free|exclu\w+|ruled out)\b")


def presented(
    made: Proposals, sentences: Sequence[Sentence], mentions: Iterable[Manifestation]
) -> dict[tuple[int, int], Item]:
    """Add the items of these mentions; which item each place of the text became."""
    article = made.article
    kinds = {part.section: part.kind for part in article.parts}
    of: dict[tuple[int, int], Item] = {}
    groups: dict[tuple[str, str, str], list[Manifestation]] = {}
    for mention in mentions:
        status = _STATUS.get(mention.status)
        if status:
            groups.setdefault((mention.section, mention.concept, status), []).append(mention)
    for (section, concept, status), some in groups.items():
        # the case tells it best, then legends, then the abstract
        order = {"case": 0, "figure": 1, "abstract": 2}
        some.sort(key=lambda m: (order.get(kinds[_section(article, m.start)], 3), m.start))
        first = some[0]
        sentence = next(s for s in sentences if s.start <= first.start < s.end)
        fields: dict[str, Any] = {"concept": called(concept), "status": status}
        begin = first.start
        if status == "present":
            sure, begin = certainty(article.text, sentence, first.start)
            fields |= {"certainty": sure} if sure else {}
        if section == "findings" and begin == first.start:
            more, begin = qualities(article.text, sentence, first.start)
            fields |= more
        label = str(fields["concept"]).partition(" ! ")[2]
        item = Item(
            section,
            label if status == "present" else f"no {label}",
            fields,
            [anchor(article, begin, first.end)] if begin < first.start else [],
            first.rule if first.status != "historical" else f"{first.rule}/history",
            first.confidence,
            first.start,
            first.alternatives,
        )
        for mention in some:
            for quote in quoted(article, mention.start, mention.end, mention.cue if status == "excluded" else None):
                if quote not in item.quotes and sum(q.section == quote.section for q in item.quotes) < _MOST_QUOTES:
                    item.quotes.append(quote)
            of[(mention.start, mention.end)] = item
        if status == "excluded" and not any(_DENIES.search(quote.words) for quote in item.quotes):
            item.fields["note"] = "Denied at the head of its list, or by the words beside it."
        made.add(item)
    _narrowest(made)
    return of


def _narrowest(made: Proposals) -> None:
    """A diagnosis and a wider one of the same family are one: the narrower, with the words of both."""
    diagnoses = [item for item in made.items if item.section == "diagnoses"]
    for wide in diagnoses:
        own = str(wide.fields["concept"]).partition(" ! ")[0]
        for narrow in diagnoses:
            other = str(narrow.fields["concept"]).partition(" ! ")[0]
            if (
                wide is not narrow
                and wide in made.items
                and own in over(other)
                and wide.fields["status"] == narrow.fields["status"]
            ):
                narrow.quotes += [quote for quote in wide.quotes if quote not in narrow.quotes]
                made.items.remove(wide)


def quoted(article: Article, start: int, end: int, cue: tuple[int, int] | None) -> list[Quote]:
    """The words of a mention; with those of the cue that denies it, in one phrase where a dozen words reach."""
    if cue is None or start <= cue[0] < end:
        return [anchor(article, start, end)]
    low, high = min(start, cue[0]), max(end, cue[1])
    if len(article.text[low:high].split()) <= MAX_WORDS:
        return [anchor(article, low, high)]
    return [anchor(article, start, end), anchor(article, cue[0], cue[1])]


def _section(article: Article, at: int) -> str:
    return next(part.section for part in article.parts if part.start <= at < part.end)
