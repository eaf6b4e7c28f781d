"""How does the time to close a network grow with its events?

    python benchmarks/network.py [EVENTS ...]

Kinds of network: each event 1 to 2 months after the one before it (chain), the same and 10 to 20 days in
turn (mixed), a month and a day in turn, exactly (exact), each some months after the first (star), each a
month or some weeks after two (grid), each in a year and after or some weeks off two others (random); with
a date, and without any (undated). Each is built, closed (bounds of all events), asked for one relation
and one distance, and two contradictions are proved: of one date more, and of one distance more (a day
beyond the most there can be). Seconds are those of the processor. The ratio is that to the row above.
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


def turns(n: int, month: tuple[int, int], days: tuple[int, int]) -> list[Statement]:
    found: list[Statement] = [Range("date", "e0", date(1900, 1, 1), date(1900, 12, 31))]
    for i in range(1, n):
        (least, most), unit = (month, "month") if i % 2 else (days, "day")
        found += [Gap(f"by {i}", f"e{i}", ">=", f"e{i - 1}", least, unit)]
        found += [Gap(f"by {i}", f"e{i}", "<=", f"e{i - 1}", most, unit)]
    return found


def grid(n: int) -> list[Statement]:
    side = int(n**0.5)
    found: list[Statement] = [Range("date", "e0", date(1900, 1, 1), date(1900, 12, 31))]
    for i in range(side * side):
        for k, other in enumerate([*([i - side] if i >= side else []), *([i - 1] if i % side else [])]):
            name = f"by {i} {other}"
            if (i + k) % 2:
                found += [
                    Gap(name, f"e{i}", ">=", f"e{other}", 1, "month"),
                    Gap(name, f"e{i}", "<=", f"e{other}", 2, "month"),
                ]
            else:
                found += [Gap(name, f"e{i}", ">=", f"e{other}", 28), Gap(name, f"e{i}", "<=", f"e{other}", 62)]
    return found


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


KINDS: Mapping[str, Callable[[int], list[Statement]]] = {
    "chain": chain,
    "mixed": lambda n: turns(n, (1, 2), (10, 20)),
    "exact": lambda n: turns(n, (1, 1), (1, 1)),
    "star": star,
    "grid": grid,
    "random": mixed,
}


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def row(kind: str, told: list[Statement], before: float) -> float:
    last = max((s.point for s in told), key=lambda point: int(point[1:]))
    middle = f"e{int(last[1:]) // 2}"
    network = Network(told)
    closed = seconds(lambda: Network(told).bounds("e0"))
    network.bounds("e0")
    related = seconds(lambda: network.relation("e1", last))
    far: list[tuple[int | None, int | None]] = []
    distance = seconds(lambda: far.append(network.distance("e1", last)))
    _, day = network.bounds(middle)
    dates = Range("wrong", middle, date(9000, 1, 1) if day else None, None if day else date(1, 1, 1))
    more = [] if day else [Range("wrong too", "e0", date(1900, 1, 1))]
    least, most = far[0]
    beyond = (
        Gap("wrong", last, ">=", "e1", most + 1)
        if most is not None
        else Gap("wrong", last, "<=", "e1", (least or 0) - 1)
    )
    proofs: list[tuple[str, ...] | None] = []
    dated = seconds(lambda: proofs.append(network.add(dates, *more).contradiction()))
    proved = seconds(lambda: proofs.append(network.add(beyond).contradiction()))
    print(
        f"{kind:16}{int(last[1:]) + 1:8,}{len(told):12,}{closed:9.3f}{closed / before if before else 0:7.1f}{related:12.3f}"
        f"{distance:12.3f}{dated:9.3f} of {len(proofs[0] or ()):<6,}{proved:9.3f} of {len(proofs[1] or ()):,}"
    )
    return closed


def main(sizes: list[int]) -> None:
    heads = f"{'':16}{'events':>8}{'statements':>12}{'close s':>9}{'ratio':>7}{'relation s':>12}{'distance s':>12}"
    print(f"{heads}{'by a date s':>12}{'by a distance s':>23}")
    for kind, make in KINDS.items():
        for dated in (True, False):
            before = 0.0
            for n in sizes:
                told = [s for s in make(n) if dated or isinstance(s, Gap)]
                before = row(kind if dated else f"{kind}, undated", told, before)


if __name__ == "__main__":
    main([int(n) for n in sys.argv[1:]] or [100, 300, 1000, 3000])
