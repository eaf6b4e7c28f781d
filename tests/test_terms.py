"""What an id means: label, synonyms, ancestors, and whether it is still in use."""

from __future__ import annotations

import csv
import difflib
import gzip
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.base.places import folder
from kg.base.prefixes import CONCEPTS, PREFIXES, compress, expand, is_curie
from kg.concepts.terms import Catalogue

TERMS = Catalogue.shipped()
TOFACITINIB = expand("CHEBI:71200")
CALCINOSIS = expand("HP:0025520")
NO_SUCH = "HP:" + "9" * 7


def _ancestors(curie: str) -> set[str]:
    return {TERMS.label(iri) for iri in TERMS.ancestors(expand(curie))}


@pytest.mark.parametrize(
    ("curie", "above"),
    [
        ("CHEBI:71200", "Janus Kinase Inhibitors"),
        ("CHEBI:71200", "Protein Kinase Inhibitors"),
        ("CHEBI:71200", "tofacitinib"),
        ("CHEBI:8382", "corticosteroid"),
        ("DRUGBANK:DB00073", "therapeutic agent"),
        ("HP:0033560", "myositis-associated antibody positivity"),
        ("HP:0033560", "Autoimmune antibody positivity"),
        ("HP:0025520", "Abnormality of the skin"),
        ("HP:0012819", "Phenotypic abnormality"),
        ("ckg:NailfoldMegacapillary", "abnormal nailfold capillaries"),
        ("ckg:NailfoldMegacapillary", "Phenotypic abnormality"),
        ("ckg:AntiPMSclScleromyositis", "Scleroderma Polymyositis Overlap Syndrome"),
    ],
)
def test_ancestors(curie: str, above: str) -> None:
    assert above in _ancestors(curie)


@pytest.mark.parametrize(
    ("curie", "not_above"),
    [
        ("HP:0033560", "Antinuclear antibody positivity"),
        ("HP:0025520", "Calcification of muscles"),
        ("CHEBI:8382", "Janus Kinase Inhibitors"),
        ("CHEBI:50858", "prednisone"),
    ],
)
def test_not_ancestors(curie: str, not_above: str) -> None:
    assert not_above in TERMS.labels.values()
    assert not_above not in _ancestors(curie)


def test_every_nailfold_finding_is_a_phenotypic_abnormality() -> None:
    root = expand("HP:0000118")
    tools = ("capillaroscopy", "nail fold")
    nailfold = [iri for iri in TERMS.find("nailfold") if not any(word in TERMS.label(iri) for word in tools)]
    assert len(nailfold) >= 8
    assert [TERMS.label(iri) for iri in nailfold if root not in TERMS.ancestors(iri)] == []


def test_ancestors_end_in_spite_of_a_circle() -> None:
    import pyoxigraph as ox

    def quad(a: str, b: str) -> ox.Quad:
        return ox.Quad(ox.NamedNode("x:" + a), ox.NamedNode(PREFIXES["rdfs"] + "subClassOf"), ox.NamedNode("x:" + b))

    assert Catalogue([quad("a", "b"), quad("b", "a")]).ancestors("x:a") == {"x:a", "x:b"}


@pytest.mark.parametrize(
    ("text", "iri"),
    [
        ("CHEBI:71200", TOFACITINIB),
        ("tofacitinib", TOFACITINIB),
        ("TOFACITINIB", TOFACITINIB),
        (TOFACITINIB, TOFACITINIB),
        ("Calcinosis cutis", CALCINOSIS),
        ("calcinosis", CALCINOSIS),
        ("Cutaneous calcification", CALCINOSIS),
        ("ckg:NailFold", expand("ckg:NailFold")),
        ("megacapillaries", expand("ckg:NailfoldMegacapillary")),
    ],
)
def test_resolve(text: str, iri: str) -> None:
    assert TERMS.resolve(text) == iri


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("tofacitinb", "did you mean tofacitinib (CHEBI:71200)"),
        ("calcinosis cutiss", "did you mean Calcinosis cutis (HP:0025520)"),
        ("qqqqqqqq", "casekg terms WORDS"),
        (NO_SUCH, f"{NO_SUCH} is not among"),
        ("http://example.org/x", "is not a term of casekg's ontology"),
        ("", "no term is called ''"),
    ],
)
def test_resolve_refuses_with_a_hint(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=r".") as caught:
        TERMS.resolve(text)
    assert words in str(caught.value)


def test_a_name_of_several_concepts_is_ambiguous() -> None:
    owners: dict[str, set[str]] = {}
    for iri in TERMS.concepts():
        for name in TERMS.names(iri):
            owners.setdefault(name.casefold(), set()).add(iri)
    labels = {TERMS.label(iri).casefold() for iri in TERMS.labels}
    shared = sorted(name for name, iris in owners.items() if len(iris) > 1 and name not in labels)
    assert shared, "no synonym is shared by two concepts: nothing to test"
    for name in shared[:20]:
        assert set(TERMS.candidates(name)) >= owners[name]
        with pytest.raises(ValueError, match=r"may mean .* or .*; give the id") as caught:
            TERMS.resolve(name)
        assert all(compress(iri) in str(caught.value) for iri in owners[name])


def test_a_label_wins_over_a_synonym() -> None:
    shared = [
        (name, iris)
        for iri in TERMS.concepts()
        for name in [TERMS.label(iri)]
        if len(iris := TERMS.candidates(name)) > 1
        and sum(TERMS.label(i).casefold() == name.casefold() for i in iris) == 1
    ]
    assert shared, "no label is a synonym of another concept: nothing to test"
    for name, iris in shared:
        assert TERMS.label(TERMS.resolve(name)).casefold() == name.casefold()
        assert TERMS.resolve(name) == iris[0]


def test_find_puts_the_exact_name_first_and_needs_every_word() -> None:
    assert TERMS.find("prednisone")[0] == expand("CHEBI:8382")
    found = TERMS.find("nailfold capillary")
    assert expand("ckg:NailfoldCapillaryLoss") in found
    assert expand("ckg:NailfoldHaemorrhage") not in found
    assert TERMS.find("capillary NAILFOLD")
    assert TERMS.find("HP:0025520") == [CALCINOSIS]
    assert TERMS.find(NO_SUCH) == []
    assert TERMS.find("zzzz") == []


@pytest.mark.parametrize("words", ["", " "])
def test_find_nothing(words: str) -> None:
    assert TERMS.find(words) == []


def test_a_right_id_and_label_are_no_problem() -> None:
    assert TERMS.problem("HP:0025520", "Calcinosis cutis") is None


@pytest.mark.parametrize("label", ["Calcinosis", "calcinosis cutis", "Calcinosis cutis "])
def test_a_label_must_agree_to_the_letter(label: str) -> None:
    rule, message, cure = TERMS.problem("HP:0025520", label) or ("", "", "")
    assert rule == "label"
    assert repr(label) in message
    assert cure == "Write 'HP:0025520 ! Calcinosis cutis'."


def test_an_unknown_id_says_where_to_add_it() -> None:
    rule, message, cure = TERMS.problem(NO_SUCH, "Calcinosis cutis") or ("", "", "")
    assert rule == "unknown-id"
    assert NO_SUCH in message
    assert "HP:0025520" in cure
    assert "casekg terms add" in cure


def _retired() -> list[dict[str, str]]:
    packed = (folder("ontology") / "terms" / "retired.tsv.gz").read_bytes()
    return list(csv.DictReader(io.StringIO(gzip.decompress(packed).decode()), delimiter="\t"))


def test_retired_ids_are_told_with_what_replaces_them() -> None:
    rows = [row for row in _retired() if is_curie(row["id"])]
    replaced = [row for row in rows if row["replaced_by"]]
    bare = [row for row in rows if not row["replaced_by"]]
    assert len(replaced) > 1000
    assert bare
    for row in replaced[::500]:
        rule, message, cure = TERMS.problem(row["id"], "anything") or ("", "", "")
        assert (rule, cure) == ("retired-id", "Write the id in use, with its label.")
        assert message == f"{row['id']} is retired; use {row['replaced_by']}."
    rule, message, _ = TERMS.problem(bare[0]["id"], "anything") or ("", "", "")
    assert rule == "retired-id"
    assert "no replacement" in message


def test_no_term_that_is_shipped_is_retired() -> None:
    retired = {row["id"] for row in _retired()}
    assert [c for c in map(compress, TERMS.labels) if c in retired] == []


def test_every_concept_of_the_shipped_case_is_known(seed: object) -> None:
    from kg.model.case import Case
    from kg.model.fields import Term

    case: Case = seed.case  # type: ignore[attr-defined]
    found = [
        term
        for _, fact in case.facts()
        for _, value in fact
        for term in (value if isinstance(value, tuple) else (value,))
        if isinstance(term, Term)
    ]
    assert len(found) > 100
    assert [str(t) for t in found if TERMS.problem(t.id, t.label)] == []


LOCAL = {
    "HP": "0025520", "MONDO": "0005100", "MAXO": "0000387", "UBERON": "0001461", "CHEBI": "71200", "PATO": "0000383",
    "OBI": "0002564", "CL": "0000000", "GO": "0005575", "NCIT": "C41331", "NCBITaxon": "9606", "VO": "0000001",
    "CMO": "0000000", "PR": "P1", "DOID": "4", "EFO": "0020922", "MESH": "D016756", "DRUGBANK": "DB00073", "HGNC": "6190",
    "LOINC": "2157-6", "OMIM": "148600", "ORPHA": "79282", "GENO": "0000135", "SO": "0001060", "ECO": "0000033",
    "UO": "0000022", "OAE": "0000001", "other": "ATC%3AL04AF01", "ckg": "NailFold",
}  # fmt: skip


@pytest.mark.parametrize("prefix", CONCEPTS)
def test_every_source_expands_and_compresses(prefix: str) -> None:
    curie = f"{prefix}:{LOCAL[prefix]}"
    assert is_curie(curie)
    assert compress(expand(curie)) == curie


@settings(deadline=None, derandomize=True, max_examples=200)
@given(st.text(max_size=15) | st.builds("{}:{}".format, st.sampled_from(sorted(CONCEPTS)), st.text(max_size=10)))
def test_a_text_is_an_id_of_a_known_source_or_refused(text: str) -> None:
    if is_curie(text):
        assert compress(expand(text)) == text
    else:
        with pytest.raises(ValueError, match="is not an id of a known source"):
            expand(text)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.sampled_from(sorted(TERMS.concepts())))
def test_find_finds_every_concept_by_its_label(iri: str) -> None:
    assert iri in TERMS.find(TERMS.label(iri))
    assert iri in TERMS.candidates(TERMS.label(iri))


def test_suggestions_are_near() -> None:
    with pytest.raises(ValueError, match="did you mean") as caught:
        TERMS.resolve("prednison")
    named = str(caught.value).split("did you mean ")[1]
    assert difflib.SequenceMatcher(None, "prednison", named.split(" (")[0]).ratio() > 0.75
