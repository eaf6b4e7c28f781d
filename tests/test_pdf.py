"""PDF read as text: columns, running heads, hyphens, pages; and what is no PDF is told."""

from __future__ import annotations

import random
import textwrap
from pathlib import Path

import pytest

from kg.articles.manuscripts import read_article
from kg.articles.scope import patient_sentences
from kg.base.results import CaseError
from kg.model.anchors import read_source
from kg.model.reading import read_case_file

SENTENCES = {
    "intro": "Calcinosis is a rare complication of myositis, and its treatment is difficult in most patients [1].",
    "case": "A 45-year-old woman presented with calcinosis of both elbows and a creatine kinase of 1,240 U/L. She was given "
    "prednisone 10 mg daily and, because of refractory disease, tofacitinib 5 mg twice daily from September 2021. "
    "After six months the calcinosis was smaller, and the creatine kinase was 86 U/L.",
    "discussion": "In a cohort of 20 patients calcinosis was seen in five, and it was treated with diltiazem in four of them.",
}
HEADINGS = {"intro": "Introduction", "case": "Case Presentation", "discussion": "Discussion"}
TITLE = "An invented case of calcinosis"


def _pdf(file: Path, repeat: int = 6) -> Path:
    """Two columns of 30 lines on as many pages as it takes, with a running head and page numbers."""
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib.backends.backend_pdf import PdfPages
    from matplotlib.figure import Figure

    rows: list[str] = []
    for key, heading in HEADINGS.items():
        rows += ["", heading]
        for _ in range(repeat):
            rows += textwrap.wrap(SENTENCES[key], 48)
    columns = [rows[i : i + 30] for i in range(0, len(rows), 30)]
    with matplotlib.rc_context({"pdf.fonttype": 42}), PdfPages(file) as pages:
        for page in range(0, len(columns), 2):
            figure = Figure(figsize=(8, 11))
            figure.text(0.1, 0.96, "J Invent 2023; 15: e1", fontsize=6)
            figure.text(0.5, 0.03, str(page // 2 + 1), fontsize=6)
            if not page:
                figure.text(0.1, 0.92, TITLE, fontsize=18)
            for side, column in enumerate(columns[page : page + 2]):
                for number, row in enumerate(column):
                    figure.text(0.08 + 0.45 * side, 0.85 - number * 0.026, row, fontsize=8)
            pages.savefig(figure)
    return file


@pytest.fixture(scope="module")
def pdf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pypdfium2")
    return _pdf(tmp_path_factory.mktemp("pdf") / "report.pdf")


def test_two_columns_are_read_in_order_and_sentences_are_whole(pdf: Path) -> None:
    read = read_article(pdf)
    assert [p.section for p in read.article.parts] == ["front", "intro", "case", "discussion"]
    for key in HEADINGS:
        part = next(p for p in read.article.parts if p.section == key)
        words = " ".join(read.article.text[part.start : part.end].split())
        assert words == f"{HEADINGS[key]} {' '.join([SENTENCES[key]] * 6)}"
    assert read.front.title is not None
    assert (read.front.title.value, read.front.title.rule) == (TITLE, "largest-print")


def test_pages_are_kept_and_running_heads_are_not(pdf: Path) -> None:
    read = read_article(pdf)
    assert len(read.pages) == 2
    assert read.article.text.count("\f") == 1
    first, second = read.article.text[: read.pages[1]], read.article.text[read.pages[1] :]
    assert first.count("e1") == 1
    assert "J Invent" not in second
    assert [note.rule for note in read.notes] == ["running-heads"]
    assert (read.page(0), read.page(read.pages[1] - 1), read.page(read.pages[1]), read.page(10**6)) == (1, 1, 2, 2)
    assert read.article.name == "report.pdf.txt"


def test_a_case_file_finds_every_sentence_in_the_text_that_is_written_beside_it(pdf: Path, tmp_path: Path) -> None:
    from kg.articles.scope import begins

    read = read_article(pdf)
    (tmp_path / read.article.name).write_bytes(read.data)
    sections = "".join(
        f"      - {{section: {p.section}, title: {p.title}, begins: {words!r}, kind: {p.kind}}}\n"
        for p, words in zip(read.article.parts, begins(read.article), strict=True)
    )
    (tmp_path / "case.yaml").write_text(
        f"""report:
  id: invented
  title: {TITLE}
  published: 2023-01-01
  licence: CC0-1.0
  evidence: {{front: {TITLE}}}
  source:
    file: {read.article.name}
    sha256: {read.sha256}
    sections:
{sections}patients:
  p1: {{sex: {{concept: PATO:0000383 ! female, evidence: {{case: 45-year-old woman}}}}}}
""",
        "utf-8",
    )
    source = read_source(read_case_file(tmp_path / "case.yaml"), tmp_path)
    assert source.parts == read.article.source.parts
    assert tuple(source.sentences()) == read.article.sentences
    assert {s.section for s in patient_sentences(read.article)} == {"case"}


def test_what_is_no_pdf_or_holds_no_text_is_told(tmp_path: Path) -> None:
    pytest.importorskip("pypdfium2")
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib.figure import Figure

    (tmp_path / "cut.pdf").write_bytes(b"%PDF-1.7\nnothing")
    with pytest.raises(CaseError, match="not readable as PDF"):
        read_article(tmp_path / "cut.pdf")
    Figure(figsize=(2, 2)).savefig(tmp_path / "scan.pdf")
    with pytest.raises(CaseError, match="it is scanned"):
        read_article(tmp_path / "scan.pdf")


def test_damaged_files_are_read_or_refused(pdf: Path, tmp_path: Path) -> None:
    whole, chance = pdf.read_bytes(), random.Random(8)
    told = []
    for _ in range(40):
        data = bytearray(whole[: chance.choice([len(whole), chance.randrange(len(whole))])])
        for _ in range(chance.choice([0, 5, 300])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        (tmp_path / "damaged.pdf").write_bytes(data)
        try:
            read = read_article(tmp_path / "damaged.pdf")
        except CaseError as error:
            told += error.results
        else:
            assert read.article.text.encode() == read.data
    assert 0 < len(told) < 40
    assert all(result.message and result.cure for result in told)
