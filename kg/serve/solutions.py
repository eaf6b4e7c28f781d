"""How is the answer to a SPARQL query written? The media types of the SPARQL 1.1 result formats and of RDF.

Rows are written here, not by the engine, because an answer has to stop at a number of rows; what is
written is read back by the engine's own parsers in the tests.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kg.base.prefixes import PREFIXES

__all__ = ["GRAPHS", "ROWS", "TooLargeError", "choose", "written"]

_SRX = "http://www.w3.org/2005/sparql-results#"
_STRING = "http://www.w3.org/2001/XMLSchema#string"
_TEXT = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


class TooLargeError(ValueError):
    """An answer has more rows, triples or bytes than the server grants."""


# ---- rows ------------------------------------------------------------------------------------


def _term(term: Any) -> dict[str, str]:
    """A term as the SPARQL 1.1 JSON results write it."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    made = {"type": "literal", "value": str(term.value)}
    if term.language:
        made["xml:lang"] = term.language
    elif term.datatype.value != _STRING:
        made["datatype"] = term.datatype.value
    return made


def _json(names: Sequence[str], rows: Iterable[Any]) -> Iterator[str]:
    yield json.dumps({"head": {"vars": list(names)}}, ensure_ascii=False)[:-1] + ', "results": {"bindings": ['
    between = "\n"
    for row in rows:
        made = {name: _term(term) for name, term in zip(names, row, strict=True) if term is not None}
        yield between + json.dumps(made, ensure_ascii=False)
        between = ",\n"
    yield "]}}\n"


def _xml(names: Sequence[str], rows: Iterable[Any]) -> Iterator[str]:
    head = "".join(f"<variable name={quoteattr(name)}/>" for name in names)
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<sparql xmlns="{_SRX}"><head>{head}</head><results>\n'
    for row in rows:
        cells = []
        for name, term in zip(names, row, strict=True):
            if term is not None:
                made = _term(term)
                mark = "".join(f" {key}={quoteattr(made[key])}" for key in ("xml:lang", "datatype") if key in made)
                # a carriage return or a control character would not come back from XML as it went in
                text = escape(made["value"], {"\r": "&#13;"})
                cells.append(f"<binding name={quoteattr(name)}><{made['type']}{mark}>{text}</{made['type']}></binding>")
        yield f"<result>{''.join(cells)}</result>\n"
    yield "</results></sparql>\n"


def _csv(names: Sequence[str], rows: Iterable[Any]) -> Iterator[str]:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(names)
    for row in rows:
        writer.writerow(["" if t is None else f"_:{t.value}" if isinstance(t, ox.BlankNode) else t.value for t in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


def _tsv(names: Sequence[str], rows: Iterable[Any]) -> Iterator[str]:
    yield "\t".join(f"?{name}" for name in names) + "\n"
    for row in rows:
        yield "\t".join("" if term is None else str(term).replace("\t", "\\t") for term in row) + "\n"


ROWS: Mapping[str, tuple[ox.QueryResultsFormat, Callable[[Sequence[str], Iterable[Any]], Iterator[str]]]] = {
    "application/sparql-results+json": (ox.QueryResultsFormat.JSON, _json),
    "application/sparql-results+xml": (ox.QueryResultsFormat.XML, _xml),
    "text/csv": (ox.QueryResultsFormat.CSV, _csv),
    "text/tab-separated-values": (ox.QueryResultsFormat.TSV, _tsv),
}
GRAPHS: Mapping[str, ox.RdfFormat] = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}
# What clients say for these, besides.
_ALSO = {
    "application/json": "application/sparql-results+json",
    "application/xml": "application/sparql-results+xml",
    "text/xml": "application/sparql-results+xml",
}
_ALSO_GRAPHS = {
    "application/x-turtle": "text/turtle",
    "text/plain": "application/n-triples",
    "application/xml": "application/rdf+xml",
    "text/xml": "application/rdf+xml",
    "application/json": "application/ld+json",
}


def choose(accept: str, offered: Sequence[str]) -> str | None:
    """The media type of those on offer that an Accept header likes best (RFC 9110, 12.5.1); None for none.

    Of types liked equally well the one offered first.

    >>> choose("text/html;q=0.9, text/csv", ["text/html", "text/csv"])
    'text/csv'
    >>> choose("application/*;q=0.1, text/turtle;q=0", ["text/turtle"]) is None
    True
    """
    wishes: list[tuple[str, float]] = []
    for part in accept.split(",") if accept.strip() else ["*/*"]:
        name, *settings = (piece.strip().lower() for piece in part.split(";"))
        quality = next((s[2:] for s in settings if s.startswith("q=")), "1")
        try:
            wishes.append((name, float(quality)))
        except ValueError:
            continue

    def liked(media: str) -> float:
        for asked in (media, media.split("/")[0] + "/*", "*/*"):  # the most specific wish counts
            found = [quality for name, quality in wishes if name == asked]
            if found:
                return max(found)
        return 0.0

    best = max(offered, key=liked, default=None)
    return best if best is not None and liked(best) > 0 else None


def _wanted(accept: str, own: Iterable[str], also: Mapping[str, str]) -> str | None:
    found = choose(accept, [*own, *also])
    return also.get(found, found) if found else None


def written(found: Any, accept: str, rows: int, most: int) -> tuple[str, bytes] | None:
    """An engine's answer in the format that a client likes best: media type and bytes; None when it likes none.

    rows: how many solutions or triples are granted; most: how many bytes. Raises TooLargeError, and ValueError for
    rows that no format of SPARQL 1.1 can hold.
    """
    if isinstance(found, ox.QueryTriples):
        media = _wanted(accept, GRAPHS, _ALSO_GRAPHS)
        if media is None:
            return None
        triples = list(_counted(found, rows))
        used = {prefix: iri for prefix, iri in PREFIXES.items() if prefix != "owl"}
        data = ox.serialize(triples, format=GRAPHS[media], prefixes=used) or b""
        return media, _fits(data, most)
    media = _wanted(accept, ROWS, _ALSO)
    if media is None:
        return None
    form, write = ROWS[media]
    if isinstance(found, ox.QueryBoolean):
        return media, found.serialize(format=form) or b""
    out = io.BytesIO()
    try:
        for piece in write([variable.value for variable in found.variables], _counted(found, rows)):
            out.write(piece.encode())
            if out.tell() > most:
                _fits(out.getvalue(), most)
    except AttributeError as error:  # of all terms only a triple has no value
        raise ValueError("a row holds a triple term, and SPARQL 1.1 results have none") from error
    return media, out.getvalue()


def _counted(found: Iterable[Any], most: int) -> Iterator[Any]:
    for number, row in enumerate(found, 1):
        if number > most:
            raise TooLargeError(f"the answer has more than {most:,} rows.")
        yield row


def _fits(data: bytes, most: int) -> bytes:
    if len(data) > most:
        raise TooLargeError(f"the answer is larger than {most:,} bytes.")
    return data
