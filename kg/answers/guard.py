"""What may a SPARQL text not do, told from its tokens before any engine sees it?

It may not reach the network (SERVICE, LOAD) nor overflow the engine's stack: pyoxigraph ends the
whole process at a few thousand nested groups or signs. The text is cut into tokens, so that a word
in a string, an IRI, a comment or a prefixed name is not taken for a keyword.
"""

from __future__ import annotations

from kg.base.binding import TOKEN

__all__ = ["MAX_DEPTH", "MAX_OPERATORS", "MAX_QUERY", "RefusedError", "guard"]

MAX_QUERY = 100_000
MAX_DEPTH = 100
MAX_OPERATORS = 2_000

_OPERATORS = set("!+-*/|&^=")
_NETWORK = {"SERVICE", "LOAD"}


class RefusedError(ValueError):
    """A query that is not run; `cure` says what to do about it."""

    def __init__(self, message: str, cure: str) -> None:
        super().__init__(message)
        self.cure = cure


def guard(sparql: str) -> frozenset[str]:
    """The keywords of a query, in capitals. Raises RefusedError for what must not be run.

    >>> "FROM" in guard("SELECT * FROM <http://example.org/g> { ?s ?p 'from' }")
    True
    >>> guard("SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }")
    Traceback (most recent call last):
        ...
    kg.answers.guard.RefusedError: SERVICE is not allowed: no query reaches the network.
    """
    if len(sparql) > MAX_QUERY:
        raise RefusedError(f"the query is longer than {MAX_QUERY:,} characters.", "Shorten it.")
    words = set()
    depth = operators = 0
    for token in TOKEN.findall(sparql):
        word = token.upper()
        if word in _NETWORK:
            raise RefusedError(f"{word} is not allowed: no query reaches the network.", "Take it out.")
        if token in "{}()[]":
            depth += 1 if token in "{([" else -1
        elif token.isalpha():
            words.add(word)
        operators += token in _OPERATORS or word in ("UNION", "OPTIONAL", "MINUS")
        if operators > MAX_OPERATORS:
            raise RefusedError(f"more than {MAX_OPERATORS:,} operators.", "Simplify it.")
        if depth > MAX_DEPTH:
            raise RefusedError(f"nested deeper than {MAX_DEPTH}.", "Simplify it.")
    return frozenset(words)
