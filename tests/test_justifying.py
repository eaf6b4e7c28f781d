"""Why is it so: reasons in plain words, minimal, with sources."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from typer.testing import Result

from kg.base.prefixes import CKG
from kg.base.results import CaseError
from kg.graph.justifying import why
from kg.graph.realising import around, facts, module_of, realised
from kg.graph.store import Dataset
from kg.owl.axioms import as_triples
from kg.owl.deriving import defined
from kg.owl.hermit import classify
from kg.owl.saturation import follows, justify

Run = Callable[..., Result]
PATIENT = "https://w3id.org/casekg/case/10.7759_cureus.34125/p1"


def test_tofacitinib_is_a_janus_kinase_inhibitor_for_its_targets(data: Dataset) -> None:
    (found,) = why(data, "tofacitinib", "JAKi")
    assert not found.stated
    told = [{step.words: step.sources for step in reason} for reason in found.reasons]
    assert len(told) == 2
    for target, reason in zip(("JAK1", "JAK3"), told, strict=True):
        assert reason[f"tofacitinib inhibits {target}"] == ("https://doi.org/10.1007/s40259-019-00333-w",)
        assert any(words.startswith("Janus Kinase Inhibitors is, by definition,") for words in reason)
    assert all(step.sources for reason in found.reasons for step in reason)


def test_every_inferred_class_of_the_shipped_case_has_minimal_reasons(data: Dataset) -> None:
    """Take any axiom or fact away, and it follows no more."""
    told = facts(data)
    checked = 0
    types = realised(told, "rules").types
    for iri in [
        PATIENT,
        *(f"{PATIENT}#{key}" for key in ("calcinosis", "ild", "anti-pm-scl", "rituximab", "scleromyositis")),
    ]:
        near = around(iri, told)
        given = (*module_of(near), *near)
        for whole in sorted(types[iri]):
            (reason,) = justify(given, iri, whole, 1)
            assert follows(reason, iri, whole)
            for axiom in reason:
                assert not follows([a for a in reason if a is not axiom], iri, whole), (iri, whole, axiom)
                checked += 1
    assert checked > 100


def test_hermit_agrees_on_a_reason_of_facts(data: Dataset) -> None:
    """A refractory manifestation: the reason carries it, and one fact less does not."""
    iri, whole = f"{PATIENT}#calcinosis", CKG + "RefractoryManifestation"
    near = around(iri, facts(data))
    (reason,) = justify((*module_of(near), *near), iri, whole, 1)
    edge = next(a for a in reason if a.kind == "edge")
    assert whole in classify(as_triples(reason)).types[iri]
    assert whole not in classify(as_triples(a for a in reason if a is not edge)).types.get(iri, ())


def test_a_name_may_be_a_term_and_a_fact(data: Dataset) -> None:
    (found,) = why(data, "calcinosis", "refractory manifestation")
    assert found.subject.endswith("#calcinosis")
    words = " ".join(step.words for reason in found.reasons for step in reason)
    assert "cureus-34125.yaml:" in words
    assert "outcome worsened" in words or "outcome not improved" in words


def test_the_patient_without_a_class_lists_all(data: Dataset) -> None:
    found = why(data, "p1")
    assert len(found) == 3
    assert {w.whole.split("ckg:")[1].rstrip(")") for w in found} <= {name.removeprefix(CKG) for name in defined()}


@pytest.mark.parametrize(
    ("subject", "whole", "told"),
    [
        ("prednisone", "JAKi", "does not follow"),
        ("nonsense", None, "no fact or patient of the data"),
        ("tofacitinib", "nonsense", "no term is called"),
        ("HP:0000001", None, "nothing is inferred"),
        ("tofacitinib", "tofacitinib", "does not follow"),
    ],
)
def test_what_cannot_be_explained(data: Dataset, subject: str, whole: str | None, told: str) -> None:
    with pytest.raises(CaseError, match=told):
        why(data, subject, whole)


def test_the_command(run: Run) -> None:
    result = run("explain", "--inferred", "tofacitinib", "Janus Kinase Inhibitors")
    assert result.exit_code == 0
    assert "tofacitinib (CHEBI:71200) is Janus Kinase Inhibitors (MESH:D000075242), for:" in result.stdout
    assert "  - tofacitinib inhibits JAK1  [https://doi.org/10.1007/s40259-019-00333-w]" in result.stdout
    assert "  or, by another way:" in result.stdout
    assert run("explain", "--inferred", "prednisone", "JAKi").exit_code == 2
    assert run("explain", "--inferred", "prednisone", "JAKi", "more").exit_code == 2
