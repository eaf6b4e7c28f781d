"""The case graphs of an RDF file: each is lifted, and held to the rules that case files are held to.

What belongs to no report is given back apart; a graph that is broken does not stop the others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyoxigraph as ox
from pydantic import ValidationError

from kg.base.document import Document
from kg.base.positions import subject_lines
from kg.base.prefixes import CASE, CKG
from kg.base.results import CaseError, Result, ordered
from kg.concepts.terms import Catalogue
from kg.graph.store import apart, format_of, read_rdf
from kg.model.case import Case
from kg.model.reading import CaseFile, case_file
from kg.rdf.comparing import differences, name_of
from kg.rdf.lifting import lift, report_of
from kg.rdf.properties import TYPE

__all__ = ["CaseGraph", "CaseGraphs", "case_graphs", "read_case_graphs", "read_graph", "sound_case"]

Lines = Mapping[str, tuple[int, int]]


@dataclass(frozen=True)
class CaseGraph:
    """One graph of ours, and all results about it.

    name: IRI of its report; file: its case, None when it does not hold the schema (`results` says
    why, and whether the case can be used); path, lines: where it stands, and its subjects in there.
    """

    name: str
    quads: tuple[ox.Quad, ...]
    file: CaseFile | None
    results: tuple[Result, ...]
    path: str = ""
    lines: Lines = field(default_factory=dict)

    def place(self, focus: str) -> tuple[str, int, int]:
        """File, line and column where a node begins; of one that is not there, of its patient or its report."""
        around = focus.partition("#")[0]
        return (self.path, *(self.lines.get(focus) or self.lines.get(around) or self.lines.get(self.name, (0, 0))))


@dataclass(frozen=True)
class CaseGraphs:
    """The graphs of ours in an RDF file, and the quads that belong to none of them; path, lines as there.

    kept: the quads of graphs that a merged file keeps though they are of another model.
    """

    graphs: tuple[CaseGraph, ...]
    others: tuple[ox.Quad, ...]
    path: str = ""
    lines: Lines = field(default_factory=dict)
    kept: tuple[ox.Quad, ...] = ()


def read_graph(
    items: Iterable[ox.Quad],
    path: Path | str = "",
    lines: Lines | None = None,
    sha256: str = "",
    terms: Catalogue | None = None,
) -> CaseGraph:
    """Lift one graph and hold it to the rules of a case file.

    path, lines and sha256: the file it stands in, where its subjects begin, and the file's digest.
    Never raises: what is wrong is in `.results`, each with the node it is about.
    """
    found, terms, lines = tuple(items), terms or Catalogue.shipped(), lines or {}
    lifted = lift(found, terms)
    graph = CaseGraph(lifted.top, found, None, (), str(path), lines)
    marks = {place: lines[node] for place, node in lifted.nodes.items() if node in lines}
    document = Document(str(path), lifted.value, {(): graph.place(lifted.top)[1:], **marks})
    results = [*lifted.results]
    name = found[0].graph_name if found else None
    if isinstance(name, ox.NamedNode) and name.value != lifted.top:
        message = f"the graph is named <{name.value}>, not after its report."
        results.append(Result("violation", "graph", message, f"Name it <{lifted.top}>.", focus=lifted.top))
    try:
        file = case_file(document, Path(path), sha256, terms, {(): lifted.top, **lifted.nodes})
        results += file.results
        if all(r.severity != "violation" for r in file.results):  # times that contradict have no bounds to compare
            results += differences(file.case, found, {r.focus for r in lifted.results})
    except CaseError as error:
        file = None
        empty = {".".join(map(str, place)) for place in lifted.missing}
        results += (r for r in error.results if r.key not in empty)  # told before, and why
    placed = ordered(r if r.line else r.at(*graph.place(r.focus)) for r in results)
    return replace(graph, file=file and replace(file, results=placed), results=placed)


def sound_case(items: Iterable[ox.Quad]) -> Case | None:
    """The case of one graph of which is known that it is sound (`kg.graph.proofs`); None when it cannot be read."""
    try:
        return Case.model_validate(lift(items).value)
    except ValidationError:
        return None


def read_case_graphs(path: Path | str, terms: Catalogue | None = None) -> CaseGraphs:
    """Read the graphs of ours in an RDF file, strictly, each held to the rules of a case file.

    Raises CaseError (file, line) only when the file as a whole cannot be read; a graph that is
    broken does not stop the others.
    """
    return case_graphs(read_rdf(path), path, terms)


def case_graphs(items: Iterable[ox.Quad], path: Path | str = "", terms: Catalogue | None = None) -> CaseGraphs:
    """Lift every graph of ours among these quads; path: the RDF file they were read from, if any.

    A graph is ours by its name, or by its report; triples without a graph are put together by the
    report that their subject is named after.
    """
    found: dict[tuple[str, str], list[ox.Quad]] = {}
    others: list[ox.Quad] = []
    rows, kept = apart(items)
    report = ox.NamedNode(CKG + "Report")
    named = {q.graph_name for q in rows if q.object == report and q.predicate.value == TYPE}
    for quad in rows:
        graph = quad.graph_name
        if isinstance(graph, ox.NamedNode) and graph.value.startswith(CASE):
            found.setdefault((graph.value, ""), []).append(quad)
        elif (isinstance(graph, ox.DefaultGraph) or graph in named) and (top := report_of(name_of(quad.subject))):
            found.setdefault((str(graph), top), []).append(quad)
        else:
            others.append(quad)
    data = Path(path).read_bytes() if path and found else b""
    lines = subject_lines(data, format_of(Path(path), reading=True)) if data else {}
    digest = hashlib.sha256(data).hexdigest()
    graphs = (read_graph(items, path, lines, digest, terms) for _, items in sorted(found.items()))
    return CaseGraphs(tuple(graphs), tuple(others), str(path), lines, tuple(kept))
