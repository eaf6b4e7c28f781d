"""Which phenotype does an analyte with a direction or a value outside its range tell of?

"CPK elevation", "ESR and CRP were raised", "decreased levels of free T3, free T4 and T4", "platelets 26 000/mm3".
What is measured comes from a table of our own and from the names of the ontology itself: what stands in one of its
names beside "increased" or "decreased" is an analyte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from kg.articles.article import Confidence, Mention
from kg.base import places
from kg.mentions.hpo import Hpo, hpo
from kg.mentions.intervals import Usual, outside, usual
from kg.mentions.lexicon import OPTIONAL, Lexicon, lexicon
from kg.mentions.tabular import rows, wordlist
from kg.mentions.wordforms import COORDINATORS, COPULAS, MODIFIERS, Token, tokens

__all__ = ["MEASURED", "Analytes", "Directed", "analytes", "directions", "specimen"]

_HIGH, _LOW = "increased", "decreased"
# Above what is measured: metabolism, blood, the immune system.
MEASURED = frozenset({"HP:0001939", "HP:0001871", "HP:0002715", "HP:0003117", "HP:0020129", "HP:0003110"})
_WORDS = {_HIGH: wordlist("high"), _LOW: wordlist("low")}
_DIRECTION = {word: direction for direction, told in _WORDS.items() for word in told}
# Between an analyte and its direction.
_BETWEEN = MODIFIERS | COPULAS | COORDINATORS | wordlist("between")
_CHANGES = wordlist("changes")
_NOUNS = wordlist("direction-nouns")
_FLUID = re.compile(
    r"cerebrospinal|\bCSF\b|pleural fluid|ascitic|synovial|lavage|urin|pericardial fluid|aspirate|sputum|biops|drain",
    re.IGNORECASE,
)
# What was examined, told before the analytes: "urinalysis revealed increased potassium".
_SPECIMEN = re.compile(
    r"(?P<csf>\bCSF\b|cerebrospinal fluid|lumbar puncture)|(?P<urine>urinalysis|urin(?:e|ary) (?:analysis|tests?|examination|"
    r"samples?|sediment|dipstick|studies|excretion))|(?P<other>(?:pleural|synovial|ascitic|peritoneal|pericardial|lavage) fluid|"
    r"aspirate|paracentesis|thoracentesis)|(?P<blood>serum|plasma|blood|laboratory|circulating)",
    re.IGNORECASE,
)
_SPECIMENS = frozenset({"urine", "csf"})
_GROWTH = frozenset({"HP:0004322", "HP:0000252", "HP:0004325", "HP:0045082", "HP:0001518"})


@dataclass(frozen=True, slots=True)
class Directed(Mention):
    """An analyte with its direction. concept: the phenotype; direction: increased or decreased; of: where the analyte stands."""

    concept: str
    direction: str
    of: tuple[int, int]


@dataclass(frozen=True)
class Analytes:
    """Names of what is measured; the phenotypes of too much and too little of it, and its usual ranges.

    specimens: (analyte, urine or csf) -> the analyte as it is measured there.
    """

    names: Lexicon
    high: Mapping[str, str]
    low: Mapping[str, str]
    ranges: Mapping[str, tuple[Usual, ...]]
    specimens: Mapping[tuple[str, str], str]

    def phenotype(self, analyte: str, direction: str) -> str:
        """The term for a direction; "" for none."""
        return (self.high if direction == _HIGH else self.low).get(analyte, "")


@places.remembered
@lru_cache(maxsize=1)
def analytes() -> Analytes:
    """What is measured, by the table and by the ontology's names."""
    base = hpo()
    named: dict[tuple[str, ...], str] = {}
    high: dict[str, str] = {}
    low: dict[str, str] = {}
    ranges: dict[str, tuple[Usual, ...]] = {}
    for names, up, down, cell in rows("directed.tsv", "|"):
        key = names.split(",")[0]
        for name in names.split(","):
            named.setdefault(tuple(t.form for t in tokens(name, 0, len(name)) if t.form), key)
        for side, told in ((high, up), (low, down)):
            concept = base.current(told.partition(" ")[0])
            if concept:
                side[key] = concept
        ranges[key] = usual(cell)
    _from_names(base, lexicon(), named, high, low)
    bags = sorted(named)
    plain = {frozenset(bag): named[bag] for bag in bags}
    specimens = {
        (plain[rest], one): named[bag]
        for bag in bags
        for one in _SPECIMENS & set(bag)
        if (rest := frozenset(bag) - {one}) in plain
    }
    return Analytes(Lexicon(bags, [((named[bag], 0),) for bag in bags]), high, low, ranges, specimens)


def _from_names(
    base: Hpo, lex: Lexicon, named: dict[tuple[str, ...], str], high: dict[str, str], low: dict[str, str]
) -> None:
    for bag, choices in zip(lex.bags, lex.choices, strict=True):
        concept, scope = choices[0]
        for direction, side in ((_HIGH, high), (_LOW, low)):
            rest = tuple(f for f in bag if f != direction)
            if len(rest) != len(bag) - 1 or not rest or scope > 2 or not base.ancestors(concept) & MEASURED:
                continue
            if rest == ("cell",) or OPTIONAL & set(rest) or (len(rest) == 1 and len(rest[0]) < 3):
                continue
            key = named.setdefault(rest, " ".join(rest))
            side.setdefault(key, concept)


def directions(text: str, passages: Sequence[Sequence[Token]], start: int, end: int) -> tuple[Directed, ...]:
    """The phenotypes of analytes in the passages of a sentence (start, end: characters)."""
    fluid = bool(_FLUID.search(text, start, end))
    return tuple(found for words in passages for found in _of_passage(text, words, start, end, fluid=fluid))


def _of_passage(text: str, words: Sequence[Token], start: int, end: int, *, fluid: bool) -> Iterator[Directed]:
    table = analytes()
    mentions = [
        (min(f.positions), max(f.positions), f.choices[0][0])
        for f in table.names.find(words)
        if f.how not in ("list", "gap") and max(f.positions) - min(f.positions) < 8
    ]
    told = _told(words, mentions)
    for number, (first, last, key) in enumerate(mentions):
        if _antibody(words, first, last):
            continue  # what is measured is the antibody
        a, b = words[first].start, words[last].end
        if number in told:
            direction, token, beside = told[number]
            concept = _in_specimen(table, (key, direction), words, token, first) or table.phenotype(key, direction)
            at, rule = (min(a, token.start), max(b, token.end)), "analyte, direction"
            tier: Confidence = "high" if beside else "medium"
        else:
            following = words[mentions[number + 1][0]].start if number + 1 < len(mentions) else end
            ranges = () if fluid else table.ranges.get(key, ())
            value = outside(text[b : max(b, following)], ranges, growth=table.low.get(key, "") in _GROWTH)
            if value is None:
                continue
            direction, concept = value.direction, table.phenotype(key, value.direction)
            printed = text[b : b + value.end].rstrip()
            at, rule, tier = (a, b + len(printed)), f"analyte, {value.by}", "low"  # the number alone says it
        where = specimen(text, start, a) if concept and key not in table.specimens.values() else ""
        if where:
            concept = table.phenotype(table.specimens.get((key, where), ""), direction)
        if concept:
            yield Directed(*at, rule, tier, concept, direction, (a, b))


def _antibody(words: Sequence[Token], first: int, last: int) -> bool:
    before = any(token.word == "anti" for token in words[max(0, first - 3) : first])
    return before or (last + 1 < len(words) and words[last + 1].form == "antibody")


def specimen(text: str, start: int, end: int) -> str:
    """Which fluid does a sentence speak of last before a place: urine, csf, other; "" for blood or none."""
    told = [match.lastgroup for match in _SPECIMEN.finditer(text, start, end)][-1:]
    return "" if told in ([], ["blood"]) else str(told[0])


def _in_specimen(table: Analytes, told: tuple[str, str], words: Sequence[Token], direction: Token, first: int) -> str:
    """The phenotype in the specimen that is named with the direction: "increased urinary excretion of sodium"."""
    start = next(n for n, token in enumerate(words) if token is direction)
    for token in words[min(start, first) : max(start, first)]:
        key = table.specimens.get((told[0], token.form), "") if token.form in _SPECIMENS else ""
        if key:
            return table.phenotype(key, told[1])
    return ""


def _told(words: Sequence[Token], mentions: Sequence[tuple[int, int, str]]) -> dict[int, tuple[str, Token, bool]]:
    """Number of the mention -> its direction, the word that tells it, and whether that word stands beside it."""
    inside = {p for first, last, _ in mentions for p in range(first, last + 1)}
    made: dict[int, tuple[str, Token, bool]] = {}
    for number, (first, last, _) in enumerate(mentions):
        reached: dict[str, tuple[str, Token, int]] = {}
        for side, steps in (("before", range(first - 1, -1, -1)), ("after", range(last + 1, len(words)))):
            one = _reach(words, steps, inside, side)
            if one:
                reached[side] = one
        if reached:
            side = min(reached, key=lambda s: (reached[s][2], s == "before"))
            direction, token, breaks = reached[side]
            made[number] = (direction, token, breaks == 0)
    return made


def _reach(words: Sequence[Token], steps: range, inside: set[int], side: str) -> tuple[str, Token, int] | None:
    """The first direction word that is reached over other analytes and words that carry nothing."""
    breaks, copula = 0, False
    for step, place in enumerate(steps):
        token = words[place]
        mark = words[place + 1].before if side == "before" else token.before
        if any(c in mark for c in ";:.") or step > 24:
            return None
        if "," in mark or "/" in mark:
            breaks += 1
        direction = "" if _of_change(words, place, side) else _DIRECTION.get(token.word, "")
        if direction and place not in inside:
            other = (
                side == "after"
                and not copula
                and (_ahead(words, place, inside) or (breaks and _describes(words, place)))
            )
            return None if other else (direction, token, breaks)
        if token.word in ("for", "that", "by"):  # "raised for the level of potassium"
            return None
        if token.word in COORDINATORS:
            breaks += 1
        if place not in inside and token.form and token.word not in _BETWEEN and not token.word.isdigit():
            return None
        copula = copula or token.word in COPULAS
        if side == "after" and token.word in COPULAS and breaks and not _plural(words, place):
            return None
    return None


def _describes(words: Sequence[Token], place: int) -> bool:
    """Does the word tell of the noun that follows it? "chloride, and decreased carbon dioxide"."""
    after = words[place + 1] if place + 1 < len(words) else None
    return bool(after and after.form and not after.before)


def _of_change(words: Sequence[Token], place: int, side: str) -> bool:
    """A change to a value ("rose to 93"), a limit ("above 150"), or the noun of what follows ("a decrease in pressure")."""
    token = words[place]
    after = words[place + 1] if place + 1 < len(words) else None
    if after is None:
        return False
    if token.word in _CHANGES and after.word in ("to", "from"):
        return True
    if token.word in ("above", "below"):
        return after.word[0].isdigit()
    return side == "after" and token.word in _NOUNS and after.word in ("in", "of")


def _ahead(words: Sequence[Token], place: int, inside: set[int]) -> bool:
    """Does another analyte follow, to which the direction belongs? "normal folate, elevated ferritin"."""
    after = range(place + 1, min(place + 4, len(words)))
    return any(n in inside for n in after if all(words[m].word in _BETWEEN for m in range(place + 1, n)))


def _plural(words: Sequence[Token], place: int) -> bool:
    return words[place].word in ("were", "are", "been")
