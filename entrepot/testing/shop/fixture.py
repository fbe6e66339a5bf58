"""The shop of a test, and what its visitors, members and staff do with it."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import httpx

from core.application.carts.ownership import CartOwner
from core.application.catalogue.drafts import ProductDraft, VariantDraft
from core.application.customers.registration import Registration
from core.application.fulfillment import Parcel
from core.application.orders.checkout import Checkout, PlacedOrder
from core.application.payments.start import PaymentInput
from core.domain.address import Address
from core.domain.carts import Delivery
from core.domain.catalogue.product import ProductState
from core.domain.identifiers import CustomerId, Sku
from core.domain.money import Money
from core.domain.orders.states import OrderStage
from core.domain.payments.payment import ASK_INTERVAL
from core.domain.text import Text
from entrepot.asgi import web_parts
from entrepot.assembly.shop import Shop
from entrepot.testing.gateway_fixture import TestClock
from entrepot.testing.shop.gateway import PaidGateway
from entrepot.testing.shop.opening import BASE_URL, open_test_shop
from entrepot.testing.shop.web_app import app_of

PASSWORD = "correct horse battery"
CATEGORY = "goods"
DELIVERY = Delivery(
    contact="mei@example.com",
    address=Address(
        name="李梅",
        phone="+8613800138000",
        country="CN",
        region="广东省",
        city="深圳市",
        district="南山区",
        street="科苑路 1 号",
    ),
)
STAGES = (OrderStage.PLACED, OrderStage.PAID, OrderStage.SHIPPED, OrderStage.DELIVERED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    """A browser with cookies of its own. ``customer_id`` is None for a guest."""

    client: httpx.AsyncClient
    login: str = ""
    customer_id: CustomerId | None = None


@dataclass(slots=True, kw_only=True)
class ShopFixture:
    """A shop with the installed plugins. ``clock`` is the time of the shop and its plugins.

    ``client`` is the browser of a guest. ``new_browser`` opens another one, without cookies.
    ``shop`` has every part of a shop, such as the use cases.
    """

    shop: Shop
    clock: TestClock
    client: httpx.AsyncClient
    new_browser: Callable[[], Awaitable[httpx.AsyncClient]]
    numbers: Iterator[int] = field(default_factory=count)

    async def member(self, login: str = "mei@example.com") -> Visitor:
        """Register a member, and log in."""
        customer_id = await self.shop.register_member()(
            Registration(
                login=login, password=PASSWORD, name="李梅", language="zh", old_enough=True
            )
        )
        client = await self._signed_in("/zh/login", login)
        return Visitor(client=client, login=login, customer_id=customer_id)

    async def staff(self, login: str = "boss@example.com") -> httpx.AsyncClient:
        """A browser of a new manager who is logged in to the back office."""
        await self.shop.add_staff()(login, PASSWORD, "Boss")
        return await self._signed_in("/zh/admin/login", login)

    async def add_product(
        self, sku: str = "CUP", price: Money | None = None, *, units: int = 100
    ) -> str:
        """Publish a product with one variant, and return its handle."""
        await self.shop.save_category()(CATEGORY, Text({"zh": "商品", "en": "Goods"}))
        handle = sku.lower()
        variant = VariantDraft(sku=Sku(sku), price=price or Money(16_800, "CNY"), on_hand=units)
        await self.shop.save_product()(
            ProductDraft(
                handle=handle,
                title=Text({"zh": f"商品 {sku}", "en": f"Product {sku}"}),
                category=CATEGORY,
                variants=(variant,),
                state=ProductState.PUBLISHED,
            )
        )
        await self.work()
        return handle

    async def buy(
        self,
        sku: str = "CUP",
        quantity: int = 1,
        *,
        by: Visitor | None = None,
        until: OrderStage = OrderStage.PAID,
    ) -> PlacedOrder:
        """Order, and go on until the order is paid, shipped or delivered.

        ``by`` None is a guest. Events are delivered after each step.
        """
        owner = CartOwner(customer_id=by.customer_id) if by else CartOwner(token=self._key("cart"))
        placed = await self._place(owner, Sku(sku), quantity)
        steps = (self._pay, self._ship, self._deliver)
        for step in steps[: STAGES.index(until)]:
            await self.work()
            await step(placed)
        await self.work()
        return placed

    async def work(self) -> None:
        """Relay the events, and deliver them to subscribers, as the worker does."""
        await self.shop.relay_events().drain()
        await self.shop.deliver_events().drain()

    async def _place(self, owner: CartOwner, sku: Sku, quantity: int) -> PlacedOrder:
        await self.shop.add_to_cart()(owner, sku, quantity)
        await self.shop.set_delivery()(owner, DELIVERY)
        shown = await self.shop.review_checkout()(owner, "zh")
        rate = shown.rates[0]
        checkout = Checkout(
            key=self._key("order"),
            shipping_code=rate.code,
            total=rate.sums.total,
            cart_version=shown.cart.version,
            language="zh",
            discounts=rate.discounts,
        )
        return await self.shop.place_order()(owner, checkout)

    async def _pay(self, placed: PlacedOrder) -> None:
        payment = PaymentInput(
            gateway=PaidGateway.code,
            notify_url=f"{BASE_URL}/notify/{PaidGateway.code}",
            return_url=BASE_URL,
        )
        await self.shop.start_payment()(placed.id, payment)
        self.clock.advance(seconds=ASK_INTERVAL.total_seconds())
        await self.shop.check_payments()(placed.id)

    async def _ship(self, placed: PlacedOrder) -> None:
        parcel = Parcel(carrier="sf", tracking_number=self._key("SF"))
        await self.shop.ship_order()(placed.id, parcel, "staff")

    async def _deliver(self, placed: PlacedOrder) -> None:
        await self.shop.deliver_order()(placed.id, "carrier")

    async def _signed_in(self, path: str, login: str) -> httpx.AsyncClient:
        client = await self.new_browser()
        answer = await client.post(path, data={"login": login, "password": PASSWORD})
        assert answer.status_code == httpx.codes.SEE_OTHER, answer.text
        return client

    def _key(self, prefix: str) -> str:
        return f"{prefix}{next(self.numbers):08}"


@asynccontextmanager
async def opened_shop(folder: Path, clock: TestClock) -> AsyncIterator[ShopFixture]:
    """The shop of ``folder/shop.db``, which has the tables of a shop."""
    shop = open_test_shop(folder, clock)
    shop.gateways().by_code[PaidGateway.code] = PaidGateway(clock)  # type: ignore[index]
    parts = web_parts(shop)
    app = app_of(parts)
    async with AsyncExitStack() as stack:
        for lifespan in parts.lifespan:
            await stack.enter_async_context(lifespan(app.app))

        async def new_browser() -> httpx.AsyncClient:
            client = httpx.AsyncClient(
                transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
                base_url=BASE_URL,
                headers={"origin": BASE_URL},
            )
            return await stack.enter_async_context(client)

        yield ShopFixture(
            shop=shop, clock=clock, client=await new_browser(), new_browser=new_browser
        )
