"""Phenopackets in: what is read equals what is there, what is unsound is refused with its place, nothing is dropped."""

from __future__ import annotations

import copy
import csv
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.base.results import CaseError
from kg.export.packing import pack
from kg.gate.shapes import validate
from kg.graph.store import build, serialise
from kg.model.privacy import privacy_results, scan
from kg.model.reading import CaseFile
from kg.rdf.triples import nquads, quads
from kg.sources.packets import Packet, json_marks, packets
from kg.sources.phenopackets import read_packets
from kg.sources.required import ONE_OF, REQUIRED, faults

# Invented: no patient, no publication.
PACKET: dict[str, Any] = json.loads((Path(__file__).parent / "packet.json").read_text("utf-8"))


def write(folder: Path, value: Any, name: str = "a.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(value, indent=1), "utf-8")
    return path


def one(path: Path) -> CaseFile:
    (file,) = read_packets(path)
    assert isinstance(file, CaseFile), file.results
    return file


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> CaseFile:
    return one(write(tmp_path_factory.mktemp("packet"), PACKET))


def test_every_part_of_a_packet_is_read(read: CaseFile) -> None:
    report, patient = read.case.report, read.case.patients["patient-1"]
    assert (report.pmid, report.title, report.created) == ("1", "An invented title", "2024-02-29T12:00:00.123Z")
    assert report.slug.startswith("pmid-1~invented%20packet.")  # the id does not name the patient
    assert (patient.identifier, patient.born, patient.vital_status, patient.karyotypic_sex) == (
        "Patient 1", "1980-05-01", "dead", "XX",
    )  # fmt: skip
    first, second, third, fourth, fifth = patient.findings.values()
    assert (first.status, second.status) == ("present", "excluded")
    assert first.severity is not None
    assert [str(m) for m in first.modifiers] == ["HP:0031796 ! Recurrent"]
    times = {key: (t.age, t.stage and t.stage.id, t.gestation, t.edtf) for key, t in patient.times.items()}
    assert times[first.onset or ""] == ("P10Y/P12Y", None, None, None)
    assert times[first.resolution or ""] == (None, None, None, "2001-02-03")
    assert third.onset == "2001-01-01/2001-02-01"
    assert times[fourth.onset or ""] == (None, "HP:0003577", None, None)
    assert times[fifth.onset or ""] == (None, None, "P30W2D", None)
    esr = patient.measurements["measurement-0"]
    assert (str(esr.value), esr.unit, esr.unit_printed) == ("40.5", "mm/h", "millimetre per hour")
    assert (esr.range_low, esr.range_high) == (1, 20)
    pressure = [patient.measurements[f"measurement-1-{i}"] for i in (0, 1)]
    assert [(str(m.value), m.unit) for m in pressure] == [("120.0", "mm[Hg]"), ("80.0", "mm[Hg]")]
    assert patient.measurements["measurement-2"].outcome is not None
    assert len(patient.diagnoses) == 1
    assert patient.diagnoses["disease-0"].stages[0].label == "Stage I"
    variant, gene = patient.variants.values()
    assert (variant.acmg, variant.causation, variant.hgvs, variant.disease) == (
        "pathogenic", "causative", ("NM_1.1:c.1A>G",), "disease-0",
    )  # fmt: skip
    assert (gene.gene and gene.gene.label, gene.causation) == ("JAK2", "rejected")


def test_treatments_have_doses_order_target_response_and_events(read: CaseFile) -> None:
    patient = read.case.patients["patient-1"]
    first, second = patient.treatments["action-0"], patient.treatments["action-0-1"]
    assert first.dose is not None
    assert second.dose is not None
    assert (str(first.dose.value), first.dose.unit, first.dose.printed) == ("20.0", "mg", "20.0 milligram")
    assert first.frequency is not None
    assert (first.frequency.times, first.frequency.per, first.frequency.printed) == (1, "d", "Once Daily")
    assert (first.start, first.end, second.start, second.continues) == (
        "2019-01-01",
        "2019-12-31",
        "2020-01-01",
        "action-0",
    )
    assert first.indication == ("disease-0",)
    assert (first.stopped_because, second.stopped_because) == ((), ("intolerance",))
    (response,) = patient.responses.values()
    assert (response.to, response.of, response.outcome) == (("action-0",), ("disease-0",), "partially improved")
    (event,) = patient.adverse_events.values()
    assert (event.concept.label, event.of) == ("Hypertension", ("action-0",))
    assert [e.concept.label for e in patient.events.values()] == ["Biopsy"]
    assert [str(patient.treatments[f"action-{i}"].action) for i in (2, 3)] == [
        "NCIT:C104914 ! Beam",
        "NCIT:C10894 ! A regimen",
    ]


def test_what_has_no_place_is_kept_by_type_and_pointer(read: CaseFile) -> None:
    patient = read.case.patients["patient-1"]
    kept = {e.pointer: (e.message, json.loads(e.content)) for e in patient.extensions.values()}
    assert kept["/phenotypicFeatures/0/description"] == ("PhenotypicFeature.description", "of the left knee")
    assert kept["/biosamples/0"] == ("Biosample", PACKET["biosamples"][0])
    assert kept["/files/0"] == ("File", PACKET["files"][0])
    assert kept["/subject/vitalStatus/survivalTimeInDays"] == ("VitalStatus.survivalTimeInDays", 30)
    assert kept["/medicalActions/0/treatmentTerminationReason"][1]["label"] == "Adverse Event"
    told = {f"MetaData.{name}" for name in PACKET["metaData"] if name != "created"}
    assert {m.message for m in read.case.metadata.values()} == told | {"Phenopacket.id"}  # it does not name the patient


def test_what_identifies_the_record_and_its_makers_is_no_finding_of_privacy(tmp_path: Path) -> None:
    """A published packet names its vocabularies, its curators and its patient by the words of the publication."""
    packet = json.loads(json.dumps(PACKET))
    packet["id"] = packet["subject"]["id"] = "family-2-proband-ii-1"
    packet["metaData"]["resources"][0] |= {"url": "https://www.genenames.org", "version": "06/01/25"}
    told = [(r.rule, r.key) for r in privacy_results(one(write(tmp_path, packet)))]
    assert not [key for _, key in told if key.startswith("metadata")]
    assert "privacy-name" not in {rule for rule, _ in told}
    packet["subject"]["id"] = "Maria Garcia"
    assert "privacy-name" in {r.rule for r in privacy_results(one(write(tmp_path, packet)))}
    assert not scan("NC_000015.10:g.68921033C>T")
    assert [hit.rule for hit in scan("DNI 12345678Z")] == ["privacy-record-number"]


@pytest.mark.parametrize("form", ["snake", "yaml", "pb", "list", "zip", "yaml in a zip"])
def test_every_form_says_the_same(form: str, tmp_path: Path, read: CaseFile) -> None:
    from google.protobuf import json_format
    from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

    message = json_format.ParseDict(PACKET, Phenopacket())
    path = tmp_path / "a.json"
    match form:
        case "snake":
            path.write_text(json_format.MessageToJson(message, preserving_proto_field_name=True))
        case "yaml":
            yaml = pytest.importorskip("yaml")
            path = tmp_path / "a.yaml"
            path.write_text(yaml.safe_dump(PACKET, sort_keys=False), "utf-8")
        case "pb":
            path = tmp_path / "a.pb"
            path.write_bytes(message.SerializeToString())
        case "list":
            write(tmp_path, [PACKET])
        case "zip":
            path = tmp_path / "a.zip"
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("x/a.json", json.dumps(PACKET))
        case "yaml in a zip":
            yaml = pytest.importorskip("yaml")
            path = tmp_path / "a.zip"
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("x/a.yaml", yaml.safe_dump(PACKET, sort_keys=False))
    patient, other = read.case.patients["patient-1"], one(path).case.patients["patient-1"]
    drop = {"pointer"}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items() if k not in drop}
        return [plain(v) for v in value] if isinstance(value, list | tuple) else value

    assert plain(other.model_dump()) == plain(patient.model_dump())


def test_a_pointer_is_in_the_spelling_of_the_file(tmp_path: Path) -> None:
    from google.protobuf import json_format
    from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

    message = json_format.ParseDict(PACKET, Phenopacket())
    path = tmp_path / "a.json"
    path.write_text(json_format.MessageToJson(message, preserving_proto_field_name=True))
    value = json.loads(path.read_text())
    for _, fact in one(path).case.facts():
        here: Any = value
        for part in (fact.pointer or "").split("/")[1:]:
            here = here[int(part)] if isinstance(here, list) else here[part]


def test_a_packet_is_built_conforms_and_comes_back(tmp_path: Path, read: CaseFile) -> None:
    path = write(tmp_path, PACKET)
    assert [str(r) for r in validate(build(path)).results if r.severity == "violation"] == []
    from kg.graph.graphs import case_graphs

    (graph,) = case_graphs(quads(read.case)).graphs
    assert [str(r) for r in graph.results if r.severity == "violation"] == []


# ---- unsound ----------------------------------------------------------------------------------


def spoils() -> Iterator[tuple[str, dict[str, Any], str]]:
    """(name, spoiled packet, pointer that must be told): every required field and every choice taken out."""
    from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

    def walk(value: Any, descriptor: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
        for name in REQUIRED.get(descriptor.name, ()):
            if name in value:
                yield (*path, name), "/".join(["", *map(str, path), name])
        for group in ONE_OF.get(descriptor.name, ()):
            for made in descriptor.oneofs_by_name[group].fields:
                if made.json_name in value:
                    yield (*path, made.json_name), "/".join(["", *map(str, path)])
        for made in descriptor.fields:
            inner = value.get(made.json_name)
            if made.message_type and isinstance(inner, dict) and not made.message_type.GetOptions().map_entry:
                yield from walk(inner, made.message_type, (*path, made.json_name))
            elif made.message_type and isinstance(inner, list):
                for i, item in enumerate(inner):
                    yield from walk(item, made.message_type, (*path, made.json_name, i))

    for path, pointer in walk(PACKET, Phenopacket.DESCRIPTOR, ()):
        made = copy.deepcopy(PACKET)
        holder: Any = made
        for part in path[:-1]:
            holder = holder[part]
        del holder[path[-1]]
        yield "/".join(map(str, path)), made, pointer


SPOILED = list(spoils())


def test_every_required_field_that_is_taken_out_is_told_with_its_pointer(tmp_path: Path) -> None:
    from google.protobuf import json_format
    from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

    assert len(SPOILED) > 150
    for name, value, pointer in SPOILED:
        json_format.ParseDict(value, Phenopacket())  # protobuf accepts it
        path = write(tmp_path, value)
        (found,) = packets(path)
        assert isinstance(found, CaseError), name
        hits = [r for r in found.results if r.key == pointer]
        assert hits, (name, [str(r) for r in found.results])
        assert hits[0].file == str(path)
        assert hits[0].line > 0


def as_yaml(value: Any) -> str:
    import yaml

    return str(yaml.dump(value, Dumper=getattr(yaml, "CSafeDumper", yaml.SafeDumper), sort_keys=False))


def inside(value: dict[str, Any], holder: str) -> dict[str, Any]:
    """A packet as a part of something larger."""
    person = {"familyId": "f", "individualId": "Patient 1", "paternalId": "0", "maternalId": "0", "sex": "MALE"}
    family = {"pedigree": {"persons": [person | {"affectedStatus": "AFFECTED"}]}, "consanguinousParents": False}
    about = {"id": "whole", "metaData": PACKET["metaData"]}
    match holder:
        case "proband":
            return about | family | {"proband": value}
        case "relatives":
            return about | family | {"proband": PACKET, "relatives": [value]}
        case _:
            return about | {"members": [value]}


@pytest.mark.parametrize("form", ["yaml", "pb", "proband", "relatives", "members", "zip", "zip-yaml"])
def test_spoiled_packets_are_refused_in_every_form(form: str, tmp_path: Path) -> None:
    """Each kind of fault once; in protobuf a number, choice or truth value that is left out has its default."""
    from google.protobuf import json_format
    from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

    kinds: dict[str, tuple[dict[str, Any], str]] = {}
    for name, value, pointer in SPOILED:
        kinds.setdefault("/".join(part for part in name.split("/") if not part.isdigit()), (value, pointer))
    assert len(kinds) > 100
    whole = json_format.ParseDict(PACKET, Phenopacket())
    start = {"proband": "/proband", "relatives": "/relatives/0", "members": "/members/0"}.get(form, "")
    every = 1 if form in ("yaml", "pb", "proband") else 5  # the others differ in what is around the packet only
    for name, (value, pointer) in list(kinds.items())[::every]:
        path = tmp_path / f"a.{form.partition('-')[0] if form in ('yaml', 'pb', 'zip', 'zip-yaml') else 'json'}"
        match form:
            case "yaml":
                path.write_text(as_yaml(value), "utf-8")
            case "pb":
                message = json_format.ParseDict(value, Phenopacket())
                full = json_format.MessageToDict(message, always_print_fields_with_no_presence=True)
                if list(faults(full, message.DESCRIPTOR)) == []:
                    assert json_format.MessageToDict(whole, always_print_fields_with_no_presence=True) != full
                    continue
                path.write_bytes(message.SerializeToString())
            case "zip" | "zip-yaml":
                with zipfile.ZipFile(path, "w") as archive:
                    archive.writestr(
                        "x/a.yaml" if "-" in form else "x/a.json",
                        as_yaml(value) if "-" in form else json.dumps(value),
                    )
            case _:
                write(tmp_path, inside(value, form))
        (found,) = packets(path)
        assert isinstance(found, CaseError), name
        told = [r for r in found.results if r.key == start + pointer]
        assert told, (name, found.results)
        assert all(r.file.startswith(str(path)) and r.message and r.cure for r in told)


def test_one_choice_that_is_left_out_was_lost_and_several_are_a_habit(tmp_path: Path, run: Callable[..., Any]) -> None:
    variant = "/interpretations/0/diagnosis/genomicInterpretations/0/variantInterpretation"
    lost = changed(f"{variant}/therapeuticActionability", None)
    path = write(tmp_path, lost)
    (found,) = packets(path)
    assert isinstance(found, CaseError)
    assert [r.key for r in found.results] == [f"{variant}/therapeuticActionability"]
    assert "--lenient" in found.results[0].cure
    out = tmp_path / "out.nq"
    assert run("merge", path, "-o", out).exit_code == 1
    assert not out.exists()
    assert run("merge", path, "-o", out, "--lenient").exit_code == 0

    inner = lost["interpretations"][0]["diagnosis"]["genomicInterpretations"][0]["variantInterpretation"]
    del inner["variationDescriptor"]["moleculeContext"]
    (read,) = packets(write(tmp_path, lost))
    assert isinstance(read, Packet)
    assert sorted(fault.path[-1] for fault in read.faults) == ["moleculeContext", "therapeuticActionability"]

    undeclared = write(tmp_path, changed("/phenotypicFeatures/0/type/id", "SNOMEDCT:1"))
    assert isinstance(next(packets(undeclared)), CaseError)
    (taken,) = packets(undeclared, lenient=True)
    assert isinstance(taken, Packet)
    assert [fault.message for fault in taken.faults] == ["no resource is declared for the prefix 'SNOMEDCT'."]


def test_a_habit_is_the_same_throughout_and_leaves_something(tmp_path: Path) -> None:
    """Fields of LEFT_OUT that are missing here and given there were lost; so were all of them of one variant."""

    def kept(*left: str, second: tuple[str, ...] | None = None) -> bool:
        value = copy.deepcopy(PACKET)
        (diagnosis,) = (i["diagnosis"] for i in value["interpretations"])
        variants = [g for g in diagnosis["genomicInterpretations"] if "variantInterpretation" in g][:1]
        variants += copy.deepcopy(variants) if second is not None else []
        diagnosis["genomicInterpretations"] = variants
        for held, names in zip(variants, (left, second or ()), strict=False):
            inner = held["variantInterpretation"]
            for name in names:
                del (inner if name in inner else inner["variationDescriptor"])[name]
        (found,) = packets(write(tmp_path, value))
        return isinstance(found, Packet)

    act, context, grade = "therapeuticActionability", "moleculeContext", "acmgPathogenicityClassification"
    assert kept()
    assert kept(second=())
    assert kept(act, grade)
    assert kept(act, context)
    assert kept(act, second=(act,))
    assert not kept(act)
    assert not kept(act, context, grade)
    assert not kept(act, grade, second=())
    assert not kept(act, grade, second=(act,))


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_every_prefix_that_is_renamed_is_told_with_its_pointer(form: str, tmp_path: Path) -> None:
    """Of concepts, genes, references and resources; also where there is no metadata that could declare one."""

    def renamed(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], str]]:
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(item, dict | list):
                yield from renamed(item, (*path, key))
            elif key == "namespacePrefix":
                yield (*path, key), "XYZ"
                yield (*path, key), item.swapcase()
            elif key in ("id", "valueId") and ("label" in value or key == "valueId" or "reference" in path[-1:]):
                yield (*path, key), "XYZ:" + item.partition(":")[2]

    tried = 0
    for whole in (PACKET, {**PACKET, "metaData": None}):
        for path, to in renamed(whole):
            pointer = "".join(f"/{part}" for part in path)
            if "/variationDescriptor/id" in pointer:
                continue  # the name of a variant need not be a CURIE
            value = copy.deepcopy(whole)
            holder: Any = value
            for part in path[:-1]:
                holder = holder[part]
            if holder[path[-1]] == to:
                continue
            holder[path[-1]] = to
            file = write(tmp_path, value)
            if form == "yaml":
                file = tmp_path / "a.yaml"
                file.write_text(as_yaml(value), "utf-8")
            (found,) = packets(file)
            assert isinstance(found, CaseError), (pointer, to)
            assert all(r.file == str(file) and r.line and r.key and r.cure for r in found.results)
            assert "namespacePrefix" in pointer or pointer in {r.key for r in found.results}, (pointer, found.results)
            tried += 1
    assert tried > 60


def test_a_range_is_never_made_of_what_was_not_written(tmp_path: Path) -> None:
    """A lower end that was lost would be 0, and a value below it normal."""
    at = "/measurements/0/value/quantity/referenceRange"
    for end in ("low", "high"):
        (found,) = packets(write(tmp_path, changed(f"{at}/{end}", None)))
        assert isinstance(found, Packet)  # null says that there is none: changed sets it
        esr = (
            one(write(tmp_path, changed(f"{at}/{end}", None))).case.patients["patient-1"].measurements["measurement-0"]
        )
        assert (esr.range_low, esr.range_high) == (None, None)
        value = changed(f"{at}/{end}", None)
        del value["measurements"][0]["value"]["quantity"]["referenceRange"][end]
        (refused,) = packets(write(tmp_path, value))
        assert isinstance(refused, CaseError)
        assert [r.key for r in refused.results] == [f"{at}/{end}"]


def changed(pointer: str, to: Any) -> dict[str, Any]:
    made = copy.deepcopy(PACKET)
    holder: Any = made
    *parts, last = [int(p) if p.isdigit() else p for p in pointer.split("/")[1:]]
    for part in parts:
        holder = holder[part]
    holder[last] = to
    return made


WRONG: dict[str, tuple[str, Any, str]] = {
    "no-prefix": ("/phenotypicFeatures/0/type/id", "0001250", "prefix"),
    "empty-label": ("/phenotypicFeatures/0/type/label", " ", "missing"),
    "class-lost": (
        "/interpretations/0/diagnosis/genomicInterpretations/0/variantInterpretation/acmgPathogenicityClassification",
        None,
        "missing",
    ),
    "no-bounds": (
        "/measurements/0/value/quantity/referenceRange",
        {"unit": {"id": "UCUM:mm/h", "label": "mm/h"}, "low": 2},
        "'high' of a ReferenceRange is missing",
    ),
    "not-declared": ("/phenotypicFeatures/0/type/id", "SNOMEDCT:1", "no resource"),
    "twice-declared": ("/metaData/resources/1/namespacePrefix", "HP", "twice"),
    "version-1": ("/metaData/phenopacketSchemaVersion", "1.0.0", "version 1"),
    "version-3": ("/metaData/phenopacketSchemaVersion", "3.0", "not version 2"),
    "no-resources": ("/metaData/resources", [], "missing"),
    "no-duration": ("/subject/timeAtLastEncounter/age/iso8601duration", "39 years", "not an age"),
    "backwards": ("/phenotypicFeatures/0/onset/ageRange/end/iso8601duration", "P1Y", "ends before"),
    "interval": ("/phenotypicFeatures/2/onset/interval/end", "1999-01-01T00:00:00Z", "before it starts"),
    "blank-in-id": ("/phenotypicFeatures/0/type/id", "HP: 0001250", "prefix"),
    "bare-gene": (
        "/interpretations/0/diagnosis/genomicInterpretations/0/variantInterpretation/variationDescriptor/geneContext/valueId",
        "HGNC1100",
        "prefix",
    ),
    "range-backwards": ("/measurements/0/value/quantity/referenceRange/high", -1, "below its start"),
    "weeks": ("/phenotypicFeatures/4/onset/gestationalAge/weeks", 400, "gestation"),
    "nan": ("/measurements/0/value/quantity/value", "NaN", "not a number"),
    "unknown-key": ("/subject/name", "x", "no field"),
    "unknown-choice": ("/subject/sex", "WOMAN", "enum"),
    "two-choices": ("/phenotypicFeatures/4/onset/age", {"iso8601duration": "P1Y"}, "oneof"),
    "no-time": ("/metaData/created", "yesterday", ""),
    "text-for-list": ("/phenotypicFeatures", "none", ""),
    "fhir": ("/resourceType", "Patient", "FHIR"),
    "v1": ("/genes", [], "version 1"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_value_is_refused_with_the_reason(name: str, tmp_path: Path) -> None:
    pointer, to, says = WRONG[name]
    (found,) = packets(write(tmp_path, changed(pointer, to)))
    assert isinstance(found, CaseError)
    assert says.lower() in " ".join(r.message for r in found.results).lower(), found.results
    assert all(r.line > 0 and r.cure for r in found.results)


@pytest.mark.parametrize(
    ("name", "data", "rule"),
    [
        ("a.json", b"{", "json"), ("a.json", b"\xff{}", "encoding"), ("a.json", b"[" * 100_000, "depth"),
        ("a.json", b'{"id": "a", "id": "b"}', "duplicate-key"), ("a.json", b"[]", "packet"), ("a.json", b"3", "packet"),
        ("a.pb", b"\x00\x01banana", "packet"), ("a.pb", b"", "packet"), ("a.zip", b"PK\x03\x04banana", "archive"),
        ("a.json", b'{"members": [], "id": "c", "metaData": {}}', "packet"),
    ],
)  # fmt: skip
def test_what_is_no_packet_never_gives_a_traceback(
    name: str, data: bytes, rule: str, tmp_path: Path, run: Callable[..., Any]
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    result = run("validate", path)
    assert result.exit_code in (1, 2)
    assert f"violation {rule}" in result.output
    assert "Traceback" not in result.output


def test_yaml_in_an_archive_is_held_to_the_bounds_of_a_file(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    bad = {
        "alias.yaml": "id: &a x\nsubject: *a\n", "twice.yml": "id: a\nid: b\n", "deep.yaml": "[" * 100,
        "large.yaml": "# " + "x" * 2_000_001, "empty.yaml": "", "case.yaml": "report: {doi: 10.1/x}\n",
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, text in bad.items():
            archive.writestr(name, text)
        archive.writestr("x/good.yaml", as_yaml(PACKET))
    *refused, good = packets(path)
    told = [(found.results[0].file, found.results[0].rule) for found in refused if isinstance(found, CaseError)]
    rules = ["alias", "duplicate-key", "depth", "file", "yaml", "packet"]
    assert told == [(f"{path}!{name}", rule) for name, rule in zip(bad, rules, strict=True)]
    assert isinstance(good, Packet)
    assert (good.name, good.place(("subject", "sex"))) == ("good.yaml", (16, 3))


def test_a_bomb_in_an_archive_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb.json", b" " * 30_000_000)
        archive.writestr("../out.json", json.dumps(PACKET))
        archive.writestr("good.json", json.dumps(PACKET))
    found = list(packets(path))
    assert [isinstance(f, Packet) for f in found] == [False, False, True]


def test_null_is_said_and_what_is_lost_is_refused(tmp_path: Path) -> None:
    value = {**PACKET, "id": None, "metaData": None}
    file = one(write(tmp_path, [value]))
    assert file.case.report.slug == "record~a.json%2F0"
    assert [r.severity for r in file.results if r.rule == "packet"] == ["warning", "warning"]


@pytest.mark.parametrize("key", ["proband", "pedigree", "consanguinousParents"])
def test_of_a_family_only_id_and_metadata_may_be_null(key: str, tmp_path: Path) -> None:
    (found,) = packets(write(tmp_path, {**inside(PACKET, "proband"), key: None}))
    assert isinstance(found, CaseError)
    assert [r.key for r in found.results] == [f"/{key}"]


def test_ages_that_contradict_each_other_are_told_and_all_else_keeps_its_times(
    tmp_path: Path, run: Callable[..., Any]
) -> None:
    """A regimen that ends at 3 and starts at 36: nothing follows of when it was, and nothing breaks."""
    regimen = {"ontologyClass": {"id": "NCIT:C1", "label": "regimen"}, "regimenStatus": "STARTED"}
    ages = {"startTime": {"age": {"iso8601duration": "P36Y"}}, "endTime": {"age": {"iso8601duration": "P3Y"}}}
    value = copy.deepcopy(PACKET)
    value["medicalActions"].append({"therapeuticRegimen": regimen | ages})
    path = write(tmp_path, value)
    file = one(path)
    assert [r for r in file.results if "lies before start (age-p36y)" in r.message]
    out = tmp_path / "out.nq"
    assert run("merge", path, "-o", out).exit_code == 0
    dated = "earliestStart"
    assert out.read_text("utf-8").count(dated) >= nquads(one(write(tmp_path, PACKET, "b.json")).case).count(dated) > 0
    for command in ("conflicts", "duplicates", "check"):
        assert "Traceback" not in run(command, out).output


def test_blanks_around_a_label_are_told_and_kept(tmp_path: Path) -> None:
    file = one(write(tmp_path, changed("/phenotypicFeatures/0/type/label", "Arthritis ")))
    assert [r.severity for r in file.results if "blanks" in r.message] == ["warning"]
    assert not [r for r in file.results if r.severity == "violation"]
    assert '"Arthritis "' in [told.content for told in file.case.metadata.values()]


def test_packets_of_one_id_are_told_apart_by_their_patients(tmp_path: Path, run: Callable[..., Any]) -> None:
    """Ids such as "arbitrary.id" are those of many: two patients never become one."""
    bare = {**PACKET, "metaData": {k: v for k, v in PACKET["metaData"].items() if k != "externalReferences"}}
    other = copy.deepcopy(bare)
    other["subject"]["sex"], other["phenotypicFeatures"] = "MALE", bare["phenotypicFeatures"][:1]
    changed_features = {**copy.deepcopy(bare), "phenotypicFeatures": bare["phenotypicFeatures"][:2]}
    found = list(read_packets(write(tmp_path, [bare, other, bare, changed_features])))
    assert [isinstance(f, CaseFile) for f in found] == [True, True, True, False]
    names = [f.case.report.slug for f in found if isinstance(f, CaseFile)]
    assert names[0] != names[1]
    assert names[0] == names[2]
    refused = found[3]
    assert isinstance(refused, CaseError)
    assert "is that of '/0' too" in refused.results[0].message
    assert refused.results[0].key == "/3/id"
    assert refused.results[0].line > 1
    case = next(f.case for f in found if isinstance(f, CaseFile))
    assert pack(case, next(iter(case.patients)))[0]["id"] == bare["id"]

    answer = run("query", "phenotype/present", "--data", write(tmp_path, [bare, other]), "--format", "csv")
    rows = list(csv.DictReader(answer.stdout.splitlines()))
    assert len(rows) == 5
    assert all(row["source"].startswith("a.json invented packet.") for row in rows)


def test_an_id_that_names_its_patient_is_the_name_of_the_record(tmp_path: Path) -> None:
    named = one(write(tmp_path, {**PACKET, "id": "PMID_1_Patient_1"}))
    assert named.case.report.slug == "pmid-1~PMID_1_Patient_1"


def test_two_patients_of_one_publication_and_id_are_never_one(tmp_path: Path, run: Callable[..., Any]) -> None:
    other = copy.deepcopy(PACKET)
    other["subject"] |= {"id": "Patient 2", "sex": "MALE"}
    same = copy.deepcopy(PACKET)  # one patient, told differently in two files
    same["phenotypicFeatures"][0]["excluded"] = True
    del same["phenotypicFeatures"][0]["resolution"]
    paths = [write(tmp_path, value, f"{name}.json") for name, value in (("a", PACKET), ("b", other), ("c", same))]
    copied = tmp_path / "copies"
    copied.mkdir()
    paths.append(write(copied, PACKET))
    out = tmp_path / "out.nq"
    result = run("merge", *paths, "-o", out, "--format", "json")
    assert result.exit_code == 0, result.output
    account = json.loads(result.stdout)
    assert len(account["together"]["cases"]) == 2
    (twice,) = account["duplicates"]
    assert (twice["sources"], twice["alike"]) == (["a.json", "c.json"], False)
    told = {c["fact"]: c["values"] for c in account["conflicts"] if c["field"] == "status"}
    assert told == {"findings.feature-0": {"excluded": ["c.json"], "present": ["a.json"]}}
    listed = json.loads(run("conflicts", out, "--format", "json").stdout)
    assert listed["between_sources"] == account["conflicts"]
    assert "between sources" in run("conflicts", out).stdout


def test_places_in_json() -> None:
    text = '{\n "a": [ {"b": 1}, "x,]", {"c": {"d": []}} ],\n "e": "q\\"" }'
    marks = json_marks(text)
    assert marks[("a", 0, "b")] == (2, 10)
    assert marks[("a", 2, "c", "d")] == (2, 33)
    assert marks[("e",)] == (3, 2)


# ---- real ones ----------------------------------------------------------------------------------


def test_counts_of_the_store_are_those_of_its_table(shared: Path) -> None:
    path = shared / "corpus" / "phenopacket-store-1500.zip"
    if not path.exists():
        pytest.skip("the packets of phenopacket-store are not there")
    with (shared / "corpus" / "phenopacket-store-1500.expected.tsv").open(encoding="utf-8") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t"))
    expected = {(Path(r["path"]).parts[1], Path(r["path"]).name): r for r in rows}
    from kg.sources.phenopackets import packet_case

    seen = 0
    for number, packet in enumerate(packets(path)):
        assert isinstance(packet, Packet), packet.results
        if number % 12:
            continue
        seen += 1
        case = packet_case(packet)
        assert nquads(case).encode() == serialise(quads(case), ox.RdfFormat.N_QUADS)
        (patient,) = case.patients.values()
        row = expected[Path(packet.member).parts[0], Path(packet.member).name]
        found = patient.findings.values()
        assert (
            len(found), sum(f.status == "excluded" for f in found), sum(f.onset is not None for f in found),
            sum(f.severity is not None for f in found), len(patient.measurements), f"PMID:{case.report.pmid}",
        ) == (*(int(row[n]) for n in ("n_features", "n_excluded", "n_onset", "n_severity", "n_measurements")), row["pmid"])  # fmt: skip
    assert seen == 125


def test_treatments_at_scale_are_read(shared: Path) -> None:
    folder = shared / "corpus" / "convert-pheno"
    if not folder.exists():
        pytest.skip("the packets of convert-pheno are not there")
    given = 0
    for name in ("csv2pxf", "cdiscodm2pxf", "bff2pxf"):
        for file in read_packets(folder / f"t__{name}__out__pxf.json"):
            assert isinstance(file, CaseFile)
            assert not [r for r in file.results if r.severity == "violation"]
            given += sum(len(p.treatments) for p in file.case.patients.values())
    assert given > 90


def test_the_examples_of_phenopacket_tools_are_read(shared: Path) -> None:
    folder = shared / "corpus" / "phenopacket-tools" / "java_examples_as_json"
    if not folder.exists():
        pytest.skip("the examples of phenopacket-tools are not there")
    refused = []
    for path in sorted(folder.glob("*.json")):
        (file,) = read_packets(path)
        if isinstance(file, CaseError):
            refused.append((path.stem, *(r.key.rpartition("/")[2] for r in file.results)))
        (taken,) = read_packets(path, lenient=True)
        assert isinstance(taken, CaseFile), taken.results
        assert [r for r in taken.results if r.severity == "violation"] == [], path
    assert refused == [  # phenopacket-tools' own validator refuses them, too
        ("DuchenneExon51Deletion", "therapeuticActionability"),
        ("FamilyWithPedigree", "consanguinousParents"),
        ("Retinoblastoma", "moleculeContext"),
    ]


def test_the_rules_name_fields_that_the_schema_has() -> None:
    from phenopackets.schema.v2.phenopackets_pb2 import Cohort, Family, Phenopacket

    names: dict[str, Any] = {}

    def walk(descriptor: Any) -> None:
        if descriptor.full_name not in names.values():
            names[descriptor.name + descriptor.full_name] = descriptor.full_name
            fields = {f.json_name for f in descriptor.fields}
            if descriptor.full_name.startswith("org."):
                assert set(REQUIRED.get(descriptor.name, ())) <= fields, descriptor.full_name
            for field in descriptor.fields:
                if field.message_type:
                    walk(field.message_type)

    for kind in (Phenopacket, Family, Cohort):
        walk(kind.DESCRIPTOR)
    known = {full.rsplit(".", 1)[-1] for full in names.values()}
    assert set(REQUIRED) | set(ONE_OF) <= known
    assert list(faults(PACKET, Phenopacket.DESCRIPTOR)) == []
