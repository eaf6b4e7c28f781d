"""Which concepts does a sentence of the literature name, and what lies between them?

A sentence is read as tokens: words, signs, concepts (drugs, diseases, findings, antibodies, genes, pathways, cells,
measures) and bracketed numbers of references. What links two concepts is then the words between two tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg.articles.abbreviations import definitions
from kg.articles.article import Article
from kg.base.prefixes import expand
from kg.concepts.terms import Catalogue
from kg.mentions.drugnames import concept as drug_concept
from kg.mentions.drugnames import drugs
from kg.mentions.gazetteer import named
from kg.mentions.manifestations import over
from kg.mentions.phenotypes import phenotypes
from kg.model.anchors import Sentence
from kg.model.naming import organs

__all__ = ["Notion", "Passage", "Token", "defined", "family", "passage"]


@dataclass(frozen=True, slots=True)
class Notion:
    """A concept where the text names it. readings: (family, CURIE), the likeliest first; organ: it names only an organ;
    involved: it ends in the word that says that organs are ill."""

    start: int
    end: int
    readings: tuple[tuple[str, str], ...]
    organ: bool = False
    involved: bool = False

    def read(self, families: Iterable[str]) -> str:
        """Its CURIE in the first of these families that it can be read in; "" for none."""
        return next((curie for wanted in families for kin, curie in self.readings if kin == wanted), "")


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a sign, a concept (notion) or a citation (cites) with its place in the text; word: folded, "" for the latter two."""

    start: int
    end: int
    word: str
    notion: Notion | None = None
    cites: tuple[int, ...] = ()


@dataclass(frozen=True)
class Passage:
    """A sentence as tokens. masked: its text, where a concept is one § and a citation one ¶, the length of the tokens
    given by `at`: for every character of it the number of its token, -1 between them."""

    sentence: Sentence
    tokens: tuple[Token, ...]
    masked: str
    at: tuple[int, ...]

    def index(self, place: int) -> int:
        """The number of the first token at or after a place of the masked text."""
        return next((n for n in self.at[place:] if n >= 0), len(self.tokens))


# ---- the family of a concept ------------------------------------------------------------

_WIDE = frozenset({"HP:0000118", "MONDO:0000001", "MONDO:0005550", "HP:0012531", "MONDO:0700096", "MONDO:0021166",
                   "ckg:BiologicalMarker", "ckg:TherapeuticAgent", "HP:0030057", "CL:0000000"})  # fmt: skip
_FAMILIES = (
    ("drug", "ckg:TherapeuticAgent"), ("antibody", "HP:0030057"), ("disease", "MONDO:0000001"), ("finding", "HP:0000118"),
    ("gene", "ckg:GeneProduct"), ("measure", "ckg:Analyte"),
)  # fmt: skip
_CALLED = ("disease", "finding")  # families of which a name may be a synonym of something narrower
_BY_PREFIX = {"HGNC": "gene", "PR": "gene", "GO": "pathway", "CL": "cell"}


@lru_cache(maxsize=8192)
def family(curie: str) -> str:
    """What a concept is: drug, antibody, disease, finding, gene, measure, pathway, cell; "" for what no claim is about."""
    if curie in _WIDE:
        return ""
    above = over(curie)
    return next((name for name, root in _FAMILIES if root in above), _BY_PREFIX.get(curie.partition(":")[0], ""))


def _readings(concepts: Iterable[str], words: str) -> tuple[tuple[str, str], ...]:
    """By family, what is labelled so before what is only called so for short (myositis: of children)."""
    low, terms = words.casefold(), Catalogue.shipped()
    found = [(kin, curie) for curie in concepts if (kin := family(curie))]
    found.sort(
        key=lambda pair: (
            pair[0] in _CALLED and (low[:-3] if len(low) > 6 else low) not in terms.label(expand(pair[1])).casefold()
        )
    )
    made = dict.fromkeys(_plain(pair, words) for pair in found)
    return tuple(made)


@lru_cache(maxsize=4096)
def _plain(pair: tuple[str, str], words: str) -> tuple[str, str]:
    """Of a disease that is called otherwise, the one whose label the words are, with "disease" added."""
    kin, curie = pair
    if kin != "disease":
        return pair
    terms = Catalogue.shipped()
    if terms.label(expand(curie)).casefold() in (words.casefold(), f"{words} (disease)".casefold()):
        return pair
    wider = f"{words} disease"
    for one in named(wider):
        if one.end == len(wider) and one.start == 0:
            return next((("disease", c) for c in one.concepts if family(c) == "disease"), pair)
    return pair


# ---- a sentence -------------------------------------------------------------------------

_NUMBERS = r"\d{1,3}(?:\s*[-–,]\s*\d{1,3})*"
_CITED = re.compile(
    rf"\[\s*(?P<in>{_NUMBERS})\s*\]|(?<=[\w.,;)])(?P<up>[⁰¹²³⁴-⁹]+(?:[⁻–,][⁰¹²³⁴-⁹]+)*)"
    # raised in print, of which a text keeps the number behind the stop
    r"|(?<=[a-z)][.,])(?P<bare>\d{1,2}(?:[,–-]\d{1,2})*)(?= [A-Z]|$)"
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")
_WORD = re.compile(r"[^\W_][\w’'.]*[^\W_]|\w|[^\w\s]")
_JOINED = re.compile(
    r"(?P<link>\s|-(?:positive|associated|related|induced|mediated)(?:\s(?:[a-z]+-)?(?:resistant|refractory|severe))?\s|\s(?:associated|related)\s)"
)
_BEHIND = re.compile(r"\s(?:associated with|positive for|with)\s", re.IGNORECASE)
# Drugs that casekg calls otherwise than a text does are for `kg.mentions.drugnames` to know.
_OTHERWISE = re.compile(
    r"(?i)\b(?:steroids?|immunosuppressi\w+|ivig|immun\w*globulins?|nsaids?|anti-inflammator\w+|vaccin\w+)\b"
)
_NO_SHORT = frozenset({"CT", "MRI", "PCR", "ICU", "GI"})


def passage(article: Article, sentence: Sentence, short: Mapping[str, str]) -> Passage:
    """A sentence with its concepts. short: what the document's short forms stand for.

    >>> article = Article.plain("Tofacitinib inhibits JAK1 and JAK3 [5,7-9].")
    >>> read = passage(article, article.sentences[0], {})
    >>> read.masked, read.tokens[-2].cites
    ('§ inhibits § and § ¶.', (5, 7, 8, 9))
    """
    text = article.text
    notions = _notions(article, sentence, short)
    cites = [(m.start(), m.end(), _numbers(m)) for m in _CITED.finditer(text, sentence.start, sentence.end)]
    marks: list[tuple[int, int, Notion | None, tuple[int, ...]]] = [(n.start, n.end, n, ()) for n in notions]
    marks += [(a, b, None, numbers) for a, b, numbers in cites if not any(n.start < b and a < n.end for n in notions)]
    tokens: list[Token] = []
    masked: list[str] = []
    at: list[int] = []
    place = sentence.start
    for start, end, notion, numbers in [*sorted(marks, key=lambda m: m[:2]), (sentence.end, sentence.end, None, ())]:
        plain = text[place:start].replace("\n", " ").replace("§", " ").replace("¶", " ")
        numbers_of = [-1] * len(plain)
        for m in _WORD.finditer(plain):
            tokens.append(Token(place + m.start(), place + m.end(), m.group().casefold().replace("’", "'")))
            numbers_of[m.start() : m.end()] = [len(tokens) - 1] * (m.end() - m.start())
        masked.append(plain)
        at += numbers_of
        if start < end:
            tokens.append(Token(start, end, "", notion, numbers))
            masked.append("§" if notion else "¶")
            at.append(len(tokens) - 1)
        place = end
    return Passage(sentence, tuple(tokens), "".join(masked), tuple(at))


def _numbers(found: re.Match[str]) -> tuple[int, ...]:
    """The numbers of a citation, runs written out."""
    told: list[int] = []
    words = (found["in"] or found["bare"] or found["up"].translate(_RAISED)).replace("–", "-")
    for piece in re.split(r"\s*,\s*", words):
        ends = [int(n) for n in re.findall(r"\d+", piece)]
        told += range(ends[0], ends[-1] + 1) if len(ends) == 2 and ends[0] < ends[1] < ends[0] + 40 else ends
    return tuple(dict.fromkeys(told))


def _notions(article: Article, sentence: Sentence, short: Mapping[str, str]) -> list[Notion]:
    text = article.text
    found: list[Notion] = []

    def add(start: int, end: int, concepts: Iterable[str]) -> None:
        words = text[start:end]
        if end > start and (readings := _readings(concepts, words)):
            only = all(organs(word) for word in re.findall(r"\w+", words)) and _anything(readings[0][1])
            found.append(
                Notion(start, end, readings, only, words.endswith(("involvement", "lesions", "manifestations")))
            )

    for name in named(text, sentence.start, sentence.end):
        add(name.start, name.end, name.concepts)
    for drug in drugs(text, sentence) if _OTHERWISE.search(sentence.text) else ():
        if drug.concept and not _taken(found, drug.start, drug.end):
            end = drug.end
            if bracket := re.search(r"\s?\([^()]*\)$", text[drug.start : end]):
                end = drug.start + bracket.start()
            add(drug.start, end, [drug.concept])
    for m in re.finditer(r"(?<![\w-])[A-Z][\w+]{1,8}(?![\w+])", sentence.text):
        long = short.get(m.group())
        start, end = sentence.start + m.start(), sentence.start + m.end()
        if long and m.group() not in _NO_SHORT and not _taken(found, start, end):
            add(start, end, _whole(long))
    for one in phenotypes(article, [sentence], short):
        if one.confidence == "high" and one.rule == "name, adjacent":
            inside = [n for n in found if n.start < one.end and one.start < n.end]
            if all(one.start <= n.start and n.end <= one.end and n.end - n.start < one.end - one.start for n in inside):
                found = [n for n in found if n not in inside]
                add(one.start, one.end, [one.concept])
    return _composed(text, sorted(found, key=lambda n: n.start))


def _anything(curie: str) -> bool:
    """Is it no more than that something is wrong with an organ?"""
    return Catalogue.shipped().label(expand(curie)).startswith("Abnormal")


def _taken(found: Iterable[Notion], start: int, end: int) -> bool:
    return any(n.start < end and start < n.end for n in found)


@lru_cache(maxsize=4096)
def _whole(words: str) -> tuple[str, ...]:
    """The concepts that are called so, whole."""
    for one in named(words):
        if one.start == 0 and one.end == len(words.rstrip()):
            return one.concepts
    curie, _ = drug_concept(words)
    return (curie,) if curie else ()


def _composed(text: str, found: list[Notion]) -> list[Notion]:
    """Two names that are the name of one concept together: X-associated Y, Y associated with X."""
    made: list[Notion] = []
    for one in found:
        last = made[-1] if made else None
        if last is not None and one.start - last.end < 45 and (both := _both(text, last, one)):
            made[-1] = Notion(last.start, one.end, both)
        else:
            made.append(one)
    return made


def _both(text: str, left: Notion, right: Notion) -> tuple[tuple[str, str], ...]:
    between = re.sub(r"\s+", " ", text[left.end : right.start])
    one, other = text[left.start : left.end], text[right.start : right.end]
    if _BEHIND.fullmatch(between):
        one, other = other, one
    elif not _JOINED.fullmatch(between) and not re.fullmatch(r"-associated (?:[a-z]+-[a-z]+ ){1,2}", between):
        return ()
    return tuple(pair for pair in ((family(c), c) for c in _whole(f"{one} {other}")) if pair[0])


def defined(text: str) -> Mapping[str, str]:
    """The short forms that a document defines."""
    return {one.short: one.long for one in definitions(text)}
