"""What did a curator decide about the graph, and how does a decision look as RDF?

Two patients are one person, two reports are one, a conflict is settled for one side, a report was
retracted: none of this is in a report, so it is kept apart, in a claims file (YAML) and, in RDF, in
a graph of its own. Every decision says who, when and why, and can be withdrawn. Nothing here is
owl:sameAs: a claim joins counts, never nodes.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pyoxigraph as ox
from pydantic import Field, StringConstraints, ValidationError, model_validator

from kg.base.document import Document, read_document
from kg.base.prefixes import CASE, CKG, PREFIXES, compress
from kg.base.results import CaseError, Result
from kg.graph.store import Dataset
from kg.model.case import Model
from kg.model.fields import Key, Text, fail
from kg.model.reading import schema_results
from kg.persons.retractions import read_retractions
from kg.rdf.iris import choice_iri
from kg.rdf.triples import as_choice, as_date, as_text

__all__ = [
    "CONFLICTS", "JUDGEMENTS", "KINDS", "ConflictNode", "Decision", "IdentityClaim", "Judgements", "Kind", "Resolution",
    "Retraction", "conflict_quads", "from_table", "judgement_quads", "judgements", "read_claims",
]  # fmt: skip

JUDGEMENTS = "https://w3id.org/casekg/judgements"
CONFLICTS = "https://w3id.org/casekg/conflicts"
Kind = Literal["same person", "same report", "copy"]
Decision = Literal["confirmed", "rejected", "withdrawn"]
KINDS: tuple[Kind, ...] = get_args(Kind)
_CLASS: Mapping[Kind, str] = {"same person": "SamePersonClaim", "same report": "SameReportClaim", "copy": "CopyClaim"}
_TYPE = PREFIXES["rdf"] + "type"
Place = tuple[str, int, int]  # file, line, column
NOWHERE: Place = ("", 0, 0)


@dataclass(frozen=True, slots=True, order=True)
class IdentityClaim:
    """Somebody's decision that two patients are (not) one person, or two reports (not) one.

    of: the two IRIs, sorted: patients for "same person", reports for "same report", either for "copy".
    """

    kind: Kind
    of: tuple[str, str]
    on: date
    decision: Decision
    by: str
    why: str
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def iri(self) -> str:
        """One decision, one IRI, whoever writes it down."""
        told = (self.kind, *self.of, self.on.isoformat(), self.decision, self.by)
        return f"{JUDGEMENTS}#{_digest(*told)}"


@dataclass(frozen=True, slots=True, order=True)
class Resolution:
    """Somebody's decision on a conflict: prefer: IRI of the fact that holds; "" for neither of them."""

    conflict: str
    on: date
    prefer: str
    by: str
    why: str
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def iri(self) -> str:
        """One decision, one IRI."""
        return f"{JUDGEMENTS}#{_digest('conflict', self.conflict, self.on.isoformat(), self.prefer, self.by)}"


@dataclass(frozen=True, slots=True, order=True)
class Retraction:
    """That a DOI was retracted, and who says so; on: None where a table does not tell."""

    doi: str
    why: str
    by: str
    on: date | None = None
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def iri(self) -> str:
        """One telling, one IRI."""
        return f"{JUDGEMENTS}#{_digest('retraction', self.doi, self.by, self.why)}"


@dataclass(frozen=True, slots=True)
class Judgements:
    """All decisions of a claims file, of a graph, or of both."""

    claims: tuple[IdentityClaim, ...] = ()
    resolutions: tuple[Resolution, ...] = ()
    retractions: tuple[Retraction, ...] = ()

    def __or__(self, other: Judgements) -> Judgements:
        """Both together, each decision once; the first keeps its place in a file.

        >>> Judgements() | Judgements() == Judgements()
        True
        """
        return Judgements(
            tuple(sorted(dict.fromkeys((*self.claims, *other.claims)))),
            tuple(sorted(dict.fromkeys((*self.resolutions, *other.resolutions)))),
            tuple(sorted(dict.fromkeys((*self.retractions, *other.retractions)), key=lambda r: (r.doi, r.by, r.why))),
        )


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


# ---- the claims file --------------------------------------------------------------------


class _Decided(Model):
    by: Text = Field(description="Who decided.")
    on: date = Field(description="When, like 2024-05-01; the latest decision counts.")
    why: Text = Field(description="Why, in your own words.")


def _iri(text: str) -> str:
    """The IRI of a patient, report or fact from what a user writes; its report is lower case."""
    rest = text.removeprefix(CASE).removeprefix("case:")
    return CASE + rest if rest != text and rest else ""


class _Claim(_Decided):
    kind: Kind
    of: Annotated[tuple[Text, ...], Field(description="Two patients, or two reports, like case:10.1234_abc/p1.")]
    decision: Decision

    @model_validator(mode="after")
    def _two(self) -> _Claim:
        if len(self.of) != 2:
            raise fail("of", f"names {len(self.of)}, not two")
        for number, text in enumerate(self.of):
            if not _iri(text):
                raise fail("of", f"{text!r} is not an IRI of ours: write case:10.1234_abc/p1", "of", number)
            if "#" in text:
                raise fail("of", f"{text!r} is a fact, not a patient or a report", "of", number)
        patients = ["/" in _iri(text)[len(CASE) :] for text in self.of]
        if patients[0] != patients[1]:
            raise fail("of", "one is a patient, the other a report")
        if self.kind != "copy" and patients[0] != (self.kind == "same person"):
            wanted = "patients, like case:10.1234_abc/p1" if self.kind == "same person" else "reports"
            raise fail("of", f"a claim of kind {self.kind!r} is about two {wanted}")
        if _iri(self.of[0]) == _iri(self.of[1]):
            raise fail("of", "names one thing twice")
        return self


class _Resolved(_Decided):
    conflict: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{16}$")] = Field(
        description="The 16 digits that `casekg conflicts` shows."
    )
    prefer: Text = Field(description="IRI of the fact that holds, or neither.")

    @model_validator(mode="after")
    def _known(self) -> _Resolved:
        if self.prefer != "neither" and not _iri(self.prefer):
            raise fail("prefer", f"{self.prefer!r} is no fact of ours and not 'neither'", "prefer")
        return self


class _Retracted(_Decided):
    doi: Annotated[str, StringConstraints(pattern=r"^10\.\d{2,9}/\S+$")]


class _File(Model):
    claims: Mapping[Key, _Claim] = Field(default_factory=dict)
    conflicts: Mapping[Key, _Resolved] = Field(default_factory=dict)
    retractions: Mapping[Key, _Retracted] = Field(default_factory=dict)


def read_claims(path: Path | str) -> Judgements:
    """Read a claims file, strictly.

    Raises CaseError with every fault: file, line, column and cure. A decision that is written twice
    is a fault, too: one of them would be forgotten when it is withdrawn.
    """
    document = read_document(path)
    try:
        value = document.value
        if isinstance(value, dict):  # a section without entries
            value = {key: {} if inside == "" else inside for key, inside in value.items()}
        read = _File.model_validate(value)
    except ValidationError as error:
        raise CaseError(map(_near, schema_results(document, error, {}))) from error
    made = Judgements(
        tuple(
            IdentityClaim(c.kind, _pair(c.of), c.on, c.decision, c.by, c.why, _place(document, "claims", key))
            for key, c in read.claims.items()
        ),
        tuple(
            Resolution(
                c.conflict, c.on, "" if c.prefer == "neither" else _iri(c.prefer), c.by, c.why,
                _place(document, "conflicts", key),
            )
            for key, c in read.conflicts.items()
        ),
        tuple(
            Retraction(c.doi.lower(), c.why, c.by, c.on, _place(document, "retractions", key))
            for key, c in read.retractions.items()
        ),
    )  # fmt: skip
    if wrong := [*_twice(made.claims), *_twice(made.resolutions), *_twice(made.retractions)]:
        raise CaseError(wrong)
    return made


def _near(result: Result) -> Result:
    """An unknown key with the nearest that a claims file may have."""
    if result.message != "unknown key.":
        return result
    section, _, inside = result.key.partition(".")
    entries: dict[str, type[Model]] = {"claims": _Claim, "conflicts": _Resolved, "retractions": _Retracted}
    known = (entries[section] if inside else _File).model_fields
    close = difflib.get_close_matches(result.key.rpartition(".")[2], known, 1)
    return replace(result, cure=f"Did you mean {close[0]!r}?" if close else f"One of {', '.join(known)}.")


def _pair(of: tuple[str, ...]) -> tuple[str, str]:
    first, second = sorted(map(_iri, of))
    return first, second


def _place(document: Document, section: str, key: str) -> Place:
    return (document.file, *document.place((section, key)))


def _twice(decided: Iterable[IdentityClaim | Resolution | Retraction]) -> Iterator[Result]:
    first: dict[str, Place] = {}
    for one in decided:
        if (place := first.setdefault(one.iri, one.place)) != one.place:
            message = f"the same decision stands in line {place[1]} already."
            yield Result("violation", "claims", message, "Keep one.", *one.place)


def from_table(path: Path, dois: Iterable[str]) -> Judgements:
    """The retractions of a table (`kg.persons.retractions`) that concern these DOIs; by: the table's name."""
    table = read_retractions(path)
    return Judgements(
        retractions=tuple(
            Retraction(doi, (table[doi] or "listed as retracted")[:400], path.name, None, (str(path), 0, 0))
            for doi in sorted({doi.lower() for doi in dois} & table.keys())
        )
    )


# ---- as RDF -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ConflictNode:
    """A conflict as it is written: between: IRIs of the facts (or patients) that do not go together."""

    iri: str
    kind: str
    between: tuple[str, ...]
    says: str
    resolution: Resolution | None = None


def _quads(graph: str, node: str, rows: Iterable[tuple[str, Any]]) -> Iterator[ox.Quad]:
    for name, value in rows:
        iri = name if ":" in name else CKG + name
        made = ox.NamedNode(value) if isinstance(value, str) else value
        yield ox.Quad(ox.NamedNode(node), ox.NamedNode(iri), made, ox.NamedNode(graph))


def judgement_quads(told: Judgements) -> Iterator[ox.Quad]:
    """The decisions, each a node in the graph of judgements."""
    for claim in told.claims:
        rows: list[tuple[str, Any]] = [(_TYPE, CKG + _CLASS[claim.kind]), *(("about", iri) for iri in claim.of)]
        yield from _quads(JUDGEMENTS, claim.iri, [*rows, ("decision", as_choice(claim.decision)), *_decided(claim)])
    for one in told.resolutions:
        rows = [(_TYPE, CKG + "Resolution"), ("ofConflict", _conflict(one.conflict))]
        prefers = [("prefers", one.prefer)] if one.prefer else []
        yield from _quads(JUDGEMENTS, one.iri, [*rows, *prefers, *_decided(one)])
    for retraction in told.retractions:
        rows = [(_TYPE, CKG + "Retraction"), ("doi", as_text(retraction.doi))]
        yield from _quads(JUDGEMENTS, retraction.iri, [*rows, *_decided(retraction)])


def _decided(one: IdentityClaim | Resolution | Retraction) -> Iterator[tuple[str, Any]]:
    yield "decidedBy", as_text(one.by)
    if one.on:
        yield "decidedOn", as_date(one.on)
    yield "decidedBecause", as_text(one.why)


def _conflict(digits: str) -> str:
    return f"{CONFLICTS}#{digits}"


def conflict_quads(nodes: Iterable[ConflictNode]) -> Iterator[ox.Quad]:
    """Conflicts, each a node in the graph of conflicts; the facts stay where they are."""
    for node in nodes:
        rows: list[tuple[str, Any]] = [(_TYPE, CKG + "Conflict"), ("conflictKind", as_choice(node.kind))]
        rows += [("between", iri) for iri in node.between]
        rows += [("says", as_text(node.says))]
        rows += [("conflictStatus", as_choice("settled" if node.resolution else "open"))]
        if node.resolution:
            rows += [("prefers", node.resolution.prefer)] if node.resolution.prefer else []
            rows += [("settledBy", node.resolution.iri)]
        yield from _quads(CONFLICTS, node.iri, rows)


def judgements(data: Dataset) -> Judgements:
    """The decisions in the dataset's graph of judgements. Raises CaseError for a node that lacks a part."""
    claims, resolutions, retractions, wrong = [], [], [], []
    kinds = {CKG + name: kind for kind, name in _CLASS.items()}
    words = {choice_iri(word): word for word in get_args(Decision)}
    for iri, row in _rows(data).items():
        file = str(data.paths.get(JUDGEMENTS, ""))
        types = row.get(_TYPE, [""])
        try:
            by, why = row[CKG + "decidedBy"][0], row[CKG + "decidedBecause"][0]
            on = date.fromisoformat(row[CKG + "decidedOn"][0]) if CKG + "decidedOn" in row else None
            if types[0] == CKG + "Retraction":
                retractions.append(Retraction(row[CKG + "doi"][0].lower(), why, by, on, (file, 0, 0)))
            elif on is None:
                raise KeyError(CKG + "decidedOn")
            elif types[0] == CKG + "Resolution":
                conflict = row[CKG + "ofConflict"][0].rpartition("#")[2]
                resolutions.append(Resolution(conflict, on, row.get(CKG + "prefers", [""])[0], by, why, (file, 0, 0)))
            else:
                first, second = sorted(row[CKG + "about"])
                decision: Any = words[row[CKG + "decision"][0]]
                claims.append(IdentityClaim(kinds[types[0]], (first, second), on, decision, by, why, (file, 0, 0)))
        except (KeyError, ValueError) as error:
            what = compress(str(error.args[0])) if isinstance(error, KeyError) else str(error)
            message = f"<{iri}> in the graph of judgements cannot be read: {what or 'its class'}."
            wrong.append(
                Result("violation", "claims", message, "Write it from its claims file again.", file, focus=iri)
            )
    if wrong:
        raise CaseError(wrong)
    return Judgements() | Judgements(tuple(claims), tuple(resolutions), tuple(retractions))


def _rows(data: Dataset) -> dict[str, dict[str, list[str]]]:
    found: dict[str, dict[str, list[str]]] = {}
    for quad in data.graph(JUDGEMENTS):
        node = str(getattr(quad.subject, "value", quad.subject))
        value = str(getattr(quad.object, "value", quad.object))
        found.setdefault(node, {}).setdefault(quad.predicate.value, []).append(value)
    return found
