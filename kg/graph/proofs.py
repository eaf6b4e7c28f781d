"""Which graphs were read back as sound cases before, so that nothing about them need be proven again?

A graph is known by the digest of its lines and of all that judges it (`kg.base.cache.fingerprint`). What is kept is
that it was sound, and no more: its case is read from the graph itself each time. Nothing is kept until a folder
is named (`keep`); the command names the project's, or the user's cache folder, unless it is told not to.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kg.base.cache import Cache, fingerprint
from kg.rdf import canonical

__all__ = ["Proofs", "folder", "keep"]

_folder: Path | None = None


def folder() -> Path | None:
    """Where what was sound is remembered."""
    return _folder


def keep(place: Path | None) -> None:
    """Remember in this folder from now on what was sound; None: remember nothing."""
    global _folder
    _folder = place


class Proofs:
    """The digests of graphs that were found sound before, and of those that are found so now.

    >>> with Proofs() as proofs:
    ...     proofs.add("digest")
    ...     proofs.hold("digest")
    False
    """

    def __enter__(self) -> Proofs:
        self._cache = Cache(_folder)
        self._stamp = fingerprint({"sound": "graph"}) if _folder else ""
        self._new: list[str] = []
        return self

    def digest(self, items: Iterable[ox.Quad]) -> str:
        """What a graph is known by; "" where nothing is kept."""
        return canonical.digest("".join((self._stamp, *sorted({f"{q} .\n" for q in items})))) if self._stamp else ""

    def hold(self, digest: str) -> bool:
        """Was it sound before?"""
        return bool(digest) and dict(self._cache.get([digest])) == {digest: {"sound": True}}

    def add(self, digest: str) -> None:
        """It is sound."""
        if digest:
            self._new.append(digest)

    def __exit__(self, *_: object) -> None:
        for digest in self._new:
            self._cache.put(digest, {"sound": True})
        self._cache.__exit__()
