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
    """
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
    persons = [p for p in people(build(paths)) if patient in (None, p.name, p.iri)]
    if not persons:
        message = f"no patient is called {patient!r}." if patient else "there is no patient in the data."
        raise CaseError([Result("violation", "fact", message, "Give a case file.", "casekg criteria")])
    made = [one for person in persons for file in named or criteria() for one in assess_each(person, file)]
    if output is not None:
        _write(made, output)
    elif format_ is ResultFormat.json:
        print(json.dumps([one.data() for one in made], ensure_ascii=False, indent=2))
    else:
        for one in made:
            _show(one)
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
