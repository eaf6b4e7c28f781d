"""Phenotypes of clinical notes whose HPO terms others gave by hand (RAG-HPO: csc_notes.csv, csc_manual_hpo.csv).

    python benchmarks/draft/rag_hpo.py [FOLDER] [--part dev|held] [--wrong]

Micro-averaged over the notes that have terms: the terms of a note are a set; a term is right when the annotators have
the very same (ids out of use are replaced by what replaces them). Predicted are the features that are present or
historical, not those excluded, hypothetical or of the family, and that words state, as a draft proposes them: what a
number outside its range says alone ("PTH 96 pg/ml (15-65)") is our inference, which a draft only remarks beside the
value; a row of its own counts it too. Lenient: also a parent or a child of a term is right.
Eight notes of the development set (`HELD`) are its held-out part: looked at as a number only.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "text" / "rag-hpo"
PREDICTED = frozenset({"present", "historical"})
HELD = frozenset({"12", "28", "44", "60", "72", "88", "100", "116"})  # of the development set


@dataclass
class Tally:
    """Terms predicted and right, terms of the annotators; near: predictions that are a parent or child of one."""

    right: int = 0
    predicted: int = 0
    gold: int = 0
    near: int = 0
    found_near: int = 0
    wrong: list[str] = field(default_factory=list)

    def figures(self, lenient: bool = False) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        hit, got = (self.near, self.found_near) if lenient else (self.right, self.right)
        p, r = hit / self.predicted if self.predicted else 0.0, got / self.gold if self.gold else 0.0
        return p, r, 2 * p * r / (p + r) if p + r else 0.0


def read(folder: Path, part: str = "") -> tuple[dict[str, str], dict[str, list[tuple[str, str]]]]:
    """Notes by number; number -> (HPO id as printed, what the annotators quote)."""
    csv.field_size_limit(10**9)
    notes: dict[str, str] = {}
    with (folder / "csc_notes.csv").open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            notes[row["Case"].strip()] = row["clinical_note"]
    gold: dict[str, list[tuple[str, str]]] = {}
    with (folder / "csc_manual_hpo.csv").open(encoding="utf-8-sig", newline="") as handle:
        for row in csv.DictReader(handle):
            for curie in re.findall(r"HP:\d{7}", row["hpo_term"]):
                gold.setdefault(row["Patient ID"].strip(), []).append((curie, row["hpo_description"].strip()))
    kept = {n: t for n, t in notes.items() if n in gold and (not part or (n in HELD) == (part == "held"))}
    return kept, gold


def ours(text: str, *, numbers: bool = False) -> tuple[set[str], list[Any]]:
    """What casekg proposes for a note: the terms that count, and every feature. numbers: also what a number says alone."""
    from kg.articles.article import Article
    from kg.mentions.phenotypes import phenotypes

    article = Article.plain(text, "note.txt")
    features = phenotypes(article, article.sentences)
    for one in features:  # every proposal is the very words
        assert 0 <= one.start < one.end <= len(text), (one.start, one.end)
    return {f.concept for f in features if f.status in PREDICTED and (numbers or f.stated)}, list(features)


def tally(notes: Mapping[str, str], gold: Mapping[str, list[tuple[str, str]]], made: Mapping[str, set[str]]) -> Tally:
    """Hold the terms of each note against those of the annotators."""
    from kg.mentions.hpo import hpo

    base = hpo()

    def akin(one: str, others: set[str]) -> bool:
        return any(o == one or o in base.parents.get(one, ()) or one in base.parents.get(o, ()) for o in others)

    total = Tally()
    for number in notes:
        want = {base.current(curie) or curie: words for curie, words in gold[number]}
        told = {base.current(c) or c for c in made[number]}
        total.right += len(told & want.keys())
        total.predicted += len(told)
        total.gold += len(want)
        total.near += sum(akin(c, set(want)) for c in told)
        total.found_near += sum(akin(c, told) for c in want)
        total.wrong += [f"+ {number} {c} {base.labels.get(c, '')}" for c in sorted(told - want.keys())]
        total.wrong += [f"- {number} {c} {base.labels.get(c, '')}: {want[c]}" for c in sorted(want.keys() - told)]
    return total


def score(folder: Path, part: str = "") -> dict[str, Any]:
    """The tallies of casekg (with numbers: all that it proposes), the notes, and the seconds of the processor for all."""
    notes, gold = read(folder, part)
    ours("He had fever.")  # loads what is loaded once
    began = time.process_time()
    made = {number: ours(text)[0] for number, text in notes.items()}
    seconds = time.process_time() - began
    every = {number: ours(text, numbers=True)[0] for number, text in notes.items()}
    told = {"tally": tally(notes, gold, made), "with numbers": tally(notes, gold, every)}
    return {**told, "notes": notes, "gold": gold, "seconds": seconds}


def line(name: str, total: Tally, seconds: float | None, count: int) -> str:
    """A row of the table."""
    p, r, f = total.figures()
    _, _, lenient = total.figures(lenient=True)
    speed = f"{seconds / max(count, 1):.3f}" if seconds is not None else "-"
    return f"{name:<34} {p:>6.3f} {r:>6.3f} {f:>6.3f} {lenient:>8.3f} {total.right:>6}/{total.predicted:<6}{total.gold:>6} {speed:>9}"


HEAD = f"{'phenotypes, all terms, document':<34} {'P':>6} {'R':>6} {'F1':>6} {'lenient':>8} {'right/predicted':>13}{'gold':>6} {'s / note':>9}"


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--part", choices=["dev", "held"], default="")
    parser.add_argument("--wrong", action="store_true", help="show what is wrong (of the development part)")
    asked = parser.parse_args(words)
    if not (asked.folder / "csc_notes.csv").is_file():
        print(f"{asked.folder} has no csc_notes.csv; give the folder of the notes.", file=sys.stderr)
        return 2
    if asked.wrong and asked.part == "held":
        print("Errors are not shown of the held-out part.", file=sys.stderr)
        return 2
    found = score(asked.folder, asked.part or ("dev" if asked.wrong else ""))
    print(HEAD)
    print(line("casekg", found["tally"], found["seconds"], len(found["notes"])))
    print(line("casekg, with what numbers say", found["with numbers"], None, len(found["notes"])))
    if asked.wrong:
        print("\n".join(found["tally"].wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
