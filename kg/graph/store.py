"""Where do the graphs live, and how do they get in and out?

A dataset is one pyoxigraph store: a named graph per report, and the ontology in graphs of its
own. Queries see the union of all of them. Files are read by a strict parser, without network,
and written sorted, whole or not at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from kg.base import places
from kg.base.bounds import MAX_NESTED, all_of, bounded, nested, xml_fault
from kg.base.files import inputs, read, write
from kg.base.places import folder
from kg.base.prefixes import CASE, CKG, PREFIXES, REGISTRY
from kg.base.results import CaseError, Result, ordered
from kg.concepts.bridges import ONTOLOGY, beside
from kg.concepts.mappings import mapping_sets
from kg.concepts.terms import Catalogue
from kg.model.reading import CaseFile, barred
from kg.owl.ontology import INFERRED, written_ontology
from kg.owl.own import own_parents
from kg.rdf.triples import quads
from kg.sources.foreign import Others, lift_all, model_of
from kg.sources.readers import READERS, judge_cases

if TYPE_CHECKING:
    import rdflib

__all__ = [
    "FORMATS",
    "DERIVED",
    "filled",
    "INFERRED",
    "OWN_INFERRED",
    "PERSONS",
    "Dataset",
    "apart",
    "build",
    "format_of",
    "from_rdflib",
    "gather",
    "in_words",
    "read_rdf",
    "serialise",
    "to_rdflib",
]

MAX_RDF_BYTES = 200_000_000
_LABEL = PREFIXES["rdfs"] + "label"

# Suffix -> format of RDF; graphs: does it keep named graphs?
FORMATS: dict[str, ox.RdfFormat] = {
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".rdf": ox.RdfFormat.RDF_XML,
}


@dataclass(frozen=True)
class Dataset:
    """Case graphs, with the ontology beside them.

    store: everything; files: the case files it was built from (none for RDF files); paths: the RDF
    file that each other graph came from, by the graph's name; kept: graphs of another model in merged files.
    tellings: of a case graph that the sources of a merged file tell differently: each telling as its
    sources' names and its N-Triples. counts: what `describe` counted before, where the data does not change.
    """

    store: ox.Store
    files: tuple[CaseFile, ...] = ()
    results: tuple[Result, ...] = field(default=())
    paths: Mapping[str, Path] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    tellings: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    counts: Mapping[str, int] | None = None

    def told(self, name: str) -> Iterator[tuple[str, list[ox.Quad]]]:
        """Each telling of a case graph, by the names of its sources; none where they all tell it alike."""
        for sources, text in self.tellings.get(name, ()):
            place = ox.NamedNode(name)
            triples = ox.parse(text, ox.RdfFormat.N_TRIPLES)
            yield sources, [ox.Quad(t.subject, t.predicate, t.object, place) for t in triples]

    def graphs(self) -> list[str]:
        """Names of the case graphs, sorted; "" for triples that came without a graph."""
        apart = (ONTOLOGY, PERSONS)
        names = [g.value for g in self.store.named_graphs() if not g.value.startswith(apart)]
        bare = any(True for _ in self.store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
        return sorted(names) + ([""] if bare else [])

    def match(
        self, subject: str | None = None, predicate: str | None = None, value: str | None = None
    ) -> Iterator[Any]:
        """Quads of any graph with this subject, predicate and object (IRIs); None matches all, what is no IRI nothing."""
        try:
            s, p, o = (None if iri is None else ox.NamedNode(iri) for iri in (subject, predicate, value))
        except ValueError:
            return iter(())
        return iter(self.store.quads_for_pattern(s, p, o, None))

    def rows(self, name: str) -> Iterator[Any]:
        """The quads of one case graph, in no order; none for what is no IRI."""
        try:
            graph = ox.NamedNode(name) if name else ox.DefaultGraph()
        except ValueError:
            return iter(())
        return iter(self.store.quads_for_pattern(None, None, None, graph))

    def graph(self, name: str) -> list[ox.Quad]:
        """The quads of one case graph, sorted."""
        return sorted(self.rows(name), key=str)

    def quads(self, ontology: bool = False) -> list[ox.Quad]:
        """All quads of the case graphs, sorted; on request with the ontology, and with what follows from both."""
        found = [quad for name in self.graphs() for quad in self.graph(name)]
        if ontology:
            found += self.inferred()
            beside_them = [g for g in self.store.named_graphs() if g.value.startswith(ONTOLOGY)]
            found += [quad for g in beside_them for quad in self.store.quads_for_pattern(None, None, None, g)]
        return sorted(found, key=str)

    def inferred(self) -> list[ox.Quad]:
        """What facts and patients are by definition (ontology/rules/), for the graph DERIVED; none when it is there.

        `kg.answers.queries.ask` has it beside the data while a question that needs it is answered.
        """
        graph = ox.NamedNode(DERIVED)
        if self.store.contains_named_graph(graph):
            return []
        try:
            for rule in rules():
                found: Any = self.store.query(rule, use_default_graph_as_union=True)
                self.store.extend([ox.Quad(t.subject, t.predicate, t.object, graph) for t in found])
            return list(self.store.quads_for_pattern(None, None, None, graph))
        finally:
            self.store.remove_graph(graph)

    def rdflib(self, ontology: bool = False) -> rdflib.Dataset:
        """The same dataset as an rdflib Dataset, with the prefixes bound."""
        return to_rdflib(self.quads(ontology))

    def save(self, path: Path | str, ontology: bool = False) -> int:
        """Write the case graphs to a file, format by suffix; the former file stays if anything fails.

        Returns the number of quads. Raises CaseError for an unknown suffix or a place that
        cannot be written.
        """
        path = Path(path)
        form = format_of(path)
        rows = self.quads(ontology)
        if not form.supports_datasets:  # in one graph nobody could tell what follows from what was told
            rows = [quad for quad in rows if quad.graph_name != ox.NamedNode(DERIVED)]
        write(path, serialise(rows, form))
        return len(rows)

    def describe(self) -> dict[str, int]:
        """Counts: reports, patients, facts, anchors, quads of the case graphs."""
        if self.counts is not None:
            return dict(self.counts)
        counts = {"reports": "Report", "patients": "Patient"}
        found = {name: self._instances(CKG + kind) for name, kind in counts.items()}
        found["facts"] = sum(1 for _ in self.match(None, CKG + "layer"))
        found["anchors"] = sum(1 for _ in self.match(None, PREFIXES["oa"] + "exact"))
        found["quads"] = sum(1 for name in self.graphs() for _ in self.rows(name))
        return found

    def summary(self) -> str:
        """The counts in words."""
        return in_words(self.describe())

    def reach(self, iris: Iterable[str]) -> None:
        """Put beside the data what the ontology and the mappings say of further concepts."""
        wanted = list(iris)
        named = {iri for iri in wanted if any(self.match(iri, _LABEL))}
        self.store.extend(beside(wanted, named))

    def concepts(self) -> set[str]:
        """IRIs that the case graphs name."""
        return {
            quad.object.value
            for quad in self.store.quads_for_pattern(None, None, None, None)
            if isinstance(quad.object, ox.NamedNode)
            and not (
                isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value.startswith((ONTOLOGY, RESULTS))
            )
        }

    def _instances(self, kind: str) -> int:
        return sum(1 for _ in self.match(None, PREFIXES["rdf"] + "type", kind))


def in_words(counts: Mapping[str, int]) -> str:
    """Counts in words.

    >>> in_words({"reports": 1, "facts": 1200})
    '1 report, 1,200 facts'
    """
    return ", ".join(f"{n:,} {name if n != 1 else name.rstrip('s')}" for name, n in counts.items())


RESULTS = "https://w3id.org/casekg/results/"  # what follows from holding the cases against something: derived
PERSONS = "https://w3id.org/casekg/persons"  # who is counted as whom: derived (`kg.persons.identity`), never saved
_REGISTRY = ox.NamedNode(REGISTRY)
_OF = ox.NamedNode(PREFIXES["prov"] + "specializationOf")
OWN_INFERRED = f"{INFERRED}/project"
"""The graph of what follows from the terms of the entered project."""
DERIVED = f"{INFERRED}/cases"
"""The graph of what facts and patients are by definition (ckg:inferredClass, so that no `a` of a case meets it)."""


@lru_cache(maxsize=1)
def rules() -> tuple[str, ...]:
    """The SPARQL by which cases are classified (ontology/rules/), in order."""
    return tuple(path.read_text("utf-8") for path in sorted((folder("ontology") / "rules").glob("*.rq")))


def ontology_quads() -> tuple[ox.Quad, ...]:
    """The ontology's quads, one graph a file; with the entered project's terms, and what follows from those."""
    sub, graph = ox.NamedNode(PREFIXES["rdfs"] + "subClassOf"), ox.NamedNode(OWN_INFERRED)
    follows = (
        ox.Quad(ox.NamedNode(name), sub, ox.NamedNode(parent), graph)
        for name, parents in own_parents().items()
        for parent in parents
    )
    return (*written_ontology(), *follows)


def format_of(path: Path, reading: bool = False) -> ox.RdfFormat:
    """The RDF format of a file, by its suffix. Raises CaseError for a suffix that has none."""
    if path.suffix.lower() not in FORMATS:
        message = f"no format is known for {repr(path.suffix) if path.suffix else 'a name without suffix'}."
        known = (*READERS, *FORMATS) if reading else FORMATS
        raise CaseError([Result("violation", "format", message, f"Use one of {', '.join(known)}.", str(path))])
    return FORMATS[path.suffix.lower()]


def serialise(items: Iterable[ox.Quad], form: ox.RdfFormat) -> bytes:
    """Write quads, byte-identical for the same set of quads.

    Formats without named graphs get each triple once.
    """
    if form == ox.RdfFormat.N_QUADS:
        return "".join(sorted({f"{quad} .\n" for quad in items})).encode()
    rows: Any = set(items) if form.supports_datasets else {quad.triple for quad in items}
    used = {p: iri for p, iri in PREFIXES.items() if p not in ("sh", "shape", "case", "owl")}
    return ox.serialize(sorted(rows, key=str), format=form, prefixes=used) or b""


def read_rdf(path: Path | str) -> list[ox.Quad]:
    """Read an RDF file strictly, without network; format by suffix.

    Raises CaseError with file and line for a file that is missing, malformed, nested too deep, or
    that declares a DOCTYPE (entity bombs). Blank nodes get names of their own file.
    """
    path = Path(path)
    name = str(path)
    form = format_of(path, reading=True) if path.exists() else ox.RdfFormat.N_QUADS  # a missing file has no format
    data = read(path, MAX_RDF_BYTES)
    if form == ox.RdfFormat.RDF_XML:
        if fault := xml_fault(data):  # pyoxigraph takes a file without its end for whole
            raise _unread(name, form, *fault)
    elif nested(data, json=form == ox.RdfFormat.JSON_LD):
        raise _unread(name, form, f"nested deeper than {MAX_NESTED}")
    try:
        return all_of(ox.parse(data, form, rename_blank_nodes=True))
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", 0) or 0, getattr(error, "offset", 0) or 0
        message = (error.msg if isinstance(error, SyntaxError) else str(error)).splitlines()[0].rstrip(".")
        raise _unread(name, form, message, line, column) from error
    except MemoryError as error:
        if "buffer" not in str(error):  # else one term, or one line, is larger than the parser takes
            raise
        raise _unread(name, form, "holds a term of more than 16 MiB") from error


def _unread(name: str, form: ox.RdfFormat, message: str, line: int = 0, column: int = 0) -> CaseError:
    found = Result("violation", "syntax", f"not {form.name}: {message}.", "Correct the line.", name, line, column)
    return CaseError([found])


def by_name(items: Iterable[ox.Quad]) -> dict[Any, list[ox.Quad]]:
    """The quads of each graph."""
    found: dict[Any, list[ox.Quad]] = {}
    for quad in items:
        found.setdefault(quad.graph_name, []).append(quad)
    return found


def _kept(registry: Iterable[ox.Quad]) -> set[Any]:
    """The graphs that a merged file keeps though they are of another model."""
    told = {quad.object for quad in registry if quad.predicate == _OF}
    return {graph for graph in told if isinstance(graph, ox.NamedNode) and not graph.value.startswith(CASE)}


def apart(items: Iterable[ox.Quad]) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """The quads of a file without the registry of a merge, and apart from them those of graphs that it keeps
    though they are of another model."""
    graphs = by_name(items)
    kept = _kept(graphs.pop(_REGISTRY, ()))
    data = [quad for name, some in graphs.items() if name not in kept for quad in some]
    return data, [quad for name, some in graphs.items() if name in kept for quad in some]


def _tellings(registry: Iterable[ox.Quad]) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the registry of a merged file keeps of case graphs that its sources tell differently."""
    told: dict[str, dict[str, list[str]]] = {}
    for quad in registry:
        if isinstance(quad.subject, ox.NamedNode):
            value = str(getattr(quad.object, "value", ""))
            told.setdefault(quad.subject.value, {}).setdefault(quad.predicate.value, []).append(value)
    prov, title = PREFIXES["prov"], PREFIXES["dcterms"] + "title"
    sources: dict[str, list[str]] = {}
    for row in told.values():
        for member in row.get(prov + "hadMember", ()):
            sources.setdefault(member, []).extend(row.get(title, ()))
    found: dict[str, list[tuple[str, str]]] = {}
    for node, row in told.items():
        for graph in row.get(prov + "specializationOf", ()):
            if prov + "value" in row and graph.startswith(CASE):
                found.setdefault(graph, []).append((", ".join(sorted(sources.get(node, ()))), row[prov + "value"][0]))
    return {graph: tuple(sorted(several)) for graph, several in found.items()}


def is_foreign(items: Sequence[ox.Quad]) -> bool:
    """Does a file say something, and nothing of it of a case of ours or of a merge?"""
    return bool(items) and not any(
        str(term).startswith(f"<{start}")
        for quad in items
        for term, start in (
            (quad.subject, CASE),
            (quad.graph_name, CASE),
            (quad.predicate, CKG),
            (quad.graph_name, f"{REGISTRY}>"),
        )
    )


def gather(paths: Iterable[Path | str] | Path | str = ()) -> Dataset:
    """Read what can be read of case files and RDF files; without paths, the shipped cases.

    What could not be used is left out, and `results` says why: one bad file does not keep the
    others from being checked.
    """
    given = [paths] if isinstance(paths, str | Path) else list(paths)
    files: list[CaseFile] = []
    found: list[ox.Quad] = []
    results: list[Result] = []
    kept: set[str] = set()
    tellings: dict[str, tuple[tuple[str, str], ...]] = {}
    owners: dict[str, Path] = {}
    origins: dict[str, Path] = {}
    others: list[Others] = []
    paths, wrong = inputs(given or places.cases(), (*READERS, *FORMATS))
    results += wrong
    for path in paths:
        try:
            with bounded(path):
                if path.suffix.lower() in READERS:
                    for case_file in judge_cases(path):
                        try:
                            if isinstance(case_file, CaseError):
                                raise case_file
                            if bad := barred(case_file):
                                raise CaseError(bad)
                            _unique(case_file, owners)
                        except CaseError as error:
                            results += error.results
                            continue
                        rows = list(quads(case_file.case))
                        files.append(case_file)
                        results += case_file.results
                        found += rows
                else:
                    rows = read_rdf(path)
                    if is_foreign(rows) and model_of(rows):
                        others.append(Others.of(path, path.read_bytes(), rows))
                        continue
                    graphs = by_name(rows)
                    registry = graphs.pop(_REGISTRY, [])
                    read_in = [quad for some in graphs.values() for quad in some]
                    tellings |= _tellings(registry)
                    kept |= {name.value for name in graphs.keys() & _kept(registry)}
                    found += read_in
                    for name in graphs:
                        origins.setdefault(name.value if isinstance(name, ox.NamedNode) else "", path)
        except CaseError as error:
            results += error.results
    for sources, lifted in lift_all(others):
        results += lifted.results
        for case_file in lifted.files:
            _unique(case_file, owners)
            files.append(case_file)
            results += case_file.results
            found += quads(case_file.case)
        for source in sources:
            found += source.quads
            kept |= {str(quad.graph_name).strip("<>") for quad in source.quads}
            origins |= {str(quad.graph_name).strip("<>"): source.path for quad in source.quads}
    results += (*mapping_sets()[1], *Catalogue.shipped().same.results)
    return Dataset(filled(found), tuple(files), ordered(results), origins, frozenset(kept), tellings)


def filled(found: Sequence[ox.Quad]) -> ox.Store:
    """A store of these quads, with what the ontology and the mappings say beside them."""
    store = ox.Store()
    store.bulk_extend(found)
    written = list(written_labels(store))
    labels = (*store.quads_for_pattern(None, ox.NamedNode(_LABEL), None, None), *written)
    store.bulk_extend((*ontology_quads(), *written))
    objects = {quad.object.value for quad in found if isinstance(quad.object, ox.NamedNode)}
    used = {iri for iri in objects if not iri.startswith(CASE)}
    store.extend(beside(used, {quad.subject.value for quad in labels if isinstance(quad.subject, ox.NamedNode)}))
    return store


def written_labels(store: ox.Store) -> Iterator[ox.Quad]:
    """A label for each concept that only records know, in a graph of its own: the one most often written.

    The ontology's label comes first: a concept that it has gets none here. Of labels written equally
    often, the first in order, so that the answer does not depend on the order of files.
    """
    of, words = (
        {quad.subject: quad.object for quad in store.quads_for_pattern(None, ox.NamedNode(CKG + name), None, None)}
        for name in ("labelOf", "written")
    )
    if not of:
        return
    terms = Catalogue.shipped()
    counts: dict[Any, Counter[str]] = {}
    for node, concept in of.items():
        if node in words and str(getattr(concept, "value", "")) not in terms:
            counts.setdefault(concept, Counter())[str(getattr(words[node], "value", ""))] += 1
    for concept, written in counts.items():
        first = min(written, key=lambda word: (-written[word], word))
        yield ox.Quad(concept, ox.NamedNode(_LABEL), ox.Literal(first), ox.NamedNode(f"{ONTOLOGY}/written"))


def _unique(file: CaseFile, owners: dict[str, Path]) -> None:
    slug = file.case.report.slug
    if slug in owners:
        message = f"the report {slug} is in {owners[slug]} too."
        cure = "Leave one out: two files of one report would overwrite each other's facts."
        raise CaseError([Result("violation", "identity", message, cure, *file.place("report"), key="report")])
    owners[slug] = file.path


def build(paths: Iterable[Path | str] | Path | str = ()) -> Dataset:
    """Read case files and RDF files into one dataset; without paths, the shipped cases.

    Raises CaseError with the violations of all files together, so that they can be cured at once.

    >>> build().describe()["reports"]
    1
    """
    data = gather(paths)
    wrong = [result for result in data.results if result.severity == "violation"]
    if wrong:
        raise CaseError(wrong)
    return data


def to_rdflib(items: Iterable[ox.Quad]) -> rdflib.Dataset:
    """An rdflib Dataset of quads; literals keep the digits they were written with.

    Its default graph is the union of all, so that a plain query finds something.
    """
    import rdflib

    made = rdflib.Dataset(default_union=True)
    for prefix, iri in PREFIXES.items():
        made.bind(prefix, iri)
    for quad in items:
        name = rdflib.URIRef(quad.graph_name.value) if isinstance(quad.graph_name, ox.NamedNode) else None
        graph = made.graph(name) if name is not None else made.default_graph
        graph.add((_rdflib(quad.subject), _rdflib(quad.predicate), _rdflib(quad.object)))
    return made


def _rdflib(term: object) -> rdflib.term.Node:
    import rdflib

    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        plain = term.datatype.value == PREFIXES["xsd"] + "string"
        return rdflib.Literal(
            term.value, datatype=None if plain else rdflib.URIRef(term.datatype.value), normalize=False
        )
    raise TypeError(f"{term} has no place in RDF 1.1")


def from_rdflib(graph: rdflib.Graph) -> Dataset:
    """A dataset of an rdflib Graph or Dataset, with the ontology beside it.

    Goes through N-Quads, so that what rdflib lets pass and RDF does not is refused
    (CaseError).
    """
    import rdflib

    keeps = isinstance(graph, rdflib.Dataset)
    try:
        data = graph.serialize(format="nquads" if keeps else "nt", encoding="utf-8")
        found = list(ox.parse(data, ox.RdfFormat.N_QUADS))
    except Exception as error:  # rdflib raises a bare Exception for an IRI it cannot write
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        message = f"the rdflib graph is not RDF: {reason}."
        raise CaseError([Result("violation", "syntax", message, "Correct the term.")]) from error
    return Dataset(filled(found))
