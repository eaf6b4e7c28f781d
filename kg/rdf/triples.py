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
from functools import lru_cache
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import pyoxigraph as ox

from kg.base.ages import read_age, stage
from kg.base.prefixes import CKG, PREFIXES, expand
from kg.base.times import Bounds, Offset, read_edtf
from kg.model.case import Case, Claim, Fact, Frequency, Patient, Quantity, Report, Time, Treatment
from kg.model.fields import Term
from kg.model.timeline import Timeline
from kg.rdf.iris import case_iri, choice_iri, fact_iri

__all__ = [
    "BOUNDS",
    "CITES",
    "CLASSES",
    "FIELDS",
    "Make",
    "PATIENT",
    "STATED",
    "node_paths",
    "nquads",
    "ntriples",
    "quads",
]

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
    "variants": "Variant",
    "extensions": "Extension",
    "statements": "Statement",
    "references": "Reference",
    "claims": "Claim",
    "metadata": "Metadata",
}
# Sections of a case beside its patients.
STATED = ("statements", "references", "claims", "metadata")

# Citation intent -> property of CiTO.
CITES = {
    "evidence": "citesAsEvidence",
    "background": "citesForInformation",
    "method": "usesMethodIn",
    "data": "citesAsDataSource",
}


@lru_cache(maxsize=65536)
def _node(iri: str) -> ox.NamedNode:
    return ox.NamedNode(iri)  # raises on spaces, braces, relative IRIs


def as_text(value: str) -> ox.Literal:
    return ox.Literal(value)


def as_number(value: Decimal) -> ox.Literal:
    plain = format(value, "f")  # one lexical form for one number, in every library
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    plain = "0" if plain == "-0" else plain
    return ox.Literal(plain, datatype=_node(_XSD + "decimal"))


def as_integer(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=_node(_XSD + "integer"))


def as_date(value: date) -> ox.Literal:
    return ox.Literal(value.isoformat(), datatype=_node(_XSD + "date"))


def as_moment(value: str) -> ox.Literal:
    return ox.Literal(value, datatype=_node(_XSD + "dateTime"))


def as_flag(value: bool) -> ox.Literal:
    return ox.Literal("true" if value else "false", datatype=_node(_XSD + "boolean"))


@lru_cache(maxsize=1024)
def _predicate(name: str) -> ox.NamedNode:
    return _node(name if ":" in name else CKG + name)


@lru_cache(maxsize=1024)
def _written(name: str) -> str:
    return str(_predicate(name))


_Q = TypeVar("_Q")


class _Writer(Generic[_Q]):
    """The statements of one case; quad makes one of subject (IRI), property (local name of ours, or IRI) and object."""

    def __init__(self, case: Case, quad: Callable[[str, str, Object], _Q]) -> None:
        self.quad = quad
        self.case = case
        self.top = case_iri(case)
        self.graph = _node(self.top)
        self.patient = ""
        self.timeline: Timeline | None = None
        self.keys: set[str] = set()
        self.named: set[str] = set()
        self.terms: dict[Term, None] = {}

    def write(self) -> Iterator[_Q]:
        yield from self.report(self.case.report)
        for name, patient in self.case.patients.items():
            yield from self.person(name, patient)
        for section in STATED:
            for key, fact in getattr(self.case, section).items():
                yield from self.fact(f"{self.top}#{key}", CLASSES[section], fact)
        if self.case.report.is_record:
            yield from self.labels()

    # ---- the report ------------------------------------------------------------------

    def report(self, report: Report) -> Iterator[_Q]:
        dc, top = PREFIXES["dcterms"], self.top
        yield self.quad(top, _TYPE.value, _node(CKG + "Report"))
        kind = CKG + "Record" if report.is_record else PREFIXES["fabio"] + "ClinicalCaseReport"
        yield self.quad(top, _TYPE.value, _node(kind))
        for name, words in (("title", report.title), ("license", report.licence), ("created", report.created)):
            if words:
                yield self.quad(top, dc + name, as_text(words))
        if report.published:
            yield self.quad(top, dc + "issued", as_date(report.published))
        if report.record:
            yield self.quad(top, dc + "identifier", as_text(report.record))
        if report.doi:
            yield self.quad(
                top,
                PREFIXES["prov"] + "wasDerivedFrom",
                _node(PREFIXES["doi"] + quote(report.doi.lower(), safe="/:;().,-_~!*'@&=+$")),
            )
        for name in ("doi", "pmcid", "pmid", "journal", "volume", "number", "article"):
            if (value := getattr(report, name)) is not None:
                yield self.quad(top, "issueNumber" if name == "number" else name, as_text(value))
        for name, day in (("reviewBegan", report.review_began), ("reviewEnded", report.review_ended)):
            if day:
                yield self.quad(top, name, as_date(day))
        for name, several in (("category", report.categories), ("keyword", report.keywords)):
            for word in several:
                yield self.quad(top, name, as_text(word))
        for position, author in enumerate(report.authors, 1):
            node = f"{top}#author-{position}"
            yield self.quad(top, dc + "creator", _node(node))
            yield self.quad(node, _TYPE.value, _node(CKG + "Author"))
            yield self.quad(node, PREFIXES["foaf"] + "name", as_text(author.name))
            yield self.quad(node, "position", as_integer(position))
            if author.corresponding:
                yield self.quad(node, "corresponding", as_flag(True))
            for place in author.affiliations:
                yield self.quad(node, "affiliation", as_text(place))
        for position, review in enumerate(report.curated, 1):
            node = f"{top}#curation-{position}"
            yield self.quad(top, PREFIXES["prov"] + "wasGeneratedBy", _node(node))
            yield self.quad(node, _TYPE.value, _node(CKG + "Curation"))
            yield self.quad(node, "position", as_integer(position))
            yield self.quad(node, "curator", as_text(review.by))
            yield self.quad(node, PREFIXES["prov"] + "endedAtTime", as_moment(review.at))
            for name in ("accepted", "corrected", "dropped"):
                yield self.quad(node, name, as_integer(getattr(review, name)))
        source = f"{top}#source"
        yield self.quad(top, "source", _node(source))
        yield self.quad(source, _TYPE.value, _node(CKG + ("SourceRecord" if report.is_record else "SourceText")))
        if report.source.format:
            yield self.quad(source, dc + "format", as_text(report.source.format))
        yield self.quad(source, "fileName", as_text(report.source.file))
        yield self.quad(source, "sha256", as_text(report.source.sha256))
        for section in report.source.sections:
            node = f"{top}#section-{section.section}"
            yield self.quad(node, _TYPE.value, _node(CKG + "SourceSection"))
            yield self.quad(node, PREFIXES["rdfs"] + "label", as_text(section.title))
            yield self.quad(node, dc + "isPartOf", _node(source))
        yield from self.evidence(top, report)

    # ---- patients --------------------------------------------------------------------

    def person(self, name: str, patient: Patient) -> Iterator[_Q]:
        self.patient = iri = f"{self.top}/{name}"
        self.timeline, self.named = Timeline.of(patient), set()
        self.keys = {key for _, key, _ in patient.facts()}
        yield self.quad(iri, _TYPE.value, _node(CKG + "Patient"))
        yield self.quad(iri, "reportedIn", self.graph)
        yield self.quad(iri, "species", self.made(as_concept, patient.species))
        for name, (field, make) in PATIENT.items():
            value = getattr(patient, field)
            for item in value if isinstance(value, tuple) else (value,):
                if item is not None:
                    yield self.quad(iri, name, self.made(make, item))
        if patient.sex:
            yield self.quad(iri, "sex", self.made(as_concept, patient.sex.concept))
            yield from self.evidence(iri, patient.sex, "sexPointer")
        if patient.age:
            yield self.quad(iri, "ageYears", as_number(patient.age.years))
            yield self.quad(iri, "agePrinted", as_text(patient.age.printed))
            if patient.age.at == "not stated":
                yield self.quad(iri, "ageAt", _node(choice_iri("not stated")))
            else:
                yield from self.when(iri, "ageAt", patient.age.at)
            yield from self.evidence(iri, patient.age, "agePointer")
        for section, key, fact in patient.facts():
            yield from self.fact(f"{iri}#{key}", CLASSES[section], fact)
        self.patient, self.timeline = "", None

    # ---- facts -----------------------------------------------------------------------

    def fact(self, iri: str, kind: str, fact: Fact) -> Iterator[_Q]:
        yield self.quad(iri, _TYPE.value, _node(CKG + kind))
        if isinstance(fact, Claim) and fact.kind == "novelty":
            yield self.quad(iri, _TYPE.value, _node(CKG + "NoveltyClaim"))
        if self.patient:
            yield self.quad(iri, "patient", _node(self.patient))
        else:
            yield self.quad(iri, "statedIn", self.graph)
        yield self.quad(iri, "layer", _node(choice_iri(fact.layer)))
        if self.timeline and (found := self._own_bounds(iri.rpartition("#")[2], fact)):
            yield from self.bounds(iri, found)
        if isinstance(fact, Time):
            for name, years in zip(("ageLeast", "ageMost"), _ages(fact), strict=True):
                if years is not None:
                    yield self.quad(iri, name, as_number(years))
        for field, value in vars(fact).items():  # as iterating the model gives them, but faster
            if value is None or value is False or value == () or field in _SKIP:
                continue
            if (field, value) == ("setting", "not stated") or (kind, field) == ("Claim", "kind"):
                continue
            yield from self.field(iri, kind, field, value)
        if kind == "Response":
            single = len(set(getattr(fact, "to"))) == 1  # noqa: B009 - Fact has no `to`
            yield self.quad(iri, "attribution", _node(choice_iri("single" if single else "joint")))
        yield from self.evidence(iri, fact)

    def field(self, iri: str, kind: str, field: str, value: Any) -> Iterator[_Q]:
        if isinstance(value, Quantity):
            for name, made in (
                ("Value", as_number(value.value)),
                ("Unit", as_text(value.unit)),
                ("Printed", as_text(value.printed)),
            ):
                yield self.quad(iri, field + name, made)
        elif isinstance(value, Frequency):
            yield self.quad(iri, "frequencyTimes", as_number(value.times))
            yield self.quad(iri, "frequencyPer", as_text(value.per))
            yield self.quad(iri, "frequencyPrinted", as_text(value.printed))
        elif isinstance(value, Offset):
            for name, text in zip(("offsetLeast", "offsetMost"), value.iso(), strict=True):
                yield self.quad(iri, name, as_text(text))  # engines write xsd:duration each in its own way
        elif field == "cites":
            for key, intent in value.items():
                yield self.quad(iri, PREFIXES["cito"] + CITES[intent], _node(f"{self.top}#{key}"))
        else:
            name, make = FIELDS.get((kind, field)) or FIELDS[("", field)]
            for item in value if isinstance(value, tuple) else (value,):
                if make is WHEN:
                    yield from self.when(iri, name, item)
                elif make is KEY:
                    yield self.quad(iri, name, _node(f"{self.patient}#{item}"))
                else:
                    yield self.quad(iri, name, self.made(make, item))

    def made(self, make: Make, value: Any) -> Object:
        """A value as it is written; of a concept is remembered how the case writes it."""
        if make is as_concept:
            self.terms[value] = None
        return make(value)

    def when(self, iri: str, name: str, reference: str) -> Iterator[_Q]:
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
            yield self.quad(node, "edtf", as_text(reference))
            yield from self.bounds(node, read_edtf(reference))

    def bounds(self, iri: str, bounds: Bounds) -> Iterator[_Q]:
        for name in BOUNDS:
            day = getattr(bounds, name)
            if day:
                side, end = name.split("_")
                yield self.quad(iri, side + end.title(), as_date(day))

    def _own_bounds(self, key: str, fact: Fact) -> Bounds | None:
        """The days of a time or a treatment; of another fact only where they are not those of the time it names."""
        assert self.timeline
        found, time = self.timeline.bounds(key), vars(fact).get("time")
        told = isinstance(fact, (Time, Treatment)) or found != (self.timeline.bounds(time) if time else _OPEN)
        return found if told else None

    def evidence(self, iri: str, fact: Fact, pointer: str = "pointer") -> Iterator[_Q]:
        if fact.pointer:
            yield self.quad(iri, pointer, as_text(fact.pointer))
        for anchor in fact.evidence:
            node = f"{self.top}#quote-{_digest(anchor.section, anchor.quote)}"
            yield self.quad(iri, "evidence", _node(node))
            yield self.quad(node, PREFIXES["oa"] + "exact", as_text(anchor.quote))
            yield self.quad(node, PREFIXES["oa"] + "hasSource", _node(f"{self.top}#section-{anchor.section}"))
        for name, words in (("oddity", fact.odd), ("note", fact.note)):
            if words:
                yield self.quad(iri, name, as_text(words))

    def labels(self) -> Iterator[_Q]:
        """How a record writes each concept, so that one that casekg does not know has a label, too."""
        for term in self.terms:
            node = f"{self.top}#label-{_digest(term.id, term.label)}"
            yield self.quad(node, _TYPE.value, _node(CKG + "WrittenLabel"))
            yield self.quad(node, "labelOf", as_concept(term))
            yield self.quad(node, "written", as_text(term.label))


def _ages(time: Time) -> tuple[Decimal | None, Decimal | None]:
    """Least and most age in years that a time states, as an age or as a stage of life."""
    span = read_age(time.age) if time.age else time.stage and stage(expand(time.stage.id))
    return span.years() if span else (None, None)


@lru_cache(maxsize=65536)
def _digest(first: str, second: str) -> str:
    return hashlib.sha256(f"{first}\0{second}".encode()).hexdigest()[:12]


def as_concept(term: Term) -> ox.NamedNode:
    return _node(expand(term.id))


def as_choice(words: str) -> ox.NamedNode:
    return _node(choice_iri(words))


def WHEN(value: str) -> Object:
    raise TypeError(value)  # a marker: `_Writer.when` writes times


def KEY(value: str) -> Object:
    raise TypeError(value)  # a marker: the IRI needs the patient


_OPEN = Bounds()
BOUNDS = ("earliest_start", "latest_start", "earliest_end", "latest_end")
_SLUG = {"/": "--", "~": "-approximate", "?": "-uncertain", "%": "-approximate-uncertain"}
_SKIP = {"evidence", "pointer", "odd", "note", "layer", "proposed"}  # written elsewhere; a draft is not written
Make = Callable[[Any], Object]

# What is said of a patient outright: our property -> (field of the model, how its value is written).
PATIENT: dict[str, tuple[str, Make]] = {
    "pointer": ("pointer", as_text),
    "identifier": ("identifier", as_text),
    "otherIdentifier": ("other_identifiers", as_text),
    "born": ("born", as_text),
    "vitalStatus": ("vital_status", as_choice),
    "karyotypicSex": ("karyotypic_sex", as_text),
    "gender": ("gender", as_concept),
}

# (class or "" for all, field of the model) -> (our property, how its value is written).
FIELDS: dict[tuple[str, str], tuple[str, Make]] = {
    ("", "certainty"): ("certainty", as_choice),
    ("", "concept"): ("concept", as_concept),
    ("", "status"): ("status", as_choice),
    ("", "time"): ("time", WHEN),
    ("", "onset"): ("onset", WHEN),
    ("", "resolution"): ("resolution", WHEN),
    ("", "printed"): ("printed", as_text),
    ("", "sites"): ("site", as_concept),
    ("", "outcome"): ("outcome", as_choice),
    ("", "shown_by"): ("shownBy", KEY),
    ("", "examination"): ("examination", KEY),
    ("", "method"): ("method", as_text),
    ("", "severity"): ("severity", as_concept),
    ("Time", "edtf"): ("edtf", as_text),
    ("Time", "age"): ("age", as_text),
    ("Time", "stage"): ("stage", as_concept),
    ("Time", "gestation"): ("gestationalAge", as_text),
    ("Time", "after"): ("notBefore", WHEN),
    ("Time", "before"): ("notAfter", WHEN),
    ("Diagnosis", "stages"): ("diseaseStage", as_concept),
    ("Diagnosis", "tnm"): ("tnmFinding", as_concept),
    ("Diagnosis", "based_on"): ("basedOn", KEY),
    ("Antibody", "antigens"): ("antigen", as_concept),
    ("Antibody", "titre"): ("titre", as_text),
    ("Finding", "course"): ("course", as_concept),
    ("", "laterality"): ("laterality", as_concept),
    ("Finding", "modifiers"): ("modifier", as_concept),
    ("Finding", "extent"): ("extent", as_text),
    ("Finding", "aspect_of"): ("aspectOf", KEY),
    ("", "associated_with"): ("associatedWith", KEY),
    ("Measurement", "analyte"): ("analyte", as_concept),
    ("Measurement", "value"): ("value", as_number),
    ("Measurement", "outcome"): ("valueConcept", as_concept),
    ("Measurement", "comparator"): ("comparator", as_text),
    ("Measurement", "unit"): ("unit", as_text),
    ("Measurement", "unit_printed"): ("unitPrinted", as_text),
    ("Measurement", "range_low"): ("referenceLow", as_number),
    ("Measurement", "range_high"): ("referenceHigh", as_number),
    ("Measurement", "scale_min"): ("scaleMinimum", as_number),
    ("Measurement", "scale_max"): ("scaleMaximum", as_number),
    ("Measurement", "interpretation"): ("interpretation", as_choice),
    ("Measurement", "supports"): ("supports", KEY),
    ("Examination", "procedure"): ("procedure", as_concept),
    ("Examination", "result"): ("result", as_choice),
    ("Examination", "part_of"): ("partOf", KEY),
    ("FigurePanel", "label"): ("panel", as_text),
    ("FigurePanel", "depicts"): ("depicts", KEY),
    ("Treatment", "drug"): ("drug", as_concept),
    ("Treatment", "action"): ("action", as_concept),
    ("Treatment", "class_only"): ("classOnly", as_flag),
    ("Treatment", "intent"): ("intent", as_choice),
    ("Treatment", "strength"): ("strength", as_text),
    ("Treatment", "route"): ("route", as_concept),
    ("Treatment", "form"): ("form", as_text),
    ("Treatment", "start"): ("start", WHEN),
    ("Treatment", "end"): ("end", WHEN),
    ("Treatment", "ongoing_at"): ("ongoingAt", WHEN),
    ("Treatment", "phases"): ("phase", as_choice),
    ("Treatment", "after"): ("after", KEY),
    ("Treatment", "with_"): ("startedWith", KEY),
    ("Treatment", "add_on"): ("addOn", as_flag),
    ("Treatment", "added_to"): ("addedTo", KEY),
    ("Treatment", "continues"): ("continues", KEY),
    ("Treatment", "after_failure_of"): ("afterFailureOf", KEY),
    ("Treatment", "unclear_beside"): ("unclearBeside", KEY),
    ("Treatment", "indication"): ("indication", KEY),
    ("Treatment", "started_because"): ("startedBecause", as_choice),
    ("Treatment", "stopped_because"): ("stoppedBecause", as_choice),
    ("DoseChange", "treatment"): ("treatment", KEY),
    ("DoseChange", "direction"): ("direction", as_choice),
    ("DoseChange", "to"): ("toStep", KEY),
    ("DoseChange", "allowed_by"): ("allowedBy", KEY),
    ("Response", "to"): ("toTreatment", KEY),
    ("Response", "of"): ("ofManifestation", KEY),
    ("Response", "concomitant"): ("concomitant", KEY),
    ("Response", "judged_by"): ("judgedBy", as_choice),
    ("Event", "because_of"): ("becauseOf", KEY),
    ("", "count"): ("count", as_text),
    ("AdverseEvent", "of"): ("ofTreatment", KEY),
    ("Variant", "gene"): ("gene", as_concept),
    ("Variant", "hgvs"): ("hgvs", as_text),
    ("Variant", "zygosity"): ("zygosity", as_concept),
    ("Variant", "structure"): ("structure", as_concept),
    ("Variant", "acmg"): ("acmg", as_choice),
    ("Variant", "causation"): ("causation", as_choice),
    ("Variant", "disease"): ("ofDiagnosis", KEY),
    ("", "message"): ("messageType", as_text),
    ("", "content"): ("content", as_text),
    ("Claim", "subject"): ("subject", as_concept),
    ("Claim", "predicate"): ("predicate", as_choice),
    ("Claim", "objects"): ("object", as_concept),
    ("Claim", "context"): ("context", as_concept),
    ("Claim", "compared_with"): ("comparedWith", as_concept),
    ("Claim", "setting"): ("setting", as_choice),
    ("Claim", "within"): ("within", as_text),
    ("Claim", "qualifier"): ("qualifier", as_text),
    ("Statement", "kind"): ("statementKind", as_choice),
    ("Statement", "value"): ("says", as_text),
    ("Reference", "number"): ("number", as_integer),
    ("Reference", "authors"): ("authorsPrinted", as_text),
    ("Reference", "title"): (PREFIXES["dcterms"] + "title", as_text),
    ("Reference", "journal"): ("journal", as_text),
    ("Reference", "year"): ("year", as_integer),
    ("Reference", "doi"): ("doi", as_text),
    ("Reference", "volume"): ("volume", as_text),
    ("Reference", "pages"): ("pages", as_text),
    ("Reference", "truncated"): ("truncated", as_flag),
}


def quads(case: Case) -> Iterator[ox.Quad]:
    """The quads of a case, each once, in no order that matters.

    All in one named graph, the IRI of the report.
    """
    graph = _node(case_iri(case))

    def quad(subject: str, predicate: str, value: Object) -> ox.Quad:
        return ox.Quad(_node(subject), _predicate(predicate), value, graph)

    return iter(dict.fromkeys(_Writer(case, quad).write()))


def ntriples(case: Case) -> str:
    """The same without the graph's name, as sorted lines of N-Triples, each once."""
    return _lines(case, ".\n")


def nquads(case: Case) -> str:
    """The same as sorted lines of N-Quads, each once: what `serialise` makes of the quads, without making them."""
    return _lines(case, f"{_node(case_iri(case))} .\n")


def _lines(case: Case, end: str) -> str:
    known: dict[str, str] = {}

    def line(subject: str, predicate: str, value: Object) -> str:
        if (text := known.get(subject)) is None:
            text = known[subject] = str(ox.NamedNode(subject))
        return f"{text} {_written(predicate)} {value} {end}"

    return "".join(sorted(set(_Writer(case, line).write())))


def node_paths(case: Case) -> dict[str, tuple[str | int, ...]]:
    """Where in the case file each subject of the case graph comes from, by its IRI.

    A phrase or a date that several facts name is where it is named first; a phrase has its number
    among those of its section, though a single one may stand there without a list.
    """
    top, report = case_iri(case), case.report
    found: dict[str, tuple[str | int, ...]] = {top: ("report",), f"{top}#source": ("report", "source")}
    for number, _ in enumerate(report.authors):
        found[f"{top}#author-{number + 1}"] = ("report", "authors", number)
    for number, _ in enumerate(report.curated):
        found[f"{top}#curation-{number + 1}"] = ("report", "curated", number)
    for number, section in enumerate(report.source.sections):
        found.setdefault(f"{top}#section-{section.section}", ("report", "source", "sections", number))
    found |= {f"{top}/{name}": ("patients", name) for name in case.patients}
    for path, fact in case.facts():
        found.setdefault(fact_iri(case, path), path)
        told: dict[str, int] = {}
        for anchor in fact.evidence:
            number = told[anchor.section] = told.get(anchor.section, -1) + 1
            found.setdefault(
                f"{top}#quote-{_digest(anchor.section, anchor.quote)}", (*path, "evidence", anchor.section, number)
            )
    fields: dict[str, tuple[str, ...]] = {
        CKG + name: (field,) for (_, field), (name, make) in FIELDS.items() if make is WHEN
    }
    fields[CKG + "ageAt"] = ("age", "at")
    for made in quads(case):
        if not isinstance(made.subject, ox.NamedNode) or not isinstance(made.object, ox.NamedNode):
            continue
        above, field = found.get(made.subject.value), fields.get(made.predicate.value)
        if above and field:
            found.setdefault(made.object.value, (*above, *field))
    return found
