"""What does a graph say, whatever its file calls the blank nodes?

A graph is written as its N-Triples lines, sorted, each once: the same graph is the same text. Blank
nodes get IRIs from their canonical labels (RDF Dataset Canonicalization, RDFC-1.0) and the digest
of their dataset, so that the same dataset gets the same IRIs in any file, and two datasets never
share one. Labels of very symmetric graphs take for ever to find: those are looked for in a process
that ends in time.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterable

import pyoxigraph as ox

__all__ = ["GENID", "SECONDS", "PoisonError", "by_graph", "digest", "lines"]

GENID = "https://w3id.org/casekg/.well-known/genid/"
SECONDS = 10.0
MOST_BLANKS = 20_000
_FEW = 5  # blank nodes whose labels are found at once, however symmetric they are

# The subject of a line, and its object; the text of a literal ends with a quotation mark.
_BLANK = re.compile(r"(?m)^_:(\S+)|(?<= )_:(\S+)(?= \.$)")


class PoisonError(ValueError):
    """No canonical labels were found; the text says why."""


def lines(items: Iterable[ox.Triple]) -> str:
    r"""The triples as sorted lines of N-Triples, each once.

    >>> lines(ox.parse("<urn:b> <urn:p> 1 . <urn:a> <urn:p> 1 .", ox.RdfFormat.TURTLE)).count("\n")
    2
    """
    return _sorted((ox.serialize(items, format=ox.RdfFormat.N_TRIPLES) or b"").decode())


def digest(text: str) -> str:
    """SHA-256 of a text, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def by_graph(items: Iterable[ox.Quad], seconds: float | None = None) -> dict[str, str]:
    """The lines of each graph of a dataset, without blank nodes; "" names the default graph.

    Raises PoisonError when the canonical labels are not found in so many seconds (SECONDS when not given).

    >>> here, there = (ox.parse(f"_:{x} <urn:p> 1 .", ox.RdfFormat.TURTLE, rename_blank_nodes=True) for x in "ab")
    >>> by_graph(here) == by_graph(there)
    True
    """
    rows: dict[object, list[ox.Triple]] = {}
    blanks: set[str] = set()
    for quad in items:
        rows.setdefault(quad.graph_name, []).append(quad.triple)
        for term in (quad.subject, quad.object, quad.graph_name):
            if isinstance(term, ox.BlankNode):
                blanks.add(term.value)
            elif isinstance(term, ox.Triple):
                raise PoisonError("it holds a triple term of RDF 1.2, which has no place in a case graph")
    if not blanks:
        return {_name(graph): lines(triples) for graph, triples in rows.items()}
    if len(blanks) > MOST_BLANKS:
        raise PoisonError(f"it holds more than {MOST_BLANKS:,} blank nodes")
    found = _labelled(rows, len(blanks), SECONDS if seconds is None else seconds)
    start = f"{GENID}{digest(''.join(_quads(graph, found[graph]) for graph in sorted(found)))}/"
    return {
        re.sub("^_:", start, graph): _sorted(_BLANK.sub(lambda m: f"<{start}{m[1] or m[2]}>", text))
        for graph, text in found.items()
    }


def _name(graph: object) -> str:
    return graph.value if isinstance(graph, ox.NamedNode) else str(graph) if isinstance(graph, ox.BlankNode) else ""


def _sorted(text: str) -> str:
    """Lines in order, each once; only a line feed ends a line."""
    return "".join(sorted({f"{line}\n" for line in text.split("\n") if line}))


def _labelled(rows: dict[object, list[ox.Triple]], blanks: int, seconds: float) -> dict[str, str]:
    """The lines of each graph, with canonical labels."""
    text = "".join(_quads(_name(graph), lines(triples)) for graph, triples in rows.items())
    if blanks <= _FEW:
        labelled = label(text)
    else:
        try:
            command = [sys.executable, "-I", __file__, str(int(seconds) + 1)]
            run = subprocess.run(command, input=text.encode(), capture_output=True, timeout=seconds, check=True)
        except (subprocess.TimeoutExpired, subprocess.CalledProcessError) as error:
            message = f"its {blanks:,} blank nodes are so much alike that no canonical labels were found"
            raise PoisonError(f"{message} in {seconds:g} seconds") from error
        labelled = run.stdout.decode()
    again: dict[str, list[ox.Triple]] = {}
    for quad in ox.parse(labelled, ox.RdfFormat.N_QUADS):
        again.setdefault(_name(quad.graph_name), []).append(quad.triple)
    return {graph: lines(triples) for graph, triples in again.items()}


def _quads(graph: str, text: str) -> str:
    """N-Quads of the lines of a graph."""
    if not graph:
        return text
    name = graph if graph.startswith("_:") else f"<{graph}>"
    return re.sub(r"(?m)\.$", lambda _: f"{name} .", text)


def label(text: str) -> str:
    """N-Quads with the canonical labels of RDFC-1.0."""
    dataset = ox.Dataset(ox.parse(text, ox.RdfFormat.N_QUADS))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return (ox.serialize(dataset, format=ox.RdfFormat.N_QUADS) or b"").decode()


def _work() -> None:
    """The process that may be killed: N-Quads from standard input to standard output, for so many seconds of work."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[1]), int(sys.argv[1])))  # also when nobody is left to ask
    except ImportError:
        pass
    sys.stdout.buffer.write(label(sys.stdin.buffer.read().decode()).encode())


if __name__ == "__main__":
    _work()
