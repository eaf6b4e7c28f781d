"""A report cut into its sections, and the sentences that tell of its patient."""

from __future__ import annotations

import csv
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.articles.article import Article
from kg.articles.scope import begins, parts, patient_sentences
from kg.model.case import SourceSection
from kg.model.reading import read_case_file

ROOT = Path(__file__).resolve().parents[1]
SEED = ROOT.parent / "shared" / "seed" / "cureus-34125.txt"
CORPUS = ROOT.parent / "shared" / "corpus" / "text"


def _article(text: str) -> Article:
    return Article("report.txt", text, parts(text))


def _kinds(text: str) -> list[str]:
    return [p.section for p in parts(text)]


def _told(text: str) -> list[str]:
    return [s.text for s in patient_sentences(_article(text))]


def test_a_text_without_a_heading_is_the_case() -> None:
    text = "A 30-year-old man was seen.\nHe had a fever. It was a sunny day."
    assert [(p.section, p.kind, p.start, p.end) for p in parts(text)] == [("case", "case", 0, len(text))]
    assert parts(" \n\f") == ()


@pytest.mark.skipif(not SEED.is_file(), reason="the seed report is not beside the repository")
def test_the_seed_has_the_sections_of_the_case_file_made_by_hand() -> None:
    article = _article(SEED.read_text("utf-8"))
    made = read_case_file(ROOT / "kg" / "cases" / "cureus-34125.yaml").case.report.source.sections
    assert [(p.section, p.kind) for p in article.parts] == [(s.section, s.kind) for s in made]
    assert [article.text.find(s.begins, p.start) for s, p in zip(made, article.parts, strict=True)] == [
        p.start for p in article.parts
    ]
    told = patient_sentences(article)
    assert {s.section for s in told} == {"abstract", "case", "fig1", "fig2", "fig3"}
    words = " ".join(s.text for s in told)
    for background in ("sclerodactyly", "gastroesophageal", "rheumatoid", "dermatomyositis", "CXCL9"):
        assert background not in words


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
def test_published_cases_without_headings_are_one_case_and_all_of_it_is_of_the_patient() -> None:
    texts = [file.read_text("utf-8") for file in CORPUS.glob("maccrobat/*.txt")]
    with (CORPUS / "rag-hpo" / "csc_notes.csv").open(encoding="utf-8-sig", newline="") as rows:
        texts += [row["clinical_note"] for row in csv.DictReader(rows)]
    articles = [_article(text) for text in texts]
    assert len(articles) == 79
    assert all([p.section for p in one.parts] == ["case"] for one in articles)
    left = [s.text for one in articles for s in set(one.sentences) - set(patient_sentences(one))]
    assert len(left) == 2  # of an organ donor
    assert all("donor" in words or words.startswith("He was a 47-year-old man") for words in left)


CASE = "A 45-year-old woman had calcinosis."
SECTIONS = {
    "numbers": (f"1. Introduction\nIt is rare.\n2. Case Report\n{CASE}\n3. Discussion\nIt is rare.", "intro case discussion"),
    "capitals": (f"INTRODUCTION\nIt is rare.\nCASE PRESENTATION\n{CASE}\nDISCUSSION\nIt is.", "intro case discussion"),
    "colons": (f"Introduction:\nIt is rare.\nCase presentation:\n{CASE}\nConclusion:\nIt is.", "intro case conclusions"),
    "run-in": (f"BACKGROUND: It is rare.\nCASE REPORT: {CASE}\nCONCLUSIONS: It is.", "intro case conclusions"),
    "markdown": (f"# A title\n\n## Abstract\nIt is.\n\n## Case\n\n### History\n{CASE}\n\n## References\n1. A.", "front abstract case references"),
    "bold": (f"**Case report**\n\n{CASE}\n\n**Discussion**\n\nIt is.", "case discussion"),
    "windows": (f"Introduction\r\nIt is.\r\n\r\nCase report\r\n{CASE}\r\n", "intro case"),
    "bmj": (f"Background\nIt is.\nCase presentation\n{CASE}\nInvestigations\nCK was 5.\nTreatment\nShe took it.\nOutcome and follow-up\nWell.\nDiscussion\nIt is.\nLearning points\nIt is.", "intro case discussion conclusions"),
    "structured-abstract": (f"A title of it\n\nAbstract\n\nBackground\nIt is.\n\nCase presentation\n{CASE}\n\nConclusions\nIt is.\n\nKeywords\na, b\n\nBackground\nIt is.\n\nCase presentation\n{CASE}\n\nConclusions\nIt is.", "front abstract front intro case conclusions"),
    "summary-at-the-end": (f"Case report\n{CASE}\n\nDiscussion\nIt is.\n\nSummary\nIt is.", "case discussion conclusions"),
    "legends": (f"Case report\n{CASE}\n\nFigure 1 Elbow of the patient\n\nShe rose.\n\nFigure 2. X-ray.\n\nFigure 2 shows it.\n\nTable 1 Values\n\nCK | 5\nESR | 3\n\nShe went.", "case fig1 case fig2 case table1 case"),
    "legend-in-two": (f"Case report\n{CASE}\n\nFIGURE 1: The elbow\n\nA: before. B: after (arrow).\n\nShe rose.", "case fig1 case"),
    "legends-at-the-end": (f"Case report\n{CASE}\n\nReferences\n1. A. B.\n\nFigure legends\n\nFig. 1 X-ray", "case references figures fig1"),
    "front-in-between": (f"Case report\n{CASE}\n\nHow to cite this article\n\nNobody A (2020) A title.\n\nShe rose.", "case front case"),
    "letter": (f"Dear Editor,\n\n{CASE} She was given diltiazem, and then tofacitinib, which helped her.\n\nReferences\n1. A.", "front case references"),
    "treatment-in-a-discussion": (f"Case report\n{CASE}\n\nTreatment\nShe took it.\n\nDiscussion\n\nDiagnosis\nIt is.\n\nTreatment\nIt is.\n\nConclusion\nIt is.", "case discussion conclusions"),
    "treatment-in-an-introduction": (f"Introduction\nIt is.\n\nTreatment\nIt is.\n\nCase report\n{CASE}", "intro case"),
    "introduction-without-heading": (f"Calcinosis is a rare complication of myositis in most of the patients who have it.\n\nCASE REPORT\n{CASE}", "intro case"),
    "table-with-tabs": (f"Case report\n{CASE}\n\nTable 1 Values\n\nCK\t5\nESR\t3\nCK, creatine kinase; ESR, erythrocyte rate.\n\nShe went.", "case table1 case"),
    "figures-after-statements": (f"Case report\n{CASE}\n\nConflict of Interest: None.\n\nFigure 1. X-ray.\n\nPublisher’s note: Nothing.", "case statements fig1 statements"),
    "kind-of-article-above-the-title": (f"CASE REPORT\nAn invented case of calcinosis\nAnn Nobody, Bert Noone\n\nAbstract\nIt is.\n\nIntroduction\nIt is.\n\nCase Report\n{CASE}", "front abstract intro case"),
    "timeline": (f"Learning points\nIt is.\n\nAbstract\nIt is.\n\nIntroduction\nIt is.\n\nTimeline\nDay 1\tAdmission\n\nCase presentation\n{CASE}", "conclusions abstract intro case"),
    "a-sentence-is-no-heading": (f"{CASE}\nDiagnosis was made by biopsy of the elbow, and she was treated.\nDiscussion with her family followed.", "case"),
}  # fmt: skip


@pytest.mark.parametrize("name", SECTIONS)
def test_sections(name: str) -> None:
    text, wanted = SECTIONS[name]
    assert _kinds(text) == wanted.split()


PATIENT = {
    "literature": ("Case report\nA man had a rash. In the literature, 5 cases were reported. He rose.", ["A man had a rash.", "He rose."]),
    "generally": ("Case report\nCalcinosis is a rare complication of myositis. A man had it.", ["A man had it."]),
    "a-drug-and-its-reason": ("Case report\nWe started prednisone based on previous studies.", ["We started prednisone based on previous studies."]),
    "donor": ("Case report\nA woman was seen. The organ donor had asthma. He was 47 years old. She rose.", ["A woman was seen.", "She rose."]),
    "discussion": (
        "Discussion\nCalcinosis is common in our patients. Our patient had a rash. He also had a fever. Unlike our patient, most patients die. "
        "Nobody et al. described a man. The patient had asthma. Our case highlights the importance of care. We discharged him on day 3.\n",
        ["Our patient had a rash.", "He also had a fever.", "We discharged him on day 3."],
    ),
    "the-patient-in-the-discussion": ("Discussion\nThe patient presented with shock. The patient should be watched.", ["The patient presented with shock."]),
    "introduction": ("Introduction\nIt is rare in a patient. We report a 45-year-old woman with it.\nCase report\nShe rose.", ["We report a 45-year-old woman with it.", "She rose."]),
    "abstract": (
        "Abstract\nMyositis is rare. We report a 45-year-old woman with calcinosis. Prednisone was given. Tofacitinib may help such patients.\nIntroduction\nIt is.",
        ["We report a 45-year-old woman with calcinosis.", "Prednisone was given."],
    ),
    "structured-abstract": (
        "Abstract\nBackground: It was seen in a patient once. Case presentation: A man had a rash. Prednisone was given. Conclusions: A patient was helped. It worked.\nIntroduction\nIt is.",
        ["Case presentation: A man had a rash.", "Prednisone was given."],
    ),
    "legends": ("Case report\nHe rose.\n\nTable 1: Review of reported cases\n\nFigure 1: Elbow of the patient", ["He rose.", "Figure 1: Elbow of the patient"]),
    "table-of-others": ("Case report\nHe rose.\n\nDiscussion\nIt is.\n\nTable 1 Outcomes of 15 case reports\n\nNobody\t50\nPatient 2\t35\n\nTable 2 Laboratory values\n\nCK\t5", ["He rose.", "Table 2 Laboratory values", "CK\t5"]),
    "headings": ("## 2. Case report\n### 2.1 Immunology\nCD20 was seen.", ["CD20 was seen."]),
}  # fmt: skip


@pytest.mark.parametrize("name", PATIENT)
def test_what_tells_of_the_patient(name: str) -> None:
    text, wanted = PATIENT[name]
    assert _told(text) == wanted


_WORDS = st.sampled_from(
    [
        "Abstract\n",
        "Case report\n",
        "\n\n",
        "\n",
        " ",
        "Discussion: ",
        "Discussion\n",
        "Figure 1. ",
        "FIGURE 2: a scan\n",
        "Table 1 ",
        "A and B: ",
        "Given these data, he rose. ",
        "It is rare. ",
        "A 28-year-old man (CK 5) ",
        "our patient had it. ",
        "The donor ",
        "References\n",
        "1. Nobody A. A title. J 2020;1:2.\n",
        "- ",
        "Keywords: a, b\n",
        "\ufeff",
        "\r\n",
        "\x0c",
        "é",
        "é",
        "## Case I\n",
        "**Case:** ",
    ]
)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.lists(st.one_of(_WORDS, st.text(max_size=5)), max_size=30).map("".join))
def test_any_text_is_cut_without_a_gap_and_a_case_file_finds_the_cuts(text: str) -> None:
    article = _article(text)
    made = article.parts
    assert [one.end for one in made] == [*(other.start for other in made[1:]), *([len(text)] if made else [])]
    assert all(one.section != other.section for one, other in pairwise(made))
    assert len({(p.section, p.kind) for p in made}) == len({p.section for p in made})
    place = 0
    for part, words in zip(made, begins(article), strict=True):
        SourceSection(section=part.section, title=part.title, begins=words, kind=part.kind)
        assert text.find(words, place) == part.start
        place = part.start + 1
    for sentence in patient_sentences(article):
        assert text[sentence.start : sentence.end] == sentence.text


def test_her_newborn_is_not_the_patient_unless_it_is() -> None:
    mother = "A 30-year-old woman was admitted at 36 weeks. The infant had jaundice. His bilirubin was 20 mg/dL. She went home."
    child = "A male newborn was born to a 30-year-old woman. The infant had jaundice. His bilirubin was 20 mg/dL. He went home."
    donor = "A 40-year-old woman got a kidney. The donor died. He had fever. She improved."
    told = [[one.text for one in patient_sentences(Article.plain(text))] for text in (mother, child, donor)]
    assert told[0] == ["A 30-year-old woman was admitted at 36 weeks.", "She went home."]
    assert len(told[1]) == 4
    assert told[2] == ["A 40-year-old woman got a kidney.", "She improved."]
