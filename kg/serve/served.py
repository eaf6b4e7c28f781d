"""What is served: the data, read once, and what is asked of it over and over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from kg.answers.matrix import Matrix, matrix
from kg.answers.queries import library
from kg.base.prefixes import PREFIXES
from kg.base.units import kind
from kg.concepts.terms import Catalogue
from kg.criteria.criterion import criteria
from kg.graph.store import Dataset
from kg.persons.opening import open_data
from kg.persons.people import Person, people
from kg.serve.index import Index, indexed
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
    """The data of a server. told: what the server says of it, in plain values; sources: folder of the source texts."""

    data: Dataset
    limits: Limits
    told: Mapping[str, Any]
    sources: Path | None = None

    @classmethod
    def opened(cls, spec: Mapping[str, Any], limits: Limits) -> Served:
        """Read the data that a server names. spec: paths, claims, retractions, with_retracted, sources. Raises CaseError."""
        paths = [Path(path) for path in spec.get("paths") or ()]
        claims, retractions = (Path(spec[name]) if spec.get(name) else None for name in ("claims", "retractions"))
        data, lines = open_data(paths, claims, retractions, bool(spec.get("with_retracted")))
        # what follows from facts and ontology is there once, in its own graph, and not made for each question
        data.store.extend(data.inferred())
        counts = data.describe()
        data = replace(data, counts=counts)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        sources = Path(spec["sources"]) if spec.get("sources") else None
        served = cls(data, limits, {"counts": counts, "lines": lines, "read": made}, sources)
        _ = served.index  # the first page needs it
        return served

    def warming(self) -> Iterator[object]:
        """Make, step by step, what is remembered once it was asked for: workers made afterwards have it already."""
        yield Catalogue.shipped().find("warm")  # its names
        yield library()
        yield self.matrices
        yield criteria()
        yield kind("mg")  # reads every unit
        with suppress(ImportError):
            yield import_module("matplotlib.figure")

    @cached_property
    def index(self) -> Index:
        """Which patients have what."""
        return indexed(self.data)

    @cached_property
    def treated(self) -> tuple[Person, ...]:
        """The patients of the reports that tell of a treatment; of the others the matrix has nothing."""
        return people(self.data, {entry.report for entry in self.index.entries if entry.of("drug")})

    @cached_property
    def matrices(self) -> tuple[Matrix, Matrix]:
        """The response matrix, by drug and by class of drugs."""
        return matrix(self.data, persons=self.treated), matrix(self.data, True, self.treated)

    def licences(self) -> dict[str, int]:
        """The licences that the reports name, with how many do."""
        found = self.data.match(None, PREFIXES["dcterms"] + "license")
        return dict(sorted(Counter(quad.object.value for quad in found).items()))
