"""Addresses over HTTP: content negotiation, permalinks, caching, files, errors as pages, and the OpenAPI document."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import Run
from serving import serving

SLUG = "10.7759_cureus.34125"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving("--quiet") as server, httpx.Client(base_url=server.url, timeout=60) as made:
        yield made


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        (BROWSER, "text/html"), ("*/*", "text/html"), ("text/turtle", "text/turtle"), ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"), ("text/turtle;q=0.5, application/ld+json", "application/ld+json"),
    ],
)  # fmt: skip
def test_a_case_is_what_the_client_asks_for(client: httpx.Client, accept: str, media: str) -> None:
    for path in (f"/case/{SLUG}", f"/case/{SLUG}/p1"):
        reply = client.get(path, headers={"Accept": accept})
        assert reply.status_code == 200
        assert reply.headers["content-type"].partition(";")[0] == media
        assert "Accept" in reply.headers["vary"]


def test_a_link_may_name_the_format(client: httpx.Client) -> None:
    reply = client.get(f"/case/{SLUG}/p1?format=turtle", headers={"Accept": BROWSER})
    assert reply.headers["content-type"].startswith("text/turtle")
    assert client.get(f"/case/{SLUG}/p1?format=pdf").status_code == 400
    assert client.get("/treatments?format=csv").text.startswith("drug,drug id,manifestation")


def test_what_the_client_has_already_is_not_sent_again(client: httpx.Client) -> None:
    first = client.get("/treatments")
    again = client.get("/treatments", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get("/treatments?by=class", headers={"If-None-Match": first.headers["etag"]})
    assert other.status_code == 200


def test_all_that_a_page_loads_is_there_and_local(client: httpx.Client) -> None:
    for path in ("/", f"/case/{SLUG}/p1", "/treatments", "/questions", "/query", "/graph?node=HP:0025520", "/about"):
        reply = client.get(path, headers={"Accept": BROWSER})
        policy = reply.headers["content-security-policy"]
        assert "script-src 'self';" in policy
        assert "unsafe" not in policy
        loaded = re.findall(r'<(?:link|script|img)[^>]* (?:href|src)="([^"]*)"', reply.text)
        assert len(loaded) >= 3
        for one in loaded:
            assert one.startswith("/")
            found = client.get(one.replace("&amp;", "&"), headers={"Accept": "*/*"})
            assert found.status_code == 200
            assert not found.headers["content-type"].startswith("text/html")


@pytest.mark.parametrize("path", ["/nothing", "/case/10.1_nothing", "/questions/no/such", "/assets/../served.py",
                                  "/assets/%2e%2e/served.py", "/case/..%2f..%2fetc/passwd", "/query?query=SELECT"])  # fmt: skip
def test_what_is_not_there_is_told_as_the_client_reads(client: httpx.Client, path: str) -> None:
    page = client.get(path, headers={"Accept": BROWSER})
    assert page.status_code in (400, 404)
    if not path.startswith("/assets"):
        assert '<p class="wrong" role="alert">' in page.text
    told = client.get(path, headers={"Accept": "application/json"})
    if not path.startswith(("/query", "/case")):
        assert told.json()["cure"]


def test_without_a_draft_to_review_nothing_can_be_decided(client: httpx.Client) -> None:
    assert client.get("/review").status_code == 404
    decision = client.post("/review/decide", json={"action": "undo"}, headers={"Origin": str(client.base_url)})
    assert decision.status_code in (404, 405)


def test_an_address_that_is_no_utf_8_is_refused(client: httpx.Client) -> None:
    assert client.get("/?drug=%ff").status_code == 400
    assert client.get("/?" + "&".join(f"a{n}=1" for n in range(200))).status_code == 400


def test_the_openapi_document_is_valid_and_every_path_answers(client: httpx.Client) -> None:
    validator = pytest.importorskip("openapi_spec_validator", reason="openapi-spec-validator is not installed")
    document = client.get("/openapi.json").json()
    validator.validate(document)
    filled = {"slug": SLUG, "patient": "p1", "folder": "treatment", "name": "drugs"}
    words = {"/api/node": {"iri": "HP:0025520"}, "/api/terms": {"q": "calc"}}
    for path, item in document["paths"].items():
        reply = client.get(path.format(**filled), params=words.get(path), headers={"Accept": "*/*"})
        assert reply.status_code == 200, path
        if path.startswith("/api"):
            assert reply.headers["content-type"] == "application/json"
            json.loads(reply.text)
        assert item["get"]["responses"]["200"]


def test_a_page_is_made_anew_when_the_data_changes(tmp_path: Path, write_case) -> None:
    path = write_case(tmp_path)
    with serving("--quiet", data=[path]) as server, httpx.Client(base_url=server.url, timeout=60) as client:
        before = client.get("/case/invented-1")
        path.write_text(path.read_text("utf-8").replace("title: An invented report", "title: Another title"), "utf-8")
        for _ in range(300):
            after = client.get("/case/invented-1", headers={"If-None-Match": before.headers["etag"]})
            if after.status_code == 200:
                break
            time.sleep(0.2)
    assert "Another title" not in before.text
    assert "Another title" in after.text


def test_a_browser_that_looks_at_the_endpoint_gets_the_page_of_queries(client: httpx.Client) -> None:
    reply = client.get("/sparql", headers={"Accept": BROWSER})
    assert (reply.status_code, reply.headers["location"]) == (303, "/query")
    assert client.get("/sparql").headers["content-type"].startswith("text/turtle")
    assert client.get("/sparql?query=ASK{}", headers={"Accept": BROWSER}).status_code == 200


SLOW = """#+ summary: How many triples of triples are in order?
#+ description: Invented. No answer within a second.
#+ tags: [own]
SELECT (COUNT(*) AS ?found) WHERE { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f . FILTER(STR(?a) < STR(?f)) }
"""


def test_a_question_that_is_not_answered_leads_back_to_its_form(tmp_path: Path, run: Run) -> None:
    assert run("init", tmp_path / "own").exit_code == 0
    (tmp_path / "own" / "queries" / "own" / "slow.rq").write_text(SLOW)
    words, data = ("--quiet", "--seconds", "0.1"), [tmp_path / "own" / "cases"]
    with serving(*words, data=data) as server, httpx.Client(base_url=server.url, timeout=60) as hasty:
        reply = hasty.get("/questions/own/slow?ask=yes", headers={"Accept": BROWSER})
    assert reply.status_code == 503
    assert "took longer than 0.1 s" in reply.text
    assert '<a href="/questions/own/slow">' in reply.text
