"""The pages in Chromium, as a reader uses them: nothing fails, nothing leaves this machine, nothing is cut off.

Needs playwright (the extra `browser`) and a Chromium of the system; with npm also the editor, the drawn
network and axe. Screenshots of each view stay in pytest's temporary folder.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from serving import ROOT, serving

api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed (pip install '.[browser]')")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
if CHROMIUM is None:
    pytest.skip("there is no Chromium on this machine", allow_module_level=True)

SLUG = "10.7759_cureus.34125"
PATIENT = f"/case/{SLUG}/p1"
VIEWS = {
    "cases": "/",
    "found": "/?manifestation=arthritis&state=excluded",
    "patient": PATIENT,
    "report": f"/case/{SLUG}",
    "treatments": "/treatments",
    "classes": "/treatments?by=class",
    "questions": "/questions",
    "question": "/questions/treatment/drugs?ask=yes",
    "bars": "/questions/treatment/drugs?ask=yes&bars-by=drug&bars-of=rows",
    "query": "/query?query=SELECT+%2A+%7B+%3Fs+a+ckg%3AResponse+%7D",
    "graph": f"/graph?node=case:{SLUG}/p1%23tofacitinib",
    "about": "/about",
    "limits": "/limits",
}
WIDTHS = (390, 1280, 1920)
# of the timeline axe looks at the picture, not at each of its thousand paths
AXE = """axe.run({exclude: [['.picture svg *']]},
  {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'], resultTypes: ['violations'], elementRef: false})"""


class Site:
    """A running server, a browser, and what the pages that it opened did wrong."""

    def __init__(self, url: str, browser: Any) -> None:
        self.url, self.browser = url.rstrip("/"), browser
        self.wrong: list[str] = []

    def page(self, **settings: Any) -> Any:
        """A new page, watched."""
        page = self.browser.new_context(accept_downloads=True, **settings).new_page()
        page.on("console", lambda one: self.wrong.append(one.text) if one.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda one: None if one.url.startswith(self.url) else self.wrong.append(f"asks {one.url}"))
        return page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, parts: Path | None, write_case) -> Iterator[Site]:
    """The pages, with the parts where they could be built, over the shipped case and one with hostile words."""
    folder = tmp_path_factory.mktemp("site")
    for name in ("kg", "ontology", "shapes", "queries"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "built"))
    if parts:
        shutil.copytree(parts / "built", folder / "kg" / "serve" / "assets" / "built")
    hostile = {"  title: An invented report\n": "  title: <img src=x onerror=alert(1)>\n"}
    case = write_case(folder, replace=hostile)
    with serving("--quiet", data=[folder / "kg" / "cases", case], root=folder) as server, api.sync_playwright() as made:
        browser = made.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield Site(server.url, browser)
        browser.close()


def test_the_pages_in_a_browser(site: Site, parts: Path | None, tmp_path: Path) -> None:
    _every_view(site, tmp_path)
    _what_a_reader_does(site, parts is not None, tmp_path)
    _without_scripts(site)
    assert site.wrong == []
    if parts:
        _accessible(site, (parts / "node_modules/axe-core/axe.min.js").read_text("utf-8"))
        assert site.wrong == []


def _every_view(site: Site, tmp_path: Path) -> None:
    """Each view at each width: nothing is wider than the page, and there is a picture of it."""
    page = site.page(viewport={"width": 1280, "height": 900})
    for name, path in VIEWS.items():
        page.goto(site.url + path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert wide <= 0, (name, width, wide)
            page.screenshot(path=tmp_path / f"{name}-{width}.png")
    page.context.close()


def _what_a_reader_does(site: Site, parts: bool, tmp_path: Path) -> None:
    page = site.page(viewport={"width": 1280, "height": 900})
    # a word is completed, and found
    page.goto(site.url + "/")
    page.fill("#f-drug", "tofa")
    page.wait_for_selector("#l-drug option[value=tofacitinib]", state="attached")
    page.fill("#f-drug", "tofacitinib")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?*drug=tofacitinib*")
    assert page.locator("ul.cases > li").count() == 2
    # words of the data are words
    assert page.get_by_text("<img src=x onerror=alert(1)>").count() == 1
    assert page.locator("main img").count() == 0
    # a permalink of a fact, its triples, and a mark of the picture that leads to it
    page.goto(f"{site.url}{PATIENT}#tofacitinib-calcinosis")
    fact = page.locator("#tofacitinib-calcinosis")
    assert fact.evaluate("one => one.matches(':target')")
    assert "A clinical decrease in the extent of calcinosis" in fact.inner_text()
    fact.get_by_role("link", name="Triples").click()
    fact.locator("pre").wait_for()
    assert "ontology#Improved" in fact.locator("pre").inner_text()
    page.evaluate("scrollTo(0, 0)")
    mark = page.locator(".picture svg a[href='#tofacitinib-calcinosis']").first
    mark.wait_for(state="attached", timeout=30_000)
    mark.dispatch_event("click")
    page.wait_for_url("**#tofacitinib-calcinosis")
    # a number of the matrix leads to its rows
    page.goto(site.url + "/treatments?drug=tofacitinib&manifestation=calcinosis+cutis")
    page.locator(".matrix td a").click()
    assert "of 1 person given tofacitinib" in page.inner_text("main")
    # a question with a parameter, and its download
    page.goto(site.url + "/questions/treatment/drugs")
    page.fill("#f-drug", "CHEBI:71200")
    page.get_by_role("button", name="Ask").click()
    assert page.locator("tbody tr").count() == 2
    with page.expect_download() as saved:
        page.get_by_role("link", name="CSV").click()
    saved.value.save_as(tmp_path / "answer.csv")
    assert (tmp_path / "answer.csv").read_text("utf-8").count("CHEBI_71200") == 2
    # a query of one's own
    page.goto(site.url + "/query")
    if parts:
        page.locator(".cm-content").wait_for()  # until then the plain field is there, of the same name
        editor = page.get_by_role("textbox", name="Query")
        editor.click()
        page.keyboard.press("Control+a")
        with page.expect_response("**/api/vocabulary"):
            page.keyboard.type("ASK { ?s a ckg:Respons", delay=30)
        page.wait_for_timeout(1_000)
        page.keyboard.press("Control+Space")
        page.locator(".cm-tooltip-autocomplete li", has_text="ckg:Response").first.wait_for()
        page.keyboard.press("Escape")
        page.keyboard.type("e }")
        page.keyboard.press("Control+Enter")
    else:
        page.fill("#query", "ASK { ?s a ckg:Response }")
        page.get_by_role("button", name="Run").click()
    page.wait_for_url("**/query?query=ASK*")
    assert page.inner_text("tbody").strip() == "yes"
    # the neighbourhood of a node
    page.goto(f"{site.url}/graph?node=case:{SLUG}/p1%23tofacitinib")
    assert page.locator("tbody tr").count() > 50
    if parts:
        page.wait_for_selector("#network[data-nodes]")
        assert int(page.get_attribute("#network", "data-nodes")) > 40
    # by keyboard alone: to the content, past the menu
    page.goto(site.url + "/")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.context.close()


def _without_scripts(site: Site) -> None:
    """Everything is there without scripts."""
    page = site.page(java_script_enabled=False)
    page.goto(site.url + "/query?query=ASK+%7B%7D")
    assert page.locator("textarea").is_visible()
    page.goto(site.url + PATIENT)
    assert page.locator(".picture img").count() == 1
    assert page.locator("article.fact").count() > 150
    page.context.close()


def _accessible(site: Site, axe: str) -> None:
    """No violation of WCAG 2.2 A or AA that axe finds, light and dark."""
    light = [name for name in VIEWS if name not in ("classes", "limits")]
    for scheme, names in (("light", light), ("dark", ("cases", "treatments", "question", "query", "graph"))):
        page = site.page(viewport={"width": 1280, "height": 900}, color_scheme=scheme)
        for name in names:
            page.goto(site.url + VIEWS[name])
            page.evaluate(axe)
            found = page.evaluate(AXE)["violations"]
            assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found] == [], (scheme, name)
        page.context.close()
