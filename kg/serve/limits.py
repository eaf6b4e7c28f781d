"""How much may one request cost? The defaults of `casekg serve`; each has an option."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Limits"]

BUSY = 3


@dataclass(frozen=True)
class Limits:
    """What a server grants, and no more.

    seconds: time of one query, and up to BUSY times as long where others keep it from a processor; rows: of one answer; bytes_out: of one answer; bytes_in: of a
    request's body; memory: bytes of address space that a worker may take beyond the data it shares;
    workers: processes that answer at once; queue: requests that may wait for one of them;
    patience: seconds for the headers and for the body of a request to arrive.
    """

    seconds: float = 10.0
    rows: int = 1_000_000
    bytes_out: int = 64 * 1024**2
    bytes_in: int = 1024**2
    memory: int = 1024**3
    workers: int = 2
    queue: int = 64
    patience: float = 10.0

    @property
    def longest(self) -> float:
        """Seconds after which a query ends in any case."""
        return BUSY * self.seconds
