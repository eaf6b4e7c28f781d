"""A fact is linked to no fact that speaks against it, unless the curator says how both hold."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kg.base import places
from kg.base.document import Document, read_document
from kg.base.results import Result
from kg.gate.shapes import validate_graph
from kg.model.reading import case_file
from kg.rdf.triples import quads

Facts = Mapping[str, Mapping[str, Any]]
QUOTE = {"case": "elevated circulating creatine kinase"}
WORSE: dict[str, Any] = {
    "to": ["tofacitinib"],
    "of": ["arthritis"],
    "outcome": "worsened",
    "time": "present",
    "judged_by": ["authors"],
    "evidence": {"case": "arthritis worsened under tofacitinib"},
}
MANY = ["steroids", "mmf", "ivig"]
EXCLUDED_CK = {
    "concept": "HP:0003236 ! Elevated circulating creatine kinase activity",
    "status": "excluded",
    "time": "onset",
    "evidence": {"case": "no elevated circulating creatine kinase"},
}
NO_FALL = {
    "concept": "HP:0032341 ! Reduced forced vital capacity",
    "status": "excluded",
    "time": "present",
    "evidence": {"case": "no reduced forced vital capacity"},
}
PANEL = {"label": "1Z", "evidence": {"fig1": "*Z:* without residual fibrosis"}}

# (what, {section: {key: properties given to it}}); each is written into the shipped case.
AGAINST: list[tuple[str, Facts, str]] = [
    ("normal, for what is elevated", {"measurements": {"ck-onset": {"interpretation": "normal", "odd": None, "evidence": QUOTE}}}, "shape:Measurement-against"),
    ("normalised, for what is elevated", {"measurements": {"troponin-control": {"supports": ["elevated-troponin"]}}}, "shape:Measurement-against"),
    ("elevated, for what is excluded", {"findings": {"no-ck": EXCLUDED_CK}, "measurements": {"ck-onset": {"supports": ["no-ck"], "odd": None}}}, "shape:Measurement-against"),
    ("reduced, for what is excluded", {"findings": {"no-fall": NO_FALL}, "measurements": {"fvc-2022": {"interpretation": "reduced", "supports": ["no-fall"]}}}, "shape:Measurement-against"),
    ("abnormal, for what is excluded", {"findings": {"no-change": {**NO_FALL, "concept": "HP:0045040 ! Abnormal circulating lactate dehydrogenase concentration"}}, "measurements": {"fvc-2022": {"interpretation": "abnormal", "supports": ["no-change"]}}}, "shape:Measurement-against"),
    ("better and worse at once", {"responses": {"worse": WORSE}}, "shape:Response-contrary"),
    ("resolved and worse at once", {"responses": {"worse": {**WORSE, "of": ["elevated-ck"]}}}, "shape:Response-contrary"),
    ("one of two manifestations is contrary", {"responses": {"worse": {**WORSE, "of": ["calcinosis", "arthritis"]}}}, "shape:Response-contrary"),
    ("an examination apart from its whole", {"examinations": {"t1-mapping-2021": {"time": "2019"}}}, "shape:Fact-during"),
    ("a value apart from its examination", {"measurements": {"troponin-2021": {"time": "2019"}}}, "shape:Fact-during"),
    ("a picture of what is not there", {"figures": {"new": {**PANEL, "depicts": ["no-fibrosis-2021"]}}}, "shape:FigurePanel-nothing"),
    ("a diagnosis from what is excluded", {"diagnoses": {"scleromyositis": {"based_on": ["anti-pm-scl", "no-weakness"]}}}, "shape:Diagnosis-grounds"),
    ("an aspect of what is excluded", {"findings": {"elevated-ck": {"aspect_of": "no-weakness"}}}, "shape:Finding-whole"),
]  # fmt: skip

HONEST: list[tuple[str, Facts]] = [
    ("normal, with a note", {"measurements": {"troponin-control": {"supports": ["elevated-troponin"], "note": "It supports the elevated troponin before, by its fall."}}}),
    ("normalised, for an exclusion", {"measurements": {"ck-2022": {"supports": ["no-weakness"]}}}),
    ("elevated, against a fall", {"findings": {"no-fall": NO_FALL}, "measurements": {"fvc-2022": {"interpretation": "elevated", "supports": ["no-fall"]}}}),
    ("elevated, for what is not called so", {"measurements": {"ck-onset": {"supports": ["myositis"]}}}),
    ("worse at another time", {"responses": {"worse": {**WORSE, "time": "2021"}}}),
    ("worse without a time", {"responses": {"worse": {**WORSE, "time": None}}}),
    ("worse at a place of its own", {"responses": {"worse": {**WORSE, "sites": ["UBERON:0001467 ! shoulder"], "evidence": {"case": "arthritis of the shoulder worsened"}}}}),
    ("worse under several", {"responses": {"worse": {**WORSE, "to": MANY, "time": "after-first-line"}}}),
    ("relapsed after it had become better", {"responses": {"worse": {**WORSE, "outcome": "relapsed", "evidence": {"case": "arthritis relapsed"}}}}),
    ("stable as well", {"responses": {"worse": {**WORSE, "outcome": "stable", "evidence": {"case": "arthritis stable"}}}}),
    ("worse, with a note", {"responses": {"worse": {**WORSE, "note": "It first became better, then worse, in the same month."}}}),
    ("a part within its whole", {"examinations": {"t1-mapping-2021": {"time": "2021"}}}),
    ("a normal examination in a picture", {"figures": {"new": {**PANEL, "depicts": ["no-fibrosis-2021"], "examination": "cardiac-mri-2021"}}}),
    ("a picture of what is and of what is not there", {"figures": {"new": {**PANEL, "depicts": ["no-fibrosis-2021", "calcinosis"]}}}),
    ("a picture of what is not there, with a note", {"figures": {"new": {**PANEL, "depicts": ["no-fibrosis-2021"], "note": "The same view, for comparison."}}}),
    ("a diagnosis that needs an absence", {"diagnoses": {"scleromyositis": {"based_on": ["anti-pm-scl", "no-weakness"], "note": "Its criteria ask for strength that is normal."}}}),
    ("a diagnosis from what is present", {"diagnoses": {"scleromyositis": {"based_on": ["anti-pm-scl", "myositis", "ck-onset"]}}}),
    ("an exclusion as aspect of an exclusion", {"findings": {"no-residual-fibrosis": {"aspect_of": "no-diffuse-fibrosis-2022"}}}),
    ("an exclusion as aspect of what is present", {"findings": {"no-weakness": {"aspect_of": "myositis"}}}),
    ("an aspect of what is excluded, with a note", {"findings": {"elevated-ck": {"aspect_of": "no-weakness", "note": "Silent in strength, seen in the blood."}}}),
]  # fmt: skip


@cache
def shipped() -> Any:
    return read_document(places.cases()[0]).value


def results(change: Callable[[Any], None]) -> list[Result]:
    """What is told of the shipped case after a change of its values."""
    value = copy.deepcopy(shipped())
    change(value)
    file = case_file(Document("edited.yaml", value, {}), Path("edited.yaml"), "")
    return [*file.results, *validate_graph(quads(file.case))[0]]


def given(facts: Facts) -> Callable[[Any], None]:
    """Gives facts of the patient these properties; None takes one out."""

    def change(value: Any) -> None:
        patient = value["patients"]["p1"]
        for section, nodes in facts.items():
            for key, properties in nodes.items():
                fact = {**patient[section].get(key, {}), **properties}
                patient[section][key] = {name: told for name, told in fact.items() if told is not None}

    return change


def rules(found: Iterable[Result], severity: str = "violation") -> set[str]:
    return {r.rule for r in found if r.severity == severity}


NEW = {rule for _, _, rule in AGAINST}


def test_the_shipped_case_has_no_such_link() -> None:
    found = results(lambda _: None)
    assert not NEW & {r.rule for r in found}


@pytest.mark.parametrize(("facts", "rule"), [row[1:] for row in AGAINST], ids=[row[0] for row in AGAINST])
def test_a_link_to_what_speaks_against_it_is_told(facts: Facts, rule: str) -> None:
    severity = "warning" if rule == "shape:FigurePanel-nothing" else "violation"
    told = [r for r in results(given(facts)) if r.rule == rule]
    assert {r.severity for r in told} == {severity}
    assert len({r.focus for r in told}) == 1
    assert next(iter({r.focus for r in told})).rsplit("#", 1)[1] in {key for nodes in facts.values() for key in nodes}


@pytest.mark.parametrize("facts", [row[1] for row in HONEST], ids=[row[0] for row in HONEST])
def test_an_honest_link_is_accepted(facts: Facts) -> None:
    # the quoted words are those of the fact that was changed: what holds words against values may well speak
    words = {"wording", "attribution", "time"}
    found = results(given(facts))
    assert [str(r) for r in found if (r.severity == "violation" and r.rule not in words) or r.rule in NEW] == []


DRUG, ACTION = "CHEBI:71200 ! tofacitinib", "MAXO:0000058 ! pharmacotherapy"
DISEASE, ORGAN = "MONDO:0005100 ! systemic sclerosis", "UBERON:0002048 ! lung"


@pytest.mark.parametrize(
    ("subject", "predicate", "target", "rule"),
    [
        (DRUG, "can be complicated by", DISEASE, None),
        (ACTION, "can be complicated by", DISEASE, None),
        (DRUG, "is associated with", DISEASE, None),
        (DISEASE, "is associated with", DRUG, None),
        (DISEASE, "is associated with", ACTION, None),
        (ORGAN, "can be complicated by", DISEASE, "shape:Claim-subjectBranch"),
        (ORGAN, "is associated with", DISEASE, "shape:Claim-subjectBranch"),
        (DISEASE, "can be complicated by", DRUG, "shape:Claim-objectBranch"),
        (DISEASE, "is associated with", ORGAN, "shape:Claim-objectBranch"),
    ],
)
def test_a_drug_or_an_action_can_harm(subject: str, predicate: str, target: str, rule: str | None) -> None:
    def change(value: Any) -> None:
        value["claims"]["antibody-myocarditis"] |= {"subject": subject, "predicate": predicate, "objects": [target]}

    branches = {r for r in rules(results(change)) if r.endswith("Branch")}
    assert branches == ({rule} if rule else set())
