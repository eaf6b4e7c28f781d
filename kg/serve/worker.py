"""Where does a query run? In a process that can be killed, without network, with a bound on its memory.

One process (`python -m kg.serve.worker`) reads the data, then makes a copy of itself for each worker
(fork: the data is shared, not read again). A worker answers one job after another; when it is over its
time the server kills it, and asks for another. Neither outlives the server.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import resource
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.base.results import CaseError
from kg.serve.frames import receive, send
from kg.serve.jobs import JOBS
from kg.serve.limits import Limits
from kg.serve.served import Reply, Served, problem

__all__ = ["main"]

_KILL_WITH_PARENT = 1  # PR_SET_PDEATHSIG
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET


def main(fd: int) -> None:
    """Read the data that the server's first frame names, then make a worker for each socket that it sends."""
    control = socket.socket(fileno=fd)
    _die_with_parent()
    first = receive(control)
    if first is None:
        return
    spec = first[0]
    limits = Limits(**spec["limits"])
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
    network = "none" if _isolates() else "open"
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
        pid = os.fork()
        if pid == 0:
            control.close()
            _work(socket.socket(fileno=fds[0]), served, limits)
            os._exit(0)
        os.close(fds[0])
        send(control, {"pid": pid})


def _work(connection: socket.socket, served: Served, limits: Limits) -> None:
    _die_with_parent()
    signal.signal(signal.SIGALRM, signal.SIG_DFL)  # ends the process even inside the engine
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _no_network()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if limits.memory and (size := _address_space()):
        resource.setrlimit(resource.RLIMIT_AS, (size + limits.memory, size + limits.memory))
    while True:
        frame = receive(connection)
        if frame is None:
            return
        job, body = frame
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + 2)  # should the server be gone or stuck
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
        except Exception:
            traceback.print_exc()
            reply, sound = problem(500, "internal", "the server failed; its log says where.", "Report it."), False
        signal.setitimer(signal.ITIMER_REAL, 0)
        send(connection, {"status": reply.status, "media": reply.media, "headers": dict(reply.headers)}, reply.body)
        if not sound:  # what it holds may be half done
            return


def _wrong(error: CaseError) -> Reply:
    first = error.results[0]
    return problem(400, first.rule, f"{first.file + ': ' if first.file else ''}{first.message}", first.cure)


def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _die_with_parent() -> None:
    with contextlib.suppress(AttributeError, OSError):
        _libc().prctl(_KILL_WITH_PARENT, signal.SIGKILL)


def _no_network() -> bool:
    """Leave the machine's network for an empty one; False where the system has no such thing or forbids it."""
    try:
        unshare = _libc().unshare
    except (AttributeError, OSError):
        return False
    return any(unshare(what) == 0 for what in (_NEW_NETWORK, _NEW_USERS | _NEW_NETWORK))


def _isolates() -> bool:
    """Can a worker leave the network here?"""
    pid = os.fork()
    if pid == 0:
        os._exit(0 if _no_network() else 1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


def _address_space() -> int:
    """Bytes of address space that this process has; 0 where that cannot be told."""
    try:
        return int(Path("/proc/self/statm").read_text("ascii").split()[0]) * resource.getpagesize()
    except (OSError, ValueError, IndexError):
        return 0


if __name__ == "__main__":
    main(int(sys.argv[1]))
