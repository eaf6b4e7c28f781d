"""A collection is what its file says, and a file that was changed is not taken for one."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kg.base.prefixes import REGISTRY
from kg.rdf.canonical import by_graph
from kg.rdf.collection import Collection, Source, Telling

A = Telling("urn:g", '<urn:s> <urn:p> "a" .\n')
B = Telling("urn:g", '<urn:s> <urn:p> "a" .\n<urn:s> <urn:p> "b" .\n')
C = Telling("urn:h", "<urn:s> <urn:p> <urn:o> .\n")
ONE, TWO, THREE = (
    Source("1.ttl", "Turtle", "11", (A,)),
    Source("2.ttl", "Turtle", "22", (B, C)),
    Source("3", "", "", (C,)),
)
FORMS = [ox.RdfFormat.N_QUADS, ox.RdfFormat.TRIG, ox.RdfFormat.JSON_LD]


def graphs(data: bytes, form: ox.RdfFormat = ox.RdfFormat.N_QUADS) -> dict[str, str]:
    return by_graph(ox.parse(data, form))


@pytest.mark.parametrize("form", FORMS, ids=str)
@pytest.mark.parametrize("sources", [{ONE}, {ONE, TWO}, {TWO, THREE}, {ONE, TWO, THREE}], ids=len)
def test_what_is_written_is_read_back(sources: set[Source], form: ox.RdfFormat) -> None:
    collection = Collection(frozenset(sources))
    assert Collection.read(graphs(collection.write(form), form)) == collection


def test_graphs_are_the_union_and_tellings_are_kept_only_where_they_differ() -> None:
    both = Collection(frozenset({ONE, TWO}))
    assert dict(both.graphs()) == {"urn:g": B.text, "urn:h": C.text}
    assert both.registry().count("prov#value") == 2
    assert Collection(frozenset({TWO, THREE})).registry().count("prov#value") == 0


def test_nothing_is_an_empty_file() -> None:
    assert Collection().write() == b""


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"b" <urn:g>', '"c" <urn:g>', "<urn:g> is not what its sources told"),
        ("<urn:s> <urn:p> <urn:o> <urn:h> .\n", "", "<urn:h> is not what its sources told"),
        ('"1.ttl"', '"x.ttl"', "registry of sources is not as"),
        ("<urn:s> <urn:p> <urn:o> <urn:h>", "<urn:s> <urn:p> <urn:o> <urn:i>", "<urn:h> is not what"),
        ('"11"', '"12"', "registry of sources is not as"),
        (r"\"b\"", r"\"c\"", "<urn:g> is not what its sources told"),
    ],
)
def test_a_change_by_hand_is_seen(old: str, new: str, why: str) -> None:
    text = Collection(frozenset({ONE, TWO})).write().decode()
    assert old in text
    with pytest.raises(ValueError, match=why):
        Collection.read(graphs(text.replace(old, new).encode()))


def test_a_graph_that_nobody_told_is_seen() -> None:
    text = Collection(frozenset({ONE})).write() + b"<urn:s> <urn:p> <urn:o> <urn:new> .\n"
    with pytest.raises(ValueError, match="<urn:new> was told by none of its sources"):
        Collection.read(graphs(text))


@pytest.mark.parametrize(
    "line",
    [
        f"<{REGISTRY}/source/x> <http://www.w3.org/ns/prov#hadMember> <{REGISTRY}/telling/none>",
        f"<{REGISTRY}/telling/x> <http://www.w3.org/ns/prov#specializationOf> <urn:g>",
        "<urn:s> <urn:p> <urn:o>",
    ],
)
def test_a_registry_that_says_more_is_refused(line: str) -> None:
    text = Collection(frozenset({ONE})).write().decode() + f"{line} <{REGISTRY}> .\n"
    with pytest.raises(ValueError, match=r"registry|told"):
        Collection.read(graphs(text.encode()))
