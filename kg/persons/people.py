"""Who are the patients of a dataset, which of their facts surely came before which, and by how much?

A `Person` is what everything that follows a patient through time starts from: the case, the
patient in it, the days that bound each time (`kg.model.timeline`), and the order that the report tells
where it tells no days. Case files are taken as they are, RDF is read back as cases.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from kg.base.results import CaseError, Result
from kg.base.times import Bounds, Offset
from kg.graph.graphs import case_graphs, sound_case
from kg.graph.proofs import Proofs
from kg.graph.store import Dataset
from kg.model.case import Case, Fact, Patient, Response, Treatment
from kg.model.timeline import Timeline
from kg.persons.identity import counted_as
from kg.rdf.iris import case_iri, fact_iri

__all__ = ["NOT_STATED", "Order", "Person", "Span", "Window", "count", "count_words", "people", "span", "stated_days"]

NOT_STATED = "not stated"
Window = tuple[date | None, date | None]  # first and last day on which a moment may lie


class Order:
    """What surely came before what, for one patient, as told and by the days.

    A treatment stands for its start, another fact for the moment it is told of. Told are `after`,
    `before`, `with`, `after_failure_of`, `added_to`, `continues`; what is told of two facts of one
    named time is nothing, since they may lie anywhere in it.
    """

    def __init__(self, patient: Patient, timeline: Timeline) -> None:
        self.timeline = timeline
        self.times = patient.times
        self.facts = {key: fact for section, key, fact in patient.facts() if section != "times"}
        self.days: dict[str, Window] = {}
        self.next: dict[str, set[str]] = {}
        for key, time in patient.times.items():
            bounds, lasts = timeline.bounds(key), "/" in (time.edtf or "")
            self.days[f"{key}/in"] = bounds.earliest_start, bounds.latest_start
            self.days[f"{key}/out"] = bounds.earliest_start, bounds.latest_end if lasts else bounds.latest_start
            self._tell(f"{key}/in", f"{key}/out")
            self._tell(self._leave(time.after), f"{key}/in")
            self._tell(f"{key}/out", self._enter(time.before))
        for key, fact in self.facts.items():
            self.days[key] = self._window(key)
            moment = fact.start if isinstance(fact, Treatment) else _time(fact)
            if moment in self.times:
                self._tell(f"{moment}/in", key)
                self._tell(key, f"{moment}/out")
            earlier: Iterable[str] = ()
            if isinstance(fact, Treatment):
                earlier = (*fact.after, *fact.after_failure_of, *fact.added_to, *filter(None, (fact.continues,)))
                for other in fact.with_:
                    self._tell(key, self._enter(other))
            elif isinstance(fact, Response):
                earlier = fact.to
            for other in (*earlier, *(fact.with_ if isinstance(fact, Treatment) else ())):
                if other != key:
                    self._tell(self._leave(other), key)
        dated = sorted((first, node) for node, (first, _) in self.days.items() if first)
        self._firsts, self._dated = [first for first, _ in dated], [node for _, node in dated]
        self._reach: dict[str, frozenset[str]] = {}

    def _tell(self, earlier: str, later: str) -> None:
        if earlier and later:
            self.next.setdefault(earlier, set()).add(later)

    def _enter(self, reference: str | None) -> str:
        """The node that a reference begins with; "" for a date, which is in the days already."""
        if reference is None:
            return ""
        return f"{reference}/in" if reference in self.times else reference if reference in self.facts else ""

    def _leave(self, reference: str | None) -> str:
        """The node that what comes after a reference follows: the start of a period, else the time itself."""
        node = self._enter(reference)
        if not node.endswith("/in") or "/" in (self.times[str(reference)].edtf or ""):
            return node
        return f"{reference}/out"

    def _window(self, reference: str) -> Window:
        bounds = self.timeline.bounds(reference)
        starts = isinstance(self.facts.get(reference), Treatment)
        return bounds.earliest_start, bounds.latest_start if starts else bounds.latest_end

    def window(self, reference: str) -> Window:
        """The first and last day of a moment: a treatment's start, a fact's time, a named time, an EDTF date."""
        return self.days.get(reference) or self._window(reference)

    def _later(self, nodes: Iterable[str], last: date | None = None) -> frozenset[str]:
        """Everything no earlier than these nodes as told, or surely later than the last day."""
        found: set[str] = set()
        todo, cut = list(nodes), len(self._dated)

        def days(day: date | None) -> list[str]:
            nonlocal cut
            place = bisect_right(self._firsts, day) if day else cut
            more, cut = self._dated[place:cut], min(place, cut)
            return more

        todo += days(last)
        while todo:
            node = todo.pop()
            if node not in found:
                found.add(node)
                todo += self.next.get(node, ())
                todo += days(self.days[node][1])
        return frozenset(found)

    def _after(self, reference: str) -> frozenset[str]:
        if reference not in self._reach:
            node = self._leave(reference)
            self._reach[reference] = self._later([node]) if node else self._later((), self._window(reference)[1])
        return self._reach[reference]

    def _no_later(self, a: str, b: str) -> bool:
        later = self._after(a)
        if node := self._enter(b):
            return node in later
        first, ends = self._window(b)[0], [self.window(a)[1], *(self.days[node][1] for node in later)]
        return first is not None and any(last is not None and last < first for last in ends)

    def before(self, a: str, b: str) -> bool:
        """Did a surely come before b, as told or by the days? a, b: keys of this patient, or EDTF dates.

        A strict partial order: False for two things told to be together, or in a circle.
        """
        return a != b and self._no_later(a, b) and not self._no_later(b, a)


@dataclass(frozen=True, slots=True)
class Person:
    """One patient of one report.

    report, iri: IRIs of the report and the patient; name: the patient's key in the case file.
    who: IRI of the patient under whom this one is counted, by confirmed claims (`kg.persons.identity`); else
    its own. told_by: names of the sources, where those of a merged file tell the report differently:
    then there is a person for each telling, of one IRI.
    """

    report: str
    iri: str
    name: str
    case: Case = field(repr=False)
    timeline: Timeline = field(repr=False, compare=False)
    order: Order = field(repr=False, compare=False)
    who: str = ""
    told_by: str = ""

    @classmethod
    def of(cls, case: Case, name: str, counted: Mapping[str, str] | None = None, told_by: str = "") -> Person:
        """The patient of this key in a case whose times do not contradict each other."""
        timeline = Timeline.of(case.patients[name])
        order = Order(case.patients[name], timeline)
        iri = fact_iri(case, ("patients", name))
        return cls(case_iri(case), iri, name, case, timeline, order, (counted or {}).get(iri, iri), told_by)

    @property
    def patient(self) -> Patient:
        """What the case says of the patient."""
        return self.case.patients[self.name]

    def fact(self, key: str) -> str:
        """The IRI of the fact with this key."""
        return f"{self.iri}#{key}"

    def facts(self, *keys: str) -> tuple[str, ...]:
        """The IRIs of the facts with these keys, sorted, each once."""
        return tuple(sorted({self.fact(key) for key in keys}))

    def bounds(self, reference: str | None) -> Bounds:
        """The days that bound a time reference or a fact; open for None."""
        return self.timeline.bounds(reference) if reference else Bounds()

    def when(self, reference: str | None) -> str:
        """A time in words: as EDTF, else by its days and as printed; "not stated" for None.

        reference: an EDTF date, or a key of `times`.
        """
        if reference is None:
            return NOT_STATED
        time = self.patient.times.get(reference)
        if time is None or time.edtf:
            return reference if time is None else str(time.edtf)
        bounds = self.bounds(reference)
        first, last = bounds.earliest_start, bounds.latest_end
        words = f"{first} to {last}" if first and last else f"by {last}" if last else f"from {first}" if first else ""
        printed = f"“{time.printed}”" if time.printed else ""
        return f"{words} ({printed})" if words and printed else words or printed or NOT_STATED


def _time(fact: Fact) -> str | None:
    """The time reference of a fact: when it was seen, else when it began."""
    return getattr(fact, "time", None) or getattr(fact, "onset", None)


def people(data: Dataset, reports: Collection[str] | None = None) -> tuple[Person, ...]:
    """Every patient of a dataset, or of some of its reports (IRIs), sorted by report and patient.

    Raises CaseError, as `kg.build` does, when a graph of ours cannot be read back as a case, or
    breaks the rules of one: contradictory times have no bounds. Graphs that are not ours are no
    patients of ours. What the sources of a merged file tell of one report so differently that it is no
    case together is read telling by telling.

    >>> import kg
    >>> [person.name for person in people(kg.build())]
    ['p1']
    """
    files = {case_iri(file.case): file.case for file in data.files}
    counted = counted_as(data)
    found: list[Person] = []
    wrong: list[Result] = []

    def add(cases: Iterable[Case], told_by: str = "") -> None:
        found.extend(Person.of(case, name, counted, told_by) for case in cases for name in case.patients)

    files = {name: case for name, case in files.items() if reports is None or name in reports}
    add(case for name, case in files.items() if name not in data.paths)  # else RDF says more of the report
    with Proofs() as proofs:
        for name in data.graphs():
            if (reports is not None and name not in reports) or (name in files and name not in data.paths):
                continue
            read, problems = _cases(list(data.rows(name)), proofs)
            if problems and name in data.tellings:  # together they are no case: each by itself
                told = [(sources, *_cases(quads, proofs)) for sources, quads in data.told(name)]
                for sources, some, problems in told:
                    add(some, sources)
                    wrong += problems
            else:
                add(read)
                wrong += problems
    if wrong:
        raise CaseError(wrong)
    return tuple(sorted(found, key=lambda person: (person.report, person.iri, person.told_by)))


def _cases(items: list[Any], proofs: Proofs) -> tuple[list[Case], list[Result]]:
    """The cases that these quads can be read back as, and what is wrong with the others."""
    digest = proofs.digest(items)
    if proofs.hold(digest) and (case := sound_case(items)):
        return [case], []
    cases, wrong = [], []
    found = case_graphs(items)
    for graph in found.graphs:
        problems = [result for result in graph.results if result.severity == "violation"]
        wrong += problems
        if graph.file and not problems:
            cases.append(graph.file.case)
    if len(found.graphs) == len(cases) == 1 and not (found.others or found.kept):
        proofs.add(digest)
    return cases, wrong


# ---- distances --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Span:
    """A distance in time: at least and at most so many days (None: open), and in words.

    The words count months as reports do, from calendar month to calendar month (September to
    November is 2), unless both days are exact.
    """

    least: int | None
    most: int | None
    text: str


def _months(first: date, then: date) -> int:
    return (then.year - first.year) * 12 + then.month - first.month


def count(number: int, unit: str) -> str:
    """A number of days or months in words.

    >>> count(1, "day"), count(14, "month")
    ('1 day', '14 months')
    """
    return f"{number} {unit}{'' if number == 1 else 's'}"


def count_words(least: int | None, most: int | None, unit: str) -> str:
    """From least to most (None: open) of a unit, in words.

    >>> count_words(3, 4, "month"), count_words(0, 14, "month"), count_words(4, None, "month")
    ('3 to 4 months', 'at most 14 months', 'at least 4 months')
    """
    low = max(least or 0, 0)
    if most is None:
        return f"at least {count(low, unit)}" if low else NOT_STATED
    if low == most:
        return count(most, unit)
    return f"{low} to {count(most, unit)}" if low else f"at most {count(most, unit)}"


def span(start: Window, end: Window) -> Span:
    """The distance from one moment to a later one; never less than nothing.

    >>> span((date(2021, 9, 1), date(2021, 9, 30)), (date(2022, 11, 1), date(2022, 11, 30)))
    Span(least=397, most=455, text='14 months')
    >>> span((None, date(2021, 9, 30)), (date(2022, 11, 1), date(2022, 11, 30))).text
    'at least 14 months'
    """
    (a, b), (c, d) = start, end
    least = max((c - b).days, 0) if b and c else None
    most = max((d - a).days, 0) if a and d else None
    if (a == b and c == d) or (most is not None and a and d and _months(a, d) < 2):
        return Span(least, most, count_words(least, most, "day"))
    low = max(_months(b, c), 0) if b and c else None
    return Span(least, most, count_words(low, _months(a, d) if a and d else None, "month"))


def stated_days(distance: Offset, start: Window) -> tuple[int, int]:
    """The fewest and most days that a distance in calendar units takes, begun in a window.

    >>> stated_days(Offset(3, 4, "month"), (date(2021, 9, 1), date(2021, 9, 30)))
    (91, 122)
    """
    first, last = start
    if not first or not last or (last - first).days > 4 * 366:
        first, last = date(2001, 1, 1), date(2004, 12, 31)  # every day of a leap cycle
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    ends = [(distance.after(Bounds(day, day)), day) for day in days]
    least = [(end.earliest_start - day).days for end, day in ends if end.earliest_start]
    most = [(end.latest_start - day).days for end, day in ends if end.latest_start]
    return min(least), max(most)
