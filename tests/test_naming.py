"""A concept is held against the words that are quoted for it; an antibody against its antigens."""

from __future__ import annotations

import csv
import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.base.prefixes import expand
from kg.concepts.terms import Catalogue
from kg.model.naming import _judge, kin
from kg.model.words import alike

TERMS = Catalogue.shipped()
NOTES = Path(__file__).resolve().parents[2] / "shared" / "corpus" / "text" / "rag-hpo" / "csc_manual_hpo.csv"


def told(curie: str, words: str, excluded: bool = False) -> str | None:
    return _judge(TERMS, expand(curie), words, True, not curie.startswith("LOINC"), excluded)


@pytest.mark.parametrize(
    ("curie", "words"),
    [
        ("HP:0025520", "telangiectasias, calcinosis, periungual thickening"),
        ("HP:0006530", "HRCT confirmed ILD"),
        ("HP:0006530", "usual interstitial pneumonia"),  # narrower
        ("HP:0011227", "with a CRP of 40 mg/L"),  # initials of a part of the name
        ("LOINC:2157-6", "normalization of ESR and CPK (3 mm/h and 86 UI/L, respectively)"),
        ("LOINC:98130-8", "DLCO 56%"),
        ("LOINC:33762-6", "NTproBNP (124 pg/mL)"),
        ("HP:0001324", "loss of muscle strength"),
        ("HP:0000969", "swelling of both legs"),
        ("MAXO:0010203", "an echocardiogram was done"),
        ("UBERON:0001461", "over both elbows"),
    ],
)
def test_other_words_for_it(curie: str, words: str) -> None:
    assert told(curie, words) is None


@pytest.mark.parametrize(
    ("curie", "words", "instead"),
    [
        ("HP:0002015", "He had Raynaud's phenomenon", "Raynaud phenomenon"),
        ("HP:0002092", "pulmonary CT revealed interstitial lung disease", "Abnormal pulmonary interstitial morphology"),
        ("HP:0410174", "an ultrasensitive troponin of 78 ng/L", ""),  # which troponin is not said
        ("LOINC:20152-5", "improvement in PFTs (FVC 90%", "FVC measured/predicted"),
        ("MONDO:0016367", "28-year-old male with scleromyositis", "Scleroderma Polymyositis Overlap Syndrome"),
    ],
)
def test_words_for_something_else(curie: str, words: str, instead: str) -> None:
    assert told(curie, words) == instead


def test_an_organ_that_is_normal_excludes_what_it_could_have() -> None:
    assert told("HP:0001009", "the skin was normal", excluded=True) is None
    assert told("HP:0001009", "the skin was normal") is not None


def test_honest_phrases_of_others_are_mostly_named_and_swapped_ones_are_not() -> None:
    """Phrases of clinical notes with the HPO terms that their curators gave; the ones that we ship."""
    if not NOTES.exists():
        pytest.skip("no ../shared/corpus here")
    rows = csv.DictReader(NOTES.read_text("utf-8").splitlines())
    pairs = [(r["hpo_description"], i.strip()) for r in rows for i in r["hpo_term"].split(",")]
    mine = [(words, expand(i)) for words, i in pairs if re.fullmatch(r"HP:\d{7}", i) and expand(i) in TERMS]
    assert len(mine) > 15
    refused = [words for words, iri in mine if _judge(TERMS, iri, words, True, True, False) is not None]
    assert len(refused) <= len(mine) * 0.2, refused
    choose = random.Random(7)
    leaves = [iri for iri in TERMS.concepts() if expand("HP:0000118") in TERMS.ancestors(iri)]
    swapped = [(w, o) for w, iri in mine for o in choose.sample(leaves, 5) if o not in kin(TERMS, iri)]
    accepted = [(w, o) for w, o in swapped if _judge(TERMS, o, w, True, True, False) is None]
    assert len(accepted) <= len(swapped) * 0.05, accepted


@given(st.text(max_size=60))
def test_any_text_can_be_judged(words: str) -> None:
    assert told("HP:0025520", words) is None or isinstance(told("HP:0025520", words), str)


@given(
    st.text(alphabet="abcdeikmnorst", min_size=1, max_size=14),
    st.text(alphabet="abcdeikmnorst", min_size=1, max_size=14),
)
def test_likeness_is_mutual(one: str, other: str) -> None:
    assert alike(one, one)
    assert alike(one, other) == alike(other, one)
