"""Imports a plugin, calls its hooks and checks what they return."""

from importlib.metadata import EntryPoint
from itertools import islice
from typing import Any

import pluggy

from adapters.plugins.answers.checks import WrongAnswer
from entrepot.hookspecs import PROJECT, Hooks, Manifest, PluginContext
from entrepot.plugin_contract import CONTRACT, MAX_OBJECTS
from entrepot.plugin_manifest import PluginRefused, one_line


def import_module(point: EntryPoint) -> Any:
    """The module of a plugin, whose hooks exist. Raises `PluginRefused`."""
    try:
        module = point.load()
    except Exception as error:
        raise PluginRefused(f"cannot be imported: {one_line(error)}") from error
    registry = pluggy.PluginManager(PROJECT)
    registry.add_hookspecs(Hooks)
    try:
        registry.register(module, point.name)
        registry.check_pending()
    except (pluggy.PluginValidationError, ValueError) as error:
        raise PluginRefused(f"implements a hook wrongly: {one_line(error)}") from error
    return module


def implements(module: Any, hook: str) -> bool:
    return hasattr(getattr(module, hook, None), f"{PROJECT}_impl")


def call_hook(
    module: Any, manifest: Manifest, hook: str, context: PluginContext
) -> tuple[Any, ...]:
    """The objects of a hook. Raises `PluginRefused`."""
    contract = CONTRACT[hook]
    if contract.capability not in manifest.capabilities:
        raise PluginRefused(f"implements {hook} without declaring “{contract.capability}”")
    try:
        objects = tuple(islice(getattr(module, hook)(context), MAX_OBJECTS + 1))
    except Exception as error:
        raise PluginRefused(f"{hook} failed: {one_line(error)}") from error
    if len(objects) > MAX_OBJECTS:
        raise PluginRefused(f"{hook} returned more than {MAX_OBJECTS} objects")
    for each in objects:
        if not isinstance(each, contract.port):
            raise PluginRefused(
                f"{hook} returned a {type(each).__name__}, which is no {contract.port.__name__}"
            )
    return objects


def describe(hook: str, objects: tuple[Any, ...]) -> tuple[Any, ...]:
    """What the objects say about themselves. Raises `PluginRefused`."""
    ask = CONTRACT[hook].describe
    if ask is None:
        return (None,) * len(objects)
    try:
        return tuple(ask(each) for each in objects)
    except WrongAnswer as error:
        raise PluginRefused(f"{hook}: {error}") from error
    except Exception as error:
        raise PluginRefused(f"{hook} failed: {one_line(error)}") from error
