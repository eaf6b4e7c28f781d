"""How does a whole ontology come into a project: which file is read, and what is kept of it?

OBO (by fastobo), OWL as RDF/XML and Turtle (by pyoxigraph) and obographs JSON (by ijson) are read
as streams, plain or gzip, up to a size, without network: what they import is not fetched, and of a
DOCTYPE only namespaces are taken. Kept are ids, labels, exact synonyms, parents and retirement, unaltered.
"""

from __future__ import annotations

import gzip
import hashlib
import importlib
import re
import stat
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast
from xml.parsers import expat

import pyoxigraph as ox

from kg.base.bounds import MAX_NESTED
from kg.base.files import write
from kg.base.places import forget
from kg.base.prefixes import PREFIXES, compress, expand, is_curie
from kg.base.results import CaseError, Result
from kg.concepts.equivalence import source_of
from kg.concepts.modules import SUFFIX, Entry, Module, pack
from kg.concepts.terms import Catalogue

__all__ = ["Addition", "Ontology", "add", "read_ontology", "remove"]

MAX_BYTES = 2_000_000_000  # of the unpacked file
MAX_TERMS = 3_000_000
_RDF, _RDFS, _OWL, _SKOS, _OBO, _DCTERMS = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "skos", "obo", "dcterms"))
_OIO = "http://www.geneontology.org/formats/oboInOwl#"
_PART_OF, _HAS_ROLE, _SUB = _OBO + "BFO_0000050", _OBO + "RO_0000087", _RDFS + "subClassOf"
_LINKS = {"part_of": _PART_OF, "BFO:0000050": _PART_OF, "has_role": _HAS_ROLE, "RO:0000087": _HAS_ROLE}
_INSTEAD, _ALSO = _OBO + "IAO_0100001", _OIO + "hasAlternativeId"
_SYNONYMS = (_OIO + "hasExactSynonym", _SKOS + "altLabel", "http://www.ebi.ac.uk/efo/alternative_term")
_CLASSES = {_OWL + "Class", _RDFS + "Class", _SKOS + "Concept"}


@dataclass(frozen=True)
class Ontology:
    """What is kept of an ontology file: what it is (`about`), and its terms."""

    about: Mapping[str, str]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Addition:
    """What `add` did: the module, and how it differs from the one before it and from casekg's own slices."""

    name: str
    about: Mapping[str, str]
    terms: int
    retired: int
    size: int
    update: bool
    changes: Mapping[str, int]
    agree: int
    relabelled: tuple[tuple[str, str, str], ...]
    withdrawn: tuple[str, ...]


@dataclass
class _Found:
    """What was read so far, by IRI."""

    about: dict[str, str] = field(default_factory=dict)
    classes: set[str] = field(default_factory=set)
    labels: dict[str, str] = field(default_factory=dict)
    synonyms: dict[str, list[str]] = field(default_factory=dict)
    parents: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    retired: set[str] = field(default_factory=set)
    instead: dict[str, str] = field(default_factory=dict)
    merged: dict[str, str] = field(default_factory=dict)

    def entries(self) -> Iterator[Entry]:
        """The terms: classes with a label, and ids out of use."""
        alone = self.merged.keys() - self.labels.keys()  # merged into another, and no longer a class of its own
        for iri in sorted({i for i in self.classes if i in self.labels} | self.retired | alone):
            if not _is_iri(iri):
                continue
            label = self.labels.get(iri, "")
            if iri in self.retired or iri in alone:
                instead = self.instead.get(iri) or self.merged.get(iri, "")
                yield Entry(iri, label, retired=True, instead=instead)
            else:
                above = dict.fromkeys(pair for pair in self.parents.get(iri, ()) if _is_iri(pair[1]))
                names = tuple(sorted({name for name in self.synonyms.get(iri, ()) if name and name != label}))
                yield Entry(iri, label, names, tuple(above))


def _is_iri(text: str) -> bool:
    try:
        return text.startswith(("http://", "https://")) and bool(ox.NamedNode(text))
    except ValueError:
        return False


def _iri(curie: str) -> str:
    """The IRI of an id as OBO files write it; "" for one that has none."""
    if is_curie(curie):
        return expand(curie)
    prefix, colon, local = curie.partition(":")
    if curie.startswith(("http://", "https://")) or not colon or not re.fullmatch(r"[A-Za-z_]+", prefix):
        return curie if colon else ""
    return f"{_OBO}{prefix}_{local}"


# ------ Reading


class _Stream:
    """The bytes of a plain or packed file, up to a size; `watch` sees every part of them before anyone else."""

    def __init__(self, path: Path, watch: Callable[[bytes, bool], object] = lambda _part, _last: None) -> None:
        self.path, self.watch, self.count = path, watch, 0
        self.error: CaseError | None = None
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise _wrong(path, "not-a-file", "is not a regular file.", "Name a file, not a pipe or device.")
            packed = path.suffix.lower() == ".gz"
            self.handle = cast(BinaryIO, gzip.open(path, "rb")) if packed else path.open("rb")  # noqa: SIM115
        except OSError as error:
            reason = error.strerror or str(error)
            raise _wrong(path, "file", f"cannot be read ({reason}).", "Check the path and its permissions.") from error

    def read(self, size: int = -1) -> bytes:
        try:
            data = self.handle.read(size)
            self.count += len(data)
            if self.count > MAX_BYTES:
                raise _wrong(self.path, "file", f"larger than {MAX_BYTES:,} bytes.", "Add a smaller edition of it.")
            self.watch(data, not data)
        except CaseError as error:
            self.error = error
            raise
        except (OSError, EOFError, zlib.error) as error:
            self.error = _wrong(self.path, "syntax", f"is not a whole gzip file ({error}).", "Fetch it again.")
            raise self.error from error
        return data

    def close(self) -> None:
        self.handle.close()


def _wrong(path: Path, rule: str, message: str, cure: str, line: int = 0, column: int = 0) -> CaseError:
    return CaseError([Result("violation", rule, message, cure, str(path), line, column)])


def read_ontology(path: Path | str) -> Ontology:
    """Read an ontology file; the format is told by the name. Raises CaseError with file and line."""
    path = Path(path)
    name = path.name.lower().removesuffix(".gz")
    reader = next((reader for end, reader in READERS.items() if name.endswith(end)), None)
    if reader is None:
        cure = f"Name it one of {', '.join(READERS)}, plain or with .gz."
        raise _wrong(path, "format", "no format of ontologies is known for its name.", cure)
    found = _Found()
    try:
        reader(path, found)
    except (AttributeError, KeyError, TypeError) as error:  # JSON of another kind than obographs
        raise _wrong(path, "syntax", f"is not in this format ({error}).", "Is it an ontology?") from error
    except (SyntaxError, ValueError, expat.ExpatError) as error:
        line, column = getattr(error, "lineno", 0) or 0, getattr(error, "offset", 0) or 0
        told = (error.msg if isinstance(error, SyntaxError) else str(error)).splitlines() or ["broken"]
        cure = "Correct it, or fetch it again; `robot convert` writes what can be read here."
        raise _wrong(path, "syntax", f"cannot be read: {told[0].rstrip('.')}.", cure, line, column) from error
    entries = tuple(found.entries())
    used = Counter(source_of(entry.iri) for entry in entries if not entry.retired)
    if not used:
        raise _wrong(path, "syntax", "holds no class with a label.", "Is it an ontology in this format?")
    about = {key: " ".join(value.split())[:500] for key, value in found.about.items() if value}
    if day := re.search(r"\d{4}-\d{2}-\d{2}", about.get("version", "")):
        about["version"] = day[0]
    return Ontology({**about, "source": used.most_common(1)[0][0], "file": path.name}, entries)


def _read_obo(path: Path, found: _Found) -> None:
    fastobo = _needed("fastobo", path)
    with closing(_Stream(path)) as stream:
        try:
            # warnings of the parser are about typedefs that nobody declared
            frames = fastobo.iter(stream)
            for clause in frames.header():
                _obo_head(str(clause), found)
            for frame in frames:
                if type(frame).__name__ == "TermFrame":
                    _obo_term(frame, found)
        except Exception as error:
            raise stream.error or error from error


def _obo_head(text: str, found: _Found) -> None:
    tag, _, value = text.partition(": ")
    if tag == "data-version":
        found.about["version"] = value
    elif tag == "ontology":
        found.about["id"] = value
    elif tag == "import":
        found.about["imports"] = "yes"
    elif tag == "property_value" and (pair := re.match(r'(\S+) (?:"(.*?)"|(\S+))', value)):
        key = re.split("[/#:]", pair[1])[-1].lower()
        if key in ("license", "title", "rights"):
            found.about.setdefault({"license": "licence"}.get(key, key), pair[2] or pair[3])


def _obo_term(frame: Any, found: _Found) -> None:
    iri = _iri(str(frame.id))
    found.classes.add(iri)
    for clause in frame:
        match type(clause).__name__:
            case "NameClause":
                found.labels[iri] = clause.name
            case "SynonymClause" if clause.synonym.scope == "EXACT":
                found.synonyms.setdefault(iri, []).append(clause.synonym.desc)
            case "IsAClause":
                found.parents.setdefault(iri, []).append((_SUB, _iri(str(clause.term))))
            case "RelationshipClause" if str(clause.typedef) in _LINKS:
                pair = (_LINKS[str(clause.typedef)], _iri(str(clause.term)))
                found.parents.setdefault(iri, []).append(pair)
            case "IsObsoleteClause" if clause.obsolete:
                found.retired.add(iri)
            case "ReplacedByClause":
                found.instead[iri] = _iri(str(clause.term))
            case "AltIdClause":
                found.merged.setdefault(_iri(str(clause.alt_id)), iri)


def _read_owl(path: Path, found: _Found) -> None:
    """A file named as OWL: RDF/XML, or Turtle under that name; of other syntaxes it is said which one it is."""
    with closing(_Stream(path)) as stream:
        head = stream.read(4096).decode("utf-8", "replace").lstrip("\ufeff \r\n\t")
    syntax = next((name for name, start in _SYNTAXES.items() if re.match(start, head)), "")
    if syntax in ("", "Turtle"):
        _read_rdf(ox.RdfFormat.TURTLE if syntax else ox.RdfFormat.RDF_XML, path, found)
    else:
        cure = f"Convert it: `robot convert -i {path.name} -o {path.stem}.obo`."
        raise _wrong(path, "format", f"is in {syntax}, which is not read.", cure)


# Syntax -> how a file in it begins, where the name does not tell.
_SYNTAXES = {
    "Turtle": r"(#.*\s+)*(@prefix|@base|PREFIX\s)",
    "OWL functional syntax": r"(#.*\s+)*(Prefix|Ontology)\s*\(",
    "Manchester syntax": r"(#.*\s+)*(Prefix|Ontology):",
    "OWL/XML": r"(<\?xml[^>]*>\s*)?(<!--.*?-->\s*|<!DOCTYPE Ontology\b[^\[>]*(\[.*?\])?\s*>\s*)*<(owl:)?Ontology\s(?s:.*)",
}
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>&\"']{0,150}")  # what ontologies declare entities for


def _read_rdf(form: ox.RdfFormat, path: Path, found: _Found) -> None:
    watch: Callable[[bytes, bool], object] = lambda _part, _last: None  # noqa: E731
    if form == ox.RdfFormat.RDF_XML:
        # read beside: it knows entities in any encoding, and a file without its end
        parser = expat.ParserCreate()

        def doctype(_name: str, system: str | None, public: str | None, _inside: int) -> None:
            if system or public:
                raise _wrong(path, "syntax", "declares a DOCTYPE of another file.", "Write it out without: `robot convert`.")  # fmt: skip

        def entity(name: str, parameter: int, value: str | None, *_: object) -> None:
            # one that names others, or a file, may unpack to anything
            if parameter or not value or not _NAMESPACE.fullmatch(value):
                raise _wrong(path, "syntax", f"declares the entity {name!r}, which is no plain namespace.", "Write it out without: `robot convert`.")  # fmt: skip

        parser.StartDoctypeDeclHandler = doctype
        parser.EntityDeclHandler = entity
        watch = parser.Parse
    nodes = _Nodes()
    with closing(_Stream(path, watch)) as stream:
        try:
            for quad in ox.parse(cast(Any, stream), form):
                nodes.take(quad, found)
        except Exception as error:
            raise stream.error or error from error
    nodes.settle(found)


class _Nodes:
    """Collects what RDF says of classes; restrictions are known when all is read."""

    def __init__(self) -> None:
        self.names: dict[str, dict[str, str]] = {}
        self.on: dict[str, str] = {}
        self.some: dict[str, str] = {}
        self.under: list[tuple[str, str]] = []
        self.heads: set[str] = set()
        self.said: dict[str, dict[str, str]] = {}

    def take(self, quad: Any, found: _Found) -> None:
        subject, predicate, value = quad.subject, quad.predicate.value, quad.object
        blank = isinstance(subject, ox.BlankNode)
        if isinstance(value, ox.Triple) or isinstance(subject, ox.Triple):
            return
        iri = subject.value
        if predicate == _OWL + "onProperty" and blank:
            self.on[iri] = value.value
        elif predicate == _OWL + "someValuesFrom" and blank and isinstance(value, ox.NamedNode):
            self.some[iri] = value.value
        elif blank:
            return
        elif predicate == _RDF + "type":
            if value.value in _CLASSES:
                found.classes.add(iri)
            elif value.value == _OWL + "Ontology":
                self.heads.add(iri)
        elif predicate in (_RDFS + "label", _SKOS + "prefLabel"):
            self.names.setdefault(iri, {}).setdefault(value.language or "", value.value)
        elif predicate == _SUB and isinstance(value, ox.BlankNode):
            self.under.append((iri, value.value))
        elif predicate in (_SUB, _SKOS + "broader") and isinstance(value, ox.NamedNode):
            if value.value != _OWL + "Thing":
                found.parents.setdefault(iri, []).append((predicate, value.value))
        elif predicate in _SYNONYMS and (value.language or "en") == "en":
            found.synonyms.setdefault(iri, []).append(value.value)
        elif predicate == _OWL + "deprecated" and value.value in ("true", "1"):
            found.retired.add(iri)
        elif predicate == _INSTEAD:
            found.instead[iri] = value.value if isinstance(value, ox.NamedNode) else _iri(value.value)
        elif predicate == _ALSO:
            found.merged.setdefault(_iri(value.value), iri)
        elif predicate in _HEADS:
            self.said.setdefault(iri, {}).setdefault(_HEADS[predicate], value.value)

    def settle(self, found: _Found) -> None:
        for iri, names in self.names.items():
            found.labels[iri] = names.get("") or names.get("en") or names[min(names)]
        for iri, node in self.under:
            if self.on.get(node) in (_PART_OF, _HAS_ROLE) and node in self.some:
                found.parents.setdefault(iri, []).append((self.on[node], self.some[node]))
        for iri in sorted(self.heads):
            found.about |= {"id": iri} | self.said.get(iri, {})


_HEADS = {
    _OWL + "versionInfo": "version",
    _OWL + "versionIRI": "version",
    _DCTERMS + "license": "licence",
    _DCTERMS + "title": "title",
    "http://purl.org/dc/elements/1.1/title": "title",
    "http://purl.org/dc/elements/1.1/rights": "rights",
    _OWL + "imports": "imports",
}


def _shallow(events: Iterator[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The events of a JSON text. Raises SyntaxError where it nests deeper than any obograph."""
    depth = 0
    for event, value in events:
        depth += event.startswith("start_") - event.startswith("end_")
        if depth > MAX_NESTED:
            raise SyntaxError(f"nested deeper than {MAX_NESTED}")
        yield event, value


def _read_json(path: Path, found: _Found) -> None:
    ijson = _needed("ijson", path)

    def items(place: str) -> Iterator[Any]:
        with closing(_Stream(path)) as stream:
            try:
                # Only the first walk looks how deep it goes; the name of a place is as long as it is deep.
                told = ijson.parse(_shallow(ijson.basic_parse(stream))) if place == "id" else stream
                yield from ijson.items(told, f"graphs.item.{place}")
            except SyntaxError:
                raise
            except ijson.JSONError as error:
                raise SyntaxError(f"not JSON ({str(error).splitlines()[0]})") from error
            except Exception as error:
                raise stream.error or error from error

    for name in items("id"):
        found.about["id"] = str(name)
    for meta in filter(None, items("meta")):
        found.about["version"] = str(meta.get("version") or "")
        for pair in meta.get("basicPropertyValues") or ():
            if key := _HEADS.get(pair.get("pred", "")):
                found.about.setdefault(key, str(pair.get("val")))
    for node in items("nodes.item"):
        if isinstance(node, dict) and node.get("type", "CLASS") == "CLASS" and "id" in node:
            _json_node(node, found)
    for edge in items("edges.item"):
        pred = {"is_a": _SUB, "subClassOf": _SUB}.get(edge["pred"], edge["pred"])
        if pred in (_SUB, _PART_OF, _HAS_ROLE):
            found.parents.setdefault(edge["sub"], []).append((pred, edge["obj"]))


def _json_node(node: Mapping[str, Any], found: _Found) -> None:
    iri, meta = _iri(node["id"]), node.get("meta") or {}
    found.classes.add(iri)
    if node.get("lbl"):
        found.labels[iri] = node["lbl"]
    for synonym in meta.get("synonyms") or ():
        if synonym.get("pred") == "hasExactSynonym":
            found.synonyms.setdefault(iri, []).append(synonym["val"])
    if meta.get("deprecated") is True:
        found.retired.add(iri)
    for pair in meta.get("basicPropertyValues") or ():
        if pair.get("pred") == _INSTEAD:
            found.instead[iri] = _iri(pair["val"])
        elif pair.get("pred") == _ALSO:
            found.merged.setdefault(_iri(pair["val"]), iri)


def _needed(name: str, path: Path) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        cure = "Install it: pip install 'casekg[ontologies]'; or add the ontology as OWL or Turtle."
        raise _wrong(path, "file", f"cannot be read without the package {name}.", cure) from error


# End of a name -> what reads it.
READERS: dict[str, Callable[[Path, _Found], None]] = {
    ".obo": _read_obo,
    ".json": _read_json,
    **dict.fromkeys((".owl", ".rdf", ".xml"), _read_owl),
    ".ttl": lambda path, found: _read_rdf(ox.RdfFormat.TURTLE, path, found),
    ".nt": lambda path, found: _read_rdf(ox.RdfFormat.N_TRIPLES, path, found),
}


# ------ A project's ontologies


def add(root: Path, path: Path | str, name: str = "") -> Addition:
    """Add an ontology file to the project at `root`, in place of the one of that name.

    The project must have been entered. Raises CaseError, and then leaves everything as it was.
    """
    path = Path(path)
    made = read_ontology(path)
    if len(made.entries) > MAX_TERMS:
        raise _wrong(path, "file", f"has more than {MAX_TERMS:,} terms.", "Add a smaller edition of it.")
    name = name or _name(made.about.get("id", ""), path)
    if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", name):
        raise _wrong(path, "config", f"{name!r} is no name.", "Use small letters, digits and hyphens: --name hp.")
    place = root / "terms" / f"{name}{SUFFIX}"
    before = _entries(place)
    after = {entry.iri: entry for entry in made.entries}
    data = pack({**made.about, "sha256": _digest(path)}, made.entries)
    shipped = Catalogue.shipped()
    own = [iri for iri in shipped.labels if shipped.ships(iri) and iri in after]
    labels = {iri: shipped.relabelled.get(iri, (shipped.labels[iri], ""))[0] for iri in own}
    used = [iri for iri in own if not after[iri].retired]
    differ = [(compress(i), labels[i], after[i].label) for i in used if labels[i] != after[i].label]
    place.parent.mkdir(exist_ok=True)
    write(place, data)
    forget()
    return Addition(
        name=name,
        about=made.about,
        terms=sum(not entry.retired for entry in made.entries),
        retired=sum(entry.retired for entry in made.entries),
        size=len(data),
        update=before is not None,
        changes=_changes(before or {}, after),
        agree=len(used) - len(differ),
        relabelled=tuple(sorted(differ)),
        withdrawn=tuple(sorted(compress(iri) for iri in own if after[iri].retired)),
    )


def remove(root: Path, name: str) -> None:
    """Take an added ontology out of the project. Raises CaseError when it is not there."""
    place = root / "terms" / f"{name}{SUFFIX}"
    if not place.is_file():
        there = ", ".join(sorted(p.name.removesuffix(SUFFIX) for p in (root / "terms").glob(f"*{SUFFIX}")))
        cure = f"There are: {there}." if there else "None was added."
        raise _wrong(place, "file", f"no ontology {name!r} was added to the project.", cure)
    place.unlink()
    forget()


def _name(iri: str, path: Path) -> str:
    """The short name of an ontology: the last part of its IRI, else of its file.

    >>> _name("http://purl.obolibrary.org/obo/hp/hp-base.owl", Path("x.owl")), _name("", Path("My HP.obo.gz"))
    ('hp-base', 'my-hp')
    """
    last = re.split("[/#]", iri.rstrip("/#"))[-1] or path.name
    bare = re.sub(r"\.(gz|obo|owl|json|ttl|rdf|xml|nt)(?=\.|$)", "", last.lower())
    return re.sub(r"[^a-z0-9_-]+", "-", bare).strip("-_")


def _entries(place: Path) -> dict[str, Entry] | None:
    if not place.is_file():
        return None
    try:
        return {entry.iri: entry for entry in Module.open(place).entries()}
    except CaseError:
        return {}  # damaged: it is made anew


def _digest(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _changes(before: Mapping[str, Entry], after: Mapping[str, Entry]) -> dict[str, int]:
    used = {iri for iri, entry in before.items() if not entry.retired}
    now = {iri for iri, entry in after.items() if not entry.retired}
    return {
        "added": len(now - used),
        "removed": sum(iri not in after for iri in used),
        "retired": sum(iri in after and after[iri].retired for iri in used),
        "relabelled": _count(after[iri].label != before[iri].label for iri in used & now),
        "moved": _count(after[iri].parents != before[iri].parents for iri in used & now),
    }


def _count(flags: Iterable[bool]) -> int:
    return sum(flags)
