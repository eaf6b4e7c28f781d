"""Which drugs does a sentence name?

Names come from casekg's terms, from a list of common ones (tables/medicines.tsv), from the table inside
`drug-named-entity-recognition` where that is installed, from the short forms that the document defines for them, from
the endings that international names are made of, and from a dose with its frequency that stands behind a word.
A class (steroids, antibiotics) is a class. A substance that the body makes too (insulin, iron), or that is measured,
is a drug only where the words around it say that it was given; a germ's sensitivity to a drug is no treatment.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from kg.articles.abbreviations import definitions
from kg.articles.article import Confidence, Mention
from kg.base import places
from kg.base.prefixes import CKG, compress
from kg.concepts.modules import fold
from kg.concepts.terms import Catalogue
from kg.mentions.drugtable import table_names
from kg.mentions.namelist import NameList, spread
from kg.mentions.tabular import rows
from kg.model.anchors import Sentence

__all__ = ["DrugName", "concept", "drugs"]

Kind = Literal["drug", "class", "cue", "table", "ending", "dosed", "short", "action", "misspelt"]


@dataclass(frozen=True, slots=True)
class DrugName(Mention):
    """A drug as it is named at one place of the text.

    concept and label: what casekg calls it, "" when it is none of its terms; kind: how its name was known; a class is
    no single drug, an action (local cures, haemodialysis) no drug at all.
    """

    kind: Kind = "drug"
    concept: str = ""
    label: str = ""


# ---- what is a name ---------------------------------------------------------------------

_ENDINGS = re.compile(
    r"\b[A-Za-z][a-z]{2,}(?:mab|tinib|ciclib|rafenib|zomib|parib|lisib|cept|prazole|sartan|pril|dipine|olol|statin|floxacin|cycline"
    r"|cillin|mycin|micin|penem|conazole|fungin|vir|triptan|gliptin|gliflozin|glitazone|glutide|parin|xaban|gatran|platin"
    r"|taxel|rubicin|abine|trexate|trexed|tecan|poside|fosfamide|mustine|olone|onide|metasone|(?<!s)terol|tropium|lukast|setron"
    r"|(?<!is)tidine|zepam|zolam|barbital|caine|curonium|flurane|fentanil|oxetine|pramine|triptyline|peridone|azapine|piprazole"
    r"|dronate|dronic|vastatin|fibrate|thiazide|semide|pamil|afil|entan|olimus|oxacin|cef\w{3,}|zidime|kinra)\b"
)
_NOT_ENDINGS = {
    "multicept",
    "concept",
    "precept",
    "percept",
    "arylsulfatase",
    "intercept",
    "accept",
    "except",
    "april",
    "elvir",
    "cholecystokinin",
    "glucuronide",
    "angiostatin",
    "endostatin",
    "follistatin",
    "myostatin",
}
_TAIL = re.compile(
    r"(?:\s(?:hydrochloride|sodium|succinate|tartrate|maleate|sulphate|sulfate|mesylate|acetate|phosphate|citrate|besylate|fumarate"
    r"|bromide|calcium|mofetil|potassium|hydrobromide|dihydrate|nitrate))\b"
)


@places.remembered
@lru_cache(maxsize=1)
def _concepts() -> dict[str, tuple[str, str, bool]]:
    """Folded names of casekg's therapeutic agents and procedures: id, label, is it a class?"""
    terms = Catalogue.shipped()
    agents = [iri for iri in terms.concepts() if CKG + "TherapeuticAgent" in terms.ancestors(iri)]
    above = {parent for iri in agents for parent in terms.parents_of(iri)}
    found: dict[str, tuple[str, str, bool]] = {}
    for iri in agents:
        for name in terms.names(iri):
            found.setdefault(fold(name), (compress(iri), terms.label(iri), iri in above))
    return found


_TOO_WIDE = {"medicine", "medication", "therapeutic agent", "drug", "biological"}
# Plain words for what casekg calls otherwise.
_OTHERWISE = {
    "herpes zoster vaccination": "herpes zoster vaccine", "zoster vaccine": "herpes zoster vaccine", "ivig": "immunoglobulins, intravenous",
    "intravenous immunoglobulin": "immunoglobulins, intravenous", "intravenous immune globulin": "immunoglobulins, intravenous",
    "corticosteroid therapy": "corticosteroid", "steroid therapy": "corticosteroid", "systemic steroid": "corticosteroid",
    "nsaid": "non-steroidal anti-inflammatory drug", "nonsteroidal anti-inflammatory drug": "non-steroidal anti-inflammatory drug",
    "immunosuppressive therapy": "immunosuppressive agent", "immunosuppressive treatment": "immunosuppressive agent",
    "immunosuppressive": "immunosuppressive agent", "jak inhibitor": "janus kinase inhibitors",
}  # fmt: skip


@places.remembered
@lru_cache(maxsize=1)
def _known() -> NameList[Kind]:
    names: dict[str, Kind] = {}
    folded: set[str] = set()
    for kind, cell in rows("medicines.tsv", "\t"):
        for name in spread(cell):
            names[name] = kind  # type: ignore[assignment]
            folded.add(fold(name))
    for name, (_, _, wide) in _concepts().items():
        # A short name of the catalogue (STS) is too often something else: the document must define it.
        if len(name) > 4 and name not in folded and name not in _TOO_WIDE:
            names[name] = "class" if wide else "drug"
            folded.add(fold(name))
    for name in table_names():
        if fold(name) not in folded:
            names[name] = "table"
    return NameList(names.items())


@lru_cache(maxsize=1)
def _spellings() -> tuple[frozenset[str], dict[str, str]]:
    """The long names of single drugs, and each of them with a letter left out."""
    names = {name for kind, cell in rows("medicines.tsv", "\t") if kind == "drug" for name in spread(cell)}
    long = frozenset(name for name in names if re.fullmatch(r"[a-z]{8,}", name))
    return long, {name[:i] + name[i + 1 :]: name for name in sorted(long) for i in range(1, len(name))}


@lru_cache(maxsize=8192)
def _misspelt(word: str) -> str:
    """The drug of which this is one letter off (cathecolamine, vancomicin); "" for none."""
    names, without = _spellings()
    if word in names or not 9 <= len(word) <= 40:
        return ""
    shorter = {word[:i] + word[i + 1 :] for i in range(1, len(word))}
    near = without.get(word) or next((name for name in sorted(shorter & names)), "")
    return near or next((without[one] for one in sorted(shorter & without.keys())), "")


def concept(words: str) -> tuple[str, str]:
    """Id and label of the therapeutic agent that casekg calls so; ("", "") when it has none of that name.

    >>> concept("Rituximab"), concept("no such drug")
    (('DRUGBANK:DB00073', 'Rituximab'), ('', ''))
    """
    inside = re.findall(r"\(([^()]+)\)", words)
    for one in (words, re.sub(r"\s*\([^()]*\)", "", words), *inside):
        key = fold(one.strip())
        known = _concepts().get(key) or _concepts().get(fold(_OTHERWISE.get(key, "")))
        if known and known[1] not in _TOO_WIDE:
            return known[:2]
    return "", ""


@lru_cache(maxsize=8)
def _short_forms(text: str) -> Mapping[str, str]:
    """The short forms that a document defines for drugs, with the drug."""
    found = {}
    for one in definitions(text):
        long = next((long for _, end, long in _known().find(one.long) if end == len(one.long)), None)
        if long and long != "class" and len(one.short) > 1:
            found[one.short] = one.long
    return found


# ---- where it stands --------------------------------------------------------------------

_GIVEN_BEFORE = re.compile(
    r"(?:\b(?:treated|managed|started|placed|put|maintained|begun|supplemented?|replaced|therapy|treatment|medicated|resuscitated|corrected|infused|injected|loaded|commenced|dialy[sz]ed)\s(?:\w+\s)?(?:with|on|by)"
    r"|\b(?:received?|receiving|given|giving|administered|administer|administration of|prescribed|took|taking|use of|using|infusions? of|injections? of|boluse?s? of|doses? of|courses? of|cycles of|supplementation with|replacement of|intake of|ingest\w+(?: of)?|initiated|required|continued|oral|intravenous|iv|parenteral|subcutaneous|long-acting|high-dose|low-dose|exogenous|recombinant|inhaled|topical|(?:mg|g|[mµμ]cg|[µμ]g|ml|mL|units?|U|IU|mEq|mmol|%)(?: of)?|of regular|regular|basal|including|such as|with))"
    r"\s(?:(?:an?|the|his|her|oral|intravenous|iv|IV|high-dose|low-dose|continuous|daily|additional|empiric|empirical|some|systemic|regular|human|recombinant|subcutaneous|parenteral|supplemental|basal)\s)*$",
    re.IGNORECASE,
)
_GIVEN_AFTER = re.compile(
    r"[\s-](?:therapy|supplement\w*|replacement|infusions?|injections?|treatment|tablets?|drip|pump|glargine|aspart|lispro|preparation|regimen|administration|isophane|gluconate|chloride|carbonate)\b|[\s-]concentrates?\b|\s\(?\d+(?:[.,]\d+)?\s?(?:mg|g|U|IU|units?|mL|ml|L|mcg|µg)\b(?!/)",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"(?:[\s-](?:levels?|concentrations?|trough|assays?|antibod\w+|receptors?|disks?|e-?tests?|tests?|testing|susceptib\w+|stain\w*|deficien\w+|binding|metabolism|uptake|excretion|channels?|crystals?|stones?|overload|wasting|saturation|index|ratio|gap|values?|intoxication|titers?|scan|score|sensitivity|sensitive Staph\w+|sensitive|resistant|resistance|non-?susceptible|producing|producer|positive|negative|mutation|gene|agar|dipstick|monitoring|analysis|abuse|use disorder|dependence|properties|effects?|toxicit(?:y|ies)|exposure|release|episodes?|coma|encephalopathy|tolerance|allergens?|allerg(?:y|ies|ic))\b|-γ release)",
    re.IGNORECASE,
)
_SENSITIVITY = re.compile(
    r"\b(?:susceptib\w+|sensitiv\w+|resistan(?:t|ce)|MICs?)\s(?:\w+\s)?(?:to|of|for)\b(?:[^.;]|\.\d)*$", re.IGNORECASE
)
# A word with a dose and how often behind it, of which no table knows.
_DOSED = re.compile(
    r"(?<![\w-])(?P<name>[A-Za-zα-ω][\w-]{4,})(?:\s(?:tablets?|capsules?|injections?|syrup|suspension))?\s\(?(?:\d+(?:[.,]\d+)?)\s?(?:mg|g|µg|μg|mcg|IU|units?)\b(?:/(?:kg|day|d|m2|24\s?h|dose))*"
    r"[\s,]{0,2}(?:once|twice|daily|three|two|four|every|each|per day|a day|weekly|bid|tid|qid|qd|od|bd|b\.i\.d|t\.i\.d|q\.d|q\s?\d|p\.?o\b|i\.?v\b|orally|intraven|PO|IV|po|iv)"
)
_NOT_DOSED = re.compile(
    r"(?i)(?:dos(?:e|es|age|ing)|about|from|with|total|tablets?|reduced|increased|decreased|tapered|received|receiving|given|taking|tapering|rate|capsules?|orally|intravenously|maintenance|therapy|treatment|initially|maximum"
    r"|initiated|started|administered|regimen|titrated|subcutaneously|intramuscularly|injections?|infusion|until|under|approximately|additional|another|then|daily|level|levels|prescribed|using|concentration|amount|drugs?|least|agents?|bolus|only|over|once|twice|(?:sustained|extended|slow|immediate|controlled)-release|thereafter|afterwards|subsequently|followed|later)"
)
# A regimen by its letters: MAP regimen, CHOP-like chemotherapy, two cycles of BEP.
_REGIMEN = re.compile(
    r"\b[A-Z][A-Za-z]{0,2}[A-Z]+(?:[-/][A-Z]+)?(?:-based|-like)?\s(?:regimen|chemotherapy|protocol)\b"
    r"|\bcycles? of (?P<letters>[A-Z]{2,7}(?:[-/][A-Z]+)?)\b(?!\s(?:regimen|chemotherapy|protocol))"
)
# Classes by how they are called: BRAF inhibitor, anti-oedema drugs.
_CLASS = re.compile(
    r"(?<![\w-])(?:(?!(?:an?|the|of|and|or|with|C1|esterase|activator|protease|potent|selective|specific|factor|proteinase|trypsin)\s)[\w/α-ω-]+\s(?:receptor\s)?(?:inhibitors?|agonists?|antagonists?|blockers?)"
    r"|anti-?[a-z]{4,}(?:\s(?:drugs?|agents?|therap(?:y|ies)|treatments?|medications?|regimens?|prophylaxis))|(?:oral|topical|immunosuppressive|hormone|antibiotic|steroid|antiviral|antifungal)\s(?:therapy|agents?))(?![\w-])"
)
_LONG = re.compile(r"(?<![\w-])[A-Z]?[a-z]{8,}(?![\w-])")
_IN_LIST = re.compile(r"(?:,\s(?:and\s|or\s)?|\s(?:and|or|plus|with)\s)(?:oral\s|intravenous\s)?")
# Who is sensitive to a drug: a germ, not a patient.
_GERM = re.compile(
    r"(?i)\b(?:isolates?|isolated|organisms?|cultures?|cultured|strains?|bacteri\w+|grew|growth|MICs?|\w+cocc(?:us|i)|coli|klebsiella|pseudomonas|MRSA|antibiogram|pathogens?|fung\w+|mycobacteri\w+|tuberculosis|candida|salmonella|enterobacter\w*|acinetobacter|susceptibility|susceptible|sensitivity)\b"
)
_FORM = re.compile(r"\s(?:ointments?|supplements?|supplementation|nasal spray|mouthwash|pulse therapy)")
_ALLERGY = re.compile(r"(?i)\ballerg(?:y|ies|ic) to (?:[\w-]+(?:,| and| or) )*$")
# What heads a list of drugs is none of them.
_HEADING = re.compile(
    r"(?i)(?:\w+\s)?(?:medications?|drugs?)(?=\s?:|\s(?:were|included?|including|consisted|comprised)\b)"
)
_SHORT_BEHIND = re.compile(r"\s?\([A-Z][A-Za-z-]{1,5}\)")


@places.remembered
@lru_cache(maxsize=1024)
def drugs(text: str, sentence: Sentence) -> tuple[DrugName, ...]:
    """The drugs that a sentence of a document names, in order."""
    found: list[DrugName] = []
    beside: list[tuple[int, int]] = []
    germs = _GERM.search(sentence.text) is not None
    for a, b, kind, long in _candidates(text, sentence.start, sentence.end):
        if (
            any(one.start < b and a < one.end for one in found)
            or _NOT_AFTER.match(text[b : min(b + 45, sentence.end)])
            or _ALLERGY.search(text[max(sentence.start, a - 40) : a])
            or ((heads := _HEADING.match(text, a)) and heads.end() == b)
            or (germs and _SENSITIVITY.search(text[max(sentence.start, a - 160) : a]))
        ):
            continue
        if kind == "cue" and not (
            _GIVEN_BEFORE.search(text[sentence.start : a]) or _GIVEN_AFTER.match(text[b : min(b + 40, sentence.end)])
        ):
            beside.append((a, b))
        else:
            found.append(_drug(text, a, b, kind, long))
    cures = [one for one in found if one.kind != "action"]
    for a, b in beside:  # in a list with drugs: metformin and insulin
        if any(_IN_LIST.fullmatch(text, one.end, a) or _IN_LIST.fullmatch(text, b, one.start) for one in cures):
            found.append(_drug(text, a, b, "cue"))
    found.sort(key=lambda one: one.start)
    return tuple(_joined(text, found))


def _candidates(text: str, start: int, end: int) -> Iterator[tuple[int, int, Kind, str]]:
    """What may be a drug: start, end, how it is known, and the drug that a short form stands for; the surest first."""
    for match in _REGIMEN.finditer(text, start, end):
        yield *match.span(match.lastgroup or 0), "class", ""
    for a, b, kind in _known().find(text, start, end):
        tail = _TAIL.match(text, b, end)
        yield a, tail.end() if tail else b, kind, ""
    for form, long in _short_forms(text).items():
        for match in re.compile(rf"(?<![\w-]){re.escape(form)}(?![\w-])").finditer(text, start, end):
            yield *match.span(), "short", long
    for match in _ENDINGS.finditer(text, start, end):
        if match.group().casefold() not in _NOT_ENDINGS:
            yield *match.span(), "ending", ""
    for match in _DOSED.finditer(text, start, end):
        if not _NOT_DOSED.fullmatch(match["name"]):
            yield *match.span("name"), "dosed", ""
    for match in _CLASS.finditer(text, start, end):
        yield *match.span(), "class", ""
    for match in _LONG.finditer(text, start, end):
        if _misspelt(match.group().casefold()):
            yield *match.span(), "misspelt", ""


_CONFIDENCE: dict[Kind, Confidence] = {
    "drug": "high",
    "short": "high",
    "class": "medium",
    "table": "medium",
    "cue": "medium",
    "action": "medium",
}


def _drug(text: str, start: int, end: int, kind: Kind, long: str = "") -> DrugName:
    curie, label = concept(text[start:end])
    if long and not curie:
        curie, label = concept(long)
    confidence = "high" if curie else _CONFIDENCE.get(kind, "low")
    return DrugName(start, end, f"drug-{kind}", confidence, kind, curie, label)


def _joined(text: str, found: list[DrugName]) -> list[DrugName]:
    """A name and its abbreviation in brackets are one, mycophenolate mofetil (MMF); a trade name in them is the same drug,
    and a form behind a name (clobetasol ointment) is none."""
    made: list[DrugName] = []
    for one in found:
        last = made[-1] if made else None
        if last and _FORM.fullmatch(text[last.end : one.end]):
            continue
        if last and last.kind != "class" and re.fullmatch(r"\s?\(", text[last.end : one.start]):
            curie, label = (last.concept, last.label) if last.concept else (one.concept, one.label)
            if text[one.end : one.end + 1] == ")":
                made[-1] = replace(last, end=one.end + 1, concept=curie, label=label)
                continue
            if re.match(r"[®™]?\s?[;,]", text[one.end : one.end + 3]) and text[one.start].isupper():
                made[-1] = replace(last, concept=curie, label=label)
                continue
        made.append(one)
    for n, one in enumerate(made):
        short = _SHORT_BEHIND.match(text, one.end)
        if short and text[one.end : short.end()].strip(" ()")[0].casefold() == text[one.start].casefold():
            made[n] = replace(one, end=short.end())
    return made
