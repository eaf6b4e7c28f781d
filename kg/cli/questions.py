"""Commands that ask: query, explain."""

from __future__ import annotations

import json
import signal
import threading
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    COULD_NOT_RUN,
    FINE,
    Claims,
    Data,
    Format,
    Matches,
    Retractions,
    Sources,
    WithRetracted,
    app,
    build,
    count,
    draw,
    enter,
    guarded,
    parameters,
    say,
    terminal,
)
from kg.cli.remote import Seconds, Seen, User, access

if TYPE_CHECKING:
    from kg.graph.store import Dataset


@app.command(
    "query",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example: casekg query treatment/drugs --drug tofacitinib",
)
@guarded
def query_command(
    context: typer.Context,
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="[NAME|FILE.rq]", help="A question of the library, or a SPARQL file.", show_default=False
        ),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the questions and their parameters.")] = False,
    data: Data = None,
    format_: Annotated[Format, typer.Option("--format", help="table, csv, json or markdown")] = Format.table,
    sparql: Annotated[bool, typer.Option("--sparql", help="Print the SPARQL instead of the answer.")] = False,
    claims: Claims = None,
    retractions: Retractions = None,
    with_retracted: WithRetracted = False,
    mappings: Annotated[
        Matches, typer.Option("--mappings", help="Matches between vocabularies to follow: exact, broad or close.")
    ] = Matches.exact,
    endpoint: Annotated[
        str,
        typer.Option(
            "--endpoint",
            metavar="URL",
            show_default=False,
            help="Ask a SPARQL 1.1 engine that `casekg load` filled, instead of files.",
        ),
    ] = "",
    scope: Annotated[
        Seen, typer.Option("--graphs", help="What is seen there: its default graph (union), casekg's graphs, or auto.")
    ] = Seen.auto,
    user: User = "",
    timeout: Seconds = 60,
) -> int:
    """Ask a question of the library, or your own SPARQL.

    --list names the questions.

    Parameters follow as --PARAMETER VALUE; a concept may be given by id or by label. An empty
    answer says what was searched and why nothing matched.
    """
    from kg.answers.origins import name_sources
    from kg.answers.queries import ask, find, library

    enter(data or ())
    if list_ or name is None:
        if context.args or (name is None and not list_):
            say("casekg query: name a question, or --list.")
            return COULD_NOT_RUN
        rows = [
            (q.name, q.summary, " ".join(f"--{p}" for p in q.parameters))
            for q in library().values()
            if name is None or name in q.name
        ]
        if format_ is Format.json:
            print(
                json.dumps(
                    [{"name": n, "summary": s, "parameters": p.replace("--", "").split()} for n, s, p in rows], indent=2
                )
            )
        else:
            terminal().print(draw("", ["question", "what it asks", "parameters"], rows))
            say(f"{len(rows)} questions.")
        return FINE
    query = find(name)
    if sparql:
        print(query.sparql, end="")
        return FINE
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine does not return for Python's own handler
    if endpoint:
        from kg.answers.endpoint import reached
        from kg.graph.remote import Remote

        if data or claims or retractions or with_retracted or mappings is not Matches.exact:
            say("casekg query: --endpoint asks what `casekg load` put there: --data, --claims, --retractions and")
            say("--with-retracted go with that command, and --mappings with files.")
            return COULD_NOT_RUN
        there = reached(Remote(endpoint, access(user, timeout)), scope.value)
        answer = there.ask(query, parameters(context.args))
    else:
        dataset = build(data, claims, retractions, with_retracted)
        answer = name_sources(ask(dataset, query, parameters(context.args), mappings.value), dataset)
    if with_retracted:
        from kg.claims.retract import mark_answer
        from kg.persons.identity import retracted_reports

        answer = mark_answer(answer, retracted_reports(dataset))
    match format_:
        case Format.csv:
            print(answer.csv(), end="")
        case Format.json:
            print(answer.json(), end="")
        case Format.markdown:
            print(answer.markdown(), end="")
        case Format.table:
            heads, cells = answer.shown()
            if cells:
                terminal().print(draw(query.summary, heads, cells))
            elif query.summary:
                print(query.summary)
    from kg.answers.queries import told

    for line in told(answer):
        say(line)
    for line in answer.why_empty:
        say(line)
    say(f"{count(len(answer.rows), 'row')}.")
    return FINE


@app.command(
    "explain",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example: casekg explain tofacitinib; casekg explain response/by-manifestation --row 1",
)
@guarded
def explain_command(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="FACT|QUESTION", help="IRI or key of a fact, or a question of the library with --row."),
    ],
    row: Annotated[
        int | None, typer.Option("--row", min=1, help="Row of the question's answer, from 1.", show_default=False)
    ] = None,
    inferred: Annotated[
        bool, typer.Option("--inferred", help="Why a term, fact or patient is in a class: SUBJECT [CLASS] follow.")
    ] = False,
    sources: Sources = None,
    data: Data = None,
) -> int:
    """Show the facts and anchors behind an answer.

    Behind a fact, or a row of a question; whole sentences with --sources. With --inferred, the
    axioms and facts from which it follows that a term, a fact or a patient is in a class: minimal,
    take any one away and it follows no more.
    """
    from kg.answers.queries import ask
    from kg.base.results import CaseError, Result
    from kg.graph.explaining import explain, facts_of, find_fact

    dataset = build(data)
    if inferred:
        return _explain_inferred(dataset, name, context.args)
    if row is None:
        if context.args:
            raise CaseError(
                [
                    Result(
                        "violation",
                        "query",
                        "parameters go with --row.",
                        "Add --row N to explain a row of a question.",
                        name,
                    )
                ]
            )
        facts = [find_fact(dataset, name)]
    else:
        answer = ask(dataset, name, parameters(context.args))
        if row > len(answer.rows):
            raise CaseError(
                [
                    Result(
                        "violation",
                        "query",
                        f"has {len(answer.rows)} rows, not {row}.",
                        "Give a row that is there.",
                        name,
                    )
                ]
            )
        known = set(facts_of(dataset))
        facts = [f for f in dict.fromkeys(answer.facts(row - 1)) if f in known]
        if not facts:
            print("This row names no fact: it is counted or listed from the whole data.")
    for fact in facts:
        made = explain(dataset, fact, sources)
        print(f"{made.kind} <{made.iri}>" + (f"\n  stated at {made.place}" if made.place else ""))
        for label, value in made.statements:
            print(f"  {label}: {value}")
        for quote in made.quotes:
            print(f"  quoted from {quote.section}: “{quote.exact}”")
            if quote.sentence:
                print(f"    in the sentence: {quote.sentence}")
        print()
    return FINE


def _explain_inferred(data: Dataset, subject: str, words: list[str]) -> int:
    from kg.base.results import CaseError, Result
    from kg.graph.justifying import why

    if len(words) > 1 or any(word.startswith("--") for word in words):
        message = f"takes one class, not {' '.join(words)!r}."
        raise CaseError([Result("violation", "term", message, "Put a label of several words in quotes.", subject)])
    for found in why(data, subject, words[0] if words else None):
        print(f"{found.subject} is {found.whole}" + (", as the ontology states itself:" if found.stated else ", for:"))
        for number, reason in enumerate(found.reasons):
            if number:
                print("  or, by another way:")
            for step in reason:
                print(f"  - {step.words}" + (f"  [{', '.join(step.sources)}]" if step.sources else ""))
        print()
    return FINE
