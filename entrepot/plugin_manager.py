"""Finds the installed plugins, checks them and calls their hooks."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import pluggy
import structlog
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import ValidationError

from core.domain.privacy.recipient import Transfers
from entrepot.hookspecs import (
    API_VERSION,
    PROJECT,
    Capability,
    EventSubscriber,
    Hooks,
    Manifest,
    PluginContext,
)
from ports.clock import Clock
from ports.fulfillment import Carrier
from ports.keys import KeyringLock
from ports.payments.gateway import PaymentGateway
from ports.payments.protocols import PROTOCOLS
from ports.privacy.data_providers import PersonalDataProvider
from ports.recommendation import Recommender
from ports.search import SearchIndex

GROUP = "entrepot.plugins"
ROUTES = "entrepot_routes"

# Hook → the capability that it needs and the port that its objects implement.
CONTRACT: dict[str, tuple[Capability, type[Any]]] = {
    "entrepot_gateways": (Capability.PAYMENT, PaymentGateway),
    "entrepot_carriers": (Capability.SHIPPING, Carrier),
    "entrepot_recommenders": (Capability.RECOMMENDATION, Recommender),
    "entrepot_search_indexes": (Capability.SEARCH, SearchIndex),
    "entrepot_subscribers": (Capability.EVENTS, EventSubscriber),
    ROUTES: (Capability.ROUTES, object),
    "entrepot_keyring_locks": (Capability.KEYS, KeyringLock),
    "entrepot_personal_data_providers": (Capability.RECORDS, PersonalDataProvider),
}

log = structlog.get_logger(__name__)


class PluginRefused(Exception):
    """The reason why one plugin is not loaded, in one line."""


class RequiredPluginMissing(Exception):
    """A plugin is required by the settings and not loaded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    manifest: Manifest
    registered: dict[str, tuple[Any, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    name: str
    reason: str


CheckRoutes = Callable[[Sequence[Any], Sequence[Any]], None]
"""Checks new routes against the accepted ones. Raises an exception with a message of one line."""


def accept_routes(_routes: Sequence[Any], _others: Sequence[Any]) -> None:
    """For processes without a web server: accepts all routes."""


@dataclass(slots=True, kw_only=True)
class PluginManager:
    """The plugins of the entry-point group. A refused plugin does not affect the others."""

    data: Path
    base_url: str
    currency: str
    now: Clock
    disabled: frozenset[str] = frozenset()
    transfers: Transfers = field(default_factory=Transfers)
    check_routes: CheckRoutes = accept_routes
    loaded: dict[str, LoadedPlugin] = field(default_factory=dict)
    refused: list[Refusal] = field(default_factory=list)

    def load(self, points: Iterable[EntryPoint] | None = None) -> None:
        """Import every plugin and call its hooks.

        A plugin is refused if it cannot be imported, clashes with another plugin, does not
        support this version of the API, lacks a setting, uses a hook without the capability
        or raises an exception.
        """
        if points is None:
            points = entry_points(group=GROUP)
        for point in sorted(points, key=lambda each: (each.name, str(each.dist))):
            if point.name in self.disabled:
                self._refuse(point.name, "switched off in the settings")
                continue
            try:
                self.loaded[point.name] = self._load(point)
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

    def _load(self, point: EntryPoint) -> LoadedPlugin:
        if point.name in self.loaded:
            dist = point.dist.name if point.dist else point.value
            raise PluginRefused(f"{point.value} of {dist} clashes with another plugin of that name")
        module = self._import(point)
        manifest = self._manifest(module, point.name)
        context = PluginContext(
            settings=self._settings(manifest),
            data=self.data / manifest.name,
            base_url=self.base_url,
            currency=self.currency,
            now=self.now,
        )
        registered = {
            hook: self._call_hook(module, manifest, hook, context)
            for hook in CONTRACT
            if self._implements(module, hook)
        }
        self._refuse_clash(registered)
        self._refuse_routes(registered.get(ROUTES, ()))
        return LoadedPlugin(manifest=manifest, registered=registered)

    def _import(self, point: EntryPoint) -> Any:
        try:
            module = point.load()
        except Exception as error:
            raise PluginRefused(f"cannot be imported: {_one_line(error)}") from error
        registry = pluggy.PluginManager(PROJECT)
        registry.add_hookspecs(Hooks)
        try:
            registry.register(module, point.name)
            registry.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:
            raise PluginRefused(f"implements a hook wrongly: {_one_line(error)}") from error
        return module

    def _manifest(self, module: Any, name: str) -> Manifest:
        manifest = getattr(module, "manifest", None)
        if not isinstance(manifest, Manifest):
            raise PluginRefused("has no manifest: give its module a `manifest = Manifest(…)`")
        if manifest.name != name:
            raise PluginRefused(f"calls itself “{manifest.name}” but its entry point “{name}”")
        try:
            supported = SpecifierSet(manifest.api)
        except InvalidSpecifier as error:
            raise PluginRefused(f"“{manifest.api}” is not a version range") from error
        if API_VERSION not in supported:
            raise PluginRefused(
                f"supports plugin API {manifest.api}, and this shop has {API_VERSION}"
            )
        if manifest.recipient is not None and not self.transfers.allow(manifest.recipient):
            raise PluginRefused(
                f"sends personal data to {manifest.recipient.country} without a recorded path: "
                f"name it for “{manifest.recipient.code}” in ENTREPOT_TRANSFERS"
            )
        return manifest

    def _settings(self, manifest: Manifest) -> Any:
        if manifest.settings is None:
            return None
        try:
            return manifest.settings()
        except ValidationError as error:
            prefix = str(manifest.settings.model_config.get("env_prefix", ""))
            wrong = ", ".join(
                f"{prefix}{'_'.join(str(part) for part in each['loc'])}".upper()
                + (" is not set" if each["type"] == "missing" else f": {each['msg']}")
                for each in error.errors()
            )
            raise PluginRefused(f"needs its settings: {wrong}") from error
        except Exception as error:
            raise PluginRefused(f"cannot read its settings: {_one_line(error)}") from error

    def _implements(self, module: Any, hook: str) -> bool:
        return hasattr(getattr(module, hook, None), f"{PROJECT}_impl")

    def _call_hook(
        self, module: Any, manifest: Manifest, hook: str, context: PluginContext
    ) -> tuple[Any, ...]:
        capability, port = CONTRACT[hook]
        if capability not in manifest.capabilities:
            raise PluginRefused(f"implements {hook} without declaring “{capability}”")
        try:
            objects = tuple(getattr(module, hook)(context))
        except Exception as error:
            raise PluginRefused(f"{hook} failed: {_one_line(error)}") from error
        for each in objects:
            if not isinstance(each, port):
                raise PluginRefused(
                    f"{hook} returned a {type(each).__name__}, which is no {port.__name__}"
                )
            for ability in sorted(getattr(each, "abilities", ())):
                if not isinstance(each, PROTOCOLS[ability]):
                    raise PluginRefused(
                        f"“{each.code}” declares {ability} and is no {PROTOCOLS[ability].__name__}"
                    )
        return objects

    def _refuse_clash(self, registered: dict[str, tuple[Any, ...]]) -> None:
        for hook in ("entrepot_gateways", "entrepot_carriers", "entrepot_recommenders"):
            owners = {each.code: name for name, each in self.registered(hook)}
            for each in registered.get(hook, ()):
                if each.code in owners:
                    raise PluginRefused(
                        f"its “{each.code}” clashes with that of “{owners[each.code]}”"
                    )

    def _refuse_routes(self, routes: Sequence[Any]) -> None:
        if not routes:
            return
        try:
            self.check_routes(routes, [each for _, each in self.registered(ROUTES)])
        except Exception as error:
            raise PluginRefused(" ".join(str(error).split())) from error

    def _refuse(self, name: str, reason: str) -> None:
        self.refused.append(Refusal(name=name, reason=reason))
        log.warning("plugin refused", plugin=name, reason=reason)


def _one_line(error: Exception) -> str:
    """The type and the message of an error, without line breaks."""
    message = " ".join(str(error).split())[:200]
    return f"{type(error).__name__}: {message}" if message else type(error).__name__
