"""Does a fact quote the part of the report in which such a thing is told?

Patients are not described in the reference list, a figure is called what its legend calls it, and
a statement on money is no consent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.base.results import Severity
from kg.concepts.terms import Catalogue
from kg.model.case import Case

__all__ = ["places"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure

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


def places(case: Case, terms: Catalogue) -> Found:  # noqa: ARG001 - every check has the same form
    """Facts are quoted from where they are told; panels and statements are what their words say.

    A graph does not tell the kinds of sections: nothing is said of those.
    """
    kinds = {s.section: s.kind for s in case.report.source.sections}
    titles = {s.section: s.title for s in case.report.source.sections}
    for path, fact in case.facts():
        told = {kinds.get(anchor.section) for anchor in fact.evidence}
        if path[0] in ("patients", "claims") and told and told <= set(_ELSEWHERE):
            message = f"it is quoted from the {' and '.join(sorted(filter(None, told)))} only."
            yield path, "violation", "section", message, "Quote the part of the report that tells it."
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
