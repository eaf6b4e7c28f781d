"""Which cases does a file hold? The table of what is read as cases, by suffix and content."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from kg.base.document import read_document
from kg.base.files import CASE_SUFFIXES, RECORD_SUFFIXES
from kg.base.results import CaseError
from kg.concepts.terms import Catalogue
from kg.model.reading import CaseFile, judge_case_file
from kg.sources.packets import looks_like_packets
from kg.sources.phenopackets import read_packets

__all__ = ["READERS", "Reader", "judge_cases"]

# Every case of a file, judged; in the place of one that cannot be read, why.
# The last argument: lenient, as of `kg.sources.packets.packets`.
Reader = Callable[[Path, Catalogue | None, bool], Iterator[CaseFile | CaseError]]


def _yaml(path: Path, terms: Catalogue | None, lenient: bool) -> Iterator[CaseFile | CaseError]:
    """A case file, or a phenopacket in YAML: told by its keys."""
    if looks_like_packets(read_document(path).value):
        yield from read_packets(path, terms, lenient)
    else:
        yield judge_case_file(path, terms)


READERS: Mapping[str, Reader] = {
    **dict.fromkeys(CASE_SUFFIXES, _yaml),
    **dict.fromkeys(RECORD_SUFFIXES, read_packets),
}


def judge_cases(
    path: Path | str, terms: Catalogue | None = None, lenient: bool = False
) -> Iterator[CaseFile | CaseError]:
    """Every case that a file holds, with what is wrong with it in `.results`; in the place of one that is none, why.

    lenient: phenopackets are taken with what protobuf has a default for left out, and with undeclared prefixes.
    Raises CaseError when the file as a whole cannot be read.
    """
    path = Path(path)
    yield from READERS[path.suffix.lower()](path, terms, lenient)
