"""Does the report say what a language model says it says? What every item must pass before a curator sees it.

A quote is found verbatim, or but for blanks, dashes, quotation marks and case; never by likeness. It lies in
what is told of the patient; every number, unit and drug of the item stands in it; the id exists and is called
so. What fails is dropped, with the reason. What cannot be proven (which concept, which polarity) is kept and
flagged where the rules read the words otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from kg.articles.abbreviations import abbreviations
from kg.articles.article import Article, Mention
from kg.articles.scope import patient_sentences
from kg.base.prefixes import CKG, expand, is_curie
from kg.base.units import printed_units
from kg.concepts.modules import fold
from kg.concepts.terms import Catalogue, lending
from kg.mentions.hpo import hpo
from kg.mentions.measured import Measured, measured
from kg.mentions.numerals import decimal
from kg.mentions.phenotypes import Feature, phenotypes
from kg.mentions.polarity import assertion
from kg.mentions.wordforms import tokens
from kg.model.anchors import Sentence

__all__ = ["Claimed", "Dropped", "Kept", "KINDS", "Kind", "STATUSES", "Verifier"]

Kind = Literal["finding", "diagnosis", "measurement", "treatment"]
Polarity = Literal["present", "excluded", "historical", "family", "hypothetical"]
KINDS: tuple[Kind, ...] = get_args(Kind)
STATUSES: tuple[Polarity, ...] = get_args(Polarity)
_SOURCES: Mapping[Kind, tuple[str, ...]] = {
    "finding": ("HP", "MONDO", "ckg"),
    "diagnosis": ("MONDO", "EFO", "DOID", "ckg", "MESH"),
    "measurement": ("LOINC", "CMO", "OBI", "EFO", "NCIT", "ckg"),
    "treatment": ("CHEBI", "DRUGBANK", "MESH", "NCIT", "MAXO", "VO", "ckg"),
}
_MOST = 600  # characters of a quote
_NUMBER = re.compile(r"(?<![\w.,])\d+(?:[.,·]\d+)*|(?<=[<>≤≥=~±/(-])\d+(?:[.,·]\d+)*")
_SAME = {**dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"), **dict.fromkeys("‘’‚‛′´`", "'"), **dict.fromkeys("“”„‟″«»", '"')}
_COMPARATORS = {"<": "<", ">": ">", "<=": "<=", ">=": ">=", "≤": "<=", "≥": ">=", "~": "~", "≈": "~"}


@dataclass(frozen=True)
class Claimed:
    """An item as a model gave it. Texts that do not apply are empty.

    quote: its words; id, label: its concept; status: of a finding or diagnosis; value, comparator, unit: of a
    measurement, as printed; drug, dose, frequency, route, duration: of a treatment, as printed.
    """

    kind: Kind
    quote: str
    id: str = ""
    label: str = ""
    status: Polarity = "present"
    value: str = ""
    comparator: str = ""
    unit: str = ""
    drug: str = ""
    dose: str = ""
    frequency: str = ""
    route: str = ""
    duration: str = ""

    @property
    def number(self) -> str:
        """The first number of `value`; "" for none."""
        found = re.search(r"\d+(?:[.,·]\d+)*", self.value)
        return found[0] if found else ""

    @classmethod
    def read(cls, value: object) -> Claimed | str:
        """An item of an answer; else what is wrong with its form."""
        if not isinstance(value, Mapping):
            return "is no object"
        names = set(cls.__dataclass_fields__)
        if strange := sorted(set(map(str, value)) - names):
            return f"has the unknown key {strange[0]!r}"
        texts = {name: "" if value.get(name) is None else value.get(name) for name in names}
        if wrong := sorted(name for name, text in texts.items() if not isinstance(text, str)):
            return f"`{wrong[0]}` is no text"
        made: dict[str, Any] = {name: str(text).strip() for name, text in texts.items()}
        made["status"] = made["status"] or "present"
        for name, choices in (("kind", KINDS), ("status", STATUSES)):
            if made[name] not in choices:
                return f"`{name}` is {made[name]!r}, none of {', '.join(choices)}"
        return cls(**made)


@dataclass(frozen=True, slots=True)
class Kept(Mention):
    """An item that passed. `text[start:end]` are the report's own words for its quote; flags: what is in doubt, in words."""

    claimed: Claimed
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dropped:
    """An item that fell. why: quote, scope, number, unit, comparator, drug, id, label, kind, value or form."""

    claimed: Claimed | None
    why: str
    message: str


class _Fell(Exception):  # noqa: N818 - no error: an item falls
    def __init__(self, why: str, message: str) -> None:
        super().__init__(message)
        self.why, self.message = why, message


class Verifier:
    """Holds items against one article. Raises CaseError when the phenotype ontology is not here.

    >>> article = Article.plain("ESR was 49 mm/h. He took tofacitinib 5 mg twice daily.")
    >>> verifier = Verifier(article)
    >>> told = Claimed("treatment", "tofacitinib  5 mg", "CHEBI:71200", "tofacitinib", drug="tofacitinib", dose="5 mg")
    >>> kept, dropped = verifier.verify([told, Claimed("treatment", "tofacitinib 50 mg", drug="tofacitinib")])
    >>> article.quote(kept[0]), kept[0].flags, dropped[0].why
    ('tofacitinib 5 mg', (), 'quote')
    """

    def __init__(self, article: Article) -> None:
        self.article = article
        self.sentences = patient_sentences(article)
        self._folded, self._places = _fold(article.text)

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """The phenotypes that the rules read in what is told of the patient."""
        return phenotypes(self.article, self.sentences)

    @cached_property
    def values(self) -> tuple[Measured, ...]:
        """The values that the rules read there."""
        return measured(self.article, self.sentences)

    @cached_property
    def short(self) -> Mapping[str, str]:
        """Short forms of the document and what they stand for."""
        return abbreviations(self.article.text)

    def verify(self, items: Iterable[Claimed]) -> tuple[tuple[Kept, ...], tuple[Dropped, ...]]:
        """What passes, in the order of the text, each once; and what falls, with the reason."""
        kept: dict[tuple[object, ...], Kept] = {}
        dropped: list[Dropped] = []
        with lending(True):
            for item in items:
                try:
                    start, end = self._place(item)
                    self._true(item, start, end)
                    flags = tuple(self._doubts(item, start, end))
                except _Fell as fell:
                    dropped.append(Dropped(item, fell.why, fell.message))
                    continue
                tier: Literal["medium", "low"] = "low" if flags else "medium"
                kept.setdefault((item, start), Kept(start, end, f"model/{item.kind}", tier, item, flags))
        return tuple(sorted(kept.values(), key=lambda one: (one.start, one.end))), tuple(dropped)

    # ---- where it stands -------------------------------------------------------------------

    def _place(self, item: Claimed) -> tuple[int, int]:
        """Where the quote stands in what is told of the patient."""
        quote = item.quote
        if sum(map(str.isalnum, quote)) < 2 or len(quote) > _MOST:
            raise _Fell("quote", f"a quote has 2 letters at least, and {_MOST} characters at most")
        places = list(self._found(quote))
        if not places:
            raise _Fell("quote", "the report does not say these words")
        for start, end in places:
            if self._of_patient(start, end):
                return start, end
        raise _Fell("scope", "the report does not say these words of the patient")

    def _found(self, quote: str) -> Iterator[tuple[int, int]]:
        """The places of whole words: verbatim ones, else those that are the same but for how they are printed."""
        text, exact = self.article.text, False
        for match in re.finditer(re.escape(quote), text):
            if _whole(text, *match.span()):
                exact = True
                yield match.span()
        folded = "" if exact else _fold(quote)[0].strip()
        for match in re.finditer(re.escape(folded), self._folded) if folded else ():
            if _whole(self._folded, *match.span()):
                yield self._places[match.start()], self._places[match.end() - 1] + 1

    def _of_patient(self, start: int, end: int) -> bool:
        """Does every word of a place lie in sentences that are told of the patient?"""
        at = start
        for one in self.sentences:
            if one.end <= at:
                continue
            if one.start > at and self.article.text[at : one.start].strip():
                return False
            at = one.end
            if at >= end:
                return True
        return False

    def _sentence(self, start: int) -> Sentence:
        return next(one for one in self.sentences if one.start <= start < one.end)

    # ---- what must be true ------------------------------------------------------------------

    def _true(self, item: Claimed, start: int, end: int) -> None:
        """Numbers, units, drugs and ids. Raises _Fell."""
        words = self.article.text[start:end]
        own = _OWN[item.kind]
        for name in ("value", "comparator", "unit", "drug", "dose", "frequency", "route", "duration"):
            if getattr(item, name) and name not in own:
                raise _Fell("form", f"a {item.kind} has no `{name}`")
        numbers = {form for found in _NUMBER.findall(words) for form in _forms(found)}
        for name in ("value", "dose", "frequency", "duration"):
            for number in re.findall(r"\d+(?:[.,·]\d+)*", getattr(item, name)):
                if not numbers & _forms(number):
                    raise _Fell("number", f"{number} of `{name}` does not stand in the quote")
        for name in ("drug", "dose", "frequency", "route", "duration"):
            if (told := getattr(item, name)) and not _holds(words, told):
                raise _Fell("drug" if name == "drug" else "unit", f"{told!r} of `{name}` does not stand in the quote")
        if item.kind == "measurement":
            self._value(item, start, end)
        self._concept(item, words)

    def _value(self, item: Claimed, start: int, end: int) -> None:
        words = self.article.text[start:end]
        if not item.number:
            raise _Fell("value", "a measurement has a number")
        told = self._told(item, start, end)
        behind = re.search(r"\d\s*([^\W\d_%°].*|[%°].*)", item.value)
        for unit in filter(None, (item.unit, behind and behind[1].strip())):
            if any(_alike(one, unit) for one in told):
                continue
            if not told and _holds(words, unit):
                continue
            if not _holds(words, unit):
                raise _Fell("unit", f"{unit!r} does not stand in the quote")
            raise _Fell("unit", f"the unit of {item.value} is {told[0].unit_printed or 'not given'}")
        for printed in filter(None, (item.comparator, *re.findall(r"^[<>≤≥=~≈]+", item.value))):
            sign = _COMPARATORS.get(printed)
            if sign is None or (told and all(one.comparator != sign for one in told)):
                raise _Fell("comparator", f"the report does not print {printed!r} before {item.number}")
            if not told and not re.search(rf"{re.escape(printed)}\s?{re.escape(item.number)}", words):
                raise _Fell("comparator", f"{printed!r} does not stand before {item.number} in the quote")

    def _told(self, item: Claimed, start: int, end: int) -> list[Measured]:
        """The values of this number that the rules read in the quote."""
        wanted = _forms(item.number)
        inside = [one for one in self.values if start <= one.start and one.end <= end]
        return [one for one in inside if wanted & {one.value, one.most, *_forms(one.value or "0")}]

    def _concept(self, item: Claimed, words: str) -> None:
        if not item.id:
            if item.kind in ("finding", "diagnosis"):
                raise _Fell("id", f"a {item.kind} has an id")
            if item.kind == "treatment" and not item.drug:
                raise _Fell("drug", "a treatment has the name of its drug, as printed")
            return
        terms = Catalogue.shipped()
        if not is_curie(item.id) or (iri := expand(item.id)) not in terms or terms.replacement(item.id) is not None:
            raise _Fell("id", f"there is no {item.id}, or it is out of use")
        if fold(item.label) not in {fold(name) for name in terms.names(iri)}:
            raise _Fell("label", f"{item.id} is {terms.label(iri)!r}, not {item.label!r}")
        if item.id.partition(":")[0] not in _SOURCES[item.kind] or CKG + "vocabulary" in terms.types.get(iri, ()):
            raise _Fell("kind", f"{item.id} is not the id of a {item.kind}")
        if item.kind == "treatment":
            names = {fold(name) for name in terms.names(iri)}
            called = list(self._called(item.drug)) if item.drug else []
            if called and not any(fold(name) in names for name in called):
                raise _Fell("drug", f"{item.drug!r} is not a name of {item.id} ! {terms.label(iri)}")
            if not called and not any(_holds(words, name) for name in (*terms.names(iri), *self._shorts(names))):
                raise _Fell("drug", f"no name of {item.id} ! {terms.label(iri)} stands in the quote")

    def _called(self, drug: str) -> Iterator[str]:
        """A printed name, without what stands in brackets, what stands there, and what short forms stand for."""
        for name in (drug, re.sub(r"\s*\([^()]*\)", "", drug), *re.findall(r"\(([^()]+)\)", drug)):
            yield from filter(None, (name.strip(), self.short.get(name.strip(), "")))

    def _shorts(self, names: set[str]) -> Iterator[str]:
        """Short forms that stand for one of these names in the document."""
        return (short for short, long in self.short.items() if fold(long) in names)

    # ---- what is in doubt ------------------------------------------------------------------

    def _doubts(self, item: Claimed, start: int, end: int) -> Iterator[str]:
        if item.kind in ("finding", "diagnosis"):
            yield from self._finding(item, start, end)
        elif item.kind == "measurement":
            yield from self._analyte(item, start, end)

    def _finding(self, item: Claimed, start: int, end: int) -> Iterator[str]:
        """Do the rules read another concept in these words, or another polarity?"""
        inside = [one for one in self.features if start < one.end and one.start < end]
        base = hpo()
        same = [one for one in inside if one.concept == item.id]
        near = [
            one for one in inside if item.id in base.ancestors(one.concept) or one.concept in base.ancestors(item.id)
        ]
        named = self._named(item, start, end)
        if not same and not named:
            others = ", ".join(dict.fromkeys(f"{one.concept} ! {one.label}" for one in near or inside))
            yield f"concept: the words do not name {item.label}" + (f"; the rules read {others}" if others else "")
        text = self.article.text
        if same:
            told = {one.status for one in same}
        else:
            last = [(token.start, token.end) for token in tokens(text, start, end) if token.form][-1:]
            spans = named or [(one.start, one.end) for one in near] or last  # the head stands last
            told = {assertion(text, self._sentence(a), a, b, normal=False).status for a, b in spans}
        if told != {item.status}:
            read = " or ".join(sorted(told)) or "nothing"
            yield f"polarity: given as {item.status}, read as {read}"

    def _named(self, item: Claimed, start: int, end: int) -> list[tuple[int, int]]:
        """Where a name of the concept stands in the quote: all its words, and near to each other."""
        found = []
        words = [token for token in tokens(self.article.text, start, end) if token.form]
        for name in Catalogue.shipped().names(expand(item.id)):
            wanted = {token.form for token in tokens(name, 0, len(name)) if token.form}
            held = [token for token in words if token.form in wanted]
            if wanted and {token.form for token in held} == wanted:
                first, last = held[0].start, held[-1].end
                between = [token for token in words if first <= token.start < last]
                if len(between) <= len(held) + 2:
                    found.append((first, last))
        return found

    def _analyte(self, item: Claimed, start: int, end: int) -> Iterator[str]:
        """Do the rules read this value of something else?"""
        told = self._told(item, start, end)
        if not told:
            yield f"value: the rules do not read {item.value} as a value here"
            return
        if item.id and not any(one.concept == item.id for one in told):
            names = {self.article.text[slice(*one.analyte)] for one in told if one.analyte}
            known = {fold(name) for name in Catalogue.shipped().names(expand(item.id))}
            if not any(fold(name) in known or fold(self.short.get(name, "")) in known for name in names):
                read = ", ".join(sorted(names)) or "nothing that is named"
                yield f"concept: {item.label} is not what the words name; the rules read {read}"
        if not item.id:
            yield "concept: it has no id"
        if item.value == item.number and not item.comparator and all(one.comparator for one in told):
            yield f"comparator: the report prints {told[0].comparator} before {item.value}"


_OWN: Mapping[Kind, frozenset[str]] = {
    "finding": frozenset(),
    "diagnosis": frozenset(),
    "measurement": frozenset({"value", "comparator", "unit"}),
    "treatment": frozenset({"drug", "dose", "frequency", "route", "duration"}),
}


def _fold(text: str) -> tuple[str, list[int]]:
    """A text with blanks, dashes, quotation marks and case folded, and where each of its characters stood."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter.isspace():
            if letters and letters[-1] != " ":
                letters.append(" ")
                places.append(place)
            continue
        for one in _SAME.get(letter, letter).lower():
            letters.append(one)
            places.append(place)
    return "".join(letters), places


def _whole(text: str, start: int, end: int) -> bool:
    """Does a place begin and end with whole words and numbers?"""
    first, last = text[start], text[end - 1]
    before, after = text[start - 1 : start], text[end : end + 1]
    if (first.isalnum() and before.isalnum()) or (last.isalnum() and after.isalnum()):
        return False
    if first.isdigit() and re.search(r"\d[.,·]$", text[max(0, start - 2) : start]):
        return False
    return not (last.isdigit() and re.match(r"[.,·]\d", text[end : end + 2]))


def _holds(words: str, told: str) -> bool:
    """Does a passage hold these words, whole, but for how they are printed?"""
    inside, wanted = _fold(words)[0], _fold(told)[0].strip()
    return any(_whole(inside, *found.span()) for found in re.finditer(re.escape(wanted), inside)) if wanted else False


def _forms(number: str) -> set[str]:
    """The numbers that a printed one may be: 1,234 is 1234 or 1.234."""
    number = number.strip().lstrip("<>≤≥=~≈ ").rstrip("%").strip()
    plain = {decimal(number), number.replace(",", "."), number.replace(",", "")}
    return {re.sub(r"\.0+$|(\.\d*?)0+$", r"\1", one).rstrip(".") for one in plain}


def _alike(told: Measured, unit: str) -> bool:
    """Is a unit that of a value that was read: as printed, or the same in UCUM?"""
    if _fold(told.unit_printed)[0] == _fold(unit)[0] or told.unit == unit:
        return True
    codes = printed_units(f"1 {unit}")
    return bool(told.unit) and told.unit in codes
