"""XML that may be anybody's, and the words of its elements: for readers of articles.

No entity is expanded, nothing is fetched, no document type is loaded; size and depth are bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.entities import html5
from pathlib import Path
from typing import Any

from kg.base.bounds import xml_fault
from kg.base.results import CaseError, Result

__all__ = [
    "SKIPPED",
    "Element",
    "children",
    "find",
    "flat",
    "inline",
    "language",
    "name_of",
    "parsed",
    "person",
    "words_of",
]

Element = Any  # lxml has no types of its own
_RAISED = str.maketrans("0123456789+-−–()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻⁽⁾ⁿ")
SKIPPED = frozenset(["graphic", "media", "inline-graphic", "tex-math", "object-id", "fn", "index-term", "annotation", "permissions", "alt-text", "long-desc", "processing-meta", "x"])  # fmt: skip


def parsed(path: Path, data: bytes) -> Element:
    """The root element of a file. Raises CaseError when it is not XML, or may do harm."""
    if (fault := xml_fault(data, external=True)) is not None:
        message, line, column = fault
        cure = "Get the file anew from its publisher; entities and DTDs inside of a file are not read."
        raise CaseError(
            [Result("violation", "syntax", f"not readable as XML: {message}.", cure, str(path), line, column)]
        )
    try:
        from lxml import etree
    except ImportError as error:
        cure = "Install it: pip install 'casekg[draft]'."
        raise CaseError([Result("violation", "config", "JATS needs lxml.", cure, str(path))]) from error
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, attribute_defaults=False,
        huge_tree=False, remove_comments=True, remove_pis=True, recover=False,
    )  # fmt: skip
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        cure = "Get the file anew from its publisher."
        raise CaseError(
            [Result("violation", "syntax", f"not XML: {error.msg}.", cure, str(path), line, column + 1)]
        ) from error


def name_of(element: Element) -> str:
    """Local name of an element; nothing for an entity."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Element, *names: str) -> Iterator[Element]:
    """What a path of names leads to, from child to child, in order."""
    if not names:
        yield element
        return
    for child in element:
        if name_of(child) == names[0]:
            yield from children(child, *names[1:])


def find(element: Element | None, *names: str) -> Element | None:
    """The first element that a path of names leads to."""
    return None if element is None else next(children(element, *names), None)


# ---- words -----------------------------------------------------------------------------


def flat(element: Element | None, skip: frozenset[str] = frozenset()) -> str:
    """The words of an element in one line."""
    if element is None:
        return ""
    return re.sub(r"\s+", " ", "".join(words_of(element, skip))).strip()


def words_of(element: Element, skip: frozenset[str]) -> Iterator[str]:
    """The words of an element, piece by piece."""
    yield element.text or ""
    for child in element:
        yield from inline(child, skip)
        yield child.tail or ""


def inline(child: Element, skip: frozenset[str]) -> Iterator[str]:
    """What an element adds to the words around it; superscripts are raised signs, those that cite [1]."""
    name = name_of(child)
    if not name:
        yield html5.get(f"{child.name};", child.text or "") if hasattr(child, "name") else ""
    elif name == "break":
        yield " "
    elif name == "sup":
        words = "".join(words_of(child, skip))
        cites = any(name_of(one) == "xref" and one.get("ref-type") == "bibr" for one in child.iter())
        raised = words.translate(_RAISED)
        if cites:
            yield words if re.match(r"\s*\[", words) else f" [{words.strip()}]"
        else:
            yield raised if re.fullmatch(r"[⁰-⁹¹²³⁺⁻⁽⁾ⁿ]+", raised) else words
    elif name == "xref" and child.get("ref-type") == "bibr" and any(name_of(one) == "sup" for one in child):
        yield f" [{''.join(one.text or '' for one in child.iter()).strip()}]"
    elif name == "alternatives":
        yield from next((list(inline(one, skip)) for one in child if name_of(one) not in SKIPPED), [])
    elif name not in SKIPPED and name not in skip:
        yield from words_of(child, skip)
        if name == "surname" and not child.tail:
            yield " "
        if name in ("p", "title", "td", "th", "label"):
            yield " "


def language(one: Element) -> str:
    """The value of its xml:lang."""
    return next((value for key, value in one.attrib.items() if key.endswith("}lang")), "")


def person(one: Element, given_first: bool) -> str:
    """The name of an author: "Given Surname" or "Surname Given"; of a group as it is."""
    element = one if name_of(one) in ("name", "string-name", "collab") else None
    if element is None:
        element = next((each for each in one.iter() if name_of(each) in ("name", "string-name", "collab")), None)
    if element is None:
        return ""
    surname, given, suffix = (flat(find(element, name)) for name in ("surname", "given-names", "suffix"))
    if name_of(element) == "collab" or not surname:
        return flat(element, frozenset(["contrib-group", "aff"]))
    names = [given, surname] if given_first else [surname, given]
    return " ".join(filter(None, [*names, suffix]))
