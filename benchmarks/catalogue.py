"""Makes a larger catalogue from copies of the demo products, and more promotions."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, insert, select, update

from adapters.cli.demo import set_environment
from adapters.database.tables.catalogue import categories, products, variants
from adapters.database.tables.stock import stock_levels
from core.domain.pricing.promotions.managed import PromotionMove
from entrepot.assembly.shop import Shop, close_shop, open_shop

BATCH_SIZE = 1_000
PLENTIFUL_STOCK = 1_000_000


@contextmanager
def environment_of(folder: Path) -> Iterator[None]:
    """The environment of the demo shop in the folder."""
    before = dict(os.environ)
    set_environment(folder, "127.0.0.1", 8000)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


async def prepare(folder: Path, product_count: int, promotion_count: int) -> None:
    with environment_of(folder):
        shop = open_shop()
        await _grow(shop, product_count)
        await _promote(shop, promotion_count)
        await close_shop(shop)


async def _grow(shop: Shop, count: int) -> None:
    """Copy products until there are ``count``, add stock and rebuild the search index."""
    database = shop.database()
    async with database.reads.connect() as connection:
        originals = (await connection.execute(select(products))).mappings().all()
        original_variants = (await connection.execute(select(variants))).mappings().all()
        existing = await connection.scalar(select(func.count()).select_from(products)) or 0
    copies = range(max(count - existing, 0))
    for start in range(0, len(copies), BATCH_SIZE):
        new_products, new_variants, new_levels = [], [], []
        for number in copies[start : start + BATCH_SIZE]:
            original = originals[number % len(originals)]
            product_id = uuid4()
            new_products.append(
                {**original, "id": product_id, "handle": f"{original['handle']}-{number}"}
            )
            for variant in (
                each for each in original_variants if each["product_id"] == original["id"]
            ):
                sku = f"{variant['sku'][:50]}-{number}"
                new_variants.append(
                    {**variant, "id": uuid4(), "product_id": product_id, "sku": sku}
                )
                new_levels.append(
                    {
                        "sku": sku,
                        "location": "main",
                        "on_hand": 9,
                        "reserved": 0,
                        "allocated": 0,
                        "backorder_limit": 0,
                        "missing": 0,
                    }
                )
        async with database.writes.begin() as connection:
            await connection.execute(insert(products), new_products)
            await connection.execute(insert(variants), new_variants)
            await connection.execute(insert(stock_levels), new_levels)
    async with database.writes.begin() as connection:
        await connection.execute(update(stock_levels).values(on_hand=PLENTIFUL_STOCK))
    await shop.rebuild_search_index()()


async def _promote(shop: Shop, count: int) -> None:
    """Start promotions of single categories until ``count`` are active, of three kinds."""
    active = len((await shop.load_rules()()).promotions)
    async with shop.database().reads.connect() as connection:
        slugs = (await connection.scalars(select(categories.c.slug).order_by("slug"))).all()
    for number in range(active, count):
        goods = {"kind": "having", "by": "category", "values": [slugs[number % len(slugs)]]}
        saved = await shop.save_promotion()(_document(number, goods))
        await shop.move_promotion()(saved.code, PromotionMove.ACTIVATE)


def _document(number: int, goods: object) -> dict[str, object]:
    percent = {"kind": "percent", "percent": str(number % 20 + 1)}
    tiers = [{"at_least": 2, "reduction": percent}]
    lane, benefit = (
        ("catalogue", {"kind": "goods", "goods": goods, "reduction": percent}),
        (
            "item",
            {
                "kind": "goods",
                "goods": goods,
                "reduction": {"kind": "quantity_tiers", "tiers": tiers},
            },
        ),
        (
            "item",
            {
                "kind": "set",
                "parts": [{"units": 3, "goods": goods}],
                "reduced": 1,
                "reduction": percent,
            },
        ),
    )[number % 3]
    return {
        "code": f"bench-{number}",
        "label": {"zh": f"活动{number}", "en": f"Campaign {number}"},
        "lane": lane,
        "benefits": [benefit],
    }
