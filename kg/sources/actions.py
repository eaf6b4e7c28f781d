"""Which treatments, events and responses does a medical action of a phenopacket tell?"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from kg.base.prefixes import other
from kg.model.amounts import frequencies
from kg.model.fields import Term
from kg.model.kinds import AdverseEvent, Diagnosis, Event, Finding, Frequency, Quantity, Response, Treatment
from kg.sources.elements import Elements, Path_, as_day, as_plain, make, term

__all__ = ["Actions"]

# What the label of a response says; one that is not here stays an extension and claims no outcome.
_OUTCOMES: tuple[tuple[str, str], ...] = (
    (r"complete (remission|response)|resolved|cured", "resolved"),
    (r"partial (remission|response)", "partially improved"),
    (r"stable disease", "stable"),
    (r"progressive disease|disease progression|worsen", "worsened"),
    (r"no (response|improvement)|non-?respon|unfavorable|not improved", "not improved"),
    (r"refractory", "refractory"),
    (r"relapse|recurren", "relapsed"),
    (r"favou?rable|good response", "favourable"),
    (r"improve", "improved"),
)
_STOPPED: tuple[tuple[str, str], ...] = (
    (r"adverse|toxic|intoleran|allerg|side effect", "intolerance"),
    (r"lack of (efficacy|effect)|ineffective|no effect|non-?respon", "lack of effect"),
    (r"progress", "progression"),
    (r"remission", "remission"),
    (r"complete|achieved|end of treatment", "course completed"),
    (r"patient|withdrawal by subject|consent", "patient decision"),
)
_TOLD = ("treatment_target", "treatment_intent", "response_to_treatment", "treatment_termination_reason")


def _printed(term: Any) -> str:
    return str(term.label or term.id)[:400]


class Actions(Elements):
    """The medical actions of one patient."""

    def actions(self) -> None:
        """Every medical action, each as a treatment or an event."""
        for i, found in enumerate(self.packet.medical_actions):
            key, path = f"action-{i}", ("medicalActions", i)
            which = found.WhichOneof("action")
            told = any(found.HasField(n) for n in _TOLD) or found.adverse_events
            if which == "procedure" and not told:
                self.event(key, found.procedure, (*path, "procedure"))
                continue
            given = getattr(self, f"as_{which}")(key, getattr(found, which), path)
            self.about(key, given, found, path)

    def event(self, key: str, found: Any, path: Path_) -> None:
        """A procedure of which is not told what it was for, or what came of it."""
        said: dict[str, Any] = {"concept": term(found.code), "status": "present", "pointer": self.at(*path)}
        if site := self.named(key, found, "body_site", *path):
            said["sites"] = (site,)
        if found.HasField("performed"):
            said["time"] = self.when(found.performed, *path, "performed")
        self.put("events", key, make(Event, **said))

    def as_procedure(self, key: str, found: Any, path: Path_) -> list[dict[str, Any]]:
        """A procedure that was given for something."""
        path = (*path, "procedure")
        said: dict[str, Any] = {"action": term(found.code), "printed": _printed(found.code), "pointer": self.at(*path)}
        if site := self.named(key, found, "body_site", *path):
            said["sites"] = (site,)
        if found.HasField("performed"):
            said["start"] = self.when(found.performed, *path, "performed")
        return [said]

    def as_radiation_therapy(self, key: str, found: Any, path: Path_) -> list[dict[str, Any]]:
        """Radiation therapy, with its dose."""
        path = (*path, "radiationTherapy")
        said: dict[str, Any] = {"action": term(found.modality), "printed": _printed(found.modality)}
        said |= {"pointer": self.at(*path), "sites": (term(found.body_site),)}
        if found.dosage > 0:
            said["dose"] = make(Quantity, value=Decimal(found.dosage), unit="Gy", printed=f"{found.dosage} Gy")
        said["count"] = f"{found.fractions} fractions"
        self.rest(key, found, ("modality", "body_site", "dosage" if found.dosage > 0 else "", "fractions"), *path)
        return [said]

    def as_therapeutic_regimen(self, key: str, found: Any, path: Path_) -> list[dict[str, Any]]:
        """A regimen, by its concept or reference."""
        path = (*path, "therapeuticRegimen")
        said: dict[str, Any] = {"pointer": self.at(*path)}
        if found.WhichOneof("identifier") == "ontology_class":
            said |= {"action": term(found.ontology_class), "printed": _printed(found.ontology_class)}
        else:
            named = found.external_reference
            label = named.description or named.id or named.reference or "regimen"
            said |= {
                "action": Term(other(named.id or named.reference or "regimen"), label.strip()),
                "printed": label[:400],
            }
            self.keep(f"{key}-regimen", "ExternalReference", as_plain(named), *path, "externalReference")
        for name, field_ in (("start_time", "start"), ("end_time", "end")):
            if found.HasField(name):
                said[field_] = self.when(getattr(found, name), *path, name.replace("_t", "T"))
        self.rest(key, found, ("ontology_class", "external_reference", "start_time", "end_time"), *path)
        return [said]

    def as_treatment(self, key: str, found: Any, path: Path_) -> list[dict[str, Any]]:
        """A treatment, and a later step of it for each further dose interval."""
        path = (*path, "treatment")
        said: dict[str, Any] = {"drug": term(found.agent), "printed": _printed(found.agent), "pointer": self.at(*path)}
        if route := self.named(key, found, "route_of_administration", *path):
            said["route"] = route
        self.rest(key, found, ("agent", "route_of_administration", "dose_intervals"), *path)
        steps = []
        for j, dose in enumerate(found.dose_intervals):
            where: Path_ = (*path, "doseIntervals", j)
            step = dict(said, pointer=self.at(*where)) if j else dict(said)
            step |= self.dose(f"{key}-dose-{j}", dose, where)
            steps.append(step)
        return steps or [said]

    def dose(self, key: str, found: Any, path: Path_) -> dict[str, Any]:
        """Dose, frequency and time of one dose interval."""
        said: dict[str, Any] = {}
        amount = found.quantity
        code, label = self.amount(amount)
        number = Decimal(repr(amount.value))
        left = as_plain(found)
        if number > 0:
            said["dose"] = make(Quantity, value=number, unit=code, printed=f"{number:f} {label or code}"[:400])
        words = found.schedule_frequency.label
        if len(rates := frequencies(words)) == 1:
            (rate,) = rates
            times = Decimal(rate.numerator) / Decimal(rate.denominator)
            if times == round(times, 3):
                said["frequency"] = make(Frequency, times=times, per="d", printed=words[:400])
            elif (weekly := Decimal(rate.numerator * 7) / Decimal(rate.denominator)) == round(weekly, 3):
                said["frequency"] = make(Frequency, times=weekly, per="wk", printed=words[:400])
        start, end = as_day(found.interval.start)[0], as_day(found.interval.end)[0]
        if start <= end:
            said |= {"start": start, "end": end}
        self.keep(key, "DoseInterval", left, *path)
        return said

    def about(self, key: str, steps: list[dict[str, Any]], found: Any, path: Path_) -> None:
        """Target, intent, response, adverse events and end of a treatment."""
        target = None
        if found.HasField("treatment_target"):
            target = self.same.get(found.treatment_target.id)
            if target is None:
                where = self.at(*path, "treatmentTarget")
                concept = term(found.treatment_target)
                if concept.id.startswith("HP:"):
                    target = self.put(
                        "findings", f"{key}-target", make(Finding, concept=concept, status="present", pointer=where)
                    )
                else:
                    target = self.put("diagnoses", f"{key}-target", make(Diagnosis, concept=concept, pointer=where))
                self.same[found.treatment_target.id] = target
            elif getattr(self.fact(target), "status", "present") != "present":
                target = None  # nothing is given for what is not there; the target is kept aside below
        common: dict[str, Any] = {"indication": (target,)} if target else {}
        intent = found.treatment_intent.label.lower()
        if re.search(r"prevent|prophyla", intent):
            common["intent"] = "preventive"
        elif re.search(r"support|palliat", intent):
            common["intent"] = "supportive"
        keys: list[str] = []
        for j, said in enumerate(steps):
            step = f"{key}-{j}" if j else key
            if j:
                said["continues"] = keys[-1]
            if j == len(steps) - 1:
                why = found.treatment_termination_reason.label.lower()
                if reason := next((r for pattern, r in _STOPPED if why and re.search(pattern, why)), None):
                    common["stopped_because"] = (reason,)
            keys.append(self.put("treatments", step, make(Treatment, **said, **common)))
        label = found.response_to_treatment.label.lower()
        outcome = next((o for pattern, o in _OUTCOMES if label and re.search(pattern, label)), None)
        if outcome and target:
            made = make(
                Response, to=(keys[0],), of=(target,), outcome=outcome, pointer=self.at(*path, "responseToTreatment")
            )
            self.put("responses", f"{key}-response", made)
        for j, event in enumerate(found.adverse_events):
            where = self.at(*path, "adverseEvents", j)
            made_ = make(AdverseEvent, concept=term(event), status="present", of=(keys[0],), pointer=where)
            self.put("adverse_events", f"{key}-event-{j}", made_)
        self.rest(
            key, found, ("procedure", "treatment", "radiation_therapy", "therapeutic_regimen", "adverse_events"), *path
        )
