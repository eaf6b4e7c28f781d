"""Where in a text do the names of casekg's own terms stand: diseases, procedures, drugs, genes, findings?

The longest name at each place; case, hyphens and plurals are folded away, but a short name in capitals is an
abbreviation and must be written so. HPO as a whole is for `kg.mentions.phenotypes`; here are the terms that casekg ships,
those of the entered project, and the diseases of ontologies that were added to it or are lent (`kg.concepts.lent`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from kg.base import places
from kg.base.prefixes import compress, expand
from kg.concepts.modules import fold
from kg.concepts.terms import Catalogue, lends
from kg.mentions import tabular
from kg.mentions.namelist import spread
from kg.model.naming import organs_of

__all__ = ["Named", "called", "elided", "named"]

_WORD = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"(?:['’]s)?[\s\-–‐‑/'’]*")
_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta"})
# Words that are no finding without their organ; those that are one alone; and what only links.
_VAGUE = frozenset(
    """abnormality anomaly disease disorder involvement morphology symptom syndrome test testing function functional problem
    defect damage failure injury mass pain infection activity score level deficit issue structure shape enzyme system
    volume capacity pressure weakness weaker limb elevated circulating serum blood physiology biomarker radiograph
    electrophysiology pattern lesion region tract fiber fibre with and or in to generalized generalised
    """.split()  # noqa: SIM905
)
_ALONE = frozenset({"fibrosis", "inflammation", "hemorrhage", "haemorrhage", "scarring"})
_LINKS = frozenset({"of", "the", "on", "imaging"})
_DISEASE, _FINDING = expand("MONDO:0000001"), expand("HP:0000118")
_OTHERS = ("HP", "DRUGBANK")  # ontologies without diseases
_LONGEST = 8  # words of the name of a disease
# Words that name no disease by themselves, though an ontology has a class for it.
_CLASS = _VAGUE | frozenset(
    [
        "cancer",
        "carcinoma",
        "tumor",
        "tumour",
        "neoplasm",
        "neoplasia",
        "malignancy",
        "congenital",
        "acute",
        "chronic",
        "benign",
    ]
)
_ENDING = re.compile(r"(?:osis|itis|oma|a?emia|pathy|ism|iasis|plasia|trophy|rrh(?:o?ea|age)|philia)$")
_IDLE = frozenset({"medicine", "medication", "analyte", "other", "role", "function", "all", "lead", "fold", "ir"})


@dataclass(frozen=True, slots=True)
class Named:
    """A name of a term in a text: where, and which terms (CURIEs) are called so, the likeliest first."""

    start: int
    end: int
    concepts: tuple[str, ...]


@lru_cache(maxsize=65536)
def _fold(word: str) -> str:
    small = word.casefold().translate(_GREEK)
    if len(small) > 4 and small.endswith("ies"):
        return small[:-3] + "y"
    return small[:-1] if len(small) > 3 and small.endswith("s") and not small.endswith(("ss", "us", "is")) else small


def _short(name: str) -> bool:
    """Is it an abbreviation, which must be written as it is?"""
    letters = [c for c in name if c.isalpha()]
    return len(letters) < 6 and sum(map(str.isupper, letters)) * 2 > len(letters)


@dataclass(frozen=True)
class _Names:
    known: Mapping[tuple[str, ...], tuple[tuple[str, str], ...]]  # folded words -> (name, curie)
    lengths: Mapping[str, tuple[int, ...]]  # first word -> how many words names have that begin so, the most first
    elided: Mapping[tuple[str, ...], tuple[tuple[frozenset[str], str], ...]]  # without organs -> (organs, curie)


@places.remembered
@lru_cache(maxsize=2)
def _names(project: Path | None) -> _Names:  # noqa: ARG001 - the key of what is remembered
    terms = Catalogue.shipped()
    found: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for iri in terms.concepts():
        for name in terms.names(iri):
            words = tuple(_fold(word) for word in _WORD.findall(name.replace("'s", "").replace("’s", "")))
            if words and len(name) > 1 and name.casefold() not in _IDLE:
                found.setdefault(words, []).append((name, compress(iri)))
    known = {words: tuple(dict.fromkeys(rows)) for words, rows in found.items()}
    lengths: dict[str, set[int]] = {}
    for words in known:
        lengths.setdefault(words[0], set()).add(len(words))
    return _Names(known, {w: tuple(sorted(n, reverse=True)) for w, n in lengths.items()}, _without_organs(terms, known))


def _without_organs(
    terms: Catalogue, known: Mapping[tuple[str, ...], tuple[tuple[str, str], ...]]
) -> dict[tuple[str, ...], tuple[tuple[frozenset[str], str], ...]]:
    """Names of findings without their organs, which a report leaves out where it speaks of the organ anyway."""
    found: dict[tuple[str, ...], list[tuple[frozenset[str], str]]] = {}
    for words, rows in known.items():
        kinds = [organs_of(word) for word in words]
        leavings = [frozenset().union(*kinds), *kinds]
        for gone in dict.fromkeys(kind for kind in leavings if kind):
            bare = tuple(w for w, kind in zip(words, kinds, strict=True) if not kind & gone and w not in _LINKS)
            single = len(bare) == 1 and bare[0] not in _ALONE
            if not bare or len(bare) == len(words) or single or _VAGUE & set(bare) or all(organs_of(w) for w in bare):
                continue
            for _, curie in rows:
                if expand("HP:0000118") in terms.ancestors(expand(curie)):
                    found.setdefault(bare, []).append((gone, curie))
    return {words: tuple(rows) for words, rows in found.items()}


def named(text: str, start: int = 0, end: int | None = None, under: Iterable[str] = ()) -> Iterator[Named]:
    """The names in a passage, longest first at each place, none inside another.

    under: only terms below one of these CURIEs.

    >>> text = "Tofacitinib inhibits JAK1 and JAK3."
    >>> [text[n.start : n.end] for n in named(text)]
    ['Tofacitinib', 'JAK1', 'JAK3']
    """
    stop = len(text) if end is None else end
    for name in _named(text[start:stop], frozenset(map(expand, under)), lends(), places.project()):
        yield Named(start + name.start, start + name.end, name.concepts)


@places.remembered
@lru_cache(maxsize=4096)
def _named(text: str, roots: frozenset[str], lent: bool, project: Path | None) -> tuple[Named, ...]:  # noqa: ARG001
    names = _names(project)
    words = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(text)]
    words = [w for i, w in enumerate(words) if not (w[2] == "s" and i and text[words[i - 1][1] : w[0]] in ("'", "’"))]
    folded = tuple(_fold(word) for _, _, word in words)
    found: list[Named] = []
    more = _diseases(text, words) if not roots or _DISEASE in roots else {}
    at = 0
    while at < len(words):
        for size in sorted({*names.lengths.get(folded[at], ()), *more.get(at, ())}, reverse=True):
            rows = names.known.get(folded[at : at + size], ()) if at + size <= len(words) else ()
            run = words[at : at + size]
            if rows and all(_BETWEEN.fullmatch(text[a[1] : b[0]]) for a, b in pairwise(run)):
                fit = _fitting(text[run[0][0] : run[-1][1]], rows, roots)
            else:
                fit = more.get(at, {}).get(size, ())
            if fit:
                found.append(Named(run[0][0], run[-1][1], fit))
                at += size - 1
                break
        at += 1
    return tuple(found)


@lru_cache(maxsize=65536)
def _plain(word: str) -> str:
    return fold(word)


@lru_cache(maxsize=1)
def _sites() -> frozenset[str]:
    return frozenset(fold(name) for _, cell in tabular.rows("sites.tsv", "\t") for name in spread(cell))


def _diseases(text: str, words: list[tuple[int, int, str]]) -> dict[int, dict[int, tuple[str, ...]]]:
    """Diseases of added ontologies, by the place of their first word and how many there are.

    A name that a finding has as well is left to the findings.
    """
    modules = [one for one in Catalogue.shipped().added if one.about.get("source") not in _OTHERS]
    runs: dict[str, list[tuple[int, int]]] = {}
    for at in range(len(words) if modules else 0):
        name = ""
        for size in range(1, min(_LONGEST, len(words) - at) + 1):
            if size > 1 and not _BETWEEN.fullmatch(text[words[at + size - 2][1] : words[at + size - 1][0]]):
                break
            name += " " * (size > 1) + _plain(words[at + size - 1][2])
            if len(name) > 5 and not _CLASS.issuperset(name.split()):  # a short one (BED, CAN) is too often a word
                runs.setdefault(name, []).append((at, size))
    rows: dict[str, list[tuple[str, str]]] = {}
    for module in modules if runs else ():
        for key, name, iri in module.spelt(runs):
            if _is_disease(key, iri, lends()) and (not name.isupper() or name in text):
                rows.setdefault(key, []).append((name, compress(iri)))
    found: dict[int, dict[int, tuple[str, ...]]] = {}
    for key, some in rows.items():
        for at, size in runs[key]:
            if fit := _fitting(text[words[at][0] : words[at + size - 1][1]], some, frozenset()):
                found.setdefault(at, {})[size] = fit
    return found


@places.remembered
@lru_cache(maxsize=16384)
def _is_disease(name: str, iri: str, lent: bool) -> bool:  # noqa: ARG001 - which terms there are
    """Is what is called so a disease? Mondo has "pancreas" as a name of its neoplasm, "inversion" of its disorder."""
    terms = Catalogue.shipped()
    if iri not in terms or _DISEASE not in terms.ancestors(iri):
        return False
    if any(_FINDING in terms.ancestors(other) for other in terms.named(name)):
        return False
    alike = fold(terms.label(iri))[:6] == name[:6] or _ENDING.search(name) is not None
    return " " in name or (alike and name not in _sites())


def _fitting(printed: str, rows: Iterable[tuple[str, str]], roots: frozenset[str]) -> tuple[str, ...]:
    """Of the terms that have a name, those that may be meant by it as it is printed."""
    some = sorted(rows, key=lambda row: (row[0].casefold() != printed.casefold(), row[1]))
    return tuple(
        dict.fromkeys(
            curie
            for name, curie in some
            if (not _short(name) or printed.removesuffix("s") == name.removesuffix("s"))
            and (not roots or Catalogue.shipped().ancestors(expand(curie)) & roots)
        )
    )


def elided(text: str, start: int, end: int, around: str) -> Iterator[Named]:
    """Names of findings that leave their organ out, where `around` speaks of it: fibrosis, of a cardiac MRI.

    >>> text = "without areas of regional fibrosis"
    >>> [(text[n.start : n.end], n.concepts) for n in elided(text, 0, len(text), "Cardiac MRI showed inflammation")]
    [('regional fibrosis', ('ckg:RegionalMyocardialFibrosis',))]
    """
    names, organs = _names(places.project()).elided, frozenset[Any]()
    words = [(m.start(), m.end(), _fold(m.group())) for m in _WORD.finditer(text, start, end)]
    at = 0
    while at < len(words):
        for size in range(min(4, len(words) - at), 0, -1):
            run = words[at : at + size]
            rows = names.get(tuple(word for _, _, word in run), ())
            organs = organs or (organs_of(around) if rows else organs)
            fit = tuple(dict.fromkeys(curie for told, curie in rows if told and told <= organs))
            if fit and all(_BETWEEN.fullmatch(text[a[1] : b[0]]) for a, b in pairwise(run)):
                yield Named(run[0][0], run[-1][1], fit)
                at += size - 1
                break
        at += 1


def called(curie: str) -> str:
    """An id with its label, as a case file has it: 'HP:0025520 ! Calcinosis cutis'."""
    return f"{curie} ! {Catalogue.shipped().label(expand(curie))}"
