"""Repositories over dictionaries, with the promises of the ones over tables."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from core.domain.cart import Cart
from core.domain.catalogue.category import Brand, Category
from core.domain.catalogue.product import Product
from core.domain.customer import Customer, Staff
from core.domain.errors import AlreadyExists, Invalid, NotFound, OutOfStock, StaleVersion
from core.domain.events import Event
from core.domain.identifiers import (
    BrandId,
    CategoryId,
    CustomerId,
    LocationCode,
    OrderId,
    ProductId,
    Sku,
    StaffId,
)
from core.domain.order import Order, OrderState
from core.domain.payment import Payment
from core.domain.stock import Allocation, StockLevel, share_out
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
    sessions: dict[str, Session] = field(default_factory=dict)
    notifications: set[tuple[str, str, str]] = field(default_factory=set)
    levels: dict[tuple[Sku, LocationCode], StockLevel] = field(default_factory=dict)
    allocations: dict[UUID, tuple[Allocation, ...]] = field(default_factory=dict)
    locations: tuple[LocationCode, ...] = (LocationCode("main"), LocationCode("second"))


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
                raise Invalid("parent", "A category cannot stand below itself.")
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

    async def get(self, order_id: OrderId) -> Order:
        return await super().get(order_id)

    async def claim(self, order_id: OrderId) -> Order:
        return await self.get(order_id)

    async def find_placed_with(self, checkout_key: str) -> Order | None:
        return self._first("checkout_key", checkout_key)

    async def overdue(self, now: datetime, limit: int) -> tuple[OrderId, ...]:
        late = [
            order
            for order in self._things.values()
            if order.state is OrderState.PLACED and order.pay_before <= now
        ]
        return tuple(order.id for order in sorted(late, key=lambda o: o.pay_before)[:limit])

    async def save(self, order: Order) -> None:
        await super().save(order)

    def _clash(self, other: Order, thing: Order) -> bool:
        return super()._clash(other, thing) or other.checkout_key == thing.checkout_key


class MemoryPayments(Repository[Payment]):
    kind, unique = "payment", "reference"

    async def claim(self, reference: str) -> Payment | None:
        return self._first("reference", reference)

    async def list(self, order_id: OrderId) -> tuple[Payment, ...]:
        return tuple(each for each in self._things.values() if each.order_id == order_id)

    async def save(self, payment: Payment) -> None:
        await super().save(payment)


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


class MemoryInbox:
    def __init__(self, seen: set[tuple[str, str, str]]) -> None:
        self._seen = seen

    async def record(
        self,
        *,
        gateway: str,
        account: str,
        key: str,
        body: bytes,  # noqa: ARG002
        at: datetime,  # noqa: ARG002
    ) -> bool:
        new = (gateway, account, key) not in self._seen
        self._seen.add((gateway, account, key))
        return new


class MemoryStock:
    def __init__(self, shelves: Shelves) -> None:
        self._shelves = shelves

    async def levels(self, skus: Sequence[Sku]) -> tuple[StockLevel, ...]:
        places = self._shelves.locations
        found = [level for level in self._shelves.levels.values() if level.sku in skus]
        return tuple(sorted(found, key=lambda each: (each.sku, places.index(each.location))))

    async def set_on_hand(self, sku: Sku, location: LocationCode, units: int) -> None:
        if location not in self._shelves.locations:
            raise Invalid("location", "There is no location “{code}”.", code=location)
        known = self._shelves.levels.get((sku, location))
        self._shelves.levels[sku, location] = StockLevel(
            sku=sku, location=location, on_hand=units, reserved=known.reserved if known else 0
        )

    async def reserve(self, order_id: OrderId, quantities: Mapping[Sku, int]) -> None:
        taken: list[Allocation] = []
        for sku, units in sorted(quantities.items()):
            levels = await self.levels([sku])
            parts = share_out(sku, units, levels)
            if not parts:
                raise OutOfStock(sku, units, sum(level.available for level in levels))
            taken += parts
        for part in taken:
            self._change(part, reserved=part.quantity)
        self._shelves.allocations[order_id] = tuple(taken)

    async def release(self, order_id: OrderId) -> None:
        for part in self._shelves.allocations.pop(order_id, ()):
            self._change(part, reserved=-part.quantity)

    async def dispatch(self, order_id: OrderId) -> None:
        for part in self._shelves.allocations.pop(order_id, ()):
            self._change(part, reserved=-part.quantity, on_hand=-part.quantity)

    def _change(self, part: Allocation, *, reserved: int, on_hand: int = 0) -> None:
        key = (part.sku, part.location)
        level = self._shelves.levels[key]
        self._shelves.levels[key] = replace(
            level, reserved=level.reserved + reserved, on_hand=level.on_hand + on_hand
        )
