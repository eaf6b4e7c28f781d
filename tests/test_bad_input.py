"""Everything that may be wrong with a case file: one line with place, key and cure; nothing written; exit 1 or 2."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import kg
from kg.base.places import folder


@dataclass(frozen=True)
class Bad:
    """A mistake made in the minimal case, and what is said about it.

    at: words of the broken line that the place must point to; key: dotted path; says, cure: words of the message.
    """

    replace: dict[str, str]
    at: str
    key: str
    rule: str
    says: str
    cure: str
    code: int = 1
    lines: int = 1


P1 = "patients.p1"
PREDNISONE = "patients.p1.treatments.prednisone"
ARTHRITIS = "patients.p1.findings.arthritis"
ESR = "patients.p1.measurements.esr"
BNP = "patients.p1.measurements.nt-probnp"
RESPONSE = "patients.p1.responses.tofacitinib-arthritis"
DOSE = "dose: {value: 5, unit: mg, printed: 5 mg}"
START = "        start: 2020-01\n"
DRUG = "        drug: CHEBI:8382 ! prednisone"
FEMALE = "PATO:0000383 ! female"
NO_SUCH_HP = "HP:" + "9" * 7  # put together here: no id of that number exists


def _retired() -> tuple[str, str]:
    """A retired id with its replacement, from the list that is shipped."""
    packed = (folder("ontology") / "terms" / "retired.tsv.gz").read_bytes()
    rows = csv.DictReader(io.StringIO(gzip.decompress(packed).decode()), delimiter="\t")
    return next(
        (r["id"], r["replaced_by"])
        for r in rows
        if re.fullmatch(r"HP:\d{7}", r["id"]) and re.fullmatch(r"HP:\d{7}", r["replaced_by"])
    )


RETIRED, INSTEAD = _retired()

BAD: dict[str, Bad] = {
    # ids
    "unknown-id": Bad(
        {"HP:0001369 ! Arthritis": f"{NO_SUCH_HP} ! Arthritis"},
        "concept: " + NO_SUCH_HP, f"{ARTHRITIS}.concept", "unknown-id", f"{NO_SUCH_HP} is not among", "HP:0001369",
    ),
    "retired-id": Bad(
        {"HP:0001369 ! Arthritis": f"{RETIRED} ! Arthritis"},
        "concept: " + RETIRED, f"{ARTHRITIS}.concept", "retired-id", f"retired; use {INSTEAD}", "in use",
    ),
    "label-disagrees": Bad(
        {"HP:0025520 ! Calcinosis cutis": "HP:0025520" + " ! Arthritis"},
        "HP:0025520", f"{P1}.findings.no-calcinosis.concept", "label", "is called 'Calcinosis cutis'",
        "Write 'HP:0025520 ! Calcinosis cutis'",
    ),
    "label-in-another-case": Bad(
        {FEMALE: FEMALE.upper()}, "sex:", f"{P1}.sex.concept", "label", "is called 'female'", f"Write '{FEMALE}'",
    ),
    "label-missing": Bad({" ! Arthritis": ""}, "concept: HP:0001369", f"{ARTHRITIS}.concept", "schema", "lacks its label", "!"),
    "id-of-unknown-source": Bad(
        {"HP:0001369 !": "SNOMED:3723001 !"}, "SNOMED", f"{ARTHRITIS}.concept", "schema", "known source", "casekg terms",
    ),
    "id-malformed": Bad(
        {"UBERON:0001461 !": "UBERON:1461 !"}, "UBERON", f"{ARTHRITIS}.sites.0", "schema", "known source", "casekg terms",
    ),
    # keys
    "unknown-key": Bad(
        {"        value: 40\n": "        valeu: 40\n"}, "valeu", f"{ESR}.valeu", "schema", "unknown key", "Did you mean 'value'?",
    ),
    "unknown-section": Bad(
        {"    findings:\n": "    findigns:\n"}, "findigns", f"{P1}.findigns", "schema", "unknown key",
        "Did you mean 'findings'?",
    ),
    "unknown-key-nothing-near": Bad(
        {"  id: invented-1\n": "  id: invented-1\n  qqqq: 1\n"}, "qqqq", "report.qqqq", "schema", "unknown key", "casekg schema",
    ),
    "key-missing": Bad(
        {"        outcome: improved\n": ""}, "tofacitinib-arthritis:", f"{RESPONSE}.outcome", "schema", "missing", "Add it",
    ),
    "evidence-missing": Bad(
        {"        evidence: {case: ESR was 40 mm/h}\n": ""}, "esr:", f"{ESR}.evidence", "schema", "missing", "Add it",
    ),
    "evidence-is-text": Bad(
        {"{case: ESR was 40 mm/h}": "ESR was 40 mm/h"}, "evidence: ESR", f"{ESR}.evidence", "schema", "expected section", "Correct",
    ),
    "key-with-capital": Bad(
        {"      esr:\n": "      ESR:\n"}, "ESR:\n", f"{P1}.measurements.ESR", "schema", "'ESR' is not a key", "lower-case",
    ),
    "duplicate-key": Bad(
        {"        unit: mm/h\n": "        unit: mm/h\n        value: 41\n"}, "value: 41", f"{ESR}.value", "duplicate-key",
        "key given twice (first in line", "Delete or rename",
    ),
    "key-in-two-sections": Bad(
        {"      esr:\n": "      arthritis:\n", "[arthritis]\n        evidence": "[no-calcinosis]\n        evidence",
         "of: [arthritis]": "of: [no-calcinosis]"},
        "arthritis:\n        analyte", f"{P1}.measurements.arthritis", "unique-key", "used in 'findings' too", "Rename",
    ),
    "key-reserved": Bad(
        {"      esr:\n": "      time-2019:\n"}, "time-2019:", f"{P1}.measurements.time-2019", "unique-key", "reserved", "Rename",
    ),
    "claim-and-reference-share-a-key": Bad(
        {"  kinases:\n": "  r1:\n"}, "r1:\n    kind", "claims.r1", "unique-key", "references", "Rename",
    ),
    "statement-key-is-a-node-of-the-report": Bad(
        {"  kinases:\n": "  source:\n"}, "source:\n    kind", "claims.source", "unique-key", "reserved", "Rename",
    ),
    # words out of lists
    "not-a-choice": Bad(
        {"status: present": "status: presnt"}, "presnt", f"{ARTHRITIS}.status", "schema", "'presnt' is not one of", "'present'",
    ),
    "mapping-wanted": Bad(
        {DOSE: "dose: banana"}, "dose: banana", f"{PREDNISONE}.dose", "schema", "banana", "Indent",
    ),
    "list-wanted": Bad(
        {"        to: [tofacitinib]": "        to: tofacitinib"}, "to: tofacitinib", f"{RESPONSE}.to", "schema", "list", "[a, b]",
    ),
    # numbers and units
    "dose-not-a-number": Bad(
        {DOSE: "dose: {value: banana, unit: mg, printed: 5 mg}"}, "banana", f"{PREDNISONE}.dose.value", "schema",
        "'banana' is not a number", "Write digits",
    ),
    "dose-negative": Bad(
        {DOSE: "dose: {value: -5, unit: mg, printed: 5 mg}"}, "value: -5", f"{PREDNISONE}.dose.value", "schema",
        "-5 is not more than 0", "positive",
    ),
    "dose-zero": Bad(
        {DOSE: "dose: {value: 0, unit: mg, printed: 0 mg}"}, "value: 0", f"{PREDNISONE}.dose.value", "schema",
        "0 is not more than 0", "positive",
    ),
    "dose-infinite": Bad(
        {DOSE: "dose: {value: inf, unit: mg, printed: 5 mg}"}, "value: inf", f"{PREDNISONE}.dose.value", "schema",
        "'inf' is not a number", "Write digits",
    ),
    "thousands-separator": Bad(
        {"value: 40\n": 'value: "4,0"\n'}, '"4,0"', f"{ESR}.value", "schema", "'4,0' is not a number", "separator",
    ),
    "number-not-the-printed-one": Bad(
        {"value: 40\n": "value: 41\n"}, "value: 41", f"{ESR}.value", "printed", "41 is not the number in '40 mm/h'", "was printed",
    ),
    "dose-not-the-printed-one": Bad(
        {DOSE: "dose: {value: 50, unit: mg, printed: 5 mg}"}, "value: 50", f"{PREDNISONE}.dose.value", "printed",
        "50 is not the number in '5 mg'", "was printed",
    ),
    "frequency-not-the-printed-one": Bad(
        {"{times: 1, per: d": "{times: 2, per: d"}, "times: 2", f"{PREDNISONE}.frequency.times", "printed",
        "2 is not the number in 'once daily'", "was printed",
    ),
    "age-not-the-printed-one": Bad(
        {"{years: 40,": "{years: 41,"}, "years: 41", f"{P1}.age.years", "printed", "41 is not the number", "was printed",
    ),
    "value-without-unit": Bad(
        {"        unit: mm/h\n": ""}, "esr:", ESR, "unit", "without unit", "UCUM",
    ),
    "comparator-missing": Bad(
        {"        comparator: <\n": ""}, "value: 35", f"{BNP}.value", "printed", "is a bound", "comparator",
    ),
    "comparator-not-printed": Bad(
        {"unit: mm/h\n": "unit: mm/h\n        comparator: <\n"}, "comparator: <\n        printed: 40", f"{ESR}.comparator",
        "printed", "prints no comparator", "Take it out",
    ),
    "unit-not-ucum": Bad(
        {"unit: mm/h": "unit: spoonful"}, "spoonful", f"{ESR}.unit", "unit", "'spoonful' is not a UCUM unit", "UCUM code",
    ),
    "unit-of-another-kind": Bad(
        {"unit: mm/h": "unit: mg/L"}, "unit: mg/L", f"{ESR}.unit", "unit", "does not measure Erythrocyte", "mm/h",
    ),
    "percent-for-a-mass": Bad(
        {"unit: pg/mL": 'unit: "%"'}, 'unit: "%"', f"{BNP}.unit", "unit", "'%' does not measure", "ng/L",
    ),
    "dose-unit-is-a-time": Bad(
        {DOSE: "dose: {value: 5, unit: h, printed: 5 mg}"}, "unit: h", f"{PREDNISONE}.dose.unit", "unit", "'h' does not measure a dose", "Use a unit",
    ),
    "age-of-131": Bad(
        {"{years: 40, printed: 40-year-old,": "{years: 140, printed: 140-year-old,",
         "evidence: {case: 40-year-old woman}}\n    times": "evidence: {case: 140-year-old woman}}\n    times"},
        "years: 140", f"{P1}.age.years", "age", "140 years", "Correct",
    ),
    "beyond-the-scale": Bad(
        {"LOINC:30341-2 ! Erythrocyte sedimentation rate": "ckg:ModifiedRodnanSkinScore ! modified Rodnan skin score",
         "value: 40": "value: 52", "unit: mm/h": 'unit: "{score}"', "printed: 40 mm/h": "printed: 52 points",
         "ESR was 40 mm/h": "Rodnan was 52 points"},
        "value: 52", f"{ESR}.value", "scale", "beyond the end of the scale, 51", "Correct",
    ),
    "range-backwards": Bad(
        {"unit: mm/h\n": "unit: mm/h\n        range_low: 20\n        range_high: 2\n",
         "{case: ESR was 40 mm/h}": "{case: ESR was 40 mm/h (20-2)}"}, "range_low", f"{ESR}.range_low",
        "range", "backwards", "Swap",
    ),
    "unit-not-the-printed-one": Bad(
        {DOSE: "dose: {value: 5, unit: g, printed: 5 mg}"}, "unit: g", f"{PREDNISONE}.dose.unit", "unit", "'g' is not the unit in '5 mg'", "Write 'mg'",
    ),
    "number-inside-a-longer-one": Bad(
        {"prednisone 5 mg once": "prednisone 2.5 mg once"}, "{value: 5,", f"{PREDNISONE}.dose.printed", "printed", "'5 mg' is in none", "Quote",
    ),
    "dose-of-two-kilograms": Bad(
        {DOSE: "dose: {value: 2000, unit: g, printed: 2000 g}", "prednisone 5 mg once": "prednisone 2000 g once"},
        "value: 2000", f"{PREDNISONE}.dose.value", "amount", "2000 g is more than 1 kg", "Correct it",
    ),
    "too-often": Bad(
        {"{times: 1, per: d, printed: once daily}": "{times: 100, per: d, printed: 100 times daily}",
         "5 mg once daily": "5 mg 100 times daily"},
        "times: 100,", f"{PREDNISONE}.frequency.times", "amount", "100 times per d is more than 48 times a day", "Correct",
    ),
    "longer-than-life": Bad(
        {START: START + "        duration: {value: 90, unit: a, printed: 90 years}\n", "from January 2020}": "for 90 years}"},
        "value: 90", f"{PREDNISONE}.duration.value", "amount", "'90 years' is longer than", "Correct one",
    ),
    # words
    "wrong-sex": Bad(
        {FEMALE: "PATO:0000384 ! male"}, "PATO:0000384", f"{P1}.sex.concept", "wording", "'male' stands against 'woman'", "Correct the value",
    ),
    "comparator-turned-round": Bad(
        {"comparator: <": 'comparator: ">"'}, 'comparator: ">"', f"{BNP}.comparator", "wording", "'>' stands against '<35'", "Correct",
    ),
    "outcome-turned-round": Bad(
        {"outcome: improved": "outcome: worsened"}, "worsened", f"{RESPONSE}.outcome", "wording", "stands against 'improved'", "Correct",
    ),
    "excluded-without-a-denial": Bad(
        {"status: present": "status: excluded"}, "status: excluded\n        time: first-visit", f"{ARTHRITIS}.status", "wording", "no anchor denies it",
        "say in `note`",
    ),
    "present-and-denied": Bad(
        {"status: excluded": "status: present"}, "status: present\n        time: \"2019\"", f"{P1}.findings.no-calcinosis.status", "wording",
        "its anchors deny it", "Correct `status`",
    ),
    "another-drug": Bad(
        {DRUG: "        drug: CHEBI:44185 ! methotrexate"}, "CHEBI:44185", f"{PREDNISONE}.drug", "drug-name", "is a name of prednisone", "Take the id",
    ),
    # evidence
    "evidence-section-unknown": Bad(
        {"{case: ESR was 40 mm/h}": "{abstract: ESR was 40 mm/h}"}, "{abstract:", f"{ESR}.evidence.abstract", "section",
        "'abstract' is not a section", "case, discussion, front, references",
    ),
    "no-fact-section-unknown": Bad(
        {"{section: case, begins: It was": "{section: cases, begins: It was"}, "section: cases",
        "report.source.no_facts.0.section", "section", "'cases' is not a section", "One of: case",
    ),
    "section-with-two-titles": Bad(
        {"{section: discussion, title: Discussion,": "{section: case, title: Discussion,",
         "{discussion: JAK": "{case: JAK"},
        "title: Discussion", "report.source.sections.2.title", "section", "another title above, 'Case'", "One title",
    ),
    "anchor-too-long": Bad(
        {"{case: Calcinosis was absent in 2019}": "{case: Calcinosis was absent in 2019 and 2 3 4 5 6 7 8 9}"}, "evidence: {case: Calcinosis",
        f"{P1}.findings.no-calcinosis.evidence", "schema", "has 14 words; 12 at most", "cut it",
    ),
    "anchor-empty": Bad(
        {"{case: ESR was 40 mm/h}": '{case: ""}'}, '{case: ""}', f"{ESR}.evidence", "schema", "holds no phrase", "Correct",
    ),
    "anchor-twice": Bad(
        {"{case: ESR was 40 mm/h}": "{case: [ESR was 40 mm/h, ESR was 40 mm/h]}"}, "{case: [ESR", f"{ESR}.evidence", "schema",
        "given twice", "keep one",
    ),
    "printed-not-in-anchor": Bad(
        {"        printed: prednisone\n": "        printed: Prednisone\n"}, "printed: Prednisone", f"{PREDNISONE}.printed", "printed",
        "'Prednisone' is in none of the fact's anchors", "Quote the phrase",
    ),
    # times
    "published-in-the-future": Bad(
        {"published: 2024-02-29": "published: 2190-01-01"}, "2190", "report.published", "published", "more than a year ahead", "Correct the date",
    ),
    "after-publication": Bad(
        {START: "        start: 2031-05\n", "        start: 2021-03\n        after: [prednisone]\n": "        start: 2021-03\n"}, "2031-05", f"{PREDNISONE}.start", "after-publication", "lies after the publication", "`odd`", lines=2,
    ),
    "no-such-day": Bad(
        {START: "        start: 2021-02-30\n"}, "2021-02-30", f"{PREDNISONE}.start", "time", "2021-02-30", "EDTF",
    ),
    "no-such-day-in-a-time": Bad(
        {'edtf: "2019"': 'edtf: "2021-02-30"'}, "2021-02-30", f"{P1}.times.first-visit.edtf", "schema", "calendar", "Correct",
    ),
    "published-on-no-day": Bad(
        {"published: 2024-02-29": "published: 2023-02-29"}, "2023-02-29", "report.published", "schema", "date", "Correct",
    ),
    "date-in-words": Bad(
        {START: "        start: January 2020\n"}, "January 2020\n        indication", f"{PREDNISONE}.start", "time", "January 2020", "EDTF",
    ),
    "end-before-start": Bad(
        {START: START + "        end: 2019\n"}, "end: 2019", f"{PREDNISONE}.end", "time", "end (2019) lies before start (2020-01)", "Swap",
    ),
    "resolution-before-onset": Bad(
        {"        sites: [": "        onset: 2019\n        resolution: 2018\n        sites: ["}, "resolution", f"{ARTHRITIS}.resolution", "time",
        "resolution (2018) lies before onset (2019)", "Swap",
    ),
    "interval-backwards": Bad(
        {'edtf: "2019"': 'edtf: "2020/2019"'}, "2020/2019", f"{P1}.times.first-visit.edtf", "schema", "ends before it starts", "swap",
    ),
    "time-of-nothing": Bad(
        {"        time: 2021-06\n": "        time: later\n"}, "time: later", f"{RESPONSE}.time", "time", "'later' is neither", "times",
    ),
    "age-at-nothing": Bad({"at: not stated": "at: birth"}, "at: birth", f"{P1}.age.at", "time", "'birth' is neither", "not stated"),
    "distance-in-words": Bad(
        {'{edtf: "2019", printed': '{after: "2018", by: a year, printed'}, "by: a year", f"{P1}.times.first-visit.by", "schema", "distance", "1 year",
    ),
    "distance-out-of-the-calendar": Bad(
        {'{edtf: "2019", printed': '{after: "2018", by: 9999 years, printed'}, "9999", f"{P1}.times.first-visit", "time", "out of range", "Check",
    ),
    "times-contradict": Bad(
        {'{edtf: "2019", printed': '{edtf: "2019", after: tofacitinib, printed'}, "first-visit: {", f"{P1}.times.first-visit",
        "time", "contradict each other", "Check the dates",
    ),
    "response-before-treatment": Bad(
        {"        time: 2021-06\n": '        time: "2020"\n'}, 'time: "2020"\n        evidence: {case: Arthritis', f"{RESPONSE}.time", "time",
        "response (2020) lies before the start of 'tofacitinib'", "Correct the date", lines=2,
    ),
    "order-against-dates": Bad(
        {"        start: 2021-03\n": "        start: 2019-03\n"}, "after: [prednisone]", f"{P1}.treatments.tofacitinib.after", "time",
        "starts before 'prednisone'", "Correct `after`",
    ),
    "order-in-a-circle": Bad(
        {"        indication: [arthritis]\n": "        indication: [arthritis]\n        after: [tofacitinib]\n",
         "        start: 2021-03\n": "", START: ""},
        "after: [tofacitinib]", f"{PREDNISONE}.after", "time", "prednisone after tofacitinib after prednisone", "Take one",
    ),
    "order-in-a-circle-through-a-third": Bad(
        {"        after: [prednisone]\n": "", "        indication: [arthritis]\n": "        indication: [arthritis]\n        after: [third]\n", START: "",
         "        start: 2021-03\n": "        after: [prednisone]\n",
         "    responses:\n": "      third:\n" + DRUG + "\n        printed: prednisone\n        after: [tofacitinib]\n"
         "        evidence: {case: prednisone}\n    responses:\n"},
        "after: [third]", f"{PREDNISONE}.after", "time", "prednisone after third after tofacitinib after prednisone", "Take one",
    ),
    "order-after-itself": Bad(
        {"after: [prednisone]": "after: [tofacitinib]"}, "after: [tofacitinib]", f"{P1}.treatments.tofacitinib.after", "reference",
        "names itself", "Name a key of treatments",
    ),
    "times-in-a-circle": Bad(
        {'{edtf: "2019", printed': "{after: first-visit, printed"}, "after: first-visit", f"{P1}.times.first-visit.after", "time",
        "circle: first-visit -> first-visit", "EDTF",
    ),
    # references between facts
    "response-to-nothing": Bad(
        {"to: [tofacitinib]": "to: [tofacitinb]"}, "tofacitinb", f"{RESPONSE}.to", "reference", "'tofacitinb' does not exist in treatments",
        "Did you mean 'tofacitinib'?",
    ),
    "response-of-nothing": Bad(
        {"of: [arthritis]": "of: [qqqq]"}, "qqqq", f"{RESPONSE}.of", "reference", "does not exist in findings or diagnoses", "Add it to",
    ),
    "response-to-a-finding": Bad(
        {"to: [tofacitinib]": "to: [arthritis]"}, "to: [arthritis]", f"{RESPONSE}.to", "reference", "'arthritis' is in findings, not in treatments",
        "Name a key of treatments",
    ),
    "aspect-of-itself": Bad(
        {"        sites: [": "        aspect_of: arthritis\n        sites: ["}, "aspect_of", f"{ARTHRITIS}.aspect_of", "reference", "names itself", "findings",
    ),
    "citation-of-nothing": Bad(
        {"cites: {r1: background}": "cites: {r2: background}"}, "r2: background", "claims.kinases.cites.r2", "reference", "'r2' is not in references", "Add",
    ),
    # what does not go together
    "present-and-excluded": Bad(
        {"{case: Calcinosis was": "{case: Arthritis of the elbow was", "HP:0025520 ! Calcinosis cutis": "HP:0001369 ! Arthritis",
         '        time: "2019"\n': '        sites: ["UBERON:0001461 ! elbow"]\n        time: first-visit\n'},
        "no-calcinosis:", f"{P1}.findings.no-calcinosis", "contradiction",
        "Arthritis is excluded here and present in 'arthritis' at the same time", "Give the times",
    ),
    "present-and-excluded-without-times": Bad(
        {"{case: Calcinosis was": "{case: Arthritis of the elbow was", "HP:0025520 ! Calcinosis cutis": "HP:0001369 ! Arthritis", '        time: "2019"\n': "",
         '        time: first-visit\n        sites: ["UBERON:0001461 ! elbow"]\n': ""},
        "no-calcinosis:", f"{P1}.findings.no-calcinosis", "contradiction", "excluded here and present in 'arthritis'", "Give the times",
    ),
    "present-and-excluded-in-one-year-written-twice": Bad(
        {"{case: Calcinosis was": "{case: Arthritis of the elbow was", "HP:0025520 ! Calcinosis cutis": "HP:0001369 ! Arthritis",
         '        time: "2019"\n': '        sites: ["UBERON:0001461 ! elbow"]\n        time: "2019"\n'},
        "no-calcinosis:", f"{P1}.findings.no-calcinosis", "contradiction", "excluded here and present in 'arthritis'", "Give the times",
    ),
    "present-inside-an-excluded-window": Bad(
        {"{case: Calcinosis was": "{case: Arthritis of the elbow was", "HP:0025520 ! Calcinosis cutis": "HP:0001369 ! Arthritis",
         '        time: "2019"\n': '        sites: ["UBERON:0001461 ! elbow"]\n        time: 2018/2020\n'},
        "no-calcinosis:", f"{P1}.findings.no-calcinosis", "contradiction", "excluded here and present in 'arthritis'", "Give the times",
    ),
    "drug-and-action": Bad(
        {DRUG + "\n": DRUG + "\n        action: ckg:LocalWoundCare ! local wound care\n"},
        "prednisone:", PREDNISONE, "treatment", "either `drug` or `action`", "only one",
    ),
    "neither-drug-nor-action": Bad(
        {DRUG + "\n": ""}, "prednisone:", PREDNISONE, "treatment", "either `drug` or `action`", "only one",
    ),
    "claim-with-a-layer": Bad(
        {"    kind: background\n": "    kind: background\n    layer: hypothesis\n"}, "kinases:", "claims.kinases", "schema", "no `layer`", "kind",
    ),
    "report-without-id": Bad({"  id: invented-1\n": ""}, "report:", "report", "identity", "no doi, pmcid, pmid or id", "Give one"),
    "no-patient": Bad({"patients:\n  p1:\n    sex:": "patients: {}\nx:\n  p1:\n    sex:"}, "patients: {}", "patients", "schema", "is empty", "at least one", lines=2),
    # YAML
    "alias": Bad({"at: not stated": "at: *when"}, "*when", "", "alias", "*when", "Write the value out"),
    "anchor": Bad({"at: not stated": "at: &when not stated"}, "&when", "", "alias", "&when", "Write the value out"),
    "python-tag": Bad({"at: not stated": "at: !!python/name:os.system"}, "!!python", "", "tag", "python", "Delete the tag"),
    "depth-bomb": Bad({"at: not stated": "at: " + "[" * 10_000}, "at: [", "", "depth", "deeper than 40", "levels"),
    "bidi": Bad({"at: not stated": "at: \u202enot stated"}, "\u202e", "", "encoding", "U+202E", "Delete it", code=2),
}  # fmt: skip


LINE = re.compile(
    r"(?P<file>[^\n]*?\.yaml):(?P<line>\d+):(?P<column>\d+): violation (?P<rule>[\w-]+): (?P<rest>[^\n]+)"
)


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
@pytest.mark.parametrize("command", ["validate", "build"])
def test_one_line_with_place_key_and_cure(
    command: str, bad: Bad, tmp_path: Path, write_case: Callable[..., Path], run: Callable[..., Any]
) -> None:
    path = write_case(tmp_path, replace=bad.replace)
    out = tmp_path / "out.nq"
    out.write_text("former\n")
    result = run("validate", path) if command == "validate" else run("build", path, "-o", out)
    lines = [line for line in result.output.splitlines() if str(path) in line]
    assert result.exit_code == bad.code, result.output
    if command == "build":
        assert result.stdout == ""
        assert result.stderr.splitlines() == lines
    assert out.read_text() == "former\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.yaml", "out.nq"]
    assert "Traceback" not in result.output
    assert len(lines) == bad.lines, lines
    text = path.read_text("utf-8")
    assert text.count(bad.at) == 1, "the row of the table must name one place"
    found = next(filter(None, (LINE.fullmatch(line) for line in lines if bad.says in line)), None)
    assert found, lines
    assert Path(found["file"]) == path
    assert found["rule"] == bad.rule
    assert int(found["line"]) == text[: text.index(bad.at)].count("\n") + 1
    assert 1 <= int(found["column"]) <= len(text.splitlines()[int(found["line"]) - 1])
    rest = found["rest"]
    assert rest.startswith(f"{bad.key}: " if bad.key else "")
    assert bad.cure in rest[rest.index(bad.says) :], rest


def test_the_table_has_every_rule() -> None:
    """A rule of kg.model.consistency, or of what was split from it, that no row breaks is not tested."""
    import ast
    import inspect

    from kg.model import consistency, drugs, quantities, statuses

    rules = set()
    text = "\n".join(map(inspect.getsource, (consistency, drugs, quantities, statuses)))
    for node in ast.walk(ast.parse(text.replace("from __future__ import annotations", ""))):
        if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 5:
            severity, rule = node.value.elts[1], node.value.elts[2]
            if isinstance(rule, ast.Constant) and isinstance(severity, ast.Constant) and severity.value == "violation":
                rules.add(rule.value)
    assert len(rules) >= 10
    assert rules <= {bad.rule for bad in BAD.values()}


NOT_UTF8 = b"report:\n  title: caf\xe9\n"
FILES: dict[str, tuple[str, bytes | None, int, str]] = {
    "missing": ("none.yaml", None, 2, "none.yaml: violation file: cannot be read (No such file or directory)."),
    "missing-rdf": ("none.ttl", None, 2, "none.ttl: violation file: cannot be read"),
    "not-utf8": ("bad.yaml", NOT_UTF8, 2, "is not UTF-8. Save the file as UTF-8."),
    "nul": ("bad.yaml", b"report: a\0b\n", 2, "bad.yaml:1:10: violation encoding: control character U+0000."),
    "empty": ("bad.yaml", b"", 1, "bad.yaml: violation yaml: the file is empty."),
    "text": ("bad.yaml", b"banana\n", 1, "expected keys with values here (given: 'banana')."),
    "too-large": ("bad.yaml", b"# " + b"x" * 2_000_001, 2, "larger than 2,000,000 bytes. Split it"),
    "suffix": (
        "case.docx",
        b"x",
        2,
        "no format is known for '.docx'. Use one of .yaml, .yml, .json, .pb, .zip, .nq, .trig",
    ),
    "no-suffix": ("case", b"x", 2, "no format is known for a name without suffix."),
    "turtle": ("bad.ttl", b"<a:b> <a:c> .\n", 1, "bad.ttl:1:13: violation syntax: not Turtle"),
}


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("command", ["validate", "build"])
def test_files_that_cannot_be_read(command: str, name: str, tmp_path: Path, casekg: Any) -> None:
    file, raw, code, says = FILES[name]
    path, out = tmp_path / file, tmp_path / "out.trig"
    if raw is not None:
        path.write_bytes(raw)
    arguments = ["validate", path] if command == "validate" else ["build", path, "-o", out]
    done = casekg(*arguments)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if str(path) in line]
    assert done.returncode == code, done.stderr
    assert len(lines) == 1, lines
    assert says in lines[0]
    assert lines[0].endswith(".")
    assert "Traceback" not in done.stdout + done.stderr
    assert not out.exists()


def test_a_folder_without_cases(tmp_path: Path, run: Callable[..., Any]) -> None:
    result = run("build", tmp_path, "-o", tmp_path / "out.nq")
    assert result.exit_code == 2
    assert "holds no case file" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_two_files_of_one_report(tmp_path: Path, write_case: Callable[..., Path], run: Callable[..., Any]) -> None:
    one, two = write_case(tmp_path, name="a.yaml"), write_case(tmp_path, name="b.yaml")
    result = run("build", tmp_path, "-o", tmp_path / "out.nq")
    (line,) = result.stderr.splitlines()
    assert result.exit_code == 1
    assert line.startswith(f"{two}:1:1: violation identity: report: ")
    assert f"is in {one} too" in line
    assert "Leave one out" in line
    assert not (tmp_path / "out.nq").exists()


def test_the_mistakes_of_all_files_are_told_at_once(
    tmp_path: Path, write_case: Callable[..., Path], run: Callable[..., Any]
) -> None:
    write_case(tmp_path, replace={"value: 40\n": "value: 41\n", "unit: pg/mL": "unit: spoonful"}, name="a.yaml")
    write_case(tmp_path, replace={"status: present": "status: maybe"}, name="b.yaml")
    (tmp_path / "c.ttl").write_text("banana")
    result = run("build", tmp_path, "-o", tmp_path / "out.nq")
    names = [Path(line.split(":")[0]).name for line in result.stderr.splitlines()]
    assert names == ["a.yaml", "a.yaml", "b.yaml", "c.ttl"]
    assert result.exit_code == 1


def test_anchors_that_the_source_does_not_hold(
    tmp_path: Path, write_case: Callable[..., Path], sources: Path, run: Callable[..., Any]
) -> None:
    path = write_case(tmp_path, replace={"{case: Calcinosis was absent in 2019}": "{case: Calcinosis was not there}"})
    assert run("validate", path).exit_code == 0
    result = run("validate", path, "--sources", sources)
    (line,) = [line for line in result.output.splitlines() if "violation" in line and str(path) in line]
    assert result.exit_code == 1
    assert "patients.p1.findings.no-calcinosis.evidence.case: 'Calcinosis was not there' does not occur" in line
    assert "Quote the report verbatim." in line


def test_the_library_raises_what_the_command_prints(tmp_path: Path, write_case: Callable[..., Path]) -> None:
    path = write_case(tmp_path, replace={"value: 40\n": "value: 41\n"})
    for door in (lambda: kg.read_case(path), lambda: kg.build([path])):
        with pytest.raises(kg.CaseError) as caught:
            door()
        (result,) = caught.value.results
        assert (result.rule, result.key) == ("printed", f"{ESR}.value")
        assert str(caught.value) == str(result)


@pytest.mark.parametrize("escape", ["\\n", "\\x1b[31m"], ids=["newline", "colour"])
def test_a_key_cannot_break_the_line(
    escape: str, tmp_path: Path, write_case: Callable[..., Path], run: Callable[..., Any]
) -> None:
    path = write_case(tmp_path, replace={"  id: invented-1\n": f'  id: invented-1\n  "qq{escape}qq": 1\n'})
    result = run("build", path, "-o", tmp_path / "out.nq")
    assert result.exit_code in (1, 2)
    assert len(result.stderr.splitlines()) == 1
    assert "\x1b" not in result.stderr
