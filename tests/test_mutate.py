"""casekg mutate: which deletions must be noticed, what the operators make, and who notices."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.base.results import CaseError
from kg.gate.mutants import OPERATORS, Mutant, mutants
from kg.gate.mutate import Fate, fate, graphs, run, score
from kg.gate.shapes import validate_graph
from kg.graph.graphs import read_graph

WriteCase = Callable[..., Path]


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, minimal: str) -> tuple[Any, ...]:
    path = tmp_path_factory.mktemp("mutate") / "a.yaml"
    path.write_text(minimal, "utf-8")
    return graphs(path)[0]


@pytest.fixture(scope="module")
def made(whole: tuple[Any, ...]) -> list[Mutant]:
    return list(mutants(whole))


def test_each_triple_is_deleted_once(whole: tuple[Any, ...], made: list[Mutant]) -> None:
    gone = [mutant.removed for mutant in made if mutant.operator == "deleted"]
    assert len(gone) == len(set(gone)) == len(whole)


def test_every_operator_that_fits_makes_something(made: list[Mutant]) -> None:
    counts = Counter(mutant.operator for mutant in made)
    assert set(counts) == {"deleted", *OPERATORS} - {"swapped dates"} | ({"swapped dates"} & set(counts))
    assert all(count > 0 for count in counts.values())


def test_a_mutant_is_another_graph(whole: tuple[Any, ...], made: list[Mutant]) -> None:
    for mutant in made:
        assert set(mutant.graph(whole)) != set(whole), mutant


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("Finding", "ckg:concept", True),
        ("Finding", "ckg:status", True),
        ("Finding", "rdf:type", True),
        ("Finding", "ckg:layer", True),
        ("Finding", "ckg:site", False),
        ("Finding", "ckg:time", False),
        ("Treatment", "ckg:doseUnit", True),
        ("Treatment", "ckg:printed", True),
        ("Treatment", "ckg:intent", True),
        ("Treatment", "ckg:start", False),
        ("Treatment", "ckg:after", False),
        ("Response", "ckg:toTreatment", True),
        ("Response", "ckg:attribution", True),
        ("Response", "ckg:outcome", True),
        ("Measurement", "ckg:analyte", True),
        ("Measurement", "ckg:comparator", False),
        ("Quote", "oa:exact", True),
        ("Report", "dcterms:title", True),
        ("Patient", "ckg:sex", False),
        ("Patient", "ckg:reportedIn", True),
        ("Reference", "ckg:year", True),
    ],
)
def test_what_is_required_is_told_by_the_model(made: list[Mutant], kind: str, name: str, expected: bool) -> None:
    found = {m.required for m in made if (m.operator, m.kind, m.property) == ("deleted", kind, name)}
    assert found == {expected}


def test_an_optional_deletion_that_nobody_notices_is_another_case(whole: tuple[Any, ...], made: list[Mutant]) -> None:
    """The rule agrees with the model: what is left is read back as a case, and written alike."""
    for mutant in made:
        if mutant.operator == "deleted" and not mutant.required and not fate(mutant, whole).noticed:
            read = read_graph(mutant.graph(whole))
            assert read.file is not None, mutant


def test_the_invented_case_is_guarded(whole: tuple[Any, ...], made: list[Mutant]) -> None:
    found = score(fate(mutant, whole) for mutant in made)
    assert found.spoils > 500
    assert found.deleted >= 0.97, found.survivors
    assert found.spoiled >= 0.99, found.survivors
    assert found.good


def test_survivors_are_listed_and_shares_counted() -> None:
    quad = ox.Quad(ox.NamedNode("http://a"), ox.NamedNode("http://b"), ox.Literal("c"))
    lost = Mutant("wrong unit", "Treatment", "ckg:doseUnit", "http://a", (quad,), ())
    seen = Mutant("wrong unit", "Treatment", "ckg:doseUnit", "http://b", (quad,), ())
    kept = Mutant("deleted", "Treatment", "ckg:start", "http://b", (quad,), (), required=False)
    found = score([Fate(lost, (), ()), Fate(seen, ("shape:a",), ()), Fate(kept, (), ())])
    assert found.spoiled == 0.5
    assert found.deleted == 1.0
    assert found.survivors == {("wrong unit", "Treatment", "ckg:doseUnit"): ["http://a"]}
    assert not found.good
    assert json.loads(json.dumps(found.data()))["spoiled_noticed"] == 0.5


def test_processes_and_samples_do_not_change_the_answer(tmp_path: Path, write_case: WriteCase) -> None:
    path = write_case(tmp_path)
    one = run([path], sample=60, seed=3, jobs=1)
    assert one == run([path], sample=60, seed=3, jobs=2)
    assert sum(row[0] for row in one.rows.values()) == 60
    assert one != run([path], sample=60, seed=4, jobs=1)


def test_a_case_that_is_not_valid_is_not_mutated(tmp_path: Path, write_case: WriteCase) -> None:
    path = write_case(tmp_path, replace={"value: 10, unit: mg": "value: 20, unit: mg"})
    with pytest.raises(CaseError, match="printed"):
        graphs(path)


def spread(made: list[Mutant], step: int = 50) -> list[Mutant]:
    """One mutant of each property of each class (and of each type), and every so many of all."""
    first = {(m.kind, m.property, m.removed[0].object if m.property == "rdf:type" else None): m for m in made}
    return list(dict.fromkeys([*first.values(), *made[::step]]))


def test_required_deletions_of_the_shipped_case_are_noticed(seed_graph: tuple[Any, ...]) -> None:
    chosen = spread([m for m in mutants(seed_graph, ["deleted"]) if m.required])
    assert len(chosen) > 150
    unnoticed = [(m.kind, m.property, m.node) for m in chosen if not fate(m, seed_graph).noticed]
    assert unnoticed == []


@pytest.fixture(scope="module")
def seed_graph(shipped: Path) -> tuple[Any, ...]:
    return graphs(shipped)[0]


def test_the_whole_graph_has_no_violation(seed_graph: tuple[Any, ...]) -> None:
    assert [r for r in validate_graph(seed_graph)[0] if r.severity == "violation"] == []
    assert [r for r in read_graph(seed_graph).results if r.severity == "violation"] == []


def test_what_a_sample_has_none_of_is_told(run: Callable[..., Any], tmp_path: Path, write_case: WriteCase) -> None:
    made = run("mutate", write_case(tmp_path), "--sample", 1, "--seed", 3, "--jobs", 1)
    assert "was tried" in made.stdout
    assert "of 0 " not in made.stdout


def test_the_command(run: Callable[..., Any], tmp_path: Path, write_case: WriteCase) -> None:
    path = write_case(tmp_path)
    made = run("mutate", path, "--sample", 40, "--jobs", 1)
    assert made.exit_code in (0, 1)
    assert "deleted required triples" in made.stdout
    data = json.loads(run("mutate", path, "--sample", 40, "--jobs", 1, "--format", "json").stdout)
    assert sum(row["mutants"] for row in data["operators"].values()) == 40
    spoiled = write_case(tmp_path, replace={"value: 10, unit: mg": "value: 20, unit: mg"}, name="b.yaml")
    assert run("mutate", spoiled).exit_code == 1
    assert run("mutate", tmp_path / "nowhere.yaml").exit_code == 2
