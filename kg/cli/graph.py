"""Commands that make and look at graphs: build, show, validate, coverage."""

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
    STYLE,
    Paths,
    ResultFormat,
    Sources,
    app,
    build,
    chosen,
    count,
    draw,
    enter,
    guarded,
    print_focus_nodes,
    print_results,
    say,
    terminal,
)

if TYPE_CHECKING:
    from kg.model.coverage import State


@app.command("build", epilog="Example: casekg build kg/cases/cureus-34125.yaml -o cases.trig")
@guarded
def build_command(
    paths: Paths = None,
    output: Annotated[
        Path,
        typer.Option(
            "--output", "-o", metavar="OUT", help="File to write; format by suffix: .nq .trig .ttl .nt .jsonld .rdf"
        ),
    ] = Path("casekg.trig"),
    ontology: Annotated[
        bool, typer.Option("--with-ontology", help="Write the ontology's graphs too, for use in other engines.")
    ] = False,
) -> int:
    """Read case files, validate, and write the graph.

    Nothing is written when there is a violation; a former OUT stays as it was.
    """
    from kg.gate.shapes import validate
    from kg.graph.store import format_of

    format_of(output)  # a wrong suffix is told before the work, not after it
    data = build(paths)
    found = validate(data)
    wrong = [r for r in found.results if r.severity == "violation"]
    if wrong:
        for result in wrong:
            say(str(result))
        say(f"{output}: not written, {count(len(wrong), 'violation')}.")
        return FINDINGS
    data.save(output, ontology)
    print(
        f"{output}: {data.summary()}; valid, {count(found.count('warning'), 'warning')} (casekg validate shows them)."
    )
    return FINE


@app.command("show", epilog="Example: casekg show")
@guarded
def show_command(paths: Paths = None) -> int:
    """Show lines of therapy in their order, and responses.

    For each patient: what was given, beside what, what happened to each manifestation, and what is
    not mentioned again.
    """
    from kg.answers.showing import tables

    console = terminal()
    found = list(tables(build(paths), wide=console.width >= 140))
    if not found:
        say("casekg show: there is no patient in the data.")
    for title, lines, shown in found:
        console.rule(title, align="left", characters="=")
        for line in lines:
            console.print(line, markup=False)
        for name, heads, rows in shown:
            console.print()
            console.print(draw(name, heads, rows))
    return FINE


@app.command("validate", epilog="Example: casekg validate my-cases/ --format json")
@guarded
def validate_command(
    paths: Paths = None,
    format_: Annotated[ResultFormat, typer.Option("--format", help="text or json")] = ResultFormat.text,
    sources: Sources = None,
    ontology: Annotated[bool, typer.Option("--ontology", help="Validate the ontology itself instead.")] = False,
    infos: Annotated[bool, typer.Option("--infos", help="Show infos, too: what is not stated, remarks.")] = False,
) -> int:
    """Validate case files or RDF against the shapes.

    Says how many focus nodes each shape saw.

    With --sources, every anchor must occur in the source text, too.
    """
    from kg.base.results import ordered
    from kg.gate.shapes import validate, validate_ontology
    from kg.graph.store import gather
    from kg.model.anchors import anchor_results, read_source
    from kg.model.context import context_results

    if ontology:
        from kg.graph.reasoning import unsatisfiable
        from kg.owl.hermit import ReasonerError

        enter(())
        found = validate_ontology()
        try:
            results = [*found.results, *unsatisfiable()]
        except ReasonerError as error:
            say(f"casekg validate: {error}; whether a class is impossible was not checked.")
            return COULD_NOT_RUN
    else:
        data = gather(chosen(paths, enter(paths or ())))
        found = validate(data)
        results = list(found.results)
        for file in data.files if sources else ():
            source = read_source(file, sources or Path())
            results += [*anchor_results(file, source), *context_results(file, source)]
    wrong = [r for r in results if r.severity == "violation"]
    if format_ is ResultFormat.json:
        made = {
            "conforms": not wrong,
            "graphs": found.graphs,
            "results": [r.data() for r in ordered(results)],
            "focus_nodes": dict(found.focus_nodes),
        }
        print(json.dumps(made, indent=2, ensure_ascii=False))
    else:
        print_results(r for r in ordered(results) if infos or r.severity != "info")
        if found.focus_nodes:
            print_focus_nodes(found.focus_nodes)
        found_of = {s: sum(r.severity == s for r in results) for s in STYLE}
        seen = sum(found.focus_nodes.values())
        print(
            f"{'not valid' if wrong else 'valid'}: {count(found.graphs, 'graph')}, {count(len(found.focus_nodes), 'shape')}, "
            f"{count(seen, 'focus node')}; {count(found_of['violation'], 'violation')}, {count(found_of['warning'], 'warning')}, "
            f"{count(found_of['info'], 'info')}" + ("." if infos else " (--infos shows them).")
        )
    if wrong and not found.graphs and all(r.rule in COULD_NOT for r in wrong):
        return COULD_NOT_RUN
    return FINDINGS if wrong else FINE


@app.command("coverage", epilog="Example: casekg coverage --sources texts/")
@guarded
def coverage_command(
    paths: Paths = None,
    sources: Annotated[
        Path, typer.Option("--sources", metavar="FOLDER", help="Folder with the source texts of the reports.")
    ] = Path(),
    format_: Annotated[ResultFormat, typer.Option("--format", help="text or json")] = ResultFormat.text,
    all_: Annotated[bool, typer.Option("--all", help="List every sentence, not only the unread ones.")] = False,
) -> int:
    """Account for every sentence of the source text.

    Each is claimed by a fact, marked as carrying none, or unread.
    """
    from kg.model.coverage import coverage

    worst = FINE
    for file in build(paths).files:
        found = coverage(file, sources)
        wrong = [r for r in found.results if r.severity == "violation"]
        if found.count("unread") or wrong:
            worst = FINDINGS
        if format_ is ResultFormat.json:
            rows = [
                {"section": s.section, "start": s.start, "end": s.end, "state": state, "by": list(by)}
                for s, state, by in found.sentences
            ]
            made = {
                "file": found.file,
                "share": found.share,
                "sentences": rows,
                "results": [r.data() for r in found.results],
            }
            print(json.dumps(made, indent=2, ensure_ascii=False))
            continue
        states: tuple[State, ...] = ("claimed", "marked", "unread")
        table = [(section, *(str(c[s]) for s in states)) for section, c in found.by_section().items()]
        terminal().print(draw(f"{found.file}", ["section", *states], table))
        for sentence, state, by in found.sentences:
            if all_ or state == "unread":
                print(f"{state}: [{sentence.section}] {sentence.text[:120]}" + (f"  <- {', '.join(by)}" if by else ""))
        print_results(found.results)
        print(
            f"{found.share:.1%} of {len(found.sentences)} sentences are accounted for: "
            + ", ".join(f"{found.count(s)} {s}" for s in states)
            + "."
        )
    return worst
