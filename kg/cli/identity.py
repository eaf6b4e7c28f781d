"""Commands about who is who, and what was taken back: retract."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    FINE,
    Claims,
    Data,
    ResultFormat,
    app,
    build,
    count,
    draw,
    guarded,
    say,
    terminal,
)

if TYPE_CHECKING:
    from kg.retract import Drill


@app.command("retract", epilog="Example: casekg retract 10.7759/cureus.34125 --data my-cases/")
@guarded
def retract_command(
    doi: Annotated[str, typer.Argument(metavar="DOI", help="DOI of the report that was retracted.")],
    data: Data = None,
    claims: Claims = None,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record", metavar="FILE", help="Write the retraction into this claims file.", show_default=False
        ),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="Who tells of it, for --record.")] = "",
    why: Annotated[str, typer.Option("--why", help="Why it was retracted, for --record.")] = "",
    rows: Annotated[int, typer.Option("--rows", min=0, help="Rows to show of each changed answer.")] = 0,
    format_: Annotated[ResultFormat, typer.Option("--format", help="text or json")] = ResultFormat.text,
) -> int:
    """Show what changes when a report is taken back.

    Answers every question of the library, the evidence table and the matrix with it and without it;
    tells which answers lose rows, and who cites the report. With --record the claims file marks it,
    and its facts leave the default answers from then on.
    """
    from kg.judgements import Retraction
    from kg.results import CaseError, Result
    from kg.retract import drill
    from kg.retract import record as write_down

    if record and not (by.strip() and why.strip()):
        message = "a retraction is told by somebody, for a reason."
        raise CaseError([Result("violation", "query", message, "Give --by and --why.", "casekg retract")])
    made = drill(build(data, claims, None, True), doi)
    if record:
        write_down(record, Retraction(made.doi, why, by, datetime.now(UTC).date()))
        say(f"{record}: {made.doi} is retracted.")
    if format_ is ResultFormat.json:
        print(json.dumps(asdict(made), ensure_ascii=False, indent=2))
    else:
        _print_drill(made, rows)
    return FINE


def _print_drill(made: Drill, rows: int) -> None:
    from kg.prefixes import compress

    if made.report:
        patients = count(len(made.patients), "patient")
        print(f"{compress(made.report)}: {patients}, {count(made.facts, 'fact')} would leave the answers.")
        told = [(c.question, c.summary, str(c.rows), str(len(c.lost)), str(len(c.new))) for c in made.changed]
        terminal().print(draw("Answers that change", ["question", "what it asks", "rows", "lost", "new"], told))
        for changed in made.changed if rows else ():
            print(changed.question)
            for sign, some in (("-", changed.lost), ("+", changed.new)):
                for row in some[:rows]:
                    print(f"  {sign} " + " | ".join(compress(cell) for cell in row if cell))
        print(f"{len(made.changed)} of {made.asked} answers change (a changed count is a row lost and a row new).")
    else:
        print(f"{made.doi} is no report of the data: no answer changes.")
    for citing in made.citing:
        rest = ", ".join(map(compress, citing.claims)) or "no claim of it"
        print(f"Cited by {compress(citing.report)}: {compress(citing.reference)} (by {citing.by}); {rest} rests on it.")
    if not made.citing:
        print("No other report of the data cites it.")
