"""The command that makes the evidence table: evidence."""

from __future__ import annotations

import shlex
import sys
from contextlib import suppress
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    FINE,
    Claims,
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
    from kg.answers.evidence import Table


class EvidenceFormat(StrEnum):
    """How the table is written."""

    table = "table"
    csv = "csv"
    markdown = "markdown"
    json = "json"
    xlsx = "xlsx"


_SUFFIXES = {".csv": "csv", ".md": "markdown", ".json": "json", ".xlsx": "xlsx"}
# What the terminal has room for, where rows differ; a single row is shown whole.
_SHORT = ("report", "patient", "line", "drugs", "attribution", "manifestation", "time to response", "outcome")


def _filter(flag: str, text: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(flag, metavar="NAME", help=text, show_default=False)
    return option


@app.command(
    "evidence", epilog='Example: casekg evidence --class "JAK inhibitor" --manifestation calcinosis -o table.xlsx'
)
@guarded
def evidence_command(
    paths: Paths = None,
    drug: Annotated[str | None, _filter("--drug", "What was given: id, label or synonym, of a class too.")] = None,
    class_: Annotated[str | None, _filter("--class", "Class of the drug; with --drug, both hold.")] = None,
    manifestation: Annotated[
        str | None, _filter("--manifestation", "What responded or not, or what is above it.")
    ] = None,
    disease: Annotated[str | None, _filter("--disease", "A diagnosis of the patient, or what is above it.")] = None,
    antibody: Annotated[str | None, _filter("--antibody", "An antibody that the patient has.")] = None,
    outcome: Annotated[
        str | None, _filter("--outcome", "improved, stable, not improved, worsened or not reported")
    ] = None,
    format_: Annotated[
        EvidenceFormat | None,
        typer.Option("--format", help="table, csv, markdown, json or xlsx; by the suffix of FILE", show_default=False),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="File to write.", show_default=False)
    ] = None,
    claims: Claims = None,
    retractions: Retractions = None,
    with_retracted: WithRetracted = False,
) -> int:
    """Make the table that reviews of case reports use.

    One row for each response that a report tells of a manifestation under a treatment (or several
    jointly), and for each manifestation that is not reported under a line of therapy: prior
    therapies, dose, concomitant drugs, time, outcome, measures, adverse events, and the facts
    behind the row. An empty table says what was searched and why nothing matched.
    """
    from kg.answers.evidence import evidence
    from kg.claims.retract import mark_table
    from kg.persons.identity import retracted_reports

    form = _form(format_, output)
    data = build(paths, claims, retractions, with_retracted)
    table = mark_table(evidence(data, drug, class_, manifestation, disease, antibody, outcome), retracted_reports(data))
    if output is not None:
        from kg.base.files import write

        write(output, _bytes(table, form))
        print(f"{output}: {count(len(table.rows), 'row')}.")
    elif form is EvidenceFormat.table:
        _show(table)
    else:
        print(_bytes(table, form).decode(), end="")
    for name, told in table.asked.items():
        say(f"--{name}: {told}")
    for line in table.why_empty:
        say(line)
    say(f"{count(len(table.rows), 'row')} of {count(len(table.persons), 'patient')}.")
    return FINE


def _form(form: EvidenceFormat | None, output: Path | None) -> EvidenceFormat:
    """The format that is asked for, else that of the file's suffix. Raises CaseError where the two cannot be."""
    from kg.base.results import CaseError, Result

    if form is None and output is None:
        return EvidenceFormat.table
    if form is None and output is not None and output.suffix.lower() in _SUFFIXES:
        return EvidenceFormat(_SUFFIXES[output.suffix.lower()])
    if output is None and form is EvidenceFormat.xlsx:
        message, cure = "an Excel workbook is not for the terminal.", "Give -o FILE.xlsx."
    elif output is not None and form in (None, EvidenceFormat.table):
        message, cure = "has no suffix of a format.", f"Use {', '.join(_SUFFIXES)}, or give --format."
    else:
        return form or EvidenceFormat.table
    raise CaseError([Result("violation", "output", message, cure, str(output or "casekg evidence"))])


def _bytes(table: Table, form: EvidenceFormat) -> bytes:
    from importlib.metadata import PackageNotFoundError, version

    from kg.export.spreadsheet import as_csv, as_json, as_markdown, as_xlsx

    match form:
        case EvidenceFormat.xlsx:
            command = shlex.join(["casekg", *sys.argv[1:]])
            about = {"command": command, "written": datetime.now(UTC).date().isoformat()}
            for name in ("casekg", "XlsxWriter"):
                with suppress(PackageNotFoundError):
                    about[name] = version(name)
            return as_xlsx(table, about)
        case EvidenceFormat.csv:
            return as_csv(table).encode()
        case EvidenceFormat.json:
            return as_json(table).encode()
        case _:
            return as_markdown(table).encode()


def _show(table: Table) -> None:
    """One row whole; of several, what is the same in all of them above, and what differs as far as there is room."""
    columns = [name for name in table.columns if name != "facts"]
    values = {name: [row[table.columns.index(name)] for row in table.rows] for name in table.columns}
    if len(table.rows) == 1:
        terminal().print(draw("", ["column", "value"], [(name, values[name][0]) for name in columns]))
        for fact in table.facts[0]:
            print(fact)
    elif table.rows:
        same = [name for name in columns if len(set(values[name])) == 1]
        shown = [name for name in _SHORT if name not in same]
        for name in same:
            print(f"{name}: {values[name][0]}")
        terminal().print(draw("", shown, zip(*(values[name] for name in shown), strict=True)))
        say("The other columns: --format csv, markdown or json, or -o FILE.xlsx.")
