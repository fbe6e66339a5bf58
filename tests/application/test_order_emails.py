"""Emails about orders: each once, in the language of the buyer, and only where there is one."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from dependency_injector import providers

from adapters.mail.mailers import mailer_of
from core.application.notifications.order_templates import ORDER_TEMPLATES, PAID
from core.application.orders.checkout import PlacedOrder
from core.application.payments.refunds import RefundInput
from core.domain.carts import Delivery
from core.domain.payments.refund import RefundReason
from core.domain.text import LANGUAGES, Text
from entrepot.assembly.shop import Shop
from ports.events.outbox import Envelope
from tests.bank import PARCEL, Bank, checkout, fill, pay, place
from tests.factories import ADDRESS, stock_up, yuan
from tests.postbox import Postbox, postbox

pytestmark = pytest.mark.anyio


@pytest.fixture
def box(shop: Shop) -> Iterator[Postbox]:
    with postbox() as (box, url):
        shop.mailer.override(providers.Object(mailer_of(url, "shop@example.com")))
        yield box


@pytest.fixture
async def placed(shop: Shop, bank: Bank, box: Postbox) -> PlacedOrder:  # noqa: ARG001
    await stock_up(shop)
    return await place(shop, quantity=2)


async def subjects(shop: Shop, box: Postbox) -> list[str]:
    await shop.relay_events().drain()
    await shop.deliver_events().drain()
    return [str(each["subject"]) for each in box.emails]


async def test_a_buyer_gets_an_email_for_each_step(
    shop: Shop, bank: Bank, box: Postbox, placed: PlacedOrder
) -> None:
    assert await subjects(shop, box) == [f"订单 {placed.number} 待付款"]
    await pay(shop, bank, placed.id)
    assert await subjects(shop, box) == [
        f"订单 {placed.number} 待付款",
        f"订单 {placed.number} 付款成功",
    ]
    await shop.ship_order()(placed.id, PARCEL, "staff")
    refund = RefundInput(amount=yuan(1), reason=RefundReason.GOODWILL, actor="staff")
    await shop.request_refund()(placed.id, refund)
    await shop.send_refunds()()
    assert (await subjects(shop, box))[2:] == [
        f"订单 {placed.number} 已发货",
        f"订单 {placed.number} 退款成功",
    ]
    waiting, paid, shipped, refunded = map(body, box.emails)
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    assert "青瓷茶壶 (小) × 2" in waiting
    assert shop.format_money()(order.total, "zh") in paid
    assert PARCEL.tracking_number in shipped
    assert "¥1.00" in refunded
    for each in (waiting, paid, shipped, refunded):
        assert f"/zh/orders/{placed.number}?key={shop.sign_access_token()(placed.number)}" in each


async def test_an_order_that_is_paid_at_once_gets_one_email(
    shop: Shop, bank: Bank, box: Postbox, placed: PlacedOrder
) -> None:
    await pay(shop, bank, placed.id)
    assert await subjects(shop, box) == [f"订单 {placed.number} 付款成功"]


async def test_a_cancelled_order_says_so(shop: Shop, box: Postbox, placed: PlacedOrder) -> None:
    await subjects(shop, box)
    await shop.cancel_order()(placed.id, "customer")
    assert (await subjects(shop, box))[1:] == [f"订单 {placed.number} 已取消"]


async def test_the_language_is_that_of_the_order(shop: Shop, bank: Bank, box: Postbox) -> None:  # noqa: ARG001
    await stock_up(shop)
    owner = await fill(shop)
    placed = await shop.place_order()(owner, replace(await checkout(shop, owner), language="en"))
    assert await subjects(shop, box) == [f"Order {placed.number} awaits your payment"]
    assert "Celadon teapot (small) × 1" in body(box.emails[0])


async def test_a_buyer_with_a_mobile_number_gets_no_email(
    shop: Shop,
    bank: Bank,  # noqa: ARG001
    box: Postbox,
) -> None:
    await stock_up(shop)
    owner = await fill(shop)
    await shop.set_delivery()(owner, Delivery(contact="+8613800138000", address=ADDRESS))
    await shop.place_order()(owner, await checkout(shop, owner))
    assert await subjects(shop, box) == []


async def test_an_email_waits_for_the_mail_server_and_is_not_sent_late(
    shop: Shop, box: Postbox, placed: PlacedOrder
) -> None:
    box.refuses = "451 later"
    assert await subjects(shop, box) == []
    box.refuses = ""
    later = shop.now()() + timedelta(minutes=10)
    assert await replace(shop.deliver_events(), now=lambda: later)() == 1
    assert [str(each["subject"]) for each in box.emails] == [f"订单 {placed.number} 待付款"]
    send = replace(shop.send_order_emails(), now=lambda: later + timedelta(days=2))
    for envelope in await history(shop):
        await send([envelope])
    assert len(box.emails) == 1


async def history(shop: Shop) -> list[Envelope]:
    later = shop.now()() + timedelta(days=1)
    events = await shop.outbox().history(
        since=later - timedelta(days=3), until=later, kinds=frozenset(), limit=100
    )
    return [each for each in events if shop.send_order_emails().wants(each.event)]


def body(email: EmailMessage) -> str:
    return str(email.get_content())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_template_has_a_preview(language: str) -> None:
    codes = [each.code for each in ORDER_TEMPLATES]
    assert len(set(codes)) == len(codes)
    for template in ORDER_TEMPLATES:
        filled = template.filled(language, template.samples)
        assert "{" not in filled.subject + filled.body
        assert template.samples["number"] in filled.subject


def test_a_value_is_no_template_and_adds_no_line_to_the_subject() -> None:
    values = {**PAID.samples, "number": "1\r\nBcc: x@example.com", "lines": "{total}"}
    filled = PAID.filled("en", values)
    assert filled.subject == "Thank you for your order 1 Bcc: x@example.com"
    assert "{total}" in filled.body


def test_a_template_without_a_sample_or_a_language_is_refused() -> None:
    with pytest.raises(ValueError, match="“name” has no sample"):
        replace(PAID, body=Text({"zh": "{name}", "en": "x"}))
    with pytest.raises(ValueError, match="missing in “en”"):
        replace(PAID, subject=Text({"zh": "x"}))
