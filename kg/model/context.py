"""Does the report, around the words that a fact quotes, say what the fact says?

A phrase is short, and the sentence that it was taken from says more: which treatment was spoken of, whether
a list is denied, what a reference is called. With the source text at hand a fact is held against that.
What precedes a phrase, back to the nearest sentence that names a treatment of the patient, is what a
response is about; nothing is said where no treatment is named at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.base.prefixes import expand
from kg.base.results import Result
from kg.concepts.terms import Catalogue, lending
from kg.model.anatomy import BLOOD, anatomy, meet
from kg.model.anchors import SourceText
from kg.model.attribution import Names, beside
from kg.model.case import Case, DoseChange, Event, Finding, Measurement, Patient, Response, Treatment
from kg.model.fields import Anchor
from kg.model.naming import mentions
from kg.model.reading import CaseFile
from kg.model.statuses import denied_within
from kg.model.timeline import Timeline, apart

__all__ = ["context_results"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, str, str, str]]  # path, rule, message, cure

_BACK = 8  # sentences that are looked back over for the name of a treatment
_ALL = r"\b(?:all|these|both|previous|prior)\b (?:\w+ ){0,3}(?:treat|therap|drug|agent|medic|immunosuppress)|\bcombin|\bregimen|\b(?:triple|dual)\b"
_UNDER = r"\b(?:after|since|following|under|with|start\w*|initiat\w*) "
_TOGETHER = r"(?<!compatible )(?<!consistent )\bwith\b|\baccompan|\balong\b"
# Behind the name of a treatment: it is told only as over, and is not what the next sentences are about.
_OVER = re.compile(
    r"(?:\s*\([^)]*\))?,? (?:(?:was|were|is|are|had|has|have|been|being|then|also|therefore|later|permanently|temporarily) )+"
    r"(?:stopp|discontinu|withdrawn|ceased|suspend|interrupt|paused|halted)",
    re.IGNORECASE,
)
_CURE = "Correct it; if the report says so elsewhere, quote that, or name it in `note`."


@dataclass(frozen=True)
class _Place:
    """A phrase in its sentence: number of the sentence, and where the phrase begins and ends in it."""

    number: int
    start: int
    end: int


class _Text:
    """The sentences of a source, and where phrases stand in them."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.sentences = source.sentences()
        self.places: dict[Anchor, _Place | None] = {}

    def place(self, anchor: Anchor) -> _Place | None:
        """Where a phrase first occurs."""
        if anchor not in self.places:
            self.places[anchor] = self._place(anchor)
        return self.places[anchor]

    def _place(self, anchor: Anchor) -> _Place | None:
        for at in self.source.find(anchor)[:1]:
            for i, one in enumerate(self.sentences):
                if one.start <= at < one.end and one.section == anchor.section:
                    return _Place(i, at - one.start, at - one.start + len(anchor.quote))
        return None

    def near(self, i: int, back: int, on: int) -> str:
        """A sentence with those around it in its section."""
        section = self.sentences[i].section
        some = self.sentences[max(0, i - back) : i + on + 1]
        return " ".join(one.text for one in some if one.section == section)


def context_results(file: CaseFile, source: SourceText) -> Iterator[Result]:
    """What the report says otherwise, around what is quoted of it."""
    text = _Text(source)
    with lending(bool(file.case.proposed)):
        facts = list(_facts(file.case, text))
    for path, rule, message, cure in (
        *facts,
        *_speculated(file.case, text),
        *_dated(file.case, text),
        *_front(file.case, source),
        *_entries(file.case, text),
    ):
        key = ".".join(map(str, path))
        yield Result("violation", rule, message, cure, *file.place(*path), key, file.focus(*path))


def _facts(case: Case, text: _Text) -> Found:
    terms = Catalogue.shipped()
    for name, patient in case.patients.items():
        names, timeline = Names.of(patient, terms), Timeline.of(patient)
        for section, key, fact in patient.facts():
            path: Path_ = ("patients", name, section, key)
            places = [place for anchor in fact.evidence if (place := text.place(anchor))]
            if not places:
                continue
            why = " | ".join(filter(None, [fact.odd, fact.note]))
            if isinstance(fact, Response):
                yield from _attributed(path, "to", fact.to, set(fact.concomitant), places, text, names, why)
                yield from _about(path, fact, places, text, names, why)
            elif isinstance(fact, DoseChange) and fact.allowed_by:
                others = {fact.treatment, *filter(None, [fact.to])}
                yield from _attributed(path, "allowed_by", fact.allowed_by, others, places, text, names, why)
            elif isinstance(fact, Treatment):
                yield from _given_for(path, fact, places, text, names, why)
            elif isinstance(fact, Measurement):
                yield from _supported(path, fact, places, text, names, why)
                yield from _measured(path, fact, places, text, names, why)
            elif isinstance(fact, Finding | Event):
                yield from _then(path, fact, places, text, patient, timeline, why)
                yield from _when(path, fact, places, text, patient, timeline)
                yield from _denied(path, fact, text, terms)
                yield from _beside(path, fact, places, text, names, why)


def _spoken(place: _Place, text: _Text, names: Names, others: set[str]) -> tuple[str, frozenset[str]]:
    """The words before and in a phrase, back to where a treatment is named; and the treatments named there."""
    here = text.sentences[place.number]
    words, i = here.text[: place.end], place.number
    while True:
        named = frozenset(k for k in names.treatments(words) - others if not _over(names, k, words))
        if named or i == 0 or place.number - i >= _BACK or text.sentences[i - 1].section != here.section:
            return words, named
        i -= 1
        words = f"{text.sentences[i].text} {words}"


def _over(names: Names, key: str, words: str) -> bool:
    """Do words name a treatment only to say that it ended?"""
    return all(_OVER.match(words, end) for _, end in names.spans(key, words))


def _ended(names: Names, key: str, words: str) -> bool:
    """Is a treatment named, and only to say that it ended?"""
    return bool(names.spans(key, words)) and _over(names, key, words)


def _attributed(
    path: Path_,
    field: str,
    keys: tuple[str, ...],
    others: set[str],
    places: list[_Place],
    text: _Text,
    names: Names,
    why: str,
) -> Found:
    """The treatments that a fact names are those that the report speaks of there."""
    given = [key for key in keys if key in names.patient.treatments]
    told = [_spoken(place, text, names, others) for place in places]
    behind = [  # what the rest of the sentence names counts, where nothing before does
        re.split(r";|, (?:but|so|therefore|however)\b", text.sentences[place.number].text[place.end :])[0]
        for place in places
        if not names.treatments(text.sentences[place.number].text[: place.end]) - others
    ]
    whole = " | ".join([*(words for words, _ in told), *behind, why])
    for place in places if given and others else ():  # the treatment at hand is not merely one that went on
        here = text.sentences[place.number].text[: place.end]
        only = names.treatments(here)
        if (
            only
            and only <= others
            and re.search(_UNDER, here, re.IGNORECASE)
            and not any(names.touched(key, f"{text.sentences[place.number].text} | {why}") for key in given)
        ):
            message = f"the report speaks of {', '.join(sorted(only))} there, not of {', '.join(given)}."
            yield (*path, field), "attribution", message, _CURE
            return
    named = set[str]().union(*(some for _, some in told))
    unnamed = [key for key in given if not names.touched(key, whole)]
    if named & set(given):  # what is told only as over shares no credit
        unnamed += [key for key in given if key not in {*named, *unnamed} and _ended(names, key, whole)]
    if not named or not given:
        return
    if len(unnamed) == len(given) or (unnamed and not re.search(_ALL, whole, re.IGNORECASE)):
        message = f"the report speaks of {', '.join(sorted(named))} there, not of {', '.join(unnamed)}."
        yield (*path, field), "attribution", message, _CURE
        return
    for words, some in told:
        extra = [key for key in sorted(some - set(given)) if beside(names, key, given, words) and key not in why]
        if extra and not any(names.same_drug(extra[0], key) for key in given):
            message = f"the report tells {extra[0]} beside {given[0]} there."
            yield (*path, field), "attribution", message, _CURE
            return


def _about(path: Path_, fact: Response, places: list[_Place], text: _Text, names: Names, why: str) -> Found:
    """What responds is what the report speaks of there."""
    words = " | ".join([*(text.near(place.number, 2, 0) for place in places), why])
    own = frozenset[str]().union(*map(names.family, fact.of))
    means = [one.analyte.id for key in fact.shown_by if (one := names.patient.measurements.get(key))]
    if any(mentions(names.terms, expand(iri), words, loosely=True) for iri in means):
        return  # told by what was measured
    for key in fact.of:
        if (
            key in names.patient.findings
            and not names.about(key, words)
            and (rivals := names.manifestations(words) - own)
        ):
            message = f"the report speaks of {', '.join(sorted(rivals)[:3])} there, not of {key}."
            yield (*path, "of"), "attribution", message, _CURE
            return


def _given_for(path: Path_, fact: Treatment, places: list[_Place], text: _Text, names: Names, why: str) -> Found:
    """What a treatment was given for stands near it, where its sentence names something else."""
    near = [text.near(place.number, 3, 1) for place in places]
    here, words = " | ".join(text.near(place.number, 1, 0) for place in places), " | ".join([*near, why])
    own = frozenset[str]().union(*map(names.family, fact.indication)) if fact.indication else frozenset()
    for key in fact.indication:
        if key in names.patient.findings and not names.about(key, words) and names.manifestations(here) - own:
            message = f"the report does not speak of {key} there."
            yield (*path, "indication"), "attribution", message, _CURE


def _beside(path: Path_, fact: Finding | Event, places: list[_Place], text: _Text, names: Names, why: str) -> Found:
    """What came together stands together in the report; in one sentence, where the words are `with` and the like."""
    joined = any(re.search(_TOGETHER, anchor.quote, re.IGNORECASE) for anchor in fact.evidence)
    together = " | ".join([*(text.sentences[place.number].text for place in places), why]) if joined else ""
    words = " | ".join([*(text.near(place.number, 1, 1) for place in places), why])
    links = {"associated_with": fact.associated_with}
    if isinstance(fact, Event):
        links["because_of"] = fact.because_of
    for field, keys in links.items():
        for key in keys:
            known = key in names.patient.findings or key in names.patient.events
            if known and not names.about(key, together if field == "associated_with" and together else words):
                message = f"the report does not speak of {key} there."
                yield (*path, field), "attribution", message, _CURE


def _measured(path: Path_, fact: Measurement, places: list[_Place], text: _Text, names: Names, why: str) -> Found:
    """The examination that a value is from is the one that its sentences name, if they name any."""
    exam = names.patient.examinations.get(fact.examination or "")
    theirs = {place.number for anchor in exam.evidence if (place := text.place(anchor))} if exam else set()
    if exam is None or theirs & {place.number for place in places}:
        return
    here = " | ".join([*(text.sentences[place.number].text for place in places), why])
    if other := names.other_examination([fact.examination or ""], here):
        message = f"the report speaks of {other} there, not of {fact.examination}."
        yield (*path, "examination"), "attribution", message, _CURE


def _supported(path: Path_, fact: Measurement, places: list[_Place], text: _Text, names: Names, why: str) -> Found:
    """A marker in blood supports what the report names beside it, or what is called by it."""
    terms = names.terms
    if not terms.ancestors(expand(fact.analyte.id)) & BLOOD:
        return
    at = anatomy(terms, expand(fact.analyte.id))
    here = " | ".join([*(text.sentences[place.number].text for place in places), why])
    for i, key in enumerate(fact.supports):
        found = names.patient.findings.get(key)
        if found is None or names.about(key, here, organs=False):
            continue
        theirs = [text.sentences[place.number].text for one in found.evidence if (place := text.place(one))]
        if any(mentions(terms, expand(fact.analyte.id), words, loosely=False) for words in theirs):
            continue
        if at and meet(terms, at, anatomy(terms, expand(found.concept.id))):
            continue
        message = f"the report does not speak of {key} there, nor of this value where it does."
        yield (*path, "supports", i), "attribution", message, _CURE


def _then(
    path: Path_,
    fact: Finding | Event,
    places: list[_Place],
    text: _Text,
    patient: Patient,
    timeline: Timeline,
    why: str,
) -> Found:
    """What is denied is denied of the time that the report is at: that which it named last."""
    if fact.status != "excluded" or not fact.time or fact.time not in patient.times or fact.odd:
        return
    own = patient.times[fact.time]
    for place in places:
        section = text.sentences[place.number].section
        for i in range(place.number, max(-1, place.number - _BACK), -1):
            one = text.sentences[i]
            if one.section != section:
                break
            words = one.text[: place.end] if i == place.number else one.text
            told = [key for key, time in patient.times.items() if _tells(time.printed, words)]
            if not told:
                continue
            if fact.time in told or _tells(own.printed, f"{one.text} {why}"):
                break
            if all(apart(timeline, key, fact.time) for key in told):
                message = f"the report is at {told[-1]!r} there, and {fact.time!r} is another time."
                yield (*path, "time"), "time", message, _CURE
                return
            break


def _when(
    path: Path_, fact: Finding | Event, places: list[_Place], text: _Text, patient: Patient, timeline: Timeline
) -> Found:
    """What is present is of a time that its sentences name, where they name any."""
    own = patient.times.get(fact.time or "")
    if fact.status != "present" or own is None or fact.odd or fact.note:
        return
    words = " | ".join(text.sentences[place.number].text for place in places)
    told = [key for key, time in patient.times.items() if _tells(time.printed, words)]
    if told and fact.time not in told and all(apart(timeline, key, fact.time) for key in told):
        message = f"the report is at {told[-1]!r} there, and {fact.time!r} is another time."
        yield (*path, "time"), "time", message, _CURE


def _tells(printed: str | None, words: str) -> bool:
    return bool(printed) and len(printed or "") > 5 and _flat(printed or "") in _flat(words)


_SPECULATED = r"\b(?:we|authors?|it (?:is|was)|one) (?:\w+ )?(?:speculat|hypothes|postulat|surmis)\w*"


def _speculated(case: Case, text: _Text) -> Found:
    """What the sentence calls speculation is a hypothesis."""
    for key, claim in case.claims.items():
        why = " | ".join(filter(None, [claim.odd, claim.note]))
        if claim.kind not in ("background", "interpretation") or claim.cites or re.search(r"(?i)hypothes|specul", why):
            continue
        for anchor in claim.evidence:
            place = text.place(anchor)
            told = place and re.search(_SPECULATED, text.sentences[place.number].text[: place.end], re.IGNORECASE)
            if told:
                message = f"{claim.kind!r} stands against {told[0]!r} in the sentence that is quoted from."
                yield ("claims", key, "kind"), "wording", message, "Write `kind: hypothesis`, or say in `note` why not."
                break


def _dated(case: Case, text: _Text) -> Found:
    """The year of an age stands where the age does."""
    for name, patient in case.patients.items():
        age = patient.age
        if age is None:
            continue
        places = [place for anchor in age.evidence if (place := text.place(anchor))]
        year = re.match(r"\d{4}", age.at) if age.at not in patient.times else None
        if year is None:
            if age.at in patient.times and not (age.note or age.odd):
                words = " | ".join(text.sentences[place.number].text for place in places)
                told = [key for key, time in patient.times.items() if _tells(time.printed, words)]
                if told and age.at not in told and all(apart(Timeline.of(patient), key, age.at) for key in told):
                    message = f"the report is at {told[-1]!r} there, and {age.at!r} is another time."
                    yield ("patients", name, "age", "at"), "time", message, _CURE
            continue
        words = " | ".join([*(text.near(place.number, 0, 1) for place in places), age.note or "", age.odd or ""])
        if age.odd and re.search(r"\b(?:no|without a?) date\b|\bnot dated\b|\bundated\b", age.odd):
            message = f"`odd` says that the age has no date, but it is given {age.at}."
            yield ("patients", name, "age", "at"), "time", message, "Write `at: not stated`, or correct `odd`."
        elif places and year[0] not in words:
            message = f"{age.at} is not told where the age is."
            yield ("patients", name, "age", "at"), "time", message, "Write `at: not stated`, or say in `note` why."


def _denied(path: Path_, fact: Finding | Event, text: _Text, terms: Catalogue) -> Found:
    """What is present is not denied by the sentence that it is quoted from."""
    if fact.status != "present" or fact.odd:
        return
    said = [
        denied_within(terms, fact.concept, text.sentences[place.number].text, place.start, place.end)
        for anchor in fact.evidence
        if (place := text.place(anchor))
    ]
    if any(one is True for one in said) and not any(one is False for one in said):
        message = f"{fact.concept.label} is present, but the sentence that is quoted from denies it."
        yield (*path, "status"), "wording", message, "Correct `status`, or quote the words that state it."


# ---- the report itself ------------------------------------------------------------------


def _flat(words: str) -> str:
    return re.sub(r"[\s*_]+", " ", words).casefold()


def _front(case: Case, source: SourceText) -> Found:
    """Title, authors and journal are printed as they are given; what the text leaves out is not asked for."""
    report = case.report
    if report.is_record or report.odd:
        return
    flat = _flat(source.text)
    names = [(i, _flat(author.name)) for i, author in enumerate(report.authors)]
    known = [(i, flat.find(name)) for i, name in names]
    told = [at for _, at in known if at >= 0]
    if told and len(told) * 2 >= len(known):  # the text has its front matter
        for i, at in known:
            if at < 0:
                message = f"{report.authors[i].name!r} is nowhere in the report."
                yield ("report", "authors", i, "name"), "printed", message, "Write the name as printed."
        if told != sorted(told):
            yield ("report", "authors"), "printed", "the authors are not in the order of the report.", "Keep the order."
    words = [("title", report.title or "")] if told else []
    words += [
        (f"{name}.{i}", one) for name in ("keywords", "categories") for i, one in enumerate(getattr(report, name))
    ]
    for field, one in words:
        if _flat(one) not in flat:
            where: Path_ = ("report", *(int(part) if part.isdigit() else part for part in field.split(".")))
            yield (
                where,
                "printed",
                f"{one!r} is nowhere in the report.",
                "Write it as printed, or say in `odd` why not.",
            )
    cited = re.search(
        r"\b([a-z][\w .&]{2,60}?)[.,]? (?:\d{4}[;,] ?)?(\d{1,4})\((\w{1,6})\) ?[:;,]? ?(\w+)",
        flat[: flat.find("references") + 1 or None],
    )
    if cited and report.journal and report.volume:
        printed = {"volume": cited[2], "number": cited[3], "article": cited[4]}
        for field, value in printed.items():
            given = getattr(report, field)
            if given and _flat(report.journal) in flat and given.casefold() != value:
                yield ("report", field), "printed", f"{given!r} is not printed, but {value!r}.", "Write it as printed."
    if report.journal and told and _flat(report.journal) not in flat:
        yield ("report", "journal"), "printed", f"{report.journal!r} is nowhere in the report.", "Write it as printed."


def _line(text: str, at: int) -> str:
    """The line around a place."""
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)]


def _entries(case: Case, text: _Text) -> Found:
    """A reference is what its entry says."""
    for key, reference in case.references.items():
        if reference.odd and "truncated" in reference.odd:
            continue
        lines = {text.sentences[place.number].text for anchor in reference.evidence if (place := text.place(anchor))}
        lines |= {_line(text.source.text, at) for anchor in reference.evidence for at in text.source.find(anchor)}
        if not lines:
            continue
        entry = _flat(" ".join(lines))
        for field in ("title", "authors", "doi", "year"):
            value = getattr(reference, field, None)
            if value and _flat(str(value)) not in entry:
                message = f"{str(value)!r} is not in the entry that is quoted."
                yield ("references", key, field), "printed", message, "Write it as printed, or quote its own entry."
