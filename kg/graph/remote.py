"""How do we speak with a SPARQL 1.1 engine elsewhere: query, update, graph store, and nothing unasked?

Only http and https; no redirect is followed, so that neither data nor a password goes where nobody
sent it; an answer is bounded in time and size, and one that was cut off is refused. Passwords and tokens are in
no message, and leave in clear text for this machine only. Needs httpx: `pip install 'casekg[remote]'`.
"""

from __future__ import annotations

import ipaddress
import time
from collections.abc import Collection, Generator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyoxigraph as ox

from kg.base.binding import counted, form
from kg.base.prefixes import PREFIXES
from kg.base.results import CaseError, Result

if TYPE_CHECKING:
    import httpx

__all__ = ["Access", "Remote", "Table"]

Table = tuple[tuple[str, ...], tuple[tuple[Any, ...], ...]]
"""Names of columns, and rows of pyoxigraph terms (None where unbound)."""

MAX_ANSWER = 500_000_000  # bytes of one answer, unpacked
ROUND = 100  # engines cut answers off at round numbers of rows: these are counted
_RESULTS = "application/sparql-results+json, application/json;q=0.5"
_TRIPLES = "application/n-triples, text/turtle;q=0.5"
_BOOLEAN = ox.NamedNode(PREFIXES["xsd"] + "boolean")
NO_STORE = (404, 405, 501)  # there is no such service at this address
CURES: Mapping[int, str] = {
    400: "Correct the query, or the address.",
    401: "Give --user and the password in CASEKG_PASSWORD, or a token in CASEKG_TOKEN.",
    403: "Use an account that may do this.",
    404: "Correct the address.",
    405: "Name the address that takes it: --graph-store or --update.",
    408: "Narrow the question, or give more --timeout.",
    413: "Ask who runs the engine for a larger limit.",
    415: "Name another address: --graph-store or --update.",
    429: "Wait, and try again.",
    503: "Wait, and try again.",
    504: "Narrow the question, or give more --timeout.",
}


@dataclass(frozen=True)
class Access:
    """As whom we ask, and how long we wait (seconds, from asking to the last byte of an answer)."""

    user: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    timeout: float = 60.0


@dataclass(frozen=True)
class Remote:
    """An engine by the addresses of its SPARQL 1.1 services.

    endpoint: where it takes queries; update: where it takes updates (the endpoint, where none is given);
    graph_store: its Graph Store HTTP Protocol, "" for none; graphs: what the default graph of a query is
    made of, the engine's own default graph when empty. Raises CaseError for what is no address.
    """

    endpoint: str
    access: Access = Access()
    update: str = ""
    graph_store: str = ""
    graphs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for url in filter(None, (self.endpoint, self.update, self.graph_store)):
            _check(url)
            if self.access.token and not _is_private(url):
                raise _clear_text(url)

    @cached_property
    def client(self) -> httpx.Client:
        """The connections. Raises CaseError when httpx is not installed."""
        try:
            import httpx
        except ImportError as error:
            message = "an endpoint is reached with the package httpx, which is not installed."
            raise _refuse(self.endpoint, message, "pip install 'casekg[remote]'") from error
        headers = {"User-Agent": "casekg"}
        if self.access.token:
            headers["Authorization"] = f"Bearer {self.access.token}"
        limits = httpx.Timeout(self.access.timeout, connect=min(10.0, self.access.timeout))
        auth = _login(self.access) if self.access.user and not self.access.token else None
        # no connection outlives its answer: nobody has to close anything
        return httpx.Client(
            auth=auth, headers=headers, timeout=limits, limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=not _is_here(self.endpoint),
        )  # fmt: skip

    def table(self, sparql: str) -> Table:
        """The whole answer to a query. Raises CaseError for one that is refused, late or cut off."""
        kind = form(sparql)
        triples = kind in ("CONSTRUCT", "DESCRIBE")
        sent: dict[str, Any] = {"query": sparql}
        if self.graphs:  # a query that says GRAPH sees them, too
            sent |= {"default-graph-uri": list(self.graphs), "named-graph-uri": list(self.graphs)}
        accept = {"Accept": _TRIPLES if triples else _RESULTS}
        reply = self._ask("POST", self.endpoint, data=sent, headers=accept)
        try:
            columns, rows = _read(reply, triples)
        except (SyntaxError, ValueError) as error:
            reason = (str(getattr(error, "msg", None) or error).splitlines() or [""])[0][:200].rstrip(".")
            message = f"its answer ({reply.kind or 'of no type'}) is not one to a query: {reason}."
            raise _refuse(self.endpoint, message, "Name the address of a SPARQL 1.1 endpoint.") from error
        if kind == "ASK" and len(rows) == 1:  # Virtuoso answers with a table of one cell
            return ("answer",), ((ox.Literal(rows[0][0].value in ("1", "true")),),)
        self._whole(sparql, kind, len(rows), reply.headers)
        return columns, rows

    @cached_property
    def server(self) -> str:
        """What the engine says it is, such as `Virtuoso/07.20.3229`; "" when it says nothing."""
        sent = {"query": "SELECT ?s WHERE { ?s ?p ?o } LIMIT 1"}
        reply = self._ask("POST", self.endpoint, data=sent, headers={"Accept": _RESULTS})
        return reply.headers.get("server", "")

    def number(self, sparql: str) -> int:
        """The number that a query counts."""
        _, rows = self.table(sparql)
        return int(rows[0][0].value) if rows and rows[0][0] is not None else 0

    def _whole(self, sparql: str, kind: str, rows: int, headers: Mapping[str, str]) -> None:
        """Raise CaseError when an answer is not the whole one: engines cut them off and say 200 OK."""
        most = headers.get("x-sparql-maxrows", "")
        late = headers.get("x-sql-state", "")  # Virtuoso: what was found until its own time was over
        all_of_them = rows
        if rows and kind == "SELECT" and (rows % ROUND == 0 or (most.isdigit() and rows >= int(most))):
            all_of_them = self.number(counted(sparql))
        elif most.isdigit() and rows >= int(most):
            all_of_them = -1  # triples cannot be counted by another query
        if late or all_of_them != rows:
            of = f" of {all_of_them:,}" if all_of_them > rows else ""
            message = f"the answer is cut off by the engine: {rows:,}{of} rows."
            raise _refuse(self.endpoint, message, "Narrow the question, or have the engine's limit raised.")

    def run(self, update: str) -> None:
        """Run an update. Raises CaseError."""
        kind = {"Content-Type": "application/sparql-update"}
        self._ask("POST", self.update or self.endpoint, headers=kind, content=update.encode())

    def put(self, graph: str, triples: bytes) -> bool:
        """Put N-Triples in place of what a graph holds; False when there is no graph store at the address."""
        for syntax in ("application/n-triples", "text/turtle"):  # the one is the other, too
            sent = {"params": {"graph": graph}, "content": triples, "headers": {"Content-Type": syntax}}
            reply = self._ask("PUT", self.graph_store, (*NO_STORE, 415), **sent)
            if reply.status != 415:
                return reply.status not in NO_STORE
        raise _refused(self.graph_store, reply)

    def remove(self, graph: str) -> bool:
        """Take a graph away; False when there is no graph store at the address."""
        reply = self._ask("DELETE", self.graph_store, NO_STORE, params={"graph": graph})
        return reply.status == 404 or reply.status not in NO_STORE  # 404: there is no such graph, any more

    def _ask(self, method: str, url: str, allowed: Collection[int] = (), **content: Any) -> _Reply:
        """What is answered. Raises CaseError for a status that is neither 2xx nor allowed, and for no answer."""
        client = self.client
        import httpx

        began, body = time.monotonic(), bytearray()
        try:
            with client.stream(method, url, **content) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > MAX_ANSWER:
                        message = f"answers with more than {MAX_ANSWER:,} bytes."
                        raise _refuse(url, message, "Narrow the question.")
                    if time.monotonic() - began > self.access.timeout:
                        raise httpx.ReadTimeout("")
                reply = _Reply(response.status_code, dict(response.headers), bytes(body))
        except httpx.TimeoutException as error:
            raise _refuse(url, f"no answer within {self.access.timeout:g} s.", CURES[504]) from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".") or type(error).__name__
            raise _refuse(url, f"cannot be reached: {reason}.", "Start the engine, or correct the address.") from error
        if not (200 <= reply.status < 300 or reply.status in allowed):
            raise _refused(url, reply)
        return reply


@dataclass(frozen=True)
class _Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """Its media type."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def _read(reply: _Reply, triples: bool) -> Table:
    """The answer as a table; pyoxigraph's own objects do not outlive it, as they may not change threads."""
    if triples:
        syntax = ox.RdfFormat.N_TRIPLES if "n-triples" in reply.kind else ox.RdfFormat.TURTLE
        return ("subject", "predicate", "object"), tuple(
            (t.subject, t.predicate, t.object) for t in ox.parse(reply.body, syntax)
        )
    found: Any = ox.parse_query_results(reply.body, ox.QueryResultsFormat.JSON)
    try:
        if isinstance(found, ox.QueryBoolean):
            return ("answer",), ((ox.Literal(bool(found)),),)
        names = tuple(variable.value for variable in found.variables)
        return names, tuple(tuple(_canonical(term) for term in row) for row in found)
    finally:
        del found


def _refuse(url: str, message: str, cure: str) -> CaseError:
    return CaseError([Result("violation", "endpoint", message, cure, url)])


def _refused(url: str, reply: _Reply) -> CaseError:
    """The error for a status: with the engine's own first line, unless it is a page."""
    if 300 <= reply.status < 400:
        place = reply.headers.get("location", "nowhere")[:200]
        cure = "Name that address yourself, if you trust it: no redirect is followed."
        return _refuse(url, f"answers {reply.status}, a redirect to {place}.", cure)
    said = (
        "" if "html" in reply.kind else (reply.body[:2000].decode("utf-8", "replace").strip().splitlines() or [""])[0]
    )
    message = f"answers {reply.status}" + (f": {said[:300].rstrip('.')}." if said else ".")
    return _refuse(url, message, CURES.get(reply.status, "Ask who runs the engine."))


def _clear_text(url: str) -> CaseError:
    message = "a password or a token would go there in clear text."
    return _refuse(url, message, "Use https, or a tunnel to this machine.")


def _check(url: str) -> None:
    """Raise CaseError unless this is an address of http or https, with no name or password in it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.port != 0 else None
    except ValueError:
        parts, host = urlsplit(""), None
    if parts.username is not None or parts.password is not None:
        shown = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
        raise _refuse(shown, "the address holds a name or a password.", "Give --user, and CASEKG_PASSWORD.")
    if parts.scheme not in ("http", "https") or not host or not url.isprintable() or " " in url or parts.fragment:
        shown = url.rpartition("@")[2]
        raise _refuse(shown, "is not the address of an endpoint.", "Write http://host/path or https://host/path.")


def _is_here(url: str) -> bool:
    """Is it an address of this very machine?

    >>> _is_here("http://127.0.0.1:8890/sparql"), _is_here("http://127.0.0.1.example.org/sparql")
    (True, False)
    """
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_private(url: str) -> bool:
    return url.startswith("https://") or _is_here(url)


def _login(access: Access) -> httpx.Auth:
    """Log in as the engine asks: by digest, or, where nobody else can read it, by the password itself."""
    import httpx

    class Login(httpx.Auth):
        chosen: httpx.Auth | None = None

        def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
            if self.chosen is None:
                response = yield request
                wanted = response.headers.get("www-authenticate", "").lower()
                if response.status_code != 401:
                    return
                if "digest" in wanted:
                    self.chosen = httpx.DigestAuth(access.user, access.password)
                elif "basic" in wanted:
                    if not _is_private(str(request.url)):
                        raise _clear_text(str(request.url))
                    self.chosen = httpx.BasicAuth(access.user, access.password)
                else:
                    return
            yield from self.chosen.auth_flow(request)

    return Login()


def _canonical(term: Any) -> Any:
    """A term as we write it: some engines write booleans as 1 and 0."""
    if isinstance(term, ox.Literal) and term.datatype == _BOOLEAN and term.value in ("0", "1"):
        return ox.Literal(term.value == "1")
    return term
