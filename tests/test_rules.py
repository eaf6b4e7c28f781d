"""Rules: every rule a result can name is in the table, no rule of the table is idle, and RULES.md is the table."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from kg.base import places
from kg.base.results import CaseError, Severity
from kg.gate.rules import FAMILIES, Rule, page, rule, rules
from kg.gate.shapes import shape_files, validate
from kg.model.reading import read_case_file

ROOT = Path(__file__).resolve().parents[1]
SEVERITIES = get_args(Severity)
PYTHON = [one for one in rules() if not one.id.startswith("shape:")]

# In the table before the code that gives them; a row that is given must go from here.
COMING: set[str] = set()


def texts(node: ast.expr | None) -> set[str]:
    """The strings that an expression can be: of `"a" if x else "b"` both."""
    if isinstance(node, ast.IfExp):
        return texts(node.body) | texts(node.orelse)
    return {node.value} if isinstance(node, ast.Constant) and isinstance(node.value, str) else set()


def helpers(tree: ast.Module) -> dict[str, int]:
    """Functions that hand their parameter `rule` to Result, and its place: calls of them name a rule."""
    return {
        node.name: [a.arg for a in node.args.args].index("rule")
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and "rule" in [a.arg for a in node.args.args]
        and any(isinstance(n, ast.Call) and "Result" in ast.unparse(n.func) for n in ast.walk(node))
    }


def given(tree: ast.Module) -> Iterator[str]:
    """Rules that a module gives to results: after a severity, to a helper, or by Catalogue.problem."""
    takes = {**helpers(tree), "Result": 1}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in takes:
            place = takes[node.func.id]
            yield from texts(node.args[place]) if len(node.args) > place else ()
            yield from (text for word in node.keywords if word.arg == "rule" for text in texts(word.value))
        elif isinstance(node, ast.Tuple):
            for before, after in zip(node.elts, node.elts[1:], strict=False):
                if texts(before) & set(SEVERITIES):
                    yield from (t for t in texts(after) - set(SEVERITIES) if re.fullmatch("[a-z][a-z-]*", t))
        elif isinstance(node, ast.FunctionDef):
            for arg, default in zip(reversed(node.args.args), reversed(node.args.defaults), strict=False):
                yield from texts(default) if node.name in takes and arg.arg == "rule" else ()
            if node.name != "problem":
                continue
            for inner in ast.walk(node):
                if isinstance(inner, ast.Return) and isinstance(inner.value, ast.Tuple) and len(inner.value.elts) == 3:
                    yield from texts(inner.value.elts[0])


@cache
def modules() -> dict[str, ast.Module]:
    paths = sorted((ROOT / "kg").rglob("*.py"))
    return {str(p.relative_to(ROOT)): ast.parse(p.read_text("utf-8")) for p in paths if p.name != "rules.py"}


def test_every_rule_that_a_result_is_given_is_in_the_table() -> None:
    found = {text: name for name, tree in modules().items() for text in given(tree)}
    assert {"file", "yaml", "schema", "label", "retired-id", "unknown-id", "scale", "anchor", "no-fact"} <= set(found)
    assert {text: name for text, name in found.items() if rule(text) is None} == {}


def test_the_walker_sees_each_way_to_name_a_rule() -> None:
    code = """
def _wrong(file, message, rule="nine"): Result("violation", rule, message)
def _other(rule): ...
def check():
    Result("violation", "one", "m.")
    Result(severity, rule="two", message="m.")
    Result("info", "three" if x else "four", "m.")
    yield path, "violation", "five", "m.", "c."
    yield path, "warning" if x else "violation", "six", "m.", "c."
    _wrong(file, "m.", "seven")
    _other("not a rule of a result")
    Result("violation", f"not-{a}-constant", "m.")
    return ("violation", "warning", "info")
class Catalogue:
    def problem(self):
        return "eight", "m.", "c."
"""
    assert set(given(ast.parse(code))) == {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine"}


def test_no_rule_of_the_table_is_idle() -> None:
    named = {n.value for tree in modules().values() for n in ast.walk(tree) if isinstance(n, ast.Constant)}
    idle = {one.id for one in PYTHON if one.id not in named}
    assert idle - COMING == set(), "no module gives these: delete them"
    assert COMING - idle == set(), "given by now: delete them from COMING"


def test_the_table_is_well_formed() -> None:
    assert [i for i, n in Counter(one.id for one in rules()).items() if n > 1] == []
    for one in rules():
        assert one.family in FAMILIES, one
        assert one.severity in SEVERITIES, one
        assert one.summary.rstrip().endswith((".", "?")), one
    for one in PYTHON:
        assert re.fullmatch("[a-z][a-z-]*", one.id), one
        assert one.cure.endswith("."), one
    order = list(FAMILIES)
    places_ = [order.index(one.family) for one in rules()]
    assert places_ == sorted(places_)
    assert set(places_) == set(range(len(order))), "a family without a rule"


def test_every_shape_that_can_fail_is_a_rule() -> None:
    """Each line `sh:message` of the shape files is one rule, with the severity beside it."""
    paths = [*shape_files(), places.folder("shapes") / "ontology.ttl"]
    messages = sum(len(re.findall(r"^\s*sh:message ", p.read_text("utf-8"), re.M)) for p in paths)
    shaped = [one for one in rules() if one.id.startswith("shape:")]
    assert len(shaped) == messages > 300
    assert {one.severity for one in shaped} == set(SEVERITIES)
    status = rule("shape:Finding-status")
    assert status is not None
    assert status.family == "shapes"
    assert "status" in status.summary


def test_what_validation_finds_is_a_rule_of_the_same_severity() -> None:
    found = {(r.rule, r.severity) for r in validate().results}
    assert found
    for name, severity in found:
        known = rule(name)
        assert known is not None, name
        assert SEVERITIES.index(severity) >= SEVERITIES.index(known.severity), name


def test_what_reading_refuses_is_a_rule(tmp_path: Path) -> None:
    for n, text in enumerate(("", "a: [", "a: &x 1", "a: !t 1", "a: 1\na: 2", "? [b]\n: 1", "a: \x01", "a: 1")):
        path = tmp_path / f"{n}.yaml"
        path.write_text(text, "utf-8")
        with pytest.raises(CaseError) as caught:
            read_case_file(path)
        for result in caught.value.results:
            known = rule(result.rule)
            assert known is not None, result
            assert known.severity == "violation"


def test_a_project_s_shapes_are_rules_while_it_is_entered(tmp_path: Path) -> None:
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
        '<https://example.org/s#a> a sh:NodeShape ; sh:severity sh:Warning ; sh:message "Mine." .\n'
        '<https://example.org/s#b> a sh:NodeShape ; sh:message "Without severity." .\n',
        "utf-8",
    )
    before = rules()
    places.enter(tmp_path)
    try:
        assert rule("https://example.org/s#a") == Rule("https://example.org/s#a", "shapes", "warning", "Mine.")
        assert rule("https://example.org/s#b") == Rule(
            "https://example.org/s#b", "shapes", "violation", "Without severity."
        )
        assert len(rules()) == len(before) + 2
    finally:
        places.enter(None)
    assert rules() == before


def test_rules_md_is_the_page() -> None:
    assert (ROOT / "RULES.md").read_text("utf-8") == page(), (
        "run: python -c 'import kg.gate.rules; print(kg.gate.rules.page(), end=\"\")' > RULES.md"
    )


def test_the_page_has_an_anchor_and_a_whole_row_for_every_rule() -> None:
    text = page()
    assert re.findall(r'<a id="([^"]+)"></a>`', text) == [one.id for one in rules()]
    assert re.findall(r"^## (.+)$", text, re.M) == list(FAMILIES)
    for line in text.splitlines():
        if line.startswith("| <a id="):
            assert len(re.findall(r"(?<!\\)\|", line)) == 5, line
