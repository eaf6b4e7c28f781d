"""How do the small parts of a phenopacket become facts: terms, times, amounts, and what has no place?"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from typing import Any, TypeVar

from kg.base.prefixes import other
from kg.base.units import kind, printed_units
from kg.model.fields import Term
from kg.model.kinds import Extension, Model, Time

__all__ = ["Elements", "as_json", "as_day", "as_plain", "make", "slug", "term"]

Path_ = tuple[str | int, ...]
_JSON = json.JSONEncoder(ensure_ascii=True, sort_keys=True)
_NOTHING = re.compile(r"(?i)not (?:available|applicable|known|reported|stated)|n/?a")  # labels that name nothing
_M = TypeVar("_M", bound=Model)


def make(model: type[_M], /, **said: Any) -> _M:
    """A fact or part of the model from its fields."""
    return model(**said)


def as_plain(message: Any) -> Any:
    """A message as plain JSON values; a scalar as it is."""
    from google.protobuf import json_format

    return json_format.MessageToDict(message) if hasattr(message, "DESCRIPTOR") else message


def as_json(value: Any) -> str:
    """Plain values as JSON text, in ASCII and in one order."""
    return _JSON.encode(value)


def term(message: Any) -> Term:
    """An ontology class as id and label."""
    return Term(other(message.id), message.label.strip() or message.id)


def slug(text: str, taken: Any = ()) -> str:
    """A key made of a text: lower-case letters, digits and single hyphens; another one when it is taken."""
    made = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") or "patient"
    number, first = 1, made
    while made in taken:
        number += 1
        made = f"{first}-{number}"
    return made


def as_day(stamp: Any) -> tuple[str, str]:
    """(day as EDTF, the whole as written) of a timestamp; no words when it is just the day."""
    text = stamp.ToJsonString()
    return text[:10], "" if text[10:] == "T00:00:00Z" else text


def _is_ucum(code: str) -> bool:
    try:
        kind(code)
    except ValueError:
        return False
    return True


class Elements:
    """The facts of one patient of a packet, as they are put together.

    unknown: pointers of values that protobuf gives a default which nobody wrote.
    """

    def __init__(self, packet: Any, prefix: str, snake: bool, unknown: Collection[str] = ()) -> None:
        self.packet, self.prefix, self.snake, self.unknown = packet, prefix, snake, unknown
        self.times: dict[str, Time] = {}
        self._known: dict[bytes, str] = {}
        self.sections: dict[str, dict[str, Any]] = {}
        self.extensions: dict[str, Extension] = {}
        self.same: dict[str, str] = {}  # id of a disease or feature -> key of the fact

    # ---- small things --------------------------------------------------------------------

    def at(self, *path: str | int) -> str:
        """JSON Pointer of a path below the packet, in the spelling of the file."""
        parts: Iterable[str] = map(str, path)
        if self.snake:
            parts = (re.sub(r"(?<!^)([A-Z])", r"_\1", part).lower() for part in parts)
        return "/".join((self.prefix, *parts))

    def put(self, section: str, key: str, fact: Any) -> str:
        """Add a fact to its section."""
        self.sections.setdefault(section, {})[key] = fact
        return key

    def keep(self, key: str, message: str, content: Any, *path: str | int) -> None:
        """An extension: what has no place."""
        self.extensions[slug(key, self.extensions)] = make(
            Extension, message=message, content=as_json(content), pointer=self.at(*path)
        )

    def rest(self, key: str, message: Any, read: tuple[str, ...], *path: str | int) -> None:
        """Every field of a message that was not read becomes an extension."""
        for made, value in message.ListFields():
            if made.name not in read:
                several = made.is_repeated and not hasattr(value, "items")
                plain = [as_plain(item) for item in value] if several else as_plain(value)
                plain = dict(plain) if made.is_repeated and not several else plain
                if made.enum_type is not None and not several:
                    plain = made.enum_type.values_by_number[value].name
                name = f"{message.DESCRIPTOR.name}.{made.json_name}"
                self.keep(f"{key}-{made.name}", name, plain, *path, made.json_name)

    def several(self, key: str, message: Any, name: str, *path: str | int) -> tuple[Term, ...]:
        """The ontology classes of a field. A graph has no order and says nothing twice: what would be lost is kept."""
        said = tuple(map(term, getattr(message, name)))
        if list(said) != sorted(set(said), key=str):
            made = message.DESCRIPTOR.fields_by_name[name]
            whole = [as_plain(item) for item in getattr(message, name)]
            self.keep(f"{key}-{name}", f"{message.DESCRIPTOR.name}.{made.json_name}", whole, *path, made.json_name)
        return said

    def named(self, key: str, message: Any, name: str, *path: str | int) -> Term | None:
        """The ontology class of a field; one that says that there is none ("Not Available") is kept aside."""
        if not message.HasField(name):
            return None
        said, made = getattr(message, name), message.DESCRIPTOR.fields_by_name[name]
        if self.nothing(said):
            whole = f"{message.DESCRIPTOR.name}.{made.json_name}"
            self.keep(f"{key}-{name}", whole, as_plain(said), *path, made.json_name)
            return None
        return term(said)

    @staticmethod
    def nothing(said: Any) -> bool:
        """Does an ontology class stand in the place of one that is not known?"""
        return _NOTHING.fullmatch(said.label.strip()) is not None

    def when(self, element: Any, *path: str | int) -> str | None:
        """A time element: a date, or the key of a named time; one that says nothing is None."""
        which = element.WhichOneof("element")
        if which is None:
            return None
        known = element.SerializeToString(deterministic=True)
        if (key := self._known.get(known)) is not None:
            return key
        value = getattr(element, which)
        said: dict[str, Any] = {}
        match which:
            case "age":
                said, key = {"age": value.iso8601duration}, f"age-{value.iso8601duration}"
            case "age_range":
                said = {"age": f"{value.start.iso8601duration}/{value.end.iso8601duration}"}
                key = f"age-{said['age']}"
            case "gestational_age":
                said = {"gestation": f"P{value.weeks}W" + (f"{value.days}D" if value.days else "")}
                key = f"gestation-{said['gestation']}"
            case "ontology_class":
                said, key = {"stage": term(value)}, f"stage-{value.id}"
            case "timestamp":
                day, words = as_day(value)
                if not words:
                    self._known[known] = day
                    return day
                said, key = {"edtf": day, "printed": words}, f"at-{words}"
            case _:
                (start, first), (end, last) = as_day(value.start), as_day(value.end)
                span = start if start == end else f"{start}/{end}"
                if not first and not last and start != end:
                    self._known[known] = span
                    return span
                words = f"{value.start.ToJsonString()}/{value.end.ToJsonString()}"
                said, key = {"edtf": span, "printed": words}, f"at-{words}"
        key = slug(key, self.times)
        self.times[key] = make(Time, **said, pointer=self.at(*path))
        self._known[known] = key
        return key

    def amount(self, quantity: Any) -> tuple[str, str]:
        """(UCUM code or one in braces, what was written) of a unit."""
        unit = quantity.unit
        prefix, _, local = unit.id.partition(":")
        for code in (local if prefix.upper() == "UCUM" else "", unit.label, *printed_units(f"1 {unit.label}")):
            if code and _is_ucum(code):
                return code, unit.label
        words = re.sub(r"[^!-z|~]+", "_", unit.label or unit.id).strip("_") or "unit"
        return f"{{{words}}}", unit.label

    def fact(self, key: str) -> Any:
        """The fact of a key."""
        return next(facts[key] for facts in self.sections.values() if key in facts)
