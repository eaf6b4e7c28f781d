"""The review page: what it asks of the server, who is refused, and a whole review in Chromium by keyboard only."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from conftest import Run, WriteCase
from drafts import drafted
from serving import Running, serving

from kg.model.reading import judge_case_file, read_case

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
LIMITED, ARTHRITIC = "HP:0001376 ! Limitation of joint mobility", "HP:0001369 ! Arthritis"
ARTHRITIS = "patients.p1.findings.arthritis"


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory, write_case: WriteCase) -> Path:
    folder = tmp_path_factory.mktemp("review")
    path = drafted(write_case(folder), folder / "draft.yaml")
    told = f"        # or {LIMITED}\n        # doubt: <img src=x onerror=alert(1)>\n"
    text = path.read_text("utf-8")
    before, mark, behind = text.partition(f"        concept: {ARTHRITIC}\n")
    path.write_text(before + told + mark + behind, "utf-8")
    return path


@pytest.fixture(scope="module")
def server(draft: Path, sources: Path) -> Iterator[Running]:
    with serving("--quiet", "--review", str(draft), "--by", "A. Curator", "--sources", str(sources)) as made:
        yield made


def test_only_our_own_page_decides(server: Running, draft: Path) -> None:
    url = server.url.rstrip("/")
    before = draft.read_bytes()
    with httpx.Client(base_url=url, timeout=60) as client:
        page = client.get("/review")
        assert page.headers["cache-control"] == "no-store"
        assert "script-src 'self';" in page.headers["content-security-policy"]
        assert re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", page.text) is None
        token = re.search(r'name="review-token" content="([^"]{40,})"', page.text)
        assert token
        good = {"Origin": url, "X-Casekg-Token": token[1], "Content-Type": "application/json"}
        told = {"action": "accept", "path": ARTHRITIS}
        for wrong, status in (
            ({"Origin": "http://evil.example"}, 403),
            ({"Origin": ""}, 403),
            ({"Origin": url.replace("localhost", "127.0.0.1")}, 403),
            ({"Sec-Fetch-Site": "cross-site"}, 403),
            ({"X-Casekg-Token": "x" * 43}, 403),
            ({"X-Casekg-Token": ""}, 403),
            ({"Content-Type": "text/plain"}, 415),
            ({"Host": "evil.example"}, 421),
        ):
            assert client.post("/review/decide", json=told, headers={**good, **wrong}).status_code == status, wrong
        assert client.get("/review/decide", params=told, headers=good).status_code == 405
        for body in (b"{", b"[]", b'{"action": 5}', b'{"action": "accept", "changes": []}', b"[" * 10_000):
            assert client.post("/review/decide", content=body, headers=good).status_code == 400
        assert client.post("/review/decide", json={"action": "eat", "path": "a"}, headers=good).status_code == 400
        assert (
            client.post("/review/decide", json={"action": "accept", "path": "no.such"}, headers=good).status_code == 422
        )
        assert draft.read_bytes() == before
        assert client.post("/review/decide", json=told, headers=good).json()["done"] == "accepted"
        assert draft.read_bytes() != before
        assert client.post("/review/decide", json={"action": "undo"}, headers=good).json()["key"] == ARTHRITIS
        assert draft.read_bytes() == before
        assert "HP:0025520 ! Calcinosis cutis" in client.get("/review/terms", params={"q": "calcinosis"}).json()


def test_a_file_that_somebody_else_wrote_is_shown_as_it_is(server: Running, draft: Path) -> None:
    url = server.url.rstrip("/")
    before = draft.read_bytes()
    with httpx.Client(base_url=url, timeout=60) as client:
        token = re.search(r'name="review-token" content="([^"]{40,})"', client.get("/review").text)
        assert token
        head = {"Origin": url, "X-Casekg-Token": token[1], "Content-Type": "application/json"}
        lines = [item["line"] for item in client.get("/review/state").json()["items"]]
        draft.write_bytes(b"# a remark of another editor\n" + before)
        told = {"action": "accept", "path": ARTHRITIS}
        refused = client.post("/review/decide", json=told, headers=head)
        assert (refused.status_code, refused.json()["changed"]) == (422, True)
        assert [item["line"] for item in client.get("/review/state").json()["items"]] == [n + 1 for n in lines]
        draft.write_bytes(before)
        assert [item["line"] for item in client.get("/review/state?text=yes").json()["items"]] == lines  # loaded again
    assert draft.read_bytes() == before


def test_a_review_is_open_to_this_machine_alone(run: Run, draft: Path) -> None:
    for words in (["--host", "0.0.0.0"], ["--host-name", "*"], []):
        by = ["--by", "A"] if words else []
        made = run("serve", "--review", draft, "--port", "0", *words, *by)
        assert made.exit_code != 0
        assert ("this machine alone" if words else "name of its curator") in made.stderr


# ---- in a browser -------------------------------------------------------------------------


@pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium on this machine")
def test_a_review_by_keyboard_only(server: Running, draft: Path, tmp_path: Path, parts: Path | None) -> None:
    """From the first fact to the last; the pictures stay in pytest's folder."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install '.[browser]')")
    with api.sync_playwright() as made:
        browser = made.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        url, wrong = server.url.rstrip("/"), []
        page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        page.on("console", lambda one: wrong.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith(url) else wrong.append(f"asks {one.url}"))
        page.goto(f"{url}/review")
        page.wait_for_selector("#items [aria-current]")
        _fits(page, tmp_path, "first")
        if parts:
            _accessible(browser, url, (parts / "node_modules/axe-core/axe.min.js").read_text("utf-8"), wrong)
        _decide_all(page, draft, tmp_path)
        _fits(page, tmp_path, "end")
        # refused decisions are answered with 409 and 422, which Chromium tells of, too
        assert [one for one in wrong if "409" not in one and "422" not in one] == []
        browser.close()
    case = read_case(draft)
    review = case.report.curated[-1]
    assert (review.by, review.corrected, review.dropped) == ("A. Curator", 2, 2)
    patient = case.patients["p1"]
    assert str(patient.findings["arthritis"].concept) == "HP:0001369 ! Arthritis"
    assert patient.findings["arthritis"].note == "the elbow alone"
    assert "esr" not in patient.measurements
    assert "<img src=x onerror=alert(1)>" in draft.read_text("utf-8")  # a comment, kept


def _now(page: Any) -> str:
    return str(page.evaluate("document.activeElement.closest('[aria-current]')?.dataset.key ?? ''"))


def _to(page: Any, key: str) -> None:
    """Walk to a fact with j."""
    page.keyboard.press("Home")
    for _ in range(40):
        if _now(page) == key:
            return
        page.keyboard.press("j")
    raise AssertionError(f"{key} was not reached; the focus is on {_now(page)!r}")


def _pressed(page: Any, key: str) -> None:
    """Press a key that decides, and wait until it is saved."""
    with page.expect_response("**/review/decide"):
        page.keyboard.press(key)
    page.wait_for_selector("#items[aria-busy=false]", state="attached")


def _decide_all(page: Any, draft: Path, tmp_path: Path) -> None:
    number = page.locator("#items > li").count()
    assert number == 14
    _to(page, ARTHRITIS)
    assert "".join(page.locator("mark.now").all_inner_texts()) == "arthritis of the elbow in 2019"
    assert page.locator(".remark", has_text="<img src=x onerror=alert(1)>").count() == 1
    assert page.locator("main img").count() == 0
    # a correction that breaks a rule is refused, one that does not is saved
    page.keyboard.press("/")
    page.keyboard.type("calcinosis")
    page.wait_for_selector("[role=option]")
    page.screenshot(path=tmp_path / "search.png")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.value").endswith("! Calcinosis")
    _pressed(page, "Enter")
    assert "Calcinosis is not what is quoted: that names Arthritis" in page.inner_text("#items .wrong[role=alert]")
    page.screenshot(path=tmp_path / "refused.png")
    page.keyboard.press("Escape")
    assert _now(page) == ARTHRITIS
    page.keyboard.press("c")
    while page.evaluate("document.activeElement.id") != "c-name":
        page.keyboard.press("Tab")
    page.keyboard.type("note")
    page.keyboard.press("Tab")
    page.keyboard.type("the elbow alone")
    page.screenshot(path=tmp_path / "correct.png")
    _pressed(page, "Enter")
    assert page.locator("#items > li").count() == number - 1
    assert "corrected. 1 decided, 13 left" in page.inner_text("#told")
    # what others name is dropped at the second stroke only
    _to(page, "patients.p1.treatments.tofacitinib")
    _pressed(page, "d")
    assert "tofacitinib-arthritis is dropped, too" in page.inner_text("#items .wrong[role=alert]")
    page.screenshot(path=tmp_path / "named.png")
    page.keyboard.press("Escape")
    assert page.locator("#items .wrong").count() == 0
    _to(page, "patients.p1.measurements.esr")
    _pressed(page, "d")
    assert "esr" not in judge_case_file(draft).case.patients["p1"].measurements
    _pressed(page, "u")
    assert _now(page) == "patients.p1.measurements.esr"
    assert "esr" in judge_case_file(draft).case.patients["p1"].measurements
    _pressed(page, "d")
    _to(page, "patients.p1.sex")
    _pressed(page, "d")
    # a term by its id
    _to(page, "patients.p1.findings.no-calcinosis")
    page.keyboard.press("c")
    while page.evaluate("document.activeElement.id") != "c-name":
        page.keyboard.press("Tab")
    page.keyboard.type("odd")
    page.keyboard.press("Tab")
    page.keyboard.type("Absent, says the report, without saying where.")
    _pressed(page, "Enter")
    for _ in range(20):
        if page.locator("#end").is_visible():
            break
        _pressed(page, "a")
    assert page.evaluate("document.activeElement.id") == "end"
    assert "Nothing is left to decide." in page.inner_text("#end")
    assert page.locator("#text mark").count() == 0


def _fits(page: Any, tmp_path: Path, name: str) -> None:
    """Nothing is wider than the page, and the fact in hand is in sight."""
    for width in (390, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, (name, width, wide)
        page.screenshot(path=tmp_path / f"{name}-{width}.png")
    page.set_viewport_size({"width": 1280, "height": 900})


def _accessible(browser: Any, url: str, axe: str, wrong: list[str]) -> None:
    """No violation of WCAG 2.2 A or AA that axe finds, light and dark; of a fact, and of its correction."""
    rules = "{runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], elementRef: false}"
    for scheme in ("light", "dark"):
        page = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme=scheme).new_page()
        page.goto(f"{url}/review")
        page.wait_for_selector("#items [aria-current]")
        page.evaluate(axe)
        for keys in ("", "/calcinosis"):
            for key in keys:
                page.keyboard.press(key)
            if keys:
                page.wait_for_selector("[role=option]")
            found = page.evaluate(f"axe.run({rules})")["violations"]
            assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == [], (scheme, keys)
        page.context.close()
