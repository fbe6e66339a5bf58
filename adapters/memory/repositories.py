"""Repositories over dictionaries, with the promises of the ones over tables."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID, uuid4

from core.domain.cart import Cart
from core.domain.catalogue.category import Brand, Category
from core.domain.catalogue.product import Product
from core.domain.customer import Customer, Staff
from core.domain.errors import AlreadyExists, Invalid, NotFound, RefundTooLarge, StaleVersion
from core.domain.events import Event
from core.domain.identifiers import (
    BrandId,
    CategoryId,
    CustomerId,
    LocationCode,
    OrderId,
    PaymentId,
    ProductId,
    ReturnId,
    Sku,
    StaffId,
)
from core.domain.money import Money
from core.domain.order import Order, OrderState
from core.domain.payment import CAPTURED, Payment, PaymentEntry
from core.domain.privacy.consent import Consent
from core.domain.refund import Refund
from core.domain.returns import Return
from core.domain.stock import Allocation, StockLevel, StockMovement
from ports.storage.inbox import InboxEntry, InboxState
from ports.storage.people import Session


class Kept(Protocol):
    version: int

    @property
    def id(self) -> UUID: ...


Thing = TypeVar("Thing", bound=Kept)


@dataclass(slots=True)
class Shelves:
    """Everything there is, by identifier."""

    categories: dict[UUID, Category] = field(default_factory=dict)
    brands: dict[UUID, Brand] = field(default_factory=dict)
    products: dict[UUID, Product] = field(default_factory=dict)
    carts: dict[UUID, Cart] = field(default_factory=dict)
    orders: dict[UUID, Order] = field(default_factory=dict)
    payments: dict[UUID, Payment] = field(default_factory=dict)
    customers: dict[UUID, Customer] = field(default_factory=dict)
    staff: dict[UUID, Staff] = field(default_factory=dict)
    consents: list[tuple[CustomerId, Consent]] = field(default_factory=list)
    outbound: set[tuple[OrderId, str]] = field(default_factory=set)
    sessions: dict[str, Session] = field(default_factory=dict)
    refunds: dict[UUID, Refund] = field(default_factory=dict)
    returns: dict[UUID, Return] = field(default_factory=dict)
    entries: list[tuple[PaymentId, PaymentEntry]] = field(default_factory=list)
    refunding: dict[PaymentId, int] = field(default_factory=dict)
    refunded: dict[tuple[OrderId, Sku], int] = field(default_factory=dict)
    claimed: dict[OrderId, datetime] = field(default_factory=dict)
    notifications: dict[tuple[str, str, str], InboxEntry] = field(default_factory=dict)
    levels: dict[tuple[Sku, LocationCode], StockLevel] = field(default_factory=dict)
    reservations: dict[OrderId, tuple[Allocation, ...]] = field(default_factory=dict)
    allocations: dict[OrderId, tuple[Allocation, ...]] = field(default_factory=dict)
    movements: list[StockMovement] = field(default_factory=list)
    locations: Mapping[LocationCode, str] = field(
        default_factory=lambda: {LocationCode("main"): "", LocationCode("second"): "广东省"}
    )


class Repository(Generic[Thing]):
    """``kind`` names the things in errors, ``unique`` is the property that no two share."""

    kind = ""
    unique = ""

    def __init__(self, things: dict[UUID, Thing], events: list[Event] | None = None) -> None:
        self._things = things
        self._events = events if events is not None else []

    async def get(self, thing_id: Any) -> Thing:
        if thing_id not in self._things:
            raise NotFound(self.kind, thing_id)
        return self._things[thing_id]

    async def find(self, key: str) -> Thing | None:
        return self._first(self.unique, key)

    async def save(self, thing: Thing) -> None:
        key = getattr(thing, self.unique)
        known = self._things.get(thing.id)
        if (known.version if known else 0) != thing.version and known is not thing:
            raise StaleVersion(self.kind, key)
        for other in self._things.values():
            if other.id != thing.id and self._clash(other, thing):
                raise AlreadyExists(self.kind, key)
        thing.version += 1
        self._things[thing.id] = thing
        happened: list[Event] = getattr(thing, "events", [])
        self._events += happened
        happened.clear()

    def _clash(self, other: Thing, thing: Thing) -> bool:
        return bool(getattr(other, self.unique) == getattr(thing, self.unique))

    def _first(self, name: str, value: object) -> Thing | None:
        return next((each for each in self._things.values() if getattr(each, name) == value), None)


class MemoryCategories(Repository[Category]):
    kind, unique = "category", "slug"

    async def get(self, category_id: CategoryId) -> Category:
        return await super().get(category_id)

    async def list(self) -> tuple[Category, ...]:
        ordered: list[Category] = []
        level: list[CategoryId | None] = [None]
        while level:
            below = [
                each
                for parent in level
                for each in sorted(self._things.values(), key=lambda c: (c.position, c.slug))
                if each.parent_id == parent
            ]
            ordered += below
            level = [each.id for each in below]
        return tuple(ordered)

    async def save(self, category: Category) -> None:
        above = category.parent_id
        while above is not None:
            if above == category.id:
                raise Invalid("parent", "A category cannot be its own parent.")
            above = (await self.get(above)).parent_id
        await super().save(category)


class MemoryBrands(Repository[Brand]):
    kind, unique = "brand", "slug"

    async def get(self, brand_id: BrandId) -> Brand:
        return await super().get(brand_id)

    async def list(self) -> tuple[Brand, ...]:
        return tuple(sorted(self._things.values(), key=lambda brand: brand.slug))

    async def save(self, brand: Brand) -> None:
        await super().save(brand)


class MemoryProducts(Repository[Product]):
    kind, unique = "product", "handle"

    async def get(self, product_id: ProductId) -> Product:
        return await super().get(product_id)

    async def find_by_sku(self, sku: Sku) -> Product | None:
        owners = (p for p in self._things.values() if any(v.sku == sku for v in p.variants))
        return next(owners, None)

    async def save(self, product: Product) -> None:
        await super().save(product)

    def _clash(self, other: Product, thing: Product) -> bool:
        shared = {each.sku for each in other.variants} & {each.sku for each in thing.variants}
        return super()._clash(other, thing) or bool(shared)


class MemoryCarts(Repository[Cart]):
    kind, unique = "cart", "token_hash"

    async def find_of(self, customer_id: CustomerId) -> Cart | None:
        return self._first("customer_id", customer_id)

    async def save(self, cart: Cart) -> None:
        await super().save(cart)

    async def remove(self, cart: Cart) -> None:
        self._things.pop(cart.id, None)

    async def purge(self, untouched_since: datetime) -> int:
        gone = [
            cart.id
            for cart in self._things.values()
            if cart.customer_id is None and cart.updated_at < untouched_since
        ]
        for cart_id in gone:
            del self._things[cart_id]
        return len(gone)

    def _clash(self, other: Cart, thing: Cart) -> bool:
        same = other.customer_id is not None and other.customer_id == thing.customer_id
        return super()._clash(other, thing) or same


class MemoryOrders(Repository[Order]):
    kind, unique = "order", "number"

    def __init__(self, shelves: Shelves, events: list[Event]) -> None:
        super().__init__(shelves.orders, events)
        self._claimed = shelves.claimed

    async def get(self, order_id: OrderId) -> Order:
        return await super().get(order_id)

    async def claim(self, order_id: OrderId) -> Order:
        return await self.get(order_id)

    async def find_placed_with(self, checkout_key: str) -> Order | None:
        return self._first("checkout_key", checkout_key)

    async def claim_overdue(
        self, now: datetime, limit: int, again_at: datetime
    ) -> tuple[OrderId, ...]:
        late = [
            order
            for order in self._things.values()
            if order.state is OrderState.PLACED
            and max(order.pay_before, self._claimed.get(order.id, order.pay_before)) <= now
        ]
        ids = tuple(order.id for order in sorted(late, key=lambda o: o.pay_before)[:limit])
        self._claimed.update(dict.fromkeys(ids, again_at))
        return ids

    async def save(self, order: Order) -> None:
        await super().save(order)

    def _clash(self, other: Order, thing: Order) -> bool:
        return super()._clash(other, thing) or other.checkout_key == thing.checkout_key


class MemoryPayments(Repository[Payment]):
    kind, unique = "payment", "reference"

    def __init__(self, shelves: Shelves) -> None:
        super().__init__(shelves.payments)
        self._entries = shelves.entries

    async def claim(self, reference: str) -> Payment | None:
        return self._first("reference", reference)

    async def claim_by_id(self, payment_id: PaymentId) -> Payment:
        return await self.get(payment_id)

    async def claim_due(self, now: datetime, limit: int, again_at: datetime) -> tuple[Payment, ...]:
        return _claim_due(self._things.values(), now, limit, again_at)

    async def list(self, order_id: OrderId) -> tuple[Payment, ...]:
        return tuple(each for each in self._things.values() if each.order_id == order_id)

    async def entries(self, payment_id: PaymentId) -> tuple[PaymentEntry, ...]:
        return tuple(entry for owner, entry in self._entries if owner == payment_id)

    async def save(self, payment: Payment) -> None:
        known = {(owner, entry.kind, entry.key) for owner, entry in self._entries}
        if any((payment.id, entry.kind, entry.key) in known for entry in payment.entries):
            raise AlreadyExists(self.kind, payment.reference)
        await super().save(payment)
        self._entries += [(payment.id, entry) for entry in payment.entries]
        payment.entries.clear()


class MemoryRefunds(Repository[Refund]):
    kind, unique = "refund", "reference"

    def __init__(self, shelves: Shelves, events: list[Event]) -> None:
        super().__init__(shelves.refunds, events)
        self._shelves = shelves

    async def claim(self, reference: str) -> Refund | None:
        return self._first("reference", reference)

    async def claim_due(self, now: datetime, limit: int, again_at: datetime) -> tuple[Refund, ...]:
        return _claim_due(self._things.values(), now, limit, again_at)

    async def list(self, order_id: OrderId) -> tuple[Refund, ...]:
        return tuple(each for each in self._things.values() if each.order_id == order_id)

    async def take(self, payment_id: PaymentId, amount: Money) -> None:
        payment = self._shelves.payments[payment_id]
        captured = payment.amount.minor if payment.state in CAPTURED else 0
        taken = self._shelves.refunding.get(payment_id, 0)
        if taken + amount.minor > captured:
            raise RefundTooLarge(Money(captured - taken, amount.currency))
        self._shelves.refunding[payment_id] = taken + amount.minor

    async def put_back(self, payment_id: PaymentId, amount: Money) -> None:
        self._shelves.refunding[payment_id] -= amount.minor

    async def take_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        order = self._shelves.orders[order_id]
        for sku, units in sorted(quantities.items()):
            taken = self._shelves.refunded.get((order_id, sku), 0)
            if taken + units > order.line(sku).quantity:
                raise RefundTooLarge(f"0 × {sku}")
            self._shelves.refunded[order_id, sku] = taken + units

    async def put_back_units(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        for sku, units in quantities.items():
            self._shelves.refunded[order_id, sku] -= units

    async def save(self, refund: Refund) -> None:
        await super().save(refund)

    def _clash(self, other: Refund, thing: Refund) -> bool:
        same = other.return_id is not None and other.return_id == thing.return_id
        return super()._clash(other, thing) or same


class MemoryReturns(Repository[Return]):
    kind, unique = "return", "number"

    async def claim(self, return_id: ReturnId) -> Return:
        return await self.get(return_id)

    async def list(self, order_id: OrderId) -> tuple[Return, ...]:
        return tuple(each for each in self._things.values() if each.order_id == order_id)

    async def save(self, goods_back: Return) -> None:
        await super().save(goods_back)


class Due(Protocol):
    check_at: datetime | None


Checked = TypeVar("Checked", bound=Due)


def _claim_due(
    things: Iterable[Checked], now: datetime, limit: int, again_at: datetime
) -> tuple[Checked, ...]:
    due = [each for each in things if each.check_at is not None and each.check_at <= now][:limit]
    for each in due:
        each.check_at = again_at
    return tuple(due)


class MemoryCustomers(Repository[Customer]):
    kind, unique = "login", "login"

    async def get(self, customer_id: CustomerId) -> Customer:
        return await super().get(customer_id)

    async def save(self, customer: Customer) -> None:
        await super().save(customer)


class MemoryStaffMembers(Repository[Staff]):
    kind, unique = "login", "login"

    async def get(self, staff_id: StaffId) -> Staff:
        return await super().get(staff_id)

    async def save(self, staff: Staff) -> None:
        await super().save(staff)


class MemorySessions:
    def __init__(self, sessions: dict[str, Session]) -> None:
        self._sessions = sessions

    async def add(self, session: Session) -> None:
        self._sessions[session.token_hash] = session

    async def find(self, token_hash: str, now: datetime) -> Session | None:
        session = self._sessions.get(token_hash)
        return session if session is not None and session.expires_at > now else None

    async def remove(self, token_hash: str) -> None:
        self._sessions.pop(token_hash, None)

    async def purge(self, now: datetime) -> int:
        gone = [key for key, session in self._sessions.items() if session.expires_at <= now]
        for key in gone:
            del self._sessions[key]
        return len(gone)


class MemoryConsents:
    def __init__(self, said: list[tuple[CustomerId, Consent]]) -> None:
        self._said = said

    async def record(self, customer_id: CustomerId, consents: Sequence[Consent]) -> None:
        self._said += [(customer_id, each) for each in consents]

    async def latest(self, customer_id: CustomerId) -> Mapping[str, Consent]:
        return {each.purpose: each for owner, each in self._said if owner == customer_id}


class MemoryOutbound:
    def __init__(self, told: set[tuple[OrderId, str]]) -> None:
        self._told = told

    async def record(self, order_id: OrderId, recipients: Sequence[str], at: datetime) -> None:  # noqa: ARG002
        self._told.update((order_id, each) for each in recipients)

    async def recipients(self, order_id: OrderId) -> tuple[str, ...]:
        return tuple(sorted(code for owner, code in self._told if owner == order_id))


class MemoryInbox:
    def __init__(self, kept: dict[tuple[str, str, str], InboxEntry]) -> None:
        self._kept = kept

    async def record(
        self,
        *,
        gateway: str,
        account: str,
        key: str,
        body: bytes,  # noqa: ARG002 -- a dict is not asked for it
        reference: str,  # noqa: ARG002
        at: datetime,
    ) -> InboxEntry:
        new = InboxEntry(
            id=uuid4(),
            gateway=gateway,
            account=account,
            key=key,
            state=InboxState.RECEIVED,
            reason="",
            received_at=at,
        )
        return self._kept.setdefault((gateway, account, key), new)

    async def settle(self, entry_id: UUID, state: InboxState, reason: str = "") -> None:
        for key, entry in self._kept.items():
            if entry.id == entry_id:
                self._kept[key] = replace(entry, state=state, reason=reason)

    async def quarantined(self, limit: int) -> tuple[InboxEntry, ...]:
        found = [e for e in self._kept.values() if e.state is InboxState.QUARANTINED]
        return tuple(sorted(found, key=lambda e: e.received_at, reverse=True)[:limit])
