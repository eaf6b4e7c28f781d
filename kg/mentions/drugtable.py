"""Names of drugs beyond casekg's own: the table inside `drug-named-entity-recognition`, when that is installed.

Proteins, enzymes and antigens of the body are left out, save those that a medicines guide describes.
"""

from __future__ import annotations

import hashlib
import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from kg.base.cache import digest
from kg.base.files import write
from kg.base.results import CaseError
from kg.concepts import lent
from kg.concepts.modules import fold
from kg.mentions.namelist import spread
from kg.mentions.tabular import FOLDER, rows

__all__ = ["table_file", "table_names"]

# MeSH trees of amino acids and proteins, enzymes, mixtures of tissue, biological factors, nucleic acids, antigens.
_BODY = ("D05", "D08", "D10", "D12", "D13", "D23")
_STAIN = re.compile(r" (?:blue|red|green|violet|orange|yellow|black)$")
_NAME = re.compile(r"[a-z][a-z0-9-]{4,}(?: [a-z0-9-]+){0,2}")
_HELD_BACK = "no-medicines.tsv"
_END = "# all"
_GUIDES = ("medline_plus_id", "nhs_url")


def table_file() -> Path | None:
    """Where the table is; None when the package is not installed."""
    return lent.files().get("drugbank")


@lru_cache(maxsize=1)
def table_names() -> tuple[str, ...]:
    """The names that serve to find drugs in a text, in small letters; none when there is no table, or a damaged one.

    Kept in the user's cache folder, made anew when the table or what holds names back changed.
    """
    file = table_file()
    if file is None:
        return ()
    kept = user_cache_path("casekg") / "drugs.txt"
    key = hashlib.sha256(f"{digest(file)} {digest(Path(__file__))} {digest(FOLDER / _HELD_BACK)}".encode()).hexdigest()
    with suppress(OSError, UnicodeDecodeError):
        lines = kept.read_text("utf-8").splitlines()
        if lines[:1] == [key] and lines[-1] == _END:
            return tuple(lines[1:-1])
    made = _read(file)
    with suppress(OSError, CaseError):
        kept.parent.mkdir(parents=True, exist_ok=True)
        write(kept, "\n".join([key, *made, _END, ""]).encode())
    return made


def _read(file: Path) -> tuple[str, ...]:
    try:
        variants, drugs = lent.read_table(file)
        serving = {name for name, about in drugs.items() if _serves(about)}
        found = [
            name
            for name, meanings in variants.items()
            if not serving.isdisjoint(meanings) and _NAME.fullmatch(name) and not _STAIN.search(name)
        ]
    except (ValueError, TypeError, AttributeError):
        return ()
    held_back = {fold(name) for (cell,) in rows(_HELD_BACK, "\t") for name in spread(cell)}
    return tuple(name for name in found if fold(name) not in held_back)


def _serves(drug: dict[str, Any]) -> bool:
    if any(guide in drug for guide in _GUIDES):
        return True
    trees = drug.get("mesh_tree") or []
    if any(tree.startswith(_BODY) for tree in trees):
        return False
    # What has neither formula nor article is an extract, a pollen or a germ of an allergy test, or a class.
    return "smiles" in drug or "wikipedia_url" in drug
