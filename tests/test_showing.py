"""What a reader sees first of a case: lines of therapy, responses, silence, at any width."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from rich.console import Console

import kg
from kg.answers.responses import gaps, responses
from kg.answers.showing import tables
from kg.answers.therapy import lines
from kg.cli import common
from kg.graph.store import Dataset
from kg.persons.people import people

WriteCase = Callable[..., Path]


def test_every_line_response_and_silence_is_shown(data: Dataset) -> None:
    ((title, about, (therapy, told, silent, moved)),) = tables(data)
    (person,) = people(data)
    assert title.endswith("/p1")
    assert "Last seen: 2022-11, alive" in about
    shown = [row[1].partition(":")[0] for row in therapy[2]]
    assert [k for line in lines(person) for k in line.all_keys] == shown[: shown.index("local-cures")]
    assert sorted(shown) == sorted(person.patient.treatments)
    assert len(told[2]) == len(responses(person))
    assert sum(row[2].count(", ") + 1 for row in silent[2]) == len(gaps(person))
    change = {row[0].split()[0]: row[3:] for row in moved[2]}
    assert change["Troponin"] == ["-44.5 ng/L (-56.9 %)", "tofacitinib; perhaps prednisone"]
    assert change["Natriuretic"][0] == "no change computed: the later value is a bound (<35 pg/mL)"


def test_how_a_line_began_and_what_went_on_beside_it(data: Dataset) -> None:
    ((_, _, (therapy, *_)),) = tables(data)
    rows = {row[1].partition(":")[0]: dict(zip(therapy[1], row, strict=True)) for row in therapy[2]}
    assert rows["intralesional-thiosulfate"]["how and why"].startswith("switch; instead of topical-thiosulfate")
    assert rows["rituximab"]["how and why"].startswith("add-on")
    assert rows["rituximab"]["until"] == "for one year ended 2019-10-01 to 2022-12-30"
    assert rows["tofacitinib"]["until"] == "still given 2022-11 (14 months)"
    assert rows["tofacitinib"]["beside it"].startswith("surely steroids; perhaps ")
    assert rows["rituximab"]["started"] == "2019-01-01 to 2021-09-30"  # given data of the diagnosis; before tofacitinib
    assert rows["prednisone"]["started"] == "2019-01-01 to 2022-11-30"


@pytest.mark.parametrize("width", [100, 160])
def test_tables_fit_the_page_and_no_word_is_broken(width: int, data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(common, "terminal", lambda: SimpleNamespace(width=width))
    ((_, _, shown),) = tables(data, wide=width >= 140)
    for name, heads, rows in shown:
        out = io.StringIO()
        Console(file=out, width=width).print(common.draw(name, heads, rows))
        text = out.getvalue()
        assert max(map(len, text.splitlines())) <= width
        words = {word for row in rows for cell in row for word in cell.split()}
        assert [word for word in words if word not in text] == []


def test_rdf_shows_the_same(data: Dataset, tmp_path: Path) -> None:
    data.save(tmp_path / "a.nq")
    assert list(tables(kg.build(tmp_path / "a.nq"))) == list(tables(data))


def test_a_case_without_treatment_shows_no_empty_table(tmp_path: Path, write_case: WriteCase, minimal: str) -> None:
    start, end = minimal.index("    treatments:\n"), minimal.index("references:\n")
    ((_, about, shown),) = tables(kg.build(write_case(tmp_path, minimal[:start] + minimal[end:])))
    assert shown == []
    assert len(about) > 1
