"""Factories of products, orders and drafts with default values."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from core.application.catalogue.drafts import ProductDraft, VariantDraft
from core.domain.address import Address
from core.domain.carts import Delivery
from core.domain.catalogue.attribute import Attribute
from core.domain.catalogue.category import Category
from core.domain.catalogue.product import Product, ProductState
from core.domain.catalogue.variant import OptionType, OptionValue, Variant
from core.domain.identifiers import CategoryId, LineKey, OrderId, ProductId, Sku, VariantId
from core.domain.money import Money
from core.domain.orders.lines import OrderLine, Shipping
from core.domain.orders.order import Order
from core.domain.pricing.paid_units import PaidUnits
from core.domain.text import Text
from entrepot.assembly.shop import Shop

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ADDRESS = Address(
    name="李梅",
    phone="+8613800138000",
    country="CN",
    region="广东省",
    city="深圳市",
    district="南山区",
    street="科苑路 1 号",
)
DELIVERY = Delivery(contact="mei@example.com", address=ADDRESS)


def yuan(amount: int) -> Money:
    return Money(amount * 100, "CNY")


def text(words: str) -> Text:
    return Text({"zh": words, "en": words})


def a_category(slug: str = "teapots", parent: CategoryId | None = None) -> Category:
    return Category(id=CategoryId(uuid4()), slug=slug, name=text(slug), parent_id=parent)


def a_product(category: CategoryId, handle: str = "celadon-teapot", *skus: str) -> Product:
    return Product(
        id=ProductId(uuid4()),
        handle=handle,
        title=Text({"zh": "青瓷茶壶", "en": "Celadon teapot"}),
        description=text("A pot."),
        category_id=category,
        created_at=NOW,
        options=(
            OptionType(
                "size", text("Size"), tuple(OptionValue(sku, text(sku)) for sku in skus or ("one",))
            ),
        ),
        variants=tuple(
            Variant(id=VariantId(uuid4()), sku=Sku(sku), price=yuan(168), options={"size": sku})
            for sku in skus or ("one",)
        ),
    )


def a_draft(handle: str = "celadon-teapot", **changes: object) -> ProductDraft:
    values: dict[str, object] = {
        "handle": handle,
        "title": Text({"zh": "青瓷茶壶", "en": "Celadon teapot"}),
        "category": "teapots",
        "description": Text({"zh": "<p>好壶。</p>", "en": "<p>A good pot.</p>"}),
        "options": (
            OptionType(
                "size",
                Text({"zh": "规格", "en": "Size"}),
                (
                    OptionValue("s", Text({"zh": "小", "en": "small"})),
                    OptionValue("l", Text({"zh": "大", "en": "large"})),
                ),
            ),
        ),
        "variants": tuple(
            VariantDraft(
                sku=Sku(f"{handle}-{size}".upper()),
                price=yuan(price),
                options={"size": size},
                weight_grams=400,
                on_hand=10,
            )
            for size, price in (("s", 168), ("l", 228))
        ),
        "attributes": (
            Attribute(code="material", name=text("Material"), value="clay", label=text("Clay")),
        ),
        "state": ProductState.PUBLISHED,
    }
    return ProductDraft(**{**values, **changes})  # type: ignore[arg-type]


def an_order(
    number: str = "1000000000000001", placed_at: datetime = NOW, **quantities: int
) -> Order:
    order = Order(
        id=OrderId(uuid4()),
        number=number,
        checkout_key=f"key-{number}",
        contact="mei@example.com",
        address=ADDRESS,
        lines=tuple(
            OrderLine(
                key=LineKey(str(number)),
                sku=Sku(sku),
                product_id=ProductId(UUID(int=1)),
                title=text(sku),
                options=text(""),
                quantity=units,
                unit_price=yuan(10),
                paid_units=PaidUnits(((units, yuan(10).minor),)),
            )
            for number, (sku, units) in enumerate((quantities or {"one": 1}).items(), start=1)
        ),
        shipping=Shipping(code="flat", name=text("Flat"), price=yuan(8)),
        language="zh",
        placed_at=placed_at,
        pay_before=placed_at,
    )
    order.placed()
    return order


async def stock_up(shop: Shop, *drafts: ProductDraft) -> None:
    """Save and publish products, and add them to the search index."""
    await shop.save_category()("tea", Text({"zh": "茶", "en": "Tea"}))
    await shop.save_category()("teapots", Text({"zh": "茶壶", "en": "Teapots"}), "tea")
    for draft in drafts or (a_draft(),):
        await shop.save_product()(draft)
    await shop.relay_events().drain()
