"""What is in a case report? The frozen model of one report, with no RDF in it.

Names follow GA4GH phenopackets v2, SHACL and the CARE guideline for case reports (Gagnier
et al., 2013). Every fact carries its evidence: the shortest verbatim phrases of the report,
by section. `printed` keeps what was printed beside what it was normalised to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Annotated, Any, Literal, get_args
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, model_validator

from kg.fields import (
    Distance,
    Edtf,
    Evidence,
    Key,
    Keys,
    Number,
    Positive,
    Term,
    TermField,
    Text,
    When,
    Whole,
    fail,
)

__all__ = [
    "AdverseEvent",
    "Age",
    "Antibody",
    "Case",
    "Claim",
    "Diagnosis",
    "DoseChange",
    "Event",
    "Examination",
    "Fact",
    "FigurePanel",
    "Finding",
    "FollowUp",
    "Measurement",
    "Patient",
    "Quantity",
    "Reference",
    "Report",
    "Response",
    "Sex",
    "Source",
    "Statement",
    "Time",
    "Treatment",
]

Layer = Literal["patient fact", "interpretation", "background", "hypothesis"]
Status = Literal["present", "excluded", "not stated"]
Certainty = Literal["confirmed", "compatible with", "probable", "possible"]
Outcome = Literal[
    "resolved", "improved", "partially improved", "controlled", "stable",
    "not improved", "refractory", "persistent", "worsened", "relapsed", "favourable", "not reported",
]  # fmt: skip
Interpretation = Literal[
    "elevated", "mildly elevated", "markedly elevated", "reduced", "normal", "normalised", "abnormal", "improved",
]  # fmt: skip


class Model(BaseModel):
    """Frozen, closed: an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(Model):
    """Anything the report states: with evidence, and with what is odd about it."""

    evidence: Evidence
    layer: Layer = Field("patient fact", description="Patient fact, authors' interpretation, background or hypothesis.")
    certainty: Certainty | None = Field(
        None, description="How sure the report itself is; left out when it just states the fact."
    )
    odd: Text | None = Field(
        None, description="What is odd in the report here, in your own words; shown as a warning, mended by nobody."
    )
    note: Text | None = Field(None, description="A curator's remark, in your own words; shown as information.")


class Quantity(Model):
    """A number with its unit, as normalised (UCUM code) and as printed."""

    value: Positive
    unit: Text = Field(description="UCUM code, for example mg, mg/d, %.")
    printed: Text


class Frequency(Model):
    """How often: `times` per `per` (UCUM time unit)."""

    times: Positive
    per: Literal["d", "wk", "mo", "a", "h"] = "d"
    printed: Text


class Time(Fact):
    """A time that needs more than one EDTF string: printed words, or a distance from another fact.

    after / before name a key (of a fact or a time) or an EDTF date; with `by`, the time lies that
    distance after (before) the start of it. Bounds follow from these; nothing else is guessed.
    """

    edtf: Edtf | None = None
    printed: Text | None = None
    after: When | None = None
    before: When | None = Field(None, description="No later than this.")
    by: Distance | None = None


class Sex(Fact):
    """Sex as the report states it (PATO)."""

    concept: TermField


class Age(Fact):
    """Age as printed, and when it applied, which reports often leave open."""

    years: Positive
    printed: Text
    at: When | Literal["not stated"]


class Diagnosis(Fact):
    """A disease the patient has or had."""

    concept: TermField
    status: Status = "present"
    time: When | None = Field(None, description="When it was diagnosed.")
    onset: When | None = None
    based_on: Keys = Field((), description="Antibodies, findings and examinations that it rests on.")


class Antibody(Fact):
    """An autoantibody test result."""

    concept: TermField
    status: Status
    antigens: tuple[TermField, ...] = Field((), description="Antigens the report names; subunits only when stated.")
    titre: Text | None = None
    method: Text | None = None
    time: When | None = None


class Finding(Fact):
    """A phenotypic feature: present, excluded, or explicitly not stated."""

    concept: TermField
    status: Status
    time: When | None = Field(None, description="When it was observed; for an exclusion, the window it holds for.")
    onset: When | None = None
    resolution: When | None = None
    severity: TermField | None = None
    course: TermField | None = Field(None, description="HPO clinical course, for example HP:0003676 ! Progressive.")
    sites: tuple[TermField, ...] = ()
    laterality: TermField | None = None
    modifiers: tuple[TermField, ...] = ()
    extent: Text | None = Field(None, description="How much, as printed: numerous, small plaques.")
    shown_by: Keys = Field((), description="Examinations or measurements that showed or excluded it.")
    aspect_of: Key | None = Field(None, description="The manifestation of which this is a part or a later state.")
    associated_with: Keys = ()


class Measurement(Fact):
    """A measured value, a bound on one, or a score."""

    analyte: TermField
    value: Number | None = None
    comparator: Literal["<", "<=", ">", ">=", "~"] | None = None
    unit: Text | None = Field(
        None, description="UCUM code; %{predicted} for percent of predicted; {score} for a score."
    )
    unit_printed: Text | None = Field(None, description="The unit as printed, where it is not the UCUM code.")
    printed: Text
    range_low: Number | None = Field(None, description="Reference range, only as printed.")
    range_high: Number | None = None
    scale_min: Number | None = None
    scale_max: Number | None = Field(None, description="End of the scale as printed.")
    interpretation: Interpretation | None = Field(None, description="What the authors called it; never computed.")
    time: When | None = None
    examination: Key | None = None
    supports: Keys = Field((), description="Findings that this value shows.")


class Examination(Fact):
    """An examination or diagnostic procedure; findings name it in `shown_by`."""

    procedure: TermField
    time: When | None = None
    sites: tuple[TermField, ...] = ()
    method: Text | None = Field(None, description="Technique as printed: sequences, magnification.")
    result: Literal["normal", "abnormal", "improved", "stable"] | None = Field(
        None, description="As the authors sum it up."
    )
    part_of: Key | None = None


class FigurePanel(Fact):
    """One panel of a figure, and which facts it shows."""

    label: Text = Field(description="Figure and panel, for example 1F.")
    examination: Key | None = None
    depicts: Keys = ()
    time: When | None = None


Reason = Literal[
    "new diagnosis", "severe disease", "refractory disease", "lack of effect", "persistent manifestation",
    "progression", "relapse", "prevention", "intolerance", "remission", "course completed", "patient decision",
]  # fmt: skip


class Treatment(Fact):
    """A drug or another therapeutic action that was given; never "treats".

    order: `after` names treatments that were started before this one; `with` those started together.
    """

    drug: TermField | None = None
    action: TermField | None = Field(None, description="MAXO or MeSH procedure, for what is not a drug.")
    printed: Text = Field(description="The name as printed.")
    class_only: bool = Field(False, description="The report names only the class; `drug` is that class.")
    intent: Literal["therapeutic", "preventive", "supportive"] = "therapeutic"
    dose: Quantity | None = None
    concentration: Quantity | None = None
    strength: Text | None = Field(None, description="Dose or concentration as printed, where it is not a number.")
    frequency: Frequency | None = None
    route: TermField | None = None
    form: Text | None = None
    sites: tuple[TermField, ...] = ()
    start: When | None = None
    end: When | None = None
    ongoing_at: When | None = Field(None, description="Still given at this time.")
    duration: Quantity | None = None
    phases: tuple[Literal["induction", "maintenance", "bridging", "taper"], ...] = ()
    after: Keys = ()
    with_: Keys = Field((), alias="with")
    add_on: bool = Field(False, description="The report says it was added, to what went on already.")
    added_to: Keys = Field((), description="What it was added to, only where the report names it.")
    continues: Key | None = Field(None, description="The earlier treatment of which this is a later dose or step.")
    unclear_beside: Keys = Field(
        (), description="Treatments of which the report does not say whether they went on beside this one."
    )
    after_failure_of: Keys = Field((), description="Treatments the report says had failed when this one was started.")
    indication: Keys = Field((), description="Findings or diagnoses it was given for.")
    started_because: tuple[Reason, ...] = ()
    stopped_because: tuple[Reason, ...] = ()
    count: Text | None = Field(None, description="How many times, as printed.")


class DoseChange(Fact):
    """A rise, taper or withdrawal of a treatment, and which other treatment allowed it."""

    treatment: Key
    direction: Literal["reduced", "increased", "withdrawn"]
    to: Key | None = Field(None, description="The treatment step reached.")
    allowed_by: Keys = ()
    printed: Text
    time: When | None = None


class Response(Fact):
    """What happened to one manifestation under which treatment(s), as the report tells it.

    Several keys in `to` mean joint attribution: the report does not say which of them did it.
    """

    to: Annotated[Keys, Field(min_length=1)]
    of: Annotated[Keys, Field(min_length=1)]
    outcome: Outcome
    time: When | None = None
    sites: tuple[TermField, ...] = ()
    laterality: TermField | None = None
    shown_by: Keys = Field((), description="Measurements, examinations or findings that show it.")
    concomitant: Keys = Field((), description="Other treatments the report says went on at the time.")
    judged_by: tuple[
        Literal["authors", "clinical assessment", "imaging", "examination result", "measured value", "patient report"],
        ...,
    ] = ("authors",)


class Event(Fact):
    """An admission, infection, exposure or procedure; excluded when the report says there was none."""

    concept: TermField
    status: Status
    time: When | None = None
    sites: tuple[TermField, ...] = ()
    because_of: Keys = ()
    associated_with: Keys = ()
    count: Text | None = Field(None, description="How many, as printed.")


class AdverseEvent(Fact):
    """An adverse event of treatments, or the explicit absence of any."""

    concept: TermField
    status: Status
    of: Annotated[Keys, Field(min_length=1)]
    time: When | None = None
    severity: TermField | None = None
    outcome: Outcome | None = None


class FollowUp(Fact):
    """The last time the patient was seen, and how."""

    time: When
    printed: Text
    status: Literal["alive", "dead", "lost", "not stated"] = "not stated"


class Patient(Model):
    """One patient of the report. Keys are unique within the patient."""

    sex: Sex | None = None
    age: Age | None = None
    species: TermField = Term("NCBITaxon:9606", "Homo sapiens")
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

    def facts(self) -> Iterator[tuple[str, str, Fact]]:
        """Every keyed fact as (section of the case file, key, fact)."""
        for section in FACT_SECTIONS:
            for key, fact in getattr(self, section).items():
                yield section, key, fact


FACT_SECTIONS = (
    "times", "diagnoses", "antibodies", "examinations", "findings", "measurements", "treatments",
    "dose_changes", "responses", "events", "adverse_events", "figures", "follow_up",
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
    """The text that the anchors quote."""

    file: Annotated[str, Field(pattern=r"^[^/\\]{1,200}$", description="Name of the file, without folders.")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    sections: Annotated[tuple[SourceSection, ...], Field(min_length=1)]
    no_facts: tuple[NoFact, ...] = ()


class Report(Fact):
    """The published report."""

    layer: Layer = "interpretation"
    doi: Annotated[str, Field(pattern=r"^10\.\d{2,9}/\S+$")] | None = None
    pmcid: Annotated[str, Field(pattern=r"^PMC\d+$")] | None = None
    pmid: Annotated[str, Field(pattern=r"^\d{1,9}$")] | None = None
    id: Key | None = Field(None, description="Only for a report without DOI, PMCID and PMID.")
    title: Text
    journal: Text | None = None
    volume: Text | None = None
    number: Text | None = None
    article: Text | None = None
    published: date
    review_began: date | None = None
    review_ended: date | None = None
    licence: Text
    authors: tuple[Author, ...] = ()
    categories: tuple[Text, ...] = ()
    keywords: tuple[Text, ...] = ()
    source: Source

    @property
    def slug(self) -> str:
        """What identifies the report: DOI, else PMCID, else PMID, else the given id; lower case."""
        if self.doi:
            registrant, _, suffix = self.doi.lower().partition("/")
            return f"{registrant}_{quote(suffix, safe='')}"  # one DOI, one name, and the other way round
        return (self.pmcid or (self.pmid and f"pmid-{self.pmid}") or self.id or "").lower()


class Case(Model):
    """One report, whole: its patients, what it says beyond them, and what it cites."""

    report: Report
    patients: Annotated[Mapping[Key, Patient], Field(min_length=1)]
    statements: Mapping[Key, Statement] = Field(default_factory=dict)
    references: Mapping[Key, Reference] = Field(default_factory=dict)
    claims: Mapping[Key, Claim] = Field(default_factory=dict)

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
        for section in ("statements", "references", "claims"):
            for key, stated in getattr(self, section).items():
                yield (section, key), stated
