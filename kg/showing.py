"""What would a reader want to see first of a case?

Each patient's treatments in their order, and the response of every manifestation to them, as
plain tables. Read from the graph, so it works on RDF as on case files.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.prefixes import CKG, PREFIXES
from kg.store import Dataset
from kg.terms import Catalogue

__all__ = ["Table", "tables"]

Table = tuple[str, list[str], list[list[str]]]
_TYPE = PREFIXES["rdf"] + "type"


class _Reader:
    """Short questions to the graph, for one dataset."""

    def __init__(self, data: Dataset) -> None:
        self.data = data
        self.terms = Catalogue.shipped()

    def all(self, node: str, name: str) -> list[str]:
        """Objects of one of our properties (or of an IRI), sorted."""
        return sorted({q.object.value for q in self.data.match(node, name if ":" in name else CKG + name)})

    def one(self, node: str, name: str) -> str:
        return (self.all(node, name) or [""])[0]

    def labels(self, node: str, name: str) -> str:
        return ", ".join(self.terms.label(iri) for iri in self.all(node, name))

    def of(self, patient: str, kind: str) -> list[str]:
        """Facts of a class that are about a patient."""
        nodes = {q.subject.value for q in self.data.match(None, CKG + "patient", patient)}
        return sorted(n for n in nodes if CKG + kind in self.all(n, _TYPE))

    def when(self, node: str, name: str) -> str:
        """A time as it was printed, else as EDTF, else by its bounds."""
        time = self.one(node, name)
        if not time:
            return ""
        first, last = self.one(time, "earliestStart"), self.one(time, "latestEnd")
        if edtf := self.one(time, "edtf"):
            return edtf
        bounds = (
            f"{first} to {last}"
            if first and last
            else f"by {last}"
            if last
            else f"from {first}"
            if first
            else "not dated"
        )
        return f"{bounds} (“{self.one(time, 'printed')}”)"

    def given(self, treatment: str) -> str:
        """The name of what was given."""
        concept = self.one(treatment, "drug") or self.one(treatment, "action")
        printed, label = self.one(treatment, "printed"), self.terms.label(concept)
        route = self.labels(treatment, "route").removesuffix(" Route of Administration").lower()
        name = label if label.casefold() in printed.casefold() or not printed else f"{printed} ({label})"
        return f"{route} {name}".strip() if route and route not in name.casefold() else name

    def steps(self, treatments: list[str]) -> dict[str, int]:
        """The step of each treatment: one more than the latest of those it came after.

        What was started together shares a step. A later dose of another treatment has none (0).
        """
        found: dict[str, int] = {}

        def step(node: str, trail: tuple[str, ...] = ()) -> int:
            if node not in found:
                before = [o for o in self.all(node, "after") if o in treatments and o not in trail]
                later_dose = bool(self.all(node, "continues"))
                found[node] = 0 if later_dose else 1 + max((step(o, (*trail, node)) for o in before), default=0)
            return found[node]

        for node in treatments:
            step(node)
        return found


def tables(data: Dataset) -> Iterator[tuple[str, list[str], list[Table]]]:
    """For each patient: a heading, lines about the patient, and two tables (title, heads, rows)."""
    read = _Reader(data)
    for patient in sorted({q.subject.value for q in data.match(None, _TYPE, CKG + "Patient")}):
        yield (
            patient.rsplit("/case/", 1)[-1],
            list(_about(read, patient)),
            [_treatments(read, patient), _responses(read, patient)],
        )


def _about(read: _Reader, patient: str) -> Iterator[str]:
    report = read.one(patient, "reportedIn")
    yield read.one(report, PREFIXES["dcterms"] + "title")
    age = read.one(patient, "agePrinted")
    yield f"Patient: {read.labels(patient, 'sex') or 'sex not stated'}, {age or 'age not stated'}"
    for node in read.of(patient, "Diagnosis"):
        when = read.when(node, "time")
        yield f"Diagnosis: {read.labels(node, 'concept')}" + (f", {when}" if when else "")
    for node in read.of(patient, "Antibody"):
        yield f"Antibody: {read.labels(node, 'concept')}, {read.labels(node, 'status')}"


def _treatments(read: _Reader, patient: str) -> Table:
    nodes = read.of(patient, "Treatment")
    steps = read.steps(nodes)
    heads = ["step", "treatment", "given", "dose", "started", "ended or last seen", "why started"]
    rows = []
    for node in sorted(nodes, key=lambda n: (read.labels(n, "intent") != "therapeutic", steps[n] == 0, steps[n], n)):
        dose = " ".join(
            filter(None, (read.one(node, f"{f}Printed") for f in ("dose", "concentration", "frequency")))
        ) or read.one(node, "strength")
        if length := read.one(node, "durationPrinted"):
            dose = f"{dose}, for {length}".lstrip(", ")
        last = read.when(node, "end") or (
            f"still given {read.when(node, 'ongoingAt')}" if read.all(node, "ongoingAt") else ""
        )
        why = read.labels(node, "startedBecause")
        if failed := read.all(node, "afterFailureOf"):
            why += f" (failed before: {', '.join(map(_key, failed))})"
        intent = read.labels(node, "intent")
        step = (
            intent
            if intent != "therapeutic"
            else str(steps[node])
            if steps[node]
            else f"continues {_key(read.one(node, 'continues'))}"
        )
        rows.append(
            [
                step,
                _key(node),
                read.given(node),
                dose or "not stated",
                read.when(node, "start") or "not stated",
                last or "not stated",
                why.strip(),
            ]
        )
    return "Treatments in their order", heads, rows


def _responses(read: _Reader, patient: str) -> Table:
    steps = read.steps(read.of(patient, "Treatment"))
    heads = ["under", "manifestation", "outcome", "when", "shown by", "beside", "quoted", "fact"]
    found = []
    for node in read.of(patient, "Response"):
        to = sorted(read.all(node, "toTreatment"), key=lambda t: (steps.get(t, 0), t))
        under = " + ".join(map(_key, to))
        of = ", ".join(dict.fromkeys(read.labels(m, "concept") for m in read.all(node, "ofManifestation")))
        shown = ", ".join(dict.fromkeys(filter(None, (_shown(read, s) for s in read.all(node, "shownBy")))))
        beside = ", ".join(map(_key, read.all(node, "concomitant")))
        quote = min(
            (read.one(q, PREFIXES["oa"] + "exact") for q in read.all(node, "evidence")),
            key=lambda q: (-len(q), q),
            default="",
        )
        row = [
            under,
            of,
            read.labels(node, "outcome"),
            read.when(node, "time") or "not stated",
            shown,
            beside,
            quote,
            _key(node),
        ]
        found.append(((max((steps.get(t, 0) for t in to), default=0), len(to), under, of), row))
    return "Response of each manifestation, as the report tells it", heads, [row for _, row in sorted(found)]


def _shown(read: _Reader, node: str) -> str:
    value = read.one(node, "printed")
    return f"{_key(node)} {value}".strip()


def _key(node: str) -> str:
    return node.rsplit("#", 1)[-1]
