"""Does a fact quote the part of the report in which such a thing is told?

Patients are not described in the reference list, a figure is called what its legend calls it, and
a statement on money is no consent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.base.results import Severity
from kg.concepts.terms import Catalogue
from kg.model.case import Case, Fact, SourceSection

__all__ = ["LIFTED", "kind_of", "places"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure

LIFTED = "…"  # how a section begins that was read from a graph, which does not say it
# Kinds of section that tell nothing of a patient, or nothing but their own.
_ELSEWHERE = ("references", "statements")
# What the words of each kind of statement hold; what is not here says anything.
_STATED = {
    "consent": r"consent|permission|waive|agree|authori[sz]",
    "ethics approval": r"ethic|approv|committee|board|\birb\b|declaration|helsinki",
    "funding": r"fund|financ|support|grant|sponsor|paid|payment",
    "competing interests": r"interest|compet|conflict|relationship|disclos|activit|financ",
    "licence": r"licen[cs]|creative|open.access|copyright|distribut|reproduc|credit|rights|permi",
    "how to cite": r"cite|doi|\(\d{4}|\d{4}\)|et al|:|\d",
}


# A note that is about how a figure is labelled, not about what it shows.
_ABOUT_LABELS = re.compile(r"(?i)\b(?:label|letter|number|panel)")


# Where reports tell of other patients; and words that speak of this one.
_OF_OTHERS = {"introduction", "discussion", "conclusions"}
_THIS_ONE = r"\b(?:our|this|the|present|index) (?:\w+ )?(?:patient|case|man|woman|boy|girl|child|report)\b|\b(?:he|she|his|her|him|we|us)\b|\bhere(?:in)?\b"
_TITLES = (
    ("introduction", r"introduc|background"), ("discussion", r"discuss"), ("conclusions", r"conclusion"),
    ("references", r"references|bibliograph"), ("abstract", r"abstract|summary"), ("figure", r"fig(?:ure|\b)"),
)  # fmt: skip


def kind_of(section: SourceSection) -> str:
    """What a section of a report is; one that was read from a graph is known by its title."""
    if section.kind != "front" or section.begins != LIFTED:
        return section.kind
    return next((kind for kind, words in _TITLES if re.match(words, section.title, re.IGNORECASE)), "")


def _own(fact: Fact) -> bool:
    """Do its words speak of this patient?"""
    words = " | ".join(filter(None, [*(anchor.quote for anchor in fact.evidence), fact.odd, fact.note]))
    return re.search(_THIS_ONE, words, re.IGNORECASE) is not None


def places(case: Case, terms: Catalogue) -> Found:  # noqa: ARG001 - every check has the same form
    """Facts are quoted from where they are told; panels and statements are what their words say.

    A graph does not tell the kinds of sections: nothing is said of those.
    """
    kinds = {s.section: kind_of(s) for s in reversed(case.report.source.sections)}  # the first of a key counts
    titles = {s.section: s.title for s in case.report.source.sections}
    for path, fact in case.facts():
        told = {kinds.get(anchor.section) for anchor in fact.evidence}
        if path[0] in ("patients", "claims") and told and told <= set(_ELSEWHERE):
            message = f"it is quoted from the {' and '.join(sorted(filter(None, told)))} only."
            yield path, "violation", "section", message, "Quote the part of the report that tells it."
        elif path[0] == "patients" and told and told <= _OF_OTHERS and fact.layer == "patient fact" and not _own(fact):
            message = f"it is quoted from the {' and '.join(sorted(filter(None, told)))} only, which tells of others."
            cure = "Quote where it is told of this patient, or make it a claim; if it is the authors' view: `layer: interpretation`."
            yield path, "violation", "section", message, cure
        if path[0] == "references" and told and "references" in kinds.values() and "references" not in told:
            message = "it is not quoted from the reference list."
            yield path, "violation", "section", message, "Quote its entry in the reference list."
    for name, statement in case.statements.items():
        words = " | ".join(anchor.quote for anchor in statement.evidence)
        pattern = _STATED.get(statement.kind)
        if pattern and words and not re.search(pattern, words, re.IGNORECASE):
            message = f"nothing that is quoted speaks of {statement.kind}."
            yield ("statements", name, "kind"), "violation", "wording", message, "Correct `kind`, or quote the words."
    for top, patient in case.patients.items():
        for key, panel in patient.figures.items():
            words = " ".join([*(a.quote for a in panel.evidence), *(titles.get(a.section, "") for a in panel.evidence)])
            signs = re.findall(r"\d+|(?<![A-Za-z])[A-Z](?![A-Za-z])", panel.label)
            lacking = [
                s for s in signs if not re.search(rf"(?<![0-9A-Za-z.]){s}(?![0-9])|(?<=\d){s}(?![A-Za-z0-9])", words)
            ]
            if panel.evidence and lacking and not (panel.odd or _ABOUT_LABELS.search(panel.note or "")):
                message = f"{lacking[0]!r} of the label {panel.label!r} is not in what is quoted, nor in its title."
                cure = "Write the label as the legend has it, or say in `note` or `odd` how it is known."
                yield ("patients", top, "figures", key, "label"), "violation", "wording", message, cure
