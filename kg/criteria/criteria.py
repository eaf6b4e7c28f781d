"""Does a report's patient meet published criteria, item by item, and what does it rest on?

A score is an interval: from what the report states, to what could still be met. An item is stated,
arguable (the report is not sure, or says something near it), excluded, partly excluded (denied for a
time or a place only), or not stated: those are five different things. Beside it stands the strict
reading, by the letter of the published definitions. Only patient facts count; the authors'
interpretation makes an item arguable; background and hypotheses never count. Criteria classify
patients for research: they do not diagnose.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

from kg.base.prefixes import expand
from kg.concepts.terms import Catalogue
from kg.criteria.assessment import (
    NOT_APPLICABLE,
    NOT_COMPUTABLE,
    Assessment,
    ColumnResult,
    ExclusionResult,
    ItemResult,
    Status,
)
from kg.criteria.courses import Course, courses
from kg.criteria.criterion import AgeRange, Category, Column, Criterion, CriterionFile, Exclusion, Item, Measure, Rule
from kg.criteria.improvement import improvement
from kg.criteria.onset import onset_age, within
from kg.model.case import Diagnosis, Fact, Measurement, Patient
from kg.model.fields import Term
from kg.persons.people import Person

__all__ = ["assess", "assess_each", "class_of"]

_SECTIONS = {
    "finding": "findings", "antibody": "antibodies", "diagnosis": "diagnoses", "measurement": "measurements",
    "examination": "examinations",
}  # fmt: skip
_CONCEPT = {"measurement": "analyte", "examination": "procedure"}
_ZERO = Decimal(0)


def assess_each(person: Person, file: CriterionFile, terms: Catalogue | None = None) -> tuple[Assessment, ...]:
    """Hold one criterion against one patient: response criteria for each course of treatment that they can judge.

    Those are the courses with a measure before and under them and no other treatment between; where there
    is none, one result says what is missing.
    """
    if file.criterion.kind != "response":
        return (assess(person, file, terms),)
    made = [assess(person, file, terms, course) for course in courses(person)]
    return tuple(one for one in made if any(i.facts and not i.missing for i in one.items)) or (
        assess(person, file, terms),
    )


def assess(person: Person, file: CriterionFile, terms: Catalogue | None = None, course: Course = ()) -> Assessment:
    """Hold one criterion against one patient.

    course: the treatments whose response is judged (kg.criteria.courses); of response criteria only.

    >>> import kg
    >>> from kg.criteria.criterion import find_criterion
    >>> from kg.persons.people import people
    >>> made = assess(people(kg.build())[0], find_criterion("systemic-sclerosis-2013"))
    >>> str(made.columns[0].least), made.columns[0].class_least
    ('9', 'definite systemic sclerosis')
    """
    it = file.criterion
    reader = _Reader(person, it, terms or Catalogue.shipped(), course)
    if it.kind == "response":
        items = tuple(reader.measured(key, measure) for key, measure in it.measures.items())
    else:
        items = tuple(reader.item(key, item) for key, item in it.items.items())
    exclusions = tuple(reader.exclusion(key, exclusion) for key, exclusion in it.not_applicable_if.items())
    missing = tuple(f"{item.label}: {item.missing}" for item in items if item.missing)
    columns = tuple(
        _column(name, column, it, items, exclusions, bool(missing), reader) for name, column in it.columns.items()
    )
    return Assessment(file, person, items, columns, exclusions, missing, tuple(map(person.fact, course)))


# ---- what satisfies an item -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Hit:
    """A fact that bears on an item. sure: the report simply states it; strict: by the letter too."""

    key: str
    sure: bool
    strict: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class _Denial:
    """A fact that denies a concept. whole: for good, everywhere; else `why` says what limits it."""

    key: str
    whole: bool
    why: str


class _Reader:
    """What one patient's facts say of the items of one criterion."""

    def __init__(self, person: Person, criterion: Criterion, terms: Catalogue, course: Course) -> None:
        self.person, self.course = person, course
        self.patient: Patient = person.patient
        self.criterion = criterion
        self.above: Callable[[str], set[str]] = lru_cache(maxsize=4096)(terms.ancestors)
        self._counted: dict[str, tuple[tuple[str, Any, str], ...]] = {}

    # ---- facts ---------------------------------------------------------------------

    def facts(self, kind: str) -> Iterator[tuple[str, Any]]:
        """Facts of a kind that can count: of the patient, as a fact or as the authors' interpretation."""
        return ((key, fact) for key, fact, _ in self.counted(kind))

    def counted(self, kind: str) -> tuple[tuple[str, Any, str], ...]:
        """The same, each with the IRI of its concept: made once, for it is gone through for every rule."""
        if kind not in self._counted:
            concept = _CONCEPT.get(kind, "concept")
            self._counted[kind] = tuple(
                (key, fact, expand(getattr(fact, concept).id))
                for key, fact in getattr(self.patient, _SECTIONS[kind]).items()
                if fact.layer in ("patient fact", "interpretation")
            )
        return self._counted[kind]

    def under(self, terms: Iterable[Term], wanted: Iterable[Term]) -> bool:
        """Is one of the terms one of those wanted, or under it?"""
        wants = {expand(term.id) for term in wanted}
        return any(self.above(expand(term.id)) & wants for term in terms)

    def reaches(self, sites: Iterable[Term], wanted: Term, beside: Iterable[Term]) -> bool:
        """Is one of the sites in the one wanted? A part of it that is wanted by itself does not tell of the rest.

        Thickened skin of the fingers is in the hand, and does not reach beyond the fingers.
        """
        parts = [other for other in beside if other.id != wanted.id and self.under((other,), (wanted,))]
        return any(self.under((site,), (wanted,)) and not self.under((site,), parts) for site in sites)

    def fits(self, rule: Rule, above: set[str], fact: Any) -> bool:
        """Is this present fact, with a concept that these are above, what the rule asks for?"""
        if above.isdisjoint(rule.iris) or any(expand(term.id) in above for term in rule.except_):
            return False
        sites = getattr(fact, "sites", ())
        if (rule.sites and not self.under(sites, rule.sites)) or (rule.no_sites and sites):
            return False
        if not all(self.reaches(sites, site, rule.all_sites) for site in rule.all_sites):
            return False
        told = {term.id for term in getattr(fact, "modifiers", ())}
        told |= {term.id for term in (getattr(fact, "laterality", None),) if term}
        if not {term.id for term in rule.modifiers} <= told:
            return False
        if rule.shown_by:
            seen = (self.patient.examinations.get(key) for key in getattr(fact, "shown_by", ()))
            if not self.under((exam.procedure for exam in seen if exam), rule.shown_by):
                return False
        if isinstance(fact, Measurement):
            return (fact.interpretation in rule.interpretation) or (rule.above_range and _above_range(fact))
        return getattr(fact, "status", "present") == "present"

    def hits(self, rule: Rule) -> Iterator[_Hit]:
        """Present facts that satisfy a rule."""
        for key, fact, concept in self.counted(rule.kind):
            above = self.above(concept)
            if self.fits(rule, above, fact):
                doubts = [*_doubts(fact), *self.contradictions(rule.kind, above, fact)]
                why = "; ".join([*doubts, *filter(None, (rule.why,))])
                yield _Hit(key, not doubts, rule.strict and not doubts, why)

    def contradictions(self, kind: str, above: set[str], fact: Any) -> Iterator[str]:
        """Denials of the same thing, at the same time and place."""
        if kind not in ("finding", "antibody", "diagnosis"):
            return
        for other, denial, concept in self.counted(kind):
            if denial.status != "excluded" or denial.layer != "patient fact":
                continue
            if concept not in above or not self.same_time(denial, fact):
                continue
            theirs, ours = getattr(denial, "sites", ()), getattr(fact, "sites", ())
            if not theirs or (ours and (self.under(ours, theirs))):
                yield f"contradictory: {other} denies it"

    def same_time(self, denial: Any, fact: Any) -> bool:
        """Does a denial hold at the time of a present fact? A denial of one year is not one of every day of it."""
        window = self.window(denial)
        if window is None or window == fact.time:
            return True
        if fact.time is None:
            return False
        during, seen = self.person.bounds(window), self.person.bounds(fact.time)
        first, last = during.latest_start, during.earliest_end  # throughout, at least
        begun, ended = seen.earliest_start, seen.latest_end
        return bool(first and last and begun and ended and first <= begun and ended <= last)

    def window(self, denial: Any) -> str | None:
        """The time that a denial is limited to: its own, or that of the examination that showed it."""
        if denial.time is not None:
            return str(denial.time)
        exams = (self.patient.examinations.get(key) for key in getattr(denial, "shown_by", ()))
        return next((str(exam.time) for exam in exams if exam and exam.time), None)

    def denials(self, rule: Rule, concept: Term) -> Iterator[_Denial]:
        """Denials of a concept: of itself, or of what is above it."""
        above = self.above(expand(concept.id))
        for key, fact, denied in self.counted(rule.kind):
            if denied not in above or getattr(fact, "status", "") != "excluded":
                continue
            sites = getattr(fact, "sites", ())
            limits = []
            if window := self.window(fact):
                limits.append(f"for {self.person.when(window)} only")
            places = (*rule.sites, *rule.lies_in)
            if sites and not (places and all(self.under((place,), sites) for place in places)):
                limits.append(f"for {', '.join(site.label for site in sites)} only")
            limits += [f"as {term.label} only" for term in (getattr(fact, "laterality", None),) if term]
            limits += [f"as {term.label} only" for term in getattr(fact, "modifiers", ())]
            limits += _doubts(fact)
            yield _Denial(key, not limits, "denied" + (f" {', '.join(limits)}" if limits else ""))

    def denied(self, rules: Iterable[Rule]) -> tuple[list[_Denial], bool]:
        """Everything that denies what the rules ask for, and whether all of it is denied for good.

        All: of one kind of fact, each of its concepts.
        """
        found: dict[str, _Denial] = {}
        whole: dict[str, bool] = {}
        for rule in rules:
            if rule.kind == "measurement":
                normal = [k for k, m in self.facts(rule.kind) if self.normal(rule, m)]
                found |= {key: _Denial(key, False, "a normal value at one time") for key in normal}
                continue
            for concept in rule.concepts:
                denials = list(self.denials(rule, concept))
                found.update((denial.key, denial) for denial in denials if denial.key not in found or denial.whole)
                if rule.otherwise_written:
                    continue
                whole[rule.kind] = whole.get(rule.kind, True) and any(denial.whole for denial in denials)
        return list(found.values()), any(whole.values())

    def normal(self, rule: Rule, fact: Measurement) -> bool:
        """A value of the rule's analyte that the authors call normal."""
        return self.under((fact.analyte,), rule.concepts) and fact.interpretation in ("normal", "normalised")

    # ---- items ---------------------------------------------------------------------

    def item(self, key: str, item: Item) -> ItemResult:
        """What the report says of one item."""
        if item.age_at_onset:
            return self.aged(key, item, item.age_at_onset)
        met = [hit for rule in item.met_by for hit in self.hits(rule)]
        near = [hit for rule in item.arguable_by for hit in self.hits(rule)]
        denials, whole = self.denied(item.met_by)
        more = [
            denial for rule in item.denied_by for concept in rule.concepts for denial in self.denials(rule, concept)
        ]
        whole = whole or any(denial.whole for denial in more)
        denials = list({denial.key: denial for denial in (*more, *denials)}.values())
        status = _status(any(hit.sure for hit in met), met, near, denials, whole)
        strict = _status(any(hit.sure and hit.strict for hit in met), met, near, denials, whole)
        why: list[str] = []
        used: list[str] = []
        if met or (near and status == "arguable"):
            shown = _best([hit for hit in met if hit.sure]) or met or near
            used = [hit.key for hit in shown]
            why = [hit.why for hit in shown if hit.why and (status != "stated" or strict != "stated")]
        if not used or status == "arguable":
            used += [denial.key for denial in denials]
            why += [f"{denial.key} {denial.why}" for denial in denials]
        return _item(key, item, status, strict, *self.told(used), why)

    def told(self, keys: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """IRIs of facts, and the first phrase of each."""
        keys = tuple(dict.fromkeys(keys))
        if not keys:
            return (), ()
        facts = {key: fact for _, key, fact in self.patient.facts()}
        return tuple(self.person.fact(key) for key in keys), tuple(_anchor(facts[key]) for key in keys)

    def exclusion(self, key: str, exclusion: Exclusion) -> ExclusionResult:
        """Whether all facts are there that keep the criteria from being applied."""
        states: list[Status] = []
        used: list[str] = []
        why: list[str] = []
        for rule in exclusion.all:
            if rule.status == "present":
                hits = list(self.hits(rule))
                states.append("stated" if any(h.sure for h in hits) else "arguable" if hits else "not stated")
                used += [hit.key for hit in hits]
                continue
            denials = [denial for concept in rule.concepts for denial in self.denials(rule, concept)]
            states.append("stated" if any(d.whole for d in denials) else "arguable" if denials else "not stated")
            used += [denial.key for denial in denials]
        if not states or "not stated" in states:
            return ExclusionResult(key, exclusion.label, "not stated")
        status: Status = "arguable" if exclusion.judgement or "arguable" in states else "stated"
        if exclusion.judgement:
            why.append("whether it explains the manifestations better is for a physician to judge")
        return ExclusionResult(key, exclusion.label, status, self.told(used)[0], tuple(why))

    # ---- age at onset --------------------------------------------------------------

    def aged(self, key: str, item: Item, wanted: AgeRange) -> ItemResult:
        """Whether the age at onset lies in a range; the onset is that of the criterion's disease."""
        found = onset_age(self.person, self.diagnosis(), *self.onsets)
        told = self.patient.times[found.told_by] if found and found.told_by else self.patient.age
        if told is None or found is None or told.layer not in ("patient fact", "interpretation"):
            return _item(key, item, "not stated", "not stated", (), (), ["no age is told"])
        doubts = _doubts(told)
        by_letter: Status = within(found.by_dates, wanted)
        status: Status = within(found.usual, wanted)
        if doubts or "excluded" in (status, by_letter):
            status = by_letter if by_letter == "excluded" and not doubts else "arguable"
        strict: Status = status if status != "stated" else by_letter
        facts = (self.person.fact(found.told_by) if found.told_by else self.person.iri,)
        return _item(key, item, status, strict, facts, (_anchor(told),), [found.how, *doubts])

    @cached_property
    def onsets(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Onsets that are told: of what satisfies the items, and of everything."""
        there = {
            key: fact.onset
            for kind in ("finding", "diagnosis")
            for key, fact in self.facts(kind)
            if fact.status == "present" and fact.onset
        }
        rules = [rule for item in self.criterion.items.values() for rule in item.met_by]
        bearing = {hit.key for rule in rules for hit in self.hits(rule)}
        return tuple(onset for key, onset in there.items() if key in bearing), tuple(there.values())

    def diagnosis(self) -> Diagnosis | None:
        """The diagnosis of the criterion's disease; one whose onset is told, if there is."""
        fitting = [
            fact
            for _, fact in self.facts("diagnosis")
            if fact.status == "present" and self.under((fact.concept,), self.criterion.disease)
        ]
        return min(fitting, key=lambda fact: (fact.onset is None, fact.time is None), default=None)

    # ---- response ------------------------------------------------------------------

    def measured(self, key: str, measure: Measure) -> ItemResult:
        """How much one core set measure improved, from before to after."""
        told = {k: m for k, m in self.facts("measurement") if m.value is not None and m.layer == "patient fact"}
        values = {k: m for k, m in told.items() if self.under((m.analyte,), measure.analytes)}
        parts = {k: m for k, m in told.items() if self.under((m.analyte,), measure.partial)}
        made = improvement(self.person, measure, values, parts, self.course)
        points = dict.fromkeys(self.criterion.columns, made.points)
        item = Item.model_construct(label=measure.label, category=None, points=points)
        return _item(key, item, made.status, made.strict, *self.told(made.keys), made.why, made.missing)


def _status(sure: bool, met: list[_Hit], near: list[_Hit], denials: list[_Denial], whole: bool) -> Status:
    if sure:
        return "stated"
    if met:
        return "arguable"
    if whole:
        return "excluded"
    if near:
        return "arguable"
    return "partly excluded" if denials else "not stated"


def _best(hits: list[_Hit]) -> list[_Hit]:
    """The hits by the letter, if there are any."""
    return [hit for hit in hits if hit.strict] or hits


def _item(
    key: str,
    item: Item,
    status: Status,
    strict: Status,
    facts: tuple[str, ...],
    anchors: tuple[str, ...],
    why: Iterable[str],
    missing: str = "",
) -> ItemResult:
    none = dict.fromkeys(item.points, _ZERO)
    points = {
        "points": item.points,
        "least": item.points if status == "stated" else none,
        "most": none if status == "excluded" else item.points,
        "strict_least": item.points if strict == "stated" else none,
    }
    told = tuple(dict.fromkeys(filter(None, why)))
    return ItemResult(
        key,
        item.label,
        item.category or "",
        status,
        strict,
        **points,
        facts=facts,
        anchors=anchors,
        why=told,
        missing=missing,
    )


def _doubts(fact: Fact) -> list[str]:
    """Why a fact does not simply state: the report is not sure, or it is the authors' reading."""
    doubts = []
    if fact.certainty not in (None, "confirmed"):
        doubts.append(
            "the report says “compatible with”" if fact.certainty == "compatible with" else f"only {fact.certainty}"
        )
    if fact.layer == "interpretation":
        doubts.append("the authors' interpretation")
    return doubts


def _above_range(fact: Measurement) -> bool:
    if fact.value is None or fact.range_high is None or fact.comparator in ("<", "<="):
        return False
    return fact.value > fact.range_high


def _words(section: str, quote: str) -> str:
    return f"{section}: “{quote}”"


def _anchor(fact: Fact) -> str:
    """The first phrase of a fact, or where it stands in its record."""
    if fact.evidence:
        return _words(fact.evidence[0].section, fact.evidence[0].quote)
    return f"record: {fact.pointer}" if fact.pointer else ""


# ---- scores ---------------------------------------------------------------------------------


def class_of(column: Column, score: Decimal) -> str:
    """The class that a score reaches in a column."""
    return next((c.class_ for c in reversed(column.cutoffs) if score >= c.at_least), column.below)


def _score(name: str, it: Criterion, points: Mapping[str, Decimal]) -> Decimal:
    """The score from the points of each item: the highest of a category, at most its maximum.

    A sufficient item is no addend: it lifts the score to its own points.
    """
    floor, total = _ZERO, _ZERO
    groups: dict[str, list[Decimal]] = {}
    for key, value in points.items():
        item = it.items.get(key)
        if item and item.sufficient:
            floor = max(floor, value)
        elif item and item.category:
            groups.setdefault(item.category, []).append(value)
        else:
            total += value
    for category, values in groups.items():
        total += min(max(values), it.categories[category].maximum.get(name, max(values)))
    return max(floor, total)


def _most(name: str, it: Criterion, items: Iterable[ItemResult]) -> dict[str, Decimal]:
    """The most each item can give; where one of an exclusive category is stated, the others give nothing."""
    items = tuple(items)
    taken = {
        item.category for item in items if item.status == "stated" and _exclusive(it.categories.get(item.category))
    }
    return {
        item.key: _ZERO if item.category in taken and item.status != "stated" else item.most.get(name, _ZERO)
        for item in items
    }


def _exclusive(category: Category | None) -> bool:
    return category is not None and category.exclusive


def _column(
    name: str,
    column: Column,
    it: Criterion,
    items: tuple[ItemResult, ...],
    exclusions: tuple[ExclusionResult, ...],
    missing: bool,
    reader: _Reader,
) -> ColumnResult:
    least = {item.key: item.least.get(name, _ZERO) for item in items}
    most = _most(name, it, items)
    likely = {i.key: most[i.key] if i.status in ("stated", "arguable") else _ZERO for i in items}
    strict = {item.key: item.strict_least.get(name, _ZERO) for item in items}
    scores = [_score(name, it, points) for points in (least, likely, most, strict)]
    low, high, by_letter = (class_of(column, scores[place]) for place in (0, 2, 3))
    if missing:
        low = high = by_letter = NOT_COMPUTABLE
    if any(exclusion.status == "stated" for exclusion in exclusions):
        low = high = by_letter = NOT_APPLICABLE
    elif any(exclusion.status == "arguable" for exclusion in exclusions):
        low = by_letter = NOT_APPLICABLE
    would: list[str] = []
    hinges: list[str] = []
    raising: list[str] = []
    if not missing:
        here = class_of(column, scores[0])
        for item in items:
            if item.status == "stated":
                if class_of(column, _score(name, it, least | {item.key: _ZERO})) != here:
                    hinges.append(item.key)
            elif most[item.key]:
                more = _score(name, it, least | {item.key: most[item.key]})
                raising += [item.key] if more > scores[0] else []
                would += [item.key] if class_of(column, more) != here else []
    if high == NOT_APPLICABLE:  # whatever else is met
        would, hinges = [], []
    offset = column.probability_offset
    chance = (_probability(scores[0], offset), _probability(scores[2], offset)) if offset else None
    remarks = tuple(_remarks(name, column, it, items, reader))
    return ColumnResult(
        name,
        column.label,
        *(scores[0], scores[1], scores[2], scores[3]),
        *(low, high, by_letter),
        chance,
        *(tuple(would), tuple(hinges), tuple(raising), remarks),
    )


def _probability(score: Decimal, offset: Decimal) -> float:
    return round(1 / (1 + math.exp(float(offset - score))), 4)


def _remarks(name: str, column: Column, it: Criterion, items: tuple[ItemResult, ...], reader: _Reader) -> Iterator[str]:
    stated = {item.key for item in items if item.status == "stated"}
    for remark in it.remarks:
        if remark.column in (None, name) and not stated & set(remark.unless):
            yield remark.says
    if wanted := column.needs_examination:
        seen = [key for key, exam in reader.facts("examination") if reader.under((exam.procedure,), (wanted,))]
        features = [item.label for item in items if set(item.points) == {name} and item.facts]
        if seen:
            yield f"{wanted.label}: {', '.join(seen)}."
        elif features:
            yield f"No {wanted.label} is told by itself, but what it showed or did not show: {', '.join(features)}."
        else:
            yield f"No {wanted.label} is told: this column needs one."
    if column.note:
        yield column.note
