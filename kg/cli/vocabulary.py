"""Commands that tell what may be written: schema, terms, version."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, NoReturn

import typer

from kg.cli.common import FINE, app, enter, guarded, say


@app.command("schema", epilog="Example: casekg schema > case.schema.json")
@guarded
def schema_command() -> int:
    """Print the JSON Schema of a case file.

    For completion in editors.
    """
    from kg.schema import schema_text

    print(schema_text(), end="")
    return FINE


@app.command("terms", epilog="Example: casekg terms calcinosis; casekg terms CHEBI:71200")
@guarded
def terms_command(
    words: Annotated[list[str], typer.Argument(help="An id, or words of a label or synonym.")],
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many terms to list.")] = 20,
) -> int:
    """Look up a term by id or by words."""
    from kg.prefixes import compress, is_curie
    from kg.results import CaseError, Result
    from kg.terms import Catalogue

    enter(())
    terms, text = Catalogue.shipped(), " ".join(words).partition(" ! ")[0].strip()
    found = terms.find(text)
    if not found:
        message = str(_reason(terms.resolve, text)) + "."
        raise CaseError([Result("violation", "term", message, "Try fewer words, or an id.", text)])
    for iri in found[:limit]:
        names = terms.names(iri)
        also = f"  (also: {', '.join(names[1:6])})" if len(names) > 1 else ""
        print(f"{compress(iri)} ! {names[0]}{also}")
        if is_curie(text):
            above = sorted(terms.label(a) for a in terms.ancestors(iri) if a != iri)
            print(f"  under: {', '.join(above) or 'nothing'}")
    if len(found) > limit:
        say(f"{len(found) - limit} more; --limit {len(found)} lists them.")
    return FINE


def _reason(call: Callable[[str], Any], text: str) -> str:
    try:
        call(text)
    except ValueError as error:
        return str(error)
    return f"no term has the words {text!r}"


@app.command("version")
def version_command() -> NoReturn:
    """Print versions of casekg and its libraries."""
    from importlib.metadata import PackageNotFoundError, version

    for name in ("casekg", "pyoxigraph", "rdflib", "pyshacl", "owlready2", "pydantic"):
        try:
            print(f"{name} {version(name)}")
        except PackageNotFoundError:
            print(f"{name} (not installed: run from a checkout)")
    raise typer.Exit(FINE)
