"""What does the endpoint say of itself, so that other tools work at once?

A SPARQL 1.1 service description, the dataset in VoID and DCAT with its classes and properties
(editors complete from these), the prefixes, and each question of the library as an example.

Sources: https://www.w3.org/TR/sparql11-service-description/, https://www.w3.org/TR/void/,
https://www.w3.org/TR/vocab-dcat-3/, https://www.w3.org/TR/shacl-af/ (sh:SPARQLExecutable).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import pyoxigraph as ox

from kg.answers.queries import library
from kg.base.prefixes import PREFIXES
from kg.graph.store import Dataset

__all__ = ["DCAT", "SD", "TITLE", "VOID", "description"]

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
DCAT = "http://www.w3.org/ns/dcat#"
TITLE = "Clinical case reports as a knowledge graph: patient, drug, manifestation, time, evidence"
_DCTERMS = "http://purl.org/dc/terms/"
_SH = "http://www.w3.org/ns/shacl#"
_SCHEMA = "https://schema.org/"
_RDF, _RDFS, _XSD = PREFIXES["rdf"], PREFIXES["rdfs"], PREFIXES["xsd"]
_FORMATS = "http://www.w3.org/ns/formats/"

_RESULTS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD", "TriG", "N-Quads",
)  # fmt: skip
_CLASSES = "SELECT ?class (COUNT(DISTINCT ?s) AS ?n) { ?s a ?class FILTER(isIRI(?class)) } GROUP BY ?class"
_PROPERTIES = """SELECT ?class ?property (COUNT(*) AS ?n) (COUNT(DISTINCT ?s) AS ?subjects) {
  ?s a ?class ; ?property ?o FILTER(STRSTARTS(STR(?class), STR(ckg:)))
} GROUP BY ?class ?property"""


class _Writer:
    """Triples about one subject after another."""

    def __init__(self) -> None:
        self.triples: list[ox.Triple] = []

    def say(self, subject: str, predicate: str, *values: str | int | ox.Literal) -> None:
        """State values: an int is a number, a text that is no Literal an IRI."""
        for value in values:
            if isinstance(value, int):
                term: Any = ox.Literal(value)
            else:
                term = ox.NamedNode(value) if isinstance(value, str) else value
            self.triples.append(ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), term))

    def kind(self, subject: str, *classes: str) -> None:
        """State its classes."""
        self.say(subject, _RDF + "type", *classes)


def description(data: Dataset, at: str) -> list[ox.Triple]:
    """The description of an endpoint. at: the URL of the endpoint."""
    service, whole, base = f"{at}#service", f"{at}#dataset", f"{at}#default"
    writer = _Writer()
    writer.kind(service, SD + "Service", DCAT + "DataService")
    writer.say(service, SD + "endpoint", at)
    writer.say(service, DCAT + "endpointURL", at)
    writer.say(service, DCAT + "servesDataset", whole)
    writer.say(service, SD + "supportedLanguage", SD + "SPARQL11Query")
    writer.say(service, SD + "feature", SD + "UnionDefaultGraph")
    writer.say(service, SD + "resultFormat", *(_FORMATS + name for name in _RESULTS))
    writer.say(service, SD + "defaultDataset", whole)
    _dataset(writer, data, at, whole, base)
    for prefix, iri in sorted(PREFIXES.items()):
        node = f"{at}#prefix-{prefix}"
        writer.say(whole, _SH + "declare", node)
        writer.kind(node, _SH + "PrefixDeclaration")
        writer.say(node, _SH + "prefix", ox.Literal(prefix))
        writer.say(node, _SH + "namespace", ox.Literal(iri, datatype=ox.NamedNode(_XSD + "anyURI")))
    for name, query in library().items():
        node = f"{at}#question-{name.replace('/', '-')}"
        writer.kind(node, _SH + "SPARQLExecutable", _SH + "SPARQLSelectExecutable")
        writer.say(node, _RDFS + "comment", ox.Literal(query.summary, language="en"))
        writer.say(node, _SH + "select", ox.Literal(query.sparql))
        writer.say(node, _SH + "prefixes", whole)
        writer.say(node, _SCHEMA + "target", at)
        writer.say(node, _SCHEMA + "keywords", *map(ox.Literal, query.tags))
    return writer.triples


def _dataset(writer: _Writer, data: Dataset, at: str, whole: str, base: str) -> None:
    writer.kind(whole, SD + "Dataset", VOID + "Dataset", DCAT + "Dataset")
    writer.say(whole, _DCTERMS + "title", ox.Literal(TITLE, language="en"))
    writer.say(whole, VOID + "sparqlEndpoint", at)
    writer.say(whole, VOID + "vocabulary", PREFIXES["ckg"])
    with suppress(PackageNotFoundError):  # a checkout that is not installed
        writer.say(whole, DCAT + "version", ox.Literal(version("casekg")))
    writer.say(whole, SD + "defaultGraph", base)
    writer.kind(base, SD + "Graph")
    writer.say(whole, VOID + "triples", len(data.store))
    for number, graph in enumerate(sorted(data.store.named_graphs(), key=str)):
        node = f"{at}#graph-{number}"
        writer.say(whole, SD + "namedGraph", node)
        writer.kind(node, SD + "NamedGraph")
        if isinstance(graph, ox.NamedNode):
            writer.say(node, SD + "name", graph.value)
    uses: dict[str, list[tuple[str, int, int]]] = {}
    for row in _rows(data, _PROPERTIES):
        told = row["property"].value, int(row["n"].value), int(row["subjects"].value)
        uses.setdefault(row["class"].value, []).append(told)
    classes = sorted((row["class"].value, int(row["n"].value)) for row in _rows(data, _CLASSES))
    for number, (kind, count) in enumerate(classes):
        node = f"{at}#class-{number}"
        writer.say(whole, VOID + "classPartition", node)
        writer.say(node, VOID + "class", kind)
        writer.say(node, VOID + "entities", count)
        for place, (predicate, triples, subjects) in enumerate(sorted(uses.get(kind, ()))):
            inner = f"{node}-{place}"
            writer.say(node, VOID + "propertyPartition", inner)
            writer.say(inner, VOID + "property", predicate)
            writer.say(inner, VOID + "triples", triples)
            writer.say(inner, VOID + "distinctSubjects", subjects)


def _rows(data: Dataset, query: str) -> Iterator[Any]:
    found: Any = data.store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
    yield from found
