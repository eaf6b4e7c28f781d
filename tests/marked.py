"""Sentences of our own in which what should be found is marked: <a time>, <value|analyte>, <a drug>, {a dose}."""

from __future__ import annotations

import re
from pathlib import Path

Mark = tuple[int, int, str]
"""Start and end of what is marked, and the word behind its bar."""

_MARK = re.compile(r"\{(?P<dose>[^{}]+)\}|<(?P<valued>[^|]+)\|(?P<bar>[^|<>]+)>|<(?P<words>[^<>|]+)>")


def sentences(name: str) -> list[str]:
    """The sentences of tests/marked/NAME.txt."""
    lines = (Path(__file__).parent / "marked" / f"{name}.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def unmarked(sentence: str) -> tuple[str, list[Mark], list[Mark]]:
    """The plain sentence, what is marked with <>, and what with {}.

    >>> unmarked("Hb <9 g/dL|Hb> after {5 mg}.")
    ('Hb 9 g/dL after 5 mg.', [(3, 9, 'Hb')], [(16, 20, '')])
    """
    plain, marks, doses, at = "", [], [], 0
    for match in _MARK.finditer(sentence):
        plain += sentence[at : match.start()]
        words = match["dose"] or match["valued"] or match["words"]
        (doses if match["dose"] else marks).append((len(plain), len(plain) + len(words), match["bar"] or ""))
        plain += words
        at = match.end()
    return plain + sentence[at:], marks, doses


def met(marks: list[Mark], found: list[tuple[int, int]]) -> bool:
    """Does everything found overlap a mark, and every mark something found?"""

    def over(one: tuple[int, ...], other: tuple[int, ...]) -> bool:
        return one[0] < other[1] and other[0] < one[1]

    return all(any(over(f, m) for m in marks) for f in found) and all(any(over(m, f) for f in found) for m in marks)
