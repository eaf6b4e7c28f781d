"""What was found sound is remembered, and never trusted when anything changed."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

import kg
from kg.base.cache import Cache
from kg.base.prefixes import CKG
from kg.base.results import CaseError
from kg.graph import proofs
from kg.graph.store import Dataset, filled
from kg.persons import people as module
from kg.persons.people import Person, people

Process = Callable[..., "subprocess.CompletedProcess[str]"]
WriteCase = Callable[..., Path]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    proofs.keep(tmp_path / "cache")
    yield tmp_path / "cache"
    proofs.keep(None)


@pytest.fixture(scope="module")
def quads(tmp_path_factory: pytest.TempPathFactory, write_case: WriteCase) -> list[ox.Quad]:
    """The graph of a small case, and of another one."""
    made = tmp_path_factory.mktemp("made")
    write_case(made, replace={"id: invented-1": "id: invented-2"}, name="b.yaml")
    write_case(made)
    return kg.build(made).quads()


def told(items: list[ox.Quad]) -> tuple[list[Person], tuple[str, ...]]:
    """The persons of these quads, or why there are none."""
    try:
        return list(people(Dataset(filled(items)))), ()
    except CaseError as error:
        return [], tuple(map(str, error.results))


def fail(*_: object) -> None:
    raise AssertionError("a graph was proven a second time")


def test_a_graph_is_proven_once(quads: list[ox.Quad], folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = told(quads)
    assert len(first[0]) == 2
    monkeypatch.setattr(module, "case_graphs", fail)
    assert told(quads) == first
    assert told(quads[::-1]) == first  # whatever the order
    proofs.keep(None)
    with pytest.raises(AssertionError):
        told(quads)


def test_a_graph_that_was_changed_is_found_as_without_a_cache(quads: list[ox.Quad], folder: Path) -> None:
    assert not told(quads)[1]
    picked = random.Random(7).sample(range(len(quads)), 8)
    wrong = 0
    for number in picked:
        old = quads[number]
        spoiled = [quad for i, quad in enumerate(quads) if i != number]
        changed = [*spoiled, ox.Quad(old.subject, old.predicate, ox.Literal("changed"), old.graph_name)]
        for items in (spoiled, changed):
            proofs.keep(folder)
            warm = told(items)
            assert told(items) == warm
            proofs.keep(None)
            assert told(items) == warm
            wrong += bool(warm[1])
    assert wrong >= 12


def test_what_is_wrong_is_not_remembered(quads: list[ox.Quad], folder: Path) -> None:
    layer = next(quad for quad in quads if quad.predicate.value == CKG + "layer")
    spoiled = [quad for quad in quads if quad != layer]
    first = told(spoiled)
    assert first[1]
    with Cache(folder) as cache:
        assert len(rows(cache)) == 1  # the other graph is sound
    assert told(spoiled) == first


def rows(cache: Cache) -> list[str]:
    assert cache._base is not None
    return [key for (key,) in cache._base.execute("SELECT key FROM found")]


def test_nothing_counts_when_what_judges_changed(
    quads: list[ox.Quad], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(quads)
    monkeypatch.setattr(proofs, "fingerprint", lambda *_: "another")
    monkeypatch.setattr(module, "case_graphs", fail)
    with pytest.raises(AssertionError):
        told(quads)


def test_a_damaged_cache_is_done_without(quads: list[ox.Quad], folder: Path) -> None:
    first = told(quads)
    (folder / "check.sqlite").write_bytes(b"no database at all")
    assert told(quads) == told(quads) == first


def test_an_entry_that_says_something_else_is_no_proof(
    quads: list[ox.Quad], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(quads)
    with Cache(folder) as cache:
        for key in rows(cache):
            cache.put(key, {"sound": "perhaps"})
    monkeypatch.setattr(module, "case_graphs", fail)
    with pytest.raises(AssertionError):
        told(quads)


def test_commands_side_by_side_share_it(casekg: Process, write_case: WriteCase, tmp_path: Path) -> None:
    kg.build(write_case(tmp_path)).save(tmp_path / "a.nq")
    home = {"XDG_CACHE_HOME": str(tmp_path / "home")}
    plain = casekg("--no-cache", "matrix", tmp_path / "a.nq", "--format", "csv", **home)
    assert plain.returncode == 0
    assert not (tmp_path / "home").exists()
    again = [casekg("matrix", tmp_path / "a.nq", "--format", "csv", **home) for _ in range(2)]
    assert [(run.returncode, run.stdout) for run in again] == [(0, plain.stdout)] * 2
    with Cache(tmp_path / "home" / "casekg") as cache:
        assert len(rows(cache)) == 1


def test_two_at_once_keep_what_both_found(quads: list[ox.Quad], folder: Path) -> None:
    with proofs.Proofs() as one, proofs.Proofs() as other:
        digests = [proof.digest(items) for proof, items in ((one, quads[:5]), (other, quads[5:9]))]
        one.add(digests[0])
        other.add(digests[1])
        assert not one.hold(digests[1])
    with proofs.Proofs() as again:
        assert [again.hold(digest) for digest in digests] == [True, True]
