"""Does a report tell of more than one patient, or a file hold more than one article?

A draft is of one patient. What was told of two may not be read as one, so such a file is refused, with the
words that show it. What is said of others (family, donors, published cases) is no second patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.articles.article import Article, Part
from kg.articles.headings import headings, named
from kg.articles.scope import of_others
from kg.base.results import Result
from kg.model.anchors import Sentence

__all__ = ["plurality"]

_COUNT = r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[2-9]|[1-9]\d|several|multiple|a (?:case )?series of|a pair of)"
_PEOPLE = r"(?:patients|cases|siblings|sibs|brothers|sisters|twins|children|boys|girls|infants|neonates|newborns|women|men|males|females|adults|adolescents|probands|families|individuals|subjects|cousins|case reports|unrelated)"
_ADJECTIVES = r"(?:(?!of\b|and\b|in\b|with\b|from\b|for\b)[\w'’-]+,? (?:and )?){0,4}?"
# "We report two siblings", "We herein present a series of 5 cases"; not "a case, and review 20 cases".
_REPORTED = re.compile(
    rf"(?i)\b(?:we|report|paper|article|authors|study|here|herein|series)\b,? (?:\w+ ){{0,3}}?(?:report(?:s|ed)?|present(?:s|ed)?|describ(?:e|es|ed)|document(?:s|ed)?|discuss(?:es|ed)?)(?: on| here| herein)? (?:the )?(?:cases? of )?{_COUNT} {_ADJECTIVES}{_PEOPLE}\b"
    rf"|\breports? of {_COUNT} {_ADJECTIVES}(?:cases|patients|siblings|brothers|sisters)\b"
    rf"|^\W*{_COUNT} {_ADJECTIVES}{_PEOPLE} .{{0,60}}?\bare (?:here |herein )?(?:reported|described|presented)\b|^\W*Patients: "
)
_TITLED = re.compile(
    rf"(?i)\bcase series\b|\breports? of {_COUNT} {_ADJECTIVES}{_PEOPLE}\b|(?<!review of )(?<!analysis of )\b{_COUNT} {_ADJECTIVES}case reports\b|\bin {_COUNT} {_ADJECTIVES}(?:patients|siblings|brothers|sisters|children|infants|cases|boys|girls|women|men|twins|families)\b|^\W*(?:{_COUNT} )?{_ADJECTIVES}(?:siblings|brothers|sisters|twins|cousins) with\b|^\W*{_COUNT} {_ADJECTIVES}(?:cases|patients|siblings|brothers|sisters)\b|:\s*{_COUNT} (?:cases|patients)\b|(?<!review of the )\bin (?:\w+ )?(?:siblings|brothers|sisters)\b"
)
_LABEL = re.compile(
    r"\b(?P<who>[Pp]atients?|PATIENTS?|[Cc]ases?|CASES?|[Pp]roband|[Ss]ibling|[Ss]ubject)(?: [Nn]o\.?| [Nn]umber)? ?#?"
    r"(?P<sign>\d{1,2}|I{1,3}|IV|V|[A-H]|[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|ONE|TWO|THREE)(?P<more>(?:,? ?(?:and|&|,) ?(?:\d{1,2}|[A-H])\b)*)(?![\w-]|\.\d|\s*(?:%|/))"
)
_UNITS = re.compile(
    r"\s?(?:hours?|h\b|hrs?\b|days?|weeks?|months?|years?|min|mg|mL|times|units?|doses?|cycles?|cm|mm|of\b|out of)"
)
_VERB = r"(?:was|had|has|is|presented|presents|did|also|showed|underwent|received|developed|died|came|complained|remained|responded)"
_WELL = r"(?! (?:\w+ ){0,2}?(?:healthy|unaffected|asymptomatic|well\b|normal|alive|negative|carriers|heterozygous|unremarkable))"
_SECOND = re.compile(
    rf"(?i)\bthe (?:second|third|fourth|other) (?:patient|case|proband)(?:,| {_VERB})\b(?! (?:described|reported|of\b|to\b))"
    r"|\band (?:his|her) (?:\d+[- ]\w+[- ]old )?(?:\w+ )?(?:son|daughter|mother|father|brother|sister|sibling|twin)s?,? (?:both )?(?:presented|were (?:both|admitted|referred|diagnosed|hospitali[sz]ed))\b"
    r"|\b(?:both|neither|each) of (?:the|our|these) (?:patients|cases)\b|\bboth (?:our |the |these )?(?:patients|siblings|children|infants|brothers|sisters|probands) (?:was|were|had|have|are|presented|showed|underwent|received|developed|responded|denied|recovered)\b"
    + _WELL
    + r"|\ball (?:three|four|five|six|seven|eight|nine|ten|[3-9]|1\d) (?:of (?:the|our) )?(?:patients|cases|siblings|children|infants) (?:was|were|had|have|are|presented|showed|underwent|received|developed|responded)\b"
    + _WELL
    + r"|\b(?:the|our|these) (?:two|three|four|five) (?:patients|cases|siblings|brothers|sisters|infants) (?:was|were|had|have|are|presented|showed|underwent|received|developed|responded)\b"
    + _WELL
)
# How the case of several people begins: "Two brothers, aged 5 and 7, presented ..."
_BEGUN = re.compile(
    rf"(?i)^\W*(?:(?:case|patients?)\W+)?(?:{_COUNT} {_ADJECTIVES}{_PEOPLE}|an? (?:\d+[- ]\w+[- ]old )?(?:mother|father|man|woman|couple|family) and (?:his|her) (?:two |three )?\w+)\b.{{0,80}}?\b(?:were|presented|had|underwent|received|developed)\b"
)
# A relative who came to be treated, too.
_TOO = re.compile(
    r"\b(?:[Hh]is|[Hh]er|[Tt]he) (?:\w+ )?(?:wife|husband|brother|sister|son|daughter|mother|father|twin(?: brother| sister)?)(?: \([^)]*\))?, an? \d+[- ]\w+[- ]old\b.{0,30}?,? (?:presented|was (?:also )?(?:admitted|referred))\b"
    r"|\b(?:brother|sister|sibling|twin|son|daughter)\b[^.]{0,40}?\b(?:also presented|was also (?:referred|admitted|treated|examined))\b"
)
_SIBLING = re.compile(
    r"^\W*The (?:elder|older|younger|eldest|youngest|affected|second|other) (?:brother|sister|sibling|twin)\b.{0,60}?\b(?:presented|was admitted|was referred|was seen|underwent)\b"
)
_INTRODUCED = re.compile(
    r"(?:^|[.;:,] |\b(?:[Ii]n|[Oo]n|[Oo]ur|[Tt]he|[Oo]f|[Rr]eport|[Pp]resent|[Dd]escribe|[Ww]as|[Ii]s) (?:[\w ,]{0,25}\b)?)"
    r"(?P<article>an?|another|A|An|Another|this)\s+(?:\w+ ){0,2}?(?P<age>\d{1,3}(?:\.\d)?)[- ]?(?P<unit>year|yr|y|month|week|day|hour)s?[- ]?(?:old|o)\b(?P<between>(?:[ ,-]+[\w'’-]+){0,7}?)[ ,-]+"
    r"(?P<who>man|male|boy|gentleman|woman|female|girl|lady|patient|child|infant|neonate|newborn|primigravida|multigravida|farmer|student|worker)\b"
)
_CAME = re.compile(
    r"(?i)\b(?:presented|presents|presenting|admitted|referred|visited|complain\w*|was seen|diagnosed|brought|attended|consulted|sought|hospitali[sz]ed|evaluated|transferred|suffer\w*|underwent|came|noticed|with a history|history of|was found|developed|experienced|sustained)\b"
)
_ORDINAL = re.compile(r"\W*(?:The|Our) (?:first|second|third|fourth|other|next|last)\b")
_ORDINALS = {"1st": "1", "2nd": "2", "3rd": "3", "first": "1", "second": "2", "third": "3", "fourth": "4"}
_OTHERS = re.compile(
    r"(?i)\bet al\b|\b(?:in|from|of) the literature\b|\bprevious(?:ly)? (?:published|reported|described|stud)|\b(?:have|has) been (?:reported|described|published)\b|\breported (?:by|in)\b|\bdonors?\b|\bpublished\b|\bcontrols?\b"
)
_KIN = re.compile(
    r"(?i)\b(?:his|her|their|patient['’]s|whose|of his|maternal|paternal) (?:\w+[- ]){0,3}(?:father|mother|parents?|brother|sister|sibling|twin|son|daughter|uncle|aunt|cousin|grand\w+|nephew|niece|wife|husband|spouse|partner|donor|friend|colleague|neighbou?r)s?\b|\bmother\b|\bfather\b"
)
_BORN_TO = re.compile(r"(?i)\b(?:born|delivered|child|infant|neonate|newborn|baby) (?:[\w ]{1,30} )?(?:to|of|by) $")
_MALE = frozenset(["man", "male", "boy", "gentleman"])
_FEMALE = frozenset(["woman", "female", "girl", "lady", "primigravida", "multigravida"])
_CURE = (
    "Give a file of one patient: cut the text to what is told of that one and of all, and draft each file by itself."
)


@dataclass(frozen=True, slots=True)
class _Sign:
    """Words that show a second patient: where, and what they are."""

    start: int
    words: str


def plurality(article: Article, title: str = "") -> list[Result]:
    """What shows that a text is of several patients or several articles; nothing for a report of one."""
    text = article.text
    if (at := _articles(article.parts)) is not None:
        message = f"holds more than one article: {_shown(text, at)} begins another."
        return [_result(article, "several-articles", message, at, "Give a file of one article each.")]
    signs = sorted(_signs(article, title), key=lambda sign: sign.start)
    if not signs:
        return []
    told = "; ".join(dict.fromkeys(f"“{sign.words}” (line {_line(text, sign.start)})" for sign in signs[:4]))
    return [_result(article, "several-patients", f"tells of more than one patient: {told}.", signs[0].start, _CURE)]


def _result(article: Article, rule: str, message: str, at: int, cure: str) -> Result:
    column = at - (article.text.rfind("\n", 0, at) + 1) + 1
    return Result("violation", rule, message, cure, article.name, _line(article.text, at), column)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _shown(text: str, at: int) -> str:
    return f"“{text[at : at + 60].splitlines()[0].strip()}” (line {_line(text, at)})"


def _articles(parts: tuple[Part, ...]) -> int | None:
    """Where a second article begins: what opens an article, after what ends one."""
    seen: set[str] = set()
    last_case = max((number for number, part in enumerate(parts) if part.kind == "case"), default=-1)
    for number, part in enumerate(parts):
        ended = "references" in seen and part.kind in ("abstract", "introduction", "case")
        again = part.kind == "introduction" and {"discussion", "case"} <= seen and last_case > number
        if ended or again or (part.kind == "abstract" and seen & {"discussion", "case"}):
            return part.start
        seen.add(part.kind)
    return None


def _signs(article: Article, title: str) -> Iterator[_Sign]:
    kinds = {part.section: part.kind for part in article.parts}
    others = of_others(article)
    told = [
        one
        for one in article.sentences
        if kinds[one.section] in ("abstract", "introduction", "case", "figure") and one.section not in others
    ]
    if found := _TITLED.search(title):
        yield _Sign(max(article.text.find(title), 0), found.group().strip(" :"))
    for one in told:
        found = _REPORTED.search(one.text)
        if found and not re.search(r"(?i)same patient|literature|et al|previously", one.text[: found.end() + 60]):
            yield _Sign(one.start + found.start(), found.group())
    cases = [one for one in told if kinds[one.section] in ("case", "figure")]
    yield from _labels(article, [one for one in told if kinds[one.section] != "introduction"])
    for one in [one for one in cases if kinds[one.section] == "case" and named(one.text) is None][:1]:
        if (found := _BEGUN.search(one.text)) and not _OTHERS.search(one.text):
            yield _Sign(one.start + found.start(), found.group().split(",")[0])
    for one in cases:
        if found := _TOO.search(one.text):
            yield _Sign(one.start + found.start(), found.group())
        found = _SECOND.search(one.text) or _SIBLING.search(one.text)
        if found and not _OTHERS.search(one.text) and not _KIN.search(one.text[: found.start()]):
            yield _Sign(one.start + found.start(), found.group())
    yield from _introduced([one for one in cases if kinds[one.section] == "case"])


def _labels(article: Article, told: list[Sentence]) -> Iterator[_Sign]:
    """Patients or cases with numbers, of which there are two."""
    found: dict[str, _Sign] = {}
    for one in headings(article.text):
        if one.kind == "case" and (label := _LABEL.search(one.told)):
            found.setdefault(_number(label["sign"]), _Sign(one.start, label.group()))
        elif one.kind == "case" and (number := _ORDINALS.get(one.told.split()[0].lower())):
            found.setdefault(number, _Sign(one.start, one.told))
    for one_ in told:
        if _OTHERS.search(one_.text):
            continue
        for label in _LABEL.finditer(one_.text):
            who, sign = label["who"], label["sign"]
            if _UNITS.match(one_.text, label.end()) or (sign.isalpha() and (who[0].islower() or sign.islower())):
                continue
            after = one_.text[label.end() : label.end() + 12]
            if who.islower() and not re.match(rf"['’]s\b|\)|,|:|\s{_VERB}\b", after) and not label["more"]:
                continue
            for each in [sign, *re.findall(r"\d{1,2}|[A-H]\b", label["more"])]:
                found.setdefault(_number(each), _Sign(one_.start + label.start(), label.group()))
    # one number alone is that of the patient, where the text is cut to it
    first = next((p.start for p in article.parts), 0)
    alone = [sign for number, sign in found.items() if number != "1" and sign.start > first + 40]
    if len(found) > 1:
        yield from found.values()
    elif alone and not any(one.kind == "case" and _LABEL.search(one.told) for one in headings(article.text)):
        yield alone[0]


def _number(sign: str) -> str:
    roman = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
    words = {"one": "1", "two": "2", "three": "3", "four": "4"}
    return (
        roman.get(sign)
        or words.get(sign.lower())
        or (sign.lstrip("0") if sign.isdigit() else str("ABCDEFGH".index(sign) + 1))
    )


def _introduced(told: list[Sentence]) -> Iterator[_Sign]:
    """Two people of different age or sex, each introduced as one who came to be treated."""
    seen: list[tuple[str, str, str, _Sign]] = []
    for one in told:
        for found in _INTRODUCED.finditer(one.text):
            before = one.text[: found.end()]
            if re.search(r"\b(?:[Hh]e|[Ss]he) (?:was|is) $", one.text[: found.start("article")]):
                continue  # who was named before
            if _BORN_TO.search(one.text[: found.start("article")]) or re.match(
                r"\s(?:mother|father)\b", one.text[found.end() :]
            ):
                continue
            if (
                not (_CAME.search(one.text) or _ORDINAL.match(one.text))
                or _KIN.search(before)
                or _OTHERS.search(one.text)
            ):
                continue
            who = found["who"].lower()
            words = f"{found['between']} {who}".lower().split()
            sex = "m" if _MALE & set(words) else "f" if _FEMALE & set(words) else ""
            sign = _Sign(one.start + found.start("article"), found.group()[found.start("article") - found.start() :])
            seen.append((found["age"], found["unit"][0].lower(), sex, sign))
    for age, unit, sex, sign in seen[1:]:
        first = seen[0]
        other_sex = bool(sex and first[2] and sex != first[2])
        if (age, unit) != first[:2] or other_sex:
            yield first[3]
            yield sign
            return
