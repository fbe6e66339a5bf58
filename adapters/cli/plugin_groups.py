"""The commands of plugins: `entrepot PLUGIN …`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import click


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginGroup:
    """A plugin with commands. ``problem`` says why it cannot be imported, or is empty."""

    name: str
    problem: str


class PluginGroups(Protocol):
    def list(self) -> Sequence[PluginGroup]:
        """All plugins with commands. It opens no database."""

    def open(self, name: str, context: click.Context) -> click.Group | None:
        """The commands of a plugin, with an open shop; None if no plugin has this name.

        The shop is closed with the context.

        Raises:
            click.ClickException: the plugin is not loaded, or has no commands.
        """


class ShopGroup(click.Group):
    """The commands of the shop, and those of plugins. A plugin is loaded if it is named."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        own = super().get_command(ctx, cmd_name)
        groups = _groups_of(ctx)
        if own is not None or groups is None or ctx.resilient_parsing:
            return own
        return groups.open(cmd_name, ctx)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_commands(ctx, formatter)
        groups = _groups_of(ctx)
        rows = [
            (each.name, each.problem or f"Commands of the plugin {each.name}.")
            for each in (groups.list() if groups else ())
        ]
        if rows:
            with formatter.section("Plugins"):
                formatter.write_dl(rows)


def _groups_of(ctx: click.Context) -> PluginGroups | None:
    assembly: Any = ctx.find_root().obj
    groups: PluginGroups | None = getattr(assembly, "plugin_groups", None)
    return groups
