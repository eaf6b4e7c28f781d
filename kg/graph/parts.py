"""What did each file, or each member of an archive, bring to a merge?

A source is a file; an archive or a list is one source with many records. Here they are told one by one:
facts by kind, what is told of them, and what is kept as an extension, by its type. The counts are made
from the triples that were written, not from what was meant to be written.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.base.prefixes import CASE, CKG, PREFIXES, compress
from kg.base.results import Result
from kg.rdf.collection import Source
from kg.rdf.triples import CLASSES

__all__ = ["Came", "Part", "brought", "counted", "part", "refusals", "table"]

_LINE = re.compile(r"(?m)^<([^>]+)> <([^>]+)> (.*) \.$")
_TYPE, _CKG, _END = PREFIXES["rdf"] + "type", f"<{CKG}", len(CKG) + 1
_KINDS = set(CLASSES.values())
_TOLD = {"onset", "resolution", "severity", "modifier", "time", "dose", "route", "continues"}
_TYPED = f"> <{PREFIXES['rdf']}type> <{CKG}"
_MESSAGE, _STATUS, _EXCLUDED = CKG + "messageType", CKG + "status", f"<{CKG}Excluded>"


@dataclass(frozen=True)
class Came:
    """What a source brought.

    file: the input that it was found in; cases: graphs of reports; facts: their facts by class;
    statements: triples of its cases;
    kept: graph of another model -> triples, kept as they are.
    """

    file: str
    name: str
    format: str
    sha256: str
    cases: tuple[str, ...]
    facts: Mapping[str, int]
    statements: int
    kept: Mapping[str, int]

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**vars(self), "cases": list(self.cases), "facts": dict(self.facts), "kept": dict(self.kept)}


def brought(file: str, source: Source) -> Came:
    """Counts of a source; a collection as a whole is counted as one source with the union of all graphs."""
    ours = [telling for telling in source.tellings if telling.graph.startswith(CASE)]
    kinds = Counter(kind for telling in ours for kind in _kinds(telling.text))
    facts = {kind: kinds[kind] for kind in CLASSES.values() if kinds[kind]}
    kept = {t.graph: t.size for t in source.tellings if not t.graph.startswith(CASE)}
    return Came(
        file,
        source.name,
        source.format,
        source.sha256,
        tuple(t.graph for t in ours),
        facts,
        sum(t.size for t in ours),
        kept,
    )


def _kinds(text: str) -> Iterator[str]:
    """The class of each fact; a date has a node of its own, but is none."""
    at = text.find(_TYPED)
    while at >= 0:
        subject = text[text.rfind("\n", 0, at) + 2 : at]
        key = subject.partition("#")[2]
        if key and not key.startswith("time-") and '"' not in subject:
            yield text[at + len(_TYPED) : text.index(">", at + len(_TYPED))]
        at = text.find(_TYPED, at + 1)


@dataclass(frozen=True)
class Part:
    """What one record brought, or why it was refused.

    source: file of the source; file: the record's own file (member of an archive, place in a list);
    report: graph of its case, "" when refused; counts: as of `counted`; reasons: why it was refused.
    """

    source: str
    file: str
    report: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**vars(self), "counts": dict(self.counts), "reasons": list(self.reasons)}


def counted(text: str) -> dict[str, int]:
    """Facts of a graph by class, and by class and what is told of them; extensions by type, too.

    text: lines of N-Triples. `Finding` counts facts, `Finding.excluded` those that are absent,
    `Finding.modifier` values.
    """
    rows = _LINE.findall(text)
    kinds = {
        subject: value[_END:-1]
        for subject, name, value in rows
        if name == _TYPE and value.startswith(_CKG) and _is_fact(subject) and value[_END:-1] in _KINDS
    }
    found = Counter(kinds.values())
    for subject, name, value in rows:
        kind = kinds.get(subject)
        if kind is None:
            continue
        if name == _STATUS and value == _EXCLUDED:
            found[f"{kind}.excluded"] += 1
        elif name == _MESSAGE and kind == "Extension":
            found[f"{kind} {value[1:-1]}"] += 1
        elif (told := name.removeprefix(CKG)) in _TOLD:
            found[f"{kind}.{told}"] += 1
    return dict(sorted(found.items()))


def _is_fact(subject: str) -> bool:
    key = subject.partition("#")[2]
    return bool(key) and not key.startswith("time-")  # a date has a node of its own, but is none


def part(source: str, file: str, graph: str, text: str) -> Part:
    """What the record of a graph brought."""
    return Part(source, file, graph, counted(text))


def refusals(results: Iterable[Result], sources: Iterable[str]) -> list[Part]:
    """What was refused, file by file (and by record of a list), each with every reason."""
    names = sorted(sources, key=len, reverse=True)
    found: dict[tuple[str, str], list[str]] = {}
    for result in results:
        source = next((n for n in names if result.file == n or result.file.startswith(f"{n}!")), result.file)
        place = f"{result.line}:{result.column}: " if result.line else ""
        told = f"{place}{result.key + ': ' if result.key else ''}{result.message}"
        found.setdefault((source, result.file.removeprefix(f"{source}!")), []).append(told)
    return [Part(source, file, reasons=tuple(reasons)) for (source, file), reasons in sorted(found.items())]


def table(parts: Iterable[Part]) -> str:
    """The parts as TSV: a row a record; a column for each kind that occurs, 0 where a record has none."""
    rows = list(parts)
    heads = sorted({name for row in rows for name in row.counts})
    made = io.StringIO()
    writer = csv.writer(made, delimiter="\t", lineterminator="\n")
    writer.writerow(["source", "file", "report", "outcome", *heads, "reason"])
    for row in rows:
        numbers = ["" if row.reasons else row.counts.get(name, 0) for name in heads]
        outcome = "refused" if row.reasons else "merged"
        writer.writerow([row.source, row.file, compress(row.report), outcome, *numbers, " | ".join(row.reasons)])
    return made.getvalue()
