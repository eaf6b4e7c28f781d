"""What is written is what the engine's own parsers read back."""

from __future__ import annotations

import itertools

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.serve.solutions import GRAPHS, ROWS, TooLargeError, choose, written

XSD = "http://www.w3.org/2001/XMLSchema#"
# what XML 1.0 can hold: no control characters but these
text = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]) | st.sampled_from("\t\n\r\"'\\<>&,;"), max_size=12
)
literals = st.one_of(
    text.map(ox.Literal),
    st.builds(lambda value, tag: ox.Literal(value, language=tag), text, st.sampled_from(["en", "de-ch"])),
    st.integers().map(lambda n: ox.Literal(str(n), datatype=ox.NamedNode(XSD + "integer"))),
)
terms = st.one_of(literals, st.sampled_from([ox.NamedNode("http://example.org/ü?a=b&c"), ox.BlankNode("b1")]))


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(terms, min_size=1, max_size=5), media=st.sampled_from(sorted(ROWS)))
def test_rows_come_back(rows: list[object], media: str) -> None:
    store = ox.Store()
    for number, term in enumerate(rows):
        store.add(ox.Quad(ox.NamedNode(f"http://example.org/{number:03}"), ox.NamedNode("http://example.org/p"), term))
    query = "SELECT ?s ?o ?none { ?s ?p ?o } ORDER BY ?s"
    found = written(store.query(query), media, 10, 100_000)
    assert found is not None
    assert found[0] == media
    if media == "text/csv":  # which has no types: the texts are all there
        assert found[1].startswith(b"s,o,none\r\n")
        return
    back = ox.parse_query_results(found[1], ROWS[media][0])
    assert isinstance(back, ox.QuerySolutions)
    # the engine's reader of XML trims the blanks at the ends of a literal: they are looked for by themselves below
    blanks = " \t\r\n" if media == "application/sparql-results+xml" else ""
    assert [_parts(row["o"], blanks) for row in back] == [_parts(term, blanks) for term in rows]


def _parts(term: object, blanks: str) -> tuple[str, ...]:
    if isinstance(term, ox.BlankNode):
        return ("blank",)
    if isinstance(term, ox.Literal):
        return (term.value.strip(blanks) if blanks else term.value, term.language or "", term.datatype.value)
    return (str(term),)


def test_blanks_of_a_literal_are_written_to_xml() -> None:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://example.org/s"), ox.NamedNode("http://example.org/p"), ox.Literal("  a ")))
    found = written(store.query("SELECT ?o { ?s ?p ?o }"), "application/sparql-results+xml", 10, 1000)
    assert found is not None
    assert b"<literal>  a </literal>" in found[1]


def test_an_answer_stops_at_its_limits() -> None:
    store = ox.Store()
    store.extend(
        ox.Quad(ox.NamedNode("http://example.org/s"), ox.NamedNode("http://example.org/p"), ox.Literal(n))
        for n in range(50)
    )
    for query in ("SELECT * { ?s ?p ?o }", "CONSTRUCT WHERE { ?s ?p ?o }"):
        assert written(store.query(query), "", 50, 100_000) is not None
        with pytest.raises(TooLargeError, match="more than 49 rows"):
            written(store.query(query), "", 49, 100_000)
        with pytest.raises(TooLargeError, match="larger than 500 bytes"):
            written(store.query(query), "application/sparql-results+json, text/turtle", 50, 500)


@pytest.mark.parametrize("media", sorted(GRAPHS))
def test_triples_in_every_format(media: str) -> None:
    store = ox.Store()
    quad = ox.Quad(ox.NamedNode("http://example.org/s"), ox.NamedNode("http://example.org/p"), ox.Literal("1"))
    store.add(quad)
    found = written(store.query("DESCRIBE <http://example.org/s>"), media, 10, 10_000)
    assert found is not None
    assert found[0] == media
    assert [q.triple for q in ox.parse(found[1], GRAPHS[media])] == [quad.triple]


@pytest.mark.parametrize(
    ("accept", "offered", "expected"),
    [
        ("", ["a/b", "c/d"], "a/b"),
        ("*/*", ["a/b", "c/d"], "a/b"),
        ("c/*", ["a/b", "c/d"], "c/d"),
        ("a/b;q=0.2, c/d;q=0.3", ["a/b", "c/d"], "c/d"),
        ("*/*, a/b;q=0", ["a/b", "c/d"], "c/d"),
        ("x/y", ["a/b"], None),
        ("a/b;q=zero", ["a/b"], None),
        ("A/B; Q=0.5", ["a/b"], "a/b"),
    ],
)
def test_what_a_client_likes_best(accept: str, offered: list[str], expected: str | None) -> None:
    assert choose(accept, offered) == expected


def test_ask_in_every_format_that_has_one() -> None:
    for value, media in itertools.product((True, False), sorted(ROWS)):
        found = written(ox.Store().query(f"ASK {{ FILTER({str(value).lower()}) }}"), media, 1, 1_000)
        assert found is not None
        assert str(value).lower() in found[1].decode()
