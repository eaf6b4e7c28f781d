"""The front page is true: its commands, its answers, its queries, its example case."""

from __future__ import annotations

import hashlib
import importlib.util
import re
import subprocess
import sys
from pathlib import Path

from typer.testing import CliRunner

from kg.cli import app
from kg.graph.store import Dataset
from kg.model.reading import read_case_file

_spec = importlib.util.spec_from_file_location("golden", Path(__file__).with_name("golden.py"))
assert _spec
assert _spec.loader
golden = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(golden)

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def block(name: str) -> str:
    found = re.search(rf"<!-- {name} -->\n(.*?)<!-- /{name} -->", README, re.S)
    assert found, name
    return found[1]


def code(name: str) -> str:
    found = re.search(r"```\w*\n(.*?)```", block(name), re.S)
    assert found, name
    return found[1]


def test_what_is_shown_is_what_is_printed() -> None:
    assert all(f"<!-- {name} -->" in README for name in ("example", "explain", "empty"))
    assert golden.front_page(README) == README


def test_the_two_commands_are_single_lines_that_start_bare() -> None:
    for name in ("main", "tests"):
        assert code(name).count("\n") == 1
        assert code(name).startswith("python3 -m venv .venv && .venv/bin/pip install")


def test_ci_runs_the_test_command() -> None:
    assert "<!-- tests -->" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_own_query_answers(tmp_path: Path) -> None:
    text = code("own-query")
    assert len(text.strip().splitlines()) <= 6
    path = tmp_path / "my.rq"
    path.write_text(text, "utf-8")
    run = CliRunner().invoke(app, ["query", str(path), "--format", "csv"])
    assert run.exit_code == 0
    assert "Calcinosis cutis,improved,tofacitinib," in run.output


def test_the_python_example_runs() -> None:
    run = subprocess.run([sys.executable, "-c", code("python")], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert re.search(r"^\d\d+ excluded findings$", run.stdout, re.M)


def test_the_example_case_is_valid(tmp_path: Path) -> None:
    found = re.search(r"```yaml\n(# yaml-language-server.*?)```", README, re.S)
    assert found
    path = tmp_path / "case.yaml"
    text = "A case of something\n\nA woman had arthritis of both wrists in March 2021. "
    text += "She was given tofacitinib 5 mg twice daily. By summer the arthritis had improved by June 2021."
    (tmp_path / "example.txt").write_text(text, "utf-8")
    path.write_text(found[1].replace("0" * 64, hashlib.sha256(text.encode()).hexdigest()), "utf-8")
    assert read_case_file(path).results == ()
    run = CliRunner().invoke(app, ["validate", str(path), "--sources", str(tmp_path)])
    assert run.exit_code == 0, run.output


def test_links_lead_somewhere() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "queries/README.md"):
        text = (ROOT / name).read_text("utf-8")
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if not target.startswith("http"):
                assert ((ROOT / name).parent / target).exists(), (name, target)


def test_figures_in_the_readme_are_measured(data: Dataset) -> None:
    """The README promises one shipped case; `describe` counts it."""
    assert data.describe()["reports"] == 1
