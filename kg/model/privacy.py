"""What in a case file may tell who the patient is?

A lint, not a proof: it knows how dates, ages, names, contacts, numbers and places are written in
English, Spanish, French, German, Italian and Portuguese, and looks for them in every text and key
that is about a patient. What the article says of itself (authors, dates of publication) may stay.
PRIVACY.md says what it does not find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kg.base.results import Result, Severity
from kg.model.case import Case, Model
from kg.model.fields import Anchor
from kg.model.reading import CaseFile

__all__ = ["PROFILES", "RULES", "Hit", "Profile", "privacy_results", "scan", "scan_key", "texts"]

Profile = Literal["published", "safe-harbor"]
PROFILES: tuple[Profile, ...] = ("published", "safe-harbor")
Path_ = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """What a rule says, what cures it, and how severe it is in each profile."""

    what: str
    cure: str
    published: Severity = "violation"
    safe_harbor: Severity = "violation"


RULES: dict[str, Rule] = {
    "privacy-birth-date": Rule(
        "gives the date of birth, or lets it be reckoned", "Give the age in years, or leave the date out."
    ),
    "privacy-contact": Rule("is a contact or an address on the net", "Leave it out, or quote a shorter phrase."),
    "privacy-record-number": Rule("is a number that stands for the patient or a device", "Leave it out."),
    "privacy-day": Rule("is a date to the day", "Give the month (published) or the year, or the time since diagnosis."),
    "privacy-month": Rule("is a date to the month", "Give the year, or the time since diagnosis.", "info", "warning"),
    "privacy-age": Rule("is an age over 89", "Leave the number out; say '90 or older'."),
    "privacy-name": Rule("looks like the name of a person", "Leave it out, or quote a shorter phrase."),
    "privacy-place": Rule("is a place smaller than a state, or a hospital", "Give the country, or leave it out."),
    "privacy-licence": Rule("is no licence", "State the licence of the source; without one, do not quote it."),
}

# ---- words -------------------------------------------------------------------------------


def _any(words: str) -> str:
    """An alternation of words, longest first."""
    return "|".join(sorted(map(re.escape, words.split()), key=len, reverse=True))


def _set(words: str) -> frozenset[str]:
    """A set of words; an underscore stands for a space."""
    return frozenset(word.replace("_", " ") for word in words.split())


_ENGLISH = "January February March April May June July August September October November December"
_GERMAN = "Januar Jänner Februar März Maerz April Mai Juni Juli August September Oktober November Dezember"
_ROMANCE = (
    "enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre "
    "janvier février fevrier mars avril mai juin juillet août aout septembre octobre novembre décembre decembre "
    "gennaio febbraio aprile maggio giugno luglio settembre ottobre dicembre "
    "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro"
)
_SHORT = "Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec"
_SHORT_ELSEWHERE = (
    "ene abr ago dic fév févr avr juil déc Mär Mai Okt Dez gen mag giu lug set ott fev abr mai out dez janv sept"
)
_FULL_MONTH = _any(f"{_ENGLISH} {_GERMAN} {_ROMANCE} {_ROMANCE.title()}")
_MONTH = _any(f"{_ENGLISH} {_GERMAN} {_ROMANCE} {_SHORT} {_SHORT_ELSEWHERE}")
_YEAR, _D, _M = r"(?:19|20)\d\d", r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_DD, _MM = r"(?:0[1-9]|[12]\d|3[01])", r"(?:0[1-9]|1[0-2])"
_NTH = r"(?:st|nd|rd|th|er|[ºª°])?"
_OF = r"(?:(?:of|de|del|di)\s)?"
_APART, _END = r"(?<![\w.,/])", r"(?![\w/]|[.,]\d)"
_NO_UNIT = r"(?!\s?(?:mg|mL|ml|%|cm|mm|g|kg|[µμ]g|mcg|IU|UI|years?|months?|weeks?|days?|hours?)\b)"

_PERSON = _any(
    "pt pt. patient patients patiente patientin paciente paziente doente man woman male female boy girl child infant neonate "
    "newborn baby lady gentleman person mother father son daughter brother sister husband wife he she hombre mujer "
    "varón niño niña homme femme garçon fille enfant Mann Frau Junge Mädchen uomo donna bambino bambina homem mulher "
    "menino menina criança marido esposa mari épouse Ehemann Ehefrau marito moglie"
)
# Titles, as written: case matters, since MR is magnetic resonance and ms is a millisecond.
_TITLE = (
    r"(?:(?:Mr|Mrs|Ms|Dr|Prof|Sra|Srta|Sr|Dña|Mme|Mlle|Sig\.ra|Sig|Dott\.ssa|Dott|Dra|Sr\.ª|Dª)\.?|M\.|"
    r"Miss|Mister|Professor|Don|Doña|Señora|Señor|Señorita|señora|señor|Monsieur|Madame|Mademoiselle|Herrn?|Frau|"
    r"Signora|Signor|signora|signor|sig\.|dona|Senhora|Senhor|senhora|senhor|Dona)"
)
_PARTICLE = r"(?:(?:de|del|de\sla|di|da|do|dos|van|van\sder|von|zu|la|le|O['’])\s?)?"
_CAPITAL = r"[A-ZÀ-ÖØ-ÞŁŚŠŽČ]"
_WORD = rf"{_CAPITAL}[a-zß-öø-ÿłśšžčğığńćę'’-]+"
# Given names that are common in the six languages and are no other word.
_GIVEN_NAMES = (
    "John James Robert Michael William David Richard Joseph Thomas Christopher Daniel Matthew Anthony Steven Andrew "
    "Joshua Kenneth Kevin Brian George Edward Ronald Timothy Jason Jeffrey Ryan Jacob Nicholas Jonathan Stephen Peter "
    "Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Nancy Margaret Sandra Ashley Kimberly "
    "Emily Donna Michelle Amanda Melissa Deborah Stephanie Rebecca Laura Helen Catherine Katherine Anna Emma Jane "
    "José Jose Juan Antonio Manuel Francisco Javier Miguel Carlos Pedro Pablo Luis Jorge Alejandro Fernando Diego "
    "Rafael Álvaro Sergio Alberto Ramón Enrique María Maria Josefa Isabel Pilar Cristina Lucía Marta Elena Teresa "
    "Almudena Raquel Beatriz Rosario Inés Jean Pierre Michel André Philippe Alain Bernard Jacques François Christophe "
    "Nicolas Julien Marie Nathalie Isabelle Sylvie Françoise Monique Sophie Camille Élodie Aurélie Chantal Hans Klaus "
    "Jürgen Wolfgang Dieter Günther Heinz Helmut Karl Friedrich Johannes Matthias Stefan Andreas Ursula Monika Petra "
    "Sabine Renate Helga Brigitte Ingrid Gisela Heike Giuseppe Giovanni Mario Luigi Francesco Angelo Vincenzo Pietro "
    "Salvatore Paolo Marco Matteo Lorenzo Giulia Francesca Chiara Valentina Alessandra Paola Silvia João Paulo António "
    "Joaquim Tiago Rui Gonçalo Ricardo Ana Catarina Joana Inês Mariana Beatriz Filipa Fátima Luísa Mohamed Mohammed "
    "Ahmed Fatima Aisha Ali Hassan Ivan Olga Natalia Svetlana Olivia Noah Liam Oliver Charlotte Sophia Isabella Lucas Mateo Hugo Daniela Sofía Gabriel Léa Manon Chloé Lukas Leon Felix Hannah Lena Lea Luca Leonardo Alessandro Aurora Giorgia Miguel Afonso Beatriz Leonor Anita Agnieszka Katarzyna Piotr Pavel Wei Priya Rajesh Yuki Hiroshi"
)
_GIVEN = _any(_GIVEN_NAMES)
_GIVEN_IN_KEYS = _set(_GIVEN_NAMES.casefold()) - {
    "ali",
    "ana",
    "angelo",
    "jean",
    "lea",
    "luca",
    "marie",
    "marco",
    "rui",
    "wei",
}
_TITLES_IN_KEYS = _set("mrs miss mister sra srta senor senora herr frau madame monsieur signora signor")
# Second halves of names of diseases and companies: Charcot-Marie-Tooth, Pierre Robin, Karl Storz.
_EPONYM = r"(?i:\b(?:tooth|bonnet|cunningham|robin|bunnell|storz|zeiss|blood)\b)"
# What makes a name that of a thing: a disease, a sign, a house, a company.
_THING = (
    r"(?i:\b(?:syndrome|disease|phenomenon|sign|papules?|score|scale|criteria|index|classification|test|stain|virus|"
    r"sequence|anomaly|palsy|hospital|universit\w{1,4}|institute|foundation|trial|study|method|procedure|technique|"
    r"catheter|device|drug|software|gene|protein|disorder|atrophy|kinase)\b)"
    rf"|{_EPONYM}"
)

# Fine at any time: continents, countries, states and large regions, in English and at home.
_LARGE = _set(
    "africa america asia europe oceania antarctica australia caribbean scandinavia balkans mediterranean "
    "middle_east far_east latin_america south_america north_america central_america sub-saharan_africa "
    "maghreb iberia afghanistan albania algeria andorra angola argentina armenia austria azerbaijan bahamas "
    "bahrain bangladesh barbados belarus belgium belize benin bhutan bolivia bosnia botswana brazil brunei bulgaria "
    "burkina_faso burundi cambodia cameroon canada cape_verde chad chile china colombia comoros congo costa_rica "
    "croatia cuba cyprus czechia czech_republic denmark djibouti dominica dominican_republic ecuador egypt "
    "el_salvador england equatorial_guinea eritrea estonia eswatini ethiopia fiji finland france gabon gambia "
    "georgia germany ghana great_britain greece greenland grenada guatemala guinea guyana haiti honduras hong_kong "
    "hungary iceland india indonesia iran iraq ireland israel italy ivory_coast jamaica japan jordan kazakhstan "
    "kenya korea kosovo kuwait kyrgyzstan laos latvia lebanon lesotho liberia libya liechtenstein lithuania "
    "luxembourg madagascar malawi malaysia maldives mali malta mauritania mauritius mexico moldova monaco mongolia "
    "montenegro morocco mozambique myanmar namibia nepal netherlands new_zealand nicaragua niger nigeria "
    "north_korea north_macedonia northern_ireland norway oman pakistan palestine panama papua_new_guinea paraguay "
    "peru philippines poland portugal puerto_rico qatar romania russia rwanda samoa saudi_arabia scotland senegal "
    "serbia sierra_leone singapore slovakia slovenia somalia south_africa south_korea south_sudan spain sri_lanka "
    "sudan suriname sweden switzerland syria taiwan tajikistan tanzania thailand togo tonga trinidad tunisia turkey "
    "türkiye turkmenistan uganda ukraine united_arab_emirates united_kingdom united_states "
    "united_states_of_america uk usa us uae uruguay uzbekistan vanuatu venezuela vietnam wales yemen zambia zimbabwe "
    "españa alemania francia italia inglaterra portugal brasil méxico marruecos rumanía europa áfrica áfrica_del_sur "
    "américa allemagne espagne italie angleterre maroc algérie tunisie suisse belgique afrique amérique europe "
    "deutschland österreich schweiz frankreich italien spanien türkei polen russland syrien afrika amerika asien "
    "indien germania spagna inghilterra marocco svizzera alemanha espanha itália frança inglaterra moçambique "
    "alabama alaska arizona arkansas california colorado connecticut delaware florida hawaii idaho illinois indiana "
    "iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana "
    "nebraska nevada new_hampshire new_jersey new_mexico north_carolina north_dakota ohio oklahoma oregon "
    "pennsylvania rhode_island south_carolina south_dakota tennessee texas utah vermont virginia washington_state "
    "west_virginia wisconsin wyoming bavaria bayern saxony andalusia andalucía catalonia cataluña galicia lombardy "
    "lombardia tuscany sicily sicilia ontario quebec québec queensland"
)
_SIDE = re.compile(
    r"^(?:the|la|el|los|il|l['’]|die|der|north|south|east|west|northern|southern|eastern|western|central|"
    r"northeast|northwest|southeast|southwest|rural|norte_de|sur_de)\s+",
    re.IGNORECASE,
)

# ---- patterns ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to write what a rule is about; `unless` is what, in or near it, makes it harmless."""

    rule: str
    find: re.Pattern[str]
    unless: re.Pattern[str] | None = None


def _pattern(rule: str, find: str, unless: str | None = None) -> Pattern:
    return Pattern(f"privacy-{rule}", re.compile(find), re.compile(unless) if unless else None)


_NUMBERED = r"(?:\s?(?:numbers?|no|nr|num|número|numero|numéro|nummer|n\.?[ºo°]|id)\b\.?)?\s?[:#º°]?\s?-?\s?"
_CODE = rf"(?!{_YEAR}(?![\w/.-]))(?:(?=[A-Za-z/.-]{{0,8}}\d)[A-Za-z0-9][A-Za-z0-9/.-]{{3,24}}|\d{{1,4}}(?: \d{{2,4}}){{2,7}})"
_PLACE = rf"(?P<place>{_WORD}(?:[ -](?:(?:de|del|la|di|da|do|am|an\sder|upon|sur|of)[ -])?{_WORD}){{0,3}})"
_CARE = "hospital clinic clinica clínica hôpital klinik klinikum ospedale policlinico infirmary"
_NOT_A_HOUSE = (
    r"Hospital(?:-| |ized|isation)*(?:Anxiety|Acquired|Admission|Day|Discharge|Course|Stay|Frailty)|"
    r"(?i:score|scale|classification|criteria)"
)
_STREET = r"(?i:street|avenue|road|lane|drive|boulevard|square|terrace|crescent)|St\.|Ave\.?|Rd\.?|Blvd\.?"
_DAY_DATE = rf"(?:{_D}[./-]\s?{_D}[./-]\s?(?:{_YEAR}|\d\d)|{_YEAR}-{_MM}-{_DD}|{_D}{_NTH}\.?\s{_OF}(?i:{_MONTH})|(?i:{_MONTH})\s\d)"

# In the order in which they claim words: what one pattern has told, a later one does not tell again.
PATTERNS: tuple[Pattern, ...] = (
    _pattern("birth-date", rf"(?i:\b(?:D\.?O\.?B\b|date of birth|birth ?date|birthday|fecha de nacimiento|"
             rf"date de naissance|geburtsdatum|data di nascita|data de nascimento|F\.?N\.)\s?[:.=]?\s{{0,2}}"
             rf"(?:(?:is|was|on|es|del?|est|le|ist|am|è|il|é|em)\s)?)(?:{_DAY_DATE}|\d)[\w./, -]{{0,20}}"),
    _pattern("birth-date", rf"(?i:\b(?:born(?: on)?(?: the)?|nacid[oa](?: el)?(?: día)?|née?(?: le)?|geboren(?: am)?|"
             rf"geb\.?(?: am)?|nat[oa](?: il)?|nascid[oa](?: em| a)?)\s)\*?{_DAY_DATE}[\w./, -]{{0,12}}"),
    _pattern("birth-date", rf"(?i:\bborn in (?:{_MONTH})\s{_YEAR}|\b(?:nacid[oa] en|née? en|geboren im|nat[oa] a|"
             rf"nascid[oa] em) (?:{_MONTH})\s(?:del?\s)?{_YEAR})"),
    _pattern("contact", r"\b[\w.%+-]{1,64}\s?(?:@|\((?:at|arroba)\)|\[(?:at|arroba)\])\s?[\w-][\w.-]{1,200}\.[A-Za-z]{2,12}\b"),
    _pattern("contact", r"(?i:\b(?:https?://|www\.)[^\s<>\"]{3,200})",
             r"(?i:://[a-z.]{0,12}\b(?:doi\.org|ebi\.ac\.uk|ensembl\.|uniprot\.|ncbi\.nlm\.nih\.gov|pubmed\.|clinicaltrials\.gov|creativecommons\.org|"
             r"w3id\.org|purl\.obolibrary\.org|hpo\.jax\.org|omim\.org|orpha\.net|www\.(?:ncbi|orpha|omim)))"),
    _pattern("contact", r"(?i:\b(?:facebook|instagram|linkedin|twitter|tiktok|youtube|\bx)\.com/[^\s]{2,100})|(?<![\w.])@[A-Za-z_]\w{3,30}"),
    _pattern("contact", r"(?i:\b(?:tel|tels|tlf|tfno|phone|telephone|teléfono|telefono|téléphone|telefon|telefone|mobile|"
             r"móvil|telemóvel|portable|handy|cellulare|celular|fax|telefax|whatsapp)\b\.?(?:\s(?:number|no|nr)\b\.?)?"
             r"\s?[:.]?\s{0,2}|\bph\.\s)\+?\(?\d[\d ()./-]{4,18}\d"),
    _pattern("contact", r"(?<![\w)])(?:\+|00)[1-9]\d{0,2}[ .-]?\(?\d[\d ().-]{6,16}\d\b"),
    _pattern("contact", r"(?<![\w.-])(?:1[ .-])?(?:\(\d{3}\)\s?|\d{3}[.-])\d{3}[.-]\d{4}(?![\w-])|(?<![\w.])0\d(?:[ .]\d\d){4}(?![\w.])"),
    _pattern("contact", r"(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.]\d|\w)",
             r"\bEC\s?\d|(?i:version|release|v\.)\s?\d"),
    _pattern("contact", r"\b(?:[0-9A-Fa-f]{1,4}:){7}[0-9A-Fa-f]{1,4}\b|\b(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}\b"),
    _pattern("record-number", r"(?i:\b(?:MRN|NHC|N\.H\.C\.|SSN|NSS|NIR|IPP|DNI|NIE|NIF|CPF|NUHSA|CIPA?|NHS|"
             r"medical record|hospital record|clinical record|health record|patient record|record|chart|"
             r"hospital|patient|unit|file|folder|accession|specimen|sample|lab|laboratory|pathology|biopsy|admission|encounter|account|policy|insurance|member|"
             r"beneficiary|passport|health card|social security|national insurance|national id|identity card|"
             r"historia clínica|historia|expediente|tarjeta sanitaria|seguridad social|pasaporte|"
             r"dossier(?: médical)?|sécurité sociale|patienten|pat\.|medicare|registo|registro|fall|akten|MR|UR|hosp\.?|case|implant|versicherten|sozialversicherungs|"
             r"krankenversicherten|cartella clinica|cartella|tessera sanitaria|prontuário|processo(?: clínico)?|utente|"
             r"serial|device serial|licen[cs]e plate|plate)"
             r"(?:\s?-?(?:numbers?|no\.|no|nr\.?|nummer|número|numero|numéro|n\.?[ºo°]\.?|n\.|identifier|ID|S/?N|#)))\s?[:.=#]?\s?(?:is |was |es |est |ist )?"
             + _CODE, r"(?i:genbank|geo\b|ega\b|clinvar|dbgap|refseq|uniprot|arrayexpress|sra\b)"),
    _pattern("record-number", r"(?i:\b(?:MRN|NHC|N\.H\.C\.|SSN|NSS|NIR|DNI|NIF|CPF|CIP|NUHSA|S/N|codice fiscale|historia clínica|"
             r"aktenzeichen|(?:medical|case|hospital|patient) record|(?:n[ºo°]\.?|n\.º|número|numero|numéro)\s(?:(?:de|do|da|di|della|la)\s){0,2}"
             r"(?:historia|expediente|dossier|utente|processo|prontuário|cartella|registo|registro|seguridad social|afiliación|sécurité sociale)(?: cl[ií]nica)?))"
             r"\s?-?[:.=#]?\s?(?:n\.?[º°o]\.?\s?)?" + _CODE),
    _pattern("record-number", r"(?<![\w-])\d{3}-\d\d-\d{4}(?![\w-])|(?<![\w.,])\d{3} \d{3} \d{4}(?![\w,])|"
             r"(?<![gmcn]\.)\b\d{8}-?[TRWAGMYFPDXBNJZSQVHLCKE]\b|\b\d{3}\.\d{3}\.\d{3}-\d\d\b|\b[A-Z]{6}\d\d[A-EHLMPRST]\d\d[A-Z]\d{3}[A-Z]\b"),
    _pattern("day", rf"{_APART}{_YEAR}([/.-])\s?{_M}\1\s?{_D}(?![\w-])|{_APART}{_YEAR}{_MM}{_DD}(?!\w)"),
    _pattern("day", rf"{_APART}(?:{_D}([/.-])\s?{_M}\1|{_M}([/.-])\s?{_D}\2)\s?{_YEAR}(?![\w-])"),
    _pattern("day", rf"(?<![\w.,/-])(?:{_D}/{_M}|{_M}/{_D})/\d\d{_END}{_NO_UNIT}|"
             rf"(?<![\w.,/-])(?:{_DD}([.-]){_MM}\1|{_MM}([.-]){_DD}\2)\d\d(?![\w-]|[.,]\d){_NO_UNIT}"),
    _pattern("day", rf"(?i:{_APART}{_D}{_NTH}\.?[\s./-]{{0,3}}{_OF}(?:{_MONTH})\.?,?(?:[\s./-]{{0,3}}{_OF}{_YEAR}|[-/]\d\d)(?!\w))"),
    _pattern("day", rf"(?i:\b(?:{_MONTH})(?:\.\s?|[\s-]{{1,2}}){_D}{_NTH}[,-]?\s{{0,2}}{_YEAR}(?!\w))"),
    _pattern("day", rf"{_APART}{_D}{_NTH}\s{_OF}(?:{_FULL_MONTH})\b|{_APART}{_D}\.\s?(?:{_any(_GERMAN)})\b"),
    _pattern("day", rf"\b(?:(?:{_any(_ENGLISH)})\s|(?:{_any(_SHORT)})\.?\s){_D}{_NTH}(?![\w%/]|[.,-]\d){_NO_UNIT}", r"Oct 4"),
    _pattern("day", rf"\b(?i:am|vom|bis|il|el|le|on|del|du|dal|em)\s{_D}\.{_M}\.\d\d(?![\w%]|[.,]\d)|"
             rf"{_APART}{_D}[-./ ](?:I{{1,3}}|I?V|VI{{1,3}}|I?X|XI{{1,2}})[-./ ]{_YEAR}(?!\w)"),
    _pattern("month", rf"(?i:\b(?:{_MONTH})\.?,?[\s/-]{{1,2}}{_OF}{_YEAR}(?!\w))"),
    _pattern("month", rf"(?<![\w.,/-]){_YEAR}-{_MM}(?![\w-]|/\d\d\b)|(?<![\w.,/-]){_MM}[/.]{_YEAR}{_END}"),
    _pattern("age", r"(?i:(?<![\w.,/<>≥≤-])(?:9\d|1[0-2]\d)(?:\.\d)?[\s-]?(?:years?|yrs?|y)[\s./-]{0,2}(?:olds?|o)\b|"
             r"\b(?:aged?|age of|age at \w{3,12}|edad|edad de|âge|âgée? de|alter|età|idade)[:,]?\s(?:was\s|is\s|de\s)?(?:9\d|1[0-2]\d)\b(?![.,]\d|\s?%|\s?mg))"),
    _pattern("age", r"(?i:(?<![\w.,/<>≥≤-])(?:9\d|1[0-2]\d)[\s-]?(?:años|ans|jahren?|jährigen?r?|anni|anos|yo)\b|"
             rf"\banni\s9\d\b|\b(?:{_PERSON})[,\s(]{{1,3}}9\d\s(?:years?|yrs?|y)\b|"
             r"\b(?:nonagenarian|centenarian|nonagenari[oa]|centenari[oa]|nonagénaire|centenaire)\b|"
             r"\bninety(?:-\w{3,5})?[\s-]year|\b(?:in|mid|late|early)[\s-](?:her|his|their|the)?\s?(?:nineties|90s)\b)"),
    _pattern("name", rf"(?<![\w.-]){_TITLE}\s{{1,2}}{_PARTICLE}(?:{_WORD}|{_CAPITAL}\.?(?!\w))(?:[ -]{_PARTICLE}{_WORD}){{0,2}}",
             rf"\bM\.\s(?:Tubercul|Avium|Abscess|Lepra|Bovis|Kansas)|Frau (?:Anfang|Mitte|Ende|Mit)|{_THING}"),
    _pattern("name", rf"(?i:\b(?:{_PERSON})(?!\w)[,:]?\s?\(?)(?:{_CAPITAL}\.\s?){{2,3}}(?!\w)|"
             rf"(?i:\b(?:initials?|iniciales|initiales|initialen|iniziali|iniciais)\b)[:,]?\s(?:(?:are|were|son|sont|sono)\s)?{_CAPITAL}[.\s-]{{0,2}}{_CAPITAL}\b"),
    _pattern("name", rf"(?<![\w.]){_CAPITAL}\.\s?{_CAPITAL}\.(?:\s?{_CAPITAL}\.)?,?\s(?:is|was|presented|complained|had|an?\s\d)",
             r"(?:U\.\s?S|U\.\s?K|E\.\s?U|I\.\s?V|S\.\s?C|I\.\s?M|P\.\s?O|D\.\s?C|C\.\s?T)\."),
    _pattern("name", rf"(?i:\b(?:{_PERSON})(?!\w)[^.;:]{{0,30}}?\b(?:named|called|llamad[oa]|de nombre|nommée?|prénommée?|"
             rf"appelée?|namens|di nome|chiamat[oa]|de nome|chamad[oa]))\s{_WORD}(?:\s{_WORD})?", rf"so-called|sogenannt|{_THING}"),
    _pattern("name", rf"(?i:\b(?:his|her|their|whose|patient['’]s)\s(?:son|daughter|wife|husband|mother|father|sister|brother|aunt|"
             rf"uncle|partner|grandmother|grandfather)),?\s(?:{_GIVEN})\b"),
    _pattern("name", rf"(?i:\b(?:patient(?:['’]s)? name|(?:her|his|whose) name|full name|named|called|llamad[oa]|de nombre|nommée?|"
             rf"prénommée?|appelée?|namens|di nome|chiamat[oa]|de nome|chamad[oa]|nombre|nome|nom)\s?:?)\s(?:is\s|was\s)?(?:{_GIVEN})\b", _THING),
    _pattern("name", rf"(?i:\b(?:patient(?:['’]s)? name|(?:her|his|whose) name|full name|surname|last name|apellidos?|nachname|cognome|sobrenome)"
             rf"\s?:?)\s(?:is\s|was\s)?{_WORD}"),
    _pattern("name", rf"(?<![\w.-])(?:{_GIVEN})\s(?:{_CAPITAL}\.?\s)?{_PARTICLE}{_WORD}|(?<![\w.-]){_WORD},\s(?:{_GIVEN})\b(?!-)", _THING),
    _pattern("place", rf"(?i:\b(?:lives?|lived|living|resid(?:es?|ed|ing)|dwell(?:s|ing)|born|raised|grew up|stationed|work(?:s|ed|ing)|stay(?:s|ed|ing)|studied|residents?|villages?|towns?)\s(?:in|at|near)\s"
             rf"(?:the\s)?(?:(?:city|town|village|suburbs?|province|county|district) of\s)?){_PLACE}"),
    _pattern("place", rf"(?i:\b(?:residents?|natives?|inhabitants?|citizens?|village|town|city|suburbs?|municipality|district|county|province|outskirts) of\s){_PLACE}"),
    _pattern("place", rf"(?i:\b(?:{_PERSON}|was|is|were|originally|comes?|came|coming|hails?|hailing|farmer|worker|"
             rf"teacher|referred to us|transferred|referred|immigrant|emigrated|migrated|refugee|tourist|traveller|visit(?:or|ed|ing)?|"
             rf"[a-z]{{2,20}}(?:man|woman|men|women|ist))\sfrom\s(?:the\s)?){_PLACE}"),
    _pattern("place", rf"(?i:\b(?:moved|travell?ed|emigrated|immigrated|relocated|returned|trip)\s(?:to|from)\s){_PLACE}"),
    _pattern("place", rf"(?i:\b(?:natural de|vecin[oa] de|vive en|residente en|reside en|nacid[oa] en|procedente de|originari[oa] de|"
             rf"habite(?: à| en)?|habitante? (?:à|de)|demeurant à|née? à|résidant? à|réside à|originaire de|vit à|"
             rf"wohnhaft in|wohnt in|lebt in|geboren in|stammt aus|patient(?:in)? aus|mann aus|frau aus|"
             rf"residente a|vive a|nat[oa] a|proveniente da|originari[oa] di|abita a|"
             rf"reside em|residente em|mora (?:em|no|na)|vive (?:em|no|na)|nascid[oa] em|pueblo de|aldea de|ciudad de|barrio de|village de|ville de|"
             rf"comune di|paese di|cidade de|vila de)\s){_PLACE}"),
    _pattern("place", rf"(?:\b{_WORD}\s){{1,3}}(?:Hospital|Clinic|Medical Cent(?:er|re)|Infirmary|Health Cent(?:er|re))\b|"
             rf"\b(?:Hospital|Clínica|Hôpital|Klinikum|Klinik|Universitätsklinikum|Krankenhaus|Ospedale|Policlinico|Azienda Ospedaliera|"
             rf"Centre Hospitalier|CHU|Centro de Salud)\s(?:(?:de|del|la|di|da|do|dos|des|der|Sant|San|Santa|St\.)\s){{0,2}}{_WORD}(?:\s{_WORD}){{0,2}}",
             _NOT_A_HOUSE),
    _pattern("place", rf"\b\d{{1,5}}[A-Za-z]?,?\s(?:{_WORD}\s){{1,3}}(?:{_STREET})|(?i:\b(?:calle|c/|avenida|avda\.?|plaza|paseo|rua|praça|travessa)\s?)"
             rf"(?:(?:de|del|la|los|las|da|do|das|dos)\s){{0,2}}{_WORD}|(?i:\b(?:via|viale|piazza|corso)\s){_WORD}(?:\s{_WORD})?,?\s\d{{1,4}}\b|"
             rf"\b\d{{1,4}}(?:\sbis)?,?\s(?i:rue|avenue|boulevard|place|chemin|allée)\s(?:(?:de|du|des|la)\s){{0,2}}{_WORD}|\brue\s(?:(?:de|du|des|la)\s){{0,2}}{_WORD}|"
             rf"\b{_CAPITAL}[a-zäöüß-]{{2,30}}(?:straße|strasse|str\.|gasse|weg|platz|allee)\s\d{{1,4}}"),
    _pattern("place", r"(?i:\b(?:zip|zip code|post ?code|postal code|código postal|code postal|PLZ|postleitzahl|c\.?a\.?p\.|CEP|C\.P\.)\b\s?[:.]?\s?)[A-Z]{0,2}\d[\dA-Z -]{2,9}|"
             r"(?<![\w.-])[A-Z]{1,2}\d{1,2}[A-Z]?\s\d[ABD-HJLNP-UW-Z]{2}(?!\w)"),
    _pattern("place", rf"(?<![\w.,-])(?:(?:[ADFI]-)?\d{{5}}|\d{{4}}-\d{{3}})\s(?:{_WORD})|\b{_WORD},\s[A-Z]{{2}}\s\d{{5}}\b|\b\d{{1,3}}\.\d{{3,}}°?\s?[NS]\b",
             r"\d (?:Units?|Cells?|Copies|Patients?|Einheiten)"),
)  # fmt: skip
_DAYS_OLD = re.compile(
    r"(?i:\b\d{1,3}[\s-](?:days?|weeks?|días?|semanas?|jours?|semaines?|tagen?|wochen?|giorn[oi]|settiman[ae]|dias?)"
    r"(?:[\s-]olds?|\s(?:of (?:age|life)|de (?:edad|vida|vie|idade)|alt|di (?:vita|età)))\b|\b\d{1,3}[\s-]?(?:tägig|wöchig))"
)
_BARE_DAYS = re.compile(
    r"(?i:\b\d{1,3}[\s-](?:days?|weeks?|días?|semanas?|jours?|semaines?|giorn[oi]|settiman[ae]|dias?))"
)
_IN_KEYS = frozenset(f"privacy-{name}" for name in ("birth-date", "record-number", "day", "month", "age"))
_LONG_NUMBER = re.compile(r"\d{5,}")
# What the key of a patient may be made of, beside numbers and single letters.
_PLAIN = _set(
    "p pt patient patients case subject person individual index proband control donor recipient mother father parent son "
    "daughter brother sister sibling twin aunt uncle cousin grandmother grandfather husband wife spouse child infant "
    "neonate fetus newborn baby boy girl man woman male female adult first second third fourth fifth one two three "
    "four five six older younger elder main other"
)
_NO_LICENCE = re.compile(
    r"(?i:\W*(?:unknown|none|no|not (?:stated|known|given|found|available)|n/?a|unclear|missing|tbd|todo|x+|\?+|-+|\W*)"
    r"(?: licen[cs]e)?\W*)"
)
_BARE_FRONT = ("front", "statements", "references")
_OF_THE_ARTICLE = ("how to cite", "licence", "funding", "competing interests", "ethics approval")
_ARTICLE_MAY = frozenset(f"privacy-{name}" for name in ("day", "month", "name", "place"))
_EVERYTHING = frozenset(RULES)


# ---- looking at one text -----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Hit:
    """Words that a rule is about, and where in the text they stand."""

    rule: str
    words: str
    start: int


@lru_cache(maxsize=8192)  # the fixed choices of a case recur in every fact
def scan(text: str) -> tuple[Hit, ...]:
    """What in a text may identify a person, in the order of the text; no words twice.

    >>> [hit.rule for hit in scan("seen on 5 March 2021 with Mrs Smith")]
    ['privacy-day', 'privacy-name']
    >>> scan("Raynaud's phenomenon since 2019, tofacitinib 5 mg twice daily")
    ()
    """
    found: list[tuple[int, int, str]] = []
    for pattern in PATTERNS:
        for match in pattern.find.finditer(text):
            start, end = match.span()
            if any(start < other and begun < end for begun, other, _ in found):
                continue
            if pattern.unless and pattern.unless.search(text[max(0, start - 20) : end + 20]):
                continue
            if pattern.rule == "privacy-place" and _is_large(match.groupdict().get("place")):
                continue
            found.append((start, end, pattern.rule))
    return tuple(Hit(rule, text[start:end].strip(), start) for start, end, rule in sorted(found))


def _is_large(place: str | None) -> bool:
    """Is this a country or a large region, or no place at all but a word with a capital letter?"""
    if place is None:
        return False
    words = place.casefold()
    while (shorter := _SIDE.sub("", words)) != words:
        if words in _LARGE:
            return True
        words = shorter
    parts = words.split()
    if parts[-1] == "city":
        return False
    ends = [" ".join(parts[:n]) for n in range(1, len(parts) + 1)]
    return any(end in _LARGE for end in ends) or parts[0] in _NO_PLACE


# Words with a capital letter that follow "from" or "in" and are no place.
_NO_PLACE = _set(
    f"{_ENGLISH} {_GERMAN} {_ROMANCE} {_SHORT} ".casefold()
    + "day week month year grade stage table figure case baseline raynaud sjögren gottron rodnan parkinson alzheimer "
    "covid covid-19 behçet crohn cushing pfizer group european asian african american hispanic caucasian indian "
    "chinese japanese korean partnerschaft"
)


def scan_key(key: str, patient: bool = False) -> tuple[Hit, ...]:
    """What in a key may identify a person; `patient`: the key of a patient, which should be a plain p1.

    >>> [hit.rule for hit in scan_key("john-smith-visit")], scan_key("capillaroscopy-2022")
    (['privacy-name'], ())
    """
    parts = key.split("-")
    spaced = re.sub(r"(?<=[a-z])-|-(?=[a-z])", " ", key).title()  # the hyphens inside a date stay
    hits = [Hit(hit.rule, key, 0) for hit in scan(spaced) if hit.rule in _IN_KEYS]
    named = any(part in _GIVEN_IN_KEYS for part in parts) and not re.search(_EPONYM, key)
    named = named or not _TITLES_IN_KEYS.isdisjoint(parts[:-1])
    if patient:
        named = named or any(not (part in _PLAIN or len(part) == 1 or re.match(r"p?\d", part)) for part in parts)
        if _LONG_NUMBER.search(key) and not hits:
            hits.append(Hit("privacy-record-number", key, 0))
    if named:
        hits.append(Hit("privacy-name", key, 0))
    return tuple(dict.fromkeys(hits))


# ---- looking at a whole case -------------------------------------------------------------


def texts(case: Case) -> Iterator[tuple[Path_, str, bool]]:
    """Every text and every key of a case, as (path in the case file, text, is it a key?).

    Found by walking the model, so a new field is looked at from the day it is there. Labels of
    concepts are left out: they are the catalogue's words.
    """
    yield from _walk(case, ())


def _walk(value: object, path: Path_) -> Iterator[tuple[Path_, str, bool]]:
    if isinstance(value, Model):
        for name, field in type(value).model_fields.items():
            yield from _walk(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield (*path, key), key, True
            yield from _walk(item, (*path, key))
    elif isinstance(value, tuple):
        seen: dict[str, int] = {}
        for position, item in enumerate(value):
            if isinstance(item, Anchor):
                seen[item.section] = seen.get(item.section, -1) + 1
                yield (*path, item.section, seen[item.section]), item.quote, False
            else:
                yield from _walk(item, (*path, position))
    elif isinstance(value, str):
        yield path, value, False


def _spared(case: Case, path: Path_) -> frozenset[str]:
    """The rules that do not hold at a path: the article may say who wrote it, and when."""
    match path:
        case ("report", "source", "sections" | "no_facts" as place, int(n), *_):
            rows = getattr(case.report.source, place)
            kinds = {s.section: s.kind for s in case.report.source.sections}
            return _EVERYTHING if kinds.get(rows[n].section) in _BARE_FRONT else frozenset()
        case ("report", "id"):
            return _EVERYTHING - {"privacy-day", "privacy-record-number", "privacy-birth-date"}
        case ("report", *_):
            return _EVERYTHING
        case ("metadata", *_):
            return _EVERYTHING  # of a record: who wrote it, when, with which vocabularies
        case ("patients", *_, "pointer"):
            return frozenset({"privacy-contact"})  # the address of a statement, not of a person
        case ("references", _, "note" | "odd"):
            return frozenset()
        case ("references", _, *_):
            return _EVERYTHING
        case ("statements", str(key), *_):
            return _ARTICLE_MAY if case.statements[key].kind in _OF_THE_ARTICLE else frozenset()
    return frozenset()


def privacy_results(file: CaseFile, profile: Profile = "published") -> Iterator[Result]:
    """What in a case file may identify the patient, each with file, line, column and key.

    profile: `published` allows what published reports carry, months and years; `safe-harbor`
    warns of months. A lint: that it finds nothing does not make a file anonymous.
    """
    for path, rule, message in _findings(file.case):
        told = RULES[rule]
        severity = told.published if profile == "published" else told.safe_harbor
        yield Result(severity, rule, message, told.cure, *file.place(*path), key=".".join(map(str, path)))


def _findings(case: Case) -> Iterator[tuple[Path_, str, str]]:
    rows = list(texts(case))
    keys = {text for _, text, is_key in rows if is_key}
    for path, text, is_key in rows:
        if not is_key and text in keys:
            continue  # names a key, which is looked at where it is given
        keyed = is_key or path == ("report", "id")
        strict = not is_key or (
            path[:-1] == ("patients",) and not case.report.is_record
        )  # there it is the record's own
        hits = scan_key(text, strict) if keyed else scan(text)
        spared = _spared(case, path)
        for hit in hits:
            if hit.rule not in spared:
                yield path, hit.rule, f"{hit.words!r} {RULES[hit.rule].what}."
    yield from _old(case)
    yield from _births(case, rows)
    if case.report.licence and _NO_LICENCE.fullmatch(case.report.licence):
        yield ("report", "licence"), "privacy-licence", f"{case.report.licence!r} {RULES['privacy-licence'].what}."


def _old(case: Case) -> Iterator[tuple[Path_, str, str]]:
    for name, patient in case.patients.items():
        if patient.age is not None and patient.age.years > 89:
            message = f"{patient.age.years} {RULES['privacy-age'].what}."
            yield ("patients", name, "age", "years"), "privacy-age", message


def _births(case: Case, rows: list[tuple[Path_, str, bool]]) -> Iterator[tuple[Path_, str, str]]:
    """An age in days or weeks, and in the same fact a date to the day or month: the birth can be reckoned."""
    facts: dict[Path_, list[tuple[Path_, str]]] = {}
    for path, text, is_key in rows:
        if path[0] == "patients" and not is_key and len(path) > 3:
            facts.setdefault(path[: 3 if path[2] in ("sex", "age") else 4], []).append((path, text))
    for fact, told in facts.items():
        times = case.patients[str(fact[1])].times
        dates = [text for _, text in told]
        dates += [time.edtf or time.printed or "" for _, text in told if (time := times.get(text))]
        if not any(hit.rule in ("privacy-day", "privacy-month") for text in dates for hit in scan(text)):
            continue
        for path, text in told:
            if _DAYS_OLD.search(text) or (fact[2:] == ("age",) and _BARE_DAYS.search(text)):
                message = f"{text!r} beside a date {RULES['privacy-birth-date'].what}."
                yield path, "privacy-birth-date", message
