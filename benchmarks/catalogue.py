"""A larger catalogue: copies of the demo's products under other names."""

import os
from pathlib import Path
from uuid import uuid4

from sqlalchemy import func, insert, select, update

from adapters.cli.demo import set_environment
from adapters.database.tables.catalogue import products, variants
from adapters.database.tables.stock import stock_levels
from entrepot.assembly.shop import open_shop

AT_ONCE = 1_000
PLENTY = 1_000_000


async def grow(folder: Path, count: int) -> None:
    """Copy products until there are ``count``, index them, and stock everything plentifully."""
    before = dict(os.environ)
    set_environment(folder, "127.0.0.1", 8000)
    shop = open_shop()
    database = shop.database()
    async with database.reads.connect() as connection:
        models = (await connection.execute(select(products))).mappings().all()
        sold = (await connection.execute(select(variants))).mappings().all()
        known = await connection.scalar(select(func.count()).select_from(products)) or 0
    copies = range(max(count - known, 0))
    for start in range(0, len(copies), AT_ONCE):
        described, offered, stocked = [], [], []
        for number in copies[start : start + AT_ONCE]:
            model = models[number % len(models)]
            own = uuid4()
            described.append({**model, "id": own, "handle": f"{model['handle']}-{number}"})
            for variant in (each for each in sold if each["product_id"] == model["id"]):
                sku = f"{variant['sku'][:50]}-{number}"
                offered.append({**variant, "id": uuid4(), "product_id": own, "sku": sku})
                stocked.append(
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
            await connection.execute(insert(products), described)
            await connection.execute(insert(variants), offered)
            await connection.execute(insert(stock_levels), stocked)
    async with database.writes.begin() as connection:
        await connection.execute(update(stock_levels).values(on_hand=PLENTY))
    await shop.index_products().rebuild()
    await database.close()
    os.environ.clear()
    os.environ.update(before)
