"""Biolink KGX: tables that hold together, truth kept, losses counted."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from kg.export.kgx import EDGES, NODES, write_kgx
from kg.model.case import Case
from kg.model.reading import read_case

# Predicates and categories of Biolink 4.4 that are written, each with what it may join (domain, range).
PREDICATES = {
    "biolink:has_phenotype": ({"biolink:Case"}, {"biolink:PhenotypicFeature"}),
    "biolink:related_to_at_instance_level": (
        {"biolink:Case"},
        {"biolink:Disease", "biolink:Gene", "biolink:Treatment"},
    ),
    "biolink:applied_to_treat": ({"biolink:Treatment"}, {"biolink:PhenotypicFeature", "biolink:Disease"}),
    "biolink:has_adverse_event": ({"biolink:Treatment"}, {"biolink:PhenotypicFeature"}),
}


def table(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode()), delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.fixture(scope="module")
def case(shipped: Path) -> Case:
    return read_case(shipped)


def test_every_edge_joins_nodes_that_its_predicate_may_join(case: Case) -> None:
    files, _ = write_kgx([case])
    nodes = {row["id"]: row for row in table(files["nodes.tsv"])}
    edges = table(files["edges.tsv"])
    assert tuple(next(iter(nodes.values()))) == NODES
    assert tuple(edges[0]) == EDGES
    assert len({row["id"] for row in edges}) == len(edges) > 50
    for row in edges:
        domain, reach = PREDICATES[row["predicate"]]
        assert nodes[row["subject"]]["category"] in domain, row
        assert nodes[row["object"]]["category"] in reach, row
        assert row["publications"] == "DOI:10.7759/cureus.34125"
        assert row["supporting_text"], row


def test_a_drug_keeps_its_case_and_nothing_treats(case: Case) -> None:
    files, _ = write_kgx([case])
    nodes = {row["id"]: row for row in table(files["nodes.tsv"])}
    edges = table(files["edges.tsv"])
    given = next(row for row in edges if row["id"].endswith("#tofacitinib.given"))
    assert given["subject"] == "casekg:10.7759_cureus.34125/p1"
    assert nodes[given["object"]]["has_drug"] == "CHEBI:71200"
    assert "treats" not in {row["predicate"].removeprefix("biolink:") for row in edges}


def test_an_edge_never_says_more_than_the_report(case: Case) -> None:
    files, losses = write_kgx([case])
    told = {row["id"].partition("#")[2]: row for row in table(files["edges.tsv"])}
    patient = case.patients["p1"]
    whole = [f for f in patient.findings.values() if f.status == "present" and f.certainty in (None, "confirmed")]
    assert sum(row["original_predicate"] == "ckg:findings" for row in told.values()) >= len(whole)
    for key, finding in patient.findings.items():
        if finding.status == "not stated" or finding.certainty not in (None, "confirmed"):
            assert key not in told
        elif finding.status == "excluded":
            assert (key in told) == (finding.time is None), "an exclusion at one time is not never"
        else:
            assert told[key]["negated"] == "false"
    lost = {(kind, why): number for kind, _, number, why in losses.rows() if number}
    assert lost["responses", "Biolink has no slot for it"] == len(patient.responses)
    assert lost["measurements", "Biolink has no slot for it"] == len(patient.measurements)
    assert lost["claims", "not about a patient"] == len(case.claims)


def test_every_fact_is_kept_or_lost(case: Case) -> None:
    _, losses = write_kgx([case])
    patient = case.patients["p1"]
    for section in {name for name, _, _ in patient.facts()}:
        kept = next((kept for kind, kept, _, _ in losses.rows() if kind == section), 0)
        lost = sum(number for kind, _, number, _ in losses.rows() if kind == section)
        assert kept + lost == len(getattr(patient, section)), section


def test_the_same_case_twice_is_the_same_table(case: Case) -> None:
    assert write_kgx([case])[0] == write_kgx([case, case])[0]
