"""Which view answers which page? Each takes the data and what is asked of it, and gives a reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from kg.base.results import CaseError
from kg.criteria.assessment import NOTE
from kg.serve.asking import query, question, questions
from kg.serve.describing import node, terms, vocabulary
from kg.serve.dossier import case, timeline
from kg.serve.listing import cases
from kg.serve.rendering import HTML, PARTS, Visit, fields_of, html, parts
from kg.serve.served import Reply, Served, problem
from kg.serve.treatments import rows, treatments

__all__ = ["VIEWS", "page"]

View = Callable[[Served, Visit], Reply]


def about(served: Served, visit: Visit) -> Reply:  # noqa: ARG001 - every view takes both
    """What is served, from where, and under which licences."""
    values = {
        "told": served.told,
        "version": _version(),
        "note": NOTE,
        "missing": [what for name, what in PARTS.items() if not parts()[name]],
        "licences": served.licences(),
    }
    return html("about.html", values)


def limits(served: Served, visit: Visit) -> Reply:
    """What a request may cost."""
    if visit.form != HTML:
        return Reply.json(asdict(served.limits))
    return html("limits.html", {"limits": served.limits})


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("casekg")
    except PackageNotFoundError:
        return "a checkout that is not installed"


VIEWS: Mapping[str, View] = {
    "about": about,
    "case": case,
    "cases": cases,
    "limits": limits,
    "node": node,
    "query": query,
    "question": question,
    "questions": questions,
    "rows": rows,
    "terms": terms,
    "timeline": timeline,
    "treatments": treatments,
    "vocabulary": vocabulary,
}


def page(served: Served, job: Mapping[str, Any], _: bytes) -> Reply:
    """A page, or what it stands for in another form. job: view, path, fields (pairs), form (`Visit`)."""
    visit = Visit(job["path"], dict(fields_of(job["fields"])), job["form"])
    try:
        return VIEWS[job["view"]](served, visit)
    except CaseError as error:
        first = error.results[0]
        return problem(400, first.rule, first.message, first.cure)
