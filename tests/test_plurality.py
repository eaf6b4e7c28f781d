"""Several patients or several articles in one text are noticed, and a report of one patient is not taken for that."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.articles.article import Article
from kg.articles.plurality import plurality
from kg.articles.scope import parts

CORPUS = Path(__file__).resolve().parents[1].parent / "shared" / "corpus" / "text"


def _rules(text: str, title: str = "") -> set[str]:
    return {one.rule for one in plurality(Article("report.txt", text, parts(text)), title)}


SEVERAL = {
    "headings": "Case 1\nA man presented with fever.\n\nCase 2\nA woman presented with cough.",
    "run-in": "CASE 1: A boy was seen with rash. It healed.\nCASE 2: A girl was seen with rash. It stayed.",
    "roman": "## Case I\nA boy was seen with rash.\n## Case II\nA girl was seen with rash.",
    "ordinals": "First case\nA man presented with pain.\n\nSecond case\nA woman presented with fever.",
    "labels": "Case report\nPatient 1 was a boy with ataxia. Patient 2, his sister, was seen at 3 years.",
    "letters": "Patient A was a man with fever who improved. Patient B was a woman who died.",
    "in-passing": "Case report\nThe patient was a girl who was weak. There was a rash on patient 2's lower limb.",
    "told": "Abstract\nWe report two siblings with ataxia.\n\nCase report\nThe boy presented at 5 years.",
    "series": "We describe a series of five patients with myositis. All five patients improved.",
    "introduced": "A 30-year-old man presented with fever. He improved.\nA 42-year-old woman was admitted with cough.",
    "same-sex": "A 5-year-old girl was referred for rash. She grew.\nA 7-year-old girl was referred for rash.",
    "ordinal-words": "The first patient was a man with pain. The second patient was a woman with fever.",
    "siblings": "The proband presented at age 3.\nThe younger sister was admitted at age 2. Both siblings had a rash.",
    "mother": "A 30-year-old woman and her 5-year-old son presented with ataxia.",
    "words": "Case One\nA man presented with pain.\n\nCase Two\nA woman presented with fever.",
    "passive": "Introduction\nIt is rare.\n\nThree unrelated children with ataxia are described.\n\nCase report\nA boy was seen.",
    "form": "Abstract\nPatients: Female, 61-year-old • Male, 45-year-old\n\nCase report\nA woman was seen.",
    "numerals": "1st case\nA man with fever.\n2nd case\nA woman with fever.",
    "brothers": "Two brothers, aged 5 and 7 years, presented with short stature. The older brother rose.",
    "poisoned": "A mother and her two daughters were admitted with poisoning.",
    "wife": "A 45-year-old man presented with fever. His wife, a 40-year-old woman, presented one week later.",
    "sister-too": "A 12-year-old girl was referred for ataxia. Her brother, aged 9, was also referred for ataxia.",
    "two": "Two patients with myositis were treated. The first was a 30-year-old woman. The second was a man.",
    "all-three": "The triplets were born early. All three children underwent surgery.",
    "legend": "Case report\nA man was seen.\n\nFigure 1: A: rash (patient 1). B: scar (patient 2).",
}


@pytest.mark.parametrize("name", SEVERAL)
def test_several_patients(name: str) -> None:
    assert _rules(SEVERAL[name]) == {"several-patients"}


@pytest.mark.parametrize(
    "title",
    [
        "Calcinosis in juvenile myositis: a case series",
        "Tofacitinib for myositis: report of two cases",
        "Ataxia in three siblings",
        "Two cases of scleromyositis",
        "Monozygotic twins with ataxia",
        "Sisters with Gaucher disease",
    ],
)
def test_the_title_tells_it(title: str) -> None:
    assert _rules(f"{title}\n\nCase report\nA man was seen.", title) == {"several-patients"}


ONE = {
    "title": ("A case of myositis and review of 12 cases", "Case report\nA man was seen."),
    "family": ("", "A 5-year-old boy was referred for rash. His 7-year-old sister had no rash. His mother was 32."),
    "donor": (
        "",
        "A 41-year-old woman underwent transplantation. The donor died. He was a 47-year-old man with asthma.",
    ),
    "time": ("", "A man was seen. We saw the patient 2 weeks later, and the patient 3 months after that."),
    "grade": (
        "",
        "A man was seen with grade 2 rash, stage II disease, and type 1 diabetes. In case 2 doses fail, stop.",
    ),
    "literature": (
        "",
        "Case report\nA man was seen.\n\nDiscussion\nCase 1 and Case 2 of Nobody et al. had a rash. Both patients had it.",
    ),
    "table": ("", "Case report\nHe rose.\n\nTable 1 Outcomes of 3 published cases\n\nPatient 1\t50\nPatient 2\t35"),
    "newborn": ("", "A 2-day-old male newborn was admitted, born to a 26-year-old primigravida with fever."),
    "learning-points-first": ("", "Learning points\nIt is.\n\nAbstract\nIt is.\n\nCase report\nA man was seen."),
    "cut": ("", "Case 1: A female newborn was delivered. She had a rash."),
    "again": (
        "",
        "Abstract\nA 45-year-old woman presented with rash.\n\nCase report\nA 45-year-old woman presented with rash.",
    ),
    "twins": ("", "A 31-year-old primipara with twin pregnancy was admitted. Twins were delivered."),
    "siblings": (
        "",
        "A 24-year-old man was referred. His two siblings were asymptomatic. She had two brothers with it.",
    ),
    "family-is-well": (
        "",
        "A boy was seen. Both siblings were healthy. All three children were unaffected. The second child was well.",
    ),
    "ward": (
        "",
        "A 45-year-old man was admitted. He had a rash. Two patients in the same ward had influenza. He improved.",
    ),
    "contact": (
        "",
        "A 10-year-old girl was brought. Three days before, her 8-year-old cousin was admitted with fever.",
    ),
    "two-in-one": ("", "We report two rare complications in a 40-year-old man. He had two tumors."),
    "second": ("", "A man was seen. This is the second patient described with this variant."),
    "review": ("", "We present a case of myositis, and review the 20 patients in the literature."),
}


@pytest.mark.parametrize("name", ONE)
def test_one_patient(name: str) -> None:
    title, text = ONE[name]
    assert _rules(text, title) == set()


def test_the_result_names_words_and_lines() -> None:
    (told,) = plurality(Article("report.txt", SEVERAL["headings"], parts(SEVERAL["headings"])))
    assert (told.file, told.line, told.column) == ("report.txt", 1, 1)
    assert "“Case 2” (line 4)" in told.message
    assert told.cure


def test_several_articles() -> None:
    one = "A title\n\nAbstract\nIt is rare.\n\nCase report\nA man came with fever.\n\nReferences\n1. A B. C. 2020.\n\n"
    assert _rules(one) == set()
    assert _rules(one + one) == {"several-articles"}
    bare = "Introduction\nIt is rare.\n\nCase report\nA man came with fever.\n\nDiscussion\nIt is rare.\n\n"
    assert _rules(bare) == set()
    assert _rules(bare + bare) == {"several-articles"}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
def test_of_79_published_texts_only_the_triplets_are_refused() -> None:
    texts = {file.stem: file.read_text("utf-8") for file in CORPUS.glob("maccrobat/*.txt")}
    with (CORPUS / "rag-hpo" / "csc_notes.csv").open(encoding="utf-8-sig", newline="") as rows:
        texts |= {row["Case"]: row["clinical_note"] for row in csv.DictReader(rows)}
    assert len(texts) == 79
    assert {name for name, text in texts.items() if _rules(text)} == {"76"}
