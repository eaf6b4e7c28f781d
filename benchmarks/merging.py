"""Does a merge take the time that its files take to read, however many there are?

    python benchmarks/merging.py [--cases 200 1600]

Invented cases (benchmarks/synthetic.py), a graph in a file of its own each; `casekg merge` as a user
runs it, a second source for every tenth report, that says it differently. Beside it, pyoxigraph parses
the same files and writes their quads as TriG. Ratios are of this run, start of Python left out. Exit
status 1 when a promise is broken: a merge takes more than 6 times as long as parsing and writing, or that
ratio grows by more than a third from the fewest cases to the most.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import pyoxigraph as ox
import synthetic

from kg.graph.merging import merge, save
from kg.graph.store import serialise
from kg.model.reading import read_case
from kg.rdf.triples import quads

GROWTH, TIMES = 4 / 3, 6


def write(folder: Path, number: int) -> None:
    """A case as N-Quads; of every tenth a second telling, without its last statements."""
    path = folder / "case.yaml"
    path.write_text("\n".join(synthetic.sentences(number)), "utf-8")
    items = list(quads(read_case(path)))
    path.unlink()
    (folder / f"{number}.nq").write_bytes(serialise(items, ox.RdfFormat.N_QUADS))
    if number % 10 == 0:
        (folder / f"{number}-again.nq").write_bytes(serialise(items[:-20], ox.RdfFormat.N_QUADS))


def main() -> int:
    """Print the ratios; 1 when a promise is broken."""
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--cases", type=int, nargs="+", default=[200, 1600])
    ratios: list[float] = []
    for cases in sorted(options.parse_args().cases):
        with tempfile.TemporaryDirectory() as made:
            folder = Path(made) / "in"
            folder.mkdir()
            for number in range(cases):
                write(folder, number)
            start = time.perf_counter()
            found = merge([folder])
            save(found.collection, Path(made) / "out.trig")
            found.data()
            ours = time.perf_counter() - start
            start = time.perf_counter()
            items = [quad for path in folder.iterdir() for quad in ox.parse(path.read_bytes(), ox.RdfFormat.N_QUADS)]
            (Path(made) / "plain.trig").write_bytes(ox.serialize(items, format=ox.RdfFormat.TRIG) or b"")
            plain = time.perf_counter() - start
        ratios.append(ours / plain)
        print(
            f"{cases:,} cases, {len(items):,} quads: {ours:.1f} s, {1000 * ours / cases:.1f} ms a case, "
            f"{ours / plain:.1f} times parsing and writing; {len(found.conflicts)} conflicts."
        )
    return int(max(ratios) > TIMES or ratios[-1] > GROWTH * ratios[0])


if __name__ == "__main__":
    sys.exit(main())
