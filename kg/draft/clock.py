"""The times of a draft, and which of them a place of the text is told at.

A date is a time; so is an age that the patient had then (at age 10), what is told by an event (at onset, at
diagnosis, until the present time) and by a distance from one (3-4 months after the start of a drug), which become
times that lie before or after something else. What is told in a sentence has its time; else the last one that the
case told before.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from kg.draft.proposals import Item, Proposals, Quote, anchor
from kg.draft.regimens import Regimens
from kg.mentions.moments import Moment
from kg.model.anchors import Sentence
from kg.model.fields import MAX_WORDS

__all__ = ["Clock"]

_DAY = re.compile(r"(\d{4}-\d\d)-\d\d")
_NOW = re.compile(
    r"(?i)\b(?:present|current) (?:time|date|moment|day)\b|\bat present\b(?! (?:admission|illness|study|case|report|history))|\bto date\b|\bcurrently\b|\bnow\b|\btime of writing\b"
)
_UNTIL_NOW = re.compile(
    r"(?i)^from the (?:initiation|start|beginning|introduction|onset) of (?P<what>.+?)(?P<until> until the (?:present|current) time(?: \([^()]*\))?)?$"
)
_BEFORE = re.compile(r"(?i)^(?:before|prior to)\s+(?P<what>.+)")
_AFTER = re.compile(r"(?i)^(?:after|following|during|under)\s+(?P<what>.+)")
_BACK = re.compile(r"(?i)^(?:previously|before|in (?:his|her) (?:childhood|youth))\b")
_ONWARD = re.compile(r"(?i)^(?:given|although|after|following|with|subsequently|thereafter|afterwards|despite)\b")
# Before a date that is that of a diagnosis, and of nothing else that its sentence tells.
_DIAGNOSED = re.compile(r"(?i)\bdiagnos\w+(?: with [\w -]{3,30})?,? (?:in|on|since|back in)(?: the)?(?: year)? $")
_DIAGNOSED_AT = re.compile(r"(?i)\bdiagnos\w+(?: with [\w -]{3,40}?)?,? $")
# An age is a time where the patient was so old when something was: not in "a man aged 45", nor of the mother.
_AT_AGE = re.compile(r"(?i)^(?:at|by|when)\b")
_WAS_AGED = re.compile(
    r"(?i)\b(?:when|once|until|by the time) (?:(?:he|she|it|the (?:patient|boy|girl|child|infant|man|woman)) (?:was|became|turned|(?:had )?reached) )?(?:only |about |just )?$"
)
_RELATIVE = re.compile(
    r"(?i)\b(?:mother|father|brother|sister|siblings?|parents?|son|daughter|uncle|aunt|cousin|grand\w+|nephew|niece|twin|relatives?|family)s?\b"
)
_AGE = re.compile(r"(?i)\b(\d{1,3}) ?(years?|yrs?|months?|weeks?|days?)?\b")
_AGE_UNITS = {"y": "Y", "m": "M", "w": "W", "d": "D"}
_THEREFORE = re.compile(r"(?i);|\btherefore\b")
_STARTS = re.compile(r"(?i)\b(?:and|but|while|which|who|when|although)\b|[;:]")
_WORDS = {"diagnosis": r"diagnos\w+", "onset": r"\bonset|began|started", "presentation": r"present(?:ed|ation|ing)",
          "admission": r"admi(?:ssion|tted)|hospitali[sz]ed", "discharge": r"discharged?", "surgery": r"surg\w+|operat\w+"}  # fmt: skip


def _edtf(moment: Moment) -> dict[str, Any]:
    """The date of a moment, without a day, which is more than may be told of a patient."""
    return {"edtf": "/".join(_DAY.sub(r"\1", part) for part in moment.edtf.split("/"))} if moment.edtf else {}


class Clock:
    """The times of one draft."""

    def __init__(
        self, made: Proposals, sentences: Sequence[Sentence], moments: Iterable[Moment], regimens: Regimens
    ) -> None:
        self.made, self.article, self.regimens = made, made.article, regimens
        self.sentences = sentences
        self.kinds = {part.section: part.kind for part in made.article.parts}
        self.moments = sorted(
            (m for m in moments if m.kind in ("date", "event", "distance", "age")), key=lambda m: m.start
        )
        self.items: dict[tuple[int, int], Item] = {}
        self._by_edtf: dict[str, Item] = {}
        self._now: Item | None = None
        self._events: dict[str, Item] = {}
        self._anchors: dict[tuple[int, int], Item] = {}  # "three weeks after admission": where the admission stands
        self._of_diagnosis = {
            (m.start, m.end)
            for m in self.moments
            if _DIAGNOSED.search(self.article.text[max(m.start - 60, 0) : m.start])
            or (
                m.kind == "age"
                and _DIAGNOSED_AT.search(self.article.text[max(m.start - 60, 0) : m.start])
                and not re.match(r",? when\b", self.article.text[m.end : m.end + 8])
            )
        }
        for moment in self.moments:
            if moment.kind == "date":
                self._date(moment)
            elif moment.kind == "age":
                self._age(moment)
        for moment in self.moments:
            if moment.kind == "event":
                self._event(moment)
        self._starts()
        for moment in self.moments:
            if moment.kind == "distance":
                self._distance(moment)
        self._begun()
        self._spans()

    # ---- items ----------------------------------------------------------------------------

    def _quote(self, start: int, end: int) -> Quote:
        return anchor(self.article, start, end)

    def _add(self, moment: Moment, name: str, fields: dict[str, Any], rule: str = "") -> Item:
        words = " ".join(self.article.quote(moment).split())
        quote = self._quote(moment.start, moment.end)
        made = Item(
            "times",
            name,
            {**fields, "printed": words},
            [quote],
            rule or moment.rule.replace("time-", "time/"),
            moment.confidence,
            moment.start,
        )
        self.items[(moment.start, moment.end)] = self.made.add(made)
        return made

    def _date(self, moment: Moment) -> None:
        if not moment.edtf:
            return
        edtf = "/".join(_DAY.sub(r"\1", part) for part in moment.edtf.split("/"))
        sentence = self._sentence(moment.start)
        key = f"{edtf} {'figure' if sentence and self.kinds[sentence.section] == 'figure' else ''}"
        item = self._by_edtf.get(key)
        quote = self._without_day(moment)
        if item is None:
            item = self._add(moment, f"in {edtf}", {"edtf": edtf})
            item.fields["printed"] = quote.words
            item.quotes = [quote]
            self._by_edtf[key] = item
        elif quote not in item.quotes and len(item.quotes) < 4:
            item.quotes.append(quote)
        self.items[(moment.start, moment.end)] = item

    def _age(self, moment: Moment) -> None:
        """The time at which the patient was so old."""
        sentence, words = self._sentence(moment.start), self.article.quote(moment)
        if sentence is None:
            return
        before = self.article.text[sentence.start : moment.start]
        found = _AGE.search(words)
        if found is None or len(_AGE.findall(words)) > 1 or _RELATIVE.search(before):
            return
        if not _AT_AGE.match(words) and not _WAS_AGED.search(before):
            return
        age = f"P{found[1]}{_AGE_UNITS[(found[2] or 'y')[0].lower()]}"
        known = next((item for item in self.items.values() if item.fields.get("age") == age), None)
        if known is None:
            known = self._add(moment, f"at age {found[1]} {found[2] or 'years'}", {"age": age}, "time/age")
        self.items[(moment.start, moment.end)] = known

    def _without_day(self, moment: Moment) -> Quote:
        """The words of a date, without its day, which is more than may be told of a patient."""
        words = self.article.quote(moment)
        found = (
            re.search(r"[A-Z][a-z]{2,8}\.?,? (?:of )?(?:19|20)\d\d", words)
            or re.search(
                r"[A-Z][a-z]{2,8}\b", words
            )  # "October 10, 2020": no phrase has month and year without the day
            or re.search(r"(?:19|20)\d\d", words)
        )
        if _DAY.fullmatch(moment.edtf) and found:
            return self._quote(moment.start + found.start(), moment.start + found.end())
        return self._quote(moment.start, moment.end)

    def _event(self, moment: Moment) -> None:
        words = self.article.quote(moment)
        if since := _UNTIL_NOW.match(words):
            if since["until"] and self._now is None:  # the time that it lasts to is one of its own
                place = (moment.start + since.start("until") + len(" until the "), moment.end)
                printed = " ".join(self.article.text[slice(*place)].split())
                told = {**_edtf(moment), "printed": printed}
                phrase = [self._quote(*place)]
                now = Item("times", "present", told, phrase, "time/now", moment.confidence, place[0])
                self._now = self.items[place] = self.made.add(now)
            return
        if moment.rule == "time-event-beside":
            return  # when the treatments have their times
        sentence = self._sentence(moment.start)
        if sentence is None:
            return
        if re.match(
            r"\s(?:admission|illness|study|case|report|history)\b", self.article.text[moment.end : sentence.end]
        ):
            return
        if _NOW.search(words):
            dated = next(
                (m for m in self.moments if m.kind == "date" and moment.end <= m.start <= moment.end + 2), None
            )
            if self._now is None:
                self._now = self._add(moment, "present", _edtf(moment), "time/now")
            else:
                self._now.quotes.append(self._quote(moment.start, moment.end))
                self.items[(moment.start, moment.end)] = self._now
            if dated and dated.edtf and (item := self.items.get((dated.start, dated.end))):
                self._now.fields = {
                    "edtf": item.fields["edtf"],
                    "printed": " ".join(self.article.text[moment.start : dated.end + 1].split()),
                }
                self._now.quotes = [self._quote(moment.start, min(dated.end + 1, sentence.end)), *self._now.quotes]
                if item in self.made.items and len(item.quotes) == 1:
                    self.made.items.remove(item)
                    for place, other in list(self.items.items()):
                        if other is item:
                            self.items[place] = self._now
            return
        kind = next((name for name in _WORDS if name in words.casefold()), "")
        if not kind:
            return
        if kind in self._events:
            self._events[kind].quotes.append(self._quote(moment.start, moment.end))
            self.items[(moment.start, moment.end)] = self._events[kind]
            return
        fields: dict[str, Any] = {}
        quotes: list[Quote] = []
        for date in (m for m in self.moments if m.kind == "date" and m.edtf):
            near = self.article.text[max(date.start - 30, 0) : date.start]
            if re.search(rf"(?i)(?:{_WORDS[kind]})[^.;,]{{0,20}}$", near) and "edtf" not in fields:
                fields["edtf"] = self.items[(date.start, date.end)].fields["edtf"]
                start = date.start - len(near) + re.search(rf"(?i)(?:{_WORDS[kind]})[^.;,]{{0,20}}$", near).start()  # type: ignore[union-attr]
                quotes.append(self._quote(start, date.end))
        item = self._add(moment, f"at {kind}" if kind != "onset" else kind, fields, "time/event")
        item.quotes += quotes
        self._events[kind] = item
        if kind == "onset" and "diagnosis" in self._events:
            item.fields["before"] = self._events["diagnosis"]
        if kind == "diagnosis" and "onset" in self._events:
            self._events["onset"].fields["before"] = item

    # ---- starts of treatments -------------------------------------------------------------

    def _starts(self) -> None:
        """When each treatment was begun: at the date of its sentence, if there is one that belongs to it."""
        for item in self.regimens.items:
            sentence = self.regimens.started.get(id(item))
            if sentence is None:
                continue
            dates = [
                m for m in self.moments if m.kind == "date" and m.edtf and sentence.start <= m.start < sentence.end
            ]
            places = [
                place
                for place, other in self.regimens.at.items()
                if other is item and sentence.start <= place[0] < sentence.end
            ]
            if dates and places:
                date = min(dates, key=lambda m: min(abs(m.start - place[1]) for place in places))
                item.fields.setdefault("start", self.items[(date.start, date.end)].fields["edtf"])
                day = any(_DAY.fullmatch(part) for part in date.edtf.split("/"))
                item.quotes.append(self._without_day(date) if day else self._quote(*self._around(date, sentence)))

    def _begun(self) -> None:
        """When else a treatment was begun: at the age, event or distance that its clause begins with."""
        for item in self.regimens.items:
            sentence = self.regimens.started.get(id(item))
            place = self.regimens.first(item)
            if (
                sentence is None
                or place is None
                or "start" in item.fields
                or not sentence.start <= place[0] < sentence.end
            ):
                continue
            ahead = [(p, time) for p, time in self.items.items() if sentence.start <= p[0] and p[1] <= place[0]]
            if not ahead:
                continue
            (start, end), time = max(ahead, key=lambda one: one[0])
            between = self.article.text[end : place[0]]
            if time.rule not in ("time/age", "time/distance", "time/event") or time.name == "present":
                continue
            if len(between.split()) <= 9 and not _STARTS.search(between) and not self._inside((start, end), sentence):
                item.fields["start"] = time
                if len(self.article.text[start : place[1]].split()) <= MAX_WORDS:
                    item.quotes.append(self._quote(start, place[1]))

    def _around(self, date: Moment, sentence: Sentence) -> tuple[int, int]:
        """A date with the word before it: initiated in September 2021."""
        lead = re.search(
            r"\S+\s+(?:in|on|since|from|at)\s+(?:the\s+)?$", self.article.text[sentence.start : date.start]
        )
        return (sentence.start + lead.start() if lead else date.start, date.end)

    def _spans(self) -> None:
        """Times that are told by a treatment, and by what was told before."""
        last: Item | None = None
        for moment in self.moments:
            sentence = self._sentence(moment.start)
            if sentence is None:
                continue
            words = self.article.quote(moment)
            item = self.items.get((moment.start, moment.end))
            if moment.kind == "event" and item is None:
                item = self._beside(moment, sentence, words, last)
            if (
                item is not None
                and item.rule != "time/age"
                and self.kinds[sentence.section] == "case"
                and not self._bracketed(moment, sentence)
            ):
                last = item

    def _beside(self, moment: Moment, sentence: Sentence, words: str, last: Item | None) -> Item | None:
        if _UNTIL_NOW.match(words):
            return self._since(moment)
        if re.match(r"(?i)(?:before|after|during|under) (?:the )?(?:treatment|therapy|surgery|operation)$", words):
            return None
        for pattern, field in ((_BEFORE, "before"), (_AFTER, "after")):
            if pattern.match(words):
                drug = self.regimens.named_in(moment.start, moment.end)
                if drug is not None:
                    return self._add(moment, f"{field} {drug.name}", {field: drug}, "time/beside")
        if _BACK.match(words):
            after = [
                i
                for (a, _), i in sorted(self.regimens.at.items(), key=lambda one: one[0])
                if sentence.start <= a < sentence.end and id(i) in self.regimens.started
            ]
            if after:
                return self._add(moment, f"before {after[0].name}", {"before": after[0]}, "time/back")
            return None
        if _ONWARD.match(words) and last is not None:
            dated = next(
                (
                    self.items.get((m.start, m.end))
                    for m in self.moments
                    if m.kind == "date" and moment.end <= m.start < sentence.end
                ),
                None,
            )
            name = " ".join(words.split()[:3])
            if words.startswith("Despite") and dated is not None:
                return self._add(moment, name, {"before": dated}, "time/order")
            return self._add(moment, name, {"after": last}, "time/order")
        return None

    def _since(self, moment: Moment) -> Item | None:
        """From the start of a drug, until now where the words go on so."""
        drug = self.regimens.named_in(moment.start, moment.end)
        if drug is None:
            return None
        now = self._now
        until = next(
            (place for place, item in self.items.items() if item is now and moment.start <= place[0] <= moment.end + 2),
            None,
        )
        fields: dict[str, Any] = {"after": drug}
        if now is not None and (until or "until" in self.article.quote(moment)):
            start, end = drug.fields.get("start"), now.fields.get("edtf")
            if isinstance(start, str) and end:
                fields = {"edtf": f"{start}/{end}"}
            drug.fields.setdefault("ongoing_at", now)
        made = self._add(moment, f"under {drug.name}", fields, "time/since")
        if until:
            made.quotes = [self._quote(moment.start, until[1])]
            made.fields["printed"] = " ".join(self.article.text[moment.start : until[1]].split())
            if until[0] >= moment.end:
                self.items[until] = made
            drug.quotes += made.quotes
        if "edtf" in fields:
            made.quotes += [q for q in drug.quotes if re.search(r"(?:19|20)\d\d", q.words) and q not in made.quotes][:1]
        return made

    def _distance(self, moment: Moment) -> None:
        if not moment.by or moment.relation not in ("after", "before", "within"):
            return
        field = "before" if moment.relation == "before" else "after"
        base: Item | None = None
        words = kind = ""
        if moment.anchor:
            base = self.regimens.named_in(moment.anchor[0] - 1, moment.anchor[1] + 1)
            words = self.article.text[slice(*moment.anchor)]
            kind = next((name for name, pattern in _WORDS.items() if re.search(f"(?i){pattern}", words)), "")
            if base is None and kind:
                base = self._anchors[moment.anchor] = self._events.get(kind) or self._named(moment.anchor, kind)
        if base is None and moment.rule == "time-after-span":  # "at one year": of what is given, it seems
            given = [
                (place, item)
                for place, item in self.regimens.at.items()
                if place[1] <= moment.start and id(item) in self.regimens.started
            ]
            last = max((place for place, _ in given), default=None)
            here = self._sentence(last[0]) if last else None  # "B was begun, A went on. After three months": of B
            begun = [one for one in given if here and self._sentence(one[0][0]) is here]
            begun = [one for one in begun if self.regimens.started[id(one[1])] is here] or given
            base = max(begun, key=lambda one: one[0])[1] if begun else None
            if base is not None:
                words = " ".join(self.article.quote(moment).split())
                self._add(moment, words, {"after": base}, "time/since")
                return
        if base is None:
            base = self._last(moment.start)
        if base is None or moment.relation == "within":
            return
        words = " ".join(self.article.quote(moment).split())
        end = moment.anchor[1] if moment.anchor and moment.anchor[0] - moment.end < 25 else moment.end
        made = self._add(moment, words, {field: base, "by": moment.by}, "time/distance")
        made.fields["printed"] = " ".join(self.article.text[moment.start : end].split())
        made.quotes = [self._quote(moment.start, end)]

    def _named(self, place: tuple[int, int], kind: str) -> Item:
        """The time of an event that only a distance names: "three weeks after admission"."""
        words = " ".join(self.article.text[slice(*place)].split())
        name = f"at {kind}" if kind != "onset" else kind
        made = Item("times", name, {"printed": words}, [self._quote(*place)], "time/event", "medium", place[0])
        self._events[kind] = self.made.add(made)
        return made

    def _last(self, before: int) -> Item | None:
        """The last time that was told before a place of the case."""
        some = [place for place in self.items if place[1] <= before]
        return self.items[max(some)] if some else None

    # ---- what is told when ----------------------------------------------------------------

    def _sentence(self, at: int) -> Sentence | None:
        return next((s for s in self.sentences if s.start <= at < s.end), None)

    def _bracketed(self, moment: Moment, sentence: Sentence) -> bool:
        before = self.article.text[sentence.start : moment.start]
        return before.rfind("(") > before.rfind(")")

    def at(self, start: int, diagnosis: bool = False) -> Item | None:
        """The time of what is told at a place: the nearest in its sentence, else the last that the case told before.

        diagnosis: it is one, so that the date of a diagnosis may be its time; of nothing else it is.
        """
        sentence = self._sentence(start)
        if sentence is None:
            return None
        if named := next((item for (a, b), item in self._anchors.items() if a <= start < b), None):
            return named
        items = {
            p: i for p, i in self.items.items() if i in self.made.items and (diagnosis or p not in self._of_diagnosis)
        }
        here = [(p, i) for p, i in items.items() if sentence.start <= p[0] < sentence.end]
        if here:
            own = [(p, i) for p, i in here if not self._inside(p, sentence) or self._same_brackets(p, start, sentence)]
            ahead = [(p, i) for p, i in own if p[0] <= start]
            if ahead:
                return max(ahead, key=lambda one: one[0])[1]
            text: str = self.article.text
            own = [(p, i) for p, i in own if not _THEREFORE.search(text, start, p[0])]  # of another clause
            if own:
                return min(own, key=lambda one: one[0])[1]
        if self.kinds[sentence.section] != "case":
            return None
        back = [
            (p, i) for p, i in items.items()
            if p[0] < sentence.start and (s := self._sentence(p[0])) is not None
            and self.kinds[s.section] == "case" and not self._inside(p, s) and i.rule not in ("time/back", "time/age")
            and not (i.rule == "time/distance" and "before" in i.fields)  # what led up to a day
        ]  # fmt: skip
        return max(back, key=lambda one: one[0])[1] if back else None

    def _inside(self, place: tuple[int, int], sentence: Sentence) -> bool:
        before = self.article.text[sentence.start : place[0]]
        return before.rfind("(") > before.rfind(")") and not re.search(
            r"(?i)(?:time|visit|follow-?up|review|evaluation|assessment) \($", before
        )

    def _same_brackets(self, place: tuple[int, int], start: int, sentence: Sentence) -> bool:
        text: str = self.article.text
        return text.rfind("(", sentence.start, place[0]) == text.rfind("(", sentence.start, start)
