"""What does an id mean: its label, synonyms, ancestors, and is it still in use?

The catalogue reads ontology/: casekg.ttl (the vocabulary), concepts.ttl (own concepts) and
terms/*.ttl (cited slices of public ontologies). It is the only place that knows their layout.
Whole ontologies that were added to a project (`kg.concepts.modules`) are asked id by id; where they and
casekg's slices overlap, the project's own version counts. Ids that mappings make the same are one.
"""

from __future__ import annotations

import difflib
import gzip
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.base import places
from kg.base.bounds import turtle
from kg.base.places import folder, own
from kg.base.prefixes import CKG, CONCEPTS, PREFIXES, compress, expand, is_curie
from kg.concepts.equivalence import Equivalence, equivalence, source_of
from kg.concepts.mappings import MappingSet, mapping_sets
from kg.concepts.modules import Entry, Module, fold, modules

__all__ = ["Catalogue", "ask_too", "lend_too", "lending", "lends", "ontology_files", "retired_ids"]

_RDFS, _SKOS, _OWL = PREFIXES["rdfs"], PREFIXES["skos"], PREFIXES["owl"]
_OBO = PREFIXES["obo"]
_MONDO = _OBO + "MONDO_"
_PARENTS = (_RDFS + "subClassOf", _OBO + "RO_0000087", _OBO + "BFO_0000050", _SKOS + "broader")


Parents = Callable[[], Mapping[str, Iterable[str]]]
_asked: list[Parents] = []


def ask_too(parents: Parents) -> None:
    """Ask this, too, for parents: what follows from the terms of the entered project (`kg.owl.own`)."""
    _asked.append(parents)


Lender = Callable[[frozenset[str]], Iterable[Module]]
_lenders: list[Lender] = []
_lending = False


def lend_too(lender: Lender) -> None:
    """Ask this for ontologies that drafts may use (`kg.concepts.lent`); it is told which ids there are without it."""
    _lenders.append(lender)


def lends() -> bool:
    """Does `Catalogue.shipped` hold the lent ontologies at present?"""
    return _lending


@contextmanager
def lending(draft: bool) -> Iterator[None]:
    """While a draft is judged, its terms may be of ontologies that neither casekg nor the project holds.

    A draft goes into no graph, so that what a graph says never depends on what is installed beside casekg.
    """
    global _lending
    before, _lending = _lending, draft
    try:
        yield
    finally:
        _lending = before


def ontology_files() -> list[Path]:
    """The Turtle files of ontology/, the vocabulary first, and a project's own terms last."""
    top = folder("ontology")
    named = [top / f"{name}.ttl" for name in ("casekg", "concepts", "classes", "inferred")]
    return [*named, *sorted((top / "terms").glob("*.ttl")), *own("terms", "*.ttl")]


class Catalogue:
    """Every term of the ontology, by IRI.

    >>> terms = Catalogue.shipped()
    >>> terms.label(terms.resolve("calcinosis cutis"))
    'Calcinosis cutis'
    """

    def __init__(
        self,
        quads: Iterable[Any],
        added: Iterable[Module] = (),
        mappings: Iterable[MappingSet] = (),
        asked: Iterable[Parents] = (),
        lenders: Iterable[Lender] = (),
    ) -> None:
        """asked: what else gives parents, when one is first wanted; lenders: who lends ontologies to a draft."""
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
        self.added = tuple(added)
        self.relabelled: dict[str, tuple[str, str]] = {}
        """Ids that casekg ships under another label than an added ontology: both labels."""
        self._mappings = tuple(mappings)
        self._asked = asked
        self._lent: dict[str, Entry | None] = {}
        self._above: dict[str, frozenset[str]] = {}
        self._own = frozenset(self.labels)
        self._by_name: dict[str, list[str]] | None = None
        self._by_fold: dict[str, list[str]] | None = None
        for module in self.added:
            for iri, label in module.labels(self._own):
                before = self.labels[iri]
                if label != before and (entry := self._entry(iri)) and entry.label == label:
                    self.relabelled[iri] = (before, label)
        for iri, (before, label) in self.relabelled.items():
            self.labels[iri] = label
            self.synonyms[iri] = [*self.synonyms.get(iri, ()), before]
        self.added += tuple(module for lender in lenders for module in lender(self._own))

    @staticmethod
    def shipped() -> Catalogue:
        """The catalogue of the ontology that casekg ships, and of the entered project's terms; read once."""
        return _catalogue(places.project(), _lending)

    def _entry(self, iri: str) -> Entry | None:
        """What the added ontologies say of an id, that of the id's own source before others; kept from then on."""
        if iri not in self._lent:
            source = source_of(iri)
            asked = sorted(self.added, key=lambda module: module.about.get("source") != source)
            entry = next((found for module in asked if (found := module.get(iri))), None)
            self._lent[iri] = entry
            if entry and not entry.retired:
                self.labels[iri] = entry.label
                self.synonyms[iri] = [*dict.fromkeys((*self.synonyms.get(iri, ()), *entry.synonyms))]
                self.parents[iri] = [*dict.fromkeys((*self.parents.get(iri, ()), *(i for _, i in entry.parents)))]
                self.types.setdefault(iri, set()).add(_OWL + "Class")
        return self._lent[iri]

    def entry(self, iri: str) -> Entry | None:
        """What an added ontology says of an id; None when it says nothing."""
        return self._entry(iri) if self.added else None

    def lender(self, iri: str) -> str:
        """The name of the added ontology that says what `entry` gives."""
        source = source_of(iri)
        asked = sorted(self.added, key=lambda module: module.about.get("source") != source)
        return next((module.name for module in asked if module.get(iri)), "")

    def ships(self, iri: str) -> bool:
        """Is a term in casekg's own files or the project's Turtle files?"""
        return iri in self._own

    def chosen(self, iri: str) -> bool:
        """Is a term there for its own sake, and not only as what is above another?"""
        return iri in self._own and not (iri.startswith(_MONDO) and iri not in self._selected)

    @cached_property
    def _selected(self) -> frozenset[str]:
        lines = (folder("ontology") / "terms" / "selection.tsv").read_text("utf-8").splitlines()[1:]
        return frozenset(expand(line.partition("\t")[0]) for line in lines)

    def __contains__(self, iri: object) -> bool:
        if self.added and isinstance(iri, str):
            self._entry(iri)
        return iri in self.labels

    def label(self, iri: str) -> str:
        """The label of an IRI; the CURIE when it has none."""
        entry = self.entry(iri)
        return self.labels.get(iri) or (entry.label if entry else "") or compress(iri)

    def names(self, iri: str) -> list[str]:
        """Label and synonyms."""
        return [self.label(iri), *sorted(self.synonyms.get(iri, []))]

    def value(self, iri: str, name: str) -> list[str]:
        """Values of one of our annotation properties, for example `referenceUnit`."""
        return self.values.get((iri, CKG + name), [])

    def parents_of(self, iri: str) -> tuple[str, ...]:
        """What is directly above a term: superclasses, roles, wholes, broader concepts."""
        self.entry(iri)
        return (*self.parents.get(iri, ()), *self._follows.get(iri, ()))

    @cached_property
    def _follows(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for parents in self._asked:
            for iri, over in parents().items():
                found.setdefault(iri, []).extend(over)
        return {iri: tuple(over) for iri, over in found.items()}

    @cached_property
    def same(self) -> Equivalence:
        """Ids that mean exactly the same, by the mapping sets of casekg and of the project."""
        return equivalence(self._mappings, self.replacement)

    def canonical(self, iri: str) -> str:
        """Of the ids that mean the same as this one, the one that answers for all: a term before an unknown id."""
        order = list(CONCEPTS)

        def rank(one: str) -> tuple[bool, int, str]:
            source = source_of(one)
            return one not in self, order.index(source) if source in order else len(order), one

        return min(self.same.of(iri), key=rank)

    def ancestors(self, iri: str) -> set[str]:
        """Everything above a term, itself included: superclasses, roles, wholes, broader concepts.

        What means the same as one of them, and is a term, is among them; so is what replaces a
        retired id.
        """
        if iri in self._above:
            return set(self._above[iri])
        seen, todo = {iri}, deque([iri])
        while todo:
            one = todo.popleft()
            alike = (other for other in self.same.of(one) if other != one and other in self)
            for parent in (*self.parents_of(one), *alike, self.successor(one)):
                if parent and parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        self._above[iri] = frozenset(seen)
        return seen

    def replacement(self, curie: str) -> str | None:
        """The id that replaces a retired one, "" when its source names none; None for an id that is not retired."""
        iri = expand(curie) if is_curie(curie) else curie
        entry = self.entry(iri)
        if entry:
            return compress(entry.instead) if entry.retired else None
        return retired_ids().get(curie)

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
                known = self._by_fold.setdefault(fold(name), [])
                known += [iri for iri in iris if iri not in known]
        return self._by_fold

    def concepts(self) -> Iterator[str]:
        """IRIs that are concepts, that is: not classes, properties or choices of the vocabulary itself."""
        for iri in sorted(self._own):
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
        for name, iri in (pair for module in self.added for pair in module.search(wanted)):
            if iri in self:
                scored.append((0 if name.casefold() == words.casefold() else 1, len(name), name.casefold(), iri))
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
            found = [iri for iri in (expand(text), self.canonical(expand(text))) if iri in self]
            if found:
                return found[:1]
            raise ValueError(self._unknown(text))
        if found := self.named(text):
            return found
        raise ValueError(f"no term is called {text!r}" + self._suggest(text))

    def named(self, text: str) -> list[str]:
        """The IRIs that a label or an exact synonym may stand for, labels before synonyms; none when nothing is called so."""
        lent = (iri for module in self.added for iri in module.named(text) if iri in self)
        own = (*self._names().get(text.casefold(), ()), *self._folded().get(fold(text), ()))
        return sorted({*own, *lent}, key=lambda iri: (self.labels[iri].casefold() != text.casefold(), iri))

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
        known = {name: iris[0] for name, iris in self._names().items()}
        for name, iri in (pair for module in self.added for pair in module.near(text) if pair[1] in self):
            known.setdefault(name.casefold(), iri)
        close = difflib.get_close_matches(text.casefold(), known, 3, 0.75)
        near = dict.fromkeys(known[name] for name in close)
        names = [f"{self.label(iri)} ({compress(iri)})" for iri in near]
        return f"; did you mean {' or '.join(names)}?" if names else "; look it up with `casekg terms WORDS`"

    def _unknown(self, curie: str) -> str:
        instead = self.replacement(curie)
        if instead is not None:
            return f"{curie} is retired" + (f"; use {instead}" if instead else " and its source names no replacement")
        beside = [module.told for module in self.added if module.about.get("source") == curie.partition(":")[0]]
        return f"{curie} is not among casekg's terms" + (f", nor in {', '.join(beside)}" if beside else "")

    def successor(self, iri: str) -> str:
        """The IRI that replaces a retired one; "" for one that is in use, or has no replacement."""
        instead = self.replacement(compress(iri)) or ""
        return expand(instead) if is_curie(instead) else ""

    def problem(self, curie: str, label: str) -> tuple[str, str, str] | None:
        """What is wrong with an id and the label written beside it: (rule, message, cure), or None.

        >>> Catalogue.shipped().problem("HP:0025520", "Calcinosis cutis") is None
        True
        >>> Catalogue.shipped().problem("HP:0025520", "Calcinosis")[0]
        'label'
        """
        iri = expand(curie)
        if self.replacement(curie) is not None:
            return "retired-id", self._unknown(curie) + ".", "Write the id in use, with its label."
        if iri not in self:
            near = self._suggest(label).lstrip("; ")
            cure = f"Check the id ({near}), or add its ontology to your project with `casekg terms add FILE`."
            return "unknown-id", self._unknown(curie) + ".", cure
        if self.value(iri, "vocabulary"):
            cure = "Look the concept up with `casekg terms WORDS`."
            return "unknown-id", f"{curie} is a word of casekg's vocabulary, not a concept.", cure
        # the label of casekg's edition is not wrong where an added ontology has another one
        if label not in (self.label(iri), self.relabelled.get(iri, ("",))[0]):
            return (
                "label",
                f"{curie} is called {self.label(iri)!r}, not {label!r}.",
                f"Write '{curie} ! {self.label(iri)}'.",
            )
        return None


@places.remembered
@lru_cache(maxsize=4)
def _catalogue(project: Path | None, lent: bool) -> Catalogue:  # noqa: ARG001 - the key of what is remembered
    quads = (quad for path in ontology_files() for quad in ox.parse(turtle(path), ox.RdfFormat.TURTLE))
    return Catalogue(quads, modules(), mapping_sets()[0], _asked, _lenders if lent else ())


@lru_cache(maxsize=1)
def retired_ids() -> dict[str, str]:
    """Ids out of use -> their replacements, or "" (columns id, replaced_by)."""
    packed = (folder("ontology") / "terms" / "retired.tsv.gz").read_bytes()
    heads, *rows = (line.split("\t") for line in gzip.decompress(packed).decode("utf-8").splitlines())
    old, new = heads.index("id"), heads.index("replaced_by")
    return {row[old]: row[new] if len(row) > new else "" for row in rows}
