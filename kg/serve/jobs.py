"""What can a worker be asked? Each job takes the data, the job's words and a body, and gives a reply."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pyoxigraph as ox

from kg.answers.guard import RefusedError, guard
from kg.base.prefixes import PREFIXES
from kg.criteria.verdicts import reads_results
from kg.serve.description import DCAT, SD, VOID, description
from kg.serve.served import Reply, Served, problem
from kg.serve.solutions import GRAPHS, TooLargeError, choose, written
from kg.serve.views import page

__all__ = ["JOBS", "Job"]

Job = Callable[[Served, Mapping[str, Any], bytes], Reply]


def sparql(served: Served, job: Mapping[str, Any], body: bytes) -> Reply:
    """A query of the SPARQL 1.1 protocol. job: accept, at (the endpoint's
    URL, the base of relative IRIs), default and named (lists of graph IRIs); body: its text."""
    text = body.decode()
    if reads_results(text):
        served.need_results()
    try:
        words = guard(text)
        default, named = ([ox.NamedNode(iri) for iri in job[which]] for which in ("default", "named"))
    except RefusedError as error:
        return problem(400, "query", str(error), error.cure)
    except ValueError as error:
        return problem(400, "dataset", f"a graph of the dataset is no IRI: {error}", "Give absolute IRIs.")
    # Without a dataset the default graph is the union of all; with one, of the protocol or else
    # of the query, it is what that says (SPARQL 1.1 Protocol, 2.1.4).
    dataset: dict[str, Any] = {}
    if default or named:
        dataset = {"default_graph": default, "named_graphs": named}
    elif "FROM" not in words:
        dataset = {"use_default_graph_as_union": True}
    try:
        found = served.data.store.query(text, base_iri=job["at"], prefixes=PREFIXES, **dataset)
        made = written(found, job["accept"], served.limits.rows, served.limits.bytes_out)
    except SyntaxError as error:
        place = f"line {error.lineno}: " if error.lineno else ""
        return problem(400, "syntax", f"{place}{str(error.msg).splitlines()[0]}", "Correct the query.")
    except TooLargeError as error:
        return problem(413, "size", str(error), "Add a LIMIT, or ask for less.")
    except (RuntimeError, ValueError, OSError) as error:
        return problem(400, "query", f"could not be run: {error}", "Correct the query.")
    if made is None:
        return problem(
            406, "accept", f"no answer can be written as {job['accept'][:100]}.", "Ask for a format of SPARQL 1.1."
        )
    return Reply(200, made[0], made[1])


def service(served: Served, job: Mapping[str, Any], _: bytes) -> Reply:
    """The endpoint's description of itself. job: accept, at (its URL)."""
    media = choose(job["accept"], list(GRAPHS))
    if media is None:
        return problem(406, "accept", f"no RDF is written as {job['accept'][:100]}.", "Ask for Turtle or JSON-LD.")
    prefixes = {**PREFIXES, "sd": SD, "void": VOID, "dcat": DCAT}
    return Reply(
        200, media, ox.serialize(description(served.data, job["at"]), format=GRAPHS[media], prefixes=prefixes) or b""
    )


JOBS: Mapping[str, Job] = {"page": page, "service": service, "sparql": sparql}
