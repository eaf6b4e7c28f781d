"""Do the words that a fact quotes name the concept that it gives?

A name of a concept is told when its distinctive words stand in the anchors, in `printed`, or in
what the curator says in `odd` and `note` (`kg.model.words`). A concept that is only touched is refused when the
same words wholly name another one, or only a broader one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

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
from kg.model.words import IDLE, Name, Words, by_letter, groups_of, in_full, in_part, name_of, same, words_of

__all__ = ["antigens", "kin", "mentions", "named", "names", "organs", "organs_of"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure


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
def _called(terms: Catalogue, iri: str) -> tuple[Name, ...]:
    return tuple(map(name_of, terms.names(iri)))


@lru_cache(maxsize=4)
def _below(terms: Catalogue) -> Mapping[str, frozenset[str]]:
    """What is below each concept."""
    found: dict[str, set[str]] = {}
    for iri in terms.concepts():
        for above in terms.ancestors(iri):
            found.setdefault(above, set()).add(iri)
    return {iri: frozenset(below) for iri, below in found.items()}


@lru_cache(maxsize=4)
def _rivals(terms: Catalogue) -> Mapping[str, tuple[tuple[str, Name], ...]]:
    """Names with a word that distinguishes, by how that word begins."""
    found: dict[str, list[tuple[str, Name]]] = {}
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


def _rival(terms: Catalogue, iri: str, text: Words, besides: tuple[str, ...] = (), narrow: bool = False) -> str | None:
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
                besides or not held or any(not any(same(w, mine) for w in name.words) for mine in held)
            )
            if wide or other in family or not _branch(terms, other) & branch or not by_letter(name, text):
                continue
            if any(not any(same(mine, word) for mine in own) for word in name.words):
                return terms.label(other)
    return None


@lru_cache(maxsize=8192)
def _judge(terms: Catalogue, iri: str, words: str, part: bool, broader: bool, excluded: bool) -> str | None:
    """What the words name instead of a concept; empty when they name nothing known, None when they name it.

    part: a part of its name will do; broader: the name of a broader concept will; excluded: that of the organ.
    """
    text = words_of(words)
    if any(in_full(name, text) for name in _called(terms, iri)):
        return _longer(terms, iri, words)
    if any(in_full(name, text, False) for below in _below(terms).get(iri, ()) for name in _called(terms, below)):
        return None
    above = terms.ancestors(iri) - _ROOTS - {iri}
    touched = [name for name in _called(terms, iri) if part and in_part(name, text)]
    narrow = _branch(terms, iri) & {*_HP, *_MONDO} or _THERAPY in terms.ancestors(iri)
    if touched and narrow and (wide := _wider(terms, iri, touched, text)):
        return wide
    if touched or (
        broader and any(in_full(n, text, False) for a in above for n in _called(terms, a) if n.strong or excluded)
    ):
        return None if excluded else _rival(terms, iri, text, narrow=True)
    return _rival(terms, iri, text) or ""


@lru_cache(maxsize=4)
def _places(terms: Catalogue) -> frozenset[str]:
    """Words of parts of the body: that a heliotrope rash is of the eyelids goes without saying."""
    parts = (iri for iri in terms.concepts() if _UBERON in terms.ancestors(iri))
    return frozenset(word for iri in parts for name in _called(terms, iri) for word in name.words)


def _plainly(name: str, text: Words) -> bool:
    """Does a text hold the whole of a name, of which no word is idle?"""
    own = name_of(name)
    return own.strong and not set(name.casefold().split()) & IDLE and in_full(own, text, False)


def _wider(terms: Catalogue, iri: str, touched: list[Name], text: Words) -> str | None:
    """The broader concept that words name, when they hold nothing of what tells this one from it: rash, for a malar rash."""
    above = terms.ancestors(iri) - _ROOTS - {iri}
    told = {one for one in above if any(_plainly(name, text) for name in terms.names(one))}
    if not told:
        return None
    common = {word for one in told for name in _called(terms, one) for word in name.words}
    for name in touched:
        own = [w for w in name.words if len(w) > 2 and not any(g[0] == "o" for g in groups_of(w))]
        own = [w for w in own if w not in _places(terms) and not any(same(w, o) or o.endswith(w) for o in common)]
        if not own or any(text.holds(word) for word in own):
            return None
    return next((terms.label(one) for one in terms.parents_of(iri) if one not in _ROOTS), None)


_AROUND = 4  # words on each side of a name that may belong to a longer one


def _longer(terms: Catalogue, iri: str, words: str) -> str | None:
    """Another concept of the branch, that is not broader, whose name holds that of this one wherever it stands."""
    parts = list(re.finditer(r"[^\W_]+(?:['’]s\b)?", words))
    flat = [part[0].casefold() for part in parts]
    found = None
    for name in terms.names(iri):
        own = [part.casefold() for part in re.findall(r"[^\W_]+(?:['’]s\b)?", name)]
        for i in range(len(flat) - len(own) + 1):
            if flat[i : i + len(own)] == own:
                found = _around(terms, iri, words, parts, i, i + len(own))
                if found is None:
                    return None
    return found


def _around(terms: Catalogue, iri: str, words: str, parts: list[re.Match[str]], start: int, end: int) -> str | None:
    for first in range(max(0, start - _AROUND), start + 1):
        for last in range(end, min(len(parts), end + _AROUND) + 1):
            phrase = words[parts[first].start() : parts[last - 1].end()]
            if (first, last) == (start, end) or re.search(r"[|;:.()]", phrase):
                continue
            for other in terms.named(phrase):
                if other != iri and other not in terms.ancestors(iri) and _branch(terms, other) & _branch(terms, iri):
                    return terms.label(other)
    return None


@lru_cache(maxsize=16384)
def mentions(terms: Catalogue, iri: str, words: str, loosely: bool, organs: bool = True) -> bool:
    """Do words name a concept: wholly and by the letter; or loosely, in part, by kin, or (organs) by its organ?"""
    text, called = words_of(words), _called(terms, iri)
    if not loosely:
        return any(name.strong and len(name.joined) > 2 and by_letter(name, text) for name in called)
    if any(in_full(name, text) or (in_part(name, text) and (organs or name.strong)) for name in called):
        return True
    near = (terms.ancestors(iri) - _ROOTS) | _below(terms).get(iri, frozenset())
    if any(in_full(n, text, False) for one in near for n in _called(terms, one) if n.strong and len(n.joined) > 4):
        return True
    own = {group for name in called for word in name.words for group in groups_of(word) if group[0] == "o"}
    return organs and bool(own & text.groups)


def organs_of(words: str) -> frozenset[str]:
    """Which organs words name, as groups of words that mean the same organ."""
    return frozenset(group for group in words_of(words).groups if group[0] == "o")


def organs(words: str) -> bool:
    """Do words name an organ?"""
    return any(group[0] == "o" for group in words_of(words).groups)


def named(terms: Catalogue, iri: str, words: str) -> int:
    """How many letters of its longest name words hold, by the letter; 0 when they do not name it.

    >>> from kg.base.prefixes import expand
    >>> named(Catalogue.shipped(), expand("LOINC:69984-3"), "FEV1/FVC") > named(
    ...     Catalogue.shipped(), expand("LOINC:19872-1"), "FEV1/FVC"
    ... ) > 0
    True
    """
    text = words_of(words)
    told = [len(name.joined) for name in _called(terms, iri) if by_letter(name, text)]
    told += [len(short) for name in _called(terms, iri) for short in name.initials & text.capitals]
    told += [len(name.joined) for name in _called(terms, iri) if len(name.joined) > 2 and name.joined in text.words]
    return max(told, default=0)


_THERAPY = expand("MAXO:0000002")
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
    facts = {name: {key: fact for _, key, fact in patient.facts()} for name, patient in case.patients.items()}
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
                if rival is None and status == "present" and _undirected(terms, term, words):
                    message = f"{term.label}: nothing that is quoted says so."
                    yield (*path, field), "violation", "naming", message, _CURE
                if rival is None and kind is Diagnosis:
                    rival = _bare(terms, expand(term.id), words)
                if rival is None and isinstance(fact, Examination) and (other := _elsewhere(terms, term, words)):
                    yield (*path, field), "violation", "naming", _unnamed(term, other), _CURE
                if (
                    rival == ""
                    and isinstance(fact, Examination)
                    and _measures(terms, fact, facts[str(path[1])], path[-1])
                ):
                    continue
                if rival is not None:
                    yield (*path, field), "violation", "naming", _unnamed(term, rival), _CURE
        if isinstance(fact, Claim):
            yield from _claim(path, fact, words, terms)
        elif path[0] == "patients":
            yield from _sites(path, fact, words, facts[str(path[1])], terms)


# Concepts of a direction, and words (or a reference range) that tell it.
_RANGED = r"|[<>≤≥↑↓]|\d ?[-–—] ?\d|\b(?:ULN|LLN|limits?|range|reference|times)\b"
_DIRECTED = (
    (r"(?:increased|elevated|high)\b", r"elevat|\bhigh|rais|\br[io]s[ei]|increas|hyper|above|excess|positiv|more|strong|marked|grew|gain|doubl|up\b" + _RANGED),
    (r"(?:decreased|reduced|low)\b", r"reduc|\blow|decreas|below|hypo|deplet|dimin|deficien|drop|fell|fall|less|loss|impair|penia|limit|poor|weak|down\b|absen|undetect" + _RANGED),
)  # fmt: skip


def _undirected(terms: Catalogue, term: Term, words: str) -> bool:
    """Is a concept high or low, while the words neither say which, nor use a name that does?"""
    row = next((row for row in _DIRECTED if re.match(row[0], term.label, re.IGNORECASE)), None)
    if row is None or re.search(row[1], words, re.IGNORECASE):
        return False
    names = [name for name in terms.names(expand(term.id)) if not re.search(row[1], name, re.IGNORECASE)]
    return not any(by_letter(name_of(name), words_of(words)) for name in names)


def _elsewhere(terms: Catalogue, term: Term, words: str) -> str | None:
    """The word of another organ, where an examination of one is quoted by words that name only that other one."""
    organs = {
        group
        for name in terms.names(expand(term.id))
        for word in name_of(name).words
        for group in groups_of(word)
        if group[0] == "o"
    }
    own = re.search(rf"(\w+) (?={'|'.join(_TECHNIQUE)})", words, re.IGNORECASE)
    told = organs_of(own[1]) if own else frozenset[str]()
    region = groups_of("chest")  # around several organs: it is none of them, and no other
    organs, told = organs - region, told - region
    return own[1] if own and organs and told and not told & organs and not organs & organs_of(words) else None


_TECHNIQUE = ("biops", "MRI", "magnetic", "CT\\b", "tomogra", "ultraso", "scan")


def _measures(terms: Catalogue, exam: Examination, facts: Mapping[str, Fact], key: object) -> bool:
    """Do the words name what is measured in an examination, of the part of the body that it examines?"""
    seen, words = anatomy(terms, expand(exam.procedure.id)), _words(exam)
    return bool(seen) and any(
        isinstance(one, Measurement)
        and one.examination == key
        and (at := anatomy(terms, expand(one.analyte.id)))
        and meet(terms, at, seen)
        and mentions(terms, expand(one.analyte.id), words, loosely=False)
        for one in facts.values()
    )


def _bare(terms: Catalogue, iri: str, words: str) -> str | None:
    """What the words name instead of a disease that only the name of an antibody in them holds, as anti-PM/Scl does PM."""
    bare = re.sub(r"\banti-\S+", " ", words)
    if bare == words or mentions(terms, iri, bare, loosely=True, organs=False):
        return None
    return _rival(terms, iri, words_of(bare))


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
            rival = _rival(terms, iri, words_of(words), all_of_them)
            if rival is not None:
                yield where, "violation", "naming", _unnamed(term, rival), _CURE


# Words of a part of the body that do not say which.
_ANYWHERE = {"joint", "skin", "tissue", "organ", "muscle", "zone"}


def _sites(path: Path_, fact: Fact, words: str, facts: Mapping[str, Fact], terms: Catalogue) -> Found:
    """A site is named in the words, or follows from what is found, examined or shown there."""
    text = words_of(words)
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


def _sited(terms: Catalogue, iri: str, text: Words) -> bool:
    for name in _called(terms, iri):
        telling = [word for word in name.words if word not in _ANYWHERE] or list(name.words)
        if any(text.holds(word) for word in telling if len(word) > 2) or in_full(name, text):
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
            if fact.evidence and not binds and not mentions(terms, expand(antigen.id), _words(fact), loosely=True):
                message = f"{antigen.label} is not named in what is quoted."
                yield (*path, "antigens", i), "violation", "antigen", message, "Give antigens that the report names."
                continue
            if not known and not (fact.odd and antigen.label in fact.odd):
                some = " or ".join(sorted(map(terms.label, binds))) or "a gene product"
                message = f"{fact.concept.label} does not bind {antigen.label}."
                cure = f"Name {some}; an antigen that the report names all the same belongs into `odd`."
                yield (*path, "antigens", i), "violation", "antigen", message, cure


_FOREIGN = frozenset(map(expand, ("ckg:TherapeuticAgent", "HP:0000118", "MONDO:0000001")))
_MOLECULES = ("HGNC", "CHEBI", "GO", "PR", "NCIT", "MESH", "ckg")
