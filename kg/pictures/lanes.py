"""What of a patient goes into which lane of a timeline?

A lane is a treatment, a manifestation with its parts and later states, an analyte, or a kind of
event; in it lie the facts with the days that bound them. Nothing is drawn here (`kg.pictures.pictures`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal, TypeVar

from kg.answers.matrix import whole
from kg.answers.trajectories import unit_words
from kg.base.drawing import Glyph
from kg.base.times import Bounds
from kg.model.case import Fact, Measurement, Treatment
from kg.persons.people import Person

__all__ = ["GLYPHS", "Item", "Lane", "Section", "given_name", "letters", "sections"]

# What happened -> its mark: better points up and is green, worse points down, unchanged is a square or cross.
GLYPHS: Mapping[str, Glyph] = {
    "present": Glyph("o", "black"),
    "absent": Glyph("o", "black", filled=False),
    "not stated": Glyph("o", "grey", filled=False),
    "gone": Glyph("*", "black", filled=False),
    "diagnosis": Glyph("D", "black"),
    "resolved": Glyph("*", "green"),
    "improved": Glyph("^", "green"),
    "partially improved": Glyph("^", "green", filled=False),
    "controlled": Glyph("p", "green"),
    "favourable": Glyph("d", "green"),
    "stable": Glyph("s", "blue"),
    "not improved": Glyph("X", "orange"),
    "refractory": Glyph("X", "orange", filled=False),
    "persistent": Glyph("P", "orange"),
    "worsened": Glyph("v", "vermilion"),
    "relapsed": Glyph("v", "vermilion", filled=False),
    "not reported": Glyph("8", "grey", filled=False),
    "given": Glyph("s", "sky"),
    "dose reduced": Glyph("v", "blue", filled=False),
    "dose increased": Glyph("^", "blue", filled=False),
    "withdrawn": Glyph("X", "blue", filled=False),
    "measured value": Glyph("o", "blue"),
    "bound on a value": Glyph("o", "blue", filled=False),
    "event": Glyph("d", "purple"),
    "adverse event": Glyph("h", "vermilion"),
    "examination": Glyph("s", "grey", filled=False),
    "last seen": Glyph("H", "black", filled=False),
}
_F = TypeVar("_F", bound=Fact)
Kind = Literal["treatments", "manifestations", "measurements", "events", "examinations"]
TITLES: Mapping[Kind, str] = {
    "treatments": "Treatments given",
    "manifestations": "Manifestations, and what changed under which treatments (letters; A+B: jointly)",
    "measurements": "Measured values, as printed",
    "events": "Events",
    "examinations": "Examinations",
}
# Lanes drawn of each section unless all are asked for.
MOST: Mapping[Kind, int] = {
    "treatments": 60, "manifestations": 20, "measurements": 14, "events": 12, "examinations": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Item:
    """One fact in a lane: what kind of mark, a few words beside it, when, and its tooltip.

    value: of a measurement; seen: the days in which a treatment is told to be still given.
    """

    key: str
    glyph: str
    text: str
    when: Bounds
    tip: str
    value: Decimal | None = None
    seen: Bounds | None = None

    @property
    def dated(self) -> bool:
        """Is there any day that bounds it?"""
        return any((self.when.earliest_start, self.when.latest_start, self.when.earliest_end, self.when.latest_end))


@dataclass(frozen=True, slots=True)
class Lane:
    """A label, a second line in small letters, and the facts; bar: the treatment that the lane is of."""

    label: str
    note: str
    items: tuple[Item, ...]
    letter: str = ""
    bar: Item | None = None

    @property
    def facts(self) -> tuple[Item, ...]:
        """Everything in the lane."""
        return (*((self.bar,) if self.bar else ()), *self.items)


@dataclass(frozen=True, slots=True)
class Section:
    """Lanes of one kind; left_out: lanes that are not drawn."""

    kind: Kind
    lanes: tuple[Lane, ...]
    left_out: tuple[Lane, ...] = ()

    @property
    def title(self) -> str:
        """Its heading."""
        return TITLES[self.kind]


def letters(number: int) -> str:
    """A, B, … Z, AA, AB, … for 0, 1, …

    >>> [letters(n) for n in (0, 25, 26, 701, 702)]
    ['A', 'Z', 'AA', 'ZZ', 'AAA']
    """
    made, rest = "", number + 1
    while rest:
        rest, place = divmod(rest - 1, 26)
        made = chr(ord("A") + place) + made
    return made


def sections(person: Person, everything: bool = False) -> tuple[Section, ...]:
    """The lanes of a patient, the first those with a response, then those with a time.

    Patient facts only. everything: leave no lane out, and show the examinations.
    """
    made: list[tuple[Kind, list[Lane]]] = [("treatments", list(_treatments(person)))]
    names = {lane.bar.key: lane.letter for lane in made[0][1] if lane.bar}
    made.append(("manifestations", sorted(_manifestations(person, names), key=_interest)))
    made.append(("measurements", sorted(_measurements(person), key=lambda lane: -len(lane.items))))
    made.append(("events", list(_events(person, names))))
    made.append(("examinations", list(_examinations(person))))
    found = []
    for kind, lanes in made:
        most = len(lanes) if everything else MOST[kind]
        if lanes:
            found.append(Section(kind, tuple(lanes[:most]), tuple(lanes[most:])))
    return tuple(found)


def _interest(lane: Lane) -> tuple[bool, bool]:
    status = {"present", "absent", "not stated", "gone"}
    return all(item.glyph in status for item in lane.items), not any(item.dated for item in lane.items)


def _tip(person: Person, key: str, fact: Fact, what: str, when: str | None) -> str:
    """What a reader sees on pointing at a fact: what, when, in which words of the report, and its IRI."""
    quotes = "; ".join(f"“{anchor.quote}” ({anchor.section})" for anchor in fact.evidence)
    odd = f"Odd: {fact.odd}" if fact.odd else ""
    return "\n".join(filter(None, (what, f"when: {person.when(when)}", quotes, odd, person.fact(key))))


def _told(facts: Mapping[str, _F]) -> Iterator[tuple[str, _F]]:
    return ((key, fact) for key, fact in facts.items() if fact.layer == "patient fact")


def _item(person: Person, key: str, fact: Fact, glyph: str, text: str, what: str, when: str | None) -> Item:
    return Item(key, glyph, text, person.bounds(when), _tip(person, key, fact, what, when))


# ---- treatments ---------------------------------------------------------------------------


def given_name(treatment: Treatment) -> str:
    """What was given: the term's label, and what was printed where that differs."""
    term = treatment.drug or treatment.action
    label = term.label if term else ""
    printed = treatment.printed
    return printed if not label or label.casefold() in printed.casefold() else f"{printed} ({label})"


def _treatments(person: Person) -> Iterator[Lane]:
    told = dict(_told(person.patient.treatments))
    before = {key: sum(person.order.before(other, key) for other in told) for key in told}

    def place(key: str) -> tuple[bool, int, bool, str, int, bool]:
        """Therapies first, in their order; a later dose right below the treatment that it continues."""
        first = told[key].continues if told[key].continues in told else key
        start = person.bounds(first).earliest_start
        rank = told[key].intent != "therapeutic", before[str(first)], start is None, str(start)
        return *rank, list(told).index(str(first)), first != key

    ordered = sorted(told, key=place)
    names = {key: letters(number) for number, key in enumerate(ordered)}
    changes: dict[str, list[Item]] = {}
    for key, change in _told(person.patient.dose_changes):
        glyph = "withdrawn" if change.direction == "withdrawn" else f"dose {change.direction}"
        by = "+".join(names.get(other, other) for other in change.allowed_by)
        what = f"{glyph}: {change.printed}" + (f" (allowed by {', '.join(change.allowed_by)})" if by else "")
        item = _item(person, key, change, glyph, f"under {by}" if by else "", what, change.time)
        changes.setdefault(change.treatment, []).append(item)
    for key in ordered:
        treatment, name = told[key], given_name(told[key])
        note = ", ".join(_amounts(treatment))
        span = f"start: {person.when(treatment.start)}; end: {person.when(treatment.end)}" + (
            f"; still given {person.when(treatment.ongoing_at)}" if treatment.ongoing_at else ""
        )
        tip = _tip(person, key, treatment, f"{name}: {note}" if note else name, treatment.start)
        tip = tip.replace(f"when: {person.when(treatment.start)}", span)
        seen = person.bounds(treatment.ongoing_at) if treatment.ongoing_at else None
        bar = Item(
            key,
            "given",
            _span(person, key, treatment),
            person.bounds(key),
            tip,
            seen=seen,
        )
        yield Lane(
            name, note or ("dose not stated" if treatment.drug else ""), tuple(changes.get(key, ())), names[key], bar
        )


def _span(person: Person, key: str, treatment: Treatment) -> str:
    """From when to when a treatment was given, in a few words."""
    when = person.bounds(key)
    # that it began before it was seen, and ended after it began, is not worth a word
    start = _day(treatment.start, when.earliest_start, when.latest_start if treatment.start else None)
    end = _day(treatment.end, when.earliest_end if treatment.end else None, when.latest_end)
    if treatment.ongoing_at:
        seen = person.bounds(treatment.ongoing_at)
        end = f"still given {_day(treatment.ongoing_at, seen.earliest_start, seen.latest_end)}"
    elif end:
        end = f"end {end}"
    return f"start {start or 'not stated'}, {end or 'end not stated'}"


def _day(reference: str | None, first: date | None, last: date | None) -> str:
    """A date as EDTF, else by its bounds, to the month; "" when nothing bounds it."""
    if reference and reference[0].isdigit() and "/" not in reference:
        return reference
    if first and last:
        return f"{first:%Y-%m}" if f"{first:%Y-%m}" == f"{last:%Y-%m}" else f"{first:%Y-%m} to {last:%Y-%m}"
    return f"by {last:%Y-%m}" if last else f"from {first:%Y-%m}" if first else ""


def _amounts(treatment: Treatment) -> Iterator[str]:
    amount = treatment.dose or treatment.concentration
    often = treatment.frequency.printed if treatment.frequency else ""
    yield from filter(None, [" ".join(filter(None, (amount.printed if amount else treatment.strength, often)))])
    if treatment.route:
        yield treatment.route.label.removesuffix(" Route of Administration").lower()
    if treatment.form:
        yield treatment.form
    if treatment.duration:
        yield f"for {treatment.duration.printed}"
    if treatment.count:
        yield treatment.count
    if treatment.intent != "therapeutic":
        yield treatment.intent


# ---- manifestations -----------------------------------------------------------------------


def _manifestations(person: Person, names: Mapping[str, str]) -> Iterator[Lane]:
    """One lane for each manifestation: a finding or diagnosis, with its parts, later states and responses."""
    patient = person.patient
    lanes: dict[str, tuple[str, list[Item]]] = {}

    def lane(key: str) -> list[Item]:
        key, concept = whole(patient, key)
        return lanes.setdefault(concept.id if concept else key, (concept.label if concept else key, []))[1]

    for key, diagnosis in _told(patient.diagnoses):
        glyph = "diagnosis" if diagnosis.status == "present" else "absent"
        what = f"diagnosis: {diagnosis.concept.label}, {diagnosis.status}"
        lane(key).append(_item(person, key, diagnosis, glyph, "", what, diagnosis.time or diagnosis.onset))
    for key, finding in _told(patient.findings):
        glyph = "absent" if finding.status == "excluded" else finding.status
        what = f"{finding.concept.label}: {finding.status}" + (f", {finding.extent}" if finding.extent else "")
        lane(key).append(_item(person, key, finding, glyph, "", what, finding.time or finding.onset))
        if finding.resolution:
            what = f"{finding.concept.label}: gone"
            lane(key).append(_item(person, key, finding, "gone", "", what, finding.resolution))
    for key, response in _told(patient.responses):
        by = "+".join(sorted((names.get(other, other) for other in response.to), key=lambda name: (len(name), name)))
        jointly = " (jointly: which of them did it is not told)" if len(response.to) > 1 else ""
        what = f"{', '.join(response.of)}: {response.outcome} under {', '.join(response.to)}{jointly}"
        if response.concomitant:
            what += f"\nalso given: {', '.join(response.concomitant)}"
        drawn: list[list[Item]] = []
        for of in response.of:
            items = lane(of)
            if not any(items is other for other in drawn):  # parts of one manifestation share its mark
                drawn.append(items)
                items.append(_item(person, key, response, response.outcome, by, what, response.time))
    for label, items in lanes.values():
        yield Lane(label, "", tuple(items))


# ---- the rest -----------------------------------------------------------------------------


def _measurements(person: Person) -> Iterator[Lane]:
    lanes: dict[tuple[str, str], list[Item]] = {}
    for key, m in _told(person.patient.measurements):
        words = unit_words(m.unit)
        name = m.analyte.label.partition(" [")[0]
        lanes.setdefault((name, words), []).append(_measured(person, key, m))
    for (name, words), items in lanes.items():
        yield Lane(name, words, tuple(items))


def _measured(person: Person, key: str, m: Measurement) -> Item:
    bound = m.comparator not in (None, "~")
    what = f"{m.analyte.label}: {m.printed}" + (f" ({m.interpretation})" if m.interpretation else "")
    tip = _tip(person, key, m, what, m.time)
    glyph = "bound on a value" if bound else "measured value"
    return Item(key, glyph, m.printed, person.bounds(m.time), tip, m.value)


def _events(person: Person, names: Mapping[str, str]) -> Iterator[Lane]:
    patient = person.patient
    lanes: dict[str, list[Item]] = {}
    for key, event in _told(patient.events):
        glyph = "event" if event.status == "present" else "absent"
        what = f"{event.concept.label}: {event.status}" + (f", {event.count}" if event.count else "")
        lanes.setdefault(event.concept.label, []).append(
            _item(person, key, event, glyph, event.count or "", what, event.time)
        )
    for key, adverse in _told(patient.adverse_events):
        glyph = "adverse event" if adverse.status == "present" else "absent"
        by = "+".join(names.get(other, other) for other in adverse.of)
        what = f"adverse event {adverse.concept.label}: {adverse.status}, of {', '.join(adverse.of)}"
        lanes.setdefault(f"adverse event: {adverse.concept.label}", []).append(
            _item(person, key, adverse, glyph, by, what, adverse.time)
        )
    for key, seen in _told(patient.follow_up):
        status = "" if seen.status == "not stated" else seen.status
        what = f"follow-up: {seen.printed}, {seen.status}"
        lanes.setdefault("last seen", []).append(_item(person, key, seen, "last seen", status, what, seen.time))
    return _lanes(lanes)


def _examinations(person: Person) -> Iterator[Lane]:
    lanes: dict[str, list[Item]] = {}
    for key, done in _told(person.patient.examinations):
        what = f"{done.procedure.label}" + (f": {done.result}" if done.result else "")
        lanes.setdefault(done.procedure.label, []).append(
            _item(person, key, done, "examination", done.result or "", what, done.time)
        )
    return _lanes(lanes)


def _lanes(lanes: Mapping[str, Iterable[Item]]) -> Iterator[Lane]:
    return (Lane(label, "", tuple(items)) for label, items in lanes.items())
