"""Findings whose name is spread over a phrase: a shared head, an organ left out, a site that follows, a normal result.

"ECG or echocardiographic abnormalities", "periungual and skin thickening", "elevated T1 and T2 mapping"; "without
regional fibrosis" of a cardiac MRI; "arthritis of the wrists"; "normal STIR". A name is put together from words that
stand there, and counts only where a term is called so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from kg.base.prefixes import compress
from kg.concepts.terms import Catalogue, lends
from kg.mentions.bodysites import Site
from kg.mentions.gazetteer import Named

__all__ = ["called_so", "located", "shared", "unaltered"]

_WORD = re.compile(r"[\w/-]+")
_JOINED = re.compile(r"\s*(?:,?\s(?:and|or)\s|/)\s*")
_THERE = re.compile(
    r"(?:,? (?:predominantly|mainly|mostly|especially|particularly|primarily))?,? (?:in|of|at|on|over|involving|affecting|around)(?: (?:the|both|his|her|all))*\s$"
)
_LISTED = re.compile(r"\s*(?:,|,? and|,? or)\s+(?:the |both )?(?:left |right )?")


@lru_cache(maxsize=16384)
def _called(name: str, lent: bool) -> tuple[str, ...]:  # noqa: ARG001 - whether HPO as a whole is among the terms
    """The terms (CURIEs) that have exactly this name, however it is typed."""
    return tuple(compress(iri) for iri in Catalogue.shipped().named(name))


def called_so(name: str) -> tuple[str, ...]:
    """The terms (CURIEs) that are called so; none for a name that nothing has."""
    return _called(" ".join(name.split()), lends())


def shared(text: str, start: int, end: int) -> Iterator[Named]:
    """Names of which two share a word: the head behind both, or the word before both."""
    words = [(m.start(), m.end(), m.group()) for m in _WORD.finditer(text, start, end)]
    words = [w for w in words if w[2].casefold() not in ("and", "or")]
    for i in range(1, len(words)):
        if not _JOINED.fullmatch(text[words[i - 1][1] : words[i][0]]):
            continue
        left, right = words[i - 1], words[i]
        heads = [words[i + 1 : i + n] for n in (2, 3) if i + n <= len(words)]
        heads = [head for head in heads if head and not re.search(r"[,;.()]", text[right[1] : head[-1][1]])]
        leads: list[list[tuple[int, int, str]]] = [[]]
        leads += [[words[i - 2]]] if i > 1 and text[words[i - 2][1] : left[0]] == " " else []
        for head in heads:
            tail = " ".join(w[2] for w in head)
            for lead in leads:
                for own in (left, right):
                    front = " ".join(w[2] for w in lead)
                    names = [f"{front} {own[2]} {tail}"]
                    if not lead and re.fullmatch(r"(?i)abnormalit(?:y|ies)", tail):
                        names.append(f"abnormal {own[2]}")
                    found = next((c for name in names if (c := called_so(name))), ())
                    if found and (own is left or lead):
                        first = lead[0][0] if lead else own[0]
                        yield Named(first, head[-1][1], found)


def located(
    text: str, found: Sequence[tuple[int, int]], sites: Iterable[Site], end: int
) -> Iterator[tuple[int, Site, Named]]:
    """Findings with a site that follows in a list: (number of the finding, the site, the name they make, or none).

    found: places of findings in one sentence, which ends at `end`.
    """
    order = sorted((s for s in sites if s.kind == "noun" and s.concept), key=lambda s: s.start)
    for number, (start, stop) in enumerate(found):
        at = stop
        for site in order:
            if site.start < at or site.end > end:
                continue
            between = text[at : site.start]
            if any(at <= other < site.start for other, _ in found):
                break  # it is told of the finding that is nearest to it
            if not (_THERE.search(between) if at == stop else _LISTED.fullmatch(between)) or len(between) > 45:
                break
            name = f"{text[site.start : site.end]} {text[start:stop]}"
            bare = re.sub(r"(?i)\b(?:left|right|both|the)\b|\bjoints?\b", "", name)
            concepts = called_so(_singular(name)) or called_so(_singular(bare))
            yield number, site, Named(start, site.end, concepts)
            at = site.end


def _singular(name: str) -> str:
    return " ".join(
        word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "is", "us")) else word
        for word in name.split()
    )


def unaltered(words: str) -> tuple[str, ...]:
    """The abnormality that words called normal exclude, where a term names it: STIR, abnormal STIR signal."""
    bare = re.sub(r"(?i)^(?:the|his|her|a|an)\s+", "", words.strip())
    for name in (
        f"abnormal {bare}",
        f"{bare} abnormality",
        f"abnormal {bare} signal",
        f"abnormal {bare} morphology",
        f"abnormality of the {bare}",
    ):
        if found := called_so(name):
            return found
    return ()
