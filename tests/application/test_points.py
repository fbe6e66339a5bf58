"""Points pay a part of an order: held with it, spent when it is paid, given back with it."""

import asyncio
from dataclasses import replace
from fractions import Fraction

import pytest
from dependency_injector import providers

from core.application.carts.ownership import CartOwner
from core.application.ledger.order_points import OrderPoints
from core.application.ledger.transfers import TransferInput
from core.domain.errors import Invalid
from core.domain.identifiers import CustomerId, LineKey
from core.domain.ledger.accounts import (
    POINTS,
    InsufficientBalance,
    LedgerAccountKind,
    Owner,
    OwnerKind,
)
from core.domain.ledger.transfers import Transfer, TransferId, payment
from core.domain.money import Money
from core.domain.orders.order import Order
from core.domain.orders.pricing import OrderPricing
from core.domain.payments.refund import RefundReason
from core.domain.pricing.changes import OffersChanged
from core.domain.pricing.settings import PointsSettings, PricingSettings
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from ports.unit_of_work import UnitOfWork
from tests.accounts import a_member
from tests.application.test_returns import GOODWILL
from tests.bank import BACK, SMALL, Bank, checkout, notification, pay
from tests.conftest import ON_POSTGRESQL
from tests.factories import DELIVERY, a_draft, an_order, stock_up, yuan
from tests.invariants import violations
from tests.pricing import use_rules

pytestmark = pytest.mark.anyio
TAKES_POINTS = PricingSettings(
    takes_points=True, points=PointsSettings(worth=Fraction(1), step=100, most_percent=50)
)
"""A hundred points are one yuan; they pay at most half of the goods."""


@pytest.fixture
async def member(shop: Shop) -> CustomerId:
    """A member with 10,000 points."""
    return await a_member_with_points(shop)


async def a_member_with_points(shop: Shop) -> CustomerId:
    """Call it before the shop has made its use cases."""
    rules = use_rules(shop)
    rules.settings = TAKES_POINTS
    shop.pricing_settings.override(providers.Object(TAKES_POINTS))
    await stock_up(shop, a_draft())
    member = CustomerId((await a_member(shop)).id)
    await give(shop, member, 10_000)
    return member


async def give(shop: Shop, member: CustomerId, points: int) -> None:
    open_account = shop.open_ledger_account()
    issued = await open_account.of_shop(LedgerAccountKind.ISSUED, POINTS)
    account = await open_account(Owner(OwnerKind.MEMBER, member), LedgerAccountKind.POINTS, POINTS)
    lines = payment(issued, account, points, source="gift")
    await shop.make_transfer()(TransferInput(key=f"gift {member}", reason="grant", lines=lines))


async def filled(shop: Shop, member: CustomerId, points: int, quantity: int = 1) -> CartOwner:
    owner = CartOwner(customer_id=member)
    await shop.add_to_cart()(owner, SMALL, quantity)
    await shop.set_delivery()(owner, DELIVERY)
    await shop.spend_points()(owner, points)
    return owner


async def bought(
    shop: Shop, member: CustomerId, points: int, quantity: int = 1, key: str = "key"
) -> Order:
    owner = await filled(shop, member, points, quantity)
    placed = await shop.place_order()(owner, await checkout(shop, owner, key))
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    return order


async def balance(shop: Shop, member: CustomerId) -> int:
    return await shop.points_balance()(member)


async def test_points_are_held_then_spent_and_lower_the_total(
    shop: Shop, bank: Bank, member: CustomerId
) -> None:
    owner = await filled(shop, member, 5_050)
    cart = await shop.show_cart()(owner, "zh")
    assert cart.points is not None
    # 5,050 points are wanted; the step is 100.
    assert (cart.points.balance, cart.points.wanted, cart.points.spent) == (10_000, 5_050, 5_000)
    assert cart.goods_total == yuan(168 - 50)
    placed = await shop.place_order()(owner, await checkout(shop, owner))
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    assert (order.pricing.points, order.goods_total) == (5_000, yuan(118))
    assert await balance(shop, member) == 5_000
    await pay(shop, bank, order.id)
    assert await balance(shop, member) == 5_000
    account = await shop.show_points()(member)
    assert account is not None
    assert [(each.reason, each.points) for each in account.changes] == [
        ("order", -5_000),
        ("grant", 10_000),
    ]
    assert (await shop.show_cart()(owner, "zh")).points == replace(
        cart.points, balance=5_000, wanted=0, spent=0
    )
    assert await violations(shop.database()) == []


async def test_points_pay_at_most_their_part_of_the_goods(shop: Shop, member: CustomerId) -> None:
    order = await bought(shop, member, 99_999)
    assert order.pricing.points == 8_400


async def test_a_cancelled_or_expired_order_releases_its_points(
    shop: Shop, member: CustomerId
) -> None:
    order = await bought(shop, member, 5_000)
    await shop.cancel_order()(order.id, "customer")
    assert await balance(shop, member) == 10_000
    second = await bought(shop, member, 5_000, key="second")
    late = second.pay_before
    expire = shop.expire_orders()
    await replace(expire, now=lambda: late, cancel=replace(expire.cancel, now=lambda: late))()
    assert await balance(shop, member) == 10_000
    assert await violations(shop.database()) == []


async def test_refunds_give_points_back_in_proportion_and_in_all(
    shop: Shop, bank: Bank, member: CustomerId
) -> None:
    order = await bought(shop, member, 10_000, quantity=3)
    await pay(shop, bank, order.id)
    back, balances = Money.zero("CNY"), []
    for _ in range(3):
        wanted = replace(GOODWILL, quantities={LineKey("1"): 1})
        refund = await shop.request_refund()(order.id, wanted)
        assert refund is not None
        back += refund.amount
        balances.append(await balance(shop, member))
    assert back == order.goods_total
    assert balances == [3_333, 6_666, 10_000]
    assert await violations(shop.database()) == []


async def test_a_paid_order_that_is_cancelled_gives_the_rest_back(
    shop: Shop, bank: Bank, member: CustomerId
) -> None:
    order = await bought(shop, member, 10_000, quantity=3)
    await pay(shop, bank, order.id)
    await shop.request_refund()(order.id, replace(GOODWILL, quantities={LineKey("1"): 1}))
    await shop.cancel_order()(order.id, "customer")
    assert await balance(shop, member) == 10_000
    assert await violations(shop.database()) == []


async def test_money_that_comes_too_late_is_returned_because_the_points_are_free_again(
    shop: Shop, bank: Bank, member: CustomerId
) -> None:
    order = await bought(shop, member, 5_000)
    await shop.start_payment()(order.id, BACK)
    reference = bank.asked[-1].reference
    await shop.cancel_order()(order.id, "system")
    bank.amount, bank.known = order.total, GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(reference))
    (refund,) = await shop.order_queries().refunds(order.id)
    assert (refund.reason, refund.amount) == (RefundReason.PAID_TOO_LATE, order.total)
    assert await balance(shop, member) == 10_000
    assert await violations(shop.database()) == []


async def test_points_that_are_gone_are_a_changed_price(shop: Shop, member: CustomerId) -> None:
    owner = await filled(shop, member, 5_000)
    form = await checkout(shop, owner)
    issued = await shop.open_ledger_account().of_shop(LedgerAccountKind.EXPIRED, POINTS)
    account = await shop.open_ledger_account()(
        Owner(OwnerKind.MEMBER, member), LedgerAccountKind.POINTS, POINTS
    )
    lines = payment(account, issued, 9_000)
    await shop.make_transfer()(TransferInput(key="gone", reason="expired", lines=lines))
    with pytest.raises(OffersChanged) as changed:
        await shop.place_order()(owner, form)
    (points,) = changed.value.changes
    assert points.label is not None
    assert (points.label.in_language("zh"), points.now) == ("积分抵现", yuan(10))


async def test_guests_and_shops_without_points_are_refused(shop: Shop, member: CustomerId) -> None:
    del member
    guest = CartOwner(token="guest")
    await shop.add_to_cart()(guest, SMALL, 1)
    with pytest.raises(Invalid, match="Sign in"):
        await shop.spend_points()(guest, 100)
    off = replace(shop.spend_points(), pricing_settings=PricingSettings())
    with pytest.raises(Invalid, match="takes no points"):
        await off(guest, 100)
    assert (await shop.show_cart()(guest, "zh")).points is None


class ChecksThenSpends(OrderPoints):
    """The twin: it reads the balance, and then takes the points without a guard."""

    async def hold(self, unit: UnitOfWork, order: Order) -> None:
        payer = await unit.ledger_accounts.open(self._member_account(order))
        revenue = await self._revenue(unit)
        if payer.available < order.pricing.points:
            raise InsufficientBalance(payer.id, payer.available)
        await asyncio.sleep(0.05)
        spent = Transfer(
            id=TransferId(order.id),
            key=f"order {order.id} points",
            reason="order",
            at=order.placed_at,
            lines=payment(payer, revenue, order.pricing.points),
        )
        await unit.transfers.transfer(spent, overdraw=True)


async def race(shop: Shop, member: CustomerId, points: OrderPoints) -> list[object]:
    """Twenty orders of one member at once, each with a tenth of the points."""

    async def place(number: int) -> None:
        order = an_order(f"{number:016}")
        order.customer_id = member
        order.pricing = OrderPricing(points=1_000)
        async with shop.units()() as unit:
            await unit.orders.save(order)
            await points.hold(unit, order)
            await unit.commit()

    return await asyncio.gather(*map(place, range(20)), return_exceptions=True)


async def test_twenty_orders_of_one_member_spend_no_more_than_there_is(
    shop: Shop, member: CustomerId
) -> None:
    results = await race(shop, member, shop.order_points())
    refused = [each for each in results if each is not None]
    assert [type(each) for each in refused] == [InsufficientBalance] * 10
    assert await balance(shop, member) == 0


@pytest.mark.parametrize("database_url", [ON_POSTGRESQL], indirect=True)
async def test_without_the_guard_the_balance_goes_below_zero(
    shop: Shop, member: CustomerId
) -> None:
    points = shop.order_points()
    await race(shop, member, ChecksThenSpends(points.now, points.new_id))
    assert await balance(shop, member) < 0
