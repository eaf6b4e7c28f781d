"""Phenopackets out: what was read comes back message for message; what a text loses is counted, and the rest is sound."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

from kg.export.exporting import export
from kg.export.packing import pack, write_packets
from kg.graph.store import build
from kg.model.reading import CaseFile
from kg.sources.packets import Packet, packets
from kg.sources.phenopackets import packet_case
from kg.sources.required import faults


def back(packet: Packet) -> Any:
    case = packet_case(packet)
    (name,) = case.patients
    made, lost = pack(case, name)
    assert not +lost, lost
    return json_format.ParseDict(made, Phenopacket())


def test_the_store_comes_back_message_for_message(shared: Path) -> None:
    path = shared / "corpus" / "phenopacket-store-1500.zip"
    if not path.exists():
        pytest.skip("the packets of phenopacket-store are not there")
    seen = 0
    for number, packet in enumerate(packets(path)):
        if number % 10 == 0:
            assert isinstance(packet, Packet)
            assert back(packet) == packet.message, packet.member
            seen += 1
    assert seen == 150


def test_the_examples_of_phenopacket_tools_come_back(shared: Path) -> None:
    folder = shared / "corpus" / "phenopacket-tools" / "java_examples_as_json"
    if not folder.exists():
        pytest.skip("the examples of phenopacket-tools are not there")
    for path in sorted(folder.glob("*.json")):
        (packet,) = packets(path)
        assert isinstance(packet, Packet)
        if packet.message.DESCRIPTOR.name == "Phenopacket":
            assert back(packet) == packet.message, path


def test_a_text_makes_a_sound_packet_and_counts_what_it_loses(seed: CaseFile, tmp_path: Path) -> None:
    files, losses = write_packets([seed.case])
    (content,) = files.values()
    value = json.loads(content)
    assert [f for f in faults(value, Phenopacket.DESCRIPTOR) if f.severe] == []
    path = tmp_path / "a.json"
    path.write_bytes(content)
    (packet,) = packets(path)
    assert isinstance(packet, Packet)
    lost = {kind: number for kind, _, number, _ in losses.rows() if number}
    patient = seed.case.patients["p1"]
    assert lost["antibodies"] == len(patient.antibodies)
    assert lost["phrases quoted as evidence"] == sum(len(fact.evidence) for _, fact in seed.case.facts())
    assert lost["responses to several treatments together"] == sum(len(r.to) > 1 for r in patient.responses.values())
    excluded = [f for f in value["phenotypicFeatures"] if f.get("excluded")]
    assert len(excluded) == sum(f.status == "excluded" for f in patient.findings.values())
    bounds = [m for m in patient.measurements.values() if m.comparator]
    assert bounds
    assert not {
        m["assay"]["id"]
        for m in value["measurements"]
        if m["value"].get("quantity", {}).get("value") in {float(b.value or 0) for b in bounds}
    }


def test_a_lifted_case_is_a_packet_and_what_has_its_place_elsewhere_is_counted(shared: Path) -> None:
    folder = shared / "corpus" / "rdf" / "care-sm" / "RDF"
    if not folder.is_dir():
        pytest.skip("the graphs of CARE-SM are not there")
    made = export(build(folder), "phenopacket")
    assert len(made.files) == made.cases == 2
    for data in made.files.values():
        json_format.Parse(data.decode(), Phenopacket())
    assert {kind: lost for kind, _, lost, _ in made.losses.rows()}["extensions of another model"] > 0
