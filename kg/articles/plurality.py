"""Does a report tell of more than one patient, or a file hold more than one article?

A draft is of one patient. What was told of two may not be read as one, so such a file is refused, with the
words that show it. What is said of others (family, donors, published cases) is no second patient.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.articles.article import Article, Part
from kg.articles.headings import headings, lines, named
from kg.articles.scope import cells, of_others
from kg.base.results import Result
from kg.model.anchors import Sentence

__all__ = ["numbered", "plurality"]

_COUNT = r"(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|[2-9]|[1-9]\d|several|multiple|a (?:case )?series of|a pair of)"
_SICK = r"(?:patients|siblings|sibs|brothers|sisters|twins|triplets|children|boys|girls|babies|infants|neonates|newborns|women|men|adults|adolescents|probands|cousins|spouses)"
_PEOPLE = rf"(?:{_SICK}|cases|males|females|families|individuals|subjects|case reports|unrelated)"
_KINSHIP = r"(?:siblings|sibs|brothers|sisters|twins|triplets|cousins)"
_RELATIVE = (
    r"(?:father|mother|brother|sister|sibling|twin|son|daughter|cousin|uncle|aunt|nephew|niece|wife|husband|spouse)"
)
_ADJECTIVES = r"(?:(?!of\b|and\b|in\b|with\b|from\b|for\b)[\w'’-]+,? (?:and )?){0,4}?"
_PLAIN = r"(?:(?!of\b|and\b|in\b|with\b|from\b|for\b|whose\b|without\b|his\b|her\b|an?\b)[\w'’-]+,? ){0,3}?"
_TELLS = r"(?:report(?:s|ed)?|present(?:s|ed)?|describ(?:e|es|ed)|document(?:s|ed)?|discuss(?:es|ed)?)"
_WERE = r"(?:were|had|have|are|presented|showed|underwent|received|developed|responded|denied|recovered|survived|died|improved)"
_VERB = rf"(?:was|has|is|presents|did|also|came|complained|remained|{_WERE})"
_WELL = r"(?! (?:\w+ ){0,2}?(?:healthy|unaffected|asymptomatic|well\b|normal|alive|negative|carriers|heterozygous|unremarkable))"
# "We report two siblings", "We herein present a series of 5 cases"; not "a case, and review 20 cases".
_REPORTED = re.compile(
    rf"(?i)\b(?:we|report|paper|article|authors|study|here|herein|series)\b,? (?:\w+ ){{0,3}}?{_TELLS}(?: on| here| herein)? (?:the )?(?:cases? of )?(?:{_COUNT} {_ADJECTIVES}{_PEOPLE}|{_PLAIN}{_KINSHIP}|an? (?:[\w-]+ ){{0,2}}?(?:man|woman|boy|girl|{_RELATIVE}) and (?:his|her|an?)? ?(?:[\w-]+ ){{0,2}}?{_RELATIVE})\b"
    rf"|\b(?:this|our|the present) case series\b|\breports? of {_COUNT} {_ADJECTIVES}(?:cases|{_SICK})\b"
    rf"|^\W*(?:here(?:in|by)?,? |in this (?:\w+ )?(?:report|paper|article),? )?{_COUNT} {_ADJECTIVES}{_PEOPLE} .{{0,60}}?\bare (?:here |herein )?(?:reported|described|presented)\b|^\W*Patients: "
)
_TITLED = re.compile(
    rf"(?i)\bcase series\b|\breports? of {_COUNT} {_ADJECTIVES}{_PEOPLE}\b|(?<!review of )(?<!analysis of )\b{_COUNT} {_ADJECTIVES}case reports\b|\bin {_COUNT} {_ADJECTIVES}(?:cases|families|{_SICK})\b|^\W*(?:{_COUNT} )?{_ADJECTIVES}{_KINSHIP} with\b|^\W*{_COUNT} {_ADJECTIVES}(?:cases|{_SICK})\b|:\s*{_COUNT} (?:cases|patients)\b|(?<!review of the )\bin (?:\w+ )?{_KINSHIP}\b"
)
_LABEL = re.compile(
    r"\b(?P<who>[Pp]atients?|PATIENTS?|[Cc]ases?|CASES?|[Pp]roband|[Ss]ibling|[Ss]ubject|[Tt]wins?|[Tt]riplets?|[Bb]rother|[Ss]ister|[Ii]nfant|[Nn]eonate|Pt)(?: (?:[Rr]eport|[Ii]llustration|[Ee]xample|[Vv]ignette|[Ss]tudy|[Pp]resentation)s?)?(?: (?i:no\.?|number))? ?#?"
    r"(?P<sign>\d{1,2}|I{1,3}|IV|V|[A-H]|[Oo]ne|[Tt]wo|[Tt]hree|[Ff]our|ONE|TWO|THREE)(?P<more>(?:,? ?(?:and|&|,) ?(?:\d{1,2}|[A-H])\b)*)(?![\w-]|\.\d|\s*(?:%|/))"
)
_UNITS = re.compile(
    r"\s?(?:hours?|h\b|hrs?\b|days?|weeks?|months?|years?|min|mg|mL|times|units?|doses?|cycles?|cm|mm|of\b|out of)"
)
# What a case says of more than one who came to be treated.
_SECOND = re.compile(
    "|".join((
        rf"\b(?:(?:[Tt]he|[Oo]ur|[Aa]) (?:second|third|fourth|other|further)|[Aa]nother) (?:patient|case|proband)(?:,| {_VERB})\b(?! (?:described|reported|of\b|to\b))",
        rf"\band (?:his|her) (?:\d+[- ]\w+[- ]old )?(?:\w+ )?{_RELATIVE}s?,? (?:both )?(?:presented|were (?:both|admitted|referred|diagnosed|hospitali[sz]ed))\b",
        r"\b(?:[Bb]oth|[Nn]either|[Ee]ach) of (?:the|our|these) (?:patients|cases)\b",
        rf"\b[Bb]oth (?:of )?(?:our |the |these |affected )*(?:cases|{_SICK}) (?:was|{_WERE})\b{_WELL}",
        rf"\b(?:[Ii]n|to|for|with) both (?:of )?(?:our |the |these |affected )*{_SICK}\b(?! and| or)",
        r"^\W*Both (?:were|had been) (?:\w+ly )?(?:discharged|admitted|intubated|extubated|ventilated|hospitali[sz]ed|febrile)\b|^\W*(?:Both|All) (?:recovered|survived|died)\b",
        rf"\b[Aa]ll (?:three|four|five|six|seven|eight|nine|ten|[3-9]|1\d) (?:of (?:the|our) )?(?:cases|{_SICK}) (?:was|{_WERE})\b{_WELL}",
        rf"\b(?:[Tt]he|[Oo]ur|[Tt]hese) (?:two|three|four|five) (?:cases|{_SICK}) (?:was|{_WERE})\b{_WELL}",
        rf"\b(?:[Tt]he|[Tt]hese) patients {_WERE}\b|\b(?:[Tt]heir|[Pp]atients?) ages (?:ranged|were)\b",
        rf"\b[Ww]e (?:have )?(?:saw|seen|treated|encountered|managed|followed|observed|reviewed|studied|collected) (?:.{{1,60}}? in )?{_COUNT} {_ADJECTIVES}{_PEOPLE}\b|\b[Tt]he (?:second|other) twin(?:, [^,.]{{1,40}},)? {_VERB}\b{_WELL}",
        rf"\b(?:{_COUNT}) {_ADJECTIVES}{_PEOPLE} (?:came|presented|attended|were (?:\w+ )?(?:admitted|referred|brought|transferred|seen|treated)) (?:to|in|at|by) (?:our|us)\b",
        r"\baged \d+ (?:(?:years?|months?) )?and \d+\b|\b\d+-? and (?:an? )?\d+[- ](?:year|month|week|day)s?[- ]old\b",
        r"^\W*The (?:elder|older|younger|eldest|youngest|affected|second|other) (?:brother|sister|sibling|twin)\b.{0,60}?\b(?:presented|was admitted|was referred|was seen|underwent)\b",
        rf"^\W*The (?:husband|wife)(?:, (?:aged )?\d+[^,.]{{0,15}},)? {_VERB}\b{_WELL}",
    ))
)  # fmt: skip
# What is done for several.
_GIVEN = re.compile(
    rf"\b(?:given|begun|started|administered|prescribed|performed|initiated) (?:in|to|for|on) (?:(?:both|all (?:three|four|five|six|[3-9])) (?:of )?(?:the )?{_SICK}|the (?:\w+ )?{_RELATIVE} and (?:the |her |his )?(?:\w+ )?{_RELATIVE})\b"
)
_NAMED = re.compile(r"\b(?P<title>Mr|Mrs|Ms|Miss)\.? (?P<name>[A-Z])\b\.?")
# What any part says where there are several.
_OURS = re.compile(
    rf"\b(?:[Bb]oth|[Ee]ach|[Nn]either|[Nn]one|[Aa]ll|[Oo]ne|{_COUNT}) of our (?:cases|{_SICK})\b|\b[Oo]ur {_COUNT} (?:cases|{_SICK})\b"
    rf"|\b[Oo]ur patients {_WERE}\b|\b[Oo]ur (?:first|second|third|other) (?:patient|case)\b(?! of\b)|\b(?:[Ii]n|[Tt]o) (?:[Bb]oth|{_COUNT}) of our\b"
)
# How the case of several people begins: "Two brothers, aged 5 and 7, presented ...", "Monochorionic twin girls were ..."
_BEGUN = re.compile(
    rf"(?i)^\W*(?:(?:case|patients?)\W+)?(?:{_COUNT} {_ADJECTIVES}{_PEOPLE}|an? (?:\d+[- ]\w+[- ]old )?(?:mother|father|man|woman|couple|family) and (?:his|her) (?:two |three )?\w+"
    rf"|(?:the |these |a )?{_PLAIN}(?:{_KINSHIP}|twin \w+s|couple)|(?:an? |the )?{_RELATIVE} and (?:his |her )?{_RELATIVE})\b.{{0,80}}?\b(?:were|presented|had|underwent|received|developed|returned|came)\b{_WELL}"
)
# A relative who came to be treated, too.
_TOO = re.compile(
    rf"\b(?:[Hh]is|[Hh]er|[Tt]he) (?:\w+ )?{_RELATIVE}(?: brother| sister)?(?: \([^)]*\))?, an? \d+[- ]\w+[- ]old\b.{{0,30}}?,? (?:presented|was (?:also )?(?:admitted|referred))\b"
    rf"|\b(?:brother|sister|sibling|twin|son|daughter)\b[^.]{{0,40}}?\b(?:also presented|was also (?:referred|admitted|treated|examined))\b"
    rf"|(?:^|; )\W*(?:[Hh]is|[Hh]er|[Tt]he) (?:[\w-]+ ){{0,3}}?{_RELATIVE}\b[^.;]{{0,40}}?\b(?:came|presented|was (?:\w+ )?(?:brought|referred|admitted|seen|transferred|followed)) (?:to|in|at|by) (?:our|us)\b"
)
# A newborn who is ill beside the mother whose case it is.
_NEWBORN = re.compile(
    r"\b(?:[Tt]he|[Hh]er) (?:[\w-]+ )?(?:newborn|neonate|infant|baby|boy|girl|son|daughter)(?: \w+)? (?:developed|received|underwent|required|presented|had (?!no\b|normal|been|an? (?:\w+ )?(?:Apgar|normal|good|weight|birth))|was (?:\w+ly )?(?:treated|intubated|ventilated|diagnosed|given|started))\b"
)
# A study of many, where no part tells a case; and in a case.
_COHORT = re.compile(
    rf"(?i)\b(?:charts|records|files|data|course) of (?:all |the )*{_COUNT} {_ADJECTIVES}{_PEOPLE}\b|\b{_COUNT} consecutive {_ADJECTIVES}{_PEOPLE}\b|\b{_COUNT} (?:out )?of (?:the |our )?{_COUNT} {_ADJECTIVES}{_PEOPLE}\b"
    rf"|\b(?:patients|cases|subjects|children) (?:who .{{1,60}} )?were (?:included|enrolled|recruited|identified|analy[sz]ed)\b|\b(?:median|mean|average) age (?:was|of|at)\b|\b{_COUNT} (?:were|was) (?:women|men|females?|males?|boys|girls)\b"
)
_UNIT = r"(?:year|yr|y|month|week|day|hour)"
_WHO = r"(?:man|male|boy|gentleman|woman|female|girl|lady|patient|child|infant|neonate|newborn|primigravida|multigravida|gravida|primipara|multipara|housewife|farmer|student|worker|nurse|teacher)"
_ANYBODY = r"(?!graft|prosth|stent|scar|wound|histor|lesion|implant|fractur|device|pacem|injur|embryo|tumou?r|cathet|shunt|valve)[a-z]{4,}"
_INTRODUCED = re.compile(
    rf"(?:(?<!\bas )(?<!\bby )(?<!\bfrom )(?<!\bto )(?<!\blike )(?<!\bthan )\b(?:an?|another|one|An?|Another|One|this)\s+|^\W*(?=\d))"
    rf"(?:(?:\w+ ){{0,2}}?(?P<age>\d{{1,3}}(?:\.\d)?)[- ]?(?P<unit>{_UNIT})s?[- ]?(?:old|o)\b(?P<between>(?:[ ,-]+[\w'’-]+){{0,7}}?)[ ,-]+(?P<who>{_WHO}\b|{_ANYBODY}(?= {_VERB}\b))"
    rf"|(?P<who2>(?:[\w-]+ ){{0,2}}?{_WHO})(?:,? aged | of | in (?:his|her) (?:(?:early|mid|late)[ -])?|, (?=\d+[,;])| \((?=\d+(?: years?)?[,;)]))(?P<age2>\d{{1,3}})(?:s|[ -](?P<unit2>{_UNIT})s?)?\b(?![ -]?(?:%|kg|cm|mm|mg|g\b)|[.,]\d))"
)
_CAME = re.compile(
    r"(?i)\b(?:presented|presents|presenting|admitted|referred|visited|complain\w*|was seen|diagnosed|brought|attended|consulted|sought|hospitali[sz]ed|evaluated|transferred|suffer\w*|underwent|came|noticed|with a history|history of|was found|developed|experienced|sustained|operated|treated)\b"
)
_ELSEWHERE = re.compile(
    r"\b(?:to|in) another (?:hospital|clinic|cent(?:re|er)|institution)\b|^\W*One of them\b|\bbefore\b[;.]"
)
_AGAIN = re.compile(r"(?i)\bagain\b|\bnow\b|\bre-?(?:presented|admitted|referred)\b|\bfollow-?up\b")
_ORDINAL = re.compile(r"\W*(?:The|Our) (?:first|second|third|fourth|other|next|last)\b")
_ORDINALS = {"1st": "1", "2nd": "2", "3rd": "3", "first": "1", "second": "2", "third": "3", "fourth": "4"}
_OTHERS = re.compile(
    r"(?i)\bet al\b|\b(?:in|from|of) the literature\b|\bprevious(?:ly)? (?:published|reported|described|stud)|\b(?:have|has) been (?:reported|described|published)\b|\breported (?:by|in|before|earlier|elsewhere|previously|so far|to date)\b|\bwere (?:first |recently |already )?(?:reported|described|published)\b|\bdonors?\b|\bpublished\b|\bcontrols?\b"
)
_KIN = re.compile(
    r"(?i)\b(?:his|her|their|patient['’]s|whose|of his|maternal|paternal) (?:\w+[- ]){0,3}(?:father|mother|parents?|brother|sister|sibling|twin|son|daughter|uncle|aunt|cousin|grand\w+|nephew|niece|wife|husband|spouse|partner|donor|friend|colleague|neighbou?r|child|children|offspring)s?\b|\bmother\b|\bfather\b"
)
_BORN_TO = re.compile(r"(?i)\b(?:born|delivered|child|infant|neonate|newborn|baby) (?:[\w ]{1,30} )?(?:to|of|by) $")
_MALE = frozenset(["man", "male", "boy", "gentleman"])
_FEMALE = frozenset(["woman", "female", "girl", "lady", "primigravida", "multigravida", "gravida", "primipara", "multipara", "housewife"])  # fmt: skip
# The head of a column of patients, and what stands below it, or beside it.
_PATIENTS = re.compile(r"(?i)(?:patients?|cases?|pts?\.?|subjects?|siblings?)(?: ?(?:no|number|id|#)\.?)?")
_COUNTED = re.compile(r"(?i)(?:(?:patient|case|pt\.?|no\.?|#) ?)?(?:\d{1,2}|[IVX]{1,4}|[A-H])")
_CURE = "Give a file of one patient: cut the text to what is told of that one and of all, and draft each file by itself. If it is of one, draft it with --single."
_CURE_NUMBERED = "Draft each by itself: --patient {}. If the report is of one, draft it with --single."


@dataclass(frozen=True, slots=True)
class _Sign:
    """Words that show a second patient: where, and what they are."""

    start: int
    words: str


def plurality(article: Article, title: str = "") -> list[Result]:
    """What shows that a text is of several patients or several articles; nothing for a report of one."""
    text = article.text
    if (at := _articles(article.parts)) is not None:
        message = f"holds more than one article: {_shown(text, at)} begins another."
        return [_result(article, "several-articles", message, at, "Give a file of one article each.")]
    signs = sorted(_signs(article, title), key=lambda sign: sign.start)
    if not signs:
        return []
    told = "; ".join(dict.fromkeys(f"“{sign.words}” (line {_line(text, sign.start)})" for sign in signs[:4]))
    numbers = list(dict.fromkeys(number for _, number in numbered(article)))
    cure = _CURE_NUMBERED.format(", --patient ".join(numbers[:5])) if len(numbers) > 1 else _CURE
    return [_result(article, "several-patients", f"tells of more than one patient: {told}.", signs[0].start, cure)]


def _result(article: Article, rule: str, message: str, at: int, cure: str) -> Result:
    column = at - (article.text.rfind("\n", 0, at) + 1) + 1
    return Result("violation", rule, message, cure, article.name, _line(article.text, at), column)


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _shown(text: str, at: int) -> str:
    return f"“{text[at : at + 60].splitlines()[0].strip()}” (line {_line(text, at)})"


def _articles(parts: tuple[Part, ...]) -> int | None:
    """Where a second article begins: what opens an article, after what ends one."""
    seen: set[str] = set()
    last_case = max((number for number, part in enumerate(parts) if part.kind == "case"), default=-1)
    for number, part in enumerate(parts):
        ended = "references" in seen and part.kind in ("abstract", "introduction", "case")
        again = (
            part.kind == "introduction"
            and "case" in seen
            and seen & {"discussion", "conclusions"}
            and last_case > number
        )
        if ended or again or (part.kind == "abstract" and seen & {"discussion", "case"}):
            return part.start
        seen.add(part.kind)
    return None


def _signs(article: Article, title: str) -> Iterator[_Sign]:
    kinds = {part.section: part.kind for part in article.parts}
    others = of_others(article)
    study = "case" not in kinds.values()  # methods and results are then all there is
    studied = {"methods", "results"} if study else set[str]()
    told = [one for one in article.sentences if one.section not in others]
    case = [one for one in told if kinds[one.section] in ("case", "figure") or one.section in studied]
    front = [one for one in told if kinds[one.section] in ("abstract", "introduction")]
    abstract = [one for one in front if kinds[one.section] == "abstract"]
    behind = [one for one in told if kinds[one.section] in ("discussion", "conclusions")]
    body = [one for one in case if kinds[one.section] != "figure"]
    if found := _TITLED.search(title):
        yield _Sign(max(article.text.find(title), 0), found.group().strip(" :"))
    for one in (*front, *case):
        found = _REPORTED.search(one.text)
        if found and not re.search(r"(?i)same patient|literature|et al|previously", one.text[: found.end() + 60]):
            yield _sign(one, found)
    yield from _labels(article, [*abstract, *case])
    yield from _rows(article, others)
    for one in [one for one in body if named(one.text) is None][:1]:
        if (found := _BEGUN.search(one.text)) and not _OTHERS.search(one.text):
            yield _Sign(one.start + found.start(), found.group().split(",")[0])
    for one in case:
        if found := _TOO.search(one.text) or _GIVEN.search(one.text):
            yield _sign(one, found)
        trial = kinds[one.section] == "figure" or (
            not study and re.search(r"(?i)\b(?:trials?|stud(?:y|ies)|cohorts?)\b", one.text)
        )
        for pattern in (_SECOND,) if trial else (_SECOND, _COHORT):
            found = pattern.search(one.text)
            if found and not _OTHERS.search(one.text) and not _KIN.search(one.text[: found.start()]):
                yield _sign(one, found)
    for one in (*abstract, *case, *behind):
        if found := _OURS.search(one.text):
            yield _sign(one, found)
    names = {
        found["name"]: _Sign(found.start(), found.group())
        for part in article.parts
        if part.kind == "case"
        for found in _NAMED.finditer(article.text, part.start, part.end)
    }
    if len(names) > 1:
        yield from names.values()
    yield from _introduced(body)
    yield from _introduced(abstract)


def _sign(one: Sentence, found: re.Match[str]) -> _Sign:
    return _Sign(one.start + found.start(), found.group().strip(" ,;"))


def numbered(article: Article) -> list[tuple[int, str]]:
    """The headings that number patients or cases: where, and the number in digits.

    >>> text = "Case I" + chr(10) + "He had a rash." + chr(10) + "Case II" + chr(10) + "She had a cough."
    >>> numbered(Article.plain(text))
    [(0, '1'), (22, '2')]
    """
    return [(start, number) for start, number, _ in _numbered(article)]


def _numbered(article: Article) -> Iterator[tuple[int, str, str]]:
    for one in headings(article.text):
        if one.kind != "case":
            continue
        first = re.sub(r"(?i)^(?:the|our) ", "", one.told).split()[0].lower()
        if label := _LABEL.search(one.told):
            yield one.start, _number(label["sign"]), label.group()
        elif first in _ORDINALS:
            yield one.start, _ORDINALS[first], one.told


def _labels(article: Article, told: list[Sentence]) -> Iterator[_Sign]:
    """Patients or cases with numbers, of which there are two."""
    found: dict[str, _Sign] = {}
    for start, number, words in _numbered(article):
        found.setdefault(number, _Sign(start, words))
    headed = bool(found)
    born = any(re.search(r"(?i)\b(?:wom[ae]n|\w*gravida|\w*para|pregnan\w+|mother)\b", one.text) for one in told[:2])
    for one_ in told:
        if _OTHERS.search(one_.text):
            continue
        for label in _LABEL.finditer(one_.text):
            who, sign = label["who"], label["sign"]
            twin = who.lower().startswith(("twin", "triplet"))
            if twin and born:
                continue  # those that the patient bore
            if _UNITS.match(one_.text, label.end()) or (
                sign.isalpha() and ((who[0].islower() and not twin) or sign.islower())
            ):
                continue
            after = one_.text[label.end() : label.end() + 12]
            if who.islower() and not re.match(rf"['’]s\b|\)|,|:|\s{_VERB}\b", after) and not label["more"] and not twin:
                continue
            for each in [sign, *re.findall(r"\d{1,2}|[A-H]\b", label["more"])]:
                found.setdefault(_number(each), _Sign(one_.start + label.start(), label.group()))
    # one number alone is that of the patient, where the text is cut to it
    first_ = next((p.start for p in article.parts), 0)
    alone = [sign for number, sign in found.items() if number != "1" and sign.start > first_ + 40]
    if len(found) > 1:
        yield from found.values()
    elif alone and not headed:
        yield alone[0]


def _rows(article: Article, others: frozenset[str]) -> Iterator[_Sign]:
    """A table with a row or a column for each of several patients."""
    for part in article.parts:
        if part.kind != "figure" or part.section in others:
            continue
        table = [(start, cells(article.text[start:end])) for start, end in lines(article.text, part.start, part.end)]
        for number, (start, head) in enumerate(table):
            if not _PATIENTS.fullmatch(head[0]) and not (
                head[0] in ("", "No", "No.", "#") and re.search(r"(?i)\b(?:age|sex|gender)\b", " ".join(head))
            ):
                continue
            across = [cell for cell in head[1:] if _COUNTED.fullmatch(cell)]
            below = [row[0] for _, row in table[number + 1 :] if _COUNTED.fullmatch(row[0])]
            if len(set(across)) > 1 or len(set(below)) > 1:
                yield _Sign(start, f"{head[0] or head[1]}: {', '.join((across or below)[:4])}")


def _number(sign: str) -> str:
    roman = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
    words = {"one": "1", "two": "2", "three": "3", "four": "4"}
    return (
        roman.get(sign)
        or words.get(sign.lower())
        or (sign.lstrip("0") if sign.isdigit() else str("ABCDEFGH".index(sign) + 1))
    )


def _introduced(told: list[Sentence]) -> Iterator[_Sign]:
    """Two people of different age or sex, each introduced as one who came to be treated."""
    first: tuple[str, str, str, _Sign] | None = None
    for one in told:
        if _OTHERS.search(one.text) or _ELSEWHERE.search(one.text):
            continue
        for found in _INTRODUCED.finditer(one.text):
            before, after = one.text[: found.start()], one.text[found.end() :]
            alone = not before.strip(" (0123456789.)") and re.match(rf"[^.]{{0,60}}?\b(?:{_VERB}|\w{{3,}}ed)\b", after)
            if (
                re.search(r"\b(?:[Hh]e|[Ss]he) (?:was|is) $", before)  # who was named before
                or _BORN_TO.search(before)
                or re.match(r"\s(?:mother|father)\b", after)
                or _KIN.search(one.text[: found.end()])
                or (found["who"] and not alone and not re.fullmatch(_WHO, found["who"]))
                or not (alone or _CAME.search(one.text) or _ORDINAL.match(one.text))
            ):
                continue
            age, unit = found["age"] or found["age2"], (found["unit"] or found["unit2"] or "y")[0].lower()
            words = set(f"{found['between'] or ''} {found['who'] or found['who2']}".lower().split())
            sex = "m" if _MALE & words else "f" if _FEMALE & words else ""
            sign = _Sign(one.start + found.start(), found.group().strip())
            if first is None:
                first = (age, unit, sex, sign)
                continue
            other_sex = bool(sex and first[2] and sex != first[2])
            if other_sex or ((age, unit) != first[:2] and not _AGAIN.search(one.text)):
                yield first[3]
                yield sign
                return
    bore = any(re.search(r"(?i)\b(?:pregnan|gravid|gestation|deliver(?:y|ed)\b|birth\b)", one.text) for one in told)
    if bore and first and first[1:3] == ("y", "f") and float(first[0]) > 12:
        yield from (_sign(one, ill) for one in told if (ill := _NEWBORN.search(one.text)))
