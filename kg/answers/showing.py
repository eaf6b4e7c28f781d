"""What would a reader want to see first of a case?

Each patient's lines of therapy in their order, with what was given beside them, and what happened
to every manifestation, as plain tables. The lines are those of `kg.answers.therapy`, the responses those of
`kg.answers.responses`: what is shown here is what the evidence table and the matrix count.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from kg.answers.responses import ResponseRow, gaps, responses
from kg.answers.therapy import Given, Line, apart, concomitant, exposure, lines
from kg.answers.trajectories import Change, changes, trajectories
from kg.base.times import Bounds
from kg.graph.store import Dataset
from kg.persons.people import NOT_STATED, Person, people

__all__ = ["Table", "about", "sheet", "tables"]

Table = tuple[str, list[str], list[list[str]]]


def tables(data: Dataset, wide: bool = True) -> Iterator[tuple[str, list[str], list[Table]]]:
    """For each patient: a heading, lines about the patient, and tables (title, heads, rows).

    wide: for a page of 140 columns or more; else dose and times share a column, and what shows a
    response is left out (`casekg explain` and `casekg evidence` give it).
    """
    for person in people(data):
        yield person.iri.rsplit("/case/", 1)[-1], list(about(person)), sheet(person, wide)


def sheet(person: Person, wide: bool = True) -> list[Table]:
    """The tables of one patient: those that have rows."""
    therapy, told = _lines(person), _responses(person)
    if not wide:
        therapy = _narrow(therapy, {"dose and times": (2, 3, 4), "how, why, beside what": (5, 6)})
        told = (told[0], told[1][:5], [row[:5] for row in told[2]])
    return [table for table in (therapy, told, _silence(person), _changes(person)) if table[2]]


def about(person: Person) -> Iterator[str]:
    """Lines about one patient: the title, who it is, diagnoses, antibodies, when last seen."""
    patient = person.patient
    yield person.case.report.title or person.report
    sex = patient.sex.concept.label if patient.sex else "sex not stated"
    yield f"Patient: {sex}, {patient.age.printed if patient.age else 'age not stated'}"
    for diagnosis in patient.diagnoses.values():
        told = [diagnosis.concept.label, *([person.when(diagnosis.time)] if diagnosis.time else [])]
        yield f"Diagnosis: {', '.join(told)}" + ("" if diagnosis.status == "present" else f", {diagnosis.status}")
    for antibody in patient.antibodies.values():
        yield f"Antibody: {antibody.concept.label}, {antibody.status}"
    for visit in patient.follow_up.values():
        yield f"Last seen: {person.when(visit.time)}" + ("" if visit.status == NOT_STATED else f", {visit.status}")


def _narrow(table: Table, joined: Mapping[str, tuple[int, ...]]) -> Table:
    """The same with columns put together, in which what is not stated is left out."""
    title, heads, rows = table
    first = min(i for places in joined.values() for i in places)
    texts = [
        ["; ".join(filter(None, (_said(heads[i], row[i]) for i in places))) or NOT_STATED for places in joined.values()]
        for row in rows
    ]
    return title, [*heads[:first], *joined], [[*row[:first], *text] for row, text in zip(rows, texts, strict=True)]


def _said(head: str, text: str) -> str:
    if text in ("", NOT_STATED):
        return ""
    return f"{head} {text}" if head == "started" else f"beside it {text}" if head.startswith("beside") else text


# ---- lines of therapy --------------------------------------------------------------------


def _lines(person: Person) -> Table:
    heads = ["line", "treatment", "dose", "started", "until", "how and why", "beside it"]
    rows: list[list[str]] = []
    for line in lines(person):
        for number, given in enumerate(line.treatments):
            first = number == 0
            how = _how(line) if first else "together with the one above"
            rows.append([str(line.number) if first else "", *_given(person, given), how, _beside(person, given.key)])
        rows += (["", *_given(person, given), "later dose or step", ""] for given in line.continued)
    rows += ([given.intent, *_given(person, given), _for(person, given.key), ""] for given in apart(person))
    return "Lines of therapy", heads, rows


def _given(person: Person, given: Given) -> list[str]:
    label = given.concept.label if given.concept else ""
    same = not label or label.casefold() in given.printed.casefold()
    route = "" if given.route == NOT_STATED or given.route in given.printed.casefold() else f", {given.route}"
    what = f"{given.key}: {given.printed}" + ("" if same else f" ({label})") + route
    length = exposure(person, given.key)
    last = [] if given.last == NOT_STATED else [given.last]
    if given.duration != NOT_STATED:
        last += [f"for {given.duration}", *_days("ended", person.bounds(given.key), end=True)]
    elif last and length.text != NOT_STATED:
        last.append(f"({length.text})")
    start = _short(given.start)
    if start == NOT_STATED or start.startswith(("by ", "from ")):  # all that is told may bound it on both sides
        start = next(_days("", given.starts), NOT_STATED)
    return [what, given.dose, start, " ".join(last) or NOT_STATED]


def _short(when: str) -> str:
    """A time without the words that it was printed in, where there are days."""
    return when.partition(" (“")[0]


def _days(word: str, bounds: Bounds, end: bool = False) -> Iterator[str]:
    """What is known of a start, or an end, from all that is told."""
    first, last = (bounds.earliest_end, bounds.latest_end) if end else (bounds.earliest_start, bounds.latest_start)
    if first or last:
        yield f"{word} {between(first, last)}".strip()


def between(first: date | None, last: date | None) -> str:
    """Two days in words.

    >>> between(None, date(2021, 9, 30))
    'by 2021-09-30'
    """
    if first and last:
        return str(first) if first == last else f"{first} to {last}"
    return f"by {last}" if last else f"from {first}" if first else NOT_STATED


def _how(line: Line) -> str:
    told: list[str] = [] if line.began == NOT_STATED else [line.began]
    if line.added_to:
        told.append(f"added to {', '.join(line.added_to)}")
    if line.instead_of:
        told.append(f"instead of {', '.join(line.instead_of)}")
    if line.because:
        told.append(f"for {', '.join(line.because)}")
    if line.failed:
        told.append(f"failed before: {', '.join(line.failed)}")
    if line.unordered:
        told.append(f"order against {', '.join(line.unordered)} not told")
    return "; ".join(told) or NOT_STATED


def _for(person: Person, key: str) -> str:
    treatment = person.patient.treatments[key]
    return "; ".join(filter(None, (", ".join(treatment.started_because), ", ".join(treatment.indication))))


def _beside(person: Person, key: str) -> str:
    """Other treatments when this one was begun: surely given, and those that nothing excludes."""
    found, therapeutic = concomitant(person, key), {k for line in lines(person) for k in line.all_keys} - {key}
    surely = [k for k in found.surely if k in therapeutic]
    maybe = [k for k in found.maybe if k in therapeutic and k not in surely]
    told = [f"surely {', '.join(surely)}"] if surely else []
    return "; ".join([*told, *([f"perhaps {', '.join(maybe)}"] if maybe else [])])


# ---- responses ---------------------------------------------------------------------------


def _responses(person: Person) -> Table:
    heads = ["under", "manifestation", "outcome", "when", "after", "shown by", "quoted"]
    found = sorted(responses(person), key=lambda row: _place(person, row))
    rows, above = [], ""
    for row in found:
        under = " + ".join(row.treatments) + (" (jointly)" if row.attribution == "joint" else "")
        concept = row.concept.label if row.concept else row.manifestation
        sites = ", ".join(site.label for site in row.sites)
        outcome = row.outcome if row.layer == "patient fact" else f"{row.outcome} ({row.layer})"
        rows.append(
            [
                "" if under == above else under,
                f"{concept} ({sites})" if sites else concept,
                outcome,
                _short(row.time),
                row.after.text,
                "; ".join(f"{shown.key}: {shown.text.rpartition(': ')[2]}" for shown in row.shown_by),
                " … ".join(sorted(anchor.quote for anchor in row.anchors)),
            ]
        )
        above = under
    return "Response of each manifestation, as the report tells it", heads, rows


def _place(person: Person, row: ResponseRow) -> tuple[int, tuple[str, ...], str, str]:
    numbers = {key: line.number for line in lines(person) for key in line.all_keys}
    return max((numbers.get(key, 0) for key in row.treatments), default=0), row.treatments, row.manifestation, row.key


def _silence(person: Person) -> Table:
    rows: dict[tuple[int, tuple[str, ...]], list[str]] = {}
    for gap in gaps(person):
        rows.setdefault((gap.line, gap.treatments), []).append(gap.concept.label if gap.concept else gap.manifestation)
    title = "Not reported: there when the line began, and not mentioned under it"
    found = [[str(line), " + ".join(keys), _list(labels)] for (line, keys), labels in rows.items()]
    return title, ["line", "treatment", "manifestations"], found


def _changes(person: Person) -> Table:
    heads = ["measured", "before", "after", "change", "begun between"]
    rows = [
        [
            change.analyte.label,
            f"{change.earlier.printed} ({_short(change.earlier.time)})",
            f"{change.later.printed} ({_short(change.later.time)})",
            change.words,
            _begun(change),
        ]
        for series in trajectories(person)
        for change in changes(series)
    ]
    return "Changes of measured values, and the treatments begun between", heads, rows


def _begun(change: Change) -> str:
    maybe = [f"perhaps {', '.join(change.maybe_started)}"] if change.maybe_started else []
    return "; ".join([", ".join(change.started) or "none surely", *maybe])


def _list(labels: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(labels))
