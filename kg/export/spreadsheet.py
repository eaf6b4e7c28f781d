"""How is the evidence table written: as CSV, Markdown, JSON, and as an Excel workbook that says what it is?

Every cell is text. A cell that a spreadsheet would run as a formula stays the words it is.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping

from kg.answers.evidence import COLUMNS, Table
from kg.base.cells import as_text
from kg.base.results import CaseError, Result
from kg.persons.people import count

__all__ = ["as_csv", "as_json", "as_markdown", "as_xlsx"]


def as_csv(table: Table) -> str:
    """The table as CSV, with a head. A cell that a spreadsheet would take for a formula is led by '."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([as_text(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def as_markdown(table: Table) -> str:
    """The table in Markdown."""
    rows = [table.columns, ("---",) * len(table.columns), *table.rows]
    marked = ([cell.replace("|", "\\|").replace("<", "&lt;") for cell in row] for row in rows)
    return "".join(f"| {' | '.join(row)} |\n" for row in marked)


def as_json(table: Table) -> str:
    """The table as JSON: what was asked and searched, and each row with the IRIs of its facts."""
    rows = [
        {**dict(zip(table.columns, row, strict=True)), "facts": list(facts)}
        for row, facts in zip(table.rows, table.facts, strict=True)
    ]
    told = {
        "filters": dict(table.asked),
        "columns": list(table.columns),
        "rows": rows,
        "searched": dict(table.searched),
        "reports": {iri: day.isoformat() for iri, day in table.reports.items()},
        "why_empty": list(table.why_empty),
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


_MOST = 32_767  # characters in a cell of Excel
_WIDTHS = {"facts": 20, "prior therapies": 45, "outcome": 45, "measures before and after": 45}


def as_xlsx(table: Table, about: Mapping[str, str] | None = None) -> bytes:
    """The table as an Excel workbook: the rows, and a sheet that says what they are.

    All cells are text, none a formula. about: more lines for the second sheet (command, versions).
    Raises CaseError when XlsxWriter is not installed.
    """
    try:
        import xlsxwriter  # type: ignore[import-untyped,unused-ignore]
    except ImportError as error:
        message = "Excel files need XlsxWriter."
        cure = "Install casekg[excel], or take --format csv."
        raise CaseError([Result("violation", "output", message, cure, "casekg evidence")]) from error
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        body = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet("evidence")
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(table.columns):
            widest = max((len(row[column]) for row in table.rows), default=0)
            sheet.set_column(column, column, _WIDTHS.get(name, min(max(widest, len(name)) + 2, 30)))
            for line, cell in enumerate((name, *(row[column] for row in table.rows))):
                text = cell if len(cell) <= _MOST else cell[: _MOST - 1] + "…"
                sheet.write_string(line, column, text, body if line else head)
        sheet.autofilter(0, 0, len(table.rows), len(table.columns) - 1)
        notes = book.add_worksheet("about")
        notes.set_column(0, 0, 26)
        notes.set_column(1, 1, 100)
        for line, (name, text) in enumerate(_about(table, about or {})):
            notes.write_string(line, 0, name, head)
            notes.write_string(line, 1, text, body)
    return out.getvalue()


def _about(table: Table, more: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """What a reader of the workbook must know, as (name, text)."""
    yield from more.items()
    yield from ((f"--{name}", told) for name, told in table.asked.items())
    days = sorted(table.reports.values())
    yield "data", ", ".join(count(number, name.removesuffix("s")) for name, number in table.searched.items())
    yield "reports published", f"{days[0]} to {days[-1]}" if days else "no report"
    yield "rows", f"{count(len(table.rows), 'row')} of {count(len(table.persons), 'patient')}"
    yield (
        "to be read so",
        (
            "A row is a response that a report tells of, or its absence, not a patient: count the patients. A case report "
            "tells of a patient who was chosen to be told of, so no share of the rows is a rate of success."
        ),
    )
    yield from (("why it is empty", line) for line in table.why_empty)
    yield from ((f"column {name}", meaning) for name, meaning in COLUMNS.items())
