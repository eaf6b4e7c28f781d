"""Drugs, and how they were given."""

from __future__ import annotations

from pathlib import Path

import pytest
from marked import met, sentences, unmarked

from kg.articles.article import Article
from kg.articles.manuscripts import read_article
from kg.articles.scope import patient_sentences
from kg.mentions.medication import Given, medication
from kg.model.reading import CaseFile

FIELDS = ("dose", "route", "frequency", "duration", "cycles", "concentration", "form", "course_words")


def read(text: str) -> dict[str, dict[str, str]]:
    article = Article.plain(text)
    found: dict[str, dict[str, str]] = {}
    for one in medication(article, article.sentences):
        places = {field: getattr(one, field) for field in FIELDS}
        found[article.quote(one)] = {field: text[slice(*place)] for field, place in places.items() if place}
    return found


def test_dose_frequency_and_what_happened() -> None:
    assert read("Tofacitinib 5 mg twice daily was initiated.") == {
        "Tofacitinib": {"dose": "5 mg", "frequency": "twice daily", "course_words": "initiated"}
    }


def test_route_and_strength() -> None:
    assert read("We tried topical 25% thiosulfate cream.")["thiosulfate"] == {
        "route": "topical",
        "concentration": "25%",
        "form": "cream",
        "course_words": "tried",
    }


def test_duration_belongs_to_the_drug_before_it() -> None:
    found = read("He took oral prednisone, and rituximab (RTX) was added for one year.")
    assert found["rituximab (RTX)"] == {"duration": "for one year", "course_words": "added"}
    assert found["prednisone"] == {"route": "oral", "course_words": "took"}


def test_what_stands_in_an_amount_belongs_to_its_drug() -> None:
    found = read("He took vancomycin 15 mg/kg IV every 12 hours and oral metformin 1 g BID.")
    assert found["vancomycin"] == {
        "dose": "15 mg/kg",
        "route": "IV",
        "frequency": "every 12 hours",
        "course_words": "took",
    }
    assert {key: found["metformin"][key] for key in ("dose", "route", "frequency")} == {
        "dose": "1 g",
        "route": "oral",
        "frequency": "BID",
    }


def test_doses_in_a_row_are_paired_in_order() -> None:
    found = read("He took prednisone and azathioprine at doses of 10 mg daily and 50 mg daily, respectively.")
    assert (found["prednisone"]["dose"], found["azathioprine"]["dose"]) == ("10 mg", "50 mg")


def test_taper() -> None:
    text = "It allowed progressive withdrawal of steroids up to prednisone 2.5 mg/24h at present."
    article = Article.plain(text)
    steroids, prednisone = medication(article, article.sentences)
    assert (steroids.course, steroids.kind, steroids.concept) == ("tapered", "class", "CHEBI:50858")
    assert text[slice(*prednisone.dose or (0, 0))] == "2.5 mg/24h"


@pytest.mark.parametrize(
    ("text", "courses"),
    [
        ("Prednisone was tapered and azathioprine was started.", ["tapered", "started"]),
        ("Prednisone and azathioprine were started.", ["started", "started"]),
        ("Tofacitinib was continued; prednisone was discontinued.", ["continued", "stopped"]),
        ("He was switched from methotrexate to leflunomide.", ["stopped", "started"]),
        ("After discontinuation of methotrexate, infliximab was begun.", ["stopped", "started"]),
        ("Antibiotics (ceftriaxone and vancomycin) were started.", ["started", "started", "started"]),
        ("The dose of prednisone was increased to 60 mg.", ["increased"]),
        ("He was treated with steroids and cyclophosphamide.", ["started", "started"]),
    ],
)
def test_what_happened_to_each(text: str, courses: list[str]) -> None:
    article = Article.plain(text)
    assert [one.course for one in medication(article, article.sentences)] == courses


def test_what_came_before_the_subject_is_history() -> None:
    text = (
        "Therefore, given the clinical severity and therapeutic refractoriness (steroids, MMF, IVIg, and RTX), "
        "tofacitinib 5 mg twice daily (previously, he received herpes zoster vaccination) was initiated in September 2021."
    )
    article = Article.plain(text)
    given = {article.quote(one): one for one in medication(article, article.sentences)}
    assert {name for name, one in given.items() if one.history} == {
        "steroids",
        "MMF",
        "IVIg",
        "RTX",
        "herpes zoster vaccination",
    }
    assert given["tofacitinib"].course_words == (text.index("initiated"), text.index(" in September"))
    assert {name for name, one in given.items() if one.course == "started"} == {
        "tofacitinib",
        "herpes zoster vaccination",
    }


def test_concepts_are_those_that_casekg_ships() -> None:
    text = "He took methotrexate, rituximab and fraxiparine."
    article = Article.plain(text)
    given: tuple[Given, ...] = medication(article, article.sentences)
    assert [one.concept for one in given] == ["CHEBI:44185", "DRUGBANK:DB00073", ""]


@pytest.mark.parametrize(
    "text",
    [
        "The isolate was resistant to clindamycin and susceptible to vancomycin.",
        "Serum calcium was 2.3 mmol/L and the insulin level was low.",
        "The ceftaroline Etest strip was read.",
        "It grew Pseudomonas aeruginosa.",
    ],
)
def test_what_is_no_treatment(text: str) -> None:
    assert read(text) == {}


def test_a_substance_of_the_body_is_a_drug_when_it_was_given() -> None:
    assert set(read("He was treated with insulin and oral iron.")) == {"insulin", "iron"}


def test_the_seed_report_gives_every_treatment_of_the_case(seed: CaseFile, shared: Path) -> None:
    article = read_article(shared / "seed" / seed.case.report.source.file).article
    found = medication(article, patient_sentences(article))
    (patient,) = seed.case.patients.values()
    for key, treatment in patient.treatments.items():
        mine = [
            one
            for one in found
            if (treatment.printed in article.quote(one) if not treatment.drug else one.concept == treatment.drug.id)
        ]
        assert mine, key

        def told(field: str, mine: list[Given] = mine) -> set[str]:
            return {article.text[slice(*place)] for one in mine if (place := getattr(one, field))}

        if treatment.dose:
            assert treatment.dose.printed in told("dose")
        if treatment.frequency:
            assert treatment.frequency.printed in told("frequency")
        if treatment.duration:
            assert any(treatment.duration.printed in words for words in told("duration"))
        if treatment.concentration:
            assert treatment.concentration.printed in told("concentration")
    routes = {article.text[slice(*one.route)] for one in found if one.route}
    assert routes == {"topical", "intralesional"}


@pytest.mark.parametrize("sentence", sentences("drugs"))
def test_marked_drugs_and_doses(sentence: str) -> None:
    text, marks, doses = unmarked(sentence)
    article = Article.plain(text)
    given = [one for one in medication(article, article.sentences) if one.kind != "action"]
    assert met(marks, [(one.start, one.end) for one in given]), [article.quote(one) for one in given]
    told = [place for one in given for place in one.amounts if any(c.isdigit() for c in text[slice(*place)])]
    assert met(doses, told), [text[slice(*place)] for place in told]
