"""How does a page come about? A template, values, and escaping that nothing gets around.

What is shown comes from the data: every label, quote and IRI is text to the template, never markup.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from kg.base.prefixes import CASE, compress
from kg.concepts.terms import Catalogue
from kg.serve.served import Reply

__all__ = ["ASSETS", "Cell", "HTML", "Visit", "cell", "html", "node_path", "parts", "path_of"]

HTML = "text/html"
_BESIDE = ("quote-", "time-", "label-")  # nodes that facts name: shown with them, not by themselves
_HERE = Path(__file__).resolve().parent
ASSETS = _HERE / "assets"
PARTS: Mapping[str, str] = {
    "editor": "an editor for SPARQL (CodeMirror)",
    "network": "the drawn neighbourhood of a node (Cytoscape.js)",
}
"""Parts of other makers that the build puts into the wheel: name of the file -> what it is for."""
VIEWS = (
    ("/", "Cases"),
    ("/treatments", "Treatments"),
    ("/questions", "Questions"),
    ("/query", "SPARQL"),
    ("/graph", "Graph"),
)


@dataclass(frozen=True)
class Visit:
    """What a page is asked: its path below the view, the fields of its form, and the form of the answer.

    form: a media type, or "csv" and the like where a file is asked for.
    """

    path: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    form: str = HTML

    def word(self, name: str) -> str:
        """A field, "" where it is not given."""
        return self.fields.get(name, "").strip()

    def number(self, name: str, least: int, most: int) -> int:
        """A field as a number within bounds; the least where it is none."""
        text = self.word(name)
        return max(least, min(most, int(text))) if text.isdecimal() and len(text) < 10 else least


@dataclass(frozen=True)
class Cell:
    """A piece of text, and where it leads; note: said in small letters beside it."""

    text: str
    href: str = ""
    note: str = ""


def parts() -> dict[str, bool]:
    """Which parts of other makers are there."""
    return {name: (ASSETS / "built" / f"{name}.js").is_file() for name in PARTS}


def path_of(iri: str) -> str:
    """The page of an IRI on this server.

    >>> path_of(CASE + "10.7759_cureus.34125/p1#tofacitinib")
    '/case/10.7759_cureus.34125/p1#tofacitinib'
    >>> path_of("http://purl.obolibrary.org/obo/HP_0025520")
    '/graph?node=http%3A%2F%2Fpurl.obolibrary.org%2Fobo%2FHP_0025520'
    """
    if not iri.startswith(CASE) or iri.partition("#")[2].startswith(_BESIDE):
        return node_path(iri)
    return f"/case/{quote(iri[len(CASE) :], safe='/#%~:@!$&()*+,;=-._')}"


def node_path(iri: str) -> str:
    """The page of the neighbourhood of a node."""
    return f"/graph?{urlencode({'node': iri})}"


def cell(term: Any, label: Callable[[str], str] | None = None) -> Cell:
    """An RDF term for a reader: a label that leads to its page, or a text. label: of a concept, by its IRI."""
    if term is None:
        return Cell("")
    kind = type(term).__name__
    if kind == "NamedNode":
        iri = term.value
        text = iri[len(CASE) :] if iri.startswith(CASE) else (label or Catalogue.shipped().label)(iri)
        return Cell(text, path_of(iri))
    if kind == "BlankNode":
        return Cell(f"_:{term.value}")
    if kind == "Triple":
        return Cell(str(term))
    return Cell(str(term.value), note=term.language or "")


@lru_cache(maxsize=1)
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(_HERE / "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters.update(
        path=path_of, node=node_path, curie=compress, label=lambda iri: Catalogue.shipped().label(iri), many=_many
    )
    made.globals.update(views=VIEWS, parts=parts(), wanted=PARTS, with_fields=_with_fields)
    return made


def _many(number: int, unit: str, plural: str = "") -> str:
    """A number and what it counts."""
    return f"{number:,} {unit if number == 1 else plural or unit + 's'}"


def _with_fields(path: str, fields: Mapping[str, object], **others: object) -> str:
    """A path with fields, some of them other ones; empty ones are left out."""
    told = {name: str(value) for name, value in {**fields, **others}.items() if value not in ("", None)}
    return f"{path}?{urlencode(told)}" if told else path


def html(template: str, values: Mapping[str, object], status: int = 200) -> Reply:
    """A page. values: what the template names; `view` is the path of its place in the menu."""
    text = _environment().get_template(template).render(**{"view": "", **values})
    return Reply(status, HTML, text.encode())


def pages(number: int, size: int, page: int) -> tuple[int, Sequence[int]]:
    """The page that is shown, and those to offer beside it."""
    last = max(1, -(-number // size))
    page = min(max(page, 1), last)
    return page, [n for n in range(1, last + 1) if n in (1, last) or abs(n - page) <= 2]


def fields_of(pairs: Sequence[Sequence[str]]) -> Iterator[tuple[str, str]]:
    """The fields of a form that are not empty; of several of a name the last."""
    yield from ((name, value) for name, value in pairs if value.strip())
