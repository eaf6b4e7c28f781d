"""Do the words of a name stand together in a sentence, and how?

Side by side, with words between that change nothing ("gastric acute ulcer"), the other way round about a link
("fibrosis of the lung"), in a list that shares its head ("frontal and parietal atrophy"), or over one strange word
("thick bumpy lips").
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from kg.mentions.tabular import wordlist
from kg.mentions.wordforms import COORDINATORS, COPULAS, LINKS, MODIFIERS, Token

__all__ = ["DIRECTIONS", "Taken", "standing"]

Taken = tuple[int, ...]  # where the words of a name stand among those of a sentence, in the order of the name
DIRECTIONS = frozenset({"increased", "decreased"})
_PREDICATES = wordlist("predicates")
_CLAUSE = wordlist("clause")
_NO_LIST = wordlist("no-list")
_DETERMINERS = wordlist("determiners")
_ARTICLES = _DETERMINERS | {"a", "an"}
_ELSEWHERE = wordlist("elsewhere")
_ADJECTIVES = ("al", "ar", "ic", "ous", "ary", "ive", "use", "ed")


def standing(taken: Taken, words: Sequence[Token]) -> str:
    """adjacent, apart, turned, list or gap; "" for words that do not belong together."""
    if len(taken) == 1:
        return "adjacent"
    low, high = min(taken), max(taken)
    inside = [words[n] for n in range(low, high + 1) if n not in taken]
    breaks = "".join(token.before for token in words[low + 1 : high + 1])
    between = {token.word for token in inside}
    if len(inside) > 9 or any(c in breaks for c in ";:.!?[]") or between & _CLAUSE:
        return ""
    ordered = all(a < b for a, b in itertools.pairwise(taken))
    listed = bool("," in breaks or "/" in breaks or between & COORDINATORS)
    directed = bool(DIRECTIONS & {words[n].form for n in taken})
    if directed and (between & _ELSEWHERE or listed or not (ordered or between & COPULAS)):
        return ""  # for `kg.mentions.directions`
    if listed:
        return "list" if _share(taken, words, ordered=ordered) else ""
    strange = [token for token in inside if token.form and token.word not in MODIFIERS]
    if strange:
        apart = directed or between & (LINKS | COPULAS | _ELSEWHERE)
        return "gap" if len(strange) == 1 and ordered and not apart else ""
    if ordered:
        return "apart" if any(token.form for token in inside) else "adjacent"
    return "turned" if between & (LINKS | COPULAS) or {words[n].form for n in taken} & _PREDICATES else ""


def _share(taken: Taken, words: Sequence[Token], *, ordered: bool) -> bool:
    """Is there a head that several share, before its list or behind it?"""
    low, high = min(taken), max(taken)
    every = words[low : high + 1]
    links = [n for n in range(low, high + 1) if n not in taken and words[n].word in LINKS | COPULAS]
    strange = [n for n in range(low, high + 1) if n not in taken and words[n].form and words[n].word not in MODIFIERS]
    if len(strange) > 4 or any(token.word.isdigit() or token.word in _NO_LIST for token in every):
        return False
    if ordered:
        return not links and _head_behind(taken, words)
    if not links:
        return False
    first = links[0]  # "atrophy of the frontal and parietal lobes"
    head = not any(n < first for n in strange) and not any("," in t.before for t in words[low + 1 : first + 1])
    return head and not _adjective_of(words, high)


def _head_behind(taken: Taken, words: Sequence[Token]) -> bool:
    """ "frontal, temporal and parietal atrophy"; not "clonus in the legs and pyramidal weakness"."""
    gaps = [(a, b) for a, b in itertools.pairwise(taken) if b - a > 1]
    if len(gaps) != 1 or words[taken[0]].form == "abnormal":
        return False
    low, high, own = taken[0], taken[-1], gaps[0][0]
    between = words[own + 1 : high]
    if (low and words[low - 1].word in _DETERMINERS) or _plural(words[own]):
        return False
    if any(token.word in _ARTICLES or token.word.endswith("ed") for token in between):
        return False
    if _goes_on(words, high) or not _parts(words[own + 1]):
        return False
    last = [token for token in words[own + 1 : high + 1] if _parts(token)][-1]
    return len(between) == 1 or not last.before.startswith(",")  # not "aortic/mitral disease, spinal stenosis"


def _parts(token: Token) -> bool:
    """Does it part the members of a list?"""
    return token.word in COORDINATORS or token.before.startswith((",", "/"))


def _plural(token: Token) -> bool:
    return token.word.endswith("s") and not token.word.endswith(("ss", "us", "is"))


def _goes_on(words: Sequence[Token], place: int) -> bool:
    """Does a noun follow, so that the head of the list is another? "subcutaneous bleeding or joint swelling"."""
    behind = words[place + 1] if place + 1 < len(words) else None
    if behind is None or not behind.form or behind.before:
        return False
    return _adjective_of(words, place) or not (behind.word.isdigit() or behind.word.endswith(("ed", "ly")))


def _adjective_of(words: Sequence[Token], place: int) -> bool:
    """An adjective before a noun that is no part of the name: "of the arm and facial rash" is no rash of the arm."""
    behind = words[place + 1] if place + 1 < len(words) else None
    return bool(behind and behind.form and not behind.before and words[place].word.endswith(_ADJECTIVES))
