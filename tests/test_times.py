"""What an EDTF date and a distance bound, and what is refused."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.base.times import Bounds, Offset, read_edtf, read_offset

quick = settings(deadline=None, derandomize=True, max_examples=150)


def d(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


BOUNDS: dict[str, tuple[str, str, str, str]] = {
    "2021": ("2021-01-01", "2021-12-31", "2021-01-01", "2021-12-31"),
    "2021-09": ("2021-09-01", "2021-09-30", "2021-09-01", "2021-09-30"),
    "2021-02": ("2021-02-01", "2021-02-28", "2021-02-01", "2021-02-28"),
    "2024-02": ("2024-02-01", "2024-02-29", "2024-02-01", "2024-02-29"),
    "2000-02": ("2000-02-01", "2000-02-29", "2000-02-01", "2000-02-29"),
    "1900-02": ("1900-02-01", "1900-02-28", "1900-02-01", "1900-02-28"),
    "2021-12": ("2021-12-01", "2021-12-31", "2021-12-01", "2021-12-31"),
    "2024-02-29": ("2024-02-29", "2024-02-29", "2024-02-29", "2024-02-29"),
    "201X": ("2010-01-01", "2019-12-31", "2010-01-01", "2019-12-31"),
    "2021~": ("2021-01-01", "2021-12-31", "2021-01-01", "2021-12-31"),
    "2021-09?": ("2021-09-01", "2021-09-30", "2021-09-01", "2021-09-30"),
    "2021-09-05%": ("2021-09-05", "2021-09-05", "2021-09-05", "2021-09-05"),
    "2021-09/2022-11": ("2021-09-01", "2021-09-30", "2022-11-01", "2022-11-30"),
    "2021/2021": ("2021-01-01", "2021-12-31", "2021-01-01", "2021-12-31"),
    "2021-09-05/2022": ("2021-09-05", "2021-09-05", "2022-01-01", "2022-12-31"),
    "../2019": ("", "", "2019-01-01", "2019-12-31"),
    "/2019": ("", "", "2019-01-01", "2019-12-31"),
    "2021-09/..": ("2021-09-01", "2021-09-30", "", ""),
    "2021-09/": ("2021-09-01", "2021-09-30", "", ""),
    "199X/2001": ("1990-01-01", "1999-12-31", "2001-01-01", "2001-12-31"),
}


@pytest.mark.parametrize("text", BOUNDS)
def test_bounds(text: str) -> None:
    assert read_edtf(text) == Bounds(*map(d, BOUNDS[text]))


REFUSED = {
    "2021-02-30": "calendar",
    "2023-02-29": "calendar",
    "1900-02-29": "calendar",
    "2021-13": "calendar",
    "2021-00": "calendar",
    "2021-04-31": "calendar",
    "2021-01-00": "calendar",
    "0000": "calendar",
    "201X-05": "decade",
    "20XX": "not a date",
    "21": "not a date",
    "2021-9": "not a date",
    "2021-09-5": "not a date",
    "09/2021": "not a date",
    "2021-09-01T10:00": "not a date",
    "2021-09-01 ": "not a date",
    "2021-09-01\n": "not a date",
    "September 2021": "not a date",
    "banana": "not a date",
    "": "not a date",
    "../..": "bounds nothing",
    "/": "bounds nothing",
    "2022/2021": "swap",
    "2021-09/2021-08": "swap",
    "2021-09-05/2021-09-04": "swap",
    "2021/2022/2023": "not a date",
}


@pytest.mark.parametrize("text", REFUSED)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match=REFUSED[text]):
        read_edtf(text)


@pytest.mark.parametrize("text", ["\uff12\uff10\uff12\uff11", "\u0662\u0660\u0662\u0661-\u0660\u0669"])
def test_only_ascii_digits_make_a_date(text: str) -> None:
    with pytest.raises(ValueError, match="not a date"):
        read_edtf(text)


@pytest.mark.parametrize(
    ("bounds", "words"),
    [
        (Bounds(date(2021, 1, 2), date(2021, 1, 1)), "start after"),
        (Bounds(None, None, date(2021, 1, 2), date(2021, 1, 1)), "end after"),
        (Bounds(date(2021, 1, 2), None, None, date(2021, 1, 1)), "before it starts"),
    ],
    ids=["start", "end", "order"],
)
def test_bounds_that_cannot_be(bounds: Bounds, words: str) -> None:
    assert words in (bounds.problem() or "")


def test_bounds_that_can_be_have_no_problem() -> None:
    day = date(2021, 1, 1)
    assert Bounds().problem() is None
    assert Bounds(day, day, day, day).problem() is None
    assert Bounds(day, None, None, day).problem() is None


# offset, start, after, before
SHIFTS = [
    ("1 month", "2021-01-31", "2021-02-28", "2020-12-31"),
    ("1 month", "2024-01-31", "2024-02-29", "2023-12-31"),
    ("1 month", "2021-03-31", "2021-04-30", "2021-02-28"),
    ("1 year", "2024-02-29", "2025-02-28", "2023-02-28"),
    ("4 years", "2024-02-29", "2028-02-29", "2020-02-29"),
    ("12 months", "2021-05-15", "2022-05-15", "2020-05-15"),
    ("1 day", "2021-12-31", "2022-01-01", "2021-12-30"),
    ("2 weeks", "2024-02-20", "2024-03-05", "2024-02-06"),
    ("0 days", "2021-05-15", "2021-05-15", "2021-05-15"),
]


@pytest.mark.parametrize(("offset", "start", "after", "before"), SHIFTS, ids=[f"{o}-{s}" for o, s, *_ in SHIFTS])
def test_offsets_at_month_ends(offset: str, start: str, after: str, before: str) -> None:
    day = read_edtf(start)
    assert read_offset(offset).after(day) == Bounds(*[d(after)] * 4)
    assert read_offset(offset).before(day) == Bounds(*[d(before)] * 4)


def test_a_range_of_distances_widens() -> None:
    found = read_offset("3..4 months").after(read_edtf("2021-09"))
    assert (found.earliest_start, found.latest_end) == (date(2021, 12, 1), date(2022, 1, 30))


def test_a_range_of_distances_widens_backwards() -> None:
    found = read_offset("3..4 months").before(read_edtf("2021-09"))
    assert (found.earliest_start, found.latest_end) == (date(2021, 5, 1), date(2021, 6, 30))


def test_a_distance_from_an_open_start_is_open() -> None:
    assert read_offset("1 year").after(read_edtf("../2019")) == Bounds()
    assert read_offset("1 year").after(Bounds(earliest_start=date(2019, 1, 1))).latest_start is None


@pytest.mark.parametrize(
    ("text", "made", "iso"),
    [
        ("1 year", Offset(1, 1, "year"), ("P1Y", "P1Y")),
        ("3..4 months", Offset(3, 4, "month"), ("P3M", "P4M")),
        ("10 days", Offset(10, 10, "day"), ("P10D", "P10D")),
        ("2..2 weeks", Offset(2, 2, "week"), ("P14D", "P14D")),
    ],
)
def test_read_offset(text: str, made: Offset, iso: tuple[str, str]) -> None:
    assert read_offset(text) == made
    assert made.iso() == iso


@pytest.mark.parametrize("text", ["4..3 months", "-1 year", "1.5 years", "3-4 months", "a year", "3", "1 hour", ""])
def test_offsets_refused(text: str) -> None:
    with pytest.raises(ValueError, match="runs backwards" if ".." in text else "not a distance"):
        read_offset(text)


_DATES = st.dates(date(1000, 1, 1), date(3000, 12, 31))
_POINTS = st.builds(lambda day, cut: day.isoformat()[:cut], _DATES, st.sampled_from([4, 7, 10]))
_OFFSETS = st.builds(
    lambda least, more, unit: Offset(least, least + more, unit),
    st.integers(0, 60),
    st.integers(0, 24),
    st.sampled_from(["day", "week", "month", "year"]),
)


@quick
@given(_POINTS)
def test_a_point_holds_every_day_it_stands_for(text: str) -> None:
    bounds = read_edtf(text)
    assert bounds.earliest_start is not None
    assert bounds.latest_end is not None
    assert bounds.earliest_start <= bounds.latest_end
    for day in (bounds.earliest_start, bounds.latest_end):
        assert day.isoformat().startswith(text)
    outside = (bounds.earliest_start - timedelta(1), bounds.latest_end + timedelta(1))
    assert not any(day.isoformat().startswith(text) for day in outside)


@quick
@given(_POINTS, _POINTS)
def test_bounds_of_an_interval_are_ordered(a: str, b: str) -> None:
    x, y = read_edtf(a), read_edtf(b)
    assert x.earliest_start is not None
    assert y.latest_end is not None
    if x.earliest_start > y.latest_end:
        with pytest.raises(ValueError, match="swap"):
            read_edtf(f"{a}/{b}")
        return
    bounds = read_edtf(f"{a}/{b}")
    assert bounds.problem() is None
    assert (bounds.earliest_start, bounds.latest_start) == (x.earliest_start, x.latest_start)
    assert (bounds.earliest_end, bounds.latest_end) == (y.earliest_end, y.latest_end)


@quick
@given(_DATES, _DATES, _OFFSETS)
def test_after_is_monotone(one: date, other: date, offset: Offset) -> None:
    first, second = sorted([one, other])
    x, y = (offset.after(read_edtf(day.isoformat())) for day in (first, second))
    assert x.earliest_start is not None
    assert y.earliest_start is not None
    assert x.latest_start is not None
    assert y.latest_start is not None
    assert first <= x.earliest_start <= y.earliest_start
    assert x.earliest_start <= x.latest_start <= y.latest_start


@quick
@given(_DATES, _OFFSETS)
def test_before_undoes_after(day: date, offset: Offset) -> None:
    back = offset.before(offset.after(read_edtf(day.isoformat())))
    assert back.earliest_start is not None
    assert back.latest_start is not None
    slack = timedelta(3)  # a day that a month does not have becomes its last one
    assert back.earliest_start - slack <= day <= back.latest_start + slack
    if day.day <= 28 or offset.unit in ("day", "week"):
        assert back.earliest_start <= day <= back.latest_start


@quick
@given(st.integers(1, 999))
def test_a_decade_is_its_ten_years(decade: int) -> None:
    whole = read_edtf(f"{decade:03}X")
    years = [read_edtf(f"{decade:03}{last}") for last in range(10)]
    assert whole.earliest_start == years[0].earliest_start
    assert whole.latest_end == years[-1].latest_end


@quick
@given(st.text(max_size=20))
def test_any_other_text_is_a_value_error(text: str) -> None:
    for read, kind in ((read_edtf, Bounds), (read_offset, Offset)):
        made: object = None
        with contextlib.suppress(ValueError):
            made = read(text)
        assert made is None or isinstance(made, kind)
