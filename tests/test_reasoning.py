"""What follows from the concept layer: HermiT, our rules and the shipped file say the same."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

import kg
from kg.base.places import folder
from kg.base.prefixes import CKG, PREFIXES, compress, expand
from kg.base.project import enter, find
from kg.base.results import CaseError
from kg.concepts.terms import Catalogue
from kg.graph.reasoning import classified, new_parents, shipped_parents
from kg.owl.axioms import Axiom, as_triples, axioms, in_words, module, read
from kg.owl.hermit import Answer, classify
from kg.owl.saturation import Saturation, closure, follows, justify

TERMS = Catalogue.shipped()
NOTHING = PREFIXES["owl"] + "Nothing"
JAK = "MESH:D000075242"

# (class, what it must be found to be, a word of the reason)
INFERRED = [
    ("CHEBI:71200", JAK, "inhibits JAK1"),
    ("CHEBI:71200", "ckg:JAK1And3Inhibitor", "inhibits to a lesser extent JAK2"),
    ("CHEBI:755661", "ckg:JAK1SelectiveInhibitor", "inhibits JAK1"),
    ("CHEBI:757668", "ckg:TYK2SelectiveInhibitor", "inhibits TYK2"),
    ("CHEBI:91408", "ckg:JAK2SelectiveInhibitor", "inhibits JAK2"),
    ("CHEBI:71200", "ckg:Immunosuppressant", "has the role immunosuppressive agent"),
    ("DRUGBANK:DB00073", "ckg:BCellDepletingAgent", "binds MS4A1"),
    ("DRUGBANK:DB00005", "MESH:D001688", "consists of Recombinant Fusion Proteins"),
    ("DRUGBANK:DB09037", "MESH:D000082082", "binds PDCD1"),
    ("EFO:1001994", "MONDO:0016663", "nothing is both scleroderma and myositis disease"),
    ("ckg:AntiPMSclScleromyositis", "MONDO:0016663", "is an overlap of"),
    ("HP:0033560", "ckg:MyositisAssociatedAntibodyPositivity", "is against protein of the PM/Scl complex"),
    ("HP:0034085", "ckg:MyositisAssociatedAntibodyPositivity", "PM/Scl"),
    ("HP:0034148", "HP:6000678", "is against aminoacyl-tRNA synthetase"),
    ("HP:0033584", "ckg:LungInvolvement", "affects lung"),
    ("HP:0012819", "ckg:HeartInvolvement", "affects heart"),
]
# What must not follow: targets and parts that are not there, traps of the sources.
NOT_INFERRED = [
    ("CHEBI:44185", JAK),
    ("CHEBI:71200", "ckg:JAK1SelectiveInhibitor"),
    ("DRUGBANK:DB11697", "ckg:JAK2SelectiveInhibitor"),  # pacritinib: of the others nothing is cited
    ("CHEBI:71200", "MESH:D001688"),
    ("DRUGBANK:DB08879", "ckg:BCellDepletingAgent"),
    ("DRUGBANK:DB00005", "ckg:CD20DirectedAntibody"),
    ("MONDO:0016367", "MONDO:0019127"),
    ("MONDO:0005100", "MONDO:0016663"),
    ("HP:0030859", "HP:6000678"),
    ("HP:0033560", "HP:0003493"),
    ("HP:0033560", "HP:6000678"),
    ("HP:0031944", "ckg:LungInvolvement"),  # the pleura is not the lung, whatever its parent in HPO
    ("HP:0002091", "ckg:LungInvolvement"),  # restriction may come from elsewhere
    ("HP:0030880", "ckg:SkinInvolvement"),
]


@pytest.fixture(scope="module")
def hermit() -> Answer:
    """The whole concept layer, by HermiT, once."""
    return classify(as_triples(axioms()))


@pytest.fixture(scope="module")
def rules() -> Saturation:
    return Saturation(axioms())


def test_hermit_and_the_rules_agree_on_every_class(hermit: Answer) -> None:
    ours = closure(axioms())
    assert hermit.consistent
    assert hermit.impossible == frozenset()
    assert len(hermit.above) > 1200
    assert {n for n in hermit.above if hermit.above[n] != ours.get(n, set())} == set()
    assert set(ours) == set(hermit.above)


def test_the_shipped_file_says_what_hermit_says(hermit: Answer) -> None:
    """python ontology/infer.py, when this fails."""
    found = new_parents(hermit.above, axioms())
    assert {(c, p) for c, over in found.items() for p in over} == shipped_parents()
    assert classified("rules").shipped


@pytest.mark.parametrize(("name", "whole", "word"), INFERRED)
def test_what_follows_and_why(name: str, whole: str, word: str, rules: Saturation) -> None:
    assert (expand(name), expand(whole)) in rules
    assert expand(whole) in TERMS.ancestors(expand(name))  # every query sees it
    reasons = justify(axioms(), expand(name), expand(whole))
    assert word in " | ".join(in_words(axiom, TERMS) for axiom in reasons[0])
    for reason in reasons:
        assert follows(reason, expand(name), expand(whole))
        for axiom in reason:
            assert not follows([a for a in reason if a is not axiom], expand(name), expand(whole)), axiom


@pytest.mark.parametrize(("name", "whole"), NOT_INFERRED)
def test_what_does_not_follow(name: str, whole: str, rules: Saturation, hermit: Answer) -> None:
    assert (expand(name), expand(whole)) not in rules
    assert expand(whole) not in hermit.above[expand(name)]
    assert justify(axioms(), expand(name), expand(whole)) == []


def test_tofacitinib_is_found_by_its_targets_alone(hermit: Answer) -> None:
    """No file states the class: taken away, it comes back from JAK1 and JAK3, and goes with both."""
    drug, whole = expand("CHEBI:71200"), expand(JAK)
    stated = "\n".join(p.read_text("utf-8") for p in folder("ontology").rglob("*.ttl") if p.stem != "inferred")
    assert not re.search(r"^obo:CHEBI_71200 rdfs:subClassOf [^.]*D000075242", stated, re.M)
    asserted = Axiom("sub", drug, whole)
    assert asserted not in axioms()
    assert justify([*axioms(), asserted], drug, whole)[0] == (asserted,)
    targets = [a for a in axioms() if a.left == drug and isinstance(a.right, tuple) and a.right[1] == CKG + "inhibits"]
    assert [compress(a.right[2]) for a in targets] == ["HGNC:6190", "HGNC:6193"]
    assert all(a.sources for a in targets)
    for without, expected in (([targets[0]], True), ([targets[1]], True), (targets, False)):
        rest = [a for a in axioms() if a not in without]
        assert follows(rest, drug, whole) is expected
    assert whole in hermit.above[drug]
    part = module((a for a in axioms() if a not in targets), [drug])
    assert len(part) < len(axioms()) / 3
    assert whole not in classify(as_triples(part)).above[drug]


def test_hermit_agrees_that_the_reasons_are_minimal() -> None:
    """Three samples in one world: each reason, and each reason less one axiom, under names of its own."""
    worlds: list[Axiom] = []
    expected: dict[tuple[str, str], bool] = {}
    for number, (name, whole, _) in enumerate(INFERRED[:1] + INFERRED[5:6] + INFERRED[8:9]):
        reason = justify(axioms(), expand(name), expand(whole), 1)[0]
        for left_out in (None, *reason):
            tag = f"urn:w{number}-{len(expected)}:"
            worlds += (_renamed(axiom, tag) for axiom in reason if axiom is not left_out)
            worlds.append(Axiom("sub", tag + expand(name), PREFIXES["owl"] + "Thing"))
            expected[tag + expand(name), tag + expand(whole)] = left_out is None
    answer = classify(as_triples(worlds))
    assert len(expected) >= 15
    assert {(n, w): w in answer.above.get(n, ()) for n, w in expected} == expected


def _renamed(axiom: Axiom, tag: str) -> Axiom:
    def new(made: object) -> object:
        if isinstance(made, str):
            return tag + made
        if isinstance(made, tuple):
            return tuple(part if i == 0 or isinstance(part, int) else new(part) for i, part in enumerate(made))
        return made

    return Axiom(axiom.kind, new(axiom.left), new(axiom.right) if axiom.right else "", axiom.role)


def random_axioms(seed: int) -> Iterator[Axiom]:
    """A small ontology at random, of every form that kg.owl.axioms reads."""
    pick = random.Random(seed)
    classes, roles = [f"urn:c{i}" for i in range(9)], [f"urn:r{i}" for i in range(3)]

    def made(depth: int = 0) -> object:
        form = pick.choice(["name"] * 3 + ["and", "some", "some"]) if depth < 2 else "name"
        if form == "name":
            return pick.choice(classes)
        if form == "and":
            return ("and", made(depth + 1), made(depth + 1))
        return ("some", pick.choice(roles), made(depth + 1))

    for name in classes:
        yield Axiom("sub", name, "urn:top")
    for _ in range(12):
        yield Axiom("sub", pick.choice(classes), made())
    for name in pick.sample(classes, 4):
        whole = made()
        yield Axiom("same", name, ("or", whole, made()) if pick.random() < 0.3 and whole != name else whole)
    yield Axiom("disjoint", *sorted(pick.sample(classes, 2)))
    yield Axiom("subrole", "urn:r0", "urn:r1")
    yield Axiom("transitive", "urn:r1")


def test_the_rules_against_hermit_on_random_ontologies() -> None:
    """A dozen in one world: our rules find what HermiT finds, no more and no less."""
    every: list[Axiom] = []
    for seed in range(12):
        every += (
            Axiom(a.kind, *( _renamed(a, f"urn:o{seed}:").left, _renamed(a, f"urn:o{seed}:").right))
            if a.kind in ("sub", "same", "disjoint") else a
            for a in random_axioms(seed)
        )  # fmt: skip
    every = list(dict.fromkeys(_roles_too(a) for a in every))
    answer = classify(as_triples(every))
    ours = closure(every)
    assert answer.consistent
    pairs = {(n, c) for n, over in answer.above.items() for c in over}
    mine = {(n, c) for n, over in ours.items() for c in over if c != NOTHING and NOTHING not in over}
    impossible = {n for n, over in ours.items() if NOTHING in over}
    assert len(pairs) > 100
    assert mine <= pairs
    assert impossible <= answer.impossible
    beyond = {p for p in pairs - mine if p[0] not in answer.impossible}
    assert beyond == set()


def _roles_too(axiom: Axiom) -> Axiom:
    """The roles keep their names: they are common to all the small worlds."""

    def back(made: object) -> object:
        if isinstance(made, tuple):
            return tuple(
                re.sub(r"^urn:o\d+:(?=urn:r)", "", part) if made[0] == "some" and i == 1 else back(part)
                for i, part in enumerate(made)
            )
        return made

    return Axiom(axiom.kind, back(axiom.left), back(axiom.right), axiom.role)


def test_owl_is_read_as_it_is_written() -> None:
    """Axioms written as triples and read back are the same axioms."""
    given = [a for a in axioms() if a.kind != "type"]
    again = set(read(as_triples(given)))
    assert again == {Axiom(a.kind, a.left, a.right, a.role) for a in given}


def test_no_literal_reaches_hermit_but_cardinalities() -> None:
    literals = {t.object.datatype.value for t in as_triples(axioms()) if isinstance(t.object, ox.Literal)}
    assert literals == {PREFIXES["xsd"] + "nonNegativeInteger"}


def test_every_definition_is_of_a_term_with_label_words_and_sources() -> None:
    """What is defined is labelled, and each link that is ours has a source."""
    defined = [a for a in axioms() if a.kind == "same"]
    assert len(defined) >= 40
    for axiom in defined:
        assert axiom.left in TERMS.labels, axiom.left
        if axiom.left.startswith(CKG):
            assert TERMS.values[axiom.left, PREFIXES["skos"] + "definition"], axiom.left
    ours = {
        CKG + name
        for name in ("inhibits", "inhibitsWeakly", "binds", "consistsOf", "antigen", "overlapOf", "affects", "depletes")
    }
    links = [a for a in axioms() if a.kind == "sub" and isinstance(a.right, tuple) and a.right[1] in ours]
    assert len(links) >= 80
    assert [a for a in links if not a.sources] == []


def test_words_of_every_axiom_are_plain() -> None:
    for axiom in axioms():
        told = in_words(axiom, TERMS)
        assert "http" not in told, told
        assert "owl" not in told.split(), told


def test_what_follows_from_a_projects_own_terms_reaches_its_queries(tmp_path: Path) -> None:
    """As much as HermiT finds, without Java; and nothing of it is there once the project is left."""
    (tmp_path / "terms").mkdir()
    (tmp_path / "casekg.toml").write_text('[prefixes]\nmy = "https://example.org/own#"\n', "utf-8")
    (tmp_path / "terms" / "own.ttl").write_text(
        """@prefix my: <https://example.org/own#> .
@prefix ckg: <https://w3id.org/casekg/ontology#> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix hgnc: <https://identifiers.org/hgnc:> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
my:Newcitinib a owl:Class ; rdfs:label "newcitinib" ; rdfs:subClassOf ckg:TherapeuticAgent ; ckg:inhibits hgnc:6190 .
my:Oldcitinib a owl:Class ; rdfs:label "oldcitinib" ; rdfs:subClassOf ckg:TherapeuticAgent .
my:Shadow a owl:Class ; rdfs:label "shadow" ; rdfs:subClassOf obo:HP_0000118 ; ckg:affects obo:UBERON_0002048 .
""",
        "utf-8",
    )
    asked = f"SELECT ?own WHERE {{ ?own <{PREFIXES['rdfs']}subClassOf>* <{expand(JAK)}> FILTER(STRSTARTS(STR(?own), 'https://example')) }}"

    def own() -> list[str]:
        return [row["own"].value for row in kg.build().store.query(asked, use_default_graph_as_union=True)]

    try:
        enter(find(tmp_path))
        assert own() == ["https://example.org/own#Newcitinib"]
        layer = classified("hermit")
        assert layer.shipped
        assert layer.parents["https://example.org/own#Newcitinib"] == (expand(JAK),)
        terms = Catalogue.shipped()  # criteria, tables and claims ask it
        assert expand(JAK) in terms.ancestors("https://example.org/own#Newcitinib")
        assert expand(JAK) not in terms.ancestors("https://example.org/own#Oldcitinib")
        assert expand("ckg:LungInvolvement") in terms.ancestors("https://example.org/own#Shadow")
    finally:
        enter(None)
    assert own() == []


OWN = """@prefix my: <https://example.org/own#> .
@prefix ckg: <https://w3id.org/casekg/ontology#> .
@prefix hgnc: <https://identifiers.org/hgnc:> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
my:Odd a owl:Class ; rdfs:label "odd drug" ; skos:definition "Odd." ; rdfs:subClassOf ckg:TherapeuticAgent .
"""


@pytest.fixture
def own_project(tmp_path: Path) -> Iterator[Path]:
    """The terms of a project, to be written on; left again afterwards."""
    (tmp_path / "terms").mkdir()
    (tmp_path / "casekg.toml").write_text('[prefixes]\nmy = "https://example.org/own#"\n', "utf-8")
    try:
        yield tmp_path / "terms" / "own.ttl"
    finally:
        enter(None)


def test_what_nothing_can_be_is_told_in_words_at_its_line(own_project: Path, shipped: Path, run: Any) -> None:
    """By reason and by check: a drug that inhibits what is two kinases at once."""
    more = """my:Bad a owl:Class ; rdfs:label "bad" ; skos:definition "Bad." ; rdfs:subClassOf hgnc:6190 , hgnc:6192 .
my:Worse a owl:Class ; rdfs:label "worse" ; skos:definition "Worse." ; rdfs:subClassOf my:Odd ; ckg:inhibits my:Bad .
"""
    own_project.write_text(OWN + more, "utf-8")
    case = own_project.parents[1] / "case.yaml"
    case.write_text(shipped.read_text("utf-8"), "utf-8")
    for command in (("reason", "--rules", case), ("check", own_project.parents[1])):
        made = run(*command)
        assert made.exit_code == 1, command
        for line, label in ((9, "bad"), (10, "worse")):
            said = next(x for x in made.output.splitlines() if f"{label} (my:{label.title()}): nothing can be it" in x)
            assert f"own.ttl:{line}:1: violation" in said
            assert "nothing is both JAK1 and JAK2" in said
        assert "odd drug" not in made.output.replace("worse is an odd drug", "")


@pytest.mark.parametrize(
    "expression",
    [
        "[ a owl:Restriction ; owl:onProperty ckg:inhibits ; owl:allValuesFrom hgnc:6190 ]",
        "[ owl:complementOf my:Odd ]",
        "[]",
        "[ owl:intersectionOf 3 ]",
        '[ owl:onProperty ckg:inhibits ; owl:minQualifiedCardinality "two" ; owl:onClass hgnc:6190 ]',
        "_:self . _:self owl:unionOf ( my:Odd _:self )",
        "[ owl:unionOf _:list ] . _:list rdf:first my:Odd ; rdf:rest _:list",
    ],
)
def test_owl_that_is_not_read_is_refused_at_its_line(own_project: Path, expression: str) -> None:
    own_project.write_text(f"{OWN}my:Odd rdfs:subClassOf {expression} .\n", "utf-8")
    enter(find(own_project.parents[1]))
    with pytest.raises(CaseError, match=r"is said of my:Odd, which is not read") as told:
        kg.build()
    assert [(r.file, r.line) for r in told.value.results] == [(str(own_project), 8)]


def test_the_command_refuses_owl_that_is_not_read(own_project: Path, shipped: Path, run: Any) -> None:
    own_project.write_text(f"{OWN}my:Odd rdfs:subClassOf [ owl:complementOf my:Odd ] .\n", "utf-8")
    case = own_project.parents[1] / "case.yaml"
    case.write_text(shipped.read_text("utf-8"), "utf-8")
    made = run("show", case)
    assert made.exit_code == 2
    assert "own.ttl:8:1: violation term: an expression of complementOf" in made.output
