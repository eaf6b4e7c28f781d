"""Short forms that a report defines, and those of the table."""

from __future__ import annotations

import pytest

from kg.articles.abbreviations import abbreviations, definitions

DEFINED = [
    ("mild elevation of ultrasensitive troponin (usTnI) (78.2 ng/L)", "usTnI", "ultrasensitive troponin"),
    ("intravenous immunoglobulins (IVIg), or rituximab", "IVIg", "intravenous immunoglobulins"),
    ("Pulmonary function tests (PFTs) at diagnosis", "PFTs", "Pulmonary function tests"),
    ("we found an atrial septal defect (ASD) of 5 mm", "ASD", "atrial septal defect"),
    ("an ECG (electrocardiogram) was done", "ECG", "electrocardiogram"),
    ("Abbreviations: CK: creatine kinase.", "CK", "creatine kinase"),
    ("MRI, magnetic resonance imaging; and more", "MRI", "magnetic resonance imaging"),
    ("carcinoembryonic antigen (CEA: 3 ng/mL)", "CEA", "carcinoembryonic antigen"),
]


@pytest.mark.parametrize(("text", "short", "long"), DEFINED)
def test_a_report_defines_its_short_forms(text: str, short: str, long: str) -> None:
    (found,) = definitions(text)
    assert (found.short, found.long) == (short, long)
    assert short in text[found.start : found.end]
    assert long in text[found.start : found.end]


TRAPS = [
    "cytochrome c oxidase (COX) deficiency",  # the long form begins before what the letters reach
    "the tuberculin skin test (TST) was",
    "the elbow (Figure 2)",
    "ESR fell (3 mm/h)",
    "of grade (II) and lead (V2)",
    "she was admitted (A)",
]


@pytest.mark.parametrize("text", TRAPS)
def test_what_is_in_brackets_is_not_always_a_short_form(text: str) -> None:
    assert all(one.long in {"tuberculin skin test", "cytochrome c oxidase"} for one in definitions(text))


def test_the_table_is_asked_for_what_the_report_does_not_define() -> None:
    assert abbreviations("CPK and NTproBNP rose.") == {
        "CPK": "creatine phosphokinase",
        "NTproBNP": "N-terminal pro-brain natriuretic peptide",
    }
    assert abbreviations("calcium pyrophosphate kinase (CPK) rose")["CPK"] == "calcium pyrophosphate kinase"


@pytest.mark.parametrize("text", ["ASD was seen.", "MS and RA.", "anti-PM/Scl", "T1 and STIR, arm R", "PE of the leg"])
def test_what_has_several_meanings_is_left_as_it_is(text: str) -> None:
    assert abbreviations(text) == {}
