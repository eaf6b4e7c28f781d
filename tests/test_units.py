"""Units are UCUM, and know what kind of quantity they measure."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.base.places import folder
from kg.base.units import kind, registry, same_kind, written_units

SAME = [
    ("ng/L", "pg/mL"),
    ("ng/L", "g/L"),
    ("mg", "kg"),
    ("mm/h", "cm/d"),
    ("a", "mo"),
    ("[IU]/L", "[IU]/mL"),
    ("mg/d", "g/h"),
    ("{score}", "{score}"),
]
OTHER = [
    ("mg/d", "mg"),
    ("[IU]/L", "U/L"),
    ("[IU]/L", "10*9/L"),
    ("%", "%{predicted}"),
    ("%", "{score}"),
    ("ng/L", "pmol/L"),
    ("mm/h", "mm"),
    ("mg/kg", "mg"),
    ("{score}", "{predicted}"),
]
NOT_UCUM = [
    "spoonful",
    "",
    " ",
    "mg per day",
    "µg",
    "µg/L",
    "мг",
    "mg/",
    "//",
    "5 mg mg",
    "UI/L",
    "mg\n",
    "{",
    "{}{",
    "mcg",
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_same_kind(one: str, other: str) -> None:
    assert same_kind(one, other)
    assert same_kind(other, one)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_other_kind(one: str, other: str) -> None:
    assert not same_kind(one, other)
    assert not same_kind(other, one)


@pytest.mark.parametrize("code", NOT_UCUM)
def test_not_ucum(code: str) -> None:
    with pytest.raises(ValueError, match="is not a UCUM unit"):
        kind(code)


@pytest.mark.parametrize(
    "code", ["mg", "mg/kg/d", "g/kg/d", "mg/m2", "[IU]/d", "ukat/L", "10*9/L", "a", "{tbl}", "[arb'U]"]
)
def test_is_ucum_and_of_its_own_kind(code: str) -> None:
    assert same_kind(code, code)


@settings(deadline=None, derandomize=True, max_examples=60)
@given(st.text(max_size=8))
def test_any_text_is_a_unit_or_a_value_error(text: str) -> None:
    try:
        same = same_kind(text, text)
    except ValueError:
        return
    assert same
    assert text.isascii()


def test_what_is_written_of_units_is_what_pint_says() -> None:
    assert len(written_units()) > 400
    other = {}
    for code, (dimension, size) in written_units().items():
        unit = registry().from_ucum(code)
        own = size if size is None else float(unit.to_base_units().magnitude)
        if str(unit.dimensionality) != dimension or (size and own != pytest.approx(size, rel=1e-12)):
            other[code] = (str(unit.dimensionality), own)
    assert other == {}
    assert [code for code, (_, size) in written_units().items() if size is None] == ["Cel", "[degF]"]


def test_units_of_lifts_are_written_down() -> None:
    rows = (folder("ontology") / "lifts" / "units.tsv").read_text("utf-8").splitlines()[1:]
    assert {code for code in (row.split("\t")[2] for row in rows) if "{" not in code} <= written_units().keys()


def test_units_of_our_analytes_are_written_down() -> None:
    """No value of theirs waits for the registry of units."""
    text = (folder("ontology") / "concepts.ttl").read_text("utf-8")
    codes = {
        code for told in re.findall(r"ckg:referenceUnit ([^;]*?) \.\n", text) for code in re.findall(r'"([^"]+)"', told)
    }
    assert len(codes) > 40
    assert {bare for code in codes if (bare := re.sub(r"/?\{[^{}]*\}", "", code))} <= written_units().keys()
