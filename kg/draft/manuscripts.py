"""A published report read from its file: the text that anchors quote, its sections, and its front matter.

The text is what `casekg draft` writes beside the case file where it is not the file itself.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass, replace
from pathlib import Path

from kg.base.files import read
from kg.base.results import CaseError, Result
from kg.draft.article import Article
from kg.draft.front import Front, front
from kg.draft.plurality import plurality
from kg.draft.scope import parts

__all__ = ["MAX_BYTES", "Manuscript", "read_article"]

MAX_BYTES = 20_000_000  # of a report, in any format


@dataclass(frozen=True)
class Manuscript:
    """A report as it was read.

    article: its text and sections; front: what it says about itself; data: the bytes of the UTF-8 text file that anchors are held against;
    own: those are the bytes of the file itself; pages: where each page of a PDF begins.
    """

    article: Article
    front: Front
    data: bytes
    own: bool = True
    pages: tuple[int, ...] = ()
    notes: tuple[Result, ...] = ()

    @property
    def sha256(self) -> str:
        """Digest of the text file, as `report.source.sha256` has it."""
        return hashlib.sha256(self.data).hexdigest()


def read_article(path: Path | str) -> Manuscript:
    """Read a report. Raises CaseError when it cannot be read, or is of several patients or articles."""
    path = Path(path)
    data = read(path, MAX_BYTES)
    try:
        text = unicodedata.normalize("NFC", data.decode("utf-8"))
    except UnicodeDecodeError as error:
        message = f"not UTF-8 (byte {error.start:,})."
        raise CaseError([Result("violation", "encoding", message, "Save it as UTF-8.", str(path))]) from error
    if not text.strip("\ufeff \t\r\n\f"):
        raise CaseError([Result("violation", "empty", "holds no words.", "Give the report's text.", str(path))])
    article = Article(path.name, text, parts(text))
    told = front(article)
    if wrong := plurality(article, told.title.value if told.title else ""):
        raise CaseError([replace(one, file=str(path)) for one in wrong])
    return Manuscript(article, told, data)
