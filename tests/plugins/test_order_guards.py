"""What order guards refuse, note, hold and claim, on carts and on orders."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.application.carts import changes
from core.application.carts.ownership import CartOwner
from core.domain.claims import Claim, ClaimKind, ClaimRefused, PersonalClaimRefused
from core.domain.orders.holds import Blocked, Hold
from core.domain.orders.order import Order
from core.domain.orders.refusals import OrderNotReviewed, OrderRefused, Refusal
from core.domain.orders.states import OrderState
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from ports.order_guards import DraftStage, Note, OrderDraft, Remark
from tests.bank import CART, SMALL, Bank, checkout, fill, line_of, pay
from tests.domain.pricing.shop import a_promotion, goods_off, percent
from tests.factories import DELIVERY, stock_up, yuan
from tests.invariants import violations
from tests.plugins.proposing_plugin import NAME, Proposals, flash
from tests.pricing import use_rules

__all__ = ["flash"]
pytestmark = [
    pytest.mark.anyio,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]

OWNER = CartOwner(token=CART)
TOO_MANY = Text({"zh": "每单限购两件。", "en": "Two in each order."})
QUOTA = Claim(kind=ClaimKind.USES, key="round", limit=1, label=Text({"en": "The round"}))


@pytest.fixture
async def guard(flash: Proposals, shop: Shop) -> Proposals:
    await shop.vault().prepare()
    await stock_up(shop)
    return flash


def two_in_each_order(draft: OrderDraft) -> Sequence[Remark]:
    return [Refusal(text=TOO_MANY, line=each.key) for each in draft.lines if each.quantity > 2]


def at_placing(*remarks: Remark) -> Any:
    return lambda draft: list(remarks) if draft.stage is DraftStage.ORDER else []


async def order_of(shop: Shop, token: str = CART) -> Order:
    owner = await fill(shop, token)
    placed = await shop.place_order()(owner, await checkout(shop, owner, token))
    order = await shop.order_queries().find(placed.number)
    assert order is not None
    return order


async def test_a_refused_edit_changes_nothing_and_says_why(guard: Proposals, shop: Shop) -> None:
    guard.say(review=two_in_each_order)
    await fill(shop, quantity=2)
    with pytest.raises(OrderRefused) as caught:
        await shop.add_to_cart()(OWNER, SMALL, 1)
    assert caught.value.reasons[0].text == TOO_MANY
    with pytest.raises(OrderRefused):
        await shop.change_quantity()(OWNER, await line_of(shop, OWNER), 3)
    cart = await shop.show_cart()(OWNER, "en")
    assert (cart.units, cart.ready, cart.remarks) == (2, True, ())


async def test_what_is_refused_later_is_shown_and_not_ordered_and_can_be_taken_out(
    guard: Proposals, shop: Shop
) -> None:
    owner = await fill(shop, quantity=5)
    form = await checkout(shop, owner)
    guard.say(review=two_in_each_order)
    cart = await shop.show_cart()(owner, "en")
    key = cart.lines[0].key
    assert not cart.ready
    assert [(each.line, each.text) for each in cart.remarks] == [(key, "Two in each order.")]
    assert not (await shop.review_checkout()(owner, "en")).cart.ready
    with pytest.raises(OrderRefused):
        await shop.place_order()(owner, form)
    await shop.change_quantity()(owner, key, 4)
    await shop.change_quantity()(owner, key, 0)
    assert (await shop.show_cart()(owner, "en")).units == 0


async def test_the_draft_has_the_sums_and_no_contact_data(guard: Proposals, shop: Shop) -> None:
    use_rules(shop, a_promotion("order", goods_off(percent("50"))))
    await order_of(shop)
    last: OrderDraft = guard.asked("review")[-1]
    assert (last.stage, last.country, last.region) == (DraftStage.ORDER, "CN", "广东省")
    assert (last.goods_total, last.lines[0].total) == (yuan(84), yuan(84))
    assert last.total > last.goods_total
    assert last.shipping_code
    everything = repr(guard.asked("review"))
    assert not any(each in everything for each in ("mei@", "李梅", "138", "深圳", "科苑"))


async def test_a_note_is_shown_on_the_cart_and_in_the_review(guard: Proposals, shop: Shop) -> None:
    guard.say(optional=lambda _draft: [Note(text=Text({"en": "Ships on Monday."}))])
    owner = await fill(shop)
    cart = await shop.show_cart()(owner, "en")
    shown = (await shop.review_checkout()(owner, "en")).cart
    for each in (cart, shown):
        assert [(remark.text, remark.is_refusal) for remark in each.remarks] == [
            ("Ships on Monday.", False)
        ]
        assert each.ready


async def test_a_hold_is_placed_with_the_order(guard: Proposals, shop: Shop, bank: Bank) -> None:
    def approval(draft: OrderDraft) -> Sequence[Remark]:
        until = draft.at + timedelta(hours=48)
        return [
            Hold(code="approval", blocks=frozenset({Blocked.SHIP}), reason=TOO_MANY, until=until)
        ]

    guard.say(review=approval)
    order = await order_of(shop)
    (hold,) = order.holds
    assert (hold.code, hold.reason) == ("flash_sale.approval", TOO_MANY)
    await pay(shop, bank, order.id)
    await shop.lift_hold()(order.id, hold.code, "system")
    assert await violations(shop.database()) == []


async def test_a_free_order_is_paid_and_keeps_its_hold(guard: Proposals, shop: Shop) -> None:
    free = {"kind": "shipping", "reduction": percent("100")}
    use_rules(shop, a_promotion("order", goods_off(percent("100")), free))
    hold = Hold(code="check", blocks=frozenset({Blocked.SHIP}), reason=TOO_MANY)
    guard.say(review=at_placing(hold, QUOTA))
    order = await order_of(shop)
    assert (order.total.minor, order.state) == (0, OrderState.PAID)
    assert [each.code for each in order.holds] == ["flash_sale.check"]
    with pytest.raises(ClaimRefused):
        await order_of(shop, "next")


async def test_a_claim_is_taken_with_the_order_and_given_back(guard: Proposals, shop: Shop) -> None:
    guard.say(review=at_placing(QUOTA))
    first = await order_of(shop)
    with pytest.raises(ClaimRefused) as caught:
        await order_of(shop, "other")
    assert caught.value.claim.quota == f"uses:plugin:{NAME}:round"
    assert caught.value.details["key"] == QUOTA.label
    assert (await shop.show_cart()(CartOwner(token="other"), "en")).units == 1
    await shop.cancel_order()(first.id, "customer")
    assert (await order_of(shop, "third")).number
    assert await violations(shop.database()) == []


async def test_a_claim_for_each_person_is_counted_for_the_buyer(
    guard: Proposals, shop: Shop
) -> None:
    guard.say(review=at_placing(replace(QUOTA, limit=None, per_person=1)))
    await order_of(shop)
    with pytest.raises(PersonalClaimRefused):
        await order_of(shop, "the same contact")


@pytest.mark.parametrize("answer", [lambda _: 1 / 0, lambda _: ["rubbish"], lambda _: None])
async def test_a_required_guard_that_fails_refuses_and_keeps_the_cart(
    guard: Proposals, shop: Shop, answer: Any
) -> None:
    owner = await fill(shop)
    form = await checkout(shop, owner)
    guard.say(review=answer)
    with pytest.raises(OrderNotReviewed):
        await shop.place_order()(owner, form)
    with pytest.raises(OrderNotReviewed):
        await shop.add_to_cart()(owner, SMALL, 1)
    cart = await shop.show_cart()(owner, "en")
    assert (cart.units, cart.ready, len(cart.remarks)) == (1, False, 1)
    guard.say(review=lambda _: [])
    assert (await shop.place_order()(owner, form)).number


async def test_an_optional_guard_that_fails_is_skipped_and_reported(
    guard: Proposals, shop: Shop
) -> None:
    guard.say(optional=lambda _: 1 / 0)
    assert (await order_of(shop)).number
    (health,) = (each for each in shop.plugin_report()() if each.name == NAME)
    (enquiries,) = (each for each in health.activity if each.purpose == "enquiries")
    assert enquiries.failures >= 1
    assert health.reason == "ZeroDivisionError"


async def test_a_cart_that_changes_during_the_review_is_reviewed_again(
    guard: Proposals, shop: Shop
) -> None:
    """The guard would allow each edit alone, and refuses both together."""
    await fill(shop)
    guard.say(review=two_in_each_order)
    overtaken: Any = _Overtaken(shop.add_to_cart().review_edit, shop)
    late = replace(shop.add_to_cart(), review_edit=overtaken)
    with pytest.raises(OrderRefused):
        await late(OWNER, SMALL, 1)
    assert (await shop.show_cart()(OWNER, "en")).units == 2


async def test_without_the_check_of_the_version_two_edits_pass_together(
    guard: Proposals, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(shop)
    guard.say(review=two_in_each_order)
    monkeypatch.setattr(changes, "check_reviewed", lambda *_: None)
    overtaken: Any = _Overtaken(shop.add_to_cart().review_edit, shop)
    await replace(shop.add_to_cart(), review_edit=overtaken)(OWNER, SMALL, 1)
    assert (await shop.show_cart()(OWNER, "en")).units == 3


class _Overtaken:
    """After the first review, another request adds a unit."""

    def __init__(self, review_edit: Any, shop: Shop) -> None:
        self._review_edit, self._add = review_edit, shop.add_to_cart()
        self._done = False

    async def __call__(self, *arguments: Any, **named: Any) -> Any:
        version = await self._review_edit(*arguments, **named)
        if not self._done:
            self._done = True
            await self._add(OWNER, SMALL, 1)
        return version


async def test_delivery_is_reviewed_with_its_region(guard: Proposals, shop: Shop) -> None:
    def not_there(draft: OrderDraft) -> Sequence[Remark]:
        return [Refusal(text=TOO_MANY)] if draft.region == "广东省" else []

    guard.say(review=not_there)
    await shop.add_to_cart()(OWNER, SMALL, 1)
    with pytest.raises(OrderRefused):
        await shop.set_delivery()(OWNER, DELIVERY)
    assert (await shop.show_cart()(OWNER, "en")).address is None
