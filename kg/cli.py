"""The command `casekg`.

Heavy libraries are imported inside the commands, so that `--help` answers at once. Standard
output carries the answer, standard error the remarks. Exit codes: 0 fine, 1 findings, 2 could
not run.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kg.coverage import State
    from kg.results import Result
    from kg.store import Dataset

app = typer.Typer(
    name="casekg",
    help="Clinical case reports as a validated knowledge graph: patient x drug x manifestation x time x evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich would cost a tenth of a second at every start
    epilog="Without PATH a command works on the cases that casekg ships. Docs: README.md, queries/README.md.",
)

FINE, FINDINGS, COULD_NOT_RUN = 0, 1, 2


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    csv = "csv"
    json = "json"
    markdown = "markdown"


class ReportFormat(StrEnum):
    """How results are printed."""

    text = "text"
    json = "json"


Paths = Annotated[
    list[Path] | None,
    typer.Argument(metavar="[PATH]...", help="Case files (.yaml), RDF files, or folders of them.", show_default=False),
]
Sources = Annotated[
    Path | None,
    typer.Option(
        "--sources", metavar="FOLDER", help="Folder with the source texts of the reports.", show_default=False
    ),
]
Data = Annotated[
    list[Path] | None,
    typer.Option(
        "--data", metavar="PATH", help="Case file, RDF file or folder; may be given more than once.", show_default=False
    ),
]


def _console(error: bool = False) -> Console:
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end with 1, which means findings here

    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else 160
    return Quiet(stderr=error, soft_wrap=False, highlight=False, width=width)


def _say(text: str) -> None:
    print(text, file=sys.stderr)


_STYLE = {"violation": "bold red", "warning": "yellow", "info": "cyan"}


def _print_results(results: Iterable[Result]) -> None:
    from rich.text import Text

    console = _console()
    for result in results:
        line = Text(str(result))
        line.highlight_words([f" {result.severity} "], _STYLE[result.severity])
        console.print(line, soft_wrap=True)


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    from rich.box import ASCII2, ROUNDED
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title or None, title_justify="left", box=ROUNDED if sys.stdout.isatty() else ASCII2, pad_edge=False
    )
    rows = list(rows)
    widest = [max((len(row[i]) for row in rows), default=0) for i in range(len(heads))]
    # short cells stay whole, unless that would push other columns off the page
    whole = sum(min(w, 26) + 3 for w in widest) < (_console().width or 80)
    for head, width in zip(heads, widest, strict=True):
        table.add_column(
            head, overflow="fold", no_wrap=whole and width <= 26, min_width=min(width, 26) if whole else None
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _guarded(command: Callable[..., int | None]) -> Callable[..., None]:
    """Turn what went wrong into one line each, and exit codes; never a traceback for bad input."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        from kg.results import CaseError

        try:
            code = command(*args, **kwargs)
            sys.stdout.flush()
        except CaseError as error:
            for result in error.results:
                _say(str(result))
            # a file that was read and is wrong is a finding; one that could not be read is not
            could_not = all(r.rule in _COULD_NOT for r in error.results)
            raise typer.Exit(COULD_NOT_RUN if could_not else FINDINGS) from None
        except BrokenPipeError:
            # the reader has seen enough (`| head`): nothing is wrong, and nothing more can be said
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(FINE) from None
        except (OSError, UnicodeError) as error:
            _say(f"casekg: {error}")
            raise typer.Exit(COULD_NOT_RUN) from None
        raise typer.Exit(code or FINE)

    return run


_COULD_NOT = {"file", "encoding", "format", "output", "query", "fact", "source", "term"}


def _build(paths: Sequence[Path] | None) -> Dataset:
    from kg.store import build

    return build(paths or ())


@app.command("build", epilog="Example: casekg build kg/cases/cureus-34125.yaml -o cases.trig")
@_guarded
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
    from kg.shapes import validate
    from kg.store import format_of

    format_of(output)  # a wrong suffix is told before the work, not after it
    data = _build(paths)
    found = validate(data)
    wrong = [r for r in found.results if r.severity == "violation"]
    if wrong:
        for result in wrong:
            _say(str(result))
        _say(f"{output}: not written, {_count(len(wrong), 'violation')}.")
        return FINDINGS
    data.save(output, ontology)
    print(
        f"{output}: {data.summary()}; valid, {_count(found.count('warning'), 'warning')} (casekg validate shows them)."
    )
    return FINE


@app.command("show", epilog="Example: casekg show")
@_guarded
def show_command(paths: Paths = None) -> int:
    """Show treatments in their order, and responses.

    For each patient: what was given, and what happened to each manifestation.
    """
    from kg.showing import tables

    console = _console()
    found = list(tables(_build(paths)))
    if not found:
        _say("casekg show: there is no patient in the data.")
    for title, lines, shown in found:
        console.rule(title, align="left", characters="=")
        for line in lines:
            console.print(line, markup=False)
        for name, heads, rows in shown:
            console.print()
            console.print(_table(name, heads, rows))
    return FINE


@app.command("validate", epilog="Example: casekg validate my-cases/ --format json")
@_guarded
def validate_command(
    paths: Paths = None,
    format_: Annotated[ReportFormat, typer.Option("--format", help="text or json")] = ReportFormat.text,
    sources: Sources = None,
    ontology: Annotated[bool, typer.Option("--ontology", help="Validate the ontology itself instead.")] = False,
    infos: Annotated[bool, typer.Option("--infos", help="Show infos, too: what is not stated, remarks.")] = False,
) -> int:
    """Validate case files or RDF against the shapes.

    Says how many focus nodes each shape saw.

    With --sources, every anchor must occur in the source text, too.
    """
    from kg.evidence import anchor_results, read_source
    from kg.results import ordered
    from kg.shapes import validate, validate_ontology
    from kg.store import gather

    if ontology:
        from kg.reasoning import unsatisfiable

        found = validate_ontology()
        results = [*found.results, *unsatisfiable()]
    else:
        data = gather(paths or ())
        found = validate(data)
        results = list(found.results)
        for file in data.files if sources else ():
            results += anchor_results(file, read_source(file, sources or Path()))
    wrong = [r for r in results if r.severity == "violation"]
    if format_ is ReportFormat.json:
        made = {
            "conforms": not wrong,
            "graphs": found.graphs,
            "results": [r.data() for r in ordered(results)],
            "focus_nodes": dict(found.focus_nodes),
        }
        print(json.dumps(made, indent=2, ensure_ascii=False))
    else:
        _print_results(r for r in ordered(results) if infos or r.severity != "info")
        if found.focus_nodes:
            _print_focus_nodes(found.focus_nodes)
        count = {s: sum(r.severity == s for r in results) for s in _STYLE}
        seen = sum(found.focus_nodes.values())
        print(
            f"{'not valid' if wrong else 'valid'}: {_count(found.graphs, 'graph')}, {_count(len(found.focus_nodes), 'shape')}, "
            f"{_count(seen, 'focus node')}; {_count(count['violation'], 'violation')}, {_count(count['warning'], 'warning')}, "
            f"{_count(count['info'], 'info')}" + ("." if infos else " (--infos shows them).")
        )
    if wrong and not found.graphs and all(r.rule in _COULD_NOT for r in wrong):
        return COULD_NOT_RUN
    return FINDINGS if wrong else FINE


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _print_focus_nodes(counts: Mapping[str, int]) -> None:
    """How many nodes each shape saw, three shapes a row."""
    cells = [(name, str(count)) for name, count in counts.items()]
    third = -(-len(cells) // 3)
    rows = [
        sum((cells[i + n * third] if i + n * third < len(cells) else ("", "") for n in range(3)), ())
        for i in range(third)
    ]
    _console().print(_table("Focus nodes that each shape saw", ["shape", "nodes"] * 3, rows))


def _parameters(words: Sequence[str]) -> dict[str, str]:
    from kg.results import CaseError, Result

    found: dict[str, str] = {}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        name, sign, value = word.removeprefix("--").partition("=")
        if not word.startswith("--") or (not sign and not rest):
            raise CaseError(
                [
                    Result(
                        "violation",
                        "query",
                        f"{word!r} is not --PARAMETER VALUE.",
                        "Write for example --drug tofacitinib.",
                        "casekg query",
                    )
                ]
            )
        key = name.replace("-", "_")
        if key in found:
            raise CaseError(
                [Result("violation", "query", f"--{name} is given twice.", "Give it once.", "casekg query")]
            )
        found[key] = value if sign else rest.pop(0)
    return found


@app.command(
    "query",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example: casekg query treatment/drugs --drug tofacitinib",
)
@_guarded
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
) -> int:
    """Ask a question of the library, or your own SPARQL.

    --list names the questions.

    Parameters follow as --PARAMETER VALUE; a concept may be given by id or by label. An empty
    answer says what was searched and why nothing matched.
    """
    from kg.queries import ask, find, library

    if list_ or name is None:
        if context.args or (name is None and not list_):
            _say("casekg query: name a question, or --list.")
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
            _console().print(_table("", ["question", "what it asks", "parameters"], rows))
            _say(f"{len(rows)} questions.")
        return FINE
    query = find(name)
    if sparql:
        print(query.sparql, end="")
        return FINE
    dataset = _build(data)
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # the engine does not return for Python's own handler
    answer = ask(dataset, query, _parameters(context.args))
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
                _console().print(_table(query.summary, heads, cells))
            elif query.summary:
                print(query.summary)
    from kg.queries import told

    for line in told(answer):
        _say(line)
    for line in answer.why_empty:
        _say(line)
    _say(f"{_count(len(answer.rows), 'row')}.")
    return FINE


@app.command(
    "explain",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    epilog="Example: casekg explain tofacitinib; casekg explain response/by-manifestation --row 1",
)
@_guarded
def explain_command(
    context: typer.Context,
    name: Annotated[
        str,
        typer.Argument(metavar="FACT|QUESTION", help="IRI or key of a fact, or a question of the library with --row."),
    ],
    row: Annotated[
        int | None, typer.Option("--row", min=1, help="Row of the question's answer, from 1.", show_default=False)
    ] = None,
    sources: Sources = None,
    data: Data = None,
) -> int:
    """Show the facts and anchors behind an answer.

    Behind a fact, or a row of a question; whole sentences with --sources.
    """
    from kg.explaining import explain, facts_of, find_fact
    from kg.queries import ask
    from kg.results import CaseError, Result

    dataset = _build(data)
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
        answer = ask(dataset, name, _parameters(context.args))
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


@app.command("coverage", epilog="Example: casekg coverage --sources texts/")
@_guarded
def coverage_command(
    paths: Paths = None,
    sources: Annotated[
        Path, typer.Option("--sources", metavar="FOLDER", help="Folder with the source texts of the reports.")
    ] = Path(),
    format_: Annotated[ReportFormat, typer.Option("--format", help="text or json")] = ReportFormat.text,
    all_: Annotated[bool, typer.Option("--all", help="List every sentence, not only the unread ones.")] = False,
) -> int:
    """Account for every sentence of the source text.

    Each is claimed by a fact, marked as carrying none, or unread.
    """
    from kg.coverage import coverage

    worst = FINE
    for file in _build(paths).files:
        found = coverage(file, sources)
        wrong = [r for r in found.results if r.severity == "violation"]
        if found.count("unread") or wrong:
            worst = FINDINGS
        if format_ is ReportFormat.json:
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
        _console().print(_table(f"{found.file}", ["section", *states], table))
        for sentence, state, by in found.sentences:
            if all_ or state == "unread":
                print(f"{state}: [{sentence.section}] {sentence.text[:120]}" + (f"  <- {', '.join(by)}" if by else ""))
        _print_results(found.results)
        print(
            f"{found.share:.1%} of {len(found.sentences)} sentences are accounted for: "
            + ", ".join(f"{found.count(s)} {s}" for s in states)
            + "."
        )
    return worst


@app.command("schema", epilog="Example: casekg schema > case.schema.json")
@_guarded
def schema_command() -> int:
    """Print the JSON Schema of a case file.

    For completion in editors.
    """
    from kg.schema import schema_text

    print(schema_text(), end="")
    return FINE


@app.command("terms", epilog="Example: casekg terms calcinosis; casekg terms CHEBI:71200")
@_guarded
def terms_command(
    words: Annotated[list[str], typer.Argument(help="An id, or words of a label or synonym.")],
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many terms to list.")] = 20,
) -> int:
    """Look up a term by id or by words."""
    from kg.prefixes import compress, is_curie
    from kg.results import CaseError, Result
    from kg.terms import Catalogue

    terms, text = Catalogue.shipped(), " ".join(words).partition(" ! ")[0].strip()
    found = terms.find(text)
    if not found:
        message = str(_reason(terms.resolve, text)) + "."
        raise CaseError([Result("violation", "term", message, "Try fewer words, or an id.", text)])
    for iri in found[:limit]:
        names = terms.names(iri)
        also = f"  (also: {', '.join(names[1:6])})" if len(names) > 1 else ""
        print(f"{compress(iri)} ! {names[0]}{also}")
        if is_curie(text):
            above = sorted(terms.label(a) for a in terms.ancestors(iri) if a != iri)
            print(f"  under: {', '.join(above) or 'nothing'}")
    if len(found) > limit:
        _say(f"{len(found) - limit} more; --limit {len(found)} lists them.")
    return FINE


def _reason(call: Callable[[str], Any], text: str) -> str:
    try:
        call(text)
    except ValueError as error:
        return str(error)
    return f"no term has the words {text!r}"


@app.command("version")
def version_command() -> NoReturn:
    """Print versions of casekg and its libraries."""
    from importlib.metadata import PackageNotFoundError, version

    for name in ("casekg", "pyoxigraph", "rdflib", "pyshacl", "owlready2", "pydantic"):
        try:
            print(f"{name} {version(name)}")
        except PackageNotFoundError:
            print(f"{name} (not installed: run from a checkout)")
    raise typer.Exit(FINE)


def main() -> None:
    """Entry point of the command."""
    app()
