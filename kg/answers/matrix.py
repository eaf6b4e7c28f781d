"""Which drug, which manifestation, and how many persons changed in which way?

Drugs (or their classes) x manifestations over all cases. A cell counts persons, never responses,
and never as a rate: a report tells of one person who was chosen to be told of. What was attributed
to one treatment stands apart from what was attributed to several together, and "not reported" is
counted as well, so that every number has its denominator.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from kg.answers.responses import OUTCOMES, Group, gaps
from kg.base.cells import as_text
from kg.base.prefixes import CKG, compress, expand
from kg.concepts.terms import Catalogue
from kg.graph.store import Dataset
from kg.model.case import Antibody, Diagnosis, Event, Finding, Patient, Treatment
from kg.model.fields import Term
from kg.persons.people import Person, people

__all__ = [
    "Attribution", "Cell", "Count", "Group", "HEADS", "Matrix", "Observation",
    "as_csv", "as_json", "as_markdown", "matrix", "observations", "rows", "tabulate", "whole",
]  # fmt: skip

Attribution = Literal["single", "joint", "none"]

_ORDER: tuple[Group, ...] = get_args(Group)
_DRUG = "CHEBI:23888"  # drug: ChEBI's classes below it say what it is for, the others what it is made of
_NO_CLASS = {CKG + "TherapeuticAgent", expand("CHEBI:50266")}  # every drug is the one; prodrug says nothing of use


@dataclass(frozen=True, slots=True, order=True)
class Observation:
    """That a person was given a drug and had a manifestation, and what the report tells of the two.

    person, drug, manifestation: IRIs, the person as counted (`Person.who`); attribution: "none" where no response is reported.
    facts: IRIs of the response, or of the treatment and the manifestation where there is none.
    """

    person: str
    drug: str
    manifestation: str
    group: Group
    attribution: Attribution
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Count:
    """The persons of a cell with one group of outcomes and one attribution, and the facts that say so."""

    group: Group
    attribution: Attribution
    persons: tuple[str, ...]
    facts: tuple[str, ...]

    @property
    def number(self) -> int:
        """How many persons."""
        return len(self.persons)


@dataclass(frozen=True, slots=True)
class Cell:
    """One drug and one manifestation; persons: all who were given the drug while they had it (the denominator).

    A person is counted once in each group that is told of them, so groups may add up to more than
    the persons: a report may call muscles controlled and still affected.
    """

    drug: str
    manifestation: str
    persons: tuple[str, ...]
    counts: tuple[Count, ...]

    @property
    def reported(self) -> int:
        """Persons with a reported response; the others are "not reported"."""
        return len({p for count in self.counts if count.group != "not reported" for p in count.persons})

    def number(self, group: Group, attribution: Attribution) -> int:
        """Persons of a group and attribution; 0 where there is none."""
        return next((c.number for c in self.counts if (c.group, c.attribution) == (group, attribution)), 0)


@dataclass(frozen=True, slots=True)
class Matrix:
    """Cells by drug and manifestation.

    drugs, manifestations: IRI -> label, in order; manifestations are those with a reported response
    to any drug. silent: those that were present with no response to anything, IRI -> label, and
    `silent_cells` who had them when given which drug.
    classes: whether `drugs` are classes of drugs.
    """

    drugs: Mapping[str, str]
    manifestations: Mapping[str, str]
    cells: Mapping[tuple[str, str], Cell]
    silent: Mapping[str, str]
    classes: bool = False
    silent_cells: Mapping[tuple[str, str], Cell] = field(default_factory=dict)

    @property
    def persons(self) -> int:
        """How many persons are counted at all."""
        return len({person for cell in self.cells.values() for person in cell.persons})


# ---- from observations to cells -----------------------------------------------------------


def tabulate(found: Iterable[Observation], terms: Catalogue | None = None, classes: bool = False) -> Matrix:
    """The matrix of observations; their order does not matter.

    >>> one = Observation("p1", "drug", "sign", "stable", "joint", ("r1",))
    >>> made = tabulate([one, Observation("p2", "drug", "sign", "not reported", "none", ("t", "f"))])
    >>> cell = made.cells["drug", "sign"]
    >>> len(cell.persons), cell.reported, cell.number("stable", "joint"), cell.number("not reported", "none")
    (2, 1, 1, 1)
    """
    label = (terms or Catalogue.shipped()).label
    by_cell: dict[tuple[str, str], list[Observation]] = {}
    for observation in sorted(set(found)):
        by_cell.setdefault((observation.drug, observation.manifestation), []).append(observation)
    answered = {m for (_, m), inside in by_cell.items() if any(o.attribution != "none" for o in inside)}
    made = {where: _cell(*where, by_cell[where]) for where in sorted(by_cell)}
    cells = {where: cell for where, cell in made.items() if where[1] in answered}

    def named(iris: Collection[str]) -> dict[str, str]:
        return {iri: label(iri) for iri in sorted(iris, key=lambda iri: (label(iri).casefold(), iri))}

    return Matrix(
        named({drug for drug, _ in cells}),
        named(answered),
        cells,
        named({m for _, m in by_cell} - answered),
        classes,
        {where: cell for where, cell in made.items() if where[1] not in answered},
    )


def _cell(drug: str, manifestation: str, inside: list[Observation]) -> Cell:
    told = {o.person for o in inside if o.group != "not reported"}
    counted: dict[tuple[int, Attribution], list[Observation]] = {}
    for o in inside:
        if o.group != "not reported":
            counted.setdefault((_ORDER.index(o.group), o.attribution), []).append(o)
        elif o.person not in told:
            counted.setdefault((_ORDER.index(o.group), "none"), []).append(o)
    counts = tuple(
        Count(
            _ORDER[rank],
            attribution,
            tuple(sorted({o.person for o in same})),
            tuple(sorted({fact for o in same for fact in o.facts})),
        )
        for (rank, attribution), same in sorted(counted.items(), key=lambda item: (item[0][0], item[0][1] == "joint"))
    )
    return Cell(drug, manifestation, tuple(sorted({o.person for o in inside})), counts)


# ---- from cases to observations -----------------------------------------------------------


def matrix(data: Dataset, classes: bool = False, persons: Collection[Person] | None = None) -> Matrix:
    """The matrix of a dataset, or of some of its patients.

    Counted are patient facts; a manifestation counts with its parts (`aspect_of`); a person counts
    for "not reported" where `responses.gaps` says so of a line of therapy with the drug: it was surely
    there when the line began, and is not mentioned under it. Preventive and supportive treatments
    and later doses of another one count only where a response is told.
    """
    terms = Catalogue.shipped()
    persons = people(data) if persons is None else persons
    above = None
    if classes:
        given = {_concept(t) for person in persons for t in person.patient.treatments.values()}
        above = {drug: _classes(drug, given, terms) for drug in given}
    return tabulate((o for person in persons for o in observations(person, above)), terms, classes)


def observations(person: Person, classes: Mapping[str, Collection[str]] | None = None) -> Iterator[Observation]:
    """What is told of each drug and manifestation of one person; of the classes of each drug, where they are given."""
    patient = person.patient
    named = {
        key: classes[_concept(t)] if classes else (_concept(t),)
        for key, t in patient.treatments.items()
        if t.layer == "patient fact"
    }
    for key, response in patient.responses.items():
        if response.layer != "patient fact":
            continue
        group = OUTCOMES[response.outcome].group
        attribution: Attribution = "none" if group == "not reported" else "joint" if len(response.to) > 1 else "single"
        for treatment in response.to:
            for drug in named.get(treatment, ()):
                for concept in sorted({_manifestation(person, of) for of in response.of}):
                    yield Observation(person.who, drug, concept, group, attribution, (person.fact(key),))
    for gap in gaps(person):
        for treatment in gap.treatments:
            facts = person.fact(treatment), person.fact(gap.manifestation)
            for drug in named.get(treatment, ()):
                concept = _manifestation(person, gap.manifestation)
                yield Observation(person.who, drug, concept, "not reported", "none", facts)


def _concept(treatment: Treatment) -> str:
    """The IRI of what was given."""
    concept = treatment.drug or treatment.action
    return expand(concept.id) if concept else ""


def whole(patient: Patient, key: str) -> tuple[str, Term | None]:
    """The key and concept of the manifestation that a finding or diagnosis is a part or later state of."""
    seen = {key}
    while key in patient.findings and (above := patient.findings[key].aspect_of) and above not in seen:
        key = above
        seen.add(key)
    known: list[Mapping[str, Finding | Diagnosis | Event | Antibody]] = [
        patient.findings, patient.diagnoses, patient.events, patient.antibodies,
    ]  # fmt: skip
    return key, next((facts[key].concept for facts in known if key in facts), None)


def _manifestation(person: Person, key: str) -> str:
    """The IRI of the concept of the whole, or of the fact where it has none."""
    key, concept = whole(person.patient, key)
    return expand(concept.id) if concept else person.fact(key)


def _classes(drug: str, given: Collection[str], terms: Catalogue) -> tuple[str, ...]:
    """Classes of a drug among those of all drugs of the data; the drug itself where it has none.

    A class is what a source says drugs are for, and a drug that is above another (corticosteroid,
    where prednisone was given too). It counts each drug that is below it, at whatever distance.
    """
    chosen: set[str] = set()
    for other in given:
        chosen |= {iri for iri in given if iri != other and iri in terms.ancestors(other)}
        todo = list(terms.parents_of(other))
        while todo:
            parent = todo.pop()
            chemical = compress(parent).startswith("CHEBI:")
            if parent not in _NO_CLASS and (not chemical or expand(_DRUG) in terms.ancestors(parent)):
                chosen.add(parent)
                # a class that follows from targets (JAK1/3 inhibitor) is under the class people ask for
                todo += terms.parents_of(parent) if parent.startswith(CKG) else ()
    return tuple(sorted(chosen & terms.ancestors(drug))) or (drug,)


# ---- as text ------------------------------------------------------------------------------

HEADS = (
    "drug", "drug id", "manifestation", "manifestation id", "outcome", "attribution",
    "persons", "reported", "given", "facts",
)  # fmt: skip


def rows(made: Matrix) -> list[tuple[str | int, ...]]:
    """One row a cell, group and attribution, under HEADS.

    persons: how many have this outcome; reported: how many of the cell have any; given: how many
    were given the drug while they had the manifestation. facts: IRIs, by blanks.
    """
    found: list[tuple[str | int, ...]] = []
    for drug, drug_label in made.drugs.items():
        for sign, label in made.manifestations.items():
            cell = made.cells.get((drug, sign))
            for c in cell.counts if cell else ():
                of = (c.number, cell.reported, len(cell.persons)) if cell else ()
                attribution = "" if c.attribution == "none" else c.attribution
                found.append(
                    (drug_label, compress(drug), label, compress(sign), c.group, attribution, *of, " ".join(c.facts))
                )
    return found


def as_csv(made: Matrix) -> str:
    """The rows as CSV, with a head; no cell is a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(HEADS)
    writer.writerows([as_text(cell) if isinstance(cell, str) else cell for cell in row] for row in rows(made))
    return out.getvalue()


def as_markdown(made: Matrix) -> str:
    """The rows as a Markdown table."""
    table = [HEADS, ("---",) * len(HEADS), *rows(made)]
    return "".join("| " + " | ".join(str(c).replace("|", "\\|") for c in row) + " |\n" for row in table)


def as_json(made: Matrix) -> str:
    """The matrix as JSON: cells with their counts, persons and facts."""
    cells = [
        {
            "drug": cell.drug,
            "manifestation": cell.manifestation,
            "given": list(cell.persons),
            "reported": cell.reported,
            "counts": [
                {"outcome": c.group, "attribution": c.attribution, "persons": list(c.persons), "facts": list(c.facts)}
                for c in cell.counts
            ],
        }
        for cell in made.cells.values()
    ]
    told = {
        "drugs": dict(made.drugs),
        "classes": made.classes,
        "manifestations": dict(made.manifestations),
        "without any response": dict(made.silent),
        "persons": made.persons,
        "cells": cells,
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
