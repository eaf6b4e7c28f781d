"""Which IRI does a CURIE stand for, and the other way round?

One closed table. A prefix that is not here is an error, never a guess: an id kept as
`<HP:0025520>` joins with nothing and nobody notices.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote, unquote

__all__ = [
    "CASE",
    "CKG",
    "FOREIGN",
    "PREFIXES",
    "REGISTRY",
    "compress",
    "expand",
    "is_curie",
    "other",
    "own_prefixes",
    "written",
]

CKG = "https://w3id.org/casekg/ontology#"
CASE = "https://w3id.org/casekg/case/"
# Graphs of a merged file that are no case: who told what, and (with the digest of what it says) RDF of another model.
REGISTRY = "https://w3id.org/casekg/merge"
FOREIGN = "https://w3id.org/casekg/foreign/"
OBO = "http://purl.obolibrary.org/obo/"

# Concept sources: CURIE prefix -> (IRI start, pattern of the local id).
CONCEPTS: dict[str, tuple[str, str]] = {
    "HP": (OBO + "HP_", r"\d{7}"),
    "MONDO": (OBO + "MONDO_", r"\d{7}"),
    "MAXO": (OBO + "MAXO_", r"\d{7}"),
    "UBERON": (OBO + "UBERON_", r"\d{7}"),
    "CHEBI": (OBO + "CHEBI_", r"\d+"),
    "PATO": (OBO + "PATO_", r"\d{7}"),
    "OBI": (OBO + "OBI_", r"\d{7}"),
    "CL": (OBO + "CL_", r"\d{7}"),
    "GO": (OBO + "GO_", r"\d{7}"),
    "NCIT": (OBO + "NCIT_", r"C\d+"),
    "NCBITaxon": (OBO + "NCBITaxon_", r"\d+"),
    "VO": (OBO + "VO_", r"\d{7}"),
    "CMO": (OBO + "CMO_", r"\d{7}"),
    "PR": (OBO + "PR_", r"[A-Z0-9-]+"),
    "DOID": (OBO + "DOID_", r"\d+"),
    "EFO": ("http://www.ebi.ac.uk/efo/EFO_", r"\d{7}"),
    "MESH": ("http://id.nlm.nih.gov/mesh/", r"[CDQ]\d+"),
    "DRUGBANK": ("https://go.drugbank.com/drugs/", r"DB\d{5}"),
    "HGNC": ("https://identifiers.org/hgnc:", r"\d+"),
    "LOINC": ("https://loinc.org/", r"\d{1,7}-\d"),
    "OMIM": ("https://omim.org/entry/", r"\d{6}"),
    "ORPHA": ("http://www.orpha.net/ORDO/Orphanet_", r"\d+"),
    "GENO": (OBO + "GENO_", r"\d{7}"),
    "SO": (OBO + "SO_", r"\d{7}"),
    "ECO": (OBO + "ECO_", r"\d{7}"),
    "UO": (OBO + "UO_", r"\d{7}"),
    "OAE": (OBO + "OAE_", r"\d{7}"),
    # An id of a source that casekg does not know, as a record writes it, percent-encoded: `other`.
    "other": ("https://w3id.org/casekg/id/", r"[A-Za-z0-9._~%:-]+"),
    "ckg": (CKG, r"[A-Z][A-Za-z0-9]*"),
}

# Vocabularies that the graph and the queries are written in.
PREFIXES: dict[str, str] = {
    "ckg": CKG,
    "case": CASE,
    "obo": OBO,
    "efo": "http://www.ebi.ac.uk/efo/",
    "mesh": "http://id.nlm.nih.gov/mesh/",
    "loinc": "https://loinc.org/",
    "drugbank": "https://go.drugbank.com/drugs/",
    "hgnc": "https://identifiers.org/hgnc:",
    "doi": "https://doi.org/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "sssom": "https://w3id.org/sssom/",
    "semapv": "https://w3id.org/semapv/vocab/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "oa": "http://www.w3.org/ns/oa#",
    "cito": "http://purl.org/spar/cito/",
    "fabio": "http://purl.org/spar/fabio/",
    "bibo": "http://purl.org/ontology/bibo/",
    "sh": "http://www.w3.org/ns/shacl#",
    "shape": "https://w3id.org/casekg/shapes#",
}

_CURIE = re.compile(r"([A-Za-z]+):(\S+)")


@lru_cache(maxsize=65536)
def is_curie(text: str) -> bool:
    """Is this text an id of a known source, well formed?

    >>> is_curie("HP:0025520"), is_curie("HP:x"), is_curie("tofacitinib")
    (True, False, False)
    """
    found = _CURIE.fullmatch(text)
    if not found or found[1] not in CONCEPTS:
        return False
    return re.fullmatch(CONCEPTS[found[1]][1], found[2]) is not None


def other(written: str) -> str:
    """The CURIE for an id as a record writes it: itself when its source is known, else one that holds it.

    >>> other("HP:0025520"), other("SNOMED:271594007"), other("a b")
    ('HP:0025520', 'other:SNOMED:271594007', 'other:a%20b')
    """
    return written if is_curie(written) and written[:6] != "other:" else "other:" + quote(written, safe=":")


def written(curie: str) -> str:
    """The id that `other` was given.

    >>> written("other:SNOMED:271594007"), written("HP:0025520")
    ('SNOMED:271594007', 'HP:0025520')
    """
    return unquote(curie[6:]) if curie.startswith("other:") else curie


@lru_cache(maxsize=65536)
def expand(curie: str) -> str:
    """Expand the CURIE of a concept to its IRI.

    Raises ValueError for an unknown prefix or a malformed local id.

    >>> expand("HP:0025520")
    'http://purl.obolibrary.org/obo/HP_0025520'
    >>> expand("ckg:Improved")
    'https://w3id.org/casekg/ontology#Improved'
    """
    if not is_curie(curie):
        raise ValueError(f"{curie!r} is not an id of a known source ({', '.join(CONCEPTS)})")
    prefix, local = curie.split(":", 1)
    return CONCEPTS[prefix][0] + local


_SHIPPED = (dict(CONCEPTS), dict(PREFIXES))
_STARTS: list[tuple[str, str]] = []


def own_prefixes(table: Mapping[str, str]) -> None:
    """Know a project's own prefixes beside casekg's, in place of those of the project before.

    Raises ValueError when one of them means something else here.
    """
    for prefix, start in table.items():
        if _SHIPPED[1].get(prefix, start) != start or prefix in _SHIPPED[0]:
            raise ValueError(f"the prefix {prefix!r} is casekg's own")
    CONCEPTS.clear()
    PREFIXES.clear()
    CONCEPTS.update(_SHIPPED[0], **{p: (start, r"[A-Za-z0-9][A-Za-z0-9_.-]*") for p, start in table.items()})
    PREFIXES.update(_SHIPPED[1], **table)
    starts = {*((start, f"{prefix}:") for prefix, (start, _) in CONCEPTS.items())}
    starts |= {(start, f"{prefix}:") for prefix, start in PREFIXES.items()}
    for known in (is_curie, expand):
        known.cache_clear()
    _STARTS[:] = sorted(starts, key=lambda pair: (-len(pair[0]), pair[0], pair[1].islower()))


own_prefixes({})


def compress(iri: str) -> str:
    """Shorten an IRI to a CURIE where a prefix fits; otherwise give it back.

    >>> compress("http://purl.obolibrary.org/obo/CHEBI_71200")
    'CHEBI:71200'
    >>> compress("http://example.org/x")
    'http://example.org/x'
    """
    for start, prefix in _STARTS:
        if iri.startswith(start) and len(iri) > len(start):
            return prefix + iri[len(start) :]
    return iri
