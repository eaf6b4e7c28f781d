"""A query's text with its parameters bound and its prefixes declared: what any SPARQL 1.1 engine reads.

A parameter is bound by a VALUES block at the start of the outermost group, so that filters, EXISTS and BIND see
it. Terms are written by a serializer, never pasted; the text is cut into tokens, so that a brace or a
word in a string, an IRI or a comment is not taken for one of the query's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

import pyoxigraph as ox

__all__ = ["TOKEN", "bind", "bind_last", "counted", "declare", "fenced", "form", "plain"]

TOKEN = re.compile(
    r"""#[^\n]*|<[^<>"{}|^`\\\x00-\x20]*>|\"\"\".*?\"\"\"|'''.*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[?$]\w+|\w*:[\w.-]*|\w+|[{}()\[\]]|.""",
    re.S,
)
# FILTER(EXISTS { ?x path <y> }), or the other way round
_REACHED = re.compile(r"FILTER\(EXISTS (\{ (?:(\?\w+) [^{}?<>\"']+ <[^<>\s]+>|<[^<>\s]+> [^{}?<>\"']+ (\?\w+)) \})\)")
MOST = 2_000_000_000  # rows
_SHORT = {"#": "", "<": "<>", '"': '""', "'": "''"}  # how a token begins -> what stands for it
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


def plain(sparql: str) -> str:
    """The query without comments, and with empty strings: what a pattern over its paths may look at.

    >>> plain("SELECT ?s { ?s <http://example.org/p*>+/a 'a*/b' } # c*/d")
    "SELECT ?s { ?s <>+/a '' } "
    """

    def short(found: re.Match[str]) -> str:
        token = found[0]
        return _SHORT.get(token[0], token) if len(token) > 1 or token == "#" else token

    return TOKEN.sub(short, sparql)


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


def bind_last(sparql: str, bound: Mapping[str, ox.NamedNode | ox.Literal]) -> str:
    """The query with these variables bound, for an engine that loses rows beside VALUES (Virtuoso 7).

    A variable of a pattern is compared at the end of the outermost group. One that stands in EXISTS and
    expressions only becomes the term itself there (and `!BOUND(?it) ||` falls away), and is named at the end;
    an EXISTS that is only a path to or from it becomes a subquery, which `fenced` keeps apart.
    Raises ValueError for a text without a group.

    >>> who = ox.NamedNode("http://x/a")
    >>> bind_last("SELECT ?s ?o { ?s ?p ?s FILTER(!BOUND(?o) || EXISTS { ?s ?q ?o }) }", {"o": who})
    'SELECT ?s ?o { ?s ?p ?s FILTER(EXISTS { ?s ?q <http://x/a> }) BIND(<http://x/a> AS ?o) }'
    >>> bind_last("ASK { ?s ?p ?s FILTER(!BOUND(?o) || EXISTS { ?s x:in* ?o }) }", {"o": who})
    'ASK { ?s ?p ?s { SELECT DISTINCT ?s WHERE { ?s x:in* <http://x/a> } } BIND(<http://x/a> AS ?o) }'
    """
    bind(sparql, bound)  # is there a group?
    words = [(token, place) for token, place, _ in _words(sparql)]
    names = {f"{sign}{name}": name for name in bound for sign in "?$"}
    free: dict[str, list[int]] = {name: [] for name in bound}
    groups: list[bool] = []  # of the brackets around: does what is in them see what is around them, and bind nothing?
    first = last = -1
    matched = set()
    for at, (token, _) in enumerate(words):
        if token in "{([":
            before = words[at - 1][0].upper() if at else ""
            groups.append(before == "EXISTS" or (token == "(" and first >= 0 and before != "VALUES") or any(groups))
            if token == "{" and first < 0 and len(groups) == 1:
                first, groups = at, [False]
        elif token in "})]":
            groups.pop()
            if token == "}" and first >= 0 and not groups and last < 0:
                last = at
        elif token in names and first >= 0 > last:
            if groups and groups[-1]:
                free[names[token]].append(at)
            else:
                matched.add(names[token])
    changes = [(words[last][1], words[last][1], "".join(
        f"FILTER(?{name} = {term}) " if name in matched else f"BIND({term} AS ?{name}) " for name, term in bound.items()
    ))]  # fmt: skip
    for name in free:
        for at in free[name] if name not in matched else ():
            start = words[at][1]
            told = [token.upper() for token, _ in words[at - 3 : at + 4]]
            if told[:3] + told[4:] == ["!", "BOUND", "(", ")", "|", "|"]:
                changes.append((words[at - 3][1], words[at + 3][1] + 1, ""))
            else:
                changes.append((start, start + len(words[at][0]), str(bound[name])))
    for start, end, text in sorted(changes, reverse=True):
        sparql = sparql[:start] + text + (sparql[end:].lstrip(" ") if not text else sparql[end:])
    return _REACHED.sub(lambda found: f"{{ SELECT DISTINCT {found[2] or found[3]} WHERE {found[1]} }}", sparql)


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


def fenced(sparql: str) -> str:
    """The same query, each of its subqueries that says DISTINCT computed for itself.

    Virtuoso 7 moves what is around a subquery into it, and loses or doubles rows where that has several
    branches or a path; it does not where there is a LIMIT, here one that no answer reaches.

    >>> fenced("SELECT ?s { { SELECT DISTINCT ?s { ?s ?p ?o } } }")
    'SELECT ?s { { SELECT DISTINCT ?s { ?s ?p ?o } LIMIT 2000000000 } }'
    """
    places: list[int] = []
    open_: list[int] = []  # depths of the braces around each such subquery that is not yet at its end
    words = list(_words(sparql))
    for (token, place, depth), (after, _, _) in pairwise([*words, ("", 0, 0)]):
        if token.upper() == "SELECT" and after.upper() == "DISTINCT" and depth:
            open_.append(depth)
        elif token.upper() in ("LIMIT", "OFFSET", "VALUES") and open_ and depth == open_[-1]:
            open_.pop()  # it has its own end
        elif token == "}" and open_ and depth == open_[-1] - 1:
            places.append(place)
            open_.pop()
    for place in reversed(places):
        sparql = f"{sparql[:place].rstrip()} LIMIT {MOST} {sparql[place:]}"
    return sparql


def counted(sparql: str, name: str = "rows") -> str:
    """A query that counts the rows of a SELECT query.

    >>> counted("PREFIX x: <http://x/> SELECT ?s { ?s a x:A }")
    'PREFIX x: <http://x/> SELECT (COUNT(*) AS ?rows) WHERE { { SELECT ?s { ?s a x:A } } }'
    """
    start = next((place for token, place, _ in _words(sparql) if token.upper() == "SELECT"), 0)
    return f"{sparql[:start]}SELECT (COUNT(*) AS ?{name}) WHERE {{ {{ {sparql[start:].strip()} }} }}"
