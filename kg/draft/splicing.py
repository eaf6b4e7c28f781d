"""How is one value of a YAML file changed, and every other byte of the file kept?

A change is a splice of the text at the place where the parser saw the value, so that comments, order,
quotation marks and line breaks elsewhere stay. What was made is read again, and held against what was
wanted: a splice that went wrong is an error, never a file.
"""

from __future__ import annotations

import copy
import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml

__all__ = ["SpliceError", "comments", "without", "with_value"]

_LOADER: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
Path_ = tuple[str | int, ...]
_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # what YAML counts as a line
_PLAIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 _./%()<>+!=^*;–-]|:(?=[^\s,\[\]{}]))*(?<! )")
_TYPED = re.compile(
    r"[+-]?[0-9][0-9_.,:eE+xXTZ-]*|y|n|yes|no|true|false|on|off|null|[+-]?\.?(?:inf|nan)", re.IGNORECASE
)
# Fields whose value is a number; elsewhere one that looks like a number is a text, and quoted.
_NUMBERS = {"value", "times", "years", "number", "year", "range_low", "range_high", "scale_min", "scale_max",
            "accepted", "corrected", "dropped"}  # fmt: skip


class SpliceError(ValueError):
    """The text cannot be changed in this place without writing it anew."""


@dataclass(frozen=True)
class _Text:
    """A YAML text and its tree."""

    text: str
    root: Any
    lines: tuple[int, ...]

    @staticmethod
    @lru_cache(maxsize=2)
    def of(text: str) -> _Text:
        """A text, read; the last ones are remembered."""
        lines = (0, *(found.end() for found in _BREAK.finditer(text)))
        return _Text(text, yaml.compose(text, Loader=_LOADER), lines)

    def at(self, mark: Any) -> int:
        """The place of a mark, in characters."""
        return (
            min(self.lines[mark.line] + mark.column, len(self.text)) if mark.line < len(self.lines) else len(self.text)
        )

    def span(self, node: Any) -> tuple[int, int]:
        """Where a value begins and ends; of a block without what is blank or a comment behind it."""
        if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
            start, end = self.at(node.start_mark), self.at(node.end_mark)
            return start, start + len(self.text[start:end].rstrip())
        last = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
        return self.at(node.start_mark), self.span(last)[1]

    def pairs(self, path: Path_) -> tuple[Any, int]:
        """The mapping that holds the last key of a path, and the key's number in it; -1 where it is not there."""
        node = self.root
        for step in path[:-1]:
            if isinstance(step, int):
                node = node.value[step]
            else:
                node = next(value for key, value in node.value if key.value == step)
        if not isinstance(node, yaml.MappingNode):
            raise SpliceError(f"{'.'.join(map(str, path[:-1]))} holds no keys")
        return node, next((i for i, (key, _) in enumerate(node.value) if key.value == path[-1]), -1)

    def line(self, place: int) -> tuple[int, int]:
        """Begin and end (after its break) of the line that holds a place."""
        number = bisect_right(self.lines, place)
        return self.lines[number - 1], self.lines[number] if number < len(self.lines) else len(self.text)


def without(text: str, path: Path_) -> str:
    """The text without a key of a mapping. A block that has no other key goes as well.

    >>> without("a: {b: 1, c: 2}  # of a", ("a", "b"))
    'a: {c: 2}  # of a'
    >>> without("a:\\n  # first\\n  b: 1\\n  c: 2\\n", ("a", "b"))
    'a:\\n  # first\\n  c: 2\\n'
    """
    made = _Text.of(text)
    node, number = made.pairs(path)
    if number < 0:
        raise SpliceError(f"there is no {'.'.join(map(str, path))}")
    key, value = node.value[number]
    if len(node.value) == 1 and len(path) > 1:
        return without(text, path[:-1])
    start, end = made.at(key.start_mark), made.span(value)[1]
    if node.flow_style:
        if number + 1 < len(node.value):
            end = made.at(node.value[number + 1][0].start_mark)
        elif number:
            start = made.span(node.value[number - 1][1])[1]
    else:
        begins = made.line(start)[0]
        if made.text[begins:start].strip():
            raise SpliceError(f"{'.'.join(map(str, path))} does not begin a line")
        start, end = begins, made.line(max(end - 1, start))[1]
    return _proved(text, text[:start] + text[end:], path, _GONE)


def with_value(text: str, path: Path_, value: Any, before: str = "") -> str:
    """The text with this value at a path: in place of the former, else as a new key, before another one or at the end.

    >>> with_value("a: {b: 1, c: 2}", ("a", "b"), "x, y")
    'a: {b: "x, y", c: 2}'
    >>> with_value("a:\\n  b: 1  # one\\n  c: 2\\n", ("a", "d"), ["x"], "c")
    'a:\\n  b: 1  # one\\n  d: [x]\\n  c: 2\\n'
    """
    made = _Text.of(text)
    node, number = made.pairs(path)
    name = str(path[-1])
    if number >= 0:
        old = node.value[number][1]
        start, end = made.span(old)
        if isinstance(old, yaml.ScalarNode) or old.flow_style:
            return _proved(text, text[:start] + _written(value, name) + text[end:], path, value)
        key = made.at(node.value[number][0].start_mark)
        start, end = made.line(key)[0], made.line(max(end - 1, key))[1]
        return _proved(text, text[:start] + _line(text[start:key], name, value) + text[end:], path, value)
    beside = next((key for key, _ in node.value if key.value == before), None)
    if node.flow_style:
        told = f"{_scalar(name)}: {_written(value, name)}"
        if beside is not None:
            place, told = made.at(beside.start_mark), f"{told}, "
        elif node.value:
            place, told = made.span(node.value[-1][1])[1], f", {told}"
        else:
            place = made.at(node.start_mark) + 1
        return _proved(text, text[:place] + told + text[place:], path, value)
    first = made.at(node.value[0][0].start_mark)
    indent = " " * (first - made.line(first)[0])
    place = made.line(made.span(node)[1] - 1)[1] if beside is None else made.line(made.at(beside.start_mark))[0]
    lead = "" if place == 0 or text[place - 1] in "\r\n" else "\n"
    return _proved(text, text[:place] + lead + _line(indent, name, value) + text[place:], path, value)


def comments(text: str, path: Path_) -> tuple[str, ...]:
    """The comments of a key: in its own lines, and in those directly above it that hold nothing else."""
    made = _Text.of(text)
    node, number = made.pairs(path)
    key, value = node.value[number]
    first, last = key.start_mark.line, bisect_right(made.lines, max(made.span(value)[1] - 1, 0))
    while first and made.text[made.lines[first - 1] : made.lines[first]].lstrip().startswith("#"):
        first -= 1
    rows = [text[slice(*made.line(place))] for place in made.lines[first:last]]
    return tuple(found[1].strip() for row in rows if (found := re.search(r"(?:^|\s)#(.*)", row)))


_GONE = object()


def _proved(before: str, after: str, path: Path_, value: Any) -> str:
    """The new text, when it says what the old one does but for this value."""
    wanted = inside = copy.copy(_values(before))
    for step in path[:-1]:
        inside[step] = copy.copy(inside[step])
        inside = inside[step]
    if value is _GONE:
        del inside[path[-1]]
    else:
        inside[path[-1]] = _plain(value)
    try:
        found = _values(after)
    except yaml.YAMLError:
        found = None
    if found != wanted:
        raise SpliceError(f"{'.'.join(map(str, path))} cannot be changed in its place")
    return after


@lru_cache(maxsize=2)
def _values(text: str) -> Any:
    """What a text says; not to be changed, for it is remembered."""
    return yaml.load(text, Loader=_LOADER)


def _plain(value: Any) -> Any:
    """A value as the parser gives it: every scalar is a text."""
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(one) for one in value]
    return str(value)


def _line(indent: str, name: str, value: Any) -> str:
    """A key of a block with its value, as lines; a list of mappings has a line for each."""
    if isinstance(value, Sequence) and not isinstance(value, str) and value and isinstance(value[0], Mapping):
        return f"{indent}{_scalar(name)}:\n" + "".join(f"{indent}  - {_written(one, name)}\n" for one in value)
    return f"{indent}{_scalar(name)}: {_written(value, name)}\n"


def _written(value: Any, name: str) -> str:
    """A value in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(key))}: {_written(one, str(key))}" for key, one in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(_written(one, name) for one in value) + "]"
    return str(value) if name in _NUMBERS and re.fullmatch(r"[0-9]+(\.[0-9]+)?", str(value)) else _scalar(str(value))


def _scalar(text: str) -> str:
    """A text as a YAML scalar, quoted where it could be taken for anything else."""
    plain = _PLAIN.fullmatch(text) and not _TYPED.fullmatch(text)
    return text if plain else json.dumps(text, ensure_ascii=False)
