"""Are the amounts of a case such as they were printed, and such as can be?

Numbers, units, doses, durations and scales; and whether a value stands in the quoted words where its
analyte does.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from kg.base.prefixes import expand
from kg.base.results import Severity
from kg.base.units import factor, is_rate, kind, printed_units, same_dose, same_kind
from kg.concepts.terms import Catalogue
from kg.model.amounts import A_DAY, ages, fault, frequencies, is_age
from kg.model.amounts import numbers as numbers_in
from kg.model.case import Age, Case, Fact, Frequency, Measurement, Quantity
from kg.model.naming import kin, named
from kg.model.timeline import Timeline, apart

__all__ = ["amounts", "numbers", "pairings", "scales", "units"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure

# Before a number: it is a bound. And before an end of a range: it is the upper, or the lower one.
_UPPER, _LOWER = (
    r"(?:<|≤|\b(?:up to|at most|below|under|less than|lower than)) *=? *",
    r"(?:>|≥|\b(?:at least|above|more than|greater than|higher than)) *=? *",
)
RANGES = ("range_low", "range_high", "scale_min", "scale_max")


def numbers(case: Case, terms: Catalogue) -> Found:  # noqa: ARG001 - every check has the same form
    """The number that a fact normalises is the number that was printed."""
    for path, fact in case.facts():
        if isinstance(fact, Measurement) and fact.value is not None:
            if fact.comparator and not re.search(r"[<>≤≥~≈]|less|more|below|above|about|under|over", fact.printed):
                yield (
                    (*path, "comparator"),
                    "violation",
                    "printed",
                    f"{fact.printed!r} prints no comparator.",
                    "Take it out, or quote where it is printed.",
                )
            if fact.comparator is None and _only_behind(rf"(?:{_UPPER}|{_LOWER})", fact.value, fact.printed):
                yield (
                    (*path, "value"),
                    "violation",
                    "printed",
                    f"{fact.printed!r} is a bound, not a value.",
                    "Give the comparator.",
                )
        if isinstance(fact, Age) and fact.years > 130:
            yield (*path, "years"), "violation", "age", f"{fact.years} years.", "Correct it."
        for where, number, printed in _misread(path, fact):
            message = f"{number} is not the number in {printed!r}."
            yield where, "violation", "printed", message, "Write the number that was printed."


def _misread(path: Path_, fact: Fact) -> Iterator[tuple[Path_, Decimal, str]]:
    """(path, number, words) of each number of a fact that its words do not hold."""
    told = bool(fact.note or fact.odd)  # for words that no table reads
    for field, value in vars(fact).items():
        if isinstance(value, Quantity) and not _reads(value.value, value.printed):
            yield (*path, field, "value"), value.value, value.printed
        elif isinstance(value, Frequency):
            read = bool(frequencies(value.printed))
            wrong = fault(value) == "times" if read else not (told or _reads(value.times, value.printed))
            if wrong:
                yield (*path, field, "times"), value.times, value.printed
        elif field in RANGES and isinstance(value, Decimal):
            text = " | ".join([fact.printed, *(a.quote for a in fact.evidence)])  # type: ignore[attr-defined]
            if value not in numbers_in(text):
                yield (*path, field), value, text
    if (
        isinstance(fact, Measurement)
        and fact.value is not None
        and not (_reads(fact.value, fact.printed) and (fact.unit != "{score}" or _printed_of(fact.value, fact.printed)))
    ):
        yield (*path, "value"), fact.value, fact.printed
    if isinstance(fact, Age) and not is_age(fact.years, fact.printed) and not (told and not ages(fact.printed)):
        yield (*path, "years"), fact.years, fact.printed


def _printed_of(number: Decimal, printed: str) -> bool:
    """Is it the first number of a score that is printed with its end: 4 of 4/52?"""
    found = re.fullmatch(r"\D*?(\d+(?:[.,]\d+)?) ?(?:/|of|out of) ?\d+(?:[.,]\d+)?\D*", printed)
    return found is None or Decimal(found[1].replace(",", ".")) == number


def _reads(number: Decimal, printed: str) -> bool:
    said = numbers_in(printed)
    return number in said or (not said and number == 1 and bool(re.search(r"\ban?\b|\bper\b", printed)))  # for a year


DOSE_UNITS = (
    "mg", "mg/d", "mg/kg", "mg/kg/d", "mg/m2", "mg/m2/d", "[IU]", "[IU]/d", "[IU]/kg", "mL", "mL/d", "mol", "mg/wk", "g/kg/d", "{tbl}",
    "[arb'U]",
)  # fmt: skip


def units(case: Case, terms: Catalogue) -> Found:
    """Units are UCUM, and of the kind that the analyte, dose or duration is measured in."""
    for path, fact in case.facts():
        if isinstance(fact, Measurement):
            if fact.value is not None and fact.unit is None:
                yield path, "violation", "unit", "a value without unit.", "Give the UCUM code; {score} for a score."
            elif fact.unit is not None:
                wanted = terms.value(expand(fact.analyte.id), "referenceUnit")
                wrong = [*_unit((*path, "unit"), fact.unit, wanted, fact.analyte.label)]
                yield from wrong or _unit_as_printed(
                    (*path, "unit"), fact.unit, fact.printed, fact.unit_printed, fact.odd
                )
        for field, allowed in (
            ("dose", DOSE_UNITS),
            ("concentration", ("%", "mg/mL", "mol/L", "[IU]/mL")),
            ("duration", ("a",)),
        ):
            quantity = vars(fact).get(field)
            if isinstance(quantity, Quantity):
                where = (*path, field, "unit")
                if field == "dose" and quantity.unit == "%":
                    yield where, "violation", "unit", "'%' does not measure a dose.", "Write it under `concentration`."
                    continue
                wrong = [*_unit(where, quantity.unit, list(allowed), f"a {field}")]
                yield from wrong or _unit_as_printed(where, quantity.unit, quantity.printed, None, fact.odd)


def _unit(path: Path_, code: str, wanted: list[str], what: str) -> Found:
    if code in wanted:
        return  # known to be UCUM and of the kind: the parser, which is slow to start, need not be asked
    try:
        kind(code)
    except ValueError as error:
        yield path, "violation", "unit", f"{error}.", "Write the UCUM code, for example mg, ng/L, [IU]/L, %{predicted}."
        return
    if wanted and not any(same_kind(code, other) for other in wanted):
        yield (
            path,
            "violation",
            "unit",
            f"{code!r} does not measure {what}.",
            f"Use a unit of the kind of {' or '.join(wanted[:4])}.",
        )


def _unit_as_printed(path: Path_, code: str, printed: str, unit_printed: str | None, odd: str | None) -> Found:
    readings = printed_units(f"1 {unit_printed}" if unit_printed else printed)
    if is_rate(code) and any(map(is_rate, readings)):  # both say how often: 15 mg weekly is not 15 mg/d
        readings = tuple(filter(is_rate, readings))
    # how often may be printed beside the dose: 5 mg daily is 5 mg/d, and 5 mg once a day
    if not readings or code.startswith("{") or any(same_dose(code, reading) for reading in readings):
        return
    both = (unit_printed or readings[0], code)
    if odd and all(len(one) > 1 and one in odd for one in both):
        return
    message = f"{code!r} is not the unit in {unit_printed or printed!r}."
    cure = f"Write {readings[0]!r}, or a unit of the same size; a misprint belongs into `odd`, with both units."
    yield path, "violation", "unit", message, cure


# The most that a patient was ever given: field -> (unit, how many).
MOST: dict[str, tuple[str, Decimal]] = {
    "dose": ("kg", Decimal(1)), "duration": ("a", Decimal(100)), "concentration": ("%", Decimal(100)),
}  # fmt: skip


def amounts(case: Case, terms: Catalogue) -> Found:  # noqa: ARG001 - every check has the same form
    """Doses, durations and frequencies are such as a patient can have."""
    for path, fact in case.facts():
        for field, (unit, most) in MOST.items():
            quantity = vars(fact).get(field)
            if isinstance(quantity, Quantity) and _times(quantity, unit) > most and not fact.odd:
                message = f"{quantity.value} {quantity.unit} is more than {most} {unit}."
                yield (
                    (*path, field, "value"),
                    "violation",
                    "amount",
                    message,
                    "Correct it, or say in `odd` that it is so.",
                )
        frequency = vars(fact).get("frequency")
        if isinstance(frequency, Frequency) and Fraction(frequency.times) * A_DAY[frequency.per] > 48:
            message = f"{frequency.times} times per {frequency.per} is more than 48 times a day."
            yield (*path, "frequency", "times"), "violation", "amount", message, "Correct `times` or `per`."
    for name, patient in case.patients.items():
        for key, treatment in patient.treatments.items():
            # an age without date may be that at onset
            if treatment.duration and patient.age and not treatment.odd:
                life = patient.age.years + (40 if patient.age.at == "not stated" else 10)
                if _times(treatment.duration, "a") > life:
                    message = f"{treatment.duration.printed!r} is longer than a patient of {patient.age.printed!r} can have had it."
                    at = ("patients", name, "treatments", key, "duration", "value")
                    yield at, "violation", "amount", message, "Correct one of them."


def _times(quantity: Quantity, unit: str) -> Decimal:
    """How many of a unit a quantity is; 0 when it is of another kind. Small numbers need no parser."""
    if quantity.unit == unit:
        return quantity.value
    if quantity.value < 100 and quantity.unit in (*DOSE_UNITS, "d", "wk", "mo", "h"):
        return Decimal(0)
    try:
        return quantity.value * Decimal(str(factor(quantity.unit, unit)))
    except ValueError:
        return Decimal(0)


def scales(case: Case, terms: Catalogue) -> Found:
    """A score lies on its scale; a printed scale end that is not the scale's is odd."""
    for path, fact in case.facts():
        if not isinstance(fact, Measurement):
            continue
        for field, name in (("scale_min", "scaleMinimum"), ("scale_max", "scaleMaximum")):
            known = [Decimal(v) for v in terms.value(expand(fact.analyte.id), name)]
            printed = getattr(fact, field)
            if printed is not None and known and printed != known[0]:
                message = f"the report prints {printed}, but {fact.analyte.label} ends at {known[0]}; kept as printed."
                yield (*path, field), "warning", "scale", message, ""
            end = printed if printed is not None else known[0] if known else None
            if (
                end is not None
                and fact.value is not None
                and (fact.value < end if field == "scale_min" else fact.value > end)
            ):
                yield (
                    (*path, "value"),
                    "violation",
                    "scale",
                    f"{fact.value} lies beyond the end of the scale, {end}.",
                    "Correct the value.",
                )
        words = " | ".join([fact.printed, *(anchor.quote for anchor in fact.evidence)])
        for field, side, other in (("range_low", _UPPER, "range_high"), ("range_high", _LOWER, "range_low")):
            end = getattr(fact, field)
            if end is not None and getattr(fact, other) is None and _only_behind(side, end, words):
                message = f"{end} is the other end of the range in what is quoted."
                yield (*path, field), "violation", "range", message, f"Write it as `{other}`."
        part = re.search(r"\b(?:fraction|saturation|proportion|h(?:a)?ematocrit)\b", fact.analyte.label, re.IGNORECASE)
        if part and fact.unit == "%" and fact.value is not None and not 0 <= fact.value <= 100 and not fact.odd:
            message = f"{fact.value} % of {fact.analyte.label}: a part is no more than the whole."
            yield (*path, "value"), "violation", "scale", message, "Correct the value, or say in `odd` that it is so."
        if fact.range_low is not None and fact.range_high is not None and fact.range_low > fact.range_high:
            yield (
                (*path, "range_low"),
                "violation",
                "range",
                "the reference range runs backwards.",
                "Swap the two ends.",
            )


def _only_behind(words: str, number: Decimal, text: str) -> bool:
    """Does a number stand behind these words wherever a text has it?"""
    places = [found for found in re.finditer(r"(?<![\d.,])\d[\d.,]*(?<![.,])", text) if number in numbers_in(found[0])]
    return bool(places) and all(re.search(words + "$", text[: found.start()], re.IGNORECASE) for found in places)


# ---- a value and its analyte ------------------------------------------------------------


_MISPLACED = re.compile(r"\b(?:order|column|place|printed|swap|mis\w+|row|table)", re.IGNORECASE)
_DATED = re.compile(r"\b(?:dat(?:e|ed|es|ing)|years?|months?|earlier|later|[12]\d{3})\b", re.IGNORECASE)


def _dated(fact: Fact) -> bool:
    """Is what is odd about it its date?"""
    return bool(fact.odd and _DATED.search(fact.odd))


def pairings(case: Case, terms: Catalogue) -> Found:
    """A value stands in the quoted words where its analyte does, and is of the time of what it supports."""
    for name, patient in case.patients.items():
        timeline = Timeline.of(patient)
        analytes = {expand(one.analyte.id) for one in patient.measurements.values()}
        for key, exam in patient.examinations.items():
            seen = [k for k, one in patient.findings.items() if key in one.shown_by and one.status == "present"]
            if exam.result == "normal" and seen and not (exam.odd or exam.note):
                message = f"it is normal, and showed {seen[0]!r}."
                at = ("patients", name, "examinations", key, "result")
                yield at, "violation", "wording", message, "Correct `result`, or say in `note` how both are so."
        for key, found in patient.findings.items():
            shown = [by for k in found.shown_by if (by := patient.examinations.get(k) or patient.measurements.get(k))]
            if shown and not _dated(found) and all(apart(timeline, found.time, by.time) for by in shown):
                message = f"what shows it, {found.shown_by[0]!r}, was at another time."
                at = ("patients", name, "findings", key, "shown_by")
                yield at, "violation", "time", message, "Name what showed it then, or correct a date."
        for key, one in patient.measurements.items():
            path: Path_ = ("patients", name, "measurements", key)
            for anchor in one.evidence:
                other = _misplaced(one, anchor.quote, analytes, terms)
                if other and not any(words and _MISPLACED.search(words) for words in (one.note, one.odd)):
                    message = f"{one.printed!r} is a value of {terms.label(other)} in what is quoted."
                    yield (
                        (*path, "printed"),
                        "violation",
                        "printed",
                        message,
                        "Take the value of this analyte, or say why in `note`.",
                    )
                    break
            for target in one.supports:
                finding = patient.findings.get(target)
                if finding is None or _dated(one) or _dated(finding) or not apart(timeline, one.time, finding.time):
                    continue
                message = f"{target!r} was at another time."
                yield (
                    (*path, "supports"),
                    "violation",
                    "time",
                    message,
                    "Name the finding of that time, or correct a date.",
                )
                break


def _misplaced(one: Measurement, quote: str, analytes: set[str], terms: Catalogue) -> str | None:
    """Another analyte of the patient that the value of a measurement belongs to, by its place in the quote."""
    at, own = quote.find(one.printed), expand(one.analyte.id)
    if at < 0 or own not in analytes:
        return None
    if re.search(r"\brespectively\b", quote):
        return _in_order(one, quote, own, analytes, terms)
    before = re.split(r"[;|]|,? and |, (?=[^\d])", quote[:at])[-1]
    length = {iri: named(terms, iri, before) for iri in analytes}
    best = max(length.values(), default=0)
    if not best:
        return _elsewhere(quote, before, own, terms)
    if length[own] == best:
        return None
    return next(iri for iri in sorted(analytes) if length[iri] == best)


def _elsewhere(quote: str, before: str, own: str, terms: Catalogue) -> str | None:
    """Another analyte that stands right before the value, in words that name this one somewhere else."""
    if not named(terms, own, quote) or not re.search(r"[A-Za-z]{2}", before):
        return None
    found = {iri: named(terms, iri, before) for iri in _analytes(terms) if iri not in kin(terms, own)}
    best = max(found.values(), default=0)
    return min(iri for iri, length in found.items() if length == best) if best > 2 else None


@lru_cache(maxsize=4)
def _analytes(terms: Catalogue) -> tuple[str, ...]:
    root = expand("ckg:Analyte")
    return tuple(iri for iri in terms.concepts() if root in terms.ancestors(iri))


def _in_order(one: Measurement, quote: str, own: str, analytes: set[str], terms: Catalogue) -> str | None:
    """Of names and values told in order, the analyte at the place of this value, when it is another one."""
    found = re.search(r"\(([^)]*)", quote) or re.search(r"(?:was|were|to|of|at) (.*)", quote)
    if not found:
        return None
    values = [v for v in re.split(r",? and |, |; ", found[1]) if re.search(r"\d", v)]
    words = list(re.finditer(r"[\w/-]+", quote[: found.start()]))
    places = {}
    for iri in analytes:
        at = next((w.start() for w in words if named(terms, iri, w[0])), None)
        if at is not None:
            places[iri] = at
    order = sorted(places, key=lambda iri: places[iri])
    mine = [i for i, value in enumerate(values) if one.printed in value]
    if own not in places or len(set(places.values())) != len(values) or len(order) != len(values) or len(mine) != 1:
        return None
    return order[mine[0]] if order[mine[0]] != own else None
