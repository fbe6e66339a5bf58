"""Mounts the commands of plugins below `entrepot PLUGIN`."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from importlib.metadata import entry_points
from inspect import isawaitable
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import click
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from adapters.cli.plugin_groups import PluginGroup
from adapters.cli.shop import OpenShop
from adapters.clock import system
from adapters.plugins.guards import PluginGuards
from adapters.plugins.limits import PluginLimits
from adapters.plugins.process_record import ProcessRecord
from adapters.plugins.shop.link import SHOP_LOOP
from core.domain.errors import DomainError
from entrepot.plugin_contract import COMMANDS
from entrepot.plugin_manager import GROUP, PluginManager
from entrepot.plugin_manifest import one_line
from entrepot.settings import Settings
from ports.errors import PortError, TransactionAborted


class MountedGroups:
    """Implements `adapters.cli.plugin_groups.PluginGroups`.

    A command of a plugin has a process of its own, so it runs without the plugin guard: in the
    thread and on the loop that Ctrl-C interrupts, and as long as it takes.
    """

    def __init__(self, open_: Callable[[], OpenShop]) -> None:
        self._open = open_

    def list(self) -> Sequence[PluginGroup]:
        guards = PluginGuards(system.now, PluginLimits(), ProcessRecord(Path(gettempdir())))
        manager = PluginManager(
            guards=guards,
            data=Path(),
            base_url="",
            currency="",
            now=system.now,
            disabled=_disabled(),
        )
        try:
            found = tuple(manager.implementing(COMMANDS))
        finally:
            guards.close()
        return tuple(PluginGroup(name=name, problem=problem) for name, problem in found)

    def open(self, name: str, context: click.Context) -> click.Group | None:
        if not entry_points(group=GROUP, name=name):
            return None
        session = _Session(name, self._open())
        context.call_on_close(session.close)
        plugins = session.shop.part(PluginManager)
        if name not in plugins.loaded:
            reason = next(each.reason for each in plugins.refused if each.name == name)
            raise click.ClickException(f"The plugin “{name}” is not loaded: {reason}")
        plugin = plugins.loaded[name]
        commands = plugin.registered.get(COMMANDS, ())
        if not commands:
            raise click.ClickException(f"The plugin “{name}” has no commands.")
        return click.Group(
            name,
            commands=[session.mounted(each) for each in commands],
            help=f"Commands of the plugin {name} {plugin.manifest.version}.",
        )


class _Session:
    """An open shop while a command of a plugin runs."""

    def __init__(self, plugin: str, shop: OpenShop) -> None:
        self.shop = shop
        self._plugin = plugin
        self._closed = False

    def mounted(self, command: click.Command) -> click.Command:
        """A copy with the errors and exit codes of the shop. Its function may be asynchronous."""
        mounted = copy.copy(command)
        if isinstance(mounted, click.Group):
            mounted.commands = {name: self.mounted(each) for name, each in mounted.commands.items()}
        if command.callback is not None:
            mounted.callback = self._checked(command.callback)
        return mounted

    def close(self) -> None:
        if not self._closed:
            asyncio.run(self._aclose())

    def _checked(self, callback: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(callback)
        def call(*arguments: Any, **named: Any) -> Any:
            try:
                result = callback(*arguments, **named)
                return asyncio.run(self._finished(result)) if isawaitable(result) else result
            except (click.exceptions.Exit, click.Abort, click.ClickException):
                raise
            except (DBAPIError, TransactionAborted):
                # Shown without the statement, which can have personal data.
                raise
            except DomainError as error:
                raise click.ClickException(str(error)) from error
            except PortError as error:
                raise click.ClickException(error.template.format(**vars(error))) from error
            except Exception as error:
                message = f"The command of the plugin “{self._plugin}” failed: {one_line(error)}"
                raise click.ClickException(message) from error

        return call

    async def _finished(self, result: Awaitable[Any]) -> Any:
        try:
            await self.shop.prepare()
            # `PluginContext.shop` works on this loop, which a guarded call sets otherwise.
            SHOP_LOOP.set(asyncio.get_running_loop())
            return await result
        finally:
            await self._aclose()

    async def _aclose(self) -> None:
        self._closed = True
        await self.shop.close()


def _disabled() -> frozenset[str]:
    """`entrepot --help` works with wrong settings, too."""
    try:
        return Settings.model_validate({}).plugins_disabled
    except ValidationError:
        return frozenset()
