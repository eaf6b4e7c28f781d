"""A report in plain text or Markdown. The file itself is what anchors quote, wherever that can be.

Lines that are broken at a width, line ends of old systems, and signs that no page shows would cut sentences and
words: then a text without them is made of it, which is written beside the case file.
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from kg.articles.composing import Composed, tidy
from kg.articles.headings import headings, legend
from kg.base.results import CaseError, Result

__all__ = ["PAGE", "joined", "read_text"]

_UTF16 = {codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_NO_TEXT = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_BREAK = re.compile("\r\n|[\n\r\x0b\x85\u2028\u2029]")
PAGE = "\ue000"  # a page of a PDF begins; of the private use area, and gone in the end
_ITEM = re.compile(r"\s*(?:[-•*]\s|#{1,6}\s|\||>)")
_NUMBER = re.compile(r"\s*(?:\[\d{1,3}\]|\(?\d{1,3}[.)])\s+\S")
_STOPPED = re.compile(r"[.!?][\])\"'’”*]*\s*$")
# What keeps its hyphen at the end of a line.
_KEPT = re.compile(r"(?i)(?:^|\W)(?:follow|long|short|high|low|well|self|mid|non|open|year|month|week|day|old|ray|beta|alpha|[A-Za-z]|\w*\d)$")  # fmt: skip
_ADDRESS = re.compile(r"(?:\b10\.\d{4,9}/|https?://|\bdoi\.org/)\S*$|\b(?:https?:|https?:/|doi:?|10\.\d{0,9})$")
_NO_ADDRESS = re.compile(r"[A-Z][a-z]+[.,]?|\d{1,3}[.)]|\[\d+\]|\(?(?:19|20)\d\d\)?[.,;:]?")
# What is mostly written behind a hyphen: "steroid-sparing".
_COMPOUND = re.compile(
    r"(?:sparing|threatening|related|associated|induced|based|term|dose|onset|grade|line|resistant|negative|positive|dependent|free|specific|like|type|up|old|year|month|week|day|resolution|enhanced|weighted|known|treated|guided|limiting|mediated|blind|controlled|reported|responsive|refractory|producing|containing|binding|derived|sided|stage|level|wide|label)"
)


def read_text(path: Path, data: bytes) -> Composed:
    """Read a text. Raises CaseError when it is none."""
    text = unicodedata.normalize("NFC", _decoded(path, data))
    if _NO_TEXT.search(text):
        message = "holds control characters: it is no text."
        raise CaseError([Result("violation", "encoding", message, "Export it as plain text, UTF-8.", str(path))])
    if {found[0] for found in _BREAK.finditer(text)} - {"\n", "\r\n"}:
        text = _BREAK.sub("\n", text)
    if (plain := tidy(text)) != text.removeprefix("\ufeff"):
        text = plain
    return Composed(joined(text) if _is_broken(text) else text)


def _decoded(path: Path, data: bytes) -> str:
    """UTF-8, or UTF-16 with its mark; what else it may be, nobody can tell."""
    name = next((name for mark, name in _UTF16.items() if data.startswith(mark)), "utf-8")
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: byte {error.start:,} is {data[error.start]:#04x}."
        raise CaseError([Result("violation", "encoding", message, "Save it as UTF-8.", str(path), line, 1)]) from error


def _rows(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def _is_broken(text: str) -> bool:
    """Are the paragraphs of a text broken at a width? Most lines of more than one go on in small letters below."""
    rows = _rows(text)
    pairs = [(one, other) for one, other in pairwise(rows) if one and other]
    on = [1 for one, other in pairs if len(one) >= 40 and not _STOPPED.search(one) and other[:1].islower()]
    cut = [1 for one, other in pairs if re.search(r"[a-z]{2}[-‐]$", one) and other[:1].islower()]
    return (len(on) >= 3 and len(on) * 4 >= len(pairs)) or len(cut) >= 2


def joined(text: str, breaks: frozenset[int] = frozenset()) -> str:
    """Paragraphs in one line each, with an empty line between them.

    breaks: numbers of lines, from 0, before which a paragraph ends in any case. A word that a hyphen cuts at the end
    of a line is joined as it is written elsewhere in the text.
    """
    rows = text.split("\n")
    found = {one.start: one for one in headings(text.replace(PAGE, " "))}
    widths = sorted(len(row.strip()) for row in rows if row.strip())
    width = widths[int(len(widths) * 0.9)] if widths else 0
    known = Counter(re.findall(r"[\w’'-]+", text))
    made: list[list[str]] = []  # the lines of each paragraph
    open_, before, at = False, "", 0
    entries = _Entries()
    for number, row in enumerate(rows):
        words = row.strip()
        bare = words.lstrip(PAGE)
        start = at + row.index(bare) if bare else at
        at += len(row) + 1
        if not bare:
            open_ = open_ and entries.marked
            continue
        head = found.get(start)
        begins = head is not None or legend(text, start, start + len(bare)) is not None
        if entries.inside and not begins:
            fresh = number in breaks or _STOPPED.search(before) is not None or len(before) < 0.8 * width
            begins = entries.begins(bare, fresh, fresh or not breaks)
        elif open_ and (_NUMBER.match(bare) or _ITEM.match(bare)):
            # of a list, unless it stands in the middle of a sentence
            sure = bool(_ITEM.match(bare)) and not breaks
            begins = begins or sure or _STOPPED.search(before) is not None or len(before) < 0.8 * width
        if open_ and not begins and (number not in breaks or entries.marked):
            made[-1][-1] = _end(made[-1][-1], bare, known, number in breaks)
            made[-1].append(words)
        else:
            made.append([words])
        short = len(bare) < 0.75 * width and _STOPPED.search(bare) is not None
        open_, before = (head is None or not head.alone) and not (short and not entries.marked), bare
        if head is not None:
            entries = _Entries(head.kind == "references" and head.alone)
    return "\n\n".join("".join(paragraph) for paragraph in made) + "\n"


@dataclass
class _Entries:
    """A reference list while it is read: is each entry marked by a number or a bullet?"""

    inside: bool = False
    marked: bool = False
    last: int = 0

    def begins(self, words: str, fresh: bool, loose: bool) -> bool:
        """Does a line begin an entry? Where entries have numbers, with the one that comes next.

        fresh: the line before has an end of its own; loose: or nothing tells.
        """
        number = re.match(r"\[?\(?(\d{1,3})[\].)]*\s", words)
        if number and (_NUMBER.match(words) or words[number.end() :][:1].isupper()) and int(number[1]) == self.last + 1:
            self.last, self.marked = self.last + 1, True
            return True
        if self.last == 0 and loose and _ITEM.match(words):
            self.marked = True
            return True
        return not self.marked and fresh and words[0].isupper()


def _end(before: str, after: str, known: Counter[str], apart: bool) -> str:
    """The end of a line as another goes on from it: with a space, or with or without the hyphen that cut a word.

    apart: there is room between them, so that no address goes on (a DOI, and the foot of the page below it).
    """
    token = after.split(None, 1)[0]
    if not apart and _ADDRESS.search(before[-300:]) and re.search(r"[\d/]", token) and not _NO_ADDRESS.fullmatch(token):
        return before  # a DOI or URL that goes on
    cut = re.search(r"(\w+)[-‐]$", before[-80:])
    if not cut:
        return f"{before} "
    rest = re.match(r"[\w’']+", after)
    if rest is None or not after[0].islower() or not cut[1][-1].isalpha():
        return before  # "anti-PM", "COVID-19"
    whole, parted = cut[1] + rest.group(), f"{cut[1]}-{rest.group()}"
    compound = _KEPT.search(before[-81:-1]) or _COMPOUND.fullmatch(rest.group())
    if known[parted] > known[whole] or (not known[whole] and compound):
        return before
    return before[:-1]
