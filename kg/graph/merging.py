"""What comes out when case files, our own graphs and those of others are put together, and what came in?

Every file is read strictly; one that is malformed is refused, by line and reason, and the rest is
merged. What is read is a set of sources (`kg.rdf.collection`); what they say of the same report stands
side by side, and where they contradict each other both are told.
"""

from __future__ import annotations

import fnmatch
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox

from kg.base.bounds import bounded
from kg.base.files import inputs, read, write
from kg.base.prefixes import CASE, CKG, FOREIGN, PREFIXES, REGISTRY, compress, is_curie
from kg.base.results import CaseError, Result, ordered
from kg.concepts.bridges import beside
from kg.graph.facts import read_facts
from kg.graph.parts import Came, Part, brought, part, refusals
from kg.graph.store import FORMATS, MAX_RDF_BYTES, format_of, ontology_quads, read_rdf
from kg.model.reading import barred
from kg.rdf.canonical import PoisonError, by_graph, digest, lines
from kg.rdf.collection import Collection, Derived, Source, Telling, nquads
from kg.rdf.iris import case_iri
from kg.rdf.triples import ntriples
from kg.sources.foreign import Foreign, lift_foreign, model_of
from kg.sources.readers import READERS, judge_cases

__all__ = [
    "Disagreement",
    "Twice",
    "dataset_format",
    "disagreements",
    "merge",
    "read_merged",
    "read_sources",
    "remove",
    "save",
    "told",
    "written",
]

Names = dict[str, list[str]]
_OF_FILES = {("report.source", "file"), ("report.source", "sha256")}
_MOST = 5  # remarks on packets of a file
_ONTOLOGY = CKG.rstrip("#")
_REPORT = f"<{PREFIXES['rdf']}type> <{CKG}Report> .\n"
_SUBJECT = re.compile(f"<({re.escape(CASE)}[^/#>]+)")
_OBJECT = re.compile(r"(?m) <([^>]+)> \.$")
_OURS = "https://w3id.org/casekg/"  # graphs of cases, and of what curators decided


def _wrong(path: Path | str, rule: str, message: str, cure: str) -> CaseError:
    return CaseError([Result("violation", rule, message, cure, str(path))])


# ---- reading ----------------------------------------------------------------------------


def read_sources(
    path: Path | str, refused: list[Result] | None = None, lenient: bool = False, names: Names | None = None
) -> Collection:
    """What a file tells: one source, or those of a former merge.

    refused: takes what is wrong with single records of the file, so that the others are used; lenient: as
    of `kg.sources.packets.packets`; names: takes graph -> the files in the file that tell it. Raises
    CaseError (file, line, reason) when it is malformed, or holds nothing; without `refused` for a
    single bad record, too.
    """
    path = Path(path)
    data = read(path, MAX_RDF_BYTES)
    cases: Mapping[str, str] = {}
    if known := path.suffix.lower() in READERS:
        cases, form = _cases(path, refused, lenient, {} if names is None else names)
    else:
        form = format_of(path, reading=True).name
    try:
        graphs = cases if known else by_graph(read_rdf(path))
        if REGISTRY in graphs:
            return Collection.read({name: text for name, text in graphs.items() if not name.startswith(_ONTOLOGY)})
    except PoisonError as error:
        raise _wrong(path, "blank-nodes", f"{error}.", "Give its blank nodes IRIs.") from error
    except ValueError as error:
        raise _wrong(path, "registry", f"{error}.", "Merge its sources again.") from error
    placed = _placed(graphs)
    if not placed:
        raise _wrong(path, "empty", "holds no statement.", "Name a file with a case or a graph.")
    told = tuple(Telling(graph, text) for graph, text in sorted(placed.items()))
    return Collection(frozenset({Source(path.name, form, hashlib.sha256(data).hexdigest(), told)}))


def _cases(path: Path, refused: list[Result] | None, lenient: bool, names: Names) -> tuple[Mapping[str, str], str]:
    """The graph of every case in a file, and what kind of file it is."""
    found: dict[str, list[str]] = {}
    wrong: list[Result] = []
    taken: Counter[str] = Counter()
    form = "case file"
    for file in judge_cases(path, None, lenient):
        if isinstance(file, CaseError):
            wrong += file.results
            continue
        if bad := [r for r in barred(file) if r.severity == "violation"]:
            wrong += bad
            continue
        form = file.case.report.source.format or form
        taken.update(result.message for result in file.results if result.rule == "packet")
        packet = getattr(file.document, "packet", None)
        own = (packet.member if packet else "") or path.name
        place = "".join(f"/{step}" for step in packet.path) if packet else ""
        names.setdefault(case_iri(file.case), []).append(own + place)
        found.setdefault(case_iri(file.case), []).append(ntriples(file.case))
    if wrong and (refused is None or not found):
        raise CaseError(wrong)
    if refused is not None:
        refused += wrong
        for message, number in taken.most_common(_MOST):
            refused.append(Result("warning", "taken", f"{number} times: {message}", "Read all the same.", str(path)))
        if len(taken) > _MOST:
            more = f"{len(taken) - _MOST} other remarks; `casekg validate` gives all."
            refused.append(Result("warning", "taken", more, "", str(path)))
    return {name: _sorted(texts) for name, texts in found.items()}, form


def _placed(graphs: Mapping[str, str]) -> dict[str, str]:
    """The graphs under the names that they have in a collection.

    What is said of a report without naming a graph, or in one named otherwise, goes to the graph of the
    report; what is no case keeps its graph, or gets one that is named by what it says. casekg's own
    ontology, as `casekg build --with-ontology` writes it, is left out.
    """
    found: dict[str, list[str]] = {}
    for name, text in graphs.items():
        if name.startswith(_ONTOLOGY):
            continue
        if name.startswith(CASE):
            found.setdefault(name, []).append(text)
            continue
        if not name or _REPORT in text:
            rest: dict[str, list[str]] = {}
            known = set() if name else _ontology_lines()
            for line in text.split("\n")[:-1]:
                mine = _SUBJECT.match(line)
                if mine or line not in known:
                    rest.setdefault(mine[1] if mine else "", []).append(f"{line}\n")
            left = "".join(rest.pop("", ()))
            if left and rest and not name:
                drop = _beside(text)
                left = "".join(f"{line}\n" for line in left.split("\n")[:-1] if line not in drop)
            for graph, said in rest.items():
                found.setdefault(graph, []).extend(said)
            text = left
        if text:
            found.setdefault(name or FOREIGN + digest(text), []).append(text)
    return {name: _sorted(texts) for name, texts in found.items()}


def _sorted(texts: list[str]) -> str:
    return texts[0] if len(texts) == 1 else "".join(sorted({f"{x}\n" for t in texts for x in t.split("\n") if x}))


@lru_cache(maxsize=1)
def _ontology_lines() -> frozenset[str]:
    return frozenset(lines(quad.triple for quad in ontology_quads()).split("\n"))


def _beside(text: str) -> frozenset[str]:
    """The lines of what `casekg build --with-ontology` writes of mappings beside these lines."""
    return frozenset(lines(quad.triple for quad in beside(_OBJECT.findall(text))).split("\n"))


# ---- lifting graphs of other models ------------------------------------------------------


@lru_cache(maxsize=4)
def lifted(found: Collection) -> tuple[tuple[tuple[Source, ...], Foreign], ...]:
    """What the graphs of other models tell of patients: sources, and what was lifted of them.

    Sources of one model that speak of the same nodes are lifted together, as an export is often many
    files; so what is lifted depends on the sources alone, however they came together. Raises CaseError
    when a lift of the project is broken.
    """
    others = {source: quads_ for source in sorted(found.sources) if (quads_ := _others(source))}
    models = {source: model_of(quads_) for source, quads_ in others.items()}
    groups: dict[str, list[Source]] = {}  # by the least node that joins them
    joined: dict[tuple[str, str], str] = {}
    for source, model in models.items():
        if model is None:
            groups[source.digest] = [source]
            continue
        nodes = {(model.name, name) for quad in others[source] if (name := _node(quad.subject))}
        near = {joined[node] for node in nodes if node in joined}
        home = min(near, default=source.digest)
        groups[home] = [s for key in sorted({*near, home}) for s in groups.pop(key, ())] + [source]
        joined |= dict.fromkeys(nodes, home)
        joined |= {node: home for node, key in joined.items() if key in near} if len(near) > 1 else {}
    return tuple(
        (tuple(sorted(group)), _lift(sorted(group), others) if models[group[0]] else Foreign(None))
        for group in groups.values()
    )


def _several(names: list[str]) -> str:
    return names[0] + (f" and {len(names) - 1} more" if len(names) > 1 else "")


def _lift(group: list[Source], others: Mapping[Source, tuple[ox.Quad, ...]]) -> Foreign:
    digests = sorted({source.sha256 for source in group})  # a copy under another name is no second file
    name = _several([group[0].name, *digests[1:]])
    sha256 = digest("".join(digests)) if len(digests) > 1 else digests[0]
    return lift_foreign((quad for source in group for quad in others[source]), name, sha256)


def _others(source: Source) -> tuple[ox.Quad, ...]:
    """What a source says in graphs that are not of our model."""
    told = {t.graph: t.text for t in source.tellings if not t.graph.startswith(_OURS) or t.graph.startswith(FOREIGN)}
    return tuple(ox.parse(nquads(told), ox.RdfFormat.N_QUADS)) if told else ()


def _node(term: object) -> str:
    """The IRI of a node that is one node in all files; concepts are described in many that have nothing in common."""
    return term.value if isinstance(term, ox.NamedNode) and not is_curie(compress(term.value)) else ""


def derived(found: Collection) -> dict[str, Derived]:
    """The graphs of the cases that were lifted; a case with a violation is left out, as `merge` tells."""
    made: dict[str, Derived] = {}
    for group, foreign in lifted(found):
        for file in foreign.files:
            if all(result.severity != "violation" for result in file.results):
                made[case_iri(file.case)] = Derived(ntriples(file.case), group)
    return made


def _remarks(places: list[str], made: Foreign) -> Iterator[Result]:
    """What became of files of another model."""
    place = places[0]
    yield from made.results
    if made.lift is None:
        message = "is of a model that no lift knows: kept as it is, and nothing of it answers a question."
        cure = "Write a lift in `lifts/`, if it tells of patients."
        yield Result("warning", "not-lifted", message, cure, place)
        return
    facts = Counter(section for file in made.files for path, _ in file.case.facts() for section in path[2:3])
    told = ", ".join(f"{number} {section.replace('_', ' ')}" for section, number in sorted(facts.items()))
    files = f" in {len(places)} files ({', '.join(map(_name, places))})" if len(places) > 1 else ""
    number = len(made.files)
    message = f"{made.lift.model}: lifted {told or 'nothing'} of {number} patient{'s' if number != 1 else ''}{files}."
    left = ", ".join(f"{number} {kind}" for kind, number in sorted(made.left.items()))
    yield Result("info", "lifted", message, f"Only in the source itself: {left}." if left else "", place)
    for file in made.files:
        yield from (result for result in file.results if result.severity == "violation")


def _name(place: str) -> str:
    return Path(place).name


# ---- what came in -----------------------------------------------------------------------


@dataclass(frozen=True)
class Twice:
    """A graph that several sources tell; alike: do all of them say the same?"""

    graph: str
    sources: tuple[str, ...]
    alike: bool

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**vars(self), "sources": list(self.sources)}


@dataclass(frozen=True)
class Disagreement:
    """Different values, of different sources, where a case has one. values: value -> the sources that say so."""

    graph: str
    patient: str
    fact: str
    field: str
    values: Mapping[str, tuple[str, ...]]

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {**vars(self), "values": {value: list(names) for value, names in self.values.items()}}

    def __str__(self) -> str:
        values = "; ".join(f"{value} ({', '.join(names)})" for value, names in self.values.items())
        where = f"{self.patient}.{self.fact}" if self.patient else self.fact
        return f"{compress(self.graph)} {where}: {self.field} is {values}"


def _twice(found: Collection) -> Iterator[Twice]:
    for graph, told in found.tellings.items():
        names = sorted(source.name for sources in told.values() for source in sources)
        if len(names) > 1:
            yield Twice(graph, tuple(names), len(told) == 1)


def disagreements(graph: str, told: Mapping[str, Iterable[str]]) -> Iterator[Disagreement]:
    """Where sources contradict each other of one graph. told: lines of N-Triples -> the names of who says so.

    Which file each of them is, and its digest, is no contradiction.
    """
    sides = {text: _triples(text) for text in told}
    around = [triple for triples in sides.values() for triple in triples]
    views = [(read_facts(graph, sides[text], around), sources) for text, sources in told.items()]
    for iri in sorted({iri for facts, _ in views for iri in facts}):
        tellers = [(facts[iri], sources) for facts, sources in views if iri in facts]
        single = {name for fact, _ in tellers for name in fact.single}
        for name in sorted(single):
            values: dict[str, set[str]] = {}
            for fact, sources in tellers:
                for value in fact.fields.get(name, ()):
                    values.setdefault(value, set()).update(sources)
            fact = tellers[0][0]
            if len(values) > 1 and (fact.place, name) not in _OF_FILES:
                tellers_of = {value: tuple(sorted(values[value])) for value in sorted(values)}
                yield Disagreement(graph, fact.patient, fact.place, name, tellers_of)


def _conflicts(found: Collection) -> Iterator[Disagreement]:
    for graph, told in found.tellings.items():
        if len(told) > 1 and graph.startswith(CASE):
            yield from disagreements(graph, {t.text: [source.name for source in told[t]] for t in told})


@dataclass(frozen=True)
class Merged:
    """What was merged, and the account of it: what came in, source by source, and what was refused and why.

    found: each source with the input that it was found in, in the order of the inputs; names: input -> graph
    -> the files in it that tell the graph.
    """

    collection: Collection
    found: tuple[tuple[str, Source], ...]
    results: tuple[Result, ...]
    names: Mapping[str, Names] = field(default_factory=dict)

    @property
    def refused(self) -> tuple[Result, ...]:
        """Why inputs were not merged."""
        return tuple(r for r in self.results if r.severity == "violation")

    @cached_property
    def came(self) -> tuple[Came, ...]:
        """What each source brought."""
        return tuple(brought(file, source) for file, source in self.found)

    @cached_property
    def lifts(self) -> tuple[Came, ...]:
        """What was lifted of sources of other models; of several files that speak of the same nodes it is told once."""
        texts, inputs_of = derived(self.collection), {source: file for file, source in self.found}
        made = []
        for group, foreign in lifted(self.collection):
            graphs = sorted({case_iri(file.case) for file in foreign.files} & texts.keys())
            if foreign.lift and graphs:
                name = f"lifted of {_several([source.name for source in group])}"
                told = tuple(Telling(graph, texts[graph].text) for graph in graphs)
                made.append(brought(inputs_of[group[0]], Source(name, foreign.lift.model, "", told)))
        return tuple(made)

    @cached_property
    def files(self) -> tuple[Part, ...]:
        """What each record brought (a file, a member of an archive, a place in a list), and what was refused."""
        return (*self._records(), *refusals(self.refused, dict(self.found)))

    def _records(self) -> Iterator[Part]:
        for file, source in self.found:
            for telling in source.tellings:
                if not telling.graph.startswith(CASE):
                    yield Part(file, source.name, telling.graph, {"statements kept": telling.size})
                    continue
                for name in self.names.get(file, {}).get(telling.graph, [source.name]):
                    yield part(file, name, telling.graph, telling.text)
        inputs_of = {source: file for file, source in self.found}
        for graph, made in derived(self.collection).items():
            files = ", ".join(sorted(source.name for source in made.sources))
            yield part(inputs_of[min(made.sources)], f"lifted of {files}", graph, made.text)

    @cached_property
    def together(self) -> Came:
        """What all of them say together, each thing counted once."""
        tellings = (Telling(graph, text) for graph, text in whole(self.collection).items())
        return brought("", Source("all", "", "", tuple(tellings)))

    @cached_property
    def twice(self) -> tuple[Twice, ...]:
        """The graphs that several sources tell."""
        return tuple(_twice(self.collection))

    @cached_property
    def conflicts(self) -> tuple[Disagreement, ...]:
        """Where sources of one report contradict each other."""
        return tuple(_conflicts(self.collection))

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        together = self.together.data()
        return {
            "sources": [came.data() for came in self.came],
            "lifted": [came.data() for came in self.lifts],
            "files": [one.data() for one in self.files],
            "together": {key: together[key] for key in ("cases", "facts", "statements", "kept")},
            "refused": [result.data() for result in self.refused],
            "remarks": [result.data() for result in self.results if result.severity != "violation"],
            "duplicates": [twice.data() for twice in self.twice],
            "conflicts": [conflict.data() for conflict in self.conflicts],
        }


# ---- merging ----------------------------------------------------------------------------


def merge(paths: Iterable[Path | str], lenient: bool = False) -> Merged:
    """Put together what files and folders tell; what cannot be used is refused, and the results say why.

    lenient: as of `kg.sources.packets.packets`. Never raises for what a file holds.
    """
    given, results = inputs(paths, (*READERS, *FORMATS))
    found: dict[Source, str] = {}
    names: dict[str, Names] = {}
    for path in given:
        try:
            with bounded(path):
                sources = read_sources(path, results, lenient, names.setdefault(str(path), {})).sources
        except CaseError as error:
            results += error.results
            continue
        if sources <= found.keys():
            message = f"tells nothing new: {found[min(sources)]} holds it, too." if sources else "holds no source."
            results.append(Result("info", "repeated", message, "", str(path)))
        for source in sorted(sources - found.keys()):
            found[source] = str(path)
    came = tuple((path, source) for source, path in found.items())
    merged = Collection(frozenset(found))
    for group, made in lifted(merged):
        results += _remarks(sorted({found[source] for source in group}), made)
    return Merged(merged, came, ordered(results), names)


def read_merged(path: Path | str) -> Collection:
    """A collection that was merged before. Raises CaseError when the file is none, or was changed since."""
    found = read_sources(path)
    if REGISTRY not in {quad.graph_name.value for quad in read_rdf(path) if isinstance(quad.graph_name, ox.NamedNode)}:
        raise _wrong(path, "registry", "has no registry of sources.", "Name a file that `casekg merge` wrote.")
    return found


def dataset_format(path: Path) -> ox.RdfFormat:
    """The format of a file that holds a collection. Raises CaseError for one without named graphs."""
    form = format_of(path)
    if not form.supports_datasets:
        message = f"{form.name} has no named graphs: who told what would be lost."
        raise _wrong(path, "format", message, "Use .trig, .nq or .jsonld.")
    return form


def whole(found: Collection) -> dict[str, str]:
    """Name and lines of each graph of a merged file, with the cases that were lifted."""
    graphs = dict(found.graphs())
    for graph, made in derived(found).items():
        graphs[graph] = _sorted([text for text in (graphs.get(graph), made.text) if text])
    return graphs


def written(found: Collection, form: ox.RdfFormat = ox.RdfFormat.N_QUADS) -> bytes:
    """The bytes of a merged file; the same sources, the same bytes."""
    return found.write(form, derived(found))


def save(found: Collection, path: Path) -> None:
    """Write a collection whole or not at all. Raises CaseError."""
    write(path, written(found, dataset_format(path)))


def remove(
    found: Collection, names: Iterable[str]
) -> tuple[Collection, tuple[Source, ...], tuple[tuple[str, str], ...]]:
    """A collection without some of its sources, those sources, and the reports that were taken out of others.

    A name is that of a file (with * and ?), the beginning of a digest (of the file, or of what it says; 8
    digits or more), or a report by DOI, id or IRI: then the report is taken out of every source, and a
    source that told nothing else goes. Raises CaseError for a name that means none, or several different
    files of one name.
    """
    gone: set[Source] = set()
    reports: set[str] = set()
    for name in names:
        hits = {s for s in found.sources if fnmatch.fnmatchcase(s.name, name)}
        hits |= {s for s in found.sources if _begins(name, s)}
        if len(hits) > 1 and any(s.name == name for s in hits):
            those = ", ".join(sorted(s.digest[:12] for s in hits))
            raise _wrong(name, "merged-source", f"{len(hits)} sources have this name.", f"Give the digest: {those}.")
        graph = _report(name)
        if not hits and graph not in found.tellings:
            close = ", ".join(sorted(s.name for s in found.sources)[:10])
            raise _wrong(
                name, "merged-source", "is no source of the collection, and no report in it.", f"It has: {close}."
            )
        gone |= hits
        reports |= set() if hits else {graph}
    cut: list[tuple[str, str]] = []
    left: set[Source] = set()
    for source in sorted(found.sources - gone):
        kept = tuple(t for t in source.tellings if t.graph not in reports)
        if not kept:
            gone.add(source)
        elif len(kept) < len(source.tellings):
            cut += ((source.name, t.graph) for t in source.tellings if t.graph in reports)
        left |= {Source(source.name, source.format, source.sha256, kept)} if kept else set()
    return Collection(frozenset(left)), tuple(sorted(gone)), tuple(cut)


def _report(name: str) -> str:
    """The graph that a report's IRI, DOI, PMCID, PMID or own id names."""
    text = re.sub(r"^(https?://doi\.org/|doi:|case:|pmid:)", "", name.removeprefix(CASE).lower())
    registrant, slash, suffix = text.partition("/")
    if slash:
        return f"{CASE}{registrant}_{quote(suffix, safe='')}"
    return f"{CASE}pmid-{text}" if text.isdecimal() else CASE + text


def _begins(name: str, source: Source) -> bool:
    return re.fullmatch("[0-9a-f]{8,64}", name) is not None and (
        source.sha256.startswith(name) or source.digest.startswith(name)
    )


def told(path: Path | str) -> dict[str, list[ox.Triple]]:
    """The graphs that a file or folder tells, by name. Raises CaseError when any of it is malformed."""
    found = merge([path])
    if found.refused:
        raise CaseError(found.refused)
    return {name: _triples(text) for name, text in whole(found.collection).items()}


def _triples(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(text, ox.RdfFormat.N_TRIPLES)]
