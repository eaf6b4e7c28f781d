"""When are the results of criteria there? Those of a thousand reports take longer than a question may.

A process of its own (`python -m kg.serve.preparing`) derives and keeps them while the server answers everything else;
then the maker of the workers takes them in, at once, and a question that needs them waits until then.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from kg.base.results import CaseError
from kg.criteria.remembering import derive, standing
from kg.graph import proofs
from kg.graph.store import Dataset
from kg.serve.confining import bounded, die_with_parent, no_network
from kg.serve.pool import Pool, environment
from kg.serve.served import data_of

__all__ = ["Preparation", "main"]

_AT_ONCE = 50  # reports between one look for the next to do and another


class Preparation:
    """The results of criteria of a pool that lacks some. wrong: why there will be none."""

    def __init__(self, pool: Pool, spec: Mapping[str, Any]) -> None:
        self.wrong: list[str] = []
        self._process: asyncio.subprocess.Process | None = None
        self._task = asyncio.create_task(self._run(pool, spec)) if pool.told["lacking"] else None

    @property
    def state(self) -> str:
        """ready, being prepared, or failed."""
        if self._task and not self._task.done():
            return "being prepared"
        return "failed" if self.wrong else "ready"

    async def wait(self, seconds: float) -> None:
        """Until they are there, or never will be, or for so long."""
        if self._task:
            await asyncio.wait({self._task}, timeout=seconds)

    async def stop(self) -> None:
        """End the process."""
        if self._task:
            self._task.cancel()
            await asyncio.wait({self._task})
        if self._process and self._process.returncode is None:
            self._process.kill()
            await self._process.wait()

    async def _run(self, pool: Pool, spec: Mapping[str, Any]) -> None:
        told = json.dumps({**spec, "memory": pool.limits.memory}).encode()
        pipe = asyncio.subprocess.PIPE
        command = [sys.executable, "-m", "kg.serve.preparing"]
        try:
            self._process = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, env=environment())
            found, _ = await self._process.communicate(told)
            self.wrong = json.loads(found)["errors"] if found else ["the process that derives them has ended."]
            if not self.wrong and await pool.take_in():
                self.wrong = [f"{spec['cache']}: results could not be kept there."]
        except OSError as error:
            self.wrong = [f"they could not be derived: {error}."]


# ---- the process ---------------------------------------------------------------------------------

_data: Dataset | None = None  # as the processes that derive inherit it


def main() -> None:
    """Derive and keep what is lacking for the data that standard input names; tell on standard output what is wrong."""
    die_with_parent()
    spec = json.load(sys.stdin)
    try:
        wrong = _derived(spec)
    except CaseError as error:
        wrong = [str(result) for result in error.results]
    except (BrokenProcessPool, MemoryError):
        wrong = [f"deriving them needs more than {spec['memory']:,} bytes."]
    print(json.dumps({"errors": wrong}))


def _derived(spec: Mapping[str, Any]) -> list[str]:
    global _data
    gc.disable()
    proofs.keep(Path(spec["cache"]))
    _data, _ = data_of(spec)
    lacking = list((standing(_data).lacking or {}).items())
    parts = [dict(lacking[start : start + _AT_ONCE]) for start in range(0, len(lacking), _AT_ONCE)]
    gc.freeze()
    gc.enable()
    with ProcessPoolExecutor(
        min(os.cpu_count() or 1, 8), get_context("fork"), initializer=_confined, initargs=(spec["memory"],)
    ) as pool:
        return [line for lines in pool.map(_part, parts) for line in lines]


def _confined(memory: int) -> None:
    die_with_parent()
    no_network()
    bounded(memory)


def _part(lacking: Mapping[str, str]) -> list[str]:
    assert _data is not None
    try:
        for _ in derive(_data, lacking):
            pass
    except CaseError as error:
        return [str(result) for result in error.results]
    return []


if __name__ == "__main__":
    main()
