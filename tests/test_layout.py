"""Modules import downwards only, and the code is clean."""

from __future__ import annotations

import ast
import graphlib
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

# kg's packages from the bottom up: a module imports from its own package and from those before it.
PACKAGES = [
    "base",
    "concepts",
    "owl",
    "model",
    "rdf",
    "sources",
    "articles",
    "mentions",
    "draft",
    "graph",
    "persons",
    "criteria",
    "answers",
    "claims",
    "export",
    "pictures",
    "gate",
    "serve",
    "",  # kg/__init__.py and kg/__main__.py, the doors
    "cli",
]
RANK = {name: rank for rank, name in enumerate(PACKAGES)}
# kg/cli/ is one module in several files, a file for each group of commands.
FILES = {
    (path.parent.name if path.parent != ROOT / "kg" else "", path.stem): path
    for path in (ROOT / "kg").rglob("*.py")
    if "templates" not in path.parts
    and (path.name != "__init__.py" or path.parent in {ROOT / "kg", ROOT / "kg" / "cli"})
}


def imports(path: Path) -> set[tuple[str, str]]:
    """Package and module of kg that a file imports, anywhere in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "kg":
            parts = node.module.split(".")[1:]
            names = [(*parts, alias.name) for alias in node.names] if len(parts) < 2 else [tuple(parts)]
            found |= {name[-2:] for name in names if len(name) > 1}
        elif isinstance(node, ast.Import):
            found |= {tuple(a.name.split(".")[1:3]) for a in node.names if a.name.count(".") > 1}
    return {(package, module) for package, module in found if (package, module) in FILES}


def test_every_module_is_in_a_package() -> None:
    assert {package for package, _ in FILES} == set(PACKAGES)
    names = [module for package, module in FILES if package != "cli"]
    assert len(set(names)) == len(names)  # a test file is named after its module alone


@pytest.mark.parametrize("name", sorted(FILES), ids=".".join)
def test_imports_go_down(name: tuple[str, str]) -> None:
    wrong = {other for other in imports(FILES[name]) if RANK[other[0]] > RANK[name[0]] and name[0]}
    assert wrong == set()


def test_no_package_imports_in_a_circle() -> None:
    graph = {name: {other for other in imports(path) if other[0] == name[0]} for name, path in FILES.items()}
    graph = {name: others for name, others in graph.items() if name[0] not in {"", "cli"}}
    assert sum(map(len, graph.values())) > 100
    list(graphlib.TopologicalSorter(graph).static_order())  # raises CycleError, which names the circle


def test_only_triples_knows_how_a_fact_looks_as_rdf() -> None:
    for name in {module for _, module in FILES} - {
        "triples",
        "bridges",
        "store",
        "ontology",
        "shapes",
        "queries",
        "origins",
        "reasoning",
        "mutants",
        "verdicts",
        "judgements",
        "identity",
        "foreign",  # statements of others
        "nanopubs",
    }:
        assert all("ox.Quad(" not in path.read_text("utf-8") for key, path in FILES.items() if key[1] == name), name


def test_no_module_is_crowded() -> None:
    for path in FILES.values():
        assert len(path.read_text("utf-8").splitlines()) <= 600, path


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
