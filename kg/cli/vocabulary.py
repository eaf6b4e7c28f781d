"""Commands that tell what may be written: schema, terms, version."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup

from kg.cli.common import FINE, app, draw, enter, guarded, say, terminal

if TYPE_CHECKING:
    from kg.concepts.ontologies import Addition


@app.command("schema", epilog="Example: casekg schema > case.schema.json")
@guarded
def schema_command() -> int:
    """Print the JSON Schema of a case file.

    For completion in editors.
    """
    from kg.model.schema import schema_text

    print(schema_text(), end="")
    return FINE


class _Searching(TyperGroup):
    """A group whose first words, when they name no command of it, are searched for."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args = ["search", *args]
        return super().parse_args(ctx, args)


terms = typer.Typer(
    cls=_Searching,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Look up a term by id or by words; add whole ontologies to the project.\n\n"
    "`casekg terms WORDS` is `casekg terms search WORDS`.",
    epilog="Example: casekg terms calcinosis; casekg terms CHEBI:71200",
)
app.add_typer(terms, name="terms")

In = Annotated[
    Path | None,
    typer.Option("--project", metavar="FOLDER", help="The project; else that of this folder.", show_default=False),
]


@terms.command("search", epilog="Example: casekg terms calcinosis; casekg terms CHEBI:71200")
@guarded
def terms_command(
    words: Annotated[list[str], typer.Argument(help="An id, or words of a label or synonym.")],
    limit: Annotated[int, typer.Option("--limit", min=1, help="How many terms to list.")] = 20,
) -> int:
    """Look up a term by id or by words."""
    from kg.base.prefixes import compress, is_curie
    from kg.base.results import CaseError, Result
    from kg.concepts.terms import Catalogue

    if is_curie(" ".join(words).partition(" ! ")[0].strip()):
        import kg.owl.own  # noqa: F401 - what is above a project's own term follows from what is said of it

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
            same = [compress(other) for other in terms.same.of(iri) if other != iri]
            if same:
                print(f"  the same as: {', '.join(same)}")
    if len(found) > limit:
        say(f"{len(found) - limit} more; --limit {len(found)} lists them.")
    return FINE


@terms.command("add", epilog="Example: casekg terms add hp.obo mondo.json.gz")
@guarded
def add_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="OBO, OWL (RDF/XML), obographs JSON, Turtle.")],
    project: In = None,
    name: Annotated[
        str, typer.Option("--name", help="Name of the module, else the ontology's own.", show_default=False)
    ] = "",
) -> int:
    """Add whole ontologies to the project, or newer editions of them.

    Ids, labels, exact synonyms, parents and retired ids are kept, unaltered, in
    terms/NAME.sqlite; nothing is fetched. They count beside casekg's own terms, and before them.
    """
    from kg.base.results import CaseError, Result
    from kg.concepts.ontologies import add

    root, wrong = _root(project), list[Result]()
    if name and len(files) > 1:
        message = "--name is for one file."
        raise CaseError([Result("violation", "config", message, "Add the files one by one.", "casekg terms add")])
    for file in files:
        try:
            _say_addition(add(root, file, name))
        except CaseError as error:
            wrong += error.results
    if wrong:
        raise CaseError(wrong)
    return FINE


def _say_addition(made: Addition) -> None:
    about = made.about
    licence = about.get("licence") or about.get("rights")
    print(
        f"{made.name} {about.get('version', '(no version)')}: {made.terms:,} terms, {made.retired:,} retired ids; "
        f"licence: {licence or 'none stated'}; {made.size / 1e6:.1f} MB in terms/{made.name}.sqlite"
    )
    if made.update:
        told = ", ".join(f"{count:,} {what}" for what, count in made.changes.items())
        print(f"  before: {told}")
    if made.agree or made.relabelled or made.withdrawn:
        print(f"  of casekg's own terms: {made.agree:,} agree", end="")
        print(f", {len(made.relabelled):,} have another label here, which counts from now on" * bool(made.relabelled))
        for curie, ours, theirs in made.relabelled[:5]:
            print(f"    {curie}: {ours!r} is {theirs!r}")
        if len(made.relabelled) > 5:
            print(f"    and {len(made.relabelled) - 5:,} more")
        if made.withdrawn:
            print(f"    retired here: {', '.join(made.withdrawn[:10])}")
    if "imports" in about:
        say(f"{made.name} imports other ontologies: they were not read. Add them too, or an edition that holds them.")
    if not licence:
        say(f"{made.name} states no licence: find out whether you may pass it on before you publish the project.")


@terms.command("list")
@guarded
def list_command(project: In = None) -> int:
    """List the ontologies that were added to the project."""
    from kg.concepts.modules import modules

    _root(project)
    found = modules()
    rows = [
        (m.name, m.about.get("version", ""), f"{m.size():,}", f"{len(m.retired()):,}", m.about.get("licence", ""),
         m.about.get("file", ""))
        for m in found
    ]  # fmt: skip
    if rows:
        terminal().print(draw("", ["ontology", "version", "terms", "retired", "licence", "from"], rows))
    say(f"{len(rows)} added; `casekg terms add FILE` adds one.")
    return FINE


@terms.command("remove")
@guarded
def remove_command(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="As `casekg terms list` names it.")],
    project: In = None,
) -> int:
    """Take added ontologies out of the project."""
    from kg.concepts.ontologies import remove

    root = _root(project)
    for name in names:
        remove(root, name)
        print(f"{name} removed")
    return FINE


def _root(project: Path | None) -> Path:
    """The root of the project, entered. Raises CaseError when there is none."""
    from kg.base.results import CaseError, Result

    found = enter([project] if project else ())
    if found is None:
        cure = "Make one with `casekg init FOLDER`, or name it with --project."
        message = "is in no project: there is no casekg.toml."
        raise CaseError([Result("violation", "config", message, cure, str(project or Path.cwd()))])
    return found.root


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
