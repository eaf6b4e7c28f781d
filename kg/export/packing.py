"""Which phenopacket does a case make, and what does a phenopacket not hold?

The way back from `kg.sources.phenopackets`. Every fact says where it stands (its pointer; a fact of a text gets
the next free place), and every extension goes back to its place. What has no place in a phenopacket is
counted, kind by kind, never bent: a bound is not a value, a joint response is not a response to one drug.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from functools import reduce
from operator import getitem
from typing import Any
from urllib.parse import quote

from kg.base.losses import Losses
from kg.base.prefixes import CONCEPTS, compress, written
from kg.base.times import Bounds, read_edtf
from kg.model.case import Case, Patient
from kg.model.fields import Term
from kg.model.kinds import Fact, Measurement, Quantity, Time, Treatment
from kg.rdf.iris import choice_iri
from kg.sources.phenopackets import ID
from kg.sources.required import REQUIRED

__all__ = ["Packed", "pack", "write_packets"]

Path_ = tuple[str | int, ...]
Packed = tuple[dict[str, Any], Counter[str]]
_SEX = {"PATO:0000383": "FEMALE", "PATO:0000384": "MALE"}
_VITAL = {"alive": "ALIVE", "dead": "DECEASED", "not stated": "UNKNOWN_STATUS"}
_CAUSATION = {"not stated": "UNKNOWN_STATUS"}
# Fields that are said by the place, or by what stands there.
_SAID = {"pointer", "evidence", "layer", "printed"}
# Section -> the losses of whole facts of it; all its other facts have their place.
_WHOLE: dict[str, tuple[str, ...]] = {
    "findings": ("findings that are not stated",), "diagnoses": ("diagnoses that are not stated",),
    "measurements": ("measurements that are a bound, not a value", "measurements without a value"),
    "treatments": (), "events": ("events",), "variants": ("variants",), "examinations": ("examinations",),
    "responses": ("responses to one treatment for more than one target", "responses to several treatments together"),
    "adverse_events": ("adverse events of several treatments, or excluded",), "follow_up": ("follow_up",),
}  # fmt: skip
_LISTS = {
    "findings": "phenotypicFeatures", "diagnoses": "diseases", "measurements": "measurements",
    "treatments": "medicalActions", "variants": "interpretations",
}  # fmt: skip


def pack(case: Case, name: str) -> Packed:
    """The phenopacket of one patient as JSON, and how many things of which kind it does not hold."""
    packer = _Packer(case, case.patients[name], name)
    return packer.pack(), packer.lost


def write_packets(cases: Iterable[Case]) -> tuple[dict[str, bytes], Losses]:
    """GA4GH phenopackets v2 as JSON, one file for each patient, with the loss account."""
    files: dict[str, bytes] = {}
    losses = Losses()
    for case in cases:
        for name, patient in case.patients.items():
            packet, lost = pack(case, name)
            file = quote(case.report.slug if len(case.patients) == 1 else f"{case.report.slug}-{name}", safe="~%")
            files[f"{file}.json"] = (json.dumps(packet, indent=1, ensure_ascii=False) + "\n").encode()
            losses.keep("patients")
            for section, gone in _WHOLE.items():
                if there := len(getattr(patient, section)) - sum(lost[what] for what in gone):
                    losses.keep(section, there)
            for what, number in lost.items():
                losses.lose(what, number, "a phenopacket has no place for it")
    return files, losses


def _merge(into: Any, value: Any) -> Any:
    if isinstance(into, dict) and isinstance(value, dict):
        for key, item in value.items():
            into[key] = _merge(into[key], item) if key in into else item
        return into
    return value


def _lists(value: Any) -> Any:
    """Objects whose keys are numbers are lists."""
    if not isinstance(value, dict):
        return value
    made = {key: _lists(item) for key, item in value.items()}
    return [made[key] for key in sorted(made)] if made and all(isinstance(k, int) for k in made) else made


def _numbered(value: Any) -> Any:
    """Lists as objects with numbers, so that they can be put together."""
    if isinstance(value, dict):
        return {key: _numbered(item) for key, item in value.items()}
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return {number: _numbered(item) for number, item in enumerate(value)}
    return value


def _term(term: Term) -> dict[str, str]:
    return {"id": written(term.id), "label": term.label}


class _Packer:
    """One patient on the way to a packet."""

    def __init__(self, case: Case, patient: Patient, name: str) -> None:
        self.case, self.patient, self.name = case, patient, name
        self.lost: Counter[str] = Counter()
        self.tree: dict[Any, Any] = {}
        pointer = patient.pointer or ""
        self.top = pointer.removesuffix("/subject") if pointer.endswith("/subject") else pointer.rstrip("/")
        self.record = case.report.is_record and case.report.source.format == "phenopacket"
        self.places: Counter[str] = Counter()
        told = (m for m in case.metadata.values() if m.message == "Phenopacket" and m.pointer == self.top)
        self.member = next((json.loads(m.content) for m in told), None)  # of a family or cohort: its id and metadata
        self.ranges: list[Path_] = []  # quantities whose range has their own unit

    # ---- places --------------------------------------------------------------------------

    def path(self, pointer: str) -> Path_:
        """A pointer below the packet as a path, keys in the spelling of JSON."""
        parts = pointer.removeprefix(self.top).split("/")[1:]
        return tuple(int(p) if p.isdigit() else re.sub(r"_([a-z])", lambda f: f[1].upper(), p) for p in parts)

    def put(self, path: Path_, value: Any) -> None:
        """Put a value at a path, together with what is there."""
        here: Any = self.tree
        for part in path[:-1]:
            here = here.setdefault(part, {})
        value = _numbered(value)
        here[path[-1]] = _merge(here[path[-1]], value) if path[-1] in here else value

    def place(self, section: str, fact: Fact) -> Path_:
        """Where a fact stands: by its pointer, or the next free place."""
        if fact.pointer and self.record:
            return self.path(fact.pointer)
        kind = _LISTS[section]
        self.places[kind] += 1
        return (kind, self.places[kind] - 1)

    def lose(self, what: str, fact: Fact, said: set[str]) -> None:
        """Count each field of a fact that was not said."""
        for name, value in fact:
            default = type(fact).model_fields[name].default
            if name not in said and name not in _SAID and value not in (None, (), False, default):
                self.lost[f"{what}.{name}"] += 1

    # ---- times ---------------------------------------------------------------------------

    def when(self, reference: str) -> dict[str, Any] | None:
        """A time element; None, and counted, for a time that is told in words or as a distance only."""
        time = self.patient.times.get(reference)
        if time is None:
            return self.date(reference)
        return self.named(time)

    def named(self, time: Time) -> dict[str, Any] | None:
        if time.age and "/" in time.age:
            start, end = time.age.split("/")
            return {"ageRange": {"start": {"iso8601duration": start}, "end": {"iso8601duration": end}}}
        if time.age:
            return {"age": {"iso8601duration": time.age}}
        if time.gestation:
            weeks, _, days = time.gestation[1:].partition("W")
            return {"gestationalAge": {"weeks": int(weeks), "days": int(days.rstrip("D") or 0)}}
        if time.stage:
            return {"ontologyClass": _term(time.stage)}
        if self.record and time.printed and time.printed.endswith("Z"):
            start, slash, end = time.printed.partition("/")
            return {"interval": {"start": start, "end": end}} if slash else {"timestamp": start}
        if time.edtf:
            return self.date(time.edtf)
        self.lost["times that are no date and no age"] += 1
        return None

    def date(self, text: str) -> dict[str, Any] | None:
        """A date: a day is a timestamp, a month, year or interval an interval."""
        try:
            bounds = read_edtf(text)
        except ValueError:
            return None
        span = _stamps(bounds)
        if span is None:
            self.lost["times open to one side"] += 1
            return None
        if text[-1:] in "?~%":
            self.lost["marks of uncertain dates"] += 1
        whole = re.fullmatch(r"\d{4}-\d\d-\d\d[?~%]?", text)
        return {"timestamp": span["start"]} if whole else {"interval": span}

    def times(self, path: Path_, fact: Fact, **names: str) -> None:
        """Put the times of a fact where they belong; names: field -> key."""
        for field, key in names.items():
            reference = getattr(fact, field)
            if reference and (made := self.when(reference)):
                self.put((*path, key), made)

    # ---- the packet ----------------------------------------------------------------------

    def pack(self) -> dict[str, Any]:
        self.subject()
        for section in ("findings", "diagnoses", "measurements", "events", "treatments", "variants"):
            facts = getattr(self.patient, section).items()
            # a text has no order that its graph would keep
            for key, fact in facts if self.record else sorted(facts):
                getattr(self, section)(key, fact)
        self.rest()
        for extension in self.patient.extensions.values():
            if (extension.pointer or "").startswith("/"):
                self.put(self.path(extension.pointer or ""), json.loads(extension.content))
            else:  # its place is in a graph of another model
                self.lost["extensions of another model"] += 1
        for path in self.ranges:  # the unit as it was written has its place by now
            quantity: Any = reduce(getitem, path, self.tree)
            quantity["referenceRange"]["unit"] = dict(quantity["unit"])
        self.about()
        from phenopackets.schema.v2.phenopackets_pb2 import Phenopacket

        made = {"id": self.identity(), **_lists(self.tree)}
        if self.record:
            made.setdefault("metaData")  # null: the packet had none
        _explicit(made, Phenopacket.DESCRIPTOR)
        return made

    def identity(self) -> str | None:
        """The id, as it was; None (null) where the packet said that it had none."""
        report = self.case.report
        if self.member is not None:
            return str(self.member["id"])
        for told in self.case.metadata.values():
            if told.message == ID:
                return json.loads(told.content)  # type: ignore[no-any-return]
        return report.record or f"{report.slug}-{self.name}"

    def subject(self) -> None:
        patient = self.patient
        top: Path_ = ("subject",)
        if patient.identifier or not self.record:
            self.put((*top, "id"), patient.identifier or self.name)
        if patient.other_identifiers:
            self.put((*top, "alternateIds"), list(patient.other_identifiers))
        if patient.born:
            self.put((*top, "dateOfBirth"), f"{read_edtf(patient.born).earliest_start}T00:00:00Z")
            if not re.fullmatch(r"\d{4}-\d\d-\d\d", patient.born):
                self.lost["dates of birth that are no day"] += 1
        if patient.sex:
            self.put((*top, "sex"), _SEX.get(patient.sex.concept.id, "OTHER_SEX"))
            self.lose("sex", patient.sex, {"concept"})
        if patient.karyotypic_sex:
            sex = patient.karyotypic_sex
            self.put((*top, "karyotypicSex"), "OTHER_KARYOTYPE" if sex == "other" else "UNKNOWN_KARYOTYPE" if sex == "unknown" else sex)  # fmt: skip
        if patient.gender:
            self.put((*top, "gender"), _term(patient.gender))
        if not self.record:
            self.put((*top, "taxonomy"), _term(patient.species))
        if patient.vital_status:
            self.put((*top, "vitalStatus", "status"), _VITAL[patient.vital_status])
        self.seen(top)

    def seen(self, top: Path_) -> None:
        """Last encounter and death."""
        seen = sorted(self.patient.follow_up.items())
        dead = [(k, f) for k, f in seen if f.status == "dead"]
        alive = [(k, f) for k, f in seen if f.status != "dead"]
        for _, fact in dead[:1]:
            self.put((*top, "vitalStatus", "status"), "DECEASED")
            self.times((*top, "vitalStatus"), fact, time="timeOfDeath")
        for _, fact in alive[-1:]:
            self.times(top, fact, time="timeAtLastEncounter")
            if fact.status == "alive" and not dead:
                self.put((*top, "vitalStatus", "status"), "ALIVE")
        for _ in (*dead[1:], *alive[:-1]):
            self.lost["follow_up"] += 1
        if self.patient.age and not self.record:
            self.lost["age (a packet has one only at the last encounter)"] += 1

    def findings(self, _key: str, fact: Any) -> None:
        if self.record and "phenotypicFeatures" not in self.path(fact.pointer or ""):
            return  # the target of a treatment: its own place tells it
        if fact.status == "not stated":
            self.lost["findings that are not stated"] += 1
            return
        path = self.place("findings", fact)
        self.put((*path, "type"), _term(fact.concept))
        if fact.status == "excluded":
            self.put((*path, "excluded"), True)
        if fact.severity:
            self.put((*path, "severity"), _term(fact.severity))
        ordered = fact.modifiers if self.record else sorted(fact.modifiers, key=str)
        modifiers = [*ordered, *(t for t in (fact.course, fact.laterality) if t)]
        if modifiers:
            self.put((*path, "modifiers"), [_term(t) for t in modifiers])
        self.times(path, fact, onset="onset", resolution="resolution")
        said = {"concept", "status", "severity", "modifiers", "course", "laterality", "onset", "resolution"}
        self.lose("findings", fact, said)

    def diagnoses(self, _key: str, fact: Any) -> None:
        if self.record and "diseases" not in self.path(fact.pointer or ""):
            if "interpretations" in self.path(fact.pointer or ""):
                self.put(self.path(fact.pointer), _term(fact.concept))
            return
        if fact.status == "not stated":
            self.lost["diagnoses that are not stated"] += 1
            return
        path = self.place("diagnoses", fact)
        self.put((*path, "term"), _term(fact.concept))
        if fact.status == "excluded":
            self.put((*path, "excluded"), True)
        for name, terms in (("diseaseStage", fact.stages), ("clinicalTnmFinding", fact.tnm)):
            if terms:
                self.put((*path, name), [_term(t) for t in terms])
        if fact.sites:
            self.put((*path, "primarySite"), _term(min(fact.sites, key=str)))
            self.lost["diagnoses.sites"] += len(fact.sites) - 1
        if fact.laterality:
            self.put((*path, "laterality"), _term(fact.laterality))
        self.times(path, fact, onset="onset", resolution="resolution")
        said = {"concept", "status", "onset", "resolution", "stages", "tnm", "sites", "laterality"}
        self.lose("diagnoses", fact, said)

    def quantity(self, value: Any, unit: str | None, label: str | None) -> dict[str, Any]:
        return {"value": float(value), "unit": {"id": f"UCUM:{unit or '1'}", "label": label or unit or "1"}}

    def measurements(self, _key: str, fact: Measurement) -> None:
        if fact.comparator is not None:
            self.lost["measurements that are a bound, not a value"] += 1
            return
        made: dict[str, Any] = {}
        if fact.value is not None:
            made = self.quantity(fact.value, fact.unit, fact.unit_printed)
            if fact.range_low is not None and fact.range_high is not None:
                made["referenceRange"] = {
                    "unit": dict(made["unit"]), "low": float(fact.range_low), "high": float(fact.range_high),
                }  # fmt: skip
        elif fact.outcome is None and not self.record:
            self.lost["measurements without a value"] += 1
            return
        path = self.place("measurements", fact)
        part = "typedQuantities" in path
        where: Path_ = (*path, "quantity") if part else (*path, "value", "quantity")
        if made:
            self.put(where, made)
        if "referenceRange" in made:
            self.ranges.append(where)
        self.put((*path, "type" if part else "assay"), _term(fact.analyte))
        if part:
            return
        if fact.outcome:
            self.put((*path, "value", "ontologyClass"), _term(fact.outcome))
        self.times(path, fact, time="timeObserved")
        if fact.examination and (by := self.patient.examinations.get(fact.examination)):
            inner: Path_ = (*path, "procedure")
            self.put((*inner, "code"), _term(by.procedure))
            if by.sites:
                self.put((*inner, "bodySite"), _term(min(by.sites, key=str)))
            self.times(inner, by, time="performed")
        ranged = {"range_low", "range_high"} if "referenceRange" in made else set()
        said = {"analyte", "value", "outcome", "unit", "unit_printed", "time", "examination"} | ranged
        self.lose("measurements", fact, said)

    def events(self, _key: str, fact: Any) -> None:
        if not self.record:
            self.lost["events"] += 1
            return
        path = self.path(fact.pointer)
        self.put((*path, "code"), _term(fact.concept))
        if fact.sites:
            self.put((*path, "bodySite"), _term(min(fact.sites, key=str)))
        self.times(path, fact, time="performed")

    def treatments(self, key: str, fact: Treatment) -> None:
        if self.record:
            self.action(fact, self.path(fact.pointer or ""))
            return
        path = self.place("treatments", fact)
        said = {"drug", "action", "indication"}
        if fact.drug:
            self.put((*path, "treatment", "agent"), _term(fact.drug))
            if fact.route:
                self.put((*path, "treatment", "routeOfAdministration"), _term(fact.route))
                said.add("route")
            if (dose := self.dose(fact)) is not None:
                self.put((*path, "treatment", "doseIntervals"), [dose])
                said |= {"dose", "frequency", "start", "end"}
        elif fact.action:
            self.put((*path, "procedure", "code"), _term(fact.action))
            self.times((*path, "procedure"), fact, start="performed")
            if fact.sites:
                self.put((*path, "procedure", "bodySite"), _term(min(fact.sites, key=str)))
            said |= {"start", "sites"}
        targets = [self.concept(other) for other in sorted(fact.indication)]
        if targets and targets[0]:
            self.put((*path, "treatmentTarget"), _term(targets[0]))
            self.lost["treatments.indication"] += len(targets) - 1
        self.outcome(key, path)
        events = [e for _, e in sorted(self.patient.adverse_events.items()) if e.of == (key,) and e.status == "present"]
        if events:
            self.put((*path, "adverseEvents"), [_term(e.concept) for e in events])
        self.lose("treatments", fact, said)

    def concept(self, key: str) -> Term | None:
        for facts in (self.patient.findings, self.patient.diagnoses, self.patient.events):
            if key in facts:
                return facts[key].concept
        return None

    def dose(self, fact: Treatment) -> dict[str, Any] | None:
        """A dose interval: dose, frequency and both ends are needed."""
        if not (fact.dose and fact.frequency and fact.start and fact.end):
            return None
        spans = [self.when(reference) for reference in (fact.start, fact.end)]
        days = [next(iter(span.values())) if span else None for span in spans]
        if any(not isinstance(day, str | dict) for day in days):
            return None
        start, end = (
            day.get(side) if isinstance(day, dict) else day for day, side in zip(days, ("start", "end"), strict=True)
        )
        if not start or not end:
            return None
        often = f"{fact.frequency.times}/{fact.frequency.per}"
        return {
            "quantity": self.quantity(fact.dose.value, fact.dose.unit, None),
            "scheduleFrequency": {"id": f"UCUM:{often}", "label": fact.frequency.printed},
            "interval": {"start": start, "end": end},
        }

    def outcome(self, key: str, path: Path_) -> None:
        """The one response that is to this treatment alone, and for what the packet says it was given."""
        found = [r for _, r in sorted(self.patient.responses.items()) if r.to == (key,)]
        target = self.tree[path[0]][path[1]].get("treatmentTarget")
        for response in found:
            concept = self.concept(response.of[0]) if len(response.of) == 1 else None
            if concept and (target is None or target == _term(concept)) and "responseToTreatment" not in self.tree[path[0]][path[1]]:  # fmt: skip
                target = _term(concept)
                self.put((*path, "treatmentTarget"), target)
                said = {"id": compress(choice_iri(response.outcome)), "label": response.outcome}
                self.put((*path, "responseToTreatment"), said)
                self.lose("responses", response, {"to", "of", "outcome"})
            else:
                self.lost["responses to one treatment for more than one target"] += 1

    def action(self, fact: Treatment, path: Path_) -> None:
        """A treatment of a record, where it stood."""
        if "doseIntervals" in path:
            return  # a further dose; the interval comes back whole
        concept = fact.drug or fact.action
        if concept is None:
            return
        name = {"treatment": "agent", "procedure": "code", "radiationTherapy": "modality"}.get(str(path[-1]), "ontologyClass")  # fmt: skip
        if name == "ontologyClass" and any(e.message == "ExternalReference" and self.path(e.pointer or "")[: len(path)] == path for e in self.patient.extensions.values()):  # fmt: skip
            name = ""
        if name:
            self.put((*path, name), _term(concept))
        if fact.route:
            self.put((*path, "routeOfAdministration"), _term(fact.route))
        if fact.sites:
            self.put((*path, "bodySite"), _term(min(fact.sites, key=str)))
        if name == "code":
            self.times(path, fact, start="performed")
        elif name == "modality":
            if isinstance(fact.dose, Quantity):
                self.put((*path, "dosage"), int(fact.dose.value))
            self.put((*path, "fractions"), int((fact.count or "0").split()[0]))
        elif path[-1] == "therapeuticRegimen":
            self.times(path, fact, start="startTime", end="endTime")

    def variants(self, _key: str, fact: Any) -> None:
        if not self.record:
            self.lost["variants"] += 1
            return
        path = self.path(fact.pointer)
        status = fact.causation
        self.put((*path, "interpretationStatus"), _CAUSATION.get(status, status.upper()))
        disease = self.patient.diagnoses.get(fact.disease or "")
        at = (*path[:2], "diagnosis", "disease")
        if disease:
            self.put(at, _term(disease.concept))
        self.put((*path, "subjectOrBiosampleId"), self.patient.identifier or "")
        gene = {"valueId": written(fact.gene.id), "symbol": fact.gene.label} if fact.gene else None
        more: dict[str, Any] = next(
            (json.loads(e.content) for e in self.patient.extensions.values() if e.pointer == fact.pointer), {}
        )
        if "gene" in more:
            self.put((*path, "gene"), gene or {})
            return
        inner: Path_ = (*path, "variantInterpretation")
        if fact.acmg:
            self.put((*inner, "acmgPathogenicityClassification"), fact.acmg.upper().replace(" ", "_"))
        inner = (*inner, "variationDescriptor")
        if gene:
            self.put((*inner, "geneContext"), gene)
        for name, concept in (("allelicState", fact.zygosity), ("structuralType", fact.structure)):
            if concept:
                self.put((*inner, name), _term(concept))

    def rest(self) -> None:
        """What no packet holds at all."""
        patient = self.patient
        for event in patient.adverse_events.values() if self.record else ():
            self.put(self.path(event.pointer or ""), _term(event.concept))
        if self.record:
            return
        for section in ("antibodies", "examinations", "dose_changes", "figures"):
            self.lost[section] += len(getattr(patient, section))
        self.lost["responses to several treatments together"] += sum(len(r.to) > 1 for r in patient.responses.values())
        self.lost["adverse events of several treatments, or excluded"] += sum(
            len(e.of) > 1 or e.status != "present" for e in patient.adverse_events.values()
        )
        if len(self.case.patients) == 1 or self.name == next(iter(self.case.patients)):
            for section in ("statements", "references", "claims"):
                self.lost[section] += len(getattr(self.case, section))
            self.lost["phrases quoted as evidence"] += sum(len(fact.evidence) for _, fact in self.case.facts())

    # ---- metadata ------------------------------------------------------------------------

    def about(self) -> None:
        """Metadata: as they were, or those of this export."""
        report = self.case.report
        if self.record:
            first = self.name == next(iter(self.case.patients))  # what is lost of a family is counted once
            for told in self.case.metadata.values():
                pointer = told.pointer or ""
                if told.message == "OntologyClass.label" and pointer.startswith(f"{self.top}/"):
                    self.put(self.path(pointer), json.loads(told.content))
                if told.message.startswith("MetaData.") and self.member is None:
                    self.put(("metaData", *pointer.split("/")[-1:]), json.loads(told.content))
                elif told.message.startswith(("MetaData.", "Family.", "Cohort.")) and first:
                    self.lost[f"parts of a family or cohort: {pointer.rpartition('/')[2]}"] += 1
            if self.member is not None:
                if "metaData" in self.member:
                    self.put(("metaData",), self.member["metaData"])
                self.lost["parts of a family or cohort: id"] += first
                self.lost["parts of a family or cohort: created"] += first and report.created is not None
                return
            if isinstance(meta := self.tree.get("metaData"), dict):
                self.tree["metaData"] = {re.sub(r"_([a-z])", lambda f: f[1].upper(), k): v for k, v in meta.items()}
            if report.created:
                self.put(("metaData", "created"), report.created)
            return
        named = [f"PMID:{report.pmid}"] if report.pmid else []
        named += [f"doi:{report.doi}"] if report.doi else []
        used = sorted({text.partition(":")[0] for text in _ids(self.tree)})
        self.put(
            ("metaData",),
            {
                # the day is enough, and two exports of a day are the same
                "created": f"{datetime.now(UTC):%Y-%m-%d}T00:00:00Z",
                "createdBy": "casekg",
                "phenopacketSchemaVersion": "2.0",
                "resources": [_resource(prefix) for prefix in used],
                "externalReferences": [{"id": one, "description": report.title or ""} for one in named],
            },
        )


def _resource(prefix: str) -> dict[str, str]:
    start = CONCEPTS[prefix][0] if prefix in CONCEPTS else "https://units-of-measurement.org/" if prefix == "UCUM" else prefix  # fmt: skip
    return {
        "id": prefix.lower(), "name": prefix, "url": start, "version": "not stated", "namespacePrefix": prefix,
        "iriPrefix": start,
    }  # fmt: skip


def _explicit(value: Any, descriptor: Any) -> None:
    """Write defaults out where the schema asks for a value: protobuf leaves them out, and a reader cannot tell why."""
    if not isinstance(value, dict):
        return
    asked = {*REQUIRED.get(descriptor.name, ()), *(("low", "high") if descriptor.name == "ReferenceRange" else ())}
    for made in descriptor.fields:
        inner = made.message_type
        if inner is not None and not inner.GetOptions().map_entry:
            held = value.get(made.json_name)
            for item in held if isinstance(held, list) else (held,):
                _explicit(item, inner)
        elif made.json_name in asked and made.type != made.TYPE_STRING and not made.is_repeated:
            default = made.enum_type.values_by_number[0].name if made.enum_type else made.default_value
            value.setdefault(made.json_name, default)


def _ids(value: Any) -> Iterator[str]:
    """The ids of ontology classes in a packet."""
    if isinstance(value, dict):
        if isinstance(value.get("id"), str) and "label" in value:
            yield value["id"]
        for item in value.values():
            yield from _ids(item)
    elif isinstance(value, list):
        for item in value:
            yield from _ids(item)


def _stamps(bounds: Bounds) -> dict[str, str] | None:
    if not bounds.earliest_start or not bounds.latest_end:
        return None
    return {"start": f"{bounds.earliest_start}T00:00:00Z", "end": f"{bounds.latest_end}T00:00:00Z"}
