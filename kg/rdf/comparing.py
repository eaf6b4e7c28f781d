"""Where is a graph not what the model writes for its case?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

import pyoxigraph as ox

from kg.base.prefixes import CKG, PREFIXES, compress
from kg.base.results import Result
from kg.model.case import Case
from kg.rdf.iris import case_iri
from kg.rdf.triples import nquads, quads

__all__ = ["REBUILD", "differences", "name_of", "shown"]

_XSD, _TYPE = PREFIXES["xsd"], PREFIXES["rdf"] + "type"
REBUILD = "Rebuild the graph from its case file, or correct the triple."


def shown(value: Any) -> str:
    """A value as a message shows it."""
    if isinstance(value, ox.NamedNode):
        return f"<{value.value}>" if compress(value.value) == value.value else compress(value.value)
    if isinstance(value, ox.Literal):
        short = value.value if len(value.value) <= 60 else value.value[:59] + "…"
        mark = f"@{value.language}" if value.language else ""
        kind = value.datatype.value
        if not mark and kind != _XSD + "string":
            mark = f"^^{compress(kind)}"
        return f'"{short}"{mark}'
    return str(value)


def name_of(node: Any) -> str:
    """A subject as text: its IRI, or what stands for one."""
    return node.value if isinstance(node, ox.NamedNode) else str(node)


def differences(case: Case, items: Iterable[ox.Quad], told: Collection[str] = ()) -> Iterator[Result]:
    """Where a graph is not what the model writes for its case: one result a node and property.

    told: nodes that are not compared, since something of them could not be read, as was told.
    """
    given = list(items)
    if "".join(sorted({f"{quad} .\n" for quad in given})) == nquads(case):
        return
    has = {quad.triple for quad in given}
    wants = {quad.triple for quad in quads(case)}
    if has == wants:  # under another name, or none
        return
    top = case_iri(case)
    if (name := _top_of(has)) and name != top:
        message = f"the report is named <{name}>, but by its doi, pmcid or pmid it is <{top}>."
        yield Result("violation", "graph", message, "Correct the identifier, or build the graph again.", focus=name)
        return
    there, due = ({name_of(t.subject) for t in triples} for triples in (has, wants))
    extra, lacking = _by_place(has - wants), _by_place(wants - has)
    for node, name in sorted({(n, "" if (n in there) != (n in due) else p) for n, p in extra.keys() | lacking.keys()}):
        if node in told:
            continue
        if not name:
            message = "the node is not one that the model writes for this case."
            if node not in there:
                message = "the graph lacks this node, which the model writes for its case."
        else:
            more, less = (" and ".join(sorted(map(shown, rows.get((node, name), ())))) for rows in (extra, lacking))
            if more and less:
                message = f"{compress(name)} is {more}, but {less} follows from the rest of the graph."
            elif more:
                message = f"{compress(name)} {more} does not follow from the rest of the graph."
            else:
                message = f"{compress(name)} {less} is missing."
        yield Result("violation", "graph", message, REBUILD, focus=node)


def _top_of(triples: Iterable[ox.Triple]) -> str:
    report = CKG + "Report"
    return next((name_of(t.subject) for t in triples if t.predicate.value == _TYPE and name_of(t.object) == report), "")


def _by_place(triples: Iterable[ox.Triple]) -> dict[tuple[str, str], list[Any]]:
    found: dict[tuple[str, str], list[Any]] = {}
    for triple in triples:
        found.setdefault((name_of(triple.subject), triple.predicate.value), []).append(triple.object)
    return found
