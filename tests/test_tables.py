"""CSV tables: a row a fact, nothing left out, no formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from kg.export.tables import write_tables
from kg.model.reading import read_case
from kg.rdf.iris import fact_iri

WriteCase = Any


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode())))


def test_every_fact_has_its_row(shipped: Path) -> None:
    case = read_case(shipped)
    files, losses = write_tables([case])
    told = [row["fact"] for data in files.values() for row in rows(data)]
    assert sorted(told) == sorted(fact_iri(case, path) for path, _ in case.facts())
    assert losses.total == 0
    given = next(row for row in rows(files["treatments.csv"]) if row["key"] == "tofacitinib")
    assert (given["drug"], given["dose.value"], given["dose.unit"]) == ("CHEBI:71200 ! tofacitinib", "5", "mg")
    assert given["after"] == " | ".join(case.patients["p1"].treatments["tofacitinib"].after)
    answer = next(row for row in rows(files["responses.csv"]) if row["key"] == "tofacitinib-calcinosis")
    assert (answer["to"], answer["of"], answer["outcome"]) == ("tofacitinib", "calcinosis", "improved")
    assert "A clinical decrease in the extent of calcinosis" in answer["evidence"]


def test_a_cell_is_no_formula_but_a_number_stays_one(tmp_path: Path, write_case: WriteCase) -> None:
    path = write_case(tmp_path, replace={"status: present": "status: present\n        note: =1+1"})
    files, _ = write_tables([read_case(path)])
    assert "'=1+1" in {row["note"] for row in rows(files["findings.csv"])}
    assert {row["value"] for row in rows(files["measurements.csv"])} == {"40", "35"}
