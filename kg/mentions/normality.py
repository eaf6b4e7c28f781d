"""Which tests, organs and functions does a sentence call normal?

"Normal" is an operator over a list: "liver function tests, ECG and echocardiogram were within the normal
range" says it of three things, "normal heart sounds and breath sounds" of two.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kg.mentions.cues import pattern

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
    r"structurally|functionally|apparently|perfectly|overall|relatively|mostly|each|either|still|now|always|fully|bilaterally|found|noted|"
    r"reported|considered|judged|deemed|to|be|as|being|been|well|normal|or|and)\s+)*"
)
_GOOD = (
    r"(?:normal|unremarkable|intact|preserved|non[- ]?contributory|within\s+(?:(?:the|their|his|her|its|respective|age)\s+)*"
    r"(?:normal|reference|expected|physiological)"
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
_AFTER = re.compile(rf"\b{_COPULA}\s+{_ADVERBS}{_GOOD}\b", re.IGNORECASE)
_SHOWED = (
    r"(?:show(?:ed|s|ing)?|reveal(?:ed|s|ing)?|demonstrat(?:ed|es|ing)|disclos(?:ed|es|ing)|identif(?:ied|ies)|yield(?:ed|s|ing)|"
    r"detected|found|had|displayed|exhibited|presented|confirmed|indicated|gave)"
)
_ANY = (
    r"(?:(?:a|an|any|other|further|completely|essentially|significant|relevant|major|obvious|gross|focal|remarkable|"
    r"particular|specific|clear|notable|structural|acute|evident|additional|apparent|new|such|clinically)\s+)*"
)
_AMISS = (
    r"(?:(?:\w+\s+)?abnormalit(?:y|ies)|abnormal(?:\s+\w+)?\s+(?:findings?|results?|signs?)|patholog(?:y|ies)|pathologic(?:al)?\s+(?:findings?|changes|enhancements?)|"
    r"particularit(?:y|ies)|alterations?|dysfunction|deficits?|anything\s+abnormal|remarkable\s+findings?)"
)
# "ECG showed no abnormality", "examination revealed normal findings", "MRI did not show any pathology"
_NOTHING = re.compile(
    rf"\b(?:{_SHOWED}\s+(?:no\s+{_ANY}{_AMISS}|nothing\s+(?:abnormal|remarkable|significant|unusual|of\s+note)|"
    rf"{_ANY}(?:normal|unremarkable|negative)(?:\s+\w+)?\s+(?:findings?|results?|appearances?|examinations?|values?|study|studies|patterns?|expression)|"
    rf"{_ADVERBS}(?:normal|unremarkable)(?=\s*[.,;)]|$))|"
    rf"(?:did|does|could)\s+not\s+(?:show|reveal|demonstrate|disclose|identify|detect|find)\s+{_ANY}{_AMISS}|"
    rf"without\s+{_ANY}{_AMISS}|with\s+(?:no\s+{_ANY}{_AMISS}|normal\s+(?:findings?|results?)))",
    re.IGNORECASE,
)
# "angiography showed normal coronary arteries": normal is the examination too, when nothing else follows
_SHOWED_NORMAL = re.compile(
    rf"\b{_SHOWED}\s+(?:a\s+|an\s+)?(?:normal|unremarkable|intact)\s+(?!ranges?\b|limits?\b)[\w\s-]{{1,60}}(?=[.;]|$)",
    re.IGNORECASE,
)
# "an angiogram of normal appearance"
_LOOKS = re.compile(
    r"\bof\s+(?:a\s+)?normal\s+(?:appearance|aspect|size|shape|cali(?:b|p)er|thickness|morphology|structure|texture)\b",
    re.IGNORECASE,
)
# "CK normalized", "returned to normal"
_AGAIN = re.compile(
    r"\b(?:(?:has|have|had|was|were|were\s+then|being)\s+)?(?:(?:completely|fully|gradually|eventually|subsequently|then|also|almost)\s+)*"
    r"(?:normali[sz]ed|(?:returned|return|came\s+back|reverted|dropped|fell|rose|decreased|increased)\s+to\s+(?:a\s+|the\s+|its\s+|their\s+)?(?:normal|baseline|reference)(?:\s+(?:levels?|values?|limits?|ranges?))?)\b",
    re.IGNORECASE,
)
_NORMALISATION = re.compile(r"\bnormali[sz]ation\s+(?:of|in)\s+", re.IGNORECASE)
# "X was normal, as were Y and Z"
_AS = re.compile(r"\bas\s+(?:was|were|is|are|did)\s+(?:the\s+)?(?=\w)", re.IGNORECASE)
_WHICH = re.compile(
    r",?\s*(?:(?:all|both|each|most|some|none)\s+of\s+)?which\s+(?:all\s+|both\s+|also\s+)?$", re.IGNORECASE
)
_EXCEPTING = re.compile(
    r"\s*(?:(?:except|apart|aside|other than|besides|with the exception)\b|(?<=except)\s(?:for|that)\b)[^,]*,\s*",
    re.IGNORECASE,
)
# "normal X, Y and Z"
_BEFORE = re.compile(
    r"(?<![\w-])(?:normal|unremarkable|intact|preserved|stable|good|uneventful|non[- ]?contributory|adequate|"
    r"negative(?!\s+(?:symptoms?|feelings?|emotions?|affect|thoughts?|pressure|impact|effects?|inotrop\w+)))(?=\s+\w)",
    re.IGNORECASE,
)
# "the following were normal: A, B, C"; "normal (A, B, C)"
_COLON = re.compile(
    rf"\b(?:{_COPULA}\s+)?{_ADVERBS}(?:normal|negative|unremarkable|within\s+normal\s+limits)\s*(?::|\((?=[^()]*,)|,?\s+including\b|,?\s+such\s+as\b)",
    re.IGNORECASE,
)
_PLAINLY = re.compile(r"normal|negative|unremarkable", re.IGNORECASE)
_LIST_END = re.compile(r"[;)]|\.\s|\.$")
_RANGE = re.compile(
    r"\W+(?:appearance|aspect|ranges?|values?|limits?|upper|lower|mean|reference|control|controls|saline|pressure\s+hydro|interval)\b|\W*\d",
    re.IGNORECASE,
)
_SUBJECT_STOP = re.compile(
    r"[;:]|\.\s|\b(?:but|however|although|though|while|whereas|except|which|who|because|since|then|therefore|despite)\b",
    re.IGNORECASE,
)
_PHRASE_STOP = re.compile(
    r"[;:()\[\]]|(?<!\w)\d|\.\s|\.$|\b(?:was|were|is|are|had|has|showed|revealed|demonstrated|which|who|that|with|without|except|"
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


_BRACKETS = re.compile(r"\([^()]*\)")
_LAST = re.compile(r"\b(?:and|or|nor)\b|&", re.IGNORECASE)
_SUBJECT_CUES = (
    (_AFTER, "subject"),
    (_NOTHING, "showed nothing"),
    (_SHOWED_NORMAL, "showed normal"),
    (_LOOKS, "subject"),
    (_AGAIN, "again normal"),
)


@lru_cache(maxsize=2048)
def normals(words: str) -> tuple[Normal, ...]:
    """What a sentence calls normal; offsets of the sentence.

    >>> one, = normals("Liver function tests and ECG were within the normal range.")
    >>> one.start, one.end, one.rule
    (0, 28, 'subject')
    """
    found = []
    for cue, rule in _SUBJECT_CUES:
        for match in cue.finditer(words):
            start, verb = _subject(words, match.start()), match.start()
            if _ELIDED.search(words, 0, verb) and (before := _verb_before(words, verb)):
                start, verb = _subject(words, before), before  # "ECG showed a long QT and was otherwise normal"
            which = _WHICH.search(words, start, verb)
            end = which.start() if which else verb
            leading = _LEADING.match(words, start, end)
            start = leading.end() if leading else start
            if words[start:end].strip(" ,"):
                found.append(Normal(start, start + len(words[start:end].rstrip()), match.span(), rule))
    if found:
        for match in _AS.finditer(words, found[0].cue[1]):
            found.append(Normal(match.end(), _phrase(words, match.end()), match.span(), "subject"))
    for match in _NORMALISATION.finditer(words):
        found.append(Normal(match.end(), _phrase(words, match.end()), match.span(), "again normal"))
    for match in _COLON.finditer(words) if _PLAINLY.search(words) else ():
        stop = _LIST_END.search(words, match.end())
        end = stop.start() if stop else len(words)
        found.append(Normal(match.end(), end, match.span(), "list"))
    for match in _BEFORE.finditer(words):
        if _RANGE.match(words, match.end()) or _STABLE.search(words, max(0, match.start() - 4), match.end() + 10):
            continue
        end = _phrase(words, match.end())
        if end > match.end() + 1:
            found.append(Normal(match.end() + 1, end, match.span(), "adjective"))
    return tuple(found)


_ELIDED = re.compile(r"(?:\band|\bbut|,)\s*$", re.IGNORECASE)


def _verb_before(words: str, verb: int) -> int:
    found = [m.start() for m in _FINITE.finditer(words, 0, verb)]
    return found[-1] if found else 0


def _phrase(words: str, begin: int) -> int:
    """Where a phrase ends; a list goes on over commas when its last member has an "and"."""
    masked = _BRACKETS.sub(lambda m: " " * len(m.group()), words)
    stop = _PHRASE_STOP.search(masked, begin)
    end = stop.start() if stop else len(words)
    comma = masked.find(",", begin, end)
    return comma if comma >= 0 and not _LAST.search(masked, comma, end) else end


def _subject(words: str, verb: int) -> int:
    """Where the subject of a verb begins: after a stop, or after the clause before it."""
    which = _WHICH.search(words, 0, verb)
    verb = which.start() if which else verb  # "ANA and ANCA, all of which were normal"
    start = max((m.end() for m in _SUBJECT_STOP.finditer(words, 0, verb)), default=0)
    verbs = [m.end() for m in _FINITE.finditer(words, start, verb)]
    if verbs:
        joins = [m.end() for m in _JOIN.finditer(words, verbs[-1], verb)]
        start = joins[0] if joins and not which else verbs[-1]
    excepting = _EXCEPTING.match(words, start, verb)
    return excepting.end() if excepting else start
