"""The wheel carries everything, and works from another folder without the test extras."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    # hatchling is among the test extras, so that no build environment has to be made
    run = subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        capture_output=True, text=True, check=False, env={**os.environ, "CASEKG_BROWSER": "no"},
    )  # fmt: skip
    assert run.returncode == 0, run.stdout + run.stderr
    return next(out.glob("*.whl"))


def test_the_wheel_carries_its_data(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    for folder in ("ontology", "shapes", "queries"):
        kept = {
            p.relative_to(ROOT).as_posix()
            for p in (ROOT / folder).rglob("*")
            if p.is_file() and "__pycache__" not in p.parts
        }
        kept = {name for name in kept if not any(part.startswith(".") for part in Path(name).parts)}
        assert kept
        assert {f"kg/data/{name}" for name in kept} <= names
    templates = {p.relative_to(ROOT).as_posix() for p in (ROOT / "kg" / "templates").rglob("*") if p.is_file()}
    assert len(templates) >= 12
    assert templates <= names
    pages = {p.relative_to(ROOT).as_posix() for n in ("html", "assets") for p in (ROOT / "kg/serve" / n).glob("*.*")}
    assert len(pages) >= 15
    assert pages <= names
    assert {"kg/cases/cureus-34125.yaml", "kg/case.schema.json", "kg/py.typed"} <= names
    assert not any(name.startswith("tests/") for name in names)


def test_the_unpacked_wheel_works_elsewhere(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "site")
    (tmp_path / "elsewhere").mkdir()
    env = {**os.environ, "PYTHONPATH": str(tmp_path / "site"), "PYTHONSAFEPATH": "1"}

    def casekg(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "kg", *words],
            cwd=tmp_path / "elsewhere",
            env=env,
            capture_output=True,
            text=True,
            check=False,
        )

    where = subprocess.run(
        [sys.executable, "-c", "import kg; print(kg.__file__)"],
        cwd=tmp_path / "elsewhere",
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(tmp_path / "site") in where.stdout
    built = casekg("build", "-o", "out.nq")
    assert built.returncode == 0, built.stderr
    assert (tmp_path / "elsewhere" / "out.nq").stat().st_size > 100_000
    asked = casekg("query", "treatment/drugs", "--drug", "tofacitinib", "--data", "out.nq", "--format", "csv")
    assert asked.returncode == 0, asked.stderr
    assert "5 mg" in asked.stdout
