"""The entries of a reference list, as printed: authors, title, journal, year, DOI.

An entry is a line. What its shape does not tell for certain is left out; an entry that ends in the middle is marked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.articles.article import Article, Mention
from kg.articles.headings import lines, named

__all__ = ["DOI", "Entry", "clean_doi", "entry", "references"]


@dataclass(frozen=True, slots=True)
class Entry(Mention):
    """An entry. start, end: the shortest words that know it again (DOI, else the beginning of its title).

    first, last: of the whole entry in the text.
    """

    number: int
    first: int
    last: int
    authors: str | None = None
    title: str | None = None
    journal: str | None = None
    year: int | None = None
    doi: str | None = None
    volume: str | None = None
    pages: str | None = None
    truncated: bool = False


_NUMBERED = re.compile(
    r"[\s*_]*(?:\[(?P<a>\d{1,3})\]|\(?(?P<b>\d{1,3})[.)](?!\d)|(?P<c>\d{1,3})(?=\s+[A-Z]))\s*|[\s]*[-•*–]\s+"
)
DOI = re.compile(r"\b10\.\d{4,9}/[^\s\"<>\[\]{}|\\^`]+")
_WORD = r"[A-ZÀ-ÖØ-Þa-zà-ÿ][\w'’‐-]*"
_VANCOUVER = rf"(?:(?:{_WORD} ){{0,3}}{_WORD},? (?:(?:[A-Z]\.[ -]?){{1,4}}(?<! )|[A-ZÀ-ÖØ-Þ]{{1,4}}(?:-[A-Z])?\.?)(?: (?:Jr|Sr|2nd|3rd|II|III)\.?)?)(?!\w)"
# "De Lorenzo R, Huang W, et al.: Title. Journal. 2018, 90:e2068-76." and "... et al. Title. Journal. 2018;90:e2068."
_LISTED = re.compile(
    rf"(?P<authors>{_VANCOUVER}(?:(?:[,;]|,? and|,? &) {_VANCOUVER}){{0,60}}(?:[,;]? (?:et al|and others|on behalf of [^.:]+)\.?)?|(?:[A-Z][\w&'’ -]{{3,80}}(?=: )))(?P<mark>: ?|\. |(?<=\.) )(?P<rest>\S.*)"
)
# "Author, A. B., & Author, C. (2018). Title. Journal, 90(1), 1-5."
_APA = re.compile(
    r"(?P<authors>[^()]{3,400}?)\.? ?\((?P<year>(?:19|20)\d\d)[a-z]?(?:, [A-Z][a-z]+(?: \d+)?)?\)\.?,? ?(?P<rest>\S.*)"
)
# "A. Author, B. Author, Title, Journal 90 (2018) 1-5."
_HARVARD = re.compile(
    rf"(?P<authors>(?:(?:[A-Z]\.-?[ ]?){{1,3}}(?:{_WORD} ?){{1,3}}, (?:and )?)+(?:et al\.?, )?)(?P<title>[^,].{{15,400}}?),? (?P<journal>[A-Z][\w. &-]{{2,60}}?) (?P<volume>\d{{1,4}}) \((?P<year>(?:19|20)\d\d)\) (?P<pages>[\w–-]+)"
)
_TITLE_END = re.compile(r"(?<=[a-zà-ÿ\d)\]’'\"”*A-Z])(?:\.|\?|!)\s+(?=[*_]*[A-Z])")
_SOURCE = re.compile(
    r"[*_]*(?P<journal>[A-Z][\w.&:,'’()/ -]{1,100}?)[*_]*[.,]?[*_]* *(?:(?:\(?(?P<year>(?:19|20)\d\d)\)?(?: [A-Z][a-z]{2,8}\.?(?: \d{1,2})?)?)\s*[;,:.]?\s*(?P<volume>\d{1,4})? ?(?:\((?P<issue>[^)]{1,20})\))?\s*[:,]?\s*(?P<pages>(?:pp?\. ?)?[A-Za-z]{0,4}\d+(?:[–-][A-Za-z]?\d+)?)?|(?P<volume2>\d{1,4})\s*(?:\([^)]{1,20}\))?\s*[:,]\s*(?P<pages2>[A-Za-z]?\d+(?:[–-][A-Za-z]?\d+)?))"
)  # fmt: skip
_APA_SOURCE = re.compile(
    r"[*_]*(?P<journal>[A-Z][\w.&:'’ -]{2,100}?)[*_]*,? [*_]*(?P<volume>\d{1,4})[*_]*(?:\([^)]{1,20}\))?[,:] (?P<pages>[A-Za-z]?\d+(?:[–-][A-Za-z]?\d+)?)"
)


def references(article: Article) -> tuple[Entry, ...]:
    """The entries of the reference lists of a text, in order."""
    return tuple(_references(article))


def _references(article: Article) -> Iterator[Entry]:
    number = 0
    for part in article.parts:
        if part.kind != "references":
            continue
        for start, end in _entries(article.text, part.start, part.end):
            told = _NUMBERED.match(article.text, start, end)
            printed = next((int(n) for n in (told["a"], told["b"], told["c"]) if n), 0) if told else 0
            number = printed if printed > number else number + 1
            yield entry(article.text, told.end() if told else start, end, number)


def _entries(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The lines of a list; where its entries are numbered, a line without number goes on with the one before."""
    rows = [(a, b) for a, b in lines(text, start, end) if named(text[a:b]) is None]
    marked = [row for row in rows if _NUMBERED.match(text, *row)]
    if not marked or rows[0] != marked[0] or len(marked) * 5 < len(rows):
        yield from (row for row in rows if len(text[slice(*row)].split()) > 2)
        return
    made: list[tuple[int, int]] = []
    begin = set(marked)
    for row in rows:
        if made and row not in begin:
            made[-1] = (made[-1][0], row[1])
        elif row in begin:
            made.append(row)
    yield from made


def entry(text: str, start: int, end: int, number: int) -> Entry:
    """One entry, between its number and its end."""
    words = re.sub(r"\s", " ", text[start:end])  # one sign for one, so that offsets stay
    found: dict[str, str | None] = {}
    doi = DOI.search(words)
    value = clean_doi(doi.group()) if doi else None
    if (one := _HARVARD.match(words)) is not None:
        found = one.groupdict()
    elif (one := _LISTED.match(words)) is not None and not re.match(r"\((?:19|20)\d\d", one["rest"]):
        found = {"authors": one["authors"]}
        found |= _rest(one["rest"], _SOURCE)
    elif (one := _APA.match(words)) is not None and len(one["authors"]) < 300:
        found = {"authors": one["authors"], "year": one["year"]} | _rest(one["rest"], _APA_SOURCE)
    title = (found.get("title") or "").strip(' .*_"“”') or None
    year = found.get("year") or next(
        iter(re.findall(r"(?<![\d/.-])(?:19|20)\d\d(?![\d-])", words[: doi.start() if doi else None])), None
    )
    at, last = _anchor(words, doi.start() if doi else None, value, title)
    return Entry(
        start + at, start + last, "reference", "high" if title and year and found.get("journal") else "low", number, start, end,
        authors=_none((found.get("authors") or "").strip(" ,")), title=title,
        journal=_none((found.get("journal") or "").strip(" .,*_")), year=int(year) if year else None, doi=value,
        volume=found.get("volume") or found.get("volume2"), pages=found.get("pages") or found.get("pages2"),
        truncated=bool(re.search(r"[,;:(–-]\s*$", words)),
    )  # fmt: skip


def _none(words: str) -> str | None:
    return words or None


def _rest(words: str, source: re.Pattern[str]) -> dict[str, str | None]:
    """Title, and where it was published: what is left after the authors."""
    stops = [(stop, found) for stop in _TITLE_END.finditer(words) if (found := source.match(words, stop.end()))]
    # a title ends in a small word; dots after capitals are those of a journal's short name
    small = [
        one
        for one in stops
        if re.search(r"(?:^|[^\w])[a-zà-ÿ\d][\w-]*\W?$", words[: one[0].start()]) or words[one[0].start()] in "?!"
    ]
    if stops:
        stop, source_ = (small or stops[:1])[-1]
        return {"title": words[: stop.start() + (words[stop.start()] in "?!")], **source_.groupdict()}
    stop_ = _TITLE_END.search(words)
    return {"title": words[: stop_.start()] if stop_ else None}


def _anchor(words: str, doi: int | None, value: str | None, title: str | None) -> tuple[int, int]:
    if doi is not None and value:
        return doi, doi + len(value)
    at = words.find(title) if title else 0
    tokens = list(re.finditer(r"\S+", words[at : at + len(title)] if title else words))[:10]
    return (at + tokens[0].start(), at + tokens[-1].end()) if tokens else (0, len(words))


def clean_doi(words: str) -> str:
    """A DOI without the punctuation that follows it in a sentence.

    >>> clean_doi("10.1016/S0140-6736(20)30183-5).")
    '10.1016/S0140-6736(20)30183-5'
    """
    value = words.rstrip(".,;:'’”*")
    while value.endswith(")") and value.count(")") > value.count("("):
        value = value[:-1].rstrip(".,;:")
    return value
