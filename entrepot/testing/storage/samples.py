"""Aggregates that the storage cases save and load."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from core.domain.address import Address
from core.domain.catalogue.category import Category
from core.domain.catalogue.product import Product
from core.domain.catalogue.variant import OptionType, OptionValue, Variant
from core.domain.customers import Customer
from core.domain.fields.values import FrozenField
from core.domain.identifiers import (
    CategoryId,
    CustomerId,
    LineKey,
    OrderId,
    ProductId,
    Sku,
    VariantId,
)
from core.domain.money import Money
from core.domain.orders.lines import OrderLine, Shipping
from core.domain.orders.order import Order
from core.domain.pricing.adjustments import Adjustment, Lane, TaxAmount
from core.domain.pricing.paid_units import PaidUnits
from core.domain.privacy.consent import Channel, Consent
from core.domain.text import Text

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


POT = Sku("POT-S")
LINE, GIFT = LineKey("1"), LineKey("2")


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


def a_discount(minor: int, lane: Lane = Lane.ITEM) -> Adjustment:
    return Adjustment(source="GIFT", lane=lane, label=words("赠品"), amount=Money(minor, "CNY"))


def a_tax(amount: Money) -> TaxAmount:
    return TaxAmount(
        code="vat", label=words("增值税"), rate="0.13", base=yuan(291), amount=amount, included=True
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
                key=LINE,
                sku=POT,
                product_id=ProductId(UUID(int=1)),
                title=words("茶壶"),
                options=words("小"),
                quantity=2,
                unit_price=yuan(168),
                adjustments=(a_discount(-yuan(1).minor),),
                taxes=(a_tax(yuan(44)),),
                paid_units=PaidUnits.of([yuan(167).minor, yuan(168).minor]),
            ),
            OrderLine(
                key=GIFT,
                sku=POT,
                product_id=ProductId(UUID(int=1)),
                title=words("茶壶"),
                options=words("小"),
                quantity=1,
                unit_price=yuan(168),
                adjustments=(a_discount(-yuan(168).minor),),
                paid_units=PaidUnits.of([0]),
                source="GIFT",
            ),
        ),
        shipping=Shipping(
            code="flat",
            name=words("快递"),
            price=yuan(10),
            adjustments=(a_discount(-yuan(2).minor, Lane.SHIPPING),),
        ),
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


def a_field(name: str, *, is_personal: bool = False) -> FrozenField:
    return FrozenField(
        name=name,
        label=words("礼品"),
        kind="text",
        value="red",
        text=words("红"),
        is_personal=is_personal,
        shown=True,
    )


def a_consent(purpose: str, *, given: bool = True) -> Consent:
    return Consent(
        purpose=purpose,
        given=given,
        at=NOW,
        notice_version="1",
        text_hash="0" * 64,
        language="zh",
        channel=Channel.WEB,
    )
