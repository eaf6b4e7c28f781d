"""What is a question asked of: a dataset here, or an endpoint elsewhere (`kg.answers.endpoint`)?"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import pyoxigraph as ox

from kg.base.binding import bind
from kg.base.prefixes import CKG, PREFIXES, compress
from kg.concepts.bridges import REACH, WIDER, wider
from kg.graph.remote import Table
from kg.graph.store import Dataset

Bound = Mapping[str, ox.NamedNode | ox.Literal]

__all__ = ["Asked", "Bound", "Here", "Table", "is_named"]


class Asked(Protocol):
    """What a question needs of the graph that it is asked of."""

    def table(self, sparql: str, bound: Bound | None = None) -> Table:
        """Run a query, with these variables bound, over the union of all graphs. Raises SyntaxError for what is no query, CaseError, RuntimeError."""

    def describe(self) -> dict[str, int]:
        """Counts: reports, patients, facts, anchors, quads of the case graphs."""

    def holds(self, subject: str | None = None, value: str | None = None) -> bool:
        """Is there a statement with this subject, or with this object?"""

    def nodes(self, kind: str, text: str) -> list[str]:
        """IRIs of the facts, or patients (`kind`), that a user's text names; sorted."""

    def used(self) -> set[str]:
        """Concepts that the facts name as drug, action, subject or object."""

    def reach(self, iris: Sequence[str]) -> None:
        """Have beside the data what the ontology and the mappings say of these concepts."""

    def derived(self, made: Collection[str]) -> AbstractContextManager[None]:
        """Have these derived graphs while a question is answered."""

    def wider(self, asked: Sequence[str], mappings: str) -> AbstractContextManager[list[ox.Quad]]:
        """Follow more than exact matches meanwhile; gives the subclass triples that they make."""


def is_named(iri: str, text: str) -> bool:
    """Does a user's text name this fact or patient: by IRI, by CURIE, or by its last part?

    >>> is_named("https://w3id.org/casekg/case/r1/p1#fever", "fever")
    True
    """
    return text in (iri, compress(iri)) or iri.endswith((f"#{text}", f"/{text}"))


@dataclass(frozen=True)
class Here:
    """A dataset in this process. made: derives the graphs that a question may need, by name."""

    data: Dataset
    made: Mapping[str, Any]

    def table(self, sparql: str, bound: Bound | None = None) -> Table:
        """Run a query over the union of all graphs."""
        sparql = bind(sparql, bound or {})
        return as_table(self.data.store.query(sparql, prefixes=PREFIXES, use_default_graph_as_union=True))

    def describe(self) -> dict[str, int]:
        """Counts: reports, patients, facts, anchors, quads of the case graphs."""
        return self.data.describe()

    def holds(self, subject: str | None = None, value: str | None = None) -> bool:
        """Is there a statement with this subject, or with this object?"""
        return any(True for _ in self.data.match(subject, None, value))

    def nodes(self, kind: str, text: str) -> list[str]:
        """IRIs of the facts, or patients, that a text names."""
        if kind == "patient":
            quads = self.data.match(None, PREFIXES["rdf"] + "type", CKG + "Patient")
            known = {quad.subject.value for quad in quads}
        else:
            known = {q.subject.value for name in ("evidence", "pointer") for q in self.data.match(None, CKG + name)}
        return sorted(iri for iri in known if is_named(iri, text))

    def used(self) -> set[str]:
        """Concepts that the facts name as drug, action, subject or object."""
        names = ("drug", "action", "subject", "object")
        return {quad.object.value for name in names for quad in self.data.match(None, CKG + name)}

    def reach(self, iris: Sequence[str]) -> None:
        """Have beside the data what the ontology and the mappings say of these concepts."""
        self.data.reach(iris)

    @contextmanager
    def derived(self, made: Collection[str]) -> Iterator[None]:
        """Have these derived graphs in the store."""
        quads = [quad for name in sorted(made) for quad in self.made[name](self.data)]
        self.data.store.extend(quads)
        try:
            yield
        finally:
            for graph in {quad.graph_name for quad in quads}:
                self.data.store.remove_graph(graph)

    @contextmanager
    def wider(self, asked: Sequence[str], mappings: str) -> Iterator[list[ox.Quad]]:
        """Follow more than exact matches."""
        followed = sorted(set(wider({*self.data.concepts(), *asked}, REACH[mappings])), key=str)
        self.data.reach(quad.object.value for quad in followed if isinstance(quad.object, ox.NamedNode))
        self.data.store.extend(followed)
        try:
            yield followed
        finally:
            self.data.store.remove_graph(ox.NamedNode(WIDER))


def as_table(found: Any) -> Table:
    """What a query gives as columns and rows, whatever its form."""
    if isinstance(found, ox.QueryBoolean):
        return ("answer",), ((ox.Literal(bool(found)),),)
    if isinstance(found, ox.QueryTriples):
        return ("subject", "predicate", "object"), tuple((t.subject, t.predicate, t.object) for t in found)
    columns = tuple(v.value for v in found.variables)
    return columns, tuple(tuple(row) for row in found)
