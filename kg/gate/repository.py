"""What is wrong with a project's own terms, shapes, queries and mappings?

They are read beside casekg's own, so that a mistake in one is a mistake in every case. A check
looks at one file, and its results carry file and line. A file that cannot be read is a result
too, never an exception, and what needs the terms is asked only when the terms can be read.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.base import places
from kg.base.bounds import MAX_NESTED, nested, turtle
from kg.base.files import read
from kg.base.places import folder, own
from kg.base.prefixes import CASE, CKG, PREFIXES, compress, is_curie
from kg.base.project import Project, current
from kg.base.results import CaseError, Result, Severity, ordered
from kg.concepts.mappings import parse_mappings
from kg.concepts.modules import SUFFIX, Module
from kg.concepts.terms import Catalogue, ontology_files
from kg.criteria.criterion import read_criterion
from kg.graph.reasoning import impossible
from kg.owl.axioms import axioms, module
from kg.owl.saturation import closure
from kg.sources.foreign import ASIDE, lifts

__all__ = ["counter_examples", "project_results", "strange_terms"]

_RDF, _RDFS, _OWL, _SKOS, _SH = (PREFIXES[name] for name in ("rdf", "rdfs", "owl", "skos", "sh"))
_TYPE, _LABEL, _DEFINITION = _RDF + "type", _RDFS + "label", _SKOS + "definition"
_MATCHES = {f"{_SKOS}{kind}Match" for kind in ("exact", "close", "broad", "narrow", "related")}
_ADDED = {_SKOS + "altLabel", *_MATCHES}  # what may be said of a term that casekg ships
_MAX_BYTES = 50_000_000

# Folder -> rule of its results, and the end of the names that are read.
_KINDS = {
    "terms": ("own-term", ".ttl"),
    "shapes": ("own-shape", ".ttl"),
    "queries": ("own-query", ".rq"),
    "mappings": ("own-mapping", ".sssom.tsv"),
    "criteria": ("own-criterion", ".yaml"),
}
_ALSO = {"terms": (SUFFIX,), "mappings": (".yml", ".yaml")}  # added ontologies; heads of tables
_BESIDE = (".md", ".txt", ".csv")  # notes, and answers to questions


@dataclass(frozen=True)
class _File:
    """A file of the project, read."""

    path: Path
    rule: str
    text: str

    def wrong(
        self, message: str, cure: str, line: int = 1, column: int = 1, severity: Severity = "violation"
    ) -> Result:
        return Result(severity, self.rule, message, cure, _told(self.path), line, column)

    def line(self, iri: str) -> int:
        """The line that begins with a term, or else names it; 1 when it is written in another way."""
        local = re.escape(re.split("[#/:]", iri)[-1])
        term = rf"(?:\w*:{local}|\w+:{local.partition('_')[2] or local}|<{re.escape(iri)}>)(?![\w-])"
        found = re.search(rf"(?m)^[ \t]*{term}", self.text) or re.search(term, self.text)
        return self.text.count("\n", 0, found.start()) + 1 if found else 1


def project_results(project: Project) -> tuple[Result, ...]:
    """What is wrong with the project's own files, sorted by file and line.

    The project must have been entered (`kg.base.project.enter`). Ask this before the project's terms
    are used: it says why that would fail. Rules: own-term, own-shape, own-query, own-mapping,
    own-criterion. The
    file of a result is told from the project's root, so that results may be kept and moved.
    """
    results: list[Result] = []
    files: dict[str, list[_File]] = {}
    for name in _KINDS:
        files[name] = list(_read(name, results))
    results += _module_results()
    results += _lift_results()
    terms = [(file, quads) for file in files["terms"] if (quads := _turtle(file, results)) is not None]
    usable = not any(result.rule == "own-term" and result.severity == "violation" for result in results)
    results += _term_results(terms)
    results += _impossible_results(terms) if terms and not results else ()
    for file in files["shapes"]:
        quads = _turtle(file, results)
        if quads is not None and not file.path.stem.endswith(".fails"):
            results += _shape_results(file, quads, usable)
    for file in files["queries"]:
        results += _query_results(file, project.root.resolve() / "queries", usable)
    for file in files["mappings"]:
        results += _mapping_results(file, usable)
    for file in files["criteria"] if usable else ():
        results += _criterion_results(file)
    if usable:
        results += _joined_results()
    return ordered(results)


def _criterion_results(file: _File) -> Iterator[Result]:
    """What is wrong with a criterion file, each where it stands."""
    try:
        read_criterion(file.path)
    except CaseError as error:
        yield from (replace(result, rule=file.rule, file=_told(file.path)) for result in error.results)


def _told(path: Path) -> str:
    """A file as the project knows it, from its root: the same wherever the question is asked."""
    root = places.project()
    return path.relative_to(root).as_posix() if root else str(path)


def _read(name: str, results: list[Result]) -> Iterator[_File]:
    rule, end = _KINDS[name]
    for path in own(name, "*"):
        if not path.name.endswith(end):
            if path.name.startswith(".") or path.suffix.lower() in (*_BESIDE, *_ALSO.get(name, ())):
                continue
            cure = f"Name it *{end}, or move it out of {name}/."
            results.append(Result("warning", rule, f"is not read: files of {name}/ end with {end}.", cure, _told(path)))
            continue
        try:
            yield _File(path, rule, read(path, _MAX_BYTES).decode("utf-8"))
        except CaseError as error:
            results += (replace(result, rule=rule, file=_told(path)) for result in error.results)
        except UnicodeDecodeError:
            results.append(Result("violation", rule, "not UTF-8.", "Save it as UTF-8.", _told(path)))


def _turtle(file: _File, results: list[Result]) -> list[Any] | None:
    """The triples of a Turtle file; None when it is not one, and a result says why."""
    if nested(file.text.encode(), json=False):
        results.append(file.wrong(f"not Turtle: nested deeper than {MAX_NESTED}.", "Write plain RDF 1.1."))
        return None
    try:
        quads = list(ox.parse(file.text, ox.RdfFormat.TURTLE, rename_blank_nodes=True))
    except (SyntaxError, ValueError) as error:
        line, column = getattr(error, "lineno", 0) or 1, getattr(error, "offset", 0) or 1
        told = (error.msg if isinstance(error, SyntaxError) else str(error)).splitlines()[0].rstrip(".")
        results.append(file.wrong(f"not Turtle: {told}.", "Correct the line.", line, column))
        return None
    if any(isinstance(quad.object, ox.Triple) for quad in quads):
        results.append(file.wrong("holds a triple about a triple.", "Write plain RDF 1.1."))
        return None
    return quads


# ------ Terms


def _term_results(files: list[tuple[_File, list[Any]]]) -> Iterator[Result]:
    if not files:
        return
    mine = set(own("terms", "*.ttl"))
    paths = [path for path in ontology_files() if path not in mine]
    theirs: list[Any] = [quad for path in paths for quad in ox.parse(turtle(path), ox.RdfFormat.TURTLE)]
    shipped, whole = Catalogue(theirs), Catalogue([*theirs, *(quad for _, quads in files for quad in quads)])
    apart = [(q.subject.value, q.object.value) for q in theirs if q.predicate.value == _OWL + "disjointWith"]
    first: dict[str, _File] = {}
    for file, quads in files:
        if not re.fullmatch(r"[\w.-]+", file.path.stem, re.ASCII):
            yield file.wrong("the name of the file becomes an IRI.", "Use letters, digits, dots and hyphens in it.")
        about: dict[Any, list[Any]] = {}
        for quad in quads:
            about.setdefault(quad.subject, []).append(quad)
        for subject, said in about.items():
            iri = subject.value
            if not isinstance(subject, ox.NamedNode):
                message = "a term has no name, or stands under something that has none."
                yield file.wrong(message, "Give each term an IRI; parents are named terms.")
            elif _OWL + "Ontology" in whole.types.get(iri, ()):
                continue  # the head of the file
            elif iri in shipped:
                yield from _on_shipped(file, iri, said)
            elif iri in first:
                message = f"{compress(iri)} is in {first[iri].path.name} too."
                yield file.wrong(message, "Say all of it in one file.", file.line(iri))
            else:
                first[iri] = file
                for message, cure in (*_own_term(iri, said), *_place_of(iri, whole, apart)):
                    yield file.wrong(message, cure, file.line(iri))
                label = whole.labels.get(iri, "")
                same = [i for i in shipped.labels if shipped.labels[i].casefold() == label.casefold()]
                if same:
                    message = f"{compress(same[0])} is called {label!r} too."
                    cure = "Use that term, or take another label."
                    yield file.wrong(message, cure, file.line(iri), severity="warning")


def _impossible_results(files: list[tuple[_File, list[Any]]]) -> Iterator[Result]:
    """Terms that nothing can be, for they are under what excludes each other by what follows too: by rules, no Java."""
    named = {quad.subject.value for _, quads in files for quad in quads if isinstance(quad.subject, ox.NamedNode)}
    given = module(axioms(), named)
    wrong = [iri for iri, above in closure(given).items() if iri in named and _OWL + "Nothing" in above]
    for result in impossible(wrong, given):
        file = next(file for file, _ in files if str(file.path) == result.file)
        yield replace(result, rule=file.rule, file=_told(file.path))


def _on_shipped(file: _File, iri: str, said: Iterable[Any]) -> Iterator[Result]:
    changed = sorted({compress(quad.predicate.value) for quad in said if quad.predicate.value not in _ADDED})
    if changed:
        message = f"{compress(iri)} is casekg's term; {', '.join(changed)} would change it."
        cure = "Add only skos:altLabel and mappings to it; what is more goes into a term of your own under it."
        yield file.wrong(message, cure, file.line(iri))


def _own_term(iri: str, said: list[Any]) -> Iterator[tuple[str, str]]:
    """What a term lacks by itself: message and cure."""
    name = compress(iri)
    if iri.startswith((CKG, CASE)):
        yield f"{name} is in casekg's own namespace.", "Take a prefix of [prefixes] in casekg.toml."
    elif not is_curie(name):
        cure = "Add its namespace to [prefixes] in casekg.toml, or correct the id."
        yield f"{name} is not an id of a known source.", cure
    if not any(q.predicate.value == _TYPE and q.object == ox.NamedNode(_OWL + "Class") for q in said):
        yield f"{name} is not an owl:Class.", f"Write `{name} a owl:Class`."
    for predicate in (_LABEL, _DEFINITION):
        told = compress(predicate)
        values = [q.object for q in said if q.predicate.value == predicate]
        plain = [v for v in values if isinstance(v, ox.Literal) and not v.language and v.value.strip()]
        if len(values) != 1:
            yield f"{name} has {len(values) or 'no'} {told}.", f"Give exactly one {told}."
        elif not plain:
            yield f"The {told} of {name} is not a plain text.", "Write a text without language tag."


def _place_of(iri: str, whole: Catalogue, apart: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """What is wrong with the place of a term in the hierarchy: message and cure."""
    name, parents, above = compress(iri), whole.parents.get(iri, []), whole.ancestors(iri)
    if not parents:
        cure = "Give it one: rdfs:subClassOf a term of casekg or of yours; `casekg terms WORDS` finds it."
        yield f"{name} has no parent.", cure
    for parent in parents:
        if parent not in whole:
            cure = "Correct it (`casekg terms WORDS`), or add it to terms/."
            yield f"The parent {compress(parent)} of {name} is not a term.", cure
    if any(iri in whole.ancestors(parent) for parent in parents):
        yield f"{name} is its own ancestor.", "Take one of the parents out."
    for one, other in apart:
        if one in above and other in above:
            message = f"{name} is under {whole.label(one)} and under {whole.label(other)}, which exclude each other."
            yield message, "Take one of the parents out."


# ------ Shapes


def _shape_results(file: _File, quads: list[Any], usable: bool) -> Iterator[Result]:
    changed = {q.subject.value for q in quads if q.subject.value.startswith(PREFIXES["shape"])}
    for iri in sorted(changed):
        message = f"{compress(iri)} is casekg's shape."
        yield file.wrong(message, "Name the shape with a prefix of your own.", file.line(iri))
    if usable:
        yield from _strange_terms(file, quads)
    for quad in quads:
        if quad.predicate.value in (_SH + "select", _SH + "ask"):
            yield from _constraint_results(file, quad.object.value)


def _strange_terms(file: _File, quads: list[Any]) -> Iterator[Result]:
    """Terms that SHACL or casekg does not have; what casekg's own shapes use is known without rdflib."""
    terms = Catalogue.shipped()
    for iri in sorted(_names(quads) - _used_by_ours()):
        if iri.startswith(_SH) or (iri.startswith(CKG) and iri not in terms):
            try:
                _ask_of_shapes(iri)
            except ValueError as error:
                yield file.wrong(f"{error}.", "Correct the name.", file.line(iri))


def _names(quads: Iterable[Any]) -> set[str]:
    return {t.value for q in quads for t in (q.subject, q.predicate, q.object) if isinstance(t, ox.NamedNode)}


def _used_by_ours() -> set[str]:
    paths = folder("shapes").glob("*.ttl")
    return _names(quad for path in paths for quad in ox.parse(turtle(path), ox.RdfFormat.TURTLE))


def _ask_of_shapes(iri: str) -> None:
    """Raises ValueError for a term that shapes may not use."""
    import rdflib

    from kg.gate.shapes import check_shapes

    node, graph = rdflib.URIRef(iri), rdflib.Graph()
    graph.add((node, node, node))
    check_shapes(graph)


def _constraint_results(file: _File, sparql: str) -> Iterator[Result]:
    text = sparql.replace("$PATH", "rdfs:label")  # put in by SHACL
    place = file.text.find(sparql)
    line = file.text.count("\n", 0, place) + 1 if place >= 0 else 1
    for result in _sparql_results(text):
        yield file.wrong(result.message, result.cure, line + max(result.line - 1, 0))


def counter_examples() -> tuple[Result, ...]:
    """Rules of the entered project's shapes that their counter-examples do not break, sorted.

    Beside `x.ttl` stands `x.fails.ttl`, with facts that break each shape of it that has a message;
    a rule that is never seen failing may be one that can never fail. Ask it when `project_results`
    has nothing to say: it runs pyshacl, which takes a second.
    """
    results: list[Result] = []
    for file in [file for file in _read("shapes", []) if not file.path.stem.endswith(".fails")]:
        beside = file.path.with_suffix(".fails.ttl")
        if not beside.is_file():
            message = "has no counter-example: nobody has seen its rules fail."
            cure = f"Write {beside.name} beside it, with facts that break each rule."
            results.append(file.wrong(message, cure, severity="info"))
            continue
        rules = {q.subject.value for q in _turtle(file, []) or () if q.predicate.value == _SH + "message"}
        try:
            broken = _broken(file.path, beside)
        except ValueError as error:
            results.append(file.wrong(f"pyshacl cannot use it: {error}.", "Correct the shape."))
            continue
        except CaseError as error:  # the counter-example is not Turtle
            results += (replace(result, rule=file.rule, file=_told(beside)) for result in error.results)
            continue
        for iri in sorted(rules - broken):
            message = f"{compress(iri)} is broken by nothing in {beside.name}."
            cure = "Add a fact there that breaks it; if one does, correct the shape: it does not see it."
            results.append(file.wrong(message, cure, file.line(iri)))
    return ordered(results)


def _broken(shapes: Path, data: Path) -> set[str]:
    """IRIs of the shapes of one file that the data of another break.

    Raises CaseError when one is not Turtle, ValueError when the shapes cannot be used.
    """
    import pyshacl
    import rdflib

    from kg.gate.shapes import concept_closure
    from kg.graph.store import read_rdf, to_rdflib

    facts = read_rdf(data)
    rules = [*read_rdf(shapes), *read_rdf(folder("shapes") / "prefixes.ttl")]
    graphs = [rdflib.Graph(), rdflib.Graph()]
    for graph, quads in zip(graphs, ([*facts, *concept_closure(facts)], rules), strict=True):
        for triple in to_rdflib(quads).triples((None, None, None)):
            graph.add(triple)
    try:
        _, report, _ = pyshacl.validate(graphs[0], shacl_graph=graphs[1], advanced=False, meta_shacl=False)
    except Exception as error:  # pyshacl's errors, and those of what it calls, have no common class
        told = str(error).strip().splitlines() or [type(error).__name__]
        raise ValueError(told[0].rstrip(".")) from error
    if not isinstance(report, rdflib.Graph):
        raise ValueError(str(report))
    return {str(shape) for shape in report.objects(None, rdflib.SH.sourceShape)}


# ------ Queries


_TOKEN = re.compile(
    r"""<([^<>"{}|^`\\\s]*)> | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' | \#[^\n]* | (?<![\w?$.-])(\w*):(\w[\w-]*)""",
    re.VERBOSE,
)


def strange_terms(sparql: str) -> Iterator[tuple[str, int]]:
    """Terms of casekg's vocabulary, or with a prefix of the project, that a query names and nobody has; with the line.

    >>> list(strange_terms(f"PREFIX c: <{CKG}>\\nASK {{ ?x a c:Findin ; c:status 'c:no' }} # c:no"))
    [('https://w3id.org/casekg/ontology#Findin', 2)]
    """
    found = current()
    starts = (CKG, *(found.prefixes.values() if found else ()))
    prefixes = dict(re.findall(r"(?i)\bPREFIX\s+([\w.-]*):\s*<([^>\s]*)>", sparql))
    terms = Catalogue.shipped()
    for token in _TOKEN.finditer(sparql):
        iri = prefixes.get(token[2], "") + token[3] if token[3] else token[1] or ""
        if iri.startswith(starts) and iri not in starts and iri not in terms:
            yield iri, sparql.count("\n", 0, token.start()) + 1


def _sparql_results(sparql: str) -> tuple[Result, ...]:
    """What is wrong with a query: asked of no data, with the same care as any query."""
    from kg.answers.queries import Query, ask
    from kg.graph.store import Dataset

    try:
        ask(Dataset(ox.Store()), Query("own", "", "", (), {}, sparql))
    except CaseError as error:
        told = [(result, re.search(r"error at (\d+):\d+", result.message)) for result in error.results]
        return tuple(replace(result, line=int(found[1])) if found else result for result, found in told)
    return ()


def _query_results(file: _File, top: Path, usable: bool) -> Iterator[Result]:
    from kg.answers.queries import read_query

    try:
        query = read_query(file.path)
    except CaseError as error:
        yield from (replace(result, rule=file.rule, file=_told(file.path)) for result in error.results)
        return
    if not query.summary:
        cure = "Head the file with a line `#+ summary: …?`."
        yield file.wrong("has no summary.", cure, severity="warning")
    name = file.path.absolute().relative_to(top)
    if (folder("queries") / name).is_file():
        message = f"{name.with_suffix('').as_posix()} is a question of casekg, which this one would hide."
        yield file.wrong(message, "Rename the file, or put it into queries/own/.")
    if not usable:
        return
    for result in _sparql_results(query.sparql):
        yield file.wrong(result.message, result.cure, result.line or 1)
    for term, line in strange_terms(file.text):
        yield file.wrong(f"{compress(term)} is not in the vocabulary.", _nearest(term), line)


def _nearest(term: str) -> str:
    close = difflib.get_close_matches(term, [iri for iri in Catalogue.shipped().labels if iri.startswith(CKG)], 1)
    return f"Did you mean {compress(close[0])}?" if close else "Correct it: nothing would ever match."


# ------ Mappings


def _mapping_results(file: _File, usable: bool) -> Iterator[Result]:
    made, results = parse_mappings(file.path, file.text)
    for result in results:  # the head may stand in a file beside the table
        yield replace(result, rule=file.rule, file=_told(Path(result.file)))
    if usable:
        terms = Catalogue.shipped()
        stray = [row for row in made.rows if row.subject not in terms and row.object not in terms]
        if stray:
            ids = f"neither {compress(stray[0].subject)} nor {compress(stray[0].object)}"
            message = f"{ids} is a term of casekg or of terms/" + (
                f", nor in {len(stray) - 1:,} more rows." if len(stray) > 1 else "."
            )
            cure = "Correct the ids, or add the ontology with `casekg terms add FILE`; else they only join ids of data."
            yield file.wrong(message, cure, stray[0].line, severity="warning")


def _joined_results() -> Iterator[Result]:
    """What the mapping sets say against each other, in the project's own."""
    for result in Catalogue.shipped().same.results:
        if result.file and Path(result.file) in own("mappings", "*.sssom.tsv"):
            yield replace(result, rule=_KINDS["mappings"][0], file=_told(Path(result.file)))


# ------ Lifts


def _lift_results() -> Iterator[Result]:
    """The first lift that cannot be used, else what they name that the vocabulary does not have."""
    try:
        lifts()
    except CaseError as error:
        yield from (replace(result, file=_told(Path(result.file))) for result in error.results)
        return
    for path in own("lifts", "*.rq"):
        for term, line in strange_terms(path.read_text("utf-8")):
            if term in ASIDE:
                continue
            message = f"{compress(term)} is not in the vocabulary: what it says would be kept as an extension."
            yield Result("violation", "lift", message, _nearest(term), _told(path), line, 1)


# ------ Added ontologies


def _module_results() -> Iterator[Result]:
    """Modules that `casekg terms add` made, and that cannot be used."""
    for path in own("terms", f"*{SUFFIX}"):
        try:
            Module.open(path)
        except CaseError as error:
            yield from (replace(result, file=_told(path)) for result in error.results)
