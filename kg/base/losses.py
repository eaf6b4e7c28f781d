"""What survives when cases are written in a format that holds less?

Facts and fields are counted by kind: what was kept, what was lost, and why. Nothing is left out
without a number.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

__all__ = ["Losses"]


class Losses:
    """A loss account.

    >>> account = Losses()
    >>> account.keep("findings"); account.lose("responses", 2, "no place")
    >>> account.rows()
    [('findings', 1, 0, ''), ('responses', 0, 2, 'no place')]
    """

    def __init__(self) -> None:
        self.kept: Counter[str] = Counter()
        self.lost: dict[tuple[str, str], int] = {}

    def keep(self, kind: str, number: int = 1) -> None:
        """Count what survives."""
        self.kept[kind] += number

    def lose(self, kind: str, number: int, why: str) -> None:
        """Count what does not, and why."""
        if number:
            self.lost[kind, why] = self.lost.get((kind, why), 0) + number

    def rows(self) -> list[tuple[str, int, int, str]]:
        """Kind, kept, lost and why, sorted; a kind with two reasons has two rows."""
        return sorted(self._rows())

    def _rows(self) -> Iterator[tuple[str, int, int, str]]:
        told = {kind for kind, _ in self.lost}
        for kind, number in self.kept.items():
            if kind not in told:
                yield kind, number, 0, ""
        for (kind, why), number in self.lost.items():
            yield kind, self.kept[kind], number, why

    @property
    def total(self) -> int:
        """How many facts and fields were lost."""
        return sum(self.lost.values())
