"""Measurements and examinations of a draft, with what they show and when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from kg.articles.article import Article
from kg.draft.clock import Clock
from kg.draft.proposals import Item, Proposals, Quote, anchor
from kg.mentions.autoantibodies import Antibody
from kg.mentions.composed import called_so
from kg.mentions.directions import specimen
from kg.mentions.examined import Examined
from kg.mentions.gazetteer import called
from kg.mentions.manifestations import over
from kg.mentions.measured import Measured
from kg.mentions.phenotypes import Feature
from kg.model.anchors import Sentence
from kg.model.fields import MAX_WORDS

__all__ = ["antibodies", "examinations", "linked", "measurements", "remarked"]

_ANALYTE = "ckg:Analyte"
_CALLED = (
    ("normalised", r"normali[sz]\w+"),
    ("mildly elevated", r"mild(?:ly)? (?:elevat|rais|increas)\w+|slight(?:ly)? (?:elevat|rais|increas)\w+"),
    ("markedly elevated", r"(?:marked(?:ly)?|significant(?:ly)?|severe(?:ly)?|extreme(?:ly)?|high(?:ly)?) (?:elevat|rais|increas)\w+"),
    ("elevated", r"elevat\w+|raised|increased|high\b"),
    ("reduced", r"decreas\w+|reduced|low\b|diminished"),
    ("improved", r"improve(?:d|ment)"),
    ("normal", r"normal\b|within normal"),
)  # fmt: skip
_FROM, _TO = re.compile(r"\bfrom\s+$"), re.compile(r"\s*(?:\([^()]*\)\s*)?to\b")
_CHANGES = ("elevated", "reduced")
_RANGE = re.compile(r"(?i)(?:\s(?:ranges?|values?|limits?|levels?))?(?:\s(?:is|was|of))?[\s:,=]*[<>≤≥]?\s?\d")
_BLOOD = frozenset({"CMO:0000035", "ckg:MuscleEnzyme", "ckg:CardiacBiomarker"})
_FLUID = re.compile(
    r"(?i)\b(?:urin\w+|csf|cerebrospinal|pleural|ascit\w+|synovial|sweat|stools?|fa?ecal|saliva\w*|peritoneal|lavage|drains?|fluid)\b"
)
_CLAUSE = re.compile(r"[;:]|\bbut\b|\bwhereas\b|\bhowever\b")


_MOST_QUOTES = 3
Place = tuple[int, int]


def examinations(
    made: Proposals, sentences: Sequence[Sentence], seen: Iterable[Examined], clock: Clock
) -> dict[Place, Item]:
    """Add the examinations, one for each procedure and time; which item each place of the text became."""
    article = made.article
    found: dict[Place, Item] = {}
    known: dict[tuple[str, int], Item] = {}
    order = {"case": 0, "figure": 1}
    for one in sorted(seen, key=lambda e: (order.get(article.part(e.start).kind, 2), e.start)):
        concept = _own_name(article.quote(one)) or one.concept
        kind = article.part(one.start).kind
        if not concept or kind not in order:
            continue
        time = clock.at(one.start)
        key = (concept, id(time) if time is not None else 0)
        if key not in known and time is None and kind == "figure":
            key = next((other for other in known if other[0] == concept), key)
        item = known.get(key)
        quotes = list(_told_by(article, sentences, one))
        if item is None:
            fields: dict[str, Any] = {"procedure": called(concept)}
            if time is not None:
                fields["time"] = time
            if one.result:
                fields["result"] = one.result
            label = called(concept).partition(" ! ")[2]
            item = Item("examinations", label, fields, [], "examination/name", one.confidence, one.start)
            known[key] = made.add(item)
        elif one.result:
            item.fields.setdefault("result", one.result)
        for quote in quotes:
            if quote not in item.quotes and sum(q.section == quote.section for q in item.quotes) < _MOST_QUOTES:
                item.quotes.append(quote)
        found[(one.start, one.end)] = item
    return found


def _own_name(words: str) -> str:
    """The procedure that casekg calls exactly so."""
    some = called_so(words)
    return next((c for c in some if {"ckg:MedicalProcedure", "MAXO:0000001"} & over(c)), "")


def _told_by(article: Article, sentences: Iterable[Sentence], one: Examined) -> Iterator[Quote]:
    """The name of an examination with the first words of what it showed, or those before it that sum it up."""
    start, end = one.start, one.end
    if one.result and one.shown:
        first = re.compile(r"(?:\S+\s+){0,9}\S+").match(article.text, one.start, one.shown[1])
        end = first.end() if first else end
    elif one.result:
        sentence = next((s for s in sentences if s.start <= one.start < s.end), None)
        low = max(sentence.start if sentence else 0, one.start - 50)
        lead = re.search(
            r"(?i)\b(?:without|no|normal|unremarkable|improve\w*|elevated|abnormal|increased|pathologic\w*)\b[^.;]*$",
            article.text[low : one.start],
        )
        start = low + lead.start() if lead else start
        more = re.match(
            r"(?:\s(?:or|and)\s[\w-]+)?\s(?:abnormalit\w+|changes|alterations?|(?:was|is|are|were) \w+|stable|unchanged|elevation)",
            article.text[one.end :],
        )
        end = one.end + more.end() if more else end
    yield anchor(article, start, end)


def antibodies(made: Proposals, tested: Iterable[Antibody]) -> dict[Place, Item]:
    """Add the antibodies with a result; which item each place of the text became."""
    article = made.article
    found: dict[Place, Item] = {}
    known: dict[tuple[str, str], Item] = {}
    for one in tested:
        if not one.concept or not one.result:
            continue
        status = "present" if one.result == "positive" else "excluded"
        item = known.get((one.concept, status))
        places = [one.words] if one.words else []
        low, high = min([one.start, *(a for a, _ in places)]), max([one.end, *(b for _, b in places)])
        quotes = [anchor(article, low, high)]
        if len(article.text[low:high].split()) > MAX_WORDS:
            quotes = [anchor(article, one.start, one.end), *(anchor(article, *place) for place in places)]
        if item is None:
            label = called(one.concept).partition(" ! ")[2]
            fields: dict[str, Any] = {"concept": called(one.concept), "status": status}
            if one.titre:
                fields["titre"] = article.text[slice(*one.titre)]
                if not any(fields["titre"] in quote.words for quote in quotes):
                    quotes.append(anchor(article, *one.titre))
            if status == "excluded":
                fields["note"] = "The test is told as negative."
            name = label if status == "present" else f"no {label}"
            item = known[(one.concept, status)] = made.add(
                Item("antibodies", name, fields, [], "antibody/result", one.confidence, one.start)
            )
        item.quotes += [quote for quote in quotes if quote not in item.quotes][:_MOST_QUOTES]
        found[(one.start, one.end)] = item
    return found


def linked(sentences: Iterable[Sentence], seen: Iterable[Examined], places: Mapping[Place, Item]) -> None:
    """Say which examination showed a finding, and which one a value belongs to: that of its words, or before it."""
    some = [(one, places[(one.start, one.end)]) for one in seen if (one.start, one.end) in places]
    for sentence in sentences:
        here = [(one, item) for one, item in some if sentence.start <= one.start < sentence.end]
        for (start, end), item in places.items():
            if not here or not sentence.start <= start < sentence.end:
                continue
            told = [(one, exam) for one, exam in here if one.shown and one.shown[0] <= start and end <= one.shown[1]]
            if item.section == "findings" and told and "shown_by" not in item.fields:
                item.fields["shown_by"] = [told[-1][1]]
            elif item.section == "measurements" and told and "examination" not in item.fields:
                item.fields["examination"] = told[-1][1]


def measurements(
    made: Proposals, sentences: Sequence[Sentence], values: Iterable[Measured], clock: Clock
) -> dict[tuple[int, int], Item]:
    """Add the values whose analyte casekg knows; which item each place of the text became."""
    found: dict[tuple[int, int], Item] = {}
    article = made.article
    for one in values:
        place = next((n for n, s in enumerate(sentences) if s.start <= one.start < s.end), None)
        if place is None or not one.concept or one.analyte is None or _ANALYTE not in over(one.concept):
            continue
        sentence = sentences[place]
        if _BLOOD & over(one.concept) and _elsewhere(article.text, sentences[max(0, place - 1) : place + 1], one):
            continue
        fields = _fields(article, one)
        if fields is None:
            continue
        quotes, word = _words(article, sentence, one, fields["unit"])
        if word:
            fields["interpretation"] = word
        before, behind = article.text[sentence.start : one.start], article.text[one.end : sentence.end]
        former = _FROM.search(before) and _TO.match(behind)  # from 850 to 110: the first was before what is told there
        if not former and (time := clock.at(one.start)) is not None:
            fields["time"] = time
        name = called(one.concept).partition(" ! ")[2].split(" [")[0]
        item = Item("measurements", name, fields, quotes, f"measurement/{_kebab(one.rule)}", one.confidence, one.start)
        found[(one.start, one.end)] = made.add(item)
    return found


def _elsewhere(text: str, sentences: Sequence[Sentence], one: Measured) -> bool:
    """Was it measured in another fluid than blood? As the sentence says, or the one before it."""
    assert one.analyte is not None
    before = text[max(sentences[-1].start, one.analyte[0] - 40) : one.analyte[0]].rpartition(";")[2]
    after = text[one.end : min(sentences[-1].end, one.end + 40)].partition(";")[0]
    return bool(specimen(text, sentences[0].start, one.start) or _FLUID.search(f"{before} {after}"))


def remarked(values: Mapping[tuple[int, int], Item], implied: Iterable[Feature]) -> None:
    """Remark beside a value which finding it would be by its range: that is our inference, and the report states none."""
    for one in implied:
        for (start, end), item in values.items():
            if start < one.end and one.start < end:
                by = one.rule.partition(", ")[2]
                item.doubts += (f"by its {by} it would be {one.concept} ! {one.label}; no words say so",)


def _kebab(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.casefold()).strip("-")


def _fields(article: Article, one: Measured) -> dict[str, Any] | None:
    fields: dict[str, Any] = {"analyte": called(one.concept)}
    try:
        fields["value"] = Decimal(one.value)
    except InvalidOperation:
        return None
    if one.comparator in ("<", "<=", ">", ">=", "~"):
        fields["comparator"] = one.comparator
    elif one.comparator:
        return None
    score = "ckg:ClinicalScore" in over(one.concept)
    if one.most and not score:
        return None  # a span of values is no value
    if one.most:
        fields["scale_max"] = Decimal(one.most)
    unit = one.unit or ("{score}" if score else "")
    if not unit:
        return None
    fields["unit"] = unit
    if one.unit_printed and one.unit_printed != unit:
        fields["unit_printed"] = one.unit_printed
    fields["printed"] = article.quote(one)
    low, high = (Decimal(bound) if bound else None for bound in (one.low, one.high))
    if low is None or high is None or low < high:
        fields |= {name: bound for name, bound in (("range_low", low), ("range_high", high)) if bound is not None}
    return fields


def _words(article: Article, sentence: Sentence, one: Measured, unit: str) -> tuple[list[Quote], str]:
    """The phrase of analyte and value; the words that call it high or low; and what they call it."""
    assert one.analyte is not None
    text = article.text
    low, high = min(one.analyte[0], one.start), max(one.analyte[1], one.end)
    quotes: list[Quote] = []
    word, place = _interpretation(text, sentence, low, high, one.reference)
    if one.reference and len(text[low : max(high, one.reference[1])].split()) <= MAX_WORDS:
        low, high = min(low, one.reference[0]), max(high, one.reference[1])
    if one.rule.endswith("respectively") and (whole := _list_around(text, sentence, one)):
        low, high = whole
    together = bool(place) and (
        one.rule.endswith("respectively") or not re.search(r"\d", text[place[1] : low] if place else "")
    )
    if place and together and len(text[min(low, place[0]) : max(high, place[1])].split()) <= MAX_WORDS:
        quotes.append(anchor(article, min(low, place[0]), max(high, place[1])))
    elif len(text[low:high].split()) <= MAX_WORDS:
        quotes.append(anchor(article, low, high))
        if place:
            quotes.append(anchor(article, *place))
    else:
        quotes += [anchor(article, *one.analyte), anchor(article, one.start, one.end)]
    if one.tail and unit == "%{predicted}":
        before = text[sentence.start : one.tail[0]]
        lead = re.search(r"\S+\s+\S+\s*$", before)
        tail = anchor(article, sentence.start + lead.start() if lead else one.tail[0], one.tail[1])
        if tail not in quotes and not any("predicted" in quote.words for quote in quotes):
            quotes.append(tail)
    return quotes, word


def _list_around(text: str, sentence: Sentence, one: Measured) -> tuple[int, int] | None:
    """A list of names with its values in order, whole: ESR and CPK (3 mm/h and 86 UI/L, respectively)."""
    assert one.analyte is not None
    stop = re.compile(r"respectively\)?").search(text, one.end, sentence.end)
    if stop is None:
        return None
    start = one.analyte[0]
    lead = re.search(r"(?:[\w/-]+(?:\s\([^()]*\))?(?:,\s|\sand\s|,\sand\s)){1,4}$", text[sentence.start : start])
    if lead is not None:
        start = sentence.start + lead.start()
    return start, stop.end()


def _interpretation(
    text: str, sentence: Sentence, low: int, high: int, reference: Place | None
) -> tuple[str, Place | None]:
    """What the authors call a value, by the words of its clause: those nearest to it. A range calls it nothing."""
    before = text[sentence.start : low]
    cut = [m.end() for m in _CLAUSE.finditer(before)]
    start = sentence.start + (cut[-1] if cut else 0)
    best: tuple[int, str, tuple[int, int]] | None = None
    for name, pattern in _CALLED:
        for found in re.finditer(rf"(?i)\b(?:{pattern})", text[start : min(sentence.end, high + 40)]):
            a, b = start + found.start(), start + found.end()
            if (reference and a < reference[1] and reference[0] < b) or (name == "normal" and _RANGE.match(text, b)):
                continue
            if name in _CHANGES and re.match(r" (?:from|to|by) [<>~]?\d", text[b:]):
                continue  # a change, not what the value is
            if a >= high and not re.match(r"^[\s,()\w]{0,25}$", text[high:a]):
                continue
            gap = text[b:low] if b <= low else text[high:a] if a >= high else ""
            if len(gap.split()) > 8 or (re.search(r"\d", gap) and not re.search(r"(?i)\band\b|,|\(", gap)):
                continue
            if best is None or len(gap) < best[0]:
                best = (len(gap), name, (a, b))
    return (best[1], best[2]) if best else ("", None)
