"""Makes a larger catalogue from copies of the demo products."""

import os
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, insert, select, update

from adapters.cli.demo import set_environment
from adapters.database.tables.catalogue import products, variants
from adapters.database.tables.stock import stock_levels
from entrepot.assembly.shop import open_shop

BATCH_SIZE = 1_000
PLENTIFUL_STOCK = 1_000_000


async def grow(folder: Path, count: int) -> None:
    """Copy products until there are ``count``, add stock and rebuild the search index."""
    before = dict(os.environ)
    set_environment(folder, "127.0.0.1", 8000)
    shop = open_shop()
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
                    }
                )
        async with database.writes.begin() as connection:
            await connection.execute(insert(products), new_products)
            await connection.execute(insert(variants), new_variants)
            await connection.execute(insert(stock_levels), new_levels)
    async with database.writes.begin() as connection:
        await connection.execute(update(stock_levels).values(on_hand=PLENTIFUL_STOCK))
    await shop.index_products().rebuild()
    await database.close()
    os.environ.clear()
    os.environ.update(before)
