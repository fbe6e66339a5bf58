"""Fills an empty shop with the demo data. Each run creates the same data."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from adapters.database.engine import Database
from adapters.database.stock.repository import ensure_location
from core.application.catalogue.categories import SaveCategory
from core.application.catalogue.product_admin import SaveProduct
from core.application.events import RelayEvents
from core.application.search import RebuildSearchIndex
from core.application.staff import AddStaff
from core.domain.catalogue.category import Brand
from core.domain.customers import AddressBookEntry, Customer
from core.domain.fulfillment import Shipment
from core.domain.identifiers import (
    AddressId,
    BrandId,
    Currency,
    CustomerId,
    LineKey,
    LocationCode,
    OrderId,
    PaymentId,
    ProductId,
    ShipmentId,
)
from core.domain.money import Money
from core.domain.orders.lines import OrderLine, Shipping
from core.domain.orders.order import Order
from core.domain.payments.payment import Payment
from core.domain.payments.shares import Share
from core.domain.pricing.paid_units import PaidUnits
from core.domain.staff import AUDITOR
from core.domain.text import Text
from entrepot.demo.campaigns import SeedCampaigns
from entrepot.demo.catalogue import DemoGoods, DemoProduct
from entrepot.demo.people import DemoBasket, DemoPerson, baskets, people
from entrepot.demo.trades import SandboxTrades
from ports.clock import Clock, NewId, NewNumber
from ports.media import Media
from ports.recommendation import PurchaseHistory, Recommender
from ports.security import Passwords
from ports.unit_of_work import UnitsOfWork

PASSWORD = "entrepot-demo"  # noqa: S105 -- a demo has no secrets
STAFF = "admin@example.com"
AUDITOR_LOGIN = "auditor@example.com"
CUSTOMERS = 500
ORDERS = 2_000
BATCH_SIZE = 100
SEED = 20_260_101
SHIPPING = Shipping(
    code="freight.standard",
    name=Text({"zh": "标准快递", "en": "Standard delivery"}),
    price=Money(800, "CNY"),
)

Progress = Callable[[str, int, int], None]
"""Called with the kind of row, the number that is done, and the total."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeedDemo:
    """Creates the catalogue with use cases, and past orders directly in their final state."""

    database: Database
    units: UnitsOfWork
    save_product: SaveProduct
    save_category: SaveCategory
    add_staff: AddStaff
    seed_campaigns: SeedCampaigns
    rebuild_search_index: RebuildSearchIndex
    relay_events: RelayEvents
    recommender: Recommender
    purchase_history: PurchaseHistory
    passwords: Passwords
    media: Media
    now: Clock
    new_id: NewId
    new_number: NewNumber
    sandbox_trades: SandboxTrades
    location: LocationCode
    currency: Currency

    async def __call__(self, progress: Progress) -> None:
        goods = DemoGoods(self.currency)
        async with self.database.writes.begin() as connection:
            await ensure_location(connection, self.location, {"zh": "主仓", "en": "Main warehouse"})
        await self._categories(goods)
        products = list(goods.products())
        await self._products(products, progress)
        random = Random(SEED)  # noqa: S311 -- a demo is not a secret
        persons = people(CUSTOMERS, random)
        customers = await self._customers(persons, progress)
        past_baskets = list(baskets(persons, products, ORDERS, self.now(), random))
        await self._orders(past_baskets, customers, random, progress)
        await self.seed_campaigns(products)
        await self.relay_events.drain()
        await self.rebuild_search_index()
        await self.recommender.rebuild(self.purchase_history)
        await self.add_staff(STAFF, PASSWORD, "林店长 Lin")
        await self.add_staff(AUDITOR_LOGIN, PASSWORD, "沈审计 Shen", AUDITOR)

    async def _categories(self, goods: DemoGoods) -> None:
        for category in goods.categories():
            await self.save_category(
                category.slug, category.name, category.parent, category.position
            )
        async with self.units() as unit:
            for slug, name in goods.brands():
                await unit.brands.save(Brand(id=BrandId(self.new_id()), slug=slug, name=name))
            await unit.commit()

    async def _products(self, products: list[DemoProduct], progress: Progress) -> None:
        for done, product in enumerate(products, 1):
            for path, drawing in product.pictures:
                await self.media.put(path, drawing)
            await self.save_product(product.draft)
            progress("products", done, len(products))

    async def _customers(
        self, persons: list[DemoPerson], progress: Progress
    ) -> dict[int, CustomerId]:
        # All customers have the same password, and a hash takes 100 ms.
        password_hash = await self.passwords.hash(PASSWORD)
        ids = {}
        for start in range(0, len(persons), BATCH_SIZE):
            async with self.units() as unit:
                for person in persons[start : start + BATCH_SIZE]:
                    customer = Customer(
                        id=CustomerId(self.new_id()),
                        login=person.login,
                        password_hash=password_hash,
                        name=person.name,
                        language="zh",
                        registered_at=self.now() - timedelta(days=200),
                        addresses=(
                            AddressBookEntry(id=AddressId(self.new_id()), address=person.address),
                        ),
                    )
                    await unit.customers.save(customer)
                    ids[person.number] = customer.id
                await unit.commit()
            progress("customers", min(start + BATCH_SIZE, len(persons)), len(persons))
        return ids

    async def _orders(
        self,
        past_baskets: list[DemoBasket],
        customers: dict[int, CustomerId],
        random: Random,
        progress: Progress,
    ) -> None:
        product_ids = await self._product_ids(past_baskets)
        for start in range(0, len(past_baskets), BATCH_SIZE):
            async with self.units() as unit:
                for basket in past_baskets[start : start + BATCH_SIZE]:
                    order, payment = self._order(basket, customers, product_ids, random)
                    await unit.orders.save(order)
                    await unit.payments.save(payment)
                    self.sandbox_trades.record(payment, order.language)
                await unit.commit()
            progress("orders", min(start + BATCH_SIZE, len(past_baskets)), len(past_baskets))
        self.sandbox_trades.close()

    async def _product_ids(self, past_baskets: list[DemoBasket]) -> dict[str, ProductId]:
        handles = {product.draft.handle for basket in past_baskets for product in basket.products}
        ids: dict[str, ProductId] = {}
        async with self.units() as unit:
            for handle in sorted(handles):
                product = await unit.products.find(handle)
                if product is not None:
                    ids[handle] = product.id
        return ids

    def _order(
        self,
        basket: DemoBasket,
        customers: dict[int, CustomerId],
        product_ids: dict[str, ProductId],
        random: Random,
    ) -> tuple[Order, Payment]:
        """A past order that is paid, shipped and delivered. It has no events."""
        at = basket.at
        order = Order(
            id=OrderId(self.new_id()),
            number=self.new_number(),
            checkout_key=self.new_number(),
            contact=basket.person.login,
            address=basket.person.address,
            lines=tuple(_lines(basket, product_ids, random)),
            shipping=replace(SHIPPING, price=Money(SHIPPING.price.minor, self.currency)),
            language="zh",
            placed_at=at,
            pay_before=at + timedelta(minutes=30),
            customer_id=customers[basket.person.number],
        )
        order.placed()
        order.pay(at + timedelta(minutes=2))
        order.ship(
            Shipment(
                id=ShipmentId(self.new_id()),
                carrier=random.choice(("sf", "zto", "yto", "jd")),
                tracking_number=f"DEMO{random.randrange(10**12):012d}",
                quantities=order.quantities,
                shipped_at=at + timedelta(hours=9),
            ),
            "staff",
        )
        if at + timedelta(days=4) < self.now():
            order.deliver(None, at + timedelta(days=3), "carrier")
        order.events.clear()
        return order, self._payment(order, at)

    def _payment(self, order: Order, at: datetime) -> Payment:
        payment = Payment(
            id=PaymentId(self.new_id()),
            purchase_id=order.purchase_id,
            shares=(Share(order_id=order.id, amount=order.total),),
            gateway="sandbox",
            account="sandbox-merchant",
            reference=self.new_number(),
            amount=order.total,
            created_at=at,
            expires_at=order.pay_before,
        )
        payment.mark_paid(f"DEMO{payment.reference}", at + timedelta(minutes=2))
        return payment


def _lines(
    basket: DemoBasket, product_ids: dict[str, ProductId], random: Random
) -> Iterator[OrderLine]:
    handles = dict.fromkeys(each.draft.handle for each in basket.products)
    for number, product in enumerate(handles, start=1):
        draft = next(each.draft for each in basket.products if each.draft.handle == product)
        variant = random.choice(draft.variants)
        names = {
            (option.code, value.code): value.name
            for option in draft.options
            for value in option.values
        }
        chosen = [names[pair] for pair in variant.options.items()]
        quantity = random.choice((1, 1, 1, 2))
        yield OrderLine(
            key=LineKey(str(number)),
            sku=variant.sku,
            product_id=product_ids[draft.handle],
            title=draft.title,
            options=Text(
                {
                    language: " · ".join(name.in_language(language) for name in chosen)
                    for language in ("zh", "en")
                }
            ),
            quantity=quantity,
            unit_price=variant.price,
            paid_units=PaidUnits(((quantity, variant.price.minor),)),
            picture=variant.picture or "",
        )
