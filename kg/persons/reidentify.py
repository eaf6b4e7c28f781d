"""Which facts, taken together, single a patient out among the others?

A set of facts that fewer than k patients share lets whoever knows those facts find the patient.
Told are the minimal sets: none holds a smaller one that does the same. That a set singles out
here says nothing of the world outside, where many more patients may share it, or none.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import TypeVar

from kg.base.prefixes import CKG, PREFIXES, compress
from kg.base.results import Result
from kg.concepts.terms import Catalogue
from kg.graph.store import Dataset

__all__ = [
    "HEADS", "KINDS", "Anonymity", "Risk", "Trait", "k_anonymity", "rare_results", "reidentify", "rows",
    "smallest_sets", "traits", "why_none",
]  # fmt: skip

V = TypeVar("V", bound=Hashable)
Value = tuple[str, str]  # (kind, value)
Places = tuple[int, ...]

_TYPE = PREFIXES["rdf"] + "type"
HEADS = ("patient", "shared by", "facts that together single out")

# Class of a fact -> (property of its concept, kind), for facts that hold: present, or given.
_FACTS: tuple[tuple[str, str, str], ...] = (
    ("Diagnosis", "concept", "diagnosis"),
    ("Antibody", "concept", "antibody"),
    ("Finding", "concept", "finding"),
    ("Treatment", "drug", "drug"),
    ("Treatment", "action", "action"),
    ("Event", "concept", "event"),
    ("AdverseEvent", "concept", "adverse event"),
)
_TIMES = ("time", "onset", "resolution", "start", "end", "ongoingAt", "ageAt")
KINDS = ("sex", "age", "age-band", *dict.fromkeys(kind for *_, kind in _FACTS), "year", "published")


@dataclass(frozen=True, slots=True, order=True)
class Trait:
    """What is known of a patient: kind, value (IRI, number or year), its label, and the facts that say it."""

    kind: str
    value: str
    label: str
    facts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.kind} {self.label}"


@dataclass(frozen=True, slots=True)
class Risk:
    """A minimal set of traits that singles a patient out; k is how many patients share all of them."""

    patient: str
    k: int
    traits: tuple[Trait, ...]


@dataclass(frozen=True, slots=True)
class Anonymity:
    """How many patients the smallest group of alike patients holds, and that group.

    k: its size (0 without patients); group: what they share; patients: who they are;
    groups: how many groups there are.
    """

    k: int
    group: tuple[Trait, ...]
    patients: tuple[str, ...]
    groups: int


# ---- the algorithm, with no graph in it ----------------------------------------------------


def smallest_sets(
    table: Mapping[str, frozenset[V]],
    k: int = 2,
    largest: int = 3,
    only: Iterable[str] | None = None,
    limit: int | None = None,
) -> Iterator[tuple[str, int, tuple[V, ...]]]:
    """The minimal sets of values that fewer than k rows hold, for each row: (row, how many hold it, set).

    A set has at most `largest` values and no smaller set inside that fewer than k rows hold.
    Rows and sets come in the order of the table and of its values (sorted as they print), small sets
    first; `limit` is the most that is told of one row. Rows are bits of one number a value, so that a
    set is counted by `&`; only sets that k rows or more hold are extended.

    >>> list(smallest_sets({"a": frozenset("xy"), "b": frozenset("xz"), "c": frozenset("yz")}))
    [('a', 1, ('x', 'y')), ('b', 1, ('x', 'z')), ('c', 1, ('y', 'z'))]
    """
    holders: dict[V, int] = {}
    for bit, values in enumerate(table.values()):
        for value in values:
            holders[value] = holders.get(value, 0) | 1 << bit
    order = {value: place for place, value in enumerate(sorted(holders, key=repr))}
    for row in table if only is None else only:
        held_by_row = sorted(table[row], key=order.__getitem__)
        for held, places in islice(_minimal([holders[value] for value in held_by_row], k, largest), limit):
            yield row, held, tuple(held_by_row[place] for place in places)


def _minimal(masks: list[int], k: int, largest: int) -> Iterator[tuple[int, Places]]:
    """The minimal sets of one row's masks with fewer than k bits in common, level by level.

    A level holds, for each shared set, the later places that it shares with k or more, each with the
    mask of both together: two of them join to the next level with one `&`.
    """
    alone = [(place, mask) for place, mask in enumerate(masks) if mask.bit_count() >= k]
    for place, mask in enumerate(masks):
        if mask.bit_count() < k:
            yield mask.bit_count(), (place,)
    level: list[tuple[Places, list[tuple[int, int]]]] = [((), alone)]
    shared: set[Places] = {(place,) for place, _ in alone}
    for size in range(2, largest + 1):
        grown: list[tuple[Places, list[tuple[int, int]]]] = []
        for start, ends in level:
            for i, (one, mask) in enumerate(ends):
                further = []
                for other, beside in ends[i + 1 :]:
                    both = mask & beside
                    if (held := both.bit_count()) >= k:
                        further.append((other, both))
                    elif all((*start[:j], *start[j + 1 :], one, other) in shared for j in range(size - 2)):
                        yield held, (*start, one, other)
                if size < largest:
                    grown.append(((*start, one), further))
        level, shared = grown, {(*start, end) for start, ends in grown for end, _ in ends}


# ---- reading the dataset -------------------------------------------------------------------


class _Reader:
    """What a dataset says of its patients: each property is read once, for all."""

    def __init__(self, data: Dataset) -> None:
        self.data = data
        self.terms = Catalogue.shipped()
        self.patients = sorted({q.subject.value for q in data.match(None, _TYPE, CKG + "Patient")})
        self.facts: dict[str, list[str]] = {}
        for quad in data.match(None, CKG + "patient"):
            self.facts.setdefault(quad.object.value, []).append(quad.subject.value)
        self._known: dict[str, dict[str, set[str]]] = {}

    def values(self, node: str, name: str) -> list[str]:
        """Objects of one of our properties (or of an IRI), sorted."""
        if name not in self._known:
            found: dict[str, set[str]] = {}
            for quad in self.data.match(None, name if ":" in name else CKG + name):
                found.setdefault(quad.subject.value, set()).add(quad.object.value)
            self._known[name] = found
        return sorted(self._known[name].get(node, ()))

    def traits(self, patient: str) -> tuple[Trait, ...]:
        found: dict[tuple[str, str, str], set[str]] = {}

        def add(kind: str, value: str, label: str, fact: str) -> None:
            found.setdefault((kind, value, label), set()).add(fact)

        for iri in self.values(patient, "sex"):
            add("sex", iri, self.terms.label(iri), patient)
        for years in self.values(patient, "ageYears"):
            for kind, value in _ages(years):
                add(kind, value, value, patient)
        facts = self.facts.get(patient, [])
        for fact in facts:
            for kind, iri in self.concepts(fact):
                add(kind, iri, self.terms.label(iri), fact)
        for fact in (patient, *facts):
            for time in {time for name in _TIMES for time in self.values(fact, name)}:
                for year in self.years(time):
                    add("year", year, year, fact)
        for report in self.values(patient, "reportedIn"):
            for day in self.values(report, PREFIXES["dcterms"] + "issued"):
                add("published", day[:4], day[:4], report)
        return tuple(sorted(Trait(*key, tuple(sorted(said))) for key, said in found.items()))

    def concepts(self, fact: str) -> Iterator[tuple[str, str]]:
        """(kind, concept) of a fact that is told of the patient and holds."""
        if not {CKG + "Background", CKG + "Hypothesis"}.isdisjoint(self.values(fact, "layer")):
            return
        if self.values(fact, "status") not in ([], [CKG + "Present"]):
            return
        classes = set(self.values(fact, _TYPE))
        for name, link, kind in _FACTS:
            if CKG + name in classes:
                for iri in self.values(fact, link):
                    yield kind, iri

    def years(self, time: str) -> Iterator[str]:
        """The years in which a time surely starts and ends."""
        for side in ("Start", "End"):
            years = {day[:4] for end in ("earliest", "latest") for day in self.values(time, end + side)}
            bounds = [self.values(time, end + side) for end in ("earliest", "latest")]
            if len(years) == 1 and all(bounds):
                yield years.pop()


def _ages(years: str) -> Iterator[Value]:
    """An age in whole years, and its band of ten.

    >>> list(_ages("28"))
    [('age', '28'), ('age-band', '20-29')]
    """
    try:
        whole = int(Decimal(years))
    except (InvalidOperation, ValueError, OverflowError):
        return
    yield "age", str(whole)
    yield "age-band", f"{whole // 10 * 10}-{whole // 10 * 10 + 9}"


def traits(data: Dataset) -> dict[str, tuple[Trait, ...]]:
    """What is known of each patient of a dataset, by the patient's IRI.

    Sex, age, and the concepts of what is present or was given, as written; the years of dated facts
    and of publication. Excluded facts, background and hypotheses are not counted. Patients that are
    counted as one person (`kg.persons.identity`) are one row, under the one as whom they are counted: a
    second report of a person does not hide that person.
    """
    read = _Reader(data)
    found: dict[str, dict[tuple[str, str, str], set[str]]] = {}
    for patient in read.patients:
        known = found.setdefault(person_of(data, patient), {})
        for trait in read.traits(patient):
            known.setdefault((trait.kind, trait.value, trait.label), set()).update(trait.facts)
    return {
        person: tuple(sorted(Trait(*key, tuple(sorted(said))) for key, said in known.items()))
        for person, known in sorted(found.items())
    }


def person_of(data: Dataset, patient: str) -> str:
    """As whom a patient is counted: itself, where nobody has joined it with another."""
    return min((quad.object.value for quad in data.match(patient, CKG + "countedAs")), default=patient)


def _table(known: Mapping[str, tuple[Trait, ...]]) -> dict[str, frozenset[Value]]:
    return {patient: frozenset((t.kind, t.value) for t in has) for patient, has in known.items()}


# ---- answers -------------------------------------------------------------------------------


def why_none(data: Dataset, k: int = 2) -> str | None:
    """Why it makes no sense to ask who is singled out in this dataset; None when it does.

    >>> import kg
    >>> why_none(kg.build())
    'The dataset has 1 patient, fewer than k = 2: everyone in it is singled out by being there.'
    """
    count = len({person_of(data, q.subject.value) for q in data.match(None, _TYPE, CKG + "Patient")})
    if count >= k:
        return None
    if not count:
        return "The dataset has no patient."
    who = f"{count} patient" + ("s" if count > 1 else "")
    return f"The dataset has {who}, fewer than k = {k}: everyone in it is singled out by being there."


def reidentify(
    data: Dataset, k: int = 2, largest: int = 3, only: str | None = None, limit: int | None = 100
) -> tuple[Risk, ...]:
    """The minimal sets of up to `largest` facts that fewer than k patients share, patient by patient.

    only: IRI of the one patient to ask about, among all of them. limit: the most sets told of one
    patient, the smallest first; None for all, which may be thousands each. Nothing comes back for fewer
    than k patients: `why_none` says so. Raises ValueError for a patient who is not there, and for k or
    `largest` below 1.
    """
    if k < 1 or largest < 1:
        raise ValueError("k and largest are whole numbers of 1 or more")
    known = traits(data)
    only = None if only is None else person_of(data, only)
    if only is not None and only not in known:
        raise ValueError(f"{compress(only)} is not a patient of the dataset; `casekg show` lists them")
    if len(known) < k:
        return ()
    by = {patient: {(t.kind, t.value): t for t in has} for patient, has in known.items()}
    return tuple(
        Risk(patient, held, tuple(by[patient][value] for value in values))
        for patient, held, values in smallest_sets(_table(known), k, largest, None if only is None else [only], limit)
    )


def k_anonymity(data: Dataset, kinds: Iterable[str] = ("sex", "age-band", "diagnosis")) -> Anonymity:
    """How many patients are alike in these kinds of facts, in the smallest group, and which group that is.

    Patients are alike when they have the same values, or none, of every kind. Among groups of one size
    the first by name is told. Raises ValueError for a kind that is not one of KINDS.
    """
    wanted = set(kinds)
    if unknown := wanted - set(KINDS):
        raise ValueError(f"{sorted(unknown)[0]!r} is not a kind of fact; one of {', '.join(KINDS)}")
    groups: dict[frozenset[Value], list[str]] = {}
    known = traits(data)
    for patient, has in known.items():
        groups.setdefault(frozenset((t.kind, t.value) for t in has if t.kind in wanted), []).append(patient)
    if not groups:
        return Anonymity(0, (), (), 0)
    values, members = min(groups.items(), key=lambda group: (len(group[1]), group[1]))
    shared = (t for member in members for t in known[member] if (t.kind, t.value) in values)
    facts: dict[tuple[str, str, str], set[str]] = {}
    for trait in shared:
        facts.setdefault((trait.kind, trait.value, trait.label), set()).update(trait.facts)
    group = tuple(sorted(Trait(*key, tuple(sorted(said))) for key, said in facts.items()))
    return Anonymity(len(members), group, tuple(members), len(groups))


def rows(risks: Iterable[Risk]) -> list[tuple[str, ...]]:
    """Risks as rows of text under HEADS: who, shared by how many, and which facts."""
    return [(compress(risk.patient), str(risk.k), " + ".join(map(str, risk.traits))) for risk in risks]


def rare_results(data: Dataset, k: int = 2, largest: int = 3) -> Iterator[Result]:
    """One information a patient that is singled out, with the first of the smallest sets.

    Information only: a published report carries these facts, and says so to everyone.
    """
    cure = "Leave out or widen what is not needed, or accept it: published reports carry it."
    if none := why_none(data, k):
        yield Result("info", "privacy-rare", none, cure)
        return
    told: dict[str, list[Risk]] = {}
    for risk in reidentify(data, k, largest):
        told.setdefault(risk.patient, []).append(risk)
    for patient, risks in told.items():
        first = " + ".join(map(str, risks[0].traits))
        more = f"; {len(risks):,} sets of facts or more do the same" if len(risks) > 1 else ""
        message = f"fewer than {k} patients share {first}{more}."
        yield Result("info", "privacy-rare", message, cure, focus=patient)
