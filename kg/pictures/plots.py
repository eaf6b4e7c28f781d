"""How many persons changed under which drug, and what did a measured value do, seen at once?

The response matrix, and before/after plots of one patient's measured values. Numbers are printed in
full beside every colour: a colour is for finding a cell, not for reading a rate from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from kg.answers.matrix import Attribution, Cell, Count, Matrix
from kg.answers.responses import Group
from kg.answers.trajectories import Change, Point, changes, trajectories
from kg.base.drawing import WIDTH, Canvas, Glyph, Marker, fitted, picture_suffix, text_width, wrapped
from kg.persons.people import Person

__all__ = ["change_picture", "draw_changes", "draw_matrix", "matrix_picture"]

MARGIN, TEXT, SMALL = 16.0, 11.0, 10.0  # px
RIGHT = WIDTH - MARGIN

# ---- the response matrix -----------------------------------------------------------------

# Each group of outcomes has its place in a cell, its colour and its mark.
GROUPS: Mapping[Group, Glyph] = {
    "improved": Glyph("^", "green"),
    "stable": Glyph("s", "blue"),
    "not improved": Glyph("X", "orange"),
    "worsened": Glyph("v", "vermilion"),
}
SIGNS, CELL, SLOT, LINE = 250.0, 150.0, 22.0, 19.0  # px: label column, cell, a number in a cell, line of a cell
HEIGHT = 2 * LINE + 10  # px, a row
COLUMNS = int((RIGHT - MARGIN - SIGNS) // CELL)
SLIM = 22.0  # px, a row of what no response is reported of
DRUGS, ROWS, SLIM_ROWS = 3 * COLUMNS, 36, 12  # at most so many are drawn
_ALONE: Mapping[Attribution, str] = {"single": "alone", "joint": "jointly", "none": ""}


def matrix_picture(matrix: Matrix, path: Path) -> None:
    """Draw a response matrix to an SVG or PNG file. Raises CaseError when it cannot be written."""
    picture_suffix(path)
    draw_matrix(matrix).save(path, "Responses by drug and manifestation, in persons")


def draw_matrix(matrix: Matrix) -> Canvas:
    """A response matrix on a page: manifestations down, drugs across, in several blocks where they are many.

    Where there are more than a page can show, those of most persons are drawn, and the others named.
    """
    drugs = _most(matrix.drugs, DRUGS, matrix.cells, 0)
    drawn = {where: cell for where, cell in matrix.cells.items() if where[0] in drugs}
    signs = _most(matrix.manifestations, ROWS, drawn, 1)
    silent = _most(matrix.silent, SLIM_ROWS, matrix.silent_cells, 1) if signs else []
    blocks = [drugs[at : at + COLUMNS] for at in range(0, len(drugs), COLUMNS)]
    notes = _notes(matrix, (*drugs, *signs, *silent))
    block = 66 + HEIGHT * len(signs) + (SLIM * (len(silent) + 1) if silent else 0) + 14
    canvas = Canvas(MARGIN + 76 + block * len(blocks) + 18 * len(notes) + MARGIN)
    what = "class of drugs" if matrix.classes else "drug"
    title = f"Persons by {what}, manifestation and reported response"
    canvas.text(MARGIN, MARGIN + 9, title, 16, bold=True)
    _explain(canvas, MARGIN + 44)
    y = MARGIN + 76
    for columns in blocks:
        _block(canvas, matrix, columns, signs, silent, y)
        y += block
    for note in notes:
        canvas.text(MARGIN, y, note, TEXT, "grey")
        y += 18
    return canvas


def _most(names: Mapping[str, str], limit: int, cells: Mapping[tuple[str, str], Cell], side: int) -> list[str]:
    """Those of most persons with a reported response, then of most persons at all; in the order of their names."""
    told: dict[str, set[str]] = {}
    given: dict[str, set[str]] = {}
    for where, cell in cells.items():
        given.setdefault(where[side], set()).update(cell.persons)
        counts = (c for c in cell.counts if c.group != "not reported")
        told.setdefault(where[side], set()).update(person for c in counts for person in c.persons)
    ranked = sorted(given.keys() & names.keys(), key=lambda iri: (-len(told[iri]), -len(given[iri]), names[iri], iri))
    return [iri for iri in names if iri in ranked[:limit]]


def _explain(canvas: Canvas, y: float) -> None:
    """The legend: what a cell shows."""
    x = MARGIN
    for name, glyph in GROUPS.items():
        canvas.mark(x + 7, y, glyph)
        canvas.text(x + 18, y, name, TEXT)
        x += 18 + text_width(name, TEXT) + 18
    words = "Numbers are persons; upper line: attributed to the drug alone, lower line: to several treatments jointly."
    canvas.text(x, y, words, TEXT)
    words = "Right: persons with a reported response / persons given the drug while they had the manifestation; the rest is not reported. Darker: more of them."
    canvas.text(MARGIN, y + 20, words, TEXT)


def _block(
    canvas: Canvas, matrix: Matrix, drugs: Sequence[str], signs: Sequence[str], silent: Sequence[str], top: float
) -> None:
    y = top + 66
    for number, drug in enumerate(drugs):
        x = MARGIN + SIGNS + number * CELL
        lines = wrapped(matrix.drugs[drug], CELL - 10, TEXT, 3, bold=True)
        for place, line in enumerate(lines):
            canvas.text(x + 4, y - 26 - 14 * (len(lines) - 1 - place), line, TEXT, bold=True)
        for place, glyph in enumerate(GROUPS.values()):
            canvas.mark(x + 4 + (place + 0.5) * SLOT, y - 9, glyph, 8)
    for number, sign in enumerate(signs):
        if number % 2:
            canvas.box(MARGIN, y, SIGNS + CELL * len(drugs), HEIGHT, "#000000", alpha=0.035, order=0)
        label = wrapped(matrix.manifestations[sign], SIGNS - 12, 12, 3)
        for place, line in enumerate(label):
            canvas.text(MARGIN + 4, y + HEIGHT / 2 + 15 * (place - (len(label) - 1) / 2), line, 12)
        for column, drug in enumerate(drugs):
            if cell := matrix.cells.get((drug, sign)):
                _cell(canvas, matrix, cell, MARGIN + SIGNS + column * CELL, y)
        y += HEIGHT
    if silent:
        canvas.text(MARGIN + 4, y + SLIM / 2, "No reported response to anything:", TEXT, bold=True)
        y += SLIM
    for number, sign in enumerate(silent):
        if number % 2 == 0:
            canvas.box(MARGIN, y, SIGNS + CELL * len(drugs), SLIM, "#000000", alpha=0.035, order=0)
        canvas.text(MARGIN + 4, y + SLIM / 2, fitted(matrix.silent[sign], SIGNS - 12, TEXT), TEXT)
        for column, drug in enumerate(drugs):
            if cell := matrix.silent_cells.get((drug, sign)):
                _silent(canvas, cell, f"{matrix.drugs[drug]}, {matrix.silent[sign]}", MARGIN + SIGNS + column * CELL, y)
        y += SLIM
    for column in range(len(drugs) + 1):
        x = MARGIN + SIGNS + column * CELL - 2
        canvas.line([(x, top + 6), (x, y)], "#c8c8c8", 1, order=1)


def _cell(canvas: Canvas, matrix: Matrix, cell: Cell, x: float, y: float) -> None:
    where = f"{matrix.drugs[cell.drug]}, {matrix.manifestations[cell.manifestation]}"
    told = [count for count in cell.counts if count.group != "not reported"]
    silent = [count for count in cell.counts if count.group == "not reported"]
    for line, attribution in enumerate(("single", "joint")):
        middle = y + 5 + (line + 0.5) * LINE
        for count in told:
            if count.attribution == attribution:
                _number(canvas, cell, count, where, x + 4 + list(GROUPS).index(count.group) * SLOT, middle)
    tip = "\n".join(_tip(cell, count, where) for count in silent) or where
    share = f"{cell.reported}/{len(cell.persons)}"
    if not told:
        canvas.text(x + 4, y + HEIGHT / 2, "not reported", SMALL, "grey", tip=tip)
    size, colour = _size(share, CELL - 4 * SLOT - 14), "black" if told else "grey"
    canvas.text(x + CELL - 8, y + HEIGHT / 2, share, size, colour, "right", bold=bool(told), tip=tip)


def _silent(canvas: Canvas, cell: Cell, where: str, x: float, y: float) -> None:
    tip = "\n".join(_tip(cell, count, where) for count in cell.counts)
    canvas.text(x + 4, y + SLIM / 2, "not reported", SMALL, "grey", tip=tip)
    canvas.text(x + CELL - 8, y + SLIM / 2, f"0/{len(cell.persons)}", TEXT, "grey", "right", tip=tip)


def _number(canvas: Canvas, cell: Cell, count: Count, where: str, x: float, y: float) -> None:
    tip = _tip(cell, count, where)
    shade = 0.25 + 0.45 * count.number / len(cell.persons)
    canvas.box(x + 1, y - LINE / 2 + 1, SLOT - 2, LINE - 2, GROUPS[count.group].colour, tip, edge=True, alpha=shade)
    canvas.text(x + SLOT / 2, y, f"{count.number}", _size(f"{count.number}", SLOT - 4), "black", "center", tip=tip)


def _size(text: str, width: float) -> float:
    """The largest size of letters, in pixels, at which a short text fits."""
    return next(
        (size for size in (12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0) if text_width(text, size, True) <= width), 4.0
    )


def _tip(cell: Cell, count: Count, where: str) -> str:
    alone = _ALONE[count.attribution]
    head = f"{where}: {count.group}{f', {alone}' if alone else ''}"
    return "\n".join((head, f"persons: {count.number} of {len(cell.persons)}", *count.facts))


def _notes(matrix: Matrix, drawn: Collection[str]) -> list[str]:
    if not matrix.cells:
        return ["No response of any manifestation to any drug is reported."]
    persons = "1 person" if matrix.persons == 1 else f"{matrix.persons} persons"
    found = [
        f"{persons}. A person counts once in each group that the report tells of; published cases are chosen, so no number is a rate.",
        "Blank: not told to have been there when the drug was begun. Not reported: it was, and is not mentioned under the drug.",
    ]
    for what, names in (
        ("classes of drugs" if matrix.classes else "drugs", matrix.drugs),
        ("manifestations", matrix.manifestations),
        ("manifestations without a reported response to anything", matrix.silent),
    ):
        if left := [name for iri, name in names.items() if iri not in drawn]:
            words = f"Not drawn are {len(left)} of {len(names)} {what}, of fewer persons (--format csv has all responses): {', '.join(left)}"
            found += wrapped(words, RIGHT - MARGIN, TEXT, 8)
    return found


# ---- before and after --------------------------------------------------------------------

ACROSS, PANEL = 3, 220.0  # panels in a line; px, height of a panel


def change_picture(person: Person, path: Path) -> None:
    """Draw a patient's measured values before and after, to an SVG or PNG file. Raises CaseError."""
    picture_suffix(path)
    draw_changes(person).save(path, f"Measured values before and after, {person.iri}")


def draw_changes(person: Person) -> Canvas:
    """One small plot for each value and the next that is surely later, with the change where it can be computed."""
    found = [change for series in trajectories(person) for change in changes(series)]
    names = {key: treatment.printed for key, treatment in person.patient.treatments.items()}
    lines = -(-len(found) // ACROSS)
    canvas = Canvas(MARGIN + 66 + max(lines * PANEL, 30) + MARGIN)
    title = fitted(f"Before and after: {person.case.report.heading}", RIGHT - MARGIN, 16, bold=True)
    canvas.text(MARGIN, MARGIN + 9, title, 16, bold=True)
    x = MARGIN
    for marker, words in (
        (Glyph("o", "blue"), f"measured value, as printed (patient {person.name})"),
        (Glyph("v", "blue", filled=False), "bound from above (<)"),
        (Glyph("^", "blue", filled=False), "bound from below (>)"),
    ):
        canvas.mark(x + 7, MARGIN + 36, marker)
        canvas.text(x + 18, MARGIN + 36, words, TEXT)
        x += 18 + text_width(words, TEXT) + 18
    canvas.text(x, MARGIN + 36, "Each plot has a scale of its own, from zero.", TEXT)
    if not found:
        canvas.text(MARGIN, MARGIN + 74, "No analyte has two values of which one is surely later.", 12, "grey")
    width = (RIGHT - MARGIN) / ACROSS
    for number, change in enumerate(found):
        line, column = divmod(number, ACROSS)
        _panel(canvas, change, names, MARGIN + column * width, MARGIN + 58 + line * PANEL, width - 12)
    return canvas


def _panel(canvas: Canvas, change: Change, names: Mapping[str, str], x: float, y: float, width: float) -> None:
    canvas.box(x, y, width, PANEL - 12, "#f6f6f6", order=0)
    for place, line in enumerate(wrapped(change.analyte.label, width - 16, 12, 2, bold=True)):
        canvas.text(x + 8, y + 13 + 15 * place, line, 12, bold=True)
    top, floor = y + 58, y + PANEL - 80
    values = [abs(p.value) for p in (change.earlier, change.later) if p.value is not None]
    most = max(values, default=Decimal(0)) or Decimal(1)
    canvas.line([(x + 8, floor), (x + width - 8, floor)], "#c8c8c8", 1, order=1)
    ends = []
    for point, share, align in ((change.earlier, 0.32, "right"), (change.later, 0.68, "left")):
        at, outward = x + width * share, -10 if align == "right" else 10
        height = floor - float((point.value or Decimal(0)) / most) * (floor - top)
        ends.append((at, height))
        tip = f"{change.analyte.label}: {point.printed}\n{point.time}\n{point.fact}"
        canvas.mark(at, height, _mark(point), 10, tip)
        printed = fitted(point.printed, width * 0.28, 12, bold=True)
        canvas.text(at + outward, min(height, floor - 8), printed, 12, align=align, bold=True)
        days = point.time.partition(" (“")[0]  # the words are in the tip
        edge, side = (x + 8, "left") if align == "right" else (x + width - 8, "right")
        canvas.text(edge, floor + 12, fitted(days, width / 2 - 12, SMALL), SMALL, "grey", side)
    canvas.line(ends, "blue", 2, dashed=change.absolute is None, order=2)
    canvas.text(x + 8, floor + 30, fitted(_told(change), width - 16, TEXT), TEXT)
    words = _between(change, names)
    for place, line in enumerate(wrapped(words, width - 16, SMALL, 2)):
        canvas.text(x + 8, floor + 46 + 13 * place, line, SMALL, "grey", tip=words)


def _mark(point: Point) -> Glyph:
    bounds: Mapping[str, Marker] = {"<": "v", "<=": "v", ">": "^", ">=": "^"}
    return Glyph(bounds.get(point.comparator or "", "o"), "blue", filled=point.number)


def _told(change: Change) -> str:
    return f"Change {change.words}" if change.absolute is not None else f"{change.words[:1].upper()}{change.words[1:]}."


def _between(change: Change, names: Mapping[str, str]) -> str:
    """Which treatments were begun between the two values."""
    surely = ", ".join(dict.fromkeys(names[key] for key in change.started)) or "none surely"
    maybe = ", ".join(dict.fromkeys(names[key] for key in change.maybe_started))
    return f"Begun between: {surely}" + (f"; maybe {maybe}" if maybe else "")
