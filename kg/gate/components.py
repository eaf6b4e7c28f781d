"""What does each constraint component of SHACL Core ask of a node?

One function per component, in a table by its name: it takes pyshacl's own reading of the
parameters and gives back a check. Verdicts on single literals and the words of results without
a message are pyshacl's own, so that they cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, Protocol

import rdflib
from pyshacl.pytypes import SHACLExecutor
from rdflib import RDFS, SH, XSD

from kg.base.indexing import (
    NOTHING,
    TYPE,
    Blank,
    Data,
    Literal,
    Nodes,
    Term,
    UnsupportedError,
    Walk,
    classes_above,
    empty_graph,
    from_rdflib,
    to_rdflib,
)

__all__ = ["COMPILERS", "EXECUTOR", "Check", "Finding", "Hit", "Maker", "Shape", "UnsureError", "component"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One validation result as SHACL has it; shape, component and severity are IRIs.

    path: the path of the shape (a blank node of the shapes graph when it is no IRI), or the
    predicate that the constraint names.
    """

    focus: Term
    path: Term | None
    value: Term | None
    shape: Term
    component: Term
    severity: Term
    messages: frozenset[str]


class UnsureError(Exception):
    """Data for which pyshacl has to be asked."""


# ---- shapes --------------------------------------------------------------------------------

Hit = Callable[[], Finding]  # a result, not yet worded: most only tell that a shape in a shape does not hold
Check = Callable[[Data, Term, Nodes], Iterator[Hit]]


class Shape:
    """A compiled shape: where its values are, and what is asked of them."""

    def __init__(self, walk: Walk | None) -> None:
        self.walk = walk
        self.checks: list[Check] = []

    def find(self, data: Data, focus: Term) -> Iterator[Hit]:
        """The results of a focus node."""
        values = self.walk(data, focus) if self.walk else {focus: None}
        for check in self.checks:
            yield from check(data, focus, values)

    def conforms(self, data: Data, focus: Term) -> bool:
        """Does the node have no result?"""
        return next(self.find(data, focus), None) is None


class Maker:
    """What a result of one constraint looks like."""

    def __init__(self, component: Any) -> None:
        self.component = component
        self.shape = from_rdflib(component.shape.node)
        self.severity = from_rdflib(component.shape.severity)
        self.texts = frozenset(map(str, component.shape.message))
        self.path = from_rdflib(component.shape.path()) if component.shape.is_property_shape else None
        self.kind = component.shacl_constraint_component

    def __call__(
        self,
        data: Data,
        focus: Term,
        value: Term | None = None,
        path: Term | None = None,
        kind: Any = None,
        texts: frozenset[str] = frozenset(),
    ) -> Finding:
        """A result; without texts it has the shape's messages, or else pyshacl's own words."""
        messages = texts or self.texts or self._generic(data, focus, value)
        return Finding(focus, path or self.path, value, self.shape, str(kind or self.kind), self.severity, messages)

    def _generic(self, data: Data, focus: Term, value: Term | None) -> frozenset[str]:
        """pyshacl's own words, for a shape that has none."""
        blank = isinstance(focus, Blank) or isinstance(value, Blank)
        graph = data.graph if blank else empty_graph()
        given = None if value is None else to_rdflib(value)
        try:
            found = self.component.make_generic_messages(graph, to_rdflib(focus), given)
        except (LookupError, ValueError, RuntimeError) as error:
            raise UnsureError(str(error)) from error
        return frozenset(map(str, found))


class Shapes(Protocol):
    """Where a component finds the shapes that its parameters name."""

    def inner(self, component: Any, node: Any, kind: str = "") -> Shape:
        """The compiled shape; kind `property` or `node` where it must be one of these."""


Compiler = Callable[[Any, Any, Maker], Check]  # (all shapes, component of pyshacl, maker of its results)
COMPILERS: dict[str, Compiler] = {}


def component(*names: str) -> Callable[[Compiler], Compiler]:
    """Enter a function into the table of components."""

    def register(compiler: Compiler) -> Compiler:
        COMPILERS.update(dict.fromkeys(names, compiler))
        return compiler

    return register


def _each(passes: Callable[[Data, Term], bool], make: Maker) -> Check:
    """A check of every value by itself."""

    def check(data: Data, focus: Term, values: Nodes) -> Iterator[Hit]:
        for value in values:
            if not passes(data, value):
                yield partial(make, data, focus, value)

    return check


EXECUTOR = SHACLExecutor()


def _verdict(component: Any) -> Callable[[Term], bool]:
    """pyshacl's verdict on a value, for constraints that look at nothing else."""

    @lru_cache(maxsize=2048)
    def passes(value: Term) -> bool:
        node = to_rdflib(value)
        try:
            return bool(component.evaluate(EXECUTOR, component.shape.sg.graph, {node: {node}}, [])[0])
        except ArithmeticError:  # rdflib takes NaN for a decimal, and fails; it is none
            return False

    return passes


@component(
    "Datatype", "LanguageIn", "MinLength", "MaxLength", "Pattern",
    "MinInclusive", "MaxInclusive", "MinExclusive", "MaxExclusive",
)  # fmt: skip
def _judged(_: Shapes, component: Any, make: Maker) -> Check:
    verdict = _verdict(component)
    text = getattr(component, "datatype_rule", None) == XSD.string

    def passes(_: Data, value: Term) -> bool:
        if text and type(value) is Literal and not value.datatype and not value.language:
            return True  # by far the commonest, and not worth remembering
        return type(value) is not Blank and verdict(value)

    return _each(passes, make)


_KINDS: dict[Any, tuple[type, ...]] = {
    SH.IRI: (str,),
    SH.Literal: (Literal,),
    SH.BlankNode: (Blank,),
    SH.BlankNodeOrIRI: (Blank, str),
    SH.BlankNodeOrLiteral: (Blank, Literal),
    SH.IRIOrLiteral: (str, Literal),
}


@component("NodeKind")
def _node_kind(_: Shapes, component: Any, make: Maker) -> Check:
    kinds = _KINDS.get(component.nodekind_rule, ())
    return _each(lambda _, value: type(value) in kinds, make)


@component("Class")
def _class(_: Shapes, component: Any, make: Maker) -> Check:
    def instance(wanted: str) -> Callable[[Data, Term], bool]:
        def passes(data: Data, value: Term) -> bool:
            types = () if type(value) is Literal else data.objects(value, TYPE)
            return wanted in types or any(wanted in classes_above(data, kind) for kind in types)

        return passes

    return _all([_each(instance(str(rule)), make) for rule in component.class_rules])


def _all(checks: list[Check]) -> Check:
    def check(data: Data, focus: Term, values: Nodes) -> Iterator[Hit]:
        for each in checks:
            yield from each(data, focus, values)

    return checks[0] if len(checks) == 1 else check


@component("In")
def _in(_: Shapes, component: Any, make: Maker) -> Check:
    allowed = frozenset(map(from_rdflib, component.in_vals))
    return _each(lambda _, value: value in allowed, make)


def _whole(missing: Callable[[Data, Term, Nodes], Iterable[Term | None]], make: Maker) -> Check:
    """A check of the values together: a result for everything that it returns."""

    def check(data: Data, focus: Term, values: Nodes) -> Iterator[Hit]:
        for value in missing(data, focus, values):
            yield partial(make, data, focus, value)

    return check


@component("MinCount")
def _min_count(_: Shapes, component: Any, make: Maker) -> Check:
    least = int(component.min_count.value)
    return _whole(lambda _d, _f, values: [None] if len(values) < least else (), make)


@component("MaxCount")
def _max_count(_: Shapes, component: Any, make: Maker) -> Check:
    most = int(component.max_count.value)
    return _whole(lambda _d, _f, values: [None] if len(values) > most else (), make)


@component("HasValue")
def _has_value(_: Shapes, component: Any, make: Maker) -> Check:
    wanted = [from_rdflib(node) for node in component.has_value_set]
    return _whole(lambda _d, _f, values: [None for node in wanted if node not in values], make)


@component("UniqueLang")
def _unique_language(_: Shapes, component: Any, make: Maker) -> Check:
    wanted = True in component.string_rules

    def twice(_d: Data, _f: Term, values: Nodes) -> list[None]:
        tags = [value.language for value in values if isinstance(value, Literal) and value.language]
        return [None for tag in set(tags) if wanted and tags.count(tag) > 1]

    return _whole(twice, make)


@component("Equals", "Disjoint", "LessThan", "LessThanOrEquals")
def _pair(_: Shapes, component: Any, make: Maker) -> Check:
    others = list(component.property_compare_set)
    if not all(isinstance(other, rdflib.URIRef) for other in others):
        raise UnsupportedError("a property to compare with that is not an IRI")
    compare = _COMPARE[type(component).__name__.removesuffix("ConstraintComponent")]
    return _all([
        _whole(lambda data, focus, values, o=str(other): compare(values, data.objects(focus, o)), make)  # type: ignore[misc]
        for other in others
    ])  # fmt: skip


def _after(values: Nodes, others: Nodes, equal: bool) -> Iterator[Term]:
    """Each value, for each other that it does not come before."""
    if values and any(type(node) is Blank for node in (*values, *others)):
        raise UnsureError("a blank node cannot be compared")
    for value in values:
        for other in others:
            try:
                if not _before(value, other, equal):
                    yield value
            except TypeError as error:
                raise UnsureError(str(error)) from error


@lru_cache(maxsize=2048)
def _before(value: Term, other: Term, equal: bool) -> bool:
    first, second = _plain(value), _plain(other)
    if (type(first) is str) != (type(second) is str):
        return False
    try:
        return bool(first <= second if equal else first < second)
    except ArithmeticError:
        return False


def _plain(term: Term) -> Any:
    node = to_rdflib(term)
    if isinstance(node, rdflib.Literal):
        return str(node.value) if isinstance(node.value, str) else node
    return str(node)


_COMPARE: dict[str, Callable[[Nodes, Nodes], Iterable[Term]]] = {
    "Equals": lambda mine, other: [*(v for v in mine if v not in other), *(v for v in other if v not in mine)],
    "Disjoint": lambda mine, other: [v for v in mine if v in other],
    "LessThan": lambda mine, other: _after(mine, other, equal=False),
    "LessThanOrEquals": lambda mine, other: _after(mine, other, equal=True),
}


@component("Closed")
def _closed(_: Shapes, component: Any, make: Maker) -> Check:
    shapes = [component.shape.get_other_shape(node) for node in component.property_shapes]
    if not all(shape and shape.is_property_shape for shape in shapes):
        raise UnsupportedError("a closed shape with a property that is no property shape")
    known = {from_rdflib(shape.path()) for shape in shapes} | set(map(from_rdflib, component.ignored_props))
    is_closed = component.is_closed

    def check(data: Data, focus: Term, values: Nodes) -> Iterator[Hit]:
        for value in values if is_closed else ():
            for predicate, objects in data.out.get(value, NOTHING).items():
                if predicate not in known:
                    for item in objects:
                        if (predicate, item) != (TYPE, str(RDFS.Resource)):
                            yield partial(make, data, focus, item, predicate)

    return check


# ---- shapes in shapes ----------------------------------------------------------------------


@component("Property")
def _property(all_: Shapes, component: Any, _: Maker) -> Check:
    inner = [all_.inner(component, node, "property") for node in component.property_shapes]

    def check(data: Data, _: Term, values: Nodes) -> Iterator[Hit]:
        for shape in inner:
            for value in values:
                yield from shape.find(data, value)

    return check


@component("Node")
def _node(all_: Shapes, component: Any, make: Maker) -> Check:
    inner = [all_.inner(component, node, "node") for node in component.node_shapes]

    def check(data: Data, focus: Term, values: Nodes) -> Iterator[Hit]:
        for shape in inner:
            for value in values:
                if details := list(shape.find(data, value)):
                    yield partial(make, data, focus, value)
                    yield from details

    return check


@component("Not")
def _not(all_: Shapes, component: Any, make: Maker) -> Check:
    inner = [all_.inner(component, node) for node in component.not_list]
    return _all([_each(lambda data, value, s=shape: not s.conforms(data, value), make) for shape in inner])  # type: ignore[misc]


# How many of the shapes a value conforms to -> whether that is right.
_LOGIC: dict[str, tuple[str, Callable[[Iterator[bool]], bool]]] = {
    "And": ("and_list", all),
    "Or": ("or_list", any),
    "Xone": ("xone_nodes", lambda verdicts: sum(verdicts) == 1),
}


@component(*_LOGIC)
def _logic(all_: Shapes, component: Any, make: Maker) -> Check:
    name, right = _LOGIC[type(component).__name__.removesuffix("ConstraintComponent")]

    def of(members: Any) -> Check:
        inner = [all_.inner(component, node) for node in component.shape.sg.graph.items(members)]
        if not inner:
            raise UnsupportedError("an empty list of shapes")
        return _each(lambda data, value: right(shape.conforms(data, value) for shape in inner), make)

    return _all([of(members) for members in getattr(component, name)])


@component("QualifiedValueShape")
def _qualified(all_: Shapes, component: Any, make: Maker) -> Check:
    least, most, sg = component.min_count, component.max_count, component.shape.sg

    def of(node: Any) -> Check:
        shape, siblings = all_.inner(component, node), []
        if component.is_disjoint:
            parents = sg.subjects(SH.property, component.shape.node)
            beside = {s for parent in parents for s in sg.objects(parent, SH.property)}
            others = {q for s in beside for q in sg.objects(s, SH.qualifiedValueShape)} - {node}
            siblings = [all_.inner(component, other) for other in others]

        def check(data: Data, focus: Term, values: Nodes) -> Iterator[Hit]:
            count = sum(
                shape.conforms(data, value) and not any(s.conforms(data, value) for s in siblings) for value in values
            )
            if most is not None and count > most:
                yield partial(make, data, focus, kind=SH.QualifiedMaxCountConstraintComponent)
            if least is not None and count < least:
                yield partial(make, data, focus, kind=SH.QualifiedMinCountConstraintComponent)

        return check

    return _all([of(node) for node in component.value_shapes])
