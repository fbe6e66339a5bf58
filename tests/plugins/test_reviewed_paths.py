"""Every use case that saves a cart or places an order asks the order guards.

The use cases are found in the code: a new one without a step here fails the test.
"""

import ast
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from dependency_injector import providers

from core.application.carts.ownership import CartOwner
from core.application.carts.reviews import ReviewEdit
from core.domain.identifiers import LineKey
from core.domain.orders.refusals import OrderRefused, Refusal
from core.domain.returns import Remedy
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.accounts import LOGIN, PASSWORD, a_member
from tests.application.test_points import TAKES_POINTS
from tests.application.test_returns import buy, details, inspected_return, ship_and_deliver
from tests.bank import CART, SMALL, Bank, checkout, fill, line_of
from tests.domain.pricing.shop import a_promotion, goods_off, percent
from tests.factories import DELIVERY, stock_up
from tests.plugins.proposing_plugin import Proposals, flash
from tests.pricing import use_rules

__all__ = ["flash"]
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

APPLICATION = Path(__file__).parents[2] / "core" / "application"
GUEST = CartOwner(token=CART)
AT_LOG_IN = {"MergeCart"}
"""It runs in the transaction of a log-in, which no plugin may wait in or refuse. What it makes is
reviewed when it is shown, and again when it is ordered."""

Step = Callable[[], Awaitable[object]]


def saving() -> Iterator[str]:
    """The classes of use cases that save a cart, or make an order."""
    for path in APPLICATION.rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and any(map(_saves, ast.walk(node))):
                yield node.name


def _saves(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = ast.unparse(node.func)
    return called.endswith(".carts.save") or called == "Order"


class Steps:
    """One step for each use case, by the name of its class. Each is called with a guest's cart."""

    def __init__(self, shop: Shop, bank: Bank) -> None:
        self.shop, self.bank = shop, bank

    async def prepare(self, name: str) -> tuple[Any, Step]:
        """The use case, and the call of it that is looked at."""
        if not (await self.shop.show_cart()(GUEST, "en")).units:
            await fill(self.shop, quantity=2)
        prepared: tuple[Any, Step] = await getattr(self, name)()
        return prepared

    async def AddToCart(self) -> tuple[Any, Step]:  # noqa: N802 -- names of classes
        use_case = self.shop.add_to_cart()
        return use_case, lambda: use_case(GUEST, SMALL, 1)

    async def ChangeQuantity(self) -> tuple[Any, Step]:  # noqa: N802
        use_case, key = self.shop.change_quantity(), await line_of(self.shop, GUEST)
        return use_case, lambda: use_case(GUEST, key, 3)

    async def SetLineFields(self) -> tuple[Any, Step]:  # noqa: N802
        use_case, key = self.shop.set_line_fields(), await line_of(self.shop, GUEST)
        return use_case, lambda: use_case(GUEST, key, {})

    async def SetDelivery(self) -> tuple[Any, Step]:  # noqa: N802
        use_case = self.shop.set_delivery()
        other = replace(DELIVERY, contact="other@example.com")
        return use_case, lambda: use_case(GUEST, other)

    async def KeepAtOrdinaryPrice(self) -> tuple[Any, Step]:  # noqa: N802
        use_case, key = self.shop.keep_at_ordinary_price(), await line_of(self.shop, GUEST)
        return use_case, lambda: use_case(GUEST, key)

    async def AddCoupon(self) -> tuple[Any, Step]:  # noqa: N802
        use_case = self.shop.add_coupon()
        return use_case, lambda: use_case(GUEST, "SAVE20")

    async def RemoveCoupon(self) -> tuple[Any, Step]:  # noqa: N802
        use_case = self.shop.remove_coupon()
        return use_case, lambda: use_case(GUEST, "SAVE20")

    async def SpendPoints(self) -> tuple[Any, Step]:  # noqa: N802
        use_case, account = self.shop.spend_points(), await a_member(self.shop)
        owner = CartOwner(customer_id=account.id)  # type: ignore[arg-type]
        await self.shop.add_to_cart()(owner, SMALL, 1)
        return use_case, lambda: use_case(owner, 100)

    async def PlaceOrder(self) -> tuple[Any, Step]:  # noqa: N802
        use_case, form = self.shop.place_order(), await checkout(self.shop, GUEST)
        return use_case, lambda: use_case(GUEST, form)

    async def ExchangeReturn(self) -> tuple[Any, Step]:  # noqa: N802
        bought = await buy(self.shop, self.bank, "another cart")
        await ship_and_deliver(self.shop, bought)
        request = await inspected_return(self.shop, bought, details(Remedy.EXCHANGE, 1))
        use_case = self.shop.exchange_return()
        return use_case, lambda: use_case(request.id)


@pytest.fixture
async def steps(flash: Proposals, shop: Shop, bank: Bank) -> Steps:
    del flash
    save = a_promotion("coupon", goods_off(percent("10")), code="save", by_coupon=True)
    use_rules(shop, save, SAVE20="save")
    shop.pricing_settings.override(providers.Object(TAKES_POINTS))
    await stock_up(shop)
    await fill(shop, quantity=2)
    return Steps(shop, bank)


async def test_every_use_case_that_saves_a_cart_or_an_order_asks_the_guards(
    flash: Proposals, steps: Steps, subtests: pytest.Subtests
) -> None:
    found = sorted(saving())
    assert len(found) == len(set(found)) > 5
    for name in found:
        if name in AT_LOG_IN:
            continue
        with subtests.test(name=name):
            _, step = await steps.prepare(name)
            flash.asked("review").clear()
            await step()
            assert len(flash.asked("review")) >= 1


async def test_a_use_case_that_asks_no_guard_is_found(flash: Proposals, steps: Steps) -> None:
    use_case, _ = await steps.prepare("AddToCart")
    flash.asked("review").clear()

    async def nothing(*_: object, **__: object) -> None:
        return None

    await replace(use_case, review_edit=nothing)(GUEST, SMALL, 1)
    assert flash.asked("review") == []
    assert isinstance(use_case.review_edit, ReviewEdit)


async def test_a_cart_that_log_in_merges_is_reviewed_when_it_is_shown_and_ordered(
    flash: Proposals, steps: Steps
) -> None:
    shop = steps.shop
    account = await a_member(shop)
    owner = CartOwner(customer_id=account.id)  # type: ignore[arg-type]
    await shop.log_in()(LOGIN, PASSWORD, GUEST)
    form = await checkout(shop, owner)
    flash.say(review=lambda draft: [Refusal(text=Text({"en": "No."}))] if draft.lines else [])
    assert not (await shop.show_cart()(owner, "en")).ready
    with pytest.raises(OrderRefused):
        await shop.place_order()(owner, form)


async def test_an_exchange_is_refused_by_a_guard(flash: Proposals, steps: Steps) -> None:
    _, exchange = await steps.prepare("ExchangeReturn")
    flash.say(review=lambda _: [Refusal(text=Text({"en": "No."}), line=LineKey("1"))])
    with pytest.raises(OrderRefused):
        await exchange()
    flash.say(review=lambda _: [])
    assert await exchange()
