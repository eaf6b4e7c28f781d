"""Reports: each format is valid whatever a file wrote, says everything, and says it once."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from kg.base.results import Result, counts, ordered, plain
from kg.gate import reporting
from kg.gate.reporting import FORMATS, Report, render, summary
from kg.gate.rules import FAMILIES
from kg.gate.shapes import validate
from kg.graph.store import gather

ROOT = Path(__file__).resolve().parents[1]

VIOLATION = Result("violation", "label", "wrong label.", "Correct it.", "cases/b.yaml", 41, 9, "patients.p1.findings.x")
WARNING = Result("warning", "scale", "the scale ends at 51.", "", "cases/a.yaml", 7, 3, "patients.p1.measurements.m")
INFO = Result(
    "info", "ambiguous-anchor", "occurs twice.", "Quote more.", "cases/a.yaml", 8, 3, "patients.p1.findings.y"
)
SHAPE = Result("warning", "shape:Oddity", "odd.", "", "cases/a.yaml", 2, 1, focus="https://example.org/f")
LOOSE = Result("info", "no-focus-node", "shape:X matched no node.")
GRAPH = Result(
    "violation", "shape:Finding-status", "no status.", file="https://example.org/case/1", focus="https://e.org/f"
)
FILES = ("cases/a.yaml", "cases/b.yaml", "cases/clean.yaml", "graph.ttl")
SAMPLE = Report((INFO, WARNING, VIOLATION, SHAPE, LOOSE, GRAPH), FILES, {"shape:Finding": 3, "shape:X": 0}, 2)
CLEAN = Report((), ("cases/clean.yaml",), {"shape:Finding": 1}, 1)

# What hypothesis may write into a result: any code point, halves of characters too; and what breaks formats.
NASTY = [
    "\x00",
    "\x1b[31m",
    "\ud800",
    os.fsdecode(b"caf\xe9"),
    "]]>",
    "</details>",
    "|",
    "`",
    "\r\n",
    "%0A",
    "::error::",
    "\u2028",
    "a" * 10_000,
]
texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(exclude_categories=()), max_size=40))
rule_ids = st.one_of(st.sampled_from(["label", "scale", "shape:Oddity", "MinCount"]), texts)
results = st.builds(
    Result,
    st.sampled_from(["violation", "warning", "info"]),
    rule_ids, texts, texts, texts, st.integers(-1, 10**6), st.integers(-1, 10**4), texts, texts,
)  # fmt: skip
reports = st.builds(
    Report,
    st.lists(results, max_size=6).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
    st.dictionaries(texts, st.integers(0, 99), max_size=2),
    st.integers(0, 9),
)


# --- schemas: the facts of the formats, as far as casekg writes them ------------------------------


def record(required: str, **properties: object) -> dict[str, object]:
    """A JSON object with these properties and no others."""
    return {"type": "object", "required": required.split(), "properties": properties, "additionalProperties": False}


TEXT, POSITIVE = {"type": "string"}, {"type": "integer", "minimum": 1}
INDEX = {"type": "integer", "minimum": -1}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
URI = {"type": "string", "pattern": r"^(?:[A-Za-z0-9._~!$&'()*+,;=:@/?#-]|%[0-9A-Fa-f]{2})+$"}
MESSAGE = record("text", text=TEXT)
LOCATION = record(
    "",
    physicalLocation=record(
        "artifactLocation",
        artifactLocation=record("uri", uri=URI),
        region=record("startLine", startLine=POSITIVE, startColumn=POSITIVE),
    ),
    logicalLocations={"type": "array", "items": record("fullyQualifiedName", fullyQualifiedName=TEXT)},
)
DESCRIPTOR = record(
    "id",
    id=TEXT,
    shortDescription=MESSAGE,
    help=record("text", text=TEXT, markdown=TEXT),
    defaultConfiguration=record("level", level=LEVEL, enabled={"type": "boolean"}),
    properties=record("tags", tags={"type": "array", "items": {"enum": list(FAMILIES)}, "uniqueItems": True}),
)
SARIF_RESULT = record(
    "message ruleId ruleIndex level locations partialFingerprints",
    message=MESSAGE,
    ruleId=TEXT,
    ruleIndex=INDEX,
    level=LEVEL,
    locations={"type": "array", "items": LOCATION, "minItems": 1},
    partialFingerprints=record("casekg/v1", **{"casekg/v1": {"type": "string", "pattern": "^[0-9a-f]{16}$"}}),
)
NOTIFICATION = record(
    "message",
    message=MESSAGE,
    level=LEVEL,
    associatedRule=record("id index", id=TEXT, index=INDEX),
)
DRIVER = record(
    "name",
    name=TEXT,
    version=TEXT,
    informationUri=URI,
    rules={"type": "array", "items": DESCRIPTOR, "uniqueItems": True},
)
RUN = record(
    "tool results",
    tool=record("driver", driver=DRIVER),
    invocations={
        "type": "array",
        "items": record(
            "executionSuccessful",
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications={"type": "array", "items": NOTIFICATION},
        ),
    },
    results={"type": "array", "items": SARIF_RESULT, "maxItems": 25_000},
)
SARIF = record(
    "version runs $schema",
    **{"$schema": URI, "version": {"const": "2.1.0"}, "runs": {"type": "array", "items": RUN, "maxItems": 1}},
)
SARIF_VALIDATOR = jsonschema.Draft202012Validator(SARIF)

# JUnit as Jenkins and its relatives read it; numbers are held to more than they ask.
JUNIT = etree.XMLSchema(
    etree.XML("""<x:schema xmlns:x="http://www.w3.org/2001/XMLSchema">
  <x:complexType name="told" mixed="true">
    <x:attribute name="type" type="x:string"/><x:attribute name="message" type="x:string"/>
  </x:complexType>
  <x:complexType name="skipped" mixed="true"><x:attribute name="message" type="x:string"/></x:complexType>
  <x:element name="testsuites"><x:complexType>
    <x:sequence><x:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/></x:sequence>
    <x:attribute name="name" type="x:string"/>
    <x:attribute name="tests" type="x:nonNegativeInteger"/>
    <x:attribute name="failures" type="x:nonNegativeInteger"/>
    <x:attribute name="errors" type="x:nonNegativeInteger"/>
  </x:complexType></x:element>
  <x:element name="testsuite"><x:complexType>
    <x:sequence><x:element ref="testcase" minOccurs="0" maxOccurs="unbounded"/></x:sequence>
    <x:attribute name="name" type="x:string" use="required"/>
    <x:attribute name="tests" type="x:nonNegativeInteger" use="required"/>
    <x:attribute name="failures" type="x:nonNegativeInteger" use="required"/>
    <x:attribute name="errors" type="x:nonNegativeInteger" use="required"/>
    <x:attribute name="skipped" type="x:nonNegativeInteger"/>
    <x:attribute name="time" type="x:decimal"/>
  </x:complexType></x:element>
  <x:element name="testcase"><x:complexType>
    <x:sequence>
      <x:choice minOccurs="0">
        <x:element name="failure" type="told"/><x:element name="error" type="told"/>
        <x:element name="skipped" type="skipped"/>
      </x:choice>
      <x:element name="system-out" type="x:string" minOccurs="0"/>
    </x:sequence>
    <x:attribute name="name" type="x:string" use="required"/>
    <x:attribute name="classname" type="x:string" use="required"/>
  </x:complexType></x:element>
</x:schema>""")
)


def sarif(report: Report, infos: bool = True) -> dict[str, object]:
    made = json.loads(render(report, "sarif", infos=infos))
    SARIF_VALIDATOR.validate(made)
    return made["runs"][0]


def junit(report: Report, infos: bool = True) -> etree._Element:
    made = etree.fromstring(render(report, "junit", infos=infos).encode())
    JUNIT.assertValid(made)
    for element in (made, *made):
        assert int(element.get("tests")) == len(element.findall(".//testcase"))
        assert int(element.get("failures")) == len(element.findall(".//failure"))
    return made


# --- every format --------------------------------------------------------------------------------


@pytest.mark.parametrize("infos", [True, False])
@pytest.mark.parametrize("report", [SAMPLE, CLEAN, Report(())], ids=["sample", "clean", "nothing"])
@pytest.mark.parametrize("name", FORMATS)
def test_a_report_ends_with_a_line_break_and_tells_a_result_once_in_any_order(
    name: str, report: Report, infos: bool
) -> None:
    text = render(report, name, infos=infos)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    turned = Report(report.results[::-1] + report.results, report.files, report.focus_nodes, report.graphs)
    assert render(turned, name, infos=infos) == text


@pytest.mark.parametrize("name", sorted(set(FORMATS) - {"json"}))
def test_infos_are_told_only_when_wanted(name: str) -> None:
    assert "occurs twice" in render(SAMPLE, name, infos=True)
    assert "occurs twice" not in render(SAMPLE, name, infos=False)
    assert "wrong label" in render(SAMPLE, name, infos=False)


def test_an_unknown_format_is_refused_with_those_there_are() -> None:
    with pytest.raises(ValueError, match="'pdf' is not a format: text, json, sarif, junit, github, markdown"):
        render(SAMPLE, "pdf")


@settings(deadline=None, max_examples=150)
@given(reports, st.booleans())
def test_no_text_breaks_a_format(report: Report, infos: bool) -> None:
    shown = [r for r in set(report.results) if infos or r.severity != "info"]
    out = {name: render(report, name, infos=infos) for name in FORMATS}
    for text in out.values():
        text.encode("utf-8")
    assert len(out["text"].splitlines()) == len(shown) + 1
    made = json.loads(out["json"])
    assert len(made["results"]) == len(set(report.results))
    assert made["counts"] == counts(set(report.results))
    run = sarif(report, infos)
    assert len(run["results"]) + len(run["invocations"][0]["toolExecutionNotifications"]) == len(shown)
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    suites = junit(report, infos)
    assert len(suites) == len({*report.files, *(r.file for r in shown)})
    annotations = out["github"].splitlines()[:-1]
    assert len(annotations) == len(shown)
    for line in annotations:
        assert re.fullmatch(r"::(error|warning|notice) ((file|line|col|title)=[^,:]*(,|(?=::)))*::.*", line), line
        assert all(c.isprintable() for c in line)
    rows = re.findall(r"^\| (?!rule|---).*$", out["markdown"], re.M)
    assert len(rows) == len(shown)
    for row in rows:
        assert row.count("|") == 4
        assert not set("`<>*[]") & set(row)


# --- text, json ----------------------------------------------------------------------------------


def test_text_is_a_line_a_result_and_the_counts() -> None:
    assert render(SAMPLE, "text").splitlines() == [
        str(SHAPE),
        str(WARNING),
        str(VIOLATION),
        str(GRAPH),
        "not valid: 4 files, 2 graphs, 2 shapes, 3 focus nodes; 2 violations, 2 warnings, 2 infos.",
    ]
    assert (
        render(CLEAN, "text") == "valid: 1 file, 1 graph, 1 shape, 1 focus node; 0 violations, 0 warnings, 0 infos.\n"
    )
    assert summary(Report(())) == "valid: nothing was checked; 0 violations, 0 warnings, 0 infos."


def test_json_gives_back_every_result() -> None:
    made = json.loads(render(SAMPLE, "json", infos=False))
    assert (made["conforms"], made["files"], made["graphs"]) == (False, list(FILES), 2)
    assert made["counts"] == {"violation": 2, "warning": 2, "info": 2}
    assert made["focus_nodes"] == {"shape:Finding": 3, "shape:X": 0}
    for one in made["results"]:
        mark = one.pop("fingerprint")
        assert Result(**one).fingerprint == mark
    assert {Result(**one) for one in made["results"]} == set(SAMPLE.results)


# --- SARIF ---------------------------------------------------------------------------------------


def test_sarif_has_place_rule_and_fingerprint() -> None:
    run = sarif(SAMPLE)
    driver = run["tool"]["driver"]
    assert driver["name"] == "casekg"
    assert [rule["id"] for rule in driver["rules"]] == sorted(r.rule for r in SAMPLE.results)
    first = run["results"][0]
    assert first["ruleId"] == "label"
    assert first["level"] == "error"
    assert first["message"]["text"] == "wrong label. Correct it."
    assert first["partialFingerprints"] == {"casekg/v1": VIOLATION.fingerprint}
    place = first["locations"][0]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "cases/b.yaml"}
    assert place["physicalLocation"]["region"] == {"startLine": 41, "startColumn": 9}
    assert place["logicalLocations"] == [{"fullyQualifiedName": "patients.p1.findings.x"}]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "warning", "note"]
    levels = {rule["id"]: rule["defaultConfiguration"]["level"] for rule in driver["rules"]}
    assert levels["label"] == "error"
    assert levels["shape:Oddity"] == "warning"
    assert levels["no-focus-node"] == "note"
    assert next(r for r in driver["rules"] if r["id"] == "label")["help"]["text"].startswith("The label beside an id")


def test_what_is_in_no_file_is_a_notification() -> None:
    run = sarif(Report((LOOSE, GRAPH)))
    assert run["results"] == []
    assert run["invocations"][0]["toolExecutionNotifications"] == [
        {
            "associatedRule": {"id": "shape:Finding-status", "index": 1},
            "level": "error",
            "message": {"text": "https://example.org/case/1: no status."},
        },
        {
            "associatedRule": {"id": "no-focus-node", "index": 0},
            "level": "note",
            "message": {"text": "shape:X matched no node."},
        },
    ]


@pytest.mark.parametrize(
    ("file", "uri"),
    [
        ("a b.yaml", "a%20b.yaml"),
        ("./x/../é:#?.yaml", "%C3%A9%3A%23%3F.yaml"),
        (os.fsdecode(b"caf\xe9.yaml"), "caf%E9.yaml"),
        ("-", "-"),
        ("/elsewhere/a b.yaml", "file:///elsewhere/a%20b.yaml"),
    ],
)
def test_a_path_is_a_uri_relative_to_the_working_directory(
    file: str, uri: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for given_ in (file, str(tmp_path / file)):
        run = sarif(Report((Result("violation", "yaml", "m.", file=given_),)))
        physical = run["results"][0]["locations"][0]["physicalLocation"]
        assert physical == {"artifactLocation": {"uri": uri}}, "and no region without a line"


def test_sarif_keeps_the_worst_and_says_how_many_it_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert reporting.SARIF_RESULTS == 25_000
    monkeypatch.setattr(reporting, "SARIF_RESULTS", 3)
    run = sarif(Report((INFO, WARNING, SHAPE, VIOLATION, Result("info", "anchor", "m.", file="z.yaml"))))
    assert [result["level"] for result in run["results"]] == ["error", "warning", "warning"]
    notes = run["invocations"][0]["toolExecutionNotifications"]
    assert [note["message"]["text"] for note in notes] == ["2 results left out, the mildest: a run holds 3."]
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {r["ruleId"] for r in run["results"]}


# --- JUnit ---------------------------------------------------------------------------------------


def test_junit_has_a_suite_a_file_and_a_test_a_family() -> None:
    top = junit(SAMPLE)
    suites = {suite.get("name"): {t.get("name"): t for t in suite} for suite in top}
    assert list(suites) == [*FILES, "casekg", "https://example.org/case/1"]
    assert {child.tag for test in suites["cases/clean.yaml"].values() for child in test} == set()
    assert {"file", "syntax", "schema", "identifiers", "privacy", "shapes"} <= set(suites["cases/clean.yaml"])
    assert "schema" not in suites["graph.ttl"]
    wrong = suites["cases/b.yaml"]["identifiers"]
    assert wrong.get("classname") == "cases/b.yaml"
    failure = wrong.find("failure")
    assert (failure.get("type"), failure.get("message"), failure.text) == ("label", "wrong label.", str(VIOLATION))
    assert suites["cases/a.yaml"]["consistency"].find("failure") is None
    assert suites["cases/a.yaml"]["consistency"].findtext("system-out") == str(WARNING)
    assert suites["cases/a.yaml"]["evidence"].findtext("system-out") == str(INFO)
    assert top.get("failures") == "2"


def test_what_was_not_asked_is_skipped_not_passed() -> None:
    """A file that is not YAML was not held against the shapes; one whose labels are wrong passed the schema."""
    broken = Result("violation", "yaml", "m.", file="c.yaml")
    for first, passed, skipped in (
        (broken, {"file"}, {"schema", "identifiers", "shapes", "privacy"}),
        (VIOLATION, {"file", "syntax", "schema", "time", "privacy"}, {"vocabulary", "shapes"}),
        (Result("violation", "crashed", "m.", file="d.yaml"), set(), {"file", "syntax", "schema", "shapes"}),
        (Result("violation", "syntax", "m.", file="e.ttl"), {"file"}, {"shapes", "rdf", "privacy"}),
    ):
        (suite,) = junit(Report((first,), (first.file,)))
        states = {test.get("name"): {child.tag for child in test} for test in suite}
        assert {name for name in passed if states[name] == set()} == passed
        assert {name for name in skipped if states[name] == {"skipped"}} == skipped
        assert sum(state == {"failure"} for state in states.values()) == 1


def test_the_violations_of_a_family_are_one_failure() -> None:
    second = Result("violation", "unknown-id", "no such id.", file="cases/b.yaml", line=50)
    top = junit(Report((VIOLATION, second), ("cases/b.yaml",)))
    (failure,) = top.findall(".//failure")
    assert failure.text.splitlines() == [str(VIOLATION), str(second)]


# --- GitHub --------------------------------------------------------------------------------------


def test_annotations_are_worst_first_and_escaped() -> None:
    nasty = Result("violation", "label", "50%\r\n::error::x", file="a,b:c.yaml", line=3, column=5, key="k")
    lines = render(Report((INFO, SHAPE, nasty, LOOSE)), "github", infos=True).splitlines()
    assert lines == [
        "::error file=a%2Cb%3Ac.yaml,line=3,col=5,title=label::k: 50%25%0D%0A::error::x",
        "::warning file=cases/a.yaml,line=2,col=1,title=shape%3AOddity::odd.",
        "::notice title=no-focus-node::shape:X matched no node.",
        "::notice file=cases/a.yaml,line=8,col=3,title=ambiguous-anchor::patients.p1.findings.y: occurs twice. Quote more.",
        "not valid: nothing was checked; 1 violation, 1 warning, 2 infos.",
    ]


def test_more_annotations_than_github_shows_are_announced() -> None:
    def last(n: int) -> str:
        many = tuple(Result("warning", "scale", f"{i}.", file="a.yaml") for i in range(n))
        return render(Report(many, ("a.yaml",)), "github").splitlines()[-1]

    assert "GitHub" not in last(10)
    assert last(11).endswith("11 warnings, 0 infos. GitHub shows 10 of each kind: the rest is in this log.")


def shown(cell: str) -> str:
    """What a reader of Markdown sees of a cell."""
    return re.sub(r"&#(\d+);", lambda found: chr(int(found[1])), cell)


def test_markdown_shows_what_was_written_and_nothing_it_does() -> None:
    evil = "</td></table><script>alert(1)</script> ![x](http://e.org/p.png) `code` **b** a|b\n\n# h $x$ www.e.org &lt;"
    text = render(Report((Result("violation", "label", evil, file="a.yaml", line=3),)), "markdown")
    (row,) = [line for line in text.splitlines() if line.startswith("| label")]
    assert shown(row) == f"| label | a.yaml:3 | {plain(evil)} |"
    assert not re.search(r"[<>`*\[\]]|://|www\.", row)


def test_markdown_folds_what_is_not_wrong() -> None:
    text = render(SAMPLE, "markdown", infos=True)
    assert re.findall(r"^(?:### |<details><summary>)[^<\n]+", text, re.M) == [
        "### 2 violations", "<details><summary>2 warnings", "<details><summary>2 infos",
    ]  # fmt: skip
    assert text.count("<details>") == text.count("</details>") == 2
    assert "### " not in render(CLEAN, "markdown")


def test_markdown_fits_into_a_step_summary() -> None:
    many = tuple(Result("violation", "label", "é|" * 5_000, file=f"{i}.yaml") for i in range(2_000))
    text = render(Report((*many, WARNING)), "markdown")
    assert 900_000 < len(text.encode()) < 2**20
    rows, left = len(re.findall(r"^\| label", text, re.M)), re.findall(r"([\d,]+) more results? left out", text)
    assert left == [f"{2_000 - rows:,}", "1"], "and the warning"
    assert "…" in text


# --- results -------------------------------------------------------------------------------------


def test_a_fingerprint_survives_moving_lines_and_nothing_else() -> None:
    marks = [r.fingerprint for r in SAMPLE.results]
    assert len(set(marks)) == len(marks)
    assert VIOLATION.at("cases/b.yaml", 99, 1).fingerprint == VIOLATION.fingerprint
    assert VIOLATION.at("cases\\b.yaml", 41, 9).fingerprint == VIOLATION.fingerprint, "of Windows"
    for other in (
        VIOLATION.at("cases/c.yaml", 41, 9),
        Result(**{**VIOLATION.data(), "key": "patients.p1.findings.z"}),
        Result(**{**VIOLATION.data(), "rule": "unit"}),
        Result(**{**VIOLATION.data(), "message": "another."}),
    ):
        assert other.fingerprint != VIOLATION.fingerprint
    assert Result("info", "a", "m.", focus="x").fingerprint == Result("info", "a", "m.", key="x", focus="y").fingerprint
    assert (
        Result("info", "a", "\ud800", file="\udce9").fingerprint
        != Result("info", "a", "\ud801", file="\udce9").fingerprint
    )


@given(st.text(st.characters(exclude_categories=())))
def test_plain_is_one_printable_line_and_leaves_what_is_printable(text: str) -> None:
    made = plain(text)
    assert made.isprintable()
    assert len(made.splitlines()) <= 1
    if not any(unicodedata.category(c)[0] in "CZ" and c != " " for c in text):
        assert made == text


def test_results_are_ordered_the_same_though_only_the_cure_differs() -> None:
    a, b = (Result("info", "r", "m.", cure) for cure in ("A.", "B."))
    assert ordered([b, a]) == ordered([a, b]) == (a, b)
    assert counts([a, b, VIOLATION]) == {"violation": 1, "warning": 0, "info": 2}


# --- as it is used -------------------------------------------------------------------------------


def test_the_shipped_case_and_a_spoilt_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipped: Path) -> None:
    monkeypatch.chdir(tmp_path)
    shipped_text = shipped.read_text("utf-8")
    spoilt = shipped_text.replace("cureus.34125", "cureus.2").replace("! Calcinosis cutis", "! Calcinosis")
    for name, text in (("good.yaml", shipped_text), ("spoilt one.yaml", spoilt)):
        Path(name).write_text(text, "utf-8")
    names = ("good.yaml", "spoilt one.yaml")
    found = validate(gather(names))
    report = Report(found.results, names, found.focus_nodes, found.graphs)
    assert not report.conforms
    run = sarif(report, infos=False)
    places = [r["locations"][0]["physicalLocation"] for r in run["results"] if r["level"] == "error"]
    assert places
    for place in places:
        assert place["artifactLocation"]["uri"] == "spoilt%20one.yaml"
        line = spoilt.splitlines()[place["region"]["startLine"] - 1]
        assert "Calcinosis" in line, unquote(place["artifactLocation"]["uri"])
    states = {(s.get("name"), t.get("name")): {c.tag for c in t} for s in junit(report) for t in s}
    assert states["good.yaml", "identifiers"] == set()
    assert "failure" in states["spoilt one.yaml", "identifiers"]
    assert states["spoilt one.yaml", "shapes"] == {"skipped"}


def test_importing_it_is_light() -> None:
    code = "import sys, kg.gate.reporting; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"sarif_pydantic", "junitparser", "pydantic", "rdflib", "pyshacl", "pyoxigraph"} & set(
        run.stdout.split()
    )
