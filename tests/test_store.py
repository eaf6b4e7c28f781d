"""Graphs in and out: formats, bytes, strictness, rdflib."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg
from kg.base.prefixes import CASE, CKG, PREFIXES
from kg.graph.store import FORMATS, Dataset, from_rdflib, read_rdf, serialise, to_rdflib

Write = Callable[..., Path]
ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = sorted(FORMATS)
RDFLIB = {".nq": "nquads", ".trig": "trig", ".ttl": "turtle", ".nt": "nt", ".jsonld": "json-ld", ".rdf": "xml"}


def canonical(items: Iterable[Any], graphs: bool = True) -> str:
    """RDFC-1.0 canonical form; without graphs, of the triples."""
    quads = [ox.Quad(q.subject, q.predicate, q.object, q.graph_name if graphs else ox.DefaultGraph()) for q in items]
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return "\n".join(sorted(map(str, dataset)))


def by_pyoxigraph(path: Path) -> list[ox.Quad]:
    return list(ox.parse(path.read_bytes(), FORMATS[path.suffix]))


def by_rdflib(path: Path) -> list[ox.Quad]:
    keeps = FORMATS[path.suffix].supports_datasets
    graph: rdflib.Graph = rdflib.Dataset() if keeps else rdflib.Graph()
    graph.parse(data=path.read_bytes(), format=RDFLIB[path.suffix])
    text = graph.serialize(format="nquads" if keeps else "nt", encoding="utf-8")
    return list(ox.parse(text, ox.RdfFormat.N_QUADS))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_both_libraries_read_back_what_was_written(suffix: str, data: Dataset, tmp_path: Path) -> None:
    path = tmp_path / f"out{suffix}"
    data.save(path)
    graphs = FORMATS[suffix].supports_datasets
    wanted = canonical(data.quads(), graphs)
    assert canonical(by_pyoxigraph(path), graphs) == wanted
    assert canonical(by_rdflib(path), graphs) == wanted
    assert canonical(kg.build([path]).quads(), graphs) == wanted


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_rdf_gives_the_same_counts_as_the_case_file(suffix: str, data: Dataset, tmp_path: Path) -> None:
    path = tmp_path / f"out{suffix}"
    data.save(path)
    read = kg.build([path]).describe()
    told = data.describe()
    assert {k: read[k] for k in ("reports", "patients", "facts", "anchors")} == {
        k: told[k] for k in ("reports", "patients", "facts", "anchors")
    }


def test_save_returns_the_number_of_quads(data: Dataset, tmp_path: Path) -> None:
    assert data.save(tmp_path / "out.nq") == len(data.quads())


def test_the_ontology_goes_along_on_request(data: Dataset, tmp_path: Path) -> None:
    data.save(tmp_path / "with.nq", ontology=True)
    data.save(tmp_path / "without.nq")
    more, less = ({q.graph_name.value for q in read_rdf(tmp_path / f)} for f in ("with.nq", "without.nq"))
    assert less == set(data.graphs())
    assert more > less
    assert CKG.rstrip("#") in more


SCRIPT = """
import hashlib, sys
from pathlib import Path
import kg
from kg.graph.store import FORMATS, serialise
data = kg.build(sys.argv[1:])
for suffix in sorted(FORMATS):
    print(suffix, hashlib.sha256(serialise(data.quads(), FORMATS[suffix])).hexdigest())
"""


def _digests(seed: str, *paths: Path) -> str:
    env = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", SCRIPT, *map(str, paths)]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=True, timeout=120).stdout


def test_bytes_do_not_depend_on_the_hash_seed_nor_on_the_order_of_files(
    tmp_path: Path, write_case: Write, shipped: Path
) -> None:
    other = write_case(tmp_path)
    found = {
        _digests("0", shipped, other),
        _digests("1", other, shipped),
        _digests("random", shipped, other),
    }
    assert len(found) == 1
    assert len(found.pop().splitlines()) == len(FORMATS)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_bytes_do_not_depend_on_the_order_of_quads(suffix: str, data: Dataset) -> None:
    items, form = data.quads(), FORMATS[suffix]
    assert serialise(items, form) == serialise(reversed(items), form) == serialise([*items, *items[:50]], form)


def test_writing_what_was_read_gives_the_same_bytes(data: Dataset, tmp_path: Path) -> None:
    for suffix in (".nq", ".trig", ".jsonld"):
        first, second = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
        data.save(first)
        kg.build([first]).save(second)
        assert first.read_bytes() == second.read_bytes()


def test_union_is_idempotent_and_commutative(tmp_path: Path, write_case: Write, data: Dataset, shipped: Path) -> None:
    other = write_case(tmp_path)
    data.save(tmp_path / "one.nq")
    both = kg.build([shipped, other]).quads()
    assert kg.build([other, shipped]).quads() == both
    assert kg.build([tmp_path / "one.nq", shipped, other]).quads() == both


@pytest.mark.parametrize("name", ["out.docx", "out", "out.nq.zip", "out.yaml"])
def test_unknown_suffix(name: str, data: Dataset, tmp_path: Path) -> None:
    with pytest.raises(kg.CaseError, match="no format is known") as caught:
        data.save(tmp_path / name)
    assert ".nq" in caught.value.results[0].cure
    assert list(tmp_path.iterdir()) == []


def test_a_suffix_in_capitals_is_fine(data: Dataset, tmp_path: Path) -> None:
    data.save(tmp_path / "OUT.NQ")
    assert read_rdf(tmp_path / "OUT.NQ")


def _fails(*_: object) -> None:
    raise OSError(28, "No space left on device")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_failing_write_leaves_the_former_file(
    step: str, data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "out.nq"
    path.write_text("former\n")
    monkeypatch.setattr(*((os, "fsync") if step == "fsync" else (Path, "replace")), _fails)
    with pytest.raises(kg.CaseError, match="No space left on device"):
        data.save(path)
    assert path.read_text() == "former\n"


def test_a_failing_write_leaves_nothing_behind(data: Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", _fails)
    with pytest.raises(kg.CaseError):
        data.save(tmp_path / "out.nq")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(data: Dataset, tmp_path: Path) -> None:
    with pytest.raises(kg.CaseError, match="cannot be written"):
        data.save(tmp_path / "none" / "out.nq")


def test_a_folder_that_may_not_be_written(
    write_case: Write, tmp_path: Path, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    case = write_case(tmp_path)
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o500)
    if os.access(locked, os.W_OK):  # root may write anywhere: say what the system would say
        import tempfile

        def denied(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(tempfile, "NamedTemporaryFile", denied)
    result = run("build", case, "-o", locked / "out.nq")
    assert result.exit_code == 2
    (line,) = result.stderr.splitlines()
    assert f"{locked / 'out.nq'}: violation output: cannot be written (Permission denied)." in line
    assert list(locked.iterdir()) == []


def test_a_folder_is_not_a_file(data: Dataset, tmp_path: Path) -> None:
    (tmp_path / "out.nq").mkdir()
    with pytest.raises(kg.CaseError, match="cannot be written"):
        data.save(tmp_path / "out.nq")


NT = "<x:s> <x:p> <x:o> .\n"
# name, text, line of the error (0: the parser gives none), a word
MALFORMED: dict[str, tuple[str, int, str]] = {
    "relative.nt": (NT + "<s> <x:p> <x:o> .\n", 2, "N-Triples"),
    "relative.ttl": ("<x:s> <x:p> <x:o> .\n<x:s> <p> <x:o> .\n", 2, "Turtle"),
    "space.nt": (NT + "<x:s> <x:p> <x:o o> .\n", 2, "N-Triples"),
    "space.ttl": ("<x:s> <x:p> <http://example.org/a b> .\n", 1, "Turtle"),
    "space.nq": ("<x:s> <x:p> <x:o> <x:g g> .\n", 1, "N-Quads"),
    "space.trig": ("<x:g> { <x:s> <x:p> <x:o\u0020o> }\n", 1, "TriG"),
    "brace.nt": ("<x:s> <x:p> <x:{o}> .\n", 1, "N-Triples"),
    "prefix.ttl": ("a:b a:c a:d .\n", 1, "Turtle"),
    "truncated.nt": (NT + '<x:s> <x:p> "half', 2, "N-Triples"),
    "truncated.nq": (NT + "<x:s> <x:p>", 2, "N-Quads"),
    "truncated.ttl": (NT + "<x:s> <x:p> ", 2, "Turtle"),
    "truncated.trig": ("<x:g> { <x:s> <x:p> <x:o> .\n", 0, "TriG"),
    "truncated.jsonld": ('{"@id": "x:s",\n "x:p": ', 0, "JSON-LD"),
    "language.nt": ('<x:s> <x:p> "x"@_ .\n', 1, "N-Triples"),
    "literal-subject.ttl": ('"x" <x:p> <x:o> .\n', 1, "Turtle"),
    "graph-in.nt": ("<x:s> <x:p> <x:o> <x:g> .\n", 1, "N-Triples"),
    "remote-context.jsonld": ('{"@context": "https://schema.org/", "@id": "x:s", "name": "n"}\n', 0, "JSON-LD"),
    "remote-context-in-list.jsonld": ('{"@context": [{}, "http://localhost/x"], "@id": "x:s", "name": "n"}\n', 0, "JSON-LD"),
    "doctype.rdf": ('<?xml version="1.0"?>\n<!DOCTYPE r [<!ENTITY a "b">]>\n<r/>\n', 0, "DOCTYPE"),
    "entity-file.rdf": ('<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/hostname">]><r>&a;</r>\n', 0, "DOCTYPE"),
    "html.rdf": ("<html><body><p>x</body></html>\n", 0, "RDF/XML"),
}  # fmt: skip


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_rdf_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    text, line, word = MALFORMED[name]
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(kg.CaseError) as caught:
        read_rdf(path)
    (result,) = caught.value.results
    assert result.file == str(path)
    assert result.rule == "syntax"
    assert word in result.message
    assert "\n" not in str(result)
    assert result.cure
    if line:
        assert result.line == line
        assert result.column >= 1


@pytest.mark.parametrize("suffix", [s for s in SUFFIXES if s != ".rdf"])
def test_a_file_cut_off_anywhere_is_refused(suffix: str, data: Dataset, tmp_path: Path) -> None:
    whole = serialise(data.quads(), FORMATS[suffix])
    path = tmp_path / f"cut{suffix}"
    for tenth in range(1, 10):
        end = len(whole) * tenth // 10
        while whole[:end].rstrip().endswith((b".", b"}", b"]")):  # what ends with a whole statement is whole
            end -= 1
        path.write_bytes(whole[:end])
        with pytest.raises(kg.CaseError, match="syntax"):
            read_rdf(path)


def test_rdf_xml_cut_off_between_two_elements_is_refused(data: Dataset, tmp_path: Path) -> None:
    whole = serialise(data.quads(), FORMATS[".rdf"])
    path = tmp_path / "cut.rdf"
    path.write_bytes(whole[: whole.index(b"</rdf:Description>") + len(b"</rdf:Description>")])
    with pytest.raises(kg.CaseError, match="syntax"):
        read_rdf(path)


def test_malformed_rdf_on_the_command_line(tmp_path: Path, run: Callable[..., Any]) -> None:
    path = tmp_path / "bad.ttl"
    path.write_text(NT + "<x:s> <x:p> <x:o o> .\n")
    result = run("build", path, "-o", tmp_path / "out.nq")
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 1
    assert line.startswith(f"{path}:2:")
    assert not (tmp_path / "out.nq").exists()


def test_blank_nodes_of_two_files_do_not_meet(tmp_path: Path) -> None:
    for name in ("a.nt", "b.nt"):
        (tmp_path / name).write_text(f'_:x <x:p> "{name}" .\n')
    found = kg.build([tmp_path / "a.nt", tmp_path / "b.nt"])
    assert len({q.subject for q in found.match(None, "x:p")}) == 2


def test_a_folder_gives_all_its_files(tmp_path: Path, write_case: Write, data: Dataset) -> None:
    write_case(tmp_path)
    (tmp_path / "deep").mkdir()
    data.save(tmp_path / "deep" / "seed.trig")
    (tmp_path / "notes.md").write_text("not a case")
    found = kg.build([tmp_path])
    assert found.graphs() == sorted([*data.graphs(), CASE + "invented-1"])
    assert [f.path.name for f in found.files] == ["a.yaml"]


def test_triples_without_a_graph_are_a_graph_of_their_own(data: Dataset, tmp_path: Path) -> None:
    data.save(tmp_path / "out.ttl")
    found = kg.build([tmp_path / "out.ttl"])
    assert found.graphs() == [""]
    assert len(found.graph("")) == len({q.triple for q in data.quads()})


# ---- rdflib --------------------------------------------------------------------------


def test_rdflib_and_back(data: Dataset) -> None:
    assert canonical(from_rdflib(data.rdflib()).quads()) == canonical(data.quads())


def test_the_default_graph_of_the_rdflib_dataset_is_the_union(data: Dataset) -> None:
    graph = data.rdflib()
    rows = list(graph.query("SELECT ?t WHERE { ?t a ckg:Treatment ; ckg:drug obo:CHEBI_71200 }"))
    assert [str(row[0]).rsplit("#")[-1] for row in rows] == ["tofacitinib"]


def test_the_prefixes_are_bound(data: Dataset) -> None:
    bound = {prefix: str(iri) for prefix, iri in data.rdflib().namespaces()}
    assert {p: bound.get(p) for p in PREFIXES} == PREFIXES


_LEXICAL = st.from_regex(r"-?[0-9]{1,30}\.[0-9]{1,18}", fullmatch=True)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(_LEXICAL)
def test_decimals_keep_their_digits_in_rdflib(digits: str) -> None:
    number = ox.Literal(digits, datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal"))
    quad = ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("x:p"), number, ox.NamedNode("x:g"))
    graph = to_rdflib([quad])
    assert [str(o) for o in graph.objects()] == [digits]
    assert graph.serialize(format="nquads").strip() == f"{quad} ."


_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn", "Co"]), max_size=20)


@settings(deadline=None, derandomize=True, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=_TEXT, suffix=st.sampled_from(SUFFIXES))
def test_any_text_survives_any_format(text: str, suffix: str, tmp_path: Path) -> None:
    quad = ox.Quad(ox.NamedNode("x:s"), ox.NamedNode("http://example.org/p"), ox.Literal(text), ox.DefaultGraph())
    path = tmp_path / f"text{suffix}"
    path.write_bytes(serialise([quad], FORMATS[suffix]))
    assert [q.object.value for q in read_rdf(path)] == [text]
    assert [q.object.value for q in by_rdflib(path)] == [text]


def _graph_with(iri: str) -> rdflib.Graph:
    graph = rdflib.Graph()
    graph.add((rdflib.URIRef("x:s"), rdflib.URIRef("x:p"), rdflib.URIRef(iri)))
    return graph


def test_a_relative_iri_of_rdflib_is_refused() -> None:
    with pytest.raises(kg.CaseError, match="rdflib graph is not RDF"):
        from_rdflib(_graph_with("relative"))


def test_an_iri_with_a_space_of_rdflib_is_refused() -> None:
    with pytest.raises(kg.CaseError, match="rdflib graph is not RDF"):
        from_rdflib(_graph_with("http://example.org/a b"))


def test_a_plain_rdflib_graph_is_taken(data: Dataset) -> None:
    flat = rdflib.Graph()
    for triple in data.rdflib().triples((None, None, None)):
        flat.add(triple)
    found = from_rdflib(flat)
    assert found.graphs() == [""]
    assert found.describe()["facts"] == data.describe()["facts"]
