"""What plugins do with orders."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

from adapters.plugins.answers.order_guards import hold_code
from adapters.plugins.shop.acts import Act, PluginActs, actor_of
from core.application.fulfillment import DeliverOrder, Parcel, ShipOrder
from core.application.orders.cancellation import CancelOrder
from core.application.orders.holds import LiftHold, PlaceHold
from core.domain.identifiers import OrderId, ShipmentId
from core.domain.orders.holds import Hold
from ports.plugin_shop.order_actions import ShopParcel


@dataclass(frozen=True, slots=True)
class PluginOrderActions:
    """`ports.plugin_shop.order_actions.ShopOrderActions` for ``plugin``."""

    acts: PluginActs
    hold_order: PlaceHold
    lift: LiftHold
    cancel_order: CancelOrder
    ship_order: ShipOrder
    deliver_order: DeliverOrder
    plugin: str = ""

    async def place_hold(self, order_id: OrderId, hold: Hold, idempotency_key: str) -> None:
        mine = replace(hold, code=hold_code(self.plugin, hold.code))
        await self._once(
            self._act("orders.place_hold", order_id, idempotency_key, mine),
            lambda: self.hold_order(order_id, mine, actor_of(self.plugin)),
        )

    async def lift_hold(self, order_id: OrderId, code: str, idempotency_key: str) -> None:
        mine = hold_code(self.plugin, code)
        await self._once(
            self._act("orders.lift_hold", order_id, idempotency_key, mine),
            lambda: self.lift(order_id, mine, actor_of(self.plugin)),
        )

    async def cancel(self, order_id: OrderId, idempotency_key: str) -> None:
        async def cancel() -> None:
            await self.cancel_order(order_id, actor_of(self.plugin))

        await self._once(self._act("orders.cancel", order_id, idempotency_key), cancel)

    async def ship(self, order_id: OrderId, parcel: ShopParcel, idempotency_key: str) -> None:
        mine = Parcel(
            carrier=parcel.carrier,
            tracking_number=parcel.tracking_number,
            quantities=parcel.quantities,
        )
        await self._once(
            self._act("orders.ship", order_id, idempotency_key, mine),
            lambda: self.ship_order(order_id, mine, actor_of(self.plugin)),
        )

    async def deliver(
        self, order_id: OrderId, idempotency_key: str, shipment_id: ShipmentId | None = None
    ) -> None:
        await self._once(
            self._act("orders.deliver", order_id, idempotency_key, shipment_id),
            lambda: self.deliver_order(order_id, actor_of(self.plugin), shipment_id),
        )

    def _act(self, name: str, order_id: OrderId, key: str, *arguments: object) -> Act:
        return Act(
            plugin=self.plugin,
            name=name,
            reference=str(order_id),
            key=key,
            arguments=(order_id, *arguments),
        )

    async def _once(self, act: Act, work: Callable[[], Awaitable[None]]) -> None:
        async def again(_made: str) -> None:
            """The first call returned nothing."""

        await self.acts.once(act, work, again)
