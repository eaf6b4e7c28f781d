"""Which antibodies were looked for, and were they there? Positive or negative as printed, with the titre."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kg.articles.article import Article, Mention
from kg.base.prefixes import expand
from kg.concepts.terms import Catalogue
from kg.mentions.namelist import NameList, spread
from kg.mentions.tabular import rows
from kg.model.anchors import Sentence

__all__ = ["Antibody", "autoantibodies"]


@dataclass(frozen=True, slots=True)
class Antibody(Mention):
    """An antibody and its result. concept and label: the finding "positive for it", "" when casekg has none.

    result: "" when the sentence only names it (then it is no test of this patient); words: what says the result;
    titre: where it stands.
    """

    concept: str = ""
    label: str = ""
    result: Literal["positive", "negative", ""] = ""
    words: tuple[int, int] | None = None
    titre: tuple[int, int] | None = None


@lru_cache(maxsize=1)
def _names() -> NameList[str]:
    return NameList(
        (name, row[1] if len(row) > 1 else "") for row in rows("antibodies.tsv", "\t") for name in spread(row[0])
    )


_TAIL = re.compile(
    r"(?:[\s-](?:auto)?antibod(?:y|ies)|\s(?:IgG|IgM|IgA)\b)?(?:\s(?:IgG|IgM|IgA)\b)?(?:\s\((?:anti-)?[A-Z][\w/-]{1,9}s?\))?"
)
_SURE = re.compile(
    r"(?i)\b(?:(?P<negative>negative|not detected|undetectable|absent|not elevated|within (?:the )?normal|(?<![\(\[])normal(?!\s?(?:range|value|limit|[<>≤≥\d,:]))|no evidence of|non-?reactive|seronegative|not present|without|unremarkable|absence of|non-?contributory)|(?P<positive>positiv(?:e|ity)|detected|elevated|raised|increased|present|reactive|seropositive|found|identified|high tit(?:er|re)s?|presence of|\+))"
)
_TITRE = re.compile(r"\b1\s?[:/]\s?\d[\d,]*\b")
_CLAUSE = re.compile(r"[;]|\.\s|,?\s(?:but|whereas|while|however)\s")
# The result of a list stands in front of it, or behind all of it.
_BEFORE = re.compile(
    r"(?i)\b(?:(?P<negative>negative|seronegative)|(?P<positive>positive|seropositive|positivity))\s(?:results?\s)?(?:for|of)\b(?!.*\b(?:negative|positive)\b)[^;.]*$|\b(?:(?P<no>no|absence of|without|negative)|(?P<yes>presence of|elevated|positive|revealed|showed|detected|demonstrated|identified|disclosed|confirmed|high tit(?:er|re)s? of|increased))\s(?:circulating\s|serum\s|levels of\s|the\s)*$"
)


_LIST = re.compile(r"\s?(?:,\s?)?(?:and\s|or\s|as well as\s)?")


def autoantibodies(article: Article, sentences: Iterable[Sentence]) -> tuple[Antibody, ...]:
    """The antibodies that these sentences name, with their result, in order.

    >>> article = Article.plain("ANA was positive (1:320), but anti-dsDNA and anti-Sm antibodies were negative.")
    >>> [(article.quote(a), a.result) for a in autoantibodies(article, article.sentences)]
    [('ANA', 'positive'), ('anti-dsDNA', 'negative'), ('anti-Sm antibodies', 'negative')]
    """
    return tuple(one for sentence in sentences for one in _in(article.text, sentence))


def _in(text: str, sentence: Sentence) -> list[Antibody]:
    terms = Catalogue.shipped()
    found: list[Antibody] = []
    for start, end, concept in _names().find(text, sentence.start, sentence.end):
        if found and start < found[-1].end:
            continue  # its short form in brackets
        anti = re.search(r"(?i)anti-?\s?$", text[max(sentence.start, start - 6) : start])
        start -= len(anti.group()) if anti else 0
        tail = _TAIL.match(text, end, sentence.end)
        end = tail.end() if tail else end
        named = text[start:end]
        # A bare antigen (myeloperoxidase, dsDNA) is its antibody only where the words say so.
        if not re.search(
            r"(?i)anti|ANCA|\bANN?A|\bRF\b|factor|AMA|ACPA|TRAb|-Ig[AG]|globulin", named
        ) and not re.search(r"(?i)antibod|serolog|immunoblot", text[sentence.start : sentence.end]):
            continue
        result, words = _result(text, sentence, start, end)
        if not result and found and found[-1].result and _LIST.fullmatch(text, found[-1].end, start):
            result, words = found[-1].result, found[-1].words  # positive anti-Ro52 and anti-MDA5
        titre = _TITRE.search(text, end, min(sentence.end, end + 60))
        if titre and re.search(r"[;]|\band\b|,", text[end : titre.start()].replace(", titer", "")):
            titre = None
        label = terms.label(expand(concept)) if concept and expand(concept) in terms else ""
        found.append(
            Antibody(start, end, "antibody", "high" if result else "low", concept if label else "", label,
                     result or ("positive" if titre else ""), words, titre.span() if titre else None)
        )  # fmt: skip
    return found


def _result(
    text: str, sentence: Sentence, start: int, end: int
) -> tuple[Literal["positive", "negative", ""], tuple[int, int] | None]:
    beside = re.compile(r"(?i)[\s(-]*(?:was\s|were\s)?(?P<word>positiv(?:e|ity)|negativ(?:e|ity))").match(
        text, end, sentence.end
    )
    if beside:
        return ("positive" if beside["word"].casefold().startswith("p") else "negative"), beside.span("word")
    before = next(reversed(list(_BEFORE.finditer(text[sentence.start : start]))), None)
    if before and not _CLAUSE.search(before.group()):
        place = (sentence.start + before.start(), sentence.start + before.start() + len(before.group().split()[0]))
        return ("negative" if before["negative"] or before["no"] else "positive"), place
    stop = _CLAUSE.search(text, end, sentence.end)
    after = _SURE.search(text, end, stop.start() if stop else sentence.end)
    if after:
        return ("negative" if after["negative"] else "positive"), after.span()
    return "", None
