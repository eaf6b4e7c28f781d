"""Every field that the schema of phenopackets has, set by its descriptors, comes back from a merged file."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

Field = tuple[str, str]
# What only some values make sense of; all else is filled by its type.
FIXED: dict[str, dict[str, Any]] = {
    "TimeInterval": {"start": "2011-01-01T00:00:00Z", "end": "2012-02-02T10:00:00Z"},
    "AgeRange": {"start": {"iso8601duration": "P3Y"}, "end": {"iso8601duration": "P4Y6M"}},
    "Age": {"iso8601duration": "P9Y2M"},
    "GestationalAge": {"weeks": 20, "days": 3},
    "ReferenceRange": {"unit": {"id": "NCIT:C1", "label": "mg/dL"}, "low": 1.5, "high": 9.25},
    "Resource": {"id": "ncit", "name": "NCIT", "url": "https://x.org/", "version": "1", "namespacePrefix": "NCIT", "iriPrefix": "https://x.org/"},
}  # fmt: skip


def fields_of(descriptor: Any, found: dict[Field, Any] | None = None) -> dict[Field, Any]:
    """Every field below a message, but those of protobuf's own messages."""
    found = {} if found is None else found
    for made in descriptor.fields:
        key = (descriptor.full_name, made.name)
        inner = made.message_type
        if key not in found:
            found[key] = made
            if inner and not inner.GetOptions().map_entry and not inner.full_name.startswith("google."):
                fields_of(inner, found)
    return found


class Filler:
    """Fills a message; of alternatives one is drawn."""

    def __init__(self, seed: int) -> None:
        self.random, self.number, self.filled = random.Random(seed), seed, set[Field]()

    def fill(self, message: Any) -> Any:
        kind = message.DESCRIPTOR
        if (said := FIXED.get(kind.name)) is not None:
            json_format.ParseDict(said, message)
            self.filled |= {(kind.full_name, made.name) for made in kind.fields}
            return message
        groups = {group.name: self.random.choice(group.fields) for group in kind.oneofs}
        for made in kind.fields:
            if made.containing_oneof and groups[made.containing_oneof.name] is not made:
                continue
            self.filled.add((kind.full_name, made.name))
            self.value(message, made)
        return message

    def value(self, message: Any, made: Any) -> None:
        self.number += 1
        held, inner = getattr(message, made.name), made.message_type
        if inner and inner.GetOptions().map_entry:
            held[f"k{self.number}"] = "v"
        elif inner and inner.full_name.startswith("google.protobuf"):
            if inner.name == "Timestamp":
                held.FromJsonString(f"20{10 + self.number % 10}-03-1{self.number % 10}T08:30:00Z")
            else:
                held.type_url, held.value = "type.googleapis.com/google.protobuf.StringValue", b"\n\x01x"
        elif inner:
            several = [held.add() for _ in range(1 if inner.name == "Resource" else 2)] if made.is_repeated else [held]
            for one in several:
                self.fill(one)
        else:
            scalar = self.scalar(made)
            json_format.ParseDict({made.name: [scalar] if made.is_repeated else scalar}, message)

    def scalar(self, made: Any) -> Any:
        if made.enum_type:
            return self.random.choice([v.number for v in made.enum_type.values if v.number])
        if made.type == made.TYPE_STRING:
            if made.name == "phenopacket_schema_version":
                return "2.0"
            curie = {"OntologyClass": "NCIT:C", "ExternalReference": "PMID:", "GeneDescriptor": "HGNC:"}
            of = curie.get(made.containing_type.name)
            return f"{of}{self.number}" if of and made.name in ("id", "value_id") else f"{made.name} {self.number}"
        return True if made.type == made.TYPE_BOOL else self.number


def packets(number: int) -> Iterator[tuple[Any, set[Field]]]:
    for seed in range(number):
        filler = Filler(seed)
        yield filler.fill(Phenopacket()), filler.filled


def test_every_field_comes_back_from_a_merged_file(tmp_path: Path, run: Callable[..., Any]) -> None:
    import yaml

    wanted, filled = {}, set[Field]()
    (tmp_path / "in").mkdir()
    for number, (packet, fields) in enumerate(packets(30)):
        wanted[packet.id] = packet
        filled |= fields
        value = json_format.MessageToDict(packet, preserving_proto_field_name=number % 2 == 0)
        path = tmp_path / "in" / f"{number}.{('json', 'yaml', 'pb')[number % 3]}"
        text = json.dumps(value) if path.suffix == ".json" else yaml.safe_dump(value)
        path.write_bytes(packet.SerializeToString() if path.suffix == ".pb" else text.encode())
    assert set(fields_of(Phenopacket.DESCRIPTOR)) - filled == set()  # none is left out
    assert len(filled) > 250

    merged, out = tmp_path / "m.trig", tmp_path / "out"
    assert run("merge", tmp_path / "in", "-o", merged).exit_code == 0
    account = run("export", merged, "--format", "phenopacket", "-o", out)
    assert "0 lost" in account.output
    back = [json_format.Parse(path.read_text("utf-8"), Phenopacket()) for path in out.glob("*.json")]
    assert len(back) == len(wanted)
    for packet in back:
        assert packet == wanted[packet.id], packet.id
