"""Who is counted as whom: closure, contradictions, withdrawal, and the counts that follow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import Result

import kg
from kg.answers.matrix import matrix
from kg.answers.queries import ask
from kg.base.prefixes import CASE
from kg.base.results import CaseError
from kg.persons.identity import apply, counted_as, resolve
from kg.persons.judgements import Decision, IdentityClaim, Judgements
from kg.persons.people import people

WriteCase = Callable[..., Path]
Run = Callable[..., Result]
NAMES = [f"{CASE}{letter}/p1" for letter in "abcdef"]
PAIRS = st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)).filter(lambda p: p[0] != p[1])


def claim(a: str, b: str, decision: Decision = "confirmed", day: int = 1, by: str = "me") -> IdentityClaim:
    return IdentityClaim("same person", (min(a, b), max(a, b)), date(2024, 1, day), decision, by, "because")


@given(st.lists(PAIRS, max_size=8), st.lists(PAIRS, max_size=2), st.randoms())
def test_closure_and_contradiction(
    confirmed: list[tuple[str, str]], rejected: list[tuple[str, str]], random: object
) -> None:
    """Confirmed claims close transitively; a rejected pair inside a chain is told, and joins nobody there."""
    apart = {(min(p), max(p)) for p in rejected}
    claims = [claim(*p) for p in confirmed if (min(p), max(p)) not in apart] + [claim(*p, "rejected") for p in apart]
    groups = {name: {name} for name in NAMES}  # the closure, by hand
    for one in claims:
        if one.decision == "confirmed":
            joined = groups[one.of[0]] | groups[one.of[1]]
            groups |= dict.fromkeys(joined, joined)
    broken = [p for p in apart if p[1] in groups[p[0]]]
    made = resolve(claims, {})
    told = [r for r in made.results if r.rule == "contradiction"]
    assert len(told) == len(broken)
    for name, group in groups.items():
        ends = any(p[0] in group for p in broken)
        assert made.counted.get(name, name) == (name if ends else min(group))
    shuffled = list(claims)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert resolve([*shuffled, *claims], {}) == made


def test_the_latest_decision_counts_and_is_told() -> None:
    a, b = NAMES[:2]
    confirmed, withdrawn = claim(a, b), claim(a, b, "withdrawn", 2)
    assert dict(resolve([confirmed], {}).counted) == {a: a, b: a}
    made = resolve([confirmed, withdrawn], {})
    assert not made.counted
    assert ["withdrawn since" in r.message for r in made.results] == [True]
    assert resolve([confirmed, withdrawn, claim(a, b, "confirmed", 3)], {}).counted


def test_contrary_decisions_of_one_day_decide_nothing() -> None:
    a, b = NAMES[:2]
    made = resolve([claim(a, b), claim(a, b, "rejected", by="you")], {})
    assert not made.counted
    assert [r.rule for r in made.results] == ["contradiction"]


def test_a_claim_on_reports_joins_their_patients() -> None:
    two = {"r1": ["r1/p1", "r1/p2"], "r2": ["r2/p1", "r2/p3"], "r3": ["r3/x"], "r4": ["r4/y"]}
    day = date(2024, 1, 1)
    one = IdentityClaim("same report", ("r1", "r2"), day, "confirmed", "me", "because")
    made = resolve([one, IdentityClaim("copy", ("r3", "r4"), day, "confirmed", "me", "because")], two)
    assert dict(made.counted) == {"r1/p1": "r1/p1", "r2/p1": "r1/p1", "r3/x": "r3/x", "r4/y": "r3/x"}
    assert ["r1/p2, r2/p3" in r.message for r in made.results] == [True]


def cases(tmp_path: Path, minimal: str, write_case: WriteCase) -> list[Path]:
    """Three reports of one invented text under three ids."""
    ids = {"a": "invented-1", "b": "invented-2", "c": "invented-3"}
    return [
        write_case(tmp_path, minimal.replace("id: invented-1", f"id: {i}"), name=f"{n}.yaml") for n, i in ids.items()
    ]


CLAIM = """  {key}:
    kind: same person
    of: ["case:invented-{a}/p1", "case:invented-{b}/p1"]
    decision: {decision}
    by: A. Curator
    on: 2024-05-{day:02}
    why: invented
"""


def claims_file(tmp_path: Path, *rows: tuple[int, int, str, int]) -> Path:
    text = "claims:\n" + "".join(
        CLAIM.format(key=f"k{n}", a=a, b=b, decision=d, day=day) for n, (a, b, d, day) in enumerate(rows)
    )
    path = tmp_path / "decided.yml.txt"
    path.write_text(text, "utf-8")
    return path


def test_counts_follow_and_follow_back(tmp_path: Path, minimal: str, write_case: WriteCase, run: Run) -> None:
    paths = cases(tmp_path, minimal, write_case)
    assert "3 persons" in run("matrix", *paths).stderr
    file = claims_file(tmp_path, (1, 2, "confirmed", 1), (2, 3, "confirmed", 1))
    joined = run("matrix", *paths, "--claims", file)
    assert "1 person;" in joined.stderr
    assert run("matrix", *paths, "--claims", file, "--format", "json").stdout.count('"persons": 1,') == 1
    assert (
        "3 rows of 1 patient."
        in run("evidence", *paths, "--claims", file, "--drug", "tofacitinib", "--outcome", "improved").stderr
    )
    persons = run(
        "query", "identity/persons", *(w for p in paths for w in ("--data", p)), "--claims", file, "--format", "csv"
    )
    assert persons.stdout.splitlines()[1:] == [
        f"{CASE}invented-1/p1,3,{CASE}invented-1/p1 {CASE}invented-2/p1 {CASE}invented-3/p1,invented-1"
    ]
    file = claims_file(tmp_path, (1, 2, "confirmed", 1), (2, 3, "confirmed", 1), (2, 3, "withdrawn", 2))
    assert "2 persons" in run("matrix", *paths, "--claims", file).stderr
    file = claims_file(tmp_path, (1, 2, "withdrawn", 1), (2, 3, "rejected", 1))
    assert "3 persons" in run("matrix", *paths, "--claims", file).stderr


def test_a_rejected_pair_in_a_confirmed_chain_is_refused_with_its_line(
    tmp_path: Path, minimal: str, write_case: WriteCase, run: Run
) -> None:
    paths = cases(tmp_path, minimal, write_case)
    file = claims_file(tmp_path, (1, 2, "confirmed", 1), (2, 3, "confirmed", 1), (1, 3, "rejected", 1))
    found = run("matrix", *paths, "--claims", file)
    assert found.exit_code == 1
    assert f"{file}:16:3: violation contradiction" in found.stderr
    assert "case:invented-1/p1 - case:invented-2/p1 - case:invented-3/p1" in found.stderr
    assert f"({file}:2, {file}:9)" in found.stderr


def test_a_claim_on_what_is_not_in_the_data_is_told(tmp_path: Path, write_case: WriteCase, run: Run) -> None:
    found = run("matrix", write_case(tmp_path), "--claims", claims_file(tmp_path, (1, 2, "confirmed", 1)))
    assert found.exit_code == 0
    assert "case:invented-2/p1 is not in the data" in found.stderr


def test_claims_in_the_graph_hold_and_nothing_derived_is_saved(
    tmp_path: Path, minimal: str, write_case: WriteCase
) -> None:
    data = kg.build(cases(tmp_path, minimal, write_case))
    first, second = sorted(p.iri for p in people(data))[:2]
    with_claim, made = apply(data, Judgements(claims=(claim(first, second),)))
    assert matrix(data).persons == 3
    assert matrix(with_claim).persons == 2
    assert len(ask(with_claim, "identity/claims").rows) == 1
    with_claim.save(tmp_path / "merged.nq")
    assert "countedAs" not in (tmp_path / "merged.nq").read_text("utf-8")
    again = kg.build([tmp_path / "merged.nq"])
    assert counted_as(again) == dict(made.counted)
    assert matrix(again).persons == 2
    withdrawn, _ = apply(again, Judgements(claims=(claim(first, second, "withdrawn", 2),)))
    assert matrix(withdrawn).persons == 3
    with pytest.raises(CaseError, match="on the same day"):
        apply(again, Judgements(claims=(claim(first, second, "rejected"),)))


def test_the_claims_of_a_project_are_found(tmp_path: Path, minimal: str, write_case: WriteCase, run: Run) -> None:
    cases(tmp_path, minimal, write_case)
    (tmp_path / "casekg.toml").write_text('cases = "."\n', "utf-8")
    claims_file(tmp_path, (1, 2, "confirmed", 1)).rename(tmp_path / "claims.yaml")
    assert "2 persons" in run("matrix", tmp_path).stderr
