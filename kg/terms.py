"""What does an id mean: its label, synonyms, ancestors, and is it still in use?

The catalogue reads ontology/: casekg.ttl (the vocabulary), concepts.ttl (own concepts) and
terms/*.ttl (cited slices of public ontologies). It is the only place that knows their layout.
"""

from __future__ import annotations

import csv
import difflib
import gzip
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg import places
from kg.places import folder, own
from kg.prefixes import CKG, PREFIXES, compress, expand, is_curie

__all__ = ["Catalogue", "ontology_files"]

_RDFS, _SKOS, _OWL = PREFIXES["rdfs"], PREFIXES["skos"], PREFIXES["owl"]
_OBO = PREFIXES["obo"]
_PARENTS = (_RDFS + "subClassOf", _OBO + "RO_0000087", _OBO + "BFO_0000050", _SKOS + "broader")


def ontology_files() -> list[Path]:
    """The Turtle files of ontology/, the vocabulary first, and a project's own terms last."""
    top = folder("ontology")
    return [top / "casekg.ttl", top / "concepts.ttl", *sorted((top / "terms").glob("*.ttl")), *own("terms", "*.ttl")]


class Catalogue:
    """Every term of the ontology, by IRI.

    >>> terms = Catalogue.shipped()
    >>> terms.label(terms.resolve("calcinosis cutis"))
    'Calcinosis cutis'
    """

    def __init__(self, quads: Iterable[Any]) -> None:
        self.labels: dict[str, str] = {}
        self.synonyms: dict[str, list[str]] = {}
        self.parents: dict[str, list[str]] = {}
        self.values: dict[tuple[str, str], list[str]] = {}
        self.types: dict[str, set[str]] = {}
        for quad in quads:
            subject, predicate, value = quad.subject.value, quad.predicate.value, quad.object
            if predicate == _RDFS + "label":
                self.labels[subject] = value.value
            elif predicate == _SKOS + "altLabel":
                self.synonyms.setdefault(subject, []).append(value.value)
            elif predicate in _PARENTS:
                self.parents.setdefault(subject, []).append(value.value)
            elif predicate.endswith("#type"):
                self.types.setdefault(subject, set()).add(value.value)
            elif predicate.startswith(CKG) or predicate in (_SKOS + "definition", _RDFS + "isDefinedBy"):
                self.values.setdefault((subject, predicate), []).append(value.value)
        self._by_name: dict[str, list[str]] | None = None
        self._by_fold: dict[str, list[str]] | None = None

    @staticmethod
    def shipped() -> Catalogue:
        """The catalogue of the ontology that casekg ships, and of the entered project's terms; read once."""
        return _catalogue(places.project())

    def __contains__(self, iri: object) -> bool:
        return iri in self.labels

    def label(self, iri: str) -> str:
        """The label of an IRI; the CURIE when it has none."""
        return self.labels.get(iri) or compress(iri)

    def names(self, iri: str) -> list[str]:
        """Label and synonyms."""
        return [self.label(iri), *sorted(self.synonyms.get(iri, []))]

    def value(self, iri: str, name: str) -> list[str]:
        """Values of one of our annotation properties, for example `referenceUnit`."""
        return self.values.get((iri, CKG + name), [])

    def ancestors(self, iri: str) -> set[str]:
        """Everything above a term, itself included: superclasses, roles, wholes, broader concepts."""
        seen, todo = {iri}, deque([iri])
        while todo:
            for parent in self.parents.get(todo.popleft(), ()):
                if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        return seen

    def _names(self) -> dict[str, list[str]]:
        if self._by_name is None:
            self._by_name = {}
            for iri in self.concepts():
                for name in self.names(iri):
                    found = self._by_name.setdefault(name.casefold(), [])
                    if iri not in found:
                        found.append(iri)
        return self._by_name

    def _folded(self) -> dict[str, list[str]]:
        """Concepts by their folded names: hyphens, possessives and plurals do not matter."""
        if self._by_fold is None:
            self._by_fold = {}
            for name, iris in self._names().items():
                known = self._by_fold.setdefault(_fold(name), [])
                known += [iri for iri in iris if iri not in known]
        return self._by_fold

    def concepts(self) -> Iterator[str]:
        """IRIs that are concepts, that is: not classes, properties or choices of the vocabulary itself."""
        for iri in self.labels:
            if f"{_OWL}Class" in self.types.get(iri, ()) and not self.value(iri, "vocabulary"):
                yield iri

    def find(self, words: str) -> list[str]:
        """Concepts whose id, label or a synonym holds all the words; best first."""
        if is_curie(words):
            return [iri for iri in [expand(words)] if iri in self]
        wanted = words.casefold().split()
        if not wanted:
            return []
        scored = []
        for name, iris in self._names().items():
            if all(word in name for word in wanted):
                exact = 0 if name == words.casefold() else 1 if re.search(rf"\b{re.escape(wanted[0])}", name) else 2
                scored += [(exact, len(name), name, iri) for iri in iris]
        return list(dict.fromkeys(iri for *_, iri in sorted(scored)))

    def candidates(self, text: str) -> list[str]:
        """The IRIs that an id, a label or an exact synonym may stand for; labels before synonyms.

        Raises ValueError, with suggestions, when there is none.
        """
        if text.startswith(("http://", "https://")):
            if text in self:
                return [text]
            raise ValueError(f"{text} is not a term of casekg's ontology")
        if is_curie(text):
            mapped = _mapped(places.project()).get(text, ())
            found = [iri for iri in (expand(text), *map(expand, mapped)) if iri in self]
            if found:
                return found[:1]
            raise ValueError(self._unknown(text))
        names = self._names()
        found = list(dict.fromkeys([*names.get(text.casefold(), ()), *self._folded().get(_fold(text), ())]))
        if not found:
            raise ValueError(f"no term is called {text!r}" + self._suggest(text))
        return sorted(found, key=lambda iri: (self.labels[iri].casefold() != text.casefold(), iri))

    def resolve(self, text: str) -> str:
        """The one IRI that an id, a label or an exact synonym stands for.

        Raises ValueError, with suggestions, when there is none or more than one.
        """
        found = self.candidates(text)
        exact = [iri for iri in found if self.labels[iri].casefold() == text.casefold()]
        if len(found) > 1 and len(exact) != 1:
            raise ValueError(self.ambiguous(text, found))
        return found[0]

    def ambiguous(self, text: str, iris: Iterable[str]) -> str:
        """That a text may mean several terms, and which."""
        return f"{text!r} may mean {' or '.join(f'{compress(i)} ({self.label(i)})' for i in iris)}; give the id"

    def _suggest(self, text: str) -> str:
        close = difflib.get_close_matches(text.casefold(), self._names(), 3, 0.75)
        near = dict.fromkeys(iri for name in close for iri in self._names()[name][:1])
        names = [f"{self.label(iri)} ({compress(iri)})" for iri in near]
        return f"; did you mean {' or '.join(names)}?" if names else "; look it up with `casekg terms WORDS`"

    def _unknown(self, curie: str) -> str:
        retired = _retired()
        if curie in retired:
            instead = retired[curie]
            return f"{curie} is retired" + (f"; use {instead}" if instead else " and its source names no replacement")
        return f"{curie} is not among casekg's terms"

    def problem(self, curie: str, label: str) -> tuple[str, str, str] | None:
        """What is wrong with an id and the label written beside it: (rule, message, cure), or None.

        >>> Catalogue.shipped().problem("HP:0025520", "Calcinosis cutis") is None
        True
        >>> Catalogue.shipped().problem("HP:0025520", "Calcinosis")[0]
        'label'
        """
        iri = expand(curie)
        if iri not in self:
            message = self._unknown(curie)
            if "retired" in message:
                return "retired-id", message + ".", "Write the id in use, with its label."
            source = curie.split(":")[0].lower()
            near = self._suggest(label).lstrip("; ")
            return (
                "unknown-id",
                message + ".",
                f"Check the id ({near}), or add it to ontology/terms/{source}.ttl (CONTRIBUTING.md, 'Add a term').",
            )
        if self.value(iri, "vocabulary"):
            cure = "Look the concept up with `casekg terms WORDS`."
            return "unknown-id", f"{curie} is a word of casekg's vocabulary, not a concept.", cure
        if label != self.label(iri):
            return (
                "label",
                f"{curie} is called {self.label(iri)!r}, not {label!r}.",
                f"Write '{curie} ! {self.label(iri)}'.",
            )
        return None


@lru_cache(maxsize=4)
def _catalogue(project: Path | None) -> Catalogue:  # noqa: ARG001 - the key of what is remembered
    return Catalogue(quad for path in ontology_files() for quad in ox.parse(path.read_bytes(), ox.RdfFormat.TURTLE))


def _fold(name: str) -> str:
    """A name as people type it: case, hyphens, slashes, possessives and plurals folded away.

    >>> _fold("Raynaud's phenomenon") == _fold("Raynaud phenomenon"), _fold("NT-pro-BNP") == _fold("NT-proBNP")
    (True, False)
    """
    words = re.sub(r"[-/_,()]+", " ", name.casefold().replace("’s", "").replace("'s", "")).split()
    return " ".join(
        w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith(("ss", "us", "is")) else w for w in words
    )


@lru_cache(maxsize=4)
def _mapped(project: Path | None) -> dict[str, list[str]]:  # noqa: ARG001 - the key of what is remembered
    """Ids of other vocabularies -> ids that mean exactly the same (SSSOM, skos:exactMatch)."""
    found: dict[str, list[str]] = {}
    shipped = sorted((folder("ontology") / "mappings").glob("*.sssom.tsv"))
    for path in (*shipped, *own("mappings", "*.sssom.tsv")):
        lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
        for row in csv.DictReader(lines, delimiter="\t"):
            if row["predicate_id"] == "skos:exactMatch":
                found.setdefault(row["object_id"], []).append(row["subject_id"])
                found.setdefault(row["subject_id"], []).append(row["object_id"])
    return found


@lru_cache(maxsize=1)
def _retired() -> dict[str, str]:
    path = folder("ontology") / "terms" / "retired.tsv.gz"
    with gzip.open(path, "rb") as packed:
        rows = csv.DictReader(io.TextIOWrapper(packed, "utf-8"), delimiter="\t")
        return {row["id"]: row["replaced_by"] or "" for row in rows}
