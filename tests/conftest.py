"""What the tests share: a small invented report, the shipped case, and two ways to run the command."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import kg
from kg.base import places
from kg.cli import app
from kg.graph import proofs
from kg.graph.store import Dataset
from kg.model.reading import CaseFile, read_case_file

ROOT = Path(__file__).resolve().parents[1]

# Invented: no patient, no report. The anchors of MINIMAL quote it.
SOURCE = """An invented report
A 40-year-old woman had arthritis of the elbow in 2019 (muscle MRI). Calcinosis was absent in 2019. The ESR was 40 mm/h in 2019 and NT-proBNP was <35 pg/mL in 2020. She took prednisone 5 mg once daily from January 2020, then tofacitinib 10 mg from March 2021. Arthritis improved in June 2021 (seen by Dr. Nobody). It was a sunny day.
JAK inhibitors inhibit kinases [1].
1. Nobody A: Nothing at all. J Invent 2020; 1: 1.
"""

MINIMAL = f"""report:
  id: invented-1
  title: An invented report
  published: 2024-02-29
  licence: CC0-1.0
  evidence: {{front: An invented report}}
  source:
    file: invented.txt
    sha256: {hashlib.sha256(SOURCE.encode()).hexdigest()}
    sections:
      - {{section: front, title: Front matter, begins: An invented report, kind: front}}
      - {{section: case, title: Case, begins: A 40-year-old woman, kind: case}}
      - {{section: discussion, title: Discussion, begins: JAK inhibitors, kind: discussion}}
      - {{section: references, title: References, begins: 1. Nobody A, kind: references}}
    no_facts:
      - {{section: case, begins: It was a sunny day, why: not about the patient}}
patients:
  p1:
    sex: {{concept: PATO:0000383 ! female, evidence: {{case: 40-year-old woman}}}}
    age: {{years: 40, printed: 40-year-old, at: not stated, evidence: {{case: 40-year-old woman}}}}
    times:
      first-visit: {{edtf: "2019", printed: in 2019, evidence: {{case: elbow in 2019}}}}
    examinations:
      elbow-look:
        procedure: MAXO:0035051 ! MRI of the muscle organ
        time: first-visit
        evidence: {{case: in 2019 (muscle MRI)}}
    findings:
      arthritis:
        concept: HP:0001369 ! Arthritis
        status: present
        time: first-visit
        sites: ["UBERON:0001461 ! elbow"]
        evidence: {{case: arthritis of the elbow in 2019}}
      no-calcinosis:
        concept: HP:0025520 ! Calcinosis cutis
        status: excluded
        time: "2019"
        evidence: {{case: Calcinosis was absent in 2019}}
    measurements:
      esr:
        analyte: LOINC:30341-2 ! Erythrocyte sedimentation rate
        value: 40
        unit: mm/h
        printed: 40 mm/h
        time: first-visit
        evidence: {{case: ESR was 40 mm/h}}
      nt-probnp:
        analyte: LOINC:33762-6 ! Natriuretic peptide.B prohormone N-Terminal [Mass/volume] in Serum or Plasma
        value: 35
        comparator: <
        unit: pg/mL
        printed: <35 pg/mL
        time: "2020"
        evidence: {{case: NT-proBNP was <35 pg/mL}}
    treatments:
      prednisone:
        drug: CHEBI:8382 ! prednisone
        printed: prednisone
        dose: {{value: 5, unit: mg, printed: 5 mg}}
        frequency: {{times: 1, per: d, printed: once daily}}
        start: 2020-01
        indication: [arthritis]
        evidence: {{case: prednisone 5 mg once daily from January 2020}}
      tofacitinib:
        drug: CHEBI:71200 ! tofacitinib
        printed: tofacitinib
        dose: {{value: 10, unit: mg, printed: 10 mg}}
        start: 2021-03
        after: [prednisone]
        evidence: {{case: tofacitinib 10 mg}}
    responses:
      tofacitinib-arthritis:
        to: [tofacitinib]
        of: [arthritis]
        outcome: improved
        time: 2021-06
        evidence: {{case: Arthritis improved in June 2021}}
references:
  r1:
    number: 1
    authors: Nobody A
    title: Nothing at all
    journal: J Invent
    year: 2020
    evidence: {{references: "1. Nobody A: Nothing at all."}}
claims:
  kinases:
    kind: background
    subject: MESH:D000075242 ! Janus Kinase Inhibitors
    predicate: inhibits
    cites: {{r1: background}}
    evidence: {{discussion: JAK inhibitors inhibit kinases}}
"""

WriteCase = Callable[..., Path]
Run = Callable[..., Result]
Process = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="session", autouse=True)
def _own_cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """No test reads or writes the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def minimal() -> str:
    """Text of a small valid case file about an invented report."""
    return MINIMAL


@pytest.fixture(scope="session")
def write_case() -> WriteCase:
    """Write the minimal case, or a text derived from it by replacing passages that occur once."""

    def write(
        folder: Path, text: str = MINIMAL, replace: Mapping[str, str] | None = None, name: str = "a.yaml"
    ) -> Path:
        for old, new in (replace or {}).items():
            assert text.count(old) == 1, f"{old!r} occurs {text.count(old)} times in the case, not once"
            text = text.replace(old, new)
        path = folder / name
        path.write_text(text, "utf-8")
        return path

    return write


@pytest.fixture(scope="session")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that holds the source text of the minimal case."""
    folder = tmp_path_factory.mktemp("sources")
    (folder / "invented.txt").write_text(SOURCE, "utf-8")
    return folder


@pytest.fixture(scope="session")
def shipped() -> Path:
    """The path of the shipped case file."""
    return places.cases()[0]


@pytest.fixture(scope="session")
def seed(shipped: Path) -> CaseFile:
    """The shipped case file, read."""
    return read_case_file(shipped)


@pytest.fixture(scope="session")
def data() -> Dataset:
    """The dataset of the shipped cases."""
    return kg.build()


@pytest.fixture(scope="session")
def shared() -> Path:
    """The shared material beside the checkout, where it is there."""
    path = ROOT.parent / "shared"
    if not (path / "seed").is_dir():
        pytest.skip("the shared material (../shared) is not beside this checkout")
    return path


@pytest.fixture(scope="session")
def run() -> Run:
    """Run the command in this process; an exception that is not an exit is raised."""
    runner = CliRunner()

    def call(*arguments: object) -> Result:
        try:
            result = runner.invoke(app, [str(a) for a in arguments])
        finally:
            proofs.keep(None)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture(scope="session")
def casekg() -> Process:
    """Run the command in a process of its own, as a user does: standard output, error and exit code."""

    def call(*arguments: object, cwd: Path | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
        env = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8", **environment}
        command = [sys.executable, "-m", "kg", *map(str, arguments)]
        return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=env, cwd=cwd, timeout=120)

    return call


@pytest.fixture(scope="session")
def parts(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """The folder in which the browser parts were built; None where npm is not there or cannot fetch them."""
    if shutil.which("npm") is None:
        return None
    from test_hook import load

    hook, work = load(), tmp_path_factory.mktemp("parts")
    try:
        hook.build(work)
    except hook.MissingError:
        return None
    return work
