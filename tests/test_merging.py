"""Merging: its laws on random splits, what came in, what is refused, and what a kill leaves behind."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import splits as splits_
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kg
from kg.answers.queries import ask, library
from kg.base.files import write
from kg.base.prefixes import CASE, CKG, FOREIGN, REGISTRY
from kg.base.results import CaseError
from kg.graph.merging import merge, read_merged, read_sources, remove, save, written
from kg.graph.store import FORMATS, Dataset, gather, serialise
from kg.model.reading import read_case
from kg.rdf import canonical
from kg.rdf.collection import Collection
from kg.rdf.triples import quads

ROOT = Path(__file__).resolve().parents[1]
Write = Callable[..., Path]
Run = Callable[..., Any]
SUFFIXES = (".nq", ".trig", ".jsonld", ".ttl", ".nt", ".rdf")


def merged(*paths: Path) -> bytes:
    """The bytes of a merge, in which nothing may be refused."""
    found = merge(paths)
    assert found.refused == ()
    return written(found.collection)


def other(text: str, slug: str, **changes: str) -> str:
    """The text of a case file, of another report."""
    for old, new in {"id: invented-1": f"id: {slug}", **changes}.items():
        assert old in text
        text = text.replace(old, new)
    return text


# ---- the laws ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Pool:
    """Some facts of each of three reports, and of a graph of another model, to be dealt out to files."""

    folder: Path
    items: tuple[ox.Quad, ...]
    said: dict[str, str]


@pytest.fixture(scope="module")
def pool(minimal: str, write_case: Write, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pool]:
    memory = Path("/dev/shm")  # thousands of small files: not on a disk that others write to
    folder = Path(tempfile.mkdtemp(dir=memory)) if os.access(memory, os.W_OK) else tmp_path_factory.mktemp("pool")
    found: list[ox.Quad] = []
    for slug, keep in (("one", "arthritis"), ("two", "prednisone"), ("three", "p1")):
        case = list(quads(read_case(write_case(folder, other(minimal, slug), name=f"{slug}.yaml"))))
        found += [q for q in case if q.subject.value.endswith((f"/{slug}", f"#{keep}", "/p1"))][:12]
    theirs = '<urn:s> <urn:p> "x" <urn:g> .\n<urn:s> <urn:p> "y"@en <urn:g> .\n<urn:t> <urn:p> <urn:s> .\n'
    found += ox.parse(theirs, ox.RdfFormat.N_QUADS)
    (folder / "whole.nq").write_bytes(serialise(found, ox.RdfFormat.N_QUADS))
    yield Pool(folder, tuple(found), data(read_sources(folder / "whole.nq")))
    shutil.rmtree(folder)


@dataclass(frozen=True)
class Split:
    """Which file each quad goes to (of what format), how often and in which order files are given, and in what groups."""

    deal: int
    forms: tuple[str, ...]
    order: tuple[int, ...]
    groups: tuple[int, ...]


@st.composite
def splits(draw: st.DrawFn) -> Split:
    files = draw(st.integers(1, 5))
    forms = tuple(draw(st.lists(st.sampled_from(SUFFIXES), min_size=files, max_size=files)))
    deal = draw(st.integers(0, 2**32 - 1))
    again = draw(st.lists(st.integers(0, files - 1), max_size=3))
    order = tuple(draw(st.permutations([*range(files), *again])))
    groups = tuple(draw(st.lists(st.integers(0, 2), min_size=len(order), max_size=len(order))))
    return Split(deal, forms, order, groups)


def deal(pool: Pool, split: Split, folder: Path) -> list[Path]:
    """Write the files of a split; one that gets nothing gets the first quad, so quads may be told twice."""
    paths = []
    hands: list[list[ox.Quad]] = [[] for _ in split.forms]
    chance = random.Random(split.deal)
    for quad in pool.items:
        chance.choice(hands).append(quad)
    for number, suffix in enumerate(split.forms):
        mine = hands[number] or [pool.items[0]]
        path = folder / f"part-{number}{suffix}"
        path.write_bytes(serialise(mine, FORMATS[suffix]))
        paths.append(path)
    return paths


def data(found: Collection) -> dict[str, str]:
    """What a collection says of reports, whoever told it."""
    return {name: text for name, text in found.graphs() if name.startswith(CASE)}


LAWS = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)


@given(splits())
@settings(LAWS, max_examples=1000)
def test_order_repetition_and_grouping_make_no_difference(pool: Pool, split: Split) -> None:
    folder = pool.folder
    paths = deal(pool, split, folder)
    plain = merge(paths).collection
    wanted = written(plain)
    given_ = [paths[i] for i in split.order]
    assert merged(*given_) == wanted
    # in groups, each merged on its own and written in a format of its own, then put together
    parts = []
    for group in sorted(set(split.groups)):
        part = folder / f"group-{group}{('.nq', '.trig', '.jsonld')[group]}"
        group_ = [p for p, g in zip(given_, split.groups, strict=True) if g == group]
        part.write_bytes(written(merge(group_).collection, FORMATS[part.suffix]))
        parts.append(part)
    assert merged(*reversed(parts)) == wanted
    # without a file: as if it had never been there, and back again
    if len(paths) > 1:
        gone = paths[split.order[0]]
        without = merged(*(path for path in paths if path != gone))
        assert written(remove(plain, [gone.name])[0]) == without
        (folder / "without.nq").write_bytes(without)
        assert merged(folder / "without.nq", gone) == wanted
    # and whatever the split, the reports say the same
    assert data(plain) == pool.said


@pytest.fixture(scope="module")
def mixed(pool: Pool) -> splits_.Pool:
    """Packets, quads of case files and graphs of another model."""
    packet = json.loads((ROOT / "tests" / "packet.json").read_text("utf-8"))
    theirs = tuple(quad for quad in pool.items if not str(quad.graph_name).startswith(f"<{CASE}"))
    own = tuple(quad for quad in pool.items if quad not in theirs)
    return splits_.Pool(own, tuple(splits_.numbered(packet, number) for number in range(2)), (theirs,))


@given(st.data())
@settings(LAWS, max_examples=8)
def test_packets_obey_the_same_laws(mixed: splits_.Pool, pool: Pool, data: st.DataObject) -> None:
    """A share of benchmarks/laws.py."""
    folder = pool.folder / "mixed"
    folder.mkdir(exist_ok=True)
    found = splits_.holds(mixed, data.draw(splits_.splits(mixed)), folder)
    assert len([name for name, _ in found.graphs() if name.startswith(CASE)]) == 5


def answers(found: Dataset) -> dict[str, Any]:
    """The rows of every question of the library."""
    return {name: ask(found, query).rows for name, query in library().items()}


def test_the_library_answers_alike_whatever_the_split(
    shipped: Path, minimal: str, write_case: Write, tmp_path: Path
) -> None:
    cases = [shipped, write_case(tmp_path, minimal), write_case(tmp_path, other(minimal, "two"), name="b.yaml")]
    wanted = answers(kg.build(cases))
    assert sum(map(len, wanted.values())) > 1_000
    for seed in (1,):
        chance = random.Random(seed)
        files: dict[str, list[ox.Quad]] = {}
        for case in cases:
            for quad in quads(read_case(case)):
                files.setdefault(f"{chance.randrange(3)}{chance.choice(SUFFIXES)}", []).append(quad)
        paths = [tmp_path / name for name in files]
        for path, mine in zip(paths, files.values(), strict=True):
            path.write_bytes(serialise(mine, FORMATS[path.suffix]))
        out = tmp_path / f"out-{seed}.trig"
        assert len(read_out(out, paths).sources) == len(paths) > 5
        assert answers(kg.build(out)) == wanted


def read_out(out: Path, paths: list[Path]) -> Collection:
    save(merge(paths).collection, out)
    return read_merged(out)


# ---- the command ------------------------------------------------------------------------


@pytest.fixture
def curators(minimal: str, write_case: Write, tmp_path: Path) -> tuple[Path, Path]:
    """One report, by two curators who differ in two times."""
    changed = {"time: 2021-06": "time: 2021", 'time: "2020"': 'time: "2021"'}
    return write_case(tmp_path, minimal, name="ann.yaml"), write_case(tmp_path, minimal, changed, "bob.yaml")


def test_what_came_in_is_told_by_source(run: Run, curators: tuple[Path, Path], shipped: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.ttl"
    theirs.write_text("@prefix e: <http://example.org/> . e:a e:p [ e:q 1 ] .")
    out = tmp_path / "out.trig"
    result = run("merge", *curators, shipped, theirs, "-o", out, "--format", "json")
    assert result.exit_code == 0
    told = json.loads(result.stdout)
    sources = {source["name"]: source for source in told["sources"]}
    assert sources.keys() == {"ann.yaml", "bob.yaml", shipped.name, "theirs.ttl"}
    assert sources["ann.yaml"]["format"] == "case file"
    assert sources["ann.yaml"]["sha256"] == hashlib.sha256(curators[0].read_bytes()).hexdigest()
    assert sources["ann.yaml"]["facts"] == {
        "Time": 1, "Examination": 1, "Finding": 2, "Measurement": 2, "Treatment": 2, "Response": 1, "Reference": 1, "Claim": 1,
    }  # fmt: skip
    assert sources["theirs.ttl"]["cases"] == []
    assert list(sources["theirs.ttl"]["kept"].values()) == [2]
    assert next(iter(sources["theirs.ttl"]["kept"])).startswith(FOREIGN)
    assert told["together"]["cases"] == [CASE + "10.7759_cureus.34125", CASE + "invented-1"]
    assert told["duplicates"] == [{"graph": CASE + "invented-1", "sources": ["ann.yaml", "bob.yaml"], "alike": False}]
    conflicts = {(c["fact"], c["field"]): c["values"] for c in told["conflicts"]}
    assert conflicts == {
        ("responses.tofacitinib-arthritis", "time"): {"2021": ["bob.yaml"], "2021-06": ["ann.yaml"]},
        ("measurements.nt-probnp", "time"): {"2020": ["ann.yaml"], "2021": ["bob.yaml"]},
    }


def test_the_text_names_every_conflict_and_duplicate(run: Run, curators: tuple[Path, Path], tmp_path: Path) -> None:
    copy = tmp_path / "copy.trig"
    run("build", curators[0], "-o", copy)
    result = run("merge", *curators, copy, "-o", tmp_path / "out.nq")
    assert result.exit_code == 0
    assert "duplicate: case:invented-1: told by ann.yaml, bob.yaml, copy.trig, differently" in result.stdout
    where = "conflict: case:invented-1 p1.responses.tofacitinib-arthritis: time is "
    assert where + "2021 (bob.yaml); 2021-06 (ann.yaml, copy.trig)" in result.stdout
    assert "out.nq: 3 sources, 1 graph; 1 duplicate, 2 conflicts, 0 refused." in result.stdout


def test_both_curators_are_heard(curators: tuple[Path, Path], tmp_path: Path) -> None:
    out = tmp_path / "out.trig"
    save(merge(curators).collection, out)
    response = CASE + "invented-1/p1#tofacitinib-arthritis"
    times = {q.object.value.rpartition("#")[2] for q in gather(out).match(response, CKG + "time")}
    assert times == {"time-2021", "time-2021-06"}
    with pytest.raises(CaseError, match=r"is in .*ann\.yaml too"):
        kg.build(curators)  # which makes one case graph, and cannot hold two


def test_malformed_files_among_good_ones_are_refused_by_line(
    run: Run, minimal: str, write_case: Write, shipped: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canonical, "SECONDS", 0.5)
    folder = tmp_path / "in"
    folder.mkdir()
    write_case(folder, minimal, name="good.yaml")
    bad = {
        "cut.yaml": (minimal[:700] + "\n  - [", "yaml"),
        "key.yaml": (minimal.replace("sex:", "sexx:"), "schema"),
        "label.yaml": (minimal.replace("! Arthritis", "! Arthrosis"), "label"),
        "a.ttl": ("<urn:s> <urn:p> .\n", "syntax"),
        "b.nq": ('<urn:s> <urn:p> "x" .\n\n<urn:s> <urn:p> "x\n', "syntax"),
        "c.trig": ("GRAPH <urn:g> {", "syntax"),
        "d.jsonld": ('{"@context": "http://example.org/remote", "a": 1}', "syntax"),
        "e.rdf": ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x/>', "syntax"),
        "f.nt": ("<urn:s> <urn:p> <urn:o o> .", "syntax"),
        "g.ttl": ("", "empty"),
        "h.nq": (f"<urn:s> <urn:p> <urn:o> <{REGISTRY}> .\n", "registry"),
        "i.ttl": ("".join(f"_:n{a} <urn:p> _:n{b} .\n" for a in range(9) for b in range(9) if a != b), "blank-nodes"),
    }
    for name, (text, _) in bad.items():
        (folder / name).write_text(text)

    def line(text: str) -> int:
        return minimal[: minimal.index(text)].count("\n") + 1

    good = tmp_path / "good.nq"
    assert run("merge", folder / "good.yaml", shipped, "-o", good).exit_code == 0
    out = tmp_path / "out.nq"
    result = run("merge", folder, shipped, "-o", out, "--format", "json")
    assert result.exit_code == 1
    refused = {Path(r["file"]).name: r for r in json.loads(result.stdout)["refused"]}
    assert {name: r["rule"] for name, r in refused.items()} == {name: rule for name, (_, rule) in bad.items()}
    assert {n: r["line"] for n, r in refused.items() if n[:3] in ("cut", "key", "lab", "a.t", "b.n", "c.t")} == {
        "cut.yaml": minimal[:700].count("\n") + 2, "key.yaml": line("sex:"), "label.yaml": line("! Arthritis"), "a.ttl": 1, "b.nq": 3, "c.trig": 1,
    }  # fmt: skip
    assert all(r["message"] and "Traceback" not in r["message"] for r in refused.values())
    assert out.read_bytes() == good.read_bytes()


def test_nothing_is_written_when_nothing_could_be_read(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.ttl").write_text("<")
    out = tmp_path / "out.trig"
    out.write_text("before")
    for path, code in (("bad.ttl", 1), ("none.ttl", 2)):
        result = run("merge", tmp_path / path, "-o", out)
        assert result.exit_code == code
        assert "not written" in result.stderr
    assert out.read_text() == "before"


def test_a_damaged_merge_is_not_overwritten_by_the_rest(run: Run, shipped: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.trig"
    assert run("merge", shipped, "-o", out).exit_code == 0
    out.write_text(damaged := out.read_text().replace("twice daily", "thrice daily"))
    result = run("merge", out, shipped, "-o", out)
    assert result.exit_code == 1
    assert "was changed after the merge" in result.stdout
    assert "not written" in result.stderr
    assert out.read_text() == damaged


def test_formats_without_graphs_are_no_place_for_a_merge(run: Run, shipped: Path, tmp_path: Path) -> None:
    result = run("merge", shipped, "-o", tmp_path / "out.ttl")
    assert result.exit_code == 2
    assert "who told what would be lost" in result.stderr
    assert not (tmp_path / "out.ttl").exists()


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_our_own_graphs_come_in_from_every_format(suffix: str, shipped: Path, tmp_path: Path) -> None:
    built = tmp_path / f"built{suffix}"
    kg.build(shipped).save(built, ontology=True)
    (tmp_path / "case.nq").write_bytes(merged(shipped))
    left, right = (dict(read_sources(path).graphs()) for path in (built, tmp_path / "case.nq"))
    assert left == right


def test_the_registry_and_foreign_graphs_are_no_case(run: Run, shipped: Path, shared: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.trig"
    theirs = shared / "corpus/rdf/care-sm/RDF/CARE-SM-Medication.nq"
    assert run("merge", shipped, theirs, "-o", out).exit_code == 0
    found = gather(out)
    ours, whole = kg.build(shipped).describe(), found.describe()
    more = {name: whole[name] - ours[name] for name in ours if name != "quads"}
    assert more == {"reports": 1, "patients": 1, "facts": 1, "anchors": 0}, "what was lifted, and nothing of the source"
    assert REGISTRY not in found.graphs()
    assert len(found.kept) == 2
    result = run("check", out, "--format", "json")
    told = json.loads(result.stdout)
    assert [r["rule"] for r in told["results"]].count("kept") == 2
    wrong = {r["rule"] for r in told["results"] if r["severity"] == "violation"}
    assert wrong == {"privacy-day"}, "a registry gives days, which a published report should not"
    assert run("validate", out).exit_code == 0


def test_lifting_keeps_the_laws(shared: Path, shipped: Path, tmp_path: Path) -> None:
    """Files of one export are lifted together, whether they are merged at once, one after the other, or in groups."""
    folder = shared / "corpus/rdf/care-sm/RDF"
    paths = [shipped, *sorted(folder.glob("*.nq"))[:6], *sorted((shared / "corpus/rdf/fhir").glob("*.ttl"))[:2]]
    found = merge(paths)
    assert found.refused == ()
    wanted = written(found.collection)
    told = {result.rule: result.message for result in found.results}
    assert "lifted" in told
    cases = [name for name in found.together.cases if "care-sm" in name]
    assert cases
    # the account tells what was lifted beside the sources, so that its lines add up
    assert {name for came in found.lifts for name in came.cases if "care-sm" in name} == set(cases)
    lines = Counter()
    for came in (*found.came, *found.lifts):
        lines.update(came.facts)
    assert lines == Counter(found.together.facts)
    assert set(cases) <= set(gather_of(wanted, tmp_path / "all.nq").graphs())
    chance = random.Random(3)
    for round_ in range(3):
        dealt = chance.sample(paths, len(paths))
        parts_ = []
        for start in (0, 3, 6):
            part = tmp_path / f"{round_}-{start}{('.nq', '.trig', '.jsonld')[start // 3]}"
            save(merge(dealt[start : start + 3]).collection, part)
            parts_.append(part)
        assert written(merge(parts_[::-1]).collection) == wanted
    without = written(merge(paths[:1] + paths[2:]).collection)
    assert without != wanted
    assert written(remove(read_merged(tmp_path / "all.nq"), [paths[1].name])[0]) == without


def gather_of(data_: bytes, path: Path) -> Dataset:
    path.write_bytes(data_)
    return gather(path)


# ---- remove -----------------------------------------------------------------------------


def test_removing_restores_the_former_bytes(
    run: Run, curators: tuple[Path, Path], shipped: Path, tmp_path: Path
) -> None:
    ann, bob = curators
    out, before = tmp_path / "out.trig", tmp_path / "before.trig"
    run("merge", ann, shipped, "-o", before)
    digest = hashlib.sha256(bob.read_bytes()).hexdigest()
    for name in ("bob.yaml", "bob*", digest, digest[:8]):
        run("merge", before, bob, "-o", out)
        assert out.read_bytes() != before.read_bytes()
        result = run("remove", name, "--from", out)
        assert result.exit_code == 0
        assert "removed: bob.yaml (case file), 1 graph" in result.stdout
        assert out.read_bytes() == before.read_bytes()


@pytest.mark.parametrize(
    "name", ["10.7759/cureus.34125", "https://doi.org/10.7759/CUREUS.34125", "case:10.7759_cureus.34125"]
)
def test_a_report_is_taken_out_of_every_source(
    run: Run, minimal: str, write_case: Write, shipped: Path, tmp_path: Path, name: str
) -> None:
    both, alone, out = tmp_path / "both.trig", write_case(tmp_path, minimal), tmp_path / "out.nq"
    run("build", alone, shipped, "-o", both)
    run("merge", both, shipped, alone, "-o", out)
    result = run("remove", name, "--from", out)
    assert result.exit_code == 0
    assert "removed: case:10.7759_cureus.34125 of both.trig, which tells other reports, too" in result.stdout
    assert set(dict(read_merged(out).graphs())) == {CASE + "invented-1"}
    assert {source.name for source in read_merged(out).sources} == {"both.trig", "a.yaml"}


def test_what_cannot_be_removed_is_told(run: Run, shipped: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.trig"
    run("merge", shipped, "-o", out)
    before = out.read_bytes()
    result = run("remove", "nothing.yaml", "--from", out)
    assert result.exit_code == 2
    assert f"no source of the collection, and no report in it. It has: {shipped.name}" in result.stderr
    result = run("remove", shipped.name, "--from", out)
    assert result.exit_code == 2
    assert "nothing would be left" in result.stderr
    assert out.read_bytes() == before
    built = tmp_path / "built.trig"
    run("build", shipped, "-o", built)
    result = run("remove", shipped.name, "--from", built)
    assert result.exit_code == 1
    assert "has no registry of sources" in result.stderr


def test_two_files_of_one_name_are_told_apart(run: Run, minimal: str, write_case: Write, tmp_path: Path) -> None:
    for name in ("x", "y"):
        (tmp_path / name).mkdir()
        write_case(tmp_path / name, other(minimal, name))
    out = tmp_path / "out.trig"
    assert run("merge", tmp_path / "x", tmp_path / "y", "-o", out).exit_code == 0
    result = run("remove", "a.yaml", "--from", out)
    assert result.exit_code == 2
    digests = re.findall(r"[0-9a-f]{12}", result.stderr)
    assert len(digests) == 2
    assert run("remove", digests[0], "--from", out).exit_code == 0
    assert len(read_merged(out).sources) == 1


# ---- kills and full disks ---------------------------------------------------------------


def killable(*arguments: object) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "kg", *map(str, arguments)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=env)


def parts(folder: Path) -> list[Path]:
    return [path for path in folder.iterdir() if path.name.endswith(".part")]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_kill_at_any_moment_leaves_the_former_file_or_the_new_one(pool: Pool, shipped: Path, tmp_path: Path) -> None:
    case = kg.build(shipped).quads()[:1500]
    text = serialise(case, ox.RdfFormat.N_QUADS).decode()
    many = tmp_path / "many.nq"
    many.write_text("".join(text.replace("10.7759_cureus.34125", f"10.7759_cureus.{n}") for n in range(20)))
    former, out = read_out_bytes(tmp_path, shipped), tmp_path / "out.trig"
    began = time.monotonic()
    assert killable("merge", many, "-o", out).wait() == 0
    whole, new = time.monotonic() - began, out.read_bytes()
    chance = random.Random(20)
    seen, left = set(), 0
    for moment in range(20):
        out.write_bytes(former)
        process = killable("merge", many, "-o", out)
        if moment % 2:
            time.sleep(whole * chance.uniform(0.1, 1.0))
        else:  # while it writes
            while process.poll() is None and not parts(tmp_path):
                pass  # a quick machine has written in a millisecond
            time.sleep(chance.choice([0, 0, 0.002, 0.01]))
        process.send_signal(signal.SIGKILL)
        process.wait()
        left += len(parts(tmp_path))
        assert out.read_bytes() in (former, new)
        seen.add(out.read_bytes() == new)
    assert False in seen
    assert killable("merge", many, "-o", out).wait() == 0
    assert out.read_bytes() == new
    assert parts(tmp_path) == []
    assert left  # some were killed while they wrote


def read_out_bytes(folder: Path, path: Path) -> bytes:
    save(merge([path]).collection, folder / "former.trig")
    return (folder / "former.trig").read_bytes()


@pytest.mark.parametrize("suffix", [".nq", ".trig", ".jsonld"])
def test_a_full_disk_leaves_the_former_file(suffix: str, shipped: Path, tmp_path: Path) -> None:
    out = tmp_path / f"out{suffix}"
    out.write_text("before")
    code = f"""
import resource, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000))
from kg.cli import main
sys.argv = ["casekg", "merge", {str(shipped)!r}, "-o", {str(out)!r}]
main()
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert run.returncode == 2, run.stderr
    assert "cannot be written (File too large)" in run.stderr
    assert "Traceback" not in run.stderr
    assert out.read_text() == "before"
    assert parts(tmp_path) == []


def test_a_writer_at_work_is_not_swept_away(tmp_path: Path) -> None:
    out = tmp_path / "out.nq"
    code = f"""
import sys
from pathlib import Path
from kg.base import files
handle, made = files._new(Path({str(out)!r}))
print(made, flush=True)
sys.stdin.read()
"""
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([sys.executable, "-c", code], stdin=-1, stdout=-1, env=env, text=True)
    assert process.stdout is not None
    made = Path(process.stdout.readline().strip())
    write(out, b"one")
    assert made.exists()
    process.kill()
    process.communicate()
    assert made.exists()
    (tmp_path / ".out.nq.mine").write_text("not ours")
    write(out, b"two")
    assert sorted(path.name for path in tmp_path.iterdir()) == [".out.nq.mine", "out.nq"]
    assert out.read_bytes() == b"two"
