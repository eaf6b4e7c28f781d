"""The server: which path is answered by what, and what holds for every answer."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kg.serve.curating import Curating
from kg.serve.limits import Limits
from kg.serve.pool import Gone, Pool, PoolError
from kg.serve.preparing import Preparation
from kg.serve.protocol import asked
from kg.serve.rendering import HTML
from kg.serve.served import Reply, problem
from kg.serve.site import routes, shown
from kg.serve.solutions import GRAPHS, choose

__all__ = ["Server", "application"]

# No inline script, no other host, no frame: what a label or an anchor says cannot run.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
)
_HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-opener-policy", b"same-origin"),
)
_LOCAL = {"localhost", "127.0.0.1", "[::1]"}
_LOOK_EVERY = 2.0  # seconds between looks at the files that are served
_EXPECT = (
    120.0  # seconds that a program waits for results of criteria which are being prepared; a reader is told sooner
)


class Server:
    """One reading of the data after another. spec: what is read (`kg.serve.served.Served.opened`)."""

    def __init__(self, spec: Mapping[str, Any], limits: Limits) -> None:
        self.spec, self.limits = dict(spec), limits
        self.pool = Pool(limits)
        self.preparation: Preparation | None = None
        self.expecting = 0  # requests that wait for results of criteria
        self._own: str | None = None  # a folder for what is derived, where none can be written
        self.started = time.monotonic()
        self.broken: list[str] = []
        self._seen: object = None
        self._watch: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Read the data. Raises PoolError."""
        self._seen = _signature(self.spec)
        if not _writable(self.spec.get("cache")):
            self._own = self.spec["cache"] = await asyncio.to_thread(tempfile.mkdtemp, prefix="casekg-")
        await self.pool.start(self.spec)
        self.preparation = Preparation(self.pool, self.spec)
        self._watch = asyncio.create_task(self._look())

    async def __aenter__(self) -> Server:
        """Started."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def stop(self) -> None:
        """End the workers and the look at the files."""
        if self._watch:
            self._watch.cancel()
        if self.preparation:
            await self.preparation.stop()
        await self.pool.close()
        if self._own:
            await asyncio.to_thread(shutil.rmtree, self._own, ignore_errors=True)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            seen = await asyncio.to_thread(_signature, self.spec)
            if seen == self._seen:
                continue
            await asyncio.sleep(_LOOK_EVERY / 2)  # a file that is being written changes again
            if await asyncio.to_thread(_signature, self.spec) != seen:
                continue
            self._seen = seen
            await self.read_again()

    async def read_again(self) -> None:
        """Read the data anew; the former stays when that is not possible, and `broken` says why."""
        fresh = Pool(self.limits)
        try:
            await fresh.start(self.spec)
        except PoolError as error:
            self.broken = error.lines
            return
        former, self.pool, self.broken = self.pool, fresh, []
        if self.preparation:
            await self.preparation.stop()
        self.preparation = Preparation(fresh, self.spec)
        for _ in range(int(self.limits.longest * 10) + 1):  # whoever is being answered is answered
            if not former.busy:
                break
            await asyncio.sleep(0.1)
        await former.close()

    async def answer(self, job: Mapping[str, Any], body: bytes = b"", gone: Gone | None = None) -> Reply:
        """The reply to a job; one that reads results of criteria waits until they are there, in no worker."""
        reply = await self.pool.run(job, body, gone)
        if not reply.lacking or self.preparation is None:
            return reply
        if self.expecting < self.limits.queue:
            self.expecting += 1
            try:
                await self.preparation.wait(_LOOK_EVERY if job.get("form") == HTML else _EXPECT)
            finally:
                self.expecting -= 1
        if wrong := self.preparation.wrong:
            return problem(503, "results", f"there are no results of criteria: {wrong[0]}", "/health tells all of it.")
        again = reply if self.preparation.state != "ready" else await self.pool.run(job, body, gone)
        return replace(again, headers={**again.headers, "Refresh": "3"}) if again.lacking else again

    def health(self) -> dict[str, Any]:
        """What a monitor asks: is it well, over which data, and how busy."""
        return {
            "status": "stale" if self.broken else "ok",
            "data": self.pool.told,
            "results": self.preparation.state if self.preparation else "none",
            "problems": [*self.broken, *(self.preparation.wrong if self.preparation else ())],
            "up": round(time.monotonic() - self.started, 1),
            "busy": self.pool.busy,
            "waiting": self.pool.waiting,
            "killed": self.pool.killed,
            "limits": asdict(self.limits),
        }


def _writable(place: str | None) -> bool:
    """Can files be kept in this folder? It is made where it is not there."""
    with suppress(OSError):
        if place:
            Path(place).mkdir(parents=True, exist_ok=True)
            return os.access(place, os.W_OK)
    return False


def _signature(spec: Mapping[str, Any]) -> object:
    """What changes when one of the files that are served does: names, sizes and times."""
    found = []
    for name in (*(spec.get("paths") or ()), spec.get("claims"), spec.get("retractions")):
        if name is None:
            continue
        top = Path(name)
        for path in [top, *(sorted(top.rglob("*")) if top.is_dir() else [])]:
            with suppress(OSError):
                told = path.stat()
                found.append((str(path), told.st_size, told.st_mtime_ns, told.st_ino))
    return tuple(found)


# ---- requests ---------------------------------------------------------------------------------


async def _body(request: Request, limits: Limits) -> bytes | Reply:
    """The body of a request, of bounded size, in bounded time."""
    large = problem(413, "size", f"the body is larger than {limits.bytes_in:,} bytes.", "Send less.")
    if (coded := request.headers.get("content-encoding", "identity").strip().lower()) != "identity":
        return problem(415, "encoding", f"a body that is coded ({coded[:20]}) is not read.", "Send it as it is.")
    if len(size := request.headers.get("content-length", "0")) > 18 or int(size) > limits.bytes_in:
        return replace(large, headers={"Connection": "close"})
    found = bytearray()
    try:
        async with asyncio.timeout(limits.patience):
            async for piece in request.stream():
                found += piece
                if len(found) > limits.bytes_in:
                    return large
    except TimeoutError:
        return problem(408, "time", f"the body did not arrive within {limits.patience:g} s.", "Send it at once.")
    return bytes(found)


async def _sent(request: Request) -> bytes | Reply:
    return await _body(request, request.app.state.server.limits)


async def _left(request: Request) -> None:
    """Wait until the client has left."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def _response(reply: Reply) -> Response:
    kind = (
        reply.media
        if "charset" in reply.media or not reply.media.startswith("text/")
        else reply.media + "; charset=utf-8"
    )
    return Response(reply.body, reply.status, dict(reply.headers), kind)


async def _sparql(request: Request) -> Response:
    server: Server = request.app.state.server
    body = await _body(request, server.limits) if request.method == "POST" else b""
    if isinstance(body, Reply):
        return _response(body)
    words = request.scope["query_string"].decode("latin-1")
    found = asked(
        "GET" if request.method == "HEAD" else request.method, words, request.headers.get("content-type", ""), body
    )
    accept = request.headers.get("accept", "")
    at = str(request.url.replace(path="/sparql", query=""))
    if found is None and choose(accept, (*GRAPHS, HTML)) == HTML:
        return RedirectResponse("/query", 303)  # somebody looks at the endpoint with a browser
    if found is None:
        return await _job(request, {"job": "service", "accept": accept, "at": at})
    if isinstance(found, Reply):
        return _response(found)
    request.state.query = found.query
    job = {"job": "sparql", "accept": accept, "at": at, "default": found.default, "named": found.named}
    reply = await server.answer(job, found.query.encode("utf-8", "surrogatepass"), lambda: _left(request))
    return _response(replace(reply, headers={**reply.headers, "Vary": "Accept"}))


async def _asked(request: Request, job: Mapping[str, Any]) -> Reply:
    server: Server = request.app.state.server
    return await server.answer(job, b"", lambda: _left(request))


async def _job(request: Request, job: Mapping[str, Any]) -> Response:
    return _response(await _asked(request, job))


async def _health(request: Request) -> Response:
    return _response(Reply.json(request.app.state.server.health()))


async def _missing(request: Request, error: Exception) -> Response:
    status = getattr(error, "status_code", 500)
    if status == 405:
        return _response(replace(problem(405, "method", f"{request.method} is not answered here.", "Use GET or POST."),
                                 headers=getattr(error, "headers", None) or {}))  # fmt: skip
    reply = problem(404, "path", f"there is nothing at {request.url.path}.", "Start at /.")
    return _response(shown(request, reply))


# ---- what holds for every answer ----------------------------------------------------------------


_ABSOLUTE = re.compile(rb"https?://([^/?]*)([^?]*)", re.I)


def _relative(scope: Scope) -> Scope:
    """A request for a whole URL, as proxies send it: its host counts, not that of the header (RFC 9112, 3.2.2)."""
    found = _ABSOLUTE.match(scope["raw_path"])
    assert found is not None
    path, others = found[2] or b"/", [pair for pair in scope["headers"] if pair[0] != b"host"]
    told = {"raw_path": path, "path": unquote(path.decode("ascii")), "headers": [(b"host", found[1]), *others]}
    return {**scope, **told}


class _Guarded:
    """Refuse foreign hosts, put the headers on, write the log."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], log_queries: bool, quiet: bool) -> None:
        self.app, self.hosts, self.log_queries, self.quiet = app, hosts, log_queries, quiet

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        began, told = time.perf_counter(), {"status": 0, "bytes": 0}

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                message = {**message, "headers": [*message["headers"], *_HEADERS]}
            elif message["type"] == "http.response.body":
                told["bytes"] += len(message.get("body", b""))
            await send(message)

        state = scope.setdefault("state", {})
        try:
            if _ABSOLUTE.match(scope["raw_path"]):
                scope = _relative(scope)
            if self._host(scope) not in self.hosts and "*" not in self.hosts:
                # a page of another site that was given our address as its own (DNS rebinding)
                reply = problem(421, "host", "this host is not served here.", "Name it with --host-name.")
                await _response(reply)(scope, receive, sending)
                return
            if {b"content-length", b"transfer-encoding"} <= {key for key, _ in scope["headers"]}:
                # two lengths: whatever stands before us may have taken the other (request smuggling)
                reply = problem(400, "length", "the request has two lengths.", "Send Content-Length alone.")
                await _response(replace(reply, headers={"Connection": "close"}))(scope, receive, sending)
                return
            await self.app(scope, receive, sending)
        except ClientDisconnect:
            told["status"] = 499
        except Exception as error:
            print(json.dumps({"error": f"{type(error).__name__}: {error}"}), file=sys.stderr, flush=True)
            if not told["status"]:
                reply = problem(500, "internal", "the server failed on this request.", "Report it.")
                await _response(reply)(scope, receive, sending)
        finally:
            if not self.quiet:
                line = {"at": round(time.time(), 3), "method": scope["method"], "path": scope["path"], **told,
                        "ms": round((time.perf_counter() - began) * 1000, 1)}  # fmt: skip
                if self.log_queries and state.get("query"):
                    line["query"] = state["query"]
                print(json.dumps(line), file=sys.stderr, flush=True)

    @staticmethod
    def _host(scope: Scope) -> str:
        name = next((value.decode("latin-1") for key, value in scope["headers"] if key == b"host"), "")
        head, _, port = name.rpartition(":")
        return (head if port.isdigit() and head else name).lower()


def application(
    server: Server,
    hosts: frozenset[str] = frozenset(),
    log_queries: bool = False,
    quiet: bool = False,
    review: Curating | None = None,
) -> ASGIApp:
    """A started server (`async with Server(...)`) as an ASGI application.

    hosts: names under which it may be asked, besides this machine's own; review: the draft that may be decided on.
    """
    app = Starlette(
        routes=[
            Route("/sparql", _sparql, methods=["GET", "POST"]),
            Route("/sparql/", _sparql, methods=["GET", "POST"]),
            Route("/health", _health),
            *(review.routes(_sent, _response) if review else ()),
            *routes(_asked, _response),
        ],
        exception_handlers={404: _missing, 405: _missing},
    )
    app.state.server = server
    return _Guarded(app, frozenset(_LOCAL | hosts), log_queries, quiet)
