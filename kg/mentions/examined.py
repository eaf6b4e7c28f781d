"""Which examinations were made, and what did they show? The words behind "showed", and how the authors sum it up."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kg.articles.article import Article, Confidence, Mention
from kg.base.prefixes import expand
from kg.concepts.terms import Catalogue
from kg.mentions.bodysites import site_concept
from kg.mentions.namelist import NameList, spread
from kg.mentions.tabular import rows
from kg.model.anchors import Sentence

__all__ = ["Examined", "examined"]

Result_ = Literal["normal", "abnormal", "improved", "stable", ""]


@dataclass(frozen=True, slots=True)
class Examined(Mention):
    """An examination. concept and label: the procedure that casekg calls so, "" for none; shown: where the words on
    what it showed stand; result: as the authors sum it up; site: a site named with it, and its concept."""

    concept: str = ""
    label: str = ""
    shown: tuple[int, int] | None = None
    result: Result_ = ""
    site: tuple[int, int] | None = None


@lru_cache(maxsize=1)
def _names() -> NameList[str]:
    return NameList(
        (name, row[1] if len(row) > 1 else "") for row in rows("examinations.tsv", "\t") for name in spread(row[0])
    )


_SHOWED = re.compile(
    r"\b(?:showed|shows|showing|revealed|revealing|reveals|demonstrat(?:ed|ing|es)|disclosed|evidenced|confirmed|identified|detected|displayed|yielded|indicated|suggested|found|was (?:consistent|remarkable|notable|significant|positive|negative|compatible)"
    r"|were (?:consistent|remarkable|notable|significant|positive|negative|compatible)|(?:was|were) (?:normal|unremarkable|within|clear|benign)|(?:was|were) (?=abnormal)|noted|compatible with|consistent with|excluded|ruled out)\b"
)
_NORMAL = re.compile(
    r"(?i)\b(?:normal|unremarkable|no (?:abnormal\w*|significant|pathologic\w*|evidence|remarkable)|without (?:\w+ )?abnormalit\w+|within (?:the )?normal|negative|non-?contributory|nothing|not reveal|without [\w\s]{0,40}abnormalities|clear(?! cell)|benign)\b"
)
# No mass, no uptake; but no flow, no pulse and no change are no sum of that kind. And what is said against it.
_NONE = re.compile(
    r"(?i)(?:no|absence of(?: any)?)\s(?!(?:\w+\s)?(?:change|progress|improve|interval|recur|respon|recover|flow|pulse|perfusion|signal|activity|contract|movement|motion|heart|cardiac))"
    r"|(?:(?:a )?(?:normal |regular )?sinus rhythm)$"
)
_SOME = re.compile(r"(?i)\b(?:positive|with|showed|showing|mild|moderate|severe|large|small|multiple|an?)\b")
_IMPROVED = re.compile(
    r"(?i)\b(?:improve\w*|resol(?:ution|ved)|regress\w*|normali[sz]\w+|decrease in|reduction (?:of|in)|disappear\w*|recover\w*)\b"
)
_STABLE = re.compile(r"(?i)\b(?:stable|unchanged|no (?:change|progression|interval change|recurrence))\b")
_BUT = re.compile(r"(?i)\b(?:but|except|however|although|with the exception|apart from|besides)\b")
_ABNORMAL = re.compile(r"(?i)\babnormal\w*|\belevat\w+|\bpathologic\w*")
_SITE = re.compile(
    r"\s(?:scan\s)?(?:of|on)\s(?:the\s|his\s|her\s)?((?:left |right |both |bilateral )?[a-z]+(?: [a-z]+)?)"
)


def examined(article: Article, sentences: Iterable[Sentence]) -> tuple[Examined, ...]:
    """The examinations that these sentences name, in order.

    >>> article = Article.plain("Cardiac MRI showed low-grade diffuse inflammation. The ECG was normal.")
    >>> [(article.quote(e), e.concept, e.shown and article.text[slice(*e.shown)], e.result) for e in examined(article, article.sentences)]
    [('Cardiac MRI', 'MAXO:0001303', 'low-grade diffuse inflammation', 'abnormal'), ('ECG', 'MAXO:0000900', 'normal', 'normal')]
    """
    return tuple(one for sentence in sentences for one in _in(article.text, sentence))


def _in(text: str, sentence: Sentence) -> list[Examined]:
    terms = Catalogue.shipped()
    found: list[Examined] = []
    for start, end, concept in _names().find(text, sentence.start, sentence.end):
        if found and re.fullmatch(r"\s?\(", text[found[-1].end : start]) and text[end : end + 1] == ")":
            continue  # its abbreviation
        if _NOT_DONE.match(text, end, sentence.end):
            continue
        shown, result = _shown(text, sentence, start, end)
        site = _SITE.match(text, end, sentence.end)
        place = site.span(1) if site and site_concept(site[1])[0] else None
        label = terms.label(expand(concept)) if concept and expand(concept) in terms else ""
        confidence: Confidence = "high" if shown or label else "medium"
        concept = concept if label else ""
        if text[start:end] == "T1 and T2 mapping":  # two sequences under one noun
            found.append(
                Examined(start, end, "examination", confidence, _T2, terms.label(expand(_T2)), shown, result, place)
            )
        found.append(Examined(start, end, "examination", confidence, concept, label, shown, result, place))
    return found


_T2 = "ckg:MyocardialT2Mapping"
_NOT_DONE = re.compile(
    r"(?:\s\w+){0,2}?\s(?:(?:was|were|is|are|could|had)\s(?:not|never)\s(?:be(?:en)?\s)?(?:performed|done|made|obtained|available|carried out|possible|undertaken)|(?:was|were|is|are) (?:planned|scheduled|recommended|advised|refused|declined|deferred))\b"
)
_COPULA = re.compile(r"(?:was|were)\s")
_STOP = re.compile(
    r";|\.\s|,?\s(?:and|while|whereas)\s(?=[^,;.]{2,45}\b(?:showed|revealed|demonstrated|disclosed)\b)"
    r"|,\s(?:and|while|whereas)\s(?=[^,;.]{2,45}\b(?:was|were)\s(?:[<>~≈]?\s?\d|normal\b|elevated\b|raised\b|reduced\b|decreased\b|increased\b))|\.?$"
)
_VALUE_OF = re.compile(r"(?:\s\([A-Z][\w-]{1,6}s?\))?(?:\s(?:19|20)\d\d[:,]|\s?:)\s")


def _shown(text: str, sentence: Sentence, start: int, end: int) -> tuple[tuple[int, int] | None, Result_]:
    """What an examination showed: as the words before it say, else behind the verb, to the end of the clause."""
    if result := _said_before(text, sentence, start, end):
        return None, result
    opened = text.rfind("(", sentence.start, start)
    inside = opened >= 0 and ")" not in text[opened:start]
    closed = text.find(")", end, sentence.end) if inside else -1
    last = closed if closed >= 0 else sentence.end
    # Words in brackets speak of what stands in them.
    aside = [] if inside else [m.span() for m in re.finditer(r"\([^()]*\)?", text[end:last])]
    verbs = _SHOWED.finditer(text, end, min(last, end + 150))
    verb = next((v for v in verbs if not any(a < v.start() - end < b for a, b in aside)), None)
    if verb and not re.search(r";|\.\s", text[end : verb.start()]):
        copula = _COPULA.match(verb.group())
        begin = verb.start() + copula.end() if copula else verb.end()
        if verb.group().endswith("with") and not copula:  # compatible with vasculitis
            begin = verb.start()
    elif told := _VALUE_OF.match(text, end, last):
        begin = told.end()
    else:
        return None, ""
    stop = _STOP.search(text, begin, last)
    finish = stop.start() if stop else last
    while begin < finish and text[begin] in " ,:":
        begin += 1
    words = text[begin:finish]
    return ((begin, finish), _summed(words)) if words.strip() else (None, "")


def _said_before(text: str, sentence: Sentence, start: int, end: int) -> Result_:
    """ "without ECG or echocardiographic abnormalities", "normal STIR", "improvement in PFTs", "elevated T1 mapping"."""
    lead, behind = text[max(sentence.start, start - 40) : start], text[end : min(end + 40, sentence.end)]
    if re.search(r"(?i)\b(?:without|no)\s(?:[\w-]+\s(?:or\s|and\s)?){0,3}$", lead) and re.match(
        r"(?:\s(?:or|and)\s[\w-]+)?\s(?:abnormalit|changes|alteration)", behind
    ):
        return "normal"
    if re.search(
        r"(?i)\bno (?:\w+ ){0,2}(?:abnormalit\w+|lesions?|findings?)[^.;,]{0,25}\b(?:on|in|by|at)\s(?:the\s)?$", lead
    ):
        return "normal"
    if re.search(r"(?i)\b(?:normal|unremarkable)\s(?:[\w-]+\s)?$", lead):
        return "normal"
    if re.search(r"(?i)\bimprove\w* (?:in|of)\s(?:\w+\s)?$", lead):
        return "improved"
    if re.search(r"(?i)\b(?:abnormal|elevated|increased|pathologic\w*)\s(?:T1 and\s)?$", lead) or re.match(
        r"\s(?:elevation|abnormalit)", behind
    ):
        return "abnormal"
    return "stable" if re.match(r"\s(?:was |is |were |are )?(?:stable|unchanged)", behind) else ""


def _summed(words: str) -> Result_:
    """The sum of what was shown: that of its first part, unless something is said against it."""
    first = re.split(r"[,;]| and ", re.sub(r"\([^()]*\)", "", words))[0]
    if _NORMAL.search(first):
        return "abnormal" if _ABNORMAL.search(_NORMAL.sub("", words)) else "" if _BUT.search(words) else "normal"
    if _NONE.match(first) and not _BUT.search(words):
        if not _SOME.search(words[len(first) :]):
            return "normal"
        return "abnormal" if first.endswith("rhythm") else ""
    if _IMPROVED.search(first):
        return "improved"
    return "stable" if _STABLE.search(first) else "abnormal"
