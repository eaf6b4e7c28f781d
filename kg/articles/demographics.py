"""How old is the patient, and of which sex, as the report states it?

What is said of a relative or a donor is not the patient's; an age told as history ("at the age of 5") is not the age
of the case.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from kg.articles.article import Article, Confidence, Mention
from kg.model.anchors import Sentence

__all__ = ["Demographics", "StatedAge", "StatedSex", "demographics"]


@dataclass(frozen=True, slots=True)
class StatedSex(Mention):
    """The words that tell the sex."""

    sex: Literal["male", "female"]


@dataclass(frozen=True, slots=True)
class StatedAge(Mention):
    """The words that tell the age; printed: those of the age alone; years: None where only a decade is told."""

    printed: str
    years: Decimal | None


@dataclass(frozen=True, slots=True)
class Demographics:
    """All statements of sex and age that agree with the first, which is that of the case if it is there.

    other_sex, other_ages: what disagrees, for a curator to look at.
    """

    sex: tuple[StatedSex, ...]
    age: tuple[StatedAge, ...]
    other_sex: tuple[StatedSex, ...] = ()
    other_ages: tuple[StatedAge, ...] = ()


_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_WORDS = {word: n for n, word in enumerate(_ONES, 1)} | {word: n for n, word in enumerate(_TEENS, 10)}
_WORDS |= {word: 10 * n for n, word in enumerate(_TENS, 2)}
_NUMBER = rf"(?:\d{{1,3}}(?:[.,·]\d{{1,2}})?(?:[ -]?½|[ -]1/2)?|(?:{'|'.join(_TENS)})(?:[- ](?:{'|'.join(_ONES)}))?|{'|'.join((*_TEENS, *_ONES))})"
_UNIT = r"(?:years?|yrs?|y|months?|mos?|weeks?|wks?|days?|hours?)"
_MALE = r"(?:man|male|boy|gentleman|schoolboy)"
_FEMALE = r"(?:woman|female|girl|lady|schoolgirl|primigravida|multigravida|primipara|multipara|housewife)"
_PERSON = rf"(?:{_MALE}|{_FEMALE}|patient|child|infant|neonate|newborn|toddler|baby|adolescent|teenager|adult|farmer|student|worker|nurse|individual|person|proband|butcher|smoker)"
_BETWEEN = r"(?:[\s,/–-]{1,2}(?!who\b|with\b|and\b|was\b|had\b|presented\b)[^\W\d_][\w'’-]*){0,8}?[\s,/–-]{1,2}"
_AGED = re.compile(
    rf"(?i)\b(?P<age>(?P<number>{_NUMBER})\s?[-–‐‑]?\s?(?P<unit>{_UNIT})(?:\s?[-–‐‑]\s?|\s)(?:old|of[- ]age)|(?P<number2>\d{{1,3}})[ -]?(?:y/o|yo|y\.o\.))(?!\w)(?P<who>{_BETWEEN}{_PERSON}\b)?"
)
_AT_AGE = re.compile(
    rf"(?i)(?P<age>\baged? (?:of )?(?P<number>\d{{1,3}}|{_NUMBER})(?:[ -](?P<unit>years?|months?|weeks?|days?))?(?:[ -]old)?)\b"
)
_DECADE = re.compile(r"(?i)\bin (?:his|her|their) (?:early |mid |mid-|late )?(?:teens|\d0s|(?:twent|thirt|fort|fift|sixt|sevent|eight)ies)\b")  # fmt: skip
_PERSONS = re.compile(
    rf"(?i)\b(?:(?:the|our|this|an?|another) )(?P<phrase>(?:[\w'’/–-]+[\s,]+){{0,7}}?(?P<who>{_MALE}|{_FEMALE}))\b(?! (?:relatives?|siblings?|donors?|sex|pattern|predominance|genitalia|karyotype|hormones?))"
)
_FORM = re.compile(r"(?i)\bpatient: (?P<who>female|male)\b(?=[,;. ])")
_PRONOUN = re.compile(r"\b(?P<m>[Hh]e|[Hh]is|[Hh]imself)\b|\b(?P<f>[Ss]he|[Hh]ers?|[Hh]erself)\b")
_KIN = r"(?:father|mother|parents?|brother|sister|siblings?|twin|sons?|daughters?|uncle|aunt|cousins?|grand\w+|nephew|niece|wife|husband|spouse|partner|donor|friend|half-\w+|relatives?)"
_OF_KIN = re.compile(rf"(?i)\b{_KIN}\b")
_KIN_NEXT = re.compile(rf"(?i)[\s-]*(?:\w+ )?{_KIN}\b")
_PARENT = re.compile(r"(?i)\s(?:mother|father|parents?)\b")
_BORN_TO = re.compile(
    r"(?i)\b(?:born|delivered|child|infant|neonate|newborn|baby) (?:[\w ]{1,30} )?(?:to|of|by) (?:an? |the )?(?:[\w-]+ )?$"
)
_HISTORY = re.compile(
    r"(?i)\b(?:at|at the|since|since the|from|from the|until|until the|by|by the|when (?:he|she) was|beginning at|before the|after the|began at|onset at)\s*(?:(?:an )?age of )?$"
)
_DAYS = {"y": Decimal("365.25"), "m": Decimal("30.4375"), "w": Decimal(7), "d": Decimal(1), "h": Decimal(1) / 24}


def demographics(article: Article, sentences: Iterable[Sentence]) -> Demographics:
    """Sex and age, from the sentences that tell of the patient.

    >>> article = Article.plain("A 3-month-old girl was seen. Her mother, aged 32, was well.")
    >>> found = demographics(article, article.sentences)
    >>> [(article.quote(s), s.sex) for s in found.sex], [(a.printed, str(a.years)) for a in found.age]
    ([('3-month-old girl', 'female')], [('3-month-old', '0.25')])
    """
    kinds = {part.section: part.kind for part in article.parts}
    told = sorted(sentences, key=lambda one: (kinds.get(one.section) != "case", one.start))
    ages = [age for one in told for age in _ages(article.text, one)]
    sexes = [sex for one in told for sex in _sexes(article.text, one)]
    if not sexes:
        sexes = list(_pronouns(article.text, told))
    first_age = next(iter(sorted(ages, key=lambda age: age.confidence != "high")), None)
    first_sex = sexes[0] if sexes else None
    return Demographics(
        tuple(sex for sex in sexes if first_sex and sex.sex == first_sex.sex),
        tuple(
            sorted(
                (age for age in ages if first_age and age.years == first_age.years and (age.years or age == first_age)),
                key=lambda age: age.confidence != "high",
            )
        ),
        tuple(sex for sex in sexes if first_sex and sex.sex != first_sex.sex),
        tuple(age for age in ages if first_age and age.years != first_age.years),
    )


def _ages(text: str, one: Sentence) -> Iterator[StatedAge]:
    taken: list[tuple[int, int]] = []
    for found in _AGED.finditer(text, one.start, one.end):
        start, end = found.start("age"), found.end("who") if found["who"] else found.end("age")
        before = _before(text, one, start)
        if _of_kin(before, found["who"] or "", text[end : end + 25]) or _HISTORY.search(before):
            continue
        number, unit = (found["number2"], "y") if found["number2"] else (found["number"], found["unit"])
        years = _years(number, unit)
        if years is not None and years <= 125:
            taken.append((start, end))
            sure: Confidence = "high" if found["who"] else "medium"
            yield StatedAge(start, end, "age", sure, text[start : found.end("age")], years)
    for found in _AT_AGE.finditer(text, one.start, one.end):
        start, end = found.span("age")
        before = _before(text, one, start)
        if any(a < end and start < b for a, b in taken) or _HISTORY.search(before):
            continue
        if not re.search(r"(?i)\baged\b", found.group()) or _of_kin(before, "", text[end : end + 25]):
            continue
        if (years := _years(found["number"], found["unit"] or "y")) is not None and years <= 125:
            yield StatedAge(start, end, "age", "medium", text[start:end], years)
    for found in _DECADE.finditer(text, one.start, one.end):
        if not _of_kin(_before(text, one, found.start()), "", ""):
            yield StatedAge(*found.span(), "age-decade", "medium", found.group(), None)


def _before(text: str, one: Sentence, at: int) -> str:
    """The words of a sentence before a place, as far as they matter."""
    return text[max(one.start, at - 120) : at]


def _of_kin(before: str, who: str, after: str) -> bool:
    """Is it a relative or a donor whose age or sex is told?"""
    clause = re.split(r"[;.]|\b(?:patient|presented)\b", before)[-1][-60:]
    beside = _PARENT if who else _KIN_NEXT  # "a 26-year-old mother"; "a primipara with twins" is the patient
    return bool(_OF_KIN.search(clause) or _OF_KIN.search(who) or _BORN_TO.search(before) or beside.match(after))


def _years(number: str, unit: str) -> Decimal | None:
    sign = unit[0].lower()
    words = number.lower()
    if words[0].isdigit():
        half = Decimal("0.5") if re.search(r"½|1/2", words) else Decimal(0)
        value = Decimal(re.sub(r"[ -]?(?:½|1/2)", "", words).replace(",", ".").replace("·", ".")) + half
    else:
        value = Decimal(sum(_WORDS[part] for part in re.split(r"[- ]", words)))
    if not value:
        return None
    if sign == "y":
        return value
    years = value / 12 if sign == "m" else value * _DAYS[sign] / _DAYS["y"]
    return round(years, 4).normalize() + 0


def _sexes(text: str, one: Sentence) -> Iterator[StatedSex]:
    for found in _AGED.finditer(text, one.start, one.end):
        sex = _sex(found["who"] or "")
        if sex and not _of_kin(_before(text, one, found.start()), found["who"], text[found.end() : found.end() + 25]):
            yield StatedSex(found.start(), found.end(), "sex-with-age", "high", sex)
    for found in _FORM.finditer(text, one.start, one.end):
        yield StatedSex(found.start(), found.end(), "sex", "high", "female" if found["who"][0] in "fF" else "male")
    for found in _PERSONS.finditer(text, one.start, one.end):
        before = _before(text, one, found.start())
        if _AGED.search(found["phrase"]) or _of_kin(before, found["phrase"], text[found.end() : found.end() + 15]):
            continue
        after = text[found.end() : found.end() + 30]
        if re.match(
            r"(?i) (?:with|who|whose|in (?:his|her)|was|had|presented|aged|patient|infant|newborn|neonate|child|fetus|baby|born|of|[,.]|came)|[,.]",
            after,
        ):
            sex = _sex(found["who"])
            if sex is not None:
                last = re.search(r"(?:[\w'’-]+\s+)?\S+$", found["phrase"])  # the noun and the word before it
                start = found.start("phrase") + (last.start() if last and len(found["phrase"].split()) > 4 else 0)
                end = found.end()
                if more := re.match(r" (?:patient|infant|newborn|neonate|child|baby)\b", after):
                    end += more.end()
                yield StatedSex(start, end, "sex", "medium", sex)


def _sex(words: str) -> Literal["male", "female"] | None:
    if re.search(rf"(?i)\b{_FEMALE}\b", words):
        return "female"
    return "male" if re.search(rf"(?i)\b{_MALE}\b", words) else None


def _pronouns(text: str, told: list[Sentence]) -> Iterator[StatedSex]:
    """He or she, where one of them is nearly all that is said; the first of them."""
    found = [
        match for one in told for match in _PRONOUN.finditer(text, one.start, one.end)
        if not _OF_KIN.search(text[one.start : one.end])
    ]  # fmt: skip
    male = [match for match in found if match["m"]]
    female = [match for match in found if match["f"]]
    most = max(male, female, key=len)
    if len(most) > 1 and len(most) >= 0.9 * len(found):
        sex: Literal["male", "female"] = "male" if most is male else "female"
        first = min(most, key=lambda match: match.start())
        yield StatedSex(*first.span(), "sex-pronoun", "low", sex)
