"""Results of criteria are derived once for a report, and anew when anything changes that they rest on."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kg.answers.queries import ask
from kg.criteria import remembering
from kg.criteria.remembering import standing, verdicts
from kg.criteria.verdicts import assessments, verdict_quads
from kg.graph import proofs
from kg.graph.store import build

INVENTED = Path(__file__).with_name("criteria")


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Path]:
    """A folder in which is kept what was derived."""
    proofs.keep(tmp_path / "kept")
    yield tmp_path / "kept"
    proofs.keep(None)


def held(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The reports that are held against criteria from now on."""
    seen: list[str] = []
    people = remembering.people

    def looked(data, reports):  # type: ignore[no-untyped-def]
        found = people(data, reports)
        seen.extend(person.report.rsplit("/", 1)[-1] for person in found)
        return found

    monkeypatch.setattr(remembering, "people", looked)
    return seen


def test_they_are_those_that_are_derived_at_once() -> None:
    data = build([INVENTED / "doubts.yaml", INVENTED / "silent.yaml"])
    found = verdicts(data)
    assert len(found) == len(set(found)) > 200
    assert set(found) == set(verdict_quads(assessments(data)))


@pytest.mark.parametrize("rdf", [False, True], ids=["case files", "RDF"])
def test_a_report_that_has_not_changed_is_not_held_against_them_again(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rdf: bool
) -> None:
    del place
    files = {name: (INVENTED / f"{name}.yaml").read_text("utf-8") for name in ("doubts", "silent")}

    def data():  # type: ignore[no-untyped-def]
        for name, text in files.items():
            (tmp_path / f"{name}.yaml").write_text(text, "utf-8")
        made = build([tmp_path / f"{name}.yaml" for name in files])
        if not rdf:
            return made
        made.save(tmp_path / "all.nq")
        return build([tmp_path / "all.nq"])

    first = verdicts(data())
    seen = held(monkeypatch)
    assert set(verdicts(data())) == set(first)
    assert len(ask(data(), "criteria/scores", {"patient": "doubts/p1"}).rows) == 5
    assert seen == []
    files["doubts"] = re.sub(r"      ulcer: .*\n", "", files["doubts"])
    then = verdicts(data())
    assert set(seen) == {"doubts"}
    assert set(then) != set(first)
    assert set(then) == set(verdict_quads(assessments(data())))


def test_a_changed_criterion_is_another(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    del place
    data = build([INVENTED / "doubts.yaml"])
    verdicts(data)
    assert not standing(data).lacking
    others = tuple(replace(file, sha256="0" * 64) for file in remembering.criteria())
    monkeypatch.setattr(remembering, "criteria", lambda: others)
    assert len(standing(data).lacking or {}) == 1
    assert '"' + "0" * 64 + '"' in {str(quad.object) for quad in verdicts(data)}


def test_a_damaged_cache_is_done_without(place: Path) -> None:
    data = build([INVENTED / "doubts.yaml"])
    first = verdicts(data)
    base = sqlite3.connect(place / "check.sqlite")
    base.execute('UPDATE found SET value = \'{"results": "AAAA"}\'')
    base.commit()
    base.close()
    assert set(verdicts(data)) == set(first)
