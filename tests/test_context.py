"""The report around a phrase: what it says otherwise is told, what it says alike is not. The case is invented."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from kg.base.document import Document, read_document
from kg.base.results import Result
from kg.model.anchors import read_source
from kg.model.context import context_results
from kg.model.reading import case_file

HERE = Path(__file__).parent / "context"
VALUE = read_document(HERE / "pah.yaml").value

# (what, where, what is written there, the key that is told): the phrases themselves say nothing against these.
AROUND: list[tuple[str, str, Any, str]] = [
    ("chest pain to nifedipine", "p1.responses.ambrisentan-pain.to", ["nifedipine"], "to"),
    ("Raynaud to ambrisentan", "p1.responses.iloprost-raynaud.to", ["ambrisentan"], "to"),
    ("failure of iloprost", "p1.responses.nifedipine-ulcers.to", ["iloprost"], "to"),
    ("two instead of one", "p1.responses.iloprost-ulcers.to", ["iloprost", "nifedipine"], "to"),
    ("given for what is not spoken of", "p1.treatments.ambrisentan.indication", ["no-calcinosis"], "indication"),
    ("an author of no report", "report.authors", [{"name": "Ana Invented"}, {"name": "Eve Else"}, {"name": "Bo Nobody"}], "name"),
    ("authors turned", "report.authors", [{"name": "Bo Nobody"}, {"name": "Ana Invented"}], "authors"),
    ("another journal", "report.journal", "Other Journal of Cases", "journal"),
    ("another volume", "report.volume", "8", "volume"),
    ("another article", "report.article", "e78", "article"),
    ("another title", "report.title", "Bosentan for Digital Ulcers", "title"),
    ("a keyword that is nowhere", "report.keywords", ["vasculitis"], "0"),
    ("what went on gets the credit", "p1.responses.ambrisentan-pain", {**VALUE["patients"]["p1"]["responses"]["ambrisentan-pain"], "to": ["iloprost"], "concomitant": ["ambrisentan"]}, "to"),
    ("a marker of what is told elsewhere", "p1.measurements.esr.supports", ["ulcers"], "0"),
    ("a denial moved to another time", "p1.findings.no-myalgia.time", "new-symptoms", "time"),
    ("an age in a year that is not told", "p1.age.at", "1995", "at"),
    ("a finding moved to another time", "p1.findings.chest-pain.time", "last-visit", "time"),
    ("an age moved to another time", "p1.age.at", "last-visit", "at"),
    ("measured in another examination", "p1.measurements.fvc.examination", "ecg", "examination"),
    ("a speculation told as background", "claims.speculation.kind", "background", "kind"),
    ("denied in its sentence", "p1.findings.no-calcinosis", {"concept": "HP:0025520 ! Calcinosis cutis", "status": "present", "time": "first-visit", "evidence": {"case": "calcinosis"}}, "status"),
]  # fmt: skip


def edited(where: str, new: Any) -> Any:
    """The values of the invented case, with one change."""
    value = copy.deepcopy(VALUE)
    *above, last = where.removeprefix("p1.").split(".")
    node = value["patients"]["p1"] if where.startswith("p1.") else value
    for part in above:
        node = node[part]
    node[last] = new
    return value


def around(value: Any) -> list[Result]:
    """What the text says against a case."""
    file = case_file(Document("edited.yaml", value, {}), Path("edited.yaml"), "")
    return list(context_results(file, read_source(file, HERE)))


def test_what_the_report_says_alike_is_not_told() -> None:
    file = case_file(Document("pah.yaml", VALUE, {}), Path("pah.yaml"), "")
    assert [str(r) for r in file.results if r.severity == "violation"] == []
    assert [str(r) for r in around(VALUE)] == []


@pytest.mark.parametrize(("where", "new", "key"), [row[1:] for row in AROUND], ids=[row[0] for row in AROUND])
def test_what_the_report_says_otherwise_is_told_at_its_key(where: str, new: Any, key: str) -> None:
    found = around(edited(where, new))
    assert key in {r.key.rpartition(".")[2] for r in found}, [str(r) for r in found]
    assert {r.severity for r in found} == {"violation"}
    assert all(r.message.endswith(".") and r.cure.endswith(".") for r in found)
