"""Write the golden answers of the query library anew, and the table in queries/README.md.

    python tests/golden.py

Read every changed answer against the report before it is committed.
"""

from __future__ import annotations

import re
from pathlib import Path

from kg.places import folder
from kg.queries import ask, library
from kg.store import build

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


def main() -> None:
    data = build()
    for name, query in library().items():
        path = Path(folder("queries") / f"{name}.csv")
        answer = ask(data, query).csv()
        if not path.exists() or path.read_text("utf-8") != answer:
            print(f"changed: {name}")
            path.write_text(answer, "utf-8")
    page = folder("queries") / "README.md"
    page.write_text(readme(page.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()
