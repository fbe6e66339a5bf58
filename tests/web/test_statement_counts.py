"""Pages need the same number of SQL statements for more rows."""

import httpx
import pytest
from sqlalchemy import event

from entrepot.assembly.shop import Shop
from tests.factories import a_draft, stock_up

pytestmark = pytest.mark.anyio

IN_THE_BACKGROUND = ("counters", "outbox", "pay_before")
MAX_STATEMENTS = 6
PAGES = (
    "/zh/c/teapots",
    "/zh/p/celadon-teapot",
    "/api/v1/products?limit=50",
    "/zh/search?q=teapot",
)


async def test_the_number_of_statements_does_not_grow_with_products(
    client: httpx.AsyncClient, stocked: Shop, subtests: pytest.Subtests
) -> None:
    counts: dict[str, list[int]] = {path: [] for path in PAGES}
    for products in (2, 30):
        await stock_up(stocked, *(a_draft(f"pot-{number}") for number in range(products)))
        for path, seen in counts.items():
            await client.get(path)
            seen.append(await statements_of(stocked, client, path))
    for path, (few, many) in counts.items():
        with subtests.test(path=path):
            assert few == many <= MAX_STATEMENTS


async def test_the_number_of_statements_does_not_grow_with_cart_lines(
    client: httpx.AsyncClient, stocked: Shop
) -> None:
    counts = []
    await stock_up(stocked, *(a_draft(f"pot-{number}") for number in range(30)))
    for lines in (1, 15):
        for number in range(lines):
            await client.post(f"/zh/p/pot-{number}", data={"option-size": "s"})
        await client.get("/zh/cart")
        counts.append(await statements_of(stocked, client, "/zh/cart"))
    assert counts[0] == counts[1] <= MAX_STATEMENTS


async def statements_of(shop: Shop, client: httpx.AsyncClient, path: str) -> int:
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not any(name in statement for name in IN_THE_BACKGROUND):
            seen.append(statement)

    # Category names are cached for 2 s. An empty cache makes the count independent of time.
    shop.cached_catalogue_queries()._trees.clear()
    shop.cached_catalogue_queries()._labels.clear()
    engine = shop.database().reads.sync_engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        assert (await client.get(path)).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return len(seen)
