"""Anonymous pages come from the page cache; personal pages never do."""

from collections.abc import AsyncIterator

import httpx
import pytest

from entrepot.asgi import assemble
from entrepot.assembly.shop import Shop, open_shop
from tests.factories import a_draft, text
from tests.polling import until

pytestmark = pytest.mark.anyio

ORIGIN = "http://shop.test"
PAGE = "/zh/p/celadon-teapot"
CHOICE = {"option-size": "s", "quantity": "3"}


@pytest.fixture
async def caching(stocked: Shop) -> AsyncIterator[Shop]:
    shop = open_shop(stocked.settings().model_copy(update={"page_cache_seconds": 60.0}))
    yield shop
    await shop.database().close()


@pytest.fixture
async def visitor(caching: Shop) -> AsyncIterator[httpx.AsyncClient]:
    app = assemble(caching)
    cache = app.cache
    cache.poll_seconds = 0.05

    async def polled() -> bool:
        return cache.version >= 0

    async with (
        app.app.lifespan(),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app),  # type: ignore[arg-type]
            base_url=ORIGIN,
            headers={"origin": ORIGIN},
        ) as client,
    ):
        # The first poll of the catalogue version clears the cache.
        await until(polled)
        yield client


async def cached_pages(client: httpx.AsyncClient) -> float:
    metrics = (await client.get("/metrics")).text
    line = next(row for row in metrics.splitlines() if row.startswith("entrepot_cached_pages_t"))
    return float(line.split()[1])


async def test_the_second_anonymous_request_is_answered_from_the_cache(
    visitor: httpx.AsyncClient,
) -> None:
    first = await visitor.get(PAGE)
    assert await cached_pages(visitor) == 0
    second = await visitor.get(PAGE)
    assert await cached_pages(visitor) == 1
    assert second.content == first.content
    assert second.headers["content-security-policy"] == first.headers["content-security-policy"]
    same = await visitor.get(PAGE, headers={"if-none-match": second.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")


async def test_languages_and_options_have_separate_pages(visitor: httpx.AsyncClient) -> None:
    await visitor.get(PAGE)
    english = await visitor.get(PAGE.replace("/zh/", "/en/"))
    assert "Celadon teapot" in english.text
    other = await visitor.get(f"{PAGE}?option-size=l")
    assert "¥228.00" in other.text
    assert await cached_pages(visitor) == 0


async def test_a_visitor_with_a_cart_neither_fills_nor_reads_the_cache(
    visitor: httpx.AsyncClient,
) -> None:
    await visitor.post(PAGE, data=CHOICE)
    mine = await visitor.get(PAGE)
    assert 'class="badge">3<' in mine.text
    visitor.cookies.clear()
    theirs = await visitor.get(PAGE)
    assert 'class="badge"' not in theirs.text
    assert mine.headers["cache-control"] == "private, no-store"


async def test_a_change_of_the_catalogue_clears_the_cache(
    visitor: httpx.AsyncClient, caching: Shop
) -> None:
    await visitor.get(PAGE)
    await caching.save_product()(a_draft(title=text("Renamed pot")))

    async def renamed() -> bool:
        return "Renamed pot" in (await visitor.get(PAGE)).text

    await until(renamed)


async def test_error_pages_and_personal_pages_are_not_cached(visitor: httpx.AsyncClient) -> None:
    for path in ("/zh/nope", "/zh/cart", "/zh/login", "/zh/search?price_min=x"):
        await visitor.get(path)
        await visitor.get(path)
    assert await cached_pages(visitor) == 0
