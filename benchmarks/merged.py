"""What does a merged file cost those who ask, however many cases it holds?

    python benchmarks/merged.py [ARCHIVE] [--cases 100 500 1500]

Packets of an archive are merged; the file is opened, asked, and read back as cases, the first time with every
proof that they are sound (cold), then with what was remembered of it (warm). Ratios are of this run: the time
that pyoxigraph needs to load the same file into a store is 1. Exit status 1 when a promise is broken: an answer
from the file takes more than so many times as long as loading it (TIMES), or a ratio grows by more than half
from the fewest cases to the most.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.answers.matrix import matrix
from kg.answers.queries import ask
from kg.claims.conflicts import conflicts
from kg.claims.duplicates import duplicates
from kg.claims.novelty import novelty
from kg.graph import proofs
from kg.graph.merging import merge, save
from kg.graph.store import build
from kg.persons.people import people

ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "phenopacket-store-1500.zip"
GROWTH = 3 / 2
TIMES = {"query, cold": 4, "read back, cold": 12, "read back, warm": 6}


def part(archive: Path, cases: int, made: Path) -> None:
    """The first packets of an archive."""
    with zipfile.ZipFile(archive) as given, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as taken:
        for name in [name for name in given.namelist() if name.endswith(".json")][:cases]:
            taken.writestr(name, given.read(name))


def seconds(work: Callable[[], Any]) -> float:
    """Time of this process that it takes."""
    start = time.process_time()
    work()
    return time.process_time() - start


def measure(archive: Path, cases: int) -> dict[str, float]:
    """The ratios for so many cases."""
    with tempfile.TemporaryDirectory() as folder:
        zipped, merged = Path(folder) / "part.zip", Path(folder) / "merged.nq"
        part(archive, cases, zipped)
        proofs.keep(Path(folder) / "cache")
        times = {"merge and write": seconds(lambda: save(merge([zipped]).collection, merged))}
        unit = seconds(lambda: ox.Store().bulk_load(path=merged, format=ox.RdfFormat.N_QUADS))
        times["query, cold"] = seconds(lambda: ask(build([merged]), "treatment/drugs"))
        data = build([merged])
        times["read back, cold"] = seconds(lambda: people(data))
        times["read back, warm"] = seconds(lambda: people(data))
        for asked in (matrix, conflicts, duplicates, novelty):
            times[f"{asked.__name__}, warm"] = seconds(lambda asked=asked: asked(data))
        proofs.keep(None)
    return {name: took / unit for name, took in times.items()}


def main() -> int:
    """Print the ratios; 1 when a promise is broken."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("archive", type=Path, nargs="?", default=ARCHIVE)
    options.add_argument("--cases", type=int, nargs="+", default=[100, 500, 1500])
    given = options.parse_args()
    build().describe()  # what is read once in a process is no part of it
    sizes = sorted(given.cases)
    columns = [measure(given.archive, cases) for cases in sizes]
    broken = 0
    print(f"{'times loading the file':<24}" + "".join(f"{cases:>8,}" for cases in sizes) + "  cases")
    for name in columns[0]:
        row = [column[name] for column in columns]
        wrong = [f"more than {TIMES[name]}"] if max(row) > TIMES.get(name, max(row)) else []
        wrong += ["grows"] if row[-1] > GROWTH * row[0] else []
        broken += bool(wrong)
        print(f"{name:<24}" + "".join(f"{ratio:>8.1f}" for ratio in row) + f"  {' and '.join(wrong)}")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
