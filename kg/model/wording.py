"""Does a fact say the opposite of the words that it quotes?

Words are compared with words, by tables: an attribute against its antonyms, a status against the
denials in the anchors, a drug against the name that was printed. What the tables do not know is
not judged. A report may contradict itself: where `odd` of the fact says so, in words of the value
that was chosen, nothing is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from kg.base.prefixes import expand
from kg.base.results import Severity
from kg.concepts.terms import Catalogue
from kg.model.amounts import fault, frequencies
from kg.model.case import AdverseEvent, Case, Fact, Patient
from kg.model.fields import Term

__all__ = [
    "CURE",
    "DENIED",
    "DENIES",
    "ENDED",
    "GONE",
    "HINTS",
    "ROUTES",
    "bare",
    "compiled",
    "denied_spans",
    "quotes_of",
    "roots",
    "says",
    "told_undenied",
    "wordings",
]

Path_ = tuple[str | int, ...]
Found = Iterator[tuple[Path_, Severity, str, str, str]]  # path, severity, rule, message, cure


# ---- denials ----------------------------------------------------------------------------

# What denies the words behind it, as far as the next of _ENDS; in English, Spanish, French, German, Italian, Portuguese.
DENIES = (
    r"(?:\b(?:no|not|without|w/o|never|nor|neither|cannot|den(?:y|ied|ies|ying)|(?:absence|lack|free) of|lack(?:ed|ing|s)|"
    r"(?:excluded|ruled|ruling) out|negative for|sin|ausencia de|niega|sans|absence d['e’]|pas d['e’]|aucune?|jamais|"
    r"kein\w*|ohne|nicht|senza|assenza di|nega|sem|não|ausência de|nunca|nessun\w*)\b|n't\b|\bnon-)"
)
# What ends what stands behind it: enough for an exclusion, no denial of what was present before.
ENDED = r"(?:\b(?:resolution|disappearance|loss|exclusion|clearance) of|\b(?:rul(?:e|ing)|r/o)\b|\bnil\b|\bnone\b|\bexclu\w+)"
# Behind a denial: what is denied is this, not the words that follow it ("no improvement of arthritis").
_HEADS = (
    r"\s*(?:[\w-]+ ){0,2}?(?P<head>only|improv|respon|chang|progress|wors|treat|therap|reli|recover|control|benefit|effect|"
    r"resol|known?\b|sure|certain|longer|doubt|due|caus|relat|associat|attribut|consider|sufficien|exclu|clear)"
)
_ENDS = (
    r"[.;:]|\b(?:but|however|although|though|except|with|while|whereas|which|who|because|due|despite|after|before|until|"
    r"was|were|is|are|has|have|had|showed|shown|revealed|positive|persist\w*|recur\w*|pero|mais|aber|ma|mas)\b"
)
# What denies the words before it; and what only ends them.
DENIED = (
    r"\b(?:absent|negative|not (?:present|seen|found|detected|observed|noted|identified|reported)|exclud(?:ed|es)|ruled out|"
    r"denied|undetect\w*|ausente\w*|negad[oa]s?|absente?s?|ausgeschlossen|assent[ei]|lacking)\b"
)
GONE = (
    r"\b(?:absence|negativ\w*|(?:was|were) not|disappear\w*|resolv\w*|resolution|normal\w*|unremarkable|cleared?|"
    r"subsided|gone|nil|none)\b"
)
# Enough to support an exclusion that is told in other words: a normal result, good tolerance.
HINTS = (
    r"\b(?:(?<!ab)normal\w*|unremarkable|well[- ]tolerated|toler\w+|uneventful|intact|clear|afebrile|a(?:symptom|vascul)\w*|"
    r"recover\w*|un(?:affected|involved|remarkable)|lack\w*|preserved|regular|symmetric\w*|patent|benign|"
    r"supple|sano|dry|safe|spared|ceased|only|grade [05]|0/\d+|deni\w*|neg|non\w+)\b|\(-\)|\(−\)"
)
_FAR = 90  # letters that a denial reaches

# A reference range says what is normal, not that the value is; what stands above or below it is left.
_SPAN = r"\d[\d.,]*(?! ?(?:days?|weeks?|months?|years?|hours?)\b)"
_RANGE = (
    r"\b(?P<side>above|below|over|under|beyond|outside|exceed\w*|out of|(?:higher|lower|greater|less) than)(?: the)?"
    r"(?: (?:upper|lower) limits?(?: of(?: the)?)?)?(?: (?:normal|reference))+(?: (?:range|limits?|values?|interval|levels?))?\b"
    r"|\b(?:upper|lower)(?: reference| normal)? limits?(?: of (?:the )?(?:normal|reference)(?: range)?)?|\b(?:ULN|LLN)\b"
    rf"|(?:(?<=\()|\b)(?:normal|reference)(?: reference)?(?: (?:range|values?|interval|limits?|levels?))?"
    rf" ?(?:[:=,]|is|was|are|of)? ?(?:(?:[<>≤≥]=?|up to|below|under|less than|between|from) ?{_SPAN}|{_SPAN} ?(?:[-–—]|to|and) ?{_SPAN})"
    rf"|(?<=\()(?:normal|reference|ref|N)\b\.?(?: (?:range|values?|interval|limits?|levels?))?[:=,]? ?{_SPAN}(?: ?[-–—] ?{_SPAN})?"
)


@lru_cache(maxsize=4096)
def compiled(pattern: str) -> re.Pattern[str]:
    """A pattern for words in any case."""
    return re.compile(pattern, re.IGNORECASE)


@lru_cache(maxsize=4096)
def bare(text: str) -> str:
    """The text without its reference ranges."""
    return compiled(_RANGE).sub(lambda found: found["side"] or "", text)


def denied_spans(text: str, named: str = "(?!)") -> list[tuple[int, int]]:
    """Where the text is denied by what stands before; a head of a denial counts when it is what is named."""
    spans = []
    for found in compiled(DENIES).finditer(text):
        head = compiled(_HEADS).match(text, found.end())
        if head and not compiled(named).match(text, head.start("head")):
            continue
        verb = compiled(r"\s*(?:has|had|been|was|is)\b").match(
            text, found.end()
        )  # the verb of the denial does not end it
        end = compiled(_ENDS).search(text, verb.end() if verb else found.end())
        spans.append((found.end(), min(end.start() if end else len(text), found.end() + _FAR)))
    return spans


@lru_cache(maxsize=8192)
def says(pattern: str, text: str) -> tuple[bool, bool]:
    """Does the text hold the pattern: (undenied, denied)?"""
    places = [found.start() for found in compiled(pattern).finditer(text)]
    spans = denied_spans(text, pattern) if places else []
    told = [any(a <= at <= b for a, b in spans) for at in places]
    return not all(told), any(told)


# ---- antonyms ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Meaning:
    """One of several meanings that exclude each other: values of the field, and words for it and against it."""

    values: tuple[str, ...]
    words: str
    against: str = ""  # words that deny it, where these are not just the words of the other meanings


_UP = r"\b(?:elevat|high(?![- ]?(?:sens|dens|resol|perform|power|flow|dose|grade))|rais(?:e|in)|ris(?:e|ing)\b|increas|hyper\w|above|excess|positiv)\w*"
_DOWN = r"\b(?:reduc|low(?:er(?:ed)?)?\b(?![- ]?(?:dens|grade|molec|limb|extrem|lobe|back))|decreas|below|hypo\w|deplet|diminish|deficien|drop|fell)\w*"
_NORMAL = r"(?<!ab)(?<!para)normal|\bwithin (?:the )?(?:reference|limits|range)|unremarkable|\bnegativ"
_GOOD = (
    r"\b(?:improv|amelior|resol(?:v|ut)|normali[sz]|control|remi(?:ssion|tt)|recover|favou?rabl|respon[ds]|disappear|"
    r"effectiv|efficac|heal(?:ed|ing)|regress|reliev|benefi|success|clear(?:ed|ance|ing)|well|better|good|halt|"
    r"stopp|arrest|gone|subsid|satisf|excellent|asymptomatic|normal|mejor|respuesta|resuel|guér|besser|miglior|melhor)\w*"
)
_BAD = (
    r"\b(?:wors|progress|deterior|relaps|flar|recur|exacerbat|aggravat|empeor|recaíd|aggrav|verschlech|peggior|pior)\w*"
)
_FAILED = (
    r"\b(?:refractor|persist|fail|unsuccess|ineffect|inefficac|unrespons|resistan|non-?respon|unchanged|insufficien|"
    r"inadequate|poor|still suffer|continued to|remained (?:active|symptomatic|elevated|high))\w*"
    r"|\b(?:no|without(?: any)?) (?:[\w-]+ ){0,4}(?:result|effect|benefit|change|response|improvement|efficacy)"
)

FIELDS: Mapping[str, tuple[Meaning, ...]] = {
    "concept of sex": (
        Meaning(("male",), r"\b(?:male|man|men|boys?|gentleman|he|his|him|father|husband|varón|hombre|niño|homme|mann|uomo)\b"),
        Meaning(("female",), r"\b(?:female|wom[ae]n|girls?|lady|she|hers?|mother|wife|pregnan\w+|mujer|niña|femme|frau|donna)\b"),
    ),
    "frequency.per": (
        Meaning(("h",), r"hour|/ ?h\b"),
        Meaning(("d",), r"dai?ly|\bday|/ ?d\b|\b[btq]\.?i\.?d\b|\bo\.?d\b|night|morning|evening|\bq ?\d+ ?h|hour|\d ?h\b|\bq\.?d\b|diari|día|jour|tag\b|tägl"),
        Meaning(("wk",), r"week|/ ?wk?\b|fortnight|seman|semaine|woche|wöch"),
        Meaning(("mo",), r"month|/ ?mo\b|mensual|mois|monat"),
        Meaning(("a",), r"year|annual|/ ?[ay]\b|anual|\ban\b|jahr"),
    ),
    "direction": (
        Meaning(
            ("reduced", "withdrawn"),
            r"reduc|taper|decreas|lower|withdr|wean|step(?:ped|ping)?[- ]down|minimi|de-?escal|\bcut|halv|discontin|stop|suspen|ceas|down|off\b|disminu|retir|descen",
        ),
        Meaning(
            ("increased",), r"increas|\brais|(?<!de)(?<!de-)escalat|up-?titrat|doubl|step(?:ped|ping)?[- ]up|intensif|higher|aument"
        ),
    ),
    "comparator": (
        Meaning(("<", "<="), r"<|≤|less|below|under|fewer|lower|up to|not exceed|menos|\bmax"),
        Meaning((">", ">="), r">|≥|more|above|over|greater|exceed|higher|at least|más de|\bmin"),
        Meaning(("~",), r"~|≈|about|approx|around|circa|near|almost|roughly|\bca\b"),
    ),
    "interpretation": (
        Meaning(("elevated", "mildly elevated", "markedly elevated"), _UP),
        Meaning(("reduced",), _DOWN),
        Meaning(("normal", "normalised"), _NORMAL),
        Meaning(("improved",), r"improv|better|recover|" + _NORMAL, r"\b(?:wors|deterior)\w*"),
    ),
    "degree": (
        Meaning(("mildly elevated",), r"\bmild|slight|minor|minimal|modest|low"),
        Meaning(("markedly elevated",), r"\bmarked|sever|gross|strong|very|massiv|extreme|significant|high"),
    ),
    "intent": (
        Meaning(("therapeutic", "supportive"), r"treat|therap", r"\bvaccin|\bprophyla|\bimmuni[sz]"),
        Meaning(("preventive",), r"prevent|prophyla|vaccin|immuni[sz]|protect|avoid", r"."),
    ),
    "certainty": (
        Meaning(("confirmed",), r"confirm|prove[dn]|establish|demonstrat|diagnos|definit|biopsy", r"compatible|consistent with|suspect|suggest|possibl|probabl|likely|presum|questionable"),
        Meaning(("compatible with",), r"compatib|consistent|suggest|in keeping|indicat|in line|evok", r"confirm|prove[dn]|definit"),
        Meaning(("probable",), r"probabl|likely|presum|suggest", r"confirm|prove[dn]|definit"),
        Meaning(("possible",), r"possib|may|might|could|suspect|question|suggest|cannot be (?:excluded|ruled out)|unclear|considered|contemplat|working|provisional|tentative|preliminar", r"confirm|prove[dn]|definit"),
    ),
    "predicate": (
        Meaning(("has frequent manifestation",), r"(?<!in)(?<!less )(?<!not )(?:frequent|common|often|typical|usual|most)", r"infrequent|less (?:frequent|common)|rare|uncommon"),
        Meaning(("has infrequent manifestation",), r"infrequent|less (?:frequent|common)|rare|uncommon|seldom", r"frequent|common|often"),
        Meaning(("inhibits",), r"(?!)", r"lesser extent|less (?:potent|strong)|weak"),
        Meaning(("inhibits weakly",), r"less|weak|minor|partial|slight", r"inhibit"),
        Meaning(("may benefit", "improves", "is reported to help in"), r"(?!)", r"insufficient|ineffect|no (?:effect|benefit)"),
        Meaning(("is insufficient for",), r"insufficien|not (?:enough|sufficient)|inadequa|fail|refractor|ineffect|lack", r"effective|benefi|help|improv"),
    ),
    "setting": (
        Meaning(("in vitro",), r"in vitro|cell|cultur|assay", r"case series|cohort|case report|trial|open-label|patients"),
        Meaning(("cohort",), r"cohort|registr|database|retrospective|prospective", r"case series|in vitro|case reports?|open-label"),
        Meaning(("case series",), r"series|cases|patients|studies", r"cohort|in vitro|open-label"),
        Meaning(("case report",), r"case|report|patient", r"cohort|in vitro|open-label|case series"),
        Meaning(("open-label study",), r"open-label|trial|stud", r"cohort|in vitro|case series|case report"),
    ),
    "kind": (
        Meaning(("background",), r"(?!)", r"it is possible that|hypothes|speculat|postulat|we (?:suggest|suspect|propose)"),
        Meaning(("hypothesis",), r"possib|may|might|could|hypothes|speculat|postulat|suggest|propos|potential|perhaps|whether", r"."),
    ),
    "result": (
        Meaning(("normal",), _NORMAL + r"|\bno\b|\bnot\b|without|absen|clear|intact", r"abnormal|\bshow|reveal|evidenc|demonstrat|inflam|elevat|lesion|patholog"),
        Meaning(("abnormal",), r"abnormal|anomal|patholog|show|reveal", _NORMAL + r"|\bwithout\b|\bno\b"),
        Meaning(("improved",), _GOOD + r"|\b(?:decreas|reduc|less)\w*", r"\b(?:wors|deterior|aggravat|progress|unchanged)\w*"),
        Meaning(("stable",), r"stable|stabil|unchanged|no (?:\w+ )?(?:change|progress)|same|similar", r"\b(?:wors|deterior|aggravat|improv|resol)\w*"),
    ),
}  # fmt: skip

# A letter is a side when it stands alone: not in U/L, 5 L, l'une, L-dopa, r = 0.4.
_LETTER = r"(?<![\w/.,])(?<![\d/] )(?-i:{})\b(?![-./'’=]| ?=)"
# Words of the label of a severity, course, side or modifier, and how they are printed; one row excludes each other.
LABELS: tuple[tuple[Meaning, ...], ...] = (
    (
        Meaning(("Mild",), r"\bmild|slight|minor|minimal|low-grade|discrete|leve\b"),
        Meaning(("Moderate",), r"\bmoderate|medium"),
        Meaning(("Severe", "Profound"), r"\bsever|marked|profound|grave|massive|critical|extensive|high-grade|life-threat"),
    ),
    (
        Meaning(("Left",), r"\bleft|" + _LETTER.format("L") + r"|izquierd|gauche|\blinks|sinistr|esquerd"),
        Meaning(("Right",), r"\bright|" + _LETTER.format("R") + r"|derech|\bdroit|\brechts|destr|direit"),
        Meaning(("Unilateral",), r"unilateral|one[- ]sided?|single side|\bleft|\bright"),
        Meaning(("Bilateral",), r"bilateral|\bboth|symmetric|left and right|right and left|ambos|\bbeid|deux"),
    ),
    (
        Meaning(("Progressive", "Rapidly progressive"), r"progress|worsen|increas|deteriorat|spread|extend"),
        Meaning(("Stable", "Nonprogressive"), r"\bstabl|stabil|unchanged|quiescent|no (?:\w+ )?(?:change|progress)|non-?progress"),
    ),
    (
        Meaning(("Acute",), r"(?<!sub)acute|sudden"),
        Meaning(("Chronic",), r"chronic|long-?standing|years|months"),
    ),
    (Meaning(("Proximal",), r"proximal|girdle"), Meaning(("Distal",), r"distal|acral|hand|f[eo]+t\b|finger")),
    (Meaning(("Diffuse",), r"diffus|generali[sz]|widespread"), Meaning(("Localized", "Focal"), r"locali[sz]|focal|circumscribed")),
    (Meaning(("Symmetric distribution",), r"(?<!a)symmetr|bilateral|both"), Meaning(("Asymmetric",), r"asymmetr|unilateral")),
)  # fmt: skip
_LABELLED = ("severity", "course", "laterality", "modifiers")

ROUTES: tuple[Meaning, ...] = (
    Meaning(("intravenous",), r"intra-?venous|\bi\.?v\.?(?:ig)?\b|infus"),
    Meaning(("oral",), r"\boral|\bp\.?o\.?\b|by mouth|per os|tablet|capsule"),
    Meaning(("topical",), r"topical|cream|ointment|\bgel\b|lotion|eye ?drops"),
    Meaning(("subcutaneous",), r"sub-?cutaneous|\bs\.?[cq]\.?\b"),
    Meaning(("intramuscular",), r"intra-?muscular|\bi\.?m\.?\b"),
    Meaning(("intralesional",), r"intra-?lesional|into the lesion"),
    Meaning(("inhal",), r"inhal|nebuli"),
    Meaning(("intrathecal",), r"intra-?thecal"),
)

OUTCOMES: Mapping[str, str] = dict.fromkeys(
    ("resolved", "improved", "partially improved", "controlled", "favourable"), "good"
) | {"worsened": "bad", "relapsed": "bad", "not improved": "failed", "refractory": "failed", "persistent": "failed"}

_SPOKEN = ("intent", "certainty", "predicate", "setting", "kind")  # words of the curator count for these
# (field, value) -> words of which one must be told, in the anchors or by the curator.
_NEEDED: Mapping[tuple[str, str], str] = {
    **{("started_because", value): words for value, words in (
        ("refractory disease", r"refractor|resist|fail|despite|persist|no (?:\w+ ){0,3}(?:response|result|effect|improvement)|insufficien|still"),
        ("lack of effect", r"lack|no\b|not\b|without|fail|ineffect|inefficac|refractor|insufficien|unsuccess|persist|despite|resist"),
        ("severe disease", r"sever|grave|life-threat|critical|rapid|extensive|serious"),
        ("persistent manifestation", r"persist|still|continu|remain|refractor|ongoing|unresolved|suffer"),
        ("progression", r"progress|wors|deterior|exten|advanc|increas"),
        ("relapse", r"relaps|recur|flar|exacerbat|return|again"),
        ("prevention", r"prevent|prophyla|protect|vaccin|avoid|risk"),
        ("intolerance", r"intoler|adverse|side|toxic|allerg|reaction|nausea|not tolerated|(?:stop|discontinu|withdr|ceas|suspend|interrupt|switch|chang)\w*[^.;|]*(?:because of|due to|owing to)|(?:because of|due to|owing to)[^.;|]*(?:stop|discontinu|withdr|ceas|suspend|interrupt|switch)"),
        ("remission", r"remi(?:ssion|tt)|quiesc|inactiv|resol|control|stable"),
        ("new diagnosis", r"diagnos|new|onset|first|present|confirm|initia"),
        ("course completed", r"complet|course|cycle|finish|end|last"),
        ("patient decision", r"decli|refus|wish|prefer|decision|decided|request|choice|chose|non-?adher|non-?complian|own"),
    )},
    ("phases", "induction"): r"induc|initial|load|start",
    ("phases", "maintenance"): r"mainten|maintain|continu",
    ("phases", "bridging"): r"bridg|until|interim",
    ("phases", "taper"): r"taper|withdr|reduc|wean|decreas|lower|step",
    ("add_on", "True"): r"\badd|combin|\bplus\b|together|\balong|concomit|adjunct|associat|on top|in addition|besides",
    **{("certainty", m.values[0]): m.words + r"|\?|\b(?:seem|appear|differential|rais|consider|rule|evoc|impress|picture)" for m in FIELDS["certainty"][1:]},
    ("status", "lost"): r"\blost\b|did not (?:return|attend)|no further",
}  # fmt: skip
_NEEDED = {
    **_NEEDED,
    **{("stopped_because", value): words for (field, value), words in _NEEDED.items() if field == "started_because"},
}

CURE = "Correct the value, or quote the words that say it; if the report contradicts itself, say so in `odd`."


def quotes_of(fact: Fact) -> str:
    """The words of a fact: its anchors and what it gives as printed."""
    printed = filter(None, [getattr(fact, "printed", None)])
    return " | ".join(map(bare, [*(anchor.quote for anchor in fact.evidence), *printed]))


_AGAINST = r"\b(?:printed|called|but|although|though|instead|misprint|error|contradict|whereas|here)\b"


def _opposed(value: str, text: str, row: tuple[Meaning, ...], odd: str | None) -> str | None:
    """The word that says the opposite of a value, where none says the value itself."""
    own = next((m for m in row if value in m.values), None)
    if (
        own is None
        or told_undenied(own.words, text)
        or (odd and compiled(own.words).search(odd) and (row is not ROUTES or compiled(_AGAINST).search(odd)))
    ):
        return None
    others = [own.against] if own.against else [m.words for m in row if m is not own]
    return next((word for words in others if (word := told_undenied(words, text))), None)


@lru_cache(maxsize=8192)
def told_undenied(pattern: str, text: str) -> str | None:
    """The first word of a pattern that the text holds and does not deny."""
    told = list(compiled(pattern).finditer(text))
    spans = denied_spans(text, pattern) if told else []
    return next((_whole(text, f) for f in told if not any(a <= f.start() <= b for a, b in spans)), None)


def _whole(text: str, found: re.Match[str]) -> str:
    """A match, with the word that it begins or lies in."""
    end = re.compile(r"\w*").match(text, found.end())
    start = found.start()
    while start and text[start - 1].isalnum():
        start -= 1
    return text[start : end.end() if end else found.end()]


def _values(path: Path_, fact: Fact) -> Iterator[tuple[Path_, str, str, tuple[Meaning, ...]]]:
    """(path, value, words, meanings that exclude each other) of what a fact says with its fields."""
    text = quotes_of(fact)
    frequency = getattr(fact, "frequency", None)
    if frequency is not None and not frequencies(frequency.printed):
        yield (*path, "frequency", "per"), frequency.per, frequency.printed, FIELDS["frequency.per"]
    for field in ("direction", "comparator", "interpretation", "result", *_SPOKEN):
        value = getattr(fact, field, None)
        if isinstance(value, str):
            words = getattr(fact, "printed", text) if field == "comparator" else text
            if field in _SPOKEN:
                odd = fact.odd if field != "predicate" else None
                words = " | ".join(filter(None, [text, odd, fact.note, getattr(fact, "qualifier", None)]))
            yield (*path, field), value, words, FIELDS[field]
            if field == "interpretation":
                yield (*path, field), value, text, FIELDS["degree"]
    for field in _LABELLED:
        given = getattr(fact, field, None)
        for i, term in enumerate(given if isinstance(given, tuple) else (given,) if given else ()):
            where = (*path, field, i) if isinstance(given, tuple) else (*path, field)
            for row in LABELS:
                yield where, term.label, text, row
    route = getattr(fact, "route", None)
    if isinstance(route, Term):
        name = next((m.values[0] for m in ROUTES if m.values[0] in route.label.casefold()), "")
        words = " | ".join(filter(None, [text, getattr(fact, "form", None)]))
        yield (*path, "route"), name, words, ROUTES


def wordings(case: Case, terms: Catalogue) -> Found:  # noqa: ARG001 - every check has the same form
    """What a fact says is not the opposite of the words that it quotes."""
    for path, fact in case.facts():
        for where, value, text, row in _values(path, fact):
            if word := _opposed(value, text, row, fact.odd):
                yield where, "violation", "wording", f"{value!r} stands against {word!r} in what is quoted.", CURE
        frequency = getattr(fact, "frequency", None)
        if frequency is not None and fault(frequency) == "per":
            message = f"{frequency.times} per {frequency.per!r} stands against {frequency.printed!r}."
            yield (*path, "frequency", "per"), "violation", "wording", message, CURE
        yield from _kinds(path, fact)
        yield from _needed(path, fact)
        outcome = getattr(fact, "outcome", None)
        if isinstance(fact, AdverseEvent) and outcome and not _outcome_told(fact):
            yield (*path, "outcome"), "violation", "wording", f"nothing that is quoted says {outcome!r}.", CURE
        if isinstance(outcome, str) and (word := _against_outcome(outcome, quotes_of(fact), fact.odd)):
            message = f"{outcome!r} stands against {word!r} in what is quoted."
            yield (*path, "outcome"), "violation", "wording", message, CURE
    for name, patient in case.patients.items():
        top: Path_ = ("patients", name)
        if patient.sex is not None:
            text, label = quotes_of(patient.sex), patient.sex.concept.label
            if word := _opposed(label, text, FIELDS["concept of sex"], patient.sex.odd):
                message = f"{label!r} stands against {word!r} in what is quoted."
                yield (*top, "sex", "concept"), "violation", "wording", message, CURE
        yield from _sexed(top, patient)


_BARE_NO = re.compile(r"\b(?:no|not|nor|without)\b", re.IGNORECASE)  # of a curator's note: it denies anything


def _needed(path: Path_, fact: Fact) -> Found:
    """A reason, a phase or a side that no word tells."""
    quotes, why = quotes_of(fact), " | ".join(filter(None, [fact.odd, fact.note]))
    text = " | ".join(filter(None, [quotes, why, getattr(fact, "count", None)]))
    given = [
        (f, i, str(v))
        for f in ("started_because", "stopped_because", "phases")
        for i, v in enumerate(getattr(fact, f, ()))
    ]
    given += [(f, -1, str(getattr(fact, f, ""))) for f in ("add_on", "status", "certainty")]
    for field, i, value in given if fact.evidence else ():
        words = _NEEDED.get((field, value))
        if words and not (compiled(words).search(quotes) or compiled(words).search(_BARE_NO.sub("", why))):
            where = (*path, field, i) if i >= 0 else (*path, field)
            yield where, "violation", "wording", f"nothing that is quoted says {_said(field, value)}.", CURE
    route, drug = getattr(fact, "route", None), getattr(fact, "drug", None)
    way = next((m for m in ROUTES if isinstance(route, Term) and m.values[0] in route.label.casefold()), None)
    told = " | ".join(filter(None, [text, getattr(fact, "form", None), drug.label if isinstance(drug, Term) else None]))
    if way and fact.evidence and not compiled(way.words).search(told):
        yield (*path, "route"), "violation", "wording", f"nothing that is quoted says {way.values[0]!r}.", CURE
    for field in ("laterality", "severity", "course"):
        term: Term | None = getattr(fact, field, None)
        own = next((m for row in LABELS for m in row if term and term.label in m.values), None)
        words = " | ".join(filter(None, [text, getattr(fact, "extent", None)]))
        if field != "laterality" and getattr(fact, "status", None) == "excluded":
            continue  # told by the shapes
        if term and own and fact.evidence and not compiled(own.words).search(words):
            yield (*path, field), "violation", "wording", f"nothing that is quoted says {term.label!r}.", CURE


def _said(field: str, value: str) -> str:
    return f"that it was {'added to what went on' if field == 'add_on' else repr(value)}"


def _outcome_told(fact: Fact) -> bool:
    """Is there a word of how it went on, or a curator's word on it?"""
    words = " | ".join(filter(None, [quotes_of(fact), fact.note, fact.odd]))
    return any(compiled(pattern).search(words) for pattern in (_GOOD, _BAD, _FAILED, _FULLY, _STEADY, _UNTOLD))


def _against_outcome(outcome: str, text: str, odd: str | None) -> str | None:
    good, not_good = says(_GOOD, text)
    bad, not_bad = says(_BAD, text)
    failed, not_failed = says(_FAILED, text)
    told = {"good": good or not_bad or not_failed, "bad": bad, "failed": bad or failed or not_good}
    own = OUTCOMES.get(outcome)
    if own is None or told[own] or not any(told.values()):
        return None
    words = _GOOD if own == "good" else f"{_BAD}|{_FAILED}"
    if odd and compiled(words).search(odd):
        return None
    found = next(compiled(f"{_GOOD}|{_BAD}|{_FAILED}").finditer(text), None)
    return _whole(text, found) if found else None


# What is gone for good; and what is only better, the same, or the end for another reason.
_RESOLVED = r"\b(?:resol(?:v|ut)|disappear|clear(?:ed|ance|ing)\b|remi(?:ssion|tt)|normali[sz]|heal(?:ed|ing)\b|gone\b|vanish|cured?\b)\w*"
_FULLY = (
    _RESOLVED
    + r"|\b(?:complete|full|entire|recover|subsid|cease|stopp|abat|asymptomatic|normal|negativ|absen|clear|baseline|"
    r"no\b|none|not\b|never|without|free|undetect|symptom-free|resuelt|resolv|desapar|guér|rémission|abgeheilt|risol)\w*"
)
_BETTER = (
    _GOOD
    + r"|\b(?:decreas|reduc|less|lower|fell|drop|diminish|fewer|shr[aiu]nk|small|gain|increas|soften|heal|taper|recover)\w*"
)
_PARTLY = r"\b(?:partial|partly|incomplet|almost|nearly|mostly|largely|some|slight|modest|moderate|mild|residual|except|but|improv|amelior|better|decreas|reduc|less|regress)\w*"
_STEADY = r"\b(?:stabl|stabil|unchang|same|similar|halt|stopp|arrest|control|plateau|persist|maintain|remain|continu|no\b|not\b|without|neither)\w*"
_UNTOLD = r"\b(?:not (?:reported|stated|described|known|given|mentioned)|unknown|unclear|no (?:data|information))\b"
# (field, value, words of its own, words of another kind, its own words in a note): refused when the fact quotes one of
# these and none of its own, and no note says it.
_KINDS = (
    ("outcome", "resolved", _FULLY, r"\b(?:improv|amelior|better|partial|decreas|reduc|regress|lessen|respon[ds]|stabl|stabil|unchang|control|favou?rabl)\w*", _RESOLVED + r"|\bnone\b|\bno longer\b|\bcomplete"),
    ("outcome", "resolved", r"\b(?:complet|full|entire|total)\w*", r"\b(?:partial|incomplet)\w*", r"\bcomplet"),
    ("outcome", "improved", _BETTER, _RESOLVED, _BETTER),
    ("outcome", "partially improved", _PARTLY, _RESOLVED, _PARTLY),
    ("outcome", "improved", _BETTER, r"\b(?:stabl|stabil|unchang)\w*", _BETTER),
    ("outcome", "partially improved", _BETTER, r"\b(?:stabl|stabil|unchang)\w*", _BETTER),
    ("outcome", "stable", _STEADY, _RESOLVED + r"|\b(?:refractor|fail|wors|improv|amelior|relaps|recur)\w*", r"\b(?:stabl|stabil|unchang|same)"),
    ("outcome", "not reported", _UNTOLD, _RESOLVED + r"|\b(?:improv|wors|relaps|refractor)\w*", _UNTOLD),
    ("stopped_because", "remission", _GOOD + r"|\b(?:inactiv|quiesc|no\b|without|free\b|control)\w*", _FAILED + "|" + _BAD + r"|\b(?:intoleran|adverse|side effects?|toxic|because of|due to|owing to|lack of)\w*", _GOOD),
)  # fmt: skip


def _kinds(path: Path_, fact: Fact) -> Found:
    """An outcome or a reason that the words give as one of another kind."""
    text, why = quotes_of(fact), " | ".join(filter(None, [fact.note, fact.odd]))
    for field, value, own, other, noted in _KINDS:
        given = getattr(fact, field, None)
        if (value not in given if isinstance(given, tuple) else value != given) or told_undenied(noted, why):
            continue
        if not compiled(own).search(text) and (word := told_undenied(other, text)):
            yield (*path, field), "violation", "wording", f"{value!r} stands against {word!r} in what is quoted.", CURE


# Words of a concept that only one sex can have.
_SEXED = {
    "male": r"\bpregnan|\bgestation|\bmenstr|\bmenorrh|\bovar(?:y|i)|\buter(?:us|ine)|\bendometr|\bvagin|\bcervical (?:cancer|carcinoma)|\beclampsia|\bpostpartum|\bmenopaus",
    "female": r"\bprostat|\btest(?:is|icular|es)\b|\bpenis|\bpenile|\bscrot|\bepididym|\bsperm",
}


def _sexed(top: Path_, patient: Patient) -> Found:
    pattern = _SEXED.get(patient.sex.concept.label) if patient.sex else None
    for section, key, fact in patient.facts():
        concept = getattr(fact, "concept", None)
        if not pattern or concept is None or fact.odd or getattr(fact, "status", "present") != "present":
            continue
        if compiled(pattern).search(concept.label):
            message = f"{concept.label} in a patient whose sex is {patient.sex.concept.label}."  # type: ignore[union-attr]
            yield (
                (*top, section, key, "concept"),
                "violation",
                "sex",
                message,
                "Correct one of them, or say why in `odd`.",
            )


# Terms that only hold others together: a fact about one of them says nothing.
ROOTS = (
    "HP:0000118", "HP:0012823", "HP:0012824", "HP:0031797", "MONDO:0000001", "PATO:0000047", "UBERON:0001062", "MAXO:0000001",
    "ckg:TherapeuticAgent", "ckg:Analyte", "ckg:RouteOfAdministration", "ckg:MedicalProcedure", "ckg:ClinicalEvent",
)  # fmt: skip


def roots(case: Case, terms: Catalogue) -> Found:
    """No fact is about the root of a branch."""
    for path, fact in case.facts():
        for field, value in fact:
            for term in value if isinstance(value, tuple) else (value,):
                if isinstance(term, Term) and term.id in ROOTS:
                    message = f"{terms.label(expand(term.id))} says nothing: it is the root of a branch."
                    yield (*path, field), "violation", "root", message, "Take the term of what the report names."
