"""What a report says about itself, and its reference list."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.articles.article import Article
from kg.articles.front import Front, front, licence_of, read_date
from kg.articles.references import Entry, entry, references
from kg.articles.scope import parts
from kg.model.reading import read_case_file

ROOT = Path(__file__).resolve().parents[1]
SEED = ROOT.parent / "shared" / "seed" / "cureus-34125.txt"


def _read(text: str) -> tuple[Article, Front]:
    article = Article("report.txt", text, parts(text))
    return article, front(article)


@pytest.mark.skipif(not SEED.is_file(), reason="the seed report is not beside the repository")
def test_the_seed_is_read_as_the_case_file_made_by_hand_has_it() -> None:
    article, found = _read(SEED.read_text("utf-8"))
    case = read_case_file(ROOT / "kg" / "cases" / "cureus-34125.yaml").case
    report = case.report
    assert (found.title and found.title.value) == report.title
    for name in ("doi", "journal", "volume", "number", "article", "licence"):
        assert getattr(found, name).value == getattr(report, name), name
    for name in ("published", "review_began", "review_ended"):
        assert getattr(found, name).value == getattr(report, name).isoformat()
    assert [(a.name, a.affiliations, a.corresponding) for a in found.authors] == [
        (a.name, a.affiliations, a.corresponding) for a in report.authors
    ]
    assert tuple(one.value for one in found.keywords) == report.keywords
    assert tuple(one.value for one in found.categories) == report.categories
    assert all(article.quote(one) for one in found.told())
    made = [
        (e.number, e.authors, e.title, e.journal, e.year, e.doi, e.volume, e.pages, e.truncated)
        for e in found.references
    ]
    assert made == [
        (r.number, r.authors, r.title, r.journal, r.year, r.doi, r.volume, r.pages, r.truncated)
        for r in case.references.values()
    ]


PRINTED = {
    "Lundberg IE, Fujimoto M, et al. Inflammatory myopathies. Nat Rev Dis Primers. 2021;7(1):86. doi:10.1038/s41572-021-00321-x": (
        "Lundberg IE, Fujimoto M, et al.", "Inflammatory myopathies", "Nat Rev Dis Primers", 2021, "7", "86",
        "10.1038/s41572-021-00321-x",
    ),
    "Nobody, A., & Noone, B. C. (2018). Features of nothing. Neurology, 90(23), e2068-e2076.": (
        "Nobody, A., & Noone, B. C", "Features of nothing", "Neurology", 2018, "90", "e2068-e2076", None,
    ),
    "A. Nobody, B.C. Noone, et al., Features of nothing at all, Neurology 90 (2018) e2068–e2076.": (
        "A. Nobody, B.C. Noone, et al.", "Features of nothing at all", "Neurology", 2018, "90", "e2068–e2076", None,
    ),
    "Nobody AB: Is it with p. Val1 and others? J Invent 1999, 12(Suppl 2):33-9": (
        "Nobody AB", "Is it with p. Val1 and others?", "J Invent", 1999, "12", "33-9", None,
    ),
    "Müller-Nobody U, Østensen M and van der None D. A title here. Ann Invent Dis 2010;69:1580-8": (
        "Müller-Nobody U, Østensen M and van der None D.", "A title here", "Ann Invent Dis", 2010, "69", "1580-8", None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("text", PRINTED)
def test_entries_of_several_styles(text: str) -> None:
    e = entry(text, 0, len(text), 1)
    assert (e.authors, e.title, e.journal, e.year, e.volume, e.pages, e.doi) == PRINTED[text]
    assert text[e.start : e.end] in (e.doi or e.title or "")


def test_an_entry_of_no_known_shape_is_not_guessed() -> None:
    text = "World Health Organization. Guidelines on nothing. Geneva: WHO; 2022."
    e = entry(text, 0, len(text), 1)
    assert (e.authors, e.title, e.journal, e.year, e.confidence) == (None, None, None, 2022, "low")


LISTS = {
    "numbers": "1. Nobody A. A title. J Invent 2020;1:1.\n2. Noone B. Another title. J Invent 2021;1:2.\n",
    "brackets": "[1] Nobody A. A title. J Invent 2020;1:1.\n[2] Noone B. Another title. J Invent 2021;1:2.\n",
    "wrapped": "1. Nobody A. A title.\nJ Invent 2020;1:1.\n2. Noone B. Another\ntitle. J Invent 2021;1:2.\n",
    "windows": "1. Nobody A. A title. J Invent 2020;1:1.\r\n2. Noone B. Another title. J Invent 2021;1:2.\r\n",
    "plain": "Nobody A. A title. J Invent 2020;1:1.\nNoone B. Another title. J Invent 2021;1:2.\n",
}


@pytest.mark.parametrize("name", LISTS)
def test_lists(name: str) -> None:
    text = f"Case report\nA man was seen.\n\nReferences\n{LISTS[name]}"
    article = Article("report.txt", text, parts(text))
    found = references(article)
    assert [(e.number, e.title, e.year) for e in found] == [(1, "A title", 2020), (2, "Another title", 2021)]


@pytest.mark.parametrize(
    ("words", "licence"),
    [
        ("https://creativecommons.org/licenses/by-nc-nd/4.0/", "CC-BY-NC-ND-4.0"),
        ("Creative Commons Attribution-NonCommercial 4.0 International License", "CC-BY-NC-4.0"),
        ("Creative Commons Attribution License (CC BY)", "CC-BY"),
        ("a CC BY-NC 4.0 licence", "CC-BY-NC-4.0"),
        ("CC0 1.0", "CC0-1.0"),
        ("All rights reserved.", None),
        ("cc by mistake", None),
    ],
)
def test_licences(words: str, licence: str | None) -> None:
    found = licence_of(words)
    assert (found and found[0]) == licence


@pytest.mark.parametrize(
    ("words", "day_first", "iso"),
    [
        ("24 January 2023", None, "2023-01-24"),
        ("2023 Jan 24", None, "2023-01-24"),
        ("03/04/2023", None, None),
        ("03/04/2023", True, "2023-04-03"),
        ("24.01.2023", None, "2023-01-24"),
        ("30 February 2020", None, None),
        ("Nobody 3, 2020", None, None),
    ],
)
def test_dates(words: str, day_first: bool | None, iso: str | None) -> None:
    assert read_date(words, day_first) == iso


def test_what_is_not_printed_is_not_there() -> None:
    _, found = _read("A 30-year-old man was seen in 2020 with rash. He improved (10.1000/5).")
    assert found == Front()


_WORDS = st.sampled_from(
    [
        "A",
        "report",
        "of",
        "Nobody",
        "¹",
        ",",
        "Noone",
        "B.",
        "Abstract\n",
        "Keywords:",
        "rash",
        ";",
        "References\n",
        "1.",
        "2020",
        "12(3):45",
        "Published",
        "01/24/2023",
        "doi:",
        "10.1000/x(1).",
        "©",
        "CC",
        "BY",
        "4.0",
        "et",
        "al.",
        "(",
        ")",
        "[",
        "]",
        "é",
        "ﬁ",
        "\n",
        "-",
        "Case",
        "report\n",
    ]
)


@settings(deadline=None, derandomize=True, max_examples=150)
@given(st.lists(_WORDS, max_size=40))
def test_whatever_the_text_every_offset_is_that_of_its_words(words: list[str]) -> None:
    article, found = _read(" ".join(words))
    for one in found.told():
        quote = article.quote(one)
        assert quote.strip()
        assert 0 <= one.start < one.end <= len(article.text)
        if isinstance(one, Entry):
            assert one.first <= one.start < one.end <= one.last
    for name in ("title", "doi", "journal", "volume"):
        if (value := getattr(found, name)) is not None:
            assert article.quote(value) == value.value
    for author in found.authors:
        assert article.quote(author) == author.name
