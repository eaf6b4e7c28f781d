"""Criterion files: read strictly, each mistake told with its place; a project adds its own by adding a file."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from kg.base import places
from kg.base.places import folder
from kg.base.results import CaseError
from kg.criteria.criterion import CriterionFile, criteria, read_criterion

SHIPPED: list[CriterionFile] = list(criteria())

SMALL = """\
title: Invented criteria
sources:
  - {doi: 10.1234/nothing, what: "Everything."}
columns:
  total:
    label: total
    cutoffs:
      - {class: maybe, at_least: 2}
      - {class: surely, at_least: 4}
    below: "no"
categories:
  skin: {label: skin, maximum: {total: 3}}
items:
  calcinosis:
    label: calcinosis
    category: skin
    points: {total: 3}
    met_by:
      - finding: ["HP:0025520 ! Calcinosis cutis"]
  enzymes:
    label: enzymes
    points: {total: 1}
    met_by:
      - measurement: ["LOINC:2157-6 ! Creatine kinase [Enzymatic activity/volume] in Serum or Plasma"]
        above_range: true
"""


def spoiled(folder_: Path, old: str = "", new: str = "") -> CriterionFile:
    assert SMALL.count(old) == 1 or not old, old
    path = folder_ / "invented.yaml"
    path.write_text(SMALL.replace(old, new) if old else SMALL, "utf-8")
    return read_criterion(path)


def test_the_shipped_criteria_are_read() -> None:
    assert {file.name for file in SHIPPED} >= {"systemic-sclerosis-2013", "myositis-2017", "myositis-response-2016"}
    assert {file.path.parent for file in SHIPPED} == {folder("ontology") / "criteria"}


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.name)
def test_every_criterion_has_a_doi_and_says_what_it_took(file: CriterionFile) -> None:
    assert any(source.doi for source in file.criterion.sources)
    assert all(source.what for source in file.criterion.sources)


def test_weights_are_those_of_the_published_tables() -> None:
    """Typed once more from the tables, by item: without and with biopsy."""
    myositis = next(file for file in SHIPPED if file.name == "myositis-2017").criterion
    table = {
        "onset-18-to-39": "1.3 1.5", "onset-from-40": "2.1 2.2", "proximal-arm-weakness": "0.7 0.7",
        "proximal-leg-weakness": "0.8 0.5", "neck-flexors": "1.9 1.6", "legs-proximal-weaker": "0.9 1.2",
        "heliotrope-rash": "3.1 3.2", "gottron-papules": "2.1 2.7", "gottron-sign": "3.3 3.7", "dysphagia": "0.7 0.6",
        "anti-jo-1": "3.9 3.8", "muscle-enzymes": "1.3 1.4", "endomysial-infiltration": "- 1.7",
        "perimysial-infiltration": "- 1.2", "perifascicular-atrophy": "- 1.9", "rimmed-vacuoles": "- 3.1",
    }  # fmt: skip
    columns = ("without-biopsy", "with-biopsy")
    found = {key: " ".join(str(item.points.get(c, "-")) for c in columns) for key, item in myositis.items.items()}
    assert found == table
    sclerosis = next(file for file in SHIPPED if file.name == "systemic-sclerosis-2013").criterion
    assert {key: int(item.points["total"]) for key, item in sclerosis.items.items()} == {
        "proximal-skin-thickening": 9, "puffy-fingers": 2, "sclerodactyly": 4, "digital-ulcers": 2, "pitting-scars": 3,
        "telangiectasia": 2, "nailfold-capillaries": 2, "pulmonary-arterial-hypertension": 2,
        "interstitial-lung-disease": 2, "raynaud": 3, "anti-centromere": 3, "anti-topoisomerase-i": 3,
        "anti-rna-polymerase-iii": 3,
    }  # fmt: skip
    assert [key for key, item in sclerosis.items.items() if item.sufficient] == ["proximal-skin-thickening"]
    response = next(file for file in SHIPPED if file.name == "myositis-response-2016").criterion
    assert sum(measure.levels[-1].points for measure in response.measures.values()) == Decimal(100)


def test_the_small_one_is_right(tmp_path: Path) -> None:
    assert spoiled(tmp_path).criterion.items["calcinosis"].points == {"total": Decimal(3)}


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "said"),
    [
        ("    label: enzymes", "    lable: enzymes", 21, "items.enzymes.lable", "Did you mean 'label'?"),
        ("Calcinosis cutis", "Calcinosis", 19, "items.calcinosis.met_by.0.finding.0", "Write 'HP:0025520 ! Calcinosis cutis'"),
        ("HP:0025520 !", "HP:0000003 !", 19, "items.calcinosis.met_by.0.finding.0", "not among casekg's terms"),
        ("    category: skin", "    category: skni", 16, "items.calcinosis.category", "Did you mean 'skin'?"),
        ("    points: {total: 3}", "    points: {totl: 3}", 17, "items.calcinosis.points.totl", "names of the columns"),
        ("    points: {total: 3}", "    points: {total: 4}", 17, "items.calcinosis.points", "more than the maximum"),
        ("    points: {total: 3}", "    points: {total: x}", 17, "items.calcinosis.points.total", "not a number"),
        ("at_least: 4", "at_least: 1", 7, "columns.total.cutoffs", "do not rise"),
        ("        above_range: true\n", "", 24, "items.enzymes.met_by.0", "any value"),
        ("finding: [", "findings: [", 19, "items.calcinosis.met_by.0.findings", "Did you mean 'finding'?"),
        ("title: Invented criteria", "title: Invented criteria\nkind: response", 2, "kind", "have measures"),
        ("title: Invented criteria", "title: x\nremarks: [{unless: [enzyme], says: x}]", 2, "remarks.0.unless", "'enzymes'"),
        ("{doi: 10.1234/nothing, ", "{doi: https://doi.org/10.1234/x, ", 3, "sources.0.doi", "not a DOI"),
        ("    points: {total: 1}", "    points: {total: 1}\n    age_at_onset: {}", 23, "items.enzymes.age_at_onset", "every age"),
        ("    points: {total: 1}", "    points: {total: 1}\n    age_at_onset: {from: 40, below: 18}", 23, "items.enzymes.age_at_onset", "no age is"),
        ("{doi: 10.1234/nothing, ", "{", 3, "sources.0", "`doi` or `url`"),
        ("    category: skin\n", "", 12, "categories.skin", "no item"),
        ("    category: skin", "    category: skin\n    sufficient: true", 16, "items.calcinosis.category", "no addend"),
        ('finding: ["HP', 'antibody: ["HP', 19, "items.calcinosis.met_by.0.antibody.0", "no antibody is Calcinosis cutis"),
        ('finding: ["HP', 'sites: ["HP:0025520 ! Calcinosis cutis"]\n        finding: ["HP', 19, "items.calcinosis.met_by.0.sites.0", "no site is"),
        ("items:", "not_applicable_if: {x: {label: x, all: []}}\nitems:", 13, "not_applicable_if.x", "never applies"),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_place(old: str, new: str, line: int, key: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(CaseError) as caught:
        spoiled(tmp_path, old, new)
    assert [(r.line, r.key) for r in caught.value.results if said in f"{r.message} {r.cure}"] == [(line, key)], (
        caught.value
    )


def test_a_class_above_findings_is_a_concept_of_findings(tmp_path: Path) -> None:
    """Lung involvement is defined by sites, and stands beside the branch of findings: some are under it."""
    made = spoiled(tmp_path, "HP:0025520 ! Calcinosis cutis", "ckg:LungInvolvement ! lung involvement")
    assert made.criterion.items["calcinosis"].met_by[0].concepts[0].label == "lung involvement"


def test_a_project_adds_a_criterion_by_adding_a_file(tmp_path: Path, run: Any, shipped: Path) -> None:
    (tmp_path / "casekg.toml").write_text("", "utf-8")
    (tmp_path / "criteria").mkdir()
    (tmp_path / "criteria" / "invented.yaml").write_text(SMALL, "utf-8")
    (tmp_path / "cases").mkdir()
    case = tmp_path / "cases" / "a.yaml"
    case.write_text(shipped.read_text("utf-8"), "utf-8")
    try:
        made = run("criteria", "invented", case)
        assert made.exit_code == 0
        assert "total: 3 stated, 3 with what is arguable, 4 at most; 3 by the letter." in made.stdout
        assert "Class: maybe (stated), surely (at most)." in made.stdout
        assert "1 result for 1 patient." in made.stderr
        (tmp_path / "criteria" / "invented.yaml").write_text(SMALL.replace("met_by:", "met_bi:", 1), "utf-8")
        made = run("criteria", "invented", case)
        assert made.exit_code == 1
        assert "invented.yaml:18:5" in made.stderr
    finally:
        places.enter(None)
