"""What changes when a report is taken back?

The retraction drill: every question of the library, the evidence table and the matrix are answered
with the report and without it, and the rows that are lost or new are told; so are the reports that
cite it, with the claims that rest on the reference. Counts change too: such a row is lost and new.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.answers.asked import Here
from kg.answers.evidence import Table, evidence
from kg.answers.matrix import matrix, rows
from kg.answers.origins import report_of
from kg.answers.queries import DERIVED, Answer, ask, library
from kg.base.files import read, write
from kg.base.prefixes import CKG, PREFIXES
from kg.base.results import CaseError, Result
from kg.graph.store import Dataset
from kg.persons.identity import leave_out, retracted_reports
from kg.persons.judgements import Retraction, read_claims

__all__ = ["Changed", "Citing", "Drill", "drill", "mark_answer", "mark_table", "record", "retracted_facts"]

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """A question whose answer changes; rows: how many it had. lost, new: rows as text, in order."""

    question: str
    summary: str
    rows: int
    lost: tuple[Row, ...]
    new: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Citing:
    """Another report that cites it: IRI of the report and of the reference; claims: IRIs of those that cite that.

    by: "doi", or "title" where the reference is printed without a DOI.
    """

    report: str
    reference: str
    by: str
    claims: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Drill:
    """What a retraction changes; asked: how many questions were asked.

    reports: IRIs of what is in the data of it: a case file, or the records of the patients that it tells of.
    """

    doi: str
    reports: tuple[str, ...]
    patients: tuple[str, ...]
    facts: int
    asked: int
    changed: tuple[Changed, ...]
    citing: tuple[Citing, ...]


def drill(data: Dataset, doi: str) -> Drill:
    """What changes in the default answers when the report with this DOI is taken back.

    Reports that are retracted already are in neither answer. Raises CaseError for a DOI that is
    neither that of a report nor of a reference.
    """
    doi = doi.removeprefix("https://doi.org/").removeprefix("doi:").lower()
    reports = {quad.subject.value for quad in data.match(None, PREFIXES["rdf"] + "type", CKG + "Report")}
    told = sorted(reports & {q.subject.value for q in data.match(None, CKG + "doi") if q.object.value.lower() == doi})
    citing = tuple(_citing(data, doi, told))
    if not told and not citing:
        message = f"is neither the DOI of a report nor of a reference of {data.summary()}."
        raise CaseError([Result("violation", "fact", message, "Check the DOI, and --data.", doi)])
    if not told:
        return Drill(doi, (), (), 0, 0, (), citing)
    gone = set(retracted_reports(data))
    before = leave_out(data, gone - {*told})
    after = leave_out(before, told)
    changed = []
    asked = 0
    for (name, summary, old), (_, _, new) in zip(_answers(before), _answers(after), strict=True):
        asked += 1
        was, now = Counter(old), Counter(new)
        if was != now:
            lost, more = tuple(sorted((was - now).elements())), tuple(sorted((now - was).elements()))
            changed.append(Changed(name, summary, len(old), lost, more))
    patients = sorted(q.subject.value for iri in told for q in data.match(None, CKG + "reportedIn", iri))
    facts = sum(report_of(q.subject.value) in told for q in data.match(None, CKG + "layer"))
    return Drill(doi, tuple(told), tuple(patients), facts, asked, tuple(changed), citing)


def _once(make: Callable[[Dataset], list[ox.Quad]]) -> Callable[[Dataset], list[ox.Quad]]:
    """What follows from the facts of one dataset, made at the first call and not for each question."""
    made: list[list[ox.Quad]] = []

    def quads(data: Dataset) -> list[ox.Quad]:
        if not made:
            made.append(make(data))
        return made[0]

    return quads


def _answers(data: Dataset) -> Iterator[tuple[str, str, list[Row]]]:
    """Every question with its answer, as text."""
    here = Here(data, {name: _once(make) for name, make in DERIVED.items()})
    for name, query in library().items():
        found = ask(here, query).rows
        yield name, query.summary, [tuple("" if term is None else term.value for term in row) for row in found]
    yield "casekg evidence", "The evidence table.", list(evidence(data).rows)
    yield (
        "casekg matrix",
        "Persons by drug, manifestation and outcome.",
        [tuple(map(str, row)) for row in rows(matrix(data))],
    )


def _citing(data: Dataset, doi: str, reports: Iterable[str]) -> Iterator[Citing]:
    """References of other reports to this one, by DOI, else by its title."""
    title = PREFIXES["dcterms"] + "title"
    titles = {_plain(quad.object.value) for report in reports for quad in data.match(report, title)}
    intents = [
        PREFIXES["cito"] + n for n in ("citesAsEvidence", "citesForInformation", "usesMethodIn", "citesAsDataSource")
    ]
    found: dict[str, str] = {}
    references = {quad.subject.value for quad in data.match(None, PREFIXES["rdf"] + "type", CKG + "Reference")}
    for quad in data.match(None, CKG + "doi"):
        if quad.subject.value in references and quad.object.value.lower() == doi:
            found[quad.subject.value] = "doi"
    for quad in data.match(None, title):
        if quad.subject.value in references and _plain(quad.object.value) in titles:
            found.setdefault(quad.subject.value, "title")
    for reference, by in sorted(found.items()):
        claims = {quad.subject.value for intent in intents for quad in data.match(None, intent, reference)}
        yield Citing(reference.partition("#")[0], reference, by, tuple(sorted(claims)))


def _plain(title: str) -> str:
    """A title without what typesetting changes."""
    return re.sub(r"\W+", " ", title).strip().casefold()


# ---- marking ----------------------------------------------------------------------------


def mark_answer(answer: Answer, reports: Iterable[str]) -> Answer:
    """The answer with a column `retracted`, which names the retracted reports that a row's facts are from."""
    gone = set(reports)
    if not gone or not answer.rows:
        return answer
    marked = []
    for number, row in enumerate(answer.rows):
        named = sorted({report_of(iri) for iri in answer.facts(number)} & gone)
        marked.append((*row, ox.Literal(" ".join(named)) if named else None))
    return replace(answer, columns=(*answer.columns, "retracted"), rows=tuple(marked))


def mark_table(table: Table, reports: Iterable[str]) -> Table:
    """The evidence table with "(retracted)" behind the report of each row that is from one of these."""
    gone, place = set(reports), table.columns.index("report")

    def cells(row: Row, facts: tuple[str, ...]) -> Row:
        if not {report_of(iri) for iri in facts} & gone:
            return row
        return (*row[:place], f"{row[place]} (retracted)", *row[place + 1 :])

    return replace(table, rows=tuple(map(cells, table.rows, table.facts)))


def retracted_facts(data: Dataset, facts: Iterable[str]) -> dict[str, int]:
    """How many of these facts are of each retracted report of the dataset."""
    gone = retracted_reports(data)
    return dict(sorted(Counter(report for fact in set(facts) if (report := report_of(fact)) in gone).items()))


# ---- writing it down --------------------------------------------------------------------


def record(path: Path, told: Retraction) -> None:
    """Write a retraction into a claims file, which is made where it is not there; its other lines stay.

    Raises CaseError when the file is no claims file, or tells of the DOI already; it then stays as it was.
    """
    text = read(path, 2_000_000).decode("utf-8") if path.exists() else ""
    if text.strip():
        for known in read_claims(path).retractions:
            if known.doi == told.doi:
                message = f"tells of the retraction of {told.doi} already."
                raise CaseError([Result("violation", "claims", message, "Change that entry.", *known.place)])
    key = re.sub(r"[^a-z0-9]+", "-", f"retracted-{told.doi}").strip("-")
    entry = [f"  {key}:", f"    doi: {_quoted(told.doi)}", f"    by: {_quoted(told.by)}", f"    on: {told.on}"]
    entry.append(f"    why: {_quoted(told.why)}")
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines) if re.fullmatch(r"retractions:\s*(#.*)?", line)]
    if starts:
        lines[starts[0] + 1 : starts[0] + 1] = entry
    else:
        lines += ["retractions:", *entry]
    made = "\n".join(lines) + "\n"
    trial = path.with_name(f".{path.name}.trial")
    try:
        write(trial, made.encode())
        read_claims(trial)
    except CaseError as error:
        message = "the entry could not be put into the file."
        cure = "Write `retractions:` on a line of its own, with indented entries."
        raise CaseError([Result("violation", "claims", message, cure, str(path))]) from error
    finally:
        trial.unlink(missing_ok=True)
    write(path, made.encode())


def _quoted(text: Any) -> str:
    return "'" + " ".join(str(text).split()).replace("'", "''") + "'"
