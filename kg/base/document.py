"""Read a YAML file as plain text values, and remember where each stood.

Every scalar stays text, so that `5.10` keeps its digits and `NO` is not false; the case
model types it. Aliases, tags, duplicate keys and deep nesting are refused while the file
is still events, because a bomb is harmless there (YAML 1.2, section 3.1).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from kg.base.files import read
from kg.base.results import CaseError, Result

__all__ = ["Document", "read_document"]

MAX_BYTES = 2_000_000
MAX_DEPTH = 40
Path_ = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
# C0 and C1 controls but tab, and the signs that turn the direction of text: none belongs in a fact.
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Document:
    """A parsed file: its values, and the line and column (1-based) of every path in it."""

    file: str
    value: Any
    marks: dict[Path_, tuple[int, int]]

    def place(self, path: Path_) -> tuple[int, int]:
        """Line and column of a path, or of the nearest thing above it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, (1, 1))


def _refuse(file: str, rule: str, message: str, cure: str, mark: Any = None, key: str = "") -> CaseError:
    line, column = (mark.line + 1, mark.column + 1) if mark is not None else (0, 0)
    return CaseError([Result("violation", rule, message, cure, file, line, column, key)])


def _control(letter: str, file: str, line: int, column: int) -> Result:
    message = f"control character U+{ord(letter):04X}."
    return Result("violation", "encoding", message, "Delete it.", file, line, column)


def _text(raw: bytes, name: str) -> str:
    if len(raw) > MAX_BYTES:
        raise _refuse(name, "file", f"larger than {MAX_BYTES:,} bytes.", "Split it: one report a file.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        column = len(raw[: error.start].rsplit(b"\n", 1)[-1].decode("utf-8-sig", "replace")) + 1
        message = f"byte {error.start} is not UTF-8."
        result = Result("violation", "encoding", message, "Save the file as UTF-8.", name, line, column)
        raise CaseError([result]) from error
    for number, row in enumerate(text.split("\n"), 1):
        if bad := _CONTROL.search(row.removesuffix("\r")):
            raise CaseError([_control(bad[0], name, number, bad.start() + 1)])
    return unicodedata.normalize("NFC", text)


def _gate(text: str, name: str, loader: Any = None) -> None:
    depth = 0
    events: Iterator[Any] = yaml.parse(text, Loader=loader or _LOADER)
    for event in events:
        mark = event.start_mark
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            sign = "*" if isinstance(event, yaml.AliasEvent) else "&"
            raise _refuse(
                name,
                "alias",
                f"anchors and aliases ({sign}{event.anchor}) are not allowed.",
                "Write the value out.",
                mark,
            )
        if getattr(event, "tag", None) not in (None, "!"):
            raise _refuse(name, "tag", f"tags ({event.tag}) are not allowed.", "Delete the tag.", mark)
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise _deep(name, mark)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _deep(name: str, mark: Any) -> CaseError:
    return _refuse(name, "depth", f"nested deeper than {MAX_DEPTH}.", "A case file needs about 6 levels.", mark)


def _too_deep(text: str, name: str, mark: Any) -> CaseError:
    """The refusal of a text that libyaml's scanner, which reads ahead of its events, refused first (PyYAML 6.0.4 on)."""
    try:
        _gate(text, name, yaml.BaseLoader)  # its scanner reads ahead less: it comes to our own limit
    except CaseError as error:
        return error
    except yaml.YAMLError:
        pass
    return _deep(name, mark)


def _value(node: Any, path: Path_, marks: dict[Path_, tuple[int, int]], name: str) -> Any:
    marks.setdefault(path, (node.start_mark.line + 1, node.start_mark.column + 1))
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for key, value in node.value:
            mark = key.start_mark
            if isinstance(key, yaml.ScalarNode) and (bad := _CONTROL.search(key.value)):
                raise CaseError([_control(bad[0], name, mark.line + 1, mark.column + 1)])
            if not isinstance(key, yaml.ScalarNode):
                raise _refuse(name, "key", "a key must be plain text.", "Quote it.", mark)
            where = ".".join(map(str, (*path, key.value)))
            if key.value in made:
                first = marks[(*path, key.value)][0]
                raise _refuse(
                    name,
                    "duplicate-key",
                    f"key given twice (first in line {first}).",
                    "Delete or rename one.",
                    mark,
                    where,
                )
            marks[(*path, key.value)] = (mark.line + 1, mark.column + 1)
            made[key.value] = _value(value, (*path, key.value), marks, name)
        return made
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, i), marks, name) for i, item in enumerate(node.value)]
    mark = node.start_mark
    if bad := _CONTROL.search(node.value.replace("\n", " ")):  # written as an escape
        raise CaseError([_control(bad[0], name, mark.line + 1, mark.column + 1)])
    return node.value


def read_document(path: Path | str, raw: bytes | None = None) -> Document:
    """Read one YAML file, strictly; raw: its bytes, where it is a member of an archive.

    Raises CaseError (one result with file, line, column and cure) for a file that is missing,
    too large, not UTF-8, not YAML, or that uses aliases, tags, duplicate keys or deep nesting.
    """
    name = str(path)
    text = _text(read(Path(path), MAX_BYTES, "Split it: one report a file.") if raw is None else raw, name)
    marks: dict[Path_, tuple[int, int]] = {}
    try:
        _gate(text, name)
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        if "nesting depth" in (error.problem or ""):
            raise _too_deep(text, name, error.problem_mark) from error
        if error.problem == "but found another document":
            raise _refuse(
                name, "yaml", "a second document begins.", "One report a file.", error.problem_mark
            ) from error
        raise _refuse(
            name, "yaml", f"{error.problem or 'not YAML'}.", "Check indentation, quotes and colons.", error.problem_mark
        ) from error
    except yaml.YAMLError as error:
        raise _refuse(name, "yaml", str(error).splitlines()[0], "Check the file for control characters.") from error
    if node is None:
        raise _refuse(name, "yaml", "the file is empty.", "See CONTRIBUTING.md, 'Add a case'.")
    return Document(name, _value(node, (), marks, name), marks)
