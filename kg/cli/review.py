"""The command that takes a curator through a draft: review."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import FINDINGS, Sources, app, count, enter, guarded, say, terminal

if TYPE_CHECKING:
    from rich.console import Console

    from kg.draft.reviewing import Item, Review

KEYS = "a accept, c correct, d drop, s skip, u undo, / search, q quit"


@app.command("review", epilog="Example: casekg review draft.yaml --sources texts --by 'A. Curator'")
@guarded
def review_command(
    draft: Annotated[Path, typer.Argument(metavar="DRAFT", help="Case file that `casekg draft` wrote.")],
    by: Annotated[str, typer.Option("--by", help="Your name; it goes into the case file with the time.")],
    sources: Sources = None,
    page: Annotated[bool, typer.Option("--page", help="Review in the browser; needs the extra `serve`.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Of the page; 0 takes a free one.")] = 0,
) -> int:
    """Go through what a draft proposes: accept, correct or drop each fact, and undo.

    Each decision is saved before the next fact is shown, and held against every rule first: what
    would be wrong is told, and nothing is saved. Answers are read from standard input, a line each;
    at a terminal one key. With --page the same is done in the browser. Exits with 1 while facts are left to decide.
    """
    from kg.draft.reviewing import Review
    from kg.gate.examining import shape_results

    enter([draft])
    if page:
        return _page(draft, by, sources, port)
    made = Review(draft, by, sources, lambda file: shape_results(file)[0])
    if sources is None:
        say("Without --sources no sentence is shown, and no anchor is held against the text.")
    _Session(made, terminal()).run()
    return _summary(made)


def _page(draft: Path, by: str, sources: Path | None, port: int) -> int:
    """Serve the review until Ctrl-C."""
    from kg.cli.serve import imported, listen, reviewing

    imported()
    from kg.serve.limits import Limits

    def opened(url: str) -> None:
        if sys.stdout.isatty():
            threading.Timer(1, typer.launch, [url]).start()  # when it listens

    made = reviewing(draft, by, sources)
    assert made is not None
    spec: dict[str, object] = {"paths": [], "sources": str(sources) if sources else None}
    code = listen(spec, Limits(), port=port, quiet=True, review=made, opened=opened)
    return code or _summary(made.review)


def _summary(made: Review) -> int:
    left = len(made.items())
    told = ", ".join(f"{number:,} {decision}" for decision, number in made.decided.items())
    print(f"{told}; {count(left, 'fact')} left to decide.")
    if left:
        return FINDINGS
    for result in made.lacking:
        print(result)
    print(f"{made.path} is a draft no more: `casekg check` tells whether it can be built.")
    return FINDINGS if made.lacking else 0


class _Session:
    """One pass over what is proposed. What is skipped comes no more in it."""

    def __init__(self, made: Review, console: Console) -> None:
        self.made, self.console = made, console
        self.skipped: set[tuple[str, ...]] = set()
        self.keys = sys.stdin.isatty()

    def run(self) -> None:
        """Until all is decided or skipped, or the curator leaves."""
        while item := next((one for one in self.made.items() if one.path not in self.skipped), None):
            self.show(item)
            if not self.answer(item):
                return

    def answer(self, item: Item) -> bool:
        """Ask until the fact is decided; False to leave."""
        from kg.base.results import CaseError
        from kg.draft.reviewing import CHANGED

        while True:
            match self.asked():
                case "q" | "":
                    return False
                case "s":
                    self.skipped.add(item.path)
                    return True
                case "/":
                    self.search(self.line("words: "))
                case "a" | "c" | "d" | "u" as key:
                    try:
                        if self.decided(key, item):
                            return True
                    except CaseError as error:
                        for result in error.results:
                            self.console.print(str(result), style="bold red", markup=False, soft_wrap=True)
                        if any(result.rule == CHANGED for result in error.results):
                            self.made.read()
                            return True
                case other:
                    self.console.print(f"{other!r} is none of: {KEYS}.", markup=False)

    def decided(self, key: str, item: Item) -> bool:
        """Do what a key says; False when nothing was decided."""
        match key:
            case "a":
                self.made.accept(item.path)
            case "c":
                if not (changes := self.changes(item)):
                    return False
                self.made.correct(item.path, changes)
            case "d":
                named = self.made.referents(item.path)
                for one in named:
                    self.console.print(f"  {one}", markup=False)
                if named and self.line("Drop it all the same (y/n)? ") != "y":
                    return False
                self.made.drop(item.path, named)
            case _:
                if (undone := self.made.undo()) is None:
                    self.console.print("There is nothing to undo.")
                    return False
                self.console.print(f"{undone[0].key} is open again: it had been {undone[1]}.", markup=False)
                self.skipped.discard(undone[0].path)
        return True

    def changes(self, item: Item) -> dict[str, object]:
        """What is to be changed, a line a field."""
        self.console.print(
            "field = value, a line each; field = alone takes it out; a number takes that alternative as the concept;\n"
            "section: phrase in `evidence`; / words searches; an empty line ends.", markup=False
        )  # fmt: skip
        made: dict[str, object] = {}
        for line in self.lines():
            name, sign, value = (part.strip() for part in line.partition("="))
            if line.startswith("/"):
                self.search(line[1:])
            elif line.isdigit() and 0 < int(line) <= len(item.alternatives):
                made["concept"] = item.alternatives[int(line) - 1]
            elif not sign:
                self.console.print(f"{line!r} is not field = value.", markup=False)
            elif name == "evidence":
                section, _, phrase = (part.strip() for part in value.partition(":"))
                made[name] = {section: phrase}
            elif value.startswith("[") and value.endswith("]"):
                made[name] = [one.strip() for one in value[1:-1].split(",") if one.strip()]
            else:
                made[name] = value or None
        return made

    def search(self, words: str) -> None:
        """Show terms that hold these words."""
        from kg.draft.reviewing import search

        for term in search(words) or ["No term holds these words."]:
            self.console.print(f"  {term}", markup=False)

    def show(self, item: Item) -> None:
        """A fact, with its sentence."""
        from rich.text import Text

        colour = {"high": "green", "medium": "yellow", "low": "red"}[item.confidence]
        done, left = sum(self.made.decided.values()), len(self.made.items())
        head = Text(f"\n{done:,} decided, {left:,} left · {item.kind} · ")
        head.append(item.label, "bold").append(f" · {item.rule} · ").append(f"{item.confidence} confidence", colour)
        self.console.print(head, soft_wrap=True)
        for quote in item.quotes:
            before, words, behind = self.made.around(quote) or ("", quote.words, "")
            mark = ("", "") if self.console.is_terminal else ("»", "«")
            line = Text(f"  [{quote.section}] ", "dim").append(_line(before), "none").append(mark[0])
            line.append(_line(words), "bold reverse").append(mark[1]).append(_line(behind), "none")
            self.console.print(line, soft_wrap=True)
        for name, value in item.fields.items():
            self.console.print(f"    {name}: {_shown(value)}", markup=False, soft_wrap=True)
        for remark in item.remarks:
            self.console.print(f"    # {remark}", style="yellow", markup=False, soft_wrap=True)
        for number, term in enumerate(item.alternatives, 1):
            self.console.print(f"    {number}. or {term}", markup=False, soft_wrap=True)

    def asked(self) -> str:
        """A key; "" at the end of input."""
        self.console.print(f"{KEYS}: ", end="", markup=False)
        if not self.keys:
            return self.line("", "q").lower()
        import click

        key = click.getchar()
        self.console.print(key if key.isprintable() else "")
        return "q" if key in ("\x03", "\x04", "\x1b") else key.lower()

    def line(self, prompt: str, end: str = "") -> str:
        """A line of input without its break; `end` when there is none any more."""
        self.console.print(prompt, end="", markup=False)
        line = sys.stdin.readline()
        return line.strip() if line else end

    def lines(self) -> Iterator[str]:
        """Lines of input until an empty one."""
        while line := self.line("  "):
            yield line


def _line(text: str) -> str:
    from kg.base.results import plain

    return plain(" ".join(text.splitlines()) if "\n" in text else text)


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_shown(one)}" for name, one in value.items()) + "}"
    return "[" + ", ".join(map(_shown, value)) + "]" if isinstance(value, list) else str(value)
