"""What do whole ontologies that were added to a project say of an id or a name?

A module is a compact copy of an ontology in one SQLite file of the project's terms/ folder: ids,
labels, exact synonyms, parents, retired ids with their replacements, version and licence. It is
asked id by id, so that a whole ontology costs nothing at the start. `kg.concepts.ontologies` makes them.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from kg.base import places
from kg.base.places import own
from kg.base.results import CaseError, Result

__all__ = ["SUFFIX", "Entry", "Module", "fold", "modules", "pack"]

SUFFIX = ".sqlite"
_VERSION = 1
_TABLES = """
CREATE TABLE about (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE term (id INTEGER PRIMARY KEY, iri TEXT UNIQUE, label TEXT, retired INTEGER, instead TEXT);
CREATE TABLE parent (term INTEGER, predicate TEXT, parent TEXT, PRIMARY KEY (term, predicate, parent)) WITHOUT ROWID;
CREATE TABLE name (fold TEXT, term INTEGER, name TEXT, PRIMARY KEY (fold, term, name)) WITHOUT ROWID;
CREATE INDEX name_term ON name (term);
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """A term of an ontology: label, exact synonyms, parents as (predicate, IRI).

    retired: out of use; instead: the IRI that replaces it, or "".
    """

    iri: str
    label: str = ""
    synonyms: tuple[str, ...] = ()
    parents: tuple[tuple[str, str], ...] = ()
    retired: bool = False
    instead: str = ""


def fold(name: str) -> str:
    """A name as people type it: case, hyphens, slashes, possessives and plurals folded away.

    >>> fold("Raynaud's phenomenon") == fold("Raynaud phenomenon"), fold("NT-pro-BNP") == fold("NT-proBNP")
    (True, False)
    """
    words = re.sub(r"[-/_,()]+", " ", name.casefold().replace("’s", "").replace("'s", "")).split()
    return " ".join(
        w[:-1] if len(w) > 3 and w.endswith("s") and not w.endswith(("ss", "us", "is")) else w for w in words
    )


def pack(about: Mapping[str, str], entries: Iterable[Entry]) -> bytes:
    """The bytes of a module; the same for the same content."""
    with closing(sqlite3.connect(":memory:")) as base:
        base.executescript(_TABLES)
        base.execute(f"PRAGMA user_version = {_VERSION}")
        base.executemany("INSERT INTO about VALUES (?, ?)", sorted(about.items()))
        for number, entry in enumerate(sorted(entries, key=lambda e: e.iri)):
            row = (number, entry.iri, entry.label, int(entry.retired), entry.instead)
            base.execute("INSERT INTO term VALUES (?, ?, ?, ?, ?)", row)
            above = sorted({(number, *pair) for pair in entry.parents})
            base.executemany("INSERT INTO parent VALUES (?, ?, ?)", above)
            names = sorted({(fold(n), number, n) for n in (entry.label, *entry.synonyms) if n and not entry.retired})
            base.executemany("INSERT INTO name VALUES (?, ?, ?)", names)
        base.commit()
        base.execute("VACUUM")
        return base.serialize()


@dataclass
class Module:
    """One added ontology. Raises CaseError when its file is none, or is damaged."""

    path: Path
    about: Mapping[str, str] = field(default_factory=dict)
    _base: sqlite3.Connection | None = None
    _process: int = 0

    @staticmethod
    def open(path: Path) -> Module:
        """Open a module and read what it is."""
        made = Module(path)
        made.about = dict(made._rows("SELECT key, value FROM about"))
        return made

    @property
    def name(self) -> str:
        """The name of the module: that of its file."""
        return self.path.name.removesuffix(SUFFIX)

    @property
    def told(self) -> str:
        """Name and version, as in a message."""
        return f"{self.name} {self.about.get('version', '')}".strip()

    def _rows(self, sql: str, values: Iterable[object] = ()) -> list[Any]:
        try:
            if self._base is None or self._process != os.getpid():  # a connection does not outlive a fork
                self._base = sqlite3.connect(
                    f"{self.path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
                )
                self._process = os.getpid()
                if self._base.execute("PRAGMA user_version").fetchone() != (_VERSION,):
                    raise sqlite3.DatabaseError("made by another version of casekg, or not by casekg")
            return self._base.execute(sql, tuple(values)).fetchall()
        except sqlite3.Error as error:
            cure = "Add the ontology again with `casekg terms add`, or delete the file."
            message = f"is not a module of terms ({error})."
            raise CaseError([Result("violation", "own-term", message, cure, str(self.path))]) from error

    def get(self, iri: str) -> Entry | None:
        """What it says of an id; None for nothing."""
        rows = self._rows("SELECT id, label, retired, instead FROM term WHERE iri = ?", (iri,))
        if not rows:
            return None
        ((number, label, retired, instead),) = rows
        names = [n for (n,) in self._rows("SELECT name FROM name WHERE term = ? ORDER BY name", (number,))]
        above = self._rows("SELECT predicate, parent FROM parent WHERE term = ? ORDER BY 1, 2", (number,))
        synonyms = tuple(name for name in names if name != label)
        return Entry(iri, label, synonyms, tuple((p, i) for p, i in above), bool(retired), instead)

    def labels(self, iris: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Those of these ids that are in use, with their labels."""
        wanted = sorted(iris)
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            yield from self._rows(f"SELECT iri, label FROM term WHERE NOT retired AND iri IN ({marks})", part)

    def named(self, name: str) -> list[str]:
        """Ids in use of which label or synonym is this name, however it is typed."""
        sql = "SELECT DISTINCT iri FROM name JOIN term ON id = term WHERE fold = ? ORDER BY iri"
        return [iri for (iri,) in self._rows(sql, (fold(name),))]

    def spelt(self, folds: Iterable[str]) -> list[tuple[str, str, str]]:
        """(fold, name, id) of every name in use whose `fold` is one of these."""
        sql = "SELECT fold, name, iri FROM name JOIN term ON id = term WHERE fold IN (SELECT value FROM json_each(?))"
        return [(key, name, iri) for key, name, iri in self._rows(sql, (json.dumps(sorted(folds)),))]

    def search(self, words: Iterable[str]) -> list[tuple[str, str]]:
        """Names that hold all the words, with their ids."""
        wanted = [f"%{_escaped(word)}%" for word in words]
        where = " AND ".join(["name LIKE ? ESCAPE '\\'"] * len(wanted))
        sql = f"SELECT name, iri FROM name JOIN term ON id = term WHERE {where} ORDER BY length(name), name LIMIT 1000"
        return [(name, iri) for name, iri in self._rows(sql, wanted)]

    def near(self, name: str) -> list[tuple[str, str]]:
        """Names that begin like this one and are about as long, with their ids."""
        text = fold(name)
        sql = (
            "SELECT name, iri FROM name JOIN term ON id = term "
            "WHERE fold LIKE ? ESCAPE '\\' AND length(fold) BETWEEN ? AND ? LIMIT 2000"
        )
        bounds = (f"{_escaped(text[:3])}%", len(text) * 0.7, len(text) * 1.4)
        return [(found, iri) for found, iri in self._rows(sql, bounds)]

    def entries(self) -> Iterator[Entry]:
        """Every term, by IRI."""
        for (iri,) in self._rows("SELECT iri FROM term ORDER BY iri"):
            entry = self.get(iri)
            if entry is not None:
                yield entry

    def retired(self) -> dict[str, str]:
        """Ids out of use -> what replaces them, or ""."""
        return dict(self._rows("SELECT iri, instead FROM term WHERE retired"))

    def size(self) -> int:
        """How many terms in use it has."""
        return int(self._rows("SELECT count(*) FROM term WHERE NOT retired")[0][0])


def _escaped(word: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", word)


def modules() -> tuple[Module, ...]:
    """The modules of the entered project, by name. Raises CaseError for a damaged one."""
    return _modules(places.project())


@places.remembered
@lru_cache(maxsize=4)
def _modules(project: Path | None) -> tuple[Module, ...]:  # noqa: ARG001 - the key of what is remembered
    return tuple(Module.open(path) for path in own("terms", f"*{SUFFIX}"))
