"""Drafts for the tests: a case file with `proposed` put on each of its facts, as `casekg draft` would."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from kg.model.reading import judge_case_file

CONFIDENCE = ("high", "medium", "low")


def drafted(path: Path, to: Path) -> Path:
    """Write the case file as a draft; every byte of it stays, and a key is put into each fact."""
    text = path.read_text("utf-8")
    lines = text.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))
    root = yaml.compose(text, Loader=yaml.BaseLoader)
    places: list[tuple[int, str]] = []
    for number, (where, _) in enumerate(judge_case_file(path).case.facts()):
        node: Any = root
        for step in where:
            node = next(value for key, value in node.value if key.value == step)
        told = f"proposed: {{rule: test/{where[-1] if len(where) < 3 else where[2].replace('_', '-')}, confidence: {CONFIDENCE[number % 3]}}}"
        mark = node.start_mark if node.flow_style else node.value[0][0].start_mark
        at = starts[mark.line] + mark.column
        places.append((at + 1, f"{told}, ") if node.flow_style else (at, f"{told}\n{' ' * mark.column}"))
    for at, told in sorted(places, reverse=True):
        text = text[:at] + told + text[at:]
    to.write_text(text, "utf-8")
    return to
