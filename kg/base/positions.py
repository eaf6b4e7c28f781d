"""In which line of an RDF file does a subject begin?

A parser gives triples, not places; a reader who is told that a node is wrong wants to go there.
Each format has a scanner that finds subjects and nothing else: the file was parsed strictly
before, so a scanner neither checks nor raises, and what it does not find is not in its answer.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin
from xml.parsers import expat

import pyoxigraph as ox

__all__ = ["subject_lines"]

Place = tuple[int, int]
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XML = "http://www.w3.org/XML/1998/namespace"
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def subject_lines(data: bytes, form: ox.RdfFormat, wanted: Collection[str] | None = None) -> dict[str, Place]:
    """Line and column (1-based) of the first statement about each subject, by its IRI.

    wanted: only these subjects. Blank nodes have no place. Never raises; takes time linear in the
    size of the file.

    >>> subject_lines(b"@prefix e: <http://e/> .\\n\\n  e:a e:b e:c .", ox.RdfFormat.TURTLE)
    {'http://e/a': (3, 3)}
    """
    if form == ox.RdfFormat.RDF_XML:
        found = _xml(data)
    else:
        text = data.decode("utf-8-sig", "replace")
        ends = [m.start() for m in re.finditer("\n", text)]
        scan = _SCANNERS.get(form)
        offsets = scan(text, wanted) if scan else iter(())
        first: dict[str, int] = {}
        for iri, offset in offsets:
            if (wanted is None or iri in wanted) and first.get(iri, len(text)) > offset:
                first[iri] = offset
        found = {}
        for iri, offset in first.items():
            line = bisect_right(ends, offset - 1)
            found[iri] = (line + 1, offset - (ends[line - 1] if line else -1))
    return found if wanted is None else {iri: place for iri, place in found.items() if iri in wanted}


def _code(found: re.Match[str]) -> str:
    number = int(found[1] or found[2], 16)
    return chr(number) if number <= 0x10FFFF else found[0]


def _unescape(text: str) -> str:
    return _ESCAPE.sub(_code, text) if "\\" in text else text


def _resolve(iri: str, base: str) -> str:
    if _ABSOLUTE.match(iri) or not base:
        return iri
    try:
        return urljoin(base, iri) if iri else base.partition("#")[0]
    except ValueError:
        return iri


# ---- N-Triples, N-Quads -----------------------------------------------------------------

_LINE = re.compile(r"^[ \t]*+<([^>\n]*+)>", re.MULTILINE)


def _lines(text: str, wanted: Collection[str] | None) -> Iterator[tuple[str, int]]:  # noqa: ARG001 - as the others
    for found in _LINE.finditer(text):
        yield _unescape(found[1]), found.start(1) - 1


# ---- Turtle, TriG -----------------------------------------------------------------------

# Characters of names; possessive throughout, and nothing is required at an end: each character is
# looked at a few times at most, whatever stands there.
_X = r"""[^\s<>"'{}|^`\\()\[\],;.\#:@]"""
_END = rf"""(?: (?: {_X} | [:@] | \\. )++ (?: \.++ (?= {_X} | [:\\] ) )?+ )*+"""
_TOKEN = re.compile(
    rf"""
      (?P<skip> \s++ | \#[^\n\r]*+ )
    | (?P<string> \"{{3}} (?: [^"\\]++ | \\. | "(?!"") )*+ (?: \"{{3}} )?+
                | '{{3}} (?: [^'\\]++ | \\. | '(?!'') )*+ (?: '{{3}} )?+
                | " (?: [^"\\\n\r]++ | \\. )*+ "?+ | ' (?: [^'\\\n\r]++ | \\. )*+ '?+ )
    | (?P<iri> < [^<>"{{}}|^`\s]*+ > )
    | (?P<open> <<\(?+ | \{{\| | [\[(] )
    | (?P<close> \)?>> | \|\}} | [\])] )
    | (?P<word> @[A-Za-z]++ )
    | (?P<number> [+-]?+ (?: [0-9]++ (?: \.[0-9]++ )?+ | \.[0-9]++ ) (?: \.?+[eE][+-]?+[0-9]++ )?+ (?! {_X} | : ) )
    | (?P<name> {_X}++ (?: \.++ {_X}++ )*+ (?: : {_END} )?+ | : {_END} )
    | (?P<other> . )
    """,
    re.VERBOSE | re.DOTALL,
)
_LOCAL = re.compile(r"\\(.)")


class _Turtle:
    """Walks over statements: which token is a subject depends on brackets and full stops alone."""

    def __init__(self) -> None:
        self.base = ""
        self.prefixes: dict[str, str] = {}

    def iri(self, kind: str, token: str) -> str | None:
        """What an IRI or a prefixed name stands for; None for a blank node or an unknown prefix."""
        if kind == "iri":
            return _resolve(_unescape(token[1:-1]), self.base)
        prefix, _, local = token.partition(":")
        start = self.prefixes.get(prefix)
        return None if start is None else start + (_LOCAL.sub(r"\1", local) if "\\" in local else local)

    def scan(self, text: str, wanted: Collection[str] | None) -> Iterator[tuple[str, int]]:  # noqa: ARG002
        begins, depth = True, 0  # before a subject? how deep in [ ] ( ) << >> {| |}?
        held: tuple[str | None, int] | None = None  # first term of a statement; before `{` it names a graph
        directive, name = "", ""
        for found in _TOKEN.finditer(text):
            kind = found.lastgroup or ""
            if kind == "skip":
                continue
            token = found[0]
            if directive:
                if kind == "name":
                    name = token[:-1]
                    continue
                if kind == "iri":
                    self.declare(directive, name, token)
                # the full stop after @prefix begins a statement, too
                directive, name, begins = "", "", True
                continue
            if held is not None:
                if held[0] is not None and token != "{":
                    yield held[0], held[1]
                begins, held = token == "{", None
            if kind == "open":
                depth, begins = depth + 1, False
            elif kind == "close":
                depth = max(depth - 1, 0)
            elif depth:
                continue
            elif token in (".", "{", "}"):
                begins = True
            elif begins:
                begins = False
                word = token.lower().lstrip("@") if ":" not in token else ""
                if word in ("prefix", "base", "version"):
                    directive = word
                elif word == "graph":
                    continue  # its name stands before `{`
                elif kind in ("iri", "name"):
                    held = (self.iri(kind, token), found.start())

    def declare(self, directive: str, name: str, token: str) -> None:
        """Take a prefix or a base."""
        iri = _resolve(_unescape(token[1:-1]), self.base)
        if directive == "base":
            self.base = iri
        else:
            self.prefixes[name] = iri


# ---- RDF/XML ----------------------------------------------------------------------------


def _xml(data: bytes) -> dict[str, Place]:
    found: dict[str, Place] = {}
    bases = [""]
    parser = expat.ParserCreate(namespace_separator=" ")

    def start(_: str, attributes: dict[str, str]) -> None:
        base = attributes.get(f"{_XML} base")
        bases.append(bases[-1] if base is None else _resolve(base, bases[-1]))
        for name, mark in (("about", ""), ("ID", "#")):
            if (value := attributes.get(f"{_RDF} {name}")) is not None:
                place = (parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
                found.setdefault(_resolve(mark + value, bases[-1]), place)

    def end(_: str) -> None:
        bases.pop()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    with suppress(expat.ExpatError, ValueError, LookupError):  # what stands before the error was found
        parser.Parse(data, True)
    return found


# ---- JSON-LD ----------------------------------------------------------------------------

_JSON = re.compile(r'"(?:[^"\\]++|\\.)*+"?+|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
_NO_STATEMENT = {"@id", "@context", "@graph", "@index"}
_MAX_CONTEXTS = 100  # contexts inside contexts


@dataclass
class _Object:
    """A JSON object that is being read."""

    above: _Object | None  # the nearest one around it that had a context by then
    start: int
    ids: list[tuple[str, str]] = field(default_factory=list)  # key and value of what may be its id
    states: bool = False  # does it say anything of its id?
    context: dict[str, Any] = field(default_factory=dict)

    def look(self, term: str) -> Any:
        """What a term means in the contexts of this object and of those around it."""
        here: _Object | None = self
        for _ in range(_MAX_CONTEXTS):
            if here is None:
                break
            if term in here.context:
                meaning = here.context[term]
                return meaning.get("@id") if isinstance(meaning, dict) else meaning
            here = here.above
        return None

    def iri(self, text: str, steps: int = 8) -> str:
        """A compact or relative IRI in full, as far as the contexts of the file say."""
        prefix, mark, local = text.partition(":")
        if mark and not local.startswith("//") and steps:
            meaning = self.look(prefix)
            return self.iri(meaning, steps - 1) + local if isinstance(meaning, str) else text
        base = self.look("@base")
        return text if mark or not isinstance(base, str) else _resolve(text, base)


def _json(text: str, wanted: Collection[str] | None) -> Iterator[tuple[str, int]]:
    aliases = {name: name for name in _NO_STATEMENT}
    tails: dict[str, list[str]] = {}
    for iri in wanted or ():
        tails.setdefault(re.split("[/#:]", iri)[-1], []).append(iri)
    for made in _objects(text, aliases):
        for key, value in made.ids:
            if made.states and (key == "@id" or made.look(key) == "@id"):
                iri = made.iri(value)
                if wanted is not None and iri not in wanted:
                    local = value.partition(":")[2] or value.lstrip("./")
                    fits = [w for w in tails.get(re.split("[/#:]", value)[-1], ()) if w.endswith(local)]
                    iri = fits[0] if len(fits) == 1 else iri
                yield iri, made.start


def _objects(text: str, aliases: dict[str, str]) -> Iterator[_Object]:
    """Every object that has an id, with the contexts around it; aliases: what keys stand for a keyword."""
    stack: list[_Object | None] = []  # None: an array
    inner: list[_Object] = []  # without the arrays
    here: _Object | None = None  # the object around this place
    key: str | None = None  # key that waits for its value
    place = 0
    while found := _JSON.search(text, place):
        token, place = found[0], found.end()
        inside = stack[-1] if stack else None
        if token == "{":
            above = here.above if here and not here.context else here
            here = _Object(above, found.start())
            stack.append(here)
            inner.append(here)
            key = None
        elif token == "[":
            stack.append(None)
            key = None
        elif token in "}]":
            if stack and (done := stack.pop()) is not None:
                inner.pop()
                here = inner[-1] if inner else None
                if done.ids:
                    yield done
            key = None
        elif token == ",":
            key = None
        elif token == ":" or inside is None or token[0] != '"':
            continue
        elif key is None:
            key = _string(token)
            if key == "@context":
                place = _context(text, place, inside, aliases)
            elif key not in aliases:
                inside.states = True
        elif aliases.get(key) == "@id":
            inside.ids.append((key, _string(token)))


def _string(token: str) -> str:
    try:
        return str(json.loads(token, strict=False)) if "\\" in token else token[1:-1]
    except ValueError:
        return token[1:-1]


_COLON = re.compile(r"\s*+:\s*+")


def _context(text: str, place: int, into: _Object, aliases: dict[str, str]) -> int:
    """Take the context that begins here; where it ends."""
    colon = _COLON.match(text, place)
    if colon is None:
        return place
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text, colon.end())
    except (ValueError, RecursionError):
        return place
    for part in value if isinstance(value, list) else [value]:
        if isinstance(part, dict):
            into.context |= part
            for term, meaning in part.items():
                keyword = meaning.get("@id") if isinstance(meaning, dict) else meaning
                if isinstance(keyword, str) and keyword in _NO_STATEMENT:
                    aliases[term] = keyword
    return end


_SCANNERS: dict[ox.RdfFormat, Callable[[str, Collection[str] | None], Iterator[tuple[str, int]]]] = {
    ox.RdfFormat.N_TRIPLES: _lines,
    ox.RdfFormat.N_QUADS: _lines,
    ox.RdfFormat.TURTLE: lambda text, wanted: _Turtle().scan(text, wanted),
    ox.RdfFormat.TRIG: lambda text, wanted: _Turtle().scan(text, wanted),
    ox.RdfFormat.JSON_LD: _json,
}
