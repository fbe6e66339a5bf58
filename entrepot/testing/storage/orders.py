"""Cases of orders."""

from datetime import timedelta

import pytest

from core.domain.errors import AlreadyExists
from core.domain.orders.holds import Blocked, Hold
from core.domain.orders.states import OrderState
from core.domain.text import Text
from entrepot.testing.storage.samples import NOW, a_field, an_order, yuan
from ports.unit_of_work import UnitsOfWork


class OrderCases:
    async def test_an_order_comes_back_with_its_history(self, units: UnitsOfWork) -> None:
        order = an_order()
        order.fields = (a_field("gift.wrap"), a_field("gift.card", is_personal=True))
        order.pay(NOW)
        async with units() as unit:
            await unit.orders.save(order)
            await unit.commit()
        async with units() as unit:
            found = await unit.orders.find(order.number)
        assert found is not None
        assert found.state is OrderState.PAID
        assert found.lines == order.lines
        assert found.shipping == order.shipping
        assert found.address == order.address
        assert found.total == yuan(343)
        assert found.history == order.history
        assert found.fields == order.fields

    async def test_one_checkout_key_is_one_order(self, units: UnitsOfWork) -> None:
        async with units() as unit:
            await unit.orders.save(an_order())
            await unit.commit()
        async with units() as unit:
            with pytest.raises(AlreadyExists):
                await unit.orders.save(an_order("1000000000000002"))

    async def test_an_overdue_order_is_claimed_by_one_worker(self, units: UnitsOfWork) -> None:
        unpaid, paid = an_order(), an_order("1000000000000002", "other")
        paid.pay(NOW)
        late, again = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
        async with units() as unit:
            await unit.orders.save(unpaid)
            await unit.orders.save(paid)
            await unit.commit()
        async with units() as unit:
            assert await unit.orders.claim_overdue(NOW, 10, again) == ()
            assert await unit.orders.claim_overdue(late, 10, again) == (unpaid.id,)
            await unit.commit()
        async with units() as unit:
            assert await unit.orders.claim_overdue(late, 10, again) == ()
            assert await unit.orders.claim_overdue(again, 10, again) == (unpaid.id,)

    async def test_a_hold_comes_back_and_its_end_is_claimed_by_one_worker(
        self, units: UnitsOfWork
    ) -> None:
        order, late, again = an_order(), NOW + timedelta(hours=1), NOW + timedelta(hours=2)
        hold = Hold(
            code="group", blocks=frozenset({Blocked.SHIP}), reason=Text({"zh": "拼团"}), until=late
        )
        order.place_hold(hold, NOW, "staff")
        async with units() as unit:
            await unit.orders.save(order)
            await unit.commit()
        async with units() as unit:
            assert (await unit.orders.get(order.id)).holds == (hold,)
            assert await unit.orders.claim_held(NOW, 10, again) == ()
            assert await unit.orders.claim_held(late, 10, again) == (order.id,)
            await unit.commit()
        async with units() as unit:
            assert await unit.orders.claim_held(late, 10, again) == ()
            assert await unit.orders.claim_held(again, 10, again) == (order.id,)

    async def test_each_recipient_of_an_order_is_recorded_once(self, units: UnitsOfWork) -> None:
        order = an_order()
        async with units() as unit:
            await unit.orders.save(order)
            await unit.recipient_log.record(order.id, ["sf", "alipay"], NOW)
            await unit.recipient_log.record(order.id, ["sf"], NOW + timedelta(days=1))
            await unit.commit()
        async with units() as unit:
            assert await unit.recipient_log.recipients(order.id) == ("alipay", "sf")
