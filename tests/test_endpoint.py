"""A graph in a SPARQL engine elsewhere: it arrives whole, and is asked as a dataset here is.

The engines: a small one over pyoxigraph in this process, well and ill behaved, and Virtuoso where it is installed.
"""

from __future__ import annotations

import base64
import json
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest

import kg
from kg.answers import endpoint
from kg.answers.endpoint import UNSOUND, Endpoint, everything, reached
from kg.answers.origins import name_sources
from kg.answers.queries import ask, find, library
from kg.base.binding import TOKEN, plain
from kg.base.places import folder
from kg.base.prefixes import CASE
from kg.base.results import CaseError
from kg.graph import remote as remotes
from kg.graph.loading import OURS, by_graph, load
from kg.graph.remote import Access, Remote
from kg.graph.store import Dataset

pytest.importorskip("httpx", reason="httpx is not installed (pip install 'casekg[remote]')")

RESULTS, TRIPLES = "application/sparql-results+json", "application/n-triples"
THEIRS = "http://example.org/theirs"
Graphs = Mapping[str, tuple[str, ...]]


@dataclass
class Engine:
    """A SPARQL 1.1 engine on loopback, how it behaves, and what it saw: requests, and the texts of queries.

    union: is its default graph the union of all? most: rows of one answer; loses: of a graph that is put;
    trick: answers in its own way, when it gives true.
    """

    store: ox.Store = field(default_factory=ox.Store)
    union: bool = True
    graph_store: bool = True
    most: int = 0
    loses: int = 0
    password: str = ""
    token: str = ""
    trick: Callable[[Any], bool] | None = None
    seen: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    url: str = ""

    def remote(self, access: Access = Access(), store: bool = True) -> Remote:
        return Remote(f"{self.url}/query", access, f"{self.url}/update", f"{self.url}/store" if store else "")

    def allows(self, headers: Any) -> bool:
        given = headers.get("Authorization", "")
        if self.token:
            return bool(given == f"Bearer {self.token}")
        return not self.password or given == "Basic " + base64.b64encode(f"me:{self.password}".encode()).decode()

    def answer(self, text: str, graphs: list[str]) -> tuple[str, bytes]:
        self.sent.append(text)
        named = [ox.NamedNode(g) for g in graphs]
        found: Any = self.store.query(
            text, use_default_graph_as_union=self.union and not named,
            default_graph=named or None, named_graphs=named or None,
        )  # fmt: skip
        if isinstance(found, ox.QueryTriples):
            return TRIPLES, found.serialize(format=ox.RdfFormat.N_TRIPLES) or b""
        made = found.serialize(format=ox.QueryResultsFormat.JSON) or b""
        if self.most and b'"bindings"' in made:
            told = json.loads(made)
            told["results"]["bindings"] = told["results"]["bindings"][: self.most]
            made = json.dumps(told).encode()
        return RESULTS, made


class Handler(BaseHTTPRequestHandler):
    engine: Engine
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def reply(self, status: int, kind: str = "text/plain", body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do(self) -> None:
        engine = self.engine
        engine.seen.append((self.command, self.path, dict(self.headers)))
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if engine.trick and engine.trick(self):
            return
        place, given = urlsplit(self.path).path, parse_qs(urlsplit(self.path).query)
        if not engine.allows(self.headers):
            self.reply(401, WWW_Authenticate='Basic realm="x"')
        elif place == "/store" and engine.graph_store:
            graph = ox.NamedNode(given["graph"][0])
            there = engine.store.contains_named_graph(graph)
            engine.store.remove_graph(graph)
            if self.command == "PUT":
                lines = body.splitlines(keepends=True)[engine.loses :]
                engine.store.load(b"".join(lines), ox.RdfFormat.N_TRIPLES, to_graph=graph)
            self.reply(204 if there or self.command == "PUT" else 404)
        elif place == "/update":
            engine.store.update(body.decode())
            self.reply(204)
        elif place == "/query":
            form = parse_qs(body.decode())
            try:
                self.reply(200, *engine.answer(form["query"][0], form.get("default-graph-uri", [])))
            except SyntaxError as error:
                self.reply(400, body=str(error).encode())
        else:
            self.reply(404)

    do_GET = do_POST = do_PUT = do_DELETE = do  # noqa: N815


@contextmanager
def running(engine: Engine) -> Iterator[Engine]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"engine": engine}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    engine.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield engine
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture(scope="session")
def graphs(data: Dataset) -> Graphs:
    """The graphs of the shipped cases, with all that questions read."""
    found, left_out = by_graph(everything(data))
    assert left_out == ()
    return found


@pytest.fixture(scope="session")
def filled(graphs: Graphs) -> Iterator[Engine]:
    """An engine that was loaded once; tests only ask it."""
    with running(Engine()) as engine:
        made = load(engine.remote(), graphs)
        assert (made.way, made.results) == ("graph store", ())
        yield engine


@pytest.fixture
def engine() -> Iterator[Engine]:
    with running(Engine()) as engine:
        yield engine


@pytest.fixture(scope="session")
def there(filled: Engine) -> Endpoint:
    return reached(filled.remote())


def lines(store: ox.Store) -> dict[str, set[str]]:
    """What a store holds, by graph."""
    found: dict[str, set[str]] = {}
    for q in store:
        name = getattr(q.graph_name, "value", "")
        found.setdefault(name, set()).add(f"{q.subject} {q.predicate} {q.object} .\n")
    return found


# Load


def test_what_is_there_is_what_is_here(filled: Engine, graphs: Graphs) -> None:
    assert lines(filled.store) == {name: set(rows) for name, rows in graphs.items()}
    assert {"/case/", "/ontology/terms/", "/ontology/mappings/", "/inferred/cases", "/results/criteria/"} <= {
        part for part in ("/case/", "/ontology/terms/", "/ontology/mappings/", "/inferred/cases", "/results/criteria/")
        if any(part in name for name in graphs)
    }  # fmt: skip


@pytest.mark.parametrize("way", ["update", "graph store"])
def test_loading_twice_is_loading_once(way: str, engine: Engine, graphs: Graphs) -> None:
    """Here by updates, also where the address of the graph store turns out to be none."""
    engine.graph_store = way == "graph store"
    engine.store.load(b"<http://a> <http://b> <http://c> .\n", ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(THEIRS))
    some = {name: rows for name, rows in graphs.items() if "terms" not in name}
    stale = next(name for name in some if name.startswith(CASE))
    engine.store.load(b"<http://a> <http://b> 'stale' .\n", ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(stale))
    for _ in range(2):
        made = load(engine.remote(), some)
        assert (made.way, made.results) == (way, ())
        assert [c.after for c in made.counts] == [len(some[c.graph]) for c in made.counts]
        held = lines(engine.store)
        assert held.pop(THEIRS)
        assert held == {name: set(rows) for name, rows in some.items()}


def test_graphs_that_are_no_more_in_the_data(engine: Engine, graphs: Graphs) -> None:
    """Answers would mix both: nothing is written, unless they may be taken away."""
    old = f"{CASE}10.9999_gone"
    for name in (old, THEIRS):
        engine.store.load(b"<http://a> <http://b> <http://c> .\n", ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(name))
    before = lines(engine.store)
    some = dict(list(graphs.items())[:3])
    made = load(engine.remote(), some)
    assert (made.way, made.number("left")) == ("", 1)
    assert old in str(made.results[0])
    assert lines(engine.store) == before
    for store in (True, False):
        before = lines(engine.store)
        made = load(engine.remote(store=store), some, remove=True, dry=True)
        assert (made.way, made.number("removed"), made.results) == ("", 1, ())
        assert lines(engine.store) == before
        made = load(engine.remote(store=store), some, remove=True)
        assert (made.number("removed"), made.results) == (1, ())
        assert set(lines(engine.store)) == {*some, THEIRS}
        engine.store.load(b"<http://a> <http://b> <http://c> .\n", ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(old))


def test_what_did_not_arrive_is_a_finding(engine: Engine, graphs: Graphs) -> None:
    engine.loses = 2
    some = dict(list(graphs.items())[:2])
    made = load(engine.remote(), some)
    assert [r.focus for r in made.results] == list(some)
    assert f"holds {len(some[made.results[0].focus]) - 2:,} triples" in made.results[0].message


def test_what_is_no_graph_of_ours_is_not_loaded(graphs: Graphs, engine: Engine) -> None:
    rows = (
        f'<http://a> <http://b> "1" <{THEIRS}> .\n<http://a> <http://b> "2" .\n<http://a> <http://b> "3" <{OURS}x> .\n'
    )
    found, results = by_graph(ox.parse(rows, ox.RdfFormat.N_QUADS))
    assert list(found) == [f"{OURS}x"]
    assert [r.focus for r in results] == ["", THEIRS]
    with pytest.raises(ValueError, match="no graph of casekg"):
        load(engine.remote(), {THEIRS: ("<http://a> <http://b> <http://c> .\n",)})
    assert not engine.seen


def test_blank_nodes_stay_one_in_an_update(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kg.graph.loading.CHUNK", 30)
    rows = tuple(f"_:a <http://b> <http://c{n}> .\n" for n in range(5))
    load(engine.remote(store=False), {f"{OURS}foreign/x": rows})
    assert len({q.subject for q in engine.store}) == 1
    load(engine.remote(store=False), {f"{OURS}foreign/x": tuple(r.replace("_:a", "<http://a>") for r in rows)})
    assert len([path for _, path, _ in engine.seen if path == "/update"]) == 2 + 1 + 5


def test_the_command_loads_and_asks(engine: Engine, run: Any) -> None:
    store = ("--graph-store", f"{engine.url}/store", "--endpoint", f"{engine.url}/query")
    found = run("load", *store, "--dry-run")
    assert (found.exit_code, len(engine.store)) == (0, 0), found.output
    assert "nothing is written" in found.output
    found = run("load", *store)
    assert found.exit_code == 0, found.output
    assert "each counted there, and whole" in found.output
    question = ("query", "response/by-manifestation", "--finding", "calcinosis cutis", "--format", "csv")
    asked = run(*question, "--endpoint", f"{engine.url}/query")
    assert asked.stdout == run(*question).stdout
    assert asked.stdout.count("\n") > 3
    engine.store.load(b"<http://a> <http://b> 1 .\n", ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(f"{CASE}10.9999_gone"))
    found = run("load", *store, "--format", "json")
    assert (found.exit_code, len(json.loads(found.stdout)["results"])) == (1, 1)
    assert run("load").exit_code == 2
    assert run("query", "treatment/drugs", "--endpoint", f"{engine.url}/query", "--data", "x").exit_code == 2


# Query


@pytest.mark.parametrize("name", library())
def test_every_question_has_its_golden_answer_there(name: str, there: Endpoint) -> None:
    assert ask(there, name).csv() == (folder("queries") / f"{name}.csv").read_text("utf-8")


ASKED = [
    ("treatment/drugs", {"drug": "tofacitinib"}),
    ("treatment/drugs", {"drug": "DRUGBANK:DB08895", "patient": "p1"}),
    ("treatment/by-class", {"class": "corticosteroid"}),
    ("phenotype/present", {"finding": "interstitial lung disease"}),
    ("phenotype/excluded", {"finding": "calcinosis cutis"}),
    ("time/in-period", {"from": "2021-01-01", "to": "2021-12-31"}),
    ("therapy/given-on", {"on": "2022-01-01"}),
    ("literature/references", {"number": "3"}),
    ("literature/claims", {"layer": "background"}),
    # with no rows, and why
    ("treatment/drugs", {"drug": "azathioprine"}),
    ("treatment/drugs", {"drug": "baricitinib"}),
    ("treatment/drugs", {"drug": "tofacitinib", "patient": "10.9999_nothing/p1"}),
    ("literature/references", {"number": "300"}),
]


@pytest.mark.parametrize(("name", "parameters"), ASKED)
def test_an_answer_there_is_the_answer_here(
    name: str, parameters: dict[str, str], there: Endpoint, data: Dataset
) -> None:
    """With parameters, and with the reasons where there are no rows."""
    assert ask(there, name, parameters).json() == ask(data, name, parameters).json()


def test_a_default_graph_that_is_not_the_union(filled: Engine, data: Dataset) -> None:
    """The graphs are named in the request, as the default graph and as graphs."""
    with running(Engine(store=filled.store, union=False)) as apart:
        seen = reached(apart.remote())
        assert "not the union" in seen.seen
        for name in ("treatment/drugs", "criteria/scores", "reasoning/organs-counted"):
            found = seen.ask(name)
            assert found.rows == ask(data, name).rows
            assert "not the union" in found.remarks[0]
        assert ask(reached(apart.remote(), "union"), "treatment/drugs").why_empty


def test_graphs_of_others_do_not_double_rows(filled: Engine, graphs: Graphs, data: Dataset) -> None:
    engine = Engine(store=ox.Store())
    engine.store.extend(filled.store)
    label = b'<http://purl.obolibrary.org/obo/CHEBI_71200> <http://www.w3.org/2000/01/rdf-schema#label> "CP-690550" .\n'
    engine.store.load(label, ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode(THEIRS))
    with running(engine):
        mine = ask(data, "treatment/drugs", {"drug": "tofacitinib"}).rows
        assert len(ask(reached(engine.remote()), "treatment/drugs", {"drug": "tofacitinib"}).rows) == 2 * len(mine)
        assert ask(reached(engine.remote(), "ours"), "treatment/drugs", {"drug": "tofacitinib"}).rows == mine


def test_rows_of_several_reports_say_whose(tmp_path: Path, write_case: Any, shipped: Path, engine: Engine) -> None:
    both = kg.build([shipped, write_case(tmp_path)])
    load(engine.remote(), by_graph(everything(both))[0])
    there = reached(engine.remote())
    assert there.describe() == both.describe()
    for name in ("treatment/drugs", "phenotype/present"):
        here = name_sources(ask(both, name), both)
        assert here.columns[-1] == "source"
        assert there.ask(name).csv() == here.csv()
    with pytest.raises(CaseError, match="nothing-of-the-kind"):
        ask(there, "evidence/of-finding", {"finding": "nothing-of-the-kind"})


def test_an_engine_without_cases(engine: Engine, graphs: Graphs) -> None:
    assert any("no case graph" in line for line in reached(engine.remote()).ask("treatment/drugs").why_empty)
    load(engine.remote(), {name: rows for name, rows in graphs.items() if "/results/" not in name})
    with pytest.raises(CaseError, match="no graph of what follows from the facts"):
        reached(engine.remote()).ask("criteria/scores")


@pytest.mark.parametrize("text", ["p1> } ; DROP ALL #", 'p1" } #', "p1' } UNION { ?s ?p ?o", "p1\\", "p1\n} #"])
def test_no_text_of_a_user_becomes_sparql(text: str, filled: Engine, there: Endpoint) -> None:
    """What is no IRI is refused; a text is a literal, whatever is in it."""
    count, size = len(filled.sent), len(filled.store)
    with suppress(CaseError):
        assert ask(there, "treatment/drugs", {"patient": text}).rows == ()
    for sent in filled.sent[count:]:
        outside = "".join(token for token in TOKEN.findall(sent) if token[0] not in '"<')
        assert text not in outside
        assert "DROP" not in outside
    assert len(filled.store) == size


def test_forms_of_queries(there: Endpoint, tmp_path: Path, data: Dataset) -> None:
    path = tmp_path / "q.rq"
    for text in (
        "ASK { ?s a ckg:Treatment }",
        "CONSTRUCT { ?s ckg:drug ?d } WHERE { ?s ckg:drug ?d }",
        "SELECT (COUNT(*) AS ?n) WHERE { ?s a ckg:Treatment }",
        "PREFIX c: <https://w3id.org/casekg/ontology#> SELECT DISTINCT ?d WHERE { ?s c:drug ?d } ORDER BY ?d",
        "SELECT ?x WHERE { ?x rdfs:label 'SERVICE <x> ckg:a' }",
    ):
        path.write_text(text, "utf-8")
        here, far = ask(data, str(path)), ask(there, str(path))
        assert far.columns == here.columns
        assert Counter(far.rows) == Counter(here.rows)
    assert far.rows == ()


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?x WHERE { SERVICE <http://127.0.0.1:9/> { ?x ?y ?z } }",
        "DROP ALL",
        "SELECT ?x WHERE { ?x ?y }",
        "SELECT ?x FROM <http://example.org/> WHERE { ?x ?y ?z }",
    ],
)
def test_what_may_not_run_is_not_sent(text: str, engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "q.rq"
    path.write_text(text, "utf-8")
    with pytest.raises(CaseError):
        ask(Endpoint(engine.remote()), str(path))
    assert not [sent for sent in engine.sent if text in sent]


# What an engine may do to us


def refused(there: Remote, said: str) -> str:
    with pytest.raises(CaseError, match=said) as error:
        there.table("SELECT ?s WHERE { ?s ?p ?o }")
    return str(error.value)


def test_an_answer_that_was_cut_off_is_no_answer(engine: Engine) -> None:
    rows = "".join(f"<http://a> <http://b> {n} .\n" for n in range(250))
    engine.store.load(rows.encode(), ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(f"{OURS}x"))
    assert len(engine.remote().table("SELECT ?s WHERE { ?s ?p ?o }")[1]) == 250
    engine.most = 200
    refused(engine.remote(), "cut off by the engine: 200 of 250 rows")


def test_no_redirect_is_followed(engine: Engine) -> None:
    with running(Engine()) as other:
        engine.trick = lambda handler: handler.reply(307, Location=f"{other.url}/query") or True
        told = refused(engine.remote(Access(user="me", password="secret-7")), "a redirect to")
        assert f"{other.url}/query" in told
        with pytest.raises(CaseError, match="a redirect to"):
            load(engine.remote(), {f"{OURS}x": ("<http://a> <http://b> <http://c> .\n",)})
        assert not other.seen


def test_slow_and_large_answers(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def slowly(handler: Handler) -> bool:
        handler.send_response(200)
        handler.send_header("Content-Type", RESULTS)
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.close_connection = True
        for _ in range(100):
            try:
                handler.wfile.write(b" ")
                handler.wfile.flush()
            except OSError:
                break
            time.sleep(0.05)
        return True

    engine.trick = slowly
    began = time.monotonic()
    refused(engine.remote(Access(timeout=0.5)), "no answer within 0.5 s")
    assert time.monotonic() - began < 3
    monkeypatch.setattr(remotes, "MAX_ANSWER", 1000)
    engine.trick = lambda handler: handler.reply(200, RESULTS, b" " * 2000) or True
    refused(engine.remote(), "more than 1,000 bytes")


@pytest.mark.parametrize(
    ("status", "kind", "body", "said"),
    [
        (200, "text/html", b"<html>", r"its answer \(text/html\) is not one to a query"),
        (200, RESULTS, b'{"head": {"vars": ["s"]}', "is not one to a query"),
        (500, "text/plain", b"Virtuoso 37000 Error\nmore", "answers 500: Virtuoso 37000 Error. Ask who"),
        (404, "text/html", b"<html>not here</html>", "answers 404. Correct the address"),
        (429, "text/plain", b"", "answers 429. Wait"),
    ],
)
def test_errors_say_where_what_and_the_cure(status: int, kind: str, body: bytes, said: str, engine: Engine) -> None:
    engine.trick = lambda handler: handler.reply(status, kind, body) or True
    assert refused(engine.remote(), said).startswith(f"{engine.url}/query: violation endpoint: ")


def test_nobody_there(run: Any) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{held.getsockname()[1]}/query"
        for command in (("query", "treatment/drugs"), ("load",)):
            found = run(*command, "--endpoint", url)
            assert found.exit_code == 2
            assert f"{url}: violation endpoint: cannot be reached" in found.output


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/x", "example.org/sparql", "http://", "http://a b/", "http://[::1/x", "",
     "http://example.org:99999/", "http://example.org/x#y", "http://me:secret-7@example.org/sparql"],
)  # fmt: skip
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(CaseError) as error:
        Remote(url) if url else Remote("http:///")
    assert "secret-7" not in str(error.value)


# Who asks


def test_passwords_and_tokens(engine: Engine, monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    engine.password = "secret-7"
    found = run("query", "treatment/drugs", "--endpoint", f"{engine.url}/query")
    assert (found.exit_code, "answers 401. Give --user" in found.output) == (2, True)
    monkeypatch.setenv("CASEKG_PASSWORD", "secret-7")
    found = run("query", "treatment/drugs", "--endpoint", f"{engine.url}/query", "--user", "me")
    assert (found.exit_code, "no case graph" in found.output) == (0, True)
    assert not any("Authorization" in headers for _, _, headers in engine.seen[:1])  # only where it is asked for
    engine.password, engine.token = "", "token-7"
    monkeypatch.setenv("CASEKG_TOKEN", "token-7")
    assert run("query", "treatment/drugs", "--endpoint", f"{engine.url}/query").exit_code == 0
    monkeypatch.setenv("CASEKG_TOKEN", "token-8")
    found = run("query", "treatment/drugs", "--endpoint", f"{engine.url}/query")
    assert found.exit_code == 2
    assert not any(
        secret in found.output + repr(Access("me", "secret-7", "token-8")) for secret in ("secret-7", "token-8")
    )


def test_secrets_go_nowhere_in_clear_text() -> None:
    with pytest.raises(CaseError, match="clear text"):
        Remote("http://sparql.example.org/query", Access(token="token-7"))
    Remote("https://sparql.example.org/query", Access(token="token-7"))
    import httpx

    login = remotes._login(Access("me", "secret-7"))
    flow = login.auth_flow(request := httpx.Request("POST", "http://sparql.example.org/query"))
    assert "Authorization" not in next(flow).headers
    asked = httpx.Response(401, headers={"WWW-Authenticate": 'Basic realm="x"'}, request=request)
    with pytest.raises(CaseError, match="clear text"):
        flow.send(asked)


def test_without_httpx(monkeypatch: pytest.MonkeyPatch, run: Any) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    found = run("query", "treatment/drugs", "--endpoint", "http://127.0.0.1:9/query")
    assert found.exit_code == 2
    assert "pip install 'casekg[remote]'" in found.output


# Virtuoso


INI = """[Database]
DatabaseFile = v.db
ErrorLogFile = v.log
LockFile = v.lck
TransactionFile = v.trx
xa_persistent_file = v.pxa
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = t.db
TransactionFile = t.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
CheckpointInterval = 0
MaxMemPoolSize = 1000000000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
ServerThreads = 5
[SPARQL]
ResultSetMaxRows = 10000
[Plugins]
"""


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory, graphs: Graphs) -> Iterator[Endpoint]:
    """Virtuoso on loopback, with the shipped cases."""
    program = shutil.which("virtuoso-t")
    if program is None:
        pytest.skip("Virtuoso is not installed (apt-get install virtuoso-opensource)")
    place = tmp_path_factory.mktemp("virtuoso")
    with socket.socket() as one, socket.socket() as two:
        for free in (one, two):
            free.bind(("127.0.0.1", 0))
        sql, http = (free.getsockname()[1] for free in (one, two))
    (place / "v.ini").write_text(INI.format(sql=sql, http=http))
    with (place / "out").open("w") as out:
        server = subprocess.Popen([program, "+foreground", "+configfile", "v.ini"], cwd=place, stdout=out, stderr=out)
    try:
        base = f"http://127.0.0.1:{http}"
        access = Access("dba", "dba", timeout=60)
        remote = Remote(f"{base}/sparql", access, f"{base}/sparql-auth", f"{base}/sparql-graph-crud-auth")
        for _ in range(300):
            try:
                if remote.number("SELECT (COUNT(*) AS ?n) WHERE { ?s a <http://example.org/none> }") == 0:
                    break
            except CaseError:
                if server.poll() is not None:
                    pytest.skip(f"Virtuoso does not start here: {(place / 'out').read_text()[-200:]}")
                time.sleep(0.2)
        made = load(remote, graphs)
        assert (made.way, made.results) == ("graph store", ())
        yield reached(remote)
    finally:
        server.kill()
        server.wait(20)


@pytest.mark.parametrize("name", library())
def test_virtuoso_gives_the_golden_answer(name: str, virtuoso: Endpoint) -> None:
    """To the byte; those whose paths it follows wrongly are answered here, and say so."""
    answer = virtuoso.ask(name)
    assert answer.csv() == (folder("queries") / f"{name}.csv").read_text("utf-8")
    assert ("answered here, on " in answer.remarks[-1]) == bool(UNSOUND["Virtuoso"].search(plain(find(name).sparql)))


def test_what_is_fetched_from_virtuoso_is_what_was_put(virtuoso: Endpoint, graphs: Graphs) -> None:
    fetched, left_out = by_graph(virtuoso.here.store)
    derived = {name for name in graphs if name not in fetched}
    assert (left_out, len(derived)) == ((), 2)
    assert {name: set(rows) for name, rows in fetched.items()} == {
        name: set(rows) for name, rows in graphs.items() if name not in derived
    }
    few = "SELECT ?a ?b WHERE { ?a ckg:time/(ckg:notAfter|^ckg:notBefore)+ ?b } LIMIT 3"
    # how many questions are not asked of it: the rule may not grow unseen
    assert sum(bool(UNSOUND["Virtuoso"].search(plain(find(name).sparql))) for name in library()) == 18
    assert UNSOUND["Virtuoso"].search(plain(few))


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        ("ckg:after*", False),
        ("(rdfs:subClassOf|obo:RO_0000087)*", False),
        ("^ckg:continues*", False),
        ("^ckg:continues*/ckg:earliestEnd", True),
        ("ckg:indication/ckg:aspectOf*", True),
        ("ckg:indication/<http://example.org/p>+", True),
        ("(ckg:notAfter|^ckg:notBefore)+", True),
        ("ckg:indication/(ckg:aspectOf|ckg:after)*", True),
        ("rdfs:label 'a/b*' # a*/b", False),
        ("<http://example.org/a*/b>", False),
    ],
)
def test_paths_that_are_not_left_to_virtuoso(path: str, wrong: bool) -> None:
    query = f"SELECT ?s WHERE {{ ?s {path}\n ?o BIND(?o * 2 / 3 + (1) * 4 AS ?n) }}"
    assert bool(UNSOUND["Virtuoso"].search(plain(query))) == wrong


def test_facts_in_graphs_of_others_are_not_left_out_in_silence(virtuoso: Endpoint) -> None:
    """A file that was loaded by hand into a graph of one's own: the answer would lack it, and nobody would know."""
    put = "<http://example.org/fact> <https://w3id.org/casekg/ontology#layer> <http://example.org/layer> ."
    virtuoso.remote.put(THEIRS, put.encode())
    try:
        with pytest.raises(CaseError, match=r"of which [\d,]+ are in graphs of casekg"):
            Endpoint(virtuoso.remote).ask("therapy/on-at-event")
    finally:
        virtuoso.remote.remove(THEIRS)


def test_too_many_triples_are_not_fetched(virtuoso: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoint, "MOST", 1_000)
    with pytest.raises(CaseError, match=r"triples are more than 1,000 to fetch"):
        Endpoint(virtuoso.remote).ask("therapy/on-at-event")


@pytest.mark.parametrize(("name", "parameters"), ASKED)
def test_virtuoso_with_parameters(name: str, parameters: dict[str, str], virtuoso: Endpoint, data: Dataset) -> None:
    here, far = ask(data, name, parameters), virtuoso.ask(name, parameters)
    assert far.csv() == here.csv()
    assert (far.bound, far.why_empty) == (here.bound, here.why_empty)
    assert "compare with --data" in far.remarks[-1] or "answered here, on " in far.remarks[-1]


def test_virtuoso_takes_updates_and_says_what_it_cuts_off(virtuoso: Endpoint, graphs: Graphs, tmp_path: Path) -> None:
    remote = replace(virtuoso.remote, graph_store="")
    name = next(name for name in graphs if name.startswith(CASE))
    made = load(remote, graphs)
    assert (made.way, made.results) == ("update", ())
    path = tmp_path / "q.rq"
    path.write_text("SELECT ?s ?p ?o WHERE { ?s ?p ?o }", "utf-8")
    with pytest.raises(CaseError, match="cut off by the engine: 10,000 of"):
        virtuoso.ask(str(path))
    path.write_text(f"ASK {{ GRAPH <{name}> {{ ?s a ckg:Treatment }} }}", "utf-8")
    found = virtuoso.ask(str(path))
    assert found.rows == ((ox.Literal(True),),)
    assert "compare with --data" in found.remarks[-1]
