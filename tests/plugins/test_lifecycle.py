"""The life cycle of a plugin: written, installed, found, loaded or refused."""

import subprocess
import sys
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from entrepot.loaded_plugins import RequiredPluginMissing
from entrepot.plugin_manager import PluginManager
from entrepot.scaffolding import SKELETONS
from tests.installed import write_module

GOOD = """
from entrepot import Capability, Manifest, PluginContext, hookimpl
manifest = Manifest(name="{name}", version="1", api="{api}", capabilities=frozenset({capabilities}))
{settings}
@hookimpl
def entrepot_subscribers(context: PluginContext):
    {body}
"""


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.syspath_prepend(str(tmp_path))

    def write(name: str, text: str) -> EntryPoint:
        return write_module(tmp_path, name, text)

    return write


def plugin(name: str, **changes: str) -> str:
    values = {
        "name": name,
        "api": ">=1,<2",
        "capabilities": '{"events"}',
        "settings": "",
        "body": "return []",
    }
    return GOOD.format(**{**values, **changes})


BROKEN = {
    "unimportable": ("import no_such_module_anywhere", "cannot be imported"),
    "without_manifest": ("x = 1", "has no manifest"),
    "out_of_range": (plugin("out_of_range", api=">=2"), "supports plugin API >=2"),
    "misnamed": (plugin("another_name"), "calls itself “another_name”"),
    "overstepping": (plugin("overstepping", capabilities="set()"), "without declaring"),
    "raising": (plugin("raising", body='raise ValueError("no power")'), "ValueError: no power"),
    "rubbish": (plugin("rubbish", body="return [42]"), "returned a int"),
    "wrong_method": (
        plugin("wrong_method", body="return [type('Subscriber', (), {'hear': print})()]"),
        "returned a Subscriber",
    ),
    "wrong_hook": (
        plugin("wrong_hook").replace("(context: PluginContext)", "(shop, unknown)"),
        "implements a hook wrongly",
    ),
    "needy": (
        "from pydantic_settings import BaseSettings\n"
        "class Needs(BaseSettings):\n"
        "    model_config = {'env_prefix': 'ENTREPOT_NEEDY_'}\n"
        "    key: str\n" + plugin("needy").replace("}))", "}), settings=Needs)"),
        "ENTREPOT_NEEDY_KEY",
    ),
}


@pytest.mark.parametrize("name", sorted(BROKEN))
def test_a_broken_plugin_is_refused_in_one_line_and_others_are_loaded(
    manager: PluginManager, write: object, name: str
) -> None:
    text, reason = BROKEN[name]
    manager.load([write(name, text), write("sound", plugin("sound"))])  # type: ignore[operator]
    assert list(manager.loaded) == ["sound"]
    (refusal,) = manager.refused
    assert refusal.name == name
    assert reason in refusal.reason
    assert "\n" not in refusal.reason


def test_a_name_that_could_contain_the_name_of_another_plugin_is_refused(
    manager: PluginManager, write: object
) -> None:
    """The codes of ``sound`` begin with ``sound.``, and so would those of ``sound.waves``."""
    point = write("waves", plugin("sound.waves"))  # type: ignore[operator]
    manager.load([EntryPoint(name="sound.waves", value=point.value, group=point.group)])
    assert not manager.loaded
    assert "has a name that is not" in manager.refused[0].reason


def test_a_subscriber_with_the_method_of_the_port_is_accepted(
    manager: PluginManager, write: object
) -> None:
    body = "return [type('Subscriber', (), {'handle': print})()]"
    manager.load([write("attentive", plugin("attentive", body=body))])  # type: ignore[operator]
    ((name, _subscriber),) = manager.registered("entrepot_subscribers")
    assert name == "attentive"


def test_two_plugins_of_one_name_clash(manager: PluginManager, write: object) -> None:
    point = write("twin", plugin("twin"))  # type: ignore[operator]
    manager.load([point, point])
    assert list(manager.loaded) == ["twin"]
    assert "clashes" in manager.refused[0].reason


def test_a_plugin_can_be_switched_off(manager: PluginManager, write: object) -> None:
    manager.disabled = frozenset({"quiet"})
    manager.load([write("quiet", plugin("quiet"))])  # type: ignore[operator]
    assert manager.refused[0].reason == "switched off in the settings"


def test_a_required_plugin_that_is_missing_stops_the_shop(
    manager: PluginManager, write: object
) -> None:
    manager.load([write("sound", plugin("sound"))])  # type: ignore[operator]
    manager.require(["sound"])
    with pytest.raises(RequiredPluginMissing, match="absent"):
        manager.require(["absent"])


@pytest.mark.slow
@pytest.mark.parametrize("port", SKELETONS)
def test_a_new_plugin_passes_its_own_test(tmp_path: Path, port: str) -> None:
    name = f"my_{port}"
    written = subprocess.run(
        [sys.executable, "-m", "entrepot", "plugins", "new", name, "--port", port],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert f"{name}/__init__.py" in written.stdout
    tested = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error", "."],
        cwd=tmp_path / name,
        env={"PYTHONPATH": str(tmp_path / name), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert tested.returncode == 0, tested.stdout + tested.stderr
    assert " passed" in tested.stdout


@pytest.mark.slow
def test_a_plugin_installed_from_a_folder_is_found_by_its_entry_point(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "entrepot", "plugins"]
    subprocess.run(
        [*command, "new", "my_freight", "--port", "shipping"],
        cwd=tmp_path,
        capture_output=True,
        check=True,
    )
    target = tmp_path / "site"
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "-q", "--no-index", "--no-build-isolation"),
            *("--target", str(target), str(tmp_path / "my_freight")),
        ],
        capture_output=True,
        check=True,
    )
    listed = subprocess.run(
        [*command, "list", "--json"],
        env={
            "PYTHONPATH": str(target),
            "PATH": "/usr/bin:/bin",
            "ENTREPOT_SECRET_KEY": "x" * 32,
            "ENTREPOT_PAYMENT_SANDBOX_SECRET": "y" * 32,
            "ENTREPOT_DATABASE_URL": f"sqlite:///{tmp_path / 'shop.db'}",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert '"name": "my_freight"' in listed.stdout
    assert "refused" not in listed.stdout
