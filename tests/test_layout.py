"""Modules import downwards only, and the code is clean."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# From the ground up; a module may import only from rows above its own.
LAYERS = [
    {"prefixes", "places", "results", "times", "units", "positions", "network"},
    {"ages", "files", "cache", "changes", "rules", "indexing"},
    {"mappings", "modules", "required"},
    {"equivalence", "canonical"},
    {"collection"},
    {"document", "terms", "fields", "project", "baseline", "reporting", "drawing"},
    {"kinds", "packets"},
    {"case", "elements"},
    {"timeline", "schema", "amounts", "anatomy"},
    {"dating", "wording", "naming", "sections"},
    {"consistency", "init"},
    {"reading", "actions"},
    {"phenopackets"},
    {"readers"},
    {"criterion"},
    {"triples", "anchors", "privacy", "retractions"},
    {"bridges", "ontologies", "properties", "losses"},
    {"ontology"},
    {"axioms"},
    {"saturation"},
    {"foreign", "kgx", "nanopubs", "packing", "tables"},
    {"coverage", "store", "comparing"},
    {"lifting", "hermit", "explaining", "reidentify", "judgements"},
    {"graphs"},
    {"identity"},
    {"people", "facts", "deriving", "reasoning"},
    {"merging", "exporting"},
    {"diff"},
    {"therapy", "trajectories", "onset", "improvement", "assessment", "realising"},
    {"criteria"},
    {"verdicts"},
    {"responses", "queries", "justifying"},
    {"matrix", "evidence", "agreement", "origins", "showing"},
    {"duplicates", "conflicts", "novelty", "retract"},
    {"lanes", "spreadsheet"},
    {"pictures", "plots", "bars"},
    {"components"},
    {"constraints"},
    {"shapes"},
    {"repository", "mutate"},
    {"examining"},
    {"check"},
    {"__init__"},
    {"cli"},
    {"__main__"},
]
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
# kg/cli/ is one module in several files, a file for each group of commands.
FILES = {path.stem: [path] for path in (ROOT / "kg").glob("*.py")} | {"cli": sorted((ROOT / "kg" / "cli").glob("*.py"))}
MODULES = sorted(FILES)


def imports(path: Path) -> set[str]:
    """Modules of kg that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kg":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {a.name for a in node.names if a.name in RANK}
        elif isinstance(node, ast.Import):
            found |= {a.name.split(".")[1] for a in node.names if a.name.startswith("kg.")}
    return found


def test_every_module_has_its_layer() -> None:
    assert set(MODULES) == set(RANK)


@pytest.mark.parametrize("name", MODULES)
def test_imports_go_down(name: str) -> None:
    found = {other for path in FILES[name] for other in imports(path)}
    wrong = {other for other in found if RANK[other] >= RANK[name] and (other, name) != ("cli", "cli")}
    assert wrong == set()


def test_only_triples_knows_how_a_fact_looks_as_rdf() -> None:
    for name in set(MODULES) - {
        "triples",
        "bridges",
        "store",
        "ontology",
        "shapes",
        "queries",
        "origins",
        "reasoning",
        "mutate",
        "verdicts",
        "judgements",
        "identity",
        "foreign",  # statements of others
        "nanopubs",
    }:
        assert all("ox.Quad(" not in path.read_text("utf-8") for path in FILES[name]), name


def test_no_module_is_crowded() -> None:
    for path in (path for paths in FILES.values() for path in paths):
        assert len(path.read_text("utf-8").splitlines()) <= 620, path


@pytest.mark.parametrize(
    "command",
    [["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy", "--strict", "kg"]],
    ids=["ruff", "format", "mypy"],
)
def test_the_code_is_clean(command: list[str]) -> None:
    run = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


def test_no_lock_or_config_names_a_registry_or_a_machine() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not tracked:
        pytest.skip("not a git checkout")
    hosts = ["pypi" + ".org", "registry." + "npmjs", "/ro" + "ot/", "/wo" + "rk/", "/tm" + "p/"]
    for name in tracked:
        text = (ROOT / name).read_bytes()
        for host in hosts:
            assert host.encode() not in text, (name, host)
