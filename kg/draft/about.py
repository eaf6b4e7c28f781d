"""The report part of a draft, and its references: what the article says about itself, with its words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from kg.articles.article import Article, Mention, Part
from kg.articles.front import Front
from kg.articles.headings import named as heading
from kg.articles.manuscripts import Manuscript
from kg.articles.references import Entry
from kg.articles.scope import begins
from kg.base.results import CaseError, Result
from kg.draft.proposals import UNPRINTED, Item, Quote, anchor, slug

__all__ = ["cited", "report_part", "source_name"]

_SINGLE = (
    "doi", "pmcid", "pmid", "title", "journal", "volume", "number", "article", "published", "review_began", "review_ended", "licence",
)  # fmt: skip
_LISTS = ("categories", "keywords")
_NEEDED = ("authors", "title", "year")
_MOST = 390  # characters of a text of a case file


def source_name(manuscript: Manuscript) -> str:
    """The file that anchors are held against: the report's own, or the text that is written beside the draft."""
    name = Path(manuscript.article.name).name
    return name if manuscript.own else f"{Path(name).stem}.txt"


def report_part(manuscript: Manuscript, doi: str, key: str) -> dict[str, Any]:
    """The report as a case file has it.

    doi, key: as the curator gives them; else what the report prints, else an id made from the name of the file.
    """
    article, front = manuscript.article, manuscript.front
    told: dict[str, Any] = {}
    used: list[Mention] = []
    for name in _SINGLE:
        value = getattr(front, name)
        if value is not None and len(value.value) <= _MOST and not (name == "doi" and doi):
            told[name] = value.value
            used.append(value)
    if doi:
        told = {"doi": doi, **told}
    if key or not (told.keys() & {"doi", "pmcid", "pmid"}):
        told["id"] = slug(key or Path(article.name).stem)
    if front.authors:
        told["authors"] = [_author(writer) for writer in front.authors]
        used += front.authors
    for name in _LISTS:
        if some := getattr(front, name):
            told[name] = [one.value for one in some if len(one.value) <= _MOST]
            used += some
    if several := [one.message for one in manuscript.notes if one.rule == "several-patients"]:
        told["note"] = f"Read as of one patient by the word of who drafted it, though it {several[0]}"[:_MOST]
    told["proposed"] = {"rule": "report/front", "confidence": "high" if front.title and front.published else "low"}
    told["evidence"] = _evidence(article, used)
    told["source"] = _source(manuscript)
    return told


def _author(writer: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"name": writer.name}
    if some := [words for words in writer.affiliations if len(words) <= _MOST]:
        made["affiliations"] = some
    return made | ({"corresponding": True} if writer.corresponding else {})


def _evidence(article: Article, used: Iterable[Mention]) -> dict[str, list[str]]:
    """The words of what is told, as few phrases as hold it; of a report that tells nothing its first words."""
    places: list[tuple[int, int]] = []
    for start, end in sorted({(one.start, one.end) for one in used}):
        last = places[-1] if places else None
        if last and start <= last[1] + 2 and len(article.text[last[0] : end].split()) <= 10:
            places[-1] = (last[0], max(last[1], end))
        else:
            places.append((start, end))
    if not places:
        first = next((s for s in article.sentences if not heading(s.text)), article.sentences[0])
        places = [(first.start, first.end)]
    found: dict[str, list[str]] = {}
    for start, end in places:
        quote = anchor(article, start, end)
        if quote.words not in found.setdefault(quote.section, []):
            found[quote.section].append(quote.words)
    return found


def _source(manuscript: Manuscript) -> dict[str, Any]:
    article = manuscript.article
    made: dict[str, Any] = {
        "file": source_name(manuscript),
        "sha256": manuscript.sha256,
        "sections": [
            {
                "section": part.section,
                "title": _line(part.title),
                "begins": _clean(article, part, words),
                "kind": part.kind,
            }
            for part, words in zip(article.parts, begins(article), strict=True)
        ],
    }
    marks = [
        {"section": one.section, "begins": one.text, "why": "heading"}
        for one in article.sentences
        if len(one.text.split()) < 8 and heading(one.text) and not UNPRINTED.search(one.text)
    ]
    return made | ({"no_facts": marks} if marks else {})


def _clean(article: Article, part: Part, words: str) -> str:
    """The words a section begins with, up to the first that no case file holds, where these still tell it."""
    found = UNPRINTED.search(words)
    if found is None:
        return words
    before = max((p.start for p in article.parts if p.start < part.start), default=-1)
    bare = words[: found.start()].rstrip()
    if bare and article.text.find(bare, before + 1) == part.start:
        return bare
    code = f"U+{ord(found.group()):04X}"
    message = f"section {part.title!r} begins with the control character {code}: no case file can hold it."
    raise CaseError([Result("violation", "encoding", message, "Delete it from the text.", article.name)])


def _line(words: str) -> str:
    return UNPRINTED.sub(" ", re.sub(r"\s+", " ", words)).strip()[:200] or "Part"


# ---- references -------------------------------------------------------------------------


def cited(article: Article, front: Front) -> Iterator[Item]:
    """The entries of the reference list, up to the first of which not all is printed that a reference needs.

    References are numbered without a gap (shape Reference-order), so that none behind a gap can stand. A book has no
    journal: that is told as not stated.
    """
    for number, entry in enumerate(front.references, 1):
        if entry.number != number or any(getattr(entry, name) is None for name in _NEEDED):
            return
        fields: dict[str, Any] = {"number": entry.number}
        fields |= {
            "authors": entry.authors,
            "title": entry.title,
            "journal": entry.journal or "not stated",
            "year": entry.year,
        }
        for name in ("doi", "volume", "pages"):
            value = getattr(entry, name)
            if value is not None:
                fields[name] = value
        whole = article.text[entry.first : entry.last]
        if fields["authors"] not in whole and fields["authors"].removesuffix(".") in whole:
            fields["authors"] = fields["authors"].removesuffix(".")  # as printed
        if len(fields["authors"]) > _MOST:
            fields["authors"] = fields["authors"][:_MOST].rpartition(",")[0]
            fields["note"] = "More authors are printed."
        if entry.truncated:
            fields |= {"truncated": True, "odd": "The entry is cut off."}
        if any(len(str(value)) > _MOST for value in fields.values()):
            return
        yield Item(
            "references", f"r{entry.number}", fields, _words(article, entry), "reference/entry", "high", entry.first
        )


def _words(article: Article, entry: Entry) -> list[Quote]:
    return [anchor(article, entry.start, entry.end)]
