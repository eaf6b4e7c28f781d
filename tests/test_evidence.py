"""The evidence table: what is in a row, which rows are chosen, and how they are written."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kg
from kg.answers.evidence import COLUMNS, Table, evidence
from kg.base.results import CaseError
from kg.export.spreadsheet import as_csv, as_json, as_markdown, as_xlsx
from kg.graph.store import Dataset, from_rdflib

WriteCase = Callable[..., Path]
Run = Callable[..., Any]
quick = settings(deadline=None, derandomize=True, max_examples=80)

FIRST_LINE = (
    "Immunoglobulins, Intravenous (“IVIg”; intravenous) + mycophenolate mofetil + "
    "corticosteroid (“steroids”; only the class is named)"
)
SHORT_FIRST_LINE = "Immunoglobulins, Intravenous + mycophenolate mofetil + corticosteroid"
# Written by hand from the report (Cureus 15(1): e34125), sentence by sentence.
TOFACITINIB_CALCINOSIS = {
    "report": "10.7759/cureus.34125",
    "patient": "p1",
    "age": "28 years (“28-year-old”), when: not stated",
    "sex": "male",
    "diagnosis": "anti-PM/Scl-positive scleromyositis",
    "antibody": "Anti-PM-Scl antibody positivity: present",
    "manifestation": "Calcinosis cutis (elbow, Bilateral)",
    "prior therapies": (
        f"1: {FIRST_LINE}; 2: sodium thiosulfate (“thiosulfate”; topical); "
        "3: sodium thiosulfate (“thiosulfate”; intralesional); 4: Rituximab; told to have failed before: "
        "Immunoglobulins, Intravenous + mycophenolate mofetil + corticosteroid + Rituximab"
    ),
    "line": "5",
    "drugs": "tofacitinib",
    "dose": "5 mg twice daily",
    "attribution": "single",
    "concomitant drugs": (
        "prednisone + corticosteroid; not excluded: Immunoglobulins, Intravenous + mycophenolate mofetil + "
        "sodium thiosulfate (topical) + sodium thiosulfate (intralesional) + Rituximab"
    ),
    "time to response": "at most 14 months",
    "outcome": (
        "improved: “A clinical decrease in the extent of calcinosis”, “especially at both elbows”, "
        "“Improvement of calcinosis after treatment”"
    ),
    "measures before and after": "not stated",
    "shown by": "not stated",
    "follow-up": "14 months (seen 2022-11; alive)",
    "adverse events": "stated none: Adverse Event",
    "anchor": (
        "“A clinical decrease in the extent of calcinosis”, “especially at both elbows” (Case Presentation); "
        "“Improvement of calcinosis after treatment” (Figure 3)"
    ),
}

SECOND = {
    "id: invented-1": "id: invented-2",
    "CHEBI:71200" + " ! tofacitinib\n        printed: tofacitinib": "CHEBI:95341"
    + " ! baricitinib\n        printed: baricitinib",
    "to: [tofacitinib]": "to: [prednisone, tofacitinib]",
    "evidence: {case: tofacitinib 10 mg}": "evidence: {case: baricitinib 10 mg}",
    "outcome: improved": "outcome: worsened",
    "case: Arthritis improved in June 2021": "case: Arthritis worsened in June 2021",
    "    treatments:\n": """    diagnoses:
      ssc:
        concept: MONDO:0005100 ! systemic sclerosis
        status: present
        evidence: {case: systemic sclerosis}
      no-dm:
        concept: MONDO:0016367 ! dermatomyositis
        status: excluded
        evidence: {case: no dermatomyositis}
    antibodies:
      ana:
        concept: HP:0003493 ! Antinuclear antibody positivity
        status: present
        evidence: {case: antinuclear antibodies}
      no-pm-scl:
        concept: HP:0033560 ! Anti-PM-Scl antibody positivity
        status: excluded
        evidence: {case: no anti-PM/Scl}
    adverse_events:
      chest-pain:
        concept: HP:0100749 ! Chest pain
        status: present
        of: [tofacitinib]
        outcome: resolved
        note: That it resolved is invented.
        evidence: {case: chest pain}
    follow_up:
      last:
        time: 2021-09-01
        printed: September 2021
        evidence: {case: in September 2021}
    treatments:
""",
}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory, write_case: WriteCase) -> list[Path]:
    """Two invented reports: tofacitinib, arthritis improved; prednisone with baricitinib, arthritis worsened."""
    folder = tmp_path_factory.mktemp("two")
    return [write_case(folder), write_case(folder, replace=SECOND, name="b.yaml")]


def told(table: Table) -> list[dict[str, str]]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def short(table: Table, *names: str) -> list[tuple[str, ...]]:
    return [tuple(row[name] for name in names) for row in told(table)]


# ---- rows -----------------------------------------------------------------------------------


def test_a_row_says_what_the_report_says(data: Dataset) -> None:
    table = evidence(data, drug="tofacitinib", manifestation="calcinosis")
    (row,) = told(table)
    assert {name: text for name, text in row.items() if name != "facts"} == TOFACITINIB_CALCINOSIS
    top = "https://w3id.org/casekg/case/10.7759_cureus.34125/p1"
    keys = (
        "tofacitinib-calcinosis anti-pm-scl calcinosis intralesional-thiosulfate ivig last-seen mmf no-adverse-event "
        "prednisone rituximab scleromyositis steroids tofacitinib topical-thiosulfate under-tofacitinib"
    )
    assert table.facts == ((*(f"{top}#{key}" for key in keys.split()), top),)
    assert row["facts"].split() == list(table.facts[0])


def test_every_row_can_be_explained(data: Dataset) -> None:
    table = evidence(data)
    assert tuple(COLUMNS) == table.columns
    for facts in table.facts:
        assert len(set(facts)) == len(facts) > 1
        assert all(next(data.match(fact), None) is not None for fact in facts)
    assert kg.explain(table.facts[-1][0], data).quotes


def test_joint_attribution_is_not_shared_out(data: Dataset) -> None:
    rows = told(evidence(data, drug="rituximab", manifestation="calcinosis"))
    assert [(row["attribution"], row["line"], row["outcome"].partition(":")[0]) for row in rows] == [
        ("joint", "1, 2, 3, 4", "worsened")
    ]
    assert rows[0]["drugs"].split(" + ")[-1] == "Rituximab"
    assert rows[0]["prior therapies"] == "none told"
    single = evidence(data, drug="sodium thiosulfate", manifestation="calcinosis")
    assert [line for line, kind in short(single, "line", "attribution") if kind == "single"] == ["2", "3"]


def test_what_contradicts_is_two_rows(data: Dataset) -> None:
    rows = evidence(data, drug="mycophenolate mofetil", manifestation="Myositis")
    words = [outcome.partition(":")[0] for (outcome,) in short(rows, "outcome")]
    assert sorted(words) == ["controlled", "partially improved", "persistent"]
    lungs = short(evidence(data, drug="tofacitinib", manifestation="ILD"), "outcome", "shown by")
    assert ("stable", "clinical imaging procedure: stable") in lungs
    assert len(lungs) == 2


def test_silence_is_told_as_not_reported(data: Dataset) -> None:
    rows = told(evidence(data, drug="tofacitinib", manifestation="Raynaud phenomenon"))
    assert [(row["outcome"], row["attribution"], row["time to response"]) for row in rows] == [
        ("not reported", "none", "not stated")
    ]
    assert rows[0]["follow-up"] == "14 months (seen 2022-11; alive)"
    assert rows[0]["anchor"] == "“Raynaud's phenomenon” (Abstract); “He had Raynaud's phenomenon” (Case Presentation)"


def test_interpretation_is_marked(data: Dataset) -> None:
    ((outcome,),) = short(evidence(data, drug="tofacitinib", manifestation="scleromyositis"), "outcome")
    assert outcome.startswith("favourable (interpretation of the authors): “")


def test_measures_stand_as_printed_with_what_was_begun_between(data: Dataset) -> None:
    def measures(name: str) -> str:
        ((text,),) = short(evidence(data, drug="tofacitinib", manifestation=name), "measures before and after")
        return text

    seen = "(2021-12-01 to 2022-01-30 (“3–4 months after the start of tofacitinib”))"
    assert f": 78.2 ng/L (2021) → 33.7 ng/L {seen}: -44.5 ng/L (-56.9 %) [" in measures(
        "Increased circulating troponin I concentration"
    )
    assert f": 124 pg/mL (2021) → <35 pg/mL {seen}: no change computed: the later" in measures(
        "Elevated circulating NT-proBNP concentration"
    )
    kinase = measures("Elevated circulating creatine kinase activity")
    assert "7891 UI/L (by 2019-12-31 (“At disease onset”)) → 86 UI/L (2022-11): -7805 IU/L (-98.9 %)" in kinase
    assert f"[also begun between: {SHORT_FIRST_LINE} + sodium thiosulfate (topical) + sodium" in kinase
    assert "MRC muscle strength grade: not stated → grade 5 (2022-11)" in measures("Myositis")
    lungs = [
        text
        for _, text in short(
            evidence(data, drug="tofacitinib", manifestation="ILD"), "line", "measures before and after"
        )
    ]
    assert any("Total lung capacity: 75% of predicted (2019) → 91% of predicted (2022-11)" in text for text in lungs)


def test_two_invented_reports(two: list[Path]) -> None:
    table = evidence(kg.build(two))
    columns = ("report", "drugs", "line", "attribution", "outcome", "time to response", "follow-up", "adverse events")
    assert short(table, *columns) == [
        ("invented-1", "prednisone", "1", "none", "not reported", "not stated", "not stated", "not stated"),
        ("invented-1", "tofacitinib", "2", "single", "improved", "3 months", "not stated", "not stated"),
        ("invented-2", "prednisone + baricitinib", "1, 2", "joint", "worsened", "3 months",
         "6 months (seen 2021-09-01)", "Chest pain (resolved, of baricitinib)"),
    ]  # fmt: skip
    last = told(table)[-1]
    assert last["diagnosis"] == "systemic sclerosis"
    assert last["antibody"] == "Antinuclear antibody positivity: present; Anti-PM-Scl antibody positivity: excluded"
    assert last["dose"] == "prednisone: 5 mg once daily; baricitinib: 10 mg"
    assert last["prior therapies"] == "none told"
    assert short(table, "prior therapies")[1] == ("1: prednisone",)
    assert len(table.persons) == 2
    assert list(table.reports.values()) == [date(2024, 2, 29)] * 2
    assert evidence(kg.build(two[::-1])) == table


def test_lines_of_no_told_order_are_set_apart(tmp_path: Path, write_case: WriteCase) -> None:
    loose = {"        start: 2020-01\n": "", "        after: [prednisone]\n": ""}
    table = evidence(kg.build([write_case(tmp_path, replace=loose)]), drug="tofacitinib")
    assert short(table, "line", "prior therapies") == [("at least 1", "order not told: 1: prednisone")]


@pytest.mark.parametrize("name", ["a.nq", "a.ttl", "rdflib"])
def test_rdf_gives_the_rows_of_its_case_files(two: list[Path], shipped: Path, tmp_path: Path, name: str) -> None:
    made = kg.build([*two, shipped])
    if name == "rdflib":
        read = from_rdflib(made.rdflib())
    else:
        if name == "a.ttl":  # has no graphs: one report a file
            made = kg.build([shipped])
        made.save(tmp_path / name)
        read = kg.build([tmp_path / name])
    assert (evidence(read).rows, evidence(read).facts) == (evidence(made).rows, evidence(made).facts)


# ---- filters --------------------------------------------------------------------------------


def test_a_class_answers_for_its_drugs(two: list[Path], data: Dataset) -> None:
    assert evidence(data, class_="JAK inhibitor").rows == evidence(data, drug="CHEBI:71200").rows
    assert [r for (r,) in short(evidence(kg.build(two), class_="JAK inhibitor"), "report")] == [
        "invented-1",
        "invented-2",
    ]
    both = evidence(kg.build(two), drug="baricitinib", class_="MESH:D000075242")
    assert short(both, "report") == [("invented-2",)]
    assert not evidence(kg.build(two), drug="prednisone", class_="JAK inhibitor").rows  # no one drug is both


@pytest.mark.parametrize(
    ("filters", "reports"),
    [
        ({"manifestation": "HP:0001369"}, ["invented-1", "invented-1", "invented-2"]),
        ({"disease": "connective tissue disease"}, ["invented-2"]),
        ({"disease": "dermatomyositis"}, []),  # excluded
        ({"antibody": "Autoimmune antibody positivity"}, ["invented-2"]),
        ({"antibody": "anti-PM/Scl"}, []),  # excluded
        ({"outcome": "worsened"}, ["invented-2"]),
        ({"outcome": "not reported", "drug": "prednisone"}, ["invented-1"]),
        ({"drug": "corticosteroid"}, ["invented-1", "invented-2"]),
    ],
)
def test_filters(two: list[Path], filters: dict[str, str], reports: list[str]) -> None:
    assert [report for (report,) in short(evidence(kg.build(two), **filters), "report")] == reports


def test_a_manifestation_answers_for_what_is_below_it_and_for_its_parts(data: Dataset) -> None:
    found = short(evidence(data, drug="tofacitinib", manifestation="Myocarditis"), "manifestation")
    assert found == [("myocardial inflammation",), ("Myocarditis",)]
    skin = {
        m
        for (m,) in short(evidence(data, drug="tofacitinib", manifestation="Abnormality of the skin"), "manifestation")
    }
    assert {"Calcinosis cutis (elbow, Bilateral)", "Thickened skin", "Telangiectasia"} <= skin
    assert "Arthritis" not in skin


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"drug": "tofacitinb"}, "--drug: no term is called 'tofacitinb'; did you mean tofacitinib (CHEBI:71200)?"),
        ({"disease": "HP:" + "0000000"}, "--disease: "),
        ({"outcome": "improve"}, "--outcome: 'improve' is no group of outcomes; did you mean improved?"),
        ({"manifestation": ""}, "--manifestation: no term is called ''"),
    ],
)
def test_an_unknown_name_is_one_line(data: Dataset, run: Run, filters: dict[str, str], words: str) -> None:
    with pytest.raises(CaseError) as error:
        evidence(data, **filters)
    assert words in str(error.value)
    ((name, text),) = filters.items()
    result = run("evidence", f"--{name}", text)
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (2, "", 1)


def test_a_name_of_two_things_in_the_data_is_asked_back(tmp_path: Path, write_case: WriteCase, shipped: Path) -> None:
    disease = {"MONDO:0005100 ! systemic sclerosis": "MONDO:0015925 ! interstitial lung disease"}
    disease["{case: systemic sclerosis}"] = "{case: interstitial lung disease}"
    second = dict(SECOND)
    for old, new in disease.items():
        second = {key: text.replace(old, new) for key, text in second.items()}
    data = kg.build([write_case(tmp_path, replace=second), shipped])
    with pytest.raises(CaseError, match=r"--manifestation: 'ILD' may mean HP:0006530 .* or MONDO:0015925 "):
        evidence(data, manifestation="ILD")
    assert evidence(data, disease="ILD").persons  # no diagnosis of the other kind


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"drug": "methotrexate"}, "no fact of a patient names it or anything under it (1 claim on it, of no patient)"),
        ({"drug": "herpes zoster vaccine"}, "given (preventive) in 1 patient"),
        ({"drug": "tofacitinib", "manifestation": "Myocardial fibrosis"}, "(HP:0001685): excluded in 1 patient."),
        ({"drug": "tofacitinib", "manifestation": "Myocardial fibrosis"}, "All of that holds for no patient."),
        ({"drug": "tofacitinib", "manifestation": "Cellulitis"}, "no response of the kind is told"),
        ({"drug": "tofacitinib", "manifestation": "Cellulitis"}, "The rows of --drug are of: Abnormal pulmonary"),
        ({"drug": "rituximab", "manifestation": "arthritis", "outcome": "improved"}, "1 row (not reported 1)"),
        ({"drug": "methotrexate"}, "Without filters the table has 71 rows."),
    ],
)
def test_an_empty_table_says_why(data: Dataset, run: Run, filters: dict[str, str], words: str) -> None:
    table = evidence(data, **filters)
    assert table.rows == ()
    assert table.why_empty[0].startswith("Searched 1 report")
    assert any(words in line for line in table.why_empty)
    result = run("evidence", *(part for name, text in filters.items() for part in (f"--{name}", text)))
    assert result.exit_code == 0
    assert words in result.stderr


def test_nothing_of_ours_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.nt").write_text("<http://e.org/a> <http://e.org/b> <http://e.org/c> .\n")
    assert any("no case graph" in line for line in evidence(kg.build([tmp_path / "a.nt"])).why_empty)


# ---- as text and as a workbook --------------------------------------------------------------


def of(*cells: str) -> Table:
    return Table(tuple(f"c{n}" for n in range(len(cells))), (cells,), ((),))


def test_no_cell_is_a_formula() -> None:
    bad = ("=1+1", "+1", "-1", "@SUM(A1)", "a=1", "{=1}")
    assert list(csv.reader(io.StringIO(as_csv(of(*bad)))))[1] == ["'=1+1", "+1", "-1", "'@SUM(A1)", "a=1", "{=1}"]
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(of(*bad))))["evidence"]
    assert [(cell.value, cell.data_type) for cell in sheet[2]] == [(text, "s") for text in bad]


def test_a_printed_formula_comes_out_as_text(tmp_path: Path, write_case: WriteCase) -> None:
    spoiled = {"case: Arthritis improved in June 2021": "case: '=HYPERLINK(1) Arthritis better in June 2021'"}
    table = evidence(kg.build([write_case(tmp_path, replace=spoiled)]), drug="tofacitinib")
    assert "“=HYPERLINK(1) Arthritis better in June 2021”" in told(table)[0]["outcome"]


@quick
@given(st.lists(st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"])), min_size=1, max_size=4))
def test_csv_keeps_all_words(cells: list[str]) -> None:
    found = list(csv.reader(io.StringIO(as_csv(of(*cells)))))[1]
    assert [text.removeprefix("'") for text in found] == [text.removeprefix("'") for text in cells]
    assert not any(text[:1] in ("=", "+", "-", "@") for text in found if text)


def test_a_workbook_says_what_it_is(data: Dataset) -> None:
    table = evidence(data, class_="JAK inhibitor")
    book = openpyxl.load_workbook(io.BytesIO(as_xlsx(table, {"command": "casekg evidence"})))
    sheet = book["evidence"]
    assert sheet.freeze_panes == "A2"
    read = [tuple(row) for row in sheet.iter_rows(values_only=True)]
    assert read == [table.columns, *table.rows]
    assert all(8 < sheet.column_dimensions[column].width <= 45.8 for column in ("G", "H", "O"))
    about = dict(book["about"].iter_rows(values_only=True))
    assert about["command"] == "casekg evidence"
    assert about["--class"] == "Janus Kinase Inhibitors (MESH:D000075242)"
    assert about["reports published"] == "2023-01-24 to 2023-01-24"
    assert about["rows"] == "22 rows of 1 patient"
    assert {f"column {name}" for name in table.columns} <= set(about)


def test_a_cell_is_no_longer_than_excel_takes() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(as_xlsx(of("a" * 40_000))))["evidence"]
    assert (len(sheet["A2"].value), sheet["A2"].value[-1]) == (32_767, "…")


def test_without_the_library_one_line_says_so(data: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    with pytest.raises(CaseError, match=r"^casekg evidence: violation output: .*Install casekg\[excel\]"):
        as_xlsx(evidence(data))


def test_json_and_markdown(data: Dataset) -> None:
    table = evidence(data, drug="tofacitinib", manifestation="calcinosis")
    made = json.loads(as_json(table))
    assert made["rows"][0]["outcome"] == TOFACITINIB_CALCINOSIS["outcome"]
    assert made["rows"][0]["facts"] == list(table.facts[0])
    assert made["filters"]["drug"] == "tofacitinib (CHEBI:71200)"
    assert as_markdown(of("a|b", "<i>")) == "| c0 | c1 |\n| --- | --- |\n| a\\|b | &lt;i> |\n"


# ---- the command ----------------------------------------------------------------------------


def test_the_command_shows_one_row_whole(run: Run) -> None:
    result = run("evidence", "--drug", "tofacitinib", "--manifestation", "calcinosis")
    assert result.exit_code == 0
    assert all(name in result.stdout for name in TOFACITINIB_CALCINOSIS)
    assert "p1#tofacitinib-calcinosis\n" in result.stdout
    assert "1 row of 1 patient." in result.stderr


def test_the_command_shows_several_rows_short(run: Run) -> None:
    result = run("evidence", "--class", "JAK inhibitor")
    assert "dose: 5 mg twice daily\n" in result.stdout
    assert max(map(len, result.stdout.split("+---", 1)[1].splitlines())) <= 160
    assert "22 rows of 1 patient." in result.stderr


def test_the_command_writes_by_suffix(run: Run, tmp_path: Path, data: Dataset) -> None:
    table = evidence(data, drug="tofacitinib")
    for name, text in (("a.csv", as_csv(table)), ("a.md", as_markdown(table)), ("a.json", as_json(table))):
        assert run("evidence", "--drug", "tofacitinib", "-o", tmp_path / name).exit_code == 0
        assert (tmp_path / name).read_text("utf-8") == text
    assert run("evidence", "--drug", "tofacitinib", "-o", tmp_path / "a.xlsx").exit_code == 0
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book["evidence"].max_row == len(table.rows) + 1
    assert book["about"]["A1"].value == "command"
    assert run("evidence", "--drug", "tofacitinib", "--format", "csv").stdout == as_csv(table)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--format", "xlsx"], "Give -o FILE.xlsx."),
        (["-o", "a.foo"], "has no suffix of a format"),
        (["-o", "a.csv", "--format", "table"], "has no suffix of a format"),
        (["-o", "nowhere/a.csv"], "cannot be written"),
        (["nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_what_cannot_be_written_is_told(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("evidence", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert list(tmp_path.iterdir()) == []
