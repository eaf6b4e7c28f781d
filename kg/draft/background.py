"""Claims of a draft: what a report says beyond its patient, where a plain pattern carries it.

Subject, predicate and objects are terms that stand in the sentence, or the subject the text is about ("this entity").
A sentence that no pattern reads stays unread. Nothing here is about the patient.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from kg.draft.article import Article
from kg.draft.composed import called_so
from kg.draft.gazetteer import called, named
from kg.draft.manifestations import over
from kg.draft.proposals import Item, Quote, anchor
from kg.model.anchors import Sentence
from kg.model.fields import MAX_WORDS

__all__ = ["claims"]

_KINDS = {
    "antibody": ("HP:0030057",), "drug": ("ckg:TherapeuticAgent",), "disease": ("MONDO:0000001",), "finding": ("HP:0000118",),
    "gene": ("ckg:GeneProduct",), "pathway": ("GO:0007165",), "cell": ("CL:0000000",), "score": ("ckg:ClinicalScore",),
}  # fmt: skip
# Terms too wide to be what a claim is about.
_WIDE = frozenset(
    {
        "MONDO:0000001",
        "HP:0000118",
        "ckg:TherapeuticAgent",
        "HP:0030057",
        "CL:0000000",
        "EFO:0000727",
        "MONDO:0700096",
        "HP:0031375",
    }
)


@dataclass(frozen=True, slots=True)
class _Term:
    start: int
    end: int
    kinds: dict[str, str]  # kind -> the term of that kind that is called so

    def of(self, kinds: Sequence[str]) -> str:
        return next((self.kinds[kind] for kind in kinds if kind in self.kinds), "")


@dataclass(frozen=True)
class _Pattern:
    """predicate, the words that carry it, the kinds that subject and objects may be of, and how it is held.

    subject: "before" (the nearest before), "first" (of the sentence), "topic"; where: which side the objects are on.
    """

    predicate: str
    words: str
    subjects: tuple[str, ...]
    objects: tuple[str, ...]
    kind: str = "background"
    subject: str = "before"
    where: str = "behind"
    setting: str = ""
    each: bool = False
    reach: int = 4  # words that may stand before the first object


_D, _F, _M = ("drug",), ("finding", "disease"), ("disease", "finding")
_WHO = ("antibody", "disease", "finding")
_PATTERNS: tuple[_Pattern, ...] = (
    _Pattern("overlaps", r"characteri[sz]ed by (?:an )?overlap(?:ping)?(?: of| between)?", ("disease",), _M, subject="first"),
    _Pattern("is characterised by", r"characteri[sz]ed by (?:an )?(?:overlap(?:ping)?(?: of| between)?)?", ("antibody",), _M, subject="first"),
    _Pattern("is characterised by", r"characteri[sz]ed by(?! (?:an )?overlap)", ("disease",), _F, subject="first"),
    _Pattern("is associated with", r"(?:(?:is|are|been|be) )?(?:classically |commonly |frequently |often |strongly |closely )?associated with(?! (?:this|the)\b)", ("antibody", "disease"), _M, subject="first"),
    _Pattern("is associated with", r"is a manifestation (?:\w+ )?(?:of|in)|(?:is|are) (?:\w+ )?(?:seen|present|found|observed) in", ("finding",), ("disease",), subject="first"),
    _Pattern("is associated with", r"\((?:especially|particularly|mainly|mostly) in", ("finding",), ("disease",), subject="first"),
    _Pattern("is refractory to", r"(?:(?:is|are|often|frequently|usually),? |, )refractory to", ("finding", "disease"), _D, subject="first"),
    _Pattern("is approved for", r"approved for(?: (?:use|the treatment|treatment))?(?: in| of)?", _D, _M, subject="first"),
    _Pattern("inhibits weakly", r"to a lesser (?:extent|degree),? inhibits?", _D, ("gene",)),
    _Pattern("inhibits", r"(?<!extent, )(?<!degree, )(?<!extent )\binhibits?", _D, ("gene", "pathway")),
    _Pattern("may inhibit", r"(?:may|might|could|can) (?:suppress|inhibit|abrogate|block|reduce|attenuate)", _D, ("pathway", "gene", "cell"), "hypothesis", reach=8),
    _Pattern("is central to", r"plays? an? (?:central|key|pivotal|crucial|major|important) role in(?: the (?:pathogenesis|development|pathophysiology) of)?", ("pathway", "gene", "cell"), _M),
    _Pattern("is activated in", r"(?:is|are) (?:\w+ )?activated in", ("pathway", "gene"), _M),
    _Pattern("reduces", r"reduces?(?: the)?", _D, ("score", "finding")),
    _Pattern("is used for", r"(?:experience|use|usefulness|efficacy|effectiveness) (?:of|with)(?= (?:\w+ )?\w+ in\b)", _D, _M, subject="behind", each=True, reach=9),
    _Pattern("spares", r"(?:steroid|corticosteroid|glucocorticoid)[- ]sparing", _D, _D, subject="first", where="self"),
    _Pattern("improves", r"improvements? (?:of|in)|\band in(?= [A-Z]{2,}[A-Z\d]*\d)", _D, ("gene", "score", "finding"), subject="first", reach=5),
    _Pattern("has no consensus treatment", r"no (?:clear |established )?(?:consensus|standard|guidelines?)(?: treatment)? (?:regarding|on|about|for)(?: the)? (?:treatment|management|therapy) of", _WHO, (), subject="behind"),
    _Pattern("is reported to help in", r"case (?:reports?|series) of the (?:effectiveness|efficacy|usefulness|benefit) of", _D, (), subject="each", setting="case report"),
    _Pattern("can be complicated by", r"can lead to|may lead to|can be complicated by", ("disease",), _F, subject="first"),
    _Pattern("may benefit", r"(?:is|may be|could be|represents?) an? (?:promising|potential|valuable|useful|effective|novel) (?:\w+ )?(?:therapy|treatment|option|alternative|drug|agent)(?: for| in)", _D, _M, "interpretation"),
    _Pattern("may benefit", r"with emphasis on", _D, _F, "interpretation", subject="first"),
    _Pattern("may benefit", r"can be helpful|may be (?:helpful|useful|beneficial|effective)|could be (?:helpful|useful|beneficial)", _D, (), "interpretation", subject="all"),
    _Pattern("is insufficient for", r"(?:response|effect) is (?:\w+ )?insufficient", _D, (), "interpretation", subject="all"),
    _Pattern("has no reported treatment with", r"no reported cases? of(?= [^.]{3,60} treated with)", ("disease", "finding"), _D, "novelty", subject="behind"),
    _Pattern("has no reported response to", r"nor of its (?:usefulness|use|efficacy) in(?: treating)?(?: both)?", ("finding", "disease"), (), "novelty", subject="behind"),
)  # fmt: skip
# An antibody or a drug with the disease that is called by it: anti-PM/Scl-associated scleromyositis.
_CALLED_BY = re.compile(r"[- ](?:associated|positive|induced|related)(?: [\w-]+)? ")
_CALLED_AFTER = re.compile(r"\s(?:associated with|due to|with)\s")
_COMMON = re.compile(
    r"(?i)\b(?:are|is) (?P<less>less |un|in|rarely |not )?(?:common|frequent|frequently (?:seen|observed))\b"
)
_IS_A = re.compile(
    r"(?i)\b(?:is|are) (?:an? |the )?(?:(?:rare|systemic|chronic|inflammatory|severe|common|selective|oral|heterogeneous)[\s,]+)*"
)
_THIS = re.compile(r"(?i)\bassociated with (?:this|the) (?:entity|disease|condition|antibody|syndrome|disorder)\b")
_TITLE = re.compile(
    r"(?i)\bis an? (?:effective|efficacious|successful|useful) (?:treatment|therapy|option) (?:for|in)(?: refractory| severe)?\b"
)
_FAVOURABLE = re.compile(r"(?i)\bresponse (?:with|to) (?:\w+ ){1,3}?(?:is|was) (?:favou?rable|good|excellent)")
_JOINS = re.compile(r"(?:[\s,]|\band\b|\bor\b|\bas well as\b|\[[^\]]*\]?|\([^()]{0,40}\)|/|\b(?:in|of|the|both|with|patients|between|such as|standard|classical|biological|skin|severe|joint|is)\b|\d[\]\-,]*)*", re.IGNORECASE)  # fmt: skip
_CITED = re.compile(r"\[(\d+(?:\s*[-–,]\s*\d+)*)\s*\]?")
_SETTINGS = (
    ("in vitro", r"\bin vitro\b"),
    ("case series", r"\bcase series\b"),
    ("open-label study", r"\bopen[- ]label\b"),
    ("cohort", r"\bcohort\b"),
)


def claims(article: Article, own: Iterable[Sentence], references: Collection[str]) -> Iterator[Item]:
    """The claims of a report. own: the sentences of the patient, in which none is read; references: keys that may be cited."""
    kinds = {part.section: part.kind for part in article.parts}
    mine = {sentence.start for sentence in own}
    reader = _Reader(article, references)
    for sentence in article.sentences:
        kind = kinds[sentence.section]
        if kind == "front" and sentence.start == next((p.start for p in article.parts if p.kind == "front"), -1):
            yield from reader.title(sentence)
        elif kind in ("abstract", "introduction", "discussion", "conclusions"):
            if sentence.start in mine and kind in ("abstract", "introduction"):
                continue
            yield from reader.sentence(sentence)


class _Reader:
    def __init__(self, article: Article, references: Collection[str]) -> None:
        self.article, self.text, self.references = article, article.text, references
        self.topic: dict[str, str] = {}  # kind -> what the text was last about, the latest last

    # ---- terms ----------------------------------------------------------------------------

    def terms(self, start: int, end: int) -> list[_Term]:
        found = []
        for name in named(self.text, start, end):
            words = self.text[name.start : name.end]
            kinds: dict[str, str] = {}
            for concept in (*name.concepts, *called_so(f"{words} disease")):
                if concept in _WIDE or concept.removeprefix("HP:").startswith("003137"):
                    continue
                for kind, roots in _KINDS.items():
                    if set(roots) & over(concept) and not (kind == "finding" and "HP:0030057" in over(concept)):
                        kinds.setdefault(kind, concept)
            if kinds:
                found.append(_Term(name.start, name.end, kinds))
        return self._compounds(found)

    def _compounds(self, terms: list[_Term]) -> list[_Term]:
        """The terms, with two made one where a disease is called by both."""
        made: list[_Term] = []
        for term in terms:
            last = made[-1] if made else None
            if last and ("disease" in term.kinds or "disease" in last.kinds):
                between = self.text[last.end : term.start]
                one, other = self.text[last.start : last.end], self.text[term.start : term.end]
                name = (
                    f"{one} {other}"
                    if _CALLED_BY.fullmatch(between)
                    else f"{other} {one}"
                    if _CALLED_AFTER.fullmatch(between)
                    else ""
                )
                concept = next((c for c in called_so(name) if "MONDO:0000001" in over(c)), "") if name else ""
                if concept:
                    made[-1] = _Term(last.start, term.end, {"disease": concept})
                    continue
            made.append(term)
        return made

    # ---- sentences ------------------------------------------------------------------------

    def title(self, sentence: Sentence) -> Iterator[Item]:
        """The title, where it says that a drug helped."""
        terms = self.terms(sentence.start, sentence.end)
        if m := _TITLE.search(self.text, sentence.start, sentence.end):
            drug = next((t for t in terms if t.end <= m.start() and t.of(_D)), None)
            of = next((t for t in terms if t.start >= m.end() and t.of(_M)), None)
            if drug and of:
                made = {"setting": "case report"}
                yield self._item(
                    "interpretation", drug.of(_D), "improves", [of.of(_M)], sentence, (drug.start, of.end), made
                )

    def sentence(self, sentence: Sentence) -> Iterator[Item]:
        terms = self.terms(sentence.start, sentence.end)
        about = next((t for t in terms if t.of(_WHO)), None)
        for pattern in _PATTERNS:
            for m in re.finditer(rf"(?i)(?<!\w)(?:{pattern.words})", sentence.text):
                start, end = sentence.start + m.start(), sentence.start + m.end()
                yield from self._read(pattern, sentence, terms, start, end)
        yield from self._common(sentence, terms)
        yield from self._is_a(sentence, terms)
        if (this := _THIS.search(self.text, sentence.start, sentence.end)) and (who := self._topic(_WHO)):
            before = [t for t in terms if t.end <= this.start() and t.of(_F)]
            if before:
                of, place = before[-1].of(_F), (before[-1].start, this.end())
                yield self._item("background", who, "is associated with", [of], sentence, place)
        if (told := _FAVOURABLE.search(self.text, sentence.start, sentence.end)) and (who := self._topic(("disease",))):
            drug = next((t for t in terms if told.start() <= t.start < told.end() and t.of(_D)), None)
            if drug:
                made = {"setting": "case report"}
                yield self._item("interpretation", drug.of(_D), "improves", [who], sentence, told.span(), made)
        if (
            about is not None
            and (which := next((k for k in ("antibody", "disease") if k in about.kinds), ""))
            and (which == "antibody" or "finding" not in about.kinds)
        ):
            self.topic.pop(which, None)
            self.topic[which] = about.kinds[which]
        if drug := next((t for t in terms if t.of(_D)), None):
            self.topic["drug"] = drug.of(_D)

    def _topic(self, kinds: Sequence[str]) -> str:
        """What the text was last about, of one of these kinds."""
        return next((concept for kind, concept in reversed(self.topic.items()) if kind in kinds), "")

    def _read(self, p: _Pattern, sentence: Sentence, terms: Sequence[_Term], start: int, end: int) -> Iterator[Item]:
        before = [t for t in terms if t.end <= start + 1 and t.of(p.subjects)]
        behind = [t for t in terms if t.start >= end]
        first = next((t for t in terms if t.of(p.subjects)), None)
        if p.subject == "each":
            for term in [
                t for t in behind if t.of(p.subjects) and not re.match(r"\s\(\w+,", self.text[t.end : t.end + 40])
            ]:
                if who := self._topic(_WHO):
                    yield self._item(
                        p.kind,
                        term.of(p.subjects),
                        p.predicate,
                        [who],
                        sentence,
                        (start, term.end),
                        {"setting": p.setting},
                        (term.start, term.end),
                    )
            return
        if p.subject == "all":
            for term in [t for t in terms if t.of(_D) and t.end <= start]:
                if who := self._topic(("disease",)):
                    yield self._item(
                        p.kind, term.of(_D), p.predicate, [who], sentence, (term.start, end), {}, (start, end)
                    )
            return
        if p.subject == "behind":
            subject = next((t for t in behind if t.of(p.subjects)), None)
            behind = [t for t in behind if subject and t.start >= subject.end]
        elif p.subject == "first":
            subject = first if first and first.start < start else None
        elif p.subject == "topic":
            subject = before[-1] if before else None
        else:
            subject = before[-1] if before else None
        who = subject.of(p.subjects) if subject else ""
        if not who and p.subject == "first" and not any(t.of(_WHO) for t in terms if t.end <= start):
            who = self._topic(p.subjects)  # the sentence names nothing that it could be about
        if not who:
            return
        low = subject.start if subject else start
        fields: dict[str, Any] = {}
        if p.where == "self":
            objects = [t for t in terms if start <= t.start < end and t.of(p.objects)]
        else:
            fit = [t for t in behind if t.of(p.objects)]
            after = subject.end if subject and p.subject == "behind" else end
            objects = self._chain(fit, after, p.reach, loose=p.each or p.predicate == "improves")
            near = [t for t in fit if "score" in t.kinds and objects and t.start < objects[0].end + 200]
            objects = near if near and p.predicate == "improves" else objects
        names = list(dict.fromkeys(t.of(p.objects) for t in objects if t.of(p.objects) != who))
        if p.predicate == "has no reported response to" and (drug := self._topic(_D)):
            names = [drug]
        if p.objects and not names:
            return
        if p.predicate == "reduces" and (m := re.search(r"compared (?:to|with) ", self.text[end : sentence.end])):
            other = next((t for t in terms if t.start >= end + m.end() and t.of(_D)), None)
            fields |= {"compared_with": called(other.of(_D))} if other else {}
        last = objects[-1].end if objects else max(end, subject.end if subject else end)
        if p.each:
            for term in objects:
                yield self._item(
                    p.kind,
                    who,
                    p.predicate,
                    [term.of(p.objects)],
                    sentence,
                    (term.start, term.end),
                    fields,
                    (start, end),
                )
        else:
            if p.kind == "hypothesis" and (
                m := re.search(r"(?i)(?:it is )?possible that", self.text[sentence.start : low])
            ):
                low = sentence.start + m.start()
            yield self._item(p.kind, who, p.predicate, names, sentence, (low, last), fields, (start, end))

    def _chain(self, terms: Sequence[_Term], after: int, reach: int, loose: bool = False) -> list[_Term]:
        """The terms of a list that begins near a place."""
        chain: list[_Term] = []
        for term in terms:
            between = self.text[chain[-1].end if chain else after : term.start]
            near = len(between.split()) <= (6 if chain else reach) and not re.search(r"[.;]", between)
            listed = _JOINS.fullmatch(between) or (loose and near and re.search(r",|\band\b|\bor\b", between))
            if listed if chain else near:
                chain.append(term)
            elif chain:
                break
        return chain

    def _common(self, sentence: Sentence, terms: Sequence[_Term]) -> Iterator[Item]:
        """A list of findings that are frequent, or not."""
        m = _COMMON.search(self.text, sentence.start, sentence.end)
        who = self._topic(("antibody", "disease"))
        listed = [t for t in terms if m and t.end <= m.start() and "finding" in t.kinds]
        if m and who and listed:
            predicate = "has infrequent manifestation" if m["less"] else "has frequent manifestation"
            names = list(dict.fromkeys(t.kinds["finding"] for t in listed))
            yield self._item("background", who, predicate, names, sentence, (listed[0].start, m.end()), {}, m.span())

    def _is_a(self, sentence: Sentence, terms: Sequence[_Term]) -> Iterator[Item]:
        """What is a kind of what: both of one kind, side by side about the verb."""
        for m in _IS_A.finditer(self.text, sentence.start, sentence.end):
            left = [t for t in terms if t.end <= m.start()]
            right = next((t for t in terms if m.end() <= t.start <= m.end() + 2), None)
            if right is None or not left or len(self.text[left[-1].end : m.start()].split()) > 2:
                continue
            for kind in ("antibody", "drug", "disease"):
                one, other = left[-1].kinds.get(kind), right.kinds.get(kind)
                if kind == "disease" and other is None and "finding" in right.kinds:
                    other = next(iter(called_so(f"{self.text[right.start : right.end]}")[1:]), None)
                if one and other and one != other:
                    yield self._item("background", one, "is a kind of", [other], sentence, (left[-1].start, right.end))
                    break

    # ---- items ----------------------------------------------------------------------------

    def _item(
        self,
        kind: str,
        subject: str,
        predicate: str,
        objects: Sequence[str],
        sentence: Sentence,
        place: tuple[int, int],
        more: dict[str, Any] | None = None,
        beside: tuple[int, int] | None = None,
    ) -> Item:
        fields: dict[str, Any] = {"kind": kind, "subject": called(subject), "predicate": predicate}
        if objects:
            fields["objects"] = [called(one) for one in objects]
        fields |= {name: value for name, value in (more or {}).items() if value}
        setting = next((name for name, words in _SETTINGS if re.search(words, sentence.text, re.IGNORECASE)), "")
        if setting and kind in ("background", "hypothesis"):
            fields.setdefault("setting", setting)
        if cites := self._cites(sentence):
            fields["cites"] = cites
        name = f"{called(subject).partition(' ! ')[2]} {predicate}"
        return Item(
            "claims",
            name,
            fields,
            self._quotes(place, beside),
            f"claim/{predicate.replace(' ', '-')}",
            "medium" if objects else "low",
            sentence.start,
        )

    def _cites(self, sentence: Sentence) -> dict[str, str]:
        found: dict[str, str] = {}
        for m in _CITED.finditer(sentence.text):
            for part in re.split(r"\s*,\s*", m[1]):
                ends = [int(n) for n in re.findall(r"\d+", part)]
                for number in range(ends[0], ends[-1] + 1) if ends[-1] - ends[0] < 40 else ():
                    if f"r{number}" in self.references:
                        found[f"r{number}"] = "background"
        return found

    def _quotes(self, place: tuple[int, int], beside: tuple[int, int] | None) -> list[Quote]:
        """The words of a claim: one phrase where a dozen words hold it, else two or three."""
        start, end = place
        words = self.text[start:end].split()
        if len(words) <= MAX_WORDS:
            quotes = [anchor(self.article, start, end)]
        else:
            quotes = [anchor(self.article, start, end)]
            tail = re.search(rf"(?:\S+\s+){{{MAX_WORDS - 2}}}\S+$", self.text[start:end])
            if tail:
                quotes.append(anchor(self.article, start + tail.start(), end))
        if beside and not any(self.text[slice(*beside)] in quote.words for quote in quotes):
            quotes.append(anchor(self.article, *beside))
        return list(dict.fromkeys(quotes))
