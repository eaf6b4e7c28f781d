"""How long does a user wait for `casekg --help`, and for a question on the shipped case?

    python benchmarks/startup.py

Prints seconds (median of several runs) and, since machines differ, ratios to starting Python
alone in the same run. Exit status 1 when a promise of the README's authors is broken:
`--help` under 0.3 s, a question under 1.5 s.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 7
COMMANDS: dict[str, tuple[list[str], float | None]] = {
    "python": (["-c", "pass"], None),
    "casekg --help": (["-m", "kg", "--help"], 0.3),
    "casekg query treatment/drugs": (["-m", "kg", "query", "treatment/drugs"], 1.5),
    "casekg query response/by-manifestation": (["-m", "kg", "query", "response/by-manifestation"], 1.5),
    "casekg explain tofacitinib": (["-m", "kg", "explain", "tofacitinib"], None),
    "casekg validate": (["-m", "kg", "validate"], None),
}


def seconds(words: list[str]) -> float:
    """Median wall time of a command."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> int:
    base, broken = 0.0, 0
    print(f"{'command':<42} {'seconds':>8} {'x python':>9}  promise")
    for name, (words, limit) in COMMANDS.items():
        took = seconds(words)
        base = base or took
        verdict = "" if limit is None else f"under {limit} s: " + ("kept" if took < limit else "BROKEN")
        broken += limit is not None and took >= limit
        print(f"{name:<42} {took:>8.3f} {took / base:>9.1f}  {verdict}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
