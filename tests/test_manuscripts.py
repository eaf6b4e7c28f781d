"""Reports read from their files, whatever lies there: read, or refused in one line with a cure."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.articles.manuscripts import MAX_BYTES, read_article
from kg.base.results import CaseError

CORPUS = Path(__file__).resolve().parents[1].parent / "shared" / "corpus" / "text"


def test_plain_text_is_its_own_text(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(b"\xef\xbb\xbfCase report\r\nA 30-year-old man was seen. He rose.\r\n")
    read = read_article(file)
    assert read.own
    assert read.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert [s.text for s in read.article.sentences] == ["Case report", "A 30-year-old man was seen.", "He rose."]
    assert (read.page(5), read.notes) == (None, ())


REFUSED = {
    "empty": (b"", "holds no words"),
    "blank": (b" \r\n\x0c", "holds no words"),
    "latin-1": (b"A man\nwas s\xe9en.", "not UTF-8: byte 11 is 0xe9"),
    "utf-16-cut": (b"\xff\xfe\x00", "not UTF-8"),
    "zeros": (b"A man\x00was seen.", "control characters"),
    "word": (b"PK\x03\x04rest", "a Word or other zipped document"),
    "rtf": (b"{\\rtf1 A man}", "is RTF"),
    "html": (b"<!DOCTYPE HTML><p>A man", "is HTML"),
    "picture": (b"\x89PNG\r\n", "is a picture"),
    "long": (b"A man was seen. " * 70_000, "characters"),
    "two": (b"Case 1\nA man was seen.\nCase 2\nA woman was seen.", "more than one patient"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_report_is_told_with_its_cure(tmp_path: Path, name: str) -> None:
    data, message = REFUSED[name]
    (tmp_path / "report.txt").write_bytes(data)
    with pytest.raises(CaseError) as told:
        read_article(tmp_path / "report.txt")
    (result,) = told.value.results
    assert message in result.message
    assert result.file == str(tmp_path / "report.txt")
    assert result.cure


def test_what_is_no_file_is_told(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing.txt"):
        with pytest.raises(CaseError):
            read_article(path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.txt")
        with pytest.raises(CaseError, match="not a regular file"):
            read_article(tmp_path / "pipe.txt")
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(MAX_BYTES + 1)
    with pytest.raises(CaseError, match="larger than"):
        read_article(tmp_path / "huge.txt")


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
def test_every_file_of_the_corpus_is_read_with_exact_words() -> None:
    files = [*CORPUS.glob("maccrobat/*.txt"), *CORPUS.glob("jats/*.xml")]
    assert len(files) == 53
    for file in files:
        read = read_article(file)
        text = read.article.text
        assert read.data.decode() == text
        assert all(text[s.start : s.end] == s.text for s in read.article.sentences)
        assert all(text[one.start : one.end].strip() for one in read.front.told())


_BEGINNINGS = st.sampled_from(
    [
        b"",
        b"%PDF-1.7\n",
        b"<?xml version='1.0'?>",
        b"<article>",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"Case report\n",
        b"# A\n",
    ]
)


@settings(
    deadline=None, derandomize=True, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(_BEGINNINGS, st.one_of(st.binary(max_size=60), st.text(max_size=60).map(lambda text: text.encode())))
def test_any_bytes_are_read_or_refused(tmp_path: Path, beginning: bytes, rest: bytes) -> None:
    pytest.importorskip("pypdfium2")
    (tmp_path / "any.txt").write_bytes(beginning + rest)
    try:
        read = read_article(tmp_path / "any.txt")
    except CaseError:
        return
    assert hashlib.sha256(read.data).hexdigest() == read.sha256
    assert read.own == (read.data == beginning + rest)
    for sentence in read.article.sentences:
        assert read.article.text[sentence.start : sentence.end] == sentence.text
