"""What do published criteria ask for? Items, weights, cut-offs, and what satisfies each, as data.

A criterion is one file of ontology/criteria/ (or of a project's own criteria/): its name is the name
of the file. It is read as strictly as a case file: an unknown key, an id whose label is another, or
points for a column that is not there are errors with file, line, key and cure.
"""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from kg.base import places
from kg.base.document import Document, read_document
from kg.base.places import folder, own
from kg.base.prefixes import expand
from kg.base.results import CaseError, Result, ordered
from kg.concepts.terms import Catalogue
from kg.model.fields import Key, Number, Positive, Term, TermField, Text
from kg.model.kinds import Interpretation, Model
from kg.model.reading import schema_results

__all__ = [
    "AgeRange", "Category", "Column", "Criterion", "CriterionFile", "Cutoff", "Exclusion", "Item", "Level", "Measure",
    "Remark", "Rule", "Source", "criteria", "find_criterion", "read_criterion",
]  # fmt: skip

Terms = Annotated[tuple[TermField, ...], Field(min_length=1)]
Points = Annotated[Mapping[Key, Positive], Field(min_length=1)]
# Kind of fact -> what its concepts are under, as the shapes of cases ask (shapes/finding.ttl ...).
ROOTS = {
    "finding": ("HP:0000118",),
    "antibody": ("HP:0030057",),
    "diagnosis": ("MONDO:0000001",),
    "measurement": ("ckg:Analyte",),
    "examination": ("MAXO:0000001", "ckg:MedicalProcedure"),
    "site": ("UBERON:0001062",),
}
KINDS = ("finding", "antibody", "diagnosis", "measurement", "examination")


class Source(Model):
    """Where the criteria, or a part of them, were taken from."""

    doi: Annotated[str, Field(pattern=r"^10\.\d{2,9}/\S+$")] | None = None
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    what: Text = Field(description="What was taken from it.")


class Cutoff(Model):
    """A class, and the least score that reaches it."""

    class_: Text = Field(alias="class")
    at_least: Positive


class Column(Model):
    """One way to score: a column of the published table."""

    label: Text
    cutoffs: Annotated[tuple[Cutoff, ...], Field(min_length=1)]
    below: Text = Field(description="The class of a score below every cut-off.")
    probability_offset: Positive | None = Field(
        None, description="c in p = 1 / (1 + exp(c - score)), where the criteria give a probability."
    )
    needs_examination: TermField | None = Field(None, description="Examination without which the column is not used.")
    note: Text | None = None


class Category(Model):
    """Items of which the highest counts once; exclusive: at most one of them can be met."""

    label: Text
    maximum: Points
    exclusive: bool = False


class Rule(Model):
    """What a fact must be to satisfy an item: of one of these concepts, or of what is under them.

    sites, modifiers, shown_by narrow it: one of the sites (or within it), all of all_sites, all modifiers,
    one of the procedures. strict: whether the published definition is met to the letter; else only as reports say it.
    """

    finding: Terms | None = None
    antibody: Terms | None = None
    diagnosis: Terms | None = None
    measurement: Terms | None = None
    examination: Terms | None = None
    except_: tuple[TermField, ...] = Field((), alias="except", description="Concepts below that do not count.")
    sites: tuple[TermField, ...] = ()
    all_sites: tuple[TermField, ...] = Field(
        (), description="The fact must name each, or a part of it that is not another of them."
    )
    no_sites: bool = Field(False, description="Only a fact that names no site.")
    otherwise_written: bool = Field(
        False, description="Another way to write what the other rules ask for: no denial is wanted in it."
    )
    modifiers: tuple[TermField, ...] = ()
    shown_by: tuple[TermField, ...] = Field((), description="Procedures; the fact must name an examination of them.")
    lies_in: tuple[TermField, ...] = Field((), description="Where it lies anyway: a denial for there is one for good.")
    interpretation: tuple[Interpretation, ...] = Field((), description="What the authors call a measured value.")
    above_range: bool = Field(False, description="The value lies above the printed reference range.")
    status: Literal["present", "excluded"] = "present"
    strict: bool = True
    why: Text | None = Field(None, description="Why this is arguable, or not the strict reading.")

    @cached_property
    def kind(self) -> str:
        """The kind of fact: finding, antibody, diagnosis, measurement or examination."""
        return next((kind for kind in KINDS if getattr(self, kind)), "")

    @property
    def concepts(self) -> tuple[Term, ...]:
        """The concepts of the rule."""
        return tuple(getattr(self, self.kind)) if self.kind else ()

    @cached_property
    def iris(self) -> frozenset[str]:
        """The IRIs of these concepts."""
        return frozenset(expand(term.id) for term in self.concepts)


class AgeRange(Model):
    """Age at onset in years: from (included) and below (not included)."""

    from_: Number | None = Field(None, alias="from")
    below: Positive | None = None


class Item(Model):
    """One row of the table. Facts of `met_by` satisfy it, those of `arguable_by` leave it open."""

    label: Text
    category: Key | None = None
    points: Points
    sufficient: bool = Field(False, description="Met alone, it gives the class of its points, whatever else is met.")
    met_by: tuple[Rule, ...] = ()
    arguable_by: tuple[Rule, ...] = ()
    denied_by: tuple[Rule, ...] = Field((), description="Whose denial is a denial of the item too.")
    age_at_onset: AgeRange | None = None
    definition: Text | None = None


class Exclusion(Model):
    """When the criteria are not applied at all: when every one of these facts is there.

    judgement: whether it applies is for a physician to say; the facts only make it arguable.
    """

    label: Text
    all: tuple[Rule, ...] = ()
    judgement: bool = False


class Level(Model):
    """Improvement above this percentage of the range gives so many points."""

    above: Number
    points: Positive


class Measure(Model):
    """A core set measure of response criteria, taken before and after."""

    label: Text
    analytes: Terms
    partial: tuple[TermField, ...] = Field((), description="Analytes that are part of it, but do not give it.")
    better: Literal["lower", "higher"]
    range: Positive | None = Field(None, description="Of the scale, where the report prints none.")
    range_per_upper_limit: Positive | None = Field(
        None, description="The range as a multiple of the upper limit of normal, which the report must print."
    )
    range_note: Text | None = Field(None, description="What the range follows from, where the report must give it.")
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]


class Remark(Model):
    """What is said beside a result, when none of these items is stated (always, without items)."""

    unless: tuple[Key, ...] = ()
    column: Key | None = None
    says: Text


class Criterion(Model):
    """A set of classification or response criteria."""

    title: Text
    kind: Literal["classification", "response"] = "classification"
    disease: tuple[TermField, ...] = Field((), description="Diseases whose onset is that of the age rows.")
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    columns: Annotated[Mapping[Key, Column], Field(min_length=1)]
    categories: Mapping[Key, Category] = Field(default_factory=dict)
    items: Mapping[Key, Item] = Field(default_factory=dict)
    measures: Mapping[Key, Measure] = Field(default_factory=dict)
    not_applicable_if: Mapping[Key, Exclusion] = Field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True)
class CriterionFile:
    """A criterion with its name (that of its file), the file and its digest."""

    name: str
    path: Path
    criterion: Criterion
    sha256: str


_MODELS = (
    Criterion, Source, Cutoff, Column, Category, Rule, AgeRange, Item, Exclusion, Level, Measure, Remark,
)  # fmt: skip
_FIELDS = sorted({field.alias or name for model in _MODELS for name, field in model.model_fields.items()})
Place = tuple[str | int, ...]
Problem = tuple[Place, str, str, str]  # path, rule, message, cure


def read_criterion(path: Path | str, terms: Catalogue | None = None) -> CriterionFile:
    """Read one criterion file.

    Raises CaseError with everything that is wrong, each with file, line, column, key and cure.
    """
    path = Path(path)
    document = read_document(path)
    cure = "The keys are those of the files in casekg's ontology/criteria/."
    try:
        criterion = Criterion.model_validate(document.value)
    except ValidationError as error:
        raise CaseError(schema_results(document, error, {}, _FIELDS, cure)) from error
    terms = terms or Catalogue.shipped()
    found = [*_structure(criterion), *_ids(criterion, terms)]
    found += () if found else _kinds(criterion, terms)
    if found:
        raise CaseError(_results(document, found))
    return CriterionFile(path.stem, path, criterion, hashlib.sha256(path.read_bytes()).hexdigest())


def _results(document: Document, found: list[Problem]) -> tuple[Result, ...]:
    return ordered(
        Result("violation", rule, message, cure, document.file, *document.place(where), ".".join(map(str, where)))
        for where, rule, message, cure in found
    )


def _structure(it: Criterion) -> Iterator[Problem]:
    """What the schema cannot say: names that must be there, points for every column, order."""
    if (it.kind == "classification") != bool(it.items) or (it.kind == "response") != bool(it.measures):
        wants = "items, and no measures" if it.kind == "classification" else "measures, and no items"
        yield ("kind",), "criterion", f"criteria of the kind {it.kind} have {wants}.", "Correct `kind`, or move them."
    for name, column in it.columns.items():
        scores = [cutoff.at_least for cutoff in column.cutoffs]
        if scores != sorted(set(scores)):
            yield ("columns", name, "cutoffs"), "criterion", "the cut-offs do not rise.", "Order them, lowest first."
    for where, points in _points(it):
        if set(points) != set(it.columns):
            message = f"gives {', '.join(points)}; the columns are {', '.join(it.columns)}."
            # an item may be left out of a column: then it is not scored there
            if strange := sorted(set(points) - set(it.columns)):
                yield (*where, strange[0]), "criterion", message, "Give points by the names of the columns."
    for number, source in enumerate(it.sources):
        if not source.doi and not source.url:
            yield ("sources", number), "criterion", "a source that nobody can find.", "Give its `doi` or `url`."
    for key in it.categories:
        if not any(item.category == key for item in it.items.values()):
            yield (
                ("categories", key),
                "criterion",
                "no item is in this category.",
                "Give an item the category, or delete it.",
            )
    for key, exclusion in it.not_applicable_if.items():
        if not exclusion.all:
            yield ("not_applicable_if", key), "criterion", "this never applies.", "Say in `all` which facts it takes."
    for key, item in it.items.items():
        yield from _item(it, key, item)
    for key, measure in it.measures.items():
        levels = [(level.above, level.points) for level in measure.levels]
        if levels != sorted(levels) or len({above for above, _ in levels}) != len(levels):
            yield ("measures", key, "levels"), "criterion", "the levels do not rise.", "Order them, lowest first."
    for number, remark in enumerate(it.remarks):
        for name in remark.unless:
            if name not in it.items:
                yield ("remarks", number, "unless"), "criterion", f"there is no item {name!r}.", _near(name, it.items)
        if remark.column and remark.column not in it.columns:
            message = f"there is no column {remark.column!r}."
            yield ("remarks", number, "column"), "criterion", message, _near(remark.column, it.columns)
    for where, rule in _rules(it):
        if sum(getattr(rule, kind) is not None for kind in KINDS) != 1:
            message = "a rule is about one kind of fact."
            yield where, "criterion", message, f"Give exactly one of {', '.join(KINDS)}."
        elif rule.kind != "measurement" and (rule.interpretation or rule.above_range):
            message = "only a measurement has an interpretation or a reference range."
            yield where, "criterion", message, "Take it out, or write `measurement`."
        elif rule.kind == "measurement" and not (rule.interpretation or rule.above_range):
            message = "any value of this analyte would satisfy the item."
            yield where, "criterion", message, "Say which: `interpretation` or `above_range`."


def _item(it: Criterion, key: str, item: Item) -> Iterator[Problem]:
    if item.category and item.category not in it.categories:
        message = f"there is no category {item.category!r}."
        yield ("items", key, "category"), "criterion", message, _near(item.category, it.categories)
    elif item.category:
        most = it.categories[item.category].maximum
        for column, points in item.points.items():
            if points > most.get(column, points):
                message = f"{points} points are more than the maximum of the category, {most[column]}."
                yield ("items", key, "points"), "criterion", message, "Correct the points, or the maximum."
    if item.age_at_onset is None and not item.met_by:
        yield ("items", key), "criterion", "nothing can satisfy this item.", "Give `met_by` or `age_at_onset`."
    if item.category and item.sufficient:
        message = "a sufficient item is no addend: it has no category."
        yield ("items", key, "category"), "criterion", message, "Take `category` or `sufficient` out."
    age = item.age_at_onset
    if age and age.from_ is not None and age.below is not None and age.below <= age.from_:
        message = f"no age is {age.from_} or more and below {age.below}."
        yield ("items", key, "age_at_onset"), "criterion", message, "Correct `from` or `below`."
    if age and age.from_ is None and age.below is None:
        yield ("items", key, "age_at_onset"), "criterion", "every age satisfies this.", "Give `from` or `below`."


def _points(it: Criterion) -> Iterator[tuple[Place, Mapping[str, Any]]]:
    for key, item in it.items.items():
        yield ("items", key, "points"), item.points
    for key, category in it.categories.items():
        yield ("categories", key, "maximum"), category.maximum


def _rules(it: Criterion) -> Iterator[tuple[Place, Rule]]:
    for key, item in it.items.items():
        for field in ("met_by", "arguable_by", "denied_by"):
            for number, rule in enumerate(getattr(item, field)):
                yield ("items", key, field, number), rule
    for key, exclusion in it.not_applicable_if.items():
        for number, rule in enumerate(exclusion.all):
            yield ("not_applicable_if", key, "all", number), rule


def _near(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, 1)
    return f"Did you mean {close[0]!r}?" if close else f"One of: {', '.join(known) or 'none is there'}."


def _ids(it: Criterion, terms: Catalogue) -> Iterator[Problem]:
    """Every id with its label, held against the ontology, where it was written."""

    def walk(value: Any, where: Place) -> Iterator[tuple[Place, Term]]:
        if isinstance(value, Term):
            yield where, value
        elif isinstance(value, Model):
            for name, field in type(value).model_fields.items():
                yield from walk(getattr(value, name), (*where, field.alias or name))
        elif isinstance(value, Mapping):
            for key, inner in value.items():
                yield from walk(inner, (*where, key))
        elif isinstance(value, tuple):
            for number, inner in enumerate(value):
                yield from walk(inner, (*where, number))

    for where, term in walk(it, ()):
        if problem := terms.problem(term.id, term.label):
            yield where, *problem


def _kinds(it: Criterion, terms: Catalogue) -> Iterator[Problem]:
    """Concepts that no fact of the kind can have: under another branch, and with none of it under them."""
    named = [(where, rule.kind, rule.kind, rule.concepts) for where, rule in _rules(it)]
    named += [
        (where, field, "site", getattr(rule, field))
        for where, rule in _rules(it)
        for field in ("sites", "all_sites", "lies_in")
    ]
    for key, measure in it.measures.items():
        named += [
            (("measures", key), field, "measurement", getattr(measure, field)) for field in ("analytes", "partial")
        ]
    for where, field, kind, concepts in named:
        roots = {expand(root) for root in ROOTS[kind]}
        for number, term in enumerate(concepts):
            if not _fits(expand(term.id), roots, terms):
                message = f"no {kind} is {term.label}: it is not under {' or '.join(map(terms.label, sorted(roots)))}."
                yield (*where, field, number), "criterion", message, "Take another term, or another kind of fact."


def _fits(iri: str, roots: set[str], terms: Catalogue) -> bool:
    if terms.ancestors(iri) & roots:
        return True
    return any(iri in above and above & roots for above in map(terms.ancestors, terms.concepts()))


def _files() -> dict[str, Path]:
    """The criterion files that casekg ships, and the entered project's own, by name."""
    shipped = sorted((folder("ontology") / "criteria").glob("*.yaml"))
    return {path.stem: path for path in (*shipped, *own("criteria", "*.yaml"))}


def criteria() -> tuple[CriterionFile, ...]:
    """The criteria that casekg ships, and the entered project's own; one of the project's may replace ours.

    Raises CaseError, with the results of all files together.

    >>> [file.name for file in criteria()][0]
    'myositis-2017'
    """
    return _criteria(places.project(), tuple(_files().values()))


@places.remembered
@lru_cache(maxsize=4)
def _criteria(project: Path | None, paths: tuple[Path, ...]) -> tuple[CriterionFile, ...]:  # noqa: ARG001 - its terms
    read: list[CriterionFile] = []
    wrong: list[Result] = []
    for path in paths:
        try:
            read.append(read_criterion(path))
        except CaseError as error:
            wrong += error.results
    if wrong:
        raise CaseError(wrong)
    return tuple(read)


def find_criterion(name: str) -> CriterionFile:
    """One criterion by its name, or by the path of a file. Raises CaseError, with near names."""
    files = _files()
    if name in files:
        return read_criterion(files[name])
    if name.endswith((".yaml", ".yml")):
        return read_criterion(name)
    message = "is not among the criteria."
    raise CaseError([Result("violation", "query", message, _near(name, files), name)])
