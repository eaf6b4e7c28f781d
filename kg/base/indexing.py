"""How is one graph looked up again and again: its terms, its index, its paths?

Terms are plain Python values, which hash and compare many times faster than those of rdflib or
pyoxigraph; a path of SHACL becomes a function from a node to the nodes at its end.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

import pyoxigraph as ox
import rdflib
from rdflib import RDF, RDFS, SH, XSD
from rdflib.plugins.sparql import prepareQuery

__all__ = [
    "NOTHING", "TYPE", "Blank", "Data", "Literal", "Nodes", "Term", "UnsupportedError", "Walk",
    "classes_above", "classes_below", "empty_graph", "from_oxigraph", "from_rdflib", "read_path", "to_rdflib", "walk",
]  # fmt: skip


class Literal(NamedTuple):
    """A literal; datatype and language are "" when there is none (plain text has neither)."""

    text: str
    datatype: str = ""
    language: str = ""


class Blank(NamedTuple):
    """A blank node."""

    name: str


Term = str | Literal | Blank  # an IRI is its text
Nodes = Mapping[Term, None]  # an ordered set


class UnsupportedError(Exception):
    """A shape that is left to pyshacl."""


# ---- terms ---------------------------------------------------------------------------------

_STRING = str(XSD.string)
TYPE, _SUBCLASS = str(RDF.type), str(RDFS.subClassOf)


def from_oxigraph(term: Any) -> Term:
    """A term of pyoxigraph. Raises TypeError for a quoted triple."""
    if isinstance(term, ox.NamedNode):
        return term.value
    if isinstance(term, ox.Literal):
        if term.language:
            return Literal(term.value, "", term.language.lower())
        datatype = term.datatype.value
        return Literal(term.value, "" if datatype == _STRING else datatype)
    if isinstance(term, ox.BlankNode):
        return Blank(term.value)
    raise TypeError(f"{term} has no place in RDF 1.1")


def from_rdflib(node: Any) -> Term:
    """The same of rdflib, which tells an explicit xsd:string from plain text."""
    if isinstance(node, rdflib.Literal):
        language = (node.language or "").lower()
        return Literal(str(node), "" if language else str(node.datatype or ""), language)
    return Blank(str(node)) if isinstance(node, rdflib.BNode) else str(node)


# rdflib logs a traceback, or warns, for every ill-formed literal; here it is a result that says so.
logging.getLogger("rdflib.term").addFilter(lambda record: not str(record.msg).startswith("Failed to convert Literal"))
warnings.filterwarnings("ignore", "Parsing weird boolean", UserWarning)


@lru_cache(maxsize=8192)
def to_rdflib(term: Term) -> Any:
    """The same term for rdflib, with the digits it was written with."""
    if isinstance(term, Literal):
        if term.language:
            return rdflib.Literal(term.text, lang=term.language)
        datatype = rdflib.URIRef(term.datatype) if term.datatype else None
        return rdflib.Literal(term.text, datatype=datatype, normalize=False)
    return rdflib.BNode(term.name) if isinstance(term, Blank) else rdflib.URIRef(term)


class _Graph(rdflib.Graph):
    """A graph that parses the text of a SPARQL constraint once, not for every focus node."""

    def query(self, query_object: Any, *args: Any, **kwargs: Any) -> rdflib.query.Result:
        query = _prepared(query_object) if isinstance(query_object, str) else query_object
        return super().query(query, *args, **kwargs)


_prepared = lru_cache(maxsize=256)(prepareQuery)
empty_graph = lru_cache(maxsize=1)(rdflib.Graph)  # for its prefixes


# ---- data ----------------------------------------------------------------------------------

NOTHING: dict[Any, Any] = {}


class Data:
    """One graph, indexed: subject -> predicate -> objects, and predicate -> object -> subjects.

    base: an index of triples that many graphs share (what the ontology says of their concepts),
    which this one holds as well once it is joined. memo: what is remembered about this graph
    while it is looked at.
    """

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self.quads = list(quads)
        self.base: Data | None = None
        self.apart = False
        self.sparql = True  # may constraints in SPARQL, which look at the whole graph, be asked?
        self.out: dict[Term, dict[str, dict[Term, None]]] = {}
        self.into: dict[str, dict[Term, dict[Term, None]]] = {}
        self.memo: dict[object, dict[Any, Any]] = {}
        named, out, into = ox.NamedNode, self.out, self.into
        for quad in self.quads:
            subject, value = quad.subject, quad.object
            s = subject.value if isinstance(subject, named) else from_oxigraph(subject)
            p = quad.predicate.value
            o = value.value if isinstance(value, named) else from_oxigraph(value)
            out.setdefault(s, {}).setdefault(p, {})[o] = None
            into.setdefault(p, {}).setdefault(o, {})[s] = None

    def join(self, base: Data) -> Data:
        """This graph, with what the base holds; the base is not changed.

        apart: this graph says nothing of the nodes of its base.
        """
        self.base, self.apart = base, base.nodes.isdisjoint(self.out)
        for s, row in base.out.items():
            mine = self.out.get(s)
            self.out[s] = row if mine is None else {p: {**mine.get(p, {}), **row.get(p, {})} for p in {**mine, **row}}
        for p, rows in base.into.items():
            known = self.into.setdefault(p, {})
            for o, subjects in rows.items():
                known[o] = {**known[o], **subjects} if o in known else subjects
        return self

    def objects(self, subject: Term, predicate: str) -> Nodes:
        """The objects of a subject and predicate."""
        found: Nodes = self.out.get(subject, NOTHING).get(predicate, NOTHING)
        return found

    @cached_property
    def nodes(self) -> frozenset[Term]:
        """All subjects and objects."""
        return frozenset(self.out).union(*self.into.values())

    @cached_property
    def graph(self) -> rdflib.Graph:
        """The same, base and all, as a graph of rdflib."""
        graph = _Graph()
        for subject, row in self.out.items():
            for predicate, values in row.items():
                for value in values:
                    graph.add((to_rdflib(subject), to_rdflib(predicate), to_rdflib(value)))
        return graph


# ---- paths ---------------------------------------------------------------------------------

Walk = Callable[[Data, Term], Nodes]


def read_path(graph: rdflib.Graph, node: Any, inverse: bool = False, depth: int = 0) -> Any:
    """A path as nested tuples; an inverse is pushed down to the predicates, as pyshacl does."""
    if isinstance(node, rdflib.URIRef):
        return ("<" if inverse else ">", str(node))
    if isinstance(node, rdflib.Literal) or depth >= 10:
        raise UnsupportedError("a path that is a literal or nested too deep")

    def below(predicate: rdflib.URIRef) -> Any:
        found = list(graph.objects(node, predicate))
        if len(found) > 1:
            raise UnsupportedError("a path with two meanings")
        return found[0] if found else None

    if (first := below(RDF.first)) is not None:
        head, rest = read_path(graph, first, inverse, depth + 1), below(RDF.rest)
        if rest is None or (rest == RDF.nil and depth == 0):
            raise UnsupportedError("a path that is not a list of two")
        return head if rest == RDF.nil else ("/", head, read_path(graph, rest, inverse, depth + 1))
    if (turned := below(SH.inversePath)) is not None:
        return read_path(graph, turned, not inverse, depth + 1)
    if (several := below(SH.alternativePath)) is not None:
        ways = [read_path(graph, way, inverse, depth + 1) for way in graph.items(several)]
        if len(ways) < 2:
            raise UnsupportedError("an alternative path without alternatives")
        return ("|", *ways)
    for sign, predicate in (("*", SH.zeroOrMorePath), ("+", SH.oneOrMorePath), ("?", SH.zeroOrOnePath)):
        if (inner := below(predicate)) is not None:
            return (sign, read_path(graph, inner, inverse, depth + 1))
    raise UnsupportedError("a path that SHACL does not have")


@lru_cache(maxsize=1024)
def walk(path: Any) -> Walk:
    """How the nodes at the end of a path are found; the same path is walked by the same function."""
    sign, inner, *_ = path
    if sign == ">":
        return lambda data, focus: data.out.get(focus, NOTHING).get(inner, NOTHING)
    if sign == "<":
        return lambda data, focus: data.into.get(inner, NOTHING).get(focus, NOTHING)
    if sign == "|" and all(part[0] == ">" for part in path[1:]):
        names = [name for _, name in path[1:]]
        return lambda data, focus: _several(data.out.get(focus, NOTHING), names)
    ways = [walk(part) for part in path[1:]]
    step = ways[0]
    if sign == "/":
        rest = ways[1]
        return lambda data, focus: {end: None for middle in step(data, focus) for end in rest(data, middle)}
    if sign == "|":
        return lambda data, focus: {end: None for way in ways for end in way(data, focus)}
    if sign == "?":
        return lambda data, focus: {focus: None, **step(data, focus)}
    key, forward = object(), "'<'" not in repr(path)

    def climb(data: Data, focus: Term) -> Nodes:
        # ways up from a shared node are the same in every graph
        home = data.base if forward and data.apart and data.base and focus in data.base.out else data
        known = home.memo.setdefault(key, {})
        if focus not in known:
            found: dict[Term, None] = {focus: None} if sign == "*" else {}
            todo = list(step(data, focus))
            while todo:
                node = todo.pop()
                if node not in found:
                    found[node] = None
                    todo += step(data, node)
            known[focus] = found
        return known[focus]  # type: ignore[no-any-return]

    return climb


def _several(row: Mapping[str, Nodes], names: list[str]) -> Nodes:
    return {end: None for name in names if name in row for end in row[name]}


classes_above = walk(("*", (">", _SUBCLASS)))
classes_below = walk(("*", ("<", _SUBCLASS)))
