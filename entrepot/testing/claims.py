"""The conformance kit for stored claims, with races."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4

import pytest

from core.domain.claims import (
    SHARDS,
    Claim,
    ClaimKind,
    ClaimRefused,
    Excess,
    GiveBack,
    OrderEnd,
    PersonalClaimRefused,
)
from core.domain.identifiers import OrderId
from entrepot.testing.races import Change, race
from entrepot.testing.storage.samples import an_order
from ports.unit_of_work import UnitOfWork, UnitsOfWork

TEN = Claim(kind=ClaimKind.UNITS, key="round", limit=10)
TWO_EACH = Claim(kind=ClaimKind.COUPON, key="SPRING", per_person=2, person="mei")
BUDGET = Claim(kind=ClaimKind.SPEND, key="campaign", amount=60, limit=100, excess=Excess.CUT)


class ClaimSuite:
    """Override the fixture ``units``."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def units(self) -> UnitsOfWork:
        raise NotImplementedError("Override the fixture `units`.")

    async def test_no_more_is_granted_than_the_limit(self, units: UnitsOfWork) -> None:
        for _ in range(2):
            assert await hold(units, replace(TEN, amount=4)) == (4,)
        with pytest.raises(ClaimRefused) as refused:
            await hold(units, replace(TEN, amount=3))
        assert (refused.value.claim.key, refused.value.per_person) == ("round", False)
        assert await hold(units, replace(TEN, amount=2)) == (2,)
        assert await left(units, TEN) == 0

    async def test_each_person_has_a_limit(self, units: UnitsOfWork) -> None:
        for _ in range(2):
            await hold(units, TWO_EACH)
        with pytest.raises(PersonalClaimRefused) as refused:
            await hold(units, TWO_EACH)
        assert (refused.value.claim.key, refused.value.per_person) == ("SPRING", True)
        await hold(units, replace(TWO_EACH, person="an"))
        await hold(units, replace(TWO_EACH, kind=ClaimKind.UNITS))

    async def test_a_refused_claim_holds_nothing(self, units: UnitsOfWork) -> None:
        with pytest.raises(ClaimRefused):
            await hold(units, TWO_EACH, replace(TEN, amount=11))
        await hold(units, replace(TWO_EACH, amount=2), replace(TEN, amount=10))

    async def test_a_budget_is_cut_to_what_is_left(self, units: UnitsOfWork) -> None:
        granted = [await hold(units, TEN, BUDGET) for _ in range(3)]
        assert granted == [(1, 60), (1, 40), (1, 0)]

    async def test_a_cut_does_not_count_for_the_person(self, units: UnitsOfWork) -> None:
        own = replace(BUDGET, per_person=80, person="mei")
        assert [await hold(units, own) for _ in range(3)] == [(60,), (20,), (0,)]
        other = replace(own, person="an")
        assert await hold(units, other) == (20,)
        assert await hold(units, replace(other, limit=200)) == (60,)
        assert await hold(units, replace(other, limit=200)) == (0,)

    async def test_a_limit_can_change(self, units: UnitsOfWork) -> None:
        await hold(units, replace(TEN, amount=10))
        await hold(units, replace(TEN, limit=11))
        with pytest.raises(ClaimRefused):
            await hold(units, replace(TEN, limit=5))

    async def test_an_unpaid_order_gives_its_claims_back(self, units: UnitsOfWork) -> None:
        for give_back in GiveBack:
            order_id = await an_order_with(
                units,
                replace(TEN, amount=10, give_back=give_back),
                replace(TWO_EACH, amount=2, give_back=give_back),
            )
            for _ in range(2):
                async with units() as unit:
                    await unit.claims.release(order_id, OrderEnd.CANCELLED)
                    await unit.commit()
        assert await left(units, TEN) == 10
        await hold(units, replace(TWO_EACH, amount=2))

    @pytest.mark.parametrize("give_back", GiveBack)
    @pytest.mark.parametrize("end", OrderEnd)
    async def test_a_paid_order_gives_back_as_declared(
        self, units: UnitsOfWork, give_back: GiveBack, end: OrderEnd
    ) -> None:
        order_id = await an_order_with(units, replace(TEN, amount=7, give_back=give_back))
        async with units() as unit:
            await unit.claims.take(order_id)
            await unit.claims.release(order_id, end)
            await unit.commit()
        is_given_back = give_back is GiveBack.ON_FULL_REFUND or (
            give_back is GiveBack.ON_CANCEL and end is OrderEnd.CANCELLED
        )
        assert await left(units, TEN) == (10 if is_given_back else 3)

    async def test_a_late_payment_claims_again(self, units: UnitsOfWork) -> None:
        for claim in (replace(TEN, amount=6), replace(TWO_EACH, amount=2)):
            late = await an_order_with(units, claim)
            async with units() as unit:
                await unit.claims.release(late, OrderEnd.CANCELLED)
                await unit.commit()
            other = await an_order_with(units, claim)
            async with units() as unit:
                assert not await unit.claims.try_again(late)
                await unit.claims.release(other, OrderEnd.CANCELLED)
                assert await unit.claims.try_again(late)
                await unit.commit()
            with pytest.raises(ClaimRefused):
                await hold(units, claim)

    async def test_a_hot_quota_is_used_up_exactly(self, units: UnitsOfWork) -> None:
        hot = replace(TEN, limit=37, shards=SHARDS)
        await hold(units, replace(hot, amount=5))
        with pytest.raises(ClaimRefused):
            await hold(units, replace(hot, amount=33))
        order_id = await an_order_with(units, replace(hot, amount=32))
        async with units() as unit:
            await unit.claims.release(order_id, OrderEnd.CANCELLED)
            await unit.commit()
        for _ in range(32):
            await hold(units, hot)
        with pytest.raises(ClaimRefused):
            await hold(units, hot)

    @pytest.mark.parametrize("shards", [1, SHARDS])
    async def test_fifty_buyers_of_ten_uses_get_ten(self, units: UnitsOfWork, shards: int) -> None:
        claim = replace(TEN, shards=shards)
        assert await buyers(units, [claim] * 50) == 10
        assert await left(units, claim) == 0

    async def test_concurrent_orders_of_one_person_keep_the_limit(self, units: UnitsOfWork) -> None:
        assert await buyers(units, [TWO_EACH] * 8) == 2

    async def test_buyers_of_the_same_offers_do_not_block_each_other(
        self, units: UnitsOfWork
    ) -> None:
        other = replace(TEN, key="another", limit=100)
        hot = replace(TEN, key="a hot one", limit=100, shards=SHARDS)
        offers = [(hot, TEN, other), (other, TEN, hot)] * 10
        assert await buyers(units, offers) == 10


async def hold(units: UnitsOfWork, *claims: Claim) -> tuple[int, ...]:
    """The granted amounts of an order with these claims."""
    async with units() as unit:
        order_id = await _save_order(unit)
        granted = await unit.claims.hold(order_id, claims)
        await unit.commit()
    return granted


async def an_order_with(units: UnitsOfWork, *claims: Claim) -> OrderId:
    async with units() as unit:
        order_id = await _save_order(unit)
        await unit.claims.hold(order_id, claims)
        await unit.commit()
    return order_id


async def left(units: UnitsOfWork, claim: Claim) -> int:
    """What the quota has left; nothing is held."""
    async with units() as unit:
        everything = replace(claim, amount=1_000, excess=Excess.CUT, person="the counter")
        (granted,) = await unit.claims.hold(await _save_order(unit), [everything])
    return granted


async def buyers(units: UnitsOfWork, claims: Sequence[Claim | tuple[Claim, ...]]) -> int:
    """Concurrent orders with these claims. Returns the number that was placed."""

    def buy(wanted: Claim | tuple[Claim, ...]) -> Change:
        async def place(unit: UnitOfWork) -> None:
            order_id = await _save_order(unit)
            await unit.claims.hold(order_id, wanted if isinstance(wanted, tuple) else (wanted,))

        return place

    return await race(units, [buy(each) for each in claims])


async def _save_order(unit: UnitOfWork) -> OrderId:
    number = uuid4().hex
    order = an_order(number, number)
    await unit.orders.save(order)
    return order.id
