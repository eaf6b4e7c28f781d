"""How many rows, or patients, of an answer have each value of a column? An answer as bars.

Bars are counted, never computed: of rows, of different patients, or the numbers of a column as they
stand, a bar a row. Nothing is left out without being counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from kg.answers.queries import Answer
from kg.base.results import CaseError, Result

__all__ = ["MOST", "PATIENTS", "ROWS", "Bar", "Chart", "chart", "columns", "measures"]

ROWS, PATIENTS = "rows", "patients"
MOST = 60  # bars
_NONE = "(none)"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: what it stands for, and how long it is."""

    label: str
    value: Decimal


@dataclass(frozen=True)
class Chart:
    """An answer as bars. by: column; of: what is counted; left: bars, or rows without a number, that are not drawn."""

    by: str
    of: str
    bars: tuple[Bar, ...]
    left: int = 0

    @property
    def longest(self) -> Decimal:
        """The length of the longest bar."""
        return max((bar.value for bar in self.bars), default=Decimal(0))


def _numbers(answer: Answer) -> dict[str, list[Decimal | None]]:
    """Columns that hold nothing but numbers, none below zero."""
    found = {}
    values = answer.values()
    for place, name in enumerate(answer.columns):
        cells = [row[place] for row in values]
        told = [c for c in cells if c is not None]
        if told and all(isinstance(c, int | Decimal) and not isinstance(c, bool) and c >= 0 for c in told):
            found[name] = [None if c is None else Decimal(c) for c in cells]
    return found


def measures(answer: Answer) -> tuple[str, ...]:
    """What the bars of an answer may count."""
    return (ROWS, *((PATIENTS,) if "patient" in answer.columns else ()), *_numbers(answer))


def columns(answer: Answer) -> tuple[str, ...]:
    """The columns that a chart may be by, those that say most first: labels whose values several rows share."""
    heads, rows = answer.shown()
    numbers = _numbers(answer)
    kinds = {head: len({row[i] for row in rows}) for i, head in enumerate(heads) if head not in numbers}
    shared = [head for head, kind in kinds.items() if 1 < kind < len(rows)]
    return (*shared, *(head for head in kinds if head not in shared))


def chart(answer: Answer, by: str = "", of: str = "") -> Chart:
    """An answer as bars, the longest first; numbers of a column in the order of the rows.

    by: a column of `columns` (the first without one); of: one of `measures` (rows without one).
    Raises CaseError when the answer has none of that name.
    """
    able, countable = columns(answer), measures(answer)
    by, of = by or (able[0] if able else ""), of or ROWS
    for name, known in ((by, able), (of, countable)):
        if name not in known:
            cure = f"It has: {', '.join(known) or 'none'}."
            raise CaseError([Result("violation", "query", f"the answer has no column {name!r} for a chart.", cure)])
    heads, rows = answer.shown()
    place = heads.index(by)
    labels = [row[place] or _NONE for row in rows]
    if of in (ROWS, PATIENTS):
        bars = _counted(labels, _who(answer, of))
    else:
        told = zip(labels, _numbers(answer)[of], strict=True)
        bars = [Bar(label, value) for label, value in told if value is not None]
        return Chart(by, of, tuple(bars[:MOST]), len(rows) - len(bars[:MOST]))
    return Chart(by, of, tuple(bars[:MOST]), len(bars[MOST:]))


def _who(answer: Answer, of: str) -> Sequence[object]:
    """What is counted once: rows, or patients."""
    if of == ROWS:
        return range(len(answer.rows))
    return [row[answer.columns.index("patient")] for row in answer.rows]


def _counted(labels: Sequence[str], who: Sequence[object]) -> list[Bar]:
    found: dict[str, set[object]] = {}
    for label, one in zip(labels, who, strict=True):
        found.setdefault(label, set()).add(one)
    return sorted((Bar(label, Decimal(len(some))) for label, some in found.items()), key=lambda b: (-b.value, b.label))
