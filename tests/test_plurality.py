"""Several patients or several articles in one text are noticed, and a report of one patient is not taken for that."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from kg.articles.article import Article
from kg.articles.front import front
from kg.articles.plurality import plurality
from kg.articles.scope import parts

CORPUS = Path(__file__).resolve().parents[1].parent / "shared" / "corpus" / "text"


def _rules(text: str, title: str = "") -> set[str]:
    article = Article("report.txt", text, parts(text))
    told = front(article).title
    return {one.rule for one in plurality(article, title or (told.value if told else ""))}


SEVERAL = {
    "headings": "Case 1\nA man presented with fever.\n\nCase 2\nA woman presented with cough.",
    "run-in": "CASE 1: A boy was seen with rash. It healed.\nCASE 2: A girl was seen with rash. It stayed.",
    "roman": "## Case I\nA boy was seen with rash.\n## Case II\nA girl was seen with rash.",
    "ordinals": "First case\nA man presented with pain.\n\nSecond case\nA woman presented with fever.",
    "labels": "Case report\nPatient 1 was a boy with ataxia. Patient 2, his sister, was seen at 3 years.",
    "letters": "Patient A was a man with fever who improved. Patient B was a woman who died.",
    "in-passing": "Case report\nThe patient was a girl who was weak. There was a rash on patient 2's lower limb.",
    "told": "Abstract\nWe report two siblings with ataxia.\n\nCase report\nThe boy presented at 5 years.",
    "series": "We describe a series of five patients with myositis. All five patients improved.",
    "introduced": "A 30-year-old man presented with fever. He improved.\nA 42-year-old woman was admitted with cough.",
    "same-sex": "A 5-year-old girl was referred for rash. She grew.\nA 7-year-old girl was referred for rash.",
    "ordinal-words": "The first patient was a man with pain. The second patient was a woman with fever.",
    "siblings": "The proband presented at age 3.\nThe younger sister was admitted at age 2. Both siblings had a rash.",
    "mother": "A 30-year-old woman and her 5-year-old son presented with ataxia.",
    "words": "Case One\nA man presented with pain.\n\nCase Two\nA woman presented with fever.",
    "passive": "Introduction\nIt is rare.\n\nThree unrelated children with ataxia are described.\n\nCase report\nA boy was seen.",
    "form": "Abstract\nPatients: Female, 61-year-old • Male, 45-year-old\n\nCase report\nA woman was seen.",
    "numerals": "1st case\nA man with fever.\n2nd case\nA woman with fever.",
    "brothers": "Two brothers, aged 5 and 7 years, presented with short stature. The older brother rose.",
    "poisoned": "A mother and her two daughters were admitted with poisoning.",
    "wife": "A 45-year-old man presented with fever. His wife, a 40-year-old woman, presented one week later.",
    "sister-too": "A 12-year-old girl was referred for ataxia. Her brother, aged 9, was also referred for ataxia.",
    "two": "Two patients with myositis were treated. The first was a 30-year-old woman. The second was a man.",
    "all-three": "The triplets were born early. All three children underwent surgery.",
    "legend": "Case report\nA man was seen.\n\nFigure 1: A: rash (patient 1). B: scar (patient 2).",
    "wording-case-colon": "Hepatic sarcoidosis\n\nIntroduction\nSarcoidosis is rare in the liver.\n\nCase 1. A 34-year-old man complained of itch. Bilirubin was 3.1 mg/dL.\n\nCase 2. A 61-year-old woman had fatigue. ALT was 80 U/L.\n\nDiscussion\nIt is rare.",
    "wording-a-b-same-age": "Case presentation\nA 45-year-old man presented with fever and rash. He was given doxycycline and recovered.\nA 60-year-old woman was seen a month later with a similar rash. She was given azithromycin.",
    "wording-second-patient-passing": "Case report\nA 52-year-old farmer was admitted with jaundice. Leptospira serology was positive. He received penicillin.\nThe second patient was his neighbour, aged 48, who had the same illness and died on day 3.",
    "wording-twins": "Case report\nMonochorionic twin girls were born at 33 weeks. Twin A weighed 1,800 g and had a cleft palate. Twin B weighed 1,650 g and had a ventricular septal defect. Both were ventilated.",
    "wording-mother-newborn": "Case report\nA 29-year-old gravida 2 was admitted at 36 weeks with fever. PCR for varicella was positive. She was given aciclovir. A boy of 2,700 g was delivered by caesarean section. The neonate developed vesicles on day 4 and was treated with aciclovir 20 mg/kg. Mother and infant were discharged on day 21.",
    "wording-siblings-elder": "Case description\nThe index patient is a boy who was first seen at 4 years of age with gait disturbance. His younger sister came to our clinic at the age of 3 with the same gait. In both, a CoQ8A variant was found; coenzyme Q10 was given to both children.",
    "wording-series-of-five": "Methods\nWe reviewed the charts of five consecutive patients treated with dupilumab between 2019 and 2021.\n\nResults\nThe median age was 34 years; three were women. Three of five patients responded.",
    "wording-table-of-patients": "Case report\nWe treated adults with refractory myositis with tofacitinib.\n\nTable 1. Characteristics of the patients\n | Patient 1 | Patient 2 | Patient 3\nAge | 34 | 56 | 61\nCK | 3400 | 210 | 800\n",
    "wording-table-numbered-rows": "Case report\nTofacitinib was given for calcinosis.\n\nTable 1. Clinical data\nPatient | Age | Sex | Drug | Outcome\n1 | 34 | F | tofacitinib | improved\n2 | 56 | M | tofacitinib | stable\n3 | 61 | F | baricitinib | improved\n",
    "wording-husband": "Case report\nA couple returned from Kenya with fever. The husband, 41, had parasitaemia of 5 %. The wife, 39, had parasitaemia of 0.3 %. Artesunate was given to him and atovaquone to her.",
    "wording-two-cases-late": "Case report\nA 70-year-old man was found to have a gastric mass. He underwent gastrectomy.\nIn our second case, a tumour of 4 cm was seen in the stomach of a woman aged 66. It was resected as well.",
    "wording-hereby": "Introduction\nHerein, two cases of scurvy in adults are presented.\n\nCase presentation\nA man of 44 years had gum bleeding. Vitamin C was low. A woman of 51 years had leg bruises. Vitamin C was low.",
    "wording-former-latter": "Case report\nA boy of 6 and a girl of 9 were brought with wheezing. The former had an FEV1 of 60 %, the latter one of 71 %. Both were given budesonide.",
    "wording-numbered-md": "# Two faces of a disease\n\n## 1. The first patient\n\nA woman noticed a lump.\n\n## 2. The second patient\n\nA man noticed a cough.\n",
    "wording-roman-dash": "CASE REPORTS\nCase I - A farmer was bitten by a snake. Antivenom was given.\nCase II - A child was bitten by a snake. Antivenom was not given.",
    "wording-s1": "Severe hypokalaemia in two brothers\n\nA 12-year-old boy was found to have a potassium of 2.1 mmol/L. He was given potassium chloride.\n\nHis 15-year-old brother had a potassium of 2.4 mmol/L and cramps. He was given spironolactone as well.",
    "wording-s2": "Case reports\n\nPatient A: a 22-year-old cyclist with a haematuria.\n\nPatient B: a 31-year-old runner with a haematuria.\n\nComment\nExercise does it.",
    "wording-s3": "Abstract\nTwo cases of lead poisoning are presented.\n\nCase report\nA painter had a blood lead of 80 µg/dL. He was chelated. Another painter of the same firm had a blood lead of 65 µg/dL. He refused treatment.",
    "wording-s4": "Case presentation\n\nFirst patient\n\nA woman of 50 was seen with pruritus.\n\nSecond patient\n\nA woman of 55 was seen with jaundice.",
    "wording-s5": "Case 1: 33-year-old male, smoker. Chest X-ray showed a nodule.\nCase 2: 54-year-old female, smoker. Chest X-ray showed two nodules.\nCase 3: 71-year-old male.",
    "wording-s6": "We saw five children with acute hepatitis. Their ages ranged from 2 to 9 years. ALT was between 900 and 4,000 U/L. One child needed a liver transplant; the others recovered.",
    "wording-s7": "Introduction\nWe describe a father and daughter with periodic paralysis.\n\nCase report\nThe father, a 40-year-old teacher, had attacks since his youth. The daughter, aged 14, had her first attack after a dance. Both responded to acetazolamide.",
    "wording-s8": "Case report\nA previously healthy 26-year-old woman delivered a girl at 39 weeks. On day 2 the mother had fever and was given ampicillin. On day 3 the newborn had seizures and was given acyclovir. HSV-2 was found in both.",
    "wording-s9": "Case illustrations\n\nCase illustration 1\nMr A had headaches.\n\nCase illustration 2\nMrs B had dizziness.",
    "wording-s10": "Case report\nDizygotic twins, a boy and a girl, were referred at 6 months for poor feeding. Biotinidase was absent in each. Biotin was started.",
    "wording-s11": "Results\nCharacteristics of the three patients are shown in Table 1. All were women. Median follow-up was 14 months.\n\nDiscussion\nRituximab may help.",
    "wording-s12": "Case report\nMs. X, 34 years old, had a relapse. She was treated with natalizumab. Mr. Y, 41 years old, also had a relapse and was treated with fingolimod.",
    "wording-s13": "CASE SERIES\n1. A 20-year-old woman with acne was given isotretinoin. She had myalgia.\n2. A 24-year-old man with acne was given isotretinoin. His CK was 2,000 U/L.\n3. A 19-year-old man with acne was given isotretinoin. His CK was 9,000 U/L.",
    "wording-s14": "Case report\nThe index case, a 9-year-old girl, had cardiomyopathy. Screening of the family showed that her brother (6 years) and her sister (3 years) had cardiomyopathy too; carvedilol was begun in all three children.",
    "wording-s15": "Clinical cases\n\n*Patient #1* A nurse with a needle injury.\n\n*Patient #2* A surgeon with a scalpel injury.",
    "wording-s16": "Case report\nA 44-year-old man underwent surgery for a meningioma. Haemoglobin was 14 g/dL. A second patient, a 52-year-old woman, was operated on by the same team a week later; haemoglobin was 11 g/dL.",
    "wording-s17": "Abstract\nBackground: Rare. Case presentation: Patient one is a 3-year-old boy; patient two is a 5-year-old boy. Conclusions: Think of it.\n\nCase presentation\nBoth boys had rickets.",
    "wording-s18": "Case presentation\nMonozygotic twin sisters aged 31 years developed systemic lupus within a year of each other. The first twin presented with nephritis; the second twin presented with arthritis.",
    "wording-s19": "Case report\nDuring the outbreak, 4 patients came to our emergency department with descending paralysis. Patient 1 was intubated on day 2. The others were observed.",
    "wording-s20": "Three patients, one mutation\n\nA girl with short stature was found to have a variant in ACAN. Her mother and maternal grandfather, who were short as well, carried it. Growth hormone was given to the girl.",
    "wording-t1": "Case description\nA 7-month-old boy and his 3-year-old sister were hospitalised for bloody diarrhoea. Both needed dialysis.",
    "wording-t2": "# Acute liver failure after mushrooms\n\n## Case presentation\n\n### Patient 1\nA 30-year-old man ate a mushroom.\n\n### Patient 2\nA 28-year-old woman ate a mushroom.\n\n## Discussion\nMushrooms are poisonous.",
    "wording-t3": "Case\nTwo weeks apart, two men were admitted with tetanus. One was 50 and the other 61 years old. Each was given immunoglobulin.",
    "wording-t4": "Case Presentation\nThe first case was a 40-year-old woman with palpitations; she had a TSH below 0.01 mU/L. The second case was her colleague, who had the same.",
    "wording-t5": "Case histories\n(1) A man, 70, with hiccups: chlorpromazine 25 mg was given. (2) A man, 64, with hiccups: baclofen 10 mg was given.",
    "wording-t6": "Case presentation\nWe treated a series of patients with osimertinib. A 58-year-old man had a rash. In a woman of 63 years, paronychia was seen. A third patient had diarrhoea.",
    "wording-t7": "Case report\nMother and daughter were both found to have medullary thyroid carcinoma. Calcitonin was 120 pg/mL in the mother and 80 pg/mL in the daughter.",
    "wording-t8": "Case report\nA 32-year-old pregnant woman was admitted with COVID-19 and was given dexamethasone. After birth her son was intubated for respiratory failure and treated with surfactant.",
    "wording-t9": "Abstract\nThis case series describes the course of patients with Lyme carditis.\n\nCase presentation\nA 25-year-old hiker had an atrioventricular block. A 19-year-old scout had a block as well.",
    "wording-t10": "Case report\nCASE NO. 1\nA woman was seen.\nCASE NO. 2\nA man was seen.",
    "wording-v1": "Case Presentation\n\nCase A\nA 40-year-old carpenter cut his hand. Vibrio vulnificus grew.\n\nCase B\nA 62-year-old fisherman had cellulitis of the leg. He died.",
    "wording-v2": "Familial hypocalciuric hypercalcaemia\n\nCase report\nThe mother (38 years) was seen because of a calcium of 2.8 mmol/L. Her two sons (9 and 12 years) had calcium levels of 2.7 and 2.9 mmol/L. Cinacalcet was given to the mother and the older son.",
    "wording-v3": "Case report\nWe report the cases of two women who developed pemphigoid under gliptins. The first was 78 years old and took vildagliptin. The second, 81 years old, took linagliptin. Both received clobetasol.",
    "wording-v4": "Abstract\nHere we present four patients with MIS-C.\n\nCases\n1) An 8-year-old girl was admitted with fever and shock. IVIG was given.\n2) A 10-year-old boy was admitted with fever. IVIG was given.",
    "wording-v5": "Case report\nA preterm female infant, first of twins, had necrotising enterocolitis and underwent laparotomy. The second twin, a boy, had the same on day 9 and was treated with antibiotics.",
    "wording-v6": "Results\nSeven patients (4 female) were treated. Mean age was 51 years. Five had complete remission.",
    "wording-v7": "Case report\nMrs. K., aged 70, and Mr. L., aged 75, were admitted on the same day with botulism after a shared meal. Antitoxin was given to both.",
    "wording-v8": "Case descriptions\n\nPatient I\n\nThis girl was born at term.\n\nPatient II\n\nThis boy was born at term.",
    "wording-v10": "Case report\nOver six months we encountered cases of vaping-associated lung injury in three young men. Patient ages were 18, 21 and 22 years. All recovered with methylprednisolone.",
    "wording-v11": "Two patients with a similar rash\n\nCase report\nA man came with a rash after amoxicillin. Another man came with a rash after cefalexin.",
    "wording-v12": "Case report\nTable 1. Clinical findings\nPatient no. | Sex | Age | Drug\nP1 | M | 12 | valproate\nP2 | F | 14 | lamotrigine\n\nBoth patients are seizure-free.",
}


@pytest.mark.parametrize("name", SEVERAL)
def test_several_patients(name: str) -> None:
    assert _rules(SEVERAL[name]) == {"several-patients"}


@pytest.mark.parametrize(
    "title",
    [
        "Calcinosis in juvenile myositis: a case series",
        "Tofacitinib for myositis: report of two cases",
        "Ataxia in three siblings",
        "Two cases of scleromyositis",
        "Monozygotic twins with ataxia",
        "Sisters with Gaucher disease",
    ],
)
def test_the_title_tells_it(title: str) -> None:
    assert _rules(f"{title}\n\nCase report\nA man was seen.", title) == {"several-patients"}


ONE = {
    "title": ("A case of myositis and review of 12 cases", "Case report\nA man was seen."),
    "family": ("", "A 5-year-old boy was referred for rash. His 7-year-old sister had no rash. His mother was 32."),
    "donor": (
        "",
        "A 41-year-old woman underwent transplantation. The donor died. He was a 47-year-old man with asthma.",
    ),
    "time": ("", "A man was seen. We saw the patient 2 weeks later, and the patient 3 months after that."),
    "grade": (
        "",
        "A man was seen with grade 2 rash, stage II disease, and type 1 diabetes. In case 2 doses fail, stop.",
    ),
    "literature": (
        "",
        "Case report\nA man was seen.\n\nDiscussion\nCase 1 and Case 2 of Nobody et al. had a rash. Both patients had it.",
    ),
    "table": ("", "Case report\nHe rose.\n\nTable 1 Outcomes of 3 published cases\n\nPatient 1\t50\nPatient 2\t35"),
    "newborn": ("", "A 2-day-old male newborn was admitted, born to a 26-year-old primigravida with fever."),
    "learning-points-first": ("", "Learning points\nIt is.\n\nAbstract\nIt is.\n\nCase report\nA man was seen."),
    "cut": ("", "Case 1: A female newborn was delivered. She had a rash."),
    "again": (
        "",
        "Abstract\nA 45-year-old woman presented with rash.\n\nCase report\nA 45-year-old woman presented with rash.",
    ),
    "twins": ("", "A 31-year-old primipara with twin pregnancy was admitted. Twins were delivered."),
    "siblings": (
        "",
        "A 24-year-old man was referred. His two siblings were asymptomatic. She had two brothers with it.",
    ),
    "family-is-well": (
        "",
        "A boy was seen. Both siblings were healthy. All three children were unaffected. The second child was well.",
    ),
    "ward": (
        "",
        "A 45-year-old man was admitted. He had a rash. Two patients in the same ward had influenza. He improved.",
    ),
    "contact": (
        "",
        "A 10-year-old girl was brought. Three days before, her 8-year-old cousin was admitted with fever.",
    ),
    "two-in-one": ("", "We report two rare complications in a 40-year-old man. He had two tumors."),
    "second": ("", "A man was seen. This is the second patient described with this variant."),
    "review": ("", "We present a case of myositis, and review the 20 patients in the literature."),
    "wording-family-history": (
        "",
        "Case report\nA 25-year-old woman presented with hypercalcaemia. Her mother had undergone parathyroidectomy at the age of 40, and her 30-year-old brother had been diagnosed with a pituitary adenoma. She was given cinacalcet.",
    ),
    "wording-donor": (
        "",
        "Case report\nA 50-year-old man with alcoholic cirrhosis underwent liver transplantation. The donor was a 32-year-old woman who died of head trauma. Two other recipients of organs of the same donor developed fever. He was given meropenem.",
    ),
    "wording-two-before": (
        "",
        "Case report\nA 33-year-old man was admitted with ataxia. Two patients were reported before with this variant: a 5-year-old girl who presented with seizures and a 40-year-old man with ataxia. Our patient was given riluzole.",
    ),
    "wording-figure-of-other": (
        "",
        "Case report\nA 33-year-old man was seen with a nail lesion.\n\nFigure 1. Nail of the patient.\n\nFigure 2. Nail of another patient with psoriasis, for comparison.\n\nDiscussion\nIn patient 2 of the series of Smith et al., the nail was alike.",
    ),
    "wording-comparison": (
        "",
        "Introduction\nFewer than 30 cases are known.\n\nCase report\nA 71-year-old man presented with a cough.\n\nDiscussion\nCompared with the 12 patients of Lee, who were a median of 40 years old, our patient was older. A 45-year-old woman was admitted with a like lesion in 2003 in Japan; both patients improved with steroids.",
    ),
    "wording-two-eyes": (
        "",
        "Case report\nA 66-year-old man presented with loss of sight in both eyes. Both cataracts were removed. The first eye was treated on 1 May, the second eye a week later. Case 1 of the hospital's audit was this one.",
    ),
    "wording-twin-pregnancy": (
        "",
        "Case report\nA 34-year-old woman with a twin pregnancy presented with dyspnoea. Two healthy infants were delivered by caesarean section. Both infants were healthy. She was given furosemide.",
    ),
    "wording-outbreak": (
        "",
        "Case report\nA 19-year-old student was admitted with fever. Three students of his dormitory had the same complaints. He was treated with ceftriaxone and recovered.",
    ),
    "wording-second-admission": (
        "",
        "Case report\nA 58-year-old woman was admitted with chest pain. The second admission was a month later. In the second case of infarction, a stent was placed. At age 60, the 60-year-old woman was admitted again.",
    ),
    "wording-child-grown": (
        "",
        "Case report\nThe patient was diagnosed as a 5-year-old boy, when he presented with fits. At the age of 17 he was seen as a young man. A 17-year-old boy presents to us with fits again. His twin brother is healthy.",
    ),
    "wording-o1": (
        "",
        "Case report\nA 60-year-old man with a history of two myocardial infarctions was admitted. Two stents were placed in two vessels. Both lesions were treated; both improved.",
    ),
    "wording-o2": (
        "",
        "Introduction\nIn a series of 25 patients, Brown found a cure in 12. We report the case of a man with this condition.\n\nCase report\nA 31-year-old man was seen. He was given colchicine.",
    ),
    "wording-o3": (
        "",
        "Case report\nA 3-day-old girl was brought with jaundice. Her mother was a 28-year-old woman, gravida 3, who received insulin for gestational diabetes. Two previous siblings had died in the neonatal period. The infant was treated with phototherapy.",
    ),
    "wording-o4": (
        "",
        "Case report\nA 39-year-old woman at 24 weeks of a twin pregnancy had a cough. Twin A was in breech position. Chest CT showed a mass. Twins were delivered at 34 weeks and were healthy.",
    ),
    "wording-o5": (
        "",
        "Case report\nA 55-year-old man received a kidney from his wife, a 53-year-old woman with normal renal function. He was given tacrolimus. Both donor and recipient were discharged.",
    ),
    "wording-o6": (
        "",
        "Case report\nA 41-year-old woman was bitten by her neighbour's dog. The dog had bitten a 12-year-old boy before; the boy presented to another hospital and was well. She was given rabies vaccine.",
    ),
    "wording-o7": (
        "",
        "Case report\nA 67-year-old man presented with weight loss.\n\nTable 1. Laboratory values\nTest | Day 1 | Day 2\nCRP | 34 | 12\n\nTable 2. Reports of this disease\nNo. | Author | Age | Sex\n1 | Wu 2003 | 45 | M\n2 | Li 2009 | 51 | F\n3 | Our case | 67 | M\n",
    ),
    "wording-o8": (
        "",
        "Discussion of patients with this disease is needed.\n\nCase report\nA 5-year-old boy and his parents came to our clinic because of his rash. The parents were worried. Both parents were healthy and carried the variant. He was given dapsone.",
    ),
    "wording-o9": (
        "",
        "Case report\nA 70-year-old woman presented in January with a stroke. She was 71 years old when the second stroke happened. The second case conference was in May. The 71-year-old woman was then given apixaban.",
    ),
    "wording-o10": (
        "",
        "Case report\nA 49-year-old man was admitted with pneumonia from Legionella. Two other guests of the hotel were ill. One of them, a 62-year-old woman, was admitted to another hospital and died. He was given levofloxacin.",
    ),
    "wording-o11": (
        "",
        "Abstract\nOnly 14 cases have been published. We report a 23-year-old woman with this tumour.\n\nCase report\nA 23-year-old woman presented with pain.\n\nDiscussion\nAmong 14 patients, the median age was 30 years. In our patient, resection was done. In the patient of Kim, a 44-year-old man, chemotherapy was given.",
    ),
    "wording-o12": (
        "",
        "Case report\nThe proband (III-2) is a 34-year-old man with ataxia. His sister (III-1) and his father (II-3) are affected; they were not seen by us.",
    ),
    "wording-o13": (
        "",
        "Case report\nA 58-year-old man was referred with a pancreatic mass. Fig. 1 shows the mass. A control subject, a 55-year-old man, was imaged for comparison.",
    ),
    "wording-o14": (
        "",
        "Case report\nA man in his 30s presented with diplopia. He was well until the age of 25, when, as a 25-year-old student, he had optic neuritis. Now in his 40s, he has no symptoms.",
    ),
    "wording-o15": (
        "",
        "Case report\nA 6-week-old boy presented with stridor. At 3 months, the infant was admitted again. At 5 years of age, the now 5-year-old boy has asthma. Neither parents nor brothers had it.",
    ),
    "wording-o16": (
        "",
        "Case report\nA 27-year-old woman, gravida 2 para 1, was admitted at 30 weeks with headache. Magnesium was given. A girl of 1,300 g was delivered and taken to the neonatal unit. The infant did well. The patient was discharged on day 6.",
    ),
    "wording-o17": (
        "",
        "Case report\nA 45-year-old transgender woman (assigned male at birth) presented with chest pain. She took estradiol.",
    ),
    "wording-o18": (
        "",
        "Case Report\nPatient: Male, 45-year-old\nFinal Diagnosis: Whipple disease\nSymptoms: Arthralgia\n\nCase presentation\nA 45-year-old man was seen.",
    ),
    "wording-o19": (
        "",
        "Case report\nA 36-year-old man had two tumours. Tumour 1 was in the lung; tumour 2 in the brain. In case 2 of his biopsies was false, a third was taken.",
    ),
    "wording-o20": (
        "",
        "Background\nPatients with this disease die early. The patients are mostly men.\n\nCase report\nA 51-year-old woman presented with oedema. Patients with oedema should be weighed. She was given furosemide.",
    ),
    "wording-u1": (
        "",
        "Case report\nA 43-year-old woman had a rash. Similar rashes were seen in two of her children, aged 5 and 7 years, who recovered without treatment. She was given permethrin.",
    ),
    "wording-u2": (
        "",
        "Case report\nA 72-year-old man had two hip fractures, the first in 2001 and the second in 2009. In both cases a nail was used.",
    ),
    "wording-u3": (
        "",
        "Case report\nA 29-year-old man was the second of three children; the other children are healthy. He was given imatinib.",
    ),
    "wording-u4": (
        "",
        "Case report\nA 63-year-old woman received allogeneic stem cells of her brother. The brother, a 60-year-old man, was HLA-identical. On day 30 both chimerism tests were complete.",
    ),
    "wording-u5": (
        "",
        "Introduction\nTwo patients with this syndrome were described by Alport in 1927.\n\nCase report\nA 19-year-old man had haematuria and deafness. His maternal uncle died of renal failure at the age of 30.",
    ),
    "wording-u6": (
        "",
        "Case report\nA 61-year-old man presented with dysphagia.\n\nDiscussion\nA 60-year-old woman with dysphagia was described by Tanaka; she was treated with dilation. A 45-year-old man underwent myotomy. Both patients improved. Our patient is the third.",
    ),
    "wording-u7": (
        "",
        "Case report\nA 36-year-old woman presented with infertility. Her husband, 38, had a normal semen analysis. After IVF, a 3,100 g girl was born. The couple were happy.",
    ),
    "wording-u8": (
        "",
        "Case report\nA 5-year-old girl was admitted. She shared a room with an 8-year-old boy with measles. She got measles immunoglobulin.",
    ),
    "wording-u9": ("", "Patient 3\n\nThis 45-year-old man had a stroke at the age of 44. He was given aspirin."),
    "wording-u10": (
        "",
        "Case report\nA 57-year-old man with lung cancer was given pembrolizumab in a trial in which 20 patients were enrolled. The mean age was 60 years in the trial. He had colitis.",
    ),
    "wording-w1": (
        "",
        "Case report\nA 37-year-old woman, G3P2, had a cough at 20 weeks. Her two older children were healthy. She delivered a healthy boy at 38 weeks. Mother and baby were discharged on day 3.",
    ),
    "wording-w2": (
        "",
        "Case report\nA 48-year-old man was treated with nivolumab. Two previous reports described myositis in three patients. His CK was 4,000 U/L.\n\nTable 2. Published cases\nCase | Age | Sex | Outcome | Reference\n1 | 60 | M | died | [4]\n2 | 71 | F | recovered | [5]\n",
    ),
    "wording-w3": (
        "",
        "Case report\nA 15-year-old girl presented with scoliosis. Figure 2B shows the radiograph of a 16-year-old healthy boy for comparison.",
    ),
    "wording-w4": (
        "",
        "Case report\nA 64-year-old man presented with haematuria. The two kidneys were normal in size. Both ureters were patent. The second cystoscopy was normal.",
    ),
    "wording-w5": (
        "",
        "Case report\nA 26-year-old man and kidney donor presented with back pain four years after donation to his brother. His brother, aged 30, has a good graft function.",
    ),
    "wording-w6": (
        "",
        "Case report\nAn 11-month-old infant was brought by her parents. The parents are first cousins. Two elder siblings died at the ages of 5 and 7 months with a similar illness. She was given biotin.",
    ),
    "wording-w7": (
        "",
        "Case report\nA 33-year-old nurse had a needle-stick injury from a 60-year-old patient with HIV. She took emtricitabine.",
    ),
    "wording-w8": (
        "",
        "Discussion\nWe present a patient with two rare diseases. Two patients of Kato had both diseases. The patients were younger than ours.\n\nCase report\nA 59-year-old man was seen.",
    ),
    "wording-w9": (
        "",
        "Case report\nA 46-year-old woman was admitted. In total, three patients at our institution have had this complication in ten years; only this one is described here. She recovered.",
    ),
    "wording-w10": (
        "",
        "Case report\nA 17-year-old boy with Duchenne dystrophy had a fracture. His mother (carrier) and his maternal uncle (affected, died at 20) were known. He was given zoledronic acid; two infusions were given.",
    ),
    "wording-w11": (
        "",
        "Case report\nA 52-year-old man had a stroke in the right hemisphere; four years later, at 56, the man had a stroke in the left one. The 56-year-old man was given clopidogrel.",
    ),
    "wording-w12": (
        "",
        "Case report\nPatient 7 of our registry, a 44-year-old woman, is described in detail. She had lupus. She received belimumab.",
    ),
}


@pytest.mark.parametrize("name", ONE)
def test_one_patient(name: str) -> None:
    title, text = ONE[name]
    assert _rules(text, title) == set()


def test_the_result_names_words_and_lines() -> None:
    (told,) = plurality(Article("report.txt", SEVERAL["headings"], parts(SEVERAL["headings"])))
    assert (told.file, told.line, told.column) == ("report.txt", 1, 1)
    assert "“Case 2” (line 4)" in told.message
    assert told.cure


def test_several_articles() -> None:
    one = "A title\n\nAbstract\nIt is rare.\n\nCase report\nA man came with fever.\n\nReferences\n1. A B. C. 2020.\n\n"
    assert _rules(one) == set()
    assert _rules(one + one) == {"several-articles"}
    bare = "Introduction\nIt is rare.\n\nCase report\nA man came with fever.\n\nDiscussion\nIt is rare.\n\n"
    assert _rules(bare) == set()
    assert _rules(bare + bare) == {"several-articles"}


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the corpus is not beside the repository")
def test_of_79_published_texts_only_the_triplets_are_refused() -> None:
    texts = {file.stem: file.read_text("utf-8") for file in CORPUS.glob("maccrobat/*.txt")}
    with (CORPUS / "rag-hpo" / "csc_notes.csv").open(encoding="utf-8-sig", newline="") as rows:
        texts |= {row["Case"]: row["clinical_note"] for row in csv.DictReader(rows)}
    assert len(texts) == 79
    assert {name for name, text in texts.items() if _rules(text)} == {"76"}
