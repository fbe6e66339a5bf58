"""A shop at revision 0001: units are counted by SKU, and nothing changes a price."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.ext.asyncio import AsyncConnection

from adapters.clock.system import new_id
from entrepot.assembly.shop import Shop
from ports.encryption import DataKeys
from tests.factories import ADDRESS
from tests.upgrades.old_rows import insert

NOW = datetime(2026, 11, 1, 8, tzinfo=UTC)
SMALL, LARGE = "CELADON-TEAPOT-S", "CELADON-TEAPOT-L"
PRICES = {SMALL: 16_800, LARGE: 22_800}
SHIPPING = 800
ON_HAND = 50

Units = Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class OldOrder:
    """``lines`` are units by SKU, in the order of their positions."""

    number: str
    state: str
    lines: Units
    fulfillment: str = "unfulfilled"
    moves: Sequence[str] = ("place",)
    refunded: Units = field(default_factory=dict)
    cancelled: Units = field(default_factory=dict)
    parcels: Sequence[Units] = ()
    delivered: bool = False
    replaces: UUID | None = None
    id: UUID = field(default_factory=uuid4)

    @property
    def is_free(self) -> bool:
        return self.replaces is not None

    def unsent(self, sku: str) -> int:
        sent = sum(parcel.get(sku, 0) for parcel in self.parcels)
        return self.lines.get(sku, 0) - self.cancelled.get(sku, 0) - sent

    @property
    def total(self) -> int:
        goods = sum(PRICES[sku] * units for sku, units in self.lines.items())
        return 0 if self.is_free else goods + SHIPPING


class OldShop:
    """Writes the rows that the shop of revision 0001 wrote."""

    def __init__(self, connection: AsyncConnection, data_key_id: UUID, keys: DataKeys) -> None:
        self._connection = connection
        self._data_key_id = data_key_id
        self._keys: Any = keys

    @classmethod
    async def of(cls, shop: Shop, connection: AsyncConnection) -> "OldShop":
        data_key_id = await shop.vault().new_data_key()
        return cls(connection, data_key_id, await shop.vault().keys([data_key_id]))

    async def stock(self, orders: Sequence[OldOrder]) -> None:
        """The levels, movements and rows that belong to these orders."""
        for sku in PRICES:
            held = {
                table: {
                    order.id: order.unsent(sku)
                    for order in orders
                    if order.state == state and order.unsent(sku)
                }
                for table, state in (("reservations", "placed"), ("allocations", "paid"))
            }
            shipped = sum(parcel.get(sku, 0) for order in orders for parcel in order.parcels)
            counts = {
                "on_hand": ON_HAND - shipped,
                "reserved": sum(held["reservations"].values()),
                "allocated": sum(held["allocations"].values()),
            }
            at = {"sku": sku, "location": "main"}
            await insert(
                self._connection, "stock_levels", **at, **counts, backorder_limit=0, missing=0
            )
            await insert(
                self._connection,
                "stock_movements",
                id=uuid4(),
                kind="count",
                cause="",
                at=NOW,
                **at,
                **counts,
            )
            for table, units in held.items():
                expires = {"expires_at": NOW} if table == "reservations" else {}
                for order_id, quantity in units.items():
                    await insert(
                        self._connection,
                        table,
                        order_id=order_id,
                        quantity=quantity,
                        **at,
                        **expires,
                    )

    async def order(self, order: OldOrder) -> None:
        encrypt = self._keys.encrypt
        await insert(
            self._connection,
            "orders",
            id=order.id,
            number=order.number,
            checkout_key=f"key-{order.number}",
            data_key_id=self._data_key_id,
            contact=encrypt(self._data_key_id, "orders.contact", order.id, "mei@example.com"),
            address=encrypt(self._data_key_id, "orders.address", order.id, asdict(ADDRESS)),
            shipping_code="flat",
            shipping_name={"zh": "快递", "en": "Courier"},
            shipping_minor=0 if order.is_free else SHIPPING,
            shipping_refunded_minor=0,
            total_minor=order.total,
            currency="CNY",
            language="zh",
            state=order.state,
            fulfillment=order.fulfillment,
            replaces=order.replaces,
            placed_at=NOW,
            pay_before=NOW,
            expire_at=NOW,
            history=[
                {"move": move, "state": "?", "at": NOW.isoformat(), "actor": "customer"}
                for move in order.moves
            ],
            version=1,
        )
        for position, (sku, units) in enumerate(order.lines.items()):
            await insert(
                self._connection,
                "order_lines",
                order_id=order.id,
                position=position,
                sku=sku,
                product_id=UUID(int=1),
                title={"zh": "青瓷茶壶", "en": "Celadon teapot"},
                options={"zh": "小", "en": "small"},
                quantity=units,
                unit_price_minor=0 if order.is_free else PRICES[sku],
                picture="",
                return_exception="",
                refunded=order.refunded.get(sku, 0),
                cancelled=order.cancelled.get(sku, 0),
            )
        for number, parcel in enumerate(order.parcels):
            await self._parcel(order, parcel, NOW + timedelta(hours=number))
        if "pay" in order.moves:
            await self._event("OrderPaid", order)

    async def payment(self, order: OldOrder, refunds: Sequence[tuple[int, Units]]) -> UUID:
        """A captured payment, with refunds that have succeeded: amount and units."""
        payment_id, refunded = uuid4(), sum(amount for amount, _ in refunds)
        state = {0: "paid", order.total: "refunded"}.get(refunded, "partly_refunded")
        await insert(
            self._connection,
            "payments",
            id=payment_id,
            order_id=order.id,
            gateway="bank",
            account="us",
            reference=f"R{order.number}",
            provider_reference=f"P{order.number}",
            amount_minor=order.total,
            currency="CNY",
            state=state,
            created_at=NOW,
            expires_at=NOW,
            paid_at=NOW,
            checks=0,
            captured_minor=order.total,
            refund_minor=refunded,
            version=1,
        )
        await self._entry(payment_id, "captured", "", order.total)
        for number, (amount, units) in enumerate(refunds):
            reference = f"F{number}{order.number}"
            await self._entry(payment_id, "refund_requested", reference, amount)
            await self._entry(payment_id, "refund_succeeded", reference, amount)
            await insert(
                self._connection,
                "refunds",
                id=uuid4(),
                payment_id=payment_id,
                order_id=order.id,
                gateway="bank",
                reference=reference,
                provider_reference="",
                amount_minor=amount,
                currency="CNY",
                reason="goodwill",
                quantities=dict(units),
                state="succeeded",
                failure="",
                requested_at=NOW,
                actor="staff",
                tries=1,
                version=1,
            )
        return payment_id

    async def order_return(
        self, order: OldOrder, state: str, units: Units, accepted: Units | None = None
    ) -> UUID:
        return_id = uuid4()
        await insert(
            self._connection,
            "returns",
            id=return_id,
            number=str(return_id.int)[:16],
            order_id=order.id,
            quantities=dict(units),
            reason="damaged",
            remedy="refund",
            data_key_id=self._data_key_id,
            note=self._keys.encrypt(self._data_key_id, "returns.note", return_id, "壶嘴裂了"),
            accepted=None if accepted is None else dict(accepted),
            restocked=False,
            requested_at=NOW,
            state=state,
            version=1,
        )
        return return_id

    async def cart(self, token_hash: str, lines: Units) -> None:
        await insert(
            self._connection,
            "carts",
            id=uuid4(),
            token_hash=token_hash,
            currency="CNY",
            lines=[
                {"sku": sku, "quantity": units, "unit_price": PRICES[sku]}
                for sku, units in lines.items()
            ],
            updated_at=NOW,
            version=1,
        )

    async def _parcel(self, order: OldOrder, parcel: Units, shipped_at: datetime) -> None:
        await insert(
            self._connection,
            "shipments",
            id=uuid4(),
            order_id=order.id,
            carrier="sf",
            quantities=dict(parcel),
            shipped_at=shipped_at,
            delivered_at=NOW if order.delivered else None,
        )

    async def _entry(self, payment_id: UUID, kind: str, key: str, amount: int) -> None:
        await insert(
            self._connection,
            "payment_entries",
            id=new_id(),
            payment_id=payment_id,
            kind=kind,
            key=key,
            amount_minor=amount,
            currency="CNY",
            at=NOW,
        )

    async def _event(self, kind: str, order: OldOrder) -> None:
        await insert(
            self._connection,
            "outbox",
            id=uuid4(),
            kind=kind,
            payload={"order_id": str(order.id), "at": NOW.isoformat()},
            happened_at=NOW,
        )
