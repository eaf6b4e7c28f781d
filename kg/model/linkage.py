"""Do the links of a case file stand against what the file itself says elsewhere?

What shows a response is a measure of what responds; what failed before a treatment came before it; a value that
moved away from a finding made it no worse; a key that says left is not of the right side. Where `odd` or `note`
of a fact speaks of what is doubted, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.base.prefixes import expand
from kg.base.results import Severity
from kg.base.units import factor
from kg.concepts.terms import Catalogue
from kg.model.anatomy import BLOOD, REGION, anatomy, is_region, meet
from kg.model.attribution import Names
from kg.model.case import Case, Examination, Fact, Finding, Measurement, Patient, Response, Treatment
from kg.model.naming import mentions, organs
from kg.model.timeline import Timeline

__all__ = ["linkages"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure

_CURE = "Correct it; if the report says so, say why in `note`."
_RAISED, _LOWERED = r"\b(?:elevated|increased|raised|high)\b", r"\b(?:decreased|reduced|low)\b"
_WORSE, _SAME = ("worsened", "relapsed"), ("persistent", "not improved", "stable")
_BETTER = ("resolved", "improved", "partially improved", "controlled")


def linkages(case: Case, terms: Catalogue) -> Found:
    """Links that the rest of the file stands against."""
    for name, patient in case.patients.items():
        names, timeline = Names.of(patient, terms), Timeline.of(patient)
        top: Path_ = ("patients", name)
        for key, finding in patient.findings.items():
            path = (*top, "findings", key)
            yield from _sided(path, key, finding)
            yield from _examined(path, finding, [key], finding.shown_by, names)
        for key, response in patient.responses.items():
            path = (*top, "responses", key)
            yield from _measured(path, response, names)
            yield from _moved(path, response, patient)
            yield from _reason(path, response, patient)
            yield from _examined(path, response, list(response.of), response.shown_by, names)
        for key, treatment in patient.treatments.items():
            yield from _sooner((*top, "treatments", key), key, treatment, patient, timeline)
            yield from _added((*top, "treatments", key), treatment, names)
        for key, time in patient.times.items():
            after = re.match(
                r"(?:after|since|following) (?:the (?:start|initiation) of )?(.{3,60})",
                time.printed or "",
                re.IGNORECASE,
            )
            told = names.treatments(after[1]) if after else set()
            if told and not (time.after or time.edtf or time.note or time.odd):
                message = f"the words say that it was after {min(told)}."
                yield (*top, "times", key, "after"), "violation", "time", message, f"Write `after: {min(told)}`."


def _doubt(fact: Fact) -> str:
    return " | ".join(filter(None, [fact.odd, fact.note]))


def _words(fact: Fact) -> str:
    return " | ".join([*(anchor.quote for anchor in fact.evidence), _doubt(fact)])


def _sided(path: Path_, key: str, finding: Finding) -> Found:
    """The side is the one that the key says."""
    said = {"left", "right"} & set(re.split(r"[-_]", key))
    label = finding.laterality.label.casefold() if finding.laterality else ""
    if len(said) == 1 and label in ("left", "right") and label not in said:
        message = f"the key says {min(said)}, the laterality {label}."
        yield (*path, "laterality"), "violation", "attribution", message, "Correct one of them."


def _analysed(patient: Patient, analyte: str) -> set[str]:
    """The findings that the values of an analyte are there for."""
    values = {key: one for key, one in patient.measurements.items() if expand(one.analyte.id) == analyte}
    shown = {key for key, one in patient.findings.items() if set(one.shown_by) & values.keys()}
    return shown.union(*(one.supports for one in values.values())) & patient.findings.keys()


def _measured(path: Path_, response: Response, names: Names) -> Found:
    """A value that shows a response is a measure of what responds."""
    patient, of = names.patient, [key for key in response.of if key in names.patient.findings]
    if not of or len(of) < len(response.of):
        return
    own = frozenset[str]().union(*map(names.family, of))
    words = _words(response)
    named = any(names.about(key, words, organs=False) for key in of)
    for i, shown in enumerate(response.shown_by):
        one = patient.measurements.get(shown)
        of_it = _analysed(patient, expand(one.analyte.id)) if one else set()
        if one is None or not of_it or of_it & own or (terms := names.terms) is None:
            continue
        blood = bool(terms.ancestors(expand(one.analyte.id)) & BLOOD)
        at, seen = (anatomy(terms, iri) - {REGION} for iri in (names.concept(of[0]), expand(one.analyte.id)))
        linked = any(
            set(patient.findings[a].associated_with) & b
            for some, b in ((of_it, own), (own, of_it))
            for a in some
            if a in patient.findings
        )
        only = bool(at and seen) and all(meet(terms, frozenset({part}), seen) for part in at)
        close = linked or not blood or (only and named)
        instead = mentions(terms, expand(one.analyte.id), words, loosely=True) or any(
            names.about(key, words, organs=False) for key in of_it
        )
        if not close or (not named and instead):
            if mentions(terms, expand(one.analyte.id), _doubt(response), loosely=True):
                continue
            message = f"{shown!r} is a measure of {min(of_it)}, not of {of[0]}."
            yield (*path, "shown_by", i), "violation", "attribution", message, _CURE


def _moved(path: Path_, response: Response, patient: Patient) -> Found:
    """A value that moved away from what is called raised or lowered made it no worse, and towards it no better."""
    if response.odd or response.note or len(response.of) != 1 or response.of[0] not in patient.findings:
        return
    finding = patient.findings[response.of[0]]
    up, down = (bool(re.search(words, finding.concept.label, re.IGNORECASE)) for words in (_RAISED, _LOWERED))
    first = [one for key in finding.shown_by if (one := patient.measurements.get(key))]
    for shown in response.shown_by:
        later = patient.measurements.get(shown)
        for sooner in first if later and up != down else ():
            if later is None or sooner is later or later.analyte.id != sooner.analyte.id:
                continue
            change = _change(sooner, later)
            if change is None:
                continue
            away = change if down else -change  # share of the first value, away from what is called so
            if (
                (away > 0.2 and response.outcome in _WORSE)
                or (away > 0.5 and response.outcome in _SAME)
                or (away < -0.2 and response.outcome in _BETTER)
            ):
                message = f"{later.printed} after {sooner.printed} is not {response.outcome}."
            else:
                continue
            yield (*path, "outcome"), "violation", "attribution", message, _CURE
            return


def _change(sooner: Measurement, later: Measurement) -> float | None:
    """By what share of the first a value has moved; None when they cannot be compared."""
    if not sooner.value or later.value is None or sooner.comparator or (later.comparator or "<") not in ("<", "<="):
        return None
    if not (sooner.unit and later.unit):
        return None
    try:
        times = 1 if sooner.unit == later.unit else factor(later.unit, sooner.unit)
    except ValueError:  # no unit, or of another kind: told by the units
        return None
    return float(later.value) * float(times) / float(sooner.value) - 1


def _reason(path: Path_, response: Response, patient: Patient) -> Found:
    """What a treatment was started for is not what came of it."""
    for key in response.to:
        one = patient.treatments.get(key)
        reasons = (set(one.indication) & set(response.shown_by) - set(response.of)) if one else set()
        if reasons and response.outcome in (*_WORSE, *_SAME, "refractory") and not _doubt(response):
            message = f"{min(reasons)} is what {key} was given for, and cannot show what it did."
            yield (*path, "to"), "violation", "attribution", message, _CURE


def _sooner(path: Path_, key: str, one: Treatment, patient: Patient, timeline: Timeline) -> Found:
    """What had failed came before."""
    given, seen, todo = patient.treatments, {key}, [key]
    while todo:
        at = given.get(todo.pop())
        fresh = ({*at.after, *filter(None, [at.continues])} if at else set()) - seen
        seen |= fresh
        todo += fresh
    for failed in one.after_failure_of:
        if failed not in given or failed in seen:
            continue
        if not one.after and not _precedes(timeline, given[failed].start or "", one.start or ""):
            message = f"{failed} had failed, but nothing says that it came before."
            yield (*path, "after"), "violation", "time", message, f"Write `after: [{failed}]`."
            return


def _precedes(timeline: Timeline, start: str, later: str) -> bool:
    try:
        a, b = timeline.bounds(start), timeline.bounds(later)
    except (ValueError, OverflowError):
        return False
    return bool(a.latest_start and b.earliest_start and a.latest_start <= b.earliest_start)


def _added(path: Path_, one: Treatment, names: Names) -> Found:
    """What it was added to is what the words say."""
    for anchor in one.evidence:
        found = re.search(r"\badd(?:ed|ition|ing|-on)\b[^.;|]{0,30}?\bto\b ([^.;|]{3,60})", anchor.quote)
        told = names.treatments(found[1]) if found else set()
        if (
            told
            and one.added_to
            and not any(k in told or any(names.same_drug(k, t) for t in told) for k in one.added_to)
        ):
            message = f"what is quoted says that it was added to {min(told)}."
            yield (*path, "added_to"), "violation", "attribution", message, _CURE


def _examined(path: Path_, fact: Fact, keys: list[str], shown_by: tuple[str, ...], names: Names) -> Found:
    """An examination of one organ shows what is in it, unless the words name both."""
    patient, terms = names.patient, names.terms
    of = [one for key in keys if (one := patient.findings.get(key))]
    for i, shown in enumerate(shown_by if of and len(of) == len(keys) else ()):
        exam = patient.examinations.get(shown)
        if exam is None or _named(exam, fact, of, names):
            continue
        seen = _organs(terms, anatomy(terms, expand(exam.procedure.id)))
        if not seen or any(
            not (at := _organs(terms, anatomy(terms, expand(one.concept.id)))) or meet(terms, at, seen) for one in of
        ):
            continue
        if any(meet(terms, seen, frozenset({expand(site.id)})) for one in of for site in one.sites):
            continue
        message = f"{exam.procedure.label} does not show {of[0].concept.label}."
        yield (*path, "shown_by", i), "violation", "anatomy", message, _CURE


def _organs(terms: Catalogue, some: frozenset[str]) -> frozenset[str]:
    """Without regions of the body, which are around every organ."""
    return frozenset(iri for iri in some if not is_region(terms, iri))


# Words of procedures that do not say which.
_ANY = {
    "procedure",
    "imaging",
    "tissue",
    "organ",
    "with",
    "clinical",
    "diagnostic",
    "testing",
    "examination",
    "analysis",
}


def _named(exam: Examination, fact: Fact, of: list[Finding], names: Names) -> bool:
    """Do the words of the one name the other: its technique, what was found, or another of the finding's family?"""
    text = _words(fact)
    strong = {
        word for name in names.terms.names(expand(exam.procedure.id)) for word in re.findall(r"\w{3,}", name.casefold())
    }
    strong = {word for word in strong - _ANY if not organs(word)}
    if any(re.search(rf"\b{re.escape(word[:7])}", text, re.IGNORECASE) for word in strong):
        return True
    quoted = _words(exam)
    return any(mentions(names.terms, expand(one.concept.id), quoted, loosely=True, organs=False) for one in of)
