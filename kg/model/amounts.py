"""Which numbers, how often and how old do printed words mean?

Readings are sets: words may mean more than one thing (biweekly), and a value is right when it is
one of them. What the tables do not know has no reading: an empty set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import lru_cache

from kg.model.case import Frequency

__all__ = ["A_DAY", "ages", "digits", "fault", "frequencies", "is_age", "numbers"]

# How many of a UCUM unit of time make a day; a month and a year are the mean ones.
A_DAY = {
    "h": Fraction(24), "d": Fraction(1), "wk": Fraction(1, 7), "mo": 1 / Fraction("30.4375"), "a": 1 / Fraction("365.25"),
}  # fmt: skip

# ---- numbers ----------------------------------------------------------------------------

_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_NUMBER_WORDS = {
    **{word: n for n, word in enumerate((*_ONES, *_TEENS), 1)},
    **{word: n for n, word in zip(range(20, 100, 10), _TENS, strict=True)},
    **{f"{ten}{one}": 20 + 10 * i + n for i, ten in enumerate(_TENS) for n, one in enumerate(_ONES, 1)},
}
_WORD = re.compile(rf"\b(?:(?:{'|'.join(_TENS)})[ -]?(?:{'|'.join(_ONES)})|{'|'.join(_NUMBER_WORDS)})\b")
_TIMES = {"once": "1 times", "twice": "2 times", "thrice": "3 times"}
_NUMBER = re.compile(r"(?:(?<![\w)])[-−])?\d+(?:[.,]\d+)*")


def digits(text: str) -> str:
    """The text in small letters, with its number words as digits."""
    text = re.sub(r"\b(?:once|twice|thrice)\b", lambda found: _TIMES[found[0]], text.casefold())
    return _WORD.sub(lambda found: str(_NUMBER_WORDS[re.sub("[ -]", "", found[0])]), text)


def numbers(text: str) -> set[Decimal]:
    """Every number that a text may print, in digits or in words; a comma may be of thousands or of decimals.

    >>> sorted(map(str, numbers("twenty-one of 2,340")))
    ['2.340', '21', '2340']
    """
    found = set()
    for token in _NUMBER.findall(digits(text).replace("−", "-")):
        for reading in {token, token.replace(",", "."), token.replace(",", "")}:
            try:
                found.add(Decimal(reading))
            except InvalidOperation:
                continue
    return found


# ---- how often --------------------------------------------------------------------------

_UNITS = (
    ("h", r"h(?:ours?|rs?)?"), ("d", r"d(?:ays?)?|nights?|mornings?|evenings?"), ("wk", r"w(?:eeks?|ks?)?"),
    ("mo", r"mo(?:nths?|s)?"), ("a", r"y(?:ears?|rs?)?|annum|a"),
)  # fmt: skip
_UNIT = rf"(?:{'|'.join(pattern for _, pattern in _UNITS)})\b"
_ADVERBS = (("h", "hourly"), ("d", "daily"), ("wk", "weekly"), ("mo", "monthly"), ("a", "yearly|annual(?:ly)?"))
_ADVERB = rf"(?:{'|'.join(pattern for _, pattern in _ADVERBS)})\b"
_N = r"\d+(?:\.\d+)?"
_RANGE = rf"(?P<{{0}}>{_N}(?: ?(?:-|–|to|or) ?{_N})?)"
_EACH = r"(?:every|each|per|in|over|within|q\.?|/)"
_WHAT = r"(?:times?|x|×|doses?|days?|infusions?|injections?|cycles?|courses?|pulses?|tablets?|capsules?|applications?)"

# Words of fixed meaning -> times and days, of which one reading each.
_FIXED: tuple[tuple[str, tuple[Fraction, ...]], ...] = (
    (r"\bq\.?o\.?d\b|\be\.?o\.?d\b|\b(?:every|each) (?:other|second|2nd|alternate) (?:day|night|morning)|\balternat(?:e|ing) (?:day|night|morning)s?", (Fraction(1, 2),)),
    (r"\b(?:every|each) (?:other|second|2nd|alternate) week|\balternat(?:e|ing) weeks?", (Fraction(1, 14),)),
    (r"\b(?:every|each) (?:other|second|2nd|alternate) month|\balternat(?:e|ing) months?", (A_DAY["mo"] / 2,)),
    (r"\b(?:every|each) (?:other|second|2nd|alternate) year", (A_DAY["a"] / 2,)),
    (r"\bfortnight(?:ly|s)?\b", (Fraction(1, 14),)),
    (r"\bbi-?weekly\b", (Fraction(2, 7), Fraction(1, 14))),
    (r"\bbi-?monthly\b", (2 * A_DAY["mo"], A_DAY["mo"] / 2)),
    (r"\bbi-?annual(?:ly)?\b|\bbi-?yearly\b", (2 * A_DAY["a"], A_DAY["a"] / 2)),
    (r"\bbiennial(?:ly)?\b", (A_DAY["a"] / 2,)),
    (r"\b(?:semi-?annual(?:ly)?|half-?yearly)\b", (2 * A_DAY["a"],)),
    (r"\bquarterly\b|\b(?:every|each|per) quarter\b", (4 * A_DAY["a"],)),
    (r"\bb\.?i\.?w\b", (Fraction(2, 7),)),
    (r"\bt\.?i\.?w\b", (Fraction(3, 7),)),
    (r"\bb\.?i?\.?d\b|\bb\.?d\.?s\b", (Fraction(2),)),
    (r"\bt\.?i?\.?d(?:\.?s)?\b", (Fraction(3),)),
    (r"\bq\.?i\.?d\b|\bq\.?d\.?s\b", (Fraction(4),)),
    (r"\bq\.?w\b", (Fraction(1, 7),)),
    (r"\b(?:q\.?d|o\.?d|q\.?a\.?m|q\.?p\.?m|q?\.?h\.?s|nocte|mane|nightly)\b|\b(?:at|before) (?:bedtime|bed|night)\b|\bin the (?:morning|evening)\b", (Fraction(1),)),
)  # fmt: skip
# Words with numbers, the longer ones first: n times in m units; what is read is taken out of the text.
_COUNTED = (
    rf"{_RANGE.format('n')} ?(?:consecutive )?{_WHAT}? ?{_EACH} ?{_RANGE.format('m')}[ -]?(?P<unit>{_UNIT})",
    rf"{_RANGE.format('n')} ?(?:consecutive )?{_WHAT} ?(?:{_EACH} ?|an? |in (?:a|the) )(?P<unit>{_UNIT})",
    rf"{_RANGE.format('n')} ?{_WHAT} ?(?P<unit>{_ADVERB})",
    rf"{_RANGE.format('n')} ?(?:an? |per |/ ?)(?P<unit>{_UNIT})",
    rf"(?:\b{_EACH}|\bonce (?:in )?) ?{_RANGE.format('m')}[ -]?(?P<unit>{_UNIT}|{_ADVERB})",
    rf"/ ?{_RANGE.format('m')} ?(?P<unit>{_UNIT})",
    rf"\b(?:every|each) (?P<m>\d+)(?:rd|th) (?P<unit>{_UNIT})",
    rf"(?P<both>\b{_N}) ?(?P<unit>{_ADVERB})",
    rf"(?:\b(?:every|each|per|an?) |\bq ?|/ ?)(?P<unit>{_UNIT})",
    rf"\b(?P<unit>{_ADVERB})",
)
_ORDINALS = {"third": "3rd", "fourth": "4th", "sixth": "6th", "eighth": "8th", "twelfth": "12th"}


def _values(numbers_printed: str | None) -> list[Fraction]:
    return [Fraction(n) for n in re.findall(_N, numbers_printed or "") if Fraction(n)] or [Fraction(1)]


def _per_day(unit: str) -> Fraction:
    return next(A_DAY[code] for code, pattern in (*_ADVERBS, *_UNITS) if re.fullmatch(pattern, unit))


def _rates(found: re.Match[str]) -> Iterator[Fraction]:
    parts = found.groupdict()
    one = _per_day(parts["unit"])
    for n in _values(parts.get("n")):
        for m in _values(parts.get("m")):
            yield n / m * one
    for both in _values(parts["both"]) if "both" in parts else ():
        yield one * both  # two weekly: twice a week, every two weeks, or two of them, weekly
        yield one / both
        yield one


@lru_cache(maxsize=1024)
def frequencies(printed: str) -> frozenset[Fraction]:
    """How often a day the words may mean; nothing when they cannot be read.

    >>> [str(rate) for rate in frequencies("every eight hours")]
    ['3']
    >>> sorted(map(str, frequencies("biweekly")))
    ['1/14', '2/7']
    >>> frequencies("as needed")
    frozenset()
    """
    text = re.sub(r"\b(?:third|fourth|sixth|eighth|twelfth)\b", lambda f: _ORDINALS[f[0]], digits(printed))
    text = re.sub(r"(?<=[a-z])-(?=[a-z0-9])", " ", re.sub(r"\b(bi|semi|half)[- ](?=\w)", r"\1", text))
    text = re.sub(r"(?<=\d)-(?=[a-z])|\s+", " ", text)
    rates: set[Fraction] = set()
    for pattern, fixed in _FIXED:
        times = rf"(?:{_RANGE.format('n')} ?{_WHAT} (?:an? |{_EACH} ?)?)?"
        for found in re.finditer(times + f"(?:{pattern})", text):
            rates.update(n * rate for n in _values(found["n"]) for rate in fixed)
        text = re.sub(times + f"(?:{pattern})", ";", text)
    for pattern in _COUNTED:
        for found in re.finditer(pattern, text):
            rates.update(_rates(found))
        text = re.sub(pattern, ";", text)
    return frozenset(rates)


def _near(rate: Fraction, rates: frozenset[Fraction]) -> bool:
    """Is it within 5 % of one of them? Four weeks are no month, but 26 a year are every two weeks."""
    return any(abs(rate - other) <= other / 20 for other in rates)


def fault(frequency: Frequency) -> str | None:
    """The field of a frequency that is not as its words say: "times" or "per"; None when right or not to be read.

    >>> fault(Frequency(times="0.5", per="wk", printed="every 2 weeks"))
    >>> fault(Frequency(times="2", per="wk", printed="every 2 weeks"))
    'times'
    >>> fault(Frequency(times="2", per="wk", printed="twice daily"))
    'per'
    """
    rates, times = frequencies(frequency.printed), Fraction(frequency.times)
    if not rates or _near(times * A_DAY[frequency.per], rates):
        return None
    return "per" if any(_near(times * one, rates) for one in A_DAY.values()) else "times"


# ---- how old ----------------------------------------------------------------------------

# Words of a unit of age -> how many make a year, and how many of it a value may be off.
_OF_AGE: tuple[tuple[str, Fraction, Fraction], ...] = (
    (r"y(?:ears?|rs?)?\b|y/?o\b|years?old|años?|anos?\b|ans?\b|anni|jahre?", Fraction(1), Fraction(0)),
    (r"mo(?:nths?|s)?\b|meses|mes\b|mois|mesi|monate?", Fraction(12), Fraction(1, 2)),
    (r"w(?:eeks?|ks?)?\b|semanas?|semaines?|wochen?", Fraction("365.25") / 7, Fraction(1, 2)),
    (r"d(?:ays?)?\b|días?|dias?\b|jours?|tage?\b", Fraction("365.25"), Fraction(2)),
)


def ages(printed: str) -> list[tuple[Fraction, Fraction]]:
    """(years, how far a value may be off) that the words may mean; a decade (in her 60s) is no age.

    >>> [str(years) for years, _ in ages("nine-month-old")]
    ['3/4']
    """
    text = digits(printed)
    found: list[tuple[Fraction, Fraction]] = []
    for one in re.finditer(rf"(?<![\d.,])(?P<n>{_N})(?P<half> and (?:a half|1/2)|½)?[\s-]*", text):
        number = Fraction(one["n"]) + (Fraction(1, 2) if one["half"] else 0)
        if re.compile(r"['’]?s\b").match(text, one.end()):
            continue
        unit = next(((per, off) for words, per, off in _OF_AGE if re.compile(words).match(text, one.end())), None)
        per, off = unit or (Fraction(1), Fraction(0))
        found.append((number / per, off / per))
    if len(found) > 1:  # two years and three months
        found.append((sum((years for years, _ in found), Fraction(0)), Fraction(1, 24)))
    return found


def is_age(years: Decimal, printed: str) -> bool:
    """Are so many years what the words may mean?

    >>> is_age(Decimal("0.75"), "9-month-old"), is_age(Decimal(9), "9-month-old")
    (True, False)
    """
    return any(abs(Fraction(years) - told) <= off for told, off in ages(printed))
