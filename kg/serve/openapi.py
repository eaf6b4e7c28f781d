"""What can a program ask of the pages' JSON? The OpenAPI description of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = ["document"]

_Words = Mapping[str, str]
_FILTERS = {
    "disease": "A diagnosis that is present: id, label or synonym of a concept; it answers for what is below it.",
    "antibody": "An antibody that is present.",
    "drug": "What was given, or a class of drugs.",
    "manifestation": "A finding, diagnosis, event or antibody that is present.",
    "state": "excluded: the manifestation is to be excluded by the report, not present.",
    "outcome": "A reported response, to the drug and of the manifestation where they are given: improved, stable, not improved or worsened.",
    "page": "Page of 50 patients, from 1.",
}


def _operation(summary: str, fields: _Words | None = None, path: _Words | None = None, media: str = "application/json") -> dict[str, Any]:  # fmt: skip
    parameters = [
        {"name": name, "in": "path", "required": True, "description": words, "schema": {"type": "string"}}
        for name, words in (path or {}).items()
    ]
    parameters += [
        {"name": name, "in": "query", "required": False, "description": words, "schema": {"type": "string"}}
        for name, words in (fields or {}).items()
    ]
    wrong = {"description": "What is wrong, and the cure.", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}}  # fmt: skip
    answered = {"description": "The answer.", "content": {media: {"schema": {}}}}
    told = {"summary": summary, "responses": {"200": answered, "default": wrong}}
    return {"get": {**told, "parameters": parameters} if parameters else told}


def document(server: str) -> dict[str, Any]:
    """The description, as OpenAPI 3.1. server: URL without a slash at its end.

    >>> sorted(document("http://localhost:8000")["paths"])[:2]
    ['/api/cases', '/api/node']
    """
    from importlib.metadata import PackageNotFoundError, version

    try:
        number = version("casekg")
    except PackageNotFoundError:
        number = "0"
    slug = {"slug": "The report, as in its IRI: 10.7759_cureus.34125"}
    question = {"folder": "Folder of the library.", "name": "Name of the question."}
    rdf = "text/turtle"
    paths = {
        "/api/cases": _operation("Patients by what they have, with counts of persons and reports.", _FILTERS),
        "/api/node": _operation(
            "A node: what it says, what is said of it, its neighbours.",
            {"iri": "IRI, CURIE, label, or key of a fact (or `node`)."},
        ),
        "/api/questions": _operation("The questions of the library with their parameters."),
        "/api/questions/{folder}/{name}": _operation(
            "The answer of a question; its parameters are fields.",
            {"mappings": "Matches to follow: exact, broad or close.", "format": "csv or json."},
            question,
        ),
        "/api/terms": _operation(
            "Terms that hold the words typed.",
            {"q": "The words.", "kind": "disease, antibody, drug, manifestation, concept, choice, report or patient."},
        ),
        "/api/treatments": _operation(
            "Persons by drug, manifestation and reported response; every number with its denominators.",
            {"by": "drug or class.", "format": "csv or json."},
        ),
        "/api/vocabulary": _operation("What a query may name: prefixes, classes, properties and choices."),
        "/case/{slug}": _operation(
            "The graph of a report, by content negotiation.",
            {"format": "turtle, jsonld, ntriples, trig or nquads."},
            slug,
            rdf,
        ),
        "/case/{slug}/{patient}": _operation(
            "What a report says of one patient, with the quotes that carry it.",
            {"format": "turtle, jsonld, ntriples, trig or nquads."},
            {**slug, "patient": "The patient's key: p1"},
            rdf,
        ),
        "/health": _operation("How the server is: data, limits, how busy."),
        "/limits": _operation("What a request may cost.", {"format": "json"}),
        "/sparql": _operation(
            "A query of the SPARQL 1.1 Protocol.", {"query": "The query."}, media="application/sparql-results+json"
        ),
    }
    problem = {
        "type": "object",
        "required": ["error", "message", "cure"],
        "properties": {name: {"type": "string"} for name in ("error", "message", "cure")},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "casekg", "version": number, "summary": "Case reports as a knowledge graph, read-only."},
        "servers": [{"url": server}],
        "paths": paths,
        "components": {"schemas": {"Problem": problem}},
    }
