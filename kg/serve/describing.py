"""The view Graph: what stands around a node, as lists, as JSON, and for the picture."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import pyoxigraph as ox

from kg.base.prefixes import CASE, CKG, PREFIXES, compress, expand, is_curie, other
from kg.base.results import CaseError
from kg.concepts.terms import Catalogue
from kg.graph.explaining import find_fact
from kg.serve.asking import choice_iris, choices
from kg.serve.rendering import HTML, Cell, Visit, cell, html, node_path
from kg.serve.served import Reply, Served, problem

__all__ = ["node", "terms", "vocabulary"]

Label = Callable[[str], str]
MOST = 200  # statements of each direction
_LOOKED_AT = 20_000  # incoming statements that are counted
_DEFINITION, _EXACT = PREFIXES["skos"] + "definition", PREFIXES["oa"] + "exact"


def node(served: Served, visit: Visit) -> Reply:
    """The neighbourhood of a node. fields: node, an IRI, CURIE, label, or key of a fact."""
    text = visit.word("node") or visit.word("iri")
    iri, wrong = _meant(served, text) if text else ("", "")
    if visit.form != HTML:
        if not iri:
            return problem(404 if text else 400, "node", wrong or "no node is named.", "Give node=IRI.")
        return Reply.json(_plain(served, iri))
    out, into, counted = _around(served, iri) if iri else ([], [], (0, 0))
    known, label = Catalogue.shipped(), _labels(served)
    values = {
        "view": "/graph",
        "text": text,
        "iri": iri,
        "wrong": wrong,
        "label": label(iri) if iri else "",
        "short": compress(iri) if iri else "",
        "definition": known.values.get((iri, _DEFINITION), [])[:1],
        "names": known.names(iri)[1:] if iri in known else [],
        "is_concept": bool(iri) and iri in known and not iri.startswith(CASE) and not known.value(iri, "vocabulary"),
        "is_case": iri.startswith(CASE),
        "out": [(_beside(q.predicate, label), _beside(q.object, label), _graph(q)) for q in out],
        "into": [(_beside(q.subject, label), _beside(q.predicate, label), _graph(q)) for q in into],
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
    elif (iri := served.index.meant(text)) == text:
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


def _beside(term: Any, label: Label) -> Cell:
    """A term that leads to its own neighbourhood."""
    return Cell(label(term.value), node_path(term.value)) if isinstance(term, ox.NamedNode) else cell(term)


def _labels(served: Served) -> Label:
    """What a node is called: a quote by its words, what is of a case by its IRI in short, a concept by its label."""

    def label(iri: str) -> str:
        if not iri.startswith(CASE):
            return served.index.label(iri)
        quoted = served.data.match(iri, _EXACT) if "#quote-" in iri else ()
        return next((f"“{quad.object.value}”" for quad in quoted), iri[len(CASE) :])

    return label


def _kind(served: Served, iri: str) -> str:
    """What a node is, in a word: for its colour and shape."""
    if not iri.startswith(CASE):
        return "concept" if not iri.startswith(CKG) else "vocabulary"
    kinds = (q.object.value for q in served.data.match(iri, PREFIXES["rdf"] + "type"))
    return min((k[len(CKG) :] for k in kinds if k.startswith(CKG)), default="node")


def _plain(served: Served, iri: str) -> dict[str, Any]:
    out, into, counted = _around(served, iri)
    label = _labels(served)
    nodes: dict[str, dict[str, str]] = {}

    def named(one: str) -> str:
        nodes.setdefault(one, {"iri": one, "label": label(one), "kind": _kind(served, one)})
        return one

    named(iri)
    edges = []
    for quad in [*out, *into]:
        if isinstance(quad.object, ox.NamedNode) and isinstance(quad.subject, ox.NamedNode):
            ends = {"from": named(quad.subject.value), "to": named(quad.object.value)}
            edges.append({**ends, "predicate": quad.predicate.value, "label": label(quad.predicate.value)})
    return {
        "iri": iri,
        "label": label(iri),
        "statements": [_statement(q, label) for q in out],
        "about": [_statement(q, label) for q in into],
        "counted": {"statements": counted[0], "about": counted[1]},
        "nodes": list(nodes.values()),
        "edges": edges,
    }


def _statement(quad: Any, label: Label) -> dict[str, str]:
    return {
        "subject": str(quad.subject),
        "predicate": str(quad.predicate),
        "object": str(quad.object),
        "predicateLabel": label(quad.predicate.value),
        "objectLabel": label(quad.object.value) if isinstance(quad.object, ox.NamedNode) else cell(quad.object).text,
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
    known, used, seen = Catalogue.shipped(), served.index.used.get(kind), set()
    above: set[str] = set()
    for iri in used or ():
        above |= known.ancestors(iri)
    written = [iri for iri, text in served.index.written.items() if words.casefold() in text.casefold()]
    found = known.find(words) if words else sorted(used or (), key=served.index.label)
    for iri in dict.fromkeys([*found, *sorted(written, key=served.index.label)]):
        label = served.index.label(iri)
        if (used is None or iri in above) and not known.value(iri, "vocabulary") and label not in seen:
            seen.add(label)
            beside = next((n for n in known.names(iri)[1:] if words and words.casefold() in n.casefold()), "")
            yield {"value": label, "label": compress(iri) + (f", also {beside}" if beside else ""), "iri": iri}


# ---- the words of queries ----------------------------------------------------------------

_WORDS = """SELECT DISTINCT ?iri ?kind WHERE {
  { ?s ?iri ?o BIND("property" AS ?kind) } UNION { ?s a ?iri BIND("class" AS ?kind) FILTER(isIRI(?iri)) }
}"""


def vocabulary(served: Served, visit: Visit) -> Reply:  # noqa: ARG001 - every view takes both
    """What a query may name: prefixes, the classes and properties of the data, and the words of every choice."""
    label = served.index.label
    words = [{"value": f"{prefix}:", "label": iri, "kind": "namespace", "iri": iri} for prefix, iri in PREFIXES.items()]
    found: Any = served.data.store.query(_WORDS, use_default_graph_as_union=True)
    named = sorted({(row["iri"].value, row["kind"].value) for row in found})
    named += [(iri, "constant") for iri in choice_iris()]
    for iri, kind in named:
        start, value = _prefixed(iri)
        if start:
            words.append({"value": value, "label": label(iri), "kind": kind, "iri": iri})
    return Reply.json(words)


def _prefixed(iri: str) -> tuple[str, str]:
    """The longest prefix of an IRI, and the IRI with it; two empty texts for none."""
    starts = [(len(start), prefix, start) for prefix, start in PREFIXES.items() if iri.startswith(start)]
    if not starts:
        return "", ""
    _, prefix, start = max(starts)
    return prefix, f"{prefix}:{iri[len(start) :]}"
