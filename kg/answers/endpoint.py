"""A graph in a SPARQL 1.1 engine elsewhere, asked as a dataset here is (`kg.answers.queries.ask`).

`casekg load` puts it there, with the ontology, the mappings and the derived graphs that questions read.
Questions name no graph, so the default graph has to be the union of all: where an engine's is not, the
graphs of ours are named in each request.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import pyoxigraph as ox

from kg.answers.asked import Bound, Table, is_named
from kg.answers.origins import name_sources, report_of
from kg.answers.queries import DERIVED, Answer, Query, ask, find
from kg.base.binding import bind, bind_last, declare, fenced, plain
from kg.base.prefixes import CASE, PREFIXES
from kg.base.results import CaseError, Result
from kg.criteria.verdicts import RESULTS
from kg.graph.loading import OURS, counts
from kg.graph.remote import Remote
from kg.graph.store import DERIVED as CLASSES
from kg.graph.store import Dataset

__all__ = ["Endpoint", "Scope", "everything", "reached"]

Scope = Literal["auto", "union", "ours"]
"""What a question sees: the engine's own default graph, or the graphs of ours; `auto` finds out."""

_PROBE = """SELECT ?named ?union ?words WHERE {
  { SELECT (COUNT(DISTINCT ?g) AS ?named) WHERE { GRAPH ?g { ?report a ckg:Report } } }
  { SELECT (COUNT(DISTINCT ?report) AS ?union) WHERE { ?report a ckg:Report } }
  { SELECT (COUNT(?label) AS ?words) WHERE { ckg:Finding rdfs:label ?label } }
}"""
_COUNTS = """SELECT ?reports ?patients ?facts ?anchors ?quads WHERE {
  { SELECT (COUNT(*) AS ?reports) WHERE { ?report a ckg:Report } }
  { SELECT (COUNT(*) AS ?patients) WHERE { ?patient a ckg:Patient } }
  { SELECT (COUNT(*) AS ?facts) WHERE { ?fact ckg:layer ?layer } }
  { SELECT (COUNT(*) AS ?anchors) WHERE { ?anchor oa:exact ?words } }
  { SELECT (COUNT(*) AS ?quads) WHERE { GRAPH ?g { ?r a ckg:Report . ?s ?p ?o } } }
}"""
_GRAPHS = f"""SELECT DISTINCT ?g WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{OURS}")) }} ORDER BY ?g"""
# Graphs that follow from the facts (`DERIVED`) -> how their names begin.
_STARTS: Mapping[str, str] = {"classes": CLASSES, "criteria": RESULTS}
# What an engine loses or doubles rows of, though it is as the standard has it, by what it says it is. Which rows,
# depends on the plan that it takes that day: so its paths that repeat a step beside other steps, or an inverse step,
# are followed here.
UNSOUND: Mapping[str, re.Pattern[str]] = {
    "Virtuoso": re.compile(r"[\w>)][*+]/|/\^?(?:\w*:\w+|<[^<>]*>|\([^()]*\))[*+]|\([^()]*\^[^()]*\)[*+]"),
}
LOSES = "may lose or double rows of queries with paths, NOT EXISTS or several UNIONs: compare with --data."
MOST = 2_000_000  # triples fetched for a question that is answered here
AT_ONCE = 100  # reports described by one request


@dataclass(frozen=True)
class Endpoint:
    """An engine's graph, and how its graphs are seen: a sentence about that, "" where there is nothing to say."""

    remote: Remote
    seen: str = ""

    def table(self, sparql: str, bound: Bound | None = None) -> Table:
        """Run a query there. Raises SyntaxError for what is no SPARQL 1.1 query, CaseError."""
        virtuoso = self.remote.server.startswith("Virtuoso")
        text = declare(bind_last(sparql, bound) if virtuoso and bound else bind(sparql, bound or {}), PREFIXES)
        ox.Store().query(text)  # told here, with its line, before anything is sent
        return self.remote.table(fenced(text) if virtuoso else text)

    @cached_property
    def counted(self) -> Mapping[str, int]:
        """Reports, patients, facts, anchors, quads of the case graphs, when it was first asked."""
        names, rows = self.table(_COUNTS)
        return dict(zip(names, (int(term.value) for term in rows[0]), strict=True))

    def describe(self) -> dict[str, int]:
        """Counts: reports, patients, facts, anchors, quads of the case graphs."""
        return dict(self.counted)

    def holds(self, subject: str | None = None, value: str | None = None) -> bool:
        """Is there a statement with this subject, or with this object?"""
        s, o = (f"<{ox.NamedNode(iri).value}>" if iri else name for iri, name in ((subject, "?s"), (value, "?o")))
        return bool(self.table(f"SELECT (1 AS ?found) WHERE {{ {s} ?p {o} }} LIMIT 1")[1])

    def nodes(self, kind: str, text: str) -> list[str]:
        """IRIs of the facts, or patients, that a text names."""
        of = "?node a ckg:Patient" if kind == "patient" else "?node ckg:evidence|ckg:pointer ?anchor"
        iri = ox.Literal(CASE + text.removeprefix("case:") if text.startswith("case:") else text)
        ends = " || ".join(f"STRENDS(STR(?node), {ox.Literal(mark + text)})" for mark in "#/")
        _, rows = self.table(f"SELECT DISTINCT ?node WHERE {{ {of} FILTER(STR(?node) = {iri} || {ends}) }}")
        return sorted(row[0].value for row in rows if is_named(row[0].value, text))

    def used(self) -> set[str]:
        """Concepts that the facts name as drug, action, subject or object."""
        names = "ckg:drug|ckg:action|ckg:subject|ckg:object"
        return {row[0].value for row in self.table(f"SELECT DISTINCT ?concept WHERE {{ ?fact {names} ?concept }}")[1]}

    def reach(self, iris: Sequence[str]) -> None:
        """Nothing: the engine has what the ontology and the mappings say of what its cases name."""

    @contextmanager
    def derived(self, made: Collection[str]) -> Iterator[None]:
        """See that these derived graphs are there. Raises CaseError when one is not, though there are cases."""
        for name in sorted(made):
            start = _STARTS[name]
            found = f'SELECT (1 AS ?found) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{start}")) }} LIMIT 1'
            if not self.table(found)[1] and self.describe()["facts"]:
                message = f"has no graph of what follows from the facts ({name}), which this question reads."
                raise self._refuse(message, "Load the cases with `casekg load`.")
        yield

    @contextmanager
    def wider(self, asked: Sequence[str], mappings: str) -> Iterator[list[ox.Quad]]:  # noqa: ARG002 - as of `Asked`
        """Never: the triples that more than exact matches make stand in a store only while one question is answered."""
        message = f"--mappings {mappings} needs a store of its own, and --endpoint has none."
        raise self._refuse(message, "Ask it of the files (--data), or of one id after the other.")
        yield []

    def ask(self, query: Query | str, parameters: Mapping[str, str] | None = None) -> Answer:
        """Answer a question as `kg.answers.queries.ask` does; rows of several reports say whose they are."""
        query = find(query) if isinstance(query, str) else query
        engine = self.remote.server.partition("/")[0]
        wrong = UNSOUND.get(engine)
        if fetched := bool(wrong and wrong.search(plain(query.sparql))):
            answer = ask(self.here, query, parameters)
            own = f"{engine} loses rows of its paths: answered here, on {len(self.here.store):,} triples fetched from there."
        else:
            answer = ask(self, query, parameters)
            own = f"{engine} {LOSES}" if wrong else ""
        if answer.searched.get("reports", 1) > 1:
            rows = range(len(answer.rows))
            reports = {report for row in rows for iri in answer.facts(row) if (report := report_of(iri))}
            answer = name_sources(answer, self.here if fetched else self.about(reports))
        return replace(answer, remarks=(*answer.remarks, *filter(None, [self.seen, own])))

    @cached_property
    def here(self) -> Dataset:
        """The graphs of casekg that are there, as a dataset here; what follows from the facts is derived here.

        Raises CaseError when they are too many, when one does not come whole, or when facts stand in other graphs.
        """
        store, held = ox.Store(), counts(self.remote)
        wanted = {name: count for name, count in held.items() if not name.startswith(tuple(_STARTS.values()))}
        if (sum_ := sum(wanted.values())) > MOST:
            message = f"this question has to be answered here, and {sum_:,} triples are more than {MOST:,} to fetch."
            raise self._refuse(message, "Ask it of the files (--data).")
        for name, count in wanted.items():
            graph = ox.NamedNode(name)
            rows = set(self.table(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}")[1])
            if len(rows) != count:
                message = f"gives {len(rows):,} of the {count:,} triples of {name}."
                raise self._refuse(message, "Ask it of the files (--data), or have the engine's limit raised.")
            store.load(_lines(rows), ox.RdfFormat.N_TRIPLES, to_graph=graph)
        made = Dataset(store)
        if (facts := self.describe()["facts"]) != (come := made.describe()["facts"]):  # loaded by hand, elsewhere
            message = (
                f"holds {facts:,} facts, of which {come:,} are in graphs of casekg, which this question has to fetch."
            )
            raise self._refuse(message, "Load the cases with `casekg load`, or ask it of the files (--data).")
        return made

    def about(self, iris: Iterable[str]) -> Dataset:
        """What the engine says of these reports and of their sources, as a dataset here."""
        store, wanted = ox.Store(), sorted(iris)
        for start in range(0, len(wanted), AT_ONCE):
            these = " ".join(str(ox.NamedNode(iri)) for iri in wanted[start : start + AT_ONCE])
            text = f"""CONSTRUCT {{ ?s ?p ?o }} WHERE {{ VALUES ?report {{ {these} }}
              {{ ?report ckg:source ?s . ?s ckg:fileName ?o . ?s ?p ?o }}
              UNION {{ ?report ?p ?o BIND(?report AS ?s) FILTER(?p IN (rdf:type, dcterms:identifier, ckg:source,
                ckg:doi, ckg:pmcid, ckg:pmid)) }} }}"""
            rows = self.table(text)[1]
            store.load(_lines(rows), ox.RdfFormat.N_TRIPLES)
        return Dataset(store)

    def _refuse(self, message: str, cure: str) -> CaseError:
        return CaseError([Result("violation", "endpoint", message, cure, self.remote.endpoint)])


def _lines(triples: Iterable[tuple[ox.NamedNode | ox.BlankNode | ox.Literal, ...]]) -> bytes:
    """Triples as N-Triples."""
    return "".join(f"{s} {p} {o} .\n" for s, p, o in triples).encode()


def reached(remote: Remote, scope: Scope = "auto") -> Endpoint:
    """An endpoint, asked how its default graph is made. Raises CaseError when it does not answer.

    scope: `union` takes the engine's default graph as it is, `ours` names the graphs of ours in each request (where
    an engine holds other graphs too, whose labels would double rows), `auto` does so where the
    default graph does not hold what they hold.
    """
    plain = Endpoint(remote)
    if scope == "union":
        return plain
    named, union, words = (int(term.value) for term in plain.table(_PROBE)[1][0])
    if scope == "auto" and union and (words or not named):
        return plain
    graphs = tuple(row[0].value for row in plain.table(_GRAPHS)[1])
    if not graphs:
        return plain
    why = "" if scope == "ours" else "The engine's default graph is not the union of its graphs. "
    said = f"{why}Asked were its {len(graphs):,} graphs of casekg."
    return Endpoint(replace(remote, graphs=graphs), said)


def everything(data: Dataset) -> Iterator[ox.Quad]:
    """All that questions read: cases, ontology, mappings, persons, and the graphs that follow from them."""
    yield from data.store
    for made in DERIVED.values():
        yield from made(data)
