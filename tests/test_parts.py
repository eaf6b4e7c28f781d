"""The account of a merge, record by record: what each file and member brought is what its packet holds."""

from __future__ import annotations

import copy
import csv
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kg.graph.merging import merge, remove, save, written
from kg.graph.parts import counted

PACKET: dict[str, Any] = json.loads((Path(__file__).parent / "packet.json").read_text("utf-8"))  # invented


def of_patient(number: int, features: int) -> dict[str, Any]:
    made = copy.deepcopy(PACKET)
    made["id"], made["subject"]["id"] = f"PMID_1_Patient_{number}", f"Patient {number}"
    made["phenotypicFeatures"] = made["phenotypicFeatures"][:features]
    return made


def test_each_record_has_its_own_account_and_each_refusal_its_reasons(
    tmp_path: Path, run: Callable[..., Any], shipped: Path
) -> None:
    spoiled = of_patient(9, 5)
    del spoiled["subject"]["id"]
    packed, listed, report = tmp_path / "a.zip", tmp_path / "b.json", tmp_path / "report.tsv"
    with zipfile.ZipFile(packed, "w") as archive:
        for cohort, value in (("x", of_patient(1, 1)), ("y", of_patient(2, 2)), ("y", spoiled)):
            archive.writestr(f"{cohort}/{value['id']}.json", json.dumps(value))
    listed.write_text(json.dumps([of_patient(3, 3), of_patient(4, 5)]))
    foreign = tmp_path / "c.ttl"
    foreign.write_text("<http://example.org/a> <http://example.org/b> 1 .")
    result = run("merge", packed, listed, foreign, shipped, "-o", tmp_path / "out.nq", "--report", report)
    assert result.exit_code == 1, result.output
    rows = {row["file"]: row for row in csv.DictReader(report.read_text("utf-8").splitlines(), delimiter="\t")}
    numbers = ("Finding", "Finding.excluded", "Finding.onset", "Measurement", "Treatment", "Extension Biosample")
    packets = {name: row for name, row in rows.items() if "Patient" in row["report"]}
    assert {name: [int(row[n]) for n in numbers] for name, row in packets.items()} == {
        "x/PMID_1_Patient_1.json": [1, 0, 1, 5, 4, 1],
        "y/PMID_1_Patient_2.json": [2, 1, 1, 5, 4, 1],
        "b.json/0": [3, 1, 2, 5, 4, 1],
        "b.json/1": [5, 1, 4, 5, 4, 1],
    }
    refused = rows["y/PMID_1_Patient_9.json"]
    assert (refused["outcome"], refused["source"]) == ("refused", str(packed))
    assert refused["reason"].endswith("/subject/id: 'id' of an Individual is missing.")
    assert rows["c.ttl"]["statements kept"] == "1"
    assert {row["outcome"] for name, row in rows.items() if name != "y/PMID_1_Patient_9.json"} == {"merged"}
    assert "5 records in 4 sources" in result.output


def test_a_former_merge_tells_its_records_again(tmp_path: Path) -> None:
    first, out = tmp_path / "a.json", tmp_path / "out.nq"
    first.write_text(json.dumps([of_patient(1, 1), of_patient(2, 2)]))
    once = merge([first])
    save(once.collection, out)
    again = merge([out])
    assert [one.counts for one in again.files] == [one.counts for one in once.files]
    assert {one.file for one in again.files} == {"a.json"}


def test_the_report_is_json_too_and_no_other_format(tmp_path: Path, run: Callable[..., Any]) -> None:
    path = tmp_path / "a.json"
    path.write_text(json.dumps(of_patient(1, 1)))
    out, report = tmp_path / "out.nq", tmp_path / "r.json"
    assert run("merge", path, "-o", out, "--report", report).exit_code == 0
    told = json.loads(report.read_text("utf-8"))
    assert [one["file"] for one in told["files"]] == ["a.json"]
    assert told["files"][0]["counts"] == counted(
        "".join(t.text for s in merge([path]).collection.sources for t in s.tellings)
    )
    refused = run("merge", path, "-o", tmp_path / "other.nq", "--report", tmp_path / "r.xlsx")
    assert refused.exit_code == 2
    assert not (tmp_path / "other.nq").exists()


def test_the_store_is_accounted_for_file_by_file(shared: Path, tmp_path: Path) -> None:
    source = shared / "corpus" / "phenopacket-store-1500.zip"
    if not source.exists():
        pytest.skip("the packets of phenopacket-store are not there")
    with (shared / "corpus" / "phenopacket-store-1500.expected.tsv").open(encoding="utf-8") as handle:
        expected = {tuple(r["path"].split("/")[1::2]): r for r in csv.DictReader(handle, delimiter="\t")}
    part = tmp_path / "some.zip"
    with zipfile.ZipFile(source) as whole, zipfile.ZipFile(part, "w") as some:
        for name in sorted(n for n in whole.namelist() if n.endswith(".json"))[::25]:
            some.writestr(name, whole.read(name))
    files = merge([part]).files
    assert len(files) == 60
    names = {
        "n_features": "Finding", "n_excluded": "Finding.excluded", "n_onset": "Finding.onset", "n_severity": "Finding.severity",
        "n_modifiers": "Finding.modifier", "n_measurements": "Measurement", "n_interpretations": "Extension Interpretation",
    }  # fmt: skip
    for one in files:
        row = expected[tuple(one.file.split("/"))]
        assert {name: int(row[name]) for name in names} == {
            name: one.counts.get(kind, 0) for name, kind in names.items()
        }


def test_packets_beside_lifted_graphs_keep_the_laws_of_merging(shared: Path, tmp_path: Path) -> None:
    theirs = shared / "corpus" / "rdf" / "care-sm" / "RDF" / "CARE-SM-Medication.nq"
    if not theirs.exists():
        pytest.skip("the graphs of CARE-SM are not there")
    otherwise = of_patient(1, 1)
    otherwise["phenotypicFeatures"][0] |= {"excluded": True}
    (tmp_path / "copy").mkdir()
    values = {"a": of_patient(1, 1), "b": otherwise, "c": of_patient(2, 2), "copy/a": of_patient(1, 1)}
    given = [theirs]
    for name, value in values.items():
        given.append(tmp_path / f"{name}.json")
        given[-1].write_text(json.dumps(value))
    whole = merge(given).collection
    rng = random.Random(5)
    for _ in range(4):
        order = rng.sample(given, len(given)) + rng.sample(given, 2)
        cut = rng.randrange(1, len(order))
        save(merge(order[:cut]).collection, tmp_path / "one.nq")
        again = merge([*order[cut:], tmp_path / "one.nq"]).collection
        assert written(again) == written(whole)
    left, gone, _ = remove(whole, ["b.json"])
    assert [source.name for source in gone] == ["b.json"]
    assert written(left) == written(merge([path for path in given if path.name != "b.json"]).collection)
