"""Results of criteria for more reports than are held against them while the data is read."""

from __future__ import annotations

import os
import re
import tempfile
import time
from pathlib import Path

import httpx
import pytest
from serving import serving

from kg.serve.served import FEW

CASE = (Path(__file__).with_name("criteria") / "doubts.yaml").read_text("utf-8")
MANY = FEW + 5
COUNT = "SELECT (COUNT(*) AS ?n) { ?r a ckg:CriteriaResult }"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="serving needs fork, which this system has not")


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As many reports that differ in their names."""
    folder = tmp_path_factory.mktemp("many")
    for number in range(MANY):
        (folder / f"c{number}.yaml").write_text(CASE.replace("id: doubts", f"id: doubts{number}"), "utf-8")
    return folder


def counted(url: str) -> int:
    answer = httpx.post(f"{url}sparql", data={"query": COUNT}, timeout=60)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["results"]["bindings"][0]["n"]["value"])


def health(url: str) -> dict[str, object]:
    found: dict[str, object] = httpx.get(f"{url}health").json()
    return found


def test_a_question_waits_for_them_and_the_next_start_has_them(cases: Path) -> None:
    with serving("--quiet", data=[cases]) as server:
        assert health(server.url)["results"] == "being prepared"
        began = time.monotonic()  # a page says at once that they are coming, and asks again
        page = httpx.get(f"{server.url}questions/criteria/scores?ask=yes", headers={"accept": "text/html"}, timeout=60)
        assert time.monotonic() - began < 10
        if page.status_code == 503:
            assert "being prepared" in page.text
            assert int(page.headers["refresh"]) > 0
        assert counted(server.url) == MANY * 5
        rows = httpx.get(f"{server.url}questions/criteria/scores?format=json", timeout=60).json()["rows"]
        assert len(rows) == MANY * 5
        assert health(server.url)["results"] == "ready"
        text = (cases / "c0.yaml").read_text("utf-8")  # one that changes is held against them while the data is read
        read = health(server.url)["data"]
        (cases / "c0.yaml").write_text(re.sub(r"      ulcer: .*\n", "", text), "utf-8")
        for _ in range(150):
            if health(server.url)["data"] != read:
                break
            time.sleep(0.2)
        assert health(server.url)["results"] == "ready"
        assert counted(server.url) == MANY * 5
    with serving("--quiet", data=[cases]) as server:
        assert health(server.url)["results"] == "ready"
        assert counted(server.url) == MANY * 5


def test_without_a_cache_they_are_kept_for_as_long_as_the_server_runs(
    cases: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/none")  # nothing can be written there
    with serving("--quiet", data=[cases]) as server:
        assert counted(server.url) == MANY * 5
        assert len(list(tmp_path.glob("casekg-*"))) == 1
    assert not list(tmp_path.glob("casekg-*"))


def test_cases_that_are_none_leave_the_rest_answered(cases: Path, tmp_path: Path) -> None:
    """A graph that cannot be read back as a case has no results: the question says why, all else is answered."""
    import kg

    path = tmp_path / "all.nq"
    kg.build(cases).save(path)
    text = path.read_text("utf-8")
    title = next(line for line in text.splitlines() if "dc/terms/title" in line and "doubts7>" in line)
    path.write_text(text.replace(f"{title}\n", ""), "utf-8")
    with serving("--quiet", data=[path]) as server:
        answer = httpx.post(f"{server.url}sparql", data={"query": COUNT}, timeout=60)
        assert answer.status_code == 503, answer.text
        assert answer.json()["error"] == "results"
        assert "title" in answer.json()["message"]
        assert health(server.url)["results"] == "failed"
        assert httpx.post(f"{server.url}sparql", data={"query": "ASK { ?f a ckg:Finding }"}).json()["boolean"] is True
