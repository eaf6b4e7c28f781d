"""How can a triple of a valid case graph be taken away or spoiled, and must the loss of it be noticed?

Which deletions must be noticed is told by the case model, not by the shapes: a triple is required
when the model always writes it - a field that has no default or whose default is written, each
part of a quantity that is there, the last value of a list that may not be empty, a link that is
the only way to a node, and whatever follows from the rest (type, layer, bounds, attribution).
Without any other triple the graph is that of another case, and may be valid.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import pyoxigraph as ox

from kg.base.prefixes import CKG, CONCEPTS, PREFIXES, compress
from kg.concepts.terms import retired_ids
from kg.model import case as model
from kg.rdf.properties import AUTHOR, CURATION, DERIVED, INTENTS, PATIENT, REPORT, SECTION, SOURCE, TYPE, derived, table
from kg.rdf.triples import CLASSES

__all__ = ["DELETED", "OPERATORS", "Graph", "Mutant", "Quad", "mutants"]

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
    "Curation": CURATION,
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
    "Curation": "curation",
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
    always -= {PREFIXES["prov"] + "wasGeneratedBy"}
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
        isinstance(quad.object, ox.NamedNode)
        and whole.links[target] == 1
        and whole.kind(target) in ("Quote", "Author", "Curation")
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
    return {curie.partition(":")[0]: curie for curie in sorted(retired_ids(), reverse=True)}


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
