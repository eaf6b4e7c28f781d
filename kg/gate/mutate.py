"""Are the rules any good? Each triple of a valid case graph is deleted and spoiled, and who notices is counted.

A mutant is noticed when a violation appears that the whole graph does not have: by the shapes
(the closed vocabulary and SHACL), or only by the rules beyond them (the graph read back as a
case). What nobody notices survives, and is listed.

Which deletions must be noticed is told by the case model, not by the shapes: a triple is required
when the model always writes it - a field that has no default or whose default is written, each
part of a quantity that is there, the last value of a list that may not be empty, a link that is
the only way to a node, and whatever follows from the rest (type, layer, bounds, attribution).
Without any other triple the graph is that of another case, and may be valid.
"""

from __future__ import annotations

import csv
import gzip
import io
import itertools
import logging
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.base import places, project
from kg.base.files import CASE_SUFFIXES
from kg.base.places import folder
from kg.base.prefixes import CKG, CONCEPTS, PREFIXES, compress
from kg.base.results import CaseError, Result
from kg.gate.shapes import validate_graph
from kg.graph.graphs import read_case_graphs, read_graph
from kg.model import case as model
from kg.model.reading import CaseFile, read_case_file
from kg.rdf.properties import AUTHOR, DERIVED, INTENTS, PATIENT, REPORT, SECTION, SOURCE, TYPE, derived, table
from kg.rdf.triples import CLASSES, quads
from kg.sources.readers import READERS, judge_cases

__all__ = ["OPERATORS", "Fate", "Mutant", "Score", "fate", "fates", "graphs", "mutants", "run", "score"]

# The share that must be noticed of deleted required triples, and of spoiled ones.
DELETED_LEAST, SPOILED_LEAST = 0.97, 0.99

_XSD, _OA, _RDFS = PREFIXES["xsd"], PREFIXES["oa"], PREFIXES["rdfs"]
DELETED = "deleted"
Quad = Any  # an ox.Quad; its terms are unions of kinds that a case graph does not have
Graph = tuple[Quad, ...]


@dataclass(frozen=True)
class Mutant:
    """A change of a graph: triples taken out, and triples put in.

    operator: how it was made; kind: class of the node; property: compressed IRI; required: must a
    deletion be noticed? (a spoiled triple always must)
    """

    operator: str
    kind: str
    property: str
    node: str
    removed: Graph
    added: Graph
    required: bool = True

    def graph(self, whole: Graph) -> list[Quad]:
        """The graph after the change."""
        gone = set(self.removed)
        return [quad for quad in whole if quad not in gone] + list(self.added)


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


class _Whole:
    """A graph, indexed for the operators."""

    def __init__(self, items: Iterable[Quad]) -> None:
        self.quads: Graph = tuple(sorted(items, key=str))
        self.known = frozenset(self.quads)
        self.by_subject: dict[str, list[Quad]] = defaultdict(list)
        self.kinds: dict[str, str] = {}
        self.links: Counter[str] = Counter()
        for quad in self.quads:
            self.by_subject[quad.subject.value].append(quad)
            if quad.predicate.value == TYPE and quad.object.value.startswith(CKG):
                self.kinds.setdefault(quad.subject.value, quad.object.value.removeprefix(CKG))
            elif isinstance(quad.object, ox.NamedNode):
                self.links[quad.object.value] += 1

    def kind(self, node: str) -> str:
        """Class of a node; a phrase has none."""
        return self.kinds.get(node, "Quote" if "#quote-" in node else "?")

    def values(self, quad: Quad) -> int:
        """How many values the property has on its node."""
        return sum(other.predicate == quad.predicate for other in self.by_subject[quad.subject.value])

    @cached_property
    def facts(self) -> dict[str, list[str]]:
        """Facts by class."""
        found: dict[str, list[str]] = defaultdict(list)
        for node, kind in self.kinds.items():
            found[kind].append(node)
        return found

    @cached_property
    def concepts(self) -> list[str]:
        """Every concept that the graph names."""
        return sorted({q.object.value for q in self.quads if _is_concept(q.object)})


def _is_concept(term: Any) -> bool:
    return isinstance(term, ox.NamedNode) and _prefix(term.value) not in ("", "ckg")


def _prefix(iri: str) -> str:
    head, colon, _ = compress(iri).partition(":")
    return head if colon and head in CONCEPTS else ""


# ---- which deletions must be noticed -----------------------------------------------------

_TABLES = {
    "Report": REPORT,
    "Record": REPORT,
    "Author": AUTHOR,
    "SourceText": SOURCE,
    "SourceRecord": SOURCE,
    "SourceSection": SECTION,
    "Patient": PATIENT,
}
_MODELS = {"SourceText": "Source", "SourceRecord": "Source", "Record": "Report"}
# What only a report as text must have.
_OF_TEXT = frozenset(PREFIXES["dcterms"] + name for name in ("title", "issued", "license"))
_FIXED = {
    "Report": "report",
    "Record": "report",
    "Author": "author",
    "SourceText": "source",
    "SourceRecord": "source",
    "SourceSection": "section",
    "Patient": "patient",
}


@cache
def _always(kind: str) -> tuple[frozenset[str], frozenset[str]]:
    """Properties that the model always writes on a node of a class: single ones, and lists of which one must stay."""
    if kind in ("Quote", "WrittenLabel"):
        return DERIVED["quote" if kind == "Quote" else "label"], frozenset()
    listed = {CKG + "evidence"}
    fixed = DERIVED[_FIXED[kind]] if kind in _FIXED else derived(kind)
    if kind not in _FIXED and kind not in CLASSES.values():
        return frozenset({TYPE}), frozenset()
    always = set(fixed) - listed - INTENTS.keys() - {CKG + "statedIn", PREFIXES["dcterms"] + "creator"}
    fields = getattr(model, _MODELS.get(kind, kind)).model_fields
    names = {info.alias or name: info for name, info in fields.items()}
    rows = _TABLES.get(kind) or table(kind)
    rows = {iri: where for iri, where in rows.items() if iri != CKG + "pointer" or kind != "Patient"}
    pointers = {iri for iri, where in rows.items() if where.path[-1] == "pointer"}
    parts = Counter(where.path[0] for iri, where in rows.items() if iri not in pointers)
    for iri, where in rows.items():
        info = names.get(where.path[0])
        whole = parts[where.path[0]] > 1  # a part of a quantity: never without the others
        if info is None or whole or info.is_required() or info.default not in (None, False, (), "not stated"):
            (listed if where.many else always).add(iri)
    always |= pointers | (_OF_TEXT if kind == "Report" else set())
    return frozenset(always - listed), frozenset(listed & _needed_lists(kind))


def _needed_lists(kind: str) -> set[str]:
    """Lists that may not be empty."""
    found = {CKG + "evidence"}
    if kind in CLASSES.values():
        fields = getattr(model, kind).model_fields
        found |= {
            iri
            for iri, where in table(kind).items()
            if where.many
            and any(fields[name].is_required() for name in fields if (fields[name].alias or name) == where.path[0])
        }
    return found


def required(whole: _Whole, quad: Quad) -> bool:
    """Must the deletion of this triple be noticed?"""
    node, name = quad.subject.value, quad.predicate.value
    always, lists = _always(whole.kind(node))
    if name in always or (name in lists and whole.values(quad) == 1):
        return True
    # the only way to a node that is told of nowhere else
    target = quad.object.value
    return (
        isinstance(quad.object, ox.NamedNode) and whole.links[target] == 1 and whole.kind(target) in ("Quote", "Author")
    )


# ---- operators ---------------------------------------------------------------------------

Made = Iterator[tuple[Graph, Graph]]  # taken out, put in
Operator = Callable[[_Whole, Quad], Made]


def _with(quad: Quad, term: Any) -> Quad:
    return ox.Quad(quad.subject, quad.predicate, term, quad.graph_name)


def _swap(quad: Quad, *terms: Any) -> Made:
    for term in terms:
        if term != quad.object:
            yield (quad,), (_with(quad, term),)


def _literal(text: str, kind: str) -> ox.Literal:
    return ox.Literal(text, datatype=ox.NamedNode(_XSD + kind))


def _kind_of(term: Any) -> str:
    return term.datatype.value.removeprefix(_XSD) if isinstance(term, ox.Literal) else ""


def _wrong_datatype(_: _Whole, quad: Quad) -> Made:
    kind = _kind_of(quad.object)
    if kind == "string":
        yield from _swap(quad, _literal(quad.object.value, "integer"))
    elif kind:
        yield from _swap(quad, ox.Literal(quad.object.value), _literal("banana", kind))


def _wrong_unit(_: _Whole, quad: Quad) -> Made:
    if quad.predicate.value.endswith(("Unit", "#unit")):
        yield from _swap(quad, *map(ox.Literal, ("banana", "K", "kg" if quad.object.value != "kg" else "s")))


def _swapped_dates(whole: _Whole, quad: Quad) -> Made:
    """The two ends of a time change places."""
    name = quad.predicate.value
    if not name.endswith(("#earliestStart", "#reviewBegan")):
        return
    partner = {CKG + "earliestStart": CKG + "latestEnd", CKG + "reviewBegan": CKG + "reviewEnded"}[name]
    for other in whole.by_subject[quad.subject.value]:
        if other.predicate.value == partner and other.object != quad.object:
            yield (quad, other), (_with(quad, other.object), _with(other, quad.object))


_BRANCHES = {"HP": "CHEBI_71200", "MONDO": "CHEBI_71200"}


def _other_branch(_: _Whole, quad: Quad) -> Made:
    if _is_concept(quad.object):
        prefix = _prefix(quad.object.value)
        elsewhere = _BRANCHES.get(prefix, "HP_0025520")
        yield from _swap(quad, ox.NamedNode(PREFIXES["obo"] + elsewhere))


@cache
def _retired() -> dict[str, str]:
    """A retired id of each source."""
    found: dict[str, str] = {}
    with gzip.open(folder("ontology") / "terms" / "retired.tsv.gz", "rb") as packed:
        for row in csv.DictReader(io.TextIOWrapper(packed, "utf-8"), delimiter="\t"):
            found.setdefault(row["id"].partition(":")[0], row["id"])
    return found


def _retired_id(_: _Whole, quad: Quad) -> Made:
    if _is_concept(quad.object) and (curie := _retired().get(_prefix(quad.object.value))):
        prefix, local = curie.split(":", 1)
        yield from _swap(quad, ox.NamedNode(CONCEPTS[prefix][0] + local))


def _unknown_id(_: _Whole, quad: Quad) -> Made:
    if _is_concept(quad.object):
        start = CONCEPTS[_prefix(quad.object.value)][0]
        yield from _swap(quad, ox.NamedNode(f"{start}9999999"))


def _wrong_label(_: _Whole, quad: Quad) -> Made:
    """The graph says itself what a concept is called, and says it wrong."""
    if _is_concept(quad.object):
        label = ox.NamedNode(_RDFS + "label")
        yield (), (ox.Quad(quad.object, label, ox.Literal("something else"), quad.graph_name),)


def _iri_for_literal(_: _Whole, quad: Quad) -> Made:
    if isinstance(quad.object, ox.Literal):
        yield from _swap(quad, ox.NamedNode(CKG + "Finding"))


def _literal_for_iri(_: _Whole, quad: Quad) -> Made:
    if isinstance(quad.object, ox.NamedNode):
        yield from _swap(quad, ox.Literal(compress(quad.object.value)))


def _second_value(whole: _Whole, quad: Quad) -> Made:
    """A single value gets a second one beside it."""
    node, name = quad.subject.value, quad.predicate.value
    kind = whole.kind(node)
    if kind not in _FIXED and kind not in CLASSES.values():
        return
    where = (_TABLES.get(kind) or table(kind)).get(name)
    if where is None or where.many:
        return
    others = {q.object for q in whole.quads if q.predicate == quad.predicate and q.object != quad.object}
    if others:
        yield (), (_with(quad, min(others, key=str)),)
    elif isinstance(quad.object, ox.Literal):
        yield (), (_with(quad, ox.Literal(quad.object.value + "1", datatype=quad.object.datatype)),)


def _flipped_status(_: _Whole, quad: Quad) -> Made:
    flipped = {CKG + "Present": CKG + "Excluded", CKG + "Excluded": CKG + "Present"}
    if quad.predicate.value == CKG + "status" and quad.object.value in flipped:
        yield from _swap(quad, ox.NamedNode(flipped[quad.object.value]))


def _no_comparator(_: _Whole, quad: Quad) -> Made:
    if quad.predicate.value == CKG + "comparator":
        yield (quad,), ()


def _turned_comparator(_: _Whole, quad: Quad) -> Made:
    if quad.predicate.value == CKG + "comparator":
        yield from _swap(quad, ox.Literal(">" if "<" in quad.object.value else "<"))


def _other_patient(whole: _Whole, quad: Quad) -> Made:
    """A fact is tied to a fact of another patient: of the same report where it has one."""
    head, sign, key = quad.object.value.partition("#")
    if not sign or not isinstance(quad.object, ox.NamedNode) or whole.kind(head) != "Patient":
        return
    name = whole.kind(quad.object.value)
    others = [
        f for f in whole.facts[name] if not f.startswith(head + "#") and whole.kind(f.partition("#")[0]) == "Patient"
    ]
    yield from _swap(quad, ox.NamedNode(others[0] if others else f"{head}0#{key}"))


def _no_evidence(whole: _Whole, quad: Quad) -> Made:
    """Everything that was quoted for a fact is taken out."""
    told = [q for q in whole.by_subject[quad.subject.value] if q.predicate.value == CKG + "evidence"]
    if told and quad == told[0]:
        yield tuple(told), ()


def _language(_: _Whole, quad: Quad) -> Made:
    if _kind_of(quad.object) == "string":
        yield from _swap(quad, ox.Literal(quad.object.value, language="en"))


def _out_of_range(_: _Whole, quad: Quad) -> Made:
    kind = _kind_of(quad.object)
    if kind == "decimal":
        yield from _swap(quad, _literal("-1000", kind), _literal("1000000000", kind))
    elif kind == "integer":
        yield from _swap(quad, _literal("-1", kind), _literal("99999", kind))
    elif kind == "date":
        yield from _swap(quad, _literal("0804-01-01", kind), _literal("2904-01-01", kind))


def _dangling(whole: _Whole, quad: Quad) -> Made:
    if isinstance(quad.object, ox.NamedNode) and quad.object.value in whole.by_subject:
        yield from _swap(quad, ox.NamedNode(quad.object.value + "-nowhere"))


def _other_kind(whole: _Whole, quad: Quad) -> Made:
    """A link leads to a fact of a class that it may not lead to."""
    if quad.predicate.value == TYPE or not isinstance(quad.object, ox.NamedNode):
        return
    kind = whole.kind(quad.object.value)
    if kind in CLASSES.values():
        wrong = "Treatment" if kind != "Treatment" else "FigurePanel" if whole.facts["FigurePanel"] else "Measurement"
        fine = {"because_of", "associated_with"}
        where = table(whole.kind(quad.subject.value)).get(quad.predicate.value)
        if where and where.path[0] not in fine:
            yield from _swap(quad, *map(ox.NamedNode, whole.facts[wrong][:1]))


OPERATORS: Mapping[str, Operator] = {
    "wrong datatype": _wrong_datatype,
    "wrong unit": _wrong_unit,
    "swapped dates": _swapped_dates,
    "concept of another branch": _other_branch,
    "retired id": _retired_id,
    "id that does not exist": _unknown_id,
    "wrong label": _wrong_label,
    "IRI for literal": _iri_for_literal,
    "literal for IRI": _literal_for_iri,
    "second value": _second_value,
    "flipped status": _flipped_status,
    "comparator dropped": _no_comparator,
    "comparator turned": _turned_comparator,
    "another patient's fact": _other_patient,
    "evidence removed": _no_evidence,
    "language tag": _language,
    "number out of range": _out_of_range,
    "link to nowhere": _dangling,
    "link to another class": _other_kind,
}


def mutants(items: Iterable[Quad], operators: Iterable[str] = ()) -> Iterator[Mutant]:
    """Every mutant of a graph: each triple deleted, and spoiled by each operator; in a fixed order."""
    whole = _Whole(items)
    wanted = set(operators) or {DELETED, *OPERATORS}
    for quad in whole.quads:
        node = quad.subject.value
        named = (whole.kind(node), compress(quad.predicate.value), node)
        if DELETED in wanted:
            yield Mutant(DELETED, *named, (quad,), (), required(whole, quad))
        for name, operator in OPERATORS.items():
            if name in wanted:
                for gone, added in operator(whole, quad):
                    if not whole.known.intersection(added):  # else it takes away more than it spoils
                        yield Mutant(name, *named, gone, added)


# ---- who notices -------------------------------------------------------------------------


def graphs(path: Path) -> list[Graph]:
    """The case graphs of a case file or RDF file, without a violation. Raises CaseError for others."""
    if path.suffix.lower() in CASE_SUFFIXES:
        return [tuple(quads(read_case_file(path).case))]
    if path.suffix.lower() in READERS:
        records = list(judge_cases(path))
        if bad := [r for one in records for r in one.results if r.severity == "violation"]:
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
