"""Numbers, frequencies and ages are read from the words that reports print; a wrong value is told."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.model.amounts import A_DAY, ages, fault, frequencies, is_age, numbers
from kg.model.case import Frequency

# (times, per, words) that are right.
RIGHT: list[tuple[str, str, str]] = [
    ("0.5", "wk", "every 2 weeks"), ("26", "a", "every 2 weeks"), ("0.125", "wk", "every 8 weeks"), ("1", "wk", "every 7 days"),
    ("3", "d", "every 8 hours"), ("3", "d", "every 6-8 hours"), ("2", "a", "every six months"), ("0.5", "d", "every other day"),
    ("0.5", "d", "every-other-day"), ("0.5", "d", "on alternate days"), ("0.5", "wk", "fortnightly"), ("0.5", "wk", "every second week"),
    ("4", "a", "every third month"), ("3", "d", "thrice daily"), ("3", "d", "three times a day"), ("2", "d", "bid"), ("2", "d", "b.i.d."),
    ("3", "d", "tid"), ("1", "d", "QD"), ("4", "d", "qid"), ("0.5", "d", "q.o.d."), ("2", "d", "q12h"), ("0.333", "wk", "q3w"),
    ("0.25", "mo", "q4 months"), ("1", "d", "at bedtime"), ("1", "d", "nightly"), ("1", "d", "each night"), ("1", "mo", "monthly"),
    ("1", "a", "yearly"), ("1", "d", "per day"), ("1", "d", "/24h"), ("1", "d", "5 mg/d"), ("2", "wk", "biweekly"), ("0.5", "wk", "bi-weekly"),
    ("3", "wk", "three times a week"), ("3", "wk", "3x/week"), ("2", "wk", "2 doses every week"), ("2.5", "wk", "5 in two weeks"),
    ("2", "d", "twice-daily"), ("4", "d", "6-hourly"), ("0.25", "wk", "4-weekly"), ("1", "mo", "3 monthly pulses"),
    ("5", "mo", "for 5 consecutive days every month"), ("0.5", "wk", "once every two weeks"), ("2", "d", "two tablets daily"),
    ("2", "a", "half-yearly"), ("4", "a", "quarterly"), ("1", "wk", "15 mg weekly"),
]  # fmt: skip
# (times, per, words, the field that is wrong).
WRONG: list[tuple[str, str, str, str]] = [
    ("2", "wk", "every 2 weeks", "times"), ("1", "d", "twice daily", "times"), ("8", "d", "every 8 hours", "times"),
    ("1", "mo", "every 4 weeks", "times"), ("2", "d", "every other day", "times"), ("1", "d", "tid", "times"),
    ("2", "wk", "twice daily", "per"), ("1", "d", "monthly", "per"), ("3", "d", "three times a week", "per"),
]  # fmt: skip


@pytest.mark.parametrize(("times", "per", "printed"), RIGHT)
def test_a_frequency_is_read(times: str, per: str, printed: str) -> None:
    assert frequencies(printed)
    assert fault(Frequency(times=times, per=per, printed=printed)) is None


@pytest.mark.parametrize(("times", "per", "printed", "field"), WRONG)
def test_a_wrong_frequency_is_told(times: str, per: str, printed: str, field: str) -> None:
    assert fault(Frequency(times=times, per=per, printed=printed)) == field


@pytest.mark.parametrize("printed", ["as needed", "once", "days 1 and 15", "tres veces al día", "with meals", ""])
def test_what_cannot_be_read_has_no_frequency(printed: str) -> None:
    assert frequencies(printed) == frozenset()


@given(
    n=st.integers(1, 48),
    unit=st.sampled_from([("hours", "h"), ("days", "d"), ("weeks", "wk"), ("months", "mo"), ("years", "a")]),
)
def test_every_distance_is_one_part_of_it(n: int, unit: tuple[str, str]) -> None:
    assert frequencies(f"every {n} {unit[0]}") == {A_DAY[unit[1]] / n}
    assert frequencies(f"{n} times in {n} {unit[0]}") == {A_DAY[unit[1]]}


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert all(rate > 0 for rate in frequencies(text))
    assert all(years >= 0 and off >= 0 for years, off in ages(text))
    assert all(number.is_finite() for number in numbers(text))


@pytest.mark.parametrize(
    ("years", "printed"),
    [
        ("7", "seven-year-old"), ("7", "7-year-old"), ("45", "forty-five years old"), ("99", "ninety nine years"), ("28", "28"),
        ("28", "aged 28 y/o"), ("28", "28M"), ("0.75", "9-month-old"), ("0.73", "nine months"), ("0.12", "six weeks"),
        ("0.03", "12 days"), ("2.25", "2 years and 3 months"), ("2.5", "two and a half years"), ("40", "40 años"),
    ],
)  # fmt: skip
def test_an_age_is_read(years: str, printed: str) -> None:
    assert is_age(Decimal(years), printed)


@pytest.mark.parametrize(
    ("years", "printed"),
    [("60", "in her 60s"), ("9", "9-month-old"), ("0.9", "9-month-old"), ("5", "forty-five"), ("82", "28-year-old"), ("12", "12 days")],
)  # fmt: skip
def test_another_age_is_not_read(years: str, printed: str) -> None:
    assert not is_age(Decimal(years), printed)


def test_a_decade_is_no_age() -> None:
    assert ages("a man in his 60s") == []
    assert ages("a 60-year-old man") == [(Fraction(60), Fraction(0))]


def test_numbers_are_read_in_digits_and_words() -> None:
    assert numbers("none of 2,340; −3.5") == {Decimal("2340"), Decimal("2.340"), Decimal("-3.5")}
    assert numbers("twice twenty-one") == {Decimal(2), Decimal(21)}
