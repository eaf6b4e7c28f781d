"""A curator decides on a draft: what is saved, what is refused, what comes back, and that nothing is ever lost."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, WriteCase
from drafts import drafted

import kg
from kg.base.results import CaseError
from kg.draft.reviewing import Review, search
from kg.model.reading import judge_case_file
from kg.rdf.lifting import lift
from kg.rdf.triples import quads

P1 = ("patients", "p1")
NOON = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@pytest.fixture
def draft(tmp_path: Path, write_case: WriteCase) -> Path:
    (tmp_path / "case").mkdir()
    return drafted(write_case(tmp_path / "case"), tmp_path / "draft.yaml")


def review(draft: Path, sources: Path | None = None, by: str = "A. Curator") -> Review:
    return Review(draft, by, sources, clock=lambda: NOON)


def test_what_is_proposed_comes_in_the_order_of_the_text(draft: Path, sources: Path) -> None:
    items = review(draft, sources).items()
    assert len(items) == 14
    starts = [min(q.start for q in item.quotes if q.start is not None) for item in items]
    assert starts == sorted(starts)
    text = (sources / "invented.txt").read_text("utf-8")
    assert all(text[q.start : q.end] == q.words for item in items for q in item.quotes)
    found = {item.path[-1]: item for item in items}
    assert (found["arthritis"].kind, found["arthritis"].label) == ("Finding", "Arthritis")
    assert found["no-calcinosis"].label == "Calcinosis cutis (excluded)"
    assert found["arthritis"].rule == "test/findings"


def test_accepting_takes_out_one_line_and_counts_it(draft: Path, sources: Path) -> None:
    before = draft.read_text("utf-8").splitlines()
    made = review(draft, sources)
    made.accept((*P1, "findings", "arthritis"))
    after = draft.read_text("utf-8").splitlines()
    assert [line for line in before if line not in after] == [
        "        proposed: {rule: test/findings, confidence: low}"
    ]
    told = '- {by: A. Curator, at: "2026-11-28T12:00:00Z", accepted: 1, corrected: 0, dropped: 0}'
    assert [line.strip() for line in after if line not in before] == ["curated:", told]
    assert made.decided == {"accepted": 1, "corrected": 0, "dropped": 0}
    with pytest.raises(CaseError, match="decided already"):
        made.accept((*P1, "findings", "arthritis"))


def test_when_all_is_accepted_it_is_a_case_that_says_who_reviewed_it(draft: Path, sources: Path, run) -> None:
    made = review(draft, sources)
    while items := made.items():
        made.accept(items[0].path)
    assert made.lacking == ()
    assert run("validate", draft, "--sources", sources).exit_code == 0
    case = kg.read_case(draft)
    assert [(c.by, c.at, c.accepted) for c in case.report.curated] == [("A. Curator", "2026-11-28T12:00:00Z", 14)]
    graph = set(quads(case))
    assert set(quads(type(case).model_validate(lift(graph).value))) == graph


def test_a_correction_is_held_against_the_rules(draft: Path, sources: Path) -> None:
    made, path = review(draft, sources), (*P1, "treatments", "prednisone")
    before = draft.read_bytes()
    for changes, why in (
        ({"dose.value": "50"}, "50"),  # not what is printed
        ({"evidence": {"case": "prednisone 5 mg twice"}}, "does not occur"),
        ({"drug": "CHEBI:71200"}, "tofacitinib"),  # another drug than the phrase
        ({"colour": "red"}, "unknown key"),
        ({"start": "2020-13"}, "2020-13"),
        ({}, "nothing was changed"),
    ):
        with pytest.raises(CaseError, match=why):
            made.correct(path, changes)
        assert draft.read_bytes() == before
    made.correct(path, {"frequency": None})
    fact = judge_case_file(draft).case.patients["p1"].treatments["prednisone"]
    assert (fact.proposed, fact.frequency, fact.dose and str(fact.dose.value)) == (None, None, "5")
    assert made.decided["corrected"] == 1


def test_a_term_may_be_given_by_its_id(draft: Path) -> None:
    made = review(draft)
    made.correct(
        (*P1, "findings", "arthritis"), {"sites": ["UBERON:0001461", "UBERON:0002398"], "note": "the hand, too"}
    )
    fact = judge_case_file(draft).case.patients["p1"].findings["arthritis"]
    assert [str(site) for site in fact.sites] == ["UBERON:0001461 ! elbow", "UBERON:0002398 ! manus"]


def test_dropping_names_what_refers_to_it_first(draft: Path, sources: Path) -> None:
    made, path = review(draft, sources), (*P1, "findings", "arthritis")
    named = made.referents(path)
    assert [str(one) for one in named] == [
        "patients.p1.treatments.prednisone loses its `indication`",
        "patients.p1.responses.tofacitinib-arthritis is dropped, too",
    ]
    before = draft.read_bytes()
    with pytest.raises(CaseError, match=r"other facts name it: .*prednisone loses"):
        made.drop(path)
    assert draft.read_bytes() == before
    made.drop(path, named)
    case = judge_case_file(draft).case
    assert case.patients["p1"].findings.keys() == {"no-calcinosis"}
    assert case.patients["p1"].treatments["prednisone"].indication == ()
    assert case.patients["p1"].responses == {}
    assert made.decided == {"accepted": 0, "corrected": 0, "dropped": 2}
    made.drop((*P1, "times", "first-visit"), made.referents((*P1, "times", "first-visit")))
    assert "first-visit" not in draft.read_text("utf-8")
    made.drop(("references", "r1"), made.referents(("references", "r1")))
    assert "r1" not in draft.read_text("utf-8")
    with pytest.raises(CaseError, match="a case has a report"):
        made.drop(("report",))


def test_undo_brings_back_every_byte(draft: Path, sources: Path) -> None:
    made, states = review(draft, sources), [draft.read_bytes()]
    paths = [(*P1, "findings", "arthritis"), (*P1, "measurements", "esr"), (*P1, "treatments", "tofacitinib")]
    made.drop(paths[0], made.referents(paths[0]))
    states.append(draft.read_bytes())
    made.accept(paths[1])
    states.append(draft.read_bytes())
    made.correct(paths[2], {"after": None})
    for state, path in zip(reversed(states), reversed(paths), strict=True):
        undone = made.undo()
        assert undone
        assert undone[0].path == path
        assert draft.read_bytes() == state
    assert made.undo() is None


def test_what_somebody_else_wrote_is_not_overwritten(draft: Path) -> None:
    one, two = review(draft), review(draft, by="B. Curator")
    one.accept((*P1, "findings", "arthritis"))
    with pytest.raises(CaseError, match="changed by somebody else"):
        two.accept((*P1, "measurements", "esr"))
    two.read()
    two.accept((*P1, "measurements", "esr"))
    assert [c.by for c in judge_case_file(draft).case.report.curated] == ["A. Curator", "B. Curator"]


def test_what_somebody_else_wrote_is_read_anew(draft: Path) -> None:
    one = review(draft)
    assert not one.refresh()
    draft.write_text(draft.read_text("utf-8") + "# a remark of another editor\n", "utf-8")
    assert one.refresh()
    one.accept((*P1, "findings", "arthritis"))
    assert draft.read_text("utf-8").endswith("# a remark of another editor\n")
    good = draft.read_bytes()
    draft.write_text("report: [", "utf-8")
    with pytest.raises(CaseError):
        one.refresh()
    draft.write_bytes(good)
    one.accept((*P1, "measurements", "esr"))  # what was read before still stands


def test_comments_and_order_stay(draft: Path) -> None:
    text = draft.read_text("utf-8").replace("    findings:\n", "    # what was seen\n    findings:\n")
    text = text.replace("        status: excluded\n", "        status: excluded  # the report says so\n")
    draft.write_text(text, "utf-8")
    made = review(draft)
    while items := made.items():
        made.accept(items[0].path)
    after = draft.read_text("utf-8")
    assert "    # what was seen\n    findings:\n" in after
    assert "status: excluded  # the report says so\n" in after
    assert "proposed" not in after
    original = (draft.parent / "case" / "a.yaml").read_text("utf-8").splitlines()
    assert [line for line in original if line not in after.splitlines()] == ["        status: excluded"]


SESSION = """
import random, sys
from datetime import UTC, datetime
from kg.draft.reviewing import Review

def session(path, seed):
    made = Review(path, "A. Curator", clock=lambda: datetime(2026, 11, 28, 12, 0, tzinfo=UTC))
    chance = random.Random(seed)
    yield
    while items := made.items():
        item = chance.choice(items)
        if chance.random() < 0.2 and made.undo():
            pass
        elif item.path != ("report",) and chance.random() < 0.3:
            made.drop(item.path, made.referents(item.path))
        else:
            made.accept(item.path)
        yield
"""
KILLED = SESSION + "for _ in session(sys.argv[1], int(sys.argv[2])):\n    print('saved', flush=True)\n"


def test_a_killed_review_loses_no_decision(draft: Path) -> None:
    """Killed at a random moment: the file is what it was after the last decision that was told, or the one after it."""
    first, chance, inside = draft.read_bytes(), random.Random(8), 0
    names: dict[str, Any] = {}
    exec(SESSION, names)
    for seed in range(3):
        draft.write_bytes(first)
        states = [draft.read_bytes() for _ in names["session"](draft, seed)]
        assert len(set(states)) > 5
        draft.write_bytes(first)
        command = [sys.executable, "-c", KILLED, str(draft), str(seed)]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
            assert process.stdout
            assert process.stdout.readline() == "saved\n"
            time.sleep(chance.uniform(0, 0.6))
            process.send_signal(signal.SIGKILL)
            told = 1 + process.stdout.read().count("saved")
        inside += 1 < told < len(states)
        assert draft.read_bytes() in states[told - 1 : told + 1], (seed, told)
        if items := (again := review(draft)).items():  # and it goes on
            again.accept(items[0].path)
    assert inside >= 1
    assert list(draft.parent.glob(".*.part")) == []


def test_terms_are_ranked() -> None:
    """Called so, begins so, its words begin so; labels before synonyms, terms of the project before those that are lent."""
    assert search("fever")[0].endswith("! Fever")
    assert [one.partition(" ! ")[2] for one in search("prednis")[:2]] == ["prednisone", "prednisolone"]
    assert search("calc")[0] == "HP:0025520 ! Calcinosis cutis"
    assert search("heart attack") == search("  heart   attack ")
    assert any("ibrosis" in one for one in search("fibrosis zzzz"))  # the longest word counts where none holds all
    assert [search("zzzz"), search(""), search("   ")] == [[], [], []]
    assert len(search("a", most=5)) == 5
