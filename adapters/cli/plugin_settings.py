"""`entrepot plugins settings`, `set` and `unset`: the settings of one plugin."""

import json
import sys
from dataclasses import asdict, dataclass

import click
from rich.console import Console
from rich.table import Table

from adapters.cli.output import fail_with, invalid_lines, json_option
from adapters.cli.shop import Assembly, pass_assembly, run_prepared
from core.application.audit.staff_actions import COMMAND_LINE
from core.application.plugin_settings import (
    ChangePluginSettings,
    PluginSettingsView,
    ShowPluginSettings,
)
from core.domain.errors import Invalid, InvalidFields
from ports.plugin_settings import PluginSetting, SettingSource

SECRET_SHOWN = "(secret)"  # noqa: S105 -- stands for one


@dataclass(frozen=True, slots=True)
class PluginSettingsCommands:
    show: ShowPluginSettings
    change: ChangePluginSettings


@click.command("settings")
@click.argument("name")
@json_option
@pass_assembly
def settings_command(assembly: Assembly, name: str, as_json: bool) -> None:
    """Show the settings of the plugin NAME, and where each value comes from. No secrets.

    Exits with 1 if a saved value is not used.
    """

    async def work(parts: PluginSettingsCommands) -> PluginSettingsView:
        return await parts.show(name)

    view = run_prepared(assembly, PluginSettingsCommands, work)
    if as_json:
        click.echo(json.dumps(_json_of(view), ensure_ascii=False))
    else:
        table = Table("Setting", "Variable", "Source", "Value", "Meaning", box=None)
        for each in view.settings:
            table.add_row(each.name, each.variable, each.source, _shown(each), each.description)
        Console(width=160).print(table)
    fail_with(view.state.problems)


@click.command("set")
@click.argument("name")
@click.argument("key")
@click.argument("value", required=False)
@pass_assembly
def set_command(assembly: Assembly, name: str, key: str, value: str | None) -> None:
    """Save VALUE for the setting KEY of the plugin NAME. Without VALUE it is read from stdin.

    Values are written as in environment variables: lists and objects as JSON. A secret is never
    an argument.
    """
    _change(assembly, name, key, value, remove=False)


@click.command("unset")
@click.argument("name")
@click.argument("key")
@pass_assembly
def unset_command(assembly: Assembly, name: str, key: str) -> None:
    """Delete the saved value of the setting KEY of the plugin NAME. The default counts again."""
    _change(assembly, name, key, None, remove=True)


def _change(assembly: Assembly, name: str, key: str, value: str | None, *, remove: bool) -> None:
    async def work(parts: PluginSettingsCommands) -> tuple[list[str], bool]:
        view = await parts.show(name)
        found = next((each for each in view.settings if each.name == key), None)
        if found is None:
            known = ", ".join(each.name for each in view.settings)
            raise click.UsageError(f"“{name}” has no setting “{key}”. Choose one of {known}.")
        text = None if remove else _value(found, value)
        try:
            await parts.change(name, {key: text}, version=view.version, actor=COMMAND_LINE)
        except (Invalid, InvalidFields) as error:
            return invalid_lines(error), view.state.live
        return [], view.state.live

    problems, live = run_prepared(assembly, PluginSettingsCommands, work)
    fail_with(problems)
    when = "within seconds" if live else "at the next start of the servers and workers"
    click.echo(f"“{key}” of “{name}” was saved. It takes effect {when}.")


def _value(setting: PluginSetting, value: str | None) -> str:
    if value is not None:
        if setting.secret:
            raise click.UsageError(
                "A secret would stay in the history of the shell. Leave it out: it is read from"
                " stdin."
            )
        return value
    if sys.stdin.isatty():
        text: str = click.prompt(setting.name, hide_input=setting.secret)
        return text
    return sys.stdin.read().removesuffix("\n")


def _shown(setting: PluginSetting) -> str:
    is_set = setting.source in {SettingSource.ENVIRONMENT, SettingSource.SAVED}
    return SECRET_SHOWN if setting.secret and is_set else setting.value


def _json_of(view: PluginSettingsView) -> dict[str, object]:
    return {
        "plugin": view.plugin,
        "version": view.version,
        "live": view.state.live,
        "problems": view.state.problems,
        "settings": [asdict(each) for each in view.settings],
    }
