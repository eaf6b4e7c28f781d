"""When, in the words of a report? Dates, ages, durations, distances from an event, and the event they count from.

What is printed is kept; a calendar date is also given as EDTF, a distance as `3..4 months` (`kg.base.times`), and
the words of the event it counts from, when the sentence names it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from kg.articles.article import Article, Confidence, Mention
from kg.mentions.medication import amounts
from kg.model.amounts import digits
from kg.model.anchors import Sentence

__all__ = ["Moment", "moments"]

Sort = Literal["age", "date", "distance", "duration", "event"]
Relation = Literal["", "after", "before", "within", "since", "at", "until", "during"]


@dataclass(frozen=True, slots=True)
class Moment(Mention):
    """An expression of time.

    kind: age; date (of the calendar); distance (from an event); duration; event (a time told by what happened then).
    edtf: the date, where it is one; least, most and unit: a distance or duration in day, week, month, year, hour or
    minute; relation and anchor (start, end): how it stands to which words.
    """

    kind: Sort
    edtf: str = ""
    least: int | None = None
    most: int | None = None
    unit: str = ""
    relation: Relation = ""
    anchor: tuple[int, int] | None = None

    @property
    def by(self) -> str:
        """The distance as a case file writes it (`3..4 months`); "" when it is not one of whole days or longer."""
        if self.kind == "age" or self.least is None or self.unit not in ("day", "week", "month", "year"):
            return ""
        plural = "" if (self.most or self.least) == 1 else "s"
        span = f"{self.least}" if self.most in (None, self.least) else f"{self.least}..{self.most}"
        return f"{span} {self.unit}{plural}"


_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT = r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_MONTH = rf"(?:{_MONTHS}|(?:{_SHORT})\b\.?)"
_YEAR = r"(?:19|20)\d\d"
_ORDINAL = (
    r"(?:\d+(?:st|nd|rd|th)|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth"
    r"|thirteenth|fourteenth|fifteenth|twentieth)"
)
_COUNT = (
    r"(?:\d+(?:[.,]\d+)?(?:\s?½)?|½|half(?: an?)?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen"
    r"|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty)(?:[- ]and[- ]a[- ]half)?"
)
_VAGUE = r"(?:a few|few|several|many|some|a couple of|couple of|a number of|an?|short)"
_SPAN_UNIT = r"(?:seconds?|minutes?|mins?|hours?|hrs?|h|days?|d|weeks?|wks?|wk|months?|mos?|years?|yrs?|yr|decades?|fortnights?|trimesters?|summers?|winters?)\b"
_ABOUT = (
    r"(?:(?:approximately|approx\.?|about|around|nearly|almost|over|more than|less than|at least|up to|only|just|some|roughly|the|a|an|another|his|her)\s+"
    r"|[~><≥≤±]\s?){0,4}"
)
_RANGED = rf"(?:{_COUNT}(?:\s?(?:-|–|—|to|or)\s?{_COUNT})?|{_VAGUE})"
_SPAN = rf"{_RANGED}(?:[\s\-–‐]+|(?<=\d))(?:(?:full|whole|consecutive|more|further|additional|calendar)\s)?{_SPAN_UNIT}"
_EVENT = (
    r"(?:admission|discharge|presentation|surgery|operation|transplant(?:ation)?|onset|birth|delivery|diagnosis|treatment"
    r"|therapy|procedure|hospitali[sz]ation|injury|trauma|ablation|chemotherapy|illness)"
)
_POST = r"(?:post[- ]?(?:operative|operatively|op|partum|natal|transplant(?:ation)?|surgery|surgical|discharge|procedure|procedural|injury|intervention|treatment|transfusion|ablation|admission|resection|delivery|exposure|infusion|onset|diagnosis|chemotherapy|implantation|embolization|vaccination))"
_DAYS = r"(?:days?|nights?|mornings?|evenings?|afternoons?|weeks?|months?|years?|trimester)"


def _r(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


# Rules in order: kind, relation, confidence, pattern. Where two read the same words, the one above wins.
_RULES: tuple[tuple[str, Sort, Relation, Confidence, re.Pattern[str]], ...] = (
    ("age-old", "age", "at", "high", _r(
        rf"\b{_COUNT}(?:\s?(?:-|–|to)\s?{_COUNT})?[\s\-–‐]*(?:years?|yrs?\.?|months?|weeks?|days?|y|mo)[\s\-–‐]*(?:and[\s-]\d+[\s-]months?[\s-])?(?:old\b|o\b|/o\b)|\b\d+\s?yo\b")),
    ("age-of", "age", "at", "high", _r(
        rf"\b(?:(?:at|since|by|from|until)\s+)?(?:the\s+)?(?:age|ages)\s+(?:of\s+)?{_COUNT}(?:[\s-]*(?:years?|yrs?|months?|weeks?|days?))?\b(?! (?:mg|mmol|[gm]/))"
        rf"|\b(?:at\s+)?{_COUNT}\s+(?:years?|months?|weeks?|days?|yrs?)\s+of\s+age\b|\baged\s+{_COUNT}(?:\s+(?:years?|months?|days?|weeks?))?\b"
        r"|\bin (?:his|her|their) (?:early |mid |late |mid-)?(?:teens|twenties|thirties|forties|fifties|sixties|seventies|eighties|\d0s)\b"
        r"|\b(?:at|since|from|until) birth\b")),
    ("life", "event", "during", "medium", _r(r"\b(?:since|in|during|from|until) (?:his |her |early |late )*(?:childhood|infancy|adolescence|puberty|adulthood)\b")),
    ("then", "event", "at", "low", _r(
        r"\b(?:at|by|until|from) (?:that|this|the same) (?:time|point|moment)\b|\b(?:on )?(?:the )?day of (?:\w+ )?(?:surgery|admission|operation|discharge|presentation)\b|\bon (?:the )?admission day\b")),
    ("event-from", "event", "since", "medium", re.compile(
        r"\b[Ff]rom the (?:initiation|start|beginning|introduction|onset) of [\w-]+(?: until the (?:present|current) time(?: \([^)]{4,20}\))?)?")),
    ("now", "event", "at", "medium", _r(
        r"\b(?:until |at |to |by )?(?:the )?(?:present|current) (?:time|date|moment|day)(?: \([^)]{4,20}\))?|\bat (?:present|the moment|the time of (?:this|the)? ?\w+(?: \w+)?|the time of writing)\b|\bto date\b|\bcurrently\b|\bas of (?:this writing|now|today)\b")),
    ("date-span", "date", "during", "high", _r(
        rf"\b(?:(?:from|between)\s+)?{_MONTH}(?:\s+\d{{1,2}},?)?(?:\s+{_YEAR})?\s*(?:to|until|through|and|-|–)\s*{_MONTH}(?:\s+\d{{1,2}},?)?\s+{_YEAR}"
        rf"|\b(?:from|between) {_YEAR} (?:to|until|through|and) {_YEAR}\b|(?<![\d.,/\-–]){_YEAR}\s?[–-]\s?{_YEAR}(?![\d.,/\-–]*\d)")),
    ("date", "date", "at", "high", re.compile(
        rf"\b(?:(?:[Ee]arly|[Mm]id|[Ll]ate|[Tt]he (?:beginning|end|middle) of|[Nn]ear the end of|[Bb]eginning of|[Ee]nd of|[Mm]iddle of)[\s-]+(?:of\s+)?)?"
        rf"(?:\d{{1,2}}(?:st|nd|rd|th)?(?:\s+of)?[\s-]+)?{_MONTH}[\s-]*(?:\d{{1,2}}(?:st|nd|rd|th)?\b,?(?!\d))?(?:,?\s*(?:of\s+)?{_YEAR})?(?![\w])"
        rf"|\b\d{{1,2}}[/.]\d{{1,2}}[/.](?:{_YEAR}|\d\d)\b|\b\d{{1,2}}-\d{{1,2}}-{_YEAR}\b|\b{_YEAR}[-/.]\d{{1,2}}(?:[-/.]\d{{1,2}})?\b|\b\d{{1,2}}/{_YEAR}\b")),
    ("year", "date", "at", "high", re.compile(
        rf"\b(?:[Ii]n\s+)?(?:the\s+)?(?:year\s+(?:of\s+)?)(?:{_YEAR})\b|(?<=[Ii]n )(?:early |late |mid-|the )?{_YEAR}s?\b|\b(?:[Dd]uring|[Ss]ince|[Ii]n) the (?:early |late |mid-?)?(?:19|20)\d0s\b(?! (?:mg|patients|cases))|(?<=[Ss]ince |[Uu]ntil ){_YEAR}\b|(?<=[Bb]y ){_YEAR}\b"
        rf"|\b(?:[Ss]pring|[Ss]ummer|[Aa]utumn|[Ff]all|[Ww]inter)(?: of)? {_YEAR}\b|(?<=[( ,]){_YEAR}(?=[),:]| ?\))|(?<=[a-z] ){_YEAR}(?=[:;,.])")),
    ("day-n", "distance", "after", "high", _r(
        rf"\b(?:(?:on|by|at|from|until)\s+)?(?:the\s+)?(?:(?:hospital|{_POST}|admission|illness|treatment|transplant|disease|pod|icu)[\s-]+)?(?:days? of life|days?|weeks?|months?|pod|dol|hd)(?:\s\([A-Z]+\))?\s*#?\s*[+−–-]?\d+(?:\s?(?:-|–|to|and)\s?\d+(?![.,]\d))?\b(?!\s*(?:mg|g|%|days|/))"
        rf"|\b(?:{_POST})[\s-]+(?:days?|weeks?|months?|years?)[\s-]+{_COUNT}\b"
        rf"|\b(?:days?|weeks?|months?)\s+(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve)\b"
        rf"|\b(?:the\s+)?{_ORDINAL}[\s-]+(?:and {_ORDINAL} )?(?:(?:hospital|{_POST}|hospitalization|admission|consecutive|calendar|gestational)[\s-]+)?(?:pod|days?|weeks?|months?|year|hours?|trimester)\b(?:[\s-]+(?:of (?:gestation|pregnancy|life|{_EVENT})|after (?:the )?{_EVENT}|{_POST}))?")),
    ("day-d", "distance", "after", "medium", re.compile(r"\b(?:[Oo]n|[Bb]y|[Aa]t|[Uu]ntil) D\s?[+−-]?\d{1,3}\b(?![\w%/.-])")),
    ("decade", "age", "at", "medium", _r(rf"\b(?:{_ORDINAL}) decade(?: of life)?\b")),
    ("clock", "date", "at", "medium", _r(
        r"\b(?:at |by |around |until )?(?:\d{1,2}[:.]\d\d\s?(?:[ap]\.?m\b\.?|h(?:ours|rs?)?\b)|\d{1,2}\s?[ap]\.?m\b\.?)|\b(?:at|by|around|until) (?:[01]\d|2[0-3]):[0-5]\d\b|\bat (?:midnight|noon|dawn)\b|\b(?:in|early in|late in) the (?:early |late )?(?:morning|evening|afternoon)\b(?! and evening)|\bone (?:night|morning|evening|day)\b(?= (?:before|prior|after|he|she|when))"
        r"|\b(?:last|previous|next|following|that) (?:spring|summer|autumn|winter)\b|\b(?:(?:early|earlier|late|later|mid)[ -])?(?:last|this) (?:week|month|year)\b"
        rf"|\bon (?:the )?(?:morning|afternoon|evening|night) of (?:(?:his|her|the) )?{_EVENT}")),
    ("later", "distance", "after", "high", _r(
        rf"\b{_ABOUT}{_SPAN}\s+(?:later|afterwards?|thereafter|after|following|post\b|since|into|{_POST})\b|\b{_ABOUT}{_SPAN}[\s-](?:{_POST}|postnatal)")),
    ("ago", "distance", "before", "high", _r(
        rf"\b{_ABOUT}{_SPAN}\s+(?:ago|earlier|prior|before|previously|preceding|back|pre[- ]?(?:operative(?:ly)?|admission|presentation))\b")),
    ("age-gestation", "distance", "after", "high", _r(
        r"\b\d{1,2}(?:\s?(?:\+|and)\s?\d(?:/7)?|\s[1-6]/7)?(?:st|nd|rd|th)?[\s-]*(?:weeks?|wks?)(?:['’])?(?:\s*(?:\+|and)\s*\d\s*(?:days?)?)?[\s-]*(?:of\s+)?(?:gestation(?:al age)?|pregnancy|gestational)\b|\b\d{2}(?:\s?\+\s?[1-6]|\s[1-6]/7)\s?(?:weeks?|wks?)\b")),
    ("follow-up", "distance", "after", "high", _r(
        rf"\b{_ABOUT}{_SPAN}(?=[\s-](?:{_POST}[\s-])?(?:of[\s-])?(?:follow[- ]?up|check[- ]?up|visit|review|control|post))")),
    ("within", "distance", "within", "high", _r(rf"\bwithin\s+{_ABOUT}{_SPAN}(?:\s+(?:after|of|following|from|later)\b)?|\bwithin (?:the )?(?:minutes|hours|days|weeks|months)\b")),
    ("over", "duration", "during", "high", _r(
        rf"\b(?:over|during|throughout|in|for|within)\s+(?:the\s+)?(?:past|previous|preceding|last|next|following|subsequent|ensuing|prior|first|final|intervening)\s+(?:{_SPAN}|{_DAYS}|decades?)"
        rf"|\b(?:the\s+)?(?:past|previous|preceding|last|next|following|subsequent|ensuing|prior)\s+(?:{_SPAN}|decades?)")),
    ("for", "duration", "during", "high", _r(
        rf"\b(?:for|over|during|lasting|lasted|throughout|since|persisting for|through)\s+(?:(?:the|a|an)\s+)?(?:period of\s+|total of\s+|additional\s+|further\s+|another\s+|total\s+|duration of\s+){{0,3}}{_ABOUT}{_SPAN}(?:\s+period\b)?"
        rf"|\bfor (?:many |several |some |the )?(?:minutes|hours|days|weeks|months|years|decades)\b|\bovernight\b")),
    ("after-span", "distance", "after", "high", _r(
        rf"\b(?:after|at|in|by|until|following|every)\s+{_ABOUT}{_SPAN}")),
    ("next-day", "distance", "after", "medium", _r(
        rf"\b(?:on\s+|by\s+)?(?:the|that)\s+(?:same|next|following|very same|previous|preceding|subsequent)\s+{_DAYS}\b|\b(?:the\s+)?(?:next|same)\s+(?:day|morning|night|evening|week|month|year)\b"
        r"|\bthat (?:night|day|morning|evening|afternoon|week|year)\b|\bthe (?:night|day|week|month|year|morning) (?:before|after|prior|preceding|following)\b"
        r"|\b(?:at|by|until|from) (?:that|this|the same) (?:time|point|moment)\b|\b(?:the )?day (?:after|before|of) (?:\w+ )?(?:surgery|admission|operation|discharge|presentation)\b|\bon (?:last|previous) \w+day\b"
        r"|\b(?:in|on|over|during) the (?:previous|past|last|following|ensuing|next|coming|preceding|subsequent) (?:few )?(?:days|weeks|months|years|decade|decades|hours|minutes)\b"
        r"|\b(?:previous|recent|subsequent) (?:years|months|weeks|days)\b|\b(?:minutes|hours|days|weeks|months|years) (?:later|ago|before|after|prior|earlier)\b|\byesterday\b|\b(?:one|a) (?:day|night) (?:before|after)\b")),
    ("span", "duration", "during", "medium", _r(rf"\b(?:(?:approximately|about|around|nearly|almost|over|more than|less than|at least|up to)\s+)?{_SPAN}")),
    ("cycles", "distance", "after", "low", _r(rf"\b(?:after|during|following) (?:the )?(?:{_COUNT}|{_ORDINAL}) (?:cycles?|courses?)\b")),
    ("event", "event", "at", "medium", _r(
        r"\bat (?:the )?(?:time of )?(?:(?:disease|symptom|initial|hospital|first|our|clinical)\s)?(?:onset|diagnosis|baseline|admission|presentation|discharge|relapse|birth|follow[- ]?up)\b"
        r"|\b(?:on|upon) (?:hospital |initial )?(?:admission|presentation|arrival|discharge|follow[- ]?up)\b|\b(?:pre|post|intra)operatively\b|\b(?:previously|initially|subsequently|thereafter|afterwards|meanwhile)\b")),
    ("event-beside", "event", "", "low", re.compile(
        r"\b(?:[Bb]efore|[Aa]fter|[Ff]ollowing|[Dd]uring|[Uu]nder) (?:the )?(?:start of |initiation of |treatment with |therapy with |introduction of )?[a-z]*(?:mab|nib|mide|cept|fil|cillin|platin|one|steroids?|chemotherapy|treatment|surgery|transplantation)\b"
        r"|\b(?:Given|Despite|After|Following|With) (?:all )?(?:these|this) [a-z]+\b|\bAlthough these [a-z]+ (?:were|had) [a-z]+\b")),
)  # fmt: skip

_EVERY = _r(r"(?:\bevery|\beach|\bper|\bq\.?|/|\btimes (?:a|in)|\bonce (?:a|in)|\btwice (?:a|in)|\d\s?[×x])\s*$")
_NO_TIME = _r(r"(?:\btimes?\b|/)\s*$")
_MAY = re.compile(r"(?:May|March|Mar|Dec|Oct|Jan|Sep|Sept|Feb|Apr|Jun|Jul|Aug|Nov)\.?\s*")
# A word between the span and the next comma that tells from where a distance counts.
_ANCHOR = re.compile(
    r"\s*(?:of|after|before|following|from|since|to|prior)?\s*"
    r"((?:(?:the|his|her|a|an|this|our|initial|start|onset|initiation|end|completion|beginning|diagnosis|discharge|first|last|of"
    r"|from|to)\s+){0,6}[A-Za-z][\w/-]*(?:\s(?:[a-z][\w-]{3,}|of [\w-]+|[A-Z]{2,})){0,2})"
)
_UNITS = (("second", "s"), ("minute", "min"), ("hour", "h"), ("day", "d"), ("week", "w"), ("fortnight", "fortnight"),
          ("month", "mo"), ("year", "y"), ("decade", "decade"))  # fmt: skip
_STARTS = ("second", "minute", "hour", "day", "week", "fortnight", "month", "year", "decade")
_MONTH_NUMBERS = {name[:3].lower(): n for n, name in enumerate(_MONTHS.split("|"), 1)}


def moments(article: Article, sentences: Iterable[Sentence]) -> tuple[Moment, ...]:
    """The expressions of time of these sentences, in order.

    >>> article = Article.plain("It fell 3-4 months after the start of tofacitinib, begun in September 2021.")
    >>> [(article.quote(m), m.edtf or m.by) for m in moments(article, article.sentences)]
    [('3-4 months after', '3..4 months'), ('September 2021', '2021-09')]
    """
    found: list[Moment] = []
    for sentence in sentences:
        end = sentence.end
        if re.search(rf"\b(?:{_SHORT})\.$", sentence.text):  # the stop of a short month ends no sentence
            end = min(end + 9, len(article.text))
        known = max((one.end for one in found), default=0)
        found += [one for one in _in(article.text, replace(sentence, end=end)) if one.start >= known]
    return tuple(found)


def _in(text: str, sentence: Sentence) -> list[Moment]:
    taken: list[Moment] = []
    doses = [both for *_, both in amounts(text, sentence)]
    for rule, kind, relation, confidence, pattern in _RULES:
        for match in pattern.finditer(text, sentence.start, sentence.end):
            start, end = match.span()
            while start < end and text[start].isspace():
                start += 1
            while end > start and text[end - 1] in " ,\n\t":
                end -= 1
            if start == end or any(one.start < end and start < one.end for one in taken):
                continue
            if any(a <= start and end <= b for a, b in doses) or _is_no_time(text, sentence, start, end, rule):
                continue
            taken.append(_made(text, sentence, start, end, rule, kind, relation, confidence))
    return sorted(taken, key=lambda one: one.start)


def _is_no_time(text: str, sentence: Sentence, start: int, end: int, rule: str) -> bool:
    before, words, after = text[sentence.start : start], text[start:end], text[end : end + 24]
    if rule == "date" and not re.search(r"\d", words):
        if not re.match(r"(?i:early|mid|late|the |near|beginning|end|middle)", words) and not re.search(
            r"(?i)\b(?:in|since|until|by|of|last|during|from|next|this|to)\s+$", before
        ):
            return True
        if re.fullmatch(_MAY, words + " ") and words.endswith("."):
            return False
    if rule in ("span", "for", "after-span", "later", "within", "day-n") and (
        _EVERY.search(before) or re.match(r"(?i)every\b", words)
    ):
        return True
    if re.match(r"\s?/|\s?(?:per|a) (?:day|week|month|cycle)\b|-?\s?times\b", after):
        return True
    if re.search(r"(?i)^(?:a|an|some)\s(?:h|d)$|\dD$", words) or re.search(r"(?i)(?:fig\S*|figure|[-–]\d?)$", before):
        return True
    return any(
        (not lead or re.search(lead, before))
        and (not own or re.search(own, words))
        and (not behind or re.match(behind, after))
        for lead, own, behind in _NO_TIMES
    )


# Words before, own, behind, of what looks like a time and is none: doses, laboratory values, panels, versions.
_NO_TIMES = (
    (
        r"(?i)(?:times|once|twice|thrice|doses?|sessions?|cigarettes|packs?|drinks|units|tablets?|glasses|days?|hours?|nights?)\s$",
        r"(?i)^(?:a|an|one|each) (?:day|week|month|year|hour|minute|night)$",
        "",
    ),
    ("", "", r"[\s-](?:intervals?|survival|mortality|pack|half-life)\b"),
    (r"[=≥≤]\s?$", r"^(?:19|20)\d\d$", ""),
    (
        r"(?i)(?:refill|bleeding|reaction|clotting|prothrombin|thromboplastin|half-life|doubling|transit|ischemic|clamping|clamp|bypass|relaxation|repetition|echo)\s?(?:time)?\)?\s(?:of|was|is|to|with|=)\s(?:about |approximately )?$",
        r"(?i)(?:seconds?|sec|s|ms)$",
        "",
    ),
    (
        r"(?i)(?:(?:refill|bleeding|clotting|doubling)\stime\s|(?:refill|bleeding|reaction|clotting|half-life|doubling)\s?(?:time)?\s(?:of (?:[\w-]+\s){1,4})?(?:of|was|is)\s)$",
        "",
        "",
    ),
    (r"\bal\.,?\s$|[A-Z][a-z]+ (?:and|&) [A-Z][a-z]+,?\s$", r"^(?:19|20)\d\d$", ""),
    ("", r"\d\s?d$", r"[a-z]"),
    (r"\w$|[a-z]–$", r"^\d+\s?d$", ""),
    ("", r"(?i)\b(?:\d+[.,]\d+|\d+)\s?(?:seconds?|sec)$", r"\s?[(,)]|\s?\(?(?:normal|control|reference|FEV)|$"),
    (r"(?i)volume$|volume (?:in )?$|range,? $|INR|PTT?\)?\W", r"(?i)seconds?$", ""),
    (r"", r"(?i)^(?:in )?(?:1|one|a) second$", ""),
    (
        "",
        r"(?i)(?:hours?|hrs?|h)$",
        r"[\s-](?:urine|urinary|ambulatory|Holter|collection|ECG|EEG|blood pressure|recall|protein|pH|fasting|monitor\w*|post-?load|glucose)",
    ),
    (
        r"[a-z]{3,}\s$|\([A-Z]{2,}\s$|(?:Screening|[Cc]riteria|[Gg]uidelines?|[Vv]ersion|[Cc]lassification)\s$",
        r"^(?:19|20)\d\d$",
        r"\)|\s(?:criteria|guidelines|classification|edition|version)",
    ),
    (
        r"(?i)(?:m2|m²|mg|kg|g|injection|infusion|AUC \d|of \d|on|and)\W*$",
        r"(?i)\bdays?\s\d",
        r"\s(?:repeated|through|of (?:each|every|a)|and \d|to \d|\(\d+ ?mg|every)|\s?\(\d+\s?mg",
    ),
    (r"(?i)(?:m2|m²|mg|mg/kg|/day)[\s,(]*(?:on )?$", r"(?i)\bdays?\s\d", ""),
    ("", r"(?i)second (?:year|degree)$", r"[\s-](?:student|college|medical|cousin|relative)|-"),
    ("", r"(?i)\b(?:minutes?|min)$", r",? respectively"),
    (r"(?i)Apgar[^.;]*$", r"(?i)min(?:utes?)?$", ""),
    (
        r"(?i)\b(?:\d+|two|three|four|five|six|eight|ten|several|many|few)\s(?:[a-z]+\s){1,2}$",
        r"(?i)^(?:a|an|one|each) (?:day|week|month|year|hour|night)$",
        "",
    ),
    (r"(?i)(?:once|twice|times|doses?|mg|units?)\s$", r"(?i)^(?:in|over)\s(?:a|an|one)\s", ""),
    (r"(?i)\b(?:interval|intervals|cycles?|schedule|rate|speed) of $", "", ""),
    ("", r"(?i)^(?:first|second|third|1st|2nd|3rd) (?:trimester|hour)$", r"\s(?:of|ESR)?\s?(?:ESR|screening)"),
    (r"\bmm (?:\w+ ){1,5}$", r"(?i)^(?:the )?(?:first|1st) hour$", ""),
)


def _made(
    text: str,
    sentence: Sentence,
    start: int,
    end: int,
    rule: str,
    kind: Sort,
    relation: Relation,
    confidence: Confidence,
) -> Moment:
    words = text[start:end]
    edtf = _edtf(words) if kind in ("date", "event") else ""
    least, most, unit = _distance(words) if kind in ("distance", "duration", "age") else (None, None, "")
    if rule == "day-n":  # the ninth day is no nine days later
        least = most = None
    anchor = None
    if kind == "distance":
        rest = _ANCHOR.match(text, end, sentence.end)
        if rest and re.search(r"\b(?:after|before|following|prior|of|from|since|post)\b|^", words[-12:]):
            linked = re.match(r"\s*(?:of|after|before|following|from|since|to|the|his|her)\b", text[end : end + 12])
            if linked or re.search(r"(?:after|before|following|since)$", words):
                anchor = rest.span(1)
        if re.search(r"(?i)\bhospital|admission", words):
            anchor = anchor or None
    return Moment(start, end, f"time-{rule}", confidence, kind, edtf, least, most, unit, relation, anchor)


def _distance(words: str) -> tuple[int | None, int | None, str]:
    small = digits(re.sub(r"\b(?:an?|another)\b(?= )", "one", words))
    numbers = [int(n) for n in re.findall(r"(?<![\d.,])\d+(?![\d.,]*\d)", small)]
    unit = next((u for u in _STARTS if re.search(rf"\b{u}s?\b|(?<=\d){u}s?\b", small)), "")
    if not unit:
        short = re.search(r"\d\s?-?(h|hrs?|d|wks?|mos?|yrs?|y)\b", small)
        unit = {"h": "hour", "d": "day", "w": "week", "m": "month", "y": "year"}[short[1][0]] if short else ""
    if unit == "fortnight":
        numbers, unit = [2 * n for n in numbers], "week"
    if unit == "decade":
        numbers, unit = [10 * n for n in numbers], "year"
    if not numbers or not unit or re.search(r"½|half|\d[.,]\d", small):
        return None, None, unit
    least, most = numbers[0], numbers[-1] if len(numbers) < 3 else numbers[0]
    return (least, most, unit) if least <= most else (least, least, unit)


def _edtf(words: str) -> str:
    """A date as EDTF; "" where the words do not say which day, month or year."""
    named = list(
        re.finditer(
            rf"(?i)(?:(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s-]+)?({_MONTH})[\s-]*(?:(\d{{1,2}})(?:st|nd|rd|th)?\b,?(?!\d))?(?:,?\s*(?:of\s+)?({_YEAR}))?",
            words,
        )
    )
    years = re.findall(_YEAR, words)
    if named:
        points = []
        for one in named:
            year = one[4] or (years[-1] if years else "")
            month = _MONTH_NUMBERS[one[2][:3].lower()]
            day = one[1] or one[3]
            if not year:
                return ""
            points.append(f"{year}-{month:02}" + (f"-{int(day):02}" if day and 0 < int(day) <= 31 else ""))
        return "/".join(points[:2])
    if numeric := re.fullmatch(rf"({_YEAR})[-/.](\d{{1,2}})(?:[-/.](\d{{1,2}}))?", words):
        if 0 < int(numeric[2]) < 13:
            return f"{numeric[1]}-{int(numeric[2]):02}" + (f"-{int(numeric[3]):02}" if numeric[3] else "")
        return ""
    if re.search(r"\d/\d", words) and not re.search(r"\d/\d+/", words) and years:
        month = int(words.split("/")[0]) if words.split("/")[0].isdigit() else 0
        return f"{years[0]}-{month:02}" if 0 < month < 13 else ""
    if re.search(r"\d[/.]\d", words):
        return ""  # 01/02/2023: day or month first is not told
    return "/".join(years[:2]) if years and not re.search(r"\d0s\b", words) else ""
