"""How old was the patient then, given an ISO 8601 duration or a stage of life?

An age as phenopackets write it, P39Y, is that of the last birthday: from 39 years until 40. Bounds
are kept in months, or in days where only days and weeks are given, so that a month stays a month of
the calendar; as decimals of a year (of 365.25 days) they can be compared in queries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from kg.base.prefixes import expand

__all__ = ["STAGES", "Span", "read_age", "stage"]

_UNITS = {"day": Decimal("365.25"), "month": Decimal(12), "year": Decimal(1)}
_AGE = re.compile(
    r"P(?=.)(?:([0-9]+(?:[.,][0-9]+)?)Y)?(?:([0-9]+(?:[.,][0-9]+)?)M)?(?:([0-9]+(?:[.,][0-9]+)?)W)?(?:([0-9]+(?:[.,][0-9]+)?)D)?"
    r"(?:T(?=.)(?:[0-9]+(?:[.,][0-9]+)?H)?(?:[0-9]+(?:[.,][0-9]+)?M)?(?:[0-9]+(?:[.,][0-9]+)?S)?)?"
)


@dataclass(frozen=True, slots=True)
class Span:
    """Least and most time since birth, each as count and unit; None where open. Before birth is less than 0."""

    least: tuple[int, Literal["day", "month", "year"]] | None
    most: tuple[int, Literal["day", "month", "year"]] | None

    def years(self) -> tuple[Decimal | None, Decimal | None]:
        """Both ends as decimals of a year, to six places.

        >>> read_age("P39Y").years()
        (Decimal('39'), Decimal('40'))
        """
        return _years(self.least), _years(self.most)


def _years(end: tuple[int, str] | None) -> Decimal | None:
    return None if end is None else round(end[0] / _UNITS[end[1]], 6).normalize() + 0


def _single(text: str) -> Span:
    found = _AGE.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is not an age; write P39Y, P3M or P2W, as ISO 8601 durations")
    years, months, weeks, days = (Decimal((part or "0").replace(",", ".")) for part in found.groups())
    if not (years or months) and (found[3] or found[4] or "T" in text):
        least = int(weeks * 7 + days)
        return Span((least, "day"), (least + 1, "day"))
    over = int((weeks * 7 + days) / 28)  # at least so many months more
    least = int(years * 12 + months)
    exact = found[2] is not None or found[3] is not None or found[4] is not None or years != int(years)
    if exact:
        return Span((least, "month"), (least + over + 1, "month"))
    return Span((int(years), "year"), (int(years) + 1, "year"))


@lru_cache(maxsize=4096)
def read_age(text: str) -> Span:
    """The span of an age, or of a range of two ages.

    Raises ValueError, with the cure, for anything else.

    >>> read_age("P2Y6M")
    Span(least=(30, 'month'), most=(31, 'month'))
    >>> read_age("P10Y/P19Y")
    Span(least=(10, 'year'), most=(20, 'year'))
    """
    start, slash, end = text.partition("/")
    if not slash:
        return _single(text)
    first, last = _single(start), _single(end)
    if (first.years()[0] or 0) > (last.years()[1] or 0):
        raise ValueError(f"{text!r} ends before it starts; swap the two ages")
    return Span(first.least, last.most)


# Stages of life whose ages HPO's definitions of its terms for onset bound. The last month of a stage is
# its end: between 5 and 15 years. Stages that HPO does not bound are not here.
STAGES: dict[str, Span] = {
    expand(curie): span
    for curie, span in {
        "HP:0030674": Span(None, (0, "day")),  # Antenatal onset
        "HP:0011460": Span(None, (0, "day")),  # Embryonal onset
        "HP:0011461": Span(None, (0, "day")),  # Fetal onset
        "HP:0034199": Span(None, (0, "day")),  # Late first trimester onset
        "HP:0034198": Span(None, (0, "day")),  # Second trimester onset
        "HP:0034197": Span(None, (0, "day")),  # Third trimester onset
        "HP:0003577": Span((0, "day"), (0, "day")),  # Congenital onset
        "HP:0003623": Span((0, "day"), (28, "day")),  # Neonatal onset
        "HP:0003593": Span((28, "day"), (1, "year")),  # Infantile onset
        "HP:0011463": Span((1, "year"), (5, "year")),  # Childhood onset
        "HP:0003621": Span((5, "year"), (15, "year")),  # Juvenile onset
        "HP:0003581": Span((16, "year"), None),  # Adult onset
        "HP:0011462": Span((16, "year"), (40, "year")),  # Young adult onset
        "HP:0025708": Span((16, "year"), (19, "year")),  # Early young adult onset
        "HP:0025709": Span((19, "year"), (25, "year")),  # Intermediate young adult onset
        "HP:0025710": Span((25, "year"), (40, "year")),  # Late young adult onset
        "HP:0003596": Span((40, "year"), (60, "year")),  # Middle age onset
        "HP:0003584": Span((60, "year"), None),  # Late onset
    }.items()
}


def stage(iri: str) -> Span | None:
    """The ages of a stage of life (IRI of an HPO term); None for one without bounds.

    >>> stage(expand("HP:0003623")).years()
    (Decimal('0'), Decimal('0.07666'))
    """
    return STAGES.get(iri)
