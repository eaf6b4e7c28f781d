"""Do the words that a fact quotes name the concept that it gives?

A name of a concept is told when its distinctive words stand in the anchors, in `printed`, or in
what the curator says in `odd` and `note`. Words are compared by their beginnings, accents and
spellings folded; words that mean the same, and words that distinguish nothing, are tables. A
concept that is only touched is refused when the same words wholly name another one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from kg.base.prefixes import PREFIXES, expand
from kg.base.results import Severity
from kg.concepts.terms import Catalogue
from kg.model.anatomy import anatomy, meet
from kg.model.case import (
    AdverseEvent,
    Antibody,
    Case,
    Claim,
    Diagnosis,
    Event,
    Examination,
    Fact,
    Finding,
    Measurement,
    Treatment,
)  # fmt: skip
from kg.model.fields import Term

__all__ = ["antigens", "kin", "mentions", "named", "names", "organs", "organs_of"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure


# ---- words ------------------------------------------------------------------------------

# Words of names that distinguish no concept from another.
_IDLE = frozenset(
    """
    a an and or of the in on by to at with without for from as due no not non anti other specific unspecified
    abnormal abnormality abnormalities anomaly finding findings phenotype morphology physiology functional function
    elevated elevation increased decreased reduced raised high low level levels concentration circulating activity
    serum plasma blood positive positivity antibody antibodies autoantibody autoantibodies mass volume ratio percent
    disease disorder syndrome condition type form associated related system involvement involved acquired human body
    measured predicted test testing tests procedure procedures assay technique techniques examination score index scale
    method meth sensitivity imaging image part region zone primary secondary diffuse localized bilateral left right
    proximal distal symmetric predominant progressive chronic acute severe mild moderate sign signs pattern
    diagnostic clinical medical
    """.split()  # noqa: SIM905 - a page of words
)
# Words of organs: they name a site or an organ's finding, but not which finding it is. Each row means the same.
_ORGANS: tuple[str, ...] = (
    r"lungs?$|pulmon|respirat|pneumo(?!thorax|nia|nitis)",
    r"heart|cardi[ao]|myocard",
    r"skin|cutan|derm(?:al|is|o)",
    r"muscle|muscul|myo$",
    r"joint|articul",
    r"kidney|renal",
    r"liver|hepat(?:ic|o)",
    r"nail|ungual|periungual",
    r"capillar",
    r"vessel|vascul|arter",
    r"pleur",
    r"bone|osse|skelet",
    r"hypoderm|subcut",
    r"nerv|neur(?:al|o)",
    r"esoph|gullet",
    r"thora|chest",
)
# Words that mean the same, and are not organs.
_SAME: tuple[str, ...] = (
    r"edem|swell|swoll|puff",
    r"ulcer|wound|sore",
    r"pain|ache|algi|tender|odyn",
    r"fibro|scarr",
    r"calcin|calcif|calcium",
    r"infect|sepsis|septic",
    r"hospital|admi(?:ss|tt)",
    r"vaccin|immuni[sz]",
    r"weak|strength|paresis|power",
    r"tolera|advers|safety|side|toxic|undesir|complicat",
    r"erythem|redness|reddish",
    r"hemorr|bleed",
    r"dilat|enlarg|widen|ectat|ectasi",
    r"thick",
    r"opaci|opacit",
    r"ekg|ecg|electrocard",
    r"emg$|electromyo",
    r"mri$|magnetic|resonance|mr$",
    r"ct$|hrct$|tomograph",
    r"echo$|echocardio",
    r"biops|histol|histop|patholog|microscop",
    r"ultraso|sonogr|doppler",
    r"pft|pfts|spirometr",
    r"hindlimb|legs?$",
    r"forelimb|arms?$",
    r"thigh|stylopod",
    r"finger|digit|manual",
    r"hand|hands|manus",
    r"wrist|carp",
    r"systemic|ssc$",
    r"scleroderm|ssc$",
    r"death|died|fatal",
    r"reflux|gerd|gord",
    r"breath|dyspn",
    r"lab$|laborator|labs$",
)
_GROUPS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (f"{kind}{i}", re.compile(pattern))
    for kind, rows in (("o", _ORGANS), ("s", _SAME))
    for i, pattern in enumerate(rows)
)
# British and American spellings of one word.
_SPELT = (
    ("oesoph", "esoph"), ("oedem", "edem"), ("haem", "hem"), ("aemi", "emi"), ("anaem", "anem"), ("tumour", "tumor"),
    ("rrhoea", "rrhea"), ("pnoe", "pne"), ("leuc", "leuk"), ("α", "alpha"), ("β", "beta"), ("γ", "gamma"), ("δ", "delta"),
)  # fmt: skip


@lru_cache(maxsize=65536)
def _fold(word: str) -> str:
    """A word without case, accents and national spelling."""
    plain = unicodedata.normalize("NFKD", word.casefold())
    plain = "".join(letter for letter in plain if not unicodedata.combining(letter))
    for one, other in _SPELT:
        plain = plain.replace(one, other)
    return re.sub(r"is(e[ds]?|ing|ations?)$", r"iz\1", plain)


@lru_cache(maxsize=65536)
def _groups(word: str) -> frozenset[str]:
    return frozenset(name for name, pattern in _GROUPS if pattern.match(word))


_VOWELS = str.maketrans("kzy", "csi", "aeiouh")


@lru_cache(maxsize=65536)
def _bones(word: str) -> str:
    """The consonants of a word, as languages that share it write them."""
    return word.replace("ph", "f").translate(_VOWELS)


def _common(a: str, b: str) -> int:
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


@lru_cache(maxsize=65536)
def _alike(word: str, other: str) -> bool:
    """Is it the same word, in another form or another language?"""
    if word == other:
        return True
    shorter = min(len(word), len(other))
    if shorter > 2 and word.removesuffix("s") == other.removesuffix("s"):
        return True
    if shorter < 4 or not (word.isalpha() and other.isalpha()):
        return False
    common = _common(word, other)
    if common >= max(4, -(-shorter * 7 // 10)) and common * 5 >= 2 * max(len(word), len(other)):
        return True
    return shorter >= 8 and _common(_bones(word), _bones(other)) >= 6


def _same(word: str, other: str) -> bool:
    """Is it the same word, or one that means the same?"""
    return _alike(word, other) or bool(_groups(word) & _groups(other))


class _Text:
    """Words to look names up in."""

    def __init__(self, text: str) -> None:
        runs = re.findall(r"[^\s,;:()\[\]|]+", text)
        self.words: set[str] = set()
        for run in runs:
            parts = [_fold(part) for part in re.findall(r"[^\W_]+", run)]
            self.words |= {*parts, "".join(parts)}
        flat = [_fold(part) for part in re.findall(r"[^\W_]+", text)]
        self.words |= {a + b for a, b in pairwise(flat)}
        self.capitals = {found.removesuffix("s").casefold() for found in re.findall(r"\b[A-Z]{2}[A-Za-z]*\b", text)}
        self.groups = frozenset[str]().union(*map(_groups, self.words))

    def holds(self, word: str, inside: bool = True) -> bool:
        """Does it hold a word, or one that means the same; or ends with it, as scleromyositis does with myositis?"""
        return (
            word in self.words
            or bool(_groups(word) & self.groups)
            or any(_alike(word, one) for one in self.words)
            or (inside and len(word) > 4 and any(one.endswith(word) for one in self.words))
        )


@lru_cache(maxsize=512)
def _text(text: str) -> _Text:
    return _Text(text)


@dataclass(frozen=True)
class _Name:
    """A name of a concept: its distinctive words (or all, where none is), its letters run together, its initials."""

    words: tuple[str, ...]
    joined: str
    initials: frozenset[str]  # of three and more of its words in a row
    strong: bool  # is a word among them that distinguishes?


@lru_cache(maxsize=65536)
def _name(name: str) -> _Name:
    parts = [_fold(part) for part in re.findall(r"[^\W_]+", name.replace("'s", "").replace("’s", ""))]
    telling = tuple(dict.fromkeys(p for p in parts if p not in _IDLE))
    strong = tuple(p for p in telling if not any(g[0] == "o" for g in _groups(p)))
    small = [p for p in parts if p not in ("of", "the", "and", "in", "with", "by")]
    spans = {"".join(p[0] for p in small[i:j]) for i in range(len(small)) for j in range(i + 3, len(small) + 1)}
    return _Name(
        telling or tuple(parts),
        "".join(telling),
        frozenset(spans),
        any(len(p) > 1 for p in strong),
    )


def _strictly(name: _Name, text: _Text) -> bool:
    """Does the text hold the whole name letter by letter, but for plurals?"""
    return all(
        word in text.words or word + "s" in text.words or word.removesuffix("s") in text.words for word in name.words
    )


def _full(name: _Name, text: _Text, inside: bool = True) -> bool:
    """Does the text hold the whole name?"""
    return (
        (len(name.joined) > 2 and name.joined in text.words)
        or bool(name.initials & text.capitals)
        or all(text.holds(word, inside) for word in name.words)
    )


def _touched(name: _Name, text: _Text) -> bool:
    """Does the text hold a word that distinguishes the name, or any where none does; and its letters and numbers?"""
    if not all(text.holds(word) for word in name.words if len(word) == 1 or not word.isalpha()):
        return False
    return any(
        text.holds(word)
        for word in name.words
        if len(word) > 2 and (not name.strong or not any(g[0] == "o" for g in _groups(word)))
    )


# ---- concepts ---------------------------------------------------------------------------

# Roots of branches: a rival of a concept is a concept of its branch.
_ROOTS = frozenset(
    expand(curie)
    for curie in (
        "HP:0000118", "HP:0030057", "MONDO:0000001", "UBERON:0001062", "MAXO:0000001", "ckg:MedicalProcedure", "ckg:Analyte",
        "ckg:ClinicalEvent", "ckg:TherapeuticAgent",
    )
)  # fmt: skip


_GENE, _ANTIBODY = "/hgnc:", expand("HP:0030057")


@lru_cache(maxsize=8192)
def _called(terms: Catalogue, iri: str) -> tuple[_Name, ...]:
    return tuple(map(_name, terms.names(iri)))


@lru_cache(maxsize=4)
def _below(terms: Catalogue) -> Mapping[str, frozenset[str]]:
    """What is below each concept."""
    found: dict[str, set[str]] = {}
    for iri in terms.concepts():
        for above in terms.ancestors(iri):
            found.setdefault(above, set()).add(iri)
    return {iri: frozenset(below) for iri, below in found.items()}


@lru_cache(maxsize=4)
def _rivals(terms: Catalogue) -> Mapping[str, tuple[tuple[str, _Name], ...]]:
    """Names with a word that distinguishes, by how that word begins."""
    found: dict[str, list[tuple[str, _Name]]] = {}
    for iri in terms.concepts():
        if _branch(terms, iri):
            for name in _called(terms, iri):
                if name.strong and len(name.joined) > 2:
                    found.setdefault(next(w for w in name.words if len(w) > 1)[:4], []).append((iri, name))
    return {start: tuple(rows) for start, rows in found.items()}


def kin(terms: Catalogue, iri: str) -> frozenset[str]:
    """A concept, and what is above and below it."""
    return frozenset(terms.ancestors(iri) | _below(terms).get(iri, frozenset()) | {iri})


def _branch(terms: Catalogue, iri: str) -> frozenset[str]:
    """The roots above a concept; of a gene, the genes."""
    roots = frozenset(terms.ancestors(iri) & _ROOTS)
    return (roots & {_ANTIBODY}) or roots or frozenset({iri.rpartition(":")[0]} if _GENE in iri else ())


def _rival(terms: Catalogue, iri: str, text: _Text, besides: tuple[str, ...] = (), narrow: bool = False) -> str | None:
    """A concept of the same branch that the text wholly names, in words that are not those of the concept or above it.

    besides: what else may be named; narrow: only a concept without any below it is a rival.
    """
    branch, given = _branch(terms, iri), (iri, *besides)
    family = frozenset[str]().union(*(kin(terms, one) for one in given))
    lineage = {above for one in given for above in terms.ancestors(one) - _ROOTS} | set(given)
    own = {word for one in lineage for name in _called(terms, one) for word in name.words}
    held = {word for name in _called(terms, iri) for word in name.words if text.holds(word)}
    for start in sorted({word[:4] for word in text.words}):
        for other, name in _rivals(terms).get(start, ()):
            wide = (besides or narrow) and len(_below(terms).get(other, ())) > 1
            wide = wide and bool(
                besides or not held or any(not any(_same(w, mine) for w in name.words) for mine in held)
            )
            if wide or other in family or not _branch(terms, other) & branch or not _strictly(name, text):
                continue
            if any(not any(_same(mine, word) for mine in own) for word in name.words):
                return terms.label(other)
    return None


@lru_cache(maxsize=8192)
def _judge(terms: Catalogue, iri: str, words: str, part: bool, broader: bool, excluded: bool) -> str | None:
    """What the words name instead of a concept; empty when they name nothing known, None when they name it.

    part: a part of its name will do; broader: the name of a broader concept will; excluded: that of the organ.
    """
    text = _text(words)
    if any(_full(name, text) for name in _called(terms, iri)):
        return None
    if any(_full(name, text, False) for below in _below(terms).get(iri, ()) for name in _called(terms, below)):
        return None
    above = terms.ancestors(iri) - _ROOTS - {iri}
    if (part and any(_touched(name, text) for name in _called(terms, iri))) or (
        broader and any(_full(n, text, False) for a in above for n in _called(terms, a) if n.strong or excluded)
    ):
        return None if excluded else _rival(terms, iri, text, narrow=True)
    return _rival(terms, iri, text) or ""


@lru_cache(maxsize=16384)
def mentions(terms: Catalogue, iri: str, words: str, loosely: bool, organs: bool = True) -> bool:
    """Do words name a concept: wholly and by the letter; or loosely, in part, by kin, or (organs) by its organ?"""
    text, called = _text(words), _called(terms, iri)
    if not loosely:
        return any(name.strong and len(name.joined) > 2 and _strictly(name, text) for name in called)
    if any(_full(name, text) or (_touched(name, text) and (organs or name.strong)) for name in called):
        return True
    near = (terms.ancestors(iri) - _ROOTS) | _below(terms).get(iri, frozenset())
    if any(_full(n, text, False) for one in near for n in _called(terms, one) if n.strong and len(n.joined) > 4):
        return True
    own = {group for name in called for word in name.words for group in _groups(word) if group[0] == "o"}
    return organs and bool(own & text.groups)


def organs_of(words: str) -> frozenset[str]:
    """Which organs words name, as groups of words that mean the same organ."""
    return frozenset(group for group in _text(words).groups if group[0] == "o")


def organs(words: str) -> bool:
    """Do words name an organ?"""
    return any(group[0] == "o" for group in _text(words).groups)


def named(terms: Catalogue, iri: str, words: str) -> int:
    """How many letters of its longest name words hold, by the letter; 0 when they do not name it.

    >>> from kg.base.prefixes import expand
    >>> named(Catalogue.shipped(), expand("LOINC:69984-3"), "FEV1/FVC") > named(
    ...     Catalogue.shipped(), expand("LOINC:19872-1"), "FEV1/FVC"
    ... ) > 0
    True
    """
    text = _text(words)
    told = [len(name.joined) for name in _called(terms, iri) if _strictly(name, text)]
    told += [len(short) for name in _called(terms, iri) for short in name.initials & text.capitals]
    told += [len(name.joined) for name in _called(terms, iri) if len(name.joined) > 2 and name.joined in text.words]
    return max(told, default=0)


_HP, _MONDO, _CALLED, _DONE = (
    tuple(map(expand, curies))
    for curies in (
        ("HP:0000118",),
        ("MONDO:0000001",),
        ("ckg:ClinicalEvent",),
        ("MAXO:0000001", "ckg:MedicalProcedure"),
    )
)
# (class of facts, field that holds the concept, roots that it must be below: what is below another is told by the shapes).
_CONCEPTS: tuple[tuple[type[Fact], str, tuple[str, ...]], ...] = (
    (Finding, "concept", _HP),
    (Antibody, "concept", (_ANTIBODY,)),
    (Diagnosis, "concept", _MONDO),
    (Event, "concept", (*_HP, *_MONDO, *_CALLED, *_DONE)),
    (AdverseEvent, "concept", (*_HP, *_MONDO, *_CALLED)),
    (Examination, "procedure", _DONE),
    (Measurement, "analyte", (expand("ckg:Analyte"),)),
    (Treatment, "action", _DONE),
)
_SPOKEN = ("printed", "extent", "method", "form", "qualifier", "within", "odd", "note")
_CURE = "Take the id of what is quoted, quote the words that name it, or say in `note` why it is that."


def _words(fact: Fact) -> str:
    """Everything that a fact says in words."""
    spoken = (getattr(fact, field, None) for field in _SPOKEN)
    return " | ".join([*(anchor.quote for anchor in fact.evidence), *filter(None, spoken)])


def names(case: Case, terms: Catalogue) -> Found:
    """What a fact quotes names its concept, and where it is; a fact without anchors is not judged."""
    facts = {name: {key: fact for _, key, fact in p.facts()} for name, p in case.patients.items()}
    for path, fact in case.facts():
        if not fact.evidence:
            continue
        words = _words(fact)
        for kind, field, roots in _CONCEPTS:
            term = getattr(fact, field, None) if isinstance(fact, kind) and not getattr(fact, "drug", None) else None
            if term is not None and expand(term.id) in terms and _fits(terms, expand(term.id), roots):
                status = getattr(fact, "status", "present")
                if status == "not stated":
                    continue
                excluded = status == "excluded"
                part, broader = kind is not Antibody, kind not in (Antibody, Measurement)
                rival = _judge(terms, expand(term.id), words, part, broader, excluded)
                if rival is None and kind is Diagnosis:
                    rival = _bare(terms, expand(term.id), words)
                if rival is not None:
                    yield (*path, field), "violation", "naming", _unnamed(term, rival), _CURE
        if isinstance(fact, Claim):
            yield from _claim(path, fact, words, terms)
        elif path[0] == "patients":
            yield from _sites(path, fact, words, facts[path[1]], terms)


def _bare(terms: Catalogue, iri: str, words: str) -> str | None:
    """What the words name instead of a disease that only the name of an antibody in them holds, as anti-PM/Scl does PM."""
    bare = re.sub(r"\banti-\S+", " ", words)
    if bare == words or mentions(terms, iri, bare, loosely=True, organs=False):
        return None
    return _rival(terms, iri, _text(bare))


def _fits(terms: Catalogue, iri: str, roots: tuple[str, ...]) -> bool:
    """Is it below one of these roots, or below none at all?"""
    above = terms.ancestors(iri)
    return bool(above & set(roots)) or not _branch(terms, iri)


def _unnamed(term: Term, rival: str) -> str:
    return f"{term.label} is not what is quoted" + (f": that names {rival}." if rival else ", in any of its names.")


def _claim(path: Path_, claim: Claim, words: str, terms: Catalogue) -> Found:
    """What a claim relates is named, or told by the sentence before; then no other of its branch is named instead."""
    fields = {name: getattr(claim, name) for name in ("subject", "objects", "context", "compared_with")}
    given = [
        ((*path, name, i) if isinstance(value, tuple) else (*path, name), term)
        for name, value in fields.items()
        for i, term in enumerate(value if isinstance(value, tuple) else filter(None, [value]))
        if expand(term.id) in terms
    ]
    all_of_them = tuple(expand(term.id) for _, term in given)
    for where, term in given:
        iri = expand(term.id)
        if _judge(terms, iri, words, True, True, False) is not None:
            rival = _rival(terms, iri, _text(words), all_of_them)
            if rival is not None:
                yield where, "violation", "naming", _unnamed(term, rival), _CURE


# Words of a part of the body that do not say which.
_ANYWHERE = {"joint", "skin", "tissue", "organ", "muscle", "zone"}


def _sites(path: Path_, fact: Fact, words: str, facts: Mapping[str, Fact], terms: Catalogue) -> Found:
    """A site is named in the words, or follows from what is found, examined or shown there."""
    text = _text(words)
    for i, site in enumerate(getattr(fact, "sites", ())):
        iri = expand(site.id)
        if _contrary(terms, iri, words):
            message = f"{site.label} stands against what is quoted."
            yield (*path, "sites", i), "violation", "naming", message, _CURE
        if _UBERON not in terms.ancestors(iri) or _sited(terms, iri, text):
            continue
        whole = facts.get(getattr(fact, "aspect_of", None) or "")
        others = {expand(other.id) for other in getattr(whole, "sites", ())} - {iri}
        if iri in _implied(fact, facts, terms, iri) and not any(_sited(terms, other, text) for other in others):
            continue
        message = f"{site.label} is not named in what is quoted."
        yield (*path, "sites", i), "violation", "naming", message, _CURE


# Words of places that exclude each other.
_OPPOSITE = (
    (r"\b(?:upper|forelimbs?|arms?)\b", r"\b(?:lower|hindlimbs?|legs?)\b"),
    (r"\b(?:left)\b", r"\b(?:right)\b"),
)


def _contrary(terms: Catalogue, iri: str, words: str) -> bool:
    """Do the words name the opposite of a place, and nothing of it?"""
    called = " | ".join(terms.names(iri))
    for one, other in (*_OPPOSITE, *((b, a) for a, b in _OPPOSITE)):
        own, against = re.compile(one, re.IGNORECASE), re.compile(other, re.IGNORECASE)
        if own.search(called) and not against.search(called) and against.search(words) and not own.search(words):
            return True
    return False


def _sited(terms: Catalogue, iri: str, text: _Text) -> bool:
    for name in _called(terms, iri):
        telling = [word for word in name.words if word not in _ANYWHERE] or list(name.words)
        if any(text.holds(word) for word in telling if len(word) > 2) or _full(name, text):
            return True
    return False


def _implied(fact: Fact, facts: Mapping[str, Fact], terms: Catalogue, iri: str) -> frozenset[str]:
    """The site, when it is a part of what the fact is about, or the site of a fact that this one rests on."""
    keys = [*getattr(fact, "shown_by", ()), *getattr(fact, "of", ()), *filter(None, [getattr(fact, "aspect_of", None)])]
    others = [facts[key] for key in keys if key in facts]
    about = [t for one in (fact, *others) for f in ("concept", "procedure") if (t := getattr(one, f, None))]
    sites = {expand(site.id) for one in others for site in getattr(one, "sites", ())}
    own = (anatomy(terms, expand(term.id)) - {_REGION} for term in about)
    return (
        frozenset({iri}) if iri in sites or any(at and meet(terms, at, frozenset({iri})) for at in own) else frozenset()
    )


_REGION, _UBERON = (PREFIXES["obo"] + name for name in ("UBERON_0000475", "UBERON_0001062"))


# ---- antigens ---------------------------------------------------------------------------


def antigens(case: Case, terms: Catalogue) -> Found:
    """The antigens that a report names are such as the antibody binds."""
    for path, fact in case.facts():
        if not isinstance(fact, Antibody):
            continue
        iri = expand(fact.concept.id)
        binds = {antigen for one in {iri, *_below(terms).get(iri, ())} for antigen in terms.value(one, "antigen")}
        for i, antigen in enumerate(fact.antigens):
            above = terms.ancestors(expand(antigen.id))
            known = bool(above & binds) if binds else antigen.id.partition(":")[0] in _MOLECULES
            if above & _FOREIGN:
                continue  # told by the shapes
            if not known and not (fact.odd and antigen.label in fact.odd):
                some = " or ".join(sorted(map(terms.label, binds))) or "a gene product"
                message = f"{fact.concept.label} does not bind {antigen.label}."
                cure = f"Name {some}; an antigen that the report names all the same belongs into `odd`."
                yield (*path, "antigens", i), "violation", "antigen", message, cure


_FOREIGN = frozenset(map(expand, ("ckg:TherapeuticAgent", "HP:0000118", "MONDO:0000001")))
_MOLECULES = ("HGNC", "CHEBI", "GO", "PR", "NCIT", "MESH", "ckg")
