"""Is the drug of a treatment the one that was printed?

Names are compared with those of the ontology: a name of another drug is refused, and so is a class
that was printed and made one of its drugs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from kg.base.prefixes import CKG, expand
from kg.base.results import Severity
from kg.concepts.terms import Catalogue
from kg.model.case import Case, Treatment
from kg.model.fields import Term

__all__ = ["drug_names", "parts", "related", "steps"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure


_COMMON = {
    "acid", "agent", "agents", "compound", "drug", "drugs", "inhibitor", "inhibitors", "sodium", "potassium", "calcium",
    "therapy", "treatment", "topical", "oral", "intravenous", "local", "organic", "molecular", "entity", "role", "human",
    "receptor", "protein", "product", "products", "the", "and", "with", "for", "chemical", "monohydrate", "hydrochloride",
}  # fmt: skip


def parts(text: str) -> set[str]:
    """The words of a drug's name that distinguish it."""
    return {w for w in re.findall(r"[^\W_]{2,}", text.casefold().replace("-", " ")) if w not in _COMMON}


@lru_cache(maxsize=4)
def _agents(terms: Catalogue) -> Mapping[str, tuple[str, ...]]:
    """Names of therapeutic agents, and whose they are."""
    found: dict[str, tuple[str, ...]] = {}
    for iri in terms.concepts():
        if CKG + "TherapeuticAgent" in terms.ancestors(iri):
            for name in terms.names(iri):
                found[name.casefold()] = (*found.get(name.casefold(), ()), iri)
    return found


@lru_cache(maxsize=4096)
def related(terms: Catalogue, drug: str) -> frozenset[str]:
    """A drug, the classes above it, and the drugs below it."""
    below = {iri for iris in _agents(terms).values() for iri in iris if drug in terms.ancestors(iri)}
    return frozenset(terms.ancestors(drug) | below | {drug})


def drug_names(case: Case, terms: Catalogue) -> Found:
    """The name that was printed is one of the drug, not of another drug."""
    for name, patient in case.patients.items():
        for key, treatment in patient.treatments.items():
            if treatment.drug is not None and expand(treatment.drug.id) in terms:
                yield from _drug_name(("patients", name, "treatments", key), treatment, treatment.drug, terms)


def steps(case: Case, terms: Catalogue) -> Found:
    """A later step of a treatment, and what a dose was changed to, is of the same drug, or of its class."""
    for name, patient in case.patients.items():
        given = patient.treatments
        links = [("treatments", key, "continues", one.continues, key) for key, one in given.items()]
        links += [("dose_changes", key, "to", one.to, one.treatment) for key, one in patient.dose_changes.items()]
        for section, key, field, other, mine in links:
            one, two = (given[k].drug if k and k in given else None for k in (mine, other))
            fact = getattr(patient, section)[key]
            if one is None or two is None or (fact.odd and two.label in fact.odd):
                continue
            a, b = expand(one.id), expand(two.id)
            if b in related(terms, a) or terms.ancestors(a) & terms.ancestors(b) & _STEROIDS:
                continue
            message = f"{one.label} is no later step of {two.label}, nor of its class."
            cure = f"Correct it; if the report says so, name {two.label} in `odd`."
            yield ("patients", name, section, key, field), "violation", "drug-name", message, cure
    for path, fact in case.facts():
        drug = fact.drug if isinstance(fact, Treatment) and fact.class_only else None
        iri = expand(drug.id) if drug is not None else ""
        if drug is not None and iri in terms and not related(terms, iri) - terms.ancestors(iri) - {iri}:
            message = f"{drug.label} is no class of drugs."
            yield (*path, "class_only"), "violation", "drug-name", message, "Take `class_only` out, or give the class."


# A switch among these is a later step, too.
_STEROIDS = frozenset(map(expand, ("CHEBI:50858", "CHEBI:24261")))


def _drug_name(path: Path_, treatment: Treatment, drug: Term, terms: Catalogue) -> Found:
    kin = related(terms, expand(drug.id))
    printed = treatment.printed.casefold()
    pieces = {printed, re.sub(r"\s*\([^)]*\)", "", printed).strip(), *re.findall(r"\(([^)]+)\)", printed)}
    pieces |= {word for word in re.findall(r"[\w-]{5,}", printed) if word not in _COMMON}
    agents = _agents(terms)
    known = {part: set(agents[part]) for part in pieces if part in agents}
    iri = expand(drug.id)
    whole = known.get(printed) or known.get(re.sub(r"\s*\([^)]*\)", "", printed).strip()) or set()
    if whole and iri not in whole and whole <= terms.ancestors(iri) and not _explained(treatment, drug):
        message = f"{treatment.printed!r} is a name of {terms.label(min(whole))}, the class, not of {drug.label}."
        yield (
            (*path, "drug"),
            "violation",
            "drug-name",
            message,
            "Give the class with `class_only: true`, or name the drug in `note`.",
        )
        return
    if any(iris & kin for iris in known.values()):
        return
    own = {word for iri in kin for name in terms.names(iri) for word in parts(name)}
    shared = {w for w in parts(printed) if any(w == o or (len(w) > 4 and o.startswith(w[:5])) for o in own)}
    others = sorted({f"{terms.label(iri)}" for iris in known.values() for iri in iris})
    odd = bool(treatment.odd and re.search(re.escape(drug.label), treatment.odd, re.IGNORECASE))
    if others and not odd and not shared & parts(drug.label):
        message = f"{treatment.printed!r} is a name of {others[0]}, not of {drug.label}."
        yield (*path, "drug"), "violation", "drug-name", message, "Take the id of the drug that was printed."
    elif not shared and not odd:
        message = f"{treatment.printed!r} is not known as a name of {drug.label}."
        cure = f"Check the id, or add the name as a synonym of {drug.id}."
        yield (*path, "printed"), "warning", "drug-name", message, cure


def _explained(treatment: Treatment, drug: Term) -> bool:
    """Do its other words name the drug?"""
    words = " | ".join(filter(None, [*(a.quote for a in treatment.evidence), treatment.odd, treatment.note]))
    return bool(re.search(re.escape(drug.label), words, re.IGNORECASE))
