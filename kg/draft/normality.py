"""Which tests, organs and functions does a sentence call normal?

"Normal" is an operator over a list: "liver function tests, ECG and echocardiogram were within the normal
range" says it of three things, "normal heart sounds and breath sounds" of two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kg.draft.cues import pattern

__all__ = ["Normal", "normals"]


@dataclass(frozen=True, slots=True)
class Normal:
    """Words that are called normal: where they stand, and where the words that say so stand."""

    start: int
    end: int
    cue: tuple[int, int]
    rule: str


_ADVERBS = (
    r"(?:(?:all|both|also|again|otherwise|essentially|grossly|completely|entirely|largely|generally|clinically|"
    r"apparently|perfectly|overall|relatively|mostly|each|either|still|now|always|fully|bilaterally|found|noted|"
    r"reported|considered|judged|deemed|to|be|as|being|been|well|normal|or|and)\s+)*"
)
_GOOD = (
    r"(?:normal|unremarkable|intact|preserved|non[- ]?contributory|within\s+(?:the\s+)?(?:normal|reference|expected|physiological)"
    r"(?:\s+\w+)?\s+(?:ranges?|limits?|values?|intervals?)|within\s+(?:normal|range|limits)|in\s+(?:the\s+)?(?:normal|reference)\s+(?:ranges?|limits?)|"
    r"at\s+(?:the\s+)?normal\s+levels?|stable|negative|unaffected|uninvolved|spared|non[- ]?focal|"
    r"not\s+(?:affected|involved|impaired|remarkable|contributory|elevated|increased|enlarged|raised|abnormal|disturbed|altered)|"
    r"without\s+(?:any\s+)?(?:abnormalit(?:y|ies)|abnormal\s+findings?|pathological\s+findings?|particularities|alterations?)|"
    r"free\s+of\s+abnormalit(?:y|ies)|age[- ]appropriate|appropriate\s+for\s+(?:his\s+|her\s+)?age|uneventful|benign|"
    r"non[- ]?reactive|symmetric(?:al)?|clear|regular|good|satisfactory|non[- ]?specific|reactive\s+to\s+light|physiological|"
    r"adequate|insignificant|non[- ]?significant|not\s+significant|healthy|unimpaired|undisturbed|normocephalic)"
)
_COPULA = r"(?:was|were|is|are|remained|remains|appeared|appears|seemed|looked|had\s+been|has\s+been|have\s+been|being|became|came\s+back|returned|tested|proved)"
# "X, Y and Z were normal"
_AFTER = re.compile(rf"\b{_COPULA}\s+{_ADVERBS}{_GOOD}(?!\s*[-\w]*\s*(?:except|apart))\b", re.IGNORECASE)
# "ECG showed no abnormality", "examination revealed normal findings"
_NOTHING = re.compile(
    r"\b(?:show(?:ed|s|ing)?|reveal(?:ed|s|ing)?|demonstrat(?:ed|es|ing)|disclos(?:ed|es)|identif(?:ied|ies)|"
    r"yield(?:ed|s)|detected|found|had|displayed|exhibited|without|with|did\s+not\s+(?:show|reveal|demonstrate|disclose|identify|detect|find))\s+"
    r"(?:(?:a|an|any|no|other|further|completely|essentially|significant|relevant|major|obvious|gross|focal|remarkable|"
    r"particular|specific|clear|notable|structural|acute|evident|additional)\s+)*"
    r"(?:abnormalit(?:y|ies)|abnormal(?:\s+\w+)?\s+findings?|abnormal\s+(?:results?|signs?)|normal\s+(?:findings?|results?|appearances?|examinations?|values?|study|studies)|"
    r"unremarkable(?:\s+findings?|\s+results?)?|pathology|pathological\s+(?:findings?|changes)|pathologies|anything\s+abnormal|"
    r"nothing\s+(?:abnormal|remarkable|significant|of\s+note)|negative\s+(?:findings?|results?)|particularit(?:y|ies)|"
    r"alterations?|dysfunction|(?:normal|unremarkable)(?=\s*[.,;)]|$))",
    re.IGNORECASE,
)
# "normal X, Y and Z"
_BEFORE = re.compile(
    r"(?<![\w-])(?:normal|unremarkable|intact|preserved|stable|good|uneventful|non[- ]?contributory|adequate)(?=\s+\w)",
    re.IGNORECASE,
)
# "the following were normal: A, B, C"; "normal (A, B, C)"
_COLON = re.compile(
    rf"\b(?:{_COPULA}\s+)?{_ADVERBS}(?:normal|negative|unremarkable|within\s+normal\s+limits)\s*(?::|\((?=[^()]*,)|,?\s+including\b|,?\s+such\s+as\b)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\W+(?:ranges?|values?|limits?|upper|lower|mean|reference|control|controls|saline|pressure\s+hydro|interval)\b|\W*\d",
    re.IGNORECASE,
)
_SUBJECT_STOP = re.compile(
    r"[;:]|\.\s|\b(?:but|however|although|though|while|whereas|except|which|who|because|since|then|therefore|despite)\b",
    re.IGNORECASE,
)
_PHRASE_STOP = re.compile(
    r"[;:()\[\]]|\.\s|\.$|\b(?:was|were|is|are|had|has|showed|revealed|demonstrated|which|who|that|with|without|except|"
    r"but|however|although|though|while|whereas|apart|aside|at|after|before|during|until|since|despite|for|due|no|not|on)\b",
    re.IGNORECASE,
)
_FINITE = re.compile(
    r"\b(?:was|were|is|are|had|has|have|showed|shows|revealed|reveals|demonstrated|disclosed|confirmed|presented|developed|"
    r"complained|reported|noted|found|underwent|remained|appeared)\b",
    re.IGNORECASE,
)
_JOIN = re.compile(r",|\band\b|\bwith\b", re.IGNORECASE)
_LEADING = re.compile(r"[\s,]*(?:(?:and|with|or|while)\s+)?", re.IGNORECASE)
_STABLE = pattern(
    ("on stable", "in stable", "stable dose", "stable angina", "good response", "good results?", "good outcome")
)


@lru_cache(maxsize=2048)
def normals(words: str) -> tuple[Normal, ...]:
    """What a sentence calls normal; offsets of the sentence.

    >>> one, = normals("Liver function tests and ECG were within the normal range.")
    >>> one.start, one.end, one.rule
    (0, 28, 'subject')
    """
    found = []
    for cue, rule in ((_AFTER, "subject"), (_NOTHING, "showed nothing")):
        for match in cue.finditer(words):
            start = _subject(words, match.start())
            text = words[start : match.start()]
            if text.strip(" ,"):
                start += _LEADING.match(text).end()  # type: ignore[union-attr]  # it matches nothing too
                found.append(Normal(start, match.start() - (len(text) - len(text.rstrip())), match.span(), rule))
    for match in _COLON.finditer(words):
        stop = re.compile(r"[;)]|\.\s|\.$").search(words, match.end())
        end = stop.start() if stop else len(words)
        found.append(Normal(match.end(), end, match.span(), "list"))
    for match in _BEFORE.finditer(words):
        if _RANGE.match(words, match.end()) or _STABLE.search(words, max(0, match.start() - 4), match.end() + 10):
            continue
        stop = _PHRASE_STOP.search(words, match.end())
        end = stop.start() if stop else len(words)
        if end > match.end() + 1:
            found.append(Normal(match.end() + 1, end, match.span(), "adjective"))
    return tuple(found)


def _subject(words: str, verb: int) -> int:
    """Where the subject of a verb begins: after a stop, or after the clause before it."""
    start = max((m.end() for m in _SUBJECT_STOP.finditer(words, 0, verb)), default=0)
    verbs = [m.end() for m in _FINITE.finditer(words, start, verb)]
    if verbs:
        joins = [m.end() for m in _JOIN.finditer(words, verbs[-1], verb)]
        start = joins[0] if joins else verbs[-1]
    return start
