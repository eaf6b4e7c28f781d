"""How long does a user wait for `casekg --help`, and for a question on the shipped case?

    python benchmarks/startup.py

Prints seconds (medians of several runs) on the clock and of the processor, and, since machines differ, ratios
to starting Python alone in the same run. On a machine with nothing else to do the two are alike; on a busy one
the clock tells of the others, so the promises are held against the processor's time. Exit status 1 when one is
broken: `--help` under 0.3 s, a question under 1.5 s.
"""

from __future__ import annotations

import os
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


def seconds(words: list[str]) -> tuple[float, float]:
    """Median time of a command, on the clock and of the processor."""
    clock, processor = [], []
    for _ in range(RUNS):
        before, start = os.times(), time.perf_counter()
        subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        clock.append(time.perf_counter() - start)
        after = os.times()
        processor.append(sum(after[2:4]) - sum(before[2:4]))
    return statistics.median(clock), statistics.median(processor)


def main() -> int:
    base, broken = 0.0, 0
    print(f"{'command':<42} {'clock':>8} {'processor':>9} {'x python':>9}  promise")
    for name, (words, limit) in COMMANDS.items():
        waited, took = seconds(words)
        base = base or took
        verdict = "" if limit is None else f"under {limit} s: " + ("kept" if took < limit else "BROKEN")
        broken += limit is not None and took >= limit
        print(f"{name:<42} {waited:>8.3f} {took:>9.3f} {took / base:>9.1f}  {verdict}")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
