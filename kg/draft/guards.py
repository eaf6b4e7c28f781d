"""Which words are no phenotype by themselves though the ontology has them as a name, and which name means which term?"""

from __future__ import annotations

__all__ = ["AMBIGUOUS", "GENERIC", "NOT_BEFORE", "PREFERRED"]

# Word or form that is too general to be a finding alone.
GENERIC = frozenset(
    [
        "disease",
        "lesion",
        "lesions",
        "mass",
        "masses",
        "abnormal",
        "abnormality",
        "increased",
        "decreased",
        "nodule",
        "infection",
        "swelling",
        "tumor",
        "cyst",
        "atrophy",
        "hypoplasia",
        "aplasia",
        "fibrosis",
        "calcification",
        "obstruction",
        "stenosis",
        "hernia",
        "inflammation",
        "ulcer",
        "scar",
        "hemorrhage",
        "bleeding",
        "fracture",
        "loss",
        "deformity",
        "malformation",
        "poor",
        "stress",
        "allergy",
        "discharge",
        "dilated",
        "thickening",
        "sclerosis",
        "degeneration",
        "necrosis",
        "edema-like",
    ]
)
# One word that mostly means something else in a report.
AMBIGUOUS = frozenset(
    ["all", "aids", "cold", "flat", "spots", "falls", "fall", "fit", "fits", "slow", "mole", "moles", "tag", "pits"]
)
# A name before one of these is part of the name of something else.
NOT_BEFORE = frozenset(
    [
        "vaccination",
        "vaccine",
        "vaccines",
        "immunization",
        "virus",
        "viruses",
        "antibody",
        "antibodies",
        "serology",
        "screening",
        "clinic",
        "prophylaxis",
        "unit",
        "test",
        "tests",
        "testing",
        "questionnaire",
        "score",
        "scale",
        "department",
        "specialist",
        "syndrome",
        "gene",
        "genes",
        "medication",
        "drugs",
        "program",
        "programme",
    ]
)
# Forms of a name -> the term that a report means by it.
PREFERRED = {
    "weak": "HP:0001324",
}
