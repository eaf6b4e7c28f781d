"""Which part of a report is which, and which sentences tell of its patient?

A text without a heading is the case, whole. What is background (cohorts, other patients, literature, what
is generally so) is no sentence of the patient.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kg.articles.article import Article, Kind, Part
from kg.articles.headings import Heading, headings, is_numbered, legend, lines
from kg.model.anchors import Sentence

__all__ = ["begins", "cells", "findable", "of_others", "parts", "patient_sentences"]

_BODY: tuple[Kind, ...] = ("abstract", "introduction", "case", "discussion", "conclusions", "statements", "references")
_BEFORE, _AFTER = ("abstract", "introduction"), ("discussion", "conclusions", "statements", "references")
_WITHIN_ABSTRACT = ("introduction", "case", "discussion", "conclusions")
_TITLES: dict[str, str] = {"front": "Front matter", "case": "Case", "intro": "Introduction"}
_PANEL = re.compile(
    r"[*_(\[]*(?:[A-H]|\d[A-H]|[a-h](?=[).:])|Panels?|Left|Right|Top|Upper|Arrows?|\(?[A-H]\))(?:[*_]*\s*[).:,–-]|\s+(?:and|to|&)\s+[A-H]\b|\s+shows?\b)"
)
_LEGENDARY = re.compile(
    r"(?i)\barrow(?:s|heads?)?\b|\bscale bars?\b|original magnification|[x×] ?\d{2,3}\b|\bst(?:ain|ained|aining)\b|\bpanels?\b|\b(?:view|scan|image|photograph|micrograph|section)s? (?:of|show)"
)
_SHORT_FORMS = re.compile(
    r"\W*(?:Abbreviations?:? )?[A-Z][\w+/-]{1,9} ?[:,=;] ?[a-z][^;]{2,60}; ?[A-Za-z][\w+/-]{1,9} ?[:,=;]"
)
_STOPPED = re.compile(r"[.!?][\])\"'’”*]*$")


# ---- sections --------------------------------------------------------------------------


def parts(text: str) -> tuple[Part, ...]:
    """The sections of a text, in order, from its first word to its end.

    >>> [(p.section, p.kind) for p in parts("A report\\n\\nAbstract\\nIt is rare.\\n\\nCase report\\nHe had it.")]
    [('front', 'front'), ('abstract', 'abstract'), ('case', 'case')]
    """
    rows = list(lines(text))
    if not rows:
        return ()
    heads = _outside(text, rows, headings(text))
    cuts = list(_cuts(text, rows, heads))
    made: list[Part] = []
    for (start, kind, key, title), end in zip(cuts, [*(cut[0] for cut in cuts[1:]), len(text)], strict=True):
        if made and made[-1].section == key:
            last = made.pop()
            start, title = last.start, last.title
        made.append(Part(key, title, kind, start, end))
    return findable(text, made)


def findable(text: str, made: Iterable[Part]) -> tuple[Part, ...]:
    """Parts that a case file can tell by the words they begin with; what it cannot tell goes with the part before."""
    kept: list[Part] = []
    for part in made:
        if kept and (kept[-1].section == part.section or not _opening(text, part, kept[-1].start + 1)):
            kept[-1] = replace(kept[-1], end=part.end)
        else:
            kept.append(part)
    return tuple(kept)


def _outside(text: str, rows: list[tuple[int, int]], heads: list[Heading]) -> list[Heading]:
    """Without the headings inside of an abstract, which come again in the body, and without the kind of article."""
    first = [one for one in heads if one.kind != "front"][:2]
    if len(first) == 2 and first[0].kind == "case" and first[0].alone and first[1].kind in _BEFORE:
        # "CASE REPORT" above the title says what kind of article it is
        between = [row for row in rows if first[0].start < row[0] < first[1].start]
        if first[0].start <= rows[min(5, len(rows) - 1)][0] and not any(_prose(text[slice(*row)]) for row in between):
            heads = [one for one in heads if one is not first[0]]
    kept: list[Heading] = []
    inside = False
    last = {one.kind: one.start for one in heads if not is_numbered(one.told)}
    last_alone = {one.kind: one.start for one in heads if one.alone}
    for one in heads:
        if inside and one.kind in _WITHIN_ABSTRACT and not is_numbered(one.told):
            again = last[one.kind] > one.start
            body = _later(last_alone, one.start, ("introduction", "case", "discussion"))
            early = one.kind == "conclusions" and _later(last, one.start, ("introduction", "case", "discussion"))
            if again or early or (body and not one.alone):
                continue
        inside = one.kind == "abstract"
        kept.append(one)
    return kept


def _cuts(text: str, rows: list[tuple[int, int]], heads: list[Heading]) -> Iterator[tuple[int, Kind, str, str]]:
    """Where sections begin: start, kind, key, title."""
    at = {one.start: one for one in heads}
    last = {one.kind: one.start for one in heads}
    major = max((one.start for one in heads if one.kind == "case" and not one.minor), default=-1)
    titles: dict[str, str] = {}
    kind, key = _first(text, rows, heads)
    body: tuple[Kind, str] = (kind, key)
    now: tuple[str, str] | None = None
    left = 0  # paragraphs that a legend or a line of front matter may still take
    lead = kind == "front"
    for i, (start, end) in enumerate(rows):
        words = text[start:end]
        told = legend(text, start, end)
        head = at.get(start)
        if head is not None and head.minor and (body[0] in _AFTER or (body[0] in _BEFORE and major > start)):
            head = None  # "Treatment" in a discussion, or in an introduction
        if head is not None and not (left and head.kind == "case" and not head.alone):
            kind, key, left = head.kind, head.key, 0
            late = body[0] in ("case", "discussion", "conclusions")
            if kind == "abstract" and late and not head.told.lower().startswith("abstract"):
                kind, key = "conclusions", "conclusions"  # a summary at the end
            lead = lead and kind == "front"
            if kind == "front":
                left = 1 if head.alone else 0
            else:
                titles.setdefault(key, head.told.strip())
                body = (kind, key)
        elif told is not None and (
            body[0] not in ("references", "statements") or ":" in words[:12] or "." in words[:12]
        ):
            (key, title), kind = told, "figure"
            titles[key] = title
            left = _taken(text, rows, i, set(at))
        elif kind in ("figure", "front") and not lead:
            if left > 0:
                left -= 1
            elif kind == "front" and body[0] == "abstract":
                kind, key = body = ("introduction", "intro") if _later(last, start, ("case",)) else ("case", "case")
            else:
                kind, key = body
        elif lead and kind == "front" and _prose(words) and not _later(last, start, ("abstract",)):
            kind, key = body = _unheaded(last, start)
            lead = False
        if (kind, key) != now or not i:
            now = (kind, key)
            yield start, kind, key, titles.get(key) or _TITLES.get(key, key.capitalize())


def _unheaded(last: Mapping[Kind, int], start: int) -> tuple[Kind, str]:
    """What prose before the first heading is: an abstract if the introduction is to come, an introduction, the case."""
    if _later(last, start, ("introduction",)):
        return "abstract", "abstract"
    return ("introduction", "intro") if _later(last, start, ("case",)) else ("case", "case")


def _first(text: str, rows: list[tuple[int, int]], heads: list[Heading]) -> tuple[Kind, str]:
    """What a text begins with, before its first heading."""
    start, end = rows[0]
    if heads and heads[0].start == start:
        return heads[0].kind, heads[0].key
    words = text[start:end]
    titled = len(rows) > 1 and len(words) < 250 and not _STOPPED.search(words) and _prose(text[slice(*rows[1])])
    if titled or (heads and any(h.kind in ("abstract", "introduction", "case") for h in heads)):
        return "front", "front"
    if heads and not _prose(words):
        return "front", "front"
    return "case", "case"


def _later(last: Mapping[Kind, int], start: int, kinds: tuple[Kind, ...]) -> bool:
    """Does a heading of some kind come after a place? last: where the last of each kind stands."""
    return any(last.get(kind, -1) > start for kind in kinds)


def _prose(words: str) -> bool:
    """A paragraph of sentences; no line of names, and no licence."""
    plain = len(words.split()) >= 12 and _STOPPED.search(words.rstrip()) is not None
    return plain and not re.search(r"(?i)©|\bcopyright\b|open[- ]access article|creative commons|@\w", words)


def _taken(text: str, rows: list[tuple[int, int]], i: int, heads: set[int]) -> int:
    """How many of the paragraphs after its first line belong to a legend."""
    first = text[slice(*rows[i])].strip("*_ ")
    taken = 0
    for start, end in rows[i + 1 : i + 60]:
        words = text[start:end]
        if start in heads or legend(text, start, end):
            break
        own = _PANEL.match(words) is not None or " | " in words or "\t" in words or words.startswith("|")
        own = own or _SHORT_FORMS.match(words) is not None
        if not own and not taken and not _STOPPED.search(first):
            own = len(words.split()) <= 60 and _LEGENDARY.search(words) is not None
        if not own:
            break
        taken += 1
    return taken


def begins(article: Article) -> tuple[str, ...]:
    """For every part the words that it begins with, so that a case file finds it again: see SourceSection."""
    made, place = [], 0
    for part in article.parts:
        made.append(_opening(article.text, part, place))
        place = part.start + 1
    return tuple(made)


def _opening(text: str, part: Part, place: int) -> str:
    """The shortest words of a part that are not found between another place and its start; nothing for none."""
    whole = text[part.start : min(part.end, part.start + 400)]
    line = len(whole.split("\n", 1)[0].rstrip())
    for count, found in enumerate(re.finditer(r"\S+", whole), 1):
        words = whole[: found.end()]
        if (count > 2 or found.end() >= line) and text.find(words, place) == part.start:
            return words
    return ""


# ---- the patient -----------------------------------------------------------------------

_PERSON = r"(?:patient|man|woman|boy|girl|male|female|infant|neonate|newborn|child|adolescent|gentleman|lady|proband)"
_OWN = re.compile(
    rf"(?i)\b(?:our|this|the (?:present|current|index|reported|described)) (?:\w+[- ]){{0,2}}?(?:case|{_PERSON})\b(?!\s+(?:series|reports?|stud(?:y|ies)|definition))|\bpresent (?:patient|case)\b"
)
# In a discussion "the patient" is this one, unless another was told of just before.
_THE = re.compile(
    rf"(?:^|[,;] |\b(?:[Ii]n|[Ff]or|[Oo]f|[Tt]hat|[Tt]reated|[Gg]ave|[Ww]hen|[Aa]s|[Bb]ecause) )[Tt]he {_PERSON}(?:[’']s)?\b(?! (?:with|who ha)\b)"
)
_GOES_ON = re.compile(
    r"^\W*(?:(?:Furthermore|Moreover|However|In addition|Also|Therefore|Then|Thereafter|Besides|Subsequently),? )?"
    r"(?:[Hh]e|[Ss]he|[Hh]is|[Hh]er|[Ww]e \w+ed (?:him|her))\b"
)
_ANOTHER = re.compile(
    rf"(?i)\b(?:an?|another|one|two|three|\d+) (?:\d+[- ]\w+[- ]old )?(?:\w+ )?{_PERSON}s?\b|\bcases? of\b|\breported\b|\bdescribed\b"
)
_OTHERS = re.compile(
    r"(?i)\b(?:unlike|in contrast (?:to|with)|contrary to|compared (?:to|with)|similar(?:ly)? to|as opposed to|differ(?:s|ed)? from) (?:our|this|the present)\b|\bet al\b|\bin (?:the )?literature\b|\bcohort\b|\bcase[- ]series\b|\bmeta-analys|\b(?:most|many|some|several|few|all|other|\d+%? of|majority of(?: the)?) (?:\w+ ){0,2}(?:patients|cases|individuals|children)\b|\bprevious(?:ly)? (?:published|reported|described|stud)|\b(?:have|has) been (?:reported|described|published|associated|shown)\b|\bpatients with\b"
)
_ADVICE = re.compile(
    r"(?i)\b(?:should|might|could|may|can)\b|\b(?:case|report)s? (?:report )?(?:highlights?|illustrates?|demonstrates?|underscores?|emphasi[sz]es?|shows? (?:that|how)|suggests?|adds?|underlines?|reminds?)\b|\bto (?:the best of )?our knowledge\b|\bfirst (?:reported )?(?:case|report|description)\b|\bis (?:known|common|rare|unclear|unknown)\b"
)
_PATIENT = re.compile(
    rf"(?i)\b\d{{1,3}}[- ](?:year|month|week|day)s?[- ]old\b|\b(?:the|this|our|a|an) (?:\w+[- ]){{0,3}}?{_PERSON}\b|\b(?:he|she|his|her|him)\b|\b(?:we|was|were) (?:\w+ly )?(?:started|gave|given|performed|administered|treated|initiated|added|stopped|referred|admitted|discharged)\b"
)
_GENERAL = re.compile(
    r"(?i)\bpatients\b|\bis (?:a |an |the )?(?:\w+ ){0,2}(?:rare|common|uncommon|characteri[sz]ed|defined|known|caused|considered|important|frequent)\b|\bare (?:\w+ ){0,2}(?:rare|common|characteri[sz]ed|known)\b|\b(?:should|may|might|can|could) (?:be|also|help|include|present|cause|lead|occur|improve)\b|\bhighlights?\b|\bunderscores?\b|\bemphasi[sz]es?\b|\bsuggests? that\b|\bto (?:the best of )?our knowledge\b|\breview(?:ed)? (?:of )?the literature\b|\bcase (?:report )?(?:highlights|illustrates|demonstrates|underscores|shows)\b"
)
_PAST = re.compile(r"(?i)\b(?:was|were|had|did|showed|received|underwent|\w{3,}ed)\b")
# A table or figure of others: the literature, other patients, controls.
_REVIEWED = re.compile(
    r"(?i)\b(?:\d+|two|three|four|five|six|seven|eight|nine|ten|all|published|reported|previous|literature|other|similar) (?:\w+[- ]){0,2}(?:case reports|cases|patients|reports|studies)\b|\bin (?:the )?literature\b|\bliterature (?:review|search)|\b(?:review|summary|comparison|list) of (?:\w+[- ]){0,4}(?:literature|cases|patients|reports|studies)\b|\b(?:previously|other) (?:published|reported) (?:cases|patients)\b|\breported cases\b|\bhealthy (?:control|volunteer|donor)s?\b"
)
_CITING = re.compile(
    r"(?i)(?:first )?(?:authors?|references?|study|studies|publications?|sources?)\b"
)  # heads of columns
_CITED = re.compile(r"(?i)\bet al\b|^(?:the |our )?(?:present|current|this|our)(?: (?:case|patient|report|study))\b")
_LITERATURE = re.compile(
    r"(?i)\bet al\b\.?|\bin the literature\b|\b(?:previous|recent|several|other|most|many) (?:\w+ )?(?:studies|reports|authors|series)\b|\b(?:have|has) been (?:reported|described|published) (?:in|as|to|with|by|previously)\b|\bin (?:a|the) (?:\w+ ){0,3}(?:cohort|series|trial|study) of\b|\(n ?= ?\d{2,}\)"
)
# What a case says beside its patient: how things are in general, and how the literature has it.
_ASIDE = re.compile(
    r"(?i)^\W*(?:[\w/-]+[ ,]+){1,10}?(?:is|are) (?:a |an |the |one of the )?(?:\w+[ -]){0,2}?(?:rare|uncommon|common|commonest|frequent|well[- ]known|heterogeneous|chronic|inherited|autosomal|congenital|potentially)\b|^\W*To (?:the best of )?our knowledge\b|^\W*(?:in|according to) (?:the )?(?:literature|previous)|^\W*(?:\w+ ){0,3}(?:studies|reports|authors) (?:have|has|show|suggest)"
)
_DONOR = re.compile(r"(?i)^\W*the (?:\w+ )?donor\b")
_HE_OR_SHE, _HE = re.compile(r"\W*(?:He|She)\b"), re.compile(r"\W*(?:He|His)\b")
_MOTHER = re.compile(r"(?i)\b(?:wom[ae]n|lady|\w*gravida|\w*para)\b")
_YOUNG = r"(?:newborn|neonate|infant|baby)"
_HER_CHILD = re.compile(rf"(?i)^\W*(?:the|her|an?) (?:[\w-]+ ){{0,3}}?{_YOUNG}\b")
_NOT_CASE = re.compile(r"(?i)^\W*(?:background|introduction|objectives?|aims?|discussion|conclusions?)\W{0,3}[:.–-]")
_ABOUT_CASE = re.compile(
    r"(?i)^\W*(?:case(?: (?:report|presentation|description|summary))?|patient(?: concerns)?|clinical (?:case|findings))\W{0,3}[:.]"
)


def patient_sentences(article: Article) -> tuple[Sentence, ...]:
    """The sentences that tell of the patient, in order. Headings are not among them.

    Those of the case and of legends; of an abstract those from where the patient is presented to where it
    generalises; of introduction, discussion and conclusions those that say "our patient", and what goes on from there.
    """
    kinds = {part.section: part.kind for part in article.parts}
    heads = [(one.start, one.end) for one in headings(article.text) if one.alone]
    heads += [found.span() for found in re.finditer(r"(?m)^#{1,6} [^\n]*", article.text)]
    heads.sort()
    starts = [start for start, _ in heads]
    within = [one for one in article.sentences if not _is_head(one, heads, starts)]
    return tuple(_told(within, kinds, of_others(article)))


def _is_head(one: Sentence, heads: list[tuple[int, int]], starts: list[int]) -> bool:
    """Is a sentence a heading, or a piece of one?"""
    i = bisect_right(starts, one.start) - 1
    return i >= 0 and (starts[i] == one.start or one.end <= heads[i][1])


def of_others(article: Article) -> frozenset[str]:
    """The keys of tables and figures that tell of other patients: as their legends say, or their rows cite."""
    return frozenset(part.section for part in article.parts if part.kind == "figure" and _is_of_others(article, part))


def _is_of_others(article: Article, part: Part) -> bool:
    words = article.text[part.start : part.end]
    if _REVIEWED.search(words.split("\n\n")[0].split("\n")[0]):
        return True
    rows = [row for start, end in lines(words) if len(row := cells(words[start:end])) > 1]
    return any(_CITING.match(cell) for row in rows[:2] for cell in row) or any(
        _CITED.search(cell) for row in rows for cell in row
    )


def cells(row: str) -> list[str]:
    """The cells of a row of a table; the words alone where it has none.

    >>> cells("| Age | 34 |"), cells("Age")
    (['Age', '34'], ['Age'])
    """
    row = row.strip()
    bare = row[1:-1] if row.startswith("|") and row.endswith("|") else row
    return [cell.strip() for cell in re.split(r"\||\t| {3,}", bare)]


def _told(sentences: list[Sentence], kinds: dict[str, Kind], others: frozenset[str]) -> Iterator[Sentence]:
    before: Sentence | None = None
    taken = other = donor = child = (
        False  # the sentence before was taken; it told of another person, of a donor or her child
    )
    begin = next((one.text for one in sentences if kinds[one.section] == "case"), "")
    mother = _MOTHER.search(begin) is not None and not re.search(rf"(?i)\b(?:{_YOUNG}|boy|girl)\b", begin)
    for one in sentences:
        kind, words = kinds[one.section], one.text
        if before is None or before.section != one.section:
            taken = other = donor = child = False
        if kind == "case":
            goes_on = (donor and _HE_OR_SHE.match(words)) or (child and _HE.match(words))
            donor = _DONOR.match(words) is not None
            child = mother and _HER_CHILD.match(words) is not None
            take = not (donor or child or goes_on) and (_PATIENT.search(words) is not None or not _aside(words))
        elif kind == "figure":
            take = one.section not in others and not _REVIEWED.search(words)
        elif kind == "abstract":
            take = _of_abstract(words, taken)
        elif kind in ("introduction", "discussion", "conclusions"):
            take = _spoken_of(words, kind, taken, other)
            other = not take and (other or bool(_OTHERS.search(words) or _ANOTHER.search(words)))
            other = other and not _OWN.search(words)
        else:
            take = False
        if take:
            yield one
        before, taken = one, take


def _aside(words: str) -> bool:
    return _ASIDE.match(words) is not None or (
        _LITERATURE.search(words) is not None
        and not re.search(r"(?i)\b(?:reveal|show|demonstrat|identif)(?:ed|s)\b", words)
    )


def _spoken_of(words: str, kind: str, taken: bool, other: bool) -> bool:
    """Does a sentence outside of the case speak of the patient?"""
    if kind == "introduction" and re.search(
        r"(?i)\b(?:we|report|here|herein)\b.{0,60}\d+[- ](?:year|month|week|day)s?[- ]old", words
    ):
        return True
    own = _OWN.search(words) is not None
    if not own and kind != "introduction" and not other and _PAST.search(words):
        own = _THE.search(words) is not None or (taken and _GOES_ON.match(words) is not None)
        own = own or re.match(r"\W*We \w+ed (?:him|her|the patient)\b", words) is not None
    return own and not _OTHERS.search(words) and not _ADVICE.search(words)


def _of_abstract(words: str, on: bool) -> bool:
    if _ABOUT_CASE.match(words):
        return True
    if _GENERAL.search(words) or _LITERATURE.search(words):
        return False
    if _NOT_CASE.match(words):
        return _OWN.search(words) is not None and not _ADVICE.search(words)
    if _PATIENT.search(words):
        return True
    return on and _PAST.search(words) is not None
