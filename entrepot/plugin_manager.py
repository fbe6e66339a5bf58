"""Finds the installed plugins, checks them and calls their hooks."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, TypeVar

import structlog

from adapters.plugins.guards import PluginGuards
from adapters.plugins.loop import CallEnded
from adapters.plugins.shop.link import ShopLink
from core.domain.privacy.recipient import Transfers
from entrepot.hookspecs import Capability, Manifest, PluginContext
from entrepot.plugin_contract import COMMANDS, CONTRACT, ONE_PLUGIN_EACH, ROUTES
from entrepot.plugin_manifest import PluginRefused, checked_manifest, one_line
from entrepot.plugin_modules import (
    call_hook,
    check_descriptions,
    descriptions_of,
    implements,
    imported,
)
from entrepot.plugin_settings import SecretsUnreadable, settings_of, unreadable_secret
from entrepot.plugin_shop import DeclaredShop
from entrepot.process_state import kept_process_state
from entrepot.saved_settings import CurrentSettings, SavedAtStart
from ports.clock import Clock

GROUP = "entrepot.plugins"

Answer = TypeVar("Answer")

log = structlog.get_logger(__name__)


class RequiredPluginMissing(Exception):
    """A plugin is required by the settings and not loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    """``descriptions`` has what each registered object said about itself, in the same order."""

    manifest: Manifest
    registered: dict[str, tuple[Any, ...]]
    descriptions: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    settings: CurrentSettings = field(default_factory=lambda: CurrentSettings(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    name: str
    reason: str


CheckName = Callable[[str], None]
"""Checks the name of a plugin with commands. Raises an exception with a message of one line."""

CheckRoutes = Callable[[Sequence[Any], Sequence[Any]], None]
"""Checks new routes against the accepted ones. Raises an exception with a message of one line."""


def accept_routes(_routes: Sequence[Any], _others: Sequence[Any]) -> None:
    """For processes without a web server: accepts all routes."""


def accept_name(_name: str) -> None:
    """For processes without a command line: accepts all names."""


@dataclass(slots=True, kw_only=True)
class PluginManager:
    """The plugins of the entry-point group. A refused plugin does not affect the others.

    ``reserved`` has the codes of the shop's own objects by hook, which no plugin may use.
    ``choices`` names the plugin for a capability that only one plugin can have. ``link`` connects
    `PluginContext.shop` of the plugins with the shop, once its parts exist. ``manifests`` also
    has those of plugins that lack a setting.
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
    check_command: CheckName = accept_name
    link: ShopLink = field(default_factory=ShopLink)
    saved: SavedAtStart = field(default_factory=SavedAtStart)
    loaded: dict[str, LoadedPlugin] = field(default_factory=dict)
    manifests: dict[str, Manifest] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)
    _late: frozenset[str] = frozenset()

    def load(self, points: Iterable[EntryPoint] | None = None) -> None:
        """Import every plugin and call its hooks, each in a thread of its own with a deadline.

        A plugin is refused if it cannot be imported, clashes with another plugin, does not
        support this version of the API, lacks a setting, uses a hook without the capability,
        raises an exception, exits, does not return in time, or changes the process.
        """
        late = []
        for point in self._enabled(points):
            try:
                self.loaded[point.name] = self._loaded(point)
            except SecretsUnreadable:
                late.append(point)
            except PluginRefused as refusal:
                self._refuse(point.name, str(refusal))
        if late:
            # Now a plugin may unlock the keyring.
            self._late = frozenset(point.name for point in late)
            self.load(late)
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
                if self._started(point.name, lambda: implements(imported(point), hook)):  # noqa: B023
                    yield point.name, ""
            except PluginRefused as refusal:
                yield point.name, str(refusal)

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
        return self._started(point.name, lambda: self._load(point))

    def _enabled(self, points: Iterable[EntryPoint] | None) -> Iterator[EntryPoint]:
        """By name. Those that are switched off are refused."""
        if points is None:
            points = entry_points(group=GROUP)
        for point in sorted(points, key=lambda each: (each.name, str(each.dist))):
            if point.name in self.disabled:
                self._refuse(point.name, "switched off in the settings")
            else:
                yield point

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

    def _load(self, point: EntryPoint) -> LoadedPlugin:
        module = imported(point)
        manifest = checked_manifest(module, point.name, self.transfers)
        settings = self._settings(manifest)
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
        descriptions = {
            hook: descriptions_of(hook, objects) for hook, objects in registered.items()
        }
        self._refuse_clash(descriptions)
        check_descriptions(manifest, descriptions)
        if registered.get(ROUTES):
            others = [each for _, each in self.registered(ROUTES)]
            _refuse_if_raises(lambda: self.check_routes(registered[ROUTES], others))
        if registered.get(COMMANDS):
            _refuse_if_raises(lambda: self.check_command(manifest.name))
        return LoadedPlugin(
            manifest=manifest,
            registered=registered,
            descriptions=descriptions,
            settings=settings,
        )

    def _settings(self, manifest: Manifest) -> CurrentSettings:
        """Raises `PluginRefused`. The manifest is known from then on: a setting can be saved."""
        self.manifests[manifest.name] = manifest
        plain = self.saved.of(manifest.name)
        if plain.unreadable and manifest.name not in self._late:
            raise SecretsUnreadable(manifest.name)
        created = settings_of(manifest.settings, plain.values)
        problems = (*created.problems, *map(unreadable_secret, plain.unreadable))
        return CurrentSettings(created.value, plain.version, problems)

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

    def _refuse(self, name: str, reason: str) -> None:
        self.refused.append(Refusal(name=name, reason=reason))
        log.warning("plugin refused", plugin=name, reason=reason)


def _refuse_if_raises(check: Callable[[], None]) -> None:
    try:
        check()
    except Exception as error:
        raise PluginRefused(" ".join(str(error).split())) from error
