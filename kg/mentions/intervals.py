"""Is a printed value above or below its range? The value, the printed reference range, the usual range of adults.

"CK 2600 IU/L (normal 50-150)", "phenylalanine 1564 umol/L (120-480 umol/L)", "height 75 cm, -6.16 z score".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["Reading", "Usual", "outside", "usual"]

_NUMBER = r"\d{1,3}(?:[ ,]\d{3})+(?!\d)|\d+(?:[.,·]\d+)?"
_POWER = r"(?:\s*[×x*·]\s*10\s*\^?\s*(?P<power>\d{1,2})?)?"
_UNIT = r"\s*(?P<unit>(?:[µμu]|m|n|p|k|f|d)?(?:g|mol|eq|u|iu|ui|l|m3|mm|kat)s?\s*/\s*(?:[µμu]|m|n|d|c)?(?:l|mol|h|hr|hour|mm3|mm|min|kg|m2|g|mm³|m²)\b|/\s*(?:mm3|mm³|[µμu]l|cmm|cumm|l)|%|fl|mm(?!\w)|mmhg|°?\s*[cf]\b|kg|g(?!\w)|cm|k/[µμu]l)?"
_VALUE = re.compile(
    rf"""(?P<lead>[^\d;<>≤≥]{{0,45}}?)(?P<mark>[<>≤≥~]?)\s*(?P<number>{_NUMBER}){_POWER}{_UNIT}""",
    re.IGNORECASE,
)
_WORDS = r"(?:normal|reference|ref\.?|expected|laboratory|nr|rr|rv|n|upper|nv|control)"
_RANGE = re.compile(
    rf"""(?:{_WORDS}[^\d<>≤≥;()]{{0,40}}?|(?P<bare>[(\[]\s*))(?:(?P<low>{_NUMBER})\s*[a-zµμ/%]*\s*(?:-|–|—|−|to|and)\s*(?P<high>{_NUMBER})"""
    rf"""|(?P<mark><|>|≤|≥|up\s+to|less\s+than|below|under|above|more\s+than|over)\s*(?P<limit>{_NUMBER}))""",
    re.IGNORECASE,
)
_SCORE = re.compile(
    r"(?P<sign>[-−–+]?)\s*(?P<number>\d+(?:[.,]\d+)?)\s*(?:z[- ]?scores?|sds?\b|standard\s+deviations?)(?P<below>\s*(?:below|under))?"
    r"|z[- ]?score\s*(?:of|:|=)?\s*(?P<sign2>[-−–+]?)\s*(?P<number2>\d+(?:[.,]\d+)?)",
    re.IGNORECASE,
)
_CENTILE = re.compile(
    r"(?P<low><|≤|below|under|less\s+than|lower\s+than)?(?P<high>>|≥|above|over|greater\s+than)?\s*(?:the\s+)?"
    r"(?P<number>\d+(?:[.,]\d+)?)\s*(?:st|nd|rd|th)?\s*(?:per)?centile",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Usual:
    """The usual range of adults in a unit."""

    low: float
    high: float
    unit: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A value outside its range: "increased" or "decreased", by which range, and where the words end."""

    direction: str
    by: str
    end: int


def usual(cell: str) -> tuple[Usual, ...]:
    """The usual ranges of a cell of the table of analytes.

    >>> usual("11.5-18 g/dl, 115-180 g/l")[0]
    Usual(low=11.5, high=18.0, unit='g/dl')
    """
    found = []
    for part in filter(None, (p.strip() for p in cell.split(","))):
        numbers, _, unit = part.partition(" ")
        low, _, high = numbers.partition("-")
        found.append(Usual(float(low), float(high), unit))
    return tuple(found)


def outside(words: str, ranges: Iterable[Usual] = (), *, growth: bool = False) -> Reading | None:
    """Is the value that follows an analyte outside its range? words: what stands between it and the next analyte.

    growth: what has centiles and z scores.
    """
    if growth:
        found = _grown(words)
        if found:
            return found
    match = _VALUE.match(words)
    if not match or not _leads(match["lead"]):
        return None
    value = _number(match["number"])
    printed = _RANGE.search(words, match.end(), min(len(words), match.end() + 90))
    if printed and not _VALUE_BETWEEN.search(words, match.end(), printed.start()):
        direction = _against(value, printed)
        return Reading(direction, "printed range", printed.end()) if direction else None
    if match["mark"]:
        return None
    unit = _unit(match["unit"] or "")
    power = int(match["power"]) if match["power"] else 0
    for one in ranges:
        scaled = _scaled(value, unit, power, one.unit)
        if scaled is not None and not one.low <= scaled <= one.high:
            return Reading("decreased" if scaled < one.low else "increased", "usual range", match.end())
    return None


_VALUE_BETWEEN = re.compile(r"\.\s|\b(?:and|but|with)\b")
_LEAD = re.compile(
    r"[\s(\[:=,]*(?:(?:levels?|counts?|values?|concentrations?|activity|titers?|titres?|rates?|was|were|is|of|at|to|a|an|the|only|"
    r"as|high|low|about|approximately|around|up|down|increased|decreased|elevated|raised|reduced|markedly|mildly|slightly|"
    r"significantly|grossly|extremely|very|found|be|being|reached|measured|reading|showed|peak|peaked|serum|plasma|blood|total|"
    r"and|initial|reaching|dropped|fell|rose|result|results|had|has|been|that|reported|noted|normal|score|by)[\s(\[:=,]*)*",
    re.IGNORECASE,
)


def _leads(lead: str) -> bool:
    """Only words of measuring stand between the analyte and the value."""
    match = _LEAD.fullmatch(lead)
    return match is not None and "normal" not in lead.lower()


def _number(printed: str) -> float:
    plain = printed.replace("·", ".")
    if re.fullmatch(r"\d{1,3}(?:[ ,]\d{3})+", plain):
        return float(re.sub(r"[ ,]", "", plain))
    return float(plain.replace(",", ".").replace(" ", ""))


def _against(value: float, printed: re.Match[str]) -> str:
    if printed["low"]:
        low, high = _number(printed["low"]), _number(printed["high"])
        if low > high:
            return ""
        return "decreased" if value < low else "increased" if value > high else ""
    limit = _number(printed["limit"])
    if re.match(r"[<≤]|up|less|below|under", printed["mark"], re.IGNORECASE):
        return "increased" if value > limit else ""
    return "decreased" if value < limit else ""


def _unit(printed: str) -> str:
    low = re.sub(r"\s+", "", printed.lower()).replace("μ", "u").replace("µ", "u").replace("°", "")
    low = low.replace("mm³", "mm3").replace("hour", "h").replace("hr", "h").replace("m²", "m2")
    return {"iu/l": "u/l", "ui/l": "u/l", "cmm": "/mm3", "/cumm": "/mm3", "/cmm": "/mm3", "k/ul": "10^9/l"}.get(
        low, low
    )


def _scaled(value: float, unit: str, power: int, wanted: str) -> float | None:
    """The value in the wanted unit; None for a unit that is another."""
    if wanted == "10^9/l":
        if power:
            shift = {"/l": power - 9, "/ul": power - 3, "/mm3": power - 3, "": power - 9}.get(unit)
            return None if shift is None or abs(shift) > 6 else value * 10.0**shift
        if unit in ("/mm3", "/ul"):
            return value / 1000
        if unit == "10^9/l":
            return value
        return value / 1000 if unit == "" and value >= 1000 else None
    if power or not unit:
        return None
    return value if unit == wanted else None


def _grown(words: str) -> Reading | None:
    near = words[:70]
    score = _SCORE.search(near)
    if score:
        sign = score["sign"] or score["sign2"] or ("-" if score["below"] else "")
        number = _number(score["number"] or score["number2"])
        if number >= 2 and sign in ("-", "−", "–"):
            return Reading("decreased", "z score", score.end())
        if number >= 2 and sign == "+":
            return Reading("increased", "z score", score.end())
    centile = _CENTILE.search(near)
    if centile:
        number = _number(centile["number"])
        if number < 3 or (number <= 5 and centile["low"]):
            return Reading("decreased", "centile", centile.end())
        if number > 97 or (number >= 95 and centile["high"]):
            return Reading("increased", "centile", centile.end())
    return None
