"""A file is read as text values with their places, or refused with a place and a cure."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.base import document as reader
from kg.base.document import MAX_BYTES, read_document
from kg.base.results import CaseError, Result


def _write(folder: Path, raw: bytes | str) -> Path:
    path = folder / "x.yaml"
    path.write_bytes(raw.encode() if isinstance(raw, str) else raw)
    return path


def _refused(path: Path) -> Result:
    with pytest.raises(CaseError) as caught:
        read_document(path)
    (result,) = caught.value.results
    assert result.severity == "violation"
    assert result.file == str(path)
    assert result.cure
    return result


def test_positions_of_nested_keys(tmp_path: Path) -> None:
    text = "a:\n  b: 1\n  c:\n    - x\n    - {d: y, e: [1, 2]}\n"
    document = read_document(_write(tmp_path, text))
    places = {
        ("a",): (1, 1),
        ("a", "b"): (2, 3),
        ("a", "c"): (3, 3),
        ("a", "c", 0): (4, 7),
        ("a", "c", 1, "d"): (5, 8),
        ("a", "c", 1, "e", 0): (5, 18),
        ("a", "c", 1, "e", 1): (5, 21),
    }
    assert {path: document.place(path) for path in places} == places


def test_a_place_that_is_not_there_falls_back_to_what_is_above(tmp_path: Path) -> None:
    document = read_document(_write(tmp_path, "a:\n  b: 1\n"))
    assert document.place(("a", "missing", "deeper")) == (1, 1)
    assert document.place(("a", "b", "deeper")) == (2, 3)


@pytest.mark.parametrize(
    "scalar",
    ["5.10", "NO", "yes", "0123", "1e3", "1_000", "2021-09-01", "2021-09", "12:30:45", "null", "~", ".inf", "0x1F"],
)
def test_scalars_stay_text(tmp_path: Path, scalar: str) -> None:
    assert read_document(_write(tmp_path, f"a: {scalar}\n")).value == {"a": scalar}


_KEYS = st.text("abcdefghij", min_size=1, max_size=5)
_SCALARS = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=10)
_TREES: Any = st.recursive(
    _SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_KEYS, inner, max_size=3), max_leaves=8
)


@settings(deadline=None, derandomize=True, max_examples=80)
@given(tree=st.dictionaries(_KEYS, _TREES, min_size=1, max_size=4))
def test_what_was_written_is_read_and_every_path_has_a_place(tree: Any, tmp_path_factory: Any) -> None:
    import unicodedata

    import yaml

    def normal(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: normal(v) for k, v in value.items()}
        return [normal(v) for v in value] if isinstance(value, list) else unicodedata.normalize("NFC", value)

    def paths(value: Any, top: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
        return [top, *(p for k, v in inner for p in paths(v, (*top, k)))]

    tree = normal(tree)
    text = yaml.safe_dump(tree, allow_unicode=True, default_style='"')
    text = text.replace("!!str ", "")
    document = read_document(_write(tmp_path_factory.mktemp("tree"), text))
    assert document.value == tree
    assert set(paths(tree)) <= set(document.marks)
    lines = text.count("\n")
    assert all(1 <= line <= lines and column >= 1 for line, column in document.marks.values())


def test_byte_order_mark_and_crlf_are_read(tmp_path: Path) -> None:
    document = read_document(_write(tmp_path, b"\xef\xbb\xbfa: 1\r\nb:\r\n  c: 2\r\n"))
    assert document.value == {"a": "1", "b": {"c": "2"}}
    assert document.place(("a",)) == (1, 1)
    assert document.place(("b", "c")) == (3, 3)


def test_decomposed_letters_become_composed(tmp_path: Path) -> None:
    assert read_document(_write(tmp_path, "a: e\u0301\n")).value == {"a": "\u00e9"}


# bytes, rule, line, column, a word of the message
REFUSED: dict[str, tuple[bytes | str, str, int, int, str]] = {
    "alias": ("a: &x 1\nb: *x\n", "alias", 1, 4, "&x"),
    "alias-only": ("a: 1\nb: *x\n", "alias", 2, 4, "*x"),
    "anchor-on-map": ("a: &all\n  b: 1\n", "alias", 1, 4, "&all"),
    "alias-bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n", "alias", 1, 4, "&a"),
    "python-tag": ("a: 1\nb: !!python/object/apply:os.system [ls]\n", "tag", 2, 4, "python"),
    "str-tag": ("a: !!str 5\n", "tag", 1, 4, "str"),
    "own-tag": ("a: !mine 5\n", "tag", 1, 4, "!mine"),
    "duplicate-key": ("a:\n  b: 1\n  c: 2\n  b: 3\n", "duplicate-key", 4, 3, "first in line 2"),
    "duplicate-in-flow": ("a: {b: 1, b: 2}\n", "duplicate-key", 1, 11, "first in line 1"),
    "duplicate-normalised": ('"\u00e9": 1\n"e\u0301": 2\n', "duplicate-key", 2, 1, "first in line 1"),
    "depth-bomb": ("a: " + "[" * 200_000, "depth", 1, 43, "40"),
    "depth-bomb-maps": ("{a: " * 5000, "depth", 1, 161, "40"),
    "complex-key": ("a: 1\n[b]: 2\n", "key", 2, 1, "plain text"),
    "nul": ("a: 1\nb: x\0\n", "encoding", 2, 5, "U+0000"),
    "bidi-override": ("a: 1\nb: \u202ex\n", "encoding", 2, 4, "U+202E"),
    "bidi-isolate": ("a: x\u2066\n", "encoding", 1, 5, "U+2066"),
    "tab": ("a:\n\tb: 1\n", "yaml", 2, 1, "token"),
    "unclosed-quote": ('a: 1\nb: "x\n', "yaml", 3, 1, "end of stream"),
    "two-colons": ("a: b: c\n", "yaml", 1, 5, "not allowed"),
    "two-documents": ("a: 1\n---\nb: 2\n", "yaml", 2, 1, "a second document"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_line_and_column(tmp_path: Path, name: str) -> None:
    raw, rule, line, column, word = REFUSED[name]
    result = _refused(_write(tmp_path, raw))
    assert (result.rule, result.line, result.column) == (rule, line, column)
    assert word in result.message


@pytest.mark.parametrize("loader", ["BaseLoader", "CBaseLoader"])
@pytest.mark.parametrize("name", ["depth-bomb", "depth-bomb-maps"])
def test_depth_is_told_alike_by_every_scanner(
    tmp_path: Path, name: str, loader: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """libyaml's own scanner may refuse first, and with its own words; newer ones do, and earlier than others."""
    if not hasattr(yaml, loader):
        pytest.skip(f"PyYAML was built without {loader}")
    monkeypatch.setattr(reader, "_LOADER", getattr(yaml, loader))
    raw, rule, line, column, _ = REFUSED[name]
    result = _refused(_write(tmp_path, raw))
    assert (result.rule, result.line, result.column) == (rule, line, column)


def test_depth_that_a_scanner_refuses_before_our_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def parse(text: str, Loader: Any) -> Any:  # noqa: N803 - PyYAML's name
        mark = yaml.Mark("<text>", 3, 0, 3, None, None)
        raise yaml.scanner.ScannerError("while increasing flow level", mark, "exceeded maximum nesting depth", mark)

    monkeypatch.setattr(reader.yaml, "parse", parse)
    result = _refused(_write(tmp_path, "a: [1]\n"))
    assert (result.rule, result.line, result.column) == ("depth", 1, 4)


def test_a_duplicate_key_names_its_path(tmp_path: Path) -> None:
    assert _refused(_write(tmp_path, "a:\n  b: 1\n  b: 2\n")).key == "a.b"


@pytest.mark.parametrize("raw", ["", "# only a remark\n", "---\n"], ids=["empty", "remark", "dashes"])
def test_empty_file(tmp_path: Path, raw: str) -> None:
    path = _write(tmp_path, raw)
    if raw == "---\n":
        assert read_document(path).value == ""  # an empty value; the model refuses it
    else:
        assert "empty" in _refused(path).message


@pytest.mark.parametrize(
    ("raw", "line"),
    [(b"a: 1\nb: caf\xe9\n", 2), ("a: 1\n".encode("utf-16"), 1), (b"a: \xed\xa0\x80\n", 1)],
    ids=["latin-1", "utf-16", "surrogate"],
)
def test_not_utf8_names_the_line(tmp_path: Path, raw: bytes, line: int) -> None:
    result = _refused(_write(tmp_path, raw))
    assert (result.rule, result.line) == ("encoding", line)
    assert "UTF-8" in result.message


def test_not_utf8_names_the_column(tmp_path: Path) -> None:
    assert _refused(_write(tmp_path, b"a: 1\nb: caf\xe9\n")).column == 7


@pytest.mark.parametrize("escape", ["\\0", "\\x01", "\\u202e", "\\x1b"])
def test_control_characters_are_refused_when_escaped_too(tmp_path: Path, escape: str) -> None:
    assert _refused(_write(tmp_path, f'a: 1\nb: "x{escape}y"\n')).line == 2


def test_a_control_character_has_its_line(tmp_path: Path) -> None:
    assert _refused(_write(tmp_path, "a: 1\nb: \x07\n")).line == 2


def test_too_large(tmp_path: Path) -> None:
    result = _refused(_write(tmp_path, b"#" * (MAX_BYTES + 1)))
    assert result.rule == "file"
    assert "larger" in result.message


def test_as_large_as_allowed(tmp_path: Path) -> None:
    assert read_document(_write(tmp_path, b"a: 1\n" + b"#" * (MAX_BYTES - 5))).value == {"a": "1"}


def test_folder(tmp_path: Path) -> None:
    assert _refused(tmp_path).rule == "file"


def test_missing(tmp_path: Path) -> None:
    result = _refused(tmp_path / "nothing.yaml")
    assert result.rule == "file"
    assert "No such file" in result.message
