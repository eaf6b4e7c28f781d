"""What would overflow a parser is refused before it starts, and nothing is read for ever."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from kg.base import bounds, files
from kg.base.bounds import MAX_NESTED, bounded, nested, xml_fault
from kg.base.results import CaseError
from kg.graph.store import gather, read_rdf

XML = '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">{}</r:RDF>'
WIDE = " ".join(f'e:a{n}=""' for n in range(20_000))
IN, OUT = "<r:Description><e:p>", "</e:p></r:Description>"


@pytest.mark.parametrize("levels", [MAX_NESTED - 1, MAX_NESTED + 1, 20_000])
@pytest.mark.parametrize("form", ["list", "object", "triple"])
def test_depth_is_what_counts(form: str, levels: int) -> None:
    opening, closing = {"list": (b"[", b"]"), "object": (b'{"]":', b"}"), "triple": (b"<< ", b" >>")}[form]
    for text in (opening * levels, opening * levels + b"1" + closing * levels):
        assert nested(text, form != "triple") is (levels > MAX_NESTED)
    assert not nested((opening + b"1" + closing) * levels, form != "triple")


def test_brackets_in_strings_nest_nothing() -> None:
    assert not nested(b'{"a": "' + b"[" * 10_000 + rb'\"[["}', json=True)
    assert not nested(b'<http://a> <http://b> "' + b"[{(" * 10_000 + b'" .', json=False)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ttl", "<x:s> <x:p> " + "<<( <x:a> <x:b> " * 20_000 + "<x:c>" + " )>>" * 20_000 + " ."),
        ("a.nt", "<x:s> <x:p> " + "<<( <x:a> <x:b> " * 20_000 + "<x:c>" + " )>>" * 20_000 + " .\n"),
        ("a.jsonld", '{"@id":"x:a","x:b":' + '{"@list":[' * 20_000 + "1" + "]}" * 20_000 + "}"),
        ("a.rdf", XML.format(IN * 20_000 + OUT * 20_000)),
        ("b.rdf", XML.format(f"<r:Description {WIDE}/>")),
        ("a.nq", '<x:a> <x:b> "' + "x" * 17_000_000 + '" .\n'),
    ],
    ids=["turtle", "n-triples", "json-ld", "xml-depth", "xml-attributes", "one-term"],
)
def test_what_overflows_or_stalls_the_parser_is_a_result(name: str, text: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(CaseError) as error:
        read_rdf(path)
    assert [r.rule for r in error.value.results] == ["syntax"]


def test_what_is_deep_but_not_too_deep_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.rdf"
    path.write_text(XML.format(IN * 90 + "x" + OUT * 90), "utf-8")
    assert len(read_rdf(path)) == 90
    assert xml_fault(b"<!DOCTYPE a><a/>") == ("declares a DOCTYPE or entities", 1, 12)


def test_a_file_that_takes_too_long_does_not_stop_the_others(
    tmp_path: Path, minimal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object) -> None:
        while True:  # as a library would that swallows errors
            try:
                time.sleep(0.01)
            except Exception:
                continue

    monkeypatch.setattr(bounds, "SECONDS", 0.3)
    (tmp_path / "a.nq").write_bytes(b"<x:a> <x:b> <x:c> .\n")
    (tmp_path / "b.yaml").write_text(minimal, "utf-8")
    monkeypatch.setattr("kg.graph.store.read_rdf", slow)
    monkeypatch.setattr("kg.graph.store.judge_cases", lambda _: iter(()))
    data = gather(tmp_path)
    assert [(r.rule, Path(r.file).name) for r in data.results if r.severity == "violation"] == [("time-limit", "a.nq")]
    assert signal.getitimer(signal.ITIMER_REAL) == (0, 0)


def test_memory_and_recursion_are_results_in_every_thread() -> None:
    rules: list[str] = []

    def work() -> None:
        for kind in (MemoryError, RecursionError):
            try:
                with bounded("a.nq"):
                    raise kind
            except CaseError as error:
                rules.extend(r.rule for r in error.results)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    work()
    assert rules == ["memory-limit"] * 4


@pytest.mark.skipif(not os.access("/proc/kmsg", os.R_OK), reason="no file of the kernel that never ends")
def test_a_file_of_the_kernel_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").symlink_to("/proc/kmsg")
    with pytest.raises(CaseError, match="cannot be read"):
        files.read(tmp_path / "a.yaml", 10**9)


def test_reading_ends_when_memory_gets_scarce(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.nq"
    path.write_bytes(b"<x:a> <x:b> <x:c> .\n" * 2000)
    monkeypatch.setattr(bounds, "_LOOK", 1000)
    monkeypatch.setattr(bounds, "scarce", lambda: True)
    assert [r.rule for r in gather(path).results if r.severity == "violation"] == ["memory-limit"]
    monkeypatch.setattr(bounds, "scarce", lambda: False)
    assert len(read_rdf(path)) == 2000
