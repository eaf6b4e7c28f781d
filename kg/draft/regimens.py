"""The treatments of a draft: one item for each drug, step and route, from every place that names it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.articles.article import Article
from kg.base.prefixes import compress
from kg.concepts.terms import Catalogue
from kg.draft.dosing import frequency, quantity, route
from kg.draft.proposals import Item, Proposals, Quote, Rejected, anchor
from kg.mentions.gazetteer import called, named
from kg.mentions.manifestations import over
from kg.mentions.medication import Given
from kg.mentions.outcomes import Dose, begins_clause
from kg.mentions.polarity import assertion
from kg.model.anchors import Sentence
from kg.model.fronted import across

__all__ = ["Regimens", "listed", "regimens"]

Place = tuple[int, int]
_AGENT, _CARE, _DIAGNOSTIC = "ckg:TherapeuticAgent", "MAXO:0000002", "MAXO:0000003"
_MAY = re.compile(
    r"(?i)\b(?:may|might|could|should|would|if|consider(?:ed|ing)?|plan(?:ned|s)? to|recommend\w*|allerg\w+ to|declin\w+|refus\w+|instead of|not (?:been )?(?:given|treated|receiv\w+)|never"
    r"|(?:without|no) (?:the |any )?need (?:for|of)|without (?:any )?(?:use of|further)|unable to|impossible to|contraindicat\w+|not (?:a candidate|eligible|suitable) for)\b[^.;]{0,40}$"
    r"|\b(?:difficult to\b[^.;,]{0,80}|without any\b[^.;,]{0,40})$"
)
_TAKEN = re.compile(
    r"(?i)\b(?:withh\w+|stopp\w+|discontinu\w+(?: of)?|cessation of|withdraw\w+(?: of)?|without|off)\s+(?:the\s+|his\s+|her\s+)?$"
)
_MANNER = re.compile(
    r"(?i)^(?:(?:oral|intravenous|iv|topical|systemic|local|high[- ]dose|low[- ]dose|broad[- ]spectrum|inhaled|adjuvant|daily)\s+)+"
    r"|\s+(?:pulse|pulses|therapy|treatment|medication|injections?|infusions?)(?:\s+therapy)?$"
)
# What is named is a department, a tracer or a reagent, and none that is given for anything; it was only thought of; or measured.
_NO_TREATMENT = re.compile(
    r"(?:\s*\([^()]*\))?\s+(?:therapy |treatment )?(?:was|were|had been) (?:\w+ly )?(?:planned|considered|consulted|offered|declined|refused"
    r"|recommended|suggested|proposed|advised|scheduled|postponed|deferred|deemed|cancell?ed|not|never|denied)\b"
    r"|(?:[/-]\w+)?\s*(?:\([^()]*\)\s*)?(?:clinic|department|team|ward|service|unit|consultation|referral)\b"
    r"|(?:\s*\([^()]*\))?[\s\w/-]{0,16}?\b(?:scintigra\w+|PET|SPECT|bone scan|closure time)\b|\.\d",
    re.IGNORECASE,
)
_PLANNED = re.compile(
    r"(?i)\b(?:possible|potential|advised|consideration (?:for|of)|(?:candidate|scheduled|unfit|evaluated|listed|referred) for|awaiting|offered|planning)\b[^.;]{0,30}$"
)
_MEASURED = re.compile(
    r"(?i)\b(?:values?|excretion|metabolites|deficiency) of (?:the )?[\w-]*$|\b(?:scintigra\w+|PET|SPECT|scan|imaging) (?:\([^()]*\) )?(?:using|with) $"
)
_PREVENTIVE = re.compile(r"(?i)\bvaccin|\bprophyla|\bprevent")
_PHASES = ("induction", "maintenance")
_MOST_QUOTES = 4


@dataclass
class Regimens:
    """The treatments, and which of them each place of the text names. doses: for `kg.mentions.outcomes`."""

    items: list[Item] = field(default_factory=list)
    at: dict[Place, Item] = field(default_factory=dict)
    doses: list[Dose] = field(default_factory=list)
    started: dict[int, Sentence] = field(default_factory=dict)  # id of an item -> the sentence that begins it

    def of(self, ref: str) -> Item:
        """The treatment that a dose refers to."""
        return self.items[int(ref)]

    def named_in(self, start: int, end: int) -> Item | None:
        """The first treatment that a passage names."""
        return next(
            (item for (a, b), item in sorted(self.at.items(), key=lambda one: one[0]) if start <= a and b <= end), None
        )

    def first(self, item: Item) -> Place | None:
        """Where a treatment is named first."""
        return min((place for place, one in self.at.items() if one is item), default=None)

    def leaving(self, place: Place) -> bool:
        """Is it tapered or stopped there?"""
        return any(dose.leaving for dose in self.doses if (dose.start, dose.end) == place)


def regimens(made: Proposals, sentences: Sequence[Sentence], given: Iterable[Given]) -> Regimens:
    """Add the treatments of the patient that these places tell of, and the changes of their doses."""
    article = made.article
    found = Regimens()
    kinds = {part.section: part.kind for part in article.parts}
    lost: dict[str, list[Quote]] = {}
    order = sorted(given, key=lambda g: g.start)
    told = [g for g in order if article.part(g.start).kind == "case"]
    for one in (*told, *(g for g in order if g not in told)):
        sentence = next((s for s in sentences if s.start <= one.start < s.end), None)
        if sentence is None or _MAY.search(article.text[sentence.start : one.start]):
            continue
        if assertion(article.text, sentence, one.start, one.end, normal=False).status in ("family", "hypothetical"):
            continue
        if _NO_TREATMENT.match(article.text[one.end : sentence.end]) or _MEASURED.search(
            article.text[sentence.start : one.start]
        ):
            continue
        concept = one.concept or _looked_up(article.quote(one))
        if not concept or _AGENT not in over(concept):
            lost.setdefault(article.quote(one), []).append(anchor(article, one.start, one.end))
            continue
        _take(made, found, article, sentence, one, concept, kinds[sentence.section] == "case")
    for name, quotes in lost.items():
        message = "no therapeutic agent of casekg, the project or DrugBank is called so."
        made.rejected.append(Rejected("treatments", name, tuple(quotes[:2]), "no-concept", message))
    _together(article, found, sentences)
    _actions(made, found, sentences, kinds)
    return found


def _looked_up(words: str) -> str:
    """The therapeutic agent that is called so, in casekg's terms or those that are lent; "" for none."""
    bare = re.sub(r"\s*\([^()]*\)", "", words)
    terms = Catalogue.shipped()
    plain = _MANNER.sub("", bare)  # oral corticosteroids, steroid pulse therapy
    for name in dict.fromkeys((bare, bare.removesuffix("s"), plain, plain.removesuffix("s"))):
        some = [compress(iri) for iri in terms.named(name)]
        if fit := next((curie for curie in some if _AGENT in over(curie)), ""):
            return fit
    return ""


def _take(
    made: Proposals, found: Regimens, article: Article, sentence: Sentence, one: Given, concept: str, case: bool
) -> None:
    """One place that names a drug: a new treatment, a step of one, or more words for it."""
    text = article.text
    fields = _given(text, sentence, one)
    known = [item for item in found.items if item.fields.get("drug") == called(concept) and _same_way(item, fields)]
    last = known[-1] if known else None
    dose, before = fields.get("dose"), last.fields.get("dose") if last else None
    step = bool(last and dose and before and _amount(dose) != _amount(before))
    if last is None or step:
        if not case and not found.items:
            return  # a text whose case names no drug
        if last is None and not case:
            return
        item = Item(
            "treatments",
            _name(concept, fields),
            {"drug": called(concept), **fields},
            [],
            _rule(one),
            one.confidence,
            one.start,
        )
        if one.kind == "class":
            item.fields["class_only"] = True
        if re.match(
            r"(?:\s*\([^()]*\))?(?:\s+[\w./%-]+){0,6}?\s+(?:was|were) (?:then |also |subsequently )?added\b",
            text[one.end : sentence.end],
        ) or re.search(r"(?i)\b(?:added|adding|addition of)\s+(?:\w+\s)?$", text[sentence.start : one.start]):
            item.fields["add_on"] = True
        if last is not None:
            item.fields["continues"] = last
        found.items.append(item)
        made.add(item)
    else:
        item = last
        for name, value in fields.items():
            item.fields.setdefault(name, value)
    if one.course == "started" and not one.history:
        found.started.setdefault(id(item), sentence)
    for quote in _words(article, sentence, one):
        if quote not in item.quotes and sum(q.section == quote.section for q in item.quotes) < _MOST_QUOTES:
            item.quotes.append(quote)
    found.at[(one.start, one.end)] = item
    leaving = one.course in ("tapered", "stopped") or bool(_TAKEN.search(text[sentence.start : one.start]))
    ref = str(next(i for i, other in enumerate(found.items) if other is item))
    aside = one.history or _aside(text, sentence, one)
    found.doses.append(
        Dose(one.start, one.end, "dose", "high", ref, one.course == "started" and not aside, aside, leaving)
    )


def _rule(one: Given) -> str:
    return f"drug/{'dose' if one.dose else 'name'}"


def _aside(text: str, sentence: Sentence, one: Given) -> bool:
    """Is it told in brackets, as given before?"""
    before = text[sentence.start : one.start]
    inside = before.rfind("(") > before.rfind(")")
    return inside and bool(
        re.search(
            r"(?i)\b(?:previous|before|prior|earlier|history|refractor\w*|fail\w*)",
            before[before.rfind("(") - 30 if before.rfind("(") > 30 else 0 :],
        )
    )


def _name(concept: str, fields: dict[str, Any]) -> str:
    way = str(fields.get("route", "")).partition(" ! ")[2].split(" ")[0]
    label = called(concept).partition(" ! ")[2]
    return f"{way} {label}" if way in ("Topical", "Intralesional") else label


def _same_way(item: Item, fields: dict[str, Any]) -> bool:
    """Is it given in the same way, as far as is told?"""
    return all(
        name not in item.fields or name not in fields or item.fields[name] == fields[name] for name in ("route", "form")
    )


def _amount(quantity: dict[str, Any]) -> tuple[Any, Any]:
    return quantity["value"], quantity["unit"]


def _given(text: str, sentence: Sentence, one: Given) -> dict[str, Any]:
    """How it was given, as far as that can be normalised."""
    fields: dict[str, Any] = {"printed": text[one.start : one.end]}
    if _PREVENTIVE.search(text[one.start : one.end]) or re.search(
        r"(?i)prophyla\w+ (?:with |of )?$", text[sentence.start : one.start]
    ):
        fields["intent"] = "preventive"
    for name, place in (("dose", one.dose), ("concentration", one.concentration), ("duration", one.duration)):
        if place and (amount := quantity(text[slice(*place)], name)):
            fields[name] = amount
    if "dose" in fields and one.concentration is None and "%" in fields["dose"]["unit"]:
        fields["concentration"] = fields.pop("dose")
    if one.frequency and (often := frequency(text[slice(*one.frequency)])):
        fields["frequency"] = often
    if one.route and (way := _way(text, sentence, one.route)):
        fields["route"] = way
    if one.form:
        fields["form"] = text[slice(*one.form)]
    room = text[one.end : min(one.end + 90, sentence.end)]
    if phases := [name for name in _PHASES if re.search(rf"(?i)\b{name}\b", room)]:
        fields["phases"] = phases
    return fields


def _way(text: str, sentence: Sentence, place: Place) -> str | None:
    """The route that is told at a place; none where another one is beside it: topical and oral."""
    beside = (
        re.search(r"(\w+) (?:and|or|and/or) $", text[sentence.start : place[0]]),
        re.match(r" (?:and|or|and/or) (\w+)", text[place[1] : sentence.end]),
    )
    return None if any(found and route(found[1]) for found in beside) else route(text[slice(*place)])


def _words(article: Article, sentence: Sentence, one: Given) -> Iterator[Quote]:
    """The name with its dose, in one phrase where that is short; and what else was read, each by itself."""
    places = [
        place for place in (one.dose, one.frequency, one.route, one.form, one.concentration, one.duration) if place
    ]
    low, high = min([one.start, *(a for a, _ in places)]), max([one.end, *(b for _, b in places)])
    if len(article.text[low:high].split()) <= 10:
        yield anchor(article, low, high)
    else:
        near = [p for p in places if len(article.text[min(one.start, p[0]) : max(one.end, p[1])].split()) <= 10]
        yield anchor(article, min([one.start, *(a for a, _ in near)]), max([one.end, *(b for _, b in near)]))
        for place in places:
            if place not in near:
                yield anchor(article, *place)
    room = article.text[one.end : min(one.end + 90, sentence.end)]
    if phases := list(re.finditer(r"(?i)\b(?:induction|maintenance)\b", room)):
        first, last = one.end + phases[0].start(), one.end + phases[-1].end()
        more = max([last, *(b for _, b in places if b > last)])
        yield anchor(article, first, more if len(article.text[first:more].split()) <= 12 else last)
    if one.course_words and one.course == "started" and sentence.start <= one.course_words[0]:
        first, last = min(one.start, one.course_words[0]), max(one.end, one.course_words[1])
        if len(article.text[first:last].split()) <= 10:
            yield anchor(article, first, last)


_LISTED = re.compile(
    r"(?:\s*\([^()]*\))?(?:\s+[\w./%-]+){0,5}?\s*(?:,|,? and|,? plus|,? with|\+|,? as well as)\s+(?:[\w.,/%-]+\s+){0,6}"
)
_SEVERAL = re.compile(r"(?i)\b(?:sequential\w*|successive\w*|consecutive\w*|various|respectively)\b")
_APART = re.compile(
    r"(?i)\b(?:then|since|later|subsequently|followed|transition\w*|switch\w*|chang\w+|replac\w+|after|before|but|again|so|therefore)\b"
)


def listed(text: str, first: Place, second: Place) -> bool:
    """Do two drugs of a sentence, and the words between them, make one list, given at one time?"""
    between = text[first[1] : second[0]]
    return bool(_LISTED.fullmatch(between)) and not _APART.search(between) and not across(text, first[0], second[0])


def _together(article: Article, found: Regimens, sentences: Iterable[Sentence]) -> None:
    """Say of drugs that one list begins that they were started together."""
    for sentence in sentences:
        if _SEVERAL.search(sentence.text):
            continue
        groups: list[list[Item]] = []
        last: Place = (-1, -1)
        for place, item in sorted(found.at.items(), key=lambda one: one[0]):
            if not sentence.start <= place[0] < sentence.end or found.started.get(id(item)) is not sentence:
                continue
            if groups and listed(article.text, last, place) and not begins_clause(article.text, *place):
                groups[-1].append(item)
            else:
                groups.append([item])
            last = place
        for group in groups:
            for item in group:
                if others := [other for other in dict.fromkeys(group) if other is not item]:
                    item.fields.setdefault("with", others)


# ---- actions ----------------------------------------------------------------------------


def _actions(made: Proposals, found: Regimens, sentences: Iterable[Sentence], kinds: Mapping[str, str]) -> None:
    """Therapeutic procedures that are no drug."""
    article = made.article
    for sentence in sentences:
        if kinds[sentence.section] != "case":
            continue
        for name in named(article.text, sentence.start, sentence.end, under=(_CARE,)):
            concept = name.concepts[0]
            above = over(concept)
            if _DIAGNOSTIC in above or _AGENT in above or concept in (_CARE, "MAXO:0001017"):
                continue
            told = assertion(article.text, sentence, name.start, name.end, normal=False).status
            if told != "present" or _MAY.search(article.text[sentence.start : name.start]):
                continue
            if _NO_TREATMENT.match(article.text[name.end : sentence.end]) or _PLANNED.search(
                article.text[sentence.start : name.start]
            ):
                continue
            known = next((item for item in found.items if item.fields.get("action") == called(concept)), None)
            if known is None:
                printed = article.text[name.start : name.end]
                fields = {"action": called(concept), "printed": printed}
                known = Item(
                    "treatments", called(concept).partition(" ! ")[2], fields, [], "action/name", "medium", name.start
                )
                found.items.append(made.add(known))
            if len(known.quotes) < _MOST_QUOTES:
                known.quotes.append(anchor(article, name.start, name.end))
            found.at[(name.start, name.end)] = known
