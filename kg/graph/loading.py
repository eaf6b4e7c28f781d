"""Which graphs go into an engine elsewhere, and did they all arrive?

Only graphs whose names begin as ours do are written or taken away. Each is put whole, in place of what
it held, so that loading twice is loading once; then the engine is asked how many triples each
holds, and a difference is a violation. What the data name no more is taken away on request only, and before
anything is written it is told: answers would mix both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import pyoxigraph as ox

from kg.base.prefixes import CASE
from kg.base.results import CaseError, Result
from kg.graph.remote import Remote

__all__ = ["OURS", "GraphCount", "Loaded", "by_graph", "load"]

OURS = CASE.removesuffix("case/")
"""How the names of our graphs begin: cases, ontology, mappings, results, persons, and what a merge keeps."""
CHUNK = 250_000  # bytes of triples in one update: engines refuse long ones
_COUNTS = f"""SELECT ?g (COUNT(*) AS ?n) WHERE {{ GRAPH ?g {{ ?s ?p ?o }} FILTER(STRSTARTS(STR(?g), "{OURS}")) }}
GROUP BY ?g ORDER BY ?g"""

What = Literal["put", "removed", "left"]
Graphs = Mapping[str, tuple[str, ...]]
"""N-Triples lines of each graph, sorted, each once."""


@dataclass(frozen=True)
class GraphCount:
    """One graph: what is done with it, its triples in the data, and at the engine before and after.

    after is None when nothing was written.
    """

    graph: str
    what: What
    here: int
    before: int
    after: int | None = None


@dataclass(frozen=True)
class Loaded:
    """The account of a load. way: `graph store`, `update`, or "" when nothing was written."""

    counts: tuple[GraphCount, ...]
    way: str = ""
    results: tuple[Result, ...] = field(default=())

    def number(self, what: What) -> int:
        """How many graphs were put, removed or left."""
        return sum(count.what == what for count in self.counts)


def by_graph(items: Iterable[ox.Quad]) -> tuple[Graphs, tuple[Result, ...]]:
    """Quads as graphs of ours; what stands in no graph of ours is left out, and told."""
    found: dict[str, set[str]] = {}
    for quad in items:
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
        found.setdefault(name, set()).add(f"{quad.subject} {quad.predicate} {quad.object} .\n")
    results = []
    for name in sorted(found):
        if not name.startswith(OURS):
            cure = "Write it as case files, or as TriG or N-Quads of `casekg build`."
            what = f"<{name}> is no graph of casekg" if name else "it stands in no graph"
            message = f"{what}: {len(found[name]):,} triples are not loaded."
            results.append(Result("violation", "graph", message, cure, focus=name))
    ours = {name: tuple(sorted(rows)) for name, rows in sorted(found.items()) if name.startswith(OURS)}
    return ours, tuple(results)


def load(
    remote: Remote,
    graphs: Graphs,
    remove: bool = False,
    dry: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Loaded:
    """Put graphs of ours into an engine, and count them there.

    remove: take away graphs of ours that are not among these; without it nothing is written when there are
    any. dry: write nothing. progress: called with graphs done, and of how many. Raises CaseError
    when the engine refuses; what was put until then stays, and the next load puts all again.
    """
    if wrong := [name for name in graphs if not name.startswith(OURS)]:
        raise ValueError(f"{wrong[0]} is no graph of casekg")
    before = counts(remote)
    others = [name for name in before if name not in graphs]
    plan = [GraphCount(name, "put", len(rows), before.get(name, 0)) for name, rows in graphs.items()]
    plan += [GraphCount(name, "removed" if remove else "left", 0, before[name]) for name in others]
    if others and not remove:
        message = f"holds graphs of casekg that are not in the data ({', '.join(_some(others))}): nothing is written."
        cure = "Give all cases at once, since what follows is made for them together; or take those away (--remove)."
        return Loaded(tuple(plan), "", (Result("violation", "graph", message, cure, remote.endpoint),))
    if dry:
        return Loaded(tuple(plan))
    way = ""
    for done, count in enumerate(plan):
        way = _write(remote, count, graphs.get(count.graph, ()), way, done)
        if progress:
            progress(done + 1, len(plan))
    after = counts(remote)
    made = tuple(GraphCount(c.graph, c.what, c.here, c.before, after.get(c.graph, 0)) for c in plan)
    return Loaded(made, way, tuple(_differences(remote, made)))


def counts(remote: Remote) -> dict[str, int]:
    """The graphs of ours that an engine holds, with their triples."""
    return {row[0].value: int(row[1].value) for row in remote.table(_COUNTS)[1] if row[0] is not None}


def _write(remote: Remote, count: GraphCount, rows: tuple[str, ...], way: str, done: int) -> str:
    """Put or remove one graph, in the way of the graphs before it; gives the way."""
    try:
        if remote.graph_store and way != "update":
            if count.what == "removed":
                taken = remote.remove(count.graph)
            else:
                taken = remote.put(count.graph, "".join(rows).encode())
            if taken:
                return "graph store"
            if way or not remote.update:
                message = "takes no graph (Graph Store HTTP Protocol)."
                cure = "Correct --graph-store, or name where it takes updates: --update."
                raise CaseError([Result("violation", "endpoint", message, cure, remote.graph_store)])
        remote.run(f"DROP SILENT GRAPH <{count.graph}>")
        for lines in _chunks(rows):
            remote.run(f"INSERT DATA {{ GRAPH <{count.graph}> {{\n{lines}}} }}")
    except CaseError as error:
        told = f"{done:,} graphs were written before it; the next load writes all again."
        raise CaseError(
            Result(r.severity, r.rule, f"{r.message} {told}", r.cure, r.file) for r in error.results
        ) from error
    return "update"


def _chunks(rows: tuple[str, ...]) -> Iterator[str]:
    chunk: list[str] = []
    size = 0
    whole = any("_:" in row for row in rows)  # a blank node is another one in the next update
    for row in rows:
        if chunk and size + len(row) > CHUNK and not whole:
            yield "".join(chunk)
            chunk, size = [], 0
        chunk.append(row)
        size += len(row)
    if chunk:
        yield "".join(chunk)


def _differences(remote: Remote, made: Iterable[GraphCount]) -> Iterator[Result]:
    for count in made:
        if count.after != count.here:
            message = f"<{count.graph}> holds {count.after:,} triples, and the data {count.here:,}."
            cure = "Load again; if it stays, the engine writes other terms than it was given."
            yield Result("violation", "graph", message, cure, remote.endpoint, focus=count.graph)


def _some(names: list[str]) -> list[str]:
    return [*names[:3], *([f"and {len(names) - 3:,} more"] if len(names) > 3 else [])]
