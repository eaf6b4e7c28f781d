"""The command that puts the graph into an engine elsewhere: load; and the options by which one is reached."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    COULD_NOT_RUN,
    FINDINGS,
    FINE,
    Claims,
    Paths,
    ResultFormat,
    Retractions,
    WithRetracted,
    app,
    build,
    count,
    draw,
    guarded,
    print_results,
    progress,
    say,
    terminal,
)

if TYPE_CHECKING:
    from kg.graph.remote import Access

SHOWN = 50  # graphs in the table


class Seen(StrEnum):
    """Which graphs of an engine a question sees."""

    auto = "auto"
    union = "union"
    ours = "ours"


User = Annotated[
    str,
    typer.Option("--user", metavar="NAME", help="Account at the engine; its password is in CASEKG_PASSWORD.",
                 show_default=False),
]  # fmt: skip
Seconds = Annotated[
    float, typer.Option("--timeout", min=1, metavar="SECONDS", help="Time for one answer of the engine.")
]


def access(user: str, timeout: float) -> Access:
    """As whom an engine is asked: a password or a token comes from the environment, never from the command line."""
    from kg.graph.remote import Access

    return Access(user, os.environ.get("CASEKG_PASSWORD", ""), os.environ.get("CASEKG_TOKEN", ""), timeout)


@app.command(
    "load",
    epilog="Example: casekg load my-cases/ --endpoint http://localhost:3030/cases/sparql "
    "--graph-store http://localhost:3030/cases/data",
)
@guarded
def load_command(
    paths: Paths = None,
    endpoint: Annotated[
        str, typer.Option("--endpoint", metavar="URL", help="Where the engine takes SPARQL 1.1 queries.")
    ] = "",
    graph_store: Annotated[
        str,
        typer.Option(
            "--graph-store",
            metavar="URL",
            help="Its Graph Store HTTP Protocol; each graph is put there.",
            show_default=False,
        ),
    ] = "",
    update: Annotated[
        str,
        typer.Option(
            "--update",
            metavar="URL",
            show_default=False,
            help="Where it takes SPARQL 1.1 updates; used without --graph-store. Default: the endpoint.",
        ),
    ] = "",
    user: User = "",
    timeout: Seconds = 60,
    remove: Annotated[
        bool, typer.Option("--remove", help="Take away graphs of casekg there that are not in the data.")
    ] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and write nothing.")] = False,
    claims: Claims = None,
    retractions: Retractions = None,
    with_retracted: WithRetracted = False,
    format_: Annotated[ResultFormat, typer.Option("--format", help="text or json")] = ResultFormat.text,
) -> int:
    """Put the graph into a SPARQL 1.1 engine, for `casekg query --endpoint`.

    With the cases go the ontology, the mappings, and what follows from all of them. Each graph takes the place
    of what it held, and is counted there afterwards. Graphs that are not casekg's are never touched.
    """
    from kg.answers.endpoint import everything
    from kg.gate.shapes import validate
    from kg.graph.loading import by_graph, load
    from kg.graph.remote import Remote

    if not endpoint:
        say("casekg load: name the engine: --endpoint URL.")
        return COULD_NOT_RUN
    remote = Remote(endpoint, access(user, timeout), update, graph_store)
    data = build(paths, claims, retractions, with_retracted)
    wrong = [r for r in validate(data).results if r.severity == "violation"]
    if wrong:
        print_results(wrong)
        say(f"{endpoint}: nothing is loaded, {count(len(wrong), 'violation')}.")
        return FINDINGS
    graphs, left_out = by_graph(everything(data))
    with progress("loading") as bar:
        made = load(remote, graphs, remove, dry, bar)
    results = [*left_out, *made.results]
    if format_ is ResultFormat.json:
        shown = {"endpoint": endpoint, "way": made.way, "graphs": [asdict(c) for c in made.counts],
                 "results": [r.data() for r in results]}  # fmt: skip
        print(json.dumps(shown, indent=2, ensure_ascii=False))
        return FINDINGS if results else FINE
    told = [c for c in made.counts if c.what != "put" or c.here != (c.before if dry else c.after)]
    if told:
        rows = [
            (c.what, c.graph, f"{c.here:,}", f"{c.before:,}", "" if c.after is None else f"{c.after:,}")
            for c in told[:SHOWN]
        ]
        terminal().print(draw("", ["graph is", "name", "in the data", "there before", "there now"], rows))
        if len(told) > SHOWN:
            say(f"... and {len(told) - SHOWN:,} more (--format json has all).")
    print_results(results)
    put, gone = made.number("put"), made.number("removed")
    here = sum(c.here for c in made.counts)
    if not made.way:
        would = f"would be put, {count(gone, 'graph')} removed"
        print(f"{endpoint}: nothing is written; {count(put, 'graph')} ({here:,} triples) {would}.")
    else:
        state = "each counted there, and whole" if not made.results else count(len(made.results), "difference")
        print(
            f"{endpoint}: {count(put, 'graph')} put ({here:,} triples), {count(gone, 'graph')} removed, "
            f"by {made.way}; {state}."
        )
    return FINDINGS if results else FINE
