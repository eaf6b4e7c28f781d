"""By which words is a predicate of a claim said, and what does it relate?

In a pattern § is a concept and ¶ a citation, as `kg.draft.notions` masks them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

__all__ = ["CUES", "DRUG", "ILL", "MOLECULE", "STEMS", "Cue"]

DRUG = ("drug",)
ILL = ("disease", "finding", "antibody")
SHOWN = ("finding", "disease")
MOLECULE = ("gene", "measure", "pathway", "cell")
ANY = ("drug", "antibody", "disease", "finding", "gene", "measure", "pathway")
ADVERBS = r"(?:\w+ly |also |often |most |more |less |very |well |quite |both |sometimes |still |now |then |again |even |only |too |thus |mainly |)"

Place = Literal["left", "right", "then", "topic", "none"]


@dataclass(frozen=True, slots=True)
class Cue:
    """Words and what they say.

    subject, objects: where they stand: left of the words, right of them, right of what `then` finds behind those, or in
    the sentences before (topic); who, what: the families that subject and objects are of, the likeliest reading first;
    bare: it may stand without an object; kind: when it is always that; sure: False for words that often say less.
    """

    predicate: str
    words: re.Pattern[str]
    subject: Place = "left"
    objects: Place = "right"
    who: tuple[str, ...] = ANY
    what: tuple[str, ...] = ANY
    then: re.Pattern[str] | None = None
    bare: bool = False
    kind: str = ""
    sure: bool = True


def _cue(
    predicate: str, words: str, subject: str = "left", objects: str = "right", then: str = "", **rest: object
) -> Cue:
    after = re.compile(then, re.IGNORECASE) if then else None
    return Cue(predicate, re.compile(words, re.IGNORECASE), subject, objects, then=after, **rest)  # type: ignore[arg-type]


_BE = r"(?:is|are|was|were|has been|have been|being)"
_FOR = r"(?:for|in|of|to treat|to manage|against)"
_TREAT = r"(?:(?:the )?(?:treatment|management|therapy|control|treating|managing) (?:of|for|in) )?"
_CARE = r"(?:treatments?|therap(?:y|ies)|agents?|options?|drugs?|medications?|approach(?:es)?|alternatives?|strateg(?:y|ies))"
_SIGNS = r"(?:manifestations?|features?|symptoms?|findings?|signs?|complaints?|presentations?)"
_OFTEN = r"(?:common|frequent|typical|usual|prevalent|characteristic|classic|classical|main|major|predominant|leading|principal|hallmark)"
_SELDOM = r"(?:rare|uncommon|infrequent|unusual|exceptional|atypical)"
_WORKS = r"(?:usefulness|utility|effectiveness|efficacy|benefits?|beneficial effects?|effects?|success)"

# In the order in which they are tried: words that one has read another does not read again.
CUES: tuple[Cue, ...] = (
    # ---- novelty
    _cue("has no reported treatment with", r"\bno (?:\w+ ){0,2}(?:cases?|reports?|descriptions?|stud(?:y|ies)|data) (?:of|on|about) (?=(?:\w+ ){0,4}§[^§]{0,40}\b(?:treated|managed) with)",
         "right", "then", r"[^§]{0,20}\b(?:treated|managed) with ", who=ILL, what=DRUG, kind="novelty"),
    _cue("has no reported treatment with", r"\bno (?:\w+ ){0,2}(?:cases?|reports?|descriptions?|stud(?:y|ies)|data) (?:of|on|about|regarding) (?:the )?(?:use of |treatment with )(?=(?:\w+ ){0,2}§)",
         "then", "right", r"[^§]{0,20}\b(?:in|for) ", who=ILL, what=DRUG, kind="novelty"),
    _cue("has no reported treatment with", r"\b(?:the )?first (?:\w+ ){0,2}(?:cases?|reports?|descriptions?|patients?) (?:of|with) (?=(?:\w+ ){0,4}§[^§]{0,40}\b(?:treated|managed) with)",
         "right", "then", r"[^§]{0,30}\b(?:treated|managed) with ", who=ILL, what=DRUG, kind="novelty"),
    _cue("has no reported treatment with", r"\b(?:has|have) (?:never|not) (?:yet |previously |before )?been (?:previously |yet |formerly )?(?:reported|described|used|tried|studied|published) (?:in|for|as (?:a )?treatment (?:of|for)) ",
         "right", "left", who=ILL, what=DRUG, kind="novelty"),
    _cue("has no reported response to", r"\b(?:nor|no reports?|not|neither) of (?:its|their|the) (?:usefulness|utility|effectiveness|efficacy|benefit|effect) (?:in|for) (?:treating |managing |the treatment of )?",
         "right", "topic", who=SHOWN, what=DRUG, kind="novelty"),
    # ---- treatment, what there is
    _cue("has no consensus treatment", r"\b(?:no|lack of(?: a)?|without) (?:\w+ ){0,3}?(?:consensus|guidelines?|agreement|recommendations?) (?:\w+ ){0,3}?(?:regarding|on|about|for|concerning|as to) (?:the )?(?:\w+ ){0,2}?(?:treatment|management|therapy|approach|therapeutic \w+)(?: (?:of|for|to|in))? ",
         "right", "none", who=ILL),
    _cue("has no consensus treatment", rf"\bno (?:standard|established|specific|approved|standardi[sz]ed|universally accepted|curative) (?:\w+ ){{0,2}}?{_CARE} (?:\w+ ){{0,2}}?(?:for|of|in) ",
         "right", "none", who=ILL),
    _cue("has no consensus treatment", r"\b(?:the )?(?:optimal|best|standard|ideal) (?:\w+ ){0,2}?(?:treatment|management|therapy|approach|regimen|strategy) (?:of|for|to|in) (?=[^§]{0,30}§[^§]{0,40}(?:not (?:been |yet |well )*(?:established|known|defined|clear|determined)|unclear|unknown|controversial|debated|undefined|lacking))",
         "right", "none", who=ILL),
    _cue("is approved for", rf"\b(?:approved|licen[cs]ed|authori[sz]ed|registered) (?:by \S+(?: \S+){{0,8}}? )?(?:for )?(?:the )?(?:use |treatment )?{_FOR} {_TREAT}",
         who=DRUG, what=("disease", "finding")),
    _cue("is approved for", rf"{_BE} indicated (?:for|in) {_TREAT}", who=DRUG, what=("disease", "finding")),
    _cue("spares", rf"(?:\b(?:{_BE} )?(?:\w+ly )?(?:used |given |as )?(?:is |are |as )?(?:an? )?(?:effective |useful |good )?)?(?=§-sparing)", objects="right", who=DRUG, what=DRUG),
    _cue("is reported to help in", r"\b(?:case reports?|case series|reports|reported cases|evidence|studies|publications) (?:\w+ ){0,2}?(?:of|on|for|showing|supporting|describing) (?:the )?(?:\w+ )?(?:effectiveness|efficacy|success|successful use|benefit|effect) of ",
         "right", "then", rf"[^§]{{0,20}}\b(?:in|for) {_TREAT}", who=DRUG, what=ILL),
    _cue("is reported to help in", rf"\b(?:has|have) been (?:\w+ly )?(?:reported|shown|described|found|demonstrated|proven) (?:to be|as) (?:\w+ )?(?:an? )?(?:\w+ )?(?:effective|efficacious|beneficial|successful|useful|helpful)(?: {_CARE})? {_FOR} {_TREAT}",
         who=DRUG, what=ILL),
    _cue("is reported to help in", rf"\b(?:has|have) been (?:used )?successful(?:ly)?(?: used)? {_FOR} {_TREAT}", who=DRUG, what=ILL),
    _cue("is reported to help in", r"\bcases? of (?=(?:\w+ ){0,2}§[^§]{0,20} (?:successfully|effectively) (?:treated|managed) with)",
         "then", "right", r"[^§]{0,20} (?:successfully|effectively) (?:treated|managed) with ", who=DRUG, what=ILL),
    _cue("is used for", r"\b(?:the )?(?:experience|use) (?:of|with) (?=§ (?:in|for) )", "right", "then", rf"[^§]{{0,6}}\b(?:in|for) {_TREAT}",
         who=DRUG, what=ILL),
    _cue("is used for", rf"\b(?:the )?{_WORKS} of (?=§ (?:in|for|on) )", "right", "then", rf"[^§]{{0,6}}\b(?:in|for) {_TREAT}", who=DRUG, what=ILL),
    _cue("is used for", rf"{_BE} {ADVERBS}{{0,2}}(?:used|given|prescribed|employed|recommended|administered|preferred) {ADVERBS}(?:as (?:an? |the )?(?:\S+ ){{0,2}}?{_CARE} )?{_FOR} {_TREAT}",
         who=DRUG, what=("disease", "finding", "antibody")),
    _cue("is used for", rf"(?:{_BE}|remains?) (?:an? |the )?(?:\w+ ){{0,2}}?(?:first-line|second-line|third-line|standard|mainstay|cornerstone|treatment of choice|drug of choice|main|initial|established)(?: {_CARE})?(?: of {_CARE})? {_FOR} {_TREAT}",
         who=DRUG, what=ILL),
    _cue("is used for", r"\b(?:treatment|management|therapy) of (?=(?:\w+ ){0,2}§ (?:\w+ )?(?:includes?|consists? of|relies on|is based on|involves?|comprises?) )",
         "then", "right", r"[^§]{0,4}(?:\w+ )?(?:includes?|consists? of|relies on|is based on|involves?|comprises?) ", who=DRUG, what=ILL),
    _cue("is used for", rf"\b(?:first-line|standard|initial|main|preferred) {_CARE} (?:for|of|in) (?=(?:\w+ ){{0,2}}§ (?:{_BE}|includes?|remains?) )",
         "then", "right", rf"[^§]{{0,4}}(?:{_BE}|includes?|remains?) ", who=DRUG, what=ILL),
    _cue("is used for", rf"\b{_BE} {ADVERBS}(?:treated|managed) with ", "right", "left", who=DRUG, what=ILL),
    # ---- treatment, what it does
    _cue("may benefit", rf"(?:can|may|might|could|would) (?:also )?be (?:\w+ )?(?:an? |the )?(?:\w+ )?(?:helpful|useful|beneficial|effective|efficacious|considered|promising|option|valuable|of benefit)(?: \w+)?(?: {_CARE})? {_FOR} {_TREAT}",
         who=DRUG, what=ILL),
    _cue("may benefit", rf"(?:{_BE}|ha(?:s|ve) emerged as|represents?) (?:an? |the )?(?:\w+ )?(?:promising|potential|possible|attractive|emerging|novel|new|alternative|reasonable|interesting)(?: (?:therapeutic|treatment|and|\w+))? {_CARE} {_FOR} {_TREAT}",
         who=DRUG, what=ILL),
    _cue("may benefit", rf"\b(?:may|might|could|can) (?:also )?(?:benefit|help|be of help (?:in|to)) {_TREAT}", who=DRUG, what=ILL),
    _cue("may benefit", r"\bpatients with (?=§ (?:may|might|could|can) benefit from)", "then", "right", r"[^§]{0,20}\bbenefit from ", who=DRUG, what=ILL),
    _cue("improves", rf"\b{_BE} (?:an? |the )?(?:\w+ )?(?:effective|efficacious|beneficial|successful)(?: and \w+)?(?: {_CARE})? {_FOR} {_TREAT}", who=DRUG, what=ILL),
    _cue("improves", r"\bthe response (?:with|to) (?=§ (?:is|was|has been) (?:\w+ )?(?:favou?rable|good|excellent|remarkable|positive|complete|satisfactory|impressive))", "right", "topic", who=DRUG, what=("disease",)),
    _cue("improves", r"\b(?:studies|trials?|reports|data|series) (?:\w+ ){0,2}?(?:demonstrates?d?|shows?|showed|shown|reports?|reported|found) (?:a )?(?:\w+ )?improvements? (?:in|of) (?:standardized )?(?:clinical )?", "topic", "right", who=DRUG, what=("measure", *SHOWN)),
    _cue("improves", r"\bin (?:the )?improvement of |\bimproves? |\bimproved |\balleviates? |\bameliorates? ", who=DRUG, what=("finding", "disease", "measure", "gene")),
    _cue("reduces", r"\b(?:reduces?|decreases?|lowers?|diminish(?:es)?|reduced|decreased|lowered) ", who=("drug",), what=("measure", "finding", "gene", "disease")),
    _cue("is refractory to", rf"(?:{_BE} {ADVERBS}|, |may be |can be )(?:\w+ )?(?:refractory|resistant|unresponsive) to ", who=SHOWN, what=DRUG),
    _cue("is insufficient for", r"\b(?:the )?response (?:to treatment |to therapy )?(?:is|was|may be|can be|remains) (?:\w+ )?(?:insufficient|inadequate|poor|unsatisfactory|incomplete|limited)", "left", "topic", who=DRUG, what=ILL),
    _cue("is insufficient for", rf"{_BE} {ADVERBS}(?:insufficient|ineffective|inadequate|not effective|not sufficient|of limited (?:value|efficacy|benefit)) {_FOR} {_TREAT}", who=DRUG, what=ILL),
    # ---- mechanisms
    _cue("inhibits weakly", r"\b(?:and,? )?(?:to a lesser (?:extent|degree),? (?:\w+ )?(?:inhibits?|blocks?|suppress(?:es)?)|weakly (?:inhibits?|blocks?)|(?:inhibits?|blocks?) weakly) ", who=DRUG, what=MOLECULE),
    _cue("inhibits weakly", r"(?<=§)[\s,]+(?:and|or),? to a lesser (?:extent|degree),? (?=§)", who=DRUG, what=MOLECULE),
    _cue("inhibits", r"\b(?:inhibit|block|suppress|abrogate|antagoni[sz]e|attenuate|neutrali[sz]e)(?:s|es)? ", who=("drug", "gene"), what=MOLECULE),
    _cue("inhibits", rf"\b{_BE} an? (?:\w+ ){{0,3}}?(?:inhibitor|antagonist|blocker) of ", who=DRUG, what=MOLECULE),
    _cue("is activated in", rf"{_BE} {ADVERBS}{{0,2}}(?:activated|up-?regulated|over-?expressed|elevated|increased|hyperactivated) in ", who=MOLECULE, what=("disease", "finding")),
    _cue("is central to", r"\bplays? an? (?:\w+ )?(?:central|key|crucial|pivotal|major|critical|important|essential|fundamental|significant|prominent)(?: \w+)? roles? in (?:the )?(?:(?:\w+ )?(?:pathogenesis|development|pathophysiology|progression|course|onset) of )?", who=(*MOLECULE, "antibody"), what=SHOWN[::-1]),
    _cue("is central to", rf"{_BE} (?:central|key|crucial|essential|pivotal) (?:to|for|in) (?:the )?(?:(?:\w+ )?(?:pathogenesis|development|pathophysiology|progression) of )?", who=(*MOLECULE, "antibody"), what=SHOWN[::-1]),
    # ---- diseases
    _cue("overlaps", r"\bcharacteri[sz]ed by (?:an? |the )?(?:overlap(?:ping)?|combination|coexistence) (?:of |between |features of )?", who=("disease", "antibody"), what=("disease", "antibody", "finding")),
    _cue("overlaps", rf"(?:\b{_BE} an? overlap(?: syndrome)? (?:of|between)|\boverlaps? with|\bshares? (?:\w+ )?features (?:of|with)) ", who=("disease",), what=("disease",)),
    _cue("can be complicated by", r"\b(?:can|may|might|could) (?:\w+ )?(?:lead to|result in|progress to|cause|be complicated by|evolve (?:in)?to|develop into) (?:an? )?(?:potentially )?(?:life-threatening|fatal|severe disease|death)(?: (?:disease|complications?|outcomes?|events?|course))?", objects="none", who=("disease", "finding"), bare=True),
    _cue("can be complicated by", r"\b(?:can|may|might|could) (?:\w+ )?(?:lead to|result in|progress to|cause|be complicated by|evolve (?:in)?to|develop into) ", who=("disease", "finding"), what=SHOWN),
    _cue("can be complicated by", rf"\bcomplications? of (?=(?:\w+ )?§ (?:\w+ )?(?:{_BE}|includes?) )", "right", "then", rf"[^§]{{0,10}}(?:{_BE}|includes?) ", who=("disease",), what=SHOWN),
    _cue("can be complicated by", rf"\b{_BE} (?:an? |the )?(?:\w+ ){{0,2}}?(?:and \w+ |but \w+ )?(?:well-known |known |serious |severe |rare |common |frequent |major )?complications? of ", "right", "left", who=("disease",), what=SHOWN),
    _cue("has frequent manifestation", rf"\b(?:the )?(?:most )?{_OFTEN} (?:\w+ )?{_SIGNS} (?:of|in) (?=(?:patients with )?§ (?:patients )?(?:{_BE}|includes?) )", "right", "then", rf"[^§]{{0,12}}(?:{_BE}|includes?) ", who=("disease", "antibody"), what=SHOWN),
    _cue("has infrequent manifestation", rf"\b{_BE} (?:an? |the )?(?:\w+ ){{0,2}}?{_SELDOM} (?:\w+ )?{_SIGNS} (?:of|in) ", "right", "left", who=("disease", "antibody"), what=SHOWN),
    _cue("has frequent manifestation", rf"\b{_BE} (?:an? |the )?(?:one of the )?(?:\w+ )?{_OFTEN} (?:\w+ )?{_SIGNS} (?:of|in) ", "right", "left", who=("disease", "antibody"), what=SHOWN),
    _cue("is associated with", rf"\b{_BE} (?:an? |the )?(?:\w+ )?{_SIGNS} (?:present |seen |found |observed |described )?(?:of|in) ", who=SHOWN, what=("disease", "antibody")),
    _cue("has infrequent manifestation", rf"\b{_BE} (?:\w+ly )?(?:rare|uncommon|infrequent|unusual|less (?:common|frequent|often seen)|rarely (?:seen|reported|observed)) in ", "right", "left", who=("disease", "antibody"), what=SHOWN),
    _cue("is associated with", rf"\b{_BE} (?:\w+ly )?more (?:common|frequent|commonly seen|often seen|prevalent) in ", "right", "left", who=("antibody", "disease"), what=SHOWN),
    _cue("has frequent manifestation", rf"\b{_BE} (?:very |also |\w+ly )?(?:common|frequent|frequently (?:seen|observed)|commonly (?:seen|observed)|often seen) in ", "right", "left", who=("disease", "antibody"), what=SHOWN),
    _cue("has infrequent manifestation", rf"\b{_BE} (?:\w+ly )?(?:rare|uncommon|infrequent|less (?:common|frequent))(?= ?(?:[.;,¶]|but|and|$))", "topic", "left", who=("disease", "antibody"), what=SHOWN),
    _cue("has frequent manifestation", rf"\b{_BE} (?:very |also |\w+ly )?(?:common|frequent)(?= ?(?:[.;,¶]|but|and|$))", "topic", "left", who=("disease", "antibody"), what=SHOWN),
    _cue("has frequent manifestation", r"\b(?:commonly|frequently|usually|typically|often|mainly) (?:presents?|manifests?) (?:with|as|by) ", who=("disease", "antibody"), what=SHOWN),
    _cue("has infrequent manifestation", r"\b(?:rarely|infrequently|uncommonly) (?:presents?|manifests?) (?:with|as|by) ", who=("disease", "antibody"), what=SHOWN),
    _cue("is characterised by", r"\b(?:characteri[sz]ed|defined|hallmarked) (?:clinically |histologically |pathologically |\w+ly )?by (?:the )?(?:(?:presence|development|occurrence|an overlap|overlap|a combination|a triad|the triad) (?:of|between) )?", who=("disease", "antibody", "finding"), what=("finding", "disease", "antibody", "gene")),
    _cue("marks", r"\b(?:defines?|marks?|identif(?:y|ies)|delineates?) (?:an? |the )?(?:\w+ ){0,2}?(?:phenotype|subset|subgroup|subtype|group|entity)s?\b(?: of (?=§))?", who=("antibody", "gene", "finding"), what=("disease", "finding"), bare=True),
    _cue("marks", rf"\b{_BE} (?:an? |the )?(?:\w+ ){{0,3}}?(?:bio)?markers? (?:of|for) ", who=("antibody", "gene", "measure", "finding"), what=("disease", "finding")),
    _cue("marks", rf"\b{_BE} (?:highly |very )?(?:specific for|pathognomonic (?:of|for)|the hallmark of|a hallmark of|diagnostic of) ", who=("antibody", "gene", "measure", "finding"), what=("disease", "finding")),
    _cue("is associated with", r"\b(?:also |classically |commonly |frequently |strongly |closely )?(?:associated|linked|correlated) with (?:this|the) (?:entity|disease|condition|disorder|syndrome|antibod(?:y|ies))\b", "topic", "left", who=("antibody", "disease"), what=SHOWN),
    _cue("is associated with", rf"\b(?:{_BE}|be) {ADVERBS}{{0,2}}(?:associated with|linked to|related to|correlated with) (?:an? )?(?:(?:\w+ )?phenotype,? (?:including|with) (?:\w+ )?(?:features|manifestations|signs) (?:\w+ly )?(?:associated with|of|seen in) |(?:\w+ )?(?:increased|higher|high|elevated) (?:risk|incidence|prevalence|frequency|rate) of |(?:the )?(?:development|presence|occurrence) of )?", who=("antibody", "finding", "disease", "gene", "measure", "drug"), what=("disease", "finding")),
    _cue("is associated with", r"\b(?:the )?(?:association|relationship|link) between (?=§ and §)", "right", "then", r" and ", who=ILL, what=ILL),
    _cue("is associated with", rf"\b(?:occurs?|develops?|(?:{_BE} |can be |may be )(?:\w+ly )?(?:seen|found|observed|present|reported|described)) in (?:(?:up to|over|more than|nearly|almost|about|approximately|around) )?(?:\d+(?:[-–]\d+)? ?% of )?", who=SHOWN, what=("disease", "antibody"), sure=False),
    _cue("is a kind of", r"\b(?:is|are|represents?) (?:(?:an? |the )?(?:\w+ )?(?:form|type|subtype|subset|kind|variant|group)s? of |(?:an? |one of the )?)(?:(?!(?:of|for|in|with|to|on|by|at|from|and|that|as|not|no|cause|treatment|risk|sign|marker|target|complication|manifestation|response)\b)[\w-]+,? ){0,4}?(?=§(?!-))", who=("drug", "antibody", "disease", "finding"), what=("drug", "antibody", "disease")),
)  # fmt: skip

# Of each predicate the pieces of words without which no pattern of it is worth a try; in small letters.
STEMS: Mapping[str, tuple[str, ...]] = {
    "has no reported treatment with": ("no ", "first ", "never", "not "),
    "has no reported response to": (" of its ", " of their ", " of the "),
    "has no consensus treatment": ("consensus", "guideline", "agreement", "recommendation", "no ", "optimal", "best ", "standard", "ideal"),
    "is approved for": ("approv", "licen", "authori", "registered", "indicated"),
    "spares": ("sparing",),
    "is reported to help in": ("report", "series", "evidence", "studies", "publications", "effective", "efficac", "benefi", "success", "useful", "helpful"),
    "is used for": ("experience", "use", "efficac", "effective", "benefit", "effect", "success", "role", "prescribed", "recommended", "given",
                    "employed", "administered", "preferred", "line", "mainstay", "cornerstone", "choice", "standard", "main ", "initial",
                    "established", "treatment of", "management of", "therapy of", "treated", "managed"),
    "may benefit": ("help", "useful", "benefi", "effective", "efficac", "considered", "promising", "option", "valuable", "potential",
                    "possible", "attractive", "emerging", "novel", "new ", "alternative", "reasonable", "interesting"),
    "improves": ("effective", "efficac", "benefi", "successful", "response", "improve", "alleviat", "ameliorat"),
    "reduces": ("reduce", "decrease", "lower", "diminish"),
    "is refractory to": ("refractory", "resistant", "unresponsive"),
    "is insufficient for": ("response", "insufficient", "ineffective", "inadequate", "not effective", "limited"),
    "inhibits weakly": ("lesser", "weakly"),
    "inhibits": ("inhibit", "block", "suppress", "abrogat", "antagoni", "attenuat", "neutrali"),
    "is activated in": ("activated", "regulated", "express", "elevated", "increased"),
    "is central to": ("role", "central", "key ", "crucial", "essential", "pivotal"),
    "overlaps": ("overlap", "combination", "coexist", "share"),
    "can be complicated by": ("lead to", "result in", "progress", "cause", "complicat", "evolve", "develop"),
    "has frequent manifestation": ("common", "frequent", "typical", "usual", "prevalent", "characteristic", "classic", "main", "major",
                                   "predominant", "leading", "principal", "hallmark", "often"),
    "has infrequent manifestation": ("rare", "common", "frequent", "unusual", "exceptional", "atypical"),
    "is characterised by": (" by ",),
    "marks": ("defin", "mark", "identif", "delineat", "specific for", "pathognomonic", "hallmark", "diagnostic"),
    "is associated with": ("associat", "linked", "related", "correlat", "occur", "develop", "seen ", "found", "observed", "present",
                           "reported", "described", "relationship", "link ", "more ",
                           "manifestation", "feature", "symptom", "finding", "sign", "complaint", "presentation"),
    "is a kind of": (" is ", " are ", "represent"),
}  # fmt: skip
