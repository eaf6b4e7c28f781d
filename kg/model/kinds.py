"""Which facts does a case report state? One frozen model for each kind, with no RDF in it.

Names follow GA4GH phenopackets v2, SHACL and the CARE guideline for case reports (Gagnier
et al., 2013). Every fact carries its evidence: the shortest verbatim phrases of the report,
by section. `printed` keeps what was printed beside what it was normalised to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from kg.model.fields import (
    Distance,
    Edtf,
    Evidence,
    IsoAge,
    Key,
    Keys,
    LongText,
    Number,
    Pointer,
    Positive,
    TermField,
    Text,
    When,
)

__all__ = [
    "AdverseEvent", "Age", "Antibody", "Diagnosis", "DoseChange", "Event", "Examination", "Extension", "Fact",
    "FigurePanel", "Finding", "FollowUp", "Frequency", "Interpretation", "Layer", "Measurement", "Metadata", "Model", "Outcome",
    "Proposed", "Quantity", "Response", "Sex", "Status", "Time", "Treatment", "Variant",
]  # fmt: skip

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

    if (
        not TYPE_CHECKING
    ):  # pydantic looks for private and further fields, which no model here has; rules often ask in vain

        def __getattr__(self, name: str) -> Any:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


class Proposed(Model):
    """A fact that `casekg draft` proposes and no curator has accepted: by which rule, and how sure that rule is.

    A case with such a fact is a draft. It can be checked, not built or merged.
    """

    rule: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*(/[a-z0-9-]+)*$")] = Field(
        description="Name of the rule: drug/dose."
    )
    confidence: Literal["high", "medium", "low"]


class Fact(Model):
    """Anything the report states: with evidence, and with what is odd about it.

    A fact of a record (a phenopacket, other RDF) has a pointer instead: where it stands there.
    """

    model_config = ConfigDict(
        json_schema_extra={"if": {"not": {"required": ["pointer"]}}, "then": {"required": ["evidence"]}}
    )

    evidence: Evidence = ()
    pointer: Pointer | None = None
    layer: Layer = Field("patient fact", description="Patient fact, authors' interpretation, background or hypothesis.")
    certainty: Certainty | None = Field(
        None, description="How sure the report itself is; left out when it just states the fact."
    )
    odd: Text | None = Field(
        None, description="What is odd in the report here, in your own words; shown as a warning, mended by nobody."
    )
    note: Text | None = Field(None, description="A curator's remark, in your own words; shown as information.")
    proposed: Proposed | None = Field(None, description="Of a draft only: taken out when a curator accepts the fact.")


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
    """A time that needs more than one EDTF string: printed words, an age, or a distance from another fact.

    after / before name a key (of a fact or a time) or an EDTF date; with `by`, the time lies that
    distance after (before) the start of it. Bounds follow from these; nothing else is guessed.
    """

    edtf: Edtf | None = None
    printed: Text | None = None
    age: IsoAge | None = None
    stage: TermField | None = Field(None, description="Stage of life, for example HP:0003577 ! Congenital onset.")
    gestation: Annotated[str, Field(pattern=r"^P[0-9]+W([0-9]+D)?$")] | None = Field(
        None, description="Gestational age as ISO 8601 duration: P30W2D."
    )
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
    resolution: When | None = None
    sites: tuple[TermField, ...] = ()
    laterality: TermField | None = None
    stages: tuple[TermField, ...] = Field((), description="Stage of the disease, for example NCIT:C27966 ! Stage I.")
    tnm: tuple[TermField, ...] = Field((), description="Findings of the TNM classification.")
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
    outcome: TermField | None = Field(
        None, description="The value of a measurement that gives a concept, not a number."
    )
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

    time: When | None = Field(None, description="Only a record may leave it out.")
    printed: Text
    status: Literal["alive", "dead", "lost", "not stated"] = "not stated"


Acmg = Literal["benign", "likely benign", "uncertain significance", "likely pathogenic", "pathogenic"]
Causation = Literal["not stated", "rejected", "candidate", "contributory", "causative"]


class Variant(Fact):
    """A gene or a variant of it that was held to explain a disease of the patient, or not."""

    printed: Text = Field(description="The variant, or else the gene, as it is named.")
    gene: TermField | None = Field(None, description="HGNC id with its symbol: HGNC:25662 ! AAGAB.")
    hgvs: tuple[LongText, ...] = Field((), description="HGVS expressions: NM_024666.5:c.174del.")
    zygosity: TermField | None = Field(None, description="Allelic state: GENO:0000135 ! heterozygous.")
    structure: TermField | None = Field(None, description="Type of a structural variant (SO).")
    acmg: Acmg | None = Field(None, description="Pathogenicity by the ACMG guideline, as given.")
    causation: Causation = Field("not stated", description="Is it held to cause the disease?")
    disease: Key | None = Field(None, description="The diagnosis it belongs to.")


class Extension(Fact):
    """What a record says and this model has no place for: kept word for word, by type, and counted."""

    message: Text = Field(description="Its type there: Biosample, File, or the IRI of a property.")
    content: LongText = Field(description="As JSON text.")


class Metadata(Extension):
    """An extension about the record itself, not about a patient."""
