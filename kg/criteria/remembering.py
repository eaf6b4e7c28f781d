"""Which results of criteria follow from a dataset, each report held against the criteria once?

What was derived is kept beside the proofs (`kg.graph.proofs`): the results of a report, known by the digest of its
graph and of all that judges it. So a report that has not changed is not held against the criteria again, by nobody.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kg.base.cache import Cache, fingerprint
from kg.base.results import CaseError, Result
from kg.criteria.criteria import assess_each
from kg.criteria.criterion import criteria
from kg.criteria.verdicts import RESULTS, verdict_quads
from kg.graph.proofs import folder
from kg.graph.store import Dataset
from kg.persons.people import people
from kg.rdf.canonical import digest

__all__ = ["Standing", "derive", "standing", "verdicts"]

_AT_ONCE = 50  # reports that are held in memory as cases


@dataclass(frozen=True)
class Standing:
    """What is known of the results of a dataset. there: N-Quads of the results of each report, packed; lacking: the
    names of graphs whose results are to be derived, each with the digest that they are kept by ("": not kept)."""

    there: tuple[bytes, ...] = ()
    lacking: Mapping[str, str] | None = None

    def texts(self) -> Iterator[bytes]:
        """The results that are there, report by report, as N-Quads."""
        return map(zlib.decompress, self.there)


def standing(data: Dataset) -> Standing:
    """What was derived before for the case graphs of a dataset, and for which there is nothing yet.

    Nothing is lacking when the dataset holds result graphs already, read from a file.
    """
    names = data.graphs()
    if any(name.startswith(RESULTS) for name in names):
        return Standing(lacking={})
    place = folder()
    if place is None:
        return Standing(lacking=dict.fromkeys(names, ""))
    stamp = fingerprint({"criteria": [(file.name, file.sha256) for file in criteria()]})
    digests = {name: _digest(data, name, stamp) for name in names}
    with Cache(place) as cache:
        kept = ((key, _packed(value)) for key, value in cache.get(digests.values()))
        found = {key: packed for key, packed in kept if packed}
    there = tuple(found[key] for key in dict.fromkeys(digests.values()) if key in found)
    return Standing(there, {name: key for name, key in digests.items() if key not in found})


def _packed(value: Mapping[str, object]) -> bytes:
    """The packed results of a report as they were kept; none where they are damaged."""
    try:
        packed = b64decode(str(value["results"]), validate=True)
        zlib.decompress(packed)
    except (KeyError, ValueError, zlib.error):
        return b""
    return packed


def _digest(data: Dataset, name: str, stamp: str) -> str:
    from_file = name not in data.paths and any(True for _ in data.files)
    told = sorted({f"{quad} .\n" for quad in data.rows(name)})
    return digest("\n".join((stamp, f"results {name} {from_file}", *map(str, data.tellings.get(name, ())), *told)))


def derive(data: Dataset, lacking: Mapping[str, str]) -> Iterator[bytes]:
    """The results of some graphs, as N-Quads, some reports at a time; each report's are kept by its digest.

    Raises CaseError, after the others were derived, as `people` and `criteria` do.
    """
    wrong: list[Result] = []
    names = list(lacking)
    with Cache(folder()) as cache:
        for start in range(0, len(names), _AT_ONCE):
            some = names[start : start + _AT_ONCE]
            try:
                found = _derived(data, some)
            except CaseError as error:
                wrong += error.results
                continue
            apart = found.keys() - set(some)  # reports whose triples stand in a graph of another name
            yield from (found.pop(name) for name in sorted(apart))
            for name in some:
                text = found.get(name, b"")
                if lacking[name] and (text or not apart):
                    cache.put(lacking[name], {"results": b64encode(zlib.compress(text, 1)).decode("ascii")})
                yield text
    if wrong:
        raise CaseError(wrong)


def _derived(data: Dataset, names: Collection[str]) -> dict[str, bytes]:
    """N-Quads of the results of each report that these graphs tell of, by its IRI."""
    found: dict[str, list[ox.Quad]] = {}
    for person in people(data, set(names)):
        made = (one for file in criteria() for one in assess_each(person, file))
        found.setdefault(person.report, []).extend(verdict_quads(made))
    return {name: ox.serialize(quads, format=ox.RdfFormat.N_QUADS) or b"" for name, quads in found.items()}


def verdicts(data: Dataset) -> list[ox.Quad]:
    """The result graphs of a dataset: none when it holds such graphs already, read from a file."""
    known = standing(data)
    return list(dict.fromkeys(_quads([*known.texts(), *derive(data, known.lacking or {})])))


def _quads(texts: Iterable[bytes]) -> Iterator[ox.Quad]:
    for text in texts:
        yield from ox.parse(text, format=ox.RdfFormat.N_QUADS)
