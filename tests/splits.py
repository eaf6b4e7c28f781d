"""Sources of every kind, dealt to files at random: what the laws of merging are tried on.

Case files are dealt quad by quad, packets to files of JSON, YAML, protobuf and archives, RDF of other models graph
by graph in any format. A share is tried by tests/test_merging.py, a thousand by benchmarks/laws.py.
"""

from __future__ import annotations

import copy
import json
import random
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from kg.graph.merging import merge, remove, written
from kg.graph.store import FORMATS, serialise
from kg.rdf.collection import Collection

SUFFIXES = (".nq", ".trig", ".jsonld", ".ttl", ".nt", ".rdf")
PACKETS = (".json", ".yaml", ".pb", ".zip")
LAWS = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)


@dataclass(frozen=True)
class Pool:
    """What is dealt out: quads of case graphs, packets as JSON, graphs of other models."""

    items: tuple[ox.Quad, ...] = ()
    packets: tuple[dict[str, Any], ...] = ()
    graphs: tuple[tuple[ox.Quad, ...], ...] = ()


@dataclass(frozen=True)
class Split:
    """How many files of which format, how often and in which order they are given, and in what groups."""

    deal: int
    quads: tuple[str, ...]
    packets: tuple[str, ...]
    graphs: tuple[str, ...]
    order: tuple[int, ...]
    groups: tuple[int, ...]


@st.composite
def splits(draw: st.DrawFn, pool: Pool) -> Split:
    """Any split of a pool."""

    def some(choices: Sequence[str], most: int) -> tuple[str, ...]:
        return tuple(draw(st.lists(st.sampled_from(choices), min_size=min(1, most), max_size=most)))

    quads = some(SUFFIXES, min(4, len(pool.items)))
    packets = some(PACKETS, min(3, len(pool.packets)))
    graphs = some((".nq", ".trig", ".ttl", ".jsonld"), min(3, len(pool.graphs)))
    files = len(quads) + len(packets) + len(graphs)
    again = draw(st.lists(st.integers(0, files - 1), max_size=2))
    order = tuple(draw(st.permutations([*range(files), *again])))
    groups = tuple(draw(st.lists(st.integers(0, 2), min_size=len(order), max_size=len(order))))
    return Split(draw(st.integers(0, 2**32 - 1)), quads, packets, graphs, order, groups)


def numbered(packet: dict[str, Any], number: int) -> dict[str, Any]:
    """A small packet of another patient: of each list in the packet two entries."""
    made = {key: value[number : number + 2] if isinstance(value, list) else value for key, value in packet.items()}
    made = copy.deepcopy({key: value for key, value in made.items() if value})
    made["id"] = f"{packet['id']} {number}"
    made["subject"]["id"] = f"Patient {number}"
    return made


def deal(pool: Pool, split: Split, folder: Path) -> list[Path]:
    """Write the files of a split. A file that gets nothing gets the first there is, so things may be told twice."""
    chance = random.Random(split.deal)
    return [
        *_dealt(pool.items, split.quads, chance, folder, "part", lambda path, hand: _rdf(path, hand)),
        *_dealt(pool.packets, split.packets, chance, folder, "packets", _packets),
        *_dealt(pool.graphs, split.graphs, chance, folder, "theirs", lambda path, hand: _rdf(path, sum(hand, ()))),
    ]


def _dealt(
    all_: Sequence[Any], forms: Sequence[str], chance: random.Random, folder: Path, name: str, write: Any
) -> list[Path]:
    hands: list[list[Any]] = [[] for _ in forms]
    for one in all_ if forms else ():
        chance.choice(hands).append(one)
    paths = []
    for number, (suffix, hand) in enumerate(zip(forms, hands, strict=True)):
        form = ".zip" if suffix == ".pb" and len(hand) > 1 else suffix  # protobuf holds one
        path = folder / f"{name}-{number}{form}"
        write(path, hand or [all_[0]])
        paths.append(path)
    return paths


def _rdf(path: Path, items: Iterable[ox.Quad]) -> None:
    form = FORMATS[path.suffix]
    if not form.supports_datasets:
        items = [ox.Quad(q.subject, q.predicate, q.object) for q in items]
    path.write_bytes(serialise(list(items), form))


def _packets(path: Path, hand: list[dict[str, Any]]) -> None:
    import yaml
    from google.protobuf import json_format
    from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

    whole: Any = hand if len(hand) > 1 else hand[0]
    match path.suffix:
        case ".yaml":
            dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
            path.write_text(yaml.dump(whole, Dumper=dumper, sort_keys=False), "utf-8")
        case ".pb":
            path.write_bytes(json_format.ParseDict(hand[0], Phenopacket()).SerializeToString())
        case ".zip":
            with zipfile.ZipFile(path, "w") as archive:
                for number, one in enumerate(hand):
                    archive.writestr(zipfile.ZipInfo(f"x/{number}.json"), json.dumps(one, indent=1))
        case _:
            path.write_text(json.dumps(whole, indent=1), "utf-8")


def merged(paths: Sequence[Path]) -> Collection:
    """A merge in which nothing may be refused."""
    found = merge(paths)
    assert found.refused == (), found.refused
    return found.collection


def holds(pool: Pool, split: Split, folder: Path) -> Collection:
    """Try the laws on one split: any order, repetition and grouping gives the same bytes, and a source that is taken
    out leaves those of a merge without it. Raises AssertionError."""
    paths = deal(pool, split, folder)
    plain = merged(paths)
    wanted = written(plain)
    given = [paths[i] for i in split.order]
    assert written(merged(given)) == wanted, "order or repetition"
    parts = []
    for group in sorted(set(split.groups)):
        part = folder / f"group-{group}{('.nq', '.trig', '.jsonld')[group]}"
        mine = [path for path, of in zip(given, split.groups, strict=True) if of == group]
        part.write_bytes(written(merged(mine), FORMATS[part.suffix]))
        parts.append(part)
    assert written(merged(parts[::-1])) == wanted, "grouping"
    if len(paths) > 1:
        gone = paths[split.order[0]]
        without = written(merged([path for path in paths if path != gone]))
        assert written(remove(plain, [gone.name])[0]) == without, "removal"
        (folder / "without.nq").write_bytes(without)
        assert written(merged([folder / "without.nq", gone])) == wanted, "putting back"
    return plain
