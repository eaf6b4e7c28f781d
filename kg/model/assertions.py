"""Is a claim of the kind, and with the predicate, that its words give it?

What the authors say of their own patient is no background; a possibility is no knowledge; what is new
is a novelty claim. A predicate stands in the words, and its subject before what it is compared with.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from kg.base.prefixes import expand
from kg.base.results import Severity
from kg.concepts.terms import Catalogue
from kg.model.case import Case, Claim
from kg.model.fields import Term
from kg.model.sections import kind_of

__all__ = ["assertions"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure

# The kinds that a claim with this predicate can be of.
_KINDS: Mapping[str, tuple[str, ...]] = {
    "is approved for": ("background",),
    "may inhibit": ("hypothesis",),
    "has no reported treatment with": ("novelty",),
    "has no reported response to": ("novelty",),
}
# Words of which a claim with this predicate quotes one.
_TOLD: Mapping[str, str] = {
    "is approved for": r"approv|licen[cs]|authori[sz]|indicat|registered|market",
    "is refractory to": r"refractor|resist|unrespons|not respon|non-?respon|fail|intract|recalcitr|difficult",
    "is activated in": r"activ|upregul|over-?express|induc|increas|elevat|enhanc",
    "overlaps": r"overlap|mixed|both|combin|features of",
    "has no consensus treatment": r"consensus|guideline|standard|no (?:\w+ ){0,2}treatment|agree|unclear|optimal|established|controvers",
    "has no reported treatment with": r"\bno\b|\bnot\b|never|first|nor\b|unreported|knowledge|novel|new\b|without",
    "has no reported response to": r"\bno\b|\bnot\b|never|first|nor\b|unreported|knowledge|novel|new\b|without",
    "spares": r"spar|reduc|taper|lower|withdraw|wean",
    "reduces": r"reduc|decreas|lower|less|diminish|suppress|fewer|drop|declin",
    "is insufficient for": r"insufficien|inadequa|not (?:enough|sufficient)|fail|ineffect|lack|refractor|limited|unsatisf|poor",
}  # fmt: skip
# A possibility is no knowledge: words of it, where the predicate has none.
_HEDGED = r"\b(?:may|might|could|perhaps|possibly|potentially|conceivabl[ey]|speculat\w+|hypothes\w+|postulat\w+)\b"
_OWN = r"\bwe (?:highlight|report|describe|present|observed?|saw|found|treated)\b|\bin (?:our|this|the present) (?:case|patient|report)\b|\bour (?:patient|case)\b"
_NEW = r"\bto (?:our|the authors['’]?|the best of our) knowledge\b|\bthe first (?:reported |published )?(?:case|report|description)\b"
_COMPARED = re.compile(
    r"\b(?:compared (?:to|with)|in comparison (?:to|with)|versus|vs\.?|than|superior to|over)\b", re.IGNORECASE
)
_CURE = "Correct it, quote the words that say it, or say in `note` why it is so."


def assertions(case: Case, terms: Catalogue) -> Found:
    """A claim is of the kind that its predicate and its words allow."""
    kinds = {section.section: kind_of(section) for section in case.report.source.sections}
    for key, claim in case.claims.items():
        text = " | ".join(anchor.quote for anchor in claim.evidence)
        allowed = _KINDS.get(claim.predicate, ())
        if allowed and claim.kind not in allowed:
            message = f"a claim that it {claim.predicate!r} is no {claim.kind}, but {allowed[0]}."
            yield ("claims", key, "kind"), "violation", "wording", message, _CURE
        hedged = re.search(_HEDGED, text, re.IGNORECASE)
        if hedged and claim.kind in ("background", "interpretation") and not _open(claim):
            message = f"{claim.predicate!r} is told as a possibility, {hedged[0]!r}."
            yield ("claims", key, "predicate"), "violation", "wording", message, _CURE
        told = {kinds.get(anchor.section) for anchor in claim.evidence}
        if claim.kind == "background" and text:
            own = re.search(f"{_OWN}|{_NEW}", text, re.IGNORECASE)
            if own and not claim.cites:
                message = f"'background' stands against {own[0]!r} in what is quoted."
                yield ("claims", key, "kind"), "violation", "wording", message, _CURE
            elif told == {"front"} or (told and told <= {"case", "figure"} and not claim.cites):
                message = f"it is background, but quoted from the {' and '.join(sorted(filter(None, told)))} only."
                yield ("claims", key, "kind"), "violation", "section", message, _CURE
        numbers = _cited(text)
        for cited in claim.cites if numbers and not (claim.note or claim.odd) else ():
            reference = case.references.get(cited)
            if reference is not None and reference.number not in numbers:
                message = f"reference {reference.number} is not among those that are quoted."
                yield ("claims", key, "cites", cited), "violation", "printed", message, "Cite the one that is printed."
        words = _TOLD.get(claim.predicate)
        if (
            words
            and text
            and not re.search(words, " | ".join(filter(None, [text, claim.note, claim.qualifier])), re.IGNORECASE)
        ):
            message = f"nothing that is quoted says {claim.predicate!r}."
            yield ("claims", key, "predicate"), "violation", "wording", message, _CURE
        if claim.compared_with and _turned(claim, text, terms):
            message = f"{claim.subject.label} is what it is compared with, in what is quoted."
            yield ("claims", key, "subject"), "violation", "wording", message, "Swap `subject` and `compared_with`."


def _cited(text: str) -> set[int]:
    """The numbers of references in square brackets: 7, 8, 9 and 11 of [7-9,11]."""
    numbers: set[int] = set()
    for found in re.finditer(r"\[([\d\s,;|–—-]+)\]", text):
        for part in re.finditer(r"(\d{1,4})(?:[\s|]*[–—-][\s|]*(\d{1,4}))?", found[1]):
            first, last = int(part[1]), int(part[2] or part[1])
            numbers.update(range(first, min(last, first + 100) + 1))
    return numbers


def _open(claim: Claim) -> bool:
    """Does the predicate itself, or the curator, say that it is a possibility?"""
    words = " | ".join([claim.predicate, claim.note or "", claim.odd or "", claim.qualifier or ""])
    return bool(re.search(rf"{_HEDGED}|\bcan\b|possib|potential", words, re.IGNORECASE))


def _turned(claim: Claim, text: str, terms: Catalogue) -> bool:
    """Do the words compare the other way round?"""
    found = _COMPARED.search(text)
    if not found or claim.compared_with is None:
        return False
    mine, other = (_places(term, text, terms) for term in (claim.subject, claim.compared_with))
    return bool(mine and other) and min(mine) > found.end() - 1 and max(other) < found.start()


def _places(term: Term, text: str, terms: Catalogue) -> list[int]:
    low = text.casefold()
    return [at for name in terms.names(expand(term.id)) if len(name) > 3 and (at := low.find(name.casefold())) >= 0]
