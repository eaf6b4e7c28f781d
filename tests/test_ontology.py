"""The ontology: closed, labelled, placed, and one with the model."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import owlready2
import pyoxigraph as ox
import pytest

from kg.base.places import folder
from kg.base.prefixes import CKG, PREFIXES, expand
from kg.concepts.terms import Catalogue, ontology_files
from kg.graph.reasoning import unsatisfiable
from kg.graph.store import ontology_quads
from kg.model import case as model
from kg.model.case import Model
from kg.rdf.iris import choice_iri
from kg.rdf.triples import CLASSES, FIELDS

TERMS = Catalogue.shipped()
# Fields whose fixed words are not choices of the vocabulary: they are written as text.
AS_TEXT = {"comparator", "per", "cites", "karyotypic_sex"}
NOT_IN_RDF = {"SourceSection", "Source", "Case", "Patient", "Proposed"}


def words(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (v for v in get_args(annotation) if isinstance(v, str))
    else:
        for part in get_args(annotation):
            yield from words(part)


def model_choices() -> list[tuple[str, str, str]]:
    found = []
    for made in vars(model).values():
        if isinstance(made, type) and issubclass(made, Model) and made.__name__ not in NOT_IN_RDF:
            for name, field in made.model_fields.items():
                if name not in AS_TEXT and (made.__name__, name) != ("Claim", "kind"):
                    found += [(made.__name__, name, word) for word in words(field.annotation)]
    return found


def test_every_fixed_word_of_the_model_is_in_the_vocabulary() -> None:
    choices = model_choices()
    assert len(choices) > 100
    wrong = [c for c in choices if TERMS.labels.get(choice_iri(c[2])) != c[2]]
    assert wrong == []


def test_every_property_and_class_that_is_written_is_declared() -> None:
    names = {name for name, _ in FIELDS.values() if ":" not in name} | set(CLASSES.values())
    assert [n for n in sorted(names) if CKG + n not in TERMS] == []


def test_every_fact_field_has_a_property() -> None:
    """A field that no row of the table covers would be lost without a word."""
    special = {
        "evidence",
        "proposed",
        "pointer",
        "odd",
        "note",
        "layer",
        "dose",
        "concentration",
        "duration",
        "frequency",
        "by",
        "cites",
    }
    for kind in CLASSES.values():
        for field in getattr(model, kind).model_fields:
            if field in special or (kind, field) == ("Claim", "kind"):
                continue
            assert (kind, field) in FIELDS or ("", field) in FIELDS, (kind, field)


def test_own_terms_have_one_label_and_one_definition() -> None:
    own = [iri for iri in TERMS.labels if iri.startswith(CKG)]
    assert len(own) > 250
    labels: dict[tuple[str, str], int] = {}
    definitions: dict[str, int] = {}
    quads: Any = ontology_quads()
    for quad in quads:
        if quad.subject.value.startswith(CKG):
            if quad.predicate.value == PREFIXES["rdfs"] + "label":
                labels[quad.subject.value, quad.object.value] = 1
            if quad.predicate.value == PREFIXES["skos"] + "definition":
                definitions[quad.subject.value] = definitions.get(quad.subject.value, 0) + 1
                assert quad.object.value.endswith("."), quad.subject
    assert sorted({iri for iri, _ in labels}) == sorted(own)
    assert [iri for iri in own if definitions.get(iri) != 1] == []


@pytest.mark.parametrize(
    ("below", "above"),
    [
        ("CHEBI:71200", "MESH:D000075242"),
        ("CHEBI:755661", "MESH:D000075242"),
        ("CHEBI:8764", "CHEBI:35705"),
        ("CHEBI:8382", "CHEBI:50858"),
        ("DRUGBANK:DB00073", "ckg:CD20DirectedAntibody"),
        ("DRUGBANK:DB00073", "MESH:D001688"),
        ("HP:0033560", "ckg:MyositisAssociatedAntibodyPositivity"),
        ("HP:0033560", "HP:0030057"),
        ("HP:0025520", "HP:0000951"),
        ("HP:0012819", "HP:0001626"),
        ("HP:0006530", "HP:0002086"),
        ("HP:0100614", "HP:0003011"),
        ("ckg:NailfoldMegacapillary", "ckg:AbnormalNailfoldCapillaries"),
        ("ckg:AntiPMSclScleromyositis", "EFO:1001994"),
        ("EFO:1001994", "MONDO:0016663"),
        ("UBERON:0001517", "UBERON:0001461"),
        ("UBERON:0008949", "UBERON:0002048"),
        ("LOINC:33762-6", "ckg:CardiacBiomarker"),
        ("ckg:PartiallyImproved", "ckg:Improved"),
    ],
)
def test_hierarchies_that_questions_need(below: str, above: str) -> None:
    assert expand(above) in TERMS.ancestors(expand(below))


@pytest.mark.parametrize(
    ("below", "never"),
    [
        ("HP:0033560", "HP:0003493"),  # ANA positivity is not stated
        ("HP:0025520", "HP:0011805"),  # skin, not muscle
        ("HP:0025520", "HP:0000924"),  # nor skeleton
        ("MONDO:0016367", "MONDO:0019127"),  # dermatomyositis is no polymyositis
        ("MONDO:0011849", "MONDO:0008383"),
        ("CHEBI:71200", "MESH:D001688"),
        ("CHEBI:44185", "MESH:D000075242"),
    ],
)
def test_traps_that_no_question_may_fall_into(below: str, never: str) -> None:
    assert expand(never) in TERMS
    assert expand(never) not in TERMS.ancestors(expand(below))


def test_every_file_names_its_source_and_version() -> None:
    files = [p for p in ontology_files() if p.parent.name == "terms"]
    assert len(files) >= 15
    for path in files:
        text = path.read_text("utf-8")
        for predicate in ("dcterms:title", "dcterms:source", "owl:versionInfo", "dcterms:license"):
            assert predicate in text, (path.name, predicate)


def test_there_are_no_blank_nodes_and_every_parent_is_there() -> None:
    quads: Any = ontology_quads()
    assert not any(isinstance(t, ox.BlankNode) for q in quads for t in (q.subject, q.object))
    missing = {p for parents in TERMS.parents.values() for p in parents} - set(TERMS.labels)
    assert missing == set()


def test_hermit_finds_no_class_that_cannot_be() -> None:
    assert unsatisfiable() == ()


def test_hermit_finds_a_term_in_two_branches() -> None:
    """tofacitinib, put under calcinosis: an agent that is a phenotype."""
    drug, finding = ox.NamedNode(expand("CHEBI:71200")), ox.NamedNode(expand("HP:0025520"))
    found = unsatisfiable((ox.Triple(drug, ox.NamedNode(PREFIXES["rdfs"] + "subClassOf"), finding),))
    assert [r.focus for r in found] == [expand("CHEBI:71200")]


def test_owlready_sees_the_same_hierarchy(tmp_path: Path) -> None:
    """owlready2's ancestors are ours, for every class under subClassOf alone."""
    quads: Any = ontology_quads()
    keep = {PREFIXES["rdfs"] + "subClassOf", PREFIXES["rdf"] + "type"}
    path = tmp_path / "ontology.nt"
    path.write_bytes(
        ox.serialize((q.triple for q in quads if q.predicate.value in keep), format=ox.RdfFormat.N_TRIPLES) or b""
    )
    world = owlready2.World()
    world.get_ontology(path.as_uri()).load(only_local=True)
    up: dict[str, set[str]] = {}
    for quad in quads:
        if quad.predicate.value == PREFIXES["rdfs"] + "subClassOf":
            up.setdefault(quad.subject.value, set()).add(quad.object.value)

    def above(iri: str) -> set[str]:
        return {iri}.union(*(above(parent) for parent in up.get(iri, ())))

    checked = 0
    for found in world.classes():
        assert {a.iri for a in found.ancestors()} - {PREFIXES["owl"] + "Thing"} == above(found.iri), found.iri
        checked += 1
    assert checked > 1000


def test_identifiers_agree_with_the_sources(shared: Path) -> None:
    tool = shared / "tools" / "check_terms.py"
    root = folder("ontology").parent
    run = subprocess.run([sys.executable, str(tool), str(root)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
    assert "0 problems" in run.stdout
