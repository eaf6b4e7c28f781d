"""What do the short forms of a report stand for?

Those that the report defines itself, found by the algorithm of Schwartz and Hearst (Pac Symp Biocomput 2003:451-62):
every letter of the short form stands in the long form, in order, the first at the start of a word. For those that it
does not define there is a table of clinical short forms that have one meaning; what has several (MS, RA, PE, ASD) is
not in it, and is left as it is unless the report defines it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kg.articles.article import Mention

__all__ = ["CLINICAL", "Definition", "abbreviations", "definitions"]


@dataclass(frozen=True, slots=True)
class Definition(Mention):
    """A short form where the report defines it; start and end span both. short, long: as printed."""

    short: str
    long: str


CLINICAL: Mapping[str, str] = dict(
    pair.split("=", 1)
    for pair in """
ACEI=angiotensin-converting enzyme inhibitor|ACTH=adrenocorticotropic hormone|ADAMTS13=ADAMTS13
AFB=acid-fast bacilli|AFP=alpha-fetoprotein|ALP=alkaline phosphatase|ALT=alanine aminotransferase
ANA=antinuclear antibody|ANAs=antinuclear antibodies|ANCA=antineutrophil cytoplasmic antibody
aPTT=activated partial thromboplastin time|APTT=activated partial thromboplastin time
AST=aspartate aminotransferase|AZA=azathioprine|BAL=bronchoalveolar lavage|BMI=body mass index
BNP=brain natriuretic peptide|BUN=blood urea nitrogen|CK=creatine kinase|CK-MB=creatine kinase MB
CPK=creatine phosphokinase|CRP=C-reactive protein|CSF=cerebrospinal fluid|CT=computed tomography
CTPA=computed tomography pulmonary angiography|CYC=cyclophosphamide|DBP=diastolic blood pressure
DLCO=diffusing capacity of the lungs for carbon monoxide|DLco=diffusing capacity of the lungs for carbon monoxide
DMARD=disease-modifying antirheumatic drug|DMARDs=disease-modifying antirheumatic drugs
dsDNA=double-stranded DNA|DVT=deep vein thrombosis|DWI=diffusion-weighted imaging|ECG=electrocardiogram
ECMO=extracorporeal membrane oxygenation|EEG=electroencephalogram|EKG=electrocardiogram
eGFR=estimated glomerular filtration rate|EMG=electromyography|ESR=erythrocyte sedimentation rate
FEV1=forced expiratory volume in 1 second|FSH=follicle-stimulating hormone|FVC=forced vital capacity
GERD=gastroesophageal reflux disease|GFR=glomerular filtration rate|GGT=gamma-glutamyl transferase
GI=gastrointestinal|HbA1c=glycated hemoglobin|HCQ=hydroxychloroquine|HDL=high-density lipoprotein
HIV=human immunodeficiency virus|HRCT=high-resolution computed tomography|ICU=intensive care unit
IgA=immunoglobulin A|IgE=immunoglobulin E|IgG=immunoglobulin G|IgM=immunoglobulin M
INR=international normalized ratio|IVIG=intravenous immunoglobulin|IVIg=intravenous immunoglobulin
JAK=Janus kinase|LDH=lactate dehydrogenase|LDL=low-density lipoprotein|LEF=leflunomide
LFT=liver function test|LFTs=liver function tests|LH=luteinizing hormone|LVEF=left ventricular ejection fraction
MCH=mean corpuscular hemoglobin|MCV=mean corpuscular volume|MMF=mycophenolate mofetil|MRA=magnetic resonance angiography
MRI=magnetic resonance imaging|MRSA=methicillin-resistant Staphylococcus aureus|MTX=methotrexate
NICU=neonatal intensive care unit|NSAID=nonsteroidal anti-inflammatory drug|NSAIDs=nonsteroidal anti-inflammatory drugs
NT-proBNP=N-terminal pro-brain natriuretic peptide|NTproBNP=N-terminal pro-brain natriuretic peptide
OGTT=oral glucose tolerance test|PCR=polymerase chain reaction|PFT=pulmonary function test
PFTs=pulmonary function tests|PSA=prostate-specific antigen|PTH=parathyroid hormone|RBC=red blood cell
RBCs=red blood cells|RNP=ribonucleoprotein|RTX=rituximab|SBP=systolic blood pressure
SLE=systemic lupus erythematosus|SpO2=oxygen saturation|TLC=total lung capacity|TLCO=transfer factor of the lung for carbon monoxide
TNF=tumor necrosis factor|TNFα=tumor necrosis factor alpha|TPMT=thiopurine methyltransferase|TPO=thyroid peroxidase
TSH=thyroid-stimulating hormone|UTI=urinary tract infection|WBC=white blood cell|WBCs=white blood cells
""".replace("\n", "|").split("|")
    if "=" in pair
)  # fmt: skip
_SHORT = re.compile(r"[A-Za-zα-ω0-9][\w./+α-ω-]*")
_BRACKETS = re.compile(r"\(([^()\n]{2,120})\)")
_LIST = re.compile(
    r"(?:^|(?<=[;,.:] ))(?P<short>[A-Za-z][\w./+-]{1,9}) ?(?:[:=]|,(?=[^;.\n]{3,70}(?:;|\.$|\.\n))) ?(?P<long>[A-Za-z][^;,.:=()\n]{3,70})(?=[;,.\n]|$)",
    re.MULTILINE,
)
_SMALL = frozenset(["of", "the", "and", "in", "for", "with", "a", "an", "to", "or", "by", "on", "de", "at", "from"])


def abbreviations(text: str) -> Mapping[str, str]:
    """Short forms that stand in a text, with their long forms: its own definitions first, then the table.

    >>> abbreviations("He took mycophenolate mofetil (MMF); CPK fell.")
    {'MMF': 'mycophenolate mofetil', 'CPK': 'creatine phosphokinase'}
    """
    made: dict[str, str] = {}
    for one in definitions(text):
        made.setdefault(one.short, one.long)
    words = set(re.findall(r"(?<![\w-])[\w-]+(?![\w-])", text))
    for short, long in CLINICAL.items():
        if short in words and short not in made:
            made[short] = long
    return made


def definitions(text: str) -> tuple[Definition, ...]:
    """The short forms that a text defines, in order: "long form (SF)" and "SF (long form)"."""
    return tuple(sorted((*_definitions(text), *_listed(text)), key=lambda one: one.start))


def _definitions(text: str) -> Iterator[Definition]:
    for found in _BRACKETS.finditer(text):
        inside, first = found[1], found.start()
        before = text[max(first - 300, 0) : first]
        before = before[before.rfind("\n") + 1 :]
        short = re.split(r"[;,:=]\s|\s[–—]\s", inside, maxsplit=1)[0].strip(" \"'“”‘’*")
        if _is_short(short):
            long = _long(short, before)
            if long:
                start = first - len(before) + before.rindex(long)
                yield Definition(start, found.end(), "schwartz-hearst", "high", short, long)
                continue
        # the other way round: "SF (long form)"
        last = re.search(r"(?<![\w-])([\w./+-]{2,10})\s?$", before)
        if last and _is_short(last[1]):
            tried = re.split(r"[;,]", inside, maxsplit=1)[0].strip()
            if _long(last[1], tried) == tried:
                start = first - len(before) + last.start()
                yield Definition(start, found.end(), "schwartz-hearst", "high", last[1], tried)


def _listed(text: str) -> Iterator[Definition]:
    """Those of a list of abbreviations or at the end of a legend: "CK: creatine kinase; MRI, magnetic ..."."""
    for found in _LIST.finditer(text):
        short, long = found["short"], found["long"].strip()
        if _is_short(short) and _long(short, long) == long:
            yield Definition(
                found.start("short"), found.start("long") + len(long), "abbreviation-list", "high", short, long
            )


def _is_short(words: str) -> bool:
    """May it be a short form? One word of 2 to 10 signs, with a capital in it."""
    if not 2 <= len(words) <= 10 or not _SHORT.fullmatch(words):
        return False
    return any(c.isupper() for c in words) and not re.fullmatch(r"[\d.,/+-]+|[IVX]+|[A-Z]\d?|[A-Z][a-z]+", words)


def _long(short: str, before: str) -> str | None:
    """The shortest long form at the end of some words whose letters, in order, are those of the short form."""
    words = before.rstrip()
    most = min(len(short) + 5, len(short) * 2)
    tokens = [m.start() for m in re.finditer(r"\S+", words)][-most:]
    if not tokens:
        return None
    words_from = words[tokens[0] :]
    at = len(words_from)
    signs = [c.lower() for c in short if c.isalnum()]
    for n in range(len(signs) - 1, -1, -1):
        at -= 1
        while at >= 0 and (words_from[at].lower() != signs[n] or (n == 0 and at > 0 and words_from[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return None
    long = words_from[at:]
    return long if _fits(short, long) else None


def _fits(short: str, long: str) -> bool:
    """No long form that is shorter, holds the short form itself, or skips over whole words at its end."""
    words = re.findall(r"[^\s-]+", long)
    if len(long) <= len(short) or short in re.split(r"[\s()]+", long) or re.search(r"[.;:!?]\s|[()\[\]]", long):
        return False
    if len(words) == 1 and len(long) < 2 * len(short):
        return False
    if re.match(r"\w\s", long):  # "c oxidase": the word before was missed
        return False
    letters = [c.lower() for c in short if c.isalpha()]
    skipped = sum(1 for word in words if word.lower() not in _SMALL and not _used(word, letters))
    return skipped <= 1 + len(words) // 4


def _used(word: str, letters: list[str]) -> bool:
    return word[:1].lower() in letters
