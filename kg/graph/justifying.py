"""Why does it follow? The axioms and facts behind an inferred triple, minimal, in plain words with their sources.

Take any step away and the rest does not carry the conclusion (tests hold that against HermiT).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kg.base import places
from kg.base.prefixes import CKG, PREFIXES, compress
from kg.base.results import CaseError, Result
from kg.concepts.terms import Catalogue
from kg.graph.explaining import find_fact
from kg.graph.realising import around, facts, module_of
from kg.graph.store import Dataset
from kg.owl.axioms import Axiom, axioms, in_words, names
from kg.owl.deriving import defined
from kg.owl.ontology import INFERRED, written_ontology
from kg.owl.saturation import Saturation, justify

__all__ = ["Step", "Why", "why"]

_SUB, _TYPE = PREFIXES["rdfs"] + "subClassOf", PREFIXES["rdf"] + "type"


@dataclass(frozen=True)
class Step:
    """One axiom or fact, in words, and where it is stated."""

    words: str
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Why:
    """That a subject is in a class, and the minimal sets of steps that say so, smallest first.

    stated: the ontology says it itself, so that nothing need be inferred.
    """

    subject: str
    whole: str
    reasons: tuple[tuple[Step, ...], ...]
    stated: bool = False


def why(data: Dataset, subject: str, whole: str | None = None, most: int = 3) -> tuple[Why, ...]:
    """Explain why a term, a fact or a patient is in a class; without a class, in every one that is inferred.

    subject: id, label or synonym of a term; IRI or key of a fact; IRI or key of a patient.
    most: how many minimal sets. Raises CaseError for an unknown name, or for what does not follow.

    >>> from kg.graph.store import build
    >>> [step.words for step in why(build(), "tofacitinib", "JAKi")[0].reasons[0] if "JAK1" in step.words][-1]
    'tofacitinib inhibits JAK1'
    """
    terms = Catalogue.shipped()
    wanted = None if whole is None else _class(whole, terms)
    problem: CaseError | None = None
    for iri, concept in _subjects(data, subject, terms):  # `calcinosis` may be a term, and the key of a fact
        try:
            return _why(data, subject, iri, concept, wanted, most)
        except CaseError as error:
            problem = problem or error
    assert problem is not None
    raise problem


def _why(data: Dataset, subject: str, iri: str, concept: bool, whole: str | None, most: int) -> tuple[Why, ...]:
    terms = Catalogue.shipped()
    near: list[Axiom] = [] if concept else around(iri, facts(data))
    given: tuple[Axiom, ...] = axioms() if concept else (*module_of(near), *near)
    made = Saturation(given, [iri])
    stated = {a.right for a in given if a.kind == "sub" and a.left == iri}
    wanted = [whole] if whole is not None else sorted(made.classes(iri) & (_new(iri) if concept else set(defined())))
    label = f"{terms.label(iri)} ({compress(iri)})" if concept else compress(iri)
    if not wanted:
        raise _refuse(subject, f"nothing is inferred of {label}.", "Name a class to see why it is in it.")
    found = []
    for name in wanted:
        reasons = justify(given, iri, name, most)
        if not reasons or iri == name:
            cure = "`casekg explain --inferred SUBJECT` without a class lists what does."
            raise _refuse(subject, f"it does not follow that {label} is {terms.label(name)}.", cure)
        steps = tuple(_steps(reason, terms) for reason in reasons)
        found.append(Why(label, f"{terms.label(name)} ({compress(name)})", steps, name in stated))
    return tuple(found)


def _subjects(data: Dataset, text: str, terms: Catalogue) -> list[tuple[str, bool]]:
    """The IRIs that may be meant, and whether each is a concept; never none."""
    people = [q.subject.value for q in data.match(None, _TYPE, CKG + "Patient")]
    hits = [(p, False) for p in people if text in (p, compress(p), p.rsplit("/", 1)[-1])]
    if len(hits) == 1:
        return hits
    found, told = [], ""
    try:
        found.append((terms.resolve(text), True))
    except ValueError as error:
        told = str(error)
    try:
        found.append((find_fact(data, text), False))
    except CaseError as error:
        if not found:
            raise _refuse(text, f"is no fact or patient of the data, and {told}.", "Give an id.") from error
    return found


def _class(text: str, terms: Catalogue) -> str:
    """A class by id or name: concepts, and defined classes of the vocabulary."""
    by_name = {terms.label(iri).casefold(): iri for iri in defined()} | {compress(iri): iri for iri in defined()}
    if text.casefold() in by_name or text in by_name:
        return by_name.get(text) or by_name[text.casefold()]
    try:
        return terms.resolve(text)
    except ValueError as error:
        raise _refuse(text, f"{error}.", "Give the id of a class.") from error


def _refuse(place: str, message: str, cure: str) -> CaseError:
    return CaseError([Result("violation", "term", message, cure, place)])


def _new(iri: str) -> set[str]:
    """The classes that are above a class only by inference, if they are."""
    stated: dict[str, set[str]] = {}
    for axiom in axioms():
        if axiom.kind == "sub" and isinstance(axiom.right, str) and isinstance(axiom.left, str):
            stated.setdefault(axiom.left, set()).add(axiom.right)
    seen = {iri}
    todo = [iri]
    while todo:
        new = stated.get(todo.pop(), set()) - seen
        seen |= new
        todo += new
    return {name for axiom in axioms() for name in names(axiom.left)} - seen


def _steps(reason: Iterable[Axiom], terms: Catalogue) -> tuple[Step, ...]:
    """The axioms in words, definitions first, each said once."""
    order = {"same": 0, "disjoint": 1, "sub": 2}
    found: dict[str, tuple[str, ...]] = {}
    for axiom in sorted(reason, key=lambda a: (order.get(a.kind, 3), in_words(a, terms))):
        words = in_words(axiom, terms)
        found.setdefault(words, axiom.sources or _stated(axiom))
    return tuple(Step(words, sources) for words, sources in found.items())


def _stated(axiom: Axiom) -> tuple[str, ...]:
    """The file that states an axiom without a source of its own; a fact names its place in its words."""
    if axiom.place:
        return ()
    if axiom.kind == "same" or axiom.kind in ("subrole", "transitive"):
        return ("ontology/definitions.ttl",)
    filled = axiom.right if isinstance(axiom.right, str) else axiom.right[-1]
    predicate = _SUB if isinstance(axiom.right, str) else axiom.right[1]
    place = _places(places.project()).get((axiom.left, predicate, filled))
    return (f"{place.removeprefix('https://w3id.org/casekg/')}.ttl" if place else "ontology/definitions.ttl",)


@lru_cache(maxsize=4)
def _places(project: Any) -> dict[tuple[str, str, str], str]:  # noqa: ARG001 - the key of what is remembered
    loaded: Any = written_ontology()
    return {
        (q.subject.value, q.predicate.value, q.object.value): q.graph_name.value
        for q in loaded
        if q.graph_name.value != INFERRED
    }
