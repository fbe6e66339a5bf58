"""The `entrepot` command, connected to the assembled shop."""

import logging
import sys
from collections.abc import Callable
from typing import Any

import click
from pydantic import ValidationError

from adapters.cli.root import root
from adapters.cli.shop import Assembly, OpenShop
from entrepot import __version__
from entrepot.asgi import create
from entrepot.assembly.commands import OpenedShop
from entrepot.assembly.offline import verify_bundle, verify_pack
from entrepot.logging import configure_logging
from entrepot.plugin_manager import RequiredPluginMissing
from entrepot.scaffolding import SKELETONS


def assembly_of(open_: Callable[[], OpenShop] = OpenedShop) -> Assembly:
    return Assembly(
        open=open_,
        create_app=create,
        verify_bundle=verify_bundle,
        verify_pack=verify_pack,
        skeletons=SKELETONS,
    )


def main() -> None:
    """Run the command. It prints one line for each wrong setting and exits with code 2."""
    configure_logging(logging.ERROR)
    command: Any = click.version_option(__version__, prog_name="entrepot")(root)
    try:
        command(obj=assembly_of())
    except ValidationError as error:
        for each in error.errors():
            name = "_".join(str(part) for part in each["loc"]).upper()
            click.echo(f"Error: ENTREPOT_{name}: {each['msg']}.", err=True)
        sys.exit(2)
    except RequiredPluginMissing as error:
        click.echo(f"Error: {error}", err=True)
        sys.exit(1)
