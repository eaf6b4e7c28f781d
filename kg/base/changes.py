"""Which files did a commit touch?"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from kg.base.results import CaseError, Result

__all__ = ["changed"]


def changed(place: Path, since: str | None = None) -> list[Path]:
    """Files of the repository at a place that differ from a commit, or that are not committed yet.

    since: a commit, branch or tag; None means: what the last commit touched. Files that were
    deleted are told too, since what depends on them may change.
    Raises CaseError when there is no git, no repository, or no such commit.
    """
    top = Path(os.fsdecode(_git(place, "rev-parse", "--show-toplevel").rstrip(b"\n")))
    if since is None and not _born(top):
        listed = _git(top, "ls-files", "--cached", "-z")
    elif since is None:
        listed = _git(top, "diff-tree", "--no-commit-id", "--name-only", "--root", "-r", "-m", "-z", "HEAD")
        listed += _git(top, "diff", *_NAMES, "HEAD")
    else:
        base = _git(top, "merge-base", "--end-of-options", since, "HEAD").decode().strip()
        listed = _git(top, "diff", *_NAMES, base)
    listed += _git(top, "ls-files", "--others", "--exclude-standard", "-z")
    return sorted({top / os.fsdecode(name) for name in listed.split(b"\0") if name})


# A file that was renamed is told by both names: a term that left terms/ is gone from there.
_NAMES = ("--name-only", "--no-renames", "--no-relative", "-z")


def _born(top: Path) -> bool:
    """Has the repository a commit yet?"""
    return bool(_git(top, "rev-list", "--all", "--max-count=1"))


def _git(place: Path, *words: str) -> bytes:
    try:
        run = subprocess.run(["git", "-C", str(place), *words], capture_output=True, check=True)
    except FileNotFoundError as error:
        raise _wrong("git is not installed", "Name the files instead.") from error
    except subprocess.CalledProcessError as error:
        told = os.fsdecode(error.stderr).strip().splitlines() or ["git failed"]
        cure = "Name a commit of this repository, or the files."
        if words[0] == "merge-base" and _git(place, "rev-parse", "--is-shallow-repository").strip() == b"true":
            cure = "Fetch the whole history (actions/checkout: `fetch-depth: 0`)."
        raise _wrong(told[0].removeprefix("fatal: "), cure) from error
    return run.stdout


def _wrong(reason: str, cure: str) -> CaseError:
    return CaseError([Result("violation", "file", f"what changed is not known ({reason}).", cure, "git")])
