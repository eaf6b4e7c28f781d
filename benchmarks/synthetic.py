"""Invented case files, as many as wanted: valid, all different, of about 600 quads each.

    python benchmarks/synthetic.py FOLDER --cases 1000

They say nothing about any person or drug; each sentence is made from a pattern.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections.abc import Iterator
from pathlib import Path

FINDINGS = (
    "HP:0001369 ! Arthritis", "HP:0100614 ! Myositis", "HP:0025520 ! Calcinosis cutis", "HP:0001009 ! Telangiectasia",
    "HP:0030880 ! Raynaud phenomenon", "HP:0003326 ! Myalgia", "HP:0001324 ! Muscle weakness",
    "HP:0006530 ! Abnormal pulmonary interstitial morphology", "HP:0012819 ! Myocarditis",
)  # fmt: skip
DRUGS = (
    "CHEBI:8382 ! prednisone",
    "CHEBI:71200 ! tofacitinib",
    "CHEBI:8764 ! mycophenolate mofetil",
    "DRUGBANK:DB00073 ! Rituximab",
)
OUTCOMES = ("improved", "worsened", "resolved", "persistent")
SAID = {"improved": "improved", "worsened": "worsened", "resolved": "resolved", "persistent": "persisted"}
CK = "LOINC:2157-6 ! Creatine kinase [Enzymatic activity/volume] in Serum or Plasma"


def label(term: str) -> str:
    """The label of a term as it stands in a case file."""
    return term.partition(" ! ")[2]


def sentences(number: int) -> Iterator[str]:
    """The lines of one case file."""
    dice = random.Random(number)
    woman = dice.random() < 0.6
    age, first = dice.randint(18, 80), dice.randint(2012, 2019)
    who = f"{age}-year-old {'woman' if woman else 'man'}"
    digest = hashlib.sha256(str(number).encode()).hexdigest()
    yield "report:"
    yield f"  id: synthetic-{number}"
    yield f"  title: Synthetic report {number}"
    yield f"  published: {first + 4}-05-17"
    yield "  licence: CC0-1.0"
    yield f"  evidence: {{front: Synthetic report {number}}}"
    yield "  source:"
    yield f"    file: synthetic-{number}.txt"
    yield f"    sha256: {digest}"
    yield "    sections:"
    yield f"      - {{section: front, title: Front matter, begins: Synthetic report {number}, kind: front}}"
    yield "      - {section: case, title: Case, begins: The case, kind: case}"
    yield "patients:"
    yield "  p1:"
    sex = "PATO:0000383 ! female" if woman else "PATO:0000384 ! male"
    yield f"    sex: {{concept: {sex}, evidence: {{case: {who}}}}}"
    yield f"    age: {{years: {age}, printed: {age}-year-old, at: '{first}', evidence: {{case: {who}}}}}"
    found = dice.sample(FINDINGS, dice.randint(4, 7))
    yield "    findings:"
    for n, term in enumerate(found):
        excluded = n >= 3 and dice.random() < 0.4
        yield f"      finding-{n}:"
        yield f"        concept: {term}"
        yield f"        status: {'excluded' if excluded else 'present'}"
        yield f"        time: '{first}'"
        yield f"        evidence: {{case: {'no ' if excluded else ''}{label(term)} was seen in {first}}}"
    yield "    measurements:"
    for n in range(dice.randint(2, 5)):
        value = dice.randint(40, 9000)
        yield f"      ck-{n}:"
        yield f"        analyte: '{CK}'"
        yield f"        value: {value}"
        yield '        unit: "[IU]/L"'
        yield f"        printed: {value} IU/L"
        yield f"        time: {first + n % 3}-0{n + 1}"
        yield f"        evidence: {{case: creatine kinase was {value} IU/L}}"
    drugs = dice.sample(DRUGS, dice.randint(2, 4))
    yield "    treatments:"
    for n, term in enumerate(drugs):
        dose = dice.choice((5, 10, 20, 500))
        yield f"      drug-{n}:"
        yield f"        drug: {term}"
        yield f"        printed: {label(term)}"
        yield f"        dose: {{value: {dose}, unit: mg, printed: {dose} mg}}"
        yield f"        start: {first + n}-0{n + 2}"
        if n:
            yield f"        after: [drug-{n - 1}]"
        yield "        indication: [finding-0]"
        yield f"        evidence: {{case: '{label(term)} {dose} mg was given'}}"
    yield "    responses:"
    for n in range(len(drugs)):
        for m in range(2):
            outcome = dice.choice(OUTCOMES)
            yield f"      response-{n}-{m}:"
            yield f"        to: [drug-{n}]"
            yield f"        of: [finding-{m}]"
            yield f"        outcome: {outcome}"
            yield f"        time: {first + n}-0{n + 4}"
            yield f"        evidence: {{case: the {label(found[m])} {SAID[outcome]} under {label(drugs[n])}}}"


def write(folder: Path, cases: int, start: int = 0) -> None:
    """Write so many case files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(start, start + cases):
        (folder / f"synthetic-{number:05}.yaml").write_text("\n".join(sentences(number)) + "\n", "utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cases", type=int, default=1000)
    given = parser.parse_args()
    write(given.folder, given.cases)
    print(f"{given.folder}: {given.cases} case files")
