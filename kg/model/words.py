"""Do words hold a name?

Words are compared by their beginnings, accents and spellings folded; words that mean the same, and words that
distinguish nothing, are tables.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

__all__ = [
    "IDLE", "Name", "Words", "alike", "by_letter", "groups_of", "in_full", "in_part", "name_of", "same", "words_of",
]  # fmt: skip

# Words of names that distinguish no concept from another.
IDLE = frozenset(
    """
    a an and or of the in on by to at with without for from as due no not non anti other specific unspecified
    abnormal abnormality abnormalities anomaly finding findings phenotype morphology physiology functional function
    elevated elevation increased decreased reduced raised high low level levels concentration circulating activity
    serum plasma blood positive positivity antibody antibodies autoantibody autoantibodies mass volume ratio percent
    disease disorder syndrome condition type form associated related system involvement involved acquired human body
    measured predicted test testing tests procedure procedures assay technique techniques examination score index scale
    method meth sensitivity imaging image part region zone primary secondary diffuse localized bilateral left right
    proximal distal symmetric predominant progressive chronic acute severe mild moderate sign signs pattern
    diagnostic clinical medical
    """.split()  # noqa: SIM905 - a page of words
)
# Words of organs: they name a site or an organ's finding, but not which finding it is. Each row means the same.
_ORGANS: tuple[str, ...] = (
    r"lungs?$|pulmon|respirat|pneumo(?!thorax|nia|nitis)",
    r"heart|cardi[ao]|myocard",
    r"skin|cutan|derm(?:al|is|o)",
    r"muscle|muscul|myo$",
    r"joint|articul",
    r"kidney|renal",
    r"liver|hepat(?:ic|o)",
    r"nail|ungual|periungual",
    r"capillar",
    r"vessel|vascul|arter",
    r"pleur",
    r"bone|osse|skelet",
    r"hypoderm|subcut",
    r"nerv|neur(?:al|o)",
    r"esoph|gullet",
    r"thora|chest",
    r"eyelid|palpebr|periorbit",
)
# Words that mean the same, and are not organs.
_SAME: tuple[str, ...] = (
    r"edem|swell|swoll|puff",
    r"ulcer|wound|sore",
    r"pain|ache|algi|tender|odyn",
    r"fibro|scarr",
    r"calcin|calcif|calcium",
    r"infect|sepsis|septic",
    r"hospital|admi(?:ss|tt)",
    r"vaccin|immuni[sz]",
    r"weak|strength|paresis|power",
    r"tolera|advers|safety|side|toxic|undesir|complicat",
    r"erythem|redness|reddish",
    r"hemorr|bleed",
    r"dilat|enlarg|widen|ectat|ectasi",
    r"thick",
    r"opaci|opacit",
    r"ekg|ecg|electrocard",
    r"emg$|electromyo",
    r"mri$|magnetic|resonance|mr$",
    r"ct$|hrct$|tomograph",
    r"echo$|echocardio",
    r"biops|histol|histop|patholog|microscop",
    r"ultraso|sonogr|doppler",
    r"pft|pfts|spirometr",
    r"hindlimb|legs?$",
    r"forelimb|arms?$",
    r"thigh|stylopod",
    r"finger|digit|manual",
    r"hand|hands|manus",
    r"wrist|carp",
    r"systemic|ssc$",
    r"scleroderm|ssc$",
    r"death|died|fatal",
    r"reflux|gerd|gord",
    r"breath|dyspn",
    r"lab$|laborator|labs$",
)
_GROUPS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (f"{kind}{i}", re.compile(pattern))
    for kind, rows in (("o", _ORGANS), ("s", _SAME))
    for i, pattern in enumerate(rows)
)
# British and American spellings of one word.
_SPELT = (
    ("oesoph", "esoph"), ("oedem", "edem"), ("haem", "hem"), ("aemi", "emi"), ("anaem", "anem"), ("tumour", "tumor"),
    ("rrhoea", "rrhea"), ("pnoe", "pne"), ("leuc", "leuk"), ("α", "alpha"), ("β", "beta"), ("γ", "gamma"), ("δ", "delta"),
)  # fmt: skip


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """A word without case, accents and national spelling."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for one, other in _SPELT:
        plain = plain.replace(one, other)
    return re.sub(r"is(e[ds]?|ing|ations?)$", r"iz\1", plain)


@lru_cache(maxsize=65536)
def groups_of(word: str) -> frozenset[str]:
    """The rows of the tables that a word is in: o... of an organ, s... of words that mean the same."""
    return frozenset(name for name, pattern in _GROUPS if pattern.match(word))


_VOWELS = str.maketrans("kzy", "csi", "aeiouh")


@lru_cache(maxsize=65536)
def _bones(word: str) -> str:
    """The consonants of a word, as languages that share it write them."""
    return word.replace("ph", "f").translate(_VOWELS)


def _common(a: str, b: str) -> int:
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


@lru_cache(maxsize=65536)
def alike(word: str, other: str) -> bool:
    """Is it the same word, in another form or another language?"""
    if word == other:
        return True
    shorter = min(len(word), len(other))
    if shorter > 2 and word.removesuffix("s") == other.removesuffix("s"):
        return True
    if shorter < 4 or not (word.isalpha() and other.isalpha()):
        return False
    common = _common(word, other)
    if common >= max(4, -(-shorter * 7 // 10)) and common * 5 >= 2 * max(len(word), len(other)):
        return True
    return shorter >= 8 and _common(_bones(word), _bones(other)) >= 6


def same(word: str, other: str) -> bool:
    """Is it the same word, or one that means the same?"""
    return alike(word, other) or bool(groups_of(word) & groups_of(other))


class Words:
    """Words to look names up in."""

    def __init__(self, text: str) -> None:
        runs = re.findall(r"[^\s,;:()\[\]|]+", text)
        self.words: set[str] = set()
        for run in runs:
            parts = [fold(part) for part in re.findall(r"[^\W_]+", run)]
            self.words |= {*parts, "".join(parts)}
        flat = [fold(part) for part in re.findall(r"[^\W_]+", text)]
        self.words |= {a + b for a, b in pairwise(flat)}
        self.capitals = {found.removesuffix("s").casefold() for found in re.findall(r"\b[A-Z]{2}[A-Za-z]*\b", text)}
        self.groups = frozenset[str]().union(*map(groups_of, self.words))

    def holds(self, word: str, inside: bool = True) -> bool:
        """Does it hold a word, or one that means the same; or ends with it, as scleromyositis does with myositis?"""
        return (
            word in self.words
            or bool(groups_of(word) & self.groups)
            or any(alike(word, one) for one in self.words)
            or (inside and len(word) > 4 and any(one.endswith(word) for one in self.words))
        )


@lru_cache(maxsize=512)
def words_of(text: str) -> Words:
    """The words of a text, remembered."""
    return Words(text)


@dataclass(frozen=True)
class Name:
    """A name of a concept: its distinctive words (or all, where none is), its letters run together, its initials."""

    words: tuple[str, ...]
    joined: str
    initials: frozenset[str]  # of three and more of its words in a row
    strong: bool  # is a word among them that distinguishes?


@lru_cache(maxsize=65536)
def name_of(name: str) -> Name:
    """A name, taken apart."""
    parts = [fold(part) for part in re.findall(r"[^\W_]+", name.replace("'s", "").replace("’s", ""))]
    telling = tuple(dict.fromkeys(p for p in parts if p not in IDLE))
    strong = tuple(p for p in telling if not any(g[0] == "o" for g in groups_of(p)))
    small = [p for p in parts if p not in ("of", "the", "and", "in", "with", "by")]
    spans = {"".join(p[0] for p in small[i:j]) for i in range(len(small)) for j in range(i + 3, len(small) + 1)}
    return Name(
        telling or tuple(parts),
        "".join(telling),
        frozenset(spans),
        any(len(p) > 1 for p in strong),
    )


def by_letter(name: Name, text: Words) -> bool:
    """Does the text hold the whole name letter by letter, but for plurals?"""
    return all(
        any(form in text.words for form in (word, word + "s", word.removesuffix("s"), word.removesuffix("y") + "ies"))
        for word in name.words
    )


def in_full(name: Name, text: Words, inside: bool = True) -> bool:
    """Does the text hold the whole name?"""
    return (
        (len(name.joined) > 2 and name.joined in text.words)
        or bool(name.initials & text.capitals)
        or all(text.holds(word, inside) for word in name.words)
    )


def in_part(name: Name, text: Words) -> bool:
    """Does the text hold a word that distinguishes the name, or any where none does; and its letters and numbers?"""
    if not all(text.holds(word) for word in name.words if len(word) == 1 or not word.isalpha()):
        return False
    return any(
        text.holds(word)
        for word in name.words
        if len(word) > 2 and (not name.strong or not any(g[0] == "o" for g in groups_of(word)))
    )
