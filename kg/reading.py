"""From a case file to a case: read strictly, check, and say file, line and cure."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kg import case as model
from kg.case import Case, Model
from kg.consistency import check_case
from kg.document import Document, read_document
from kg.fields import KEY
from kg.results import CaseError, Result, ordered
from kg.terms import Catalogue

__all__ = ["CaseFile", "read_case", "read_case_file"]


@dataclass(frozen=True)
class CaseFile:
    """A case with its file: positions of every key, digest, and the warnings about it."""

    path: Path
    case: Case
    document: Document
    sha256: str
    results: tuple[Result, ...]

    def place(self, *path: str | int) -> tuple[str, int, int]:
        """File, line and column of a path in the case file."""
        return (str(self.path), *self.document.place(path))


_MODELS = [m for m in vars(model).values() if isinstance(m, type) and issubclass(m, Model)]
_FIELDS = sorted({field.alias or name for m in _MODELS for name, field in m.model_fields.items()})


def _schema_results(document: Document, error: ValidationError) -> Iterator[Result]:
    for problem in error.errors(include_url=False):
        path = tuple(part for part in problem["loc"] if part != "[key]")
        line, column = document.place(path)
        message, cure = _explain(problem, path)
        yield Result("violation", "schema", message, cure, document.file, line, column, ".".join(map(str, path)))


def _explain(problem: Any, path: tuple[Any, ...]) -> tuple[str, str]:
    kind, given = problem["type"], problem.get("input")
    shown = f" (given: {str(given)[:60]!r})" if isinstance(given, str) else ""
    match kind:
        case "extra_forbidden":
            close = difflib.get_close_matches(str(path[-1]), _FIELDS, 1)
            return (
                "unknown key.",
                f"Did you mean {close[0]!r}?" if close else "Delete it; `casekg schema` lists the keys.",
            )
        case "missing":
            return f"{path[-1]!r} is missing.", "Add it."
        case "literal_error":
            return f"{given!r} is not one of the values.", f"Write {problem['ctx']['expected']}."
        case "string_pattern_mismatch" if problem.get("ctx", {}).get("pattern") == KEY:
            return f"{given!r} is not a key.", "Use lower-case letters, digits and single hyphens."
        case "decimal_parsing" | "decimal_type" | "finite_number":
            return f"{given!r} is not a number.", "Write digits with a decimal point, no thousands separator."
        case "too_short":
            return "is empty.", "Give at least one, or leave the key out."
        case "date_from_datetime_parsing" | "date_parsing" | "date_type":
            return f"{given!r} is not a date of the calendar.", "Correct it; write 2024-05-01."
        case "string_pattern_mismatch" if path[-1:] == ("doi",):
            return f"{given!r} is not a DOI.", "Write it without its address, like 10.1234/abc."
        case "greater_than":
            return f"{given} is not more than 0.", "Give a positive number."
        case "model_type" | "model_attributes_type" | "mapping_type" | "dict_type":
            return "expected keys with values here" + shown + ".", "Indent `key: value` lines below it."
        case "tuple_type":
            return "expected a list" + shown + ".", "Write it as [a, b]."
        case _:
            return problem["msg"].rstrip(".") + shown + ".", "Correct the value."


def read_case_file(path: Path | str, terms: Catalogue | None = None) -> CaseFile:
    """Read and check one case file.

    Raises CaseError with every violation, each with file, line, column, key and cure.
    Warnings do not stop it; they are in `.results`.
    """
    path = Path(path)
    document = read_document(path)
    try:
        case = Case.model_validate(document.value)
    except ValidationError as error:
        raise CaseError(_schema_results(document, error)) from error
    found = [r.at(document.file, *document.place(where)) for where, r in check_case(case, terms or Catalogue.shipped())]
    if any(r.severity == "violation" for r in found):
        raise CaseError(found)
    return CaseFile(path, case, document, hashlib.sha256(path.read_bytes()).hexdigest(), ordered(found))


def read_case(path: Path | str) -> Case:
    """Read one case file.

    Raises CaseError, saying what, where and how to cure it.

    >>> import kg.places
    >>> read_case(kg.places.cases()[0]).report.doi
    '10.7759/cureus.34125'
    """
    return read_case_file(path).case
