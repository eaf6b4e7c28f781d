"""The figures of a draft, panel by panel, and which facts their legends tell of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.articles.article import Part
from kg.draft.proposals import Item, Proposals, anchor

__all__ = ["panels"]

_NUMBER = re.compile(r"(?i)fig(?:ure|\.)?\s*(\d{1,2})")
_PANEL = re.compile(
    r"(?:(?<=[\s(*_])|^)[*_(]{0,2}(?P<first>\d?[A-H])(?:\s*(?:and|,|&)\s*(?P<second>\d?[A-H])|\s*[-–]\s*(?P<last>\d?[A-H]))?[)*_]{0,2}\s*[:.)](?=[*_]{0,2}\s)"
    r"|\((?P<inside>[A-Ha-h])\)\s"
)
_DEPICTED = ("findings", "responses", "measurements", "events", "examinations", "diagnoses")


@dataclass(frozen=True, slots=True)
class _Panel:
    labels: tuple[str, ...]
    start: int
    end: int


def panels(made: Proposals, places: Mapping[tuple[int, int], Item]) -> None:
    """Add the figures and their panels. places: which item each place of the text became."""
    for part in made.article.parts:
        if part.kind != "figure":
            continue
        number = _NUMBER.search(part.title) or _NUMBER.search(made.article.text, part.start, part.start + 40)
        if number is None:
            continue
        own = list(_panels(made.article.text, part))
        head = own[0].start if own else part.end
        whole = [item for (a, b), item in places.items() if part.start <= a and b <= (head if own else part.end)]
        _add(made, number[1], part.start, head, whole)
        for panel in own:
            inside = [item for (a, b), item in places.items() if panel.start <= a and b <= panel.end]
            for label in panel.labels:
                name = f"{number[1]}{label}" if label.isalpha() else label
                if not name.startswith(number[1]):
                    name = f"{number[1]} (printed {label})"
                _add(made, name, panel.start, panel.end, inside)


def _panels(text: str, part: Part) -> Iterator[_Panel]:
    marks = list(_PANEL.finditer(text, part.start, part.end))
    for i, mark in enumerate(marks):
        end = marks[i + 1].start() if i + 1 < len(marks) else part.end
        first = mark["first"] or mark["inside"]
        labels = [first]
        if mark["second"]:
            labels.append(mark["second"])
        elif mark["last"]:
            labels += [chr(c) for c in range(ord(first[-1]) + 1, ord(mark["last"][-1]) + 1)]
        yield _Panel(tuple(labels), mark.start(), end)


def _add(made: Proposals, label: str, start: int, end: int, depicted: list[Item]) -> None:
    fields: dict[str, object] = {"label": label}
    shown = [item for item in dict.fromkeys(depicted) if item.section in _DEPICTED]
    procedures = [item for item in shown if item.section == "examinations"]
    if len(procedures) == 1 and len(label) > 1:
        fields["examination"] = procedures[0]
        times = procedures[0].fields.get("time")
        if times is not None:
            fields["time"] = times
    if facts := [item for item in shown if item.section != "examinations"]:
        fields["depicts"] = facts
    stop = made.article.text.find("\n", start + 1, end)
    words = anchor(made.article, start, min(end, stop if stop > start else end))
    made.add(Item("figures", f"figure {label}", fields, [words], "figure/legend", "high", start))
