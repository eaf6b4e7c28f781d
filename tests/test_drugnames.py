"""Names of drugs: which words are one, and what casekg calls it."""

from __future__ import annotations

import pytest

from kg.articles.article import Article
from kg.mentions import drugnames, drugtable
from kg.mentions.drugnames import drugs


def read(text: str) -> list[str]:
    article = Article.plain(text)
    return [article.quote(one) for sentence in article.sentences for one in drugs(text, sentence)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("He took capecitabine (Xeloda; Roche) and mycophenolate mofetil (MMF).", ["capecitabine", "mycophenolate mofetil (MMF)"]),
        ("Dimethyl sulfoxide (DMSO) was used, and DMSO was replaced.", ["Dimethyl sulfoxide (DMSO)", "DMSO"]),
        ("We gave tezopalumab and zedotinib.", ["tezopalumab", "zedotinib"]),  # by their endings; no such drugs
        ("He received quxoril 20 mg daily.", ["quxoril"]),  # by its dose
        ("Metformin and insulin were continued.", ["Metformin", "insulin"]),
        ("Four cycles of MAP regimen were given.", ["MAP regimen"]),
        ("Vancomicin and a BRAF inhibitor were begun.", ["Vancomicin", "BRAF inhibitor"]),  # one letter off; a class
        ("The insulin level was high, glucose was 9 mmol/L.", []),
        ("He was studying at the College of Medicine.", []),
        ("Hypertension was resistant to amlodipine.", ["amlodipine"]),
        ("The isolate was resistant to (MIC = 0.03) penicillin.", []),
        ("Cholesterol, histidine and endostatin were low; everolimus was begun.", ["everolimus"]),  # endings
        ("Her medications: metformin. He is allergic to sulfa and penicillin.", ["metformin"]),
        ("Two cycles of VAC, then FOLFIRINOX.", ["VAC", "FOLFIRINOX"]),
        ("An oral glucose tolerance test was done; Ringer's lactate was infused.", ["Ringer's lactate"]),
    ],
)  # fmt: skip
def test_names(text: str, names: list[str]) -> None:
    assert read(text) == names


@pytest.fixture
def no_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drugtable, "table_file", lambda: None)
    drugtable.table_names.cache_clear()
    drugnames._known.cache_clear()
    drugs.cache_clear()
    yield
    drugtable.table_names.cache_clear()
    drugnames._known.cache_clear()
    drugs.cache_clear()


def test_without_the_optional_table_the_rest_still_works(no_table: None) -> None:
    assert drugtable.table_names() == ()
    assert read("He took methotrexate, zedotinib and steroids.") == ["methotrexate", "zedotinib", "steroids"]


def test_the_names_of_the_table_are_kept_and_made_anew_when_damaged(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    if drugtable.table_file() is None:
        pytest.skip("drug-named-entity-recognition is not installed")
    monkeypatch.setattr(drugtable, "user_cache_path", lambda name: tmp_path / name)
    drugtable.table_names.cache_clear()
    names = drugtable.table_names()
    assert len(names) > 10_000
    assert "pseudomonas aeruginosa" not in names
    (kept,) = tmp_path.rglob("drugs.txt")
    whole = kept.read_bytes()
    for damaged in (whole, whole[: len(whole) // 2], b"\xff\xfe", b""):
        kept.write_bytes(damaged)
        drugtable.table_names.cache_clear()
        assert drugtable.table_names() == names
    drugtable.table_names.cache_clear()


def test_a_table_that_would_run_code_is_not_read(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    import bz2
    import os
    import pickle

    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.mkdir, (str(tmp_path / "made"),)

    (tmp_path / "table.bz2").write_bytes(bz2.compress(pickle.dumps(Evil())))
    monkeypatch.setattr(drugtable, "table_file", lambda: tmp_path / "table.bz2")
    drugtable.table_names.cache_clear()
    assert drugtable.table_names() == ()
    assert not (tmp_path / "made").exists()
    drugtable.table_names.cache_clear()
