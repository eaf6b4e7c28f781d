"""Graphs of other models: recognised, lifted, and nothing lost."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.base import places
from kg.base.results import CaseError
from kg.gate.shapes import validate_graph
from kg.model.case import Patient
from kg.rdf.triples import quads
from kg.sources.foreign import Foreign, lift_foreign, lifts

ROOT = Path(__file__).resolve().parents[1]
CORPUS = ROOT.parent / "shared" / "corpus" / "rdf"
FORMATS = {".ttl": ox.RdfFormat.TURTLE, ".nq": ox.RdfFormat.N_QUADS, ".trig": ox.RdfFormat.TRIG}
corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="no ../shared/corpus: the graphs of others are not part of casekg"
)


def read(*paths: Path) -> Foreign:
    data = b"".join(path.read_bytes() for path in paths)
    form = FORMATS[paths[0].suffix]
    items = [
        quad
        for path in paths
        for quad in ox.parse(path.read_bytes(), form, base_iri="http://example.org/", rename_blank_nodes=True)
    ]
    return lift_foreign(named(items), paths[0], hashlib.sha256(data).hexdigest())


def lifted(text: str, form: ox.RdfFormat = ox.RdfFormat.TURTLE, name: str = "x.ttl") -> Foreign:
    items = list(ox.parse(text, form, rename_blank_nodes=True))
    return lift_foreign(named(items), name, hashlib.sha256(text.encode()).hexdigest())


def named(items: list[ox.Quad]) -> list[ox.Quad]:
    """The quads with an IRI for each blank node, as a merge gives them."""

    def name(term: Any) -> Any:
        return ox.NamedNode(f"urn:blank:{term.value}") if isinstance(term, ox.BlankNode) else term

    return [ox.Quad(name(q.subject), q.predicate, name(q.object), name(q.graph_name)) for q in items]


def patient(found: Foreign, number: int = 0) -> Patient:
    return found.files[number].case.patients["p1"]


def only(facts: Any) -> Any:
    assert len(facts) == 1, list(facts)
    return next(iter(facts.values()))


def valid(found: Foreign) -> list[str]:
    """What is wrong with the graphs that were lifted."""
    wrong = []
    for file in found.files:
        wrong += [str(r) for r in file.results if r.severity == "violation"]
        wrong += [str(r) for r in validate_graph(list(quads(file.case)))[0] if r.severity == "violation"]
    return wrong


# ---- the lifts that are shipped ------------------------------------------------------------


def test_each_lift_says_what_it_is_for() -> None:
    assert {lift.name for lift in lifts()} == {"care-sm", "fhir", "nanopublication", "phenopackets-rdf"}
    for lift in lifts():
        assert lift.model
        assert lift.recognise
        assert "CONSTRUCT" in lift.query


@corpus
def test_care_sm_one_patient_of_many_files() -> None:
    found = read(*sorted((CORPUS / "care-sm" / "RDF").glob("*.nq")))
    assert found.lift
    assert found.lift.name == "care-sm"
    assert valid(found) == []
    assert sum(found.records.values()) == 17
    assert set(found.left) == {
        f"https://w3id.org/CARE-SM/#{kind}" for kind in ("Biobank", "Birthplace", "First_visit", "Status")
    }
    first = patient(found)
    assert first.identifier == "50012001"
    assert first.sex
    assert first.sex.concept.label == "female"
    assert first.born == "1985"
    drug, surgery = sorted(first.treatments.values(), key=lambda t: t.drug is None)
    assert drug.drug
    assert drug.drug.id == "other:ATC%3AG04BX16"
    assert drug.dose
    assert (drug.dose.value, drug.dose.unit) == (50, "mg")
    assert drug.frequency
    assert (drug.frequency.times, drug.frequency.per) == (1, "d")
    assert drug.start == "2020-12-25"
    assert surgery.action
    assert surgery.start == "1998-06-30"
    laboratory = only(first.measurements)
    assert (laboratory.analyte.id, laboratory.value, laboratory.unit) == ("NCIT:C105949", 138, "umol/L")
    body_mass = [e.content for e in first.extensions.values() if e.message == "ckg:Measurement"]
    assert ["29.3" in content for content in body_mass] == [True], "a number without unit is kept, but no measurement"
    assert {f.concept.id: f.status for f in first.findings.values()} == {
        "HP:0000790": "present",
        "HP:0003131": "present",
    }
    assert only(first.diagnoses).concept.id == "ORPHA:79282"
    assert only(first.variants).hgvs == ("NM_000341.3(SLC3A1):c.-82T>G",)
    assert patient(found, 1).vital_status == "dead"


@corpus
@pytest.mark.parametrize(
    "path", sorted((CORPUS / "rosazwart" / "example-phenopacket").glob("*.ttl")), ids=lambda p: p.stem[-24:]
)
def test_an_absent_feature_typed_with_what_is_absent_is_excluded(path: Path) -> None:
    found = read(path)
    assert found.lift
    assert found.lift.name == "phenopackets-rdf"
    beside = json.loads(path.with_suffix(".json").read_text("utf-8"))
    wanted = Counter(
        (feature["type"]["id"], "excluded" if feature.get("excluded") else "present")
        for feature in beside["phenotypicFeatures"]
    )
    assert Counter((f.concept.id, f.status) for f in patient(found).findings.values()) == wanted
    assert {d.concept.id for d in patient(found).diagnoses.values()} == {d["term"]["id"] for d in beside["diseases"]}
    assert patient(found).identifier == beside["id"]
    assert {f.pointer for f in patient(found).findings.values()} <= {str(n) for n in found.files[0].nodes.values()}
    assert valid(found) == []


R4 = """
@prefix fhir: <http://hl7.org/fhir/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://ex.org/Patient/7> a fhir:Patient ; fhir:Resource.id [ fhir:value "7" ] ;
  fhir:Patient.gender [ fhir:value "female" ] ; fhir:Patient.birthDate [ fhir:value "1980-05"^^xsd:gYearMonth ] .
<http://ex.org/Condition/1> a fhir:Condition ; fhir:Resource.id [ fhir:value "1" ] ;
  fhir:Condition.subject [ fhir:link <http://ex.org/Patient/7> ; fhir:Reference.reference [ fhir:value "Patient/7" ] ] ;
  fhir:Condition.verificationStatus [ fhir:CodeableConcept.coding [ fhir:Coding.code [ fhir:value "refuted" ] ] ] ;
  fhir:Condition.code [ fhir:CodeableConcept.coding [ fhir:Coding.system [ fhir:value "http://snomed.info/sct" ] ;
    fhir:Coding.code [ fhir:value "31384009" ] ; fhir:Coding.display [ fhir:value "Polymyositis" ] ] ] .
<http://ex.org/Observation/1> a fhir:Observation ; fhir:Resource.id [ fhir:value "2" ] ;
  fhir:Observation.subject [ fhir:Reference.reference [ fhir:value "Patient/7" ] ] ;
  fhir:Observation.effectiveDateTime [ fhir:value "2021-09-03T10:00:00Z"^^xsd:dateTime ] ;
  fhir:Observation.code [ fhir:CodeableConcept.coding [ fhir:Coding.system [ fhir:value "http://loinc.org" ] ;
    fhir:Coding.code [ fhir:value "33762-6" ] ] ] ;
  fhir:Observation.valueQuantity [ fhir:Quantity.value [ fhir:value 35.0 ] ; fhir:Quantity.comparator [ fhir:value "<" ] ;
    fhir:Quantity.unit [ fhir:value "pg/ml" ] ; fhir:Quantity.system [ fhir:value "http://unitsofmeasure.org" ] ;
    fhir:Quantity.code [ fhir:value "pg/mL" ] ] .
<http://ex.org/MedicationStatement/1> a fhir:MedicationStatement ; fhir:Resource.id [ fhir:value "3" ] ;
  fhir:MedicationStatement.subject [ fhir:Reference.reference [ fhir:value "Patient/7" ] ] ;
  fhir:MedicationStatement.effectivePeriod [ fhir:Period.start [ fhir:value "2021-09-01" ] ; fhir:Period.end [ fhir:value "2022-11-30" ] ] ;
  fhir:MedicationStatement.medicationCodeableConcept [ fhir:CodeableConcept.coding [
    fhir:Coding.system [ fhir:value "http://www.whocc.no/atc" ] ; fhir:Coding.code [ fhir:value "L04AF01" ] ;
    fhir:Coding.display [ fhir:value "tofacitinib" ] ] ] .
"""
R5 = """
@prefix fhir: <http://hl7.org/fhir/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<http://ex.org/Patient/7> a fhir:Patient ; fhir:id [ fhir:v "7" ] ; fhir:gender [ fhir:v "female" ] ; fhir:birthDate [ fhir:v "1980-05" ] .
<http://ex.org/Condition/1> a fhir:Condition ; fhir:id [ fhir:v "1" ] ; fhir:subject [ fhir:reference [ fhir:v "Patient/7" ] ] ;
  fhir:verificationStatus [ fhir:coding ( [ fhir:code [ fhir:v "refuted" ] ] ) ] ;
  fhir:code [ fhir:coding ( [ fhir:system [ fhir:v "http://snomed.info/sct"^^xsd:anyURI ] ; fhir:code [ fhir:v "31384009" ] ; fhir:display [ fhir:v "Polymyositis" ] ] ) ] .
<http://ex.org/Observation/1> a fhir:Observation ; fhir:id [ fhir:v "2" ] ; fhir:subject [ fhir:reference [ fhir:v "Patient/7" ] ] ;
  fhir:effective [ a fhir:DateTime ; fhir:v "2021-09-03T10:00:00Z"^^xsd:dateTime ] ;
  fhir:code [ fhir:coding ( [ fhir:system [ fhir:v "http://loinc.org"^^xsd:anyURI ] ; fhir:code [ fhir:v "33762-6" ] ] ) ] ;
  fhir:value [ a fhir:Quantity ; fhir:value [ fhir:v 35.0 ] ; fhir:comparator [ fhir:v "<" ] ; fhir:unit [ fhir:v "pg/ml" ] ;
    fhir:system [ fhir:v "http://unitsofmeasure.org"^^xsd:anyURI ] ; fhir:code [ fhir:v "pg/mL" ] ] .
<http://ex.org/MedicationStatement/1> a fhir:MedicationStatement ; fhir:id [ fhir:v "3" ] ; fhir:subject [ fhir:reference [ fhir:v "Patient/7" ] ] ;
  fhir:effective [ a fhir:Period ; fhir:start [ fhir:v "2021-09-01" ] ; fhir:end [ fhir:v "2022-11-30" ] ] ;
  fhir:medication [ fhir:concept [ fhir:coding ( [ fhir:system [ fhir:v "http://www.whocc.no/atc"^^xsd:anyURI ] ; fhir:code [ fhir:v "L04AF01" ] ; fhir:display [ fhir:v "tofacitinib" ] ] ) ] ] .
"""


@pytest.mark.parametrize("text", [R4, R5], ids=["release 4", "release 5"])
def test_fhir_in_both_spellings_says_the_same(text: str) -> None:
    found = lifted(text)
    assert found.lift
    assert found.lift.name == "fhir"
    assert valid(found) == []
    assert found.left == {}
    seen = patient(found)
    assert seen.identifier == "7"
    assert seen.born == "1980-05"
    assert seen.sex
    assert seen.sex.concept.id == "PATO:0000383"
    refuted = only(seen.diagnoses)
    assert (refuted.concept.id, refuted.concept.label, refuted.status) == (
        "other:SNOMEDCT%3A31384009",
        "Polymyositis",
        "excluded",
    )
    bound = only(seen.measurements)
    assert (bound.comparator, bound.value, bound.unit, bound.time) == ("<", 35, "pg/mL", "2021-09-03")
    given = only(seen.treatments)
    assert (given.drug.id, given.printed, given.start, given.end) == (
        "other:ATC%3AL04AF01",
        "tofacitinib",
        "2021-09-01",
        "2022-11-30",
    )


ANSWER = """
<http://ex.org/Observation/{n}> a fhir:Observation ; fhir:id [ fhir:v "{n}" ] ; fhir:subject [ fhir:reference [ fhir:v "Patient/7" ] ] ;
  fhir:code [ fhir:coding ( [ fhir:system [ fhir:v "{system}" ] ; fhir:code [ fhir:v "{code}" ] ; fhir:display [ fhir:v "{label}" ] ] ) ] ;
  fhir:value [ a fhir:CodeableConcept ; fhir:coding ( [ fhir:display [ fhir:v "{said}" ] ] ) ] .
"""


def test_an_answer_in_words_is_a_finding_where_a_phenotype_was_asked_for() -> None:
    """A negative test of the laboratory is no absent phenotype; it stays in the source, and is counted."""
    hpo = {"system": "http://human-phenotype-ontology.org"}
    told = [
        ANSWER.format(n=11, code="HP:0001369", label="Arthritis", said="Absent", **hpo),
        ANSWER.format(n=12, code="HP:0003326", label="Myalgia", said="Confirmed present", **hpo),
        ANSWER.format(n=13, code="33762-6", label="NT-proBNP", said="Absent", system="http://loinc.org"),
    ]
    found = lifted(R5 + "".join(told))
    assert valid(found) == []
    seen = patient(found).findings
    assert {f.concept.id: f.status for f in seen.values()} == {"HP:0001369": "excluded", "HP:0003326": "present"}
    assert found.left == {"http://hl7.org/fhir/Observation": 1}


NANOPUB = """
@prefix np: <http://www.nanopub.org/nschema#> . @prefix sio: <http://semanticscience.org/resource/> .
@prefix obo: <http://purl.obolibrary.org/obo/> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix prov: <http://www.w3.org/ns/prov#> . @prefix x: <http://ex.org/np1#> .
x:head { <http://ex.org/np1> a np:Nanopublication ; np:hasAssertion x:assertion ; np:hasProvenance x:prov ; np:hasPublicationInfo x:info . }
x:assertion { <http://ex.org/patient/3> a sio:SIO_000498 ; obo:RO_0002200 obo:HP_0025520 .
  <http://ex.org/disease/3> obo:RO_0002200 obo:HP_0001369 . }
x:prov { x:assertion prov:wasDerivedFrom <https://doi.org/10.1/x> . }
x:info { <http://ex.org/np1> prov:wasAttributedTo <http://ex.org/author> . <http://ex.org/author> a foaf:Person . }
"""


def test_a_nanopublication_of_a_person_is_lifted_and_a_disease_or_an_author_is_no_patient() -> None:
    found = lifted(NANOPUB, ox.RdfFormat.TRIG)
    assert found.lift
    assert found.lift.name == "nanopublication"
    assert len(found.files) == 1
    assert valid(found) == []
    assert only(patient(found).findings).concept.id == "HP:0025520"
    assert patient(found).pointer == "http://ex.org/patient/3"


def test_what_no_lift_knows_is_not_guessed() -> None:
    assert lifted("<http://ex.org/a> <http://ex.org/b> 1 .") == Foreign(None)


# ---- odd data -------------------------------------------------------------------------------

ODD = R5.replace('"2021-09-01"', '"2021-09-31"').replace('"31384009"', '"not a code"').replace("35.0", '"high"')


def test_what_cannot_be_used_is_kept_as_an_extension() -> None:
    found = lifted(ODD)
    assert valid(found) == []
    seen = patient(found)
    assert only(seen.treatments).start is None
    kept = {extension.message: json.loads(extension.content) for extension in seen.extensions.values()}
    assert kept["ckg:start"] == ["2021-09-31"]
    assert kept["ckg:value"] == ["high"]
    assert "ckg:Diagnosis" in kept, "a diagnosis without an id is no diagnosis, but it is not lost"
    assert all(extension.pointer for extension in seen.extensions.values())


def test_two_codings_of_one_thing_one_is_the_concept_and_the_other_is_kept() -> None:
    more = R5.replace(
        '( [ fhir:system [ fhir:v "http://snomed.info/sct"',
        '( [ fhir:system [ fhir:v "http://hl7.org/fhir/sid/icd-10" ] ; fhir:code [ fhir:v "M33.2" ] ] [ fhir:system [ fhir:v "http://snomed.info/sct"',
    )
    seen = patient(lifted(more))
    assert only(seen.diagnoses).concept.id == "other:SNOMEDCT%3A31384009"
    assert any("M33.2" in extension.content for extension in seen.extensions.values())


def test_names_follow_from_the_node_not_from_the_order_of_the_file() -> None:
    lines = R5.strip().split("\n<http")
    head, *blocks = lines
    other = lifted("\n<http".join([head, *reversed(blocks)]))
    first = lifted(R5)
    assert other.files[0].case.report.record != first.files[0].case.report.record, "a node of a file of its own"
    assert set(patient(other).diagnoses) == set(patient(first).diagnoses)
    care = CORPUS / "care-sm" / "RDF" / "CARE-SM-Sex.nq"
    if care.is_file():
        assert read(care).files[0].case.report.record == read(care).files[0].case.report.record


# ---- lifts of one's own ----------------------------------------------------------------------

OWN = """#+ model: a table of mine
#+ recognise: ?row <http://my.org/patient> ?who
#+ record: ?record <http://my.org/patient> ?kind
PREFIX ckg: <https://w3id.org/casekg/ontology#>
CONSTRUCT { ?who a ckg:Patient . ?row a ckg:Finding ; ckg:patient ?who ; ckg:concept ?hpo ; ckg:status ckg:Excluded }
WHERE { ?row <http://my.org/patient> ?who ; <http://my.org/without> ?hpo }
"""


@pytest.fixture
def project(tmp_path: Path) -> Any:
    (tmp_path / "lifts").mkdir()
    before = places.project()
    places.enter(tmp_path)
    yield tmp_path / "lifts"
    places.enter(before)


def test_a_lift_of_ones_own_is_read_beside_casekgs(project: Path) -> None:
    (project / "mine.rq").write_text(OWN, "utf-8")
    found = lifted(
        '<http://my.org/r1> <http://my.org/patient> <http://my.org/p> ; <http://my.org/without> "HP:0001369" .'
    )
    assert found.lift
    assert found.lift.model == "a table of mine"
    finding = only(patient(found).findings)
    assert (finding.concept.id, finding.concept.label, finding.status) == ("HP:0001369", "Arthritis", "excluded")


@pytest.mark.parametrize(
    ("replace", "says"),
    [
        (("CONSTRUCT {", "SELECT * {"), "not SPARQL"),
        (("#+ recognise", "#+ recognize"), "'recognize' is not a key"),
        (("#+ record: ?record <http://my.org/patient> ?kind\n", ""), "lacks 'record'"),
        (("#+ model", "#+ first: nowhere\n#+ model"), "no nowhere.rq"),
    ],
)
def test_a_wrong_lift_is_told_with_its_file(project: Path, replace: tuple[str, str], says: str) -> None:
    (project / "mine.rq").write_text(OWN.replace(*replace), "utf-8")
    with pytest.raises(CaseError, match=re.escape(says)) as error:
        lifts()
    assert error.value.results[0].file.endswith("mine.rq")
