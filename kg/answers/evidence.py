"""Which patient was given what after what, and what is told of which manifestation, in one table?

The table that systematic reviews of case reports build by hand: a row for each response that a
report tells of a manifestation, and for each manifestation that was there when a line of therapy
began and is "not reported" under it. A row names the facts it rests on. Rows are no patients (one
patient has many), and nothing is counted here as a success.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import get_args

from kg.answers.filters import Filter, refuse, understood
from kg.answers.responses import OUTCOMES, Gap, Group, ResponseRow, Shown, gaps, responses
from kg.answers.therapy import Given, Line, concomitant, given, lines
from kg.answers.trajectories import PERCENT_PREDICTED, Change, Point, changes, trajectories
from kg.base.prefixes import expand
from kg.base.results import plain
from kg.concepts.terms import Catalogue
from kg.graph.store import Dataset
from kg.model.case import Fact, Outcome, Treatment
from kg.model.fields import Term
from kg.persons.people import NOT_STATED, Person, Window, count, people, span

__all__ = ["COLUMNS", "GROUPS", "Table", "evidence"]

Cell = tuple[str, Collection[str]]  # words, and the keys of the facts that say so
GROUPS: tuple[Group, ...] = get_args(Group)
_ASKED = ("drug", "class", "manifestation", "disease", "antibody")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of plain text under `columns`, and what stands behind them.

    facts: for each row the IRIs of the facts that its values rest on, the response (or the
    manifestation and the treatments) first. asked: filter -> what it was understood as.
    reports: IRI -> day of publication, of all that was searched. persons: IRIs of those in the rows (`Person.who`).
    why_empty: what was searched and why nothing matched; none when there are rows.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    facts: tuple[tuple[str, ...], ...]
    persons: tuple[str, ...] = ()
    asked: Mapping[str, str] = field(default_factory=dict)
    searched: Mapping[str, int] = field(default_factory=dict)
    reports: Mapping[str, date] = field(default_factory=dict)
    why_empty: tuple[str, ...] = ()


def evidence(
    data: Dataset,
    drug: str | None = None,
    class_: str | None = None,
    manifestation: str | None = None,
    disease: str | None = None,
    antibody: str | None = None,
    outcome: str | None = None,
    persons: Sequence[Person] | None = None,
    facts: Collection[str] | None = None,
) -> Table:
    """The evidence table of a dataset, by patient, line and manifestation.

    drug, class_, manifestation, disease, antibody: id, label or synonym of a concept, which answers
    for what is below it too; a manifestation also for its parts (`aspect_of`). With drug and class_
    one treatment is both. Two responses of the same treatments and manifestation are two rows. outcome: improved,
    stable, not improved, worsened or not reported. persons: of these patients only; facts: only rows
    of these responses or, where none is reported, of these treatments and manifestations (IRIs).
    Raises CaseError for a name that is unknown or means several things.

    >>> import kg
    >>> table = evidence(kg.build(), class_="JAK inhibitor", manifestation="calcinosis")
    >>> [dict(zip(table.columns, row))["time to response"] for row in table.rows]
    ['at most 14 months']
    """
    persons = people(data) if persons is None else persons
    names = dict(zip(_ASKED, (drug, class_, manifestation, disease, antibody), strict=True))
    asked = {name: _understood(name, text, persons) for name, text in names.items() if text is not None}
    if outcome is not None and outcome not in GROUPS:
        refuse("outcome", f"{outcome!r} is no group of outcomes", GROUPS, outcome)
    chosen = [p for p in persons if all(_has(p, name, one) for name, one in asked.items() if name != "manifestation")]
    items = [item for person in chosen for item in _View(person).items()]
    found = [item for item in items if _passes(item, asked) and outcome in (None, OUTCOMES[item.outcome].group)]
    found = [item for item in found if facts is None or _rests_on(item, facts)]
    made = list(dict.fromkeys(_row(item) for item in found))  # two tellings of one report may agree
    return Table(
        tuple(COLUMNS),
        tuple(cells for cells, _ in made),
        tuple(facts for _, facts in made),
        tuple(sorted({item.person.who for item in found})),
        {**{n: a.told for n, a in asked.items()}, **({"outcome": outcome} if outcome else {})},
        data.describe(),
        {p.report: day for p in sorted(persons, key=lambda p: p.report) if (day := p.case.report.published)},
        () if found else tuple(_why_empty(data, persons, asked, outcome)),
    )


# ---- from persons to rows -----------------------------------------------------------------


class _View:
    """One person, and what every row of theirs is made from."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self.lines = lines(person)
        self.given = {key: given(person, key) for key in person.patient.treatments}
        self.alike = Counter(map(_label, self.given.values()))
        self.number = {key: line.number for line in self.lines for key in line.all_keys}
        self.earlier: dict[str, list[Change]] = {}
        self.points: dict[str, Point] = {}
        for series in trajectories(person):
            self.points.update((point.key, point) for point in series.points)
            for change in changes(series):
                self.earlier.setdefault(change.later.key, []).append(change)

    def items(self) -> list[_Item]:
        """The rows to be: every response of a manifestation, and every "not reported", by line."""
        told: list[ResponseRow | Gap] = [*responses(self.person), *gaps(self.person)]
        found = [_Item(self, self.ordered(one.treatments), one) for one in told]
        return sorted(found, key=lambda i: ([one.number for one in i.lines], i.treatments, i.manifestation, i.key))

    def name(self, key: str) -> str:
        """A treatment in short, with its route where others of the patient's have the same name."""
        one = self.given[key]
        label = _label(one)
        return f"{label} ({one.route})" if self.alike[label] > 1 and one.route != NOT_STATED else label

    def names(self, keys: Iterable[str]) -> str:
        """Treatments in short, each name once."""
        return " + ".join(dict.fromkeys(map(self.name, self.ordered(keys))))

    def ordered(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Treatments by their lines, what is in none last: no order of a case file, which RDF does not keep."""
        return tuple(sorted(keys, key=lambda key: (self.number.get(key, 1 + len(self.lines)), key)))


def _label(one: Given) -> str:
    return one.concept.label if one.concept else one.printed


@dataclass(frozen=True, slots=True)
class _Item:
    """A row before it is text."""

    view: _View
    treatments: tuple[str, ...]
    told: ResponseRow | Gap

    @property
    def person(self) -> Person:
        return self.view.person

    @property
    def response(self) -> ResponseRow | None:
        return self.told if isinstance(self.told, ResponseRow) else None

    @property
    def manifestation(self) -> str:
        return self.told.manifestation

    @property
    def key(self) -> str:
        """Key of the response; "" without one."""
        return self.response.key if self.response else ""

    @property
    def own(self) -> set[str]:
        """The treatments of the row; without a response also the later doses of the line."""
        later = () if self.response else (key for line in self.lines for key in line.all_keys)
        return {*self.treatments, *later}

    @property
    def shown(self) -> tuple[Shown, ...]:
        return self.response.shown_by if self.response else ()

    @property
    def outcome(self) -> Outcome:
        return self.told.outcome

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines that the treatments belong to."""
        return tuple(line for line in self.view.lines if set(self.treatments) & set(line.all_keys))


# ---- what is asked for --------------------------------------------------------------------


def _uses(person: Person, name: str) -> Iterator[tuple[str, str]]:
    """What a filter looks at in one patient: concept (IRI) and in which state it is told."""
    patient = person.patient
    if name in ("drug", "class"):
        for treatment in patient.treatments.values():
            if treatment.layer == "patient fact":
                yield _given_concept(treatment), treatment.intent
        return
    sections: dict[str, tuple[Mapping[str, Fact], ...]] = {
        "manifestation": (patient.findings, patient.diagnoses, patient.events, patient.antibodies),
        "disease": (patient.diagnoses,),
        "antibody": (patient.antibodies,),
    }
    for section in sections[name]:
        for key, fact in section.items():
            for concept in _concepts(person, key):
                yield concept, str(getattr(fact, "status", NOT_STATED))


def _given_concept(treatment: Treatment) -> str:
    concept = treatment.drug or treatment.action
    return expand(concept.id) if concept else ""


def _concepts(person: Person, key: str) -> Iterator[str]:
    """The IRIs of a fact's concept, and of the wholes of which it is a part or a later state."""
    seen: set[str] = set()
    up: str | None = key
    while up and up not in seen:
        seen.add(up)
        fact = person.order.facts.get(up)
        concept: Term | None = getattr(fact, "concept", None)
        if concept:
            yield expand(concept.id)
        up = getattr(fact, "aspect_of", None)


def _understood(name: str, text: str, persons: Iterable[Person]) -> Filter:
    return understood(name, text, {concept for person in persons for concept, _ in _uses(person, name)} - {""})


def _passes(item: _Item, asked: Mapping[str, Filter]) -> bool:
    drugs = [asked[name].hits for name in ("drug", "class") if name in asked]
    treatments = item.person.patient.treatments
    if not any(all(_given_concept(treatments[key]) in hits for hits in drugs) for key in item.treatments):
        return False
    sign = asked.get("manifestation")
    if sign and sign.hits.isdisjoint(_concepts(item.person, item.manifestation)):
        return False
    return all(_has(item.person, name, asked[name]) for name in ("disease", "antibody") if name in asked)


def _rests_on(item: _Item, facts: Collection[str]) -> bool:
    fact = item.person.fact
    if item.key:
        return fact(item.key) in facts
    return fact(item.manifestation) in facts and any(fact(key) in facts for key in item.treatments)


def _has(person: Person, name: str, asked: Filter) -> bool:
    """Is it told to be present in the patient, or was it given?"""
    return any(
        concept in asked.hits and state not in ("excluded", NOT_STATED) for concept, state in _uses(person, name)
    )


def _why_empty(
    data: Dataset, persons: Sequence[Person], asked: Mapping[str, Filter], outcome: str | None
) -> Iterator[str]:
    """What was searched, and which filter, or which of them together, left nothing."""
    yield f"Searched {data.summary()}."
    if not persons:
        yield "There is no case graph in the data: name a case file, or an RDF file that `casekg build` wrote."
        return
    yield from (f"--{name} {one.told}: {_where(persons, name, one)}." for name, one in asked.items())
    both = [person for person in persons if all(_has(person, name, one) for name, one in asked.items())]
    if len(asked) > 1:
        yield f"All of that holds for {count(len(both), 'patient') if both else 'no patient'}."
    items = [item for person in persons for item in _View(person).items()]
    left = [item for item in items if _passes(item, asked)]
    if both and not left:
        yield "There, no response of the kind is told, nor a line of therapy begun while the manifestation was there."
        drugs = {name: one for name, one in asked.items() if name in ("drug", "class")}
        words = sorted({_manifestation(item)[0] for item in items if item.person in both and _passes(item, drugs)})
        if drugs and words:
            yield f"The rows of {' and '.join(f'--{name}' for name in drugs)} are of: {'; '.join(words)}."
    if outcome and left:
        groups = Counter(OUTCOMES[item.outcome].group for item in left)
        told = ", ".join(f"{group} {number}" for group, number in sorted(groups.items()))
        yield f"Of any other outcome than --outcome {outcome}: {count(len(left), 'row')} ({told})."
    yield f"Without filters the table has {count(len(items), 'row')}."


def _where(persons: Iterable[Person], name: str, asked: Filter) -> str:
    """In how many patients the concept or what is below it is told of, and how."""
    found: Counter[str] = Counter()
    claims: set[str] = set()
    for person in persons:
        found.update({state for concept, state in _uses(person, name) if concept in asked.hits})
        subjects = {key: expand(claim.subject.id) for key, claim in person.case.claims.items()}
        claims |= {f"{person.report}#{k}" for k, s in subjects.items() if asked.iri in Catalogue.shipped().ancestors(s)}
    if found:
        words = "given ({})" if name in ("drug", "class") else "{}"
        return ", ".join(f"{words.format(how)} in {count(number, 'patient')}" for how, number in sorted(found.items()))
    beside = f" ({count(len(claims), 'claim')} on it, of no patient)" if claims else ""
    return f"no fact of a patient names it or anything under it{beside}"


# ---- the cells ----------------------------------------------------------------------------


def _joined(parts: Iterable[str], by: str = "; ") -> str:
    """The parts, each once; "not stated" without any."""
    return by.join(dict.fromkeys(filter(None, parts))) or NOT_STATED


def _long(one: Given) -> str:
    """A treatment with its printed name where that is another one, and its route."""
    label = _label(one)
    notes = [] if label.casefold() in one.printed.casefold() else [f"“{one.printed}”"]
    notes += ["only the class is named"] if one.class_only else []
    notes += [one.route] if one.route != NOT_STATED else []
    return f"{label} ({'; '.join(notes)})" if notes else label


def _layer(fact: Fact) -> str:
    return "" if fact.layer == "patient fact" else f" ({fact.layer} of the authors)"


def _report(item: _Item) -> Cell:
    r = item.person.case.report
    return " ".join(filter(None, (r.doi or r.pmcid or (f"PMID {r.pmid}" if r.pmid else r.id), r.record))), ()


def _age(item: _Item) -> Cell:
    age = item.person.patient.age
    if age is None:
        return NOT_STATED, ()
    when = NOT_STATED if age.at == NOT_STATED else item.person.when(age.at)
    return f"{age.years.normalize():f} years (“{age.printed}”), when: {when}", ()


def _sex(item: _Item) -> Cell:
    sex = item.person.patient.sex
    return (sex.concept.label if sex else NOT_STATED), ()


def _diagnosis(item: _Item) -> Cell:
    told = {key: d for key, d in sorted(item.person.patient.diagnoses.items()) if d.status == "present"}
    sure = {key: f"{d.certainty} " if d.certainty not in (None, "confirmed") else "" for key, d in told.items()}
    return _joined(f"{sure[key]}{d.concept.label}{_layer(d)}" for key, d in told.items()), told


def _antibody(item: _Item) -> Cell:
    told = dict(sorted(item.person.patient.antibodies.items()))
    return _joined(f"{a.concept.label}: {a.status}{_layer(a)}" for a in told.values()), told


def _manifestation(item: _Item) -> Cell:
    concept, response = item.told.concept, item.response
    where = [term.label for term in (*response.sites, *filter(None, (response.laterality,)))] if response else []
    label = concept.label if concept else item.manifestation
    return f"{label} ({', '.join(where)})" if where else label, (item.manifestation,)


def _prior(item: _Item) -> Cell:
    """The lines before, in their order; those between and those of no told order; what had failed."""
    before, mine = item.person.order.before, item.lines
    starts = [line.keys for line in mine if set(item.treatments) & set(line.keys)]
    starts += [(key,) for key in item.treatments if not any(key in keys for keys in starts)]

    def earlier(a: Sequence[str], b: Sequence[str]) -> bool:
        return any(before(x, y) for x in a for y in b) and not any(before(y, x) for x in a for y in b)

    parts: dict[str, list[str]] = {"": [], "between: ": [], "order not told: ": []}
    keys: list[str] = []
    for line in item.view.lines:
        if line in mine or all(earlier(start, line.keys) for start in starts):
            continue
        first = all(earlier(line.keys, start) for start in starts)
        between = any(earlier(line.keys, start) for start in starts) and any(earlier(s, line.keys) for s in starts)
        place = "" if first else "between: " if between else "order not told: "
        parts[place].append(f"{line.number}: {' + '.join(map(_long, line.treatments))}")
        keys += line.keys
    failed = {k for key in item.treatments for k in item.person.patient.treatments[key].after_failure_of}
    failed -= set(item.treatments)  # of a joint row: before all of them
    words = [f"{place}{'; '.join(some)}" for place, some in parts.items() if some] or ["none told"]
    words += [f"told to have failed before: {item.view.names(failed)}"] if failed else []
    return _joined(words), {*keys, *failed}


def _line(item: _Item) -> Cell:
    return _joined((f"at least {one.number}" if one.unordered else str(one.number) for one in item.lines), ", "), ()


def _dose(item: _Item) -> Cell:
    doses = {key: item.view.given[key].dose for key in item.treatments}
    if len(doses) == 1 or set(doses.values()) == {NOT_STATED}:
        return next(iter(doses.values())), ()
    return "; ".join(f"{item.view.name(key)}: {dose}" for key, dose in doses.items()), ()


def _concomitant(item: _Item) -> Cell:
    """What was surely given at the time of the response (at the start of a line without one), and what may have been."""
    response, patient = item.response, item.person.patient
    told = set(response.concomitant) if response else set()
    if response and patient.responses[response.key].time is None:
        maybe = set(response.maybe_beside)
    else:
        at = concomitant(item.person, item.key or item.treatments[0])
        maybe = {key for key in at.maybe if patient.treatments[key].intent == "therapeutic"}
        told |= maybe & set(at.surely)
    sure, may = told - item.own, maybe - told - item.own
    words = item.view.names(sure) if sure else NOT_STATED
    return words + (f"; not excluded: {item.view.names(may)}" if may else ""), sure | may


def _time(item: _Item) -> Cell:
    if item.response is None:
        return NOT_STATED, ()
    when = item.person.patient.responses[item.key].time
    return item.response.after.text, [key for key in item.person.patient.times if key == when]


def _outcome(item: _Item) -> Cell:
    """The scheme's word; the printed words where none of them is that."""
    response = item.response
    if response is None:
        return item.outcome, ()
    fact = item.person.patient.responses[response.key]
    quotes = [anchor.quote for anchor in response.anchors]
    same = any(f" {fact.outcome} " in f" {_words(quote)} " for quote in quotes)
    sure = f" ({fact.certainty})" if fact.certainty else ""
    printed = "" if same else ": " + ", ".join(f"“{quote}”" for quote in quotes)
    return f"{fact.outcome}{_layer(fact)}{sure}{printed}", (response.key,)


def _words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.casefold()).split())


def _measures(item: _Item) -> Cell:
    """Values that show the response, each with the last one before that has the treatment's start in between."""
    view = item.view
    found: dict[str, list[str]] = {}  # what else was begun between -> the values
    keys: list[str] = []
    for shown in item.shown:
        if (later := view.points.get(shown.key)) is None:
            continue
        label = item.person.patient.measurements[later.key].analyte.label
        pairs = [change for change in view.earlier.get(later.key, ()) if set(item.treatments) & set(change.started)]
        for change in pairs:
            words = f"{label}: {_value(item, change.earlier)} → {_value(item, later)}: {change.words}"
            found.setdefault(_also(item, change), []).append(words)
            keys.append(change.earlier.key)
        if not pairs:
            found.setdefault("", []).append(f"{label}: {NOT_STATED} → {_value(item, later)}")
        keys.append(later.key)
    return _joined("; ".join(values) + also for also, values in found.items()), keys


def _value(item: _Item, point: Point) -> str:
    """A value as printed, with its unit where the printed words have none, and its time."""
    measured = item.person.patient.measurements[point.key]
    unit = measured.unit_printed or measured.unit or ""
    if point.unit == PERCENT_PREDICTED:
        unit = "" if "predicted" in point.printed else "of predicted"
    elif unit in point.printed or unit.startswith("{"):
        unit = ""
    return f"{' '.join(filter(None, (point.printed, unit)))} ({point.time})"


def _also(item: _Item, change: Change) -> str:
    """What else was begun between two values: no less to be thought of than the treatment of the row."""
    kinds = {"also begun between": change.started, "maybe begun between": change.maybe_started}
    others = {words: [key for key in keys if key not in item.treatments] for words, keys in kinds.items()}
    told = "; ".join(f"{words}: {item.view.names(keys)}" for words, keys in others.items() if keys)
    return f" [{told}]" if told else ""


def _shown(item: _Item) -> Cell:
    others = {s.key: s.text for s in item.shown if s.key not in item.view.points}
    return _joined(others.values()), others


def _follow_up(item: _Item) -> Cell:
    """From the start of the treatments (of the last one) to when the patient was last seen."""
    person, visits = item.person, item.person.patient.follow_up
    if not visits:
        return NOT_STATED, ()
    key = max(visits, key=lambda key: (person.bounds(visits[key].time).earliest_start or date.min, key))
    windows = [person.order.window(treatment) for treatment in item.treatments]
    first, last = ([window[n] for window in windows] for n in (0, 1))
    start: Window = (max(filter(None, first), default=None), None if None in last else max(filter(None, last)))
    seen = person.bounds(visits[key].time)
    end: Window = (seen.earliest_start, seen.latest_end)
    long = NOT_STATED if start[0] and end[1] and end[1] < start[0] else span(start, end).text
    status = f"; {visits[key].status}" if visits[key].status != NOT_STATED else ""
    return f"{long} (seen {person.when(visits[key].time)}{status})", (key,)


def _adverse(item: _Item) -> Cell:
    own = item.own
    told = {key: event for key, event in sorted(item.person.patient.adverse_events.items())
            if own & set(event.of) and event.status != NOT_STATED}  # fmt: skip
    words = []
    for event in told.values():
        more = [event.severity.label if event.severity else "", event.outcome or ""]
        more += [f"of {item.view.names(event.of)}"] if len(own) > 1 or set(event.of) - own else []
        note = ", ".join(filter(None, more))
        denied = "stated none: " if event.status == "excluded" else ""
        words.append(denied + event.concept.label + (f" ({note})" if note else "") + _layer(event))
    return _joined(words), told


def _anchor(item: _Item) -> Cell:
    person = item.person
    fact = person.order.facts[item.response.key if item.response else item.manifestation]
    if not (anchors := item.response.anchors if item.response else fact.evidence):  # a record has a place
        return f"{fact.pointer} ({person.case.report.source.file})", ()
    titles = {part.section: part.title for part in reversed(person.case.report.source.sections)}
    places: dict[str, list[str]] = {}
    for anchor in sorted(anchors, key=lambda anchor: anchor.quote):  # a graph does not say in which order they stand
        places.setdefault(titles.get(anchor.section, anchor.section), []).append(f"“{anchor.quote}”")
    return "; ".join(f"{', '.join(quotes)} ({title})" for title, quotes in sorted(places.items())), ()


_CELLS: Mapping[str, tuple[Callable[[_Item], Cell], str]] = {
    "report": (_report, "DOI of the report, else PMCID, PMID or own id; of a record its id, too."),
    "patient": (lambda item: (item.person.name, ()), "The patient's key within the report."),
    "age": (_age, "Years, as printed, and when the patient was of that age."),
    "sex": (_sex, "As stated."),
    "diagnosis": (_diagnosis, "Diagnoses that the report tells to be present."),
    "antibody": (_antibody, "Each antibody told of: present, excluded or not stated."),
    "manifestation": (_manifestation, "What responded, or is not reported; in brackets the sites the response tells of."),
    "prior therapies": (
        _prior,
        "Lines of therapy surely begun before, by number; a line is what was started together. “…” is the printed "
        "name. Lines of unknown order are named apart, and so is what the report says had failed.",
    ),
    "line": (_line, "Number of the line; several for a response to treatments of several lines."),
    "drugs": (
        lambda item: (" + ".join(_long(item.view.given[key]) for key in item.treatments), item.treatments),
        "What was given; several joined by + when the response is attributed to all of them.",
    ),
    "dose": (_dose, "Dose and frequency as printed."),
    "attribution": (
        lambda item: (item.response.attribution if item.response else "none", ()),
        "single: to one treatment; joint: to several, and the report does not say which did it; none: no response told.",
    ),
    "concomitant drugs": (
        _concomitant,
        "Told, or sure by the dates, to be given at the time of the response (without one: when the line began); "
        "not excluded: others that may have been, for nothing says that they had ended.",
    ),
    "time to response": (
        _time,
        "From the start of the treatments to when the response was seen (so it may have come sooner), "
        "months counted from calendar month to calendar month.",
    ),
    "outcome": (
        _outcome,
        "Word of the outcome scheme; the printed words follow where they are others. not reported: the manifestation "
        "was there when the line began and is not mentioned under it.",
    ),
    "measures before and after": (
        _measures,
        "Values as printed that the report shows the response by, before → after, with their times and the "
        "change (none where a value is a bound); in [ ] what else "
        "was, or may have been, begun between the two.",
    ),
    "shown by": (_shown, "Examinations and findings that the report shows the response by."),
    "follow-up": (_follow_up, "From the start of the treatments to when the patient was last seen."),
    "adverse events": (_adverse, "Of these treatments: listed, stated none, or not stated."),
    "anchor": (_anchor, "Phrases that carry the row, with their sections (else the manifestation's); of a record its pointer."),
}  # fmt: skip
COLUMNS: Mapping[str, str] = {
    **{name: meaning for name, (_, meaning) in _CELLS.items()},
    "facts": "IRIs of the facts that the row rests on; `casekg explain IRI` shows the phrases behind each.",
}


def _row(item: _Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The cells of a row, and the IRIs of its facts: those of the outcome first."""
    cells, person = [cell(item) for cell, _ in _CELLS.values()], item.person
    first = person.facts(item.response.key) if item.response else person.facts(*item.treatments, item.manifestation)
    others = {*item.told.facts, *person.facts(*(key for _, keys in cells for key in keys))}
    facts = tuple(dict.fromkeys((*first, *sorted(others), person.iri)))
    return (*(plain(" ".join(words.split())) for words, _ in cells), " ".join(facts)), facts
