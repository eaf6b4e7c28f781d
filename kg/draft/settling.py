"""Which proposals do casekg's own rules refuse? They are left out of the draft, and told at its end.

The draft is judged as any case file is: schema, identifiers, consistency, words, time, anchors, the sentences
around them, privacy, and whatever else the caller judges by (`casekg draft`: the SHACL shapes). What falls is a
field where the fact stands without it, else the fact, and what needs it; until nothing is left to refuse. Then the
draft is written, and read back: what is judged is what is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.base.document import Document, read_document
from kg.base.results import CaseError, Result
from kg.draft.casewriting import case_text, case_value, ordered_items
from kg.draft.proposals import BEYOND, SINGLE, UNPRINTED, Item, Proposals, Rejected, keyed
from kg.model.anchors import anchor_results
from kg.model.context import context_results
from kg.model.privacy import privacy_results, scan
from kg.model.reading import CaseFile, case_file

__all__ = ["Judge", "settle"]

Judge = Callable[[CaseFile], Iterable[Result]]
_DRAFT = Path("draft.yaml")
_ROUNDS = 12
# Fields without which a fact of the section is none; every other field can fall alone.
_ESSENTIAL = {
    "sex": {"concept"},
    "age": {"years", "printed", "at"},
    "times": {"edtf", "printed", "age"},
    "diagnoses": {"concept", "status"},
    "antibodies": {"concept", "status"},
    "examinations": {"procedure"},
    "findings": {"concept", "status"},
    "measurements": {"analyte", "value", "printed", "unit", "comparator"},
    "treatments": {"drug", "action", "printed", "class_only"},
    "dose_changes": {"treatment", "direction", "printed"},
    "responses": {"to", "of", "outcome"},
    "events": {"concept", "status"},
    "adverse_events": {"concept", "status", "of"},
    "figures": {"label"},
    "follow_up": {"time", "printed"},
    "statements": {"kind", "value"},
    "references": {"number", "authors", "title", "journal", "year"},
    "claims": {"kind", "subject", "predicate", "objects"},
}  # fmt: skip
_LETTERS = str.maketrans("0123456789", "ghijklmnop")
_OF_REPORT = ("source", "id", "evidence", "proposed")


def settle(made: Proposals, also: Judge = lambda _: ()) -> tuple[str, CaseFile]:
    """The text of the case file, and the case, once no rule refuses anything that is left in it.

    also: what else judges it. Raises CaseError when the report part itself is refused.
    """
    _unprinted(made)
    _without_days(made)
    made.prune()
    for number in range(_ROUNDS):
        text = ""
        try:
            file = case_file(_unwritten(case_value(made)), _DRAFT, "")
            wrong = _violations(made, file)
            if not wrong:
                text = case_text(made)
                file = _written(file, read_document(_DRAFT, text.encode("utf-8")))
                wrong = _refused(also(file))
        except CaseError as error:
            wrong = list(error.results)
        if not wrong:
            return text, file
        if not _fell(made, wrong) or number == _ROUNDS - 2:
            _all_fall(made, wrong)
    raise CaseError(wrong)


def _unprinted(made: Proposals) -> None:
    """What holds a control character cannot be written: such an item falls, and such a field of the report."""

    def holds(value: Any) -> bool:
        some = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        return (isinstance(value, str) and bool(UNPRINTED.search(value))) or any(map(holds, some))

    keys = keyed(ordered_items(made))
    wrong = [i for i in made.items if holds(i.fields) or any(UNPRINTED.search(q.words) for q in i.quotes)]
    if wrong:
        made.drop(wrong, "encoding", "its words hold a control character.", keys)
    for name in [name for name, value in made.report.items() if name not in _OF_REPORT and holds(value)]:
        del made.report[name]
        made.rejected.append(Rejected("report", name, (), "encoding", "its words hold a control character."))


def _without_days(made: Proposals) -> None:
    """A phrase that holds a date to the day goes, where others tell of the fact: it would take the fact with it."""
    for item in made.items:
        rest = [q for q in item.quotes if all(hit.rule != "privacy-day" for hit in scan(q.words))]
        item.quotes = rest or item.quotes


def _unwritten(value: Any) -> Document:
    """A document that is not written yet: what stands first has the lower number, in the place of a line."""
    marks: dict[tuple[str | int, ...], tuple[int, int]] = {}

    def number(one: Any, path: tuple[str | int, ...]) -> None:
        marks[path] = (len(marks) + 1, 1)
        for key, inner in one.items() if isinstance(one, dict) else enumerate(one) if isinstance(one, list) else ():
            number(inner, (*path, key))

    number(value, ())
    return Document(_DRAFT.name, value, marks)


def _refused(results: Iterable[Result]) -> list[Result]:
    """The violations, without the lines of other facts, which have none before all is settled."""
    return [
        replace(one, message=re.sub(r" \(line \d+\)", "", one.message))
        for one in results
        if one.severity == "violation"
    ]


def _violations(made: Proposals, file: CaseFile) -> list[Result]:
    source = made.article.source
    return _refused(
        [*file.results, *anchor_results(file, source), *context_results(file, source), *privacy_results(file)]
    )


def _written(file: CaseFile, document: Document) -> CaseFile:
    """The case that was judged, as it was written: with line and column of each key. Raises CaseError."""
    if document.value != file.document.value:
        return case_file(document, file.path, file.sha256)
    return replace(
        file,
        document=document,
        results=tuple(result.at(document.file, *document.place(_path(result.key))) for result in file.results),
    )


def _path(key: str) -> tuple[str | int, ...]:
    return tuple(int(part) if part.isdigit() else part for part in key.split("."))


def _fell(made: Proposals, wrong: Iterable[Result]) -> bool:
    """Take out what results are about; did anything fall?"""
    items = ordered_items(made)
    keys = keyed(items)
    known = {(item.section, keys[id(item)]): item for item in items}
    gone: dict[int, tuple[Item, Result]] = {}
    fallen: set[tuple[int, str]] = set()
    fell = False
    for result in wrong:
        parts = result.key.split(".")
        item, rest = _place(parts, known)
        if item is None:
            fell |= _of_report(made, parts, result)
        elif id(item) in gone or (rest and (id(item), rest[0]) in fallen):
            continue
        elif rest and rest[0] in item.fields and rest[0] not in _ESSENTIAL[item.section]:
            del item.fields[rest[0]]
            fallen.add((id(item), rest[0]))
            fell = True
            name = f"{keys[id(item)]}.{rest[0]}"
            made.rejected.append(Rejected(item.section, name, tuple(item.quotes), result.rule, result.message))
        else:
            gone[id(item)] = (item, result)
    for item, result in [*gone.values()]:
        if item.section == "references":  # they are numbered without a gap
            behind = [i for i in made.items if i.section == "references" and i.fields["number"] > item.fields["number"]]
            gone |= {id(i): (i, result) for i in behind}
    for item, result in gone.values():
        if item in made.items:
            made.drop([item], result.rule, result.message, keys)
            fell = True
    return fell


def _place(parts: list[str], known: dict[tuple[str, str], Item]) -> tuple[Item | None, list[str]]:
    """The item that a dotted key is about, and the key inside of it."""
    if parts[0] == "patients" and len(parts) > 2:
        if parts[2] in SINGLE:
            return next((i for (section, _), i in known.items() if section == parts[2]), None), parts[3:]
        if len(parts) > 3:
            return known.get((parts[2], parts[3])), parts[4:]
    if parts[0] in BEYOND and len(parts) > 1:
        return known.get((parts[0], parts[1])), parts[2:]
    return None, []


def _of_report(made: Proposals, parts: list[str], result: Result) -> bool:
    """Take a field of the report out; an id of ours that looks like a number of a patient is made anew, of letters."""
    if parts == ["report", "id"] and any(letter.isdigit() for letter in made.report["id"]):
        made.report["id"] = "report-" + str(made.report["source"]["sha256"])[:10].translate(_LETTERS)
        return True
    if parts[0] != "report" or len(parts) < 2 or parts[1] in _OF_REPORT or parts[1] not in made.report:
        return False
    del made.report[parts[1]]
    made.rejected.append(Rejected("report", parts[1], (), result.rule, result.message))
    return True


def _all_fall(made: Proposals, wrong: list[Result]) -> None:
    """Nothing that is refused has a place in the draft: no fact can stand beside it."""
    if not made.items:
        raise CaseError(wrong)
    told = wrong[0]
    keys = keyed(ordered_items(made))
    for item in list(made.items):
        made.rejected.append(Rejected(item.section, keys[id(item)], tuple(item.quotes), told.rule, told.message))
    made.items.clear()
