"""What is a merged collection, as a value: which source tells which graph how?

A source is a file by name, format and digest, with its tellings: what it says in each named graph.
A collection is a set of sources, so merging is the union of sets (any order, repetition and grouping
is the same) and taking a source out is their difference. Its written form is the union of the named
graphs, and one more, the registry, which says in PROV-O who told what; where several sources tell a
graph differently, each telling is kept there as text, so that no query mistakes it for data.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kg.base.prefixes import CKG, PREFIXES, REGISTRY
from kg.rdf.canonical import digest, lines

__all__ = ["Collection", "Derived", "Source", "Telling", "nquads"]

_SOURCE, _TELLING = REGISTRY + "/source/", REGISTRY + "/telling/"
_TYPE, _PROV, _DC = PREFIXES["rdf"] + "type", PREFIXES["prov"], PREFIXES["dcterms"]
_NAME, _FORMAT, _SHA = _DC + "title", _DC + "format", CKG + "sha256"
_MEMBER, _OF, _VALUE = _PROV + "hadMember", _PROV + "specializationOf", _PROV + "value"
_FROM = _PROV + "wasDerivedFrom"

# Not a project's own: the bytes are the same everywhere.
_USED = (
    "ckg",
    "obo",
    "efo",
    "mesh",
    "loinc",
    "drugbank",
    "hgnc",
    "doi",
    "rdf",
    "rdfs",
    "xsd",
    "skos",
    "dcterms",
    "foaf",
    "prov",
    "oa",
    "cito",
    "fabio",
)


@dataclass(frozen=True, order=True)
class Telling:
    """What a source says in a graph. text: sorted lines of N-Triples, each once, without blank nodes."""

    graph: str
    text: str

    @cached_property
    def digest(self) -> str:
        """SHA-256 of graph and text."""
        return digest(f"{self.graph}\n{self.text}")

    @property
    def size(self) -> int:
        """How many triples."""
        return self.text.count("\n")


@dataclass(frozen=True, order=True)
class Source:
    """A file that was merged. sha256: digest of its bytes; tellings: sorted, one a graph."""

    name: str
    format: str
    sha256: str
    tellings: tuple[Telling, ...]

    @cached_property
    def digest(self) -> str:
        """SHA-256 of what the source is and says."""
        return digest("\n".join([self.name, self.format, self.sha256, *(t.digest for t in self.tellings)]))


@dataclass(frozen=True)
class Derived:
    """What follows from sources in a graph, as sorted lines: it is made anew whenever a collection is written."""

    text: str
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Collection:
    """Sources, merged."""

    sources: frozenset[Source] = frozenset()

    def __or__(self, other: Collection) -> Collection:
        """Both, merged."""
        return Collection(self.sources | other.sources)

    def __sub__(self, other: Collection) -> Collection:
        """Without the sources of the other."""
        return Collection(self.sources - other.sources)

    @cached_property
    def tellings(self) -> Mapping[str, Mapping[Telling, tuple[Source, ...]]]:
        """Graph -> each of its different tellings -> the sources that tell it so; all sorted."""
        found: dict[str, dict[Telling, list[Source]]] = {}
        for source in sorted(self.sources):
            for telling in source.tellings:
                found.setdefault(telling.graph, {}).setdefault(telling, []).append(source)
        return {g: {t: tuple(found[g][t]) for t in sorted(found[g])} for g in sorted(found)}

    def graphs(self) -> Iterator[tuple[str, str]]:
        """Name and lines of each graph, the registry left out: the union of what its sources tell."""
        for graph, told in self.tellings.items():
            yield graph, _union(told)

    def registry(self, derived: Mapping[str, Derived] | None = None) -> str:
        """The lines of the registry."""
        return lines(self._registry(derived or {}))

    def _registry(self, derived: Mapping[str, Derived]) -> Iterator[ox.Triple]:
        for graph, made in derived.items():
            for source in made.sources:
                yield _link(graph, _FROM, _SOURCE + source.digest)
        for source in self.sources:
            node = _SOURCE + source.digest
            yield _link(node, _TYPE, _PROV + "Collection")
            yield _text(node, _NAME, source.name)
            yield _text(node, _FORMAT, source.format)
            yield _text(node, _SHA, source.sha256)
            for telling in source.tellings:
                yield _link(node, _MEMBER, _TELLING + telling.digest)
        for graph, told in self.tellings.items():
            for telling in told:
                node = _TELLING + telling.digest
                yield _link(node, _TYPE, _PROV + "Entity")
                yield _link(node, _OF, graph)
                if len(told) > 1 or graph in derived:
                    yield _text(node, _VALUE, telling.text)

    def write(self, form: ox.RdfFormat = ox.RdfFormat.N_QUADS, derived: Mapping[str, Derived] | None = None) -> bytes:
        """The collection in a format that has named graphs; equal collections are the same bytes.

        derived: graph -> what follows from the sources, written beside them; it is no part of the collection.
        """
        graphs = dict(self.graphs())
        for graph, made in (derived or {}).items():
            graphs[graph] = _union([Telling(graph, graphs.get(graph, "")), Telling(graph, made.text)])
        text = nquads(graphs | ({REGISTRY: self.registry(derived)} if self.sources else {}))
        if form == ox.RdfFormat.N_QUADS:
            return text.encode()
        used = {prefix: PREFIXES[prefix] for prefix in _USED}
        rows = ox.parse(text, ox.RdfFormat.N_QUADS)
        return ox.serialize(rows, format=form, prefixes=used) or b""

    @classmethod
    def read(cls, graphs: Mapping[str, str]) -> Collection:
        """The collection that was written as these graphs (name -> lines), among them a registry.

        Raises ValueError when they are not what the registry says: a graph was changed by hand.
        """
        rows = _rows(graphs[REGISTRY])
        tellings = {node: _told(node, row, graphs) for node, row in rows.items() if node.startswith(_TELLING)}
        follows = {node for node, row in rows.items() if _FROM in row}
        sources = {n: _source(n, rows[n], tellings) for n in rows.keys() - tellings.keys() - follows}
        found = cls(frozenset(sources.values()))
        derived = {g: Derived("", tuple(sources[n] for n in rows[g][_FROM] if n in sources)) for g in follows}
        if found.registry(derived) != graphs[REGISTRY]:
            raise ValueError("its registry of sources is not as casekg merge wrote it")
        made = dict(found.graphs())
        for graph in sorted((graphs.keys() | made.keys()) - {REGISTRY} - follows):
            if graphs.get(graph) != made.get(graph):
                told = "is not what its sources told" if graph in made else "was told by none of its sources"
                raise ValueError(f"<{graph}> {told}: it was changed after the merge")
        return found


def nquads(graphs: Mapping[str, str]) -> str:
    """N-Quads of graphs (name -> lines), sorted by graph and line."""
    return "".join(
        re.sub(r"(?m)\.$", lambda _, name=graph: f"<{name}> .", graphs[graph])  # type: ignore[misc]
        for graph in sorted(graphs)
    )


def _union(told: Iterable[Telling]) -> str:
    texts = [telling.text for telling in told if telling.text]
    if len(texts) == 1:
        return texts[0]
    return "".join(sorted({f"{line}\n" for text in texts for line in text.split("\n") if line}))


def _link(node: str, name: str, value: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(node), ox.NamedNode(name), ox.NamedNode(value))


def _text(node: str, name: str, value: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(node), ox.NamedNode(name), ox.Literal(value))


# ---- reading a registry -----------------------------------------------------------------

_Row = dict[str, list[str]]


def _rows(text: str) -> dict[str, _Row]:
    found: dict[str, _Row] = {}
    for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES):
        values = found.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, [])
        values.append(quad.object.value)
    return found


def _one(node: str, row: _Row, name: str) -> str:
    if len(row.get(name, ())) != 1:
        raise ValueError(f"its registry gives <{node}> {len(row.get(name, ()))} values of <{name}>, not one")
    return row[name][0]


def _told(node: str, row: _Row, graphs: Mapping[str, str]) -> Telling:
    graph = _one(node, row, _OF)
    telling = Telling(graph, _one(node, row, _VALUE) if _VALUE in row else graphs.get(graph, ""))
    if _TELLING + telling.digest != node:
        raise ValueError(f"<{graph}> is not what its sources told: it was changed after the merge")
    return telling


def _source(node: str, row: _Row, tellings: Mapping[str, Telling]) -> Source:
    missing = [name for name in row.get(_MEMBER, ()) if name not in tellings]
    if missing:
        raise ValueError(f"its registry does not say what <{missing[0]}> is")
    told = tuple(sorted(tellings[name] for name in row.get(_MEMBER, ())))
    return Source(_one(node, row, _NAME), _one(node, row, _FORMAT), _one(node, row, _SHA), told)
