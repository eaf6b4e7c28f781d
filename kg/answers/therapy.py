"""What was given to a patient, in which lines, beside what, for how long, and was it on label?

Computed from what the report states, with "not stated" for the rest. A line is what was started
together; lines have the same number when the report does not tell which of them came first. Given
is all that is said: no line is ever said to have worked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kg.base.prefixes import expand
from kg.base.times import Bounds
from kg.concepts.terms import Catalogue
from kg.model.case import Treatment
from kg.model.fields import Term
from kg.model.timeline import lasting
from kg.persons.people import NOT_STATED, Person, Span, Window, count, count_words, span

__all__ = [
    "Concomitant", "Given", "Label", "Line", "Taper", "Washout",
    "apart", "concomitant", "exposure", "given", "lines", "off_label", "tapers", "washout",
]  # fmt: skip

CORTICOSTEROID = "CHEBI:50858"


@dataclass(frozen=True, slots=True)
class Given:
    """One treatment as the report states it: key and IRI of its fact, and its words.

    concept: what was given, as normalised; None where the report names neither drug nor action.
    dose, route, start, last, duration: in words, "not stated" where the report does not say.
    """

    key: str
    fact: str
    concept: Term | None
    printed: str
    class_only: bool
    intent: str
    dose: str
    route: str
    form: str
    start: str
    starts: Bounds
    last: str
    duration: str


@dataclass(frozen=True, slots=True)
class Line:
    """Therapeutic treatments that were started together.

    number:      1 for what had none before it; lines whose order is not told may share one.
    continued:   later doses or steps of these treatments.
    began:       the first of all, instead of what was stopped, or added to what went on.
    added_to:    only what the report names; instead_of: stopped for this one; after: the lines right before.
    because:     reasons as the report gives them; failed: what it says had failed before; indication: what for.
    unordered:   treatments of lines that may have come before or after this one.
    facts:       IRIs of the treatments.
    """

    number: int
    treatments: tuple[Given, ...]
    continued: tuple[Given, ...]
    began: Literal["start", "switch", "add-on", "not stated"]
    added_to: tuple[str, ...]
    instead_of: tuple[str, ...]
    after: tuple[str, ...]
    failed: tuple[str, ...]
    because: tuple[str, ...]
    indication: tuple[str, ...]
    unordered: tuple[str, ...]
    starts: Bounds
    facts: tuple[str, ...]

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the treatments that were started."""
        return tuple(one.key for one in self.treatments)

    @property
    def all_keys(self) -> tuple[str, ...]:
        """Keys of the treatments and of their later doses."""
        return (*self.keys, *(one.key for one in self.continued))

    @property
    def combination(self) -> bool:
        """Were several started together?"""
        return len(self.treatments) > 1

    @property
    def ordered(self) -> bool:
        """Is its place among all other lines told?"""
        return not self.unordered


# ---- what was given ---------------------------------------------------------------------


def _told(person: Person) -> dict[str, Treatment]:
    """Treatments that are patient facts, sorted by key."""
    return {key: t for key, t in sorted(person.patient.treatments.items()) if t.layer == "patient fact"}


def given(person: Person, key: str) -> Given:
    """One treatment of a patient, in the report's words. Raises KeyError for a key that is none."""
    treatment = person.patient.treatments[key]
    amount = treatment.dose or treatment.concentration
    often = treatment.frequency.printed if treatment.frequency else None
    dose = (amount.printed if amount else treatment.strength, often)
    last = treatment.end and person.when(treatment.end)
    if not last and treatment.ongoing_at:
        last = f"still given {person.when(treatment.ongoing_at)}"
    return Given(
        key,
        person.fact(key),
        treatment.drug or treatment.action,
        treatment.printed,
        treatment.class_only,
        treatment.intent,
        " ".join(filter(None, dose)) or NOT_STATED,
        treatment.route.label.removesuffix(" Route of Administration").lower() if treatment.route else NOT_STATED,
        treatment.form or NOT_STATED,
        person.when(treatment.start),
        person.bounds(key),
        last or NOT_STATED,
        treatment.duration.printed if treatment.duration else NOT_STATED,
    )


def apart(person: Person) -> tuple[Given, ...]:
    """Supportive and preventive treatments, by key: they are no lines of therapy."""
    return tuple(given(person, key) for key, t in _told(person).items() if t.intent != "therapeutic")


# ---- lines ------------------------------------------------------------------------------


def _roots(told: Mapping[str, Treatment]) -> dict[str, str]:
    """Therapeutic treatment -> the treatment of which it is a later dose or step; itself for most."""
    found = {}
    for key, treatment in told.items():
        if treatment.intent != "therapeutic":
            continue
        root, seen = key, {key}
        while (up := told[root].continues) and up not in seen and up in told and told[up].intent == "therapeutic":
            root = up
            seen.add(up)
        found[key] = root if told[root].continues not in seen else key  # a circle has no root
    return found


def _groups(person: Person, told: Mapping[str, Treatment], roots: Mapping[str, str]) -> list[tuple[str, ...]]:
    """Treatments started together: told so, or begun on the same exact day in no told order."""
    home = {key: {key} for key, root in roots.items() if key == root}

    def join(a: str, b: str) -> None:
        home[a] |= home[b]
        for key in home[a]:
            home[key] = home[a]

    for key in home:
        for other in _with(told, key) & home.keys():
            join(key, other)
    days: dict[date, str] = {}
    for key in home:
        first, last = person.order.window(key)
        if first and first == last:
            other = days.setdefault(first, key)
            if not person.order.before(key, other) and not person.order.before(other, key):
                join(other, key)
    return sorted({tuple(sorted(group)) for group in home.values()})


def _stopped_for(person: Person, old: str, group: Iterable[str]) -> bool:
    """Was a treatment of the line before ended when these were begun?

    It was when its end, as told or by its printed duration, is no later than their start, or when it is
    told to have been stopped and to have failed before they were begun.
    """
    treatment, told = person.patient.treatments[old], [person.patient.treatments[key] for key in group]
    end = _end(person, _told(person), old)[1]
    begun = [last for key in group if (last := person.order.window(key)[1])]
    if end:
        return bool(begun) and end <= min(begun)
    return bool(treatment.stopped_because) and any(old in one.after_failure_of for one in told)


def lines(person: Person) -> tuple[Line, ...]:
    """The lines of therapy of a patient, in their order.

    Every therapeutic treatment is in exactly one line, as its start or as a later dose of it
    (`continues`). The order is that of `after`, `with`, `added_to`, `after_failure_of` and of the
    days; a line's number is one more than that of the latest line surely before it.
    """
    told = _told(person)
    roots = _roots(told)
    groups = _groups(person, told, roots)
    earlier = {group: {g for g in groups if _before(person, g, group)} for group in groups}
    numbers: dict[tuple[str, ...], int] = {}
    for group in sorted(groups, key=lambda g: len(earlier[g])):  # what came before has fewer before it
        numbers[group] = 1 + max((numbers[g] for g in earlier[group]), default=0)
    found = []
    for group in groups:
        direct = {g for g in earlier[group] if not any(g in earlier[between] for between in earlier[group])}
        found.append(_line(person, group, numbers[group], direct, roots, _unordered(group, earlier)))
    return tuple(sorted(found, key=lambda line: (line.number, line.starts.latest_start or date.max, line.keys)))


def _before(person: Person, a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    def some(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
        return any(person.order.before(x, y) for x in one for y in other)

    return a != b and some(a, b) and not some(b, a)


def _unordered(group: tuple[str, ...], earlier: Mapping[tuple[str, ...], set[tuple[str, ...]]]) -> tuple[str, ...]:
    others = [g for g in earlier if g != group and g not in earlier[group] and group not in earlier[g]]
    return tuple(sorted(key for other in others for key in other))


def _line(
    person: Person,
    group: tuple[str, ...],
    number: int,
    direct: Iterable[tuple[str, ...]],
    roots: Mapping[str, str],
    unordered: tuple[str, ...],
) -> Line:
    treatments = [person.patient.treatments[key] for key in group]
    later = [key for key, root in roots.items() if root in group and key != root]
    after = sorted(key for other in direct for key in other)
    instead = tuple(key for key in after if _stopped_for(person, key, group))
    added = any(t.add_on or t.added_to for t in treatments)
    first = not after and not unordered
    windows = [person.order.window(key) for key in group]
    return Line(
        number,
        tuple(given(person, key) for key in group),
        tuple(given(person, key) for key in later),
        "add-on" if added else "switch" if instead else "start" if first else "not stated",
        _merged(t.added_to for t in treatments),
        instead,
        tuple(after),
        _merged(t.after_failure_of for t in treatments),
        _merged(t.started_because for t in treatments),
        _merged(t.indication for t in treatments),
        unordered,
        Bounds(
            max((first for first, _ in windows if first), default=None),
            min((last for _, last in windows if last), default=None),
        ),
        person.facts(*group, *later),
    )


def _merged(parts: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    """All of them, each once, sorted: in RDF they have no order."""
    return tuple(sorted({part for one in parts for part in one}))


# ---- beside, between, how long ----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Concomitant:
    """Treatments that were surely given at a moment, and all that may have been (the sure ones too), by key."""

    at: str
    surely: tuple[str, ...]
    maybe: tuple[str, ...]
    facts: tuple[str, ...]


def concomitant(person: Person, at: str) -> Concomitant:
    """Which treatments were given at a moment? at: an EDTF date, a key of `times`, or a key of a fact.

    Surely: begun no later and told to be given later still (`ongoing_at`, an end, or the printed
    duration). Maybe: nothing told excludes it, nor a printed duration that was over. What goes on as a later step (`continues`) is still
    given; what was stopped for the next line was given until then. Raises ValueError for a
    reference that means nothing.
    """
    told, order = _told(person), person.order
    first, last = order.window(at)
    same = {at, *_with(told, at)}
    fact = order.facts.get(at)
    moment = getattr(fact, "time", None) or at
    replaced = {old: line.starts.latest_start for line in lines(person) for old in line.instead_of}

    def begun(key: str) -> bool:
        latest = order.window(key)[1]
        return key in same or order.before(key, at) or bool(latest and first and latest <= first)

    def goes_on(key: str) -> bool:
        until, least = told[key].ongoing_at, person.bounds(key).earliest_end
        return key in same or bool(until and order.before(at, until)) or bool(least and last and least >= last)

    surely, maybe = [], []
    for key, treatment in told.items():
        end = _end(person, told, key)[1] or replaced.get(key)
        if order.before(at, key) or (end and first and end < first and key not in same):
            continue
        steps = [key] if treatment.end else _steps(told, key)
        if told[key].ongoing_at == moment or (
            begun(key) and any(told[step].ongoing_at == moment or goes_on(step) for step in steps)
        ):
            surely.append(key)
        maybe.append(key)
    return Concomitant(at, tuple(surely), tuple(maybe), person.facts(*maybe))


def _with(told: Mapping[str, Treatment], key: str) -> set[str]:
    """What is told to have been started together with a treatment."""
    found: set[str] = set()
    todo = {key} & told.keys()
    while todo:
        one = todo.pop()
        found.add(one)
        beside = {*told[one].with_, *(other for other, t in told.items() if one in t.with_)}
        todo |= (beside & told.keys()) - found
    return found


def _steps(told: Mapping[str, Treatment], key: str) -> list[str]:
    """A treatment and its later doses and steps."""
    found = [key]
    for one in found:
        found += [other for other, t in told.items() if t.continues == one and other not in found]
    return found


@dataclass(frozen=True, slots=True)
class Washout:
    """The gap between the end of a treatment and the start of one of the next line.

    least, most: days, None unless both are dated; below 0 the two overlapped. text: the same in words.
    """

    ended: str
    started: str
    least: int | None
    most: int | None
    text: str
    facts: tuple[str, ...]


def washout(person: Person) -> tuple[Washout, ...]:
    """The gaps between the treatments of each line and those of the lines right before it.

    An end is the one that is told, else start and printed duration (which is rounded: `timeline.lasting`). What a line was added to is left out.
    """
    told, found = _told(person), []
    for line in lines(person):
        for old in line.after:
            if old in line.added_to:
                continue
            for new in line.keys:
                (a, b), (c, d) = _end(person, told, old), person.order.window(new)
                if a and b and c and d:
                    nearest, furthest = person.timeline.network.distance(f"{old} end", f"{new} start")
                    least, most = (
                        max(nearest or (c - b).days, (c - b).days),
                        min(furthest or (d - a).days, (d - a).days),
                    )
                    found.append(Washout(old, new, least, most, _gap(least, most), person.facts(old, new)))
                else:
                    found.append(Washout(old, new, None, None, NOT_STATED, person.facts(old, new)))
    return tuple(found)


def _gap(least: int, most: int) -> str:
    if least >= 0:
        return count_words(least, most, "day")
    over = f"an overlap of {count(-least, 'day')}"
    if least == most:
        return over
    return f"from {over} to {'one' if most < 0 else 'a gap'} of {count(abs(most), 'day')}"


def _end(person: Person, told: Mapping[str, Treatment], key: str) -> Window:
    treatment = told[key]
    if not treatment.end and (treatment.duration is None or treatment.ongoing_at or len(_steps(told, key)) > 1):
        return None, None
    bounds = person.bounds(key)
    return bounds.earliest_end, bounds.latest_end


def exposure(person: Person, key: str) -> Span:
    """How long a treatment was given, as far as told: from its start to its end, else to when it was still given.

    Without either it is the printed duration, in its own words. Raises KeyError for a key that is no treatment.

    >>> import kg
    >>> from kg.persons.people import people
    >>> exposure(people(kg.build())[0], "tofacitinib")
    Span(least=397, most=455, text='14 months')
    """
    treatment = person.patient.treatments[key]
    until = treatment.end or treatment.ongoing_at
    start = person.order.window(key)
    if until and start != (None, None):
        bounds = person.bounds(until)
        return span(start, (bounds.earliest_end, bounds.latest_end))
    if treatment.duration is None:
        return Span(None, None, NOT_STATED)
    told = lasting(treatment.duration) is not None
    least, most = person.timeline.network.distance(f"{key} start", f"{key} end") if told else (None, None)
    return Span(least, most, treatment.duration.printed)


# ---- tapers and labels ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Taper:
    """A change of dose, as told.

    steroid: is the drug a corticosteroid? allowed_by: what the report says allowed it (steroid-sparing).
    before, after: doses as printed, "not stated" where the report gives none.
    """

    treatment: Given
    direction: str
    before: str
    after: str
    to: str | None
    steroid: bool
    allowed_by: tuple[str, ...]
    printed: str
    time: str
    bounds: Bounds
    facts: tuple[str, ...]

    @property
    def sparing(self) -> bool:
        """Is a corticosteroid told to be less, or gone, thanks to another treatment?"""
        return self.steroid and self.direction != "increased" and bool(self.allowed_by)


def tapers(person: Person, terms: Catalogue | None = None) -> tuple[Taper, ...]:
    """Every change of dose that the report tells of, by key of its fact."""
    terms, found = terms or Catalogue.shipped(), []
    for key, change in sorted(person.patient.dose_changes.items()):
        if change.layer != "patient fact" or change.treatment not in person.patient.treatments:
            continue
        one = given(person, change.treatment)
        reached = given(person, change.to).dose if change.to else NOT_STATED
        steroid = one.concept is not None and expand(CORTICOSTEROID) in terms.ancestors(expand(one.concept.id))
        keys = (key, change.treatment, *change.allowed_by, *filter(None, (change.to,)))
        found.append(
            Taper(one, change.direction, one.dose, reached, change.to, steroid, tuple(sorted(change.allowed_by)), change.printed,
                  person.when(change.time), person.bounds(change.time), person.facts(*keys))
        )  # fmt: skip
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Label:
    """Is a drug on or off label, by the approvals that the report itself states?

    approved: diseases it is approved for, says the report; given_for: diagnoses (or findings) of the patient.
    facts: the treatment, what it was given for, and the claims.
    """

    treatment: Given
    status: Literal["on label", "off label", "not stated"]
    approved: tuple[Term, ...]
    given_for: tuple[Term, ...]
    facts: tuple[str, ...]


def off_label(person: Person, terms: Catalogue | None = None) -> tuple[Label, ...]:
    """For each drug given: is what it was given for among the diseases that the report calls approved?

    An approval for a disease holds for its kinds. "Not stated" when the report tells no approval of
    the drug or no diagnosis, and when only a kind of the diagnosis is approved.
    """
    terms, found = terms or Catalogue.shipped(), []
    for key, treatment in _told(person).items():
        if treatment.drug is None:
            continue
        claims = {
            name: claim
            for name, claim in sorted(person.case.claims.items())
            if claim.predicate == "is approved for" and claim.subject == treatment.drug and claim.kind != "hypothesis"
        }
        approved = tuple(dict.fromkeys(term for claim in claims.values() for term in claim.objects))
        reasons = dict(_given_for(person, treatment))
        given_for = tuple(dict.fromkeys(reasons.values()))
        facts = {*person.facts(key, *reasons), *(f"{person.report}#{name}" for name in claims)}
        status = _label(terms, given_for, approved)
        found.append(Label(given(person, key), status, approved, given_for, tuple(sorted(facts))))
    return tuple(found)


def _given_for(person: Person, treatment: Treatment) -> Iterator[tuple[str, Term]]:
    """Diagnoses it was given for; where none is named, the present diagnoses and the findings it was given for."""
    present = {k: d.concept for k, d in person.patient.diagnoses.items() if d.status == "present"}
    named = {key: present[key] for key in treatment.indication if key in present}
    if named:
        yield from named.items()
        return
    if treatment.intent == "therapeutic":
        yield from present.items()
    for key in treatment.indication:
        if key in person.patient.findings:
            yield key, person.patient.findings[key].concept


def _label(
    terms: Catalogue, given_for: tuple[Term, ...], approved: tuple[Term, ...]
) -> Literal["on label", "off label", "not stated"]:
    if not given_for or not approved:
        return "not stated"
    patient, stated = ([expand(term.id) for term in some] for some in (given_for, approved))
    above = {up for iri in patient for up in terms.ancestors(iri)}
    if above & set(stated):
        return "on label"
    return "not stated" if any(iri in terms.ancestors(one) for one in stated for iri in patient) else "off label"
