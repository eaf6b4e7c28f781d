"""Which drugs were given, and how: dose, route, frequency, duration, cycles, start, stop, taper.

An amount belongs to the drug right behind it ("5 mg of prednisone"), else to the last one before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Literal

from kg.articles.article import Article
from kg.mentions.drugnames import DrugName, drugs
from kg.mentions.namelist import Place
from kg.mentions.polarity import Status, assertion
from kg.model.anchors import Sentence
from kg.model.fronted import fronted

__all__ = ["Course", "Given", "amounts", "medication"]

Course = Literal["started", "stopped", "tapered", "increased", "changed", "continued"]


@dataclass(frozen=True, slots=True)
class Given(DrugName):
    """A drug as it is named at one place of the text, and what is said of its giving. Places are (start, end).

    amounts: each dose with what belongs to it (5 mg twice daily); dose: the first of them without its frequency;
    course: what happened to it there, with the words; history: a list of earlier treatments, of which the sentence
    dates none; status: excluded when the sentence denies it.
    """

    amounts: tuple[Place, ...] = ()
    dose: Place | None = None
    route: Place | None = None
    frequency: Place | None = None
    duration: Place | None = None
    cycles: Place | None = None
    concentration: Place | None = None
    form: Place | None = None
    course: Course | None = None
    course_words: Place | None = None
    history: bool = False
    status: Status = "present"


# ---- doses and the rest -----------------------------------------------------------------

_N = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_NUMBER = rf"(?:{_N}|(?i:one|two|three|four|five|six|half|one-half))(?:\s?(?:-|–|to|/)\s?(?:{_N}))?"
_MASS = (
    r"(?:(?:m|µ|μ|u|n|mc|k)?g|gm|gr|grams?|gms|milligrams?|micrograms?|mgs|mEq|meq|mmol|(?:million\s|thousand\s|mega|million )?(?:international\s)?(?:units?|IU|UI|iu|U|MIU|MU)"
    r"|mL|ml|cc|L|liters?|litres?|l|tablets?|tabs?|capsules?|puffs?|drops?|gtt|vials?|ampoules?|ampules?|pills?|sachets?|mCi|GBq|MBq|µCi|mg/mL|mg/ml)"
)
_PER = r"(?:\s?(?:/|\bper\b|·)\s?(?:kg(?: body weight| of body weight)?|kilogram(?: of body weight)?|m2|m²|m\^2|square met(?:er|re)(?: of body[- ]surface area)?|day|d|h|hr|hour|24\s?h(?:ours|rs)?|min|minute|week|wk|dose|month|cycle|cm2|die)\b)"
_DAYS_LIST = r"\d+(?:(?:\s?(?:-|–|to|through)\s?|,\s(?:and\s)?|\sand\s)\d+)*"
_FREQUENCY = (
    r"(?:(?i:(?:once|twice|thrice|(?:one|two|three|four|five|six|\d)(?:[- ]?times|x))(?:\s(?:a|per|every|each)\s(?:day|week|month)|\s?(?:/|\s)(?:daily|weekly|monthly|day|week|d)\b)"
    r"|once|twice[- ]daily|b\.i\.d\b\.?|bid\b|t\.i\.d\b\.?|tid\b|q\.i\.d\b\.?|qid\b|q\.d\b\.?|qd\b|o\.d\b\.|q\s?\d+\s?(?:h|hr|hrs|hours|d|days|weeks|w)?\b|tiw\b|biw\b|qod\b|q\.?o\.?d\b|tds\b|qds\b|nocte\b|qhs\b|prn\b|p\.r\.n\.?"
    r"|(?:once|twice|thrice)?\s?(?:daily|weekly|monthly|nightly|hourly|fortnightly|biweekly|yearly)\b|\d+[- ]hourly\b"
    r"|(?:every|each)\s(?:other\s|second\s|alternate\s)?(?:\w+\s|\d+(?:\s?(?:-|–|to)\s?\d+)?[\s-]?)?(?:h|hours?|hrs?|days?|nights?|mornings?|evenings?|weeks?|wks?|months?|d)\b"
    r"|(?:on\s)?alternate\sdays|(?:per|a)\s(?:day|week|month)\b|at\s(?:bedtime|night)\b|in\sthe\s(?:morning|evening)\b|as needed|in (?:two|three|four|\d) divided doses|\d+ times\b)"
    r"|OD\b|BD\b|HS\b|bd\b"
    rf"|(?:on |at )?(?:days|weeks) {_DAYS_LIST}(?:\s(?:repeated\s)?(?:every|of (?:a|each|every)) \d+[- ]days?(?: cycle)?)?|(?:on )?day \d+(?:\s?(?:-|–|to)\s?\d+)?\s(?:repeated\s)?(?:every \d+ days|of (?:each|every|a) \S+(?: cycle)?)|d\s?\d+\s?[-–]\s?\d+)"
)
_BETWEEN = (
    r"(?:(?:IV|i\.v\.|iv|PO|po|p\.o\.|IM|SC|orally|intravenously|subcutaneously|intramuscularly|by mouth)[\s,]+)?"
)
_AMOUNT = re.compile(
    rf"(?<![\w.,/×^-])(?:[<>~≈]\s?)?(?P<dose>{_NUMBER}[\s\-‐]?{_MASS}\b{_PER}{{0,3}})(?!\s?(?:/|per\b)\s?(?:dL|dl|L|l|mL|ml|mm3|µL|μL|uL|hpf|mol|g\b|(?:milli|deci|micro)?(?:liter|litre)))"
    rf"(?P<more>(?:[\s,]*{_BETWEEN}(?:{_FREQUENCY}))*)"
)
_OTHER_AMOUNT = re.compile(
    r"\barea under the curve(?: \(AUC\))?(?: of)? \d[\d.]*(?: on day \d+(?: repeated every \d+ days)?)?|\bAUC(?: of)?\s?[=:]?\s?\d[\d.]*\b"
)
_ALONE = re.compile(rf"(?<![\w-])(?:{_FREQUENCY})(?![\w-])")
_VAGUE = re.compile(
    r"\b(?:high|low|moderate|medium|full|loading|maintenance|small|stress|pulse|therapeutic|prophylactic|standard|increasing|maximal|maximum|minimal|liberal|reduced|half)[- ]?(?:dosages?|doses?)\b",
    re.IGNORECASE,
)
_CYCLES = re.compile(
    rf"\b(?:{_NUMBER}|several|multiple|seven|eight|nine|ten|twelve|another|first|second|third)\s(?:more\s|further\s|additional\s|\d+-week\s|monthly\s|weekly\s)?(?:cycles?|courses?|doses|pulses|infusions|injections|rounds|sessions)\b",
    re.IGNORECASE,
)
_ROUTE = re.compile(
    r"(?<![\w-])(?:(?i:oral(?:ly)?|per os|by mouth|intravenous(?:ly)?(?: (?:infusion|injection|drip|bolus)| injected)?|intramuscular(?:ly)?(?: injections?)?|subcutaneous(?:ly)?(?: injections?)?|hypodermic injection|topical(?:ly)?|inhaled|inhalations?|nebuli[sz]ed"
    r"|intrathecal(?:ly)?|intranasal(?:ly)?|intravitreal(?:ly)?(?: injections?)?|sublingual(?:ly)?|rectal(?:ly)?|intralesional(?:ly)?|transdermal(?:ly)?|intraperitoneal(?:ly)?|intra-?articular|intra-?arterial(?:ly)?|epidural|intratympanic|intracoronary|intraventricular"
    r"|intradermal|parenteral(?:ly)?|systemic(?:ally)?|transarterial|continuous infusion|infusions?|infused|injections?|injected|enteral(?:ly)?|percutaneous|ophthalmic|intracavernous|intravesical|subconjunctival|eye ?drops|p\.o\.|i\.v\.?|i\.m\.?|s\.c\.?|per vaginam|vaginal(?:ly)?|nasal(?: spray)?|buccal|intrapleural|periocular|intratumoral|intravascular|intraosseous|via nasogastric tube|drip|bolus)"
    r"|IV|iv|PO|po|IM|SC|SQ|subQ|IT|IN|SL|PR)(?![\w-])"
)
_STRENGTH = re.compile(r"\b\d+(?:[.,]\d+)?\s?%(?=\s(?!of\b|(?:of )?predicted\b|pred\b))")
_FORM = re.compile(
    r"\b(?:cream|ointment|gel|lotion|tablets?|capsules?|patch(?:es)?|solution|syrup|suspension|spray|suppositor(?:y|ies)|eye ?drops|mouthwash|enemas?|powder|implant|shampoo|paste)\b",
    re.IGNORECASE,
)
_FOR = re.compile(
    rf"\b(?:for|over)\s(?:the\s(?:next|first|following|past|last)\s|a\s(?:total|period)\sof\s|(?:about|approximately|at least|more than|up to|another|nearly|almost|over)\s)*(?:{_N}|an?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|several|many)(?:\s?(?:-|–|to|or)\s?(?:{_N}|\w+))?[\s-](?:days?|weeks?|months?|years?|hours?|minutes?|min|h|d|wk|mo|cycles?)\b"
    rf"|\b(?:{_N}|one|two|three|four|five|six|seven|eight|ten|fourteen)[- ](?:day|week|month|year)s?(?=[- ](?:courses?|regimen|treatment|therapy|period|taper|of\b))|\b4/52\b",
    re.IGNORECASE,
)
_COURSE: tuple[tuple[Course, str], ...] = (
    ("tapered", r"taper\w*|wean\w*|progressive(?:ly)? (?:withdrawal|reduction|withdrawn|reduced)|gradual(?:ly)? (?:withdrawal|reduction|withdrawn|reduced|decreased?)|reduc(?:ed|tion|ing)|decreased|lowered|de-?escalated"),
    ("stopped", r"stopp(?:ed|ing)|discontinu\w+|withdrawn|withdrawal|withheld|ceas(?:ed|ing)|cessation|suspended|interrupted|removed|halted|self-discontinued"),
    ("increased", r"increas(?:ed|ing)|escalat\w+|intensified|uptitrated|up-titrated|doubled"),
    ("changed", r"switch(?:ed|ing)?|chang(?:ed|ing)|replaced|substituted|transition(?:ed)?|converted"),
    ("continued", r"continu(?:ed?|ing)|maintained|maintenance|resum(?:ed|ing)"),
    ("started", r"start(?:ed|ing)?|initiat(?:ed|ion|ing)|beg[au]n|commenc\w+|add(?:ed|ition|ing)|introduc(?:ed|tion|ing)|giv(?:en|ing)|administ\w+|prescri\w+|receiv(?:ed|ing)|treat(?:ed|ment|ing)|tried|placed on|put on|us(?:ed|ing)|appl(?:ied|ying)|medicated|underwent|inject\w+|infus\w+|required|took|managed"),
)  # fmt: skip
_COURSES = re.compile("|".join(rf"(?P<{name}>\b(?:{words})\b)" for name, words in _COURSE), re.IGNORECASE)
_HISTORY = re.compile(r"refractor|resistan|fail|previous|prior|despite|unrespons|intoleran|past\b", re.IGNORECASE)


def medication(article: Article, sentences: Iterable[Sentence]) -> tuple[Given, ...]:
    """The drugs that these sentences name, each with what is said of its giving, in order.

    >>> article = Article.plain("He took tofacitinib 5 mg twice daily, then IV rituximab for one year.")
    >>> given = medication(article, article.sentences)
    >>> [(article.quote(g), g.concept) for g in given]
    [('tofacitinib', 'CHEBI:71200'), ('rituximab', 'DRUGBANK:DB00073')]
    >>> article.text[slice(*given[0].dose)], article.text[slice(*given[0].frequency)], article.text[slice(*given[1].route)]
    ('5 mg', 'twice daily', 'IV')
    """
    found: list[Given] = []
    last: Given | None = None
    for sentence in sentences:
        named = [_given(article.text, sentence, one) for one in drugs(article.text, sentence)]
        given = _filled(article.text, sentence, named)
        if not given and last is not None:
            taken = _of_last(article.text, sentence, last)
            if taken is not last:
                found[found.index(last)] = last = taken
        found += given
        last = given[-1] if given else last
    return tuple(found)


@lru_cache(maxsize=1024)
def amounts(text: str, sentence: Sentence) -> tuple[tuple[Place, Place | None, Place], ...]:
    """(dose, frequency, both) of every amount in a sentence."""
    found = []
    for match in _AMOUNT.finditer(text, sentence.start, sentence.end):
        dose = match.span("dose")
        more = match.span("more")
        words = text[slice(*more)]
        lead = len(words) - len(re.sub(rf"^[\s,]*{_BETWEEN}", "", words))
        frequency = (more[0] + lead, more[1]) if words.strip(" ,") else None
        found.append((dose, frequency, (dose[0], frequency[1] if frequency else dose[1])))
    for match in _OTHER_AMOUNT.finditer(text, sentence.start, sentence.end):
        if not any(a < match.end() and match.start() < b for _, _, (a, b) in found):
            found.append((match.span(), None, match.span()))
    return tuple(sorted(found))


def _given(text: str, sentence: Sentence, name: DrugName) -> Given:
    same = {field.name: getattr(name, field.name) for field in fields(DrugName)}
    return Given(**same, status=assertion(text, sentence, name.start, name.end, normal=False).status)


# What may stand between an amount and the drug behind it; and between a drug and the amount behind it.
_TO_NEXT = re.compile(
    r"\s(?:of\s)?(?:(?!(?:and|with|for|was|were|then|to|in|on|at|or|by|followed|every|once|twice|daily|from|per|plus|until)\s)[\w.-]+\s){0,3}"
)
_BEHIND = re.compile(
    r"(?:\s(?:tablets?|capsules?|injections?|infusions?|syrup|suspension|sustained-release tablets?|therapy|treatment|\w+ate|sodium|hydrochloride))*[\s:]*[(\[]?\s?(?:(?:at|in|with|of|was|is|a|an|the|initial|total|daily|oral|orally|dose|dosage|doses|maximum|intravenous|intravenously|IV|iv|i\.v\.|po|PO|p\.o\.|started|given|administered)\s)*"
)


def _owner(text: str, place: Place, named: list[Given]) -> int | None:
    """Which of the drugs an amount belongs to: one it stands right behind, or right before; else the last before it."""
    before = [n for n, one in enumerate(named) if one.end <= place[0]]
    after = [n for n, one in enumerate(named) if one.start >= place[1]]
    if before and _BEHIND.fullmatch(text, named[before[-1]].end, place[0]):
        return before[-1]
    if after and _TO_NEXT.fullmatch(text, place[1], named[after[0]].start):
        return after[0]
    return before[-1] if before else after[0] if after else None


def _respectively(text: str, sentence: Sentence, named: list[Given], told: list[Place]) -> dict[Place, int]:
    """Amounts in a row before "respectively" belong to as many drugs in a row before them, in order."""
    found: dict[Place, int] = {}
    for word in re.finditer(r"\brespectively\b", text[sentence.start : sentence.end]):
        place = sentence.start + word.start()
        group: list[Place] = []
        for both in reversed([one for one in told if one[1] <= place]):
            if not re.fullmatch(r"[\s,)]*(?:and\s|or\s)?", text[both[1] : group[0][0] if group else place]):
                break
            group.insert(0, both)
        before = [n for n, one in enumerate(named) if group and one.end <= group[0][0]]
        if 1 < len(group) <= len(before):
            found.update(zip(group, before[-len(group) :], strict=True))
    return found


def _filled(text: str, sentence: Sentence, named: list[Given]) -> list[Given]:
    """The drugs of a sentence with what is said of each."""
    if not named:
        return []
    parts: list[dict[str, Place]] = [{} for _ in named]
    sums: list[list[Place]] = [[] for _ in named]
    _doses(text, sentence, named, parts, sums)
    _ways(text, sentence, named, parts, sums)
    made: list[Given] = []
    for n, one in enumerate(named):
        room = _room(text, sentence, one)
        lead = text[max(sentence.start, room[0] - 80) : room[0]].rpartition(")")[2] + text[room[0] : one.start]
        history = room[0] > sentence.start and bool(_HISTORY.search(lead))
        course, words = _what_happened(text, _clause(text, sentence, room, one), one, named)
        last = made[-1] if made else None
        if course is None and last is not None:
            gap = text[last.end : one.start]
            class_of_it = gap in (" (", "(") and not history  # antibiotics (ceftriaxone and vancomycin)
            if class_of_it or (last.course and room[0] > sentence.start and len(gap) < 8):
                course, words = last.course, last.course_words
        more = {"amounts": tuple(sorted(sums[n])), "course": course, "course_words": words, "history": history}
        made.append(replace(one, **more, **parts[n]))  # type: ignore[arg-type]
    return made


def _doses(
    text: str, sentence: Sentence, named: list[Given], parts: list[dict[str, Place]], sums: list[list[Place]]
) -> None:
    """The amounts of a sentence, each with the drug that it belongs to, and what is told of an amount without a number."""
    told = amounts(text, sentence)
    paired = _respectively(text, sentence, named, [both for *_, both in told])
    for dose, frequency, both in told:
        owner = paired.get(both, _owner(text, both, named))
        if owner is None or _is_volume(text, dose, named[owner]):
            continue
        sums[owner].append(both)
        parts[owner].setdefault("dose", dose)
        if frequency:
            parts[owner].setdefault("frequency", frequency)
    for match in _VAGUE.finditer(text, sentence.start, sentence.end):
        owner = _owner(text, match.span(), named)
        if owner is not None:
            sums[owner].append(match.span())


_PAUSED = re.compile(
    r"\b(?:withheld|held|stopped|paused|interrupted|suspended|discontinued|halted|off)(?:\s(?:treatment|therapy|temporarily|only))*\s$",
    re.IGNORECASE,
)
_WAYS = (("route", _ROUTE), ("duration", _FOR), ("cycles", _CYCLES), ("concentration", _STRENGTH), ("form", _FORM), ("frequency", _ALONE))  # fmt: skip


def _ways(
    text: str, sentence: Sentence, named: list[Given], parts: list[dict[str, Place]], sums: list[list[Place]]
) -> None:
    """How and how long each drug was given."""
    for key, pattern in _WAYS:
        for match in pattern.finditer(text, sentence.start, sentence.end):
            start, end = match.span()
            if key == "duration" and _PAUSED.search(text, sentence.start, start):
                continue  # so long it was not given
            beside = None
            if key in ("route", "duration"):  # right behind an amount
                beside = next((n for n, some in enumerate(sums) for a, b in some if a <= start <= b + 2), None)
            owner = beside if beside is not None else _near(text, match.span(), named, key)
            if owner is None or (key == "frequency" and any(a < end and start < b for some in sums for a, b in some)):
                continue
            parts[owner].setdefault(key, match.span())
            if key == "cycles" and not re.match(r"(?i)first|second|third|another", match.group()):
                sums[owner].append(match.span())


def _is_volume(text: str, dose: Place, drug: Given) -> bool:
    """Millilitres far from a drug are a volume of something else."""
    words = text[slice(*dose)]
    gap = text[drug.end : dose[0]] if drug.end <= dose[0] else text[dose[1] : drug.start]
    if re.search(r"(?<![^\W\d_])(?:mL|ml|cc|L|l|liters?|litres?|kg|g)$", words):
        return len(gap) > 25 or bool(re.match(r"\s(?:blood|urine|fluid|ascites|pus)", text[dose[1] : dose[1] + 10]))
    return len(gap) > 160


_LIST = re.compile(r"[\s,]*(?:and|or|plus|with|then|followed by)?[\s,]*")


def _near(text: str, place: Place, named: list[Given], key: str) -> int | None:
    """Which drug a word on the giving belongs to: the one it stands beside."""
    after = [n for n, one in enumerate(named) if one.start >= place[1]]
    before = [n for n, one in enumerate(named) if one.end <= place[0]]
    inside = [n for n, one in enumerate(named) if one.start <= place[0] and place[1] <= one.end]
    if inside:
        return inside[0] if key in ("route",) else None
    limit = {"route": 40, "cycles": 45, "concentration": 25, "form": 20, "frequency": 30, "duration": 0}[key]
    reach = {"route": 70, "cycles": 40, "concentration": 2, "form": 15, "frequency": 50, "duration": 90}[key]
    behind = text[named[before[-1]].end : place[0]] if before else None
    ahead = text[place[1] : named[after[0]].start] if after else None
    fits_before = behind is not None and len(behind) <= reach and not re.search(r"[;:]|\. ", behind)
    fits_after = (
        ahead is not None
        and len(ahead) <= limit
        and not re.search(r"[.;:()]|\b(?:was|were|showed)\b", ahead)
        and not (key in ("form", "frequency") and "," in ahead)
    )
    # Another part of the list begins behind it: "15 mg/kg IV and piperacillin".
    parted = ahead is not None and re.match(r"\s?(?:,|\b(?:and|then|plus|followed|with)\b)", ahead) is not None
    if fits_after and not (fits_before and (parted or key == "frequency")):
        return after[0]
    return before[-1] if fits_before else None


def _room(text: str, sentence: Sentence, drug: Given) -> Place:
    """Where to look for what happened to a drug: between the brackets it stands in, else the sentence."""
    opened = text.rfind("(", sentence.start, drug.start)
    if opened < 0 or ")" in text[opened : drug.start]:
        return sentence.start, sentence.end
    closed = text.find(")", drug.end, sentence.end)
    return opened + 1, closed if closed >= 0 else sentence.end


def _clause(text: str, sentence: Sentence, room: Place, drug: Given) -> Place:
    """The part of it that tells of the drug: the phrase that opens the sentence, or what comes behind."""
    opening = fronted(text, sentence.start, sentence.end)
    if opening is None:
        return room
    _, (start, end) = opening
    return (max(room[0], start), min(room[1], end)) if drug.end <= end else (max(room[0], end), room[1])


_PASSIVE = re.compile(r"\b(?:was|were|been|is|are|being)\s(?:\w+ly\s)?$")
_GOES_ON = re.compile(r"\s(?:with|on|to|of|by|from|off)\b")


def _what_happened(text: str, room: Place, drug: Given, named: list[Given]) -> tuple[Course | None, Place | None]:
    """The nearest word that says what happened to the drug: before it, else behind it and the list it stands in."""
    aside = [m.span() for m in re.finditer(r"\([^()]*\)", text[slice(*room)])]

    def outside(place: int) -> bool:
        return not any(room[0] + a < place < room[0] + b for a, b in aside)

    first = max((m.end() for m in re.finditer(r";", text[room[0] : drug.start])), default=0) + room[0]
    stop = text.find(";", drug.end, room[1])
    last = stop if stop >= 0 else room[1]
    words = [
        m for m in _COURSES.finditer(text, max(first, drug.start - 90), min(last, drug.end + 120)) if outside(m.start())
    ]
    # "prednisone was tapered and azathioprine": a passive verb is of the drug before it.
    before = [
        m
        for m in words
        if m.end() <= drug.start
        and not (_PASSIVE.search(text[first : m.start()]) and not _GOES_ON.match(text, m.end()))
    ]
    end = drug.end
    for one in named:
        if (
            one.start > end
            and outside(one.start)
            and not _COURSES.search(text, end, one.start)
            and one.start - end < 60
        ):
            end = one.end
    after = [
        m
        for m in words
        if m.start() >= drug.end
        and not any(drug.end < one.start < m.start() and one.start > end and outside(one.start) for one in named)
    ]
    near = min(
        [*before, *after],
        key=lambda m: drug.start - m.end() if m.end() <= drug.start else m.start() - max(drug.end, end) + 5,
        default=None,
    )
    if near is None:
        return None, None
    course: Course = near.lastgroup  # type: ignore[assignment]
    if course == "changed":  # from one to another
        gap = text[near.end() : drug.start] if near.end() <= drug.start else "from"
        led = re.findall(r"\b(?:from|to|by|with)\b", gap)
        course = "changed" if not led else "stopped" if led[-1] == "from" else "started"
    return course, near.span()


def _of_last(text: str, sentence: Sentence, last: Given) -> Given:
    """A sentence without a drug that goes on about the dose of the last one."""
    if not re.search(
        r"\b(?:dose|dosage|dosing|taper\w*|increased|reduced|decreased|regimen|administered|given|titrated)\b",
        text[sentence.start : sentence.end],
    ):
        return last
    more = [both for dose, _, both in amounts(text, sentence) if not _is_volume(text, dose, replace(last, end=dose[0]))]
    more = [place for place in more if not re.search(r"(?<![^\W\d_])(?:mL|ml|cc|L|l|kg)$", text[slice(*place)])]
    return replace(last, amounts=(*last.amounts, *more)) if more else last
