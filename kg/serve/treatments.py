"""The view Treatments: persons by drug, manifestation and reported response, each number with its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kg.answers.evidence import Table, evidence
from kg.answers.filters import understood
from kg.answers.matrix import Cell as Count
from kg.answers.matrix import Matrix, as_csv, as_json
from kg.answers.responses import Group
from kg.base.prefixes import CASE
from kg.base.results import CaseError
from kg.claims.retract import retracted_facts
from kg.export import spreadsheet
from kg.serve.rendering import HTML, Cell, Visit, html, node_path, path_of
from kg.serve.served import Reply, Served, problem

__all__ = ["rows", "treatments"]

GROUPS: Mapping[Group, str] = {"improved": "▲", "stable": "■", "not improved": "✕", "worsened": "▼"}
_NOTE = (
    "Numbers are persons, never rates: a published case is chosen to be told. Above, attributed to the drug alone; "
    "below, to several treatments jointly. Each cell says how many have a reported response, of how many were given "
    "the drug while they had the manifestation; the others are not reported. "
    "An empty cell: nobody was given it while they had that."
)


def treatments(served: Served, visit: Visit) -> Reply:
    """The matrix. fields: by (drug or class), drug and manifestation to narrow it."""
    classes = visit.word("by") == "class"
    made, wrong = served.matrices[classes], ""
    try:
        drugs, signs = _narrowed(made, visit)
    except CaseError as error:
        if visit.form != HTML:
            raise
        drugs, signs, wrong = [], [], f"{error.results[0].message} {error.results[0].cure}"
    if visit.form == "text/csv":
        return Reply(
            200, "text/csv", as_csv(made).encode(), {"Content-Disposition": 'attachment; filename="matrix.csv"'}
        )
    if visit.form != HTML:
        return Reply(200, visit.form, as_json(made).encode())
    facts = [fact for cell in made.cells.values() for counted in cell.counts for fact in counted.facts]
    values = {
        "view": "/treatments",
        "made": made,
        "drugs": [(iri, made.drugs[iri]) for iri in drugs],
        "signs": [(iri, made.manifestations[iri]) for iri in signs],
        "cells": {place: _shown(cell) for place, cell in made.cells.items()},
        "by": "class" if classes else "drug",
        "drug": visit.word("drug"),
        "manifestation": visit.word("manifestation"),
        "groups": GROUPS,
        "note": _NOTE,
        "wrong": wrong,
        "retracted": retracted_facts(served.data, facts),
        "silent": [(Cell(label, node_path(iri))) for iri, label in made.silent.items()],
    }
    return html("treatments.html", values, 400 if wrong else 200)


def _narrowed(made: Matrix, visit: Visit) -> tuple[list[str], list[str]]:
    """The drugs and manifestations that the fields leave; only those with a cell between them."""
    kept = []
    for name, known in (("drug", made.drugs), ("manifestation", made.manifestations)):
        text = visit.word(name)
        kept.append(understood(name, text, set(known), "Treatments").hits if text else frozenset(known))
    there = [place for place in made.cells if place[0] in kept[0] and place[1] in kept[1]]
    drugs, signs = {drug for drug, _ in there}, {sign for _, sign in there}
    return [d for d in made.drugs if d in drugs], [s for s in made.manifestations if s in signs]


def _shown(cell: Count) -> dict[str, object]:
    """A cell for a reader: numbers by group, alone and jointly, and the two that every number is of."""
    lines = []
    for attribution in ("single", "joint"):
        told = [(group, sign, cell.number(group, attribution)) for group, sign in GROUPS.items()]
        lines.append([one for one in told if one[2]])
    shade = min(5, 1 + cell.reported.bit_length()) if cell.reported else 0
    return {"lines": lines, "reported": cell.reported, "given": len(cell.persons), "shade": shade}


def rows(served: Served, visit: Visit) -> Reply:
    """What stands behind a cell: the rows of the evidence table. fields: by, drug and manifestation (IRIs)."""
    made = served.matrices[visit.word("by") == "class"]
    drug, sign = visit.word("drug"), visit.word("manifestation")
    cell = made.cells.get((drug, sign))
    if cell is None:
        message = "no person of the data was given this while they had that."
        return problem(404, "cell", message, "Choose a cell under Treatments.")
    facts = {fact for counted in cell.counts for fact in counted.facts}
    persons = [p for p in served.treated if p.who in cell.persons]
    table = evidence(served.data, persons=persons, facts=facts)
    if visit.form == "text/csv":
        text = spreadsheet.as_csv(table).encode()
        return Reply(200, "text/csv", text, {"Content-Disposition": 'attachment; filename="evidence.csv"'})
    if visit.form != HTML:
        return Reply(200, visit.form, spreadsheet.as_json(table).encode())
    values = {
        "view": "/treatments",
        "drug": Cell(made.drugs[drug], path_of(drug)),
        "sign": Cell(made.manifestations[sign], path_of(sign)),
        "asked": {"by": visit.word("by"), "drug": drug, "manifestation": sign},
        "cell": cell,
        "persons": [Cell(iri[len(CASE) :], path_of(iri)) for iri in cell.persons],
        "rows": _records(table),
        "note": _NOTE,
    }
    return html("rows.html", values)


def _records(table: Table) -> list[dict[str, Any]]:
    """Rows as records: what differs from "not stated", and the facts as links."""
    columns = [name for name in table.columns if name != "facts"]
    found = []
    for row, facts in zip(table.rows, table.facts, strict=True):
        told = dict(zip(table.columns, row, strict=True))
        links = [Cell(iri.rsplit("/", 1)[-1], path_of(iri)) for iri in facts]
        found.append({"head": told, "cells": [(name, told[name]) for name in columns], "facts": links})
    return found
