"""Commands that guard: check, mutate, reidentify."""

from __future__ import annotations

import json
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import (
    COULD_NOT,
    COULD_NOT_RUN,
    FINDINGS,
    FINE,
    Data,
    Paths,
    ResultFormat,
    Sources,
    app,
    build,
    cached,
    chosen,
    count,
    draw,
    enter,
    guarded,
    progress,
    say,
    terminal,
)

if TYPE_CHECKING:
    from kg.base.project import Project
    from kg.gate.mutate import Score


class CheckFormat(StrEnum):
    """How the results of a check are printed (kg.gate.reporting)."""

    text = "text"
    json = "json"
    sarif = "sarif"
    junit = "junit"
    github = "github"
    markdown = "markdown"


class FailOn(StrEnum):
    """The least severity that fails a check."""

    violation = "violation"
    warning = "warning"
    info = "info"


class PrivacyProfile(StrEnum):
    """Profiles of the privacy rules (kg.model.privacy)."""

    published = "published"
    safe_harbor = "safe-harbor"


class EngineName(StrEnum):
    """Who runs the shapes: they compiled, or pyshacl."""

    compiled = "compiled"
    pyshacl = "pyshacl"


def _file(name: str, metavar: str, help_: str) -> typer.models.OptionInfo:
    option: typer.models.OptionInfo = typer.Option(name, metavar=metavar, help=help_, show_default=False)
    return option


@app.command("check", epilog="Example: casekg check my-cases/ --fail-on violation --format markdown")
@guarded
def check_command(
    paths: Paths = None,
    format_: Annotated[
        CheckFormat, typer.Option("--format", help="text, json, sarif, junit, github or markdown")
    ] = CheckFormat.text,
    output: Annotated[Path | None, _file("--output", "FILE", "Write the report there, not to standard output.")] = None,
    sources: Sources = None,
    fail_on: Annotated[
        FailOn | None,
        typer.Option(
            "--fail-on", help="Exit 1 from this severity on: violation (default), warning or info.", show_default=False
        ),
    ] = None,
    baseline: Annotated[
        Path | None, _file("--baseline", "FILE", "Leave out the findings that this file knows.")
    ] = None,
    write_baseline: Annotated[
        Path | None, _file("--write-baseline", "FILE", "Write what is found as known, and exit 0.")
    ] = None,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only what the last commit touched, or is not committed.")
    ] = False,
    since: Annotated[str | None, _file("--since", "REV", "Only what changed since this commit or branch.")] = None,
    privacy: Annotated[
        PrivacyProfile | None,
        typer.Option("--privacy", help="Privacy profile: published (default) or safe-harbor.", show_default=False),
    ] = None,
    retractions: Annotated[
        Path | None, _file("--retractions", "CSV", "Table of retracted DOIs, as of Retraction Watch.")
    ] = None,
    infos: Annotated[bool, typer.Option("--infos", help="Show infos, too: what is not stated, remarks.")] = False,
    rules: Annotated[bool, typer.Option("--rules", help="List the rules instead.")] = False,
    engine: Annotated[
        EngineName, typer.Option("--engine", help="Who runs the shapes: compiled, or pyshacl.")
    ] = EngineName.compiled,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="Files at a time; default: one a core.", show_default=False)
    ] = None,
    seconds: Annotated[float, typer.Option("--seconds", min=0.1, help="Time that one file may take.")] = 120,
    memory: Annotated[float, typer.Option("--memory", min=0.5, help="Memory that one file may take, GiB.")] = 2,
    no_cache: Annotated[bool, typer.Option("--no-cache", help="Check unchanged files again.")] = False,
) -> int:
    """Check case files and RDF by every rule there is.

    Syntax, schema, vocabularies, identifiers, consistency, time, shapes, privacy, duplicates; with
    --sources the anchors and coverage, with --retractions what was taken back. Unchanged files are
    not checked again. Without PATH: the project's cases (casekg.toml), else those that casekg ships.
    """
    from kg.base.results import CaseError, counts
    from kg.gate import baseline as known
    from kg.gate.check import GIB, Options, check
    from kg.gate.reporting import Report, render, summary

    try:
        project = enter(paths or ())
    except CaseError as error:
        if format_ is CheckFormat.text:
            raise
        _print_report(render(Report(error.results), format_.value, infos=infos), output)
        raise  # who reads the report sees why, and nobody takes it for one of a check that was made
    if rules:
        return _rules(format_)
    given = chosen(paths, project)
    if changed or since is not None:
        given, told = _changed(given, project, since)
        say(told)
    options = Options(
        sources=sources or (project.sources if project else None),
        privacy=privacy.value if privacy else project.privacy if project else "published",
        retractions=retractions or (project.retractions if project else None),
        engine=engine.value,
        jobs=jobs,
        seconds=seconds,
        memory=int(memory * GIB),
        cache=cached() and not no_cache,
    )
    # nothing changed: a report of nothing, so that whoever reads it has one
    report = check(given, options) if given or not (changed or since) else Report(())
    if write_baseline:
        say(
            f"{write_baseline}: {count(known.write_baseline(report.results, write_baseline), 'finding')} known from now on."
        )
        return FINE
    if base := baseline or (project.baseline if project else None):
        left, met = known.apply(report.results, base)
        report = Report(left, report.files, report.focus_nodes, report.graphs)
        say(f"{base}: {count(met, 'known finding')} left out.")
    text = render(report, format_.value, infos=infos)
    _print_report(text, output)
    if output:
        say(f"{output}: {summary(report)}")
    wrong = [r for r in report.results if r.severity == "violation"]
    if wrong and not report.graphs and all(r.rule in COULD_NOT for r in wrong):
        return COULD_NOT_RUN
    level = fail_on.value if fail_on else project.fail_on if project else "violation"
    severities = list(counts(()))
    failing = severities[: severities.index(level) + 1]
    return FINDINGS if any(r.severity in failing for r in report.results) else FINE


def _print_report(text: str, output: Path | None) -> None:
    """Write a report, or print it: always as UTF-8."""
    if output:
        from kg.base.files import write

        write(output, text.encode())
    else:
        sys.stdout.buffer.write(text.encode()) if hasattr(sys.stdout, "buffer") else print(text, end="")
        sys.stdout.flush()


def _rules(format_: CheckFormat) -> int:
    from dataclasses import asdict

    from kg.gate.rules import page, rules

    if format_ is CheckFormat.json:
        print(json.dumps([asdict(rule) for rule in rules()], indent=2, ensure_ascii=False))
    elif format_ is CheckFormat.markdown:
        print(page(), end="")
    else:
        rows = [(rule.id, rule.family, rule.severity, rule.summary) for rule in rules()]
        terminal().print(draw("", ["rule", "family", "severity", "what it asks"], rows))
        say(f"{count(len(rows), 'rule')}.")
    return FINE


def _changed(given: list[Path], project: Project | None, since: str | None) -> tuple[list[Path], str]:
    """The files to check of those given, and a remark; all of them when what judges them has changed."""
    from kg.base import places
    from kg.base.changes import changed
    from kg.base.files import inputs
    from kg.base.project import CONFIG
    from kg.gate.check import SUFFIXES

    first = given[0] if given else Path()
    touched = {path.resolve() for path in changed(first if first.is_dir() else first.parent, since)}
    if project:
        judges = [project.root / name for name in (CONFIG, *places.OWN, "lifts")]
        judges += [p for p in (project.sources, project.retractions, project.claims, project.baseline) if p]
        for judge in judges:
            if any(path == judge.resolve() or judge.resolve() in path.parents for path in touched):
                return given, f"{judge.name} changed: every file is checked."
    files, _ = inputs(given, SUFFIXES)
    left = [path for path in files if path.resolve() in touched]
    return left, f"{len(left)} of {count(len(files), 'file')} changed."


@app.command("mutate", epilog="Example: casekg mutate kg/cases/cureus-34125.yaml --sample 2000")
@guarded
def mutate_command(
    paths: Paths = None,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Try only so many mutants of a file.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Which sample.")] = 0,
    format_: Annotated[ResultFormat, typer.Option("--format", help="text or json")] = ResultFormat.text,
    jobs: Annotated[
        int | None, typer.Option("--jobs", min=1, help="Processes; default: one a core.", show_default=False)
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="List every survivor and every rule.")] = False,
) -> int:
    """Spoil a valid case graph triple by triple, and count who notices.

    Each triple is deleted, and spoiled by each operator that fits it. Exit code 1 when less than
    97 % of the deleted required triples or 99 % of the spoiled ones are noticed.
    """
    from kg.base import places
    from kg.base.files import inputs
    from kg.gate.check import SUFFIXES, cores
    from kg.gate.mutate import run

    files, wrong = inputs(chosen(paths, enter(paths or ())) or places.cases(), SUFFIXES)
    if any(result.severity == "violation" for result in wrong):
        from kg.base.results import CaseError

        raise CaseError(wrong)
    with progress("mutants") as told:
        score = run(files, sample, seed, jobs or cores(), told)
    if format_ is ResultFormat.json:
        print(json.dumps(score.data(), indent=2, ensure_ascii=False))
    else:
        _print_score(score, all_)
    return FINE if score.good else FINDINGS


def _print_score(score: Score, all_: bool) -> None:
    console = terminal()
    rows = [
        (name, f"{made:,}", f"{shapes:,}", f"{beyond:,}", f"{(shapes + beyond) / made:.1%}")
        for name, (made, shapes, beyond) in score.rows.items()
    ]
    heads = ["operator", "mutants", "noticed by the shapes", "only by other rules", "share"]
    console.print(draw("Who notices that a triple was deleted or spoiled", heads, rows))
    told = list(score.rules.items())
    console.print(
        draw(
            "Rules that noticed, the busiest first",
            ["rule", "mutants"],
            [(n, f"{c:,}") for n, c in (told if all_ else told[:15])],
        )
    )
    if score.survivors:
        lost = [(*where, f"{len(nodes):,}", nodes[0]) for where, nodes in score.survivors.items()]
        heads = ["operator", "class", "property", "survivors", "for example"]
        console.print(draw("What nobody noticed", heads, lost if all_ else lost[:40]))
    print(f"Noticed: {score.told()}.")


@app.command("reidentify", epilog="Example: casekg reidentify --data my-cases/ --size 3")
@guarded
def reidentify_command(
    data: Data = None,
    k: Annotated[int, typer.Option("--k", min=2, help="Fewer patients than this are singled out.")] = 2,
    size: Annotated[int, typer.Option("--size", min=1, max=5, help="At most so many facts together.")] = 3,
    patient: Annotated[str | None, _file("--patient", "IRI", "Only this patient, among all of them.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="Sets told of one patient.")] = 10,
    format_: Annotated[ResultFormat, typer.Option("--format", help="text or json")] = ResultFormat.text,
) -> int:
    """Show the smallest sets of facts that single a patient out.

    As information: published reports carry these facts, and say so to everyone.
    """
    from kg.base.results import CaseError, Result
    from kg.persons.reidentify import HEADS, k_anonymity, reidentify, rows, why_none

    dataset = build(data)
    try:
        risks = reidentify(dataset, k, size, patient, limit)
    except ValueError as error:
        raise CaseError(
            [Result("violation", "fact", f"{error}.", "Give the IRI of a patient.", "--patient")]
        ) from error
    alike = k_anonymity(dataset)
    if format_ is ResultFormat.json:
        sets = [
            {
                "patient": r.patient,
                "k": r.k,
                "facts": [
                    {"kind": t.kind, "value": t.value, "label": t.label, "facts": list(t.facts)} for t in r.traits
                ],
            }
            for r in risks
        ]
        print(json.dumps({"k": k, "smallest_group": alike.k, "sets": sets}, indent=2, ensure_ascii=False))
        return FINE
    if reason := why_none(dataset, k):
        print(reason)
        return FINE
    terminal().print(draw("", list(HEADS), rows(risks)))
    group = ", ".join(map(str, alike.group)) or "nothing known"
    print(f"By sex, age band and diagnosis the smallest group has {count(alike.k, 'patient')}: {group}.")
    say(f"{count(len(risks), 'set')}.")
    return FINE
