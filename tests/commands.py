"""The command line over a test's shop, in a thread of its own with a shop of its own."""

import asyncio
from collections.abc import Awaitable

from click.testing import CliRunner, Result

from adapters.cli.root import root
from adapters.cli.shop import Assembly
from entrepot.container import Container, open_shop
from ports.payment.gateway import PaymentGateway


def command(shop: Container, *arguments: str, **gateways: PaymentGateway) -> Awaitable[Result]:
    """`entrepot ARGUMENTS`, with these ways to pay besides those of the plugins."""

    def opened() -> Container:
        other = open_shop(shop.settings())
        other.gateways().by_code.update(gateways)  # type: ignore[attr-defined]
        return other

    assembly = Assembly(
        open=opened,
        create_app=lambda: None,
        report=lambda _shop: (),
        skeletons={},
        version="0",
    )
    return asyncio.to_thread(lambda: CliRunner().invoke(root, arguments, obj=assembly))
