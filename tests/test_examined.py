"""Examinations, and what they showed."""

from __future__ import annotations

import pytest

from kg.articles.article import Article
from kg.mentions.examined import examined

SENTENCES = {
    "Cardiac MRI showed low-grade inflammation (with normal STIR).": [
        ("Cardiac MRI", "MAXO:0001303", "low-grade inflammation (with normal STIR)", "abnormal"),
        ("STIR", "ckg:STIRSequence", "", "normal"),
    ],
    "There was chest pain without ECG or echocardiographic abnormalities.": [
        ("ECG", "MAXO:0000900", "", "normal"),
        ("echocardiographic", "MAXO:0010203", "", "normal"),
    ],
    "There was improvement in PFTs.": [("PFTs", "MAXO:0035078", "", "improved")],
    "Confirmation by muscle MRI (histopathology compatible with polymyositis).": [
        ("muscle MRI", "MAXO:0035051", "", ""),
        ("histopathology", "OBI:0002564", "compatible with polymyositis", "abnormal"),
    ],
    "Control nailfold capillaroscopy (Figure 2) showed improvement of the avascular areas.": [
        ("nailfold capillaroscopy", "ckg:NailfoldCapillaroscopy", "improvement of the avascular areas", "improved")
    ],
    "EMG showed myopathic changes, and muscle biopsy revealed atrophy.": [
        ("EMG", "MAXO:0035091", "myopathic changes", "abnormal"),
        ("muscle biopsy", "MAXO:0000387", "atrophy", "abnormal"),
    ],
    "No abnormalities were found on MRI.": [("MRI", "MAXO:0000424", "", "normal")],
    "MRI was not performed, and a biopsy was declined.": [],
    "PET-CT showed no uptake.": [("PET-CT", "", "no uptake", "normal")],
    "Doppler ultrasound showed no flow.": [("Doppler ultrasound", "MAXO:0000072", "no flow", "abnormal")],
    "The chest X-ray was clear.": [("chest X-ray", "", "clear", "normal")],
    "ECG showed sinus rhythm.": [("ECG", "MAXO:0000900", "sinus rhythm", "normal")],
    "ECG showed sinus rhythm, with T wave inversions.": [
        ("ECG", "MAXO:0000900", "sinus rhythm, with T wave inversions", "abnormal")
    ],
    "Ultrasound showed no dilatation and was positive for stones.": [
        ("Ultrasound", "MAXO:0000072", "no dilatation and was positive for stones", "")
    ],
    "Colonoscopy was unremarkable.": [("Colonoscopy", "", "unremarkable", "normal")],
}


@pytest.mark.parametrize("text", SENTENCES)
def test_examinations(text: str) -> None:
    article = Article.plain(text)
    found = [
        (article.quote(one), one.concept, text[slice(*one.shown)] if one.shown else "", one.result)
        for one in examined(article, article.sentences)
    ]
    assert found == SENTENCES[text]
