"""Write the golden answers of the query library anew, the table in queries/README.md, and what README.md shows.

    python tests/golden.py

Read every changed answer against the report before it is committed.
"""

from __future__ import annotations

import re
from pathlib import Path

from typer.testing import CliRunner

from kg.answers.queries import ask, library
from kg.base.places import folder
from kg.cli import app
from kg.graph.store import build

START, END = "<!-- questions -->", "<!-- /questions -->"


def table() -> str:
    """The questions of the library as a Markdown table."""
    rows = ["| name | question | parameters |", "| --- | --- | --- |"]
    for name, query in library().items():
        rows.append(f"| [{name}]({name}.rq) | {query.summary} | {', '.join(query.parameters)} |")
    return "\n".join(rows)


def readme(text: str) -> str:
    """The text with the table between its marks."""
    return re.sub(f"{START}.*?{END}", lambda _: f"{START}\n{table()}\n{END}", text, flags=re.S)


def shown(command: str, told: bool) -> str:
    """What a command prints, as a reader has it: paths relative, no trailing spaces."""
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)[2:]]
    run = CliRunner().invoke(app, words)
    text = re.sub(r"\S*(kg/cases/\S+)", r"\1", run.stdout + (run.stderr if told else ""))
    return "\n".join(line.rstrip() for line in text.strip().splitlines())


def front_page(text: str) -> str:
    """README.md with the commands between its marks answered anew."""
    for name in ("example", "explain", "empty"):

        def block(found: re.Match[str], name: str = name) -> str:
            return f"{found[1]}{found[2]}\n{shown(found[2], name == 'empty')}\n{found[3]}"

        text = re.sub(
            rf"(<!-- {name} -->\n```console\n)(\$ [^\n]+)\n.*?(```\n<!-- /{name} -->)", block, text, flags=re.S
        )
    return text


def main() -> None:
    data = build()
    for name, query in library().items():
        path = Path(folder("queries") / f"{name}.csv")
        answer = ask(data, query).csv()
        if not path.exists() or path.read_text("utf-8") != answer:
            print(f"changed: {name}")
            path.write_text(answer, "utf-8")
    for page, renew in (
        (folder("queries") / "README.md", readme),
        (folder("queries").parent / "README.md", front_page),
    ):
        page.write_text(renew(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
