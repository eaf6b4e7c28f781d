"""casekg check: everything in one report, nothing twice, nothing that a file can do about it."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kg.base import cache, files, places, project
from kg.base.results import Result
from kg.gate import check
from kg.gate.check import Options
from kg.gate.shapes import validate
from kg.graph.store import FORMATS, build, gather

WriteCase = Callable[..., Path]
Run = Callable[..., Any]
Process = Callable[..., "subprocess.CompletedProcess[str]"]

OFFLINE = Options(cache=False)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No test sees another one's cache or project."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
    yield
    project.enter(None)


def told(results: tuple[Result, ...], severity: str = "violation") -> list[tuple[str, int]]:
    return [(r.rule, r.line) for r in results if r.severity == severity]


def line_of(path: Path, words: str) -> int:
    return next(n for n, line in enumerate(path.read_text("utf-8").splitlines(), 1) if words in line)


def test_the_suffixes_are_those_of_the_store() -> None:
    assert tuple(FORMATS) == files.RDF_SUFFIXES


def test_the_shipped_case_is_in_order() -> None:
    report = check.check((), OFFLINE)
    assert told(report.results) == []
    assert report.graphs == 1
    assert [Path(file).name for file in report.files] == ["cureus-34125.yaml"]
    assert sum(report.focus_nodes.values()) > 2000


def test_both_engines_say_the_same() -> None:
    compiled, pyshacl = (check.check((), Options(cache=False, engine=name)) for name in ("compiled", "pyshacl"))
    assert compiled == pyshacl


def test_everything_about_a_file_is_told_at_once(tmp_path: Path, write_case: WriteCase, sources: Path) -> None:
    """Identifier, consistency, privacy and anchor, each at its line."""
    path = write_case(
        tmp_path,
        replace={
            "CHEBI:71200 ! tofacitinib": "CHEBI:71200" + " ! tofacitinb",
            "value: 10, unit: mg": "value: 20, unit: mg",
            "Calcinosis was absent in 2019": "Calcinosis was absent in 1919",
        },
    )
    found = told(check.check([path], Options(cache=False, sources=sources)).results)
    assert ("label", line_of(path, "tofacitinb")) in found
    assert ("printed", line_of(path, "value: 20")) in found
    assert ("anchor", line_of(path, "1919")) in found


def test_a_shape_points_to_the_line(tmp_path: Path, write_case: WriteCase) -> None:
    path = write_case(tmp_path, replace={"start: 2021-03": "start: 2021-03\n        end: 2020-01"})
    report = check.check([path], OFFLINE)
    wrong = [r for r in report.results if r.severity == "violation"]
    assert wrong
    assert all(abs(r.line - line_of(path, "end: 2020-01")) <= 1 for r in wrong), wrong


@pytest.mark.parametrize("suffix", [".ttl", ".trig", ".nq"])
def test_rdf_is_held_to_the_same_rules_and_the_line_of_its_subject_is_told(
    tmp_path: Path, write_case: WriteCase, suffix: str
) -> None:
    path = tmp_path / f"case{suffix}"
    build([write_case(tmp_path)]).save(path)
    assert told(check.check([path], OFFLINE).results) == []
    text = path.read_text("utf-8")
    spoiled = text.replace('"10 mg"', '"11 mg"')
    assert spoiled != text
    path.write_text(spoiled, "utf-8")
    wrong = [r for r in check.check([path], OFFLINE).results if r.severity == "violation"]
    assert wrong
    for result in wrong:
        assert result.focus.endswith("p1#tofacitinib"), result
        assert "p1#tofacitinib>" in spoiled.splitlines()[result.line - 1]


def test_unchanged_files_are_not_checked_again(
    tmp_path: Path, write_case: WriteCase, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (write_case(tmp_path, name=f"{n}.yaml") for n in ("one", "two"))
    two.write_text(one.read_text("utf-8").replace("id: invented-1", "id: invented-2"), "utf-8")
    first = check.check([tmp_path], Options())
    worked: list[Path] = []
    real = check._work

    def counting(paths: list[Path], *rest: Any) -> Iterator[object]:
        worked.extend(paths)
        return real(paths, *rest)

    monkeypatch.setattr(check, "_work", counting)
    assert check.check([tmp_path], Options()) == first
    assert worked == []
    one.write_text(one.read_text("utf-8").replace("value: 10, unit: mg", "value: 20, unit: mg"), "utf-8")
    again = check.check([tmp_path], Options())
    assert worked == [one]
    assert [r.file for r in again.results if r.severity == "violation"] == [str(one)]
    moved = tmp_path / "three.yaml"
    two.rename(moved)
    worked.clear()
    report = check.check([tmp_path], Options())
    assert worked == []
    assert str(moved) in {r.file for r in report.results}
    assert str(two) not in {r.file for r in report.results}


def test_what_judges_a_file_is_part_of_the_key(tmp_path: Path) -> None:
    first = cache.fingerprint({"privacy": "published"})
    assert first == cache.fingerprint({"privacy": "published"})
    assert first != cache.fingerprint({"privacy": "safe-harbor"})
    (tmp_path / "casekg.toml").write_text("", "utf-8")
    (tmp_path / "shapes").mkdir()
    (tmp_path / "shapes" / "own.ttl").write_text("# one\n", "utf-8")
    project.enter(project.find(tmp_path))
    second = cache.fingerprint({"privacy": "published"})
    (tmp_path / "shapes" / "own.ttl").write_text("# two\n", "utf-8")
    assert len({first, second, cache.fingerprint({"privacy": "published"})}) == 3


def test_a_change_of_anything_that_judges_changes_the_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shapes and ontology of casekg, every folder of the project that judges cases, and the versions of the tools."""
    judges = [
        tmp_path / name
        for name in ("casekg/shapes/a.ttl", "casekg/ontology/a.ttl", "casekg/ontology/lifts/a.rq", "casekg/ontology/terms/a.ttl",
                     "mine/terms/a.ttl", "mine/shapes/a.ttl", "mine/mappings/a.sssom.tsv", "mine/lifts/a.rq")
    ]  # fmt: skip
    for path in judges:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("one", "utf-8")
    monkeypatch.setattr(places, "folder", lambda name: tmp_path / "casekg" / name)
    places.enter(tmp_path / "mine")
    keys = [cache.fingerprint({})]
    for path in judges:
        path.write_text("two", "utf-8")
        keys.append(cache.fingerprint({}))
    (tmp_path / "mine/terms/a.ttl").rename(tmp_path / "mine/terms/b.ttl")
    keys.append(cache.fingerprint({}))
    for tool in ("casekg", "pyoxigraph", "phenopackets"):
        monkeypatch.setattr(cache, "version", lambda name, tool=tool: "2" if name == tool else "1")
        keys.append(cache.fingerprint({}))
    assert len(set(keys)) == len(keys)


def test_a_changed_source_text_is_looked_at_again(tmp_path: Path, write_case: WriteCase, sources: Path) -> None:
    path = write_case(tmp_path)
    texts = tmp_path / "texts"
    shutil.copytree(sources, texts)
    options = Options(sources=texts)
    assert told(check.check([path], options).results) == []
    (texts / "invented.txt").write_text("another text", "utf-8")
    assert [rule for rule, _ in told(check.check([path], options).results)] == ["source"]
    (texts / "invented.txt").unlink()
    report = check.check([path], options)
    assert told(report.results) == []
    assert "source-missing" in [rule for rule, _ in told(report.results, "warning")]


@pytest.mark.parametrize("spoil", [b"", b"not a database at all" * 100])
def test_a_damaged_cache_is_done_without(tmp_path: Path, write_case: WriteCase, spoil: bytes) -> None:
    path = write_case(tmp_path)
    first = check.check([path], Options())
    base = cache.Cache.place(None) / "check.sqlite"
    assert base.exists()
    base.write_bytes(spoil)
    assert check.check([path], Options()) == first


def test_one_report_in_two_files(tmp_path: Path, write_case: WriteCase) -> None:
    write_case(tmp_path, name="a.yaml")
    write_case(tmp_path, name="b.yaml")
    wrong = [r for r in check.check([tmp_path], OFFLINE).results if r.severity == "violation"]
    assert [(r.rule, Path(r.file).name) for r in wrong] == [("duplicate-report", "b.yaml")]
    assert str(tmp_path / "a.yaml") in wrong[0].message


def test_one_text_under_two_reports(tmp_path: Path, write_case: WriteCase) -> None:
    text = write_case(tmp_path).read_text("utf-8")
    write_case(tmp_path, text.replace("id: invented-1", "id: invented-2"), name="b.yaml")
    report = check.check([tmp_path], OFFLINE)
    assert told(report.results) == []
    assert "duplicate-text" in [rule for rule, _ in told(report.results, "warning")]


RETRACTIONS = {
    "watch.csv": 'Record ID,Title,OriginalPaperDOI,RetractionNature\n1,"A, b",{doi},Retraction\n',
    "dois.txt": "https://doi.org/{doi}\n10.1/other\n",
    "semicolon.csv": "doi;RetractionNature\n{doi};Expression of concern\n",
}


@pytest.mark.parametrize("name", RETRACTIONS)
def test_a_retracted_report(tmp_path: Path, write_case: WriteCase, name: str) -> None:
    path = write_case(tmp_path, replace={"id: invented-1": "doi: 10.1234/one"})
    table = tmp_path / name
    table.write_text(RETRACTIONS[name].format(doi="10.1234/ONE"), "utf-8")
    report = check.check([path], Options(cache=False, retractions=table))
    assert told(report.results) == [("retracted", line_of(path, "doi:"))]


def test_a_title_that_says_retracted(tmp_path: Path, write_case: WriteCase) -> None:
    path = write_case(tmp_path)
    text = path.read_text("utf-8")
    title = next(line for line in text.splitlines() if line.strip().startswith("title:"))
    path.write_text(text.replace(title, title.replace("title: ", 'title: "RETRACTED: ').rstrip() + '"', 1), "utf-8")
    assert ("retracted", line_of(path, "RETRACTED")) in told(check.check([path], OFFLINE).results)


# ---- bounds ------------------------------------------------------------------------------


def test_a_file_that_takes_too_long_is_stopped(tmp_path: Path, write_case: WriteCase) -> None:
    path = write_case(tmp_path)
    report = check.check([path], Options(cache=True, seconds=0.1))
    assert [rule for rule, _ in told(report.results)] == ["time-limit"]
    assert told(check.check([path], Options()).results) == [], "what was stopped is not kept"


def test_a_file_that_needs_too_much_memory_is_stopped(tmp_path: Path, write_case: WriteCase) -> None:
    good, big = write_case(tmp_path), tmp_path / "big.nt"
    big.write_bytes(b"".join(b'<http://a> <http://b> "%d%s" .\n' % (n, b"x" * 1_000_000) for n in range(190)))
    report = check.check([tmp_path], Options(cache=False, memory=check.GIB // 2))
    assert [(r.rule, r.file) for r in report.results if r.severity == "violation"] in (
        [("memory-limit", str(big))],
        [("crashed", str(big))],
    )
    assert str(good) in report.files


def hostile(top: Path, good: bytes) -> dict[str, str]:
    """A folder of files that mean harm; name -> the rule that must tell."""
    names = "abcdefgh"
    bomb = "a: &a [x, x]\n" + "".join(f"{c}: &{c} [{', '.join([f'*{p}'] * 9)}]\n" for p, c in itertools.pairwise(names))
    entities = "".join(f'<!ENTITY {c} "{f"&{p};" * 10}">' for p, c in itertools.pairwise(names))
    rdf = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="http://example.org/">{}</rdf:RDF>'
    other = good.replace(b"id: invented-1", b"id: invented-2")
    bad: dict[str, tuple[bytes | str, str]] = {
        "bomb.yaml": (bomb, "alias"),
        "deep.yaml": ("[" * 100_000, "depth"),
        "nan.yaml": (other.replace(b"value: 40", b"value: .nan", 1), "schema"),
        "infinite.yaml": (other.replace(b"value: 40", b"value: 1e9999", 1), "schema"),
        "digits.yaml": (other.replace(b"value: 40", b"value: " + b"9" * 5000, 1), "schema"),
        "surrogate.yaml": (b'a: "\\ud800"\n', "yaml"),
        "nul.yaml": (b"report:\x00\n", "encoding"),
        "utf16.yaml": ("report: {}".encode("utf-16"), "encoding"),
        "latin1.yaml": (b"report: caf\xe9\n", "encoding"),
        "line.yaml": (b"a: " + b"x" * 3_000_000, "file"),
        "tag.yaml": ('!!python/object/apply:os.system ["true"]', "tag"),
        "documents.yaml": ("a: 1\n---\nb: 2\n", "yaml"),
        "empty.yaml": (b"", "yaml"),
        "deep.jsonld": ('{"a":' * 100_000, "syntax"),
        "remote.jsonld": ('{"@context": "http://example.org/c", "@id": "http://a", "p": "x"}', "syntax"),
        "local.jsonld": ('{"@context": "file:///etc/passwd", "@id": "http://a", "p": "x"}', "syntax"),
        "surrogate.jsonld": (r'{"@id": "http://x/\ud800", "http://x/p": "\udfff"}', "syntax"),
        "bomb.rdf": (f'<!DOCTYPE r [<!ENTITY a "aaaaaaaaaa">{entities}]>' + rdf.format("<x:y>&h;</x:y>"), "syntax"),
        "outside.rdf": ('<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + rdf.format("&a;"), "syntax"),
        "wide.rdf": (f'<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r [{entities}]>{rdf.format("&h;")}'.encode("utf-16"), "syntax"),
        "deep.rdf": ("<a>" * 100_000, "syntax"),
        "relative.rdf": (rdf.format('<rdf:Description rdf:about="a"><x:b rdf:resource="c"/></rdf:Description>'), "syntax"),
        "truncated.ttl": ('@prefix a: <http://a/> . a:b a:c "unfinished', "syntax"),
        "truncated.trig": ("<http://g> { <http://a> <http://b> ", "syntax"),
        "space.ttl": ("<http://a b> <http://c> <http://d> .", "syntax"),
        "relative.ttl": ("<a> <b> <c> .", "syntax"),
        "imports.ttl": ("<http://a> <http://www.w3.org/2002/07/owl#imports> <http://example.org/b> .", "empty"),
        "deep.ttl": ("<http://a> <http://b> " + "(" * 100_000, "syntax"),
        "quoted.nq": ("<<" * 100_000, "syntax"),
        "terms.ttl": ("<http://a> <http://b> " + "<<( <http://a> <http://b> " * 20_000, "syntax"),
        "lists.jsonld": ('{"http://a":' + '{"@list":[' * 20_000 + "1" + "]}" * 20_000 + "}", "syntax"),
        "wide-element.rdf": (rdf.format("<x:a " + " ".join(f'x:b{n}=""' for n in range(2000)) + "/>"), "syntax"),
        "long-term.nq": ('<http://a> <http://b> "' + "x" * 17_000_000 + '" .', "syntax"),
        "digits.json": ('{"subject": {"id": ' + "9" * 5000 + "}}", "json"),
        "keys.yaml": ("".join(f"k{n}: 1\n" for n in range(2000)), "schema"),
        "bytes.nq": (bytes(1000), "syntax"),
        "zero.nq": (b"", "empty"),
    }  # fmt: skip
    for name, (content, _) in bad.items():
        (top / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (top / "circle").symlink_to(top)
    (top / "self.yaml").symlink_to(top / "self.yaml")
    (top / "endless.yaml").symlink_to("/dev/zero")
    os.mkfifo(top / "pipe.yaml")
    (top / os.fsdecode(b"name\xff.yaml")).write_bytes(b"x")
    (top / "new\nline.yaml").write_bytes(b"x")
    (top / "folder.yaml").mkdir()
    (top / "folder.yaml" / "good.yaml").write_bytes(good)
    expected = {name: rule for name, (_, rule) in bad.items()}
    return expected | {
        "self.yaml": "file",
        "endless.yaml": "not-a-file",
        "pipe.yaml": "not-a-file",
        "new\nline.yaml": "schema",
        os.fsdecode(b"name\xff.yaml"): "schema",
    }


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices are those of POSIX")
def test_a_hostile_folder(tmp_path: Path, minimal: str, casekg: Process) -> None:
    """No traceback, no waiting, and the one good file is checked."""
    top = tmp_path / "hostile"
    top.mkdir()
    expected = hostile(top, minimal.encode())
    for format_ in ("json", "text", "sarif", "junit", "github", "markdown"):
        run = casekg("check", top, "--format", format_)
        assert run.returncode == 1, run.stderr
        assert "Traceback" not in run.stdout + run.stderr
        if format_ == "json":
            made = json.loads(run.stdout)
    rules: dict[str, set[str]] = {}
    for result in made["results"]:
        if result["severity"] == "violation":
            name = Path(result["file"]).name
            rules.setdefault(name, set()).add(result["rule"])
    for name, rule in expected.items():
        shown = name.encode("utf-8", "backslashreplace").decode()
        assert rule in rules.get(shown, set()), (name, rules.get(shown))
    assert str(top / "folder.yaml" / "good.yaml") in made["files"]
    assert "good.yaml" not in rules
    assert len(made["files"]) == len(expected) + 1


@pytest.mark.skipif(os.name != "posix", reason="pipes and devices are those of POSIX")
def test_a_hostile_folder_and_the_commands_that_read_it_themselves(
    tmp_path: Path, minimal: str, shipped: Path, run: Run
) -> None:
    """They tell what is wrong, by file, and write nothing that is half there."""
    top, out = tmp_path / "hostile", tmp_path / "out.nq"
    top.mkdir()
    expected = hostile(top, minimal.encode())
    out.write_text("as it was", "utf-8")
    for words in (
        ["build", top, "-o", out],
        ["show", top],
        ["export", top, "-o", tmp_path / "made"],
        ["diff", shipped, top],
    ):
        made = run(*words)
        assert made.exit_code == 1, words
        for name in (name for name, rule in expected.items() if name.isprintable() and rule != "empty"):
            assert f"{name}:" in made.stderr, (words, name)
    assert out.read_text("utf-8") == "as it was"
    assert not (tmp_path / "made").exists()
    made = run("validate", top)
    assert made.exit_code == 1
    assert "not valid: 2 graphs" in made.stdout, "the good one, and triples without a graph"
    made = run("merge", top, "-o", out)
    assert made.exit_code == 1
    assert "folder.yaml/good.yaml" not in made.stderr
    assert any(name.endswith("invented-1") for name in build(out).graphs())


def test_results_of_a_rule_that_is_broken_for_ever_are_counted_not_listed(tmp_path: Path) -> None:
    top = "https://w3id.org/casekg/case/x"
    kind, ckg = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>", "https://w3id.org/casekg/ontology#"
    rows = [
        f"<{top}> {kind} <{ckg}Report> <{top}> .",
        *(f"<{top}/p{n}> {kind} <{ckg}Patient> <{top}> ." for n in range(2000)),
    ]
    path = tmp_path / "many.nq"
    path.write_text("\n".join(rows) + "\n", "utf-8")
    results = check.check([path], OFFLINE).results
    assert len(results) < 20_000
    assert any("more of this rule are not listed" in r.message for r in results)


# ---- the command -------------------------------------------------------------------------


@pytest.fixture
def spoiled(tmp_path: Path, write_case: WriteCase) -> Path:
    (tmp_path / "cases").mkdir()
    return write_case(tmp_path / "cases", replace={"value: 10, unit: mg": "value: 20, unit: mg"})


def test_exit_codes(run: Run, spoiled: Path, tmp_path: Path, shipped: Path) -> None:
    assert run("check", shipped).exit_code == 0
    assert run("check", shipped, "--fail-on", "warning").exit_code == 1
    assert run("check", spoiled).exit_code == 1
    assert run("check", tmp_path / "nowhere.yaml").exit_code == 2
    assert run("check", spoiled, "--baseline", tmp_path / "none.json").exit_code == 2
    (tmp_path / "empty").mkdir()
    assert run("check", tmp_path / "empty").exit_code == 2


def test_a_baseline_hides_what_is_known_and_nothing_else(run: Run, spoiled: Path, tmp_path: Path) -> None:
    base = tmp_path / "baseline.json"
    assert run("check", spoiled, "--write-baseline", base).exit_code == 0
    made = run("check", spoiled, "--baseline", base)
    assert made.exit_code == 0, made.stdout
    assert "0 violations" in made.stdout
    moved = "# a line more\n\n" + spoiled.read_text("utf-8")
    spoiled.write_text(moved, "utf-8")
    assert run("check", spoiled, "--baseline", base).exit_code == 0
    spoiled.write_text(moved.replace("value: 5, unit: mg", "value: 6, unit: mg"), "utf-8")
    assert run("check", spoiled, "--baseline", base).exit_code == 1
    spoiled.write_text(moved.replace("value: 20, unit: mg", "value: 10, unit: mg"), "utf-8")
    cured = run("check", spoiled, "--baseline", base, "--infos")
    assert cured.exit_code == 0
    assert "a known finding is gone" in cured.stdout


def test_a_finding_that_names_another_line_is_known_again_after_both_moved(
    tmp_path: Path, minimal: str, run: Run
) -> None:
    base, path = tmp_path / "baseline.json", tmp_path / "a.yaml"
    path.write_text(minimal.replace("        unit: mm/h\n", "        unit: mm/h\n        value: 41\n"), "utf-8")
    run("check", path, "--write-baseline", base)
    path.write_text("# moved\n" + path.read_text("utf-8"), "utf-8")
    assert run("check", path, "--baseline", base).exit_code == 0


@pytest.mark.parametrize("form", ["json", "sarif", "junit", "github", "markdown"])
def test_a_casekg_toml_that_is_wrong_is_in_the_report_too(tmp_path: Path, run: Run, form: str) -> None:
    (tmp_path / "casekg.toml").write_text('\nfail-on = "violence"\n', "utf-8")
    for words in ([], ["--output", tmp_path / "report"]):
        made = run("check", tmp_path, "--format", form, *words)
        assert made.exit_code == 2
        text = (tmp_path / "report").read_text("utf-8") if words else made.stdout
        assert "violence" in text
        assert form != "github" or "casekg.toml,line=2,col=1" in text


def test_a_judge_that_was_renamed_away_concerns_every_file(casekg: Process, spoiled: Path, tmp_path: Path) -> None:
    (tmp_path / "casekg.toml").write_text("", "utf-8")
    (tmp_path / "terms").mkdir()
    (tmp_path / "terms" / "own.ttl").write_text("@prefix a: <http://a/> .\n" * 9, "utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    git(tmp_path, "mv", "terms/own.ttl", "old.ttl")
    git(tmp_path, "commit", "-qm", "two")
    made = casekg("check", "--since", "HEAD~1", cwd=tmp_path)
    assert "terms changed: every file is checked" in made.stderr


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", *who, *words], cwd=folder, check=True, capture_output=True)


def test_only_what_a_commit_touched(casekg: Process, spoiled: Path, tmp_path: Path, write_case: WriteCase) -> None:
    cases = spoiled.parent
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    other = write_case(
        cases,
        spoiled.read_text("utf-8").replace("id: invented-1", "id: invented-2").replace("20, unit", "10, unit"),
        name="b.yaml",
    )
    new = casekg("check", cases, "--changed")
    assert new.returncode == 1, "the first commit touched the spoiled file"
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "two")
    last = casekg("check", cases, "--changed", "--format", "json")
    assert last.returncode == 0, last.stdout
    assert json.loads(last.stdout)["files"] == [str(other)]
    assert casekg("check", cases, "--since", "HEAD~1").returncode == 0
    assert casekg("check", cases).returncode == 1
    wrong = casekg("check", cases, "--since", "nothing-of-that-name")
    assert wrong.returncode == 2
    assert "Traceback" not in wrong.stderr
    git(tmp_path, "commit", "-q", "--allow-empty", "-m", "three")
    none = casekg("check", cases, "--changed")
    assert none.returncode == 0
    assert "0 of 2 files changed" in none.stderr


def test_changed_terms_concern_every_file(casekg: Process, spoiled: Path, tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    (tmp_path / "casekg.toml").write_text("", "utf-8")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "two")
    made = casekg("check", "--changed", cwd=tmp_path)
    assert made.returncode == 1
    assert "casekg.toml changed: every file is checked" in made.stderr


def test_rules_are_listed(run: Run) -> None:
    made = json.loads(run("check", "--rules", "--format", "json").stdout)
    assert len(made) > 300
    assert {"label", "time-limit", "duplicate-report", "shape:Treatment-drug"} <= {rule["id"] for rule in made}
    assert run("check", "--rules").exit_code == 0


def test_an_output_file_is_written_whole(run: Run, spoiled: Path, tmp_path: Path) -> None:
    out = tmp_path / "report.sarif"
    made = run("check", spoiled, "--format", "sarif", "--output", out)
    assert made.exit_code == 1
    assert json.loads(out.read_text("utf-8"))["version"] == "2.1.0"
    assert run("check", spoiled, "--output", tmp_path / "no" / "where.txt").exit_code == 2


def test_without_paths_the_shipped_cases_are_meant(tmp_path: Path, casekg: Process) -> None:
    made = casekg("check", "--format", "json", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert [Path(file).name for file in json.loads(made.stdout)["files"]] == [p.name for p in places.cases()]


def test_a_spoiled_line_is_noticed_and_named(tmp_path: Path, shipped: Path) -> None:
    """A sample of what benchmarks/lines.py measures."""
    import importlib.util
    import random

    from kg.gate.examining import Settings, examine

    home = Path(__file__).resolve().parents[1] / "benchmarks" / "lines.py"
    spec = importlib.util.spec_from_file_location("lines", home)
    assert spec is not None
    assert spec.loader is not None
    lines = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lines)
    made = list(lines.spoils(shipped.read_text("utf-8")))
    assert len(made) > 1000
    path, missed, elsewhere = tmp_path / "a.yaml", [], []
    for name, where, line, text in random.Random(7).sample(made, 40):
        path.write_text(text, "utf-8")
        wrong = [r for r in examine(path, Settings()).results if r.severity == "violation"]
        if not wrong:
            missed.append((name, where))
        elif all(r.line != line for r in wrong):
            elsewhere.append((name, where, line, str(wrong[0])))
    assert missed == []
    assert len(elsewhere) <= 2, elsewhere


STRAYS = {
    "blank": "[] a <https://w3id.org/casekg/ontology#Patient> .",
    "foreign": "<http://example.org/r> a <https://w3id.org/casekg/ontology#Response> .",
    "label": '<http://purl.obolibrary.org/obo/CHEBI_8382> <http://www.w3.org/2000/01/rdf-schema#label> "banana" .',
    "vocabulary": '<https://w3id.org/casekg/ontology#Excluded> <http://www.w3.org/2000/01/rdf-schema#label> "present" .',
    "same": "<https://w3id.org/casekg/ontology#Improved> <http://www.w3.org/2002/07/owl#sameAs> <https://w3id.org/casekg/ontology#Worsened> .",
    "person": '<http://example.org/x> <http://xmlns.com/foaf/0.1/name> "A name" .',
}


@pytest.mark.parametrize("name", STRAYS)
def test_nothing_is_said_outside_the_graph_of_a_report(tmp_path: Path, write_case: WriteCase, name: str) -> None:
    path = tmp_path / "case.ttl"
    build([write_case(tmp_path)]).save(path)
    text = path.read_text("utf-8")
    path.write_text(f"{text}\n{STRAYS[name]}\n", "utf-8")
    wrong = [r for r in check.check([path], OFFLINE).results if r.severity == "violation"]
    assert wrong
    assert all(r.line in (0, line_of(path, STRAYS[name])) for r in wrong)
    assert not validate(gather([path])).conforms


def test_a_statement_about_a_patient_in_another_graph(tmp_path: Path, write_case: WriteCase) -> None:
    path = tmp_path / "case.nq"
    build([write_case(tmp_path)]).save(path)
    sex = "<https://w3id.org/casekg/ontology#sex> <http://purl.obolibrary.org/obo/PATO_0000384>"
    with path.open("a", encoding="utf-8") as handle:
        handle.write(f"<https://w3id.org/casekg/case/invented-1/p1> {sex} <http://example.org/g> .\n")
    ((rule, line),) = told(check.check([path], OFFLINE).results)
    assert rule == "graph"
    assert path.read_text("utf-8").splitlines()[line - 1].startswith("<https://w3id.org/casekg/case/invented-1/p1>")


def test_the_ontology_may_stand_in_the_file(tmp_path: Path, write_case: WriteCase) -> None:
    path = tmp_path / "case.trig"
    build([write_case(tmp_path)]).save(path, ontology=True)
    assert told(check.check([path], OFFLINE).results) == []


def test_hidden_files_are_not_cases(tmp_path: Path, write_case: WriteCase) -> None:
    path = write_case(tmp_path)
    (tmp_path / ".pre-commit-config.yaml").write_text("repos: []\n", "utf-8")
    assert check.check([tmp_path], OFFLINE).files == (str(path),)


def test_a_graph_of_another_model_is_lifted_and_checked(shared: Path, run: Callable[..., Any]) -> None:
    path = shared / "corpus" / "rdf" / "fhir" / "condition-example.ttl"
    if not path.exists():
        pytest.skip("the graphs of FHIR are not there")
    told = run("check", path, "--format", "json")
    results = json.loads(told.stdout)["results"]
    assert told.exit_code == 0
    assert [r["message"] for r in results if r["rule"] == "lifted"]
    assert not [r for r in results if r["rule"] == "empty"]
