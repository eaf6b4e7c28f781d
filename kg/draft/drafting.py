"""From a published report to a draft case file: everything that was read, put together and held against casekg's rules.

`draft_case` reads, proposes and settles; nothing is decided here that a curator could not see and undo.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.concepts.terms import lending
from kg.draft.abbreviations import abbreviations
from kg.draft.article import Article
from kg.draft.demographics import demographics
from kg.draft.gazetteer import called
from kg.draft.headings import named as heading
from kg.draft.manifestations import manifestations
from kg.draft.manuscripts import Manuscript, read_article
from kg.draft.modelled import modelled
from kg.draft.phenotypes import phenotypes
from kg.draft.presenting import presented
from kg.draft.proposals import Item, Proposals, anchor, slug
from kg.draft.scope import begins, patient_sentences
from kg.draft.settling import Judge, settle
from kg.draft.statements import statements
from kg.draft.verifying import Kept
from kg.model.reading import CaseFile

__all__ = ["Drafted", "Reader", "draft_case", "propose"]

Reader = Callable[[Article], Iterable[Kept]]
_SEX = {"male": "PATO:0000384", "female": "PATO:0000383"}


@dataclass(frozen=True)
class Drafted:
    """A draft: the text of the case file, the case, what was read, and what was proposed and refused."""

    text: str
    file: CaseFile
    manuscript: Manuscript
    proposals: Proposals


def draft_case(
    path: Path | str, doi: str = "", key: str = "", also: Judge = lambda _: (), reads: Reader | None = None
) -> Drafted:
    """Draft the case file of a report.

    doi, key: of the report, where it does not say so itself; also: what else judges the draft, beside the rules of
    kg.model; reads: who else reads the article, a language model (`kg.draft.plug`). Raises CaseError when the report cannot be read.
    """
    manuscript = read_article(path)
    with lending(True):
        made = propose(manuscript, doi, key)
        if reads is not None:
            modelled(made, reads(manuscript.article))
        text, file = settle(made, also)
    return Drafted(text, file, manuscript, made)


def propose(manuscript: Manuscript, doi: str = "", key: str = "") -> Proposals:
    """All that is proposed, before any rule judged it."""
    article = manuscript.article
    made = Proposals(article, _report(manuscript, doi, key))
    sentences = patient_sentences(article)
    short = abbreviations(article.text)
    features = phenotypes(article, sentences, short)
    for item in (*_persons(article, sentences), *statements(article)):
        made.add(item)
    presented(made, sentences, manifestations(article, sentences, features))
    return made


# ---- the report -------------------------------------------------------------------------


def source_name(manuscript: Manuscript) -> str:
    """The file that anchors are held against: the report's own, or the text that is written beside the draft."""
    name = Path(manuscript.article.name).name
    return name if manuscript.own else f"{Path(name).stem}.txt"


def _report(manuscript: Manuscript, doi: str, key: str) -> dict[str, Any]:
    article = manuscript.article
    told: dict[str, Any] = {"doi": doi} if doi else {}
    if key or not doi:
        told["id"] = slug(key or Path(article.name).stem)
    told["proposed"] = {"rule": "report/front", "confidence": "low"}
    first = article.sentences[0]
    quote = anchor(article, first.start, first.end)
    told["evidence"] = {quote.section: quote.words}
    told["source"] = {
        "file": source_name(manuscript),
        "sha256": manuscript.sha256,
        "sections": [
            {"section": part.section, "title": _line(part.title), "begins": words, "kind": part.kind}
            for part, words in zip(article.parts, begins(article), strict=True)
        ],
        "no_facts": list(_headings(article)),
    }
    if not told["source"]["no_facts"]:
        del told["source"]["no_facts"]
    return told


def _line(words: str) -> str:
    return re.sub(r"\s+", " ", words).strip()[:200] or "Part"


def _headings(article: Article) -> Iterable[dict[str, str]]:
    for sentence in article.sentences:
        if len(sentence.text.split()) < 8 and heading(sentence.text):
            yield {"section": sentence.section, "begins": sentence.text, "why": "heading"}


# ---- the person -------------------------------------------------------------------------


def _persons(article: Article, sentences: Iterable[Any]) -> Iterable[Item]:
    told = demographics(article, sentences)
    if told.sex:
        first = told.sex[0]
        quotes = list(dict.fromkeys(anchor(article, s.start, s.end) for s in told.sex))[:3]
        fields: dict[str, Any] = {"concept": called(_SEX[first.sex])}
        yield Item("sex", "sex", fields, quotes, "patient/sex", first.confidence, first.start)
    stated = next((age for age in told.age if age.years is not None), None)
    if stated is not None:
        same = [age for age in told.age if age.years == stated.years]
        quotes = list(dict.fromkeys(anchor(article, a.start, a.end) for a in same))[:3]
        fields = {"years": stated.years, "printed": stated.printed, "at": "not stated"}
        yield Item("age", "age", fields, quotes, "patient/age", stated.confidence, stated.start)
