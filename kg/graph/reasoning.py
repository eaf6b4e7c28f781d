"""What does the concept layer imply, and can it be? OWL 2 DL by HermiT, or by our own rules without Java.

What follows ships as ontology/inferred.ttl and is loaded with the ontology, in a graph of its own,
so that every query sees it and nobody needs Java to ask. `python ontology/infer.py` writes it; a
test holds it against HermiT.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.base import places
from kg.base.positions import subject_lines
from kg.base.prefixes import PREFIXES, compress
from kg.base.results import Result
from kg.concepts.terms import Catalogue
from kg.graph.store import INFERRED, OWN_INFERRED, ontology_quads
from kg.owl.axioms import Axiom, as_triples, axioms, in_words, read
from kg.owl.hermit import DEADLINE, Answer, classify
from kg.owl.saturation import closure, justify, new_parents

__all__ = ["Classification", "classified", "impossible", "new_parents", "unsatisfiable"]

_RDFS, _OWL = PREFIXES["rdfs"], PREFIXES["owl"]
_NOTHING = _OWL + "Nothing"


@dataclass(frozen=True)
class Classification:
    """The concept layer, classified.

    reasoner: HermiT, or rules (kg.owl.saturation). above: class -> every named class above it.
    parents: class -> the parents that follow and are not stated. impossible: classes that cannot
    have an instance. shipped: is it just what queries read (ontology/inferred.ttl, and what
    was derived of the project's own terms)?
    """

    reasoner: str
    consistent: bool
    classes: int
    axioms: int
    parents: Mapping[str, tuple[str, ...]]
    impossible: tuple[str, ...]
    shipped: bool


def classified(reasoner: str = "hermit", extra: Iterable[Axiom] = (), deadline: float = DEADLINE) -> Classification:
    """Classify the ontology, with the entered project's terms.

    reasoner: "hermit" or "rules". extra: axioms to add for this run. Raises kg.owl.hermit.ReasonerError
    when HermiT cannot answer.
    """
    given = (*axioms(), *extra)
    if reasoner == "hermit":
        answer = classify(as_triples(given), deadline)
    else:
        found = closure(given)
        impossible = frozenset(name for name, over in found.items() if _NOTHING in over)
        answer = Answer(True, {name: frozenset(over) for name, over in found.items()}, {}, impossible)
    parents = new_parents(answer.above, given) if answer.consistent else {}
    return Classification(
        "HermiT" if reasoner == "hermit" else "rules",
        answer.consistent,
        len(answer.above),
        len(given),
        parents,
        tuple(sorted(answer.impossible)),
        {(c, p) for c, over in parents.items() for p in over} == shipped_parents(),
    )


def shipped_parents() -> set[tuple[str, str]]:
    """The pairs (class, parent) that queries read: of ontology/inferred.ttl, and of the project's own terms."""
    return {
        (quad.subject.value, quad.object.value)
        for quad in ontology_quads()
        if isinstance(quad.subject, ox.NamedNode)
        and isinstance(quad.object, ox.NamedNode)
        and quad.predicate.value == _RDFS + "subClassOf"
        and isinstance(quad.graph_name, ox.NamedNode)
        and quad.graph_name.value in (INFERRED, OWN_INFERRED)
    }


def unsatisfiable(extra: tuple[ox.Triple, ...] = ()) -> tuple[Result, ...]:
    """Classes of the concept layer that cannot have an instance; none is right.

    extra: triples to add for this run. Raises kg.owl.hermit.ReasonerError when HermiT cannot answer.
    """
    given = (*axioms(), *read(extra))
    answer = classify(as_triples(given))
    if not answer.consistent:
        message = "the ontology as a whole is inconsistent."
        return (Result("violation", "unsatisfiable", message, "Take the last change back.", focus=INFERRED),)
    return impossible(answer.impossible, given)


def impossible(classes: Iterable[str], given: tuple[Axiom, ...] | None = None) -> tuple[Result, ...]:
    """Why nothing can be of these classes, in words; at the line of a project's file, for a term of its own."""
    terms, given = Catalogue.shipped(), axioms() if given is None else given
    lines = {
        iri: (str(path), line, column)
        for path in places.own("terms", "*.ttl")
        for iri, (line, column) in subject_lines(path.read_bytes(), ox.RdfFormat.TURTLE).items()
    }
    return tuple(_impossible(iri, given, terms, lines) for iri in sorted(classes))


def _impossible(
    iri: str, given: tuple[Axiom, ...], terms: Catalogue, lines: Mapping[str, tuple[str, int, int]]
) -> Result:
    why = justify(given, iri, _NOTHING, 1)
    told = "; ".join(in_words(axiom, terms) for axiom in why[0]) if why else "no small reason was found"
    message = f"{terms.label(iri)} ({compress(iri)}): nothing can be it, for {told}."
    cure = "Take one of these out, in ontology/concepts.ttl, classes.ttl or extract.py."
    if iri not in lines:
        return Result("violation", "unsatisfiable", message, cure, focus=iri)
    cure = "Take one of these out that your file says."
    return Result("violation", "unsatisfiable", message, cure, *lines[iri], focus=iri)


def why(name: str, whole: str, extra: Iterable[Axiom] = ()) -> list[tuple[Axiom, ...]]:
    """Minimal sets of axioms from which it follows that everything that is `name` is in `whole`."""
    return justify((*axioms(), *extra), name, whole)
