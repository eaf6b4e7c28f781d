"""Who answers, and for how long? A fixed number of workers, a short queue, and an end to each job."""

from __future__ import annotations

import asyncio
import math
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.serve.frames import packed, read, receive, send
from kg.serve.limits import Limits
from kg.serve.served import Reply, problem

__all__ = ["Gone", "Pool", "PoolError", "environment"]

WORKER, TAKE_IN = b".", b"+"  # what the maker is asked for: a worker for this socket; to take results in
_LEAST = 0.05  # part of the time of a query that is worth waiting for
Gone = Callable[[], Awaitable[None]]
"""Something to wait for: the client has left."""


class PoolError(Exception):
    """The data could not be read; `lines` say why."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def environment() -> dict[str, str]:
    """The environment of a process of ours: it finds this code, wherever it is started."""
    top = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
    known = [top, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(known)}


def _processor(pid: int) -> float:
    """Seconds of a processor that a process has had (Linux); without end where that cannot be told."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("ascii", errors="replace").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError):
        return math.inf


@dataclass
class _Worker:
    pid: int
    reading: object  # what it has read: `Pool.reading` of when it was made
    handle: int | None  # a pidfd: unlike a number, it never comes to mean another process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    def kill(self) -> None:
        with suppress(ProcessLookupError, OSError):
            if self.handle is not None:
                signal.pidfd_send_signal(self.handle, signal.SIGKILL)
            else:
                os.kill(self.pid, signal.SIGKILL)
        self.close()

    def close(self) -> None:
        self.writer.close()
        if self.handle is not None:
            with suppress(OSError):
                os.close(self.handle)
            self.handle = None


class Pool:
    """Workers over one reading of the data. told: what their maker said of it; reading: another object when it grew."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.told: Mapping[str, Any] = {}
        self.reading = object()
        self.waiting = 0
        self.killed = 0
        self.busy = 0
        self._idle: list[_Worker] = []
        self._places = asyncio.Semaphore(limits.workers)
        self._making = asyncio.Lock()
        self._control: socket.socket | None = None
        self._maker: subprocess.Popen[bytes] | None = None

    async def start(self, spec: Mapping[str, Any]) -> None:
        """Read the data in a process of its own. Raises PoolError."""
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-m", "kg.serve.worker", str(theirs.fileno())]
        none = subprocess.DEVNULL
        self._maker = subprocess.Popen(command, pass_fds=[theirs.fileno()], stdin=none, env=environment())
        theirs.close()
        self._control = ours
        loop = asyncio.get_running_loop()
        send(ours, {**spec, "limits": asdict(self.limits)})
        frame = await loop.run_in_executor(None, receive, ours)
        if frame is None or "errors" in frame[0]:
            await self.close()
            raise PoolError(frame[0]["errors"] if frame else ["the process that reads the data has ended."])
        self.told = frame[0]

    async def take_in(self) -> int:
        """Have the results of criteria, which were derived meanwhile; workers without them end. How many are lacking?"""
        async with self._making:
            control = self._control
            if control is None:
                return 0

            def ask() -> int:
                control.sendall(TAKE_IN)
                frame = receive(control)
                return int(frame[0]["lacking"]) if frame else 1

            lacking = await asyncio.get_running_loop().run_in_executor(None, ask)
            self.told = {**self.told, "lacking": lacking}
            self.reading = object()
        while self._idle:
            self._idle.pop().kill()
        return lacking

    async def close(self) -> None:
        """End the workers that wait; the one who makes them ends when its socket does."""
        for worker in self._idle:
            worker.kill()
        self._idle.clear()
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._maker is not None:
            maker, self._maker = self._maker, None
            maker.terminate()
            with suppress(subprocess.TimeoutExpired):
                await asyncio.get_running_loop().run_in_executor(None, maker.wait, 5)
            if maker.poll() is None:
                maker.kill()

    async def run(self, job: Mapping[str, Any], body: bytes = b"", gone: Gone | None = None) -> Reply:
        """The reply to a job; a problem in place of one that took too long, too much, or has nobody to wait for it."""
        if self.waiting >= self.limits.queue and self._places.locked():
            return problem(429, "busy", f"{self.waiting} requests wait already.", "Ask again in a moment.")
        self.waiting += 1
        try:
            await self._places.acquire()
        finally:
            self.waiting -= 1
        self.busy += 1
        try:
            return await self._run(job, body, gone)
        finally:
            self.busy -= 1
            self._places.release()

    async def _run(self, job: Mapping[str, Any], body: bytes, gone: Gone | None) -> Reply:
        worker = self._idle.pop() if self._idle else await self._spawn()
        if worker is None:
            return problem(503, "workers", "no worker could be made.", "Start the server again.")
        began, had = asyncio.get_running_loop().time(), _processor(worker.pid)
        task = asyncio.ensure_future(self._ask(worker, job, body))
        leaving = asyncio.ensure_future(gone()) if gone else None
        waits = {task, leaving} if leaving else {task}
        try:
            granted = self.limits.seconds
            while granted > 0:
                await asyncio.wait(waits, timeout=granted, return_when=asyncio.FIRST_COMPLETED)
                if task.done() or (leaving and leaving.done()):
                    break
                # on a busy machine it has had less of a processor than that
                left = self.limits.longest - (asyncio.get_running_loop().time() - began)
                granted = min(self.limits.seconds - (_processor(worker.pid) - had), left)
                granted = 0 if granted < _LEAST * self.limits.seconds else granted
            if task.done():
                reply, last = task.result()
            else:
                self.killed, last = self.killed + 1, True
                over = not (leaving and leaving.done())
                what = f"the query took longer than {self.limits.seconds:g} s." if over else "the client has left."
                reply = problem(503, "time", what, "Ask for less, or add a LIMIT.")
        except (asyncio.IncompleteReadError, ConnectionError):
            self.killed += 1
            what = f"the query needed more than {self.limits.memory:,} bytes, or the engine failed on it."
            return self._ended(worker, problem(503, "memory", what, "Simplify the query."))
        finally:
            for one in waits:
                if not one.done():
                    one.cancel()
        if last or worker.reading is not self.reading:
            return self._ended(worker, reply)
        self._idle.append(worker)
        return reply

    @staticmethod
    def _ended(worker: _Worker, reply: Reply) -> Reply:
        worker.kill()
        return reply

    @staticmethod
    async def _ask(worker: _Worker, job: Mapping[str, Any], body: bytes) -> tuple[Reply, bool]:
        """The reply, and whether it is the worker's last."""
        worker.writer.write(packed(job, body))
        await worker.writer.drain()
        told, found = await read(worker.reader)
        return Reply(told["status"], told["media"], found, told["headers"], told["lacking"]), told["last"]

    async def _spawn(self) -> _Worker | None:
        async with self._making:
            control = self._control
            if control is None:
                return None
            ours, theirs = socket.socketpair()

            def ask() -> int | None:
                try:
                    socket.send_fds(control, [WORKER], [theirs.fileno()])
                    frame = receive(control)
                except OSError:
                    return None
                finally:
                    theirs.close()
                return int(frame[0]["pid"]) if frame else None

            reading = self.reading
            pid = await asyncio.get_running_loop().run_in_executor(None, ask)
        if pid is None:
            ours.close()
            return None
        handle = None
        with suppress(AttributeError, OSError):
            handle = os.pidfd_open(pid)
        ours.setblocking(False)
        reader, writer = await asyncio.open_connection(sock=ours)
        return _Worker(pid, reading, handle, reader, writer)
