"""What is found in one file, by every rule there is?

The file is read strictly and held against schema, vocabularies, identifiers, consistency, time,
shapes, evidence, coverage and privacy. One file knows nothing of the others: what they have in
common is for `kg.gate.check`, which runs this in bounded worker processes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.base.cache import digest
from kg.base.project import CONFIG, Profile, current, read_project
from kg.base.results import CaseError, Result, ordered
from kg.concepts.terms import lending
from kg.gate.decisions import named_reports
from kg.gate.repository import counter_examples, project_results
from kg.gate.shapes import Engine, place_results, stray_results, validate_case_graph, validate_graph
from kg.graph.graphs import read_case_graphs
from kg.graph.store import is_foreign, read_rdf
from kg.model.anchors import anchor_results, read_source
from kg.model.case import TO_BE_GIVEN
from kg.model.context import context_results
from kg.model.coverage import coverage
from kg.model.privacy import privacy_results
from kg.model.reading import CaseFile
from kg.persons.judgements import read_claims
from kg.persons.retractions import Cited, cited, title_results
from kg.rdf.iris import case_iri
from kg.rdf.triples import quads
from kg.sources.foreign import Others, lift_all, model_of
from kg.sources.readers import READERS, judge_cases

__all__ = ["Examined", "Settings", "Told", "examine", "shape_results"]

MOST_ALIKE = 500  # results of one rule that are listed of one file
LONGEST = 600  # characters of a message


@dataclass(frozen=True)
class Settings:
    """What one examination depends on beside the file: the folder of source texts, the profile, the engine."""

    sources: Path | None = None
    privacy: Profile = "published"
    engine: Engine = "compiled"


@dataclass(frozen=True)
class Told:
    """What a file says of a report, for comparison with other files.

    graph: IRI of the report; sha256: digest of its source text; place: line and column; dois: the
    report's and its references'.
    """

    graph: str
    sha256: str
    place: tuple[int, int]
    dois: tuple[Cited, ...]


@dataclass(frozen=True)
class Examined:
    """What was found in one file.

    focus_nodes: how many nodes each shape saw; texts: source texts that were looked at, name ->
    digest ("" when it was not there); named: reports that a claims file speaks of.
    """

    results: tuple[Result, ...]
    focus_nodes: dict[str, int]
    told: tuple[Told, ...]
    texts: dict[str, str]
    named: tuple[str, ...] = ()

    def data(self, path: str) -> dict[str, Any]:
        """Plain values, without the file's own name: the same content says the same under any name."""
        return {
            "results": [
                [
                    r.severity,
                    r.rule,
                    r.message,
                    r.cure,
                    "" if r.file == path else r.file,
                    r.line,
                    r.column,
                    r.key,
                    r.focus,
                ]
                for r in self.results
            ],
            "focus_nodes": self.focus_nodes,
            "told": [[t.graph, t.sha256, t.place, t.dois] for t in self.told],
            "texts": self.texts,
            "named": self.named,
        }


def examine(path: Path, settings: Settings) -> Examined:
    """Everything that is found in a case file or RDF file. Raises nothing for a bad file: it is a result."""
    try:
        if path.name == CONFIG:
            return _project(path)
        if (own := current()) and own.claims and path.resolve() == own.claims.resolve():
            return Examined((), {}, (), {}, named_reports(read_claims(path)))
        return _case_file(path, settings) if path.suffix.lower() in READERS else _rdf_file(path, settings)
    except CaseError as error:
        return Examined(error.results, {}, (), {})


def _project(path: Path) -> Examined:
    """A project's own terms, shapes, queries and mappings."""
    found = project_results(read_project(path))
    if all(result.severity != "violation" for result in found):
        found = ordered([*found, *counter_examples()])
    return Examined(found, {}, (), {})


def _case_file(path: Path, settings: Settings) -> Examined:
    files: list[CaseFile] = []
    results: list[Result] = []
    counts: Counter[str] = Counter()
    for file in judge_cases(path):
        if isinstance(file, CaseError):
            results += file.results
            continue
        files.append(file)
        results += file.results
        if all(result.severity != "violation" for result in file.results):
            # a case that contradicts itself has no graph worth a second look: it would say the same again
            placed, seen = shape_results(file, settings.engine)
            counts.update(seen)
            results += placed
    return _examined(files, results, counts, settings)


def shape_results(file: CaseFile, engine: Engine = "compiled") -> tuple[list[Result], dict[str, int]]:
    """What the shapes find in a case, each where it was written; and how many nodes each shape saw."""
    with lending(bool(file.case.proposed)):
        found, seen = validate_graph(list(quads(file.case)), engine, record=file.case.report.is_record)
        placed = list(place_results(found, file))
    return list(_open(placed)) if file.case.report.proposed else placed, seen


def _open(results: Iterable[Result]) -> Iterator[Result]:
    """What a draft may still lack of its report is no violation yet."""
    for result in results:
        lacking = result.key in {f"report.{name}" for name in TO_BE_GIVEN}
        yield replace(result, severity="warning") if lacking and result.severity == "violation" else result


def _rdf_file(path: Path, settings: Settings) -> Examined:
    rows = read_rdf(path)
    if is_foreign(rows) and model_of(rows):
        return _foreign_file(path, rows, settings)
    read = read_case_graphs(path)
    results: list[Result] = []
    files: list[CaseFile] = []
    counts: Counter[str] = Counter()
    for graph in read.graphs:
        found, seen = validate_case_graph(graph, settings.engine)
        counts.update(seen)
        results += found
        if graph.file is not None:
            files.append(graph.file)
    results += stray_results(read)
    if not read.graphs:
        message = "holds no report of casekg: nothing was checked in it."
        results.append(Result("violation", "empty", message, "Name a file with a case graph.", str(path)))
    return _examined(files, results, counts, settings)


def _foreign_file(path: Path, rows: list[ox.Quad], settings: Settings) -> Examined:
    """A graph of another model: the cases that are lifted of it, and what stays in the source only."""
    files: list[CaseFile] = []
    results: list[Result] = []
    counts: Counter[str] = Counter()
    for _, made in lift_all([Others.of(path, path.read_bytes(), rows)]):
        results += made.results
        for file in made.files:
            files.append(file)
            results += file.results
            if all(result.severity != "violation" for result in file.results):
                found, seen = validate_graph(list(quads(file.case)), settings.engine, record=True)
                counts.update(seen)
                results += place_results(found, file)
        model = made.lift.model if made.lift else "another model"
        told = f"{sum(len(list(f.case.facts())) for f in made.files)} facts of {len(made.files)} patients"
        left = ", ".join(f"{number} {kind}" for kind, number in sorted(made.left.items()))
        message = f"is {model}: {told} were lifted and checked."
        results.append(
            Result("info", "lifted", message, f"Only in the source itself: {left}." if left else "", str(path))
        )
    return _examined(files, results, counts, settings)


def _examined(files: list[CaseFile], results: list[Result], counts: Counter[str], settings: Settings) -> Examined:
    texts: dict[str, str] = {}
    for file in files:
        results += privacy_results(file, settings.privacy)
        results += title_results(file)
        if settings.sources is not None and not file.case.report.is_record:
            results += _evidence(file, settings.sources, texts)
    told = tuple(
        # two records may stand in one file
        Told(
            case_iri(f.case),
            "" if f.case.report.is_record else f.case.report.source.sha256,
            f.place("report")[1:],
            tuple(cited(f)),
        )
        for f in files
    )
    return Examined(_capped(ordered(results)), dict(counts), told, texts)


def _capped(results: tuple[Result, ...]) -> tuple[Result, ...]:
    """At most MOST_ALIKE results of a rule: a damaged file may break one a hundred thousand times."""
    alike: Counter[str] = Counter()
    kept = []
    for result in results:
        if len(result.message) > LONGEST:
            result = replace(result, message=f"{result.message[:LONGEST]}…")
        alike[result.rule] += 1
        if alike[result.rule] <= MOST_ALIKE:
            kept.append(result)
    for rule, count in alike.items():
        if count > MOST_ALIKE:
            last = next(r for r in reversed(kept) if r.rule == rule)
            kept.append(
                replace(last, message=f"{count - MOST_ALIKE:,} more of this rule are not listed.", key="", focus="")
            )
    return ordered(kept)


def _evidence(file: CaseFile, sources: Path, texts: dict[str, str]) -> Iterator[Result]:
    """Anchors and coverage, where the source text is at hand."""
    name = file.case.report.source.file
    path, place = sources / name, file.place("report", "source", "file")
    if not path.is_file():
        texts[name] = ""
        message = f"the source text is not in {sources}: its anchors were not looked at."
        yield Result("warning", "source-missing", message, "Put it there, if its licence allows.", *place)
        return
    texts[name] = digest(path)
    try:
        if file.lifted:
            source = read_source(file, sources)
            yield from anchor_results(file, source)
            yield from context_results(file, source)
            return
        found = coverage(file, sources)
    except CaseError as error:
        yield from error.results
        return
    yield from found.results
    if unread := found.count("unread"):
        message = f"{unread} of {len(found.sentences)} sentences of the source are unread."
        cure = "`casekg coverage` lists them: state their facts, or mark them in `no_facts`."
        yield Result("warning", "unread", message, cure, *file.place("report", "source"), "report.source")
