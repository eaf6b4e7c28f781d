"""How are thousands of graphs held against the same SHACL shapes, with the results of pyshacl?

The shapes are compiled once into closures over an index of the data. pyshacl stays the authority:
it reads the shapes and their parameters, and runs itself whatever is not compiled. SPARQL
constraints run in pyoxigraph only when their text was tested against pyshacl's answers and the
data hold no literal on which the two engines could differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

import pyoxigraph as ox
import pyshacl
import rdflib
from pyshacl.constraints import CONSTRAINT_PARAMETERS_MAP
from pyshacl.errors import ConstraintLoadWarning, ReportableRuntimeError, ValidationFailure
from pyshacl.shapes_graph import ShapesGraph
from rdflib import RDF, SH, XSD

from kg.base.indexing import (
    NOTHING,
    TYPE,
    Blank,
    Data,
    Literal,
    Nodes,
    Term,
    UnsupportedError,
    classes_below,
    from_oxigraph,
    from_rdflib,
    read_path,
    to_rdflib,
    walk,
)
from kg.gate.components import COMPILERS, EXECUTOR, Check, Finding, Hit, Maker, Shape, UnsureError, component

__all__ = ["Constraints"]


# ---- SPARQL --------------------------------------------------------------------------------

# Literals of which both engines say the same: datatype -> their one written form.
_REGULAR = {
    "": re.compile(""),
    str(XSD.integer): re.compile(r"(0|-?[1-9][0-9]{0,14})\Z"),
    str(XSD.decimal): re.compile(r"(?!-0\Z)-?(0|[1-9][0-9]{0,9})(\.[0-9]{0,4}[1-9])?\Z"),
    str(XSD.boolean): re.compile(r"(true|false)\Z"),
    str(XSD.date): re.compile(r"(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-[0-9]{2}\Z"),
}
_LONG = re.compile(r"[0-9]{16}")  # such a number is none to pyoxigraph
_NUMBERS = {str(XSD.integer), str(XSD.decimal)}
_NAME = re.compile(r"<([^<>\s]+)>|([A-Za-z][\w-]*):([A-Za-z_][\w-]*)")


@component("SPARQL")
def _sparql(all_: Constraints, component: Any, make: Maker) -> Check:
    queries = [query for query in component.sparql_constraints if not query.deactivated]
    if not all(query.select_text in all_.tested for query in queries):
        return lambda data, focus, _: _asked(component, data, focus)
    used = frozenset().union(*(_predicates(query) for query in queries))
    all_.mentioned |= used
    if any("xsd:integer(" in query.select_text for query in queries):
        all_.cast |= used
    is_property = component.shape.is_property_shape
    own = [str(text.value) for text in component.shape.message]
    key = object()

    def rows(data: Data) -> dict[Term, list[tuple[Any, dict[str, Term]]]]:
        found: dict[Term, dict[Any, tuple[Any, dict[str, Term]]]] = {}
        store = all_.store(data)
        for query in queries:
            answer: Any = store.query(query.apply_prefixes(query.select_text), use_default_graph_as_union=True)
            names = [variable.value for variable in answer.variables]
            for solution in answer:
                row = {name: from_oxigraph(node) for name in names if (node := solution[name]) is not None}
                if "this" not in row or "failure" in row:
                    raise UnsureError("a constraint that does not name $this")
                found.setdefault(row["this"], {})[(id(query), *row.items())] = (query, row)
        return {focus: list(several.values()) for focus, several in found.items()}

    def check(data: Data, focus: Term, _: Nodes) -> Iterator[Hit]:
        if not data.sparql:
            return
        if all_.odd(data) & used:
            try:
                yield from list(_asked(component, data, focus))
                return
            except (ReportableRuntimeError, ValidationFailure):
                raise
            except Exception:
                pass  # rdflib fails on some ill-formed literals for which SPARQL has an answer
        if key not in data.memo:
            data.memo[key] = rows(data)
        for query, row in data.memo[key].get(focus, ()):
            value = row.get("value", None if is_property else focus)
            texts = frozenset(own).union(str(text.value) for text in query.messages or ())
            # what is put in may hold a name that is put in later: the order is pyshacl's
            last = {"this": focus, "path": row.get("path"), "value": value}
            shown = {name: node for name, node in row.items() if name not in last} | last
            yield partial(make, data, focus, value, row.get("path"), texts=frozenset(_fill(t, shown) for t in texts))

    return check


def _predicates(query: Any) -> frozenset[str]:
    found = {TYPE}
    for iri, prefix, local in _NAME.findall(query.select_text):
        found.add(iri or str(query.prefixes.get(prefix, "")) + local)
    return frozenset(found)


def _fill(text: str, row: Mapping[str, Term | None]) -> str:
    for name, term in row.items():
        if term is not None:
            shown = term if isinstance(term, str) else term[0]
            text = text.replace(f"{{?{name}}}", shown).replace(f"{{${name}}}", shown)
    return text


def _asked(component: Any, data: Data, focus: Term) -> Iterator[Hit]:
    node = to_rdflib(focus)
    for _, _, parts in component.evaluate(EXECUTOR, data.graph, {node: {node}}, [])[1]:
        for finding in _findings(parts):
            yield partial(_same, finding)


def _same(finding: Finding) -> Finding:
    return finding


def _findings(triples: Iterable[Any]) -> Iterator[Finding]:
    """The results in a report of pyshacl, with those that detail others."""
    nodes: dict[Any, dict[Any, list[Any]]] = {}
    for subject, predicate, value in triples:
        plain = value[1] if isinstance(value, tuple) else value
        nodes.setdefault(subject, {}).setdefault(predicate, []).append(plain)
    for row in nodes.values():
        if SH.ValidationResult in row.get(RDF.type, ()):
            path, value = row.get(SH.resultPath), row.get(SH.value)
            yield Finding(
                from_rdflib(row[SH.focusNode][0]),
                from_rdflib(path[0]) if path else None,
                from_rdflib(value[0]) if value else None,
                from_rdflib(row[SH.sourceShape][0]),
                from_rdflib(row[SH.sourceConstraintComponent][0]),
                from_rdflib(row[SH.resultSeverity][0]),
                frozenset(map(str, row.get(SH.resultMessage, ()))),
            )


# ---- all shapes ----------------------------------------------------------------------------


class Constraints:
    """The shapes of a graph, compiled.

    graph: the shapes; tested: texts of the SPARQL constraints of which it was tested that
    pyoxigraph answers them as pyshacl does. unsupported: shapes left to pyshacl, and why.
    """

    def __init__(self, graph: rdflib.Graph, tested: Collection[str] = ()) -> None:
        self.graph = graph
        self.tested = frozenset(tested)
        self.mentioned: frozenset[str] = frozenset()
        self.cast: frozenset[str] = frozenset()  # whose text is read as a number
        self.unsupported: dict[Term, str] = {}
        self._made: dict[Any, Shape] = {}
        self._above: list[Any] = []
        self._datatypes: dict[str, set[str]] = {}
        for shape, datatype in graph.subject_objects(SH.datatype):
            for path in graph.objects(shape, SH.path):
                name = "" if datatype == XSD.string else str(datatype)
                self._datatypes.setdefault(str(path), set()).add(name)
        self._tops: list[tuple[Any, _Targets, Shape | None]] = []
        for source in ShapesGraph(graph).shapes:
            targets = _Targets(source)
            if targets:
                try:
                    self._tops.append((source, targets, self._shape(source)))
                except UnsupportedError as error:
                    self.unsupported[from_rdflib(source.node)] = str(error)
                    self._tops.append((source, targets, None))

    def inner(self, component: Any, node: Any, kind: str = "") -> Shape:
        """The compiled shape that a parameter of another names."""
        source = component.shape.get_other_shape(node)
        if source is None or (kind and source.is_property_shape != (kind == "property")):
            raise UnsupportedError(f"sh:{kind or 'node'} that names no such shape")
        return self._shape(source)

    def _shape(self, source: Any) -> Shape:
        if source.node in self._made:
            return self._made[source.node]
        if source.node in self._above:
            raise UnsupportedError("a shape that refers to itself")
        graph = self.graph
        made = Shape(walk(read_path(graph, source.path())) if source.is_property_shape else None)
        self._above.append(source.node)
        try:
            if not source.deactivated:
                made.checks = list(self._checks(source))
        finally:
            self._above.pop()
        self._made[source.node] = made
        return made

    def _checks(self, source: Any) -> Iterator[Check]:
        if len(self._above) > 10:
            raise UnsupportedError("shapes nested too deep")
        if source.find_custom_constraints():
            raise UnsupportedError("a constraint component of its own")
        used = dict.fromkeys(CONSTRAINT_PARAMETERS_MAP.get(p) for p in self.graph.predicates(source.node))
        for kind in used:
            if kind is None:
                continue
            try:
                component = kind(source)
            except ConstraintLoadWarning:
                continue  # pyshacl passes over it, too
            except Exception as error:  # malformed in one of many ways: pyshacl says how when it runs
                raise UnsupportedError(str(error)) from error
            name = kind.constraint_name().removesuffix("ConstraintComponent")
            if name not in COMPILERS:
                raise UnsupportedError(name)
            yield COMPILERS[name](self, component, Maker(component))

    def store(self, data: Data) -> ox.Store:
        """A graph for pyoxigraph; of its base only what the constraints look at."""
        known = data.memo.setdefault(self, {})
        if "store" not in known:
            store = ox.Store()
            store.bulk_extend(data.quads)
            if data.base is not None:
                store.bulk_extend(self._shared(data.base) if data.apart else data.base.quads)
            known["store"] = store
        return known["store"]  # type: ignore[no-any-return]

    def _shared(self, base: Data) -> list[ox.Quad]:
        known = base.memo.setdefault(self, {})
        if "shared" not in known:
            known["shared"] = [quad for quad in base.quads if quad.predicate.value in self.mentioned]
        return known["shared"]  # type: ignore[no-any-return]

    def odd(self, data: Data) -> frozenset[str]:
        """Predicates of the SPARQL constraints with a value that the two engines may take differently."""
        known = data.memo.setdefault(self, {})
        if "odd" not in known:
            found = self.mentioned
            if not any(type(node) is Blank for node in data.out):
                found = frozenset(p for p in found if not all(map(self._regular(p), data.into.get(p, ()))))
            known["odd"] = found
        return known["odd"]  # type: ignore[no-any-return]

    def _regular(self, predicate: str) -> Callable[[Term], bool]:
        declared = self._datatypes.get(predicate, set())
        allowed = declared | _NUMBERS if declared & _NUMBERS else declared
        forms = {name: _REGULAR.get(name) for name in allowed if len(declared) == 1}
        cast = predicate in self.cast

        def regular(value: Term) -> bool:
            if not isinstance(value, Literal):
                return not declared and isinstance(value, str)
            form = None if value.language else forms.get(value.datatype)
            return bool(form and form.match(value.text)) and not (cast and _LONG.search(value.text))

        return regular

    def run(self, data: Data, only: Collection[Term] | None = None) -> tuple[list[Finding], dict[Term, int]]:
        """All results for a graph, in no order, and the number of focus nodes of every shape with a target.

        only: look at these focus nodes, and ask no constraint in SPARQL: a part of the results, quickly.
        Raises RuntimeError when pyshacl has to be asked and cannot run.
        """
        found: list[Finding] = []
        counts: dict[Term, int] = {}
        data.sparql = only is None
        try:
            for source, targets, shape in self._tops:
                nodes = targets.nodes(data)
                if only is not None:
                    nodes = dict.fromkeys(node for node in only if node in nodes)
                    if shape is None:
                        continue
                counts[from_rdflib(source.node)] = len(nodes)
                if shape is not None:
                    for node in nodes:
                        found += [hit() for hit in shape.find(data, node)]
                elif nodes:
                    for _, _, parts in source.validate(EXECUTOR, data.graph)[1]:
                        found += _findings(parts)
        except (UnsureError, ReportableRuntimeError, ValidationFailure):
            return self.pyshacl(data)
        return found, counts

    def pyshacl(self, data: Data) -> tuple[list[Finding], dict[Term, int]]:
        """The same, all by pyshacl. Raises RuntimeError when it cannot run."""
        counts = {from_rdflib(source.node): len(source.focus_nodes(data.graph)) for source, _, _ in self._tops}
        _, report, _ = pyshacl.validate(
            data.graph, shacl_graph=self.graph, advanced=False, meta_shacl=False, inplace=True
        )
        if not isinstance(report, rdflib.Graph):
            raise RuntimeError(f"pyshacl could not run: {report}")
        return list(_findings(report)), counts


class _Targets:
    """Which nodes a shape looks at by itself."""

    def __init__(self, source: Any) -> None:
        one, classes, implicit, objects, subjects = (list(map(from_rdflib, found)) for found in source.target())
        self.one, self.classes, self.objects, self.subjects = one, [*classes, *implicit], objects, subjects

    def __bool__(self) -> bool:
        return bool(self.one or self.classes or self.objects or self.subjects)

    def nodes(self, data: Data) -> Nodes:
        found: dict[Term, None] = dict.fromkeys(self.one)
        typed = data.into.get(TYPE, NOTHING)
        for target in self.classes:
            for kind in classes_below(data, target):
                found.update(typed.get(kind, NOTHING))
        for target in self.subjects:
            for subjects in data.into.get(str(target), NOTHING).values():
                found.update(subjects)
        for target in self.objects:
            found.update(dict.fromkeys(data.into.get(str(target), NOTHING)))
        return found
