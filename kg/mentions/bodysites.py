"""Where in the body? Names of anatomical sites, with the words that say which side or part, and their UBERON term.

An adjective (pulmonary, gastric) is a site where it places something; where it makes the name of a disease, of a
measurement or of a procedure (pulmonary embolism, atrial fibrillation, cardiac arrest) it is left to that name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from kg.articles.article import Article, Mention
from kg.base.prefixes import compress
from kg.concepts.modules import fold
from kg.concepts.terms import Catalogue
from kg.mentions.namelist import NameList, spread
from kg.mentions.tabular import rows
from kg.model.anchors import Sentence

__all__ = ["Site", "bodysites", "site_concept"]


@dataclass(frozen=True, slots=True)
class Site(Mention):
    """A site with its modifiers: "left lower limb". kind: noun, adjective, fluid; concept: "" when casekg has none."""

    kind: str = "noun"
    concept: str = ""
    label: str = ""


@lru_cache(maxsize=1)
def _names() -> NameList[str]:
    names = {name: kind for kind, cell in rows("sites.tsv", "\t") for name in spread(cell)}
    return NameList(names.items())


@lru_cache(maxsize=1)
def _concepts() -> dict[str, str]:
    terms = Catalogue.shipped()
    found: dict[str, str] = {}
    for iri in terms.concepts():
        if "UBERON_" in iri:
            for name in terms.names(iri):
                found.setdefault(fold(name), iri)
    return found


# What UBERON calls otherwise: the words of a report, folded -> its label.
_OTHERWISE = {
    "chest": "thoracic segment of trunk", "lower limb": "hindlimb", "lower extremity": "hindlimb", "upper limb": "forelimb",
    "upper extremity": "forelimb", "hand": "manus", "finger": "manual digit", "wrist": "wrist joint", "elbow": "elbow",
    "shoulder": "shoulder", "skin": "skin of body", "joint": "skeletal joint", "bone": "bone element", "muscle": "muscle organ",
    "metacarpophalangeal joint": "metacarpophalangeal joint", "proximal interphalangeal joint": "proximal interphalangeal joint",
    "subcutaneou tissue": "hypodermis", "lung": "lung", "extremity": "limb", "metacarpophalangeal": "metacarpophalangeal joint",
}  # fmt: skip


def site_concept(words: str) -> tuple[str, str]:
    """Id and label of the site that casekg calls so, sides and the like left out; ("", "") for none.

    >>> site_concept("both elbows"), site_concept("left flank")
    (('UBERON:0001461', 'elbow'), ('', ''))
    """
    while words:
        key = fold(words)
        iri = _concepts().get(key) or _concepts().get(fold(_OTHERWISE.get(key, "")))
        if iri:
            return compress(iri), Catalogue.shipped().label(iri)
        lead = re.match(rf"(?i){_BEFORE}", words)
        words = words[lead.end() :] if lead else ""
    return "", ""


_BEFORE = (
    r"(?:(?:left|right|bilateral|both|all|upper|lower|middle|mid|proximal|distal|anterior|posterior|lateral|medial|superior|inferior|dorsal|ventral|basal|apical"
    r"|anterolateral|posterolateral|anteromedial|posteromedial|left-sided|right-sided|entire|whole|deep|superficial|central|peripheral|internal|external|main|common|four|two|infrarenal|suprarenal)[\s-](?:and\s(?=(?:left|right|lower|upper)))?)"
)
_LEAD = re.compile(rf"(?i)(?:{_BEFORE})+$")
_NEXT = re.compile(
    r"[\s-](?:of\s(?:the\s|his\s|her\s|both\s)?)?(?:(?:left|right|upper|lower|both|proximal|distal|anterior|posterior)\s){0,2}$"
)
# Behind an adjective: what makes a disease, a measurement or a procedure of it.
_NAME = re.compile(
    r"[\s-](?:artery\s|stromal\s|surface\s)?(?:embol\w+|oedema|edema|hypertension|hypotension|effusions?|fibrillation|flutter|tachycardia|bradycardia|fibrosis|failure|arrest|tamponade|infarct\w*|insufficiency|stenosis|regurgitation|sclerosis"
    r"|aneurysm|dissection|thrombosis|haemorrhage|hemorrhage|bleeding|disease|diseases|disorders?|syndrome|dysfunction|injury|tuberculosis|pressures?|ejection|output|index|arrhythmias?|cancer|carcinoma|adenocarcinoma|lymphoma|tumou?rs?|nerve palsy"
    r"|ulcers?|cirrhosis|encephalopathy|atrophy|palsy|puncture|catheter\w*|function|rhythm|contractions?|premature|enzymes?|biomarkers?|troponin|bypass|pacing|rate|waves?|wedge|vascular resistance|blood gas(?:es)?|surgery|transplant\w*|dialysis|replacement therapy|cortical"
    r"|hematoma|haematoma|seizures?|abscess|pneumonia|infections?|hepatitis|colic|calculi|stones?|hernia|malformation|fistula|shunt|neuropathy|ataxia|lobectomy|thromboembolism|hyperplasia|reflux|obstruction|perforation|ischemia|ischaemia|cyst|cysts|spasm|septal defects?|dystrophy|weakness|distress|acidosis|alkalosis|medications?|intake|contraceptives?|administration|hygiene|therapy|prednis\w+|anticoagula\w+|antibiotics?|injections?|infusion|hospital|department|center|unit|care|systolic|diastolic|enzyme\w*|melanoma|clinic|ward|status|symptoms?|issues?|tolerability|stromal|recipients?|donors?|allograft|hormone|tone|movements?|area|distension pressure|complex(?:es)?|leads?|sphincter|polyposis|closure|extraction|production|temperature|incontinence|injections?|analysis|examination committee|death|ECG|protrusions?|drainage|tamponament|tamponade|rales|clubbing|malformations?|healing|plethysmography|responses?)\b",
    re.IGNORECASE,
)
# A fluid is a site where something was seen in it, not where it names what was measured (serum calcium).
_FLUID_ALONE = re.compile(
    r"\s(?:was|were|showed|revealed|is|isolates?|cultures?|samples?|specimens?|from|and|in|with|analysis|grew|by|for|at|did|examination|PCR)\b|\s?[,.;()]|$"
)
_NO_BODY = re.compile(
    r"(?i)(?:hand-foot|body-|joint (?:committee|meeting)|appendix \d|cardiac (?:death|cycle|history|output|arrest)|body (?:plethysmography|weight|mass|temperature|surface|height)|hand(?=,)|on the other hand|back (?:to|and|up|home)|serum (?:\w+ ){0,3}levels?|blood (?:pressure|glucose|sugar|urea|count|cells?|transfusions?|loss|test|tests|cultures?|gas|supply|flow|products?)|heart (?:rate|failure|disease|sounds?|block|attack)|face of|face-to-face|head (?:injury|trauma|circumference)|plasma (?:cells?|exchange|levels?)|back then|skin (?:test|tests|rash)|urine (?:output|culture|analysis|test))"
)


def bodysites(article: Article, sentences: Iterable[Sentence]) -> tuple[Site, ...]:
    """The sites that these sentences name, in order.

    >>> article = Article.plain("Calcinosis of both elbows and of the left lower limb.")
    >>> [(article.quote(site), site.concept) for site in bodysites(article, article.sentences)]
    [('both elbows', 'UBERON:0001461'), ('left lower limb', 'UBERON:0002103')]
    """
    return tuple(site for sentence in sentences for site in _in(article.text, sentence))


def _in(text: str, sentence: Sentence) -> list[Site]:
    found: list[Site] = []
    for start, end, kind in _names().find(text, sentence.start, sentence.end):
        if _NAME.match(text, end) or (kind == "fluid" and not _FLUID_ALONE.match(text, end)):
            continue
        if text[max(0, start - 1) : start] == "-" and text[max(0, start - 2) : start - 1].isalpha():
            continue  # pro-brain natriuretic peptide, G-CSF
        if _NO_BODY.match(text, start) or re.search(r"(?i)on the other $|\bcame $", text[max(0, start - 14) : start]):
            continue
        lead = _LEAD.search(text, sentence.start, start)
        begin = lead.start() if lead else start
        if found and _NEXT.fullmatch(text[found[-1].end : begin] if begin >= found[-1].end else ""):
            last = found.pop()
            start, kind, begin = last.start, kind if kind != "adjective" else last.kind, last.start
        concept, label = site_concept(text[begin:end]) if kind == "noun" else ("", "")
        found.append(Site(begin, end, f"site-{kind}", "high" if kind == "noun" else "medium", kind, concept, label))
    return found
