"""A parameter is bound in the query's text, whatever the text and the term look like."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.answers.queries import library
from kg.base.binding import bind, bind_last, counted, declare, fenced, form
from kg.base.prefixes import PREFIXES
from kg.graph.store import Dataset

XSD = PREFIXES["xsd"]
NUMBERS = ox.Store()
NUMBERS.load(
    b"".join(b"<http://x/a> <http://x/b> %d .\n" % n for n in range(5)), ox.RdfFormat.TURTLE,
)  # fmt: skip
THREE = ox.Literal("3", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer"))


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s ?n WHERE { ?s ?p ?n }",
        "SELECT?n{?s ?p ?n}",
        "SELECT ?s ?n { { SELECT ?n { ?s ?p ?n } } }",
        "SELECT ?s ?n WHERE { SELECT ?s ?n WHERE { ?s ?p ?n } }",
        "# WHERE {\nPREFIX select: <http://x/a/> SELECT ?n (EXISTS { ?s ?p ?n } AS ?e) WHERE { ?s ?p ?n . # }\n } LIMIT 9",
        "SELECT ?n (COUNT(*) AS ?c) WHERE { ?s ?p ?n FILTER(STR(?n) != '}{') } GROUP BY ?n HAVING (COUNT(*) > 0)",
        'SELECT ?n WHERE { ?s ?p ?n FILTER(STR(?n) != """"{ SELECT""") } ORDER BY ?n',
        "SELECT ?n WHERE { OPTIONAL { ?s ?p ?m FILTER(?m = ?n) } FILTER(BOUND(?m)) }",
        "SELECT ?n WHERE { BIND(?n + 1 AS ?m) ?s ?p ?m FILTER EXISTS { ?s ?p ?n } }",
    ],
)
def test_only_the_rows_with_the_term(text: str) -> None:
    rows = list(NUMBERS.query(bind(text, {"n": THREE})))  # type: ignore[arg-type]
    assert [row["n"] for row in rows] == [THREE]  # type: ignore[index]


def test_forms_and_texts_without_a_group() -> None:
    assert bool(NUMBERS.query(bind("ASK { ?s ?p ?n }", {"n": THREE})))
    made = NUMBERS.query(bind("CONSTRUCT { ?s ?p ?n } WHERE { ?s ?p ?n }", {"n": THREE}))
    assert [triple.object for triple in made] == [THREE]  # type: ignore[union-attr]
    for text in ("", "SELECT ?n", "SELECT ?n WHERE", "DESCRIBE <http://x/a>", "SELECT '{ }'", "SELECT ?n WHERE { ?s"):
        with pytest.raises(ValueError, match="could be bound"):
            bind(text, {"n": THREE})
        assert bind(text, {}) == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40))
def test_any_text_is_one_literal(text: str) -> None:
    store = ox.Store()
    rows = list(store.query(bind("SELECT ?x WHERE { BIND(STRLEN(STR(?x)) AS ?n) }", {"x": ox.Literal(text)})))  # type: ignore[arg-type]
    assert [row["x"] for row in rows] == [ox.Literal(text)]  # type: ignore[index]


def test_the_library_stands_without_an_engine_s_own_prefixes() -> None:
    for name, query in library().items():
        assert declare(query.sparql, PREFIXES) == query.sparql, name
        assert form(query.sparql) == "SELECT"
        ox.Store().query(counted(query.sparql))


def test_prefixes_that_are_used_are_declared() -> None:
    text = "SELECT ?x WHERE { ?x a ckg:Finding ; rdfs:label 'obo:x' ; <http://oa:1> doi:y . # skos:z\n }"
    made = declare(text, PREFIXES)
    assert made.endswith(text)
    assert [word for word in made[: -len(text)].split() if word.endswith(":")] == ["ckg:", "rdfs:", "doi:"]
    ox.Store().query(made)
    assert declare("PREFIX ckg: <http://x/> SELECT ?x { ?x a ckg:A }", PREFIXES).count("ckg: <") == 1
    with pytest.raises(SyntaxError):
        ox.Store().query(declare("SELECT ?x { ?x a nobody:A }", PREFIXES))


def test_bound_last_or_first_the_answer_is_the_same(data: Dataset) -> None:
    """What Virtuoso is sent says the same: parameters compared at the end, subqueries apart."""
    tried = 0
    for name, query in library().items():
        for parameter in sorted(query.parameters.values(), key=lambda p: p.type != "concept")[:1]:
            value: ox.NamedNode | ox.Literal = ox.NamedNode("http://purl.obolibrary.org/obo/CHEBI_50858")
            if parameter.type in ("number", "date"):
                kind = "decimal" if parameter.type == "number" else "date"
                value = ox.Literal("3" if kind == "decimal" else "2021-09-30", datatype=ox.NamedNode(XSD + kind))
            bound = {parameter.name: value}
            first, last = (
                [tuple(row) for row in data.store.query(text, use_default_graph_as_union=True)]  # type: ignore[arg-type,union-attr]
                for text in (bind(query.sparql, bound), fenced(bind_last(query.sparql, bound)))
            )
            assert first == last, (name, parameter.name)
            tried += bool(first)
    assert tried > 10


def test_subqueries_that_are_kept_apart() -> None:
    text = "SELECT DISTINCT ?s { { SELECT DISTINCT ?s { { SELECT DISTINCT ?s { ?s ?p ?o } LIMIT 1 } ?s ?p '}' } } }"
    made = fenced(text)
    assert made.count("LIMIT") == 2
    assert made.endswith("'}' } LIMIT 2000000000 } }")
    ox.Store().query(made)
    assert fenced(made) == made
