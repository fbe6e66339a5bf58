"""Orders with claims: uses of limited offers, held until the order is paid or cancelled."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, func, select

from adapters.database.tables.claims import quota_uses, quotas
from core.application.carts.ownership import CartOwner
from core.application.orders.checkout import Checkout, PlacedOrder
from core.domain.claims import (
    SHARDS,
    Claim,
    ClaimKind,
    ClaimRefused,
    Excess,
    GiveBack,
    PersonalClaimRefused,
    person_of,
)
from core.domain.orders.states import OrderStage
from entrepot.assembly.shop import Shop
from ports.payments.gateway import GatewayStatus
from tests.application.test_refunds import ONE
from tests.application.test_returns import GOODWILL, ship_and_deliver
from tests.bank import BACK, SMALL, Bank, checkout, fill, notification, state_of
from tests.claiming import claiming
from tests.factories import stock_up, yuan
from tests.invariants import violations
from tests.people import MARKED, register

pytestmark = pytest.mark.anyio

ROUND = Claim(kind=ClaimKind.UNITS, key="round", limit=10)
COUPON = Claim(kind=ClaimKind.COUPON, key="SPRING", per_person=1)
STOCK = 1_000


async def place(shop: Shop, *claims: Claim, cart: str = "cart", quantity: int = 1) -> PlacedOrder:
    owner = await fill(shop, cart, quantity)
    return await order(shop, owner, await checkout(shop, owner), *claims)


async def order(shop: Shop, owner: CartOwner, form: Checkout, *claims: Claim) -> PlacedOrder:
    return await claiming(shop, *claims)(owner, form)


async def pay(shop: Shop, bank: Bank, placed: PlacedOrder) -> None:
    await shop.start_payment()(placed.id, BACK)
    await money_arrives(shop, bank, placed)


async def money_arrives(shop: Shop, bank: Bank, placed: PlacedOrder) -> None:
    bank.known = GatewayStatus.PAID
    await shop.receive_notification()("bank", notification(bank.asked[-1].reference, placed.number))
    bank.known = GatewayStatus.PENDING


async def taken(shop: Shop) -> int:
    async with shop.database().reads.connect() as connection:
        return int(await connection.scalar(select(func.sum(quotas.c.taken))) or 0)


async def used(shop: Shop) -> list[int]:
    async with shop.database().reads.connect() as connection:
        return list(await connection.scalars(select(quota_uses.c.taken)))


@contextmanager
def recorded(shop: Shop) -> Iterator[list[str]]:
    """The statements of transactions that write."""
    seen: list[str] = []

    def record(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen.append(statement)

    engine = shop.database().writes.sync_engine
    event.listen(engine, "before_cursor_execute", record)
    yield seen
    event.remove(engine, "before_cursor_execute", record)


async def test_an_order_without_claims_needs_no_statement_more(shop: Shop) -> None:
    await stock_up(shop)
    await place(shop, ROUND, cart="the first claim adds the counters")
    counts = []
    for claims in ((), (ROUND,), (ROUND, replace(ROUND, amount=2))):
        owner = await fill(shop, f"cart {len(claims)}")
        form = await checkout(shop, owner)
        with recorded(shop) as seen:
            await order(shop, owner, form, *claims)
        assert any("quotas" in each or "claims" in each for each in seen) is bool(claims)
        counts.append(len(seen))
    assert [count - counts[0] for count in counts] == [0, 2, 3]


async def test_the_hot_quota_is_changed_last(shop: Shop) -> None:
    await stock_up(shop)
    hot = replace(ROUND, key="a hot one", limit=100, shards=SHARDS)
    await place(shop, hot, ROUND)
    owner = await fill(shop, "another")
    form = await checkout(shop, owner)
    with recorded(shop) as seen:
        await order(shop, owner, form, hot, COUPON, ROUND)
    changed = [each.split()[1] for each in seen if each.startswith("UPDATE")]
    assert changed[-3:] == ["quota_uses", "quotas", "quotas"]
    assert changed.index("stock_levels") < changed.index("quota_uses")


async def test_an_offer_that_is_used_up_refuses_the_order(shop: Shop) -> None:
    await stock_up(shop)
    await place(shop, replace(ROUND, amount=10))
    owner = await fill(shop, "too late")
    form = await checkout(shop, owner)
    with pytest.raises(ClaimRefused) as refused:
        await order(shop, owner, form, ROUND)
    assert (refused.value.claim.key, refused.value.per_person) == ("round", False)
    assert (await shop.show_cart()(owner, "zh")).units == 1
    with pytest.raises(ClaimRefused):
        await order(shop, owner, form, replace(ROUND, excess=Excess.CUT))
    await shop.place_order()(owner, form)
    assert await violations(shop.database()) == []


async def test_a_guest_and_a_member_are_two_persons(shop: Shop) -> None:
    await stock_up(shop)
    await place(shop, COUPON)
    with pytest.raises(PersonalClaimRefused) as refused:
        await place(shop, COUPON, cart="the same contact")
    assert (refused.value.claim.key, refused.value.per_person) == ("SPRING", True)
    owner = CartOwner(customer_id=await register(shop, MARKED))
    for number in range(2):
        await shop.add_to_cart()(owner, SMALL, 1)
        await shop.set_delivery()(owner, MARKED.delivery)
        form = await checkout(shop, owner, f"key {number}")
        if number:
            with pytest.raises(PersonalClaimRefused):
                await order(shop, owner, form, COUPON)
        else:
            await order(shop, owner, form, COUPON)
    assert await used(shop) == [1, 1]
    assert person_of(owner.customer_id, "x") != person_of(None, "x")


async def test_an_order_that_is_cancelled_or_expires_gives_its_claims_back(
    shop: Shop, bank: Bank
) -> None:
    await stock_up(shop)
    never = replace(ROUND, amount=5, give_back=GiveBack.NEVER)
    cancelled = await place(shop, never, COUPON)
    await place(shop, never, cart="expires")
    assert await taken(shop) == 10
    await shop.cancel_order()(cancelled.id, "customer")
    assert (await taken(shop), await used(shop)) == (5, [0])
    expire = replace(shop.expire_orders(), now=lambda: datetime.now(UTC) + timedelta(hours=1))
    assert await expire() == 1
    assert await taken(shop) == 0
    paid = await place(shop, never, cart="paid")
    await pay(shop, bank, paid)
    await shop.cancel_order()(paid.id, "customer")
    assert await state_of(shop, paid) is OrderStage.CANCELLED
    assert await taken(shop) == 5


async def test_a_cancelled_paid_order_gives_its_claims_back(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop, ROUND, replace(COUPON, give_back=GiveBack.ON_FULL_REFUND))
    await pay(shop, bank, placed)
    await shop.cancel_order()(placed.id, "customer")
    assert (await taken(shop), await used(shop)) == (0, [0])


async def test_a_refund_in_full_gives_back_what_says_so(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(
        shop, ROUND, replace(COUPON, give_back=GiveBack.ON_FULL_REFUND), quantity=2
    )
    await pay(shop, bank, placed)
    await ship_and_deliver(shop, placed)
    await shop.request_refund()(placed.id, ONE)
    assert (await taken(shop), await used(shop)) == (1, [1])
    (payment,) = await shop.order_queries().payments(placed.id)
    rest = replace(GOODWILL, amount=payment.amount - yuan(168))
    await shop.request_refund()(placed.id, rest)
    assert (await taken(shop), await used(shop)) == (1, [0])


async def test_an_order_without_units_to_ship_gives_its_claims_back(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop, ROUND)
    await pay(shop, bank, placed)
    await shop.request_refund()(placed.id, replace(ONE, amount=yuan(1)))
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert await taken(shop) == 0


async def test_a_late_payment_claims_again(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop, replace(ROUND, amount=10))
    await shop.start_payment()(placed.id, BACK)
    await shop.cancel_order()(placed.id, "customer")
    assert await taken(shop) == 0
    await money_arrives(shop, bank, placed)
    assert await state_of(shop, placed) is OrderStage.PAID
    assert await taken(shop) == 10
    assert await violations(shop.database()) == []


async def test_a_late_payment_is_refunded_if_the_offer_is_used_up(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop, replace(ROUND, amount=10))
    await shop.start_payment()(placed.id, BACK)
    await shop.cancel_order()(placed.id, "customer")
    await place(shop, ROUND, cart="faster")
    await money_arrives(shop, bank, placed)
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert await taken(shop) == 1
    assert len(await shop.order_queries().refunds(placed.id)) == 1
    assert await violations(shop.database()) == []


async def test_a_void_authorization_gives_the_claims_back(shop: Shop, bank: Bank) -> None:
    await stock_up(shop)
    placed = await place(shop, ROUND)
    await shop.start_payment()(placed.id, BACK)
    bank.known = GatewayStatus.AUTHORIZED
    reference = bank.asked[-1].reference
    await shop.receive_notification()("bank", notification(reference, "authorized"))
    bank.known = GatewayStatus.CLOSED
    await shop.receive_notification()("bank", notification(reference, "void"))
    assert await state_of(shop, placed) is OrderStage.CANCELLED
    assert await taken(shop) == 0
