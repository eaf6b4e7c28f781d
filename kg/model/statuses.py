"""Is what is present told as present, and what is excluded denied, by the words that a fact quotes?

Also who is dead, and what is only likely: a status, and how sure it is, stand in the words, or in what the
curator says in `odd` and `note`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.base.prefixes import expand
from kg.base.results import Severity
from kg.concepts.terms import Catalogue
from kg.model.case import AdverseEvent, Antibody, Case, Diagnosis, Event, Fact, Finding, FollowUp
from kg.model.fields import Term
from kg.model.wording import CURE as _CURE
from kg.model.wording import (
    DENIED,
    DENIES,
    ENDED,
    GONE,
    HINTS,
    bare,
    compiled,
    denied_spans,
    quotes_of,
    says,
    told_undenied,
)  # fmt: skip

__all__ = ["denied_within", "statuses"]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure


# ---- present or excluded ----------------------------------------------------------------

_EXPLAINS = r"exclu|absen|negativ|deni|\bruled out|normal|without|\bfree of|resol|\bgone|disappear|den(?:y|ies)"
_HOLDS = r"\bpresent|positiv|contradict|nevertheless|although|though|\bexclu|\bbut\b|\byet\b|deni"
_CHANGED = r"\babnormal|\belevat|\bincreas|\breduc|\bdecreas|\blow\b|\bhigh\b|\braised"
_TOLERATED = r"well[- ]tolerated|\b(?:no|without(?: any)?|free of) (?:\w+ ){0,2}(?:adverse|side|safety|toxic|complication|undesir)"
_GENERIC = {"with", "without", "type", "disease", "disorder", "syndrome", "antibody", "positivity", "anti", "imaging", "positive", "the", "and", "for", "from", "left", "right"}  # fmt: skip


def _stems(terms: Catalogue, concept: Term) -> str:
    """A pattern for the words that name a concept."""
    names = [name.casefold() for name in terms.names(expand(concept.id))]
    words = {w for name in names for w in (*re.findall(r"\w{3,}", name), *re.findall(r"\b[a-z]{1,2}-\d+", name))}
    stems = sorted({w[: max(4, len(w) - 2)] for w in words - _GENERIC})
    return r"\b(?:" + "|".join(map(re.escape, stems)) + ")" if stems else r"(?!)"


@dataclass(frozen=True)
class _Anchor:
    """What one anchor says of a concept: is it named, denied, and is there anything that would support an exclusion?"""

    named: bool
    denied: bool
    cue: bool


def _anchor(quote: str, named: str) -> _Anchor:
    told, denied = says(named, quote)
    behind = bool(compiled(rf"{named}[^.;:]*?{DENIED}").search(quote))
    cues = "|".join((DENIES, ENDED, DENIED, GONE, *(() if told else (HINTS,))))
    return _Anchor(told or denied, denied or (told and behind), bool(compiled(cues).search(quote)))


def denied_within(terms: Catalogue, concept: Term, sentence: str, start: int, end: int) -> bool | None:
    """Does a sentence deny a concept where it is named between two places in it? None when it is not named there."""
    named, bare = _stems(terms, concept), sentence
    spans = denied_spans(bare, named)
    told = [f.start() for f in compiled(named).finditer(bare, start, end)]
    return all(any(a <= at <= b for a, b in spans) for at in told) if told else None


def statuses(case: Case, terms: Catalogue) -> Found:
    """What is excluded is denied in its anchors; what is present is not; who is dead died."""
    for path, fact in case.facts():
        if isinstance(fact, FollowUp):
            yield from _vital(path, fact)
        if not isinstance(fact, Finding | Antibody | Diagnosis | Event | AdverseEvent):
            continue
        named = _stems(terms, fact.concept)
        said = [bare(anchor.quote) for anchor in fact.evidence]
        seen = [_anchor(quote, named) for quote in said]
        told = " ".join(filter(None, [fact.odd, fact.note]))
        label = fact.concept.label
        if fact.status == "excluded":
            denied = any(a.denied for a in seen)
            cued = any(a.cue for a in seen) and not any(a.named and not a.cue for a in seen)
            if denied or cued or (compiled(_EXPLAINS).search(told) and not told_undenied(r"\bpresent\b", told)):
                continue
            message = f"{label} is excluded, but no anchor denies it."
            cure = "Quote the words that deny it, or say in `note` why it is excluded; or correct `status`."
            yield (*path, "status"), "violation", "wording", message, cure
        elif fact.status == "present":
            quotes = " | ".join(said)
            denied = any(a.denied for a in seen) and not any(a.named and not a.denied for a in seen)
            if isinstance(fact, Antibody) and compiled("positiv|titre|titer|detected|reactive|1:").search(quotes):
                denied = False
            if compiled(_CHANGED).search(label) and not any(told_undenied(_CHANGED, quote) for quote in said):
                denied = denied or bool(told_undenied(r"(?<!ab)normal", quotes))
            if isinstance(fact, AdverseEvent):
                denied = denied or bool(compiled(_TOLERATED).search(quotes))
            if isinstance(fact, Antibody | Event) and said and not any(a.named for a in seen):
                denied = denied or all(compiled(_REFUSED).search(one) for one in said)
            denied = denied or bool(compiled(_NOTED).match(fact.note or ""))
            if denied and not (fact.odd and compiled(_HOLDS).search(fact.odd)):
                message = f"{label} is present, but its anchors deny it."
                cure = "Correct `status`, or quote the words that state it; if the report says both, say so in `odd`."
                yield (*path, "status"), "violation", "wording", message, cure
            yield from _hedged(path, fact, said, named)
        elif any(a.named for a in seen) and not any(map(compiled(_OPEN).search, (*said, told))):
            yield (*path, "status"), "violation", "wording", f"what is quoted says whether there was {label}.", _CURE


# Of an event or a test that is named in other words: it did not happen, or was negative.
_REFUSED = rf"\b(?:was|were|did|is|has|have|had|does) (?:not|never)\b|n't\b|\b(?:no|without|never|denied|denies)\b|{DENIED}(?!\W+(?:but|and) )"
_NOTED = r"\W*(?:what is )?(?:denied|excluded|absent|negated)\b"  # a note that begins so is about what is excluded
_OPEN = (
    r"\b(?:not (?:stated|reported|tested|known|assessed|available|done|performed)|unknown|unclear|pending|whether)\b|\?"
)
# What makes the words behind it less than sure.
_HEDGE = r"\b(?:(?:compatible|consistent|in keeping) with|suggest\w*(?: of)?|suspected|suspicio\w* (?:of|for)|possibl[ey]|probabl[ey]|likely)"
# What makes the words before it so.
_HEDGES = r"\W+(?:was|were|is|are) (?:\w+ly )?(?:suspected|questioned|contemplated|possible|probable|likely)\b|\W+(?:cannot|can not|could not) be (?:excluded|ruled out)\b"
_SURE = r"\b(?:confirm|prove[dn]|definit|establish)"


def _hedged(path: Path_, fact: Fact, said: list[str], named: str) -> Found:
    """What is only likely is not given as sure."""
    if fact.certainty not in (None, "confirmed") or not isinstance(fact, Finding | Diagnosis | Event):
        return
    around = compiled(rf"{_HEDGE}(?: \w+){{0,2}} (?=\w*{named[2:]})|(?:{named})\w*(?:{_HEDGES})")
    hedged = next((h for quote in said if (h := around.search(quote))), None)
    sure = any(compiled(_SURE).search(words) for words in (*said, fact.note or "", fact.odd or ""))
    if hedged and not sure:
        message = f"{fact.concept.label} is given as sure, against {hedged[0].strip()!r} in what is quoted."
        yield (*path, "certainty"), "violation", "wording", message, "Give `certainty` as the report does."


_DIED = (
    r"\b(?:die[ds]?|dying|dead|death|decea|demise|expired|fatal|mortal|autops|necrops|post-?mortem|succumb|passed away|lost (?:his|"
    r"her) life|fallec|muri|décéd|décès|mort|verst[ao]rb|gestorben|tod\b|dece[sd]|morì|óbito|falec)\w*|†"
)


def _vital(path: Path_, fact: FollowUp) -> Found:
    died = told_undenied(_DIED, quotes_of(fact))
    told = " ".join(filter(None, [fact.odd, fact.note]))
    if fact.status == "dead" and not died and not compiled(_DIED).search(told):
        message = "the patient is dead, but no anchor says so."
        cure = "Quote the words that say it, or say in `note` how it is known; or correct `status`."
        yield (*path, "status"), "violation", "wording", message, cure
    if fact.status == "alive" and died and not compiled("alive|surviv").search(quotes_of(fact) + told):
        yield (*path, "status"), "violation", "wording", f"'alive' stands against {died!r} in what is quoted.", _CURE
