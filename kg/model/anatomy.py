"""Can a finding be where a fact says it is, and can an examination show it?

The ontology says of branches of findings, procedures and analytes what part of the body they are
about (`ckg:anatomy`); UBERON says what is part of what. Only what both say can be judged: a branch
without anatomy can be anywhere. Where `odd` or `note` of a fact names what is doubted, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from kg.base.prefixes import CKG, PREFIXES, expand
from kg.base.results import Severity
from kg.concepts.terms import Catalogue
from kg.model.case import Case, Event, Examination, Fact, FigurePanel, Finding, Measurement, Response
from kg.model.fields import Term

__all__ = ["BLOOD", "anatomies", "anatomy", "is_region", "meet"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure

NOWHERE = PREFIXES["owl"] + "Nothing"
_OBO = PREFIXES["obo"]
# Any region of the body; and what a region is not, though UBERON counts organs among its parts.
REGION = _OBO + "UBERON_0000475"
_UBERON, _FINDINGS = _OBO + "UBERON_0001062", _OBO + "HP_0000118"
_NO_REGION = frozenset({_OBO + "UBERON_0000467", _OBO + "UBERON_0000062", _OBO + "UBERON_0000479"})
# What is measured in blood is measured in no examination of an organ.
BLOOD = frozenset(CKG + name for name in ("MuscleEnzyme", "InflammationMarker", "CardiacBiomarker", "BiologicalMarker"))
# Qualities of place: side, spread, position.
_PLACED = frozenset(_OBO + name for name in ("HP_0012831", "HP_0012836", "HP_0012830"))
_CURE = "Correct it; if the report says so, name it in `odd` or `note`."
# Techniques that are no part of each other.
_TECHNIQUES = {
    "magnetic resonance imaging": ("MAXO:0000424",), "computed tomography": ("MAXO:0000571",), "ultrasound": ("MAXO:0000072",),
    "electrocardiography": ("MAXO:0000900",), "electromyography": ("MAXO:0035091",), "lung function": ("MAXO:0035078",),
    "tissue": ("MAXO:0001269", "OBI:0600020"), "capillaroscopy": ("ckg:NailfoldCapillaroscopy",),
}  # fmt: skip


@lru_cache(maxsize=4096)
def anatomy(terms: Catalogue, iri: str) -> frozenset[str]:
    """Parts of the body that a concept is about, as the nearest branches above it say; empty when none does."""
    if own := terms.value(iri, "anatomy"):
        return frozenset(own)
    return frozenset[str]().union(*(anatomy(terms, parent) for parent in terms.parents.get(iri, ())))


def meet(terms: Catalogue, some: frozenset[str], others: frozenset[str]) -> bool:
    """Is one part of the body the same as, in, or around one of the others? What is unknown meets everything.

    >>> terms = Catalogue.shipped()
    >>> lung, elbow, skin = (frozenset({expand(i)}) for i in ("UBERON:0002048", "UBERON:0001461", "UBERON:0002097"))
    >>> meet(terms, lung, elbow), meet(terms, skin | {REGION}, elbow), meet(terms, lung, frozenset())
    (False, True, True)
    """
    return not some or not others or any(_touch(terms, a, b) for a in some for b in others)


def _touch(terms: Catalogue, a: str, b: str) -> bool:
    if REGION in (a, b):
        return is_region(terms, b if a == REGION else a, inside=True)
    return a in terms.ancestors(b) or b in terms.ancestors(a)


def is_region(terms: Catalogue, iri: str, inside: bool = False) -> bool:
    """Is a part of the body a region, as the arm is, and no organ? inside: and not the whole of what regions are."""
    above = terms.ancestors(iri)
    return (REGION in above or (iri == REGION and not inside)) and not above & _NO_REGION


def _about(terms: Catalogue, term: Term) -> frozenset[str]:
    return anatomy(terms, expand(term.id))


def _names(terms: Catalogue, term: Term) -> set[str]:
    """Beginnings of the longer words that a concept is called by."""
    words = (word for name in terms.names(expand(term.id)) for word in name.casefold().split())
    return {word[: max(5, len(word) - 3)] for word in words if len(word) > 4} - _GENERIC


_GENERIC = {"abnor", "circula", "concentrat", "activ", "eleva", "incre", "serum", "plasm", "enzym"}


def _told(terms: Catalogue, fact: Fact, *named: Term) -> bool:
    """Does the curator say in `odd` or `note` that it is so, naming what is doubted?"""
    words = " ".join(filter(None, [fact.odd, fact.note])).casefold()
    return bool(words) and any(word in words for term in named for word in _names(terms, term))


def _subject(fact: Fact | None) -> Term | None:
    """What a fact is about, of those facts that an anatomy can be known of."""
    match fact:
        case Finding() | Event():
            return fact.concept
        case Examination():
            return fact.procedure
        case Measurement():
            return fact.analyte
    return None


def _show(terms: Catalogue, shown: Term, by: Fact) -> bool:
    """Can a finding be shown by an examination, a value or another finding?"""
    means = _subject(by)
    if means is None or (isinstance(by, Finding) and _FINDINGS not in terms.ancestors(expand(means.id))):
        return True
    at, seen = _about(terms, shown), _about(terms, means)
    if _FINDINGS not in terms.ancestors(expand(shown.id)):
        return True
    if NOWHERE in at and isinstance(by, Measurement):
        blood = terms.ancestors(expand(means.id)) & BLOOD
        return bool(_names(terms, shown) & _names(terms, means)) if blood else not seen
    return meet(terms, at, seen)


def _same_session(one: str, other: str, facts: dict[str, Fact]) -> bool:
    """Is one examination the other, or a part of it?"""
    return (
        one == other
        or other == getattr(facts.get(one), "part_of", None)
        or one == getattr(facts.get(other), "part_of", None)
    )


def _closer(terms: Catalogue, one: Term, other: Term) -> bool:
    """May one finding be an aspect of another? Their organs meet; that both may be anywhere is not enough."""
    a, b = (_about(terms, term) - {REGION} for term in (one, other))
    return meet(terms, a, b)


# Techniques by which findings are called.
_CALLED = {
    "electrocardiography": r"\b(?:ekg|ecg)\b|electrocardio", "ultrasound": r"echocardio|ultraso|sonogra", "electromyography": r"\bemg\b|electromyo",
    "magnetic resonance imaging": r"\bmri\b|magnetic resonance", "computed tomography": r"\bct\b|tomogra", "capillaroscopy": r"capillaroscop",
}  # fmt: skip


def _other_technique(terms: Catalogue, shown: Term, by: Fact) -> bool:
    """Is a finding called by a technique that is not the one of the examination?"""
    mine = _technique(terms, by.procedure) if isinstance(by, Examination) else None
    called = " | ".join(terms.names(expand(shown.id)))
    named = {name for name, words in _CALLED.items() if re.search(words, called, re.IGNORECASE)}
    return bool(mine and named and mine not in named)


def _technique(terms: Catalogue, procedure: Term) -> str | None:
    above = terms.ancestors(expand(procedure.id))
    return next((name for name, roots in _TECHNIQUES.items() if above & {expand(root) for root in roots}), None)


def anatomies(case: Case, terms: Catalogue) -> Found:
    """What is found is where it can be, and shown by what can show it."""
    for name, patient in case.patients.items():
        facts = {key: fact for _, key, fact in patient.facts()}
        for section, key, fact in patient.facts():
            path: Path_ = ("patients", name, section, key)
            yield from _sites(path, fact, facts, terms)
            yield from _links(path, fact, facts, terms)


def _sites(path: Path_, fact: Fact, facts: dict[str, Fact], terms: Catalogue) -> Found:
    about = [term for term in [_subject(fact)] if term]
    if isinstance(fact, Response):
        about = [term for key in fact.of if (term := _subject(facts.get(key)))]
    for i, site in enumerate(getattr(fact, "sites", ())):
        at = frozenset({expand(site.id)})
        if _UBERON not in terms.ancestors(expand(site.id)) or (
            isinstance(fact, Finding) and _FINDINGS not in terms.ancestors(expand(fact.concept.id))
        ):
            continue  # of another branch: told by the shapes
        if about and not any(meet(terms, _about(terms, term), at) for term in about) and not _told(terms, fact, site):
            message = f"{about[0].label} cannot be in the {site.label}."
            yield (*path, "sites", i), "violation", "anatomy", message, _CURE
    if isinstance(fact, Finding) and NOWHERE in _about(terms, fact.concept):
        for field, value in (("laterality", fact.laterality), ("modifiers", fact.modifiers and fact.modifiers[0])):
            placed = value and terms.ancestors(expand(value.id)) & _PLACED
            if value and placed and not _told(terms, fact, value):
                message = f"{fact.concept.label} is in no part of the body: {value.label} says nothing of it."
                yield (*path, field), "violation", "anatomy", message, _CURE


def _links(path: Path_, fact: Fact, facts: dict[str, Fact], terms: Catalogue) -> Found:
    for key, field, mine, means, theirs in _pairs(fact, facts):
        strict = field == "aspect_of" and not _closer(terms, mine, theirs)
        if (strict or not _show(terms, theirs, means) or _other_technique(terms, theirs, means)) and not _told(
            terms, fact, mine, theirs
        ):
            other = _subject(means)
            message = f"{other.label if other else key} cannot show {theirs.label}, or be a part of it."
            yield (*path, field), "violation", "anatomy", message, _CURE
    if isinstance(fact, Measurement) and isinstance(exam := facts.get(fact.examination or ""), Examination):
        blood = terms.ancestors(expand(fact.analyte.id)) & BLOOD
        at, seen = _about(terms, fact.analyte), _about(terms, exam.procedure)
        if (seen and blood) or not meet(terms, at, seen):
            message = f"{exam.procedure.label} does not measure {fact.analyte.label}."
            if not _told(terms, fact, exam.procedure):
                yield (*path, "examination"), "violation", "anatomy", message, _CURE
    if isinstance(fact, FigurePanel) and fact.examination and not fact.odd and not fact.note:
        for key in fact.depicts:
            found = facts.get(key)
            exams = (
                [k for k in found.shown_by if isinstance(facts.get(k), Examination)]
                if isinstance(found, Finding)
                else []
            )
            if exams and not any(_same_session(k, fact.examination, facts) for k in exams):
                message = f"{key!r} was shown by {exams[0]!r}, not by {fact.examination!r}."
                yield (
                    (*path, "examination"),
                    "violation",
                    "anatomy",
                    message,
                    "Name the examination of the panel, or correct `depicts`.",
                )
                break
    if isinstance(fact, Examination) and isinstance(whole := facts.get(fact.part_of or ""), Examination):
        mine_, theirs_ = (_technique(terms, one.procedure) for one in (fact, whole))
        if mine_ and theirs_ and mine_ != theirs_ and not _told(terms, fact, whole.procedure):
            message = f"{fact.procedure.label} is no part of {whole.procedure.label}."
            yield (*path, "part_of"), "violation", "anatomy", message, _CURE


def _pairs(fact: Fact, facts: dict[str, Fact]) -> Iterator[tuple[str, str, Term, Fact, Term]]:
    """(key named, field, a concept of this fact, what shows, the concept that is shown)."""
    match fact:
        case Finding():
            for key in fact.shown_by:
                if other := facts.get(key):
                    yield key, "shown_by", fact.concept, other, fact.concept
            whole = facts.get(fact.aspect_of or "")
            if isinstance(whole, Finding):
                yield fact.aspect_of or "", "aspect_of", fact.concept, fact, whole.concept
        case Measurement():
            for key in fact.supports:
                if isinstance(other := facts.get(key), Finding):
                    yield key, "supports", other.concept, fact, other.concept
        case Response():
            of = [one.concept for key in fact.of if isinstance(one := facts.get(key), Finding)]
            for key in fact.shown_by if len(of) == 1 and len(fact.of) == 1 else ():
                if other := facts.get(key):
                    yield key, "shown_by", of[0], other, of[0]
        case FigurePanel():
            exam = facts.get(fact.examination or "")
            for key in fact.depicts if exam else ():
                if isinstance(other := facts.get(key), Finding) and exam:
                    yield key, "depicts", other.concept, exam, other.concept
