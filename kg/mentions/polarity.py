"""Is a mention said to be present, denied, past, supposed, or somebody else's? And what is said to be normal?

Cues (`kg.mentions.cues`) have a scope in their sentence: from the cue to the next stop, or back to the verb
before. A mention in the scope of a cue takes what the cue says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kg.mentions.cues import CUES, PSEUDO, STOPS, VERB
from kg.mentions.normality import Normal, normals
from kg.model.anchors import Sentence

__all__ = ["LONGEST", "Assertion", "Status", "assertion", "pieces", "stated_normal"]

LONGEST = 1500  # characters of a sentence
Status = Literal["present", "excluded", "historical", "family", "hypothetical"]


@dataclass(frozen=True, slots=True)
class Assertion:
    """What a sentence says of a mention. cue: where its words stand in the text, or None; rule: what was read.

    The axes beside the status: a denied family history is family, and negated. hedge: where words stand that make it
    uncertain ("suspected", "compatible with"), or None.
    """

    status: Status
    rule: str
    cue: tuple[int, int] | None = None
    negated: bool = False
    historical: bool = False
    family: bool = False
    hypothetical: bool = False
    normal: bool = False
    hedge: tuple[int, int] | None = None


# What a cue of a kind makes of a mention, the strongest kind first.
_STATUS: dict[str, Status] = {
    "family": "family",
    "negation": "excluded",
    "stated normal": "excluded",
    "hypothetical": "hypothetical",
    "historical": "historical",
}


@dataclass(frozen=True, slots=True)
class _Scope:
    kind: str
    cue: tuple[int, int]
    start: int
    end: int


_JOINED = re.compile(r"\bnon[-‐‑]?$", re.IGNORECASE)
_CHANGED = re.compile(r"no\s+changes?\s+in\s+(?:\w+\s+){0,3}?\w+\s*,", re.IGNORECASE)
# "no progression of calcinosis" denies the progression.
_CHANGE = re.compile(
    r"\b(?:progression|progress|worsening|deterioration|aggravation|exacerbation|improvement|increase|decrease|reduction|"
    r"change|changes|extension|enlargement|response|resolution|benefit|benefits|effect|effects|efficacy|impact|influence|relief|control|remission)\s+"
    r"(?:of|in|on|for|from|over)\s+(?:(?:the|his|her|their|its)\s+)?(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[;]|\.\s|:\s")
# The mother who tells is no patient.
_REPORTER = re.compile(
    r"\W+(?:also\W+|had\W+|has\W+|first\W+)*(?:noted|noticed|reported|stated|described|observed|complained|brought|denied|denies|"
    r"said|recalled|confirmed|became aware|sought|gave|saw|found|called|felt|wanted|asked|took)\b",
    re.IGNORECASE,
)
# They deny the next words only, not a list.
_NARROW = frozenset(
    {"non", "absent", "old", "prior", "earlier", "former", "formerly", "known", "lost", "maternal", "paternal"}
)
_WORD_END, _MEMBER_END = re.compile(r"\s(?=\S)"), re.compile(r",|\sand\s")
_IN = re.compile(r"\bin\s+(?:\w+\s+){0,2}$", re.IGNORECASE)  # "gout in a cousin and had fever"
_PATIENT_AGAIN = re.compile(
    r"[;]|\.\s|\b(?:but|however|whereas|while)\b|\b(?:the|our|this)\s+(?:patient|proband|index|boy|girl|child|infant|man|woman)\b"
    r"|(?:,|\band)\s+(?:he|she|they)\b",
    re.IGNORECASE,
)
_NEW = re.compile(r",|\band\b|\bor\b", re.IGNORECASE)
# "no tumour, and sarcoidosis or lupus was suspected"
_CLAUSE = re.compile(
    r",\s+and\b(?=[^,;.]*\b(?:was|were)\s+(?:\w+ly\s+)?(?:suspected|considered|diagnosed|confirmed|established|made)\b)",
    re.IGNORECASE,
)
_BE = re.compile(r"\b(?:was|were|been|be|is|are)\s+$", re.IGNORECASE)


def assertion(text: str, sentence: Sentence, start: int, end: int, *, normal: bool = True) -> Assertion:
    """What a sentence of the text says of the words at start..end (characters of the text).

    normal: also what is stated normal is excluded ("liver function tests were normal": no abnormality).

    >>> text = "No fever, chills or weight loss, but he had a cough."
    >>> sentence = Sentence("case", 0, len(text), text)
    >>> [assertion(text, sentence, text.index(w), text.index(w) + len(w)).status for w in ("weight loss", "cough")]
    ['excluded', 'present']
    """
    first, last = sentence.start, sentence.end
    if last - first > LONGEST:  # no sentence: a table, or a text without stops
        first, last = max(first, start - LONGEST // 2), min(last, end + LONGEST // 2)
    words = text[first:last]
    a, b = start - first, end - first
    held: dict[str, tuple[int, int]] = {}  # kind -> its first cue
    for scope in _scopes(words):
        outside = scope.cue[1] <= a or scope.cue[0] >= b
        if scope.kind == "negation" and scope.cue[1] <= a and _CHANGE.search(words, scope.cue[1], a):
            continue
        if outside and scope.start <= a and b <= scope.end:
            held.setdefault(scope.kind, scope.cue)
    if "negation" not in held and _JOINED.search(words, 0, a):  # "nontender"
        held["negation"] = (max(0, a - 4), a)
    for healthy in normals(words) if normal else ():
        if healthy.start <= a and b <= healthy.end and not _within(healthy.cue, a, b):
            held.setdefault("stated normal", healthy.cue)
    cues = {kind: (cue[0] + first, cue[1] + first) for kind, cue in held.items()}
    rule = next((kind for kind in _STATUS if kind in held), "no cue")
    return Assertion(
        _STATUS.get(rule, "present"),
        rule,
        cues.get(rule),
        negated="negation" in held,
        historical="historical" in held,
        family="family" in held,
        hypothetical="hypothetical" in held,
        normal="stated normal" in held,
        hedge=cues.get("uncertain"),
    )


def _within(cue: tuple[int, int], start: int, end: int) -> bool:
    return start <= cue[0] and cue[1] <= end


def stated_normal(text: str, sentence: Sentence) -> tuple[Normal, ...]:
    """The tests, organs and functions that a sentence calls normal; offsets of the text."""
    return tuple(
        Normal(n.start + at, n.end + at, (n.cue[0] + at, n.cue[1] + at), n.rule)
        for at, end in pieces(text, sentence.start, sentence.end)
        for n in normals(text[at:end])
    )


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A sentence; one that is none (a table, a text without stops) in pieces, so that reading it takes no hour.

    >>> list(pieces("No fever.", 0, 9))
    [(0, 9)]
    """
    while end - start > LONGEST:
        cut = text.rfind(" ", start + LONGEST // 2, start + LONGEST)
        cut = cut if cut > 0 else start + LONGEST
        yield start, cut
        start = cut
    yield start, end


@lru_cache(maxsize=2048)
def _scopes(words: str) -> tuple[_Scope, ...]:
    """The scopes of every cue of a sentence."""
    hidden = [(m.start(), m.end()) for m in PSEUDO.finditer(words)]
    stops = sorted({m.start() for m in STOPS.finditer(words)} | {m.start() for m in _MARKS.finditer(words)})
    found = []
    for (kind, reach), cues in CUES.items():
        for match in cues.finditer(words):
            a, b = match.span()
            if kind == "negation" and any(s <= a < e for s, e in hidden):
                comma = _CHANGED.match(words, a)  # "no change in vision, diplopia or hearing"
                if comma:
                    found.append(_Scope(kind, (a, comma.end()), comma.end(), _forward(words, comma.end(), stops, kind)))
                continue
            if kind == "family" and (_REPORTER.match(words, b) or (reach == "after" and _IN.search(words, 0, a))):
                continue
            if reach == "after":
                cue = match.group().lower()
                end = _forward(words, b, stops, "relative" if kind == "family" and "history" not in cue else kind)
                if cue in _NARROW:
                    end = min(end, _near(words, b, match.group()))
                found.append(_Scope(kind, (a, b), b, end))
            else:
                found.append(_Scope(kind, (a, b), _backward(words, a, stops), a))
    return tuple(found)


def _near(words: str, begin: int, cue: str) -> int:
    stop = (_WORD_END if cue.lower() == "non" else _MEMBER_END).search(words, begin)
    return stop.start() if stop else len(words)


def _forward(words: str, begin: int, stops: list[int], kind: str) -> int:
    """Where the scope of a cue ends: at a stop, or before the subject of another verb."""
    if kind == "relative":  # "his father had gout and was obese"
        stop = _PATIENT_AGAIN.search(words, begin)
        return stop.start() if stop else len(words)
    if kind == "hypothetical":  # "call for any of the following: rash, fever"
        stops = [s for s in stops if words[s] != ":"]
    end = next((s for s in stops if s >= begin), len(words))
    if kind == "negation" and (clause := _CLAUSE.search(words, begin, end)):
        end = clause.start()
    for verb in VERB.finditer(words, begin, end) if kind == "negation" else ():
        joins = list(_NEW.finditer(words, begin, verb.start()))
        passive = _BE.search(words, begin, verb.start())  # "no rash, fever or cough was found"
        if joins and not (passive and joins[-1].group().lower() != "and"):
            return joins[-1].start()
    return end


def _backward(words: str, cue: int, stops: list[int]) -> int:
    """Where the scope of a cue begins: after a stop, or after the verb before it."""
    begin = max((s for s in stops if s < cue), default=0)
    if words[cue:].lstrip().startswith("("):  # "pallor (-), edema (-)"
        return max(begin, words.rfind(",", 0, cue) + 1)
    verbs = [m for m in VERB.finditer(words, begin, cue) if m.end() <= cue]
    if verbs:
        after = verbs[-1].end()
        commas = [m.end() for m in _NEW.finditer(words, after, cue)]
        begin = commas[0] if commas else after
    return begin
