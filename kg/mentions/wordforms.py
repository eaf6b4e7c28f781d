"""When are two words of a clinical text the same word? Spelling, number, derivation and synonyms folded away.

A word becomes its form: lower case, American spelling, singular, noun for adjective (anaemic, anemia), and
one word for each group of synonyms (tables/synonyms.txt). Words that carry nothing ("of", "the") have no form.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from kg.mentions.tabular import rows, wordlist

__all__ = ["COPULAS", "COORDINATORS", "LINKS", "MODIFIERS", "Token", "form", "spelt", "tokens"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_LETTERS = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "µ": "u", "μ": "u"})

# British or Latin spelling -> American.
_SPELLINGS = tuple(
    (re.compile(old), new)
    for old, new in (
        (r"^haem", "hem"),
        (r"(?<=[a-z])haem", "hem"),
        (r"aem(?=i)", "em"),
        (r"paeni", "peni"),
        (r"oedem", "edem"),
        (r"^oeso", "eso"),
        (r"^oest", "est"),
        (r"rrhoe", "rrhe"),
        (r"pnoe", "pne"),
        (r"^paed", "ped"),
        (r"leuco", "leuko"),
        (r"tumour", "tumor"),
        (r"colour", "color"),
        (r"^fibre", "fiber"),
        (r"centre$", "center"),
        (r"behaviour", "behavior"),
        (r"odour", "odor"),
        (r"^faec", "fec"),
        (r"^caec", "cec"),
        (r"ocaec", "ocec"),
        (r"coele", "cele"),
        (r"coeli", "celi"),
        (r"gynaec", "gynec"),
        (r"phaeo", "pheo"),
        (r"^foet", "fet"),
        (r"aesthe", "esthe"),
        (r"chaem", "chem"),
        (r"sulph", "sulf"),
        (r"naev", "nev"),
        (r"^grey", "gray"),
        (r"lacrym|lachrym", "lacrim"),
        (r"homoeo", "homeo"),
        (r"^oeno", "eno"),
        (r"isation", "ization"),
        (r"(?<=[a-z]{2}[lrtmdn])ise(d?)$", r"ize\1"),
        (r"yse(d?)$", r"yze\1"),
        (r"thorac?ic", "thoracic"),
        (r"aemic$", "emic"),
        (r"aetio", "etio"),
        (r"caes", "ces"),
        (r"aea$", "ea"),
        (r"palaeo", "paleo"),
        (r"archae", "arche"),
        (r"^praecox", "precox"),
        (r"sulf(?=hydr)", "sulf"),
        (r"ageing", "aging"),
        (r"orrhag", "orrhag"),
        (r"esophago", "esophago"),
    )
)
_OTHERWISE_SPELT = re.compile("|".join(old.pattern for old, _ in _SPELLINGS))
# Adjective endings -> the noun they belong to. The first that fits is taken.
_ENDINGS = tuple(
    (re.compile(old + "$"), new)
    for old, new in (
        (r"ematous", "ema"),
        (r"matous", "ma"),
        (r"tensive", "tension"),
        (r"cephalic", "cephaly"),
        (r"trophic", "trophy"),
        (r"plegic", "plegia"),
        (r"paretic", "paresis"),
        (r"(?<=[a-z]{2})emic", "emia"),
        (r"(?<=[a-z]{3})penic", "penia"),
        (r"(?<=[a-z]{2})toxic", "toxia"),
        (r"(?<=[a-z]{2})axic", "axia"),
        (r"(?<=hypo|yper|.dys)tonic", "tonia"),
        (r"uric$", "uria"),
        (r"(?<=[a-z]{2})noic$", "noia"),
        (r"cardic", "cardia"),
        (r"pneic", "pnea"),
        (r"arrheic", "arrhea"),
        (r"(?<=[a-z]{3})lexic", "lexia"),
        (r"reflexic", "reflexia"),
        (r"thermic", "thermia"),
        (r"algic", "algia"),
        (r"glycemic", "glycemia"),
        (r"esthetic", "esthesia"),
        (r"otic", "osis"),
        (r"sclerotic", "sclerosis"),
        (r"uritic", "uritis"),
        (r"arthritic", "arthritis"),
        (r"ectatic", "ectasia"),
        (r"plastic", "plasia"),
        (r"static", "stasis"),
        (r"lytic", "lysis"),
        (r"athic", "athy"),
        (r"morphic", "morphism"),
        (r"phagic", "phagia"),
        (r"phasic", "phasia"),
        (r"phobic", "phobia"),
        (r"arthric", "arthria"),
        (r"tropic", "tropia"),
        (r"phoric", "phoria"),
        (r"ritic", "ritus"),
    )
)

_ENDED = re.compile("|".join(ending.pattern for ending, _ in _ENDINGS))
_SINGULARS = dict(rows("plurals.txt"))
_HEADS: dict[str, str] = {}
for _head, *_others in rows("synonyms.txt"):
    for _word in (_head, *_others):
        _HEADS.setdefault(_word, _head)
COORDINATORS = wordlist("coordinators")
COPULAS = wordlist("copulas")
# Between the two halves of a name that stands the other way round ("weakness of the face").
LINKS = wordlist("links")
_SILENT = wordlist("silent") | COORDINATORS | COPULAS | LINKS
# Words that may stand between the words of a name without changing what it names.
MODIFIERS = wordlist("modifiers")


@lru_cache(maxsize=100_000)
def spelt(word: str) -> str:
    """A word in lower case, in American spelling, without accents and possessive.

    >>> spelt("Oesophageal"), spelt("β")
    ('esophageal', 'beta')
    """
    low = word.casefold()
    if not low.isascii():
        low = unicodedata.normalize("NFKD", low).translate(_LETTERS)
        low = "".join(c for c in low if not unicodedata.combining(c))
    for ending in ("'s", "’s"):
        low = low.removesuffix(ending)
    low = low.replace("’", "").replace("'", "")
    if _OTHERWISE_SPELT.search(low):
        for old, new in _SPELLINGS:
            low = old.sub(new, low)
    return low


@lru_cache(maxsize=100_000)
def form(word: str) -> str:
    """The form of a word; "" for one that carries nothing.

    >>> [form(w) for w in ("Anaemic", "kidneys", "hepatic", "raised", "the", "oedema", "naevi")]
    ['anemia', 'kidney', 'liver', 'increased', '', 'edema', 'nevus']
    """
    low = spelt(word)
    if low in _SILENT:
        return ""
    if low in _HEADS:
        return _HEADS[low]
    low = _singular(low)
    if low in _HEADS:
        return _HEADS[low]
    if len(low) > 5 and _ENDED.search(low):
        for ending, noun in _ENDINGS:
            if ending.search(low):
                low = ending.sub(noun, low)
                break
    return _HEADS.get(low, low)


def _singular(word: str) -> str:
    if word in _SINGULARS:
        return _SINGULARS[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ous")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zzes")):
        return word[:-2]
    if word.endswith(("oses", "ases", "yses", "ises", "eses")) and len(word) > 7:
        return word[:-2] + "is"
    return word[:-1]


@dataclass(frozen=True, slots=True)
class Token:
    """A word: where it stands (characters), as printed in lower case, its form, and what stands before it.

    before: the characters between it and the word before it, without blanks.
    """

    start: int
    end: int
    word: str
    form: str
    before: str


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The words of a passage."""
    found: list[Token] = []
    last = start
    for match in _WORD.finditer(text, start, end):
        word = match.group()
        before = "".join(text[last : match.start()].split())
        found.append(Token(match.start(), match.end(), word.casefold(), form(word), before))
        last = match.end()
    return found
