"""The seed: which facts of the case file that casekg ships does `casekg draft` propose, and what does it propose wrongly?

A fact is found where a proposal of the same kind says the same (concept, status, value: `same`) and quotes words
that overlap its own in the same section. A proposal is wrong where it is no fact of the case file.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.base import places
from kg.model.anchors import SourceText, read_source
from kg.model.case import Case, Fact
from kg.model.reading import CaseFile, judge_case_file

SEED = Path(__file__).parents[2].parent / "shared" / "seed"
Path_ = tuple[str, ...]


@dataclass(frozen=True)
class Row:
    """A fact with its place in the case file."""

    path: Path_
    fact: Fact

    @property
    def kind(self) -> str:
        """Its section."""
        return self.path[0] if self.path[0] != "patients" else self.path[2]


def _id(term: Any) -> str:
    return term.id if term else ""


class Told:
    """A case whose facts are compared with those of another."""

    def __init__(self, case: Case, source: SourceText) -> None:
        self.case, self.source = case, source
        self.rows = [Row(path, fact) for path, fact in case.facts()]
        self.by_key = {path[-1]: fact for path, fact in case.facts() if path[0] == "patients"}

    def spans(self, row: Row) -> list[tuple[int, int]]:
        """Where its words stand."""
        return [
            (found[0], found[0] + len(anchor.quote))
            for anchor in row.fact.evidence
            if (found := self.source.find(anchor))
        ]

    def concepts(self, keys: Iterable[str]) -> frozenset[str]:
        """The concepts that keys stand for."""
        return frozenset(
            _id(getattr(fact, "concept", None) or getattr(fact, "drug", None) or getattr(fact, "action", None))
            for key in keys
            if (fact := self.by_key.get(key))
        )


def _time(wanted: Any, given: Any, _: Told, __: Told) -> bool:
    if wanted.edtf:
        return bool(wanted.edtf == given.edtf)
    return bool(wanted.by == given.by and not given.edtf and (wanted.after or wanted.before) is not None)


def _response(wanted: Any, given: Any, gold: Told, draft: Told) -> bool:
    of, told = gold.concepts(wanted.of), draft.concepts(given.of)
    return bool(
        wanted.outcome == given.outcome
        and gold.concepts(wanted.to) == draft.concepts(given.to)
        and told
        and (told <= of or of <= told)
    )


def _amount(quantity: Any) -> Any:
    return quantity and (quantity.value, quantity.unit)


def _fields(*names: str) -> Callable[[Any, Any, Told, Told], bool]:
    def same(wanted: Any, given: Any, _: Told, __: Told) -> bool:
        values = [[getattr(one, name) for name in names] for one in (wanted, given)]
        left, right = ([_id(v) if hasattr(v, "id") else v for v in row] for row in values)
        return bool(left == right)

    return same


def _treatment(wanted: Any, given: Any, _: Told, __: Told) -> bool:
    return bool(
        _id(wanted.drug or wanted.action) == _id(given.drug or given.action)
        and _amount(wanted.dose) == _amount(given.dose)
        and (wanted.frequency and wanted.frequency.times) == (given.frequency and given.frequency.times)
    )


def _claim(wanted: Any, given: Any, _: Told, __: Told) -> bool:
    left, right = ({_id(term) for term in one.objects} for one in (wanted, given))
    return bool(
        (wanted.kind, _id(wanted.subject), wanted.predicate) == (given.kind, _id(given.subject), given.predicate)
        and (left == right or left & right)
    )


SAME: dict[str, Callable[[Any, Any, Told, Told], bool]] = {
    "report": _fields("doi", "title", "published", "licence"),
    "sex": _fields("concept"),
    "age": _fields("years"),
    "times": _time,
    "diagnoses": _fields("concept", "status"),
    "antibodies": _fields("concept", "status"),
    "examinations": _fields("procedure"),
    "findings": _fields("concept", "status"),
    "measurements": _fields("analyte", "value", "unit", "comparator"),
    "treatments": _treatment,
    "dose_changes": lambda w, g, gold, draft: (
        w.direction == g.direction and gold.concepts([w.treatment]) == draft.concepts([g.treatment])
    ),
    "responses": _response,
    "events": _fields("concept", "status"),
    "adverse_events": _fields("concept", "status"),
    "figures": _fields("label"),
    "follow_up": lambda *_: True,
    "statements": _fields("kind"),
    "references": _fields("number", "title", "year", "doi"),
    "claims": _claim,
}


@dataclass(frozen=True)
class Score:
    """found of wanted facts, and wrong of proposals, by section of the case file."""

    wanted: Counter[str]
    found: Counter[str]
    proposed: Counter[str]
    wrong: Counter[str]
    missed: tuple[Row, ...]
    wrongly: tuple[Row, ...]
    drafted: tuple[Row, ...] = ()

    def share(self, only: Callable[[str], bool] = lambda _: True) -> tuple[float, float]:
        """Share of the facts that are proposed, and of the proposals that are wrong."""

        def total(counts: Counter[str]) -> int:
            return sum(count for kind, count in counts.items() if only(kind))

        return total(self.found) / max(total(self.wanted), 1), total(self.wrong) / max(total(self.proposed), 1)


def score(gold: Told, draft: Told) -> Score:
    """Compare a draft with the case file."""
    spans = {id(row): told.spans(row) for told in (gold, draft) for row in told.rows}

    def agree(wanted: Row, given: Row) -> bool:
        return (
            wanted.kind == given.kind
            and (wanted.kind == "report" or _overlap(spans[id(wanted)], spans[id(given)]))
            and SAME[wanted.kind](wanted.fact, given.fact, gold, draft)
        )

    missed = tuple(row for row in gold.rows if not any(agree(row, other) for other in draft.rows))
    wrongly = tuple(row for row in draft.rows if not any(agree(other, row) for other in gold.rows))
    wanted, proposed = (Counter(row.kind for row in told.rows) for told in (gold, draft))
    found, wrong = wanted - Counter(r.kind for r in missed), Counter(row.kind for row in wrongly)
    return Score(wanted, found, proposed, wrong, missed, wrongly, tuple(draft.rows))


def _overlap(one: list[tuple[int, int]], other: list[tuple[int, int]]) -> bool:
    return any(a < d and c < b for a, b in one for c, d in other)


def _words(row: Row) -> str:
    told = " | ".join(f"{anchor.section}: {anchor.quote}" for anchor in row.fact.evidence[:3])
    what = getattr(row.fact, "concept", None) or getattr(row.fact, "outcome", "") or getattr(row.fact, "printed", "")
    status = getattr(row.fact, "status", "")
    rule = f" [{row.fact.proposed.rule}]" if row.fact.proposed else ""
    return f"{row.kind} {row.path[-1]}: {what} {status}{rule} ({told})"


def main(verbose: bool = True, folder: Path = SEED) -> Score:
    """Draft the seed and print the score; verbose: also what is missed and what is wrong."""
    from kg.draft.drafting import draft_case
    from kg.gate.examining import shape_results

    shipped = judge_case_file(places.cases()[0])
    text = folder / shipped.case.report.source.file
    if not text.is_file():
        raise SystemExit(f"the seed's text is not in {folder}")
    gold = Told(shipped.case, read_source(shipped, folder))
    made = draft_case(text, also=lambda file: shape_results(file)[0])  # as `casekg draft` does
    with tempfile.TemporaryDirectory() as place:
        path = Path(place, "draft.yaml")
        path.write_text(made.text, "utf-8")
        file: CaseFile = judge_case_file(path)
    result = score(gold, Told(file.case, gold.source))
    if verbose:
        for row in result.missed:
            print("missed", _words(row))
        for row in result.wrongly:
            print("wrong ", _words(row))
    print(f"{'section':16} {'facts':>6} {'found':>6} {'proposed':>9} {'wrong':>6}")
    for kind in SAME:
        row = (result.wanted[kind], result.found[kind], result.proposed[kind], result.wrong[kind])
        print(f"{kind:16} {row[0]:6} {row[1]:6} {row[2]:9} {row[3]:6}")
    beyond = {"statements", "references", "claims", "report"}
    for name, only in (
        ("all", lambda _: True),
        ("of the patient", lambda kind: kind not in beyond),
        ("without claims", lambda kind: kind != "claims"),
    ):
        found, wrong = result.share(only)
        print(
            f"seed, {name}: {found:.1%} of the facts proposed with the right anchor, {wrong:.1%} of the proposals wrong"
        )
    return result


if __name__ == "__main__":
    main("--quiet" not in sys.argv)
