"""SSSOM tables: what is read, and what is wrong with a table, by file, line and column."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.base.prefixes import PREFIXES, expand
from kg.concepts.mappings import KINDS, mapping_sets, parse_mappings, read_mappings

HEAD = "#license: https://creativecommons.org/publicdomain/zero/1.0/\n#curie_map:\n#  x: http://example.org/x/\n"
COLUMNS = "subject_id\tpredicate_id\tobject_id\tmapping_justification"
WHY = "semapv:ManualMappingCuration"
PLACE = Path("a.sssom.tsv")


def test_the_shipped_tables_are_read_whole() -> None:
    sets, results = mapping_sets()
    assert results == ()
    lines = [made.path.read_text("utf-8").splitlines() for made in sets]
    assert [len(made.rows) for made in sets] == [sum(1 for x in text if not x.startswith("#")) - 1 for text in lines]
    assert all(made.licence.startswith("https://creativecommons.org/") for made in sets)


def test_everything_that_a_row_says_is_kept() -> None:
    heads = COLUMNS + "\tpredicate_modifier\tconfidence\tsubject_label\tobject_label"
    row = f'HP:0001369\tskos:exactMatch\tx:1\t{WHY}\tNot\t0.80\tArthritis\t"a ""joint"" thing"'
    made, results = parse_mappings(PLACE, f"{HEAD}{heads}\n{row}\n")
    assert results == []
    (found,) = made.rows
    assert (found.subject, found.object) == (expand("HP:0001369"), "http://example.org/x/1")
    assert (found.kind, found.negated, found.confidence) == ("exact", True, "0.80")
    assert found.justification == PREFIXES["semapv"] + "ManualMappingCuration"
    assert (found.subject_label, found.object_label, found.line) == ("Arthritis", 'a "joint" thing', 5)


def test_the_head_may_stand_in_a_file_beside_the_table(tmp_path: Path) -> None:
    (tmp_path / "a.sssom.tsv").write_text(f"{COLUMNS}\nx:1\tskos:broadMatch\tHP:0001369\t{WHY}\n", "utf-8")
    _, results = read_mappings(tmp_path / "a.sssom.tsv")
    assert [result.key for result in results] == ["license", "subject_id"]
    (tmp_path / "a.sssom.yml").write_text(HEAD.replace("#", ""), "utf-8")
    made, results = read_mappings(tmp_path / "a.sssom.tsv")
    assert (results, made.rows[0].kind, made.licence != "") == ([], "broad", True)
    (tmp_path / "a.sssom.yml").write_text("license: a: b\n", "utf-8")
    assert str(read_mappings(tmp_path / "a.sssom.tsv")[1][0]).startswith(f"{tmp_path / 'a.sssom.yml'}:1:1: violation")


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (f"y:1\tskos:exactMatch\tHP:0001369\t{WHY}", "subject_id", "'y:1' is not an id"),
        (f"\tskos:exactMatch\tHP:0001369\t{WHY}", "subject_id", "is empty"),
        (f"x:1\tskos:exactMach\tHP:0001369\t{WHY}", "predicate_id", "is not a mapping"),
        (f"x:1\tskos:exactMatch\tHP:x\t{WHY}", "object_id", "'HP:x'"),
        (f"x:a b\tskos:exactMatch\tHP:0001369\t{WHY}", "subject_id", "makes no IRI"),
        ("x:1\tskos:exactMatch\tHP:0001369\t", "mapping_justification", "not said why"),
        ("x:1\tskos:exactMatch\tHP:0001369\tx:why", "mapping_justification", "not a term of semapv"),
        ("x:1\tskos:exactMatch\tHP:0001369", "", "3"),
        (f'x:1\tskos:exactMatch\t"HP:0001369\t{WHY}', "", "not a table"),
    ],
)
def test_a_bad_row_is_told_and_the_good_ones_are_kept(row: str, column: str, words: str) -> None:
    good = f"x:9\tskos:closeMatch\tHP:0001369\t{WHY}"
    made, results = parse_mappings(PLACE, f"{HEAD}{COLUMNS}\n{good}\n{row}\n")
    assert [row.subject for row in made.rows] == ["http://example.org/x/9"]
    (result,) = results
    assert (result.severity, result.line, result.key) == ("violation", 6, column)
    assert words in result.message
    assert result.cure


@pytest.mark.parametrize("value", ["1.1", "-0.1", "high", "NaN"])
def test_confidence_is_a_share(value: str) -> None:
    text = f"{HEAD}{COLUMNS}\tconfidence\nx:1\tskos:exactMatch\tHP:0001369\t{WHY}\t{value}\n"
    assert [result.key for result in parse_mappings(PLACE, text)[1]] == ["confidence"]


def test_rows_without_two_terms_are_counted_apart() -> None:
    text = f"{HEAD}{COLUMNS}\tobject_type\nx:1\tskos:exactMatch\t\t{WHY}\trdfs literal\n"
    text += f"x:1\tskos:exactMatch\tsssom:NoTermFound\t{WHY}\t\n"
    made, results = parse_mappings(PLACE, text)
    assert (made.rows, made.apart, results) == ((), 2, [])


def test_a_table_full_of_mistakes_is_told_briefly() -> None:
    text = HEAD + COLUMNS + "\n" + f"y:1\tskos:exactMatch\tHP:0001369\t{WHY}\n" * 5000
    _, results = parse_mappings(PLACE, text)
    assert len(results) == 101
    assert "4,900 more" in results[-1].message


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=120), st.booleans())
def test_no_text_makes_an_exception(text: str, headed: bool) -> None:
    made, results = parse_mappings(PLACE, (HEAD + COLUMNS + "\n" if headed else "") + text)
    assert all(row.predicate in KINDS for row in made.rows)
    assert headed or results  # a text that is not even a head line is never taken for an empty table


# Rows that the maintainers' own tests count (test_config.yaml), and those that are wrong in each.
@pytest.mark.parametrize(
    ("name", "rows", "apart", "violations"),
    [
        ("basic.tsv", 141, 0, 0),
        ("basic2.tsv", 126, 0, 0),
        ("cob-to-external.tsv", 89, 0, 0),
        ("asymmetric.tsv", 5, 0, 0),
        ("trailing-tabs.sssom.tsv", 8, 0, 0),
        ("literals-condensed.sssom.tsv", 0, 9, 0),
        ("cardinality-with-NoTermFound.sssom.tsv", 1, 3, 0),
        ("basic-meta-external.tsv", 140, 0, 1),  # owl:subClassOf is no term of OWL
        ("bad_basic.tsv", 0, 0, 13),
        ("mondo-nando.sssom.tsv", 2, 0, 1),  # two ids in one cell
        ("basic.ptable.tsv", 0, 0, 1),
        ("test_validation1.sssom.tsv", 0, 0, 101),
    ],
)
def test_tables_of_sssom_py(name: str, rows: int, apart: int, violations: int, shared: Path) -> None:
    path = shared / "corpus" / "sssom" / "data" / name
    if not path.is_file():
        pytest.skip(f"{name} is not in the shared material")
    made, results = read_mappings(path)
    assert (len(made.rows), made.apart) == (rows, apart)
    assert sum(result.severity == "violation" for result in results) == violations
    assert all(result.line and result.cure for result in results)
