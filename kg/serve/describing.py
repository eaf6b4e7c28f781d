"""The view Graph: what stands around a node, as lists, as JSON, and for the picture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

import pyoxigraph as ox

from kg.base.prefixes import CASE, CKG, PREFIXES, compress, expand, is_curie, other
from kg.base.results import CaseError
from kg.concepts.terms import Catalogue
from kg.graph.explaining import find_fact
from kg.serve.asking import choices
from kg.serve.rendering import HTML, Cell, Visit, cell, html, node_path
from kg.serve.served import Reply, Served, problem

__all__ = ["node", "terms"]

MOST = 200  # statements of each direction
_LOOKED_AT = 20_000  # incoming statements that are counted
_DEFINITION = PREFIXES["skos"] + "definition"


def node(served: Served, visit: Visit) -> Reply:
    """The neighbourhood of a node. fields: node, an IRI, CURIE, label, or key of a fact."""
    text = visit.word("node") or visit.word("iri")
    iri, wrong = _meant(served, text) if text else ("", "")
    if visit.form != HTML:
        if not iri:
            return problem(404 if text else 400, "node", wrong or "no node is named.", "Give node=IRI.")
        return Reply.json(_plain(served, iri))
    out, into, counted = _around(served, iri) if iri else ([], [], (0, 0))
    known = Catalogue.shipped()
    values = {
        "view": "/graph",
        "text": text,
        "iri": iri,
        "wrong": wrong,
        "label": _label(iri) if iri else "",
        "short": compress(iri) if iri else "",
        "definition": known.values.get((iri, _DEFINITION), [])[:1],
        "names": known.names(iri)[1:] if iri in known else [],
        "is_concept": bool(iri) and iri in known and not iri.startswith(CASE) and not known.value(iri, "vocabulary"),
        "is_case": iri.startswith(CASE),
        "out": [(_beside(q.predicate), _beside(q.object), _graph(q)) for q in out],
        "into": [(_beside(q.subject), _beside(q.predicate), _graph(q)) for q in into],
        "counted": counted,
        "most": MOST,
        "starts": [
            Cell(e.title or e.iri[len(CASE) :], node_path(e.iri), e.iri[len(CASE) :]) for e in served.index.entries[:20]
        ],
    }
    return html("graph.html", values, 404 if wrong else 200)


def _meant(served: Served, text: str) -> tuple[str, str]:
    """The IRI that a text stands for, or why there is none."""
    if text.startswith(("http://", "https://", "urn:")):
        iri = text
    elif text.startswith("case:"):
        iri = CASE + text[5:]
    elif is_curie(text):
        iri = expand(text)
    else:
        try:
            iri = Catalogue.shipped().candidates(text)[0]
        except ValueError as error:
            try:
                iri = find_fact(served.data, text)
            except CaseError:
                written = expand(other(text)) if ":" in text else ""
                if not written or not any(served.data.match(None, None, written)):
                    return "", f"{error}."
                iri = written
    try:
        there = any(served.data.match(iri)) or any(served.data.match(None, None, iri))
    except ValueError:
        return "", f"{text} is no IRI."
    return (iri, "") if there or iri in Catalogue.shipped() else ("", f"nothing in the data is called {text}.")


def _around(served: Served, iri: str) -> tuple[list[Any], list[Any], tuple[int, int]]:
    """Statements of a node and about it, bounded, and how many there are."""
    out = sorted(served.data.match(iri), key=str)
    into = list(islice(served.data.match(None, None, iri), _LOOKED_AT))
    return out[:MOST], sorted(into, key=str)[:MOST], (len(out), len(into))


def _graph(quad: Any) -> str:
    name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""
    return name[len(CASE) :] if name.startswith(CASE) else compress(name) if name else ""


def _beside(term: Any) -> Cell:
    """A term that leads to its own neighbourhood."""
    made = cell(term)
    return Cell(made.text, node_path(term.value), made.note) if isinstance(term, ox.NamedNode) else made


def _label(iri: str) -> str:
    return iri[len(CASE) :] if iri.startswith(CASE) else Catalogue.shipped().label(iri)


def _kind(served: Served, iri: str) -> str:
    """What a node is, in a word: for its colour and shape."""
    if not iri.startswith(CASE):
        return "concept" if not iri.startswith(CKG) else "vocabulary"
    kinds = (q.object.value for q in served.data.match(iri, PREFIXES["rdf"] + "type"))
    return min((k[len(CKG) :] for k in kinds if k.startswith(CKG)), default="node")


def _plain(served: Served, iri: str) -> dict[str, Any]:
    out, into, counted = _around(served, iri)
    nodes: dict[str, dict[str, str]] = {}

    def named(one: str) -> str:
        nodes.setdefault(one, {"iri": one, "label": _label(one), "kind": _kind(served, one)})
        return one

    named(iri)
    edges = []
    for quad in [*out, *into]:
        if isinstance(quad.object, ox.NamedNode) and isinstance(quad.subject, ox.NamedNode):
            ends = {"from": named(quad.subject.value), "to": named(quad.object.value)}
            edges.append({**ends, "predicate": quad.predicate.value, "label": _label(quad.predicate.value)})
    return {
        "iri": iri,
        "label": _label(iri),
        "statements": [_statement(q) for q in out],
        "about": [_statement(q) for q in into],
        "counted": {"statements": counted[0], "about": counted[1]},
        "nodes": list(nodes.values()),
        "edges": edges,
    }


def _statement(quad: Any) -> dict[str, str]:
    return {
        "subject": str(quad.subject),
        "predicate": str(quad.predicate),
        "object": str(quad.object),
        "predicateLabel": _label(quad.predicate.value),
        "objectLabel": cell(quad.object).text,
        "graph": _graph(quad),
    }


# ---- completion --------------------------------------------------------------------------


def terms(served: Served, visit: Visit) -> Reply:
    """Terms that begin with or hold the words typed. fields: q, kind (a field of Cases, concept, choice, case)."""
    words, kind = visit.word("q"), visit.word("kind")
    return Reply.json([dict(one) for one in islice(_completions(served, words, kind), 20)])


def _completions(served: Served, words: str, kind: str) -> Iterator[Mapping[str, str]]:
    if kind == "choice":
        yield from ({"value": word, "label": word} for word in choices() if words.casefold() in word)
        return
    if kind in ("report", "patient", "fact"):
        seen = set()
        for entry in served.index.entries:
            iri = entry.report if kind == "report" else entry.iri
            value = f"case:{iri[len(CASE) :]}"
            if value not in seen and words.casefold() in f"{value} {entry.title}".casefold():
                seen.add(value)
                yield {"value": value, "label": entry.title}
        return
    known = Catalogue.shipped()
    used = served.index.used.get(kind)
    above: set[str] = set()
    for iri in used or ():
        above |= known.ancestors(iri)
    for iri in known.find(words) if words else sorted(used or (), key=known.label):
        if (used is None or iri in above) and not known.value(iri, "vocabulary"):
            beside = next((n for n in known.names(iri)[1:] if words and words.casefold() in n.casefold()), "")
            yield {"value": known.label(iri), "label": compress(iri) + (f", also {beside}" if beside else "")}
