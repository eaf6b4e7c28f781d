"""What does an article say about itself: consent, ethics, money, interests, licence, how to cite, its aim?"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from kg.articles.article import Article, Kind
from kg.draft.proposals import Item, Quote, anchor
from kg.model.anchors import Sentence

__all__ = ["statements"]

_OUTSIDE: tuple[Kind, ...] = ("front", "statements")
_TOLD: tuple[Kind, ...] = ("abstract", "introduction", "discussion", "conclusions")


def _consent(words: str) -> str:
    if re.search(r"(?i)waiv", words):
        return "Consent was obtained or waived."
    if re.search(r"(?i)\b(?:not|no|without)\b", words):
        return "Consent is spoken of as not given or not needed."
    kind = "Written informed" if "written" in words.casefold() else "Informed"
    return f"{kind} consent was given."


def _funding(words: str) -> str:
    none = re.search(r"(?i)\b(?:no|not|none|without|nil)\b", words)
    return "None for the work." if none else "The money behind the work is named."


def _interests(words: str) -> str:
    none = re.search(r"(?i)\b(?:no|not|none|nothing|without|nil)\b", words)
    return "None declared." if none else "Interests are declared, or the form they are declared on."


def _ethics(words: str) -> str:
    if re.search(r"(?i)\bNA\b|not (?:required|applicable|needed)|waiv|exempt", words):
        return "Approval is spoken of as not needed, or its number is not given."
    return "An approval, or the rules that were followed, are named."


# (kind, words that carry it, what it says, in which kinds of part)
_KINDS: tuple[tuple[str, str, Callable[[str], str], tuple[Kind, ...]], ...] = (
    (
        "how to cite",
        r"(?i)\b(?:how to )?cite this (?:article|paper)\b|\bcitation:|\bcite (?:as|this)\b",
        lambda _: "How the article is to be cited.",
        _OUTSIDE,
    ),
    (
        "licence",
        r"(?i)\bopen[- ]access article\b|\bcreative commons\b[^.]{0,40}\blicen[cs]e|\blicen[cs]ed under\b",
        lambda _: "The licence under which the article is published.",
        _OUTSIDE,
    ),
    ("consent", r"(?i)\bconsent\b[^.]{0,60}|\bpermission (?:was|has been)\b[^.]{0,40}", _consent, (*_OUTSIDE, "case")),
    (
        "ethics approval",
        r"(?i)\b(?:ethic(?:s|al)(?: committee| approval| review)?|institutional review board|IRB|declaration of helsinki)\b[^.]{0,50}"
        r"|\b\w+(?: \w+){0,3} issued approval\b[^.]{0,30}|\bapproval (?:was|is|has been)\b[^.]{0,40}",
        _ethics,
        (*_OUTSIDE, "case"),
    ),
    (
        "funding",
        r"(?i)\bno (?:financial support|(?:external |specific )?funding)\b[^.]{0,40}|\b(?:funded|supported) by\b[^.]{0,50}"
        r"|\bfunding\b[^.]{0,60}|\bgrants?\b (?:from|no|number)[^.]{0,40}|\bfinancial support\b[^.]{0,40}",
        _funding,
        _OUTSIDE,
    ),
    (
        "competing interests",
        r"(?i)\bno (?:financial relationships|other relationships(?: or activities)?|(?:conflicts?|competing|potential conflicts?)[^.]{0,30})\b"
        r"|\b(?:conflicts? of interests?|competing interests?|disclosure form|nothing to disclose)\b[^.]{0,40}",
        _interests,
        _OUTSIDE,
    ),
)  # fmt: skip
_SELF = r"(?:this|the present|our) (?:case(?: report| series)?|report|article|paper|study|work|manuscript)"
_AIM = re.compile(
    rf"(?i)\b{_SELF} (?:\w+ )?(?:discuss|describ|present|report|highlight|illustrat|demonstrat|show|propos|aim|emphasi[sz]|"
    r"underlin|underscor|suggest|stress|review|focus|add|provid|explor|examin)\w*(?: \S+){0,6}"
    r"|\b(?:we|our aim|the aim|the purpose|the objective)\b (?:here(?:in)? )?(?:aim|is to|was to|of this)\w*(?: \S+){1,7}"
)
_AND_ALSO = re.compile(
    r"(?i)\band (?P<also>(?:propos|discuss|describ|present|highlight|illustrat|emphasi[sz]|suggest|review|provid|show)\w*(?: \S+){1,6})"
)
_NEGATED_MONEY = re.compile(r"(?i)financial relationships|other relationships|activities")


def statements(article: Article) -> Iterator[Item]:
    """The statements, in the order of the text; one for each sentence and kind."""
    kinds = {part.section: part.kind for part in article.parts}
    for sentence in article.sentences:
        where = kinds[sentence.section]
        for kind, pattern, says, parts in _KINDS:
            if where not in parts:
                continue
            found = re.search(pattern, sentence.text)
            if found and not (kind == "funding" and _NEGATED_MONEY.search(sentence.text)):
                yield _item(article, sentence, kind, says(sentence.text), found)
        if (
            where in _TOLD
            and (found := _AIM.search(sentence.text))
            and not re.search(r"(?i)\bas described\b", found.group())
        ):
            yield _item(article, sentence, "aim", "What the article sets out to tell.", found)
            if also := _AND_ALSO.search(sentence.text, found.start()):
                start = sentence.start + also.start("also")
                quotes = [anchor(article, start, sentence.start + also.end("also"))]
                yield _made("aim", "What else the article sets out to tell.", quotes, start)


def _item(article: Article, sentence: Sentence, kind: str, value: str, found: re.Match[str]) -> Item:
    start, end = sentence.start + found.start(), sentence.start + found.end()
    quotes = [anchor(article, start, end)]
    if kind == "how to cite" and len(sentence.text.split()) < 8:  # a heading: the entry is the next line
        after = next((s for s in article.sentences if s.start >= sentence.end and s.section == sentence.section), None)
        if after is not None:
            quotes.append(anchor(article, after.start, after.end))
    return _made(kind, value, quotes, start)


def _made(kind: str, value: str, quotes: list[Quote], at: int) -> Item:
    rule = f"statement/{kind.replace(' ', '-')}"
    return Item("statements", kind, {"kind": kind, "value": value}, quotes, rule, "medium", at)
