"""Which names of an ontology do the words of a sentence hold, also out of order, apart or coordinated?

A name is a bag of word forms (`kg.mentions.wordforms`). It is found where all its forms stand together: side by
side, with words between that change nothing, the other way round about a link ("fibrosis of the lung"), or in
a list that shares its head ("frontal and parietal atrophy"). A bag that merely occurs in a sentence is not found.
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
from kg.mentions.tabular import FOLDER, rows
from kg.mentions.wordforms import COORDINATORS, COPULAS, LINKS, MODIFIERS, Token, form, spelt, tokens

__all__ = ["ABBREVIATION", "DIRECTIONS", "OPTIONAL", "Found", "Lexicon", "lexicon", "make"]

_VERSION = 1
# Words of a name that a report leaves out.
OPTIONAL = frozenset(
    [
        "circulating",
        "concentration",
        "level",
        "activity",
        "morphology",
        "physiology",
        "count",
        "number",
        "serum",
        "plasma",
        "blood",
    ]
)
_SCOPES = ("label", "exact", "layperson", "abbreviation", "narrow", "related", "broad")
ABBREVIATION = _SCOPES.index("abbreviation")
_SIDES = frozenset({"left", "right"})  # what is on one side is unilateral too
_LIMBS = {"lower": "leg", "upper": "arm"}
_OWN = -1  # a phrase of our own table, before every other
# They may stand behind what they tell of, without a link: "creatine kinase raised".
_PREDICATES = frozenset(
    ["increased", "decreased", "abnormal", "absent", "delayed", "impaired", "enlarged", "prolonged", "positive"]
)
DIRECTIONS = frozenset({"increased", "decreased"})
# They end a thought, or deny: no name goes over them.
_CLAUSE = frozenset(
    ["whereas", "while", "but", "which", "who", "although", "however", "then", "no", "not", "nor", "without"]
)
_NO_LIST = frozenset({"with", "including", "was", "were", "is", "are"})
_DETERMINERS = frozenset({"the", "his", "her", "their", "both", "all"})
_ELSEWHERE = frozenset({"for", "with", "by", "as", "that", "this"})  # "elevated for the level of potassium"
_ADJECTIVES = ("al", "ar", "ic", "ous", "ary", "ive", "ial")


@dataclass(frozen=True, slots=True)
class Found:
    """A name in a sentence: the positions of its words among the tokens, how it stands, and the terms of this name.

    how: "adjacent", "apart", "turned", "list", "gap" (a word between that is none of the name); choices: (concept, scope) with the best first.
    """

    positions: tuple[int, ...]
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
    _singles: set[str] = field(default_factory=set)
    _abnormal: dict[frozenset[str], tuple[tuple[str, int], ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        counts = Counter(f for bag in self.bags for f in set(bag))
        postings = defaultdict(list)
        for number, bag in enumerate(self.bags):
            postings[min(bag, key=lambda f: (counts[f], f))].append(number)
        self._postings = dict(postings)

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
                if all(f in places_ for f in bag):
                    for position in at:
                        taken = _nearest(bag, key, position, places_)
                        how = taken and _standing(taken, words)
                        if how == "list" and self._two(min(taken), words):
                            continue
                        if taken and how:
                            found.append(Found(taken, how, self.choices[number], bag))
        return _longest(found)

    def _two(self, first: int, words: Sequence[Token]) -> bool:
        """Is the first word of a list a name by itself? "fever, rash and seizures" holds no febrile seizure."""
        if not self._singles:
            self._singles |= {bag[0] for bag in self.bags if len(bag) == 1}
        after = words[first + 1]
        return words[first].form in self._singles and (after.word in COORDINATORS or after.before.startswith(","))


def _nearest(bag: Sequence[str], key: str, position: int, at: Mapping[str, list[int]]) -> tuple[int, ...]:
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


def _standing(taken: tuple[int, ...], words: Sequence[Token]) -> str:
    """How the words of a name stand; "" for words that do not belong together."""
    if len(taken) == 1:
        return "adjacent"
    low, high = min(taken), max(taken)
    if high - low > len(taken) + 8:
        return ""
    inside = [n for n in range(low, high + 1) if n not in taken]
    breaks = "".join(words[n].before for n in range(low + 1, high + 1))
    if any(c in breaks for c in ";:.!?[]"):
        return ""
    ordered = all(a < b for a, b in itertools.pairwise(taken))
    listed = "," in breaks or any(words[n].word in COORDINATORS for n in inside) or "/" in breaks
    strange = [n for n in inside if words[n].form and words[n].word not in MODIFIERS]
    links = [n for n in inside if words[n].word in LINKS or words[n].word in COPULAS]
    if any(words[n].word in _CLAUSE for n in inside):
        return ""
    directed = {words[n].form for n in taken} & DIRECTIONS
    if directed and (listed or not ordered) and not (not listed and _copula(taken, words)):
        return ""  # `kg.mentions.directions` reads these
    if directed and any(words[n].word in _ELSEWHERE for n in inside):
        return ""
    if not listed:
        if strange:  # "thick bumpy lips"
            apart = links or directed or any(words[n].word in _ELSEWHERE for n in inside)
            return "gap" if len(strange) == 1 and ordered and not apart else ""
        if ordered:
            return "apart" if any(words[n].form for n in inside) else "adjacent"
        if links or {words[n].form for n in taken} & _PREDICATES:
            return "turned"
        return ""
    return _list(taken, words, strange, links, ordered)


def _copula(taken: tuple[int, ...], words: Sequence[Token]) -> bool:
    return any(words[n].word in COPULAS for n in range(min(taken), max(taken)))


def _list(
    taken: tuple[int, ...], words: Sequence[Token], strange: Sequence[int], links: Sequence[int], ordered: bool
) -> str:
    """A head that several share, before its list or behind it."""
    low, high = min(taken), max(taken)
    if len(strange) > 4 or any(words[n].word.isdigit() or words[n].word in _NO_LIST for n in range(low, high + 1)):
        return ""
    if ordered and not links:  # "frontal, temporal and parietal atrophy"
        gaps = [(a, b) for a, b in itertools.pairwise(taken) if b - a > 1]
        if len(gaps) != 1 or words[taken[0]].form == "abnormal":
            return ""
        a, _ = gaps[0]
        after = words[a + 1]
        if (low and words[low - 1].word in _DETERMINERS) or _plural(words[a]):
            return ""  # "clonus in the legs and pyramidal weakness": another thing
        if any(words[n].word in _DETERMINERS | {"a", "an"} or words[n].word.endswith("ed") for n in range(a + 1, high)):
            return ""
        if _describes_another(words, high) or _goes_on(words, high):
            return ""
        last = next(
            n for n in range(high, a, -1) if words[n].word in COORDINATORS or words[n].before.startswith((",", "/"))
        )
        if words[last].before.startswith(",") and high - a > 2:
            return ""  # "aortic/mitral disease, spinal stenosis"
        return "list" if after.word in COORDINATORS or after.before.startswith((",", "/")) else ""
    if links and not ordered:  # "atrophy of the frontal and parietal lobes"
        first = links[0]
        if any(n < first for n in strange) or any("," in words[n].before for n in range(low + 1, first + 1)):
            return ""
        return "" if _describes_another(words, high) else "list"
    return ""


def _plural(token: Token) -> bool:
    return token.word.endswith("s") and not token.word.endswith(("ss", "us", "is"))


def _goes_on(words: Sequence[Token], place: int) -> bool:
    """Does a noun follow, so that the head of the list is another? "subcutaneous bleeding or joint swelling"."""
    behind = words[place + 1] if place + 1 < len(words) else None
    if behind is None or not behind.form or behind.before or behind.word.isdigit():
        return False
    return not behind.word.endswith(("ed", "ly"))


def _describes_another(words: Sequence[Token], place: int) -> bool:
    """An adjective before a noun that is no part of the name: "of the arm and facial rash" is no rash of the arm."""
    behind = words[place + 1] if place + 1 < len(words) else None
    adjective = words[place].word.endswith((*_ADJECTIVES, "use", "ed"))
    return bool(adjective and behind and behind.form and not behind.before)


def _longest(found: Iterable[Found]) -> list[Found]:
    kept: list[Found] = []
    seen: dict[frozenset[int], int] = {}
    for one in sorted(found, key=lambda f: (-len(f.positions), _APART[f.how], f.choices[0][1], min(f.positions))):
        places_ = frozenset(one.positions)
        if places_ in seen or any(
            k.choices[0][0] == one.choices[0][0] and places_ & frozenset(k.positions) for k in kept
        ):
            continue
        if any(places_ < frozenset(k.positions) for k in kept):
            continue
        if _APART[one.how] == 0 and any(_APART[k.how] == 0 and places_ & frozenset(k.positions) for k in kept):
            continue
        if one.how == "gap" and any(_fills(k, one) for k in kept):
            continue
        if one.how != "list" and any(_says_more(k, one) for k in kept):
            continue
        seen[places_] = len(kept)
        kept.append(one)
    return sorted(kept, key=lambda f: (min(f.positions), max(f.positions)))


def _says_more(kept: Found, one: Found) -> bool:
    """Has a longer name the same head? "expressive language developmental delay" is no developmental delay."""
    same = kept.positions[-1] == one.positions[-1] and max(one.positions) == one.positions[-1]
    return kept.how in ("adjacent", "apart", "gap") and len(kept.positions) > len(one.positions) > 1 and same


def _fills(kept: Found, one: Found) -> bool:
    """Does another name hold the word between? "chronic abdominal pain" is abdominal pain, not chronic pain."""
    between = set(range(min(one.positions), max(one.positions))) - set(one.positions)
    return bool(between & set(kept.positions) and set(kept.positions) & set(one.positions))


def _join(words: list[Token], known: frozenset[str]) -> list[Token]:
    made: list[Token] = []
    for token in words:
        if made and token.before in {"-", "‐", "‑", "–", ""}:
            before = made[-1]
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
    made = hashlib.sha256(f"{_VERSION} {digest(ontology.source())}".encode())
    here = Path(__file__).parent
    for path in (
        here.parent / "articles" / "abbreviations.py",
        *(here / name for name in ("hpo.py", "lexicon.py", "wordforms.py")),
        *sorted(FOLDER.iterdir()),
    ):
        made.update(path.read_bytes())
    return made.hexdigest()
