"""Which reports may be one, which patients one person, and which descriptions copies of each other?

Candidates, never decisions: each is a pair with the evidence for and against it, every piece with
its points (`POINTS`, rare features by their information content over the collection), and the score
is their sum. A person decides, in a claims file (`kg.persons.judgements`). Pairs are not all compared: only
those that share something rare, a date, a value, a sequence of drugs, a publication or a citation.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

from kg.base.prefixes import expand
from kg.claims.agreement import born, same_value
from kg.concepts.terms import Catalogue
from kg.graph.store import Dataset
from kg.model.case import Case, Fact, Measurement, Treatment
from kg.model.fields import Term
from kg.persons.identity import Identity, resolve
from kg.persons.judgements import IdentityClaim, Kind, judgements
from kg.persons.people import Person, people
from kg.rdf.iris import case_iri

__all__ = ["POINTS", "THRESHOLD", "Candidate", "Duplicates", "Evidence", "duplicates"]

THRESHOLD = 20.0
BLOCK = 60  # patients or reports that share one thing: of more it is not rare, and tells nothing by itself
LEAST_FACTS = 4  # fewer facts are alike by chance
_FACT = 4  # points of one identical fact of a copy, beside how rare what it tells of is
# Evidence -> points for it; rare features give their information content in bits instead.
POINTS: Mapping[str, float] = {
    # of two reports
    "same DOI": 20, "same PMCID": 20, "same PMID": 20, "same text": 20, "same title": 14, "similar title": 8,
    "same first author and year": 6, "same journal and date": 6, "other DOI": -12, "other PMID": -12,
    # of two patients
    "same sex": 1, "ages fit": 5, "same age": 3, "rare features": 12, "same drugs in order": 10, "same values": 12, "same dates": 15, "same variants": 10,
    "cited": 6, "same authors": 4, "same institution": 4, "same publication": 6, "identical facts": 24,
    "other name in one publication": -4,
    "two sexes": -15, "ages nearly fit": -4, "ages do not fit": -15, "told apart in one publication": -12,
}  # fmt: skip
_EACH = {
    "same drugs in order": 2.0,
    "same values": 6.0,
    "same dates": 5.0,
    "same variants": 5.0,
}  # points of one; those above are the most
_YEAR = 366  # days by which ages may be apart that two reports tell of one patient: one of them is often a year off
# Days that stand in databases where no day is known.
_NO_DAYS = {"0001-01-01", "1753-01-01", "1800-01-01", "1900-01-01", "1970-01-01", "9999-12-31"}
_HOUSES = re.compile(r"hospita|h[oô]pita|universi|clini|klini|institut|istitut|ospedale|policlin|cent(?:er|re|ro)\b|college|school|krankenhaus|charit|medical|sant[eé]|ziekenhuis")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason for a candidate (or against it, with points below 0), and what it rests on."""

    name: str
    points: float
    says: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two IRIs that may be one, and why; judged: the decision on them, None while there is none.

    joined: they are counted as one already, by this claim or by others.
    """

    kind: Kind
    of: tuple[str, str]
    evidence: tuple[Evidence, ...]
    judged: IdentityClaim | None = None
    joined: bool = False

    @property
    def score(self) -> float:
        """The sum of the points."""
        return round(sum(one.points for one in self.evidence), 1)

    @property
    def status(self) -> str:
        """Confirmed, rejected, or unjudged."""
        return self.judged.decision if self.judged else "confirmed" if self.joined else "unjudged"


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Candidates from the threshold on, the highest score first, and what was looked at.

    patients: of each report its own; persons: as whom they are counted; possible: pairs of patients there are; compared: pairs that were compared in full; passed: how
    many things were shared by too many to block by, for example a frequent finding.
    """

    found: tuple[Candidate, ...]
    threshold: float
    reports: int
    patients: int
    persons: int
    possible: int
    compared: int
    passed: int

    @property
    def unjudged(self) -> tuple[Candidate, ...]:
        """Those that wait for a decision."""
        return tuple(one for one in self.found if one.status == "unjudged")


def duplicates(data: Dataset, threshold: float = THRESHOLD, block: int = BLOCK) -> Duplicates:
    """Candidates of a dataset, from a score on; the order of the data does not matter.

    block: the most patients (or reports) that may share a thing for their pairs to be compared by it.

    >>> import kg
    >>> duplicates(kg.build()).found
    ()
    """
    persons = people(data)
    cases = {person.report: person.case for person in persons} | {case_iri(f.case): f.case for f in data.files}
    told = judgements(data).claims
    patients: dict[str, list[str]] = defaultdict(list)
    for person in persons:
        patients[person.report].append(person.iri)
    identity = resolve(told, patients)
    collection = _Collection(persons)
    pairs, passed = _blocks(((p.person.iri, key) for p in collection.profiles.values() for key in p.keys), block)
    pairs |= collection.cited
    found = [candidate for a, b in sorted(pairs) if (candidate := collection.compare(a, b, identity)).evidence]
    found += _reports(cases, identity, block)
    kept = [one for one in found if one.score >= threshold]
    order = sorted(kept, key=lambda one: (-one.score, one.kind, one.of))
    number, counted = len(collection.profiles), len({person.who for person in persons})
    possible = number * (number - 1) // 2
    return Duplicates(tuple(order), threshold, len(cases), number, counted, possible, len(pairs), passed)


def _blocks(keys: Iterable[tuple[str, Hashable]], most: int) -> tuple[set[tuple[str, str]], int]:
    """Pairs that share a key which no more than so many have; how many keys are shared by more."""
    having: dict[Hashable, set[str]] = defaultdict(set)
    for iri, key in keys:
        having[key].add(iri)
    pairs: set[tuple[str, str]] = set()
    passed = 0
    for sharing in having.values():
        if 1 < len(sharing) <= most:
            pairs.update(combinations(sorted(sharing), 2))
        passed += len(sharing) > most
    return pairs, passed


def _plain(text: str | None) -> str:
    """Text without what typesetting changes."""
    return re.sub(r"\W+", " ", text or "").strip().casefold()


def _author(name: str) -> str:
    """Family name and first initial, however it is written: Ana Nobody, Nobody A, Nobody, Ana.

    >>> _author("Ana Nobody"), _author("Nobody A"), _author("Nobody, Ana M.")
    ('nobody a', 'nobody a', 'nobody a')
    """
    family, comma, given = name.partition(",")
    if not comma:
        words = name.replace(".", " ").split()
        initials = len(words) > 1 and len(words[-1]) <= 3 and words[-1].isupper()
        family, given = (" ".join(words[:-1]), words[-1]) if initials else (" ".join(words[-1:]), name)
    return f"{_plain(family)} {_plain(given)[:1]}".strip()


def _houses(address: str) -> set[str]:
    """The hospitals and universities that an affiliation names; else the whole of it."""
    parts = {_plain(part) for part in re.split(r"[,;]", address)}
    return {part for part in parts if _HOUSES.search(part)} or {_plain(address)}


# ---- patients ---------------------------------------------------------------------------


class _Profile:
    """What of a patient can be compared."""

    def __init__(self, person: Person) -> None:
        self.person = person
        patient = person.patient
        self.sex = patient.sex.concept.id if patient.sex else ""
        self.born = born(person)
        sections = (patient.findings, patient.diagnoses, patient.antibodies, patient.events)
        told = [fact for section in sections for fact in section.values()]
        self.concepts = {expand(f.concept.id) for f in told if f.status == "present" and f.layer == "patient fact"}
        self.measured = [
            (key, fact, self._day(fact.time))
            for key, fact in patient.measurements.items()
            if fact.value is not None and fact.layer == "patient fact"
        ]
        given = [key for key, fact in patient.treatments.items() if fact.layer == "patient fact" and not fact.continues]
        before = person.order.before
        ranks = {key: sum(before(other, key) for other in given) for key in given}
        ordered = sorted(given, key=lambda key: (ranks[key], key))
        self.drugs = [d for key in ordered if (d := _concept(patient.treatments[key]))]
        self.pairs = {
            (a, b) for x in given for y in given
            if before(x, y) and (a := _concept(patient.treatments[x])) and (b := _concept(patient.treatments[y]))
        }  # fmt: skip
        self.dated = {
            (section, concept, day): f"{key}"
            for section, key, fact in patient.facts()
            if (concept := _concept(fact)) and (day := self._day(_time(fact)))
        }
        self.variants = {self._signature("variants", fact): fact.printed for fact in patient.variants.values()}
        report = person.case.report
        self.publication = report.doi or report.pmcid or report.pmid or ""
        self.name = patient.identifier  # how a record names the patient
        self.authors = {_author(author.name) for author in report.authors}
        self.places = {house for author in report.authors for place in author.affiliations for house in _houses(place)}

    def _day(self, reference: str | None) -> str:
        """The window of a time of a month at most; "" for a wider one, which many share, and for what is no day."""
        bounds = self.person.bounds(reference)
        first, last = bounds.earliest_start, bounds.latest_end
        known = first and last and (last - first).days <= 31 and str(first) not in _NO_DAYS
        return f"{first}/{last}" if known else ""

    @cached_property
    def facts(self) -> frozenset[str]:
        """Every fact without its words, keys and anchors: what a copy has, too.

        What has no place in the model is left out: it names the patient, whom a copy may name otherwise.
        """
        told = self.person.patient.facts()
        return frozenset(self._signature(name, fact) for name, _, fact in told if name not in ("times", "extensions"))

    def _signature(self, section: str, fact: Fact) -> str:
        parts = [section]
        leave = {"evidence", "odd", "note", "pointer", "printed"}
        for name in sorted(type(fact).model_fields.keys() - leave):
            value = getattr(fact, name)
            values = value if isinstance(value, tuple) else (value,)
            parts.append(f"{name}=" + "|".join(sorted(map(self._value, values))))
        return "\0".join(parts)

    def _value(self, value: object) -> str:
        """A value of a field; a key stands for the concept of its fact, a time for its days."""
        if isinstance(value, Term):
            return value.id
        order = self.person.order
        if isinstance(value, str) and (value in order.times or re.match(r"(\.\.|\d{3}[\dX])", value)):
            try:
                return str(self.person.bounds(value))
            except ValueError:
                return value
        if isinstance(value, str) and value in order.facts:
            return _concept(order.facts[value]) or value
        return str(value)

    @cached_property
    def digest(self) -> str:
        """One digest of all facts, of sex and of age."""
        age = self.person.patient.age
        told = (self.sex, str(age.years) if age else "", *sorted(self.facts))
        return hashlib.sha256("\1".join(told).encode()).hexdigest()

    @cached_property
    def keys(self) -> set[Hashable]:
        """What a pair may have in common for it to be worth a comparison."""
        found: set[Hashable] = {("concept", concept) for concept in self.concepts}
        found |= {("drugs", *pair) for pair in self.pairs}
        found |= {("variant", variant) for variant in self.variants}
        found |= {("date", *key) for key in self.dated}
        found |= {("value", m.analyte.id, str(m.value), m.unit) for _, m, _ in self.measured}
        found |= {("facts", self.digest)} if len(self.facts) >= LEAST_FACTS else set()
        found |= {("publication", self.publication.lower())} if self.publication else set()
        return found


def _concept(fact: Fact) -> str:
    names = ("concept", "drug", "action", "analyte", "procedure")
    concept: Term | None = next((c for name in names if (c := getattr(fact, name, None))), None)
    return expand(concept.id) if concept else ""


def _time(fact: Fact) -> str | None:
    names = ("start",) if isinstance(fact, Treatment) else ("time", "onset")
    return next((when for name in names if (when := getattr(fact, name, None))), None)


class _Collection:
    """All patients, and how rare each feature is among them."""

    def __init__(self, persons: Sequence[Person]) -> None:
        self.terms = Catalogue.shipped()
        self.profiles = {person.iri: _Profile(person) for person in persons}
        self.above: dict[str, frozenset[str]] = {}
        having: Counter[str] = Counter()
        for profile in self.profiles.values():
            having.update(self.closure(profile.concepts | set(profile.drugs)))
        self.bits = {iri: math.log2(len(persons) / number) for iri, number in having.items()}
        self.rare: dict[str, set[str]] = {}  # patient -> what at most half of the patients have, and what is above it
        for iri, profile in self.profiles.items():
            self.rare[iri] = {concept for concept in self.closure(profile.concepts) if self.bits[concept] >= 1}
        for concept in having:
            self.closure([concept])
        self.cited = self._citing()

    def closure(self, concepts: Iterable[str]) -> set[str]:
        """The concepts and all that is above them."""
        found: set[str] = set()
        for concept in concepts:
            if concept not in self.above:
                self.above[concept] = frozenset(self.terms.ancestors(concept))
            found |= self.above[concept]
        return found

    def _lowest(self, shared: set[str]) -> list[str]:
        """The concepts that are above no other one, the rarest first."""
        found: list[str] = []
        covered: set[str] = set()
        for concept in sorted(shared, key=lambda c: (-self.bits[c], -len(self.above[c]), c)):
            if concept not in covered:
                found.append(concept)
                covered |= self.above[concept]
        return found

    def _citing(self) -> set[tuple[str, str]]:
        """Pairs of patients of which the report of one cites that of the other."""
        by_doi: dict[str, list[str]] = defaultdict(list)
        by_title: dict[str, list[str]] = defaultdict(list)
        for iri, profile in self.profiles.items():
            report = profile.person.case.report
            by_doi[(report.doi or "").lower()].append(iri)
            by_title[_plain(report.title)].append(iri)
        pairs = set()
        for iri, profile in self.profiles.items():
            for reference in profile.person.case.references.values():
                cited = (
                    by_doi.get(reference.doi.lower(), [])
                    if reference.doi
                    else by_title.get(_plain(reference.title), [])
                )
                pairs |= {(min(iri, other), max(iri, other)) for other in cited if other != iri}
        return pairs

    def compare(self, a: str, b: str, identity: Identity) -> Candidate:
        """Everything that speaks for or against two patients being one; nothing for two of one report."""
        x, y = self.profiles[a], self.profiles[b]
        if x.person.report == y.person.report:
            return Candidate("same person", (a, b), ())
        copy = x.digest == y.digest and len(x.facts) >= LEAST_FACTS
        kind: Kind = "copy" if copy else "same person"
        found = [*self._facts_alike(x, y, copy), *self._told(x, y, copy)]
        judged = identity.judged(("same person", "copy"), a, b)
        reports = (x.person.report, y.person.report)
        judged = judged or identity.judged(("same report", "copy"), *reports)
        joined = x.person.who == y.person.who
        if judged and judged.kind == "same report" and judged.decision == "rejected":
            judged = None  # two reports may still be of one person
        return Candidate(kind, (a, b), tuple(found), judged, joined)

    def _facts_alike(self, x: _Profile, y: _Profile, copy: bool) -> Iterator[Evidence]:
        if copy:  # all the rest is in it
            bits = sum(self.bits[c] for c in x.concepts) + _FACT * len(x.facts)
            yield _evidence("identical facts", bits, f"all {len(x.facts)} facts, sex and age")
            return
        rare = self._lowest(self.rare[x.person.iri] & self.rare[y.person.iri])
        if rare:
            says = ", ".join(f"{self.terms.label(c)} ({self.bits[c]:.1f})" for c in rare[:6])
            yield _evidence("rare features", sum(self.bits[c] for c in rare), says + (", …" if len(rare) > 6 else ""))
        pairs = x.pairs & y.pairs
        if pairs:
            drugs = {drug for pair in pairs for drug in pair}
            points = _EACH["same drugs in order"] * len(pairs) + sum(self.bits[drug] for drug in drugs)
            label = self.terms.label
            says = ", ".join(f"{label(one)} before {label(other)}" for one, other in sorted(pairs)[:4])
            yield _evidence("same drugs in order", points, says)
        if variants := sorted(x.variants.keys() & y.variants.keys()):
            says = ", ".join(x.variants[variant] for variant in variants)
            yield _evidence("same variants", _EACH["same variants"] * len(variants), says)
        dates = sorted(x.dated.keys() & y.dated.keys())
        if dates:
            says = ", ".join(f"{self.terms.label(concept)} {_window(day)}" for _, concept, day in dates[:4])
            yield _evidence("same dates", _EACH["same dates"] * len(dates), says)
        values = sorted(
            {m.printed for _, m, day in x.measured if any(_alike(m, day, n, then) for _, n, then in y.measured)}
        )
        if values:
            yield _evidence("same values", _EACH["same values"] * len(values), ", ".join(values[:4]))

    def _told(self, x: _Profile, y: _Profile, copy: bool) -> Iterator[Evidence]:
        """Sex, age, authors, institution, citation and publication."""
        if x.sex and y.sex:
            same = x.sex == y.sex
            label = " and ".join(dict.fromkeys(self.terms.label(expand(sex)) for sex in (x.sex, y.sex)))
            yield _evidence("same sex" if same else "two sexes", POINTS["same sex" if same else "two sexes"], label)
        yield from self._ages(x, y)
        one, other = x.person.case, y.person.case
        for name, shared in (("same authors", x.authors & y.authors), ("same institution", x.places & y.places)):
            if shared:
                yield _evidence(name, POINTS[name], ", ".join(sorted(shared)[:3]))
        if (min(x.person.iri, y.person.iri), max(x.person.iri, y.person.iri)) in self.cited:
            yield _evidence("cited", POINTS["cited"], "one report cites the other")
        if x.publication and x.publication.lower() == y.publication.lower():
            records = one.report.is_record and other.report.is_record
            alike = x.name is not None and x.name == y.name
            apart = "other name in one publication" if copy else "told apart in one publication"
            name = apart if records and not alike else "same publication"
            yield _evidence(name, POINTS[name], x.publication)

    @staticmethod
    def _ages(x: _Profile, y: _Profile) -> Iterator[Evidence]:
        """By the days of birth that they leave; ages without a date are compared as they are printed."""
        (first, last), (begin, end) = x.born, y.born
        pairs = [(a, b) for a, b in ((last, begin), (end, first)) if a and b]
        apart = max(((b - a).days for a, b in pairs), default=0)
        one, other = x.person.patient.age, y.person.patient.age
        if apart > 0:
            name = "ages nearly fit" if apart <= _YEAR else "ages do not fit"
            yield _evidence(name, POINTS[name], f"days of birth at least {apart:,} days apart")
        elif first and last and begin and end:
            yield _evidence("ages fit", POINTS["ages fit"], f"born between {max(first, begin)} and {min(last, end)}")
        elif one and other and one.years == other.years:
            yield _evidence("same age", POINTS["same age"], f"{one.printed}, {other.printed}")


def _evidence(name: str, points: float, says: str) -> Evidence:
    most = POINTS[name]
    return Evidence(name, round(min(points, most) if most > 0 else most, 1), says)


def _window(day: str) -> str:
    first, _, last = day.partition("/")
    return first if first == last else first[:7] if first[:7] == last[:7] else day


def _alike(m: Measurement, day: str, n: Measurement, then: str) -> bool:
    """One analyte with one value on one day."""
    return bool(
        m.analyte.id == n.analyte.id and day and day == then and m.comparator == n.comparator and same_value(m, n)
    )


# ---- reports ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Publication:
    """What of a report can be compared."""

    iri: str
    case: Case
    words: frozenset[str] = field(default=frozenset())

    @classmethod
    def of(cls, iri: str, case: Case) -> _Publication:
        return cls(iri, case, frozenset(_plain(case.report.title).split()))

    @property
    def author(self) -> str:
        """The first author and the year."""
        report = self.case.report
        return (
            f"{_author(report.authors[0].name)} {report.published.year}" if report.authors and report.published else ""
        )

    def marks(self) -> Iterator[Hashable]:
        """What two reports may have in common for them to be worth a comparison."""
        report = self.case.report
        for name in ("doi", "pmcid", "pmid"):
            if value := getattr(report, name):
                yield name, value.lower()
        if self.words:
            yield "title", " ".join(sorted(self.words))
        yield "text", report.source.sha256
        if self.author:
            yield "author", self.author


def _reports(cases: Mapping[str, Case], identity: Identity, block: int) -> Iterator[Candidate]:
    """Reports under two ids that may be one; two records of one publication are known to be."""
    told = {iri: _Publication.of(iri, case) for iri, case in cases.items()}
    pairs, _ = _blocks(((iri, key) for iri, one in told.items() for key in one.marks()), block)
    for a, b in sorted(pairs):
        x, y = told[a].case.report, told[b].case.report
        if x.is_record and y.is_record:
            continue
        found = [*_ids_alike(told[a], told[b])]
        judged = identity.judged(("same report", "copy"), a, b)
        yield Candidate("same report", (a, b), tuple(found), judged, bool(judged and judged.decision == "confirmed"))


def _ids_alike(one: _Publication, other: _Publication) -> Iterator[Evidence]:
    x, y = one.case.report, other.case.report
    for name, label in (("doi", "DOI"), ("pmcid", "PMCID"), ("pmid", "PMID")):
        a, b = (getattr(report, name) or "" for report in (x, y))
        if a and a.lower() == b.lower():
            yield _evidence(f"same {label}", POINTS[f"same {label}"], a)
        elif a and b and label != "PMCID":
            yield _evidence(f"other {label}", POINTS[f"other {label}"], f"{a}, {b}")
    if x.source.sha256 == y.source.sha256:
        yield _evidence("same text", POINTS["same text"], x.source.sha256[:16])
    if one.words and one.words == other.words:
        yield _evidence("same title", POINTS["same title"], x.title or "")
    elif len(one.words & other.words) >= 0.7 * len(one.words | other.words) > 0:
        yield _evidence("similar title", POINTS["similar title"], f"{x.title} / {y.title}")
    if one.author and one.author == other.author:
        name = "same first author and year"
        yield _evidence(name, POINTS[name], one.author)
    if x.published and x.published == y.published and x.journal and _plain(x.journal) == _plain(y.journal):
        name = "same journal and date"
        yield _evidence(name, POINTS[name], f"{x.journal}, {x.published}")
