"""When are two words of a clinical text the same word? Spelling, number, derivation and synonyms folded away.

A word becomes its form: lower case, American spelling, singular, noun for adjective (anaemic, anemia), and
one word for each group of synonyms (`_GROUPS`). Words that carry nothing ("of", "the") have no form.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

__all__ = ["COPULAS", "COORDINATORS", "LINKS", "MODIFIERS", "Token", "form", "spelt", "tokens"]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_LETTERS = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "µ": "u", "μ": "u"})

# British or Latin spelling -> American.
_SPELLINGS = tuple(
    (re.compile(old), new)
    for old, new in (
        (r"^haem", "hem"),
        (r"(?<=[a-z])haem", "hem"),
        (r"aem(?=i)", "em"),
        (r"paeni", "peni"),
        (r"oedem", "edem"),
        (r"^oeso", "eso"),
        (r"^oest", "est"),
        (r"rrhoe", "rrhe"),
        (r"pnoe", "pne"),
        (r"^paed", "ped"),
        (r"leuco", "leuko"),
        (r"tumour", "tumor"),
        (r"colour", "color"),
        (r"^fibre", "fiber"),
        (r"centre$", "center"),
        (r"behaviour", "behavior"),
        (r"odour", "odor"),
        (r"^faec", "fec"),
        (r"^caec", "cec"),
        (r"ocaec", "ocec"),
        (r"coele", "cele"),
        (r"coeli", "celi"),
        (r"gynaec", "gynec"),
        (r"phaeo", "pheo"),
        (r"^foet", "fet"),
        (r"aesthe", "esthe"),
        (r"chaem", "chem"),
        (r"sulph", "sulf"),
        (r"naev", "nev"),
        (r"^grey", "gray"),
        (r"lacrym|lachrym", "lacrim"),
        (r"homoeo", "homeo"),
        (r"^oeno", "eno"),
        (r"isation", "ization"),
        (r"ise(d?)$", r"ize\1"),
        (r"yse(d?)$", r"yze\1"),
        (r"thorac?ic", "thoracic"),
        (r"aemic$", "emic"),
        (r"aetio", "etio"),
        (r"caes", "ces"),
        (r"aea$", "ea"),
        (r"palaeo", "paleo"),
        (r"archae", "arche"),
        (r"^praecox", "precox"),
        (r"sulf(?=hydr)", "sulf"),
        (r"ageing", "aging"),
        (r"orrhag", "orrhag"),
        (r"esophago", "esophago"),
    )
)
# Plurals that no rule gives.
_SINGULARS = {
    "feet": "foot",
    "teeth": "tooth",
    "vertebrae": "vertebra",
    "nevi": "nevus",
    "bullae": "bulla",
    "petechiae": "petechia",
    "ecchymoses": "ecchymosis",
    "striae": "stria",
    "diverticula": "diverticulum",
    "testes": "testis",
    "thrombi": "thrombus",
    "emboli": "embolus",
    "nuclei": "nucleus",
    "fungi": "fungus",
    "bronchi": "bronchus",
    "phalanges": "phalanx",
    "larynges": "larynx",
    "cortices": "cortex",
    "varices": "varix",
    "ova": "ovum",
    "septa": "septum",
    "ganglia": "ganglion",
    "atria": "atrium",
    "maxillae": "maxilla",
    "scapulae": "scapula",
    "metaphyses": "metaphysis",
    "epiphyses": "epiphysis",
    "diaphyses": "diaphysis",
    "calculi": "calculus",
    "media": "media",
    "lens": "lens",
    "biceps": "biceps",
    "pes": "pes",
    "herpes": "herpes",
    "diabetes": "diabetes",
    "scabies": "scabies",
    "rabies": "rabies",
    "ascites": "ascites",
    "pancreas": "pancreas",
    "pons": "pons",
    "caries": "caries",
    "facies": "facies",
    "series": "series",
    "rickets": "rickets",
    "measles": "measles",
    "men": "man",
    "women": "woman",
    "children": "child",
    "criteria": "criterion",
    "stomata": "stoma",
    "stigmata": "stigma",
    "condylomata": "condyloma",
    "sequelae": "sequela",
    "vesiculae": "vesicula",
    "papillae": "papilla",
    "cicatrices": "cicatrix",
    "indices": "index",
    "labia": "labium",
    "crises": "crisis",
    "prostheses": "prosthesis",
    "paralyses": "paralysis",
    "diagnoses": "diagnosis",
    "stenoses": "stenosis",
    "metastases": "metastasis",
    "naris": "naris",
    "nares": "naris",
    "pubes": "pubis",
    "canthi": "canthus",
    "humeri": "humerus",
    "uteri": "uterus",
    "alveoli": "alveolus",
    "villi": "villus",
    "gyri": "gyrus",
    "sulci": "sulcus",
    "fundi": "fundus",
    "lice": "louse",
    "gums": "gingiva",
    "gum": "gingiva",
}

# Adjective endings -> the noun they belong to. The first that fits is taken.
_ENDINGS = tuple(
    (re.compile(old + "$"), new)
    for old, new in (
        (r"ematous", "ema"),
        (r"matous", "ma"),
        (r"tensive", "tension"),
        (r"cephalic", "cephaly"),
        (r"trophic", "trophy"),
        (r"plegic", "plegia"),
        (r"paretic", "paresis"),
        (r"(?<=[a-z]{2})emic", "emia"),
        (r"(?<=[a-z]{3})penic", "penia"),
        (r"(?<=[a-z]{2})toxic", "toxia"),
        (r"(?<=[a-z]{2})axic", "axia"),
        (r"(?<=hypo|yper|.dys)tonic", "tonia"),
        (r"uric$", "uria"),
        (r"(?<=[a-z]{2})noic$", "noia"),
        (r"cardic", "cardia"),
        (r"pneic", "pnea"),
        (r"arrheic", "arrhea"),
        (r"(?<=[a-z]{3})lexic", "lexia"),
        (r"reflexic", "reflexia"),
        (r"thermic", "thermia"),
        (r"algic", "algia"),
        (r"glycemic", "glycemia"),
        (r"esthetic", "esthesia"),
        (r"otic", "osis"),
        (r"sclerotic", "sclerosis"),
        (r"uritic", "uritis"),
        (r"arthritic", "arthritis"),
        (r"ectatic", "ectasia"),
        (r"plastic", "plasia"),
        (r"static", "stasis"),
        (r"lytic", "lysis"),
        (r"athic", "athy"),
        (r"morphic", "morphism"),
        (r"phagic", "phagia"),
        (r"phasic", "phasia"),
        (r"arthric", "arthria"),
        (r"tropic", "tropia"),
        (r"phoric", "phoria"),
        (r"ritic", "ritus"),
    )
)

# Synonyms of a word, the first of each line standing for all. Own list, made from clinical use.
_GROUPS = """
increased increase elevated elevation elevate raised raise high higher rise rising heightened excessive excess augmented hyper upregulated
decreased decrease reduced reduction reduce low lowered diminished diminution diminish subnormal depressed
abnormal abnormality anomaly anomalous aberrant
absent absence lack lacking missing
enlarged enlargement enlarge
small tiny smaller
short shortened shortening
large largeness big larger
kidney renal kidneys
liver hepatic
heart cardiac
lung pulmonary
skin cutaneous dermal
stomach gastric
brain cerebral encephalic
spleen splenic
bone osseous bony
bowel intestine intestinal
muscle muscular musculature
tooth dental
tongue lingual
nose nasal
mouth oral
eye ocular
ear auricular aural
face facial
neck cervical
chest thoracic thorax
abdomen abdominal belly tummy
pancreas pancreatic
nerve neural
artery arterial
vein venous
vertebra vertebral
ventricle ventricular
atrium atrial
bladder vesical
gallbladder cholecystic
uterus uterine
ovary ovarian
testis testicular testicle
penis penile
breast mammary
thyroid thyroidal
adrenal suprarenal
pituitary hypophyseal
hair capillus
nail ungual onychial
eyelid palpebral lid
eyebrow brow
eyelash lash
lip labial
gingiva gingival
throat pharyngeal pharynx
larynx laryngeal
trachea tracheal
bronchus bronchial
esophagus esophageal
colon colonic
rectum rectal
anus anal
skull cranial cranium calvarium calvarial
spine spinal
rib costal
hip coxal
foot pedal
finger digit digital
palm palmar
sole plantar
joint articular
limb extremity
leg crural
arm brachial
fat adipose
blood hematic
urine urinary
stool fecal feces bowel-movement
vessel vascular vasculature
cornea corneal
retina retinal
macula macular-of-eye
lens lenticular
iris iridal
optic-disc optic-disk
vision visual sight eyesight
hearing auditory
smell olfactory olfaction
taste gustatory
cerebellum cerebellar
cerebrum
cortex cortical
pleura pleural
pericardium pericardial
peritoneum peritoneal
myocardium myocardial
aorta aortic
valve valvular
mitral bicuspid-mitral
mandible mandibular jaw
maxilla maxillary
clavicle clavicular
scapula scapular
sternum sternal
pelvis pelvic
femur femoral
tibia tibial
fibula fibular
humerus humeral
radius radial
ulna ulnar
wrist carpal-joint
ankle
knee genual
elbow cubital
shoulder
lymph-node node
pain painful ache aching
tender tenderness
swelling swollen swell
itching itch itchy
thick thickened thickening thickness
thin thinned thinning
dilated dilatation dilation dilate ectatic
narrow narrowed narrowing
wide widened widening
curved curvature curving
bowed bowing
broad broadened
calcified calcification calcific calcify
ossified ossification
fused fusion
fractured fracture broken
displaced displacement
dislocated dislocation
subluxed subluxation subluxated
deformed deformity deformation
malformed malformation
underdeveloped underdevelopment
delayed delay retarded retardation
impaired impairment deficit impair
limited limitation restricted restriction
weak weakness
tired tiredness
rigid rigidity
stiff stiffness
spastic spasticity
dry dryness
pale pallor paleness
red reddish redness reddening
blue bluish
yellow yellowish
white whitish
brown brownish
dark darkened
bleeding bleed hemorrhage hemorrhagic
bruising bruise bruised
loss lost
wasting wasted
atrophy atrophied atrophic
sparse scanty sparseness
prominent prominence
protruding protrusion protuberant
depressed-bridge
flat flattened flattening
long elongated
recurrent recurring recurrence repeated repetitive frequent
progressive progressing
severe profound
congenital
generalized generalised
difficult difficulty trouble
slow slowed slowing slowness
delayed
inflamed inflammation inflammatory
ulcer ulcerated ulceration ulcerative
erosion erosive eroded
scar scarring scarred cicatrix
blister blistering blistered
peeling peel peeled desquamation desquamating desquamated
scaling scaly scale
cracked fissured fissure fissuring
hardened hardening induration indurated
contracted contracture
degeneration degenerative degenerated
infiltration infiltrate infiltrated
obstruction obstructed obstructive
occlusion occluded occlusive
thrombosis thrombosed thrombotic
perforation perforated
rupture ruptured
prolapse prolapsed
hernia herniated herniation
infection infected infectious
tumor neoplasm neoplastic neoplasia
cancer cancerous carcinoma
malignant malignancy
seizure convulsion convulsive
unsteady unsteadiness
unstable instability
breathing breath breathe
swallowing swallow
walking walk ambulation ambulate
speech speaking speak
sleeping sleep
hearing-loss deafness deaf
blindness blind
opacity opacified opacification opaque
hyperintense hyperintensity
hypointense hypointensity
hyperpigmented hyperpigmentation hyperchromic
hypopigmented hypopigmentation
pigmented pigmentation pigmentary
discolored discoloration
diabetes diabetic
obese obesity
jaundice jaundiced icteric icterus
febrile fever feverish pyrexia pyrexial
cachexia cachectic
dehydration dehydrated
lethargy lethargic
irritable irritability
aggressive aggression
agitated agitation
confused confusion disoriented disorientation
anxious anxiety
depressed-mood
overweight
malnourished malnutrition
incontinent incontinence
constipated constipation
pruritus pruritic
cyanosis cyanotic cyanosed
dysmorphism dysmorphic
wheezing wheeze
tremor tremulous tremulousness
drowsy drowsiness somnolent somnolence
vomiting vomit vomited emesis
sweating sweat diaphoresis diaphoretic
drooling drool
snoring snore
bulging bulge
squint squinting strabismus
clumsy clumsiness
hypoplastic hypoplasia
aplastic aplasia
dysplastic dysplasia
hyperplastic hyperplasia
ectopic ectopia
hypertrophic hypertrophy hypertrophied
stenosis stenotic stenosed
cystic cyst
polyp polypoid polyposis
nodule nodular nodularity
papule papular
macule macular maculae
pustule pustular
vesicle vesicular
plaque
edema edematous
erythema erythematous
antibody autoantibody immunoglobulin-against
positive positivity
negative negativity
leukocyte wbc
erythrocyte rbc
platelet thrombocyte
newborn neonatal neonate
child childhood
fetus fetal prenatal antenatal
test testing
"""


def _groups() -> dict[str, str]:
    found: dict[str, str] = {}
    for line in _GROUPS.strip().splitlines():
        head, *others = line.split()
        for word in (head, *others):
            found.setdefault(word, head)
    return found


_HEADS = _groups()
COORDINATORS = frozenset({"and", "or", "nor", "and/or", "plus"})
COPULAS = frozenset({"is", "are", "was", "were", "be", "been", "being", "appeared", "became", "remained", "seemed"})
# Between the two halves of a name that stands the other way round ("weakness of the face").
LINKS = frozenset({"of", "in", "on", "over", "at", "to", "from", "along", "around", "within", "involving", "affecting"})
_SILENT = frozenset(
    {"a", "an", "the", "his", "her", "their", "its", "with", "by", "for", "s", "both", "as", "that", "this"}
    | COORDINATORS
    | COPULAS
    | LINKS
)
# Words that may stand between the words of a name without changing what it names.
MODIFIERS = frozenset(
    """mild mildly moderate moderately severe severely marked markedly slight slightly gross grossly significant
    significantly extensive extensively massive massively very bilateral bilaterally left right unilateral
    multiple several few numerous new recent recently persistent persistently intermittent occasional occasionally
    diffuse diffusely focal isolated single large small progressive progressively acute chronic symptomatic
    asymptomatic minor major also level levels value values concentration concentrations count counts serum plasma
    circulating total some further more rather quite highly extremely gradually slowly rapidly predominantly mainly
    noted found observed seen subtle dense firm giant huge tiny minimal borderline overt apparent obvious clear
    associated relatively abnormally two three area areas region regions
    all upper lower fasting baseline initial initially tests test results result active activity""".split()
)


@lru_cache(maxsize=100_000)
def spelt(word: str) -> str:
    """A word in lower case, in American spelling, without accents and possessive.

    >>> spelt("Oesophageal"), spelt("β")
    ('esophageal', 'beta')
    """
    low = unicodedata.normalize("NFKD", word.casefold()).translate(_LETTERS)
    low = "".join(c for c in low if not unicodedata.combining(c))
    for ending in ("'s", "’s"):
        low = low.removesuffix(ending)
    low = low.replace("’", "").replace("'", "")
    for old, new in _SPELLINGS:
        low = old.sub(new, low)
    return low


@lru_cache(maxsize=100_000)
def form(word: str) -> str:
    """The form of a word; "" for one that carries nothing.

    >>> [form(w) for w in ("Anaemic", "kidneys", "hepatic", "raised", "the", "oedema", "naevi")]
    ['anemia', 'kidney', 'liver', 'increased', '', 'edema', 'nevus']
    """
    low = spelt(word)
    if low in _SILENT:
        return ""
    if low in _HEADS:
        return _HEADS[low]
    low = _singular(low)
    if low in _HEADS:
        return _HEADS[low]
    for ending, noun in _ENDINGS:
        if ending.search(low) and len(low) > 5:
            low = ending.sub(noun, low)
            break
    return _HEADS.get(low, low)


def _singular(word: str) -> str:
    if word in _SINGULARS:
        return _SINGULARS[word]
    if len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is", "ous")):
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith(("sses", "xes", "ches", "shes", "zes")):
        return word[:-2]
    if word.endswith(("oses", "ases", "yses", "ises", "eses")) and len(word) > 7:
        return word[:-2] + "is"
    return word[:-1]


@dataclass(frozen=True, slots=True)
class Token:
    """A word: where it stands (characters), as printed in lower case, its form, and what stands before it.

    before: the characters between it and the word before it, without blanks.
    """

    start: int
    end: int
    word: str
    form: str
    before: str


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The words of a passage."""
    found: list[Token] = []
    last = start
    for match in _WORD.finditer(text, start, end):
        word = match.group()
        before = "".join(text[last : match.start()].split())
        found.append(Token(match.start(), match.end(), word.casefold(), form(word), before))
        last = match.end()
    return found

