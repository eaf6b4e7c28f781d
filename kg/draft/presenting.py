"""The findings, diagnoses and events of a draft: mentions of one thing made one item, with its words and its time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from kg.articles.article import Article
from kg.draft.clock import Clock
from kg.draft.proposals import Item, Proposals, Quote, anchor
from kg.mentions.gazetteer import called
from kg.mentions.manifestations import Manifestation, certainty, over, qualities
from kg.model.anchors import Sentence
from kg.model.fields import MAX_WORDS

__all__ = ["presented", "quoted"]

Place = tuple[int, int]
_MOST_QUOTES = 3  # of a section
_STATUS = {"present": "present", "historical": "present", "excluded": "excluded"}
_DENIES = re.compile(r"(?i)\b(?:no|not|without|never|nor|denie[sd]|absen\w+|negative|normal|free|exclu\w+|ruled out)\b")


def presented(
    made: Proposals, sentences: Sequence[Sentence], mentions: Iterable[Manifestation], clock: Clock, past: set[Place]
) -> dict[Place, Item]:
    """Add the items of these mentions; which item each place of the text became.

    past: places that only tell what became of a manifestation; they are a fact of their own where nothing else
    tells of it.
    """
    article = made.article
    of: dict[Place, Item] = {}
    for (section, concept, status, _), some in _groups(article, mentions, clock, past).items():
        first = some[0]
        sentence = _of(sentences, first)
        fields: dict[str, Any] = {"concept": called(concept), "status": status}
        begin, end = first.start, first.end
        if status == "present":
            sure, begin, end = certainty(article.text, sentence, first.start, first.end)
            if sure and (stated := next((m for m in some[1:] if _stated(article.text, _of(sentences, m), m)), None)):
                sure, first, sentence = "", stated, _of(sentences, stated)
                begin, end = first.start, first.end
            fields |= {"certainty": sure} if sure else {}
        if section == "findings" and begin == first.start:
            more, begin = qualities(article.text, sentence, first.start)
            fields |= more
        if section == "findings" and (where := tuple(dict.fromkeys(c for m in some for c in m.sites))):
            fields["sites"] = [called(c) for c in where]
        if section == "findings" and first.part_of in of:
            fields["aspect_of"] = of[first.part_of]
        time = (
            clock.at(first.start, section == "diagnoses")
            if article.part(first.start).kind in ("case", "figure")
            else None
        )
        if time is not None:
            fields["time"] = time
        label = str(fields["concept"]).partition(" ! ")[2]
        item = Item(
            section,
            label if status == "present" else f"no {label}",
            fields,
            [anchor(article, begin, end)] if (begin, end) != (first.start, first.end) else [],
            first.rule if first.status != "historical" else f"{first.rule}/history",
            first.confidence,
            first.start,
            first.alternatives,
        )
        for mention in some:
            for quote in quoted(article, mention.start, mention.end, mention.cue if status == "excluded" else None):
                if quote not in item.quotes and sum(q.section == quote.section for q in item.quotes) < _MOST_QUOTES:
                    item.quotes.append(quote)
            if mention.sited:
                item.quotes += [q for q in _sited(article, mention) if q not in item.quotes]
            of[(mention.start, mention.end)] = item
        apart = [m for m in some if status == "excluded" and m.cue and _far(article, m.start, m.end, m.cue)]
        if status == "excluded" and (apart or not any(_DENIES.search(quote.words) for quote in item.quotes)):
            item.fields["note"] = "Denied at the head of its list, or by the words beside it."
        made.add(item)
    instead = _narrowest(made)
    return {place: instead.get(id(item), item) for place, item in of.items()}


_STATES = re.compile(r"(?i)\b(?:confirm|diagnosed|diagnosis of|establish|proven)")


def _of(sentences: Sequence[Sentence], mention: Manifestation) -> Sentence:
    return next(s for s in sentences if s.start <= mention.start < s.end)


def _stated(text: str, sentence: Sentence, mention: Manifestation) -> bool:
    """Does a sentence settle what was only supposed before?"""
    sure = not certainty(text, sentence, mention.start, mention.end)[0]
    return sure and bool(_STATES.search(text, sentence.start, sentence.end))


def _groups(
    article: Article,
    mentions: Iterable[Manifestation],
    clock: Clock,
    past: set[Place],
) -> dict[tuple[str, str, str, int], list[Manifestation]]:
    """Mentions of one thing at one time; what has no time of its own joins what the case tells first."""
    order = {"case": 0, "figure": 1, "abstract": 2}
    some = [m for m in mentions if m.status in _STATUS]
    some.sort(key=lambda m: (order.get(article.part(m.start).kind, 3), m.start))
    elsewhere = {
        (m.section, m.concept) for m in some if (m.start, m.end) not in past and _STATUS[m.status] == "present"
    }
    groups: dict[tuple[str, str, str, int], list[Manifestation]] = {}
    for mention in some:
        if (mention.start, mention.end) in past and (mention.section, mention.concept) in elsewhere:
            continue
        key = (mention.section, mention.concept, _STATUS[mention.status])
        kind = article.part(mention.start).kind
        time = clock.at(mention.start, mention.section == "diagnoses") if kind in ("case", "figure") else None
        known = [other for other in groups if other[:3] == key]
        if known and (time is None or (kind == "case" and mention.section == "diagnoses")):
            groups[known[0]].append(mention)
        else:
            groups.setdefault((*key, id(time) if time is not None else 0), []).append(mention)
    return groups


def _narrowest(made: Proposals) -> dict[int, Item]:
    """A diagnosis and a wider one of the same family are one: the narrower, with the words of both; which went into which."""
    instead: dict[int, Item] = {}
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
                instead[id(wide)] = narrow
    return instead


def quoted(article: Article, start: int, end: int, cue: tuple[int, int] | None) -> list[Quote]:
    """The words of a mention; with those of the cue that denies it, in one phrase where a dozen words reach."""
    if cue is None or start <= cue[0] < end:
        return [anchor(article, start, end)]
    if not _far(article, start, end, cue):
        return [anchor(article, min(start, cue[0]), max(end, cue[1]))]
    return [anchor(article, start, end), anchor(article, cue[0], cue[1])]


def _sited(article: Article, mention: Manifestation) -> list[Quote]:
    """A mention with its sites, in one phrase where a dozen words reach."""
    assert mention.sited
    if len(article.text[mention.start : mention.sited[1]].split()) <= MAX_WORDS:
        return [anchor(article, mention.start, mention.sited[1])]
    return [anchor(article, *mention.sited)]


def _far(article: Article, start: int, end: int, cue: Place) -> bool:
    """Are more than a dozen words needed to quote a mention with its cue?"""
    return len(article.text[min(start, cue[0]) : max(end, cue[1])].split()) > MAX_WORDS
