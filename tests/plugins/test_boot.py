"""A plugin that misbehaves while it is loaded is refused by name, and the shop starts."""

import signal
import sys
import warnings
from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from adapters.plugins.guards import PluginGuards
from entrepot.assembly.plugin_loading import RESERVED
from entrepot.plugin_checks import OWN_CHECKS, check_codes
from entrepot.plugin_manager import PluginManager
from tests.installed import plugin_manager, write_module

HEAD = """
import asyncio, json, os, signal, sys, threading, time, warnings
from decimal import Decimal
from entrepot import (
    Ability, Capability, FactKind, Manifest, PromotionKind, Scene, Text, hookimpl,
)
"""
MANIFEST = """
manifest = Manifest(name="{name}", version="1", api=">=1,<2", capabilities=frozenset(Capability))
"""
HOOK = """
@hookimpl
def {hook}(context):
    {body}
"""
GATEWAY = """
class Gateway:
    code, name, account = "mine", Text({"en": "Mine"}), "me"
    scenes, abilities, fee_basis_points = (Scene.WEB,), frozenset(), None
    async def purchase(self, request): ...
    async def query(self, payment): ...
    async def close(self, payment): ...

class Bad(Gateway):
    %s
"""
CARRIER = """
class Carrier:
    code = "mine"
    async def rates(self, request): ...

class Bad(Carrier):
    %s
"""
PROVIDER = """
class Provider:
    code = "mine"
    def inventory(self): return []
    async def resolve(self, subject): ...
    async def export(self, subject, cursor): ...
    async def plan(self, subject, cursor): ...
    async def erase(self, subject, decisions): ...
    async def verify(self, subject): ...

class Bad(Provider):
    %s
"""

FACTS = """
class Facts:
    names = {"level": FactKind.CHOICE}
    async def facts(self, enquiry): ...

class Guard:
    required = "yes"
    async def review(self, draft): ...
"""
KIND = """
kind = PromotionKind(
    code="tenth", name=Text({"en": "Tenth"}), document={"lane": "order", "benefits": [%s]}
)
"""

Write = Callable[[str, str], EntryPoint]


def imported(code: str) -> str:
    """A module that runs ``code`` when it is imported."""
    return HEAD + code + MANIFEST + HOOK.format(hook="entrepot_subscribers", body="return []")


def hooked(body: str, hook: str = "entrepot_subscribers", before: str = "") -> str:
    """A module with one hook."""
    return HEAD + MANIFEST + before + HOOK.format(hook=hook, body=body)


def gateway(fault: str) -> str:
    return hooked("return [Bad()]", "entrepot_gateways", GATEWAY % fault)


def carrier(fault: str) -> str:
    return hooked("return [Bad()]", "entrepot_carriers", CARRIER % fault)


def provider(fault: str) -> str:
    return hooked("return [Bad()]", "entrepot_personal_data_providers", PROVIDER % fault)


def declared(manifest: str) -> str:
    return hooked("return []").replace('version="1"', manifest)


# The source of the plugin, and a part of the reason.
WAYS: dict[str, tuple[str, str]] = {
    "exits_at_import": (imported("sys.exit(1)"), "exits with SystemExit"),
    "is_interrupted": (imported("raise KeyboardInterrupt"), "exits with KeyboardInterrupt"),
    "is_cancelled": (imported("raise asyncio.CancelledError"), "exits with CancelledError"),
    "gives_up": (imported("raise GeneratorExit"), "exits with GeneratorExit"),
    "exits_in_a_hook": (hooked("sys.exit(0)"), "exits with SystemExit"),
    "cannot_say_its_error": (
        imported("class E(Exception):\n    def __str__(self): raise self\nraise E"),
        "cannot be imported: E",
    ),
    "takes_signals": (
        hooked("signal.signal(signal.SIGTERM, signal.SIG_IGN); return []"),
        "ValueError: signal only works in main thread",
    ),
    "breaks_a_module": (hooked("sys.modules['json'] = None; return []"), "changes sys.modules"),
    "breaks_a_builtin": (
        hooked("import builtins; builtins.sorted = None; return []"),
        "changes builtins",
    ),
    "moves": (hooked("os.chdir('/'); return []"), "changes the working directory"),
    "limits_recursion": (
        hooked("sys.setrecursionlimit(150); return []"),
        "changes the recursion limit",
    ),
    "hides_output": (
        hooked("import io; sys.stderr = io.StringIO(); return []"),
        "changes sys.stderr",
    ),
    "changes_the_environment": (
        hooked("os.environ['PATH'] = ''; return []"),
        "changes the environment",
    ),
    "returns_nothing": (hooked("return None"), "TypeError"),
    "returns_without_end": (
        hooked("return (type('S', (), {'handle': print})() for _ in iter(int, 1))"),
        "more than 1000 objects",
    ),
    "has_no_api": (declared('version="1"').replace('">=1,<2"', "None"), "cannot be loaded"),
    "has_a_strange_version": (declared("version=object()"), "the version is a object"),
    "has_a_strange_recipient": (declared('version="1", recipient="me"'), "cannot be loaded"),
    "exits_in_its_settings": (
        declared('version="1", settings=lambda: sys.exit()'),
        "exits with SystemExit",
    ),
    "has_a_string_as_name": (gateway('name = "x"'), "the name is a str and no Text"),
    "has_no_scene": (gateway("scenes = ()"), "has no scene"),
    "has_unknown_abilities": (gateway("abilities = frozenset({1})"), "an ability is a int"),
    "lies_about_an_ability": (gateway("abilities = frozenset({Ability.REFUNDS})"), "is no Refunds"),
    "has_a_code_for_pages": (gateway('code = "<script>"'), "is no code"),
    "has_an_unhashable_code": (gateway("code = []"), "the code is a list"),
    "raises_in_its_code": (
        gateway("code = property(lambda self: 1 / 0)"),
        "ZeroDivisionError",
    ),
    "exits_in_its_code": (gateway("code = property(lambda self: sys.exit())"), "SystemExit"),
    "has_two_of_one_code": (
        hooked("return [Bad(), Bad()]", "entrepot_gateways", GATEWAY % "pass"),
        "clashes with another one of its own",
    ),
    "has_strange_services": (
        carrier("services = lambda self: [1]; track = services"),
        "a service is a int",
    ),
    "has_a_strange_inventory": (provider("inventory = lambda self: [1]"), "a field is a int"),
    "states_one_fact_twice": (
        hooked("return [Facts(), Facts()]", "entrepot_facts", FACTS),
        "its “level” clashes with another one of its own",
    ),
    "is_perhaps_required": (
        hooked("return [Guard()]", "entrepot_order_guards", FACTS),
        "whether it is required is a str and no bool",
    ),
    "has_a_wrong_kind": (
        hooked("return [kind]", "entrepot_promotion_kinds", KIND % '{"kind": "gold"}'),
        "the kind “tenth”: benefits[0].kind: Use one of these kinds",
    ),
    "takes_a_code_of_the_shop": (provider('code = "shop"'), "clashes with that of the shop"),
}
HANGS = {
    "sleeps_at_import": imported("time.sleep(60)"),
    "sleeps_in_a_hook": hooked("time.sleep(60)"),
    "never_ends": hooked("while True: pass"),
    "waits_for_a_lock": hooked("threading.Lock().acquire(); threading.Event().wait(60)"),
}


@pytest.fixture
def manager(tmp_path: Path, guards: PluginGuards) -> PluginManager:
    return plugin_manager(guards, tmp_path, checks=(check_codes(RESERVED), *OWN_CHECKS))


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(name: str, source: str) -> EntryPoint:
        return write_module(tmp_path, name, source.replace("{name}", name))

    return write


@pytest.mark.parametrize("name", sorted(WAYS))
def test_a_plugin_that_misbehaves_is_refused_and_others_are_loaded(
    manager: PluginManager, write: Write, name: str
) -> None:
    source, reason = WAYS[name]
    before = Path.cwd(), signal.getsignal(signal.SIGTERM), sys.getrecursionlimit(), sys.stderr
    manager.load([write(name, source), write("sound", hooked("return []"))])
    assert list(manager.loaded) == ["sound"]
    (refusal,) = manager.refused
    assert refusal.name == name
    assert reason in refusal.reason
    assert "\n" not in refusal.reason
    assert before == (
        Path.cwd(),
        signal.getsignal(signal.SIGTERM),
        sys.getrecursionlimit(),
        sys.stderr,
    )
    assert sys.modules["json"] is not None
    assert sorted([2, 1]) == [1, 2]


@pytest.mark.parametrize("name", sorted(HANGS))
def test_a_plugin_that_does_not_start_in_time_is_refused(
    manager: PluginManager, guards: PluginGuards, write: Write, name: str
) -> None:
    guards.limits = replace(guards.limits, start_seconds=1.0)
    manager.load([write(name, HANGS[name]), write("sound", hooked("return []"))])
    assert list(manager.loaded) == ["sound"]
    assert manager.refused[0].reason == "does not start within 1 seconds"


def test_a_plugin_that_prints_and_filters_warnings_changes_nothing(
    manager: PluginManager, write: Write, capsys: pytest.CaptureFixture[str]
) -> None:
    filters = list(warnings.filters)
    manager.load(
        [write("noisy", hooked("print('garbage'); warnings.simplefilter('error'); return []"))]
    )
    assert list(manager.loaded) == ["noisy"]
    assert list(warnings.filters) == filters
    assert capsys.readouterr().out == ""


def test_a_plugin_starts_in_the_thread_of_its_calls(manager: PluginManager, write: Write) -> None:
    source = hooked(
        "asyncio.get_running_loop();"
        "assert threading.current_thread().name == 'plugin homely calls'; return []"
    )
    manager.load([write("homely", source)])
    assert manager.refused == []
