"""In which line a subject begins."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.base.positions import subject_lines
from kg.graph.store import FORMATS, serialise
from kg.model.reading import CaseFile
from kg.rdf.triples import quads

Place = tuple[int, int]
TURTLE, TRIG, JSON = ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.JSON_LD
XML, LINES = ox.RdfFormat.RDF_XML, ox.RdfFormat.N_QUADS


@pytest.fixture(scope="module")
def graph(seed: CaseFile) -> list[ox.Quad]:
    return list(quads(seed.case))


def _subjects(data: bytes, form: ox.RdfFormat) -> set[str]:
    return {q.subject.value for q in ox.parse(data, form) if isinstance(q.subject, ox.NamedNode)}


def _begins(data: bytes, place: Place, iri: str, form: ox.RdfFormat) -> bool:
    """Does a statement about the IRI begin there, as the parser reads the rest of the text?"""
    line, column = place
    here = data.decode().split("\n")[line - 1][column - 1 :]
    if form == XML:
        return here.startswith("<") and f'rdf:about="{iri}"' in here.split(">")[0]
    if form == JSON:
        return here.startswith(f'{{"@id":"{iri}","')
    return here.startswith(f"<{iri}> ")


@pytest.mark.parametrize("suffix", FORMATS)
def test_every_subject_of_the_shipped_case_begins_where_it_is_said_to(graph: list[ox.Quad], suffix: str) -> None:
    form = FORMATS[suffix]
    data = serialise(graph, form)
    found = subject_lines(data, form)
    assert found.keys() == _subjects(data, form)
    assert [iri for iri, place in found.items() if not _begins(data, place, iri, form)] == []


@settings(deadline=None, derandomize=True, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(picks=st.lists(st.integers(0, 3000), min_size=1, max_size=30, unique=True), suffix=st.sampled_from([*FORMATS]))
def test_every_subject_of_any_part_of_it_too(graph: list[ox.Quad], picks: list[int], suffix: str) -> None:
    form = FORMATS[suffix]
    data = serialise([graph[i] for i in picks], form)
    found = subject_lines(data, form)
    assert found.keys() == _subjects(data, form)
    assert all(_begins(data, place, iri, form) for iri, place in found.items())


# letters that names, strings and comments may be made of, and that a scanner may stumble over
_ODD = st.text(st.sampled_from("""ab"'\\#.;,<>{}[]() \t\n:@^é😀"""), max_size=12)


def _triple(subject: str, text: str) -> ox.Quad:
    return ox.Quad(ox.NamedNode(subject), ox.NamedNode("http://e/says"), ox.Literal(text))


@settings(deadline=None, derandomize=True, max_examples=80)
@given(
    names=st.lists(
        st.lists(st.sampled_from([*"abz019._-~()é", "%41"]), min_size=1, max_size=6).map("".join),
        min_size=1,
        max_size=6,
    ),
    texts=st.lists(_ODD, min_size=6, max_size=6),
    suffix=st.sampled_from([*FORMATS]),
    prefixed=st.booleans(),
)
def test_strings_and_names_of_odd_letters_mislead_nobody(
    names: list[str], texts: list[str], suffix: str, prefixed: bool
) -> None:
    form = FORMATS[suffix]
    made = {f"http://e/{name}": text for name, text in zip(names, texts, strict=False)}
    rows = [_triple(iri, text) for iri, text in made.items()]
    given_prefixes = {"e": "http://e/"} if prefixed and form in (TURTLE, TRIG) else None
    data = ox.serialize(
        rows if form.supports_datasets else [r.triple for r in rows], format=form, prefixes=given_prefixes
    )
    assert data is not None
    assert subject_lines(data, form).keys() == made.keys()


STATEMENTS = rb'''# e:no e:p e:q .
@prefix e: <http://e/> .
PREFIX : <http://n/>
BASE <http://b/c/d>
VERSION "1.2"
:a.b e:p """ x "" . e:no e:p e:q . """ . e:c\,d e:p 5.e:d2 a e:B; e:p 5.0, 1e3, true .
<x> e:p [ e:q <y> ; e:r ( <z> e:k ) ] .
[] e:p e:o .
[ e:p e:o ] .
(1 2) e:p e:q . <#f\u0041> e:p 'it\'s'@en-GB, '.'^^e:dt . _:b.c e:p e:q.e:end e:p e:q.
e:last e:p """"quoted" """, QQQ"""QQQ .
<< e:s e:p e:o >> e:q 1 .
e:x-1 e:p e:q {| e:source e:w |} .
:a.b e:p e:again .
'''.replace(b"QQQ", b"'''")


def test_statements_of_every_shape() -> None:
    assert subject_lines(STATEMENTS, TURTLE) == {
        "http://n/a.b": (6, 1),
        "http://e/c,d": (6, 42),
        "http://e/d2": (6, 55),
        "http://b/c/x": (7, 1),
        "http://b/c/d#fA": (10, 17),
        "http://e/last": (11, 1),
        "http://e/x-1": (13, 1),
    }


def test_the_name_of_a_graph_is_no_subject() -> None:
    data = b"""@prefix e: <http://e/> .
e:g { e:a e:p e:o . e:b e:p e:o } GRAPH e:g2 {e:c e:p e:o.} { e:d e:p e:o } e:f e:p e:o . [] { e:z e:p e:o }
graph e:h { e:i e:p e:o}
"""
    wanted = {"a": (2, 7), "b": (2, 21), "c": (2, 47), "d": (2, 63), "f": (2, 77), "z": (2, 96), "i": (3, 13)}
    assert subject_lines(data, TRIG) == {f"http://e/{name}": place for name, place in wanted.items()}


def test_the_first_statement_counts_and_only_what_is_wanted() -> None:
    data = b"<http://e/b> <http://e/p> 1 .\r\n\r\n<http://e/a> <http://e/p> 2 .\r\n<http://e/b> <http://e/p> 3 ."
    assert subject_lines(data, TURTLE) == {"http://e/b": (1, 1), "http://e/a": (3, 1)}
    assert subject_lines(data, TURTLE, {"http://e/a", "http://e/nobody"}) == {"http://e/a": (3, 1)}


def test_byte_order_mark_and_escapes_in_lines() -> None:
    data = (
        "\ufeff# no\n  <http://e/\\u00e9> <http://e/p> <http://e/o> <http://e/g> .\n_:b <http://e/p> 'x' .\n".encode()
    )
    assert subject_lines(data, LINES) == {"http://e/é": (2, 3)}


def test_bases_and_ids_in_xml() -> None:
    data = b"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/" xml:base="http://b/d">
 <rdf:Description rdf:ID="one"><e:p>
   <e:T rdf:about="two" xml:base="http://c/"/></e:p></rdf:Description>
 <e:T rdf:about=""/><e:T rdf:nodeID="n"/>
</rdf:RDF>"""
    assert subject_lines(data, XML) == {"http://b/d#one": (2, 2), "http://c/two": (3, 4), "http://b/d": (4, 2)}


def test_contexts_aliases_and_links_in_json() -> None:
    data = rb"""{"@context": [{"e": "http://e/", "id": "@id", "graph": "@graph", "@base": "http://b/x"}, "http://r/"],
"graph": [{"@id": "e:a", "e:p": {"@id": "e:b"}},
{"id": "#c", "e:p": [{"@context": {"e": {"@id": "http://f/"}}, "@id": "e:d", "e:q": {"@value": "x"}}]},
{"@id": "http:\/\/z/y", "@type": "e:T"}, {"@id": "far:w", "e:p": ["id", "e:v"]}]}"""
    found = {"http://e/a": (2, 11), "http://f/d": (3, 22), "http://b/x#c": (3, 1), "http://z/y": (4, 1)}
    assert subject_lines(data, JSON) == {**found, "far:w": (4, 42)}
    assert subject_lines(data, JSON, {"http://far/w"}) == {"http://far/w": (4, 42)}


@settings(deadline=None, derandomize=True, max_examples=200)
@given(data=st.binary(max_size=80) | _ODD.map(str.encode), suffix=st.sampled_from([*FORMATS]))
def test_nothing_raises(data: bytes, suffix: str) -> None:
    assert isinstance(subject_lines(data, FORMATS[suffix]), dict)


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_spoilt_file_does_not_raise(graph: list[ox.Quad], suffix: str) -> None:
    data = serialise(graph[:200], FORMATS[suffix])
    for cut in range(0, len(data), len(data) // 40):
        assert isinstance(subject_lines(data[:cut] + data[cut + 7 :], FORMATS[suffix]), dict)


@pytest.mark.parametrize(
    "piece", ["a.", '"\\"', "<", "1.", "<a ", "a", "a:\\", '"""a\\"', "+1x", "1e", "[", "@a", '{"@id":"a","b":', "''"]
)
@pytest.mark.parametrize("form", [TURTLE, JSON, LINES], ids=str)
def test_what_is_repeated_a_hundred_thousand_times_ends(piece: str, form: ox.RdfFormat) -> None:
    # a scanner that looked back or ahead without bound would take hours for one of these
    assert subject_lines(piece.encode() * 100_000, form).keys() <= {"a"}
