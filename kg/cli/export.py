"""The command that writes cases in formats of others: export."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import FINE, Paths, ResultFormat, app, build, count, draw, guarded, say, terminal


class ExportFormat(StrEnum):
    """Formats of others."""

    csv = "csv"
    kgx = "kgx"
    nanopub = "nanopub"
    phenopacket = "phenopacket"


@app.command("export", epilog="Example: casekg export cases/ --format kgx -o kgx/")
@guarded
def export_command(
    paths: Paths = None,
    form: Annotated[ExportFormat, typer.Option("--format", help="csv, kgx, nanopub or phenopacket")] = ExportFormat.csv,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FOLDER", help="Folder to write into; made when it is not there.")
    ] = Path("export"),
    account: Annotated[ResultFormat, typer.Option("--account", help="The loss account as text or json.")] = (
        ResultFormat.text
    ),
) -> int:
    """Write cases in a format of others, with an account of what did not survive.

    Each file is written whole or not at all. What the format has no place for is counted by kind, with
    the reason.
    """
    from kg.base.files import write
    from kg.export.exporting import export

    made = export(build(paths), form.value)
    output.mkdir(parents=True, exist_ok=True)
    for name, data in made.files.items():
        write(output / name, data)
    rows = made.losses.rows()
    if account is ResultFormat.json:
        told = [{"kind": kind, "kept": kept, "lost": lost, "why": why} for kind, kept, lost, why in rows]
        print(json.dumps({"cases": made.cases, "files": sorted(made.files), "account": told}, indent=2))
        return FINE
    cells = [(kind, f"{kept:,}", f"{lost:,}", why) for kind, kept, lost, why in rows]
    terminal().print(draw("What survives", ["kind", "kept", "lost", "why"], cells))
    say(f"{output}: {count(len(made.files), 'file')} of {count(made.cases, 'case')}; {made.losses.total:,} lost.")
    return FINE
