"""Patients of a dataset, and what of them surely came before what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.base.results import CaseError
from kg.base.times import Bounds, read_offset
from kg.graph.store import Dataset, from_rdflib
from kg.model.case import Case, Patient
from kg.model.reading import CaseFile
from kg.persons.people import Person, count_words, people, span, stated_days

WriteCase = Callable[..., Path]
EVIDENCE = {"case": "words"}
PREDNISONE = {"drug": "CHEBI:8382 ! prednisone", "printed": "prednisone"}
ARTHRITIS = {"concept": "HP:0001369 ! Arthritis", "status": "present"}


@pytest.fixture(scope="module")
def seed_person(data: Dataset) -> Person:
    (person,) = people(data)
    return person


def person(case: Case, treatments: dict[str, Any], **sections: Any) -> Person:
    told = {"treatments": {key: {**PREDNISONE, **t} for key, t in treatments.items()}, **sections}
    facts = {name: {key: {"evidence": EVIDENCE, **fact} for key, fact in part.items()} for name, part in told.items()}
    return Person.of(case.model_copy(update={"patients": {"p1": Patient.model_validate(facts)}}), "p1")


def test_a_person_is_named_as_in_the_graph(seed_person: Person, data: Dataset) -> None:
    assert seed_person.report in data.graphs()
    assert next(data.match(seed_person.iri), None) is not None
    assert next(data.match(seed_person.fact("tofacitinib")), None) is not None


def test_rdf_gives_the_same_people_as_its_case_file(
    data: Dataset, seed_person: Person, tmp_path: Path, write_case: WriteCase
) -> None:
    for name in ("a.nq", "a.ttl"):
        data.save(tmp_path / name)
        (lifted,) = people(kg.build([tmp_path / name]))
        assert lifted.iri == seed_person.iri
        assert {k for *_, k, _ in lifted.patient.facts()} == {k for *_, k, _ in seed_person.patient.facts()}
        assert {k: lifted.bounds(k) for k in lifted.order.facts} == {
            k: seed_person.bounds(k) for k in seed_person.order.facts
        }
    (lifted,) = people(from_rdflib(data.rdflib()))
    assert lifted.iri == seed_person.iri
    both = people(kg.build([tmp_path / "a.nq", write_case(tmp_path)]))
    assert [p.report.rsplit("/", 1)[-1] for p in both] == ["10.7759_cureus.34125", "invented-1"]


def test_a_graph_that_cannot_be_read_back_is_told(data: Dataset, tmp_path: Path) -> None:
    data.save(tmp_path / "a.nq")
    broken = (tmp_path / "a.nq").read_text("utf-8").replace("ontology#Present>", "ontology#Perhaps>")
    (tmp_path / "a.nq").write_text(broken, "utf-8")
    with pytest.raises(CaseError, match="Perhaps"):
        people(kg.build([tmp_path / "a.nq"]))


def test_graphs_of_others_hold_no_patients(tmp_path: Path) -> None:
    (tmp_path / "x.nt").write_text("<http://example.org/a> <http://example.org/b> <http://example.org/c> .\n", "utf-8")
    assert people(kg.build([tmp_path / "x.nt"])) == ()


def test_the_order_of_the_shipped_case(seed_person: Person) -> None:
    before = seed_person.order.before
    treatments = ("steroids", "topical-thiosulfate", "intralesional-thiosulfate", "rituximab", "tofacitinib")
    for i, a in enumerate(treatments):
        for j, b in enumerate(treatments):
            assert before(a, b) == (i < j), (a, b)
    assert not before("steroids", "mmf")
    assert not before("mmf", "steroids")
    assert before("calcinosis", "steroids")  # onset, then the first line, both without a date
    assert before("chest-pain", "tofacitinib")
    assert before("tofacitinib", "tofacitinib-troponin")
    assert before("2020", "tofacitinib")
    assert before("tofacitinib", "2022")
    assert not before("2021", "tofacitinib")
    assert before("2020", "2021")
    assert not before("2020", "2020")


def test_one_named_time_tells_no_order_of_what_lies_in_it(seed: CaseFile) -> None:
    times = {"visit": {"printed": "at the visit"}, "later": {"printed": "later", "after": "visit"}}
    both = {"a": {"start": "visit"}, "b": {"start": "visit"}, "c": {"start": "later"}}
    order = person(seed.case, both, times=times).order
    assert not order.before("a", "b")
    assert not order.before("b", "a")
    assert order.before("a", "c")
    assert order.before("b", "c")


def test_days_and_words_chain(seed: CaseFile) -> None:
    times = {"x": {"printed": "x", "after": "b"}}
    told = {"a": {"start": "2019"}, "b": {"start": "2020-05"}, "c": {"start": "x"}, "d": {"after": ["c"]}}
    order = person(seed.case, told, times=times).order
    assert order.before("a", "d")
    assert order.before("2019", "d")
    assert not order.before("d", "a")


def test_a_period_is_not_over_when_something_comes_after_its_start(seed: CaseFile) -> None:
    times = {"stay": {"edtf": "2019/2022", "printed": "x"}, "then": {"printed": "then", "after": "stay"}}
    findings = {"seen": {**ARTHRITIS, "time": "stay"}, "found": {**ARTHRITIS, "time": "then"}}
    order = person(seed.case, {"a": {}}, times=times, findings=findings).order
    assert not order.before("seen", "found")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (("2021-09-05", "2021-09-05"), ("2021-09-12", "2021-09-12"), "7 days"),
        (("2021-09-01", "2021-09-30"), ("2021-09-01", "2021-09-30"), "at most 29 days"),
        (("2021-09-01", "2021-09-30"), ("2021-12-01", "2022-01-30"), "3 to 4 months"),
        (("2021-09-01", "2021-09-30"), (None, None), "not stated"),
        ((None, None), ("2021-09-01", "2021-09-30"), "not stated"),
        ((None, "2020-01-31"), ("2021-01-01", "2021-12-31"), "at least 12 months"),
        (("2020-01-01", None), ("2021-01-01", "2021-12-31"), "at most 23 months"),
        (("2021-05-01", "2021-05-01"), ("2021-04-01", "2021-04-01"), "0 days"),
    ],
)
def test_distances_in_words(
    start: tuple[str | None, str | None], end: tuple[str | None, str | None], words: str
) -> None:
    def days(window: tuple[str | None, str | None]) -> tuple[date | None, date | None]:
        first, last = (date.fromisoformat(day) if day else None for day in window)
        return first, last

    assert span(days(start), days(end)).text == words


def test_a_stated_distance_takes_as_many_days_as_the_calendar_says() -> None:
    assert stated_days(read_offset("1 year"), (None, None)) == (365, 366)
    assert stated_days(read_offset("1 month"), (None, None)) == (28, 31)
    assert stated_days(read_offset("2..3 weeks"), (date(2021, 1, 1), date(2021, 1, 1))) == (14, 21)
    assert stated_days(read_offset("1 month"), (date(2023, 2, 1), date(2023, 2, 1))) == (28, 28)


def test_words_of_nothing() -> None:
    assert count_words(None, None, "month") == "not stated"
    assert count_words(1, 1, "month") == "1 month"


def test_times_in_words(seed_person: Person) -> None:
    assert seed_person.when(None) == "not stated"
    assert seed_person.when("2021-09") == "2021-09"
    assert seed_person.when("present") == "2022-11"
    assert "3–4 months after the start of tofacitinib" in seed_person.when("cardiac-normalisation")
    assert seed_person.bounds(None) == Bounds()
