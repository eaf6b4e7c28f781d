"""Is a whole folder of case files and RDF in order, and what is not?

Each file is examined in a worker process with a bound on time and memory, so that no file can
stop the others. A file that has not changed since, and nothing that judges it, is not examined
again. What concerns several files - two of one report, a table of retractions, the baseline - is
looked at here.

This module imports no heavy library: when everything is known already, nothing is loaded.
"""

from __future__ import annotations

import hashlib
import os
import signal
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, TimeoutError, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Literal

from kg.base import files, places, project
from kg.base.cache import Cache, digest, fingerprint
from kg.base.project import CONFIG, Profile, shown
from kg.base.results import Result, ordered
from kg.gate.reporting import Report
from kg.persons.retractions import read_retractions, retracted

__all__ = ["Options", "check", "cores"]

GIB = 2**30
SUFFIXES = (*files.CASE_SUFFIXES, *files.RECORD_SUFFIXES, *files.RDF_SUFFIXES)
MOST_BYTES = 200_000_000
_EVERY = "*"  # kg.gate.decisions.EVERY_REPORT, which is not imported here: it is heavy


@dataclass(frozen=True)
class Options:
    """How to check.

    sources: folder of source texts; privacy: profile; retractions: table of retracted DOIs;
    engine: compiled shapes, or pyshacl itself; jobs: worker processes, None for one a core;
    seconds, memory (bytes): bounds for one file; cache: use what was found before.
    """

    sources: Path | None = None
    privacy: Profile = "published"
    retractions: Path | None = None
    engine: Literal["compiled", "pyshacl"] = "compiled"
    jobs: int | None = None
    seconds: float = 120
    memory: int = 2 * GIB
    cache: bool = True


def check(paths: Iterable[Path | str] = (), options: Options | None = None) -> Report:
    """Check case files, RDF files and folders of them by every rule; without paths, the shipped cases.

    Never raises for what a file holds: everything is a result. Raises CaseError when a table that
    the options name cannot be read.
    """
    options = options or Options()
    table = read_retractions(options.retractions) if options.retractions else {}
    found, results = files.inputs(paths or places.cases(), SUFFIXES)
    root = places.project()
    config = [Path(shown(root / CONFIG))] if root else []
    examined = _examine(config, options, (*places.OWN, "lifts"))
    results += [result for path in config for result in _results(path, examined[path])]
    if any(result.severity == "violation" for result in results if result.rule.startswith("own-")):
        message = f"the files of {', '.join(map(str, paths))} were not checked: the project has to be put right first."
        results.append(Result("violation", "project", message, "See its own results.", str(config[0])))
        return Report(ordered(results), tuple(map(str, config)))
    claims = _claims(found)
    found = [*found, *(path for path in claims if path not in found)]
    examined |= _examine(found, options)
    counts: Counter[str] = Counter()
    reports: dict[str, list[tuple[str, Any]]] = {}
    for path in found:
        seen = examined[path]
        name = str(path)
        results += _results(path, seen)
        counts.update(seen["focus_nodes"])
        for told in seen["told"]:
            reports.setdefault(told[0], []).append((name, told))
            results += retracted(told[3], table, name)
    results += _duplicates(reports)
    for path in claims:
        named = set(examined[path]["named"])
        # a case that is broken is missing from the data: a decision on it cannot be judged
        if named and all(
            result.severity != "violation" for other in found for result in _results(other, examined[other])
        ):
            wanted = {
                Path(name) for graph, tellers in reports.items() if named & {graph, _EVERY} for name, _ in tellers
            }
            # one file at least: a decision on what is nowhere is held against something
            beside = sorted(wanted) or [path for path in found if examined[path]["told"]][:1]
            results += _results(path, _examine([path], options, beside=tuple(beside))[path])
    if reports:
        for shape, count in sorted(counts.items()):
            if not count:
                message = f"{shape} matched no node: nothing was checked by it."
                results.append(Result("info", "no-focus-node", message))
    graphs = sum(map(len, reports.values()))
    return Report(ordered(results), tuple(map(str, (*config, *found))), dict(sorted(counts.items())), graphs)


def _claims(found: Sequence[Path]) -> list[Path]:
    """The project's claims file, when all cases of the project are checked: what it names has to be there."""
    own = project.current()
    if own is None or own.claims is None:
        return []
    cases = {path.resolve() for path in files.inputs([own.cases], SUFFIXES)[0]}
    return [Path(shown(own.claims))] if cases <= {path.resolve() for path in found} else []


def _results(path: Path, seen: Mapping[str, Any]) -> Iterator[Result]:
    name = str(path)
    for severity, rule, message, cure, file, line, column, key, focus in seen["results"]:
        # the files that a project's own results name lie beside its casekg.toml
        yield Result(
            severity, rule, message, cure, shown(path.parent / file) if file else name, line, column, key, focus
        )


def _duplicates(reports: Mapping[str, list[tuple[str, Any]]]) -> Iterator[Result]:
    """One report in two files; one source text under two reports."""
    texts: dict[str, tuple[str, str]] = {}
    for graph, tellers in sorted(reports.items()):
        first = tellers[0][0]
        for name, told in tellers[1:]:
            message = f"the report is in {first} too: their facts would run together."
            cure = "Leave one of the two out."
            yield Result("violation", "duplicate-report", message, cure, name, told[2][0], told[2][1], "report", graph)
        for name, told in tellers:
            other, where = texts.setdefault(told[1], (graph, name))
            if told[1] and other != graph:
                message = f"the source text is that of {where} too, which says that it is another report."
                cure = "Correct the digest, or leave one out."
                yield Result(
                    "warning",
                    "duplicate-text",
                    message,
                    cure,
                    name,
                    told[2][0],
                    told[2][1],
                    "report.source.sha256",
                    graph,
                )


# ---- each file, once ---------------------------------------------------------------------


def _examine(
    paths: list[Path],
    options: Options,
    own: tuple[str, ...] = ("terms", "shapes", "mappings", "lifts"),
    beside: tuple[Path, ...] = (),
) -> dict[Path, dict[str, Any]]:
    """What is found in each file: from the cache, or by a worker.

    own: folders of the project that judge it; beside: cases that a claims file is held against.
    """
    if not paths:
        return {}
    done: dict[Path, dict[str, Any]] = {}
    root = places.project()
    settings = {
        "privacy": options.privacy,
        "sources": bool(options.sources),
        "engine": options.engine,
        "beside": [(str(path), digest(path)) for path in beside],
    }
    stamp = fingerprint(settings, own)
    with Cache(Cache.place(root) if options.cache else None) as cache:
        keys = {path: key for path in paths if (key := _key(path, stamp))}
        known = dict(cache.get(set(keys.values())))
        texts = _Texts(options.sources)
        for path, key in keys.items():
            if key in known and texts.same(known[key]["texts"]):
                done[path] = known[key]
        left = [path for path in paths if path not in done]
        for path, seen, lasting in _work(left, options, beside):
            done[path] = seen
            # the file may have changed while it was read: keep what was found only of what is there still
            if lasting and path in keys and _key(path, stamp) == keys[path]:
                cache.put(keys[path], seen)
    return done


def _key(path: Path, stamp: str) -> str:
    """Key of a file in the cache; "" for what is not to be opened here."""
    try:
        known = digest(path) if path.is_file() and path.stat().st_size <= MOST_BYTES else ""
    except (OSError, ValueError):
        return ""
    return hashlib.sha256(f"{stamp} {path.suffix.lower()} {known}".encode()).hexdigest() if known else ""


class _Texts:
    """Digests of the source texts, each taken once."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder
        self.found: dict[str, str] = {}

    def same(self, texts: Mapping[str, str]) -> bool:
        """Are these texts what they were?"""
        return all(self._digest(name) == old for name, old in texts.items())

    def _digest(self, name: str) -> str:
        if name not in self.found:
            path = (self.folder or Path()) / name
            self.found[name] = digest(path)
        return self.found[name]


def _work(paths: list[Path], options: Options, beside: tuple[Path, ...]) -> Iterator[tuple[Path, dict[str, Any], bool]]:
    """Examine files in bounded workers: path, what was found, and whether it may be kept."""
    if not paths:
        return
    from pebble import ProcessExpired, ProcessPool

    jobs = min(options.jobs or cores(), len(paths))
    given = (places.project(), options)
    with ProcessPool(jobs, initializer=_start, initargs=given, context=get_context("spawn")) as pool:
        waiting: dict[Future[Any], Path] = {
            pool.schedule(_run, args=(path, options, beside), timeout=options.seconds): path for path in paths
        }
        try:
            for future in as_completed(waiting):
                path = waiting[future]
                try:
                    yield path, future.result(), True
                except TimeoutError:
                    yield path, _stopped("time-limit", f"took longer than {options.seconds:g} s."), False
                except MemoryError:
                    yield path, _stopped("memory-limit", f"needs more than {options.memory / GIB:g} GiB."), False
                except ProcessExpired as error:
                    # the allocator of a library ends the process when it is refused memory
                    yield path, _stopped("crashed", f"stopped its reader ({_why(error.exitcode)})."), False
                except Exception as error:
                    yield (
                        path,
                        _stopped("crashed", f"stopped its reader ({type(error).__name__}: {error})."),
                        False,
                    )
        except BaseException:
            pool.stop()  # type: ignore[no-untyped-call]
            raise


def cores() -> int:
    """How many processes can run at once: the cores that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _why(code: int | None) -> str:
    try:
        return signal.Signals(-(code or 0)).name
    except ValueError:
        return f"exit code {code}"


def _stopped(rule: str, message: str) -> dict[str, Any]:
    cure = "Look at the file: it may be damaged or made to harm; else raise the limit, or split it."
    result = ["violation", rule, message, cure, "", 0, 0, "", ""]
    return {"results": [result], "focus_nodes": {}, "told": [], "texts": {}, "named": []}


def _start(root: Path | None, options: Options) -> None:
    """In the worker: its project, its bounds; what libraries print when they die is not for the user."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (options.memory, options.memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent stops its workers
    project.enter(project.find(root) if root else None)


def _run(path: Path, options: Options, beside: tuple[Path, ...] = ()) -> dict[str, Any]:
    from kg.gate.examining import Examined, Settings, examine

    if sys.platform != "win32":
        signal.alarm(int(options.seconds) + 5)  # when the parent was killed, nobody else would stop this
    try:
        if beside:
            from kg.gate.decisions import decision_results

            return Examined(decision_results(path, beside), {}, (), {}).data(str(path))
        return examine(path, Settings(options.sources, options.privacy, options.engine)).data(str(path))
    finally:
        if sys.platform != "win32":
            signal.alarm(0)
