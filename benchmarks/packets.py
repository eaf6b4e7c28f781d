"""How long do reading phenopackets, building their triples and writing N-Quads take, beside their own parser?

    python benchmarks/packets.py [ARCHIVE] [COUNT]

Ratios: the time that `phenopackets`' own JSON parser needs for the same files is 1.
"""

from __future__ import annotations

import sys
import time
import zipfile
from pathlib import Path

import pyoxigraph as ox
from google.protobuf import json_format
from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

from kg.graph.store import serialise
from kg.rdf.triples import quads
from kg.sources.packets import Packet, packets
from kg.sources.phenopackets import packet_case, read_packets

ARCHIVE = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "phenopacket-store-1500.zip"


def main(path: Path, most: int) -> None:
    with zipfile.ZipFile(path) as archive:
        names = [name for name in archive.namelist() if name.endswith(".json")][:most]
        texts = [archive.read(name) for name in names]
    start = time.process_time()
    for text in texts:
        json_format.Parse(text, Phenopacket())
    unit = time.process_time() - start
    start = time.process_time()
    cases, lines = 0, set()
    for packet in packets(path):
        if cases == len(texts):
            break
        if isinstance(packet, Packet):
            cases += 1
            # case by case, as text: half a million objects at once would cost a third more, for the collector
            lines.update(serialise(quads(packet_case(packet)), ox.RdfFormat.N_QUADS).splitlines())
    size = len(b"\n".join(sorted(lines)))
    whole = time.process_time() - start
    start = time.process_time()
    for number, _ in enumerate(read_packets(path), 1):
        if number == len(texts):
            break
    judged = time.process_time() - start
    print(f"{cases:,} packets, {len(lines):,} quads, {size:,} bytes of N-Quads")
    print(f"phenopackets' own parser           1.0  ({unit:.2f} s)")
    print(f"read + triples + write             {whole / unit:.1f}")
    print(f"read, with every rule of a case    {judged / unit:.1f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ARCHIVE, int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
