"""Is a finding denied in its sentence? Sentences of hospital notes that others judged (ConText public set).

    python benchmarks/draft/context.py [FILE] [--part dev|held] [--wrong]

Columns, tabs between: number, -, the finding, the sentence with the finding in capitals, Affirmed or Negated, Recent,
Historical or Not particular, whose it is. The last quarter of the rows is the held-out part.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "text" / "context-600.tsv"
AXES = ("negated", "historical", "family")


@dataclass(frozen=True)
class Row:
    """A sentence, where the finding stands in it, and what the annotators say of it."""

    sentence: str
    start: int
    end: int
    negated: bool
    historical: bool
    family: bool


@dataclass
class Tally:
    right: int = 0
    predicted: int = 0
    gold: int = 0
    wrong: list[str] = field(default_factory=list)

    def figures(self) -> tuple[float, float, float]:
        """Precision, recall, F1."""
        p = self.right / self.predicted if self.predicted else 0.0
        r = self.right / self.gold if self.gold else 0.0
        return p, r, 2 * p * r / (p + r) if p + r else 0.0


def phrase_in_capitals(finding: str) -> str:
    """The expression for a finding in capitals, however its blanks are."""
    return r"\s+".join(map(re.escape, finding.upper().split()))


def read(path: Path, part: str = "") -> tuple[list[Row], int]:
    """The rows, and how many were left out because the finding does not stand in its sentence."""
    rows: list[Row] = []
    left = 0
    for number, text in enumerate(lines := path.read_text("utf-8").splitlines()):
        if part and (number >= len(lines) * 3 // 4) != (part == "held"):
            continue
        cells = text.split("\t")
        if len(cells) < 7 or cells[4] not in ("Affirmed", "Negated"):
            continue  # a head line
        finding, sentence = cells[2], cells[3]
        phrase = re.escape(finding.strip()).replace(r"\ ", r"\s+")
        found = re.search(phrase_in_capitals(finding), sentence) or re.search(phrase, sentence, re.IGNORECASE)
        if not finding.strip() or not found:
            left += 1
            continue
        rows.append(
            Row(sentence, *found.span(), cells[4] == "Negated", cells[5] == "Historical", cells[6] != "Patient")
        )
    return rows, left


def score(path: Path, part: str = "") -> dict[str, Any]:
    """The tallies of the three axes, how many rows, how many left out, and the seconds of the processor."""
    from kg.mentions.polarity import assertion
    from kg.model.anchors import Sentence

    rows, left = read(path, part)
    tallies = {axis: Tally() for axis in AXES}
    began = time.process_time()
    told = [assertion(r.sentence, Sentence("case", 0, len(r.sentence), r.sentence), r.start, r.end) for r in rows]
    seconds = time.process_time() - began
    for row, one in zip(rows, told, strict=True):
        for axis, t in tallies.items():
            want = getattr(row, axis)
            got = one.status == "excluded" if axis == "negated" else getattr(one, axis)
            t.gold += want
            t.predicted += got
            t.right += want and got
            if want != got:
                words = f"{row.sentence[max(0, row.start - 90) : row.start]}[[{row.sentence[row.start : row.end]}]]"
                t.wrong.append(f"{'+' if got else '-'} {axis} {words}{row.sentence[row.end : row.end + 40]}")
    return {"tallies": tallies, "rows": rows, "left": left, "seconds": seconds}


HEAD = f"{'assertion, sentences':<34} {'P':>6} {'R':>6} {'F1':>6} {'right/predicted':>16}{'gold':>6}"


def line(name: str, t: Tally) -> str:
    """A row of the table."""
    p, r, f = t.figures()
    return f"{name:<34} {p:>6.3f} {r:>6.3f} {f:>6.3f} {t.right:>9}/{t.predicted:<6}{t.gold:>6}"


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--part", choices=["dev", "held"], default="")
    parser.add_argument("--wrong", action="store_true", help="show what is wrong (of the development part)")
    asked = parser.parse_args(words)
    if not asked.file.is_file():
        print(f"{asked.file} is not there; give the file of the sentences.", file=sys.stderr)
        return 2
    if asked.wrong and asked.part == "held":
        print("Errors are not shown of the held-out part.", file=sys.stderr)
        return 2
    found = score(asked.file, asked.part or ("dev" if asked.wrong else ""))
    print(HEAD)
    for axis in AXES:
        print(line(f"casekg, {axis}", found["tallies"][axis]))
    print(
        f"{len(found['rows'])} sentences, {found['left']} without their finding; {found['seconds']:.2f} s of the processor"
    )
    if asked.wrong:
        print("\n".join(w for axis in AXES for w in found["tallies"][axis].wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
