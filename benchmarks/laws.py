"""Do the laws of merging hold for packets, case files and RDF of other models together, however they are split?

    python benchmarks/laws.py [RDF...] [--splits 1000] [--seed 0]

The shipped case quad by quad, invented packets (JSON, YAML, protobuf, archives) and the RDF files given are dealt to
files at random. Any order, repetition and grouping must give the same bytes, and so the same answers; a source that
is taken out must leave those of a merge without it. Exit status 1 at the first split that breaks a law, shrunk by
hypothesis.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from hypothesis import given, seed, settings

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import splits as dealing  # noqa: E402

from kg.graph.store import read_rdf  # noqa: E402
from kg.model.reading import read_case  # noqa: E402
from kg.rdf.triples import quads  # noqa: E402

THEIRS = '<urn:s> <urn:p> "x" .\n<urn:s> <urn:p> "y"@en .\n<urn:t> <urn:p> _:b .\n_:b <urn:q> 1 .\n'


def pool(files: list[Path], folder: Path) -> dealing.Pool:
    """What is dealt out; files: RDF of other models."""
    own = folder / "theirs.ttl"
    own.write_text(THEIRS, "utf-8")
    packet = json.loads((ROOT / "tests" / "packet.json").read_text("utf-8"))
    graphs = [tuple(read_rdf(path)) for path in (own, *files)]
    items = list(quads(read_case(ROOT / "kg" / "cases" / "cureus-34125.yaml")))[:60]
    return dealing.Pool(tuple(items), tuple(dealing.numbered(packet, number) for number in range(3)), tuple(graphs))


def main() -> int:
    """Try the splits, and say how many were tried of what."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("files", nargs="*", type=Path, metavar="RDF")
    parser.add_argument("--splits", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    wanted = parser.parse_args()
    tried: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole = pool(wanted.files, folder)
        (folder / "split").mkdir()

        @seed(wanted.seed)
        @given(dealing.splits(whole))
        @settings(dealing.LAWS, derandomize=False, max_examples=wanted.splits)
        def laws(split: dealing.Split) -> None:
            dealing.holds(whole, split, folder / "split")
            tried["splits"] += 1
            tried["files"] += len(split.order)
            tried.update(suffix for suffix in (*split.quads, *split.packets, *split.graphs))

        start = time.perf_counter()
        try:
            laws()
        except AssertionError as error:
            print(f"after {tried['splits']:,} splits a law is broken: {error}")
            return 1
    kinds = ", ".join(f"{count:,} {suffix}" for suffix, count in sorted(tried.items()) if suffix[0] == ".")
    print(
        f"{tried['splits']:,} splits of {len(whole.items)} quads, {len(whole.packets)} packets, {len(whole.graphs)} graphs"
    )
    print(f"{tried['files']:,} files given ({kinds}); {time.perf_counter() - start:,.0f} s; every law holds")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
