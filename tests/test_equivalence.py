"""Exact matches close: an equivalence relation, whatever the order; what contradicts itself does not."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.base.prefixes import PREFIXES, expand
from kg.concepts.equivalence import equivalence
from kg.concepts.mappings import MappingSet, Row, read_mappings

EXACT, BROAD = PREFIXES["skos"] + "exactMatch", PREFIXES["skos"] + "broadMatch"
A, B, HP = expand("MONDO:0000001"), expand("MONDO:0000004"), expand("HP:0000001")


def _set(*rows: Row, name: str = "a") -> MappingSet:
    return MappingSet(Path(f"{name}.sssom.tsv"), {}, rows)


def _row(one: str, other: str, predicate: str = EXACT, negated: bool = False) -> Row:
    return Row(one, predicate, other, negated)


def test_exact_matches_are_symmetric_and_transitive() -> None:
    found = equivalence([_set(_row(A, "http://x.org/1")), _set(_row("http://x.org/1", HP), name="b")])
    assert found.of(HP) == found.of(A) == tuple(sorted((A, HP, "http://x.org/1")))
    assert found.results == ()


def test_broad_matches_close_nothing() -> None:
    assert equivalence([_set(_row(A, HP, BROAD))]).classes == {}


@pytest.mark.parametrize(
    "rows",
    [
        [_row("http://x.org/1", A), _row("http://x.org/1", B)],
        [_row("http://x.org/1", A), _row("http://x.org/1", HP), _row(HP, "http://y.org/1"), _row("http://y.org/1", B)],
    ],
    ids=["one id", "a chain"],
)
def test_one_id_is_not_exact_to_two_terms_of_a_source(rows: list[Row]) -> None:
    found = equivalence([_set(*rows)])
    assert (found.of(A), found.of(B)) == ((A,), (B,))
    (result,) = found.results
    assert result.message.startswith("exact matches make MONDO:0000001 and MONDO:0000004 the same (over ")


def test_what_stands_apart_from_a_contradiction_still_closes() -> None:
    rows = [_row(A, "http://x.org/1"), _row(A, "http://x.org/2"), _row(A, HP)]
    found = equivalence([_set(*rows)])
    assert found.of(A) == tuple(sorted((A, HP)))
    assert found.of("http://x.org/1") == ("http://x.org/1",)
    assert len(found.results) == 1


def test_terms_that_their_source_calls_the_same_may_be_one() -> None:
    rows = [_row("http://x.org/1", A), _row("http://x.org/1", B), _row(A, B)]
    assert equivalence([_set(*rows)]).of(A) == tuple(sorted((A, B, "http://x.org/1")))


def test_a_negated_row_keeps_two_ids_apart() -> None:
    rows = [_row("http://x.org/1", A), _row("http://x.org/1", HP), _row(A, HP, negated=True)]
    found = equivalence([_set(*rows)])
    assert HP not in found.of(A)
    assert "a row says Not" in found.results[0].message


def test_a_retired_id_is_the_same_as_nothing() -> None:
    found = equivalence([_set(_row(A, HP))], {"HP:0000001": "HP:0000118"}.get)
    assert found.classes == {}
    (result,) = found.results
    assert "HP:0000001 is retired" in result.message
    assert result.cure == "Use HP:0000118."


def test_a_prefix_that_two_tables_use_for_two_sources_joins_nothing() -> None:
    one = MappingSet(Path("a"), {}, (_row(A, "http://x.org/1"),), aliases={"http://x.org/1": "urn:x:1"})
    other = MappingSet(Path("b"), {}, (_row(HP, "http://y.org/1"),), aliases={"http://y.org/1": "urn:x:1"})
    assert equivalence([one]).of("urn:x:1") == tuple(sorted((A, "http://x.org/1", "urn:x:1")))
    assert equivalence([one, other]).of("urn:x:1") == ("urn:x:1",)


IDS = [f"http://{source}.org/{n}" for source in "abcd" for n in range(3)]
ROWS = st.builds(_row, st.sampled_from(IDS), st.sampled_from(IDS), st.sampled_from([EXACT, BROAD]), st.booleans())


@given(st.lists(ROWS, max_size=14), st.randoms(use_true_random=False))
def test_laws(rows: list[Row], chance: random.Random) -> None:
    found = equivalence([_set(*rows)])
    for iri in IDS:
        alike = found.of(iri)
        assert iri in alike  # reflexive
        assert all(found.of(other) == alike for other in alike)  # symmetric and transitive
    negated = {frozenset((row.subject, row.object)) for row in rows if row.negated and row.kind == "exact"}
    assert not any(len(pair) == 2 and pair <= set(found.of(min(pair))) for pair in negated)
    shuffled = chance.sample(rows, len(rows))
    cut = chance.randint(0, len(rows))
    again = equivalence([_set(*shuffled[cut:], name="b"), _set(*shuffled[:cut])])
    assert again.classes == found.classes
    assert sorted(r.message for r in again.results) == sorted(r.message for r in found.results)


def test_real_mappings_that_contradict_themselves_are_told(shared: Path) -> None:
    path = shared / "corpus" / "sssom" / "validate_data" / "oaei-ordo-hp.rdf.tsv"
    if not path.is_file():
        pytest.skip(f"{path.name} is not in the shared material")
    made, _ = read_mappings(path)
    found = equivalence([made])
    *told, last = found.results
    assert len(told) == 50  # the rest is counted
    assert all(result.line and "the same (over HP:" in result.message for result in told)
    assert last.message.startswith("1 more row")
    for members in found.classes.values():
        ids = [iri for iri in members if iri not in made.aliases.values()]
        assert len({iri.startswith(PREFIXES["obo"]) for iri in ids}) == len(ids) <= 2
