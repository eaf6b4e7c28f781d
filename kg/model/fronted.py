"""Where does the phrase that opens a sentence end: "After rituximab and steroids, tofacitinib was started"?

What such a phrase names came before, or is only compared with: it is not begun there, nor given together with what
the sentence itself tells of.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["across", "fronted"]

Place = tuple[int, int]

_OPENS = re.compile(
    r"\W*(?:(?:and|but|then|however|subsequently|later|again),?\s+)?(?:even\s+|soon\s+|shortly\s+|\w+ (?:days?|weeks?|months?|years?)\s+)?"
    r"(?P<word>after|following|before|prior to|despite|in spite of|since|besides|unlike|instead of|in addition to|apart from)\b",
    re.IGNORECASE,
)
# What the sentence itself begins with: who, or what was done.
_MAIN = re.compile(
    r"\s*(?:(?:therefore|then|thus|subsequently|finally)\b,?\s*)?"
    r"(?:(?:s?he|they|we|it|there|(?:the|our|this) (?:patient|boy|girl|child|man|woman|infant))\b|[^,;:.()]{1,80}?(?:\([^()]*\)[^,;:.()]{0,20}?)?\b(?:was|were|is|are|has|had|have)\b)",
    re.IGNORECASE,
)


@lru_cache(maxsize=4096)
def fronted(text: str, start: int, end: int) -> tuple[str, Place] | None:
    """The word that opens the sentence between two places, and where its phrase stands; None where no phrase opens it.

    >>> text = "After A, B and C, tofacitinib 5 mg was started"
    >>> word, (start, end) = fronted(text, 0, len(text))
    >>> word, text[start:end]
    ('after', 'After A, B and C')
    >>> fronted("Tofacitinib was started after A, B and C", 0, 40)
    """
    opens = _OPENS.match(text, start, end)
    if opens is None:
        return None
    for comma in re.compile(",").finditer(text, opens.end(), end):
        if _MAIN.match(text, comma.end(), end):
            return opens["word"].lower(), (opens.start("word"), comma.start())
    return None


def across(text: str, first: int, second: int) -> bool:
    """Does the end of such a phrase stand between two places of one sentence?

    >>> text = "After A, tofacitinib was started, and B"
    >>> across(text, text.index("A,"), text.index("tofa")), across(text, text.index("tofa"), text.index("B"))
    (True, False)
    """
    start = max(text.rfind(mark, 0, first) for mark in (". ", ";", "|", "\n")) + 1
    end = min((at for mark in (". ", ";", "|", "\n") if (at := text.find(mark, second)) >= 0), default=len(text))
    opening = fronted(text, start, end)
    return opening is not None and first < opening[1][1] < second
