"""Nanopublications: one a fact, whole, and read back."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.base.prefixes import CKG, PREFIXES
from kg.export.nanopubs import NP, write_nanopubs
from kg.model.case import Case
from kg.model.reading import read_case
from kg.rdf.triples import quads
from kg.sources.foreign import lift_foreign

TYPE = PREFIXES["rdf"] + "type"


@pytest.fixture(scope="module")
def case(shipped: Path) -> Case:
    return read_case(shipped)


@pytest.fixture(scope="module")
def made(case: Case) -> list[ox.Quad]:
    return list(ox.parse(write_nanopubs([case])[0]["nanopubs.trig"], ox.RdfFormat.TRIG))


def test_each_has_its_four_graphs_and_they_say_what_the_guidelines_ask(made: list[ox.Quad], case: Case) -> None:
    heads = {q.subject.value: q.graph_name.value for q in made if q.object == ox.NamedNode(NP + "Nanopublication")}
    assert len(heads) == 1 + sum(
        1 for path, _ in case.facts() if path != ("report",) and path[-1] not in ("sex", "age")
    )
    graphs = Counter(q.graph_name.value for q in made)
    for name, head in heads.items():
        assert graphs[head] == 4
        parts = {q.predicate.value.removeprefix(NP): q.object.value for q in made if q.graph_name.value == head}
        for part in ("hasAssertion", "hasProvenance", "hasPublicationInfo"):
            assert graphs[parts[part]] > 0, (name, part)
        assert any(
            q.graph_name.value == parts["hasProvenance"] and q.subject.value == parts["hasAssertion"] for q in made
        )
        assert any(q.graph_name.value == parts["hasPublicationInfo"] and q.subject.value == name for q in made)
        break


def test_no_statement_of_a_fact_is_lost(made: list[ox.Quad], case: Case) -> None:
    said = {(q.subject, q.predicate, q.object) for q in made}
    kinds = {CKG + kind for kind in ("Author", "SourceSection", "SourceText", "Report")}
    nodes = {q.subject for q in quads(case) if q.predicate.value == TYPE and q.object.value in kinds}
    for quad in quads(case):
        if quad.subject in nodes or quad.predicate.value == CKG + "evidence" or "#quote-" in str(quad.subject):
            continue
        assert (quad.subject, quad.predicate, quad.object) in said, quad
    quoted = {q.object for q in quads(case) if q.predicate.value == CKG + "evidence" and q.subject not in nodes}
    assert quoted <= {q.object for q in made if q.predicate.value == PREFIXES["prov"] + "wasQuotedFrom"}
    _, losses = write_nanopubs([case])
    assert {kind for kind, _, lost, _ in losses.rows() if lost} == {"Author", "SourceSection", "Report"}


def test_it_is_no_case_graph_and_its_facts_can_be_lifted_again(made: list[ox.Quad], case: Case) -> None:
    assert not [q for q in made if q.graph_name.value.startswith(PREFIXES["case"])]
    found = lift_foreign(made, "nanopubs.trig", "0" * 64)
    assert found.lift
    assert found.lift.name == "nanopublication"
    back, old = found.files[0].case.patients["p1"], case.patients["p1"]
    for section in ("findings", "antibodies", "diagnoses"):
        was = Counter((f.concept.id, f.status) for f in getattr(old, section).values())
        assert Counter((f.concept.id, f.status) for f in getattr(back, section).values()) == was


def test_the_same_bytes_each_time(case: Case) -> None:
    assert write_nanopubs([case])[0] == write_nanopubs([case, case])[0]
