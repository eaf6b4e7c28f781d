"""Which phenotypes does a report tell of, and does it say that they are there?

Names of the Human Phenotype Ontology (`kg.mentions.lexicon`), analytes with a direction or a value outside its
range (`kg.mentions.directions`), each with what the sentence says of it (`kg.mentions.polarity`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.articles.abbreviations import abbreviations as shortened
from kg.articles.article import Article, Confidence, Mention
from kg.mentions.directions import MEASURED, directions, specimen
from kg.mentions.guards import describes_another, in_title, stands_alone
from kg.mentions.hpo import ROOT, Hpo, hpo
from kg.mentions.lexicon import ABBREVIATION, Found, Lexicon, lexicon
from kg.mentions.polarity import Status, assertion, pieces, stated_normal
from kg.mentions.standing import DIRECTIONS
from kg.mentions.wordforms import Token, spelt, tokens
from kg.model.anchors import Sentence

__all__ = ["Feature", "phenotypes"]


@dataclass(frozen=True, slots=True)
class Feature(Mention):
    """A phenotype of the patient, proposed: its term, whether it is present, and other terms it may be.

    cue: the words that decided the status (characters), or None; hedge: those that make it uncertain, or None; alternatives: (CURIE, label), the likeliest first.
    """

    concept: str
    label: str
    status: Status
    alternatives: tuple[tuple[str, str], ...] = ()
    cue: tuple[int, int] | None = None
    hedge: tuple[int, int] | None = None

    @property
    def stated(self) -> bool:
        """Do words say it? Else a number alone does, outside a range: an inference of ours, which no draft proposes."""
        return not self.rule.startswith("analyte") or self.rule == "analyte, direction"


def phenotypes(
    article: Article, sentences: Iterable[Sentence], abbreviations: Mapping[str, str] | None = None
) -> tuple[Feature, ...]:
    """The phenotypes that these sentences tell of, in the order of the text.

    abbreviations: short -> long form, of this document. Raises CaseError when the ontology is not here.
    """
    text, lex, base = article.text, lexicon(), hpo()
    short = shortened(text) if abbreviations is None else abbreviations
    found: list[Feature] = []
    for sentence in _cut(text, sentences):
        passages = _passages(lex, text, sentence, short)
        found += _without_doubles(
            [
                *(f for words in passages for f in _named(text, sentence, words, base, lex)),
                *(
                    _feature(text, sentence, (one.start, one.end), one.rule, one.confidence, one.concept, base)
                    for one in directions(text, passages, sentence.start, sentence.end)
                ),
                *_healthy(lex, text, sentence, short, base),
            ]
        )
    return tuple(_said_before(text, sorted(found, key=lambda f: (f.start, f.end, f.concept)), base))


_REFERRING = re.compile(r"\b(?:the|this|these|that|those|his|her|their|such)\s+$", re.IGNORECASE)


def _said_before(text: str, found: Iterable[Feature], base: Hpo) -> Iterator[Feature]:
    """The features without a word that refers to one told before in full: "chest pain ... the pain was relieved"."""
    above: set[str] = set()
    for one in found:
        refers = " " not in text[one.start : one.end] and _REFERRING.search(text, max(0, one.start - 8), one.start)
        if not (refers and one.concept in above):
            yield one
        if one.status == "present":
            above |= base.ancestors(one.concept)


def _cut(text: str, sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    """The sentences, those that are too long to be one in pieces."""
    for one in sentences:
        for start, end in pieces(text, one.start, one.end):
            yield Sentence(one.section, start, end, text[start:end])


_INFECTIONS = re.compile(r"Recurrent .*(?:infection|pneumonia|itis|sepsis)")
_ANTIBODY = "HP:0030057"  # Autoimmune antibody positivity
_FOUND = re.compile(r"positiv|elevated|high|raised|increased|detected|presence|reactive|\+", re.IGNORECASE)
_PAREN = re.compile(r"\(([^()]*)\)")


def _passages(lex: Lexicon, text: str, sentence: Sentence, short: Mapping[str, str]) -> list[list[Token]]:
    """The words of a sentence without its parentheses, and those of each parenthesis."""
    inside = [m.span(1) for m in _PAREN.finditer(text, sentence.start, sentence.end)]
    words = _written_out(lex.read(text, sentence.start, sentence.end), text, short)
    outer = [t for t in words if not any(a <= t.start < b for a, b in inside)]
    outer = [replace(t, before=_PAREN.sub("", t.before).strip("()")) if t.before else t for t in outer]
    return [outer, *([t for t in words if a <= t.start < b] for a, b in inside)]


def _written_out(words: Sequence[Token], text: str, short: Mapping[str, str]) -> list[Token]:
    """The words with each short form replaced by the words it stands for, all at its place."""
    made: list[Token] = []
    for token in words:
        long = short.get(text[token.start : token.end])
        if long is None:
            made.append(token)
            continue
        for number, one in enumerate(tokens(long, 0, len(long))):
            made.append(Token(token.start, token.end, one.word, one.form, "" if number else token.before))
    return made


def _named(text: str, sentence: Sentence, words: Sequence[Token], base: Hpo, lex: Lexicon) -> Iterator[Feature]:
    """The names of phenotypes in a passage."""
    for one in lex.find(words):
        taken = [words[p] for p in one.positions]
        start, end = min(t.start for t in taken), max(t.end for t in taken)
        (concept, scope), *others = one.choices
        if concept and _meant(text, words, one) and _told_so(text, sentence, (start, end), one, taken, base):
            tier: Confidence = "high" if one.how == "adjacent" and scope < 2 else "medium"
            if one.how in ("list", "gap") or scope > 4:
                tier = "low"
            alternatives = tuple((c, base.labels[c]) for c, _ in others[:3])
            feature = _feature(text, sentence, (start, end), f"name, {one.how}", tier, concept, base)
            yield replace(feature, alternatives=alternatives)


def _feature(
    text: str, sentence: Sentence, at: tuple[int, int], rule: str, tier: Confidence, concept: str, base: Hpo
) -> Feature:
    told = assertion(text, sentence, *at, normal=False)
    return Feature(*at, rule, tier, concept, base.labels[concept], told.status, (), told.cue, told.hedge)


def _meant(text: str, words: Sequence[Token], one: Found) -> bool:
    """Do the words mean what the name says, and not a part of another name?"""
    taken = [words[p] for p in one.positions]
    first, last = min(one.positions), max(one.positions)
    single, scope = len(taken) == 1, one.choices[0][1]
    if single and not stands_alone(words, first, own=scope < 0):
        return False
    if any(_part_of_short(words, token, taken) for token in taken) or in_title(text, words, first, last):
        return False
    if scope == ABBREVIATION and not text[words[first].start : words[last].end].isupper():
        return False  # "bo", "cp"
    return not describes_another(words, last, alone=single or one.positions[-1] < last)


def _told_so(text: str, sentence: Sentence, at: tuple[int, int], one: Found, taken: Sequence[Token], base: Hpo) -> bool:
    """Does the sentence say what the term means beyond the words: that it recurs, is positive, is of the blood?"""
    concept, scope = one.choices[0]
    label, above = base.labels[concept], base.ancestors(concept)
    if ROOT in base.parents.get(concept, ()) and label.startswith("Abnormality of"):
        return False  # a whole system: says nothing
    if scope > 0 and _INFECTIONS.match(label) and not _repeated(one, taken):
        return False
    if _ANTIBODY in above and not _positive(text, sentence, *at):
        return False
    # "urinalysis revealed increased potassium": `kg.mentions.directions` knows the fluid
    return not (DIRECTIONS & set(one.forms) and above & MEASURED and specimen(text, sentence.start, at[0]))


def _part_of_short(words: Sequence[Token], token: Token, taken: Sequence[Token]) -> bool:
    """A short form of which less than half is meant: the liver disease of a MELD score."""
    whole = sum(1 for t in words if t.form and (t.start, t.end) == (token.start, token.end))
    return whole > 1 and 2 * sum(1 for t in taken if (t.start, t.end) == (token.start, token.end)) < whole


def _positive(text: str, sentence: Sentence, start: int, end: int) -> bool:
    """Is an antibody said to be there, in the words around it?"""
    around = text[max(sentence.start, start - 30) : min(sentence.end, end + 45)]
    return bool(_FOUND.search(around)) and not re.search(r"negative\W+(?:\w+\W+)?$", text[sentence.start : start])


def _repeated(one: Found, taken: Sequence[Token]) -> bool:
    """Is what recurs said to recur, or at least told in the plural?"""
    return "recurrent" in one.forms or any(t.word.endswith("s") and spelt(t.word) != t.form for t in taken)


_MEMBER = re.compile(r"\s*(?:,|\band\b|\bor\b|\bas well as\b)\s*", re.IGNORECASE)


def _healthy(lex: Lexicon, text: str, sentence: Sentence, short: Mapping[str, str], base: Hpo) -> Iterator[Feature]:
    """The abnormalities that are excluded where an organ, a test or a function is stated normal, one for each."""
    for normal in stated_normal(text, sentence):
        if normal.rule == "again normal" or "negative" in text[slice(*normal.cue)].casefold():
            continue  # it was not, or it is a test for something
        cuts = [m.span() for m in _MEMBER.finditer(text, normal.start, normal.end)]
        starts, ends = [normal.start, *(b for _, b in cuts)], [*(a for a, _ in cuts), normal.end]
        for start, end in zip(starts, ends, strict=True):
            opening = text.find("(", start, end)
            words = _written_out(lex.read(text, start, opening if opening > 0 else end), text, short)
            words = [t for t in words if t.form]
            choices = lex.abnormal(words) if 0 < len(words) < 8 else ()
            if choices and choices[0][1] < 2:
                concept = choices[0][0]
                a, b = min(t.start for t in words), max(t.end for t in words)
                yield Feature(
                    a, b, "stated normal", "medium", concept, base.labels[concept], "excluded", (), normal.cue
                )


def _without_doubles(found: Sequence[Feature]) -> list[Feature]:
    """The features without those that a name has said: the same term at the same place, or an analyte within it."""
    kept: list[Feature] = []
    for one in found:
        same = any(k.concept == one.concept and k.start < one.end and one.start < k.end for k in kept)
        named = one.rule.startswith("analyte") and any(k.start <= one.start and one.end <= k.end for k in kept)
        if not same and not named:
            kept.append(one)
    return kept
