"""From which report, and which file, does each row of an answer come?

Among many reports a row has to say whose it is. Its facts name the report by their IRIs; here that becomes
words: the publication, if any, and for a record the file it was read from.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pyoxigraph as ox

from kg.answers.queries import Answer
from kg.base.prefixes import CASE, CKG, PREFIXES
from kg.graph.store import Dataset

__all__ = ["name_sources", "report_of"]


def report_of(iri: str) -> str:
    """The IRI of the report that an IRI of a case graph belongs to; "" for any other.

    >>> report_of("https://w3id.org/casekg/case/pmid-1~a/p1#fever")
    'https://w3id.org/casekg/case/pmid-1~a'
    """
    return CASE + iri[len(CASE) :].partition("#")[0].partition("/")[0] if iri.startswith(CASE) else ""


def name_sources(answer: Answer, data: Dataset) -> Answer:
    """The answer with a column `source`, when the data is of several reports and the rows are of some."""
    if answer.searched.get("reports", 1) < 2 or "source" in answer.columns:
        return answer
    named = [sorted({report for iri in answer.facts(n) if (report := report_of(iri))}) for n in range(len(answer.rows))]
    if not any(named):
        return answer
    words = {report: _words(report, data) for report in {one for reports in named for one in reports}}
    rows: list[tuple[Any, ...]] = []
    for row, reports in zip(answer.rows, named, strict=True):
        rows.append((*row, ox.Literal("; ".join(words[r] for r in reports)) if reports else None))
    return replace(answer, columns=(*answer.columns, "source"), rows=tuple(rows))


def _words(report: str, data: Dataset) -> str:
    """A report as its publication's id; a record also by its file, and its own id where the file has many."""

    def one(subject: str, name: str) -> str:
        return min((quad.object.value for quad in data.match(subject, name)), default="")

    told = [f"{start}{text}" for name, start in _IDS.items() if (text := one(report, CKG + name))][:1]
    if any(True for _ in data.match(report, PREFIXES["rdf"] + "type", CKG + "Record")):
        file = min(
            (one(quad.object.value, CKG + "fileName") for quad in data.match(report, CKG + "source")), default=""
        )
        own = one(report, PREFIXES["dcterms"] + "identifier")
        told += [file, *([own] if own and own not in file else [])]
    return " ".join(filter(None, told)) or report[len(CASE) :]


_IDS = {"doi": "doi:", "pmcid": "", "pmid": "PMID:"}
