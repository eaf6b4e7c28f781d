"""What happened to this patient, seen at once?

The timeline of one patient. What is uncertain looks so: hatched where a treatment may have been going on, a thin line
over all days on which something may have happened, an arrow where nothing bounds it. What has no
date stands in a column of its own; nothing is left out without a word. `kg.pictures.lanes` says what is in
which lane, `kg.pictures.plots` has the other pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from kg.base.drawing import WIDTH, Canvas, fitted, lines_of, picture_suffix, text_width, wrapped
from kg.base.times import Bounds
from kg.model.case import Age
from kg.persons.people import Person, count
from kg.pictures.lanes import GLYPHS, Item, Lane, Section, sections

__all__ = ["draw_timeline", "timeline_picture"]

MARGIN, LABEL, LETTER = 16.0, 290.0, 26.0  # px: page margin, label column, letter of a treatment
GAP, ROW, MARK, TEXT, SMALL = 10.0, 23.0, 15.0, 11.0, 10.0
LEFT = MARGIN + LABEL + GAP  # where the column of undated facts begins
RIGHT = WIDTH - MARGIN
UNDATED = 120.0  # px, the column of undated facts beside the years
SHORTEST = timedelta(120)  # drawn, so that a single day has months around it
WORST = 300.0  # px, the widest group of marks


# ---- the years across the page -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Scale:
    """Days of the calendar as places on the page, from `left` to RIGHT; first and last day drawn."""

    first: date
    last: date
    left: float

    def x(self, day: date) -> float:
        share = (day - self.first) / (self.last - self.first)
        return self.left + min(1.0, max(0.0, share)) * (RIGHT - self.left)

    def ticks(self) -> list[tuple[float, str]]:
        """Years, or months of a short time, with room for their labels."""
        days, room = (self.last - self.first).days, RIGHT - self.left
        steps = (
            (1, 3, 12, 24, 60, 120, 240, 600, 1200, 12000) if days < 731 else (12, 24, 60, 120, 240, 600, 1200, 12000)
        )
        months = next((m for m in steps if days / 30.4 / m * 62 <= room), steps[-1])
        found, month = [], self.first.year * 12
        month -= month % months
        while month // 12 <= min(self.last.year, 9998):
            day = date(max(1, month // 12), month % 12 + 1, 1)
            if self.first <= day <= self.last:
                found.append((self.x(day), f"{day:%Y}" if months >= 12 else f"{day:%Y-%m}"))
            month += months
        return found


def _scale(items: Sequence[Item], left: float) -> _Scale | None:
    """The days that the items need, with room at a side that something is open to; None without any day."""
    whens = [item.when for item in items if item.dated]
    days = [day for when in whens for day in _days(when)]
    if not days:
        return None
    first, last = min(days), max(days)
    missing = max(SHORTEST - (last - first), timedelta(0)) / 2
    first, last = _moved(first, -missing), _moved(last, missing)
    span = last - first
    before = 0.22 if any(when.earliest_start is None for when in whens) else 0.03
    after = 0.12 if any(when.latest_end is None for when in whens) else 0.05
    room = span / (1 - before - after)
    return _Scale(_moved(first, -before * room), _moved(last, after * room), left)


def _days(when: Bounds) -> list[date]:
    return [d for d in (when.earliest_start, when.latest_start, when.earliest_end, when.latest_end) if d]


def _moved(day: date, by: timedelta) -> date:
    return date.fromordinal(min(date.max.toordinal(), max(1, day.toordinal() + by.days)))


# ---- where everything goes ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Cluster:
    """Facts of one lane with the same bounds, side by side; x: left edge, row: line in the lane, from 0.

    start, end: the line over the days on which it may have been; open: whether nothing bounds its ends.
    """

    items: tuple[Item, ...]
    x: float
    row: int
    start: float
    end: float
    open: tuple[bool, bool]


def _width(item: Item) -> float:
    return MARK + (text_width(item.text, TEXT) + 5 if item.text else 0)


def _groups(items: Iterable[Item], most: float) -> list[list[Item]]:
    """Items with the same bounds, together as far as they fit beside each other."""
    same: dict[Bounds, list[Item]] = {}
    for item in items:
        same.setdefault(item.when, []).append(item)
    return [[group[place] for place in line] for group in same.values() for line in lines_of(map(_width, group), most)]


def _short(item: Item, most: float) -> Item:
    return Item(
        item.key, item.glyph, fitted(item.text, most - MARK - 6, TEXT), item.when, item.tip, item.value, item.seen
    )


def _placed(lane: Lane, scale: _Scale | None, undated: float, first_row: int) -> list[_Cluster]:
    """Clusters of a lane, none upon another: each in the first row where it fits."""
    taken: list[list[tuple[float, float]]] = []
    found: list[_Cluster] = []
    levels = _levels(lane.items)

    def put(group: list[Item], x: float, start: float, end: float, open_: tuple[bool, bool]) -> None:
        width = sum(map(_width, group))
        low, high = min(x, start) - 3, max(x + width, end) + 3
        row = levels.get(group[0].key, 0)
        while row < len(taken) and any(high >= a and low <= b for a, b in taken[row]):
            row += 1
        taken.extend([] for _ in range(row + 1 - len(taken)))
        taken[row].append((low, high))
        found.append(_Cluster(tuple(group), x, first_row + row, start, end, open_))

    for group in _groups((_short(i, undated) for i in lane.items if not i.dated), undated - 6):
        put(group, LEFT + 3, LEFT + 3, LEFT + 3, (False, False))
    if scale is None:
        return found
    dated = _groups((_short(i, WORST) for i in lane.items if i.dated), WORST)
    for group in sorted(dated, key=lambda g: _ends(g[0].when, scale)[:2]):
        start, end, open_ = _ends(group[0].when, scale)
        width = sum(map(_width, group))
        # one fact has its mark in the middle, several lie around it
        x = (start + end - (MARK if len(group) == 1 else width)) / 2
        put(group, min(max(x, scale.left + 2), RIGHT - width), start, end, open_)
    return found


def _levels(items: Sequence[Item]) -> dict[str, int]:
    """The row of each measured value: the higher the value, the higher up, in at most four rows."""
    values = {item.key: item.value for item in items if item.value is not None and item.dated}
    if len(set(values.values())) < 2:
        return {}
    low, high = min(values.values()), max(values.values())
    rows = min(len(set(values.values())), 4) - 1
    return {key: round((high - value) / (high - low) * rows) for key, value in values.items()}


def _ends(when: Bounds, scale: _Scale) -> tuple[float, float, tuple[bool, bool]]:
    """From where to where something may have been, and which sides are open."""
    first = when.earliest_start
    last = when.latest_end
    start = scale.x(first) if first else scale.left
    end = scale.x(last) if last else RIGHT
    return start, end, (first is None, last is None)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A lane on the page: its top, height, label lines and clusters."""

    lane: Lane
    y: float
    height: float
    label: list[str]
    note: str
    clusters: list[_Cluster]


# ---- the timeline ------------------------------------------------------------------------


def timeline_picture(person: Person, path: Path, everything: bool = False) -> None:
    """Draw a patient's timeline to an SVG or PNG file.

    everything: draw every lane, and the examinations. Raises CaseError when it cannot be written.
    """
    picture_suffix(path)
    draw_timeline(person, everything).save(path, f"Timeline of {person.iri}")


def draw_timeline(person: Person, everything: bool = False) -> Canvas:
    """A patient's timeline on a page; its height grows with what there is to draw."""
    made = sections(person, everything)
    items = [item for section in made for lane in section.lanes for item in lane.facts]
    loose = any(not item.dated for item in items)
    dated = any(item.dated for item in items)
    undated = (UNDATED if dated else RIGHT - LEFT) if loose else 0.0
    scale = _scale(items, LEFT + undated + (8 if loose else 0))

    heading = _heading(person)
    y = MARGIN + sum(size + 7 for _, size, _ in heading) + 30
    pages: list[tuple[Section, float, list[_Placed]]] = []
    top = y
    for section in made:
        head = y
        y += 26
        placed = []
        for lane in section.lanes:
            one = _lay(lane, y, scale, undated)
            placed.append(one)
            y += one.height
        if section.left_out:
            y += 20
        pages.append((section, head, placed))
        y += 8
    bottom = y
    legend = _legend(items)
    notes = _notes(person, made)
    canvas = Canvas(bottom + 30 + len(legend) * 20 + 12 + len(notes) * 16 + MARGIN)

    y = MARGIN
    for text, size, bold in heading:
        canvas.text(MARGIN, y + size / 2, text, size, "black", bold=bold)
        y += size + 7
    _frame(canvas, scale, undated, top, bottom)
    for section, head, placed in pages:
        canvas.box(MARGIN, head + 2, RIGHT - MARGIN, 20, "#e8eef4", order=1)
        canvas.text(MARGIN + 5, head + 12, section.title, 12, bold=True)
        for number, one in enumerate(placed):
            _draw_lane(canvas, one, scale, number % 2 == 1)
        if section.left_out:
            facts = sum(len(lane.facts) for lane in section.left_out)
            many = "lane is" if len(section.left_out) == 1 else "lanes are"
            words = f"{len(section.left_out)} more {many} not drawn ({count(facts, 'fact')}); --all draws them."
            canvas.text(
                MARGIN + 5, (placed[-1].y + placed[-1].height if placed else head + 24) + 10, words, TEXT, "grey"
            )
    y = bottom + 32
    for line in legend:
        x = MARGIN + 4
        for name, words in line:
            _legend_mark(canvas, x, y, name)
            canvas.text(x + 26, y, words, TEXT)
            x += 26 + text_width(words, TEXT) + 18
        y += 20
    y += 6
    for note in notes:
        canvas.text(MARGIN, y, note, SMALL, "grey")
        y += 16
    return canvas


def _heading(person: Person) -> list[tuple[str, float, bool]]:
    """Lines above the picture: text, size, bold."""
    report, patient = person.case.report, person.patient
    lines = [(line, 16.0, True) for line in wrapped(report.heading, RIGHT - MARGIN, 16, 2, bold=True)]
    about = [f"Patient {person.name}"]
    about += [patient.sex.concept.label] if patient.sex else []
    about += [_age(patient.age)] if patient.age else []
    about += [d.concept.label for d in patient.diagnoses.values() if d.status == "present"]
    about += [f"doi:{report.doi}" if report.doi else report.slug]
    return [*lines, (fitted(" · ".join(about), RIGHT - MARGIN, 12), 12.0, False)]


def _age(age: Age) -> str:
    """As printed; a duration of ISO 8601, as records write it, in words before it."""
    return f"{age.years.normalize():f} years ({age.printed})" if re.fullmatch(r"P[0-9].*", age.printed) else age.printed


def _lay(lane: Lane, y: float, scale: _Scale | None, undated: float) -> _Placed:
    bar = lane.bar is not None
    clusters = _placed(lane, scale, undated, 1 if bar else 0)
    room = LABEL - _indent(lane)
    label = wrapped(lane.label, room, 12, 2)
    note = fitted(lane.note, room, SMALL)
    rows = max((c.row + 1 for c in clusters), default=1 if bar else 0)
    height = max(rows * ROW + 6, len(label) * 15 + (13 if note else 0) + 8)
    return _Placed(lane, y, height, label, note, clusters)


def _indent(lane: Lane) -> float:
    """How far the label of a lane stands in from the margin, for its letter."""
    return max(LETTER, text_width(lane.letter, 12, bold=True) + 10) if lane.letter else 4


def _frame(canvas: Canvas, scale: _Scale | None, undated: float, top: float, bottom: float) -> None:
    """Years above and below, and the column of undated facts."""
    if undated:
        canvas.box(LEFT, top, undated, bottom - top, "#f5f1e6", order=0)
        for y in (top - 12, bottom + 12):
            canvas.text(LEFT + undated / 2, y, "no date stated", TEXT, "grey", "center")
    if scale is None:
        return
    for x, words in scale.ticks():
        canvas.line([(x, top), (x, bottom)], "#c8c8c8", 1, order=1)
        half = text_width(words, TEXT) / 2
        for y in (top - 12, bottom + 12):
            canvas.text(min(x, RIGHT - half), y, words, TEXT, "black", "center")


def _draw_lane(canvas: Canvas, one: _Placed, scale: _Scale | None, odd: bool) -> None:
    lane = one.lane
    if odd:
        canvas.box(MARGIN, one.y, RIGHT - MARGIN, one.height, "#000000", alpha=0.035, order=0)
    canvas.text(MARGIN + 4, one.y + 12, lane.letter, 12, bold=True)
    x = MARGIN + _indent(lane)
    y = one.y + 12
    for line in one.label:
        canvas.text(x, y, line, 12)
        y += 15
    canvas.text(x, y - 1, one.note, SMALL, "grey")
    if lane.bar:
        _draw_bar(canvas, lane.bar, one.y + 3 + ROW / 2, scale)
    levels = _levels(lane.items)  # where a value had to give way to another, a line would mislead
    valued = [c for c in one.clusters if len(c.items) == 1 and c.row == levels.get(c.items[0].key)]
    for a, b in pairwise(valued):
        if a.items[0].when != b.items[0].when:
            ends = [(c.x + MARK / 2, one.y + 3 + (c.row + 0.5) * ROW) for c in (a, b)]
            canvas.line(ends, "blue", 1, dashed=True, order=3)
    for cluster in one.clusters:
        _draw_cluster(canvas, cluster, one.y + 3 + (cluster.row + 0.5) * ROW)


def _draw_cluster(canvas: Canvas, cluster: _Cluster, y: float) -> None:
    if cluster.end > cluster.start:
        below = y + 9  # the marks stand on the line, so that none of it is hidden
        canvas.line([(cluster.start, below), (cluster.end, below)], "grey", 1.2)
        for x, is_open, right in ((cluster.start, cluster.open[0], False), (cluster.end, cluster.open[1], True)):
            if is_open:
                canvas.arrow(x, below, right)
            else:
                canvas.line([(x, below - 4), (x, below + 3)], "grey", 1.2)
    x = cluster.x
    for item in cluster.items:
        width = _width(item)
        canvas.box(x, y - 7, width, 14, "white", alpha=0.9, order=4)
        canvas.mark(x + MARK / 2, y, GLYPHS[item.glyph], tip=item.tip, fact=item.key)
        canvas.text(x + MARK, y, item.text, TEXT, tip=item.tip, fact=item.key)
        x += width


def _draw_bar(canvas: Canvas, bar: Item, y: float, scale: _Scale | None) -> None:
    """A treatment: solid on the days it was surely given, hatched on those it may have been."""
    colour, height = "sky", 13.0
    if scale is None or not bar.dated:
        canvas.mark(LEFT + 3 + MARK / 2, y, GLYPHS["given"], 10, tip=bar.tip, fact=bar.key)
        return
    when, top = bar.when, y - height / 2
    start, end, open_ = _ends(when, scale)
    canvas.box(start, top, max(end - start, 3), height, colour, bar.tip, hatch=True, fact=bar.key)
    sure = scale.x(when.latest_start) if when.latest_start else None
    until = scale.x(when.earliest_end) if when.earliest_end else None
    solid = sure is not None and until is not None and until >= sure
    if sure is not None and until is not None and solid:
        canvas.box(sure, top, max(until - sure, 3), height, colour, bar.tip, order=3, fact=bar.key)
    elif bar.seen:
        low, high, _ = _ends(bar.seen, scale)  # on one of these days at least
        canvas.box((low + high) / 2 - 2, top, 4, height, colour, bar.tip, order=3, fact=bar.key)
    if sure is not None and not solid:
        canvas.line([(sure, top - 2), (sure, top + height + 2)], "black", 1.6, order=4)
    for x, is_open, right in ((start, open_[0], False), (end, open_[1], True)):
        if is_open:
            canvas.arrow(x, y, right, "black", 9)
    width, inner = text_width(bar.text, SMALL), end if solid or sure is None else sure
    places = (
        (start - width - 10, scale.left, start),  # before the bar, behind it, on it before and after its middle mark
        (end + 4, end, RIGHT),
        (start + 14, start, inner),
        (inner + 12, inner, end - 14),
    )
    fits = (x for x, low, high in places if low <= x and x + width + 6 <= high)
    canvas.text(next(fits, RIGHT - width), y, bar.text, SMALL, box=True)


def _legend_mark(canvas: Canvas, x: float, y: float, name: str) -> None:
    if name == "given":
        canvas.box(x, y - 6, 20, 12, "sky")
    elif name == "may have been given":
        canvas.box(x, y - 6, 20, 12, "sky", hatch=True)
    elif name == "started":
        canvas.box(x, y - 6, 20, 12, "sky", hatch=True)
        canvas.line([(x + 10, y - 8), (x + 10, y + 8)], "black", 1.6, order=4)
    elif name == "open":
        canvas.line([(x, y), (x + 20, y)], "grey", 1.2)
        canvas.arrow(x + 20, y, True)
    elif name == "window":
        canvas.line([(x, y), (x + 20, y)], "grey", 1.2)
        for end in (x, x + 20):
            canvas.line([(end, y - 4), (end, y + 4)], "grey", 1.2)
    else:
        canvas.mark(x + 10, y, GLYPHS[name])


def _legend(items: Sequence[Item]) -> list[list[tuple[str, str]]]:
    """What the marks mean that were drawn, in lines that fit."""
    used = {item.glyph for item in items}
    entries = (
        [("given", "given"), ("may have been given", "may have been given"), ("started", "had started by then")]
        if "given" in used
        else []
    )
    if any(item.dated for item in items):
        entries += [
            ("window", "within these days (marks around the middle)"),
            ("open", "no earlier or later limit stated"),
        ]
    entries += [(name, name) for name in GLYPHS if name in used and name != "given"]
    lines = lines_of((44 + text_width(words, TEXT) for _, words in entries), RIGHT - MARGIN)
    return [[entries[place] for place in line] for line in lines]


def _notes(person: Person, made: Sequence[Section]) -> list[str]:
    """What the reader should know of what is not drawn."""
    others = sum(fact.layer != "patient fact" for _, _, fact in person.patient.facts())
    found = ["Drawn as the report tells it: that something changed under a treatment does not say that it did it."]
    if others:
        one = "One interpretation of the authors is not drawn."
        found.append(one if others == 1 else f"{others} interpretations of the authors are not drawn.")
    if not any(section.lanes for section in made):
        found.append("The report states nothing that has a place on a timeline.")
    return found
