"""The case graphs of RDF files: found, read, held to the rules; the rest given back apart."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.base.prefixes import CASE, CKG, PREFIXES
from kg.base.results import CaseError, Result
from kg.graph.graphs import read_case_graphs
from kg.graph.store import FORMATS, Dataset, serialise
from kg.model.anchors import anchor_results, read_source
from kg.model.reading import CaseFile
from kg.rdf.triples import quads

Write = Callable[..., Path]
Graph = list[ox.Quad]
TYPE, XSD, OA = PREFIXES["rdf"] + "type", PREFIXES["xsd"], PREFIXES["oa"]
TOP = CASE + "10.7759_cureus.34125"
P1 = TOP + "/p1"


@pytest.fixture(scope="module")
def graph(seed: CaseFile) -> Graph:
    return list(quads(seed.case))


def _violations(results: Iterable[Result]) -> list[Result]:
    return [r for r in results if r.severity == "violation"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_case_file_of_every_format(graph: Graph, seed: CaseFile, suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(serialise(graph, FORMATS[suffix]))
    read = read_case_graphs(path)
    assert read.others == ()
    (found,) = read.graphs
    assert found.name == TOP
    assert _violations(found.results) == []
    assert found.file is not None
    assert {q.triple for q in found.quads} == {q.triple for q in graph}
    assert found.file.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert found.file.lifted
    file, line, column = found.file.place("patients", "p1", "findings", "calcinosis", "concept")
    assert (file, line, column) == found.place(f"{P1}#calcinosis")
    assert found.file.focus("patients", "p1", "findings", "calcinosis", "concept") == f"{P1}#calcinosis"
    assert f"{P1}#calcinosis" in path.read_text("utf-8").split("\n")[line - 1]


def _both(tmp_path: Path, write_case: Write, seed: CaseFile) -> tuple[Graph, Graph]:
    return list(quads(seed.case)), list(quads(kg.read_case(write_case(tmp_path))))


@pytest.mark.parametrize("suffix", [".trig", ".ttl"])
def test_a_broken_graph_does_not_stop_the_others(
    tmp_path: Path, write_case: Write, seed: CaseFile, suffix: str
) -> None:
    shipped, invented = _both(tmp_path, write_case, seed)
    broken = [q for q in invented if q.predicate.value != CKG + "status"]
    path = tmp_path / f"a{suffix}"
    path.write_bytes(serialise([*shipped, *broken], FORMATS[suffix]))
    first, second = read_case_graphs(path).graphs
    assert (first.name, second.name) == (TOP, CASE + "invented-1")
    assert _violations(first.results) == []
    assert second.file is None
    assert {r.focus for r in _violations(second.results)} == {
        f"{CASE}invented-1/p1#{key}" for key in ("arthritis", "no-calcinosis")
    }


def test_the_ontology_and_strangers_are_given_back_apart(data: Dataset, tmp_path: Path) -> None:
    path = tmp_path / "a.nq"
    data.save(path, ontology=True)
    stranger = "<http://e/a> <http://e/b> <http://e/c> <http://e/g> .\n"
    path.write_text(path.read_text("utf-8") + stranger, "utf-8")
    read = read_case_graphs(path)
    assert [g.name for g in read.graphs] == [TOP]
    assert _violations(read.graphs[0].results) == []
    assert len(read.graphs[0].quads) + len(read.others) == path.read_text("utf-8").count("\n")
    assert any(q.graph_name == ox.NamedNode("http://e/g") for q in read.others)


def test_a_graph_that_is_not_named_after_its_report_is_told(graph: Graph, tmp_path: Path) -> None:
    path = tmp_path / "a.nq"
    name = ox.NamedNode("http://example.org/g")
    path.write_bytes(serialise([ox.Quad(*q.triple, name) for q in graph], FORMATS[".nq"]))
    (found,) = read_case_graphs(path).graphs
    (told,) = _violations(found.results)
    assert told.focus == TOP
    assert "<http://example.org/g>" in told.message


def test_a_file_without_a_graph_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<http://e/a> <http://e/b> <http://e/c> .", "utf-8")
    read = read_case_graphs(path)
    assert (read.graphs, len(read.others)) == ((), 1)


def test_a_file_that_is_no_rdf_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("<http://e/a> <http://e/b>\n<http://e/c> ,, .", "utf-8")
    with pytest.raises(CaseError) as caught:
        read_case_graphs(path)
    assert caught.value.results[0].line == 2


# ---- evidence ---------------------------------------------------------------------------


def _lifted(tmp_path: Path, write_case: Write, replace: dict[str, str] | None = None) -> CaseFile:
    path = tmp_path / "a.nq"
    path.write_bytes(serialise(quads(kg.read_case(write_case(tmp_path, replace=replace))), FORMATS[".nq"]))
    (found,) = read_case_graphs(path).graphs
    assert found.file is not None, found.results
    return found.file


def test_anchors_of_a_graph_are_looked_for_in_the_whole_text(tmp_path: Path, write_case: Write, sources: Path) -> None:
    file = _lifted(tmp_path, write_case)
    assert list(anchor_results(file, read_source(file, sources))) == []


def test_an_anchor_of_a_graph_that_is_not_in_the_text_is_told(tmp_path: Path, write_case: Write, sources: Path) -> None:
    file = _lifted(tmp_path, write_case, {"Arthritis improved in June 2021": "Arthritis improved in July"})
    (told,) = anchor_results(file, read_source(file, sources))
    assert told.rule == "anchor"
    assert told.message == "'Arthritis improved in July' does not occur in invented.txt."
    assert told.focus == f"{CASE}invented-1/p1#tofacitinib-arthritis"
    assert told.line > 0


def test_the_digest_of_the_text_of_a_graph_is_held(tmp_path: Path, write_case: Write) -> None:
    file = _lifted(tmp_path, write_case)
    (tmp_path / "invented.txt").write_text("another text", "utf-8")
    with pytest.raises(CaseError, match="is not the text that was read"):
        read_source(file, tmp_path)
