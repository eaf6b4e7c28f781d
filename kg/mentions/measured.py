"""What was measured, and how much was found? Printed values with their analyte, unit, comparator and reference range.

Numbers are read with what stands beside them: a unit that only a laboratory uses makes a value; a bare number is one
only right behind a name of which values have no unit. Doses are not values (`kg.mentions.medication`), nor are the
numbers of a reference range; a range belongs to the value before it. Values are paired with analytes by what stands
between them: "A was V", "A (V)", "V A", "A and B (V and W, respectively)", "A V, B W, and C X of the predicted value".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from kg.articles.article import Article, Confidence, Mention
from kg.mentions.analytes import HEAD, analyte_concept, known_names, phrase
from kg.mentions.drugnames import DrugName, drugs
from kg.mentions.medication import amounts
from kg.mentions.numerals import BESIDE, JOIN, QUANTITY, REFERENCE, bounds, decimal, sign, ucum
from kg.model.anchors import Sentence

__all__ = ["Measured", "Place", "measured"]

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Measured(Mention):
    """A value as printed, with its comparator and unit.

    analyte: where its name stands; concept and label: what casekg calls it, "" for none of its terms; value: the
    number, a decimal point in it; most: the other end of a span (70-80 %), the lower figure of a pressure or the
    denominator of a score; unit_printed, and unit: its UCUM code or "" when it cannot be read; reference: where the
    range stands that the text gives beside it, low and high: its two ends, "" for an open one; tail: words after a list that belong to every value ("of the
    predicted value").
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
    return tuple(one for sentence in sentences for one in _Line(article.text, sentence).read())


@dataclass(slots=True)
class _Quantity:
    start: int
    end: int
    sort: str  # pressure, tnm, titer, ratio, lab, weak, grade, part, plus, bare
    match: re.Match[str]
    reference: Place | None = None
    analyte: Place | None = None
    how: str = ""

    @property
    def percent(self) -> bool:
        return self.sort == "weak" and (self.match["weak"] or "").startswith(("%", "per"))


_SCORED = re.compile(
    r"(?i)(?:score|index|ratio|scale|status|grade|INR|pH|z-score|T-score|titer|level|count|fraction|SUV\w*)s?$"
)
_SCORES = re.compile(
    r"[\s,:=(–-]*(?:(?:was|were|is|of|at|to|from|increased|decreased|rose|fell|dropped|improved|remained|scores?|scored|levels?|value|index|ratio|count|grade|calculated|about|as|had|been|only|\)|an?|total|low|high|elevated|reduced|the|measured|by|using"
    r"|measured by [\w-]+|in|on admission|initially)[\s,:=(]*)*"
)
_LENGTHS = re.compile(
    r"(?i)dimension|height|TAPSE|circumference|valve area|orifice|LV\w+|septum|septal|wall|excursion|\bleft atri|aortic root|ventric|thickness$|Breslow|axial|macular|corneal|visual|elevation|depression|walk|sedimentation|^ESR$|^length$"
)
_POINTS = re.compile(r"(?i)scores?$|scale|grade|strength|MRC|GCS|Rankin|PASI|SLEDAI|status$|Apgar")
# Numbers of figures, references and versions.
_NO_NUMBER = re.compile(
    r"(?i)(?:\b(?:fig(?:ure|s)?\.?|tables?|case|patient|ref(?:erence)?s?\.?|no\.|number|type|grade|chromosome|exon|codon|section|panel|version|level|lead|leads|segment|zone|station|day|week|month|trimester|room|cycle|step|phase|question|item|gravida|para)\s|\[)[\u200b\s(]*$"
)
# A name behind its value: "94% neutrophils", "grade 5 on the Medical Research Council Scale".
_BEHIND = re.compile(r"\s(?:of (?:the |her |his )?(?:\w+ )?)?|\s(?:were|was|are) ")
_ON_SCALE = re.compile(r"\)?\s(?:points?\s)?(?:on|based on|according to|by)\s(?:the\s|a\s|an\s)?(?:\w+\s){0,2}")
_NARROWED = re.compile(r"\s(?:\w+\s)?((?:stenos[ie]s|occlusion|narrowing|obstruction|positivity|cellularity|blasts))\b")
# What a grade or stage is of: "grade 2/6 systolic murmur", "stage 3 chronic kidney disease".
_GRADED = re.compile(
    r"\s((?!(?:and|with|on|of|at|in|by|was|were|is|for|to|or|according|based|which|after|before)\b)[A-Za-z][\w-]*(?:\s(?!(?:and|with|on|of|at|in|by|was|were|is|for|to|or|which|after|before|that|who|had|has|presented)\b)[a-z][\w-]*){0,4})"
)
_NEXT = re.compile(r"\s?(?:,|,? (?:and|or|then)|/)\s?")
_ABBREVIATION = re.compile(r"\s(?!I+V?\s)([A-Z]\w*[A-Z0-9]\w*)\s?[:=]?\s$")
_COLLECTED = re.compile(r"(?i)\b(?:24[- ]?h(?:ou)?r?s?|urin\w+|excret\w+|collection)\b")
_TITRE = re.compile(r"(?i)(?:antibody\s)?tit(?:er|re)s?")
_STAGED = re.compile(r"\b(?:stag(?:e|ed|ing)|TNM|classified)\b")
_CELLS = re.compile(
    r"(?i)(?:leu[kc]ocytes|lymphocytes|neutrophils|red blood cells|white blood cells|red cells|white cells|pus cells|WBCs?|RBCs?|mitos[ei]s|polymorphs|eosinophils|platelets)(?=\s?(?:/|per))"
)


class _Line:
    """A sentence being read."""

    def __init__(self, text: str, sentence: Sentence) -> None:
        self.text, self.start, self.end = text, sentence.start, sentence.end
        self.sentence = sentence

    def read(self) -> list[Measured]:
        if not re.search(r"\d|\bstage [IV]", self.text[self.start : self.end]):
            return []
        quantities = self._quantities()
        if not quantities:
            return []
        self.known = [
            (a, b, bare)
            for a, b, bare in known_names(self.text, self.start, self.end)
            if not any(q.start <= a and b <= q.end for q in quantities if q.sort != "bare")
        ]
        quantities = [
            q
            for q in quantities
            if not (q.sort == "bare" and any(a <= q.start and q.end <= b for a, b, _ in self.known))
        ]
        self._pair(quantities)
        kept = [q for q in quantities if self._is_value(q)]
        for q, after in reversed(list(pairwise(quantities))):  # 4.5, 7.8 and 8.1 U/L; 1,250 and 980 U/L
            listed = _NEXT.fullmatch(self.text, self._edge(q), after.start) and after.sort in ("bare", "ratio", "lab")
            if q.sort == "bare" and q not in kept and after in kept and listed and q.analyte:
                kept.append(q)
        return [self._made(q) for q in sorted(kept, key=lambda q: q.start)]

    # -- which numbers --------------------------------------------------------------------

    def _quantities(self) -> list[_Quantity]:
        text = self.text
        ranges = [m.span() for m in REFERENCE.finditer(text, self.start, self.end) if self._is_range(m)]
        given = drugs(text, self.sentence)
        doses = [both for _, often, both in amounts(text, self.sentence) if self._is_dose(both, bool(often), given)]
        found: list[_Quantity] = []
        at = self.start
        while match := QUANTITY.search(text, at, self.end):
            start, end = match.span()
            end -= len(match.group()) - len(match.group().rstrip())
            at = match.end()
            sort = match.lastgroup or ""
            sort = next(
                (
                    s
                    for s in ("pressure", "tnm", "titer", "ratio", "lab", "weak", "grade", "part", "plus", "bare")
                    if match[s]
                ),
                sort,
            )
            if sort == "pressure" and not re.search(r"[A-Za-z]$", match.group()):
                sort = "part"  # without its unit it may be a score
            if any(a < end and start < b for a, b in doses) or (
                match["bare"] and _NO_NUMBER.search(text[max(self.start, start - 24) : start])
            ):
                continue
            if any(
                re.fullmatch(r"\s(?:\w+\s)?", text[end : one.start])
                for one in given
                if one.start >= end and match["weak"] == "%"
            ):
                continue  # a concentration
            beside = BESIDE.match(text, end, self.end)
            covering = next(((a, b) for a, b in ranges if a < end and start < b), None)
            if covering:
                if found and found[-1].reference is None and not re.search(r"[.;]", text[found[-1].end : covering[0]]):
                    found[-1].reference = covering
                at = max(at, covering[1])
                continue
            one = _Quantity(start, end, sort, match)
            if beside and sort in ("ratio", "lab", "weak", "bare") and not re.search(r"%", beside.group()):
                one.reference = (
                    beside.start() + len(beside.group()) - len(beside.group().lstrip(" ([")),
                    beside.end() - 1,
                )
                at = beside.end()
            found.append(one)
        return found

    def _is_range(self, match: re.Match[str]) -> bool:
        """ "normal 6.9 mmol" is a value called normal; "normal < 8", "normal, 1.1-7.3" and "normal range 5" are ranges."""
        words = match.group()
        if re.match(
            r"(?i)(?:normal|range|n|rr|nr)\b\.?[\s,:=(]*(?:of |is |was |from |between )*[~]?\d[\d.,]*(?!\s?(?:-|–|—|−|to\b|±|\+/)|[\d.,])",
            words,
        ):
            return False
        if re.match(r"(?:N|RR|NR)\b", words) and not re.match(r"(?:N|RR|NR)\s?[:=<>,]", words):
            return False
        if re.match(r"(?i)range", words) and self.text[: match.start()].rstrip()[-1:] not in "([,;":
            return False
        return not re.match(r"(?i)(?:n|rr|nr)\b", words) or words[0].isupper()

    def _is_dose(self, place: Place, often: bool, given: list[DrugName]) -> bool:
        """An amount with how often, beside a drug, or behind the word dose."""
        lead = self.text[max(self.start, place[0] - 45) : place[0]]
        if often and re.search(r"(?:g|IU|UI|U|units?)(?:/kg|/m2|/d|/day)?[\s,]", self.text[slice(*place)]):
            return True
        if re.search(r"(?i)\b(?:dos(?:es?|ages?|ing)|taper\w*)\b[^,;.]*$", lead):
            return True
        for one in given:
            gap = self.text[one.end : place[0]] if one.end <= place[0] else self.text[place[1] : one.start]
            if one.end <= place[0]:
                near = len(gap) < 45 and not re.search(r"[;]|\b(?:showed|revealed|levels?|was found)\b", gap)
                if near and not (one.kind in ("class", "cue") and re.search(r"\b(?:was|were)\b", gap)):
                    return True
            elif re.fullmatch(r"\s(?:of\s)?(?:[\w-]+\s){0,3}", gap):
                return True
        return False

    # -- which analyte --------------------------------------------------------------------

    def _pair(self, quantities: list[_Quantity]) -> None:
        for n, q in enumerate(quantities):
            before = quantities[n - 1] if n else None
            edge = self._edge(before) if before else self.start
            self._one(q, before, edge)
        for found in re.finditer(r"\brespectively\b", self.text[self.start : self.end]):
            self._respectively(quantities, self.start + found.start())

    def _edge(self, q: _Quantity) -> int:
        return max(q.end, q.reference[1] if q.reference else 0)

    def _one(self, q: _Quantity, before: _Quantity | None, edge: int) -> None:
        text = self.text
        if q.sort == "tnm":
            staged = list(_STAGED.finditer(text, max(edge, q.start - 60), q.start))
            q.analyte, q.how = (staged[-1].span(), "known") if staged else (None, "")
            return
        if cells := _CELLS.search(text, q.start, q.end):  # 6 red blood cells/µL
            q.analyte, q.how = cells.span(), "inside"
            return
        direct = any(
            edge <= a
            and b <= q.start
            and q.start - b < 12
            and not re.search(r"\b(?:with|including|and)\b|,\s$", text[b : q.start])
            for a, b, _ in self.known
        )
        if not direct and (q.percent or q.sort in ("part", "plus", "ratio")):
            after = next(((a, b) for a, b, _ in self.known if a >= q.end and _BEHIND.fullmatch(text, q.end, a)), None)
            before_it = any(edge <= a and b <= q.start for a, b, _ in self.known)
            if after and not (before_it and re.search(r"\bin\s(?:\w+\s)?$", text[edge : q.start])):
                q.analyte, q.how = after, "behind"
                return
        if q.sort == "weak" and _COLLECTED.search(text, self.start, q.start):
            whose = next(((a, b) for a, b, _ in self.known if a >= q.end and text[q.end : a] == " of "), None)
            if whose:  # 24-hour urine: 2.1 g of protein
                q.analyte, q.how = whose, "behind"
                return
        if (
            q.sort == "plus"
            and (what := re.compile(r"\s([a-z]+)(?=[\s,.;)]|$)").match(text, q.end, self.end))
            and not direct
        ):
            q.analyte, q.how = what.span(1), "behind"
            return
        if not direct and q.sort == "ratio" and (cells := re.match(r"\S+\s?(cells)(?=/)", text[q.start : q.end])):
            q.analyte, q.how = (q.start + cells.start(1), q.start + cells.end(1)), "inside"
            return
        if q.percent and (narrow := _NARROWED.match(text, q.end, self.end)):
            q.analyte, q.how = narrow.span(1), "behind"
            return
        if q.sort == "grade" and (own := next(((a, q.start) for a, b, _ in self.known if a < q.start < b), None)):
            q.analyte, q.how = (own[0], own[1] - 1), "known"  # MRC grade 4/5
            return
        if not direct and q.sort == "grade" and (graded := _GRADED.match(text, q.end, self.end)):
            q.analyte, q.how = graded.span(1), "behind"
            return
        if not direct and q.sort in ("part", "grade", "bare"):
            after = next(((a, b) for a, b, _ in self.known if a >= q.end and _ON_SCALE.fullmatch(text, q.end, a)), None)
            scale = re.compile(
                _ON_SCALE.pattern
                + r"((?:[A-Z][\w-]*\s){1,5}(?:\w+\s)?(?:[Ss]cale|[Ss]core|[Ii]ndex|[Ss]creening|[Gg]rading|[Cc]lassification))"
            ).match(text, q.end, self.end)
            if after or scale:
                q.analyte, q.how = after or scale.span(1), "behind"  # type: ignore[union-attr]
                return
        seg = text[edge : q.start]
        if (
            q.sort == "bare"
            and before is not None
            and before.analyte
            and re.match(r"[\s,]*(?:and\s)?(?:at|after|on|by|in)\b(?!.*\b(?:and|to)\s$)", seg)
        ):
            return
        if (
            before is not None
            and before.analyte
            and re.fullmatch(
                r"(?:\sO[DSU])?[\s,)\]]*(?:\(|\[|to|and(?: then)?(?: (?:to|increased to|decreased to))?|–|-|from|followed by|then|or|/|;|→|before[^,;.]{0,40}?(?:and|to)|after[^,;.]{0,40}?(?:and|to)|at[^,;.]{0,30}?(?:and|to)|in[^,;.]{0,30}?(?:and|to)|(?:on|by) (?:day|postoperative)[^,;.]{0,30})?[\s(\[]*(?:to )?",
                seg,
            )
        ):
            q.analyte, q.how = before.analyte, "again"
            return
        if (
            before is not None
            and before.analyte
            and q.sort == before.sort == "part"
            and len(seg) < 60
            and not any(edge <= a and b <= q.start for a, b, _ in self.known)
            and not re.search(r"[;.]|\bof\b", seg)
        ):
            q.analyte, q.how = before.analyte, "again"
            return
        known = [(a, b) for a, b, _ in self.known if a >= edge and b <= q.start]
        if len(known) > 1 and re.search(r"\b(?:by|using|via)\s$", text[edge : known[-1][0]]):
            known.pop()  # saturation by pulse oximetry
        if known:
            a, b = known[-1]
            if short := _ABBREVIATION.search(text, b, q.start):  # hemoglobin electrophoresis showed HbS 82 %
                a, b = short.span(1)
            gap = text[b : q.start]
            if len(gap) <= 70 and (re.fullmatch(r";\s", gap) or not re.search(r"[;]|\.\s", gap)):
                q.analyte, q.how = self._widened(a, b, edge), "known"
                return
        if named := phrase(self.text, edge, q.start):
            q.analyte, q.how = named, "phrase"
        elif before is not None and before.analyte and len(seg) < 60 and not re.search(r"[;.]", seg):
            q.analyte, q.how = before.analyte, "again"

    def _widened(self, start: int, end: int, edge: int) -> Place:
        """The analyte with a word before it that makes it another one: serum, urine, mean; a titre with what it is of."""
        if _TITRE.fullmatch(self.text, start, end) and (of := phrase(self.text, edge, start)):
            return (of[0], end) if self.text[of[1] : start].isspace() else of
        lead = re.search(
            r"(?i)\b(?:serum|plasma|urine|urinary|total|free|direct|mean|CSF|blood|fasting|random|left ventricular|right ventricular|systolic|diastolic|24-hour urine)\s$",
            self.text[edge:start],
        )
        return (edge + lead.start() if lead else start, end)

    def _respectively(self, quantities: list[_Quantity], place: int) -> None:
        """Pair the values before "respectively" with as many names before them, in order."""
        group: list[_Quantity] = []
        for q in reversed(
            [q for q in quantities if (q.end <= place and q.sort != "bare") or (q.end <= place and q.sort == "bare")]
        ):
            if not group:
                if place - self._edge(q) > 40:
                    return
                group.append(q)
                continue
            gap = self.text[self._edge(q) : group[0].start]
            if re.fullmatch(
                r"\s?(?:(?:of )?(?:the )?predicted(?: values?)?)?[\s,)]*(?:and|or|to|,)?\s*(?:to\s)?(?:\()?", gap
            ):
                group.insert(0, q)
            else:
                break
        nested = [q for q in group if re.search(r"\(\s?$", self.text[self.start : q.start]) and q is not group[0]]
        main = [q for q in group if q not in nested]
        if len(main) < 2:
            return
        names = self._names(main[0].start, quantities)
        if len(names) < len(main):
            return
        for q, name in zip(main, names[-len(main) :], strict=True):
            q.analyte, q.how = name, "respectively"
        for q in nested:
            owner = next((m for m in reversed(main) if m.end <= q.start), None)
            if owner:
                q.analyte, q.how = owner.analyte, "respectively"

    def _names(self, end: int, quantities: list[_Quantity]) -> list[Place]:
        """Names before a group of values: known ones, one for each with its abbreviation; else the parts of the list."""
        start = max([self._edge(q) for q in quantities if q.end < end and q.sort != "bare"], default=self.start)
        names: list[Place] = []
        for a, b, _ in self.known:
            if a < start or b > end:
                continue
            if names and re.fullmatch(r"\s?\(", self.text[names[-1][1] : a]):
                names[-1] = (names[-1][0], b)
                continue
            names.append((a, b))
        if len(names) > 1:
            return names
        stop = phrase(self.text, start, end)
        last = stop[1] if stop else end
        pieces: list[Place] = []
        at = start
        for cut in [*re.finditer(r",\s*(?:and\s)?|\s(?:and|or)\s", self.text[start:last]), None]:
            upto = start + cut.start() if cut else last
            if piece := phrase(self.text, at, upto):
                pieces.append(piece)
            at = start + cut.end() if cut else upto
        return pieces

    # -- which of them are values ---------------------------------------------------------

    def _is_value(self, q: _Quantity) -> bool:
        text = self.text
        before, after = text[self.start : q.start], text[q.end : min(self.end, q.end + 40)]
        if q.sort == "tnm":
            return True
        if q.sort in ("pressure", "part"):
            known = q.how in ("known", "behind", "again", "respectively")
            if re.search(r"mm|cm|grade", q.match.group()):
                return True
            name = text[slice(*q.analyte)] if q.analyte else ""
            return (known and not re.search(r"\d{4}", q.match.group())) or bool(
                re.search(r"(?i)pressure|BP|strength|power|acuity|murmur|score|scale|grade", name)
            )
        if q.sort == "plus":
            return q.how in ("known", "behind", "again") and self._close(q)
        if q.sort == "titer":
            return q.how in ("known", "again") or bool(
                re.search(r"(?i)tit(?:er|re)s?|dilution|antibod|positive", before[-60:] + after[:15])
            )
        if q.sort == "grade":
            adverse = re.match(r"(?i)grade\s\d$", q.match.group()) and re.match(
                r"\s[a-z]{6,}", after
            )  # of an adverse event
            return bool(re.search(r"\d", q.match.group())) and not adverse
        if q.sort == "ratio":
            if re.search(rf"(?:{JOIN})(?:kg|day|d|week|dose|m2|m²|h|hr|hour)$", q.match["ratio"]) and q.how not in (
                "known",
                "behind",
                "respectively",
            ):
                return bool(q.analyte and HEAD.search(text[slice(*q.analyte)]))
            if re.match(r"(?i)L\s?/\s?min", q.match["ratio"]):  # oxygen given, no cardiac output
                return q.how == "known" and not re.search(r"\b(?:on|with|via|by|at)\s$", before)
            return not re.match(r"(?i)\s(?:of\s)?(?:solution|saline|dextrose)", after)
        if q.sort == "lab":
            return True
        if q.sort == "weak":
            return self._weak(q, before, after)
        return self._bare(q, after)

    def _close(self, q: _Quantity) -> bool:
        if q.analyte is None:
            return False
        gap = self.text[q.analyte[1] : q.start] if q.analyte[1] <= q.start else self.text[q.end : q.analyte[0]]
        return len(gap) < 60

    def _weak(self, q: _Quantity, before: str, after: str) -> bool:
        unit = q.match["weak"]
        if q.percent:
            if re.match(
                r"\s?(?:of (?:the )?(?:patients|cases|all|reported)|saline|sodium|dextrose|glucose|lidocaine|confidence|CI\b|chance|risk of|solution|oxygen|albumin|alcohol|\(v|w/v)",
                after,
            ):
                return False
            if re.match(r"\s?(?:of )?(?:the )?predicted", after) and q.how in (
                "known",
                "again",
                "respectively",
                "phrase",
            ):
                return True
            return self._close(q) or q.how == "behind"
        if re.match(r"\s(?:of\s)?(?:oxygen|O2|saline|fluids?|normal|crystalloid|blood\b)", after):
            return False
        name = self.text[slice(*q.analyte)] if q.analyte else ""
        if unit == "years":
            return False
        if unit.startswith("min"):
            return self._close(q) and bool(re.search(r"(?i)(?:bleeding|clotting|coagulation|lysis) time$", name))
        if re.fullmatch(r"(?:cm|mm|m|µm|μm)[23²]?", unit):  # sizes of lesions are no values
            return self._close(q) and bool(_LENGTHS.search(name))
        if q.how in ("known", "behind", "respectively", "again") and self._close(q):
            return True
        if re.fullmatch(r"kg|g|grams?|kilograms?|lb|lbs|pounds", unit):
            return bool(re.search(r"(?i)weigh|lost|loss|gain", before[-40:] + name))
        if re.fullmatch(r"(?:seconds?|sec|s)", unit):
            return bool(re.search(r"(?i)prothrombin|thromboplastin|PTT?\b|clotting|bleeding|refill", before[-60:]))
        if re.fullmatch(r"mL|ml|cc|L|l|liters?|litres?", unit) and before.endswith("(") and after.startswith(")"):
            return q.analyte is not None
        return bool(q.analyte and HEAD.search(name) and self._close(q))

    def _bare(self, q: _Quantity, after: str) -> bool:
        if q.analyte is None or not self._close(q):
            return False
        if q.how == "behind":
            return True
        gap = self.text[q.analyte[1] : q.start]
        name = self.text[slice(*q.analyte)]
        if re.match(
            r"(?i)[\s-]?(?:days?|weeks?|months?|years?|hours?|minutes?|mg|times|patients|cases|:\d|doses?|cycles|units?)\b|-\w",
            after,
        ):
            return False
        if re.fullmatch(r"(?:19|20)\d\d", q.match.group()):
            return False
        names = [bare for a, b, bare in self.known if a < q.analyte[1] and q.analyte[0] < b]
        if names and q.reference and _SCORES.fullmatch(gap):
            return True
        if names and gap == ", " and after.startswith(";"):
            return True
        if not any(names) and not _SCORED.search(name) and not re.match(r"\s(?:ratio|index|score|grade)\b", gap):
            # The value of a name that has units, in a list without them: "sodium 135, potassium: 4.2".
            return (
                bool(names)
                and re.fullmatch(r"\s?[:=–-]\s?|\s(?:of\s|was\s|is\s|were\s)?", gap) is not None
                and re.match(
                    r"\s?(?:[,;.)]|$)|\s(?:and|with|was|were|is|on|at|in|but|which|when|after|before|or|O[DSU])\b",
                    after,
                )
                is not None
            )
        return q.how == "again" or _SCORES.fullmatch(gap) is not None

    # -- out ------------------------------------------------------------------------------

    def _made(self, q: _Quantity) -> Measured:
        text, match = self.text, q.match
        value = most = comparator = printed = ""
        if q.sort in ("ratio", "lab", "weak"):
            value, most, comparator = match["num"], match["most"] or "", match["cmp"] or ""
            minus = match["sign"] or ""
            value = ("-" if minus and minus in "-–−" else "") + value
            printed = match[q.sort]
        elif q.sort == "bare":
            value, most, comparator = match["bnum"], match["bmost"] or "", match["bcmp"] or ""
            value = ("-" if match["bsign"] and match["bsign"] in "-–−" else "") + value
        else:
            numbers = re.findall(r"\d+", match.group())
            value, most = (numbers[0] if numbers else ""), (numbers[1] if len(numbers) == 2 and q.sort != "tnm" else "")
            unit = re.search(r"[a-zA-Z][\sa-zA-Z]*$", match.group())
            printed = unit.group() if unit and q.sort == "pressure" else ""
            if q.sort == "tnm":
                value = ""
        tail = (
            re.compile(r"[^.;]{0,120}?\b(of (?:the )?predicted(?: values?| normal)?|predicted)\b").match(
                text, q.end, self.end
            )
            if q.percent
            else None
        )
        code = ucum(printed.strip(), value)
        if code == "%" and tail and self._in_list(q, tail.start(1)):
            code = "%{predicted}"
        else:
            tail = None
        concept, label = analyte_concept(text[slice(*q.analyte)], code) if q.analyte else ("", "")
        if not code and q.sort in ("part", "grade", "bare") and q.analyte and _POINTS.search(text[slice(*q.analyte)]):
            code = "{score}"
        confidence: Confidence = (
            "high"
            if q.how in ("known", "respectively") and q.sort in ("ratio", "lab", "pressure")
            else "medium"
            if q.analyte
            else "low"
        )
        return Measured(
            q.start, q.end, f"value-{q.how or q.sort}", confidence, q.analyte, concept, label, decimal(value), decimal(most),
            sign(comparator), printed.strip(), code, q.reference, tail.span(1) if tail else None, *bounds(text, q.reference),
        )  # fmt: skip

    def _in_list(self, q: _Quantity, place: int) -> bool:
        """Are there only members of the same list (name and percentage) between a value and the words behind the list?"""
        between = self.text[q.end : place]
        return (
            re.fullmatch(r"(?:[\s,]*(?:and\s)?[A-Za-z][\w/ -]{0,40}?\s?\(?\d+(?:[.,]\d+)?\s?%\)?)*[\s,(]*", between)
            is not None
        )
