"""Finds the installed plugins, checks them and calls their hooks."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
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
from entrepot.hookspecs import Manifest, PluginContext
from entrepot.loaded_plugins import LoadedPlugin, LoadedPlugins, Refusal
from entrepot.plugin_checks import OWN_CHECKS, CheckPlugin
from entrepot.plugin_contract import CONTRACT, TABLES
from entrepot.plugin_hooks import call_hook, describe, implements, import_module
from entrepot.plugin_manifest import PluginRefused, checked_manifest, one_line
from entrepot.plugin_requirements import check_requirements, circle, load_order, missing
from entrepot.plugin_settings import SecretsUnreadable, settings_of, unreadable_secret
from entrepot.plugin_shop import DeclaredShop
from entrepot.process_state import kept_process_state
from entrepot.saved_settings import CurrentSettings, SavedAtStart
from ports.clock import Clock

GROUP = "entrepot.plugins"

OutdatedTables = Callable[[Mapping[str, PluginTables]], Collection[str]]
"""The plugins whose tables the database does not have as this version needs them."""

Answer = TypeVar("Answer")


def none_outdated(_tables: Mapping[str, PluginTables]) -> Collection[str]:
    """For processes without a database."""
    return ()


log = structlog.get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class PluginManager(LoadedPlugins):
    """The plugins of the entry-point group. A refused plugin does not affect the others.

    ``checks`` are made of each plugin after its hooks. ``link`` connects `PluginContext.shop` of
    the plugins with the shop, once its parts exist. ``switched_off`` are the plugins that
    operators disabled, apart from those of the settings. ``manifests`` are those of all plugins
    that could be imported. ``tables`` has those of plugins too that are refused because their
    tables are outdated: `entrepot db upgrade` needs them.
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
    checks: Sequence[CheckPlugin] = OWN_CHECKS
    outdated_tables: OutdatedTables = none_outdated
    link: ShopLink = field(default_factory=ShopLink)
    saved: SavedAtStart = field(default_factory=SavedAtStart)
    tables: dict[str, PluginTables] = field(default_factory=dict)
    outdated: frozenset[str] = frozenset()
    manifests: dict[str, Manifest] = field(default_factory=dict)

    def load(self, points: Iterable[EntryPoint] | None = None) -> None:
        """Import every plugin and call its hooks, each in a thread of its own with a deadline.

        A plugin is refused if it cannot be imported, clashes with another plugin, does not
        support this version of the API, lacks a setting, uses a hook without the capability,
        raises an exception, exits, does not return in time, or changes the process.
        """
        modules = self._import_all(points)
        late: list[str] = []
        for name in load_order(self.manifests):
            waits = not set(late).isdisjoint(self.manifests[name].requires)
            if waits or not self._load(name, modules[name]):
                late.append(name)
        for name in late:
            # Now a plugin may unlock the keyring.
            self._load(name, modules[name], without_secrets=True)
        self._refuse_outdated()
        self.loaded = dict(sorted(self.loaded.items()))

    def implementing(
        self, hook: str, points: Iterable[EntryPoint] | None = None
    ) -> Iterator[tuple[str, str]]:
        """Import the plugins, and yield ``(name, problem)`` of those that implement ``hook``.

        It calls no hook and reads no settings. ``problem`` is empty if the plugin can be
        imported; otherwise its hooks are unknown.
        """
        for point in self._enabled(points):
            try:
                if self._started(point.name, partial(_implements, point, hook)):
                    yield point.name, ""
            except PluginRefused as refusal:
                yield point.name, str(refusal)

    def _import_all(self, points: Iterable[EntryPoint] | None) -> dict[str, Any]:
        """The modules by name, and their manifests in `manifests`."""
        modules: dict[str, Any] = {}
        for point in self._enabled(points):
            with self._refusing(point.name):
                if point.name in modules:
                    raise PluginRefused(_clash(point))
                modules[point.name], self.manifests[point.name] = self._started(
                    point.name, partial(self._imported, point)
                )
        return modules

    def _load(self, name: str, module: Any, *, without_secrets: bool = False) -> bool:
        """False if a secret cannot be decrypted, which ``without_secrets`` permits."""
        manifest = self.manifests[name]
        with self._refusing(name):
            self._refuse_missing(manifest)
            register = partial(self._registered, module, manifest, without_secrets=without_secrets)
            try:
                self.loaded[name] = self._started(name, register)
            except SecretsUnreadable:
                return False
            for each in self.loaded[name].registered.get(TABLES, ()):
                self.tables[name] = each
        return True

    def _enabled(self, points: Iterable[EntryPoint] | None) -> Iterator[EntryPoint]:
        """By name. Those that are switched off are refused."""
        if points is None:
            points = entry_points(group=GROUP)
        for point in sorted(points, key=lambda each: (each.name, str(each.dist))):
            if reason := self._switched_off(point.name):
                self._refuse(point.name, reason)
            else:
                yield point

    def _switched_off(self, name: str) -> str:
        if name in self.disabled:
            return "switched off in the settings"
        if name in self.switched_off:
            return f"switched off: `entrepot plugins enable {name}` switches it on"
        return ""

    @contextmanager
    def _refusing(self, name: str) -> Iterator[None]:
        try:
            yield
        except PluginRefused as refusal:
            self._refuse(name, str(refusal))

    def _started(self, name: str, work: Callable[[], Answer]) -> Answer:
        """Do ``work`` in the thread of the plugin, with a deadline. Raises `PluginRefused`."""
        guard = self.guards.of(name)
        try:
            with kept_process_state() as changes:
                answer = guard.start(work)
        except Exception as error:
            self.guards.discard(name)
            if isinstance(error, PluginRefused):
                raise
            raise PluginRefused(self._reason(error)) from error
        if changes:
            self.guards.discard(name)
            raise PluginRefused(f"changes {', '.join(changes)} of the process")
        return answer

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

    def _registered(
        self, module: Any, manifest: Manifest, *, without_secrets: bool
    ) -> LoadedPlugin:
        settings = self._settings(manifest, without_secrets=without_secrets)
        context = PluginContext(
            settings=settings.value,
            current_settings=lambda: settings.value,
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
        plugin = LoadedPlugin(
            manifest=manifest,
            registered=registered,
            descriptions={hook: describe(hook, objects) for hook, objects in registered.items()},
            settings=settings,
        )
        for check in self.checks:
            try:
                check(plugin, self.loaded)
            except Exception as error:
                raise PluginRefused(" ".join(str(error).split())) from error
        return plugin

    def _settings(self, manifest: Manifest, *, without_secrets: bool) -> CurrentSettings:
        """Raises `PluginRefused`, or `SecretsUnreadable`."""
        plain = self.saved.of(manifest.name)
        if plain.unreadable and not without_secrets:
            raise SecretsUnreadable(manifest.name)
        created = settings_of(manifest.settings, plain.values)
        problems = (*created.problems, *map(unreadable_secret, plain.unreadable))
        return CurrentSettings(created.value, plain.version, problems)

    def _refuse_missing(self, manifest: Manifest) -> None:
        if path := circle(manifest.name, self.manifests):
            raise PluginRefused(f"requires itself in a circle: {' → '.join(path)}")
        loaded = {name: each.manifest for name, each in self.loaded.items()}
        if reason := missing(manifest, loaded, self.manifests):
            raise PluginRefused(reason)

    def _refuse_outdated(self) -> None:
        """Also those that require an outdated plugin. Their objects are not used."""
        loaded = set(self.loaded)
        for name in self.outdated_tables(self.tables) if self.tables else ():
            self.loaded.pop(name, None)
            self._refuse(name, "its tables are not current: run `entrepot db upgrade`")
        for name in load_order(self.manifests) if len(self.loaded) < len(loaded) else ():
            if name in self.loaded:
                with self._refusing(name):
                    plugin = self.loaded.pop(name)
                    self._refuse_missing(plugin.manifest)
                    self.loaded[name] = plugin
        self.outdated = frozenset(loaded - set(self.loaded))

    def _refuse(self, name: str, reason: str) -> None:
        self.refused.append(Refusal(name=name, reason=reason))
        log.warning("plugin refused", plugin=name, reason=reason)


def _implements(point: EntryPoint, hook: str) -> bool:
    return implements(import_module(point), hook)


def _clash(point: EntryPoint) -> str:
    dist = point.dist.name if point.dist else point.value
    return f"{point.value} of {dist} clashes with another plugin of that name"
