"""A published report read from its file: the text that anchors quote, its sections, and its front matter.

The text is what `casekg draft` writes beside the case file where it is not the file itself.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass, replace
from pathlib import Path

from kg.articles.article import Article
from kg.articles.composing import Composed
from kg.articles.cutting import cut
from kg.articles.front import Front, front
from kg.articles.jats import read_jats
from kg.articles.pdf import read_pdf
from kg.articles.plaintext import read_text
from kg.articles.plurality import numbered, plurality
from kg.articles.scope import findable, parts
from kg.base.bounds import bounded
from kg.base.files import read
from kg.base.results import CaseError, Result

__all__ = ["MAX_BYTES", "MAX_CHARACTERS", "Manuscript", "read_article"]

MAX_BYTES = 20_000_000  # of a report, in any format
MAX_CHARACTERS = 300_000  # of its text: a long article has a third of that
_LONGEST = 1_000  # characters of a word: an address may be long
_LONGEST_NAME = 200  # of a file, as a case file has it
_BOM = b"\xef\xbb\xbf"
# How files of other formats begin, and what they are.
_OTHERS = (
    (b"PK\x03\x04", "a Word or other zipped document"), (b"{\\rtf", "RTF"), (b"\xd0\xcf\x11\xe0", "an old Word document"),
    (b"\x1f\x8b", "compressed"), (b"<!doctype html", "HTML"), (b"<html", "HTML"),
    (b"\x89PNG", "a picture"), (b"\xff\xd8\xff", "a picture"), (b"GIF8", "a picture"),
)  # fmt: skip


@dataclass(frozen=True)
class Manuscript:
    """A report as it was read.

    article: its text and sections; front: what it says about itself; data: the bytes of the UTF-8 text that anchors
    are held against; own: those are the bytes of the file itself; pages: where each page of a PDF begins; notes: what
    a reader should know of the reading.
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

    def page(self, at: int) -> int | None:
        """The page of a PDF on which a character stands, from 1."""
        return bisect_right(self.pages, at) or None if self.pages else None


def read_article(path: Path | str, patient: str = "", single: bool = False) -> Manuscript:
    """Read a report: plain text, Markdown, JATS XML or PDF, known by its first bytes.

    patient: number of the one patient of a series that is read, where headings have it; single: somebody has looked,
    and the report is of one patient. Raises CaseError when it cannot be read, or is of several patients or articles.
    """
    path = Path(path)
    data = read(path, MAX_BYTES, "A report is smaller; leave its pictures out.")
    with bounded(path):
        made, suffix = _composed(path, data)
        text = made.text
        if not text.strip("\ufeff \t\r\n\f"):
            raise _wrong(path, "empty", "holds no words.", "Give the report's text.")
        if len(text) > MAX_CHARACTERS:
            message = f"holds {len(text):,} characters; {MAX_CHARACTERS:,} at most."
            raise _wrong(path, "too-long", message, "Give a file of one report.")
        if long := re.search(rf"\S{{{_LONGEST}}}", text):
            message = (
                f"holds a word of more than {_LONGEST:,} characters (“{long[0][:20]}…”): it is no text of a report."
            )
            raise _wrong(path, "format", message, "Export it anew as plain text.")
        own = suffix == "" and text == _plain(data) and not patient and len(path.name) <= _LONGEST_NAME
        name = path.name if own else f"{path.stem[:150]}{suffix or ('' if patient else '.lines')}.txt"
        article = Article(name, text, parts(text) if made.parts is None else findable(text, made.parts))
        told = front(article, made.title) if made.front is None else made.front
        notes, pages = list(made.notes), made.pages
        if patient:
            article, told = _of(path, article, told, patient)
            pages = ()
            message = f"only what is told of patient {patient} alone is read."
            notes.append(Result("info", "one-patient", message, "", str(path)))
        if wrong := plurality(article, told.title.value if told.title and not patient else ""):
            # lines are those of the text that was made, which nobody has
            wrong = [replace(one, file=str(path)) for one in wrong]
            wrong = wrong if own else [replace(one, line=0, column=0) for one in wrong]
            if not single or wrong[0].rule != "several-patients":
                raise CaseError(wrong)
            notes += [replace(one, severity="info", cure="Read as of one: --single.") for one in wrong]
    return Manuscript(article, told, data if own else article.text.encode(), own, pages, tuple(notes))


def _of(path: Path, article: Article, told: Front, patient: str) -> tuple[Article, Front]:
    """The report of one patient of several. Raises CaseError when no heading has it."""
    if made := cut(article, told, patient):
        name = f"{Path(article.name).stem}.patient-{re.sub(r'[^A-Za-z0-9]', '', patient)}.txt"
        return replace(made[0], name=name), made[1]
    numbers = ", ".join(dict.fromkeys(number for _, number in numbered(article)))
    message = f"no heading begins what is told of patient {patient}."
    cure = f"Those with headings are {numbers}." if numbers else "Cut the text to what is told of that one."
    raise _wrong(path, "patient", message, cure)


def _plain(data: bytes) -> str | None:
    try:
        return unicodedata.normalize("NFC", data.decode())
    except UnicodeDecodeError:
        return None


def _wrong(path: Path, rule: str, message: str, cure: str) -> CaseError:
    return CaseError([Result("violation", rule, message, cure, str(path))])


def _composed(path: Path, data: bytes) -> tuple[Composed, str]:
    """What the reader of its format makes of a file, and what to add to the name of its text."""
    head = data[:2048].removeprefix(_BOM).lstrip()
    for mark, what in _OTHERS:
        if head[: len(mark)].lower() == mark.lower():
            message = f"is {what}, which is not read."
            raise _wrong(path, "format", message, "Save it as plain text (UTF-8), or give JATS XML or the PDF.")
    if b"%PDF-" in data[:1024]:
        return read_pdf(path, data), ".pdf"
    if head.startswith((b"<?xml", b"<!DOCTYPE", b"<article", b"<pmc-articleset", b"<OAI-PMH")) or data.startswith((b"\xff\xfe<\x00", b"\xfe\xff\x00<")) or path.suffix in (".xml", ".nxml"):  # fmt: skip
        return read_jats(path, data), ".xml"
    return read_text(path, data), ""
