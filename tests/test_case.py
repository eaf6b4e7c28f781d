"""The frozen model of a report."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, get_origin

import pytest
from pydantic import ValidationError

from kg.base.results import CaseError
from kg.base.times import Offset
from kg.model.case import FACT_SECTIONS, Case, Fact, Finding, Patient, Quantity, Response, Treatment
from kg.model.consistency import REFERENCES
from kg.model.fields import MAX_WORDS, Anchor, Term
from kg.model.reading import CaseFile, read_case

Write = Callable[..., Path]
EVIDENCE = {"case": "words"}


@pytest.fixture
def case(tmp_path: Path, write_case: Write) -> Case:
    return read_case(write_case(tmp_path))


def test_what_was_written_is_typed(case: Case) -> None:
    patient = case.patients["p1"]
    assert case.report.published == date(2024, 2, 29)
    assert patient.findings["arthritis"].concept == Term("HP:0001369", "Arthritis")
    assert patient.findings["arthritis"].evidence == (Anchor("case", "arthritis of the elbow in 2019"),)
    assert patient.measurements["esr"].value == Decimal(40)
    assert patient.measurements["nt-probnp"].comparator == "<"
    assert patient.treatments["prednisone"].dose == Quantity(value=Decimal(5), unit="mg", printed="5 mg")
    assert patient.treatments["tofacitinib"].after == ("prednisone",)
    assert patient.species == Term("NCBITaxon:9606", "Homo sapiens")


def test_the_model_is_frozen(case: Case) -> None:
    with pytest.raises(ValidationError, match="frozen"):
        case.report.title = "another"  # type: ignore[misc]
    with pytest.raises(AttributeError):
        case.patients["p1"].findings["arthritis"].concept.label = "another"  # type: ignore[misc]


def test_facts_are_all_there_with_their_paths(case: Case) -> None:
    paths = [path for path, _ in case.facts()]
    assert paths[0] == ("report",)
    assert ("patients", "p1", "sex") in paths
    assert ("patients", "p1", "age") in paths
    assert ("patients", "p1", "responses", "tofacitinib-arthritis") in paths
    assert paths[-2:] == [("references", "r1"), ("claims", "kinases")]
    assert len(paths) == len(set(paths)) == 14
    assert all(isinstance(fact, Fact) and fact.evidence for _, fact in case.facts())


def test_every_section_of_a_patient_is_walked() -> None:
    mappings = {n for n, field in Patient.model_fields.items() if get_origin(field.annotation) is Mapping}
    assert set(FACT_SECTIONS) == mappings


def test_every_field_that_holds_keys_is_checked() -> None:
    """A field of keys that kg.model.consistency does not know would let a dangling reference through."""
    import typing

    from kg.model.fields import KEY

    fields = set()
    for section in FACT_SECTIONS:
        kind = typing.get_args(Patient.model_fields[section].annotation)[1]
        for name, field in kind.model_fields.items():
            described = repr(field.annotation) + repr(field.metadata)
            if KEY in described and name != "evidence":
                fields.add((section, name))
    assert fields == set(REFERENCES)


def test_layers_follow_the_kind_of_a_claim(seed: CaseFile) -> None:
    layers = {claim.kind: claim.layer for claim in seed.case.claims.values()}
    assert layers == {kind: "interpretation" if kind == "novelty" else kind for kind in layers}
    assert {"background", "hypothesis", "novelty"} <= set(layers)
    assert {r.layer for r in seed.case.references.values()} == {"background"}


@pytest.mark.parametrize(
    ("evidence", "words"),
    [
        ("words", "expected section"),
        ({}, "expected section"),
        ([], "expected section"),
        ({"case": ""}, "holds no phrase"),
        ({"case": ["a", "  "]}, "holds no phrase"),
        ({"case": [["a"]]}, "holds no phrase"),
        ({"case": " ".join(["w"] * (MAX_WORDS + 1))}, f"{MAX_WORDS + 1} words"),
        ({"case": ["a", "a"]}, "given twice"),
    ],
)
def test_evidence_refused(evidence: object, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        Finding.model_validate({"concept": "HP:0001369 ! Arthritis", "status": "present", "evidence": evidence})


def test_an_anchor_may_be_twelve_words() -> None:
    twelve = " ".join(["w"] * MAX_WORDS)
    made = {"concept": "HP:0001369 ! Arthritis", "status": "present", "evidence": {"case": twelve, "fig1": ["w", "x"]}}
    assert Finding.model_validate(made).evidence == (Anchor("case", twelve), Anchor("fig1", "w"), Anchor("fig1", "x"))


@pytest.mark.parametrize(
    "text", ["HP:0001369", "Arthritis", "HP:0001369 Arthritis", "HP:0001369 !", "HP:0001369 ! ", "XX:1 ! x"]
)
def test_terms_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Finding.model_validate({"concept": text, "status": "present", "evidence": EVIDENCE})


@pytest.mark.parametrize("key", ["A", "a_b", "-a", "a-", "a--b", "a b", "é", "", "a.b", "a#b", "a/b", "a\n"])
def test_keys_refused(key: str) -> None:
    with pytest.raises(ValidationError):
        Response.model_validate({"to": [key], "of": ["x"], "outcome": "improved", "evidence": EVIDENCE})


@pytest.mark.parametrize("key", ["a", "a1", "fev1-fvc-2019", "2019"])
def test_keys_taken(key: str) -> None:
    made = Response.model_validate({"to": [key], "of": ["x"], "outcome": "improved", "evidence": EVIDENCE})
    assert made.to == (key,)


def test_status_is_required_of_findings() -> None:
    with pytest.raises(ValidationError, match="status"):
        Finding.model_validate({"concept": "HP:0001369 ! Arthritis", "evidence": EVIDENCE})


def test_with_is_written_without_its_underscore() -> None:
    base: dict[str, Any] = {"drug": "CHEBI:8382 ! prednisone", "printed": "x", "evidence": EVIDENCE}
    assert Treatment.model_validate({**base, "with": ["a"]}).with_ == ("a",)


def test_with_and_its_underscore_is_an_unknown_key() -> None:
    base: dict[str, Any] = {"drug": "CHEBI:8382 ! prednisone", "printed": "x", "evidence": EVIDENCE}
    with pytest.raises(ValidationError):
        Treatment.model_validate({**base, "with_": ["a"]})


def test_a_distance_is_read() -> None:
    made = Patient.model_validate({"times": {"t": {"after": "2020", "by": "3..4 months", "evidence": EVIDENCE}}})
    assert made.times["t"].by == Offset(3, 4, "month")


@pytest.mark.parametrize("number", ["NaN", "inf", "-inf", "1,5", "", "five"])
def test_numbers_refused(number: str) -> None:
    with pytest.raises(ValidationError):
        Quantity.model_validate({"value": number, "unit": "mg", "printed": "x"})


@pytest.mark.parametrize(
    ("fields", "slug"),
    [
        ({"doi": "10.1234/ABC"}, "10.1234_abc"),
        ({"pmcid": "PMC1", "pmid": "2"}, "pmc1"),
        ({"pmid": "2"}, "pmid-2"),
        ({"id": "mine"}, "mine"),
        ({}, ""),
    ],
)
def test_slug(fields: dict[str, str], slug: str, case: Case) -> None:
    report = case.report.model_copy(update={"id": None, **fields})
    assert report.slug == slug


@pytest.mark.parametrize("section", ["patients", "claims", "references"])
def test_a_case_survives_its_own_dump(section: str, case: Case) -> None:
    dumped = getattr(case, section)
    for key, model in dumped.items():
        assert model.model_copy() == dumped[key]
        assert model.model_dump_json()


@pytest.mark.parametrize("number", ["4_0", "\uff14\uff10"], ids=["underscore", "full-width"])
def test_numbers_are_plain_digits(number: str) -> None:
    with pytest.raises(ValidationError):
        Quantity.model_validate({"value": number, "unit": "mg", "printed": "40 mg"})


def test_a_key_that_is_a_date_is_refused(tmp_path: Path, write_case: Write) -> None:
    path = write_case(tmp_path, replace={"      esr:\n": '      "2020":\n'})
    with pytest.raises(CaseError):
        read_case(path)
