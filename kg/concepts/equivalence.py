"""Which ids mean exactly the same, when all mapping sets are taken together?

Exact matches close: what matches the same id matches each other. A table that would make two
terms of one source the same, or a term in use the same as a retired one, is not followed there,
and that is told. The answer does not depend on the order of tables or rows.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from kg.base.prefixes import CONCEPTS, compress
from kg.base.results import Result
from kg.concepts.mappings import RULE, MappingSet, Row

__all__ = ["Equivalence", "equivalence", "source_of"]


_MOST_TOLD = 50


@dataclass(frozen=True)
class Equivalence:
    """Ids that mean the same, by id; each class sorted and with itself in it. results: what did not close."""

    classes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    results: tuple[Result, ...] = ()

    def of(self, iri: str) -> tuple[str, ...]:
        """All ids that mean the same as this one, itself among them.

        >>> Equivalence().of("x:a")
        ('x:a',)
        """
        return self.classes.get(iri, (iri,))


def source_of(iri: str) -> str:
    """The vocabulary that an id is of: its prefix, else the IRI up to its last part.

    An id of a source that casekg does not know, as a record writes it, is of that source.

    >>> source_of("http://purl.obolibrary.org/obo/HP_0025520"), source_of("https://example.org/a/b#7")
    ('HP', 'https://example.org/a/b#')
    """
    prefix = compress(iri).partition(":")[0]
    known = prefix in CONCEPTS and prefix != "other"  # ids of unknown sources say theirs themselves
    return prefix if known else re.sub(r"[^#/_:]*$", "", iri)


def equivalence(sets: Iterable[MappingSet], replacement: Callable[[str], str | None] = lambda _: None) -> Equivalence:
    """The classes of ids that the exact matches make, and what contradicts itself.

    replacement: gives of a retired CURIE the one that replaces it, or "", and None of one in use. Three things do not close, and are told: a
    match with a retired id; the ids of a source of which a class would hold two that no row of
    that source's own joins; and two ids of which a row says that they do not match.
    """
    results: list[Result] = []
    short = lru_cache(maxsize=None)(lambda iri: replacement(compress(iri)))  # ids come again and again
    exact: list[tuple[str, str]] = []
    alias: list[tuple[str, str]] = []
    apart: set[tuple[str, str]] = set()
    where: dict[tuple[str, str], tuple[str, int]] = {}
    for made in sorted(sets, key=lambda one: str(one.path)):
        for row in made.rows:
            pair = (min(row.subject, row.object), max(row.subject, row.object))
            alias += made.aliases_of(*pair)
            if row.kind != "exact" or pair[0] == pair[1]:
                continue
            where.setdefault(pair, (str(made.path), row.line))
            if row.negated:
                apart.add(pair)
            elif gone := [iri for iri in pair if short(iri) is not None]:
                results.append(_retired(made, row, compress(gone[0]), short(gone[0])))
            else:
                exact.append(pair)
    source = lru_cache(maxsize=None)(source_of)
    held: set[str] = set()
    groups = _components(exact)
    place = {iri: n for n, members in enumerate(groups) for iri in members}
    rows: list[set[tuple[str, str]]] = [set() for _ in groups]
    for pair in exact:
        rows[place[pair[0]]].add(pair)
    nots: list[set[tuple[str, str]]] = [set() for _ in groups]
    for pair in apart:
        if pair[0] in place and place[pair[0]] == place.get(pair[1]):
            nots[place[pair[0]]].add(pair)
    for n, members in enumerate(groups):
        for message, ids, over in _contradictions(members, sorted(rows[n]), sorted(nots[n]), source):
            held |= ids
            file, line = min((where[pair] for pair in over if pair in where), default=("", 0))
            cure = "These ids do not answer for each other: correct the rows, or delete what is wrong."
            results.append(Result("warning", RULE, message, cure, file, line, 1))
    pairs = [pair for pair in exact if not held.intersection(pair)]
    pairs += _one_to_one(alias)
    classes = {iri: members for members in _components(pairs) for iri in members}
    return Equivalence(classes, tuple(_few(results)))


def _few(results: Iterable[Result]) -> Iterator[Result]:
    """The first results of each table, and how many more there are."""
    by_file: dict[str, list[Result]] = {}
    for result in dict.fromkeys(results):
        by_file.setdefault(result.file, []).append(result)
    for file, told in by_file.items():
        yield from told[:_MOST_TOLD]
        more = len(told) - _MOST_TOLD
        if more > 0:
            message = f"{more:,} more rows of this table match with retired ids or contradict each other."
            yield Result("warning", RULE, message, "Cure these first.", file, 1, 1)


def _retired(made: MappingSet, row: Row, one: str, instead: str | None) -> Result:
    message = f"{compress(row.subject)} is matched with {compress(row.object)}, and {one} is retired."
    cure = f"Use {instead}." if instead else "Delete the row: the source of the id names no replacement."
    return Result("warning", RULE, message, cure, str(made.path), row.line, 1)


def _contradictions(
    members: Iterable[str],
    rows: list[tuple[str, str]],
    apart: Iterable[tuple[str, str]],
    source: Callable[[str], str],
) -> Iterator[tuple[str, set[str], list[tuple[str, str]]]]:
    """What a class may not hold: message, the ids that are kept out of it, and the rows that made it."""
    by_source: dict[str, list[str]] = {}
    for iri in members:
        by_source.setdefault(source(iri), []).append(iri)
    for name, ids in sorted(by_source.items()):
        if len(ids) == 1:
            continue
        own = [pair for pair in rows if source(pair[0]) == name == source(pair[1])]
        if [len(group) for group in _components(own)] != [len(ids)]:
            names = " and ".join(compress(iri) for iri in ids[:4]) + (" and more" if len(ids) > 4 else "")
            over = sorted({compress(i) for pair in rows if set(pair) & set(ids) for i in pair if i not in ids})
            message = f"exact matches make {names} the same (over {', '.join(over[:4])}), and no row says so itself."
            yield message, set(ids), [pair for pair in rows if set(pair) & set(ids)]
    for pair in apart:
        message = f"exact matches make {compress(pair[0])} and {compress(pair[1])} the same, and a row says Not."
        yield message, set(pair), [pair]


def _one_to_one(alias: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Of what records write, what stands for one id: two tables may use one prefix for two sources."""
    meant: dict[str, set[str]] = {}
    for iri, written in alias:
        meant.setdefault(written, set()).add(iri)
    return [(min(iris), written) for written, iris in meant.items() if len(iris) == 1]


def _components(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, ...]]:
    """The ids that pairs join, each group sorted, the groups in order."""
    parent: dict[str, str] = {}

    def top(iri: str) -> str:
        while parent.setdefault(iri, iri) != iri:
            parent[iri] = parent[parent[iri]]
            iri = parent[iri]
        return iri

    for one, other in pairs:
        a, b = top(one), top(other)
        if a != b:
            parent[max(a, b)] = min(a, b)
    groups: dict[str, list[str]] = {}
    for iri in parent:
        groups.setdefault(top(iri), []).append(iri)
    return sorted(tuple(sorted(group)) for group in groups.values())
