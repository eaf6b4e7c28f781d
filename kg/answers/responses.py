"""What happened to each manifestation, under what, how soon, and what was never told?

Rows of what the report says of each response, and the course of each manifestation over all of
them. Nothing here is a success rate, and nothing is attributed further than the report does:
several treatments of one response stay joint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kg.answers.therapy import Line, concomitant, lines
from kg.base.prefixes import expand
from kg.base.times import Bounds
from kg.concepts.terms import Catalogue
from kg.model.case import Fact, Finding, Outcome, Response
from kg.model.fields import Anchor, Term
from kg.persons.people import NOT_STATED, Person, Span, Window, count_words, span, stated_days

__all__ = [
    "OUTCOMES", "Course", "Gap", "Group", "OutcomeTerm", "ResponseRow", "Shown", "State",
    "courses", "gaps", "response_to_treatment", "responses",
]  # fmt: skip

Group = Literal["improved", "stable", "not improved", "worsened", "not reported"]


@dataclass(frozen=True, slots=True)
class OutcomeTerm:
    """A word of our outcome scheme, and what other vocabularies have for it.

    rank:  from worst (0) to best (6); None where the word says nothing of better or worse.
    there: does the word say that the manifestation is still there? None: it leaves that open.
    ncit, match: the nearest term of NCIT, and how near (SKOS); None where it has none that we hold.
    """

    group: Group
    rank: int | None
    there: bool | None
    ncit: Term | None = None
    match: Literal["exact", "close", "related"] | None = None


# NCIT's terms are of oncology, where the disease as a whole is judged: hence close, not exact.
# Those of no response, partial response and remission are not in the extracts that we hold.
_FAVORABLE = Term("NCIT:C102560", "Favorable")
OUTCOMES: Mapping[Outcome, OutcomeTerm] = {
    "resolved": OutcomeTerm("improved", 6, False),
    "controlled": OutcomeTerm("improved", 5, None),
    "favourable": OutcomeTerm("improved", 5, None, _FAVORABLE, "exact"),
    "improved": OutcomeTerm("improved", 5, None),
    "partially improved": OutcomeTerm("improved", 4, True),
    "stable": OutcomeTerm("stable", 3, True, Term("NCIT:C18213", "Stable Disease"), "close"),
    "not improved": OutcomeTerm("not improved", 2, True),
    "persistent": OutcomeTerm("not improved", 2, True),
    "refractory": OutcomeTerm("not improved", 1, True, Term("NCIT:C39752", "Refractory Disease"), "close"),
    "relapsed": OutcomeTerm("worsened", 0, True),
    "worsened": OutcomeTerm("worsened", 0, True, Term("NCIT:C17747", "Disease Progression"), "close"),
    "not reported": OutcomeTerm("not reported", None, None),
}

# Group -> value of `response_to_treatment` of a phenopacket's MedicalAction (GA4GH phenopackets v2), which
# takes one ontology class; its documentation uses NCIT's Favorable. None: we hold no term for it.
PHENOPACKETS: Mapping[Group, Term | None] = {
    "improved": _FAVORABLE,
    "stable": None,
    "not improved": None,
    "worsened": None,
    "not reported": None,
}


# ---- responses --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shown:
    """What shows a response: a value as printed, an examination with its result, or a finding."""

    key: str
    fact: str
    text: str


@dataclass(frozen=True, slots=True)
class ResponseRow:
    """What the report says of one manifestation under one treatment, or under several jointly.

    fact:          IRI of the response; manifestation, concept: key and concept of what responded.
    attribution:   joint when the report does not say which of the treatments did it.
    outcome:       the word of the scheme; group: improved, stable, not improved, worsened, not reported.
    layer:         patient fact, or the authors' interpretation.
    concomitant:   treatments that the report says went on; maybe_beside: others that nothing excludes.
    time, bounds:  when it was seen; after: how long after the start of its treatments (of the last
                   one, if joint) it was seen, so it may have come sooner. `after.text` is "not stated"
                   where the report does not tell.
    facts:         IRIs of all that the row rests on; anchors: the phrases that carry it.
    """

    fact: str
    key: str
    treatments: tuple[str, ...]
    attribution: Literal["single", "joint"]
    manifestation: str
    concept: Term | None
    outcome: Outcome
    group: Group
    layer: str
    certainty: str
    sites: tuple[Term, ...]
    laterality: Term | None
    shown_by: tuple[Shown, ...]
    judged_by: tuple[str, ...]
    concomitant: tuple[str, ...]
    maybe_beside: tuple[str, ...]
    time: str
    bounds: Bounds
    after: Span
    facts: tuple[str, ...]
    anchors: tuple[Anchor, ...]


def responses(person: Person) -> tuple[ResponseRow, ...]:
    """A row for each response and manifestation that the report tells of, by key of the response."""
    beside = _maybe_beside(person)
    found = []
    for key, told in sorted(person.patient.responses.items()):
        response = _sorted(told)
        maybe = tuple(k for k in beside(key) if k not in response.to and k not in response.concomitant)
        keys = (key, *response.to, *response.shown_by, *response.concomitant)
        for manifestation in response.of:
            found.append(
                ResponseRow(
                    person.fact(key),
                    key,
                    response.to,
                    "joint" if len(response.to) > 1 else "single",
                    manifestation,
                    _concept(person, manifestation),
                    response.outcome,
                    OUTCOMES[response.outcome].group,
                    response.layer,
                    response.certainty or NOT_STATED,
                    response.sites,
                    response.laterality,
                    tuple(_shown(person, shown) for shown in response.shown_by),
                    response.judged_by,
                    response.concomitant,
                    maybe,
                    person.when(response.time),
                    person.bounds(response.time),
                    _after(person, response),
                    person.facts(manifestation, *keys),
                    response.evidence,
                )
            )
    return tuple(found)


def _sorted(response: Response) -> Response:
    """The same with its lists sorted: in RDF they have no order."""
    lists = {
        name: tuple(sorted(getattr(response, name))) for name in ("to", "of", "shown_by", "concomitant", "judged_by")
    }
    sites = tuple(sorted(response.sites, key=str))
    anchors = tuple(sorted(response.evidence, key=lambda anchor: (anchor.section, anchor.quote)))
    return response.model_copy(update={**lists, "sites": sites, "evidence": anchors})


def _maybe_beside(person: Person) -> Callable[[str], tuple[str, ...]]:
    """Therapeutic treatments that may have been given at the time of a response; none when it is not dated."""
    therapeutic = {key for key, t in person.patient.treatments.items() if t.intent == "therapeutic"}

    def beside(key: str) -> tuple[str, ...]:
        if person.patient.responses[key].time is None:
            return ()
        return tuple(k for k in concomitant(person, key).maybe if k in therapeutic)

    return beside


def _concept(person: Person, key: str) -> Term | None:
    return getattr(person.order.facts.get(key), "concept", None)


def _shown(person: Person, key: str) -> Shown:
    fact = person.order.facts.get(key)
    concept = next(filter(None, (getattr(fact, name, None) for name in ("analyte", "procedure", "concept"))), None)
    label = concept.label if concept else key
    words = (getattr(fact, name, None) for name in ("printed", "result", "status"))
    said = next((word for word in words if word), "")
    return Shown(key, person.fact(key), f"{label}: {said}" if said else label)


def _after(person: Person, response: Response) -> Span:
    """From the start of the treatments to when the response was seen."""
    if response.time is None:
        return Span(None, None, NOT_STATED)
    windows = [person.order.window(key) for key in response.to]
    first, last = ([window[n] for window in windows] for n in (0, 1))
    start: Window = (max(filter(None, first), default=None), None if None in last else max(filter(None, last)))
    time = person.patient.times.get(response.time)
    if time and time.by and time.after in response.to and len(response.to) == 1:
        least, most = stated_days(time.by, start)
        return Span(least, most, count_words(time.by.least, time.by.most, time.by.unit))
    seen = person.bounds(response.time)
    return span(start, (seen.earliest_start, seen.latest_end))


def response_to_treatment(rows: Iterable[ResponseRow]) -> Term | None:
    """The one value that a phenopacket has room for: how the patient responded to a treatment.

    rows: those of one treatment. None when the manifestations did not all respond alike, when
    there is no term for it, or when the attribution is joint: a phenopacket would say it of one.
    """
    groups = {row.group if row.attribution == "single" else None for row in rows}
    only = groups.pop() if len(groups) == 1 else None
    return PHENOPACKETS[only] if only else None


# ---- courses ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class State:
    """What one fact says of a manifestation: the outcome of a response, or a part present or excluded.

    there: is the manifestation still there, by this fact? None where the fact leaves it open.
    """

    key: str
    fact: str
    text: str
    outcome: Outcome | None
    there: bool | None
    treatments: tuple[str, ...]
    time: str
    bounds: Bounds


@dataclass(frozen=True, slots=True)
class Course:
    """One manifestation through time.

    manifestation: key of the finding (or diagnosis); aspects: keys of its parts and later states.
    first_seen:    when it is first told to be present.
    states:        all that is told of it: dated and ordered states first, as far as an order is told.
    worst, best:   responses with the worst and the best outcome (several, when alike).
    last:          states that no other one surely followed; persisted: those by which it is still there.
    relapses:      (better, then worse), by key.
    held:          from the first better state, all that is told of no gain or of a worsening being surely
                   earlier, to the last better state that is told;
    unrelapsed:    from there to when the patient was last seen, no relapse being told of: silence is no proof.
    not_reported:  lines begun while it was there, under which it is not mentioned again.
    """

    manifestation: str
    fact: str
    concept: Term | None
    aspects: tuple[str, ...]
    first_seen: str
    first_bounds: Bounds
    states: tuple[State, ...]
    worst: tuple[State, ...]
    best: tuple[State, ...]
    last: tuple[State, ...]
    persisted: tuple[State, ...]
    relapses: tuple[tuple[str, str], ...]
    held: Span
    unrelapsed: Span
    not_reported: tuple[tuple[str, ...], ...]
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """A manifestation that was there when a line began, and is not mentioned under it: "not reported"."""

    manifestation: str
    concept: Term | None
    line: int
    treatments: tuple[str, ...]
    facts: tuple[str, ...]
    outcome: Outcome = "not reported"
    group: Group = "not reported"


def courses(person: Person, terms: Catalogue | None = None) -> tuple[Course, ...]:
    """The course of every present finding that is no part of another, and of every present diagnosis; by key.

    Patient facts only. What `aspect_of` names counts to the whole.
    """
    terms, told, reach = terms or Catalogue.shipped(), lines(person), _families(person)
    return tuple(_course(person, terms, told, key, family) for key, family in reach.items())


def gaps(person: Person, terms: Catalogue | None = None) -> tuple[Gap, ...]:
    """Each manifestation and line begun later under which it is not reported: by line, then manifestation."""
    numbers = {line.keys: line.number for line in lines(person)}
    found = [
        Gap(c.manifestation, c.concept, numbers[keys], keys, tuple(sorted({c.fact, *person.facts(*keys)})))
        for c in courses(person, terms)
        if c.manifestation in person.patient.findings
        for keys in c.not_reported
    ]
    return tuple(sorted(found, key=lambda gap: (gap.line, gap.treatments, gap.manifestation)))


def _families(person: Person) -> dict[str, list[str]]:
    """Manifestation -> its aspects, and theirs."""
    findings = {key: f for key, f in sorted(person.patient.findings.items()) if f.layer == "patient fact"}
    children: dict[str, list[str]] = {}
    for key, finding in findings.items():
        children.setdefault(finding.aspect_of or "", []).append(key)
    roots = [key for key in children.get("", []) if findings[key].status == "present"]
    roots += [k for k, d in person.patient.diagnoses.items() if d.status == "present" and d.layer == "patient fact"]
    found: dict[str, list[str]] = {}
    for root in sorted(roots):
        family = [root]
        for key in family:
            family += [child for child in children.get(key, ()) if child not in family]
        found[root] = family[1:]
    return found


def _course(person: Person, terms: Catalogue, told: tuple[Line, ...], root: str, aspects: list[str]) -> Course:
    family = (root, *aspects)
    concept = _concept(person, root)
    states = [*_findings(person, terms, root, aspects), *_outcomes(person, family)]
    later = _Later(person, states)
    ranked = [(rank, s) for s in states if s.outcome and (rank := OUTCOMES[s.outcome].rank) is not None]
    ranks = [rank for rank, _ in ranked]
    last = later.last()
    first_seen, bounds = _first_seen(person, family)
    better = [s for s in states if s.outcome and OUTCOMES[s.outcome].group == "improved"]
    worse = [s for s in states if s.outcome and OUTCOMES[s.outcome].group == "worsened"]
    relapses = [(a, b) for a in better for b in worse if later(a, b)]
    unwell = [s for s in states if s.outcome and OUTCOMES[s.outcome].group in ("not improved", "worsened")]
    lasting = [s for s in better if all(later(other, s) for other in unwell)]
    return Course(
        root,
        person.fact(root),
        concept,
        tuple(aspects),
        first_seen,
        bounds,
        tuple(later.sorted()),
        tuple(s for rank, s in ranked if rank == min(ranks)),
        tuple(s for rank, s in ranked if rank == max(ranks)),
        last,
        tuple(s for s in last if s.there and (s.outcome or any(later(other, s) for other in states))),
        tuple((a.key, b.key) for a, b in relapses),
        _held(lasting, later),
        _unrelapsed(person, lasting, later),
        tuple(line.keys for line in told if _unmentioned(person, told, line, family, states)),
        person.facts(root, *(s.key for s in states)),
    )


def _findings(person: Person, terms: Catalogue, root: str, aspects: list[str]) -> Iterator[State]:
    whole = _concept(person, root)
    for key in (root, *aspects):
        fact = person.order.facts[key]
        if getattr(fact, "status", NOT_STATED) == NOT_STATED:
            continue
        concept, excluded = _concept(person, key), getattr(fact, "status", None) == "excluded"
        same = concept and whole and expand(concept.id) in terms.ancestors(expand(whole.id))
        said = [concept.label if concept else key, str(getattr(fact, "status", ""))]
        if isinstance(fact, Finding):
            said += [part for part in (fact.course and fact.course.label.lower(), fact.extent) if part]
        # to exclude a part, or a kind, does not exclude the whole
        there = (False if same else None) if excluded else True
        yield State(
            key, person.fact(key), ", ".join(said), None, there, (), person.when(_moment(fact)), _days(person, fact)
        )


def _outcomes(person: Person, family: tuple[str, ...]) -> Iterator[State]:
    for key, response in sorted(person.patient.responses.items()):
        if response.layer == "patient fact" and set(response.of) & set(family):
            yield State(
                key,
                person.fact(key),
                response.outcome,
                response.outcome,
                OUTCOMES[response.outcome].there,
                tuple(sorted(response.to)),
                person.when(response.time),
                _days(person, response),
            )


def _moment(fact: Fact) -> str | None:
    return getattr(fact, "time", None) or getattr(fact, "onset", None)


def _days(person: Person, fact: Fact) -> Bounds:
    return person.bounds(_moment(fact))


class _Later:
    """Which of the states of a manifestation came later, by the days, by what is told, or by their lines."""

    def __init__(self, person: Person, states: list[State]) -> None:
        self.person, self.states = person, states

    def __call__(self, a: State, b: State) -> bool:
        """Did b surely come after a? A response to a later line comes after those to the lines before."""
        order = self.person.order
        if order.before(a.key, b.key) or order.before(b.key, a.key):
            return order.before(a.key, b.key)
        return self._by_line(a, b) and not self._by_line(b, a)

    def _by_line(self, a: State, b: State) -> bool:
        before = self.person.order.before
        return bool(a.treatments) and any(all(before(x, y) for x in a.treatments) for y in b.treatments)

    def placed(self, state: State) -> bool:
        """Is anything known of when it was?"""
        return bool(state.treatments) or state.bounds != Bounds()

    def last(self) -> tuple[State, ...]:
        """States that none surely followed; undated findings are not among them unless all are undated."""
        known = [s for s in self.states if self.placed(s)] or self.states
        return tuple(s for s in known if not any(self(s, other) for other in known)) or tuple(known)

    def sorted(self) -> list[State]:
        """In an order that puts nothing before what it surely followed, as far as there is no circle."""
        found: list[State] = []
        rest = sorted(
            self.states,
            key=lambda s: (not self.placed(s), s.bounds.earliest_start or date.min, s.outcome is not None, s.key),
        )
        while rest:
            free = [s for s in rest if not any(self(other, s) for other in rest)] or rest
            found.append(free[0])
            rest.remove(free[0])
        return found


def _first_seen(person: Person, family: tuple[str, ...]) -> tuple[str, Bounds]:
    """The earliest time at which the manifestation or a part of it is told to be present."""
    times = []
    for key in family:
        fact = person.order.facts[key]
        moment = getattr(fact, "onset", None) or getattr(fact, "time", None)
        if getattr(fact, "status", None) == "present" and moment:
            bounds = person.bounds(moment)
            times.append((bounds.latest_end or bounds.latest_start or date.max, person.when(moment), bounds))
    if not times:
        return NOT_STATED, Bounds()
    _, words, bounds = min(times, key=lambda time: time[:2])
    return words, bounds


def _start_of(lasting: list[State], later: _Later) -> State | None:
    """The better state that began it: none of them came before, and it is dated if any is."""
    first = [s for s in lasting if not any(later(other, s) for other in lasting)]
    return min(first, key=lambda s: (s.bounds == Bounds(), s.bounds.latest_start or date.max, s.key), default=None)


def _held(lasting: list[State], later: _Later) -> Span:
    start = _start_of(lasting, later)
    after = [s for s in lasting if start and later(start, s)]
    end = [s for s in after if not any(later(s, other) for other in after)]
    if start is None or not end:
        return Span(None, None, NOT_STATED)
    last = max(end, key=lambda s: (s.bounds.earliest_start or date.min, s.key))
    return span(_window(start.bounds), _window(last.bounds))


def _unrelapsed(person: Person, lasting: list[State], later: _Later) -> Span:
    start = _start_of(lasting, later)
    seen = [person.bounds(visit.time) for visit in person.patient.follow_up.values()]
    if start is None or not seen:
        return Span(None, None, NOT_STATED)
    return span(_window(start.bounds), _window(max(seen, key=lambda b: b.earliest_start or date.min)))


def _window(bounds: Bounds) -> Window:
    return bounds.earliest_start, bounds.latest_end


def _unmentioned(
    person: Person, told: tuple[Line, ...], line: Line, family: tuple[str, ...], states: list[State]
) -> bool:
    """Was it surely there before this line, not gone, and is nothing told of it under the line?"""
    before = person.order.before

    def earlier(key: str) -> bool:
        return any(before(key, start) for start in line.keys)

    present = [k for k in family if getattr(person.order.facts[k], "status", None) == "present" and earlier(k)]
    if not present:
        return False
    gone = [s for s in states if s.there is False and (earlier(s.key) or _over(person, s, line))]
    if any(not any(before(s.key, k) for k in present) for s in gone):
        return False
    following = [
        key for other in told if any(before(x, y) for x in line.keys for y in other.keys) for key in other.keys
    ]
    told_of = (r for r in person.patient.responses.values() if set(r.of) & set(family))  # of whatever layer
    if any(set(response.to) & set(line.all_keys) for response in told_of):
        return False
    began = line.starts.latest_start
    for state in states:
        lasts = bool(began and state.bounds.earliest_end and state.bounds.earliest_end > began)
        under = lasts or any(before(start, state.key) for start in line.keys)
        if not state.treatments and under and not any(before(key, state.key) for key in following):
            return False
    return True


def _over(person: Person, state: State, line: Line) -> bool:
    """Is it a response to nothing but what was given before the line?"""
    before = person.order.before
    return bool(state.treatments) and all(any(before(t, start) for start in line.keys) for t in state.treatments)
