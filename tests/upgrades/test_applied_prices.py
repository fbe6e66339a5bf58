"""Revision 0010: products of an old shop get a history from now on, and no former price."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from adapters.database.migration import check, upgrade
from core.domain.catalogue.variant import CompareAtBasis
from core.domain.money import Money
from entrepot.assembly.shop import Shop
from tests.applied_prices import applied, card, work
from tests.feeds import find
from tests.upgrades.old_rows import insert, upgrade_to

pytestmark = [pytest.mark.anyio, pytest.mark.own_database]

CATEGORY, PRODUCT, VARIANT = UUID(int=1), UUID(int=2), UUID(int=3)
THEN = datetime(2026, 1, 1, tzinfo=UTC)


async def test_an_old_product_is_compiled_and_its_bare_former_price_is_not_shown(
    shop: Shop,
) -> None:
    database = shop.database()
    await upgrade_to(database, "0008")
    async with database.writes.begin() as connection:
        names = {"zh": "杯", "en": "Mug"}
        await insert(
            connection, "categories", id=CATEGORY, slug="mugs", name=names, position=0, version=1
        )
        await insert(
            connection,
            "products",
            id=PRODUCT,
            handle="mug",
            title=names,
            description=names,
            category_id=CATEGORY,
            state="published",
            created_at=THEN,
            published_at=THEN,
            version=1,
            **{key: [] for key in ("tags", "options", "attributes", "pictures")},
            **{key: {} for key in ("tag_languages", "extras")},
        )
        await insert(
            connection,
            "variants",
            id=VARIANT,
            product_id=PRODUCT,
            sku="MUG",
            position=0,
            price_minor=2000,
            compare_at_minor=3000,
            sale_minor=1500,
            sale_ends_at=datetime.now(UTC) + timedelta(days=1),
            price_changes_at=datetime.now(UTC) + timedelta(days=1),
            currency="CNY",
            **{key: {} for key in ("options", "extras")},
            **dict.fromkeys(("supplier_sku", "barcode", "picture"), ""),
            **dict.fromkeys(("weight_grams", "length_mm", "width_mm", "height_mm"), 0),
        )
    await upgrade(database)
    await check(database)
    (variant,) = (await find(shop, "mug")).variants
    assert (variant.compare_at, variant.compare_at_basis) == (
        Money(3000, "CNY"),
        CompareAtBasis.NONE,
    )
    await work(shop)
    assert [(each[0], each[1], each[3]) for each in await applied(shop, "MUG")] == [
        (1500, "sale", None)
    ]
    shown = await card(shop, (await find(shop, "mug")).id)
    assert (shown.price.minor, shown.prior, shown.suggested) == (1500, None, None)
