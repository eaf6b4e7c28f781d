"""How long do reading phenopackets, building their triples and writing N-Quads take, beside their own parser?

    python benchmarks/packets.py [ARCHIVE] [COUNT]

Ratios: the time that `phenopackets`' own JSON parser needs for the same packets, each parsed just before it
is read by casekg, is 1. What is written is sorted by graph and line, as `casekg merge` writes it. Exit status 1
when a promise is broken: read + triples + write take more than 6 times as long.
"""

from __future__ import annotations

import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

from google.protobuf import json_format
from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

from kg.base.results import CaseError
from kg.model.reading import CaseFile
from kg.rdf.iris import case_iri
from kg.rdf.triples import nquads
from kg.sources.packets import packets
from kg.sources.phenopackets import packet_case, read_packets

ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "phenopacket-store-1500.zip"
TIMES = 6
_T = TypeVar("_T")


class Clock:
    """Seconds of this process, added up."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __enter__(self) -> None:
        self.start = time.process_time()

    def __exit__(self, *_: object) -> None:
        self.seconds += time.process_time() - self.start


def beside(texts: list[bytes], found: Iterator[_T], unit: Clock, ours: Clock) -> Iterator[_T]:
    """What casekg reads of the archive, each after its text went through the other parser."""
    for text in texts:
        with unit:
            json_format.Parse(text, Phenopacket())
        with ours:
            one = next(found)
        yield one


def main(path: Path, most: int) -> int:
    """Print the ratios; 1 when the promise is broken."""
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")][:most]
        texts = [archive.read(name) for name in names]
    unit, ours, graphs = Clock(), Clock(), dict[str, str]()
    for packet in beside(texts, packets(path), unit, ours):
        if not isinstance(packet, CaseError):
            with ours:
                case = packet_case(packet)
                graphs[case_iri(case)] = nquads(case)
    with ours, tempfile.TemporaryFile() as file:
        for graph in sorted(graphs):
            file.write(graphs[graph].encode())
        size = file.tell()
    lines = sum(text.count("\n") for text in graphs.values())
    print(f"{len(graphs):,} packets, {lines:,} quads, {size:,} bytes of N-Quads")
    print(f"phenopackets' own parser           1.0  ({unit.seconds:.2f} s)")
    print(f"read + triples + write             {ours.seconds / unit.seconds:.1f}  (promise: {TIMES})")
    again, judged = Clock(), Clock()
    fit = sum(isinstance(file, CaseFile) for file in beside(texts, read_packets(path), again, judged))
    print(f"read, with every rule of a case    {judged.seconds / again.seconds:.1f}  ({fit:,} cases)")
    return int(ours.seconds > TIMES * unit.seconds)


if __name__ == "__main__":
    given = sys.argv[1:]
    sys.exit(main(Path(given[0]) if given else ARCHIVE, int(given[1]) if len(given) > 1 else 100_000))
