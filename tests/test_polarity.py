"""What a sentence says of a mention: there, denied, past, supposed, somebody else's, normal."""

from __future__ import annotations

import pytest

from kg.articles.article import Article
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
        ("He had a 4-day history of fever and a 2-day history of cough.", "fever", "present"),
        ("There was nothing to suggest a vasculitis.", "vasculitis", "excluded"),
        ("Parents were cousins; a previous child had died of cardiomyopathy.", "cardiomyopathy", "family"),
        ("There had been no vomiting until day 3, when hematemesis occurred.", "hematemesis", "present"),
        ("Neurological deficits were not present.", "Neurological deficits", "excluded"),
        ("Rituximab may cause leukopenia.", "leukopenia", "hypothetical"),
        ("He didn`t have edema, pallor and petechiae.", "petechiae", "excluded"),
        ("The pregnancy was complicated by maternal fever and polyhydramnios.", "fever", "family"),
        ("The pregnancy was complicated by maternal fever and polyhydramnios.", "polyhydramnios", "present"),
        ("The laboratory work-up revealed leukopenia.", "leukopenia", "present"),
        ("Call if any of the following are noted: nosebleeds, fever.", "fever", "hypothetical"),
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


# Sentences as clinicians write them, of many kinds; each with what it says of its findings.
@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "The patient denied headaches, visual disturbances, or limb weakness.",
            {"headaches": "excluded", "visual disturbances": "excluded", "limb weakness": "excluded"},
        ),
        (
            "Neither proteinuria nor hematuria was detected on dipstick.",
            {"proteinuria": "excluded", "hematuria": "excluded"},
        ),
        ("Pleural effusion was not evident on either side.", {"Pleural effusion": "excluded"}),
        (
            "She had never experienced seizures before this episode of syncope.",
            {"seizures": "excluded", "syncope": "present"},
        ),
        ("He has been free of fever since the antibiotic was changed.", {"fever": "excluded"}),
        (
            "Blood cultures remained negative, and there was no evidence of endocarditis on echocardiography.",
            {"endocarditis": "excluded"},
        ),
        (
            "Biopsy excluded amyloidosis and showed interstitial fibrosis.",
            {"amyloidosis": "excluded", "interstitial fibrosis": "present"},
        ),
        ("Rash is absent today, although the pruritus persists.", {"Rash": "excluded", "pruritus": "present"}),
        (
            "She was not febrile but was tachycardic and tachypneic.",
            {"febrile": "excluded", "tachycardic": "present", "tachypneic": "present"},
        ),
        ("No further seizures occurred after levetiracetam was started.", {"seizures": "excluded"}),
        ("His brother and two maternal uncles had hemophilia.", {"hemophilia": "family"}),
        ("The mother reported that the boy had recurrent otitis media.", {"recurrent otitis media": "present"}),
        ("Both parents are healthy, and the girl has microcephaly.", {"microcephaly": "present"}),
        (
            "Past medical history included asthma, hypothyroidism, and migraine.",
            {"asthma": "historical", "hypothyroidism": "historical", "migraine": "historical"},
        ),
        (
            "He was previously diagnosed with gout and was now admitted with cellulitis.",
            {"gout": "historical", "cellulitis": "present"},
        ),
        ("She had undergone appendectomy for appendicitis in childhood.", {"appendicitis": "historical"}),
        ("A history of tuberculosis was denied.", {"tuberculosis": "excluded"}),
        ("CT angiography was performed to rule out pulmonary embolism.", {"pulmonary embolism": "hypothetical"}),
        (
            "The differential diagnosis included lymphoma, sarcoidosis, and tuberculosis.",
            {"lymphoma": "hypothetical", "sarcoidosis": "hypothetical", "tuberculosis": "hypothetical"},
        ),
        ("Because of the suspicion of meningitis, a lumbar puncture was done.", {"meningitis": "present"}),
        ("There was no improvement in the edema despite diuretics.", {"edema": "present"}),
        ("The cough has not resolved.", {"cough": "present"}),
        ("No cause for the anemia was identified.", {"anemia": "present"}),
        ("Not only diarrhea but also vomiting was reported.", {"diarrhea": "present", "vomiting": "present"}),
        (
            "The patient did not complain of abdominal pain, although tenderness was elicited.",
            {"abdominal pain": "excluded", "tenderness": "present"},
        ),
        ("Except for nystagmus, the neurological examination was normal.", {"nystagmus": "present"}),
        (
            "The lesion was without surrounding edema and did not show calcification.",
            {"surrounding edema": "excluded", "calcification": "excluded"},
        ),
        ("No lymphadenopathy; hepatosplenomegaly +.", {"lymphadenopathy": "excluded", "hepatosplenomegaly": "present"}),
        ("Cyanosis: absent. Clubbing: present.", {"Cyanosis": "excluded", "Clubbing": "present"}),
        ("Pallor (-), icterus (+), edema (-).", {"Pallor": "excluded", "icterus": "present", "edema": "excluded"}),
        (
            "Doppler ultrasound ruled out deep vein thrombosis, and D-dimer was elevated.",
            {"deep vein thrombosis": "excluded"},
        ),
        (
            "Patient reports dyspnea on exertion, denies orthopnea, and has bilateral ankle swelling.",
            {"dyspnea on exertion": "present", "orthopnea": "excluded", "ankle swelling": "present"},
        ),
        (
            "She developed hyponatremia without seizures, and her mental status was preserved.",
            {"hyponatremia": "present", "seizures": "excluded"},
        ),
        ("Nor was there any evidence of metastasis.", {"metastasis": "excluded"}),
        (
            "He was evaluated for recurrent falls and was found to have orthostatic hypotension.",
            {"recurrent falls": "present", "orthostatic hypotension": "present"},
        ),
        ("If the patient develops jaundice, the drug should be stopped.", {"jaundice": "hypothetical"}),
        ("Absence seizures began at age 5.", {"seizures": "present"}),
        ("Negative symptoms and apathy were prominent.", {"apathy": "present"}),
        (
            "Her son was born with cleft palate, and she herself has hypertelorism.",
            {"cleft palate": "family", "hypertelorism": "present"},
        ),
        (
            "His known asthma was well controlled, without exacerbations.",
            {"asthma": "historical", "exacerbations": "excluded"},
        ),
        ("Without treatment, the infection may progress to sepsis.", {"sepsis": "hypothetical"}),
        ("Papilledema could not be demonstrated on fundoscopy.", {"Papilledema": "excluded"}),
        ("No new lesions appeared, and the existing erythema faded.", {"lesions": "excluded", "erythema": "present"}),
    ],
)
def test_many_forms(text: str, told: dict[str, str]) -> None:
    article = Article.plain(text)
    for words, status in told.items():
        start = text.index(words)
        sentence = next(s for s in article.sentences if s.start <= start < s.end)
        assert assertion(text, sentence, start, start + len(words)).status == status, words


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
        ("Laboratory values were within normal limits except for a raised CRP.", ["Laboratory values"]),
        ("Glycosuria was found despite normal HbA1c and glucose levels.", ["HbA1c and glucose levels"]),
        ("She had an angiogram of normal appearance.", ["an angiogram"]),
    ],
)
def test_stated_normal(text: str, subjects: list[str]) -> None:
    found = stated_normal(text, Sentence("case", 0, len(text), text))
    assert [text[n.start : n.end] for n in found] == subjects
