"""Commands about who is who, and what clashes, and what was new: retract, conflicts, novelty."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    FINDINGS,
    FINE,
    Claims,
    Data,
    Paths,
    ResultFormat,
    Retractions,
    WithRetracted,
    app,
    build,
    count,
    decided,
    draw,
    guarded,
    say,
    terminal,
)

if TYPE_CHECKING:
    from kg.claims.retract import Drill


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
    from kg.base.results import CaseError, Result
    from kg.claims.retract import drill
    from kg.claims.retract import record as write_down
    from kg.persons.judgements import Retraction

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
    from kg.base.prefixes import compress

    if made.reports:
        what = compress(made.reports[0]) if len(made.reports) == 1 else f"{count(len(made.reports), 'record')} of it"
        patients = count(len(made.patients), "patient")
        print(f"{what}: {patients}, {count(made.facts, 'fact')} would leave the answers.")
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


@app.command("conflicts", epilog="Example: casekg conflicts my-cases/ --claims claims.yaml -o conflicts.trig")
@guarded
def conflicts_command(
    paths: Paths = None,
    claims: Claims = None,
    retractions: Retractions = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the conflicts as RDF.", show_default=False),
    ] = None,
    format_: Annotated[ResultFormat, typer.Option("--format", help="text or json")] = ResultFormat.text,
) -> int:
    """Show what is told of one person and cannot all be true.

    In one report, and in several of one person by confirmed claims: present and excluded, doses,
    sex, ages, values (after unit conversion), outcomes, dates. Nothing is deleted; a claims file
    settles a conflict. Exit code 1 while one is open.
    """
    from kg.base.prefixes import compress
    from kg.claims.conflicts import conflicts
    from kg.graph.merging import disagreements
    from kg.persons.judgements import conflict_quads

    data = build(paths, claims, retractions)
    made = conflicts(data, decided(paths, claims))
    # what `casekg merge` tells: a field that has one value, told as several by different sources of one report
    between = [
        one
        for graph, tellings in sorted(data.tellings.items())
        for one in disagreements(graph, {text: sources.split(", ") for sources, text in tellings})
    ]
    for result in made.results:
        say(str(result))
    if output:
        from kg.base.files import write
        from kg.graph.store import format_of, serialise

        write(output, serialise(conflict_quads(one.node for one in made.found), format_of(output)))
    if format_ is ResultFormat.json:
        rows = [
            {
                "conflict": one.digits,
                "kind": one.kind,
                "status": one.status,
                "person": one.person,
                "facts": list(one.facts),
                "says": one.says,
                "resolution": None if not one.resolution else {**asdict(one.resolution), "on": str(one.resolution.on)},
            }
            for one in made.found
        ]
        looked = {"persons": made.persons, "compared": dict(made.compared), "undecided": dict(made.undecided)}
        told_apart = {"between_sources": [one.data() for one in between]}
        print(json.dumps({"conflicts": rows, **looked, **told_apart}, ensure_ascii=False, indent=2))
    else:
        for one in made.found:
            print(f"{one.digits} {one.status}: {one.kind}: {one.says}")
            if one.resolution:
                preferred = compress(one.resolution.prefer) if one.resolution.prefer else "neither"
                print(f"  {one.resolution.by}, {one.resolution.on}: {preferred}; {one.resolution.why}")
        numbers = [
            (kind, str(number), str(made.undecided.get(kind, 0)), str(sum(one.kind == kind for one in made.found)))
            for kind, number in made.compared.items()
        ]
        terminal().print(
            draw("Pairs of facts", ["kind", "compared", "left open by times or units", "conflicts"], numbers)
        )
        for one_field in between:
            print(f"between sources: {one_field}")
        if between:
            say(
                f"{count(len(between), 'field')} told differently by sources of one report, as casekg merge counts them. "
                "The conflicts above are pairs of facts that cannot both be true, whoever tells them."
            )
        settled = len(made.found) - len(made.open)
        told = f"{count(len(made.found), 'conflict')}, {settled} settled" if made.found else "No conflict"
        print(f"{told}, in {count(made.persons, 'person')}.")
    return FINDINGS if made.open or made.results else FINE


@app.command("novelty", epilog="Example: casekg novelty my-cases/ --retractions retractions.csv")
@guarded
def novelty_command(
    paths: Paths = None,
    claims: Claims = None,
    retractions: Retractions = None,
    with_retracted: WithRetracted = False,
    format_: Annotated[ResultFormat, typer.Option("--format", help="text or json")] = ResultFormat.text,
) -> int:
    """Run novelty claims against the cases that were published before.

    "No reported cases of X treated with Y" is a pattern; earlier cases that fit it break the claim,
    and near misses are told as such. Exit code 1 when a claim is broken.
    """
    from kg.base.prefixes import compress
    from kg.claims.novelty import novelty

    made = novelty(build(paths, claims, retractions, with_retracted))
    if format_ is ResultFormat.json:
        print(
            json.dumps(
                [{**asdict(one), "broken": one.broken} for one in made], ensure_ascii=False, indent=2, default=str
            )
        )
        return FINDINGS if any(one.broken for one in made) else FINE
    for one in made:
        print(f"{compress(one.claim)}: {one.says}" + (f" (published {one.published})" if one.published else ""))
        for case in one.found:
            what = "BROKEN by" if case.breaks else "near miss:" if case.missed else f"{case.when}:"
            told = f" ({case.published or 'no date'}{', the same person' if case.same_person else ''})"
            print(f"  {what} {compress(case.patient)}{told}{f': {case.missed}' if case.missed else ''}")
            for words in case.said:
                print(f"    “{words}”")
        if one.runnable:
            own = ", ".join(map(compress, one.own))
            fits = (
                f"it fits {own} of the report itself" if own else "it fits no patient of the report itself as told here"
            )
            print(f"  The pattern: {fits}.")
        if not one.broken:
            print("  No earlier case breaks it." if one.runnable else "  It was not run.")
        for line in one.searched:
            print(f"    {line}")
    broken = sum(one.broken for one in made)
    print(f"{count(len(made), 'novelty claim')}, {broken} broken." if made else "No report of the data claims novelty.")
    return FINDINGS if broken else FINE


@app.command("duplicates", epilog="Example: casekg duplicates my-cases/ --claims claims.yaml --threshold 15")
@guarded
def duplicates_command(
    paths: Paths = None,
    claims: Claims = None,
    retractions: Retractions = None,
    threshold: Annotated[float, typer.Option("--threshold", help="Show candidates from this score on.")] = 20,
    block: Annotated[
        int,
        typer.Option("--block", min=2, help="Compare those who share a thing that no more patients than this have."),
    ] = 60,
    all_: Annotated[bool, typer.Option("--all", help="Show those that were confirmed or rejected, too.")] = False,
    format_: Annotated[ResultFormat, typer.Option("--format", help="text or json")] = ResultFormat.text,
) -> int:
    """Show reports, patients and copies that may be one.

    Candidates with the evidence for and against each, and its points; the score is their sum. A
    claims file confirms, rejects or withdraws; counts follow. Exit code 1 while one is unjudged.
    """
    from kg.base.prefixes import compress
    from kg.claims.duplicates import duplicates

    made = duplicates(build(paths, claims, retractions), threshold, block)
    shown = made.found if all_ else made.unjudged
    looked = {
        "reports": made.reports,
        "patients": made.patients,
        "persons": made.persons,
        "possible": made.possible,
        "compared": made.compared,
    }
    if format_ is ResultFormat.json:
        rows = [{**asdict(one), "score": one.score, "status": one.status} for one in shown]
        told = {"threshold": threshold, **looked, "passed": made.passed, "candidates": rows}
        print(json.dumps(told, ensure_ascii=False, indent=2, default=str))
        return FINDINGS if made.unjudged else FINE
    for one in shown:
        print(f"{one.score:g} {one.kind}: {' and '.join(map(compress, one.of))} ({one.status})")
        for evidence in one.evidence:
            print(f"  {evidence.points:+g} {evidence.name}: {evidence.says}")
        if one.judged:
            print(f"  {one.judged.decision} by {one.judged.by}, {one.judged.on}: {one.judged.why}")
    judged = len(made.found) - len(made.unjudged)
    print(
        f"{count(len(made.found), 'candidate')} from {threshold:g} points on, {judged} judged; "
        f"{count(made.reports, 'report')}, {count(made.patients, 'patient')} counted as "
        f"{count(made.persons, 'person')}: {made.compared:,} of "
        f"{count(made.possible, 'pair')} compared, those that share something no more than {block} have "
        f"({made.passed:,} things are shared by more)."
    )
    return FINDINGS if made.unjudged else FINE
