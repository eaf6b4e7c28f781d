"""Canonical lines: the same graph is the same text, whatever its blank nodes are called."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.graph.store import read_rdf
from kg.rdf.canonical import GENID, PoisonError, by_graph, lines

# Another spelling and order of one graph with two blank nodes, one of them named by a literal only.
HERE = '_:a <urn:p> _:b . _:b <urn:q> "_:a ." . <urn:s> <urn:p> _:a .'
THERE = '@prefix u: <urn:> . u:s u:p [ u:p [ u:q """_:a .""" ] ] .'


def read(text: str, form: ox.RdfFormat = ox.RdfFormat.TURTLE) -> dict[str, str]:
    return by_graph(ox.parse(text, form, rename_blank_nodes=True))


def clique(size: int) -> str:
    """Blank nodes that all are linked to all others: none is known from another by what is said of it."""
    nodes = [f"_:{random.random()}".replace("0.", "n") for _ in range(size)]
    return "".join(f"{a} <urn:p> {b} .\n" for a in nodes for b in nodes if a != b)


def test_blank_nodes_get_iris_that_depend_on_what_is_said_alone() -> None:
    assert read(HERE) == read(THERE)
    assert "_:a ." in read(HERE)[""]  # the text of a literal is left alone
    assert read(HERE)[""].count(GENID) == 4


def test_two_datasets_never_share_a_node() -> None:
    one, other = (read(f'_:a <urn:p> "{word}" .')[""].split(" ")[0] for word in ("x", "y"))
    assert one != other


def test_a_graph_may_be_named_by_a_blank_node() -> None:
    found = read("_:g { _:a <urn:p> _:g } <urn:s> <urn:p> _:g .", ox.RdfFormat.TRIG)
    name = next(graph for graph in found if graph)
    assert name.startswith(GENID)
    assert found[""] == f"<urn:s> <urn:p> <{name}> .\n"
    assert found[name].endswith(f"<urn:p> <{name}> .\n")


@pytest.mark.parametrize("size", [2, 5, 6])
def test_symmetric_graphs_are_labelled_too(size: int) -> None:
    assert read(clique(size)) == read(clique(size))


def test_a_graph_that_would_never_end_is_refused_in_time() -> None:
    began = time.monotonic()
    with pytest.raises(PoisonError, match="10 blank nodes are so much alike"):
        by_graph(ox.parse(clique(10), ox.RdfFormat.N_TRIPLES), seconds=0.5)
    assert time.monotonic() - began < 20


def test_triple_terms_are_refused() -> None:
    with pytest.raises(PoisonError, match=r"RDF 1\.2"):
        read("<urn:s> <urn:p> <<( <urn:a> <urn:b> <urn:c> )>> .")


def test_lines_are_split_at_line_feeds_only() -> None:
    text = lines(ox.parse('<urn:s> <urn:p> "a\\u2028b\\rc\\nd\\u0085e" .', ox.RdfFormat.N_TRIPLES))
    assert text.count("\n") == 1
    assert next(iter(ox.parse(text, ox.RdfFormat.N_TRIPLES))).object.value == "a\u2028b\rc\nd\u0085e"


def test_real_graphs_with_blank_nodes(shared: Path) -> None:
    paths = sorted((shared / "corpus/rdf/fhir").glob("*.ttl"))
    assert len(paths) == 5
    for path in paths:
        items = read_rdf(path)
        shuffled = random.Random(0).sample(items, len(items))
        assert by_graph(items) == by_graph(shuffled)
        assert sum(text.count("\n") for text in by_graph(items).values()) == len(set(items))
