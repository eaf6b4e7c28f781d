"""How does the time to close a network grow with its events?

    python benchmarks/network.py [EVENTS ...]

Three kinds of network: each event 1 to 2 months after the one before it (chain), each some months
after the first (star), each in a year and after or some weeks off two others (random). Each is built,
closed (bounds of all events), asked for one relation and one distance, and its contradiction, made by
one date more, is proved. The ratio is that to the row above.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Mapping
from datetime import date

from kg.base.network import Gap, Network, Range, Statement


def apart(i: int, other: int, least: int, most: int) -> list[Statement]:
    """Event i is that many months after another one."""
    a, b = f"e{i}", f"e{other}"
    return [Gap(f"by {i}", a, ">=", b, least, "month"), Gap(f"by {i}", a, "<=", b, most, "month")]


def chain(n: int) -> list[Statement]:
    told: list[Statement] = [Range("date", "e0", date(1500, 1, 1), date(1500, 12, 31))]
    return told + [s for i in range(1, n) for s in apart(i, i - 1, 1, 2)]


def star(n: int) -> list[Statement]:
    told: list[Statement] = [Range("date", "e0", date(1900, 1, 1), date(1900, 12, 31))]
    return told + [s for i in range(1, n) for s in apart(i, 0, i, i + 1)]


def mixed(n: int) -> list[Statement]:
    """About a hidden solution, so that there is no contradiction."""
    dice = random.Random(7)
    days = [date.fromordinal(dice.randint(690_000, 738_000)) for _ in range(n)]
    told: list[Statement] = []
    for i, day in enumerate(days):
        if dice.random() < 0.3:
            told.append(Range(f"date {i}", f"e{i}", date(day.year, 1, 1), date(day.year, 12, 31)))
        for j in dice.sample(range(n), 2):
            weeks = (day - days[j]).days // 7
            if weeks >= 0:
                told.append(Gap(f"after {i} {j}", f"e{i}", ">=", f"e{j}", max(0, weeks - 40), "week"))
            if dice.random() < 0.3:
                told.append(Gap(f"by {i} {j}", f"e{i}", "<=", f"e{j}", weeks + 1, "week"))
    return told


KINDS: Mapping[str, Callable[[int], list[Statement]]] = {"chain": chain, "star": star, "random": mixed}


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def main(sizes: list[int]) -> None:
    print(
        f"{'':8}{'events':>8}{'statements':>12}{'close s':>10}{'ratio':>7}{'relation s':>12}{'distance s':>12}{'proof s':>9}  proof of"
    )
    for kind, make in KINDS.items():
        before = 0.0
        for n in sizes:
            told = make(n)
            network = Network(told)
            closed = seconds(lambda told=told: Network(told).bounds("e0"))
            network.bounds("e0")
            related = seconds(lambda network=network, n=n: network.relation("e1", f"e{n - 1}"))
            far = seconds(lambda network=network, n=n: network.distance("e1", f"e{n - 1}"))
            _, last = network.bounds(f"e{n // 2}")
            wrong = network.add(
                Range("wrong", f"e{n // 2}", date(9000, 1, 1) if last else None, None if last else date(1, 1, 1))
            )
            proof: list[tuple[str, ...] | None] = []
            proved = seconds(lambda wrong=wrong, proof=proof: proof.append(wrong.contradiction()))
            ratio = f"{closed / before:.1f}" if before else ""
            print(
                f"{kind:8}{n:8,}{len(told):12,}{closed:10.3f}{ratio:>7}{related:12.4f}{far:12.3f}{proved:9.2f}  {len(proof[0] or ())} statements"
            )
            before = closed


if __name__ == "__main__":
    main([int(n) for n in sys.argv[1:]] or [100, 300, 1000, 3000])
