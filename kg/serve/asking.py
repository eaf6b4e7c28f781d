"""The views Questions and SPARQL: the library with its fields, and a query of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kg.answers.charting import chart, columns, measures
from kg.answers.guard import RefusedError, guard
from kg.answers.origins import name_sources
from kg.answers.queries import Answer, Parameter, Query, ask, library, told
from kg.base.cells import as_text
from kg.base.prefixes import CKG, PREFIXES
from kg.base.results import CaseError
from kg.claims.retract import mark_answer
from kg.concepts.terms import Catalogue
from kg.criteria.verdicts import reads_results
from kg.persons.identity import retracted_reports
from kg.serve.rendering import HTML, Cell, Visit, cell, html
from kg.serve.served import Reply, Served, problem
from kg.serve.solutions import ROWS, TooLargeError, written

__all__ = ["query", "question", "questions"]

SHOWN = 1_000  # rows of a page; a download has them all
_BARS = ("bars-by", "bars-of")  # fields of the chart of an answer
_TYPES: Mapping[str, tuple[str, str]] = {  # type of a parameter -> how it is typed in, and an example
    "concept": ("text", "id, label or synonym"),
    "choice": ("text", "such as: improved"),
    "report": ("text", ""),
    "patient": ("text", ""),
    "fact": ("text", "key or IRI of a fact"),
    "text": ("text", "words"),
    "number": ("text", "such as: 8 or 2.5"),
    "date": ("date", ""),
}
EXAMPLE = """SELECT ?drugLabel ?manifestation ?outcome ?response WHERE {
  ?response a ckg:Response ; ckg:layer ckg:PatientFact ;
    ckg:toTreatment/ckg:drug/rdfs:label ?drugLabel ;
    ckg:ofManifestation/ckg:concept/rdfs:label ?manifestation ;
    ckg:outcome/rdfs:label ?outcome .
}
ORDER BY ?drugLabel ?manifestation ?response
LIMIT 100
"""


# ---- the library -------------------------------------------------------------------------


def questions(served: Served, visit: Visit) -> Reply:  # noqa: ARG001 - every view takes both
    """The questions, by folder."""
    found = library().values()
    if visit.form != HTML:
        return Reply.json([_plain(one) for one in found])
    folders: dict[str, list[Query]] = {}
    for one in found:
        folders.setdefault(one.name.rpartition("/")[0], []).append(one)
    return html("questions.html", {"view": "/questions", "folders": folders, "number": len(found)})


def _plain(one: Query) -> dict[str, Any]:
    parameters = {n: {"type": p.type, "description": p.description} for n, p in one.parameters.items()}
    return {"name": one.name, "summary": one.summary, "description": one.description, "parameters": parameters}


def question(served: Served, visit: Visit) -> Reply:
    """A question: its form, and its answer where it was asked. fields: its parameters, and ask=yes."""
    one = library().get(visit.path)
    if one is None:
        return problem(404, "question", f"no question is called {visit.path}.", "Choose one under Questions.")
    given = {name: visit.word(name) for name in one.parameters if visit.word(name)}
    strange = sorted(set(visit.fields) - set(one.parameters) - {"ask", "format", "mappings", "page", *_BARS})
    if strange and visit.form != HTML:
        have = ", ".join(one.parameters) or "none"
        return problem(400, "query", f"has no parameter {strange[0]}.", f"It has: {have}.")
    answer, wrong, drawn = None, "", None
    if visit.word("ask") or given or visit.form != HTML:
        try:
            answer = _answered(served, one, given, visit.word("mappings") or "exact")
            if answer.rows and any(visit.word(name) for name in _BARS):
                drawn = chart(answer, *map(visit.word, _BARS))
        except CaseError as error:
            if visit.form != HTML:
                raise
            wrong = f"{error.results[0].message} {error.results[0].cure}"
    if answer and visit.form != HTML:
        kind, text = ("csv", answer.csv(as_text)) if visit.form == "text/csv" else ("json", answer.json())
        name = f"{one.name.replace('/', '-')}.{kind}"
        return Reply(200, visit.form, text.encode(), {"Content-Disposition": f'attachment; filename="{name}"'})
    values = {
        "view": "/questions",
        "question": one,
        "fields": [_field(parameter, visit) for parameter in one.parameters.values()],
        "given": {**given, "ask": "yes"},
        "answer": answer,
        "table": _table(answer) if answer else None,
        "told": [line.removeprefix("--") for line in told(answer)] if answer else [],
        "why": [line.removeprefix("--") for line in answer.why_empty] if answer else [],
        "able": columns(answer) if answer else (),
        "countable": measures(answer) if answer else (),
        "chart": drawn,
        "shown": SHOWN,
        "wrong": wrong,
        "strange": strange,
    }
    return html("question.html", values, 400 if wrong else 200)


def _answered(served: Served, one: Query, given: Mapping[str, str], mappings: str) -> Answer:
    if "criteria" in one.derived:
        served.need_results()
    answer = name_sources(ask(served.data, one, given, mappings), served.data)
    return mark_answer(answer, retracted_reports(served.data))


def _field(parameter: Parameter, visit: Visit) -> dict[str, str]:
    """A field of the form."""
    kind, example = _TYPES[parameter.type]
    return {
        "name": parameter.name,
        "type": parameter.type,
        "input": kind,
        "example": example,
        "description": parameter.description,
        "value": visit.word(parameter.name),
    }


def _table(answer: Answer) -> tuple[list[str], list[list[Cell]]]:
    """What `shown` shows, with what each cell leads to: a label to its concept, a fact to its page."""
    heads, texts = answer.shown()
    kept, places = answer.kept(), {name: n for n, name in enumerate(answer.columns)}
    rows = []
    for row, words in zip(answer.rows[:SHOWN], texts[:SHOWN], strict=True):
        cells = []
        for place, text in zip(kept, words, strict=True):
            term = row[place]
            if isinstance(term, ox.Literal):
                term = row[places.get(answer.columns[place].removesuffix("Label"), place)]
            cells.append(Cell(text, cell(term).href if term is not None else ""))
        rows.append(cells)
    return heads, rows


# ---- one's own ---------------------------------------------------------------------------


def query(served: Served, visit: Visit) -> Reply:
    """A query of one's own. fields: query, and format for a file."""
    text = visit.fields.get("query", "")
    if visit.form != HTML:
        return _written(served, text, visit.form)
    heads: list[str] = []
    rows: list[list[Cell]] = []
    wrong, more = "", False
    if text.strip():
        try:
            heads, rows, more = _rows(served, text)
        except RefusedError as error:
            wrong = f"{error} {error.cure}"
        except SyntaxError as error:
            wrong = f"{f'line {error.lineno}: ' if error.lineno else ''}{str(error.msg).splitlines()[0]}"
        except (RuntimeError, ValueError, OSError) as error:
            wrong = f"could not be run: {error}"
    values = {
        "view": "/query",
        "text": text or EXAMPLE,
        "asked": bool(text.strip()),
        "prefixes": PREFIXES,
        "heads": heads,
        "rows": rows,
        "more": more,
        "shown": SHOWN,
        "wrong": wrong,
        "seconds": served.limits.seconds,
    }
    return html("query.html", values, 400 if wrong else 200)


def _run(served: Served, text: str) -> Any:
    words = guard(text)
    if reads_results(text):
        served.need_results()
    dataset: dict[str, Any] = {} if "FROM" in words else {"use_default_graph_as_union": True}
    return served.data.store.query(text, prefixes=PREFIXES, **dataset)


def _rows(served: Served, text: str) -> tuple[list[str], list[list[Cell]], bool]:
    """Heads, rows of a page, and whether there are more."""
    found = _run(served, text)
    if isinstance(found, ox.QueryBoolean):
        return ["answer"], [[Cell("yes" if bool(found) else "no")]], False
    heads = (
        ["subject", "predicate", "object"] if isinstance(found, ox.QueryTriples) else [v.value for v in found.variables]
    )
    rows: list[list[Cell]] = []
    for row in found:
        if len(rows) == SHOWN:
            return heads, rows, True
        rows.append(
            [cell(term) for term in ((row.subject, row.predicate, row.object) if isinstance(row, ox.Triple) else row)]
        )
    return heads, rows, False


def _written(served: Served, text: str, form: str) -> Reply:
    try:
        made = written(_run(served, text), form, served.limits.rows, served.limits.bytes_out)
    except RefusedError as error:
        return problem(400, "query", str(error), error.cure)
    except SyntaxError as error:
        return problem(400, "syntax", str(error.msg).splitlines()[0], "Correct the query.")
    except TooLargeError as error:
        return problem(413, "size", str(error), "Add a LIMIT, or ask for less.")
    except (RuntimeError, ValueError, OSError) as error:
        return problem(400, "query", f"could not be run: {error}", "Correct the query.")
    if made is None:
        return problem(406, "accept", f"this answer cannot be written as {form}.", f"Rows: {', '.join(ROWS)}.")
    ending = {"text/csv": "csv", "text/tab-separated-values": "tsv", "text/turtle": "ttl"}.get(made[0], "json")
    return Reply(200, made[0], made[1], {"Content-Disposition": f'attachment; filename="answer.{ending}"'})


def choice_iris() -> list[str]:
    """The IRIs of the words of every scheme of the vocabulary."""
    terms = Catalogue.shipped()
    return sorted(iri for iri in terms.labels if iri.startswith(CKG) and "choice" in terms.value(iri, "vocabulary"))


def choices() -> list[str]:
    """The words of every scheme of the vocabulary."""
    return sorted(map(Catalogue.shipped().label, choice_iris()))
