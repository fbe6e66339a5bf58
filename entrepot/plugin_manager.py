"""Finds the installed plugins, checks them and calls their hooks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from itertools import islice
from pathlib import Path
from typing import Any

import pluggy
import structlog

from adapters.plugins.answers.checks import WrongAnswer
from adapters.plugins.guards import PluginGuards
from adapters.plugins.loop import CallEnded
from adapters.plugins.shop.link import ShopLink
from core.domain.privacy.recipient import Transfers
from entrepot.hookspecs import PROJECT, Capability, Hooks, Manifest, PluginContext
from entrepot.plugin_checks import CheckContent, CheckRoutes, accept_content, accept_routes
from entrepot.plugin_contract import (
    CONTRACT,
    EVENT_TYPES,
    MAX_OBJECTS,
    ONE_PLUGIN_EACH,
    ROUTES,
    served_content,
)
from entrepot.plugin_manifest import PluginRefused, checked_manifest, one_line, settings_of
from entrepot.plugin_shop import DeclaredShop
from entrepot.process_state import kept_process_state
from ports.clock import Clock

GROUP = "entrepot.plugins"

log = structlog.get_logger(__name__)


class RequiredPluginMissing(Exception):
    """A plugin is required by the settings and not loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    """``descriptions`` has what each registered object said about itself, in the same order."""

    manifest: Manifest
    registered: dict[str, tuple[Any, ...]]
    descriptions: dict[str, tuple[Any, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    name: str
    reason: str


@dataclass(slots=True, kw_only=True)
class PluginManager:
    """The plugins of the entry-point group. A refused plugin does not affect the others.

    ``reserved`` has the codes of the shop's own objects by hook, which no plugin may use.
    ``choices`` names the plugin for a capability that only one plugin can have. ``link`` connects
    `PluginContext.shop` of the plugins with the shop, once its parts exist.
    """

    guards: PluginGuards
    data: Path
    base_url: str
    currency: str
    now: Clock
    disabled: frozenset[str] = frozenset()
    allow_simulated_payments: bool = False
    transfers: Transfers = field(default_factory=Transfers)
    reserved: Mapping[str, frozenset[str]] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    check_routes: CheckRoutes = accept_routes
    check_content: CheckContent = accept_content
    link: ShopLink = field(default_factory=ShopLink)
    loaded: dict[str, LoadedPlugin] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)

    def load(self, points: Iterable[EntryPoint] | None = None) -> None:
        """Import every plugin and call its hooks, each in a thread of its own with a deadline.

        A plugin is refused if it cannot be imported, clashes with another plugin, does not
        support this version of the API, lacks a setting, uses a hook without the capability,
        raises an exception, exits, does not return in time, or changes the process.
        """
        if points is None:
            points = entry_points(group=GROUP)
        for point in sorted(points, key=lambda each: (each.name, str(each.dist))):
            if point.name in self.disabled:
                self._refuse(point.name, "switched off in the settings")
                continue
            try:
                self.loaded[point.name] = self._loaded(point)
            except PluginRefused as refusal:
                self._refuse(point.name, str(refusal))

    def require(self, names: Iterable[str]) -> None:
        """Raises `RequiredPluginMissing` if one of them is not loaded."""
        reasons = {refusal.name: refusal.reason for refusal in self.refused}
        for name in names:
            if name not in self.loaded:
                reason = reasons.get(name, "not installed")
                raise RequiredPluginMissing(f"The required plugin “{name}” is missing: {reason}")

    def registered(self, hook: str) -> Iterator[tuple[str, Any]]:
        """Yields ``(name of the plugin, object)`` for each object of the hook."""
        for name, plugin in self.loaded.items():
            for each in plugin.registered.get(hook, ()):
                yield name, each

    def described(self, hook: str) -> Iterator[tuple[str, Any, Any]]:
        """Yields ``(name of the plugin, object, its description)`` for each object of the hook."""
        for name, plugin in self.loaded.items():
            objects = plugin.registered.get(hook, ())
            for each, description in zip(objects, plugin.descriptions.get(hook, ()), strict=True):
                yield name, each, description

    def chosen(self, hook: str) -> tuple[str, Any, Any] | None:
        """The one object of a hook that the shop uses: see ``ENTREPOT_PLUGINS_CHOSEN``.

        Returns ``(name of the plugin, object, its description)``; the description is None if the
        objects of the hook have none. Returns None if no plugin offers an object, or if the
        chosen plugin is not loaded.
        """
        wanted = self.choices.get(CONTRACT[hook].capability)
        for name, plugin in self.loaded.items():
            objects = plugin.registered.get(hook)
            if objects and wanted in {None, name}:
                descriptions = plugin.descriptions.get(hook)
                return name, objects[0], descriptions[0] if descriptions else None
        return None

    def unused(self, name: str) -> tuple[Capability, ...]:
        """The capabilities for which the shop uses another plugin."""
        registered = self.loaded[name].registered
        offered = [hook for hook in ONE_PLUGIN_EACH if registered.get(hook)]
        chosen = {hook: self.chosen(hook) for hook in offered}
        return tuple(
            CONTRACT[hook].capability
            for hook, each in chosen.items()
            if each is None or each[0] != name
        )

    def _loaded(self, point: EntryPoint) -> LoadedPlugin:
        if point.name in self.loaded:
            dist = point.dist.name if point.dist else point.value
            raise PluginRefused(f"{point.value} of {dist} clashes with another plugin of that name")
        guard = self.guards.of(point.name)
        try:
            with kept_process_state() as changes:
                plugin = guard.start(lambda: self._load(point))
        except Exception as error:
            self.guards.discard(point.name)
            if isinstance(error, PluginRefused):
                raise
            raise PluginRefused(self._reason(error)) from error
        if changes:
            self.guards.discard(point.name)
            raise PluginRefused(f"changes {', '.join(changes)} of the process")
        return plugin

    def _reason(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"does not start within {self.guards.limits.start_seconds:g} seconds"
        if isinstance(error, CallEnded):
            return f"exits with {error}"
        return f"cannot be loaded: {one_line(error)}"

    def _load(self, point: EntryPoint) -> LoadedPlugin:
        module = self._import(point)
        manifest = checked_manifest(module, point.name, self.transfers)
        context = PluginContext(
            settings=settings_of(manifest),
            shop=DeclaredShop(manifest.name, manifest.capabilities, self.link),
            data=self.data / manifest.name,
            base_url=self.base_url,
            currency=self.currency,
            now=self.now,
            allow_simulated_payments=self.allow_simulated_payments,
        )
        registered = {
            hook: self._call_hook(module, manifest, hook, context)
            for hook in CONTRACT
            if self._implements(module, hook)
        }
        descriptions = {hook: _describe(hook, objects) for hook, objects in registered.items()}
        self._refuse_clash(descriptions)
        _refuse_foreign_types(manifest.name, descriptions.get(EVENT_TYPES, ()))
        self._refuse_routes(registered.get(ROUTES, ()))
        self._refuse_content(manifest, registered)
        return LoadedPlugin(manifest=manifest, registered=registered, descriptions=descriptions)

    def _import(self, point: EntryPoint) -> Any:
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

    def _implements(self, module: Any, hook: str) -> bool:
        return hasattr(getattr(module, hook, None), f"{PROJECT}_impl")

    def _call_hook(
        self, module: Any, manifest: Manifest, hook: str, context: PluginContext
    ) -> tuple[Any, ...]:
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

    def _refuse_clash(self, descriptions: dict[str, tuple[Any, ...]]) -> None:
        for hook, described in descriptions.items():
            if CONTRACT[hook].describe is None:
                continue
            owners = dict.fromkeys(self.reserved.get(hook, ()), "that of the shop")
            if not CONTRACT[hook].shared_codes:
                owners |= {each.code: f"that of “{name}”" for name, _, each in self.described(hook)}
            for each in described:
                if each.code in owners:
                    raise PluginRefused(f"its “{each.code}” clashes with {owners[each.code]}")
                owners[each.code] = "another one of its own: give each its own code"

    def _refuse_routes(self, routes: Sequence[Any]) -> None:
        if not routes:
            return
        try:
            self.check_routes(routes, [each for _, each in self.registered(ROUTES)])
        except Exception as error:
            raise PluginRefused(" ".join(str(error).split())) from error

    def _refuse_content(
        self, manifest: Manifest, registered: Mapping[str, tuple[Any, ...]]
    ) -> None:
        content = served_content(manifest, registered)
        if content.is_empty:
            return
        others = [served_content(each.manifest, each.registered) for each in self.loaded.values()]
        try:
            self.check_content(content, others)
        except Exception as error:
            raise PluginRefused(" ".join(str(error).split())) from error

    def _refuse(self, name: str, reason: str) -> None:
        self.refused.append(Refusal(name=name, reason=reason))
        log.warning("plugin refused", plugin=name, reason=reason)


def _refuse_foreign_types(plugin: str, event_types: Sequence[Any]) -> None:
    for each in event_types:
        if not each.code.startswith(f"{plugin}."):
            raise PluginRefused(f"its event type “{each.code}” must begin with “{plugin}.”")


def _describe(hook: str, objects: tuple[Any, ...]) -> tuple[Any, ...]:
    describe = CONTRACT[hook].describe
    if describe is None:
        return (None,) * len(objects)
    try:
        return tuple(describe(each) for each in objects)
    except WrongAnswer as error:
        raise PluginRefused(f"{hook}: {error}") from error
    except Exception as error:
        raise PluginRefused(f"{hook} failed: {one_line(error)}") from error
