"""The action for GitHub and the hooks for pre-commit: read as their services do, and run for real."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from kg.model.init import init

ROOT = Path(__file__).resolve().parents[1]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
STEPS = ACTION["runs"]["steps"]
EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")


def _step(name: str) -> Any:
    return next(step for step in STEPS if step.get("name") == name)


# ---- read ------------------------------------------------------------------------------


def test_the_action_is_composite_and_every_input_is_described_and_used() -> None:
    assert ACTION["runs"]["using"] == "composite"
    text = (ROOT / "action.yml").read_text("utf-8")
    used = set(re.findall(r"\binputs\.([a-z-]+)", " ".join(EXPRESSION.findall(text))))
    assert used == set(ACTION["inputs"])
    for given in ACTION["inputs"].values():
        assert given["description"].endswith(".")
        assert isinstance(given["default"], str)
        assert "required" not in given


def test_outputs_are_of_a_step_that_is_there() -> None:
    ids = {step["id"] for step in STEPS if "id" in step}
    for name, output in ACTION["outputs"].items():
        found = EXPRESSION.fullmatch(output["value"])
        assert found
        assert found[1] in {f"steps.{one}.outputs.{name}" for one in ids}


def test_no_input_is_part_of_a_script() -> None:
    for step in STEPS:
        assert not EXPRESSION.search(step.get("run", "")), step["name"]
        assert step.get("shell") == "bash" or "uses" in step


def test_actions_of_others_have_a_version() -> None:
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+", step["uses"]) for step in STEPS if "uses" in step)


@pytest.mark.parametrize("step", [step for step in STEPS if "run" in step], ids=lambda step: step["name"])
def test_the_scripts_are_bash(step: Mapping[str, Any], tmp_path: Path) -> None:
    (tmp_path / "x.sh").write_text(step["run"], "utf-8")
    run = subprocess.run(["bash", "-n", tmp_path / "x.sh"], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stderr) == (0, "")


# ---- run -------------------------------------------------------------------------------


@pytest.fixture
def service(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Run a step as GitHub does: bash -eo pipefail, inputs in the environment, files for what it says."""
    tools = tmp_path / "tools"
    tools.mkdir()
    for name, line in (("casekg", f'exec "{sys.executable}" -m kg "$@"'), ("python", f'exec "{sys.executable}" "$@"')):
        (tools / name).write_text(f"#!/bin/bash\n{line}\n")
        (tools / name).chmod(stat.S_IRWXU)
    temp = tmp_path / "runner temp"
    temp.mkdir()

    def run(name: str, folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
        step = _step(name)
        defaults = {f"inputs.{key}": given["default"] for key, given in ACTION["inputs"].items()}
        defaults |= {f"inputs.{key.replace('_', '-')}": value for key, value in inputs.items()}
        env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("GITHUB_")},
            **{key: EXPRESSION.sub(lambda m: defaults[m[1]], value) for key, value in step["env"].items()},
            "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "RUNNER_TEMP": str(temp),
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
            "GITHUB_OUTPUT": str(tmp_path / "output"),
        }
        script = tmp_path / "step.sh"
        script.write_text(step["run"], "utf-8")
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(script)]
        return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=300)

    return run


def _outputs(tmp_path: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (tmp_path / "output").read_text("utf-8").splitlines())


def _spoil(top: Path) -> None:
    case = top / "cases" / "example.yaml"
    case.write_text(case.read_text("utf-8").replace("to: [prednisone]", "to: [prednison]"), "utf-8")


def test_a_clean_project_passes_and_says_so(service: Callable[..., Any], tmp_path: Path) -> None:
    init(tmp_path / "repo")
    done = service("Check", tmp_path / "repo", sarif="true")
    assert done.returncode == 0, done.stdout + done.stderr
    told = _outputs(tmp_path)
    assert (told["violations"], told["warnings"]) == ("0", "0")
    assert json.loads(Path(told["sarif"]).read_text("utf-8"))["version"] == "2.1.0"
    assert (tmp_path / "summary.md").read_text("utf-8").strip()


def test_a_finding_fails_the_step_after_everything_is_told(service: Callable[..., Any], tmp_path: Path) -> None:
    init(tmp_path / "repo")
    _spoil(tmp_path / "repo")
    done = service("Check", tmp_path / "repo", path="cases/example.yaml\n")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "::error file=cases/example.yaml,line=" in done.stdout
    told = _outputs(tmp_path)
    assert told["violations"] == "1"
    assert "sarif" not in told
    assert "prednison" in (tmp_path / "summary.md").read_text("utf-8")


@pytest.mark.parametrize(
    "hostile",
    ["$(touch pwned)", "`touch pwned`; touch pwned", '"; touch pwned; "', "--help"],
)
def test_a_hostile_input_is_a_path_that_is_not_there(hostile: str, service: Callable[..., Any], tmp_path: Path) -> None:
    init(tmp_path / "repo")
    done = service("Check", tmp_path / "repo", path=hostile)
    assert done.returncode == 2, done.stdout + done.stderr
    assert not (tmp_path / "repo" / "pwned").exists()
    assert set(_outputs(tmp_path)) == {"violations", "warnings"}


def test_only_what_changed_is_checked_on_request(service: Callable[..., Any], tmp_path: Path) -> None:
    init(tmp_path / "repo")
    who = ["-c", "user.name=nobody", "-c", "user.email=nobody@example.org"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "first"]):
        subprocess.run(["git", *words], cwd=tmp_path / "repo", check=True)
    subprocess.run(["git", *who, "commit", "-q", "--allow-empty", "-m", "second"], cwd=tmp_path / "repo", check=True)
    assert service("Check", tmp_path / "repo", changed="true", sarif="true").returncode == 0
    told = _outputs(tmp_path)
    assert (told["violations"], told["warnings"]) == ("0", "0")
    _spoil(tmp_path / "repo")
    assert service("Check", tmp_path / "repo", changed="true").returncode == 1


def test_installing_takes_the_requirement_or_the_action_itself(service: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "tools" / "python").write_text('#!/bin/bash\nprintf "%s\\n" "$@"\n')
    for version, asked in (("", str(ROOT)), ("casekg==0.1.0", "casekg==0.1.0"), ("--pre", "--pre")):
        done = service("Install casekg", tmp_path, version=version)
        assert done.stdout.splitlines() == ["-m", "pip", "install", "--quiet", "--", asked]


# ---- hooks -----------------------------------------------------------------------------


def test_hooks_have_what_pre_commit_requires() -> None:
    for hook in HOOKS:
        assert {"id", "name", "entry", "language"} <= set(hook)
        assert hook["language"] == "python"
        assert re.compile(hook["files"])
    assert [hook["id"] for hook in HOOKS] == ["casekg-check", "casekg-check-all"]


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("cases/a.yaml", {"casekg-check"}),
        ("cases/2024/a.yml", {"casekg-check"}),
        ("cases/a.txt", set()),
        ("my/cases/a.yaml", set()),
        ("casekg.toml", {"casekg-check-all"}),
        ("terms/own.ttl", {"casekg-check-all"}),
        ("README.md", set()),
    ],
)
def test_a_hook_looks_at_the_files_that_matter(path: str, seen: set[str]) -> None:
    assert {hook["id"] for hook in HOOKS if re.search(hook["files"], path)} == seen


def test_the_hook_passes_a_good_file_and_fails_a_bad_one(casekg: Callable[..., Any], tmp_path: Path) -> None:
    init(tmp_path)
    words = HOOKS[0]["entry"].split()[1:]
    assert casekg(*words, "cases/example.yaml", cwd=tmp_path).returncode == 0
    _spoil(tmp_path)
    done = casekg(*words, "cases/example.yaml", cwd=tmp_path)
    assert done.returncode == 1
    assert "cases/example.yaml:" in done.stdout
