"""Does the report really say so? Anchors held against the source text.

The text itself is never in the graph or in the package: a user who has it gives its folder
(`--sources`), its digest must be the one in the case file, and every anchor must occur in the
section it names.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kg.base.files import blocks
from kg.base.project import shown
from kg.base.results import CaseError, Result
from kg.model.case import Source
from kg.model.fields import Anchor
from kg.model.reading import CaseFile

__all__ = ["Sentence", "SourceText", "anchor_results", "read_source"]

_MAX_BYTES = 20_000_000  # of a source text


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the source: its section, and where it starts and ends (characters)."""

    section: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class SourceText:
    """A source text cut into the sections that the case file declares."""

    text: str
    parts: tuple[tuple[str, str, int, int], ...]  # section, kind, start, end

    def find(self, anchor: Anchor) -> list[int]:
        """Every place (character offset) where an anchor occurs in its section.

        >>> source = SourceText("A. CK was 5. CK", (("case", "case", 0, 15),))
        >>> source.find(Anchor("case", "CK"))
        [3, 13]
        """
        found = []
        for section, _, start, end in self.parts:
            if section == anchor.section:
                place = self.text.find(anchor.quote, start, end)
                while place >= 0:
                    found.append(place)
                    place = self.text.find(anchor.quote, place + len(anchor.quote), end)
        return found

    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of every section, in order.

        In front matter and reference lists a line is the unit.
        """
        return self._cut

    @cached_property
    def _cut(self) -> tuple[Sentence, ...]:
        return tuple(s for section, kind, start, end in self.parts for s in self._sentences(section, kind, start, end))

    def _sentences(self, section: str, kind: str, start: int, end: int) -> Iterator[Sentence]:
        for first, last in _lines(self.text, start, end):
            cuts = [first]
            if kind not in ("front", "references"):
                cuts += [
                    m.end()
                    for m in _STOP.finditer(self.text, first, last)
                    if not _ABBREVIATION.search(self.text[max(first, m.start() - 20) : m.start() + 1])
                ]
            for a, b in zip(cuts, [*cuts[1:], last], strict=True):
                words = self.text[a:b].strip()
                if words:
                    shift = len(self.text[a:b]) - len(self.text[a:b].lstrip())
                    yield Sentence(section, a + shift, a + shift + len(words), words)

    def sentence(self, anchor: Anchor) -> str | None:
        """The whole sentence that holds the first occurrence of an anchor."""
        for place in self.find(anchor):
            for sentence in self.sentences():
                if sentence.start <= place < sentence.end:
                    return re.sub(r"\s+", " ", sentence.text)
        return None


# A sentence ends at . ! ? (a closing bracket or quote may follow) before a space and a capital, digit or opening sign.
_STOP = re.compile(r"[.!?][\])\"'’”*]*\s+(?=[*\"'“‘(\[]*[A-Z0-9Á-Ž])")
_LINE = re.compile(r"[^\n]+")
_ABBREVIATION = re.compile(
    r"(?:\b(?:al|e\.g|i\.e|vs|Fig|Figs|Dr|Prof|No|cf|ca|approx|resp|Ref|Refs|St|Mr|Mrs)|(?<![/\w])[A-Z])\.$"
)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Lines with words in them; one that a page break cut after a hyphen or comma goes on."""
    spans = [(m.start(), m.end()) for m in _LINE.finditer(text, start, end) if m.group().strip()]
    joined: list[tuple[int, int]] = []
    for first, last in spans:
        if (
            joined
            and re.search(r"[\w\[][-–,]$", text[joined[-1][0] : joined[-1][1]].rstrip()[-2:])
            and re.match(r"\s*[a-z0-9]", text[first:last])
        ):
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return iter(joined)


def read_source(file: CaseFile, folder: Path | str) -> SourceText:
    """Read the source text of a case from a folder.

    Raises CaseError when the file is missing, is not the one that was read (digest), or when a
    section's first words are not found, in order. A graph does not say where sections begin: for a
    case that was lifted from one, each section is the whole text.
    """
    source, path = file.case.report.source, Path(folder) / file.case.report.source.file
    place = file.place("report", "source", "file")
    try:
        raw = b"".join(blocks(path, _MAX_BYTES))  # of a longer one the digest does not agree
        text = unicodedata.normalize("NFC", raw.decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        message = f"the source text {shown(path)} cannot be read ({reason})."
        raise CaseError(
            [Result("violation", "source", message, "Give its folder with --sources.", *place, "report.source.file")]
        ) from error
    digest = hashlib.sha256(raw).hexdigest()
    if digest != source.sha256:
        place = file.place("report", "source", "sha256")
        message = f"{source.file} is not the text that was read: its digest is {digest}."
        raise CaseError(
            [
                Result(
                    "violation",
                    "source",
                    message,
                    "Get the text of that digest, or check every anchor anew.",
                    *place,
                    "report.source.sha256",
                )
            ]
        )
    return SourceText(text, tuple(_parts(file, source, text)))


def _parts(file: CaseFile, source: Source, text: str) -> Iterator[tuple[str, str, int, int]]:
    if file.lifted:
        yield from ((section.section, "", 0, len(text)) for section in source.sections)
        return
    starts, place = [], 0
    for i, section in enumerate(source.sections):
        found = text.find(section.begins, place)
        if found < 0:
            where = ("report", "source", "sections", i, "begins")
            message = f"{section.begins!r} does not occur after the section before it."
            result = Result(
                "violation",
                "source",
                message,
                "Write the words the section begins with, in the order of the text.",
                *file.place(*where),
            )
            raise CaseError([Result(**{**result.data(), "key": ".".join(map(str, where))})])
        starts.append(found)
        place = found + 1
    for section, first, last in zip(source.sections, starts, [*starts[1:], len(text)], strict=True):
        yield section.section, section.kind, first, last


def anchor_results(file: CaseFile, source: SourceText) -> Iterator[Result]:
    """Anchors that the source does not hold (violation), or holds more than once (info)."""
    for path, fact in file.case.facts():
        for anchor in fact.evidence:
            at = (*path, "evidence", anchor.section)
            key, place, focus = ".".join(at), file.place(*at), file.focus(*at)
            found = source.find(anchor)
            if not found:
                where = "" if file.lifted else f"section {anchor.section!r} of "
                message = f"{anchor.quote!r} does not occur in {where}{file.case.report.source.file}."
                elsewhere = (
                    "It occurs in another section." if anchor.quote in source.text else "Quote the report verbatim."
                )
                yield Result("violation", "anchor", message, elsewhere, *place, key, focus)
            elif len(found) > 1 and not file.lifted:
                message = (
                    f"{anchor.quote!r} occurs {len(found)} times in section {anchor.section!r}; the first is taken."
                )
                yield Result("info", "ambiguous-anchor", message, "Quote a word or two more.", *place, key, focus)
