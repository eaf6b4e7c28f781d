"""What do the files of the ontology say, as quads, with those of the entered project?

What follows from a project's own terms is not here: `kg.graph.store.ontology_quads` has it beside them.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from kg.base import places
from kg.base.bounds import turtle
from kg.base.places import folder
from kg.base.prefixes import PREFIXES
from kg.concepts.bridges import ONTOLOGY
from kg.concepts.terms import Catalogue, ontology_files

__all__ = ["INFERRED", "written_ontology"]

INFERRED = f"{ONTOLOGY}/inferred"
"""The graph of what follows from the concept layer (ontology/inferred.ttl)."""
_LABEL = PREFIXES["rdfs"] + "label"


def written_ontology() -> tuple[ox.Quad, ...]:
    """The ontology's quads, as written, one graph a file; with the entered project's terms."""
    return _written(places.project())


@places.remembered
@lru_cache(maxsize=4)
def _written(project: Path | None) -> tuple[ox.Quad, ...]:  # noqa: ARG001 - the key of what is remembered
    found = []
    renamed = Catalogue.shipped().relabelled
    for path in ontology_files():
        name = (
            ONTOLOGY
            if path.stem == "casekg"
            else f"{ONTOLOGY}/{path.stem}"
            if path.parent == folder("ontology")
            else f"{ONTOLOGY}/terms/{path.stem}"
        )
        graph = ox.NamedNode(name)
        for quad in ox.parse(turtle(path), ox.RdfFormat.TURTLE):
            if quad.predicate.value == _LABEL and quad.subject.value in renamed:
                continue  # an added ontology has its own
            found.append(ox.Quad(quad.subject, quad.predicate, quad.object, graph))
    return tuple(found)
