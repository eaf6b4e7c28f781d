"""Which names of an ontology do the words of a sentence hold, also out of order, apart or coordinated?

A name is a bag of word forms (`kg.mentions.wordforms`). It is found where all its forms stand together
(`kg.mentions.standing`); a bag that merely occurs in a sentence is not found.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import sqlite3
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from platformdirs import user_cache_path

from kg.articles.abbreviations import CLINICAL
from kg.base import places
from kg.base.cache import digest
from kg.base.files import write
from kg.base.results import CaseError
from kg.mentions import hpo as ontology
from kg.mentions.standing import Taken, standing
from kg.mentions.tabular import FOLDER, rows, wordlist
from kg.mentions.wordforms import COORDINATORS, MODIFIERS, Token, form, spelt, tokens

__all__ = ["ABBREVIATION", "OPTIONAL", "Found", "Lexicon", "lexicon", "make"]

OPTIONAL = wordlist("optional")  # words of a name that a report leaves out
_SCOPES = ("label", "exact", "layperson", "abbreviation", "narrow", "related", "broad")
ABBREVIATION = _SCOPES.index("abbreviation")
_HYPHENS = frozenset("-‐‑–")
_SIDES = frozenset({"left", "right"})  # what is on one side is unilateral too
_LIMBS = {"lower": "leg", "upper": "arm"}
_OWN = -1  # a phrase of our own table, before every other


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a sentence: the positions of its words among the tokens, how it stands, and the terms of this name.

    how: see `kg.mentions.standing`; choices: (concept, scope) with the best first; concept "" is something else than a phenotype.
    """

    positions: Taken
    how: str
    choices: tuple[tuple[str, int], ...]
    forms: tuple[str, ...]


@dataclass
class Lexicon:
    """Bags of forms with the concepts that they name. words: forms that two parts of a word may be joined to."""

    bags: list[tuple[str, ...]]
    choices: list[tuple[tuple[str, int], ...]]
    words: frozenset[str] = frozenset()
    _postings: dict[str, list[int]] = field(default_factory=dict)
    _sets: list[frozenset[str]] = field(default_factory=list)
    _singles: set[str] = field(default_factory=set)
    _abnormal: dict[frozenset[str], tuple[tuple[str, int], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        counts = Counter(f for bag in self.bags for f in set(bag))
        postings = defaultdict(list)
        for number, bag in enumerate(self.bags):
            postings[min(bag, key=lambda f: (counts[f], f))].append(number)
        self._postings = dict(postings)
        self._sets = [frozenset(bag) for bag in self.bags]

    def abnormal(self, words: Sequence[Token]) -> tuple[tuple[str, int], ...]:
        """The terms for an abnormality of what these words name; empty for none."""
        if not self._abnormal:
            self._abnormal |= {
                frozenset(bag) - {"abnormal"}: choices
                for bag, choices in zip(self.bags, self.choices, strict=True)
                if "abnormal" in bag and len(bag) > 1
            }
        every = [t for t in words if t.form and t.word not in MODIFIERS]
        return self._abnormal.get(frozenset(t.form for t in every), ())

    def read(self, text: str, start: int, end: int) -> list[Token]:
        """The words of a passage, with parts of a word joined that are one word in the ontology."""
        return _join(tokens(text, start, end), self.words)

    def find(self, words: Sequence[Token]) -> list[Found]:
        """The names that stand in these words: longest first, none inside another."""
        places_: dict[str, list[int]] = defaultdict(list)
        for number, token in enumerate(words):
            if token.form:
                places_[token.form].append(number)
            if token.form in _SIDES:
                places_["unilateral"].append(number)
        found = []
        for key, at in places_.items():
            for number in self._postings.get(key, ()):
                bag = self.bags[number]
                if places_.keys() >= self._sets[number]:
                    for position in at:
                        taken = _nearest(bag, key, position, places_)
                        how = standing(taken, words) if taken else ""
                        if how and not (how == "list" and self._two(min(taken), words)):
                            found.append(Found(taken, how, self.choices[number], bag))
        return _longest(found)

    def _two(self, first: int, words: Sequence[Token]) -> bool:
        """Is the first word of a list a name by itself? "fever, rash and seizures" holds no febrile seizure."""
        if not self._singles:
            self._singles |= {bag[0] for bag in self.bags if len(bag) == 1}
        after = words[first + 1]
        return words[first].form in self._singles and (after.word in COORDINATORS or after.before.startswith(","))


def _nearest(bag: Sequence[str], key: str, position: int, at: Mapping[str, list[int]]) -> Taken:
    """The places of a bag's forms that are nearest to the place of its key; empty when a place is missing."""
    if len(bag) == 1:
        return (position,)
    taken: list[int] = []
    free = True
    for one in bag:
        if one == key and free:
            taken.append(position)
            free = False
            continue
        left = [p for p in at[one] if p not in taken and p != position]
        if not left:
            return ()
        taken.append(min(left, key=lambda p: (abs(p - position), p)))
    return tuple(taken)


_APART = {"adjacent": 0, "apart": 1, "turned": 1, "list": 2, "gap": 3}


def _longest(found: Iterable[Found]) -> list[Found]:
    kept: list[Found] = []
    for one in sorted(found, key=lambda f: (-len(f.positions), _APART[f.how], f.choices[0][1], min(f.positions))):
        if not any(_beaten(one, other) for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda f: (min(f.positions), max(f.positions)))


def _beaten(one: Found, by: Found) -> bool:
    """Has a name that is as long or longer said what this one says, or taken its words for something else?"""
    mine, theirs = set(one.positions), set(by.positions)
    if not mine & theirs:
        return False
    if mine <= theirs or one.choices[0][0] == by.choices[0][0] or one.how == by.how == "adjacent":
        return True
    if one.how == "gap" and theirs & set(range(min(mine), max(mine))) - mine:
        return True  # "chronic abdominal pain" is abdominal pain, not chronic pain
    # "expressive language developmental delay" is no developmental delay
    longer = len(theirs) > len(mine) > 1 and one.positions[-1] == by.positions[-1] == max(mine)
    return longer and one.how != "list" and by.how in ("adjacent", "apart", "gap")


def _join(words: list[Token], known: frozenset[str]) -> list[Token]:
    made: list[Token] = []
    for token in words:
        before = made[-1] if made else None
        if before and (token.before in _HYPHENS or (not token.before and before.form)):  # not "a febrile illness"
            joined = form(spelt(before.word) + spelt(token.word))
            if joined in known and len(joined) > 5:
                made[-1] = Token(before.start, token.end, before.word + token.word, joined, before.before)
                continue
        made.append(token)
    return _limbs(made)


def _limbs(words: list[Token]) -> list[Token]:
    """The words with "lower limb" as leg and "upper limb" as arm, also in "upper and lower limbs"."""
    made: list[Token] = []
    for token in words:
        if token.form == "limb" and made and made[-1].form in _LIMBS and not token.before:
            before = made.pop()
            if len(made) > 1 and made[-1].word in COORDINATORS and made[-2].form in _LIMBS:
                made[-2] = replace(made[-2], form=_LIMBS[made[-2].form])
            token = Token(before.start, token.end, f"{before.word} {token.word}", _LIMBS[before.form], before.before)
        made.append(token)
    return made


def _joined(names: Sequence[Sequence[Token]]) -> frozenset[str]:
    """Forms that the ontology writes as one word and never as two."""
    one = {t.form for words in names for t in words if not t.before}
    two = {form(spelt(a.word) + spelt(b.word)) for words in names for a, b in itertools.pairwise(words) if not b.before}
    return frozenset(one - two)


def make(base: ontology.Hpo) -> Lexicon:
    """The lexicon of an ontology's names."""
    plain = [n for n in base.names if base.is_abnormality(n.concept)]
    known = _joined([tokens(n.text, 0, len(n.text)) for n in plain])
    named: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for name in plain:
        bag = tuple(t.form for t in _join(tokens(name.text, 0, len(name.text)), known) if t.form)
        for one in _variants(bag):
            named[one][name.concept] = min(_scope(name), named[one].get(name.concept, 9))
    for phrase, told in rows("phrases.tsv", "|"):
        concept = "" if told == "-" else base.current(told.partition(" ")[0])
        bag = tuple(t.form for t in _join(tokens(phrase, 0, len(phrase)), known) if t.form)
        if concept or told == "-":
            named[bag][concept] = _OWN
    bags = sorted(named)
    choices = [tuple(sorted(named[bag].items(), key=lambda item: (item[1], item[0]))) for bag in bags]
    return Lexicon(bags, choices, known & frozenset(f for bag in bags for f in bag))


def _scope(name: ontology.Name) -> int:
    if name.text.isupper() and len(name.text) < 7:
        return ABBREVIATION
    return _SCOPES.index("layperson" if name.scope == "exact" and name.kind == "layperson" else name.scope)


@lru_cache(maxsize=1)
def _written_out() -> dict[str, tuple[str, ...]]:
    """The form of a short form that every report knows -> the forms of what it stands for."""
    long = {form(short): tokens(words, 0, len(words)) for short, words in CLINICAL.items() if short.isalnum()}
    return {short: tuple(t.form for t in words if t.form) for short, words in long.items()}


def _variants(bag: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    short = tuple(f for f in bag if f not in OPTIONAL)
    if bag:
        yield bag
    if len(short) > 1 and short != bag:
        yield short
    known = _written_out()
    if len(short) > 1 and any(f in known for f in short):
        yield tuple(itertools.chain.from_iterable(known.get(f, (f,)) for f in short))
    if "weak" in short and "muscle" in short and len(short) > 2:
        yield tuple(f for f in short if f != "muscle")


@places.remembered
@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The lexicon of the phenotypes; kept in the user's cache folder, made anew when the ontology or casekg changed."""
    path = user_cache_path("casekg") / "phenotypes.json"
    key = _key()
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(path.read_text("utf-8"))
        if kept["key"] == key:
            forms, concepts = kept["forms"], kept["concepts"]
            bags = [tuple(forms[n] for n in bag) for bag in kept["bags"]]
            choices = [tuple((concepts[c], s) for c, s in one) for one in kept["choices"]]
            return Lexicon(bags, choices, frozenset(forms[n] for n in kept["words"]))
    made = make(ontology.hpo())
    with suppress(OSError, CaseError, sqlite3.Error):
        _keep(path, key, made)
    return made


def _keep(path: Path, key: str, made: Lexicon) -> None:
    forms = sorted({f for bag in made.bags for f in bag})
    concepts = sorted({c for one in made.choices for c, _ in one})
    number = {f: n for n, f in enumerate(forms)}
    place = {c: n for n, c in enumerate(concepts)}
    content = {
        "key": key,
        "forms": forms,
        "concepts": concepts,
        "words": sorted(number[f] for f in made.words),
        "bags": [[number[f] for f in bag] for bag in made.bags],
        "choices": [[[place[c], s] for c, s in one] for one in made.choices],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    write(path, json.dumps(content).encode())


def _key() -> str:
    made = hashlib.sha256(digest(ontology.source()).encode())
    here = Path(__file__).parent
    for path in (
        here.parent / "articles" / "abbreviations.py",
        *(here / name for name in ("hpo.py", "lexicon.py", "wordforms.py")),
        *sorted(FOLDER.iterdir()),
    ):
        made.update(path.read_bytes())
    return made.hexdigest()
