"""The time network against exhaustive enumeration: bounds, contradictions, relations, distances."""

from __future__ import annotations

import random
from datetime import date
from itertools import pairwise, product
from typing import Any

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.base import pushes as pushing
from kg.base.network import ALLEN, Gap, Network, Range, Statement, Unit, shift
from kg.base.times import Bounds, Offset

quick = settings(deadline=None, derandomize=True, max_examples=30)
POINTS = ("a", "b", "c")
WINDOWS = (date(2023, 1, 20), date(2024, 2, 15), date(2020, 12, 20))  # month ends, leap days, a new year
LENGTH = 34


def d(text: str) -> date:
    return date.fromisoformat(text)


@st.composite
def gaps(draw: Any) -> Gap:
    unit: Unit = draw(st.sampled_from(["day", "day", "week", "month", "month", "year"]))
    most = {"day": 35, "week": 5, "month": 2, "year": 1}[unit]
    point, other = draw(st.permutations(POINTS))[:2] if draw(st.integers(0, 9)) else ("a", "a")
    return Gap(draw(_NAMES), point, draw(st.sampled_from([">=", "<="])), other, draw(st.integers(-most, most)), unit)


_NAMES = st.sampled_from([f"s{i}" for i in range(9)])


@st.composite
def ranges(draw: Any, first: int) -> Range:
    days = [first + draw(st.integers(0, LENGTH - 1)) for _ in range(2)]
    earliest, latest = map(date.fromordinal, sorted(days) if draw(st.integers(0, 4)) else days)
    side = draw(st.integers(0, 4))
    return Range(
        draw(_NAMES), draw(st.sampled_from(POINTS)), None if side == 1 else earliest, None if side == 2 else latest
    )


@st.composite
def told(draw: Any) -> tuple[int, list[Statement]]:
    """A window of days, and statements of which those named w hold all points inside it."""
    first = draw(st.sampled_from(WINDOWS)).toordinal()
    window: list[Statement] = [
        Range(f"w{p}", p, date.fromordinal(first), date.fromordinal(first + LENGTH - 1)) for p in POINTS
    ]
    return first, window + draw(st.lists(gaps() | ranges(first), max_size=6))


def holds(s: Statement, at: dict[str, int]) -> bool:
    here = at[s.point]
    if isinstance(s, Range):
        return (s.earliest is None or here >= s.earliest.toordinal()) and (
            s.latest is None or here <= s.latest.toordinal()
        )
    there = shift(at[s.other], s.count, s.unit)
    return here >= there if s.than == ">=" else here <= there


def solutions(first: int, statements: list[Statement]) -> list[dict[str, int]]:
    """All of them, by trying each day for each point."""
    one = {p: [s for s in statements if s.point == p and (isinstance(s, Range) or s.other == p)] for p in POINTS}
    days = {p: [x for x in range(first, first + LENGTH) if all(holds(s, {p: x}) for s in one[p])] for p in POINTS}
    rest = [s for s in statements if isinstance(s, Gap) and s.other != s.point]
    tables = {s: {x: shift(x, s.count, s.unit) for x in range(first, first + LENGTH)} for s in rest}

    def fits(s: Gap, at: tuple[int, ...]) -> bool:
        here, there = at[POINTS.index(s.point)], tables[s][at[POINTS.index(s.other)]]
        return here >= there if s.than == ">=" else here <= there

    return [dict(zip(POINTS, at, strict=True)) for at in product(*days.values()) if all(fits(s, at) for s in rest)]


@settings(quick, max_examples=30)
@given(told())
def test_bounds_relations_and_distances_are_those_of_exhaustive_enumeration(case: tuple[int, list[Statement]]) -> None:
    first, statements = case
    network, found = Network(statements), solutions(first, statements)
    assert network.is_consistent() == bool(found)
    assert (network.contradiction() is None) == bool(found)
    if not found:
        with pytest.raises(ValueError, match="contradict"):
            network.relation("a", "b")
        return
    for point in POINTS:
        days = [at[point] for at in found]
        assert network.days(point) == (min(days), max(days))
    for a, b in (("a", "b"), ("b", "c"), ("c", "a")):
        apart = {at[b] - at[a] for at in found}
        assert network.distance(a, b) == (min(apart), max(apart))
        expected = (any(x > 0 for x in apart), 0 in apart, any(x < 0 for x in apart))
        assert network.relation(a, b) == WORDS[expected]


WORDS = {
    (True, False, False): "before", (True, True, False): "maybe before", (False, True, False): "same day",
    (False, True, True): "maybe after", (False, False, True): "after", (True, False, True): "apart",
    (True, True, True): "unknown",
}  # fmt: skip


def allen(a: tuple[int, int], b: tuple[int, int]) -> str:
    """Allen's relation of two spans of whole days, from his definition: an end is the morning after the last day."""
    (s, e), (t, f) = (a[0], a[1] + 1), (b[0], b[1] + 1)
    if e < t or f < s:
        return "before" if e < t else "after"
    if e == t or f == s:
        return "meets" if e == t else "met by"
    if s == t:
        return "equal" if e == f else "starts" if e < f else "started by"
    if e == f:
        return "finishes" if s > t else "finished by"
    if s < t:
        return "overlaps" if e < f else "contains"
    return "during" if e < f else "overlapped by"


@settings(quick, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), min_size=4, max_size=4), st.lists(gaps(), max_size=2))
def test_allen_relations_are_those_of_exhaustive_enumeration(sides: list[tuple[int, int]], more: list[Gap]) -> None:
    first, names = d("2024-02-24").toordinal(), ("a", "b", "c", "e")
    spans = [tuple(sorted(side)) for side in sides]
    statements: list[Statement] = [
        Range(n, n, date.fromordinal(first + x), date.fromordinal(first + y))
        for n, (x, y) in zip(names, spans, strict=True)
    ]
    statements += [Gap("", "b", ">=", "a"), Gap("", "e", ">=", "c"), *more]
    network = Network(statements)
    found = set()
    for days in product(*(range(first + x, first + y + 1) for x, y in spans)):
        at = dict(zip(names, days, strict=True))
        if all(holds(s, at) for s in statements):
            found.add(allen((at["a"], at["b"]), (at["c"], at["e"])))
    if found:
        assert network.allen(("a", "b"), ("c", "e")) == found
    else:
        assert not network.is_consistent()


def test_any_two_spans_are_in_exactly_one_of_the_thirteen_relations() -> None:
    for a, b, c, e in product(range(5), repeat=4):
        if a <= b and c <= e:
            told = [
                Range("", p, date.fromordinal(x + 1), date.fromordinal(x + 1))
                for p, x in zip("abce", (a, b, c, e), strict=True)
            ]
            assert Network(told).allen(("a", "b"), ("c", "e")) == {allen((a, b), (c, e))}
    assert len(ALLEN) == 13


@quick
@given(told(), gaps())
def test_bounds_only_tighten(case: tuple[int, list[Statement]], more: Gap) -> None:
    loose = Network(case[1])
    tight = loose.add(more)
    if not tight.is_consistent():
        return
    assert loose.is_consistent()
    for point in POINTS:
        (a, b), (x, y) = loose.days(point), tight.days(point)
        assert a is not None
        assert b is not None
        assert x is not None
        assert y is not None
        assert a <= x <= y <= b


@quick
@given(told(), st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(case: tuple[int, list[Statement]], dice: random.Random) -> None:
    statements = list(case[1])
    dice.shuffle(statements)
    one, other = Network(case[1]), Network(statements)
    assert one.contradiction() == other.contradiction()
    if one.is_consistent():
        assert [one.bounds(p) for p in POINTS] == [other.bounds(p) for p in POINTS]


@quick
@given(told(), st.lists(gaps(), min_size=1, max_size=3))
def test_a_contradiction_is_one_and_each_of_its_statements_is_needed(
    case: tuple[int, list[Statement]], more: list[Gap]
) -> None:
    first, statements = case[0], [*case[1], *more]
    names = Network(statements).contradiction()
    if names is None:
        return
    window = [s for s in statements if s.name.startswith("w")]

    def subset(kept: set[str]) -> list[Statement]:
        return [s for s in statements if s.name in kept]

    clash = subset(set(names))
    assert not Network(clash).is_consistent()
    assert solutions(first, clash + window) == []
    for name in names:
        assert Network(subset(set(names) - {name})).is_consistent()


@quick
@given(st.lists(gaps(), max_size=5))
def test_without_dates_there_is_a_contradiction_where_400_years_hold_no_solution(statements: list[Gap]) -> None:
    """Anchored on each day of a year or two, the rest of a solution follows by pushing."""
    consistent = Network(statements).is_consistent()
    anchored = any(
        Network([*statements, Range("", "a", day, day)]).is_consistent()
        for day in (date.fromordinal(d("2000-01-01").toordinal() + i) for i in range(0, 1461, 97))
    )
    assert consistent or not anchored
    if consistent:
        assert Network([*statements, Range("", "a", d("2000-01-01"))]).is_consistent()


CIRCLES: dict[str, tuple[list[Statement], bool]] = {
    "after itself": ([Gap("s", "a", ">=", "a", 1)], False),
    "not before itself": ([Gap("s", "a", ">=", "a")], True),
    "days round": ([Gap("s", "a", ">=", "b", 2), Gap("t", "b", ">=", "a", -1)], False),
    "days round and none left": ([Gap("s", "a", ">=", "b", 2), Gap("t", "b", ">=", "a", -2)], True),
    "a month is at least 28 days": ([Gap("s", "a", ">=", "b", 1, "month"), Gap("t", "b", ">=", "a", -27)], False),
    "a month may be 28 days": ([Gap("s", "a", ">=", "b", 1, "month"), Gap("t", "b", ">=", "a", -28)], True),
    "to the end of January": ([Gap("s", "a", ">=", "b", 1, "month"), Gap("t", "b", ">=", "a", -30)], True),
    "exactly a month is no 27 days": (
        [Gap("s", "a", ">=", "b", 1, "month"), Gap("t", "a", "<=", "b", 27)], False,
    ),
    "a year is 365 or 366 days": ([Gap("s", "a", ">=", "b", 1, "year"), Gap("t", "a", "<=", "b", 364)], False),
    "four years are 1460 days about 1900": ([Gap("s", "a", ">=", "b", 4, "year"), Gap("t", "a", "<=", "b", 1460)], True),
    "four years are not 1459 days": ([Gap("s", "a", ">=", "b", 4, "year"), Gap("t", "a", "<=", "b", 1459)], False),
    "two circles that rest at different times of the year": (
        [Gap("s", "b", ">=", "a", 1, "month"), Gap("t", "a", ">=", "b", -28),
         Gap("u", "c", ">=", "a", 2, "month"), Gap("v", "a", ">=", "c", -59)], True,
    ),
    "a hundred round": (
        [Gap(f"s{i}", f"p{i}", ">=", f"p{i - 1}", 1 if i % 2 else -1, "month") for i in range(1, 100)]
        + [Gap("z", "p0", ">=", "p99", 0)], False,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CIRCLES)
def test_circles_without_a_date(name: str) -> None:
    statements, possible = CIRCLES[name]
    network = Network(statements)
    assert network.is_consistent() is possible
    names = network.contradiction()
    assert (names is None) is possible
    if names:
        assert set(names) == {s.name for s in statements}
        with pytest.raises(ValueError, match="circle"):
            network.bounds(statements[0].point)


def test_bounds_that_clash_are_told_as_they_are() -> None:
    network = Network([Range("a", "x", d("2020-01-01")), Range("b", "x", latest=d("2019-12-31"))])
    assert network.bounds("x") == (d("2020-01-01"), d("2019-12-31"))
    assert network.contradiction() == ("a", "b")


def test_a_law_is_never_blamed() -> None:
    told = [
        Gap("", "end", ">=", "start"),
        Range("s", "start", d("2020-01-01")),
        Range("e", "end", latest=d("2019-01-01")),
    ]
    assert Network(told).contradiction() == ("e", "s")


def test_statements_of_one_name_stand_and_fall_together() -> None:
    both = [Gap("by", "b", ">=", "a", 3), Gap("by", "b", "<=", "a", 2)]
    assert Network(both).contradiction() == ("by",)


def test_an_unknown_point() -> None:
    with pytest.raises(KeyError):
        Network([]).bounds("a")
    assert Network([]).contradiction() is None


def test_open_sides() -> None:
    network = Network([Range("r", "a", d("2020-01-01")), Gap("g", "b", ">=", "a", 5), Range("c", "c")])
    assert network.bounds("b") == (d("2020-01-06"), None)
    assert network.distance("a", "b") == (5, None)
    assert network.distance("b", "a") == (None, -5)
    assert network.distance("a", "c") == (None, None)
    assert network.relation("a", "c") == "unknown"
    assert network.relation("a", "b") == "before"


def test_beyond_the_calendar_is_unbounded() -> None:
    network = Network([Range("r", "a", d("2020-01-01"), d("2020-12-31")), Gap("g", "b", ">=", "a", 9000, "year")])
    assert network.bounds("b") == (None, None)
    assert network.is_consistent()
    assert network.days("b")[0] is not None
    back = Network([Range("r", "a", d("0001-01-01"), d("0001-12-31")), Gap("g", "b", "<=", "a", -1, "year")])
    assert back.bounds("b") == (None, None)


def test_apart() -> None:
    """At the end of February a month is 28 days, from March on 31: never 30."""
    month = [Gap("m", "y", ">=", "x", 1, "month"), Gap("m", "y", "<=", "x", 1, "month")]
    days = [Gap("d", "w", ">=", "x", 30), Gap("d", "w", "<=", "x", 30)]
    about = Range("r", "x", d("2023-02-20"), d("2023-03-10"))
    network = Network([*month, *days, about])
    assert network.relation("w", "y") == "apart"
    assert network.distance("w", "y") == (-2, 1)


@quick
@given(
    st.dates(d("1601-01-01"), d("2399-12-31")),
    st.integers(-200, 200),
    st.sampled_from(["day", "week", "month", "year"]),
)
def test_days_are_shifted_as_offsets_are(day: date, count: int, unit: Unit) -> None:
    there = date.fromordinal(shift(day.toordinal(), count, unit))
    if count >= 0:
        assert Offset(count, count, unit).after(Bounds(day, day, day, day)).earliest_start == there
    else:
        assert Offset(-count, -count, unit).before(Bounds(day, day, day, day)).earliest_start == there


@quick
@given(st.integers(-(10**7), 10**7), st.integers(-500, 500), st.sampled_from(["month", "year"]))
def test_a_shift_never_turns_two_days_round_and_repeats_every_400_years(day: int, count: int, unit: Unit) -> None:
    days = [shift(day + i, count, unit) for i in range(40)]
    assert all(x <= y for x, y in pairwise(days))
    assert shift(day + 146_097, count, unit) == days[0] + 146_097


@quick
@given(st.integers(-(10**6), 10**6), st.integers(-50, 50), st.sampled_from(["day", "week", "month", "year"]))
def test_both_sides_of_a_gap_are_exact(day: int, count: int, unit: Unit) -> None:
    start = 700_000 + day % 30_000
    there = date.fromordinal(start)
    least = Network([Range("r", "b", latest=there), Gap("g", "b", ">=", "a", count, unit)]).days("a")[1]
    first = Network([Range("r", "b", there), Gap("g", "b", "<=", "a", count, unit)]).days("a")[0]
    assert least is not None
    assert first is not None
    assert shift(least, count, unit) <= start < shift(least + 1, count, unit)
    assert shift(first - 1, count, unit) < start <= shift(first, count, unit)


def test_n_months_are_never_a_week_off_n_mean_months() -> None:
    """What the search for circles builds on; all months and the days at their ends, over 400 years."""
    ends = [date(y, m, day).toordinal() for y in range(1601, 2001) for m in range(1, 13) for day in (1, 28)]
    ends += [x - 1 for x in ends]
    for count in (1, 2, 7, 11, 13, 59, 97 * 12, 1203, -1, -14, -1201):
        off = [shift(day, count, "month") - day - count * 146_097 / 4800 for day in ends]
        assert max(map(abs, off)) < 7


@quick
@given(
    st.lists(
        st.tuples(st.sampled_from(["day", "month"]), st.integers(-14, 14), st.booleans()), min_size=1, max_size=12
    ),
    st.booleans(),
    st.lists(st.integers(690_000, 760_000), min_size=5, max_size=5),
)
def test_a_way_in_fewer_steps_leads_to_the_same_day(steps: Any, later: bool, days: list[int]) -> None:
    rules = ("shift", "first after") if later else ("shift back", "last before")
    pushes = [
        pushing.Push(0, rules[first], n if unit == "day" else 0, n if unit == "month" else 0)
        for unit, n, first in steps
    ]
    way = pushing.Way(pushes)
    for day in (*days, *(-day for day in days)):
        slowly = day
        for push in pushes:
            slowly = push.to(slowly)
        assert way.to(day) == slowly
        assert way.to(day + 146_097) == slowly + 146_097
    there = way.to_all(numpy.array(days))
    assert there.tolist() == [way.to(day) for day in days]


@pytest.mark.parametrize(("count", "unit", "expected"), [(10, "day", (20, 75)), (1, "month", (56, 123))])
def test_distances_without_a_date_are_those_of_400_years(count: int, unit: Unit, expected: tuple[int, int]) -> None:
    told = [
        Gap("m", "b", ">=", "a", 1, "month") if unit == "month" else Gap("m", "b", ">=", "a", count, unit),
        Gap("m", "b", "<=", "a", 2, "month"),
        Gap("n", "c", ">=", "b", count, unit),
        Gap("n", "c", "<=", "b", count + 1 if unit == "month" else count + 3, unit),
    ]
    days = range(1, 146_098)
    if unit == "month":
        least = min(shift(shift(x, 1, "month"), 1, "month") - x for x in days)
        most = max(shift(shift(x, 2, "month"), 2, "month") - x for x in days)
    else:
        least, most = 2 * count, max(shift(x, 2, "month") - x for x in days) + count + 3
    assert Network(told).distance("a", "c") == (least, most) == expected


@st.composite
def many(draw: Any) -> list[Statement]:
    """Gaps of all units about some hidden days of eight points, some of them dated, and at times one gap more."""
    days = draw(st.lists(st.integers(700_000, 703_000), min_size=8, max_size=8))
    found: list[Statement] = []
    for k, (i, j) in enumerate(
        draw(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=6, max_size=14))
    ):
        unit: Unit = draw(st.sampled_from(["day", "week", "month", "month", "year"]))
        count = (days[i] - days[j]) // {"day": 1, "week": 7, "month": 31, "year": 366}[unit]
        least, most = count - draw(st.integers(0, 1)), count + draw(st.integers(2, 4))
        found += [Gap(f"g{k}", f"p{i}", ">=", f"p{j}", least, unit), Gap(f"g{k}", f"p{i}", "<=", f"p{j}", most, unit)]
    for i in draw(st.sets(st.integers(0, 7), max_size=2)):
        found.append(Range(f"d{i}", f"p{i}", date.fromordinal(days[i] - 40), date.fromordinal(days[i] + 40)))
    return [*found, *(Gap("", f"p{i}", ">=", f"p{i}") for i in range(8))]


@quick
@given(many())
def test_no_distance_beyond_the_least_and_the_most_is_possible(statements: list[Statement]) -> None:
    """Found over the ways that push a point; held against what one more statement makes of the network."""
    network = Network(statements)
    if not network.is_consistent():
        return
    for i, j in ((0, 7), (3, 1)):
        a, b = f"p{i}", f"p{j}"
        least, most = network.distance(a, b)
        if least is not None:
            assert network.may(Gap("", a, ">=", b, -least))
            assert not network.may(Gap("", a, ">=", b, 1 - least))
        if most is not None:
            assert network.may(Gap("", b, ">=", a, most))
            assert not network.may(Gap("", b, ">=", a, most + 1))


@quick
@given(many(), st.integers(0, 7), st.integers(0, 7), st.integers(1, 300))
def test_each_statement_of_a_long_contradiction_is_needed(told: list[Statement], i: int, j: int, by: int) -> None:
    most = Network(told).distance(f"p{i}", f"p{j}")[1] if Network(told).is_consistent() else None
    statements = [*told, Gap("wrong", f"p{j}", ">=", f"p{i}", (most or 0) + by)]
    names = Network(statements).contradiction()
    if names is None:
        assert most is None
        return
    clash = [s for s in statements if s.name in names]
    assert not Network(clash).is_consistent()
    for name in names:
        assert Network([s for s in clash if s.name != name]).is_consistent()


def test_a_long_way_of_months_and_days_without_a_date() -> None:
    """A month and a day in turn, exactly, twenty times: over all days on which the first may be."""
    told = [s for i in range(1, 41) for s in _exactly(f"s{i}", f"p{i}", f"p{i - 1}", "month" if i % 2 else "day")]
    network = Network(told)
    month = [shift(day, 1, "month") for day in range(147_000)]
    apart = set()
    for day in range(1, 146_098):
        there = day
        for _ in range(20):
            there = month[there] + 1
        apart.add(there - day)
    assert network.distance("p0", "p40") == (min(apart), max(apart))
    wrong = network.add(Gap("wrong", "p40", ">=", "p0", max(apart) + 1))
    assert wrong.contradiction() == tuple(sorted({s.name for s in wrong.statements}))


def _exactly(name: str, point: str, other: str, unit: Unit) -> list[Statement]:
    return [Gap(name, point, ">=", other, 1, unit), Gap(name, point, "<=", other, 1, unit)]
