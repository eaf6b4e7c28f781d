"""How does a fact look as RDF? The only module that knows.

A fact is a small node in the named graph of its report; its IRI is the IRI of its patient (or
of the report) + `#` + its key. Concepts are objects, never classes of a fact, so an excluded
finding is never an instance of what is absent. There are no blank nodes: merging is set union.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from kg.case import Case, Claim, Fact, Frequency, Patient, Quantity, Report, Time
from kg.fields import Anchor, Term
from kg.prefixes import CASE, CKG, PREFIXES, expand
from kg.timeline import Timeline
from kg.times import Bounds, Offset, read_edtf

__all__ = ["CLASSES", "case_iri", "choice_iri", "fact_iri", "fact_path", "quads"]

_XSD = PREFIXES["xsd"]
_TYPE = ox.NamedNode(PREFIXES["rdf"] + "type")
Object = ox.NamedNode | ox.Literal
Pair = tuple[str, Object]  # (local name of ours, or IRI; object)

# Section of a patient in the case file -> class of its facts.
CLASSES: dict[str, str] = {
    "times": "Time",
    "diagnoses": "Diagnosis",
    "antibodies": "Antibody",
    "examinations": "Examination",
    "findings": "Finding",
    "measurements": "Measurement",
    "treatments": "Treatment",
    "dose_changes": "DoseChange",
    "responses": "Response",
    "events": "Event",
    "adverse_events": "AdverseEvent",
    "figures": "FigurePanel",
    "follow_up": "FollowUp",
    "statements": "Statement",
    "references": "Reference",
    "claims": "Claim",
}

# Citation intent -> property of CiTO.
CITES = {
    "evidence": "citesAsEvidence",
    "background": "citesForInformation",
    "method": "usesMethodIn",
    "data": "citesAsDataSource",
}


def case_iri(case: Case) -> str:
    """The IRI of a report, which is also the name of its graph.

    From its DOI, else PMCID, else PMID, else the given id, lower case, so that two curators
    mint the same one.
    """
    return CASE + case.report.slug


def fact_iri(case: Case, path: tuple[str, ...]) -> str:
    """The IRI of the fact at a path of the case file (`Case.facts` gives the paths).

    The report is the case itself; sex and age are told of the patient.
    """
    top = case_iri(case)
    match path:
        case ("report",):
            return top
        case ("patients", name) | ("patients", name, "sex" | "age"):
            return f"{top}/{name}"
        case ("patients", name, _, key):
            return f"{top}/{name}#{key}"
        case (_, key):
            return f"{top}#{key}"
    raise ValueError(f"{path!r} is not the path of a fact")


def fact_path(case: Case, iri: str) -> tuple[str, ...] | None:
    """The path in the case file of a fact IRI; None when it is not a fact of this case."""
    for path, _ in case.facts():
        if fact_iri(case, path) == iri:
            return path[:2] if path[-1] in ("sex", "age") else path
    return None


def choice_iri(words: str) -> str:
    """The individual that a fixed choice of words stands for.

    >>> choice_iri("not improved")
    'https://w3id.org/casekg/ontology#NotImproved'
    """
    return CKG + "".join(part[:1].upper() + part[1:] for part in words.replace("-", " ").split())


def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)  # raises on spaces, braces, relative IRIs


def _text(value: str) -> ox.Literal:
    return ox.Literal(value)


def _number(value: Decimal) -> ox.Literal:
    plain = format(value, "f")  # one lexical form for one number, in every library
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    plain = "0" if plain == "-0" else plain
    return ox.Literal(plain, datatype=_node(_XSD + "decimal"))


def _integer(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=_node(_XSD + "integer"))


def _date(value: date) -> ox.Literal:
    return ox.Literal(value.isoformat(), datatype=_node(_XSD + "date"))


def _flag(value: bool) -> ox.Literal:
    return ox.Literal("true" if value else "false", datatype=_node(_XSD + "boolean"))


class _Writer:
    """Quads of one case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.top = case_iri(case)
        self.graph = _node(self.top)
        self.patient = ""
        self.timeline: Timeline | None = None
        self.keys: set[str] = set()
        self.named: set[str] = set()

    def quad(self, subject: str, predicate: str, value: Object) -> ox.Quad:
        iri = predicate if ":" in predicate else CKG + predicate
        return ox.Quad(_node(subject), _node(iri), value, self.graph)

    def write(self) -> Iterator[ox.Quad]:
        yield from self.report(self.case.report)
        for name, patient in self.case.patients.items():
            yield from self.person(name, patient)
        for section in ("statements", "references", "claims"):
            for key, fact in getattr(self.case, section).items():
                yield from self.fact(f"{self.top}#{key}", CLASSES[section], fact)

    # ---- the report ------------------------------------------------------------------

    def report(self, report: Report) -> Iterator[ox.Quad]:
        dc, top = PREFIXES["dcterms"], self.top
        yield self.quad(top, _TYPE.value, _node(CKG + "Report"))
        yield self.quad(top, _TYPE.value, _node(PREFIXES["fabio"] + "ClinicalCaseReport"))
        yield self.quad(top, dc + "title", _text(report.title))
        yield self.quad(top, dc + "issued", _date(report.published))
        yield self.quad(top, dc + "license", _text(report.licence))
        if report.doi:
            yield self.quad(
                top,
                PREFIXES["prov"] + "wasDerivedFrom",
                _node(PREFIXES["doi"] + quote(report.doi.lower(), safe="/:;().,-_~!*'@&=+$")),
            )
        for name in ("doi", "pmcid", "pmid", "journal", "volume", "number", "article"):
            if (value := getattr(report, name)) is not None:
                yield self.quad(top, "issueNumber" if name == "number" else name, _text(value))
        for name, day in (("reviewBegan", report.review_began), ("reviewEnded", report.review_ended)):
            if day:
                yield self.quad(top, name, _date(day))
        for name, words in (("category", report.categories), ("keyword", report.keywords)):
            for word in words:
                yield self.quad(top, name, _text(word))
        for position, author in enumerate(report.authors, 1):
            node = f"{top}#author-{position}"
            yield self.quad(top, dc + "creator", _node(node))
            yield self.quad(node, _TYPE.value, _node(CKG + "Author"))
            yield self.quad(node, PREFIXES["foaf"] + "name", _text(author.name))
            yield self.quad(node, "position", _integer(position))
            if author.corresponding:
                yield self.quad(node, "corresponding", _flag(True))
            for place in author.affiliations:
                yield self.quad(node, "affiliation", _text(place))
        source = f"{top}#source"
        yield self.quad(top, "source", _node(source))
        yield self.quad(source, _TYPE.value, _node(CKG + "SourceText"))
        yield self.quad(source, "fileName", _text(report.source.file))
        yield self.quad(source, "sha256", _text(report.source.sha256))
        for section in report.source.sections:
            node = f"{top}#section-{section.section}"
            yield self.quad(node, _TYPE.value, _node(CKG + "SourceSection"))
            yield self.quad(node, PREFIXES["rdfs"] + "label", _text(section.title))
            yield self.quad(node, dc + "isPartOf", _node(source))
        yield from self.evidence(top, report)

    # ---- patients --------------------------------------------------------------------

    def person(self, name: str, patient: Patient) -> Iterator[ox.Quad]:
        self.patient = iri = f"{self.top}/{name}"
        self.timeline, self.named = Timeline(patient), set()
        self.keys = {key for _, key, _ in patient.facts()}
        yield self.quad(iri, _TYPE.value, _node(CKG + "Patient"))
        yield self.quad(iri, "reportedIn", self.graph)
        yield self.quad(iri, "species", _node(expand(patient.species.id)))
        if patient.sex:
            yield self.quad(iri, "sex", _node(expand(patient.sex.concept.id)))
            yield from self.evidence(iri, patient.sex)
        if patient.age:
            yield self.quad(iri, "ageYears", _number(patient.age.years))
            yield self.quad(iri, "agePrinted", _text(patient.age.printed))
            if patient.age.at == "not stated":
                yield self.quad(iri, "ageAt", _node(choice_iri("not stated")))
            else:
                yield from self.when(iri, "ageAt", patient.age.at)
            yield from self.evidence(iri, patient.age)
        for section, key, fact in patient.facts():
            yield from self.fact(f"{iri}#{key}", CLASSES[section], fact)
        self.patient, self.timeline = "", None

    # ---- facts -----------------------------------------------------------------------

    def fact(self, iri: str, kind: str, fact: Fact) -> Iterator[ox.Quad]:
        yield self.quad(iri, _TYPE.value, _node(CKG + kind))
        if isinstance(fact, Claim) and fact.kind == "novelty":
            yield self.quad(iri, _TYPE.value, _node(CKG + "NoveltyClaim"))
        if self.patient:
            yield self.quad(iri, "patient", _node(self.patient))
        else:
            yield self.quad(iri, "statedIn", self.graph)
        yield self.quad(iri, "layer", _node(choice_iri(fact.layer)))
        if isinstance(fact, Time) and self.timeline:
            yield from self.bounds(iri, self.timeline.bounds(iri.rsplit("#", 1)[1]))
        for field, value in fact:
            empty = value is None or value is False or value == () or (field, value) == ("setting", "not stated")
            if empty or field in _SKIP or (kind, field) == ("Claim", "kind"):
                continue
            yield from self.field(iri, kind, field, value)
        if kind == "Response":
            single = len(getattr(fact, "to")) == 1  # noqa: B009 - Fact has no `to`
            yield self.quad(iri, "attribution", _node(choice_iri("single" if single else "joint")))
        yield from self.evidence(iri, fact)

    def field(self, iri: str, kind: str, field: str, value: Any) -> Iterator[ox.Quad]:
        if isinstance(value, Quantity):
            for name, made in (
                ("Value", _number(value.value)),
                ("Unit", _text(value.unit)),
                ("Printed", _text(value.printed)),
            ):
                yield self.quad(iri, field + name, made)
        elif isinstance(value, Frequency):
            yield self.quad(iri, "frequencyTimes", _number(value.times))
            yield self.quad(iri, "frequencyPer", _text(value.per))
            yield self.quad(iri, "frequencyPrinted", _text(value.printed))
        elif isinstance(value, Offset):
            for name, text in zip(("offsetLeast", "offsetMost"), value.iso(), strict=True):
                yield self.quad(iri, name, _text(text))  # engines write xsd:duration each in its own way
        elif field == "cites":
            for key, intent in value.items():
                yield self.quad(iri, PREFIXES["cito"] + CITES[intent], _node(f"{self.top}#{key}"))
        else:
            name, make = _FIELDS.get((kind, field)) or _FIELDS[("", field)]
            for item in value if isinstance(value, tuple) else (value,):
                if make is _WHEN:
                    yield from self.when(iri, name, item)
                elif make is _KEY:
                    yield self.quad(iri, name, _node(f"{self.patient}#{item}"))
                else:
                    yield self.quad(iri, name, make(item))

    def when(self, iri: str, name: str, reference: str) -> Iterator[ox.Quad]:
        """Link to a time; an EDTF date gets a node of its own, one for all who name it."""
        if reference in self.keys:
            yield self.quad(iri, name, _node(f"{self.patient}#{reference}"))
            return
        slug = "".join(_SLUG.get(letter, letter) for letter in reference.replace("..", "open").lower())
        node = f"{self.patient}#time-{slug}"
        yield self.quad(iri, name, _node(node))
        if node not in self.named:
            self.named.add(node)
            yield self.quad(node, _TYPE.value, _node(CKG + "Time"))
            yield self.quad(node, "patient", _node(self.patient))
            yield self.quad(node, "edtf", _text(reference))
            yield from self.bounds(node, read_edtf(reference))

    def bounds(self, iri: str, bounds: Bounds) -> Iterator[ox.Quad]:
        for name in _BOUNDS:
            day = getattr(bounds, name)
            if day:
                side, end = name.split("_")
                yield self.quad(iri, side + end.title(), _date(day))

    def evidence(self, iri: str, fact: Fact) -> Iterator[ox.Quad]:
        for anchor in fact.evidence:
            node = f"{self.top}#quote-{_digest(anchor)}"
            yield self.quad(iri, "evidence", _node(node))
            yield self.quad(node, PREFIXES["oa"] + "exact", _text(anchor.quote))
            yield self.quad(node, PREFIXES["oa"] + "hasSource", _node(f"{self.top}#section-{anchor.section}"))
        for name, words in (("oddity", fact.odd), ("note", fact.note)):
            if words:
                yield self.quad(iri, name, _text(words))


def _digest(anchor: Anchor) -> str:
    return hashlib.sha256(f"{anchor.section}\0{anchor.quote}".encode()).hexdigest()[:12]


def _concept(term: Term) -> ox.NamedNode:
    return _node(expand(term.id))


def _choice(words: str) -> ox.NamedNode:
    return _node(choice_iri(words))


def _WHEN(value: str) -> Object:
    raise TypeError(value)  # a marker: `_Writer.when` writes times


def _KEY(value: str) -> Object:
    raise TypeError(value)  # a marker: the IRI needs the patient


_BOUNDS = ("earliest_start", "latest_start", "earliest_end", "latest_end")
_SLUG = {"/": "--", "~": "-approximate", "?": "-uncertain", "%": "-approximate-uncertain"}
_SKIP = {"evidence", "odd", "note", "layer"}  # written elsewhere
Make = Callable[[Any], Object]

# (class or "" for all, field of the model) -> (our property, how its value is written).
_FIELDS: dict[tuple[str, str], tuple[str, Make]] = {
    ("", "certainty"): ("certainty", _choice),
    ("", "concept"): ("concept", _concept),
    ("", "status"): ("status", _choice),
    ("", "time"): ("time", _WHEN),
    ("", "onset"): ("onset", _WHEN),
    ("", "resolution"): ("resolution", _WHEN),
    ("", "printed"): ("printed", _text),
    ("", "sites"): ("site", _concept),
    ("", "outcome"): ("outcome", _choice),
    ("", "shown_by"): ("shownBy", _KEY),
    ("", "examination"): ("examination", _KEY),
    ("", "method"): ("method", _text),
    ("", "severity"): ("severity", _concept),
    ("Time", "edtf"): ("edtf", _text),
    ("Time", "after"): ("notBefore", _WHEN),
    ("Time", "before"): ("notAfter", _WHEN),
    ("Diagnosis", "based_on"): ("basedOn", _KEY),
    ("Antibody", "antigens"): ("antigen", _concept),
    ("Antibody", "titre"): ("titre", _text),
    ("Finding", "course"): ("course", _concept),
    ("", "laterality"): ("laterality", _concept),
    ("Finding", "modifiers"): ("modifier", _concept),
    ("Finding", "extent"): ("extent", _text),
    ("Finding", "aspect_of"): ("aspectOf", _KEY),
    ("", "associated_with"): ("associatedWith", _KEY),
    ("Measurement", "analyte"): ("analyte", _concept),
    ("Measurement", "value"): ("value", _number),
    ("Measurement", "comparator"): ("comparator", _text),
    ("Measurement", "unit"): ("unit", _text),
    ("Measurement", "unit_printed"): ("unitPrinted", _text),
    ("Measurement", "range_low"): ("referenceLow", _number),
    ("Measurement", "range_high"): ("referenceHigh", _number),
    ("Measurement", "scale_min"): ("scaleMinimum", _number),
    ("Measurement", "scale_max"): ("scaleMaximum", _number),
    ("Measurement", "interpretation"): ("interpretation", _choice),
    ("Measurement", "supports"): ("supports", _KEY),
    ("Examination", "procedure"): ("procedure", _concept),
    ("Examination", "result"): ("result", _choice),
    ("Examination", "part_of"): ("partOf", _KEY),
    ("FigurePanel", "label"): ("panel", _text),
    ("FigurePanel", "depicts"): ("depicts", _KEY),
    ("Treatment", "drug"): ("drug", _concept),
    ("Treatment", "action"): ("action", _concept),
    ("Treatment", "class_only"): ("classOnly", _flag),
    ("Treatment", "intent"): ("intent", _choice),
    ("Treatment", "strength"): ("strength", _text),
    ("Treatment", "route"): ("route", _concept),
    ("Treatment", "form"): ("form", _text),
    ("Treatment", "start"): ("start", _WHEN),
    ("Treatment", "end"): ("end", _WHEN),
    ("Treatment", "ongoing_at"): ("ongoingAt", _WHEN),
    ("Treatment", "phases"): ("phase", _choice),
    ("Treatment", "after"): ("after", _KEY),
    ("Treatment", "with_"): ("startedWith", _KEY),
    ("Treatment", "add_on"): ("addOn", _flag),
    ("Treatment", "added_to"): ("addedTo", _KEY),
    ("Treatment", "continues"): ("continues", _KEY),
    ("Treatment", "after_failure_of"): ("afterFailureOf", _KEY),
    ("Treatment", "unclear_beside"): ("unclearBeside", _KEY),
    ("Treatment", "indication"): ("indication", _KEY),
    ("Treatment", "started_because"): ("startedBecause", _choice),
    ("Treatment", "stopped_because"): ("stoppedBecause", _choice),
    ("DoseChange", "treatment"): ("treatment", _KEY),
    ("DoseChange", "direction"): ("direction", _choice),
    ("DoseChange", "to"): ("toStep", _KEY),
    ("DoseChange", "allowed_by"): ("allowedBy", _KEY),
    ("Response", "to"): ("toTreatment", _KEY),
    ("Response", "of"): ("ofManifestation", _KEY),
    ("Response", "concomitant"): ("concomitant", _KEY),
    ("Response", "judged_by"): ("judgedBy", _choice),
    ("Event", "because_of"): ("becauseOf", _KEY),
    ("", "count"): ("count", _text),
    ("AdverseEvent", "of"): ("ofTreatment", _KEY),
    ("Claim", "subject"): ("subject", _concept),
    ("Claim", "predicate"): ("predicate", _choice),
    ("Claim", "objects"): ("object", _concept),
    ("Claim", "context"): ("context", _concept),
    ("Claim", "compared_with"): ("comparedWith", _concept),
    ("Claim", "setting"): ("setting", _choice),
    ("Claim", "within"): ("within", _text),
    ("Claim", "qualifier"): ("qualifier", _text),
    ("Statement", "kind"): ("statementKind", _choice),
    ("Statement", "value"): ("says", _text),
    ("Reference", "number"): ("number", _integer),
    ("Reference", "authors"): ("authorsPrinted", _text),
    ("Reference", "title"): (PREFIXES["dcterms"] + "title", _text),
    ("Reference", "journal"): ("journal", _text),
    ("Reference", "year"): ("year", _integer),
    ("Reference", "doi"): ("doi", _text),
    ("Reference", "volume"): ("volume", _text),
    ("Reference", "pages"): ("pages", _text),
    ("Reference", "truncated"): ("truncated", _flag),
}


def quads(case: Case) -> Iterator[ox.Quad]:
    """The quads of a case, each once, in no order that matters.

    All in one named graph, the IRI of the report.
    """
    return iter(dict.fromkeys(_Writer(case).write()))
