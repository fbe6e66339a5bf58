"""Concurrent members who take coupons, and the guards that keep the limits of a batch."""

from dataclasses import replace
from uuid import UUID

import pytest
from sqlalchemy import func, select, update

from adapters.database.coupons import repository, statements
from adapters.database.coupons.keys import owned_code
from adapters.database.tables.coupons import coupon_batches, coupons
from adapters.keys.vault import Vault
from core.domain.identifiers import CustomerId
from core.domain.pricing.coupons.batches import CouponBatch
from core.domain.pricing.coupons.coupon import CouponKind
from core.domain.text import Text
from entrepot.assembly.shop import Shop
from tests.coupons import save_opened
from tests.invariants import violations
from tests.threads import in_threads

pytestmark = pytest.mark.anyio

TEN = CouponBatch(
    code="ten", promotion="offer", label=Text({"zh": "券"}), kind=CouponKind.CLAIMED, size=10
)


async def take_at_once(shop: Shop, batch: CouponBatch, members: int = 50) -> int:
    """Fifty concurrent claims. Returns the number of coupons."""
    await shop.vault().prepare()
    await save_opened(shop)
    await shop.create_coupon_batch()(batch)

    async def take(mine: Shop, number: int) -> None:
        await mine.claim_coupon()(batch.code, CustomerId(UUID(int=number % members)))

    taken = await in_threads(shop, take)
    async with shop.database().reads.connect() as connection:
        assert await connection.scalar(select(func.count()).select_from(coupons)) == taken
        assert await connection.scalar(select(coupon_batches.c.made)) == taken
    return taken


async def test_fifty_members_in_threads_take_ten_coupons(shop: Shop) -> None:
    assert await take_at_once(shop, TEN) == 10
    assert await violations(shop.database()) == []


async def test_without_the_guard_a_batch_gives_too_many(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    lax = (
        update(coupon_batches)
        .where(statements.OF_BATCH, statements.IS_OPEN)
        .values(made=coupon_batches.c.made + 1)
    )
    monkeypatch.setattr(repository, "COUNT_GIVEN", lax)
    assert await take_at_once(shop, TEN) > 10
    assert await violations(shop.database()) != []


async def test_concurrent_claims_of_one_member_keep_the_share(shop: Shop) -> None:
    assert await take_at_once(shop, replace(TEN, size=0, most_each=3), members=2) == 6


async def test_without_the_guard_a_member_takes_too_many(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The key of a coupon has its reason, and is unique: without it, each claim adds a coupon."""

    def other_code(vault: Vault, batch: str, owner: bytes, _source: str) -> str:
        return owned_code(vault, batch, owner, str(shop.new_id()()))

    monkeypatch.setattr(repository, "owned_code", other_code)
    assert await take_at_once(shop, replace(TEN, size=0, most_each=3), members=2) > 6
