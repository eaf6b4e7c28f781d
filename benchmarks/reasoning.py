"""How long do the rules take to classify cases, and how long HermiT? Do they find the same? Invented cases.

    python benchmarks/reasoning.py [--first SEED] [--every] [CASES...]        (default: 1 100 1000 10000)

The rules (ontology/rules/*.rq, SPARQL CONSTRUCT) run over one merged graph. HermiT takes each patient
in a world of its own, 100 worlds in one Java, for what a patient is follows from its own facts and
the concept layer; above HERMIT cases it takes the first HERMIT of them and what all would take is
said, unless `--every` is given. Both must find the same types, and of the first COMPARED cases the
same must be contradictory: 1 is the exit code if anything differs.
"""

from __future__ import annotations

import os
import random
import sys
import time
from collections.abc import Iterator

import pyoxigraph as ox

from kg.base.prefixes import CASE, CKG, PREFIXES, expand
from kg.graph.realising import contradictions, facts, module_of, realised, worlds
from kg.graph.store import Dataset, ontology_quads
from kg.owl.axioms import as_triples
from kg.owl.hermit import classify_each

HERMIT = 1000  # cases that HermiT gets
COMPARED = 200  # cases whose contradictions are compared too
DEADLINE = 600.0  # seconds for 100 worlds

FINDINGS = (
    "HP:0025520", "HP:0001369", "HP:6001197", "HP:0006530", "HP:0033584", "HP:0025179", "HP:0012819", "HP:0001685",
    "HP:0100614", "HP:0001324", "HP:0030880", "HP:0003236", "HP:0031944", "HP:0001072", "HP:0002015",
    "ckg:NailfoldMegacapillary", "ckg:NailfoldCapillaryDilatation", "ckg:ApicalPleuralThickening", "HP:0003115",
)  # fmt: skip
DIAGNOSES = (
    "EFO:1001994", "ckg:AntiPMSclScleromyositis", "MONDO:0005854", "MONDO:0005100", "MONDO:0016367", "MONDO:0015925",
    "MONDO:0007915", "MONDO:0004496", "MONDO:0016663",
)  # fmt: skip
ANTIBODIES = ("HP:0033560", "HP:0034085", "HP:0034152", "HP:0033033", "HP:0030859", "HP:0034093", "HP:0030057")
ANTIGENS = ("HGNC:9138", "HGNC:4816", "HGNC:11312", "HGNC:12833", "HGNC:6190", "HGNC:5006")
SITES = ("UBERON:0002048", "UBERON:0008949", "ckg:LungApex", "UBERON:0002097", "UBERON:0001517", "UBERON:0000948",
         "UBERON:0002349", "UBERON:0001134", "UBERON:0001491", "UBERON:0000977", "UBERON:0001461")  # fmt: skip
DRUGS = (
    "CHEBI:71200", "CHEBI:755661", "CHEBI:95341", "CHEBI:44185", "CHEBI:8764", "CHEBI:5801", "CHEBI:8382",
    "DRUGBANK:DB00073", "DRUGBANK:DB08935", "DRUGBANK:DB00065", "DRUGBANK:DB08879", "MESH:D016756",
    "MESH:D000075242", "CHEBI:35705", "CHEBI:132112", "CHEBI:85164",
)  # fmt: skip
OUTCOMES = ("Resolved", "Improved", "Stable", "NotImproved", "Refractory", "Persistent", "Worsened", "Relapsed")
STATUS = ("Present",) * 6 + ("Excluded", "Excluded", "NotStated")
YEARS = (2018, 2019, 2020, 2021)


def case(seed: int) -> Iterator[ox.Quad]:
    """The quads of an invented case: findings, diagnoses, antibodies, treatments, responses; some excluded."""
    pick = random.Random(seed)
    top = f"{CASE}invented-{seed}"
    graph, patient = ox.NamedNode(top), f"{top}/p1"

    def say(subject: str, predicate: str, value: str) -> ox.Quad:
        iri = predicate if ":" in predicate else CKG + predicate
        return ox.Quad(ox.NamedNode(subject), ox.NamedNode(iri), ox.NamedNode(value), graph)

    def fact(key: str, kind: str, **links: str) -> Iterator[ox.Quad]:
        yield say(f"{patient}#{key}", PREFIXES["rdf"] + "type", CKG + kind)
        yield say(f"{patient}#{key}", "patient", patient)
        yield say(f"{patient}#{key}", "layer", CKG + "PatientFact")
        for name, value in links.items():
            yield say(f"{patient}#{key}", name, value)

    yield say(patient, PREFIXES["rdf"] + "type", CKG + "Patient")
    for year in YEARS:
        node = f"{patient}#time-{year}"
        yield say(node, PREFIXES["rdf"] + "type", CKG + "Time")
        for name, day in zip(
            ("earliestStart", "latestStart", "earliestEnd", "latestEnd"),
            ("01-01", "01-01", "12-31", "12-31"),
            strict=True,
        ):
            date = ox.Literal(f"{year}-{day}", datatype=ox.NamedNode(PREFIXES["xsd"] + "date"))
            yield ox.Quad(ox.NamedNode(node), ox.NamedNode(CKG + name), date, graph)
    manifestations, treatments = [], []
    for kind, concepts, most in (("Finding", FINDINGS, 5), ("Diagnosis", DIAGNOSES, 2), ("Antibody", ANTIBODIES, 2)):
        for number in range(pick.randint(1, most)):
            key = f"{kind.lower()}-{number}"
            status = pick.choice(STATUS)
            yield from fact(key, kind, concept=expand(pick.choice(concepts)), status=CKG + status)
            if pick.random() < 0.7:
                yield say(f"{patient}#{key}", "time", f"{patient}#time-{pick.choice(YEARS)}")
            if kind == "Finding" and pick.random() < 0.4:
                yield say(f"{patient}#{key}", "site", expand(pick.choice(SITES)))
            if kind == "Finding" and status == "Present" and pick.random() < 0.15:
                yield say(f"{patient}#{key}", "modifier", expand("HP:0031375"))
            if kind == "Antibody" and pick.random() < 0.4:
                yield say(f"{patient}#{key}", "antigen", expand(pick.choice(ANTIGENS)))
            if kind != "Antibody" and status == "Present":
                manifestations.append(f"{patient}#{key}")
    for number in range(pick.randint(0, 3)):
        yield from fact(f"drug-{number}", "Treatment", drug=expand(pick.choice(DRUGS)))
        treatments.append(f"{patient}#drug-{number}")
    for number in range(pick.randint(0, 3) if manifestations and treatments else 0):
        yield from fact(f"response-{number}", "Response", outcome=CKG + pick.choice(OUTCOMES))
        for treatment in pick.sample(treatments, pick.randint(1, len(treatments))):
            yield say(f"{patient}#response-{number}", "toTreatment", treatment)
        yield say(f"{patient}#response-{number}", "ofManifestation", pick.choice(manifestations))


def dataset(seeds: range) -> Dataset:
    """Invented cases, merged, with the ontology beside them."""
    store = ox.Store()
    store.extend(ontology_quads())
    for seed in seeds:
        store.extend(case(seed))
    return Dataset(store)


def derived(data: Dataset) -> dict[str, frozenset[str]]:
    """What the rules found: IRI -> its defined classes."""
    found: dict[str, set[str]] = {}
    for quad in data.inferred():
        found.setdefault(quad.subject.value, set()).add(quad.object.value)
    return {iri: frozenset(kinds) for iri, kinds in found.items()}


def by_hermit(seeds: range, by_rules: dict[str, frozenset[str]]) -> tuple[float, float, int]:
    """Seconds that HermiT takes for cases, of the processor too, and how many facts and patients differ from the rules."""
    data = dataset(seeds)
    start, busy = time.perf_counter(), processor()
    answer = realised(facts(data), "hermit", DEADLINE)
    took, busy = time.perf_counter() - start, processor() - busy
    mine = {iri: kinds for iri, kinds in by_rules.items() if number(iri) in seeds}
    wrong = {iri for iri in {*answer.types, *mine} if answer.types.get(iri) != mine.get(iri)}
    return took, busy, len(wrong) + (not answer.consistent)


def processor() -> float:
    """Seconds of the processor that this process and those it has ended have used."""
    return sum(os.times()[:4])


def number(iri: str) -> int:
    """The seed of the case that a fact or patient belongs to."""
    return int(iri.removeprefix(f"{CASE}invented-").split("/", 1)[0])


def contradictory(seeds: range) -> tuple[set[int], set[int]]:
    """The cases that HermiT finds inconsistent, and those in which the rules find something excluded and present."""
    told = facts(dataset(seeds))
    apart = worlds(told)
    answers = classify_each((as_triples((*module_of(near), *near)) for near in apart), DEADLINE)
    hermit = {number(near[0].left) for near, answer in zip(apart, answers, strict=True) if not answer.consistent}
    return hermit, {number(result.focus) for result in contradictions(dataset(seeds), told)}


def main() -> int:
    """Print a line a size, and one of the contradictions; 1 where the two differ."""
    words = sys.argv[1:]
    every = "--every" in words
    first = int(words[words.index("--first") + 1]) if "--first" in words else 0
    sizes = [int(w) for i, w in enumerate(words) if w.isdigit() and words[i - 1 : i] != ["--first"]]
    differ = 0
    for size in sizes or [1, 100, 1000, 10000]:
        seeds = range(first, first + size)
        data = dataset(seeds)
        start = time.perf_counter()
        by_rules = derived(data)
        took = time.perf_counter() - start
        given = seeds if every else seeds[:HERMIT]
        hermit, busy, wrong = by_hermit(given, by_rules)
        differ += wrong
        beyond = f", so about {hermit * size / len(given):,.0f} s for all" if len(given) < size else ""
        types = sum(map(len, by_rules.values()))
        print(
            f"{size:6,} cases, {len(data.store):9,} quads: rules {took:7.2f} s, {types:,} types; "
            f"HermiT {hermit:.1f} s ({busy:.1f} s of the processor) for {len(given):,}{beyond}; {wrong} differ",
            flush=True,
        )
    hermit_says, rules_say = contradictory(range(first, first + COMPARED))
    same = hermit_says == rules_say
    print(
        f"{COMPARED} cases: {len(rules_say)} contradictory by the rules, {'the same' if same else 'NOT THE SAME'} by HermiT"
    )
    return 0 if same and not differ else 1


if __name__ == "__main__":
    sys.exit(main())
