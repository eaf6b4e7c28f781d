"""Which analyte does a printed value belong to? By what stands between them.

"A was V", "A (V)", "V A", "A V and then W", "A and B (V and W, respectively)".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from kg.mentions.analytes import Known, phrase
from kg.mentions.namelist import Place
from kg.mentions.printed import Printed

__all__ = ["paired"]

_CELLS = re.compile(
    r"(?i)(?:leu[kc]ocytes|lymphocytes|neutrophils|(?:red|white)(?: blood)? cells|pus cells|WBCs?|RBCs?|mitos[ei]s|polymorphs|eosinophils|platelets)(?=\s?(?:/|per))"
)
_ANY_CELLS = re.compile(r"\S+\s?(cells)(?=/)")
_STAGED = re.compile(r"\b(?:stag(?:e|ed|ing)|TNM|classified)\b")
# A name behind its value: "94% neutrophils", "grade 5 on the Medical Research Council Scale", "2+ blood".
_BEHIND = re.compile(r"\s(?:of (?:the |her |his )?(?:\w+ )?)?|\s(?:were|was|are) ")
_COLLECTED = re.compile(r"(?i)\b(?:24[- ]?h(?:ou)?r?s?|urin\w+|excret\w+|collection)\b")
_PLUS = re.compile(r"\s([a-z]+)(?=[\s,.;)]|$)")
_TALL = re.compile(r"\s(tall)\b")
_NOUN = re.compile(r"\s([a-z]{4,}s)(?=[\s,.;)]|$)")
_SHOWN = re.compile(r"\b(?:show(?:ed|ing)|reveal(?:ed|ing)|demonstrat(?:ed|ing)|with|contain(?:ed|ing)|had)\s$")
_SHARE = re.compile(r"\b(?:in|for|comprised|comprising|constituted|represented)\s(?:\w+\s)?$")
_NARROWED = re.compile(r"\s(?:\w+\s)?((?:stenos[ie]s|occlusion|narrowing|obstruction|positivity|cellularity|blasts))\b")
_ON_SCALE = re.compile(r"\)?\s(?:points?\s)?(?:on|based on|according to|by)\s(?:the\s|a\s|an\s)?(?:\w+\s){0,2}")
_SCALE = re.compile(
    _ON_SCALE.pattern
    + r"((?:[A-Z][\w-]*\s){1,5}(?:\w+\s)?(?:[Ss]cale|[Ss]core|[Ii]ndex|[Ss]creening|[Gg]rading|[Cc]lassification))"
)
# What a grade or stage is of: "grade 2/6 systolic murmur", "stage 3 chronic kidney disease".
_LINK = r"(?!(?:and|with|on|of|at|in|by|was|were|is|for|to|or|which|after|before|according|based|that|who|had|has|presented)\b)"
_GRADED = re.compile(rf"\s({_LINK}[A-Za-z][\w-]*(?:\s{_LINK}[a-z][\w-]*){{0,4}})")
# Between two values of one analyte; and before a number that only says when the value was so.
_AGAIN = re.compile(
    r"(?:\sO[DSU])?[\s,)\]]*(?:\(|\[|to|and(?: then)?(?: (?:to|increased to|decreased to))?|–|-|from|followed by|then|or|/|;|→"
    r"|(?:before|after)[^,;.]{0,40}?(?:and|to)|(?:at|in)[^,;.]{0,30}?(?:and|to)|(?:on|by) (?:day|postoperative)[^,;.]{0,30})?[\s(\[]*(?:to )?"
)
_WHEN = re.compile(r"[\s,]*(?:and\s)?(?:at|after|on|by|in)\b(?!.*\b(?:and|to)\s$)")
_NOT_DIRECT = re.compile(r"\b(?:with|including|and)\b|,\s$")
_ABBREVIATION = re.compile(r"\s(?!I+V?\s)([A-Z]\w*[A-Z0-9]\w*)(?:\s?[:=]?\s|\s\()$")
_TITRE = re.compile(r"(?i)(?:antibody\s)?tit(?:er|re)s?")
_LEAD = re.compile(
    r"(?i)\b(?:serum|plasma|urine|urinary|total|free|direct|mean|CSF|blood|fasting|random|left ventricular|right ventricular|systolic|diastolic|24-hour urine)\s$"
)
_LISTED = re.compile(r"\s?(?:(?:of )?(?:the )?predicted(?: values?)?)?[\s,)]*(?:and|or|to|,)?\s*(?:to\s)?(?:\()?")


def paired(text: str, start: int, end: int, values: Sequence[Printed], known: Sequence[Known]) -> None:
    """Tell each value of a sentence which analyte it is of; known: the names of analytes that stand there."""
    line = _Line(text, start, end, [(a, b) for a, b, _ in known])
    before: Printed | None = None
    for one in values:
        line.pair(one, before)
        before = one
    for first, last in line.runs(values):
        line.in_order(values[first:last], values)
    for found in re.finditer(r"\brespectively\b", text[start:end]):
        line.respectively(values, start + found.start())


class _Line:
    """A sentence, and the value that is being looked at."""

    def __init__(self, text: str, start: int, end: int, known: list[Place]) -> None:
        self.text, self.start, self.end, self.known = text, start, end, known

    def pair(self, value: Printed, before: Printed | None) -> None:
        self.value, self.before = value, before
        self.edge = before.edge if before else self.start
        self.gap = self.text[self.edge : value.start]
        self.led = [(a, b) for a, b in self.known if a >= self.edge and b <= value.start]
        self.direct = any(
            value.start - b < 12 and not _NOT_DIRECT.search(self.text, b, value.start) for _, b in self.led
        )
        for how, rule in _RULES:
            if place := rule(self):
                value.analyte, value.how = place, how
                return

    def follows(self, link: re.Pattern[str]) -> Place | None:
        """A known name behind the value, with no more than this between them."""
        return next(
            ((a, b) for a, b in self.known if a >= self.value.end and link.fullmatch(self.text, self.value.end, a)),
            None,
        )

    def behind(self, pattern: re.Pattern[str]) -> Place | None:
        """The first group of a pattern that stands right behind the value."""
        match = pattern.match(self.text, self.value.end, self.end)
        return match.span(1) if match else None

    # -- the rules, in their order ----------------------------------------------------------

    def staged(self) -> Place | None:
        staged = list(_STAGED.finditer(self.text, max(self.edge, self.value.start - 60), self.value.start))
        return staged[-1].span() if staged and self.value.sort == "tnm" else None

    def cells(self) -> Place | None:
        """6 red blood cells/µL"""
        found = _CELLS.search(self.text, self.value.start, self.value.end)
        return found.span() if found else None

    def any_cells(self) -> Place | None:
        found = _ANY_CELLS.match(self.text, self.value.start, self.value.end)
        return found.span(1) if found and self.value.sort == "ratio" and not self.direct else None

    def told_behind(self) -> Place | None:
        """94% neutrophils; but Ki-67 was positive in 30% of cells, and eosinophils accounted for 38% of leukocytes."""
        if self.direct or not (self.value.percent or self.value.sort in ("part", "plus", "ratio")):
            return None
        return None if self.led and _SHARE.search(self.gap) else self.follows(_BEHIND)

    def collected(self) -> Place | None:
        """24-hour urine: 2.1 g of protein"""
        if self.value.sort == "weak" and _COLLECTED.search(self.text, self.start, self.value.start):
            return self.follows(_OF)
        return None

    def word_behind(self) -> Place | None:
        """2+ blood, 80% stenosis, showed 72% myeloblasts, 152 cm tall, grade 2/6 systolic murmur"""
        if self.value.sort == "plus" and not self.direct:
            return self.behind(_PLUS)
        if self.value.percent:
            return self.behind(_NARROWED) or (self.behind(_NOUN) if _SHOWN.search(self.gap) else None)
        if self.value.sort == "weak":
            return self.behind(_TALL)
        return self.behind(_GRADED) if self.value.sort == "grade" and not self.direct else None

    def own_grade(self) -> Place | None:
        """MRC grade 4/5"""
        own = next((a for a, b in self.known if a < self.value.start < b), None)
        return (own, self.value.start - 1) if own is not None and self.value.sort == "grade" else None

    def on_scale(self) -> Place | None:
        if self.direct or self.value.sort not in ("part", "grade", "bare"):
            return None
        return self.follows(_ON_SCALE) or self.behind(_SCALE)

    def again(self) -> Place | None:
        """A value that goes on about the analyte of the one before it: from V to W, 4/5 in the arms and 3/5 in the legs."""
        if self.before is None or self.before.analyte is None:
            return None
        parts = self.value.sort == self.before.sort == "part" and len(self.gap) < 60 and not self.led
        if _AGAIN.fullmatch(self.gap) or (parts and not re.search(r"[;.]|\bof\b", self.gap)):
            return self.before.analyte
        return None

    def named(self) -> Place | None:
        led = self.led
        if len(led) > 1 and re.search(r"\b(?:by|using|via)\s$", self.text[self.edge : led[-1][0]]):
            led = led[:-1]  # saturation by pulse oximetry
        if not led:
            return None
        start, end = led[-1]
        if short := _ABBREVIATION.search(
            self.text, end, self.value.start
        ):  # hemoglobin electrophoresis showed HbS 82 %
            start, end = short.span(1)
        gap = self.text[end : self.value.start]
        near = len(gap) <= 70 and (gap == "; " or not re.search(r"[;]|\.\s", gap))
        return self.widened(start, end) if near else None

    def widened(self, start: int, end: int) -> Place:
        """The name with a word before it that makes it another one: serum, urine, mean; a titre with what it is of."""
        if _TITRE.fullmatch(self.text, start, end) and (of := phrase(self.text, self.edge, start)):
            return (of[0], end) if self.text[of[1] : start].isspace() else of
        lead = _LEAD.search(self.text[self.edge : start])
        return (self.edge + lead.start() if lead else start, end)

    def phrase(self) -> Place | None:
        return phrase(self.text, self.edge, self.value.start)

    def still(self) -> Place | None:
        if self.before and len(self.gap) < 60 and not re.search(r"[;.]", self.gap):
            return self.before.analyte
        return None

    def is_when(self) -> bool:
        """Does a bare number only say when the value before it was so?"""
        told = self.before is not None and self.before.analyte is not None
        return self.value.sort == "bare" and told and _WHEN.match(self.gap) is not None

    # -- lists of names and of values ---------------------------------------------------------

    def runs(self, values: Sequence[Printed]) -> Iterator[tuple[int, int]]:
        """Where two or more values stand in a row, as slices."""
        first = 0
        for n in range(1, len(values) + 1):
            if n == len(values) or not _LISTED.fullmatch(self.text, values[n - 1].edge, values[n].start):
                if n - first > 1:
                    yield first, n
                first = n

    def in_order(self, run: Sequence[Printed], values: Sequence[Printed]) -> None:
        """A, B and C were V, W and X: as many names right before them as there are values."""
        start = max([one.edge for one in values if one.end <= run[0].start and one is not run[0]], default=self.start)
        names: list[Place] = []
        for a, b in reversed([(a, b) for a, b in self.known if a >= start and b <= run[0].start]):
            if not (_NAMES if names else _WERE).fullmatch(self.text, b, names[0][0] if names else run[0].start):
                break
            names.insert(0, (a, b))
        if len(names) == len(run):
            for one, name in zip(run, names, strict=True):
                one.analyte, one.how = name, "respectively"

    def respectively(self, values: Sequence[Printed], place: int) -> None:
        """Pair the values before "respectively" with as many names before them, in order."""
        group: list[Printed] = []
        for one in reversed([one for one in values if one.end <= place]):
            if not group and place - one.edge > 40:
                return
            if group and not _LISTED.fullmatch(self.text, one.edge, group[0].start):
                break
            group.insert(0, one)
        nested = [one for one in group[1:] if re.search(r"\(\s?$", self.text[self.start : one.start])]
        main = [one for one in group if one not in nested]
        names = self.names(main[0].start, values) if len(main) > 1 else []
        if len(names) < len(main) or not names:
            return
        for one, name in zip(main, names[-len(main) :], strict=True):
            one.analyte, one.how = name, "respectively"
        for one in nested:
            owner = next((m for m in reversed(main) if m.end <= one.start), None)
            if owner:
                one.analyte, one.how = owner.analyte, "respectively"

    def names(self, end: int, values: Sequence[Printed]) -> list[Place]:
        """Names before a group of values: known ones, one for each with its abbreviation; else the parts of the list."""
        start = max([one.edge for one in values if one.end < end and one.sort != "bare"], default=self.start)
        names: list[Place] = []
        for a, b in self.known:
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
        cuts = [
            (start + m.start(), start + m.end())
            for m in re.finditer(r",\s*(?:and\s)?|\s(?:and|or)\s", self.text[start:last])
        ]
        starts, ends = [start, *(b for _, b in cuts)], [*(a for a, _ in cuts), last]
        parts = (phrase(self.text, a, b) for a, b in zip(starts, ends, strict=True))
        return [part for part in parts if part]


_OF = re.compile(r" of ")
_NAMES = re.compile(r",\s(?:and\s)?|\sand\s|/")
_WERE = re.compile(
    r"\s(?:levels?\s|values?\s)?(?:were|was|of)\s(?:elevated\s|raised\s|found\s|measured\s)?(?:at\s|to\sbe\s)?|\s"
)


def _unless_when(rule: Callable[[_Line], Place | None]) -> Callable[[_Line], Place | None]:
    return lambda line: None if line.value.sort == "tnm" or line.is_when() else rule(line)


_RULES: tuple[tuple[str, Callable[[_Line], Place | None]], ...] = (
    ("known", _Line.staged),
    ("inside", _Line.cells),
    ("behind", _Line.told_behind),
    ("behind", _Line.collected),
    ("inside", _Line.any_cells),
    ("known", _Line.own_grade),
    ("behind", _Line.word_behind),
    ("behind", _Line.on_scale),
    ("again", _unless_when(_Line.again)),
    ("known", _unless_when(_Line.named)),
    ("phrase", _unless_when(_Line.phrase)),
    ("again", _unless_when(_Line.still)),
)
