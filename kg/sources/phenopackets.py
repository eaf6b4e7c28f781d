"""Which case does a phenopacket tell?

GA4GH phenopackets of version 2, and families and cohorts of them, become records: a patient each, every
fact with a JSON Pointer to where it stands. What the model has no place for is kept as an extension, word
for word, with its pointer: nothing is dropped. An age is an age and a stage of life a stage; neither
becomes a date. A response is stated only for a named target, and a procedure is a treatment only where
the packet says what it was for or what came of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kg.base.ages import read_age
from kg.base.document import Document
from kg.base.prefixes import other
from kg.base.results import CaseError, Result, ordered
from kg.concepts.terms import Catalogue
from kg.model.case import Case, Model, Patient, Report, Source
from kg.model.consistency import check_case
from kg.model.fields import Term
from kg.model.kinds import (
    Age,
    Diagnosis,
    Examination,
    Finding,
    FollowUp,
    Measurement,
    Metadata,
    Sex,
    Variant,
)
from kg.model.reading import CaseFile
from kg.rdf.canonical import digest
from kg.sources.actions import Actions
from kg.sources.elements import Path_, as_day, as_json, as_plain, make, slug, term
from kg.sources.packets import Packet, packets

__all__ = ["ID", "RecordDocument", "packet_case", "read_packets"]

ID = "Phenopacket.id"  # kept as written, where the record has a longer name
_SEX = {1: Term("PATO:0000383", "female"), 2: Term("PATO:0000384", "male")}
_KARYOTYPE = {1: "XX", 2: "XY", 3: "XO", 4: "XXY", 5: "XXX", 6: "XXYY", 7: "XXXY", 8: "XXXX", 9: "XYY", 10: "other"}
_VITAL = {0: "not stated", 1: "alive", 2: "dead"}
_ACMG = {1: "benign", 2: "likely benign", 3: "uncertain significance", 4: "likely pathogenic", 5: "pathogenic"}
_CAUSATION = {0: "not stated", 1: "rejected", 2: "candidate", 3: "contributory", 4: "causative"}


class _Reader(Actions):
    """One patient of one packet."""

    # ---- the subject ---------------------------------------------------------------------

    def patient(self) -> Patient:
        """The whole packet."""
        subject = self.packet.subject
        said: dict[str, Any] = {"pointer": self.at("subject") if self.packet.HasField("subject") else self.at() or "/"}
        if subject.id:
            said["identifier"] = subject.id
        said["other_identifiers"] = others = tuple(subject.alternate_ids)
        if list(others) != sorted(set(others)):  # a graph has no order
            self.keep("other-identifiers", "Individual.alternateIds", list(others), "subject", "alternateIds")
        if subject.HasField("date_of_birth"):
            day, words = as_day(subject.date_of_birth)
            said["born"] = day
            if words:
                self.keep("date-of-birth", "Individual.dateOfBirth", words, "subject", "dateOfBirth")
        if subject.sex in _SEX:
            said["sex"] = make(Sex, concept=_SEX[subject.sex], pointer=self.at("subject", "sex"))
        elif subject.sex:
            self.keep("other-sex", "Individual.sex", "OTHER_SEX", "subject", "sex")
        if subject.karyotypic_sex:
            said["karyotypic_sex"] = _KARYOTYPE[subject.karyotypic_sex]
        if subject.HasField("gender"):
            said["gender"] = term(subject.gender)
        if subject.HasField("taxonomy"):
            said["species"] = term(subject.taxonomy)
            self.keep("taxonomy", "Individual.taxonomy", as_plain(subject.taxonomy), "subject", "taxonomy")
        self.life(subject, said)
        for name in ("features", "diseases", "interpretations", "measurements", "actions", "others"):
            getattr(self, name)()
        if self.times:
            said["times"] = self.times
        return make(Patient, **said, **self.sections, **({"extensions": self.extensions} if self.extensions else {}))

    def life(self, subject: Any, said: dict[str, Any]) -> None:
        """Last encounter and vital status."""
        status = _VITAL[subject.vital_status.status] if subject.HasField("vital_status") else None
        said["vital_status"] = status
        seen = None
        path = ("subject", "timeAtLastEncounter")
        if subject.HasField("time_at_last_encounter"):
            last = subject.time_at_last_encounter
            seen = self.when(last, *path)
            which = last.WhichOneof("element")
            if which == "age" and seen:
                text = last.age.iso8601duration
                years = read_age(text).years()[0]
                if years:
                    said["age"] = make(Age, years=years, printed=text, at=seen, pointer=self.at(*path))
            if seen:
                words = seen
                if named := self.times.get(seen):
                    words = named.age or named.gestation or named.printed or (named.stage and named.stage.label) or seen
                told = "alive" if status == "alive" else "not stated"
                self.put("follow_up", "last-encounter", make(FollowUp, time=seen, printed=words, status=told, pointer=self.at(*path)))  # fmt: skip
        vital = subject.vital_status
        if status == "dead":
            path = ("subject", "vitalStatus")
            died = self.when(vital.time_of_death, *path, "timeOfDeath") if vital.HasField("time_of_death") else None
            self.put("follow_up", "death", make(FollowUp, time=died, printed="DECEASED", status="dead", pointer=self.at(*path)))  # fmt: skip
            self.rest("vital", vital, ("status", "time_of_death"), "subject", "vitalStatus")
        elif status:
            self.rest("vital", vital, ("status",), "subject", "vitalStatus")

    # ---- features and diseases -----------------------------------------------------------

    def span(self, message: Any, key: str, path: Path_, present: bool) -> dict[str, str]:
        """Onset and resolution; of what is excluded they are kept aside."""
        said = {}
        for name in ("onset", "resolution"):
            if message.HasField(name):
                element = getattr(message, name)
                if not present:
                    self.keep(f"{key}-{name}", f"{message.DESCRIPTOR.name}.{name}", as_plain(element), *path, name)
                elif when := self.when(element, *path, name):
                    said[name] = when
        return said

    def features(self) -> None:
        """Phenotypic features."""
        for i, found in enumerate(self.packet.phenotypic_features):
            key, path = f"feature-{i}", ("phenotypicFeatures", i)
            said: dict[str, Any] = self.span(found, key, path, not found.excluded)
            if found.HasField("severity"):
                said["severity"] = term(found.severity)
            if found.modifiers:
                said["modifiers"] = self.several(key, found, "modifiers", *path)
            status = "excluded" if found.excluded else "present"
            self.put(
                "findings",
                key,
                make(Finding, concept=term(found.type), status=status, pointer=self.at(*path), **said),
            )
            self.same.setdefault(found.type.id, key)
            if found.evidence or found.description:
                self.rest(key, found, ("type", "excluded", "severity", "modifiers", "onset", "resolution"), *path)

    def diseases(self) -> None:
        """Diseases."""
        for i, found in enumerate(self.packet.diseases):
            key, path = f"disease-{i}", ("diseases", i)
            said: dict[str, Any] = self.span(found, key, path, not found.excluded)
            said["stages"] = self.several(key, found, "disease_stage", *path)
            said["tnm"] = self.several(key, found, "clinical_tnm_finding", *path)
            if found.HasField("primary_site"):
                said["sites"] = (term(found.primary_site),)
            if found.HasField("laterality"):
                said["laterality"] = term(found.laterality)
            status = "excluded" if found.excluded else "present"
            made = make(Diagnosis, concept=term(found.term), status=status, pointer=self.at(*path), **said)
            self.same.setdefault(found.term.id, self.put("diagnoses", key, made))

    # ---- interpretations -----------------------------------------------------------------

    def interpretations(self) -> None:
        """Interpretations, with their diagnoses and variants."""
        for i, found in enumerate(self.packet.interpretations):
            path: Path_ = ("interpretations", i)
            about = type(found)()
            about.CopyFrom(found)
            about.ClearField("diagnosis")
            self.keep(f"interpretation-{i}", "Interpretation", as_plain(about), *path)
            if not found.HasField("diagnosis"):
                continue
            disease = found.diagnosis.disease
            key = self.same.get(disease.id)
            if key not in self.sections.get("diagnoses", ()):
                key = f"diagnosis-{i}"
                made = make(
                    Diagnosis,
                    concept=term(disease),
                    layer="interpretation",
                    pointer=self.at(*path, "diagnosis", "disease"),
                )
                self.same[disease.id] = self.put("diagnoses", key, made)
            elif key and self.sections["diagnoses"][key].concept.label != term(disease).label:
                self.keep(
                    f"interpretation-{i}-disease", "OntologyClass", as_plain(disease), *path, "diagnosis", "disease"
                )
            for j, genomic in enumerate(found.diagnosis.genomic_interpretations):
                self.variant(f"variant-{i}-{j}", genomic, key, (*path, "diagnosis", "genomicInterpretations", j))

    def variant(self, key: str, found: Any, disease: str | None, path: Path_) -> None:
        """One genomic interpretation."""
        said: dict[str, Any] = {"causation": _CAUSATION[found.interpretation_status]}
        gene = found.gene
        if found.WhichOneof("call") == "variant_interpretation":
            read = found.variant_interpretation
            told = read.variation_descriptor
            gene = told.gene_context
            left = as_plain(read)
            left.pop("acmgPathogenicityClassification", None)
            if read.acmg_pathogenicity_classification:
                said["acmg"] = _ACMG[read.acmg_pathogenicity_classification]
            inside = left.get("variationDescriptor", {})
            for name, field_ in (("allelic_state", "zygosity"), ("structural_type", "structure")):
                if told.HasField(name):
                    said[field_] = term(getattr(told, name))
                    inside.pop({"allelic_state": "allelicState", "structural_type": "structuralType"}[name])
            said["hgvs"] = tuple(e.value for e in told.expressions if e.syntax.lower().startswith("hgvs") and e.value)
            best = [e.value for e in told.expressions if e.syntax.lower() == "hgvs.c"] or list(said["hgvs"])
            printed = told.label or (best[0] if best else "") or gene.symbol or told.id
            named: dict[str, Any] = inside.get("geneContext", {})
        else:
            named = left = as_plain(gene)
            printed = gene.symbol or gene.value_id
        if gene.value_id:
            said["gene"] = Term(other(gene.value_id), gene.symbol.strip() or gene.value_id)
            for name in ("valueId", "symbol"):
                named.pop(name, None)
        status = {} if found.subject_or_biosample_id == self.packet.subject.id else {"subjectOrBiosampleId": found.subject_or_biosample_id}  # fmt: skip
        made = make(
            Variant, printed=printed[:400], disease=disease, layer="interpretation", pointer=self.at(*path), **said
        )
        self.put("variants", key, made)
        name = found.WhichOneof("call")
        call = {"variant_interpretation": "variantInterpretation", "gene": "gene"}[name]
        self.keep(f"{key}-more", "GenomicInterpretation", {call: left, **status}, *path)

    # ---- measurements --------------------------------------------------------------------

    def quantity(self, key: str, quantity: Any, path: Path_) -> dict[str, Any]:
        """Value, unit and range of a quantity as fields of a measurement."""
        if self.nothing(quantity.unit):  # converters write -1 of "Not Available" where there is no value
            self.keep(f"{key}-quantity", "Quantity", as_plain(quantity), *path)
            return {"printed": quantity.unit.label}
        code, label = self.amount(quantity)
        number = Decimal(repr(quantity.value))
        said: dict[str, Any] = {"value": number, "unit": code, "printed": f"{number:f} {label or code}"[:400]}
        if label and label != code:
            said["unit_printed"] = label
        if quantity.unit.id != f"UCUM:{code}" or not quantity.unit.label:
            self.keep(f"{key}-unit", "Quantity.unit", as_plain(quantity.unit), *path, "unit")
        if quantity.HasField("reference_range"):
            bounds = quantity.reference_range
            low, high = Decimal(repr(bounds.low)), Decimal(repr(bounds.high))
            ends = {"low": bounds.low, "high": bounds.high}
            unknown = [end for end in ends if self.at(*path, "referenceRange", end) in self.unknown]
            if not unknown and bounds.unit == quantity.unit and low < high:  # -1 to -1 is no range
                said["range_low"], said["range_high"] = low, high
            else:
                told = {**as_plain(bounds), **ends, **dict.fromkeys(unknown)}
                self.keep(f"{key}-range", "ReferenceRange", told, *path, "referenceRange")
        return said

    def measurements(self) -> None:
        """Measurements; of a complex value each part is one too."""
        for i, found in enumerate(self.packet.measurements):
            key, path = f"measurement-{i}", ("measurements", i)
            said: dict[str, Any] = {"analyte": term(found.assay), "pointer": self.at(*path)}
            if found.HasField("time_observed"):
                said["time"] = self.when(found.time_observed, *path, "timeObserved")
            if found.HasField("procedure"):
                said["examination"] = self.procedure(f"{key}-procedure", found.procedure, (*path, "procedure"))
            match found.WhichOneof("measurement_value"), found.value.WhichOneof("value"):
                case "value", "quantity":
                    said |= self.quantity(key, found.value.quantity, (*path, "value", "quantity"))
                case "value", _:
                    said["outcome"] = term(found.value.ontology_class)
                    said["printed"] = said["outcome"].label[:400]
                case _:
                    said["printed"] = f"{len(found.complex_value.typed_quantities)} values"
                    for j, part in enumerate(found.complex_value.typed_quantities):
                        inner: Path_ = (*path, "complexValue", "typedQuantities", j)
                        values = self.quantity(f"{key}-{j}", part.quantity, (*inner, "quantity"))
                        one = {n: said[n] for n in ("time", "examination") if n in said} | values
                        made = make(Measurement, analyte=term(part.type), pointer=self.at(*inner), **one)
                        self.put("measurements", f"{key}-{j}", made)
            self.put("measurements", key, make(Measurement, **said))
            if found.description:
                self.rest(key, found, ("assay", "value", "complex_value", "time_observed", "procedure"), *path)

    def procedure(self, key: str, found: Any, path: Path_) -> str:
        """An examination by which something was measured."""
        said: dict[str, Any] = {"procedure": term(found.code), "pointer": self.at(*path)}
        if site := self.named(key, found, "body_site", *path):
            said["sites"] = (site,)
        if found.HasField("performed"):
            said["time"] = self.when(found.performed, *path, "performed")
        return self.put("examinations", key, make(Examination, **said))

    def others(self) -> None:
        """Biosamples and files, whole."""
        for name, message in (("biosamples", "Biosample"), ("files", "File")):
            for i, found in enumerate(getattr(self.packet, name)):
                self.keep(f"{message.lower()}-{i}", message, as_plain(found), name, i)


# ---- a case -------------------------------------------------------------------------------


def _people(packet: Packet) -> Iterator[tuple[Any, str]]:
    """(packet, pointer) of every patient of a message."""
    top = "".join(f"/{part}" for part in packet.path)
    match packet.message.DESCRIPTOR.name:
        case "Family":
            yield packet.message.proband, f"{top}/proband"
            yield from ((one, f"{top}/relatives/{i}") for i, one in enumerate(packet.message.relatives))
        case "Cohort":
            yield from ((one, f"{top}/members/{i}") for i, one in enumerate(packet.message.members))
        case _:
            yield packet.message, top


def packet_case(packet: Packet) -> Case:
    """The case of a packet; of a family or cohort, with every member as a patient.

    Raises pydantic's ValidationError for what no case can hold.
    """
    patients: dict[str, Patient] = {}
    metadata: dict[str, Metadata] = {}
    message = packet.message
    top = "".join(f"/{part}" for part in packet.path)
    people = list(_people(packet))
    reader = _Reader(message, top, packet.snake)
    unknown = {reader.at(*fault.path) for fault in packet.faults if not fault.default}
    for one, prefix in people:
        key = slug(one.subject.id or one.id, patients)
        patients[key] = _Reader(one, prefix, packet.snake, unknown).patient()
    for made, value in message.meta_data.ListFields():
        if made.name != "created":
            plain = [as_plain(item) for item in value] if made.is_repeated else as_plain(value)
            where = reader.at("metaData", made.json_name)
            metadata[slug(made.name, metadata)] = make(
                Metadata,
                message=f"MetaData.{made.json_name}",
                content=as_json(plain),
                pointer=where,
                layer="interpretation",
            )
    if message.DESCRIPTOR.name != "Phenopacket":
        apart = {"proband", "relatives", "members", "meta_data", "id"}
        for made, value in message.ListFields():
            if made.name not in apart:
                plain = [as_plain(item) for item in value] if made.is_repeated else as_plain(value)
                metadata[slug(made.name, metadata)] = make(Metadata,
                    message=f"{message.DESCRIPTOR.name}.{made.json_name}", content=as_json(plain),
                    pointer=reader.at(made.json_name), layer="interpretation",
                )  # fmt: skip
        for one, prefix in people:
            inner = {"id": one.id, "metaData": as_plain(one.meta_data)} if one.HasField("meta_data") else {"id": one.id}
            metadata[slug(f"packet-{prefix}", metadata)] = make(
                Metadata, message="Phenopacket", content=as_json(inner), pointer=prefix, layer="interpretation"
            )
    for fault in packet.faults:
        if fault.value:  # the model has labels without blanks around them
            where = reader.at(*fault.path)
            metadata[slug(f"printed-{where}", metadata)] = make(
                Metadata,
                message="OntologyClass.label",
                content=as_json(fault.value),
                pointer=where,
                layer="interpretation",
            )
    number = "".join(f"/{part}" for part in packet.path)
    told = _publication(message.meta_data)
    record = message.id or f"{packet.name}{number}"
    if message.id and not (told and all(_names(message.id, one.subject.id) for one, _ in people)):
        # an id such as "arbitrary.id" is that of many: where it does not name the patients, they tell them apart
        record = f"{message.id}.{digest(as_json([as_plain(one.subject) for one, _ in people]))[:8]}"
    if record != message.id:
        metadata[slug("id", metadata)] = make(
            Metadata, message=ID, content=as_json(message.id or None), pointer=reader.at("id"), layer="interpretation"
        )
    source = make(Source, kind="record", format="phenopacket", file=packet.name[:200], sha256=packet.sha256)
    created = message.meta_data.created.ToJsonString() if message.meta_data.HasField("created") else None
    report = make(
        Report,
        record=record,
        created=created,
        source=source,
        **told,
    )
    return make(Case, report=report, patients=patients, metadata=metadata)


def _names(record: str, patient: str) -> bool:
    """Does the id of a record name its patient, as PMID_1_Patient_2 does Patient 2?"""
    return bool(patient) and f"-{slug(record)}-".find(f"-{slug(patient)}-") >= 0


def _publication(meta: Any) -> dict[str, str]:
    """Ids and title of the publication that the metadata name first."""
    for named in meta.external_references:
        for text in (named.id, named.reference):
            said: dict[str, str] = {}
            if found := re.search(r"(?i)(?:PMID:|pubmed(?:\.ncbi\.nlm\.nih\.gov)?/)\s*([1-9]\d{0,8})\b", text):
                said["pmid"] = found[1]
            elif found := re.search(r"(?i)\bPMC:?(?:PMC)?(\d+)\b", text):
                said["pmcid"] = f"PMC{found[1]}"
            elif found := re.search(r"(?i)(?:^doi:\s*|doi\.org/)(10\.\d{2,9}/\S+)$", text):
                said["doi"] = found[1]
            if said:
                if named.description.strip():
                    said["title"] = named.description.strip()[:400]
                return said
    return {}


# ---- a case file --------------------------------------------------------------------------


@dataclass(frozen=True)
class RecordDocument(Document):
    """The file of a record; places are looked for in it only when somebody asks for one."""

    packet: Any = None
    case: Any = None

    def place(self, path: Path_) -> tuple[int, int]:
        """Line and column of what a path of the case was read from."""
        inside = self._inside(path)
        if not inside and not self.packet.path:
            return 1, 1  # the whole file: no need to look for it
        return self.packet.place(inside)  # type: ignore[no-any-return]

    def _inside(self, path: Path_) -> Path_:
        value: Any = self.case
        pointer = ""
        for part in path:
            if isinstance(value, Model):
                value = getattr(value, str(part), None)
            elif isinstance(value, Mapping | tuple | list):
                try:
                    value = value[part]  # type: ignore[index]
                except (KeyError, IndexError, TypeError):
                    break
            else:
                break
            pointer = getattr(value, "pointer", None) or pointer
        parts = [p.replace("~1", "/").replace("~0", "~") for p in pointer.split("/")[1:] if p]
        inside: Path_ = tuple(int(p) if p.isdigit() else p for p in parts)
        return inside[len(self.packet.path) :] if inside[: len(self.packet.path)] == self.packet.path else inside


def read_packets(
    path: Path | str, terms: Catalogue | None = None, lenient: bool = False
) -> Iterator[CaseFile | CaseError]:
    """The case of every phenopacket of a file, judged; in the place of one that cannot be read, why.

    lenient: as of `kg.sources.packets.packets`.

    Raises CaseError only when the file as a whole cannot be read.
    """
    terms = terms or Catalogue.shipped()
    seen: dict[str, tuple[bytes, str]] = {}  # name of a record -> its message, and where
    for packet in packets(path, lenient):
        made = packet if isinstance(packet, CaseError) else _case_file(packet, terms)
        if isinstance(made, CaseFile) and isinstance(packet, Packet):
            data, place = packet.message.SerializeToString(deterministic=True), "".join(f"/{p}" for p in packet.path)
            first = seen.setdefault(made.case.report.slug, (data, f"{packet.member}{place}"))
            if first[0] != data:
                message = f"the id {packet.message.id!r} is that of {first[1]!r} too, which says something else."
                where = made.place("report")[:3]
                result = Result(
                    "violation", "packet", message, "Give each packet an id of its own.", *where, f"{place}/id"
                )
                made = CaseError([result])
        yield made


def _case_file(packet: Packet, terms: Catalogue) -> CaseFile | CaseError:
    name = f"{packet.file}!{packet.member}" if packet.member else packet.file
    try:
        case = packet_case(packet)
    except ValidationError as error:
        problem = error.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"]))
        message = f"no case can hold it: {where}: {problem['msg']}"
        line, column = packet.place(())
        return CaseError([Result("violation", "packet", message, "Correct the value.", name, line, column, where)])
    document = RecordDocument(name, {}, {}, packet, case)
    results = [result.at(name, *document.place(where)) for where, result in check_case(case, terms)]
    for fault in packet.faults:
        key = "".join(f"/{part}" for part in (*packet.path, *fault.path))
        line, column = packet.place(fault.path)
        results.append(Result("warning", "packet", fault.message, fault.cure, name, line, column, key))
    return CaseFile(Path(name), case, document, packet.sha256, ordered(results))
