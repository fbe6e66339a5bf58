"""Plugins read the shop by `PluginContext.shop`."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import partial
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints
from uuid import uuid4

import httpx
import pytest

from adapters.clock import system
from adapters.plugins.guards import PluginGuards
from core.domain.address import Address
from core.domain.errors import Invalid, NotFound
from core.domain.identifiers import CustomerId, OrderId
from core.domain.privacy.consent import Channel
from core.domain.text import Text
from entrepot import shop as public
from entrepot.asgi import assemble
from entrepot.assembly.commands import OpenedShop
from entrepot.assembly.shop import Shop
from entrepot.plugin_manager import PluginManager
from ports.plugin_shop.errors import CapabilityMissing
from tests.bank import place
from tests.factories import stock_up
from tests.people import MARKED, register
from tests.plugins.shop_plugin import NAME, Write, in_plugin, kept

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("shop_plugin")]


@pytest.fixture
def manager(tmp_path: Path, guards: PluginGuards) -> PluginManager:
    return PluginManager(
        guards=guards, data=tmp_path, base_url="http://shop", currency="CNY", now=system.now
    )


PERSONAL = {"name", "contact", "address", "phone", "email", "login", "note", "street", "recipient"}


async def test_a_plugin_reads_an_order_without_contact_data(shop: Shop) -> None:
    await stock_up(shop)
    placed = await place(shop)
    order = await in_plugin(shop, lambda access: access.orders.get(placed.id))
    assert (order.number, order.state) == (placed.number, "placed")
    assert order == await in_plugin(shop, lambda access: access.orders.by_number(placed.number))
    lines = await in_plugin(shop, lambda access: access.orders.lines(placed.id))
    assert tuple(lines.values()) == order.lines
    stored = await shop.order_queries().find(placed.number)
    assert stored is not None
    assert stored.address is not None
    assert stored.contact
    assert stored.contact not in repr(order)
    assert stored.address.street not in repr(order)


def test_no_view_has_a_field_for_contact_data() -> None:
    views = [
        each for each in vars(public).values() if isinstance(each, type) and is_dataclass(each)
    ]
    walked = {field for view in views for field in walk(view)}
    assert ("ShopOrder", "lines", public.ShopOrderLine) in walked
    assert ("ShopOrderLine", "quantity", int) in walked
    texts = {
        (owner, name)
        for owner, name, kind in walked
        if kind in {str, Text, Address, Any} and owner.startswith("Shop")
    }
    assert {name for _, name in texts} & PERSONAL == set()
    of_shop = {kind for owner, _, kind in walked if owner.startswith("Shop")}
    assert not of_shop & {Address, Any}


def walk(view: type[Any]) -> Iterator[tuple[str, str, Any]]:
    """Every field of a view and of the views inside, with the types that it can have."""
    hints = get_type_hints(view)
    for field in fields(view):
        for kind in kinds_of(hints[field.name]):
            yield view.__name__, field.name, kind
            if is_dataclass(kind) and isinstance(kind, type) and kind is not view:
                yield from walk(kind)


def kinds_of(hint: Any) -> Iterator[Any]:
    if get_origin(hint) is None:
        yield getattr(hint, "__supertype__", hint)
    for each in get_args(hint):
        yield from kinds_of(each)


@pytest.mark.parametrize(
    ("name", "capability"),
    [
        ("orders", "orders.read"),
        ("order_actions", "orders.act"),
        ("refunds", "refunds"),
        ("accounts", "accounts"),
        ("catalogue", "catalogue.read"),
        ("customers", "customers.read"),
        ("events", "events"),
    ],
)
def test_a_property_needs_its_capability(
    manager: PluginManager, write_plugin: Write, name: str, capability: str
) -> None:
    others = f"set(Capability) - {{Capability('{capability}')}}"
    manager.load([write_plugin("lacking", capabilities=others), write_plugin("declaring")])
    assert list(manager.loaded) == ["declaring", "lacking"]
    assert getattr(kept("declaring").shop, name) is not None
    with pytest.raises(CapabilityMissing, match=f"“{capability}”: add Capability"):
        getattr(kept("lacking").shop, name)


def test_a_plugin_that_asks_the_shop_in_a_hook_is_refused(
    manager: PluginManager, write_plugin: Write
) -> None:
    body = "context.shop.orders.by_number('1').send(None)"
    manager.load([write_plugin("hasty", body=body)])
    (refusal,) = manager.refused
    assert "ShopNotReady: context.shop does not answer in a hook" in refusal.reason
    assert "\n" not in refusal.reason


async def test_the_shop_answers_in_the_server_and_in_commands(shop: Shop) -> None:
    await stock_up(shop)
    placed = await place(shop)
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(assemble(shop)),  # type: ignore[arg-type]
        base_url="http://shop.test",
    ) as client:
        response = await client.get(f"/{NAME}/{placed.number}")
    assert (response.status_code, response.text) == (200, "placed")
    command = OpenedShop(shop.settings())
    try:
        order = await in_plugin(command.shop, lambda access: access.orders.by_number(placed.number))
    finally:
        await command.close()
    assert order.id == placed.id


async def test_a_plugin_reads_members_by_opaque_ids(shop: Shop) -> None:
    member = await register(shop, MARKED)
    found = await in_plugin(shop, lambda access: access.customers.get(member))
    assert (found.id, found.groups) == (member, frozenset())
    page = await in_plugin(shop, lambda access: access.orders.of_customer(member))
    assert (page.orders, page.cursor) == ((), "")
    given = await in_plugin(shop, lambda access: access.customers.has_consent(member, "marketing"))
    assert given is False
    await shop.decide_consent()(member, "marketing", given=True, language="en", channel=Channel.WEB)
    assert await in_plugin(shop, lambda access: access.customers.has_consent(member, "marketing"))


async def test_errors_of_the_domain_cross_as_themselves(shop: Shop) -> None:
    unknown = OrderId(uuid4())
    assert isinstance(await in_plugin(shop, lambda each: each.orders.get(unknown)), NotFound)
    member = CustomerId(uuid4())
    assert isinstance(await in_plugin(shop, lambda each: each.customers.get(member)), NotFound)
    for limit, cursor in ((0, ""), (101, ""), ("1", ""), (1, "no cursor")):
        ask = partial(page_of, member=member, limit=limit, cursor=cursor)
        assert isinstance(await in_plugin(shop, ask), Invalid)


async def page_of(access: Any, member: CustomerId, limit: Any, cursor: str) -> Any:
    return await access.orders.of_customer(member, limit, cursor)


class Odd(str):
    __slots__ = ()


async def test_an_argument_of_another_type_stays_in_the_plugin(shop: Shop) -> None:
    for odd in (object(), Odd("x"), 1.5, "x" * 10_000, "\x00", [object()]):

        async def ask(access: Any, odd: object = odd) -> Any:
            return await access.orders.by_number(odd)

        assert isinstance(await in_plugin(shop, ask), Invalid)
