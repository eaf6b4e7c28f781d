"""A report in PDF read as text: paragraphs in one line each, running heads left out, pages kept.

A form feed stands before the first paragraph that begins on a new page; where each page begins exactly is in `pages`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from kg.articles.composing import Composed, tidy
from kg.articles.headings import named
from kg.articles.plaintext import PAGE, joined
from kg.base.results import CaseError, Result

__all__ = ["MAX_PAGES", "read_pdf"]

MAX_PAGES = 200  # of one report
MAX_PAGE = 100_000  # characters of a page
_STOPPED = re.compile(r"[.!?][\])\"'’”*]*\s*$")
_PAGE_NUMBER = re.compile(r"(?i)\W*(?:page )?\d{1,4}(?: (?:of|/) ?\d{1,4})?\W*")
_LISTED = re.compile(r"(?:[-•*]|\[\d{1,3}\]|\d{1,3}[.)])\s")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_HYPHEN = "\ufffe"  # what pdfium puts for a hyphen that cuts a word at the end of a line


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a page; left, right, low, high: its box in points; nothing is known of it where right is 0."""

    page: int
    words: str
    left: float = 0
    right: float = 0
    low: float = 0
    high: float = 0


def read_pdf(path: Path, data: bytes) -> Composed:
    """Read the text of a PDF. Raises CaseError when there is none, or it cannot be opened."""
    try:
        import pypdfium2
    except ImportError as error:
        cure = "Install it: pip install 'casekg[draft]'."
        raise CaseError([Result("violation", "config", "PDF needs pypdfium2.", cure, str(path))]) from error
    try:
        document = pypdfium2.PdfDocument(data)
        try:
            number = len(document)
            if number > MAX_PAGES:
                message = f"has {number:,} pages; {MAX_PAGES} at most."
                raise _wrong(path, "too-long", message, "Give a file of one report.")
            lines, empty = [], []
            for page in range(number):
                found = list(_lines(document, page))
                lines += found
                if not found:
                    empty.append(page + 1)
        finally:
            document.close()
    except (pypdfium2.PdfiumError, OSError, ValueError, IndexError) as error:
        message = f"not readable as PDF ({str(error).strip(' .') or type(error).__name__})."
        raise _wrong(path, "syntax", message, "Save it anew, without a password, or give the text.") from error
    if not lines:
        cure = "Run text recognition (OCR) on it, or give the text."
        raise _wrong(path, "no-text", f"none of its {number} pages holds text: it is scanned.", cure)
    return _composed(path, lines, number, empty)


def _wrong(path: Path, rule: str, message: str, cure: str) -> CaseError:
    return CaseError([Result("violation", rule, message, cure, str(path))])


def _lines(document: Any, number: int) -> Iterator[_Line]:
    """The lines of a page in the order in which the file has them."""
    page = document[number]
    text = page.get_textpage()
    try:
        count = text.count_chars()
        if count > MAX_PAGE:
            raise ValueError(f"page {number + 1} holds {count:,} characters; {MAX_PAGE:,} at most")
        whole = text.get_text_range() if count else ""
        placed = len(whole) == count  # else a sign counts twice, and boxes are not those of the words
        at = 0
        for row in re.split(rf"(\r\n|\r|\n|(?<={_HYPHEN}))", whole):
            words = tidy(_CONTROL.sub("", row.replace(_HYPHEN, "-"))).strip()
            first, last = at + len(row) - len(row.lstrip()), at + len(row.rstrip()) - 1
            at += len(row)
            if not words:
                continue
            if placed and 0 <= first <= last:
                left, low, _, high = text.get_charbox(first, loose=True)
                _, low2, right, high2 = text.get_charbox(last, loose=True)
                yield _Line(number, words, left, right, min(low, low2), max(high, high2))
            else:
                yield _Line(number, words)
    finally:
        text.close()
        page.close()


def _composed(path: Path, lines: list[_Line], number: int, empty: list[int]) -> Composed:
    kept, heads = _without_heads(lines, number)
    kept = _with_footnotes_up(kept)
    title = _title(kept)
    pitch = _pitch(kept)
    breaks = frozenset(i for i in range(1, len(kept)) if _breaks(kept, i, pitch))
    rows = []
    for i, line in enumerate(kept):
        words = line.words.replace(PAGE, "")
        new = not i or kept[i - 1].page != line.page
        rows.append(PAGE + words if new else words)
    text = joined("\n".join(rows), breaks)
    text, pages = _paged(text, [line.page for i, line in enumerate(kept) if not i or kept[i - 1].page != line.page])
    notes = []
    if heads:
        shown = ", ".join(f"“{words[:40]}”" for words in list(heads)[:3])
        message = f"{sum(heads.values())} running heads and page numbers are left out: {shown}."
        notes.append(Result("info", "running-heads", message, "", str(path)))
    if empty:
        message = f"page(s) {', '.join(map(str, empty[:10]))} hold no text."
        notes.append(Result("info", "no-text", message, "Look whether they are scanned.", str(path)))
    return Composed(text, None, None, pages, tuple(notes), title)


def _without_heads(lines: list[_Line], number: int) -> tuple[list[_Line], Counter[str]]:
    """Without what stands at the top or bottom of several pages; on the first page it stays."""
    edges: dict[int, set[int]] = {}
    for page in {line.page for line in lines}:
        rows = [i for i, line in enumerate(lines) if line.page == page]
        order = sorted(rows, key=lambda i: -lines[i].high) if lines[rows[0]].right else rows
        edges[page] = {*order[:3], *order[-3:]} if len(rows) > 8 else {*order[:1], *order[-1:]}
    at_edge = set().union(*edges.values()) if edges else set()
    shapes = Counter(_shape(lines[i].words) for i in at_edge)
    often = max(2, round(0.3 * number))
    seen: set[str] = set()
    kept, heads = [], Counter[str]()
    for i, line in enumerate(lines):
        shape = _shape(line.words)
        if (i in at_edge and number > 1 and _PAGE_NUMBER.fullmatch(line.words)) or (
            i in at_edge and shapes[shape] >= often and named(line.words) is None and (shape in seen or line.page)
        ):
            heads[line.words] += 1
        else:
            kept.append(line)
            if i in at_edge:
                seen.add(shape)
    return kept, heads


def _with_footnotes_up(lines: list[_Line]) -> list[_Line]:
    """Small print at the foot of a page before the first paragraph of that page, so as to cut none."""
    body = median([line.high - line.low for line in lines if line.right] or [0])
    pitch = _pitch(lines)
    made: list[_Line] = []
    for page in dict.fromkeys(line.page for line in lines):
        rows = [line for line in lines if line.page == page]
        foot = min((line.low for line in rows if line.high - line.low >= 0.88 * body), default=0)
        notes = [line for line in rows if line.right and line.high - line.low < 0.88 * body and line.high < foot + 1]
        rest = [line for line in rows if line not in notes]
        joint = [*made[-1:], *rest]  # with the line before the page
        first = len(joint) - len(rest)
        starts = (i - first for i in range(first, len(joint)) if not i or _breaks(joint, i, pitch))
        at = next(starts, len(rest)) if notes else 0
        made += [*rest[:at], *notes, *rest[at:]]
    return made


def _shape(words: str) -> str:
    return re.sub(r"\d+", "#", words)


def _pitch(lines: list[_Line]) -> float:
    """From one line to the next, in points."""
    steps = [a.low - b.low for a, b in pairwise(lines) if a.page == b.page and 3 < a.low - b.low < 40]
    return median(steps) if steps else 0


def _breaks(lines: list[_Line], i: int, pitch: float) -> bool:
    """Does a paragraph end before a line?"""
    before, line = lines[i - 1], lines[i]
    if not before.right or not line.right:
        return False
    tall, height = before.high - before.low, line.high - line.low
    if tall and height and not 0.85 < tall / height < 1.18:
        return True
    stopped = _STOPPED.search(before.words) is not None
    edge = _edge(lines, i - 1)
    word = max(len(word) for word in line.words.split(None, 2)[:2])
    room = edge - before.right - 10 - word * (before.right - before.left) / max(len(before.words), 1)
    filled = (len(before.words) + word) / _longest(lines, i - 1)
    if room > 0.5 * word and filled < 0.85 and not before.words.endswith("-"):
        return True  # the next word had found room: a heading, an item, the end of a paragraph
    ends = stopped and room > 0 and filled < 0.97
    if line.page != before.page or line.low > before.low - 1 or abs(line.left - before.left) > 150:
        return ends and line.words[0].isupper()
    if before.low - line.low > 1.4 * max(pitch, 1.15 * height):
        return True
    shifted = 4 < abs(line.left - before.left) < 40
    return ends or (shifted and (_LISTED.match(line.words) is not None or (stopped and line.left > before.left)))


def _edge(lines: list[_Line], i: int) -> float:
    """The right edge of the column in which a line stands."""
    near = lines[max(0, i - 25) : i + 25]
    return max(one.right for one in near if one.page == lines[i].page and abs(one.left - lines[i].left) < 40)


def _longest(lines: list[_Line], i: int) -> int:
    """How many signs the longest line near a line has, in its column."""
    near = lines[max(0, i - 25) : i + 25]
    return max(len(one.words) for one in near if abs(one.left - lines[i].left) < 40)


def _title(lines: list[_Line]) -> str:
    """The words in the largest print of the first page, if they are a title."""
    first = [line for line in lines if line.page == lines[0].page and line.right and len(line.words) > 2]
    if not first:
        return ""
    tall = max(line.high - line.low for line in first)
    body = median(line.high - line.low for line in first)
    big = [i for i, line in enumerate(first) if line.high - line.low > 0.93 * tall]
    run = [big[0]]
    for i in big[1:]:
        if i != run[-1] + 1:
            break
        run.append(i)
    words = " ".join(first[i].words for i in run)
    return words if tall > 1.15 * body and 3 <= len(words.split()) <= 50 and not named(words) else ""


def _paged(text: str, pages: list[int]) -> tuple[str, tuple[int, ...]]:
    """Without the marks of pages: where each begins, and a form feed before the next paragraph."""
    paragraphs = text.split("\n\n")
    made: list[str] = []
    begins: list[tuple[int, int]] = []
    at, feed, mark = 0, False, 0
    for paragraph in paragraphs:
        pieces = paragraph.split(PAGE)
        if not pieces[0] and len(pieces) > 1 and made:
            feed = True
        words = ("\f" if feed else "") + pieces[0]
        feed = False
        for piece in pieces[1:]:
            if words.strip("\f") and mark:
                feed = True  # in the middle: the paragraph after this one is the first that begins there
            begins.append((pages[mark], at + len(words)))
            mark += 1
            words += piece
        made.append(words)
        at += len(words) + 2
    last = max(pages) if pages else 0
    starts = dict(reversed(begins))
    filled: list[int] = []
    for page in range(last, -1, -1):  # a page without text begins where the next one does
        filled.append(starts.get(page, filled[-1] if filled else at))
    return "\n\n".join(made), tuple(reversed(filled))
