"""What does a report say about itself? Title, authors, ids, dates and licence, each with its words.

Nothing is guessed: what is not printed is not there. A date whose day and month cannot be told apart
is left out, unless another date of the same report shows their order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kg.articles.article import Article, Mention
from kg.articles.headings import lines, named
from kg.articles.references import DOI, Entry, clean_doi, references

__all__ = ["Front", "Told", "Writer", "front", "licence_of", "read_date"]


@dataclass(frozen=True, slots=True)
class Told(Mention):
    """A value of the report and its words. value: as the case file holds it (dates in ISO 8601)."""

    value: str


@dataclass(frozen=True, slots=True)
class Writer(Mention):
    """An author as printed; affiliations in full, where they are told."""

    name: str
    affiliations: tuple[str, ...] = ()
    corresponding: bool = False


@dataclass(frozen=True)
class Front:
    """What was found; None and empty where the text does not say it."""

    title: Told | None = None
    doi: Told | None = None
    pmcid: Told | None = None
    pmid: Told | None = None
    journal: Told | None = None
    volume: Told | None = None
    number: Told | None = None
    article: Told | None = None
    published: Told | None = None
    review_began: Told | None = None
    review_ended: Told | None = None
    licence: Told | None = None
    authors: tuple[Writer, ...] = ()
    categories: tuple[Told, ...] = ()
    keywords: tuple[Told, ...] = ()
    references: tuple[Entry, ...] = ()

    def told(self) -> Iterator[Mention]:
        """Everything that was found, in no order."""
        for value in vars(self).values():
            if isinstance(value, tuple):
                yield from value
            elif value is not None:
                yield value


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\.?"
_DATE = rf"(?:\d{{4}}-\d{{2}}-\d{{2}}|\d{{1,2}}[/.]\d{{1,2}}[/.]\d{{4}}|\d{{1,2}}(?:st|nd|rd|th)? {_MONTH},? \d{{4}}|{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? \d{{4}}|\d{{4}} {_MONTH} \d{{1,2}})"
_DATED = {
    "published": re.compile(rf"(?i)\b(?:first )?(?:e?published(?: online)?|publication date|available online)(?: on)?:? ?(?P<date>{_DATE})"),
    "review_began": re.compile(rf"(?i)\breview began:? ?(?P<date>{_DATE})"),
    "review_ended": re.compile(rf"(?i)\breview ended:? ?(?P<date>{_DATE})"),
}  # fmt: skip
_CITED_DATE = re.compile(rf"\((?P<date>{_DATE})\)")
_LICENCE = re.compile(
    r"(?i)creativecommons\.org/(?:licenses/(?P<url>by(?:-nc)?(?:-nd|-sa)?)/(?P<urlv>\d\.\d)|publicdomain/zero/1\.0)"
    r"|(?-i:\bCC[ -]?(?P<short>BY(?:[ -]?NC)?(?:[ -]?(?:ND|SA))?))(?:[ -]?(?:license |licence )?(?P<shortv>\d\.\d))?(?![A-Za-z])|(?-i:\bCC0)\b(?:[ -]1\.0)?"
    r"|Creative Commons Attribution(?P<long>(?:[ –-]*(?:Non-?Commercial|No-?Derivat(?:ive|e)s|Share-?Alike))*)(?: (?:\(?CC[A-Z -]+\)?))?(?: (?:International |Unported )?(?:Public )?(?:License|Licence))?,?(?: ?(?P<longv>\d\.\d))?"
)
_CITATION = re.compile(
    r"(?P<journal>[A-Z][A-Za-z&'’ -]+?(?: \([A-Z][a-z]+\))?)\.?,?\s+(?:(?:19|20)\d\d(?: [A-Z][a-z]{2}(?: \d{1,2})?)?[;,]\s*)?(?:vol(?:ume|\.)? ?)?(?P<volume>\d{1,4})\s*(?:\((?P<number>[\w–. -]{1,12})\))?\s*(?(number)[:,]|:)\s*(?:article |pp?\. ?|art\. ?)?(?P<article>[A-Za-z]{0,6}\d\w*(?:\.\d+)?(?:[–-][A-Za-z]?\d+)?)"
)
_META = re.compile(
    r"(?i)^\W*(?:©|copyright|received|accepted|revised|published|review (?:began|ended)|doi\b|https?:|www\.|correspond|e-?mail|open access|case reports?\b.{0,20}$|original article|letter|volume|vol\.|issn|article (?:type|id|no)|academic editor|edited by|pmc?id|citation|how to cite|keywords|categories|from the|department|division|page \d)|@|^\W*\d+\s*$"
)
_DEGREES = re.compile(r"(?i)^(?:m\.?d\.?|ph\.?d\.?|m\.?sc?\.?|b\.?sc?\.?|mbbs|mbchb|do|rn|frcp|mrcp|facp|mph|dds|dmd|dnb|md-?phd|mrcs|frcs|jr\.?|sr\.?|prof\.?|dr\.?|bs|ms|ma|ba|np|pa-c|pharmd|dvm|facs|faad)$")  # fmt: skip
_NAME = re.compile(
    r"(?:(?:[A-ZÀ-ÖØ-Þ][\w'’.-]*|[A-Z]\.(?:-?[A-Z]\.)*|d[aeiou]s?|v[ao]n|der|den|di|del|della|bin|al|el|la|le|ter|ten|y|e)\s+){1,6}[A-ZÀ-ÖØ-Þ][\w'’-]+\.?"
)
_MARKS = "¹²³⁴⁵⁶⁷⁸⁹⁰"
_DIGITS = str.maketrans(_MARKS, "1234567890")


def front(article: Article, title: str = "") -> Front:
    """What a text says about itself, in its front matter, and its reference list. title: where a page shows it."""
    text = article.text
    spans = [(part.start, part.end) for part in article.parts if part.kind == "front"]
    rows = [(a, b) for start, end in spans for a, b in lines(text, start, end)]
    told = _printed(text, rows, title) or _title(text, rows)
    cited = [row for row in rows if re.search(r"(?i)\bdoi\b|10\.\d{4}|\d\(\d+\)", text[slice(*row)])]
    found = _citation(text, cited, told)
    affiliations = _affiliations(text, rows)
    return Front(
        title=told,
        doi=_doi(text, rows),
        pmcid=_first(text, rows, re.compile(r"\bPMC\d{4,9}\b"), "pmcid"),
        pmid=_first(text, rows, re.compile(r"(?i)\bpmid:? ?(?P<value>\d{4,9})\b"), "pmid"),
        journal=found.get("journal"),
        volume=found.get("volume"),
        number=found.get("number"),
        article=found.get("article"),
        published=_dated(text, rows, "published") or _cited_date(text, cited),
        review_began=_dated(text, rows, "review_began"),
        review_ended=_dated(text, rows, "review_ended"),
        licence=_licence(text, [*rows, *_statements(article)]),
        authors=tuple(_authors(text, rows, told, affiliations)),
        categories=tuple(_listed(text, rows, r"categories|subjects?")),
        keywords=tuple(_listed(text, rows, r"key ?-?words?(?: and phrases)?|index terms|mesh terms")),
        references=references(article),
    )


def _statements(article: Article) -> list[tuple[int, int]]:
    spans = [(part.start, part.end) for part in article.parts if part.kind == "statements"]
    return [(a, b) for start, end in spans for a, b in lines(article.text, start, end)]


def _first(text: str, rows: list[tuple[int, int]], pattern: re.Pattern[str], rule: str) -> Told | None:
    for start, end in rows:
        if found := pattern.search(text, start, end):
            value = found.groupdict().get("value") or found.group()
            return Told(found.start(), found.end(), rule, "high", value)
    return None


def _doi(text: str, rows: list[tuple[int, int]]) -> Told | None:
    for start, end in rows:
        if found := DOI.search(text, start, end):
            value = clean_doi(found.group())
            return Told(found.start(), found.start() + len(value), "doi", "high", value)
    return None


def _printed(text: str, rows: list[tuple[int, int]], title: str) -> Told | None:
    """The title where the page told it."""
    for start, end in rows if title else ():
        if (at := text.find(title, start, end)) >= 0:
            return Told(at, at + len(title), "largest-print", "high", title)
    return None


def _title(text: str, rows: list[tuple[int, int]]) -> Told | None:
    for start, end in rows[:12]:
        words = text[start:end]
        bare = words.strip("#*_ ")
        if (
            len(bare.split()) < 3
            or _META.search(bare)
            or len(bare) > 400
            or named(bare)
            or _people(bare) > 1
            or _CITATION.search(bare)
        ):
            continue
        at = start + words.index(bare)
        at, bare = (at, bare[:-1]) if bare.endswith(".") and bare.count(".") == 1 else (at, bare)
        return Told(at, at + len(bare), "title", "high" if (start, end) == rows[0] else "medium", bare)
    return None


def _people(words: str) -> int:
    """How many of the items of a line are names of persons."""
    items = [item.strip(" *") for item in re.split(r",|;| and | & ", words)]
    named_ = [item for item in items if _NAME.fullmatch(re.sub(rf"[\d{_MARKS}*†‡§#,\s]+$", "", item))]
    return len(named_)


def _authors(
    text: str, rows: list[tuple[int, int]], title: Told | None, affiliations: dict[str, str]
) -> Iterator[Writer]:
    if title is None:
        return
    after = [row for row in rows if row[0] >= title.end][:14]
    row = next((row for row in after if not _META.search(text[slice(*row)]) and _is_names(text[slice(*row)])), None)
    if row is None:
        return
    corresponding = next(
        (text[slice(*r)] for r in rows if re.search(r"(?i)correspond(?:ing|ence)", text[slice(*r)])), ""
    )
    for item in re.finditer(r"(?:(?!,|;|\s&\s|\sand\s).)+", text[slice(*row)]):
        words = item.group()
        mark = re.search(rf"(?:[\s\d{_MARKS}*†‡§#^]|(?<=[\d{_MARKS},])[a-e]\b)+$", words)
        name = (words[: mark.start()] if mark else words).strip(" *_.")
        if not _NAME.fullmatch(name) or _DEGREES.match(name):
            continue
        start = row[0] + item.start() + words.index(name)
        signs = re.findall(r"\d+", (mark.group() if mark else "").translate(_DIGITS))
        own = tuple(affiliations[sign] for sign in signs if sign in affiliations)
        if not signs and len(affiliations) == 1:
            own = tuple(affiliations.values())
        yield Writer(start, start + len(name), "author", "medium", name, own, name in corresponding)


def _is_names(words: str) -> bool:
    items = [item for item in re.split(r",|;|\sand\s|\s&\s", re.sub(rf"[\d{_MARKS}*†‡§#]", " ", words)) if item.strip()]
    items = [item for item in items if not _DEGREES.match(item.strip())]
    good = sum(1 for item in items if _NAME.fullmatch(" ".join(item.split())))
    return bool(items) and good >= 0.6 * len(items) and not words.rstrip().endswith((".", ":")) and "@" not in words


def _affiliations(text: str, rows: list[tuple[int, int]]) -> dict[str, str]:
    found: dict[str, str] = {}
    for start, end in rows:
        words = text[start:end]
        if re.match(rf"(?:\d{{1,2}}[. )]|[{_MARKS}]) ?[A-Z]", words) and "," in words:
            for item in re.split(rf"\s+(?=(?:\d{{1,2}}\. |[{_MARKS}]+ ?)[A-Z])", words):
                if one := re.match(rf"(\d{{1,2}}|[{_MARKS}]+)[. )]*(.+)", item):
                    found.setdefault(one[1].translate(_DIGITS), one[2].strip(" .;"))
    return found


def _citation(text: str, rows: list[tuple[int, int]], title: Told | None) -> dict[str, Told]:
    """Journal, volume, number and article, from where the report says how to cite it."""
    for start, end in rows:
        for found in _CITATION.finditer(text, start, end):
            journal = found["journal"].strip(" .")
            if (title and journal in title.value) or journal[:3].lower() in _MONTHS:
                continue
            made = {
                "journal": Told(
                    found.start("journal"), found.start("journal") + len(journal), "citation", "high", journal
                )
            }
            for name in ("volume", "number", "article"):
                if found[name]:
                    made[name] = Told(*found.span(name), "citation", "high", found[name])
            return made
    return {}


def read_date(words: str, day_first: bool | None = None) -> str | None:
    """A date in ISO 8601; None when it is none, or when day and month cannot be told apart.

    >>> read_date("January 24, 2023"), read_date("01/24/2023"), read_date("03/04/2023"), read_date("31 Feb 2020")
    ('2023-01-24', '2023-01-24', None, None)
    """
    numbers = [int(n) for n in re.findall(r"\d+", words)]
    named_ = re.search(r"[A-Za-z]{3,}", re.sub(r"\d+(?:st|nd|rd|th)", " ", words))
    if named_ and named_.group()[:3].lower() in _MONTHS and len(numbers) == 2:
        month = _MONTHS.index(named_.group()[:3].lower()) + 1
        year, day = max(numbers), min(numbers)
    elif re.fullmatch(r"\d{4}-\d{2}-\d{2}", words.strip()):
        year, month, day = numbers
    elif re.fullmatch(r"\d{1,2}[/.]\d{1,2}[/.]\d{4}", words.strip()):
        one, two, year = numbers
        if "." in words or one > 12:
            day_first = True
        elif two > 12 or one == two:
            day_first = False
        if day_first is None:
            return None
        day, month = (one, two) if day_first else (two, one)
    else:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _dated(text: str, rows: list[tuple[int, int]], name: str) -> Told | None:
    first = _order(text, rows)
    for start, end in rows:
        for found in _DATED[name].finditer(text, start, end):
            if value := read_date(found["date"], first):
                return Told(found.start(), found.end(), "date", "high", value)
    return None


def _cited_date(text: str, rows: list[tuple[int, int]]) -> Told | None:
    for start, end in rows:
        found = _CITED_DATE.search(text, start, end)
        if found and (value := read_date(found["date"], _order(text, rows))):
            return Told(*found.span("date"), "date-of-citation", "medium", value)
    return None


def _order(text: str, rows: list[tuple[int, int]]) -> bool | None:
    """Does the day come first in dates of three numbers? As the dates of the report show."""
    for start, end in rows:
        for found in re.finditer(r"\b(\d{1,2})/(\d{1,2})/\d{4}\b", text[start:end]):
            if int(found[1]) > 12 or int(found[2]) > 12:
                return int(found[1]) > 12
    return None


def licence_of(words: str) -> tuple[str, int, int] | None:
    """A Creative Commons licence as SPDX names it, and where it stands; without version where none is told.

    >>> licence_of("under the Creative Commons Attribution License CC-BY 4.0."), licence_of("all rights reserved")
    (('CC-BY-4.0', 10, 56), None)
    """
    best: tuple[str, int, int] | None = None
    for found in _LICENCE.finditer(words):
        if found["url"]:
            made = f"CC-{found['url'].upper()}-{found['urlv']}"
        elif found["short"]:
            parts = re.findall(r"BY|NC|ND|SA", found["short"].upper())
            made = "-".join(filter(None, ["CC", *parts, found["shortv"]]))
        elif found["long"] is not None:
            plain = re.sub(r"[ –-]+", "", found["long"]).lower()
            parts = [
                sign
                for word, sign in (("noncommercial", "NC"), ("noderiv", "ND"), ("sharealike", "SA"))
                if word in plain
            ]
            version = found["longv"]
            made = "-".join(filter(None, ["CC-BY", *parts, version]))
        else:
            made = "CC0-1.0"
        if best is None or (made.startswith(best[0]) and len(made) > len(best[0])):
            start = best[1] if best and found.start() - best[2] < 3 else found.start()
            best = (made, start, found.end())
    return best


def _licence(text: str, rows: list[tuple[int, int]]) -> Told | None:
    for start, end in rows:
        if found := licence_of(text[start:end]):
            return Told(start + found[1], start + found[2], "licence", "high", found[0])
    return None


def _listed(text: str, rows: list[tuple[int, int]], name: str) -> Iterator[Told]:
    """The items of a line that begins with a word, or of the line after it."""
    for i, (start, end) in enumerate(rows):
        found = re.match(rf"(?i)[\s#*_]*(?:{name})[*_\s]*(?P<mark>[:—–.-]?)[*_\s]*", text[start:end])
        if not found:
            continue
        if start + found.end() >= end and i + 1 < len(rows):
            first, last = rows[i + 1]
        elif found["mark"]:
            first, last = start + found.end(), end
        else:
            continue
        sign = next((sign for sign in ";·•|" if sign in text[first:last]), ",")
        for item in re.finditer(rf"[^{re.escape(sign)}]+", text[first:last]):
            bare = item.group().strip(" .*_")
            if 1 < len(bare) <= 120:
                at = first + item.start() + item.group().index(bare)
                yield Told(at, at + len(bare), "list", "high", bare)
        return
