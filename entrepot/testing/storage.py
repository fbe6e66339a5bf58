"""The requirements of a storage: the unit of work and its repositories."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from core.domain.address import Address
from core.domain.cart import Cart, Delivery
from core.domain.catalogue.category import Brand, Category
from core.domain.catalogue.product import OptionType, OptionValue, Product, Variant
from core.domain.customer import AddressBookEntry, Customer
from core.domain.errors import AlreadyExists, Invalid, NotFound, StaleVersion
from core.domain.identifiers import (
    AddressId,
    BrandId,
    CartId,
    CategoryId,
    CustomerId,
    OrderId,
    ProductId,
    Sku,
    VariantId,
)
from core.domain.money import Money
from core.domain.order import Order, OrderLine, OrderState, Shipping
from core.domain.privacy.consent import Channel, Consent
from core.domain.text import Text
from ports.storage.people import Role, Session
from ports.storage.units import UnitsOfWork

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
POT = Sku("POT-S")
ADDRESS = Address(
    name="李梅",
    phone="+8613800138000",
    country="CN",
    region="广东省",
    city="深圳市",
    district="南山区",
    street="科苑路 1 号",
)


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


def words(text: str) -> Text:
    return Text({"zh": text})


def a_category(slug: str, parent: CategoryId | None = None) -> Category:
    return Category(id=CategoryId(uuid4()), slug=slug, name=words(slug), parent_id=parent)


def a_product(category: CategoryId, handle: str = "pot", sku: Sku = POT) -> Product:
    return Product(
        id=ProductId(uuid4()),
        handle=handle,
        title=words("茶壶"),
        description=words("<p>好壶</p>"),
        category_id=category,
        created_at=NOW,
        tags=("tea",),
        options=(OptionType("size", words("规格"), (OptionValue("s", words("小")),)),),
        variants=(Variant(id=VariantId(uuid4()), sku=sku, price=yuan(168), options={"size": "s"}),),
    )


def an_order(number: str = "1000000000000001", key: str = "key") -> Order:
    order = Order(
        id=OrderId(uuid4()),
        number=number,
        checkout_key=key,
        contact="mei@example.com",
        address=ADDRESS,
        lines=(
            OrderLine(
                sku=POT,
                product_id=ProductId(UUID(int=1)),
                title=words("茶壶"),
                options=words("小"),
                quantity=2,
                unit_price=yuan(168),
            ),
        ),
        shipping=Shipping(code="flat", name=words("快递"), price=yuan(8)),
        language="zh",
        placed_at=NOW,
        pay_before=NOW + timedelta(minutes=30),
    )
    order.placed()
    return order


def a_customer(login: str = "mei@example.com") -> Customer:
    return Customer(
        id=CustomerId(uuid4()),
        login=login,
        password_hash="hash",
        name="李梅",
        language="zh",
        registered_at=NOW,
    )


def said(purpose: str, *, given: bool = True) -> Consent:
    return Consent(
        purpose=purpose,
        given=given,
        at=NOW,
        notice_version="1",
        text_hash="0" * 64,
        language="zh",
        channel=Channel.WEB,
    )


class StorageSuite:
    """Tests a storage. Override the fixture ``units``: an empty shop with the location ``main``."""

    pytestmark = pytest.mark.anyio

    @pytest.fixture
    def units(self) -> UnitsOfWork:
        raise NotImplementedError("Override the fixture `units`.")

    async def test_without_a_commit_nothing_happened(self, units: UnitsOfWork) -> None:
        category = a_category("tea")
        async with units() as unit:
            await unit.categories.save(category)
            assert await unit.categories.find("tea") is not None
        async with units() as unit:
            assert await unit.categories.find("tea") is None

    async def test_the_tree_has_parents_before_children(self, units: UnitsOfWork) -> None:
        top, middle = a_category("tea"), a_category("a-ware")
        middle.parent_id = top.id
        leaf = a_category("a-pots", middle.id)
        async with units() as unit:
            for category in (top, middle, leaf):
                await unit.categories.save(category)
            await unit.commit()
        async with units() as unit:
            assert [each.slug for each in await unit.categories.list()] == [
                "tea",
                "a-ware",
                "a-pots",
            ]

    async def test_a_category_cannot_stand_below_its_child(self, units: UnitsOfWork) -> None:
        top = a_category("tea")
        leaf = a_category("pots", top.id)
        async with units() as unit:
            await unit.categories.save(top)
            await unit.categories.save(leaf)
            top.parent_id = leaf.id
            with pytest.raises(Invalid):
                await unit.categories.save(top)

    async def test_a_brand_comes_back(self, units: UnitsOfWork) -> None:
        brand = Brand(id=BrandId(uuid4()), slug="qizuo", name=words("器作"))
        async with units() as unit:
            await unit.brands.save(brand)
            await unit.commit()
        async with units() as unit:
            assert (await unit.brands.get(brand.id)).name == words("器作")

    async def test_a_product_comes_back_as_it_was(self, units: UnitsOfWork) -> None:
        category = a_category("tea")
        product = a_product(category.id)
        async with units() as unit:
            await unit.categories.save(category)
            await unit.products.save(product)
            await unit.commit()
        async with units() as unit:
            found = await unit.products.find("pot")
            by_sku = await unit.products.find_by_sku(POT)
        assert found is not None
        assert by_sku is not None
        for name in ("title", "description", "options", "variants", "tags", "state", "created_at"):
            assert getattr(found, name) == getattr(product, name)
        assert by_sku.id == product.id

    async def test_handles_and_skus_are_unique(self, units: UnitsOfWork) -> None:
        category = a_category("tea")
        async with units() as unit:
            await unit.categories.save(category)
            await unit.products.save(a_product(category.id))
            await unit.commit()
        async with units() as unit:
            with pytest.raises(AlreadyExists):
                await unit.products.save(a_product(category.id, sku=Sku("OTHER")))
        async with units() as unit:
            with pytest.raises(AlreadyExists):
                await unit.products.save(a_product(category.id, handle="other"))

    async def test_who_read_an_older_version_is_refused(self, units: UnitsOfWork) -> None:
        category = a_category("tea")
        async with units() as unit:
            await unit.categories.save(category)
            await unit.products.save(a_product(category.id))
            await unit.commit()
        async with units() as unit:
            stale = await unit.products.find("pot")
        async with units() as unit:
            fresh = await unit.products.find("pot")
            assert fresh is not None
            await unit.products.save(fresh)
            await unit.commit()
        assert stale is not None
        async with units() as unit:
            with pytest.raises(StaleVersion):
                await unit.products.save(stale)

    async def test_what_is_missing_is_not_found(self, units: UnitsOfWork) -> None:
        async with units() as unit:
            with pytest.raises(NotFound):
                await unit.products.get(ProductId(uuid4()))
            with pytest.raises(NotFound):
                await unit.orders.get(OrderId(uuid4()))
            with pytest.raises(NotFound):
                await unit.customers.get(CustomerId(uuid4()))
            assert await unit.orders.find("0") is None

    async def test_a_cart_comes_back_and_goes(self, units: UnitsOfWork) -> None:
        cart = Cart(id=CartId(uuid4()), token_hash="hash", currency="CNY", updated_at=NOW)
        cart.add(POT, 2, yuan(168))
        cart.deliver_to(Delivery(contact="mei@example.com", address=ADDRESS))
        async with units() as unit:
            await unit.carts.save(cart)
            await unit.commit()
        async with units() as unit:
            found = await unit.carts.find("hash")
            assert found is not None
            assert found.lines == cart.lines
            assert found.delivery == cart.delivery
            await unit.carts.remove(found)
            await unit.commit()
        async with units() as unit:
            assert await unit.carts.find("hash") is None

    async def test_carts_that_guests_left_behind_are_purged(self, units: UnitsOfWork) -> None:
        async with units() as unit:
            for token, at in (("old", NOW - timedelta(days=1)), ("new", NOW)):
                await unit.carts.save(
                    Cart(id=CartId(uuid4()), token_hash=token, currency="CNY", updated_at=at)
                )
            await unit.commit()
        async with units() as unit:
            assert await unit.carts.purge(NOW) == 1
            await unit.commit()
        async with units() as unit:
            assert await unit.carts.find("new") is not None
            assert await unit.carts.find("old") is None

    async def test_an_order_comes_back_with_its_history(self, units: UnitsOfWork) -> None:
        order = an_order()
        order.pay(NOW)
        async with units() as unit:
            await unit.orders.save(order)
            await unit.commit()
        async with units() as unit:
            found = await unit.orders.find(order.number)
        assert found is not None
        assert found.state is OrderState.PAID
        assert found.lines == order.lines
        assert found.address == order.address
        assert found.total == yuan(344)
        assert found.history == order.history

    async def test_one_checkout_key_is_one_order(self, units: UnitsOfWork) -> None:
        async with units() as unit:
            await unit.orders.save(an_order())
            await unit.commit()
        async with units() as unit:
            with pytest.raises(AlreadyExists):
                await unit.orders.save(an_order("1000000000000002"))

    async def test_overdue_orders_are_claimed_by_one_at_a_time(self, units: UnitsOfWork) -> None:
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

    async def test_a_customer_comes_back_with_the_address_book_in_order(
        self, units: UnitsOfWork
    ) -> None:
        customer = a_customer()
        first, second = AddressId(uuid4()), AddressId(uuid4())
        customer.keep_address(AddressBookEntry(id=first, address=ADDRESS))
        customer.keep_address(AddressBookEntry(id=second, address=ADDRESS))
        async with units() as unit:
            await unit.customers.save(customer)
            await unit.commit()
        async with units() as unit:
            found = await unit.customers.find("mei@example.com")
            assert found is not None
            assert [entry.id for entry in found.addresses] == [second, first]
            with pytest.raises(AlreadyExists):
                await unit.customers.save(a_customer())

    async def test_the_last_word_on_a_purpose_counts(self, units: UnitsOfWork) -> None:
        customer, other = a_customer(), a_customer("li@example.com")
        async with units() as unit:
            await unit.customers.save(customer)
            await unit.customers.save(other)
            await unit.consents.record(customer.id, [said("marketing", given=True), said("age")])
            await unit.consents.record(other.id, [said("marketing", given=False)])
            await unit.commit()
        async with units() as unit:
            assert (await unit.consents.latest(customer.id))["marketing"].given
            await unit.consents.record(customer.id, [said("marketing", given=False)])
            await unit.commit()
        async with units() as unit:
            assert await unit.consents.latest(customer.id) == {
                "marketing": said("marketing", given=False),
                "age": said("age"),
            }

    async def test_a_recipient_of_an_order_is_recorded_once(self, units: UnitsOfWork) -> None:
        order = an_order()
        async with units() as unit:
            await unit.orders.save(order)
            await unit.outbound.record(order.id, ["sf", "alipay"], NOW)
            await unit.outbound.record(order.id, ["sf"], NOW + timedelta(days=1))
            await unit.commit()
        async with units() as unit:
            assert await unit.outbound.recipients(order.id) == ("alipay", "sf")

    async def test_a_session_ends(self, units: UnitsOfWork) -> None:
        session = Session(
            token_hash="t",
            role=Role.CUSTOMER,
            person_id=uuid4(),
            expires_at=NOW + timedelta(hours=1),
        )
        async with units() as unit:
            await unit.sessions.add(session)
            await unit.commit()
        async with units() as unit:
            assert await unit.sessions.find("t", NOW) == session
            assert await unit.sessions.find("t", NOW + timedelta(hours=2)) is None
            assert await unit.sessions.purge(NOW + timedelta(hours=2)) == 1
            await unit.commit()
