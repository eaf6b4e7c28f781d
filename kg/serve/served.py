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

import pyoxigraph as ox

from kg.answers.matrix import Matrix, matrix
from kg.answers.queries import library
from kg.base.prefixes import PREFIXES
from kg.base.results import CaseError
from kg.base.units import kind
from kg.concepts.terms import Catalogue
from kg.criteria.criterion import criteria
from kg.criteria.remembering import derive, standing
from kg.graph import proofs
from kg.graph.store import Dataset
from kg.persons.opening import open_data
from kg.persons.people import Person, people
from kg.serve.index import Index, indexed
from kg.serve.limits import Limits

__all__ = ["JSON", "LackingError", "Reply", "Served", "data_of", "problem"]

JSON = "application/json"
FEW = 20  # reports whose results of criteria are derived while the data is read: in well under a second


@dataclass(frozen=True)
class Reply:
    """What goes back to a client: HTTP status, media type, body, further headers.

    lacking: it could not be answered before the results of criteria are there (`kg.serve.preparing`).
    """

    status: int
    media: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    lacking: bool = False

    @classmethod
    def json(cls, value: Any, status: int = 200) -> Reply:
        """A value as JSON."""
        return cls(status, JSON, (json.dumps(value, ensure_ascii=False, indent=1) + "\n").encode())


def problem(status: int, rule: str, message: str, cure: str) -> Reply:
    """What went wrong, in JSON: the rule, what is wrong, and what to do."""
    headers = {"Retry-After": "1"} if status in (429, 503) else {}
    return replace(Reply.json({"error": rule, "message": message, "cure": cure}, status), headers=headers)


class LackingError(Exception):
    """The question reads results of criteria, and they are not there yet."""


def data_of(spec: Mapping[str, Any]) -> tuple[Dataset, list[str]]:
    """The data that a server names, and what is told of it (`open_data`). Raises CaseError."""
    claims, retractions = (Path(spec[name]) if spec.get(name) else None for name in ("claims", "retractions"))
    paths = [Path(path) for path in spec.get("paths") or ()]
    return open_data(paths, claims, retractions, bool(spec.get("with_retracted")))


@dataclass(frozen=True)
class Served:
    """The data of a server. told: what the server says of it, in plain values; sources: folder of the source texts.

    told["lacking"] is the number of reports whose results of criteria are not there.
    """

    data: Dataset
    limits: Limits
    told: dict[str, Any]
    sources: Path | None = None

    @classmethod
    def opened(cls, spec: Mapping[str, Any], limits: Limits) -> Served:
        """Read the data that a server names. Raises CaseError.

        spec: paths, claims, retractions, with_retracted, sources, cache (a folder for what was derived before).
        """
        if spec.get("cache"):
            proofs.keep(Path(spec["cache"]))
        data, lines = data_of(spec)
        # what follows from facts and ontology is there once, in its own graph, and not made for each question
        data.store.extend(data.inferred())
        counts = data.describe()
        data = replace(data, counts=counts)
        made = datetime.now(UTC).isoformat(timespec="seconds")
        sources = Path(spec["sources"]) if spec.get("sources") else None
        served = cls(data, limits, {"counts": counts, "lines": lines, "read": made}, sources)
        _ = served.index  # the first page needs it
        served.take_in(FEW)
        return served

    def take_in(self, most: int = 0) -> None:
        """Put the results of criteria beside the facts: all or none, and none where more than so many are lacking."""
        known = standing(self.data)
        lacking = known.lacking or {}
        self.told["lacking"] = 0 if len(lacking) <= most else len(lacking)
        if self.told["lacking"]:
            return
        try:
            made = list(derive(self.data, lacking))
        except CaseError:
            return  # the question that reads them says what is wrong
        for text in (*known.texts(), *made):
            self.data.store.load(text, format=ox.RdfFormat.N_QUADS)

    def need_results(self) -> None:
        """Raises LackingError where the results of criteria are yet to come."""
        if self.told["lacking"]:
            raise LackingError

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
