"""Where in a text do the names of a list stand? Longest name first, and every offset that of the text.

Case, hyphens and a plural s are folded away while names are compared; a short name in capitals (CK, INR, K) is
an abbreviation, and must be written so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Generic, TypeVar

__all__ = ["NameList", "Place", "spread"]

Place = tuple[int, int]
"""Start and end of words in a text."""

T = TypeVar("T")

_TOKEN = re.compile(r"(?!(?<=['’])s\b)[^\W_]+(?:['’][a-rt-z]+)?")
_BETWEEN = re.compile(r"(?:['’]s)?[\s\-–‐‑,/+.]{0,3}(?:\(|\s\()?(?:['’]s)?")
_GREEK = str.maketrans({"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "µ": "mu", "μ": "mu"})


@lru_cache(maxsize=65536)
def _fold(word: str) -> str:
    small = word.casefold().translate(_GREEK)
    return small[:-1] if len(small) > 3 and small.endswith("s") and not small.endswith(("ss", "us", "is")) else small


def _abbreviation(name: str) -> bool:
    letters = re.sub(r"[^A-Za-z]", "", name)
    return 0 < len(letters) <= 5 and sum(map(str.isupper, letters)) * 2 > len(letters) and " " not in name


class NameList(Generic[T]):
    """Names and what each of them means.

    >>> found = NameList([("C-reactive protein", 1), ("protein", 2)])
    >>> list(found.find("C reactive proteins, protein"))
    [(0, 19, 1), (21, 28, 2)]
    """

    def __init__(self, names: Iterable[tuple[str, T]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str, T]]] = {}
        for name, meaning in names:
            words = tuple(_fold(word) for word in _TOKEN.findall(name))
            if words:
                exact = "".join(_TOKEN.findall(name)) if _abbreviation(name) else ""
                self._by_first.setdefault(words[0], []).append((words, exact, meaning))
        for known in self._by_first.values():
            known.sort(key=lambda row: -len(row[0]))

    def find(self, text: str, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int, T]]:
        """(start, end, meaning) of every name, longest first at each place, none inside another."""
        tokens = [(m.start(), m.end(), _fold(m.group())) for m in _TOKEN.finditer(text, start, end or len(text))]
        place = 0
        while place < len(tokens):
            step = 1
            for words, exact, meaning in self._by_first.get(tokens[place][2], ()):
                if self._stands(text, tokens, place, words, exact):
                    step = len(words)
                    yield tokens[place][0], tokens[place + step - 1][1], meaning
                    break
            place += step

    @staticmethod
    def _stands(text: str, tokens: list[tuple[int, int, str]], place: int, words: tuple[str, ...], exact: str) -> bool:
        if place + len(words) > len(tokens):
            return False
        for shift, word in enumerate(words):
            if tokens[place + shift][2] != word:
                return False
            if shift:
                between = text[tokens[place + shift - 1][1] : tokens[place + shift][0]]
                if "," in between or "." in between or not _BETWEEN.fullmatch(between):
                    return False
        if exact:
            printed = "".join(text[a:b] for a, b, _ in tokens[place : place + len(words)])
            return printed in (exact, exact + "s")
        return True


def spread(cell: str) -> list[str]:
    """The names of a cell; they stand between semicolons."""
    return [name.strip() for name in cell.split(";") if name.strip()]
