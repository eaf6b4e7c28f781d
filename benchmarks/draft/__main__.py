"""How well does `casekg draft` read? Every set of reports that others annotated, by one command.

    python benchmarks/draft [--rag-hpo FOLDER] [--maccrobat FOLDER] [--context FILE] [--seed FOLDER] [--only SET ...]
                            [--part dev|held] [--json FILE] [--rivals PYTHON] [--fasthpocr-index FILE]

A folder of the same layout takes the place of the one in ../shared. --rivals: a Python (of another environment) that has
medspacy, negspacy or FastHPOCR; they read the same inputs in the same run. What cannot be run is told with the reason.
Exit status 2 when a folder that was named is not there.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import context  # noqa: E402
import maccrobat  # noqa: E402
import rag_hpo  # noqa: E402
import speed  # noqa: E402

from kg.concepts import lent  # noqa: E402

SEED = HERE.parents[2] / "shared" / "seed"
RIVALS = Path(__file__).with_name("rivals.py")


def phenotypes(place: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """RAG-HPO: casekg, exact names alone, and FastHPOCR."""
    found = rag_hpo.score(place, asked.part)
    notes, gold, count = found["notes"], found["gold"], len(found["notes"])
    rows = {
        "casekg": (found["tally"], found["seconds"]),
        "casekg, with what numbers say": (found["with numbers"], None),
    }
    rows["exact labels and synonyms"] = (rag_hpo.tally(notes, gold, exact(notes)), None)
    skipped = []
    for one in rivals(asked, notes=notes):
        if "skipped" in one:
            skipped.append(f"{one['name']}: not run, {one['skipped']}")
        else:
            made = {number: set(terms) for number, terms in one["result"].items()}
            rows[one["name"]] = (rag_hpo.tally(notes, gold, made), one["seconds"])
    print(rag_hpo.HEAD)
    for name, (tally, seconds) in rows.items():
        print(rag_hpo.line(name, tally, seconds, count))
    print("\n".join([*skipped, f"{count} notes"]))
    return {
        name: {**figures(tally.figures()), "lenient": figures(tally.figures(lenient=True)), "gold": tally.gold}
        for name, (tally, _) in rows.items()
    }


def exact(notes: dict[str, str]) -> dict[str, set[str]]:
    """Labels and exact synonyms of HPO as they stand, longest first: what a plain dictionary finds."""
    from kg.mentions.hpo import hpo
    from kg.mentions.wordforms import tokens

    base = hpo()
    names: dict[tuple[str, ...], str] = {}
    for name in base.names:
        if name.scope in ("label", "exact") and base.is_abnormality(name.concept):
            words = tuple(t.word for t in tokens(name.text, 0, len(name.text)))
            if name.scope == "label" or words not in names:
                names[words] = name.concept
    made = {}
    for number, text in notes.items():
        words = [t.word for t in tokens(text, 0, len(text))]
        found: set[str] = set()
        at = 0
        while at < len(words):
            size = next((n for n in range(12, 0, -1) if tuple(words[at : at + n]) in names), 0)
            if size:
                found.add(names[tuple(words[at : at + size])])
            at += size or 1
        made[number] = found
    return made


def assertion(place: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """ConText: casekg on three axes; medspacy and negspacy on negation."""
    found = context.score(place, asked.part)
    print(context.HEAD)
    for axis, tally in found["tallies"].items():
        print(context.line(f"casekg, {axis}", tally))
    made = {f"casekg, {axis}": figures(tally.figures()) for axis, tally in found["tallies"].items()}
    rows = found["rows"]
    for one in rivals(asked, sentences=[[r.sentence, r.start, r.end] for r in rows]):
        if "skipped" in one:
            print(f"{one['name']}: not run, {one['skipped']}")
            continue
        tally = context.Tally(gold=sum(r.negated for r in rows))
        for row, told in zip(rows, one["result"], strict=True):
            tally.predicted += told
            tally.right += told and row.negated
        print(context.line(f"{one['name']}, negated", tally))
        made[one["name"]] = figures(tally.figures())
    print(f"{len(rows)} sentences, {found['left']} without their finding")
    return made


def values(place: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """MACCROBAT: values, drugs, doses, routes, times, sites."""
    tallies, count, seconds = maccrobat.score(place, asked.part)
    print("\n".join(maccrobat.lines(tallies, count, seconds)))
    return {
        name: {
            **figures(t.f1(t.right, t.predicted, t.found, t.gold)),
            "with link": figures(t.f1(t.joint_right, t.predicted, t.joint_found, t.gold)) if t.linked else None,
        }
        for name, t in tallies.items()
    }


def seed(place: Path, asked: argparse.Namespace) -> dict[str, Any]:  # noqa: ARG001
    """The seed: the draft against the case file that casekg ships."""
    import seed as module

    result = module.main(False, place)
    shares = result.share(lambda kind: kind != "claims")
    return {"facts proposed": shares[0], "proposals wrong": shares[1]}


def seconds(place: Path, asked: argparse.Namespace) -> dict[str, Any]:
    """Speed and memory: every report of MACCROBAT, and the seed where its text is there."""
    own = asked.seed or SEED
    found = speed.score(place, *([own] if own.is_dir() else []))
    print("\n".join(speed.lines(found)))
    return found


SETS: dict[str, tuple[Path, Callable[[Path, argparse.Namespace], dict[str, Any]]]] = {
    "rag-hpo": (rag_hpo.DEFAULT, phenotypes),
    "context": (context.DEFAULT, assertion),
    "maccrobat": (maccrobat.DEFAULT, values),
    "seed": (SEED, seed),
    "speed": (speed.DEFAULT, seconds),
}


def figures(prf: tuple[float, float, float]) -> dict[str, float]:
    return {key: round(value, 4) for key, value in zip(("precision", "recall", "f1"), prf, strict=True)}


def rivals(asked: argparse.Namespace, **given: Any) -> list[dict[str, Any]]:
    """What the libraries of another Python say of the same inputs."""
    python = asked.rivals or sys.executable
    ontology = str(lent.files().get("hp", ""))
    task = json.dumps({**given, "hpo": ontology, "hpo_index": str(asked.fasthpocr_index or "")})
    run = subprocess.run([python, str(RIVALS)], input=task, capture_output=True, text=True, check=False)
    try:
        return list(json.loads(run.stdout))
    except ValueError:
        told = (run.stderr.strip().splitlines() or ["no output"])[-1]
        return [{"name": "rivals", "skipped": f"{python} failed: {told}"}]


def main(words: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="benchmarks/draft", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for name in SETS:
        parser.add_argument(f"--{name}", type=Path, help="another folder (file) of the same layout")
    parser.add_argument("--only", nargs="+", choices=list(SETS), help="these sets and no other")
    parser.add_argument("--part", choices=["dev", "held"], default="", help="of the development sets")
    parser.add_argument("--json", type=Path, help="write the figures here; - for standard output, and no table")
    parser.add_argument("--rivals", help="a Python that has medspacy, negspacy or FastHPOCR")
    parser.add_argument("--fasthpocr-index", type=Path, help="its index of HPO, where one was made before")
    asked = parser.parse_args(words)
    made: dict[str, Any] = {}
    quiet = str(asked.json) == "-"
    for name, (default, run) in SETS.items():
        given = getattr(asked, name.replace("-", "_"))
        place = given or default
        if asked.only and name not in asked.only:
            continue
        if not place.exists():
            print(f"{name}: {place} is not there.", file=sys.stderr)
            if given:
                return 2
            continue
        with contextlib.redirect_stdout(io.StringIO()) if quiet else contextlib.nullcontext():
            print(f"\n{name}: {run.__doc__}")
            made[name] = run(place, asked)
    if quiet:
        print(json.dumps(made, indent=2))
    elif asked.json:
        asked.json.write_text(json.dumps(made, indent=2) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
