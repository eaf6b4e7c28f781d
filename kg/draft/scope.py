"""Which part of a report is which, and which sentences tell of its patient?

A text without a heading is the case, whole. What is background (cohorts, other patients, literature, what
is generally so) is no sentence of the patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.draft.article import Article, Kind, Part
from kg.draft.headings import Heading, headings, legend, lines, named
from kg.model.anchors import Sentence

__all__ = ["begins", "parts", "patient_sentences"]

_BODY = ("abstract", "introduction", "case", "discussion", "conclusions", "statements", "references")
_WITHIN_ABSTRACT = ("introduction", "case", "discussion", "conclusions")
_TITLES: dict[str, str] = {"front": "Front matter", "case": "Case"}
_PANEL = re.compile(
    r"[*_(\[]*(?:[A-H]|\d[A-H]|[a-h](?=[).:])|Panels?|Left|Right|Top|Upper|Arrows?|\(?[A-H]\))(?:[*_]*\s*[).:,–-]|\s+(?:and|to|&)\s+[A-H]\b|\s+shows?\b)"
)
_LEGENDARY = re.compile(
    r"(?i)\barrow(?:s|heads?)?\b|\bscale bars?\b|original magnification|[x×] ?\d{2,3}\b|\bst(?:ain|ained|aining)\b|\bpanels?\b|\b(?:view|scan|image|photograph|micrograph|section)s? (?:of|show)"
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
    heads = _outside(headings(text))
    cuts = list(_cuts(text, rows, heads))
    made: list[Part] = []
    for (start, kind, key, title), end in zip(cuts, [*(cut[0] for cut in cuts[1:]), len(text)], strict=True):
        if made and made[-1].section == key:
            last = made.pop()
            start, title = last.start, last.title
        made.append(Part(key, title, kind, start, end))
    return tuple(made)


def _outside(heads: list[Heading]) -> list[Heading]:
    """Without the headings inside of an abstract, which come again in the body."""
    kept: list[Heading] = []
    inside = False
    for i, one in enumerate(heads):
        later = heads[i + 1 :]
        if inside and one.kind in _WITHIN_ABSTRACT:
            again = any(other.kind == one.kind for other in later)
            body = any(other.kind in ("introduction", "case", "discussion") and other.alone for other in later)
            early = one.kind == "conclusions" and any(o.kind in ("introduction", "case", "discussion") for o in later)
            if again or early or (body and not one.alone):
                continue
        inside = one.kind == "abstract"
        kept.append(one)
    return kept


def _cuts(text: str, rows: list[tuple[int, int]], heads: list[Heading]) -> Iterator[tuple[int, Kind, str, str]]:
    """Where sections begin: start, kind, key, title."""
    at = {one.start: one for one in heads}
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
        if head is not None and not (left and head.kind == "case" and not head.alone):
            kind, key, left = head.kind, head.key, 0
            if kind == "abstract" and body[0] in ("case", "discussion", "conclusions"):
                kind, key = "conclusions", "conclusions"  # a summary at the end
            lead = False
            if kind == "front":
                left = 1 if head.alone else 0
                if not head.alone or body[0] == "front":
                    left = 1
            else:
                titles.setdefault(key, head.told.strip())
                body = (kind, key)
        elif told is not None and body[0] not in ("references", "statements"):
            (key, title), kind = told, "figure"
            titles[key] = title
            left = _taken(text, rows, i, set(at))
        elif kind in ("figure", "front") and not lead:
            if left > 0:
                left -= 1
            elif kind == "front" and body[0] == "abstract":
                kind, key = body = ("introduction", "intro") if _case_later(heads, start) else ("case", "case")
            else:
                kind, key = body
        elif lead and kind == "front" and _prose(words) and not _later(heads, start, ("abstract",)):
            kind, key = body = ("abstract", "abstract") if _later(heads, start, _BODY[1:3]) else ("case", "case")
            lead = False
        if (kind, key) != now or not i:
            now = (kind, key)
            yield start, kind, key, titles.get(key) or _TITLES.get(key, key.capitalize())


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


def _later(heads: list[Heading], start: int, kinds: tuple[str, ...]) -> bool:
    return any(one.start > start and one.kind in kinds for one in heads)


def _case_later(heads: list[Heading], start: int) -> bool:
    return _later(heads, start, ("case",))


def _prose(words: str) -> bool:
    """A paragraph of sentences; no line of names, and no licence."""
    plain = len(words.split()) >= 12 and _STOPPED.search(words.rstrip()) is not None
    return plain and not re.search(r"(?i)©|\bcopyright\b|open[- ]access article|creative commons|@\w", words)


def _taken(text: str, rows: list[tuple[int, int]], i: int, heads: set[int]) -> int:
    """How many of the paragraphs after its first line belong to a legend."""
    first = text[slice(*rows[i])].strip("*_ ")
    taken = 0
    for start, end in rows[i + 1 : i + 8]:
        words = text[start:end]
        if start in heads or legend(text, start, end):
            break
        own = _PANEL.match(words) is not None
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
    """The shortest words of a part that are not found between another place and its start."""
    ends = [m.end() for m in re.finditer(r"\S+", text[part.start : min(part.end, part.start + 400)])]
    for n in [*ends[3:], *ends[-1:]]:
        words = text[part.start : part.start + n]
        if "\n" in words and text.find(words.split("\n")[0].rstrip(), place) == part.start:
            return words.split("\n")[0].rstrip()
        if text.find(words, place) == part.start:
            return words
    return text[part.start : part.start + 400]


# ---- the patient -----------------------------------------------------------------------

_OWN = re.compile(
    r"(?i)\b(?:our|this|the (?:present|current|index|reported|described)) (?:\w+[- ]){0,2}?(?:patient|case|man|woman|boy|girl|child|infant|neonate|proband)\b(?!\s+(?:series|reports|studies|definition|highlights|illustrates|demonstrates|underscores|emphasi[sz]es))|\bpresent (?:patient|case)\b|\bin (?:our|this|the present) (?:case|patient)\b"
)
_OTHERS = re.compile(
    r"(?i)\b(?:unlike|in contrast (?:to|with)|contrary to|compared (?:to|with)|similar(?:ly)? to|as opposed to) (?:our|this|the present)\b|\bet al\b|\bin (?:the )?literature\b|\bcohort\b|\bcase[- ]series\b|\bmeta-analys|\b(?:most|many|some|several|few|all|other|\d+%? of|majority of(?: the)?) (?:\w+ ){0,2}(?:patients|cases|individuals|children)\b|\bprevious(?:ly)? (?:published|reported|described|stud)|\b(?:have|has) been (?:reported|described|published|associated|shown)\b"
)
_PATIENT = re.compile(
    r"(?i)\b\d{1,3}[- ](?:year|month|week|day)s?[- ]old\b|\b(?:the|this|our|a|an) (?:\w+[- ]){0,3}?(?:patient|man|woman|boy|girl|male|female|infant|neonate|newborn|child|adolescent|gentleman|lady|proband)\b(?! with (?:the )?(?:disease|disorder)s)|\b(?:he|she|his|her|him)\b"
)
_GENERAL = re.compile(
    r"(?i)\bpatients\b|\bis (?:a |an )?(?:\w+ ){0,2}(?:rare|common|uncommon|characteri[sz]ed|defined|known|caused|considered|important|frequent)\b|\bare (?:\w+ ){0,2}(?:rare|common|characteri[sz]ed)\b|\b(?:should|may|might|can|could) (?:be|also|help|include|present|cause|lead|occur|improve)\b|\bhighlights?\b|\bunderscores?\b|\bemphasi[sz]es?\b|\bsuggests? that\b|\bto (?:the best of )?our knowledge\b|\breview(?:ed)? (?:of )?the literature\b|\bcase (?:report )?(?:highlights|illustrates|demonstrates|underscores|shows)\b"
)
_PAST = re.compile(
    r"(?i)\b(?:was|were|had|did|showed|revealed|developed|received|underwent|presented|improved|\w{3,}ed)\b"
)
_REVIEWED = re.compile(
    r"(?i)\b(?:review|summary|comparison|characteristics|list) of (?:\w+[- ]){0,4}(?:literature|cases|patients|reports|studies)\b|\b(?:previously|other) (?:published|reported) (?:cases|patients)\b|\breported cases\b|\bhealthy (?:control|volunteer|donor)s?\b"
)
_LITERATURE = re.compile(
    r"(?i)\bet al\b\.?|\bin the literature\b|\b(?:previous|recent|several|other|most|many) (?:\w+ )?(?:studies|reports|authors|series)\b|\b(?:have|has) been (?:reported|described|published) (?:in|as|to|with|by|previously)\b|\bin (?:a|the) (?:\w+ ){0,3}(?:cohort|series|trial|study) of\b|\(n ?= ?\d{2,}\)"
)
_ABOUT_CASE = re.compile(
    r"(?i)^\W*(?:case(?: (?:report|presentation|description|summary))?|patient(?: concerns)?|clinical (?:case|findings))\s*[:.]"
)


def patient_sentences(article: Article) -> tuple[Sentence, ...]:
    """The sentences that tell of the patient, in order.

    Those of the case and of legends; of an abstract those from where the patient is presented to where it
    generalises; of introduction, discussion and conclusions those that say "our patient".
    """
    kinds = {part.section: part.kind for part in article.parts}
    kept: list[Sentence] = []
    on = False  # inside of an abstract, the sentence before told of the patient
    for one in article.sentences:
        kind = kinds[one.section]
        if kind == "case":
            take = not named(one.text) and not (_LITERATURE.search(one.text) and not _PATIENT.search(one.text))
        elif kind == "figure":
            take = not _REVIEWED.search(one.text)
        elif kind == "abstract":
            take = on = _of_abstract(one.text, on)
        elif kind in ("introduction", "discussion", "conclusions"):
            own = _OWN.search(one.text) or (
                kind == "introduction" and re.search(r"(?i)\b(?:we|report) .{0,40}\d+[- ]year", one.text)
            )
            take = bool(own) and not _OTHERS.search(one.text)
        else:
            take = False
        if take:
            kept.append(one)
    return tuple(kept)


def _of_abstract(words: str, on: bool) -> bool:
    if _ABOUT_CASE.match(words):
        return True
    if _GENERAL.search(words) or _LITERATURE.search(words):
        return False
    if _PATIENT.search(words):
        return True
    return on and _PAST.search(words) is not None
