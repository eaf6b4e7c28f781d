"""What does a request of the SPARQL 1.1 Protocol ask? Its query, its dataset; or what is wrong with it.

Source: SPARQL 1.1 Protocol, https://www.w3.org/TR/sparql11-protocol/ sections 2.1 and 2.1.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl

from kg.serve.served import Reply, problem

__all__ = ["Asked", "asked"]

_FORM, _DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
_MAX_FIELDS = 1_000


@dataclass(frozen=True)
class Asked:
    """A query as text, and the graphs that make its dataset (IRIs)."""

    query: str
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()


def asked(method: str, words: str, media: str, body: bytes) -> Asked | Reply | None:
    """What a request asks; None for one without a query by GET (it asks for the service's description).

    words: the query string of the URL; media: the Content-Type header; body: of a POST.

    >>> asked("GET", "query=ASK%20%7B%7D", "", b"")
    Asked(query='ASK {}', default=(), named=())
    >>> asked("POST", "", "text/plain", b"ASK {}").status
    415
    """
    kind, _, settings = media.partition(";")
    kind = kind.strip().lower()
    charset = next((s.split("=", 1)[1] for s in settings.replace(" ", "").split(";") if s.startswith("charset=")), "")
    if charset.strip('"').lower() not in ("", "utf-8", "utf8"):
        return problem(415, "encoding", f"the charset {charset!r} is not read.", "Send UTF-8.")
    try:
        fields = _fields(words.encode("ascii"))
        if method == "POST" and kind == _FORM:
            fields += _fields(body)
        elif method == "POST" and kind == _DIRECT:
            fields.append(("query", body.decode("utf-8")))
        elif method == "POST":
            cure = f"Send {_FORM} with query=, or {_DIRECT}."
            return problem(415, "media", f"a query is not read from {kind or 'a body without Content-Type'}.", cure)
    except UnicodeError:
        return problem(400, "encoding", "the request is not UTF-8.", "Send UTF-8.")
    except ValueError:
        return problem(400, "size", f"the request has more than {_MAX_FIELDS:,} parameters.", "Send fewer.")
    if any(name in ("update", "using-graph-uri", "using-named-graph-uri") for name, _ in fields):
        return problem(403, "read-only", "this endpoint does not take updates.", "Change the case files instead.")
    queries = [value for name, value in fields if name == "query"]
    if not queries and method == "GET":
        return None
    if len(queries) != 1:
        return problem(400, "query", f"{len(queries)} queries were sent.", "Send one parameter `query`.")
    graphs = ("default-graph-uri", "named-graph-uri")
    return Asked(queries[0], *(tuple(value for name, value in fields if name == which) for which in graphs))


def _fields(text: bytes) -> list[tuple[str, str]]:
    found = parse_qsl(text, keep_blank_values=True, max_num_fields=_MAX_FIELDS)
    return [(name.decode("utf-8"), value.decode("utf-8")) for name, value in found]
