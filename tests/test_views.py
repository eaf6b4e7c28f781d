"""Each view answers, with the numbers that the library gives, every fact linked, and nothing unescaped."""

from __future__ import annotations

import csv
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from kg.answers.charting import MOST, chart, columns, measures
from kg.answers.matrix import matrix
from kg.answers.queries import ask, library
from kg.base.prefixes import CASE, CKG, PREFIXES
from kg.criteria.assessment import NOTE
from kg.serve.jobs import JOBS
from kg.serve.limits import Limits
from kg.serve.served import Reply, Served

SLUG = "10.7759_cureus.34125"
RDF_TYPE = PREFIXES["rdf"] + "type"
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def served() -> Served:
    return Served.opened({}, Limits())


def look(served: Served, view: str, path: str = "", form: str = "text/html", **fields: str) -> Reply:
    job = {"job": "page", "view": view, "path": path, "form": form, "fields": list(fields.items())}
    return JOBS["page"](served, job, b"")


class _Page(HTMLParser):
    """The ids, local links, tags and text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: list[str] = []
        self.styled: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append(tag)
        self.ids += [told["id"] or ""] if "id" in told else []
        self.links += [told["href"] or ""] if tag == "a" and "href" in told else []
        self.styled += [name for name in told if name == "style" or name.startswith("on")]

    def handle_data(self, data: str) -> None:
        self.text += data


def page(reply: Reply, status: int = 200) -> _Page:
    assert reply.status == status
    assert reply.media == "text/html"
    made = _Page(reply.body.decode())
    assert made.tags.count("h1") == made.tags.count("main") == 1
    assert len(made.ids) == len(set(made.ids))
    assert made.styled == []  # the policy of the pages allows no inline style or script
    assert [link for link in made.links if link.startswith("#") and link[1:] not in made.ids] == []
    return made


def test_cases_counts_and_finds(served: Served) -> None:
    whole = page(look(served, "cases"))
    assert "1 person in 1 report" in whole.text
    assert f"/case/{SLUG}/p1" in whole.links
    none = page(look(served, "cases", drug="tofacitinib", outcome="worsened"))
    assert "0 persons in 0 reports" in none.text
    assert "Outcomes told there: improved in 1 patient" in none.text
    wrong = page(look(served, "cases", drug="tofacitinb"), 400)
    assert "did you mean tofacitinib" in wrong.text
    told = json.loads(look(served, "cases", form="application/json", drug="JAK inhibitor").body)
    assert (told["persons"], told["reports"]) == (1, 1)
    assert told["cases"][0]["patient"] == f"{CASE}{SLUG}/p1"


def test_every_fact_of_a_case_is_on_its_page_with_what_carries_it(served: Served) -> None:
    facts = {q.subject.value for q in served.data.match(None, "https://w3id.org/casekg/ontology#layer")}
    start = CASE + SLUG
    report, patient = page(look(served, "case", SLUG)), page(look(served, "case", f"{SLUG}/p1"))
    for fact in facts:
        made = patient if fact.startswith(f"{start}/p1#") else report
        assert fact in (start, f"{start}/p1") or fact.partition("#")[2] in made.ids, fact
    quotes = {q.object.value for q in served.data.match(None, "http://www.w3.org/ns/oa#exact")}
    assert len(quotes) > 200
    assert [quote for quote in quotes if quote not in report.text + patient.text] == []


def test_a_patient_is_shown_with_course_criteria_and_conflicts(served: Served) -> None:
    made = page(look(served, "case", f"{SLUG}/p1"))
    for words in ("Lines of therapy", "Response of each manifestation", "Not reported:", "definite systemic sclerosis",
                  NOTE, "None was found", "Excluded", "“tofacitinib 5 mg twice daily”"):  # fmt: skip
        assert words in made.text, words
    assert made.links.count("#tofacitinib") > 3


def test_a_case_is_rdf_for_who_asks(served: Served) -> None:
    graph = {q.triple for q in served.data.graph(CASE + SLUG)}
    for form, kind in (("text/turtle", ox.RdfFormat.TURTLE), ("application/ld+json", ox.RdfFormat.JSON_LD)):
        reply = look(served, "case", SLUG, form)
        assert reply.media == form
        assert {q.triple for q in ox.parse(reply.body, kind)} == graph
    part = list(ox.parse(look(served, "case", f"{SLUG}/p1", "application/n-triples").body, ox.RdfFormat.N_TRIPLES))
    subjects = {t.subject.value for t in part}
    assert {t.triple for t in part} < graph
    assert f"{CASE}{SLUG}/p1#tofacitinib" in subjects
    assert not any(s.startswith(f"{CASE}{SLUG}#author") for s in subjects)
    assert look(served, "case", "10.1_nothing/p1").status == 404


def test_the_timeline_has_its_facts_as_links_and_no_style(served: Served) -> None:
    reply = look(served, "timeline", f"{SLUG}/p1", "image/svg+xml")
    top = ElementTree.fromstring(reply.body)
    links = {node.get("href") for node in top.iter("{http://www.w3.org/2000/svg}a")}
    assert f"/case/{SLUG}/p1#tofacitinib-calcinosis" in links
    ids = page(look(served, "case", f"{SLUG}/p1")).ids
    assert [link for link in links if link and link.partition("#")[2] not in ids] == []
    assert not any("style" in node.attrib or node.tag.endswith("}style") for node in top.iter())
    assert sum(node.tag.endswith("}title") for node in top.iter()) > 100


@pytest.mark.parametrize("by", ["drug", "class"])
def test_the_matrix_counts_as_the_library_and_each_cell_leads_to_its_rows(served: Served, by: str) -> None:
    made, shown = matrix(served.data, by == "class"), look(served, "treatments", by=by)
    links = [link for link in page(shown).links if link.startswith("/treatments/rows")]
    assert len(links) == len(made.cells)
    rows = 0
    for (drug, sign), cell in list(made.cells.items())[:: 1 if by == "drug" else 9]:
        reply = look(served, "rows", form="application/json", by=by, drug=drug, manifestation=sign)
        told = json.loads(reply.body)["rows"]
        facts = {fact for counted in cell.counts for fact in counted.facts}
        assert {row["patient"] for row in told} == {person.rsplit("/", 1)[-1] for person in cell.persons}
        assert all(set(row["facts"]) & facts for row in told)
        rows += len(told)
    assert rows >= len(made.cells) / 9
    (drug, sign), cell = next(iter(made.cells.items()))
    text = page(look(served, "rows", by=by, drug=drug, manifestation=sign)).text
    assert f"{cell.reported} of {len(cell.persons)} person" in text
    assert "never rates" in text


def test_the_matrix_is_narrowed_by_a_class(served: Served) -> None:
    made = page(look(served, "treatments", drug="JAK inhibitor", manifestation="calcinosis cutis"))
    assert len([link for link in made.links if link.startswith("/treatments/rows")]) == 1
    assert "No person was given" in page(look(served, "treatments", drug="rituximab", manifestation="Myocarditis")).text


def test_every_question_has_a_page_with_its_fields(served: Served) -> None:
    links = page(look(served, "questions")).links
    assert {f"/questions/{name}?ask=yes" for name in library()} <= set(links)
    for name, query in library().items():
        made = page(look(served, "question", name))
        assert {f"f-{parameter}" for parameter in query.parameters} <= set(made.ids)
        assert query.sparql.split() == [] or query.sparql.strip()[:40] in made.text


def test_a_question_answers_as_the_library_does(served: Served) -> None:
    answer = ask(served.data, "treatment/drugs", {"drug": "tofacitinib"})
    given = {"drug": "tofacitinib", "ask": "yes"}
    made = page(look(served, "question", "treatment/drugs", **given))
    assert "1 row" in made.text
    assert f"/case/{SLUG}/p1#tofacitinib" in made.links
    reply = look(served, "question", "treatment/drugs", "text/csv", drug="tofacitinib")
    assert reply.body.decode() == answer.csv()
    assert len(list(csv.reader(io.StringIO(reply.body.decode())))) == 2
    assert reply.headers["Content-Disposition"] == 'attachment; filename="treatment-drugs.csv"'
    assert json.loads(look(served, "question", "treatment/drugs", "application/json", drug="tofacitinib").body) == json.loads(answer.json())  # fmt: skip


def test_an_answer_is_drawn_as_bars_with_its_numbers(served: Served) -> None:
    name = "response/by-manifestation"
    answer = ask(served.data, name)
    by = columns(answer)[0]
    drawn = chart(answer, by)
    assert sum(bar.value for bar in drawn.bars) + drawn.left == len(answer.rows) > len(drawn.bars) > 1
    made = page(look(served, "question", name, ask="yes", **{"bars-by": by, "bars-of": "rows"}))
    assert made.tags.count("rect") == len(drawn.bars)
    assert all(f"{bar.label}" in made.text for bar in drawn.bars)
    persons = chart(answer, by, "patients")
    assert max(bar.value for bar in persons.bars) == 1  # one patient in the shipped data
    wrong = page(look(served, "question", name, ask="yes", **{"bars-by": "nothing"}), 400)
    assert "no column 'nothing'" in wrong.text


def test_numbers_of_a_column_are_drawn_as_they_stand(served: Served) -> None:
    answer = ask(served.data, "measurement/values")
    assert "value" in measures(answer)
    drawn = chart(answer, columns(answer)[0], "value")
    told = [row[answer.columns.index("value")] for row in answer.values()]
    assert [bar.value for bar in drawn.bars] == [value for value in told if value is not None][:MOST]
    assert drawn.left == len(answer.rows) - len(drawn.bars)


def test_the_dataset_is_described_for_search_engines(served: Served) -> None:
    told = json.loads(look(served, "cases", form="application/ld+json").body)
    assert (told["@type"], told["citation"]) == ("Dataset", ["https://doi.org/10.7759/cureus.34125"])
    assert "CC-BY-4.0" in told["license"]
    assert 'rel="alternate" type="application/ld+json"' in look(served, "cases").body.decode()


def test_an_empty_answer_and_a_wrong_word_are_explained(served: Served) -> None:
    empty = page(look(served, "question", "treatment/drugs", drug="HP:0025520"))
    assert "No row:" in empty.text
    rows = len(ask(served.data, "treatment/drugs").rows)
    assert f"Without parameters the question has {rows} rows." in empty.text
    wrong = page(look(served, "question", "treatment/drugs", drug="no such thing"), 400)
    assert "no term is called" in wrong.text
    assert "not a parameter" in page(look(served, "question", "treatment/drugs", dose="1")).text.replace(
        "no parameter", "not a parameter"
    )
    assert look(served, "question", "treatment/drugs", "application/json", dose="1").status == 400
    assert look(served, "question", "treatment/nothing").status == 404


def test_a_query_of_ones_own(served: Served) -> None:
    made = page(look(served, "query", query="SELECT ?r ?o { ?r a ckg:Response ; ckg:outcome ?o }"))
    number = len({q.subject for q in served.data.match(None, RDF_TYPE, CKG + "Response")})
    assert f"{number} rows" in made.text
    assert f"/case/{SLUG}/p1#tofacitinib-calcinosis" in made.links
    assert "yes" in page(look(served, "query", query="ASK { ?s a ckg:Patient }")).text
    assert "1,000 rows; these are the first" in page(look(served, "query", query="SELECT * { ?s ?p ?o }")).text
    for wrong in ("SELECT", "SELECT * { SERVICE <http://localhost/> { ?s ?p ?o } }"):
        assert 'role="alert"' in look(served, "query", query=wrong).body.decode()
        assert look(served, "query", "", "text/csv", query=wrong).status == 400
    assert look(served, "query", "", "text/csv", query="SELECT * { ?s a ckg:Patient }").body.startswith(b"s\r\n")


def test_the_neighbourhood_of_a_node(served: Served) -> None:
    made = page(look(served, "node", node="tofacitinib"))
    assert "CHEBI_71200" in made.text
    told = json.loads(look(served, "node", form="application/json", iri=f"{CASE}{SLUG}/p1#tofacitinib").body)
    statements = {(s["predicate"], s["object"]) for s in told["statements"]}
    assert ("<https://w3id.org/casekg/ontology#drug>", "<http://purl.obolibrary.org/obo/CHEBI_71200>") in statements
    named = {node["iri"] for node in told["nodes"]}
    assert all({edge["from"], edge["to"]} <= named for edge in told["edges"])
    assert {node["kind"] for node in told["nodes"]} >= {"Treatment", "Response", "concept"}
    assert "no term is called" in page(look(served, "node", node="nothing of the kind"), 404).text


def test_completion_offers_what_the_data_has(served: Served) -> None:
    def offered(**fields: str) -> list[str]:
        return [one["value"] for one in json.loads(look(served, "terms", form="application/json", **fields).body)]

    assert "Calcinosis cutis" in offered(q="calcin", kind="manifestation")
    assert "Calcinosis cutis" not in offered(q="calcin", kind="drug")
    assert "Janus Kinase Inhibitors" in offered(q="janus", kind="drug")  # above what the data has
    assert {"improved", "not improved", "partially improved"} <= set(offered(q="improv", kind="choice"))
    assert offered(q="cureus", kind="patient") == [f"case:{SLUG}/p1"]


def test_about_and_limits(served: Served) -> None:
    text = page(look(served, "about")).text
    assert NOTE in text
    assert "CC-BY-4.0" in text
    assert str(served.data.describe()["facts"]) in text
    assert "10.0 s" in page(look(served, "limits")).text


def test_coverage_is_shown_where_the_source_is(shared: Path) -> None:
    served = Served.opened({"sources": str(shared / "seed")}, Limits())
    text = page(look(served, "case", SLUG)).text
    assert re.search(r"100\.0 % of \d+ sentences", text)
    assert "not at hand" in page(look(Served.opened({}, Limits()), "case", SLUG)).text


def test_what_the_data_says_is_text_and_never_markup(write_case, tmp_path: Path) -> None:
    hostile = {
        "  title: An invented report\n": f"  title: '{HOSTILE}'\n",
        "        indication: [arthritis]\n": f"        indication: [arthritis]\n        note: '{HOSTILE}</title></textarea>'\n",
    }
    path = write_case(tmp_path, replace=hostile)
    served = Served.opened({"paths": [str(path)]}, Limits())
    fields = dict.fromkeys(("drug", "manifestation", "disease", "node", "query", "q"), HOSTILE)
    replies = [
        look(served, "cases"), look(served, "cases", drug=HOSTILE), look(served, "case", "invented-1"),
        look(served, "case", "invented-1/p1"), look(served, "treatments", drug=HOSTILE),
        look(served, "question", "evidence/notes", ask="yes"), look(served, "question", "treatment/drugs", drug=HOSTILE),
        look(served, "query", query=f"SELECT ('{HOSTILE}' AS ?x) {{}}"), look(served, "query", **fields),
        look(served, "node", **fields), look(served, "node", node="case:invented-1/p1#prednisone"),
    ]  # fmt: skip
    for reply in replies:
        made = _Page(reply.body.decode())
        assert made.tags.count("img") == ("Timeline" in made.text and "Course" in made.text)
        assert made.styled == []
    assert sum(HOSTILE in _Page(reply.body.decode()).text for reply in replies) >= 8
