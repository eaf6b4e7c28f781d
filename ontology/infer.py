"""Write what follows from the ontology: inferred.ttl, and the rules that find the same in cases.

    python ontology/infer.py

HermiT classifies the concept layer (the Java runtime comes with `pip install casekg`); our own
rules must find the same, or nothing is written. Run it after any change to the ontology.
"""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
RULES = HERE / "rules"
sys.path.insert(0, str(HERE.parent))

from kg.base.prefixes import PREFIXES  # noqa: E402
from kg.concepts.terms import Catalogue  # noqa: E402
from kg.graph.reasoning import Classification, classified  # noqa: E402
from kg.owl.deriving import rules  # noqa: E402

HEAD = """\
<https://w3id.org/casekg/ontology/inferred> a owl:Ontology ;
    dcterms:title "casekg: what follows from the ontology" ;
    dcterms:license <https://creativecommons.org/licenses/by/4.0/> ;
    rdfs:comment "Written by ontology/infer.py: parents that follow from definitions.ttl and classes.ttl, and are not stated." .
"""


def shorten(iri: str) -> str:
    """Write an IRI as a prefixed name of Turtle."""
    for name in ("ckg", "obo", "efo", "mesh", "loinc", "drugbank", "hgnc"):
        if iri.startswith(PREFIXES[name]):
            return f"{name}:{iri[len(PREFIXES[name]) :]}"
    raise ValueError(f"{iri}: no prefix of Turtle fits")


def turtle(found: Classification) -> str:
    """Write the parents that follow, a line for each, with both labels."""
    terms = Catalogue.shipped()
    used = ("ckg", "obo", "efo", "mesh", "drugbank", "hgnc", "rdfs", "owl", "dcterms")
    lines = [f"@prefix {name}: <{PREFIXES[name]}> .\n" for name in used]
    lines += ["\n", HEAD, "\n"]
    for name in sorted(found.parents, key=shorten):
        over = " , ".join(shorten(parent) for parent in found.parents[name])
        words = ", ".join(terms.label(parent) for parent in found.parents[name])
        lines.append(f"# {terms.label(name)}: {words}\n{shorten(name)} rdfs:subClassOf {over} .\n")
    return "".join(lines)


def main() -> int:
    """Write the files."""
    found, ours = classified("hermit"), classified("rules")
    if not found.consistent or found.impossible:
        print(f"infer.py: not consistent, or impossible: {found.impossible}", file=sys.stderr)
        return 1
    if found.parents != ours.parents:
        differ = {n for n in {*found.parents, *ours.parents} if found.parents.get(n) != ours.parents.get(n)}
        print(f"infer.py: HermiT and the rules differ on {sorted(differ)}", file=sys.stderr)
        return 1
    (HERE / "inferred.ttl").write_text(turtle(found), encoding="utf-8")
    RULES.mkdir(exist_ok=True)
    made = dict(rules())
    for path in RULES.glob("*.rq"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (RULES / name).write_text(text, encoding="utf-8")
    print(f"rules/: {len(made)} rules")
    print(f"inferred.ttl: {sum(map(len, found.parents.values()))} parents of {len(found.parents)} classes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
