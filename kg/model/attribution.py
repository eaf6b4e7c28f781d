"""Do the words of a fact name what it is linked to: the treatment of a response, the finding that responds?

Phrases are short, and most name no treatment at all. What they do name is held against the links: a
response whose words name another drug than `to`, a finding other than `of`, or several of which some
are missing; what had failed before and is credited afterwards; what prevents and is credited at all.
A curator who has a reason names what is doubted in `odd` or `note`.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from kg.base.prefixes import expand
from kg.base.results import Severity
from kg.concepts.terms import Catalogue
from kg.model.case import (
    AdverseEvent,
    Case,
    DoseChange,
    Event,
    Examination,
    Fact,
    Finding,
    Measurement,
    Patient,
    Response,
    Time,
    Treatment,
)
from kg.model.drugs import parts, related
from kg.model.fronted import across
from kg.model.naming import kin, mentions, organs
from kg.model.timeline import Timeline, apart
from kg.model.wording import ROUTES

__all__ = ["Names", "attributions", "beside"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure

# What is no manifestation, whatever a file says: told by the shapes.
_FOREIGN = frozenset(map(expand, ("ckg:TherapeuticAgent", "UBERON:0001062", "ckg:Analyte")))
GOOD = frozenset(("resolved", "improved", "partially improved", "controlled", "stable", "favourable"))
_CURE = "Correct the key, quote the words that name it, or name it in `note` with the reason."
# What stands between two names of one list.
_LISTED = re.compile(r"[\s,;/&+()\-–]*(?:and|plus|with|or|in combination with|combined with|as well as)?[\s,(]*")
# Before a name: it is told of another time, or only compared.
_ASIDE = re.compile(
    r"(?:\b(?:after|before|despite|following|prior|previous\w*|unlike|than|instead of|failure|failed|refractor\w*|"
    r"resistan\w*|since|until|without|with(?:drawal|out) of|no|not|stop\w*|discontinu\w*)\b)[^.;)]{0,60}$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Names:
    """What the treatments and manifestations of one patient are called."""

    patient: Patient
    terms: Catalogue

    @classmethod
    def of(cls, patient: Patient, terms: Catalogue) -> Names:
        """The names of a patient's facts, which never change: the same for the last few patients that were asked for."""
        for known in tuple(_LAST):
            if known.patient is patient and known.terms is terms:
                return known
        _LAST.append(made := cls(patient, terms))
        return made

    @cached_property
    def _treatments(self) -> Mapping[str, re.Pattern[str]]:
        return {key: self._pattern(one) for key, one in self.patient.treatments.items()}

    def _pattern(self, given: Treatment) -> re.Pattern[str]:
        """The whole names of a treatment: as printed, in brackets, and as the ontology has them."""
        term = given.drug or given.action
        iri = expand(term.id) if term else ""
        known = self.terms.names(iri) if given.drug or not self.terms.ancestors(iri) & _FOREIGN else []
        printed = re.sub(r"\s*\([^)]*\)", "", given.printed).strip()
        every = {printed, *re.findall(r"\(([^)]+)\)", given.printed), *known}
        words = sorted(filter(lambda name: len(name) > 2, every), key=len, reverse=True)
        return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words)) or '(?!)'})s?(?!\w)", re.IGNORECASE)

    def spans(self, key: str, text: str) -> list[tuple[int, int]]:
        """Where a text names a treatment wholly."""
        return [found.span() for found in self._treatments[key].finditer(text)]

    @cached_property
    def _read(self) -> dict[str, frozenset[str]]:
        """What was found in texts, which are asked for many times."""
        return {}

    def treatments(self, text: str) -> frozenset[str]:
        """The treatments that a text names; of two of the same drug those whose route it tells."""
        if text not in self._read:
            named = {key for key, pattern in self._treatments.items() if pattern.search(text)}
            self._read[text] = frozenset(key for key in named if not self._other_route(key, named, text))
        return self._read[text]

    def _other_route(self, key: str, named: set[str], text: str) -> bool:
        """Does the text tell the route of another treatment with this drug, and not the one of this?"""
        given = self.patient.treatments
        own = _route(given[key])
        if own is None or own.search(text):
            return False
        others = (_route(given[other]) for other in named if other != key and self.same_drug(key, other))
        return any(words is not None and words.search(text) for words in others)

    def same_drug(self, one: str, other: str) -> bool:
        """Are two treatments of the same drug, of its class, or steps of each other?"""
        a, b = (self.patient.treatments[key] for key in (one, other))
        if a.continues == other or b.continues == one:
            return True
        if a.drug is None or b.drug is None:
            return a.drug is b.drug and bool(a.action and b.action and a.action.id == b.action.id)
        return expand(b.drug.id) in related(self.terms, expand(a.drug.id))

    def touched(self, key: str, text: str) -> bool:
        """Does a text name a treatment, in part, or by its class?"""
        given = self.patient.treatments[key]
        if self._treatments[key].search(text):
            return not self._other_route(key, {key, *self.treatments(text)}, text)
        words, term = parts(text), given.drug or given.action
        own = parts(given.printed)
        low = text.casefold()
        return bool(own & words) or (
            term is not None
            and any(name in low or name.rstrip("s") in low for name in _classes(self.terms, expand(term.id)))
        )

    def other_examination(self, keys: list[str], text: str) -> str | None:
        """An examination that a text wholly names, where it names none of these, nor a part of one, nor their kind."""
        exams = self.patient.examinations
        ids = {key: expand(one.procedure.id) for key, one in exams.items()}
        ids = {key: iri for key, iri in ids.items() if not self.terms.ancestors(iri) & _FOREIGN}
        keys = [key for key in keys if key in ids]
        if not keys or any(mentions(self.terms, ids[key], text, loosely=True, organs=False) for key in keys):
            return None
        own = {*keys, *(exams[key].part_of for key in keys), *(k for k, one in exams.items() if one.part_of in keys)}
        alike = frozenset[str]().union(*(kin(self.terms, ids[key]) for key in keys))
        others = (k for k in ids if k not in own and ids[k] not in alike)
        return next((k for k in others if self._named_by_letter(ids[k], text)), None)

    def _named_by_letter(self, iri: str, text: str) -> bool:
        names = "|".join(re.sub("y$", "(?:y|ie)", re.escape(n)) for n in self.terms.names(iri) if len(n) > 2)
        return bool(names and re.search(rf"\b(?:{names})(?:e?s)?\b", text, re.IGNORECASE))

    def concept(self, key: str) -> str:
        """IRI of what a manifestation is; empty for a key that is none."""
        for section in (self.patient.findings, self.patient.diagnoses, self.patient.events):
            if key in section:
                iri = expand(section[key].concept.id)
                return "" if self.terms.ancestors(iri) & _FOREIGN else iri
        return ""

    def family(self, key: str) -> frozenset[str]:
        """A manifestation with those that it is an aspect of, and their aspects, as keys."""
        findings = self.patient.findings
        top, seen = key, {key}
        while top in findings and (above := findings[top].aspect_of) and above not in seen:
            seen.add(above)
            top = above
        grown = True
        while grown:
            more = {k for k, one in findings.items() if one.aspect_of in seen} - seen
            seen |= more
            grown = bool(more)
        return frozenset(seen)

    def about(self, key: str, text: str, organs: bool = True) -> bool:
        """Does a text name a manifestation, a part of it, or (organs) at least its organ?"""
        iris = {self.concept(one) for one in self.family(key)} - {""}
        return any(mentions(self.terms, iri, text, loosely=True, organs=organs) for iri in iris)

    def manifestations(self, text: str) -> set[str]:
        """Keys of the findings, diagnoses and events that a text names wholly."""
        keys = [*self.patient.findings, *self.patient.diagnoses, *self.patient.events]
        return {key for key in keys if mentions(self.terms, self.concept(key), text, loosely=False)}


def _route(given: Treatment) -> re.Pattern[str] | None:
    """The words of the route of a treatment, where it has one that is known."""
    label = given.route.label.casefold() if given.route else ""
    words = next((meaning.words for meaning in ROUTES if meaning.values[0] in label), None) if label else None
    return re.compile(words, re.IGNORECASE) if words else None


_LAST: deque[Names] = deque(maxlen=4)


@lru_cache(maxsize=1024)
def _classes(terms: Catalogue, iri: str) -> frozenset[str]:
    """What a drug and the classes above it are called."""
    return frozenset(name.casefold() for above in terms.ancestors(iri) for name in terms.names(above) if len(name) > 4)


def attributions(case: Case, terms: Catalogue) -> Found:
    """What a fact is linked to is what its words name."""
    for name, patient in case.patients.items():
        names, timeline = Names.of(patient, terms), Timeline.of(patient)
        top: Path_ = ("patients", name)
        for section, key, fact in patient.facts():
            if fact.evidence:
                yield from _examined((*top, section, key), fact, names)
                yield from _treated((*top, section, key), key, fact, names)
                yield from _manifest((*top, section, key), key, fact, names)
        for key, response in patient.responses.items():
            yield from _credited((*top, "responses", key), response, names, timeline)
            yield from _judged((*top, "responses", key), response, patient)
        yield from _same_words(top, patient)
        yield from _given(top, patient, names, timeline)


def _quotes(fact: Fact) -> str:
    printed = getattr(fact, "printed", None) or ""
    return " | ".join(filter(None, [*(anchor.quote for anchor in fact.evidence), printed]))


def _said(fact: Fact) -> str:
    return " | ".join(filter(None, [_quotes(fact), fact.odd, fact.note]))


def _named(fact: Fact, *fields: str) -> set[str]:
    """The keys that these fields name."""
    found: set[str] = set()
    for field in fields:
        value = getattr(fact, field, None) or ()
        found |= {value} if isinstance(value, str) else set(value)
    return found


def _links(fact: Fact) -> list[tuple[str, tuple[str, ...]]]:
    """(field, treatments that it names) of the links that words decide."""
    match fact:
        case Response():
            return [("to", fact.to)]
        case AdverseEvent():
            return [("of", fact.of)]
        case DoseChange():
            return [("treatment", (fact.treatment,)), ("allowed_by", fact.allowed_by)]
        case Treatment():
            return [("after_failure_of", fact.after_failure_of), ("added_to", fact.added_to)]
        case Event():
            return [("because_of", fact.because_of)]
        case Time():
            return [(field, (value,)) for field in ("after", "before") if (value := getattr(fact, field))]
    return []


def _treated(path: Path_, key: str, fact: Fact, names: Names) -> Found:
    """The treatments that words name are those of the links."""
    given = names.patient.treatments
    fields = [(field, some) for field, keys in _links(fact) if (some := [k for k in keys if k in given])]
    if not fields:
        return
    text, words = _quotes(fact), _said(fact)
    if isinstance(fact, Time):  # its anchors tell what happened then
        text = fact.printed or ""
    others = _named(
        fact, "concomitant", "allowed_by", "unclear_beside", "after", "with_", "added_to", "after_failure_of"
    )
    others |= _named(fact, "to", "continues", "treatment")
    if isinstance(fact, Treatment):
        others |= {k for k in given if k == key or names.same_drug(k, key)}
    named = names.treatments(text)
    for field, keys in fields:
        if field == "allowed_by" and isinstance(fact, DoseChange):  # steps of what is changed allow nothing
            others = others | {k for k in given if names.same_drug(k, fact.treatment)}
        rivals = {k for k in named - set(keys) - others if not any(names.same_drug(k, one) for one in keys)}
        rivals |= {k for k in named - set(keys) - others if all(names.same_drug(k, one) for one in keys)}
        told = [k for k in keys if names.touched(k, words)]
        if isinstance(fact, Time):
            rivals = rivals if not told else set()
        if rivals and not told:
            message = f"what is quoted names {', '.join(sorted(rivals))}, not {', '.join(keys)}."
            yield (*path, field), "violation", "attribution", message, _CURE
        elif told and isinstance(fact, Response | AdverseEvent):
            listed = {k for k in rivals if beside(names, k, told, text)}
            if listed:
                message = f"what is quoted names {', '.join(sorted(listed))} beside {told[0]}."
                yield (*path, field), "violation", "attribution", message, _CURE
            unnamed = [k for k in keys if k not in told] if set(told) & named else []
            if unnamed:
                message = f"what is quoted names {told[0]}, but not {unnamed[0]}."
                yield (*path, field), "violation", "attribution", message, _CURE


def _examined(path: Path_, fact: Fact, names: Names) -> Found:
    """The examination that words name is the one that showed or measured it."""
    exams = names.patient.examinations
    for field in ("shown_by", "examination"):
        keys = [k for k in sorted(_named(fact, field)) if k in exams]
        if keys and isinstance(fact, Finding | Measurement) and (other := names.other_examination(keys, _said(fact))):
            message = f"what is quoted names {other}, not {keys[0]}."
            yield (*path, field), "violation", "attribution", message, _CURE


def beside(names: Names, rival: str, told: list[str], text: str) -> bool:
    """Does a name stand in one list with those that are given?"""
    for a, b in names.spans(rival, text):
        aside = _ASIDE.search(text[:a]) is not None
        for key in told:
            for c, d in names.spans(key, text):
                if aside != (_ASIDE.search(text[:c]) is not None):
                    continue
                between = text[d:a] if d <= a else text[b:c]
                near = len(between) < 30 and "|" not in between and _LISTED.fullmatch(between)
                if near and not across(text, min(a, c), max(a, c)):
                    return True
    return False


# From here on a phrase tells why a treatment ended, not what it was given for.
_ENDING = re.compile(
    r"\b(?:stopp|discontinu|withdr|ceas|suspend|interrupt|paus|switch|replac|h[ae]ld back)\w*[^.;|]*", re.IGNORECASE
)
_OF = {Response: ("of",), Treatment: ("indication",), Event: ("because_of", "associated_with")}


def _manifest(path: Path_, key: str, fact: Fact, names: Names) -> Found:
    """The findings that words name are those of the links."""
    text, words = (_quotes(fact), _said(fact)) if type(fact) in _OF else ("", "")
    if isinstance(fact, Treatment):
        text = _ENDING.sub(" ", text)
    for field in _OF.get(type(fact), ()):
        keys = [k for k in getattr(fact, field) if names.concept(k)]
        if not keys:
            continue
        told = [k for k in keys if names.about(k, words)]
        own = frozenset[str]().union(*map(names.family, (*keys, key)))
        alike = frozenset[str]().union(*(kin(names.terms, names.concept(k)) for k in (*keys, key) if names.concept(k)))
        linked = _named(fact, "shown_by", "because_of", "associated_with")
        rivals = {
            k for k in names.manifestations(text) - own - linked
            if names.concept(k) not in alike and not _alike(names, key, k)
        }  # fmt: skip
        if rivals and isinstance(fact, Response):  # where another is named, the organ alone names none
            told = [k for k in keys if names.about(k, words, organs=False)]
        if rivals and not told and not any(k in names.patient.diagnoses for k in keys):
            message = f"what is quoted names {', '.join(sorted(rivals)[:3])}, not {', '.join(keys)}."
            yield (*path, field), "violation", "attribution", message, _CURE
        elif (
            isinstance(fact, Response)
            and not told
            and organs(text)
            and not any(k in names.patient.diagnoses for k in keys)
        ):
            message = f"what is quoted is about another part of the body than {keys[0]}."
            yield (*path, field), "violation", "attribution", message, _CURE
        elif isinstance(fact, Response) and any(names.about(k, text) for k in told) and len(told) < len(keys):
            unnamed = next(k for k in keys if k not in told)
            message = f"what is quoted names {told[0]}, but not {unnamed}."
            yield (*path, field), "violation", "attribution", message, _CURE
    if isinstance(fact, Finding) and not (fact.note or fact.odd):
        yield from _anchored(path, key, fact, names)
    if isinstance(fact, Response):
        for shown in fact.shown_by:
            one = names.patient.findings.get(shown)
            family = names.family(shown) if one is not None and one.aspect_of else frozenset()
            if (
                family
                and not any(k in family for k in fact.of)
                and not names.about(fact.of[0], shown.replace("-", " "))
            ):
                message = f"{shown} is an aspect of another finding than {', '.join(fact.of)}."
                yield (*path, "shown_by"), "violation", "attribution", message, _CURE


def _anchored(path: Path_, key: str, fact: Finding, names: Names) -> Found:
    """No phrase of a finding names only another one."""
    family = names.family(key)
    own = {
        k
        for k in family
        if k == key or _alike(names, key, k) or names.concept(key) in names.terms.ancestors(names.concept(k))
    }
    own |= _named(fact, "shown_by", "associated_with")
    for anchor in fact.evidence:
        if not names.concept(key) or mentions(
            names.terms, names.concept(key), anchor.quote, loosely=True, organs=False
        ):
            continue
        rivals = {
            k for k in names.manifestations(anchor.quote) - own
            if not _alike(names, key, k) and (not own & names.family(k) or k in family - own) and k in names.patient.findings
        }  # fmt: skip
        if rivals:
            message = f"{anchor.quote!r} names {min(rivals)}, not {fact.concept.label}."
            yield (*path, "evidence", anchor.section), "violation", "attribution", message, _CURE


def _alike(names: Names, key: str, other: str) -> bool:
    """Are two manifestations the same concept, or kin?"""
    own = names.concept(key)
    return bool(own) and names.concept(other) in kin(names.terms, own)


def _credited(path: Path_, response: Response, names: Names, timeline: Timeline) -> Found:
    """Who gets the credit could have earned it."""
    given, words = names.patient.treatments, _said(response)
    for key in response.to:
        one = given.get(key)
        if one is None or not response.evidence or names.touched(key, words):
            continue
        if one.intent != "therapeutic" and response.outcome != "not reported":
            message = f"{key} is {one.intent}, and nothing that is quoted says that it did this."
            yield (*path, "to"), "violation", "attribution", message, _CURE
        later = next((k for k in given if _failed(key, k, given, response, timeline)), None)
        if later:
            message = f"{key} had failed when {later} was started; a later {response.outcome!r} is not its own."
            yield (*path, "to"), "violation", "attribution", message, _CURE


def _before(key: str, given: Mapping[str, Treatment]) -> set[str]:
    """The treatments that came before one, as `after` says."""
    seen: set[str] = set()
    todo = [key]
    while todo:
        one = given.get(todo.pop())
        fresh = set(one.after) - seen if one else set()
        seen |= fresh
        todo += fresh
    return seen


def _failed(key: str, later: str, every: Mapping[str, Treatment], response: Response, timeline: Timeline) -> bool:
    """Had a treatment failed when a later one was started, before a good response was seen?"""
    given = every[later]
    if key not in given.after_failure_of or later in response.to or response.outcome not in GOOD:
        return False
    if later in _before(key, every):  # an order that cannot be is told by the shapes
        return False
    if response.time == given.start:  # what is dated alike need not be at once
        return False
    return bool(response.time and given.start) and _not_before(timeline, response.time or "", given.start or "")


def _not_before(timeline: Timeline, when: str, start: str) -> bool:
    try:
        a, b = timeline.bounds(when), timeline.bounds(start)
    except (ValueError, OverflowError):
        return False
    return bool(a.earliest_start and b.earliest_start and a.earliest_start >= b.earliest_start)


_IMAGING = (
    r"imag|radiolog|\bX-?ray|\bCT\b|tomogra|\bMRI?\b|magnetic|ultraso|sonogr|echo|scan|\bPET|figure|photogra|angiogr"
)
_TOLD = r"report|describ|felt|feel|told|complain|subjectiv|patient|said|noted|\b[Hh]e\b|\b[Ss]he\b|symptom|score|questionnaire|relie"


def _judged(path: Path_, response: Response, patient: Patient) -> Found:
    """Whose judgement it is can be told from the words, or from what shows it."""
    shown = [
        patient.examinations.get(k) or patient.measurements.get(k) or patient.findings.get(k) for k in response.shown_by
    ]
    words = " | ".join([_said(response), *(one.procedure.label for one in shown if isinstance(one, Examination))])
    needs = {
        "imaging": bool(re.search(_IMAGING, words)),
        "patient report": bool(re.search(_TOLD, words)),
        "measured value": any(isinstance(one, Measurement) for one in shown) or bool(re.search(r"\d|normali|level|value|titre|titer", words)),
    }  # fmt: skip
    for i, judge in enumerate(response.judged_by):
        if response.evidence and not needs.get(judge, True):
            message = f"nothing that is quoted, or shows it, is a judgement by {judge}."
            yield (*path, "judged_by", i), "violation", "attribution", message, "Correct it, or quote the words."


def _same_words(top: Path_, patient: Patient) -> Found:
    """The same words do not credit one treatment here and another there."""
    told: dict[tuple[str, str | None], str] = {}
    for key, response in patient.responses.items():
        for anchor in response.evidence:
            first = told.setdefault((anchor.quote, response.time), key)
            other = patient.responses[first]
            if first == key or set(other.to) & set(response.to) or response.odd or response.layer != other.layer:
                continue
            for one, two in ((key, first), (first, key)):
                mine, theirs = (", ".join(patient.responses[k].to) for k in (one, two))
                message = f"the same words are told of {mine} here and of {theirs} in {two!r}."
                yield (
                    (*top, "responses", one, "to"),
                    "violation",
                    "attribution",
                    message,
                    "Correct `to` of one of them.",
                )
            break


_ADDED = r"\b(?:was|were|is|been) (?:then |later |subsequently )?added\b|\badd(?:ed|ing|ition of)\b|\badd-?on\b"


def _given(top: Path_, patient: Patient, names: Names, timeline: Timeline) -> Found:
    """Links between treatments agree with what the treatments are."""
    for key, one in patient.treatments.items():
        path = (*top, "treatments", key)
        text = _quotes(one)
        for field in ("after_failure_of", "indication"):
            for other in getattr(one, field):
                was = patient.treatments.get(other)
                if was is not None and was.intent != "therapeutic" and not names.touched(other, _said(one)):
                    message = f"{other} is {was.intent}: it cannot have failed."
                    yield (*path, field), "violation", "attribution", message, _CURE
                held = patient.findings.get(other) or patient.diagnoses.get(other)
                if (
                    one.intent == "preventive"
                    and held
                    and held.status == "present"
                    and not names.about(other, _said(one))
                ):
                    message = f"{key} prevents, and nothing that is quoted says that it was given for {other}."
                    yield (*path, field), "violation", "attribution", message, _CURE
        if one.evidence and re.search(_ADDED, text, re.IGNORECASE) and not (one.add_on or one.added_to):
            message = "the words say that it was added to what went on."
            yield (*path, "add_on"), "violation", "attribution", message, "Write `add_on: true`, or `added_to`."
        last = {seen.time for seen in patient.follow_up.values()}
        if one.start in last and re.search(r"\b(?:previous(?:ly)?|earlier|in the past|years before)\b", text):
            message = "it was started before, as quoted, and not when the patient was last seen."
            yield (*path, "start"), "violation", "attribution", message, "Correct the time."
        for other in one.with_:
            began = patient.times.get(patient.treatments[other].start or "") if other in patient.treatments else None
            if began is not None and key in (began.before, began.after):
                message = f"{other} was started before or after it, as its time says."
                yield (*path, "with"), "violation", "attribution", message, "Take it out, or correct the time."
    for key, change in patient.dose_changes.items():
        step = patient.treatments.get(change.to or "")
        if step and apart(timeline, step.ongoing_at, change.time):
            message = f"{change.to!r} was reached by then, but went on at another time."
            yield (*top, "dose_changes", key, "to"), "violation", "attribution", message, "Correct one of the dates."
    for key, response in patient.responses.items():
        for mine in response.to:
            doubted = set(patient.treatments[mine].unclear_beside) if mine in patient.treatments else set()
            if both := sorted(doubted & set(response.concomitant)):
                message = f"{both[0]} went on as this says, but {mine!r} says that this is unclear."
                yield (
                    (*top, "responses", key, "concomitant"),
                    "violation",
                    "attribution",
                    message,
                    "Correct one of them.",
                )
