"""Ask a competency question, or one's own, and get typed, explainable rows.

One question per .rq file, headed by `#+` lines (grlc style): summary, description, tags,
parameters with types. A parameter is an ordinary variable of the SELECT clause, bound to typed
terms by a VALUES block (`kg.base.binding`); unbound it gives all rows. The files are valid SPARQL
1.1 as they stand.
"""

from __future__ import annotations

import csv
import difflib
import io
import itertools
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from kg.answers.asked import Asked, Here, Table
from kg.answers.guard import RefusedError, guard
from kg.base import places
from kg.base.places import folder, own
from kg.base.prefixes import CASE, CKG, PREFIXES, compress, expand, other
from kg.base.results import CaseError, Result
from kg.concepts.bridges import REACH
from kg.concepts.terms import Catalogue
from kg.criteria.remembering import verdicts
from kg.graph.store import Dataset, in_words
from kg.rdf.iris import choice_iri

__all__ = ["DERIVED", "Answer", "Parameter", "Query", "ask", "library", "read_query"]

TYPES = ("concept", "choice", "report", "patient", "fact", "text", "number", "date")
# Graphs that follow from the facts, made for the questions whose header names them (`derived`).
DERIVED: Mapping[str, Callable[[Dataset], list[ox.Quad]]] = {
    "classes": Dataset.inferred,
    "criteria": verdicts,
}


@dataclass(frozen=True)
class Parameter:
    """A variable of the query that may be bound, and the type of its values."""

    name: str
    type: str
    description: str
    narrower: bool = False
    """Does a concept answer for what is under it, one by one? (a class of drugs for its drugs)"""

    def terms(self, text: str, asked: Asked) -> list[ox.NamedNode | ox.Literal]:
        """The terms that a user's text may stand for: one, except for a name that several share.

        Raises ValueError, with the cure.
        """
        if self.type == "concept":
            try:
                return [ox.NamedNode(iri) for iri in Catalogue.shipped().candidates(text)]
            except ValueError:
                # an id of a vocabulary that casekg does not know still finds what was written with it
                written = expand(other(text))
                if ":" in text and asked.holds(value=written):
                    return [ox.NamedNode(written)]
                raise
        if self.type in ("fact", "patient"):
            found = asked.nodes(self.type, text)
            if found:
                return [ox.NamedNode(iri) for iri in found]
            if self.type == "fact":
                raise ValueError(f"{text!r} is no fact of the data")
        return [self._term(text)]

    def _term(self, text: str) -> ox.NamedNode | ox.Literal:
        match self.type:
            case "choice":
                return self._choice(text)
            case "report" | "patient":
                return ox.NamedNode(text if text.startswith(CASE) else CASE + text.removeprefix("case:").lower())
            case "number":
                try:
                    value = Decimal(text)
                except InvalidOperation as error:
                    raise ValueError(f"{text!r} is not a number") from error
                return ox.Literal(format(value.normalize(), "f"), datatype=ox.NamedNode(PREFIXES["xsd"] + "decimal"))
            case "date":
                try:
                    return ox.Literal(
                        date.fromisoformat(text).isoformat(), datatype=ox.NamedNode(PREFIXES["xsd"] + "date")
                    )
                except ValueError as error:
                    raise ValueError(f"{text!r} is not a date; write 2021-09-30") from error
            case _:
                return ox.Literal(text)

    def _choice(self, text: str) -> ox.NamedNode:
        terms = Catalogue.shipped()
        choices = {terms.label(iri): iri for iri in terms.labels if "choice" in terms.value(iri, "vocabulary")}
        iri = (
            text
            if text.startswith("http")
            else CKG + text.removeprefix("ckg:")
            if text.startswith("ckg:")
            else choice_iri(text.casefold())
        )
        if iri in choices.values():
            return ox.NamedNode(iri)
        close = difflib.get_close_matches(text.casefold(), choices, 3, 0.5)
        raise ValueError(f"{text!r} is not a choice" + (f"; did you mean {' or '.join(close)}?" if close else ""))


@dataclass(frozen=True)
class Query:
    """A question and its SPARQL."""

    name: str
    summary: str
    description: str
    tags: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    sparql: str
    path: Path | None = None
    derived: tuple[str, ...] = ()
    """Graphs that are made for the question, unless the data holds them: keys of DERIVED."""

    @property
    def place(self) -> str:
        """Where a user finds it: its name in the library, or its file."""
        return self.name if "/" in self.name or self.path is None else str(self.path)


def _refuse(path: Path | str, message: str, cure: str, line: int = 0) -> CaseError:
    return CaseError([Result("violation", "query", message, cure, str(path), line, 1 if line else 0)])


def read_query(path: Path | str) -> Query:
    """Read a .rq file with its `#+` header (which a query of one's own may leave out).

    Raises CaseError when it cannot be read, or when its header is not right.
    """
    path = Path(path)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise _refuse(
            path, f"cannot be read ({reason}).", "Name a query of `casekg query --list`, or a .rq file."
        ) from error
    head = "\n".join(line[2:].removeprefix(" ") for line in text.splitlines() if line.startswith("#+"))
    try:
        meta = yaml.load(head, Loader=yaml.BaseLoader) if head else {}
        declared = meta.get("parameters", {})
        parameters = {
            name: Parameter(name, given["type"], given.get("description", ""), given.get("narrower") == "true")
            for name, given in declared.items()
        }
        tags = tuple(meta.get("tags", ()))
        derived = tuple(meta.get("derived", ()))
        told = (meta.get("summary", ""), meta.get("description", ""))
        query = Query(_name(path), *told, tags, parameters, text, path, derived)
    except (yaml.YAMLError, AttributeError, TypeError, KeyError) as error:
        raise _refuse(path, f"its #+ header is not right ({error}).", "See queries/README.md.", 1) from error
    for name in derived:
        if name not in DERIVED:
            raise _refuse(path, f"no graph {name!r} can be derived.", f"One of {', '.join(DERIVED)}.", 1)
    for parameter in parameters.values():
        if parameter.type not in TYPES:
            raise _refuse(
                path, f"parameter {parameter.name} has no type {parameter.type!r}.", f"One of {', '.join(TYPES)}.", 1
            )
        if not re.search(rf"\?{parameter.name}\b", _select(text)):
            raise _refuse(
                path,
                f"parameter {parameter.name} is not in the SELECT clause.",
                "Add it there, so that it can be bound.",
                1,
            )
    return query


def _name(path: Path) -> str:
    root = places.project()
    for top in (folder("queries"), *([root / "queries"] if root else [])):
        if path.is_relative_to(top):
            return path.with_suffix("").relative_to(top).as_posix()
    return path.stem


def _files() -> list[Path]:
    return [*sorted(folder("queries").rglob("*.rq")), *own("queries", "*.rq")]


def _select(text: str) -> str:
    bare = re.sub(r"(?m)^\s*#.*$", "", text)
    found = re.search(r"\bSELECT\b(.*?)\bWHERE\b|\bSELECT\b(.*?)\{", bare, re.S | re.I)
    return (found[1] or found[2] or "") if found else ""


def library() -> Mapping[str, Query]:
    """The queries that casekg ships, and the entered project's own, by name (`folder/name`).

    >>> "treatment/drugs" in library()
    True
    """
    return _library(places.project())


@lru_cache(maxsize=4)
def _library(project: Path | None) -> Mapping[str, Query]:  # noqa: ARG001 - the key of what is remembered
    found = (read_query(path) for path in _files())
    return {query.name: query for query in found}


def find(name: str) -> Query:
    """A query by `folder/name`, by its name alone, or by the path of a .rq file.

    Raises CaseError with near names when there is none.
    """
    if name.endswith(".rq"):
        return read_query(name)
    hits = [p for p in _files() if name in (_name(p), p.stem)]
    if len(hits) == 1:
        return read_query(hits[0])  # one file, not the whole library: a question is asked in a second
    if hits:
        raise _refuse(name, f"may be {' or '.join(map(_name, hits))}.", "Give the folder too.")
    queries = library()
    names = [*queries, *(full.rsplit("/", 1)[-1] for full in queries)]
    close = difflib.get_close_matches(name, names, 3, 0.5)
    raise _refuse(
        name,
        "is not a query of the library.",
        f"Did you mean {' or '.join(close)}?" if close else "See `casekg query --list`.",
    )


@dataclass(frozen=True)
class Answer:
    """The rows of a question, and, when there are none, why.

    rows: one tuple of pyoxigraph terms (None where unbound) a row, in the order of `columns`.
    remarks: what a reader has to know beside the rows, such as that some stand on a broad match.
    """

    query: Query
    bound: Mapping[str, ox.NamedNode | ox.Literal]
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    searched: Mapping[str, int] = field(default_factory=dict)
    why_empty: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    def values(self) -> list[tuple[Any, ...]]:
        """Rows as plain Python values: str (IRIs in full), int, Decimal, bool, date, None."""
        return [tuple(_plain(term) for term in row) for row in self.rows]

    def facts(self, row: int) -> list[str]:
        """IRIs of the facts that a row (0-based) names: what stands behind it."""
        return [t.value for t in self.rows[row] if isinstance(t, ox.NamedNode) and t.value.startswith(CASE)]

    def shown(self) -> tuple[list[str], list[list[str]]]:
        """Columns and cells for a reader: labels for concepts, short names for facts, no empty column."""
        keep, one = self.kept(), self.patient()
        several = self.searched.get("reports", 1) > 1  # then `p1` alone would not say whose
        heads = [self.columns[i].removesuffix("Label") for i in keep]
        return heads, [[_short(row[i], one, several) for i in keep] for row in self.rows]

    def kept(self) -> list[int]:
        """Places of the columns that `shown` shows."""
        one = self.patient()
        hidden = {c for c in self.columns if f"{c}Label" in self.columns} | ({"patient"} if one else set())
        # the same in every row, and told beside the answer
        hidden |= {c for c in self.bound if f"{c}Label" not in self.columns}
        hidden |= (
            {c for i, c in enumerate(self.columns) if all(row[i] is None for row in self.rows)} if self.rows else set()
        )
        return [i for i, c in enumerate(self.columns) if c not in hidden]

    def patient(self) -> str:
        """The IRI of the one patient that all rows are about; "" when there are several, or none."""
        if "patient" not in self.columns:
            return ""
        column = self.columns.index("patient")
        found = {row[column].value if row[column] is not None else "" for row in self.rows}
        return found.pop() if len(found) == 1 else ""

    def csv(self, written: Callable[[str], str] = str) -> str:
        """SPARQL 1.1 CSV: header, full IRIs, plain literals. written: how the text of a cell is."""
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(self.columns)
        writer.writerows(["" if term is None else written(term.value) for term in row] for row in self.rows)
        return out.getvalue()

    def markdown(self) -> str:
        """A Markdown table of what a reader is shown."""
        heads, cells = self.shown()
        rows = [heads, ["---"] * len(heads), *([c.replace("|", "\\|") for c in row] for row in cells)]
        return "".join(f"| {' | '.join(row)} |\n" for row in rows)

    def json(self) -> str:
        """The answer with its question, as JSON."""
        rows = [{c: _json(t) for c, t in zip(self.columns, row, strict=True) if t is not None} for row in self.rows]
        made = {
            "query": self.query.name,
            "summary": self.query.summary,
            "parameters": {name: _json(term) for name, term in self.bound.items()},
            "columns": list(self.columns),
            "rows": rows,
            "searched": dict(self.searched),
            "why_empty": list(self.why_empty),
        }
        if self.remarks:
            made["remarks"] = list(self.remarks)
        return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


def _plain(term: Any) -> Any:
    if isinstance(term, ox.Literal):
        kind = term.datatype.value.rsplit("#", 1)[-1]
        if kind == "integer":
            return int(term.value)
        if kind in ("decimal", "double"):
            return Decimal(term.value)
        if kind == "boolean":
            return term.value == "true"
        if kind == "date":
            return date.fromisoformat(term.value)
    return None if term is None else term.value


def _json(term: Any) -> Any:
    value = _plain(term)
    return str(value) if isinstance(value, Decimal | date) else value


def _short(term: Any, patient: str = "", several: bool = False) -> str:
    if term is None:
        return ""
    if isinstance(term, ox.NamedNode):
        if patient and term.value.startswith(f"{patient}#"):
            return str(term.value[len(patient) + 1 :])
        if term.value.startswith(CASE):
            return term.value[len(CASE) :] if several else term.value.rsplit("/", 1)[-1]
        return Catalogue.shipped().label(term.value)
    return str(term.value)


def _guard(query: Query) -> None:
    try:
        words = guard(query.sparql)
    except RefusedError as error:
        raise _refuse(query.place, str(error), error.cure) from error
    if "FROM" in words:
        message = "FROM is not read: a query sees the union of all graphs."
        raise _refuse(query.place, message, "Use GRAPH, or --data.")


def ask(
    data: Dataset | Asked, query: Query | str, parameters: Mapping[str, str] | None = None, mappings: str = "exact"
) -> Answer:
    """Answer a query of the library, a .rq file, or a Query, over a dataset or an endpoint.

    parameters: name -> id, label, words or number, as a user types them. mappings: which matches
    between vocabularies are followed: `exact`, `broad` (and narrow), or `close` too; what stands
    on more than exact ones is said in the answer's remarks. Raises CaseError for an
    unknown name, a value of the wrong type, or SPARQL that is not right.

    >>> from kg.graph.store import build
    >>> ask(build(), "treatment/drugs", {"drug": "tofacitinib"}).rows != ()
    True
    """
    query = find(query) if isinstance(query, str) else query
    of = Here(data, DERIVED) if isinstance(data, Dataset) else data
    place = query.place
    may: dict[str, list[ox.NamedNode | ox.Literal]] = {}
    for name, text in (parameters or {}).items():
        if name not in query.parameters:
            have = ", ".join(f"--{n}" for n in query.parameters) or "none"
            raise _refuse(place, f"has no parameter --{name}.", f"It has: {have}.")
        try:
            may[name] = query.parameters[name].terms(text, of)
        except ValueError as error:
            raise _refuse(
                place,
                f"--{name}: {str(error).rstrip('?')}{'?' if str(error).endswith('?') else '.'}",
                f"Give a {query.parameters[name].type}.",
            ) from error
    if mappings not in REACH:
        raise _refuse(place, f"mappings {mappings!r} is unknown.", f"One of {', '.join(REACH)}.")
    _guard(query)
    named = [term.value for terms in may.values() for term in terms if isinstance(term, ox.NamedNode)]
    of.reach(named)
    searched = of.describe()
    remarks: tuple[str, ...] = ()
    with of.derived({*query.derived, *(["classes"] if "inferredClass" in query.sparql else [])}):
        bound, columns, rows = _choose(of, query, parameters or {}, may)
        if REACH[mappings]:
            with of.wider(named, mappings) as followed:
                bound, columns, more = _choose(of, query, parameters or {}, may)
                remarks = _followed(mappings, followed, len(set(more) - set(rows)))
                rows = more
        why = () if rows else tuple(_why_empty(of, query, bound, searched))
    return Answer(query, bound, columns, rows, searched, why, remarks)


def _followed(mappings: str, followed: Sequence[ox.Quad], more: int) -> tuple[str, ...]:
    kinds = " and ".join(REACH[mappings])
    if not followed:
        return (f"No {kinds} match concerns an id of the data or of the question.",)
    ids = [f"{_named(quad.subject)} under {_named(quad.object)}" for quad in followed]
    told = ", ".join(ids[:10]) + (f" and {len(ids) - 10} more" if len(ids) > 10 else "")
    return (f"{more} of the rows stand on {kinds} matches, not on exact ones. Followed: {told}.",)


def _named(term: Any) -> str:
    label, short = Catalogue.shipped().label(term.value), compress(term.value)
    return short if label == short else f"{short} ({label})"


def _choose(
    asked: Asked, query: Query, given: Mapping[str, str], may: Mapping[str, list[Any]]
) -> tuple[Mapping[str, Any], tuple[str, ...], tuple[tuple[Any, ...], ...]]:
    """Of the concepts that share a name, take the one that the question has rows for.

    When several have, take the one that is under all the others, if there is one.
    """
    tries = [dict(zip(may, terms, strict=True)) for terms in itertools.product(*may.values())]
    answers = [(bound, *_all_rows(asked, query, bound)) for bound in tries]
    with_rows = [answer for answer in answers if answer[2]]
    terms = Catalogue.shipped()
    for answer in with_rows if len(with_rows) > 1 else ():
        others = [(n, other[0][n].value) for other in with_rows for n in may]
        if all(iri in terms.ancestors(answer[0][n].value) for n, iri in others):
            return answer
    if len(with_rows) > 1:
        name = next(n for n in may if len({a[0][n] for a in with_rows}) > 1)
        iris = dict.fromkeys(a[0][name].value for a in with_rows)
        message = terms.ambiguous(given[name], iris)
        raise _refuse(query.place, f"--{name}: {message}.", "Both have rows.")
    return (with_rows or answers)[0]


def _all_rows(asked: Asked, query: Query, bound: Mapping[str, Any]) -> Table:
    """Rows for the terms, and for the concepts of the data that are under a `narrower` one."""
    values = [[term, *_under(asked, term)] if query.parameters[n].narrower else [term] for n, term in bound.items()]
    found: dict[tuple[Any, ...], None] = {}
    columns: tuple[str, ...] = ()
    for terms in itertools.product(*values):
        columns, rows = _rows(asked, query, dict(zip(bound, terms, strict=True)))
        found.update(dict.fromkeys(rows))
    return columns, tuple(found)


def _under(asked: Asked, term: ox.NamedNode) -> list[ox.NamedNode]:
    """Concepts that the facts name and that are under a concept, itself left out; sorted."""
    terms = Catalogue.shipped()
    found = sorted(iri for iri in asked.used() if iri != term.value and term.value in terms.ancestors(iri))
    return [ox.NamedNode(iri) for iri in found]


def _rows(asked: Asked, query: Query, bound: Mapping[str, Any]) -> Table:
    place = query.place
    try:
        columns, rows = asked.table(query.sparql, bound)
        if not bound:
            return columns, rows
        # as they were given: an engine may write a number in another way
        fixed = [(i, bound[name]) for i, name in enumerate(columns) if name in bound]
        return columns, tuple(_with(row, fixed) for row in rows)
    except SyntaxError as error:
        line = error.lineno or 0
        raise _refuse(
            place, f"is not SPARQL: {str(error.msg).splitlines()[0].rstrip('.')}.", "Correct the query.", line
        ) from error
    except (RuntimeError, ValueError, OSError) as error:
        raise _refuse(place, f"could not be run: {error}.", "Correct the query.") from error


def _with(row: tuple[Any, ...], fixed: Sequence[tuple[int, Any]]) -> tuple[Any, ...]:
    cells = list(row)
    for place, term in fixed:
        cells[place] = term
    return tuple(cells)


_USES = """
SELECT ?kind ?property ?status ?layer (COUNT(DISTINCT ?fact) AS ?n) WHERE {
  ?fact ckg:layer ?l ; a ?k ; ?p ?concept .
  ?concept (rdfs:subClassOf|obo:RO_0000087|obo:BFO_0000050|skos:broader)* ?wanted .
  ?k rdfs:label ?kind . ?p rdfs:label ?property . ?l rdfs:label ?layer .
  OPTIONAL { ?fact ckg:status/rdfs:label ?status }
  FILTER(STRSTARTS(STR(?k), STR(ckg:)))
  VALUES ?wanted { %s }
} GROUP BY ?kind ?property ?status ?layer ORDER BY ?kind ?property ?status ?layer
"""


def _why_empty(asked: Asked, query: Query, bound: Mapping[str, Any], searched: Mapping[str, int]) -> list[str]:
    """What was searched, and why nothing matched."""
    lines = [f"Searched {in_words(searched)}."]
    if not searched["facts"]:
        return [
            *lines,
            "There is no case graph in the data: name a case file, or an RDF file that `casekg build` wrote.",
        ]
    for name, term in bound.items():
        parameter = query.parameters[name]
        if parameter.type in ("concept", "choice") and isinstance(term, ox.NamedNode):
            # str(term) is an IRI that was resolved from the catalogue: nothing a user typed
            columns, rows = asked.table(_USES % str(term))
            uses = [dict(zip(columns, row, strict=True)) for row in rows]
            label = f"{Catalogue.shipped().label(term.value)} ({compress(term.value)})"
            told = [
                f"{row['n'].value} {row['kind'].value} ({row['property'].value}"
                + (f", {row['status'].value}" if row["status"] else "")
                + f"; {row['layer'].value})"
                for row in uses
            ]
            lines.append(
                f"--{name} {label}: "
                + (f"in the data only as {', '.join(told)}." if told else "no fact names it or anything under it.")
            )
        elif parameter.type in ("report", "patient") and isinstance(term, ox.NamedNode):
            there = asked.holds(term.value)
            lines.append(f"--{name} {compress(term.value)}: " + ("is in the data." if there else "is not in the data."))
        else:
            lines.append(f"--{name} {term.value}.")
    if bound:
        _, rows = _rows(asked, query, {})
        lines.append(f"Without parameters the question has {len(rows)} row{'s' * (len(rows) != 1)}.")
    return lines


def told(answer: Answer) -> list[str]:
    """What the rows have in common: the patient, and what each parameter was understood as."""
    patient = [f"Patient: {compress(answer.patient())}"] if answer.patient() else []
    return [*patient, *answer.remarks] + [
        f"--{name}: {Catalogue.shipped().label(term.value)} ({compress(term.value)})"
        for name, term in answer.bound.items()
        if isinstance(term, ox.NamedNode) and answer.query.parameters[name].type in ("concept", "choice")
    ]
