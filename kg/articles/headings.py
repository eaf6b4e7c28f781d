"""Which lines of a report are headings, and what kind of section does each open?

A heading is known by what it says: the words below, alone on a line (numbered, in capitals, with Markdown marks
or a colon) or before the text of their own paragraph ("DISCUSSION: ..."). A legend is a line that begins with the
label of a figure or table.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.articles.article import Kind

__all__ = ["Heading", "headings", "is_minor", "is_numbered", "legend", "lines", "named"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading. start, end: of its line or, where text follows on the line, of its own words.

    key: of the section; told: the words without number and marks; alone: nothing else is on the line.
    """

    start: int
    end: int
    kind: Kind
    key: str
    told: str
    alone: bool
    minor: bool = False  # of a case, but such a heading may also stand within another section: Treatment


# What headings say, lower case, and what they open. The first that matches the whole of it counts.
_HISTORY = r"(?:present(?:ing)?|past|previous|family|medical|clinical|personal|social|surgical|drug|medication|obstetric|birth|developmental|occupational|travel|psychiatric)"
_EXAMINED = r"(?:physical|clinical|general|systemic|local|neurologic(?:al)?|ophthalm(?:olog)?ic(?:al)?|dermatologic(?:al)?|oral|intraoral|extraoral|radiologic(?:al)?|radiographic|histologic(?:al)?|histopathologic(?:al)?|pathologic(?:al)?|microscopic|laboratory|imaging|diagnostic|genetic|immunohistochemical|cardiac)"
_NAMES: tuple[tuple[Kind, str, str], ...] = (
    ("abstract", "abstract", r"(?:structured |graphical )?abstract|summary|synopsis|highlights|r[ée]sum[ée]"),
    ("introduction", "intro", r"introduction|background|introduction (?:and|&) background|objectives?|aims?|purpose|background (?:and|&) (?:aims?|objectives?|purpose)|rationale|why (?:should|is) .{1,60}"),
    ("case", "case", r"(?:the |our )?(?:clinical |index |brief |illustrative |present )?cases?(?: (?:reports?|presentations?|descriptions?|history|histories|summary|summaries|study|studies|records?|details|vignettes?|series|discussion|illustrations?|examples?|scenarios?))?(?: (?:no\.? ?|number )?#?(?:\d{1,2}|[ivx]{1,4}|[a-h]|one|two|three|four|five))?"),
    ("case", "case", r"(?:case )?reports? of (?:the |a )?cases?|clinical (?:report|description|case|vignette|summary)s?|presentation(?: of (?:the )?cases?)?|(?:the )?patients?(?: (?:description|presentation|history|information|report|characteristics|case|details|concerns?|profile|data))?(?: (?:no\.? ?|number )?#?(?:\d{1,2}|[ivx]{1,4}|[a-h]|one|two|three|four|five))?|patient (?:and|&) methods?|(?:(?:the|our) )?(?:first|second|third|fourth|fifth|1st|2nd|3rd|4th|5th) (?:case|patient)"),
    ("case", "case", r"clinical (?:presentation|history|course|findings|features|report|summary|description|vignette|picture|data|outcome|case|details)|(?:chief|presenting) complaints?|history(?: of (?:the )?(?:present(?:ing)? )?(?:illness|complaint))?|" + _HISTORY + r"(?:,? (?:and |& )?" + _HISTORY + r")* (?:history|illness)|" + _EXAMINED + r"(?:,? (?:and |& )?" + _EXAMINED + r")* (?:exam(?:ination)?s?|findings|results?|tests?|testing|studies|investigations?|work-?up|evaluation|assessment|data|analysis)(?: (?:and|&) (?:results|findings|reasoning))?|examinations?|investigations?|differential diagnos[ie]s|(?:final |working )?diagnos[ie]s|diagnostic (?:assessment|challenges?)|(?:medical |surgical |conservative )?(?:treatment|therapy|management)(?:,? (?:and |& )?(?:outcomes?|course|follow-?up))*|therapeutic (?:interventions?|course|focus and assessment)|interventions?|hospital course|course(?: of (?:the )?(?:disease|illness))?|progress|outcomes?(?:,? (?:and|&) follow[- ]?up)?|follow[- ]?up(?:,? (?:and|&) outcomes?)?|time ?line|(?:the )?patient'?s?’?s? perspective|evolution|operative (?:technique|findings|procedure)|surgical (?:technique|procedure)|operation"),
    ("conclusions", "conclusions", r"(?:conclusions?|concluding remarks?)(?: (?:and|&) .{1,40})?|(?:in )?conclusion|(?:learning|teaching|take-?home|key) (?:points?|messages?)(?:/.{1,40})?|lessons?(?: learned)?|what (?:this|the) (?:case|study) adds"),
    ("discussion", "discussion", r"(?:brief |general )?discussion(?: (?:and|&) .{1,40})?|comments?|commentary|(?:brief )?(?:literature review|review of (?:the )?literature)(?: (?:and|&) discussion)?|(?:review of (?:the )?)?literature|limitations?|strengths and limitations|future (?:directions|perspectives)|discussion, (?:conclusions?|and|limitations) ?.{0,40}"),
    ("discussion", "results", r"results?(?: (?:and|&) discussion)?|findings"),
    ("discussion", "methods", r"(?:(?:materials?|subjects|study design|search strategy)(?:,? (?:and|&) )?)?methods?|materials? (?:and|&) methods?|methodology|search strategy|study design|statistical analysis|literature search|experimental (?:procedures?|section)"),
    ("references", "references", r"references?(?: (?:list|cited))?|bibliography|(?:literature|works) cited|reference list|notes and references|cited literature"),
    ("figure", "figures", r"(?:figures?|tables?)(?: (?:and|&) tables?)?(?: (?:legends?|captions?))?|legends?(?: (?:to|for|of) (?:the )?figures?)?|captions?"),
    ("front", "front", r"key ?-?words?|categories|index terms|mesh terms|how to cite(?: this (?:article|paper))?|cite this (?:article|paper)|article (?:info(?:rmation)?|history)|citation|authors?(?: (?:information|details|affiliations))?|affiliations?|correspond(?:ence|ing authors?)(?: to)?|address for correspondence|received|open access"),
    ("statements", "statements", r"acknowledge?ments?|(?:sources? of )?(?:funding|(?:financial )?support)(?: (?:source|sources|statement|information))?|financial (?:disclosures?|support)(?: .{1,30})?|grants?|(?:author )?disclosures?(?: statement)?|(?:declaration of |potential )?(?:conflicts?|competing|declaration) (?:of )?(?:financial )?interests?(?: (?:statement|disclosures?))?|declarations?(?: of (?:interests?|patient consent))?|(?:informed |patient |written |statement of )*(?:consent)(?: (?:statement|for publication|to publish|to participate|form))?|ethic(?:s|al)(?:,? (?:and |& )?.{0,60})?|ethics? (?:statement|approval).{0,60}|(?:institutional review board|irb) (?:statement|approval)|(?:author'?s?’?|authors'?’?) contributions?(?: statement)?|contributors?(?:hip)?(?: statement)?|contributions?|credit .{0,30}statement|(?:availability of |data )(?:data|availability|sharing|materials?)(?: .{0,40})?|additional (?:information|files?)|supplement(?:ary|al)? (?:materials?|data|information|files?)|supporting information|(?:list of )?abbreviations(?: used)?|footnotes?|publisher'?s?’?s? (?:note|disclaimer)|disclaimer|provenance and peer review|peer review|guarantor|trial registration|registration of research studies|prior presentation|author disclosure.{0,30}|human subjects|appendix(?: .{1,20})?|(?:use|declaration) of (?:generative )?ai.{0,60}|copyright|licen[cs]e"),
)  # fmt: skip
_KNOWN = [(kind, key, re.compile(words)) for kind, key, words in _NAMES]
_MAJOR = re.compile(
    "|".join(f"(?:{words})" for _, key, words in _NAMES[:4] if key == "case") + r"|.*perspective|time ?line"
)
# Those that may stand before the text of their own paragraph.
_RUN_IN = re.compile(
    r"(?:abstract|summary|background|introduction|objectives?|aims?|purpose|(?:clinical )?cases?(?: (?:report|presentation|description|history|summary|study|series))?(?: (?:\d{1,2}|[ivx]{1,4}|[a-c]))?|patients?(?: \d{1,2}| [ivx]{1,4}| [a-c]| concerns| presentation| and methods?)?|clinical (?:presentation|findings|case)|methods?|materials? and methods?|results?|findings|diagnos[ie]s|interventions?|outcomes?|lessons?|discussion|comments?|conclusions?|(?:learning|take-?home) (?:points?|messages?)|references|key ?-?words?|categories|acknowledge?ments?|funding(?: sources?)?|(?:conflicts?|competing) (?:of )?interests?|sources? of (?:support|funding)|ethical approval|publisher'?s?’?s? note|disclosures?|(?:informed )?consent|ethic(?:s|al)(?: (?:statement|approval))?|author'?s?’? contributions|data availability(?: statement)?|abbreviations|how to cite this article|correspondence|received|citation)"
)
_MARK = re.compile(r"[\s\ufeff]*(?:#{1,6}\s+|>\s+)?(?:\*\*|__|\*|_)?")
_NUMBER = re.compile(
    r"(?:\(?(?:\d{1,2}(?:\.\d{1,2})*|[IVX]{1,5}|[A-H])[.)](?!\d)|\d{1,2}(?:\.\d{1,2})*(?= [A-Z])|[■●•▪])\s*"
)
_RUNS = re.compile(
    r"([A-Z][A-Za-z'’&/ -]{2,48}?(?: \d{1,2})?)\s*(?:\*\*|__)?\s*(?:(:)|(\.)|([—–]|-(?= )))(?:\*\*|__|\*|_)?\s*(?=\S)"
)
_LEGEND = re.compile(
    r"[\s\ufeff]*(?:#{1,6}\s+)?(?:\*\*|__|\*)?\s*(?:supplement(?:ary|al)\s+|online\s+|extended\s+data\s+)?"
    r"(?P<what>fig(?:ure|ures|s)?\.?|table|video|image|scheme|panel|box|chart)\s*(?:no\.?\s*)?"
    r"(?P<number>[A-Z]?\d{1,2}|[IVX]{1,4})(?P<panel>[A-Za-z]?(?:\s?[-–,]\s?[A-Za-z])?)\s*(?P<after>(?:\*\*|__|\*)?\s*(?:[.:|)—–-]|$|(?=\s*[A-Z(\[“\"*])))",
    re.IGNORECASE,
)  # fmt: skip
_VERBS = re.compile(
    r"(?:\*\*|__|\*)?\s*\(?(?:shows?|showed|demonstrat|illustrat|depict|present(?:s|ed)\b|reveal|summari[sz]|lists?\b|gives?|is\b|are\b|was\b|were\b|and\b|to\b|provides?|displays?|reports?\b|indicat|describ|compar|contain|in\b|of\b|for\b|with\b|highlights?\b|represents?)"
)
_NUMBERED = re.compile(
    r"(?:Case|Patient|CASE|PATIENT)(?: (?:no\.? ?|number ))? ?#?(?:\d{1,2}|[IVX]{1,4}|[A-H])\b(?=\s*[:.(–—-])"
)
_COUNTED = re.compile(r"(?i)(?:case|patient) ?(?:\d{1,2}|[IVX]{1,4}|[A-H])")
_LINE = re.compile(r"[^\n]+")


def lines(text: str, first: int = 0, last: int | None = None) -> Iterator[tuple[int, int]]:
    """Start and end of every line that has words, without the space around them."""
    for found in _LINE.finditer(text, first, len(text) if last is None else last):
        words = found.group().strip("\ufeff \t\r\f\v\u00a0\u3000")
        if words.strip():
            start = found.start() + found.group().index(words)
            yield start, start + len(words)


def named(words: str) -> tuple[Kind, str] | None:
    """Kind and key of the section that a heading of these words opens.

    >>> named("CASE REPORT"), named("Materials and Methods"), named("Nothing")
    (('case', 'case'), ('discussion', 'methods'), None)
    """
    plain = _plain(words)
    if not 2 < len(plain) <= 80:
        return None
    return next(((kind, key) for kind, key, pattern in _KNOWN if pattern.fullmatch(plain)), None)


def is_minor(words: str) -> bool:
    """Is a heading of a case one that other sections have, too?

    >>> is_minor("Treatment"), is_minor("Case report")
    (True, False)
    """
    return _MAJOR.fullmatch(_plain(words)) is None


def is_numbered(words: str) -> bool:
    """Does a heading begin what is told of one of several patients: Case 1?"""
    return _COUNTED.fullmatch(words.strip(" :.*_#")) is not None


def _plain(words: str) -> str:
    return re.sub(r"[\s*_#]+", " ", words).strip(" :.-–—|").lower()


def headings(text: str) -> list[Heading]:
    """The headings of a text, in order. Legends are not among them.

    >>> [(h.kind, h.told, h.alone) for h in headings("2. Case Report" + chr(10) + "DISCUSSION: It is rare.")]
    [('case', 'Case Report', True), ('discussion', 'DISCUSSION', False)]
    """
    found = []
    for start, end in lines(text):
        if (one := _heading(text, start, end)) is not None:
            found.append(one)
    return found


def _heading(text: str, start: int, end: int) -> Heading | None:
    line = text[start : min(end, start + 160)]
    mark = _MARK.match(line)
    at = mark.end() if mark else 0
    if number := _NUMBER.match(line, at):
        at = number.end()
    told = line[at:].strip(" *_:#|")
    if (
        end - start < 120
        and told
        and (told[0].isupper() or "#" in line[:at] or told[1:3] in ("st", "nd", "rd"))
        and not told.endswith((",", ";"))
    ):
        bare = re.sub(r"\s*[:.]\s*$", "", told)
        if (known := named(bare)) is not None:
            return Heading(start, end, *known, bare, True, known[0] == "case" and is_minor(bare))
        # "Case 2: the brother", "Patient 1 (II-3)": numbered, and then words of their own
        if len(told) < 80 and not told.endswith(".") and (numbered := _NUMBERED.match(told)):
            return Heading(start, end, "case", "case", numbered.group(), True)
    run = _RUNS.match(line, at)
    if (
        run
        and _RUN_IN.fullmatch(run[1].strip().lower())
        and (run[2] or run[1].isupper() or "*" in line[:at] or _COUNTED.fullmatch(run[1].strip()))
    ):
        known = named(run[1])
        minor = known is not None and known[0] == "case" and is_minor(run[1])
        return known and Heading(start, start + run.end(), *known, run[1].strip(), False, minor)
    return None


def legend(text: str, start: int, end: int) -> tuple[str, str] | None:
    """Key and title of the figure or table whose legend a line begins; None for a sentence on a figure.

    >>> legend("FIGURE 2: A scan", 0, 16), legend("Figure 2 shows a scan.", 0, 22)
    (('fig2', 'Figure 2'), None)
    """
    found = _LEGEND.match(text, start, min(end, start + 80))
    if not found or (not found["after"].strip(" *_") and _VERBS.match(text[found.end() : end].lower())):
        return None
    what = found["what"].rstrip(".").lower()
    what = "figure" if what.startswith("fig") else what
    if what in ("panel", "box", "chart", "image", "scheme", "video") and not found["after"].strip(" *_"):
        return None
    key = ("fig" if what == "figure" else what) + found["number"].lower()
    return key, f"{what.capitalize()} {found['number']}"
