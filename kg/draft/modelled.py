"""What a language model read and the report bears out, beside what the rules propose.

The rules come first: what they propose already is not proposed again, and where a model reads another status
than they do, that is remarked, not changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from kg.articles.article import Article
from kg.draft.dosing import frequency, quantity, route
from kg.draft.proposals import Item, Proposals, Quote, Rejected, anchor
from kg.draft.verifying import Kept
from kg.mentions.gazetteer import called
from kg.mentions.measured import measured
from kg.mentions.numerals import decimal
from kg.model.fields import MAX_WORDS

__all__ = ["modelled"]

_SECTIONS = {"finding": "findings", "diagnosis": "diagnoses", "measurement": "measurements", "treatment": "treatments"}
_STATUS = {"present": "present", "historical": "present", "excluded": "excluded"}
_CONCEPT = {"findings": "concept", "diagnoses": "concept", "measurements": "analyte", "treatments": "drug"}
_GIVEN = ("dose", "frequency", "route", "duration")


def modelled(made: Proposals, kept: Iterable[Kept]) -> int:
    """Add what was kept (`kg.draft.verifying`), unless it is there; how many items were added."""
    added = 0
    for one in kept:
        section, quotes = _SECTIONS[one.claimed.kind], list(_quotes(made.article, one.start, one.end))
        fields = _fields(made.article, one)
        if isinstance(fields, str):
            made.rejected.append(
                Rejected(section, one.claimed.label or one.claimed.drug, tuple(quotes), "model", fields)
            )
        elif (there := _there(made, section, fields, one)) is None:
            label = str(fields[_CONCEPT[section]]).partition(" ! ")[2]
            name = f"no {label}" if fields.get("status") == "excluded" else label
            flags = (
                *one.flags,
                *(f"{lost} is not written: it has no form in a case file" for lost in _lost(one, fields)),
            )
            made.add(Item(section, name, fields, quotes, one.rule, one.confidence, one.start, (), flags))
            added += 1
        elif there.fields.get("status") != fields.get("status"):
            there.doubts += (f"a model reads it as {fields['status']}: {made.article.quote(one)!r}",)
        elif more := [
            f"{name} {getattr(one.claimed, name)!r}" for name in _GIVEN if name in fields and name not in there.fields
        ]:
            there.doubts += (f"a model reads {', '.join(more)}: {made.article.quote(one)!r}",)
    return added


def _quotes(article: Article, start: int, end: int) -> Iterator[Quote]:
    """The words of a quote, in phrases of a dozen words at most."""
    words = [m.span() for m in re.finditer(r"\S+", article.text[start:end])]
    for first in range(0, len(words), MAX_WORDS):
        some = words[first : first + MAX_WORDS]
        yield anchor(article, start + some[0][0], start + some[-1][1])


def _there(made: Proposals, section: str, fields: dict[str, Any], one: Kept) -> Item | None:
    """The item that says this already: of one concept; of a value also in these words."""
    field = _CONCEPT[section]
    for item in made.of(section):
        if item.fields.get(field) != fields[field]:
            continue
        value = item.fields.get("value")
        if section != "measurements" or (str(value) == str(fields["value"]) and one.start <= item.at < one.end):
            return item
    return None


def _fields(article: Article, one: Kept) -> dict[str, Any] | str:
    """The fields of a fact; or why it is none of a case file."""
    item = one.claimed
    if not item.id:
        return "it has no id."
    if item.kind in ("finding", "diagnosis"):
        status = _STATUS.get(item.status)
        return (
            {"concept": called(item.id), "status": status}
            if status
            else f"it is {item.status}, not of the patient now."
        )
    if item.kind == "treatment":
        fields: dict[str, Any] = {"drug": called(item.id), "printed": item.drug or _printed_name(article, one)}
        made = {
            "dose": quantity(item.dose, "dose"),
            "frequency": frequency(item.frequency) if item.frequency else None,
            "route": route(item.route) if item.route else None,
            "duration": quantity(item.duration, "duration"),
        }
        return fields | {name: value for name, value in made.items() if value}
    read = [m for m in measured(article, _sentences(article, one)) if one.start <= m.start and m.end <= one.end]
    value = next((m for m in read if m.value == decimal(item.number)), None)
    if value is None or not value.unit:
        return "the rules do not read its number and unit."
    fields = {
        "analyte": called(item.id),
        "value": Decimal(value.value),
        "unit": value.unit,
        "printed": article.quote(value),
    }
    if value.unit_printed and value.unit_printed != value.unit:
        fields["unit_printed"] = value.unit_printed
    return fields | ({"comparator": value.comparator} if value.comparator else {})


def _lost(one: Kept, fields: dict[str, Any]) -> Iterator[str]:
    """What a model reads of the giving of a drug, and a case file cannot hold."""
    for name in _GIVEN:
        if (told := getattr(one.claimed, name)) and name not in fields:
            yield f"{name} {told!r}"


def _sentences(article: Article, one: Kept) -> list[Any]:
    return [s for s in article.sentences if s.start < one.end and one.start < s.end]


def _printed_name(article: Article, one: Kept) -> str:
    """The drug's name as the quote prints it."""
    label = one.claimed.label
    found = re.search(re.escape(label), article.quote(one), re.IGNORECASE)
    return found[0] if found else label
