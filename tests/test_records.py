"""Records: cases that were read from structured data have pointers where a text has phrases."""

from __future__ import annotations

import csv
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import yaml
from pydantic import ValidationError

import kg
from kg.base.prefixes import CASE, CKG, PREFIXES, expand
from kg.base.results import CaseError
from kg.gate.shapes import validate, validate_graph
from kg.graph.graphs import case_graphs
from kg.graph.store import build
from kg.model.case import Case, Patient
from kg.model.reading import read_case_file
from kg.model.timeline import Timeline
from kg.rdf.iris import case_iri
from kg.rdf.triples import quads

SEED = "10.7759/cureus.34125"
OTHER_LABEL = "Calcinosis of the skin"  # not the one of the source
# Invented: no patient, no publication.
RECORD: dict[str, Any] = {
    "report": {
        "pmid": "1",
        "record": "PMID_1_Patient 1",
        "created": "2024-02-29T12:00:00Z",
        "source": {"kind": "record", "format": "phenopacket", "file": "a.json", "sha256": "0" * 64},
    },
    "patients": {
        "patient-1": {
            "pointer": "/subject",
            "identifier": "Patient 1",
            "other_identifiers": ["P1"],
            "vital_status": "dead",
            "karyotypic_sex": "XX",
            "born": "1980-05",
            "sex": {"concept": "PATO:0000383 ! female", "pointer": "/subject/sex"},
            "age": {"years": 39, "printed": "P39Y", "at": "last-encounter", "pointer": "/subject/timeAtLastEncounter"},
            "times": {
                "last-encounter": {"age": "P39Y", "pointer": "/subject/timeAtLastEncounter"},
                "onset-0": {"stage": "HP:0003577 ! Congenital onset", "pointer": "/phenotypicFeatures/0/onset"},
                "onset-1": {"age": "P10Y/P19Y", "pointer": "/phenotypicFeatures/1/onset"},
                "gestation": {"gestation": "P30W2D", "pointer": "/phenotypicFeatures/2/onset"},
            },
            "diagnoses": {
                "disease-0": {"concept": "OMIM:148600 ! An unknown disease", "onset": "onset-0", "pointer": "/diseases/0"}
            },
            "findings": {
                "feature-0": {
                    "concept": "HP:0001369 ! Arthritis",
                    "status": "present",
                    "onset": "onset-0",
                    "pointer": "/phenotypicFeatures/0",
                },
                "feature-1": {
                    "concept": "HP:0025520 ! " + OTHER_LABEL,
                    "status": "present",
                    "onset": "onset-1",
                    "pointer": "/phenotypicFeatures/1",
                },
                "feature-2": {
                    "concept": "other:SNOMED:1 ! Something",
                    "status": "present",
                    "onset": "gestation",
                    "pointer": "/phenotypicFeatures/2",
                },
                "feature-3": {"concept": "HP:0000010 ! Recurrent urinary tract infections", "status": "excluded", "pointer": "/phenotypicFeatures/3"},
            },
            "follow_up": {
                "last": {
                    "time": "last-encounter",
                    "printed": "DECEASED",
                    "status": "dead",
                    "pointer": "/subject/vitalStatus",
                }
            },
            "variants": {
                "variant-0": {
                    "printed": "c.1A>G",
                    "gene": "HGNC:6190 ! JAK1",
                    "hgvs": ["NM_1.1:c.1A>G"],
                    "zygosity": "GENO:0000135 ! heterozygous",
                    "acmg": "pathogenic",
                    "causation": "causative",
                    "disease": "disease-0",
                    "layer": "interpretation",
                    "pointer": "/interpretations/0/diagnosis/genomicInterpretations/0",
                }
            },
            "extensions": {"biosample-0": {"message": "Biosample", "content": '{"id": "b"}', "pointer": "/biosamples/0"}},
        }
    },
    "metadata": {
        "created-by": {
            "message": "MetaData.createdBy", "content": '"me"', "pointer": "/metaData/createdBy", "layer": "interpretation"
        }
    },
}  # fmt: skip


def changed(*path: str, to: Any = None) -> dict[str, Any]:
    """The record with one key set, or taken out."""
    import copy

    made = copy.deepcopy(RECORD)
    into = made
    for part in path[:-1]:
        into = into[part]
    if to is None:
        del into[path[-1]]
    else:
        into[path[-1]] = to
    return made


@pytest.fixture(scope="module")
def record() -> Case:
    return Case.model_validate(RECORD)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("record") / "record.yaml"
    made.write_text(yaml.safe_dump(RECORD, sort_keys=False), "utf-8")
    return made


def test_a_record_has_a_graph_of_its_own_beside_its_publication(record: Case) -> None:
    assert case_iri(record) == CASE + "pmid-1~PMID_1_Patient%201"
    assert case_iri(Case.model_validate(changed("report", "pmid"))) == CASE + "record~PMID_1_Patient%201"


@pytest.mark.parametrize(("a", "b"), [("x", "X"), ("a~b", "a%7Eb"), ("a b", "a%20b"), ("a/b", "a_b")])
def test_two_ids_never_have_one_graph(a: str, b: str) -> None:
    first, second = (Case.model_validate(changed("report", "record", to=one)) for one in (a, b))
    assert case_iri(first) != case_iri(second)


PATIENT = ("patients", "patient-1")


@pytest.mark.parametrize(
    ("path", "to", "where"),
    [
        ((*PATIENT, "findings", "feature-0", "pointer"), None, (*PATIENT, "findings", "feature-0", "pointer")),
        ((*PATIENT, "sex", "pointer"), None, (*PATIENT, "sex", "pointer")),
        (("report", "record"), None, ("report", "record")),
        (("report", "source", "format"), None, ("report", "source", "format")),
        ((*PATIENT, "findings", "feature-0", "evidence"), {"case": "words"}, (*PATIENT, "findings", "feature-0", "evidence")),
        ((*PATIENT, "findings", "feature-0", "pointer"), "words", (*PATIENT, "findings", "feature-0", "pointer")),
        ((*PATIENT, "times", "last-encounter", "age"), "39 years", (*PATIENT, "times", "last-encounter", "age")),
        ((*PATIENT, "times", "onset-1", "age"), "P19Y/P10Y", (*PATIENT, "times", "onset-1", "age")),
    ],
)  # fmt: skip
def test_what_a_record_must_have_is_told_with_its_place(path: tuple[str, ...], to: Any, where: tuple[str, ...]) -> None:
    with pytest.raises(ValidationError) as told:
        Case.model_validate(changed(*path, to=to))
    assert [error["loc"] for error in told.value.errors()] == [where]


def test_a_text_needs_evidence_and_has_no_pointer(
    minimal: str, tmp_path: Path, write_case: Callable[..., Path]
) -> None:
    path = write_case(tmp_path, replace={"        evidence: {case: ESR was 40 mm/h}\n": "        pointer: /esr\n"})
    with pytest.raises(CaseError) as told:
        read_case_file(path)
    assert {(r.rule, r.key.rsplit(".", 1)[1]) for r in told.value.results} == {
        ("schema", "evidence"),
        ("schema", "pointer"),
    }


def test_a_record_comes_back_from_its_graph(record: Case) -> None:
    read = case_graphs(quads(record))
    (graph,) = read.graphs
    assert [r for r in graph.results if r.severity == "violation"] == []
    assert graph.file is not None
    assert graph.file.case == record


def test_a_record_is_read_built_and_conforms(path: Path) -> None:
    file = read_case_file(path)
    assert {r.rule: r.severity for r in file.results} == {"unverified-id": "info", "label": "warning"}
    told = next(r for r in file.results if r.rule == "unverified-id")
    assert "casekg terms add hp.obo" in told.cure
    validation = validate(build(path))
    assert [r for r in validation.results if r.severity == "violation"] == []


def test_a_concept_that_only_records_know_has_the_label_written_there(path: Path) -> None:
    data = build(path)
    label = PREFIXES["rdfs"] + "label"
    assert [q.object.value for q in data.match(expand("other:SNOMED:1"), label)] == ["Something"]
    assert [q.object.value for q in data.match(expand("HP:0025520"), label)] == ["Calcinosis cutis"]
    written = {q.object.value for q in data.match(None, CKG + "written")}
    assert {"Something", OTHER_LABEL} <= written


@pytest.mark.parametrize("gone", [CKG + "pointer", CKG + "sexPointer", CKG + "agePointer", CKG + "labelOf"])
def test_a_pointer_that_is_taken_out_is_noticed(record: Case, gone: str) -> None:
    every = list(quads(record))
    for quad in (q for q in every if q.predicate.value == gone and not q.subject.value.endswith("patient-1")):
        (graph,) = case_graphs([q for q in every if q != quad]).graphs
        assert any(r.severity == "violation" for r in graph.results), quad


def test_ages_are_years_that_a_query_compares(record: Case) -> None:
    least = {
        q.subject.value.rsplit("#", 1)[1]: Decimal(q.object.value)
        for q in quads(record)
        if q.predicate.value == CKG + "ageLeast"
    }  # type: ignore[union-attr]
    most = {
        q.subject.value.rsplit("#", 1)[1]: Decimal(q.object.value)
        for q in quads(record)
        if q.predicate.value == CKG + "ageMost"
    }  # type: ignore[union-attr]
    assert least == {"last-encounter": 39, "onset-0": 0, "onset-1": 10}
    assert most == {"last-encounter": 40, "onset-0": 0, "onset-1": 20}


def test_ages_order_the_times_of_a_patient(record: Case) -> None:
    patient = record.patients["patient-1"]
    timeline = Timeline(patient)
    assert timeline.relation("onset-0", "onset-1") == "before"
    assert timeline.relation("onset-1", "last-encounter") == "before"
    assert (timeline.bounds("last-encounter").earliest_start or 0, timeline.bounds("onset-0").latest_end) != (0, None)
    assert timeline.bounds("onset-0").earliest_start is not None  # born in May 1980
    assert str(timeline.bounds("onset-0").earliest_start) == "1980-05-01"
    assert str(timeline.bounds("last-encounter").earliest_start) == "2019-05-01"


def test_without_a_date_of_birth_ages_order_all_the_same() -> None:
    patient = Case.model_validate(changed(*PATIENT, "born")).patients["patient-1"]
    timeline = Timeline(patient)
    assert timeline.relation("onset-1", "last-encounter") == "before"
    assert timeline.bounds("last-encounter").earliest_start is None


def test_an_age_at_a_date_gives_the_others_their_dates() -> None:
    patient = Patient.model_validate(
        {
            "age": {"years": 39, "printed": "39", "at": "2019", "evidence": {"case": "39"}},
            "times": {"first": {"age": "P10Y", "evidence": {"case": "ten"}}},
        }
    )
    bounds = Timeline(patient).bounds("first")
    assert (str(bounds.earliest_start), str(bounds.latest_end)) == ("1989-01-01", "1991-12-31")


@pytest.mark.parametrize("command", [["show"], ["check"], ["validate"], ["evidence"], ["matrix"], ["mutate", "--sample", "40"]])  # fmt: skip
def test_the_commands_take_a_record(command: list[str], path: Path, run: Callable[..., Any]) -> None:
    result = run(*command, path)
    assert result.exit_code in (0, 1), result.output
    assert "Traceback" not in result.output


def test_the_timeline_of_a_record_is_drawn(path: Path, tmp_path: Path, run: Callable[..., Any]) -> None:
    pytest.importorskip("matplotlib")
    result = run("timeline", path, "-o", tmp_path / "timeline.svg")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "timeline.svg").read_text("utf-8").count("<svg") == 1


def test_a_fact_of_a_record_is_explained_by_its_pointer(path: Path, record: Case, run: Callable[..., Any]) -> None:
    result = run("explain", case_iri(record) + "/patient-1#feature-0", "--data", path)
    assert result.exit_code == 0, result.output
    assert "/phenotypicFeatures/0" in result.output


def test_questions_answer_from_records_with_the_pointer_where_a_text_has_its_phrase(
    path: Path, run: Callable[..., Any]
) -> None:
    result = run("query", "phenotype/excluded", "--data", path, "--format", "csv")
    assert result.exit_code == 0, result.output
    assert "/phenotypicFeatures/3" in result.stdout


def test_evidence_questions_answer_from_texts_and_records_together(path: Path, run: Callable[..., Any]) -> None:
    packet = Path(__file__).parent / "packet.json"  # invented; with treatments
    seed = Path(kg.__file__).parent / "cases" / "cureus-34125.yaml"
    for name in ("of-drug", "of-finding", "anchors", "legend-only"):
        data = [word for one in (path, packet, seed) for word in ("--data", one)]
        result = run("query", f"evidence/{name}", *data, "--format", "csv")
        assert result.exit_code == 0, result.output
        rows = list(csv.DictReader(result.stdout.splitlines()))
        of = {row["source"].split()[1] if " " in row["source"] else row["source"] for row in rows}
        records = {"legend-only": set(), "of-drug": {"packet.json"}}.get(name, {"a.json", "packet.json"})
        assert of == records | {f"doi:{SEED}"}
        assert name == "legend-only" or any(row["quote"].startswith("/") for row in rows)


# ---- what a shape may ask of a record ----------------------------------------------------


def _told(rows: list[Any], record: bool) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for result in validate_graph(rows, record=record)[0]:
        found.setdefault(result.rule, set()).add(result.severity)
    return found


def test_structure_is_a_violation_in_a_record_too_and_what_is_implausible_a_warning(record: Case) -> None:
    rows = list(quads(record))
    status = ox.NamedNode(CKG + "status")
    broken = [q for q in rows if not (q.predicate == status and "feature-0" in str(q.subject))]
    assert len(broken) == len(rows) - 1
    assert _told(broken, record=True)["shape:Finding-status"] == {"violation"}
    concept = ox.NamedNode(CKG + "concept")
    elbow = ox.NamedNode(PREFIXES["obo"] + "UBERON_0001461")
    moved = [
        ox.Quad(q.subject, concept, elbow, q.graph_name)
        if q.predicate == concept and "feature-0" in str(q.subject)
        else q
        for q in rows
    ]
    assert _told(moved, record=True)["shape:Finding-conceptBranch"] == {"warning"}
    assert _told(moved, record=False)["shape:Finding-conceptBranch"] == {"violation"}
