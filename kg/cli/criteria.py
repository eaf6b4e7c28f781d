"""The command that holds published criteria against patients: criteria."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import FINE, ResultFormat, app, build, count, draw, enter, guarded, say, terminal

if TYPE_CHECKING:
    from kg.criteria.assessment import Assessment
    from kg.criteria.criterion import CriterionFile


FEW = 3  # patients that are told item by item unasked


@app.command("criteria", epilog="Example: casekg criteria systemic-sclerosis-2013 my-case.yaml -o criteria.svg")
@guarded
def criteria_command(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME] [PATH]...",
            help="A criterion (all, when left out), then case files, RDF files, or folders of them.",
            show_default=False,
        ),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the criteria.")] = False,
    patient: Annotated[
        str | None, typer.Option("--patient", help="Key or IRI of the patient, where there are several.")
    ] = None,
    items: Annotated[bool, typer.Option("--items", help=f"Item by item for more than {FEW} patients, too.")] = False,
    format_: Annotated[ResultFormat, typer.Option("--format", help="text or json")] = ResultFormat.text,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Picture (.svg, .png) or triples (.trig, .nq ...) to write.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Hold published classification and response criteria against the patients, item by item.

    Each item is stated, arguable, excluded, partly excluded (for a time or a place) or not stated.
    The score is an interval, from what is stated to what could still be met; beside it stands the
    score by the letter of the definitions. Criteria classify for research; they do not diagnose.
    Of many patients it is counted who reaches which class, with a row for each who reaches one.
    """
    from kg.base.prefixes import compress
    from kg.base.results import CaseError, Result
    from kg.criteria.assessment import NOTE
    from kg.criteria.criteria import assess_each
    from kg.criteria.criterion import criteria
    from kg.persons.people import people

    named, paths = _asked(words or [])
    if list_:
        files = named or criteria()
        rows = [
            (f.name, f.criterion.title, ", ".join(s.doi or s.url or "" for s in f.criterion.sources)) for f in files
        ]
        terminal().print(draw("", ["name", "criteria", "sources"], rows))
        return FINE
    persons = [p for p in people(build(paths)) if patient in (None, p.name, p.iri, compress(p.iri))]
    if not persons:
        message = f"no patient is called {patient!r}." if patient else "there is no patient in the data."
        raise CaseError([Result("violation", "fact", message, "Give a case file.", "casekg criteria")])
    made = [one for person in persons for file in named or criteria() for one in assess_each(person, file)]
    if output is not None:
        _write(made, output)
    elif format_ is ResultFormat.json:
        print(json.dumps([one.data() for one in made], ensure_ascii=False, indent=2))
    elif items or len(persons) <= FEW:
        for one in made:
            _show(one)
    else:
        _overview(made)
    say(NOTE)
    say(f"{count(len(made), 'result')} for {count(len(persons), 'patient')}.")
    return FINE


def _write(made: Sequence[Assessment], output: Path) -> None:
    """The results as a picture, or as triples, by the suffix. Raises CaseError."""
    if output.suffix.lower() in (".svg", ".png"):
        from kg.pictures.bars import criteria_picture

        criteria_picture(made, output)
        print(f"{output}: {count(len(made), 'result')}.")
        return
    from kg.base.files import write
    from kg.criteria.verdicts import verdict_quads
    from kg.graph.store import format_of, serialise

    quads = verdict_quads(made)
    write(output, serialise(quads, format_of(output)))
    print(f"{output}: {count(len(quads), 'quad')}.")


def _asked(words: Sequence[str]) -> tuple[tuple[CriterionFile, ...], list[Path]]:
    """The criteria and the paths that the words name; no criterion means all. Raises CaseError."""
    from kg.criteria.criterion import find_criterion

    paths = [Path(word) for word in words[1:]]
    if words and Path(words[0]).exists():
        return (), [Path(words[0]), *paths]
    enter(paths)
    return ((find_criterion(words[0]),), paths) if words else ((), paths)


def _overview(made: Sequence[Assessment]) -> None:
    """Many results: how many patients reach which class, and a row for each score of which something is told."""
    from collections import Counter

    from kg.base.prefixes import compress
    from kg.criteria.assessment import plain
    from kg.criteria.criteria import class_of

    reached = Counter(
        (one.criterion.name, column.name, column.class_least, column.class_most)
        for one in made
        for column in one.columns
    )
    counted = [[*key, str(number)] for key, number in sorted(reached.items(), key=lambda k: (k[0][:2], -k[1], k[0]))]
    terminal().print(draw("Classes reached", ["criteria", "column", "stated", "at most", "results"], counted))
    rows, others = [], 0
    for one in made:
        course = ", ".join(treatment.rsplit("#", 1)[-1] for treatment in one.treatments)
        for column in one.columns:
            of = one.criterion.criterion.columns[column.name]
            scores = (column.least, column.arguable, column.most, column.strict_least)
            if class_of(of, column.arguable) == of.below or (not one.computable and not course):
                others += 1
                continue
            who = compress(one.person.iri) + (f": {course}" if course else "")
            classes = dict.fromkeys((column.class_least, column.class_most))
            row = [one.criterion.name, column.name, who, *map(plain, scores), " to ".join(classes)]
            rows.append(((*row[:2], -column.least, -column.arguable, who), row))
    if rows:
        heads = ["criteria", "column", "patient", "stated", "arguable", "most", "letter", "class"]
        title = "Who reaches a class, by what is stated or arguable"
        terminal().print(draw(title, heads, [row for _, row in sorted(rows, key=lambda row: row[0])]))
    print(
        f"{count(others, 'score')} below every class: left out. --patient NAME shows the items of one, --items of all."
    )


def _show(made: Assessment) -> None:
    """One result: the scores in words, then a row for each item."""
    from kg.base.prefixes import compress
    from kg.criteria.assessment import told

    course = ", ".join(treatment.rsplit("#", 1)[-1] for treatment in made.treatments)
    under = f", response to {course}" if course else ""
    print(f"{made.criterion.criterion.title}: {compress(made.person.iri)}{under}")
    for column in made.columns:
        first, *more = told(made, column)
        print(f"  {column.label}: {first}")
        for line in more:
            print(f"    {line}")
    for exclusion in made.exclusions:
        keys = ", ".join(fact.rsplit("#", 1)[-1] for fact in exclusion.facts)
        why = "".join(f"; {words}" for words in exclusion.why)
        print(f"  not applied if: {exclusion.label}: {exclusion.status}{f' ({keys}{why})' if keys else ''}")
    columns = [column.name for column in made.columns]
    many = len({tuple(item.points.get(name) for name in columns) for item in made.items}) > 1
    heads = ["item", "status", "by the letter", " / ".join(columns) if many else "points", "facts", "quoted", "why"]
    rows = []
    for item in made.items:
        points = list(dict.fromkeys(str(item.points.get(name, "-")) for name in columns))
        facts = ", ".join(fact.rsplit("#", 1)[-1] if "#" in fact else "age" for fact in item.facts)
        why = "; ".join([*item.why, *filter(None, (item.missing,))])
        strict = "" if item.strict == item.status else item.strict
        rows.append([item.label, item.status, strict, " / ".join(points), facts, "; ".join(item.anchors[:1]), why])
    terminal().print(draw("", heads, rows))
    print()
