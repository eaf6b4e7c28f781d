"""Write ontology/terms/*.ttl: the public terms we cite, each with its path to the root.

    python ontology/extract.py TERMS_FOLDER

TERMS_FOLDER holds one gzipped table per source (columns id, label, obsolete, replaced_by,
exact_synonyms, parents; hpo also label_2026, uberon part_of, chebi roles, MeSH tree).
ontology/terms/selection.tsv says which ids we ship; the parents follow by themselves.
To add a term, add its row there and run this again. Same input, same bytes.

Written beside the modules: ontology/terms/retired.tsv.gz (what became of retired ids) and
ontology/mappings/drugs.sssom.tsv (the cross-references that ChEBI gives for our drugs).
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import runpy
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rdflib import RDFS, BNode, Graph, URIRef

HERE = Path(__file__).resolve().parent
TERMS = HERE / "terms"
MAPPINGS = HERE / "mappings"
MODULE = "https://w3id.org/casekg/ontology/terms/"

_SHARED = runpy.run_path(str(HERE.parent / "kg" / "base" / "prefixes.py"))
CONCEPTS: dict[str, tuple[str, str]] = _SHARED["CONCEPTS"]
VOCABULARIES: dict[str, str] = _SHARED["PREFIXES"]
USED = ("ckg", "obo", "efo", "mesh", "loinc", "drugbank", "hgnc")
COMMON = ("rdfs", "owl", "skos", "dcterms")

CC_BY_4 = "<https://creativecommons.org/licenses/by/4.0/>"
CC_BY_3 = "<https://creativecommons.org/licenses/by/3.0/>"
CC0 = "<https://creativecommons.org/publicdomain/zero/1.0/>"

Row = dict[str, str]


@dataclass(frozen=True)
class Source:
    """Where the terms of one prefix come from, and what its module's header says."""

    title: str
    page: str
    version: str
    license: str
    tables: tuple[str, ...] = ()
    follow: bool = True
    note: str = "Cited ids, labels and parents; unaltered."


SOURCES: dict[str, Source] = {
    "HP": Source(
        "Human Phenotype Ontology",
        "http://purl.obolibrary.org/obo/hp.owl",
        "2025-01-16; labels and new ids of 2026-06-23",
        "<http://human-phenotype-ontology.github.io/license.html>",
        ("hpo",),
    ),
    "MONDO": Source(
        "Mondo Disease Ontology",
        "http://purl.obolibrary.org/obo/mondo.owl",
        "2026-08-04; hierarchy of 2024-01",
        CC_BY_4,
        ("mondo",),
    ),
    "MAXO": Source(
        "Medical Action Ontology",
        "http://purl.obolibrary.org/obo/maxo.owl",
        "2024-07-29",
        CC_BY_4,
        ("maxo",),
    ),
    "UBERON": Source(
        "Uber-anatomy ontology",
        "http://purl.obolibrary.org/obo/uberon.owl",
        "slices of 2019 to 2026",
        CC_BY_3,
        ("uberon_merged_slices",),
        note="Cited ids, labels, parents and wholes (part of); unaltered.",
    ),
    "CHEBI": Source(
        "Chemical Entities of Biological Interest",
        "http://purl.obolibrary.org/obo/chebi.owl",
        "2024-01; newer ids: label only",
        CC_BY_4,
        ("chebi",),
        note="Cited ids, labels, parents, and the roles (has role) of the selected drugs; unaltered.",
    ),
    "EFO": Source(
        "Experimental Factor Ontology",
        "http://www.ebi.ac.uk/efo/efo.owl",
        "2024-01; retirements of 3.92 (2026-07-15)",
        "<https://www.apache.org/licenses/LICENSE-2.0>",
        ("efo",),
        note="Cited ids, labels and parents; parents that EFO has since retired are left out.",
    ),
    "MESH": Source(
        "Medical Subject Headings",
        "https://id.nlm.nih.gov/mesh/",
        "2024-11",
        '"Courtesy of the U.S. National Library of Medicine; free with attribution."',
        ("mesh_descriptors",),
        follow=False,
        note="Cited ids, labels and entry terms; unaltered. Tree positions, up to two levels "
        "above a cited descriptor, are skos:broader: a MeSH tree is not always is-a.",
    ),
    "NCIT": Source(
        "NCI Thesaurus",
        "http://purl.obolibrary.org/obo/ncit.owl",
        "disease slice of 2018-06; other ids: label only",
        CC_BY_4,
        ("ncit_disease_2018_slice",),
    ),
    "CMO": Source(
        "Clinical Measurement Ontology",
        "http://purl.obolibrary.org/obo/cmo.owl",
        "2026-07-25",
        CC_BY_4,
        ("cmo",),
    ),
    "LOINC": Source(
        "Logical Observation Identifiers Names and Codes",
        "https://loinc.org/",
        "codes verified one by one, 2026",
        "<https://loinc.org/license/>",
        note="Cited codes and names; unaltered. This material contains content from LOINC "
        "(https://loinc.org). LOINC is copyright Regenstrief Institute, Inc. and the Logical "
        "Observation Identifiers Names and Codes (LOINC) Committee and is available at no cost "
        "under the license at https://loinc.org/license/.",
    ),
    "HGNC": Source(
        "HGNC gene symbols",
        "https://www.genenames.org/",
        "2024-01",
        CC0,
        ("hgnc",),
        note="Cited ids, symbols, names and aliases; unaltered.",
    ),
    "DRUGBANK": Source(
        "DrugBank open vocabulary",
        "https://go.drugbank.com/releases/latest#open-data",
        "2024 to 2025",
        CC0,
        ("drugbank_names_open",),
        note="Cited ids, names and synonyms; unaltered.",
    ),
    "PATO": Source(
        "Phenotype And Trait Ontology",
        "http://purl.obolibrary.org/obo/pato.owl",
        "imports of HPO 2020-12 and OBI 2026-05-08",
        CC_BY_3,
        ("pato_slice", "obi_imports"),
    ),
    "OBI": Source(
        "Ontology for Biomedical Investigations",
        "http://purl.obolibrary.org/obo/obi.owl",
        "2026-05-08",
        CC_BY_4,
        ("obi",),
    ),
    "CL": Source(
        "Cell Ontology",
        "http://purl.obolibrary.org/obo/cl.owl",
        "import of EFO 2024-01",
        CC_BY_4,
        ("cl_efo_import",),
    ),
    "GO": Source("Gene Ontology", "http://purl.obolibrary.org/obo/go.owl", "2024-01", CC_BY_4, ("go",)),
    "NCBITaxon": Source(
        "NCBI organismal classification",
        "http://purl.obolibrary.org/obo/ncbitaxon.owl",
        "import of OBI 2026-05-08",
        CC0,
        ("obi_imports",),
        follow=False,
        note="Cited id, label and synonyms; unaltered.",
    ),
}

# Parents that the source states and casekg does not infer over: through them a query would
# answer what no report says. (child, parent, why)
WITHHELD: tuple[tuple[str, str, str], ...] = (
    (
        "HP:0033560",
        "HP:0003493",
        "a report of anti-PM/Scl does not state a positive antinuclear antibody test",
    ),
    ("HP:0003761", "HP:0011805", "calcinosis is mostly of the skin, not of muscle"),
    ("HP:0010766", "HP:0000924", "calcium in the skin is not a finding of the skeleton"),
    ("MONDO:0016367", "MONDO:0019127", "dermatomyositis is not a kind of polymyositis"),
    ("MONDO:0011849", "MONDO:0008383", "psoriatic arthritis is not a kind of rheumatoid arthritis"),
    (
        "MONDO:0005306",
        "MONDO:0008383",
        "ankylosing spondylitis is not a kind of rheumatoid arthritis",
    ),
    ("MONDO:0008364", "MONDO:0003847", "Raynaud disease is not always hereditary"),
)

# Tables whose retired ids go into retired.tsv.gz.
RETIRED = ("hpo", "mondo", "efo", "maxo", "uberon_merged_slices", "obi")

SUBCLASS = "rdfs:subClassOf"
WITHHELD_PARENT = "ckg:withheldParent"
BROADER = "skos:broader"
PART_OF = "obo:BFO_0000050"
HAS_ROLE = "obo:RO_0000087"
PREDICATES = (SUBCLASS, WITHHELD_PARENT, BROADER, PART_OF, HAS_ROLE)
MESH_LEVELS = 2

# What the column label_2026 says of ids that the newer list adds or lacks; not a label.
REMARKS = ("NEW since ", "NOT in active ")


@dataclass(frozen=True)
class Term:
    """One term as its module states it; `links` are (predicate, CURIE)."""

    id: str
    label: str
    synonyms: tuple[str, ...]
    links: tuple[tuple[str, str], ...]


class SelectionError(Exception):
    """The selection and the extracts do not agree."""


def read(folder: Path, table: str) -> dict[str, Row]:
    """Read one table of the extracts, by id."""
    csv.field_size_limit(10**9)
    with gzip.open(folder / f"{table}.tsv.gz", "rt", encoding="utf-8", newline="") as handle:
        rows = csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["id"]: row for row in rows}


def read_selection(path: Path) -> dict[str, str]:
    """Read which ids we ship, and the label each goes by."""
    with path.open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    ids = [row["id"] for row in rows]
    if ids != sorted(set(ids)):
        raise SelectionError(f"{path.name}: ids must be sorted and unique")
    return {row["id"]: row["label"] for row in rows}


def split(text: str | None) -> list[str]:
    """Split a cell that holds a list.

    >>> split("arm|upper arm"), split("")
    (['arm', 'upper arm'], [])
    """
    return [part.strip() for part in (text or "").split("|") if part.strip()]


def prefix_of(curie: str) -> str:
    """Give the prefix of a CURIE."""
    return curie.partition(":")[0]


class Extracts:
    """The tables of TERMS_FOLDER, seen as one."""

    def __init__(self, folder: Path, selection: dict[str, str]) -> None:
        """Read every table of SOURCES."""
        self.selection = selection
        self.tables: dict[str, dict[str, Row]] = {}
        for prefix, source in SOURCES.items():
            merged: dict[str, Row] = {}
            for table in source.tables:
                for curie, row in read(folder, table).items():
                    if prefix_of(curie) == prefix and row["label"]:
                        merged.setdefault(curie, row)
            self.tables[prefix] = merged
        self.mesh_trees = {place: curie for curie, row in self.tables["MESH"].items() for place in split(row["tree"])}

    def row(self, curie: str) -> Row | None:
        """Find the row of an id, if its source has one."""
        return self.tables.get(prefix_of(curie), {}).get(curie)

    def live(self, curies: Iterable[str]) -> list[str]:
        """Keep the ids that we can cite: known, and not retired."""
        rows = ((curie, self.row(curie)) for curie in curies)
        return sorted({curie for curie, row in rows if row and row["obsolete"] != "1"})

    def label(self, curie: str) -> str:
        """Give the newest label of an id."""
        row = self.row(curie)
        if row is None:
            return self.selection[curie]
        newer = row.get("label_2026") or ""
        return row["label"] if not newer or newer.startswith(REMARKS) else newer

    def broader(self, curie: str) -> list[str]:
        """Find the descriptors one level above in any tree of MeSH."""
        row = self.row(curie)
        places = split(row["tree"]) if row else []
        above = (place.rpartition(".")[0] for place in places)
        return sorted({self.mesh_trees[place] for place in above if place in self.mesh_trees})

    def check(self) -> None:
        """Stop if the selection names an id that is unknown, retired or called otherwise."""
        for curie, label in self.selection.items():
            prefix = prefix_of(curie)
            local = curie[len(prefix) + 1 :]
            if prefix not in SOURCES or not re.fullmatch(CONCEPTS[prefix][1], local):
                raise SelectionError(f"{curie}: no such source, or malformed id")
            row = self.row(curie)
            if row is not None and row["obsolete"] == "1":
                raise SelectionError(f"{curie} is retired; use {row['replaced_by'] or 'another term'}")
            if label != self.label(curie):
                raise SelectionError(f"{curie}: the source says {self.label(curie)!r}, not {label!r}")
        for child, parent, _ in WITHHELD:
            row = self.row(child)
            if row is None or parent not in split(row["parents"]):
                raise SelectionError(f"WITHHELD: the source no longer says {child} is_a {parent}")

    def links(self, curie: str, level: int) -> Iterator[tuple[str, str]]:
        """Yield what the source says of a term: (predicate, other term)."""
        row = self.row(curie)
        prefix = prefix_of(curie)
        if row is None:
            return
        if prefix == "MESH" and level < MESH_LEVELS:
            yield from ((BROADER, parent) for parent in self.broader(curie))
        if not SOURCES[prefix].follow:
            return
        withheld = {parent for child, parent, _ in WITHHELD if child == curie}
        for parent in self.live(split(row["parents"])):
            yield (WITHHELD_PARENT if parent in withheld else SUBCLASS, parent)
        if prefix == "UBERON":
            yield from ((PART_OF, whole) for whole in self.live(split(row["part_of"])))
        if prefix == "CHEBI" and curie in self.selection:
            yield from ((HAS_ROLE, role) for role in self.live(split(row["roles"])))

    def terms(self) -> list[Term]:
        """Follow every selected id to the roots of its source."""
        self.check()
        levels = dict.fromkeys(self.selection, 0)
        queue = list(self.selection)
        found: dict[str, Term] = {}
        while queue:
            curie = queue.pop(0)
            links = sorted(set(self.links(curie, levels[curie])))
            found[curie] = self.term(curie, links)
            for predicate, other in links:
                if predicate != WITHHELD_PARENT and other not in levels:
                    levels[other] = levels[curie] + 1
                    queue.append(other)
        return sorted(found.values(), key=lambda term: sort_key(term.id))

    def term(self, curie: str, links: list[tuple[str, str]]) -> Term:
        """Put one term together."""
        row = self.row(curie) or {}
        label = self.label(curie)
        spellings: dict[str, str] = {}
        names = [row.get("label") or "", *split(row.get("exact_synonyms"))]
        for name in sorted(name for name in names if name):
            spellings.setdefault(name.casefold(), name)
        spellings.pop(label.casefold(), None)
        return Term(curie, label, tuple(sorted(spellings.values())), tuple(links))


def sort_key(curie: str) -> tuple[str, int, str]:
    """Sort CURIEs by source, then as numbers.

    >>> sorted(["CHEBI:71200", "CHEBI:8382"], key=sort_key)
    ['CHEBI:8382', 'CHEBI:71200']
    """
    prefix, _, local = curie.partition(":")
    digits = re.sub(r"\D", "", local)
    return prefix, int(digits or 0), local


def shorten(curie: str) -> str:
    """Write a CURIE as a prefixed name of Turtle.

    >>> shorten("HP:0025520"), shorten("MESH:D016756")
    ('obo:HP_0025520', 'mesh:D016756')
    """
    prefix, _, local = curie.partition(":")
    iri = CONCEPTS[prefix][0] + local
    for name in USED:
        if iri.startswith(VOCABULARIES[name]):
            return f"{name}:{iri[len(VOCABULARIES[name]) :]}"
    raise SelectionError(f"{curie}: no prefix of Turtle fits")


def quote(text: str) -> str:
    """Write a literal of Turtle.

    >>> quote('a "b"')
    '"a \\\\"b\\\\""'
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")
    return f'"{escaped}"'


def block(subject: str, lines: Iterable[str]) -> str:
    """Write one subject with its predicates."""
    return f"{subject} " + " ;\n    ".join(lines) + " .\n"


def write_module(prefix: str, terms: list[Term]) -> str:
    """Write the module of one source."""
    source = SOURCES[prefix]
    module = f"<{MODULE}{prefix.lower()}>"
    notes = [source.note]
    here = {term.id for term in terms}
    for child, parent, why in WITHHELD:
        if child in here:
            notes.append(
                f"Withheld: the source states {child} is_a {parent}; casekg does not infer over "
                f"it ({why}) and writes ckg:withheldParent."
            )
    header = [
        "a owl:Ontology",
        f"dcterms:title {quote(f'casekg: terms cited from {source.title}')}",
        f"dcterms:source <{source.page}>",
        f"owl:versionInfo {quote(source.version)}",
        f"dcterms:license {source.license}",
        "rdfs:comment " + " ,\n        ".join(quote(note) for note in notes),
    ]
    blocks = [block(module, header)]
    for term in terms:
        lines = ["a owl:Class", f"rdfs:label {quote(term.label)}"]
        if term.synonyms:
            lines.append("skos:altLabel " + " , ".join(quote(name) for name in term.synonyms))
        for predicate in PREDICATES:
            others = sorted((o for p, o in term.links if p == predicate), key=sort_key)
            if others:
                lines.append(f"{predicate} " + " , ".join(shorten(other) for other in others))
        lines.append(f"rdfs:isDefinedBy {module}")
        blocks.append(block(shorten(term.id), lines))
    body = "\n".join(blocks)
    named = [name for name in (*USED, *COMMON) if re.search(rf"(?m)(?:^|[ (]){name}:", body)]
    prefixes = "".join(f"@prefix {name}: <{VOCABULARIES[name]}> .\n" for name in named)
    return f"{prefixes}\n{body}"


def verify(path: Path, count: int) -> None:
    """Read a module back: every term labelled, nothing anonymous."""
    graph = Graph().parse(path, format="turtle")
    labelled = set(graph.subjects(RDFS.label))
    if len(labelled) != count or any(isinstance(node, BNode) for node in graph.all_nodes()):
        raise SelectionError(f"{path.name}: {len(labelled)} labelled terms, expected {count}")
    unlabelled = {s for s in graph.subjects(RDFS.subClassOf) if isinstance(s, URIRef)} - labelled
    if unlabelled:
        raise SelectionError(f"{path.name}: no label for {sorted(unlabelled)}")


def write_retired(folder: Path, path: Path) -> int:
    """Write what became of every retired id."""
    retired: dict[str, str] = {}
    for table in RETIRED:
        for curie, row in read(folder, table).items():
            if row["obsolete"] == "1" and prefix_of(curie) in CONCEPTS:
                retired[curie] = row["replaced_by"]
    lines = [f"{curie}\t{retired[curie]}\n" for curie in sorted(retired)]
    text = "id\treplaced_by\n" + "".join(lines)
    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as handle:
        handle.write(text.encode())
    path.write_bytes(buffer.getvalue())
    return len(retired)


SSSOM_HEADER = """\
#curie_map:
#  CHEBI: http://purl.obolibrary.org/obo/CHEBI_
#  DRUGBANK: https://go.drugbank.com/drugs/
#  MESH: http://id.nlm.nih.gov/mesh/
#  semapv: https://w3id.org/semapv/vocab/
#  skos: http://www.w3.org/2004/02/skos/core#
#mapping_set_id: https://w3id.org/casekg/ontology/mappings/drugs
#mapping_set_title: Cross-references of ChEBI for the drugs that casekg cites
#mapping_set_version: 2024-01
#license: https://creativecommons.org/licenses/by/4.0/
"""
SSSOM_COLUMNS = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "subject_source",
)


def write_mappings(extracts: Extracts, path: Path) -> int:
    """Write the one-to-one cross-references of ChEBI for the selected drugs."""
    pairs = []
    for curie in extracts.selection:
        row = extracts.row(curie)
        if prefix_of(curie) == "CHEBI" and row:
            pairs += [(curie, xref) for xref in extracts.live(split(row["xrefs"]))]
    pairs = [pair for pair in pairs if prefix_of(pair[1]) in ("DRUGBANK", "MESH")]
    once = [p for p in pairs if sum(other == p[1] for _, other in pairs) == 1]
    lines = ["\t".join(SSSOM_COLUMNS)]
    for subject, other in sorted(once, key=lambda pair: (sort_key(pair[0]), pair[1])):
        cells = (
            subject,
            extracts.label(subject),
            "skos:exactMatch",
            other,
            extracts.label(other),
            "semapv:UnspecifiedMatching",
            "http://purl.obolibrary.org/obo/chebi.owl",
        )
        lines.append("\t".join(cells))
    path.write_text(SSSOM_HEADER + "\n".join(lines) + "\n", encoding="utf-8")
    return len(once)


def main(arguments: list[str]) -> int:
    """Rewrite the modules from the extracts in the folder named."""
    if len(arguments) != 1 or not Path(arguments[0]).is_dir():
        print("usage: python ontology/extract.py TERMS_FOLDER", file=sys.stderr)
        return 2
    folder = Path(arguments[0])
    try:
        extracts = Extracts(folder, read_selection(TERMS / "selection.tsv"))
        terms = extracts.terms()
        for prefix in SOURCES:
            ours = [term for term in terms if prefix_of(term.id) == prefix]
            path = TERMS / f"{prefix.lower()}.ttl"
            path.write_text(write_module(prefix, ours), encoding="utf-8")
            verify(path, len(ours))
            print(f"{path.name}: {len(ours)} terms")
        MAPPINGS.mkdir(exist_ok=True)
        print(f"retired.tsv.gz: {write_retired(folder, TERMS / 'retired.tsv.gz')} ids")
        print(f"drugs.sssom.tsv: {write_mappings(extracts, MAPPINGS / 'drugs.sssom.tsv')} mappings")
    except SelectionError as problem:
        print(f"extract.py: {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
