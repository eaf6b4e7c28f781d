"""What follows from axioms, and from which of them? Completion rules, each step with its reasons.

The rules are those for EL (Baader, Brandt, Lutz, "Pushing the EL envelope", IJCAI 2005), with
role hierarchies, transitive and inverse roles of individuals, disjointness, and "at least two
different" by disjointness. They are sound for everything that `kg.owl.axioms` reads, and complete for
what the ontology uses: tests hold every answer against HermiT. Of a disjunction (`a Janus kinase is
one of four`) it knows what all of its parts have in common; it does not argue by cases otherwise.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from kg.owl.axioms import NOTHING, Axiom, Expression, names

__all__ = ["Saturation", "closure", "follows", "justify", "new_parents"]

Fact = tuple[Any, ...]
"""("s", x, B): x is a B; ("r", x, role, y): x has the role to some y."""
Reason = tuple[int | None, tuple[Fact, ...]]
"""The number of the axiom, None where it follows from the form of expressions alone, and the premises."""


class Saturation:
    """Everything that follows from axioms about their names. `seeds`: only what these lead to."""

    def __init__(self, items: Iterable[Axiom], seeds: Iterable[str] | None = None) -> None:
        self.axioms = tuple(items)
        self.reasons: dict[Fact, Reason] = {}
        self.above: dict[Any, set[Any]] = {}
        self._out: dict[Any, dict[Any, set[Any]]] = {}
        self._in: dict[Any, dict[Any, set[Any]]] = {}
        self._todo: deque[Fact] = deque()
        # normal forms: what a name leads to, and by which axiom
        self._subs: dict[Any, list[tuple[Any, int | None]]] = {}
        self._haves: dict[Any, list[tuple[Any, Any, int | None]]] = {}
        self._ands: dict[Any, list[tuple[tuple[Any, ...], Any]]] = {}
        self._somes: dict[tuple[Any, Any], list[Any]] = {}
        self._mins: dict[Any, list[tuple[Any, Any]]] = {}
        self._apart: dict[Any, list[tuple[Any, int | None]]] = {}
        self._alternatives: dict[Any, list[tuple[tuple[Any, ...], int | None]]] = {}
        self._part_of: dict[Any, list[tuple[Any, tuple[Any, ...], int | None]]] = {}
        self._holders: dict[Any, list[Any]] = {}
        self._roles: dict[Any, list[tuple[Any, int]]] = {}
        self._transitive: dict[Any, int] = {}
        self._people: set[Any] = set()
        self._defined: set[Any] = set()
        edges = [self._normalise(number, axiom) for number, axiom in enumerate(self.axioms)]
        for start in seeds if seeds is not None else [*self._names(), *self._people]:
            self._meet(start)
        for fact, number in (pair for pair in edges if pair):
            self._meet(fact[1])
            self._meet(fact[3])
            self._add(fact, number, ())
        self._run()

    def __contains__(self, pair: tuple[str, str]) -> bool:
        """Does (x, class) hold: is every x, or the individual x, in the class?"""
        over = self.above.get(pair[0], ())
        return pair[1] in over or NOTHING in over

    def classes(self, name: str) -> set[str]:
        """The named classes above a class or of an individual, itself not included."""
        return {c for c in self.above.get(name, ()) if isinstance(c, str) and c != name}

    def used(self, fact: Fact) -> list[int]:
        """Numbers of the axioms in one derivation of a fact."""
        seen: set[Fact] = set()
        found: set[int] = set()
        todo = [fact]
        while todo:
            here = todo.pop()
            if here in seen or here not in self.reasons:
                continue
            seen.add(here)
            number, premises = self.reasons[here]
            if number is not None:
                found.add(number)
            todo += premises
        return sorted(found)

    # ---- normal forms ----------------------------------------------------------------

    def _names(self) -> set[Any]:
        classes = [a for a in self.axioms if a.kind in ("sub", "same", "disjoint")]
        typed = [a.right for a in self.axioms if a.kind == "type"]
        return {name for a in classes for side in (a.left, a.right) for name in names(side)}.union(*map(names, typed))

    def _normalise(self, number: int, axiom: Axiom) -> tuple[Fact, int] | None:
        if axiom.kind in ("sub", "same", "type"):
            self._state(self._define(axiom.left), axiom.right, number)
        if axiom.kind == "same":
            self._subs.setdefault(self._define(axiom.right), []).append((self._define(axiom.left), number))
        elif axiom.kind == "disjoint":
            self._keep_apart(self._define(axiom.left), self._define(axiom.right), number)
        elif axiom.kind == "subrole":
            self._roles.setdefault(axiom.left, []).append((axiom.right, number))
        elif axiom.kind == "transitive":
            self._transitive[axiom.left] = number
        elif axiom.kind == "type":
            self._people.add(axiom.left)
        elif axiom.kind == "edge":
            self._people |= {axiom.left, axiom.right}
            return ("r", axiom.left, axiom.role, axiom.right), number
        return None

    def _keep_apart(self, one: Any, other: Any, number: int | None) -> None:
        self._apart.setdefault(one, []).append((other, number))
        self._apart.setdefault(other, []).append((one, number))

    def _define(self, made: Expression) -> Any:
        """The name of an expression, itself; whatever fits the expression will get it."""
        if isinstance(made, str) or made in self._defined:
            return made
        self._defined.add(made)
        if made[0] == "and":
            parts = tuple(self._define(part) for part in made[1:])
            for part in parts:
                self._ands.setdefault(part, []).append((parts, made))
        elif made[0] == "or":
            for part in made[1:]:
                self._subs.setdefault(self._define(part), []).append((made, None))
        elif made[0] == "some":
            self._somes.setdefault((made[1], self._define(made[2])), []).append(made)
        elif made[0] == "value":
            self._somes.setdefault((made[1], made[2]), []).append(made)
        elif made[0] == "min":
            self._mins.setdefault(made[2], []).append((self._define(made[3]), made))
        return made

    def _state(self, name: Any, made: Expression, number: int | None) -> None:
        """Whatever has the name fits the expression."""
        if isinstance(made, str):
            self._subs.setdefault(name, []).append((made, number))
        elif made[0] == "and":
            for part in made[1:]:
                self._state(name, part, number)
        elif made[0] in ("some", "value", "min"):
            filler = made[-1]
            inner = filler if isinstance(filler, str) else ("filler", filler)
            if inner != filler:
                self._state(inner, filler, None)
            self._haves.setdefault(name, []).append((made[-2], inner, number))
            self._subs.setdefault(name, []).append((self._define(made), number))
        elif made[0] == "or":
            self._subs.setdefault(name, []).append((self._define(made), number))
            parts = tuple(self._define(part) for part in made[1:])
            self._alternatives.setdefault(name, []).append((parts, number))
            for part in parts:
                self._part_of.setdefault(part, []).append((name, parts, number))
        elif made[0] == "not":
            self._keep_apart(name, self._define(made[1]), number)

    # ---- rules -----------------------------------------------------------------------

    def _meet(self, name: Any) -> None:
        if name not in self.above:
            self.above[name] = set()
            self._add(("s", name, name), None, ())

    def _add(self, fact: Fact, number: int | None, premises: tuple[Fact, ...]) -> None:
        if fact not in self.reasons:
            self.reasons[fact] = (number, premises)
            self._todo.append(fact)

    def _run(self) -> None:
        while self._todo:
            fact = self._todo.popleft()
            if fact[0] == "s":
                self._is(*fact[1:])
            else:
                self._has(*fact[1:])

    def _is(self, x: Any, b: Any) -> None:
        here: Fact = ("s", x, b)
        over = self.above[x]
        over.add(b)
        for c, number in self._subs.get(b, ()):
            self._add(("s", x, c), number, (here,))
        for parts, whole in self._ands.get(b, ()):
            if over.issuperset(parts):
                self._add(("s", x, whole), None, tuple(("s", x, part) for part in parts))
        for role, filler, number in self._haves.get(b, ()):
            self._meet(filler)
            self._add(("r", x, role, filler), number, (here,))
        self._common(x, b)
        for c, number in self._apart.get(b, ()):
            if c in over:
                self._add(("s", x, NOTHING), number, (here, ("s", x, c)))
        for role, whose in self._in.get(x, {}).items():
            for y in list(whose):
                for whole in self._somes.get((role, b), ()):
                    self._add(("s", y, whole), None, (("r", y, role, x), here))
                if b == NOTHING:
                    self._add(("s", y, NOTHING), None, (("r", y, role, x), here))
                self._different(y, role)

    def _common(self, x: Any, b: Any) -> None:
        """What all parts of a disjunction have in common, whatever fits the disjunction has."""
        if b in self._alternatives:
            for parts, number in self._alternatives[b]:
                for part in parts:
                    self._meet(part)
                for c in set.intersection(*(self.above[part] for part in parts)):
                    self._add(("s", x, c), number, (("s", x, b), *(("s", part, c) for part in parts)))
            self._holders.setdefault(b, []).append(x)
        for name, parts, number in self._part_of.get(x, ()):
            if all(b in self.above.get(part, ()) for part in parts):
                for y in self._holders.get(name, ()):
                    self._add(("s", y, b), number, (("s", y, name), *(("s", part, b) for part in parts)))

    def _has(self, x: Any, role: Any, y: Any) -> None:
        here: Fact = ("r", x, role, y)
        self._out.setdefault(x, {}).setdefault(role, set()).add(y)
        self._in.setdefault(y, {}).setdefault(role, set()).add(x)
        for b in list(self.above[y]):
            for whole in self._somes.get((role, b), ()):
                self._add(("s", x, whole), None, (here, ("s", y, b)))
            if b == NOTHING:
                self._add(("s", x, NOTHING), None, (here, ("s", y, b)))
        for wider, number in self._roles.get(role, ()):
            self._add(("r", x, wider, y), number, (here,))
        if role in self._transitive:
            for z in list(self._out.get(y, {}).get(role, ())):
                self._add(("r", x, role, z), self._transitive[role], (here, ("r", y, role, z)))
            for z in list(self._in.get(x, {}).get(role, ())):
                self._add(("r", z, role, y), self._transitive[role], (("r", z, role, x), here))
        if x in self._people and y in self._people and isinstance(role, str):
            self._add(("r", y, ("inverse", role), x), None, (here,))
        self._different(x, role)

    def _different(self, x: Any, role: Any) -> None:
        """At least two different: fillers of the kind that nothing is both of."""
        for kind, whole in self._mins.get(role, ()):
            if whole in self.above[x] or whole[1] != 2:
                continue
            fitting = sorted((y for y in self._out.get(x, {}).get(role, ()) if kind in self.above[y]), key=repr)
            for i, one in enumerate(fitting):
                for other in fitting[i + 1 :]:
                    apart = self._two(one, other)
                    if apart:
                        b, c, number = apart
                        premises: tuple[Fact, ...] = (
                            ("r", x, role, one), ("r", x, role, other), ("s", one, kind), ("s", other, kind),
                            ("s", one, b), ("s", other, c),
                        )  # fmt: skip
                        self._add(("s", x, whole), number, premises)

    def _two(self, one: Any, other: Any) -> tuple[Any, Any, int | None] | None:
        for b in sorted(self.above[one], key=repr):
            for c, number in self._apart.get(b, ()):
                if c in self.above[other]:
                    return b, c, number
        return None


def follows(items: Iterable[Axiom], name: str, whole: str) -> bool:
    """Does it follow from the axioms that a class or individual is in a class (owl:Nothing: cannot be)?"""
    return (name, whole) in Saturation(items, [name])


def justify(items: Iterable[Axiom], name: str, whole: str, most: int = 3) -> list[tuple[Axiom, ...]]:
    """Minimal sets of axioms from which it follows that `name` is in `whole`; at most `most`, smallest first.

    Take any axiom out of a set and it follows no more. Further sets are found by leaving out an
    axiom of one found before (Reiter's hitting set tree). Empty: it does not follow.
    """
    given = tuple(items)
    found: list[tuple[Axiom, ...]] = []
    tried: set[frozenset[Axiom]] = set()
    todo: deque[frozenset[Axiom]] = deque([frozenset()])
    while todo and len(found) < most and len(tried) < 40:
        without = todo.popleft()
        if without in tried:
            continue
        tried.add(without)
        one = next((set_ for set_ in found if not without.intersection(set_)), None)
        if one is None:
            one = _one(tuple(a for a in given if a not in without), name, whole)
            if one is None:
                continue
            found.append(one)
        todo += (without | {axiom} for axiom in one)
    return sorted(found, key=lambda set_: (len(set_), repr(set_)))


def _one(items: tuple[Axiom, ...], name: str, whole: str) -> tuple[Axiom, ...] | None:
    made = Saturation(items, [name])
    fact = ("s", name, whole)
    if fact not in made.reasons:
        fact = ("s", name, NOTHING)
    if fact not in made.reasons:
        return None
    kept = [made.axioms[number] for number in made.used(fact)]
    for axiom in tuple(kept):
        rest = [other for other in kept if other is not axiom]
        if follows(rest, name, whole):
            kept = rest
    return tuple(kept)


def closure(items: Iterable[Axiom]) -> Mapping[str, set[str]]:
    """Every named class, and the named classes above it."""
    made = Saturation(items)
    return {name: made.classes(name) for name in made.above if isinstance(name, str)}


def new_parents(above: Mapping[str, Iterable[str]], given: Iterable[Axiom]) -> dict[str, tuple[str, ...]]:
    """Of what is above each class, the direct parents that the axioms do not state themselves."""
    stated: dict[str, set[str]] = {}
    for axiom in given:
        if axiom.kind == "sub" and isinstance(axiom.left, str) and isinstance(axiom.right, str):
            stated.setdefault(axiom.left, set()).add(axiom.right)
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(above):
        over = set(above[name]) - {name, NOTHING}
        seen: set[str] = set()
        todo = [name]
        while todo:
            for parent in stated.get(todo.pop(), ()):
                if parent not in seen:
                    seen.add(parent)
                    todo.append(parent)
        direct = {c for c in over - seen if not any(c in above.get(d, ()) for d in over - {c})}
        if direct:
            found[name] = tuple(sorted(direct))
    return found
