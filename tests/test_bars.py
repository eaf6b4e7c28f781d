"""The picture of criteria: everything on the page, nothing over anything, the same bytes, the facts as tooltips."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("matplotlib")

from kg.base.drawing import WIDTH
from kg.criteria.assessment import Assessment, Status
from kg.criteria.verdicts import assessments
from kg.graph.store import Dataset, gather
from kg.model.reading import read_case_file
from kg.persons.people import Person
from kg.pictures.bars import GLYPHS, draw_criteria

INVENTED = Path(__file__).with_name("criteria")


@pytest.fixture(scope="module")
def seeded(data: Dataset) -> tuple[Assessment, ...]:
    return assessments(data)


def crossing(boxes: list[tuple[str, float, float, float, float]]) -> list[tuple[str, str]]:
    found = []
    for n, (words, left, top, right, bottom) in enumerate(boxes):
        for other, left2, top2, right2, bottom2 in boxes[n + 1 :]:
            if min(right, right2) - max(left, left2) > 1 and min(bottom, bottom2) - max(top, top2) > 3:
                found.append((words, other))
    return found


@pytest.mark.parametrize("name", ["seed", "sufficient", "fingers-spared", "doubts", "silent"])
def test_all_words_are_on_the_page_and_none_over_another(name: str, seeded: tuple[Assessment, ...]) -> None:
    made = seeded if name == "seed" else assessments(gather(INVENTED / f"{name}.yaml"))
    canvas = draw_criteria(made)
    boxes = canvas.boxes()
    assert len(boxes) > 100
    assert [b for b in boxes if b[1] < 0 or b[2] < 0 or b[3] > WIDTH or b[4] > canvas.height] == []
    assert crossing(boxes) == []


def test_scores_and_quotes_are_in_it_and_the_note(seeded: tuple[Assessment, ...]) -> None:
    words = [box[0] for box in draw_criteria(seeded).boxes()]
    for expected in ("9 to 19", "2.6 to 20", "2.9 to 28.8", "case: “He associated telangiectasias”"):
        assert expected in words, expected
    assert any("do not diagnose" in word for word in words)
    assert not any("…" in word for word in words)  # nothing was cut


def test_every_status_has_a_sign_of_its_own() -> None:
    statuses: set[Status] = {"stated", "arguable", "excluded", "partly excluded", "not stated"}
    assert set(GLYPHS) == statuses
    assert len({(glyph.marker, glyph.filled) for glyph in GLYPHS.values()}) == len(statuses)


def test_the_same_bytes_with_facts_as_tooltips(seeded: tuple[Assessment, ...]) -> None:
    first, second = (draw_criteria(seeded).rendered("svg", "x") for _ in range(2))
    assert first == second
    assert b"p1#raynaud" in first


def test_the_command_writes_pictures(run: Any, tmp_path: Path) -> None:
    for suffix, start in ((".svg", b"<?xml"), (".png", b"\x89PNG")):
        path = tmp_path / f"a{suffix}"
        made = run("criteria", "systemic-sclerosis-2013", INVENTED / "doubts.yaml", "-o", path)
        assert made.exit_code == 0
        assert path.read_bytes().startswith(start)


def test_a_person_without_a_point_is_drawn_too() -> None:
    person = Person.of(read_case_file(INVENTED / "silent.yaml").case, "p1")
    assert person.name == "p1"
    assert draw_criteria(()).height > 0
