"""What was measured, and how much was found? Printed values with their analyte, unit, comparator and reference range.

Of the numbers that may be values (`kg.mentions.printed`), each paired with its analyte (`kg.mentions.pairing`), those are
values that have a unit which only a laboratory uses; another unit, or none, makes a value only right beside a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from kg.articles.article import Article, Confidence, Mention
from kg.mentions.analytes import HEAD, Known, analyte_concept, known_names
from kg.mentions.namelist import Place
from kg.mentions.numerals import JOIN, bounds, decimal, sign, ucum
from kg.mentions.pairing import paired
from kg.mentions.printed import Printed, printed
from kg.model.anchors import Sentence

__all__ = ["Measured", "measured"]


@dataclass(frozen=True, slots=True)
class Measured(Mention):
    """A value as printed, with its comparator and unit.

    analyte: where its name stands; concept and label: what casekg calls it, "" for none of its terms; value: the
    number, a decimal point in it; most: the other end of a span (70-80 %), the lower figure of a pressure or the
    denominator of a score; unit_printed, and unit: its UCUM code or "" when it cannot be read; reference: where the
    range stands that the text gives beside it, low and high: its two ends, "" for an open one; tail: words after a list
    that belong to every value ("of the predicted value").
    """

    analyte: Place | None = None
    concept: str = ""
    label: str = ""
    value: str = ""
    most: str = ""
    comparator: str = ""
    unit_printed: str = ""
    unit: str = ""
    reference: Place | None = None
    tail: Place | None = None
    low: str = ""
    high: str = ""


def measured(article: Article, sentences: Iterable[Sentence]) -> tuple[Measured, ...]:
    """The values that these sentences print, in order.

    >>> article = Article.plain("ESR and CPK were 3 mm/h and 86 UI/L, respectively (normal range, 0-15).")
    >>> [(article.text[slice(*m.analyte)], article.quote(m), m.value, m.unit) for m in measured(article, article.sentences)]
    [('ESR', '3 mm/h', '3', 'mm/h'), ('CPK', '86 UI/L', '86', '[IU]/L')]
    """
    return tuple(one for sentence in sentences for one in _in(article.text, sentence))


_LISTED = re.compile(r"\s?(?:,|,? (?:and|or|then)|/)\s?")
_SHOWN = ("known", "behind", "again", "respectively")


def _in(text: str, sentence: Sentence) -> list[Measured]:
    if not re.search(r"\d|\bstage [IV]", text[sentence.start : sentence.end]):
        return []
    some = printed(text, sentence)
    if not some:
        return []
    known = [
        (a, b, bare)
        for a, b, bare in known_names(text, sentence.start, sentence.end)
        if not any(one.start <= a and b <= one.end for one in some if one.sort != "bare")
    ]
    some = [one for one in some if one.sort != "bare" or not any(a <= one.start and one.end <= b for a, b, _ in known)]
    paired(text, sentence.start, sentence.end, some, known)
    line = _Line(text, sentence, known)
    kept = [one for one in some if _FITS[one.sort](line, one)]
    for one, after in reversed(list(pairwise(some))):  # 4.5, 7.8 and 8.1 U/L; 1,250 and 980 U/L
        listed = after in kept and after.sort in ("bare", "ratio", "lab") and one.sort == "bare" and one not in kept
        if listed and one.analyte and _LISTED.fullmatch(text, one.edge, after.start):
            kept.append(one)
    return [_made(line, one) for one in sorted(kept, key=lambda one: one.start)]


# ---- which of them are values -------------------------------------------------------------

_SCORED = re.compile(
    r"(?i)(?:score|index|ratio|scale|status|grade|INR|pH|z-score|T-score|titer|level|count|fraction|SUV\w*)s?$"
)
_SCORES = re.compile(
    r"[\s,:=(–-]*(?:(?:was|were|is|of|at|to|from|increased|decreased|rose|fell|dropped|improved|remained|scores?|scored|levels?|value|index|ratio|count|grade|calculated|about|as|had|been|only|\)|an?|total|low|high|elevated|reduced|the|measured|by|using"
    r"|measured by [\w-]+|in|on admission|initially)[\s,:=(]*)*"
)
_LENGTHS = re.compile(
    r"(?i)dimension|height|TAPSE|circumference|valve area|orifice|LV\w+|septum|septal|wall|excursion|\bleft atri|aortic root|ventric|thickness$|Breslow|axial|macular|corneal|visual|elevation|depression|walk|sedimentation|end-(?:dia|sy)stolic|index$|^ESR$|^length$|^tall$"
)
_NO_PERCENT = re.compile(
    r"\s?(?:of (?:the )?(?:patients|cases|all|reported)|saline|sodium|dextrose|glucose|lidocaine|confidence|CI\b|chance|risk of|solution|oxygen|albumin|alcohol|\(v|w/v)"
)
_FLUID = re.compile(r"\s(?:of\s)?(?:oxygen|O2|saline|fluids?|normal|crystalloid|blood\b)")
_COUNTED = re.compile(
    r"(?i)[\s-]?(?:days?|weeks?|months?|years?|hours?|minutes?|mg|times|patients|cases|:\d|doses?|cycles|units?)\b|-\w"
)
# What follows a value of a list without units: "sodium 135, potassium: 4.2", "CRP of 120 and ESR of 80 were found".
_ENDED = re.compile(r"\s?(?:[,;.)]|$)|\s(?:and|with|was|were|is|on|at|in|but|which|when|after|before|or|O[DSU])\b")
# Units that make a value only of some names, or behind some words: unit, name, words before.
_OWN_UNITS = tuple(
    (re.compile(unit), re.compile(rf"(?i){name}"))
    for unit, name in (
        (r"years", r"(?!)"),
        (r"min(?:utes?)?", r"(?:bleeding|clotting|coagulation|lysis) time$"),
        (r"(?:cm|mm|m|µm|μm)[23²]?", _LENGTHS.pattern),  # sizes of lesions are no values
    )
)


@dataclass(slots=True)
class _Line:
    """A sentence with the names of analytes in it."""

    text: str
    sentence: Sentence
    known: list[Known]

    def name(self, one: Printed) -> str:
        return self.text[slice(*one.analyte)] if one.analyte else ""

    def before(self, one: Printed) -> str:
        return self.text[self.sentence.start : one.start]

    def after(self, one: Printed) -> str:
        return self.text[one.end : min(self.sentence.end, one.end + 40)]

    def between(self, one: Printed) -> str | None:
        """What stands between a value and its analyte; None where it has none, or one that is far away."""
        if one.analyte is None:
            return None
        a, b = one.analyte
        gap = self.text[b : one.start] if b <= one.start else self.text[one.end : a]
        return gap if len(gap) < 60 else None

    def close(self, one: Printed) -> bool:
        return self.between(one) is not None


def _always(_line: _Line, _one: Printed) -> bool:
    return True


def _part(line: _Line, one: Printed) -> bool:
    words = one.match.group()
    return (
        re.search(r"mm|cm|grade", words) is not None
        or (one.how in _SHOWN and not re.search(r"\d{4}", words))
        or re.search(r"(?i)pressure|BP|strength|power|acuity|murmur|score|scale|grade", line.name(one)) is not None
    )


def _plus(line: _Line, one: Printed) -> bool:
    return one.how in ("known", "behind", "again") and line.close(one)


def _titre(line: _Line, one: Printed) -> bool:
    around = line.before(one)[-60:] + line.after(one)[:15]
    told = re.search(r"(?i)tit(?:er|re)s?|dilution|antibod|positive", around)
    return one.how in ("known", "again") or told is not None


def _grade(line: _Line, one: Printed) -> bool:
    words = one.match.group()
    adverse = re.match(r"(?i)grade\s\d$", words) and re.match(r"\s[a-z]{6,}", line.after(one))  # of an adverse event
    return re.search(r"\d", words) is not None and not adverse


def _ratio(line: _Line, one: Printed) -> bool:
    unit = one.match["ratio"]
    dosed = re.search(rf"(?:{JOIN})(?:kg|day|d|week|dose|m2|m²|h|hr|hour)$", unit)
    if dosed and one.how not in ("known", "behind", "respectively"):
        return HEAD.search(line.name(one)) is not None
    if re.match(r"(?i)L\s?/\s?min", unit):  # oxygen given, no cardiac output
        return one.how == "known" and not re.search(r"\b(?:on|with|via|by|at)\s$", line.before(one))
    return not re.match(r"(?i)\s(?:of\s)?(?:solution|saline|dextrose)", line.after(one))


def _percent(line: _Line, one: Printed) -> bool:
    after = line.after(one)
    if _NO_PERCENT.match(after):
        return False
    if re.match(r"\s?(?:of )?(?:the )?predicted", after) and one.how in (*_SHOWN, "phrase"):
        return True
    return line.close(one) or one.how == "behind"


def _weak(line: _Line, one: Printed) -> bool:
    if one.percent:
        return _percent(line, one)
    unit, name, before, after = one.match["weak"], line.name(one), line.before(one), line.after(one)
    if _FLUID.match(after):
        return False
    for its, names in _OWN_UNITS:
        if its.fullmatch(unit):
            return line.close(one) and names.search(name) is not None
    if one.how in _SHOWN and line.close(one):
        return True
    if re.fullmatch(r"kg|g|grams?|kilograms?|lb|lbs|pounds", unit):
        return re.search(r"(?i)weigh|lost|loss|gain", before[-40:] + name) is not None
    if re.fullmatch(r"(?:seconds?|sec|s)", unit):
        return re.search(r"(?i)prothrombin|thromboplastin|PTT?\b|clotting|bleeding|refill", before[-60:]) is not None
    if re.fullmatch(r"mL|ml|cc|L|l|liters?|litres?", unit) and before.endswith("(") and after.startswith(")"):
        return one.analyte is not None
    return HEAD.search(name) is not None and line.close(one)


def _bare(line: _Line, one: Printed) -> bool:
    gap, name, after = line.between(one), line.name(one), line.after(one)
    if gap is None or one.analyte is None:
        return False
    if one.how == "behind":
        return True
    if _COUNTED.match(after) or re.fullmatch(r"(?:19|20)\d\d", one.match.group()):
        return False
    names = [bare for a, b, bare in line.known if a < one.analyte[1] and one.analyte[0] < b]
    if names and ((one.reference and _SCORES.fullmatch(gap)) or (gap == ", " and after.startswith(";"))):
        return True
    if any(names) or _SCORED.search(name) or re.match(r"\s(?:ratio|index|score|grade)\b", gap):
        return one.how == "again" or _SCORES.fullmatch(gap) is not None
    # The value of a name that has units, in a list without them.
    beside = re.fullmatch(r"\s?[:=–-]\s?|\s(?:of\s|was\s|is\s|were\s)?", gap)
    return bool(names) and beside is not None and _ENDED.match(after) is not None


_FITS: dict[str, Callable[[_Line, Printed], bool]] = {
    "tnm": _always, "lab": _always, "pressure": _part, "part": _part, "plus": _plus, "titer": _titre, "grade": _grade,
    "ratio": _ratio, "weak": _weak, "bare": _bare,
}  # fmt: skip


# ---- out ----------------------------------------------------------------------------------

_POINTS = re.compile(r"(?i)scores?$|scale|grade|strength|MRC|GCS|Rankin|PASI|SLEDAI|status$|Apgar")
_PREDICTED = re.compile(r"[^.;]{0,120}?\b(of (?:the )?predicted(?: values?| normal)?|predicted)\b")
_MEMBERS = re.compile(r"(?:[\s,]*(?:and\s)?[A-Za-z][\w/ -]{0,40}?\s?\(?\d+(?:[.,]\d+)?\s?%\)?)*[\s,(]*")


def _made(line: _Line, one: Printed) -> Measured:
    text, match = line.text, one.match
    value = most = compared = unit = ""
    if one.sort in ("ratio", "lab", "weak"):
        value, most, compared = _signed(match["sign"], match["num"]), match["most"] or "", match["cmp"] or ""
        unit = match[one.sort].strip()
    elif one.sort == "bare":
        value, most, compared = _signed(match["bsign"], match["bnum"]), match["bmost"] or "", match["bcmp"] or ""
    elif one.sort != "tnm":
        numbers = re.findall(r"\d+", match.group())
        value, most = (numbers[0] if numbers else ""), (numbers[1] if len(numbers) == 2 else "")
        letters = re.search(r"[a-zA-Z][\sa-zA-Z]*$", match.group())
        unit = letters.group().strip() if letters and one.sort == "pressure" else ""
    code = ucum(unit, value)
    tail = _PREDICTED.match(text, one.end, line.sentence.end) if one.percent and code == "%" else None
    if tail and _MEMBERS.fullmatch(text, one.end, tail.start(1)):  # only members of the same list stand between
        code = "%{predicted}"
    else:
        tail = None
    concept, label = analyte_concept(line.name(one), code) if one.analyte else ("", "")
    if not code and one.sort in ("part", "grade", "bare") and _POINTS.search(line.name(one)):
        code = "{score}"
    sure = one.how in ("known", "respectively") and one.sort in ("ratio", "lab", "pressure")
    confidence: Confidence = "high" if sure else "medium" if one.analyte else "low"
    return Measured(
        one.start, one.end, f"value-{one.how or one.sort}", confidence, one.analyte, concept, label, decimal(value), decimal(most),
        sign(compared), unit, code, one.reference, tail.span(1) if tail else None, *bounds(text, one.reference),
    )  # fmt: skip


def _signed(minus: str | None, number: str) -> str:
    return ("-" if minus and minus in "-–−" else "") + number
