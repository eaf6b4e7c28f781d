"""Where a finding can be, and what can show it, by the hierarchy."""

from __future__ import annotations

import pytest

from kg.base.prefixes import expand
from kg.concepts.terms import Catalogue
from kg.model.anatomy import anatomy, meet

TERMS = Catalogue.shipped()


def can_be(concept: str, site: str) -> bool:
    return meet(TERMS, anatomy(TERMS, expand(concept)), frozenset({expand(site)}))


@pytest.mark.parametrize(
    ("concept", "site", "expected"),
    [
        ("HP:0025508", "UBERON:0002048", False),  # Gottron's papules, lung
        ("HP:0025508", "UBERON:0001461", True),  # elbow
        ("HP:0025508", "UBERON:0002067", True),  # dermis
        ("HP:0001369", "UBERON:0001491", True),  # arthritis, wrist joint
        ("HP:0001369", "UBERON:0001461", True),
        ("HP:0001369", "UBERON:0002097", False),  # skin
        ("HP:0006530", "UBERON:0008949", True),  # interstitial, lower lobe
        ("HP:0006530", "UBERON:0001461", False),
        ("HP:0012819", "UBERON:0002349", True),  # myocarditis, myocardium
        ("HP:0012819", "UBERON:0001467", False),
        ("HP:0100614", "UBERON:0002103", True),  # myositis, hindlimb
        ("HP:0100614", "UBERON:0002048", False),
        ("HP:0030880", "UBERON:0002389", True),  # Raynaud, finger
        ("HP:0030880", "UBERON:0000948", False),
        ("HP:0002015", "UBERON:0001007", True),  # dysphagia, digestive system
        ("HP:0002015", "UBERON:0001461", False),
        ("HP:0003236", "UBERON:0001134", False),  # a value of blood is in no part
        ("ckg:NailfoldMegacapillary", "ckg:NailFold", True),
        ("HP:0012531", "UBERON:0001461", True),  # pain can be anywhere
    ],
)
def test_where_a_finding_can_be(concept: str, site: str, expected: bool) -> None:
    assert can_be(concept, site) is expected


def test_what_is_said_of_a_branch_holds_below_it_until_something_nearer_is_said() -> None:
    raynaud, vessels = expand("HP:0030880"), expand("HP:0002597")
    assert anatomy(TERMS, vessels) == frozenset()
    assert anatomy(TERMS, raynaud)
    assert anatomy(TERMS, expand("HP:0025508")) == anatomy(TERMS, expand("HP:0000951"))


def test_every_anatomy_is_a_part_of_the_body() -> None:
    body, nowhere = expand("UBERON:0001062"), "http://www.w3.org/2002/07/owl#Nothing"
    told = [(iri, part) for iri in TERMS.concepts() for part in TERMS.value(iri, "anatomy")]
    assert len(told) > 60
    assert [row for row in told if row[1] != nowhere and body not in TERMS.ancestors(row[1])] == []
