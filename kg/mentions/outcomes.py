"""What became of which manifestation under which drugs, as the report tells it?

A word of outcome (improved, resolved, refractory ...) tells of the manifestations that it governs, beside it, in
a list, or named just before ("these symptoms"), and of the drugs that its sentence names before it, or else the
last sentence that names any. Several drugs given together have one response together: which of them did it
nobody knows. A drug is never said to treat anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.articles.article import Article, Confidence, Mention
from kg.model.anchors import Sentence
from kg.model.fronted import across
from kg.model.kinds import Outcome

__all__ = ["Dose", "Response", "Topic", "begins_clause", "outcomes"]


@dataclass(frozen=True, slots=True)
class Topic(Mention):
    """A manifestation, or what stands for one (a measured quantity, a test), at one place of the text.

    ref: the concept of the manifestation; over: what is above that; present: is it said to be there?
    """

    ref: str
    over: frozenset[str] = frozenset()
    present: bool = True


@dataclass(frozen=True, slots=True)
class Dose(Mention):
    """A drug at one place of the text. ref: which treatment; started: is it begun there? past: is it told as
    given earlier, in a list or an aside?; leaving: is it tapered or stopped there?"""

    ref: str
    started: bool = False
    past: bool = False
    leaving: bool = False


@dataclass(frozen=True, slots=True)
class Response(Mention):
    """An outcome, at its words. to: the drugs, all together, none where the report speaks of none; of: the
    manifestations; words: the places that say it.

    rule: how the manifestations and the drugs were found."""

    outcome: Outcome
    to: tuple[str, ...]
    of: tuple[str, ...]
    words: tuple[tuple[int, int], ...] = ()


# ---- words ------------------------------------------------------------------------------

_RIGHT, _LEFT, _BOTH = "right", "left", "both"
# (outcome, words, on which side what it tells of stands, where no other word says so)
_TOLD: tuple[tuple[Outcome, str, str], ...] = (
    ("improved", r"(?:almost|nearly|virtually|near)[- ](?:complete(?:ly)?|total(?:ly)?|full(?:y)?|entirely)? ?(?:resolution|resolv(?:ed|ing)|disappear(?:ed|ance)|remission|cleared|clearance|healed|healing|regress(?:ed|ion))", _BOTH),
    ("partially improved", r"(?:partial(?:ly)?|incomplete|some|slight(?:ly)?|modest|limited) (?:\w+ )?(?:recover\w*|respon\w+|improv\w+|remission|resolution|resolved|regress\w+)", _BOTH),
    ("not improved", r"(?:no|without|not any|little|lack of) (?:(?:significant|clinical|radiological|appreciable|obvious|clear|further|or|and|substantial|marked|any|much) ){0,4}(?:improve\w*|response|effect|benefit|results?|relief|success)\b|(?:did|does|do|has|have|had|was|were) not (?:\w+ )?(?:improv\w+|respond\w*|resolv\w+|benefit\w*)|fail(?:ed|ure) to (?:improve|respond|resolve)|unresponsive|ineffective|unsuccessful(?:ly)?", _BOTH),
    ("not improved", r"refractory (?=[a-z])(?!to\b|and\b|or\b|disease|case|patient)", _RIGHT),
    ("refractory", r"(?:therapeutic |treatment )?refractor(?:y|iness)|resistan(?:t|ce) to (?:\w+ ){0,3}(?:treatment|therapy)|treatment[- ]resistant", _BOTH),
    ("resolved", r"(?:complete(?:ly)? |full(?:y)? |total(?:ly)? )?(?:resolution|resolv(?:ed|ing|es)|disappear(?:ed|ance|ing)|normali[sz](?:ed|ation|ing|es)|remission|subsided|cleared|vanished|healed|healing)|return(?:ed|ing)? to (?:the )?normal|complete (?:recovery|response)|(?:fully |completely )recovered", _BOTH),
    ("controlled", r"(?:under (?:good )?|well[- ])control(?:led)?|(?:was|were|is|are|been|being|became) (?:\w+ )?controlled|good control of", _BOTH),
    ("stable", r"(?:remain(?:ed|s)?|is|was|are|were|been|stayed) (?:\w+ )?(?:stable|unchanged)|stabili[sz](?:ed|ation|ing)|no (?:further )?progression of", _BOTH),
    ("worsened", r"progress(?:ion of|ed\b|ing\b)|worsen(?:ed|ing|s)?|deteriorat(?:ed|ion|ing)|exacerbat(?:ed|ion)|aggravat(?:ed|ion)", _BOTH),
    ("relapsed", r"relaps(?:ed?|ing)|recurr(?:ed|ence|ing)|flare[ds]?(?: up)?\b|reappear(?:ed|ance)", _BOTH),
    ("persistent", r"persist(?:ed|ence|ing|s)?\b|(?:was|were|is|are|continued|remained) still (?:suffering|having|present|symptomatic)|still (?:suffer\w*|had|has|complained|present\w*)|continued to (?:have|suffer|complain|experience|present)|unabated", _BOTH),
    ("improved", r"improv(?:ed|ing|es?|ements?)|ameliorat(?:ed|ion|ing)|alleviat(?:ed|ion)|reliev(?:ed|ing)|regress(?:ed|ion)|lessen(?:ed|ing)|subsiding|respond(?:ed|ing) (?:well|favou?rably|rapidly|promptly|dramatically)|(?:good|excellent|marked|dramatic|significant|clinical) (?:clinical )?response|recover(?:ed|y|ing)|(?:decreas|reduc|diminish|declin)(?:e|ed|es|ing|tion|ution) (?:in|of) (?:the )?(?:\w+ ){0,2}?(?:extent|size|number|severity|intensity|frequency|symptoms?|pain|lesions?)(?: of)?|(?:decreas|reduc)(?:ed|ion|e)", _BOTH),
)  # fmt: skip
_WORDS = tuple(
    (outcome, re.compile(rf"(?<![\w-])(?:{words})\b", re.IGNORECASE), side) for outcome, words, side in _TOLD
)
_OVERALL = re.compile(
    r"\bresponse (?:with|to|of|under) (?:\w+ ){1,4}?(?:is|was|has been|were) (?:\w+ )?(?P<how>favou?rable|good|excellent|dramatic|remarkable)",
    re.IGNORECASE,
)
# A and B were given, with major clinical and laboratory improvement: of what the report is about.
_ALL_IN_ALL = re.compile(
    r"\b(?:with|showing|showed|resulting in|resulted in|leading to|led to|achieving|achieved) (?:an? )?(?:\w+ ){0,2}?(?:clinical|overall)"
    r"(?:(?:,| and) (?:laboratory|biochemical|radiological|serological|functional))* (?P<how>improvement|response|remission|recovery)\b(?! (?:in|of)\b)",
    re.IGNORECASE,
)
_DENIED = re.compile(
    r"\b(?:no|not|without|never|nor|denied|absence of|free of|any|if|should|may|might|could|would|(?<!led )(?<!leads )(?<!leading )to(?=\s*$)|can|aim\w* (?:at|for))\b"
    r"(?:[^.;:]{0,160}\b(?:or|nor)\b)?[\w\s,-]{0,40}$",
    re.IGNORECASE,
)
# "without hemorrhages and persistence of branching": what is added by "and" is not denied.
_AND_NOT = re.compile(r"(?i),? and (?=\w*$)|,? and (?:then |a |an )?$")
# What a noun of outcome is followed by when what it tells of comes behind it; and words that only lead there.
_LEAD = re.compile(
    r"\s*(?:(?:of|in|from|the|a|an|his|her|their|its|all|these|both|most|any|residual|mild|severe|marked|clinical|"
    r"radiological|laboratory|symptomatic|with|to|regarding|as|evidenced|by|and|extent|levels?|serum|for|pre-?existing|"
    r"previous|overall|previously|known|areas?|suffering|having|symptoms|signs)\b\s*)*",
    re.IGNORECASE,
)
# Before a word that is the predicate of what stands before it.
_PREDICATE = re.compile(
    r"\b(?:has|have|had|was|were|is|are|been|being)\s+(?:(?:\w+ly|also|then|all|both|not)\s+)*$", re.IGNORECASE
)
# Between what is told of and a verb of outcome behind it.
_VERBS = re.compile(
    r"(?:\s*\([^()]*\))?(?:\s(?:of|over|on|at|around|in)\s(?:(?:both|the|his|her|left|right|upper|lower)\s)+\w+(?:\s(?:and|or)\s(?:(?:the|left|right)\s)*\w+)?)?[\s,]*(?:(?:is|are|was|were|has|have|had|been|being|be|also|all|both|which|that|then|gradually|slowly|"
    r"rapidly|completely|partially|markedly|significantly|dramatically|progressively|radiologically|clinically|"
    r"levels?|symptoms?|signs?|lesions?|involvement|manifestations?|findings?|titers?|titres?|values?|concentrations?|"
    r"activity|function|count|counts|parameters|have|remained|remains|under|continued|subsequently|slightly|"
    r"of|the|soon|eventually|finally|spontaneously|disease|started|began|to|scores?|strength|improvement)\b\s*)*"
    r"(?:\([^()]*\)\s*)?",
    re.IGNORECASE,
)
_LINK = re.compile(
    r"(?P<aside>\s*\([^()]*\))?\s*(?:,|\band\b|\bor\b|\bas well as\b|/|&)[\s,]*(?:(?:and|or|the|his|her|of|in|both|also)\s+)*(?:[\w-]+\s+){0,2}",
    re.IGNORECASE,
)
_USELESS = re.compile(r"(?:ineffective|unsuccessful)\b", re.IGNORECASE)
_CLAUSE = re.compile(r";|\bbut\b|\bhowever\b|\balthough\b|\bwhereas\b|\bwhile\b|,\s*so\b|:\s", re.IGNORECASE)
_PARTIAL = re.compile(r"\(\s*(?:partial(?:ly)?|incomplete(?:ly)?)\s*\)", re.IGNORECASE)
_THESE = re.compile(r"\b(?:these|those|all|the|his|her|previous|above) (?:\w+ )?(?:symptoms|manifestations|signs|complaints|features)\b", re.IGNORECASE)  # fmt: skip
_ABOUT = re.compile(
    r"^\W*(?:regarding|concerning|as (?:for|to)|with (?:regard|respect) to|in terms of)\b", re.IGNORECASE
)
_ALL_OF_THEM = re.compile(
    r"\b(?:despite|after|in spite of|notwithstanding|following|under|with|to) (?:all )?(?:of )?(?:these|those|this|the above|previous|prior|such|multiple|combined) (?:\w+ ){0,2}(?:treatments?|therap(?:y|ies)|drugs?|medications?|measures|agents|regimens?)\b",
    re.IGNORECASE,
)
_FOLLOWS = re.compile(
    r"\b(?:after|following|with|on|under|upon|since|during|to|by|using|thanks to|in response to|despite|in spite of)\s+(?:the\s+)?(?:[\w-]+\s+){0,6}$",
    re.IGNORECASE,
)
# What was begun only then; another therapy than a drug; and that a drug was taken away.
_GIVEN = re.compile(
    r"(?i)\b(?:treated|received|given|started|initiated|administered|prescribed|commenced|was added|were added)\b"
)
_ANOTHER = re.compile(r"(?i)\b(?:introduc|switch|replac|chang|add)(?:e|ed|ing)\b")
_OTHERWISE = re.compile(
    r"(?i)\b(?:after|following|with|on|since|post)\s(?:the\s|an?\s|his\s|her\s|this\s)?(?:[\w-]+\s){0,3}(?:surgery|operation|procedure|transplant\w*|drainage|dialysis|radiotherapy"
    r"|resection|ablation|stent\w*|embolization|excision|physiotherapy|standard [\w ]{0,20}therapy)"
    r"|\b(?:after|following)\s(?-i:[A-Z]{3,5})\b"
)
_BEGAN = re.compile(r"(?i)\b(?:develop|present(?:ed|ing)(?: [\w ]{1,40})? with|onset of)\w*[^.;]*$")
_STILL = re.compile(r"(?i)\b(?:still|remain|although)\w*")
_LEAVING = re.compile(r"(?i)\b(?:withdraw|wean|stopp|taper|discontinu|cessation)\w*")
# Adjectives and heads that stand for the manifestations of an organ, by the root of its branch.
_ORGANS: Mapping[str, str] = {
    "HP:0003011": r"muscular|muscle|neuromuscular|myopathic",
    "HP:0001367": r"articular|joint|arthritic",
    "HP:0002086": r"pulmonary|lung|respiratory",
    "HP:0000951": r"cutaneous|skin|dermatological|mucocutaneous",
    "HP:0001626": r"cardiac|heart|cardiovascular|myocardial",
    "HP:0000077": r"renal|kidney",
    "HP:0001392": r"hepatic|liver",
    "HP:0025031": r"gastrointestinal|digestive|abdominal|intestinal",
    "HP:0000707": r"neurological|neurologic|neuropsychiatric",
    "HP:0000478": r"ocular|eye|visual",
    "HP:0001871": r"hematological|haematological|hematologic",
}  # fmt: skip
_HEAD = r"(?:symptoms?|involvement|manifestations?|disease|signs?|features?|lesions?|findings?|activity|complaints?|function(?: tests?)?|status)"
_ORGAN = re.compile("|".join(f"(?P<o{root[3:]}>\\b(?:{words})\\b)" for root, words in _ORGANS.items()), re.IGNORECASE)
_LIST_TO_HEAD = re.compile(
    rf"(?:\s*\([^()]*\))?(?:\s*,\s*|\s+and\s+|\s+or\s+|\s*,\s*and\s+|\s+)*(?:[a-z]+(?:al|ar|ic|ous|ary|n|le)\b(?:\s*\([^()]*\))?(?:\s*,\s*(?:and\s+)?|\s+and\s+|\s+or\s+|\s+)){{0,5}}{_HEAD}\b",
    re.IGNORECASE,
)
_TESTS = re.compile(
    r"\b(?:(?P<o0002086>PFTs?|pulmonary function(?: tests?)?|lung function(?: tests?)?|spirometr(?:y|ic))"
    r"|(?P<o0000077>renal function|kidney function)|(?P<o0001392>liver function(?: tests?)?)"
    r"|(?P<o0003011>muscle strength)|(?P<o0001626>cardiac function|ejection fraction|LVEF))\b"
)
_BACK = 8  # sentences that are looked back over for a drug: what `kg.model.context` does


# ---- outcomes ---------------------------------------------------------------------------


def outcomes(
    article: Article,
    sentences: Iterable[Sentence],
    drugs: Iterable[Dose],
    topics: Iterable[Topic],
    diagnosis: str = "",
) -> tuple[Response, ...]:
    """The responses that these sentences tell, in the order of the text.

    diagnosis: the concept that "the response" is of, where nothing else is named; "" for none.
    """
    teller = _Teller(article, sorted(sentences, key=lambda s: s.start), drugs, topics, diagnosis)
    return tuple(teller.responses())


class _Teller:
    def __init__(
        self,
        article: Article,
        sentences: Sequence[Sentence],
        drugs: Iterable[Dose],
        topics: Iterable[Topic],
        diagnosis: str,
    ) -> None:
        self.text, self.sentences, self.diagnosis = article.text, sentences, diagnosis
        self.drugs = sorted(drugs, key=lambda d: d.start)
        self.topics = sorted(topics, key=lambda t: (t.start, -t.end))
        self.last: tuple[str, ...] = ()  # what the last outcome was of
        self.lacking: tuple[str, ...] = ()  # what was last told not to be better

    def responses(self) -> Iterator[Response]:
        for i, sentence in enumerate(self.sentences):
            trigger = -1
            for one in self._in(i, sentence):
                self.last = (*self.last, *one.of) if one.start == trigger else one.of
                trigger = one.start
                if one.outcome in ("persistent", "refractory", "not improved", "worsened"):
                    self.lacking = one.of
                yield one

    def _in(self, i: int, sentence: Sentence) -> Iterator[Response]:
        here = self._topics(sentence)
        taken: list[tuple[int, int]] = []
        found: list[tuple[Outcome, int, int, str]] = []
        for outcome, pattern, side in _WORDS:
            for m in pattern.finditer(self.text, sentence.start, sentence.end):
                if not any(a < m.end() and m.start() < b for a, b in taken):
                    taken.append(m.span())
                    found.append((outcome, m.start(), m.end(), side))
        for outcome, start, end, side in sorted(found, key=lambda one: one[1]):
            before = self.text[sentence.start : start]
            if outcome not in ("not improved", "stable") and _DENIED.search(_AND_NOT.split(self._clause(before))[-1]):
                continue
            if self.text[start:end].casefold() == "refractory " and not _STILL.search(sentence.text):
                continue  # what is called so was not told to be treated
            if outcome == "worsened" and _BEGAN.search(self._clause(before)):
                continue  # how it began, not what became of it
            groups, rule = self._of(sentence, here, outcome, start, end, side)
            to = self._to(i, sentence, start, end, outcome) if groups else ()
            for value, of, span in groups:
                words = ((min(start, span[0]), max(end, span[1])),)
                sure: Confidence = "high" if rule == "beside" and len(to) == 1 else "medium"
                sure = sure if rule == "beside" else "low"
                yield Response(start, end, f"response/{rule}", sure, value, to, of, words)
        for m in _OVERALL.finditer(self.text, sentence.start, sentence.end):
            to = self._to(i, sentence, m.end(), m.end(), "favourable")
            if self.diagnosis and to:
                words = ((m.start(), m.end()),)
                yield Response(m.start(), m.end(), "response/overall", "medium", "favourable", to, (self.diagnosis,), words)  # fmt: skip

        for m in _ALL_IN_ALL.finditer(self.text, sentence.start, sentence.end):
            before = self.text[sentence.start : m.start("how")]
            to = self._regimen([d for d in self.drugs if sentence.start <= d.start and d.end <= m.start()])
            if (
                self.diagnosis
                and to
                and not _DENIED.search(self._clause(before))
                and not _OTHERWISE.search(sentence.text)
            ):
                value = "improved" if m["how"].casefold() == "improvement" else "favourable"
                yield Response(m.start(), m.end(), "response/overall", "low", value, to, (self.diagnosis,), ((m.start(), m.end()),))  # fmt: skip

    @staticmethod
    def _clause(before: str) -> str:
        """The words of the clause that they end in."""
        cuts = [m.end() for m in _CLAUSE.finditer(before)]
        return before[cuts[-1] if cuts else 0 :]

    def _topics(self, sentence: Sentence) -> list[Topic]:
        """What the sentence may tell of: manifestations, and adjectives of organs that stand for them."""
        here = [t for t in self.topics if sentence.start <= t.start and t.end <= sentence.end]
        spans = [(t.start, t.end) for t in here]
        for pattern, whole in ((_TESTS, True), (_ORGAN, False)):
            for m in pattern.finditer(self.text, sentence.start, sentence.end):
                root = f"HP:{(m.lastgroup or '')[1:]}"
                if any(a <= m.start() and m.end() <= b for a, b in spans):
                    continue
                if not whole and not _LIST_TO_HEAD.match(self.text, m.end(), sentence.end):
                    continue
                stands = self._of_organ(root, m.start())
                if stands and (whole or all(t.ref != stands for t in here)):  # else its own name tells it, beside this
                    here.append(Topic(*m.span(), "organ", "medium", stands))
                    spans.append(m.span())
        here.sort(key=lambda t: (t.start, -t.end))
        told = [t for t in here if not any(p.search(self.text, t.start, t.end) for _, p, _ in _WORDS)]
        return [t for i, t in enumerate(told) if not any(o.start <= t.start and t.end <= o.end for o in told[:i])]

    def _of_organ(self, root: str, before: int) -> str:
        """The first manifestation of an organ that was told; "" for none."""
        return next((t.ref for t in self.topics if t.start < before and t.present and root in t.over), "")

    # ---- of what --------------------------------------------------------------------------

    def _of(
        self, sentence: Sentence, here: Sequence[Topic], outcome: Outcome, start: int, end: int, side: str
    ) -> tuple[list[tuple[Outcome, tuple[str, ...], tuple[int, int]]], str]:
        """What an outcome is of, each group with its own outcome and place; and how that was found."""
        behind = self._behind(here, end, sentence.end)
        ahead = self._ahead(here, sentence.start, start) if side != _RIGHT else []
        noun = re.match(r"\s*(?:of|in|from)\b", self.text[end : sentence.end]) is not None
        useless = _USELESS.match(self.text, start, sentence.end)
        noun = noun or bool(useless and re.match(r"\s+(?:for|against|on)\b", self.text[end : sentence.end]))
        if behind and not noun and _PREDICATE.search(self.text[sentence.start : start]):
            behind = []  # "the lesions had cleared and the calcinosis ...": it tells of what stands before it
        chain = behind if behind and (noun or not ahead) else ahead
        if chain:
            return self._split(chain, outcome), "beside"
        clause_start = (
            sentence.start
            + len(self.text[sentence.start : start])
            - len(self._clause(self.text[sentence.start : start]))
        )
        if self.last and (m := _THESE.search(self.text, clause_start, start)):
            return [(outcome, self.last, m.span())], "anaphora"
        if _ABOUT.match(sentence.text):
            about = next((t for t in here if t.start - sentence.start < 40), None)
            if about is not None:
                return [(outcome, (about.ref,), (start, end))], "frame"
        if outcome in ("not improved", "refractory") and not ahead and not behind:
            if self.lacking and not re.search(r"therapeutic|treatment", self.text[start:end]):
                return [("not improved", self.lacking, (start, end))], "carried"
            if useless and (told := self._just_told(sentence, start)):
                first = min(d.start for d in self.drugs if sentence.start <= d.start < start)
                return [("not improved", told, (first, end))], "carried"
            if self.diagnosis and outcome == "refractory":
                return [(outcome, (self.diagnosis,), (start, end))], "overall"
        return [], ""

    def _just_told(self, sentence: Sentence, start: int) -> tuple[str, ...]:
        """What the sentence before tells of, if it is one thing, and this one is of drugs: "A and B were ineffective"."""
        i = self.sentences.index(sentence)
        if i == 0 or not any(sentence.start <= d.start < start for d in self.drugs):
            return ()
        before = self.sentences[i - 1]
        told = {t.ref for t in self.topics if t.present and before.start <= t.start < before.end}
        same = before.section == sentence.section
        return tuple(told) if same and len(told) == 1 else ()

    def _split(
        self, chain: Sequence[Topic], outcome: Outcome
    ) -> list[tuple[Outcome, tuple[str, ...], tuple[int, int]]]:
        """Each manifestation of a list for itself; one that is called partial has its own outcome."""
        made: list[tuple[Outcome, tuple[str, ...], tuple[int, int]]] = []
        for topic in chain:
            aside = _PARTIAL.match(self.text[topic.end : topic.end + 20].lstrip())
            value: Outcome = "partially improved" if aside and outcome == "improved" else outcome
            if not any(of == (topic.ref,) for _, of, _ in made):
                made.append((value, (topic.ref,), (topic.start, topic.end)))
        return made

    def _behind(self, here: Sequence[Topic], end: int, stop: int) -> list[Topic]:
        """The list that begins behind a word."""
        lead = _LEAD.match(self.text, end, stop)
        reach = (lead.end() if lead else end) + 1
        first = next((t for t in here if end <= t.start), None)
        if first is None or len(self.text[reach - 1 : first.start].split()) > 3:
            return []
        if _CLAUSE.search(self.text[end : first.start]) or re.search(r",|\band\b", self.text[reach - 1 : first.start]):
            return []
        return self._chain(here, first)

    def _chain(self, here: Sequence[Topic], first: Topic) -> list[Topic]:
        """A topic and those that are listed after it."""
        chain = [first]
        for topic in here:
            if topic.start >= chain[-1].end and self._linked(chain[-1].end, topic.start):
                chain.append(topic)
        return chain

    def _linked(self, start: int, end: int) -> bool:
        """Are two members of a list side by side, with no other outcome between them?"""
        between = self.text[start:end]
        return bool(_LINK.fullmatch(between)) and not any(p.search(between) for _, p, _ in _WORDS)

    def _ahead(self, here: Sequence[Topic], begin: int, start: int) -> list[Topic]:
        """The list that ends before a word."""
        last = next((t for t in reversed(here) if t.end <= start), None)
        if last is None or not _VERBS.fullmatch(self.text[last.end : start]):
            return []
        chain = [last]
        frame = begin + (40 if _ABOUT.match(self.text[begin : begin + 40]) else 0)  # "Regarding myocarditis, ..."
        for topic in reversed(here):
            if topic.start < frame and chain[0].start >= frame:
                break
            if topic.end <= chain[0].start and self._linked(topic.end, chain[0].start):
                chain.insert(0, topic)
        return chain if chain[0].start >= begin else []

    # ---- under what -----------------------------------------------------------------------

    def _to(self, i: int, sentence: Sentence, start: int, end: int, outcome: Outcome) -> tuple[str, ...]:
        """The drugs that the report speaks of there; nothing when it speaks of none."""
        before = self.text[sentence.start : start]
        if _ALL_OF_THEM.search(before):
            refs = dict.fromkeys(d.ref for d in self.drugs if d.end <= start and not d.leaving)
            return tuple(refs)
        past = self._past(sentence, end)
        if past:
            return past
        ahead = [d for d in self.drugs if sentence.start <= d.start and d.end <= start]
        if named := self._regimen(ahead):
            # "controlled by A, but over the years it progressed", "A, but it persisted, so we introduced another": not under A
            between = self.text[ahead[-1].end : start]
            apart = outcome in ("worsened", "relapsed") or (
                outcome in ("improved", "resolved", "controlled") and _ANOTHER.search(between)
            )
            return () if apart and _CLAUSE.search(between) else named
        behind = [d for d in self.drugs if end <= d.start and d.end <= sentence.end]
        for drug in behind:
            between = self.text[end : drug.start]
            if _FOLLOWS.search(between) and not _GIVEN.search(between) and not drug.leaving and not drug.past:
                listed = [d for d in behind if d.start >= drug.start and self._listed(drug, d)]
                stop = next((d.start for d in listed[1:] if begins_clause(self.text, d.start, d.end)), sentence.end)
                return tuple(dict.fromkeys(d.ref for d in listed if d.start < stop))
        return self._before(i, sentence, outcome)

    def _before(self, i: int, sentence: Sentence, outcome: Outcome) -> tuple[str, ...]:
        """The drugs of the last sentence that names any.

        None where this one speaks of another therapy, or where something got worse and the drug is not just spoken of.
        """
        if _OTHERWISE.search(sentence.text) or (outcome == "relapsed" and _LEAVING.search(sentence.text)):
            return ()
        better = any(p.search(sentence.text) for o, p, _ in _WORDS if o in ("improved", "resolved", "controlled"))
        far = _BACK if better or outcome not in ("persistent", "worsened", "relapsed") else 1
        for back in range(1, far + 1):
            if i - back < 0 or self.sentences[i - back].section != sentence.section:
                break
            earlier = self.sentences[i - back]
            some = [d for d in self.drugs if earlier.start <= d.start and d.end <= earlier.end]
            if some:
                return self._regimen(some)
        return ()

    def _past(self, sentence: Sentence, end: int) -> tuple[str, ...]:
        """The drugs of a list in brackets right behind the word: refractoriness (steroids, MMF)."""
        m = re.match(r"\s*(?:to\s+(?:\w+\s+){0,3})?\(([^()]*)\)", self.text[end : sentence.end])
        inside = [d for d in self.drugs if m and end <= d.start and d.end <= end + m.end()]
        return tuple(dict.fromkeys(d.ref for d in inside))

    def _listed(self, first: Dose, other: Dose) -> bool:
        """Is it first, or does it stand in one list with it?"""
        between = self.text[first.end : other.start]
        near = not _CLAUSE.search(between) and len(between) < 120 and "." not in between
        return first is other or (near and not across(self.text, first.start, other.start))

    def _regimen(self, some: Sequence[Dose]) -> tuple[str, ...]:
        """What is given, of the drugs that a passage names: those begun there, else all; not what is past or leaving."""
        now = [d for d in some if not d.past and not d.leaving]
        chosen = [d for d in now if d.started] or now
        last = [chosen[-1]] if chosen else []
        for dose in reversed(chosen[:-1]):  # of several clauses the last: "we tried A, but ..., so we tried B"
            if not self._listed(dose, last[0]):
                break
            last.insert(0, dose)
        return tuple(dict.fromkeys(d.ref for d in last))


def begins_clause(text: str, start: int, end: int) -> bool:
    """Does a name begin a clause of its own: refractory to A, and B was started?

    >>> text = "refractory to A, and B was started"
    >>> begins_clause(text, text.index("B"), text.index("B") + 1), begins_clause(text, text.index("A"), text.index("A") + 1)
    (True, False)
    """
    return bool(re.search(r",\s+(?:and|so)\s+$", text[max(start - 8, 0) : start])) and bool(
        re.match(r"(?:\s*\([^()]*\))?\s+(?:was|is|has|had)\b", text[end : end + 60])
    )
