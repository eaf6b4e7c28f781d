"""What do the commands share: options, the guard that turns errors into lines, and printing."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from kg.base.project import Project
    from kg.base.results import Result
    from kg.graph.store import Dataset
    from kg.persons.judgements import Judgements


ORDER = (
    "build", "merge", "remove", "diff", "export", "show", "timeline", "query", "explain", "reason", "evidence", "matrix",
    "criteria", "novelty", "serve", "load", "duplicates", "conflicts", "retract", "check", "validate", "coverage", "mutate",
    "reidentify", "draft", "review", "init", "schema", "terms", "version",
)  # fmt: skip


class _Ordered(TyperGroup):
    """Commands in the order in which a new user meets them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(super().list_commands(ctx), key=lambda name: ORDER.index(name) if name in ORDER else len(ORDER))


app = typer.Typer(
    cls=_Ordered,
    name="casekg",
    help="Clinical case reports as a validated knowledge graph: patient x drug x manifestation x time x evidence.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich would cost a tenth of a second at every start
    epilog="Without PATH a command works on the cases that casekg ships. Docs: README.md, queries/README.md.",
)

FINE, FINDINGS, COULD_NOT_RUN = 0, 1, 2
_cached = True


@app.callback()
def _options(
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Prove anew what was found sound in an earlier run.")
    ] = False,
) -> None:
    global _cached
    _cached = not no_cache


def cached() -> bool:
    """May what was found in an earlier run be used?"""
    return _cached


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    csv = "csv"
    json = "json"
    markdown = "markdown"


class Matches(StrEnum):
    """Which matches between vocabularies a question follows."""

    exact = "exact"
    broad = "broad"
    close = "close"


class ResultFormat(StrEnum):
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


Claims = Annotated[
    Path | None,
    typer.Option(
        "--claims",
        metavar="FILE",
        help="What curators decided: same persons, conflicts, retractions; default: the project's claims.yaml.",
        show_default=False,
    ),
]
Retractions = Annotated[
    Path | None,
    typer.Option(
        "--retractions",
        metavar="CSV",
        help="Table of retracted DOIs, as of Retraction Watch; these reports are left out.",
        show_default=False,
    ),
]
WithRetracted = Annotated[
    bool, typer.Option("--with-retracted", help="Keep reports that were retracted; what they state is marked.")
]


def terminal(error: bool = False) -> Console:
    """A console on standard output or error; wide when it is not a terminal."""
    from rich.console import Console

    class Quiet(Console):
        def on_broken_pipe(self) -> None:
            raise BrokenPipeError  # rich would end with 1, which means findings here

    stream = sys.stderr if error else sys.stdout
    width = None if stream.isatty() else 160
    return Quiet(stderr=error, soft_wrap=False, highlight=False, width=width)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A bar on standard error, when somebody sits before it: gives a function of what is done, of how many."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.progress import Progress

    with Progress(console=terminal(error=True), transient=True) as bar:
        task = bar.add_task(what)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def say(text: str) -> None:
    """Remark on standard error."""
    print(text, file=sys.stderr)


STYLE = {"violation": "bold red", "warning": "yellow", "info": "cyan"}


def print_results(results: Iterable[Result]) -> None:
    """One line a result, the severity in its colour."""
    from rich.text import Text

    console = terminal()
    for result in results:
        line = Text(str(result))
        line.highlight_words([f" {result.severity} "], STYLE[result.severity])
        console.print(line, soft_wrap=True)


def draw(title: str, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Table:
    """A table for the terminal."""
    from rich.box import ASCII2, ROUNDED
    from rich.table import Table
    from rich.text import Text

    table = Table(
        title=title or None, title_justify="left", box=ROUNDED if sys.stdout.isatty() else ASCII2, pad_edge=False
    )
    rows = list(rows)
    widest = [max(map(len, column)) for column in zip(heads, *rows, strict=True)]
    # short cells stay whole, unless that would push other columns off the page
    whole = sum(min(w, 26) + 3 for w in widest) < (terminal().width or 80)
    widths = None if whole else _widths(heads, rows, (terminal().width or 80) - 3 * len(heads) + 1)
    for i, (head, width) in enumerate(zip(heads, widest, strict=True)):
        if widths:  # no word is broken
            table.add_column(head, overflow="fold", width=widths[i])
        else:
            least = min(width, 26) if whole else None
            table.add_column(head, overflow="fold", no_wrap=whole and width <= 26, min_width=least)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _widths(heads: Sequence[str], rows: Sequence[Sequence[str]], room: int) -> list[int] | None:
    """Widths of columns in which no word (of 36 letters at most) is broken and rows are low; None if there is no room."""
    columns = list(zip(heads, *rows, strict=True))
    widest = [max(map(len, column)) for column in columns]
    words = [min(36, max(len(word) for cell in column for word in cell.split() or [""])) for column in columns]
    short = [
        max((len(cell) for cell in column if len(cell) <= 16), default=0) for column in columns
    ]  # stay whole if they can
    widths = [max(pair) for pair in zip(words, short, strict=True)]
    widths = widths if sum(widths) <= room else words
    if sum(widths) > room:
        return None
    for _ in range(room - sum(widths)):  # one more letter where rows are highest
        height = [max(-(-len(c) // w) for c in column) for column, w in zip(columns, widths, strict=True)]
        need = [
            (h, sum(map(len, c)), -i)
            for i, (h, c) in enumerate(zip(height, columns, strict=True))
            if widths[i] < widest[i]
        ]
        if not need:
            break
        widths[-max(need)[2]] += 1
    return widths


def guarded(command: Callable[..., int | None]) -> Callable[..., None]:
    """Turn what went wrong into one line each, and exit codes; never a traceback for bad input."""

    @wraps(command)
    def run(*args: Any, **kwargs: Any) -> None:
        from kg.base.results import CaseError

        logging.getLogger("rdflib").addHandler(logging.NullHandler())  # it tells of ill-typed literals; so do we
        try:
            code = command(*args, **kwargs)
            sys.stdout.flush()
        except CaseError as error:
            for result in error.results:
                say(str(result))
            # a file that was read and is wrong is a finding; one that could not be read is not
            could_not = all(r.rule in COULD_NOT for r in error.results)
            raise typer.Exit(COULD_NOT_RUN if could_not else FINDINGS) from None
        except BrokenPipeError:
            # the reader has seen enough (`| head`): nothing is wrong, and nothing more can be said
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(FINE) from None
        except (OSError, UnicodeError) as error:
            say(f"casekg: {error}")
            raise typer.Exit(COULD_NOT_RUN) from None
        raise typer.Exit(code or FINE)

    return run


COULD_NOT = {
    "draft-hpo",
    "file",
    "encoding",
    "format",
    "output",
    "query",
    "endpoint",
    "fact",
    "source",
    "term",
    "config",
    "baseline",
    "merged-source",
}


def build(
    paths: Sequence[Path] | None,
    claims: Path | None = None,
    retractions: Path | None = None,
    with_retracted: bool = False,
) -> Dataset:
    """The dataset of these paths as a reader is to see it (`kg.persons.opening`); what was decided is told."""
    from kg.base import cache, places
    from kg.graph import proofs
    from kg.persons.opening import open_data

    data, lines = open_data(paths, claims, retractions, with_retracted)
    proofs.keep(cache.Cache.place(places.project()) if cached() else None)
    for line in lines:
        say(line)
    return data


def decided(paths: Sequence[Path] | None, claims: Path | None) -> Judgements:
    """What a claims file says, else the one of the project; nothing without either."""
    from kg.persons.opening import decided

    return decided(paths, claims)


def chosen(paths: Sequence[Path] | None, project: Project | None) -> list[Path]:
    """These paths, else the project's cases, else none: the cases that casekg ships."""
    from kg.base.project import chosen

    return chosen(paths, project)


def enter(paths: Iterable[Path]) -> Project | None:
    """Enter the project that holds the first path, or the current folder; its own terms count from now on."""
    from kg.base.project import entered

    return entered(paths)


def count(number: int, what: str) -> str:
    """A number and what is counted: 1 graph, 2 graphs."""
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def print_focus_nodes(counts: Mapping[str, int]) -> None:
    """How many nodes each shape saw, three shapes a row."""
    cells = [(name, str(count)) for name, count in counts.items()]
    third = -(-len(cells) // 3)
    rows = [
        sum((cells[i + n * third] if i + n * third < len(cells) else ("", "") for n in range(3)), ())
        for i in range(third)
    ]
    terminal().print(draw("Focus nodes that each shape saw", ["shape", "nodes"] * 3, rows))


def parameters(words: Sequence[str]) -> dict[str, str]:
    """Parameters of a question from the words that follow it. Raises CaseError."""
    from kg.base.results import CaseError, Result

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
