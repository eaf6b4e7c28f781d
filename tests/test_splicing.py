"""A value of a YAML file is changed in its place, and every other byte stays."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.draft.splicing import SpliceError, comments, with_value, without

TEXT = """# the report
report: {id: a, evidence: {front: "x, y"}}  # its id

patients:
  p1:
    # found
    findings:
      # or: HP:0000001 ! All
      one:  # the first
        concept: HP:0001369 ! Arthritis
        proposed: {rule: a/b, confidence: low}
        # why
        sites:
          - UBERON:0001461 ! elbow
          - "UBERON:0002398 ! manus"

      two: {concept: X, proposed: {rule: c}, evidence: {case: [a, 'b: c']}}
    # behind
references: {}
"""
FINDINGS = ("patients", "p1", "findings")


def test_a_key_is_taken_out_and_nothing_else() -> None:
    made = without(TEXT, (*FINDINGS, "one", "proposed"))
    assert made == TEXT.replace("        proposed: {rule: a/b, confidence: low}\n", "")
    made = without(TEXT, (*FINDINGS, "two", "proposed"))
    assert made == TEXT.replace("proposed: {rule: c}, ", "")
    made = without(TEXT, (*FINDINGS, "one"))
    assert "sites" not in made
    assert made.count("HP:0000001") == 1
    assert "\n\n      two: {concept: X" in made
    made = without(without(TEXT, (*FINDINGS, "one")), (*FINDINGS, "two"))
    assert "p1" not in made  # a block without keys is no block
    assert "# behind" in made


def test_a_value_is_put_in_its_place() -> None:
    made = with_value(TEXT, (*FINDINGS, "two", "evidence"), {"case": "d, e"})
    assert made == TEXT.replace("{case: [a, 'b: c']}", '{case: "d, e"}')
    made = with_value(TEXT, (*FINDINGS, "one", "sites"), ["UBERON:0001461 ! elbow"])
    assert "        # why\n        sites: [UBERON:0001461 ! elbow]\n\n      two" in made
    made = with_value(TEXT, (*FINDINGS, "one", "time"), "2019", "sites")
    assert '        # why\n        time: "2019"\n        sites:\n' in made
    made = with_value(TEXT, ("report", "curated"), [{"by": "A: B", "accepted": 1}], "evidence")
    assert 'report: {id: a, curated: [{by: "A: B", accepted: 1}], evidence: {front' in made
    made = with_value(TEXT, ("patients", "p1", "curated"), [{"by": "A"}, {"by": "B"}])
    assert "    curated:\n      - {by: A}\n      - {by: B}\n" in made
    assert "curated:\n      - {by: C}\n" in with_value(made, ("patients", "p1", "curated"), [{"by": "C"}])


def test_the_comments_of_a_key_are_those_of_its_lines() -> None:
    assert comments(TEXT, (*FINDINGS, "one")) == ("or: HP:0000001 ! All", "the first", "why")
    assert comments(TEXT, (*FINDINGS, "two")) == ()


@pytest.mark.parametrize("text", ["- a: 1\n", "a: 1\n"])
def test_what_cannot_be_done_in_place_is_told(text: str) -> None:
    with pytest.raises(SpliceError):
        without(text, ("b",))


_WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=9)
_VALUE = st.recursive(
    _WORDS | st.integers(0, 99).map(str),
    lambda inner: st.lists(inner, min_size=1, max_size=3) | st.dictionaries(_WORDS, inner, min_size=1, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(_VALUE, st.sampled_from(["one", "two"]), st.sampled_from(["concept", "note", "value"]))
def test_any_value_can_be_put_and_taken_out_again(value: Any, key: str, field: str) -> None:
    """Written and read it is the same; what stood there before it stands there after it."""
    made = with_value(TEXT, (*FINDINGS, key, field), value, "sites")
    assert yaml.load(made, Loader=yaml.BaseLoader)["patients"]["p1"]["findings"][key][field] == value
    assert all(line in made for line in ("# the report", "# its id", "# found", "# or: HP", "# why", "# behind"))
    if field != "concept":
        assert without(made, (*FINDINGS, key, field)) == TEXT
