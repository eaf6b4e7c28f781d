"""Whole ontologies in a project: read alike from every format, counted for labels, hierarchy and retirement."""

from __future__ import annotations

import csv
import gzip
import json
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.answers.queries import ask, library
from kg.base import places, project
from kg.base.prefixes import PREFIXES, expand
from kg.base.results import CaseError
from kg.concepts import ontologies
from kg.concepts.modules import Entry, Module, pack
from kg.concepts.ontologies import add, read_ontology
from kg.concepts.terms import Catalogue
from kg.graph.store import Dataset, build

# An invented ontology (XX) under two terms that casekg ships: one with its label, one with another.
XX = PREFIXES["obo"] + "XX_"
TERMS: list[dict[str, Any]] = [
    {"id": "XX:0000001", "name": "invented arthritis", "is_a": ["HP:0001369"], "synonym": ["arthritis of Nobody"]},
    {"id": "XX:0000002", "name": "very invented arthritis", "is_a": ["XX:0000001"], "alt_id": ["XX:0000009"]},
    {"id": "XX:0000003", "name": "invented joint", "part_of": ["UBERON:0001461"]},
    {"id": "XX:0000004", "name": "obsolete invention", "is_obsolete": True, "replaced_by": "XX:0000001"},
    {"id": "HP:0001369", "name": "Arthritis", "is_a": ["HP:0001367"]},
    {"id": "HP:0001367", "name": "Joint shape of Nobody"},
]
LICENCE = "https://creativecommons.org/publicdomain/zero/1.0/"


def _iri(curie: str) -> str:
    return PREFIXES["obo"] + curie.replace(":", "_")


def as_obo(terms: list[dict[str, Any]] = TERMS, version: str = "2026-01-31") -> str:
    head = f"format-version: 1.2\ndata-version: xx/releases/{version}\nontology: xx\n"
    lines = [head + f"property_value: http://purl.org/dc/terms/license {LICENCE}\n"]
    for term in terms:
        lines.append(f"\n[Term]\nid: {term['id']}\nname: {term['name']}\n")
        lines += [f"alt_id: {other}\n" for other in term.get("alt_id", ())]
        lines += [f'synonym: "{name}" EXACT []\n' for name in term.get("synonym", ())]
        lines += [f'synonym: "related {name}" RELATED []\n' for name in term.get("synonym", ())]
        lines += [f"is_a: {parent} ! above\n" for parent in term.get("is_a", ())]
        lines += [f"relationship: part_of {whole}\n" for whole in term.get("part_of", ())]
        lines += ["is_obsolete: true\n"] if term.get("is_obsolete") else []
        lines += [f"replaced_by: {term['replaced_by']}\n"] if "replaced_by" in term else []
    return "".join(lines)


def as_json() -> str:
    nodes, edges = [], []
    for term in TERMS:
        synonyms = [{"pred": "hasExactSynonym", "val": name} for name in term.get("synonym", ())]
        synonyms += [{"pred": "hasRelatedSynonym", "val": f"related {name}"} for name in term.get("synonym", ())]
        also = [{"pred": ontologies._ALSO, "val": other} for other in term.get("alt_id", ())]
        also += [{"pred": ontologies._INSTEAD, "val": _iri(term["replaced_by"])}] if "replaced_by" in term else []
        meta = {"synonyms": synonyms, "basicPropertyValues": also, "deprecated": term.get("is_obsolete", False)}
        nodes.append({"id": _iri(term["id"]), "lbl": term["name"], "type": "CLASS", "meta": meta})
        edges += [{"sub": _iri(term["id"]), "pred": "is_a", "obj": _iri(p)} for p in term.get("is_a", ())]
        edges += [
            {"sub": _iri(term["id"]), "pred": ontologies._PART_OF, "obj": _iri(p)} for p in term.get("part_of", ())
        ]
    meta = {
        "version": _iri("xx") + "/releases/2026-01-31/xx.owl",
        "basicPropertyValues": [{"pred": PREFIXES["dcterms"] + "license", "val": LICENCE}],
    }
    return json.dumps({"graphs": [{"id": _iri("xx.owl"), "meta": meta, "nodes": nodes, "edges": edges}]})


def as_turtle() -> str:
    lines = [f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in ("obo", "owl", "rdfs", "dcterms")]
    lines.append("@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .\n")
    lines.append(f'obo:xx.owl a owl:Ontology ; owl:versionInfo "2026-01-31" ; dcterms:license <{LICENCE}> .\n')
    for term in TERMS:
        me = f"<{_iri(term['id'])}>"
        lines.append(f'{me} a owl:Class ; rdfs:label "{term["name"]}" , "Erfindung"@de .\n')
        lines += [f'{me} oio:hasAlternativeId "{other}" .\n' for other in term.get("alt_id", ())]
        lines += [f'{me} oio:hasExactSynonym "{name}" .\n' for name in term.get("synonym", ())]
        lines += [f'{me} oio:hasRelatedSynonym "related {name}" .\n' for name in term.get("synonym", ())]
        lines += [f"{me} rdfs:subClassOf <{_iri(p)}> .\n" for p in term.get("is_a", ())]
        for whole in term.get("part_of", ()):
            some = f"[ a owl:Restriction ; owl:onProperty obo:BFO_0000050 ; owl:someValuesFrom <{_iri(whole)}> ]"
            lines.append(f"{me} rdfs:subClassOf {some} .\n")
        lines += [f"{me} owl:deprecated true .\n"] if term.get("is_obsolete") else []
        lines += [f"{me} obo:IAO_0100001 <{_iri(term['replaced_by'])}> .\n"] if "replaced_by" in term else []
    return "".join(lines)


def as_owl() -> str:
    import rdflib

    return rdflib.Graph().parse(data=as_turtle(), format="turtle").serialize(format="xml")


TEXTS = {"xx.obo": as_obo, "xx.json": as_json, "xx.ttl": as_turtle, "xx.owl": as_owl}


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project that was entered, and left again."""
    (tmp_path / "casekg.toml").write_text(f'[prefixes]\nXX = "{XX}"\n', "utf-8")
    monkeypatch.chdir(tmp_path)
    places.forget()
    project.enter(project.find(tmp_path))
    yield tmp_path
    project.enter(None)


@pytest.fixture
def added(top: Path) -> Path:
    """A project to which the invented ontology was added."""
    (top / "xx.obo").write_text(as_obo(), "utf-8")
    add(top, top / "xx.obo")
    return top


# ---- reading -----------------------------------------------------------------------------


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("name", TEXTS)
def test_every_format_says_the_same(name: str, packed: bool, top: Path) -> None:
    data = TEXTS[name]().encode()
    path = top / (name + ".gz" * packed)
    path.write_bytes(gzip.compress(data) if packed else data)
    found = read_ontology(path)
    sub, part = PREFIXES["rdfs"] + "subClassOf", ontologies._PART_OF
    assert list(found.entries) == [
        Entry(_iri("HP:0001367"), "Joint shape of Nobody"),
        Entry(_iri("HP:0001369"), "Arthritis", (), ((sub, _iri("HP:0001367")),)),
        Entry(_iri("XX:0000001"), "invented arthritis", ("arthritis of Nobody",), ((sub, _iri("HP:0001369")),)),
        Entry(_iri("XX:0000002"), "very invented arthritis", (), ((sub, _iri("XX:0000001")),)),
        Entry(_iri("XX:0000003"), "invented joint", (), ((part, _iri("UBERON:0001461")),)),
        Entry(_iri("XX:0000004"), "obsolete invention", retired=True, instead=_iri("XX:0000001")),
        Entry(_iri("XX:0000009"), "", retired=True, instead=_iri("XX:0000002")),
    ]
    assert (found.about["version"], found.about["licence"]) == ("2026-01-31", LICENCE)


BOMB = (
    '<?xml version="1.0"?>\n<!DOCTYPE rdf:RDF [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>\n'
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">&b;</rdf:RDF>'
)


@pytest.mark.parametrize(
    ("name", "data", "line", "words"),
    [
        ("a.owl", BOMB.encode(), 0, "declares the entity 'a'"),
        ("a.owl", BOMB.encode("utf-16"), 0, "declares the entity 'a'"),
        ("a.owl", BOMB.replace("[", 'SYSTEM "a.dtd" [', 1).encode(), 0, "DOCTYPE of another file"),
        ("a.owl", BOMB.replace('"aaaaaaaaaa"', 'SYSTEM "file:///etc/hosts"').encode(), 0, "declares the entity 'a'"),
        ("a.owl", BOMB.replace("aaaaaaaaaa", "https://x.org/").encode(), 0, "declares the entity 'b'"),
        ("a.owl", b"Prefix(:=<https://x.org/>)\nOntology(<https://x.org/o>)\n", 0, "is in OWL functional syntax"),
        ("a.owl", b"<?xml version='1.0'?>\n<Ontology xmlns='http://www.w3.org/2002/07/owl#'/>", 0, "is in OWL/XML"),
        ("a.owl", b"Prefix: : <https://x.org/>\nOntology: <https://x.org/o>\n", 0, "is in Manchester syntax"),
        ("a.owl.gz", gzip.compress(BOMB.encode()), 0, "declares the entity 'a'"),
        ("a.obo", b"format-version: 1.2\n\n[Term]\nid: XX:0000001\nnam: x\n", 5, "cannot be read"),
        ("a.obo", b"", 0, "no class with a label"),
        ("a.obo", b"\xff\xfe", 0, ""),
        ("a.json", b'{"graphs": [{"nodes": [{"id": 1]', 0, "not JSON"),
        ("a.json", b'{"a": ' + b"[" * 400, 0, "nested deeper than 200"),
        ("a.json", b"[]", 0, "no class with a label"),
        ("a.json", b'{"graphs": [{"nodes": [{"id": 7, "lbl": {}}], "edges": [1]}]}', 0, ""),
        ("a.ttl", b"@prefix x: <http://x.org/> .\nx:a x:b .\n", 2, "cannot be read"),
        ("a.obo.gz", gzip.compress(as_obo().encode())[:-20], 0, "not a whole gzip file"),
        ("a.obo.gz", as_obo().encode(), 0, "not a whole gzip file"),
        ("a.csv", b"id,label\n", 0, "no format of ontologies"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_is_written(
    name: str, data: bytes, line: int, words: str, top: Path, run: Callable[..., Any]
) -> None:
    (top / name).write_bytes(data)
    result = run("terms", "add", name)
    assert result.exit_code in (1, 2)
    assert result.output.startswith(f"{name}:{line}:" if line else f"{name}: violation ")
    assert words in result.output
    assert not (top / "terms").exists()


def test_namespaces_as_entities_and_turtle_are_read_under_the_name_of_owl(top: Path) -> None:
    owl = as_owl()
    rdfs = "http://www.w3.org/2000/01/rdf-schema#"
    named = owl.replace(f'"{rdfs}"', '"&rdfs;"').replace(
        "<rdf:RDF", f'<!DOCTYPE rdf:RDF [<!ENTITY rdfs "{rdfs}">]>\n<rdf:RDF', 1
    )
    assert '"&rdfs;"' in named
    for name, text in (("a.owl", owl), ("b.owl", named), ("c.owl", "# turtle\n" + as_turtle())):
        (top / name).write_text(text, "utf-8")
    plain, *others = (read_ontology(top / name).entries for name in ("a.owl", "b.owl", "c.owl"))
    assert others == [plain, plain]


def test_an_owl_file_without_its_end_is_refused(top: Path) -> None:
    (top / "a.owl").write_text(as_owl().replace("</rdf:RDF>", ""), "utf-8")
    with pytest.raises(CaseError, match="cannot be read"):
        read_ontology(top / "a.owl")


def test_a_file_that_unpacks_to_too_much_is_refused(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ontologies, "MAX_BYTES", 1000)
    for name, text in TEXTS.items():
        (top / f"{name}.gz").write_bytes(gzip.compress(text().encode() + b" " * 5000))
        with pytest.raises(CaseError, match="larger than 1,000 bytes"):
            read_ontology(top / f"{name}.gz")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes here")
def test_a_pipe_is_not_waited_for(top: Path) -> None:
    os.mkfifo(top / "a.obo")
    with pytest.raises(CaseError, match="not a regular file"):
        read_ontology(top / "a.obo")


def test_what_is_missing_is_said_plainly(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (top / "xx.obo").write_text(as_obo(), "utf-8")
    monkeypatch.setitem(__import__("sys").modules, "fastobo", None)
    with pytest.raises(CaseError, match=r"without the package fastobo. Install it: pip install 'casekg\[ontologies\]'"):
        read_ontology(top / "xx.obo")


def test_the_same_content_gives_the_same_bytes() -> None:
    entries = [Entry("http://x.org/a", "a", ("b", "c")), Entry("http://x.org/b", "b")]
    assert pack({"a": "b"}, entries) == pack({"a": "b"}, entries[::-1])


# ---- the command -------------------------------------------------------------------------


def test_add_list_update_remove(top: Path, run: Callable[..., Any]) -> None:
    (top / "xx.obo").write_text(as_obo(), "utf-8")
    result = run("terms", "add", "xx.obo")
    assert result.exit_code == 0
    assert result.output.startswith(f"xx 2026-01-31: 5 terms, 2 retired ids; licence: {LICENCE}; ")
    assert "1 agree, 1 have another label here" in result.output
    assert "HP:0001367: 'Abnormal joint morphology' is 'Joint shape of Nobody'" in result.output
    assert "| xx      | 2026-01-31".replace(" ", "") in run("terms", "list").output.replace(" ", "")

    newer = [dict(term) for term in TERMS if term["id"] != "XX:0000003"]
    newer[0]["name"] = "renamed arthritis"
    newer[1] |= {"is_obsolete": True, "is_a": []}
    newer.append({"id": "XX:0000005", "name": "new invention"})
    (top / "xx.obo").write_text(as_obo(newer, "2026-06-30"), "utf-8")
    again = run("terms", "add", "xx.obo").output
    assert "  before: 1 added, 1 removed, 1 retired, 1 relabelled, 0 moved" in again
    assert "XX:0000005 ! new invention" in run("terms", "new", "invention").output

    assert run("terms", "remove", "nothing").exit_code == 2
    assert run("terms", "remove", "xx").output == "xx removed\n"
    assert list((top / "terms").iterdir()) == []
    assert run("terms", "XX:0000001").exit_code == 2


def test_a_bad_file_among_good_ones(top: Path, run: Callable[..., Any]) -> None:
    (top / "xx.obo").write_text(as_obo(), "utf-8")
    (top / "bad.obo").write_text("nothing", "utf-8")
    result = run("terms", "add", "bad.obo", "xx.obo")
    assert result.exit_code == 1
    assert "bad.obo:1:" in result.output
    assert [path.name for path in (top / "terms").iterdir()] == ["xx.sqlite"]


def test_without_a_project_nothing_is_added(tmp_path: Path, run: Callable[..., Any]) -> None:
    (tmp_path / "xx.obo").write_text(as_obo(), "utf-8")
    result = run("terms", "add", tmp_path / "xx.obo", "--project", tmp_path)
    assert result.exit_code == 2
    assert "casekg init" in result.output


def test_words_are_searched_for_unless_they_name_a_command(run: Callable[..., Any]) -> None:
    assert "HP:0025520 ! Calcinosis cutis" in run("terms", "calcinosis").output
    assert "HP:0025520 ! Calcinosis cutis" in run("terms", "--limit", "3", "calcinosis").output
    assert "HP:0025520 ! Calcinosis cutis" in run("terms", "search", "calcinosis").output


def test_what_is_imported_is_told_and_not_fetched(top: Path, run: Callable[..., Any]) -> None:
    text = as_turtle() + "obo:xx.owl owl:imports <http://localhost:9/other.owl> .\n"
    (top / "xx.ttl").write_text(text, "utf-8")
    result = run("terms", "add", "xx.ttl")
    assert result.exit_code == 0
    assert "imports other ontologies: they were not read" in result.output


def test_a_damaged_module_is_told(added: Path, run: Callable[..., Any]) -> None:
    (added / "terms" / "xx.sqlite").write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    places.forget()
    result = run("check", "casekg.toml", "--format", "text")
    assert result.exit_code == 1
    assert "terms/xx.sqlite" in result.output
    assert "casekg terms add" in result.output
    assert run("terms", "arthritis").exit_code == 1


# ---- what it counts for ------------------------------------------------------------------

ARTHRITIS = "HP:0001369 ! Arthritis"
# The words quoted say arthritis: that it is a narrower one is the curator's reading, and needs its note.
NOTED = "\n        note: Read as a {}."


@pytest.mark.parametrize(
    ("written", "rule", "words"),
    [
        ("XX:0000001 ! invented arthritis", "", ""),
        ("XX:0000001 ! Arthritis", "label", "XX:0000001 is called 'invented arthritis', not 'Arthritis'."),
        ("XX:0000004 ! invented arthritis", "retired-id", "XX:0000004 is retired; use XX:0000001."),
        ("XX:0000009 ! invented arthritis", "retired-id", "XX:0000009 is retired; use XX:0000002."),
        ("XX:0000008 ! invented arthritis", "unknown-id", "XX:0000008 is not among casekg's terms, nor in xx"),
    ],
)
def test_a_case_file_may_use_its_ids(
    written: str, rule: str, words: str, added: Path, write_case: Callable[..., Path], run: Callable[..., Any]
) -> None:
    path = write_case(added, replace={ARTHRITIS: written + NOTED.format("invented arthritis")})
    result = run("validate", path, "--format", "json")
    found = [r for r in json.loads(result.stdout)["results"] if r["severity"] == "violation"]
    assert [r["rule"] for r in found] == ([rule] if rule else [])
    assert words in "".join(r["message"] for r in found)


def test_without_the_ontology_its_ids_are_unknown(top: Path, write_case: Callable[..., Path]) -> None:
    path = write_case(top, replace={ARTHRITIS: "XX:0000001 ! invented arthritis"})
    with pytest.raises(CaseError, match=r"unknown-id: .*casekg terms add FILE"):
        build([path])


def test_a_term_of_another_branch_is_no_finding(added: Path, write_case: Callable[..., Path]) -> None:
    from kg.gate.shapes import validate

    path = write_case(added, replace={ARTHRITIS: "XX:0000003 ! invented joint"})
    assert any("A finding must" in result.message for result in validate(build([path])).results)
    path = write_case(
        added, replace={ARTHRITIS: "XX:0000002 ! very invented arthritis" + NOTED.format("very invented arthritis")}
    )
    assert not any("A finding must" in result.message for result in validate(build([path])).results)


@pytest.fixture
def data(added: Path, write_case: Callable[..., Path]) -> Dataset:
    return build(
        [
            write_case(
                added,
                replace={ARTHRITIS: "XX:0000002 ! very invented arthritis" + NOTED.format("very invented arthritis")},
            )
        ]
    )


@pytest.mark.parametrize(
    "finding",
    ["XX:0000002", "XX:0000001", "HP:0001369", "HP:0001367", "HP:0000118", "arthritis of nobody", "Arthritis"],
)
def test_a_question_by_any_ancestor_label_or_synonym(finding: str, data: Dataset) -> None:
    rows = ask(data, "phenotype/present", {"finding": finding}).rows
    assert [row[1].value for row in rows] == [_iri("XX:0000002")]


def test_exclusion_goes_down_to_ids_that_the_data_do_not_name(added: Path, write_case: Callable[..., Path]) -> None:
    text = write_case(added).read_text("utf-8").replace(ARTHRITIS, "HP:0003326 ! Myalgia")
    text = text.replace("{case: arthritis of the elbow", "{case: muscle pain of the elbow")
    text = text.replace("case: Arthritis improved", "case: Muscle pain improved")
    text = text.replace("Calcinosis was absent", "Arthritis was absent").replace(
        "HP:0025520 ! Calcinosis cutis", ARTHRITIS
    )
    data = build([write_case(added, text)])
    rows = ask(data, "phenotype/excluded", {"finding": "XX:0000002"}).rows
    assert [row[1].value for row in rows] == [expand("HP:0001369")]


@pytest.mark.parametrize("name", ["phenotype/present", "phenotype/organ-systems", "phenotype/excluded"])
def test_both_engines_agree(name: str, data: Dataset) -> None:
    mine = Counter(str([t and t.value for t in row]) for row in ask(data, name).rows)
    second: Any = data.rdflib(ontology=True).query(library()[name].sparql)
    assert Counter(str([t and str(t) for t in row]) for row in second) == mine
    assert mine


def test_the_projects_own_edition_counts_and_gives_one_label(added: Path) -> None:
    terms, iri = Catalogue.shipped(), expand("HP:0001367")
    assert terms.label(iri) == "Joint shape of Nobody"
    assert terms.candidates("Abnormal joint morphology") == [iri]  # the former label still finds it
    assert expand("HP:0000118") in terms.ancestors(iri)  # and what casekg says of its place stays
    quads = build().quads(ontology=True)
    label = PREFIXES["rdfs"] + "label"
    labels = {q.object.value for q in quads if q.subject.value == iri and q.predicate.value == label}  # type: ignore[union-attr]
    assert labels <= {"Joint shape of Nobody"}


def test_the_whole_of_hpo(top: Path, shared: Path) -> None:
    path = shared / "terms" / "hpo.tsv.gz"
    if not path.is_file():
        pytest.skip("hpo.tsv.gz is not in the shared material")
    with gzip.open(path, "rt", encoding="utf-8") as handle:
        rows = [
            row for row in csv.DictReader(handle, delimiter="\t") if not row["label"].startswith("obsolete (merged")
        ]
    terms = [
        {"id": row["id"], "name": row["label"].replace("{", "\\{"), "is_a": row["parents"].split("|") if row["parents"] else []}
        | ({"is_obsolete": True} if row["obsolete"] == "1" else {})
        for row in rows
    ]  # fmt: skip
    (top / "hp.obo").write_text(as_obo(terms), "utf-8")
    made = add(top, top / "hp.obo", "hp")
    assert made.terms == sum(row["obsolete"] == "0" for row in rows)
    kept = {entry.iri: entry.label for entry in Module.open(top / "terms" / "hp.sqlite").entries()}
    assert kept == {expand(row["id"]): row["label"] for row in rows}  # nothing was altered
    gout = expand("HP:0001997")
    catalogue = Catalogue.shipped()
    assert catalogue.label(gout) == "Gout"
    assert {expand("HP:0001369"), expand("HP:0000118")} <= catalogue.ancestors(gout)
