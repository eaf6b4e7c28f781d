"""A query's text with its parameters bound and its prefixes declared: what any SPARQL 1.1 engine reads.

A parameter is bound by a VALUES block at the start of the outermost group, so that filters, EXISTS and BIND see
it. Terms are written by a serializer, never pasted; the text is cut into tokens, so that a brace or a
word in a string, an IRI or a comment is not taken for one of the query's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

__all__ = ["TOKEN", "bind", "counted", "declare", "form"]

TOKEN = re.compile(
    r"""#[^\n]*|<[^<>"{}|^`\\\x00-\x20]*>|\"\"\".*?\"\"\"|'''.*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[?$]\w+|\w*:[\w.-]*|\w+|[{}()\[\]]|.""",
    re.S,
)
_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


def _words(sparql: str) -> Iterator[tuple[str, int, int]]:
    """Tokens that are neither space nor comment, each with its place and the depth of brackets around it."""
    depth = 0
    for found in TOKEN.finditer(sparql):
        token = found[0]
        if token in ("}", ")", "]"):
            depth -= 1
        if not token.isspace() and not token.startswith("#"):
            yield token, found.start(), depth
        if token in ("{", "(", "["):
            depth += 1


def form(sparql: str) -> str:
    """SELECT, ASK, CONSTRUCT or DESCRIBE; "" for a text that is no query.

    >>> form("PREFIX select: <http://example.org/> ASK { ?s ?p 'SELECT' }")
    'ASK'
    """
    return next((word for token, _, _ in _words(sparql) if (word := token.upper()) in _FORMS), "")


def bind(sparql: str, bound: Mapping[str, ox.NamedNode | ox.Literal]) -> str:
    r"""The query with these variables bound. Raises ValueError for a text without a group to bind them in.

    >>> bind("SELECT ?s WHERE { ?s ?p ?o }", {"o": ox.Literal('a "b"\n} #')})
    'SELECT ?s WHERE { VALUES (?o) { ("a \\"b\\"\\n} #") } ?s ?p ?o }'
    """
    if not bound:
        return sparql
    names = " ".join(f"?{name}" for name in bound)
    block = f" VALUES ({names}) {{ ({' '.join(str(term) for term in bound.values())}) }}"
    seen, start, end, inner = False, -1, -1, ""
    construct = form(sparql) == "CONSTRUCT"
    for token, place, depth in _words(sparql):
        if start < 0:
            seen = seen or (token.upper() in (("WHERE",) if construct else _FORMS) and depth == 0)
            if seen and token == "{" and depth == 0:
                start = place + 1
        elif not inner:
            inner = token.upper()
        if start >= 0 and token == "}" and depth == 0:
            end = place
            break
    if end < 0:
        raise ValueError("there is no { } in it in which a parameter could be bound")
    if inner == "SELECT":  # a subquery may not stand beside anything in its own braces
        return f"{sparql[:start]}{block} {{{sparql[start:end]}}}{sparql[end:]}"
    return f"{sparql[:start]}{block}{sparql[start:]}"


def declare(sparql: str, prefixes: Mapping[str, str]) -> str:
    """The query with a declaration for each of these prefixes that it uses and does not declare itself.

    >>> declare("SELECT ?s { ?s a ckg:Finding }", {"ckg": "https://w3id.org/casekg/ontology#", "obo": "http://x/"})
    'PREFIX ckg: <https://w3id.org/casekg/ontology#> SELECT ?s { ?s a ckg:Finding }'
    """
    used: dict[str, None] = {}
    declared, before = set(), ""
    for token, _, _ in _words(sparql):
        if ":" in token and token[0] not in "<\"'":
            prefix = token.partition(":")[0]
            if before == "PREFIX":
                declared.add(prefix)
            else:
                used[prefix] = None
        before = token.upper()
    wanted = [prefix for prefix in used if prefix in prefixes and prefix not in declared]
    return "".join(f"PREFIX {prefix}: <{prefixes[prefix]}> " for prefix in wanted) + sparql


def counted(sparql: str, name: str = "rows") -> str:
    """A query that counts the rows of a SELECT query.

    >>> counted("PREFIX x: <http://x/> SELECT ?s { ?s a x:A }")
    'PREFIX x: <http://x/> SELECT (COUNT(*) AS ?rows) WHERE { { SELECT ?s { ?s a x:A } } }'
    """
    start = next((place for token, place, _ in _words(sparql) if token.upper() == "SELECT"), 0)
    return f"{sparql[:start]}SELECT (COUNT(*) AS ?{name}) WHERE {{ {{ {sparql[start:].strip()} }} }}"
