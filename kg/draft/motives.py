"""Why a treatment was begun or stopped, what it was given for, and after which other one, where the report says so.

Read are only words that stand between the names in one sentence, and that leave no other reading: methotrexate for
arthritis; A, followed by B; because of leukopenia, azathioprine was stopped. What is said is put on the treatment,
with the phrase that says it.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from kg.draft.proposals import Item, Proposals, anchor
from kg.draft.regimens import Regimens, listed
from kg.model.anchors import Sentence
from kg.model.fields import MAX_WORDS
from kg.model.fronted import fronted

__all__ = ["motivated"]

Place = tuple[int, int]
Named = tuple[Place, Item]
_BACK = 3  # sentences between a treatment and the one that is told to come then

# ---- what it was given for --------------------------------------------------------------

_HIS = r"(?:(?:the|his|her|a|an|this|active|severe|mild|moderate|refractory|chronic|acute|recurrent|worsening|persistent|symptomatic)\s+){0,3}"
_BEGUN = r"(?:given|start(?:ed)?|prescribed|initiated|administered|added|begun|commenced|introduced|used|received|took|treated with|put on|placed on|injected|needed|required)"
_HOW = r"(?:[^\W\d_][\w/-]*|\d[\d.,]*\s?[\w/%²-]*)"  # a word, or an amount
# Between what is there and a drug: arthritis, which was initially treated with low-dose methotrexate.
_TREATED = re.compile(
    r"(?:\s*\([^()]*\))?(?:\s+\w+ed\b[^.;,]{0,30})?,?\s+(?:and\s+|which\s+|that\s+)?(?:was|were|is|are|had been|has been|have been)\s+"
    rf"(?:\w+ly\s+|also\s+|then\s+|first\s+){{0,2}}(?:treated|managed|controlled)\s+(?:\w+ly\s+)?(?:with|by|using)\s+(?:{_HOW}\s+){{0,4}}",
    re.IGNORECASE,
)
# Between a drug and what is there: methotrexate 15 mg weekly was given for arthritis.
_FOR = re.compile(
    rf"\)?(?:\s*\([^()]*\))?(?:,?\s+(?:therapy|treatment|injections?|infusions?|was|were|had been|orally|daily|weekly|monthly|twice|once|{_BEGUN}|\d[\d.,]*\s?[\w/%²-]*)){{0,7}}"
    rf"\s+(?:for|to treat|to control|as (?:a )?(?:treatment|therapy) (?:for|of))\s+(?:(?:the\s+)?(?:treatment|management|control)\s+of\s+)?{_HIS}",
    re.IGNORECASE,
)
# Before what is there, when a drug comes behind: For arthritis, she was given; treatment of arthritis with.
_FRAME = re.compile(
    rf"(?:^|[,;]\s)\W*(?:for|to treat|to control|in the treatment of)\s+{_HIS}(?:(?:treatment|management|control)\s+of\s+)?{_HIS}$",
    re.IGNORECASE,
)
_WAS_GIVEN = re.compile(
    rf",?\s+(?:he|she|we|the (?:patient|boy|girl|child|infant|man|woman))\s+(?:\w+\s+){{0,3}}{_BEGUN}\s+(?:on\s+)?(?:{_HOW}\s+){{0,4}}",
    re.IGNORECASE,
)
_IS_GIVEN = re.compile(rf"(?:\s*\([^()]*\))?(?:\s+{_HOW}){{0,3}}\s+(?:was|were)\s+(?:\w+\s+)?{_BEGUN}\b", re.IGNORECASE)
_CARE_OF = re.compile(rf"\b(?:treatment|therapy|management)\s+(?:of|for)\s+{_HIS}$", re.IGNORECASE)
_WITH = re.compile(rf"\s+(?:with|using)\s+(?:{_HOW}\s+){{0,3}}", re.IGNORECASE)

# ---- after which other one --------------------------------------------------------------

_NEXT = re.compile(
    r"\b(?:followed by|(?:switch|chang|convert|transition)\w* (?:(?:him|her|the patient) )?(?:from [\w ]{1,30} )?to|replaced (?:by|with)|substituted (?:by|with)|and then|, then|and subsequently)\b",
    re.IGNORECASE,
)
_THEN = re.compile(
    r"^\W*(?:then|subsequently|thereafter|afterwards|later(?: on)?|next)\b[^.;]{0,60}$"
    rf"|\b(?:was|were)\s+(?:then|subsequently|thereafter|later|next)\s+{_BEGUN}\s+(?:on\s+)?(?:{_HOW}\s+){{0,3}}$",
    re.IGNORECASE,
)
_IS_NEXT = re.compile(
    rf"(?:\s*\([^()]*\))?\s+(?:was|were)\s+(?:then|subsequently|thereafter|later|next)\s+{_BEGUN}\b", re.IGNORECASE
)
_FAILURE_OF = re.compile(
    r"\b(?:failure|inefficacy|ineffectiveness|lack of (?:effect|efficacy|response)|(?:no|poor|inadequate|insufficient) response|refractory|resistan(?:t|ce)|unresponsive)\s+(?:of|to|with)\s+(?:[\w-]+\s+){0,4}$"
    r"|\b(?:he|she|patient)\s+(?:had\s+)?failed\s+(?:(?:treatment|therapy)\s+with\s+)?(?:[\w-]+\s+){0,2}$",
    re.IGNORECASE,
)
_FAILED = re.compile(
    r"(?:\s*\([^()]*\))?\s+(?:(?:therapy|treatment)\s+)?(?:had\s+|has\s+)?(?:failed|(?:was|were|proved) (?:ineffective|unsuccessful|not effective))\b",
    re.IGNORECASE,
)

# ---- why --------------------------------------------------------------------------------

_BECAUSE = r"(?:because of|due to|owing to|on account of|as a result of)"
# (field, value of the model, words that come behind "because of").
_WHY = tuple(
    (field, value, re.compile(rf"\b{_BECAUSE}\s+(?:(?:the|a|an|his|her|its|this)\s+)?(?:[\w-]+\s+){{0,3}}?(?:{words})", re.IGNORECASE))
    for field, value, words in (
        ("started_because", "relapse", r"relaps\w*|flare\w*|recurrence\w*|exacerbation\w*"),
        ("started_because", "progression", r"progression|worsening|deterioration"),
        ("started_because", "intolerance", r"intolerance"),
        ("started_because", "lack of effect", r"lack of (?:effect|efficacy|response)|inefficacy|ineffectiveness"),
        ("stopped_because", "intolerance", r"(?:side|adverse|toxic) (?:effects?|events?|reactions?)|toxicity|intolerance|allerg\w+"),
        ("stopped_because", "patient decision", r"non-?complian\w+|non-?adheren\w+|(?:patient|parent)\S* (?:wish|request|preference|decision)"),
        ("stopped_because", "lack of effect", r"lack of (?:effect|efficacy|response)|inefficacy|ineffectiveness"),
        ("stopped_because", "remission", r"(?:complete |sustained )?remission"),
        ("stopped_because", "progression", r"progression"),
    )
)  # fmt: skip
_OF_FINDING = re.compile(rf"\b{_BECAUSE}\s+{_HIS}(?:[\w-]+\s+){{0,2}}$", re.IGNORECASE)


def motivated(made: Proposals, sentences: Sequence[Sentence], regimens: Regimens, places: Mapping[Place, Item]) -> None:
    """Put on each treatment what the report says of why it was given, or stopped, and after which other one.

    places: which item each place of the text became; of them findings and diagnoses that are there.
    """
    kinds = {part.section: part.kind for part in made.article.parts}
    reader = _Reader(made, regimens)
    case = [s for s in sentences if kinds[s.section] == "case"]
    for number, sentence in enumerate(case):
        drugs = _inside(regimens.at, sentence)
        if not drugs:
            continue
        there = [
            (place, item)
            for place, item in _inside(places, sentence)
            if item.section in ("findings", "diagnoses") and item.fields.get("status") == "present"
        ]
        reader.indicated(sentence, drugs, there)
        reader.ordered(case[max(0, number - _BACK) : number], sentence, drugs)
        reader.failed(sentence, drugs)
        reader.because(sentence, drugs, there)


def _inside(some: Mapping[Place, Item], sentence: Sentence) -> list[Named]:
    return sorted((one for one in some.items() if sentence.start <= one[0][0] < sentence.end), key=lambda one: one[0])


@dataclass
class _Reader:
    made: Proposals
    regimens: Regimens

    @property
    def text(self) -> str:
        return self.made.article.text

    def _note(self, treatment: Item, field: str, values: Sequence[object], start: int, end: int) -> None:
        """Add values to a field of a treatment, with the phrase that says so."""
        given: list[object] = treatment.fields.setdefault(field, [])
        given += [value for value in values if not any(value is one or value == one for one in given)]
        quote = anchor(self.made.article, start, end)
        if quote not in treatment.quotes:
            treatment.quotes.append(quote)

    def _short(self, start: int, end: int) -> bool:
        return len(self.text[start:end].split()) <= MAX_WORDS

    def _lists(self, drugs: Sequence[Named]) -> Iterator[list[Named]]:
        """The drugs of a sentence, those of one list together."""
        group: list[Named] = []
        for one in drugs:
            if group and not listed(self.text, group[-1][0], one[0]):
                yield group
                group = []
            group.append(one)
        if group:
            yield group

    def indicated(self, sentence: Sentence, drugs: Sequence[Named], there: Sequence[Named]) -> None:
        """Arthritis was treated with A; A and B for arthritis; for arthritis, she was given A."""
        for group in self._lists(drugs):
            first, last = group[0][0], group[-1][0]
            for (start, end), item in there:
                if self._is_for(sentence, (start, end), first, last) and self._short(
                    min(start, first[0]), max(end, first[1])
                ):
                    for _, treatment in group:
                        self._note(treatment, "indication", [item], min(start, first[0]), max(end, first[1]))

    def _is_for(self, sentence: Sentence, it: Place, first: Place, last: Place) -> bool:
        text, (start, end) = self.text, it
        if last[1] <= start:
            return bool(_FOR.fullmatch(text, last[1], start))
        if end > first[0]:
            return False
        before, between = text[sentence.start : start], text[end : first[0]]
        if _TREATED.fullmatch(between) or (_CARE_OF.search(before) and _WITH.fullmatch(between)):
            return True
        if not _FRAME.search(before):
            return False
        given = re.fullmatch(rf",\s+(?:{_HOW}\s+){{0,4}}", between) and _IS_GIVEN.match(text, last[1], sentence.end)
        return bool(given or _WAS_GIVEN.fullmatch(between))

    def ordered(self, back: Sequence[Sentence], sentence: Sentence, drugs: Sequence[Named]) -> None:
        """A, followed by B; A. Then B was given."""
        groups = list(self._lists(drugs))
        for earlier, later in itertools.pairwise(groups):
            start, end = earlier[-1][0][1], later[0][0][0]
            if (
                _NEXT.search(self.text, start, end)
                and self._short(start, end)
                and not re.search("[.;]", self.text[start:end])
            ):
                self._after([item for _, item in earlier], later, earlier[-1][0][0], later[0][0][1])
        if groups and (first := groups[0][0][0]) and self._told_then(sentence, first):
            for one in reversed(back):
                begun = [b for b in _inside(self.regimens.at, one) if self.regimens.started.get(id(b[1])) is one]
                if begun:
                    last = list(self._lists(begun))[-1]
                    self._after([item for _, item in last], groups[0], *first)
                    break
        self._behind(sentence, groups)

    def _behind(self, sentence: Sentence, groups: Sequence[Sequence[Named]]) -> None:
        """After A, B was given."""
        opening = fronted(self.text, sentence.start, sentence.end)
        if opening is None or opening[0] not in ("after", "following"):
            return
        start, end = opening[1]
        before = [item for group in groups for place, item in group if place[0] < end]
        main = next((group for group in groups if group[0][0][0] > end), None)
        if before and main and self._short(start, main[0][0][1]):
            self._after(before, main, start, main[0][0][1])

    def _told_then(self, sentence: Sentence, first: Place) -> bool:
        return bool(
            _THEN.search(self.text[sentence.start : first[0]]) or _IS_NEXT.match(self.text, first[1], sentence.end)
        )

    def _after(self, earlier: Sequence[Item], later: Sequence[Named], start: int, end: int) -> None:
        for place, item in later:
            if self.regimens.leaving(place) or self.regimens.first(item) != place:
                continue  # it goes, or was begun before
            others = [one for one in earlier if one is not item and one.fields.get("drug") != item.fields.get("drug")]
            if others and not any(item is one for other in others for one in other.fields.get("after", ())):
                self._note(item, "after", others, start, end)
                _not_together(item, others)

    def failed(self, sentence: Sentence, drugs: Sequence[Named]) -> None:
        """After failure of A, B was started; A failed, so B was started."""
        for (start, end), _ in drugs:
            comma = self.text.find(",", end, sentence.end)
            earlier = [item for place, item in drugs if start <= place[0] < comma]
            later = [(place, item) for place, item in drugs if place[0] > comma > 0]
            if not later or not (
                _FAILURE_OF.search(self.text[sentence.start : start]) or _FAILED.match(self.text, end, comma)
            ):
                continue
            for place, item in later:
                if self.regimens.started.get(id(item)) is sentence and self.regimens.first(item) == place:
                    for field in ("after", "after_failure_of"):  # what had failed came before
                        self._note(item, field, earlier, start, place[1])
                    _not_together(item, earlier)

    def because(self, sentence: Sentence, drugs: Sequence[Named], there: Sequence[Named]) -> None:
        """Because of leukopenia, azathioprine was stopped; started because of a relapse."""
        stopped = {
            id(change.fields["treatment"]): change
            for change in self.made.items
            if change.section == "dose_changes"
            and change.fields["direction"] == "withdrawn"
            and sentence.start <= change.at < sentence.end
        }
        for place, item in drugs:
            begun = self.regimens.started.get(id(item)) is sentence and self.regimens.first(item) == place
            for field, value, pattern in _WHY:
                change = stopped.get(id(item))
                if (field == "stopped_because" and change is None) or (
                    field == "started_because" and (stopped or not begun)
                ):
                    continue
                for found in pattern.finditer(self.text, sentence.start, sentence.end):
                    at = change.at if change is not None else place[0]
                    span = (min(found.start(), place[0], at), max(found.end(), place[1], at + 4))
                    if change is not None and at > place[1] and not self._short(*span):
                        span = (min(found.start(), at), max(found.end(), at + 4))
                    if self._short(*span):
                        self._note(item, field, [value], *span)
            if (change := stopped.get(id(item))) is not None:
                for (start, end), finding in there:
                    lead = _OF_FINDING.search(self.text[sentence.start : start])
                    if lead is None or finding.section != "findings":
                        continue
                    words = re.compile(r"\w*").match(self.text, change.at)
                    span = (
                        min(sentence.start + lead.start(), place[0], change.at),
                        max(end, place[1], words.end() if words else change.at),
                    )
                    if change.at > place[1] and not self._short(*span):  # "was added in April, but had to be stopped"
                        span = (min(sentence.start + lead.start(), change.at), span[1])
                    if self._short(*span):
                        self._note(item, "stopped_because", ["intolerance"], *span)


def _not_together(item: Item, others: Sequence[Item]) -> None:
    """Treatments of which one came after the others were not begun together."""
    for one in (item, *others):
        apart = others if one is item else [item]
        left = [beside for beside in one.fields.pop("with", ()) if not any(beside is other for other in apart)]
        if left:
            one.fields["with"] = left
