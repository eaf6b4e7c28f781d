"""Was the report, or a reference that a claim rests on, retracted?

A table of retracted DOIs is given by the user, for example the open Retraction Watch table that
Crossref publishes (a CSV with the columns OriginalPaperDOI and RetractionNature); a text file
with a DOI a line will do. Nothing is asked of the network.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kg.base import files
from kg.base.results import CaseError, Result

if TYPE_CHECKING:
    from kg.model.reading import CaseFile

__all__ = ["Cited", "cited", "read_retractions", "retracted", "title_results"]

MAX_BYTES = 500_000_000
_COLUMNS = ("OriginalPaperDOI", "doi", "DOI")
_TITLE = re.compile(r"\W*(retracted|retraction|withdrawn|withdrawal)\b\W*(article|paper|notice)?\W*[:\]]", re.I)
Cited = tuple[str, str, int, int]  # DOI, key in the case file, line, column


def cited(file: CaseFile) -> list[Cited]:
    """The DOI of the report and of each reference, with its place."""
    found: list[Cited] = []
    paths: list[tuple[str | None, tuple[str, ...]]] = [(file.case.report.doi, ("report", "doi"))]
    paths += [(reference.doi, ("references", key, "doi")) for key, reference in file.case.references.items()]
    for doi, path in paths:
        if doi:
            _, line, column = file.place(*path)
            found.append((doi.lower(), ".".join(path), line, column))
    return found


def title_results(file: CaseFile) -> Iterator[Result]:
    """A title that says so itself: publishers put RETRACTED before the title."""
    title = file.case.report.title or ""
    if _TITLE.match(title):
        message = f"the title says that the report was taken back: {title[:60]!r}."
        yield Result("violation", "retracted", message, _CURE, *file.place("report", "title"), "report.title")


_CURE = "Take the case out; or keep it in the baseline, with its reason in a note."


def read_retractions(path: Path) -> dict[str, str]:
    """DOI (lower case) -> why it is listed. Raises CaseError when the table cannot be used."""
    data = files.read(path, MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    lines = text.splitlines()
    head = lines[0] if lines else ""
    sign = "\t" if "\t" in head else ";" if head.count(";") > head.count(",") else ","
    names = [name.strip().strip('"') for name in head.split(sign)]
    column = next((name for name in _COLUMNS if name in names), None)
    if column is None:
        found = {doi: "" for line in lines if (doi := _doi(line))}
    else:
        rows: Iterable[Mapping[str, str | None]] = csv.DictReader(lines, delimiter=sign)
        found = {doi: row.get("RetractionNature") or "" for row in rows if (doi := _doi(row.get(column) or ""))}
    if not found:
        message = f"holds no DOI (looked for the columns {', '.join(_COLUMNS)}, or a DOI a line)."
        raise CaseError([Result("violation", "file", message, "Give the table of retracted DOIs.", str(path))])
    return found


def _doi(text: str) -> str:
    found = re.search(r"10\.\d{2,9}/\S+", text)
    return found[0].rstrip(".,;\"'").lower() if found else ""


def retracted(dois: Iterable[Cited], table: Mapping[str, str], file: str) -> Iterator[Result]:
    """Which of these DOIs are in the table: the report itself (violation), a reference (warning)."""
    for doi, key, line, column in dois:
        if doi not in table:
            continue
        nature = (table[doi] or "listed as retracted").lower()
        if key == "report.doi":
            yield Result("violation", "retracted", f"{doi}: {nature}.", _CURE, file, line, column, key)
        else:
            cure = "Look at the claims that cite it."
            yield Result("warning", "retracted-reference", f"{doi}: {nature}.", cure, file, line, column, key)
