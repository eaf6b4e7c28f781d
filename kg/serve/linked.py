"""How does a picture stand on a page that allows no inline style: with its facts as links?

matplotlib writes `style="fill: …"`, which the page's Content-Security-Policy refuses; the same words as
attributes of their own are allowed. Each mark that is a fact becomes a link to it.
"""

from __future__ import annotations

from xml.etree import ElementTree

from kg.base.drawing import Canvas

__all__ = ["linked"]

_SVG = "http://www.w3.org/2000/svg"


def linked(canvas: Canvas, title: str, page: str) -> bytes:
    """The picture as SVG without styles, its facts linked to their places on a page (a path)."""
    top = ElementTree.fromstring(canvas.rendered("svg", title))
    for parent in [*top.iter()]:
        for style in parent.findall(f"{{{_SVG}}}style"):
            parent.remove(style)
    for node in top.iter():
        for part in node.attrib.pop("style", "").split(";"):
            name, _, value = part.partition(":")
            if value:
                node.set(name.strip(), value.strip())
    top.set("role", "group")  # of an image nothing within could be reached
    top.set("aria-label", title)
    top.set("stroke-linejoin", "round")
    top.set("stroke-linecap", "butt")
    for parent in [*top.iter(f"{{{_SVG}}}g")]:
        for place, node in enumerate(list(parent)):
            if key := canvas.facts.get(node.get("id", "")):
                link = ElementTree.Element(f"{{{_SVG}}}a", {"href": f"{page}#{key}"})
                link.append(node)
                parent[place] = link
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ElementTree.tostring(top, encoding="unicode").encode()
