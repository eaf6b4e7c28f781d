"""No absurd edit of the shipped case is accepted, by the rule that it breaks; what is honestly odd is."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.base import places
from kg.base.document import Document, read_document
from kg.base.prefixes import CKG
from kg.base.results import CaseError, Result
from kg.base.units import printed_units, same_dose
from kg.concepts.terms import Catalogue
from kg.gate.shapes import validate_graph
from kg.model.reading import case_file
from kg.model.statuses import _anchor, _stems
from kg.model.wording import bare as _bare
from kg.rdf.triples import quads

GONE = object()


class With(dict[str, Any]):
    """Keys that are given to what stands at the path, beside those that it has."""


# (what, where, what is written there, the rule that refuses it); p1 is the patient.
ABSURD: list[tuple[str, str, Any, str]] = [
    ("dose banana", "p1.treatments.tofacitinib.dose.value", "banana", "schema"),
    ("dose banana all", "p1.treatments.tofacitinib.dose", {"value": "5", "unit": "banana", "printed": "5 mg"}, "unit"),
    ("dose kg", "p1.treatments.tofacitinib.dose.unit", "kg", "amount"),
    ("dose g", "p1.treatments.tofacitinib.dose.unit", "g", "unit"),
    ("dose 5000", "p1.treatments.tofacitinib.dose.value", "5000", "printed"),
    ("dose negative", "p1.treatments.tofacitinib.dose.value", "-5", "schema"),
    ("dose zero", "p1.treatments.tofacitinib.dose.value", "0", "schema"),
    ("freq 1000", "p1.treatments.tofacitinib.frequency.times", "1000", "amount"),
    ("freq per year", "p1.treatments.tofacitinib.frequency.per", "a", "wording"),
    ("start 2035", "p1.treatments.tofacitinib.start", "2035-09", "after-publication"),
    ("start 1850", "p1.treatments.tofacitinib.start", "1850", "time"),
    ("start before birth", "p1.treatments.tofacitinib.start", "1960", "time"),
    ("start after end", "p1.treatments.tofacitinib.end", "2019-01", "time"),
    ("ongoing before start", "p1.treatments.tofacitinib.ongoing_at", "2019", "time"),
    ("drug disease", "p1.treatments.tofacitinib.drug", "HP:0025520 ! Calcinosis cutis", "drug-name"),
    ("drug other", "p1.treatments.tofacitinib.drug", "CHEBI:8382 ! prednisone", "drug-name"),
    ("drug wrong label", "p1.treatments.tofacitinib.drug", "CHEBI:71200" + " ! prednisone", "label"),
    ("drug tissue", "p1.treatments.tofacitinib.drug", "UBERON:0002048 ! lung", "drug-name"),
    ("printed other", "p1.treatments.tofacitinib.printed", "aspirin", "printed"),
    ("route organ", "p1.treatments.ivig.route", "UBERON:0002048 ! lung", "shape:Treatment-routeBranch"),
    ("route oral for intravenous", "p1.treatments.ivig.route", "NCIT:C38304 ! Topical Route of Administration", "wording"),
    ("after self", "p1.treatments.tofacitinib.after", ["tofacitinib"], "reference"),
    ("after circle", "p1.treatments.steroids.after", ["tofacitinib"], "time"),
    ("with later", "p1.treatments.tofacitinib.with", ["steroids"], "attribution"),
    ("duration 500 years", "p1.treatments.rituximab.duration", {"value": "500", "unit": "a", "printed": "one year"}, "printed"),
    ("duration mg", "p1.treatments.rituximab.duration", {"value": "1", "unit": "mg", "printed": "one year"}, "unit"),
    ("conc 250%", "p1.treatments.topical-thiosulfate.concentration", {"value": "250", "unit": "%", "printed": "25%"}, "amount"),
    ("indication treatment", "p1.treatments.tofacitinib.indication", ["rituximab"], "reference"),
    ("indication excluded", "p1.treatments.tofacitinib.indication", ["no-weakness"], "shape:Treatment-indicated"),
    ("age 280", "p1.age.years", "280", "age"),
    ("age -5", "p1.age.years", "-5", "schema"),
    ("age 0", "p1.age.years", "0", "schema"),
    ("age 82", "p1.age.years", "82", "printed"),
    ("sex female", "p1.sex.concept", "PATO:0000383 ! female", "wording"),
    ("sex drug", "p1.sex.concept", "CHEBI:71200 ! tofacitinib", "shape:Patient-sexBranch"),
    ("sex purple", "p1.sex.concept", "purple", "schema"),
    ("species", "p1.species", "CHEBI:71200 ! tofacitinib", "shape:Patient-speciesBranch"),
    ("finding status maybe", "p1.findings.calcinosis.status", "maybe", "schema"),
    ("finding excluded", "p1.findings.calcinosis.status", "excluded", "wording"),
    ("telangiectasia excluded", "p1.findings.telangiectasia.status", "excluded", "wording"),
    ("no-myalgia present", "p1.findings.no-myalgia.status", "present", "wording"),
    ("no-fibrosis present", "p1.findings.no-residual-fibrosis.status", "present", "wording"),
    ("antibody excluded", "p1.antibodies.anti-pm-scl.status", "excluded", "wording"),
    ("diagnosis excluded", "p1.diagnoses.scleromyositis.status", "excluded", "wording"),
    ("finding drug concept", "p1.findings.calcinosis.concept", "CHEBI:71200 ! tofacitinib", "shape:Finding-conceptBranch"),
    ("finding site drug", "p1.findings.myositis.sites", ["CHEBI:71200 ! tofacitinib"], "shape:Finding-siteBranch"),
    ("finding onset after resolution", "p1.findings.arthritis", With({"onset": "2022", "resolution": "2019"}), "time"),
    ("finding retired", "p1.findings.calcinosis.concept", "EFO:" + "0000717 ! systemic scleroderma", "retired-id"),
    ("finding nonexist", "p1.findings.calcinosis.concept", "HP:" + "9999999 ! Calcinosis cutis", "unknown-id"),
    ("finding time before birth", "p1.findings.calcinosis.time", "1950", "shape:Patient-birth"),
    ("onset after publication", "p1.findings.calcinosis.onset", "2024", "after-publication"),
    ("ck -5", "p1.measurements.ck-onset", With({"value": "-5", "printed": "-5 UI/L", "evidence": {"case": "CPK elevation (-5 UI/L)"}}), "shape:Measurement-negative"),
    ("ck value", "p1.measurements.ck-onset.value", "78910", "printed"),
    ("ck unit kg", "p1.measurements.ck-onset.unit", "kg", "unit"),
    ("ck unit mg/dL", "p1.measurements.ck-onset.unit", "mg/dL", "unit"),
    ("troponin ng/mL", "p1.measurements.troponin-2021.unit", "ng/mL", "unit"),
    ("mrss 400", "p1.measurements.mrss-onset.value", "400", "printed"),
    ("mrc 50", "p1.measurements.mrc-2022", With({"value": "50", "printed": "grade 50", "evidence": {"case": "grade 50 on"}}), "scale"),
    ("fvc 9000%", "p1.measurements.fvc-2022", With({"value": "9000", "printed": "9000%", "evidence": {"case": ["FVC 9000%", "TLC 91% of the predicted value"]}}), "shape:Measurement-percent"),
    ("ntprobnp comparator dropped", "p1.measurements.nt-probnp-control.comparator", GONE, "printed"),
    ("ntprobnp comparator flipped", "p1.measurements.nt-probnp-control.comparator", ">", "wording"),
    ("ck normal flipped", "p1.measurements.ck-onset.interpretation", "normal", "wording"),
    ("measure supports treatment", "p1.measurements.ck-onset.supports", ["tofacitinib"], "reference"),
    ("measure supports excluded", "p1.measurements.ck-onset.supports", ["no-weakness"], "time"),
    ("response to finding", "p1.responses.tofacitinib-calcinosis.to", ["calcinosis"], "reference"),
    ("response of treatment", "p1.responses.tofacitinib-calcinosis.of", ["tofacitinib"], "reference"),
    ("response of excluded", "p1.responses.tofacitinib-calcinosis.of", ["no-weakness"], "attribution"),
    ("response to nothing", "p1.responses.tofacitinib-calcinosis.to", [], "schema"),
    ("response to missing", "p1.responses.tofacitinib-calcinosis.to", ["aspirin"], "reference"),
    ("response outcome banana", "p1.responses.tofacitinib-calcinosis.outcome", "banana", "schema"),
    ("response outcome worsened", "p1.responses.tofacitinib-calcinosis.outcome", "worsened", "wording"),
    ("response resolved while persistent", "p1.responses.tofacitinib-branching.outcome", "resolved", "wording"),
    ("response before treatment", "p1.responses.tofacitinib-calcinosis.time", "2019", "time"),
    ("response after publication", "p1.responses.tofacitinib-calcinosis.time", "2030", "after-publication"),
    ("response concomitant self", "p1.responses.tofacitinib-calcinosis.concomitant", ["tofacitinib"], "shape:Response-others"),
    ("response concomitant finding", "p1.responses.tofacitinib-calcinosis.concomitant", ["calcinosis"], "reference"),
    ("response shown by earlier", "p1.responses.tofacitinib-ck.shown_by", ["ck-onset"], "shape:Response-evidence"),
    ("response to vaccine later", "p1.responses.first-line-muscle.to", ["tofacitinib"], "attribution"),
    ("exam in 2035", "p1.examinations.cardiac-mri-2022.time", "2035", "after-publication"),
    ("exam organ as procedure", "p1.examinations.muscle-mri.procedure", "UBERON:0002048 ! lung", "shape:Examination-procedureBranch"),
    ("exam part of self", "p1.examinations.muscle-mri.part_of", "muscle-mri", "reference"),
    ("event excluded admission", "p1.events.admission.status", "excluded", "wording"),
    ("event negative count", "p1.events.admission.count", "-3", "printed"),
    ("adverse of finding", "p1.adverse_events.no-adverse-event", With({"of": ["calcinosis"]}), "reference"),
    ("adverse drug concept", "p1.adverse_events.no-adverse-event", With({"concept": "CHEBI:71200 ! tofacitinib"}), "shape:AdverseEvent-conceptBranch"),
    ("dose change increased", "p1.dose_changes.steroid-reduction.direction", "increased", "wording"),
    ("dose change of finding", "p1.dose_changes.steroid-reduction.treatment", "calcinosis", "reference"),
    ("dose change to self", "p1.dose_changes.steroid-reduction.to", "steroids", "shape:DoseChange-other"),
    ("follow up before", "p1.follow_up.last-seen", With({"time": "2001"}), "shape:FollowUp-last"),
    ("follow up dead", "p1.follow_up.last-seen", With({"time": "2019", "status": "dead"}), "wording"),
    ("evidence gone", "p1.findings.calcinosis.evidence", GONE, "schema"),
    ("evidence empty", "p1.findings.calcinosis.evidence", {}, "schema"),
    ("time feb 30", "p1.times.present.edtf", "2022-02-30", "schema"),
    ("time month 13", "p1.times.present.edtf", "2022-13", "schema"),
    ("time interval backwards", "p1.times.under-tofacitinib.edtf", "2022-11/2021-09", "schema"),
    ("offset negative", "p1.times.cardiac-normalisation.by", "-3 months", "schema"),
    ("time after itself", "p1.times.present.after", "present", "time"),
    ("time shift 1000 years", "p1.times.present.edtf", "1022-11", "contradiction"),
    ("diagnosis drug", "p1.diagnoses.scleromyositis.concept", "CHEBI:71200 ! tofacitinib", "shape:Diagnosis-conceptBranch"),
    ("diagnosis antibody", "p1.diagnoses.scleromyositis.concept", "HP:0033560 ! Anti-PM-Scl antibody positivity", "shape:Diagnosis-conceptBranch"),
    ("antibody drug", "p1.antibodies.anti-pm-scl.concept", "CHEBI:71200 ! tofacitinib", "shape:Antibody-conceptBranch"),
    ("antibody is calcinosis", "p1.antibodies.anti-pm-scl.concept", "HP:0025520 ! Calcinosis cutis", "shape:Antibody-conceptBranch"),
    ("laterality drug", "p1.responses.tofacitinib-calcinosis.laterality", "CHEBI:71200 ! tofacitinib", "shape:Response-lateralityBranch"),
    ("severity organ", "p1.findings.calcinosis.severity", "UBERON:0002048 ! lung", "shape:Finding-severityBranch"),
    ("report published 2035", "report.published", "2035-01-24", "published"),
    ("report published 1700", "report.published", "1700-01-24", "after-publication"),
    ("report doi", "report.doi", "banana", "schema"),
    ("report title empty", "report.title", "", "schema"),
    ("report review after", "report.review_ended", "2024-01-01", "shape:Report-review"),
    ("report review order", "report.review_began", "2023-01-22", "shape:Report-review"),
    ("report sha", "report.source.sha256", "abc", "schema"),
    ("report licence banana", "report.licence", "banana", "shape:Report-license"),
    ("report journal number", "report.volume", "-15", "shape:Report-volume"),
    ("layer of fact background", "p1.treatments.tofacitinib.layer", "hypothesis", "shape:PatientFact-layer"),
    ("layer response hypothesis", "p1.responses.tofacitinib-calcinosis.layer", "hypothesis", "shape:PatientFact-layer"),
    ("aspect_of self", "p1.findings.myositis.aspect_of", "myositis", "reference"),
    ("add unknown key", "p1.treatments.tofacitinib.doze", "5 mg", "schema"),
    ("stopped_because banana", "p1.treatments.tofacitinib.stopped_because", ["banana"], "schema"),
    ("both drug and action", "p1.treatments.tofacitinib.action", "ckg:LocalWoundCare ! local wound care", "treatment"),
    ("nothing given", "p1.treatments.tofacitinib.drug", GONE, "treatment"),
    ("dose in days", "p1.treatments.tofacitinib.dose.unit", "d", "unit"),
    ("dose mL", "p1.treatments.tofacitinib.dose.unit", "mL", "unit"),
    ("dose percent", "p1.treatments.tofacitinib.dose.unit", "%", "unit"),
    ("dose ug", "p1.treatments.tofacitinib.dose.unit", "ug", "unit"),
    ("prednisone mg/kg/d", "p1.treatments.prednisone.dose.unit", "mg/kg/d", "unit"),
    ("prednisone g/d", "p1.treatments.prednisone.dose.unit", "g/d", "unit"),
    ("freq per hour", "p1.treatments.tofacitinib.frequency.per", "h", "wording"),
    ("freq weekly", "p1.treatments.tofacitinib.frequency.per", "wk", "wording"),
    ("duration days", "p1.treatments.rituximab.duration.unit", "d", "unit"),
    ("duration months", "p1.treatments.rituximab.duration.unit", "mo", "unit"),
    ("concentration mg/mL", "p1.treatments.topical-thiosulfate.concentration.unit", "mg/mL", "unit"),
    ("ck kU/L", "p1.measurements.ck-onset.unit", "k[IU]/L", "unit"),
    ("esr km/h", "p1.measurements.esr-onset.unit", "km/h", "unit"),
    ("esr mm/d", "p1.measurements.esr-onset.unit", "mm/d", "unit"),
    ("bnp ng/mL", "p1.measurements.nt-probnp-2021.unit", "ng/mL", "unit"),
    ("fvc unit mL", "p1.measurements.fvc-2019.unit", "mL", "unit"),
    ("fvc unit %", "p1.measurements.fvc-2019.unit", "%", "unit"),
    ("ck analyte swapped", "p1.measurements.ck-onset.analyte", "LOINC:30341-2 ! Erythrocyte sedimentation rate", "unit"),
    ("analyte is a drug", "p1.measurements.ck-onset.analyte", "CHEBI:71200 ! tofacitinib", "shape:Measurement-analyteBranch"),
    ("interp elevated control", "p1.measurements.troponin-control.interpretation", "elevated", "wording"),
    ("interp reduced", "p1.measurements.esr-onset.interpretation", "reduced", "wording"),
    ("interp normal troponin", "p1.measurements.troponin-2021.interpretation", "normal", "wording"),
    ("mrc supports ck", "p1.measurements.ck-2022.examination", "lung-function-2019", "anatomy"),
    ("fvc 2019 at 2022 exam", "p1.measurements.fvc-2019.examination", "lung-function-2022", "shape:Fact-during"),
    ("measurement time 1950", "p1.measurements.ck-onset.time", "1950", "shape:Patient-birth"),
    ("measurement time 1066", "p1.measurements.ck-onset.time", "1066", "shape:Patient-birth"),
    ("measurement 2031", "p1.measurements.esr-2022.time", "2031-05", "after-publication"),
    ("ck 0 value", "p1.measurements.ck-onset.value", "0", "printed"),
    ("scale max 1", "p1.measurements.mrss-onset.scale_max", "1", "scale"),
    ("range", "p1.measurements.ck-onset", With({"range_low": "200", "range_high": "20"}), "range"),
    ("exam normal myocarditis", "p1.examinations.cardiac-mri-2021.result", "normal", "wording"),
    ("exam stir abnormal", "p1.examinations.stir-2021.result", "abnormal", "wording"),
    ("exam ecg abnormal", "p1.examinations.electrocardiogram.result", "abnormal", "wording"),
    ("exam 2022 stable lungfct", "p1.examinations.lung-function-2022.result", "stable", "wording"),
    ("exam part of child", "p1.examinations.cardiac-mri-2021.part_of", "t1-mapping-2021", "shape:Examination-circle"),
    ("exam part of other year", "p1.examinations.t1-mapping-2021.part_of", "cardiac-mri-2022", "anatomy"),
    ("exam procedure drug", "p1.examinations.muscle-mri.procedure", "CHEBI:71200 ! tofacitinib", "shape:Examination-procedureBranch"),
    ("exam before birth", "p1.examinations.muscle-mri.time", "1920", "shape:Patient-birth"),
    ("vaccine as manifestation", "p1.findings.calcinosis.concept", "MESH:D053061 ! Herpes Zoster Vaccine", "shape:Finding-conceptBranch"),
    ("organ as diagnosis", "p1.diagnoses.scleromyositis.concept", "UBERON:0002048 ! lung", "shape:Diagnosis-conceptBranch"),
    ("finding as drug", "p1.treatments.tofacitinib.drug", "HP:0100614 ! Myositis", "drug-name"),
    ("procedure as finding", "p1.findings.calcinosis.concept", "MAXO:0001303 ! cardiac MRI", "anatomy"),
    ("gene as site", "p1.findings.myositis.sites", ["HGNC:6190 ! JAK1"], "shape:Finding-siteBranch"),
    ("severity severe", "p1.findings.elevated-troponin.severity", "HP:0012828 ! Severe", "wording"),
    ("laterality left both", "p1.responses.tofacitinib-calcinosis.laterality", "HP:0012835 ! Left", "wording"),
    ("laterality right of left", "p1.findings.pleuroapical-thickening.laterality", "HP:0012834 ! Right", "wording"),
    ("course progressive stable", "p1.findings.ild-2022.course", "HP:0003676 ! Progressive", "wording"),
    ("course stable progress", "p1.findings.calcinosis-progression.course", "HP:0031915 ! Stable", "wording"),
    ("modifier localized", "p1.findings.myocardial-inflammation.modifiers", ["HP:0012838 ! Localized"], "wording"),
    ("status raynaud excluded", "p1.findings.raynaud.status", "excluded", "wording"),
    ("status myocarditis excluded", "p1.findings.myocarditis.status", "excluded", "wording"),
    ("status arthritis excluded", "p1.findings.wrist-arthritis.status", "excluded", "wording"),
    ("status no-megacap present", "p1.findings.no-megacapillary-2020.status", "present", "wording"),
    ("status no-haem present", "p1.findings.no-haemorrhage-2022.status", "present", "wording"),
    ("status no-ecg present", "p1.findings.no-ecg-abnormality.status", "present", "wording"),
    ("status no ground glass present", "p1.findings.no-ground-glass-2022.status", "present", "wording"),
    ("status no weak present", "p1.findings.no-weakness.status", "present", "wording"),
    ("status no stir present", "p1.findings.no-stir-abnormality.status", "present", "wording"),
    ("status infection excl", "p1.events.infection.status", "excluded", "wording"),
    ("status no-admission present", "p1.events.no-admission.status", "present", "wording"),
    ("status no-infection present", "p1.events.no-infection.status", "present", "wording"),
    ("ae present", "p1.adverse_events.no-adverse-event.status", "present", "wording"),
    ("finding onset after time", "p1.findings.myositis.onset", "2022", "shape:Fact-onset"),
    ("diagnosis before onset", "p1.diagnoses.scleromyositis.onset", "2021", "date"),
    ("diagnosis 1900", "p1.diagnoses.scleromyositis.time", "1900", "date"),
    ("excluded with onset", "p1.findings.no-myalgia.onset", "2019", "shape:Fact-began"),
    ("excluded with resolution", "p1.findings.no-myalgia.resolution", "2022", "shape:Fact-began"),
    ("resolved before onset", "p1.findings.calcinosis", With({"onset": "2020", "resolution": "2018"}), "time"),
    ("finding shown_by finding", "p1.findings.calcinosis.shown_by", ["myositis"], "reference"),
    ("aspect circle", "p1.findings.myositis.aspect_of", "persistent-myositis", "shape:Finding-circle"),
    ("associated with excluded", "p1.findings.chest-pain.associated_with", ["no-weakness"], "shape:Fact-related"),
    ("event because excluded", "p1.events.admission.because_of", ["no-infection"], "shape:Fact-related"),
    ("event before its cause", "p1.events.admission", With({"time": "2017"}), "shape:Event-cause"),
    ("event concept organ", "p1.events.admission.concept", "UBERON:0002048 ! lung", "shape:Event-conceptBranch"),
    ("event in 2040", "p1.events.admission.time", "2040", "after-publication"),
    ("treatment drug gene", "p1.treatments.tofacitinib.drug", "HGNC:6190 ! JAK1", "drug-name"),
    ("treatment drug mab", "p1.treatments.rituximab.drug", "CHEBI:71200 ! tofacitinib", "drug-name"),
    ("mmf is azathioprine", "p1.treatments.mmf.drug", "CHEBI:2948 ! azathioprine", "drug-name"),
    ("steroids is rtx", "p1.treatments.steroids.drug", "DRUGBANK:DB00073 ! Rituximab", "drug-name"),
    ("vaccine is tofa", "p1.treatments.zoster-vaccination.drug", "CHEBI:71200 ! tofacitinib", "drug-name"),
    ("thiosulfate is mtx", "p1.treatments.topical-thiosulfate.drug", "CHEBI:44185 ! methotrexate", "drug-name"),
    ("route cream iv", "p1.treatments.topical-thiosulfate.route", "NCIT:C38276 ! Intravenous Route of Administration", "wording"),
    ("route il oral", "p1.treatments.intralesional-thiosulfate.route", "NCIT:C38288 ! Oral Route of Administration", "wording"),
    ("route is a drug", "p1.treatments.ivig.route", "CHEBI:71200 ! tofacitinib", "shape:Treatment-routeBranch"),
    ("stop before start", "p1.treatments.tofacitinib", With({"end": "2020"}), "time"),
    ("start 1066", "p1.treatments.tofacitinib.start", "1066", "time"),
    ("prednisone ongoing 2050", "p1.treatments.prednisone.ongoing_at", "2050", "after-publication"),
    ("after later", "p1.treatments.rituximab.after", ["tofacitinib"], "time"),
    ("after failure of later", "p1.treatments.topical-thiosulfate.after_failure_of", ["tofacitinib"], "shape:Treatment-failed"),
    ("added to later", "p1.treatments.mmf.added_to", ["tofacitinib"], "shape:Treatment-failed"),
    ("with far", "p1.treatments.tofacitinib.with", ["rituximab"], "shape:Treatment-together"),
    ("continues later", "p1.treatments.steroids.continues", "prednisone", "shape:Treatment-circle"),
    ("indication vaccine excluded", "p1.treatments.rituximab.indication", ["no-infection"], "shape:Treatment-indicated"),
    ("indication not stated", "p1.treatments.tofacitinib.indication", ["megacapillary-2022"], "shape:Treatment-indicated"),
    ("indication is exam", "p1.treatments.tofacitinib.indication", ["muscle-mri"], "reference"),
    ("intent banana", "p1.treatments.tofacitinib.intent", "banana", "schema"),
    ("phase banana", "p1.treatments.tofacitinib.phases", ["banana"], "schema"),
    ("site of action drug", "p1.treatments.local-cures.action", "CHEBI:71200 ! tofacitinib", "shape:Treatment-actionBranch"),
    ("response of not stated", "p1.responses.tofacitinib-calcinosis.of", ["megacapillary-2022"], "attribution"),
    ("response of several one excluded", "p1.responses.tofacitinib-calcinosis.of", ["calcinosis", "no-weakness"], "attribution"),
    ("response of event", "p1.responses.tofacitinib-calcinosis.of", ["admission"], "reference"),
    ("response first line later", "p1.responses.first-line-joints.to", ["tofacitinib"], "attribution"),
    ("response topical by tofa", "p1.responses.all-previous-calcinosis.to", ["tofacitinib"], "shape:Response-later"),
    ("response outcome relapsed", "p1.responses.tofacitinib-ck.outcome", "relapsed", "wording"),
    ("response outcome refractory", "p1.responses.first-line-joints.outcome", "refractory", "wording"),
    ("response outcome resolved(no result)", "p1.responses.topical-calcinosis.outcome", "resolved", "wording"),
    ("response outcome improved(refractory)", "p1.responses.first-line-calcinosis.outcome", "improved", "wording"),
    ("response outcome improved(progress)", "p1.responses.all-previous-calcinosis.outcome", "improved", "wording"),
    ("response persistent for favourable", "p1.responses.tofacitinib-overall.outcome", "worsened", "wording"),
    ("response not reported shown", "p1.responses.tofacitinib-ck.outcome", "not reported", "wording"),
    ("response shown by onset mrss", "p1.responses.tofacitinib-esr.shown_by", ["esr-onset"], "shape:Response-evidence"),
    ("response 1950", "p1.responses.tofacitinib-calcinosis.time", "1950", "time"),
    ("response 2020", "p1.responses.tofacitinib-arthritis.time", "2020", "time"),
    ("response site drug", "p1.responses.tofacitinib-calcinosis.sites", ["CHEBI:71200 ! tofacitinib"], "shape:Response-siteBranch"),
    ("response judged banana", "p1.responses.tofacitinib-calcinosis.judged_by", ["banana"], "schema"),
    ("dose change of self", "p1.dose_changes.steroid-reduction.allowed_by", ["steroids"], "shape:DoseChange-other"),
    ("dose change to finding", "p1.dose_changes.steroid-reduction.to", "calcinosis", "reference"),
    ("dose change time 1999", "p1.dose_changes.steroid-reduction.time", "1999", "attribution"),
    ("dose change printed other", "p1.dose_changes.steroid-reduction.printed", "increase", "printed"),
    ("ae before treatment", "p1.adverse_events.no-adverse-event.time", "2019", "shape:AdverseEvent-timing"),
    ("ae of missing", "p1.adverse_events.no-adverse-event.of", ["aspirin"], "reference"),
    ("ae outcome of excluded", "p1.adverse_events.no-adverse-event", With({"outcome": "resolved"}), "shape:AdverseEvent-happened"),
    ("follow up 2035", "p1.follow_up.last-seen.time", "2035", "after-publication"),
    ("follow up died first", "p1.follow_up.last-seen", With({"time": "2021-01", "status": "dead"}), "wording"),
    ("two follow ups", "p1.follow_up", With({"x": {"time": "2020", "printed": "present time (November 2022)", "status": "dead", "note": "Alive is not said in words; he is still treated in November 2022.", "evidence": {"case": "until the present time (November 2022)"}}}), "wording"),
    ("figure depicts treatment", "p1.figures.figure-1a.depicts", ["tofacitinib"], "reference"),
    ("figure same label", "p1.figures.figure-1b.label", "1A", "shape:FigurePanel-label"),
    ("figure exam other", "p1.figures.figure-1f.examination", "cardiac-mri-2022", "anatomy"),
    ("sex intersex drug", "p1.sex.concept", "HP:0100614 ! Myositis", "shape:Patient-sexBranch"),
    ("response of what another value measures", "p1.responses.tofacitinib-troponin.of", ["chest-pain"], "attribution"),
    ("calcinosis shown by a muscle enzyme", "p1.responses.tofacitinib-calcinosis.shown_by", ["ck-2022"], "attribution"),
    ("arthritis shown by a biopsy of muscle", "p1.findings.arthritis.shown_by", ["muscle-biopsy"], "anatomy"),
    ("lungs shown by an MRI of the heart", "p1.responses.tofacitinib-lungs.shown_by", ["cardiac-mri-2022"], "anatomy"),
    ("ground glass as emphysema", "p1.findings.ground-glass.concept", "HP:0002097 ! Emphysema", "attribution"),
    ("site of another part of the whole", "p1.findings.metacarpophalangeal-arthritis.sites", ["UBERON:0001491 ! wrist joint"], "naming"),
    ("side against its key", "p1.findings.calcinosis-left-elbow.laterality", "HP:0012834 ! Right", "attribution"),
    ("failed before, in no order", "p1.treatments.rituximab.after", [], "time"),
    ("failure shown by the reason to treat", "p1.responses.first-line-calcinosis.to", ["topical-thiosulfate"], "attribution"),
    ("after a treatment, without saying so", "p1.times.photograph-after", With({"after": None}), "time"),
    ("a disease that only the antibody's name holds", "p1.diagnoses.scleromyositis.concept", "MONDO:0019127 ! polymyositis", "naming"),
    ("a value in a unit of another kind", "p1.measurements.nt-probnp-2021.unit", "kg", "unit"),
    ("age at 1850", "p1.age.at", "1850", "shape:Patient-old"),
    ("age at 2035", "p1.age.at", "2035", "shape:Patient-aged"),
    ("species mouse", "p1.species", "NCBITaxon:10090 ! Mus musculus", "unknown-id"),
    ("time offset huge", "p1.times.cardiac-normalisation.by", "900 years", "after-publication"),
    ("time after publication", "p1.times.present.edtf", "2024-11", "after-publication"),
    ("time decade", "p1.times.at-diagnosis.edtf", "201X-05", "schema"),
    ("certainty banana", "p1.findings.myositis.certainty", "banana", "schema"),
    ("layer banana", "p1.findings.myositis.layer", "banana", "schema"),
    ("antibody antigen drug", "p1.antibodies.anti-pm-scl.antigens", ["CHEBI:71200 ! tofacitinib"], "shape:Antibody-antigenBranch"),
    ("antibody present neg", "p1.antibodies.anti-pm-scl.evidence", With({"case": "anti-PM/Scl antibodies were negative"}), "wording"),
    ("pregnant man", "p1.findings.chest-pain.concept", "HP:0002686 ! Prenatal maternal abnormality", "unknown-id"),
    ("evidence 13 words", "p1.findings.calcinosis.evidence", {"case": "a b c d e f g h i j k l m"}, "schema"),
    ("evidence unknown section", "p1.findings.calcinosis.evidence", {"banana": "calcinosis"}, "section"),
    ("report doi own", "report.doi", "https://doi.org/10.7759/cureus.34125", "schema"),
    ("report published 2199", "report.published", "2199-01-24", "published"),
    ("report published word", "report.published", "yesterday", "schema"),
    ("report pmid", "report.pmid", "abc", "schema"),
    ("report number", "report.number", "-1", "shape:Report-issueNumber"),
    ("report licence purple", "report.licence", "purple", "shape:Report-license"),
    ("report review 1999", "report.review_ended", "1999-01-01", "shape:Report-review"),
    ("report author none name", "report.authors", [{"name": ""}], "schema"),
    ("report sections", "report.source.sections", [], "schema"),
    ("reference number dup", "references.r2.number", "1", "shape:Reference-order"),
    ("reference number order", "references.r2.number", "20", "printed"),
    ("reference year 2050", "references.r2.year", "2050", "shape:Reference-future"),
    ("reference year 2024+2", "references.r2.year", "2026", "shape:Reference-future"),
    ("reference year 900", "references.r2.year", "900", "shape:Reference-year"),
    ("reference doi own", "references.r2.doi", "10.7759/cureus.34125", "shape:Reference-once"),
    ("reference doi twice", "references.r2.doi", "10.1212/WNL.0000000000005638", "shape:Reference-once"),
    ("reference doi bad", "references.r2.doi", "banana", "schema"),
    ("reference pages", "references.r2.pages", "-5", "shape:Reference-pages"),
    ("reference title empty", "references.r2.title", "", "schema"),
    ("claim subject=object", "claims.tofacitinib-inhibits.objects", ["CHEBI:71200 ! tofacitinib"], "shape:Claim-itself"),
    ("claim predicate banana", "claims.tofacitinib-inhibits.predicate", "banana", "schema"),
    ("claim kind banana", "claims.tofacitinib-inhibits.kind", "banana", "schema"),
    ("claim cites missing", "claims.tofacitinib-inhibits.cites", {"r99": "evidence"}, "reference"),
    ("claim cites intent", "claims.tofacitinib-inhibits.cites", {"r5": "banana"}, "schema"),
    ("claim setting", "claims.tofacitinib-inhibits.setting", "banana", "schema"),
    ("claim qualifier unquoted", "claims.tofacitinib-inhibits.qualifier", "never", "printed"),
    ("claim subject id", "claims.tofacitinib-inhibits.subject", "CHEBI:71200" + " ! aspirin", "label"),
    ("claim in vitro organ inhibits", "claims.tofacitinib-inhibits.subject", "UBERON:0002048 ! lung", "shape:Claim-subjectBranch"),
    ("statement kind", "statements.funding.kind", "banana", "schema"),
    ("age at no date swap", "p1.age.years", "2", "printed"),
    ("sex not stated drug", "p1.sex.concept", "PATO:0000047 ! biological sex", "root"),
    ("finding is abnormality root", "p1.findings.calcinosis.concept", "HP:0000118 ! Phenotypic abnormality", "root"),
    ("diagnosis root", "p1.diagnoses.scleromyositis.concept", "MONDO:0000001 ! disease", "root"),
    ("drug root", "p1.treatments.tofacitinib.drug", "ckg:TherapeuticAgent ! therapeutic agent", "root"),
    ("count negative", "p1.treatments.local-cures.count", "-3", "printed"),
    ("stopped but ongoing", "p1.treatments.tofacitinib.stopped_because", ["lack of effect"], "shape:Treatment-over"),
    ("end = ongoing conflict", "p1.treatments.tofacitinib", With({"end": "2022-01"}), "time"),
    ("normal though above range", "p1.measurements.esr-2022", With({"range_low": "10", "range_high": "20", "evidence": {"case": "ESR 3 mm/h (10-20)"}}), "shape:Measurement-called"),
    ("elevated below range", "p1.measurements.esr-onset", With({"range_low": "60", "range_high": "80", "evidence": {"case": "ESR was markedly elevated (49 mm/h, 60-80)"}}), "shape:Measurement-called"),
    ("claim object same class", "claims.tofacitinib-approved.objects", ["CHEBI:44185 ! methotrexate"], "shape:Claim-objectBranch"),
    ("claim approved for organ", "claims.tofacitinib-approved.objects", ["UBERON:0002048 ! lung"], "shape:Claim-objectBranch"),
    ("claim compared self", "claims.tofacitinib-rodnan.compared_with", "CHEBI:71200 ! tofacitinib", "shape:Claim-itself"),
    ("figure time 1800", "p1.figures.figure-1f.time", "1800", "date"),
    ("ref volume", "references.r2.volume", "banana", "shape:Reference-volume"),
    ("report keywords empty", "report.keywords", [""], "schema"),
    ("report volume banana", "report.volume", "banana", "shape:Report-volume"),
    ("report number banana", "report.number", "banana", "shape:Report-issueNumber"),
    ("report journal empty", "report.journal", "", "schema"),
    ("report source file", "report.source.file", "../x", "schema"),
    ("two dx same", "p1.diagnoses", With({"again": {"concept": "ckg:AntiPMSclScleromyositis ! anti-PM/Scl-positive scleromyositis", "status": "excluded", "time": "at-diagnosis", "onset": "onset", "evidence": {"case": "no scleromyositis"}}}), "contradiction"),
    ("antibody titre", "p1.antibodies.anti-pm-scl.titre", "1:-40", "printed"),
    ("antibody time 1900", "p1.antibodies.anti-pm-scl.time", "1900", "shape:Patient-birth"),
    ("fu dead", "p1.follow_up.last-seen.status", "dead", "wording"),
    ("scale of mrc", "p1.measurements.mrc-2022.scale_max", "3", "scale"),
    ("value decimal", "p1.measurements.mrc-2022.value", "4.7", "printed"),
    ("ck with predicted", "p1.measurements.ck-onset.unit", "%{predicted}", "unit"),
    ("site of exam drug", "p1.examinations.chest-ct.sites", ["CHEBI:71200 ! tofacitinib"], "shape:Examination-siteBranch"),
    ("method unquoted", "p1.examinations.capillaroscopy-2020.method", "500x", "printed"),
    ("based_on treatment", "p1.diagnoses.scleromyositis.based_on", ["tofacitinib"], "reference"),
    ("exam after death", "p1.follow_up.last-seen", With({"time": "2022-01", "status": "dead"}), "date"),
    ("printed frequency once", "p1.treatments.tofacitinib.frequency", {"times": "1", "per": "d", "printed": "twice daily"}, "printed"),
    ("time under banana", "p1.times.present.printed", "banana", "printed"),
    ("time edtf contradict printed", "p1.times.present.edtf", "2021-11", "date"),
    ("time edtf contradict printed2", "p1.times.at-diagnosis.edtf", "2012", "date"),
    ("cap 2020 time", "p1.examinations.capillaroscopy-2020.time", "2013", "time"),
    ("every two weeks twice", "p1.treatments.tofacitinib", With({"frequency": {"times": "2", "per": "wk", "printed": "every two weeks"}, "evidence": {"case": "tofacitinib 5 mg every two weeks"}}), "printed"),
    ("words of a frequency unread", "p1.treatments.tofacitinib", With({"note": GONE, "frequency": {"times": "3", "per": "d", "printed": "with meals"}, "evidence": {"case": "tofacitinib 5 mg with meals"}}), "printed"),
    ("age in months as years", "p1.age", With({"years": "9", "printed": "9-month-old", "evidence": {"case": "9-month-old man"}}), "printed"),
    ("age of a decade", "p1.age", With({"note": GONE, "odd": GONE, "years": "20", "printed": "in his 20s", "evidence": {"case": "a man in his 20s"}}), "printed"),
    ("range not printed", "p1.measurements.ck-onset", With({"range_low": "20", "range_high": "200"}), "printed"),
    ("scale min not printed", "p1.measurements.mrss-onset.scale_min", "7", "printed"),
    ("form banana", "p1.treatments.topical-thiosulfate.form", "banana", "printed"),
    ("resolved for improved", "p1.responses.tofacitinib-ck", With({"note": GONE, "outcome": "resolved", "evidence": {"case": "CPK had improved"}}), "wording"),
    ("stable for resolved", "p1.responses.tofacitinib-ck", With({"note": GONE, "outcome": "stable", "evidence": {"case": "the CPK elevation had resolved"}}), "wording"),
    ("remission for failure", "p1.treatments.rituximab", With({"note": GONE, "odd": GONE, "stopped_because": ["remission"], "evidence": {"case": "rituximab for one year had failed"}}), "wording"),
    ("start of a treatment with `after`", "p1.treatments.rituximab", With({"start": "2020-03", "end": GONE, "note": GONE, "odd": GONE, "evidence": {"case": "rituximab for one year from June 2020"}}), "date"),
    ("age at another year", "p1.age", With({"at": "2021", "note": GONE, "odd": GONE, "evidence": {"case": "28-year-old in January 2020"}}), "date"),
    ("tofa start year", "p1.treatments.tofacitinib.start", "2015", "time"),
    # by an adversary: links, outcomes, background, times and amounts against the words
    ("myositis to rituximab", "p1.responses.tofacitinib-myositis.to", ['rituximab'], "attribution"),
    ("ck to vaccine", "p1.responses.tofacitinib-ck.to", ['zoster-vaccination'], "attribution"),
    ("intralesional to topical", "p1.responses.intralesional-calcinosis.to", ['topical-thiosulfate'], "attribution"),
    ("overall refractory without rtx", "p1.responses.all-previous-overall.to", ['steroids', 'mmf', 'ivig'], "attribution"),
    ("overall refractory with local cures", "p1.responses.all-previous-overall.to", ['steroids', 'mmf', 'ivig', 'rituximab', 'local-cures'], "attribution"),
    ("calcinosis response of ild", "p1.responses.tofacitinib-calcinosis.of", ['ild'], "attribution"),
    ("lungs response of arthritis", "p1.responses.tofacitinib-lungs.of", ['arthritis'], "attribution"),
    ("calcinosis failure of myositis", "p1.responses.first-line-calcinosis.of", ['myositis'], "attribution"),
    ("joints and calcinosis", "p1.responses.first-line-joints.of", ['arthritis', 'calcinosis'], "attribution"),
    ("calcinosis resolved", "p1.responses.tofacitinib-calcinosis.outcome", 'resolved', "wording"),
    ("lungs improved", "p1.responses.tofacitinib-lungs.outcome", 'improved', "wording"),
    ("capillary loss resolved", "p1.responses.tofacitinib-capillary-loss.outcome", 'resolved', "wording"),
    ("esr stable", "p1.responses.tofacitinib-esr.outcome", 'stable', "wording"),
    ("control resolved", "p1.responses.first-line-control.outcome", 'resolved', "wording"),
    ("no-progression present", "p1.findings.no-progression.status", 'present', "wording"),
    ("dilatation 2022 excluded", "p1.findings.dilatation-2022.status", 'excluded', "wording"),
    ("antibody not stated", "p1.antibodies.anti-pm-scl.status", 'not stated', "wording"),
    ("ecg is echo", "p1.examinations.electrocardiogram.procedure", 'MAXO:0010203 ! echocardiography', "anatomy"),
    ("no ecg abnormality is of echo", "p1.findings.no-ecg-abnormality.concept", 'ckg:AbnormalEchocardiogram ! abnormal echocardiogram', "anatomy"),
    ("fvc is tlc", "p1.measurements.fvc-2019.analyte", 'LOINC:19862-2 ! Total lung capacity', "printed"),
    ("fev1/fvc is fvc", "p1.measurements.fev1-fvc-2022.analyte", 'LOINC:19872-1 ! FVC measured/predicted', "printed"),
    ("calcinosis from introduction", "p1.findings.calcinosis.evidence", {'intro': 'gastroesophageal reflux, subcutaneous edema, and calcinosis are common'}, "section"),
    ("rheumatoid arthritis of the patient", "p1.diagnoses.ra", {'concept': 'MONDO:0008383 ! rheumatoid arthritis', 'status': 'present', 'evidence': {'discussion': 'approved for use in rheumatoid arthritis'}}, "section"),
    ("favourable as patient fact", "p1.responses.tofacitinib-overall.layer", GONE, "section"),
    ("title as background", "claims.title-effective.kind", 'background', "section"),
    ("t cells as background", "claims.jak-inhibitors-t-cells.kind", 'background', "wording"),
    ("novelty as background", "claims.novelty-scleromyositis.kind", 'background', "wording"),
    ("rtx approved", "claims.rituximab-anti-pm-scl.predicate", 'is approved for', "wording"),
    ("tofacitinib 2021-11", "p1.treatments.tofacitinib.start", '2021-11', "date"),
    ("normalisation after weeks", "p1.times.cardiac-normalisation.by", '3..4 weeks', "date"),
    ("normalisation after rituximab", "p1.times.cardiac-normalisation.after", 'rituximab', "attribution"),
    ("ild found under tofacitinib", "p1.findings.ild.time", 'under-tofacitinib', "time"),
    ("infection under tofacitinib", "p1.events.infection.time", 'under-tofacitinib', "contradiction"),
    ("prednisone ongoing 2019", "p1.treatments.prednisone.ongoing_at", '2019', "attribution"),
    ("photograph after before", "p1.times.photograph-after", With({'after': GONE, 'before': 'tofacitinib'}), "date"),
    ("rituximab add-on left out", "p1.treatments.rituximab.add_on", GONE, "attribution"),
    ("tofacitinib after failure of vaccine", "p1.treatments.tofacitinib.after_failure_of", ['zoster-vaccination'], "attribution"),
    ("vaccine for myocarditis", "p1.treatments.zoster-vaccination.indication", ['myocarditis'], "attribution"),
    ("rituximab stopped for intolerance", "p1.treatments.rituximab.stopped_because", ['intolerance'], "wording"),
    ("intralesional is topical", "p1.treatments.intralesional-thiosulfate.route", 'NCIT:C38304 ! Topical Route of Administration', "wording"),
    ("unclear beside prednisone", "p1.treatments.tofacitinib.unclear_beside", ['prednisone'], "attribution"),
    ("tofacitinib twice", "p1.treatments.tofacitinib-again", {'drug': 'CHEBI:71200 ! tofacitinib', 'printed': 'tofacitinib', 'dose': {'value': '5', 'unit': 'mg', 'printed': '5 mg'}, 'frequency': {'times': '2', 'per': 'd', 'printed': 'twice daily'}, 'start': '2021-09', 'ongoing_at': 'present', 'evidence': {'case': ['tofacitinib 5 mg twice daily', 'was initiated in September 2021']}}, "duplicate-fact"),
    ("concentration is a dose", "p1.treatments.topical-thiosulfate", With({'concentration': GONE, 'dose': {'value': '25', 'unit': '%', 'printed': '25%'}}), "unit"),
    ("esr mildly elevated", "p1.measurements.esr-onset.interpretation", 'mildly elevated', "wording"),
    ("fvc 2022 reduced", "p1.measurements.fvc-2022.interpretation", 'reduced', "wording"),
    ("fvc has the value of tlc", "p1.measurements.fvc-2019", With({'value': '75', 'printed': '75%'}), "printed"),
    ("nt-probnp has the value of troponin", "p1.measurements.nt-probnp-control", With({'value': '33.7', 'printed': '33.7 ng/L', 'unit': 'ng/L', 'comparator': GONE}), "printed"),
    ("rodnan 52", "p1.measurements.mrss-onset.value", '52', "printed"),
    ("mrc supports myositis", "p1.measurements.mrc-2022.supports", ['persistent-myositis'], "time"),
    ("myositis of the arms", "p1.findings.myositis.sites", ['UBERON:0002102 ! forelimb'], "naming"),
    ("myocarditis without compatible", "p1.findings.myocarditis.certainty", GONE, "wording"),
    ("admission for myocarditis", "p1.events.admission.because_of", ['myocarditis'], "attribution"),
    ("telangiectasia aspect of ild", "p1.findings.telangiectasia.aspect_of", 'ild', "anatomy"),
    ("adverse event of rituximab", "p1.adverse_events.no-adverse-event.of", ['rituximab'], "attribution"),
    ("ct panel by mri", "p1.figures.figure-1e.examination", 'cardiac-mri-2021', "anatomy"),
    ("judged by patient", "p1.responses.tofacitinib-ck.judged_by", ['patient report'], "attribution"),
    ("licence other", "report.licence", 'CC-BY-NC-4.0', "printed"),
    # written down before there was a rule against any of them
    ("calcinosis becomes Gottron's papules", "p1.findings.calcinosis.concept", "HP:0430033 ! Gottron sign", "naming"),
    ("raynaud becomes dysphagia", "p1.findings.raynaud.concept", "HP:0002015 ! Dysphagia", "naming"),
    ("ILD becomes pulmonary hypertension", "p1.findings.ild.concept", "HP:0002092 ! Pulmonary arterial hypertension", "naming"),
    ("paraseptal emphysema becomes pulmonary fibrosis", "p1.findings.paraseptal-emphysema.concept", "HP:0002206 ! Pulmonary fibrosis", "naming"),
    ("arthritis becomes muscle weakness", "p1.findings.arthritis.concept", "HP:0001324 ! Muscle weakness", "anatomy"),
    ("no-myalgia becomes no fever-like dysphagia", "p1.findings.no-myalgia.concept", "HP:0002015 ! Dysphagia", "naming"),
    ("elevated troponin becomes elevated CRP", "p1.findings.elevated-troponin.concept", "HP:0011227 ! Elevated circulating C-reactive protein concentration", "anatomy"),
    ("elevated CK becomes elevated LDH", "p1.findings.elevated-ck.concept", "HP:0025435 ! Increased circulating lactate dehydrogenase concentration", "anatomy"),
    ("troponin I becomes troponin T", "p1.findings.elevated-troponin.concept", "HP:0410174 ! Increased circulating troponin T concentration", "naming"),
    ("avascular areas become haemorrhage", "p1.findings.avascular-areas.concept", "ckg:NailfoldHaemorrhage ! nailfold haemorrhage", "naming"),
    ("chest pain becomes myalgia", "p1.findings.chest-pain.concept", "HP:0003326 ! Myalgia", "naming"),
    ("no megacapillary becomes no neoangiogenesis", "p1.findings.no-megacapillary-2020.concept", "ckg:NailfoldNeoangiogenesis ! nailfold neoangiogenesis", "naming"),
    ("anti-PM/Scl becomes anti-Jo-1", "p1.antibodies.anti-pm-scl.concept", "HP:0034152 ! Anti-histidyl tRNA synthetase antibody positivity", "naming"),
    ("anti-PM/Scl becomes anti-centromere", "p1.antibodies.anti-pm-scl.concept", "HP:0030873 ! Anti-centromere antibody positivity", "naming"),
    ("anti-PM/Scl becomes anti-Ku", "p1.antibodies.anti-pm-scl.concept", "HP:0034088 ! Anti-Ku antibody positivity", "naming"),
    ("anti-PM/Scl becomes its subunit 100", "p1.antibodies.anti-pm-scl.concept", "HP:0034085 ! Anti-PM-Scl100 antibody positivity", "naming"),
    ("scleromyositis becomes rheumatoid arthritis", "p1.diagnoses.scleromyositis.concept", "MONDO:0008383 ! rheumatoid arthritis", "naming"),
    ("scleromyositis becomes ulcerative colitis", "p1.diagnoses.scleromyositis.concept", "MONDO:0005101 ! ulcerative colitis", "naming"),
    ("scleromyositis becomes dermatomyositis", "p1.diagnoses.scleromyositis.concept", "MONDO:0016367 ! dermatomyositis", "naming"),
    ("electromyogram becomes ECG", "p1.examinations.electromyogram.procedure", "MAXO:0000900 ! electrocardiography", "anatomy"),
    ("cardiac MRI becomes lung CT", "p1.examinations.cardiac-mri-2021.procedure", "MAXO:0010314 ! lung CT", "anatomy"),
    ("capillaroscopy becomes lung function", "p1.examinations.capillaroscopy-2020.procedure", "MAXO:0035078 ! pulmonary function testing", "anatomy"),
    ("muscle biopsy becomes echocardiography", "p1.examinations.muscle-biopsy.procedure", "MAXO:0010203 ! echocardiography", "anatomy"),
    ("FVC becomes FEV1", "p1.measurements.fvc-2022.analyte", "LOINC:20152-5 ! FEV1 measured/predicted", "naming"),
    ("DLCO becomes FVC", "p1.measurements.dlco-2022.analyte", "LOINC:19872-1 ! FVC measured/predicted", "naming"),
    ("troponin becomes NT-proBNP (same unit)", "p1.measurements.troponin-2021.analyte", "LOINC:33762-6 ! Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma", "anatomy"),
    ("Rodnan becomes CDASI", "p1.measurements.mrss-onset.analyte", "ckg:CDASIActivityScore ! CDASI activity score", "naming"),
    ("MRC becomes Rodnan", "p1.measurements.mrc-2022.analyte", "ckg:ModifiedRodnanSkinScore ! modified Rodnan skin score", "anatomy"),
    ("infection becomes hospitalisation", "p1.events.infection.concept", "EFO:0020922 ! hospitalisation", "anatomy"),
    ("admission becomes vaccination", "p1.events.admission.concept", "MAXO:0001017 ! vaccination", "naming"),
    ("no infection becomes no vaccination", "p1.events.no-infection.concept", "MAXO:0001017 ! vaccination", "naming"),
    ("adverse event is calcinosis", "p1.adverse_events.no-adverse-event.concept", "HP:0025520 ! Calcinosis cutis", "naming"),
    ("adverse event present, of another kind", "p1.adverse_events.no-adverse-event", With({"concept": "HP:0002015 ! Dysphagia"}), "naming"),
    ("progression at the heart", "p1.findings.calcinosis-progression.sites", ["UBERON:0000948 ! heart"], "anatomy"),
    ("left elbow becomes wrist joint", "p1.findings.calcinosis-left-elbow.sites", ["UBERON:0001491 ! wrist joint"], "anatomy"),
    ("infection of the shoulder", "p1.events.infection.sites", ["UBERON:0001467 ! shoulder"], "naming"),
    ("response at the thigh", "p1.responses.tofacitinib-calcinosis.sites", ["UBERON:0000376 ! hindlimb stylopod"], "naming"),
    ("Gottron's papules at the lung", "p1.findings.calcinosis", With({"concept": "HP:0430033 ! Gottron sign", "sites": ["UBERON:0002048 ! lung"], "evidence": {"case": "Gottron sign of the lung"}}), "anatomy"),
    ("arthritis of the skin", "p1.findings.arthritis", With({"sites": ["UBERON:0002097 ! skin of body"], "evidence": {"case": "arthritis of the skin"}}), "anatomy"),
    ("ILD of the elbow", "p1.findings.ild", With({"sites": ["UBERON:0001461 ! elbow"], "evidence": {"case": "interstitial lung disease of the elbow"}}), "anatomy"),
    ("myocarditis of the shoulder", "p1.findings.myocarditis", With({"sites": ["UBERON:0001467 ! shoulder"], "evidence": {"case": "myocarditis of the shoulder"}}), "anatomy"),
    ("telangiectasia of bone", "p1.findings.telangiectasia", With({"sites": ["UBERON:0002481 ! bone tissue"], "evidence": {"case": "telangiectasias of the bone"}}), "anatomy"),
    ("raynaud of the heart", "p1.findings.raynaud", With({"sites": ["UBERON:0000948 ! heart"], "evidence": {"case": "Raynaud's phenomenon of the heart"}}), "anatomy"),
    ("myositis of the lung", "p1.findings.myositis", With({"sites": ["UBERON:0002048 ! lung"], "shown_by": [], "evidence": {"case": "symmetrical proximal myositis of the lung", "abstract": "confirmation in lower limbs predominantly in lower limbs"}}), "anatomy"),
    ("CK elevation of the elbow", "p1.findings.elevated-ck", With({"sites": ["UBERON:0001461 ! elbow"], "evidence": {"case": "CPK elevation (7891 UI/L) of the elbow"}}), "anatomy"),
    ("ESR of the lung", "p1.findings.elevated-esr", With({"sites": ["UBERON:0002048 ! lung"]}), "anatomy"),
    ("avascular nailfold areas at the heart", "p1.findings.avascular-areas.sites", ["UBERON:0000948 ! heart"], "anatomy"),
    ("pleural thickening at the wrist joint", "p1.findings.pleuroapical-thickening.sites", ["UBERON:0001491 ! wrist joint"], "anatomy"),
    ("raised myocardial T1 at the elbow joint", "p1.findings.raised-t1.sites", ["UBERON:0001490 ! elbow joint"], "anatomy"),
    ("cardiac MRI of the elbow", "p1.examinations.cardiac-mri-2021", With({"sites": ["UBERON:0001461 ! elbow"]}), "anatomy"),
    ("chest CT of the wrist joint", "p1.examinations.chest-ct", With({"sites": ["UBERON:0001491 ! wrist joint"]}), "anatomy"),
    ("capillaroscopy of the lung", "p1.examinations.capillaroscopy-2020", With({"sites": ["UBERON:0002048 ! lung"]}), "anatomy"),
    ("lung response at the elbow", "p1.responses.tofacitinib-lungs", With({"sites": ["UBERON:0001461 ! elbow"]}), "anatomy"),
    ("admission of the elbow", "p1.events.admission", With({"sites": ["UBERON:0001461 ! elbow"]}), "anatomy"),
    ("anti-PM/Scl binds JAK1", "p1.antibodies.anti-pm-scl.antigens", ["HGNC:6190 ! JAK1"], "antigen"),
    ("anti-PM/Scl binds TGFB1", "p1.antibodies.anti-pm-scl.antigens", ["HGNC:11766 ! TGFB1"], "antigen"),
    ("anti-Jo-1 binds EXOSC10", "p1.antibodies.anti-pm-scl", With({"concept": "HP:0034152 ! Anti-histidyl tRNA synthetase antibody positivity", "antigens": ["HGNC:9138 ! EXOSC10"], "evidence": {"case": "anti-Jo-1 positive (EXOSC10)"}}), "antigen"),
    ("antigen is an organ", "p1.antibodies.anti-pm-scl.antigens", ["UBERON:0002048 ! lung"], "antigen"),
    ("arthritis shown by capillaroscopy", "p1.findings.arthritis", With({"shown_by": ["capillaroscopy-2020"]}), "anatomy"),
    ("arthritis shown by lung function", "p1.findings.arthritis", With({"shown_by": ["lung-function-2019"]}), "anatomy"),
    ("calcinosis shown by ECG", "p1.findings.calcinosis", With({"shown_by": ["electrocardiogram"]}), "anatomy"),
    ("myocarditis shown by nailfold capillaroscopy", "p1.findings.myocarditis.shown_by", ["capillaroscopy-2020"], "anatomy"),
    ("ESR shown by chest CT", "p1.findings.elevated-esr.shown_by", ["chest-ct"], "anatomy"),
    ("CK measured in the ECG", "p1.measurements.troponin-2021", With({"examination": "electrocardiogram"}), "anatomy"),
    ("FVC measured in capillaroscopy", "p1.measurements.fvc-2022.examination", "capillaroscopy-2022", "anatomy"),
    ("lungs' response shown by CK", "p1.responses.tofacitinib-lungs.shown_by", ["ck-2022"], "anatomy"),
    ("CK response shown by FVC", "p1.responses.tofacitinib-ck.shown_by", ["fvc-2022"], "anatomy"),
    ("calcinosis response shown by cardiac MRI", "p1.responses.tofacitinib-calcinosis", With({"shown_by": ["cardiac-mri-2022"]}), "anatomy"),
    ("myocarditis an aspect of calcinosis", "p1.findings.myocarditis", With({"aspect_of": "calcinosis"}), "anatomy"),
    ("avascular areas an aspect of arthritis", "p1.findings.avascular-areas", With({"aspect_of": "arthritis"}), "anatomy"),
    ("T1 mapping part of lung function", "p1.examinations.t1-mapping-2021.part_of", "echocardiogram", "anatomy"),
    ("histology part of chest CT", "p1.examinations.histopathology.part_of", "chest-ct", "anatomy"),
    ("figure of capillaroscopy depicts myocarditis", "p1.figures.figure-2a", With({"depicts": ["myocardial-inflammation"]}), "anatomy"),
    ("cellulitis associated with ... ILD panel examination", "p1.figures.figure-1e.examination", "capillaroscopy-2020", "anatomy"),
    ("tofacitinib sites heart", "p1.treatments.topical-thiosulfate", With({"sites": ["UBERON:0000948 ! heart"]}), "naming"),
    ("ESR bilateral", "p1.findings.elevated-esr", With({"laterality": "HP:0012832 ! Bilateral"}), "anatomy"),
    ("proximal skin of nothing", "p1.findings.elevated-esr", With({"modifiers": ["HP:0012840 ! Proximal"]}), "anatomy"),
    ("rituximab inhibits JAK1", "claims.tofacitinib-inhibits.subject", "DRUGBANK:DB00073 ! Rituximab", "naming"),
    ("inhibits TYK2 for JAK1 and JAK3", "claims.tofacitinib-inhibits.objects", ["HGNC:12440 ! TYK2"], "naming"),
    ("approved for dermatomyositis", "claims.tofacitinib-approved.objects", ["MONDO:0016367 ! dermatomyositis"], "naming"),
    ("objects of a conclusion swapped", "claims.conclusion-frequent.objects", ["HP:0002015 ! Dysphagia"], "naming"),
    ("compared with prednisone", "claims.tofacitinib-rodnan.compared_with", "CHEBI:8382 ! prednisone", "naming"),
    ("rodnan increases", "claims.tofacitinib-rodnan.objects", ["ckg:CDASIActivityScore ! CDASI activity score"], "naming"),
    ("novelty told of methotrexate", "claims.novelty-scleromyositis.objects", ["CHEBI:44185 ! methotrexate"], "naming"),
    ("prednisone continues MMF", "p1.treatments.prednisone.continues", "mmf", "drug-name"),
    ("tofacitinib continues rituximab", "p1.treatments.tofacitinib", With({"continues": "rituximab"}), "drug-name"),
    ("steroids reduced to mmf", "p1.dose_changes.steroid-reduction.to", "mmf", "drug-name"),
    ("certainty confirmed for compatible", "p1.findings.myocarditis.certainty", "confirmed", "wording"),
    ("certainty possible for confirmed", "p1.findings.myositis.certainty", "possible", "wording"),
    ("tofacitinib preventive", "p1.treatments.tofacitinib.intent", "preventive", "wording"),
    ("cream stopped by patient decision", "p1.treatments.topical-thiosulfate.stopped_because", ["patient decision"], "wording"),
    ("cream stopped for intolerance", "p1.treatments.topical-thiosulfate.stopped_because", ["intolerance"], "wording"),
    ("tofacitinib started for remission", "p1.treatments.tofacitinib.started_because", ["remission"], "wording"),
    ("rituximab a taper", "p1.treatments.rituximab.phases", ["taper"], "wording"),
    ("tofacitinib a mere class", "p1.treatments.tofacitinib", With({"class_only": "true"}), "drug-name"),
    ("tofacitinib topical", "p1.treatments.tofacitinib", With({"route": "NCIT:C38304 ! Topical Route of Administration"}), "wording"),
    ("patient lost", "p1.follow_up.last-seen.status", "lost", "wording"),
    ("funding is a consent", "statements.funding.kind", "consent", "wording"),
    ("consent is funding", "statements.consent.kind", "funding", "wording"),
    ("figure 1A called 7Q", "p1.figures.figure-1a.label", "7Q", "wording"),
    ("figure 2A called 3C", "p1.figures.figure-2a.label", "3C", "wording"),
    ("severity of an excluded finding", "p1.findings.no-weakness", With({"severity": "HP:0012825 ! Mild"}), "shape:Finding-qualified"),
    ("course of an excluded finding", "p1.findings.no-weakness", With({"course": "HP:0003676 ! Progressive"}), "shape:Finding-qualified"),
    ("left and bilateral", "p1.findings.ild", With({"laterality": "HP:0012835 ! Left"}), "wording"),
    ("localized and diffuse", "p1.findings.myocardial-inflammation.modifiers", ["HP:0020034 ! Diffuse", "HP:0012838 ! Localized"], "wording"),
    ("weakly turned into fully", "claims.tofacitinib-inhibits-weakly.predicate", "inhibits", "wording"),
    ("insufficient turned into benefit", "claims.conclusion-immunosuppressants-insufficient.predicate", "may benefit", "wording"),
    ("background told as hypothesis", "claims.jak-inhibitors-tgf-beta.kind", "background", "wording"),
    ("cohort for case series", "claims.tofacitinib-dermatomyositis.setting", "cohort", "wording"),
    ("in vitro for a cohort", "claims.tofacitinib-dermatomyositis.setting", "in vitro", "wording"),
    ("finding quoted from the reference list", "p1.findings.raynaud", With({"evidence": {"references": "Raynaud's phenomenon"}}), "section"),
    ("treatment quoted from the statements", "p1.treatments.prednisone", With({"evidence": {"statements": "prednisone 2.5 mg/24h at present"}}), "section"),
    ("oral vaccine cream", "p1.treatments.zoster-vaccination", With({"route": "NCIT:C38304 ! Topical Route of Administration"}), "wording"),
    ("a route that nothing tells", "p1.treatments.rituximab", With({"route": "NCIT:C38250 ! Intralesional Route of Administration"}), "wording"),
    ("vaccine therapeutic", "p1.treatments.zoster-vaccination.intent", "therapeutic", "wording"),
    ("added on, by no word", "p1.treatments.mmf", With({"add_on": "true"}), "wording"),
    # of a list on two invented reports of other diseases
    ("negative antibody present", "p1.antibodies.anti-pm-scl", With({"concept": "HP:0034152 ! Anti-histidyl tRNA synthetase antibody positivity", "evidence": {"case": "anti-Jo-1 and antinuclear antibodies were negative"}}), "wording"),
    ("an event that did not happen", "p1.events.wound-care", With({"note": "Local wound care is meant.", "evidence": {"case": "he was not operated on"}}), "wording"),
    ("resolved told as better in part", "p1.responses.tofacitinib-myocarditis.outcome", "partially improved", "wording"),
    ("better told as stable", "p1.responses.tofacitinib-lung-function.outcome", "stable", "wording"),
    ("a possibility told as knowledge", "claims.jak-inhibitors-t-cells", With({"kind": "background", "predicate": "inhibits", "odd": GONE}), "wording"),
    ("dose a week", "p1.treatments.prednisone.dose.unit", "mg/wk", "unit"),
    ("titre that is none", "p1.antibodies.anti-pm-scl", With({"titre": "positive"}), "shape:Antibody-titre"),
    ("one side for both", "p1.responses.tofacitinib-calcinosis.laterality", "HP:0012833 ! Unilateral", "wording"),
    ("upper end as lower end", "p1.measurements.ck-onset", With({"range_low": "190", "evidence": {"case": "CPK elevation (7891 UI/L) (reference <190)"}}), "range"),
    ("a bound in words", "p1.measurements.nt-probnp-control", With({"comparator": GONE, "printed": "below 35 pg/mL", "evidence": {"case": "NTproBNP below 35 pg/mL"}}), "printed"),
    ("a direction that nothing tells", "p1.findings.elevated-ck.evidence", {"case": "CPK (7891 UI/L)"}, "naming"),
    ("allowed by another drug", "p1.dose_changes.steroid-reduction", With({"allowed_by": ["rituximab"], "evidence": {"case": "tofacitinib allowed progressive withdrawal of steroids up to prednisone"}}), "attribution"),
    ("narrower than the words", "p1.findings.telangiectasia.concept", "HP:0007763 ! Retinal telangiectasia", "naming"),
    ("a part of the name", "p1.diagnoses.scleromyositis", With({"concept": "MONDO:0016367 ! dermatomyositis", "evidence": {"case": "juvenile dermatomyositis diagnosed in 2019"}}), "naming"),
    ("shown by another examination", "p1.findings.no-ecg-abnormality", With({"shown_by": ["cardiac-mri-2021"], "evidence": {"case": "no ECG abnormality on electrocardiography"}}), "attribution"),
    ("severity by no word", "p1.findings.telangiectasia", With({"severity": "HP:0012828 ! Severe"}), "wording"),
    ("course by no word", "p1.findings.telangiectasia", With({"course": "HP:0003676 ! Progressive"}), "wording"),
    ("certainty by no word", "p1.findings.telangiectasia", With({"certainty": "possible"}), "wording"),
    ("a reference that is not printed", "claims.tofacitinib-inhibits-weakly.cites", {"r6": "evidence"}, "printed"),
    ("normal, and shows something", "p1.examinations.chest-ct", With({"result": "normal", "note": GONE}), "wording"),
    ("rests on what is absent", "p1.diagnoses.scleromyositis", With({"based_on": ["no-weakness"], "note": "A diagnosis of 2019."}), "shape:Diagnosis-grounds"),
    ("biopsy of another organ", "p1.examinations.muscle-biopsy.evidence", {"case": "a skin biopsy"}, "naming"),
    ("antigen that nothing names", "p1.antibodies.anti-pm-scl", With({"concept": "HP:0033559 ! Anti-myeloperoxidase antibody positivity", "antigens": ["HGNC:6190 ! JAK1"], "evidence": {"case": "MPO-ANCA was positive"}}), "antigen"),
    ("an outcome that nothing tells", "p1.adverse_events.no-adverse-event", With({"concept": "HP:0003326 ! Myalgia", "status": "present", "outcome": "worsened", "evidence": {"case": "myalgia on tofacitinib"}}), "wording"),
]  # fmt: skip

# The same, and it is accepted: the fact says that it is odd, or the report may well print it.
HONEST: list[tuple[str, str, Any]] = [
    ("after publication, odd", "p1.findings.calcinosis", With(onset="2024", odd="The legend has a date after the publication.")),
    ("before birth, odd", "p1.findings.calcinosis", With(time="1950", odd="Printed as 1950, long before the birth.")),
    ("two centuries ago, odd", "p1.findings.calcinosis", With(time="1822", odd="Printed as 1822.")),
    ("follow-up before facts, odd", "p1.follow_up.last-seen", With(time="2021-01", odd="The year of the last visit is 2021.")),
    ("dead, and treated later, odd", "p1.follow_up.last-seen", With(time="2021-01", status="dead", odd="The death has a date before the last treatment.")),
    ("excluded, with a note", "p1.findings.telangiectasia", With(status="excluded", note="Told as absent in the table.")),
    ("excluded by a normal result", "p1.findings.telangiectasia", With(status="excluded", evidence={"case": "the skin was normal"})),
    ("excluded in Spanish", "p1.findings.telangiectasia", With(status="excluded", evidence={"case": "sin telangiectasias"})),
    ("excluded in French", "p1.findings.telangiectasia", With(status="excluded", evidence={"case": "absence de telangiectasias"})),
    ("excluded in German", "p1.findings.telangiectasia", With(status="excluded", evidence={"case": "keine Teleangiektasien"})),
    ("excluded at the end of a list", "p1.findings.telangiectasia", With(status="excluded", evidence={"case": "no rash, ulcers, or telangiectasias"})),
    ("present and not improved", "p1.findings.telangiectasia", With(evidence={"case": "no improvement of telangiectasias"})),
    ("present and no response", "p1.findings.telangiectasia", With(evidence={"case": "telangiectasias did not respond to laser"})),
    ("present, then resolved", "p1.findings.telangiectasia", With(evidence={"case": "telangiectasias resolved in May"})),
    ("present beside what is denied", "p1.findings.telangiectasia", With(evidence={"case": "telangiectasias without ulcers"})),
    ("denied and present, odd", "p1.findings.no-myalgia", With(status="present", odd="Denied here, but present in the table.")),
    ("printed with a wrong unit, odd", "p1.measurements.troponin-2021", With(unit="ng/mL", odd="Printed as ng/L, though the assay gives ng/mL.")),
    ("called normal, odd", "p1.measurements.esr-onset", With(interpretation="normal", odd="Called elevated here and normal in the table.")),
    ("elevated, not normal", "p1.measurements.esr-2022", With(interpretation="normal", evidence={"case": "ESR was not elevated (3 mm/h)"})),
    ("worse, though told as better, odd", "p1.responses.tofacitinib-ck", With(outcome="worsened", odd="The table says that it had worsened.")),
    ("for what is prevented", "p1.treatments.zoster-vaccination", With(indication=["no-infection"])),
    ("for what was only suspected", "p1.treatments.mmf", With(indication=["no-weakness"], note="Given when it was only suspected.")),
    ("review after publication, odd", "report", With(review_ended="2023-02-01", odd="The review ended after the publication.")),
    ("reference of the future, odd", "references.r2", With(year="2031", odd="The year is printed so.")),
    ("another name of a drug, odd", "p1.treatments.tofacitinib", With(drug="CHEBI:44185 ! methotrexate", odd="Printed as tofacitinib, meant is methotrexate.")),
    ("called a woman, odd", "p1.sex", With(concept="PATO:0000383 ! female", odd="Male here; the patient is a woman in the discussion.")),
    ("increased by a withdrawal, odd", "p1.dose_changes.steroid-reduction", With(direction="increased", odd="Printed as withdrawal, but the dose increased, with a date.")),
    ("a daily dose", "p1.treatments.tofacitinib.dose.unit", "mg/d"),
    ("the same unit in other letters", "p1.measurements.troponin-2021.unit", "pg/mL"),
    ("a normal value that supports an exclusion", "p1.measurements.ck-2022.supports", ["no-weakness"]),
    ("all rights reserved", "report.licence", "All rights reserved"),
    ("no licence", "report.licence", "not stated"),
    ("a supplement", "report.number", "S1"),
    ("every two weeks", "p1.treatments.tofacitinib", With(started_because=[], frequency={"times": "0.5", "per": "wk", "printed": "every two weeks"}, evidence={"case": "In September 2021 tofacitinib 5 mg every two weeks"})),
    ("thrice daily", "p1.treatments.tofacitinib", With(started_because=[], frequency={"times": "3", "per": "d", "printed": "three times a day"}, evidence={"case": "In September 2021 tofacitinib 5 mg three times a day"})),
    ("a frequency no table reads, noted", "p1.treatments.tofacitinib", With(started_because=[], note="Three meals a day.", frequency={"times": "3", "per": "d", "printed": "with meals"}, evidence={"case": "In September 2021 tofacitinib 5 mg with meals"})),
    ("age in words", "p1.age", With(printed="twenty-eight-year-old", evidence={"case": "a twenty-eight-year-old man"})),
    ("range in brackets", "p1.measurements.ck-onset", With(range_low="30", range_high="200", evidence={"case": "CPK elevation (7891 UI/L, normal 30-200)"})),
    ("resolved as no longer seen", "p1.responses.tofacitinib-arthritis", With(odd=GONE, outcome="resolved", evidence={"case": "arthritis improved and was no longer seen"})),
    ("resolved though told as improved, noted", "p1.responses.tofacitinib-arthritis", With(odd=GONE, outcome="resolved", note="None is left.", evidence={"case": "arthritis improved"})),
    ("stopped because of what it was not given for", "p1.treatments.topical-thiosulfate", With(stopped_because=["intolerance"], started_because=[], evidence={"case": "topical 25% thiosulfate cream, stopped because of chest pain"})),
    ("lung function by what was measured", "p1.examinations.lung-function-2019", With(evidence={"case": "FVC 80%"})),
    ("a part of a range", "p1.measurements.ck-onset", With(range_high="190", printed="7891 UI/L (normal up to 190)", evidence={"case": "CPK elevation 7891 UI/L (normal up to 190)"})),
    ("rests on what is absent, noted", "p1.diagnoses.scleromyositis", With(based_on=["no-weakness"], note="Without weakness, which speaks for it.")),
    ("side of both, and a unit per litre", "p1.responses.tofacitinib-calcinosis", With(laterality="HP:0012832 ! Bilateral", evidence={"case": "calcinosis improved, CK 2,340 U/L, 5 L of fluid"})),
    ("an age with a date", "p1.age", With(years="28", at="2020")),
    ("another word for calcinosis", "p1.findings.telangiectasia", With(concept="HP:0025520 ! Calcinosis cutis", time="2020", evidence={"case": "multiple subcutaneous calcifications"})),
    ("abbreviations", "p1.findings.ild", With(evidence={"case": "HRCT showed ILD"})),
    ("another word for the lung's function", "p1.examinations.lung-function-2019", With(evidence={"case": "spirometry in 2019"})),
    ("a narrower word", "p1.findings.ild", With(evidence={"case": "nonspecific interstitial pneumonia"})),
    ("a broader word", "p1.examinations.cardiac-mri-2021", With(evidence={"case": "an MRI in 2021"})),
    ("another language", "p1.findings.telangiectasia", With(evidence={"case": "telangiectasies du visage"})),
    ("British spelling", "p1.findings.no-haemorrhage-2020", With(evidence={"fig2": "no nailfold haemorrhages"})),
    ("an antibody by its antigen", "p1.antibodies.anti-pm-scl", With(concept="HP:0034152 ! Anti-histidyl tRNA synthetase antibody positivity", antigens=["HGNC:4816 ! HARS1"], evidence={"case": "positive anti-Jo1"})),
    ("antibodies of a class", "p1.antibodies.anti-pm-scl", With(antigens=["HGNC:9138 ! EXOSC10"], evidence={"case": "anti-PM-Scl antibodies (1:640)"})),
    ("a name that the note explains", "p1.findings.raynaud", With(note="White fingers are the Raynaud phenomenon.", evidence={"case": "white fingers in the cold"})),
    ("a site that the finding implies", "p1.findings.ild", With(evidence={"case": "interstitial pneumonitis"})),
    ("a site of one word", "p1.findings.calcinosis-left-elbow", With(note=GONE, evidence={"fig1": "extensive calcinosis of the left elbow region"})),
    ("ulcers of the fingers", "p1.findings.telangiectasia", With(concept="HP:0031917 ! Digital ulcer", sites=["UBERON:0002389 ! manual digit"], evidence={"case": "painful ulcers of the fingers"})),
    ("skin of a region", "p1.findings.skin-thickening", With(sites=["UBERON:0001467 ! shoulder"], shown_by=[], evidence={"case": "thickened skin of both shoulders"})),
    ("weakness in other words", "p1.findings.telangiectasia", With(concept="HP:0001324 ! Muscle weakness", evidence={"case": "reduced muscle strength"})),
    ("swallowing in other words", "p1.findings.telangiectasia", With(concept="HP:0002015 ! Dysphagia", evidence={"case": "difficulty in swallowing solids"})),
    ("a site that is odd, and said to be", "p1.findings.myocarditis", With(certainty=GONE, sites=["UBERON:0001467 ! shoulder"], odd="Printed as of the shoulder.", evidence={"case": "myocarditis of the shoulder"})),
    ("an antigen that the report names wrongly", "p1.antibodies.anti-pm-scl", With(antigens=["HGNC:6190 ! JAK1"], odd="The report names JAK1 as its antigen.")),
]  # fmt: skip


@pytest.fixture(scope="module")
def shipped_values() -> Any:
    return read_document(places.cases()[0]).value


def edited(value: Any, path: str, change: Any) -> Any:
    """The values of a case file, with one change."""
    value = copy.deepcopy(value)
    *above, last = path.removeprefix("p1.").split(".")
    node = value["patients"]["p1"] if path.startswith("p1.") else value
    for part in above:
        node = node[part]
    if change is GONE:
        del node[last]
    else:
        new = {**node[last], **change} if isinstance(change, With) else change
        node[last] = {k: v for k, v in new.items() if v is not GONE} if isinstance(change, With) else new
    return value


def violations(value: Any, whole: bool = False) -> list[Result]:
    """What is wrong with a case file of these values: by Python, and where that finds nothing by the shapes."""
    try:
        file = case_file(Document("edited.yaml", value, {}), Path("edited.yaml"), "")
    except CaseError as error:
        return [r for r in error.results if r.severity == "violation"]
    found = [r for r in file.results if r.severity == "violation"]
    if whole or not found:
        found += [r for r in validate_graph(quads(file.case))[0] if r.severity == "violation"]
    return found


@pytest.mark.parametrize(("path", "change", "rule"), [row[1:] for row in ABSURD], ids=[row[0] for row in ABSURD])
def test_an_absurd_edit_is_refused(path: str, change: Any, rule: str, shipped_values: Any) -> None:
    found = violations(edited(shipped_values, path, change))
    assert rule in {r.rule for r in found}, [str(r) for r in found]
    assert all(
        r.message.endswith((".", ")", "]")) and (r.cure.endswith((".", "?")) or r.rule.startswith("shape:"))
        for r in found
    )


@pytest.mark.parametrize(("path", "change"), [row[1:] for row in HONEST], ids=[row[0] for row in HONEST])
def test_an_honest_oddity_is_accepted(path: str, change: Any, shipped_values: Any) -> None:
    value = edited(shipped_values, path, change)
    if isinstance(change, With) and isinstance(quote := change.get("evidence"), dict):
        assert all(len(words.split()) <= 12 for words in quote.values())
    assert [str(r) for r in violations(value, whole=True)] == []


@pytest.mark.parametrize(
    "quote",
    ["CPK elevation (7891 UI/L, normal <200)", "CPK elevation (7891 UI/L; upper limit of normal 200)", "CPK elevation (7891 UI/L; normal range 30-200)", "CPK (7891 UI/L) above the normal range"],
)  # fmt: skip
@pytest.mark.parametrize("section", ["findings.elevated-ck", "measurements.ck-onset"])
def test_a_reference_range_is_no_denial(section: str, quote: str, shipped_values: Any) -> None:
    value = edited(shipped_values, f"p1.{section}", With(evidence={"case": quote}))
    told = [r for r in violations(value) if r.rule == "wording"]
    assert told == []


@pytest.mark.parametrize(
    ("quote", "bare"),
    [
        ("CK 150 (N: 30-200)", "CK 150 ()"), ("CK above the normal range", "CK above"), ("CK was normal 3 months later", None),
        ("CK was normal 2-3 months later", None), ("returned to the normal range", None), ("within normal limits", None),
        ("twice the upper limit of normal", "twice the "), ("MRI was normal in 2022", None), ("the normal <200", "the "),
    ],
)  # fmt: skip
def test_what_is_a_reference_range(quote: str, bare: str | None) -> None:
    assert _bare(quote) == (quote if bare is None else bare)


def test_the_list_is_long_and_names_each_once() -> None:
    assert len(ABSURD) >= 160
    assert len(HONEST) >= 15
    assert len({row[0] for row in ABSURD}) == len(ABSURD)


def test_two_facts_that_say_the_same_at_one_time_and_place_are_one(shipped_values: Any) -> None:
    value = copy.deepcopy(shipped_values)
    findings = value["patients"]["p1"]["findings"]
    findings["again"] = {**findings["telangiectasia"], "evidence": {"case": "telangiectasias, calcinosis"}}
    file = case_file(Document("edited.yaml", value, {}), Path("edited.yaml"), "")
    (told,) = [r for r in file.results if r.rule == "duplicate-fact"]
    assert (told.severity, told.key) == ("violation", "patients.p1.findings.again")
    assert "'telangiectasia'" in told.message


TOP = "https://w3id.org/casekg/case/10.7759_cureus.34125"
# (subject, property, object in place of what it has, rule): the same doors on the RDF graph.
GRAPHS: list[tuple[str, str, Any, str]] = [
    ("p1#tofacitinib-calcinosis", "ofManifestation", "p1#no-weakness", "shape:Response-subject"),
    ("p1#tofacitinib", "indication", "p1#no-weakness", "shape:Treatment-indicated"),
    ("p1#tofacitinib", "startedWith", "p1#steroids", "shape:Treatment-simultaneous"),
    ("p1#tofacitinib-ck", "shownBy", "p1#ck-onset", "shape:Response-evidence"),
    ("p1#first-line-joints", "toTreatment", "p1#tofacitinib", "shape:Response-later"),
    ("p1#steroid-reduction", "time", "p1#time-2020", "shape:DoseChange-timing"),
    ("p1#last-seen", "time", "p1#time-2020", "shape:FollowUp-last"),
    ("p1#no-adverse-event", "time", "p1#time-2020", "shape:AdverseEvent-timing"),
    ("p1#no-myalgia", "onset", "p1#time-2020", "shape:Fact-began"),
    ("p1#scleromyositis", "onset", "p1#time-2020", "shape:Fact-onset"),
    ("p1#t1-mapping-2021", "partOf", "p1#cardiac-mri-2022", "shape:Fact-during"),
    ("p1#chest-pain", "associatedWith", "p1#no-weakness", "shape:Fact-related"),
    ("p1#admission", "becauseOf", "p1#no-infection", "shape:Fact-related"),
    ("p1#mmf", "addedTo", "p1#tofacitinib", "shape:Treatment-failed"),
]


@pytest.mark.parametrize(("subject", "name", "value", "rule"), GRAPHS, ids=[row[-1] + " " + row[0] for row in GRAPHS])
def test_an_absurd_graph_is_refused(subject: str, name: str, value: str, rule: str, shipped_values: Any) -> None:
    case = case_file(Document("edited.yaml", shipped_values, {}), Path("edited.yaml"), "").case
    node, link = ox.NamedNode(f"{TOP}/{subject}"), ox.NamedNode(CKG + name)
    rows = [q for q in quads(case) if (q.subject, q.predicate) != (node, link)]
    rows.append(ox.Quad(node, link, ox.NamedNode(f"{TOP}/{value}"), ox.NamedNode(TOP)))
    found = {r.rule for r in validate_graph(rows)[0] if r.severity == "violation"}
    assert rule in found


NAMED = _stems(Catalogue.shipped(), case_file(
    Document("x", read_document(places.cases()[0]).value, {}), Path("x"), "").case.patients["p1"].findings["arthritis"].concept)  # fmt: skip


@given(
    st.sampled_from(["no ", "without ", "denied ", "absence of ", "never had "]),
    st.lists(st.sampled_from(["rash", "fever", "ulcers"]), max_size=3),
)
def test_a_denial_reaches_the_end_of_its_list(cue: str, others: list[str]) -> None:
    quote = cue + ", ".join([*others, "arthritis"])
    assert _anchor(quote, NAMED).denied


@given(st.sampled_from(["no rash but ", "without fever; ", "not only ", "no ulcers, although "]))
def test_a_denial_ends_where_another_thought_begins(cue: str) -> None:
    seen = _anchor(cue + "arthritis of the wrist", NAMED)
    assert seen.named
    assert not seen.denied


@given(
    st.decimals("0.1", "999", places=1),
    st.sampled_from(["mg", "g", "ng/L", "mg/kg/d", "%", "[IU]/L", "mm/h", "a", "mo"]),
)
def test_a_printed_unit_is_the_unit_that_it_was_printed_from(number: Any, code: str) -> None:
    shown = {"[IU]/L": "IU/L", "mg/kg/d": "mg/kg per day", "a": "years", "mo": "months"}.get(code, code)
    assert any(same_dose(code, reading) for reading in printed_units(f"{number} {shown}"))


@given(st.text(max_size=40))
def test_what_cannot_be_read_gives_nothing(text: str) -> None:
    assert all(isinstance(reading, str) for reading in printed_units(text))
