"""Had it really not been reported before? Novelty claims, run as patterns against all other reports.

"No reported cases of X treated with Y" is a pattern: a patient with X, or what is below it, who was
given Y, or a drug of that class; "no reported response to" needs a response of X to Y alone that is
told as better. What was published before the claim's report breaks the claim; what has no date may;
what misses the pattern by one step (a broader or sibling disease, a sibling drug, a class, a joint
response) is a near miss. Nothing here says that the authors were wrong: it says where to look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kg.answers.responses import OUTCOMES
from kg.base.prefixes import CKG, compress, expand
from kg.concepts.terms import Catalogue
from kg.graph.store import Dataset
from kg.model.case import Case, Claim, Fact, Response, Treatment
from kg.model.fields import Term
from kg.persons.people import Person, people

__all__ = ["Earlier", "Novelty", "When", "novelty"]

When = Literal["earlier", "same day", "later", "undated"]
_PATTERNS = ("has no reported treatment with", "has no reported response to")
_AGENT, _STRUCTURE = CKG + "TherapeuticAgent", expand("CHEBI:24431")  # chemical entity
_TOO_WIDE = {_AGENT, expand("CHEBI:23888"), expand("CHEBI:50266")}  # drug, prodrug: no class


@dataclass(frozen=True, slots=True)
class Earlier:
    """A patient of another report whom the pattern fits, or nearly.

    when: published before the claim's report, on its day, later, or without a date.
    missed: the one step by which the pattern is missed; "" when it fits.
    same_person: is it, by confirmed claims, the patient of the claim's own report?
    facts: IRIs; said: their anchors (section: phrase), or their pointers into a record.
    """

    report: str
    patient: str
    published: date | None
    when: When
    missed: str
    same_person: bool
    facts: tuple[str, ...]
    said: tuple[str, ...]

    @property
    def breaks(self) -> bool:
        """Does it break the claim?"""
        return self.when == "earlier" and not self.missed


@dataclass(frozen=True, slots=True)
class Novelty:
    """One novelty claim, and what was found for it.

    claim: IRI; says: the pattern in words; published: of the claim's report; own: patients of that
    report whom the pattern fits, which shows that it can. searched: what was looked at, in words.
    runnable: False for a predicate that is no pattern.
    """

    claim: str
    report: str
    says: str
    published: date | None
    runnable: bool
    own: tuple[str, ...]
    found: tuple[Earlier, ...]
    searched: tuple[str, ...]

    @property
    def broken(self) -> bool:
        """Is there an earlier case?"""
        return any(one.breaks for one in self.found)


def novelty(data: Dataset) -> tuple[Novelty, ...]:
    """Every novelty claim of a dataset, by IRI, run against all other reports of it.

    >>> import kg
    >>> [(one.broken, len(one.own)) for one in novelty(kg.build())]
    [(False, 0), (False, 1)]
    """
    persons = people(data)
    reports = {person.report: person.case for person in persons}
    found = [
        _run(persons, report, case, key, claim)
        for report, case in sorted(reports.items())
        for key, claim in sorted(case.claims.items())
        if claim.kind == "novelty"
    ]
    return tuple(found)


# ---- the pattern ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Match:
    """Keys of the facts that fit, and the steps by which they do not."""

    keys: tuple[str, ...]
    missed: tuple[str, ...] = ()


class _Pattern:
    """A novelty claim as something that a person fits, fits nearly, or does not."""

    def __init__(self, claim: Claim) -> None:
        self.terms = Catalogue.shipped()
        self.claim = claim
        self.subject = expand(claim.subject.id)
        self.objects = [expand(term.id) for term in claim.objects]
        self.context = [expand(term.id) for term in claim.context]
        self.response = claim.predicate == _PATTERNS[1]

    @property
    def says(self) -> str:
        """The pattern in words."""
        drugs = " or ".join(term.label for term in self.claim.objects) or "anything"
        what = f"{self.claim.subject.label} that got better under {drugs} alone"
        says = what if self.response else f"{self.claim.subject.label}, treated with {drugs}"
        return says + (f", in {' and '.join(term.label for term in self.claim.context)}" if self.context else "")

    def best(self, person: Person) -> _Match | None:
        """The match that misses the fewest steps, one at most."""
        found = [match for match in self._matches(person) if len(match.missed) <= 1]
        return min(found, key=lambda match: (len(match.missed), match.missed, match.keys), default=None)

    def _matches(self, person: Person) -> Iterator[_Match]:
        around = [self._has(person, concept) for concept in self.context]
        missed = tuple(
            f"{term.label} is not told" for term, keys in zip(self.claim.context, around, strict=True) if not keys
        )
        beside = tuple(keys[0] for keys in around if keys)
        if self.response:
            matches: Iterable[_Match] = self._responses(person)
        else:
            matches = (
                _Match((sign.keys[0], given.keys[0]), (*sign.missed, *given.missed))
                for sign in self._signs(person)
                for given in self._treatments(person, person.patient.treatments)
            )
        for match in matches:
            yield _Match(tuple(dict.fromkeys((*match.keys, *beside))), (*match.missed, *missed))

    def _present(self, person: Person) -> Iterator[tuple[str, str]]:
        """Key and concept of all that is told to be present of the patient."""
        patient = person.patient
        for section in (patient.diagnoses, patient.findings, patient.antibodies, patient.events):
            for key, fact in section.items():
                if fact.status == "present" and fact.layer == "patient fact":
                    yield key, expand(fact.concept.id)

    def _has(self, person: Person, concept: str) -> list[str]:
        return [key for key, one in self._present(person) if concept in self.terms.ancestors(one)]

    def _fits(self, concept: str, what: str = "disease") -> tuple[str, ...] | None:
        """The steps from a concept to the subject: none, one, or (None) too many."""
        label = self.terms.label
        if self.subject in self.terms.ancestors(concept):
            return ()
        if concept in self.terms.ancestors(self.subject):
            return (f"a broader {what}: {label(concept)}",)
        if shared := set(self.terms.parents.get(concept, ())) & set(self.terms.parents.get(self.subject, ())):
            return (f"a sibling {what}: {label(concept)} (both {label(min(shared))})",)
        return None

    def _signs(self, person: Person) -> Iterator[_Match]:
        for key, concept in self._present(person):
            if (missed := self._fits(concept)) is not None:
                yield _Match((key,), missed)

    def _treatments(self, person: Person, keys: Iterable[str]) -> Iterator[_Match]:
        for key in keys:
            given = person.patient.treatments[key]
            concept = given.drug or given.action
            if given.layer != "patient fact" or concept is None:
                continue
            if (missed := self._drug(expand(concept.id), given)) is not None:
                yield _Match((key,), missed)

    def _drug(self, iri: str, given: Treatment) -> tuple[str, ...] | None:
        """The steps from what was given to one of the objects."""
        aim = () if given.intent == "therapeutic" else (f"given as {given.intent} treatment",)
        above, label = self.terms.ancestors(iri), self.terms.label
        if any(wanted in above for wanted in self.objects):
            return aim
        for wanted in self.objects:
            if iri in self.terms.ancestors(wanted) - _TOO_WIDE:
                return (f"only the class is told: {label(iri)}", *aim)
        for wanted in self.objects:
            if shared := next((name for name in self._classes(wanted) if name in above), None):
                return (f"a sibling drug: {label(iri)} (both {label(shared)})", *aim)
        return None

    def _classes(self, drug: str) -> Iterator[str]:
        """What a drug is by its action, the nearest first; never what it is by its structure."""
        parents, above = self.terms.parents, self.terms.ancestors
        near = [iri for iri in parents.get(drug, ()) if iri not in _TOO_WIDE]
        # those defined by target first, and what they are kinds of
        defined = sorted((iri for iri in near if _AGENT in above(iri)), key=lambda iri: (not iri.startswith(CKG), iri))
        own = [iri for iri in defined if iri.startswith(CKG)]
        yield from own
        yield from sorted({up for iri in own for up in parents.get(iri, ()) if _AGENT in above(up)} - _TOO_WIDE)
        yield from defined
        yield from sorted(iri for iri in near if _STRUCTURE not in above(iri))

    def _responses(self, person: Person) -> Iterator[_Match]:
        for key, response in person.patient.responses.items():
            if response.layer != "patient fact":
                continue
            for given in self._treatments(person, response.to):
                for of in response.of:
                    if (missed := self._of(person, of)) is not None:
                        steps = (*missed, *given.missed, *self._outcome(response))
                        yield _Match((key, of, *given.keys), steps)

    def _of(self, person: Person, key: str) -> tuple[str, ...] | None:
        """The steps from what responded, or what it is a part of, to the subject."""
        seen: set[str] = set()
        near: tuple[str, ...] | None = None
        up: str | None = key
        while up and up not in seen:
            seen.add(up)
            fact = person.order.facts.get(up)
            concept: Term | None = getattr(fact, "concept", None)
            missed = self._fits(expand(concept.id), "manifestation") if concept else None
            if missed is not None and (near is None or len(missed) < len(near)):
                near = missed
            up = getattr(fact, "aspect_of", None)
        return near

    def _outcome(self, response: Response) -> Iterator[str]:
        if OUTCOMES[response.outcome].group != "improved":
            yield f"the outcome is {response.outcome}"
        if len(set(response.to)) > 1:
            yield f"under {len(set(response.to))} treatments jointly"


# ---- over all reports -------------------------------------------------------------------


def _run(persons: Sequence[Person], report: str, case: Case, key: str, claim: Claim) -> Novelty:
    pattern, iri, day = _Pattern(claim), f"{report}#{key}", case.report.published
    if claim.predicate not in _PATTERNS or not claim.objects:
        says = " ".join((claim.subject.label, claim.predicate, *(term.label for term in claim.objects)))
        why = f"{claim.predicate!r} is no pattern that can be run; these are: {', '.join(_PATTERNS)}, with objects."
        return Novelty(iri, report, says, day, False, (), (), (why,))
    mine = {person.who for person in persons if person.report == report}
    others = [person for person in persons if person.report != report]
    own = tuple(dict.fromkeys(p.iri for p in persons if p.report == report and (m := pattern.best(p)) and not m.missed))
    found = []
    for person in others:
        if match := pattern.best(person):
            published = person.case.report.published
            found.append(
                Earlier(
                    person.report,
                    person.iri,
                    published,
                    _when(published, day),
                    "".join(match.missed),
                    person.who in mine,
                    tuple(person.fact(key) for key in match.keys),
                    tuple(word for key in match.keys for word in _said(person.order.facts[key])),
                )
            )
    order = sorted(
        found, key=lambda one: (bool(one.missed), one.when != "earlier", one.published or date.max, one.patient)
    )
    return Novelty(
        iri, report, pattern.says, day, True, own, tuple(dict.fromkeys(order)), tuple(_searched(pattern, others, day))
    )


def _when(published: date | None, day: date | None) -> When:
    if published is None or day is None:
        return "undated"
    return "earlier" if published < day else "later" if published > day else "same day"


def _said(fact: Fact) -> Iterator[str]:
    """The anchors of a fact, or where in a record it stands."""
    yield from (f"{anchor.section}: {anchor.quote}" for anchor in fact.evidence or ())
    if fact.pointer:
        yield f"record: {fact.pointer}"


def _searched(pattern: _Pattern, others: Sequence[Person], day: date | None) -> Iterator[str]:
    """What was looked at, so that an empty answer is no silence."""
    dates = Counter(_when(person.case.report.published, day) for person in others)
    told = ", ".join(f"{number} {when}" for when, number in sorted(dates.items())) or "none"
    yield f"Searched {len(others)} patients of other reports ({told})."
    if day is None:
        yield "The claim's own report has no date: nothing can be told to be earlier."
    claim = pattern.claim
    with_subject = sum(bool(pattern._has(person, pattern.subject)) for person in others)
    yield f"{with_subject} have {claim.subject.label} ({compress(pattern.subject)}) or what is below it."
    given = sum(any(not m.missed for m in pattern._treatments(p, p.patient.treatments)) for p in others)
    drugs = " or ".join(f"{term.label} ({term.id})" for term in claim.objects)
    yield f"{given} were given {drugs} or a drug of that class."
    for term, concept in zip(claim.context, pattern.context, strict=True):
        number = sum(bool(pattern._has(person, concept)) for person in others)
        yield f"{number} have {term.label} ({term.id}) or what is below it."
