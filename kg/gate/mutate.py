"""Are the rules any good? Each triple of a valid case graph is deleted and spoiled, and who notices is counted.

A mutant is noticed when a violation appears that the whole graph does not have: by the shapes
(the closed vocabulary and SHACL), or only by the rules beyond them (the graph read back as a
case). What nobody notices survives, and is listed.
"""

from __future__ import annotations

import itertools
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from kg.base import places, project
from kg.base.files import CASE_SUFFIXES
from kg.base.results import CaseError, Result
from kg.gate.mutants import DELETED, OPERATORS, Graph, Mutant, Quad, mutants
from kg.gate.shapes import validate_graph
from kg.graph.graphs import read_case_graphs, read_graph
from kg.model.reading import CaseFile, barred, read_case_file
from kg.rdf.triples import quads
from kg.sources.readers import READERS, judge_cases

__all__ = ["Fate", "Score", "fate", "fates", "graphs", "run", "score"]

# The share that must be noticed of deleted required triples, and of spoiled ones.
DELETED_LEAST, SPOILED_LEAST = 0.97, 0.99


@dataclass(frozen=True)
class Fate:
    """What became of a mutant: the rules that noticed it, of the shapes or else of those beyond; none, it survived."""

    mutant: Mutant
    shapes: tuple[str, ...]
    beyond: tuple[str, ...]

    @property
    def noticed(self) -> bool:
        """Did anything notice?"""
        return bool(self.shapes or self.beyond)


# ---- who notices -------------------------------------------------------------------------


def graphs(path: Path) -> list[Graph]:
    """The case graphs of a case file or RDF file, without a violation. Raises CaseError for others."""
    if path.suffix.lower() in CASE_SUFFIXES:
        return [tuple(quads(read_case_file(path).case))]
    if path.suffix.lower() in READERS:
        records = list(judge_cases(path))
        if bad := [r for one in records for r in (barred(one) if isinstance(one, CaseFile) else one.results)]:
            raise CaseError(bad)
        return [tuple(quads(one.case)) for one in records if isinstance(one, CaseFile)]
    read = read_case_graphs(path).graphs
    wrong = [r for graph in read for r in graph.results if r.severity == "violation"]
    if wrong or not read:
        empty = Result("violation", "empty", "holds no report of casekg.", "Name a file with a case graph.", str(path))
        raise CaseError(wrong or [empty])
    return [graph.quads for graph in read]


def _violations(items: list[Quad], only: Collection[str] | None = None) -> set[str]:
    return {r.rule for r in validate_graph(items, only=only)[0] if r.severity == "violation"}


def fate(mutant: Mutant, whole: Graph) -> Fate:
    """Who notices a mutant.

    The shapes of the nodes that the change touches are asked first, then all shapes, and the rules
    beyond them last: each only when nothing has noticed it before.
    """
    items = mutant.graph(whole)
    touched = {term.value for quad in (*mutant.removed, *mutant.added) for term in (quad.subject, quad.object)}
    found = _violations(items, touched) or _violations(items)
    beyond: set[str] = set()
    if not found:
        beyond = {r.rule for r in read_graph(items).results if r.severity == "violation"}
    return Fate(mutant, tuple(sorted(found)), tuple(sorted(beyond)))


def run(
    paths: Iterable[Path],
    sample: int | None = None,
    seed: int = 0,
    jobs: int = 1,
    told: Callable[[int, int], None] | None = None,
) -> Score:
    """Mutate the graphs of case files and RDF files, in processes, and count who notices.

    sample: so many mutants of a file, chosen by seed; None for all. told: is given the parts of the
    work that are done, and how many there are. Raises CaseError for a file that is not valid itself.
    """
    files = list(paths)
    _made.cache_clear()  # a file may have changed
    for path in files:
        graphs(path)
    parts = jobs * 20 if sample is None else jobs
    work = [(path, sample, seed, part, parts) for path in files for part in range(parts)]
    found: list[Fate] = []
    root = places.project()
    pool = ProcessPoolExecutor(jobs, get_context("spawn"), _start, (root,)) if jobs > 1 else None
    try:
        for done, some in enumerate(
            pool.map(fates, *zip(*work, strict=True)) if pool else itertools.starmap(fates, work), 1
        ):
            found += some
            if told:
                told(done, len(work))
    finally:
        if pool:
            pool.shutdown(cancel_futures=True)
    return score(found)


def _start(root: Path | None) -> None:
    logging.getLogger("rdflib").addHandler(logging.NullHandler())  # it tells of every ill-typed literal
    project.enter(project.find(root) if root else None)


@lru_cache(maxsize=1)
def _made(path: Path, sample: int | None, seed: int) -> list[tuple[Mutant, Graph]]:
    """The mutants of a file, each with its whole graph; a sample of them on request."""
    made = [(mutant, whole) for whole in graphs(path) for mutant in mutants(whole)]
    return made if sample is None else random.Random(seed).sample(made, min(sample, len(made)))


def fates(path: Path, sample: int | None, seed: int, part: int, parts: int) -> list[Fate]:
    """The fates of one part in `parts` of the mutants of a file; a sample of them on request."""
    return [fate(*one) for one in itertools.islice(_made(path, sample, seed), part, None, parts)]


@dataclass(frozen=True)
class Score:
    """What was noticed.

    rows: operator -> (mutants, noticed by the shapes, only by what is beyond them); deletions are two
    rows, of required and of optional triples. rules: how often each noticed. survivors: those that
    should have been noticed and were not, by operator, class and property.
    """

    rows: Mapping[str, tuple[int, int, int]]
    rules: Mapping[str, int]
    survivors: Mapping[tuple[str, str, str], list[str]] = field(default_factory=dict)

    def share(self, *names: str) -> float:
        """Share noticed of these rows together, 0 to 1; 1 when there is nothing to notice."""
        some = [self.rows[name] for name in names if name in self.rows]
        made = sum(row[0] for row in some)
        return sum(row[1] + row[2] for row in some) / made if made else 1.0

    def count(self, *names: str) -> int:
        """Mutants of these rows together."""
        return sum(self.rows[name][0] for name in names if name in self.rows)

    @property
    def spoils(self) -> int:
        """How many triples were spoiled."""
        return self.count(*OPERATORS)

    @property
    def good(self) -> bool:
        """Is enough noticed? (DELETED_LEAST, SPOILED_LEAST)"""
        return self.deleted >= DELETED_LEAST and self.spoiled >= SPOILED_LEAST

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        heads = ("mutants", "by_shapes", "by_other_rules")
        return {
            "deleted_required_noticed": self.deleted,
            "spoiled_noticed": self.spoiled,
            "operators": {name: dict(zip(heads, row, strict=True)) for name, row in self.rows.items()},
            "rules": dict(self.rules),
            "survivors": [
                {"operator": o, "class": k, "property": p, "nodes": nodes}
                for (o, k, p), nodes in self.survivors.items()
            ],
        }

    def told(self) -> str:
        """The two shares in words; of what a small sample has none, it says so.

        >>> Score({"deleted, required": (8, 6, 1)}, {}).told()
        '87.50% of 8 deleted required triples; no spoiled triple was tried'
        """
        parts = []
        for share, count, what in (
            (self.deleted, self.count("deleted, required"), "deleted required triple"),
            (self.spoiled, self.spoils, "spoiled triple"),
        ):
            parts.append(f"{share:.2%} of {count:,} {what}s" if count else f"no {what} was tried")
        return "; ".join(parts)

    @property
    def deleted(self) -> float:
        """Share of the deleted required triples that was noticed."""
        return self.share("deleted, required")

    @property
    def spoiled(self) -> float:
        """Share of the spoiled triples that was noticed."""
        return self.share(*OPERATORS)


def score(found: Iterable[Fate]) -> Score:
    """Count fates."""
    rows: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    rules: Counter[str] = Counter()
    survivors: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for one in found:
        mutant = one.mutant
        name = mutant.operator
        if name == DELETED:
            name += ", required" if mutant.required else ", optional"
        row = rows[name]
        row[0] += 1
        row[1] += bool(one.shapes)
        row[2] += bool(one.beyond)
        rules.update((*one.shapes, *one.beyond))
        if not one.noticed and mutant.required:
            survivors[name, mutant.kind, mutant.property].append(mutant.node)
    order = [f"{DELETED}, required", f"{DELETED}, optional", *OPERATORS]
    made = {name: (rows[name][0], rows[name][1], rows[name][2]) for name in order if name in rows}
    return Score(made, dict(rules.most_common()), dict(sorted(survivors.items())))
