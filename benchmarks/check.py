"""How long does a check take: cold, warm, with one file changed; and how long does plain pyshacl take?

    python benchmarks/check.py [--cases 1 100 1000] [--pyshacl 20]

Invented cases (benchmarks/synthetic.py). Beside `casekg check`, pyshacl is called case by case as
its documentation shows, on the same graphs with what the ontology says of their concepts, one core,
parsing not counted; its results are compared with ours, one by one. Ratios are of this run. Exit
status 1 when a promise is broken: warm 20 times faster than cold, cold 3 times faster than pyshacl
(both at the largest number of cases), and results that differ.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyshacl
import rdflib
import synthetic
from rdflib import RDF, SH

from kg.base.indexing import Data, to_rdflib
from kg.gate.components import Finding
from kg.gate.constraints import Constraints
from kg.gate.shapes import concept_closure, shape_files
from kg.graph.store import to_rdflib as dataset_of
from kg.model.reading import read_case_file
from kg.rdf.triples import quads

ROOT = Path(__file__).resolve().parents[1]
WARM, COLD = 20, 3


def check(folder: Path, cache: Path) -> float:
    """Seconds of one `casekg check`, as a user runs it."""
    env = {**os.environ, "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(ROOT)}
    start = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "kg", "check", str(folder)], env=env, capture_output=True, text=True, check=False
    )
    if run.returncode:
        sys.exit(f"the invented cases are not valid:\n{run.stdout[-2000:]}{run.stderr}")
    return time.perf_counter() - start


def plain_graph(items: object) -> rdflib.Graph:
    """An rdflib graph without names."""
    graph = rdflib.Graph()
    for triple in dataset_of(items).triples((None, None, None)):  # type: ignore[arg-type]
        graph.add(triple)
    return graph


def words(term: object) -> str:
    """A term in a form that does not depend on the engine; a blank node has no name to compare."""
    return "" if term is None or isinstance(term, rdflib.BNode) else repr(term)


def told(report: rdflib.Graph) -> Counter[tuple[str, ...]]:
    """Focus node, path, value, shape, component, severity and message of each result of pyshacl."""
    parts = (SH.focusNode, SH.resultPath, SH.value, SH.sourceShape, SH.sourceConstraintComponent, SH.resultSeverity)
    return Counter(
        (
            *(words(report.value(node, part)) for part in parts),
            *sorted(map(str, report.objects(node, SH.resultMessage))),
        )
        for node in report.subjects(RDF.type, SH.ValidationResult)
    )


def found(finding: Finding) -> tuple[str, ...]:
    """The same of a result of ours."""
    parts = (finding.focus, finding.path, finding.value, finding.shape, finding.component, finding.severity)
    return (*(words(None if part is None else to_rdflib(part)) for part in parts), *sorted(finding.messages))


def compare(paths: list[Path]) -> tuple[float, int, int]:
    """Seconds that pyshacl takes for each case, how many results there are, and how many differ."""
    shapes = rdflib.Graph()
    for path in shape_files():
        shapes.parse(path)
    constraints = Constraints(shapes, [str(text) for text in shapes.objects(None, SH.select)])
    seconds, results, differ = 0.0, 0, 0
    for path in paths:
        case = list(quads(read_case_file(path).case))
        graph = plain_graph([*case, *concept_closure(case)])
        start = time.perf_counter()
        _, report, _ = pyshacl.validate(graph, shacl_graph=shapes)
        seconds += time.perf_counter() - start
        theirs = told(report)
        ours = Counter(map(found, constraints.run(Data([*case, *concept_closure(case)]))[0]))
        results += theirs.total()
        differ += (ours - theirs).total() + (theirs - ours).total()
    return seconds / len(paths), results, differ


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--cases", type=int, nargs="+", default=[1, 100, 1000])
    parser.add_argument("--pyshacl", type=int, default=20, help="how many cases plain pyshacl is tried on")
    given = parser.parse_args()
    print(f"{'cases':>6} {'cold s':>8} {'one changed s':>14} {'warm s':>8} {'cold/warm':>10}")
    ratio = cold = 0.0
    with tempfile.TemporaryDirectory() as top:
        for cases in given.cases:
            folder, cache = Path(top, f"cases-{cases}"), Path(top, f"cache-{cases}")
            synthetic.write(folder, cases)
            cold = check(folder, cache)
            warm = min(check(folder, cache) for _ in range(3))
            changed = sorted(folder.iterdir())[cases // 2]
            changed.write_text(changed.read_text("utf-8") + "# changed\n", "utf-8")
            one = check(folder, cache)
            ratio = cold / warm
            print(f"{cases:>6} {cold:>8.2f} {one:>14.2f} {warm:>8.2f} {ratio:>10.1f}")
        each, results, differ = compare(sorted(folder.iterdir())[: given.pyshacl])
    times = each * given.cases[-1] / cold
    print(
        f"plain pyshacl: {each:.2f} s a case; {each * given.cases[-1]:.0f} s for {given.cases[-1]:,}, {times:.1f} times our cold check"
    )
    print(f"{results:,} results of {given.pyshacl} cases compared: {differ} differ")
    return 0 if ratio >= WARM and times >= COLD and not differ else 1


if __name__ == "__main__":
    sys.exit(main())
