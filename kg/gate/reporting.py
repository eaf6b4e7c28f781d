"""How is what a check found told to a person, a program, a test server, or a forge?

A format is one function and one row of FORMATS. What a file wrote cannot break any of them:
a line stays a line, a table cell a cell, and no output holds what its format forbids.
"""

from __future__ import annotations

import io
import json
import os
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from kg.base.files import CASE_SUFFIXES
from kg.base.results import Result, Severity, counts, ordered, plain
from kg.gate.rules import FAMILIES, Rule, rule

if TYPE_CHECKING:
    import junitparser

__all__ = ["FORMATS", "Report", "render", "summary"]

HOME = "https://w3id.org/casekg"
SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
# What GitHub takes: results in a SARIF run, bytes of a step summary (1 MiB, less some for the end), annotations shown.
SARIF_RESULTS, SUMMARY_BYTES, ANNOTATIONS = 25_000, 1_000_000, 10
CELL = 600  # characters of a message that a table cell shows


@dataclass(frozen=True)
class Report:
    """What a check found, and what it looked at.

    files: every file that was checked, the clean ones too; focus_nodes: how many nodes each shape
    saw; graphs: how many case graphs were validated.
    """

    results: tuple[Result, ...]
    files: tuple[str, ...] = ()
    focus_nodes: Mapping[str, int] = field(default_factory=dict)
    graphs: int = 0

    @property
    def conforms(self) -> bool:
        """True when there is no violation."""
        return all(result.severity != "violation" for result in self.results)

    @property
    def counts(self) -> dict[Severity, int]:
        """How many different results there are of each severity."""
        return counts(set(self.results))

    def listed(self, infos: bool) -> tuple[Result, ...]:
        """The results in the order of their files, the infos only when wanted."""
        return ordered(r for r in self.results if infos or r.severity != "info")

    def worst(self, infos: bool) -> list[Result]:
        """The same, violations first and infos last."""
        rank = {severity: n for n, severity in enumerate(counts(()))}
        return sorted(self.listed(infos), key=lambda result: rank[result.severity])


def summary(report: Report) -> str:
    """The counts in one line.

    >>> summary(Report((), files=("a.yaml",), graphs=1))
    'valid: 1 file, 1 graph; 0 violations, 0 warnings, 0 infos.'
    """
    looked = {
        "file": len(report.files),
        "graph": report.graphs,
        "shape": len(report.focus_nodes),
        "focus node": sum(report.focus_nodes.values()),
    }
    seen = ", ".join(_count(n, what) for what, n in looked.items() if n) or "nothing was checked"
    found = ", ".join(_count(n, what) for what, n in report.counts.items())
    return f"{'valid' if report.conforms else 'not valid'}: {seen}; {found}."


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}" + ("" if number == 1 else "s")


def _utf8(text: str) -> str:
    """The text without halves of characters, which a file name can hold and no encoding can write."""
    return text.encode("utf-8", "backslashreplace").decode()


def _what(result: Result) -> str:
    return f"{result.message} {result.cure}".rstrip()


def _rule(result: Result) -> Rule:
    """The rule of a result; one that has no entry is a shape without a name."""
    return rule(result.rule) or Rule(result.rule, "shapes", result.severity, "A shape without a name is not kept.")


# --- text, json ---------------------------------------------------------------------------------


def _text(report: Report, infos: bool) -> str:
    return "".join(f"{line}\n" for line in (*map(str, report.listed(infos)), summary(report)))


def _json(report: Report, infos: bool) -> str:  # noqa: ARG001 - a program is given everything
    results = [
        {**{k: _utf8(v) if isinstance(v, str) else v for k, v in r.data().items()}, "fingerprint": r.fingerprint}
        for r in report.listed(infos=True)
    ]
    made = {
        "conforms": report.conforms,
        "files": [_utf8(file) for file in report.files],
        "graphs": report.graphs,
        "counts": report.counts,
        "results": results,
        "focus_nodes": {_utf8(shape): count for shape, count in report.focus_nodes.items()},
    }
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"


# --- SARIF 2.1.0 --------------------------------------------------------------------------------

_LEVEL: dict[Severity, str] = {"violation": "error", "warning": "warning", "info": "note"}


def _sarif(report: Report, infos: bool) -> str:
    """One run. What has no place in a file is a notification: GitHub refuses a result without one."""
    from sarif_pydantic import Sarif  # type: ignore[import-untyped]

    shown = report.worst(infos)
    placed = [result for result in shown if _in_a_file(result)]
    kept, loose = placed[:SARIF_RESULTS], [result for result in shown if not _in_a_file(result)]
    used = sorted({_rule(result) for result in (*kept, *loose)}, key=lambda rule: rule.id)
    index = {rule.id: i for i, rule in enumerate(used)}
    notes = [_notification(result, index) for result in loose]
    if left := len(placed) - len(kept):
        text = f"{_count(left, 'result')} left out, the mildest: a run holds {SARIF_RESULTS:,}."
        notes.append({"level": "warning", "message": {"text": text}})
    driver = {"name": "casekg", "informationUri": HOME, "rules": [_descriptor(rule) for rule in used], **_version()}
    run = {
        "tool": {"driver": driver},
        "invocations": [{"executionSuccessful": True, "toolExecutionNotifications": notes}],
        "results": [_sarif_result(result, index) for result in kept],
    }
    log = Sarif.model_validate({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]})
    return str(log.model_dump_json(by_alias=True, exclude_none=True, indent=1)) + "\n"


def _version() -> dict[str, str]:
    """The version of casekg; nothing in a checkout that was never installed."""
    import importlib.metadata

    try:
        return {"version": importlib.metadata.version("casekg")}
    except importlib.metadata.PackageNotFoundError:
        return {}


def _in_a_file(result: Result) -> bool:
    """Is it in a file, not in a graph (which is named by an IRI) or in nothing at all?"""
    return bool(result.file) and "://" not in result.file


def _uri(file: str) -> str:
    """A path as a URI: relative to the working directory if it is inside."""
    path = Path(os.path.abspath(file))  # noqa: PTH100 - without following links
    inside = path.is_relative_to(Path.cwd())
    text = (path.relative_to(Path.cwd()) if inside else path).as_posix()
    try:
        raw = os.fsencode(text)
    except UnicodeEncodeError:
        raw = _utf8(text).encode()
    return quote(raw) if inside else f"file:///{quote(raw).lstrip('/')}"


def _descriptor(rule: Rule) -> dict[str, Any]:
    told = _utf8(f"{rule.summary} {rule.cure}".rstrip())
    return {
        "id": _utf8(rule.id),
        "shortDescription": {"text": _utf8(rule.summary)},
        "help": {"text": told, "markdown": f"{_cell(rule.summary)}\n\n{_cell(rule.cure)}".rstrip()},
        "defaultConfiguration": {"level": _LEVEL[rule.severity]},
        "properties": {"tags": [rule.family]},
    }


def _sarif_result(result: Result, index: Mapping[str, int]) -> dict[str, Any]:
    physical: dict[str, Any] = {"artifactLocation": {"uri": _uri(result.file)}}
    if result.line > 0:
        physical["region"] = {"startLine": result.line, "startColumn": max(result.column, 1)}
    location: dict[str, Any] = {"physicalLocation": physical}
    if logical := result.key or result.focus:
        location["logicalLocations"] = [{"fullyQualifiedName": _utf8(logical)}]
    return {
        "ruleId": _utf8(result.rule),
        "ruleIndex": index[result.rule],
        "level": _LEVEL[result.severity],
        "message": {"text": _utf8(_what(result))},
        "locations": [location],
        "partialFingerprints": {"casekg/v1": result.fingerprint},
    }


def _notification(result: Result, index: Mapping[str, int]) -> dict[str, Any]:
    where = result.file or result.key or result.focus
    return {
        "associatedRule": {"id": _utf8(result.rule), "index": index[result.rule]},
        "level": _LEVEL[result.severity],
        "message": {"text": _utf8(f"{where}: {_what(result)}" if where else _what(result))},
    }


# --- JUnit --------------------------------------------------------------------------------------

# The families that are asked of every file, each with those that keep it from being asked when they fail.
_READ = ("limits", "file", "syntax")
_TYPED = (*_READ, "schema")
_SOUND = (*_TYPED, "identifiers", "consistency", "time")
_OF_A_CASE = {
    "file": ("limits",),
    "syntax": ("limits", "file"),
    "schema": _READ,
    **dict.fromkeys(("identifiers", "consistency", "time", "duplicates", "retraction", "privacy"), _TYPED),
    **dict.fromkeys(("vocabulary", "shapes"), _SOUND),
}
_OF_RDF = {
    "file": ("limits",),
    "syntax": ("limits", "file"),
    **dict.fromkeys(("vocabulary", "shapes", "rdf"), _READ),
    **dict.fromkeys(("duplicates", "retraction", "privacy"), (*_TYPED, "rdf")),
}

_OF_A_PROJECT: dict[str, tuple[str, ...]] = {"file": ("limits",), "project": ("limits", "file")}


def _junit(report: Report, infos: bool) -> str:
    """A suite for each file, a test for each family of rules: a violation fails it, a warning is its output."""
    import junitparser

    by_file: dict[str, list[Result]] = {file: [] for file in report.files}
    for result in report.listed(infos):
        by_file.setdefault(result.file, []).append(result)
    top = junitparser.JUnitXml("casekg")
    tests = failures = 0
    for file, results in by_file.items():
        suite = junitparser.TestSuite(plain(file) or "casekg")
        suite.add_testcases(list(_tests(file, results, file in report.files)))
        tests, failures = tests + suite.tests, failures + suite.failures
        top.append(suite)  # type: ignore[no-untyped-call]
    top.tests, top.failures, top.errors = tests, failures, 0
    out = io.BytesIO()
    top.write(out)
    return out.getvalue().decode() + "\n"


def _tests(file: str, results: Iterable[Result], checked: bool) -> Iterator[junitparser.TestCase]:
    import junitparser

    by_family: dict[str, list[Result]] = {}
    for result in results:
        by_family.setdefault(_rule(result).family, []).append(result)
    broken = {family for family, found in by_family.items() if any(r.severity == "violation" for r in found)}
    asked = {".toml": _OF_A_PROJECT, **dict.fromkeys(CASE_SUFFIXES, _OF_A_CASE)}.get(Path(file).suffix.lower(), _OF_RDF)
    wanted = asked if checked else {}
    for family in FAMILIES:
        found = by_family.get(family, [])
        if not found and family not in wanted:
            continue
        test = junitparser.TestCase(family, plain(file) or "casekg")
        wrong = [r for r in found if r.severity == "violation"]
        if wrong:
            failure = junitparser.Failure(plain(wrong[0].message), plain(wrong[0].rule))
            failure.text = "\n".join(map(str, wrong))
            test.result = [failure]
        elif not found and not broken.isdisjoint(asked[family]):
            test.result = [junitparser.Skipped("not asked: the file has to be cured first")]
        if others := [str(r) for r in found if r.severity != "violation"]:
            test.system_out = "\n".join(others)
        yield test


# --- GitHub: annotations, and the page of a step ------------------------------------------------

_COMMAND: dict[Severity, str] = {"violation": "error", "warning": "warning", "info": "notice"}


def _github(report: Report, infos: bool) -> str:
    shown = report.worst(infos)
    lines = [_annotation(result) for result in shown]
    most = max(Counter(result.severity for result in shown).values(), default=0)
    more = f" GitHub shows {ANNOTATIONS} of each kind: the rest is in this log." if most > ANNOTATIONS else ""
    return "".join(f"{line}\n" for line in (*lines, summary(report) + more))


def _annotation(result: Result) -> str:
    place = {
        "file": result.file,
        "line": str(result.line) if result.file and result.line > 0 else "",
        "col": str(result.column) if result.file and result.line > 0 and result.column > 0 else "",
        "title": result.rule,
    }
    told = ",".join(
        f"{name}={_escape(value).replace(':', '%3A').replace(',', '%2C')}" for name, value in place.items() if value
    )
    what = f"{result.key}: {_what(result)}" if result.key else _what(result)
    return f"::{_COMMAND[result.severity]} {told}::{_escape(what)}"


def _escape(text: str) -> str:
    return plain(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


_MARKUP = re.compile(r"[&<>|`*_~\[\]()!#$@\\]|:(?=//)|(?<=www)\.")


def _cell(text: str) -> str:
    """Text that Markdown and HTML show as it is, in one line: no markup, no link, no end of the cell."""
    cut = text if len(text) <= CELL else text[:CELL] + "…"
    return _MARKUP.sub(lambda found: f"&#{ord(found[0])};", plain(cut))


def _markdown(report: Report, infos: bool) -> str:
    """The counts, then the violations, and folded the rest; what GitHub would not take is left out, and counted."""
    parts = [f"## casekg\n\n{summary(report)}\n"]
    room = SUMMARY_BYTES
    shown = report.worst(infos)
    for severity, count in counts(shown).items():
        if not count:
            continue
        folded = severity != "violation"
        title = _count(count, severity).capitalize()
        head = f"<details><summary>{title}</summary>\n" if folded else f"### {title}\n"
        rows = []
        for result in (r for r in shown if r.severity == severity):
            row = _row(result)
            room -= len(row.encode())
            if room < 0:
                break
            rows.append(row)
        left = f"\n{_count(count - len(rows), 'more result')} left out here.\n" if len(rows) < count else ""
        table = "| rule | place | what |\n|---|---|---|\n" + "".join(rows) if rows else ""
        parts.append(f"\n{head}\n{table}{left}" + ("\n</details>\n" if folded else ""))
    return "".join(parts)


def _row(result: Result) -> str:
    place = f"{result.file}:{result.line}" if result.line > 0 else result.file
    what = f"{result.key}: {_what(result)}" if result.key else _what(result)
    return f"| {_cell(result.rule)} | {_cell(place)} | {_cell(what)} |\n"


FORMATS: dict[str, Callable[[Report, bool], str]] = {
    "text": _text,
    "json": _json,
    "sarif": _sarif,
    "junit": _junit,
    "github": _github,
    "markdown": _markdown,
}


def render(report: Report, format: str, *, infos: bool = False) -> str:
    """The report in one of FORMATS, ending with a line break, and always possible to write as UTF-8.

    infos: list the infos, too; they are always counted, and JSON always has them.
    Raises ValueError for a format that there is not.

    >>> render(Report((Result("violation", "label", "wrong.", "Cure it.", "a.yaml", 3, 5),), ("a.yaml",)), "github")
    '::error file=a.yaml,line=3,col=5,title=label::wrong. Cure it.\\nnot valid: 1 file; 1 violation, 0 warnings, 0 infos.\\n'
    """
    if format not in FORMATS:
        raise ValueError(f"{format!r} is not a format: {', '.join(FORMATS)}")
    return FORMATS[format](report, infos)
