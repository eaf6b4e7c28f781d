"""What does a result of criteria look like: which items are stated, and how far does the score reach?

For each column a bar of the score on a line with the cut-offs: filled as far as it is stated, striped
as far as it is arguable, outlined as far as it could be met; a mark by the letter. Below, a row for
each item: its points as a box, its status by a sign and in words, and what was printed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from kg.base.drawing import WIDTH, Canvas, Glyph, fitted, picture_suffix, text_width, wrapped
from kg.base.prefixes import compress
from kg.criteria.assessment import NOTE, Assessment, ColumnResult, ItemResult, Status, plain

__all__ = ["criteria_picture", "draw_criteria"]

MARGIN, TEXT, SMALL = 16.0, 12.0, 11.0  # px
RIGHT = WIDTH - MARGIN
LEFT = MARGIN + 365  # where bars and points begin
BAR, ROW, HEAD = 22.0, 24.0, 70.0  # px: height of a bar, of a row, of the room of a column's bar
POINT = 34.0  # px, of one point in a row
SIGN, WORDS = LEFT + 145, LEFT + 160  # where the status and its words begin
QUOTE = LEFT + 266

GLYPHS: Mapping[Status, Glyph] = {
    "stated": Glyph("o", "blue"),
    "arguable": Glyph("D", "orange", False),
    "excluded": Glyph("X", "vermilion"),
    "partly excluded": Glyph("X", "vermilion", False),
    "not stated": Glyph("o", "grey", False),
}


def criteria_picture(made: Sequence[Assessment], path: Path) -> None:
    """Draw results to an SVG or PNG file. Raises CaseError when it cannot be written."""
    picture_suffix(path)
    draw_criteria(made).save(path, "Published criteria, item by item")


def draw_criteria(made: Sequence[Assessment]) -> Canvas:
    """Results on a page, one below the other."""
    notes = [line for words in _notes() for line in wrapped(words, RIGHT - MARGIN, SMALL, 3)]
    height = MARGIN + sum(map(_height, made)) + 18 * len(notes) + MARGIN
    canvas = Canvas(height)
    y = MARGIN
    for one in made:
        y = _result(canvas, one, y)
    for line in notes:
        canvas.text(MARGIN, y + 6, line, SMALL, "grey")
        y += 18
    return canvas


def _notes() -> tuple[str, ...]:
    return (
        "Filled: stated. Striped: arguable. Outlined: could still be met. Vertical lines: cut-offs. Triangle: the score by the letter of the definitions.",
        NOTE,
    )


def _height(made: Assessment) -> float:
    return 62 + HEAD * len(made.columns) + 30 + ROW * len(made.items) + 26


def _result(canvas: Canvas, made: Assessment, y: float) -> float:
    title = fitted(made.criterion.criterion.title, RIGHT - MARGIN, 16, True)
    canvas.text(MARGIN, y + 9, title, 16, bold=True)
    course = ", ".join(treatment.rsplit("#", 1)[-1] for treatment in made.treatments)
    whose = compress(made.person.iri) + (f", response to {course}" if course else "")
    canvas.text(MARGIN, y + 33, fitted(whose, RIGHT - MARGIN, TEXT), TEXT, "grey")
    y += 62
    most = max((column.most for column in made.columns), default=Decimal(1)) or Decimal(1)
    for column in made.columns:
        _score(canvas, made, column, y, (RIGHT - LEFT - 110) / float(most))
        y += HEAD
    _heads(canvas, y)
    y += 30
    for number, item in enumerate(made.items):
        if number % 2:
            canvas.box(MARGIN, y, RIGHT - MARGIN, ROW, "#000000", alpha=0.035, order=0)
        _item(canvas, made, item, y)
        y += ROW
    return y + 26


def _score(canvas: Canvas, made: Assessment, column: ColumnResult, y: float, scale: float) -> None:
    """The bar of one column: label and class on the left, the interval on the right."""
    least, arguable, most = (LEFT + float(score) * scale for score in (column.least, column.arguable, column.most))
    tip = f"{column.label}: {column.least} stated, {column.arguable} with what is arguable, {column.most} at most"
    middle = y + BAR / 2
    canvas.text(MARGIN, middle, fitted(column.label, LEFT - MARGIN - 12, TEXT, True), TEXT, bold=True)
    canvas.box(LEFT, y, max(most - LEFT, 1), BAR, "white", tip, edge=True, order=1)
    for points in ([(LEFT, y), (most, y)], [(most, y), (most, y + BAR)], [(most, y + BAR), (LEFT, y + BAR)]):
        canvas.line(points, "grey", 1)
    canvas.line([(LEFT, y - 3), (LEFT, y + BAR + 3)], "black", 1)
    if arguable > least:
        canvas.box(least, y + 3, arguable - least, BAR - 6, "orange", tip, hatch=True)
    if least > LEFT:
        canvas.box(LEFT, y + 3, least - LEFT, BAR - 6, "blue", tip)
    _cutoffs(canvas, made, column, y, scale)
    letter = LEFT + float(column.strict_least) * scale
    canvas.mark(letter, y + BAR + 7, Glyph("^", "vermilion"), 9, f"by the letter: {column.strict_least}")
    ends = dict.fromkeys((plain(column.least), plain(column.most)))
    canvas.text(most + 8, middle, " to ".join(ends), TEXT, bold=True, tip=tip)
    told = (
        column.class_least
        if column.class_least == column.class_most
        else f"{column.class_least} to {column.class_most}"
    )
    if column.strict_class != column.class_least:
        told += f"; by the letter: {column.strict_class}"
    lines = wrapped(told, LEFT - MARGIN - 14, SMALL, 3)
    for number, line in enumerate(lines):
        canvas.text(MARGIN, y + BAR + 8 + 14 * number, line, SMALL)


def _cutoffs(canvas: Canvas, made: Assessment, column: ColumnResult, y: float, scale: float) -> None:
    """The cut-offs of a column; the numbers of those that lie close are written together."""
    cutoffs = made.criterion.criterion.columns[column.name].cutoffs
    written: list[tuple[float, str]] = []
    for cutoff in cutoffs:
        x = LEFT + float(cutoff.at_least) * scale
        canvas.line([(x, y - 5), (x, y + BAR + 5)], "black", 1.6, order=5, tip=f"{cutoff.class_}: {cutoff.at_least}")
        if written and x - written[-1][0] < text_width(written[-1][1], SMALL) + 8:
            written[-1] = (written[-1][0], f"{written[-1][1]}, {cutoff.at_least}")
        else:
            written.append((x, str(cutoff.at_least)))
    for x, words in written:
        canvas.text(x, y + BAR + 13, words, SMALL, align="left" if "," in words else "center", box=True)


def _heads(canvas: Canvas, y: float) -> None:
    for x, words in ((MARGIN, "item"), (LEFT, "points"), (SIGN - 7, "status"), (QUOTE, "what was printed, or why")):
        canvas.text(x, y + 14, words, TEXT, "grey", bold=True)
    canvas.line([(MARGIN, y + 26), (RIGHT, y + 26)], "grey", 1)


def _item(canvas: Canvas, made: Assessment, item: ItemResult, y: float) -> None:
    middle = y + ROW / 2
    tip = "\n".join((item.label, item.status, *item.why, *filter(None, (item.missing,)), *item.facts))
    canvas.text(MARGIN, middle, fitted(item.label, LEFT - MARGIN - 12, TEXT), TEXT, tip=tip)
    names = [column.name for column in made.columns]
    points = list(dict.fromkeys(str(item.points[name]) for name in names if name in item.points))
    canvas.text(LEFT, middle, " / ".join(points), TEXT, tip=tip)
    top = max(float(value) for value in item.points.values())
    room = SIGN - LEFT - 84
    worth = max(max(float(v) for v in i.points.values()) for i in made.items)
    width = max(top / worth * room, 2)
    colour = {"stated": "blue", "arguable": "orange"}.get(item.status)
    if colour:
        canvas.box(LEFT + 68, middle - 6, width, 12, colour, tip, hatch=item.status == "arguable")
    elif item.status != "excluded":
        box = [(LEFT + 68, middle - 6), (LEFT + 68 + width, middle - 6), (LEFT + 68 + width, middle + 6)]
        canvas.line([*box, (LEFT + 68, middle + 6), box[0]], "grey", 1)
    canvas.mark(SIGN, middle, GLYPHS[item.status], 10, tip)
    canvas.text(WORDS, middle, item.status, TEXT, tip=tip)
    told = item.missing or next(iter(item.anchors), "") or next(iter(item.why), "")
    if made.criterion.criterion.kind == "response" and item.why and not item.missing:
        told = "; ".join(item.why[:2])  # two values, and by how much they differ
    letter = f"by the letter {item.strict}. " if item.strict != item.status else ""
    canvas.text(QUOTE, middle, fitted(f"{letter}{told}", RIGHT - QUOTE, SMALL), SMALL, tip=tip)
