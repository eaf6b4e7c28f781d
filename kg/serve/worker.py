"""Where does a query run? In a process that can be killed, without network, with a bound on its memory.

One process (`python -m kg.serve.worker`) reads the data, then makes a copy of itself for each worker
(fork: the data is shared, not read again). A worker answers one job after another; when it is over its
time the server kills it, and asks for another. Neither outlives the server.
"""

from __future__ import annotations

import gc
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from dataclasses import replace

from kg.base.results import CaseError
from kg.serve.confining import address_space, bounded, die_with_parent, isolates, no_network
from kg.serve.frames import receive, send
from kg.serve.jobs import JOBS
from kg.serve.limits import Limits
from kg.serve.pool import TAKE_IN
from kg.serve.served import LackingError, Reply, Served, problem

__all__ = ["main"]


def main(fd: int) -> None:
    """Read the data that the server's first frame names, then make a worker for each socket that it sends."""
    control = socket.socket(fileno=fd)
    die_with_parent()
    first = receive(control)
    if first is None:
        return
    spec = first[0]
    limits = Limits(**spec["limits"])
    gc.disable()  # what is read stays: the collector would go through all of it over and over
    try:
        served = Served.opened(spec, limits)
    except CaseError as error:
        send(control, {"errors": [str(result) for result in error.results]})
        return
    except Exception as error:
        traceback.print_exc()
        send(control, {"errors": [f"the data could not be read: {type(error).__name__}: {error}"]})
        return
    gc.collect()
    gc.freeze()  # what is shared stays untouched by the collector of each worker
    gc.enable()
    network = "none" if isolates() else "open"
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies: workers are not waited for
    send(control, {"ready": True, **served.told, "network": network})
    warming: Iterator[object] | None = served.warming()
    while True:
        if warming and not select.select([control], [], [], 0)[0]:  # nobody waits for a worker
            if next(warming, None) is None:
                warming = None
                gc.freeze()
            continue
        message, fds, _, _ = socket.recv_fds(control, 16, 1)
        if not message:
            return
        if message == TAKE_IN:
            served.take_in()
            send(control, {"lacking": served.told["lacking"]})
            continue
        pid = os.fork()
        if pid == 0:
            control.close()
            _work(socket.socket(fileno=fds[0]), served, limits)
            os._exit(0)
        os.close(fds[0])
        send(control, {"pid": pid})


def _work(connection: socket.socket, served: Served, limits: Limits) -> None:
    die_with_parent()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process even inside the engine
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    no_network()
    bounded(limits.memory)
    most = address_space() + (limits.memory or 1024**3) // 8
    while True:
        frame = receive(connection)
        if frame is None:
            return
        job, body = frame
        signal.setitimer(signal.ITIMER_REAL, limits.longest + 2)  # should the server be gone or stuck
        sound = True
        try:
            reply = JOBS[job["job"]](served, job, body)
        except MemoryError:
            reply, sound = (
                problem(503, "memory", f"needs more than {limits.memory:,} bytes.", "Simplify the query."),
                False,
            )
        except CaseError as error:
            reply = _wrong(error)
        except LackingError:
            message = f"the results of criteria of {served.told['lacking']:,} reports are being prepared."
            reply = replace(problem(503, "preparing", message, "Ask again in a moment."), lacking=True)
        except Exception:
            traceback.print_exc()
            reply, sound = problem(500, "internal", "the server failed; its log says where.", "Report it."), False
        signal.setitimer(signal.ITIMER_REAL, 0)
        last = not sound or address_space() > most  # what it holds may be half done, or is more than the next one needs
        told = {"status": reply.status, "media": reply.media, "headers": dict(reply.headers), "lacking": reply.lacking}
        send(connection, {**told, "last": last}, reply.body)
        if last:
            return


def _wrong(error: CaseError) -> Reply:
    first = error.results[0]
    return problem(400, first.rule, f"{first.file + ': ' if first.file else ''}{first.message}", first.cure)


if __name__ == "__main__":
    main(int(sys.argv[1]))
