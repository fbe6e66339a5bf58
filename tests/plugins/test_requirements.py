"""Plugins that require other plugins are loaded after them, or refused by name."""

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from entrepot.plugin_manager import PluginManager
from tests.installed import write_module

SOURCE = """
from entrepot import Capability, Manifest, hookimpl

manifest = Manifest(
    name="{name}",
    version="{version}",
    api=">=1,<2",
    capabilities=frozenset(Capability),
    requires={requires},
)


@hookimpl
def entrepot_subscribers(context):
    {body}
    return []
"""


@pytest.fixture
def load(manager: PluginManager, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> "Load":
    monkeypatch.syspath_prepend(str(tmp_path))
    return Load(manager, tmp_path)


class Load:
    def __init__(self, manager: PluginManager, folder: Path) -> None:
        self.manager = manager
        self.folder = folder

    def __call__(
        self, requires: Mapping[str, object], *, broken: str = "", version: str = "1.5"
    ) -> dict[str, str]:
        """Load plugins. Returns the reasons of those that are refused."""
        points = []
        for name, wanted in requires.items():
            body = "raise ValueError" if name == broken else f"print('{name}')"
            source = SOURCE.format(name=name, version=version, requires=wanted, body=body)
            sys.modules.pop(name, None)
            points.append(write_module(self.folder, name, source))
        self.manager.load(points)
        return {each.name: each.reason for each in self.manager.refused}


def test_a_plugin_is_loaded_after_those_that_it_requires(
    load: Load, capfd: pytest.CaptureFixture[str]
) -> None:
    refused = load({"req_a": {"req_c": ">=1"}, "req_b": {}, "req_c": {"req_b": ">=1.2,<2"}})
    assert refused == {}
    hooks = [each for each in capfd.readouterr().err.split() if each.startswith("req_")]
    assert hooks == ["req_b", "req_c", "req_a"]
    assert list(load.manager.loaded) == ["req_a", "req_b", "req_c"]


@pytest.mark.parametrize(
    ("name", "requires", "reason"),
    [
        ("missing", {"absent": ">=1"}, "requires absent >=1, which is not installed"),
        ("version", {"sound": ">=2"}, "requires sound >=2, and 1.5 is installed"),
        ("range", {"sound": "newest"}, "which is no version range"),
        ("type", ["sound"], "no mapping"),
        ("itself", {"itself": ">=1"}, "requires itself in a circle: itself → itself"),
    ],
)
def test_what_cannot_be_had_refuses_the_plugin(
    load: Load, name: str, requires: object, reason: str
) -> None:
    refused = load({name: requires, "sound": {}})
    assert list(refused) == [name]
    assert reason in refused[name]
    assert list(load.manager.loaded) == ["sound"]


def test_a_circle_and_a_refused_requirement_are_named(load: Load) -> None:
    wanted = {"one": {"two": ">=1"}, "two": {"one": ">=1"}, "three": {"four": ">=1"}, "four": {}}
    refused = load(wanted, broken="four")
    assert refused["one"] == "requires itself in a circle: one → two → one"
    assert refused["two"] == "requires itself in a circle: two → one → two"
    assert refused["three"] == "requires four, which is not loaded: see its own reason"
    assert list(load.manager.loaded) == []
