"""Finds the installed plugins, checks them and calls their hooks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, TypeVar

import structlog

from adapters.database.plugin_tables.declaration import PluginTables
from adapters.plugins.guards import PluginGuards
from adapters.plugins.loop import CallEnded
from adapters.plugins.shop.link import ShopLink
from core.domain.privacy.recipient import Transfers
from entrepot.hookspecs import Capability, Manifest, PluginContext
from entrepot.page_permissions import check_page_permissions
from entrepot.plugin_checks import (
    CheckRoutes,
    CheckTables,
    OutdatedTables,
    accept_routes,
    accept_tables,
    refuse_foreign_types,
)
from entrepot.plugin_contract import (
    ADMIN_PAGES,
    CONTRACT,
    EVENT_TYPES,
    FIELDS,
    ONE_PLUGIN_EACH,
    ROUTES,
    TABLES,
)
from entrepot.plugin_fields import check_fields
from entrepot.plugin_hooks import call_hook, describe, implements, import_module
from entrepot.plugin_manifest import PluginRefused, checked_manifest, one_line, settings_of
from entrepot.plugin_requirements import check_requirements, circle, load_order, missing
from entrepot.plugin_shop import DeclaredShop
from entrepot.process_state import kept_process_state
from ports.clock import Clock

GROUP = "entrepot.plugins"

T = TypeVar("T")

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
    `PluginContext.shop` of the plugins with the shop, once its parts exist. ``switched_off`` are
    the plugins that operators disabled, apart from those of the settings. ``manifests`` are those
    of all plugins that could be imported. ``tables`` has those of plugins too that are refused
    because their tables are outdated: `entrepot db upgrade` needs them. ``purposes`` are those of
    the privacy notice, for the personal data of fields.
    """

    guards: PluginGuards
    data: Path
    base_url: str
    currency: str
    now: Clock
    disabled: frozenset[str] = frozenset()
    switched_off: frozenset[str] = frozenset()
    allow_simulated_payments: bool = False
    transfers: Transfers = field(default_factory=Transfers)
    reserved: Mapping[str, frozenset[str]] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    check_routes: CheckRoutes = accept_routes
    check_tables: CheckTables = accept_tables
    outdated_tables: OutdatedTables = frozenset
    purposes: frozenset[str] = frozenset()
    link: ShopLink = field(default_factory=ShopLink)
    tables: dict[str, PluginTables] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
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
        modules: dict[str, Any] = {}
        for point in sorted(points, key=lambda each: (each.name, str(each.dist))):
            if reason := self._switched_off(point.name):
                self._refuse(point.name, reason)
                continue
            with self._refusing(point.name):
                if point.name in modules:
                    raise PluginRefused(_clash(point))
                modules[point.name], self.manifests[point.name] = self._started(
                    point.name, partial(self._imported, point)
                )
        for name in load_order(self.manifests):
            with self._refusing(name):
                self._refuse_missing(self.manifests[name])
                register = partial(self._registered, modules[name], self.manifests[name])
                self.loaded[name] = self._started(name, register)
                self._note_tables(name)
        self._refuse_outdated()
        self.loaded = dict(sorted(self.loaded.items()))

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

    @contextmanager
    def _refusing(self, name: str) -> Iterator[None]:
        try:
            yield
        except PluginRefused as refusal:
            self._refuse(name, str(refusal))

    def _started(self, name: str, work: Callable[[], T]) -> T:
        """Run code of a plugin while it is loaded, in its thread."""
        guard = self.guards.of(name)
        try:
            with kept_process_state() as changes:
                result = guard.start(work)
        except Exception as error:
            self.guards.discard(name)
            if isinstance(error, PluginRefused):
                raise
            raise PluginRefused(self._reason(error)) from error
        if changes:
            self.guards.discard(name)
            raise PluginRefused(f"changes {', '.join(changes)} of the process")
        return result

    def _refuse_missing(self, manifest: Manifest) -> None:
        if path := circle(manifest.name, self.manifests):
            raise PluginRefused(f"requires itself in a circle: {' → '.join(path)}")
        loaded = {name: each.manifest for name, each in self.loaded.items()}
        if reason := missing(manifest, loaded, self.manifests):
            raise PluginRefused(reason)

    def _note_tables(self, name: str) -> None:
        for each in self.loaded[name].registered.get(TABLES, ()):
            self.tables[name] = each

    def _refuse_outdated(self) -> None:
        """Also those that require an outdated plugin. Their objects are not used."""
        outdated = self.outdated_tables(self.tables) if self.tables else ()
        for name in outdated:
            self.loaded.pop(name, None)
            self._refuse(name, "its tables are not current: run `entrepot db upgrade`")
        for name in load_order(self.manifests):
            if outdated and name in self.loaded:
                with self._refusing(name):
                    plugin = self.loaded.pop(name)
                    self._refuse_missing(plugin.manifest)
                    self.loaded[name] = plugin

    def _switched_off(self, name: str) -> str:
        if name in self.disabled:
            return "switched off in the settings"
        if name in self.switched_off:
            return f"switched off: `entrepot plugins enable {name}` switches it on"
        return ""

    def _reason(self, error: Exception) -> str:
        if isinstance(error, TimeoutError):
            return f"does not start within {self.guards.limits.start_seconds:g} seconds"
        if isinstance(error, CallEnded):
            return f"exits with {error}"
        return f"cannot be loaded: {one_line(error)}"

    def _imported(self, point: EntryPoint) -> tuple[Any, Manifest]:
        module = import_module(point)
        manifest = checked_manifest(module, point.name, self.transfers)
        check_requirements(manifest)
        return module, manifest

    def _registered(self, module: Any, manifest: Manifest) -> LoadedPlugin:
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
            hook: call_hook(module, manifest, hook, context)
            for hook in CONTRACT
            if implements(module, hook)
        }
        descriptions = {hook: describe(hook, objects) for hook, objects in registered.items()}
        self._refuse_clash(descriptions)
        refuse_foreign_types(manifest.name, descriptions.get(EVENT_TYPES, ()))
        check_page_permissions(manifest, descriptions.get(ADMIN_PAGES, ()))
        check_fields(manifest.name, descriptions.get(FIELDS, ()), self.purposes)
        self._refuse_routes(registered.get(ROUTES, ()))
        self._refuse_tables(manifest.name, registered.get(TABLES, ()))
        return LoadedPlugin(manifest=manifest, registered=registered, descriptions=descriptions)

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

    def _refuse_tables(self, name: str, tables: Sequence[PluginTables]) -> None:
        if len(tables) > 1:
            raise PluginRefused("has several PluginTables: put all tables into one metadata")
        for each in tables:
            try:
                self.check_tables(name, each)
            except Exception as error:
                raise PluginRefused(" ".join(str(error).split())) from error

    def _refuse(self, name: str, reason: str) -> None:
        self.refused.append(Refusal(name=name, reason=reason))
        log.warning("plugin refused", plugin=name, reason=reason)


def _clash(point: EntryPoint) -> str:
    dist = point.dist.name if point.dist else point.value
    return f"{point.value} of {dist} clashes with another plugin of that name"
