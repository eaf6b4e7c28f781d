"""The times of one patient: named times, distances, circles, contradictions."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.base.prefixes import CKG
from kg.base.results import CaseError
from kg.base.times import Bounds, read_edtf
from kg.model.case import Patient, Quantity
from kg.model.timeline import Timeline, lasting

EVIDENCE = {"case": "words"}
quick = settings(deadline=None, derandomize=True, max_examples=100)
Times = dict[str, dict[str, str]]


def patient(times: Times, treatments: dict[str, Any] | None = None, **sections: Any) -> Patient:
    def told(facts: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {key: {"evidence": EVIDENCE, **more, **fact} for key, fact in facts.items()}

    given_ = told(treatments or {}, drug="CHEBI:8382 ! prednisone", printed="prednisone")
    rest = {name: told(facts) for name, facts in sections.items()}
    return Patient.model_validate({"times": told(times), "treatments": given_, **rest})


def _days(*texts: str) -> Bounds:
    return Bounds(*(date.fromisoformat(t) if t else None for t in texts))


OPEN = Bounds()
# times, key, bounds
CASES: dict[str, tuple[Times, str, Bounds]] = {
    "a date": ({}, "2021-09", read_edtf("2021-09")),
    "a named time": ({"onset": {"edtf": "2019"}}, "onset", read_edtf("2019")),
    "words only": ({"onset": {"printed": "at onset"}}, "onset", OPEN),
    "after a date": ({"a": {"after": "2019-05"}}, "a", _days("2019-05-01", "", "2019-05-01", "")),
    "before a date": ({"a": {"before": "2019-05"}}, "a", _days("", "2019-05-31", "", "2019-05-31")),
    "after a named time": (
        {"b": {"edtf": "2020"}, "a": {"after": "b"}},
        "a",
        _days("2020-01-01", "", "2020-01-01", ""),
    ),
    "a distance after": ({"a": {"after": "2021-09", "by": "3..4 months"}}, "a",
        _days("2021-12-01", "2022-01-30", "2021-12-01", "2022-01-30")),
    "a distance before": (
        {"a": {"before": "2021", "by": "1 year"}},
        "a",
        _days("2020-01-01", "2020-12-31", "2020-01-01", "2020-12-31"),
    ),
    "a chain of distances": (
        {"a": {"edtf": "2020-01-31"}, "b": {"after": "a", "by": "1 month"}, "c": {"after": "b", "by": "1 month"}},
        "c",
        _days(*["2020-03-29"] * 4),
    ),
    "a date and a distance meet": (
        {"a": {"edtf": "2022", "after": "2021-09", "by": "1 year"}},
        "a",
        _days("2022-09-01", "2022-09-30", "2022-09-01", "2022-09-30"),
    ),
    "between two": (
        {"a": {"after": "2019-02", "before": "2019-05"}},
        "a",
        _days("2019-02-01", "2019-05-31", "2019-02-01", "2019-05-31"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_bounds(name: str) -> None:
    times, key, bounds = CASES[name]
    timeline = Timeline(patient(times))
    assert timeline.bounds(key) == bounds
    assert list(timeline.problems()) == []


def test_a_fact_has_the_time_it_names() -> None:
    sick = {"arthritis": {"concept": "HP:0001369 ! Arthritis", "status": "present", "time": "visit"}}
    timeline = Timeline(patient({"visit": {"edtf": "2020-03"}}, findings=sick))
    assert timeline.bounds("arthritis") == read_edtf("2020-03")


def test_a_treatment_runs_from_start_to_end() -> None:
    timeline = Timeline(patient({}, {"t": {"start": "2020-01", "end": "2021"}, "u": {"start": "2020"}}))
    assert timeline.bounds("t") == _days("2020-01-01", "2020-01-31", "2021-01-01", "2021-12-31")
    assert timeline.bounds("u").earliest_end == date(2020, 1, 1)  # no earlier than it starts
    assert timeline.bounds("u").latest_end is None


def test_a_treatment_still_given_ends_no_earlier() -> None:
    timeline = Timeline(patient({}, {"t": {"start": "2020", "ongoing_at": "2022-11"}}))
    assert timeline.bounds("t").earliest_end == date(2022, 11, 1)
    assert timeline.bounds("t").latest_end is None


def test_times_of_the_shipped_case(seed: Any) -> None:
    timeline = Timeline(seed.case.patients["p1"])
    start = read_edtf("2021-09")
    assert timeline.bounds("tofacitinib").earliest_start == start.earliest_start
    assert timeline.bounds("cardiac-normalisation").earliest_start == date(2021, 12, 1)
    assert timeline.bounds("cardiac-normalisation").latest_start == date(2022, 1, 30)
    assert list(timeline.problems()) == []


CIRCLES: dict[str, tuple[Times, str]] = {
    "itself": ({"a": {"after": "a"}}, "a -> a"),
    "two": ({"a": {"after": "b"}, "b": {"after": "a"}}, "a -> b -> a"),
    "two before": ({"a": {"before": "b"}, "b": {"before": "a"}}, "a -> b -> a"),
    "three": ({"a": {"after": "b"}, "b": {"after": "c"}, "c": {"after": "a", "by": "1 year"}}, "a -> b -> c -> a"),
}


@pytest.mark.parametrize("name", CIRCLES)
def test_a_circle_is_named_with_its_chain(name: str) -> None:
    times, chain = CIRCLES[name]
    timeline = Timeline(patient(times))
    with pytest.raises(ValueError, match="circle") as caught:
        timeline.bounds("a")
    assert str(caught.value).endswith(f": {chain}")
    assert any(chain in message for _, message, _ in timeline.problems())
    with pytest.raises(ValueError, match="circle"):
        timeline.bounds("a")  # asked again, it is not forgotten


def test_an_order_told_from_both_sides_is_no_circle() -> None:
    told = {"in": {"edtf": "2021", "before": "out"}, "out": {"after": "in", "before": "2021-03"}, "x": {"before": "in"}}
    timeline = Timeline(patient(told))
    assert list(timeline.problems()) == []
    assert timeline.bounds("in").earliest_start == timeline.bounds("out").earliest_start == date(2021, 1, 1)
    assert timeline.bounds("in").latest_end == timeline.bounds("out").latest_end == date(2021, 3, 31)
    assert timeline.bounds("x").latest_end == date(2021, 3, 31)


def test_an_order_told_from_both_sides_with_distances_that_differ() -> None:
    told = {"b": {"after": "d", "by": "1 year"}, "d": {"before": "b", "by": "3..4 months"}}
    ((path, message, _),) = Timeline(patient(told)).problems()
    assert path in (("times", "b"), ("times", "d"))
    assert message.endswith("these cannot all be true: times.b.after, times.d.before.")


def test_a_chain_that_leads_into_a_circle_names_the_circle_only() -> None:
    timeline = Timeline(patient({"x": {"after": "a"}, "a": {"after": "b"}, "b": {"after": "a"}}))
    with pytest.raises(ValueError, match="circle") as caught:
        timeline.bounds("x")
    assert str(caught.value).endswith(": a -> b -> a")


def test_a_circle_through_a_treatment() -> None:
    timeline = Timeline(patient({"a": {"after": "t"}}, {"t": {"start": "a"}}))
    with pytest.raises(ValueError, match="a -> t -> a"):
        timeline.bounds("a")


@pytest.mark.parametrize("reference", ["nothing", "2021-02-30", "", "first visit"])
def test_a_reference_that_means_nothing(reference: str) -> None:
    with pytest.raises(ValueError, match="neither a date nor a key"):
        Timeline(patient({"visit": {"edtf": "2020"}})).bounds(reference)


# times, treatments, path of the problem, words
CONTRADICTIONS: dict[str, tuple[Times, dict[str, Any], tuple[str, ...], str]] = {
    "date before what it follows": (
        {"a": {"edtf": "2019", "after": "2020"}}, {}, ("times", "a"), "after 2020-01-01 and before 2019-12-31",
    ),
    "date after what it precedes": ({"a": {"edtf": "2021", "before": "2020"}}, {}, ("times", "a"), "contradict"),
    "distance misses the date": (
        {"a": {"edtf": "2023", "after": "2020", "by": "1 year"}}, {}, ("times", "a"), "contradict",
    ),
    "through a third": (
        {"a": {"edtf": "2021"}, "b": {"after": "a"}, "c": {"after": "b", "before": "2020"}}, {}, ("times", "c"), "contradict",
    ),
    "end before start": ({}, {"t": {"start": "2020", "end": "2019"}}, ("treatments", "t", "end"), "end (2019) lies before"),
    "order against dates": (
        {}, {"t": {"start": "2020", "after": ["u"]}, "u": {"start": "2021"}}, ("treatments", "t", "after"), "starts before 'u'",
    ),
    "order in a circle": (
        {}, {"t": {"after": ["u"]}, "u": {"after": ["v"]}, "v": {"after": ["t"]}}, ("treatments", "t", "after"), "t after u after v after t",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_contradictions_are_found_with_their_path(name: str) -> None:
    times, treatments, path, words = CONTRADICTIONS[name]
    problems = {p: (message, cure) for p, message, cure in Timeline(patient(times, treatments)).problems()}
    assert path in problems
    message, cure = problems[path]
    assert words in message
    assert cure


def test_a_contradiction_names_the_statements_that_clash() -> None:
    times = {"a": {"edtf": "2021"}, "b": {"after": "a"}, "c": {"after": "b", "before": "2020"}, "d": {"edtf": "1999"}}
    (problem,) = Timeline(patient(times)).problems()
    assert problem[1].endswith("these cannot all be true: times.a.edtf, times.b.after, times.c.after, times.c.before.")


def test_who_follows_from_a_wrong_time_is_not_told_again() -> None:
    sick = {name: {"concept": "HP:0001369 ! Arthritis", "status": "present", "time": "a"} for name in ("x", "y")}
    wrong = {"a": {"edtf": "2019", "after": "2020"}}
    assert [path for path, *_ in Timeline(patient(wrong, findings=sick)).problems()] == [("times", "a")]


def test_two_contradictions_are_both_told() -> None:
    wrong = {"t": {"start": "2020", "end": "2019"}, "u": {"start": "2020", "end": "2019"}}
    found = [path for path, *_ in Timeline(patient({}, wrong)).problems()]
    assert sorted(found) == [("treatments", "t", "end"), ("treatments", "u", "end")]


def test_an_order_that_a_distance_makes_impossible_without_any_date() -> None:
    order = {"t": {"after": ["u"]}, "u": {"start": "a"}}
    timeline = Timeline(patient({"a": {"after": "t", "by": "1 month"}}, order))
    ((path, message, _),) = timeline.problems()
    assert path == ("treatments", "t", "after")
    assert message.endswith("treatments.t.after, treatments.u.start.")


def test_the_order_of_treatments_bounds_their_starts() -> None:
    order = {"t": {"start": "2019-03"}, "u": {"after": ["t"]}, "v": {"after": ["u"], "start": "2021-09"}}
    timeline = Timeline(patient({}, order))
    assert timeline.bounds("u") == _days("2019-03-01", "2021-09-30", "2019-03-01", "")
    assert timeline.relation("t", "u") == timeline.relation("u", "v") == "maybe before"
    assert timeline.relation("t", "v") == "before"
    assert timeline.between("t", "v") == (885, 944)


def test_facts_of_one_time_need_not_be_on_one_day() -> None:
    both = {"t": {"start": "visit"}, "u": {"start": "visit"}}
    timeline = Timeline(patient({"visit": {"edtf": "2020-03"}}, both))
    assert timeline.relation("t", "u") == "unknown"
    assert timeline.between("t", "u") == (-30, 30)


def test_time_to_response_is_as_printed() -> None:
    times = {"later": {"after": "t", "by": "3..4 months"}}
    timeline = Timeline(patient(times, {"t": {"start": "2021"}}))
    assert timeline.relation("t", "later") == "before"
    assert timeline.between("t", "later") == (89, 123)


def test_a_fact_of_which_no_time_is_told_is_unbounded_and_has_a_place_in_the_order() -> None:
    findings: dict[str, Any] = {
        key: {"concept": "HP:0001369 ! Arthritis", "status": "present"} for key in ("rash", "pain")
    }
    timeline = Timeline(patient({"t": {"edtf": "2019"}, "u": {"before": "pain", "after": "2020"}}, findings=findings))
    assert timeline.bounds("rash") == OPEN
    assert timeline.bounds("pain") == _days("2020-01-01", "", "2020-01-01", "")
    assert timeline.relation("rash", "t") == timeline.relation("t", "rash") == "unknown"
    assert timeline.relation("t", "pain") == "before"
    assert timeline.between("rash", "rash") == (0, 0)
    assert timeline.between("t", "rash") == (None, None)
    with pytest.raises(KeyError):
        timeline.relation("rash", "nothing")


def test_a_duration_is_rounded() -> None:
    given = {"t": {"start": "2020-01", "duration": {"value": "1", "unit": "a", "printed": "one year"}}}
    assert Timeline(patient({}, given)).bounds("t") == _days("2020-01-01", "2020-01-31", "2020-10-01", "2021-04-30")
    ended = {"t": {**given["t"], "end": "2023"}}
    ((path, message, _),) = Timeline(patient({}, ended)).problems()
    assert path == ("treatments", "t", "end")
    assert message.endswith("treatments.t.duration, treatments.t.end, treatments.t.start.")


LENGTHS: dict[tuple[str, str, str], tuple[int, int | None, str] | None] = {
    ("1", "a", "one year"): (9, 15, "month"),
    ("1.5", "a", "a year and a half"): (15, 21, "month"),
    ("2", "a", "two years"): (18, 30, "month"),
    ("10", "a", "10 years"): (108, 132, "month"),
    ("1", "a", "about one year"): (6, 18, "month"),
    ("1", "a", "more than one year"): (9, None, "month"),
    ("1", "mo", "1 month"): (15, 46, "day"),
    ("6", "mo", "6 months"): (164, 201, "day"),
    ("12", "mo", "12 months"): (328, 402, "day"),
    ("6", "wk", "6 weeks"): (37, 47, "day"),
    ("6", "wk", "up to 6 weeks"): (0, 47, "day"),
    ("10", "d", "10 days"): (9, 11, "day"),
    ("30", "d", "30-day course"): (27, 33, "day"),
    ("1", "[iU]", "one"): None,
}


@pytest.mark.parametrize("length", LENGTHS)
def test_a_printed_duration_is_rounded_as_its_number_is(length: tuple[str, str, str]) -> None:
    value, unit, printed = length
    assert lasting(Quantity(value=Decimal(value), unit=unit, printed=printed)) == LENGTHS[length]


def test_more_than_a_year_has_no_latest_end() -> None:
    given = {"t": {"start": "2020-01", "duration": {"value": "1", "unit": "a", "printed": "more than one year"}}}
    assert Timeline(patient({}, given)).bounds("t") == _days("2020-01-01", "2020-01-31", "2020-10-01", None)


def test_a_thousand_times_in_a_row() -> None:
    times = {"t0": {"edtf": "1900"}, **{f"t{i}": {"after": f"t{i - 1}", "by": "1 month"} for i in range(1, 1000)}}
    timeline = Timeline(patient(times))
    assert timeline.bounds("t999") == _days("1983-04-01", "1984-03-28", "1983-04-01", "1984-03-28")


def test_the_same_month_is_no_contradiction() -> None:
    same = {"t": {"start": "2020-05", "after": ["u"]}, "u": {"start": "2020-05"}, "v": {"start": "2020", "end": "2020"}}
    assert list(Timeline(patient({}, same)).problems()) == []


def test_order_against_dates_through_an_undated_treatment() -> None:
    order = {"t": {"start": "2019", "after": ["u"]}, "u": {"after": ["v"]}, "v": {"start": "2021"}}
    assert list(Timeline(patient({}, order)).problems()) != []


def test_started_together_in_different_years() -> None:
    order = {"t": {"start": "2019", "with": ["u"]}, "u": {"start": "2021"}}
    assert list(Timeline(patient({}, order)).problems()) != []


def test_a_distance_beyond_the_calendar_is_a_problem() -> None:
    assert list(Timeline(patient({"a": {"after": "2020", "by": "9999 years"}})).problems()) != []


_YEARS = st.integers(2000, 2020).map(str)
_NAMES = ["a", "b", "c", "d", "e"]


@st.composite
def statements(draw: Any, circles: bool = False) -> Times:
    """Times that name each other; without circles unless asked for."""
    made: Times = {}
    for i, name in enumerate(_NAMES):
        others = st.sampled_from(_NAMES if circles else _NAMES[:i]) if circles or i else _YEARS
        time = {"printed": "words"}
        if draw(st.booleans()):
            time["edtf"] = draw(_YEARS)
        if draw(st.booleans()):
            time[draw(st.sampled_from(["after", "before"]))] = draw(others | _YEARS)
            if draw(st.booleans()):
                time["by"] = draw(st.sampled_from(["1 year", "3..4 months", "10 days"]))
        made[name] = time
    return made


def _all(times: Times) -> dict[str, Bounds | str]:
    timeline = Timeline(patient(times))
    found: dict[str, Bounds | str] = {}
    for name in times:
        try:
            found[name] = timeline.bounds(name)
        except ValueError:
            found[name] = "circle"
    return found


@quick
@given(statements(circles=True), st.randoms(use_true_random=False))
def test_the_order_of_statements_does_not_matter(times: Times, dice: random.Random) -> None:
    items = list(times.items())
    dice.shuffle(items)
    shuffled = dict(items)
    assert _all(shuffled) == _all(times)
    paths = [{p for p, *_ in Timeline(patient(t)).problems()} for t in (times, shuffled)]
    assert paths[0] == paths[1]


@quick
@given(statements(), st.sampled_from(_NAMES), st.sampled_from(["edtf", "after", "before"]), _YEARS)
def test_a_further_statement_only_tightens(times: Times, name: str, field: str, year: str) -> None:
    if field in times[name] or ("by" in times[name] and field != "edtf"):
        field, year = "edtf", times[name].get("edtf", year)
    loose = _all(times)
    tight = _all({**times, name: {**times[name], field: year}})
    for key in times:
        x, y = loose[key], tight[key]
        assert isinstance(x, Bounds)
        assert isinstance(y, Bounds)
        for side in ("earliest_start", "earliest_end"):
            before, now = getattr(x, side), getattr(y, side)
            assert before is None or (now is not None and now >= before)
        for side in ("latest_start", "latest_end"):
            before, now = getattr(x, side), getattr(y, side)
            assert before is None or (now is not None and now <= before)


@quick
@given(statements())
def test_without_circles_every_time_has_bounds(times: Times) -> None:
    assert "circle" not in _all(times).values()


# ---- case files ----------------------------------------------------------------------------

# Loose times; each expected day was found by trying all days of 2019-06 to 2021-06, by a program of its own.
LOOSE = """    times:
      since: {edtf: 2020-03/.., printed: since, note: computed, evidence: {case: since until the present before or after}}
      present: {edtf: 2021-02, printed: until the present, note: computed, evidence: {case: since until the present before or after}}
      earlier: {before: since, by: 1..2 months, printed: before, note: computed, evidence: {case: since until the present before or after}}
      control: {edtf: 2020-03, after: look, by: 3 weeks, printed: after, note: computed, evidence: {case: since until the present before or after}}
    examinations:
      look: {procedure: "MAXO:0035051 ! MRI of the muscle organ", time: earlier, note: The words do not name the MRI of the muscle organ., evidence: {case: since until the present before or after}}
    treatments:
      a: {start: since, ongoing_at: present, WHAT}
      b: {start: earlier, duration: {value: 1, unit: a, printed: one year}, end: "2021", WHAT}
      c: {after: [a], added_to: [b], WHAT}
      d: {continues: c, ongoing_at: "2020-08-15", WHAT}
""".replace(
    "WHAT",
    "drug: 'CHEBI:8382 ! prednisone', printed: prednisone, note: computed, evidence: {case: prednisone in one year}",
)
LOOSE_BOUNDS = {
    "a": ("2020-03-01", "2020-03-31", "2021-02-01", ""),
    "b": ("2020-01-09", "2020-02-29", "2021-01-01", "2021-05-29"),
    "c": ("2020-03-01", "2020-08-15", "2020-03-01", ""),
    "d": ("2020-03-01", "2020-08-15", "2020-08-15", ""),
    "look": ("2020-02-09", "2020-02-29", "2020-02-09", "2020-02-29"),
}


def _told(minimal: str, times: str) -> str:
    return minimal[: minimal.index("    times:\n")] + times + minimal[minimal.index("references:\n") :]


def test_bounds_of_a_case_file_are_those_of_exhaustive_enumeration_and_stand_in_the_graph(
    tmp_path: Path, minimal: str, write_case: Any
) -> None:
    data = kg.build(write_case(tmp_path, _told(minimal, LOOSE)))
    for key, days in LOOSE_BOUNDS.items():
        node = f"{data.graphs()[0]}/p1#{key}"
        said = {q.predicate.value.removeprefix(CKG): q.object.value for q in data.match(node)}
        names = ("earliestStart", "latestStart", "earliestEnd", "latestEnd")
        assert (key, *(said.get(name, "") for name in names)) == (key, *days)


CLASHING = """    times:
      response: {after: a, by: 3..4 months, printed: later, note: computed, evidence: {case: later in March 2020}}
      seen:
        edtf: 2020-03
        after: response
        printed: in March
        evidence: {case: later in March 2020}
    treatments:
      a: {start: 2020-01, drug: 'CHEBI:8382 ! prednisone', printed: prednisone, evidence: {case: prednisone January 2020}}
    findings:
      arthritis: {concept: 'HP:0001369 ! Arthritis', status: present, time: seen, note: computed, evidence: {case: elbow}}
"""


def test_a_case_file_whose_times_clash_is_refused_with_each_statement_and_its_line(
    tmp_path: Path, minimal: str, write_case: Any
) -> None:
    path = write_case(tmp_path, _told(minimal, CLASHING))
    with pytest.raises(CaseError) as refused:
        kg.build(path)
    (told,) = [r for r in refused.value.results if r.rule == "time"]
    lines = path.read_text().splitlines()
    line = {word: next(n for n, text in enumerate(lines, 1) if text.strip().startswith(word)) for word in
            ("response:", "edtf: 2020-03", "after: response", "a: {start")}  # fmt: skip
    assert told.file == str(path)
    assert told.message.endswith(
        f"these cannot all be true: times.response.after (line {line['response:']}), "
        f"times.seen.after (line {line['after: response']}), times.seen.edtf (line {line['edtf: 2020-03']}), "
        f"treatments.a.start (line {line['a: {start']})."
    )


def test_an_age_at_a_named_time_dates_birth() -> None:
    """Thirty on 20 June 2019: born from 20 June 1988 to 20 June 1989; childhood is from one year to five."""
    age = {"years": 30, "printed": "30-year-old", "at": "present", "evidence": EVIDENCE}
    times = {"present": {"edtf": "2019-06-20"}, "since-childhood": {"stage": "HP:0011463 ! Childhood onset"}}
    told = patient(times).model_dump(by_alias=True)
    one = Timeline(Patient.model_validate({**told, "age": age}))
    assert one.bounds("since-childhood") == _days("1989-06-20", "1994-06-20", "1989-06-20", "1994-06-20")
    times["since-childhood"]["edtf"] = "1999"
    (problem,) = Timeline(Patient.model_validate({**patient(times).model_dump(by_alias=True), "age": age})).problems()
    assert "by the age of 30 years" in problem[1]
    assert problem[1].endswith("times.present.edtf, times.since-childhood.edtf, times.since-childhood.stage.")


@pytest.mark.parametrize(
    ("times", "clash"),
    [
        ({"a": {"edtf": "2021-01-31"}, "b": {"after": "a", "by": "2 weeks"}, "c": {"after": "b", "by": "2 weeks"},
          "d": {"before": "a", "after": "c"}}, "times.b.after, times.c.after, times.d.after, times.d.before"),
        ({"a": {}, "b": {"after": "a", "by": "2 months"}, "c": {"after": "b", "by": "10 days"},
          "d": {"after": "a", "by": "2 months"}, "e": {"after": "c", "before": "d"}},
         "times.b.after, times.c.after, times.d.after, times.e.after, times.e.before"),
        ({"a": {"edtf": "2020-02-29"}, "b": {"edtf": "2021-03-01", "after": "a", "by": "1 year"}},
         "times.a.edtf, times.b.after, times.b.edtf"),
    ],
)  # fmt: skip
def test_distances_that_come_back_too_late_are_told_as_the_clash_they_are(times: Times, clash: str) -> None:
    (problem,) = Timeline(patient(times)).problems()
    assert problem[1].endswith(f"these cannot all be true: {clash}.")


def test_what_lasts_too_long_for_its_dates_is_not_said_to_end_before_it_starts() -> None:
    year = {"value": 1, "unit": "a", "printed": "one year"}
    (problem,) = Timeline(patient({}, {"p": {"start": "2020-01", "end": "2022-06", "duration": year}})).problems()
    assert "lies before" not in problem[1]
    assert problem[1].endswith("treatments.p.duration, treatments.p.end, treatments.p.start.")
