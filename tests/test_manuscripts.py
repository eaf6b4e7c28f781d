"""Reports read from their files."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from kg.base.results import CaseError
from kg.draft.manuscripts import read_article


def test_plain_text_is_its_own_text(tmp_path: Path) -> None:
    file = tmp_path / "report.txt"
    file.write_bytes(b"\xef\xbb\xbfCase report\r\nA 30-year-old man was seen. He rose.\r\n")
    read = read_article(file)
    assert read.sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
    assert [s.text for s in read.article.sentences] == ["Case report", "A 30-year-old man was seen.", "He rose."]


@pytest.mark.parametrize("data", [b"", b"\xff\xfe\x00", b" \r\n\x0c", b"\xe9t\xe9"])
def test_what_is_no_text_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "report.txt").write_bytes(data)
    with pytest.raises(CaseError):
        read_article(tmp_path / "report.txt")
