"""Runs the command line in a thread, with a second shop on the same database."""

import asyncio
from collections.abc import Awaitable

from click.testing import CliRunner, Result

from adapters.cli.root import root
from entrepot.assembly.commands import OpenedShop
from entrepot.assembly.shop import Shop
from entrepot.command import assembly_of
from ports.payments.gateway import PaymentGateway


def command(shop: Shop, *arguments: str, **gateways: PaymentGateway) -> Awaitable[Result]:
    """Run `entrepot ARGUMENTS` with further payment gateways."""

    def opened() -> OpenedShop:
        other = OpenedShop(shop.settings())
        other.shop.gateways().by_code.update(gateways)  # type: ignore[attr-defined]
        return other

    return asyncio.to_thread(lambda: CliRunner().invoke(root, arguments, obj=assembly_of(opened)))
