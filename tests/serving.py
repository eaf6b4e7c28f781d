"""A server on loopback for the tests, run as a user runs it: `casekg serve` in a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


class Running:
    """A server that runs. url: where; log: what it has written on standard error so far."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process, self.url = process, url
        self.log: list[str] = []
        assert process.stderr is not None
        self._reader = threading.Thread(target=self.log.extend, args=(process.stderr,), daemon=True)
        self._reader.start()

    def workers(self) -> set[int]:
        """Processes that work for it (Linux)."""
        parents = {}
        for path in Path("/proc").glob("[0-9]*/stat"):
            try:
                pid, rest = path.read_text().split(" (", 1)
                state, parent = rest.rsplit(") ", 1)[1].split()[:2]
            except (OSError, ValueError, IndexError):
                continue
            if state != "Z":
                parents[int(pid)] = int(parent)
        makers = {pid for pid, parent in parents.items() if parent == self.process.pid}
        return makers | {pid for pid, parent in parents.items() if parent in makers}


@contextmanager
def serving(*words: str, data: Sequence[Path] = (), root: Path = ROOT) -> Iterator[Running]:
    """Serve this data (the shipped cases without any) on a free port, until the block ends. root: holds the code."""
    paths = [word for path in data for word in ("--data", str(path))]
    command = [sys.executable, "-m", "kg", "serve", "--port", "0", *paths, *words]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=root
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            found = re.match(r"(http://\S+/) serves ", line)
            if not found:
                process.kill()
                raise AssertionError(f"not serving: {line!r} {process.communicate()[1]}")
            yield Running(process, found[1])
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
