"""Which words are no phenotype by themselves, though the ontology has them as a name or their noun is one?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.mentions.tabular import wordlist
from kg.mentions.wordforms import MODIFIERS, Token, spelt

__all__ = ["describes_another", "in_title", "stands_alone"]

_GENERIC = wordlist("generic")
_AMBIGUOUS = wordlist("ambiguous")
_NOT_BEFORE = wordlist("not-before")
_PREDICATIVE = wordlist("predicative")
_PATIENT = wordlist("patient")
_BEFORE_NOUN = wordlist("patient-before-noun")
_OF_SOMETHING = wordlist("of-something")
_NO_NOUN = wordlist("function") | wordlist("persons")
_ADJECTIVE = re.compile(r"(?:ic|ous|ful|al|ar|ive|ary|ed)$")
# What only a patient is: lymphopenic, hyponatremic, tachypneic, hypotensive, quadriplegic.
_STATE = re.compile(r"(?:penic|emic|pneic|tensive|thermic|uric|plegic|paretic|phasic|phobic|oriented)$")
_TITLE = re.compile(r"[A-Z][a-z]+")


def stands_alone(passage: Sequence[Token], at: int, *, own: bool = False) -> bool:
    """Does a word name a phenotype by itself?

    own: it stands in our own table of phrases. Not one that is generic ("lesion") or mostly means something else, nor an
    adjective of a lesion, a cell or a drug ("erythematous plaque"), nor what is told of the thing before it ("ST
    depression").
    """
    token = passage[at]
    if token.word in _AMBIGUOUS:
        return False
    after = _noun_behind(passage, at)
    if not own and (token.word in _GENERIC or token.form in _GENERIC or _of_lesion(token, after)):
        return False
    if token.word in _OF_SOMETHING and at and not token.before and _thing(passage[at - 1]):
        return False
    return after is None or token.word not in _PREDICATIVE


def in_title(text: str, passage: Sequence[Token], first: int, last: int) -> bool:
    """Is it a part of a proper name? "Shock Trauma Center", "Model for End-Stage Liver Disease"."""
    if not first or not all(_TITLE.fullmatch(text, t.start, t.end) for t in passage[first : last + 1]):
        return False
    before, after = passage[first - 1], _noun_behind(passage, last)
    joined = first > 1 and not passage[first].before.strip("-‐‑")
    return bool(
        (after and _TITLE.fullmatch(text, after.start, after.end))
        or (joined and last > first and _TITLE.fullmatch(text, before.start, before.end))
    )


def describes_another(passage: Sequence[Token], at: int, *, alone: bool = False) -> bool:
    """Is a name that ends here only told of the noun behind it? "absent anal sphincter tone", "epilepsy clinic"."""
    after = _noun_behind(passage, at)
    if after is None or after.word in _NOT_BEFORE:
        return after is not None
    return not alone and _adjective(passage[at]) and after.word not in MODIFIERS


def _adjective(token: Token) -> bool:
    """Is it printed as the adjective of the noun that the ontology has?"""
    low = spelt(token.word)
    return low in _PATIENT or (low != token.form and bool(_ADJECTIVE.search(low)))


def _of_lesion(token: Token, after: Token | None) -> bool:
    low = spelt(token.word)
    if not _adjective(token):
        return False
    if after is None or after.word in MODIFIERS:
        return low not in _PATIENT and not _STATE.search(low)
    return low not in _BEFORE_NOUN


def _thing(token: Token) -> bool:
    known = token.word in MODIFIERS or token.word in _NO_NOUN
    return bool(token.form) and not known and not token.word.endswith(("ed", "ing", "ly", "ic", "ory", "al"))


def _noun_behind(passage: Sequence[Token], at: int) -> Token | None:
    """The noun that follows a word directly, or over a letter: "hepatitis B virus"."""
    behind = [t for t in passage[at + 1 : at + 3] if len(t.word) > 1 or t.before]
    after = behind[0] if behind else None
    if after is None or after.before.strip("-‐‑") or not after.form or after.word in _NO_NOUN:
        return None
    return after
