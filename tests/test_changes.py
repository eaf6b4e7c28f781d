"""Which files a commit touched: by both names, from anywhere, and told plainly when nobody can know."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from kg.base.changes import changed
from kg.base.results import CaseError

Git = Callable[..., None]


@pytest.fixture
def git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Git:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    for name in ("author", "committer"):
        monkeypatch.setenv(f"GIT_{name.upper()}_NAME", "a")
        monkeypatch.setenv(f"GIT_{name.upper()}_EMAIL", "a@example.org")

    def run(*words: str, at: Path = tmp_path / "here") -> None:
        at.mkdir(exist_ok=True)
        subprocess.run(["git", *words], cwd=at, check=True, capture_output=True)

    run("init", "-q", "-b", "main")
    return run


@pytest.fixture
def here(git: Git, tmp_path: Path) -> Path:
    """A repository of two commits, the second of which renames, deletes and changes; and what is not committed."""
    top = tmp_path / "here"
    for name in ("moved", "gone", "edited", "left", "with space ü"):
        (top / f"{name}.yaml").write_text(f"x: {name}\n", "utf-8")
    git("add", ".")
    git("commit", "-qm", "one")
    git("mv", "moved.yaml", "moved here.yaml")
    git("rm", "-q", "gone.yaml")
    (top / "edited.yaml").write_text("x: 2\n", "utf-8")
    git("commit", "-qam", "two")
    (top / "with space ü.yaml").write_text("x: 3\n", "utf-8")
    (top / "new").mkdir()
    (top / "new" / "new.yaml").write_text("x: 4\n", "utf-8")
    (top / "ignored.yaml").write_text("x: 5\n", "utf-8")
    (top / ".git" / "info" / "exclude").write_text("ignored.yaml\n", "utf-8")
    return top


TOUCHED = ["edited.yaml", "gone.yaml", "moved here.yaml", "moved.yaml", "new.yaml", "with space ü.yaml"]


def names(place: Path, since: str | None = None) -> list[str]:
    return sorted(path.name for path in changed(place, since))


def test_both_names_of_what_was_renamed_and_what_is_not_committed(here: Path) -> None:
    assert names(here) == names(here, "HEAD~1") == names(here / "new") == TOUCHED


def test_before_the_first_commit_every_file_is_new(git: Git, tmp_path: Path) -> None:
    top = tmp_path / "here"
    (top / "a.yaml").write_text("x: 1\n", "utf-8")
    (top / "b.yaml").write_text("x: 1\n", "utf-8")
    git("add", "a.yaml")
    assert names(top) == ["a.yaml", "b.yaml"]


def test_a_shallow_clone_says_what_it_lacks(here: Path, git: Git, tmp_path: Path) -> None:
    git("clone", "-q", "--depth", "1", here.as_uri(), "shallow", at=tmp_path)
    assert "edited.yaml" in names(tmp_path / "shallow")
    with pytest.raises(CaseError, match="fetch-depth: 0"):
        changed(tmp_path / "shallow", "HEAD~1")


@pytest.mark.parametrize("since", ["nothing", "--output=x", "", "HEAD~9"])
def test_what_is_no_commit_is_refused(here: Path, since: str) -> None:
    with pytest.raises(CaseError, match="what changed is not known"):
        changed(here, since)


def test_no_repository_and_no_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CaseError, match="not a git repository"):
        changed(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(CaseError, match="git is not installed"):
        changed(tmp_path)
