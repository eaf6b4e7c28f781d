"""An id of another vocabulary answers for what it matches, and for nothing more than was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kg.answers.queries import ask, library
from kg.base import places, project
from kg.base.prefixes import CONCEPTS, PREFIXES, expand, is_curie
from kg.concepts.bridges import EQUIVALENTS, WIDER
from kg.concepts.terms import Catalogue, retired_ids
from kg.gate.shapes import validate
from kg.graph.store import Dataset, build, read_rdf

X = "http://example.org/x/"
WHY = "semapv:ManualMappingCuration"
HEAD = (
    "#license: https://creativecommons.org/publicdomain/zero/1.0/\n#mapping_set_title: Invented\n"
    f"#curie_map:\n#  x: {X}\n"
    "subject_id\tsubject_label\tpredicate_id\tobject_id\tmapping_justification\tconfidence\n"
)
ROWS = [
    f"x:arthritis\tArthritis (X)\tskos:exactMatch\tHP:0001369\t{WHY}\t0.9\n",
    f"x:calcium\tCalcium in skin\tskos:exactMatch\tHP:0025520\t{WHY}\t\n",
]
BROAD = f"x:arthritis\tArthritis (X)\tskos:broadMatch\tHP:0001369\t{WHY}\t0.9\n"


@pytest.fixture
def graph(tmp_path: Path, write_case: Callable[..., Path]) -> Path:
    """The minimal case as others would write it: findings by ids of another vocabulary."""
    build([write_case(tmp_path)]).save(tmp_path / "theirs.nq")
    text = (tmp_path / "theirs.nq").read_text("utf-8")
    for curie, other in (("HP:0001369", "arthritis"), ("HP:0025520", "calcium")):
        assert expand(curie) in text
        text = text.replace(expand(curie), X + other)
    (tmp_path / "theirs.nq").write_text(text, "utf-8")
    (tmp_path / "a.yaml").unlink()
    return tmp_path / "theirs.nq"


@pytest.fixture
def mapped(graph: Path) -> Iterator[Callable[..., Dataset]]:
    """The dataset of that graph in a project that has these rows of mappings."""

    def make(*rows: str, name: str = "a", head: str = HEAD) -> Dataset:
        root = graph.parent
        (root / "casekg.toml").write_text(f'[prefixes]\nx = "{X}"\n', "utf-8")
        (root / "mappings").mkdir(exist_ok=True)
        (root / "mappings" / f"{name}.sssom.tsv").write_text(head + "".join(rows), "utf-8")
        places.forget()
        project.enter(project.find(root))
        return build([graph])

    yield make
    project.enter(None)


def _concepts(data: Dataset, name: str, finding: str, mappings: str = "exact") -> list[str]:
    answer = ask(data, name, {"finding": finding}, mappings)
    place = answer.columns.index("concept")
    return [row[place].value for row in answer.rows]


def test_without_a_mapping_nothing_is_the_same(graph: Path) -> None:
    assert _concepts(build([graph]), "phenotype/present", "HP:0001369") == []


@pytest.mark.parametrize("finding", ["HP:0001369", "Arthritis", "HP:0001367", "HP:0000118"])
def test_an_exact_match_answers_for_its_term_and_its_ancestors(finding: str, mapped: Callable[..., Dataset]) -> None:
    assert _concepts(mapped(*ROWS), "phenotype/present", finding) == [X + "arthritis"]


def test_an_exact_match_that_is_excluded_answers_for_descendants(mapped: Callable[..., Dataset]) -> None:
    data, terms = mapped(*ROWS), Catalogue.shipped()
    calcinosis = expand("HP:0025520")
    below = [iri for iri in sorted(terms.labels) if calcinosis in terms.ancestors(iri) and iri != calcinosis]
    assert below
    for iri in (calcinosis, *below):
        assert _concepts(data, "phenotype/excluded", iri) == [X + "calcium"]
    assert _concepts(data, "phenotype/excluded", "HP:0001369") == []


def test_the_written_concept_stays_and_has_a_label(mapped: Callable[..., Dataset], graph: Path) -> None:
    data = mapped(*ROWS)
    assert set(data.quads()) == set(read_rdf(graph))  # the case graphs were not touched
    answer = ask(data, "phenotype/present", {"finding": "arthritis"})
    assert [row[answer.columns.index("conceptLabel")].value for row in answer.rows] == ["Arthritis (X)"]


@pytest.mark.parametrize("name", ["phenotype/present", "phenotype/excluded", "phenotype/organ-systems"])
def test_both_engines_agree_over_circles_of_equivalents(name: str, mapped: Callable[..., Dataset]) -> None:
    data = mapped(*ROWS)
    assert any(True for _ in data.store.quads_for_pattern(None, None, None, ox.NamedNode(EQUIVALENTS)))
    mine = sorted(str([t and t.value for t in row]) for row in ask(data, name).rows)
    text = library()[name].sparql
    theirs = data.rdflib(ontology=True).query(text)
    assert sorted(str([t and str(t) for t in row]) for row in theirs) == mine  # type: ignore[union-attr]
    assert mine


def test_a_broad_match_answers_only_on_request_and_is_shown_as_such(mapped: Callable[..., Dataset]) -> None:
    data = mapped(BROAD)
    assert _concepts(data, "phenotype/present", "HP:0001369") == []
    answer = ask(data, "phenotype/present", {"finding": "HP:0001367"}, "broad")
    assert len(answer.rows) == 1
    assert "1 of the rows stand on broad and narrow matches, not on exact ones." in answer.remarks[0]
    assert "x:arthritis under HP:0001369 (Arthritis)" in answer.remarks[0]
    assert "remarks" in answer.json()


@pytest.mark.parametrize(("kind", "reach"), [("narrow", "broad"), ("close", "close"), ("related", "none")])
def test_which_match_is_followed_how_far(kind: str, reach: str, mapped: Callable[..., Dataset]) -> None:
    turned = {"narrow": ("HP:0001369", "x:arthritis")}.get(kind, ("x:arthritis", "HP:0001369"))
    data = mapped(f"{turned[0]}\t\tskos:{kind}Match\t{turned[1]}\t{WHY}\t\n")
    label = ox.Quad(ox.NamedNode(X + "arthritis"), ox.NamedNode(PREFIXES["rdfs"] + "label"), ox.Literal("arthritis"))
    data.store.add(label)
    followed = [r for r in ("exact", "broad", "close") if _concepts(data, "phenotype/present", "HP:0001367", r)]
    assert followed == {"broad": ["broad", "close"], "close": ["close"], "none": []}[reach]


def test_after_a_wide_question_a_narrow_one_is_narrow_again(mapped: Callable[..., Dataset]) -> None:
    data = mapped(BROAD)
    assert _concepts(data, "phenotype/present", "HP:0001369", "broad") == [X + "arthritis"]
    assert _concepts(data, "phenotype/present", "HP:0001369") == []
    assert not any(True for _ in data.store.quads_for_pattern(None, None, None, ox.NamedNode(WIDER)))


def test_a_contradiction_does_not_close_and_is_told(mapped: Callable[..., Dataset]) -> None:
    data = mapped(ROWS[0], f"x:arthritis\t\tskos:exactMatch\tHP:0025520\t{WHY}\t\n")
    assert _concepts(data, "phenotype/present", "HP:0001369") == []
    told = [result for result in data.results if result.rule == "mapping"]
    assert [result.severity for result in told] == ["warning"]
    assert "HP:0001369 and HP:0025520 the same" in told[0].message


def test_a_table_that_is_wrong_stops_the_build_with_its_line(mapped: Callable[..., Dataset]) -> None:
    from kg.base.results import CaseError

    with pytest.raises(CaseError, match=r"a\.sssom\.tsv:6:1: violation mapping: object_id"):
        mapped(f"x:arthritis\t\tskos:exactMatch\tHP:1\t{WHY}\t\n")


def test_the_mapping_set_is_kept_as_rdf_without_blank_nodes(mapped: Callable[..., Dataset]) -> None:
    data = mapped(*ROWS)
    quads = [q for q in data.quads(ontology=True) if q.graph_name.value.endswith("/mappings/a")]
    assert not any(isinstance(t, ox.BlankNode) for quad in quads for t in (quad.subject, quad.object))
    said = {(q.predicate.value.rsplit("/", 1)[-1], q.object.value) for q in quads}  # type: ignore[union-attr]
    assert ("license", "https://creativecommons.org/publicdomain/zero/1.0/") in said
    assert ("confidence", "0.9") in said
    assert ("mapping_justification", PREFIXES["semapv"] + "ManualMappingCuration") in said
    assert ("subject_id", X + "arthritis") in said
    assert not any(q.graph_name.value.endswith("/mappings/a") for q in data.quads())


def test_neither_order_nor_repetition_of_tables_matters(mapped: Callable[..., Dataset]) -> None:
    def bridges(data: Dataset) -> list[str]:
        return sorted(str(q) for q in data.quads(ontology=True) if q.graph_name.value == EQUIVALENTS)

    first = bridges(mapped(*ROWS))
    assert first
    assert bridges(mapped(*reversed(ROWS))) == first
    mapped(ROWS[0])
    assert bridges(mapped(ROWS[1], ROWS[0], name="b")) == first


def test_aretired_ids_id_that_was_written_answers_for_what_replaces_it(graph: Path) -> None:
    terms, top = Catalogue.shipped(), expand("HP:0000118")
    old, new = next(
        (expand(old), expand(new))
        for old, new in sorted(retired_ids().items())
        if old.startswith("HP:") and is_curie(new) and expand(new) in terms and top in terms.ancestors(expand(new))
    )
    label = f'<{old}> <{PREFIXES["rdfs"]}label> "as it was called" .\n'
    text = graph.read_text("utf-8").replace(X + "arthritis", old).replace(X + "calcium", old)
    graph.write_text(text + label, "utf-8")
    data = build([graph])
    for name in ("phenotype/present", "phenotype/excluded"):
        assert _concepts(data, name, new) == [old]
    assert _concepts(data, "phenotype/present", top) == [old]
    assert top in terms.ancestors(old)


def test_an_id_of_an_unknown_source_is_joined_as_a_record_writes_it(
    graph: Path, mapped: Callable[..., Dataset]
) -> None:
    text = graph.read_text("utf-8").replace(X + "arthritis", CONCEPTS["other"][0] + "y:7")
    graph.write_text(text, "utf-8")
    head = HEAD.replace("#curie_map:\n", "#curie_map:\n#  y: http://example.org/y/\n")
    data = mapped(f"y:7\tArthritis (Y)\tskos:exactMatch\tHP:0001369\t{WHY}\t\n", head=head)
    assert _concepts(data, "phenotype/present", "HP:0001367") == [CONCEPTS["other"][0] + "y:7"]
    assert _concepts(data, "phenotype/present", "y:7") == [CONCEPTS["other"][0] + "y:7"]


def test_shapes_see_over_the_bridge(mapped: Callable[..., Dataset]) -> None:
    # the findings of theirs.nq are under Phenotypic abnormality over the mapping alone
    assert sum("is not under" in r.message or "A finding must" in r.message for r in validate(mapped()).results) == 2
    assert not any("A finding must" in result.message for result in validate(mapped(*ROWS)).results)


def test_on_the_command_line(mapped: Callable[..., Dataset], run: Callable[..., Any], graph: Path) -> None:
    mapped(BROAD)
    question = ("query", "phenotype/present", "--data", graph, "--finding", "HP:0001367")
    assert "0 rows." in run(*question).output
    wide = run(*question, "--mappings", "broad")
    assert wide.exit_code == 0
    assert "1 row." in wide.output
    assert "1 of the rows stand on broad and narrow matches" in wide.output
    assert run(*question, "--mappings", "wrong").exit_code == 2
