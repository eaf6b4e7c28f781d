"""A draft as a case file: YAML that a curator reads, with what may be meant instead as comments beside it.

Written by hand, since a case file has a form of its own: one key a line, quotes and short lists in brackets.
What is written is read back by casekg's own reader before anybody sees it (`kg.draft.settling`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from kg.articles.article import Article
from kg.base.results import plain
from kg.draft.proposals import BEYOND, SECTIONS, SINGLE, Item, Proposals, Quote, keyed
from kg.model.anchors import Sentence

__all__ = ["case_text", "case_value", "left_unread", "ordered_items", "unread"]

_PLAIN = re.compile(r"[A-Za-zÀ-ž(][\w À-ž()+./’'–−%-]*(?<! )", re.ASCII)
_TERM = re.compile(r"[A-Za-z]+:[\w.-]+ ! [^\s'\"#:\[\]{},&*][^#:\[\]{},\n]*(?<! )")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n", "~"}
_WIDEST = 110


def case_text(made: Proposals) -> str:
    """The whole case file."""
    items = ordered_items(made)
    keys = keyed(items)
    lines = [
        "# A draft, proposed by `casekg draft`: nobody has reviewed it. `casekg review` goes through it.",
        "report:",
        *_block(made.report, 2, keys),
    ]
    inside = _sections([item for item in items if item.section not in BEYOND], 4, keys)
    lines += ["", "patients:", *([f"  {made.patient}:", *inside] if inside else [f"  {made.patient}: {{}}"])]
    for section in BEYOND:
        lines += _sections([item for item in items if item.section == section], 0, keys)
    return "\n".join([*lines, *_remarks(made)]) + "\n"


def case_value(made: Proposals) -> dict[str, Any]:
    """The case file as values, as its reader gives them: mappings, lists and texts."""
    items = ordered_items(made)
    keys = keyed(items)
    patient: dict[str, Any] = {}
    value: dict[str, Any] = {"report": _read(made.report, keys), "patients": {made.patient: patient}}
    for item in items:
        proposed = {"rule": item.rule, "confidence": item.confidence}
        fact = _read({**item.fields, "proposed": proposed, "evidence": _evidence(item.quotes)}, keys)
        whole = value if item.section in BEYOND else patient
        if item.section in SINGLE:
            whole[item.section] = fact
        else:
            whole.setdefault(item.section, {})[keys[id(item)]] = fact
    return value


def _read(value: Any, keys: Mapping[int, str]) -> Any:
    """A value as it is read back: every scalar as text."""
    if isinstance(value, dict):
        return {name: _read(one, keys) for name, one in value.items()}
    if isinstance(value, list):
        return [_read(one, keys) for one in value]
    return _spoken(value, keys)


def ordered_items(made: Proposals) -> list[Item]:
    """The items in the order of the case file: by section, then as they stand in the text."""
    rank = {section: i for i, section in enumerate(SECTIONS)}
    return sorted(made.items, key=lambda item: (rank[item.section], item.at))


def unread(article: Article, quotes: Iterable[Quote], marks: Iterable[Mapping[str, str]]) -> list[Sentence]:
    """The sentences that no proposed fact quotes and no mark explains, as `casekg coverage` counts them."""
    sentences = article.sentences
    claimed = set[int]()
    for quote in set(quotes):
        for part in article.parts:
            at = article.text.find(quote.words, part.start, part.end) if part.section == quote.section else -1
            if at >= 0:
                claimed |= {i for i, s in enumerate(sentences) if s.start < at + len(quote.words) and at < s.end}
                break
    for mark in marks:
        hit = next(
            (
                i
                for i, s in enumerate(sentences)
                if i not in claimed and s.section == mark["section"] and s.text.startswith(mark["begins"])
            ),
            None,
        )
        claimed |= set() if hit is None else {hit}
    return [s for i, s in enumerate(sentences) if i not in claimed]


def _sections(items: list[Item], indent: int, keys: Mapping[int, str]) -> list[str]:
    lines: list[str] = []
    for section in SECTIONS:
        some = [item for item in items if item.section == section]
        if some and section not in SINGLE:
            lines += ["", f"{' ' * indent}{section}:"] if lines or indent == 0 else [f"{' ' * indent}{section}:"]
        for item in some:
            single = section in SINGLE
            name, deep = (section, indent) if single else (keys[id(item)], indent + 2)
            lines += [f"{' ' * deep}{name}:", *_item(item, deep + 2, keys)]
    return lines


def _item(item: Item, indent: int, keys: Mapping[int, str]) -> list[str]:
    lines = _block(item.fields, indent, keys)
    if item.alternatives:
        lines.insert(1, f"{' ' * indent}# or {'; '.join(map(_remark, item.alternatives))}")
    lines += [f"{' ' * indent}# doubt: {_remark(doubt)}" for doubt in item.doubts]
    proposed = f"{' ' * indent}proposed: {{rule: {item.rule}, confidence: {item.confidence}}}"
    return [*lines, proposed, *_entry("evidence", _evidence(item.quotes), indent, keys)]


def _evidence(quotes: Iterable[Quote]) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for quote in dict.fromkeys(quotes):
        found.setdefault(quote.section, []).append(quote.words)
    return {section: words if len(words) > 1 else words[0] for section, words in found.items()}


def _block(fields: Mapping[str, Any], indent: int, keys: Mapping[int, str]) -> list[str]:
    return [line for name, value in fields.items() for line in _entry(name, value, indent, keys)]


def _entry(name: str, value: Any, indent: int, keys: Mapping[int, str]) -> list[str]:
    start = f"{' ' * indent}{name}:"
    if not isinstance(value, dict | list):
        return [f"{start} {_scalar(value, keys, flow=False)}"]
    flat = f"{start} {_flow(value, keys)}"
    short = len(flat) <= _WIDEST and "\n" not in flat and name not in ("source", "sections", "no_facts", "authors")
    if short or not value:
        return [flat]
    if isinstance(value, dict):
        return [start, *_block(value, indent + 2, keys)]
    lines = [start]
    for one in value:
        lines.append(f"{' ' * (indent + 2)}- {_flow(one, keys)}")
    return lines


def _flow(value: Any, keys: Mapping[int, str]) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(one, keys)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one, keys) for one in value) + "]"
    return _scalar(value, keys, flow=True)


def _scalar(value: Any, keys: Mapping[int, str], flow: bool) -> str:
    text = _spoken(value, keys)
    if isinstance(value, Item | int | Decimal):
        return text
    if not flow and _TERM.fullmatch(text):
        return text
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS and " #" not in text:
        return text
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\x7f")


def _spoken(value: Any, keys: Mapping[int, str]) -> str:
    """A scalar as text: an item as its key."""
    if isinstance(value, Item):
        return keys[id(value)]
    return str(value).lower() if isinstance(value, bool) else str(value)


def _remark(text: str) -> str:
    """Words in a comment: one line, no control characters."""
    return plain(" ".join(text.split()))


def _remarks(made: Proposals) -> list[str]:
    """What was left out, and what was not read, as comments at the end."""
    lines: list[str] = []
    if made.rejected:
        lines += ["", f"# Left out: {len(made.rejected)} proposals that a rule of casekg refuses."]
    for fallen in made.rejected:
        words = " | ".join(f"{quote.section}: {_remark(quote.words)!r}" for quote in fallen.quotes)
        lines.append(f"# - {fallen.section} {fallen.key} ({words}): rule {fallen.rule}: {_remark(fallen.message)}")
    left = left_unread(made)
    if left:
        lines += ["", f"# Unread: {len(left)} sentences of which nothing is proposed."]
    lines += [f"# - {sentence.section}: {_remark(sentence.text)}" for sentence in left]
    return lines


def left_unread(made: Proposals) -> list[Sentence]:
    """The sentences of which a draft proposes nothing."""
    return unread(made.article, _quotes(made), made.report["source"].get("no_facts", ()))


def _quotes(made: Proposals) -> list[Quote]:
    own = made.report.get("evidence", {})
    told = [
        Quote(section, words) for section, some in own.items() for words in (some if isinstance(some, list) else [some])
    ]
    return [*told, *(quote for item in made.items for quote in item.quotes)]
