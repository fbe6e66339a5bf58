"""From a cart to a paid order, on SQLite and PostgreSQL, one buyer at a time and many at once."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import bindparam, select, text

from adapters.database.stock.statements import reserve_if
from adapters.database.tables.orders import orders
from adapters.database.tables.stock import stock_levels
from core.application.carts.ownership import CartOwner
from core.application.customers.registration import Registration
from core.application.orders.checkout import Checkout
from core.application.payments.attempts import ClosePayments
from core.application.payments.notifications import Outcome
from core.application.payments.start import StartPayment
from core.domain.errors import (
    CartChanged,
    CartEmpty,
    CheckoutIncomplete,
    IllegalTransition,
    NotForSale,
    OutOfStock,
    PriceChanged,
    QuantityOutOfRange,
)
from core.domain.identifiers import LocationCode, OrderId
from core.domain.money import Money
from core.domain.orders.states import OrderStage
from core.domain.payments.payment import ASK_INTERVAL
from core.domain.payments.refund import RefundReason
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from tests.bank import (
    BACK,
    PARCEL,
    SMALL,
    Bank,
    available,
    checkout,
    fill,
    line_of,
    notification,
    place,
    state_of,
)
from tests.factories import DELIVERY, a_draft, stock_up, yuan

pytestmark = pytest.mark.anyio


async def test_an_order_reserves_its_stock_and_empties_the_cart(shop: Shop) -> None:
    await stock_up(shop)
    placed = await place(shop, quantity=3)
    assert await available(shop) == 7
    assert (await shop.show_cart()(CartOwner(token="cart"), "zh")).lines == ()
    assert await state_of(shop, placed) is OrderStage.PLACED


async def test_the_same_idempotency_key_places_one_order(shop: Shop) -> None:
    await stock_up(shop)
    owner = await fill(shop)
    order = await checkout(shop, owner)
    first = await shop.place_order()(owner, order)
    assert await shop.place_order()(owner, order) == first
    assert await available(shop) == 9


async def test_a_repeated_checkout_finds_its_order_whatever_is_in_the_cart(shop: Shop) -> None:
    await stock_up(shop)
    owner = await fill(shop)
    order = await checkout(shop, owner)
    first = await shop.place_order()(owner, order)
    await shop.add_to_cart()(owner, SMALL, 3)
    assert await shop.place_order()(owner, order) == first
    await shop.count_stock()(SMALL, LocationCode("main"), 1)
    assert await shop.place_order()(owner, order) == first
    await shop.move_product()("celadon-teapot", "archive")
    assert await shop.place_order()(owner, order) == first
    assert (await shop.show_cart()(owner, "zh")).units == 3


async def test_the_last_unit_is_sold_to_concurrent_submits_of_one_checkout(shop: Shop) -> None:
    await stock_up(shop)
    await shop.count_stock()(SMALL, LocationCode("main"), 1)
    owner = await fill(shop)
    order = await checkout(shop, owner)
    clicks = await asyncio.gather(*(shop.place_order()(owner, order) for _ in range(8)))
    assert len({placed.number for placed in clicks}) == 1


async def test_concurrent_submits_place_one_order(shop: Shop) -> None:
    await stock_up(shop)
    owner = await fill(shop)
    order = await checkout(shop, owner)
    clicks = await asyncio.gather(*(shop.place_order()(owner, order) for _ in range(8)))
    assert len({placed.number for placed in clicks}) == 1
    assert await available(shop) == 9


async def test_the_same_key_of_another_buyer_places_another_order(shop: Shop) -> None:
    await stock_up(shop)
    mine = await fill(shop, "mine")
    placed = await shop.place_order()(mine, await checkout(shop, mine))
    theirs = await fill(shop, "theirs")
    other = await shop.place_order()(theirs, await checkout(shop, theirs))
    assert other.number != placed.number


async def test_a_changed_price_is_shown_before_the_order_is_placed(shop: Shop) -> None:
    await stock_up(shop)
    owner = await fill(shop)
    shown = await checkout(shop, owner)
    dearer = tuple(replace(each, price=yuan(999)) for each in a_draft().variants)
    await shop.save_product()(a_draft(variants=dearer))
    with pytest.raises(PriceChanged):
        await shop.place_order()(owner, shown)
    (line,) = (await shop.show_cart()(owner, "zh")).lines
    assert (line.price_was, line.unit_price) == (yuan(168), yuan(999))
    assert await available(shop) == 10
    placed = await shop.place_order()(owner, await checkout(shop, owner))
    assert await state_of(shop, placed) is OrderStage.PLACED


async def test_a_cart_that_changed_in_another_tab_is_refused(shop: Shop) -> None:
    await stock_up(shop)
    owner = await fill(shop)
    shown = await checkout(shop, owner)
    line = await line_of(shop, owner)
    await shop.change_quantity()(owner, line, 2)
    await shop.change_quantity()(owner, line, 1)
    with pytest.raises(CartChanged):
        await shop.place_order()(owner, shown)
    with pytest.raises(CartChanged):
        await shop.change_quantity()(owner, line, 3, shown.cart_version)
    assert await available(shop) == 10


async def test_invalid_quantities_and_empty_carts_are_refused(shop: Shop) -> None:
    await stock_up(shop)
    owner = CartOwner(token="cart")
    with pytest.raises(OutOfStock):
        await shop.add_to_cart()(owner, SMALL, 11)
    for quantity in (0, -1, 1000):
        with pytest.raises(QuantityOutOfRange):
            await shop.add_to_cart()(owner, SMALL, quantity)
    with pytest.raises(CartEmpty):
        await shop.place_order()(
            owner,
            Checkout(key="k", shipping_code="x", total=yuan(1), cart_version=1, language="zh"),
        )


async def test_an_incomplete_checkout_says_what_is_missing(shop: Shop) -> None:
    await stock_up(shop)
    owner = CartOwner(token="cart")
    await shop.add_to_cart()(owner, SMALL, 1)
    with pytest.raises(CheckoutIncomplete, match="address"):
        await shop.review_checkout()(owner, "zh")
    await shop.set_delivery()(owner, DELIVERY)
    shown = await checkout(shop, owner)
    with pytest.raises(CheckoutIncomplete, match="shipping method"):
        await shop.place_order()(owner, replace(shown, shipping_code="by-pigeon"))


async def test_an_unpublished_product_cannot_be_ordered(shop: Shop) -> None:
    await stock_up(shop)
    owner = await fill(shop)
    shown = await checkout(shop, owner)
    await shop.move_product()("celadon-teapot", "unpublish")
    with pytest.raises(NotForSale):
        await shop.place_order()(owner, shown)
    (line,) = (await shop.show_cart()(owner, "zh")).lines
    assert line.problem == "not_for_sale"


async def sell_out(shop: Shop, buyers: int = 50) -> int:
    """Check out ``buyers`` carts concurrently. Returns the number of orders."""
    owners = [await fill(shop, f"cart-{number}") for number in range(buyers)]
    forms = [await checkout(shop, owner) for owner in owners]

    async def buy(owner: CartOwner, form: Checkout) -> bool:
        try:
            await shop.place_order()(owner, form)
        except OutOfStock:
            return False
        return True

    bought = await asyncio.gather(*map(buy, owners, forms))
    async with shop.database().reads.connect() as connection:
        placed = len((await connection.execute(select(orders.c.id))).all())
    assert placed == sum(bought)
    return placed


async def test_fifty_buyers_of_the_last_ten_units_place_ten_orders(shop: Shop) -> None:
    await stock_up(shop)
    assert await sell_out(shop) == 10
    assert await available(shop) == 0


@pytest.mark.own_database
async def test_without_the_guard_more_units_are_sold_than_are_in_stock(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same race without the condition in WHERE, and without the CHECK constraint."""
    await stock_up(shop)
    lax = reserve_if(stock_levels.c.on_hand >= bindparam("units"))
    monkeypatch.setattr("adapters.database.stock.reservations.RESERVE", lax)
    await _drop_check_constraint(shop)
    assert await sell_out(shop) > 10


async def _drop_check_constraint(shop: Shop) -> None:
    if shop.database().is_sqlite:
        async with shop.database().writes.connect() as connection:
            await connection.execute(text("PRAGMA ignore_check_constraints = ON"))
        return
    async with shop.database().writes.begin() as connection:
        await connection.execute(
            text("ALTER TABLE stock_levels DROP CONSTRAINT ck_stock_levels_reserved")
        )


async def test_a_notification_pays_the_order_once(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    raw = notification(bank.asked[0].reference)
    results = await asyncio.gather(*(shop.receive_notification()("bank", raw) for _ in range(10)))
    assert {result.answer.status for result in results} == {200}
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    assert order.stage is OrderStage.PAID
    assert [move.move for move in order.history] == ["place", "pay"]


async def test_an_open_payment_is_used_again(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    await shop.start_payment()(placed.id, BACK)
    assert len({request.reference for request in bank.asked}) == 1


async def test_concurrent_starts_are_one_payment(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await asyncio.gather(*(shop.start_payment()(placed.id, BACK) for _ in range(8)))
    assert len({request.reference for request in bank.asked}) == 1
    assert len(await shop.order_queries().payments(placed.id)) == 1


@dataclass(frozen=True, slots=True)
class CloseThenStart(ClosePayments):
    """Closes the payments; right after the first time, the buyer starts another one."""

    start_payment: StartPayment
    started: list[OrderId] = field(default_factory=list)

    async def __call__(self, order_id: OrderId, instalment: str = "") -> bool:
        closed = await ClosePayments.__call__(self, order_id, instalment)
        if not self.started:
            self.started.append(order_id)
            await self.start_payment(order_id, BACK)
        return closed


@pytest.mark.usefixtures("bank")
async def test_a_payment_started_during_a_cancellation_is_closed_too(shop: Shop) -> None:
    await stock_up(shop)
    placed = await place(shop)
    close = shop.close_payments()
    close_then_start = CloseThenStart(
        close.order_queries, close.close_payment, shop.start_payment()
    )
    cancel = replace(shop.cancel_order(), close_payments=close_then_start)
    await cancel(placed.id, "customer")
    payments = await shop.order_queries().payments(placed.id)
    assert [payment.state for payment in payments] == ["closed"]
    assert await state_of(shop, placed) is OrderStage.CANCELLED


async def test_an_order_that_cannot_expire_does_not_block_the_others(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    stuck = await place(shop, "stuck")
    await shop.start_payment()(stuck.id, BACK)
    bank.down = True
    other = await place(shop, "other")
    expire = replace(shop.expire_orders(), now=lambda: datetime.now(UTC) + timedelta(hours=1))
    assert await expire() == 1
    assert await state_of(shop, stuck) is OrderStage.PLACED
    assert await state_of(shop, other) is OrderStage.CANCELLED


async def test_no_token_opens_the_cart_of_a_member(shop: Shop) -> None:
    await stock_up(shop)
    guest = await fill(shop, "planted")
    registration = Registration(
        login="mei@example.com",
        password="correct horse",
        name="李梅",
        language="zh",
        old_enough=True,
    )
    member = await shop.register_member()(registration)
    await shop.log_in()(registration.login, registration.password, guest)
    mine = await shop.show_cart()(CartOwner(customer_id=member), "zh")
    assert mine.contact == DELIVERY.contact
    theirs = await shop.show_cart()(guest, "zh")
    assert (theirs.lines, theirs.contact) == ((), "")
    await shop.add_to_cart()(guest, SMALL, 1)
    assert (await shop.show_cart()(CartOwner(customer_id=member), "zh")).units == 1


@pytest.mark.parametrize("wrong", ["amount", "account", "reference"])
async def test_a_payment_that_does_not_match_is_quarantined(
    shop: Shop, bank: Bank, wrong: str
) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    reference = bank.asked[0].reference
    if wrong == "amount":
        bank.amount = Money(1, "CNY")
    elif wrong == "account":
        bank.account = "another"
    else:
        reference = "unknown"
    result = await shop.receive_notification()("bank", notification(reference))
    assert (result.outcome, result.answer.status) == (Outcome.QUARANTINED, 400)
    assert await state_of(shop, placed) is OrderStage.PLACED
    (quarantined,) = await shop.order_queries().quarantined(9)
    assert ("reference" if "not_found" in quarantined.reason else quarantined.reason).count(
        wrong
    ) == 1
    events = await shop.outbox().claim(datetime.now(UTC) + timedelta(seconds=1), 99)
    assert "NotificationQuarantined" in {type(each.event).__name__ for each in events}
    bank.account, bank.amount = "us", bank.asked[0].amount
    await shop.receive_notification()("bank", notification(bank.asked[0].reference, "n2"))
    assert await state_of(shop, placed) is OrderStage.PAID


async def test_a_quarantined_notification_is_applied_when_it_matches_later(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    bank.known, wanted = GatewayStatus.PAID, bank.amount
    bank.amount = Money(1, "CNY")
    raw = notification(bank.asked[0].reference)
    assert (await shop.receive_notification()("bank", raw)).outcome is Outcome.QUARANTINED
    bank.amount = wanted
    assert (await shop.receive_notification()("bank", raw)).outcome is Outcome.APPLIED
    assert (await shop.receive_notification()("bank", raw)).outcome is Outcome.REPEATED
    assert await state_of(shop, placed) is OrderStage.PAID


async def test_a_payment_with_a_late_notification_is_found_by_a_query(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    await shop.check_payments()(placed.id)
    assert await state_of(shop, placed) is OrderStage.PLACED
    bank.known = GatewayStatus.PAID
    later = datetime.now(UTC) + ASK_INTERVAL
    await replace(shop.check_payments(), now=lambda: later)(placed.id)
    assert await state_of(shop, placed) is OrderStage.PAID


async def test_a_cancelled_order_releases_its_stock_once(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop, quantity=4)
    await shop.start_payment()(placed.id, BACK)
    await shop.cancel_order()(placed.id, "customer")
    assert bank.known is GatewayStatus.CLOSED
    assert await available(shop) == 10
    with pytest.raises(IllegalTransition):
        await shop.cancel_order()(placed.id, "customer")
    assert await available(shop) == 10


async def test_an_order_that_is_paid_meanwhile_is_not_cancelled(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    with pytest.raises(IllegalTransition):
        await shop.cancel_order()(placed.id, "customer")
    assert await state_of(shop, placed) is OrderStage.PAID


async def test_an_unpaid_order_expires_only_when_the_gateway_responds(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await place(shop, quantity=2)
    await shop.start_payment()(placed.id, BACK)
    expire = replace(shop.expire_orders(), now=lambda: datetime.now(UTC) + timedelta(hours=1))
    bank.down = True
    assert await expire() == 0
    assert await state_of(shop, placed) is OrderStage.PLACED
    bank.down = False
    assert await expire() == 0
    later = replace(expire, now=lambda: datetime.now(UTC) + timedelta(hours=2))
    assert await later() == 1
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert await available(shop) == 10


async def test_a_late_payment_reinstates_a_cancelled_order_if_stock_is_available(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    placed = await place(shop)
    await shop.start_payment()(placed.id, BACK)
    await shop.cancel_order()(placed.id, "customer")
    bank.known = GatewayStatus.PAID
    result = await shop.receive_notification()("bank", notification(bank.asked[0].reference))
    assert result.answer.status == 200
    assert await state_of(shop, placed) is OrderStage.PAID
    assert await available(shop) == 9
    assert await shop.order_queries().refunds(placed.id) == ()


async def test_a_late_payment_is_refunded_if_stock_is_not_available(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop, quantity=6)
    await shop.start_payment()(placed.id, BACK)
    reference = bank.asked[0].reference
    await shop.cancel_order()(placed.id, "customer")
    await place(shop, "faster", quantity=6)
    await shop.relay_events().drain()
    bank.known = GatewayStatus.PAID
    result = await shop.receive_notification()("bank", notification(reference))
    assert result.answer.status == 200
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    (payment,) = await shop.order_queries().payments(placed.id)
    assert payment.state == "paid"
    (refund,) = await shop.order_queries().refunds(placed.id)
    assert (refund.reason, refund.amount) == (RefundReason.PAID_TOO_LATE, payment.amount)
    events = await shop.outbox().claim(datetime.now(UTC) + timedelta(seconds=1), 9)
    kinds = {type(each.event).__name__ for each in events}
    assert kinds >= {"PaymentArrivedLate", "RefundRequested"}
    await shop.send_refunds()()
    assert bank.given_back == {refund.reference: payment.amount}
    (payment,) = await shop.order_queries().payments(placed.id)
    assert payment.state == "refunded"


async def test_shipping_takes_the_units_out_of_stock(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop, quantity=2)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.PAID
    await shop.check_payments()(placed.id)
    await shop.ship_order()(placed.id, PARCEL, "staff")
    async with shop.units()() as unit:
        (level,) = await unit.stock.levels([SMALL])
    assert (level.on_hand, level.reserved, level.allocated) == (8, 0, 0)
    with pytest.raises(IllegalTransition):
        await shop.ship_order()(placed.id, PARCEL, "staff")
    await shop.deliver_order()(placed.id, "staff")
    assert await state_of(shop, placed) is OrderStage.DELIVERED
