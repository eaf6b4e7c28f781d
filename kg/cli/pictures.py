"""Commands that draw: timeline, matrix."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    FINE,
    Claims,
    Format,
    Paths,
    Retractions,
    WithRetracted,
    app,
    build,
    count,
    draw,
    guarded,
    say,
    terminal,
)

if TYPE_CHECKING:
    from kg.persons.people import Person

_Picture = Annotated[
    Path | None,
    typer.Option("--output", "-o", metavar="FILE", help="Picture to write: .svg or .png", show_default=False),
]


@app.command("timeline", epilog="Example: casekg timeline kg/cases/cureus-34125.yaml -o timeline.svg")
@guarded
def timeline_command(
    paths: Paths = None,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="Picture to write: .svg or .png")
    ] = Path("timeline.svg"),
    patient: Annotated[
        str | None, typer.Option("--patient", help="Key or IRI of the patient, where there are several.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Draw every lane, and the examinations.")] = False,
    changes: Annotated[bool, typer.Option("--changes", help="Draw measured values before and after instead.")] = False,
) -> int:
    """Draw a patient's timeline.

    Treatments, manifestations and their course, values and events; in SVG the quoted words show
    when the pointer rests on a mark. Needs the extra casekg[pictures].
    """
    from kg.base.drawing import picture_suffix
    from kg.persons.people import people
    from kg.pictures.pictures import timeline_picture
    from kg.pictures.plots import change_picture

    picture_suffix(output)  # told before the work, not after it
    person = _chosen(people(build(paths)), patient)
    if changes:
        change_picture(person, output)
    else:
        timeline_picture(person, output, all_)
    print(f"{output}: {'values before and after' if changes else 'timeline'} of {person.iri}.")
    return FINE


def _chosen(persons: tuple[Person, ...], name: str | None) -> Person:
    """The one patient of this name, or the only one. Raises CaseError."""
    from kg.base.results import CaseError, Result

    found = [person for person in persons if name in (None, person.name, person.iri)]
    if len(found) == 1:
        return found[0]
    several = [person.iri for person in found or persons]
    names = ", ".join(several[:5]) + (f" and {len(several) - 5} more" if len(several) > 5 else "")
    message = (
        "there is no patient in the data."
        if not persons
        else f"no patient is called {name!r}."
        if not found
        else f"{len(found)} patients are in the data."
    )
    cure = f"Give --patient: {names}." if persons else "Give a case file."
    raise CaseError([Result("violation", "fact", message, cure, "casekg timeline")])


@app.command("matrix", epilog="Example: casekg matrix my-cases/ --classes -o matrix.svg")
@guarded
def matrix_command(
    paths: Paths = None,
    classes: Annotated[bool, typer.Option("--classes", help="Count classes of drugs instead of drugs.")] = False,
    format_: Annotated[Format, typer.Option("--format", help="table, csv, json or markdown")] = Format.table,
    output: _Picture = None,
    claims: Claims = None,
    retractions: Retractions = None,
    with_retracted: WithRetracted = False,
) -> int:
    """Count persons by drug, manifestation and reported response.

    Over all cases; what is attributed to a drug alone and to several jointly stands apart, and what
    is not reported is counted too. No number is a rate: published cases are chosen. With -o a heat
    map, which needs the extra casekg[pictures].
    """
    from kg.answers.matrix import HEADS, as_csv, as_json, as_markdown, matrix, rows
    from kg.claims.retract import retracted_facts

    if output:
        from kg.base.drawing import picture_suffix

        picture_suffix(output)  # told before the work, not after it
    data = build(paths, claims, retractions, with_retracted)
    made = matrix(data, classes)
    facts = (fact for cell in made.cells.values() for counted in cell.counts for fact in counted.facts)
    for report, number in retracted_facts(data, facts).items():
        say(f"Counted, though retracted: {count(number, 'fact')} of {report}.")
    if output:
        from kg.pictures.plots import matrix_picture

        matrix_picture(made, output)
        print(f"{output}: {count(len(made.cells), 'cell')}, {count(made.persons, 'person')}.")
        return FINE
    match format_:
        case Format.csv:
            print(as_csv(made), end="")
        case Format.json:
            print(as_json(made), end="")
        case Format.markdown:
            print(as_markdown(made), end="")
        case Format.table:
            shown = [HEADS.index(name) for name in HEADS if not name.endswith(" id") and name != "facts"]
            cells = [[str(row[place]) for place in shown] for row in rows(made)]
            terminal().print(draw("", [HEADS[place] for place in shown], cells))
            say("Facts behind each number: --format csv or json.")
    say(f"{count(made.persons, 'person')}; counts of published cases are no rates.")
    return FINE
