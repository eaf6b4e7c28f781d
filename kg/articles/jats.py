"""An article in JATS XML (ANSI/NISO Z39.96) read as text: its sections, legends, front matter and references.

The file may be anybody's: no entity is expanded, nothing is fetched, no document type is loaded, size and depth are
bounded. Superscripts are written as such (10⁹), those that cite as [1].
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.articles.article import Kind
from kg.articles.composing import Composed, Composer
from kg.articles.front import Front, Told, Writer, licence_of, read_date
from kg.articles.headings import is_minor, named
from kg.articles.markup import (
    SKIPPED,
    Element,
    children,
    find,
    flat,
    inline,
    language,
    name_of,
    parsed,
    person,
    words_of,
)
from kg.articles.references import Entry, clean_doi, entry
from kg.base.results import CaseError, Result

__all__ = ["read_jats"]

_FLOATS = frozenset(["fig", "table-wrap", "fig-group", "table-wrap-group", "supplementary-material"])
_BLOCKS = frozenset(["p", "list", "def-list", "disp-quote", "boxed-text", "sec", "disp-formula", "disp-formula-group", "statement", "verse-group", "array", "speech"]) | _FLOATS  # fmt: skip
_CASE: tuple[Kind, str] = ("case", "case")
_INTRODUCTION: tuple[Kind, str] = ("introduction", "intro")
_TYPES: dict[str, tuple[Kind, str]] = {
    "intro": ("introduction", "intro"), "cases": ("case", "case"), "case-report": ("case", "case"),
    "methods": ("discussion", "methods"), "materials": ("discussion", "methods"), "results": ("discussion", "results"),
    "discussion": ("discussion", "discussion"), "conclusions": ("conclusions", "conclusions"),
    "supplementary-material": ("statements", "statements"), "data-availability": ("statements", "statements"),
    "COI-statement": ("statements", "statements"), "coi-statement": ("statements", "statements"),
}  # fmt: skip
_LEFT_OUT = frozenset(["graphical", "teaser", "toc", "executive-summary", "short"])


def read_jats(path: Path, data: bytes) -> Composed:
    """Read one article. Raises CaseError for what is no JATS, holds several articles, or may do harm."""
    root = parsed(path, data)
    articles = [one for one in root.iter() if name_of(one) == "article"]
    if not articles:
        message = f"no JATS article: its root element is {name_of(root)!r}."
        raise _wrong(path, "format", message, "Give JATS XML, plain text, Markdown or PDF.", root)
    if len(articles) > 1:
        ids = [_id(one) for one in articles]
        message = f"holds {len(articles)} articles: {', '.join(ids[:5])}{' …' if len(ids) > 5 else ''}."
        raise _wrong(path, "several-articles", message, "Give a file of one article each.", articles[1])
    return _Article(articles[0], path).read()


def _wrong(path: Path, rule: str, message: str, cure: str, element: Element) -> CaseError:
    return CaseError([Result("violation", rule, message, cure, str(path), element.sourceline or 0, 1)])


def _id(article: Element) -> str:
    meta = find(article, "front", "article-meta")
    ids = {one.get("pub-id-type"): flat(one) for one in children(meta, "article-id")} if meta is not None else {}
    return next((ids[kind] for kind in ("doi", "pmc", "pmcid", "pmid") if kind in ids), f"line {article.sourceline}")


# ---- the article -----------------------------------------------------------------------


def _bare(title: str) -> str:
    """A title without its number."""
    return re.sub(r"^(?:\d+(?:\.\d+)*|[IVX]+)[.)]?\s+", "", title)


class _Article:
    """One article while it is read."""

    def __init__(self, article: Element, path: Path) -> None:
        self.article, self.path = article, path
        self.out = Composer()
        self.found: dict[str, Told] = {}
        self.notes: list[Result] = []
        self.kind: Kind = "case"
        self.key, self.title = "case", "Case"
        self.floats = self.boxes = 0

    def read(self) -> Composed:
        meta = find(self.article, "front", "article-meta")
        body, back = find(self.article, "body"), find(self.article, "back")
        self.out.part("front", "front", "Front matter")
        authors, lists = self._front(meta)
        if meta is not None:
            for one in children(meta, "abstract"):
                self._abstract(one)
            lists["keywords"] = self._keywords(meta)
        if body is not None:
            self._body(body)
        for one in children(self.article, "floats-group"):
            for each in one:
                self._float(each)
        if body is None:
            self._note("abstract-only", "has no body: only its abstract is read.", "Give the whole article.")
        elif not any(cut[1] == "case" for cut in self.out.cuts):
            self._note("no-case", "no section of it tells a case.", "Look whether it is a case report.")
        references: list[Entry] = []
        self._statements(meta, back)
        for one in () if back is None else back.iter():
            if name_of(one) == "ref-list":
                references += self._references(one, len(references))
        others = [name_of(one) for one in self.article if name_of(one) in ("sub-article", "response")]
        if others:
            self._note(
                "left-out", f"{len(others)} further part(s) of it ({', '.join(sorted(set(others)))}) are not read.", ""
            )
        text, parts = self.out.composed()
        lists_ = {name: tuple(values) for name, values in lists.items()}
        told: dict[str, Any] = {**self.found, **lists_, "authors": tuple(authors), "references": tuple(references)}
        return Composed(text, parts, Front(**told), (), tuple(self.notes))

    def _note(self, rule: str, message: str, cure: str) -> None:
        self.notes.append(Result("info", rule, message, cure, str(self.path)))

    # ---- front matter

    def _tell(self, name: str, words: str, value: str | None = None, rule: str = "jats") -> None:
        if words:
            start, end = self.out.write(words)
            self.found.setdefault(name, Told(start, end, rule, "high", value or self.out.pieces[-1]))

    def _front(self, meta: Element | None) -> tuple[list[Writer], dict[str, list[Told]]]:
        out = self.out
        if meta is None:
            return [], {}
        title = flat(find(meta, "title-group", "article-title"), frozenset(["xref"]))
        subtitle = flat(find(meta, "title-group", "subtitle"), frozenset(["xref"]))
        self._tell("title", f"{title}: {subtitle}" if subtitle else title)
        out.write("\n\n")
        authors = self._authors(meta)
        self._citation(meta)
        for kind, name in (("doi", "DOI"), ("pmid", "PMID"), ("pmc", "PMCID"), ("pmcid", "PMCID")):
            for one in children(meta, "article-id"):
                value = flat(one)
                if one.get("pub-id-type") == kind and value and {"pmc": "pmcid"}.get(kind, kind) not in self.found:
                    out.write(f"{name}: ")
                    field = "pmcid" if name == "PMCID" else kind
                    self._tell(field, value if name != "PMCID" or value.startswith("PMC") else f"PMC{value}")
                    out.write("\n\n")
        self._dates(meta)
        for one in children(meta, "permissions"):
            self._licence(one)
        categories = self._listed(
            "Categories", [flat(one) for one in children(meta, "article-categories", "subj-group", "subject")]
        )
        return authors, {"categories": categories}

    def _authors(self, meta: Element) -> list[Writer]:
        out = self.out
        affs = {one.get("id"): self._aff(one) for one in meta.iter() if name_of(one) == "aff"}
        made: list[Writer] = []
        for one in meta.iter():
            kind = one.get("contrib-type") if name_of(one) == "contrib" else None
            if name_of(one) != "contrib" or kind not in (None, "author"):
                continue
            name = person(one, given_first=True)
            if not name:
                continue
            ids = [each.get("rid") for each in one.iter() if name_of(each) == "xref" and each.get("ref-type") == "aff"]
            ids = [rid for each in ids for rid in (each or "").split()]
            own = [affs[each] for each in ids if affs.get(each)]
            own += [self._aff(each) for each in one if name_of(each) == "aff"]
            if not own and len(affs) == 1:
                own = list(affs.values())
            corresponding = one.get("corresp") == "yes" or any(
                name_of(each) == "xref" and each.get("ref-type") == "corresp" for each in one.iter()
            )
            if made:
                out.write(", ")
            start, end = out.write(name)
            made.append(Writer(start, end, "jats", "high", out.pieces[-1], tuple(filter(None, own)), corresponding))
        if made:
            out.write("\n\n")
        for number, words in enumerate(affs.values(), 1):
            out.line(f"{number}. {words}")
        for one in children(meta, "author-notes", "corresp"):
            out.line(f"Corresponding author: {flat(one, frozenset(['label']))}")
        return made

    @staticmethod
    def _aff(one: Element) -> str:
        return re.sub(r"\s+([,;.])", r"\1", flat(one, frozenset(["label", "sup", "institution-id", "email"]))).strip(
            " ;,"
        )

    def _citation(self, meta: Element) -> None:
        out = self.out
        journal = next((flat(one) for one in self.article.iter() if name_of(one) == "journal-title" and flat(one)), "")
        volume, issue = flat(find(meta, "volume")), flat(find(meta, "issue"))
        first, last = flat(find(meta, "fpage")), flat(find(meta, "lpage"))
        pages = first if not last or last == first else f"{first}-{last}"
        self._tell("journal", journal)
        if journal and volume:
            out.write(" ")
        self._tell("volume", volume)
        if issue:
            out.write("(")
            self._tell("number", issue)
            out.write(")")
        if article := flat(find(meta, "elocation-id")) or pages:
            out.write(": ")
            self._tell("article", article)
        if journal or volume or article:
            out.write("\n\n")

    def _dates(self, meta: Element) -> None:
        dated = list(children(meta, "pub-date"))
        order = {"epub": 0, "pub": 1, "electronic": 1, "ppub": 2, "epub-ppub": 2, "collection": 4, "pmc-release": 9}
        dated.sort(key=lambda one: order.get(one.get("pub-type") or one.get("date-type") or "", 3))
        for one in dated:
            year, month, day = (flat(find(one, name)) for name in ("year", "month", "day"))
            iso = read_date(f"{year}-{month:0>2}-{day:0>2}" if month.isdigit() else f"{day} {month} {year}")
            if iso and one.get("pub-type") != "pmc-release":
                self.out.write("Published ")
                self._tell("published", iso)
                self.out.write("\n\n")
                break
        for one in children(meta, "history", "date"):
            kind = one.get("date-type") or ""
            year, month, day = (flat(find(one, name)) for name in ("year", "month", "day"))
            if kind and (iso := read_date(f"{year}-{month:0>2}-{day:0>2}")):
                self.out.line(f"{kind.capitalize()} {iso}")

    def _licence(self, permissions: Element) -> None:
        self.out.line(flat(find(permissions, "copyright-statement")))
        for one in permissions.iter():
            if name_of(one) not in ("license", "license_ref"):
                continue
            words = flat(one)
            href = next((value for key, value in one.attrib.items() if key.rpartition("}")[2] == "href"), "")
            links = [v for each in one.iter() for k, v in each.attrib.items() if k.rpartition("}")[2] == "href"]
            said = licence_of(words)
            linked = next((link for link in [href, *links] if licence_of(link)), "")
            if linked and (better := licence_of(linked)) and (said is None or len(better[0]) > len(said[0])):
                if linked not in words:
                    words = f"{words} ({linked})" if words else linked
                said = (better[0], words.find(linked), words.find(linked) + len(linked))
            start, _ = self.out.write(words)
            if said and "licence" not in self.found:
                self.found["licence"] = Told(start + said[1], start + said[2], "jats", "high", said[0])
            if words:
                self.out.write("\n\n")

    def _listed(self, title: str, items: list[str]) -> list[Told]:
        items = [item for item in items if item]
        made = []
        for number, item in enumerate(items):
            self.out.write(f"{title}: " if not number else ", ")
            made.append(Told(*self.out.write(item), "jats", "high", self.out.pieces[-1]))
        if made:
            self.out.write("\n\n")
        return made

    def _keywords(self, meta: Element) -> list[Told]:
        self.out.part("front", "front", "Front matter")
        groups = [
            one for one in children(meta, "kwd-group") if one.get("kwd-group-type") not in ("abbreviations", "headers")
        ]
        first = next((language(one) for one in groups), "")
        words = [flat(kwd) for one in groups if language(one) == first for kwd in one.iter() if name_of(kwd) == "kwd"]
        return self._listed("Keywords", words)

    def _abstract(self, abstract: Element) -> None:
        if abstract.get("abstract-type") in _LEFT_OUT:
            return
        self.out.part("abstract", "abstract", "Abstract")
        self.out.line(flat(find(abstract, "title")) or "Abstract")
        for one in abstract:
            if name_of(one) == "sec":
                title = flat(find(one, "title")).rstrip(" .:")
                words = " ".join(flat(each) for each in one if name_of(each) not in ("title", "label"))
                self.out.line(f"{title}: {words}" if title else words)
            elif name_of(one) not in ("title", "label"):
                self.out.line(flat(one))

    # ---- body

    def _body(self, body: Element) -> None:
        sections = list(children(body, "sec"))
        kinds = [self._kind(one) for one in sections]
        told = any(kind and kind[0] == "case" for kind in kinds)
        research = (
            any(kind and kind[1] == "methods" for kind in kinds)
            or self.article.get("article-type") == "research-article"
        )
        before: tuple[Kind, str] | None = None
        resolved: list[tuple[Kind, str]] = []
        unknown: tuple[Kind, str] = ("discussion", "results") if research else _CASE
        for known in kinds:
            goes_on = known or before
            if goes_on is None or (known is None and goes_on[0] == "introduction" and not told):
                goes_on = _INTRODUCTION if told else unknown
            before = goes_on
            resolved.append(before)
        self._enter(*(_INTRODUCTION if told else _CASE), "Introduction" if told else "Case")
        at = iter(resolved)
        for one in body:
            if name_of(one) == "sec":
                kind = next(at)
                self._enter(
                    *kind,
                    "Statements" if kind[0] == "statements" else flat(find(one, "title")) or kind[1].capitalize(),
                )
                self._section(one)
            else:
                self._block(one)

    def _enter(self, kind: Kind, key: str, title: str) -> None:
        self.kind, self.key, self.title = kind, key, title
        self.out.part(kind, key, title)

    @staticmethod
    def _kind(section: Element) -> tuple[Kind, str] | None:
        title = _bare(flat(find(section, "title")))
        known = named(title)
        if known is not None and known[0] not in ("abstract", "front"):
            return known
        if re.match(r"(?i)(?:case|patient)s?\b(?!.*\b(?:control|selection|recruitment)\b)", title):
            return "case", "case"
        for one in (section.get("sec-type") or "").split("|"):
            if one in _TYPES:
                return _TYPES[one]
        return None

    def _section(self, section: Element) -> None:
        """The blocks of a section; a section in it keeps its kind, unless its title says that it is another."""
        kept = (self.kind, self.key, self.title)
        for one in section:
            if name_of(one) == "title":
                self.out.line(flat(one))
            elif name_of(one) == "sec":
                kind = self._kind(one)
                minor = kind is not None and kind[0] == "case" and is_minor(_bare(flat(find(one, "title"))))
                moves = kind and not minor and (kind[0] in ("statements", "conclusions", "case") or kept[0] != "case")
                if kind and moves and kind[0] != kept[0] and kept[1] not in ("methods",):
                    self._enter(*kind, flat(find(one, "title")))
                self._section(one)
                self._enter(*kept)
            elif name_of(one) != "label":
                self._block(one)

    def _block(self, one: Element) -> None:
        name = name_of(one)
        if name in _FLOATS:
            self._float(one)
        elif name == "boxed-text":
            self._box(one)
        elif name in ("p", "disp-quote", "statement", "list-item", "def-item", "def", "named-content"):
            self._paragraph(one)
        elif name in ("list", "def-list"):
            for item in one:
                if name_of(item) == "def-item":
                    words = f"{flat(find(item, 'term'))}: {flat(find(item, 'def'))}"
                    self.out.line(words)
                else:
                    self._block(item)
        elif name == "sec":
            self._section(one)
        elif name == "title" or name not in ("label", *SKIPPED):
            self.out.line(flat(one))

    def _box(self, one: Element) -> None:
        """A box in a case tells what is so in general, unless its title says that it goes on with the case."""
        title = find(one, "title") if find(one, "title") is not None else find(one, "caption", "title")
        kept = (self.kind, self.key, self.title)
        if self.kind == "case" and (named(_bare(flat(title))) or ("",))[0] != "case":
            self.boxes += 1
            self._enter("discussion", f"box-{self.boxes}", flat(title) or "Box")
        self._paragraph(one)
        self._enter(*kept)

    def _paragraph(self, paragraph: Element) -> None:
        """Its words as one line; a list in it as lines of its own; figures after it."""
        words = [paragraph.text or ""]
        floats = []
        for child in paragraph:
            if name_of(child) in _FLOATS:
                floats.append(child)
            elif name_of(child) in _BLOCKS and name_of(child) not in ("disp-formula", "disp-formula-group"):
                self._flush(words)
                self._block(child)
            elif name_of(child) == "title":
                self._flush(words)
                self.out.line(flat(child))
            else:
                words += inline(child, frozenset())
            words.append(child.tail or "")
        self._flush(words)
        for one in floats:
            self._float(one)

    def _flush(self, words: list[str]) -> None:
        self.out.line(re.sub(r"\s+", " ", "".join(words)).strip())
        words.clear()

    def _float(self, one: Element) -> None:
        """The legend of a figure, or a table row by row; then the section goes on."""
        name = name_of(one)
        if name in ("fig-group", "table-wrap-group"):
            for each in one:
                self._float(each)
            return
        if name not in ("fig", "table-wrap"):
            return
        self.floats += 1
        label = flat(find(one, "label")).rstrip(" .:") or ("Figure" if name == "fig" else "Table")
        number = re.search(r"[A-Z]?\d+|[IVX]+$", label)
        key = ("fig" if name == "fig" else "table") + (number.group().lower() if number else f"-{self.floats}")
        kept = (self.kind, self.key, self.title)
        self._enter("figure", key, label)
        caption = find(one, "caption")
        title = flat(find(caption, "title"))
        words = [flat(each) for each in caption if name_of(each) != "title"] if caption is not None else []
        self.out.line(f"{label}: {' '.join(filter(None, [title, *words]))}".rstrip(": "))
        for row in (each for each in one.iter() if name_of(each) == "tr"):
            cells = [flat(cell) for cell in row if name_of(cell) in ("td", "th")]
            self.out.line(" | ".join(cells).strip(" |"))
        for foot in children(one, "table-wrap-foot"):
            self.out.line(re.sub(r"\s+", " ", " ".join("".join(words_of(each, frozenset())) for each in foot)).strip())
        self._enter(*kept)

    # ---- back

    def _statements(self, meta: Element | None, back: Element | None) -> None:
        self._enter("statements", "statements", "Statements")
        notes = (
            []
            if meta is None
            else [*children(meta, "author-notes", "fn"), *children(meta, "funding-group", "funding-statement")]
        )
        for one in notes:
            self.out.line(flat(one, frozenset(["label"])) or "")
        for one in () if back is None else back:
            if name_of(one) == "fn-group":
                self.out.line(flat(find(one, "title")))
                for fn in children(one, "fn"):
                    self.out.line(flat(fn, frozenset(["label"])))
            elif name_of(one) in ("ack", "notes", "sec", "app", "glossary", "bio"):
                self._section(one)
            elif name_of(one) == "app-group":
                for app in one:
                    self._section(app)

    def _references(self, ref_list: Element, before: int) -> Iterator[Entry]:
        self._enter("references", "references", "References")
        self.out.line(flat(find(ref_list, "title")) or ("References" if not before else ""))
        for number, ref in enumerate(children(ref_list, "ref"), before + 1):
            cited = next(
                (
                    one
                    for one in ref.iter()
                    if name_of(one) in ("mixed-citation", "element-citation", "citation", "nlm-citation")
                ),
                None,
            )
            if cited is None:
                continue
            label = re.search(r"\d{1,3}", flat(find(ref, "label")))
            printed = int(label.group()) if label else number
            self.out.write(f"{printed}. ")
            yield self._entry(cited, printed)
            self.out.write("\n\n")

    def _entry(self, cited: Element, number: int) -> Entry:
        parts = {name_of(one): flat(one) for one in reversed(list(cited.iter())) if one is not cited}
        ids = {one.get("pub-id-type"): flat(one) for one in cited.iter() if name_of(one) in ("pub-id", "ext-link")}
        title = parts.get("article-title") or parts.get("chapter-title") or parts.get("data-title") or ""
        if not title and parts.get("source"):  # a book
            title = parts.pop("source")
        people = [
            person(one, given_first=False)
            for one in cited.iter()
            if name_of(one) in ("name", "string-name", "collab") and name_of(one.getparent()) != "name"
        ]
        loose = re.sub(r"\s+", "", "".join([cited.text or "", *(one.tail or "" for one in cited)]))
        pages = "-".join(filter(None, [parts.get("fpage"), parts.get("lpage")])) or parts.get("elocation-id", "")
        authors = ", ".join(filter(None, people)) + (", et al." if "etal" in parts else "")
        doi = clean_doi(re.sub(r"(?i)^(?:https?://(?:dx\.)?doi\.org/|doi:\s*)", "", ids.get("doi", ""))) or None
        year = re.search(r"(?:19|20)\d\d", parts.get("year", ""))
        if re.search(r"[\w,.;:]", loose) and name_of(cited) != "element-citation":
            words = flat(cited)
            if doi and doi not in words:
                words = f"{words} {doi}"
        else:
            source, volume = parts.get("source", ""), parts.get("volume", "")
            issue = f"({parts['issue']})" if parts.get("issue") else ""
            where = f"{parts.get('year', '')};{volume}{issue}:{pages}".strip(";:")
            words = " ".join(f"{one.rstrip('.')}." for one in (authors, title, source, where) if one)
            words = f"{words} {doi}" if doi else words
        start, end = self.out.write(words)
        words = self.out.pieces[-1]
        told = entry(words, 0, len(words), number)
        return self._known(told, words, start, end, doi, title, authors, parts, year, pages)

    @staticmethod
    def _known(
        told: Entry, words: str, start: int, end: int, doi: str | None, title: str, authors: str,
        parts: dict[str, str], year: re.Match[str] | None, pages: str,
    ) -> Entry:  # fmt: skip
        """An entry by its elements, and where those lack by its words."""
        at, last = told.start, told.end
        anchor = doi if doi and doi in words else title if title and title in words else ""
        if anchor:
            at = words.find(anchor)
            last = at + (len(anchor) if anchor == doi else len(" ".join(anchor.split(" ")[:10])))
        if title and (place := words.find(title)) > 3:
            authors = words[:place].strip(' ,.:;“"(') or authors
            authors = re.sub(r"[\s.(]*(?:19|20)\d\d\)?$", "", authors)
            authors += "." if authors.endswith(" al") else ""
        return Entry(
            start + at, start + last, "jats", "high" if title and year and parts.get("source") else "low", told.number, start, end,
            authors=authors or told.authors, title=title.rstrip(".") or told.title,
            journal=parts.get("source") or told.journal, year=int(year.group()) if year else told.year,
            doi=doi or told.doi, volume=parts.get("volume") or told.volume, pages=pages or told.pages,
        )  # fmt: skip
