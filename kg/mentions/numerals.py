"""How do values stand in print? Numbers, comparators, units, pressures, titres, stages, and reference ranges."""

from __future__ import annotations

import re
from functools import lru_cache

from kg.base.units import printed_units

__all__ = ["BESIDE", "JOIN", "QUANTITY", "REFERENCE", "bounds", "decimal", "sign", "ucum"]

# ---- numbers and units ------------------------------------------------------------------

_SMALL = r"(?:[x×*X·]\s?10\s?(?:\^|\*\*|E)?\s?[-–−]?\d{1,2}(?!\d)|[x×]\s?10(?:exp|e)\d{1,2}|[x×*]\s?10[⁰¹²³⁴-⁹]{1,2})"
_GAP = r"[, \u00a0\u2000-\u200a\u202f]"  # between thousands
_NUM = rf"(?:\d{{1,3}}(?:{_GAP}\d{{3}})+(?:\.\d+)?(?!\d)|\d+(?:[.,·]\d+)?)(?:\s?{_SMALL})?"
_COMPARE = (
    r"(?:(?:<=|>=|[<>≤≥~≈⩽⩾]|(?:less|greater|more|higher|lower) than(?: or equal to)?|over|above|below|under|up to|at least|approximately"
    r"|about|around|nearly|almost)\s?)"
)
_TO = r"(?:\s?(?:-|–|—|−|to|±|\+/[-–−]|\+\s?/\s?[-–−])\s?)"
_DENOMINATOR = (
    r"(?:dL|dl|DL|L|l|mL|ml|ML|µL|μL|uL|µl|μl|ul|mm3|mm³|mm\^3|cu\.? ?mm|cumm|cmm|mcl|mcL|nL|fL|liter|litre|deciliter|decilitre|milliliter|millilitre|microliter|microlitre|cubic millimet(?:er|re)s?"
    r"|kg|g|gm|mg|mmol|mol|hpf|HPF|high[- ]power(?:ed)? fields?|lpf|field|min|mins|minute|h|hr|hour|hrs|24\s?h(?:ours|rs|r)?|s|sec|second|beat|day|d|m2|m²|cm2|cm5|cm-5|1\.73\s?m(?:2|²)?|cm|mm|μ ?L|µ ?L"
    r"|\d+ (?:high[- ]power(?:ed)?|HPFs?|hpf)(?: microscopic)?(?: fields?)?|breath|creatinine|protein|dose|week)"
)
_NUMERATOR = (
    r"(?:[kMGmµμunpf]?(?:g|gm|mol|mole|Eq|eq|kat|osm|Osm|osmol|Osmol)|mc?g|mgs|mcmol|mEq|MEq|(?:[kKmMµμun]\s?)?(?:IU|UI|iu|U|u)|units?|[dcmµμ]?[Ll]|[cmµμn]?m|mm|cells?|WBCs?|leu[kc]ocytes|cop(?:y|ies)|CFU|cfu|colonies|beats?|bpm"
    r"|breaths?|times|cycles|lymphocytes|neutrophils|red blood cells|white blood cells|RBCs?|(?:white|red)(?: blood)? cells?|log(?:10|₁₀)?\s?(?:copies|IU|CFU)|mitos[ei]s|grams?|micrograms?|nanograms?|milligrams?|picograms?|milliliters?|liters?|litres?|millimoles?|micromoles?|nmol|mmol|μ ?mol|µ ?mol|dyn(?:e|es)?[·.\s-]?s(?:ec)?|Wood units?|GPL|MPL|RU|AU|EU|BU|polymorphs|eosinophils|platelets|K|k|M|mille|\u00b5mol|cc|ng|pg|fl|kU|mmHg|L|counts)"
)
JOIN = r"(?:\s?(?:/|∕|\bper\b)\s?)"
_RATIO = rf"(?:{_NUMERATOR}(?:{JOIN}{_DENOMINATOR}){{1,2}}(?![A-Za-z0-9])|{JOIN}{_DENOMINATOR}(?:{JOIN}{_DENOMINATOR})?(?![A-Za-z]))"
_LAB = (
    r"(?:mm\s?(?:/|in|at|per)\s?(?:the\s)?(?:1st|first|1)\s?(?:hours?|hr?)|mm\s?(?:of\s)?\s?Hg|mmHG|mmhg|torr|Torr|cm\s?(?:of\s)?\s?H2O|cm\s?H20|cm water|cmH2O|mmH2O|mm H2O|cm of water|kPa|bpm|BPM|°(?:\s?[CF]\b)?|º(?:\s?[CF]\b)?|℃|˚\s?[CF]|degrees? (?:Celsius|centigrade|Fahrenheit|C|F)|mEq|mOsm|HU\b|Hounsfield units|dB(?:\s?HL|\s?nHL)?|kg/m2|mmol"
    r"|μmol|µmol|nmol|pmol|fmol|ng|pg|IU|fL|fl|Hz|mV|msec|ms|[zZ][ -]?scores?|SDS?|[Ww]ood units?|BU|Bethesda units?|MET[Ss]?|diopters?|D\b(?=\s(?:sphere|cyl)))(?![A-Za-z])"
)
_WEAK = r"(?:%|percent|per cent|kg|kilograms?|grams?|g|gm|mg|mcg|µg|μg|mL|ml|cc|L|liters?|litres?|l|seconds?|sec|s|cm2|cm²|mm2|cm|mm|µm|μm|cm3|lb|lbs|pounds|U|units?|years|min(?:utes?)?|m|[CF](?=[\s,.;)]|$))(?![A-Za-z0-9/])"
_UNIT = rf"(?:(?P<ratio>{_RATIO})|(?P<lab>{_LAB})|(?P<weak>{_WEAK}))"
_EDGE = r"(?<![\w.,/^×–-])(?<!\w:)"
QUANTITY = re.compile(
    rf"(?P<pressure>{_EDGE}{_COMPARE}?\d{{2,3}}\s?/\s?\d{{2,3}}(?:\s?(?:mm\s?(?:of\s)?\s?Hg|mmHG|mmhg|cm\s?Hg)\b)?(?![\w/]|\.\d))"
    rf"|(?P<tnm>\b[cpyr]{{0,2}}T(?:[0-4]|is|x|X)[a-d]?\s?,?N[0-3xX][a-c]?(?:\s?,?M[01xX][a-c]?)?)"
    rf"|(?P<titer>{_EDGE}{_COMPARE}?1\s?[:/]\s?\d{{1,3}}(?:,?\d{{3}})*\b)"
    rf"|(?P<amount>{_EDGE}(?P<cmp>{_COMPARE})?(?P<sign>[-–−+±])?(?P<num>{_NUM})(?:(?:(?:\s?%)?{_TO}|\s?/\s?)(?P<cmp2>{_COMPARE})?(?P<most>{_NUM}))?[\s\-]?{_UNIT})"
    rf"|(?P<grade>\b(?:grade|Grade|stage|Stage)\s(?:\d(?:\s?/\s?\d+)?(?:\s?[-–]\s?\d)?|I{{1,3}}[ABCabc]?\d?\b|IV[ABCabc]?\d?\b)(?!\w))"
    rf"|(?P<part>{_EDGE}\d\s?\+\s?\d(?:\s?=\s?\d{{1,2}})?(?![\w.%])|{_EDGE}\d{{1,3}}[+-]?\s?/\s?\d{{1,3}}[+-]?(?:\s?grade)?(?![\w/%]|\.\d)|{_EDGE}\d+(?:\.\d+)?\s?:\s?1(?![\d:]|\.\d)|\bE\s?[1-4]\s?V\s?[1-5T]\s?M\s?[1-6]\b)"
    rf"|(?P<plus>(?<![\w.,/+])[1-4]\s?\+(?![\w+=]|\s?\d))"
    rf"|(?P<bare>{_EDGE}(?P<bcmp>{_COMPARE})?(?P<bsign>[-–−+])?(?P<bnum>{_NUM})(?:{_TO}(?P<bmost>{_NUM}))?(?![\w/%]|[.,]\d|-[A-Za-z]))"
)

# ---- reference ranges -------------------------------------------------------------------

_RANGE = (
    rf"(?:[<>≤≥]\s?=?\s?|less than |more than |greater than |up to |below |above |under |over )?{_NUM}(?:{_TO}{_NUM})?"
)
_ANY_UNIT = rf"(?:[\s\-]?(?:{_RATIO}|{_LAB}|{_WEAK}))?"
REFERENCE = re.compile(
    rf"(?i:\b(?:(?:normal|reference|ref\.?|control|therapeutic|target|desirable|expected|laboratory)\s?(?:laboratory\s)?(?:ranges?|values?|intervals?|levels?|limits?)|normal (?:ratio|mean|adult|male|female|individuals|controls?)(?: of)?(?: about)?|normal|reference|ref\b\.?|(?<=[(\[])controls?|cut-?off(?:\svalue)?|range|NR|RR|N|ULN|nv|upper limit(?: of normal)?|normal upper limit))"
    rf"\)?\s?(?:[,:;=]|\bof\b|\bis\b|\bwas\b|\bbeing\b|\bbetween\b|\bfrom\b|\bfor \w+\b|\(|\s)*\s?{_RANGE}{_ANY_UNIT}(?:\s?(?:and|[,;])\s?{_RANGE}{_ANY_UNIT}(?=\s?[)\]]))?"
)
BESIDE = re.compile(rf"\s?[(\[]\s?(?:[<>≤≥]\s?=?\s?{_NUM}|{_NUM}\s?(?:-|–|—|−|to|~)\s?{_NUM}){_ANY_UNIT}\s?[)\]]")


def decimal(number: str) -> str:
    """A number with a decimal point: 1,24 is 1.24, 21,000 is 21000, 18.3 x 109 is 18.3."""
    plain = re.split(r"\s?[x×*X]\s?10", number)[0].replace("·", ".").strip()
    if re.fullmatch(rf"-?\d{{1,3}}(?:{_GAP}\d{{3}})+(?:\.\d+)?", plain) and not plain.startswith("0"):
        return re.sub(_GAP, "", plain)
    return plain.replace(",", ".")


def sign(words: str) -> str:
    """A comparator as a case file writes it; "" for none, and for words that only say about."""
    small = words.strip().casefold()
    return {
        "less than": "<", "below": "<", "under": "<", "lower than": "<", "greater than": ">", "more than": ">", "over": ">", "above": ">", "higher than": ">",
        "at least": ">=", "up to": "<=", "≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">=", "<": "<", ">": ">", "<=": "<=", ">=": ">=",
    }.get(small, "")  # fmt: skip


_CODES = {
    "/ul": "/uL", "/mcl": "/uL", "/mm3": "/mm3", "/mm³": "/mm3", "/mm^3": "/mm3", "/cumm": "/mm3", "/cmm": "/mm3", "/ml": "/mL", "/l": "/L", "/min": "/min",
    "/minute": "/min", "/hpf": "/[HPF]", "db": "dB", "ms": "ms", "msec": "ms", "fl": "fL", "cmh2o": "cm[H2O]", "mmh2o": "mm[H2O]", "°f": "[degF]", "ºf": "[degF]",
    "mmofhg": "mm[Hg]", "mmhg": "mm[Hg]", "uiu/ml": "u[IU]/mL", "ml/min/1.73m2": "mL/min{1.73_m2}", "ml/min/1.73m²": "mL/min{1.73_m2}", "kpa": "kPa", "kg/m2": "kg/m2",
    "uu/ml": "u[IU]/mL", "umol/l": "umol/L", "ug/dl": "ug/dL", "ng/permilliliter": "ng/mL", "meq/l": "meq/L", "mosm/kg": "mosm/kg", "℃": "Cel", "degreescelsius": "Cel",
}  # fmt: skip
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_COUNTED = re.compile(
    r"(?i)^(?:cells?|leu[kc]ocytes|lymphocytes|neutrophils|(?:red|white)bloodcells|wbcs?|rbcs?|platelets|eosinophils|polymorphs|beats?|breaths?|times|cycles)(?=/)"
)


@lru_cache(maxsize=1024)
def ucum(printed: str, number: str = "") -> str:
    """The UCUM code of a printed unit, with the power of ten of its number; "" when it cannot be read.

    >>> ucum("UI/L"), ucum("/L", "281 x 10^9"), ucum("breaths per minute"), ucum("widgets")
    ('[IU]/L', '10*9/L', '/min', '')
    """
    plain = re.sub(r"\s*(?:\bper\b|∕)\s*", "/", printed.replace("μ", "u").replace("µ", "u"))
    plain = _COUNTED.sub("", re.sub(r"\s", "", plain))
    code = "mm/h" if re.match(r"mm\W?(?:in|at)?(?:the)?(?:1st|first|1)h", plain) else _CODES.get(plain.casefold(), "")
    if not code and printed:
        codes = printed_units("1 " + printed)
        code = codes[0] if codes else ""
    number = number.translate(_RAISED)
    power = re.search(r"[x×*X·]\s?10\s?(?:\^|\*\*|E|exp|e)?\s?([-–−]?\d{1,2})$", number)
    if power:
        return f"10*{power[1].replace('–', '-').replace('−', '-')}{code}" if code.startswith("/") else ""
    return code


_BOUNDS = re.compile(
    rf"(?P<cmp>[<>≤≥]|less than|below|under|up to|more than|greater than|above|over)?\s?=?\s?(?P<low>{_NUM})(?:\s?(?:-|–|—|−|to|~)\s?(?P<high>{_NUM}))?"
)


def bounds(text: str, place: tuple[int, int] | None) -> tuple[str, str]:
    """Both ends of a printed reference range, "" for an open one; ("", "") where it does not say.

    >>> bounds("normal range 43-116 IU/L", (0, 24)), bounds("<35 U/mL", (0, 8))
    (('43', '116'), ('', '35'))
    """
    found = _BOUNDS.search(text, *place) if place else None
    if not found:
        return "", ""
    if found["high"]:
        return decimal(found["low"]), decimal(found["high"])
    if not found["cmp"]:
        return "", ""
    upper = found["cmp"] in ("<", "≤", "less than", "below", "under", "up to")
    return ("", decimal(found["low"])) if upper else (decimal(found["low"]), "")
