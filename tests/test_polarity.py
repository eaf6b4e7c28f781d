"""What a sentence says of a mention: there, denied, past, supposed, somebody else's, normal."""

from __future__ import annotations

import pytest

from kg.mentions.polarity import assertion, stated_normal
from kg.model.anchors import Sentence


def said(text: str, words: str) -> str:
    sentence = Sentence("case", 0, len(text), text)
    start = text.index(words)
    return assertion(text, sentence, start, start + len(words)).status


@pytest.mark.parametrize(
    ("text", "words", "status"),
    [
        ("No myalgia or weakness was seen.", "weakness", "excluded"),
        ("He denied fever, chills, or cough.", "cough", "excluded"),
        ("Calcinosis was absent.", "Calcinosis", "excluded"),
        ("Ascites and edema were not found.", "Ascites", "excluded"),
        ("No fever was noted, and abdominal CT showed ascites.", "ascites", "present"),
        ("without areas of regional fibrosis compatible with myocarditis", "fibrosis", "excluded"),
        ("without areas of regional fibrosis compatible with myocarditis", "myocarditis", "present"),
        ("without hemorrhages and persistence of branching", "hemorrhages", "excluded"),
        ("without hemorrhages and persistence of branching", "branching", "present"),
        ("stable without ground glass infiltrates, and improvement in dyspnea", "ground glass", "excluded"),
        ("no evidence of inflammation or diffuse fibrosis", "fibrosis", "excluded"),
        ("without dilatations, hemorrhages, or megacapillaries", "megacapillaries", "excluded"),
        ("tolerated without safety issues and allowed progressive withdrawal", "withdrawal", "present"),
        ("There was no improvement of his arthritis.", "arthritis", "present"),
        ("He did not respond to steroids for his arthritis.", "arthritis", "present"),
        ("Non-tender cervical lymphadenopathy was felt.", "cervical lymphadenopathy", "present"),
        ("No evidence of jaundice, clubbing or lymphadenopathy was found.", "lymphadenopathy", "excluded"),
        ("He denied pain, and nodules were found.", "nodules", "present"),
        ("The criteria for endocarditis were not met.", "endocarditis", "hypothetical"),
        ("He refused for concerns about toxicities such as nausea.", "nausea", "hypothetical"),
        ("He had a 6-week history of palpitations.", "palpitations", "present"),
        ("The donor died of stroke.", "stroke", "family"),
        ("Her mother had epilepsy.", "epilepsy", "family"),
        ("Her mother noted swelling of the neck.", "swelling of the neck", "present"),
        ("There was a family history of gout.", "gout", "family"),
        ("Return if you have chest pain.", "chest pain", "hypothetical"),
        ("Pneumonia was suspected.", "Pneumonia", "present"),
        ("He had a history of gout.", "gout", "historical"),
        ("Liver function tests, ECG and echocardiogram were within the normal range.", "ECG", "excluded"),
        ("Muscle strength was intact.", "Muscle strength", "excluded"),
        ("He has calcinosis of the elbow.", "calcinosis", "present"),
        ("He has not presented new infections or progression of calcinosis.", "calcinosis", "present"),
        ("He has not presented new infections or progression of calcinosis.", "infections", "excluded"),
        ("There was no change in vision, diplopia or headache.", "diplopia", "excluded"),
        ("The abdomen was nontender.", "tender", "excluded"),
        ("Absent upper puncta, smooth philtrum and thin lips were seen.", "smooth philtrum", "present"),
        ("There was no history of fever, rash or cough in the past.", "rash", "excluded"),
        ("Culture was negative for tuberculosis but grew Candida.", "Candida", "present"),
        ("Pneumonia could not be ruled out.", "Pneumonia", "present"),
        ("Pulmonary embolism was ruled out.", "Pulmonary embolism", "excluded"),
        ("His father had gout and was obese.", "obese", "family"),
        ("His father had gout, and he was obese.", "obese", "present"),
        ("He had gout in a cousin and had fever.", "fever", "present"),
        ("A CT was done to rule out pneumonia.", "pneumonia", "hypothetical"),
        ("ECG showed a prolonged QT interval and was otherwise normal.", "prolonged QT interval", "present"),
    ],
)
def test_status(text: str, words: str, status: str) -> None:
    assert said(text, words) == status


def test_what_is_uncertain_is_hedged() -> None:
    text = "Findings were compatible with myocarditis."
    told = assertion(text, Sentence("case", 0, len(text), text), 30, 41)
    assert (told.status, told.hedge) == ("present", (14, 29))
    assert text[14:29] == "compatible with"


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        (
            "Liver function tests, ECG and echocardiogram were within the normal range.",
            ["Liver function tests, ECG and echocardiogram"],
        ),
        ("He had fever, and chest X-ray was unremarkable.", ["chest X-ray"]),
        ("ECG revealed no abnormalities.", ["ECG"]),
        (
            "Examination showed normal heart sounds and breath sounds.",
            ["Examination", "heart sounds and breath sounds"],
        ),
        ("ECG revealed abnormalities.", []),
        ("ECG showed a prolonged QT interval and was otherwise normal.", ["ECG"]),
        ("He had ANA and ANCA tests, all of which were negative.", ["ANA and ANCA tests"]),
        ("MRI was unremarkable, as was the EEG.", ["MRI", "EEG"]),
        ("Echocardiography showed an intact septum, akinesia of the wall.", ["septum"]),
        ("His CRP and ESR normalized.", ["His CRP and ESR"]),
        ("CK was 2600 IU/L (normal range 50-150).", []),
    ],
)
def test_stated_normal(text: str, subjects: list[str]) -> None:
    found = stated_normal(text, Sentence("case", 0, len(text), text))
    assert [text[n.start : n.end] for n in found] == subjects
