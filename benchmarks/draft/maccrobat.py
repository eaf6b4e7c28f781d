"""Values, drugs, doses, routes, times and sites of case reports that others annotated (MACCROBAT, BRAT standoff).

    python benchmarks/draft/maccrobat.py [FOLDER] [--part dev|held] [--wrong FIELD]

A prediction is right when it overlaps a span of the annotators, a span is found when a prediction overlaps it.
Value + analyte: a span is found only with the analyte that the annotators tied to it (or another name of it), and a
prediction is right only with it; what they tied to nothing asks for the value alone. Dose + drug likewise. The same
folder for everybody: every fourth report, in the order of the names, is the held-out part.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

DEFAULT = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "text" / "maccrobat"
TIMES = ("Date", "Duration", "Time", "Age")
Spans = list[tuple[int, int]]
Pair = tuple[tuple[int, int], tuple[int, int] | None]


@dataclass
class Gold:
    """A report and what the annotators saw in it: kind -> spans of each entity; entity -> those it is tied to."""

    name: str
    text: str
    kinds: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    spans: dict[str, Spans] = field(default_factory=dict)
    tied: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    same: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def words(self, entity: str) -> str:
        return " ".join(self.text[a:b] for a, b in self.spans[entity])

    def of(self, *kinds: str, numeric: bool = False) -> list[str]:
        return [e for kind in kinds for e in self.kinds[kind] if not numeric or re.search(r"\d", self.words(e))]

    def partners(self, entity: str, kinds: tuple[str, ...] = ()) -> Spans:
        """Where the things stand that an entity is tied to, and the other names of them."""
        tied = {e for e in self.tied[entity] if not kinds or any(e in self.kinds[kind] for kind in kinds)}
        alike = {other for e in tied for other in self.same[e]}
        return [span for e in tied | alike for span in self.spans[e]]


def read(path: Path) -> Gold:
    """A text and its annotations."""
    gold = Gold(path.stem, path.read_text("utf-8"))
    events: dict[str, str] = {}
    relations: list[tuple[str, str, str]] = []
    for line in path.with_suffix(".ann").read_text("utf-8").splitlines():
        cells = line.split("\t")
        if line.startswith("T"):
            kind, _, places = cells[1].partition(" ")
            gold.kinds[kind].append(cells[0])
            gold.spans[cells[0]] = [(int(a), int(b)) for a, b in (p.split(" ") for p in places.split(";"))]
        elif line.startswith("E"):
            events[cells[0]] = cells[1].split(" ")[0].partition(":")[2]
        elif line.startswith("R"):
            kind, one, two = cells[1].split(" ")[:3]
            relations.append((kind, one.partition(":")[2], two.partition(":")[2]))
    for kind, one, two in relations:
        a, b = events.get(one, one), events.get(two, two)
        if a not in gold.spans or b not in gold.spans:
            continue
        if kind == "IDENTICAL":
            gold.same[a].add(b)
            gold.same[b].add(a)
        elif kind == "MODIFY":
            gold.tied[a].add(b)
    return gold


def over(one: tuple[int, int], others: Spans) -> bool:
    return any(one[0] < b and a < one[1] for a, b in others)


@dataclass
class Tally:
    """How many predictions were right, how many spans were found; links: right of those found."""

    predicted: int = 0
    right: int = 0
    gold: int = 0
    found: int = 0
    links: int = 0
    linked: int = 0
    joint_right: int = 0
    joint_found: int = 0
    wrong: list[str] = field(default_factory=list)

    @staticmethod
    def f1(right: int, predicted: int, found: int, gold: int) -> tuple[float, float, float]:
        p, r = right / predicted if predicted else 0.0, found / gold if gold else 0.0
        return p, r, 2 * p * r / (p + r) if p + r else 0.0

    def spans(self, gold: Gold, entities: list[str], made: Spans) -> None:
        want = {e: gold.spans[e] for e in entities}
        every = [span for spans in want.values() for span in spans]
        for one in made:
            good = over(one, every)
            self.predicted += 1
            self.right += good
            if not good:
                self.wrong.append(f"+ {gold.name} {around(gold.text, *one)}")
        for spans in want.values():
            found = any(over(span, made) for span in spans)
            self.gold += 1
            self.found += found
            if not found:
                self.wrong.append(f"- {gold.name} {around(gold.text, *spans[0])}")

    def pairs(self, gold: Gold, entities: list[str], made: list[Pair], kinds: tuple[str, ...] = ()) -> None:
        self.spans(gold, entities, [one for one, _ in made])
        for e in entities:
            partners = gold.partners(e, kinds)
            hits = [other for one, other in made if over(one, gold.spans[e])]
            good = bool(hits) and (
                not partners or any(o is not None and over(o, [*partners, *gold.spans[e]]) for o in hits)
            )
            if hits and partners:
                self.linked += 1
                self.links += good
                if not good:
                    told = [gold.text[o[0] : o[1]] if o else None for o in hits]
                    meant = [gold.text[a:b] for a, b in partners]
                    place = gold.spans[e][0]
                    self.wrong.append(f"~ {gold.name} {around(gold.text, *place)} is {told}, meant {meant}")
            self.joint_found += good
        for one, other in made:
            mine = [e for e in entities if over(one, gold.spans[e])]
            self.joint_right += any(
                not gold.partners(e, kinds)
                or (other is not None and over(other, [*gold.partners(e, kinds), *gold.spans[e]]))
                for e in mine
            )


def around(text: str, start: int, end: int) -> str:
    before, after = text[max(0, start - 50) : start], text[end : end + 30]
    return re.sub(r"\s+", " ", f"{before}[[{text[start:end]}]]{after}")


def score(folder: Path, part: str = "") -> tuple[dict[str, Tally], int, float]:
    """The tallies of every field, how many reports, and the seconds of the processor for all of them."""
    from kg.articles.article import Article
    from kg.mentions.bodysites import bodysites
    from kg.mentions.measured import measured
    from kg.mentions.medication import medication
    from kg.mentions.moments import moments

    warm = Article.plain("He took 5 mg prednisone for 3 days; CK was 86 U/L in the left lung.")
    for step in (measured, medication, moments, bodysites):
        step(warm, warm.sentences)
    tallies: dict[str, Tally] = defaultdict(Tally)
    seconds, count = 0.0, 0
    beside = library()
    for number, path in enumerate(sorted(folder.glob("*.txt"))):
        if part and (number % 4 == 3) != (part == "held"):
            continue
        gold = read(path)
        began = time.process_time()
        article = Article.plain(gold.text, path.name)
        values = measured(article, article.sentences)
        given = medication(article, article.sentences)
        when = moments(article, article.sentences)
        sites = bodysites(article, article.sentences)
        seconds += time.process_time() - began
        count += 1
        for tally, entities, made in (
            ("drug", gold.of("Medication"), [(g.start, g.end) for g in given if g.kind != "action"]),
            ("route", gold.of("Administration"), sorted({g.route for g in given if g.route})),
            ("time", gold.of(*TIMES), [(m.start, m.end) for m in when if m.kind != "event"]),
            ("site", gold.of("Biological_structure"), [(s.start, s.end) for s in sites]),
        ):
            tallies[tally].spans(gold, entities, made)
        if beside:
            tallies["drug, library"].spans(gold, gold.of("Medication"), beside(gold.text))
        tallies["value"].pairs(
            gold, gold.of("Lab_value", numeric=True), [((v.start, v.end), v.analyte) for v in values]
        )
        doses = [
            (dose, (g.start, g.end)) for g in given for dose in g.amounts if re.search(r"\d", gold.text[slice(*dose)])
        ]
        tallies["dose"].pairs(gold, gold.of("Dosage", numeric=True), doses, ("Medication",))
    return tallies, count, seconds


def library() -> Callable[[str], Spans] | None:
    """The drugs that `drug-named-entity-recognition` itself finds, where it is installed."""
    try:
        from drug_named_entity_recognition import find_drugs
    except ImportError:
        return None

    def found(text: str) -> Spans:
        tokens = list(re.finditer(r"[\w-]+|[^\w\s]", text))
        made = find_drugs([token.group() for token in tokens], is_ignore_case=True)
        return [(tokens[first].start(), tokens[last - 1].end()) for _, first, last in made]

    return found


def lines(tallies: dict[str, Tally], count: int, seconds: float) -> Iterator[str]:
    """The table, as text."""
    yield f"{'field':<18} {'P':>6} {'R':>6} {'F1':>6}   found/gold  right/predicted"
    for name in ("value", "dose", "drug", "drug, library", "route", "time", "site"):
        if name not in tallies:
            continue
        t = tallies[name]
        p, r, f = Tally.f1(t.right, t.predicted, t.found, t.gold)
        yield f"{name:<18} {p:>6.3f} {r:>6.3f} {f:>6.3f}   {t.found}/{t.gold}  {t.right}/{t.predicted}"
        if t.linked:
            p, r, f = Tally.f1(t.joint_right, t.predicted, t.joint_found, t.gold)
            tied = {"value": "value + analyte", "dose": "dose + drug"}[name]
            yield f"{tied:<18} {p:>6.3f} {r:>6.3f} {f:>6.3f}   link right in {t.links} of {t.linked} found"
    yield f"{count} reports, {seconds / max(count, 1):.3f} s of the processor each"


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--part", choices=["dev", "held"], default="")
    parser.add_argument("--wrong", default="", help="show the errors of a field")
    asked = parser.parse_args(words)
    if not any(asked.folder.glob("*.ann")):
        print(f"{asked.folder} has no .ann files; give the folder of the corpus.", file=sys.stderr)
        return 2
    if asked.wrong and asked.part != "dev":
        print("Errors are shown of the development part only: --part dev.", file=sys.stderr)
        return 2
    tallies, count, seconds = score(asked.folder, asked.part)
    print("\n".join(lines(tallies, count, seconds)))
    if asked.wrong:
        print("\n".join(tallies[asked.wrong].wrong))
    return 0


if __name__ == "__main__":
    sys.exit(main())
