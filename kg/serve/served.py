"""What is served: the data, read once, and what is asked of it over and over."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from kg.graph.store import Dataset
from kg.persons.opening import open_data
from kg.persons.people import Person, people
from kg.serve.limits import Limits

__all__ = ["JSON", "Reply", "Served", "problem"]

JSON = "application/json"


@dataclass(frozen=True)
class Reply:
    """What goes back to a client: HTTP status, media type, body, further headers."""

    status: int
    media: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def json(cls, value: Any, status: int = 200) -> Reply:
        """A value as JSON."""
        return cls(status, JSON, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())


def problem(status: int, rule: str, message: str, cure: str) -> Reply:
    """What went wrong, in JSON: the rule, what is wrong, and what to do."""
    headers = {"Retry-After": "1"} if status in (429, 503) else {}
    return replace(Reply.json({"error": rule, "message": message, "cure": cure}, status), headers=headers)


@dataclass(frozen=True)
class Served:
    """The data of a server. told: what the server says of it, in plain values."""

    data: Dataset
    limits: Limits
    told: Mapping[str, Any]

    @classmethod
    def opened(cls, spec: Mapping[str, Any], limits: Limits) -> Served:
        """Read the data that a server names. spec: paths, claims, retractions, with_retracted. Raises CaseError."""
        paths = [Path(path) for path in spec.get("paths") or ()]
        claims, retractions = (Path(spec[name]) if spec.get(name) else None for name in ("claims", "retractions"))
        data, lines = open_data(paths, claims, retractions, bool(spec.get("with_retracted")))
        # what follows from facts and ontology is there once, in its own graph, and not made for each question
        data.store.extend(data.inferred())
        counts = data.describe()
        data = replace(data, counts=counts)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        return cls(data, limits, {"counts": counts, "lines": lines, "read": made})

    @cached_property
    def people(self) -> tuple[Person, ...]:
        """The patients of the data."""
        return people(self.data)
