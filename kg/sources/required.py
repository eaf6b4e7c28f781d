"""What must a phenopacket hold, that protobuf does not ask for?

To protobuf version 3 every field is optional. The documentation of the phenopacket schema (version 2)
says which fields each message needs, and which of its alternatives must be given; those are the
tables here, with what phenopacket-tools' own base validation asks for beyond them. A value is checked as
the plain JSON that it was written as, so that a number of zero is told from a number that is missing.

Writers of protobuf leave out a choice or a truth value that has its default. That it is missing is a
fault as any other, for it may have been lost; but `Fault.default` says that protobuf gives it a meaning,
so that who knows the writer can take it so (`casekg merge --lenient`). No number is taken so, but the
lower end of a reference range: a value that is missing is not 0. Of a few fields that the store's own writers leave
out (LEFT_OUT), a single one was lost; several are a habit, when each of them is missing throughout and no variant is
left without any.

Every prefix of an id is declared in the metadata, letter by letter; genes and references may be of a source that
everybody knows (GENES, REFERENCES), and where a writer has no metadata to give (null), ids of the usual sources (USUAL).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from kg.base.ages import read_age
from kg.base.prefixes import CONCEPTS

__all__ = ["GENES", "LEFT_OUT", "ONE_OF", "REFERENCES", "REQUIRED", "USUAL", "Fault", "faults"]

Path_ = tuple[str | int, ...]

# Message -> its fields that must be there, and not empty. Names as in JSON.
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "Phenopacket": ("id", "metaData"),
    "Family": ("id", "proband", "consanguinousParents", "pedigree", "metaData"),
    "Cohort": ("id", "members", "metaData"),
    "MetaData": ("created", "createdBy", "resources", "phenopacketSchemaVersion"),
    "Resource": ("id", "name", "url", "version", "namespacePrefix", "iriPrefix"),
    "Update": ("timestamp",),
    "OntologyClass": ("id", "label"),
    "Evidence": ("evidenceCode",),
    "Individual": ("id",),
    "VitalStatus": ("status",),
    "Age": ("iso8601duration",),
    "AgeRange": ("start", "end"),
    "GestationalAge": ("weeks",),
    "TimeInterval": ("start", "end"),
    "PhenotypicFeature": ("type",),
    "Measurement": ("assay",),
    "Quantity": ("unit", "value"),
    "ReferenceRange": ("unit",),
    "ComplexValue": ("typedQuantities",),
    "TypedQuantity": ("type", "quantity"),
    "Procedure": ("code",),
    "Biosample": ("id",),
    "File": ("uri",),
    "Interpretation": ("id", "progressStatus"),
    "Diagnosis": ("disease",),
    "GenomicInterpretation": ("subjectOrBiosampleId", "interpretationStatus"),
    "VariantInterpretation": ("acmgPathogenicityClassification", "therapeuticActionability", "variationDescriptor"),
    "VariationDescriptor": ("id", "moleculeContext"),
    "GeneDescriptor": ("valueId", "symbol"),
    "Expression": ("syntax", "value"),
    "VcfRecord": ("genomeAssembly", "chrom", "pos", "ref", "alt"),
    "Extension": ("name", "value"),
    "Disease": ("term",),
    "Treatment": ("agent",),
    "DoseInterval": ("quantity", "scheduleFrequency", "interval"),
    "RadiationTherapy": ("modality", "bodySite", "dosage", "fractions"),
    "TherapeuticRegimen": ("regimenStatus",),
    "Pedigree": ("persons",),
    "Person": ("familyId", "individualId", "paternalId", "maternalId", "sex", "affectedStatus"),
    "ChromosomeLocation": ("speciesId", "chr", "interval"),
    "CytobandInterval": ("start", "end"),
    "SequenceLocation": ("sequenceId",),
    "Number": ("value",),
    "IndefiniteRange": ("value", "comparator"),
    "DefiniteRange": ("min", "max"),
    "SimpleInterval": ("start", "end"),
    "SequenceState": ("sequence",),
    "DerivedSequenceExpression": ("location",),
    "Haplotype": ("members",),
    "Gene": ("geneId",),
    "Text": ("definition",),
    "VariationSet": ("members",),
}
WITHHELD = {"id", "metaData"}  # of a whole message: null where its writer has none to give
LEFT_OUT = {"acmgPathogenicityClassification", "therapeuticActionability", "moleculeContext", "consanguinousParents"}
# Prefixes that need no resource: of genes, of references, and of any concept in a packet that has no metadata.
GENES = {"HGNC", "NCBIGene", "ENSEMBL", "MGI", "RGD", "ZFIN", "FB", "WB", "SGD", "OMIM"}
REFERENCES = {"PMID", "PMC", "PMCID", "DOI", "ISBN", "OMIM", "ORCID", "NCT", "http", "https"}
USUAL = {*CONCEPTS, "ATC", "CDISC", "CPT4", "CVX", "DrugCentral", "FHIR", "GAZ", "HCPCS", "HemOnc", "ICD9CM", "ICD9Proc",
         "ICD10", "ICD10CM", "ICD10PCS", "ICD10GM", "ICD11", "ICDO3", "MedDRA", "Meas_Type", "NDC", "OMOP", "OPCS4", "openEHR",
         "OPS", "ORDO", "Orphanet", "RxNorm", "SNOMED", "SNOMEDCT", "UCUM", "UNII", "VA_Class"}  # fmt: skip
# Message -> groups of alternatives of which one must be given (protobuf refuses two).
ONE_OF: Mapping[str, tuple[str, ...]] = {
    "TimeElement": ("element",),
    "Measurement": ("measurement_value",),
    "Value": ("value",),
    "GenomicInterpretation": ("call",),
    "MedicalAction": ("action",),
    "TherapeuticRegimen": ("identifier",),
    "Variation": ("variation",),
    "Allele": ("location", "state"),
    "SequenceLocation": ("interval",),
    "SequenceInterval": ("start", "end"),
    "RepeatedSequenceExpression": ("seq_expr", "count"),
    "CopyNumber": ("subject", "copies"),
    "Member": ("value",),
}


@dataclass(frozen=True)
class Fault:
    """What is wrong in a packet: where (path in its JSON), what, the cure.

    severe: can it not be used; default: can it be read all the same, by who knows its writer.
    """

    path: Path_
    message: str
    cure: str
    severe: bool = True
    value: str = ""  # the label, where blanks stand around it
    default: bool = False


@dataclass
class _Plan:
    """One message type, prepared for the walk."""

    name: str
    needs: tuple[tuple[tuple[str, ...], bool], ...]  # spellings of each field that must be there; has it a default?
    groups: tuple[tuple[str, ...], ...]
    check: Any  # of its values
    inside: dict[str, tuple[bool, Any]] = field(default_factory=dict)  # key -> (list?, descriptor)


@cache
def _plan(descriptor: Any) -> _Plan:
    plan = _Plan(descriptor.name, (), (), _VALUES.get(descriptor.name))
    spelled = {f.json_name: tuple(dict.fromkeys((f.json_name, f.name))) for f in descriptor.fields}
    chosen = {f.json_name for f in descriptor.fields if f.enum_type or f.type == f.TYPE_BOOL}
    plan.needs = tuple((spelled.get(name, (name,)), name in chosen) for name in REQUIRED.get(descriptor.name, ()))
    groups = {group.name: group for group in descriptor.oneofs}
    plan.groups = tuple(
        tuple(dict.fromkeys(key for f in groups[name].fields for key in (f.json_name, f.name)))
        for name in ONE_OF.get(descriptor.name, ())
        if name in groups
    )
    for made in descriptor.fields:
        inner = made.message_type
        if inner is not None and not inner.GetOptions().map_entry and inner.full_name != "google.protobuf.Timestamp":
            for key in (made.json_name, made.name):
                plan.inside[key] = (made.is_repeated, inner)
    return plan


def faults(value: Any, descriptor: Any) -> Iterator[Fault]:
    """Everything that is wrong with a packet, a family or a cohort as JSON; descriptor: that of its message.

    What protobuf refuses by itself (unknown fields, wrong types, two alternatives at once) is not
    looked for.
    """
    used = _Used()
    found = list(_walk(value, _plan(descriptor), (), used))
    left = [fault.path for fault in found if fault.default and fault.path[-1] in LEFT_OUT]
    habit = len(left) > 1 and not _once_given(value, left)
    for fault in found:
        yield replace(fault, severe=False) if habit and fault.default and fault.path[-1] in LEFT_OUT else fault
    yield from _resources(value, used)


@dataclass
class _Used:
    """Prefix -> where it is written first: of concepts, of genes, of references."""

    terms: dict[str, Path_] = field(default_factory=dict)
    genes: dict[str, Path_] = field(default_factory=dict)
    references: dict[str, Path_] = field(default_factory=dict)


def _once_given(value: Any, left: list[Path_]) -> bool:
    """Is a field that is left out given elsewhere in the packet, or a variant left without any of them?"""
    names = {str(path[-1]) for path in left}
    if any(_given(value, name) for name in names):
        return True
    variants = Counter(
        path[: path.index("variantInterpretation") + 1] for path in left if "variantInterpretation" in path
    )
    return any(count > 2 for count in variants.values())


def _given(value: Any, name: str) -> bool:
    if isinstance(value, dict):
        return value.get(name) is not None or any(_given(inner, name) for inner in value.values())
    return isinstance(value, list) and any(_given(inner, name) for inner in value)


def _get(value: Any, *names: str) -> Any:
    return next((value[name] for name in names if name in value), None) if isinstance(value, dict) else None


def _empty(value: Any) -> bool:
    return not value.strip() if isinstance(value, str) else value is None or value == [] or value == {}


def _walk(value: Any, plan: _Plan, path: Path_, used: _Used) -> Iterator[Fault]:
    if not isinstance(value, dict):
        return
    for names, default in plan.needs:
        for name in names:
            if not _empty(value.get(name)):
                break
        else:
            # null says that its writer has none to give; what is just not there may have been lost
            withheld = not path and names[0] in WITHHELD and any(value.get(name, "") is None for name in names)
            message = f"{names[0]!r} of {_article(plan.name)} is {'null' if withheld else 'missing'}."
            yield Fault((*path, names[0]), message, _ADD if default else "Add it.", not withheld, default=default)
    for group in plan.groups:
        if not any(value.get(name) is not None for name in group):
            choices = ", ".join(dict.fromkeys(name for name in group if "_" not in name))
            message = f"{_article(plan.name)} needs one of {choices}."
            yield Fault(path, message[:1].upper() + message[1:], "Give one of them.")
    if plan.check is not None:
        yield from plan.check(value, path)
    if plan.name in _IDS:
        kind, keys = _IDS[plan.name]
        for key in keys:
            if isinstance(curie := value.get(key), str) and ":" in curie:
                getattr(used, kind).setdefault(curie.partition(":")[0], (*path, key))
    for key, (many, inner) in plan.inside.items():
        if (found := value.get(key)) is None:
            continue
        if many and isinstance(found, list):
            for number, item in enumerate(found):
                yield from _walk(item, _plan(inner), (*path, key, number), used)
        else:
            yield from _walk(found, _plan(inner), (*path, key), used)


_IDS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "OntologyClass": ("terms", ("id",)),
    "GeneDescriptor": ("genes", ("valueId", "value_id")),
    "ExternalReference": ("references", ("id",)),
}
_ADD = "Add it; with --lenient, merge takes it for the default that protobuf leaves out."
_DECLARE = "Add it to metaData.resources, or correct the id; with --lenient, merge takes the prefix as it is."


def _article(name: str) -> str:
    return f"{'an' if name[0] in 'AEIOU' else 'a'} {name}"


# ---- values -------------------------------------------------------------------------------


def _term(value: Any, path: Path_) -> Iterator[Fault]:
    curie, label = value.get("id"), value.get("label")
    if isinstance(label, str) and label.strip() and label != label.strip():
        yield Fault((*path, "label"), f"blanks stand around the label {label!r}.", "Delete them.", False, label)
    if isinstance(curie, str) and curie.strip() and not _is_curie(curie):
        yield Fault((*path, "id"), f"{curie!r} is not an id with a prefix.", "Write it like HP:0001250.")


def _is_curie(text: str) -> bool:
    """Is there something on both sides of a colon, and no blank around either?"""
    prefix, _, local = text.partition(":")
    return bool(prefix and local) and (prefix, local) == (prefix.strip(), local.strip())


def _gene(value: Any, path: Path_) -> Iterator[Fault]:
    for key in ("valueId", "value_id"):
        text = value.get(key)
        if isinstance(text, str) and text.strip() and not _is_curie(text.strip()):
            cure = "Write it like HGNC:1100; with --lenient, merge takes it as it is."
            yield Fault((*path, key), f"{text!r} is not an id with a prefix.", cure, default=True)


def _age(value: Any, path: Path_) -> Iterator[Fault]:
    text = value.get("iso8601duration")
    if isinstance(text, str) and text.strip():
        try:
            read_age(text)
        except ValueError as error:
            yield Fault((*path, "iso8601duration"), f"{error}.", "Correct it.")


def _age_range(value: Any, path: Path_) -> Iterator[Fault]:
    start, end = (_get(value.get(side), "iso8601duration") for side in ("start", "end"))
    try:
        if isinstance(start, str) and isinstance(end, str):
            read_age(f"{start}/{end}")
    except ValueError as error:
        if "ends before" in str(error):
            yield Fault(path, f"{error}.", "Swap start and end.")


def _interval(value: Any, path: Path_) -> Iterator[Fault]:
    start, end = value.get("start"), value.get("end")
    if isinstance(start, str) and isinstance(end, str) and start[:19] > end[:19] and start[:1] != "-":
        yield Fault(path, f"the interval ends ({end}) before it starts ({start}).", "Swap start and end.")


def _gestation(value: Any, path: Path_) -> Iterator[Fault]:
    for key, most in (("weeks", 50), ("days", 6)):
        number = value.get(key)
        if isinstance(number, int) and not 0 <= number <= most:
            yield Fault((*path, key), f"{number} {key} of gestation.", f"It lies between 0 and {most}.")


def _number(*keys: str) -> Any:
    def check(value: Any, path: Path_) -> Iterator[Fault]:
        for key in keys:
            if str(value.get(key)) in ("NaN", "nan", "Infinity", "-Infinity", "inf", "-inf"):
                yield Fault((*path, key), f"{value[key]} is not a number.", "Give a number, or leave it out.")

    return check


def _range(value: Any, path: Path_) -> Iterator[Fault]:
    yield from _number("low", "high")(value, path)
    for key in ("low", "high"):
        if value.get(key) is None:  # null: its writer has none to give; without it, it may have been lost
            severe = key not in value
            default = severe and key == "low"
            message = f"{key!r} of a ReferenceRange is {'missing' if severe else 'null'}."
            yield Fault((*path, key), message, _ADD if default else "Add it.", severe, default=default)
    low, high = value.get("low"), value.get("high")
    if isinstance(low, int | float) and isinstance(high, int | float) and low > high:
        yield Fault(path, f"the range ends ({high}) below its start ({low}).", "Swap low and high.")


def _version(value: Any, path: Path_) -> Iterator[Fault]:
    for key in ("phenopacketSchemaVersion", "phenopacket_schema_version"):
        version = value.get(key)
        if isinstance(version, str) and version and version.partition(".")[0] != "2":
            message = f"schema version {version!r} is not version 2."
            yield Fault((*path, key), message, "Convert the packet with phenopacket-tools.")


_VALUES: Mapping[str, Any] = {
    "OntologyClass": _term,
    "Age": _age,
    "AgeRange": _age_range,
    "TimeInterval": _interval,
    "GestationalAge": _gestation,
    "GeneDescriptor": _gene,
    "Quantity": _number("value"),
    "ReferenceRange": _range,
    "MetaData": _version,
}


# ---- resources ----------------------------------------------------------------------------


def _resources(value: Any, used: _Used) -> Iterator[Fault]:
    """Every prefix that an id has is declared, none of them twice, and each by the resource that it belongs to."""
    held = [value, _get(value, "proband"), *(_get(value, "relatives") or ()), *(_get(value, "members") or ())]
    declared: set[str] = set()
    known = False
    for number, holder in enumerate(held):
        resources = _get(_get(holder, "metaData", "meta_data"), "resources")
        if not isinstance(resources, list):
            continue
        known = True
        told: set[str] = set()
        for i, resource in enumerate(resources):
            prefix = _get(resource, "namespacePrefix", "namespace_prefix")
            if not isinstance(prefix, str) or not prefix:
                continue
            at: Path_ = ("metaData" if "metaData" in value else "meta_data", "resources", i, "namespacePrefix")
            if prefix in told and number == 0:
                yield Fault(at, f"the prefix {prefix!r} is declared twice.", "Keep one resource.")
            elif number == 0 and prefix not in {*used.terms, *used.genes} and _strange(prefix, resource):
                message = f"no id has the prefix {prefix!r}, and its resource does not go by it."
                yield Fault(at, message, "Write the prefix as the ids have it.", default=True)
            told.add(prefix)
        declared |= told
    folded = {prefix.casefold() for prefix in declared}
    free = USUAL if not known and isinstance(value, dict) and _withheld(value) else set()
    for prefix, path in used.terms.items():
        if prefix and prefix not in declared and prefix not in free and (known or free):
            message = f"no resource is declared for the prefix {prefix!r}."
            yield Fault(path, message, _DECLARE, default=True)
    for kind, found, free in (("genes", used.genes, GENES), ("references", used.references, REFERENCES)):
        allowed = {prefix.casefold() for prefix in free}
        for prefix, path in found.items():
            if prefix not in declared and (prefix.casefold() not in allowed or prefix.casefold() in folded):
                message = f"the prefix {prefix!r} is declared nowhere, and no known source of {kind} has it."
                yield Fault(path, message, _DECLARE, default=True)


_FOLDED = {prefix.casefold() for prefix in USUAL}


def _withheld(value: Mapping[str, Any]) -> bool:
    """Is there a key for the metadata, with nothing in it?"""
    return any(key in value and value[key] is None for key in ("metaData", "meta_data"))


def _strange(prefix: str, resource: Any) -> bool:
    """Is a declared prefix one that its resource's id, name and addresses say nothing of, or written in other letters?"""
    said = [resource.get(key) for key in ("id", "name", "url", "iriPrefix", "iri_prefix")]
    texts = [text.casefold() for text in said if isinstance(text, str)]
    if prefix not in USUAL and prefix.casefold() in _FOLDED:
        return True
    return not any(prefix.casefold() in text or (text and text in prefix.casefold()) for text in texts)
