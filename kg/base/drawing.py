"""How is a picture put on paper, readable, the same bytes each time, and with its facts as tooltips?

A `Canvas` is a page of pixels, the origin at the top left. What is drawn with a `tip` becomes an
SVG group with that text as its <title>, which viewers show when the pointer rests on it. Colours
are those of Okabe and Ito, "Color Universal Design" (2008), told apart by colour-blind readers;
each mark has a shape of its own besides. matplotlib draws, without a display; it is an extra.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

from kg.base.files import write
from kg.base.results import CaseError, Result, plain

__all__ = [
    "COLOURS", "Canvas", "Glyph", "HIGHEST", "Marker", "WIDTH",
    "fitted", "lines_of", "picture_suffix", "text_width", "wrapped",
]  # fmt: skip

WIDTH = 1200  # px
HIGHEST = 60_000  # px, of a PNG
COLOURS = {
    "black": "#222222",
    "grey": "#767676",
    "pale": "#d9d9d9",
    "orange": "#E69F00",
    "sky": "#56B4E9",
    "green": "#009E73",
    "blue": "#0072B2",
    "vermilion": "#D55E00",
    "purple": "#CC79A7",
}
_NO_GLYPH = "Glyph .* missing from"  # a box is drawn for a letter that the font lacks; the tooltip has it
_FONT = "DejaVu Sans"  # comes with matplotlib: the same picture on every machine
_DPI = 100
Marker = Literal["o", "D", "d", "*", "^", "v", "p", "s", "X", "P", "8", "h", "H"]
_POINT = 72 / _DPI  # of a pixel
_SVG = "http://www.w3.org/2000/svg"
_STYLE = {
    "svg.hashsalt": "casekg",
    "svg.fonttype": "path",
    "text.hinting": "none",  # letters as wide as measured
    "path.simplify": False,
}


@dataclass(frozen=True, slots=True)
class Glyph:
    """A mark: matplotlib's name of its shape, a colour (a key of COLOURS), whether it is filled."""

    marker: Marker
    colour: str
    filled: bool = True


def picture_suffix(path: Path) -> str:
    """ "svg" or "png", from the suffix. Raises CaseError for another one, or when matplotlib is not there."""
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in ("svg", "png"):
        raise CaseError([Result("violation", "format", "a picture is .svg or .png.", "Give such a suffix.", str(path))])
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        cure = "Install the extra: pip install 'casekg[pictures]'."
        raise CaseError([Result("violation", "format", "pictures need matplotlib.", cure, str(path))]) from error
    return suffix


@contextmanager
def _style() -> Iterator[None]:
    from matplotlib import style

    with warnings.catch_warnings(), style.context(["default", _STYLE]):
        warnings.filterwarnings("ignore", _NO_GLYPH)
        yield


@lru_cache(maxsize=65536)
def text_width(text: str, size: float, bold: bool = False) -> float:
    """How many pixels wide a line of text is, at a size in pixels."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=_FONT, size=size, weight="bold" if bold else "normal")
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", _NO_GLYPH)
        return 1.02 * float(text_to_path.get_text_width_height_descent(text, font, ismath=False)[0])


def fitted(text: str, width: float, size: float, bold: bool = False) -> str:
    """The text, its end replaced by … where it is wider than that many pixels."""
    text = plain(text)
    if text_width(text, size, bold) <= width:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if text_width(text[:middle] + "…", size, bold) <= width else (low, middle - 1)
    return text[:low].rstrip() + "…"


def wrapped(text: str, width: float, size: float, most: int = 2, bold: bool = False) -> list[str]:
    """The text in at most so many lines of that width; what is left over is cut with …"""
    words = plain(text).split()
    lines: list[str] = []
    while words and len(lines) < most - 1:
        count = 1
        while count < len(words) and text_width(" ".join(words[: count + 1]), size, bold) <= width:
            count += 1
        lines.append(fitted(" ".join(words[:count]), width, size, bold))
        words = words[count:]
    return [*lines, fitted(" ".join(words), width, size, bold)] if words else lines


class Canvas:
    """A page WIDTH pixels wide; y grows downwards, sizes are pixels.

    tips, facts: the tooltip, and the key of the fact, of each SVG group that has one, by its id.
    """

    def __init__(self, height: float) -> None:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure

        self.height = height = max(1, round(height))
        self.tips: dict[str, str] = {}
        self.facts: dict[str, str] = {}
        with _style():
            self.figure = Figure(figsize=(WIDTH / _DPI, height / _DPI), dpi=_DPI, facecolor="white")
            FigureCanvasAgg(self.figure)
            self.axes = self.figure.add_axes((0, 0, 1, 1))
            self.axes.set(xlim=(0, WIDTH), ylim=(height, 0))
            self.axes.set_axis_off()

    def _tip(self, artist: Any, tip: str, fact: str = "") -> None:
        artist.set_clip_on(False)
        if tip:
            name = f"fact{len(self.tips) + 1}"
            artist.set_gid(name)
            self.tips[name] = tip
            if fact:
                self.facts[name] = fact

    def text(
        self,
        x: float,
        y: float,
        text: str,
        size: float = 12,
        colour: str = "black",
        align: str = "left",
        bold: bool = False,
        tip: str = "",
        box: bool = False,
        fact: str = "",
    ) -> None:
        """One line of text, centred on y. box: on white, where lines run below."""
        if not text:
            return
        made = self.axes.text(
            x,
            y,
            plain(text),
            fontfamily=_FONT,
            fontsize=size * _POINT,
            color=COLOURS.get(colour, colour),
            ha=align,
            va="center_baseline",
            fontweight="bold" if bold else "normal",
            zorder=6,
            parse_math=False,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6} if box else None,
        )
        self._tip(made, tip, fact)

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        colour: str,
        tip: str = "",
        hatch: bool = False,
        edge: bool = False,
        alpha: float = 1,
        order: int = 2,
        fact: str = "",
    ) -> None:
        """A box from its top left corner. hatch: striped on a pale ground, for what is not certain."""
        from matplotlib.colors import to_rgba
        from matplotlib.patches import Rectangle

        shade = COLOURS.get(colour, colour)
        made = Rectangle(
            (x, y),
            width,
            height,
            facecolor=to_rgba(shade, 0.12 if hatch else alpha),
            edgecolor=to_rgba(shade, 0.75) if hatch or edge else "none",
            hatch="/////" if hatch else None,
            linewidth=0.6 if hatch or edge else 0,
            zorder=order,
        )
        made.set_hatch_linewidth(0.7)
        self.axes.add_patch(made)
        self._tip(made, tip, fact)

    def line(
        self,
        points: Sequence[tuple[float, float]],
        colour: str = "grey",
        width: float = 1,
        dashed: bool = False,
        order: int = 3,
        tip: str = "",
    ) -> None:
        """A line through points."""
        from matplotlib.lines import Line2D

        xs, ys = zip(*points, strict=True)
        made = Line2D(
            xs,
            ys,
            color=COLOURS.get(colour, colour),
            linewidth=width * _POINT,
            linestyle=(0, (3, 2)) if dashed else "solid",
            zorder=order,
            solid_capstyle="butt",
        )
        self.axes.add_line(made)
        self._tip(made, tip)

    def mark(self, x: float, y: float, glyph: Glyph, size: float = 9, tip: str = "", fact: str = "") -> None:
        """A mark, centred."""
        from matplotlib.lines import Line2D

        colour = COLOURS[glyph.colour]
        made = Line2D(
            [x],
            [y],
            linestyle="none",
            marker=glyph.marker,
            markersize=size * _POINT,
            markerfacecolor=colour if glyph.filled else "white",
            markeredgecolor=colour,
            markeredgewidth=1.4 * _POINT,
            zorder=7,
        )
        self.axes.add_line(made)
        self._tip(made, tip, fact)

    def arrow(self, x: float, y: float, right: bool, colour: str = "grey", size: float = 7) -> None:
        """The head of an arrow: something goes on beyond."""
        sign = -1 if right else 1
        for dy in (-0.5, 0.5):
            self.line([(x, y), (x + sign * size * 0.8, y + dy * size)], colour, 1.2, order=4)

    def boxes(self) -> list[tuple[str, float, float, float, float]]:
        """Every text with its left, top, right and bottom edge, in pixels."""
        renderer = self.figure.canvas.get_renderer()  # type: ignore[attr-defined]
        found = []
        with _style():
            for text in self.axes.texts:
                at = text.get_window_extent(renderer)
                found.append((text.get_text(), at.x0, self.height - at.y1, at.x1, self.height - at.y0))
        return found

    def save(self, path: Path, title: str) -> None:
        """Write the picture, whole or not at all; the suffix says SVG or PNG. Raises CaseError."""
        write(path, self.rendered(picture_suffix(path), title))

    def rendered(self, kind: str, title: str) -> bytes:
        """The picture as "svg" (with tooltips) or "png"; the same bytes for the same picture.

        Raises CaseError for a PNG higher than HIGHEST.
        """
        out = io.BytesIO()
        with _style():
            if kind == "png":
                if self.height > HIGHEST:
                    cure = "Write .svg, or draw less."
                    raise CaseError([Result("violation", "output", f"{self.height:,} px are too high.", cure, title)])
                self.figure.savefig(out, format="png", dpi=_DPI, metadata={"Software": "casekg", "Title": title})
                return out.getvalue()
            self.figure.savefig(out, format="svg", metadata={"Date": None, "Creator": "casekg"})
        return self._titled(out.getvalue(), title)

    def _titled(self, svg: bytes, title: str) -> bytes:
        """The SVG in pixels, with a title and the tooltips."""
        for prefix, name in (("", _SVG), ("xlink", "http://www.w3.org/1999/xlink")):
            ElementTree.register_namespace(prefix, name)
        top = ElementTree.fromstring(svg)
        for extra in top.findall(f"{{{_SVG}}}metadata"):
            top.remove(extra)
        top.set("width", str(WIDTH))
        top.set("height", str(self.height))
        top.set("role", "img")
        for node in [*top.iter(f"{{{_SVG}}}g")]:
            if tip := self.tips.get(node.get("id", "")):
                node.insert(0, _title("\n".join(plain(line) for line in tip.split("\n"))))
        top.insert(0, _title(plain(title)))
        return (
            b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(top, encoding="unicode").encode() + b"\n"
        )


def _title(text: str) -> ElementTree.Element:
    made = ElementTree.Element(f"{{{_SVG}}}title")
    made.text = text
    return made


def lines_of(widths: Iterable[float], most: float) -> list[list[int]]:
    """Places of things of these widths, side by side in lines of at most that width."""
    lines: list[list[int]] = []
    room = 0.0
    for place, width in enumerate(widths):
        if not lines or width > room:
            lines.append([])
            room = most
        lines[-1].append(place)
        room -= width
    return lines
