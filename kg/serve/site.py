"""Which address is which page, in which form, and how long is an answer kept?

The web process makes none of them: a page is a job for a worker. It keeps replies, bounded by their
bytes, until the data is read anew; a client that has one already is told so (ETag).
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.serve.openapi import document
from kg.serve.rendering import ASSETS, HTML, html
from kg.serve.served import JSON, Reply, problem
from kg.serve.solutions import GRAPHS, ROWS, choose

__all__ = ["Kept", "PAGES", "routes", "shown"]

Ask = Callable[[Request, Mapping[str, Any]], Awaitable[Reply]]
Answer = Callable[[Reply], Response]
_CSV = "text/csv"
_FILES = {"csv": _CSV, "json": JSON, "tsv": "text/tab-separated-values"}
_RDF = {"turtle": "text/turtle", "jsonld": "application/ld+json", "ntriples": "application/n-triples",
        "trig": "application/trig", "nquads": "application/n-quads"}  # fmt: skip
_MOST = 64 * 1024**2  # bytes that are kept
_FIELDS = 100


@dataclass(frozen=True)
class Page:
    """An address, the view that answers it, and the media types in which it does, the best first.

    named: what `format=` may say, for a link that asks for a file.
    """

    path: str
    view: str
    forms: tuple[str, ...] = (HTML,)
    named: Mapping[str, str] = ()  # type: ignore[assignment]


_TABLE = {"csv": _CSV, "json": JSON}
PAGES = (
    Page("/", "cases", (HTML, JSON, _RDF["jsonld"]), {"json": JSON, "jsonld": _RDF["jsonld"]}),
    Page("/case/{path:path}", "case", (HTML, *GRAPHS), _RDF),
    Page("/timeline/{path:path}", "timeline", ("image/svg+xml",)),
    Page("/treatments", "treatments", (HTML, JSON, _CSV), _TABLE),
    Page("/treatments/rows", "rows", (HTML, JSON, _CSV), _TABLE),
    Page("/questions", "questions", (HTML, JSON), {"json": JSON}),
    Page("/questions/{path:path}", "question", (HTML, JSON, _CSV), _TABLE),
    Page("/query", "query", (HTML, *ROWS, *GRAPHS), {**_FILES, **_RDF, "json": "application/sparql-results+json"}),
    Page("/graph", "node", (HTML, JSON), {"json": JSON}),
    Page("/limits", "limits", (HTML, JSON), {"json": JSON}),
    Page("/about", "about"),
    Page("/api/terms", "terms", (JSON,)),
    Page("/api/cases", "cases", (JSON,)),
    Page("/api/questions", "questions", (JSON,)),
    Page("/api/questions/{path:path}", "question", (JSON, _CSV), _TABLE),
    Page("/api/treatments", "treatments", (JSON, _CSV), _TABLE),
    Page("/api/node", "node", (JSON,)),
    Page("/api/vocabulary", "vocabulary", (JSON,)),
)


class Kept:
    """Replies by what was asked, the latest used last; of one reading of the data, and bounded by their bytes.

    >>> kept = Kept(most=10)
    >>> for name in ("a", "b", "c"):
    ...     kept.put("data", name, Reply(200, "text/plain", b"1234"))
    >>> kept.get("data", "a"), kept.get("data", "c").body, kept.get("other data", "c")
    (None, b'1234', None)
    """

    def __init__(self, most: int = _MOST) -> None:
        self.most, self.size = most, 0
        self._of: object = None
        self._replies: OrderedDict[Any, Reply] = OrderedDict()

    def get(self, of: object, key: Any) -> Reply | None:
        """The reply that is kept, of this reading of the data."""
        if of is not self._of:
            self._replies.clear()
            self._of, self.size = of, 0
        if found := self._replies.get(key):
            self._replies.move_to_end(key)
        return found

    def put(self, of: object, key: Any, reply: Reply) -> None:
        """Keep a reply; the one that was used longest ago gives way."""
        self.get(of, key)
        if len(reply.body) > self.most // 2:
            return
        if former := self._replies.pop(key, None):
            self.size -= len(former.body)
        self._replies[key] = reply
        self.size += len(reply.body)
        while self.size > self.most:
            self.size -= len(self._replies.popitem(last=False)[1].body)


def routes(ask: Ask, answer: Answer) -> list[Route]:
    """The addresses of pages. ask: has a worker do a job; answer: makes a response of a reply."""
    kept = Kept()

    def view(page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def respond(request: Request) -> Response:
            words = request.scope["query_string"].decode("latin-1")
            try:
                fields = parse_qsl(words, keep_blank_values=True, max_num_fields=_FIELDS, errors="strict")
            except (ValueError, UnicodeDecodeError):
                return answer(
                    shown(
                        request,
                        problem(400, "fields", "the address is not UTF-8, or has too many fields.", "Correct it."),
                    )
                )
            form = _form(request, page, dict(fields).get("format", ""))
            if isinstance(form, Reply):
                return answer(shown(request, form))
            path = _path(request, page)
            key, reading = (page.view, path, words, form), request.app.state.server.pool.reading
            reply = kept.get(reading, key)
            if reply is None:
                asked = [pair for pair in fields if pair[0] != "format"]
                job = {"job": "page", "view": page.view, "path": path, "fields": asked, "form": form}
                reply = await ask(request, job)
                if reply.status == 200:
                    tag = f'"{hashlib.sha256(reply.body).hexdigest()[:24]}"'
                    reply = replace(
                        reply, headers={**reply.headers, "ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept"}
                    )
                    kept.put(reading, key, reply)
            return answer(_unchanged(request, reply) or shown(request, reply))

        return respond

    async def asset(request: Request) -> Response:
        found = _assets().get(request.path_params["name"])
        if found is None:
            return answer(problem(404, "path", f"there is nothing at {request.url.path}.", "Start at /."))
        return answer(_unchanged(request, found) or found)

    async def openapi(request: Request) -> Response:
        return answer(Reply.json(document(str(request.base_url).rstrip("/"))))

    pages = [Route(page.path, view(page), name=page.path) for page in PAGES]
    return [*pages, Route("/assets/{name:path}", asset), Route("/openapi.json", openapi)]


def _path(request: Request, page: Page) -> str:
    """What stands below the view, as it was sent: an IRI keeps what is percent-encoded in it."""
    start = page.path.partition("{")[0]
    if start == page.path:
        return ""
    raw = request.scope.get("raw_path") or request.url.path.encode()
    return str(raw.decode("latin-1").partition("?")[0].removeprefix(start)).rstrip("/")


def _form(request: Request, page: Page, named: str) -> str | Reply:
    """The media type of the answer, by `format=`, else by what the client likes best."""
    if named:
        if named in (known := dict(page.named)):
            return str(known[named])
        return problem(400, "format", f"there is no format {named}.", f"It has: {', '.join(known) or 'none'}.")
    accept = request.headers.get("accept", "")
    found = choose(accept, page.forms)
    if found is None and HTML not in page.forms:
        return page.forms[0]  # a browser that looks at a picture or at JSON says that it wants HTML
    if found is None:
        return problem(
            406, "accept", f"nothing here is written as {accept[:100]}.", f"Ask for {', '.join(page.forms)}."
        )
    return found


def _unchanged(request: Request, reply: Reply) -> Reply | None:
    """Not modified, where the client has it already."""
    tag = reply.headers.get("ETag")
    sent = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
    return replace(reply, status=304, body=b"") if tag and tag in sent else None


def shown(request: Request, reply: Reply) -> Reply:
    """What went wrong, as a page where a browser asks."""
    if reply.status < 400 or reply.media != JSON or choose(request.headers.get("accept", ""), (JSON, HTML)) != HTML:
        return reply
    import json

    told = json.loads(reply.body)
    values = {
        "status": reply.status,
        "message": told.get("message", ""),
        "cure": told.get("cure", ""),
        "again": _again(request),
    }
    return replace(html("problem.html", values, reply.status), headers=reply.headers)


def _again(request: Request) -> str:
    """Where a reader can change what was asked: the form of a question, without its answer."""
    path = request.url.path
    return path if path.startswith("/questions/") and request.url.query else ""


@lru_cache(maxsize=1)
def _assets() -> dict[str, Reply]:
    """The files of the page, by name: read once, so that no path leads elsewhere."""
    found = {}
    for path in sorted(ASSETS.rglob("*")):
        if path.is_file() and not path.name.startswith("."):
            body = path.read_bytes()
            media = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
            headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:24]}"', "Cache-Control": "no-cache"}
            found[path.relative_to(ASSETS).as_posix()] = Reply(200, media, body, headers)
    return found
