"""From a case file to a case: read strictly, check, and say file, line and cure."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kg.base.document import Document, read_document
from kg.base.results import CaseError, Result, ordered
from kg.concepts import lent  # noqa: F401 - it offers its ontologies to drafts
from kg.concepts.terms import Catalogue, lending
from kg.model import case as model
from kg.model.case import Case, Model
from kg.model.consistency import check_case
from kg.model.fields import KEY
from kg.model.timeline import CLASH

__all__ = ["CaseFile", "barred", "case_file", "judge_case_file", "read_case", "read_case_file", "schema_results"]

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class CaseFile:
    """A case with its file: positions of every key, digest, and the warnings about it.

    nodes: path -> IRI, for a case that was lifted from a graph; empty for a case file.
    """

    path: Path
    case: Case
    document: Document
    sha256: str
    results: tuple[Result, ...]
    nodes: Mapping[Path_, str] = field(default_factory=dict)

    @property
    def lifted(self) -> bool:
        """Was it read back from a graph? That does not say where sections begin, nor what carries no fact."""
        return bool(self.nodes)

    def focus(self, *path: str | int) -> str:
        """IRI of the node that a path was lifted from, or of the nearest thing above it; empty for a case file."""
        return _focus(self.nodes, path)

    def place(self, *path: str | int) -> tuple[str, int, int]:
        """File, line and column of a path in the case file."""
        return (str(self.path), *self.document.place(path))


def _focus(nodes: Mapping[Path_, str], path: Path_) -> str:
    while path and path not in nodes:
        path = path[:-1]
    return nodes.get(path, "")


_MOST = 500  # problems of a file that are listed
_MODELS = [m for m in vars(model).values() if isinstance(m, type) and issubclass(m, Model)]
_FIELDS = sorted({field.alias or name for m in _MODELS for name, field in m.model_fields.items()})


def schema_results(
    document: Document,
    error: ValidationError,
    nodes: Mapping[Path_, str],
    fields: Sequence[str] = (),
    cure: str = "`casekg schema` lists the keys.",
) -> Iterator[Result]:
    """What does not hold the schema, each where it was written.

    nodes: path -> IRI, for a document that was lifted; fields, cure: the keys that may have been
    meant, and where they are listed; those of a case file when left out.
    """
    problems = error.errors(include_url=False)
    for problem in problems[:_MOST]:
        path = tuple(part for part in problem["loc"] if part != "[key]")
        line, column = document.place((*path, *problem.get("ctx", {}).get("inside", ())))
        message, way_out = _explain(problem, path, fields or _FIELDS, cure)
        key, focus = ".".join(map(str, path)), _focus(nodes, path)
        yield Result("violation", "schema", message, way_out, document.file, line, column, key, focus)
    if left := len(problems[_MOST:]):
        message = f"{left:,} more problems of the schema are not listed."
        yield Result("violation", "schema", message, "Cure these first.", document.file, *document.place(()))


def _explain(problem: Any, path: tuple[Any, ...], fields: Sequence[str], listed: str) -> tuple[str, str]:
    kind, given = problem["type"], problem.get("input")
    if isinstance(given, str) and len(given) > 60:
        given = given[:60] + "..."
    shown = f" (given: {given!r})" if isinstance(given, str) else ""
    match kind:
        case "extra_forbidden":
            close = difflib.get_close_matches(str(path[-1]), fields, 1)
            return "unknown key.", f"Did you mean {close[0]!r}?" if close else f"Delete it; {listed}"
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


def case_file(
    document: Document,
    path: Path,
    sha256: str,
    terms: Catalogue | None = None,
    nodes: Mapping[Path_, str] | None = None,
) -> CaseFile:
    """The case that a document holds, judged: the gate of case files and of graphs.

    nodes: path -> IRI, when the document was lifted from a graph. What is wrong with the case is in
    `.results`, violations too, each with file, line, column, key, focus and cure. Raises CaseError,
    alike, when the document does not hold the schema, so that there is no case.
    """
    nodes = nodes or {}
    try:
        case = Case.model_validate(document.value)
    except ValidationError as error:
        raise CaseError(schema_results(document, error, nodes)) from error
    with lending(bool(case.proposed)):
        found = [
            replace(
                result.at(document.file, *document.place(where)),
                focus=_focus(nodes, where),
                message=_with_lines(result.message, document, where),
            )
            for where, result in check_case(case, terms or Catalogue.shipped())
        ]
    return CaseFile(path, case, document, sha256, ordered([*found, *_draft(case, document)]), nodes)


def _draft(case: Case, document: Document) -> Iterator[Result]:
    """What no curator has accepted, as one result at the first of it."""
    if proposed := case.proposed:
        message = f"is a draft: {len(proposed)} of {sum(1 for _ in case.facts())} facts are proposed, not reviewed."
        cure = "`casekg review` goes through them; until then it is checked, not built."
        key = ".".join(proposed[0])
        yield Result("warning", "draft", message, cure, document.file, *document.place(proposed[0]), key)


def barred(file: CaseFile) -> tuple[Result, ...]:
    """Why a case does not go into a graph: its results, where one is a violation or it is a draft; else nothing."""
    results = tuple(replace(r, severity="violation") if r.rule == "draft" else r for r in file.results)
    return results if any(r.severity == "violation" for r in results) else ()


def _with_lines(message: str, document: Document, where: Path_) -> str:
    """A message with the line of each statement that clashes, below the patient that `where` is in."""
    told, clash, names = message.partition(CLASH)
    if not clash:
        return message
    lines = ((name, document.place((*where[:2], *name.split(".")))[0]) for name in names.rstrip(".").split(", "))
    return f"{told}{clash}{', '.join(f'{name} (line {line})' for name, line in lines)}."


def judge_case_file(path: Path | str, terms: Catalogue | None = None) -> CaseFile:
    """Read one case file; what is wrong with its case is in `.results`, violations too.

    Raises CaseError only when there is no case: not a YAML file, or not of the schema.
    """
    path = Path(path)
    document = read_document(path)
    return case_file(document, path, hashlib.sha256(path.read_bytes()).hexdigest(), terms)


def read_case_file(path: Path | str, terms: Catalogue | None = None) -> CaseFile:
    """Read and check one case file.

    Raises CaseError with every violation, each with file, line, column, key and cure.
    Warnings do not stop it; they are in `.results`.
    """
    file = judge_case_file(path, terms)
    if wrong := barred(file):
        raise CaseError(wrong)
    return file


def read_case(path: Path | str) -> Case:
    """Read one case file.

    Raises CaseError, saying what, where and how to cure it.

    >>> import kg.base.places
    >>> read_case(kg.base.places.cases()[0]).report.doi
    '10.7759/cureus.34125'
    """
    return read_case_file(path).case
