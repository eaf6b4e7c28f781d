"""The response matrix: persons are counted, once in each group, with their denominator and their facts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import Result

import kg
from kg.answers.matrix import (
    HEADS,
    Cell,
    Matrix,
    Observation,
    as_csv,
    as_json,
    as_markdown,
    matrix,
    observations,
    rows,
    tabulate,
)
from kg.answers.responses import gaps
from kg.base.prefixes import CKG, expand
from kg.graph.store import Dataset
from kg.persons.people import people

WriteCase = Callable[..., Path]
Run = Callable[..., Result]
ARTHRITIS, CALCINOSIS = expand("HP:0001369"), expand("HP:0025520")
TOFACITINIB, PREDNISONE = expand("CHEBI:71200"), expand("CHEBI:8382")


@pytest.fixture(scope="session")
def made(data: Dataset) -> Matrix:
    return matrix(data)


def numbers(cell: Cell) -> dict[str, int]:
    return {f"{c.group}, {c.attribution}": c.number for c in cell.counts}


# ---- the shipped case --------------------------------------------------------------------


def test_single_and_joint_attribution_stand_apart(made: Matrix) -> None:
    thiosulfate = made.cells[expand("CHEBI:132112"), CALCINOSIS]
    assert numbers(thiosulfate) == {"not improved, single": 1, "worsened, joint": 1}
    assert numbers(made.cells[TOFACITINIB, CALCINOSIS]) == {"improved, single": 1}
    assert numbers(made.cells[expand("DRUGBANK:DB00073"), CALCINOSIS]) == {"worsened, joint": 1}


def test_a_person_counts_in_each_group_that_is_told(made: Matrix) -> None:
    cell = made.cells[expand("CHEBI:8764"), expand("HP:0100614")]  # improved in part, controlled, and persistent
    assert numbers(cell) == {"improved, joint": 1, "not improved, joint": 1}
    assert (cell.reported, len(cell.persons)) == (1, 1)


def test_what_is_not_reported_is_counted(made: Matrix) -> None:
    cell = made.cells[expand("DRUGBANK:DB00073"), ARTHRITIS]
    assert numbers(cell) == {"not reported, none": 1}
    assert cell.reported == 0
    assert {fact.rsplit("#")[-1] for count in cell.counts for fact in count.facts} >= {"rituximab", "arthritis"}
    assert "Raynaud phenomenon" in made.silent.values()
    assert "Raynaud phenomenon" not in made.manifestations.values()


def test_what_the_authors_think_is_not_counted(made: Matrix) -> None:
    overall = [
        fact for cell in made.cells.values() for c in cell.counts for fact in c.facts if fact.endswith("-overall")
    ]
    assert {fact.rsplit("#")[-1] for fact in overall} == {"all-previous-overall"}  # tofacitinib-overall: interpretation


def test_prevention_and_later_doses_are_not_counted_as_silence(made: Matrix) -> None:
    assert expand("MESH:D053061") not in made.drugs
    assert PREDNISONE not in made.drugs


def test_parts_count_to_their_manifestation(made: Matrix) -> None:
    facts = [f for c in made.cells[TOFACITINIB, expand("HP:0012819")].counts for f in c.facts]
    assert [fact.rsplit("#")[-1] for fact in facts] == ["tofacitinib-myocarditis"]
    assert CKG + "MyocardialInflammation" not in made.manifestations


def test_every_number_names_facts_of_the_graph(made: Matrix, data: Dataset) -> None:
    known = {quad.subject.value for quad in data.match(None, CKG + "layer")}
    assert known >= {fact for cell in made.cells.values() for count in cell.counts for fact in count.facts}


def test_classes_of_drugs(data: Dataset) -> None:
    made = matrix(data, classes=True)
    assert {"Janus Kinase Inhibitors", "immunosuppressive agent", "corticosteroid"} <= set(made.drugs.values())
    assert not {"tofacitinib", "prodrug", "therapeutic agent", "nitrile"} & set(made.drugs.values())
    joint = made.cells[expand("CHEBI:35705"), expand("HP:0001369")]  # tofacitinib alone; mycophenolate jointly
    assert numbers(joint) == {"improved, single": 1, "improved, joint": 1}
    assert len(joint.persons) == 1


# ---- small cases -------------------------------------------------------------------------


def test_persons_of_several_reports_add_up(tmp_path: Path, write_case: WriteCase) -> None:
    second = {
        "id: invented-1": "id: invented-2",
        "outcome: improved": "outcome: worsened",
        "Arthritis improved": "Arthritis worsened",
    }
    third = {"id: invented-1": "id: invented-3", "to: [tofacitinib]": "to: [tofacitinib, prednisone]"}
    paths = [write_case(tmp_path), write_case(tmp_path, replace=second, name="b.yaml")]
    paths.append(write_case(tmp_path, replace=third, name="c.yaml"))
    made = matrix(kg.build(paths))
    cell = made.cells[TOFACITINIB, ARTHRITIS]
    assert numbers(cell) == {"improved, single": 1, "improved, joint": 1, "worsened, single": 1}
    assert (cell.reported, len(cell.persons), made.persons) == (3, 3, 3)
    assert numbers(made.cells[PREDNISONE, ARTHRITIS]) == {"improved, joint": 1, "not reported, none": 2}
    assert CALCINOSIS not in made.manifestations  # excluded in all three


def test_a_case_read_back_from_rdf_counts_the_same(tmp_path: Path, write_case: WriteCase) -> None:
    data = kg.build(write_case(tmp_path))
    data.save(tmp_path / "a.nq")
    assert matrix(kg.build(tmp_path / "a.nq")) == matrix(data)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"      tofacitinib-arthritis:": "      x:"}, {"improved, single": 1}),
        (
            {"outcome: improved": "outcome: not reported", "Arthritis improved in June": "in June"},
            {},
        ),  # no response at all: no row
    ],
)
def test_a_response_said_to_be_missing(
    tmp_path: Path, write_case: WriteCase, change: dict[str, str], left: dict[str, int]
) -> None:
    made = matrix(kg.build(write_case(tmp_path, replace=change)))
    assert (numbers(made.cells[TOFACITINIB, ARTHRITIS]) if left else dict(made.cells)) == left


@pytest.mark.parametrize(
    ("times", "apart"),
    [
        ("resolution: 2019-12", True),  # gone before either drug
        ("onset: 2022\n        note: computed", True),  # begun after prednisone, which may have gone on
        ("time: first-visit", False),
    ],
)
def test_what_was_surely_at_other_times_is_not_missing(
    tmp_path: Path, write_case: WriteCase, times: str, apart: bool
) -> None:
    path = write_case(
        tmp_path, replace={"        time: first-visit\n        sites:": f"        {times}\n        sites:"}
    )
    (person,) = people(kg.build(path))
    silent = [o for o in observations(person) if o.attribution == "none" and o.manifestation == ARTHRITIS]
    assert (silent == []) == apart


def test_not_reported_means_the_same_in_the_matrix_and_in_the_evidence_table(data: Dataset) -> None:
    (person,) = people(data)
    drugs = {key: t.drug for key, t in person.patient.treatments.items()}
    silent = {
        (expand(drug.id), person.fact(gap.manifestation))
        for gap in gaps(person)
        for key in gap.treatments
        if (drug := drugs[key])
    }
    seen = [o for o in observations(person) if o.attribution == "none"]
    assert {(o.drug, fact) for o in seen for fact in o.facts if fact not in map(person.fact, drugs)} == silent
    assert len(silent) > 20
    made = matrix(data)
    counted = {
        (drug, person.fact("calcinosis"))
        for (drug, sign), cell in made.cells.items()
        if sign == CALCINOSIS and cell.number("not reported", "none")
    }
    assert counted == {pair for pair in silent if pair[1] == person.fact("calcinosis")}
    assert (
        expand("CHEBI:8764"),
        expand("HP:0012819"),
    ) not in made.cells  # myocarditis came after mycophenolate was begun


def test_nothing_gives_an_empty_matrix() -> None:
    made = tabulate([])
    assert (rows(made), made.persons) == ([], 0)
    assert as_csv(made) == ",".join(HEADS) + "\n"


# ---- as text -----------------------------------------------------------------------------


def test_rows_tell_number_and_denominator(made: Matrix) -> None:
    table = [dict(zip(HEADS, row, strict=True)) for row in rows(made)]
    (one,) = [r for r in table if (r["drug"], r["manifestation"]) == ("tofacitinib", "Calcinosis cutis")]
    assert (one["persons"], one["reported"], one["given"], one["outcome"]) == (1, 1, 1, "improved")
    assert str(one["facts"]).endswith("p1#tofacitinib-calcinosis")
    assert not any("%" in str(cell) or "rate" in head for row in table for head, cell in row.items() if head != "facts")


def test_every_format_tells_the_same(made: Matrix) -> None:
    read = list(csv.reader(io.StringIO(as_csv(made))))
    assert read == [list(HEADS), *([str(c) for c in row] for row in rows(made))]
    assert len(as_markdown(made).splitlines()) == len(read) + 1
    told = json.loads(as_json(made))
    assert sum(len(cell["counts"]) for cell in told["cells"]) == len(read) - 1
    assert set(told["without any response"]) == set(made.silent)


def test_the_command_prints_each_format(run: Run, made: Matrix) -> None:
    for name, text in (("csv", as_csv(made)), ("markdown", as_markdown(made)), ("json", as_json(made))):
        result = run("matrix", "--format", name)
        assert (result.exit_code, result.stdout) == (0, text)
    table = run("matrix")
    assert table.exit_code == 0
    assert "Calcinosis cutis" in table.stdout
    assert "no rates" in table.stderr


# ---- properties --------------------------------------------------------------------------

_PERSONS = ["p1", "p2", "p3", "p4"]


@st.composite
def _found(draw: st.DrawFn, persons: str = "") -> list[Observation]:
    def one() -> Observation:
        group = draw(st.sampled_from(["improved", "stable", "not improved", "worsened", "not reported"]))
        how = "none" if group == "not reported" else draw(st.sampled_from(["single", "joint"]))
        who = persons + draw(st.sampled_from(_PERSONS))
        drug, sign = draw(st.sampled_from(["d1", "d2"])), draw(st.sampled_from(["m1", "m2"]))
        return Observation(who, drug, sign, group, how, (f"{who}#{draw(st.integers(0, 9))}",))  # type: ignore[arg-type]

    return [one() for _ in range(draw(st.integers(0, 25)))]


@settings(deadline=None)
@given(_found())
def test_persons_are_counted_once_and_in_any_order(found: list[Observation]) -> None:
    made = tabulate(found)
    assert tabulate([*found, *reversed(found)]) == made
    for (drug, sign), cell in made.cells.items():
        mine = [o for o in found if (o.drug, o.manifestation) == (drug, sign)]
        assert cell.persons == tuple(sorted({o.person for o in mine}))
        silent = cell.number("not reported", "none")
        assert cell.reported + silent == len(cell.persons)
        for count in cell.counts:
            assert set(count.persons) <= set(cell.persons)
            assert count.facts
        for person in cell.persons:  # the groups of each person are exactly those told of them
            counted = {(c.group, c.attribution) for c in cell.counts if person in c.persons}
            told = {(o.group, o.attribution) for o in mine if o.person == person}
            stated = {pair for pair in told if pair[0] != "not reported"}
            assert counted == (stated or told)


@settings(deadline=None)
@given(_found("a"), _found("b"))
def test_two_datasets_of_different_persons_add_up(one: list[Observation], two: list[Observation]) -> None:
    first, second, both = tabulate(one), tabulate(two), tabulate([*one, *two])
    for where, cell in both.cells.items():
        parts = [c for c in (first.cells.get(where), second.cells.get(where)) if c]
        # a manifestation with a response in one of them only is a silent one in the other
        if len(parts) == 2 or not {where[1]} & {*first.silent, *second.silent}:
            assert len(cell.persons) == sum(len(c.persons) for c in parts)
            for count in cell.counts:
                assert count.number == sum(c.number(count.group, count.attribution) for c in parts)
    assert both.manifestations.keys() == first.manifestations.keys() | second.manifestations.keys()
