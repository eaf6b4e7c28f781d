"""The command `casekg`.

Heavy libraries are imported inside the commands, so that `--help` answers at once. Standard
output carries the answer, standard error the remarks. Exit codes: 0 fine, 1 findings, 2 could
not run.
"""

from __future__ import annotations

from kg.cli import (
    criteria,
    draft,
    evidence,
    export,
    gate,
    graph,
    identity,
    init,
    merging,
    pictures,
    questions,
    reason,
    remote,
    review,
    serve,
    vocabulary,
)
from kg.cli.common import app

__all__ = [
    "app",
    "criteria",
    "draft",
    "evidence",
    "export",
    "gate",
    "graph",
    "identity",
    "init",
    "main",
    "merging",
    "pictures",
    "questions",
    "reason",
    "remote",
    "review",
    "serve",
    "vocabulary",
]


def main() -> None:
    """Entry point of the command."""
    app()
