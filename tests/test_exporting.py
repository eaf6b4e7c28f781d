"""casekg export: every format, its files and its account."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from kg.cli.export import ExportFormat
from kg.export.exporting import FORMATS, export
from kg.graph.store import build

Run = Callable[..., Any]


def test_the_command_knows_the_formats_of_the_table() -> None:
    assert {form.value for form in ExportFormat} == set(FORMATS)


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_a_case_file_and_its_graph_are_written_alike(form: str, run: Run, shipped: Path, tmp_path: Path) -> None:
    assert run("build", shipped, "-o", tmp_path / "built.nq").exit_code == 0
    made, again = export(build(shipped), form), export(build(tmp_path / "built.nq"), form)
    assert made.cases == again.cases == 1
    assert all(kept + lost > 0 for _, kept, lost, _ in made.losses.rows())

    def words(files: Mapping[str, bytes]) -> dict[str, list[str]]:
        """Lines without the order of lists, which a graph does not keep."""
        return {
            name: sorted("".join(sorted(line)) for line in data.decode().splitlines()) for name, data in files.items()
        }

    same = {name for name, lines in words(made.files).items() if words(again.files)[name] == lines}
    # a graph tells what is odd of sex and of age in one place, and not where a section of the text begins
    assert set(made.files) - same <= {"sex.csv", "age.csv", "report.csv"}


def test_the_command_writes_the_files_and_tells_what_is_lost(run: Run, shipped: Path, tmp_path: Path) -> None:
    out = tmp_path / "kgx"
    result = run("export", shipped, "--format", "kgx", "-o", out, "--account", "json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    assert told["cases"] == 1
    assert sorted(path.name for path in out.iterdir()) == told["files"] == ["edges.tsv", "nodes.tsv"]
    assert {"kind": "responses", "kept": 0, "lost": 25, "why": "Biolink has no slot for it"} in told["account"]
    shown = run("export", shipped, "--format", "kgx", "-o", out)
    assert "What survives" in shown.stdout
    assert "2 files of 1 case" in shown.stderr


def test_wrong_input_writes_nothing(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("report: {", "utf-8")
    assert run("export", tmp_path / "bad.yaml", "-o", tmp_path / "out").exit_code in (1, 2)
    assert not (tmp_path / "out").exists()
    assert run("export", "--format", "fhir", "-o", tmp_path / "out").exit_code == 2
