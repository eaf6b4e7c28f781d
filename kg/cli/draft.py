"""The command that drafts a case file from a published report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import FINE, app, count, enter, guarded, say

if TYPE_CHECKING:
    from kg.articles.article import Article
    from kg.base.results import Result
    from kg.draft.drafting import Drafted, Reader
    from kg.draft.verifying import Kept
    from kg.model.reading import CaseFile


@app.command("draft", epilog="Example: casekg draft report.xml -o cases/report.yaml; casekg review cases/report.yaml")
@guarded
def draft_command(
    report: Annotated[Path, typer.Argument(metavar="REPORT", help="Plain text, Markdown, JATS XML or PDF.")],
    output: Annotated[
        Path | None,
        typer.Option(
            "-o", "--output", metavar="FILE", help="The case file; default: standard output.", show_default=False
        ),
    ] = None,
    doi: Annotated[str, typer.Option("--doi", help="DOI of the report, where its text does not say it.")] = "",
    key: Annotated[str, typer.Option("--id", help="Id of a report that has no DOI.")] = "",
    patient: Annotated[
        str,
        typer.Option("--patient", metavar="N", help="Of a series whose headings number the patients: this one alone."),
    ] = "",
    single: Annotated[
        bool, typer.Option("--single", help="You have looked: the report is of one patient. Noted in the draft.")
    ] = False,
    model_url: Annotated[
        str,
        typer.Option("--model-url", metavar="URL", help="OpenAI-compatible API of a language model, asked as well."),
    ] = "",
    model: Annotated[str, typer.Option("--model", metavar="NAME", help="Name of the model there.")] = "",
    model_timeout: Annotated[
        float, typer.Option("--model-timeout", min=1, max=3600, help="Seconds for one answer.")
    ] = 180.0,
    send_text: Annotated[
        bool, typer.Option("--send-text", help="Yes, send the report's text to that address; nothing is sent without.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Write over a case file or text that is there.")] = False,
) -> int:
    """Propose a case file from a published report, for a curator to review.

    Each fact is marked as proposed, with the rule that read it and its exact words in the report. What one of
    casekg's rules refuses is left out and listed at the end of the file, as are the sentences of which nothing is
    proposed. A report of several patients is refused (--patient, --single). A draft can be checked and reviewed, not built or merged. A language model is asked only with
    --model-url, --model and --send-text (its key in the environment variable CASEKG_MODEL_KEY); what it says is
    held against the report, and what is not there, word for word, is dropped.
    """
    from kg.base.files import write
    from kg.draft.drafting import draft_case

    enter([output.parent if output else report.parent])
    reader = _reader(model_url, model, model_timeout, send_text)
    made = draft_case(report, doi, key, also=_shapes, reads=reader, patient=patient, single=single)
    if output is None:
        print(made.text, end="")
        if not made.manuscript.own:
            say("The text that was read, which its anchors quote, is written only with -o.")
    else:
        for path, data in _files(made, report, output, force):
            write(path, data)
    _tell(made, output)
    return FINE


def _reader(url: str, name: str, timeout: float, send: bool) -> Reader | None:
    """Who asks a language model, where one is named. Raises CaseError."""
    from kg.base.results import CaseError, Result, plain

    def refusal(message: str, cure: str) -> CaseError:
        return CaseError([Result("violation", "config", message, cure, "casekg draft")])

    if not (url or name or send):
        return None
    if not url or not name:
        raise refusal("a language model has an address and a name.", "Give --model-url and --model, or neither.")
    if not send:
        message = "a language model gets the text of the report; nothing was sent."
        raise refusal(message, "Add --send-text if the text may go there.")
    import os

    from kg.draft.plug import KEY, Endpoint, ask

    endpoint = Endpoint(url, name, os.environ.get(KEY, ""), timeout)

    def read(article: Article) -> Iterable[Kept]:
        asked = ask(article, endpoint)
        flagged = sum(bool(one.flags) for one in asked.kept)
        say(f"model: {count(asked.requests, 'request')}, {asked.sent:,} bytes sent; {len(asked.kept)} items kept"
            f" ({flagged} flagged), {len(asked.dropped)} dropped.")  # fmt: skip
        for one in asked.dropped:
            quote = f" ({endpoint.silent(one.claimed.quote)[:60]!r})" if one.claimed else ""
            say(plain(endpoint.silent(f"model: dropped, {one.why}: {one.message}{quote}")))
        return asked.kept

    return read


def _shapes(file: CaseFile) -> Iterator[Result]:
    """What the SHACL shapes say of a draft, as `casekg check` asks them."""
    from kg.gate.examining import shape_results

    yield from shape_results(file)[0]


def _files(made: Drafted, report: Path, output: Path, force: bool) -> list[tuple[Path, bytes]]:
    """What is written: the text that was read, where it is not the report itself, and the case file. Raises CaseError."""
    from kg.base.results import CaseError, Result

    found = []
    text = output.parent / made.file.case.report.source.file
    if not made.manuscript.own and not (text.is_file() and text.read_bytes() == made.manuscript.data):
        found.append((text, made.manuscript.data))
    found.append((output, made.text.encode("utf-8")))
    for path, _ in found:
        if path.resolve() == report.resolve():
            message = "is the report itself: it is not written over."
            raise CaseError([Result("violation", "output", message, "Name another file with -o.", str(path))])
        if path.exists() and not force:
            cure = "Name another file with -o, or write over it with --force."
            raise CaseError([Result("violation", "output", "is there already.", cure, str(path))])
    return found


def _tell(made: Drafted, output: Path | None) -> None:
    """What was proposed, left out and not read, on standard error."""
    from kg.draft.casewriting import left_unread

    for note in made.manuscript.notes:
        say(str(note))
    proposals = made.proposals
    kinds = Counter(item.section for item in proposals.items)
    say(f"{count(len(proposals.items), 'proposal')}: {', '.join(f'{number} {kind}' for kind, number in kinds.items())}")
    if proposals.rejected:
        rules = Counter(fallen.rule for fallen in proposals.rejected)
        say(
            f"{len(proposals.rejected)} left out: {', '.join(f'{number} by {rule}' for rule, number in rules.most_common())}"
        )
    unread, whole = len(left_unread(proposals)), len(proposals.article.sentences)
    say(f"{unread} of {whole} sentences unread; they are listed at the end of the draft.")
    for line in _lent(made):
        say(line)
    if output is not None:
        say(f"{output} is a draft: `casekg review {output} --by NAME` goes through it.")


def _lent(made: Drafted) -> Iterator[str]:
    """The terms that only a draft may use, and how they come into a project."""
    from kg.base.prefixes import expand
    from kg.concepts.lent import files
    from kg.concepts.terms import Catalogue
    from kg.model.fields import Term

    known, ids = Catalogue.shipped(), set[str]()
    for _, fact in made.file.case.facts():
        for value in vars(fact).values():
            ids |= {one.id for one in (value if isinstance(value, tuple) else (value,)) if isinstance(one, Term)}
    cures = (
        ("HP", "term of HPO", f"`casekg terms add {files().get('hp', 'hp.obo')}`"),
        ("MONDO", "disease of Mondo", "`casekg terms add mondo.json` (as Mondo publishes it)"),
        ("DRUGBANK", "drug by DrugBank id", "a block in a Turtle file of its terms/"),
    )
    for source, name, cure in cures:
        some = [one for one in ids if one.startswith(f"{source}:") and expand(one) not in known]
        noun, _, of = name.partition(" ")
        if some:
            yield f"{count(len(some), noun)} {of} not in the project; they are needed before they are accepted: {cure}."
