"""Names of drugs beyond casekg's own: the table inside `drug-named-entity-recognition`, when that is installed.

The package is never imported (that takes seconds): its table is read with an unpickler that makes nothing but plain
values. Proteins, enzymes and antigens of the body are left out, save those that a medicines guide describes.
"""

from __future__ import annotations

import bz2
import importlib.util
import io
import pickle
import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg.concepts.modules import fold
from kg.draft.namelist import spread
from kg.draft.tabular import rows

__all__ = ["table_file", "table_names"]

# MeSH trees of amino acids and proteins, enzymes, mixtures of tissue, biological factors, nucleic acids, antigens.
_BODY = ("D05", "D08", "D10", "D12", "D13", "D23")
_STAIN = re.compile(r" (?:blue|red|green|violet|orange|yellow|black)$")
_GUIDES = ("medline_plus_id", "nhs_url")


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"the table holds {module}.{name}; only plain values are read")


def table_file() -> Path | None:
    """Where the table is; None when the package is not installed."""
    try:
        spec = importlib.util.find_spec("drug_named_entity_recognition")
    except (ImportError, ValueError):
        return None
    places = list(spec.submodule_search_locations or ()) if spec else []
    files = [Path(place) / "drug_ner_dictionary.pkl.bz2" for place in places]
    return next((file for file in files if file.is_file()), None)


@lru_cache(maxsize=1)
def table_names() -> tuple[str, ...]:
    """The names that serve to find drugs in a text, in small letters; none when there is no table, or a damaged one."""
    file = table_file()
    if file is None:
        return ()
    try:
        table = _Plain(io.BytesIO(bz2.decompress(file.read_bytes()))).load()
        variants, drugs = table["drug_variant_to_canonical"], table["drug_canonical_to_data"]
    except (OSError, EOFError, ValueError, KeyError, TypeError, pickle.UnpicklingError):
        return ()
    held_back = {fold(name) for (cell,) in rows("no-medicines.tsv", "\t") for name in spread(cell)}
    found = []
    for name, meanings in variants.items():
        if (
            not re.fullmatch(r"[a-z][a-z0-9-]{4,}(?: [a-z0-9-]+){0,2}", name)
            or fold(name) in held_back
            or _STAIN.search(name)
        ):
            continue
        about = [drugs[one] for one in meanings if one in drugs]
        if any(_serves(one) for one in about):
            found.append(name)
    return tuple(found)


def _serves(drug: dict[str, Any]) -> bool:
    if any(guide in drug for guide in _GUIDES):
        return True
    trees = drug.get("mesh_tree") or []
    if any(tree.startswith(_BODY) for tree in trees):
        return False
    # What has neither formula nor article is an extract, a pollen or a germ of an allergy test, or a class.
    return "smiles" in drug or "wikipedia_url" in drug
