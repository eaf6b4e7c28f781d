"""What is wrong with a case, beyond its schema, that can be said before there is any RDF?

Each check is a generator over the case that yields results with the key path in `key`;
reading puts file and line on them. Checks need no source text: whether the anchors occur in
the report is asked by `kg.model.anchors`.
"""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

from kg.base.prefixes import expand
from kg.base.results import Result, Severity
from kg.base.times import Bounds, read_edtf
from kg.base.units import factor, kind, printed_units, same_dose, same_kind
from kg.concepts.terms import Catalogue
from kg.model.amounts import A_DAY, ages, fault, frequencies, is_age
from kg.model.amounts import numbers as numbers_in
from kg.model.anatomy import anatomies
from kg.model.case import Age, Case, Fact, Finding, Frequency, Measurement, Patient, Quantity
from kg.model.dating import dates
from kg.model.fields import Term
from kg.model.naming import antigens, drug_names, names, steps
from kg.model.sections import places
from kg.model.timeline import CLASH, Timeline
from kg.model.wording import roots, statuses, wordings

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
RANGES = ("range_low", "range_high", "scale_min", "scale_max")


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
            if key == "source" or key.startswith(("author-", "section-", "quote-", "label-")):
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


def numbers(case: Case, terms: Catalogue) -> Found:
    """The number that a fact normalises is the number that was printed."""
    for path, fact in case.facts():
        if isinstance(fact, Measurement) and fact.value is not None:
            if fact.comparator and not re.search(r"[<>≤≥~≈]|less|more|below|above|about|under|over", fact.printed):
                yield (
                    (*path, "comparator"),
                    "violation",
                    "printed",
                    f"{fact.printed!r} prints no comparator.",
                    "Take it out, or quote where it is printed.",
                )
            if fact.comparator is None and re.search(r"[<>≤≥]", fact.printed):
                yield (
                    (*path, "value"),
                    "violation",
                    "printed",
                    f"{fact.printed!r} is a bound, not a value.",
                    "Give the comparator.",
                )
        if isinstance(fact, Age) and fact.years > 130:
            yield (*path, "years"), "violation", "age", f"{fact.years} years.", "Correct it."
        for where, number, printed in _misread(path, fact):
            message = f"{number} is not the number in {printed!r}."
            yield where, "violation", "printed", message, "Write the number that was printed."


def _misread(path: Path_, fact: Fact) -> Iterator[tuple[Path_, Decimal, str]]:
    """(path, number, words) of each number of a fact that its words do not hold."""
    told = bool(fact.note or fact.odd)  # for words that no table reads
    for field, value in vars(fact).items():
        if isinstance(value, Quantity) and not _reads(value.value, value.printed):
            yield (*path, field, "value"), value.value, value.printed
        elif isinstance(value, Frequency):
            read = bool(frequencies(value.printed))
            wrong = fault(value) == "times" if read else not (told or _reads(value.times, value.printed))
            if wrong:
                yield (*path, field, "times"), value.times, value.printed
        elif field in RANGES and isinstance(value, Decimal):
            text = " | ".join([fact.printed, *(a.quote for a in fact.evidence)])  # type: ignore[attr-defined]
            if value not in numbers_in(text):
                yield (*path, field), value, text
    if isinstance(fact, Measurement) and fact.value is not None and not _reads(fact.value, fact.printed):
        yield (*path, "value"), fact.value, fact.printed
    if isinstance(fact, Age) and not is_age(fact.years, fact.printed) and not (told and not ages(fact.printed)):
        yield (*path, "years"), fact.years, fact.printed


def _reads(number: Decimal, printed: str) -> bool:
    said = numbers_in(printed)
    return number in said or (not said and number == 1 and bool(re.search(r"\ban?\b|\bper\b", printed)))  # for a year


DOSE_UNITS = (
    "mg", "mg/d", "mg/kg", "mg/kg/d", "mg/m2", "[IU]", "[IU]/d", "[IU]/kg", "mL", "mL/d", "mol", "mg/wk", "g/kg/d", "{tbl}",
    "[arb'U]",
)  # fmt: skip


def units(case: Case, terms: Catalogue) -> Found:
    """Units are UCUM, and of the kind that the analyte, dose or duration is measured in."""
    for path, fact in case.facts():
        if isinstance(fact, Measurement):
            if fact.value is not None and fact.unit is None:
                yield path, "violation", "unit", "a value without unit.", "Give the UCUM code; {score} for a score."
            elif fact.unit is not None:
                wanted = terms.value(expand(fact.analyte.id), "referenceUnit")
                wrong = [*_unit((*path, "unit"), fact.unit, wanted, fact.analyte.label)]
                yield from wrong or _unit_as_printed(
                    (*path, "unit"), fact.unit, fact.printed, fact.unit_printed, fact.odd
                )
        for field, allowed in (
            ("dose", DOSE_UNITS),
            ("concentration", ("%", "mg/mL", "mol/L", "[IU]/mL")),
            ("duration", ("a",)),
        ):
            quantity = vars(fact).get(field)
            if isinstance(quantity, Quantity):
                where = (*path, field, "unit")
                wrong = [*_unit(where, quantity.unit, list(allowed), f"a {field}")]
                yield from wrong or _unit_as_printed(where, quantity.unit, quantity.printed, None, fact.odd)


def _unit(path: Path_, code: str, wanted: list[str], what: str) -> Found:
    if code in wanted:
        return  # known to be UCUM and of the kind: the parser, which is slow to start, need not be asked
    try:
        kind(code)
    except ValueError as error:
        yield path, "violation", "unit", f"{error}.", "Write the UCUM code, for example mg, ng/L, [IU]/L, %{predicted}."
        return
    if wanted and not any(same_kind(code, other) for other in wanted):
        yield (
            path,
            "violation",
            "unit",
            f"{code!r} does not measure {what}.",
            f"Use a unit of the kind of {' or '.join(wanted[:4])}.",
        )


def _unit_as_printed(path: Path_, code: str, printed: str, unit_printed: str | None, odd: str | None) -> Found:
    readings = printed_units(f"1 {unit_printed}" if unit_printed else printed)
    # how often may be printed beside the dose: 5 mg daily is 5 mg/d, and 5 mg once a day
    if not readings or code.startswith("{") or any(same_dose(code, reading) for reading in readings):
        return
    both = (unit_printed or readings[0], code)
    if odd and all(len(one) > 1 and one in odd for one in both):
        return
    message = f"{code!r} is not the unit in {unit_printed or printed!r}."
    cure = f"Write {readings[0]!r}, or a unit of the same size; a misprint belongs into `odd`, with both units."
    yield path, "violation", "unit", message, cure


# The most that a patient was ever given: field -> (unit, how many).
MOST: dict[str, tuple[str, Decimal]] = {
    "dose": ("kg", Decimal(1)), "duration": ("a", Decimal(100)), "concentration": ("%", Decimal(100)),
}  # fmt: skip


def amounts(case: Case, terms: Catalogue) -> Found:
    """Doses, durations and frequencies are such as a patient can have."""
    for path, fact in case.facts():
        for field, (unit, most) in MOST.items():
            quantity = vars(fact).get(field)
            if isinstance(quantity, Quantity) and _times(quantity, unit) > most and not fact.odd:
                message = f"{quantity.value} {quantity.unit} is more than {most} {unit}."
                yield (
                    (*path, field, "value"),
                    "violation",
                    "amount",
                    message,
                    "Correct it, or say in `odd` that it is so.",
                )
        frequency = vars(fact).get("frequency")
        if isinstance(frequency, Frequency) and Fraction(frequency.times) * A_DAY[frequency.per] > 48:
            message = f"{frequency.times} times per {frequency.per} is more than 48 times a day."
            yield (*path, "frequency", "times"), "violation", "amount", message, "Correct `times` or `per`."
    for top, patient in _patients(case):
        for key, treatment in patient.treatments.items():
            # an age without date may be that at onset
            if treatment.duration and patient.age and not treatment.odd:
                life = patient.age.years + (40 if patient.age.at == "not stated" else 10)
                if _times(treatment.duration, "a") > life:
                    message = f"{treatment.duration.printed!r} is longer than a patient of {patient.age.printed!r} can have had it."
                    at = (*top, "treatments", key, "duration", "value")
                    yield at, "violation", "amount", message, "Correct one of them."


def _times(quantity: Quantity, unit: str) -> Decimal:
    """How many of a unit a quantity is; 0 when it is of another kind. Small numbers need no parser."""
    if quantity.unit == unit:
        return quantity.value
    if quantity.value < 100 and quantity.unit in (*DOSE_UNITS, "d", "wk", "mo", "h"):
        return Decimal(0)
    try:
        return quantity.value * Decimal(str(factor(quantity.unit, unit)))
    except ValueError:
        return Decimal(0)


def duplicates(case: Case, terms: Catalogue) -> Found:
    """No two facts of a section are the same but for key and evidence."""
    for path, patient in _patients(case):
        told: dict[tuple[str, str], str] = {}
        at = Counter((section, fact.pointer) for section, _, fact in patient.facts())
        for section, key, fact in patient.facts():
            if section in ("times", "figures"):
                continue
            if fact.pointer and at[section, fact.pointer] == 1:
                continue  # it stands where no other one does
            said = fact.model_dump_json(exclude={"evidence", "odd", "note", "layer", "certainty"})
            first = told.setdefault((section, said), key)
            if first != key:
                message = f"it says what {first!r} says."
                yield (*path, section, key), "warning", "duplicate-fact", message, "Leave one out, or say what differs."


def scales(case: Case, terms: Catalogue) -> Found:
    """A score lies on its scale; a printed scale end that is not the scale's is odd."""
    for path, fact in case.facts():
        if not isinstance(fact, Measurement):
            continue
        for field, name in (("scale_min", "scaleMinimum"), ("scale_max", "scaleMaximum")):
            known = [Decimal(v) for v in terms.value(expand(fact.analyte.id), name)]
            printed = getattr(fact, field)
            if printed is not None and known and printed != known[0]:
                message = f"the report prints {printed}, but {fact.analyte.label} ends at {known[0]}; kept as printed."
                yield (*path, field), "warning", "scale", message, ""
            end = printed if printed is not None else known[0] if known else None
            if (
                end is not None
                and fact.value is not None
                and (fact.value < end if field == "scale_min" else fact.value > end)
            ):
                yield (
                    (*path, "value"),
                    "violation",
                    "scale",
                    f"{fact.value} lies beyond the end of the scale, {end}.",
                    "Correct the value.",
                )
        if fact.range_low is not None and fact.range_high is not None and fact.range_low > fact.range_high:
            yield (
                (*path, "range_low"),
                "violation",
                "range",
                "the reference range runs backwards.",
                "Swap the two ends.",
            )


def contradictions(case: Case, terms: Catalogue) -> Found:
    """The same feature, at the same sites, is not present and excluded at the same time."""
    for path, patient in _patients(case):
        timeline = Timeline.of(patient)
        for section in ("findings", "antibodies", "events", "diagnoses"):
            of_concept: dict[str, list[tuple[str, Any]]] = {}
            for key, fact in getattr(patient, section).items():
                of_concept.setdefault(fact.concept.id, []).append((key, fact))
            for facts in of_concept.values():
                for (key, one), (other_key, other) in combinations(facts, 2):
                    if {one.status, other.status} != {"present", "excluded"}:
                        continue
                    if one.layer != other.layer:  # what the authors made of it may differ from what was found
                        continue
                    if isinstance(one, Finding) and (set(one.sites), one.laterality) != (
                        set(other.sites),
                        other.laterality,
                    ):
                        continue
                    if _may_differ(timeline, one.time, other.time):
                        continue
                    message = (
                        f"{one.concept.label} is {other.status} here and {one.status} in {key!r} at the same time; "
                        f"{CLASH}{section}.{key}, {section}.{other_key}."
                    )
                    yield (
                        (*path, section, other_key),
                        "violation",
                        "contradiction",
                        message,
                        "Give the times at which each holds, or delete one.",
                    )


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
    anatomies, names, antigens, steps, places,
)  # fmt: skip


_OF_WORDS = {numbers, wordings, statuses, drug_names, dates, roots}  # they hold facts against the words of a text
# What makes a record unusable; all else that is odd in one is a warning: a reader warns, it does not fail.
_STRUCTURE = {"identity", "unique-key", "reference", "section", "treatment"}


def check_case(case: Case, terms: Catalogue) -> list[tuple[Path_, Result]]:
    """Every result of every check, with the path in the case file it belongs to."""
    found = []
    for check in CHECKS:
        if case.report.is_record and check in _OF_WORDS:
            continue
        for path, severity, rule, message, cure in check(case, terms):
            if severity == "violation" and case.report.is_record and rule not in _STRUCTURE:
                severity = "warning"
            found.append((path, Result(severity, rule, message, cure, key=".".join(map(str, path)))))
    return found
