"""The JSON Schema of a case file: for editors, and in step with the model."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

import kg
from kg.model.schema import json_schema, schema_text

ROOT = Path(__file__).resolve().parents[1]
Write = Callable[..., Path]


class Core(yaml.SafeLoader):
    """YAML as editors read it: the core schema of YAML 1.2 (a date is text, NO is text)."""


Core.yaml_implicit_resolvers = {}
for tag, pattern, first in (
    ("bool", r"true|True|TRUE|false|False|FALSE", "tTfF"),
    ("int", r"[-+]?[0-9]+", "-+0123456789"),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", "-+.0123456789"),
    ("null", r"~|null|Null|NULL|", "~nN\0"),
):
    Core.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(rf"(?:{pattern})\Z"), list(first))


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    return Draft202012Validator(json_schema(), format_checker=FormatChecker())


def _errors(validator: Draft202012Validator, text: str) -> list[str]:
    return [f"{e.json_path}: {e.message}"[:200] for e in validator.iter_errors(yaml.load(text, Core))]


def test_it_is_a_schema_of_2020_12() -> None:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"].startswith("https://w3id.org/casekg/")
    assert set(schema["required"]) == {"report", "patients"}


def test_the_shipped_case_is_valid(validator: Draft202012Validator, shipped: Path) -> None:
    assert _errors(validator, shipped.read_text("utf-8")) == []


def test_the_small_case_is_valid(validator: Draft202012Validator, minimal: str) -> None:
    assert _errors(validator, minimal) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("value: 40\n", 'value: "40"\n'),
        ("dose: {value: 5,", 'dose: {value: "5",'),
        ("{years: 40,", '{years: "40",'),
        ("    number: 1\n", '    number: "1"\n'),
        ("    year: 2020\n", '    year: "2020"\n'),
    ],
    ids=["value", "dose", "age", "number", "year"],
)
def test_numbers_may_be_quoted(
    old: str, new: str, validator: Draft202012Validator, minimal: str, tmp_path: Path, write_case: Write
) -> None:
    path = write_case(tmp_path, replace={old: new})
    assert kg.read_case(path) == kg.read_case(write_case(tmp_path, name="b.yaml"))
    assert _errors(validator, path.read_text()) == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("value: 40\n", "valeu: 40\n", "valeu"),
        ("    findings:\n", "    findigns:\n", "findigns"),
        ("status: present", "status: maybe", "maybe"),
        ("        outcome: improved\n", "", "outcome"),
        ("        evidence: {case: ESR was 40 mm/h}\n", "", "evidence"),
        ("HP:0001369 ! Arthritis", "Arthritis", "Arthritis"),
        ("      esr:\n", "      ESR:\n", "ESR"),
        ("dose: {value: 5,", "dose: {value: -5,", "-5"),
        ("dose: {value: 5, unit: mg, printed: 5 mg}", "dose: banana", "banana"),
        ("to: [tofacitinib]", "to: []", "[]"),
        ("published: 2024-02-29", "published: yesterday", "yesterday"),
    ],
    ids=[
        "unknown-key",
        "unknown-section",
        "not-a-choice",
        "missing-key",
        "no-evidence",
        "no-id",
        "capital-key",
        "negative",
        "text-for-a-map",
        "empty-list",
        "no-date",
    ],
)
def test_mistakes_are_shown_in_the_editor(
    old: str, new: str, where: str, validator: Draft202012Validator, tmp_path: Path, write_case: Write
) -> None:
    path = write_case(tmp_path, replace={old: new})
    found = _errors(validator, path.read_text())
    assert any(where in line for line in found), found
    with pytest.raises(kg.CaseError):
        kg.read_case(path)


def test_every_key_of_the_model_may_be_written_as_in_the_schema() -> None:
    treatment = json_schema()["$defs"]["Treatment"]
    assert {"with", "after", "dose"} <= set(treatment["properties"])
    assert "with_" not in treatment["properties"]
    assert treatment["additionalProperties"] is False


def test_the_command_prints_it(run: Callable[..., Any]) -> None:
    result = run("schema")
    assert result.exit_code == 0
    assert result.stdout == schema_text()
    assert json.loads(result.stdout) == json_schema()


def test_the_published_file_is_what_the_command_prints() -> None:
    assert (ROOT / "kg" / "case.schema.json").read_text("utf-8") == schema_text(), (
        "write it anew: casekg schema > kg/case.schema.json"
    )


def test_the_case_file_names_the_schema(shipped: Path) -> None:
    first = shipped.read_text("utf-8").splitlines()[0]
    name = first.partition("$schema=")[2]
    assert (shipped.parent / name).resolve() == ROOT / "kg" / "case.schema.json"
