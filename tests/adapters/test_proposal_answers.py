"""Offers, facts, remarks and kinds of plugins are checked for what they hold."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from markupsafe import Markup

from adapters.plugins.answers import order_guards, prices
from adapters.plugins.answers.checks import WrongAnswer
from adapters.plugins.answers.order_guards import describe_order_guard
from adapters.plugins.answers.prices import FactsDescription, describe_facts
from adapters.plugins.answers.promotion_kinds import describe_promotion_kind
from adapters.plugins.answers.quotas import claim_of
from adapters.plugins.guards import PluginGuards
from adapters.plugins.prompt_calls import late_calls, within
from core.domain.claims import SHARDS, Claim, ClaimKind, Excess
from core.domain.errors import Invalid
from core.domain.money import Money
from core.domain.orders.holds import Blocked, Hold
from core.domain.orders.refusals import Refusal
from core.domain.pricing.adjustments import Lane
from core.domain.pricing.facts import FactKind
from core.domain.pricing.promotions.arguments import ArgumentType
from core.domain.pricing.promotions.presets import Gap, KindArgument, PromotionKind
from core.domain.text import Text
from ports.errors import Unavailable
from ports.order_guards import DraftLine, DraftStage, Note, OrderDraft
from ports.price_enquiries import Enquiry, EnquiryLine, PriceOffer
from tests.factories import yuan

NOW = datetime(2026, 11, 27, tzinfo=UTC)
NAME = Text({"en": "Name"})
ID: Any = UUID(int=1)
SKU: Any = "CUP"
ENQUIRY = Enquiry(
    lines=(
        EnquiryLine(key="1", sku=SKU, product_id=ID, quantity=1, list_price=yuan(9)),
        EnquiryLine(key="2", sku=SKU, product_id=ID, quantity=2, list_price=yuan(9)),
    ),
    currency="CNY",
    at=NOW,
)
DRAFT = OrderDraft(
    stage=DraftStage.ORDER,
    lines=(DraftLine(key="1", sku=SKU, product_id=ID, quantity=1, total=yuan(9)),),
    goods_total=yuan(9),
    total=yuan(9),
    at=NOW,
)
OFFER = PriceOffer(sku=SKU, price=yuan(5), label=NAME)
CLAIM = Claim(kind=ClaimKind.UNITS, key="round.1", limit=3)
HOLD = Hold(code="check", blocks=frozenset({Blocked.SHIP}), reason=NAME)
LEVEL = FactsDescription(names={"level": FactKind.CHOICE, "visits": FactKind.NUMBER})
KIND = PromotionKind(
    code="tenth",
    name=NAME,
    arguments=(KindArgument(name="off", label=NAME, type=ArgumentType.DECIMAL, example="10"),),
    document={
        "lane": "order",
        "benefits": [{"kind": "goods", "reduction": {"kind": "percent", "percent": Gap("off")}}],
    },
)


class Words(str):
    __slots__ = ()


def changed(value: Any, **attributes: object) -> Any:
    """A copy with values that its class would not check, as a plugin can make it."""
    for name, attribute in attributes.items():
        object.__setattr__(value, name, attribute)
    return value


def a(value: Any) -> Any:
    return replace(value)


def test_an_offer_of_a_sku_is_one_of_each_of_its_lines() -> None:
    closing = replace(OFFER, closes=frozenset({Lane.COUPON}), claim=CLAIM, until=NOW)
    found = prices.offers([closing], ENQUIRY, "flash")
    assert set(found) == {"1", "2"}
    (offer,) = found["1"]
    assert (offer.source, offer.minor, offer.closes) == (
        "plugin:flash",
        500,
        frozenset({Lane.COUPON}),
    )
    assert offer.claim == replace(CLAIM, key="plugin:flash:round.1")
    assert set(prices.offers([replace(OFFER, sku="", line="2")], ENQUIRY, "flash")) == {"2"}


@pytest.mark.parametrize(
    "answer",
    [
        None,
        (each for each in [OFFER]),
        ["offer"],
        [OFFER] * 1_001,
        [replace(OFFER, sku="", line="3")],
        [replace(OFFER, line="1")],
        [replace(OFFER, sku="")],
        [replace(OFFER, sku=Words("CUP"))],
        [replace(OFFER, price=Money(5, "USD"))],
        [replace(OFFER, price=Money(-5, "CNY"))],
        [replace(OFFER, price=500)],  # type: ignore[arg-type]
        [replace(OFFER, label=Text({}))],
        [replace(OFFER, label=Text({"en": Markup("<b>")}))],
        [replace(OFFER, rank=3)],  # type: ignore[arg-type]
        [replace(OFFER, closes=frozenset({Lane.TAXES}))],
        [replace(OFFER, closes=frozenset({"coupon"}))],  # type: ignore[arg-type]
        [replace(OFFER, until=NOW.replace(tzinfo=None))],
        [replace(OFFER, claim="round")],  # type: ignore[arg-type]
    ],
)
def test_a_wrong_offer_is_refused(answer: Any) -> None:
    with pytest.raises(WrongAnswer):
        prices.offers(answer, ENQUIRY, "flash")


@pytest.mark.parametrize(
    "claim",
    [
        replace(CLAIM, key="a key"),
        replace(CLAIM, kind=ClaimKind.COUPON),
        replace(CLAIM, excess=Excess.CUT),
        replace(CLAIM, person="account 1"),
        replace(CLAIM, shards=5),
        replace(CLAIM, limit=10**12),
        changed(a(CLAIM), amount=0),
        changed(a(CLAIM), amount=True),
        changed(a(CLAIM), kind="units"),
        changed(a(CLAIM), give_back="always"),
        changed(a(CLAIM), label="Round"),
    ],
)
def test_a_wrong_claim_is_refused(claim: Any) -> None:
    with pytest.raises(WrongAnswer):
        claim_of(claim, "flash")
    assert claim_of(replace(CLAIM, shards=SHARDS), "flash").shards == SHARDS


def test_remarks_are_sorted_by_kind_and_name_their_plugin() -> None:
    refusal, note = Refusal(text=NAME, line="1"), Note(text=NAME)
    found = order_guards.verdict([note, CLAIM, refusal, HOLD], DRAFT, "group_buy")
    assert (found.refusals, found.notes) == ((refusal,), (note,))
    assert [each.code for each in found.holds] == ["group_buy.check"]
    assert [each.key for each in found.claims] == ["plugin:group_buy:round.1"]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        [None],
        [NAME],
        [Note(text=NAME)] * 201,
        [Refusal(text=NAME, line="9")],
        [Refusal(text="No.")],  # type: ignore[arg-type]
        [Note(text=Text({}))],
        [Note(text=Text({"en": "x" * 301}))],
        [Note(text=Text({"en": Markup("<b>no</b>")}))],
        [HOLD, replace(HOLD, blocks=frozenset({Blocked.PAY_OUT}))],
        [replace(HOLD, until=NOW - timedelta(seconds=1))],
        [changed(a(HOLD), code="A Hold")],
        [changed(a(HOLD), blocks=frozenset())],
        [changed(a(HOLD), blocks=frozenset({"ship"}))],
        [changed(a(HOLD), reason="because")],
        [changed(a(HOLD), then="lift")],
        [replace(HOLD, code="x" * 60)],
    ],
)
def test_a_wrong_remark_is_refused(answer: Any) -> None:
    with pytest.raises(WrongAnswer):
        order_guards.verdict(answer, DRAFT, "group_buy")


@pytest.mark.parametrize(
    "describe",
    [
        lambda: describe_facts(type("F", (), {"names": ["level"]})),
        lambda: describe_facts(type("F", (), {"names": {"level": "choice"}})),
        lambda: describe_facts(type("F", (), {"names": {"a level": FactKind.FLAG}})),
        lambda: describe_order_guard(type("G", (), {"required": 1})),
        lambda: describe_promotion_kind(changed(a(KIND), code="A kind")),
        lambda: describe_promotion_kind(changed(a(KIND), name=Text({}))),
        lambda: describe_promotion_kind(changed(a(KIND), document={"lane": object()})),
        lambda: describe_promotion_kind(replace(KIND, document={**KIND.document, "lane": "x"})),
    ],
)
def test_what_an_object_says_about_itself_is_checked(describe: Callable[[], object]) -> None:
    with pytest.raises(WrongAnswer):
        describe()


def test_facts_are_those_that_are_declared_with_their_types() -> None:
    assert prices.facts({"level": "gold"}, LEVEL) == {"level": "gold"}
    for wrong in ({"visits": True}, {"visits": "3"}, {"level": Words("gold")}, {"age": 3}):
        with pytest.raises(WrongAnswer):
            prices.facts(wrong, LEVEL)


def test_a_kind_is_read_with_its_examples() -> None:
    assert describe_promotion_kind(KIND).filled({"off": "20"}, {"code": "x", "by": 1}) == {
        "code": "x",
        "lane": "order",
        "benefits": [{"kind": "goods", "reduction": {"kind": "percent", "percent": "20"}}],
    }
    (argument,) = KIND.arguments
    with pytest.raises(WrongAnswer, match=r"the kind “tenth”: benefits\[0\]\.reduction\.percent"):
        describe_promotion_kind(replace(KIND, arguments=(replace(argument, example="ten"),)))


@pytest.mark.parametrize(
    "details",
    [
        {"arguments": ()},
        {"arguments": (*KIND.arguments, replace(KIND.arguments[0], name="other"))},
        {"arguments": KIND.arguments * 2},
        {"document": {**KIND.document, "code": "always"}},
    ],
)
def test_gaps_and_arguments_of_a_kind_fit_together(details: Any) -> None:
    with pytest.raises(Invalid):
        replace(KIND, **details)


@pytest.mark.anyio
async def test_a_buyer_does_not_wait_until_a_blocked_plugin_is_replaced(
    guards: PluginGuards,
) -> None:
    """The guard looks for ten seconds whether the thread comes back."""
    guard = guards.of("slow")
    guard.limits = replace(guard.limits, blocked_seconds=10)
    release = asyncio.Event()

    async def blocks() -> None:
        import time  # noqa: PLC0415

        while not release.is_set():
            time.sleep(0.01)  # noqa: ASYNC251 -- it is what the plugin does wrong

    with pytest.raises(Unavailable):
        await within(0.05, guard.call(blocks, lambda _: None, seconds=0.05))
    assert len(late_calls) == 1
    release.set()
    await asyncio.wait(late_calls)
    assert guard.breaker.record.failures == 1
