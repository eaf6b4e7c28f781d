"""Conflicts: every kind is found, its near miss is not, and a claims file settles one without deleting anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import Result

import kg
from kg.answers.queries import ask
from kg.base.prefixes import CASE
from kg.claims.conflicts import KINDS, Conflicts, conflicts
from kg.graph.store import Dataset
from kg.persons.identity import apply
from kg.persons.judgements import CONFLICTS, read_claims

HERE = Path(__file__).with_name("identity")
Run = Callable[..., Result]
SAME = """claims:
  one:
    kind: {kind}
    of: ["case:10.5555_alpha{end}", "case:10.5555_beta{end}"]
    decision: confirmed
    by: A. Curator
    on: 2024-05-01
    why: The second report says so.
"""
DIAGNOSED = "diagnosed in May 2019"


def joined(
    folder: Path, alpha: dict[str, str], beta: dict[str, str], kind: str = "same person", more: str = ""
) -> Dataset:
    """Both reports, with passages replaced, and a claim that they are about one person."""
    paths = []
    for name, changes in (("alpha", alpha), ("beta", beta)):
        text = (HERE / f"{name}.yaml").read_text("utf-8")
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new)
        paths.append(folder / f"{name}.yaml")
        paths[-1].write_text(text, "utf-8")
    claims = folder / "decided.txt"
    claims.write_text(SAME.format(kind=kind, end="" if kind == "same report" else "/p1") + more, "utf-8")
    return apply(kg.build(paths), read_claims(claims))[0]


def kinds(found: Conflicts) -> list[str]:
    return [one.kind for one in found.found]


def test_two_true_reports_of_one_person_do_not_clash(tmp_path: Path) -> None:
    found = conflicts(joined(tmp_path, {}, {}))
    assert found.found == ()
    assert found.persons == 1
    compared = {kind for kind, number in found.compared.items() if number}
    assert compared == set(KINDS)


def test_without_the_claim_they_are_two_persons() -> None:
    found = conflicts(kg.build([HERE / "alpha.yaml", HERE / "beta.yaml"]))
    assert found.persons == 2
    assert found.compared["two sexes"] == 0


FINDING = '      no-arthritis: {concept: "HP:0001369 ! Arthritis", status: excluded, time: "2023-03", evidence: {case: no arthritis in March 2023}}'
BETA_CALCINOSIS = 'status: present, time: june, sites: ["UBERON:0001461 ! elbow"], evidence: {case: calcinosis of the elbow on 10 June 2021}'
GONE = '      no-lesion: {{concept: "{concept}", status: excluded, time: june, sites: ["UBERON:0001461 ! elbow"]{more}, note: "What is denied is {concept}.", evidence: {{case: none of the elbow on 10 June 2021}}}}'


def gone(concept: str, more: str = "") -> dict[str, str]:
    return {FINDING: GONE.format(concept=concept, more=more)}


# kind -> what is changed in beta so that it clashes, and what comes near without
CLASHES: list[tuple[str, dict[str, str], dict[str, str]]] = [
    ("two sexes", {"PATO:0000383 ! female": "PATO:0000384 ! male", "A woman of 44": "A man of 44"}, {}),
    ("ages that do not fit", {"44": "49"}, {"44": "43"}),
    ("two doses", {"10 mg": "20 mg", "value: 10,": "value: 20,"}, {"2021-03-01": "2022-03-01", "1 March 2021": "1 March 2022", "2021-09-01": "2022-09-01", "1 September 2021": "1 September 2022", "10 mg": "20 mg", "value: 10,": "value: 20,"}),
    ("two values", {"35 ng/L": "70 ng/L", "value: 35,": "value: 70,"}, {"value: 35,": "value: 50,\n        comparator: <,".replace("\n        ", " "), "35 ng/L": "<50 ng/L"}),
    ("contrary outcomes", {"outcome: partially improved": "outcome: worsened", "calcinosis partially improved": "calcinosis worsened"}, {"outcome: partially improved": "outcome: worsened", "calcinosis partially improved": "calcinosis worsened", "2021-09-01": "2022-09-01", "1 September 2021": "1 September 2022"}),
    ("two dates", {'time: "2019"': 'time: "2018"', "diagnosed in 2019": "diagnosed in 2018"}, {'time: "2019"': 'time: "2019-05"', "diagnosed in 2019": DIAGNOSED}),
    ("present and excluded", gone("HP:0025520 ! Calcinosis cutis"), gone("HP:0025520 ! Calcinosis cutis", ', severity: "HP:0012828 ! Severe"')),
    ("present and excluded", gone("HP:0010766 ! Ectopic calcification"), gone("HP:0003326 ! Myalgia")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "clash", "near"), CLASHES)
def test_each_kind_is_found_and_its_near_miss_is_not(
    tmp_path: Path, kind: str, clash: dict[str, str], near: dict[str, str]
) -> None:
    drop: dict[str, str] = {}
    if kind == "present and excluded":  # in one report it would be refused
        drop = {
            BETA_CALCINOSIS: BETA_CALCINOSIS.replace("june", '"2023-03"').replace("on 10 June 2021", "in March 2023")
        }
    data = joined(tmp_path, {}, drop | clash)
    found = conflicts(data)
    assert kinds(found) == [kind]
    (one,) = found.found
    assert {fact.partition("#")[0] for fact in one.facts} == {f"{CASE}10.5555_alpha/p1", f"{CASE}10.5555_beta/p1"}
    assert all(next(data.match(fact), None) for fact in one.facts)
    assert conflicts(joined(tmp_path, {}, drop | near)).found == ()


def test_values_of_two_units_are_compared_after_conversion(tmp_path: Path) -> None:
    other = {"unit: ng/L": "unit: ug/L", "printed: 35 ng/L": "printed: 35 ug/L", "35 ng/L": "35 ug/L"}
    assert kinds(conflicts(joined(tmp_path, {}, other))) == ["two values"]
    same = {
        "unit: ng/L": "unit: ug/L",
        "value: 35,": "value: 0.035,",
        "printed: 35 ng/L": "printed: 0.035 ug/L",
        "35 ng/L": "0.035 ug/L",
    }
    assert conflicts(joined(tmp_path, {}, same)).found == ()


def test_one_publication_curated_twice_is_held_to_its_dates(tmp_path: Path) -> None:
    later = {"2021-03-01": "2021-04-01", "1 March 2021": "1 April 2021"}
    assert kinds(conflicts(joined(tmp_path, {}, later))) == []  # two courses of one drug in one person
    assert kinds(conflicts(joined(tmp_path, {}, later, "same report"))) == ["two dates"]


def test_a_conflict_is_settled_and_opened_again(tmp_path: Path, run: Run) -> None:
    sex = CLASHES[0][1]
    (one,) = conflicts(joined(tmp_path, {}, sex)).found
    paths = [tmp_path / "alpha.yaml", tmp_path / "beta.yaml"]
    found = run("conflicts", *paths, "--claims", tmp_path / "decided.txt")
    assert found.exit_code == 1
    assert one.digits in found.stdout
    settle = f"conflicts:\n  sex:\n    conflict: {one.digits}\n    prefer: case:10.5555_alpha/p1\n    by: A. Curator\n    on: 2024-05-01\n    why: The photograph.\n"
    data = joined(tmp_path, {}, sex, more=settle)
    (settled,) = conflicts(data).found
    assert settled.status == "settled"
    assert settled.digits == one.digits
    out = tmp_path / "clashes.trig"
    done = run("conflicts", *paths, "--claims", tmp_path / "decided.txt", "-o", out)
    assert done.exit_code == 0
    assert "1 settled" in done.stdout
    with_graph = kg.build([*paths, out])
    assert kg.validate(with_graph).conforms
    (row,) = ask(with_graph, "identity/conflicts").values()
    assert row[0] == f"{CONFLICTS}#{one.digits}"
    told = json.loads(run("conflicts", *paths, "--claims", tmp_path / "decided.txt", "--format", "json").stdout)
    assert told["conflicts"][0]["resolution"]["why"] == "The photograph."
    assert {q for q in with_graph.quads() if "case/" in str(q.graph_name)} == set(
        kg.build(paths).quads()
    )  # nothing is deleted
    for bad, said in (("prefer: case:10.5555_alpha/p1", "none of the facts"), (one.digits, "there is no conflict")):
        text = (tmp_path / "decided.txt").read_text("utf-8")
        new = "prefer: case:10.5555_other/p1" if bad.startswith("prefer") else "0" * 16
        (tmp_path / "bad.txt").write_text(text.replace(bad, new), "utf-8")
        refused = run("conflicts", *paths, "--claims", tmp_path / "bad.txt")
        assert refused.exit_code == 1
        assert said in refused.stderr
        assert f"{tmp_path / 'bad.txt'}:10:3" in refused.stderr


def test_what_clashes_is_found_in_rdf_too_and_is_named_alike(tmp_path: Path) -> None:
    data = joined(tmp_path, {}, CLASHES[0][1])
    data.save(tmp_path / "all.nq")
    assert conflicts(kg.build([tmp_path / "all.nq"])).found == conflicts(data).found


def test_what_the_sources_of_a_merge_tell_differently_is_compared_and_counted_once(tmp_path: Path, run: Run) -> None:
    text = (HERE / "alpha.yaml").read_text("utf-8")
    paths = [HERE / "alpha.yaml", tmp_path / "again.yaml", HERE / "gamma.yaml"]
    changes = {
        "dose: {value: 5, unit: mg, printed: 5 mg}, frequency: {times: 2, per: d, printed: twice daily}": "dose: {value: 10, unit: mg, printed: 10 mg}, frequency: {times: 2, per: d, printed: twice daily}",
        "tofacitinib 5 mg twice": "tofacitinib 10 mg twice",
        "status: present, time: visit": 'status: present, time: "2021-06-11"',
        "calcinosis of the elbow on 10 June": "calcinosis of the elbow on 11 June",
    }  # fmt: skip
    for old, new in changes.items():
        assert text.count(old) == 1
        text = text.replace(old, new)
    paths[1].write_text(text, "utf-8")
    out = tmp_path / "merged.trig"
    assert run("merge", *paths, "-o", out).exit_code == 0
    data = kg.build([out])
    found = conflicts(data)
    assert kinds(found) == ["two doses", "two dates"]
    assert found.persons == 2
    assert found.found[0].facts == (f"{CASE}10.5555_alpha/p1#tofacitinib",)
    assert "told by again.yaml" in found.found[0].says
    assert "told by alpha.yaml" in found.found[0].says
    assert "2 persons;" in run("matrix", out).stderr
    assert run("evidence", out, "--drug", "tofacitinib").exit_code == 0
    assert run("conflicts", out, "-o", tmp_path / "clashes.trig").exit_code == 1
    assert kg.validate(kg.build([tmp_path / "clashes.trig"])).conforms


def test_the_shipped_case_has_none(data: Dataset, run: Run) -> None:
    found = conflicts(data)
    assert found.found == ()
    assert found.compared["contrary outcomes"] > 0
    assert found.compared["present and excluded"] > 0
    shown = run("conflicts")
    assert shown.exit_code == 0
    assert "No conflict" in shown.stdout
    assert "contrary outcomes" in shown.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_a_word_of_the_vocabulary(kind: str) -> None:
    from kg.concepts.terms import Catalogue
    from kg.rdf.iris import choice_iri

    assert Catalogue.shipped().label(choice_iri(kind)) == kind
