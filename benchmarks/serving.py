"""How many questions a second does the endpoint answer, does it fail or grow, and how does rdflib-endpoint compare?

    python benchmarks/serving.py [--data FILE.nq] [--seconds 60] [--clients 32] [--slowest 10] [--other PYTHON]

Each client asks the questions of the library, one after another, over HTTP. Questions that take the
server longer than --slowest seconds on this data, one at a time, are left out of both runs, and named. The second
server is `rdflib-endpoint` over the same triples, where it is installed (pip install rdflib-endpoint);
a ratio is of requests answered rightly in the same time.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx

import kg
from kg.answers.queries import library
from kg.base.prefixes import PREFIXES

HERE = Path(__file__).resolve()
sys.path.insert(0, str(HERE.parents[1] / "tests"))
from serving import serving  # noqa: E402

JSON = "application/sparql-results+json"
OTHER = """
import sys, uvicorn
from rdflib import Dataset
from rdflib_endpoint import SparqlEndpoint
graph = Dataset(default_union=True)
graph.parse(sys.argv[1], format="nquads")
uvicorn.run(SparqlEndpoint(graph=graph, cors_enabled=False), port=int(sys.argv[2]), log_level="error")
"""


def memory(pids: set[int]) -> float:
    """Megabytes that processes hold together, what they share counted once (Linux: PSS)."""
    total = 0
    for pid in pids:
        with suppress(OSError):
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


def quick(url: str, questions: dict[str, str], slowest: float) -> Iterator[tuple[str, str]]:
    """The questions that the server, asked for nothing else, answers in so many seconds."""
    for query in ("ASK {}", "ASK { ?r a ckg:CriteriaResult }"):  # the first answer to either takes longer
        httpx.post(url, data={"query": query}, timeout=180)
    for name, query in questions.items():
        start = time.monotonic()
        answer = httpx.post(url, data={"query": query}, headers={"accept": JSON}, timeout=60)
        if answer.status_code == 200 and time.monotonic() - start <= slowest:
            yield name, query


async def ask(url: str, questions: list[str], clients: int, seconds: float) -> Counter[str]:
    """What came back from so many clients in so many seconds."""
    found: Counter[str] = Counter()
    deadline = time.monotonic() + seconds
    limits = httpx.Limits(max_connections=clients, max_keepalive_connections=clients)
    async with httpx.AsyncClient(timeout=60, limits=limits) as http:

        async def client(number: int) -> None:
            turn = itertools.cycle(questions[number % len(questions) :] + questions[: number % len(questions)])
            while time.monotonic() < deadline:
                try:
                    answer = await http.post(url, data={"query": next(turn)}, headers={"accept": JSON})
                    right = answer.status_code == 200 and "bindings" in answer.text
                    found["right" if right else f"status {answer.status_code}"] += 1
                except httpx.HTTPError as error:
                    found[type(error).__name__] += 1

        await asyncio.gather(*(client(number) for number in range(clients)))
    return found


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--data", type=Path)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--clients", type=int, default=32)
    options.add_argument("--slowest", type=float, default=10)
    options.add_argument("--other", default=sys.executable, metavar="PYTHON", help="one that has rdflib-endpoint")
    told = options.parse_args()
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())
    library_ = {name: prefixes + query.sparql for name, query in library().items()}
    with serving("--quiet", data=[told.data] if told.data else []) as server:
        questions = dict(quick(server.url + "sparql", library_, told.slowest))
        slow = ", ".join(sorted(library_.keys() - questions.keys()))
        print(f"{len(questions)} questions; left out as slow: {slow or 'none'}", flush=True)
        texts = list(questions.values())
        grown = []

        async def both() -> Counter[str]:
            run = asyncio.create_task(ask(server.url + "sparql", texts, told.clients, told.seconds))
            while not run.done():
                grown.append(await asyncio.to_thread(lambda: memory({server.process.pid, *server.workers()})))
                await asyncio.wait({run}, timeout=5)
            return run.result()

        ours = asyncio.run(both())
    print(
        f"casekg serve: {dict(ours)} in {told.seconds:g} s; memory {grown[0]:.0f} to {grown[-1]:.0f} MB, most {max(grown):.0f}"
    )
    if subprocess.run([told.other, "-c", "import rdflib_endpoint"], capture_output=True, check=False).returncode:
        print("rdflib-endpoint is not installed: no ratio.")
        return
    data = kg.build([told.data] if told.data else [])
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        path = Path(folder) / "data.nq"
        path.write_text("".join(f"{quad} .\n" for quad in data.store), "utf-8")
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        with subprocess.Popen([told.other, "-c", OTHER, str(path), str(port)], env=os.environ) as other:
            try:
                url = f"http://127.0.0.1:{port}/"
                for _ in range(600):
                    with suppress(httpx.HTTPError):
                        httpx.get(url, timeout=5)
                        break
                    time.sleep(0.5)
                theirs = asyncio.run(ask(url, texts, told.clients, told.seconds))
            finally:
                other.kill()
    print(f"rdflib-endpoint: {dict(theirs)} in {told.seconds:g} s")
    print(f"ratio {ours['right'] / max(1, theirs['right']):.1f}")


if __name__ == "__main__":
    main()
