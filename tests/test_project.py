"""Which project holds a path, and what its casekg.toml may say."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.base import places, project
from kg.base.prefixes import CONCEPTS, compress, is_curie
from kg.base.project import CONFIG, Project, enter, find, read_project, shown
from kg.base.results import CaseError, Result
from kg.concepts.terms import Catalogue


@pytest.fixture(autouse=True)
def _leave() -> Iterator[None]:
    yield
    enter(None)


def _write(folder: Path, text: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / CONFIG).write_text(text, "utf-8")
    return folder / CONFIG


def _wrong(path: Path) -> Result:
    with pytest.raises(CaseError) as error:
        read_project(path)
    (result,) = error.value.results
    assert (result.severity, result.rule) == ("violation", "config")
    assert result.message.endswith(".")
    assert result.cure.endswith((".", "?"))
    return result


# ---- finding ---------------------------------------------------------------------------


def test_the_nearest_project_above_a_path_is_found(tmp_path: Path) -> None:
    _write(tmp_path)
    _write(tmp_path / "a" / "b")
    (tmp_path / "a" / "b" / "c").mkdir()
    (tmp_path / "a" / "b" / "c" / "x.yaml").write_text("x")
    for inside in ("a/b", "a/b/c", "a/b/c/x.yaml", "a/b/none/y.yaml"):
        found = find(tmp_path / inside)
        assert found is not None
        assert found.root == (tmp_path / "a" / "b").resolve()
    above = find(tmp_path / "a")
    assert above is not None
    assert above.root == tmp_path.resolve()


def test_a_path_outside_has_none(tmp_path: Path) -> None:
    assert find(tmp_path / "x.yaml") is None
    (tmp_path / CONFIG).mkdir()  # a folder of that name is no settings
    assert find(tmp_path) is None


def test_a_relative_path_is_found_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _write(tmp_path)
    (tmp_path / "cases").mkdir()
    monkeypatch.chdir(tmp_path / "cases")
    found = find("")
    assert found is not None
    assert found.root == tmp_path.resolve()


# ---- reading ---------------------------------------------------------------------------


def test_an_empty_file_is_a_project_with_defaults(tmp_path: Path) -> None:
    path = _write(tmp_path)
    assert read_project(path) == Project(tmp_path, tmp_path / "cases")


def test_every_setting_is_read(tmp_path: Path) -> None:
    for name in ("reports", "texts"):
        (tmp_path / name).mkdir()
    for name in ("known.json", "retracted.csv"):
        (tmp_path / name).write_text("")
    path = _write(
        tmp_path,
        'cases = "reports"\nsources = "texts"\nfail-on = "warning"\nprivacy = "safe-harbor"\n'
        'baseline = "known.json"\nretractions = "retracted.csv"\n[prefixes]\nmy = "https://example.org/x#"\n',
    )
    assert read_project(path) == Project(
        tmp_path,
        tmp_path / "reports",
        tmp_path / "texts",
        "warning",
        "safe-harbor",
        tmp_path / "known.json",
        tmp_path / "retracted.csv",
        {"my": "https://example.org/x#"},
    )


@pytest.mark.parametrize(
    ("text", "line", "key", "words"),
    [
        ("\ncases =", 2, "", "not TOML"),
        ('\nfail_on = "warning"', 2, "fail_on", "Did you mean 'fail-on'?"),
        ("zzz = 1", 1, "zzz", "One of: prefixes"),
        ("\n\nfail-on = 1", 3, "fail-on", "is not text"),
        ('fail-on = "error"', 1, "fail-on", "One of: violation, warning, info."),
        ('privacy = "hipaa"', 1, "privacy", "One of: published, safe-harbor."),
        ('#\nsources = "none"', 2, "sources", "is not there"),
        ('baseline = "."', 1, "baseline", "is not there"),
        ('cases = "casekg.toml"', 1, "cases", "is not there"),
        ('prefixes = "my"', 1, "prefixes", "expected a table"),
        ('[prefixes]\nmy-own = "https://example.org/x#"', 2, "prefixes.my-own", "letters only"),
        ('[prefixes]\na = "https://example.org/a#"\nmy = "https://example.org/x"', 3, "prefixes.my", "start of an IRI"),
        ('[prefixes]\nmy = "https://example.org/x y#"', 2, "prefixes.my", "start of an IRI"),
        ("[prefixes]\nmy = 1", 2, "prefixes.my", "start of an IRI"),
        ('[prefixes]\nHP = "https://example.org/x#"', 2, "prefixes.HP", "casekg's own"),
        ('[prefixes]\nrdfs = "https://example.org/x#"', 2, "prefixes.rdfs", "casekg's own"),
        ('[prefixes]\nmy = "https://w3id.org/casekg/ontology#"', 2, "prefixes.my", "casekg's own"),
        ('[prefixes]\na = "https://example.org/x#"\nb = "https://example.org/x#"', 3, "prefixes.b", "that of 'a'"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(text: str, line: int, key: str, words: str, tmp_path: Path) -> None:
    result = _wrong(_write(tmp_path, text))
    assert (result.line, result.key) == (line, key)
    assert words in f"{result.message} {result.cure}"


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert "No such file" in _wrong(tmp_path / CONFIG).message
    (tmp_path / CONFIG).write_bytes(b"\xff")
    assert "not UTF-8" in _wrong(tmp_path / CONFIG).message


@given(text=st.text(max_size=80) | st.binary(max_size=80))
def test_no_text_makes_another_exception(text: str | bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / CONFIG
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "replace"))
    results: tuple[Result, ...] = ()
    try:
        read_project(path)
    except CaseError as error:
        results = error.results
    path.unlink()
    assert {r.rule for r in results} <= {"config"}


def test_a_place_is_shown_from_the_current_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    _write(tmp_path / "a", "x = 1")
    assert _wrong(tmp_path / "a" / CONFIG).file == os.path.join("a", CONFIG)  # noqa: PTH118
    assert shown(tmp_path.parent) == str(tmp_path.parent)


# ---- entering --------------------------------------------------------------------------

TERM = """@prefix my: <https://example.org/{0}#> .
my:New a <http://www.w3.org/2002/07/owl#Class> ; <http://www.w3.org/2000/01/rdf-schema#label> "new in {0}" .
"""


def _project(top: Path, name: str) -> Project:
    _write(top / name, f'[prefixes]\nmy = "https://example.org/{name}#"')
    (top / name / "terms").mkdir()
    (top / name / "terms" / "own.ttl").write_text(TERM.format(name), "utf-8")
    return read_project(top / name / CONFIG)


def test_one_project_after_the_other_is_seen_and_none_is_left(tmp_path: Path) -> None:
    one, two = _project(tmp_path, "one"), _project(tmp_path, "two")
    before = set(Catalogue.shipped().labels)
    for made in (one, two, one):
        enter(made)
        name = made.root.name
        assert Catalogue.shipped().resolve("my:New") == f"https://example.org/{name}#New"
        assert set(Catalogue.shipped().labels) - before == {f"https://example.org/{name}#New"}
        assert compress(f"https://example.org/{name}#New") == "my:New"
        assert places.own("terms", "*.ttl") == [made.root / "terms" / "own.ttl"]
    enter(None)
    assert set(Catalogue.shipped().labels) == before
    assert not is_curie("my:New")
    assert "my" not in CONCEPTS
    assert places.own("terms", "*.ttl") == []


def test_reading_another_project_does_not_leave_the_one_that_was_entered(tmp_path: Path) -> None:
    enter(_project(tmp_path, "one"))
    _project(tmp_path, "two")
    _wrong(_write(tmp_path / "bad", '[prefixes]\nHP = "https://example.org/x#"'))
    assert compress("https://example.org/one#New") == "my:New"
    assert not compress("https://example.org/two#New").startswith("my:")


def test_a_prefix_of_a_public_source_makes_its_ids_known(tmp_path: Path) -> None:
    path = _write(tmp_path, '[prefixes]\nOMIMPS = "https://omim.org/phenotypicSeries/"')
    assert not is_curie("OMIMPS:98896")
    project.enter(read_project(path))
    assert is_curie("OMIMPS:98896")
    assert compress("https://omim.org/phenotypicSeries/98896") == "OMIMPS:98896"
