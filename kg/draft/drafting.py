"""From a published report to a draft case file: everything that was read, put together and held against casekg's rules.

`draft_case` reads, proposes and settles; nothing is decided here that a curator could not see and undo.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from kg.articles.abbreviations import abbreviations
from kg.articles.article import Article
from kg.articles.demographics import demographics
from kg.articles.manuscripts import Manuscript, read_article
from kg.articles.scope import patient_sentences
from kg.base.results import CaseError
from kg.concepts.terms import lending
from kg.draft.about import cited, report_part
from kg.draft.claimed import claimed
from kg.draft.clock import Clock
from kg.draft.legends import panels
from kg.draft.modelled import modelled
from kg.draft.motives import motivated
from kg.draft.presenting import presented
from kg.draft.proposals import Item, Proposals, anchor
from kg.draft.regimens import regimens
from kg.draft.responding import GOOD, adverse, changed, followed, responded, topics
from kg.draft.settling import Judge, settle
from kg.draft.statements import statements
from kg.draft.verifying import Kept
from kg.draft.workup import antibodies, examinations, linked, measurements, remarked
from kg.mentions.autoantibodies import autoantibodies
from kg.mentions.bodysites import bodysites
from kg.mentions.examined import examined
from kg.mentions.gazetteer import called, named
from kg.mentions.manifestations import Manifestation, manifestations
from kg.mentions.measured import measured
from kg.mentions.medication import medication
from kg.mentions.moments import moments
from kg.mentions.outcomes import Response, outcomes
from kg.mentions.phenotypes import phenotypes
from kg.model.anchors import Sentence
from kg.model.reading import CaseFile

__all__ = ["Drafted", "Reader", "draft_case", "propose"]

Reader = Callable[[Article], Iterable[Kept]]
_YOUNG = 50_000  # objects that are made before the young ones are looked through
_SEX = {"male": "PATO:0000384", "female": "PATO:0000383"}


@dataclass(frozen=True)
class Drafted:
    """A draft: the text of the case file, the case, what was read, and what was proposed and refused."""

    text: str
    file: CaseFile
    manuscript: Manuscript
    proposals: Proposals


def draft_case(
    path: Path | str,
    doi: str = "",
    key: str = "",
    also: Judge = lambda _: (),
    reads: Reader | None = None,
    patient: str = "",
    single: bool = False,
) -> Drafted:
    """Draft the case file of a report.

    doi, key: of the report, where it does not say so itself; also: what else judges the draft, beside the rules of
    kg.model; reads: who else reads the article, a language model (`kg.draft.plug`); patient, single: which of several,
    or the word of somebody that it is one (`read_article`). Raises CaseError when the report cannot be read.
    """
    manuscript = read_article(path, patient, single)
    with lending(True), _rarely_collected():
        made = propose(manuscript, doi, key)
        if reads is not None:
            modelled(made, reads(manuscript.article))
        try:
            text, file = settle(made, also)
        except CaseError as error:  # the report itself cannot be told
            raise CaseError([replace(one, file=str(path), line=0, column=0) for one in error.results]) from error
    return Drafted(text, file, manuscript, made)


@contextmanager
def _rarely_collected() -> Iterator[None]:
    """Only what is young is looked through for garbage: all else is the tables of whole terminologies, which stay."""
    usual = gc.get_threshold()
    gc.set_threshold(_YOUNG, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def propose(manuscript: Manuscript, doi: str = "", key: str = "") -> Proposals:
    """All that is proposed, before any rule judged it."""
    article = manuscript.article
    made = Proposals(article, report_part(manuscript, doi, key))
    sentences = patient_sentences(article)
    for item in (*_persons(article, sentences), *statements(article), *cited(article, manuscript.front)):
        made.add(item)
    features = phenotypes(article, sentences, abbreviations(article.text))
    stated = tuple(one for one in features if one.stated)
    mentions = manifestations(article, sentences, stated, bodysites(article, sentences))
    given = medication(article, sentences)
    treatments = regimens(made, sentences, given)
    clock = Clock(made, sentences, moments(article, sentences), treatments)
    analytes = _shown_by(article, sentences, mentions)
    disease = _diagnosis(article, mentions)
    told = outcomes(
        article,
        sentences,
        treatments.doses,
        topics(mentions, analytes, article.text, sentences),
        disease,
    )
    places = presented(made, sentences, mentions, clock, _past(told, mentions))
    values = measurements(made, sentences, measured(article, sentences), clock)
    remarked(values, (one for one in features if not one.stated))
    places |= values
    seen = examined(article, sentences)
    places |= examinations(made, sentences, seen, clock)
    places |= antibodies(made, autoantibodies(article, sentences))
    linked(sentences, seen, places)
    for one, item in responded(made, told, treatments, clock, _present(places), analytes, values):
        places[(one.start, one.end)] = item
    changed(made, given, treatments, clock, sentences)
    motivated(made, sentences, treatments, places)
    adverse(made, sentences, treatments, clock)
    followed(made, clock, sentences)
    panels(made, places)
    cites = {item.name for item in made.items if item.section == "references"}
    for item in claimed(article, sentences, manuscript.front, disease, cites):
        made.add(item)
    _only_used(made)
    return made


def _only_used(made: Proposals) -> None:
    """A date or an order that stands in the facts themselves, and to which no fact points, is no time of its own."""
    linked = {id(other) for item in made.items for _, other in item.links()}
    told = {value for item in made.items for value in item.fields.values() if isinstance(value, str)}
    order = {id(earlier) for item in made.of("treatments") for earlier in item.fields.get("after", ())}
    made.items = [
        item
        for item in made.items
        if item.section != "times"
        or id(item) in linked
        or not (_told_elsewhere(made, item, told) or id(item.fields.get("after")) in order)
    ]


def _told_elsewhere(made: Proposals, time: Item, told: Collection[str]) -> bool:
    """Is a date in the facts already, and the only one of its day?"""
    date = time.fields.get("edtf")
    others = (other.fields.get("edtf") for other in made.items if other is not time and other.section == "times")
    return set(time.fields) == {"edtf", "printed"} and date in told and date not in others


def _diagnosis(article: Article, mentions: Iterable[Manifestation]) -> str:
    """The disease that the report is about: the first that the case, else the abstract, says is there."""
    some = [m for m in mentions if m.section == "diagnoses" and m.status == "present"]
    order = {"case": 0, "abstract": 1}
    some.sort(key=lambda m: (order.get(article.part(m.start).kind, 2), m.start))
    return some[0].concept if some else ""


def _shown_by(article: Article, sentences: Iterable[Sentence], mentions: Iterable[Manifestation]) -> dict[str, str]:
    """For each analyte the finding that is told of it: CPK, elevated creatine kinase."""
    found: dict[str, str] = {}
    some = [m for m in mentions if m.section == "findings" and m.status == "present"]
    for sentence in sentences:
        for name in named(article.text, sentence.start, sentence.end, under=("ckg:Analyte",)):
            over_it = [m for m in some if m.start < name.end and name.start < m.end]
            # of a list the finding that ends with this analyte: elevation of troponin and NT-proBNP
            best = min(over_it, key=lambda m: (abs(m.end - name.end), m.end - m.start), default=None)
            if best is not None:
                for concept in name.concepts:
                    found.setdefault(concept, best.concept)
    return found


def _past(told: Iterable[Response], mentions: Iterable[Manifestation]) -> set[tuple[int, int]]:
    """The mentions that stand in the words of a good outcome."""
    spans = [span for one in told if one.outcome in GOOD for span in one.words]
    return {
        (m.start, m.end)
        for m in mentions
        if m.status == "present" and any(a <= m.start and m.end <= b for a, b in spans)
    }


def _present(places: Mapping[tuple[int, int], Item]) -> dict[str, list[Item]]:
    """Concept -> the findings and diagnoses that say it is there, as they stand in the text."""
    found: dict[str, list[Item]] = {}
    for _, item in sorted(places.items(), key=lambda one: one[0]):
        if item.section in ("findings", "diagnoses") and item.fields["status"] == "present":
            some = found.setdefault(str(item.fields["concept"]).partition(" ! ")[0], [])
            if item not in some:
                some.append(item)
    return {concept: sorted(items, key=lambda item: item.at) for concept, items in found.items()}


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
