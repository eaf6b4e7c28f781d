"""The review of a draft in a browser: what the page asks, and the only address of the server that writes.

It is there with `casekg serve --review` alone, on this machine alone. A decision is taken from a page of
this very server: the request names our own origin, and carries the token that only our page was given, so
that no page of another site can decide anything (cross-site request forgery).
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from kg.base.results import CaseError
from kg.draft.reviewing import CHANGED, Item, Review, search
from kg.model import case as model
from kg.serve.rendering import VIEWS, html
from kg.serve.served import JSON, Reply, problem

__all__ = ["Curating"]

Body = Callable[[Request], Awaitable["bytes | Reply"]]
Answer = Callable[[Reply], Response]
# Which facts share a colour on the page: name of the group -> classes of facts.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "finding": ("Finding", "Diagnosis", "Antibody", "Event", "AdverseEvent", "Variant"),
    "measurement": ("Measurement", "Examination", "FigurePanel"),
    "treatment": ("Treatment", "DoseChange"),
    "response": ("Response", "FollowUp"),
    "time": ("Time", "Age", "Sex"),
}
_HEADER = "x-casekg-token"


class Curating:
    """A review that a page goes through. One request after the other touches the file."""

    def __init__(self, review: Review) -> None:
        self.review, self.token = review, secrets.token_urlsafe(32)
        self._one = asyncio.Lock()

    def routes(self, body: Body, answer: Answer) -> list[Route]:
        """The addresses of the review. body: reads that of a request, bounded; answer: makes a response of a reply."""

        async def page(_: Request) -> Response:
            values = {"token": self.token, "draft": self.review.path.name, "by": self.review.by,
                      "groups": [*GROUPS, "other"], "views": (*VIEWS, ("/review", "Review")), "view": "/review"}  # fmt: skip
            return answer(replace(html("review.html", values), headers={"Cache-Control": "no-store"}))

        async def state(request: Request) -> Response:
            return answer(await self._done(self._state, "text" in request.query_params))

        async def terms(request: Request) -> Response:
            words = request.query_params.get("q", "")[:200]
            return answer(await self._done(lambda: Reply.json(search(words))))

        async def decide(request: Request) -> Response:
            if refused := self._forged(request):
                return answer(refused)
            sent = await body(request)
            if isinstance(sent, Reply):
                return answer(sent)
            try:
                told = json.loads(sent)
                action, path, changes = told["action"], told.get("path", ""), told.get("changes", {})
                if not (isinstance(action, str) and isinstance(path, str) and isinstance(changes, dict)):
                    raise TypeError
            except (ValueError, KeyError, TypeError, RecursionError):
                return answer(problem(400, "review", "the request is no decision.", "Send action, path and changes."))
            return answer(await self._done(self._decide, action, path, changes, told.get("named")))

        return [
            Route("/review", page),
            Route("/review/state", state),
            Route("/review/terms", terms),
            Route("/review/decide", decide, methods=["POST"]),
        ]

    async def _done(self, job: Callable[..., Reply], *words: Any) -> Reply:
        """Do something with the file, when nobody else does."""
        async with self._one:
            try:
                reply = await asyncio.to_thread(job, *words)
            except CaseError as error:
                reply = _refused(error)
                if any(one.rule == CHANGED for one in error.results):
                    with suppress(CaseError):  # told at the next question
                        await asyncio.to_thread(self.review.refresh)
        return replace(reply, headers={**reply.headers, "Cache-Control": "no-store"})

    def _forged(self, request: Request) -> Reply | None:
        """A refusal of what our own page did not send."""
        own = f"{request.url.scheme}://{request.headers.get('host', '')}"
        if (
            request.headers.get("origin", "") != own
            or request.headers.get("sec-fetch-site", "same-origin") != "same-origin"
        ):
            return problem(403, "origin", "a decision comes from the page of this server.", "Open /review.")
        if not secrets.compare_digest(request.headers.get(_HEADER, "").encode(), self.token.encode()):
            return problem(403, "token", "the page is of another run of the server.", "Load /review again.")
        if request.headers.get("content-type", "").partition(";")[0].strip() != JSON:
            return problem(415, "type", "a decision is JSON.", f"Send it as {JSON}.")
        return None

    def _decide(self, action: str, path: str, changes: dict[str, Any], named: Any) -> Reply:
        """Take a decision, and tell what there is now."""
        made, where = self.review, tuple(path.split("."))
        done: dict[str, Any]
        match action:
            case "accept":
                done = {"done": "accepted", "label": made.accept(where).label}
            case "correct":
                done = {"done": "corrected", "label": made.correct(where, changes).label}
            case "drop":
                referents = made.referents(where)
                told = [str(one) for one in referents]
                if told and named != told:
                    return Reply.json({"ask": told}, 409)
                done = {"done": "dropped", "label": made.drop(where, referents).label}
            case "undo":
                undone = made.undo()
                if undone is None:
                    return problem(409, "review", "there is nothing to undo.", "Go on.")
                done = {"done": "undone", "label": undone[0].label, "key": undone[0].key}
            case "read":
                made.read()
                done = {"done": "read", "label": made.path.name}
            case _:
                return problem(400, "review", f"there is no action {action!r}.", "Accept, correct, drop, undo or read.")
        return Reply.json(done | self._told())

    def _state(self, text: bool) -> Reply:
        if text:
            self.review.refresh()  # a page that is loaded shows the file as it is
        told = self._told()
        if text:
            source = self.review.source
            told["text"] = source.text if source else ""
            titles = {one.section: one.title for one in self.review.file.case.report.source.sections}
            told["parts"] = [{"title": titles.get(section, section), "start": start, "end": end}
                             for section, _, start, end in (source.parts if source else ())]  # fmt: skip
        return Reply.json(told)

    def _told(self) -> dict[str, Any]:
        """What is decided, and what is left to decide."""
        made = self.review
        items = made.items()
        lacking = [] if items else [f"{r.key}: {r.message} {r.cure}" for r in made.lacking]
        return {"decided": made.decided, "left": len(items), "items": list(map(_item, items)), "lacking": lacking}


def _item(item: Item) -> dict[str, Any]:
    kind = getattr(model, item.kind)
    known = [info.alias or name for name, info in kind.model_fields.items()]
    return {
        "key": item.key,
        "kind": item.kind,
        "group": next((name for name, kinds in GROUPS.items() if item.kind in kinds), "other"),
        "label": item.label,
        "fields": dict(item.fields),
        "known": [name for name in known if name not in ("proposed", "evidence", "pointer", "source", "curated")],
        "quotes": [{"section": q.section, "words": q.words, "start": q.start, "end": q.end} for q in item.quotes],
        "rule": item.rule,
        "confidence": item.confidence,
        "alternatives": list(item.alternatives),
        "remarks": list(item.remarks),
        "line": item.line,
    }


def _refused(error: CaseError) -> Reply:
    """Why a decision was not taken; nothing was saved."""
    found = [{"key": r.key, "message": r.message, "cure": r.cure} for r in error.results]
    changed = any(r.rule == CHANGED for r in error.results)
    return Reply.json({"error": "review", "results": found, "changed": changed}, 422)
