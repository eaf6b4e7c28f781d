"""Findings, diagnoses and events of the patient: what the sentences name, and what they say of it.

casekg's own terms (`kg.mentions.gazetteer`) come before those of HPO as a whole (`kg.mentions.phenotypes`) where both read
the same words; the other reading is kept as an alternative.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from kg.articles.article import Article, Confidence, Mention
from kg.base.prefixes import compress, expand
from kg.concepts.terms import Catalogue
from kg.mentions.bodysites import Site
from kg.mentions.composed import located, shared, unaltered
from kg.mentions.gazetteer import Named, called, elided, named
from kg.mentions.phenotypes import Feature
from kg.mentions.polarity import Status, assertion, stated_normal
from kg.model.anchors import Sentence
from kg.model.naming import organs

__all__ = ["Manifestation", "certainty", "manifestations", "over", "qualities"]

FINDING, DISEASE, EVENT, INFECTION, ANTIBODY = (
    "HP:0000118",
    "MONDO:0000001",
    "ckg:ClinicalEvent",
    "MONDO:0005550",
    "HP:0030057",
)


@dataclass(frozen=True, slots=True)
class Manifestation(Mention):
    """A finding, diagnosis or event at one place of the text.

    section: of the case file it belongs into; cue: the words that decided the status; sites: CURIEs, which stand at `sited`; part_of: where
    the finding stands of which this is the one at a site.
    """

    section: str
    concept: str
    status: Status
    alternatives: tuple[str, ...] = ()
    cue: tuple[int, int] | None = None
    sites: tuple[str, ...] = ()
    part_of: tuple[int, int] | None = None
    sited: tuple[int, int] | None = None


@lru_cache(maxsize=8192)
def over(concept: str) -> frozenset[str]:
    """The CURIEs above a concept, itself included."""
    return frozenset(map(compress, Catalogue.shipped().ancestors(expand(concept))))


def manifestations(
    article: Article, sentences: Iterable[Sentence], features: Iterable[Feature], sites: Iterable[Site] = ()
) -> tuple[Manifestation, ...]:
    """What these sentences tell of, in the order of the text."""
    some = sorted(features, key=lambda f: f.start)
    places = sorted(sites, key=lambda s: s.start)
    found: list[Manifestation] = []
    for sentence in sentences:
        own = [*_own(article, sentence), *_shared(article, sentence)]
        theirs = [f for f in some if sentence.start <= f.start and f.end <= sentence.end]
        told = _merged(
            own, [m for f in theirs if not _NAMESAKE.match(article.text, f.end) for m in _of_feature(f)], article.text
        )
        told += _elided(article, sentence, told)
        told += _normal(article, sentence, told)
        found += _located(article, sentence, told, [s for s in places if sentence.start <= s.start < sentence.end])
    return tuple(sorted(found, key=lambda m: (m.start, m.end)))


# ---- casekg's own terms -----------------------------------------------------------------

# Names that stand for a manifestation only in some sense, or are too wide to say anything.
_WIDE = frozenset({"HP:0000118", "MONDO:0000001", "ckg:ClinicalEvent", "HP:0012531", "MONDO:0005550", "HP:0002960",
                   "MONDO:0700096", "MONDO:0002254", "NCIT:C41331", "MONDO:0005070", "MONDO:0023370", "MONDO:0021166", "HP:0000001", "EFO:0000727", "EFO:0004542"})  # fmt: skip
# "Myositis-specific antibodies", "a lupus-like rash": named for it, and not it
_NAMESAKE = re.compile(r"[-‐‑](?:specific|like|free|related (?:anti|auto)|associated (?:anti|auto))", re.IGNORECASE)
_NO_DISEASE = re.compile(
    r"\s*(?:pernio|vulgaris|anticoagulant|vaccin\w*|antibod\w*|antigen|titer|titre|serolog\w*|score|index|scale|criteria|activity score|trial|cohort|unit|clinic"
    r"|department|ward|specialist|screen\w*|test\w*|PCR|virus\b(?! infection))",
    re.IGNORECASE,
)


def _own(article: Article, sentence: Sentence) -> Iterator[Manifestation]:
    text = article.text
    for name in named(text, sentence.start, sentence.end):
        words = text[name.start : name.end]
        concept, section = _chosen(name.concepts)
        if not concept or (concept in _WIDE and not (concept == INFECTION and section == "events")):
            continue
        if organs(words) and all(organs(word) for word in re.findall(r"\w+", words)):
            continue  # an organ is no manifestation
        if _NAMESAKE.match(text, name.end):
            continue
        if section != "findings" and _NO_DISEASE.match(text[name.end : sentence.end]):
            continue
        if not _in_place(article, sentence, concept, words):
            continue
        told = assertion(text, sentence, name.start, name.end)
        others = tuple(called(c) for c in name.concepts if c != concept and section == _section(c))
        yield Manifestation(
            name.start, name.end, f"{_RULES[section]}/name", "high", section, concept, told.status, others, told.cue
        )


_RULES = {"findings": "finding", "diagnoses": "diagnosis", "events": "event"}


def _section(concept: str) -> str:
    above = over(concept)
    if ANTIBODY in above:
        return ""
    if FINDING in above:
        return "findings"
    if EVENT in above:
        return "events"
    if DISEASE in above:
        return "events" if INFECTION in above else "diagnoses"
    return ""


def _chosen(concepts: Sequence[str]) -> tuple[str, str]:
    """Of the terms that a name may mean the one that a manifestation is, a finding before a disease."""
    rank = {"findings": 0, "events": 1, "diagnoses": 2}
    fit = [(rank[section], i, c, section) for i, c in enumerate(concepts) if (section := _section(c))]
    return (min(fit)[2], min(fit)[3]) if fit else ("", "")


def _in_place(article: Article, sentence: Sentence, concept: str, words: str) -> bool:
    """Is a word that is short for one organ's finding (dilatations, of nailfold capillaries) told of that organ?"""
    if not concept.startswith("ckg:") or len(re.findall(r"\w+", words)) > 1:
        return True
    label = Catalogue.shipped().label(expand(concept)).casefold()
    wanted = [word for word in re.findall(r"\w{4,}", label) if word[:6] not in words.casefold()]
    part = next((p for p in article.parts if p.start <= sentence.start < p.end), None)
    legend = part is not None and part.kind == "figure"
    start = part.start if part and legend else max(part.start if part else 0, sentence.start - 300)
    around = article.text[start : sentence.end].casefold()
    return not wanted or any(word[:6] in around for word in wanted)


def _told(article: Article, sentence: Sentence, name: Named, rule: str, sure: Confidence) -> Iterator[Manifestation]:
    concept, section = _chosen(name.concepts)
    if section == "findings" and concept not in _WIDE:
        told = assertion(article.text, sentence, name.start, name.end)
        yield Manifestation(name.start, name.end, rule, sure, section, concept, told.status, (), told.cue)


def _shared(article: Article, sentence: Sentence) -> Iterator[Manifestation]:
    for name in shared(article.text, sentence.start, sentence.end):
        yield from _told(article, sentence, name, "finding/list", "medium")


def _elided(article: Article, sentence: Sentence, told: Sequence[Manifestation]) -> list[Manifestation]:
    """Findings that leave their organ out, where nothing else was read."""
    around = re.sub(r"\s+", " ", article.text[sentence.start : sentence.end])
    return [
        one
        for name in elided(article.text, sentence.start, sentence.end, around)
        if not any(m.start < name.end and name.start < m.end for m in told)
        for one in _told(article, sentence, name, "finding/organ", "medium")
    ]


def _normal(article: Article, sentence: Sentence, told: Sequence[Manifestation]) -> list[Manifestation]:
    """Abnormalities that are excluded by what is called normal."""
    made: list[Manifestation] = []
    for normal in stated_normal(article.text, sentence):
        words = article.text[normal.start : normal.end]
        concept, section = _chosen(unaltered(words))
        if section == "findings" and concept not in _WIDE and not any(m.concept == concept for m in (*told, *made)):
            made.append(
                Manifestation(
                    normal.start, normal.end, "finding/normal", "medium", section, concept, "excluded", (), normal.cue
                )
            )
    return made


def _located(
    article: Article, sentence: Sentence, told: list[Manifestation], sites: Sequence[Site]
) -> list[Manifestation]:
    """The same with the sites that follow them; and the findings that are called by such a site."""
    findings = [m for m in told if m.section == "findings"]
    at: dict[int, list[str]] = {}
    reach: dict[int, tuple[int, int]] = {}
    more: list[Manifestation] = []
    for number, site, name in located(article.text, [(m.start, m.end) for m in findings], sites, sentence.end):
        whole = findings[number]
        at.setdefault(number, []).append(site.concept)
        first = reach[number][0] if number in reach else site.start
        reach[number] = (first, site.end)
        concept, section = _chosen(name.concepts)
        if section == "findings" and concept != whole.concept and whole.concept in over(concept):
            more.append(replace(whole, end=name.end, rule="finding/site", confidence="medium", concept=concept,
                                alternatives=(), sites=(site.concept,), part_of=(whole.start, whole.end)))  # fmt: skip
    placed = {id(findings[number]): (tuple(some), reach[number]) for number, some in at.items()}
    return [
        *(replace(m, sites=placed[id(m)][0], sited=placed[id(m)][1]) if id(m) in placed else m for m in told),
        *more,
    ]


# ---- HPO --------------------------------------------------------------------------------


def _of_feature(feature: Feature) -> Iterator[Manifestation]:
    if ANTIBODY in over(feature.concept) or feature.concept in _WIDE:
        return
    others = tuple(f"{c} ! {label}" for c, label in feature.alternatives)
    rule = re.sub(r"[^a-z0-9/]+", "-", f"phenotype/{feature.rule}".casefold()).strip("-")
    yield Manifestation(
        feature.start, feature.end, rule, feature.confidence, "findings", feature.concept, feature.status, others,
        feature.cue,
    )  # fmt: skip


def _merged(own: list[Manifestation], theirs: list[Manifestation], text: str) -> list[Manifestation]:
    """Each place once: the longer name, casekg's own before HPO's where they are as long; the other as an alternative.

    A disease of another ontology, or one that is only there above others and is named as HPO names a finding, comes after both.
    """
    kept = list(own)
    terms = Catalogue.shipped()
    for other in theirs:
        rivals = [m for m in own if m in kept and m.start < other.end and other.start < m.end]
        plainly = text[other.start : other.end].casefold() == terms.label(expand(other.concept)).casefold()
        first = terms.chosen if plainly else terms.ships
        strange = [m for m in rivals if m.section != "findings" and not first(expand(m.concept))]
        if (
            strange
            and other.confidence != "low"
            and all(other.start <= m.start and m.end <= other.end for m in strange)
        ):
            kept = [m for m in kept if m not in strange]
            rivals = [m for m in rivals if m not in strange]
            names = (*other.alternatives, *(called(m.concept) for m in strange))
            other = replace(other, alternatives=tuple(dict.fromkeys(names)))
        findings = [m for m in rivals if m.section == "findings"]
        if not rivals:
            kept.append(other)
        elif findings and all(m.concept == other.concept for m in findings):
            continue
        elif other.confidence != "low" and all(
            other.start <= m.start
            and m.end <= other.end
            and len(text[m.start : m.end]) < len(text[other.start : other.end])
            for m in rivals
        ):
            kept = [m for m in kept if m not in rivals]
            names = tuple(called(m.concept) for m in findings)
            kept.append(replace(other, alternatives=tuple(dict.fromkeys((*names, *other.alternatives)))))
        elif other.confidence != "low":
            also = called(other.concept)
            for m in findings[:1]:
                kept[kept.index(m)] = replace(m, alternatives=tuple(dict.fromkeys((*m.alternatives, also))))
    return kept


# ---- what is said around ----------------------------------------------------------------

_CERTAIN = (
    ("compatible with", r"(?:compatible|consistent|in keeping|in line) with"),
    ("probable", r"(?:probabl[ey]|likely|suggest(?:ive of|ing|ed|s)|presumed|presumptive)"),
    ("possible", r"(?:possibl[ey]|suspect(?:ed|ing|s)|suspicio(?:n|us) (?:of|for)|questionable|may (?:be|represent|have)"
     r"|(?:working|provisional|tentative|preliminary) diagnos[ie]s|(?:we|they|clinicians|physicians) (?:also |initially |first |then )*(?:considered|contemplated))"),
)  # fmt: skip
_BEFORE = r"(?:\s+(?:a|an|the|of|for|its|his|her|diagnosis|[a-z]+(?:al|ic|ous|ive|ar)))*\s*$"
_DEGREES = (
    ("HP:0012825", r"mild(?:ly)?"),
    ("HP:0012826", r"moderate(?:ly)?"),
    ("HP:0012828", r"severe(?:ly)?|marked(?:ly)?"),
)
_SIDES = (("HP:0012832", r"bilateral(?:ly)?"), ("HP:0012835", r"left(?:-sided)?"), ("HP:0012834", r"right(?:-sided)?"))


# What stands between a name and the words after it that make it, and its list, uncertain.
_LISTED = re.compile(
    r"(?i)(?:\s*(?:,|and/or|and|or|versus|vs\.?)\s+(?!(?:who|whom|which|that|when|where|with|in|for|because|due|after|but)\b)"
    r"[\w’'-]+(?:\s+(?!(?:who|whom|which|that|when|where|in|because|due|after)\b)[\w’'-]+){0,4})*,?\s*"
)

_SETTLED = re.compile(r"(?i)(?:\s+\w+)?,?\s+(?:and|then)\s+(?:\w+\s+){0,2}(?:confirmed|established|proven|verified)\b")


def certainty(text: str, sentence: Sentence, start: int, end: int) -> tuple[str, int, int]:
    """How sure the report itself is of what stands there, "" if it states it; and from where to where the words are
    that say so, the name included.

    >>> text = "A biopsy compatible with polymyositis; sarcoidosis was suspected."
    >>> sentence = Sentence("case", 0, len(text), text)
    >>> for name in ("polymyositis", "sarcoidosis"):
    ...     sure, begin, end = certainty(text, sentence, text.index(name), text.index(name) + len(name))
    ...     print(sure, "-", text[begin:end])
    compatible with - compatible with polymyositis
    possible - sarcoidosis was suspected
    """
    before = text[sentence.start : start]
    for name, words in _CERTAIN:
        if re.search(rf"(?i)\b{words}\b", text[start:end]):
            return name, start, end
    for name, words in _CERTAIN:
        if found := re.search(rf"(?i)\b{words}{_BEFORE}", before):
            return name, sentence.start + found.start(), end
    hedge = assertion(text, sentence, start, end).hedge
    later = hedge and _SETTLED.match(text, hedge[1], sentence.end)
    if hedge and not later and hedge[0] >= end and _LISTED.fullmatch(text, end, hedge[0]):
        said = text[slice(*hedge)]
        return ("probable" if re.search(r"(?i)\b(?:probable|likely)\b", said) else "possible"), start, hedge[1]
    return "", start, end


def qualities(text: str, sentence: Sentence, start: int) -> tuple[dict[str, str], int]:
    """Severity and side, where words directly before a finding say them; and where these words begin."""
    before = text[sentence.start : start]
    told: dict[str, str] = {}
    first = start
    for field, rows in (("severity", _DEGREES), ("laterality", _SIDES)):
        for concept, words in rows:
            if found := re.search(rf"(?i)\b(?:{words})(?:\s+[a-z]+(?:al|ic|ous|ar|ular))?\s+$", before):
                told[field] = called(concept)
                first = min(first, sentence.start + found.start())
    return told, first
