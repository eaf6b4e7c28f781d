"""What is it a value of? Names of analytes, scores and vital signs, and the words before a number that may be one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kg.articles.abbreviations import definitions
from kg.base.prefixes import compress, expand
from kg.base.units import same_kind
from kg.concepts.terms import Catalogue
from kg.mentions.namelist import NameList, Place, spread
from kg.mentions.tabular import rows

__all__ = ["HEAD", "Known", "analyte_concept", "known_names", "phrase"]

_ROOT = expand("ckg:Analyte")

Known = tuple[int, int, bool]
"""Start and end of a name, and whether its values may stand without a unit."""


@dataclass(frozen=True, slots=True)
class _Meaning:
    concept: str
    units: tuple[str, ...]
    bare: bool


@lru_cache(maxsize=1)
def _analytes() -> NameList[_Meaning]:
    names: list[tuple[str, _Meaning]] = []
    for cell, *rest in rows("analytes.tsv", "\t"):
        concept, units = (*rest, "", "")[:2]
        meaning = _Meaning(concept, tuple(units.split()), cell.startswith("="))
        names += [(name, meaning) for name in spread(cell.lstrip("="))]
    return NameList(names)


def analyte_concept(words: str, unit: str = "") -> tuple[str, str]:
    """Id and label of an analyte of casekg or of the entered project, for a value in this unit (UCUM); ("", "") for none.

    >>> analyte_concept("FVC", "%{predicted}"), analyte_concept("FVC", "L"), analyte_concept("CA 19-9", "U/mL")
    (('LOINC:19872-1', 'FVC measured/predicted'), ('', ''), ('', ''))
    """
    terms = Catalogue.shipped()
    told = [(meaning.concept, meaning.units) for _, end, meaning in _analytes().find(words) if end == len(words)]
    names = dict.fromkeys((words, re.sub(r"(?i)^(?:serum|plasma|blood)\s", "", words)))
    called = [iri for name in names for iri in terms.named(name)]
    told += [
        (compress(iri), tuple(terms.value(iri, "referenceUnit"))) for iri in called if _ROOT in terms.ancestors(iri)
    ]
    for concept, units in told:
        if concept and expand(concept) in terms and (not units or any(_alike(unit, one) for one in units)):
            return concept, terms.label(expand(concept))
    return "", ""


def _alike(unit: str, other: str) -> bool:
    return bool(unit) and same_kind(unit, other)


HEAD = re.compile(
    r"\b(?:levels?|counts?|rates?|pressures?|ind(?:ex|ices)|scores?|ratios?|fractions?|times?|volumes?|tit(?:er|re)s?|activit(?:y|ies)|concentrations?|velocit(?:y|ies)"
    r"|gradients?|areas?|diameters?|thickness|interval|duration|dimensions?|saturation|strength|acuity|scale|function|clearance|value|percentage|sizes?|output|resistance"
    r"|temperature|weight|height|load|density|length|width|stage|grade|measurements?|excretion|loss|gain)$",
    re.IGNORECASE,
)
_CONNECT = re.compile(
    r"(?:[\s,:=(\[~→]+|\b(?:was|were|is|are|be|been|being|had|has|have|of|at|to|from|by|with|as|an?|the|than|about|approximately|around|nearly|only|just|up|down|also|again|now|even|still|then|further|subsequent"
    r"|increas(?:ed|ing|e)|decreas(?:ed|ing|e)|elevat(?:ed|ion)|reduc(?:ed|tion)|raised|rose|rising|risen|fell|falling|fallen|dropp(?:ed|ing)|drop|declin(?:ed|e|ing)|improv(?:ed|ing|ement)|recovered|depression|low|high|lower|higher|normal|abnormal"
    r"|measur(?:ed|ing|es)|recorded|found|noted|show(?:ed|ing|n|s)|reveal(?:ed|ing|s)|demonstrat(?:ed|ing)|levels?|values?|counts?|concentrations?|reach(?:ed|ing)|remain(?:ed|ing|s)|rang(?:ing|ed|e)|between|estimated|calculated|documented|reported"
    r"|markedly|significantly|slightly|mildly|moderately|severely|extremely|highly|greatly|very|mild|moderate|severe|marked|peak(?:ed|ing)?|maximum|maximal|minimum|average|mean|initial|initially|being|equal|equals|result(?:ed|ing)? in|score[sd]?|grade[d]?|titers?|titres?|positive|negative|progressively|gradually|subsequently|respectively|in|on|for"
    r"|prolonged|shortened|prolongation|stable|within|normal range|valued|which|that|it|drop in|rise|return(?:ed|ing)?|normali[sz]ed|went|down-trended|trended|approached|exceed(?:ed|ing)|yielded|obtained|indicated|equalled|stood|came|back|falling|dilated|enlarged|and|or)\s*)$",
    re.IGNORECASE,
)
_STOPS = {
    "showed", "shows", "revealed", "reveals", "demonstrated", "with", "was", "were", "had", "has", "have", "and", "of", "a", "an", "the", "his", "her", "their",
    "in", "on", "for", "including", "included", "include", "but", "that", "which", "to", "by", "at", "from", "is", "are", "be", "or", "as", "than", "after",
    "before", "while", "when", "whose", "its", "this", "these", "those", "also", "except", "because", "due", "despite", "without", "normal", "elevated",
    "reduced", "decreased", "increased", "high", "low", "markedly", "slightly", "mildly", "noted", "found", "our", "he", "she", "it", "they", "patient",
    "patients", "respectively", "followed", "presented", "indicated", "suggested", "displayed", "disclosed", "exhibited", "confirmed", "yielded", "recorded", "measured", "being", "follows",
}  # fmt: skip
_WORD = re.compile(r"[^\s,;:()\[\]]+")
# What names nothing that is measured: when it was, and how the patient was then.
_NOTHING = re.compile(
    r"(?i)fig(?:ure|\.)?s?|table|case|grade|stage|(?:room|ambient) air|oxygen|respectively"
    r"|(?:\S+ )?(?:rest|exertion|exercise|baseline|admission|discharge|presentation|minutes?|hours?|days?|weeks?|months?|years?)"
)


@lru_cache(maxsize=8)
def _short_forms(text: str) -> dict[str, bool]:
    """Short forms that a document defines for something measured: may their values stand without a unit?"""
    found = {}
    for one in definitions(text):
        last = [(end, meaning.bare) for _, end, meaning in _analytes().find(one.long)]
        if last and last[-1][0] == len(one.long):
            found[one.short] = last[-1][1]
        elif HEAD.search(one.long) and len(one.short) > 1:
            found[one.short] = bool(
                re.search(r"(?i)(?:index|score|ratio|scale|fraction|status|grade|stage)$", one.long)
            )
    return found


def known_names(text: str, start: int, end: int) -> list[Known]:
    """The names of analytes between two places of a text, in order."""
    found = [(a, b, meaning.bare) for a, b, meaning in _analytes().find(text, start, end)]
    for short, bare in _short_forms(text).items():
        for match in re.compile(rf"(?<![\w-]){re.escape(short)}(?![\w-])").finditer(text, start, end):
            if not any(a < match.end() and match.start() < b for a, b, _ in found):
                found.append((*match.span(), bare))
    return sorted(found)


def phrase(text: str, start: int, end: int) -> Place | None:
    """The words before a value that name what it is a value of."""
    start = max(start, end - 240)
    while connector := _CONNECT.search(text[start:end]):
        end = start + connector.start()
    closing = re.search(r"[)\]]\s?$", text[start:end])
    if closing:
        opening = max(text.rfind("(", start, end), text.rfind("[", start, end))
        if opening < 0:
            return None
        inner = text[opening + 1 : start + closing.start()]
        if re.fullmatch(r"[\w/ .+-]{1,25}", inner) and not re.match(r"(?i)fig|table|[\d.,]+$", inner):
            return (opening + 1, opening + 1 + len(inner.rstrip()))
        return phrase(text, start, opening)
    first = end
    count = 0
    for word in reversed(list(_WORD.finditer(text, start, end))):
        between = text[word.end() : first]
        if (re.search(r"[,;:()\[\]]" if count else ";", between)) or word.group().casefold() in _STOPS or count == 6:
            break
        first, count = word.start(), count + 1
    words = text[first:end].strip()
    if not count or not re.search(r"[A-Za-z]{2}", words) or _NOTHING.fullmatch(words):
        return None
    return (first, first + len(words))
