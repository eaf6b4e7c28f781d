"""What do two collections of cases say differently, fact by fact?

Not triples: a fact was added, removed or changed, and of a changed one the fields, before and after, in
the words of the case file. A case file and a graph can be compared. Statements that differ without any
fact that differs are counted, so that nothing differs in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pyoxigraph as ox

from kg.base.prefixes import CASE, compress
from kg.graph.facts import Told, read_facts
from kg.graph.merging import told

__all__ = ["Change", "Difference", "compare", "diff"]

Kind = Literal["added", "removed", "changed"]
Values = tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A fact that differs.

    patient: its key, "" for what is told of the report; fact: where it stands in the case file, below
    the patient; fields: those that differ, with the values that only one side has.
    """

    iri: str
    patient: str
    fact: str
    kind: Kind
    fields: Mapping[str, tuple[Values, Values]]

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        fields = {name: {"before": list(was), "after": list(now)} for name, (was, now) in self.fields.items()}
        return {**vars(self), "fields": fields}

    def lines(self) -> Iterator[str]:
        """The change for a reader: a fact that came or went in one line, else a line a field."""
        sign = {"added": "+", "removed": "-", "changed": "~"}[self.kind]
        if self.kind != "changed":
            sides = ((name, now or was) for name, (was, now) in self.fields.items())
            yield f"{sign} {self.fact}: " + "; ".join(f"{name} {', '.join(values)}" for name, values in sides)
            return
        yield f"{sign} {self.fact}"
        for name, (was, now) in self.fields.items():
            yield f"    {name}: {', '.join(was) or '(none)'} -> {', '.join(now) or '(none)'}"


@dataclass(frozen=True)
class Difference:
    """How a graph differs.

    kind: is the whole graph on one side only? changes: sorted by patient and place; other: how many
    statements, removed and added, differ beside the facts, or of a graph that is no case.
    """

    graph: str
    kind: Kind
    changes: tuple[Change, ...]
    other: tuple[int, int] = (0, 0)

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        removed, added = self.other
        changes = [change.data() for change in self.changes]
        return {**vars(self), "changes": changes, "other": {"removed": removed, "added": added}}

    def count(self, kind: Kind) -> int:
        """How many facts were added, removed or changed."""
        return sum(change.kind == kind for change in self.changes)


Graph = frozenset[ox.Triple]


def diff(a: Path | str, b: Path | str) -> tuple[Difference, ...]:
    """How b differs from a: files or folders, case files or RDF. Raises CaseError when either is malformed."""
    return compare(told(a), told(b))


def compare(a: Mapping[str, Iterable[ox.Triple]], b: Mapping[str, Iterable[ox.Triple]]) -> tuple[Difference, ...]:
    """How the graphs of b (name -> triples) differ from those of a.

    >>> compare({"urn:g": []}, {"urn:g": []})
    ()
    """
    return tuple(
        _graph(name, was, now)
        for name in sorted(a.keys() | b.keys())
        if (was := frozenset(a.get(name, ()))) != (now := frozenset(b.get(name, ())))
    )


def _graph(name: str, was: Graph, now: Graph) -> Difference:
    kind: Kind = "changed" if was and now else "added" if now else "removed"
    removed, added = was - now, now - was
    if not name.startswith(CASE):
        return Difference(name, kind, (), (len(removed), len(added)))
    changes = tuple(_changes(read_facts(name, was), read_facts(name, now)))
    # quotes and dates are values of the facts that name them; what they are called follows from those
    seen = {change.iri for change in changes}
    parts = (f"{name}#quote-", *{f"{name}/{change.patient}#time-" for change in changes}) if changes else ()
    left = [
        sum(str(getattr(t.subject, "value", t.subject)) not in seen and not _starts(t.subject, parts) for t in side)
        for side in (removed, added)
    ]
    return Difference(name, kind, changes, (left[0], left[1]))


def _starts(node: object, starts: tuple[str, ...]) -> bool:
    return isinstance(node, ox.NamedNode) and node.value.startswith(starts)


def _changes(was: Mapping[str, Told], now: Mapping[str, Told]) -> Iterator[Change]:
    found = {**was, **now}
    for fact in sorted(found.values(), key=lambda fact: (fact.patient, fact.place, fact.iri)):
        before, after = (side[fact.iri].fields if fact.iri in side else {} for side in (was, now))
        kind: Kind = "changed" if fact.iri in was and fact.iri in now else "added" if fact.iri in now else "removed"
        fields: dict[str, tuple[Values, Values]] = {}
        for name in sorted(before.keys() | after.keys()):
            old, new = before.get(name, ()), after.get(name, ())
            if old != new:
                fields[name] = (tuple(v for v in old if v not in new), tuple(v for v in new if v not in old))
        if fields or kind != "changed":
            yield Change(fact.iri, fact.patient, fact.place, kind, fields)


def title(found: Difference) -> str:
    """The heading of a graph that differs."""
    if not found.graph.startswith(CASE):
        return f"{found.graph} (no case: {found.other[0]:,} statements removed, {found.other[1]:,} added)"
    counts = ", ".join(f"{found.count(kind)} {kind}" for kind in ("added", "removed", "changed") if found.count(kind))
    whole = "" if found.kind == "changed" else f"the whole report {found.kind}: "
    return f"{compress(found.graph)}: {whole}{counts or 'no fact differs'}"
