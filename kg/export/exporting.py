"""How do cases leave: in which formats of others, and with what loss?

A format is one function that takes cases and gives files and a loss account, and one row in the
table. What a format has no place for is counted, never dropped without a number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kg.base.losses import Losses
from kg.export.kgx import write_kgx
from kg.export.nanopubs import write_nanopubs
from kg.export.packing import write_packets
from kg.export.tables import write_tables
from kg.graph.store import Dataset
from kg.model.case import Case
from kg.persons.people import people
from kg.rdf.iris import case_iri

__all__ = ["FORMATS", "Exported", "Format", "export"]

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Format:
    """A format: what it is, and the function that writes it."""

    description: str
    write: Callable[[Iterable[Case]], tuple[Files, Losses]]


@dataclass(frozen=True)
class Exported:
    """Files by name, what did not survive, and how many cases were written."""

    files: Files
    losses: Losses
    cases: int


FORMATS: dict[str, Format] = {
    "csv": Format("one table for each kind of fact, with every field of the case file", write_tables),
    "kgx": Format("Biolink nodes and edges as TSV, for knowledge graphs", write_kgx),
    "phenopacket": Format("GA4GH phenopackets v2 as JSON, one for each patient", write_packets),
    "nanopub": Format("one nanopublication for each fact, TriG", write_nanopubs),
}


def export(data: Dataset, form: str) -> Exported:
    """Write the cases of a dataset in a format of FORMATS. Raises CaseError for a graph that is no case.

    >>> from kg.graph.store import build
    >>> sorted(export(build(), "kgx").files)
    ['edges.tsv', 'nodes.tsv']
    """
    cases = {case_iri(person.case): person.case for person in people(data)}
    files, losses = FORMATS[form].write(cases[iri] for iri in sorted(cases))
    return Exported(files, losses, len(cases))
