"""What do graphs of other models say, in the words of ours?

A lift is a SPARQL CONSTRUCT in `ontology/lifts/` (or in a project's `lifts/`), one for each source
model. It gives facts in casekg's vocabulary whose subjects are the nodes of the source; times may be
plain dates or ages, concepts IRIs or CURIEs. Here these facts become cases, one a patient, which go
through the gate that case files go through. Each fact points at the node it was lifted from, and the
source itself is kept beside them, so that nothing is lost; what was not lifted is counted.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pyoxigraph as ox

from kg.base import places
from kg.base.ages import read_age
from kg.base.document import Document
from kg.base.files import read
from kg.base.prefixes import CKG, CONCEPTS, FOREIGN, PREFIXES, compress, expand, is_curie
from kg.base.results import CaseError, Result
from kg.base.times import read_edtf
from kg.concepts.terms import Catalogue
from kg.model import case as model
from kg.model.fields import KEY as PATTERN
from kg.model.reading import CaseFile, case_file
from kg.rdf.canonical import PoisonError, by_graph, digest
from kg.rdf.collection import nquads
from kg.rdf.properties import PATIENT, TOLD_OF_PATIENT, TYPE, Field, distance, table
from kg.rdf.triples import KEY, WHEN, as_choice, as_concept, as_number

__all__ = ["ASIDE", "Foreign", "Lift", "Others", "digest_of", "lift_all", "lift_foreign", "lifts", "model_of"]

Rows = dict[str, dict[str, list[Any]]]  # node -> property -> objects
_MOST_BYTES = 1_000_000  # of a lift
_HEADS = {"model", "description", "source", "recognise", "record", "first"}
_USED = ("ckg", "obo", "rdf", "rdfs", "owl", "xsd", "dcterms", "prov")
_MORE = {
    "sio": "http://semanticscience.org/resource/",
    "fhir": "http://hl7.org/fhir/",
    "np": "http://www.nanopub.org/nschema#",
    "care": "https://w3id.org/CARE-SM/#",
    "biolink": "https://w3id.org/biolink/vocab/",
}
# What a lift says for this module; the fields that a node's label (ckg:label) is the label of.
ASIDE = {CKG + "label", CKG + "recordCreated"}  # said to this module only: no terms of the vocabulary
_OURS = {TYPE, CKG + "patient", CKG + "pointer", CKG + "label"}
_MAIN = ("concept", "analyte", "drug", "action", "procedure", "gene")
# Prefixes that others write in another way -> ours.
# An id at the end of an IRI, or a CURIE: …/HP_0001250, ?code=L04AF01 of ATC, SNOMEDCT:31384009.
_LOCAL = re.compile(r"(?:^|[/#])(?:([A-Za-z][A-Za-z0-9]*)[:_])([A-Za-z0-9][A-Za-z0-9.-]*)$")
_WRITTEN = {"MIM": "OMIM", "ORPHANET": "ORPHA", "ORDO": "ORPHA", "SCTID": "SNOMEDCT", "SNOMED": "SNOMEDCT"}


@dataclass(frozen=True)
class Lift:
    """How graphs of one model are recognised and lifted.

    recognise: pattern that matches in a graph of the model; record: pattern of `?record`, the nodes
    that are accounted for; first: query that rewrites the graph before; query: the CONSTRUCT.
    """

    name: str
    model: str
    recognise: str
    record: str
    first: str
    query: str
    path: Path


def _refuse(path: Path, message: str, cure: str) -> CaseError:
    return CaseError([Result("violation", "lift", message, cure, str(path), 1, 1)])


def _read(path: Path) -> tuple[dict[str, str], str]:
    try:
        text = read(path, _MOST_BYTES).decode("utf-8")
    except UnicodeDecodeError as error:
        raise _refuse(path, "not UTF-8.", "Save it as UTF-8.") from error
    head = {m[1]: m[2] for m in re.finditer(r"(?m)^#\+ (\w+): (.+)$", text)}
    if strange := head.keys() - _HEADS:
        raise _refuse(path, f"{min(strange)!r} is not a key of its head.", f"Use {', '.join(sorted(_HEADS))}.")
    try:
        made = ox.Store().query(text)
    except SyntaxError as error:
        raise _refuse(path, f"not SPARQL: {str(error).splitlines()[0]}.", "Correct the query.") from error
    if not isinstance(made, ox.QueryTriples):
        raise _refuse(path, "is not a CONSTRUCT.", "Write what it lifts as CONSTRUCT { … } WHERE { … }.")
    return head, text


def lifts() -> tuple[Lift, ...]:
    """The lifts that casekg ships, and those of the entered project beside them, by name.

    Raises CaseError for one that is not a CONSTRUCT, or whose head lacks `model`, `recognise` or `record`, or has
    a pattern there that is none.
    """
    return _lifts(places.project())


@lru_cache(maxsize=4)
def _lifts(project: Path | None) -> tuple[Lift, ...]:  # noqa: ARG001 - the key of what is remembered
    paths = [*sorted((places.folder("ontology") / "lifts").glob("*.rq")), *places.own("lifts", "*.rq")]
    files = {path.stem: (path, *_read(path)) for path in paths}
    rewriting = {head["first"] for _, head, _ in files.values() if "first" in head}
    found = []
    for name, (path, head, text) in files.items():
        if name in rewriting:
            continue
        for needed in ("model", "recognise", "record"):
            if needed not in head:
                raise _refuse(path, f"its head lacks {needed!r}.", f"Write `#+ {needed}: …` above the query.")
        for needed in ("recognise", "record"):
            try:
                ox.Store().query(f"{_prologue()}SELECT * WHERE {{ {head[needed]} }}")
            except SyntaxError as error:
                why = "names an unknown prefix" if "Prefix not found" in str(error) else "is no pattern of SPARQL"
                cure = "Write it like `?x a <https://example.org/Record>`."
                raise _refuse(path, f"`#+ {needed}` {why}.", cure) from error
        if not {"?record", "?kind"} <= set(re.findall(r"\?\w+", head["record"])):
            raise _refuse(path, "`#+ record` does not bind ?record and ?kind.", "Write `?record a ?kind`.")
        if head.get("first", name) not in files:
            raise _refuse(path, f"there is no {head['first']}.rq beside it.", "Correct `first`.")
        first = files[head["first"]][2] if "first" in head else ""
        found.append(Lift(name, head["model"], head["recognise"], head["record"], first, text, path))
    return tuple(found)


@dataclass(frozen=True)
class Foreign:
    """What was lifted of one source.

    lift: how, None when no lift knows the model; files: a case for each patient, each with its results;
    records: nodes that the lift accounts for, by type, and of those how many were lifted.
    """

    lift: Lift | None
    files: tuple[CaseFile, ...] = ()
    results: tuple[Result, ...] = ()
    records: Mapping[str, int] = field(default_factory=dict)
    lifted: Mapping[str, int] = field(default_factory=dict)

    @property
    def left(self) -> dict[str, int]:
        """Nodes that stay in the source only, by type."""
        return {kind: n - self.lifted.get(kind, 0) for kind, n in self.records.items() if n > self.lifted.get(kind, 0)}


@dataclass(frozen=True)
class Others:
    """RDF files of other models.

    quads: their statements without blank nodes, what stood in no graph in one named by what it says.
    """

    path: Path
    sha256: str
    quads: tuple[ox.Quad, ...]

    @classmethod
    def of(cls, path: Path, data: bytes, items: Iterable[ox.Quad]) -> Others:
        """What a file says. Raises CaseError when its blank nodes are too much alike to be named."""
        try:
            graphs = by_graph(items)
        except PoisonError as error:
            result = Result("violation", "blank-nodes", f"{error}.", "Give its blank nodes IRIs.", str(path))
            raise CaseError([result]) from error
        named = {name or FOREIGN + digest(text): text for name, text in graphs.items()}
        quads = tuple(ox.parse(nquads(named), ox.RdfFormat.N_QUADS))
        return cls(path, hashlib.sha256(data).hexdigest(), quads)


def lift_all(files: Iterable[Others], terms: Catalogue | None = None) -> Iterator[tuple[tuple[Others, ...], Foreign]]:
    """Lift files of other models; those of one model in one folder together, as an export is often many files.

    Gives the files of each source, and what was lifted of it; files that no lift knows come one by one.
    """
    groups: dict[tuple[Path, str], list[Others]] = {}
    for file in sorted(files, key=lambda file: file.path):
        lift = model_of(file.quads)
        groups.setdefault((file.path.parent, lift.name) if lift else (file.path, ""), []).append(file)
    for (place, name), found in groups.items():
        if not name:
            yield tuple(found), Foreign(None)
            continue
        one = len(found) == 1
        sha256 = found[0].sha256 if one else digest_of(found)
        path = found[0].path if one else place.resolve()
        yield tuple(found), lift_foreign((q for file in found for q in file.quads), path, sha256, terms)


def digest_of(files: Iterable[Others]) -> str:
    """The digest of several files together."""
    return digest("".join(sorted(file.sha256 for file in files)))


def model_of(items: Iterable[ox.Quad]) -> Lift | None:
    """The lift that knows the model of a graph; None when none does."""
    store = ox.Store()
    store.extend(items)
    return next((lift for lift in lifts() if _asks(store, lift.recognise)), None)


def lift_foreign(items: Iterable[ox.Quad], path: Path | str, sha256: str, terms: Catalogue | None = None) -> Foreign:
    """The cases that a graph of another model tells.

    items: its quads, without blank nodes; path and sha256: its file, for the record that is made of it.
    Raises nothing for odd data: a value that cannot be used is kept as an extension, and told.
    """
    store = ox.Store()
    store.extend(items)
    lift = next((lift for lift in lifts() if _asks(store, lift.recognise)), None)
    if lift is None:
        return Foreign(None)
    return _Lifting(lift, store, Path(path), sha256, terms or Catalogue.shipped()).run()


def _prologue() -> str:
    names = {p: PREFIXES[p] for p in _USED} | _MORE
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in names.items())


def _asks(store: ox.Store, pattern: str) -> bool:
    return bool(store.query(f"{_prologue()}ASK {{ {pattern} }}", use_default_graph_as_union=True))


def _name(node: Any) -> str:
    return node.value if isinstance(node, ox.NamedNode) else str(node)


@lru_cache(maxsize=1)
def _units() -> Mapping[str, str]:
    """IRI of a unit (UO) -> its UCUM code."""
    with (places.folder("ontology") / "lifts" / "units.tsv").open(encoding="utf-8", newline="") as handle:
        return {
            PREFIXES["obo"] + row["id"].replace(":", "_"): row["ucum"] for row in csv.DictReader(handle, delimiter="\t")
        }


class _Lifting:
    """One source under one lift."""

    def __init__(self, lift: Lift, store: ox.Store, path: Path, sha256: str, terms: Catalogue) -> None:
        self.lift, self.store, self.path, self.sha256, self.terms = lift, store, path, sha256, terms
        self.results: list[Result] = []
        self.label = ""

    def run(self) -> Foreign:
        data = self.store
        if self.lift.first:
            data = ox.Store()
            made: Any = self.store.query(self.lift.first, use_default_graph_as_union=True)
            data.extend(ox.Quad(t.subject, t.predicate, t.object) for t in made)
        kinds = self.kinds(data)
        rows: Rows = {}
        triples: Any = data.query(self.lift.query, use_default_graph_as_union=True)
        for triple in triples:
            values = rows.setdefault(_name(triple.subject), {}).setdefault(triple.predicate.value, [])
            if triple.object not in values:
                values.append(triple.object)
        people = sorted(node for node, row in rows.items() if ox.NamedNode(CKG + "Patient") in row.get(TYPE, ()))
        told: dict[str, list[str]] = {}
        for node, row in sorted(rows.items()):
            for whose in row.get(CKG + "patient", ()):
                told.setdefault(_name(whose), []).append(node)
        files = []
        for person in people:
            try:
                files.append(self.case(person, told.get(person, []), rows))
            except CaseError as error:
                self.results += error.results
        if not people:
            message = f"is {self.lift.model}, but tells of no patient: nothing was lifted."
            cure = "The source is kept as it is; a lift of your own in `lifts/` may read it."
            self.results.append(Result("warning", "lift", message, cure, str(self.path)))
        done = {*people, *(node for nodes in told.values() for node in nodes)}
        done |= {_name(o) for person in people for o in rows[person].get(CKG + "pointer", ())}
        lifted = Counter(kind for node in done for kind in kinds.get(node, ()))
        records = Counter(kind for found in kinds.values() for kind in found)
        return Foreign(self.lift, tuple(files), tuple(self.results), dict(sorted(records.items())), dict(lifted))

    def kinds(self, data: ox.Store) -> dict[str, set[str]]:
        """The nodes to account for, each with its types."""
        query = f"{_prologue()}SELECT DISTINCT ?record ?kind WHERE {{ {self.lift.record} }}"
        found: dict[str, set[str]] = {}
        rows: Any = data.query(query, use_default_graph_as_union=True)
        for row in rows:
            found.setdefault(_name(row["record"]), set()).add(compress(row["kind"].value))
        return found

    # ---- a case ---------------------------------------------------------------------------

    def case(self, person: str, nodes: list[str], rows: Rows) -> CaseFile:
        """The case of one patient, judged. Raises CaseError when what was lifted does not hold the schema."""
        row = rows[person]
        named = [o.value for o in row.get(CKG + "identifier", ())]
        local = re.split("[/#:]", unquote(person))[-1]
        slug = re.sub(r"[^A-Za-z0-9._-]+", "-", (named or [local])[0]).strip("-")[:60] or "patient"
        # a node of a file without an address of its own is another one in another file
        whole = person if person.startswith(("http://", "https://")) else f"{person} {self.sha256}"
        record = f"{self.lift.name}.{slug}.{hashlib.sha256(whole.encode()).hexdigest()[:8]}"
        report: dict[str, Any] = {
            "record": record,
            "source": {"kind": "record", "format": self.lift.name, "file": self.path.name, "sha256": self.sha256},
        }
        if made := row.get(CKG + "recordCreated"):
            report |= _created(made[0].value)
        self.marks: dict[tuple[str | int, ...], str] = {(): person}
        self.sections: dict[str, dict[str, Any]] = {}
        self.keys: set[str] = set()
        patient: dict[str, Any] = {"pointer": _name(row.get(CKG + "pointer", [ox.NamedNode(person)])[0])}
        for name, objects in row.items():
            spot = PATIENT.get(name)
            if spot is None or name == CKG + "pointer":
                continue
            given = self.value(person, name, spot, objects)
            if given is None:
                continue
            into = patient
            for part in spot.path[:-1]:
                into = into.setdefault(part, {"pointer": patient["pointer"]})
            into[spot.path[-1]] = given
        self.named = {node: self.key(_label(rows[node], self.terms)) for node in nodes if _kind(rows[node])}
        for node in self.named:
            self.fact(node, rows[node])
        patient |= self.sections
        value = {"report": report, "patients": {"p1": patient}}
        nodes_of = {("patients", "p1", *place): node for place, node in self.marks.items()}
        document = Document(str(self.path), value, {})
        return case_file(document, self.path, self.sha256, self.terms, {**nodes_of, (): person})

    def fact(self, node: str, row: Mapping[str, list[Any]]) -> None:
        """One node that was lifted as a fact."""
        kind = _kind(row)
        fields = table(kind)
        made: dict[str, Any] = {"pointer": node}
        self.label = next((_plain(o)[:400] for o in row.get(CKG + "label", ())), "")
        for name, objects in sorted(row.items()):
            spot = fields.get(name)
            if name in _OURS:
                continue
            if spot is None:
                self.extend(node, compress(name), [_plain(item) for item in objects])
                continue
            given = self.value(node, name, spot, objects)
            if given is None:
                continue
            into = made
            for part in spot.path[:-1]:
                into = into.setdefault(part, {})
            into[spot.path[-1]] = given
        self.complete(kind, made)
        if kind == "Measurement" and not (made.keys() >= {"value", "unit"} or "outcome" in made):
            made = {}  # a number without a unit says nothing that can be compared
        lacks = [n for n, info in getattr(model, kind).model_fields.items() if info.is_required() and n not in made]
        if lacks:
            self.extend(
                node, f"ckg:{kind}", {compress(name): [_plain(o) for o in objects] for name, objects in row.items()}
            )
            return
        section = TOLD_OF_PATIENT[kind]
        key = self.named[node]
        self.sections.setdefault(section, {})[key] = made
        self.marks[(section, key)] = node

    def complete(self, kind: str, made: dict[str, Any]) -> None:
        """What the model asks for beside a number: how the source itself writes it."""
        for part in ("dose", "concentration"):
            amount = made.get(part)
            if amount is not None:
                unit = amount.get("unit", "")
                if not amount.get("value") or not unit:
                    del made[part]
                    self.extend(made["pointer"], part, amount)
                else:
                    amount.setdefault("printed", f"{amount['value']} {unit}")
        often = made.get("frequency")
        if often is not None:
            if "times" in often and "per" in often:
                often.setdefault("printed", f"{often['times']}/{often['per']}")
            else:
                del made["frequency"]
                self.extend(made["pointer"], "frequency", often)
        if ends := made.pop("by", None):
            if text := distance(ends.get("offsetLeast"), ends.get("offsetMost")):
                made["by"] = text
            else:
                self.extend(made["pointer"], "by", ends)
        if "printed" in made or kind not in ("Treatment", "Measurement", "FollowUp", "Variant", "DoseChange"):
            return
        words = [made.get("comparator"), made.get("value"), made.get("unit_printed") or made.get("unit")]
        named = made.get("drug") or made.get("action") or made.get("gene") or ""
        made["printed"] = (
            " ".join(str(w) for w in words if w)
            or named.partition(" ! ")[2]
            or (made.get("hgvs") or [""])[0]
            or "as recorded"
        )

    def key(self, label: str) -> str:
        """A key of the case file that no other fact of the patient has."""
        slug = re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")[:50].strip("-")
        slug = slug if re.fullmatch(PATTERN, slug) and not slug.startswith("time-") else "fact"
        key, number = slug, 1
        while key in self.keys:
            number += 1
            key = f"{slug}-{number}"
        self.keys.add(key)
        return key

    # ---- values ---------------------------------------------------------------------------

    def value(self, node: str, name: str, spot: Field, objects: list[Any]) -> Any:
        """The value(s) of a property as a case file has them; None, and kept as an extension, when it has no such."""
        made: list[Any] = []
        strange: list[Any] = []
        for item in objects:
            given = self.single(node, spot, item)
            (strange if given is None else made).append(item if given is None else given)
        made = sorted(set(made)) if spot.many else made
        if not spot.many and len(made) > 1:
            kept = min(made, key=_preference)
            strange += [given for given in made if given != kept]
            made = [kept]
        if strange:
            self.extend(node, compress(name), [_plain(item) for item in strange])
        return (made if spot.many else made[0]) if made else None

    def single(self, node: str, spot: Field, item: Any) -> str | None:
        text = _name(item) if isinstance(item, ox.NamedNode) else item.value if isinstance(item, ox.Literal) else ""
        if spot.make is as_concept:
            return self.concept(text, spot.path[-1] in _MAIN)
        if spot.make is as_choice or (spot.words and isinstance(item, ox.NamedNode)):
            return spot.words.get(text)
        if spot.make in (KEY, WHEN) and isinstance(item, ox.NamedNode):
            return self.named.get(text)
        if spot.make is WHEN:
            return self.when(node, text)
        if spot.path[-1:] == ("unit",):
            return _units().get(text) or (text if isinstance(item, ox.Literal) and text else None)
        if not isinstance(item, ox.Literal) or not text:
            return None
        if spot.make is as_number:
            return text if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text) else None
        return text

    def concept(self, text: str, main: bool) -> str | None:
        """An id with its label, of an IRI or a CURIE; main: the source's own label is of this one."""
        curie = _curie(text)
        if not curie:
            return None
        return f"{curie} ! {(main and self.label) or self.terms.labels.get(expand(curie), '') or _written(curie)}"

    def when(self, node: str, text: str) -> str | None:
        """A date, or the key of a time that is an age."""
        day = re.sub(r"T[0-9:.]+(Z|[+-][0-9:]+)?(?=$|/)", "", text)
        try:
            read_edtf(day)
        except (ValueError, OverflowError):
            pass
        else:
            return day
        try:
            read_age(text)
        except ValueError:
            return None
        key = self.key(f"age-{text}")
        self.sections.setdefault("times", {})[key] = {"age": text, "printed": text, "pointer": node}
        self.marks[("times", key)] = node
        return key

    def extend(self, node: str, what: str, content: Any) -> None:
        """Keep what has no place in the model."""
        key = self.key(f"extension-{what.partition(':')[2] or what}")
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        self.sections.setdefault("extensions", {})[key] = {"message": what, "content": text, "pointer": node}
        self.marks[("extensions", key)] = node


# Of several codings of one thing the first of these is the concept; the others are kept beside it.
_ORDER = ("HP", "MONDO", "CHEBI", "LOINC", "OMIM", "ORPHA", "DRUGBANK", "RXNORM", "ATC", "NCIT", "SNOMEDCT")


def _preference(text: str) -> tuple[int, str]:
    prefix = re.split(":|%3A", text.removeprefix("other:"))[0]
    return (_ORDER.index(prefix) if prefix in _ORDER else len(_ORDER), text)


def _kind(row: Mapping[str, list[Any]]) -> str:
    """The class of facts that a node was lifted as; empty for none."""
    return min((k for o in row.get(TYPE, ()) if (k := _name(o).removeprefix(CKG)) in TOLD_OF_PATIENT), default="")


def _label(row: Mapping[str, list[Any]], terms: Catalogue) -> str:
    """What a fact is called, for its key."""
    for name in (CKG + "label", CKG + "printed", *(CKG + part for part in _MAIN)):
        for item in row.get(name, ()):
            text = _plain(item)
            curie = _curie(text)
            return (terms.labels.get(expand(curie)) or _written(curie).rpartition(":")[2]) if curie else text
    return _kind(row)


def _curie(text: str) -> str:
    """The id that an IRI or a CURIE stands for, in our spelling; of a source that casekg does not know, as written."""
    short = compress(text)
    if is_curie(short):
        return short
    found = _LOCAL.search(text)
    if not found:
        return ""
    prefix = _WRITTEN.get(found[1].upper(), found[1].upper())
    known = next((p for p in CONCEPTS if p.upper() == prefix), "")
    curie = f"{known}:{found[2]}"
    if known:
        return curie if is_curie(curie) else ""
    return f"other:{quote(f'{prefix}:{found[2]}', safe='')}"


def _written(curie: str) -> str:
    """An id as its source writes it."""
    return unquote(curie.removeprefix("other:"))


def _plain(item: Any) -> str:
    return item if isinstance(item, str) else getattr(item, "value", str(item))


def _created(text: str) -> dict[str, str]:
    found = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)?", text)
    return {"created": found[1] + (found[2] or "Z")} if found else {}
