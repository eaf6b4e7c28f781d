"""What did a check find, where, and how is it cured?"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

__all__ = ["CaseError", "Result", "Severity", "ordered"]

Severity = Literal["violation", "warning", "info"]
_RANK: dict[str, int] = {"violation": 0, "warning": 1, "info": 2}


@dataclass(frozen=True, slots=True)
class Result:
    """One validation result, in SHACL's sense, with its place in the case file.

    severity: violation (the graph is not built), warning, info (odd, but as printed).
    rule:     what was broken, e.g. `label`, `ckg:FindingShape-status`.
    message:  what is wrong; cure: what to do about it.
    file, line, column: 1-based place; 0 when there is none. key: dotted path in the case file.
    focus:    IRI of the node, for results of SHACL.
    """

    severity: Severity
    rule: str
    message: str
    cure: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    key: str = ""
    focus: str = ""

    def __str__(self) -> str:
        place = self.file or "-"
        if self.line:
            place += f":{self.line}:{self.column}"
        what = f"{self.key}: {self.message}" if self.key else self.message
        line = f"{place}: {self.severity} {self.rule}: {what}" + (f" {self.cure}" if self.cure else "")
        # one result, one line: what a file wrote may not break it, nor colour a terminal
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)

    def at(self, file: str, line: int, column: int) -> Result:
        """The same result with its place."""
        return replace(self, file=file, line=line, column=column)

    def data(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return asdict(self)


class CaseError(Exception):
    """Input that cannot be used; carries every result that says why.

    >>> str(CaseError([Result("violation", "yaml", "empty file", file="a.yaml")]))
    'a.yaml: violation yaml: empty file'
    """

    def __init__(self, results: Iterable[Result]) -> None:
        self.results = ordered(results)
        super().__init__("\n".join(map(str, self.results)))


def ordered(results: Iterable[Result]) -> tuple[Result, ...]:
    """Results by file, line, severity; each once."""
    return tuple(
        sorted(
            set(results),
            key=lambda r: (r.file, r.line, r.column, _RANK[r.severity], r.rule, r.key, r.focus, r.message),
        )
    )
