"""How is a definition asked of a merged graph? Each becomes a SPARQL CONSTRUCT over the classified concepts.

The rules are files, ontology/rules/*.rq, written by ontology/infer.py from the definitions and in
an order in which none needs a later one; `kg.graph.store` runs them over whatever it reads, and what
they find goes into a graph of its own. That they find what HermiT finds in each case is tested.

A fact counts when it is a patient's and is not excluded or not stated. Its concept, sites, drug,
antigens and modifiers are concepts, whose place is known (rdfs:subClassOf, with inferred.ttl);
responses, treatments and patients are nodes of the graph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import count

from kg.base.prefixes import CKG, PREFIXES
from kg.concepts.terms import Catalogue
from kg.owl.axioms import Expression, axioms, names
from kg.owl.saturation import closure

__all__ = ["CHOICES", "CONCEPTS", "NODES", "defined", "rules"]

# What links a fact to a concept, to a fixed choice, and to another node of its graph.
CONCEPTS = tuple(CKG + name for name in ("site", "drug", "antigen", "modifier", "laterality"))
CHOICES = (CKG + "outcome",)
NODES = tuple(CKG + name for name in ("toTreatment", "ofManifestation", "patient"))
_ROOTS = {PREFIXES["obo"] + name for name in ("HP_0000118", "MONDO_0000001")}


@cache
def defined() -> Mapping[str, Expression]:
    """Class -> its definition, for the defined classes that a fact or a patient may be in, in order of need.

    They are words of the vocabulary (refractory manifestation), or concepts with findings or
    diseases under them (lung involvement).
    """
    above, terms = closure(axioms()), Catalogue.shipped()
    met = {c for name, over in above.items() if (over | {name}) & _ROOTS for c in over | {name}}
    found = {
        a.left: a.right for a in axioms() if a.kind == "same" and (a.left in met or terms.value(a.left, "vocabulary"))
    }
    ordered: dict[str, Expression] = {}

    def visit(name: str) -> None:
        if name in found and name not in ordered:
            for other in sorted(set(names(found[name])) - {name}):
                visit(other)
            ordered[name] = found[name]

    for name in sorted(found):
        visit(name)
    return ordered


def rules() -> Iterator[tuple[str, str]]:
    """The rules: name of the file, and its text."""
    terms, known = Catalogue.shipped(), defined()
    for number, name in enumerate(known, 1):
        slug = re.sub(r"[^a-z0-9]+", "-", terms.label(name).lower()).strip("-")
        yield f"{number:02}-{slug}.rq", _rule(name, known, terms)


def _rule(name: str, known: Mapping[str, Expression], terms: Catalogue) -> str:
    writer = _Writer(known, terms)
    ways = writer.ways("x", known[name])
    if not terms.value(name, "vocabulary"):
        ways = [writer.concept("x", name), *ways]
    body = "\n  UNION\n".join(f"  {{\n{way}\n  }}" for way in ways)
    text = f"CONSTRUCT {{ ?x ckg:inferredClass {writer.short(name)} }} WHERE {{\n{body}\n}}\n"
    used = [p for p in ("ckg", "obo", "mesh", "rdfs") if re.search(rf"\b{p}:", text)]
    head = f"#+ summary: What is {'an' if terms.label(name)[0] in 'aeiou' else 'a'} {terms.label(name)}?\n"
    head += "#+ description: Written by ontology/infer.py from ontology/definitions.ttl; not to be changed by hand.\n"
    return head + "".join(f"PREFIX {p}: <{PREFIXES[p]}>\n" for p in used) + "\n" + text


class _Writer:
    """Writes the pattern by which a node of a graph fits an expression; a list of alternatives, none: it cannot."""

    def __init__(self, known: Mapping[str, Expression], terms: Catalogue) -> None:
        self.known, self.terms, self.numbers = known, terms, count(1)
        self.wider: dict[str, set[str]] = {}
        for axiom in axioms():
            if axiom.kind == "subrole":
                self.wider.setdefault(axiom.right, set()).add(axiom.left)

    def short(self, iri: str) -> str:
        for prefix in ("ckg", "obo", "mesh"):
            if iri.startswith(PREFIXES[prefix]) and re.fullmatch(r"\w+", iri[len(PREFIXES[prefix]) :]):
                return f"{prefix}:{iri[len(PREFIXES[prefix]) :]}"
        return f"<{iri}>"

    def guard(self, node: str) -> str:
        """A patient's fact, and not one that is excluded or not stated."""
        state = f"s{next(self.numbers)}"
        return (
            f"    FILTER EXISTS {{ ?{node} ckg:layer ckg:PatientFact }}\n"
            f"    FILTER NOT EXISTS {{ ?{node} ckg:status ?{state} . FILTER(?{state} != ckg:Present) }}"
        )

    def below(self, node: str, name: str) -> str:
        return f"    {{ SELECT ?{node} WHERE {{ ?{node} rdfs:subClassOf* {self.short(name)} }} }}"

    def concept(self, node: str, name: str) -> str:
        inner = f"c{next(self.numbers)}"
        return f"{self.below(inner, name)}\n    ?{node} ckg:concept ?{inner} .\n{self.guard(node)}"

    def ways(self, node: str, made: Expression, bound: bool = False) -> list[str]:
        """bound: other patterns find the node, so that its class need only be checked (the engine joins in order)."""
        if isinstance(made, str):
            if made not in self.known and not self.terms.value(made, "vocabulary"):
                return [self.concept(node, made)]
            kind = f"?{node} {'ckg:inferredClass' if made in self.known else 'a'} {self.short(made)}"
            check = f"    FILTER EXISTS {{ {kind} }}" if bound else f"    {kind} ."
            stated = made not in self.known and made != CKG + "Patient"
            return [f"{check}\n{self.guard(node)}" if stated else check]
        if made[0] == "or":
            return [way for part in made[1:] for way in self.ways(node, part, bound)]
        if made[0] == "and":
            found = [""]
            for i, part in enumerate(sorted(made[1:], key=lambda part: isinstance(part, str))):
                more = self.ways(node, part, bound or i > 0)
                found = [f"{before}\n{way}".strip("\n") for before in found for way in more]
            return found
        if made[0] == "value":
            return [f"    ?{node} {self.short(made[1])} {self.short(made[2])} ."] if made[1] in CHOICES else []
        return self.linked(node, *made[1:]) if made[0] == "some" else []

    def linked(self, node: str, role: Expression, filler: Expression) -> list[str]:
        found = []
        if isinstance(role, tuple):
            other = f"n{next(self.numbers)}"
            if role[1] in NODES:
                link = f"    ?{other} {self.short(role[1])} ?{node} ."
                if isinstance(filler, str):  # few are in a derived class: the engine starts there
                    found += [f"{way}\n{link}" for way in self.ways(other, filler)]
                else:
                    found += [f"{link}\n{way}" for way in self.ways(other, filler, True)]
            return found
        for narrower in sorted({role, *self.wider.get(role, ())}):
            other = f"n{next(self.numbers)}"
            link = f"    ?{node} {self.short(narrower)} ?{other} ."
            if narrower in NODES:
                found += [f"{link}\n{way}" for way in self.ways(other, filler, True)]
            elif narrower in CONCEPTS:
                parts = filler[1:] if isinstance(filler, tuple) and filler[0] == "or" else (filler,)
                if not all(isinstance(part, str) for part in parts):
                    raise ValueError(f"{filler}: give what stands behind {narrower} a class of its own")
                found += [f"{self.below(other, part)}\n{link}" for part in parts]
        return found
