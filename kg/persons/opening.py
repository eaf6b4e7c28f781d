"""A dataset as a reader is to see it: with what curators decided, and without what was retracted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kg.base.prefixes import compress
from kg.base.project import chosen, entered
from kg.graph.store import Dataset, build
from kg.persons.identity import apply, leave_out, retracted_reports
from kg.persons.judgements import Judgements, read_claims

__all__ = ["decided", "open_data"]


def decided(paths: Sequence[Path] | None, claims: Path | None) -> Judgements:
    """What a claims file says, else the one of the project; nothing without either."""
    project = entered(paths or ())
    claims = claims or (project.claims if project else None)
    return read_claims(claims) if claims else Judgements()


def open_data(
    paths: Sequence[Path] | None,
    claims: Path | None = None,
    retractions: Path | None = None,
    with_retracted: bool = False,
) -> tuple[Dataset, list[str]]:
    """The dataset of these paths, in the project that holds them; without paths, of the project's cases.

    With what curators decided (of the project, where no file is given), and without what was
    retracted, unless that is asked for; the lines tell of either. Raises CaseError.
    """
    project = entered(paths or ())
    told = decided(paths, claims)
    data, identity = apply(
        build(chosen(paths, project)), told, retractions or (project.retractions if project else None)
    )
    lines = [str(result) for result in identity.results]
    gone = retracted_reports(data)
    for report, why in sorted(gone.items()):
        what = "retracted" if with_retracted else "left out, retracted (--with-retracted keeps it)"
        lines.append(f"{compress(report)}: {what}: {why}.")
    return (data if with_retracted else leave_out(data, gone)), lines
