"""Which GA4GH phenopackets are in a file, and are they sound?

JSON, YAML and protobuf, single, in lists and in release archives, with keys as in JSON or as in
protobuf. What a file holds is told by its content. It is parsed by the `phenopackets` package and held
to the rules of its schema (`kg.sources.required`); what is not a phenopacket of version 2 is refused with the
reason. Archives are read member by member, never unpacked, within limits.
"""

from __future__ import annotations

import hashlib
import json
import re
import stat
import zipfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import Any

from kg.base.document import read_document
from kg.base.files import read
from kg.base.results import CaseError, Result
from kg.sources.required import Fault, faults

__all__ = ["Packet", "SUFFIXES", "json_marks", "looks_like_packets", "packets"]

Path_ = tuple[str | int, ...]
SUFFIXES = (".json", ".pb", ".zip", ".yaml", ".yml")
MAX_BYTES = 200_000_000
MAX_MEMBERS, MAX_UNPACKED, MAX_RATIO = 100_000, 1_000_000_000, 200
MAX_DEPTH = 100

_PACKET = {
    "subject", "phenotypicFeatures", "phenotypic_features", "measurements", "biosamples", "interpretations", "diseases",
    "medicalActions", "medical_actions", "files", "metaData", "meta_data",
}  # fmt: skip
_FAMILY = {"proband", "relatives", "consanguinousParents", "consanguinous_parents", "pedigree"}
_COHORT = {"files", "metaData", "meta_data"}
_OF_VERSION_1 = {"genes", "variants", "htsFiles", "hts_files"}
_OF_BEACON = {"ethnicity", "geographicOrigin", "measures", "interventionsOrProcedures", "exposures", "karyotypicSex",
              "treatments", "pedigrees", "sex"}  # fmt: skip


@dataclass(frozen=True)
class Packet:
    """A phenopacket, family or cohort, parsed and found sound.

    message: of protobuf; path: where it stands in its file, () for the whole of it; member: its name in
    an archive; sha256: digest of the file or member; faults: what is wrong with it, but not so that it
    could not be read; text: of its file, for places.
    """

    message: Any
    file: str
    member: str
    path: Path_
    sha256: str
    faults: tuple[Fault, ...]
    text: Text

    @property
    def snake(self) -> bool:
        """Are its keys written as in protobuf, with low lines?"""
        return self.text.snake

    @property
    def name(self) -> str:
        """Name of the file or member it is in, without folders."""
        return Path(self.member or self.file).name

    def place(self, path: Path_) -> tuple[int, int]:
        """Line and column of a path below the packet; of what is nearest above it. (1, 1) in protobuf."""
        whole = (*self.path, *path)
        while whole and whole not in self.text.marks:
            whole = whole[:-1]
        return self.text.marks.get(whole, (1, 1))


@dataclass
class Text:
    """The text of a file or member, for the places in it."""

    text: str = ""
    known: Mapping[Path_, tuple[int, int]] | None = None

    @cached_property
    def marks(self) -> Mapping[Path_, tuple[int, int]]:
        """Path -> line and column; found only when somebody asks."""
        return self.known if self.known is not None else json_marks(self.text)

    snake: bool = field(default=False)


# ---- places -------------------------------------------------------------------------------

# Possessive: a string of 100 MB must leave nothing behind to go back to.
_TOKEN = re.compile(r'\s*+(?:([{}\[\],:])|("(?:[^"\\]++|\\.)*+")|([^\s{}\[\],:"]++))', re.DOTALL)


def json_marks(text: str) -> dict[Path_, tuple[int, int]]:
    """Line and column of every value of a JSON text, by its path. The text was parsed before: nothing is checked.

    >>> json_marks('{"a":\\n [1, {"b": 2}]}')[("a", 1, "b")]
    (2, 7)
    """
    ends = [found.start() for found in re.finditer("\n", text)]
    marks: dict[Path_, tuple[int, int]] = {}
    trail: list[str | int] = []
    kinds: list[str] = []
    key: str | None = None
    place = 0

    def mark(offset: int) -> None:
        line = bisect_right(ends, offset - 1)
        marks[tuple(trail)] = (line + 1, offset - (ends[line - 1] if line else -1))

    for token in _TOKEN.finditer(text):
        sign, string, _ = token.groups()
        start = token.start(token.lastindex or 0)
        if sign == ":":
            trail.append(key or "")
            key = None
            mark(place)
            continue
        if sign in ("}", "]"):
            if kinds and kinds[-1] == "[" and trail and isinstance(trail[-1], int):
                trail.pop()
            if kinds:
                kinds.pop()
            if kinds and kinds[-1] == "{" and trail:
                trail.pop()
            continue
        if sign == ",":
            if kinds and kinds[-1] == "[" and trail and isinstance(trail[-1], int):
                trail[-1] += 1
            continue
        if kinds and kinds[-1] == "[" and (not trail or not isinstance(trail[-1], int) or len(trail) < len(kinds)):
            trail.append(0)
        if string is not None and kinds and kinds[-1] == "{" and key is None and len(trail) < len(kinds):
            key, place = json.loads(string), start
            continue
        if not kinds or kinds[-1] == "[":
            mark(start)
        if sign:
            kinds.append(sign)
        elif kinds and kinds[-1] == "{" and trail:
            trail.pop()
    return marks


# ---- parsing ------------------------------------------------------------------------------


def packets(path: Path | str, lenient: bool = False) -> Iterator[Packet | CaseError]:
    """Every packet of a file, in order; in the place of one that cannot be used, why, with file, line and path.

    lenient: what protobuf has a default for, and prefixes without a resource, are told and used all the same.
    Raises CaseError only when the file as a whole cannot be read.
    """
    path = Path(path)
    data = read(path, MAX_BYTES)
    if data[:4] == b"PK\x03\x04" or path.suffix.lower() == ".zip":
        yield from _archive(data, path, lenient)
    else:
        yield from _member(data, str(path), "", path.suffix.lower(), lenient)


def _refused(file: str, rule: str, message: str, cure: str, line: int = 0, column: int = 0, key: str = "") -> CaseError:
    return CaseError([Result("violation", rule, message, cure, file, line, column, key)])


def _archive(data: bytes, path: Path, lenient: bool) -> Iterator[Packet | CaseError]:
    """The members of a zip archive that hold packets."""
    file, total = str(path), 0
    try:
        archive = zipfile.ZipFile(BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise _refused(file, "archive", f"is no zip archive that can be read ({error}).", "Get it again.") from error
    with archive:
        members = archive.infolist()
        if len(members) > MAX_MEMBERS:
            raise _refused(file, "archive", f"has {len(members):,} members; {MAX_MEMBERS:,} at most.", "Split it.")
        for member in members:
            name, inner = member.filename, PurePosixPath(member.filename)
            suffix = inner.suffix.lower()
            if member.is_dir() or suffix not in SUFFIXES or inner.name.startswith("."):
                continue
            at = f"{file}!{name}"
            total += member.file_size
            try:
                if name.startswith(("/", "\\")) or ".." in inner.parts or ":" in name[:2]:
                    raise _refused(at, "archive", "its name leads out of the archive.", "Name it without '..'.")
                if stat.S_ISLNK(member.external_attr >> 16):
                    raise _refused(at, "archive", "is a link.", "Put the file itself in the archive.")
                if member.file_size > MAX_RATIO * max(member.compress_size, 1000) or total > MAX_UNPACKED:
                    raise _refused(at, "archive", "unpacks to much more than it holds.", "Unpack it by hand.")
                if suffix == ".zip":
                    raise _refused(at, "archive", "is an archive in an archive.", "Unpack it by hand.")
                with archive.open(member) as opened:
                    inside = opened.read(member.file_size + 1)
            except CaseError as error:
                yield error
                continue
            except (zipfile.BadZipFile, RuntimeError, NotImplementedError, OSError, EOFError, ValueError) as error:
                yield _refused(at, "archive", f"cannot be read ({error}).", "Get the archive again.")
                continue
            try:
                yield from _member(inside, file, name, suffix, lenient)
            except CaseError as error:
                yield error


def _member(data: bytes, file: str, member: str, suffix: str, lenient: bool) -> Iterator[Packet | CaseError]:
    """One file of JSON, YAML or protobuf. Raises CaseError for YAML that cannot be read."""
    at = f"{file}!{member}" if member else file
    digest = hashlib.sha256(data).hexdigest()
    if suffix == ".pb":
        yield _binary(data, file, member, digest, lenient)
        return
    if suffix in (".yaml", ".yml"):
        document = read_document(at, data)
        yield from _values(document.value, file, member, digest, Text(known=document.marks), lenient, plain=True)
        return
    try:
        text = data.decode("utf-8-sig")
        value = json.loads(text, object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        yield _refused(at, "encoding", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
    except json.JSONDecodeError as error:
        yield _refused(at, "json", f"is not JSON: {error.msg}.", "Correct the line.", error.lineno, error.colno)
    except RecursionError:
        yield _refused(at, "depth", f"nested deeper than {MAX_DEPTH}.", "A phenopacket needs about 12 levels.")
    except _TwiceError as error:
        places = [m.start() for m in re.finditer(re.escape(json.dumps(str(error))) + r"\s*:", text)]
        line = text[: places[-1]].count("\n") + 1 if places else 0
        yield _refused(at, "duplicate-key", f"the key {str(error)!r} is given twice in one place.", "Delete one.", line)
    except ValueError as error:  # a number of more digits than Python reads
        yield _refused(
            at, "json", f"is not JSON that can be read: {str(error).partition(';')[0]}.", "Correct the number."
        )
    else:
        yield from _values(value, file, member, digest, Text(text), lenient)


class _TwiceError(ValueError):
    """A key of a JSON object is given twice."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        raise _TwiceError(next(key for key, _ in pairs if key in seen or seen.add(key)))  # type: ignore[func-returns-value]
    return made


def _binary(data: bytes, file: str, member: str, digest: str, lenient: bool) -> Packet | CaseError:
    from google.protobuf import json_format
    from google.protobuf.message import DecodeError
    from phenopackets.schema.v2.phenopackets_pb2 import Cohort, Family, Phenopacket

    at = f"{file}!{member}" if member else file
    best: list[Fault] = []
    for kind in (Phenopacket, Family, Cohort):
        message = kind()
        try:
            message.ParseFromString(data)
        except (DecodeError, RecursionError):
            continue
        if not data or not message.ListFields() or len(message.SerializeToString()) < len(data) * 0.9:
            continue
        value = json_format.MessageToDict(message, always_print_fields_with_no_presence=True)
        found = _faults(value, message.DESCRIPTOR, lenient)
        if not any(fault.severe for fault in found):
            return Packet(message, file, member, (), digest, tuple(found), Text())
        best = best or found
    if best:
        return _unsound(best, at, (), Text())
    return _refused(at, "packet", "is no phenopacket, family or cohort in protobuf.", "Check what it was written by.")


# ---- recognising --------------------------------------------------------------------------


def looks_like_packets(value: Any) -> bool:
    """Is a parsed YAML file meant for this reader, and not a case file of casekg?"""
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and not first.keys() & {"report", "patients"} and bool(_why_not(first)[0])


def _why_not(value: Any) -> tuple[str, str]:
    """(kind of message, "") of what can be read; ("", reason) of what is known and refused; ("", "") of a stranger."""
    if not isinstance(value, dict):
        return "", ""
    keys = value.keys()
    meta = value.get("metaData") or value.get("meta_data")
    version = isinstance(meta, dict) and (
        meta.get("phenopacketSchemaVersion") or meta.get("phenopacket_schema_version")
    )
    if keys & {"resourceType"}:
        return "", "is a FHIR resource, no phenopacket"
    if keys & {"@context", "@graph", "@id"}:
        return "", "is JSON-LD, no phenopacket"
    if "$schema" in keys:
        return "", "is a JSON Schema, no phenopacket"
    if keys & _OF_VERSION_1 or (isinstance(version, str) and version.startswith("1")):
        return "", "is a phenopacket of version 1; convert it with `phenopacket-tools convert`"
    inside = [item for name in ("phenotypicFeatures", "diseases") for item in (value.get(name) or ()) if isinstance(item, dict)]  # fmt: skip
    if (keys & _OF_BEACON and "subject" not in keys) or any(i.keys() & {"featureType", "diseaseCode"} for i in inside):
        return "", "is an individual of the Beacon model, no phenopacket"
    if keys & _FAMILY and "subject" not in keys:
        return "Family", ""
    if ("members" in keys or (meta and "description" in keys)) and not keys & (_PACKET - _COHORT):
        return "Cohort", ""
    return ("Phenopacket", "") if keys & _PACKET else ("", "")


def _faults(value: Any, descriptor: Any, lenient: bool) -> list[Fault]:
    found = faults(value, descriptor)
    return [replace(fault, severe=False) if lenient and fault.default else fault for fault in found]


_VERSIONS = (("metaData", "phenopacketSchemaVersion"), ("meta_data", "phenopacket_schema_version"))


def _told(value: Any, path: Path_) -> bool:
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value is not None


def _values(
    value: Any, file: str, member: str, digest: str, text: Text, lenient: bool, plain: bool = False
) -> Iterator[Packet | CaseError]:
    at = f"{file}!{member}" if member else file
    if not isinstance(value, list):
        yield _value(value, at, file, member, (), digest, text, lenient, plain)
        return
    if not value:
        yield _refused(at, "packet", "is an empty list.", "Name a file with phenopackets.")
    for number, item in enumerate(value):
        yield _value(item, at, file, member, (number,), digest, text, lenient, plain)


def _value(
    value: Any, at: str, file: str, member: str, path: Path_, digest: str, text: Text, lenient: bool, plain: bool
) -> Packet | CaseError:
    """One packet as JSON; plain: its scalars are all text, as in YAML."""
    from google.protobuf import json_format
    from phenopackets.schema.v2 import phenopackets_pb2

    kind, reason = _why_not(value)
    if not kind:
        where = next(((*path, *said) for said in _VERSIONS if "version 1" in reason and _told(value, said)), path)
        line, column = _at(text, where)
        message = f"{reason or 'is no phenopacket, family or cohort of version 2'}."
        return _refused(at, "packet", message, "Name a file with phenopackets.", line, column, _pointer(where))
    text.snake = bool(value.keys() & {"phenotypic_features", "meta_data", "medical_actions"})
    message = getattr(phenopackets_pb2, kind)()
    if plain:
        value = _typed(value, message.DESCRIPTOR)
    try:
        found = _faults(value, message.DESCRIPTOR, lenient)
        json_format.ParseDict(value, message, max_recursion_depth=MAX_DEPTH)
    except json_format.ParseError as error:
        where = _error_path(str(error))
        line, column = _at(text, (*path, *where))
        said = re.sub(r'^Failed to parse \S+ field: |\s*at "[^"]*"\.?$', "", str(error)).rstrip(".")
        key = _pointer((*path, *where))
        return _refused(at, "packet", f"{said}.", "Correct the value, or its key.", line, column, key)
    except (RecursionError, ValueError, TypeError, AttributeError, OverflowError) as error:
        line, column = _at(text, path)
        return _refused(at, "packet", f"cannot be parsed ({error}).", "Correct it.", line, column, _pointer(path))
    if any(fault.severe for fault in found):
        return _unsound(found, at, path, text)
    return Packet(message, file, member, path, digest, tuple(found), text)


def _unsound(found: list[Fault], at: str, path: Path_, text: Text) -> CaseError:
    results = []
    for fault in found:
        if fault.severe:
            whole = (*path, *fault.path)
            results.append(
                Result("violation", "packet", fault.message, fault.cure, at, *_at(text, whole), _pointer(whole))
            )
    return CaseError(results)


def _at(text: Text, path: Path_) -> tuple[int, int]:
    if not text.text and text.known is None:
        return 0, 0
    while path and path not in text.marks:
        path = path[:-1]
    return text.marks.get(path, (1, 1))


def _pointer(path: Path_) -> str:
    """A path as JSON Pointer (RFC 6901)."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def _error_path(message: str) -> Path_:
    """Where protobuf found its error: the last path that it names, at "Phenopacket.subject.sex"."""
    found = re.findall(r'at "([^"]+)"', message)
    if not found:
        return tuple(re.findall(r"Failed to parse (\S+) field", message))[:1]
    parts: list[str | int] = []
    for part in found[-1].split(".")[1:]:
        name, *numbers = re.split(r"[\[\]]+", part.rstrip("]"))
        parts += [name, *(int(number) for number in numbers if number.isdigit())]
    return tuple(parts)


def _typed(value: Any, descriptor: Any) -> Any:
    """YAML's plain text as the types of JSON: true, false and null; protobuf takes numbers as text itself."""
    if not isinstance(value, dict):
        return value
    made: dict[str, Any] = {}
    fields = {name: f for f in descriptor.fields for name in (f.json_name, f.name)}
    for key, item in value.items():
        known = fields.get(key)
        several = [_scalar(i, known) for i in item] if isinstance(item, list) else _scalar(item, known)
        made[key] = several
    return made


def _scalar(item: Any, known: Any) -> Any:
    if known is None:
        return item
    if known.message_type is not None and isinstance(item, dict):
        return item if known.message_type.GetOptions().map_entry else _typed(item, known.message_type)
    if known.type == known.TYPE_BOOL and item in ("true", "false"):
        return item == "true"
    if known.type in (known.TYPE_INT32, known.TYPE_UINT32, known.TYPE_INT64, known.TYPE_UINT64) and isinstance(item, str) and re.fullmatch(r"-?[0-9]+", item):  # fmt: skip
        return int(item)
    if known.type == known.TYPE_DOUBLE and isinstance(item, str) and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", item):
        return float(item)
    return None if item in ("null", "~") and known.type != known.TYPE_STRING else item
