"""Refunds that plugins request."""

from dataclasses import dataclass

from adapters.plugins.shop.acts import Act, PluginActs, actor_of
from core.application.payments.refunds import RefundInput, RequestRefund
from core.domain.identifiers import OrderId
from core.domain.payments.refund import Refund, RefundReason
from ports.plugin_shop.refunds import ShopRefund, ShopRefundInput
from ports.unit_of_work import RepeatableUnits


@dataclass(frozen=True, slots=True)
class PluginRefunds:
    """`ports.plugin_shop.refunds.ShopRefunds` for ``plugin``."""

    acts: PluginActs
    request_refund: RequestRefund
    units: RepeatableUnits
    plugin: str = ""

    async def request(
        self, order_id: OrderId, details: ShopRefundInput, idempotency_key: str
    ) -> ShopRefund | None:
        act = Act(
            plugin=self.plugin,
            name="refunds.request",
            reference=str(order_id),
            key=idempotency_key,
            arguments=(order_id, details),
        )
        asked = RefundInput(
            reason=RefundReason.GOODWILL,
            actor=actor_of(self.plugin),
            quantities=details.quantities or None,
            shipping=details.shipping,
            amount=details.amount,
        )

        async def request() -> ShopRefund | None:
            refund = await self.request_refund(order_id, asked)
            return None if refund is None else shop_refund(refund)

        return await self.acts.once(act, request, self._made)

    async def of_order(self, order_id: OrderId) -> tuple[ShopRefund, ...]:
        async with self.units() as unit:
            return tuple(map(shop_refund, await unit.refunds.list(order_id)))

    async def _made(self, reference: str) -> ShopRefund | None:
        """The refund that the first call made; None if its units were free."""
        if not reference:
            return None
        async with self.units() as unit:
            refund = await unit.refunds.find(reference)
        return None if refund is None else shop_refund(refund)


def shop_refund(refund: Refund) -> ShopRefund:
    return ShopRefund(
        reference=refund.reference,
        order_id=refund.order_id,
        amount=refund.amount,
        state=refund.state,
        requested_at=refund.requested_at,
    )
