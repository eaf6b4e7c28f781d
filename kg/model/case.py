"""What is in a case? The frozen model of one report or record, with no RDF in it: its patients and their facts.

The facts are in `kg.model.kinds`; here is what holds them together, and what a report says beyond its patients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args
from urllib.parse import quote

from pydantic import ConfigDict, Field, ValidationError, model_validator
from pydantic_core import InitErrorDetails

from kg.model.fields import Count, Edtf, Key, Pointer, Term, TermField, Text, Whole, fail
from kg.model.kinds import (
    AdverseEvent,
    Age,
    Antibody,
    Diagnosis,
    DoseChange,
    Event,
    Examination,
    Extension,
    Fact,
    FigurePanel,
    Finding,
    FollowUp,
    Frequency,
    Layer,
    Measurement,
    Metadata,
    Model,
    Outcome,
    Proposed,
    Quantity,
    Response,
    Sex,
    Status,
    Time,
    Treatment,
    Variant,
)

__all__ = [
    "AdverseEvent", "Age", "Antibody", "Author", "Case", "Claim", "Curation", "Diagnosis", "DoseChange", "Event", "Examination",
    "Extension", "Fact", "FigurePanel", "Finding", "FollowUp", "Frequency", "Measurement", "Metadata", "Model",
    "Outcome", "Patient", "Proposed", "Quantity", "Reference", "Report", "Response", "Sex", "Source", "Statement", "Status", "Time",
    "Treatment", "Variant",
]  # fmt: skip

KaryotypicSex = Literal["XX", "XY", "XO", "XXY", "XXX", "XXYY", "XXXY", "XXXX", "XYY", "other", "unknown"]


class Patient(Model):
    """One patient of the report. Keys are unique within the patient."""

    sex: Sex | None = None
    age: Age | None = None
    species: TermField = Term("NCBITaxon:9606", "Homo sapiens")
    pointer: Pointer | None = None
    identifier: Text | None = Field(None, description="How a record names the patient, as written there.")
    other_identifiers: tuple[Text, ...] = ()
    born: Edtf | None = Field(None, description="Date of birth, only as given; never computed.")
    vital_status: Literal["alive", "dead", "not stated"] | None = None
    karyotypic_sex: KaryotypicSex | None = None
    gender: TermField | None = None
    times: Mapping[Key, Time] = Field(default_factory=dict)
    diagnoses: Mapping[Key, Diagnosis] = Field(default_factory=dict)
    antibodies: Mapping[Key, Antibody] = Field(default_factory=dict)
    examinations: Mapping[Key, Examination] = Field(default_factory=dict)
    findings: Mapping[Key, Finding] = Field(default_factory=dict)
    measurements: Mapping[Key, Measurement] = Field(default_factory=dict)
    treatments: Mapping[Key, Treatment] = Field(default_factory=dict)
    dose_changes: Mapping[Key, DoseChange] = Field(default_factory=dict)
    responses: Mapping[Key, Response] = Field(default_factory=dict)
    events: Mapping[Key, Event] = Field(default_factory=dict)
    adverse_events: Mapping[Key, AdverseEvent] = Field(default_factory=dict)
    figures: Mapping[Key, FigurePanel] = Field(default_factory=dict)
    follow_up: Mapping[Key, FollowUp] = Field(default_factory=dict)
    variants: Mapping[Key, Variant] = Field(default_factory=dict)
    extensions: Mapping[Key, Extension] = Field(default_factory=dict)

    def facts(self) -> Iterator[tuple[str, str, Fact]]:
        """Every keyed fact as (section of the case file, key, fact)."""
        for section in FACT_SECTIONS:
            for key, fact in getattr(self, section).items():
                yield section, key, fact


FACT_SECTIONS = (
    "times", "diagnoses", "antibodies", "examinations", "findings", "measurements", "treatments",
    "dose_changes", "responses", "events", "adverse_events", "figures", "follow_up", "variants",
    "extensions",
)  # fmt: skip

Citation = Literal["evidence", "background", "method", "data"]


class Reference(Fact):
    """One entry of the reference list, as printed."""

    layer: Layer = "background"
    number: Whole
    authors: Text
    title: Text
    journal: Text
    year: Whole
    doi: Annotated[str, Field(pattern=r"^10\.\d{2,9}/\S+$")] | None = None
    volume: Text | None = None
    pages: Text | None = None
    truncated: bool = Field(False, description="The entry is cut off in the source.")


_KIND = Literal["background", "interpretation", "hypothesis", "novelty"]


class Claim(Fact):
    """A statement that is not about the patient: background, hypothesis, interpretation or novelty."""

    kind: _KIND
    subject: TermField
    predicate: Literal[
        "inhibits", "inhibits weakly", "may inhibit", "is characterised by", "is associated with", "overlaps",
        "is approved for", "is used for", "may benefit", "improves", "is refractory to", "marks", "is activated in",
        "is central to", "has frequent manifestation", "has infrequent manifestation", "reduces",
        "has no reported treatment with", "has no reported response to", "is a kind of", "is insufficient for",
        "can be complicated by", "has no consensus treatment", "spares", "is reported to help in",
    ]  # fmt: skip
    objects: tuple[TermField, ...] = ()
    context: tuple[TermField, ...] = Field((), description="Disease, cells or population the statement is limited to.")
    compared_with: TermField | None = None
    setting: Literal["in vitro", "cohort", "case series", "case report", "open-label study", "review", "not stated"] = (
        "not stated"
    )
    within: Text | None = Field(None, description="Time frame as printed.")
    qualifier: Text | None = Field(
        None, description="How strongly or how often, as printed: markedly, rare, occasionally."
    )
    cites: Mapping[Key, Citation] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _layer_is_its_kind(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        if "layer" in data:
            raise fail("layer", "a claim has no `layer`; its `kind` says it")
        kind = data.get("kind")
        return {**data, "layer": "interpretation" if kind == "novelty" else kind} if kind in get_args(_KIND) else data


class Statement(Fact):
    """A statement of the article about itself: consent, ethics, funding, interests, how to cite."""

    layer: Layer = "interpretation"
    kind: Literal["consent", "ethics approval", "funding", "competing interests", "how to cite", "licence", "aim"]
    value: Text = Field(description="What it says, in a few words of your own.")


class Author(Model):
    """An author as printed, in order."""

    name: Text
    affiliations: tuple[Text, ...] = ()
    corresponding: bool = False


class Curation(Model):
    """A review of the draft that this case was: by whom, when it ended, and what was decided of its facts."""

    by: Text = Field(description="Name of the curator.")
    at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")] = Field(
        description="When the last of it was decided, in UTC: 2026-11-28T22:00:00Z."
    )
    accepted: Count = Field(0, description="How many proposed facts were accepted as they were.")
    corrected: Count = Field(0, description="How many were corrected.")
    dropped: Count = Field(0, description="How many were dropped, with what could not stand without them.")

    @model_validator(mode="after")
    def _of_the_calendar(self) -> Curation:
        """The time is one that there was."""
        try:
            datetime.fromisoformat(self.at)
        except ValueError as error:
            raise fail("at", f"{self.at!r} is not a time of the calendar", "at") from error
        return self


class SourceSection(Model):
    """Where a section begins in the source text. A section that goes on later is listed again."""

    section: Key
    title: Text
    begins: Text = Field(description="The words it begins with.")
    kind: Literal[
        "front", "abstract", "introduction", "case", "figure", "discussion", "conclusions", "statements", "references"
    ]


class NoFact(Model):
    """A sentence that carries no fact, by the words it begins with, and why."""

    section: Key
    begins: Text
    why: Text


class Source(Model):
    """The text that the anchors quote, or the record that the pointers point into."""

    kind: Literal["text", "record"] = "text"
    format: Text | None = Field(None, description="Only of a record: phenopacket, care-sm, fhir, ...")
    file: Annotated[str, Field(pattern=r"^[^/\\]{1,200}$", description="Name of the file, without folders.")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    sections: tuple[SourceSection, ...] = Field((), description="Only of a text, which has at least one.")
    no_facts: tuple[NoFact, ...] = ()


TO_BE_GIVEN = ("title", "published", "licence")
"""What every report that is no record has; a draft may lack it until a curator gives it."""


class Report(Fact):
    """The published report, or the record of a case; then with the ids of its publication, where it has one."""

    model_config = ConfigDict(
        json_schema_extra={
            "if": {"not": {"anyOf": [{"required": ["record"]}, {"required": ["proposed"]}]}},
            "then": {"required": ["evidence", *TO_BE_GIVEN]},
        }
    )

    layer: Layer = "interpretation"
    doi: Annotated[str, Field(pattern=r"^10\.\d{2,9}/\S+$")] | None = None
    pmcid: Annotated[str, Field(pattern=r"^PMC\d+$")] | None = None
    pmid: Annotated[str, Field(pattern=r"^\d{1,9}$")] | None = None
    id: Key | None = Field(None, description="Only for a report without DOI, PMCID and PMID.")
    record: Text | None = Field(None, description="The id of a record within its publication, as written there.")
    created: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$")] | None = Field(
        None, description="When a record was made: 2024-02-29T12:00:00Z."
    )
    title: Text | None = Field(
        None, description="Only a record or a draft may leave it out, and `published` and `licence`."
    )
    journal: Text | None = None
    volume: Text | None = None
    number: Text | None = None
    article: Text | None = None
    published: date | None = None
    review_began: date | None = None
    review_ended: date | None = None
    licence: Text | None = None
    authors: tuple[Author, ...] = ()
    categories: tuple[Text, ...] = ()
    keywords: tuple[Text, ...] = ()
    curated: tuple[Curation, ...] = Field(
        (), description="Reviews of the draft that it was, in order (`casekg review`)."
    )
    source: Source

    @property
    def is_record(self) -> bool:
        """Was it read from a structured record, not curated from a text?"""
        return self.source.kind == "record"

    @property
    def heading(self) -> str:
        """The title, or the id of a record without one."""
        return self.title or f"Record {self.record}"

    @property
    def slug(self) -> str:
        """What identifies the report: DOI, else PMCID, else PMID, else the given id; lower case.

        A record has that of its publication (or the word record), a tilde, and its own id, which
        keeps its case; no two ids have one slug.
        """
        if self.doi:
            registrant, _, suffix = self.doi.lower().partition("/")
            made = f"{registrant}_{_quoted(suffix)}"  # one DOI, one name, and the other way round
        else:
            made = (self.pmcid or (self.pmid and f"pmid-{self.pmid}") or self.id or "").lower()
        return made if self.record is None else f"{made or 'record'}~{_quoted(self.record)}"


def _quoted(text: str) -> str:
    return quote(text, safe="").replace("~", "%7E")


class Case(Model):
    """One report, whole: its patients, what it says beyond them, and what it cites."""

    report: Report
    patients: Annotated[Mapping[Key, Patient], Field(min_length=1)]
    statements: Mapping[Key, Statement] = Field(default_factory=dict)
    references: Mapping[Key, Reference] = Field(default_factory=dict)
    claims: Mapping[Key, Claim] = Field(default_factory=dict)
    metadata: Mapping[Key, Metadata] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _told_by_its_source(self) -> Case:
        """A text has sections and evidence for every fact; a record has its id, and a pointer for every fact."""
        if missing := list(self._missing()):
            raise ValidationError.from_exception_data("Case", missing)
        return self

    @property
    def proposed(self) -> tuple[tuple[str, ...], ...]:
        """Paths of the facts that no curator has accepted; a case that has some is a draft."""
        return tuple(path for path, fact in self.facts() if fact.proposed)

    def _missing(self) -> Iterator[InitErrorDetails]:
        source, report, facts = self.report.source, self.report, list(self.facts())
        needs: list[tuple[tuple[str, ...], object]]
        if source.kind == "text":
            told = () if report.proposed else TO_BE_GIVEN
            needs = [(("report", name), getattr(report, name)) for name in told]
            needs += [(("report", "source", "sections"), source.sections)]
            needs += [((*path, "evidence"), ()) for path, fact in facts if not fact.evidence]
        else:
            needs = [(("report", "record"), report.record), (("report", "source", "format"), source.format)]
            needs += [((*path, "pointer"), None) for path, fact in facts if not fact.pointer and path != ("report",)]
        for path, value in needs:
            if not value:
                yield InitErrorDetails(type="missing", loc=path, input=None)
        for name, patient in self.patients.items() if source.kind == "text" else ():
            for key, seen in patient.follow_up.items():
                if seen.time is None:
                    yield InitErrorDetails(type="missing", loc=("patients", name, "follow_up", key, "time"), input=None)
        wrong: list[tuple[tuple[str, ...], object]]
        if source.kind == "text":
            wrong = [(("report", "record"), report.record), (("report", "source", "format"), source.format)]
            wrong += [((*path, "pointer"), fact.pointer) for path, fact in facts if fact.pointer]
        else:
            wrong = [((*path, "evidence"), fact.evidence) for path, fact in facts if fact.evidence]
        for path, value in wrong:
            if value:
                what = "a record has a `pointer` instead" if path[-1] == "evidence" else "only a record has it"
                yield InitErrorDetails(type=fail("source", f"not of a {source.kind}: {what}"), loc=path, input=value)

    def facts(self) -> Iterator[tuple[tuple[str, ...], Fact]]:
        """Every fact with its path in the case file.

        The report itself counts, and so do a patient's sex and age.
        """
        yield ("report",), self.report
        for name, patient in self.patients.items():
            for single, fact in (("sex", patient.sex), ("age", patient.age)):
                if fact is not None:
                    yield ("patients", name, single), fact
            for section, key, keyed in patient.facts():
                yield ("patients", name, section, key), keyed
        for section in ("statements", "references", "claims", "metadata"):
            for key, stated in getattr(self, section).items():
                yield (section, key), stated
