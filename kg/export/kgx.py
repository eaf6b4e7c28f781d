"""How do cases look as a Biolink graph in KGX (nodes.tsv, edges.tsv)?

Biolink (4.4) has cases, features, diseases, genes, drugs and treatments; it has no response, no
measured value of a patient and no time, so those are lost, and counted. A treatment is a node of its
own, so that a drug keeps its case: treatment `applied_to_treat` what it was given for, never `treats`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from kg.base.losses import Losses
from kg.model.case import Case, Fact, Patient
from kg.model.fields import Term
from kg.rdf.iris import case_iri

__all__ = ["EDGES", "NODES", "write_kgx"]

NODES = ("id", "category", "name", "has_drug", "in_taxon", "has_biological_sex", "provided_by")
EDGES = (
    "id", "subject", "predicate", "object", "category", "negated", "original_predicate", "publications",
    "supporting_text", "primary_knowledge_source", "knowledge_level", "agent_type",
)  # fmt: skip
_SOURCE = "infores:casekg"
_WITHOUT = "Biolink has no slot for it"
# Section -> field with the concept, category of the concept, predicate, category of the association.
_PLAIN: Mapping[str, tuple[str, str, str, str]] = {
    "findings": ("concept", "PhenotypicFeature", "has_phenotype", "CaseToPhenotypicFeatureAssociation"),
    "antibodies": ("concept", "PhenotypicFeature", "has_phenotype", "CaseToPhenotypicFeatureAssociation"),
    "diagnoses": ("concept", "Disease", "related_to_at_instance_level", "CaseToDiseaseAssociation"),
    "variants": ("gene", "Gene", "related_to_at_instance_level", "CaseToGeneAssociation"),
}
_GIVEN = "ChemicalOrDrugOrTreatmentToDiseaseOrPhenotypicFeatureAssociation"
_ADVERSE = "ChemicalOrDrugOrTreatmentAdverseEventAssociation"
_KEPT = {"concept", "gene", "status", "evidence", "layer", "pointer", "drug", "printed", "indication", "of"}


def _cell(value: object) -> str:
    return str(value).replace("\t", " ").replace("\n", " ").replace("\r", " ")


@dataclass
class _Graph:
    """Nodes and edges, each once."""

    nodes: dict[str, dict[str, str]] = field(default_factory=dict)
    edges: dict[str, dict[str, str]] = field(default_factory=dict)

    def concept(self, term: Term, category: str) -> str:
        self.nodes.setdefault(term.id, {"id": term.id, "category": f"biolink:{category}", "name": term.label})
        return term.id

    def edge(self, key: str, subject: str, predicate: str, value: str, category: str, **more: str) -> None:
        made = {"subject": subject, "predicate": f"biolink:{predicate}", "object": value}
        self.edges[key] = {"id": key, **made, "category": f"biolink:{category}", **more}


def write_kgx(cases: Iterable[Case]) -> tuple[dict[str, bytes], Losses]:
    """Names and bytes of the files, and what did not survive."""
    graph, losses = _Graph(), Losses()
    for case in cases:
        _case(case, graph, losses)
    tables = {"nodes.tsv": (NODES, graph.nodes), "edges.tsv": (EDGES, graph.edges)}
    return {name: "".join(_lines(heads, rows)).encode() for name, (heads, rows) in tables.items()}, losses


def _lines(heads: tuple[str, ...], rows: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    yield "\t".join(heads) + "\n"
    for key in sorted(rows):
        yield "\t".join(_cell(rows[key].get(head, "")) for head in heads) + "\n"


def _case(case: Case, graph: _Graph, losses: Losses) -> None:
    report = case.report
    paper = f"PMID:{report.pmid}" if report.pmid else f"DOI:{report.doi}" if report.doi else ""
    for name in ("statements", "references", "claims", "metadata"):
        losses.lose(name, len(getattr(case, name)), "not about a patient")
    losses.lose(
        "report", sum(1 for key, value in report if value and key not in ("doi", "pmid", "source", "layer")), _WITHOUT
    )
    for name, patient in case.patients.items():
        _patient(f"casekg:{case_iri(case).rpartition('/')[2]}/{name}", patient, paper, graph, losses)


def _patient(iri: str, patient: Patient, paper: str, graph: _Graph, losses: Losses) -> None:
    row = {"id": iri, "category": "biolink:Case", "name": iri.partition(":")[2], "in_taxon": patient.species.id}
    if patient.sex:
        row["has_biological_sex"] = patient.sex.concept.id
    graph.nodes[iri] = row | {"provided_by": _SOURCE}
    losses.keep("patients")
    losses.lose("age", int(patient.age is not None), _WITHOUT)
    for section, key, fact in patient.facts():
        more = {
            "publications": paper,
            "supporting_text": "|".join(anchor.quote.replace("|", "/") for anchor in fact.evidence),
            "primary_knowledge_source": _SOURCE,
            "knowledge_level": "observation" if fact.layer == "patient fact" else "knowledge_assertion",
            "agent_type": "manual_agent",
            "original_predicate": f"ckg:{section}",
        }
        status = getattr(fact, "status", "present")
        more["negated"] = "true" if status == "excluded" else "false"
        if why := _untold(fact, status):
            losses.lose(section, 1, why)
        elif _written(f"{iri}#{key}", iri, section, fact, patient, more, graph):
            losses.keep(section)
            for name, value in fact:
                if value and name not in _KEPT and value != type(fact).model_fields[name].default:
                    losses.lose(f"{section}.{name}", 1, _WITHOUT)
        else:
            losses.lose(section, 1, _WITHOUT)


def _untold(fact: Fact, status: str) -> str:
    """Why an edge would say more than the report does; empty when it would not."""
    if status == "not stated":
        return "its status is not stated"
    if fact.certainty not in (None, "confirmed"):
        return "it is not certain; an edge would assert it"
    if fact.layer not in ("patient fact", "interpretation"):
        return "it is no fact of the patient"
    if status == "excluded" and getattr(fact, "time", None):
        return "excluded at a time only; a negated edge would say never"
    return ""


def _written(
    key: str, iri: str, section: str, fact: Fact, patient: Patient, more: dict[str, str], graph: _Graph
) -> bool:
    """Write a fact as nodes and edges; False when Biolink has no place for it."""
    if section in _PLAIN:
        name, category, predicate, association = _PLAIN[section]
        term = getattr(fact, name)
        if term is None:
            return False
        graph.edge(key, iri, predicate, graph.concept(term, category), association, **more)
        return True
    if section == "treatments":
        node = {"id": key, "category": "biolink:Treatment", "name": getattr(fact, "printed")}  # noqa: B009
        drug = getattr(fact, "drug")  # noqa: B009
        if drug:
            node["has_drug"] = graph.concept(drug, "Drug")
        graph.nodes[key] = node | {"provided_by": _SOURCE}
        graph.edge(f"{key}.given", iri, "related_to_at_instance_level", key, "Association", **more)
        for target in getattr(fact, "indication"):  # noqa: B009
            for place, category in (("findings", "PhenotypicFeature"), ("diagnoses", "Disease")):
                if target in getattr(patient, place):
                    concept = graph.concept(getattr(patient, place)[target].concept, category)
                    graph.edge(f"{key}.for.{target}", key, "applied_to_treat", concept, _GIVEN, **more)
        return True
    if section == "adverse_events":
        concept = graph.concept(getattr(fact, "concept"), "PhenotypicFeature")  # noqa: B009
        for treatment in getattr(fact, "of"):  # noqa: B009
            graph.edge(f"{key}.of.{treatment}", f"{iri}#{treatment}", "has_adverse_event", concept, _ADVERSE, **more)
        return True
    return False
