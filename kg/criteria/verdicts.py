"""How does a result of criteria look as RDF, and where does it stand?

In a graph of its own for each report, apart from what the report states: a result for each patient,
criterion and column, with its items, the facts they rest on, and the criterion by the digest of its
file. It is derived (`kg.criteria.remembering`), unless the data holds such graphs already (`casekg criteria -o
results.trig`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal

import pyoxigraph as ox

from kg.base.prefixes import CASE, CKG, PREFIXES
from kg.criteria.assessment import Assessment, ColumnResult, ExclusionResult, ItemResult
from kg.criteria.criteria import assess_each
from kg.criteria.criterion import CriterionFile, criteria
from kg.graph.store import Dataset
from kg.persons.people import people
from kg.rdf.iris import choice_iri
from kg.rdf.triples import as_flag, as_number, as_text

__all__ = ["CRITERION", "RESULTS", "assessments", "reads_results", "verdict_quads"]

RESULTS = "https://w3id.org/casekg/results/criteria/"
CRITERION = "https://w3id.org/casekg/criterion/"
_TYPE, _LABEL, _FROM = PREFIXES["rdf"] + "type", PREFIXES["rdfs"] + "label", PREFIXES["prov"] + "wasDerivedFrom"
_READS = re.compile(
    r"[:#](Criteri\w*|criterionName|byCriterion|ofPatient|columnName|score(Stated|Arguable|Most|ByTheLetter)"
    r"|class(Stated|Most|ByTheLetter)|probability(Stated|Most)|computable|missing|itemResult|exclusionResult|hingesOn"
    r"|wouldChange|couldRaise|itemKey|itemStatus\w*|points|restsOn|because)\b|/results/criteria/|/criterion/"
)
Object = ox.NamedNode | ox.Literal
Pair = tuple[str, Object | str]  # property (local name of ours, or IRI), and object; a plain text is an IRI


def assessments(data: Dataset, files: Iterable[CriterionFile] | None = None) -> tuple[Assessment, ...]:
    """Every criterion held against every patient. Raises CaseError as `people` and `criteria` do."""
    files = criteria() if files is None else tuple(files)
    return tuple(made for person in people(data) for file in files for made in assess_each(person, file))


def reads_results(sparql: str) -> bool:
    """Does a query name anything that only result graphs say?

    >>> reads_results("SELECT ?r { ?r a ckg:CriteriaResult }"), reads_results("SELECT ?s { ?s a ckg:Finding }")
    (True, False)
    """
    return _READS.search(sparql) is not None


def verdict_quads(made: Iterable[Assessment]) -> list[ox.Quad]:
    """The quads of results, each once."""
    return list(dict.fromkeys(quad for one in made for quad in _result(one)))


def _result(made: Assessment) -> Iterator[ox.Quad]:
    graph = ox.NamedNode(RESULTS + made.person.report[len(CASE) :])
    criterion = CRITERION + made.criterion.name
    told: dict[str, Iterable[Pair]] = {criterion: _criterion(made.criterion)}
    course = "".join(f".{treatment.rsplit('#', 1)[-1]}" for treatment in made.treatments)
    for column in made.columns:
        top = f"{graph.value}/{made.person.name}#{made.criterion.name}.{column.name}{course}"
        told[top] = _column(made, column, top, criterion)
        for item in made.items:
            if column.name in item.points:
                told[f"{top}.{item.key}"] = _item(item, column)
        for exclusion in made.exclusions:
            told[f"{top}.not-if-{exclusion.key}"] = _exclusion(exclusion)
    for subject, pairs in told.items():
        node = ox.NamedNode(subject)
        for predicate, value in pairs:
            iri = predicate if ":" in predicate else CKG + predicate
            yield ox.Quad(node, ox.NamedNode(iri), ox.NamedNode(value) if isinstance(value, str) else value, graph)


def _criterion(file: CriterionFile) -> Iterator[Pair]:
    yield _TYPE, CKG + "Criterion"
    yield _LABEL, as_text(file.criterion.title)
    yield "criterionName", as_text(file.name)
    yield "sha256", as_text(file.sha256)
    for source in file.criterion.sources:
        yield _FROM, (PREFIXES["doi"] + source.doi if source.doi else str(source.url))


def _column(made: Assessment, column: ColumnResult, top: str, criterion: str) -> Iterator[Pair]:
    yield _TYPE, CKG + "CriteriaResult"
    yield _LABEL, as_text(f"{made.criterion.criterion.title}: {column.label}")
    yield "ofPatient", made.person.iri
    yield "byCriterion", criterion
    yield from (("toTreatment", treatment) for treatment in made.treatments)
    yield "columnName", as_text(column.name)
    yield "scoreStated", as_number(column.least)
    yield "scoreArguable", as_number(column.arguable)
    yield "scoreMost", as_number(column.most)
    yield "scoreByTheLetter", as_number(column.strict_least)
    yield "classStated", as_text(column.class_least)
    yield "classMost", as_text(column.class_most)
    yield "classByTheLetter", as_text(column.strict_class)
    yield "computable", as_flag(made.computable)
    if column.probability:
        for name, value in zip(("probabilityStated", "probabilityMost"), column.probability, strict=True):
            yield name, as_number(Decimal(str(value)))
    for words in made.missing:
        yield "missing", as_text(words)
    for item in made.items:
        if column.name in item.points:
            yield "itemResult", f"{top}.{item.key}"
    for exclusion in made.exclusions:
        yield "exclusionResult", f"{top}.not-if-{exclusion.key}"
    keys = {"hingesOn": column.hinges_on, "wouldChange": column.would_change, "couldRaise": column.could_raise}
    yield from ((name, f"{top}.{key}") for name, these in keys.items() for key in these)
    yield from ((_FROM, source) for source in (criterion, *made.facts))


def _item(item: ItemResult, column: ColumnResult) -> Iterator[Pair]:
    yield _TYPE, CKG + "CriteriaItemResult"
    yield _LABEL, as_text(item.label)
    yield "itemKey", as_text(item.key)
    yield "itemStatus", choice_iri(item.status)
    yield "itemStatusByTheLetter", choice_iri(item.strict)
    yield "points", as_number(item.points[column.name])
    yield from (("restsOn", fact) for fact in item.facts)
    yield from (("because", as_text(words)) for words in item.why)
    if item.missing:
        yield "missing", as_text(item.missing)


def _exclusion(exclusion: ExclusionResult) -> Iterator[Pair]:
    yield _TYPE, CKG + "CriteriaExclusionResult"
    yield _LABEL, as_text(exclusion.label)
    yield "itemKey", as_text(exclusion.key)
    yield "itemStatus", choice_iri(exclusion.status)
    yield from (("restsOn", fact) for fact in exclusion.facts)
    yield from (("because", as_text(words)) for words in exclusion.why)
