"""When a line of a case file is spoiled, is it noticed, and does the finding name that line?

    python benchmarks/lines.py [CASE.yaml] [--sample 400]

Each scalar of the file is spoiled in the text itself, by every operator that fits it, and the file
is examined as `casekg check` does. Exit status 1 when less than 95 % of what was noticed is told
at the right line, or less than 99 % of the spoils are noticed.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import yaml

from kg.base import places, project
from kg.gate.examining import Settings, examine
from kg.model.case import FACT_SECTIONS

TERM = re.compile(r"[A-Za-z]+:\S+ ! .+")
CHOICES = {
    "status",
    "outcome",
    "layer",
    "direction",
    "kind",
    "intent",
    "interpretation",
    "comparator",
    "certainty",
    "result",
}
DATES = {"time", "start", "end", "onset", "resolution", "ongoing_at", "edtf", "published"}
NUMBERS = {"value", "years", "times", "scale_max"}

# Operator -> does it fit this path and text, and what does it make of the text?
OPERATORS: Mapping[str, tuple[Callable[[tuple[Any, ...], str], bool], Callable[[str], str]]] = {
    "label changed": (lambda path, text: bool(TERM.fullmatch(text)), lambda text: f"{text}x"),
    "label left out": (lambda path, text: bool(TERM.fullmatch(text)), lambda text: text.split()[0]),
    "id unknown": (lambda path, text: bool(re.match(r"HP:\d{7} ! ", text)), lambda text: "HP:" + "9" * 7 + text[10:]),
    "other branch": (
        lambda path, text: bool(TERM.fullmatch(text)) and path[0] == "patients" and "CHEBI" not in text and path[-1] != "drug",
        lambda text: "CHEBI:71200 ! tofacitinib",
    ),
    "drug is a body part": (lambda path, text: path[-1] == "drug", lambda text: "UBERON:0002048 ! lung"),
    "not a choice": (lambda path, text: path[-1] in CHOICES and path[:2] != ("report", "source"), lambda text: "banana"),
    "month 13": (lambda path, text: path[-1] in DATES and bool(re.fullmatch(r"\d{4}(-\d\d){0,2}", text)), lambda text: f"{text[:4]}-13"),
    "far future": (lambda path, text: path[-1] in DATES and bool(re.fullmatch(r"\d{4}(-\d\d)?", text)), lambda text: f"29{text[2:]}"),
    "no number": (lambda path, text: path[-1] in NUMBERS and path[0] == "patients", lambda text: "many"),
    "another number": (lambda path, text: path[-1] in NUMBERS - {"scale_max"} and path[0] == "patients", lambda text: f"{text}7"),
    "negative": (lambda path, text: path[-1] in NUMBERS - {"scale_max"} and path[0] == "patients", lambda text: f"-{text}"),
    "unit of another kind": (lambda path, text: path[-1] == "unit", lambda text: "K"),
    "key that is nowhere": (lambda path, text: isinstance(path[-1], int) and path[-2] in REFERENCES, lambda text: "nowhere"),
    "key of another section": (lambda path, text: isinstance(path[-1], int) and path[-2] in REFERENCES, lambda text: "SECTION"),
    "phrase too long": (lambda path, text: "evidence" in path, lambda text: " ".join(["word"] * 20)),
    "phrase empty": (lambda path, text: "evidence" in path, lambda text: ""),
    "printed is not quoted": (lambda path, text: path[-1] == "printed", lambda text: "something else"),
}  # fmt: skip
REFERENCES = {
    "to",
    "of",
    "shown_by",
    "after",
    "with",
    "indication",
    "concomitant",
    "supports",
    "after_failure_of",
    "based_on",
}


def scalars(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any, bool]]:
    """Every scalar of a YAML document with its path; is it a key?"""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, key.value), key, True
            yield from scalars(value, (*path, key.value))
    elif isinstance(node, yaml.SequenceNode):
        for number, item in enumerate(node.value):
            yield from scalars(item, (*path, number))
    else:
        yield path, node, False


def spoils(text: str) -> Iterator[tuple[str, tuple[Any, ...], int, str]]:
    """(operator, path, line, spoiled text)."""
    for path, node, is_key in scalars(yaml.compose(text, Loader=yaml.BaseLoader)):
        start, end, line = node.start_mark.index, node.end_mark.index, node.start_mark.line + 1
        if is_key:
            if (path[0] == "patients" and len(path) > 4 and "evidence" not in path) or (
                path[0] == "report" and len(path) == 2
            ):
                yield "key misspelt", path, line, f"{text[:start]}x-{node.value}{text[end:]}"
            continue
        for name, (fits, made) in OPERATORS.items():
            if fits(path, node.value):
                new = made(node.value)
                if new == "SECTION":
                    new = "p1" if path[-2] not in FACT_SECTIONS else "nowhere"
                yield name, path, line, f'{text[:start]}"{new}"{text[end:]}'


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("case", type=Path, nargs="?", default=places.cases()[0])
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="list what was not noticed, or told elsewhere")
    given = parser.parse_args()
    project.entered([given.case])  # own terms of its project count
    text = given.case.read_text("utf-8")
    made = list(spoils(text))
    chosen = random.Random(given.seed).sample(made, min(given.sample, len(made)))
    table: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / given.case.name
        for name, where, line, spoiled in chosen:
            path.write_text(spoiled, "utf-8")
            wrong = [r for r in examine(path, Settings()).results if r.severity == "violation"]
            row = table[name]
            row[0] += 1
            row[1] += bool(wrong)
            right = any(r.line == line for r in wrong)
            row[2] += right
            if given.show and not right:
                print(name, ".".join(map(str, where)), line, *(wrong[:1] or ["not noticed"]))
    print(f"{'operator':<28}{'spoils':>8}{'noticed':>9}{'at the line':>13}")
    total = [sum(row[i] for row in table.values()) for i in range(3)]
    for name, row in [*sorted(table.items()), ("all", total)]:
        print(f"{name:<28}{row[0]:>8}{row[1]:>9}{row[2]:>13}")
    noticed, right = total[1] / total[0], total[2] / total[1]
    print(f"{noticed:.1%} noticed; {right:.1%} of these at the right line.")
    return 0 if right >= 0.95 and noticed >= 0.99 else 1


if __name__ == "__main__":
    sys.exit(main())
