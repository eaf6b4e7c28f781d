"""Phenopackets out: what was read comes back message for message; what a text loses is counted, and the rest is sound."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import json_format
from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

from kg.export.exporting import export
from kg.export.packing import pack, write_packets
from kg.graph.graphs import read_graph
from kg.graph.store import build
from kg.model.reading import CaseFile
from kg.rdf.triples import quads
from kg.sources.packets import Packet, packets
from kg.sources.phenopackets import packet_case
from kg.sources.required import faults

PACKET: dict[str, Any] = json.loads((Path(__file__).parent / "packet.json").read_text("utf-8"))  # invented


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
        (packet,) = packets(path, lenient=True)
        assert isinstance(packet, Packet)
        if packet.message.DESCRIPTOR.name == "Phenopacket":
            assert back(packet) == packet.message, path


def through_a_graph(packet: Packet) -> Any:
    """A packet as it comes back from its graph, which has no order."""
    file = read_graph(quads(packet_case(packet))).file
    assert file is not None
    (name,) = file.case.patients
    made, lost = pack(file.case, name)
    assert not +lost, lost
    return made


def spoken_otherwise() -> dict[str, Any]:
    """The invented packet with what a graph or UCUM would lose, and converters' words for nothing."""
    value: dict[str, Any] = copy.deepcopy(PACKET)
    nothing = {"id": "NCIT:C126101", "label": "Not Available"}
    stages = [{"id": "NCIT:2", "label": "B"}, {"id": "NCIT:1", "label": "A"}, {"id": "NCIT:2", "label": "B"}]
    value["diseases"][0] |= {"clinicalTnmFinding": stages, "diseaseStage": stages}
    value["phenotypicFeatures"][0]["modifiers"] = stages
    value["subject"]["alternateIds"] = ["b", "a", "a"]
    value["subject"]["vitalStatus"]["status"] = "UNKNOWN_STATUS"
    unit = {"id": "NCIT:C67242", "label": "Cells per Microliter"}
    quantity = value["measurements"][0]["value"]["quantity"]
    quantity |= {"unit": unit, "referenceRange": {"unit": unit, "low": 0.0, "high": 5.0}}
    absent = {"unit": nothing, "value": -1.0, "referenceRange": {"unit": nothing, "low": -1.0, "high": -1.0}}
    value["measurements"][2] |= {"value": {"quantity": absent}}
    value["measurements"][1]["complexValue"]["typedQuantities"][0]["quantity"]["referenceRange"] = {
        "unit": unit, "low": None, "high": None,
    }  # fmt: skip
    value["medicalActions"][0]["treatment"]["routeOfAdministration"] = nothing
    value["interpretations"][0]["progressStatus"] = "UNKNOWN_PROGRESS"
    value["interpretations"][0]["diagnosis"]["genomicInterpretations"][0]["interpretationStatus"] = "UNKNOWN_STATUS"
    variant = value["interpretations"][0]["diagnosis"]["genomicInterpretations"][0]["variantInterpretation"]
    variant |= {"therapeuticActionability": "UNKNOWN_ACTIONABILITY"}
    return value


@pytest.mark.parametrize("snake", [False, True])
def test_order_units_and_words_for_nothing_come_back_from_a_graph(snake: bool, tmp_path: Path) -> None:
    value = spoken_otherwise()
    if snake:
        message = json_format.ParseDict(value, Phenopacket())
        value = json_format.MessageToDict(
            message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
        )
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value))
    (packet,) = packets(path)
    assert isinstance(packet, Packet), packet.results
    patient = packet_case(packet).patients["patient-1"]
    assert patient.measurements["measurement-2"].value is None
    assert patient.treatments["action-0"].route is None
    made = through_a_graph(packet)
    assert json_format.ParseDict(made, Phenopacket()) == packet.message
    path.write_text(json.dumps(made))
    (again,) = packets(path)
    assert isinstance(again, Packet), again.results


def test_what_says_that_it_has_no_id_comes_back_without_one(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps([PACKET | {"id": None, "metaData": None}]))
    (packet,) = packets(path)
    assert isinstance(packet, Packet), packet.results
    made = through_a_graph(packet)
    assert (made["id"], made["metaData"]) == (None, None)
    assert json_format.ParseDict(made, Phenopacket()) == packet.message


def test_members_of_a_family_come_back_and_what_holds_them_together_is_counted(tmp_path: Path) -> None:
    other = PACKET | {"id": "another", "subject": {"id": "Patient 2"}}
    person = {"familyId": "f", "individualId": "a", "paternalId": "0", "maternalId": "0", "sex": "MALE"}
    value = {
        "id": "f", "proband": PACKET, "relatives": [other], "consanguinousParents": True, "metaData": PACKET["metaData"],
        "pedigree": {"persons": [person | {"affectedStatus": "AFFECTED"}]},
    }  # fmt: skip
    path = tmp_path / "a.json"
    path.write_text(json.dumps(value))
    (packet,) = packets(path)
    assert isinstance(packet, Packet), packet.results
    case = packet_case(packet)
    files, losses = write_packets([case])
    made = [json_format.Parse(data.decode(), Phenopacket()) for data in files.values()]
    assert made == [packet.message.proband, packet.message.relatives[0]]
    lost = {kind.rpartition(" ")[2]: number for kind, _, number, _ in losses.rows() if number}
    assert lost == dict.fromkeys(
        ["consanguinousParents", "pedigree", "id", *PACKET["metaData"]], 1,
    )  # fmt: skip


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
    kept = {kind: number for kind, number, _, _ in losses.rows()}
    whole = {"findings": 1, "measurements": len([m for m in patient.measurements.values() if m.comparator])}
    for section in ("findings", "diagnoses", "measurements", "treatments"):
        assert kept[section] == len(getattr(patient, section)) - whole.get(section, 0), section
    assert kept["treatments"] == len(value["medicalActions"])
    assert kept["findings"] == len(value["phenotypicFeatures"])
    told = [a for a in value["medicalActions"] if "responseToTreatment" in a]
    assert kept.get("responses", 0) == len(told)
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
