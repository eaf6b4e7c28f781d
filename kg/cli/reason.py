"""The command that reasons: reason."""

from __future__ import annotations

import json
from collections import Counter
from typing import Annotated

import typer

from kg.cli.common import (
    FINDINGS,
    FINE,
    Paths,
    ResultFormat,
    app,
    build,
    count,
    draw,
    guarded,
    print_results,
    say,
    terminal,
)


@app.command("reason", epilog="Example: casekg reason my-cases/; casekg explain --inferred tofacitinib")
@guarded
def reason_command(
    paths: Paths = None,
    hermit: Annotated[
        int, typer.Option("--hermit", min=0, metavar="N", help="Cases up to which HermiT classifies them too.")
    ] = 20,
    rules: Annotated[bool, typer.Option("--rules", help="By the rules alone, without HermiT and Java.")] = False,
    deadline: Annotated[float, typer.Option("--deadline", min=1, metavar="SECONDS", help="Time for HermiT.")] = 300,
    format_: Annotated[ResultFormat, typer.Option("--format", help="text or json")] = ResultFormat.text,
) -> int:
    """Classify concepts and cases, and check that they are consistent.

    HermiT (OWL 2 DL) classifies the concept layer; what follows is in the ontology's own graph
    already, and queries read it. Facts and patients are classified in a scratch world: nothing is
    written among what is asserted. What is excluded and present at once is told with both lines.
    """
    from kg.concepts.terms import Catalogue
    from kg.graph.realising import contradictions, facts, realised
    from kg.graph.reasoning import classified, impossible
    from kg.owl.hermit import ReasonerError

    data = build(paths)
    terms = Catalogue.shipped()
    remarks = []
    try:
        layer = classified("rules" if rules else "hermit", deadline=deadline)
    except ReasonerError as error:
        remarks.append(f"{error}. Used instead: the shipped closure (ontology/inferred.ttl) and the rules.")
        layer, rules = classified("rules"), True
    told = facts(data)
    wrong = list(contradictions(data, told))
    made = realised(told, "rules")
    cases = len(data.graphs())
    checked = "by rules"
    if not rules and cases <= hermit:
        try:
            proven = realised(told, "hermit", deadline)
            checked = "by HermiT and the rules alike" if proven.types == made.types else "by HermiT"
            if proven.types != made.types:
                remarks.append("HermiT and the rules differ on these cases: please report it.")
            made = proven
        except ReasonerError as error:
            remarks.append(f"{error}; the cases are classified by the rules alone.")
    elif not rules:
        remarks.append(
            f"{count(cases, 'case')}: by the rules alone; --hermit {cases} asks HermiT too (about 0.2 s a case)."
        )
    fine = layer.consistent and not layer.impossible and not wrong and made.consistent is not False
    cannot = impossible(layer.impossible)
    kinds = Counter(kind for found in made.types.values() for kind in found)
    if format_ is ResultFormat.json:
        shown = {
            "reasoner": layer.reasoner, "consistent": fine, "classes": layer.classes, "axioms": layer.axioms,
            "inferred_parents": {name: list(over) for name, over in layer.parents.items()},
            "impossible": list(layer.impossible), "why_impossible": [result.data() for result in cannot], "cases": cases,
            "types": {iri: sorted(found) for iri, found in sorted(made.types.items())},
            "contradictions": [result.data() for result in wrong], "remarks": remarks,
        }  # fmt: skip
        print(json.dumps(shown, indent=2, ensure_ascii=False))
        return FINE if fine else FINDINGS
    state = "consistent" if layer.consistent and not layer.impossible else "not consistent"
    same = (
        "as ontology/inferred.ttl says"
        if layer.shipped
        else "NOT what ontology/inferred.ttl says (run ontology/infer.py)"
    )
    print(
        f"concepts, by {layer.reasoner}: {state}; {layer.classes:,} classes, {layer.axioms:,} axioms; "
        f"{count(sum(map(len, layer.parents.values())), 'parent')} follow, {same}."
    )
    print_results(cannot)
    if kinds:
        rows = [(terms.label(kind), str(number)) for kind, number in sorted(kinds.items(), key=lambda k: (-k[1], k[0]))]
        terminal().print(draw("What facts and patients are, by definition", ["class", "in it"], rows))
    print_results(wrong)
    if made.consistent is False and not wrong:
        print("The cases are not consistent, and no two facts alone say why: try them one by one.")
    print(
        f"{count(cases, 'case')}, {checked}: {made.facts:,} facts, {count(made.patients, 'patient')}; "
        f"{count(sum(kinds.values()), 'inferred type')}, {count(len(wrong), 'contradiction')}."
    )
    for remark in remarks:
        say(f"casekg reason: {remark}")
    return FINE if fine else FINDINGS
