"""Who is counted as whom, and what is taken back?

Confirmed claims (`kg.persons.judgements`) join patients for counting; the latest decision on a pair counts,
so that a claim can be withdrawn. A pair that is rejected though a chain of confirmed claims joins it
is a contradiction: it is told, and nobody in that chain is joined. What is derived (`ckg:countedAs`)
is made anew each time, in a graph of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.base.prefixes import CASE, CKG, PREFIXES, compress
from kg.base.results import CaseError, Result, ordered
from kg.graph.store import PERSONS, Dataset
from kg.persons.judgements import IdentityClaim, Judgements, Kind, from_table, judgement_quads, judgements
from kg.rdf.iris import case_iri

__all__ = ["Identity", "apply", "counted_as", "leave_out", "resolve", "retracted_reports"]

Pair = tuple[str, str]


@dataclass(frozen=True)
class Identity:
    """What the claims say together.

    counted: patient -> the patient under whom it is counted, the least IRI of those who are one
    person; only those who are joined. deciding: the claim that counts, by kind and pair; a pair
    with contrary decisions of one day has none. results: contradictions (violation), decisions that
    a later one overtook (info), claims on what is not in the data (warning).
    """

    counted: Mapping[str, str]
    deciding: Mapping[tuple[Kind, Pair], IdentityClaim]
    results: tuple[Result, ...] = field(default=())

    def judged(self, kinds: Iterable[Kind], a: str, b: str) -> IdentityClaim | None:
        """The confirmed or rejected claim on a pair, of one of these kinds; None when nobody judged it."""
        pair = (min(a, b), max(a, b))
        found = (self.deciding.get((kind, pair)) for kind in kinds)
        return next((claim for claim in found if claim and claim.decision != "withdrawn"), None)


def resolve(claims: Iterable[IdentityClaim], patients: Mapping[str, Iterable[str]]) -> Identity:
    """What claims say together; their order does not matter. patients: report -> its patients (IRIs).

    A confirmed claim on two reports joins their patients of one name, or the only one of each.

    >>> from datetime import date
    >>> one = IdentityClaim("same person", ("r1/p1", "r2/p1"), date(2024, 1, 1), "confirmed", "me", "same scar")
    >>> two = IdentityClaim("same person", ("r2/p1", "r3/p1"), date(2024, 1, 1), "confirmed", "me", "same date")
    >>> dict(resolve([one, two], {}).counted) == dict.fromkeys(["r1/p1", "r2/p1", "r3/p1"], "r1/p1")
    True
    """
    results: list[Result] = []
    deciding = _deciding(claims, results)
    everyone = {patient for found in patients.values() for patient in found}
    joins: dict[Pair, IdentityClaim] = {}
    reports: dict[Pair, IdentityClaim] = {}
    for (_, pair), claim in sorted(deciding.items()):
        if claim.decision != "confirmed":
            continue
        if everyone and (missing := [iri for iri in pair if iri not in everyone and iri not in patients]):
            message = f"{' and '.join(map(compress, missing))} is not in the data: the claim joins nobody here."
            results.append(Result("warning", "claims", message, "Give the data, or correct the IRI.", *claim.place))
        if pair[0] in patients and pair[1] in patients:
            reports[pair] = claim
            pairs, left = _alike(*(sorted(patients[iri]) for iri in pair))
            joins |= dict.fromkeys(pairs, claim)
            if left:
                message = f"{', '.join(map(compress, left))}: which patient of the other report it is, is open."
                cure = "Confirm it by a claim of kind 'same person'."
                results.append(Result("warning", "claims", message, cure, *claim.place))
        else:
            joins[pair] = claim
    rejected = {key: claim for key, claim in deciding.items() if claim.decision == "rejected"}
    groups, wrong = _groups(joins, (c for (kind, _), c in rejected.items() if kind == "same person"))
    _, more = _groups(reports, (c for (kind, _), c in rejected.items() if kind == "same report"))
    counted = {patient: min(group) for group in groups for patient in group}
    return Identity(counted, deciding, ordered([*results, *wrong, *more]))


def _deciding(claims: Iterable[IdentityClaim], results: list[Result]) -> dict[tuple[Kind, Pair], IdentityClaim]:
    """The latest decision on each pair; contrary ones of one day decide nothing."""
    told: dict[tuple[Kind, Pair], list[IdentityClaim]] = {}
    for claim in sorted(claims):
        told.setdefault((claim.kind, claim.of), []).append(claim)
    found = {}
    for key, same in told.items():
        last = [claim for claim in same if claim.on == same[-1].on]
        if len({claim.decision for claim in last}) > 1:
            what = " and ".join(f"{c.decision} by {c.by}" for c in last)
            message = f"{_of(last[0])} is {what} on the same day, {last[0].on}."
            cure = "Agree, and write the decision with a later date."
            results.append(Result("violation", "contradiction", message, cure, *last[-1].place))
            continue
        found[key] = last[0]
        for claim in same:
            if claim.decision != last[0].decision:
                message = f"{_of(claim)}: {claim.decision} on {claim.on} by {claim.by}, but {last[0].decision} since."
                results.append(Result("info", "claims", message, "The later decision counts.", *claim.place))
    return found


def _of(claim: IdentityClaim) -> str:
    return f"{claim.kind} {' and '.join(map(compress, claim.of))}"


def _alike(some: list[str], others: list[str]) -> tuple[list[Pair], list[str]]:
    """Patients of two reports of one and the same thing: by name, or the only one of each; and who is left."""
    if len(some) == len(others) == 1:
        return [(min(some[0], others[0]), max(some[0], others[0]))], []
    names = {iri.rpartition("/")[2]: iri for iri in others}
    pairs = [(iri, names[name]) for iri in some if (name := iri.rpartition("/")[2]) in names]
    done = {iri for pair in pairs for iri in pair}
    return [(min(p), max(p)) for p in pairs], [iri for iri in (*some, *others) if iri not in done]


def _groups(
    joins: Mapping[Pair, IdentityClaim], rejected: Iterable[IdentityClaim]
) -> tuple[list[frozenset[str]], list[Result]]:
    """The transitive closure of the joins, without the groups in which a pair is rejected; those are told."""
    near: dict[str, set[str]] = {}
    for a, b in joins:
        near.setdefault(a, set()).add(b)
        near.setdefault(b, set()).add(a)
    groups: dict[str, frozenset[str]] = {}
    for start in sorted(near):
        if start not in groups:
            seen, todo = {start}, [start]
            while todo:
                todo += (new := near[todo.pop()] - seen)
                seen |= new
            groups |= dict.fromkeys(seen, frozenset(seen))
    wrong, results = set(), []
    for claim in rejected:
        a, b = claim.of
        if b in groups.get(a, ()):
            wrong.add(groups[a])
            chain = " - ".join(map(compress, _chain(near, a, b)))
            told = sorted({joins[min(p), max(p)].place for p in pairwise(_chain(near, a, b))})
            where = ", ".join(f"{file}:{line}" for file, line, _ in told if file)
            message = f"{_of(claim)} is rejected, but a chain of confirmed claims joins them: {chain}"
            message += f" ({where})." if where else "."
            cure = "Withdraw one of these claims; until then nobody in the chain is counted as one."
            results.append(Result("violation", "contradiction", message, cure, *claim.place))
    return sorted({g for g in groups.values() if g not in wrong}, key=min), results


def _chain(near: Mapping[str, set[str]], start: str, end: str) -> list[str]:
    """A shortest way from one to the other."""
    before = {start: ""}
    todo = [start]
    for node in todo:
        for other in sorted(near[node] - before.keys()):
            before[other] = node
            todo.append(other)
    way = [end]
    while before[way[-1]]:
        way.append(before[way[-1]])
    return way[::-1]


# ---- over a dataset ---------------------------------------------------------------------


def _patients(data: Dataset) -> dict[str, list[str]]:
    """Report -> its patients."""
    reports = data.match(None, PREFIXES["rdf"] + "type", CKG + "Report")
    found: dict[str, list[str]] = {quad.subject.value: [] for quad in reports}
    for quad in data.match(None, CKG + "reportedIn"):
        found.setdefault(quad.object.value, []).append(quad.subject.value)
    return found


def counted_as(data: Dataset) -> Mapping[str, str]:
    """Patient -> the patient under whom it is counted, as the dataset's graph of judgements says.

    Only those who are joined; of a contradiction nobody is (`resolve`).
    """
    told = judgements(data)
    return resolve(told.claims, _patients(data)).counted if told.claims else {}


def apply(data: Dataset, told: Judgements | None = None, table: Path | None = None) -> tuple[Dataset, Identity]:
    """The dataset with these decisions beside those it has, and what they say together.

    table: of retracted DOIs; those of the dataset's reports are added. The graph of persons is made
    anew. The given dataset stays as it is. Raises CaseError when decisions contradict each other.
    """
    known = judgements(data)
    whole = (told or Judgements()) | known
    if table:
        whole |= from_table(table, (quad.object.value for quad in _dois(data)))
    made = resolve(whole.claims, _patients(data))
    if wrong := [result for result in made.results if result.severity == "violation"]:
        raise CaseError(wrong)
    if whole == known and not made.counted and not any(True for _ in data.graph(PERSONS)):
        return data, made
    store = _copy(data)
    store.remove_graph(ox.NamedNode(PERSONS))
    store.extend(judgement_quads(whole))
    # in a graph of its own, which is never saved: it follows from the judgements
    graph, predicate = ox.NamedNode(PERSONS), ox.NamedNode(CKG + "countedAs")
    store.extend(ox.Quad(ox.NamedNode(a), predicate, ox.NamedNode(b), graph) for a, b in made.counted.items())
    return replace(data, store=store), made


def _copy(data: Dataset) -> ox.Store:
    store = ox.Store()
    store.bulk_extend(iter(data.store))
    return store


# ---- what was retracted -----------------------------------------------------------------


def _dois(data: Dataset) -> Iterator[Any]:
    """The DOIs of the reports themselves."""
    reports = {quad.subject.value for quad in data.match(None, PREFIXES["rdf"] + "type", CKG + "Report")}
    return (quad for quad in data.match(None, CKG + "doi") if quad.subject.value in reports)


def retracted_reports(data: Dataset) -> dict[str, str]:
    """Report -> why it was retracted, of those in the dataset whose DOI the graph of judgements names."""
    told = {one.doi: f"{one.why} ({one.by}{f', {one.on}' if one.on else ''})" for one in judgements(data).retractions}
    return {q.subject.value: told[doi] for q in _dois(data) if (doi := q.object.value.lower()) in told} if told else {}


def leave_out(data: Dataset, reports: Iterable[str]) -> Dataset:
    """The dataset without these reports and everything they state; the given one stays as it is."""
    gone = set(reports)
    if not gone:
        return data
    kept = ox.Store()
    kept.bulk_extend(quad for quad in data.store if _report(quad) not in gone)
    files = tuple(file for file in data.files if case_iri(file.case) not in gone)
    paths = {name: path for name, path in data.paths.items() if name not in gone}
    return replace(data, store=kept, files=files, paths=paths)


def _report(quad: ox.Quad) -> str:
    """The report that a quad is stated in: its graph, else what its subject is named after; "" for neither."""
    for term in (quad.graph_name, quad.subject):
        if isinstance(term, ox.NamedNode) and term.value.startswith(CASE):
            return CASE + term.value[len(CASE) :].partition("#")[0].partition("/")[0]
    return ""
