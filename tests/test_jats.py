"""JATS XML read as text: sections, legends, front matter, references; and what may do harm is refused."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from conftest import Run

from kg.articles.manuscripts import Manuscript, read_article
from kg.articles.scope import patient_sentences
from kg.base.results import CaseError

JATS = Path(__file__).resolve().parents[1].parent / "shared" / "corpus" / "text" / "jats"
DOCTYPE = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) v1.1//EN" "JATS-archivearticle1.dtd">'

ARTICLE = f"""<?xml version="1.0" encoding="UTF-8"?>
{DOCTYPE}
<article xmlns:xlink="http://www.w3.org/1999/xlink" article-type="case-report"><front>
<journal-meta><journal-title-group><journal-title>Journal of Inventions</journal-title></journal-title-group></journal-meta>
<article-meta>
<article-id pub-id-type="pmc">1234567</article-id><article-id pub-id-type="doi">10.1000/invented.1</article-id>
<article-categories><subj-group><subject>Rheumatology</subject></subj-group></article-categories>
<title-group><article-title>An <italic>invented</italic> case<xref ref-type="fn" rid="f1">*</xref></article-title></title-group>
<contrib-group>
<contrib contrib-type="author" corresp="yes"><name><surname>Nobody</surname><given-names>Ann</given-names></name><xref ref-type="aff" rid="a1">1</xref></contrib>
<contrib contrib-type="author"><name><surname>Noone</surname><given-names>Bé</given-names></name><xref ref-type="aff" rid="a2">2</xref></contrib>
<contrib contrib-type="editor"><name><surname>Editor</surname><given-names>Not</given-names></name></contrib>
</contrib-group>
<aff id="a1"><label>1</label>Nowhere Hospital, Nowhere</aff><aff id="a2"><label>2</label>Elsewhere, Nowhere</aff>
<pub-date pub-type="collection"><year>2023</year></pub-date>
<pub-date pub-type="epub"><day>4</day><month>3</month><year>2023</year></pub-date>
<volume>15</volume><issue>1</issue><elocation-id>e1</elocation-id>
<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"><license-p>This is open access.</license-p></license></permissions>
<abstract><sec><title>Background</title><p>It is rare in patients.</p></sec><sec><title>Case presentation</title><p>A 45-year-old woman had myositis.</p></sec></abstract>
<abstract abstract-type="graphical"><p>Not this.</p></abstract>
<kwd-group><kwd>myositis</kwd><kwd>calcinosis</kwd></kwd-group>
</article-meta></front>
<body>
<sec sec-type="intro"><title>Background</title><p>Myositis is rare<sup><xref ref-type="bibr" rid="r1">1</xref></sup>.</p></sec>
<sec><title>Case presentation</title><p>A 45-year-old woman had platelets of 281 × 10<sup>9</sup>/L and an FEV<sub>1</sub> of 80&#x2009;%.
  She took <bold>prednisone</bold> 5 mg (Fig. <xref ref-type="fig" rid="fig1">1</xref>).<fig id="fig1"><label>Fig. 1</label><caption><title>The elbow.</title><p>Arrow: calcinosis.</p></caption></fig></p>
<sec><title>Treatment</title><p>Then:<list><list-item><p>rituximab</p></list-item><list-item><p>tofacitinib</p></list-item></list>and she improved.</p></sec>
<table-wrap id="t1"><label>Table 1</label><caption><p>Values.</p></caption><table><tr><th>CK</th><td>86 U/L</td></tr></table></table-wrap>
<p>She went home.</p></sec>
<sec><title>Discussion</title><p>Others had it, too.</p><sec><title>Treatment</title><p>It is given.</p></sec></sec>
</body>
<back><ack><title>Acknowledgements</title><p>None.</p></ack>
<ref-list><title>References</title>
<ref id="r1"><label>1</label><element-citation><person-group><name><surname>Smith</surname><given-names>AB</given-names></name><etal/></person-group><article-title>A title</article-title><source>J Invent</source><year>2020</year><volume>3</volume><fpage>1</fpage><lpage>9</lpage><pub-id pub-id-type="doi">10.1000/ref.1</pub-id></element-citation></ref>
<ref id="r2"><label>2</label><mixed-citation><string-name><surname>Jones</surname> <given-names>C</given-names></string-name>. <article-title>Another title</article-title>. <source>J Other</source> <year>2021</year>;<volume>4</volume>:<fpage>12</fpage>.</mixed-citation></ref>
</ref-list></back></article>
"""


def _read(tmp_path: Path, text: str | bytes, name: str = "report.xml") -> Manuscript:
    (tmp_path / name).write_bytes(text.encode() if isinstance(text, str) else text)
    return read_article(tmp_path / name)


def test_sections_and_words(tmp_path: Path) -> None:
    read = _read(tmp_path, ARTICLE)
    text = read.article.text
    assert [(p.section, p.kind) for p in read.article.parts] == [
        ("front", "front"), ("abstract", "abstract"), ("front", "front"), ("intro", "introduction"), ("case", "case"),
        ("fig1", "figure"), ("case", "case"), ("table1", "figure"), ("case", "case"), ("discussion", "discussion"),
        ("statements", "statements"), ("references", "references"),
    ]  # fmt: skip
    assert "platelets of 281 × 10⁹/L and an FEV1 of 80 %. She took prednisone 5 mg (Fig. 1).\n" in text
    assert "Myositis is rare [1]." in text
    assert "Fig. 1: The elbow. Arrow: calcinosis." in text
    assert "Then:\n\nrituximab\n\ntofacitinib\n\nand she improved." in text
    assert "CK | 86 U/L" in text
    assert "Not this" not in text
    assert read.data.decode() == text
    assert not read.own
    assert read.article.name == "report.xml.txt"


def test_front_matter_and_references(tmp_path: Path) -> None:
    read = _read(tmp_path, ARTICLE)
    found, quote = read.front, read.article.quote
    told = {
        name: value and (value.value, quote(value)) for name, value in vars(found).items() if hasattr(value, "value")
    }
    assert told == {
        "title": ("An invented case", "An invented case"),
        "doi": ("10.1000/invented.1", "10.1000/invented.1"),
        "pmcid": ("PMC1234567", "PMC1234567"),
        "journal": ("Journal of Inventions", "Journal of Inventions"),
        "volume": ("15", "15"),
        "number": ("1", "1"),
        "article": ("e1", "e1"),
        "published": ("2023-03-04", "2023-03-04"),
        "licence": ("CC-BY-4.0", "https://creativecommons.org/licenses/by/4.0/"),
    }
    assert [(a.name, a.affiliations, a.corresponding) for a in found.authors] == [
        ("Ann Nobody", ("Nowhere Hospital, Nowhere",), True),
        ("Bé Noone", ("Elsewhere, Nowhere",), False),
    ]
    assert [one.value for one in (*found.keywords, *found.categories)] == ["myositis", "calcinosis", "Rheumatology"]
    assert [(e.number, e.authors, e.title, e.journal, e.year, e.doi, e.pages, quote(e)) for e in found.references] == [
        (1, "Smith AB, et al.", "A title", "J Invent", 2020, "10.1000/ref.1", "1-9", "10.1000/ref.1"),
        (2, "Jones C", "Another title", "J Other", 2021, None, "12", "Another title"),
    ]


def test_the_patient_of_a_structured_abstract(tmp_path: Path) -> None:
    told = [s.text for s in patient_sentences(_read(tmp_path, ARTICLE).article) if s.section == "abstract"]
    assert told == ["Case presentation: A 45-year-old woman had myositis."]


def test_one_article_in_a_wrapper_is_read_and_two_are_refused(tmp_path: Path) -> None:
    bare = ARTICLE.split(DOCTYPE)[1]
    one = _read(tmp_path, f"<pmc-articleset>{bare}</pmc-articleset>")
    assert one.front.doi is not None
    with pytest.raises(CaseError, match=r"holds 2 articles: 10\.1000/invented\.1, 10\.1000/other\.2"):
        _read(tmp_path, f"<pmc-articleset>{bare}{bare.replace('invented.1', 'other.2')}</pmc-articleset>")


def test_reviews_beside_an_article_are_left_out_and_told(tmp_path: Path) -> None:
    review = '<sub-article article-type="referee-report"><body><p>I like it.</p></body></sub-article></article>'
    read = _read(tmp_path, ARTICLE.replace("</article>", review))
    assert "I like it" not in read.article.text
    assert [note.rule for note in read.notes] == ["left-out"]


def test_namespaces_and_other_encodings(tmp_path: Path) -> None:
    bare = ARTICLE.split(DOCTYPE)[1].replace("<article ", '<article xmlns="https://jats.nlm.nih.gov/ns/1" ')
    plain = _read(tmp_path, ARTICLE).article.text
    assert _read(tmp_path, bare).article.text == plain
    assert (
        _read(tmp_path, ('<?xml version="1.0" encoding="UTF-16"?>' + bare).encode("utf-16"), "a.txt").article.text
        == plain
    )
    head = '<?xml version="1.0" encoding="ISO-8859-1"?>' + bare.replace("×", "&#215;")
    assert _read(tmp_path, head.encode("latin-1")).article.text == plain


def test_named_characters_of_the_document_type_are_known(tmp_path: Path) -> None:
    read = _read(tmp_path, ARTICLE.replace("Myositis is rare", "Myositis&nbsp;&beta; is rare"))
    assert "Myositis β is rare [1]." in read.article.text


def test_the_command_refuses_two_articles_and_writes_nothing(tmp_path: Path, run: Run) -> None:
    two = f"<pmc-articleset>{ARTICLE.split(DOCTYPE)[1] * 2}</pmc-articleset>"
    (tmp_path / "two.xml").write_text(two, "utf-8")
    refused = run("draft", str(tmp_path / "two.xml"), "-o", str(tmp_path / "two.yaml"))
    assert refused.exit_code == 1
    assert "holds 2 articles" in refused.output
    assert [file.name for file in tmp_path.iterdir()] == ["two.xml"]


BOMB = '<!DOCTYPE article [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><article>&b;</article>'
HOSTILE = {
    "entities": ('<?xml version="1.0"?>' + BOMB, "declares entities"),
    "file": ('<?xml version="1.0"?><!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/passwd">]><article>&x;</article>', "declares entities"),
    "cut": (ARTICLE[:900], "not readable as XML"),
    "deep": ("<?xml version='1.0'?><article>" + "<sec>" * 5000 + "</sec>" * 5000 + "</article>", "nested deeper"),
    "other": ("<?xml version='1.0'?><TEI><text/></TEI>", "no JATS article: its root element is 'TEI'"),
    "html": ("<!doctype html><html><body>A man.</body></html>", "is HTML"),
    "empty": ("<?xml version='1.0'?><article/>", "holds no words"),
    "nothing": ("<?xml version='1.0'?>", "not readable as XML"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_what_may_not_be_read_is_told_in_one_line(tmp_path: Path, name: str) -> None:
    text, message = HOSTILE[name]
    with pytest.raises(CaseError) as told:
        _read(tmp_path, text)
    (result,) = told.value.results
    assert message in result.message
    assert result.cure
    assert result.file.endswith("report.xml")


def test_a_file_of_very_many_elements_is_bounded(tmp_path: Path) -> None:
    start = time.monotonic()
    many = "<?xml version='1.0'?><article><body>" + "<p>A man. </p>" * 200_000 + "</body></article>"
    with pytest.raises(CaseError, match="characters"):
        _read(tmp_path, many)
    assert time.monotonic() - start < 60


@pytest.mark.skipif(not JATS.is_dir(), reason="the corpus is not beside the repository")
@pytest.mark.parametrize(
    ("name", "doi", "authors", "references", "figures"),
    [
        ("PMC2231364", "10.1186/1471-2180-7-96", 7, 76, 9),
        ("PMC6095483", "10.1371/journal.pntd.0006635", 15, 27, 2),
        ("PMC6385181", "10.1038/s41598-019-39072-x", 11, 53, 7),
    ],
)
def test_whole_articles(name: str, doi: str, authors: int, references: int, figures: int) -> None:
    read = read_article(JATS / f"{name}.xml")
    found, quote = read.front, read.article.quote
    assert found.doi is not None
    assert (found.doi.value, quote(found.doi)) == (doi, doi)
    assert (len(found.authors), len(found.references)) == (authors, references)
    assert len({p.section for p in read.article.parts if p.kind == "figure"}) == figures
    assert [note.rule for note in read.notes] == ["no-case"]  # bacteria, no patient
    assert all(quote(one).strip() and "\n" not in quote(one) for one in found.told())
    assert all(quote(one) in (one.doi or "") or quote(one) in (one.title or "") for one in found.references)
    assert sum(1 for one in found.references if one.title and one.journal and one.year) >= 0.95 * references


def test_a_box_in_a_case_is_not_of_the_patient(tmp_path: Path) -> None:
    path = tmp_path / "boxed.xml"
    box = "<boxed-text><title>{}</title><p>Gaucher disease causes splenomegaly.</p></boxed-text>"
    path.write_text(
        "<article><body><sec><title>Case report</title><p>A man had fever.</p>"
        + box.format("Learning points") + "<p>He improved.</p>" + box.format("Case report")
        + "</sec></body></article>"
    )  # fmt: skip
    article = read_article(path).article
    told = [one.text for one in patient_sentences(article)]
    assert told[:2] == ["A man had fever.", "He improved."]
    assert told[2:] == ["Gaucher disease causes splenomegaly."]  # the box that says it is the case
