"""The command that serves the graph: serve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    COULD_NOT_RUN,
    Claims,
    Data,
    Retractions,
    Sources,
    WithRetracted,
    app,
    cached,
    chosen,
    enter,
    guarded,
    say,
)

if TYPE_CHECKING:
    from kg.serve.curating import Curating
    from kg.serve.limits import Limits

_MEGA = 1024**2


@app.command("serve", epilog="Example: casekg serve --data merged.nq --port 8000")
@guarded
def serve_command(
    data: Data = None,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 takes a free one.")] = 8000,
    host: Annotated[
        str, typer.Option("--host", help="Address to listen on; 0.0.0.0 is open to the network.")
    ] = "127.0.0.1",
    host_name: Annotated[
        list[str] | None,
        typer.Option(
            "--host-name", help="Name under which a browser may ask, beside localhost; '*' for any.", show_default=False
        ),
    ] = None,
    seconds: Annotated[
        float,
        typer.Option("--seconds", min=0.1, max=600, help="Time of one query; three times as long on a busy machine."),
    ] = 10.0,
    rows: Annotated[int, typer.Option("--rows", min=1, help="Rows of one answer.")] = 1_000_000,
    answer: Annotated[int, typer.Option("--answer-mb", min=1, help="Megabytes of one answer.")] = 64,
    body: Annotated[int, typer.Option("--body-mb", min=1, help="Megabytes of one request.")] = 1,
    memory: Annotated[int, typer.Option("--memory-mb", min=64, help="Megabytes of one query.")] = 1024,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", min=1, help="Queries at once; default: a processor each, 2 at least.", show_default=False
        ),
    ] = None,
    queue: Annotated[int, typer.Option("--queue", min=0, help="Requests that may wait.")] = 64,
    patience: Annotated[float, typer.Option("--patience", min=0.5, help="Seconds for a request to arrive.")] = 10.0,
    log_queries: Annotated[bool, typer.Option("--log-queries", help="Write the text of queries into the log.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Write no log of requests.")] = False,
    sources: Sources = None,
    review: Annotated[
        Path | None,
        typer.Option(
            "--review",
            metavar="DRAFT",
            help="Draft to decide on at /review, on this machine alone.",
            show_default=False,
        ),
    ] = None,
    by: Annotated[str, typer.Option("--by", help="With --review: name of the curator.")] = "",
    claims: Claims = None,
    retractions: Retractions = None,
    with_retracted: WithRetracted = False,
) -> int:
    """Serve a SPARQL 1.1 endpoint and pages to look at the graph.

    Read-only, but for the draft that --review names; on this machine alone unless --host says otherwise. Each query runs in a process of
    its own that is ended when it takes too long; none reaches the network. The log is JSON, a line a
    request, on standard error. When the files change, they are read again.
    """
    import os

    from kg.base import cache, places
    from kg.base.results import CaseError, Result

    imported()
    from kg.serve.limits import Limits

    limits = Limits(
        seconds,
        rows,
        answer * _MEGA,
        body * _MEGA,
        memory * _MEGA,
        workers or max(2, os.cpu_count() or 1),
        queue,
        patience,
    )
    paths = chosen(data, enter(data or ()))
    for path in paths:
        if not path.exists():
            raise CaseError([Result("violation", "file", "is not there.", "Correct the path.", str(path))])
    spec = {
        "paths": [str(path) for path in paths],
        "claims": str(claims) if claims else None,
        "retractions": str(retractions) if retractions else None,
        "with_retracted": with_retracted,
        "sources": str(sources) if sources else None,
        "cache": str(cache.Cache.place(places.project())) if cached() else None,
    }
    return listen(
        spec, limits, host, port, host_name or (), log_queries, quiet, reviewing(review, by, sources, host, host_name)
    )


def imported() -> None:
    """Are the packages there that serving needs? Raises CaseError."""
    from kg.base.results import CaseError, Result

    try:
        import kg.serve.application
        import kg.serve.running  # noqa: F401
    except ImportError as error:
        message = f"serving needs the package {error.name}."
        cure = "pip install 'casekg[serve]'."
        raise CaseError([Result("violation", "config", message, cure, "casekg serve")]) from error


def reviewing(
    draft: Path | None, by: str, sources: Path | None, host: str = "127.0.0.1", names: Sequence[str] | None = None
) -> Curating | None:
    """The review of a draft in the browser; None without one. Raises CaseError where others could reach it."""
    from kg.base.results import CaseError, Result

    if draft is None:
        return None
    if host not in ("127.0.0.1", "::1", "localhost") or names:
        message = "a review writes files: it is open to this machine alone."
        raise CaseError([Result("violation", "config", message, "Leave out --host and --host-name.", "casekg serve")])
    from kg.draft.reviewing import Review
    from kg.gate.examining import shape_results
    from kg.serve.curating import Curating

    return Curating(Review(draft, by, sources, lambda file: shape_results(file)[0]))


def listen(
    spec: Mapping[str, object],
    limits: Limits,
    host: str = "127.0.0.1",
    port: int = 0,
    host_name: Sequence[str] = (),
    log_queries: bool = False,
    quiet: bool = False,
    review: Curating | None = None,
    opened: Callable[[str], object] = lambda _: None,
) -> int:
    """Serve until told to end; opened is told the address. Raises CaseError when it cannot listen."""
    import asyncio
    import socket

    from kg.base.results import CaseError, Result
    from kg.serve.application import Server, application
    from kg.serve.pool import PoolError
    from kg.serve.running import run

    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        message = f"cannot listen on {host}:{port} ({error.strerror})."
        raise CaseError([Result("violation", "config", message, "Give another --port.", "casekg serve")]) from error
    where = f"http://{'localhost' if host in ('127.0.0.1', '0.0.0.0', '::1') else host}:{listening.getsockname()[1]}/"
    server = Server(spec, limits)
    made = application(server, frozenset(name.lower() for name in host_name), log_queries, quiet, review)

    def ready() -> None:
        found = server.pool.told["counts"]
        print(f"{where} serves {', '.join(f'{n:,} {name}' for name, n in found.items())}. Ctrl-C ends it.", flush=True)
        if review:
            print(f"{where}review is the review of {review.review.path}.", flush=True)
            opened(f"{where}review")
        if server.pool.told["network"] != "none":
            say("This system cannot take the network from a process: SERVICE is refused by its name alone.")

    try:
        asyncio.run(run(server, made, listening, ready))
    except PoolError as error:
        for line in error.lines:
            say(line)
        return COULD_NOT_RUN
    return 0
