"""The command that makes a new case repository: init."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import FINE, app, count, guarded, say


@app.command("init", epilog="Example: casekg init my-cases")
@guarded
def init_command(
    folder: Annotated[
        Path, typer.Argument(metavar="[FOLDER]", help="Folder to make, or an empty one; default: this one.")
    ] = Path(),
) -> int:
    """Make a case repository, ready to be checked.

    With an invented example case, an own term, a house rule, a question, a workflow for GitHub,
    hooks for pre-commit, and completion in editors. Nothing that is there is overwritten.
    """
    from kg.model.init import init

    files = init(folder)
    for path in files:
        print(path)
    enter = "" if folder.resolve() == Path.cwd() else f"cd {shlex.quote(str(folder))} && "
    say(f"{count(len(files), 'file')}. Next: {enter}casekg check")
    return FINE
