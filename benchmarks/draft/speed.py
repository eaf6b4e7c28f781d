"""How long does a draft take once the tables are loaded, and how much memory does the process need?

    python benchmarks/draft/speed.py [FOLDER ...]

Every report of the folders is drafted as `casekg draft` does, SHACL shapes and all, in a process of its own; the first
one is drafted twice, since it loads the tables. Seconds are those of the processor, so that other work does not count.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

SHARED = Path(__file__).resolve().parents[3] / "shared"
DEFAULT = SHARED / "corpus" / "text" / "maccrobat"
SEED = SHARED / "seed"
_SUFFIXES = (".txt", ".xml", ".md", ".pdf")


def measured(folders: list[Path]) -> dict[str, Any]:
    """Seconds for each report by name, those of loading, and the peak of memory in MB."""
    from kg.base.results import CaseError
    from kg.draft.drafting import draft_case
    from kg.gate.examining import shape_results

    reports = sorted(path for folder in folders for path in folder.iterdir() if path.suffix in _SUFFIXES)
    taken: dict[str, float] = {}
    loading = 0.0
    for path in [*reports[:1], *reports]:
        start = time.process_time()
        try:
            draft_case(path, key=path.stem, also=lambda file: shape_results(file)[0])
        except CaseError as error:
            print(f"{path.name}: not drafted: {error}", file=sys.stderr)
            continue
        seconds = time.process_time() - start
        if loading:
            taken[path.name] = seconds
        else:
            loading = seconds
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    return {"seconds": taken, "loading": loading, "megabytes": peak}


def score(*folders: Path) -> dict[str, Any]:
    """The same, in a process of its own."""
    run = subprocess.run([sys.executable, __file__, "--json", *map(str, folders)], stdout=subprocess.PIPE, check=True)
    return dict(json.loads(run.stdout))


def lines(found: dict[str, Any]) -> list[str]:
    """What was measured, in words."""
    taken: dict[str, float] = found["seconds"]
    if not taken:
        return ["no report was drafted"]
    slowest = max(taken, key=taken.__getitem__)
    return [
        f"{len(taken)} reports: mean {statistics.mean(taken.values()):.3f} s, median {statistics.median(taken.values()):.3f} s,"
        f" most {taken[slowest]:.3f} s ({slowest}); {sum(s > 0.2 for s in taken.values())} over 0.2 s",
        f"first of the process, with loading: {found['loading']:.1f} s; memory at its peak: {found['megabytes']:.0f} MB",
    ]


if __name__ == "__main__":
    words = sys.argv[1:]
    if words[:1] == ["--json"]:
        print(json.dumps(measured([Path(word) for word in words[1:]])))
    else:
        print("\n".join(lines(score(*(Path(word) for word in words or (DEFAULT, SEED))))))
