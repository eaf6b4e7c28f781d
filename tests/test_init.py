"""`casekg init` makes a repository whose own check passes, and never writes over anything."""

from __future__ import annotations

import hashlib
import json
import os
import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pyoxigraph as ox
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.answers.queries import ask
from kg.base import project
from kg.base.results import CaseError
from kg.concepts.terms import Catalogue
from kg.gate.repository import counter_examples, project_results
from kg.gate.shapes import validate
from kg.graph.store import build, gather, read_rdf
from kg.model.anchors import anchor_results, read_source
from kg.model.init import init, slug, templates

Run = Callable[..., Any]

FILES = {
    ".github/workflows/cases.yml", ".gitignore", ".pre-commit-config.yaml", ".vscode/settings.json", "README.md",
    "case.schema.json", "casekg.toml", "cases/example.yaml", "queries/own/own-terms.rq", "shapes/own.fails.ttl",
    "shapes/own.ttl", "sources/example.txt", "terms/own.ttl",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _leave() -> Iterator[None]:
    yield
    project.enter(None)


@pytest.fixture
def made(tmp_path: Path) -> Path:
    """A new project, entered."""
    top = tmp_path / "My cases"
    init(top)
    project.enter(project.find(top))
    return top


def _inside(top: Path) -> set[str]:
    return {path.relative_to(top).as_posix() for path in top.rglob("*") if path.is_file()}


# ---- what is written -----------------------------------------------------------------


def test_every_file_is_there_and_nothing_else(made: Path) -> None:
    assert _inside(made) == FILES
    assert not any("%%" in (made / name).read_text("utf-8") for name in FILES)


def test_every_file_is_well_formed(made: Path) -> None:
    for name in FILES:
        text = (made / name).read_text("utf-8")
        assert text.endswith("\n"), name
        match Path(name).suffix:
            case ".yaml" | ".yml":
                assert yaml.safe_load(text), name
            case ".toml":
                assert tomllib.loads(text), name
            case ".json":
                assert json.loads(text), name
            case ".ttl":
                assert list(ox.parse(text, ox.RdfFormat.TURTLE)), name


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_name_gives_files_that_can_be_used(name: str) -> None:
    assert re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", slug(name))
    files = templates(name)
    assert set(files) == FILES
    prefix = tomllib.loads(files["casekg.toml"].decode())["prefixes"]["my"]
    named = {quad.subject.value for quad in ox.parse(files["terms/own.ttl"], ox.RdfFormat.TURTLE)}
    assert all(iri.startswith(prefix) for iri in named)
    assert f"# {slug(name)}\n" in files["README.md"].decode()


# ---- the example -----------------------------------------------------------------------


def test_the_example_is_valid_and_every_anchor_occurs_in_its_text(made: Path) -> None:
    data = build([made / "cases"])
    found = validate(data)
    assert [r for r in found.results if r.severity != "info"] == []
    source = data.files[0].case.report.source
    assert source.sha256 == hashlib.sha256((made / "sources" / source.file).read_bytes()).hexdigest()
    assert list(anchor_results(data.files[0], read_source(data.files[0], made / "sources"))) == []


def test_every_sentence_of_the_example_is_accounted_for(made: Path, run: Run) -> None:
    result = run("coverage", made / "cases", "--sources", made / "sources")
    assert result.exit_code == 0, result.output
    assert "0 unread" in result.stdout


def test_the_own_files_are_right_and_the_rule_and_question_see_the_example(made: Path) -> None:
    found = project.find(made)
    assert found is not None
    assert project_results(found) == ()
    answer = ask(build([made / "cases"]), "own/own-terms", {"concept": "my:JarOpeningWeakness"})
    assert len(answer.rows) == 1
    assert counter_examples() == ()


def test_the_house_rule_sees_the_example_and_warns_on_the_line_of_the_fact(made: Path) -> None:
    assert validate(build([made / "cases"])).focus_nodes["my:TreatmentRule"] == 1
    case = made / "cases" / "example.yaml"
    text = case.read_text("utf-8").replace("        start: 2022-03\n", "")
    case.write_text(text, "utf-8")
    found = [r for r in validate(gather([case])).results if r.severity == "warning"]
    assert [r.rule for r in found] == ["my:TreatmentRule-start"]
    assert found[0].key.startswith("patients.p1.treatments.prednisone")
    assert text.splitlines()[found[0].line - 1].strip() == "prednisone:"


def test_the_own_term_is_known_only_inside(made: Path) -> None:
    terms = Catalogue.shipped()
    term = terms.resolve("weakness in opening jars")
    assert terms.label(next(iter(terms.parents[term]))) == "Upper limb muscle weakness"
    project.enter(None)
    with pytest.raises(CaseError) as error:
        build([made / "cases"])
    assert {r.key for r in error.value.results} == {"patients.p1.findings.jars.concept"}


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ("weakness in opening jars  #", "weakness of the jar  #", "label"),
        ("my:JarOpeningWeakness !", "my:JarOpeningWeak !", "unknown-id"),
        ("my:JarOpeningWeakness !", "mine:JarOpeningWeakness !", "schema"),
        ("outcome: improved", "outcome: better", "schema"),
        ("to: [prednisone]", "to: [prednison]", "reference"),
    ],
)
def test_a_spoiled_example_is_red_on_its_line(made: Path, old: str, new: str, rule: str) -> None:
    case = made / "cases" / "example.yaml"
    text = case.read_text("utf-8")
    assert text.count(old) == 1
    case.write_text(text.replace(old, new), "utf-8")
    line = text.count("\n", 0, text.index(old)) + 1
    found = [r for r in gather([case]).results if r.severity == "violation"]
    assert [(r.rule, r.line) for r in found] == [(rule, line)]


def test_an_own_term_of_the_wrong_branch_is_found_by_our_shapes(made: Path) -> None:
    terms = made / "terms" / "own.ttl"
    terms.write_text(terms.read_text("utf-8").replace("obo:HP_0003484", "obo:MAXO_0000058"), "utf-8")
    found = [r for r in validate(gather([made / "cases"])).results if r.severity == "violation"]
    assert {r.rule for r in found} == {"shape:Finding-conceptBranch"}


def test_an_editor_can_check_the_example_with_the_schema(made: Path) -> None:
    schema = json.loads((made / "case.schema.json").read_text("utf-8"))
    case = (made / "cases" / "example.yaml").read_text("utf-8")
    named = re.match(r"# yaml-language-server: \$schema=(\S+)", case)
    assert named
    assert (made / "cases" / named[1]).resolve() == (made / "case.schema.json").resolve()
    jsonschema.validate(yaml.load(case, yaml.BaseLoader), schema)


# ---- from where it is asked ------------------------------------------------------------


def test_it_works_from_inside_and_from_elsewhere(
    made: Path, tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    asked = run("query", "own/own-terms", "--data", made / "cases", "--format", "csv")
    assert asked.exit_code == 0, asked.output
    assert "unable to open jars since January 2022" in asked.stdout
    assert run("terms", "my:JarOpeningWeakness").exit_code == 2
    monkeypatch.chdir(made / "cases")
    assert run("terms", "opening jars").stdout.startswith("my:JarOpeningWeakness ! weakness in opening jars")
    shown = run("explain", "jars", "--data", ".", "--sources", "../sources")
    assert "A 52-year-old woman had been unable to open jars" in shown.stdout


# ---- what is there stays ---------------------------------------------------------------


@pytest.mark.parametrize("held", sorted(FILES))
def test_a_file_in_the_way_is_named_and_nothing_is_written(held: str, tmp_path: Path, run: Run) -> None:
    (tmp_path / held).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / held).write_text("mine")
    result = run("init", tmp_path)
    assert result.exit_code == 2
    assert f"violation output: holds {held} already." in result.stderr
    assert _inside(tmp_path) == {held}
    assert (tmp_path / held).read_text() == "mine"


def test_a_folder_with_other_files_is_used(tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / "LICENSE").write_text("mine")
    monkeypatch.chdir(tmp_path)
    result = run("init")
    assert result.exit_code == 0
    assert set(result.stdout.split("\n")[:-1]) == {str(Path(name)) for name in FILES}
    assert result.stderr == "13 files. Next: casekg check\n"
    assert _inside(tmp_path) == FILES | {".git/HEAD", "LICENSE"}


def test_a_name_with_spaces_is_quoted_in_the_next_command(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert "Next: cd 'a b/c' && casekg check" in run("init", "a b/c").stderr
    assert _inside(tmp_path / "a b" / "c") == FILES


def test_a_place_that_cannot_be_written_is_one_line(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "below", "x" * 300):
        result = run("init", place)
        assert result.exit_code == 2
        assert len(result.stderr.splitlines()) == 1
        assert " violation output: " in result.stderr
    with pytest.raises(CaseError, match="is not the name of a folder"):
        init("a\0b")
    assert _inside(tmp_path) == {"file"}


@pytest.mark.parametrize("stop", range(1, len(FILES) + 1))
def test_a_failure_halfway_leaves_nothing(stop: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole, opened = Path.open, iter(range(1, 100))

    def full(self: Path, mode: str = "r", *rest: Any, **more: Any) -> Any:
        if mode == "xb" and next(opened) == stop:
            raise OSError(28, "No space left on device", str(self))
        return whole(self, mode, *rest, **more)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(CaseError, match="No space left"):
        init(tmp_path / "deep" / "new")
    assert os.listdir(tmp_path) == []  # noqa: PTH208


# ---- the workflow ------------------------------------------------------------------------


def test_the_commands_of_the_workflow_pass(made: Path, casekg: Callable[..., Any]) -> None:
    steps = yaml.safe_load((made / ".github/workflows/cases.yml").read_text("utf-8"))["jobs"]["check"]["steps"]
    commands = [step["run"].split(" >> ")[0] for step in steps if step.get("run", "").startswith("casekg")]
    assert len(commands) == 3
    for command in commands:
        done = casekg(*command.split()[1:], cwd=made)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
    assert len(read_rdf(made / "casekg.trig")) > 100
    assert {"casekg.trig", ".casekg-cache/"} <= set((made / ".gitignore").read_text("utf-8").split())


def test_the_hooks_see_the_files_that_matter(made: Path) -> None:
    hooks = yaml.safe_load((made / ".pre-commit-config.yaml").read_text("utf-8"))["repos"][0]["hooks"]
    seen = {hook["id"]: {name for name in FILES if re.search(hook["files"], name)} for hook in hooks}
    assert seen["casekg-check"] == {"cases/example.yaml"}
    assert {"casekg.toml", "terms/own.ttl", "shapes/own.ttl"} <= seen["casekg-check-all"]
