"""Which numbers of a sentence may be values? With their unit and the reference range that stands beside them.

A dose is none (`kg.mentions.medication`), nor is the number of a figure or a concentration; the numbers of a reference
range belong to the value before it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.mentions.drugnames import DrugName, drugs
from kg.mentions.medication import amounts
from kg.mentions.namelist import Place
from kg.mentions.numerals import BESIDE, QUANTITY, REFERENCE
from kg.model.anchors import Sentence

__all__ = ["Printed", "printed"]

_SORTS = ("pressure", "tnm", "titer", "ratio", "lab", "weak", "grade", "part", "plus", "bare")


@dataclass(slots=True)
class Printed:
    """A number, with what makes it one that was measured.

    sort: pressure; tnm (a stage); titer; ratio (its unit is one of a laboratory: mg/dL); lab (mmHg); weak (a unit that
    also counts other things: %, kg); grade; part (4/5); plus (3+); bare (no unit). reference: its range. analyte: where
    the name of what was measured stands; how: by which rule it was found (`kg.mentions.pairing`).
    """

    start: int
    end: int
    sort: str
    match: re.Match[str]
    reference: Place | None = None
    analyte: Place | None = None
    how: str = ""

    @property
    def percent(self) -> bool:
        """Is its unit the percent?"""
        return self.sort == "weak" and self.match["weak"].startswith(("%", "per"))

    @property
    def edge(self) -> int:
        """The end of the value and its range."""
        return max(self.end, self.reference[1] if self.reference else 0)


# Numbers of figures, references and versions.
_NO_NUMBER = re.compile(
    r"(?i)(?:\b(?:fig(?:ure|s)?\.?|tables?|case|patient|ref(?:erence)?s?\.?|no\.|number|type|grade|chromosome|exon|codon|section|panel|version|level|lead|leads|segment|zone|station|day|week|month|trimester|room|cycle|step|phase|question|item|gravida|para)\s|\[)[\u200b\s(]*$"
)


def printed(text: str, sentence: Sentence) -> list[Printed]:
    """The numbers of a sentence that may be values, in order."""
    ranges = [m.span() for m in REFERENCE.finditer(text, sentence.start, sentence.end) if _is_range(text, m)]
    given = drugs(text, sentence)
    doses = [
        both for _, often, both in amounts(text, sentence) if _is_dose(text, sentence.start, both, bool(often), given)
    ]
    found: list[Printed] = []
    at = sentence.start
    while match := QUANTITY.search(text, at, sentence.end):
        start, at = match.span()
        end = start + len(match.group().rstrip())
        sort = next(one for one in _SORTS if match[one])
        if sort == "pressure" and not match.group()[-1].isalpha():
            sort = "part"  # without its unit it may be a score
        if any(a < end and start < b for a, b in doses) or (
            sort == "bare" and _NO_NUMBER.search(text[max(sentence.start, start - 24) : start])
        ):
            continue
        if match["weak"] == "%" and any(
            one.start >= end and re.fullmatch(r"\s(?:\w+\s)?", text[end : one.start]) for one in given
        ):
            continue  # a concentration
        if sort == "part" and re.match(r"\s(?:weeks?|wks?)\b", text[end : end + 6]):
            continue  # 38 5/7 weeks
        covering = next(((a, b) for a, b in ranges if a < end and start < b), None)
        if covering:
            if found and found[-1].reference is None and not re.search(r"[.;]", text[found[-1].end : covering[0]]):
                found[-1].reference = covering
            at = max(at, covering[1])
            continue
        one = Printed(start, end, sort, match)
        beside = BESIDE.match(text, end, sentence.end)
        if beside and sort in ("ratio", "lab", "weak", "bare") and "%" not in beside.group():
            inside = len(beside.group()) - len(beside.group().lstrip(" (["))
            one.reference = (beside.start() + inside, beside.end() - 1)
            at = beside.end()
        found.append(one)
    return found


def _is_range(text: str, match: re.Match[str]) -> bool:
    """ "normal 6.9 mmol" is a value called normal; "normal < 8", "normal, 1.1-7.3" and "normal range 5" are ranges."""
    words = match.group()
    if re.match(
        r"(?i)(?:normal|range|n|rr|nr)\b\.?[\s,:=(]*(?:of |is |was |from |between )*[~]?\d[\d.,]*(?!\s?(?:-|–|—|−|to\b|±|\+/)|[\d.,])",
        words,
    ):
        return False
    if re.match(r"(?:N|RR|NR)\b", words) and not re.match(r"(?:N|RR|NR)\s?[:=<>,]", words):
        return False
    if re.match(r"(?i)range", words) and text[: match.start()].rstrip()[-1:] not in "([,;":
        return False
    return not re.match(r"(?i)(?:n|rr|nr)\b", words) or words[0].isupper()


def _is_dose(text: str, start: int, place: Place, often: bool, given: Sequence[DrugName]) -> bool:
    """An amount with how often, beside a drug, or behind the word dose, in a sentence that starts there."""
    if often and re.search(r"(?:g|IU|UI|U|units?)(?:/kg|/m2|/d|/day)?[\s,]", text[slice(*place)]):
        return True
    if re.search(
        r"(?i)\b(?:dos(?:es?|ages?|ing)|taper\w*|tolerance test)\b[^,;.]*$", text[max(start, place[0] - 45) : place[0]]
    ):
        return True
    for one in given:
        if one.end <= place[0]:
            gap = text[one.end : place[0]]
            near = len(gap) < 45 and not re.search(
                r"[;]|\b(?:showed|revealed|levels?|was found|weight|weigh(?:ed|s))\b", gap
            )
            if near and not (one.kind in ("class", "cue") and re.search(r"\b(?:was|were)\b", gap)):
                return True
        elif re.fullmatch(r"\s(?:of\s)?(?:[\w-]+\s){0,3}", text[place[1] : one.start]):
            return True
    return False
