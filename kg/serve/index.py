"""Which patients have what, told from the graph at once, without reading every case?

A page that searches among thousands asks the store a few questions when the data is read, and keeps
the answers: concepts by patient and state. A case itself is read when somebody looks at it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.answers.filters import Filter, refuse, understood
from kg.answers.responses import OUTCOMES, Group
from kg.base.prefixes import CKG, PREFIXES, compress, expand, is_curie, other
from kg.concepts.terms import Catalogue
from kg.graph.store import Dataset
from kg.persons.identity import counted_as
from kg.rdf.iris import choice_iri

__all__ = ["KINDS", "Entry", "Index", "Wish", "indexed"]

# What can be asked of a patient, and which kinds of facts answer.
KINDS: Mapping[str, tuple[str, ...]] = {
    "disease": ("Diagnosis",),
    "antibody": ("Antibody",),
    "drug": ("Treatment",),
    "manifestation": ("Finding", "Diagnosis", "Event", "Antibody"),
}
GROUPS: Mapping[str, Group] = {choice_iri(word): told.group for word, told in OUTCOMES.items()}
_PRESENT, _EXCLUDED = CKG + "Present", CKG + "Excluded"


@dataclass
class Entry:
    """One patient. concepts: kind of fact -> state (IRI of a choice, "" for none) -> concepts (IRIs).

    responses: the drugs, the manifestations (with their wholes) and the group of outcomes of each.
    """

    iri: str
    report: str
    who: str
    title: str = ""
    sex: str = ""
    age: str = ""
    published: str = ""
    concepts: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    responses: list[tuple[set[str], set[str], str]] = field(default_factory=list)

    def of(self, name: str, excluded: bool = False) -> set[str]:
        """The concepts by which a patient answers for a filter: what is present or was given, or what is excluded."""
        found: set[str] = set()
        for kind in KINDS[name]:
            states = self.concepts.get(kind, {})
            for state in (_EXCLUDED,) if excluded else (_PRESENT, ""):
                found |= states.get(state, set())
        return found

    def states(self, name: str, hits: frozenset[str]) -> Iterator[str]:
        """In which states the concepts are told of."""
        for kind in KINDS[name]:
            for state, concepts in self.concepts.get(kind, {}).items():
                if not hits.isdisjoint(concepts):
                    yield state or "given"

    @property
    def facts(self) -> dict[str, int]:
        """How many concepts are present and excluded, how many drugs were given, how many responses told."""
        return {
            "present": len(self.of("manifestation")),
            "excluded": len(self.of("manifestation", excluded=True)),
            "drugs": len(self.of("drug")),
            "responses": len(self.responses),
        }


@dataclass(frozen=True)
class Wish:
    """What somebody looks for; "" for anything. excluded: the manifestation is to be excluded, not present."""

    disease: str = ""
    antibody: str = ""
    drug: str = ""
    manifestation: str = ""
    outcome: str = ""
    excluded: bool = False


@dataclass(frozen=True)
class Found:
    """Patients that answer a wish; asked: filter -> what it was understood as; why: of an empty answer."""

    entries: tuple[Entry, ...]
    asked: Mapping[str, str]
    why: tuple[str, ...] = ()


class Index:
    """The patients of a dataset, by report. written: labels that records give to concepts that casekg does not know."""

    def __init__(self, entries: list[Entry], written: Mapping[str, str] | None = None) -> None:
        self.entries = tuple(entries)
        self.written = dict(written or {})
        self._called = {label.casefold(): iri for iri, label in sorted(self.written.items(), reverse=True)}
        self.used = {
            name: frozenset(c for e in entries for excluded in (False, True) for c in e.of(name, excluded))
            for name in KINDS
        }

    def label(self, iri: str) -> str:
        """The label of a concept: the ontology's, else the one that is written in the data, else the CURIE."""
        return self.written.get(iri) or Catalogue.shipped().label(iri)

    def meant(self, text: str) -> str:
        """The IRI of a concept that only the data knows, from its label or id; any other text as it is."""
        if iri := self._called.get(text.casefold()):
            return iri
        written = expand(text) if is_curie(text) else expand(other(text)) if ":" in text else ""
        return written if written in self.written else text

    def common(self, name: str, most: int = 8) -> list[tuple[str, int]]:
        """The concepts that most persons have, with how many."""
        found: Counter[str] = Counter()
        for concept, _ in {(c, e.who) for e in self.entries for c in e.of(name)}:
            found[concept] += 1
        return sorted(found.items(), key=lambda pair: (-pair[1], self.label(pair[0]).casefold()))[:most]

    def find(self, wish: Wish) -> Found:
        """The patients that have all that is wished for. Raises CaseError for a word that is no concept.

        A concept that is present answers for what is above it, one that is excluded for what is below it.
        """
        words = {name: getattr(wish, name) for name in KINDS if getattr(wish, name)}
        asked = {name: self._understood(name, text) for name, text in words.items()}
        groups = sorted(set(GROUPS.values()))
        if wish.outcome and wish.outcome not in groups:
            refuse("outcome", f"{wish.outcome!r} is no group of outcomes", groups, wish.outcome, "Cases")
        if wish.excluded and (one := asked.get("manifestation")):
            above = Catalogue.shipped().ancestors(one.iri)
            asked["manifestation"] = Filter(one.iri, one.told, frozenset(above & self.used["manifestation"]))
        found = [e for e in self.entries if _answers(e, asked, wish)]
        told = {name: one.told for name, one in asked.items()}
        if wish.outcome:
            told["outcome"] = wish.outcome
        return Found(tuple(found), told, () if found else tuple(self._why(asked, wish)))

    def _understood(self, name: str, text: str) -> Filter:
        one = understood(name, self.meant(text), self.used[name], "Cases")
        return Filter(one.iri, f"{self.label(one.iri)} ({compress(one.iri)})", one.hits)

    def _why(self, asked: Mapping[str, Filter], wish: Wish) -> Iterator[str]:
        """Which filter, or which of them together, left nothing."""
        reports = len({e.report for e in self.entries})
        yield f"Searched {_count(len(self.entries), 'patient')} of {_count(reports, 'report')}."
        label = Catalogue.shipped().label
        for name, one in asked.items():
            states = Counter(state for e in self.entries for state in set(e.states(name, one.hits)))
            told = ", ".join(
                f"{label(state) if state.startswith(CKG) else state} in {_count(number, 'patient')}"
                for state, number in sorted(states.items())
            )
            yield f"{name} {one.told}: {told or 'no fact of a patient names it or anything under it'}."
        if len(asked) > 1:
            both = sum(_answers(e, asked, Wish(excluded=wish.excluded)) for e in self.entries)
            yield f"All of that holds for {_count(both, 'patient') if both else 'no patient'}."
        if wish.outcome:
            groups = Counter(
                group
                for e in self.entries
                if _answers(e, asked, Wish(excluded=wish.excluded))
                for group in {group for *_, group in _responses(e, asked)}
            )
            told = ", ".join(f"{group} in {_count(n, 'patient')}" for group, n in sorted(groups.items()))
            yield f"Outcomes told there: {told or 'none'}."


def _responses(entry: Entry, asked: Mapping[str, Filter]) -> Iterator[tuple[set[str], set[str], str]]:
    """The responses to the drug, of the manifestation, that are asked for."""
    for drugs, signs, group in entry.responses:
        if all(
            name not in asked or not asked[name].hits.isdisjoint(concepts)
            for name, concepts in (("drug", drugs), ("manifestation", signs))
        ):
            yield drugs, signs, group


def _answers(entry: Entry, asked: Mapping[str, Filter], wish: Wish) -> bool:
    for name, one in asked.items():
        if one.hits.isdisjoint(entry.of(name, wish.excluded and name == "manifestation")):
            return False
    return not wish.outcome or any(group == wish.outcome for *_, group in _responses(entry, asked))


def _count(number: int, unit: str) -> str:
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


# ---- from the store ----------------------------------------------------------------------

_PATIENTS = """SELECT ?p ?r ?title ?day ?sex ?age WHERE {
  ?p a ckg:Patient ; ckg:reportedIn ?r .
  OPTIONAL { ?r dcterms:title ?title } OPTIONAL { ?r dcterms:identifier ?title } OPTIONAL { ?r dcterms:issued ?day }
  OPTIONAL { ?p ckg:sex ?sex } OPTIONAL { ?p ckg:agePrinted ?age }
}"""
_FACTS = """SELECT ?f ?p ?kind ?c ?state WHERE {
  VALUES (?kind ?names) { (ckg:Finding ckg:concept) (ckg:Diagnosis ckg:concept) (ckg:Event ckg:concept)
    (ckg:Antibody ckg:concept) (ckg:Treatment ckg:drug) (ckg:Treatment ckg:action) }
  ?f a ?kind ; ckg:patient ?p ; ckg:layer ckg:PatientFact ; ?names ?c .
  OPTIONAL { ?f ckg:status ?state }
}"""
_WHOLES = "SELECT ?f ?whole WHERE { ?f ckg:aspectOf ?whole }"
_LABELS = "SELECT ?c ?text WHERE { ?label ckg:labelOf ?c ; ckg:written ?text }"
_RESPONSES = """SELECT ?f ?p ?to ?of ?outcome WHERE {
  ?f a ckg:Response ; ckg:patient ?p ; ckg:layer ckg:PatientFact ; ckg:toTreatment ?to ; ckg:ofManifestation ?of ;
     ckg:outcome ?outcome .
}"""


def indexed(data: Dataset) -> Index:
    """The index of a dataset."""

    def ask(sparql: str) -> Iterator[tuple[str, ...]]:
        found: Any = data.store.query(sparql, prefixes=PREFIXES, use_default_graph_as_union=True)
        for row in found:
            yield tuple("" if term is None else term.value for term in row)

    counted, label = counted_as(data), Catalogue.shipped().label
    entries: dict[str, Entry] = {}
    for iri, report, title, day, sex, age in sorted(ask(_PATIENTS)):
        one = entries.setdefault(iri, Entry(iri, report, counted.get(iri, iri)))
        one.title, one.published = one.title or title, one.published or day
        one.sex, one.age = one.sex or (label(sex) if sex else ""), one.age or age
    above = {part: whole for part, whole in ask(_WHOLES)}  # noqa: C416
    concepts: dict[str, set[str]] = {}
    facts = [row for row in ask(_FACTS) if row[1] in entries]
    for fact, _, _, concept, _ in facts:
        concepts.setdefault(fact, set()).add(concept)
    for fact, patient, kind, _, state in facts:
        states = entries[patient].concepts.setdefault(kind[len(CKG) :], {})
        # a part that is excluded does not exclude the whole
        states.setdefault(state, set()).update(concepts[fact] if state == _EXCLUDED else _whole(fact, above, concepts))
    told: dict[tuple[str, str, str], tuple[set[str], set[str]]] = {}
    for fact, patient, to, of, outcome in ask(_RESPONSES):
        if patient in entries:
            drugs, signs = told.setdefault((patient, fact, outcome), (set(), set()))
            drugs |= concepts.get(to, set())
            signs |= _whole(of, above, concepts)
    for (patient, _, outcome), (drugs, signs) in sorted(told.items()):
        entries[patient].responses.append((drugs, signs, GROUPS.get(outcome, "")))
    written = {iri: text for iri, text in sorted(ask(_LABELS), reverse=True) if iri not in Catalogue.shipped()}
    return Index(list(entries.values()), written)


def _whole(fact: str, above: Mapping[str, str], concepts: Mapping[str, set[str]]) -> set[str]:
    """The concepts of a fact, and of what it is a part or a later state of."""
    found: set[str] = set()
    seen: set[str] = set()
    while fact and fact not in seen:
        seen.add(fact)
        found |= concepts.get(fact, set())
        fact = above.get(fact, "")
    return found
