"""Do the decisions of a claims file hold for the cases that they are about?

A decision that names nobody of the data joins nobody, and one that contradicts another decides nothing:
either is quiet until somebody counts wrongly. Here the claims file of a project is held against
the project's cases, with the functions that use it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kg.base.results import CaseError, Result
from kg.claims.conflicts import conflicts
from kg.graph.store import gather
from kg.persons.identity import apply
from kg.persons.judgements import Judgements, read_claims
from kg.rdf.lifting import report_of

__all__ = ["EVERY_REPORT", "decision_results", "named_reports"]

EVERY_REPORT = "*"  # a conflict is named by digits: all reports are needed to find it


def named_reports(told: Judgements) -> tuple[str, ...]:
    """IRIs of the reports that decisions speak of, sorted; EVERY_REPORT alone where only all of them tell.

    >>> named_reports(Judgements())
    ()
    """
    if told.resolutions:
        return (EVERY_REPORT,)
    return tuple(sorted({report_of(iri) for claim in told.claims for iri in claim.of}))


def decision_results(claims: Path, files: Sequence[Path]) -> tuple[Result, ...]:
    """What is wrong with the decisions of a claims file, where these files hold the reports that it names.

    Each with file and line: decisions on what is not in the data, contradictions, conflicts that are not there.
    """
    told = read_claims(claims)
    try:
        data, identity = apply(gather(files), told)
        return (*identity.results, *(conflicts(data, told).results if told.resolutions else ()))
    except CaseError as error:
        return error.results
