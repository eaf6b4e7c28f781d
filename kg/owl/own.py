"""What follows from a project's own terms? Their parents that nobody wrote, as ontology/inferred.ttl has ours.

The catalogue is told of it here, so that criteria and tables see them as queries do; the packages that
reason stand above those that hold terms, and cannot be asked by them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pyoxigraph as ox

from kg.base import places
from kg.concepts.terms import ask_too
from kg.owl.axioms import axioms, module
from kg.owl.saturation import closure, new_parents

__all__ = ["own_parents"]


def own_parents() -> Mapping[str, tuple[str, ...]]:
    """Term of the entered project -> its direct parents that follow from what is said of it, and are not stated."""
    return _own_parents(places.project())


@places.remembered
@lru_cache(maxsize=4)
def _own_parents(project: Path | None) -> Mapping[str, tuple[str, ...]]:  # noqa: ARG001 - the key of what is remembered
    files = places.own("terms", "*.ttl")
    wanted = {q.subject.value for p in files for q in ox.parse(p.read_bytes(), ox.RdfFormat.TURTLE)
              if isinstance(q.subject, ox.NamedNode)}  # fmt: skip
    if not wanted:
        return {}
    given = module(axioms(), wanted)
    parents = new_parents(closure(given), given)
    return {name: parents[name] for name in sorted(wanted & set(parents))}


ask_too(own_parents)
