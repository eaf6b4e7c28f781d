"""A project's own files: what is wrong is told with file and line, and nothing of it is an exception."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.base import places, project
from kg.base.results import Result
from kg.gate.repository import counter_examples, project_results, strange_terms
from kg.model.init import init

FIRST = 16  # line of what is added to terms/own.ttl
TERM = "my:New a owl:Class ; rdfs:label {label} ; skos:definition {definition} ; rdfs:subClassOf {parent} .\n"
GOOD = {"label": '"new"', "definition": '"It is new."', "parent": "obo:HP_0003484"}


@pytest.fixture(autouse=True)
def _leave() -> Iterator[None]:
    yield
    project.enter(None)


@pytest.fixture
def top(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    init(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _found(top: Path, check: Callable[..., tuple[Result, ...]] = project_results) -> list[Result]:
    made = project.find(top)
    project.enter(made)
    return list(check(made) if check is project_results else check())


def _told(results: list[Result]) -> list[tuple[str, str, int]]:
    return [(Path(r.file).as_posix(), r.severity, r.line) for r in results]


def _add(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text((path.read_text("utf-8") if path.exists() else "") + text, "utf-8")


def test_a_new_project_and_one_without_own_files_have_nothing_wrong(top: Path) -> None:
    assert _found(top) == []
    for name in ("terms", "shapes", "queries"):
        (top / name).rename(top / f"no-{name}")
    assert _found(top) == []


# ---- terms -----------------------------------------------------------------------------


def test_a_good_term_is_taken(top: Path) -> None:
    _add(top / "terms/own.ttl", TERM.format(**GOOD))
    _add(top / "terms/more.ttl", "@prefix my: <https://example.org/x#> .")
    assert _found(top) == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (TERM.format(**GOOD | {"label": '"new", "newer"'}), "has 2 rdfs:label"),
        (TERM.format(**GOOD | {"label": '"new"@en'}), "rdfs:label of my:New is not a plain text"),
        (TERM.format(**GOOD | {"definition": '" "'}), "skos:definition of my:New is not a plain text"),
        (TERM.format(**GOOD).replace('skos:definition "It is new." ; ', ""), "has no skos:definition"),
        (TERM.format(**GOOD).replace("rdfs:subClassOf", "skos:note"), "has no parent"),
        (TERM.format(**GOOD | {"parent": "obo:HP_" + "9" * 7}), "HP:" + "9" * 7 + " of my:New is not a term"),
        (TERM.format(**GOOD | {"parent": "my:New"}), "is its own ancestor"),
        (TERM.format(**GOOD | {"parent": "obo:HP_0003484, obo:CHEBI_71200"}), "exclude each other"),
        (TERM.format(**GOOD).replace("a owl:Class ; ", ""), "is not an owl:Class"),
        (TERM.format(**GOOD).replace("my:New", "<http://else.org/New>"), "not an id of a known source"),
        (TERM.format(**GOOD).replace("my:New", "obo:HP_" + "12"), "not an id of a known source"),
        (TERM.format(**GOOD).replace("my:New", "<https://w3id.org/casekg/ontology#New>"), "casekg's own namespace"),
        ('obo:HP_0003484 rdfs:label "Arm" .\n', "HP:0003484 is casekg's term; rdfs:label would change it"),
        ("obo:HP_0025520 rdfs:subClassOf my:JarOpeningWeakness .\n", "rdfs:subClassOf would change it"),
    ],
)
def test_a_term_that_is_not_right_is_told_on_its_line(text: str, words: str, top: Path) -> None:
    _add(top / "terms/own.ttl", "\n" + text)
    (result,) = _found(top)
    assert (result.rule, result.severity, result.line) == ("own-term", "violation", FIRST + 1)
    assert words in result.message
    assert result.file == str(Path("terms", "own.ttl"))


def test_synonyms_and_mappings_may_be_added_to_a_term_of_ours(top: Path) -> None:
    _add(top / "terms/own.ttl", 'obo:HP_0003484 skos:altLabel "weak arms" ; skos:closeMatch my:JarOpeningWeakness .\n')
    assert _found(top) == []


def test_a_label_that_is_taken_is_a_warning(top: Path) -> None:
    _add(top / "terms/own.ttl", TERM.format(**GOOD | {"label": '"arthritis"'}))
    (result,) = _found(top)
    assert result.severity == "warning"
    assert "HP:0001369 is called 'arthritis' too" in result.message


def test_a_term_is_said_in_one_file(top: Path) -> None:
    (top / "terms/zweite.ttl").write_text((top / "terms/own.ttl").read_text("utf-8"), "utf-8")
    (result,) = _found(top)
    assert result.file == str(Path("terms", "zweite.ttl"))
    assert "is in own.ttl too" in result.message


@pytest.mark.parametrize(
    ("name", "data", "line", "words"),
    [
        ("terms/bad.ttl", b"\n\nmy:x a .", 3, "not Turtle"),
        ("terms/bad.ttl", b"\xff", 0, "not UTF-8"),
        ("terms/two words.ttl", b"", 1, "becomes an IRI"),
        ("terms/bad.ttl", b"[] <http://x.org/p> 1 .", 1, "no name"),
        ("terms/bad.ttl", b"<http://x.org/s> <http://x.org/p> <<( <http://x.org/s> <http://x.org/p> 1 )>> .", 1, "RDF"),
        ("shapes/bad.ttl", b"\nmy:x a .", 2, "not Turtle"),
        ("shapes/bad.fails.ttl", b"\nmy:x a .", 2, "not Turtle"),
        ("queries/bad.rq", b"\xff", 0, "not UTF-8"),
        ("mappings/bad.sssom.tsv", b"\xff", 0, "not UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_a_result(name: str, data: bytes, line: int, words: str, top: Path) -> None:
    (top / name).parent.mkdir(exist_ok=True)
    (top / name).write_bytes(data)
    results = _found(top)
    assert (name, "violation", line) in _told(results)
    assert any(words in f"{r.message} {r.cure}" for r in results)


def test_a_file_that_nobody_reads_is_a_warning(top: Path) -> None:
    for name in ("terms/x.owl", "shapes/x.shacl", "queries/x.sparql", "mappings/x.tsv"):
        _add(top / name, "x")
    for name in ("terms/README.md", "queries/own/own-terms.csv", "terms/.hidden"):
        _add(top / name, "x")
    assert {Path(r.file).suffix for r in _found(top)} == {".owl", ".shacl", ".sparql", ".tsv"}
    assert {r.severity for r in _found(top)} == {"warning"}


# ---- shapes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("my:R sh:targetClas ckg:Treatment .", 21, "sh:targetClas"),
        ("my:R sh:targetClass ckg:Tratment .", 21, "ckg:Tratment"),
        ("<https://w3id.org/casekg/shapes#Finding> sh:deactivated true .", 21, "is casekg's shape"),
        ('my:R sh:sparql [ sh:select """\n  SELECT $this WHERE {\n $this ?p }""" ] .', 23, "is not SPARQL"),
        ('my:R sh:sparql [ sh:select "SELECT $this { SERVICE <http://x.org> {} }" ] .', 21, "SERVICE"),
    ],
)
def test_a_shape_that_is_not_right_is_told_on_its_line(text: str, line: int, words: str, top: Path) -> None:
    lines = (top / "shapes/own.ttl").read_text("utf-8").count("\n")
    _add(top / "shapes/own.ttl", "\n" * (20 - lines) + text)
    (result,) = _found(top)
    assert (result.rule, result.severity, result.line) == ("own-shape", "violation", line)
    assert words in result.message


def test_a_rule_is_seen_failing_or_told(top: Path) -> None:
    assert _found(top, counter_examples) == []
    shape = 'my:TreatmentRule-{0} sh:path ckg:{0} ; sh:maxCount 0 ; sh:message "None." .\n'
    _add(top / "shapes/own.ttl", shape.format("end") + "my:TreatmentRule sh:property my:TreatmentRule-end .\n")
    assert _found(top) == []
    (result,) = _found(top, counter_examples)
    assert "my:TreatmentRule-end is broken by nothing in own.fails.ttl" in result.message
    assert (result.severity, result.line) == ("violation", 18)


def test_a_rule_without_counter_example_is_an_info_and_one_that_pyshacl_refuses_a_violation(top: Path) -> None:
    (top / "shapes/own.fails.ttl").rename(top / "shapes/other.fails.ttl")
    assert [r.severity for r in _found(top, counter_examples)] == ["info"]
    (top / "shapes/other.fails.ttl").rename(top / "shapes/own.fails.ttl")
    _add(top / "shapes/own.ttl", "my:R a sh:NodeShape ; sh:targetClass ckg:Treatment ; sh:or 1 .")
    (result,) = _found(top, counter_examples)
    assert "pyshacl cannot use it" in result.message
    _add(top / "shapes/own.fails.ttl", "p1:")
    (result,) = _found(top, counter_examples)
    assert (result.rule, Path(result.file).name) == ("own-shape", "own.fails.ttl")


# ---- queries -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "text", "line", "words"),
    [
        ("own/a.rq", "#+ summary: A?\nSELECT ?x WHERE {\n ?x \n}", 4, "is not SPARQL"),
        ("own/a.rq", "#+ summary: A?\nSELECT ?x { SERVICE <http://x.org> { ?x ?y ?z } }", 1, "SERVICE"),
        ("own/a.rq", "#+ summary: [\nSELECT ?x { ?x ?y ?z }", 1, "header"),
        ("own/a.rq", "#+ summary: A?\n#+ parameters: {y: {type: drug}}\nSELECT ?y { ?x ?y ?z }", 1, "no type 'drug'"),
        ("own/a.rq", "#+ summary: A?\n#+ parameters: {y: {type: text}}\nSELECT ?x { ?x ?y ?z }", 1, "SELECT clause"),
        ("own/a.rq", "#+ summary: A?\nINSERT DATA { <http://x.org> a 1 }", 2, "is not SPARQL"),
        ("treatment/drugs.rq", "#+ summary: A?\nSELECT ?x { ?x ?y ?z }", 1, "treatment/drugs is a question of casekg"),
    ],
)
def test_a_question_that_is_not_right_is_told(name: str, text: str, line: int, words: str, top: Path) -> None:
    _add(top / "queries" / name, text)
    (result,) = _found(top)
    assert (result.rule, result.severity, result.line) == ("own-query", "violation", line)
    assert words in result.message


def test_a_question_without_summary_is_a_warning(top: Path) -> None:
    _add(top / "queries/own/a.rq", "SELECT ?x { ?x a ckg:Finding }")
    assert _told(_found(top)) == [("queries/own/a.rq", "warning", 1)]


def test_the_project_may_be_read_by_a_path_from_the_current_folder(top: Path) -> None:
    project.enter(project.find(top))
    assert project_results(project.read_project("casekg.toml")) == ()


def test_a_result_names_its_file_from_the_root_wherever_it_is_asked(top: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _add(top / "terms/own.ttl", "x")
    monkeypatch.chdir(top.parent)
    assert [r.file for r in _found(top)] == ["terms/own.ttl"]


# ---- mappings ----------------------------------------------------------------------------

HEAD = "#curie_map: {}\nsubject_id\tpredicate_id\tobject_id\n"


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "subject_id, predicate_id, object_id are missing"),
        ("#a: x\nsubject_id\tobject_id\n", 2, "predicate_id are missing"),
        ("#a: x: y\nsubject_id\tpredicate_id\tobject_id\n", 1, "the head is not YAML"),
        (HEAD + "my:JarOpeningWeakness\tskos:exactMatch\n", 3, "3 cells"),
        (HEAD + "my:JarOpeningWeakness\tskos:exactMatch\tSNOMED:1\n", 3, "object_id 'SNOMED:1'"),
        (HEAD + "my:JarOpeningWeakness\towl:subClassOf\tHP:0003484\n", 3, "'owl:subClassOf' is not a mapping"),
    ],
)
def test_a_mapping_that_is_not_right_is_told_on_its_line(text: str, line: int, words: str, top: Path) -> None:
    _add(top / "mappings/a.sssom.tsv", text)
    (result,) = [result for result in _found(top) if result.severity == "violation"]
    assert (result.rule, result.file, result.line) == ("own-mapping", "mappings/a.sssom.tsv", line)
    assert words in result.message


@pytest.mark.parametrize(
    ("rows", "line", "words"),
    [
        (["HP:0003484\tskos:exactMatch\tMESH:" "D1"], 1, "no licence"),
        (["HP:0003484\tskos:exactMatch\tMESH:" "D1"], 2, "no column says why"),
        (["HP:0003484\tskos:exactMatch\tMESH:" "D1", "HP:" "9999999\tskos:broadMatch\tMESH:" "D1"], 4, "neither"),
        (["HP:0003484\tskos:exactMatch\tMESH:" "D1", "HP:0001369\tskos:exactMatch\tMESH:" "D1"], 3, "the same (over MESH:" "D1)"),
        (["HP:" "0003116\tskos:exactMatch\tMESH:" "D1"], 3, "HP:" "0003116 is retired"),
    ],
)  # fmt: skip
def test_what_is_odd_in_a_mapping_is_told_and_stops_nothing(rows: list[str], line: int, words: str, top: Path) -> None:
    _add(top / "mappings/a.sssom.tsv", HEAD + "".join(f"{row}\n" for row in rows))
    found = _found(top)
    assert {result.severity for result in found} == {"warning"}
    assert [result.line for result in found if words in result.message] == [line]


# ---- whatever is in the files --------------------------------------------------------------

NAMES = ("terms/x.ttl", "shapes/x.ttl", "shapes/x.fails.ttl", "queries/x.rq", "mappings/x.sssom.tsv")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=st.sampled_from(NAMES),
    data=st.binary(max_size=60) | st.text(max_size=60).map(lambda t: t.encode("utf-8", "replace")),
)
def test_no_bytes_make_an_exception(name: str, data: bytes, top: Path) -> None:
    for other in NAMES:
        (top / other).unlink(missing_ok=True)
    (top / name).parent.mkdir(exist_ok=True)
    (top / name).write_bytes(data)
    for result in _found(top):
        assert result.message.endswith(".")
        assert result.cure.endswith((".", "?", "`."))
        assert result.file


def test_a_criterion_file_that_is_not_right_is_told(top: Path) -> None:
    _add(top / "criteria" / "a.yaml", "title: Invented\ncolums: {}\n")
    told = [(r.rule, r.file, r.line, r.severity) for r in _found(top) if r.key == "colums"]
    assert told == [("own-criterion", "criteria/a.yaml", 2, "violation")]


# ---- terms in queries --------------------------------------------------------------------


def test_a_term_that_nobody_has_is_found_in_a_query_at_its_line(top: Path) -> None:
    path = top / "queries/own/own-terms.rq"
    good = path.read_text("utf-8")
    path.write_text(good.replace("a ckg:Finding ;", "a ckg:Findin ;"), "utf-8")
    (result,) = _found(top)
    line = next(n for n, row in enumerate(good.splitlines(), 1) if "a ckg:Finding" in row)
    assert (result.severity, result.rule, result.line) == ("violation", "own-query", line)
    assert "ckg:Findin is not in the vocabulary" in result.message
    assert "ckg:Finding?" in result.cure


def test_every_term_of_the_questions_that_casekg_ships_is_known() -> None:
    asked = [path.read_text("utf-8") for path in places.folder("queries").rglob("*.rq")]
    assert len(asked) > 100
    assert [term for text in asked for term in strange_terms(text)] == []


LIFT = """#+ model: mine
#+ recognise: {recognise}
#+ record: {record}
PREFIX ckg: <https://w3id.org/casekg/ontology#>
CONSTRUCT {{ ?x a ckg:Finding ; ckg:patient ?p ; ckg:label ?l ;
  ckg:{term} ?c }} WHERE {{ ?x <https://x.org/p> ?p ; <https://x.org/c> ?c ; <https://x.org/l> ?l }}
"""


@pytest.mark.parametrize(
    ("changes", "line", "says"),
    [
        ({"term": "concpt"}, 6, "ckg:concpt is not in the vocabulary"),
        ({"recognise": "?x a x:Record"}, 1, "names an unknown prefix"),
        ({"record": "?record a"}, 1, "is no pattern"),
        ({"record": "?record a <https://x.org/R>"}, 1, "does not bind ?record and ?kind"),
        ({}, 0, ""),
    ],
)
def test_what_is_wrong_in_a_lift_is_told(changes: dict[str, str], line: int, says: str, top: Path) -> None:
    right = {"recognise": "?x a <https://x.org/R>", "record": "?record a ?kind", "term": "concept"}
    _add(top / "lifts/mine.rq", LIFT.format(**(right | changes)))
    found = [result for result in _found(top) if result.rule == "lift"]
    assert [(result.file, result.line) for result in found] == ([("lifts/mine.rq", line)] if line else [])
    assert all(says in result.message for result in found)


def test_a_lift_that_cannot_be_used_is_a_result(top: Path) -> None:
    _add(top / "lifts/mine.rq", "#+ model: mine\nSELECT ?x WHERE { ?x ?y ?z }\n")
    assert _told(_found(top)) == [("lifts/mine.rq", "violation", 1)]


def test_own_terms_that_would_overflow_a_parser_or_the_memory_are_results(top: Path, run: Callable[..., Any]) -> None:
    levels = 20_000
    _add(top / "terms/deep.ttl", "<x:s> <x:p> " + "<<( <x:a> <x:b> " * levels + "<x:c>" + " )>>" * levels + " .")
    assert ("terms/deep.ttl", "violation", 1) in _told(_found(top))
    project.enter(None)
    made = run("build", "cases", "-o", "out.nq")
    assert made.exit_code == 1
    assert "deep.ttl:1:1: violation syntax: not Turtle: nested deeper than 200." in made.stderr
    with (top / "terms/deep.ttl").open("wb") as handle:
        handle.truncate(10**10)
    made = run("build", "cases", "-o", "out.nq")
    assert made.exit_code == 2
    assert "deep.ttl: violation file: larger than 50,000,000 bytes." in made.stderr
    assert not (top / "out.nq").exists()
