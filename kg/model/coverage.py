"""Was the whole report read? Each sentence is claimed by a fact, marked as carrying none, or unread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kg.base.results import Result, ordered
from kg.model.anchors import Sentence, anchor_results, read_source
from kg.model.context import context_results
from kg.model.reading import CaseFile

__all__ = ["Coverage", "State", "coverage"]

State = Literal["claimed", "marked", "unread"]


@dataclass(frozen=True)
class Coverage:
    """How the sentences of one source text are accounted for.

    sentences: each with its state and what accounts for it (fact keys, or the reason given).
    """

    file: str
    sentences: tuple[tuple[Sentence, State, tuple[str, ...]], ...]
    results: tuple[Result, ...]

    def count(self, state: State) -> int:
        """Sentences in this state."""
        return sum(found == state for _, found, _ in self.sentences)

    @property
    def share(self) -> float:
        """Share of the sentences that are claimed or marked, 0 to 1."""
        return 1 - self.count("unread") / len(self.sentences) if self.sentences else 0.0

    def by_section(self) -> Mapping[str, Counter[str]]:
        """Counts of each state, by section in the order of the text."""
        table: dict[str, Counter[str]] = {}
        for sentence, state, _ in self.sentences:
            table.setdefault(sentence.section, Counter())[state] += 1
        return table


def coverage(file: CaseFile, sources: Path | str) -> Coverage:
    """Account for every sentence of a report's source text.

    sources: the folder that holds the text. Raises CaseError when it is missing or another one.
    A claim by an anchor counts for the first place where the anchor occurs in its section; a
    mark counts for the first unclaimed sentence of the section that begins with its words.
    """
    source = read_source(file, sources)
    results = [*anchor_results(file, source), *context_results(file, source)]
    sentences = source.sentences()
    claimed: dict[int, list[str]] = {}
    for path, fact in file.case.facts():
        for anchor in fact.evidence:
            for place in source.find(anchor)[:1]:
                end = place + len(anchor.quote)
                for i, sentence in enumerate(sentences):
                    if sentence.start < end and place < sentence.end:
                        claimed.setdefault(i, []).append(path[-1])
    marked: dict[int, str] = {}
    for n, mark in enumerate(file.case.report.source.no_facts):
        hit = next(
            (
                i
                for i, s in enumerate(sentences)
                if s.section == mark.section and s.text.startswith(mark.begins) and i not in marked and i not in claimed
            ),
            None,
        )
        if hit is None:
            where = ("report", "source", "no_facts", n)
            message = f"no unclaimed sentence of section {mark.section!r} begins with {mark.begins!r}."
            result = Result(
                "warning", "no-fact", message, "Delete the mark, or correct its words.", *file.place(*where)
            )
            results.append(Result(**{**result.data(), "key": ".".join(map(str, where))}))
        else:
            marked[hit] = mark.why
    headings = {words for s in file.case.report.source.sections for words in (s.title, s.begins)}
    rows: list[tuple[Sentence, State, tuple[str, ...]]] = []
    for i, sentence in enumerate(sentences):
        if i in claimed:
            rows.append((sentence, "claimed", tuple(dict.fromkeys(claimed[i]))))
        elif i in marked or sentence.text in headings:
            rows.append((sentence, "marked", (marked.get(i, "heading"),)))
        else:
            rows.append((sentence, "unread", ()))
    return Coverage(str(file.path), tuple(rows), ordered(results))
