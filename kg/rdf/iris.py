"""Which IRI does a report, a patient, a fact or a choice of words have?"""

from __future__ import annotations

from functools import lru_cache

from kg.base.prefixes import CASE, CKG
from kg.model.case import Case

__all__ = ["case_iri", "choice_iri", "fact_iri", "fact_path"]


def case_iri(case: Case) -> str:
    """The IRI of a report, which is also the name of its graph.

    From its DOI, else PMCID, else PMID, else the given id, lower case, so that two curators
    mint the same one.
    """
    return CASE + case.report.slug


def fact_iri(case: Case, path: tuple[str, ...]) -> str:
    """The IRI of the fact at a path of the case file (`Case.facts` gives the paths).

    The report is the case itself; sex and age are told of the patient.
    """
    top = case_iri(case)
    match path:
        case ("report",):
            return top
        case ("patients", name) | ("patients", name, "sex" | "age"):
            return f"{top}/{name}"
        case ("patients", name, _, key):
            return f"{top}/{name}#{key}"
        case (_, key):
            return f"{top}#{key}"
    raise ValueError(f"{path!r} is not the path of a fact")


def fact_path(case: Case, iri: str) -> tuple[str, ...] | None:
    """The path in the case file of a fact IRI; None when it is not a fact of this case."""
    for path, _ in case.facts():
        if fact_iri(case, path) == iri:
            return path[:2] if path[-1] in ("sex", "age") else path
    return None


@lru_cache(maxsize=1024)
def choice_iri(words: str) -> str:
    """The individual that a fixed choice of words stands for.

    >>> choice_iri("not improved")
    'https://w3id.org/casekg/ontology#NotImproved'
    """
    return CKG + "".join(part[:1].upper() + part[1:] for part in words.replace("-", " ").split())
