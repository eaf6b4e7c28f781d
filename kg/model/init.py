"""How does a case repository begin?

With the files of kg/templates/: settings, an invented example case with its text, an own term,
a house rule, a question, and the files that let CI, commits and editors check what is written.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from pathlib import Path
from string import Template

from kg.base.results import CaseError, Result
from kg.model.schema import schema_text

__all__ = ["init", "slug", "templates"]

_TEMPLATES = Path(__file__).resolve().parents[1] / "templates"
_SOURCE = "sources/example.txt"


class _Marked(Template):
    """A template whose places are written %%{name}: `$` has a meaning in CI files, SHACL and SPARQL."""

    delimiter = "%%"


def slug(name: str) -> str:
    """A name in lower-case letters, digits and single hyphens; "cases" when nothing is left.

    >>> slug("Étude Nº 2, Myositis"), slug("…")
    ('etude-no-2-myositis', 'cases')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall("[a-z0-9]+", plain)) or "cases"


def templates(name: str) -> dict[str, bytes]:
    """The files of a new project with this name: path in its folder -> content.

    >>> sorted(templates("my cases"))[:3]
    ['.github/workflows/cases.yml', '.gitignore', '.pre-commit-config.yaml']
    """
    # a leading dot is written `dot-` here: packagers and searches leave dotfiles out
    kept = {re.sub(r"(^|/)dot-", r"\1.", p.relative_to(_TEMPLATES).as_posix()): p for p in _TEMPLATES.rglob("*")}
    texts = {place: path.read_text("utf-8") for place, path in kept.items() if path.is_file()}
    values = {"slug": slug(name), "sha256": hashlib.sha256(texts[_SOURCE].encode()).hexdigest()}
    made = {place: _Marked(text).substitute(values) for place, text in texts.items()}
    made["case.schema.json"] = schema_text()
    return {place: made[place].encode() for place in sorted(made)}


def init(folder: Path | str) -> tuple[Path, ...]:
    """Make a case repository whose own check passes; returns the files that were written, sorted.

    The folder is made when it is missing; what it holds besides stays as it was. Raises CaseError
    (rule `output`) when it holds a file that would be written, or cannot be written; then nothing is.
    """
    folder = Path(folder)
    try:
        files = {folder / place: content for place, content in templates(folder.resolve().name).items()}
        _refuse_to_overwrite(folder, list(files))
        _write(files)
    except OSError as error:
        reason = error.strerror or str(error)
        raise _cannot(error.filename or folder, f"cannot be written ({reason}).", "Check the folder.") from error
    except ValueError as error:  # a NUL in the name
        raise _cannot(folder, f"is not the name of a folder ({error}).", "Take another name.") from error
    return tuple(files)


def _refuse_to_overwrite(folder: Path, files: list[Path]) -> None:
    there = [path for path in files if path.exists() or path.is_symlink()]
    if there:
        named = ", ".join(path.relative_to(folder).as_posix() for path in there)
        cure = "Nothing was written: move what is there away, or name another folder."
        raise _cannot(folder, f"holds {named} already.", cure)


def _write(files: dict[Path, bytes]) -> None:
    """All of the files, or none: what was made is taken away again when one cannot be written."""
    made: list[Path] = []
    try:
        for path, content in files.items():
            missing = [place for place in (path.parent, *path.parent.parents) if not place.exists()]
            for place in reversed(missing):
                place.mkdir()
                made.append(place)
            with path.open("xb") as handle:
                made.append(path)
                handle.write(content)
    except BaseException:
        for path in reversed(made):
            path.rmdir() if path.is_dir() else path.unlink()
        raise


def _cannot(place: object, message: str, cure: str) -> CaseError:
    return CaseError([Result("violation", "output", message, cure, str(place))])
