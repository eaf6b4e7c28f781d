"""What does an article claim beyond its patient: background, hypotheses, the authors' view, what is new?

Read are the sentences that tell of no patient. A claim is proposed where the words of a predicate
(`kg.draft.predicates`) stand between concepts (`kg.draft.notions`) with nothing unread between them.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from kg.articles.article import Article, Confidence, Kind
from kg.articles.front import Front
from kg.draft.groups import Element, Group, leftward, rightward
from kg.draft.notions import Passage, defined, family, passage
from kg.draft.predicates import CUES, DRUG, ILL, MOLECULE, STEMS, Cue
from kg.draft.proposals import Item, Quote, anchor
from kg.mentions.gazetteer import called
from kg.model.anchors import Sentence
from kg.model.fields import MAX_WORDS

__all__ = ["claimed"]

_PARTS: tuple[Kind, ...] = ("abstract", "introduction", "discussion", "conclusions")
_MAYBE = re.compile(
    r"\b(?:may|might|could|possibl[ey]|possibility|hypothesi\w+|speculat\w+|postulat\w+|potentially|presum\w+|likely|probably|perhaps"
    r"|(?:thought|believed|considered|suspected|proposed) to|suggest(?:s|ed|ing)? that|conceivabl\w+|unclear|unknown)\b",
    re.IGNORECASE,
)
_NOT = re.compile(
    r"\b(?:not|no|never|nor|neither|without|cannot|fail(?:s|ed)?|lack(?:s|ed|ing)?|whether|unlikely|rather than|absence|less likely|hardly|(?:limited|scarce|little|insufficient|weak) (?:evidence|data)|if|n't)\b",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"(?i)\bwe (?:highlight|report|describe|present|observed?|saw|found|treated|believe|suggest|propose|recommend|think|conclude|consider)\b"
    r"|\b(?:in )?(?:our|this|the present) (?:case|patient|report|experience)s?\b"
)
_OPEN = re.compile(
    r"(?i)[^.;,]{0,60}?\b(?:is|are|was|were|remains?|has|have)\b(?: \w+){0,2}? (?:unclear|unknown|uncertain|controversial|debated|not|never|lacking|unproven|limited)\b"
)
_OTHER_PERSON = re.compile(
    r"(?i)\b(?:an?|one|another|the|her|his) (?:[\w-]+ ){0,4}?(?:man|woman|boy|girl|patient|infant|child|male|female|gentleman|lady)\b(?!s)|\byear[- ]old\b|\b(?:he|she|her|his)\b"
)
_SETTINGS = (
    ("in vitro", r"\bin vitro\b"), ("case series", r"\bcase series\b"), ("open-label study", r"\bopen[- ]label\b"),
    ("cohort", r"\bcohorts?\b"), ("review", r"\b(?:systematic |literature )reviews?\b|\bmeta-analys[ie]s\b"),
    ("case report", r"\bcase reports?\b|\b(?:reported|published|isolated) cases?\b"),
)  # fmt: skip
_WITHIN = re.compile(
    r"\bwithin (?:the first )?(?:\d+|one|two|three|four|six|a few) (?:hours|days|weeks|months|years)\b"
)
_QUALIFIERS = re.compile(
    r"\b(?:\w{3,}ly|rare|systemic|chronic|promising|potential|to a lesser (?:extent|degree)|more severe|less frequent|less common|weakly)\b"
)
_NO_QUALIFIER = {"family", "only", "likely", "early", "recently", "respectively", "finally", "additionally"}
_MORE = re.compile(
    r"(?P<word>,? (?:with (?:an? )?(?:special )?emphasis on|especially|particularly|in particular|notably)) (?:in |for |on )?",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    r"[ ,]*(?:when )?(?:compared (?:to|with)|in comparison (?:to|with)|versus|vs\.?|than) ", re.IGNORECASE
)
_FRONTED = re.compile(r"\W*(?:when )?(?:compared (?:to|with)|in comparison (?:to|with)) ", re.IGNORECASE)
_IN = re.compile(r" (?:in|of|among) ")
_BENEFIT = ("may benefit", "improves", "is insufficient for")
_PAST = re.compile(r"(?i)\b(?:was|were|improved|reduced|decreased|lowered|alleviated|ameliorated)\b")
_STUDIED = re.compile(
    r"(?i)\b(?:stud(?:y|ies)|trials?|series|cohorts?|meta-analys[ie]s|reviews?|reported|reports?|patients|others|authors|shown|compared|et al|literature|"
    r"randomi[sz]ed|placebo|survey|registry|previously|have been|has been)\b"
)
# What is told of a finding only where it is what the text is about.
_DEFINING = ("is a kind of", "is characterised by", "can be complicated by", "has no consensus treatment")
_PLACELESS = ("has no consensus treatment", "is a kind of", "is approved for")  # what no study shows
_LONGEST = 900  # characters of a sentence


@dataclass(frozen=True)
class _Said:
    """A claim on the way. subject and objects: CURIEs (places of those that the sentence names are in `spans`);
    end: number of the token behind it."""

    cue: Cue
    subject: str
    objects: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    indices: frozenset[int] = frozenset()
    cites: tuple[int, ...] = ()
    qualifier: str = ""
    context: tuple[str, ...] = ()
    compared: str = ""
    maybe: bool = False
    apart: bool = False  # told only as one of several: such as, especially
    end: int = 0
    together: tuple[str, ...] = ()  # the subjects of which the same is told


@dataclass
class _Topics:
    """What the sentences before were about."""

    section: str = ""
    ill: str = ""
    drugs: tuple[str, ...] = ()

    def follow(self, said: _Said) -> None:
        """What is told next may be told of the same."""
        kind, predicate = family(said.subject), said.cue.predicate
        if kind == "drug":
            if not said.apart and predicate != "is a kind of":
                self.drugs = said.together
        elif (kind in ("antibody", "disease") and predicate not in ("is associated with", "is refractory to")) or (
            kind == "finding" and predicate in _DEFINING
        ):
            self.ill = said.subject

    def named(self, read: Passage) -> None:
        """A sentence that begins with a disease is about that one, whatever else it says."""
        first = next((token.notion for token in read.tokens[:2] if token.notion), None)
        if first and (curie := first.read(("disease", "antibody"))) and not first.read(("finding",)):
            self.ill = curie

    def of(self, families: tuple[str, ...]) -> tuple[str, ...]:
        """What it may be: the drugs, or the disease."""
        return self.drugs if families[0] == "drug" else tuple(filter(None, [self.ill]))


def claimed(
    article: Article,
    sentences: Iterable[Sentence],
    front: Front | None = None,
    about: str = "",
    references: Collection[str] | None = None,
) -> tuple[Item, ...]:
    """The claims of an article, in the order of its text.

    sentences: those that tell of the patient, which are left out; front: with the title; about: CURIE of the disease
    that the report is about; references: the keys that may be cited, any if not given.
    """
    own = {sentence.start for sentence in sentences}
    title = front.title if front is not None else None
    kinds = {part.section: part.kind for part in article.parts}
    short = defined(article.text)
    topics = _Topics()
    made: list[Item] = []
    for sentence in article.sentences:
        kind = kinds[sentence.section]
        entitled = title is not None and sentence.start <= title.start < sentence.end and kind == "front"
        if sentence.start in own or not (entitled or kind in _PARTS):
            continue
        if topics.section != sentence.section:
            topics = _Topics(sentence.section, about if kind != "introduction" else "")
        words = sentence.text
        worth = _worth(words)
        if not worth or len(words) > _LONGEST or words.endswith("?") or (_OTHER_PERSON.search(words) and not entitled):
            continue
        read = passage(article, sentence, short)
        topics.named(read)
        for said in _said(read, worth, topics, about):
            made += _items(article, read, said, kind, references)
            topics.follow(said)
            if kind == "abstract" and family(said.subject) == "disease":
                about = said.subject  # what the report itself says first
    return tuple(_once(made))


def _worth(words: str) -> frozenset[str]:
    """The predicates that there may be in a sentence at all."""
    low = words.casefold()
    return frozenset(name for name, stems in STEMS.items() if any(stem in low for stem in stems))


# ---- a sentence -------------------------------------------------------------------------


def _said(read: Passage, worth: frozenset[str], topics: _Topics, about: str) -> Iterator[_Said]:
    """The claims of a sentence, from left to right."""
    if not any(token.notion for token in read.tokens):
        return
    hits: list[tuple[int, int, Cue]] = []
    for cue in (one for one in CUES if one.predicate in worth):
        for found in cue.words.finditer(read.masked):
            start, end = found.span()
            reach = max(end, start + 1)  # an empty match looks at what stands behind it
            if not any(a < reach and start < max(b, a + 1) + (start == end) for a, b, _ in hits):
                hits.append((start, end, cue))
    last: _Said | None = None
    for start, end, cue in sorted(hits, key=lambda hit: hit[:2]):
        if not _stated(read, start, end, cue):
            continue
        for said in _related(read, start, end, cue, last, topics, about):
            last = said
            yield said


def _stated(read: Passage, start: int, end: int, cue: Cue) -> bool:
    """Is it said, and not denied or asked?"""
    if cue.kind == "novelty" or cue.predicate == "has no consensus treatment":
        return True
    if _OPEN.match(read.masked, end):
        return False
    clause = re.split(r"[;:,]|\bbut\b|\bthat\b", read.masked[max(0, start - 90) : start])[-1]
    inside = read.masked[start:end]
    return not _NOT.search(clause) and not (_NOT.search(inside) and cue.predicate != "is insufficient for")


def _related(
    read: Passage, start: int, end: int, cue: Cue, last: _Said | None, topics: _Topics, about: str
) -> Iterator[_Said]:
    """The claims that some words make of what stands around them."""
    first, behind = read.index(start), read.index(end)
    if first >= len(read.tokens):
        return
    found: dict[str, Group] = {"topic": Group(), "none": Group()}
    sides = {cue.subject: cue.who, cue.objects: cue.what}
    stop = behind
    if "left" in sides:
        found["left"] = leftward(read, first, sides["left"])
    if "right" in sides:
        found["right"] = rightward(read, behind, sides["right"])
        stop = max(stop, found["right"].end)
    if "then" in sides and cue.then is not None:
        link = cue.then.match(read.masked, _place(read, stop)) if found["right"].elements else None
        found["then"] = rightward(read, read.index(link.end()), sides["then"]) if link else Group()
        stop = max(stop, found["then"].end)
    subjects, objects = found[cue.subject].elements, found[cue.objects].elements
    who = tuple(one.curie for one in subjects)
    if cue.subject == "left":
        subjects, who = _left(read, start, first, behind, cue, found["left"], last, topics)
    elif cue.subject == "topic":
        population = found["left"].population if "left" in found else None
        who = (population.curie,) if population else topics.of(cue.who)[:1]
        subjects = (population,) if population else ()
    what = tuple(one.curie for one in objects)
    if cue.objects == "topic" or (cue.objects == "then" and not objects and cue.predicate == "is reported to help in"):
        what = (about,) if cue.predicate == "improves" and about else topics.of(cue.what)[:1]
    elif not objects and cue.predicate == "may benefit" and _the_disease(read, behind):
        what = topics.of(cue.what)[:1]
    if not who or not (what or cue.bare or cue.objects == "none"):
        return
    shown = behind + 3 if cue.predicate == "spares" else behind  # steroid-sparing
    opens = first + 1 if read.tokens[first].word == "," else first
    words = (read.tokens[opens].start, read.tokens[max(opens, shown - 1)].end)
    qualifier, spans = _qualifier(read, first, behind), [words]
    if qualifier:
        spans.append(_printed(read, qualifier))
    low = max(0, start - 80)
    low += max((m.end() for m in re.finditer(r"[;:]|, ", read.masked[low:start])), default=0)
    if hedge := _MAYBE.search(read.masked, low, end):
        spans.append(_span(read, hedge.start(), hedge.end()))
    base = _Said(
        cue,
        "",
        (),
        tuple(spans),
        qualifier=qualifier,
        end=stop,
        together=tuple(c for c in who if not any(one.curie == c and one.how == "such as" for one in subjects)),
        maybe=hedge is not None,
    )
    base = _around(read, base, stop)
    if cue.predicate == "has no reported response to" and len(subjects) > 1:
        # of both A and B: of A where B is too
        base = replace(
            base,
            context=tuple(dict.fromkeys((*base.context, *who[1:]))),
            spans=(*base.spans, *((s.start, s.end) for s in subjects[1:])),
        )
        subjects, who = subjects[:1], who[:1]
    paired = "respectively" in read.masked[end:]
    if paired and len(subjects) != len(objects):
        return
    for number, curie in enumerate(dict.fromkeys(who)):
        places = [one for one in subjects if one.curie == curie]
        apart = any(one.how == "such as" for one in places)
        if apart and cue.predicate == "is insufficient for":
            continue
        own = replace(base, subject=curie, apart=apart, spans=(*base.spans, *((s.start, s.end) for s in places)),
                      indices=frozenset(one.index for one in objects))  # fmt: skip
        if objects and cue.objects != "topic":
            theirs = objects[number : number + 1] if paired else objects
            yield from _by_citation(read, own, [one for one in theirs if one.curie != curie])
        else:
            yield replace(own, objects=tuple(c for c in what if c != curie), cites=_cites_behind(read, stop))


def _left(
    read: Passage, start: int, first: int, behind: int, cue: Cue, group: Group, last: _Said | None, topics: _Topics
) -> tuple[tuple[Element, ...], tuple[str, ...]]:
    """The subject on the left: the list there; that of the predicate before, where the words go on from it; or the topic."""
    told = group.elements
    goes_on = last is not None and not any(t.notion for t in read.tokens[last.end : first])
    if last is not None and _fits(last.subject, cue.who) and goes_on:
        inside = told and {one.index for one in told} & last.indices
        nearest = "which" in group.passed and last.cue.predicate != "is a kind of"
        between = {t.word for t in read.tokens[last.end : behind]}
        linked = between & {",", "and", "that", "but", "its", "their", "which"} or last.end >= first - 3
        if (inside and not nearest) or (not told and linked):
            return (), last.together
    if told:
        return told, tuple(one.curie for one in told)
    if (far := _far(read, first, start, cue)).elements:
        return far.elements, tuple(one.curie for one in far.elements)
    words = tuple(
        t.word for t in read.tokens[max(0, first - 4) : first] if t.word not in ("also", "can", "may", "is", "are")
    )
    if words[-1:] in (("it",), ("they",)) or (
        words[-2:-1] in (("this",), ("the",), ("these",)) and words[-1] in _THINGS
    ):
        return (), topics.of(cue.who)[:1]
    return (), ()


_VERB = r"(?:(?:has|have|had|is|are|was|were|been|also|can|may|might|\w+ly) )*$"
_APPOSED = re.compile(rf"§(?: ?\([^()]*\))?, (?:an?|the|which) [^,;.]{{3,70}}, (?:which |that |and )?{_VERB}")
_PARTICIPLE = re.compile(r"^\W*§ (?:is|are) (?:an? |the )?[^;:.,]{3,70} $")
_OPENING = re.compile(rf"^\W*§ (?:is|are|was|were|has|have|\w+s) [^;:§]{{3,90}}(?: and| which| that) {_VERB}")


def _far(read: Passage, first: int, start: int, cue: Cue) -> Group:
    """A subject that stands further left: X, a kind of drug, is approved; X is a thing that does this and is approved."""
    participle = read.tokens[first].word.endswith("ed")
    for pattern in (_APPOSED, _OPENING, *([_PARTICIPLE] if participle else [])):
        if found := pattern.search(read.masked, 0, start):
            place = read.index(read.masked.index("§", found.start()))
            return leftward(read, place + 1, cue.who)
    return Group(end=first)


_THINGS = (
    "disease",
    "entity",
    "condition",
    "disorder",
    "syndrome",
    "antibody",
    "antibodies",
    "autoantibodies",
    "drug",
    "agent",
    "medication",
)


def _fits(curie: str, families: tuple[str, ...]) -> bool:
    return family(curie) in families


def _the_disease(read: Passage, behind: int) -> bool:
    words = [t.word for t in read.tokens[behind : behind + 8]]
    return any(a in ("the", "this") and b in _THINGS[:5] for a, b in pairwise(words))


def _place(read: Passage, token: int) -> int:
    """Where a token ends in the masked text: right behind the one before it."""
    return next((n + 1 for n in range(len(read.at) - 1, -1, -1) if 0 <= read.at[n] < token), 0)


def _around(read: Passage, base: _Said, stop: int) -> _Said:
    """With what the claim is limited to, and compared with, behind its objects."""
    place = _place(read, stop)
    context: list[str] = []
    spans = list(base.spans)
    compared = ""
    for _ in range(3):
        if link := _COMPARED.match(read.masked, place):
            some = rightward(read, read.index(link.end()), DRUG)
            if some.elements and not compared:
                compared = some.elements[0].curie
        elif link := _IN.match(read.masked, place):
            some = rightward(
                read, read.index(link.end()), ("cell", "disease") if base.cue.what[0] not in ILL else ("disease",)
            )
            if base.cue.what[0] in ILL and base.cue.predicate not in ("improves", "reduces"):
                break
            context += [one.curie for one in some.elements[:1]]
        else:
            break
        if not some.elements:
            break
        spans += [(one.start, one.end) for one in some.elements[:1]]
        stop = read.tokens[some.elements[0].index].end and max(stop, some.end)
        place = _place(read, stop)
    if not compared and (fronted := _FRONTED.match(read.masked)):
        some = rightward(read, read.index(fronted.end()), DRUG)
        if some.elements and some.end < stop:
            compared = some.elements[0].curie
            spans.append((some.elements[0].start, some.elements[0].end))
    return replace(base, context=tuple(dict.fromkeys(context)), compared=compared, spans=tuple(spans), end=stop)


def _span(read: Passage, start: int, end: int) -> tuple[int, int]:
    """Where the words of a stretch of the masked text stand in the text."""
    numbers = [n for n in read.at[start:end] if n >= 0]
    return read.tokens[numbers[0]].start, read.tokens[numbers[-1]].end


def _printed(read: Passage, words: str) -> tuple[int, int]:
    """Where words of the sentence stand in the text."""
    start = read.sentence.start + read.sentence.text.index(words)
    return start, start + len(words)


def _by_citation(read: Passage, own: _Said, objects: list[Element]) -> Iterator[_Said]:
    """One claim for the objects that the same references stand behind, and that are of one kind."""
    rest = _cites_behind(read, own.end)
    groups: dict[tuple[tuple[int, ...], str, bool], list[Element]] = {}
    for one in objects:
        molecular = family(one.curie) in MOLECULE
        groups.setdefault((one.cites or rest, one.how if one.how != "such as" else "", molecular), []).append(one)
    for (cites, how, _), some in groups.items():
        yield replace(
            own, objects=tuple(dict.fromkeys(one.curie for one in some)), cites=cites, qualifier=how or own.qualifier,
            spans=(*own.spans, *((one.start, one.end) for one in some)), apart=own.apart or bool(how),
        )  # fmt: skip
    more = _MORE.match(read.masked, _place(read, own.end))
    if more and not re.compile("(?:patients|people|those|cases) ").match(read.masked, more.end()):
        some = list(rightward(read, read.index(more.end()), own.cue.what).elements)
        if some and family(own.subject) == "drug":
            yield replace(own, objects=tuple(dict.fromkeys(one.curie for one in some)), cites=rest, apart=True,
                          spans=(*own.spans, *((one.start, one.end) for one in some)))  # fmt: skip


def _cites_behind(read: Passage, stop: int) -> tuple[int, ...]:
    return next((t.cites for t in read.tokens[max(0, stop - 1) :] if t.cites), ())


def _qualifier(read: Passage, first: int, behind: int) -> str:
    """How strongly or how often, as printed within and right before the words."""
    start = max(0, first - 1)
    if read.tokens[start].notion or not read.tokens[start].word.endswith("ly"):
        start = first
    low, high = read.tokens[start].start, read.tokens[min(behind, len(read.tokens)) - 1].end
    words = read.sentence.text[low - read.sentence.start : high - read.sentence.start]
    found = [m.group() for m in _QUALIFIERS.finditer(words) if m.group().casefold() not in _NO_QUALIFIER]
    return found[0] if found else ""


# ---- as items ---------------------------------------------------------------------------


def _items(
    article: Article, read: Passage, said: _Said, part: Kind, references: Collection[str] | None
) -> Iterator[Item]:
    kind, predicate = _kind(read, said, part)
    if predicate is None:
        return
    fields: dict[str, Any] = {"kind": kind, "subject": called(said.subject), "predicate": predicate}
    if said.objects:
        fields["objects"] = [called(curie) for curie in said.objects]
    if said.context:
        fields["context"] = [
            called(curie) for curie in said.context if curie not in said.objects and curie != said.subject
        ]
        if not fields["context"]:
            del fields["context"]
    if said.compared and said.compared != said.subject:
        fields["compared_with"] = called(said.compared)
    words = read.sentence.text
    setting = next((name for name, pattern in _SETTINGS if re.search(pattern, words, re.IGNORECASE)), "")
    if kind == "interpretation" and predicate == "improves":
        setting = "case report"
    if setting and kind != "novelty" and predicate not in _PLACELESS:
        fields["setting"] = setting
    if said.qualifier and kind != "novelty":
        fields["qualifier"] = said.qualifier
    spans = said.spans
    if (within := _WITHIN.search(words)) and predicate in (*_BENEFIT, "reduces"):
        fields["within"] = within.group()
        spans = (*spans, _printed(read, within.group()))
    role = "background" if part == "introduction" else "evidence"
    cites = {f"r{n}": role for n in said.cites if references is None or f"r{n}" in references}
    if cites:
        fields["cites"] = cites
    sure: Confidence = "low" if said.apart or not said.cue.sure or len(said.spans) < 2 else "medium"
    label = fields["subject"].partition(" ! ")[2]
    yield Item("claims", f"{label} {predicate}", fields, _quotes(article, spans),
               f"claim/{predicate.replace(' ', '-')}", sure, min(a for a, _ in said.spans))  # fmt: skip


def _kind(read: Passage, said: _Said, part: Kind) -> tuple[str, str | None]:
    """Background, hypothesis, interpretation or novelty; and the predicate, None where the words carry no claim."""
    cue, words = said.cue, read.sentence.text
    predicate: str = cue.predicate
    own = _OWN.search(words) is not None
    if cue.kind:
        return cue.kind, predicate
    low, high = said.spans[0]
    past = _PAST.search(words, low - read.sentence.start, high - read.sentence.start)
    if past and not (own or said.cites or _STUDIED.search(words)):
        return "", None  # what happened, and nobody says to whom
    if predicate == "overlaps" and family(said.subject) == "antibody":
        predicate = "is characterised by"
    if part == "front":
        return "interpretation", predicate if predicate in _BENEFIT else None
    outlook = part in ("conclusions", "abstract") or (part == "discussion" and predicate == "may benefit")
    if predicate in _BENEFIT and (own or (outlook and not said.cites)):
        return "interpretation", predicate
    if own:
        return "", None
    if said.maybe and predicate not in ("may benefit", "can be complicated by", "has no consensus treatment"):
        if predicate in ("inhibits", "inhibits weakly"):
            return "hypothesis", "may inhibit"
        return "hypothesis", None if predicate == "is approved for" else predicate
    return "background", predicate


def _quotes(article: Article, spans: Iterable[tuple[int, int]]) -> list[Quote]:
    """The words of a claim, verbatim, in as few phrases of a dozen words as hold them."""
    text = article.text
    places: list[tuple[int, int]] = []
    for start, end in sorted(set(spans)):
        if places and start <= places[-1][1]:
            places[-1] = (places[-1][0], max(places[-1][1], end))
        elif places and "\n" not in text[places[-1][1] : start] and len(text[places[-1][0] : end].split()) <= MAX_WORDS:
            places[-1] = (places[-1][0], end)
        else:
            places.append((start, end))
    return list(dict.fromkeys(anchor(article, a, b) for a, b in places))


def _once(made: Iterable[Item]) -> Iterator[Item]:
    """Each claim once, with all the words that make it."""
    seen: dict[str, Item] = {}
    for item in made:
        key = repr([item.fields.get(name) for name in ("kind", "subject", "predicate", "objects", "context")])
        if key in seen:
            seen[key].quotes += [quote for quote in item.quotes if quote not in seen[key].quotes][:3]
        else:
            seen[key] = item
            yield item
