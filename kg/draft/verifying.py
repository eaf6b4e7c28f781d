"""Does the report say what a language model says it says? What every item must pass before a curator sees it.

A quote is found verbatim, or but for blanks, dashes, quotation marks and case; never by likeness. It lies in one
sentence that is told of the patient; every number, unit and drug of the item stands in it, and is told of that drug;
the id exists and is called so; the words deny what is excluded, and nothing else. What fails is dropped, with the
reason. What cannot be proven (which concept, which polarity) is kept and flagged where the rules read otherwise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, get_args

from kg.articles.abbreviations import abbreviations
from kg.articles.article import Article, Mention
from kg.articles.scope import patient_sentences
from kg.base.prefixes import CKG, expand, is_curie
from kg.concepts.modules import fold
from kg.concepts.terms import Catalogue, lending
from kg.mentions.hpo import ROOT, hpo
from kg.mentions.measured import Measured, measured
from kg.mentions.medication import Given, medication
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
_RANGE = re.compile(r"(?i)\b(?:normal|reference|ref|range|cut-?off|limits?|uln|lln|expected)\b[^;()]*$")
_AGED = re.compile(r"(?i)[-\s]?(?:years?|yrs?|months?|weeks?|days?|hours?)\b(?:[-\s]old)?")
_RATE = re.compile(r"\s?(?:/|per )\s?(?:kg|m2|m²|kilo|square|h\b|hr|hour|min)")
_DENIES = re.compile(
    r"(?i)\b(?:no|not|nor|none|neither|never|without|un\w+|non\w*|den(?:y|ie[sd]|ying)|absen\w+|negative|normal\w*|free|exclu\w+|ruled|lack\w*|fail\w*|n['’]t|cannot|resol\w+|disappear\w*)\b|n['’]t\b"
)
_TURN = re.compile(r"(?i)\b(?:without|but|although|though|while|whereas|with|and no)\b|;")
_UNGIVEN = re.compile(
    r"(?i)^[^.;,]{0,40}?\b(?:(?:was|were|is|are|had|has|have|been|could|did)\s+)*(?:not|never)\s+(?:be(?:en)?\s+)?(?:given|started|tolerated|used|administered|indicated|prescribed|available|initiated|taken)\b|^[^.;,]{0,40}?\b(?:was|were|been)\s+(?:only\s+)?(?:considered|refused|declined|avoided|withheld|contraindicated|rejected|discussed|offered)\b"
)
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
    """An item that fell. why: quote, scope, number, unit, comparator, drug, id, label, kind, value, concept, status or form."""

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
    def drugs(self) -> tuple[Given, ...]:
        """The drugs that the rules read there, with what is said of their giving."""
        return medication(self.article, self.sentences)

    @cached_property
    def _signs(self) -> frozenset[str]:
        text = self.article.text
        return frozenset({*text, *text.upper(), *text.lower(), *_SAME, *_SAME.values()})

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
        ours = all(sign in self._signs or sign.isspace() for sign in quote)  # no letter that only looks like another
        folded = _fold(quote)[0].strip() if ours and not exact else ""
        for match in re.finditer(re.escape(folded), self._folded) if folded else ():
            if _whole(self._folded, *match.span()):
                yield self._places[match.start()], self._places[match.end() - 1] + 1

    def _of_patient(self, start: int, end: int) -> bool:
        """Does a place lie in one sentence that is told of the patient?"""
        return any(one.start <= start and end <= one.end for one in self.sentences)

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
        numbers = {_canonical(found) for found in _NUMBER.findall(words)}
        for name in ("value", "dose", "frequency", "duration"):
            for number in re.findall(r"\d+(?:[.,·]\d+)*", getattr(item, name)):
                if _canonical(number) not in numbers:
                    raise _Fell("number", f"{number} of `{name}` does not stand in the quote")
        for name in ("drug", "dose", "frequency", "route", "duration"):
            if (told := getattr(item, name)) and not _holds(words, told):
                raise _Fell("drug" if name == "drug" else "unit", f"{told!r} of `{name}` does not stand in the quote")
        if item.kind == "measurement":
            self._value(item, start, end)
        self._concept(item, words)
        if item.kind == "treatment":
            self._given(item, start, end)

    def _value(self, item: Claimed, start: int, end: int) -> None:
        words = self.article.text[start:end]
        if not item.number:
            raise _Fell("value", "a measurement has a number")
        if re.match(r"\s*[-−+±]", item.value) and not _holds(words, item.value):
            raise _Fell("value", f"{item.value!r} does not stand in the quote")
        told = self._told(item, start, end)
        if not told and not any(self._may_be_value(place) for place in self._numbers(item, start, end)):
            raise _Fell("value", f"{item.number} is no value here: an age, a limit, or part of a name")
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
        wanted = _canonical(item.number)
        inside = [one for one in self.values if start <= one.start and one.end <= end]
        return [one for one in inside if wanted in {_canonical(number) for number in (one.value, one.most) if number}]

    def _numbers(self, item: Claimed, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Where the number of a value stands in the quote."""
        for found in re.finditer(r"\d+(?:[.,·]\d+)*", self.article.text[start:end]):
            if _canonical(found[0]) == _canonical(item.number):
                yield start + found.start(), start + found.end()

    def _may_be_value(self, place: tuple[int, int]) -> bool:
        """Is a number that the rules read as no value no age, no limit, and no part of a name?"""
        (start, end), text = place, self.article.text
        named = any(one.analyte and one.analyte[0] <= start and end <= one.analyte[1] for one in self.values)
        limit = _RANGE.search(text[max(0, start - 60) : start].rpartition(". ")[2])
        return not (named or limit or _AGED.match(text, end))

    def _given(self, item: Claimed, start: int, end: int) -> None:
        """Was the drug given, and what is told of its giving told of it, not of another?"""
        text = self.article.text
        inside = [one for one in self.drugs if start <= one.start and one.end <= end]
        known = {fold(name) for name in (item.drug, item.label, *self._called(item.drug)) if name}
        own = [
            one for one in inside
            if (item.id and one.concept == item.id) or known & {fold(name) for name in self._called(text[one.start : one.end])}
        ]  # fmt: skip
        if own and all(self._not_given(one) for one in own):
            raise _Fell("status", f"the report does not say that {item.drug or item.label} was given")
        for name in ("dose", "frequency", "route", "duration"):
            told = getattr(item, name)
            places = [(start + a, start + b) for a, b in _spans(text[start:end], told)] if told else []
            owners = [one for one in inside if any(_over(place, one, name) for place in places)]
            if owners and not any(one in own for one in owners):
                raise _Fell("drug", f"{told!r} of `{name}` is told of {self.article.quote(owners[0])}")

    def _not_given(self, one: Given) -> bool:
        """Do the words say that a drug was denied, refused or only thought of?"""
        sentence = self._sentence(one.start)
        status = assertion(self.article.text, sentence, one.start, one.end, normal=False).status
        after = self.article.text[one.end : sentence.end]
        return (
            one.status == "excluded" or status in ("excluded", "family", "hypothetical") or bool(_UNGIVEN.match(after))
        )

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
        if _fold(item.label)[0] not in {_fold(name)[0] for name in terms.names(iri)}:
            raise _Fell("label", f"{item.id} is {terms.label(iri)!r}, not {item.label!r}")
        if item.id.partition(":")[0] not in _SOURCES[item.kind] or CKG + "vocabulary" in terms.types.get(iri, ()):
            raise _Fell("kind", f"{item.id} is not the id of a {item.kind}")
        above = hpo().ancestors(item.id)
        if item.id == ROOT or (above and ROOT not in above):  # an inheritance, an onset, a modifier
            raise _Fell("kind", f"{item.id} ! {item.label} is no abnormality")
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
        if not (same or near or named) and self._is_told_whole(item, start, end, inside):
            read = ", ".join(dict.fromkeys(f"{one.concept} ! {one.label}" for one in inside))
            raise _Fell("concept", f"the words say {read}, not {item.label}")
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
        spans = named or [(one.start, one.end) for one in same]
        if spans and _contradicts(item.status, told, self._beside(*spans[0])):
            raise _Fell("status", f"given as {item.status}, but the report says {' or '.join(sorted(told))}")
        if told != {item.status}:
            read = " or ".join(sorted(told)) or "nothing"
            yield f"polarity: given as {item.status}, read as {read}"

    def _beside(self, start: int, end: int) -> str:
        """The words of a sentence that may deny a place in it: those before, and those of its own clause behind."""
        sentence, text = self._sentence(start), self.article.text
        return text[sentence.start : start] + _TURN.split(text[end : sentence.end])[0]

    def _is_told_whole(self, item: Claimed, start: int, end: int, inside: Iterable[Feature]) -> bool:
        """Do other concepts account for all the words of a quote, but one, and none of its words names this one?"""
        words = [token for token in tokens(self.article.text, start, end) if token.form]
        names = {t.form for name in Catalogue.shipped().names(expand(item.id)) for t in tokens(name, 0, len(name))}
        left = [one for one in words if not any(f.start <= one.start and one.end <= f.end for f in inside)]
        return any(True for _ in inside) and len(left) <= 1 and not names & {one.form for one in words}

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
                if names and not self._shares(item, start, end):
                    raise _Fell("concept", f"the value is of {', '.join(sorted(names))}, not of {item.label}")
                read = ", ".join(sorted(names)) or "nothing that is named"
                yield f"concept: {item.label} is not what the words name; the rules read {read}"
        if not item.id:
            yield "concept: it has no id"
        if item.value == item.number and not item.comparator and all(one.comparator for one in told):
            yield f"comparator: the report prints {told[0].comparator} before {item.value}"

    def _shares(self, item: Claimed, start: int, end: int) -> bool:
        """Does any word of a quote stand in a name of the concept, as it is or as a short form of it?"""
        forms = {t.form for name in Catalogue.shipped().names(expand(item.id)) for t in tokens(name, 0, len(name))}
        words = self.article.text[start:end]
        long = " ".join(self.short.get(word, "") for word in re.findall(r"[\w/-]+", words))
        return bool(forms & {t.form for told in (words, long) for t in tokens(told, 0, len(told)) if t.form})


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


def _spans(words: str, told: str) -> Iterator[tuple[int, int]]:
    """Where a passage holds these words, whole, but for how they are printed."""
    (inside, places), wanted = _fold(words), _fold(told)[0].strip()
    for found in re.finditer(re.escape(wanted), inside) if wanted else ():
        if _whole(inside, *found.span()):
            yield places[found.start()], places[found.end() - 1] + 1


def _holds(words: str, told: str) -> bool:
    """Does a passage hold these words? A dose that goes on (3 mg/kg) is not 3 mg."""
    return any(not (told[:1].isdigit() and _RATE.match(words, end)) for _, end in _spans(words, told))


def _over(place: tuple[int, int], one: Given, name: str) -> bool:
    """Do the rules read a place as the dose, frequency, route or duration of a drug?"""
    told = getattr(one, name)
    return told is not None and told[0] < place[1] and place[0] < told[1]


def _canonical(number: str) -> str:
    """A printed number without separators and empty decimals: 1,250 is 1250, 1,24 and 1.240 are 1.24."""
    plain = decimal(number.strip())
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


def _alike(told: Measured, unit: str) -> bool:
    """Is a unit that of a value that was read: as printed, or its UCUM code?"""
    return unit in (told.unit, told.unit_printed) or "".join(unit.split()) == "".join(told.unit_printed.split())


def _contradicts(claimed: str, told: Set[str], beside: str) -> bool:
    """Do the words say the opposite beyond doubt: a denial of what is claimed, a relative, or no denial at all?"""
    if claimed == "excluded":
        return told <= {"present", "historical"} and not _DENIES.search(beside)
    return claimed in ("present", "historical") and bool(told) and told <= {"excluded", "family"}
