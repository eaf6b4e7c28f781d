"""Responses, dose changes, adverse events and the last visit of a draft."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from kg.draft.clock import Clock
from kg.draft.proposals import Item, Proposals, Quote, anchor
from kg.draft.regimens import Regimens
from kg.mentions.gazetteer import called, named
from kg.mentions.manifestations import Manifestation, over
from kg.mentions.medication import Given
from kg.mentions.outcomes import Response, Topic
from kg.model.anchors import Sentence

__all__ = ["GOOD", "adverse", "changed", "followed", "responded", "topics"]

GOOD = frozenset({"improved", "partially improved", "resolved", "controlled", "favourable"})
Place = tuple[int, int]
_ADVERSE = "NCIT:C41331"
_TOLERATED = re.compile(
    r"(?i)\b(?:well[- ]tolerated(?: without [\w ]{0,30}(?:issues|events|effects|problems))?|without (?:any )?(?:\w+ ){0,2}(?:safety issues?|side effects?|adverse (?:events?|effects?|reactions?)|toxicity)"
    r"|no (?:\w+ ){0,3}(?:side effects?|adverse (?:events?|effects?|reactions?)|safety (?:issues?|concerns?)|toxicit\w+))\b"
)
_DIED = re.compile(
    r"(?i)\b(?:he|she|the patient|patient|infant|child|boy|girl|man|woman) (?:\w+ ){0,3}?(?:died|passed away|succumbed|expired)\b|\b(?:was|were) (?:pronounced|declared) dead\b"
)
_LAST_SEEN = re.compile(
    r"(?i)\b(?:at|on|during|until) (?:the |his |her )?(?:last|latest|most recent|final|current) (?:\w+ )?(?:follow[- ]?up|visit|review|consultation|evaluation|check[- ]?up)\b"
)
_INNER = re.compile(r"(?i)(?:progression|worsening|exacerbation|recurrence|persistence) of (?:the |his |her )?")
_COURSE = re.compile(
    r"(?i)taper|wean|withdraw|discontinu|stop|ceas|suspend|interrupt|reduc|decreas|increas|lower|escalat|uptitrat"
)
_OF_DOSE = re.compile(r"(?i)\bdos(?:e|es|age)\b|\d ?(?:mg|g|µg|mcg|ml|IU|units?)\b")
_WENT_ON = re.compile(
    r"(?i)\W*(?:concomitant|background|concurrent) (?:\w+ ){0,2}(?:treatments?|therap(?:y|ies)|medications?)\b"
)
_BESIDE = re.compile(
    r"(?i)\b(?:concomitant(?:ly)?|background|concurrent(?:ly)?|while (?:still |he |she )?(?:on|taking|continuing|receiving)|in addition to|on top of|on (?:a )?stable doses? of)\b"
    r"(?:\s+[\w/.,%()-]+){0,6}\s*$"
)
_ALLOWED = re.compile(r"(?i)\b(?:allow(?:ed|ing)|permitt(?:ed|ing)|enabl(?:ed|ing))\b")


def topics(
    mentions: Iterable[Manifestation], analytes: Mapping[str, str], text: str, sentences: Sequence[Sentence]
) -> list[Topic]:
    """What responses may be of: manifestations, and analytes that stand for the findings they show.

    analytes: id of an analyte -> the concept of the finding that was told of it.
    """
    mentions = tuple(mentions)
    found = [
        Topic(m.start, m.end, m.rule, m.confidence, m.concept, over(m.concept), m.status in ("present", "historical"))
        for m in mentions
        if m.section != "events"
    ]
    spans = [(t.start, t.end) for t in found]
    for m in mentions:  # progression of calcinosis: what is told of is the calcinosis
        if inner := _INNER.match(text, m.start, m.end):
            some = [n for n in named(text, inner.end(), m.end) if "HP:0000118" in over(n.concepts[0])]
            found += [Topic(n.start, n.end, m.rule, m.confidence, n.concepts[0], over(n.concepts[0])) for n in some]
    for sentence in sentences:
        for name in named(text, sentence.start, sentence.end, under=("ckg:Analyte",)):
            ref = next((analytes[c] for c in name.concepts if c in analytes), "")
            if ref and not any(a < name.end and name.start < b for a, b in spans):
                found.append(Topic(name.start, name.end, "analyte", "medium", ref, over(ref)))
    return found


def responded(
    made: Proposals,
    told: Iterable[Response],
    regimens: Regimens,
    clock: Clock,
    manifest: Mapping[str, Sequence[Item]],
    analytes: Mapping[str, str],
    values: Mapping[Place, Item],
) -> list[tuple[Response, Item]]:
    """Add the responses whose treatments and manifestations are in the draft.

    manifest: concept -> its items that say it is there, as they stand in the text; analytes: id of an analyte -> the
    finding it shows; values: the measurements by their places.
    """
    found: list[tuple[Response, Item]] = []
    merged: dict[tuple[object, ...], Item] = {}
    for one in told:
        to = [regimens.of(ref) for ref in one.to]
        of = [items[0] for ref in one.of if (items := manifest.get(ref))]
        # what is first named where it gets better was there before
        reach = max([one.end, *(end for _, end in one.words)]) if one.outcome in GOOD else one.end
        if not to or len(of) != len(one.of) or any(item.at > reach for item in of):
            continue
        quotes = _words(made, one)
        key = (one.outcome, tuple(map(id, to)), tuple(map(id, of)))
        if key in merged:
            merged[key].quotes += [quote for quote in quotes if quote not in merged[key].quotes]
            found.append((one, merged[key]))
            continue
        fields: dict[str, object] = {}
        kind = made.article.part(one.start).kind
        if kind in ("discussion", "conclusions"):
            fields["layer"] = "interpretation"
        fields |= {"to": list(to), "of": list(of), "outcome": one.outcome}
        if (time := clock.at(one.start)) is not None and kind in ("case", "figure"):
            fields["time"] = time
        sentence = next((s for s in made.article.sentences if s.start <= one.start < s.end), None)
        shown = [
            value
            for (start, _), value in values.items()
            if sentence and sentence.start <= start < sentence.end
            and analytes.get(str(value.fields["analyte"]).partition(" ! ")[0]) in one.of
        ]  # fmt: skip
        if shown:
            fields["shown_by"] = shown
            fields["judged_by"] = ["measured value"]
        beside, phrases = _beside(made, regimens, sentence, to)
        if beside:
            fields["concomitant"] = beside
            quotes += [quote for quote in phrases if quote not in quotes]
        name = f"{to[0].name if len(to) == 1 else 'joint'} {of[0].name}"
        item = Item("responses", name, fields, quotes, one.rule, one.confidence, one.start)
        merged[key] = made.add(item)
        found.append((one, item))
    return found


def _beside(
    made: Proposals, regimens: Regimens, sentence: Sentence | None, to: Sequence[Item]
) -> tuple[list[Item], list[Quote]]:
    """The treatments that the sentence of a response, or the next one, says went on at the time; with its words."""
    items: list[Item] = []
    quotes: list[Quote] = []
    if sentence is None:
        return items, quotes
    after = next((s for s in made.article.sentences if s.start >= sentence.end and s.section == sentence.section), None)
    for here in (sentence, *([after] if after and _WENT_ON.match(after.text) else [])):
        for (start, end), item in sorted(regimens.at.items(), key=lambda one: one[0]):
            if not here.start <= start < here.end or any(item is one for one in (*to, *items)):
                continue
            if found := _BESIDE.search(made.article.text[here.start : start]):
                items.append(item)
                quotes.append(anchor(made.article, here.start + found.start(), end))
    return items, quotes


def _words(made: Proposals, one: Response) -> list[Quote]:
    found: list[Quote] = []
    for start, end in one.words or ((one.start, one.end),):
        if len(made.article.text[start:end].split()) <= 12:
            found.append(anchor(made.article, start, end))
        else:
            found.append(anchor(made.article, one.start, one.end))
    return list(dict.fromkeys(found))


# "was added in April, but had to be stopped": what became of a drug that its sentence begins
_LATER = re.compile(
    r"(?i)(?:,?\s(?:but|and|then)\s(?:it\s|this\s|later\s|then\s)?|,\s(?:which|it)\s)"
    r"(?:(?:was|were|had been|has been|had to be|needed to be)\s)?(?:later\s|then\s|soon\s|\w+ly\s)?"
    r"(?P<verb>stopped|discontinued|withdrawn|ceased|suspended|interrupted|halted)\b"
)


def _stopped_later(text: str, given: Sequence[Given], sentences: Sequence[Sentence]) -> Iterator[Given]:
    """The only drug that a sentence names so far and begins, where the sentence goes on to say that it was stopped."""
    for sentence in sentences:
        here = [g for g in given if sentence.start <= g.start < sentence.end]
        for found in _LATER.finditer(text, sentence.start, sentence.end):
            before = [g for g in here if g.end <= found.start()]
            if len(before) == 1 and before[0].course in ("started", "continued", "increased", None):
                yield replace(before[0], course="stopped", course_words=found.span("verb"))


def changed(
    made: Proposals, given: Iterable[Given], regimens: Regimens, clock: Clock, sentences: Sequence[Sentence]
) -> None:
    """Add tapers, rises and stops, and what the report says allowed them."""
    text = made.article.text
    some = sorted(given, key=lambda g: g.start)
    later = list(_stopped_later(text, some, sentences))
    for one in (*some, *later):
        item = regimens.at.get((one.start, one.end))
        if item is None or one.course_words is None or one.course not in ("tapered", "stopped", "increased"):
            continue
        if (
            one.course_words[0] > one.start
            and one.course != "stopped"
            and len(text[one.end : one.course_words[0]].split()) > 6
        ):
            continue
        sentence = next((s for s in sentences if s.start <= one.start < s.end), None)
        if sentence is None or any(
            i.section == "dose_changes" and i.fields["treatment"] is item and i.at == one.course_words[0]
            for i in made.items
        ):
            continue
        before = next((g for g in some if g.course_words == one.course_words and g.end <= one.start), None)
        if before is not None and (wide := regimens.at.get((before.start, before.end))) is not None:
            # "withdrawal of steroids up to prednisone 2.5 mg": the step that the class came down to
            if str(wide.fields.get("drug", "")).partition(" ! ")[0] in over(
                str(item.fields.get("drug", "")).partition(" ! ")[0]
            ):
                item.fields.setdefault("continues", wide)
                for change in made.of("dose_changes"):
                    if change.fields["treatment"] is wide and change.at == one.course_words[0]:
                        change.fields["to"] = item
                        change.fields["direction"] = "reduced"
                now = clock.at(one.end)
                if now is not None and now.name == "present":
                    item.fields.setdefault("ongoing_at", now)
            continue
        low, high = min(one.start, one.course_words[0]), max(one.end, one.course_words[1])
        if one in later and len(text[low:high].split()) > 12:
            low = one.course_words[0]
        words, around = text[slice(*one.course_words)], text[low:high]
        if not _COURSE.search(words) or (
            re.search(r"(?i)decreas|reduc|increas|lower", words) and not _OF_DOSE.search(around)
        ):
            continue  # something else went down, or was taken out
        printed = " ".join(text[low:high].split())
        if len(printed.split()) > 12:
            continue
        direction = {"tapered": "reduced", "stopped": "withdrawn", "increased": "increased"}[one.course]
        fields: dict[str, object] = {"treatment": item, "direction": direction, "printed": text[low:high]}
        earlier = item.fields.get("continues")
        if isinstance(earlier, Item) and one.dose and direction != "withdrawn":  # it is the step that was reached
            fields = {"treatment": earlier, "direction": direction, "to": item, "printed": text[low:high]}
        allowed = _ALLOWED.search(text, sentence.start, low)
        if allowed and (by := regimens.named_in(sentence.start, allowed.start())) is not None and by is not item:
            fields["allowed_by"] = [by]
        told = [(place, when) for place, when in clock.items.items() if sentence.start <= place[0] < sentence.end]
        if one in later:
            time = next((when for place, when in sorted(told, key=lambda t: t[0]) if 0 <= place[0] - high <= 10), None)
        else:
            time = clock.at(one.start)
        if time is not None and any(when is time for _, when in told):
            fields["time"] = time
        made.add(
            Item(
                "dose_changes",
                f"{direction} {item.name}",
                fields,
                [anchor(made.article, low, high)],
                "drug/course",
                "medium",
                one.course_words[0],
            )
        )


def adverse(made: Proposals, sentences: Sequence[Sentence], regimens: Regimens, clock: Clock) -> None:
    """Add that treatments were told to be tolerated, without any adverse event."""
    text = made.article.text
    for sentence in sentences:
        for found in _TOLERATED.finditer(text, sentence.start, sentence.end):
            index = sentences.index(sentence)
            low = (
                sentences[index - 1].start
                if index and sentences[index - 1].section == sentence.section
                else sentence.start
            )
            near = [
                (place, item) for place, item in regimens.at.items() if low <= place[0] and place[1] <= found.start()
            ]
            drug = max(near, key=lambda one: one[0])[1] if near else None
            if drug is None:
                continue
            start = next(
                (a for (a, b), i in regimens.at.items() if i is drug and sentence.start <= a and b <= found.start()),
                found.start(),
            )
            fields: dict[str, object] = {"concept": called(_ADVERSE), "status": "excluded", "of": [drug]}
            if (time := clock.at(found.start())) is not None:
                fields["time"] = time
            quote = anchor(made.article, start, found.end())
            made.add(
                Item(
                    "adverse_events", "no adverse event", fields, [quote], "adverse/tolerated", "medium", found.start()
                )
            )


def followed(made: Proposals, clock: Clock, sentences: Sequence[Sentence]) -> None:
    """Add the last time at which the patient was seen, or the death."""
    text = made.article.text
    kinds = {part.section: part.kind for part in made.article.parts}
    case = [s for s in sentences if kinds[s.section] == "case"]
    died = next((m for s in case for m in _DIED.finditer(text, s.start, s.end)), None)
    if died is not None:
        time = clock.at(died.start())
        fields: dict[str, object] = {"time": time, "printed": died.group(), "status": "dead"}
        if time is not None:
            made.add(
                Item(
                    "follow_up",
                    "death",
                    fields,
                    [anchor(made.article, *died.span())],
                    "follow-up/death",
                    "medium",
                    died.start(),
                )
            )
        return
    now = next((item for item in made.of("times") if item.name == "present"), None)
    if now is not None:
        fields = {"time": now, "printed": now.fields["printed"], "status": "not stated"}
        made.add(Item("follow_up", "last seen", fields, list(now.quotes[:1]), "follow-up/now", "medium", now.at))
        return
    for last in _last_visits(text, case):
        beside = (item for (start, _), item in clock.items.items() if last.end() <= start <= last.end() + 3)
        time = next(beside, None) or clock.at(last.start())  # "at the last visit (March 2022)"
        if time is not None:
            fields = {"time": time, "printed": last.group(), "status": "not stated"}
            made.add(
                Item(
                    "follow_up",
                    "last seen",
                    fields,
                    [anchor(made.article, *last.span())],
                    "follow-up/visit",
                    "low",
                    last.start(),
                )
            )
        return


def _last_visits(text: str, case: Sequence[Sentence]) -> Iterator[re.Match[str]]:
    for sentence in reversed(case):
        yield from _LAST_SEEN.finditer(text, sentence.start, sentence.end)
