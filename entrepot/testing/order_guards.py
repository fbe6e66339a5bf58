"""The conformance kit for an order guard."""

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from adapters.plugins.answers.order_guards import describe_order_guard, verdict
from core.domain.identifiers import ProductId, Sku
from core.domain.money import Money
from entrepot.testing.prices import AT_ONCE, MEMBER, PLUGIN
from ports.order_guards import DraftLine, DraftStage, OrderDraft, OrderGuard

PRICE = Money(10_000, "CNY")


def a_draft(*skus: str, stage: DraftStage = DraftStage.ORDER) -> OrderDraft:
    """One unit of each SKU, for 100.00 CNY each, for a guest in Zhejiang."""
    total = PRICE * len(skus)
    return OrderDraft(
        stage=stage,
        lines=tuple(
            DraftLine(
                key=f"line {number}",
                sku=Sku(sku),
                product_id=ProductId(UUID(int=number)),
                quantity=1,
                total=PRICE,
            )
            for number, sku in enumerate(skus, start=1)
        ),
        goods_total=total,
        total=total,
        at=datetime(2026, 11, 27, 12, tzinfo=UTC),
        channel="web",
        country="CN",
        region="浙江省",
        shipping_code="standard",
    )


class OrderGuardSuite:
    """Override ``order_guard``, ``draft`` with one that it allows, and ``refused_draft``.

    A guard that refuses nothing leaves ``refused_draft`` as it is; the kit skips its case. The
    answers are checked as the shop checks them: what fails here is a failure there.
    """

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def order_guard(self) -> OrderGuard:
        raise NotImplementedError("Override the fixture `order_guard`.")

    @pytest.fixture
    def draft(self) -> OrderDraft:
        return a_draft("ONE")

    @pytest.fixture
    def refused_draft(self) -> OrderDraft | None:
        return None

    async def test_it_says_whether_it_is_required(self, order_guard: OrderGuard) -> None:
        assert isinstance(order_guard, OrderGuard)
        assert describe_order_guard(order_guard) == describe_order_guard(order_guard)

    async def test_it_allows_a_draft(self, order_guard: OrderGuard, draft: OrderDraft) -> None:
        assert verdict(await order_guard.review(draft), draft, PLUGIN).refusals == ()

    async def test_it_refuses_a_draft_in_the_cart_and_at_placing(
        self, order_guard: OrderGuard, refused_draft: OrderDraft | None
    ) -> None:
        if refused_draft is None:
            pytest.skip("It refuses nothing.")
        for stage in (DraftStage.CART, DraftStage.ORDER):
            draft = replace(refused_draft, stage=stage)
            refusals = verdict(await order_guard.review(draft), draft, PLUGIN).refusals
            assert refusals, f"a draft of the stage “{stage}” is allowed"

    async def test_the_same_draft_has_the_same_verdict(
        self, order_guard: OrderGuard, draft: OrderDraft
    ) -> None:
        """It records nothing: most drafts become no order. What is scarce is a claim."""
        first = verdict(await order_guard.review(draft), draft, PLUGIN)
        for _ in range(3):
            assert verdict(await order_guard.review(draft), draft, PLUGIN) == first

    async def test_every_draft_has_an_answer(
        self, order_guard: OrderGuard, draft: OrderDraft
    ) -> None:
        """Carts, exchanges, members, buyers without an address, and unknown goods."""
        for asked in (
            *(replace(draft, stage=stage) for stage in DraftStage),
            replace(draft, customer_id=MEMBER, groups=frozenset({"a group"})),
            replace(draft, country="", region="", shipping_code="", channel=""),
            replace(draft, coupons=("A CODE",)),
            a_draft("NO-SUCH-SKU"),
        ):
            verdict(await order_guard.review(asked), asked, PLUGIN)

    async def test_concurrent_drafts_do_not_disturb_each_other(
        self, order_guard: OrderGuard, draft: OrderDraft
    ) -> None:
        alone = verdict(await order_guard.review(draft), draft, PLUGIN)
        other = a_draft("NO-SUCH-SKU")
        found = await asyncio.gather(
            *(order_guard.review(draft if turn % 2 == 0 else other) for turn in range(AT_ONCE))
        )
        for answer in found[::2]:
            assert verdict(answer, draft, PLUGIN) == alone

    async def test_it_logs_no_buyer(
        self, order_guard: OrderGuard, draft: OrderDraft, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        await order_guard.review(replace(draft, customer_id=MEMBER))
        assert str(MEMBER) not in caplog.text
