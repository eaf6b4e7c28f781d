"""How do cases look as tables: one CSV for each kind of fact, one row a fact?

A column is a field of the case file; a list is written with " | " between its items, a quantity in a
column for each of its parts. A cell that a spreadsheet would run as a formula begins with an
apostrophe (OWASP, CSV injection). Nothing that the case file says is left out.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from kg.base.cells import as_text
from kg.base.losses import Losses
from kg.base.times import Offset
from kg.model.case import Case
from kg.model.fields import Anchor
from kg.rdf.iris import case_iri, fact_iri

__all__ = ["write_tables"]

_FIRST = ("fact", "case", "patient", "key")
_BETWEEN = " | "


def write_tables(cases: Iterable[Case]) -> tuple[dict[str, bytes], Losses]:
    """Names and bytes of the files, and what did not survive: nothing, but it is counted."""
    tables: dict[str, list[dict[str, str]]] = {}
    losses = Losses()
    for case in cases:
        for path, fact in case.facts():
            kind = path[2] if path[0] == "patients" else path[0]
            where = {
                "fact": fact_iri(case, path),
                "case": case_iri(case),
                "patient": path[1] if path[0] == "patients" else "",
                "key": path[-1],
            }
            tables.setdefault(kind, []).append(where | dict(_cells(fact)))
            losses.keep(kind)
    return {f"{kind}.csv": _csv(rows) for kind, rows in sorted(tables.items())}, losses


def _csv(rows: list[dict[str, str]]) -> bytes:
    heads = [*_FIRST, *sorted({name for row in rows for name in row} - {*_FIRST})]
    out = io.StringIO()
    writer = csv.DictWriter(out, heads, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(rows, key=lambda row: row["fact"]))
    return out.getvalue().encode()


def _cells(value: BaseModel, before: str = "") -> Iterator[tuple[str, str]]:
    """The filled fields of a model as columns and texts."""
    for name, item in value:
        field = f"{before}{name.rstrip('_')}"
        if isinstance(item, BaseModel):
            yield from _cells(item, f"{field}.")
        elif item not in (None, (), False, {}):
            yield field, _safe(_text(item))


def _text(item: Any) -> str:
    if isinstance(item, tuple):
        return _BETWEEN.join(_text(part) for part in item)
    if isinstance(item, Mapping):
        return _BETWEEN.join(f"{key}: {_text(part)}" for key, part in item.items())
    if isinstance(item, Anchor):
        return f"{item.section}: {item.quote}"
    if isinstance(item, BaseModel):
        return "; ".join(f"{name} {text}" for name, text in _cells(item))
    if isinstance(item, Offset):
        return "/".join(item.iso())
    return "yes" if item is True else str(item)


def _safe(text: str) -> str:
    return as_text(text)
