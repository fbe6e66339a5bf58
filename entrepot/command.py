"""The `entrepot` command, connected to the assembled shop."""

import logging
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import click
from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from adapters.cli.root import root
from adapters.cli.shop import Assembly, CreateApp, OpenShop
from entrepot import __version__
from entrepot.assembly.commands import OpenedShop
from entrepot.assembly.offline import verify_bundle, verify_pack
from entrepot.assembly.plugin_commands import MountedGroups
from entrepot.loaded_plugins import RequiredPluginMissing
from entrepot.logging import LEVELS, configure_logging
from entrepot.scaffolding import SKELETONS
from ports.errors import TransactionAborted

UNDEFINED_TABLE = "42P01"


def assembly_of(open_: Callable[[], OpenShop] = OpenedShop) -> Assembly:
    return Assembly(
        open=open_,
        load_web_app=_load_web_app,
        verify_bundle=verify_bundle,
        verify_pack=verify_pack,
        skeletons=SKELETONS,
        plugin_groups=MountedGroups(open_),
    )


def _load_web_app() -> CreateApp:
    from entrepot.asgi import create  # noqa: PLC0415 -- a third of the imports, for servers alone

    return create


def main() -> None:
    """Run the command. It prints one line for each wrong setting and exits with code 2."""
    configure_logging(LEVELS.get(os.environ.get("ENTREPOT_LOG_LEVEL", ""), logging.ERROR))
    command: Any = click.version_option(__version__, prog_name="entrepot")(root)
    try:
        command(obj=assembly_of())
    except ValidationError as error:
        for each in error.errors():
            click.echo(f"Error: {_wrong_setting(each)}", err=True)
        sys.exit(2)
    except (DBAPIError, TransactionAborted) as error:
        click.echo(f"Error: {_database_failed(error)}", err=True)
        sys.exit(1)
    except RequiredPluginMissing as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)


def _wrong_setting(error: Mapping[str, Any]) -> str:
    name = "_".join(str(part) for part in error["loc"]).upper()
    message = error["msg"].removeprefix("Value error, ")
    return f"ENTREPOT_{name}: {message}." if name else message


def _database_failed(error: DBAPIError | TransactionAborted) -> str:
    """One line without the statement, which can have personal data."""
    if isinstance(error, TransactionAborted):
        return "The database does not answer. Check ENTREPOT_DATABASE_URL."
    reason = " ".join(str(error.orig).split())
    if "no such table" in reason or getattr(error.orig, "sqlstate", "") == UNDEFINED_TABLE:
        return "The database has no tables yet, or old ones. Run: entrepot db upgrade"
    return f"The database failed: {reason.partition(': ')[2] or reason}"
