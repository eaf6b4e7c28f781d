"""Which words are no phenotype by themselves, though the ontology has them as a name or their noun is one?"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kg.mentions.tabular import wordlist
from kg.mentions.wordforms import Token, spelt

__all__ = ["stands_alone"]

_GENERIC = wordlist("generic")
_AMBIGUOUS = wordlist("ambiguous")
_NOT_BEFORE = wordlist("not-before")
_PREDICATIVE = wordlist("predicative")
_PERSONS = frozenset(
    [
        "patient",
        "patients",
        "man",
        "woman",
        "boy",
        "girl",
        "child",
        "male",
        "female",
        "infant",
        "newborn",
        "baby",
        "and",
        "or",
    ]
)
_PATIENT = wordlist("patient")
_ADJECTIVE = re.compile(r"(?:ic|ous|ful|ar|ive|ary|ed)$")


def stands_alone(passage: Sequence[Token], at: int, *, own: bool = False) -> bool:
    """Does a word name a phenotype by itself?

    own: it stands in our own table of phrases. Not one that is generic ("lesion") or mostly means something else, nor part of another name ("hypoglycemic
    agent"), nor an adjective of anything ("erythematous plaque").
    """
    token = passage[at]
    if token.word in _AMBIGUOUS:
        return False
    if not own and (token.word in _GENERIC or token.form in _GENERIC or _of_a_lesion(token)):
        return False
    after = passage[at + 1] if at + 1 < len(passage) else None
    if token.word in _PREDICATIVE and after and not after.before and after.form and after.word not in _PERSONS:
        return False
    return not (after and after.word in _NOT_BEFORE and not after.before.strip("-"))


def _of_a_lesion(token: Token) -> bool:
    low = spelt(token.word)
    return bool(_ADJECTIVE.search(low)) and low != token.form and low not in _PATIENT
