"""The W3C's tests of the SPARQL 1.1 Protocol that a read-only endpoint can pass, and what a request is read as."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pyoxigraph as ox
import pytest
from serving import Running, serving

from kg.serve.protocol import Asked, asked
from kg.serve.served import Reply

SUITE = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "w3c-sparql-protocol"
GRAPH = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
# Why the others are no tests of this endpoint.
READ_ONLY = "an update: the endpoint takes none"


def entries() -> list[tuple[str, list[dict[str, Any]]]]:
    """Name and requests of each test of the suite."""
    if not SUITE.is_dir():
        return []
    text = (SUITE / "manifest.ttl").read_bytes()
    store = ox.Store()
    store.load(text, ox.RdfFormat.TURTLE, base_iri="http://suite.example/")
    prefixes = {
        "mf": "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#",
        "ht": "http://www.w3.org/2011/http#",
        "cnt": "http://www.w3.org/2011/content#",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    }
    rows: Any = store.query(
        """SELECT ?test ?request ?path ?method ?chars ?encoding ?boolean ?format ?status (COUNT(?before) AS ?place) {
             ?test a mf:ProtocolTest ; mf:action/ht:requests ?list . ?list rdf:rest*/rdf:first ?request .
             ?list rdf:rest* ?before . ?before rdf:rest*/rdf:first ?request .
             ?request ht:absolutePath ?path ; ht:methodName ?method ; ht:resp ?response .
             ?response mf:expectedStatus ?status .
             OPTIONAL { ?request ht:body ?body . ?body cnt:chars ?chars ; cnt:characterEncoding ?encoding }
             OPTIONAL { ?response mf:expectedBoolean ?boolean } OPTIONAL { ?response mf:expectedFormat ?format }
           } GROUP BY ?test ?request ?path ?method ?chars ?encoding ?boolean ?format ?status""",
        prefixes=prefixes,
    )
    found: dict[str, dict[Any, dict[str, Any]]] = {}
    for row in rows:
        name = row["test"].value.rsplit("#", 1)[-1]
        told = found.setdefault(name, {}).setdefault(str(row["request"]), {"statuses": set(), "headers": {}})
        told["place"] = int(row["place"].value)
        told["statuses"].add(row["status"].value.rsplit("#StatusCode", 1)[-1])
        for key in ("path", "method", "chars", "encoding", "boolean", "format"):
            told[key] = row[key].value if row[key] is not None else None
        headers: Any = store.query(
            "SELECT ?request ?name ?value { ?request ht:headers/rdf:rest*/rdf:first [ ht:fieldName ?name ; ht:fieldValue ?value ] }",
            prefixes=prefixes,
            substitutions={ox.Variable("request"): row["request"]},
        )
        told["headers"] |= {header["name"].value: header["value"].value for header in headers}
    return [(name, sorted(told.values(), key=lambda one: one["place"])) for name, told in sorted(found.items())]


ENTRIES = entries()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    if not SUITE.is_dir():
        pytest.skip("../shared/corpus/w3c-sparql-protocol is not here")
    path = tmp_path_factory.mktemp("suite") / "data.nq"
    lines = []
    for number in (1, 2, 3):
        text = (SUITE / f"data{number}.nt").read_text("utf-8").strip()
        lines += [f"{line.rstrip(' .')} <{GRAPH.format(number)}> ." for line in text.splitlines() if line]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    with serving("--quiet", "--workers", "2", data=[path]) as running:
        yield running


def test_the_suite_is_read_whole() -> None:
    if not SUITE.is_dir():
        pytest.skip("../shared/corpus/w3c-sparql-protocol is not here")
    assert len(ENTRIES) == 34
    assert sum("update" in name for name, _ in ENTRIES) == 14
    assert all(one["statuses"] and one["path"].startswith("/sparql/") for _, requests in ENTRIES for one in requests)


@pytest.mark.parametrize(("name", "requests"), ENTRIES, ids=[name for name, _ in ENTRIES])
def test_w3c(name: str, requests: list[dict[str, Any]], server: Running) -> None:
    refused = "update" in name
    for told in requests if not refused else requests[:1]:
        headers = {"accept": "*/*", **told["headers"]}
        body = (told["chars"] or "").encode(told["encoding"] or "utf-8") if told["chars"] is not None else None
        answer = httpx.request(told["method"], server.url.rstrip("/") + told["path"], content=body, headers=headers)
        if refused:  # none of these is ours to pass; each is refused, in words
            assert answer.status_code in (400, 403, 415), READ_ONLY
            assert answer.json()["cure"]
            continue
        assert f"{answer.status_code // 100}xx" in told["statuses"], answer.text
        media = answer.headers["content-type"].split(";")[0]
        if told["boolean"] is not None:
            assert answer.json()["boolean"] is (told["boolean"] == "true")
        elif told["format"] == "tabular":
            assert media in {"application/sparql-results+json", "application/sparql-results+xml", "text/csv"}
        elif told["format"] == "RDF":
            assert media in {"text/turtle", "application/rdf+xml", "application/n-triples"}


@pytest.mark.parametrize(
    ("method", "words", "media", "body", "expected"),
    [
        ("GET", "query=ASK%20%7B%7D&default-graph-uri=http://g", "", b"", Asked("ASK {}", ("http://g",), ())),
        ("POST", "named-graph-uri=http://g", "application/sparql-query", b"ASK {}", Asked("ASK {}", (), ("http://g",))),
        ("POST", "", "application/x-www-form-urlencoded; charset=UTF-8", b"query=ASK+%7B%7D", Asked("ASK {}")),
        ("GET", "", "", b"", None),
        ("GET", "query=ASK&query=ASK", "", b"", 400),
        ("POST", "", "application/x-www-form-urlencoded", b"", 400),
        ("POST", "", "", b"ASK {}", 415),
        ("POST", "", "application/sparql-query; charset=utf-16", b"A\0S\0K\0", 415),
        ("POST", "", "application/sparql-query", b"\xff\xfe", 400),
        ("POST", "", "application/sparql-update", b"CLEAR ALL", 415),
        ("POST", "", "application/x-www-form-urlencoded", b"update=CLEAR+ALL", 403),
        ("GET", "query=ASK%7B%7D" + "&a=1" * 2_000, "", b"", 400),
    ],
)
def test_what_a_request_asks(method: str, words: str, media: str, body: bytes, expected: object) -> None:
    found = asked(method, words, media, body)
    assert (found.status if isinstance(found, Reply) else found) == expected
