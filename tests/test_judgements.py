"""The claims file: read strictly, written as RDF and read back, never owl:sameAs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.base.prefixes import CASE
from kg.base.results import CaseError
from kg.gate.shapes import validate_graph
from kg.graph.store import Dataset, serialise
from kg.persons.judgements import (
    CONFLICTS,
    JUDGEMENTS,
    ConflictNode,
    conflict_quads,
    judgement_quads,
    judgements,
    read_claims,
)

WriteCase = Callable[..., Path]
CLAIMS = """claims:
  one:
    kind: same person
    of: ["case:b/p1", "case:a/p1"]
    decision: confirmed
    by: A. Curator
    on: 2024-05-01
    why: The same clinic, the same scar.
  two:
    kind: same report
    of: [https://w3id.org/casekg/case/a, "case:c"]
    decision: rejected
    by: A. Curator
    on: 2024-05-01
    why: Two papers of one title.
conflicts:
  dose:
    conflict: 0123456789abcdef
    prefer: case:a/p1#prednisone
    by: A. Curator
    on: 2024-05-01
    why: The table is a misprint.
retractions:
  gone:
    doi: 10.1234/GONE
    by: A. Curator
    on: 2024-05-02
    why: Invented data.
"""


def write(folder: Path, text: str = CLAIMS) -> Path:
    path = folder / "claims.yaml"
    path.write_text(text, "utf-8")
    return path


def test_a_claims_file_is_read(tmp_path: Path) -> None:
    told = read_claims(write(tmp_path))
    same, rejected = sorted(told.claims, key=lambda claim: claim.kind)
    assert same.of == (CASE + "a/p1", CASE + "b/p1")
    assert same.place[1:] == (2, 3)
    assert rejected.decision == "rejected"
    assert told.resolutions[0].prefer == CASE + "a/p1#prednisone"
    assert told.retractions[0].doi == "10.1234/gone"


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("kind: same person", "kind: same soul", 3, "not one of the values"),
        ('of: ["case:b/p1", "case:a/p1"]', 'of: ["case:b/p1"]', 2, "names 1, not two"),
        ('of: ["case:b/p1", "case:a/p1"]', 'of: ["case:a/p1", "case:a/p1"]', 2, "one thing twice"),
        ('of: ["case:b/p1", "case:a/p1"]', 'of: ["case:b/p1", "case:a"]', 2, "one is a patient, the other a report"),
        ('of: ["case:b/p1", "case:a/p1"]', 'of: ["case:b", "case:a"]', 2, "is about two patients"),
        ('of: ["case:b/p1", "case:a/p1"]', 'of: ["http://example.org/b", "case:a/p1"]', 4, "not an IRI of ours"),
        ('of: ["case:b/p1", "case:a/p1"]', 'of: ["case:b/p1#x", "case:a/p1"]', 4, "is a fact"),
        ("    why: The same clinic, the same scar.\n", "", 2, "'why' is missing"),
        ("decision: confirmed", "decision: perhaps", 5, "not one of the values"),
        ("on: 2024-05-02", "on: last May", 27, "not a date"),
        ("conflict: 0123456789abcdef", "conflict: 0123", 18, ""),
        ("doi: 10.1234/GONE", "doi: https://doi.org/10.1234/gone", 25, "is not a DOI"),
        ("retractions:", "retraction:", 23, "unknown key. Did you mean 'retractions'?"),
        ("prefer: case:a/p1#prednisone", "prefer: the first", 19, "no fact of ours"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, old: str, new: str, line: int, said: str) -> None:
    assert CLAIMS.count(old) == 1
    with pytest.raises(CaseError) as error:
        read_claims(write(tmp_path, CLAIMS.replace(old, new)))
    assert any(said in f"{result.message} {result.cure}" and result.line == line for result in error.value.results), (
        error.value
    )


def test_a_decision_that_is_written_twice_is_refused(tmp_path: Path) -> None:
    block = CLAIMS.split("  two:")[0].removeprefix("claims:\n").replace("one:", "again:").replace("same scar", "scar")
    with pytest.raises(CaseError, match="stands in line 2 already"):
        read_claims(write(tmp_path, CLAIMS.replace("  two:", f"{block}  two:")))


def test_decisions_survive_the_way_to_rdf_and_back(tmp_path: Path, data: Dataset) -> None:
    told = read_claims(write(tmp_path))
    quads = list(judgement_quads(told))
    assert {quad.graph_name.value for quad in quads} == {JUDGEMENTS}
    assert not any("sameAs" in quad.predicate.value for quad in quads)
    (tmp_path / "a.trig").write_bytes(serialise([*data.quads(), *quads], ox.RdfFormat.TRIG))
    again = kg.build([tmp_path / "a.trig"])
    assert judgements(again) == told
    assert kg.validate(again).conforms
    assert again.describe()["facts"] == data.describe()["facts"]


def test_their_shapes_see_them_and_can_fail(tmp_path: Path) -> None:
    told = read_claims(write(tmp_path))
    settled = ConflictNode(
        f"{CONFLICTS}#0",
        "two doses",
        ("https://a.example/1", "https://a.example/2"),
        "5 mg, 10 mg.",
        told.resolutions[0],
    )
    quads = [*judgement_quads(told), *conflict_quads([settled])]
    found, seen = validate_graph(quads)
    assert seen["shape:IdentityClaim"] == 2
    assert seen["shape:Retraction"] == seen["shape:Resolution"] == seen["shape:Conflict"] == 1
    assert [r.rule for r in found if r.severity == "violation"] == ["shape:Conflict-preferred"]
    open_ = list(conflict_quads([replace(settled, resolution=None)]))
    assert not [r for r in validate_graph(open_)[0] if r.severity == "violation"]


def test_a_judgement_that_lacks_a_part_is_told(tmp_path: Path, data: Dataset) -> None:
    quads = [q for q in judgement_quads(read_claims(write(tmp_path))) if not q.predicate.value.endswith("decidedBy")]
    (tmp_path / "a.nq").write_bytes(serialise([*data.quads(), *quads], ox.RdfFormat.N_QUADS))
    with pytest.raises(CaseError, match="ckg:decidedBy"):
        judgements(kg.build([tmp_path / "a.nq"]))
    assert not kg.validate(kg.build([tmp_path / "a.nq"])).conforms
