"""Lists of concepts on either side of some words: A, severe B, and C (especially in D) in patients with E.

Only words that change no concept are stepped over; where another word stands the list ends, since it would say
something of something else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kg.draft.notions import Passage, Token

__all__ = ["Element", "Group", "leftward", "rightward"]


@dataclass(frozen=True, slots=True)
class Element:
    """A concept of a list. index: number of its token; cites: those right behind it; how: "" or the word that sets
    it apart (especially, such as)."""

    curie: str
    start: int
    end: int
    index: int
    cites: tuple[int, ...] = ()
    how: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A list of concepts and the number of the token behind it. population: what a list on the left is said to be in;
    passed: the words stepped over between list and predicate."""

    elements: tuple[Element, ...] = ()
    end: int = 0
    population: Element | None = None
    passed: tuple[str, ...] = ()


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_DEGREE = _words(
    """rare severe refractory active mild moderate classical classic classically biological conventional standard systemic treatment therapy
    advanced early late recurrent relapsing progressive persistent underlying concomitant associated certain various different
    several many some most all other such both either these those its their known new additional multiple adult typical
    moderate-to-severe resistant intractable widespread extensive significant long-term first-line second-line third-line
    topical oral intravenous subcutaneous high-dose low-dose proinflammatory profibrotic subsequent clinical elevated increased"""
)
_LINKS = _words("the a an of in for with to on against by from as use treatment therapy management")
_PEOPLE = _words(
    "patients patient subjects individuals people adults children cases case series population populations"
)
_HEADS = _words(
    """use treatment therapy management pathogenesis development presence occurrence course setting context administration addition
    effects effect activity production expression signaling levels level features symptoms manifestations risk onset combination
    line first second third cure relief control severity"""
)
_TAIL = _words(
    """patients patient lesions lesion involvement manifestations manifestation disease symptoms changes activity levels level
    expression signaling signalling pathway pathways biomarkers biomarker scores score autoantibodies antibodies antibody therapy treatment
    subjects positivity production inhibition inhibitors phenotype cytokines agents phosphorylation activation"""
)
_HYPHENATED = _words("positive associated related")
_SEPARATORS = _words(", and or & / both plus nor")
# What may stand behind a concept that is meant by itself.
_ENDS = _words(
    """. , ; : ( ) ? in with by and or but that which who whom whose is are was were has have had can may could might should would will
    than compared as for from of to after before during when where while if among at on within without through via due because although
    versus treated associated characterized characterised approved used refractory resistant caused including such alone itself
    remains plays play does do not also often usually frequently commonly rarely inhibits occurs may whereas however since about
    [ ] / - – — " ' together especially particularly beyond not includes include consists relies involves comprises requires benefit
    unless until respectively then so yet"""
)
_BEFORE = _words(
    """. , ; : ( ) — – that and but or while whereas although because since however thus therefore moreover furthermore when where though
    hence so if both then whether perhaps possibly also"""
)
_STEPPED = _words(
    """is are was were has have had been be being can may might could would should will also often most more less very that which who to
    and but or , not thus then does do generally now still therefore result results resulted lead leads shown to alone"""
)
_AUXILIARIES = _words("is are was were has have had been be being can may might could also often")
_INTRODUCED = _words(
    "use treatment therapy management patients patient cases case presence development administration addition levels expression individuals subjects children onset episodes occurrence people adults action actions efficacy"
)
_POPULATION = _words("in among")
_SUCH = (("such", "as"), ("including",), ("e.g",), ("like",))
_ESPECIALLY = _words("especially particularly mainly notably mostly predominantly typically")
_UNKNOWN = 4  # words of a member of a list of which no concept is known
_VERBS = _words(
    "is are was were has have had we it they that which who can may could might will should been be do does did"
)


def rightward(read: Passage, first: int, families: Iterable[str]) -> Group:
    """The list that begins at a token, or behind words that change nothing."""
    wanted = tuple(families)
    tokens = read.tokens
    begin = _over(tokens, first, 10)
    if begin is None:
        return Group(end=first)
    place = begin
    made: list[Element] = []
    end = place
    while True:
        one = _element(tokens, place, wanted)
        if one is None:
            break
        place += 1
        place, organ_named = _tail(tokens, place)
        notion = tokens[one.index].notion
        organ = notion is not None and notion.organ
        organ = organ and not organ_named and not _in_list(tokens, place)
        place, inside = _brackets(read, place, wanted)
        place, _ = _tail(tokens, place)
        place, cites = _cited(tokens, place)
        if organ:  # only what stands in its bracket: skin (CDASI)
            inside = [m for m in inside if m.curie.partition(":")[0] not in ("HP", "MONDO")]
        if not _alone(tokens, place) or (organ and not inside and (following := _next(tokens, place)) is None):
            break
        if organ and not inside:
            place = following  # type: ignore[assignment]
            continue
        members = [m for m in inside if not m.how]
        if members and all(m.curie != one.curie for m in members):
            made += [replace(m, cites=m.cites or cites) for m in members]  # agents (A, B, C): the members are meant
        else:
            made.append(replace(one, cites=cites))
        made += [replace(m, cites=m.cites or cites) for m in inside if m.how]
        end = place
        after = _such(tokens, place)
        if after is not None:
            some = rightward(read, after, wanted)
            if some.elements:
                made += [replace(m, how=m.how or "such as") for m in some.elements]
                end = some.end
                break
        following = _next(tokens, place)
        if following is None:
            break
        place = following
    return Group(tuple(_dated(made)), end)


def _dated(made: list[Element]) -> list[Element]:
    """A citation at the end of a list is of all its members since the one before."""
    done: list[Element] = []
    cites: tuple[int, ...] = ()
    for one in reversed(made):
        cites = one.cites or cites
        done.append(replace(one, cites=cites))
    return done[::-1]


def leftward(read: Passage, last: int, families: Iterable[str]) -> Group:
    """The list that ends before a token."""
    wanted = tuple(families)
    tokens = read.tokens
    place = last - 1
    passed: list[str] = []
    while place >= 0 and len(passed) < 9:
        token = tokens[place]
        if token.notion:
            break
        if (
            token.cites
            or token.word in _STEPPED
            or token.word in _TAIL
            or (token.word.endswith("ly") and token.word != "family")
        ):
            passed.append(token.word)
        elif token.word == ")":
            place = _opening(tokens, place)
        elif not (token.word in _HYPHENATED and place and tokens[place - 1].word == "-") and token.word != "-":
            named = _unnamed(tokens, place) if set(passed) <= _AUXILIARIES else None
            if named is None:
                return Group(end=last, passed=tuple(passed))
            place = named
            break
        place -= 1
    if place < 0 or not tokens[place].notion:
        return Group(end=last, passed=tuple(passed))
    made: list[Element] = []
    end = place + 1
    commas: list[bool] = []
    while True:
        one = _element(tokens, place, wanted)
        if one is None:
            break
        before = place - 1
        if before > 1 and (tokens[before - 1].word, tokens[before].word) == ("such", "as"):
            one = replace(one, how="such as")
            before -= 2
            if tokens[before].notion:
                made.insert(0, one)
                commas.insert(0, False)
                place = before
                continue
        made.insert(0, one)
        while before >= 0 and tokens[before].word in _DEGREE:
            before -= 1
        comma = before >= 0 and tokens[before].word in _SEPARATORS
        step = before
        separators = []
        while step >= 0 and tokens[step].word in _SEPARATORS:
            separators.append(tokens[step].word)
            step -= 1
        while comma and step >= 0 and (tokens[step].cites or tokens[step].word in _TAIL or tokens[step].word == ")"):
            step = _opening(tokens, step) - 1 if tokens[step].word == ")" else step - 1
        if comma and step >= 0 and tokens[step].notion:
            commas.insert(0, separators == [","])
            place = step
            continue
        if comma and step >= 0 and (further := _further(tokens, step)) is not None:
            commas.insert(0, False)
            place = further
            continue
        break
    if not made:
        return Group(end=last, passed=tuple(passed))
    return _bounded(tokens, made, commas, end, tuple(passed), wanted)


def _unnamed(tokens: tuple[Token, ...], place: int) -> int | None:
    """Over the last member of a list when it is no concept we know: A, B, and something else."""
    for back in range(place, max(0, place - 3), -1):
        word = tokens[back].word
        if word in ("and", "or") and back < place:
            before = back - 1 if tokens[back - 1].word != "," else back - 2
            return before if before >= 1 and tokens[before].notion and tokens[before - 1].word == "," else None
        if word in _VERBS or word in _LINKS or word in ("other", "others", "its", "their") or not word[:1].isalpha():
            return None
    return None


def _further(tokens: tuple[Token, ...], step: int) -> int | None:
    """Over one member of a list that is no concept we know: A, something else, and B."""
    for back in range(step, max(-1, step - _UNKNOWN), -1):
        token = tokens[back]
        if token.word in _SEPARATORS:
            return back - 1 if back < step and back > 0 and token.word == "," and tokens[back - 1].notion else None
        if token.notion or token.cites or token.word in _VERBS or not token.word[:1].isalpha():
            return None
    return None


def _bounded(
    tokens: tuple[Token, ...],
    made: list[Element],
    commas: list[bool],
    end: int,
    passed: tuple[str, ...],
    wanted: tuple[str, ...],
) -> Group:
    """A list on the left, if what stands before it makes it no part of something else."""
    population = None
    while made:
        place = made[0].index - 1
        while place >= 0 and (tokens[place].word in _DEGREE or tokens[place].word in ("the", "a", "an")):
            place -= 1
        if place >= 0 and _added(tokens, place):
            return Group(tuple(made), end, population, passed)
        while (
            place > 0
            and tokens[place].word in ("of", "with", "by", "to", "for")
            and tokens[place - 1].word in _INTRODUCED | _PEOPLE
        ):
            place -= 2
            while place >= 0 and (
                tokens[place].word in _DEGREE or tokens[place].word in ("the", "a", "an", "reported")
            ):
                place -= 1
        word = tokens[place].word if place >= 0 else "."
        stopped = place > 0 and tokens[place].cites and tokens[place - 1].word == "."
        if place < 0 or word in _BEFORE or stopped or _opens(tokens, place):
            return Group(tuple(made), end, population, passed)
        if word in _POPULATION and place > 0 and not population:
            if len(made) > 1 and commas and commas[0]:
                population = made.pop(0)
                commas.pop(0)
                continue
            head = place - 1
            while head >= 0 and (tokens[head].word in _TAIL or tokens[head].cites):
                head -= 1
            if head >= 0 and tokens[head].notion and len(made) == 1:
                one = _element(tokens, head, wanted)
                if one is not None:
                    population, made, commas = made[0], [one], []
                    continue
        elif (
            len(made) > 1 and commas and commas[0] and word in ("unlike", "with", "to", "for", "as", "despite", "like")
        ):
            made.pop(0)
            commas.pop(0)
            continue
        return Group(end=end, passed=passed)
    return Group(end=end, passed=passed)


def _opens(tokens: tuple[Token, ...], place: int) -> bool:
    """Is all before it only a way to begin: Recently, Of note, In general?"""
    return place <= 1 and all(
        token.word.endswith("ly") or token.word in ("there", "are", "the") for token in tokens[: place + 1]
    )


def _added(tokens: tuple[Token, ...], place: int) -> bool:
    """In addition to A, B and C; there are reported cases of A."""
    told = [token.word for token in tokens[max(0, place - 2) : place + 1]]
    return (
        told[-3:] == ["in", "addition", "to"]
        or told[-2:] in (["there", "are"], ["there", "is"])
        or told[-2:] == ["known", "that"]
    )


def _element(tokens: tuple[Token, ...], place: int, wanted: tuple[str, ...]) -> Element | None:
    if place is None or not 0 <= place < len(tokens):
        return None
    notion = tokens[place].notion
    curie = notion.read(wanted) if notion else ""
    return Element(curie, notion.start, notion.end, place) if notion and curie else None


def _over(tokens: tuple[Token, ...], place: int, most: int) -> int | None:
    """The next concept, over at most so many words that change nothing; None where another word stands."""
    for step in range(place, min(len(tokens), place + most)):
        token = tokens[step]
        if token.notion:
            return step
        known = token.word in _DEGREE or token.word in _LINKS or token.word in _PEOPLE or token.word in _HEADS
        known = known or (token.word == "and" and step > place and tokens[step - 1].word in _DEGREE)
        known = known or (token.word.endswith("ly") and token.word not in ("family", "only", "early"))
        if not known and token.word != "-":
            return None
    return None


def _tail(tokens: tuple[Token, ...], place: int) -> tuple[int, bool]:
    named = False
    while place < len(tokens):
        word = tokens[place].word
        if word == "-" and place + 1 < len(tokens) and tokens[place + 1].word in _HYPHENATED:
            place += 2
        elif word in _TAIL:
            named = named or word in (
                "involvement",
                "lesions",
                "lesion",
                "manifestations",
                "disease",
                "changes",
                "symptoms",
                "manifestation",
            )
            place += 1
        else:
            break
    return place, named


def _in_list(tokens: tuple[Token, ...], place: int) -> bool:
    """Organs of a list whose last member says what is meant: cutaneous, joint, muscle involvement."""
    for token in tokens[place : place + 8]:
        if token.word in ("involvement", "manifestations", "symptoms", "lesions"):
            return True
        if not token.notion and token.word not in _SEPARATORS:
            return False
        if token.notion and not token.notion.organ:
            return token.notion.involved
    return False


def _brackets(read: Passage, place: int, wanted: tuple[str, ...]) -> tuple[int, list[Element]]:
    """Over a bracket: what it lists (agents: A, B and C), or sets apart (especially in D)."""
    tokens = read.tokens
    if place >= len(tokens) or tokens[place].word != "(":
        return place, []
    close = next((n for n in range(place, len(tokens)) if tokens[n].word == ")"), None)
    if close is None:
        return place, []
    start = place + 1
    how = ""
    if tokens[start].word in _ESPECIALLY:
        how, start = tokens[start].word, start + 1
    while start < close and tokens[start].word in ("in", "e.g", ".", ",", "such", "as", "including"):
        start += 1
    inside = rightward(read, start, wanted) if (start < close and tokens[start].notion) or how else Group()
    elements = [replace(one, how=how) for one in inside.elements if one.index < close]
    if how and elements:
        elements[0] = replace(elements[0], start=tokens[place + 1].start)
    if len(elements) == 1 and not how and tokens[elements[0].index].notion is not None:
        elements = [one for one in elements if not _abbreviated(tokens, place, one)]
    return close + 1, elements


def _opening(tokens: tuple[Token, ...], place: int) -> int:
    """Where the bracket opens that closes at a token; there, if it never does."""
    return next((n for n in range(place, -1, -1) if tokens[n].word == "("), place)


def _abbreviated(tokens: tuple[Token, ...], place: int, one: Element) -> bool:
    """Is what stands in the bracket only the short form of what stands before it?"""
    last = next((tokens[n].notion for n in range(place - 1, -1, -1) if tokens[n].notion), None)
    return last is None or any(curie == one.curie for _, curie in last.readings)


def _cited(tokens: tuple[Token, ...], place: int) -> tuple[int, tuple[int, ...]]:
    if place < len(tokens) and tokens[place].cites:
        return place + 1, tokens[place].cites
    return place, ()


def _alone(tokens: tuple[Token, ...], place: int) -> bool:
    """Does the name end here, and is it no part of a longer one (a gout flare)?"""
    if place >= len(tokens):
        return True
    token = tokens[place]
    if token.word == "-" and token.start == tokens[place - 1].end:
        return place + 1 < len(tokens) and tokens[place + 1].word == "sparing"
    return bool(token.cites or token.notion) or token.word in _ENDS or token.word.endswith(("ly", "ed", "ing"))


def _such(tokens: tuple[Token, ...], place: int) -> int | None:
    start = place + 1 if place < len(tokens) and tokens[place].word == "," else place
    for words in _SUCH:
        if tuple(token.word for token in tokens[start : start + len(words)]) == words:
            return start + len(words)
    return None


def _next(tokens: tuple[Token, ...], place: int) -> int | None:
    """The next member of a list, if there is one."""
    if place < len(tokens) and tokens[place].notion:
        return place  # biological immunosuppressants: both
    step, seen = place, False
    while step < len(tokens) and tokens[step].word in (*_SEPARATORS, "well", "as", "in", "combination", "along"):
        seen = seen or tokens[step].word in _SEPARATORS or tokens[step].word in ("combination", "well", "along")
        step += 1
    if not seen:
        return None
    further = _over(tokens, step, 7)
    if further is not None:
        return further
    for ahead in range(step, min(len(tokens), step + _UNKNOWN + 1)):
        token = tokens[ahead]
        if token.word in (",", "and", "or") and ahead > step:
            return (
                _over(tokens, ahead + 1 if tokens[ahead + 1].word not in ("and", "or") else ahead + 2, 4)
                if ahead + 2 < len(tokens)
                else None
            )
        if token.notion or token.cites or token.word in _VERBS or not token.word[:1].isalpha() or token.word in _LINKS:
            return None
    return None
