"""Values as printed, with their analyte."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from marked import met, sentences, unmarked

from kg.articles.article import Article
from kg.articles.manuscripts import read_article
from kg.articles.scope import patient_sentences
from kg.base import project
from kg.mentions.measured import Measured, measured
from kg.model.reading import CaseFile

# The sentence, and each value that it prints: analyte, value as printed, number, comparator, UCUM.
SENTENCES = {
    "He had CPK elevation (7891 UI/L).": [("CPK", "7891 UI/L", "7891", "", "[IU]/L")],
    "FVC 80%, FEV1 84%, FEV1/FVC 105%, DLCO 46%, and TLC 75% of the predicted value.": [
        ("FVC", "80%", "80", "", "%{predicted}"),
        ("FEV1", "84%", "84", "", "%{predicted}"),
        ("FEV1/FVC", "105%", "105", "", "%{predicted}"),
        ("DLCO", "46%", "46", "", "%{predicted}"),
        ("TLC", "75%", "75", "", "%{predicted}"),
    ],
    "There was normalization of ESR and CPK (3 mm/h and 86 UI/L, respectively) without myalgia.": [
        ("ESR", "3 mm/h", "3", "", "mm/h"),
        ("CPK", "86 UI/L", "86", "", "[IU]/L"),
    ],
    "Regarding myocarditis, usTnI and NTproBNP normalized (33.7 ng/L and <35 pg/mL, respectively).": [
        ("usTnI", "33.7 ng/L", "33.7", "", "ng/L"),
        ("NTproBNP", "<35 pg/mL", "35", "<", "pg/mL"),
    ],
    "Her International Normalized Ratio (INR) was of 1,24.": [("INR", "1,24", "1.24", "", "")],
    "CA 19-9 was 45 U/mL and IL-6 was 12 pg/mL.": [
        ("CA 19-9", "45 U/mL", "45", "", "[IU]/mL"),
        ("IL-6", "12 pg/mL", "12", "", "pg/mL"),
    ],
    "The platelet count was 281 x 10^9/L.": [("platelet count", "281 x 10^9/L", "281", "", "10*9/L")],
    "The count showed 94% neutrophils.": [("neutrophils", "94%", "94", "", "%")],
    "Troponin I was 12.77 ng/ml (normal range < 0.40).": [("Troponin I", "12.77 ng/ml", "12.77", "", "ng/mL")],
    "Lipase was 378 IU/L (normal range 7-60).": [("Lipase", "378 IU/L", "378", "", "[IU]/L")],
    "PTH 8.5 pg/L (15–65 pg/L) was low.": [("PTH", "8.5 pg/L", "8.5", "", "pg/L")],
    "A leukocyte count of 21,000/mm3 was seen.": [("leukocyte count", "21,000/mm3", "21000", "", "/mm3")],
    "A grade 2/6 systolic murmur was heard.": [("systolic murmur", "grade 2/6", "2", "", "")],
    "Urinalysis showed 3+ protein.": [("protein", "3+", "3", "", "")],
    "TSH was elevated at 15.2 (normal 0.4–4).": [("TSH", "15.2", "15.2", "", "")],
    "His blood pressure was 90/60 mmHg.": [("blood pressure", "90/60 mmHg", "90", "", "mm[Hg]")],
}


def read(text: str) -> list[tuple[str, str, str, str, str]]:
    article = Article.plain(text)
    found = measured(article, article.sentences)
    return [
        (text[slice(*m.analyte)] if m.analyte else "", article.quote(m), m.value, m.comparator, m.unit) for m in found
    ]


@pytest.mark.parametrize("text", SENTENCES)
def test_values_with_their_analyte(text: str) -> None:
    assert read(text) == SENTENCES[text]


@pytest.mark.parametrize(
    "text",
    [
        "He took prednisone 5 mg daily and then 2.5 mg.",
        "The MRI of L3-L5 showed IL-1 in 3 of the 7 patients.",
        "He was seen in 2019 and on day 14.",
        "We injected 10 mL of normal saline.",
    ],
)
def test_what_is_no_value(text: str) -> None:
    assert read(text) == []


def test_a_reference_range_stands_beside_its_value() -> None:
    article = Article.plain("Amylase was 227 IU/L (normal range 43-116 IU/L); PTH was 8.5 pg/L (15–65 pg/L).")
    found: tuple[Measured, ...] = measured(article, article.sentences)
    assert [article.text[slice(*m.reference)] for m in found if m.reference] == [
        "normal range 43-116 IU/L",
        "15–65 pg/L",
    ]
    assert [(m.low, m.high) for m in found] == [("43", "116"), ("15", "65")]


def test_the_words_behind_a_list_are_kept() -> None:
    article = Article.plain("FVC 90%, and TLC 91% of the predicted value.")
    assert [article.text[slice(*m.tail)] for m in measured(article, article.sentences) if m.tail] == [
        "of the predicted value",
        "of the predicted value",
    ]


def test_the_seed_report_gives_every_measurement_of_the_case(seed: CaseFile, shared: Path) -> None:
    article = read_article(shared / "seed" / seed.case.report.source.file).article
    found = Counter(
        (m.concept, m.comparator, Decimal(m.value), m.unit) for m in measured(article, patient_sentences(article))
    )
    (patient,) = seed.case.patients.values()
    wanted = Counter(
        (m.analyte.id, m.comparator or "", Decimal(str(m.value)), m.unit) for m in patient.measurements.values()
    )
    assert len(patient.measurements) == 20
    assert found == wanted


@pytest.mark.parametrize("sentence", sentences("values"))
def test_marked_values(sentence: str) -> None:
    text, marks, _ = unmarked(sentence)
    article = Article.plain(text)
    found = measured(article, article.sentences)
    assert met(marks, [(m.start, m.end) for m in found]), [article.quote(m) for m in found]
    for one in found:
        analyte = text[slice(*one.analyte or (0, 0))].casefold()
        meant = [name.casefold() for start, end, name in marks if one.start < end and start < one.end]
        assert analyte, article.quote(one)
        assert any(name in analyte or analyte in name for name in meant), (article.quote(one), analyte)


TERMS = """@prefix ckg: <https://w3id.org/casekg/ontology#> .
@prefix my: <https://example.org/my#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
my:Ferritin a owl:Class ; rdfs:label "ferritin" ; skos:altLabel "ferritin level" ; ckg:referenceUnit "ug/L" ;
    skos:definition "Mass of ferritin in serum." ; rdfs:subClassOf ckg:Analyte .
"""


def test_an_analyte_of_the_project_is_one_in_units_of_its_kind(tmp_path: Path) -> None:
    (tmp_path / "casekg.toml").write_text('[prefixes]\nmy = "https://example.org/my#"\n', "utf-8")
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "own.ttl").write_text(TERMS, "utf-8")
    article = Article.plain("Serum ferritin was 1200 ng/mL; transferrin 2 g/L, and ferritin 40 %.")
    assert {m.concept for m in measured(article, article.sentences)} == {""}
    project.enter(project.find(tmp_path))
    try:
        assert [m.concept for m in measured(article, article.sentences)] == ["my:Ferritin", "", ""]
    finally:
        project.enter(None)
