"""casekg: clinical case reports as a validated knowledge graph.

The doors of the library:

>>> import kg
>>> data = kg.build()                       # the shipped cases; or kg.build(["my.yaml"])
>>> kg.validate(data).conforms
True
>>> answer = kg.query("treatment/drugs", data, drug="tofacitinib")
>>> len(answer.rows)
1
>>> kg.explain(answer.facts(0)[0], data).kind
'treatment'
>>> graph = data.rdflib()                   # carry on with rdflib
>>> kg.from_rdflib(graph).describe()["patients"]
1

`read_case` gives the case itself, with no RDF in it; `CaseError` carries what was wrong, where,
and how to cure it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.answers.queries import Answer, Query
    from kg.base.results import CaseError, Result
    from kg.gate.shapes import Validation, validate
    from kg.graph.explaining import Explanation
    from kg.graph.store import Dataset, build, from_rdflib, to_rdflib
    from kg.model.reading import read_case

__all__ = [
    "CaseError",
    "Dataset",
    "Result",
    "Validation",
    "build",
    "explain",
    "from_rdflib",
    "query",
    "read_case",
    "to_rdflib",
    "validate",
]

# Loaded when first asked for: `import kg` and `casekg --help` stay fast.
_HOMES = {
    "CaseError": "kg.base.results",
    "Dataset": "kg.graph.store",
    "Result": "kg.base.results",
    "Validation": "kg.gate.shapes",
    "build": "kg.graph.store",
    "from_rdflib": "kg.graph.store",
    "read_case": "kg.model.reading",
    "to_rdflib": "kg.graph.store",
    "validate": "kg.gate.shapes",
}


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("casekg")
    if name not in _HOMES:
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def query(question: str | Path | Query, data: Dataset | None = None, **parameters: str) -> Answer:
    """Answer a question of the library, or a .rq file; without data, over the shipped cases.

    question: `folder/name` or name of a question of the library, or the path of a .rq file.
    parameters: values as a user types them; a concept by id or by label. Raises CaseError.

    >>> query("treatment/drugs", drug="CHEBI:71200").rows == query("treatment/drugs", drug="tofacitinib").rows
    True
    """
    from kg.answers.queries import ask
    from kg.graph.store import build

    asked = str(question) if isinstance(question, Path) else question
    return ask(data or build(), asked, parameters)


def explain(fact: str, data: Dataset | None = None, sources: Path | str | None = None) -> Explanation:
    """Explain a fact: what it says, and the anchors that carry it.

    fact: IRI, `p1#key` or key. sources: folder of the source texts, for whole sentences.

    >>> explain("tofacitinib").quotes[0].section
    'Case Presentation'
    """
    from kg.graph import explaining
    from kg.graph.store import build

    return explaining.explain(data or build(), fact, sources)
