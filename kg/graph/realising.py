"""What is each fact of a case, beyond its concept, and do the facts go together? Patients as OWL, in a scratch world.

A fact that is present is of its concept, at its sites, of its drug; a fact that is excluded says
that nothing of the kind held in its window. What is present surely within the window contradicts
it; outside, or when nobody knows, it does not. Dates stay here: no reasoner sees one. What is
found is returned, and written nowhere among what is asserted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.base.prefixes import CASE, CKG, PREFIXES
from kg.base.results import Result, ordered
from kg.concepts.terms import Catalogue
from kg.graph.store import Dataset
from kg.owl.axioms import Axiom, Expression, as_triples, axioms, in_words, module, names
from kg.owl.deriving import CHOICES, CONCEPTS, NODES, defined
from kg.owl.hermit import DEADLINE, classify_each
from kg.owl.saturation import Saturation, justify
from kg.rdf.iris import case_iri, fact_path

__all__ = ["Realisation", "around", "contradictions", "facts", "module_of", "realise", "realised", "worlds"]

_RDF, _RDFS, _OWL = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"]
_NOTHING = _OWL + "Nothing"
DURING = "urn:casekg:held-during"
"""Scratch only: from a fact that is present to the exclusion in whose window it surely lies."""
# Kinds of fact that are excluded, each only against its own.
EXCLUDED = ("Finding", "Diagnosis", "Antibody", "Event", "AdverseEvent")
_BOUNDS = tuple(CKG + name for name in ("earliestStart", "latestStart", "earliestEnd", "latestEnd"))
_LINKS = (*CONCEPTS, *CHOICES, *NODES)


@dataclass(frozen=True)
class Realisation:
    """What the facts and patients of the cases are.

    types: IRI -> the defined classes that it is in. consistent: None when HermiT was not asked.
    """

    types: Mapping[str, frozenset[str]]
    consistent: bool | None
    facts: int
    patients: int


# ---- the facts as axioms -----------------------------------------------------------------


def facts(data: Dataset) -> tuple[Axiom, ...]:
    """What the patients' facts say, as axioms about individuals, each with its place and in words."""
    return tuple(axiom for graph in data.graphs() for axiom in _Graph(data, graph).axioms())


class _Graph:
    """One case graph, read into axioms."""

    def __init__(self, data: Dataset, name: str) -> None:
        self.name, self.terms = name, Catalogue.shipped()
        self.nodes: dict[str, dict[str, list[str]]] = {}
        self.file = next((f for f in data.files if case_iri(f.case) == name), None)
        for quad in data.graph(name):
            if isinstance(quad.subject, ox.NamedNode) and not isinstance(quad.object, ox.BlankNode | ox.Triple):
                row = self.nodes.setdefault(quad.subject.value, {})
                row.setdefault(quad.predicate.value, []).append(quad.object.value)

    def axioms(self) -> Iterator[Axiom]:
        present: list[str] = []
        excluded: list[str] = []
        for iri, row in self.nodes.items():
            if CKG + "Patient" in row.get(_RDF + "type", ()):
                said = f"{_short(iri)} ({self.place(iri)}) is a patient"
                yield Axiom("type", iri, CKG + "Patient", place=iri, said=said)
            if CKG + "PatientFact" in row.get(CKG + "layer", ()):
                status = row.get(CKG + "status", [CKG + "Present"])
                (present if status == [CKG + "Present"] else excluded).append(iri)
        there = set(present)
        for iri in present:
            yield from self.present(iri, there)
        for iri in excluded:
            if self.nodes[iri][CKG + "status"] == [CKG + "Excluded"]:
                yield from self.excluded(iri, present)

    def kinds(self, iri: str) -> list[str]:
        return [k for k in self.nodes[iri].get(_RDF + "type", ()) if k.startswith(CKG)]

    def present(self, iri: str, there: set[str]) -> Iterator[Axiom]:
        row, said = self.nodes[iri], self.told(iri)
        for kind in (*self.kinds(iri), *row.get(CKG + "concept", ())):
            yield Axiom("type", iri, kind, place=iri, said=said)
        for role in _LINKS:
            for value in row.get(role, ()):
                if role in CONCEPTS:
                    yield Axiom("type", iri, ("some", role, value), place=iri, said=said)
                elif role in CHOICES:
                    yield Axiom("type", iri, ("value", role, value), place=iri, said=said)
                elif value in there or CKG + "Patient" in self.nodes.get(value, {}).get(_RDF + "type", ()):
                    yield Axiom("edge", iri, value, role, place=iri, said=said)

    def excluded(self, iri: str, present: Iterable[str]) -> Iterator[Axiom]:
        row = self.nodes[iri]
        kinds = [k for k in self.kinds(iri) if k[len(CKG) :] in EXCLUDED]
        sides = [("some", CKG + "laterality", value) for value in row.get(CKG + "laterality", ())]
        sites = [("some", CKG + "site", value) for value in row.get(CKG + "site", ())]
        said = self.told(iri)
        where: list[tuple[Expression, ...]] = [(site,) for site in sites] or [()]
        for kind in kinds:
            for concept in row.get(CKG + "concept", ()):
                for site in where:
                    parts = (kind, concept, *site, *sides)
                    never = ("not", ("some", ("inverse", DURING), ("and", *parts)))
                    yield Axiom("type", iri, never, place=iri, said=said)
        for other in present:
            mine = self.nodes[other]
            if mine.get(CKG + "patient") == row.get(CKG + "patient") and self.within(other, iri):
                words = f"{_short(other)} lies within the time of {_short(iri)}"
                yield Axiom("edge", other, iri, DURING, place=iri, said=words)

    def within(self, inner: str, outer: str) -> bool:
        """Does a fact surely lie within the window of an exclusion?

        When neither has a time they are told of the same; when one has none, nobody knows.
        """
        a, b = (self.nodes[iri].get(CKG + "time", []) for iri in (inner, outer))
        if not a or not b:
            return not a and not b
        if a == b:
            return True
        x, y = ([self.nodes.get(t[0], {}).get(name, [""])[0] for name in _BOUNDS] for t in (a, b))
        if not (x[0] and x[3] and y[1] and y[2]):
            return False
        return y[1] <= x[0] and x[3] <= y[2]

    def told(self, iri: str) -> str:
        """A fact in the words of its file: key, place, concept, status, time."""
        row = self.nodes[iri]
        label = self.terms.label
        what = [label(v) for name in ("concept", "drug", "procedure", "analyte") for v in row.get(CKG + name, ())]
        what += [f"at {label(v)}" for v in row.get(CKG + "site", ())]
        what += [label(v) for v in row.get(CKG + "laterality", ())]
        what += [f"outcome {label(v)}" for v in row.get(CKG + "outcome", ())]
        what += [f"modifier {label(v)}" for v in row.get(CKG + "modifier", ())]
        what += [f"against {label(v)}" for v in row.get(CKG + "antigen", ())]
        what += [label(v) for v in row.get(CKG + "status", ())]
        for time in row.get(CKG + "time", ()):
            what += [f"time {v}" for v in self.nodes.get(time, {}).get(CKG + "edtf", [_short(time)])]
        return f"{_short(iri)} ({self.place(iri)}): {', '.join(what) or 'stated'}"

    def place(self, iri: str) -> str:
        if self.file is None:
            return self.name or "no graph"
        file, line, _ = self.file.place(*(fact_path(self.file.case, iri) or ()))
        return f"{file}:{line}"


def _short(iri: str) -> str:
    return iri.rsplit("#", 1)[-1] if "#" in iri else iri.removeprefix(CASE)


# ---- what they are -----------------------------------------------------------------------


def realise(data: Dataset, reasoner: str = "hermit", deadline: float = DEADLINE) -> Realisation:
    """The defined classes of every fact and patient.

    reasoner: "hermit", each patient in a world of its own, or "rules" (kg.owl.saturation). deadline:
    seconds for every 100 patients. An exclusion that is contradicted is left out,
    for from a contradiction everything follows; `contradictions` tells of it. Raises
    kg.owl.hermit.ReasonerError when HermiT cannot answer.
    """
    return realised(facts(data), reasoner, deadline)


def realised(told: tuple[Axiom, ...], reasoner: str = "hermit", deadline: float = DEADLINE) -> Realisation:
    """The same, of facts that are read already."""
    wanted = set(defined())
    wrong = {iri for iri, _ in _impossible(told)}
    told = tuple(a for a in told if a.place not in wrong)
    people = sorted({a.left for a in told})
    consistent: bool | None = None
    if reasoner == "hermit":
        answers = list(classify_each((as_triples((*module_of(near), *near)) for near in worlds(told)), deadline))
        consistent = all(answer.consistent for answer in answers)
        found = {iri: kinds for answer in answers for iri, kinds in answer.types.items()}
    else:
        made = Saturation((*module_of(told), *told), people)
        found = {iri: frozenset(made.classes(iri)) for iri in people}
    types = {iri: frozenset(kinds & wanted) for iri, kinds in found.items() if kinds & wanted}
    patients = sum(a.right == CKG + "Patient" for a in told)
    return Realisation(types, consistent, len(people) - patients, patients)


def worlds(told: Iterable[Axiom]) -> tuple[tuple[Axiom, ...], ...]:
    """The facts of each patient apart: what a patient is follows from what is told of nobody else.

    Facts that are linked stay together, whatever their IRIs say.
    """
    first: dict[str, str] = {}

    def root(name: str) -> str:
        while (over := first.setdefault(name, name)) != name:
            first[name] = name = first[over]
        return name

    given = tuple(told)
    for axiom in given:
        ends = [axiom.left, axiom.right] if axiom.kind == "edge" else [axiom.left]
        tops = [root(end.split("#", 1)[0]) for end in ends]
        first[max(tops)] = min(tops)
    found: dict[str, list[Axiom]] = {}
    for axiom in given:
        found.setdefault(root(axiom.left.split("#", 1)[0]), []).append(axiom)
    return tuple(map(tuple, found.values()))


def module_of(told: Iterable[Axiom]) -> tuple[Axiom, ...]:
    """The axioms of the ontology that can matter to facts."""
    return module(axioms(), [name for axiom in told if axiom.kind == "type" for name in names(axiom.right)])


# ---- do they go together? ----------------------------------------------------------------


def _impossible(told: tuple[Axiom, ...]) -> list[tuple[str, tuple[Axiom, ...]]]:
    """Individuals that cannot be, each with a smallest set of axioms that says why."""
    given = (*module_of(told), *told)
    people = sorted({a.left for a in told})
    made = Saturation(given, people)
    wrong = [iri for iri in people if _NOTHING in made.above[iri]]
    found = []
    for iri in wrong:
        near = around(iri, told)
        why = justify((*module_of(near), *near), iri, _NOTHING, 1)
        # what is present is not wrong for lying in the window of what cannot be
        if why and any(a.left == iri and isinstance(a.right, tuple) and a.right[0] == "not" for a in why[0]):
            found.append((iri, why[0]))
    return found


def around(iri: str, told: Iterable[Axiom]) -> list[Axiom]:
    """The facts of the same patient's case: no other can matter."""
    top = iri.split("#", 1)[0]
    return [a for a in told if a.left.startswith(top)]


def contradictions(data: Dataset, told: tuple[Axiom, ...] | None = None) -> tuple[Result, ...]:
    """What is excluded and present at once, by the hierarchy too: each with both lines of the case file."""
    terms = Catalogue.shipped()
    found = []
    for iri, why in _impossible(facts(data) if told is None else told):
        graph = _Graph(data, next((g for g in data.graphs() if iri.startswith(g)), ""))
        there = sorted({a.left for a in why if a.kind == "type" and a.left != iri})
        because = [in_words(a, terms) for a in why if a.kind == "sub" and isinstance(a.right, str)]
        message = f"{graph.told(iri)}, and {' and '.join(graph.told(other) for other in there)}"
        message += f"; {', and '.join(because)}." if because else "."
        cure = "Give the times or sites at which each holds, or correct one of the two."
        result = Result("violation", "inconsistent", message, cure, key=_short(iri), focus=iri)
        if graph.file is not None:
            result = result.at(*graph.file.place(*(fact_path(graph.file.case, iri) or ())))
        found.append(result)
    return ordered(found)
