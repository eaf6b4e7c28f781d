"""The build hook: nothing in an editable install, the parts in a wheel, a warning where they cannot be built."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
BROWSER = ROOT / "browser"


def load() -> ModuleType:
    """browser/hook.py as a module."""
    spec = importlib.util.spec_from_file_location("casekg_browser_hook", BROWSER / "hook.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.delenv("CASEKG_BROWSER", raising=False)
    return load()


def run(hook: ModuleType, version: str) -> tuple[dict[str, Any], list[str]]:
    """What the hook adds to a build, and its warnings."""
    warnings: list[str] = []
    made = object.__new__(hook.BrowserParts)
    made._BuildHookInterface__app = SimpleNamespace(display_warning=warnings.append)
    data: dict[str, Any] = {"force_include": {}}
    made.initialize(version, data)
    made.finalize(version, data, "")
    return data["force_include"], warnings


def test_an_editable_install_builds_nothing(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook, "build", lambda _: pytest.fail("built"))
    assert run(hook, "editable") == ({}, [])
    monkeypatch.setenv("CASEKG_BROWSER", "no")
    assert run(hook, "standard") == ({}, [])


def test_a_wheel_gets_the_files_where_the_pages_look_for_them(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hook, "build", lambda work: [work / "editor.js"])
    found, warnings = run(hook, "standard")
    assert list(found.values()) == ["kg/serve/assets/built/editor.js"]
    assert warnings == []


def test_without_npm_the_wheel_is_built_without_them(hook: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hook.shutil, "which", lambda _: None)
    monkeypatch.setattr(hook, "NODE", "./no-such-folder-of-a-package")
    found, warnings = run(hook, "standard")
    assert found == {}
    assert len(warnings) == 1
    assert warnings[0].startswith("The wheel is built without its browser parts: ")


def test_the_lock_pins_everything_by_its_digest_and_names_no_address() -> None:
    package = json.loads((BROWSER / "package.json").read_text("utf-8"))
    lock = json.loads((BROWSER / "package-lock.json").read_text("utf-8"))
    inside = {name: told for name, told in lock["packages"].items() if name}
    assert len(inside) > 15
    for told in inside.values():
        assert told["integrity"].startswith("sha512-")
        assert "resolved" not in told
    for name, version in {**package["dependencies"], **package["devDependencies"]}.items():
        assert inside[f"node_modules/{name}"]["version"] == version
    shipped = {told.get("license") for told in inside.values() if not told.get("dev") and not told.get("optional")}
    assert shipped == {"MIT"}
