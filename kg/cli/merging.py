"""Commands that put case graphs together, take them apart, and compare them: merge, remove, diff."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    COULD_NOT,
    COULD_NOT_RUN,
    FINDINGS,
    FINE,
    ResultFormat,
    app,
    count,
    draw,
    enter,
    guarded,
    print_results,
    say,
    terminal,
)

if TYPE_CHECKING:
    from kg.graph.merging import Merged
    from kg.graph.parts import Came

MOST_LISTED = 40  # sources, duplicates or conflicts that are listed in the text; --format json has all

As = Annotated[ResultFormat, typer.Option("--format", help="text or json")]


@app.command("merge", epilog="Example: casekg merge cases/ theirs.nq -o merged.trig")
@guarded
def merge_command(
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="PATH...", help="Case files, RDF files, former merges, or folders of them."),
    ],
    output: Annotated[
        Path,
        typer.Option("--output", "-o", metavar="OUT", help="File to write; format by suffix: .trig .nq .jsonld"),
    ],
    lenient: Annotated[
        bool,
        typer.Option(
            "--lenient", help="Take phenopackets that leave out defaults of protobuf, or declare no resource."
        ),
    ] = False,
    report: Annotated[
        Path | None,
        typer.Option(
            "--report",
            metavar="FILE",
            show_default=False,
            help="Account of each record, also in archives: .tsv or .json",
        ),
    ] = None,
    format_: As = ResultFormat.text,
) -> int:
    """Put case graphs together, and tell what came in.

    OUT holds the named graph of each report, and who told it. The order of PATHs, and whether they were
    merged before, makes no difference: the same sources are the same bytes. To add to a former merge,
    name it among the PATHs. A malformed file is refused, by line and reason, and the rest is merged; the
    exit code is then 1. `casekg check OUT` judges what was put together.
    """
    from kg.base.files import write
    from kg.graph.merging import dataset_format, merge, save
    from kg.graph.parts import table
    from kg.graph.store import MAX_RDF_BYTES

    if report and report.suffix.lower() not in (".tsv", ".json"):
        say(f"{report}: write the report as .tsv or .json.")
        return COULD_NOT_RUN

    dataset_format(output)  # a wrong suffix is told before the work, not after it
    enter(paths)
    account = merge(paths, lenient)
    collection = account.collection
    lost = [r for r in account.refused if Path(r.file).exists() and output.exists() and output.samefile(r.file)]
    written = bool(collection.sources) and not lost
    if written:
        save(collection, output)
    made = {"output": str(output), "written": written}
    if report:
        whole = json.dumps(made | account.data(), indent=1, ensure_ascii=False) + "\n"
        write(report, (table(account.files) if report.suffix.lower() == ".tsv" else whole).encode())
    if format_ is ResultFormat.json:
        made |= account.data()
        print(json.dumps(made, indent=2, ensure_ascii=False))
    else:
        _print_account(account)
    if written and output.stat().st_size > MAX_RDF_BYTES:
        say(f"{output}: larger than casekg reads at once ({MAX_RDF_BYTES:,} bytes): write .trig, which is shorter.")
    if lost:
        say(f"{output}: not written, for it could not be read, and what it holds would be lost.")
    elif not collection.sources:
        say(f"{output}: not written, there is nothing to merge.")
    elif format_ is ResultFormat.text:
        graphs = collection.tellings
        records = sum(not one.reasons and "statements kept" not in one.counts for one in account.files)
        if records > len(collection.sources):
            print(
                f"{count(records, 'record')} in {count(len(collection.sources), 'source')}; --report FILE tells each."
            )
        print(
            f"{output}: {count(len(collection.sources), 'source')}, {count(len(graphs), 'graph')}; "
            f"{count(len(account.twice), 'duplicate')}, {count(len(account.conflicts), 'conflict')}, "
            f"{len(account.refused):,} refused."
        )
    if not collection.sources and account.refused and all(r.rule in COULD_NOT for r in account.refused):
        return COULD_NOT_RUN
    return FINDINGS if account.refused or not collection.sources else FINE


def _print_account(account: Merged) -> None:
    """What came in, as tables and lines."""
    from kg.base.prefixes import compress

    rows = [_row(came) for came in account.came]
    if len(rows) > MOST_LISTED:
        say(f"{len(rows) - MOST_LISTED:,} more sources are not listed; --format json has all.")
    if rows:
        lifts = [_row(came) for came in account.lifts]
        total = [_row(account.together)] if len(rows) + len(lifts) > 1 else []
        rows = [*rows[:MOST_LISTED], *lifts[:MOST_LISTED], *total]
        heads = ["source", "format", "cases", "facts", "by kind", "statements kept as they are"]
        terminal().print(draw("What came in", heads, rows))
    _listed(
        [
            f"{compress(t.graph)}: told by {', '.join(t.sources)}, {'alike' if t.alike else 'differently'}"
            for t in account.twice
        ],
        "duplicate",
    )
    _listed([str(conflict) for conflict in account.conflicts], "conflict")
    print_results(account.results)


def _row(came: Came) -> tuple[str, ...]:
    kinds = ", ".join(f"{number:,} {kind}" for kind, number in came.facts.items())
    numbers = (len(came.cases), sum(came.facts.values()), sum(came.kept.values()))
    cases, facts, kept = (f"{number:,}" for number in numbers)
    return came.name, came.format, cases, facts, kinds, kept


def _listed(lines: list[str], what: str) -> None:
    for line in lines[:MOST_LISTED]:
        print(f"{what}: {line}")
    if len(lines) > MOST_LISTED:
        print(f"{count(len(lines) - MOST_LISTED, f'more {what}')}; --format json has all.")


@app.command("remove", epilog="Example: casekg remove theirs.nq --from merged.trig")
@guarded
def remove_command(
    names: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...", help="Name of a merged file (* and ? allowed), a digest, or a report's DOI or id."
        ),
    ],
    from_: Annotated[Path, typer.Option("--from", metavar="FILE", help="A file that casekg merge wrote.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="OUT", help="Write here instead of to FILE.", show_default=False),
    ] = None,
) -> int:
    """Take sources out of a merged file, as if they had never been merged.

    What other sources tell stays, byte for byte. A report is taken out of every source that tells it.
    """
    from kg.base.prefixes import compress
    from kg.graph.merging import dataset_format, read_merged, remove, save

    into = output or from_
    dataset_format(into)
    left, gone, cut = remove(read_merged(from_), names)
    if not left.sources:
        say(f"{into}: not written, for nothing would be left. Delete the file.")
        return COULD_NOT_RUN
    save(left, into)
    for source in gone:
        print(f"removed: {source.name} ({source.format}), {count(len(source.tellings), 'graph')}")
    for name, graph in cut:
        print(f"removed: {compress(graph)} of {name}, which tells other reports, too")
    print(f"{into}: {count(len(left.sources), 'source')}, {count(len(left.tellings), 'graph')}.")
    return FINE


@app.command("diff", epilog="Example: casekg diff cases/a.yaml merged.trig")
@guarded
def diff_command(
    a: Annotated[Path, typer.Argument(metavar="A", help="Case file, RDF file or folder.")],
    b: Annotated[Path, typer.Argument(metavar="B", help="What to compare it with.")],
    format_: As = ResultFormat.text,
) -> int:
    """Compare two collections, fact by fact.

    + is a fact that only B has, - one that only A has, ~ one that differs, with its fields before and after.
    The exit code is 1 when they differ.
    """
    from kg.graph.diff import diff, title

    enter([a])
    found = diff(a, b)
    if format_ is ResultFormat.json:
        print(json.dumps({"same": not found, "graphs": [d.data() for d in found]}, indent=2, ensure_ascii=False))
        return FINDINGS if found else FINE
    for difference in found:
        print(title(difference))
        patient = None
        for change in difference.changes if difference.kind == "changed" else ():
            if change.patient != patient:
                patient = change.patient
                print(f"  {patient or 'of the report'}")
            for line in change.lines():
                print(f"    {line}")
        removed, added = difference.other
        if difference.changes or difference.kind != "changed":
            continue
        print(f"  in statements that follow from the facts: {removed:,} removed, {added:,} added")
    total = {kind: sum(d.count(kind) for d in found) for kind in ("added", "removed", "changed")}
    if found:
        print(
            f"{count(len(found), 'graph')} with differences: "
            + ", ".join(f"{count(n, 'fact')} {kind}" for kind, n in total.items())
            + "."
        )
    else:
        print("no difference.")
    return FINDINGS if found else FINE
