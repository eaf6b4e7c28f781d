"""How a drug was given, as a case file has it: from printed words to number, unit, rate and route."""

from __future__ import annotations

import re
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kg.base.units import printed_units
from kg.mentions.gazetteer import called
from kg.model.amounts import frequencies
from kg.model.amounts import numbers as printed_numbers

__all__ = ["frequency", "quantity", "route"]

_ROUTES = (
    ("NCIT:C38276", r"intravenous(?:ly)?|\bi\.?v\.?\b|infus\w+"),
    ("NCIT:C38288", r"\boral(?:ly)?\b|per os|\bp\.?o\.?\b|by mouth"),
    ("NCIT:C38304", r"topical(?:ly)?"),
    ("NCIT:C38250", r"intralesional(?:ly)?"),
)


def quantity(words: str, kind: str) -> dict[str, Any] | None:
    """A dose, concentration or duration as printed; None where it is not one number with a unit that is known.

    >>> quantity("for three months", "duration"), quantity("5-10 mg", "dose")
    ({'value': Decimal('3'), 'unit': 'mo', 'printed': 'three months'}, None)
    """
    bare = re.sub(r"(?i)^(?:for|over|during|a total of|at|of)\s+(?:a |an )?", "", words).strip()
    lead = re.match(r"\d+(?:[.,]\d+)*(?=\s*[a-zA-Zµμ%])", bare)
    numbers = printed_numbers(lead[0] if lead else bare)
    codes = printed_units(bare)
    if kind == "duration":
        numbers = {n for n in numbers if n > 0}
    if len(codes) < 1 or len(numbers) != 1 or min(numbers) <= 0:
        return None
    return {"value": min(numbers), "unit": codes[0], "printed": bare}


def frequency(words: str) -> dict[str, Any] | None:
    """Times a day, week, month or year, where the words mean one rate only.

    >>> frequency("twice daily"), frequency("as needed")
    ({'times': 2, 'per': 'd', 'printed': 'twice daily'}, None)
    """
    rates = frequencies(words)
    if len(rates) != 1:
        return None
    rate = next(iter(rates))
    for per, days in (("d", 1), ("wk", 7), ("mo", 30), ("a", 365)):
        times = rate * days
        if times.denominator == 1 and times >= 1:
            return {"times": int(times), "per": per, "printed": words}
    if rate == Fraction(12, 365):
        return {"times": Decimal(1), "per": "mo", "printed": words}
    return None


def route(words: str) -> str | None:
    """The route that the words name, as 'ID ! label'.

    >>> route("by mouth")
    'NCIT:C38288 ! Oral Route of Administration'
    """
    curie = next((curie for curie, pattern in _ROUTES if re.search(rf"(?i){pattern}", words)), None)
    return called(curie) if curie else None
