"""`casekg serve` as its users and its enemies meet it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pyoxigraph as ox
import pytest
from serving import ROOT, Running, serving

import kg

JSON = {"accept": "application/sparql-results+json"}
BOMB = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="serving needs fork, which this system has not")


@pytest.fixture(scope="module")
def server() -> Iterator[Running]:
    """The shipped cases, with small limits."""
    words = [
        "--seconds",
        "2",
        "--rows",
        "500",
        "--body-mb",
        "1",
        "--memory-mb",
        "256",
        "--patience",
        "2",
        "--queue",
        "2",
    ]
    with serving("--workers", "2", *words) as running:
        yield running


def ask(server: Running, query: str, **more: object) -> httpx.Response:
    """A query by a form, as most clients send it."""
    return httpx.post(f"{server.url}sparql", data={"query": query, **more}, headers=JSON, timeout=30)


def count(answer: httpx.Response) -> int:
    """The number in an answer of one cell."""
    assert answer.status_code == 200, answer.text
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


def test_an_answer_is_that_of_the_library(server: Running) -> None:
    question = "SELECT (COUNT(?t) AS ?n) { ?t a ckg:Treatment }"
    row = next(
        iter(kg.build().store.query(question, prefixes={"ckg": kg.base.prefixes.CKG}, use_default_graph_as_union=True))
    )
    assert count(ask(server, question)) == int(row["n"].value) > 5


def test_the_dataset_of_the_query_and_of_the_protocol(server: Running) -> None:
    graph = "https://w3id.org/casekg/case/10.7759_cureus.34125"
    every = count(ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
    one = count(ask(server, f"SELECT (COUNT(*) AS ?n) FROM <{graph}> {{ ?s ?p ?o }}"))
    assert 1_000 < one < every
    assert count(ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", **{"default-graph-uri": graph})) == one
    named = {"named-graph-uri": graph}
    assert count(ask(server, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", **named)) == 0
    assert count(ask(server, "SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }", **named)) == one


def test_the_service_describes_itself(server: Running) -> None:
    answer = httpx.get(f"{server.url}sparql", headers={"accept": "text/turtle"}, timeout=30)
    store = ox.Store()
    store.load(answer.content, ox.RdfFormat.TURTLE)
    prefixes = {
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "void": "http://rdfs.org/ns/void#",
        "sh": "http://www.w3.org/ns/shacl#",
        "ckg": "https://w3id.org/casekg/ontology#",
    }
    query = """ASK { ?s a sd:Service ; sd:endpoint ?at ; sd:defaultDataset ?data .
        ?data sd:namedGraph/sd:name <https://w3id.org/casekg/case/10.7759_cureus.34125> ;
              void:classPartition [ void:class ckg:Treatment ; void:entities ?n ; void:propertyPartition [ void:property ckg:drug ] ] ;
              sh:declare [ sh:prefix "ckg" ] . ?question a sh:SPARQLExecutable ; sh:select ?text
        FILTER(?n > 5 && STRENDS(STR(?at), "/sparql")) }"""
    assert bool(store.query(query, prefixes=prefixes))


COUNT = "PREFIX ckg: <https://w3id.org/casekg/ontology#> SELECT (COUNT(?t) AS ?n) { ?t a ckg:Treatment }"


def test_clients_that_nobody_here_wrote(server: Running) -> None:
    at = f"{server.url}sparql"
    expected = count(ask(server, COUNT))

    from SPARQLWrapper import CSV, JSON, POST, TSV, XML, SPARQLWrapper

    client = SPARQLWrapper(at)
    client.setQuery(COUNT)
    client.setReturnFormat(JSON)
    assert client.queryAndConvert()["results"]["bindings"][0]["n"]["value"] == str(expected)
    client.setMethod(POST)
    for form, seen in ((XML, None), (CSV, f"n\r\n{expected}".encode()), (TSV, f'?n\n"{expected}"'.encode())):
        client.setReturnFormat(form)
        found = client.queryAndConvert()
        assert str(expected) in found.toxml() if seen is None else found.startswith(seen)
    client.setQuery("CONSTRUCT { ?t a ?c } WHERE { ?t a ?c FILTER(?c = <https://w3id.org/casekg/ontology#Treatment>) }")
    client.setReturnFormat("turtle")
    assert client.query().response.read().count(b"a ckg:Treatment") == expected

    import rdflib
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    for method in ("GET", "POST", "POST_FORM"):
        store = SPARQLStore(at, method=method)
        rows = list(rdflib.Graph(store, identifier="https://w3id.org/casekg/case/10.7759_cureus.34125").query(COUNT))
        assert rows[0][0].toPython() == expected  # type: ignore[index]

    federated = COUNT.replace("{ ?t a ckg:Treatment }", f"{{ SERVICE <{at}> {{ ?t a ckg:Treatment }} }}")
    assert int(next(iter(ox.Store().query(federated)))["n"].value) == expected  # type: ignore[call-overload]

    curl = shutil.which("curl")
    if curl:
        words = [curl, "-sf", "-H", "Accept: text/csv", "--data-urlencode", f"query={COUNT}", at]
        run = subprocess.run(words, capture_output=True, text=True, check=True, timeout=30)
        assert run.stdout.split() == ["n", str(expected)]


# A query that no endpoint should run: what it is, its text, the status, and the word that says which limit it met.
HOSTILE = [
    ("service", "SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400, "query"),
    ("silent service", "SELECT * { SERVICE\n#c\nSILENT <http://127.0.0.1:9/> { ?s ?p ?o } }", 400, "query"),
    ("service in exists", "ASK { FILTER EXISTS { service <http://127.0.0.1:9/> { ?s ?p ?o } } }", 400, "query"),
    ("escaped service", "SELECT * { \\u0053ERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", 400, "syntax"),
    ("load", "LOAD <file:///etc/passwd>", 400, "query"),
    ("from file", "SELECT (COUNT(*) AS ?n) FROM <file:///etc/passwd> { ?s ?p ?o }", 200, ""),
    ("update", "DELETE WHERE { ?s ?p ?o }", 400, "syntax"),
    ("cartesian", BOMB, 503, "time"),
    ("ordered", "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a ?d ?g", 503, "memory time"),
    ("paths", "SELECT (COUNT(*) AS ?n) { ?a (!ckg:x|^!ckg:y)* ?b . ?c (!ckg:x|^!ckg:y)* ?d }", 503, "time"),
    ("braces", "SELECT * { " + "{" * 3_000 + "}" * 3_000 + " }", 400, "query"),
    ("parentheses", "SELECT (" + "(" * 6_000 + "1" + ")" * 6_000 + " AS ?x) {}", 400, "query"),
    ("not", "ASK { FILTER(" + "!" * 12_000 + "true) }", 400, "query"),
    ("long", "ASK { FILTER('" + "a" * 200_000 + "' = 'b') }", 400, "query"),
    ("body", "ASK {}" + " " * 2_000_000, 413, "size"),
    ("rows", "SELECT * { ?s ?p ?o }", 413, "size"),
    ("null", "SELECT * { ?s ?p '\0' }", 200, ""),
    ("garbage", "%%%%", 400, "syntax"),
    ("empty", "", 400, "syntax"),
    ("triple term", "SELECT * { BIND(<<( <http://e/s> <http://e/p> 1 )>> AS ?t) }", 400, "query"),
    ("regex", "ASK { FILTER(REGEX('" + "a" * 40 + "!', '^(a+)+$')) }", 200, ""),
]  # fmt: skip


@pytest.mark.parametrize(("query", "status", "rule"), [row[1:] for row in HOSTILE], ids=[row[0] for row in HOSTILE])
def test_hostile_queries(query: str, status: int, rule: str, server: Running) -> None:
    start = time.monotonic()
    answer = ask(server, query)
    assert time.monotonic() - start < 8
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.json()["error"] in rule.split()
        assert answer.json()["cure"]
    assert ask(server, "ASK {}").json()["boolean"] is True  # and the server is as it was


def test_a_query_that_grows_without_end_is_ended(server: Running) -> None:
    doubling = "SELECT ?z { VALUES ?a { 'aaaaaaaaaaaaaaaa' } " + " ".join(
        f"BIND(CONCAT(?{chr(96 + n)}, ?{chr(96 + n)}, ?{chr(96 + n)}, ?{chr(96 + n)}) AS ?{chr(97 + n)})"
        for n in range(1, 19)
    )
    answer = ask(server, doubling + " BIND(STRLEN(?s) AS ?z) }")
    assert answer.status_code == 503
    assert answer.json()["error"] in ("memory", "time")
    assert ask(server, "ASK {}").status_code == 200


def test_no_worker_reaches_the_network(server: Running) -> None:
    health = httpx.get(f"{server.url}health").json()
    if health["data"]["network"] != "none":
        pytest.skip("this system cannot take the network from a process")
    ask(server, "ASK {}")
    for pid in server.workers():
        lines = Path(f"/proc/{pid}/net/dev").read_text().splitlines()[2:]
        names = {line.split(":")[0].strip() for line in lines}
        # the one that made them has the network still; it listens to nobody
        assert names <= {"lo"} or Path(f"/proc/{pid}/net/dev").read_text() == Path("/proc/self/net/dev").read_text()
    assert any(len(Path(f"/proc/{pid}/net/dev").read_text().splitlines()) == 3 for pid in server.workers()), (
        "no worker without a network"
    )


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8000", "localhost.evil.example", ""])
def test_another_host_is_not_served(host: str, server: Running) -> None:
    answer = httpx.get(f"{server.url}health", headers={"host": host})
    assert answer.status_code == 421 if host else answer.status_code in (400, 421)


def test_every_answer_has_its_headers(server: Running) -> None:
    for path in ("health", "sparql?query=ASK%7B%7D", "nothing-here", "sparql?query=x"):
        headers = httpx.get(server.url + path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


@pytest.mark.parametrize(
    "path",
    [
        "../../../etc/passwd",
        "%2e%2e/%2e%2e/etc/passwd",
        "..%5c..%5cx",
        "sparql/%00",
        "case/../../etc/passwd",
        "case/%zz%f%C3",
        "timeline/%zz",
        "graph?node=%25zz",
        "assets/..%2f..%2fserved.py",
    ],
)
def test_no_path_leads_to_a_file(path: str, server: Running) -> None:
    with socket.create_connection(("127.0.0.1", httpx.URL(server.url).port or 0), timeout=10) as connection:
        connection.sendall(f"GET /{path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert answer.split(b" ", 2)[1] in (b"404", b"400")
    assert b"root:" not in answer


SLOW = {
    "head": b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
    "body": b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/sparql-query\r\nContent-Length: 50\r\n\r\nASK",
    "nothing": b"",
}


@pytest.mark.parametrize("sent", SLOW.values(), ids=SLOW)
def test_who_sends_slowly_is_let_go(sent: bytes, server: Running) -> None:
    with socket.create_connection(("127.0.0.1", httpx.URL(server.url).port or 0), timeout=15) as connection:
        connection.sendall(sent)
        start = time.monotonic()
        while connection.recv(65_536):
            pass
        assert time.monotonic() - start < 9


@pytest.mark.parametrize(
    "sent",
    [
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /health HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
        b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n",
        b"GET /health HTTP/1.1\r\nHost : localhost\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01",
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
    ],
    ids=["both lengths", "two lengths", "two hosts", "space", "tls", "long"],
)
def test_smuggled_heads_are_refused(sent: bytes, server: Running) -> None:
    with socket.create_connection(("127.0.0.1", httpx.URL(server.url).port or 0), timeout=15) as connection:
        connection.sendall(sent)
        answer = b""
        while piece := connection.recv(65_536):
            answer += piece
    assert answer.split(b" ", 2)[1].startswith(b"4")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert httpx.get(f"{server.url}health").status_code == 200


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET http://localhost/health HTTP/1.1\r\nHost: evil.example", b"200"),
        (b"GET http://evil.example/health HTTP/1.1\r\nHost: localhost", b"421"),
        (b"GET http://localhost HTTP/1.1\r\nHost: localhost", b"200"),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999", b"413"),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999", b"413"),
        (b"POST /sparql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Encoding: gzip", b"415"),
    ],
    ids=["whole URL", "whole URL elsewhere", "whole URL without a path", "large", "larger", "coded"],
)
def test_what_a_head_says_is_answered_at_once(head: bytes, status: bytes, server: Running) -> None:
    start = time.monotonic()
    with socket.create_connection(("127.0.0.1", httpx.URL(server.url).port or 0), timeout=15) as connection:
        connection.sendall(head + b"\r\nConnection: close\r\nContent-Type: application/sparql-query\r\n\r\nASK")
        answer = b"".join(iter(lambda: connection.recv(65_536), b""))
    assert time.monotonic() - start < 1.9
    assert answer.split(b" ", 2)[1] == status


def test_more_than_the_queue_holds_is_told_to_come_back(server: Running) -> None:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: ask(server, BOMB), range(10)))
    statuses = [answer.status_code for answer in answers]
    assert set(statuses) == {429, 503}
    assert statuses.count(429) >= 4
    assert all(answer.headers["retry-after"] for answer in answers)
    assert ask(server, "ASK {}").status_code == 200


def test_a_client_that_leaves_frees_its_worker(server: Running) -> None:
    with pytest.raises(httpx.TimeoutException):
        httpx.post(f"{server.url}sparql", data={"query": BOMB}, timeout=0.3)
    deadline = time.monotonic() + 1.5  # sooner than the limit of the query
    while httpx.get(f"{server.url}health").json()["busy"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert httpx.get(f"{server.url}health").json()["busy"] == 0


def test_the_log_is_json_without_the_query(server: Running) -> None:
    ask(server, "ASK { ?secret ?p ?o }")
    time.sleep(0.3)
    lines = [json.loads(line) for line in server.log if line.startswith("{")]
    assert any(line["path"] == "/sparql" and line["status"] == 200 for line in lines if "path" in line)
    assert not any("secret" in line for line in server.log)


def test_new_data_is_read_and_broken_data_is_not(tmp_path: Path) -> None:
    path = tmp_path / "data.nq"
    line = '<http://example.org/{}> <http://example.org/p> "1" <http://example.org/g> .\n'
    path.write_text(line.format(1), "utf-8")
    query = "SELECT (COUNT(*) AS ?n) { GRAPH <http://example.org/g> { ?s ?p ?o } }"

    def until(wanted: int | str) -> bool:
        for _ in range(150):
            found = (
                count(ask(server, query))
                if isinstance(wanted, int)
                else httpx.get(f"{server.url}health").json()["status"]
            )
            if found == wanted:
                return True
            time.sleep(0.2)
        return False

    with serving("--quiet", data=[path]) as server:
        assert count(ask(server, query)) == 1
        path.write_text(line.format(1) + line.format(2), "utf-8")
        assert until(2)
        path.write_text("broken", "utf-8")
        assert until("stale")
        assert count(ask(server, query)) == 2  # the former goes on
        assert "data.nq" in httpx.get(f"{server.url}health").json()["problems"][0]
        path.write_text(line.format(3), "utf-8")
        assert until(1)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_nothing_outlives_the_server(how: signal.Signals, tmp_path: Path) -> None:
    path = tmp_path / "data.nq"
    path.write_text('<http://example.org/s> <http://example.org/p> "1" .\n', "utf-8")
    with serving("--quiet", data=[path]) as server:
        assert ask(server, "ASK {}").status_code == 200
        workers = server.workers()
        assert len(workers) >= 2
        server.process.send_signal(how)
        code = server.process.wait(15)
        assert code == (-9 if how == signal.SIGKILL else 0)
        deadline = time.monotonic() + 5
        while alive := {pid for pid in workers if _lives(pid)}:
            assert time.monotonic() < deadline, alive
            time.sleep(0.05)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1][0] != "Z"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--data", "nothing.nq"], "is not there"),
        (["--host", "256.0.0.1"], "cannot listen"),
        (["--port", "99999"], "port"),
        (["--data", "broken.nq"], "broken.nq:1"),
    ],
)
def test_what_cannot_be_served_is_told(words: list[str], said: str, tmp_path: Path) -> None:
    (tmp_path / "broken.nq").write_text("broken", "utf-8")
    command = [sys.executable, "-m", "kg", "serve", "--port", "0", *words]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, env=environment, timeout=120, check=False
    )
    assert run.returncode == 2
    assert said in run.stderr
    assert "Traceback" not in run.stderr
    assert run.stdout == ""
