"""What does a reader's word stand for, among the concepts that the data has?

A filter takes an id, a label or a synonym. Of several concepts of that name it means the one that the
data knows; a concept answers for all that is below it.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NoReturn

from kg.base.prefixes import compress
from kg.base.results import CaseError, Result
from kg.concepts.terms import Catalogue

__all__ = ["Filter", "refuse", "understood"]


@dataclass(frozen=True, slots=True)
class Filter:
    """The concept a text was understood as, in words, and which concepts of the data are that or below it."""

    iri: str
    told: str
    hits: frozenset[str]


def understood(name: str, text: str, used: Collection[str], place: str = "casekg evidence") -> Filter:
    """The concept that a text stands for: of several of that name, the one that the data has.

    used: IRIs of the concepts of the data. Raises CaseError for a name that is unknown or means several things.
    """
    terms = Catalogue.shipped()
    try:
        found = terms.candidates(text)
    except ValueError as error:
        if text in used:  # of a vocabulary that casekg does not know
            return Filter(text, compress(text), frozenset({text}))
        refuse(name, str(error).rstrip("?"), place=place)
    above = {concept: terms.ancestors(concept) for concept in used}
    hits = {iri: frozenset(concept for concept in used if iri in above[concept]) for iri in found}
    there = [iri for iri in found if hits[iri]] or found[:1]
    exact = [iri for iri in there if terms.label(iri).casefold() == text.casefold()]
    lowest = [iri for iri in there if terms.ancestors(iri) >= set(there)]
    if len(there) > 1 and len(exact) != 1 and not lowest:
        refuse(name, terms.ambiguous(text, there), place=place)
    (iri, *_) = there if len(there) == 1 else exact if len(exact) == 1 else lowest
    return Filter(iri, f"{terms.label(iri)} ({compress(iri)})", hits[iri])


def refuse(
    name: str, message: str, choices: Sequence[str] = (), text: str = "", place: str = "casekg evidence"
) -> NoReturn:
    """Say what is wrong with a filter. Raises CaseError."""
    close = difflib.get_close_matches(text, choices, 1, 0.5)
    cure = f"Give one of {', '.join(choices)}." if choices else "Give the concept's id, label or a synonym."
    near = f"; did you mean {close[0]}" if close else ""
    mark = "?" if close or "did you mean" in message else "."
    raise CaseError([Result("violation", "query", f"--{name}: {message}{near}{mark}", cure, place)])
