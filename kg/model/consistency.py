"""What is wrong with a case, beyond its schema, that can be said before there is any RDF?

Each check is a generator over the case that yields results with the key path in `key`;
reading puts file and line on them. Checks need no source text: whether the anchors occur in
the report is asked by `kg.model.anchors`.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from kg.base.prefixes import expand
from kg.base.results import Result, Severity
from kg.base.times import Bounds, read_edtf
from kg.concepts.terms import Catalogue
from kg.model.anatomy import anatomies
from kg.model.assertions import assertions
from kg.model.attribution import attributions
from kg.model.case import Case, Fact, Finding, Frequency, Patient, Quantity
from kg.model.dating import dates, distances
from kg.model.drugs import drug_names, steps
from kg.model.fields import Term
from kg.model.linkage import linkages
from kg.model.naming import antigens, names
from kg.model.quantities import amounts, numbers, pairings, scales, units
from kg.model.sections import places
from kg.model.statuses import statuses
from kg.model.timeline import CLASH, Timeline
from kg.model.wording import roots, wordings

__all__ = ["CHECKS", "REFERENCES", "check_case"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure

# Which sections of a patient a key may point into.
REFERENCES: dict[tuple[str, str], tuple[str, ...]] = {
    ("diagnoses", "based_on"): ("antibodies", "findings", "examinations", "measurements"),
    ("findings", "shown_by"): ("examinations", "measurements"),
    ("findings", "aspect_of"): ("findings",),
    ("findings", "associated_with"): ("findings", "diagnoses", "events", "measurements"),
    ("measurements", "examination"): ("examinations",),
    ("measurements", "supports"): ("findings",),
    ("examinations", "part_of"): ("examinations",),
    ("figures", "examination"): ("examinations",),
    ("figures", "depicts"): ("findings", "responses", "measurements", "events", "examinations", "diagnoses"),
    ("treatments", "after"): ("treatments",),
    ("treatments", "with_"): ("treatments",),
    ("treatments", "added_to"): ("treatments",),
    ("treatments", "continues"): ("treatments",),
    ("treatments", "after_failure_of"): ("treatments",),
    ("treatments", "unclear_beside"): ("treatments",),
    ("treatments", "indication"): ("findings", "diagnoses", "events"),
    ("dose_changes", "treatment"): ("treatments",),
    ("dose_changes", "to"): ("treatments",),
    ("dose_changes", "allowed_by"): ("treatments",),
    ("responses", "to"): ("treatments",),
    ("responses", "of"): ("findings", "diagnoses"),
    ("responses", "shown_by"): ("measurements", "examinations", "findings"),
    ("responses", "concomitant"): ("treatments",),
    ("events", "because_of"): ("findings", "events", "diagnoses", "treatments"),
    ("events", "associated_with"): ("findings", "events", "diagnoses", "treatments"),
    ("adverse_events", "of"): ("treatments",),
    ("variants", "disease"): ("diagnoses",),
}

PRINTED = ("printed", "unit_printed", "extent", "strength", "method", "within", "qualifier", "titre", "count", "form")


def _terms_of(fact: object, path: Path_) -> Iterator[tuple[Path_, Term]]:
    if isinstance(fact, Term):
        yield path, fact
    elif isinstance(fact, tuple):
        for i, item in enumerate(fact):
            yield from _terms_of(item, (*path, i))


def _patients(case: Case) -> Iterator[tuple[Path_, Patient]]:
    for name, patient in case.patients.items():
        yield ("patients", name), patient


def identifiers(case: Case, terms: Catalogue) -> Found:
    """Every id exists, is in use, and agrees with its label; a record may have ids that casekg does not know."""
    record, strange = case.report.is_record, set[str]()
    for path, fact in case.facts():
        for field, value in vars(fact).items():
            for where, term in _terms_of(value, (*path, field)):
                if record and expand(term.id) not in terms and terms.replacement(term.id) is None:
                    strange.add(term.id)  # no suggestions for each of thousands
                elif problem := terms.problem(term.id, term.label):
                    yield where, "violation", *problem
    if strange:
        few = ", ".join(sorted(strange)[:3]) + (" ..." if len(strange) > 3 else "")
        message = f"{len(strange)} ids cannot be verified, as casekg does not know them: {few}."
        yield ("report",), "info", "unverified-id", message, "Add their ontology: `casekg terms add hp.obo`."
    for top, patient in _patients(case):
        if problem := terms.problem(patient.species.id, patient.species.label):
            yield (*top, "species"), "violation", *problem


def published(case: Case, terms: Catalogue) -> Found:
    """The report was published, and not in another age."""
    report = case.report
    if report.published and not date(1800, 1, 1) <= report.published <= date.today() + timedelta(days=366):
        message = f"{report.published} lies before 1800, or more than a year ahead."
        yield ("report", "published"), "violation", "published", message, "Correct the date."
    terms_of, words = _licence(report.licence or ""), " | ".join(anchor.quote for anchor in report.evidence)
    if terms_of and (told := _licence(words)) and terms_of != told and not report.odd:
        message = f"{report.licence!r} is not the licence that is quoted."
        yield ("report", "licence"), "violation", "printed", message, "Write the licence as printed."


def _licence(words: str) -> frozenset[str]:
    """The terms of a Creative Commons licence; empty when the words name none."""
    found = re.search(r"(?i)\bCC[ -]?(BY(?:[ -](?:NC|ND|SA))*|0)(?![\w])", words)
    return frozenset(re.split(r"[ -]", found[1].upper())) if found else frozenset()


def identity(case: Case, terms: Catalogue) -> Found:
    """The report has an id of its own; keys are unique within a patient."""
    if not case.report.slug:
        yield (
            ("report",),
            "violation",
            "identity",
            "no doi, pmcid, pmid or id.",
            "Give one: the graph is named after it.",
        )
    told: dict[str, str] = {}
    for section in ("statements", "references", "claims", "metadata"):
        for key in getattr(case, section):
            if key in told:
                message = f"the key is used in {told[key]!r} too."
                yield (section, key), "violation", "unique-key", message, "Rename one: a key becomes the fact's IRI."
            told.setdefault(key, section)
            if key == "source" or key.startswith(("author-", "curation-", "section-", "quote-", "label-")):
                yield (section, key), "violation", "unique-key", "the key is reserved.", "Rename it."
    for path, patient in _patients(case):
        seen: dict[str, str] = {}
        for section, key, _ in patient.facts():
            if key in seen:
                message = f"the key is used in {seen[key]!r} too."
                yield (
                    (*path, section, key),
                    "violation",
                    "unique-key",
                    message,
                    "Rename one: a key becomes the fact's IRI.",
                )
            seen.setdefault(key, section)
            if key.startswith("time-") or key in ("sex", "age") or _is_date(key):
                yield (*path, section, key), "violation", "unique-key", "the key is reserved.", "Rename it."


def _is_date(key: str) -> bool:
    """Would a time that names this key be taken for a date?"""
    try:
        read_edtf(key)
    except ValueError:
        return False
    return True


def references(case: Case, terms: Catalogue) -> Found:
    """Every key that a fact names is the key of a fact of the right section, and not its own."""
    for path, patient in _patients(case):
        sections = {key: section for section, key, _ in patient.facts()}
        for section, key, fact in patient.facts():
            for field, value in vars(fact).items():
                allowed = REFERENCES.get((section, field))
                if allowed is None or value is None:
                    continue
                for target in (value,) if isinstance(value, str) else value:
                    where = (*path, section, key, "with" if field == "with_" else field)
                    wanted = " or ".join(allowed)
                    if target == key:
                        yield where, "violation", "reference", "it names itself.", f"Name a key of {wanted}."
                    elif target not in sections:
                        good = [k for k, s in sections.items() if s in allowed]
                        close = difflib.get_close_matches(target, good, 1)
                        hint = f"Did you mean {close[0]!r}?" if close else f"Add it to {wanted}, or correct the key."
                        yield where, "violation", "reference", f"{target!r} does not exist in {wanted}.", hint
                    elif sections[target] not in allowed:
                        yield (
                            where,
                            "violation",
                            "reference",
                            f"{target!r} is in {sections[target]}, not in {wanted}.",
                            f"Name a key of {wanted}.",
                        )
    for name, claim in case.claims.items():
        for cited in claim.cites:
            if cited not in case.references:
                yield (
                    ("claims", name, "cites", cited),
                    "violation",
                    "reference",
                    f"{cited!r} is not in references.",
                    "Add the reference.",
                )


def evidence(case: Case, terms: Catalogue) -> Found:
    """Anchors name a declared section; what was printed stands inside an anchor of the fact."""
    sections: dict[str, str] = {}
    for i, section in enumerate(case.report.source.sections):
        if sections.setdefault(section.section, section.title) != section.title:
            message = f"section {section.section!r} has another title above, {sections[section.section]!r}."
            yield (
                ("report", "source", "sections", i, "title"),
                "violation",
                "section",
                message,
                "One title for one section key.",
            )
    named: list[tuple[Path_, str]] = [
        (("report", "source", "no_facts", i, "section"), mark.section)
        for i, mark in enumerate(case.report.source.no_facts)
    ]
    named += [((*path, "evidence", a.section), a.section) for path, fact in case.facts() for a in fact.evidence]
    for place, name in named:
        if name not in sections:
            message = f"{name!r} is not a section of the source."
            yield place, "violation", "section", message, f"One of: {', '.join(sorted(sections))}."
    for path, fact in () if case.report.is_record else case.facts():  # a record has no words to stand in
        quotes = [a.quote for a in fact.evidence]
        for where, words in _printed(fact, path):
            if not any(_holds(quote, words) for quote in quotes):
                yield (
                    where,
                    "violation",
                    "printed",
                    f"{words!r} is in none of the fact's anchors.",
                    "Quote the phrase that holds it, or correct it.",
                )


def _holds(quote: str, words: str) -> bool:
    """Do the words stand in the quote, and not inside a longer number? 5 mg is not in 2.5 mg."""
    if words not in quote:
        return False
    if not (words[0].isdigit() or words[-1].isdigit()):
        return True
    before, behind = (
        r"(?<!\d)(?<!\d[.,])" if words[0].isdigit() else "",
        r"(?!\d|[.,]\d)" if words[-1].isdigit() else "",
    )
    return re.search(before + re.escape(words) + behind, quote) is not None


def _printed(fact: Fact, path: Path_) -> Iterator[tuple[Path_, str]]:
    for field, value in vars(fact).items():
        if field in PRINTED and isinstance(value, str):
            yield (*path, field), value
        elif isinstance(value, Quantity | Frequency):
            yield (*path, field, "printed"), value.printed


def duplicates(case: Case, terms: Catalogue) -> Found:
    """No two facts of a section are the same but for key and evidence; by the same words, not even two alike."""
    for path, patient in _patients(case):
        told: dict[tuple[str, str], str] = {}
        alike: dict[tuple[object, ...], str] = {}
        at = Counter((section, fact.pointer) for section, _, fact in patient.facts())
        for section, key, fact in patient.facts():
            if section in ("times", "figures"):
                continue
            if fact.pointer and at[section, fact.pointer] == 1:
                continue  # it stands where no other one does
            said = fact.model_dump_json(exclude={"evidence", "odd", "note", "layer", "certainty"})
            first = told.setdefault((section, said), key)
            quotes = {anchor.quote for anchor in fact.evidence}
            once = next((alike[mark] for mark in _marks(section, fact, quotes) if mark in alike), None)
            for mark in _marks(section, fact, quotes):
                alike.setdefault(mark, key)
            if first != key or once:
                same = once is not None
                message = f"it says what {once or first!r} says{' at the same time and place' if same else ''}."
                yield (
                    (*path, section, key),
                    "violation" if same else "warning",
                    "duplicate-fact",
                    message,
                    "Leave one out, correct its concept, or say what differs.",
                )


def _marks(section: str, fact: Fact, quotes: set[str]) -> list[tuple[object, ...]]:
    """What no other fact shares: concept, time and place with one of the quotes, or with all that it is linked to."""
    term = next(
        (t for f in ("concept", "procedure", "analyte", "drug", "action") if (t := getattr(fact, f, None))), None
    )
    if term is None or not quotes:
        return []
    given = [getattr(fact, field, None) for field in _ALIKE]
    if section == "treatments" and getattr(fact, "start", None) is None:
        return []
    marks: list[tuple[object, ...]] = [(section, term.id, *given, quote) for quote in quotes]
    if isinstance(fact, Finding) and fact.time is not None:
        links = (fact.shown_by, fact.aspect_of, fact.modifiers, fact.severity, fact.course)
        marks.append((section, term.id, *given, *links))
    return marks


# What tells two facts of one concept apart.
_ALIKE = (
    "status", "time", "sites", "laterality", "value", "start", "route", "of", "part_of", "aspect_of", "method", "dose",
    "because_of", "strength", "continues", "gestation", "antigens",
)  # fmt: skip


def contradictions(case: Case, terms: Catalogue) -> Found:
    """The same feature, or a kind of it, is not present and excluded at the same time and sites."""
    for path, patient in _patients(case):
        timeline = Timeline.of(patient)
        for section in ("findings", "antibodies", "events", "diagnoses"):
            of_concept: dict[str, list[tuple[str, Any]]] = {}
            for key, fact in getattr(patient, section).items():
                of_concept.setdefault(expand(fact.concept.id), []).append((key, fact))
            pairs = [pair for facts in of_concept.values() for pair in combinations(facts, 2)]
            if section != "antibodies" and not case.report.is_record:
                pairs += _kinds_of(of_concept, terms)
            for (key, one), (other_key, other) in pairs:
                if {one.status, other.status} != {"present", "excluded"}:
                    continue
                if one.layer != other.layer:  # what the authors made of it may differ from what was found
                    continue
                same = one.concept.id == other.concept.id
                if same and isinstance(one, Finding) and _place(one) != _place(other):
                    continue
                if _may_differ(timeline, one.time, other.time):
                    continue
                kind = "" if same else f"{one.concept.label} "
                message = (
                    f"{other.concept.label} is {other.status} here and {kind}{one.status} in {key!r} at the same time; "
                    f"{CLASH}{section}.{key}, {section}.{other_key}."
                )
                cure = "Give the times at which each holds, or delete one."
                yield (*path, section, other_key), "violation", "contradiction", message, cure


def _place(finding: Finding) -> tuple[set[Term], Term | None]:
    return set(finding.sites), finding.laterality


def _kinds_of(
    of_concept: Mapping[str, list[tuple[str, Any]]], terms: Catalogue
) -> Iterator[tuple[tuple[str, Any], tuple[str, Any]]]:
    """What is present, with what is excluded and above it; not what is denied of a place, or at no time."""
    for iri, facts in of_concept.items():
        held = [(key, one) for key, one in facts if one.status == "present" and one.time is not None and not one.odd]
        for above in (terms.ancestors(iri) - {iri}) & of_concept.keys() if held else ():
            for key, denied in of_concept[above]:
                if denied.status == "excluded" and not denied.odd and not getattr(denied, "sites", ()):
                    yield from ((one, (key, denied)) for one in held)


def _may_differ(timeline: Timeline, a: str | None, b: str | None) -> bool:
    """May two facts hold at different times? Only when both are dated, and not to the same time."""
    if a is None or b is None:
        return a != b
    if a == b:
        return False
    try:
        x, y = timeline.bounds(a), timeline.bounds(b)
    except ValueError:
        return True
    return x != y and not _within(x, y) and not _within(y, x)


def _within(x: Bounds, y: Bounds) -> bool:
    """Does x surely lie inside y?"""
    return bool(
        x.earliest_start and x.latest_end and y.latest_start and y.earliest_end
        and y.latest_start <= x.earliest_start and x.latest_end <= y.earliest_end
    )  # fmt: skip


# What is odd about a time, in words; the shapes ask the same (shapes/patient.ttl).
_ABOUT_TIME = re.compile(
    r"\b(?:dat(?:e[ds]?|ing)|years?|months?|births?|born|publi\w+|late(?:r|st)?|earl\w+|death|died|[12]\d{3})\b",
    re.IGNORECASE,
)


def times(case: Case, terms: Catalogue) -> Found:
    """Times mean something, do not contradict each other, and the order has no circle."""
    for path, patient in _patients(case):
        timeline = Timeline.of(patient)
        for where, message, cure in timeline.problems():
            yield (*path, *where), "violation", "time", message, cure
        for section, key, fact in patient.facts():
            for field in ("edtf", "time", "start", "onset", "end", "ongoing_at"):
                value = vars(fact).get(field)
                try:
                    first = timeline.bounds(value).earliest_start if isinstance(value, str) else None
                except (ValueError, OverflowError):
                    continue
                if first and case.report.published and first > case.report.published:
                    message = f"{value} lies after the publication of the report, {case.report.published}."
                    cure = "Correct it; if it is printed so, say in `odd` that the date is odd."
                    odd, at = bool(fact.odd and _ABOUT_TIME.search(fact.odd)), (*path, section, key, field)
                    yield at, "warning" if odd else "violation", "after-publication", message, cure
        for key, time in patient.times.items():
            if time.by is not None and (time.after is None) == (time.before is None):
                message = "`by` is the distance from one fact: give either `after` or `before` with it."
                yield (
                    (*path, "times", key, "by"),
                    "violation",
                    "time",
                    message,
                    "Write a second time for the other one.",
                )
        if patient.age is not None and patient.age.at != "not stated":
            try:
                timeline.bounds(patient.age.at)
            except ValueError as error:
                yield (
                    (*path, "age", "at"),
                    "violation",
                    "time",
                    f"{error}.",
                    "Write an EDTF date, a key of `times`, or: not stated.",
                )


def treatments(case: Case, terms: Catalogue) -> Found:
    """A treatment is a drug or an action, not both."""
    for path, patient in _patients(case):
        for key, treatment in patient.treatments.items():
            if (treatment.drug is None) == (treatment.action is None):
                yield (
                    (*path, "treatments", key),
                    "violation",
                    "treatment",
                    "give either `drug` or `action`.",
                    "One of the two, and only one.",
                )


CHECKS: tuple[Callable[[Case, Catalogue], Found], ...] = (
    identity, published, identifiers, references, evidence, numbers, units, amounts, scales, contradictions, duplicates,
    times, treatments, wordings, statuses, drug_names, dates, roots,
    anatomies, names, antigens, steps, places, attributions, linkages, pairings, distances, assertions,
)  # fmt: skip


_OF_WORDS = {
    numbers,
    wordings,
    statuses,
    drug_names,
    dates,
    roots,
    attributions,
    linkages,
    pairings,
    distances,
}  # they hold facts against the words of a text
_OF_LINKS = {attributions, linkages, pairings}
# What makes a record unusable; all else that is odd in one is a warning: a reader warns, it does not fail.
_STRUCTURE = {"identity", "unique-key", "reference", "section", "treatment"}


def check_case(case: Case, terms: Catalogue) -> list[tuple[Path_, Result]]:
    """Every result of every check, with the path in the case file it belongs to."""
    found: list[tuple[Path_, Result]] = []
    for check in CHECKS:
        if check in _OF_LINKS and any(r.severity == "violation" and r.rule in _STRUCTURE for _, r in found):
            continue  # keys that lead astray would be told twice
        if case.report.is_record and check in _OF_WORDS:
            continue
        for path, severity, rule, message, cure in check(case, terms):
            if severity == "violation" and case.report.is_record and rule not in _STRUCTURE:
                severity = "warning"
            found.append((path, Result(severity, rule, message, cure, key=".".join(map(str, path)))))
    return found
