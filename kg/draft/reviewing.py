"""What does a curator decide of a draft? Accept, correct or drop each proposed fact, and undo.

Each decision is saved before it is told: the case file is written whole or not at all, with what was
decided counted under the curator's name (`report.curated`), so that a process that is killed loses
nothing. What a decision would make wrong is told instead, and nothing is saved.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from kg.articles.article import Confidence
from kg.base.document import MAX_BYTES, read_document
from kg.base.files import read, write
from kg.base.prefixes import compress, expand, is_curie
from kg.base.results import CaseError, Result
from kg.concepts.terms import Catalogue, lending
from kg.draft.splicing import SpliceError, comments, with_value, without
from kg.model.anchors import SourceText, anchor_results, read_source
from kg.model.case import Fact
from kg.model.context import context_results
from kg.model.fields import Anchor
from kg.model.reading import CaseFile, case_file
from kg.rdf.triples import CLASSES, FIELDS, KEY, WHEN

__all__ = ["CHANGED", "DECISIONS", "Decision", "Item", "Quote", "Referent", "Review", "search"]

FactPath = tuple[str, ...]
Decision = Literal["accepted", "corrected", "dropped"]
DECISIONS: tuple[Decision, ...] = get_args(Decision)
Judge = Callable[[CaseFile], Iterable[Result]]
CHANGED = "changed"  # rule of a refusal: somebody else has written the file
_RANKED = 500  # terms that are looked at
_SINGLE = {"sex": "Sex", "age": "Age"}
_TERM = re.compile(r"[A-Za-z]+:[A-Za-z0-9._-]+ ! [^;,|()\[\]{}]+")


@dataclass(frozen=True, slots=True)
class Quote:
    """An anchor of a fact: section and words, and where they begin in the source text (None without the text)."""

    section: str
    words: str
    start: int | None

    @property
    def end(self) -> int | None:
        """Where they end."""
        return None if self.start is None else self.start + len(self.words)


@dataclass(frozen=True)
class Item:
    """A proposed fact, as a curator looks at it.

    path: where it is in the case file; kind: name of its class; label: what it says in a few words;
    fields: what the case file says of it, without evidence; alternatives: what the draft thought of too;
    remarks: the comments beside it, which say what is in doubt; line: in the file, from 1.
    """

    path: FactPath
    kind: str
    label: str
    fields: Mapping[str, Any]
    quotes: tuple[Quote, ...]
    rule: str
    confidence: Confidence
    alternatives: tuple[str, ...]
    remarks: tuple[str, ...]
    line: int

    @property
    def key(self) -> str:
        """The path in one word: patients.p1.findings.arthritis."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Referent:
    """A fact that names another one. falls: it cannot stand without it; else it only loses the link."""

    path: FactPath
    field: str
    falls: bool

    def __str__(self) -> str:
        what = "is dropped, too" if self.falls else f"loses its `{self.field}`"
        return f"{'.'.join(self.path)} {what}"


def search(words: str, most: int = 12) -> list[str]:
    """Terms by id or words, as a case file writes them: those that are called so, then those whose names begin so.

    Labels come before synonyms, terms of the project before those that are lent. Where no name holds all the words,
    the longest of them counts.

    >>> search("calcinosis cutis")[0]
    'HP:0025520 ! Calcinosis cutis'
    """
    words = " ".join(words.split())
    own = Catalogue.shipped()
    with lending(True):
        terms = Catalogue.shipped()
        if is_curie(words):
            return [f"{words} ! {terms.label(expand(words))}"] if expand(words) in terms else []
        tries = (words, *sorted(words.split(), key=len, reverse=True)) if words else ()
        wanted, found = next(((one, some) for one in tries if (some := terms.find(one)[:_RANKED])), (words, []))
        found = [iri for iri in found if not terms.value(iri, "vocabulary")]
        found.sort(key=lambda iri: (_rank(wanted.casefold(), terms.names(iri)), iri not in own, len(terms.label(iri))))
        return [f"{compress(iri)} ! {terms.label(iri)}" for iri in found[:most]]


_TIERS = ((0, 2, 3, 6, 8), (1, 4, 5, 7, 8))  # of a label, of a synonym: called so, begins so, its words do, holds them


def _rank(words: str, names: Sequence[str]) -> int:
    """How well the best of some names fits the words, 0 for best; the first is the label."""
    begins = [re.compile(rf"\b{re.escape(word)}") for word in words.split()]
    fits = []
    for place, name in enumerate(one.casefold() for one in names):
        tests = (name == words, name.startswith(words), all(one.search(name) for one in begins),
                 all(word in name for word in words.split()), True)  # fmt: skip
        fits.append(_TIERS[place > 0][tests.index(True)])
    return min(fits)


@dataclass(frozen=True)
class _Step:
    """What a decision was, and all that was before it."""

    data: bytes
    own: int
    item: Item
    decision: Decision
    known: frozenset[str]
    beyond: tuple[Result, ...]


class Review:
    """The review of one draft by one curator. Raises CaseError for a file that is no case.

    by: name of the curator; sources: folder of the source texts, without which anchors are not held
    against the text; judge: further rules (shapes) that an accepted fact must pass; clock: gives the time.
    """

    def __init__(
        self,
        path: Path | str,
        by: str,
        sources: Path | str | None = None,
        judge: Judge | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.path, self.by, self.sources, self.judge, self.clock = Path(path), by.strip(), sources, judge, clock
        if not self.by:
            cure = "Give it with --by."
            raise CaseError([Result("violation", "config", "a review needs the name of its curator.", cure, str(path))])
        self.file: CaseFile
        self.source: SourceText | None = None
        self._data = b""
        self._known: frozenset[str] = frozenset()
        self._own = -1  # number of this review among those of the file
        self._before: list[_Step] = []
        self.read()
        self.first = len(self.file.case.proposed)

    def read(self) -> None:
        """Read the file anew, as somebody else may have left it; what was decided before cannot be undone then."""
        data = read(self.path, MAX_BYTES)
        self.file = self._parsed(data)
        self.source = read_source(self.file, self.sources) if self.sources else None
        self._data, self._own, self._before = data, -1, []
        self._beyond: tuple[Result, ...] = ()
        self._known = frozenset(r.fingerprint for r in self._results(self.file))

    def refresh(self) -> bool:
        """Read the file anew where somebody else has written it; was it so? Raises CaseError when it is no case any more."""
        if read(self.path, MAX_BYTES) == self._data:
            return False
        self.read()
        return True

    # ---- what there is to decide ---------------------------------------------------------

    def items(self) -> tuple[Item, ...]:
        """What is proposed, in the order of the text; without the text in the order of the file."""
        made = [self._item(path, fact) for path, fact in self.file.case.facts() if fact.proposed]
        return tuple(sorted(made, key=lambda item: (_start(item), item.line)))

    def item(self, path: FactPath) -> Item:
        """One proposed fact. Raises CaseError when there is none of that path."""
        for where, fact in self.file.case.facts():
            if where == path:
                if fact.proposed:
                    return self._item(path, fact)
                raise self._refusal("is not proposed: it was decided already.", "Take the next one.", path)
        raise self._refusal("there is no such fact.", "Name one that is listed.", path)

    @property
    def lacking(self) -> tuple[Result, ...]:
        """What keeps the case out of a graph when all is decided: terms that its project does not hold yet."""
        return () if self.file.case.proposed else self._results(self.file)

    @property
    def decided(self) -> dict[Decision, int]:
        """What was decided in this review: how many facts."""
        told = self.file.case.report.curated[self._own] if self._own >= 0 else None
        return {name: int(getattr(told, name, 0)) for name in DECISIONS}

    def referents(self, path: FactPath) -> tuple[Referent, ...]:
        """What names a fact, and what names what falls with it; in the order of the file."""
        found: dict[tuple[FactPath, str], Referent] = {}
        gone, waiting = {path}, [path]
        while waiting:
            for one in self._named(waiting.pop(), gone):
                found[one.path, one.field] = one
                if one.falls and one.path not in gone:
                    gone.add(one.path)
                    waiting.append(one.path)
        order = {where: number for number, (where, _) in enumerate(self.file.case.facts())}
        return tuple(sorted(found.values(), key=lambda one: (order[one.path], one.field)))

    def around(self, quote: Quote) -> tuple[str, str, str] | None:
        """The sentence of an anchor: what stands before it, its words, what stands behind; None without the text."""
        if self.source is None or quote.start is None or quote.end is None:
            return None
        text = self.source.text
        inside = [one for one in self.source.sentences() if one.start < quote.end and quote.start < one.end]
        first = min((one.start for one in inside), default=quote.start)
        last = max((one.end for one in inside), default=quote.end)
        return text[first : quote.start], quote.words, text[quote.end : last]

    # ---- decisions -----------------------------------------------------------------------

    def accept(self, path: FactPath) -> Item:
        """The fact is as the report says. Gives it as it was proposed. Raises CaseError with the reasons why not."""
        item = self.item(path)
        self._decide(item, "accepted", without(self._text, (*path, "proposed")))
        return item

    def correct(self, path: FactPath, changes: Mapping[str, Any]) -> Item:
        """The fact, changed, is as the report says. changes: field -> new value, None takes it out.

        A field below another is named with a dot (`dose.value`); a term may be given by its id alone.
        """
        item = self.item(path)
        now = self._value(path)
        wanted = {key: value for key, value in now.items() if key != "proposed"}
        for name, value in changes.items():
            _put(wanted, name.split("."), _whole(value))
        if wanted == {key: value for key, value in now.items() if key != "proposed"}:
            raise self._refusal("nothing was changed.", "Accept it, or say what is to be changed.", path)
        text = without(self._text, (*path, "proposed"))
        for name in now.keys() - wanted.keys() - {"proposed"}:
            text = without(text, (*path, name))
        for name, value in wanted.items():
            if now.get(name) != value:
                text = with_value(text, (*path, name), value, "evidence")
        self._decide(item, "corrected", text)
        return item

    def drop(self, path: FactPath, referents: Sequence[Referent] = ()) -> Item:
        """The report does not say so. referents: what names it, as the curator was told; else that is told instead."""
        item = self.item(path)
        if path == ("report",):
            raise self._refusal("a case has a report.", "Correct it.", path)
        named = self.referents(path)
        if tuple(referents) != named:
            told = "; ".join(map(str, named))
            raise self._refusal(f"other facts name it: {told}." if told else "nothing names it any more.",
                                "Drop it with them, or correct them first.", path)  # fmt: skip
        falling = [path, *dict.fromkeys(one.path for one in named if one.falls)]
        text = self._text
        for one in named:
            if one.path not in falling:
                text = self._unlinked(text, one, {where[-1] for where in falling})
        for where in falling:
            text = without(text, where)
        self._decide(item, "dropped", text, len(falling))
        return item

    def undo(self) -> tuple[Item, Decision] | None:
        """Take back the last decision of this review; None when there is none. Gives what is proposed again."""
        if not self._before:
            return None
        step = self._before[-1]
        file = self._parsed(step.data)
        self._save(step.data)
        self._before.pop()
        self._take(file, step.data, step.own)
        self._known, self._beyond = step.known, step.beyond
        return step.item, step.decision

    # ---- below ---------------------------------------------------------------------------

    @property
    def _text(self) -> str:
        return self._data.decode("utf-8-sig")

    def _parsed(self, data: bytes) -> CaseFile:
        return case_file(read_document(self.path, data), self.path, hashlib.sha256(data).hexdigest())

    def _results(self, file: CaseFile, same: bool = False) -> tuple[Result, ...]:
        """Every violation of a case that can be seen here; same: it says what it said when it was last looked at."""
        if not same:
            found: list[Result] = []
            if self.source:
                found += [*anchor_results(file, self.source), *context_results(file, self.source)]
            if self.judge and not any(r.severity == "violation" for r in file.results):
                found += self.judge(file)
            self._beyond = tuple(found)
        return tuple(r for r in (*file.results, *self._beyond) if r.severity == "violation")

    def _decide(self, item: Item, decision: Decision, text: str, count: int = 1) -> None:
        """Count a decision, hold the case against its rules, save it."""
        curated = [one.model_dump(mode="json") for one in self.file.case.report.curated]
        own = self._own if self._own >= 0 else len(curated)
        if own == len(curated):
            curated.append({"by": self.by, "accepted": 0, "corrected": 0, "dropped": 0})
        last = curated[own]
        at = max([self._now(), *(str(one["at"]) for one in curated if "at" in one)])
        counts: dict[str, Any] = {name: int(last[name]) + (count if name == decision else 0) for name in DECISIONS}
        curated[own] = {"by": last["by"], "at": at, **counts}
        try:
            text = with_value(text, ("report", "curated"), curated, "source")
        except SpliceError as error:
            raise self._refusal(f"{error}.", "Write the file in blocks, a key a line.", item.path) from error
        data = text.encode()
        file = self._parsed(data)
        beyond = self._beyond
        found = self._results(self._as_draft(file, text), decision == "accepted" and item.path != ("report",))
        dotted = item.key
        wrong = [
            r for r in found if r.fingerprint not in self._known or r.key == dotted or r.key.startswith(f"{dotted}.")
        ]
        if wrong:
            self._beyond = beyond
            raise CaseError(wrong)
        self._save(data)
        self._before.append(_Step(self._data, self._own, item, decision, self._known, beyond))
        self._take(file, data, own)
        self._known = frozenset(r.fingerprint for r in found)

    def _as_draft(self, file: CaseFile, text: str) -> CaseFile:
        """The case with a fact left to decide: a draft may use terms that its project does not hold yet.

        What it needs when it is none any more is told at the end (`lacking`), and keeps nobody from deciding.
        """
        open_ = next((path for path, _ in file.case.facts() if path != ("report",)), None)
        if file.case.proposed or open_ is None:
            return file
        return self._parsed(with_value(text, (*open_, "proposed"), {"rule": "review", "confidence": "low"}).encode())

    def _take(self, file: CaseFile, data: bytes, own: int) -> None:
        self.file, self._data, self._own = file, data, own

    def _save(self, data: bytes) -> None:
        """Write the file, unless somebody else has written it."""
        with _held(self.path):
            if read(self.path, MAX_BYTES) != self._data:
                message = "was changed by somebody else meanwhile; nothing was saved."
                raise self._refusal(message, "It is read anew: decide again.", rule=CHANGED)
            write(self.path, data)

    def _now(self) -> str:
        return self.clock().astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def _refusal(self, message: str, cure: str, path: FactPath = (), rule: str = "review") -> CaseError:
        place = self.file.document.place(path) if path else (0, 0)
        return CaseError([Result("violation", rule, message, cure, str(self.path), *place, ".".join(path))])

    def _value(self, path: FactPath) -> dict[str, Any]:
        value = self.file.document.value
        for step in path:
            value = value[step]
        return dict(value)

    def _item(self, path: FactPath, fact: Fact) -> Item:
        assert fact.proposed
        fields = {k: v for k, v in self._value(path).items() if k not in ("evidence", "proposed")}
        if path == ("report",):
            fields = {k: v for k, v in fields.items() if k not in ("source", "curated")}
        quotes = tuple(Quote(a.section, a.quote, self._find(a)) for a in fact.evidence)
        told = () if path == ("report",) else comments(self._text, path)
        concept = str(fields.get("concept", ""))
        others = tuple(dict.fromkeys(t.strip() for c in told for t in _TERM.findall(c) if t.strip() != concept))
        line = self.file.document.place(path)[0]
        kind = _SINGLE.get(path[-1]) or CLASSES.get(path[-2] if len(path) > 1 else "", "Report")
        return Item(path, kind, _label(path, fields), fields, quotes, fact.proposed.rule, fact.proposed.confidence,
                    others, told, line)  # fmt: skip

    def _find(self, anchor: Anchor) -> int | None:
        found = self.source.find(anchor) if self.source else []
        return found[0] if found else None

    def _named(self, path: FactPath, gone: set[FactPath]) -> Iterator[Referent]:
        """Facts that name this one."""
        if path[:1] == ("patients",) and len(path) < 4:
            return
        for where, fact in self.file.case.facts():
            if where in gone or where[: len(path) - 2] != path[:-2] or (path[0] != "patients" and len(where) > 2):
                continue
            for field, keys, needed in _links(fact):
                if path[-1] in keys:
                    rest = set(keys) - {one[-1] for one in gone if one[:-2] == path[:-2]}
                    yield Referent(where, field, needed and not rest)

    def _unlinked(self, text: str, one: Referent, gone: set[str]) -> str:
        """The text, with the link of a referent taken out."""
        value = self._value(one.path)[one.field]
        if one.field == "at":
            return with_value(text, (*one.path, one.field), "not stated")
        rest: Any = None
        if isinstance(value, Mapping):
            rest = {key: said for key, said in value.items() if key not in gone}
        elif isinstance(value, list):
            rest = [key for key in value if key not in gone]
        return with_value(text, (*one.path, one.field), rest) if rest else without(text, (*one.path, one.field))


def _start(item: Item) -> int:
    starts = [quote.start for quote in item.quotes if quote.start is not None]
    return min(starts) if starts else 10**9


def _label(path: FactPath, fields: Mapping[str, Any]) -> str:
    """What a fact says in a few words."""
    term = next(
        (
            str(fields[f])
            for f in ("concept", "analyte", "procedure", "drug", "action", "gene", "subject")
            if f in fields
        ),
        "",
    )
    name = term.partition(" ! ")[2] or str(
        fields.get("printed") or fields.get("title") or fields.get("edtf") or path[-1]
    )
    if "outcome" in fields and "to" in fields:
        name = f"{', '.join(fields['to'])} → {', '.join(fields['of'])}: {fields['outcome']}"
    elif "predicate" in fields and "objects" in fields:
        told = fields["objects"] if isinstance(fields["objects"], list) else [fields["objects"]]
        name = f"{name} {fields['predicate']} {', '.join(str(one).rpartition(' ! ')[2] for one in told)}"
    elif "analyte" in fields and fields.get("printed"):
        name = f"{name}: {fields['printed']}"
    elif fields.get("status") not in (None, "present"):
        name = f"{name} ({fields['status']})"
    return name


def _links(fact: Fact) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """The fields of a fact that name others: field of the case file, keys, and whether the fact needs one."""
    kind = type(fact).__name__
    for name, info in type(fact).model_fields.items():
        value = getattr(fact, name)
        if name == "cites" and isinstance(value, Mapping):
            yield "cites", tuple(value), False
        made = FIELDS.get((kind, name)) or FIELDS.get(("", name))
        if not value or ((made is None or made[1] not in (KEY, WHEN)) and (kind, name) != ("Age", "at")):
            continue
        keys = value if isinstance(value, tuple) else (str(value),)
        needed = (info.is_required() and kind != "Age") or (kind, name) == ("FollowUp", "time")
        yield info.alias or name, keys, needed


def _whole(value: Any) -> Any:
    """A value as a case file has it: ids get their labels."""
    if isinstance(value, Mapping):
        return {str(key): _whole(one) for key, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_whole(one) for one in value]
    if value is None:
        return None
    text = str(value).strip()
    return next(iter(search(text)), text) if is_curie(text) else text


def _put(into: dict[str, Any], steps: Sequence[str], value: Any) -> None:
    """Set or take out a value below keys."""
    name, *rest = steps
    if rest:
        inside = into.get(name)
        into[name] = dict(inside) if isinstance(inside, Mapping) else {}
        _put(into[name], rest, value)
        if not into[name]:
            del into[name]
    elif value is None or value in ("", [], {}):
        into.pop(name, None)
    else:
        into[name] = value


@contextmanager
def _held(path: Path) -> Iterator[None]:
    """Hold a file against other reviews, as far as the system can; they wait."""
    with path.open("rb") as handle:
        with suppress(ImportError, OSError):
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
