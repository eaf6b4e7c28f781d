"""The JSON Schema of a case file, for completion in editors."""

from __future__ import annotations

import json
from typing import Any

from kg.model.case import Case

__all__ = ["json_schema"]


def json_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a case file.

    Every scalar of a case file is text to the reader, so a number may be written with or
    without quotes.

    >>> json_schema()["title"]
    'casekg case file'
    """
    schema: dict[str, Any] = _as_read(Case.model_json_schema(by_alias=True))
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = "https://w3id.org/casekg/case.schema.json"
    schema["title"] = "casekg case file"
    return schema


def _as_read(node: Any) -> Any:
    """The schema as the reader takes files: a name that is no key is an error, not ignored."""
    if isinstance(node, list):
        return [_as_read(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {key: _as_read(value) for key, value in node.items()}
    if made.get("type") == "string" and not {"pattern", "enum", "const", "format"} & set(made):
        made["type"] = ["string", "number"]  # 2021 and 12 are text to the reader, numbers to an editor
    if "patternProperties" in made:
        made.setdefault("additionalProperties", False)
    return made


def schema_text() -> str:
    """The schema as it is published in the wheel."""
    return json.dumps(json_schema(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
