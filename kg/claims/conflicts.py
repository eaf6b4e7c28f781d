"""What is told of one person that cannot all be true?

Compared is what is told of one person: in a report, and in several where confirmed claims say that
they are about one (`kg.persons.identity`). Each conflict is a node (`ckg:Conflict`) beside the facts; nothing
is taken out, and a claims file may settle it. Two facts clash only where they surely hold at one
time: what the times leave open is counted, never told as a conflict. Different outcomes in different
persons are the result of a collection, no conflict.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Literal, TypeVar, get_args

from kg.base.prefixes import compress, expand
from kg.base.results import CaseError, Result
from kg.base.times import Bounds
from kg.claims.agreement import born, contrary, same_amount, same_value
from kg.concepts.terms import Catalogue
from kg.graph.store import Dataset
from kg.model.case import AdverseEvent, Examination, Fact, Finding, Measurement, Response, Treatment
from kg.persons.identity import resolve
from kg.persons.judgements import CONFLICTS, ConflictNode, Judgements, Resolution, judgements
from kg.persons.people import Person, people

__all__ = ["KINDS", "Clash", "Conflict", "Conflicts", "conflicts"]

Clash = Literal[
    "present and excluded", "two doses", "two sexes", "ages that do not fit", "two values", "contrary outcomes", "two dates",
]  # fmt: skip
KINDS: tuple[Clash, ...] = get_args(Clash)
MONTH = 31  # days; two windows that are the same and no longer are taken for one time
_UNSURE = ("possible", "compatible with")


@dataclass(frozen=True, slots=True)
class Conflict:
    """Facts about one person that do not go together.

    facts: IRIs, sorted; the patient's where sex or age is told. says: what clashes, in words.
    resolution: the decision that settles it; None while it is open.
    """

    kind: Clash
    facts: tuple[str, ...]
    says: str
    person: str
    resolution: Resolution | None = None

    @property
    def digits(self) -> str:
        """16 hexadecimal digits: the same kind and facts, the same conflict, wherever it is found."""
        return hashlib.sha256("\0".join((self.kind, *self.facts)).encode()).hexdigest()[:16]

    @property
    def node(self) -> ConflictNode:
        """The conflict as it is written."""
        return ConflictNode(f"{CONFLICTS}#{self.digits}", self.kind, self.facts, self.says, self.resolution)

    @property
    def status(self) -> str:
        """Open, or settled."""
        return "settled" if self.resolution else "open"


@dataclass(frozen=True, slots=True)
class Conflicts:
    """What was found, and what was looked at.

    compared: pairs by kind; undecided: pairs of which times, places or units leave open whether they
    clash; persons: how many; results: decisions on conflicts that are not in the data.
    """

    found: tuple[Conflict, ...]
    compared: Mapping[str, int] = field(default_factory=dict)
    undecided: Mapping[str, int] = field(default_factory=dict)
    persons: int = 0
    results: tuple[Result, ...] = ()

    @property
    def open(self) -> tuple[Conflict, ...]:
        """Those that nobody has settled."""
        return tuple(one for one in self.found if not one.resolution)


def conflicts(data: Dataset, decided: Judgements | None = None, persons: Iterable[Person] | None = None) -> Conflicts:
    """Every conflict of a dataset, sorted by person and kind; the order of the data does not matter.

    decided: the decisions of a claims file, where the dataset has them already, for their places in it.
    persons: only among these patients; then decisions on others' conflicts are none of its results.

    Raises CaseError when decisions on one conflict clash, or prefer what is none of its facts.

    >>> import kg
    >>> conflicts(kg.build()).found
    ()
    """
    told = (decided or Judgements()) | judgements(data)
    one_report = {pair for (kind, pair), c in resolve(told.claims, {}).deciding.items()
                  if c.decision == "confirmed" and kind != "same person"}  # fmt: skip
    groups: dict[str, list[Person]] = {}
    for person in people(data) if persons is None else persons:
        groups.setdefault(person.who, []).append(person)
    compared: Counter[str] = Counter(dict.fromkeys(KINDS, 0))
    undecided: Counter[str] = Counter()
    found: list[Conflict] = []
    settled = _settled(told.resolutions)
    for who, group in sorted(groups.items()):
        known: set[tuple[Clash, tuple[str, ...]]] = set()
        for kind, facts, says in _View(group, one_report, compared, undecided).clashes():
            if (kind, facts) not in known:
                known.add((kind, facts))
                found.append(_with(Conflict(kind, facts, says, who), settled))
    names = {one.digits for one in found}
    lost = [
        Result("warning", "claims", f"there is no conflict {digits} in the data.", "Delete the entry.", *one.place)
        for digits, one in sorted(settled.items())
        if digits not in names and persons is None
    ]
    order = sorted(found, key=lambda c: (c.person, KINDS.index(c.kind), c.facts))
    return Conflicts(tuple(order), dict(compared), dict(undecided), len(groups), tuple(lost))


def _settled(told: Iterable[Resolution]) -> dict[str, Resolution]:
    """The latest decision on each conflict. Raises CaseError for contrary ones of one day."""
    found: dict[str, Resolution] = {}
    for one in sorted(told):
        before = found.get(one.conflict)
        if before and before.on == one.on and before.prefer != one.prefer:
            message = f"conflict {one.conflict} is decided in two ways on {one.on}."
            cure = "Agree, and write the decision with a later date."
            raise CaseError([Result("violation", "contradiction", message, cure, *one.place)])
        found[one.conflict] = one
    return found


def _with(one: Conflict, settled: Mapping[str, Resolution]) -> Conflict:
    decision = settled.get(one.digits)
    if decision and decision.prefer and decision.prefer not in one.facts:
        message = (
            f"{compress(decision.prefer)} is none of the facts of the conflict: {', '.join(map(compress, one.facts))}."
        )
        raise CaseError([Result("violation", "claims", message, "Prefer one of them, or neither.", *decision.place)])
    return Conflict(one.kind, one.facts, one.says, one.person, decision)


# ---- what is told ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Told:
    """A fact of a person, where it is told."""

    person: Person
    section: str
    key: str
    fact: Fact

    @property
    def iri(self) -> str:
        return self.person.fact(self.key)

    @property
    def time(self) -> str | None:
        """The reference of its time: a treatment's start, else when it was seen, else when it began."""
        names = ("start",) if isinstance(self.fact, Treatment) else ("time", "onset")
        return next((when for name in names if (when := getattr(self.fact, name, None))), None)

    @property
    def bounds(self) -> Bounds:
        """From onset to resolution, where both are told of what is not dated itself; else its time."""
        onset, gone = getattr(self.fact, "onset", None), getattr(self.fact, "resolution", None)
        if isinstance(self.fact, Treatment):
            return self.person.bounds(self.key)
        if onset and gone and not getattr(self.fact, "time", None):
            a, b = self.person.bounds(onset), self.person.bounds(gone)
            return Bounds(a.earliest_start, a.latest_start, b.earliest_end, b.latest_end)
        return self.person.bounds(self.time)

    def words(self, said: str) -> str:
        """What it says, where and when."""
        when = self.person.when(self.time)
        source = f", told by {self.person.told_by}" if self.person.told_by else ""
        return f"{said} ({when if when != 'not stated' else 'no time stated'}, {compress(self.iri)}{source})"

    @property
    def mark(self) -> tuple[str, str]:
        """The fact in its telling."""
        return self.iri, self.person.told_by


T = TypeVar("T")
Pair = tuple[_Told, _Told]


def _disjoint(a: Bounds, b: Bounds) -> bool:
    return bool(
        (a.latest_end and b.earliest_start and a.latest_end < b.earliest_start)
        or (b.latest_end and a.earliest_start and b.latest_end < a.earliest_start)
    )


def _meet(a: Bounds, b: Bounds) -> bool:
    """Do two stretches of time surely have a day in common?"""
    return bool(
        a.latest_start and b.earliest_end and b.latest_start and a.earliest_end
        and a.latest_start <= b.earliest_end and b.latest_start <= a.earliest_end
    )  # fmt: skip


def _days(bounds: Bounds) -> int | None:
    """The width of a window in days; None where it is open."""
    if bounds.earliest_start is None or bounds.latest_end is None:
        return None
    return (bounds.latest_end - bounds.earliest_start).days + 1


def _one_moment(a: _Told, b: _Told) -> bool | None:
    """Were two values surely taken at one time: on one day, at one named time without a date, in one examination?"""
    if isinstance(a.fact, Measurement) and isinstance(b.fact, Measurement) and a.person is b.person:
        if a.fact.examination and b.fact.examination and a.fact.examination != b.fact.examination:
            return False
        if a.fact.examination and a.fact.examination == b.fact.examination and a.time == b.time:
            return True
    if a.time is None or b.time is None:
        return None
    if a.person is b.person and a.time == b.time:
        named = a.person.patient.times.get(a.time)
        wide = ("edtf", "by", "odd", "age", "stage", "gestation")  # what may last, or is not sure
        if named is not None and not any(getattr(named, name) for name in wide):
            return True
    x, y = a.bounds, b.bounds
    if _disjoint(x, y):
        return False
    return True if x == y and _days(x) == 1 else None


class _View:
    """What is told of one person, compared pair by pair."""

    def __init__(
        self,
        group: Sequence[Person],
        one_report: set[tuple[str, str]],
        compared: Counter[str],
        undecided: Counter[str],
    ) -> None:
        self.group = sorted(group, key=lambda person: (person.iri, person.told_by))
        self.one_report = one_report
        self.compared, self.undecided = compared, undecided
        self.terms = Catalogue.shipped()
        self.told = [
            _Told(person, section, key, fact)
            for person in self.group
            for section, key, fact in person.patient.facts()
            if fact.layer == "patient fact"
        ]

    def clashes(self) -> Iterator[tuple[Clash, tuple[str, ...], str]]:
        """Kind, facts and words of each."""
        yield from self._present_and_excluded()
        yield from self._doses()
        yield from self._sexes()
        yield from self._ages()
        yield from self._values()
        yield from self._outcomes()
        yield from self._dates()

    def _of(self, *sections: str) -> list[_Told]:
        return [one for one in self.told if one.section in sections]

    def _same_report(self, a: Person, b: Person) -> bool:
        """Is it one publication, curated twice (a confirmed claim says so)?"""
        reports = (min(a.report, b.report), max(a.report, b.report))
        patients = (min(a.iri, b.iri), max(a.iri, b.iri))
        return a.report == b.report or reports in self.one_report or patients in self.one_report

    def _judge(self, kind: Clash, verdict: bool | None) -> bool:
        """Count a pair; does it clash?"""
        self.compared[kind] += 1
        if verdict is None:
            self.undecided[kind] += 1
        return bool(verdict)

    def _unmatched(
        self,
        kind: Clash,
        pairs: Iterable[Pair],
        fits: Callable[[_Told, _Told], bool | None],
        same: Callable[[_Told, _Told], bool | None],
    ) -> Iterator[Pair]:
        """Pairs at one time that do not fit; of two reports only where neither fits anything that the other tells then."""
        at_once: list[Pair] = []
        good: set[tuple[object, object]] = set()  # a fact, and the telling of a patient who has one that fits it
        for a, b in pairs:
            when = same(a, b)
            fit = fits(a, b) if when is not False else True
            if fit and when:
                good |= {(a.mark, _telling(b)), (b.mark, _telling(a))}
            if self._judge(kind, False if when is False or fit else None if when is None or fit is None else True):
                at_once.append((a, b))
        for a, b in at_once:
            if a.person is b.person or not {(a.mark, _telling(b)), (b.mark, _telling(a))} & good:
                yield a, b

    def _together(self, a: _Told, b: _Told) -> bool | None:
        """Do two facts surely hold at one time? None: the times leave it open."""
        one_report = self._same_report(a.person, b.person)
        if a.time is None or b.time is None:
            return True if a.time is b.time and one_report else None
        if a.person is b.person:
            order = a.person.order
            if order.before(a.key, b.key) or order.before(b.key, a.key):
                return False
            if a.time == b.time:
                return True
        x, y = a.bounds, b.bounds
        if _disjoint(x, y):
            return False
        width = _days(x)
        alike = x == y and width is not None and (width <= MONTH or one_report)
        return True if alike or _meet(x, y) else None

    # ---- kinds -----------------------------------------------------------------------

    def _present_and_excluded(self) -> Iterator[tuple[Clash, tuple[str, ...], str]]:
        kind: Clash = "present and excluded"
        for sections in (("findings", "diagnoses", "antibodies", "events"), ("adverse_events",)):
            facts = self._of(*sections)
            there = [one for one in facts if getattr(one.fact, "status", "") == "present" and self._sure(one)]
            for gone in facts:
                if getattr(gone.fact, "status", "") != "excluded" or not self._sure(gone):
                    continue
                what = _concept(gone)
                for one in there:
                    if what in self.terms.ancestors(_concept(one)) and self._judge(kind, self._denies(gone, one)):
                        says = one.words(f"{self.terms.label(_concept(one))} is present")
                        says += f", {gone.words(f'{self.terms.label(what)} is excluded')}."
                        yield kind, tuple(sorted({gone.iri, one.iri})), says

    @staticmethod
    def _sure(one: _Told) -> bool:
        return one.fact.certainty not in _UNSURE

    def _denies(self, gone: _Told, one: _Told) -> bool | None:
        """Does what is excluded surely deny what is present: the same place, degree and time?"""
        if isinstance(gone.fact, AdverseEvent) and isinstance(one.fact, AdverseEvent):
            drugs = (self._drugs(gone, gone.fact.of), self._drugs(one, one.fact.of))
            if not drugs[0] & drugs[1]:
                return False
        here = self._within(getattr(gone.fact, "sites", ()), getattr(one.fact, "sites", ()))
        if here is False or not self._same_kind(gone.fact, one.fact):
            return False
        when = self._together(gone, one)
        return False if when is False else None if here is None else when

    def _within(self, wide: Sequence[object], narrow: Sequence[object]) -> bool | None:
        """Does every place of what is present lie in a place of what is excluded?"""
        if not wide:
            return True
        if not narrow:
            return None
        above = {expand(site.id) for site in wide}  # type: ignore[attr-defined]
        inside = [bool(self.terms.ancestors(expand(site.id)) & above) for site in narrow]  # type: ignore[attr-defined]
        return True if all(inside) else None if any(inside) else False

    @staticmethod
    def _same_kind(gone: Fact, one: Fact) -> bool:
        """What is denied in one degree or course only is not denied in another one."""
        if not isinstance(gone, Finding):
            return True
        for name in ("severity", "course", "modifiers", "laterality", "extent"):
            if (limit := getattr(gone, name)) and getattr(one, name, None) != limit:
                return False
        return True

    def _drugs(self, one: _Told, keys: Iterable[str]) -> frozenset[str]:
        given = one.person.patient.treatments
        return frozenset(_drug(given[key]) or key for key in keys if key in given)

    def _doses(self) -> Iterator[tuple[Clash, tuple[str, ...], str]]:
        given = [one for one in self._of("treatments") if isinstance(one.fact, Treatment) and one.fact.dose]
        pairs = (
            (a, b) for a, b in combinations(given, 2)
            if _drug(_treatment(a)) == _drug(_treatment(b)) and not self._steps(a, b)
            and _alike(_treatment(a).route, _treatment(b).route) and _alike(_treatment(a).sites, _treatment(b).sites)
        )  # fmt: skip
        for a, b in self._unmatched(
            "two doses", pairs, lambda a, b: same_amount(_treatment(a), _treatment(b)), self._together
        ):
            what = self.terms.label(_drug(_treatment(a)))
            says = f"{what}: {a.words(_dose(_treatment(a)))} and {b.words(_dose(_treatment(b)))}."
            yield "two doses", tuple(sorted({a.iri, b.iri})), says

    @staticmethod
    def _steps(a: _Told, b: _Told) -> bool:
        """Is one of them a later step of the other?"""
        if a.person is not b.person:
            return False
        given = a.person.patient.treatments

        def trail(key: str | None) -> list[str]:
            found: list[str] = []
            while key in given and key not in found:
                found.append(str(key))
                key = given[str(key)].continues
            return found

        return bool(set(trail(a.key)) & set(trail(b.key)))

    def _sexes(self) -> Iterator[tuple[Clash, tuple[str, ...], str]]:
        told = [(p.iri, p.patient.sex.concept) for p in self.group if p.patient.sex]
        for (a, one), (b, other) in combinations(told, 2):
            if self._judge("two sexes", one.id != other.id):
                yield (
                    "two sexes",
                    tuple(sorted({a, b})),
                    f"{one.label} ({compress(a)}) and {other.label} ({compress(b)}).",
                )

    def _ages(self) -> Iterator[tuple[Clash, tuple[str, ...], str]]:
        told = [person for person in self.group if person.patient.age]
        for a, b in combinations(told, 2):
            one, other = a.patient.age, b.patient.age
            assert one
            assert other
            undated = one.at == other.at == "not stated"
            if undated and self._same_report(a, b):
                verdict: bool | None = one.years != other.years
            else:
                (first, last), (begin, end) = born(a), born(b)
                known = bool(last and begin) or bool(end and first)
                apart = bool((last and begin and last < begin) or (end and first and end < first))
                verdict = apart if known else None
            if self._judge("ages that do not fit", verdict):
                says = f"{one.printed} ({a.when(None if one.at == 'not stated' else one.at)}, {compress(a.iri)}) and "
                says += (
                    f"{other.printed} ({b.when(None if other.at == 'not stated' else other.at)}, {compress(b.iri)})."
                )
                yield "ages that do not fit", tuple(sorted({a.iri, b.iri})), says

    def _values(self) -> Iterator[tuple[Clash, tuple[str, ...], str]]:
        told = [
            one for one in self._of("measurements") if isinstance(one.fact, Measurement) and one.fact.value is not None
        ]
        pairs = ((a, b) for a, b in combinations(told, 2) if _measured(a).analyte.id == _measured(b).analyte.id)

        def at_once(a: _Told, b: _Told) -> bool | None:
            if a.person is not b.person and self._same_report(a.person, b.person) and a.time and a.bounds == b.bounds:
                return True
            return _one_moment(a, b)

        for a, b in self._unmatched("two values", pairs, lambda a, b: same_value(_measured(a), _measured(b)), at_once):
            says = f"{_measured(a).analyte.label}: {a.words(_measured(a).printed)} and {b.words(_measured(b).printed)}."
            yield "two values", tuple(sorted({a.iri, b.iri})), says

    def _outcomes(self) -> Iterator[tuple[Clash, tuple[str, ...], str]]:
        told = [one for one in self._of("responses") if isinstance(one.fact, Response)]
        for a, b in combinations(told, 2):
            x, y = _response(a), _response(b)
            same = self._drugs(a, x.to) == self._drugs(b, y.to) and self._manifestations(a) & self._manifestations(b)
            places = set(x.sites) == set(y.sites) and x.laterality == y.laterality
            if not same or not places or not self._sure(a) or not self._sure(b):
                continue
            if self._judge("contrary outcomes", self._together(a, b) if contrary(x.outcome, y.outcome) else False):
                what = " and ".join(sorted(self.terms.label(iri) for iri in same))
                drugs = " + ".join(sorted(map(self.terms.label, self._drugs(a, x.to))))
                says = f"{what} under {drugs}: {a.words(x.outcome)} and {b.words(y.outcome)}."
                yield "contrary outcomes", tuple(sorted({a.iri, b.iri})), says

    def _manifestations(self, one: _Told) -> set[str]:
        facts = one.person.order.facts
        concepts = (getattr(facts.get(key), "concept", None) for key in _response(one).of)
        return {expand(concept.id) for concept in concepts if concept}

    def _dates(self) -> Iterator[tuple[Clash, tuple[str, ...], str]]:
        """What happens once has one date: a diagnosis, its onset, a death; an event that one publication tells of."""
        once = [
            (one, name, _concept(one), when)
            for one in self._of("diagnoses")
            if getattr(one.fact, "status", "") == "present"
            for name in ("time", "onset")
            if (when := getattr(one.fact, name))
        ]
        once += [
            (one, "death", "", one.time) for one in self._of("follow_up") if getattr(one.fact, "status", "") == "dead"
        ]
        for (a, name, what, first), (b, other, that, second) in combinations(once, 2):
            if (name, what) == (other, that) and a.person is not b.person:
                verdict = _disjoint(a.person.bounds(first), b.person.bounds(second))
                if self._judge("two dates", verdict):
                    said = {"time": "diagnosed", "onset": "began", "death": "died"}[name]
                    says = f"{self.terms.label(what) if what else 'The patient'} {said}: {a.person.when(first)} "
                    says += f"({compress(a.iri)}) and {b.person.when(second)} ({compress(b.iri)})."
                    yield "two dates", tuple(sorted({a.iri, b.iri})), says
        told = [
            one
            for one in self._of("events", "treatments", "findings", "examinations")
            if one.time and getattr(one.fact, "status", "") != "excluded"
        ]
        pairs = (
            (a, b) for a, b in combinations(told, 2)
            if a.person is not b.person and a.section == b.section and self._same_report(a.person, b.person)
            and self._thing(a) == self._thing(b)
        )  # fmt: skip
        dates = self._unmatched(
            "two dates", pairs, lambda a, b: not _disjoint(_start(a), _start(b)), lambda _a, _b: True
        )
        for a, b in dates:
            says = f"{self.terms.label(self._thing(a))}: {a.person.when(a.time)} ({compress(a.iri)}) and "
            says += f"{b.person.when(b.time)} ({compress(b.iri)})."
            yield "two dates", tuple(sorted({a.iri, b.iri})), says

    @staticmethod
    def _thing(one: _Told) -> str:
        if isinstance(one.fact, Treatment):
            return _drug(one.fact)
        return expand(one.fact.procedure.id) if isinstance(one.fact, Examination) else _concept(one)


def _telling(one: _Told) -> tuple[str, str]:
    return one.person.iri, one.person.told_by


def _start(one: _Told) -> Bounds:
    return one.person.bounds(one.time)


def _treatment(one: _Told) -> Treatment:
    assert isinstance(one.fact, Treatment)
    return one.fact


def _measured(one: _Told) -> Measurement:
    assert isinstance(one.fact, Measurement)
    return one.fact


def _response(one: _Told) -> Response:
    assert isinstance(one.fact, Response)
    return one.fact


def _concept(one: _Told) -> str:
    concept = getattr(one.fact, "concept", None)
    return expand(concept.id) if concept else ""


def _drug(given: Treatment) -> str:
    concept = given.drug or given.action
    return expand(concept.id) if concept else ""


def _alike(a: object, b: object) -> bool:
    """The same, or told of one of them only."""
    return not a or not b or a == b


def _dose(given: Treatment) -> str:
    assert given.dose
    return f"{given.dose.printed}{f' {given.frequency.printed}' if given.frequency else ''}"
