"""Which axioms does the ontology state? Its OWL, read into expressions, written for a reasoner, said in words.

Read are: parents and disjointness; what is said of a class by a relation (`tofacitinib inhibits
JAK1`), which holds for each of its instances; and the definitions in ontology/definitions.ttl.
An expression is an IRI, or a tuple: ("some", role, x), ("value", role, iri), ("min", n, role, x),
("and", ...), ("or", ...), ("not", x). A role is an IRI, or ("inverse", iri).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pyoxigraph as ox

from kg.base import places
from kg.base.places import folder
from kg.base.positions import subject_lines
from kg.base.prefixes import CKG, PREFIXES, compress
from kg.base.results import CaseError, Result
from kg.concepts.terms import Catalogue
from kg.owl.ontology import INFERRED, written_ontology

__all__ = [
    "RELATIONS",
    "Axiom",
    "Expression",
    "UnreadError",
    "as_triples",
    "axioms",
    "in_words",
    "module",
    "names",
    "plain",
]

Expression = Any
"""An IRI or a tuple, see above; recursive, which mypy cannot say."""

_RDF, _RDFS, _OWL, _OBO, _XSD = (PREFIXES[p] for p in ("rdf", "rdfs", "owl", "obo", "xsd"))
_TYPE, _SUB = _RDF + "type", _RDFS + "subClassOf"
THING, NOTHING = _OWL + "Thing", _OWL + "Nothing"

# What is said of a class by these holds for each of its instances, as in OBO.
RELATIONS = {
    _OBO + "BFO_0000050": "is part of",
    _OBO + "RO_0000087": "has the role",
    CKG + "inhibits": "inhibits",
    CKG + "inhibitsWeakly": "inhibits to a lesser extent",
    CKG + "binds": "binds",
    CKG + "consistsOf": "consists of",
    CKG + "depletes": "depletes",
    CKG + "affects": "affects",
    CKG + "antigen": "is against",
    CKG + "overlapOf": "is an overlap of",
}  # fmt: skip
_WORDS = RELATIONS | {
    CKG + "site": "is at",
    CKG + "drug": "has the drug",
    CKG + "outcome": "has the outcome",
    CKG + "modifier": "has the modifier",
    CKG + "laterality": "is on the side",
    CKG + "toTreatment": "is to",
    CKG + "ofManifestation": "is of",
    CKG + "patient": "is of the patient",
}
_INVERSE = {CKG + "ofManifestation": "has a response that is", CKG + "patient": "has a fact that is"}


@dataclass(frozen=True)
class Axiom:
    """One statement that a reasoner may use.

    kind: sub, same, disjoint, subrole, transitive; of an individual: type, edge (role in `role`).
    sources: IRIs where it is stated. place: `file:line` or a fact, for what a case file says.
    """

    kind: str
    left: Expression
    right: Expression = ""
    role: Expression = ""
    sources: tuple[str, ...] = ()
    place: str = ""
    said: str = ""
    """In words, when the axiom's own would not do (the facts of a case)."""


def axioms() -> tuple[Axiom, ...]:
    """The axioms of the ontology, with the entered project's terms; sorted, each once."""
    return _axioms(places.project())


@places.remembered
@lru_cache(maxsize=4)
def _axioms(project: Any) -> tuple[Axiom, ...]:  # noqa: ARG001 - the key of what is remembered
    loaded: Any = written_ontology()
    quads = [quad for quad in loaded if quad.graph_name.value != INFERRED]
    defined: Any = list(ox.parse((folder("ontology") / "definitions.ttl").read_bytes(), ox.RdfFormat.TURTLE))
    try:
        found = dict.fromkeys(read([*quads, *defined]))
    except UnreadError as error:
        raise _told(error) from error
    return tuple(sorted(found, key=repr))


class UnreadError(ValueError):
    """OWL that is not read; subject: IRI of the class of which it is said."""

    def __init__(self, subject: str, what: str) -> None:
        super().__init__(f"{what} is said of {compress(subject)}, which is not read")
        self.subject = subject


def _told(error: UnreadError) -> CaseError:
    """The same, with the place in a project's file."""
    cure = "Give a parent with a name, or one of the relations of ontology/classes.ttl."
    for path in places.own("terms", "*.ttl"):
        lines = subject_lines(path.read_bytes(), ox.RdfFormat.TURTLE)
        if error.subject in lines:
            return CaseError([Result("violation", "term", f"{error}.", cure, str(path), *lines[error.subject])])
    return CaseError([Result("violation", "term", f"{error}.", cure, "ontology")])


def module(items: Iterable[Axiom], wanted: Iterable[str]) -> tuple[Axiom, ...]:
    """The axioms that can matter to anything of these classes: the bottom-locality module.

    An axiom is left out when it says nothing if every class outside is empty (Cuenca Grau and
    others, "Modular reuse of ontologies", JAIR 31, 2008); on a case, that leaves a fifth.
    """
    seen = set(wanted)
    kept: dict[int, Axiom] = {}
    given = tuple(items)
    grown = True
    while grown:
        grown = False
        for number, axiom in enumerate(given):
            if number not in kept and _matters(axiom, seen):
                kept[number] = axiom
                seen.update(names(axiom.left), names(axiom.right))
                grown = True
    return tuple(kept[number] for number in sorted(kept))


def _matters(axiom: Axiom, seen: set[str]) -> bool:
    if axiom.kind == "sub":
        return _may_be(axiom.left, seen)
    if axiom.kind == "same":
        return _may_be(axiom.left, seen) or _may_be(axiom.right, seen)
    if axiom.kind == "disjoint":
        return _may_be(axiom.left, seen) and _may_be(axiom.right, seen)
    return True


def _may_be(made: Expression, seen: set[str]) -> bool:
    """Can anything fit the expression when classes that are not seen are empty?"""
    if isinstance(made, str):
        return made in seen
    if made[0] in ("and", "or"):
        return (all if made[0] == "and" else any)(_may_be(part, seen) for part in made[1:])
    return made[0] in ("value", "not") or _may_be(made[-1], seen)


def read(triples: Iterable[Any]) -> Iterator[Axiom]:
    """The axioms that triples or quads state."""
    nodes: dict[Any, dict[str, list[Any]]] = {}
    sources: dict[str, list[str]] = {}
    rows = list(triples)
    for row in rows:
        nodes.setdefault(row.subject, {}).setdefault(row.predicate.value, []).append(row.object)
        if row.predicate.value == PREFIXES["dcterms"] + "source":
            sources.setdefault(row.subject.value, []).append(row.object.value)

    def express(node: Any) -> Expression:
        if isinstance(node, ox.NamedNode):
            return node.value
        of = {key.rsplit("#", 1)[-1]: values for key, values in nodes.get(node, {}).items()}
        for word, name in (("intersectionOf", "and"), ("unionOf", "or")):
            if word in of:
                return (name, *(express(part) for part in listed(of[word][0])))
        if "inverseOf" in of:
            return ("inverse", of["inverseOf"][0].value)
        if "onProperty" in of:
            role = express(of["onProperty"][0])
            if "someValuesFrom" in of:
                return ("some", role, express(of["someValuesFrom"][0]))
            if "hasValue" in of:
                return ("value", role, of["hasValue"][0].value)
            if "minQualifiedCardinality" in of and "onClass" in of and of["minQualifiedCardinality"][0].value.isdigit():
                return ("min", int(of["minQualifiedCardinality"][0].value), role, express(of["onClass"][0]))
        raise ValueError(f"an expression of {', '.join(sorted(of)) or 'nothing'}")

    def listed(node: Any) -> Iterator[Any]:
        seen: set[Any] = set()
        while node.value != _RDF + "nil":
            of = nodes.get(node, {})
            if node in seen or not {_RDF + "first", _RDF + "rest"} <= of.keys():
                raise ValueError("a list without end")
            seen.add(node)
            yield of[_RDF + "first"][0]
            node = of[_RDF + "rest"][0]

    def said(row: Any) -> Expression:
        try:
            return express(row.object)
        except RecursionError:
            raise UnreadError(row.subject.value, "an expression inside itself") from None
        except ValueError as error:
            raise UnreadError(row.subject.value, str(error)) from None

    for row in rows:
        predicate = row.predicate.value
        if predicate == _OWL + "members":
            try:
                members = sorted(part.value for part in listed(row.object))
            except ValueError as error:
                raise UnreadError(row.subject.value, str(error)) from None
            for i, one in enumerate(members):
                yield from (Axiom("disjoint", one, other) for other in members[i + 1 :])
        if isinstance(row.subject, ox.BlankNode):
            continue
        subject = row.subject.value
        if predicate == _SUB:
            yield Axiom("sub", subject, said(row))
        elif predicate == _OWL + "equivalentClass":
            yield Axiom("same", subject, said(row), sources=tuple(sorted(sources.get(subject, ()))))
        elif predicate == _OWL + "disjointWith":
            yield Axiom("disjoint", *sorted((subject, row.object.value)))
        elif predicate == _RDFS + "subPropertyOf":
            yield Axiom("subrole", subject, row.object.value)
        elif predicate == _TYPE and row.object.value == _OWL + "TransitiveProperty":
            yield Axiom("transitive", subject)
        elif predicate in RELATIONS:
            filled = ("some", predicate, row.object.value)
            yield Axiom("sub", subject, filled, sources=tuple(sorted(sources.get(subject, ()))))


# ---- for a reasoner ----------------------------------------------------------------------


def as_triples(items: Iterable[Axiom]) -> Iterator[ox.Triple]:
    """The axioms as triples of OWL 2 DL, every name declared. No literal but a cardinality: HermiT takes no dates."""
    declared: set[tuple[str, str]] = set()
    count = 0

    def declare(iri: str, kind: str) -> Iterator[ox.Triple]:
        if (iri, kind) not in declared and iri not in (THING, NOTHING):
            declared.add((iri, kind))
            yield _triple(iri, _TYPE, _OWL + kind)

    def fresh() -> ox.BlankNode:
        nonlocal count
        count += 1
        return ox.BlankNode(f"e{count}")

    def role(made: Expression, out: list[ox.Triple]) -> Any:
        if isinstance(made, str):
            out += declare(made, "ObjectProperty")
            return ox.NamedNode(made)
        node = fresh()
        out += declare(made[1], "ObjectProperty")
        out.append(_triple(node, _OWL + "inverseOf", made[1]))
        return node

    def express(made: Expression, out: list[ox.Triple]) -> Any:
        if isinstance(made, str):
            out += declare(made, "Class")
            return ox.NamedNode(made)
        node, word = fresh(), made[0]
        if word in ("and", "or", "not"):
            out.append(_triple(node, _TYPE, _OWL + "Class"))
            if word == "not":
                out.append(_triple(node, _OWL + "complementOf", express(made[1], out)))
                return node
            parts = [express(part, out) for part in made[1:]]
            rest: Any = ox.NamedNode(_RDF + "nil")
            for part in reversed(parts):
                cell = fresh()
                out += [_triple(cell, _RDF + "first", part), _triple(cell, _RDF + "rest", rest)]
                rest = cell
            out.append(_triple(node, _OWL + ("intersectionOf" if word == "and" else "unionOf"), rest))
            return node
        out.append(_triple(node, _TYPE, _OWL + "Restriction"))
        out.append(_triple(node, _OWL + "onProperty", role(made[-2], out)))
        if word == "some":
            out.append(_triple(node, _OWL + "someValuesFrom", express(made[2], out)))
        elif word == "value":
            out += declare(made[2], "NamedIndividual")
            out.append(_triple(node, _OWL + "hasValue", made[2]))
        else:
            number = ox.Literal(str(made[1]), datatype=ox.NamedNode(_XSD + "nonNegativeInteger"))
            out.append(_triple(node, _OWL + "minQualifiedCardinality", number))
            out.append(_triple(node, _OWL + "onClass", express(made[3], out)))
        return node

    predicates = {"sub": _SUB, "same": _OWL + "equivalentClass", "disjoint": _OWL + "disjointWith", "type": _TYPE}
    for axiom in items:
        out: list[ox.Triple] = []
        if axiom.kind in ("sub", "same", "disjoint"):
            left = express(axiom.left, out)
            out.append(_triple(left, predicates[axiom.kind], express(axiom.right, out)))
        elif axiom.kind == "type":
            out += declare(axiom.left, "NamedIndividual")
            out.append(_triple(axiom.left, _TYPE, express(axiom.right, out)))
        elif axiom.kind == "edge":
            out += [*declare(axiom.left, "NamedIndividual"), *declare(axiom.right, "NamedIndividual")]
            role(axiom.role, out)
            out.append(_triple(axiom.left, axiom.role, axiom.right))
        elif axiom.kind == "subrole":
            out += [*declare(axiom.left, "ObjectProperty"), *declare(axiom.right, "ObjectProperty")]
            out.append(_triple(axiom.left, _RDFS + "subPropertyOf", axiom.right))
        else:
            out += declare(axiom.left, "ObjectProperty")
            out.append(_triple(axiom.left, _TYPE, _OWL + "TransitiveProperty"))
        yield from out


def _triple(subject: Any, predicate: str, value: Any) -> ox.Triple:
    subject = ox.NamedNode(subject) if isinstance(subject, str) else subject
    return ox.Triple(subject, ox.NamedNode(predicate), ox.NamedNode(value) if isinstance(value, str) else value)


def names(made: Expression) -> Iterator[str]:
    """The classes that an expression names."""
    if isinstance(made, str):
        yield made
    elif made[0] in ("and", "or", "not"):
        for part in made[1:]:
            yield from names(part)
    elif made[0] in ("some", "min"):
        yield from names(made[-1])


# ---- for a reader ------------------------------------------------------------------------


def plain(made: Expression, terms: Catalogue) -> str:
    """An expression in plain words, to follow "what": `is a therapeutic agent and inhibits a Janus kinase`."""
    if isinstance(made, str):
        return f"is {_a(terms.label(made))}"
    word = made[0]
    if word == "and":
        return " and ".join(plain(part, terms) for part in made[1:])
    if word == "or":
        said = [plain(part, terms) for part in made[1:]]
        if all(text.startswith("is ") for text in said):
            said = [said[0], *(text[3:] for text in said[1:])]
        return " or ".join(said)
    if word == "not":
        return f"never {plain(made[1], terms)}"
    filler = made[-1]
    if word == "value":
        return f"{_relation(made[1], terms)} {terms.label(filler)}"
    if word == "min":
        return f"{_relation(made[2], terms)} {made[1]} different kinds of {terms.label(filler)}"
    if isinstance(filler, str):
        linked = _relation(made[1], terms)
        return f"{linked} {_a(terms.label(filler)) if linked.endswith(' is') else terms.label(filler)}"
    return f"{_relation(made[1], terms)} {_filled(filler, terms)}"


def _filled(made: Expression, terms: Catalogue) -> str:
    if made[0] == "or" and all(isinstance(part, str) for part in made[1:]):
        return " or ".join(terms.label(part) for part in made[1:])
    return f"something that {plain(made, terms)}"


def _relation(role: Expression, terms: Catalogue) -> str:
    if isinstance(role, str):
        return _WORDS.get(role) or terms.label(role)
    return _INVERSE.get(role[1]) or f"is that which {terms.label(role[1])} points to:"


def _a(label: str) -> str:
    """A label with its article, where it takes one: names of classes in the plural do not."""
    return label if label[:1].isupper() else f"{'an' if label[:1] in 'aeiou' else 'a'} {label}"


def in_words(axiom: Axiom, terms: Catalogue) -> str:
    """An axiom in plain words."""
    if axiom.said:
        return axiom.said
    left = terms.label(axiom.left) if isinstance(axiom.left, str) else plain(axiom.left, terms)
    if axiom.kind == "sub":
        return f"{left} {plain(axiom.right, terms)}"
    if axiom.kind == "same":
        return f"{left} is, by definition, what {plain(axiom.right, terms)}"
    if axiom.kind == "disjoint":
        return f"nothing is both {left} and {terms.label(axiom.right)}"
    if axiom.kind == "transitive":
        return f"what {_relation(axiom.left, terms)} a part {_relation(axiom.left, terms)} the whole"
    if axiom.kind == "subrole":
        return f"what {_relation(axiom.left, terms)} something {_relation(axiom.right, terms)} it"
    if axiom.kind == "edge":
        return f"{compress(axiom.left)} {_relation(axiom.role, terms)} {compress(axiom.right)}"
    return f"{compress(axiom.left)} {plain(axiom.right, terms)}"
