"""Which findings are known already, so that only new ones count?

A baseline is a JSON file of fingerprints, kept in the repository and read by people: each entry
says the rule, file, key and message it stands for. Lines are left out, so that a finding stays
known when the file above it grows.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kg.base.files import write
from kg.base.results import CaseError, Result, ordered

__all__ = ["apply", "read_baseline", "write_baseline"]

_WHAT = "Findings that are known and accepted; written by casekg check --write-baseline."


def _relative(result: Result, top: Path) -> Result:
    if not result.file:
        return result
    return replace(result, file=Path(os.path.relpath(result.file, top)).as_posix())


def read_baseline(path: Path) -> dict[str, str]:
    """Fingerprints of known findings, each with the words it stands for. Raises CaseError."""
    try:
        table = json.loads(path.read_text("utf-8"))
        return {
            entry["fingerprint"]: f"{entry['file']}: {entry['rule']}: {entry['message']}" for entry in table["findings"]
        }
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        reason = getattr(error, "strerror", None) or "it is not a baseline"
        message = f"the baseline cannot be read ({reason})."
        raise CaseError(
            [Result("violation", "baseline", message, "Write it anew with --write-baseline.", str(path))]
        ) from error


def write_baseline(results: Iterable[Result], path: Path) -> int:
    """Keep violations and warnings as known; returns how many. Raises CaseError."""
    rows = {}
    for result in ordered(results):
        if result.severity != "info":
            known = _relative(result, path.parent)
            rows[known.fingerprint] = {
                "fingerprint": known.fingerprint,
                "severity": known.severity,
                "rule": known.rule,
                "file": known.file,
                "key": known.key or known.focus,
                "message": known.message,
            }
    text = json.dumps({"about": _WHAT, "findings": list(rows.values())}, indent=1, ensure_ascii=False) + "\n"
    write(path, text.encode("utf-8", "backslashreplace"))
    return len(rows)


def apply(results: Iterable[Result], path: Path) -> tuple[tuple[Result, ...], int]:
    """The results that are not known, and how many were.

    An entry that nothing matches any more is told as info: it can be taken out.
    """
    known = read_baseline(path)
    left, met = [], set()
    for result in results:
        mark = _relative(result, path.parent).fingerprint
        if mark in known:
            met.add(mark)
        else:
            left.append(result)
    for mark in known.keys() - met:
        message = f"a known finding is gone: {known[mark]}"
        left.append(Result("info", "baseline", message, "Write the baseline anew.", str(path), key=mark))
    return ordered(left), len(met)
