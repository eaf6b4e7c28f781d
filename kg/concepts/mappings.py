"""Which ids of other vocabularies mean the same, or something wider: what do SSSOM tables say?

A mapping set is a table of tab-separated values with a head of YAML in its comment lines, or in a
file beside it. Every row is read or told, with line and column. Source: the Simple Standard for
Sharing Ontological Mappings, https://mapping-commons.github.io/sssom/.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import yaml

from kg.base import places
from kg.base.files import read
from kg.base.places import folder, own
from kg.base.prefixes import CONCEPTS, PREFIXES, compress, expand, is_curie, other
from kg.base.results import CaseError, Result, Severity

__all__ = ["KINDS", "MappingSet", "Row", "mapping_files", "mapping_sets", "parse_mappings", "read_mappings"]

_SKOS, _SSSOM = PREFIXES["skos"], PREFIXES["sssom"]
MAX_BYTES = 200_000_000
RULE = "mapping"

_OWL, _RDFS, _OIO = PREFIXES["owl"], PREFIXES["rdfs"], "http://www.geneontology.org/formats/oboInOwl#"
# Predicate -> what it says of subject and object; what is "other" is kept, and joins nothing.
KINDS = {
    **{_SKOS + f"{kind}Match": kind for kind in ("exact", "close", "broad", "narrow", "related")},
    _OWL + "equivalentClass": "exact",
    _RDFS + "subClassOf": "broad",
    **dict.fromkeys((_OWL + "sameAs", _OWL + "equivalentProperty", _RDFS + "subPropertyOf"), "other"),
    **dict.fromkeys((_RDFS + "seeAlso", _OIO + "hasDbXref"), "other"),
    **{PREFIXES["semapv"] + f"crossSpecies{k}Match": "other" for k in ("Exact", "Close", "Broad", "Narrow")},
}
_MOST_TOLD = 100  # results of one table; how many more there are is told
_COLUMNS = ("subject_id", "predicate_id", "object_id")
_BUILT_IN = ("owl", "rdf", "rdfs", "semapv", "skos", "sssom", "xsd", "dcterms")
_NONE = _SSSOM + "NoTermFound"
_LINE = "\x00line"  # the line on which a row stands, beside its cells


@dataclass(frozen=True, slots=True)
class Row:
    """One mapping: subject, predicate, object and justification are IRIs.

    negated: the row says that they do not match. confidence: as written, between 0 and 1, or "".
    """

    subject: str
    predicate: str
    object: str
    negated: bool = False
    justification: str = ""
    confidence: str = ""
    subject_label: str = ""
    object_label: str = ""
    line: int = 0

    @property
    def kind(self) -> str:
        """What it says: exact, close, broad (the object is wider), narrow, related or other."""
        return KINDS[self.predicate]

    @property
    def digest(self) -> str:
        """16 hexadecimal digits of what it says, wherever it stands.

        >>> one, other = Row("x:a", _SKOS + "exactMatch", "x:b"), Row("x:a", _SKOS + "exactMatch", "x:b", line=7)
        >>> one.digest == other.digest, len(one.digest)
        (True, 16)
        """
        told = (self.subject, self.predicate, self.object, str(self.negated), self.justification, self.confidence)
        return hashlib.sha256("\0".join((*told, self.subject_label, self.object_label)).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class MappingSet:
    """A table of mappings: the file, what its head says of it, and its rows.

    apart: rows that are read, but join no two terms: literals, and `sssom:NoTermFound`.
    aliases: IRI of an id whose source casekg does not know -> IRI of the same id as a record writes it.
    """

    path: Path
    about: Mapping[str, Any]
    rows: tuple[Row, ...]
    apart: int = 0
    aliases: Mapping[str, str] = field(default_factory=dict)

    def aliases_of(self, *iris: str) -> list[tuple[str, str]]:
        """Pairs of these ids and what a record makes of them, which does not know the IRI of their source."""
        return [(iri, self.aliases[iri]) for iri in iris if iri in self.aliases]

    @property
    def name(self) -> str:
        """The name of its file, without its ending."""
        return re.sub(r"(\.sssom)?\.tsv$", "", self.path.name)

    @property
    def licence(self) -> str:
        """The licence that its head states, or ""."""
        return str(self.about.get("license") or "")


def mapping_files() -> list[Path]:
    """The tables that casekg ships, and the entered project's own."""
    return [*sorted((folder("ontology") / "mappings").glob("*.sssom.tsv")), *own("mappings", "*.sssom.tsv")]


def mapping_sets() -> tuple[tuple[MappingSet, ...], tuple[Result, ...]]:
    """The mapping sets of casekg and of the entered project, and what is wrong with them; read once."""
    return _mapping_sets(places.project())


@places.remembered
@lru_cache(maxsize=4)
def _mapping_sets(project: Path | None) -> tuple[tuple[MappingSet, ...], tuple[Result, ...]]:  # noqa: ARG001 - the key
    sets: list[MappingSet] = []
    results: list[Result] = []
    for path in mapping_files():
        try:
            made, told = read_mappings(path)
        except CaseError as error:
            results += error.results
            continue
        sets.append(made)
        results += told
    return tuple(sets), tuple(results)


def read_mappings(path: Path | str) -> tuple[MappingSet, list[Result]]:
    """Read a SSSOM table; the good rows, and what is wrong with the others and with the head.

    Raises CaseError when the file cannot be read at all.
    """
    path = Path(path)
    try:
        text = read(path, MAX_BYTES).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CaseError([Result("violation", RULE, "not UTF-8.", "Save it as UTF-8.", str(path))]) from error
    return parse_mappings(path, text)


def parse_mappings(path: Path, text: str) -> tuple[MappingSet, list[Result]]:
    """Read the text of a SSSOM table; `path` names it, and says where a head of its own file would stand."""
    return _Reader(path, text).read()


class _Reader:
    """Reads one table and collects what is wrong with it."""

    def __init__(self, path: Path, text: str) -> None:
        self.path, self.text = path, text
        self.results: list[Result] = []
        self.aliases: dict[str, str] = {}
        self.known: dict[tuple[str, str], str] = {}
        self.curie_map: dict[str, str] = {name: PREFIXES[name] for name in _BUILT_IN}

    def wrong(self, message: str, cure: str, line: int, column: str = "", severity: Severity = "violation") -> None:
        self.results.append(Result(severity, RULE, message, cure, str(self.path), line, 1, column))

    def read(self) -> tuple[MappingSet, list[Result]]:
        lines = self.text.splitlines(keepends=True)
        first = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
        about = self.head(lines[:first])
        types: dict[str, str] = {
            name: str(about[name]) for name in ("subject_type", "object_type") if name in about
        }  # of every row
        rows, apart = [], 0
        for cell in self.cells(lines, first, types):
            row = self.row(types | cell)
            if isinstance(row, Row):
                rows.append(row)
            elif row:
                apart += 1
        more = len(self.results) - _MOST_TOLD
        if more > 0:
            del self.results[_MOST_TOLD:]
            self.wrong(f"{more:,} more results of this table are not listed.", "Cure these first.", first + 1)
        return MappingSet(self.path, about, tuple(rows), apart, self.aliases), self.results

    # ------ The table

    def cells(self, lines: list[str], first: int, types: Mapping[str, str]) -> Iterator[dict[str, str]]:
        """The cells of each row by column, with its line."""
        reader = csv.reader(lines[first:], delimiter="\t", strict=True)
        heads: list[str] = []
        start = first
        try:
            for cells in reader:
                start, line = first + reader.line_num, start + 1
                if not heads:
                    heads = [name.strip() for name in cells]
                    while heads and not heads[-1]:  # tabs that a spreadsheet left
                        heads.pop()
                    if not self.heads(heads, line, types):
                        return
                    continue
                if not any(cell.strip() for cell in cells) or cells[0].startswith("#"):
                    continue
                while len(cells) > len(heads) and not cells[-1]:
                    cells.pop()
                if len(cells) != len(heads):
                    message = f"the row does not have {len(heads)} cells, as the head line has, but {len(cells)}."
                    self.wrong(message, "Put one tab between cells.", line)
                elif any("\n" in cell for cell in cells):
                    self.wrong(
                        "a quotation mark opens and does not close on its line.", "Double it, or close it.", line
                    )
                else:
                    yield {**dict(zip(heads, (cell.strip() for cell in cells), strict=True)), _LINE: str(line)}
        except csv.Error as error:
            self.wrong(f"not a table: {error}.", "Correct the quotation marks and tabs.", first + reader.line_num)
        if not heads:
            self.heads([], first + 1, types)

    def heads(self, heads: list[str], line: int, types: Mapping[str, str]) -> bool:
        missing = [name for name in _COLUMNS if name not in heads]
        # a table whose objects are words has no column for their ids
        if missing == ["object_id"] and "object_type" in (*heads, *types):
            missing = []
        twice = sorted({name for name in heads if heads.count(name) > 1})
        if missing:
            message = f"the columns {', '.join(missing)} are missing."
            self.wrong(message, "Write SSSOM: a head line with tabs between the names.", line or 1)
        elif twice:
            self.wrong(f"the column {twice[0]} is there twice.", "Take one out.", line, twice[0])
        elif "mapping_justification" not in heads:
            # required by SSSOM; what it lacks is told, and what it says is read
            cure = "Say why each holds, for example semapv:ManualMappingCuration."
            self.wrong("no column says why a mapping holds.", cure, line, "mapping_justification", "warning")
        return not missing and not twice

    # ------ The head

    def head(self, lines: list[str]) -> dict[str, Any]:
        """What the comment lines say, else the YAML file beside the table."""
        name = str(self.path)
        if lines:
            blank = all(line[1:2] in (" ", "", "\n", "\r") for line in lines)  # "# key", not "#key"
            text = "".join(re.sub(r"\t+(?=\r?\n|$)", "", line[2 if blank else 1 :] or "\n") for line in lines)
        else:
            bare = self.path.with_name(re.sub(r"(\.sssom)?\.tsv$", "", self.path.name))
            ends = (".sssom.yml", ".sssom.yaml", ".yml", ".yaml")
            beside = next((p for p in (bare.with_name(bare.name + end) for end in ends) if p.is_file()), None)
            if beside is None:
                self.settle({})
                return {}
            try:
                text, name = read(beside, MAX_BYTES).decode("utf-8"), str(beside)
            except UnicodeDecodeError:
                self.results.append(Result("violation", RULE, "not UTF-8.", "Save it as UTF-8.", name))
                return {}
        try:
            found = yaml.load(text, Loader=yaml.BaseLoader) or {}
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            mark = getattr(error, "problem_mark", None)
            told = getattr(error, "problem", None) or "nested too deep"
            cure = "Correct it; a text with a colon in it is put in quotes."
            place = (name, mark.line + 1 if mark else 1, 1)
            self.results.append(Result("violation", RULE, f"the head is not YAML: {told}.", cure, *place))
            return {}
        if not isinstance(found, dict):
            cure = "Write `#license: …`, one key a line."
            self.results.append(Result("violation", RULE, "the head is not a list of keys.", cure, name, 1, 1))
            return {}
        self.settle(found)
        return found

    def settle(self, about: dict[str, Any]) -> None:
        """Take the prefixes of the head; tell what the head leaves out."""
        table = about.get("curie_map") or {}
        if not isinstance(table, dict) or not all(isinstance(start, str) for start in table.values()):
            self.wrong("curie_map is not a list of prefixes.", "Write `#  HP: http://…`, one a line.", 1, "curie_map")
            table = {}
        self.curie_map |= table
        if not about.get("license"):
            cure = "Add `#license: …` with its address: what may not be passed on must be known."
            self.wrong("no licence is stated.", cure, 1, "license", "warning")

    # ------ The rows

    def row(self, cell: dict[str, str]) -> Row | bool:
        """A mapping; True for a row that joins no two terms, False for one that is wrong."""
        line, before = int(cell[_LINE]), len(self.results)
        literal = [side for side in ("subject", "object") if cell.get(f"{side}_type") == "rdfs literal"]
        ends = {}
        for side in ("subject", "object"):
            if side not in literal:
                ends[side] = self.iri(cell.get(f"{side}_id", ""), f"{side}_id", line)
        predicate = self.iri(cell["predicate_id"], "predicate_id", line)
        if predicate and predicate not in KINDS:
            cure = f"One of: {', '.join(compress(iri) for iri in KINDS if KINDS[iri] != 'other')}."
            message = f"predicate_id {cell['predicate_id']!r} is not a mapping."
            self.wrong(message, cure, line, "predicate_id")
        modifier = cell.get("predicate_modifier", "")
        if modifier not in ("", "Not"):
            message = f"predicate_modifier {modifier!r} is unknown."
            self.wrong(message, "Write Not, or leave it empty.", line, "predicate_modifier")
        why = cell.get("mapping_justification", "")
        justification = self.iri(why, "mapping_justification", line) if why else ""
        if why and justification and not justification.startswith(PREFIXES["semapv"]):
            cure = "Write for example semapv:LexicalMatching."
            self.wrong(f"{why!r} is not a term of semapv.", cure, line, "mapping_justification")
        if not why and "mapping_justification" in cell:
            message, cure = "it is not said why the mapping holds.", "Write for example semapv:ManualMappingCuration."
            self.wrong(message, cure, line, "mapping_justification")
        confidence = cell.get("confidence", "")
        if confidence and not _is_share(confidence):
            message = f"confidence {confidence!r} is not a number between 0 and 1."
            self.wrong(message, "Correct it.", line, "confidence")
        if any(result.severity == "violation" for result in self.results[before:]):
            return False
        if literal or _NONE in ends.values():
            return True
        return Row(
            ends["subject"],
            predicate,
            ends["object"],
            negated=modifier == "Not",
            justification=justification,
            confidence=confidence,
            subject_label=cell.get("subject_label", ""),
            object_label=cell.get("object_label", ""),
            line=line,
        )

    def iri(self, text: str, column: str, line: int) -> str:
        """The IRI of a CURIE, by casekg's own prefixes, else by those of the head; "" when it is wrong."""
        made = self.known.get((text, column)) or self._iri(text, column, line)
        if made:
            self.known[text, column] = made
        return made

    def _iri(self, text: str, column: str, line: int) -> str:
        if not text:
            self.wrong(f"{column} is empty.", "Write an id, or delete the row.", line, column)
            return ""
        if is_curie(text):
            return expand(text)
        prefix, colon, local = text.partition(":")
        if text.startswith(("http://", "https://")):
            made = text
        elif colon and local and prefix in self.curie_map and prefix not in CONCEPTS:
            made = self.curie_map[prefix] + local
        else:
            cure = f"Correct it, or add its prefix to curie_map or to casekg.toml (known: {', '.join(CONCEPTS)})."
            self.wrong(f"{column} {text!r} is not an id of a known source.", cure, line, column)
            return ""
        try:
            iri = ox.NamedNode(made).value
        except ValueError:
            self.wrong(f"{column} {text!r} makes no IRI ({made}).", "Correct it, or its prefix.", line, column)
            return ""
        if column in ("subject_id", "object_id") and made != text:
            self.aliases[iri] = expand(other(text))
        return iri


def _is_share(text: str) -> bool:
    try:
        return 0 <= Decimal(text) <= 1
    except InvalidOperation:
        return False
