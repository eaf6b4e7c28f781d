"""A project's claims file is held against its cases whenever all of them are checked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kg.base import project
from kg.base.results import Result
from kg.gate.check import Options, check
from kg.gate.decisions import EVERY_REPORT, decision_results, named_reports
from kg.model.init import init
from kg.persons.judgements import read_claims

HEAD = "decision: confirmed, on: 2024-05-01, by: me, why: same scar"


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = tmp_path / "mine"
    init(made)
    other = (made / "cases/example.yaml").read_text("utf-8").replace("invented-example", "invented-other")
    (made / "cases/other.yaml").write_text(other, "utf-8")
    monkeypatch.chdir(made)
    yield made
    project.enter(None)


def write(top: Path, claims: str) -> Path:
    path = top / "claims.yaml"
    path.write_text(claims, "utf-8")
    return path


def found(top: Path, claims: str, *paths: str) -> list[Result]:
    """What `casekg check` says of the claims file."""
    write(top, claims)
    project.enter(project.find(top))
    return [r for r in check(paths or ["cases"], Options(jobs=1)).results if r.file == "claims.yaml"]


def held(top: Path, claims: str) -> list[Result]:
    """What is said of it beside the cases."""
    return list(decision_results(write(top, claims), sorted((top / "cases").iterdir())))


def claim(key: str, *of: str, head: str = HEAD) -> str:
    return f"  {key}: {{kind: same person, of: [{', '.join(of)}], {head}}}\n"


PAIR = ("case:invented-example/p1", "case:invented-other/p1")
NOBODY = "claims:\n" + claim("a", PAIR[0], "case:invented-third/p1")


def test_a_broken_claim_is_a_finding_with_its_line(top: Path) -> None:
    spoilt = claim("a", *PAIR, head=HEAD.replace("confirmed", "confirmd"))
    (result,) = found(top, "# mine\nclaims:\n" + spoilt)
    assert (result.severity, result.rule, result.line) == ("violation", "schema", 3)


def test_a_claim_on_nobody_is_a_finding_and_the_cache_does_not_hide_that_somebody_came(top: Path) -> None:
    for _ in range(2):
        (result,) = found(top, NOBODY)
        assert (result.severity, result.rule, result.line) == ("warning", "claims", 2)
        assert "case:invented-third/p1 is not in the data" in result.message
    third = (top / "cases/other.yaml").read_text("utf-8").replace("invented-other", "invented-third")
    (top / "cases/third.yaml").write_text(third, "utf-8")
    assert found(top, NOBODY) == []


def test_what_is_missing_is_told_only_when_all_cases_are_checked_and_sound(top: Path) -> None:
    assert found(top, NOBODY, "cases/example.yaml") == []
    (top / "cases/other.yaml").write_text("report: {}\n", "utf-8")
    assert found(top, NOBODY) == [], "the case that it names may be in the file that is broken"


def test_claims_that_contradict_and_conflicts_that_are_not_there(top: Path) -> None:
    assert held(top, "claims:\n" + claim("a", *PAIR)) == []
    rejected = claim("b", *PAIR, head=HEAD.replace("confirmed", "rejected"))
    (result,) = held(top, "claims:\n" + claim("a", *PAIR) + rejected)
    assert (result.severity, result.rule, result.line) == ("violation", "contradiction", 3)
    entry = "  a: {conflict: 0123456789abcdef, prefer: neither, on: 2024-05-01, by: me, why: no}\n"
    (result,) = held(top, "conflicts:\n" + entry)
    assert (result.rule, result.line) == ("claims", 2)
    assert "no conflict 0123456789abcdef" in result.message


def test_which_reports_are_needed(top: Path) -> None:
    assert named_reports(read_claims(write(top, "claims:\n" + claim("a", *PAIR)))) == (
        "https://w3id.org/casekg/case/invented-example",
        "https://w3id.org/casekg/case/invented-other",
    )
    entry = "  a: {conflict: 0123456789abcdef, prefer: neither, on: 2024-05-01, by: me, why: no}\n"
    assert named_reports(read_claims(write(top, "conflicts:\n" + entry))) == (EVERY_REPORT,)
